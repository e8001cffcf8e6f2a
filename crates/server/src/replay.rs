//! `helin replay`: runs a company's journal through the engine again and holds every fact against the one that
//! was written then. Nothing is changed; a running Helin is not disturbed.

use std::collections::VecDeque;
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

/// Facts read at once.
const WINDOW: u64 = 20_000;

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
    /// What was written then, in order, as far as it was read.
    written: VecDeque<Fact>,
    state: SavedState,
    board: Option<Switchboard>,
    /// In force.
    config: Option<Arc<TenantConfig>>,
    told: Told,
}

async fn replay_company(store: &Store, company: &str) -> anyhow::Result<Told> {
    let tenant: TenantId = company.parse().with_context(|| format!("`{company}` is no company's id"))?;
    let companies = store.companies().await?;
    if !companies.iter().any(|known| known.tenant == tenant) {
        let known: Vec<String> = companies.iter().map(|company| company.tenant.to_string()).collect();
        bail!("there is no company {company}; there is {}", known.join(", "));
    }
    let (built_in, _) = builtin::load()?;
    let (state, told, written) = (SavedState::default(), Told::default(), VecDeque::new());
    let mut past =
        Past { store, built_in, tenant: tenant.clone(), written, state, board: None, config: None, told };
    let journal = store.journal(&tenant).await?;
    let batches = journal.len();
    for batch in journal {
        for entry in unpack(&batch).context("the journal was written by another version of Helin")? {
            past.live(entry).await?;
        }
    }
    // A running Helin may have written more meanwhile, but never a fact without its inputs.
    if let Some(fact) = past.next_written().await?
        && store.journal(&tenant).await?.len() == batches
    {
        bail!("fact {} was written, and the journal does not lead to it: {fact:?}", fact.seq.0);
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
        self.compare().await
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

    /// The next fact that was written then.
    async fn next_written(&mut self) -> anyhow::Result<Option<Fact>> {
        if self.written.is_empty() {
            let next = self.state.version.0 + 1;
            let window = self.store.facts(&self.tenant, FactSeq(next), FactSeq(next + WINDOW)).await?;
            self.written = window.into();
        }
        Ok(self.written.pop_front())
    }

    async fn compare(&mut self) -> anyhow::Result<()> {
        while let Some(output) = self.board.as_mut().and_then(Switchboard::poll_output) {
            let Output::Fact(now) = output else { continue };
            let Some(then) = self.next_written().await? else {
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

#[cfg(test)]
mod tests;
