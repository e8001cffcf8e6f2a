//! Which recorded pieces say a number, an ordinal, a duration, a place in the queue, a wait or a telephone
//! number, and the sentence they make. The words of a language stand in its own file; how pieces follow one
//! another is the same in all of them. Beyond 999, numbers are said digit by digit.

mod en;
mod et;
mod fi;
mod part;
mod ru;
mod sv;
mod words;

use std::collections::BTreeSet;

use model::id::PromptName;
use model::language::Language;

use part::Part;
use words::Words;

/// Something to be said that holds a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phrase {
    /// The number alone.
    Number(u32),
    /// The ordinal alone, in the nominative.
    Ordinal(u32),
    /// Each character of a telephone number; what cannot be said is left out.
    Digits(String),
    /// Minutes, as hours and minutes from 60 on.
    Duration(u32),
    /// The caller's place in the queue (V-47, I-10).
    Position(u32),
    /// The estimated wait in minutes; 0 is less than a minute (V-48, I-11).
    Wait(u32),
    /// Which key asks for a call back (V-55).
    CallbackOffer(u8),
    /// The same to a caller whose number is hidden or may not be called: he must enter another.
    CallbackOfferHidden(u8),
    /// The number the caller has typed.
    CallbackReadBack(String),
}

/// How a phrase is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// The language of all its pieces; English where the wanted one cannot say it.
    pub language: Language,
    /// The pieces in order; none when nothing can be said.
    pub pieces: Vec<PromptName>,
    /// The whole sentence as spoken, numbers in words.
    pub text: String,
    /// The same sentence as one writes it, numbers in figures.
    pub written: String,
}

/// A piece that a prompt set must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Its name.
    pub name: PromptName,
    /// What it says.
    pub text: String,
    /// Whether another piece always follows, so that the voice stays up at its end.
    pub runs_on: bool,
}

/// How numbers are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// Grammatically, in as few pieces as there are.
    Whole,
    /// Digit by digit, which needs few pieces.
    DigitByDigit,
}

/// What says `phrase` when every piece is there.
pub fn speak(language: Language, phrase: &Phrase) -> Spoken {
    speak_with(language, phrase, &|_, _| true)
}

/// What says `phrase` with the pieces for which `has` is true: grammatically, else digit by digit, else in
/// English, else nothing. A missing piece never ends a call.
pub fn speak_with(
    language: Language,
    phrase: &Phrase,
    has: &dyn Fn(&PromptName, Language) -> bool,
) -> Spoken {
    for language in [language, Language::En] {
        for manner in [Manner::Whole, Manner::DigitByDigit] {
            let Some(parts) = parts_of(language, phrase, manner) else { continue };
            let Some(text) = text_of(language, &parts) else { continue };
            let pieces: Vec<PromptName> = parts.iter().map(Part::name).collect();
            if pieces.iter().all(|name| has(name, language)) {
                let written = written(language, phrase).unwrap_or_else(|| text.clone());
                return Spoken { language, pieces, text, written };
            }
        }
    }
    Spoken { language: Language::En, pieces: Vec::new(), text: String::new(), written: String::new() }
}

/// Every piece that a set of `language` must hold.
pub fn pieces(language: Language) -> Vec<Piece> {
    let mut known = BTreeSet::new();
    Part::all()
        .into_iter()
        .filter_map(|part| {
            let text = part.text(language)?.trim_end_matches([' ', '-']).to_owned();
            Some(Piece { name: part.name(), text, runs_on: part.runs_on() })
        })
        .filter(|piece| known.insert(piece.name.clone()))
        .collect()
}

fn parts_of(language: Language, phrase: &Phrase, manner: Manner) -> Option<Vec<Part>> {
    let words = words::of(language);
    let mut parts = Vec::new();
    match phrase {
        Phrase::Number(n) => number(*n, manner, &mut parts),
        Phrase::Ordinal(n) => ordinal(*n, manner, &mut parts),
        Phrase::Digits(digits) => parts.extend(digits.chars().filter_map(Part::of_character)),
        Phrase::Duration(minutes) => duration(*minutes, manner, &mut parts),
        Phrase::Position(n) => {
            parts.push(Part::PositionBefore);
            number(*n, manner, &mut parts);
            if !words?.position.after.is_empty() {
                parts.push(Part::PositionAfter);
            }
        }
        Phrase::Wait(minutes) => {
            parts.push(Part::WaitBefore);
            duration(*minutes, manner, &mut parts);
        }
        Phrase::CallbackOffer(key) => {
            parts.push(Part::OfferBefore);
            parts.extend(digits_of(u32::from(*key)));
            parts.push(Part::OfferAfter);
        }
        Phrase::CallbackOfferHidden(key) => {
            parts.push(Part::HiddenBefore);
            parts.extend(digits_of(u32::from(*key)));
            parts.push(Part::HiddenAfter);
        }
        Phrase::CallbackReadBack(digits) => {
            parts.push(Part::ReadBack);
            parts.extend(digits.chars().filter_map(Part::of_character));
        }
    }
    Some(parts)
}

