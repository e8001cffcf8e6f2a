//! A company's stored document: kept as text, and what it means: its people looked up, its settings resolved.

use std::collections::BTreeMap;

use model::config::fault::Fault;
use model::config::resolve::{Around, resolve};
use model::config::tree::{self, Node as Document};
use model::config::{PromptKind, Prompts, TenantConfig};
use model::id::{ConfigVersion, PartyId, PartyName, PromptName, TenantId};
use model::language::Language;
use store::{PartyKey, Store, StoreError};

use super::apply::text_at;
use super::audio::{audio_of, language_of, prompt_entries};

/// A document as people wrote it, without secrets. Only a change and an export look at it as a tree, which takes ten
/// times the memory.
#[derive(Debug)]
pub(crate) struct Written {
    json: Box<str>,
    /// The company's own prompts.
    pub(super) prompts: Vec<OwnPrompt>,
}

/// A prompt of a company's own: sent as audio, or a text that was spoken.
#[derive(Debug)]
pub(crate) struct OwnPrompt {
    pub(super) name: PromptName,
    pub(super) language: Language,
    pub(super) kind: PromptKind,
    /// Under which name its audio is kept.
    pub(super) audio: String,
}

impl Written {
    pub(crate) fn of(document: &Document) -> Written {
        let prompt = |entry: &Document| {
            Some(OwnPrompt {
                name: text_at(entry, &["name"])?.parse().ok()?,
                language: language_of(entry)?,
                kind: PromptKind::of(text_at(entry, &["kind"])),
                audio: audio_of(entry)?,
            })
        };
        let prompts = prompt_entries(document).filter_map(prompt).collect();
        Written { json: document.json().to_string().into(), prompts }
    }

    /// As a tree.
    pub(crate) fn tree(&self) -> Document {
        tree::of_stored(&self.json).expect("a document of ours is JSON")
    }
}

/// The parties of the people that a stored document names.
pub(crate) async fn people_of(
    store: &Store,
    tenant: &TenantId,
    document: &Document,
) -> Result<BTreeMap<PartyName, PartyId>, StoreError> {
    let mut people = BTreeMap::new();
    for list in ["user", "outside"] {
        let entries = document.table().and_then(|table| table.get(list)).and_then(tree::Node::list);
        for entry in entries.unwrap_or_default() {
            let name = text_at(entry, &["name"]).and_then(|name| name.parse::<PartyName>().ok());
            let Some(name) = name else { continue };
            if let Some(party) = store.find_party(tenant, &PartyKey::Person(name.clone())).await? {
                people.insert(name, party);
            }
        }
    }
    Ok(people)
}

/// A document's settings.
pub(crate) fn meaning(
    document: &Document,
    version: ConfigVersion,
    people: &BTreeMap<PartyName, PartyId>,
    built_in: &Prompts,
) -> Result<TenantConfig, Vec<Fault>> {
    let around = Around {
        party: &|name| people.get(name).copied().unwrap_or(PartyId(0)),
        prompts: built_in,
        time_zone: &|name| jiff::tz::TimeZone::get(name).is_ok(),
    };
    resolve(document, version, around)
}

/// The settings of one stored version.
pub(crate) async fn settings_of(
    store: &Store,
    built_in: &Prompts,
    tenant: &TenantId,
    version: ConfigVersion,
) -> anyhow::Result<TenantConfig> {
    let text = store.company_version(tenant, version.0).await?;
    let text = text.ok_or_else(|| anyhow::anyhow!("version {} of the settings is missing", version.0))?;
    let document = tree::of_stored(&text).map_err(|fault| anyhow::anyhow!("{fault}"))?;
    let people = people_of(store, tenant, &document).await?;
    meaning(&document, version, &people, built_in).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the settings do not fit this version of Helin: {}", faults.join("; "))
    })
}
