//! The company file from text to settings and back.

mod faults;
mod presets;
mod random;
mod ranges;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{PromptText, Prompts};
use crate::language::Language;

/// The built-in prompts that a file may name.
fn built_in() -> Prompts {
    let names = ["unreachable", "closed", "queue_full", "nobody_here"];
    let said = || BTreeMap::from([(Language::En, PromptText { text: Arc::from("A sentence.") })]);
    Prompts(names.into_iter().map(|name| (name.parse().unwrap(), said())).collect())
}

/// A company file in which one table has other values.
struct File {
    tables: Vec<(&'static str, Vec<(String, String)>)>,
}

impl File {
    /// A company with people, a prompt and a group of this preset, as short as it can be.
    fn with(preset: &str) -> File {
        let pairs = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
        };
        let preset = format!("\"{preset}\"");
        let hash = format!("\"{}\"", "a".repeat(64));
        let tables = vec![
            ("[company]", pairs(&[("id", "\"sinilind\"")])),
            ("[[user]]", pairs(&[("name", "\"mari\"")])),
            ("[[user]] ", pairs(&[("name", "\"juri\"")])),
            ("[[outside]]", pairs(&[("name", "\"madis\""), ("number", "\"+3725559001\"")])),
            ("[[prompt]]", pairs(&[("name", "\"hello\""), ("language", "\"et\""), ("hash", &hash)])),
            (
                "[[group]]",
                pairs(&[
                    ("number", "\"+3726001000\""),
                    ("name", "\"Grupp\""),
                    ("preset", &preset),
                    ("members_may_show", "true"),
                ]),
            ),
            ("[group.queue]", Vec::new()),
            ("[group.announcements]", Vec::new()),
            ("[group.callback]", Vec::new()),
            ("[group.transfer]", Vec::new()),
            ("[[group.member]]", pairs(&[("user", "\"mari\"")])),
        ];
        File { tables }
    }

    fn set(mut self, table: &str, key: &str, value: &str) -> File {
        let (_, pairs) = self.tables.iter_mut().find(|(name, _)| *name == table).unwrap();
        pairs.retain(|(name, _)| name != key);
        pairs.push((key.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, table: &str, key: &str) -> File {
        let (_, pairs) = self.tables.iter_mut().find(|(name, _)| *name == table).unwrap();
        pairs.retain(|(name, _)| name != key);
        self
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (table, pairs) in self.tables.iter().filter(|(_, pairs)| !pairs.is_empty()) {
            text.push_str(&format!("{table}\n"));
            for (key, value) in pairs {
                text.push_str(&format!("{key} = {value}\n"));
            }
        }
        text
    }
}
