//! The recorded pieces: which there are, what they are called, what each says.

use model::id::PromptName;
use model::language::Language;

use super::words;

/// A recorded piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// 0 to 59, tens, whole hundreds.
    Number(u32),
    /// Whole hundreds, and tens from 60, before a rest.
    Opening(u32),
    /// 1 to 20, tens, whole hundreds.
    Ordinal(u32),
    /// Tens and hundreds before the rest of an ordinal.
    Stem(u32),
    /// A number of minutes in one piece.
    Minutes(u32),
    /// A number of hours in one piece.
    Hours(u32),
    Minute,
    MinuteMany,
    Hour,
    HourMany,
    And,
    UnderMinute,
    OverDay,
    PositionBefore,
    PositionAfter,
    WaitBefore,
    Plus,
    Star,
    Hash,
    OfferBefore,
    OfferAfter,
    HiddenBefore,
    HiddenAfter,
    ReadBack,
}

/// A place in a queue and a number of minutes are hardly ever greater than what is recorded in one piece.
pub(super) fn number_is_whole(n: u32) -> bool {
    n < 60 || n < 100 && n.is_multiple_of(10) || n < 1_000 && n.is_multiple_of(100)
}

/// The common ones, and those with a one in them, which has another gender in Swedish.
pub(super) fn minutes_are_whole(minutes: u32) -> bool {
    minutes <= 10 || minutes % 10 == 1
}

/// As for minutes.
pub(super) fn hours_are_whole(hours: u32) -> bool {
    hours <= 4 || hours % 10 == 1
}

impl Part {
    /// All of them, whatever language has them.
    pub(super) fn all() -> Vec<Part> {
        let hundreds = || (1..10).map(|n| n * 100);
        let tens = || (2..10).map(|n| n * 10);
        let mut all: Vec<Part> = (0..1_000).filter(|n| number_is_whole(*n)).map(Part::Number).collect();
        all.extend((6..10).map(|n| n * 10).chain(hundreds()).map(Part::Opening));
        all.extend((1..20).chain(tens()).chain(hundreds()).map(Part::Ordinal));
        all.extend(tens().chain(hundreds()).map(Part::Stem));
        all.extend((1..60).filter(|n| minutes_are_whole(*n)).map(Part::Minutes));
        all.extend((1..24).filter(|n| hours_are_whole(*n)).map(Part::Hours));
        all.extend([Part::Minute, Part::MinuteMany, Part::Hour, Part::HourMany, Part::And]);
        all.extend([Part::UnderMinute, Part::OverDay]);
        all.extend([Part::PositionBefore, Part::PositionAfter, Part::WaitBefore]);
        all.extend([Part::Plus, Part::Star, Part::Hash]);
        all.extend([Part::OfferBefore, Part::OfferAfter, Part::HiddenBefore, Part::HiddenAfter]);
        all.push(Part::ReadBack);
        all
    }

    /// What says a character of a telephone number.
    pub(super) fn of_character(character: char) -> Option<Part> {
        match character {
            '+' => Some(Part::Plus),
            '*' => Some(Part::Star),
            '#' => Some(Part::Hash),
            other => other.to_digit(10).map(Part::Number),
        }
    }

    /// The prompt of this name says it.
    pub(super) fn name(&self) -> PromptName {
        let name = match self {
            Part::Number(n) => format!("number_{n}"),
            Part::Opening(n) => format!("number_{n}_and"),
            Part::Ordinal(n) => format!("ordinal_{n}"),
            Part::Stem(n) => format!("ordinal_{n}_and"),
            Part::Minutes(n) => format!("minutes_{n}"),
            Part::Hours(n) => format!("hours_{n}"),
            Part::Minute => "word_minute".to_owned(),
            Part::MinuteMany => "word_minutes".to_owned(),
            Part::Hour => "word_hour".to_owned(),
            Part::HourMany => "word_hours".to_owned(),
            Part::And => "word_and".to_owned(),
            Part::UnderMinute => "wait_under_minute".to_owned(),
            Part::OverDay => "wait_over_day".to_owned(),
            Part::PositionBefore => "position_before".to_owned(),
            Part::PositionAfter => "position_after".to_owned(),
            Part::WaitBefore => "wait_before".to_owned(),
            Part::Plus => "word_plus".to_owned(),
            Part::Star => "word_star".to_owned(),
            Part::Hash => "word_hash".to_owned(),
            Part::OfferBefore => "callback_offer_before".to_owned(),
            Part::OfferAfter => "callback_offer_after".to_owned(),
            Part::HiddenBefore => "callback_hidden_before".to_owned(),
            Part::HiddenAfter => "callback_hidden_after".to_owned(),
            Part::ReadBack => "callback_read_back".to_owned(),
        };
        name.parse().expect("letters, digits and underscores make a prompt's name")
    }

    /// What it says; `None` where the language has no such piece.
    pub(super) fn text(&self, language: Language) -> Option<String> {
        let signs = words::signs_of(language);
        let words = words::of(language);
        let fixed = match self {
            Part::Number(n) => {
                let digit = usize::try_from(*n).ok().and_then(|n| signs.digits.get(n));
                return digit.map(|digit| (*digit).to_owned()).or_else(|| Some((words?.number)(*n)));
            }
            Part::Opening(n) => return Some((words?.opening)(*n)),
            Part::Ordinal(n) => return Some((words?.ordinal)(*n)),
            Part::Stem(n) => return Some((words?.stem)(*n)),
            Part::Minutes(n) => return words.map(|w| format!("{} {}", (w.counted)(*n), w.minute.after(*n))),
            Part::Hours(n) => return words.map(|w| format!("{} {}", (w.counted)(*n), w.hour.after(*n))),
            Part::Minute => words?.minute.one,
            Part::MinuteMany => words?.minute.many,
            Part::Hour => words?.hour.one,
            Part::HourMany => words?.hour.many,
            Part::And => words?.and,
            Part::UnderMinute => words?.under_minute,
            Part::OverDay => words?.over_day,
            Part::PositionBefore => words?.position.before,
            Part::PositionAfter => words?.position.after,
            Part::WaitBefore => words?.wait,
            Part::Plus => signs.plus,
            Part::Star => signs.star,
            Part::Hash => signs.hash,
            Part::OfferBefore => signs.offer.before,
            Part::OfferAfter => signs.offer.after,
            Part::HiddenBefore => signs.hidden.before,
            Part::HiddenAfter => signs.hidden.after,
            Part::ReadBack => signs.read_back,
        };
        (!fixed.is_empty()).then(|| fixed.to_owned())
    }

    /// Whether it is written together with what follows, or says itself what stands between.
    pub(super) fn begins_compound(&self) -> bool {
        matches!(self, Part::Opening(_) | Part::Stem(_))
    }

    /// Whether another piece always follows.
    pub(super) fn runs_on(&self) -> bool {
        self.begins_compound()
            || matches!(self, Part::PositionBefore | Part::WaitBefore | Part::And | Part::ReadBack)
            || matches!(self, Part::OfferBefore | Part::HiddenBefore)
    }
}
