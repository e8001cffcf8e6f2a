//! The platform: all companies with their nodes, and what they share.

mod apply;
mod audio;
mod claims;
pub(crate) mod document;
mod figures;
mod speak;
mod start;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use model::config::{Prompts, TenantConfig, User};
use model::id::{PartyId, TenantId};
use store::{MasterKey, Store, TokenRow};
use telephony::{Account, Accounts, Handle, Secret};

use crate::builtin::Clips;
use crate::names::Names;
use crate::node::Node;
use crate::router::CallMap;
use crate::routing::Routing;

pub(crate) use audio::hash_of;
use document::Written;
pub(crate) use start::{open_store, start};

/// One company.
#[derive(Debug)]
pub(crate) struct Company {
    pub(crate) config: Arc<TenantConfig>,
    pub(crate) document: Written,
    /// Those who have a SIP password.
    pub(crate) accounts: Box<[Account]>,
    pub(crate) names: Arc<Names>,
    pub(crate) node: Node,
}

/// Tokens are read anew when they are older than this.
const TOKENS_FRESH: Duration = Duration::from_secs(1);

/// A database that takes longer to say anything cannot be read.
const ANSWERS: Duration = Duration::from_secs(2);

/// Everything that runs.
#[derive(Debug)]
pub(crate) struct Platform {
    pub(crate) store: Store,
    pub(crate) key: MasterKey,
    pub(crate) telephony: Handle,
    pub(crate) around: crate::node::Around,
    pub(crate) calls: CallMap,
    pub(crate) routing: ArcSwap<Routing>,
    pub(crate) built_in: Prompts,
    pub(crate) clips: Arc<Clips>,
    /// Companies' audio, decoded.
    decoded: audio::Decoded,
    companies: RwLock<BTreeMap<TenantId, Arc<Company>>>,
    /// The tokens as they were a moment ago.
    tokens: tokio::sync::Mutex<Option<(Instant, Vec<TokenRow>)>>,
    pub(crate) simulations: crate::simulate::answer::Running,
    /// One change of settings at a time.
    applying: tokio::sync::Mutex<()>,
}

impl Platform {
    pub(crate) fn company(&self, tenant: &TenantId) -> Option<Arc<Company>> {
        self.companies.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned()
    }

    pub(crate) fn companies(&self) -> Vec<Arc<Company>> {
        self.companies.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Whether calls can be taken; what is missing if not.
    pub(crate) async fn is_ready(&self) -> Result<(), String> {
        if let Some(trouble) = self.around.writer.trouble() {
            return Err(trouble);
        }
        match tokio::time::timeout(ANSWERS, self.store.ping()).await {
            Ok(read) => read.map_err(|error| format!("the database cannot be read: {error}")),
            Err(_) => Err(format!("the database has not answered for {} s", ANSWERS.as_secs())),
        }
    }

    /// Whom a token is for. One that `helin token` has made counts at once, one that it has revoked is refused
    /// within `TOKENS_FRESH`.
    pub(crate) async fn token(&self, token: &str) -> Option<TokenRow> {
        let mut known = self.tokens.lock().await;
        let now = crate::node::clock::utc_now();
        if let Some((since, rows)) = &*known
            && since.elapsed() <= TOKENS_FRESH
            && let Some(row) = rows.iter().find(|row| row.opens(token, now))
        {
            return Some(row.clone());
        }
        match self.store.tokens().await {
            Ok(rows) => *known = Some((Instant::now(), rows)),
            Err(error) => tracing::error!(%error, "tokens could not be read"),
        }
        known.iter().flat_map(|(_, rows)| rows).find(|row| row.opens(token, now)).cloned()
    }

    /// Takes a company's new settings into everything that stands on them.
    pub(crate) async fn set_company(&self, company: Company) {
        let tenant = company.config.id.clone();
        {
            let mut companies = self.companies.write().unwrap_or_else(PoisonError::into_inner);
            companies.insert(tenant, Arc::new(company));
        }
        self.refresh().await;
    }

    async fn refresh(&self) {
        let companies = self.companies();
        self.routing.store(Arc::new(routing(&companies)));
        self.telephony.set_accounts(Arc::new(accounts(&companies)));
        let numbers: BTreeSet<_> = self.routing.load().platform_numbers().collect();
        self.telephony.set_platform(Arc::new(numbers));
        self.telephony
            .set_prompts(Arc::new(audio::prompts(&self.store, &self.decoded, &self.clips, &companies).await));
    }
}

fn routing(companies: &[Arc<Company>]) -> Routing {
    let configs =
        companies.iter().map(|company| (company.config.id.clone(), company.config.clone())).collect();
    Routing::of(&configs)
}

fn accounts(companies: &[Arc<Company>]) -> Accounts {
    let accounts = companies.iter().flat_map(|company| &company.accounts).cloned().collect();
    let domains = companies.iter().flat_map(|company| {
        let tenant = &company.config.id;
        company.config.domains.iter().map(|domain| (domain.clone(), tenant.clone()))
    });
    Accounts::new(accounts, domains)
}

/// The accounts of a company's users, by their passwords.
fn accounts_of(config: &TenantConfig, mut passwords: BTreeMap<String, String>) -> Box<[Account]> {
    let account = |(party, user): (&PartyId, &User)| {
        Some(Account {
            tenant: config.id.clone(),
            party: *party,
            user: user.name.clone(),
            password: Secret::new(passwords.remove(user.name.as_str())?),
        })
    };
    config.users.iter().filter_map(account).collect()
}
