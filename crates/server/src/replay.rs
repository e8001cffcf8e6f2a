//! `helin replay`: runs a company's journal through the engine again and holds every fact against the one that
//! was written then. Nothing is changed; a running Helin is not disturbed.

use std::io::Write;
use std::sync::Arc;

use anyhow::{Context, bail};
use engine::switchboard::Switchboard;
use model::config::{Prompts, TenantConfig};
use model::fact::Fact;
use model::id::{FactSeq, TenantId};
use model::input::{Command, Input};
use model::leg::{Dialled, LegEvent, Party, ReferTo};
use model::output::Output;
use model::saved::SavedState;
use store::Store;

use crate::builtin;
use crate::cli::Replay;
use crate::node::journal::{Entry, unpack};
use crate::platform::document::settings_of;
use crate::platform::open_store;
use crate::settings::Settings;

/// Replays one company.
///
/// # Errors
/// The data folder cannot be read, the journal is of another engine, or a fact differs.
pub(crate) fn run(replay: &Replay) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = open(&replay.place.settings()?).await?;
        let result = replay_company(&store, &replay.company).await;
        store.close().await;
        let told = result?;
        let mut out = std::io::stdout().lock();
        writeln!(
            out,
            "{}: {} inputs in {} stretches give the same {} facts",
            replay.company, told.inputs, told.stretches, told.facts
        )?;
        Ok(())
    })
}

async fn open(settings: &Settings) -> anyhow::Result<Store> {
    if !settings.data.is_dir() {
        bail!("there is no data folder {}: give --data", settings.data.display());
    }
    open_store(settings).await
}

/// What a replay went through.
#[derive(Debug, Default)]
struct Told {
    stretches: u64,
    inputs: u64,
    facts: u64,
}

/// A switchboard that lives through the past again.
struct Past<'a> {
    store: &'a Store,
    built_in: Prompts,
    tenant: TenantId,
    /// What was written then, in order.
    written: std::vec::IntoIter<Fact>,
    state: SavedState,
    board: Option<Switchboard>,
    /// In force.
    config: Option<Arc<TenantConfig>>,
    told: Told,
}

async fn replay_company(store: &Store, company: &str) -> anyhow::Result<Told> {
    let tenant: TenantId = company.parse().with_context(|| format!("`{company}` is no company's id"))?;
    let (built_in, _) = builtin::load()?;
    let written = store.facts(&tenant, FactSeq(1), FactSeq(u64::MAX)).await?.into_iter();
    let (state, told) = (SavedState::default(), Told::default());
    let mut past =
        Past { store, built_in, tenant: tenant.clone(), written, state, board: None, config: None, told };
    for batch in store.journal(&tenant).await? {
        for entry in unpack(&batch).context("the journal was written by another version of Helin")? {
            past.live(entry).await?;
        }
    }
    Ok(past.told)
}

impl Past<'_> {
    async fn live(&mut self, entry: Entry) -> anyhow::Result<()> {
        match entry {
            Entry::Begin { now, saved, config, seed, engine } => {
                if engine != engine::VERSION {
                    bail!("the journal is of engine {engine}, this is engine {}", engine::VERSION);
                }
                if self.state.version != saved {
                    bail!(
                        "a stretch begins at fact {}, but the one before ended at {}",
                        saved.0,
                        self.state.version.0
                    );
                }
                let config = settings_of(self.store, &self.built_in, &self.tenant, config).await?;
                self.told.stretches += 1;
                let config = Arc::new(config);
                self.config = Some(config.clone());
                self.board = Some(Switchboard::new(config, self.state.clone(), seed, now));
            }
            Entry::Input { now, input } => {
                self.told.inputs += 1;
                let input = self.with_numbers(input).await?;
                self.board()?.handle(now, input);
            }
            Entry::Config { now, config } => {
                let config = settings_of(self.store, &self.built_in, &self.tenant, config).await?;
                let config = Arc::new(config);
                self.config = Some(config.clone());
                self.board()?.handle(now, Input::Config(config));
            }
        }
        self.compare()
    }

    /// The journal names people by their rows alone; what depends on a number needs it again. A row that was erased
    /// meanwhile has none.
    async fn with_numbers(&self, mut input: Input) -> anyhow::Result<Input> {
        let mut parties: Vec<&mut Party> = Vec::new();
        match &mut input {
            Input::Leg(_, LegEvent::Arrived(arrival)) => {
                parties.push(&mut arrival.from.party);
                parties.extend(outside(&mut arrival.to));
            }
            Input::Leg(_, LegEvent::Refer { to: ReferTo::Dialled(to), .. })
            | Input::Command(_, Command::Transfer { to, .. }) => parties.extend(outside(to)),
            Input::Identified(_, Some(party)) => parties.push(party),
            Input::Leg(..)
            | Input::Command(..)
            | Input::Reach(..)
            | Input::Config(_)
            | Input::Identified(..)
            | Input::Timeout => {}
        }
        for party in parties {
            let row = self.store.party(&self.tenant, party.id).await?;
            let number = row.and_then(|row| row.number).and_then(|number| number.parse().ok());
            let user = self.config.as_ref().and_then(|config| config.users.get(&party.id));
            party.number = number.or_else(|| user.and_then(|user| user.number));
        }
        Ok(input)
    }

    fn board(&mut self) -> anyhow::Result<&mut Switchboard> {
        self.board.as_mut().context("the journal does not begin with a beginning")
    }

    fn compare(&mut self) -> anyhow::Result<()> {
        let Some(board) = &mut self.board else { return Ok(()) };
        while let Some(output) = board.poll_output() {
            let Output::Fact(now) = output else { continue };
            let Some(then) = self.written.next() else {
                bail!("fact {} was never written: {now:?}", now.seq.0);
            };
            if then != now {
                bail!("fact {} differs\nthen: {then:?}\nnow:  {now:?}", then.seq.0);
            }
            engine::fold::fold(&mut self.state, &now);
            self.told.facts += 1;
        }
        Ok(())
    }
}

fn outside(dialled: &mut Dialled) -> Option<&mut Party> {
    if let Dialled::Outside(party) = dialled { Some(party) } else { None }
}
