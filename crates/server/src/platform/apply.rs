//! Settings: a file is checked whole, laid over what the company has, written as a new version, and acts on the
//! next decision.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::gateway::{Applied, ApplyFault, ApplyFile, ApplyMode, ApplyRefusal, Exported, Format, Prune};
use model::config::document;
use model::config::export::{Defaults, shaped, toml};
use model::config::fault::{Fault, together};
use model::config::merge::{Merged, Rest, merge};
use model::config::tree::{self, Node as Document, Shape};
use model::id::{ConfigVersion, PartyId, PartyName, TenantId};
use store::{NewParty, NewVersion, PartyKey, SecretKind, StoreError};
use tokio::sync::oneshot;

use super::claims::{self, Made};
use super::document::{Written, meaning};
use super::{Company, Platform, accounts_of};
use crate::names::Names;
use crate::node::Mail;
use crate::node::clock::utc_now;

impl Platform {
    /// Applies a file.
    pub(crate) async fn apply(&self, tenant: &TenantId, file: &ApplyFile) -> Result<Applied, ApplyRefusal> {
        let _one_at_a_time = self.applying.lock().await;
        let parsed = match file.format {
            Format::Toml => tree::of_toml(&file.text),
            Format::Json => tree::of_json(&file.text),
        };
        let parsed = parsed.map_err(|fault| ApplyRefusal::Faults(vec![shown(fault)]))?;
        let applied = self.apply_document(tenant, file, &parsed).await;
        if applied.is_err() {
            self.forget_audio(&parsed).await;
        }
        applied
    }

