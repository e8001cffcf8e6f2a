//! Laying a file over what a company has: what it names is changed, what it does not mention stays.

use std::collections::BTreeMap;

use super::document::LISTS;
use super::export::{Defaults, shaped_entry};
use super::kind::Kind;
use super::schema::{COMPANY, Column, Key, USER};
use super::tree::{Node, Shape};

/// Secrets that a file gave: user, key (`password`, `sip_password`), value.
pub type Secrets = Vec<(String, &'static str, String)>;

/// What came of laying a file over a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The whole document now, without secrets.
    pub document: Node,
    /// Secrets to be kept apart.
    pub secrets: Secrets,
    /// One line per difference.
    pub changes: Vec<String>,
}

/// What happens to what the file does not mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
}

/// Lays `file`, which has been checked, over `stored`. `with_secret` tells which secrets are there already, so
/// that applying a file twice changes nothing. The result says nothing that is a default anyway.
pub fn merge(
    stored: &Node,
    file: &Node,
    rest: Rest,
    with_secret: &dyn Fn(&str, &'static str, &str) -> bool,
) -> Merged {
    let empty = BTreeMap::new();
    let old = stored.table().unwrap_or(&empty);
    let new = file.table().unwrap_or(&empty);
    let mut result = BTreeMap::new();
    let mut changes = Vec::new();
    let mut secrets = Vec::new();
    let company = overlay(old.get("company"), new.get("company"));
    let company = shaped_entry(&company, COMPANY, Defaults::Hide);
    differences("company", old.get("company"), Some(&company), &mut changes);
    result.insert("company".to_owned(), company);
    for (list, by, keys, _) in LISTS {
        let before = entries(old.get(list), by);
        let given = entries(new.get(list), by);
        let mut after: BTreeMap<String, Node> = match rest {
            Rest::Keep => before.clone(),
            Rest::Remove => BTreeMap::new(),
        };
        for (name, entry) in &given {
            let entry = if list == "user" { overlay(before.get(name), Some(entry)) } else { bare(entry) };
            let mut entry = shaped_entry(&entry, keys, Defaults::Hide);
            if list == "user" {
                take_secrets(name, &mut entry, &mut secrets, &mut changes, with_secret);
            }
            after.insert(name.clone(), entry);
        }
        let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for name in names {
            let path = format!("{list}[{name}]");
            differences(&path, before.get(name), after.get(name), &mut changes);
        }
        let ordered = order(by, old.get(list), new.get(list), after);
        if !ordered.is_empty() {
            result.insert(list.to_owned(), Node::of(Shape::List(ordered)));
        }
    }
    Merged { document: Node::of(Shape::Table(result)), secrets, changes }
}

/// Entries by name; prompts by name and language.
fn entries(list: Option<&Node>, by: &str) -> BTreeMap<String, Node> {
    let list = list.and_then(Node::list).unwrap_or_default();
    list.iter().map(|entry| (entry_name(entry, by), entry.clone())).collect()
}

fn entry_name(entry: &Node, by: &str) -> String {
    let text = |key: &str| entry.table().and_then(|table| table.get(key)).and_then(Node::text);
    let name = text(by).unwrap_or_default().to_owned();
    // A prompt exists once per language.
    match (text("file").or(text("hash")).or(text("text")), text("language")) {
        (Some(_), Some(language)) => format!("{name}/{language}"),
        (_, _) => name,
    }
}

/// Entries in the order in which they were first written.
fn order(by: &str, old: Option<&Node>, new: Option<&Node>, mut after: BTreeMap<String, Node>) -> Vec<Node> {
    let all = [old, new].into_iter().flatten().filter_map(Node::list).flatten();
    let names: Vec<String> = all.map(|entry| entry_name(entry, by)).collect();
    names.iter().filter_map(|name| after.remove(name)).collect()
}

/// The keys of `over` win; those it does not name stay.
fn overlay(under: Option<&Node>, over: Option<&Node>) -> Node {
    let mut table = under.and_then(Node::table).cloned().unwrap_or_default();
    for (key, value) in over.and_then(Node::table).into_iter().flatten() {
        table.insert(key.clone(), bare(value));
    }
    Node::of(Shape::Table(table))
}

/// Without line numbers: a stored document has none.
fn bare(node: &Node) -> Node {
    Node::of(match &node.value {
        Shape::List(list) => Shape::List(list.iter().map(bare).collect()),
        Shape::Table(table) => {
            Shape::Table(table.iter().map(|(key, value)| (key.clone(), bare(value))).collect())
        }
        other @ (Shape::Text(_) | Shape::Whole(_) | Shape::Truth(_) | Shape::Other(_)) => other.clone(),
    })
}

fn take_secrets(
    user: &str,
    entry: &mut Node,
    secrets: &mut Secrets,
    changes: &mut Vec<String>,
    with_secret: &dyn Fn(&str, &'static str, &str) -> bool,
) {
    let Shape::Table(table) = &mut entry.value else { return };
    let is_secret = |key: &&Key| key.kind(Some(Column::ANY)) == Kind::Secret;
    for Key { name, .. } in USER.iter().filter(is_secret) {
        let Some(secret) = table.remove(*name) else { continue };
        let secret = secret.text().unwrap_or_default();
        if !with_secret(user, name, secret) {
            changes.push(format!("user[{user}].{name}: (secret)"));
            secrets.push((user.to_owned(), name, secret.to_owned()));
        }
    }
}

/// One line per key that differs.
fn differences(path: &str, before: Option<&Node>, after: Option<&Node>, changes: &mut Vec<String>) {
    match (before, after) {
        (None, None) => {}
        (Some(_), None) => changes.push(format!("{path}: removed")),
        (None, Some(_)) => changes.push(format!("{path}: added")),
        (Some(before), Some(after)) => match (before.table(), after.table()) {
            (Some(old), Some(new)) => key_differences(path, old, new, changes),
            (_, _) => {
                if bare(before) != bare(after) {
                    changes.push(format!("{path}: changed"));
                }
            }
        },
    }
}

fn key_differences(
    path: &str,
    old: &BTreeMap<String, Node>,
    new: &BTreeMap<String, Node>,
    changes: &mut Vec<String>,
) {
    let empty = BTreeMap::new();
    let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let (before, after) = (old.get(key), new.get(key));
        if before.map(bare) == after.map(bare) {
            continue;
        }
        let path = format!("{path}.{key}");
        let (inner_old, inner_new) = (before.and_then(Node::table), after.and_then(Node::table));
        if inner_old.is_some() || inner_new.is_some() {
            key_differences(&path, inner_old.unwrap_or(&empty), inner_new.unwrap_or(&empty), changes);
            continue;
        }
        let shown =
            |node: Option<&Node>| node.map_or_else(|| "(default)".to_owned(), |node| node.json().to_string());
        changes.push(format!("{path}: {} -> {}", shown(before), shown(after)));
    }
}
