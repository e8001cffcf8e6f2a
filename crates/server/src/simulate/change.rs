//! A change to try, as `group[+35810200010].parallel=2`: a path into the company file, and a value as in TOML.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use model::config::tree::{self, Node, Shape};

/// Lays one change over a document.
///
/// # Errors
/// It is no `PATH=VALUE`, or the path names no entry.
pub(crate) fn apply(document: &mut Node, wish: &str) -> anyhow::Result<()> {
    let (path, value) =
        wish.split_once('=').with_context(|| format!("`{wish}` is no change, as group[8000].parallel=2"))?;
    let value =
        value_of(value.trim()).with_context(|| format!("`{wish}` has no value as a company file has it"))?;
    let mut at = document;
    let mut steps = steps(path.trim()).into_iter().peekable();
    while let Some(step) = steps.next() {
        let Shape::Table(table) = &mut at.value else { bail!("`{wish}`: nothing is inside a value") };
        let (key, entry) = match step.split_once('[') {
            Some((key, entry)) => (key, Some(entry.trim_end_matches(']'))),
            None => (step.as_str(), None),
        };
        if steps.peek().is_none() && entry.is_none() {
            table.insert(key.to_owned(), value);
            return Ok(());
        }
        let next = table.entry(key.to_owned()).or_insert_with(|| Node::of(Shape::Table(BTreeMap::new())));
        at = match entry {
            None => next,
            Some(entry) => {
                entry_of(next, entry).with_context(|| format!("`{wish}`: there is no {key} {entry}"))?
            }
        };
    }
    bail!("`{wish}` sets nothing: name a key at the end of the path")
}

/// Split at dots, but not within brackets.
fn steps(path: &str) -> Vec<String> {
    let mut steps = vec![String::new()];
    let mut inside = false;
    for letter in path.chars() {
        inside = (inside || letter == '[') && letter != ']';
        match letter {
            '.' if !inside => steps.push(String::new()),
            _ => steps.last_mut().expect("it begins with one").push(letter),
        }
    }
    steps
}

/// The entry of a list with this number, name or user.
fn entry_of<'a>(list: &'a mut Node, wanted: &str) -> Option<&'a mut Node> {
    let Shape::List(list) = &mut list.value else { return None };
    list.iter_mut().find(|entry| {
        let table = entry.table();
        ["number", "name", "user", "outside"].iter().any(|key| {
            table.and_then(|table| table.get(*key)).and_then(Node::text).is_some_and(|text| text == wanted)
        })
    })
}

/// A value as TOML has it; a word without quotes is text.
fn value_of(text: &str) -> Option<Node> {
    let read = |text: &str| {
        let node = tree::of_toml(&format!("value = {text}\n")).ok()?;
        node.table()?.get("value").cloned()
    };
    read(text).or_else(|| read(&format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Node {
        tree::of_toml(
            "[[group]]\nnumber = \"+358102\"\nparallel = 1\n[[group.member]]\nuser = \"aino\"\nskill = 1\n",
        )
        .unwrap()
    }

    fn changed(wish: &str) -> String {
        let mut document = document();
        apply(&mut document, wish).unwrap();
        document.json().to_string()
    }

    #[test]
    fn a_change_finds_its_entry_and_sets_its_key() {
        assert!(changed("group[+358102].parallel=2").contains("\"parallel\":2"));
        assert!(changed("group[+358102].queue.wait_max=90s").contains("\"queue\":{\"wait_max\":\"90s\"}"));
        assert!(changed("group[+358102].member[aino].skill = 3").contains("\"skill\":3"));
        assert!(changed("group[+358102].fallback=[\"busy\"]").contains("\"fallback\":[\"busy\"]"));
    }

    #[test]
    fn a_change_that_names_nothing_is_refused() {
        for wish in ["group[8001].parallel=2", "group[+358102]", "parallel", "group[+358102].number.x=1"] {
            assert!(apply(&mut document(), wish).is_err(), "{wish}");
        }
    }
}
