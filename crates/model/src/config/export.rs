//! Printing a document: as TOML or JSON, only what differs from the defaults, or everything.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::document::LISTS;
use super::kind::Kind;
use super::schema::{COMPANY, Column, Key, LeftOut};
use super::tree::{Node, Shape};

/// Whether defaults are printed, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defaults {
    /// Only what differs.
    Hide,
    /// Everything.
    Show,
}

/// The document with defaults left out or filled in.
pub fn shaped(document: &Node, defaults: Defaults) -> Node {
    let empty = BTreeMap::new();
    let table = document.table().unwrap_or(&empty);
    let mut result = BTreeMap::new();
    if let Some(company) = table.get("company") {
        result.insert("company".to_owned(), shaped_entry(company, COMPANY, defaults));
    }
    for (list, _, keys, _) in LISTS {
        if let Some(entries) = table.get(list).and_then(Node::list) {
            let entries = entries.iter().map(|entry| shaped_entry(entry, keys, defaults)).collect();
            result.insert(list.to_owned(), Node::of(Shape::List(entries)));
        }
    }
    Node::of(Shape::Table(result))
}

/// The company's table, or an entry of a list; a group's preset decides its defaults.
pub(super) fn shaped_entry(node: &Node, keys: &[Key], defaults: Defaults) -> Node {
    shaped_table(node, keys, Column::of_group(node).unwrap_or(Column::ANY), defaults)
}

fn shaped_table(node: &Node, keys: &[Key], column: Column, defaults: Defaults) -> Node {
    let empty = BTreeMap::new();
    let table = node.table().unwrap_or(&empty);
    let mut result = BTreeMap::new();
    for key in keys {
        let given = table.get(key.name);
        if let Kind::Table(inner) = key.kind(Some(column)) {
            let absent = given.is_none() && key.default(column) == LeftOut::Absent;
            let nothing = Node::of(Shape::Table(BTreeMap::new()));
            let shaped = shaped_table(given.unwrap_or(&nothing), inner, column, defaults);
            if !absent && shaped.table().is_some_and(|table| !table.is_empty()) {
                result.insert(key.name.to_owned(), shaped);
            }
            continue;
        }
        let default = default_node(key, column, table);
        let same = |given: &Node| {
            default.as_ref().is_some_and(|default| key.kind(Some(column)).same(given, default))
        };
        match (given, defaults) {
            (Some(given), Defaults::Hide) if same(given) => {}
            (Some(given), _) => {
                let value = match (key.kind(Some(column)), given.list()) {
                    (Kind::Tables(keys), Some(entries)) => Node::of(Shape::List(
                        entries.iter().map(|entry| shaped_table(entry, keys, column, defaults)).collect(),
                    )),
                    (_, _) => given.clone(),
                };
                result.insert(key.name.to_owned(), value);
            }
            (None, Defaults::Show) => {
                if let Some(default) = default {
                    result.insert(key.name.to_owned(), default);
                }
            }
            (None, Defaults::Hide) => {}
        }
    }
    Node::of(Shape::Table(result))
}

/// What a key has when it is left out of `table`.
pub(super) fn default_node(key: &Key, column: Column, table: &BTreeMap<String, Node>) -> Option<Node> {
    match key.default(column) {
        LeftOut::Unset | LeftOut::Absent => None,
        LeftOut::Written(text) => Some(key.kind(Some(column)).read(text)),
        LeftOut::Like(other) => {
            let text = table.get(other).and_then(Node::text)?;
            let most = if let Kind::Text(_, most) = key.kind(Some(column)) { most } else { usize::MAX };
            Some(Node::of(Shape::Text(text.chars().take(most).collect())))
        }
    }
}

/// As TOML, in the order of the schema.
pub fn toml(document: &Node) -> String {
    let empty = BTreeMap::new();
    let table = document.table().unwrap_or(&empty);
    let mut out = String::new();
    if let Some(company) = table.get("company") {
        out.push_str("[company]\n");
        keys(&mut out, "company", company, COMPANY);
    }
    for (list, _, schema, _) in LISTS {
        for entry in table.get(list).and_then(Node::list).unwrap_or_default() {
            // Writing to a string cannot fail.
            let _ = write!(out, "\n[[{list}]]\n");
            keys(&mut out, list, entry, schema);
        }
    }
    out
}

/// The plain keys of a table, then the tables within it.
fn keys(out: &mut String, path: &str, node: &Node, schema: &[Key]) {
    let given = |key: &Key| node.table().and_then(|table| table.get(key.name));
    let is_table = |key: &Key| matches!(key.kind(None), Kind::Table(_) | Kind::Tables(_));
    for key in schema.iter().filter(|key| !is_table(key)) {
        if let Some(value) = given(key) {
            let _ = writeln!(out, "{} = {}", key.name, inline(value));
        }
    }
    for key in schema {
        match (key.kind(None), given(key)) {
            (Kind::Table(inner), Some(table)) => {
                let path = format!("{path}.{}", key.name);
                let _ = writeln!(out, "[{path}]");
                keys(out, &path, table, inner);
            }
            (Kind::Tables(inner), Some(entries)) => {
                let path = format!("{path}.{}", key.name);
                for entry in entries.list().unwrap_or_default() {
                    let _ = writeln!(out, "[[{path}]]");
                    keys(out, &path, entry, inner);
                }
            }
            (_, _) => {}
        }
    }
}

/// A value in one line. JSON's texts, numbers and truths are TOML's, too; tables are not.
fn inline(value: &Node) -> String {
    match &value.value {
        Shape::List(list) => format!("[{}]", list.iter().map(inline).collect::<Vec<_>>().join(",")),
        Shape::Table(table) => {
            let pairs = table.iter().map(|(key, value)| format!("{key} = {}", inline(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        Shape::Text(_) | Shape::Whole(_) | Shape::Truth(_) | Shape::Other(_) => value.json().to_string(),
    }
}
