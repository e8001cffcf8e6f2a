//! The built-in prompts: audio made by `scripts/make-prompts.sh`; sentences from `prompts/texts.toml`, those of
//! pieces from `engine::speech`.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use anyhow::Context;
use engine::speech;
use media::clip::Clip;
use model::config::{PromptText, Prompts};
use model::id::PromptName;
use model::language::Language;

/// The sentences, one table per prompt.
const TEXTS: &str = include_str!("../../../prompts/texts.toml");

/// Folder of what has no words and is the same in every language.
const WORDLESS: &str = "wordless";

/// Name and folder of every file, and where in `SOUND` it stands; made by `build.rs`.
const AUDIO: &[(&str, &str, Range<usize>)] = include!(concat!(env!("OUT_DIR"), "/prompts.rs"));

/// All of them in A-law. It stands in the program: what nobody hears is never read from the disk.
static SOUND: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/prompts.alaw"));

/// Audio by name and language.
pub(crate) type Clips = HashMap<(PromptName, Language), Arc<Clip>>;

/// Sentences by name and language.
type Texts = BTreeMap<(String, Language), String>;

/// All built-in prompts: what they say, and how they sound.
///
/// # Errors
/// A file of ours is broken; the message names it.
pub(crate) fn load() -> anyhow::Result<(Prompts, Clips)> {
    let texts = texts()?;
    let mut prompts = Prompts::default();
    let mut clips = Clips::new();
    for (name, folder, place) in AUDIO {
        let clip = Arc::new(Clip::of_octets(&SOUND[place.clone()]));
        let key: PromptName = name.parse().context("a prompt name")?;
        for language in languages_of(folder)? {
            let text = if *folder == WORDLESS {
                ""
            } else {
                let text = texts.get(&((*name).to_owned(), language));
                text.with_context(|| format!("nothing says what prompts/{folder}/**/{name}.wav says"))?
            };
            let text = PromptText { text: Arc::from(text) };
            prompts.0.entry(key.clone()).or_default().insert(language, text);
            clips.insert((key.clone(), language), clip.clone());
        }
    }
    Ok((prompts, clips))
}

fn languages_of(folder: &str) -> anyhow::Result<Vec<Language>> {
    if folder == WORDLESS {
        return Ok(Language::ALL.to_vec());
    }
    let language = Language::from_code(folder);
    Ok(vec![language.with_context(|| format!("prompts/{folder} is no language"))?])
}

fn texts() -> anyhow::Result<Texts> {
    let mut texts = Texts::new();
    for language in Language::ALL {
        let pieces = speech::pieces(language).into_iter();
        texts.extend(pieces.map(|piece| ((piece.name.to_string(), language), piece.text)));
    }
    let document: toml_edit::DocumentMut = TEXTS.parse().context("prompts/texts.toml is broken")?;
    for (name, sentences) in document.iter() {
        let sentences = sentences.as_table().with_context(|| format!("texts.toml: {name} is no table"))?;
        for (code, sentence) in sentences {
            let language = Language::from_code(code).with_context(|| format!("texts.toml: {name}.{code}"))?;
            let sentence = sentence.as_str().with_context(|| format!("texts.toml: {name}.{code}"))?;
            texts.insert((name.to_owned(), language), sentence.to_owned());
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// req K-25
    #[test]
    fn the_announcement_is_byte_for_byte_the_one_asked_for() {
        let (prompts, clips) = load().unwrap();
        let name: PromptName = "unreachable".parse().unwrap();
        let (_, text) = prompts.find(&name, Language::Et).unwrap();
        assert_eq!(
            &*text,
            "Mobiiltelefon, millele te helistate, on välja lülitatud, või asub väljaspool võrgu teeninduspiirkonda"
        );
        for language in Language::ALL {
            assert!(clips[&(name.clone(), language)].milliseconds() > 2_000);
        }
    }

    /// req I-08, I-09
    #[test]
    fn messages_of_the_queue_are_the_quoted_ones() {
        let (prompts, _) = load().unwrap();
        let text = |name: &str| prompts.find(&name.parse().unwrap(), Language::Sv).unwrap().1;
        assert_eq!(&*text("entry"), "Ditt samtal är placerat i kön.");
        assert_eq!(&*text("repeat"), "Vi tar emot ditt samtal så fort vi kan.");
    }

    #[test]
    fn all_that_is_written_can_be_heard() {
        let (prompts, clips) = load().unwrap();
        for ((name, language), text) in texts().unwrap() {
            let name: PromptName = name.parse().unwrap();
            assert!(clips.contains_key(&(name.clone(), language)), "{name} is silent in {language:?}");
            assert_eq!(prompts.find(&name, language), Some((language, Arc::from(text))));
        }
    }

    #[test]
    fn what_the_engine_says_is_there() {
        let (_, clips) = load().unwrap();
        for language in Language::ALL {
            for n in [0, 1, 21, 68, 999, 1_000] {
                let spoken = speech::speak(language, &speech::Phrase::Wait(n));
                assert!(
                    spoken.pieces.iter().all(|piece| clips.contains_key(&(piece.clone(), spoken.language)))
                );
            }
        }
    }

    /// req V-43
    #[test]
    fn the_music_is_one_clip_for_all_languages() {
        let (prompts, clips) = load().unwrap();
        let name: PromptName = "music".parse().unwrap();
        let clip = |language| clips[&(name.clone(), language)].clone();
        for language in Language::ALL {
            assert!(Arc::ptr_eq(&clip(language), &clip(Language::En)));
            assert_eq!(prompts.find(&name, language), Some((language, Arc::from(""))));
        }
        assert_eq!(clip(Language::En).milliseconds(), 38_400);
    }
}
