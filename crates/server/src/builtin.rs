//! The built-in prompts: audio made by `scripts/make-prompts.sh`, sentences from `prompts/texts.toml`.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::Context;
use media::clip::Clip;
use model::config::{PromptText, Prompts};
use model::id::PromptName;
use model::language::Language;

/// The sentences, one table per prompt.
const TEXTS: &str = include_str!("../../../prompts/texts.toml");

macro_rules! audio {
    ($($name:literal),* $(,)?) => {
        &[$(
            ($name, "et", include_bytes!(concat!("../../../prompts/et/", $name, ".wav")) as &[u8]),
            ($name, "fi", include_bytes!(concat!("../../../prompts/fi/", $name, ".wav")) as &[u8]),
            ($name, "sv", include_bytes!(concat!("../../../prompts/sv/", $name, ".wav")) as &[u8]),
            ($name, "en", include_bytes!(concat!("../../../prompts/en/", $name, ".wav")) as &[u8]),
            ($name, "ru", include_bytes!(concat!("../../../prompts/ru/", $name, ".wav")) as &[u8]),
        )*]
    };
}

const AUDIO: &[(&str, &str, &[u8])] = audio![
    "unreachable",
    "closed",
    "queue_full",
    "nobody_here",
    "logged_in",
    "logged_in_first",
    "logged_out",
    "already_in",
    "already_out",
    "not_allowed",
    "forwarding_not_available",
    "press_1_to_accept",
];

/// Audio by name and language.
pub(crate) type Clips = HashMap<(PromptName, Language), Arc<Clip>>;

/// All built-in prompts: what they say, and how they sound.
///
/// # Errors
/// A file of ours is broken; the message names it.
pub(crate) fn load() -> anyhow::Result<(Prompts, Clips)> {
    let texts: toml_edit::DocumentMut = TEXTS.parse().context("prompts/texts.toml is broken")?;
    let mut prompts = Prompts::default();
    let mut clips = Clips::new();
    for (name, code, wav) in AUDIO {
        let language = Language::from_code(code).context("a language without a code")?;
        let clip = Clip::of_wav(wav).with_context(|| format!("prompts/{code}/{name}.wav is broken"))?;
        let text = texts.get(name).and_then(|table| table.get(code)).and_then(|text| text.as_str());
        let text = text.with_context(|| format!("prompts/texts.toml has no {name} in {code}"))?;
        let key: PromptName = name.parse().context("a prompt name")?;
        prompts.0.entry(key.clone()).or_default().insert(language, PromptText { text: Arc::from(text) });
        clips.insert((key, language), Arc::new(clip));
    }
    Ok((prompts, clips))
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
}
