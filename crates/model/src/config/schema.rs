//! The company file's keys: name, type, range, default per preset. The one list from which files are checked,
//! defaults are filled in and settings are printed. A key that nothing reads is not in it.

use crate::number::Number;
use crate::target::Target;
use crate::time::Span;

/// What a key may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text of so many characters.
    Text(usize, usize),
    /// A name of a person or prompt.
    Name,
    /// A company's id.
    Id,
    /// A duration in whole seconds.
    Span(u64, u64),
    /// A whole number.
    Whole(i64, i64),
    /// A whole number, or a word for "no limit" or "never".
    WholeOr(i64, i64, &'static str),
    /// True or false.
    Truth,
    /// One of these words.
    Word(&'static [&'static str]),
    /// E.164 or short number.
    Number,
    /// E.164.
    Phone,
    /// Extension.
    Short,
    /// A list of texts.
    Texts,
    /// One target or a list of them.
    Targets,
    /// A secret: written, never printed.
    Secret,
    /// A list of tables, checked by their own keys.
    Tables(&'static [Key]),
}

/// One key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// As it would be written; `None`: left out means nothing is set.
    pub(crate) default: Option<&'static str>,
    /// Must be there.
    pub(crate) needed: bool,
}

const fn key(name: &'static str, kind: Kind, default: Option<&'static str>) -> Key {
    Key { name, kind, default, needed: false }
}

const fn needed(name: &'static str, kind: Kind) -> Key {
    Key { name, kind, default: None, needed: true }
}

const LANGUAGES: Kind = Kind::Word(&["et", "fi", "sv", "en", "ru"]);
const MINUTE: u64 = 60_000;

pub(crate) const COMPANY: &[Key] = &[
    needed("id", Kind::Id),
    key("name", Kind::Text(1, 80), None),
    key("domains", Kind::Texts, Some("[]")),
    key("time_zone", Kind::Text(1, 64), Some("Europe/Tallinn")),
    key("language", LANGUAGES, Some("et")),
    key("country", Kind::Word(&["EE", "FI", "SE", "LV", "LT", "NO", "DK", "GB"]), Some("EE")),
    key("calls_max", Kind::WholeOr(1, 1_000_000, "unlimited"), Some("unlimited")),
];

pub(crate) const USER: &[Key] = &[
    needed("name", Kind::Name),
    key("display_name", Kind::Text(1, 80), None),
    key("extension", Kind::Short, None),
    key("number", Kind::Phone, None),
    key("mobile", Kind::Phone, None),
    key("password", Kind::Secret, None),
    key("sip_password", Kind::Secret, None),
    key("language", LANGUAGES, None),
    key("roles", Kind::Texts, Some("[]")),
    key("call_waiting", Kind::Truth, Some("true")),
    key("calls_max", Kind::Whole(1, 100), Some("2")),
];

pub(crate) const OUTSIDE: &[Key] =
    &[needed("name", Kind::Name), needed("number", Kind::Phone), key("language", LANGUAGES, None)];

pub(crate) const PROMPT: &[Key] = &[
    needed("name", Kind::Name),
    needed("language", LANGUAGES),
    key("file", Kind::Text(1, 255), None),
    key("hash", Kind::Text(64, 64), None),
    key("text", Kind::Text(1, 2_000), None),
];

pub(crate) const MEMBER: &[Key] = &[
    key("user", Kind::Name, None),
    key("outside", Kind::Name, None),
    key("may_take_duty", Kind::Truth, Some("false")),
    key("logged_in", Kind::Truth, Some("false")),
];