fn digits_of(n: u32) -> Vec<Part> {
    n.to_string().chars().filter_map(Part::of_character).collect()
}

fn number(n: u32, manner: Manner, parts: &mut Vec<Part>) {
    if manner == Manner::DigitByDigit || n > 999 {
        return parts.extend(digits_of(n));
    }
    let mut rest = n;
    for step in [100, 10] {
        if !part::number_is_whole(rest) && rest > step {
            parts.push(Part::Opening(rest - rest % step));
            rest %= step;
        }
    }
    parts.push(Part::Number(rest));
}

fn ordinal(n: u32, manner: Manner, parts: &mut Vec<Part>) {
    if manner == Manner::DigitByDigit || n == 0 || n > 999 {
        return number(n, manner, parts);
    }
    let mut rest = n;
    if rest > 100 && !rest.is_multiple_of(100) {
        parts.push(Part::Stem(rest - rest % 100));
        rest %= 100;
    }
    if rest < 100 && rest > 20 && !rest.is_multiple_of(10) {
        parts.push(Part::Stem(rest - rest % 10));
        rest %= 10;
    }
    parts.push(Part::Ordinal(rest));
}

fn duration(minutes: u32, manner: Manner, parts: &mut Vec<Part>) {
    let (hours, rest) = (minutes / 60, minutes % 60);
    if minutes == 0 {
        return parts.push(Part::UnderMinute);
    }
    if hours >= 24 {
        return parts.push(Part::OverDay);
    }
    let whole = manner == Manner::Whole;
    if hours > 0 {
        if whole && part::hours_are_whole(hours) {
            parts.push(Part::Hours(hours));
        } else {
            number(hours, manner, parts);
            parts.push(if hours == 1 { Part::Hour } else { Part::HourMany });
        }
    }
    if hours > 0 && rest > 0 {
        parts.push(Part::And);
    }
    if rest > 0 {
        if whole && part::minutes_are_whole(rest) {
            parts.push(Part::Minutes(rest));
        } else {
            number(rest, manner, parts);
            parts.push(if rest == 1 { Part::Minute } else { Part::MinuteMany });
        }
    }
}

/// The sentence of these parts; `None` where the language lacks one of them.
fn text_of(language: Language, parts: &[Part]) -> Option<String> {
    let mut text = String::new();
    let mut apart = false;
    for part in parts {
        let piece = part.text(language)?;
        if apart && !piece.starts_with(',') {
            text.push(' ');
        }
        text.push_str(&piece);
        // What a compound begins with says itself whether a space follows.
        apart = !part.begins_compound();
    }
    Some(text)
}

/// The sentence in figures; `None` where there is no other way to write it than in words.
fn written(language: Language, phrase: &Phrase) -> Option<String> {
    let signs = words::signs_of(language);
    let words = words::of(language);
    match phrase {
        Phrase::Number(n) => Some(n.to_string()),
        Phrase::Ordinal(_) => None,
        Phrase::Digits(digits) => Some(digits.clone()),
        Phrase::Duration(minutes) => duration_written(words?, *minutes),
        Phrase::Position(n) => Some(words?.position.around(&n.to_string())),
        Phrase::Wait(minutes) => {
            let words = words?;
            Some(format!("{} {}", words.wait, duration_written(words, *minutes)?))
        }
        Phrase::CallbackOffer(key) => Some(signs.offer.around(&key.to_string())),
        Phrase::CallbackOfferHidden(key) => Some(signs.hidden.around(&key.to_string())),
        Phrase::CallbackReadBack(digits) => Some(format!("{} {digits}", signs.read_back)),
    }
}

fn duration_written(words: &Words, minutes: u32) -> Option<String> {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match (hours, rest) {
        (0, 0) | (24.., _) => None,
        (0, _) => Some(format!("{rest} {}", words.minute.after(rest))),
        (1..=23, 0) => Some(format!("{hours} {}", words.hour.after(hours))),
        (1..=23, _) => {
            let (hour, minute) = (words.hour.after(hours), words.minute.after(rest));
            Some(format!("{hours} {hour} {} {rest} {minute}", words.and))
        }
    }
}
