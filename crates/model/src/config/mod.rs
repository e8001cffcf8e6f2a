//! A company's settings, whole and checked: what the engine reads.
//!
//! `document` is what people write (every key optional); this is what it means, with every default filled in
//! and every name resolved. Invariants: names, numbers and extensions are unique within the company; every
//! user, outside person and group named anywhere exists; ranges are those of `settings.md`.

pub mod document;
pub mod export;
pub mod fault;
pub mod merge;
pub mod resolve;
mod schema;
pub mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{ConfigVersion, PartyId, PartyName, PromptName, TenantId};
use crate::language::Language;
use crate::number::{Country, Number, PhoneNumber, ShortNumber};
use crate::target::Target;
use crate::time::Span;

/// Everything one company has set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantConfig {
    /// The company.
    pub id: TenantId,
    /// Rises by one with each accepted change.
    pub version: ConfigVersion,
    /// Its name, for people.
    pub name: String,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// For whom nothing else is set.
    pub language: Language,
    /// Dialling rules and emergency numbers.
    pub country: Country,
    /// Simultaneous calls of the company; `None`: unlimited. Over it 503.
    pub calls_max: Option<u32>,
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

/// Agents and the rule by which they share calls (design section 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Published number.
    pub number: Number,
    /// For people; unique in the company (V-11).
    pub name: String,
    /// Of announcements to its callers.
    pub language: Language,
    /// Where its defaults come from. The engine never asks.
    pub preset: Preset,
    /// Order of offers.
    pub distribution: Distribution,
    /// Whether a member may make himself the first by `*961*2#` (K-15).
    pub duty: bool,
    /// Members ringing at once for one call, 1-50.
    pub parallel: u32,
    /// Ring time from alerting, 5-15 s for ring groups (K-28).
    pub ring_time: Span,
    /// A leg that does not alert within it counts as unreachable (K-28).
    pub alerting_max: Span,
    /// How often each member may be offered the same call, 1-3 (K-23).
    pub passes: u32,
    /// What an explicit reject (603) does to the place in the list (K-18).
    pub reject_counts_as: RejectCountsAs,
    /// Members may be in no other exclusive group of the platform (K-35).
    pub exclusive: bool,
    /// Consecutive missed offers that log a member out; `None`: never.
    pub misses_before_logout: Option<u32>,
    /// Outside members press 1 to accept (K-34).
    pub confirm_outside: bool,
    /// Tell a member whose offer passed on (K-29).
    pub passed_on_notice: bool,
    /// Before the caller's name on members' displays; empty for none (K-26).
    pub label: String,
    /// The line of the group's own number (K-23).
    pub own_line: Option<PartyId>,
    /// 5-60 s (K-24).
    pub own_line_ring_time: Span,
    /// Tried in order when no member takes the call.
    pub fallback: Vec<Target>,
    /// Listed members at most (K-13).
    pub members_max: u32,
    /// In the order of the settings; at most `members_max`.
    pub members: Vec<Member>,
    /// Users who may see and steer the group.
    pub supervisors: Vec<PartyId>,
}

/// A person's place in one group, as set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// User or outside person.
    pub party: PartyId,
    /// May register himself as the first (K-06).
    pub may_take_duty: bool,
    /// With what a member new to the group begins; no state.
    pub logged_in: bool,
}

/// The kinds of group a company can create (V-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Ring group, even (K, Infotelefon).
    RingEven,
    /// Ring group, duty-first (K, Valvetelefon).
    RingDuty,
}

/// In which order free members are offered a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// A list; who took or missed a call goes to its end (K-16..K-19).
    Rotation,
}

/// What a reject counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCountsAs {
    /// To the end of the list.
    NoAnswer,
    /// Keeps the place.
    Busy,
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
