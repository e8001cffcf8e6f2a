//! A table of the document being read, with its place and the defaults of its keys.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::de::DeserializeOwned;

use super::super::export::default_node;
use super::super::fault::Fault;
use super::super::kind::{Kind, targets};
use super::super::schema::{Column, Key};
use super::super::tree::{Node, Shape};
use super::super::{Preset, PromptChoice};
use crate::language::Language;
use crate::target::Target;
use crate::time::Span;

static EMPTY: BTreeMap<String, Node> = BTreeMap::new();

/// A table of a document that has been checked. Where it was not, what cannot be read has its default: the
/// fault was found before.
pub(super) struct Reader<'a> {
    pub(super) table: &'a BTreeMap<String, Node>,
    pub(super) path: String,
    keys: &'static [Key],
    column: Column,
    line: Option<u32>,
}

impl<'a> Reader<'a> {
    /// The company's table or an entry of a list.
    pub(super) fn new(node: Option<&'a Node>, keys: &'static [Key], path: String) -> Reader<'a> {
        let column = node.and_then(Column::of_group).unwrap_or(Column::ANY);
        let table = node.and_then(Node::table).unwrap_or(&EMPTY);
        Reader { table, keys, path, column, line: node.and_then(|node| node.line) }
    }

    /// A table inside this one.
    pub(super) fn inner(&self, name: &str, keys: &'static [Key]) -> Reader<'a> {
        let node = self.table.get(name);
        Reader {
            table: node.and_then(Node::table).unwrap_or(&EMPTY),
            keys,
            path: format!("{}.{name}", self.path),
            column: self.column,
            line: node.and_then(|node| node.line).or(self.line),
        }
    }

    /// The keys of this table that are given.
    pub(super) fn given(&self) -> impl Iterator<Item = (&'static Key, &'a Node)> + use<'a> {
        let table = self.table;
        self.keys.iter().filter_map(move |key| Some((key, table.get(key.name)?)))
    }

    fn key(&self, name: &str) -> &'static Key {
        let found = self.keys.iter().find(|key| key.name == name);
        found.expect("what is read stands in the schema")
    }

    fn default(&self, name: &str) -> Option<Node> {
        default_node(self.key(name), self.column, self.table)
    }

    /// What is given, else the default, by `read`; what `read` refuses counts as not given.
    fn find<T>(&self, name: &str, read: impl Fn(&Node) -> Option<T>) -> Option<T> {
        self.table.get(name).and_then(&read).or_else(|| read(&self.default(name)?))
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.find(name, |node| node.text().map(str::to_owned))
    }

    /// Something written as text; `None` where a word like "none" stands, or nothing.
    pub(super) fn parsed<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    /// One of the words of an enum.
    pub(super) fn word<T: DeserializeOwned>(&self, name: &str) -> T {
        let read = |node: &Node| serde_json::from_value(node.text()?.into()).ok();
        self.find(name, read).expect("a default is one of the words")
    }

    /// A group's preset.
    pub(super) fn preset(&self) -> Preset {
        let word = self.table.get("preset").and_then(Node::text).unwrap_or_default();
        serde_json::from_value(word.into()).unwrap_or(Preset::RingEven)
    }

    pub(super) fn truth(&self, name: &str) -> bool {
        let read = |node: &Node| if let Shape::Truth(truth) = node.value { Some(truth) } else { None };
        self.find(name, read).unwrap_or_default()
    }

    /// A number; `None` where a word says that there is no limit.
    pub(super) fn limit(&self, name: &str) -> Option<u32> {
        let read = |node: &Node| if let Shape::Whole(number) = node.value { Some(number) } else { None };
        let given = self.table.get(name);
        let number =
            if given.is_some_and(|node| node.text().is_some()) { None } else { self.find(name, read) };
        number.and_then(|number| u32::try_from(number).ok())
    }

    /// A number that has no word.
    pub(super) fn whole(&self, name: &str) -> u32 {
        self.limit(name).unwrap_or_default()
    }

    /// A digit, a level.
    pub(super) fn small(&self, name: &str) -> Option<u8> {
        self.limit(name).and_then(|number| u8::try_from(number).ok())
    }

    /// A duration that has no word.
    pub(super) fn span(&self, name: &str) -> Span {
        self.parsed(name).unwrap_or_default()
    }

    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let read = |node: &Node| {
            Some(node.list()?.iter().filter_map(Node::text).map(str::to_owned).collect::<Vec<_>>())
        };
        self.find(name, read).unwrap_or_default()
    }

    /// Whether a list has this word.
    pub(super) fn has_word(&self, name: &str, word: &str) -> bool {
        self.texts(name).iter().any(|text| text == word)
    }

    pub(super) fn language(&self, otherwise: Language) -> Language {
        self.text("language").as_deref().and_then(Language::from_code).unwrap_or(otherwise)
    }

    pub(super) fn targets(&self, name: &str) -> Vec<Target> {
        let read = |node: &Node| {
            Some(targets(node).iter().filter_map(|text| text.parse().ok()).collect::<Vec<Target>>())
        };
        self.find(name, read).unwrap_or_default()
    }

    /// What plays at a moment: left out, the built-in prompt of it.
    pub(super) fn prompt(&self, name: &str) -> PromptChoice {
        match self.text(name).as_deref() {
            None => PromptChoice::BuiltIn,
            Some("none") => PromptChoice::Silent,
            Some(text) => text.parse().map_or(PromptChoice::BuiltIn, PromptChoice::Named),
        }
    }

    pub(super) fn kind(&self, key: &Key) -> Kind {
        key.kind(Some(self.column))
    }

    pub(super) fn fault(&self, name: &str, text: String) -> Fault {
        let line = self.table.get(name).and_then(|node| node.line).or(self.line);
        Fault { line, path: format!("{}.{name}", self.path), text }
    }
}