    async fn apply_document(
        &self,
        tenant: &TenantId,
        file: &ApplyFile,
        parsed: &Document,
    ) -> Result<Applied, ApplyRefusal> {
        let company = self.company(tenant);
        let named = text_at(parsed, &["company", "id"]);
        if named.is_some_and(|named| named != tenant.as_str()) || (named.is_none() && company.is_none()) {
            let text = format!("is not {tenant}, whose settings are written here");
            return Err(one_fault("company.id", text));
        }
        let stored = company.as_ref().map_or_else(|| new_document(tenant), |company| company.document.tree());
        let mut passwords = self.secrets(tenant, SecretKind::SipPassword).await?;
        let log_ins = self.secrets(tenant, SecretKind::Password).await?;
        let same = |user: &str, kind: &'static str, value: &str| {
            let known = if kind == "sip_password" { passwords.get(user) } else { log_ins.get(user) };
            known.is_some_and(|known| known == value)
        };
        let rest = if file.prune == Prune::Remove { Rest::Remove } else { Rest::Keep };
        let merged = merge(&stored, parsed, rest, &same);
        let names = match &company {
            Some(company) => company.names.clone(),
            None => Arc::new(Names::new(tenant.clone(), self.next_party(tenant).await?, &[])),
        };
        let version = company.as_ref().map_or(0, |company| company.config.version.0);
        if file.made_from.is_some_and(|from| from != version) {
            return Err(ApplyRefusal::Conflict);
        }
        let (people, parties) = self.people(tenant, &names, &merged.document).await?;
        let meant = meaning(&merged.document, ConfigVersion(version + 1), &people, &self.built_in);
        let form = document::check(parsed);
        let config = match (form.is_empty(), meant) {
            (true, Ok(config)) => config,
            (_, meant) => {
                let faults = together(form, meant.err().unwrap_or_default());
                let mut faults: Vec<Fault> =
                    faults.into_iter().map(|fault| with_line(fault, parsed)).collect();
                faults.sort_by_key(|fault| fault.line);
                return Err(ApplyRefusal::Faults(faults.into_iter().map(shown).collect()));
            }
        };
        if merged.changes.is_empty() && company.is_some() {
            return Ok(Applied { version, changes: merged.changes });
        }
        let lined = |faults: Vec<Fault>| {
            ApplyRefusal::Faults(faults.into_iter().map(|fault| shown(with_line(fault, parsed))).collect())
        };
        let made = claims::claims(&config);
        let taken = self.taken(tenant, &made).await?;
        if !taken.is_empty() {
            return Err(lined(taken));
        }
        let spoken = self.speak_prompts(&merged.document).await.map_err(&lined)?;
        if file.mode == ApplyMode::DryRun {
            return Ok(Applied { version, changes: merged.changes });
        }
        let missing = self.missing_audio(&merged.document).await;
        if !missing.is_empty() {
            return Err(lined(missing));
        }
        self.keep_spoken(&spoken).await.map_err(unavailable)?;
        let written = self.store.put_version(NewVersion {
            tenant: tenant.clone(),
            from: version,
            document: merged.document.json().to_string(),
            by: file.by.clone(),
            at: utc_now(),
            claims: made.iter().map(|made| made.claim.clone()).collect(),
            secrets: self.seal(tenant, &merged),
            parties: parties.clone(),
        });
        written.await.map_err(|error| refusal(error, &made, &lined))?;
        for (user, kind, value) in &merged.secrets {
            if *kind == "sip_password" {
                passwords.insert(user.clone(), value.clone());
            }
        }
        let config = Arc::new(config);
        names.take_config(&config);
        let node = match &company {
            Some(company) => {
                // Who was told that the settings are applied finds them in force. A node that ends takes them at its
                // next start.
                let (taken, wait) = oneshot::channel();
                let _ = company.node.post(Mail::Config(config.clone(), taken));
                let _ = wait.await;
                company.node.clone()
            }
            None => self.begin_node(config.clone(), names.clone()).await.map_err(unavailable)?,
        };
        let version = config.version.0;
        let (document, accounts) = (Written::of(&merged.document), accounts_of(&config, passwords));
        self.set_company(Company { config, document, accounts, names, node }).await;
        tracing::info!(%tenant, version, by = %file.by, changes = merged.changes.len(), "new settings");
        Ok(Applied { version, changes: merged.changes })
    }

    async fn next_party(&self, tenant: &TenantId) -> Result<u64, ApplyRefusal> {
        self.store.next_party(tenant).await.map_err(unavailable)
    }

    /// The parties of all people of a document; those never seen are to be written with it.
    async fn people(
        &self,
        tenant: &TenantId,
        names: &Names,
        document: &Document,
    ) -> Result<(BTreeMap<PartyName, PartyId>, Vec<NewParty>), ApplyRefusal> {
        let mut people = BTreeMap::new();
        let mut parties = Vec::new();
        let lists = ["user", "outside"].map(|list| document.table().and_then(|table| table.get(list)));
        for entry in lists.into_iter().flatten().filter_map(Document::list).flatten() {
            let Some(name) = text_at(entry, &["name"]).and_then(|name| name.parse::<PartyName>().ok()) else {
                continue;
            };
            let key = PartyKey::Person(name.clone());
            let known = self.store.find_party(tenant, &key).await.map_err(unavailable)?;
            let id = known.unwrap_or_else(|| {
                let id = names.allot();
                parties.push(NewParty { id, key });
                id
            });
            people.insert(name, id);
        }
        Ok((people, parties))
    }

    /// What users have set, by their names.
    async fn secrets(
        &self,
        tenant: &TenantId,
        kind: SecretKind,
    ) -> Result<BTreeMap<String, String>, ApplyRefusal> {
        self.store.secrets(tenant, kind, &self.key).await.map_err(unavailable)
    }

    fn seal(&self, tenant: &TenantId, merged: &Merged) -> Vec<(String, SecretKind, Vec<u8>)> {
        merged
            .secrets
            .iter()
            .map(|(user, kind, value)| {
                let sealed = self.key.seal(tenant, user, value, rand::random());
                let kind =
                    if *kind == "sip_password" { SecretKind::SipPassword } else { SecretKind::Password };
                (user.clone(), kind, sealed)
            })
            .collect()
    }

    /// What the company cannot have: the file makes it twice, or others have it.
    async fn taken(&self, tenant: &TenantId, made: &[Made]) -> Result<Vec<Fault>, ApplyRefusal> {
        let taken = self.store.taken(tenant, made.iter().map(|made| &made.claim)).await;
        let taken = taken.map_err(unavailable)?;
        let mut faults = claims::doubled(made);
        faults.extend(made.iter().filter(|made| taken.contains(&made.claim)).map(claims::foreign));
        Ok(faults)
    }

    /// Prints a company's settings.
    pub(crate) fn export(&self, tenant: &TenantId, format: Format, all: bool) -> Option<Exported> {
        let company = self.company(tenant)?;
        let document = shaped(&company.document.tree(), if all { Defaults::Show } else { Defaults::Hide });
        let text = match format {
            Format::Toml => toml(&document),
            Format::Json => document.json().to_string(),
        };
        Some(Exported { version: company.config.version.0, text })
    }
}

