//! A company file checked against the schema: every unknown key, wrong type and value out of range is found.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{Fault, nearest};
use super::kind::{Kind, is_text};
use super::schema::{COMPANY, Column, GROUP, Key, LATER, LeftOut, OUTSIDE, PROMPT, USER};
use super::tree::{Node, Shape};

/// Tables of a file: name, key by which an entry is known, its keys, entries at most.
pub(crate) const LISTS: [(&str, &str, &[Key], usize); 4] = [
    ("user", "name", USER, 10_000),
    ("outside", "name", OUTSIDE, 10_000),
    ("prompt", "name", PROMPT, 1_000),
    ("group", "number", GROUP, 1_000),
];

/// Rows and entries of one list inside a table.
const ROWS_MAX: usize = 1_000;

/// Finds every fault of a file's form. Names that refer to others are checked when the whole is resolved.
pub fn check(file: &Node) -> Vec<Fault> {
    let mut faults = Vec::new();
    let Some(table) = file.table() else {
        return vec![Fault { line: file.line, path: "file".to_owned(), text: "is no table".to_owned() }];
    };
    for (name, node) in table {
        if name == "company" {
            check_table(node, "company", COMPANY, Some(Column::ANY), &mut faults);
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

/// By which key a member is known.
pub(crate) fn member_by(node: &Node) -> &'static str {
    if node.table().is_some_and(|table| table.contains_key("outside")) { "outside" } else { "user" }
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
        let column = if list == "group" { Column::of_group(entry) } else { Some(Column::ANY) };
        check_table(entry, &path, keys, column, faults);
    }
}

fn check_table(node: &Node, path: &str, keys: &[Key], column: Option<Column>, faults: &mut Vec<Fault>) {
    let Some(table) = node.table() else {
        let text = format!("is {}, but must be a table", node.kind());
        return faults.push(Fault { line: node.line, path: path.to_owned(), text });
    };
    let words: Vec<&'static str> = keys.iter().map(|key| key.name).collect();
    for (name, value) in table {
        let path = format!("{path}.{name}");
        let Some(key) = keys.iter().find(|key| key.name == name) else {
            faults.push(unknown(value.line, &path, name, &words));
            continue;
        };
        if column.is_some_and(|column| key.default(column) == LeftOut::Absent) {
            let presets: Vec<&str> = key.presets().collect();
            let text =
                format!("is not available with this preset of the group; only with {}", presets.join(", "));
            faults.push(Fault { line: value.line, path, text });
            continue;
        }
        check_value(value, &path, key.kind(column), column, faults);
    }
    for key in keys.iter().filter(|key| key.needed && !table.contains_key(key.name)) {
        let text = format!("is missing: {}", key.kind(column).allowed());
        faults.push(Fault { line: node.line, path: format!("{path}.{}", key.name), text });
    }
}

fn check_value(node: &Node, path: &str, kind: Kind, column: Option<Column>, faults: &mut Vec<Fault>) {
    let good = match (&node.value, kind) {
        (_, Kind::Table(keys)) => return check_table(node, path, keys, column, faults),
        (Shape::List(entries), Kind::Tables(keys)) => {
            let (parent, list) = path.rsplit_once('.').unwrap_or(("", path));
            for (at, entry) in entries.iter().enumerate() {
                let path = format!("{parent}.{}", entry_path(list, member_by(entry), at, entry));
                check_table(entry, &path, keys, column, faults);
            }
            true
        }
        (Shape::List(rows), Kind::Rows(keys)) => {
            check_rows(rows, path, keys, faults);
            rows.len() <= ROWS_MAX
        }
        (Shape::Whole(number), Kind::Whole(least, most) | Kind::WholeOr(least, most, _)) => {
            (least..=most).contains(number)
        }
        (Shape::Truth(_), Kind::Truth) => true,
        (Shape::Text(text), kind) => kind.takes_text(text),
        (Shape::List(list), Kind::Texts(most, length)) => {
            let good = |item: &Node| item.text().is_some_and(|text| is_text(text, 1, length));
            list.len() <= most && list.iter().all(good)
        }
        (Shape::List(list), Kind::Words(words, least)) => {
            return check_words(node, list, path, (words, least), faults);
        }
        (Shape::List(list), Kind::Targets | Kind::TargetsOrNone) => {
            for (at, item) in list.iter().enumerate() {
                if !item.text().is_some_and(|text| Kind::Targets.takes_text(text)) {
                    faults.push(Fault {
                        line: item.line,
                        path: format!("{path}[{at}]"),
                        text: wrong(item, Kind::Targets),
                    });
                }
            }
            list.len() <= ROWS_MAX
        }
        (Shape::Whole(_) | Shape::Truth(_) | Shape::List(_) | Shape::Table(_) | Shape::Other(_), _) => false,
    };
    if !good {
        faults.push(Fault { line: node.line, path: path.to_owned(), text: wrong(node, kind) });
    }
}

/// Rows are known by their first key, which stands once.
fn check_rows(rows: &[Node], path: &str, keys: &[Key], faults: &mut Vec<Fault>) {
    let mut seen = BTreeSet::new();
    for (at, row) in rows.iter().enumerate() {
        let path = format!("{path}[{at}]");
        check_table(row, &path, keys, Some(Column::ANY), faults);
        let first = keys.first().and_then(|key| row.table()?.get(key.name)?.text());
        if first.is_some_and(|first| !seen.insert(first)) {
            faults.push(Fault { line: row.line, path, text: "stands here twice".to_owned() });
        }
    }
}

fn check_words(
    node: &Node,
    list: &[Node],
    path: &str,
    (words, least): (&'static [&'static str], usize),
    faults: &mut Vec<Fault>,
) {
    let mut seen = BTreeSet::new();
    for item in list {
        let text = match item.text() {
            Some(text) if words.contains(&text) && seen.insert(text) => continue,
            Some(text) if words.contains(&text) => format!("\"{text}\" stands here twice"),
            Some(_) | None => wrong(item, Kind::Word(words)),
        };
        faults.push(Fault { line: item.line.or(node.line), path: path.to_owned(), text });
    }
    if list.len() < least {
        let text = wrong(node, Kind::Words(words, least));
        faults.push(Fault { line: node.line, path: path.to_owned(), text });
    }
}

