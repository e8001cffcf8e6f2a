//! A company file checked against the schema: every unknown key, wrong type and value out of range is found.

use std::collections::BTreeMap;

use super::fault::{Fault, nearest};
use super::schema::{COMPANY, GROUP, Key, Kind, LATER, LATER_PRESETS, OUTSIDE, PROMPT, USER};
use super::tree::{Node, Shape};

/// Tables of a file: name, key by which an entry is known, its keys, entries at most.
pub(crate) const LISTS: [(&str, &str, &[Key], usize); 4] = [
    ("user", "name", USER, 10_000),
    ("outside", "name", OUTSIDE, 10_000),
    ("prompt", "name", PROMPT, 1_000),
    ("group", "number", GROUP, 1_000),
];

/// Finds every fault of a file's form. Names that refer to others are checked when the whole is resolved.
pub fn check(file: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    let Some(table) = file.table() else {
        return vec![Fault { line: file.line, path: "file".to_owned(), text: "is no table".to_owned() }];
    };
    for (name, node) in table {
        if name == "company" {
            check_table(node, "company", COMPANY, &mut faults);
        } else if let Some((_, by, keys, most)) = LISTS.iter().find(|(list, ..)| list == name) {
            check_list(node, (name, by, *most), keys, &mut faults);
        } else {
            let words = ["company", "user", "outside", "prompt", "group"];
            faults.push(unknown(node.line, name, name, &words));
        }
    }
    faults
}

fn unknown(line: Option<u32>, path: &str, name: &str, words: &[&'static str]) -> Fault {
    let text = if LATER.contains(&name) {
        "comes with a later version of Helin and cannot be set yet".to_owned()
    } else {
        match nearest(name, words.iter().copied()) {
            Some(word) => format!("unknown key; did you mean `{word}`?"),
            None => format!("unknown key; known here: {}", words.join(", ")),
        }
    };
    Fault { line, path: path.to_owned(), text }
}

/// The path of an entry: `group[+3726001000]`, or by its place when it has no name.
pub(crate) fn entry_path(list: &str, by: &str, at: usize, node: &Node) -> String {
    let name = node.table().and_then(|table| table.get(by)).and_then(Node::text);
    name.map_or_else(|| format!("{list}[#{}]", at + 1), |name| format!("{list}[{name}]"))
}

fn check_list(node: &Node, (list, by, most): (&str, &str, usize), keys: &[Key], faults: &mut Vec<Fault>) {
    let Some(entries) = node.list() else {
        let text = format!("is {}, but must be a list of tables: [[{list}]]", node.kind());
        return faults.push(Fault { line: node.line, path: list.to_owned(), text });
    };
    if entries.len() > most {
        let text = format!("{} entries, at most {most} are allowed", entries.len());
        faults.push(Fault { line: node.line, path: list.to_owned(), text });
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        let path = entry_path(list, by, at, entry);
        let language = entry.table().and_then(|table| table.get("language")).and_then(Node::text);
        let twin =
            if list == "prompt" { format!("{path}{}", language.unwrap_or_default()) } else { path.clone() };
        if seen.insert(twin, at).is_some() {
            faults.push(Fault { line: entry.line, path: path.clone(), text: "stands here twice".to_owned() });
        }
        check_table(entry, &path, keys, faults);
    }
}

fn check_table(node: &Node, path: &str, keys: &[Key], faults: &mut Vec<Fault>) {
    let Some(table) = node.table() else {
        let text = format!("is {}, but must be a table", node.kind());
        return faults.push(Fault { line: node.line, path: path.to_owned(), text });
    };
    let words: Vec<&'static str> = keys.iter().map(|key| key.name).collect();
    for (name, value) in table {
        let path = format!("{path}.{name}");
        match keys.iter().find(|key| key.name == name) {
            Some(key) => check_value(value, &path, key.kind, faults),
            None => faults.push(unknown(value.line, &path, name, &words)),
        }
    }
    for key in keys.iter().filter(|key| key.needed && !table.contains_key(key.name)) {
        let text = format!("is missing: {}", key.kind.allowed());
        faults.push(Fault { line: node.line, path: format!("{path}.{}", key.name), text });
    }
}

fn check_value(node: &Node, path: &str, kind: Kind, faults: &mut Vec<Fault>) {
    if let (Kind::Tables(keys), Some(entries)) = (kind, node.list()) {
        for (at, entry) in entries.iter().enumerate() {
            let by = if entry.table().is_some_and(|table| table.contains_key("outside")) {
                "outside"
            } else {
                "user"
            };
            let list = path.rsplit_once('.').map_or(path, |(_, last)| last);
            let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
            check_table(entry, &format!("{parent}.{}", entry_path(list, by, at, entry)), keys, faults);
        }
        return;
    }
    let good = match (&node.value, kind) {
        (Shape::Whole(number), Kind::Whole(least, most) | Kind::WholeOr(least, most, _)) => {
            (least..=most).contains(number)
        }
        (Shape::Truth(_), Kind::Truth) => true,
        (Shape::Text(text), kind) => kind.takes_text(text),
        (Shape::List(list), Kind::Texts) => {
            list.iter().all(|item| item.text().is_some()) && list.len() <= 1_000
        }
        (Shape::List(list), Kind::Targets) => {
            for (at, item) in list.iter().enumerate() {
                check_value(item, &format!("{path}[{at}]"), Kind::Targets, faults);
            }
            return;
        }
        (Shape::Whole(_) | Shape::Truth(_) | Shape::List(_) | Shape::Table(_) | Shape::Other(_), _) => false,
    };
    if !good {
        faults.push(Fault { line: node.line, path: path.to_owned(), text: wrong(node, kind) });
    }
}

fn wrong(node: &Node, kind: Kind) -> String {
    let allowed = kind.allowed();
    let given = match &node.value {
        Shape::Text(_) if kind == Kind::Secret => "what is given".to_owned(),
        Shape::Text(text) => format!("\"{}\"", text.chars().take(64).collect::<String>()),
        Shape::Whole(number) => number.to_string(),
        Shape::Truth(_) | Shape::List(_) | Shape::Table(_) | Shape::Other(_) => node.kind().to_owned(),
    };
    if let (Kind::Word(_), Some(word)) = (kind, node.text())
        && LATER_PRESETS.contains(&word)
    {
        return format!("{given} comes with a later version of Helin; now {allowed}");
    }
    let near = match (kind, node.text()) {
        (Kind::Word(words), Some(text)) => nearest(text, words.iter().copied()),
        (_, _) => None,
    };
    let hint = near.map(|word| format!("; did you mean \"{word}\"?")).unwrap_or_default();
    format!("{given} is not allowed: {allowed}{hint}")
}
