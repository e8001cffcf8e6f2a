//! A document as a tree with line numbers, read from TOML or JSON alike.

use std::collections::BTreeMap;

use serde_json::Value;
use toml_edit::{Document, Item, TableLike};

use super::fault::Fault;

/// A file at most.
const SIZE_MAX: usize = 4 * 1024 * 1024;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Line in the file, from 1.
    pub line: Option<u32>,
    /// What it is.
    pub value: Shape,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// True or false.
    Truth(bool),
    /// Values in order.
    List(Vec<Node>),
    /// Values by name.
    Table(BTreeMap<String, Node>),
    /// Something no setting is: a fraction, a date.
    Other(&'static str),
}

impl Node {
    /// A value without a place.
    pub fn of(value: Shape) -> Node {
        Node { line: None, value }
    }

    /// Its values by name, if it is a table.
    pub fn table(&self) -> Option<&BTreeMap<String, Node>> {
        match &self.value {
            Shape::Table(table) => Some(table),
            Shape::Text(_) | Shape::Whole(_) | Shape::Truth(_) | Shape::List(_) | Shape::Other(_) => None,
        }
    }

    /// Its values in order, if it is a list.
    pub fn list(&self) -> Option<&[Node]> {
        match &self.value {
            Shape::List(list) => Some(list),
            Shape::Text(_) | Shape::Whole(_) | Shape::Truth(_) | Shape::Table(_) | Shape::Other(_) => None,
        }
    }

    /// Its text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Shape::Text(text) => Some(text),
            Shape::Whole(_) | Shape::Truth(_) | Shape::List(_) | Shape::Table(_) | Shape::Other(_) => None,
        }
    }

    /// What it is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            Shape::Text(_) => "text",
            Shape::Whole(_) => "a number",
            Shape::Truth(_) => "true or false",
            Shape::List(_) => "a list",
            Shape::Table(_) => "a table",
            Shape::Other(kind) => kind,
        }
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        match &self.value {
            Shape::Text(text) => Value::from(text.as_str()),
            Shape::Whole(number) => Value::from(*number),
            Shape::Truth(truth) => Value::from(*truth),
            Shape::List(list) => list.iter().map(Node::json).collect(),
            Shape::Table(table) => table.iter().map(|(key, node)| (key.clone(), node.json())).collect(),
            Shape::Other(_) => Value::Null,
        }
    }
}

fn broken(line: Option<u32>, text: String) -> Fault {
    Fault { line, path: "file".to_owned(), text }
}

/// Reads TOML.
///
/// # Errors
/// The file is too large or no TOML; the fault has the line.
pub fn of_toml(text: &str) -> Result<Node, Fault> {
    if text.len() > SIZE_MAX {
        return Err(broken(None, "larger than 4 MiB".to_owned()));
    }
    let lines = Lines::of(text);
    let document = Document::parse(text).map_err(|fault| {
        broken(fault.span().and_then(|span| lines.at(span.start)), fault.message().to_owned())
    })?;
    Ok(Node { line: Some(1), value: of_table(document.as_table(), &lines) })
}

/// Where lines end, so that the line of a place is found without counting from the start.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Lines {
        Lines(text.bytes().enumerate().filter(|(_, octet)| *octet == b'\n').map(|(at, _)| at).collect())
    }

    fn at(&self, place: usize) -> Option<u32> {
        u32::try_from(self.0.partition_point(|end| *end < place) + 1).ok()
    }
}

fn of_table(table: &dyn TableLike, lines: &Lines) -> Shape {
    let entries = table.iter().map(|(key, item)| {
        let key_line = table.key(key).and_then(|key| key.span()).and_then(|span| lines.at(span.start));
        let mut node = of_item(item, lines);
        node.line = key_line.or(node.line);
        (key.to_owned(), node)
    });
    Shape::Table(entries.collect())
}

fn of_item(item: &Item, lines: &Lines) -> Node {
    let line = item.span().and_then(|span| lines.at(span.start));
    let value = match item {
        Item::None => Shape::Other("nothing"),
        Item::Value(value) => return of_value(value, lines),
        Item::Table(table) => of_table(table, lines),
        Item::ArrayOfTables(tables) => Shape::List(
            tables
                .iter()
                .map(|table| Node {
                    line: table.span().and_then(|span| lines.at(span.start)),
                    value: of_table(table, lines),
                })
                .collect(),
        ),
    };
    Node { line, value }
}

fn of_value(value: &toml_edit::Value, lines: &Lines) -> Node {
    let line = value.span().and_then(|span| lines.at(span.start));
    let shape = match value {
        toml_edit::Value::String(text) => Shape::Text(text.value().clone()),
        toml_edit::Value::Integer(number) => Shape::Whole(*number.value()),
        toml_edit::Value::Boolean(truth) => Shape::Truth(*truth.value()),
        toml_edit::Value::Float(_) => Shape::Other("a fraction"),
        toml_edit::Value::Datetime(_) => Shape::Other("a date"),
        toml_edit::Value::Array(list) => {
            Shape::List(list.iter().map(|value| of_value(value, lines)).collect())
        }
        toml_edit::Value::InlineTable(table) => of_table(table, lines),
    };
    Node { line, value: shape }
}

/// Reads JSON.
///
/// # Errors
/// The text is too large or no JSON; the fault has the line.
pub fn of_json(text: &str) -> Result<Node, Fault> {
    if text.len() > SIZE_MAX {
        return Err(broken(None, "larger than 4 MiB".to_owned()));
    }
    of_stored(text)
}

/// Reads a document that was accepted before: changes may have made it larger than a file may be.
///
/// # Errors
/// The text is no JSON; the fault has the line.
pub fn of_stored(text: &str) -> Result<Node, Fault> {
    let value: Value = serde_json::from_str(text)
        .map_err(|fault| broken(u32::try_from(fault.line()).ok(), fault.to_string()))?;
    Ok(of_json_value(&value))
}

fn of_json_value(value: &Value) -> Node {
    Node::of(match value {
        Value::Null => Shape::Other("null"),
        Value::Bool(truth) => Shape::Truth(*truth),
        Value::Number(number) => number.as_i64().map_or(Shape::Other("a fraction"), Shape::Whole),
        Value::String(text) => Shape::Text(text.clone()),
        Value::Array(list) => Shape::List(list.iter().map(of_json_value).collect()),
        Value::Object(table) => {
            Shape::Table(table.iter().map(|(key, value)| (key.clone(), of_json_value(value))).collect())
        }
    })
}
