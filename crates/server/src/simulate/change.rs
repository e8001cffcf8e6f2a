//! A change to try, as `group[+35810200010].parallel=2`: a path into the company file, and a value as in TOML.

use std::collections::BTreeMap;

use model::config::tree::{self, Node, Shape};
use model::number::Number;

use super::fault::{Fault, Field};

/// What names an entry of a list.
const NAMES: [&str; 4] = ["number", "name", "user", "outside"];

/// Entries named in a fault at most.
const NAMED_MAX: usize = 12;

/// Lays one change over a document.
///
/// # Errors
/// It is no `PATH=VALUE`, or the path names no entry; the fault says what there is.
pub(crate) fn apply(document: &mut Node, wish: &str) -> Result<(), Fault> {
    let fault = |text: String| Fault::of(Field::Changes, format!("`{wish}`: {text}"));
    let example = "write PATH=VALUE, as group[8000].parallel=2";
    let (path, value) = wish.split_once('=').ok_or_else(|| fault(format!("there is no `=`; {example}")))?;
    let value = value.trim();
    let value =
        value_of(value).ok_or_else(|| fault(format!("`{value}` is no value as in TOML; {example}")))?;
    let mut at = document;
    let mut steps = steps(path.trim()).into_iter().peekable();
    while let Some(step) = steps.next() {
        let last = steps.peek().is_none();
        let (key, entry) = match step.split_once('[') {
            Some((key, entry)) => (key.trim(), Some(entry.trim_end_matches(']').trim())),
            None => (step.trim(), None),
        };
        if key.is_empty() {
            return Err(fault(format!("a name is missing in the path; {example}")));
        }
        let Shape::Table(table) = &mut at.value else {
            return Err(fault(format!("there is nothing inside of the value before `.{key}`")));
        };
        at = match entry {
            None if last => {
                if table
                    .get(key)
                    .is_some_and(|node| node.list().is_some_and(|list| list.iter().any(is_entry)))
                {
                    return Err(fault(format!(
                        "`{key}` is a list of entries: say which, as {key}[NAME].KEY=VALUE"
                    )));
                }
                table.insert(key.to_owned(), value);
                return Ok(());
            }
            None => {
                let next =
                    table.entry(key.to_owned()).or_insert_with(|| Node::of(Shape::Table(BTreeMap::new())));
                if next.list().is_some() {
                    return Err(fault(format!(
                        "`{key}` is a list: say which entry, as {key}[NAME].KEY=VALUE"
                    )));
                }
                next
            }
            Some(entry) => {
                let told = missing(table, key, entry);
                let found = table.get_mut(key).and_then(|list| entry_of(list, entry));
                found.ok_or_else(|| fault(told))?
            }
        };
    }
    Err(fault("it names an entry and no key in it; put one behind, as .parallel".to_owned()))
}

/// What to say when a list has no such entry.
fn missing(table: &BTreeMap<String, Node>, key: &str, entry: &str) -> String {
    let lists = table.iter().filter(|(_, node)| node.list().is_some_and(|list| list.iter().any(is_entry)));
    let lists: Vec<&str> = lists.map(|(name, _)| name.as_str()).collect();
    let Some(list) = table.get(key).and_then(Node::list) else {
        return format!("there is no list `{key}` here; there is {}", or_nothing(&lists));
    };
    let names: Vec<&str> = list.iter().filter_map(name_of).take(NAMED_MAX).collect();
    let more = if list.len() > NAMED_MAX { " and others" } else { "" };
    format!("there is no {key} {entry}; there is {}{more}", or_nothing(&names))
}

fn or_nothing(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn is_entry(node: &Node) -> bool {
    node.table().is_some()
}

/// What an entry is called.
fn name_of(entry: &Node) -> Option<&str> {
    let table = entry.table()?;
    NAMES.iter().find_map(|key| table.get(*key).and_then(Node::text))
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
    let number: Option<Number> = wanted.parse().ok();
    list.iter_mut().find(|entry| {
        let table = entry.table();
        NAMES.iter().any(|key| {
            let text = table.and_then(|table| table.get(*key)).and_then(Node::text);
            text.is_some_and(|text| text == wanted || number.is_some() && text.parse().ok() == number)
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
    fn a_change_that_names_nothing_is_refused_with_what_there_is() {
        for (wish, told) in [
            ("group[8001].parallel=2", "there is no group 8001; there is +358102"),
            ("group[+358102].member[eero].skill=2", "there is no member eero; there is aino"),
            ("groop[+358102].parallel=2", "there is no list `groop` here; there is group"),
            ("group[+358102]=2", "names an entry and no key"),
            ("group[+358102]", "no `=`"),
            ("parallel", "no `=`"),
            ("group=2", "is a list of entries"),
            ("group.parallel=2", "is a list: say which entry"),
            ("group[+358102].number.x=1", "nothing inside"),
            ("group[+358102]..x=1", "a name is missing"),
            ("=1", "a name is missing"),
        ] {
            let fault = apply(&mut document(), wish).unwrap_err();
            assert!(fault.text.contains(told) && fault.text.contains(wish), "{wish}: {}", fault.text);
        }
    }
}