/// Why the store has not taken the settings.
fn refusal(error: StoreError, made: &[Made], lined: &dyn Fn(Vec<Fault>) -> ApplyRefusal) -> ApplyRefusal {
    if matches!(error, StoreError::Conflict) {
        return ApplyRefusal::Conflict;
    }
    let StoreError::Taken { label, .. } = &error else { return unavailable(error) };
    let first = made.iter().find(|made| made.claim.label == *label);
    lined(first.map(claims::foreign).into_iter().collect())
}

fn unavailable(error: StoreError) -> ApplyRefusal {
    tracing::error!(%error, "settings could not be written");
    ApplyRefusal::Unavailable
}

fn one_fault(path: &str, text: String) -> ApplyRefusal {
    ApplyRefusal::Faults(vec![ApplyFault { line: None, path: path.to_owned(), text }])
}

fn shown(fault: Fault) -> ApplyFault {
    ApplyFault { line: fault.line, path: fault.path, text: fault.text }
}

/// The line of what a fault is about, found in the file by the fault's path.
fn with_line(fault: Fault, file: &Document) -> Fault {
    if fault.line.is_some() {
        return fault;
    }
    let mut at = Some(file);
    let mut line = None;
    for part in split_path(&fault.path) {
        at = at.and_then(|node| step(node, &part));
        line = at.and_then(|node| node.line).or(line);
    }
    Fault { line, ..fault }
}

/// `group[+372].member[mari].user` in parts: `group`, `[+372]`, `member`, ...
fn split_path(path: &str) -> Vec<String> {
    let mut parts = Vec::new();
    for piece in path.split_inclusive([']']) {
        for part in piece.trim_start_matches('.').split('.').filter(|part| !part.is_empty()) {
            match part.split_once('[') {
                Some((list, name)) => {
                    if !list.is_empty() {
                        parts.push(list.to_owned());
                    }
                    parts.push(format!("[{name}"));
                }
                None => parts.push(part.to_owned()),
            }
        }
    }
    parts
}

fn step<'a>(node: &'a Document, part: &str) -> Option<&'a Document> {
    let Some(name) = part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) else {
        return node.table()?.get(part);
    };
    let names = ["name", "number", "user", "outside"];
    let list = node.list()?;
    let named = list.iter().find(|entry| names.iter().any(|key| text_at(entry, &[key]) == Some(name)));
    named.or_else(|| list.get(name.parse::<usize>().ok()?))
}

pub(super) fn text_at<'a>(node: &'a Document, path: &[&str]) -> Option<&'a str> {
    let mut at = node;
    for key in path {
        at = at.table()?.get(*key)?;
    }
    at.text()
}

fn new_document(tenant: &TenantId) -> Document {
    let id = Document::of(Shape::Text(tenant.to_string()));
    let company = Document::of(Shape::Table(BTreeMap::from([("id".to_owned(), id)])));
    Document::of(Shape::Table(BTreeMap::from([("company".to_owned(), company)])))
}
