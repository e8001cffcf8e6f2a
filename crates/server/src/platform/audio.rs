//! The audio of companies' prompts: kept under its hash, named by a document, forgotten when none does.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use media::clip::Clip;
use media::decode::{DecodeError, decode};
use model::config::fault::Fault;
use model::config::heard_in;
use model::config::tree::Node as Document;
use model::id::TenantId;
use model::language::Language;
use sha2::{Digest, Sha256};
use store::{Store, StoreError};

use super::apply::text_at;
use super::document::OwnPrompt;
use super::{Company, Platform, speak};
use crate::builtin::Clips;

impl Platform {
    /// Keeps the audio of a prompt under its hash.
    pub(crate) async fn store_prompt(&self, audio: &[u8]) -> Result<String, String> {
        let decoded = decoded(audio).await;
        decoded.map_err(|fault| format!("{fault}: send WAV, MP3, Ogg or FLAC of at most 10 minutes"))?;
        let hash = hash_of(audio);
        self.store.put_audio(&hash, audio).await.map_err(|error| error.to_string())?;
        Ok(hash)
    }

    /// Prompts of a document whose audio was never sent.
    pub(super) async fn missing_audio(&self, document: &Document) -> Vec<Fault> {
        let mut faults = Vec::new();
        for entry in prompt_entries(document) {
            let Some(hash) = text_at(entry, &["hash"]) else { continue };
            if !self.has_audio(hash).await {
                let text = "names audio that was never sent; send it first (`helin apply` with `file` does)";
                faults.push(fault_of(entry, "hash", text.to_owned()));
            }
        }
        faults
    }

    /// Speaks the prompts of a document that have a text and no audio, and gives what was not spoken before.
    ///
    /// # Errors
    /// Those that cannot be spoken.
    pub(super) async fn speak_prompts(
        &self,
        document: &Document,
    ) -> Result<Vec<(String, Vec<u8>)>, Vec<Fault>> {
        let (mut spoken, mut faults) = (Vec::new(), Vec::new());
        for entry in prompt_entries(document).filter(|entry| text_at(entry, &["hash"]).is_none()) {
            let (Some(language), Some(text)) = (language_of(entry), text_at(entry, &["text"])) else {
                continue;
            };
            let name = speak::name_of(language, text);
            if self.has_audio(&name).await {
                continue;
            }
            match speak::speak(language, text).await {
                Ok(audio) => spoken.push((name, audio)),
                Err(fault) => faults.push(fault_of(entry, "text", fault)),
            }
        }
        if faults.is_empty() { Ok(spoken) } else { Err(faults) }
    }

    /// Keeps what was spoken.
    ///
    /// # Errors
    /// The database fails.
    pub(super) async fn keep_spoken(&self, spoken: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        for (name, audio) in spoken {
            self.store.put_audio(name, audio).await?;
        }
        Ok(())
    }

    async fn has_audio(&self, name: &str) -> bool {
        matches!(self.store.audio(name).await, Ok(Some(_)))
    }

    /// Forgets audio that came for a document which was refused, unless another document has it.
    pub(super) async fn forget_audio(&self, refused: &Document) {
        let companies = self.companies();
        let used: BTreeSet<&str> = companies
            .iter()
            .flat_map(|company| &company.document.prompts)
            .map(|prompt| &*prompt.audio)
            .collect();
        for audio in prompt_entries(refused).filter_map(audio_of) {
            if !used.contains(&*audio)
                && let Err(error) = self.store.delete_audio(&audio).await
            {
                tracing::warn!(%error, audio, "audio of a refused document could not be removed");
            }
        }
    }
}

/// The name of audio: its SHA-256 in hexadecimal.
pub(crate) fn hash_of(audio: &[u8]) -> String {
    Sha256::digest(audio).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The prompts of a document.
pub(super) fn prompt_entries(document: &Document) -> impl Iterator<Item = &Document> {
    let list = document.table().and_then(|table| table.get("prompt")).and_then(Document::list);
    list.unwrap_or_default().iter()
}

pub(super) fn language_of(entry: &Document) -> Option<Language> {
    text_at(entry, &["language"]).and_then(Language::from_code)
}

/// Under which name the audio of a prompt is kept: what was sent, else its text, spoken.
pub(super) fn audio_of(entry: &Document) -> Option<String> {
    if let Some(hash) = text_at(entry, &["hash"]) {
        return Some(hash.to_owned());
    }
    Some(speak::name_of(language_of(entry)?, text_at(entry, &["text"])?))
}

fn fault_of(entry: &Document, key: &str, text: String) -> Fault {
    let name = text_at(entry, &["name"]).unwrap_or_default();
    Fault { line: None, path: format!("prompt[{name}].{key}"), text }
}

/// Files decoded before, by hash; those that no document names any more are forgotten.
pub(crate) type Decoded = tokio::sync::Mutex<HashMap<String, Arc<Clip>>>;

async fn decoded(audio: &[u8]) -> Result<Clip, String> {
    let octets = audio.to_vec();
    // Decoding takes a while for a long piece of music: calls must not wait for it. A header without sense can make
    // the decoder panic; that is the file's fault.
    let clip = tokio::task::spawn_blocking(move || decode(&octets)).await;
    clip.unwrap_or(Err(DecodeError::Damaged)).map_err(|fault| fault.to_string())
}

/// All prompts that can be played: the built-in ones and those whose audio a company has sent.
pub(crate) async fn prompts(
    store: &Store,
    known: &Decoded,
    clips: &Arc<Clips>,
    companies: &[Arc<Company>],
) -> telephony::Prompts {
    let mut known = known.lock().await;
    let mut used = HashMap::new();
    let mut own = HashMap::new();
    for company in companies {
        let mut places = Vec::new();
        let mut heard = Vec::new();
        for OwnPrompt { name, language, kind, audio } in &company.document.prompts {
            let clip = match known.get(audio) {
                Some(clip) => Some(clip.clone()),
                None => read(store, &company.config.id, audio).await,
            };
            if let Some(clip) = clip {
                used.insert(audio.clone(), clip.clone());
                places.push((*language, *kind));
                heard.push((name, clip));
            }
        }
        for (language, at) in heard_in(&places) {
            let (name, clip) = &heard[at];
            own.insert((company.config.id.clone(), (*name).clone(), language), clip.clone());
        }
    }
    *known = used;
    telephony::Prompts::new(clips.clone(), own)
}

/// Reads and decodes audio; what cannot be played is said in the log and left out.
async fn read(store: &Store, tenant: &TenantId, hash: &str) -> Option<Arc<Clip>> {
    match store.audio(hash).await {
        Ok(Some(audio)) => match decoded(&audio).await {
            Ok(clip) => Some(Arc::new(clip)),
            Err(fault) => {
                tracing::error!(%tenant, hash, %fault, "a prompt cannot be played");
                None
            }
        },
        Ok(None) | Err(_) => {
            tracing::error!(%tenant, hash, "the audio of a prompt is missing; send it again");
            None
        }
    }
}