pub(crate) const GROUP: &[Key] = &[
    needed("number", Kind::Number),
    needed("name", Kind::Text(1, 80)),
    needed("preset", Kind::Word(&["ring_even", "ring_duty"])),
    key("language", LANGUAGES, None),
    key("distribution", Kind::Word(&["rotation"]), Some("rotation")),
    key("duty", Kind::Truth, Some("preset")),
    key("parallel", Kind::Whole(1, 50), Some("1")),
    key("members_max", Kind::Whole(1, 1_000), Some("30")),
    key("ring_time", Kind::Span(5_000, 15_000), Some("15s")),
    key("alerting_max", Kind::Span(1_000, 30_000), Some("8s")),
    key("passes", Kind::Whole(1, 3), Some("1")),
    key("reject_counts_as", Kind::Word(&["no_answer", "busy"]), Some("no_answer")),
    key("exclusive", Kind::Truth, Some("true")),
    key("misses_before_logout", Kind::WholeOr(1, 100, "never"), Some("never")),
    key("confirm_outside", Kind::Truth, Some("false")),
    key("passed_on_notice", Kind::Truth, Some("true")),
    key("label", Kind::Text(0, 20), None),
    key("own_line", Kind::Name, None),
    key("own_line_ring_time", Kind::Span(5_000, MINUTE), Some("20s")),
    key("fallback", Kind::Targets, Some("[\"own_line\", \"announcement:unreachable\"]")),
    key("member", Kind::Tables(MEMBER), None),
    key("supervisors", Kind::Texts, Some("[]")),
];

/// Keys that come with later work: named as such, so that nobody looks for a misspelling.
pub(crate) const LATER: &[&str] = &[
    "queue",
    "announcements",
    "callback",
    "transfer",
    "hours",
    "schedule",
    "flow",
    "voicemail",
    "recording",
    "ties",
    "offers_max",
    "retry_after",
    "wrap_up",
    "miss_resets_idle",
    "presence_blocks",
    "presence_red",
    "pause_reasons",
    "devices",
    "show",
    "show_prefix",
    "show_suffix",
    "in_directory",
    "members_may_show",
    "billing_id",
    "service_level",
    "order",
    "skill",
    "rights",
    "show_number",
    "title",
    "department",
    "keywords",
    "kind",
];

/// Presets that come with later work.
pub(crate) const LATER_PRESETS: &[&str] = &["customer_service", "attendant"];

impl Kind {
    /// What is allowed, in words.
    pub(crate) fn allowed(self) -> String {
        match self {
            Kind::Text(least, most) => format!("text of {least} to {most} characters"),
            Kind::Name => "1 to 64 letters, digits, `.`, `_` or `-`".to_owned(),
            Kind::Id => "a company id: 1 to 64 letters, digits, `.`, `_` or `-`".to_owned(),
            Kind::Span(least, most) => {
                format!("a duration in whole seconds from \"{}\" to \"{}\"", Span(least), Span(most))
            }
            Kind::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Kind::WholeOr(least, most, word) => format!("a whole number from {least} to {most}, or \"{word}\""),
            Kind::Truth => "true or false".to_owned(),
            Kind::Word(words) => format!("one of {}", words.join(", ")),
            Kind::Number => "a number: +E.164, or 1 to 8 digits".to_owned(),
            Kind::Phone => "an E.164 number, as +3726001000".to_owned(),
            Kind::Short => "1 to 8 digits".to_owned(),
            Kind::Texts => "a list of texts".to_owned(),
            Kind::Targets => "a target or a list of them: own_line, user:NAME, group:NUMBER, number:+E164, voicemail:NUMBER, flow:NAME, announcement:NAME, busy, hangup".to_owned(),
            Kind::Secret => "text".to_owned(),
            Kind::Tables(_) => "tables".to_owned(),
        }
    }

    /// Whether a text is good for it.
    pub(crate) fn takes_text(self, text: &str) -> bool {
        let length = text.chars().count();
        match self {
            Kind::Text(least, most) => {
                (least..=most).contains(&length) && !text.chars().any(char::is_control)
            }
            Kind::Name => text.parse::<crate::id::PartyName>().is_ok(),
            Kind::Id => text.parse::<crate::id::TenantId>().is_ok(),
            Kind::Span(least, most) => {
                // req K-28: what is set in seconds has no parts of one.
                text.parse::<Span>()
                    .is_ok_and(|span| (least..=most).contains(&span.0) && span.0.is_multiple_of(1_000))
            }
            Kind::WholeOr(_, _, word) => text == word,
            Kind::Word(words) => words.contains(&text),
            Kind::Number => text.parse::<Number>().is_ok(),
            Kind::Phone => text.parse::<crate::number::PhoneNumber>().is_ok(),
            Kind::Short => text.parse::<crate::number::ShortNumber>().is_ok(),
            Kind::Targets => text.parse::<Target>().is_ok(),
            Kind::Secret => (1..=128).contains(&length),
            Kind::Whole(..) | Kind::Truth | Kind::Texts | Kind::Tables(_) => false,
        }
    }
}
