//! Starting: settings, data folder, database, companies, telephony, the web port; and stopping cleanly.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::{Context, bail};
use api::gateway::{Gateway, Hub};
use arc_swap::ArcSwap;
use model::config::TenantConfig;
use model::config::tree;
use model::id::{ConfigVersion, FactSeq, PartyId, Seed, TenantId};
use model::input::{Command, Input};
use model::saved::SavedState;
use store::{MasterKey, SecretKind, Store, StoreError, Writer};
use telephony::{Account, Algorithm, Binding, ListenerConfig, RtpRange, TelephonyEvent, TrunkConfig};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::document::{Written, meaning, people_of};
use super::{Company, Platform, accounts, accounts_of, routing};
use crate::names::{CALLERS_MAX, Names};
use crate::node::clock::{Clock, utc_now};
use crate::node::view::View;
use crate::node::{self, Around, Begin, Mail};
use crate::settings::{
    DigestName, IdentityTrust, ListenerSettings, Settings, Side, TransportName, TrunkSettings,
};
use crate::setup::SetUp;
use crate::{asks, builtin, demo, router};

/// How long, at the end, a failing database may take to recover before the last facts are given up.
const LAST_FACTS: Duration = Duration::from_secs(30);

/// A platform that takes calls.
pub(crate) struct Running {
    pub(crate) platform: Arc<Platform>,
    /// Path of the one-time set-up link, where nobody has a token.
    pub(crate) set_up: Option<String>,
    /// Held for as long as the data folder is ours.
    _folder: std::fs::File,
    web: tokio::task::JoinHandle<()>,
    grace: Duration,
}

/// A company as it was found in the database.
struct Found {
    config: Arc<TenantConfig>,
    document: Written,
    accounts: Box<[Account]>,
    names: Arc<Names>,
}

/// Starts everything; what calls wait for runs on `calls_on`.
///
/// # Errors
/// What is missing or taken, and what to do about it.
pub(crate) async fn start(
    settings: &Settings,
    demo_company: bool,
    calls_on: &tokio::runtime::Handle,
) -> anyhow::Result<Running> {
    let folder = take_folder(&settings.data)?;
    let store = open_store(settings).await?;
    let key = master_key(&settings.data)?;
    let (built_in, clips) = builtin::load()?;
    if demo_company {
        demo::tokens(&store).await?;
    }
    let bindings = restored(&store).await?;
    let web = tokio::net::TcpListener::bind(settings.web).await.with_context(|| {
        format!("cannot listen on {}: another program has this port; change `web` (or --web)", settings.web)
    })?;
    let (events, inbox) = mpsc::unbounded_channel::<Vec<TelephonyEvent>>();
    let config = telephony_config(settings)?;
    let telephony =
        telephony::start(config, Arc::default(), Arc::default(), bindings.clone(), move |batch| {
            // The router ends only with the process.
            let _ = events.send(batch);
        })?;
    let hub = Hub::default();
    let calls = router::CallMap::default();
    let (typed, to_look_up) = mpsc::unbounded_channel();
    let writer = {
        let _on = calls_on.enter();
        Writer::start(store.clone())
    };
    let around = Around {
        clock: Clock::start(),
        typed,
        calls_on: calls_on.clone(),
        writer,
        telephony: telephony.clone(),
        hub: hub.clone(),
        calls: calls.clone(),
    };
    let platform = Arc::new(Platform {
        store,
        key,
        telephony,
        around,
        calls,
        routing: ArcSwap::default(),
        built_in,
        clips: Arc::new(clips),
        decoded: super::audio::Decoded::default(),
        companies: RwLock::default(),
        tokens: tokio::sync::Mutex::default(),
        simulations: crate::simulate::answer::Running::default(),
        applying: tokio::sync::Mutex::default(),
    });
    platform.load_companies().await?;
    if demo_company {
        demo::companies(&platform).await?;
    }
    platform.tell_reach(&bindings);
    calls_on.spawn(router::run(platform.clone(), inbox));
    tokio::spawn(router::look_up(platform.clone(), to_look_up));
    platform.telephony.begin();
    let (gateway, questions) = Gateway::new(hub);
    tokio::spawn(asks::run(platform.clone(), questions));
    let mut router = api::router(gateway);
    let mut set_up = None;
    if let Some((path, pages)) = SetUp::begin(&platform.store).await? {
        router = router.merge(pages);
        set_up = Some(path);
    }
    let web = tokio::spawn(async move {
        if let Err(error) = axum::serve(web, router).await {
            tracing::error!(%error, "the web port has ended");
        }
    });
    Ok(Running {
        platform,
        set_up,
        _folder: folder,
        web,
        grace: Duration::from_millis(settings.shutdown_grace.0),
    })
}

