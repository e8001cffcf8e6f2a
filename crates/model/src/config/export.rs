//! Printing a document: as TOML or JSON, only what differs from the defaults, or everything.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::document::LISTS;
use super::schema::{COMPANY, Key, Kind};
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
        result.insert("company".to_owned(), shaped_table(company, COMPANY, defaults));
    }
    for (list, _, keys, _) in LISTS {
        if let Some(entries) = table.get(list).and_then(Node::list) {
            let entries = entries.iter().map(|entry| shaped_table(entry, keys, defaults)).collect();
            result.insert(list.to_owned(), Node::of(Shape::List(entries)));
        }
    }
    Node::of(Shape::Table(result))
}

pub(super) fn shaped_table(node: &Node, keys: &[Key], defaults: Defaults) -> Node {
    let empty = BTreeMap::new();
    let table = node.table().unwrap_or(&empty);
    let mut result = BTreeMap::new();
    for key in keys {
        let default = default_node(key, table);
        match (table.get(key.name), defaults) {
            (Some(given), Defaults::Hide) if Some(given) == default.as_ref() => {}
            (Some(given), _) => {
                let value = match (key.kind, given.list()) {
                    (Kind::Tables(keys), Some(entries)) => Node::of(Shape::List(
                        entries.iter().map(|entry| shaped_table(entry, keys, defaults)).collect(),
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

fn default_node(key: &Key, table: &BTreeMap<String, Node>) -> Option<Node> {
    let text = key.default?;
    let value = match key.kind {
        Kind::Truth if text == "preset" => {
            Shape::Truth(table.get("preset").and_then(Node::text) == Some("ring_duty"))
        }
        Kind::Truth => Shape::Truth(text == "true"),
        Kind::Whole(..) => Shape::Whole(text.parse().ok()?),
        Kind::Texts | Kind::Targets => {
            let items = text.trim_matches(['[', ']']).split(", ").filter(|item| !item.is_empty());
            Shape::List(items.map(|item| Node::of(Shape::Text(item.trim_matches('"').to_owned()))).collect())
        }
        Kind::Text(..)
        | Kind::Name
        | Kind::Id
        | Kind::Span(..)
        | Kind::WholeOr(..)
        | Kind::Word(_)
        | Kind::Number
        | Kind::Phone
        | Kind::Short
        | Kind::Secret
        | Kind::Tables(_) => Shape::Text(text.to_owned()),
    };
    Some(Node::of(value))
}

/// As TOML, in the order of the schema.
pub fn toml(document: &Node) -> String {
    let empty = BTreeMap::new();
    let table = document.table().unwrap_or(&empty);
    let mut out = String::new();
    if let Some(company) = table.get("company") {
        out.push_str("[company]\n");
        keys(&mut out, company, COMPANY);
    }
    for (list, _, schema, _) in LISTS {
        for entry in table.get(list).and_then(Node::list).unwrap_or_default() {
            // Writing to a string cannot fail.
            let _ = write!(out, "\n[[{list}]]\n");
            keys(&mut out, entry, schema);
            for key in schema {
                let Kind::Tables(inner) = key.kind else { continue };
                let entries = entry.table().and_then(|table| table.get(key.name)).and_then(Node::list);
                for item in entries.unwrap_or_default() {
                    let _ = writeln!(out, "[[{list}.{}]]", key.name);
                    keys(&mut out, item, inner);
                }
            }
        }
    }
    out
}

fn keys(out: &mut String, node: &Node, schema: &[Key]) {
    for key in schema.iter().filter(|key| !matches!(key.kind, Kind::Tables(_))) {
        if let Some(value) = node.table().and_then(|table| table.get(key.name)) {
            // JSON's texts, numbers, truths and lists of them are TOML's, too.
            let _ = writeln!(out, "{} = {}", key.name, value.json());
        }
    }
}
