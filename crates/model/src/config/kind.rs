//! What a setting may hold: its range, and the words for it.

use super::schema::Key;
use super::tree::{Node, Shape};
use crate::number::{Number, PhoneNumber, ShortNumber};
use crate::target::Target;
use crate::time::Span;

/// What a key may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text of so many characters.
    Text(usize, usize),
    /// A name of a person or prompt.
    Name,
    /// A person's name, or "none".
    NameOrNone,
    /// A prompt's name, or "none": nothing is played.
    Prompt,
    /// A company's id.
    Id,
    /// A duration.
    Span(u64, u64),
    /// A duration, or "none".
    SpanOrNone(u64, u64),
    /// A whole number.
    Whole(i64, i64),
    /// A whole number, or a word for "no limit" or "never".
    WholeOr(i64, i64, &'static str),
    /// True or false.
    Truth,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of so many at least of these words, each once.
    Words(&'static [&'static str], usize),
    /// E.164 or short number.
    Number,
    /// E.164.
    Phone,
    /// E.164, or "none".
    PhoneOrNone,
    /// Extension, or "none".
    ShortOrNone,
    /// The beginning of a number.
    Prefix,
    /// Before or after a number that is shown.
    Affix,
    /// Which number a user shows.
    ShowNumber,
    /// A list of so many texts at most, each of so many characters at most.
    Texts(usize, usize),
    /// One target or a list of them.
    Targets,
    /// The same, or "none".
    TargetsOrNone,
    /// A secret: written, never printed.
    Secret,
    /// A table with keys of its own.
    Table(&'static [Key]),
    /// A list of tables, checked by their own keys.
    Tables(&'static [Key]),
    /// A list of small tables, each written in one line and known by its first key.
    Rows(&'static [Key]),
}

const TARGETS: &str = "a target or a list of them: own_line, user:NAME, group:NUMBER, number:+E164, voicemail:NUMBER, flow:NAME, announcement:NAME, busy, hangup";
const NAME: &str = "1 to 64 letters, digits, `.`, `_` or `-`";

impl Kind {
    /// What is allowed, in words.
    pub(crate) fn allowed(self) -> String {
        match self {
            Kind::Text(least, most) => format!("text of {least} to {most} characters"),
            Kind::Name => NAME.to_owned(),
            Kind::NameOrNone => format!("a name ({NAME}), or \"none\""),
            Kind::Prompt => format!("the name of a prompt ({NAME}), or \"none\""),
            Kind::Id => format!("a company id: {NAME}"),
            Kind::Span(least, most) => {
                format!("a duration in whole seconds from \"{}\" to \"{}\"", Span(least), Span(most))
            }
            Kind::SpanOrNone(least, most) => {
                format!(
                    "a duration in whole seconds from \"{}\" to \"{}\", or \"none\"",
                    Span(least),
                    Span(most)
                )
            }
            Kind::Whole(least, most) => format!("a whole number from {least} to {most}"),
            Kind::WholeOr(least, most, word) => {
                format!("a whole number from {least} to {most}, or \"{word}\"")
            }
            Kind::Truth => "true or false".to_owned(),
            Kind::Word(words) => format!("one of {}", words.join(", ")),
            Kind::Words(words, 0) => format!("a list of some of {}", words.join(", ")),
            Kind::Words(words, least) => format!("a list of at least {least} of {}", words.join(", ")),
            Kind::Number => "a number: +E.164, or 1 to 8 digits".to_owned(),
            Kind::Phone => "an E.164 number, as +3726001000".to_owned(),
            Kind::PhoneOrNone => "an E.164 number, as +3726001000, or \"none\"".to_owned(),
            Kind::ShortOrNone => "1 to 8 digits, or \"none\"".to_owned(),
            Kind::Prefix => "the beginning of a number: 1 to 15 digits, with `+` before it or not".to_owned(),
            Kind::Affix => "0 to 8 of 0-9, `*` and `#`".to_owned(),
            Kind::ShowNumber => "\"own\", \"company\" or \"group:+E164\"".to_owned(),
            Kind::Texts(most, length) => {
                format!("a list of at most {most} texts of 1 to {length} characters")
            }
            Kind::Targets => TARGETS.to_owned(),
            Kind::TargetsOrNone => format!("{TARGETS}; or \"none\""),
            Kind::Secret => "text of 1 to 128 characters".to_owned(),
            Kind::Table(_) => "a table".to_owned(),
            Kind::Tables(_) => "tables".to_owned(),
            Kind::Rows(keys) => {
                let keys: Vec<String> = keys.iter().map(|key| format!("{} = ...", key.name)).collect();
                format!("a list of at most 1000 of {{ {} }}", keys.join(", "))
            }
        }
    }

    /// Whether a text is good for it.
    pub(crate) fn takes_text(self, text: &str) -> bool {
        let span = |least: u64, most: u64| {
            text.parse::<Span>()
                .is_ok_and(|span| (least..=most).contains(&span.0) && span.0.is_multiple_of(1_000))
        };
        match self {
            Kind::Text(least, most) => is_text(text, least, most),
            Kind::Secret => (1..=128).contains(&text.chars().count()),
            Kind::Name | Kind::NameOrNone | Kind::Prompt => text.parse::<crate::id::PartyName>().is_ok(),
            Kind::Id => text.parse::<crate::id::TenantId>().is_ok(),
            Kind::Span(least, most) => span(least, most),
            Kind::SpanOrNone(least, most) => text == "none" || span(least, most),
            Kind::WholeOr(_, _, word) => text == word,
            Kind::Word(words) => words.contains(&text),
            Kind::Number => text.parse::<Number>().is_ok(),
            Kind::Phone => text.parse::<PhoneNumber>().is_ok(),
            Kind::PhoneOrNone => text == "none" || text.parse::<PhoneNumber>().is_ok(),
            Kind::ShortOrNone => text == "none" || text.parse::<ShortNumber>().is_ok(),
            Kind::Prefix => {
                let digits = text.strip_prefix('+').unwrap_or(text);
                (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
            }
            Kind::Affix => {
                text.len() <= 8 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'*' | b'#'))
            }
            Kind::ShowNumber => {
                matches!(text, "own" | "company")
                    || text.strip_prefix("group:").is_some_and(|rest| rest.parse::<PhoneNumber>().is_ok())
            }
            Kind::Targets => text.parse::<Target>().is_ok(),
            Kind::TargetsOrNone => text == "none" || text.parse::<Target>().is_ok(),
            Kind::Whole(..)
            | Kind::Truth
            | Kind::Words(..)
            | Kind::Texts(..)
            | Kind::Table(_)
            | Kind::Tables(_)
            | Kind::Rows(_) => false,
        }
    }

    /// A value of it from how it stands in the schema.
    pub(crate) fn read(self, text: &str) -> Node {
        let text_of = |text: &str| Shape::Text(text.to_owned());
        Node::of(match self {
            Kind::Truth => Shape::Truth(text == "true"),
            Kind::Whole(..) | Kind::WholeOr(..) => text.parse().map_or_else(|_| text_of(text), Shape::Whole),
            Kind::Words(..) | Kind::Texts(..) | Kind::Targets | Kind::TargetsOrNone | Kind::Rows(_)
                if text.starts_with('[') =>
            {
                let items = text.trim_matches(['[', ']']).split(", ").filter(|item| !item.is_empty());
                Shape::List(items.map(|item| Node::of(text_of(item))).collect())
            }
            Kind::Text(..)
            | Kind::Name
            | Kind::NameOrNone
            | Kind::Prompt
            | Kind::Id
            | Kind::Span(..)
            | Kind::SpanOrNone(..)
            | Kind::Word(_)
            | Kind::Words(..)
            | Kind::Number
            | Kind::Phone
            | Kind::PhoneOrNone
            | Kind::ShortOrNone
            | Kind::Prefix
            | Kind::Affix
            | Kind::ShowNumber
            | Kind::Texts(..)
            | Kind::Targets
            | Kind::TargetsOrNone
            | Kind::Secret
            | Kind::Table(_)
            | Kind::Tables(_)
            | Kind::Rows(_) => text_of(text),
        })
    }

    /// Whether two values mean the same: `"60s"` and `"1min"`, `"busy"` and `["busy"]`, words in any order.
    pub(crate) fn same(self, one: &Node, other: &Node) -> bool {
        if one == other {
            return true;
        }
        match self {
            Kind::Span(..) | Kind::SpanOrNone(..) => {
                let span = |node: &Node| node.text().and_then(|text| text.parse::<Span>().ok());
                span(one).is_some() && span(one) == span(other)
            }
            Kind::Targets | Kind::TargetsOrNone => targets(one) == targets(other),
            Kind::Words(..) => {
                let words = |node: &Node| {
                    let list = node.list().unwrap_or_default();
                    let mut words: Vec<String> =
                        list.iter().filter_map(Node::text).map(str::to_owned).collect();
                    words.sort();
                    words
                };
                words(one) == words(other)
            }
            Kind::Text(..)
            | Kind::Name
            | Kind::NameOrNone
            | Kind::Prompt
            | Kind::Id
            | Kind::Whole(..)
            | Kind::WholeOr(..)
            | Kind::Truth
            | Kind::Word(_)
            | Kind::Number
            | Kind::Phone
            | Kind::PhoneOrNone
            | Kind::ShortOrNone
            | Kind::Prefix
            | Kind::Affix
            | Kind::ShowNumber
            | Kind::Texts(..)
            | Kind::Secret
            | Kind::Table(_)
            | Kind::Tables(_)
            | Kind::Rows(_) => false,
        }
    }
}

/// Text that can be shown and printed: no control characters.
pub(crate) fn is_text(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// The targets of a value, one or a list.
pub(crate) fn targets(node: &Node) -> Vec<&str> {
    match &node.value {
        Shape::Text(text) => vec![text.as_str()],
        Shape::List(list) => list.iter().filter_map(Node::text).collect(),
        Shape::Whole(_) | Shape::Truth(_) | Shape::Table(_) | Shape::Other(_) => Vec::new(),
    }
}
