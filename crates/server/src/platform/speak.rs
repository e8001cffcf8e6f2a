//! Prompts that are written and not recorded: spoken by espeak-ng, a program of its own (design section 6), when they
//! are applied. What was spoken is kept like audio that was sent, so that playing it needs no such program.

use std::io::{ErrorKind, Read, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use model::language::Language;
use sha2::{Digest, Sha256};

/// The program that speaks.
const PROGRAM: &str = "espeak-ng";
/// It takes a second for the longest text.
const PATIENCE: Duration = Duration::from_secs(30);

/// The name under which a spoken text is kept; made of what it says and how, never of other audio.
pub(super) fn name_of(language: Language, text: &str) -> String {
    let spoken = format!("{PROGRAM}\0{}\0{text}", language.code());
    Sha256::digest(spoken).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Speaks a text; a WAV file.
///
/// # Errors
/// What a person can do about it.
pub(super) async fn speak(language: Language, text: &str) -> Result<Vec<u8>, String> {
    // As the built-in prompts are spoken (scripts/make-prompts.sh). The text goes by standard input: it is never an
    // option.
    let child = Command::new(PROGRAM)
        .args(["-v", language.code(), "-s", "150", "-a", "70", "--stdin", "--stdout"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.map_err(|error| {
        if error.kind() == ErrorKind::NotFound {
            format!(
                "cannot be spoken: {PROGRAM} is not installed where Helin runs; install it, or give a file"
            )
        } else {
            format!("cannot be spoken: {PROGRAM} does not start: {error}")
        }
    })?;
    let (input, output, text) = (child.stdin.take(), child.stdout.take(), text.to_owned());
    let said = tokio::task::spawn_blocking(move || {
        let mut audio = Vec::new();
        if let (Some(mut input), Some(mut output)) = (input, output) {
            // A text is shorter than what a pipe holds: nobody waits for the other.
            input.write_all(text.as_bytes())?;
            drop(input);
            output.read_to_end(&mut audio)?;
        }
        Ok::<_, std::io::Error>(audio)
    });
    let said = tokio::time::timeout(PATIENCE, said).await;
    if said.is_err() {
        let _ = child.kill();
    }
    // It has ended, or was just made to.
    let ended = child.wait().map_err(|error| format!("cannot be spoken: {PROGRAM}: {error}"))?;
    match said {
        Ok(Ok(Ok(audio))) if ended.success() && !audio.is_empty() => Ok(audio),
        Ok(Ok(Ok(_))) => Err(format!("cannot be spoken: {PROGRAM} ended with {ended}")),
        Ok(Ok(Err(error))) => Err(format!("cannot be spoken: {PROGRAM}: {error}")),
        Ok(Err(error)) => Err(format!("cannot be spoken: {error}")),
        Err(_) => Err(format!("cannot be spoken: {PROGRAM} did not end; shorten the text, or give a file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// req T-04
    #[tokio::test]
    async fn a_text_becomes_sound_in_every_language() {
        for language in Language::ALL {
            let audio = speak(language, "-v 12 [[x]]").await.unwrap();
            let clip = media::decode::decode(&audio).unwrap();
            assert!((300..20_000).contains(&clip.milliseconds()), "{language:?}: {} ms", clip.milliseconds());
        }
        assert_ne!(name_of(Language::Et, "Tere"), name_of(Language::Fi, "Tere"));
    }
}