fn wrong(node: &Node, kind: Kind) -> String {
    let allowed = kind.allowed();
    let given = match &node.value {
        Shape::Text(_) if kind == Kind::Secret => "what is given".to_owned(),
        Shape::Text(text) => format!("\"{}\"", text.chars().take(64).collect::<String>()),
        Shape::Whole(number) => number.to_string(),
        Shape::List(list) if list.is_empty() => "an empty list".to_owned(),
        Shape::Truth(_) | Shape::List(_) | Shape::Table(_) | Shape::Other(_) => node.kind().to_owned(),
    };
    let words: &[&'static str] = match kind {
        Kind::Word(words) => words,
        Kind::WholeOr(_, _, ref word) => std::slice::from_ref(word),
        Kind::SpanOrNone(..) | Kind::PhoneOrNone | Kind::ShortOrNone => &["none"],
        Kind::Targets | Kind::TargetsOrNone => &["own_line", "busy", "hangup"],
        Kind::ShowNumber => &["own", "company"],
        Kind::Text(..)
        | Kind::Name
        | Kind::NameOrNone
        | Kind::Prompt
        | Kind::Id
        | Kind::Span(..)
        | Kind::Whole(..)
        | Kind::Truth
        | Kind::Words(..)
        | Kind::Number
        | Kind::Phone
        | Kind::Prefix
        | Kind::Affix
        | Kind::Texts(..)
        | Kind::Secret
        | Kind::Table(_)
        | Kind::Tables(_)
        | Kind::Rows(_) => &[],
    };
    let near = node.text().and_then(|text| nearest(text, words.iter().copied()));
    let hint = near.map(|word| format!("; did you mean \"{word}\"?")).unwrap_or_default();
    format!("{given} is not allowed: {allowed}{hint}")
}