/// Makes the data folder and takes it for this process alone.
fn take_folder(folder: &Path) -> anyhow::Result<std::fs::File> {
    use std::os::unix::fs::DirBuilderExt;
    // What callers and members did is nobody else's on this machine.
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("cannot make the data folder {}", folder.display()))?;
    let path = folder.join("helin.lock");
    let file = std::fs::File::create(&path)
        .with_context(|| format!("cannot write {}: check who owns the data folder", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => bail!(
            "another Helin runs on the data folder {}: stop it, or choose another folder with `data` (--data)",
            folder.display()
        ),
        Err(std::fs::TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

/// The database that the settings name.
///
/// # Errors
/// It cannot be opened.
pub(crate) async fn open_store(settings: &Settings) -> anyhow::Result<Store> {
    match &settings.database {
        Some(url) if url.starts_with("postgres") => Ok(Store::open_postgres(url).await?),
        Some(url) => {
            bail!("database = \"{url}\" is no PostgreSQL URL; leave it out for SQLite in the data folder")
        }
        None => Ok(Store::open_folder(&settings.data).await?),
    }
}

/// The key that secrets are sealed under; made at the first start, readable by its owner only.
pub(crate) fn master_key(folder: &Path) -> anyhow::Result<MasterKey> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the data folder {}", folder.display()))?;
    let path = folder.join("master.key");
    if let Ok(octets) = std::fs::read(&path) {
        let key: [u8; 32] = octets
            .try_into()
            .ok()
            .with_context(|| format!("{} is no master key: 32 octets", path.display()))?;
        return Ok(MasterKey::new(key));
    }
    let key: [u8; 32] = rand::random();
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot write {}: check who owns the data folder", path.display()))?;
    file.write_all(&key)?;
    file.sync_all()?;
    Ok(MasterKey::new(key))
}

async fn restored(store: &Store) -> anyhow::Result<Vec<Binding>> {
    let rows = store.registrations(utc_now()).await?;
    let read = |(tenant, _, packed): &(TenantId, _, Vec<u8>)| match serde_json::from_slice(packed) {
        Ok(binding) => Some(binding),
        Err(error) => {
            tracing::warn!(%tenant, %error, "a registration of another version is passed over; the phone will register again");
            None
        }
    };
    Ok(rows.iter().filter_map(read).collect())
}

fn telephony_config(settings: &Settings) -> anyhow::Result<telephony::Config> {
    let advertise = settings.rtp.advertise.unwrap_or(settings.rtp.bind);
    Ok(telephony::Config {
        listeners: settings.listener.iter().map(listener).collect(),
        trunks: settings.trunk.iter().map(trunk).collect::<anyhow::Result<_>>()?,
        rtp: RtpRange { bind: settings.rtp.bind, first: settings.rtp.first, last: settings.rtp.last },
        rtp_advertise: advertise,
        shards: std::thread::available_parallelism()
            .map_or(1, |cores| u16::try_from(cores.get() / 2).unwrap_or(1)),
        media_timeout: settings.media_timeout.0,
        seed: rand::random(),
        nonce_key: rand::random(),
        realm: "helin".to_owned(),
    })
}

fn listener(settings: &ListenerSettings) -> ListenerConfig {
    ListenerConfig {
        bind: settings.bind,
        advertise: settings.advertise.unwrap_or(settings.bind.ip()),
        udp: settings.transport.contains(&TransportName::Udp),
        tcp: settings.transport.contains(&TransportName::Tcp),
        digest: settings
            .digest
            .iter()
            .map(|name| match name {
                DigestName::Md5 => Algorithm::Md5,
                DigestName::Sha256 => Algorithm::Sha256,
            })
            .collect(),
        side: match settings.side {
            Side::Access => telephony::Side::Access,
            Side::Trunk => telephony::Side::Trunk,
        },
    }
}

fn trunk(settings: &TrunkSettings) -> anyhow::Result<TrunkConfig> {
    let name = settings.name.parse().with_context(|| format!("[[trunk]] name = \"{}\"", settings.name))?;
    let national = match settings.number_format.as_str() {
        "e164" => None,
        country => Some(model::number::Country::of(country).with_context(|| {
            format!(
                "[[trunk]] {}: number_format = \"{country}\" is neither \"e164\" nor a known country",
                settings.name
            )
        })?),
    };
    let accept_from = settings.accept_from.iter().map(|text| network(text)).collect::<anyhow::Result<_>>()?;
    Ok(TrunkConfig {
        name,
        accept_from,
        send_to: settings.send_to.clone(),
        national,
        trusted: settings.identity == IdentityTrust::Trusted,
        affix: settings.number_affix,
        foreign_from: settings.foreign_from,
        calls_max: settings.calls_max,
    })
}

fn network(text: &str) -> anyhow::Result<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/').unwrap_or((text, ""));
    let address: IpAddr =
        address.parse().with_context(|| format!("accept_from: \"{text}\" is no network"))?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = if bits.is_empty() { most } else { bits.parse().unwrap_or(255) };
    if bits > most {
        bail!("accept_from: \"{text}\" is no network, as 192.0.2.0/24");
    }
    Ok((address, bits))
}

impl Platform {
    async fn load_companies(self: &Arc<Self>) -> anyhow::Result<()> {
        for row in self.store.companies().await? {
            let found = self.find_company(&row).await.with_context(|| format!("company {}", row.tenant))?;
            let node = self.begin_node(found.config.clone(), found.names.clone()).await?;
            let company = Company {
                config: found.config,
                document: found.document,
                accounts: found.accounts,
                names: found.names,
                node,
            };
            let mut companies = self.companies.write().unwrap_or_else(std::sync::PoisonError::into_inner);
            companies.insert(row.tenant.clone(), Arc::new(company));
        }
        let companies = self.companies();
        self.routing.store(Arc::new(routing(&companies)));
        self.telephony.set_accounts(Arc::new(accounts(&companies)));
        self.refresh().await;
        Ok(())
    }

    async fn find_company(&self, row: &store::CompanyRow) -> anyhow::Result<Found> {
        let document = tree::of_stored(&row.document).map_err(|fault| anyhow::anyhow!("{fault}"))?;
        let next = self.store.next_party(&row.tenant).await?;
        let callers = self.store.callers(&row.tenant, CALLERS_MAX).await?;
        let names = Arc::new(Names::new(row.tenant.clone(), next, &callers));
        let people = people_of(&self.store, &row.tenant, &document).await?;
        let config =
            meaning(&document, ConfigVersion(row.version), &people, &self.built_in).map_err(|faults| {
                let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
                anyhow::anyhow!("its settings do not fit this version: {}", faults.join("; "))
            })?;
        let config = Arc::new(config);
        names.take_config(&config);
        let passwords = self.store.secrets(&row.tenant, SecretKind::SipPassword, &self.key).await?;
        let (document, accounts) = (Written::of(&document), accounts_of(&config, passwords));
        Ok(Found { config, document, accounts, names })
    }

    /// Starts a company's node from what is on disk.
    pub(crate) async fn begin_node(
        &self,
        config: Arc<TenantConfig>,
        names: Arc<Names>,
    ) -> Result<node::Node, StoreError> {
        let tenant = config.id.clone();
        let saved = saved_state(&self.store, &tenant).await?;
        let mut view = View::new(config.clone(), saved.clone(), utc_now());
        let today = (view.day_start(), model::time::Utc(i64::MAX));
        // Calls that were open at the last stop are in nobody's records yet.
        for record in saved.calls.values() {
            for visit in &record.visits {
                view.count_past(record.call, visit);
            }
        }
        let open = saved.groups.values().flat_map(|group| group.callbacks.values());
        let to_call: Vec<model::id::PartyId> =
            open.filter(|request| request.ended.is_none()).map(|request| request.number).collect();
        names.learn(&self.store, &to_call).await?;
        for number in config.groups.keys() {
            for record in self.store.visited(&tenant, *number, today).await? {
                for visit in record.visits.iter().filter(|visit| visit.group == *number) {
                    view.count_past(record.call, visit);
                }
            }
        }
        let seed = Seed(rand::random());
        Ok(node::start(tenant, Begin { config, saved, seed, view, names }, self.around.clone()))
    }

    /// Tells the switchboards who can be reached, by the registrations that survived.
    fn tell_reach(&self, bindings: &[Binding]) {
        let mut by_user: HashMap<(&TenantId, PartyId), Vec<&Binding>> = HashMap::new();
        for binding in bindings {
            by_user.entry((&binding.tenant, binding.party)).or_default().push(binding);
        }
        for company in self.companies() {
            for party in company.config.users.keys() {
                let his = by_user.get(&(&company.config.id, *party));
                let reach = router::reach_of(his.into_iter().flatten().copied());
                let _ = company.node.post(Mail::Input(Input::Reach(*party, reach)));
            }
        }
    }
}

/// The state of a company: its last checkpoint and the facts after it.
pub(crate) async fn saved_state(store: &Store, tenant: &TenantId) -> Result<SavedState, StoreError> {
    let mut saved = store.checkpoint(tenant, FactSeq(u64::MAX)).await?;
    let from = FactSeq(saved.version.0 + 1);
    for fact in store.facts(tenant, from, FactSeq(u64::MAX)).await? {
        engine::fold::fold(&mut saved, &fact);
    }
    Ok(saved)
}

impl Running {
    /// Stops: new calls get 503, live ones have their grace, then everything is written down.
    pub(crate) async fn stop(self) {
        self.platform.telephony.drain();
        let companies = self.platform.companies();
        each(&companies, |company| async move { drop(company.node.command(Command::Drain).await) }).await;
        let until = tokio::time::Instant::now() + self.grace;
        while tokio::time::Instant::now() < until && self.live_calls() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        each(&companies, |company| async move { drop(company.node.command(Command::EndAll).await) }).await;
        let until = tokio::time::Instant::now() + Duration::from_secs(1);
        while tokio::time::Instant::now() < until && self.live_calls() > 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.platform.around.writer.end_within(LAST_FACTS);
        each(&companies, |company| async move {
            let (done, wait) = tokio::sync::oneshot::channel();
            if company.node.post(Mail::Stop(done)).is_ok() {
                let _ = wait.await;
            }
        })
        .await;
        self.platform.telephony.stop();
        self.web.abort();
        self.platform.store.close().await;
    }

    fn live_calls(&self) -> usize {
        self.platform.companies().iter().map(|company| company.node.view().state.calls.len()).sum()
    }
}

/// Asks all companies at once: one after the other, ten thousand would write for minutes, and whoever stops Helin has
/// less patience.
async fn each<F>(companies: &[Arc<Company>], ask: impl Fn(Arc<Company>) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let asked: JoinSet<()> = companies.iter().map(|company| ask(company.clone())).collect();
    asked.join_all().await;
}
