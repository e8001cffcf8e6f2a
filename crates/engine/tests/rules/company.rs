//! The company of the tests: five users, the line of the main number, a person outside, and the groups a case
//! asks for. Its settings go through the company file's own door.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use engine::speech;
use model::config::resolve::{Around, resolve};
use model::config::{PromptText, Prompts, TenantConfig, document, tree};
use model::id::{ConfigVersion, PartyId, PartyName};
use model::language::Language;

/// Main number of the first group.
pub(crate) const MAIN: &str = "+3726001000";
/// Main number of the second.
pub(crate) const SECOND: &str = "+3726002000";

/// Everybody, by party id from 1. `line` is the own line; Madis has a mobile phone only.
const PEOPLE: [&str; 7] = ["mari", "juri", "kati", "toomas", "liis", "line", "Madis"];
/// Callers are numbered from here.
const CALLERS: u64 = 1_000;

const PROMPTS: &str = include_str!("../../../../prompts/texts.toml");

/// A group as a case writes it.
#[derive(Debug, Clone)]
pub(crate) struct GroupText {
    number: &'static str,
    keys: BTreeMap<String, String>,
    /// `mari`; `-mari` begins logged out; `mari!` may take the duty; `mari,order=1,skill=2` has keys of his own.
    members: Vec<String>,
}

/// The company as a case writes it.
#[derive(Debug, Clone)]
pub(crate) struct Company {
    keys: String,
    people: String,
    groups: Vec<GroupText>,
}

/// A company with one even ring group.
pub(crate) fn even(members: &str) -> Company {
    one("ring_even", members)
}

/// A company with one customer-service group: entry message and music are built in.
pub(crate) fn service(members: &str) -> Company {
    one("customer_service", members).with("own_line =")
}

/// A company with one attendant group.
pub(crate) fn attendant(members: &str) -> Company {
    one("attendant", members).with("own_line =")
}

/// A company with one duty-first ring group.
pub(crate) fn duty_first(members: &str) -> Company {
    one("ring_duty", members)
}

