//! A company's settings, whole and checked: what the engine reads.
//!
//! `document` is what people write (every key optional); this is what it means, with every default filled in
//! and every name resolved. Invariants: names, numbers and extensions are unique within the company; every
//! user, outside person and group named anywhere exists; ranges are those of `settings.md`.

pub mod document;
pub mod export;
pub mod fault;
mod group;
mod kind;
pub mod merge;
pub mod resolve;
mod schema;
#[cfg(test)]
mod tests;
pub mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::group::{
    Announcements, Callback, Distribution, Group, Member, Preset, PriorityRule, PromptChoice, Queue,
    RejectCountsAs, ShowOnOffer, Ties, Transfer, WaitMethod,
};
use crate::id::{ConfigVersion, PartyId, PartyName, PromptName, TenantId};
use crate::input::Activity;
use crate::language::Language;
use crate::number::{Country, Number, PhoneNumber, ShortNumber};

/// Everything one company has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantConfig {
    /// The company.
    pub id: TenantId,
    /// Rises by one with each accepted change.
    pub version: ConfigVersion,
    /// Its name, for people.
    pub name: String,
    /// Its main number, one of its groups' or users': what `show_number = "company"` shows.
    #[serde(default)]
    pub number: Option<PhoneNumber>,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// For whom nothing else is set.
    pub language: Language,
    /// Dialling rules and emergency numbers.
    pub country: Country,
    /// Simultaneous calls of the company; `None`: unlimited. Over it 503.
    pub calls_max: Option<u32>,
    /// Activities that block offers where a group's `presence_blocks` says so (V-32).
    pub presence_red: Vec<Activity>,
    /// Reasons an agent may pause for; empty: any text (V-37).
    pub pause_reasons: Vec<String>,
    /// SIP domains of its users, lower case.
    pub domains: Vec<String>,
    /// Those who have a log-in and phones, by party.
    pub users: BTreeMap<PartyId, User>,
    /// Those reached over a trunk, by party.
    pub outside: BTreeMap<PartyId, Outside>,
    /// Groups by number.
    pub groups: BTreeMap<Number, Arc<Group>>,
    /// Every prompt that can be played: built-in ones and the company's own, which win.
    pub prompts: Prompts,
}

/// A person with phones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// SIP user and log-in name.
    pub name: PartyName,
    /// For displays; the name when nothing was given.
    pub display_name: String,
    /// Reached by it within the company.
    pub extension: Option<ShortNumber>,
    /// Reached by it from anywhere; shown on his calls to the outside.
    pub number: Option<PhoneNumber>,
    /// His mobile phone; also proves him on a trusted trunk (K-04).
    pub mobile: Option<PhoneNumber>,
    /// Of texts and prompts for him.
    pub language: Language,
    /// Whether a second personal call may ring while he talks.
    pub call_waiting: bool,
    /// His simultaneous calls; over it 486.
    pub calls_max: u32,
    /// Administers the company.
    pub admin: bool,
    /// Supervises every group of the company.
    pub supervisor: bool,
    /// For the directory.
    pub title: String,
    /// For the directory.
    pub department: String,
    /// For the directory.
    pub keywords: Vec<String>,
    /// The number he shows on calls to the outside.
    pub show_number: ShowNumber,
}

/// The number a user shows outside (V-16).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowNumber {
    /// His own.
    Own,
    /// The company's.
    Company,
    /// A group's: he is a member, and the group's `members_may_show` allows it.
    Group(Number),
}

/// A person without phones of ours (Madis).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// One name space with users.
    pub name: PartyName,
    /// Where he is reached; also proves him on a trusted trunk (K-04).
    pub number: PhoneNumber,
    /// Of texts and prompts for him.
    pub language: Language,
}

/// Every prompt by name and language.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Prompts(pub BTreeMap<PromptName, BTreeMap<Language, PromptText>>);

/// What a prompt says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptText {
    /// The whole sentence as spoken; the name where nobody wrote it down.
    pub text: Arc<str>,
}

impl Prompts {
    /// The language in which a prompt is played to someone of `wanted`, and its text: that language, else
    /// English, else any. `None` when there is no such prompt at all.
    pub fn find(&self, name: &PromptName, wanted: Language) -> Option<(Language, Arc<str>)> {
        let languages = self.0.get(name)?;
        let (language, prompt) = languages
            .get_key_value(&wanted)
            .or_else(|| languages.get_key_value(&Language::En))
            .or_else(|| languages.first_key_value())?;
        Some((*language, prompt.text.clone()))
    }
}

/// What a prompt of the company is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// Said in a language.
    Speech,
    /// Without words: the same in every language.
    Music,
}

impl PromptKind {
    /// From the company file; speech where nothing is said of it.
    pub fn of(word: Option<&str>) -> PromptKind {
        if word == Some("music") { PromptKind::Music } else { PromptKind::Speech }
    }
}

/// In which languages entries of prompts are heard, and which of them: each in its own, music also in those in which no
/// entry of its name is. Of two for one name and language the later counts.
pub fn heard_in(entries: &[(Language, PromptKind)]) -> Vec<(Language, usize)> {
    let music = entries.iter().enumerate().filter(|(_, (_, kind))| *kind == PromptKind::Music);
    let everywhere = music.flat_map(|(at, _)| Language::ALL.into_iter().map(move |language| (language, at)));
    let own = entries.iter().enumerate().map(|(at, (language, _))| (*language, at));
    everywhere.chain(own).collect()
}

/// Whom a number of the company reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// A group.
    Group(Number),
    /// A user's personal number or extension.
    User(PartyId),
}

impl TenantConfig {
    /// Whom `number` reaches within the company. Linear in users for personal numbers: a host that needs it
    /// per call builds an index.
    pub fn owner_of(&self, number: Number) -> Option<Owner> {
        if self.groups.contains_key(&number) {
            return Some(Owner::Group(number));
        }
        self.users
            .iter()
            .find(|(_, user)| match number {
                Number::E164(e164) => user.number == Some(e164),
                Number::Short(short) => user.extension == Some(short),
            })
            .map(|(id, _)| Owner::User(*id))
    }

    /// The name of a user or outside person.
    pub fn party_name(&self, party: PartyId) -> Option<&PartyName> {
        self.users
            .get(&party)
            .map(|user| &user.name)
            .or_else(|| self.outside.get(&party).map(|outside| &outside.name))
    }

    /// The user or outside person of a name.
    pub fn party_by_name(&self, name: &str) -> Option<PartyId> {
        let user = self.users.iter().find(|(_, user)| user.name.as_str() == name).map(|(id, _)| *id);
        user.or_else(|| {
            self.outside.iter().find(|(_, outside)| outside.name.as_str() == name).map(|(id, _)| *id)
        })
    }

    /// Who is proved by a network-asserted `number` (K-04): an outside person, or a user by his mobile or
    /// his personal number.
    pub fn party_by_number(&self, number: PhoneNumber) -> Option<PartyId> {
        let outside = self.outside.iter().find(|(_, outside)| outside.number == number).map(|(id, _)| *id);
        outside.or_else(|| {
            self.users
                .iter()
                .find(|(_, user)| user.mobile == Some(number) || user.number == Some(number))
                .map(|(id, _)| *id)
        })
    }

    /// The language of texts for a party.
    pub fn language_of(&self, party: PartyId) -> Language {
        self.users
            .get(&party)
            .map(|user| user.language)
            .or_else(|| self.outside.get(&party).map(|outside| outside.language))
            .unwrap_or(self.language)
    }
}
