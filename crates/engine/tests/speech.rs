//! What is said about numbers, against a table written by hand; and that every piece of it is there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use engine::speech::{self, Phrase, Spoken};
use model::id::PromptName;
use model::language::Language;

const TABLE: &str = include_str!("speech.tsv");

const WITH_NUMBERS: [Language; 4] = [Language::Et, Language::Fi, Language::Sv, Language::En];

fn phrase(kind: &str, of: &str) -> Phrase {
    let n = || of.parse().unwrap();
    match kind {
        "number" => Phrase::Number(n()),
        "ordinal" => Phrase::Ordinal(n()),
        "position" => Phrase::Position(n()),
        "wait" => Phrase::Wait(n()),
        "digits" => Phrase::Digits(of.to_owned()),
        "read_back" => Phrase::CallbackReadBack(of.to_owned()),
        "offer" => Phrase::CallbackOffer(of.parse().unwrap()),
        "offer_hidden" => Phrase::CallbackOfferHidden(of.parse().unwrap()),
        other => panic!("the table has an unknown phrase: {other}"),
    }
}

fn every_phrase(n: u32) -> [Phrase; 5] {
    [Phrase::Number(n), Phrase::Ordinal(n), Phrase::Duration(n), Phrase::Position(n), Phrase::Wait(n)]
}

fn texts(language: Language) -> BTreeMap<PromptName, String> {
    speech::pieces(language).into_iter().map(|piece| (piece.name, piece.text)).collect()
}

/// Letters alone: whether words are written together differs between a sentence and its pieces.
fn letters(text: &str) -> String {
    text.chars().filter(|character| !matches!(character, ' ' | '-')).collect()
}

fn audio(language: Language, name: &PromptName) -> PathBuf {
    let prompts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../prompts");
    prompts.join(language.code()).join("pieces").join(format!("{name}.wav"))
}

/// req V-47, V-48, V-55, I-10, I-11
#[test]
fn sentences_are_those_of_the_hand_written_table() {
    let mut faults = Vec::new();
    let mut rows = 0;
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [language, kind, of, sentence] = columns[..] else { panic!("not four columns: {line}") };
        let spoken = speech::speak(Language::from_code(language).unwrap(), &phrase(kind, of));
        if spoken.text != sentence {
            faults.push(format!("{line}\n  but said: {}", spoken.text));
        }
        rows += 1;
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(rows > 400, "the table has lost rows: {rows}");
}

/// req I-10, I-11: the service description's own sentences
#[test]
fn written_sentences_are_the_quoted_ones() {
    let written = |language, phrase| speech::speak(language, &phrase).written;
    assert_eq!(written(Language::Sv, Phrase::Position(2)), "Din plats i kön är nummer 2");
    assert_eq!(written(Language::Sv, Phrase::Wait(3)), "Beräknad väntetid i kön är 3 minuter");
    assert_eq!(written(Language::Sv, Phrase::Wait(1)), "Beräknad väntetid i kön är 1 minut");
    assert_eq!(written(Language::Et, Phrase::Wait(62)), "Hinnanguline ooteaeg on 1 tund ja 2 minutit");
    assert_eq!(written(Language::Fi, Phrase::Wait(0)), "Arvioitu odotusaika on alle minuutin");
    assert_eq!(written(Language::En, Phrase::Position(2)), "You are number 2 in the queue");
    assert_eq!(written(Language::Ru, Phrase::Position(2)), "You are number 2 in the queue");
    let offer = written(Language::Fi, Phrase::CallbackOffer(1));
    assert_eq!(offer, "Painakaa 1, niin soitamme teille takaisin. Paikkanne jonossa säilyy.");
    assert_eq!(written(Language::En, Phrase::CallbackReadBack("501".to_owned())), "You entered 501");
}

