//! What a language file holds.

use model::language::Language;

use super::{en, et, fi, ru, sv};

/// Words around something, with nothing after it where `after` is empty.
pub(super) struct Around {
    pub(super) before: &'static str,
    pub(super) after: &'static str,
}

impl Around {
    pub(super) fn around(&self, inner: &str) -> String {
        let gap = if self.after.is_empty() || self.after.starts_with(',') { "" } else { " " };
        format!("{} {inner}{gap}{}", self.before, self.after)
    }
}

/// A thing that is counted: the form after one and after every other number.
pub(super) struct Noun {
    pub(super) one: &'static str,
    pub(super) many: &'static str,
}

impl Noun {
    pub(super) fn after(&self, count: u32) -> &'static str {
        if count == 1 { self.one } else { self.many }
    }
}

/// What needs no grammar of numbers; every language has it.
pub(super) struct Signs {
    pub(super) digits: [&'static str; 10],
    pub(super) plus: &'static str,
    pub(super) star: &'static str,
    pub(super) hash: &'static str,
    /// Around the key that asks for a call back.
    pub(super) offer: Around,
    /// The same for a caller whose own number is hidden or may not be called.
    pub(super) hidden: Around,
    /// Before the digits he typed.
    pub(super) read_back: &'static str,
}

/// Numbers and what is said with them.
pub(super) struct Words {
    /// 0 to 99 and whole hundreds.
    pub(super) number: fn(u32) -> String,
    /// Tens and hundreds before a rest, up to the first letter of the rest.
    pub(super) opening: fn(u32) -> String,
    /// 1 to 59 before the nouns below, in their gender.
    pub(super) counted: fn(u32) -> String,
    /// 1 to 20, tens, whole hundreds.
    pub(super) ordinal: fn(u32) -> String,
    /// Tens and hundreds before the rest of an ordinal, up to the first letter of the rest.
    pub(super) stem: fn(u32) -> String,
    pub(super) minute: Noun,
    pub(super) hour: Noun,
    pub(super) and: &'static str,
    pub(super) under_minute: &'static str,
    pub(super) over_day: &'static str,
    /// Around the caller's place.
    pub(super) position: Around,
    /// Before the estimated wait.
    pub(super) wait: &'static str,
}

/// The words of a language that has numbers.
pub(super) fn of(language: Language) -> Option<&'static Words> {
    match language {
        Language::Et => Some(&et::WORDS),
        Language::Fi => Some(&fi::WORDS),
        Language::Sv => Some(&sv::WORDS),
        Language::En => Some(&en::WORDS),
        // Its numbers are declined by what is counted, and no requirement asks for them.
        Language::Ru => None,
    }
}

pub(super) fn signs_of(language: Language) -> &'static Signs {
    match language {
        Language::Et => &et::SIGNS,
        Language::Fi => &fi::SIGNS,
        Language::Sv => &sv::SIGNS,
        Language::En => &en::SIGNS,
        Language::Ru => &ru::SIGNS,
    }
}

/// The word of `n` in a table that begins with 0; empty beyond its end.
pub(super) fn nth(table: &[&'static str], n: u32) -> &'static str {
    usize::try_from(n).ok().and_then(|n| table.get(n)).copied().unwrap_or_default()
}