fn one(preset: &str, members: &str) -> Company {
    let group = GroupText { number: MAIN, keys: BTreeMap::new(), members: words(members) };
    let company =
        Company { keys: "language = \"en\"\n".to_owned(), people: String::new(), groups: vec![group] };
    company.with("name = \"Info\"").with(&format!("preset = \"{preset}\"")).with("own_line = \"line\"")
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl Company {
    /// Sets a key of the first group; `KEY =` alone takes it out.
    pub(crate) fn with(mut self, line: &str) -> Company {
        self.set(line);
        self
    }

    /// As `with`.
    pub(crate) fn set(&mut self, line: &str) {
        let (key, value) = line.split_once('=').expect("KEY = VALUE");
        let (key, value) = (key.trim().to_owned(), value.trim());
        if value.is_empty() {
            self.groups[0].keys.remove(&key);
        } else {
            self.groups[0].keys.insert(key, value.to_owned());
        }
    }

    /// The first group's members from now on.
    pub(crate) fn set_members(&mut self, members: &str) {
        self.groups[0].members = words(members);
    }

    /// The settings have the first group no more.
    pub(crate) fn delete_first(&mut self) {
        self.groups.remove(0);
    }

    /// Sets a key of the company, as `language = "et"`.
    pub(crate) fn company(mut self, line: &str) -> Company {
        let key = line.split_once(' ').map_or(line, |(key, _)| key).to_owned();
        self.keys = self.keys.lines().filter(|known| !known.starts_with(&key)).collect::<Vec<_>>().join("\n");
        self.keys.push('\n');
        self.keys.push_str(line);
        self.keys.push('\n');
        self
    }

    /// Sets keys of a user or of Madis, as `call_waiting = false`.
    pub(crate) fn person(mut self, name: &str, line: &str) -> Company {
        let _ = writeln!(self.people, "{name} {line}");
        self
    }

    /// A second group beside the first.
    pub(crate) fn beside(mut self, members: &str, keys: &[&str]) -> Company {
        let mut group = GroupText { number: SECOND, keys: BTreeMap::new(), members: words(members) };
        for line in ["name = \"Second\"", "preset = \"ring_even\""].iter().chain(keys) {
            let (key, value) = line.split_once('=').expect("KEY = VALUE");
            group.keys.insert(key.trim().to_owned(), value.trim().to_owned());
        }
        self.groups.push(group);
        self
    }

    /// The company file.
    fn file(&self) -> String {
        let mut text = format!("[company]\nid = \"rules\"\n{}", self.keys);
        for (at, name) in PEOPLE.iter().enumerate() {
            if *name == "Madis" {
                let _ = writeln!(text, "[[outside]]\nname = \"Madis\"\nnumber = \"+3725559001\"");
            } else {
                let _ = writeln!(text, "[[user]]\nname = \"{name}\"\nextension = \"10{at}\"");
                if !self.people.contains(&format!("{name} number = ")) {
                    let _ = writeln!(text, "number = \"+372555010{at}\"");
                }
            }
            for line in self.people.lines().filter_map(|line| line.strip_prefix(&format!("{name} "))) {
                let _ = writeln!(text, "{line}");
            }
        }
        for group in &self.groups {
            let _ = writeln!(text, "[[group]]\nnumber = \"{}\"", group.number);
            for (key, value) in &group.keys {
                let _ = writeln!(text, "{key} = {value}");
            }
            for member in &group.members {
                let (member, keys) = member.split_once(',').unwrap_or((member, ""));
                let name = member.trim_start_matches('-').trim_end_matches('!');
                let kind = if name == "Madis" { "outside" } else { "user" };
                let _ = writeln!(text, "[[group.member]]\n{kind} = \"{name}\"");
                let _ = writeln!(text, "logged_in = {}", !member.starts_with('-'));
                let _ = writeln!(text, "may_take_duty = {}", member.ends_with('!'));
                for key in keys.split(',').filter(|key| !key.is_empty()) {
                    let _ = writeln!(text, "{key}");
                }
            }
        }
        text
    }

    /// The settings the engine reads.
    pub(crate) fn config(&self, version: u64) -> Arc<TenantConfig> {
        let text = self.file();
        let tree = tree::of_toml(&text).expect("a case's settings are TOML");
        let faults = document::check(&tree);
        assert!(faults.is_empty(), "{text}\n{faults:#?}");
        let party = |name: &PartyName| party(name.as_str()).expect("a known name");
        let prompts = prompts();
        let around = Around { party: &party, prompts: &prompts, time_zone: &|_| true };
        Arc::new(resolve(&tree, ConfigVersion(version), around).expect("a case's settings are good"))
    }

    /// Numbers of the groups.
    pub(crate) fn groups(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.groups.iter().map(|group| group.number)
    }
}

/// The party of a name, or of a caller's number.
pub(crate) fn party(name: &str) -> Option<PartyId> {
    PEOPLE.iter().position(|known| *known == name).map(|at| PartyId(at as u64 + 1))
}

/// The party of the `n`th caller from outside.
pub(crate) fn caller(n: u64) -> PartyId {
    PartyId(CALLERS + n)
}

/// Who a party is.
pub(crate) fn name(party: PartyId) -> String {
    let at = usize::try_from(party.0).unwrap_or_default().wrapping_sub(1);
    PEOPLE.get(at).map_or_else(|| format!("stranger {}", party.0 - CALLERS), ToString::to_string)
}

/// The sentences of the built-in prompts, the built-in music and the pieces of sentences.
fn prompts() -> Prompts {
    let tree = tree::of_toml(PROMPTS).expect("prompts/texts.toml is TOML");
    let mut prompts = Prompts::default();
    let piece = |text: &str| PromptText { text: Arc::from(text) };
    for (name, text) in [("music", "(music)"), ("jazz", "(jazz)"), ("tervetuloa", "Welcome!")] {
        let name = name.parse().expect("a prompt name");
        prompts.0.insert(name, [(Language::En, piece(text))].into_iter().collect());
    }
    for language in [Language::En, Language::Sv] {
        for spoken in speech::pieces(language) {
            prompts.0.entry(spoken.name).or_default().insert(language, piece(&spoken.text));
        }
    }
    for (name, languages) in tree.table().into_iter().flatten() {
        let texts = languages.table().into_iter().flatten().map(|(code, text)| {
            let text = Arc::from(text.text().expect("a sentence"));
            (Language::from_code(code).expect("a language"), PromptText { text })
        });
        prompts.0.insert(name.parse().expect("a prompt name"), texts.collect());
    }
    prompts
}