/// req I-10, I-11
#[test]
fn every_number_to_999_is_said_by_pieces_that_say_just_that() {
    for language in WITH_NUMBERS {
        let texts = texts(language);
        let mut sentences = BTreeSet::new();
        for n in 0..=999 {
            for phrase in every_phrase(n) {
                let spoken = speech::speak(language, &phrase);
                assert_eq!(spoken.language, language);
                assert!(!spoken.pieces.is_empty(), "{phrase:?}");
                let said: Vec<&str> = spoken
                    .pieces
                    .iter()
                    .map(|name| texts.get(name).unwrap_or_else(|| panic!("{name} is in no list")).as_str())
                    .collect();
                assert_eq!(letters(&spoken.text), letters(&said.concat()), "{phrase:?}");
                assert!(!spoken.text.contains("  ") && spoken.text.trim() == spoken.text, "{}", spoken.text);
                let says_number = matches!(phrase, Phrase::Number(_));
                assert!(!says_number || sentences.insert(spoken.text), "{phrase:?} sounds like another");
            }
        }
    }
}

#[test]
fn every_piece_has_audio_without_silence_around_it() {
    let mut faults = Vec::new();
    for language in Language::ALL {
        let known: BTreeSet<PathBuf> =
            speech::pieces(language).iter().map(|piece| audio(language, &piece.name)).collect();
        for path in &known {
            let Ok(octets) = std::fs::read(path) else {
                faults.push(format!("{} is missing", path.display()));
                continue;
            };
            // Behind a head of 44 octets: 8,000 Hz, 16 bits.
            let loud = |pair: &[u8]| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs() > 80;
            let samples = || octets[44..].chunks_exact(2);
            let before = samples().take_while(|pair| !loud(pair)).count();
            let after = samples().rev().take_while(|pair| !loud(pair)).count();
            if before > 320 || after > 320 {
                faults.push(format!("{}: silence of {before} and {after} samples", path.display()));
            }
        }
        let folder = audio(language, &"x".parse().unwrap());
        for entry in std::fs::read_dir(folder.parent().unwrap()).unwrap() {
            let path = entry.unwrap().path();
            if !known.contains(&path) {
                faults.push(format!("{} is no piece", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

fn names(spoken: &Spoken) -> Vec<&str> {
    spoken.pieces.iter().map(PromptName::as_str).collect()
}

#[test]
fn a_missing_piece_falls_back_to_digits_then_english_then_silence() {
    let say = |phrase: Phrase, missing: &[(&str, Language)]| {
        let has = |name: &PromptName, language| !missing.contains(&(name.as_str(), language));
        speech::speak_with(Language::Fi, &phrase, &has)
    };
    let whole = say(Phrase::Position(42), &[]);
    assert_eq!(names(&whole), ["position_before", "number_42"]);

    let digits = say(Phrase::Position(42), &[("number_42", Language::Fi)]);
    assert_eq!(
        (digits.language, names(&digits)),
        (Language::Fi, vec!["position_before", "number_4", "number_2"])
    );
    assert_eq!(digits.text, "Olette jonossa sijalla neljä kaksi");

    let minutes = say(Phrase::Wait(1), &[("minutes_1", Language::Fi)]);
    assert_eq!(names(&minutes), ["wait_before", "number_1", "word_minute"]);
    assert_eq!(minutes.text, "Arvioitu odotusaika on yksi minuutti");

    let frame = [("position_before", Language::Fi)];
    let english = say(Phrase::Position(42), &frame);
    assert_eq!(
        (english.language, names(&english)),
        (Language::En, vec!["position_before", "number_42", "position_after"])
    );
    assert_eq!(english.text, "You are number forty-two in the queue");

    let nothing =
        say(Phrase::Position(42), &[("position_before", Language::Fi), ("position_before", Language::En)]);
    assert!(nothing.pieces.is_empty() && nothing.text.is_empty() && nothing.written.is_empty());
}

#[test]
fn no_set_of_missing_pieces_says_what_is_not_there() {
    for language in Language::ALL {
        for piece in speech::pieces(language) {
            let has = |name: &PromptName, of| !(of == language && *name == piece.name);
            for n in [0, 1, 7, 21, 61, 68, 100, 121, 468, 999, 1_000] {
                for phrase in every_phrase(n) {
                    let spoken = speech::speak_with(language, &phrase, &has);
                    assert!(spoken.pieces.iter().all(|name| has(name, spoken.language)), "{phrase:?}");
                    assert!(language == Language::En || !spoken.pieces.is_empty(), "{phrase:?}");
                }
            }
        }
    }
}
