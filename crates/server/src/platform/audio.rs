//! The audio of companies' prompts: kept under its hash, named by a document, forgotten when none does.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use media::clip::Clip;
use media::decode::decode;
use model::config::fault::Fault;
use model::config::tree::Node as Document;
use model::id::TenantId;
use sha2::{Digest, Sha256};
use store::Store;

use super::apply::text_at;
use super::document::OwnPrompt;
use super::{Company, Platform};
use crate::builtin::Clips;

impl Platform {
    /// Keeps the audio of a prompt under its hash.
    pub(crate) async fn store_prompt(&self, audio: &[u8]) -> Result<String, String> {
        // Decoding takes a while for a long piece of music: calls must not wait for it.
        let octets = audio.to_vec();
        let decoded = tokio::task::spawn_blocking(move || decode(&octets).map(|_| ()));
        let decoded = decoded.await.map_err(|error| error.to_string())?;
        decoded.map_err(|fault| format!("{fault}: send WAV, MP3, Ogg or FLAC of at most 10 minutes"))?;
        let hash = hash_of(audio);
        self.store.put_audio(&hash, audio).await.map_err(|error| error.to_string())?;
        Ok(hash)
    }

    /// Prompts of a document whose audio was never sent.
    pub(super) async fn missing_audio(&self, document: &Document) -> Vec<Fault> {
        let mut faults = Vec::new();
        for (entry, hash) in hashes(document) {
            if !matches!(self.store.audio(hash).await, Ok(Some(_))) {
                let name = text_at(entry, &["name"]).unwrap_or_default();
                faults.push(Fault {
                    line: None,
                    path: format!("prompt[{name}].hash"),
                    text: "names audio that was never sent; send it first (`helin apply` with `file` does)"
                        .to_owned(),
                });
            }
        }
        faults
    }

    /// Forgets audio that came for a document which was refused, unless another document has it.
    pub(super) async fn forget_audio(&self, refused: &Document) {
        let companies = self.companies();
        let used: BTreeSet<&str> = companies
            .iter()
            .flat_map(|company| &company.document.prompts)
            .map(|prompt| &*prompt.hash)
            .collect();
        for (_, hash) in hashes(refused) {
            if !used.contains(hash)
                && let Err(error) = self.store.delete_audio(hash).await
            {
                tracing::warn!(%error, hash, "audio of a refused document could not be removed");
            }
        }
    }
}

/// The name of audio: its SHA-256 in hexadecimal.
pub(crate) fn hash_of(audio: &[u8]) -> String {
    Sha256::digest(audio).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The prompts of a document that name audio, and what they name.
fn hashes(document: &Document) -> impl Iterator<Item = (&Document, &str)> {
    let list = document.table().and_then(|table| table.get("prompt")).and_then(Document::list);
    list.unwrap_or_default().iter().filter_map(|entry| Some((entry, text_at(entry, &["hash"])?)))
}

/// Files decoded before, by hash; those that no document names any more are forgotten.
pub(crate) type Decoded = tokio::sync::Mutex<HashMap<String, Arc<Clip>>>;

async fn decoded(audio: &[u8]) -> Result<Clip, String> {
    let octets = audio.to_vec();
    let clip =
        tokio::task::spawn_blocking(move || decode(&octets)).await.map_err(|error| error.to_string())?;
    clip.map_err(|fault| fault.to_string())
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
        for OwnPrompt { name, language, hash } in &company.document.prompts {
            let clip = match known.get(hash) {
                Some(clip) => Some(clip.clone()),
                None => read(store, &company.config.id, hash).await,
            };
            if let Some(clip) = clip {
                used.insert(hash.clone(), clip.clone());
                own.insert((company.config.id.clone(), name.clone(), *language), clip);
            }
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
