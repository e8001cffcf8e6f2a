//! The command line: reads the files it names, shows how far it is, prints or writes what came out.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, bail};
use api::simulations::Simulation;
use model::config::TenantConfig;
use model::config::resolve::read_tree;
use model::config::tree::{self, Node};
use model::time::Span;

use super::day::Day;
use super::fault::{Fault, Field};
use super::recorded::{self, Recorded};
use super::{changed, check_begun, faults_of_change, picture, prepare};
use crate::builtin;
use crate::cli::Simulate;
use crate::node::clock::utc_now;
use crate::platform::open_store;
use crate::settings::{Overlay, Settings};

/// A file of calls at most, and calls at most: a day of two hundred companies as large as any.
const FILE_MAX: u64 = 64 << 20;
const CALLS_MAX: usize = 2_000_000;

/// Simulates a day and prints what came of it.
///
/// # Errors
/// A file cannot be read or used, the data folder has no such day, or a change names nothing.
pub(crate) fn run(simulate: &Simulate) -> anyhow::Result<()> {
    let document = read_document(&simulate.file)?;
    let wish = wish(simulate)?;
    let config = meaning(&document).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("{} cannot be used: {}", simulate.file.display(), faults.join("; "))
    })?;
    let other = match changed(&document, &wish).map_err(|fault| fault.for_command_line())? {
        Some(document) => Some(meaning(&document).map_err(|faults| told(&faults_of_change(&faults)))?),
        None => None,
    };
    let day = Day::of(&wish.day, &config).map_err(|fault| fault.for_command_line())?;
    let recorded = recorded(simulate, &wish, &config, &day)?;
    let prepared = prepare(&wish, (config, other), day, recorded.as_ref(), CALLS_MAX)
        .map_err(|fault| in_file(simulate, &fault))?;
    let mut shown = Progress::begin();
    let report = prepared.live(&wish, &mut |side, thousandths| {
        shown.show(side, thousandths);
        true
    });
    shown.end();
    let report = report.context("the simulation was stopped")?;
    let mut out = std::io::stdout().lock();
    if simulate.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else {
        write!(out, "{}", picture::of(&report))?;
    }
    if let Some(path) = &simulate.svg {
        std::fs::write(path, &report.svg).with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

fn read_document(path: &Path) -> anyhow::Result<Node> {
    let text = std::fs::read_to_string(path)
        .with_context(|| format!("the company file {} cannot be read", path.display()))?;
    tree::of_toml(&text).map_err(|fault| anyhow::anyhow!("{} is no company file: {fault}", path.display()))
}

fn meaning(document: &Node) -> Result<Arc<TenantConfig>, Vec<model::config::fault::Fault>> {
    let (built_in, _) = builtin::load().map_err(|error| {
        let (path, text) = ("prompts".to_owned(), error.to_string());
        vec![model::config::fault::Fault { line: None, path, text }]
    })?;
    read_tree(document, &built_in).map(Arc::new)
}

fn told(faults: &[Fault]) -> anyhow::Error {
    let faults: Vec<String> = faults.iter().map(|fault| fault.for_command_line().to_string()).collect();
    anyhow::anyhow!("{}", faults.join("; "))
}

/// A fault of the list of calls names the file.
fn in_file(simulate: &Simulate, fault: &Fault) -> anyhow::Error {
    match (&simulate.calls, fault.field) {
        (Some(file), Field::Calls) => fault.for_command_line().context(file.display().to_string()),
        _ => fault.for_command_line(),
    }
}

/// The flags as a wish.
fn wish(simulate: &Simulate) -> anyhow::Result<Simulation> {
    let seconds = |span: Span| span.0 as f64 / 1_000.0;
    let calls = match &simulate.calls {
        Some(path) => Some(read_calls(path)?),
        None => None,
    };
    Ok(Simulation {
        day: simulate.day.clone(),
        rates: rates(&simulate.rate)?,
        calls,
        changes: simulate.change.clone(),
        shifts: simulate.shift.clone(),
        talk_s: simulate.talk.map(seconds),
        answer_s: simulate.answer.map(seconds),
        patience_s: simulate.patience.map(seconds),
        misses: simulate.misses,
        breaks: simulate.breaks,
        rest_s: Some(seconds(simulate.rest)),
        accepts: simulate.accepts,
        seed: Some(simulate.seed),
        language: Some(simulate.language.clone()),
    })
}

fn read_calls(path: &Path) -> anyhow::Result<String> {
    let cannot = || format!("--calls: {} cannot be read", path.display());
    if std::fs::metadata(path).with_context(cannot)?.len() > FILE_MAX {
        bail!("--calls: {} has more than {} MiB", path.display(), FILE_MAX >> 20);
    }
    let octets = std::fs::read(path).with_context(cannot)?;
    String::from_utf8(octets).map_err(|_| {
        anyhow::anyhow!("--calls: {} is no text in UTF-8; save it as CSV in UTF-8", path.display())
    })
}

/// `60` for every group, or `8000=60` for one.
fn rates(flags: &[String]) -> anyhow::Result<Option<BTreeMap<String, f64>>> {
    let mut rates = BTreeMap::new();
    for flag in flags {
        let (group, rate) = flag.split_once('=').unwrap_or(("*", flag));
        let rate: f64 = rate.trim().parse().ok().with_context(|| {
            format!("--rate: `{flag}` is no rate: calls in the busiest hour, as 60 or 8000=60")
        })?;
        rates.insert(group.trim().to_owned(), rate);
    }
    Ok((!rates.is_empty()).then_some(rates))
}

/// What the data folder or database knows; `None`: none was named.
fn recorded(
    simulate: &Simulate,
    wish: &Simulation,
    config: &TenantConfig,
    day: &Day,
) -> anyhow::Result<Option<Recorded>> {
    let from_records = wish.rates.is_none() && wish.calls.is_none();
    if simulate.data.is_none() && simulate.config.is_none() {
        if from_records {
            bail!(
                "nobody calls: give --rate 60, --calls FILE, or --data FOLDER with a recorded {}",
                day.date
            );
        }
        return Ok(None);
    }
    let now = utc_now();
    check_begun(wish, day, now).map_err(|fault| fault.for_command_line())?;
    let settings = simulate.config.as_deref().map_or_else(|| Ok(Settings::default()), Settings::read)?;
    let settings = settings.overlaid(Overlay { data: simulate.data.clone(), ..Overlay::default() })?;
    if settings.database.is_none() && !settings.data.join("helin.sqlite").is_file() {
        bail!("--data: there is no data of Helin in {}", settings.data.display());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = open_store(&settings).await?;
        let read = async {
            if !store.companies().await?.iter().any(|row| row.tenant == config.id) {
                bail!("--data: the company `{}` of the company file is not known there", config.id);
            }
            let recorded = recorded::read(&store, config, day, now).await?;
            if from_records && recorded.calls.is_empty() {
                let known = recorded::days_known(&store, config, day).await?;
                let known = known.unwrap_or_else(|| "no day".to_owned());
                bail!(
                    "--day: no call to a group of the company file is recorded on {}; there is {known}",
                    day.date
                );
            }
            Ok(recorded)
        };
        let recorded = read.await;
        store.close().await;
        recorded.map(Some)
    })
}

/// How far it is, for who waits for it at a terminal.
struct Progress {
    shown: Option<(usize, u64)>,
    terminal: bool,
}

impl Progress {
    fn begin() -> Progress {
        Progress { shown: None, terminal: std::io::stderr().is_terminal() }
    }

    fn show(&mut self, side: usize, thousandths: u64) {
        // A bar has forty places; drawing it more often than it moves costs more than the day.
        let now = Some((side, thousandths / 10));
        if !self.terminal || self.shown == now {
            return;
        }
        self.shown = now;
        let name = if side == 0 { "as it is" } else { "changed" };
        let full = usize::try_from(thousandths / 25).unwrap_or(0).min(40);
        // A bar that cannot be drawn is no reason to stop.
        let mut err = std::io::stderr();
        let _ = write!(err, "\r{name:<9}[{:<40}] {:>3} %", "#".repeat(full), thousandths / 10);
        let _ = err.flush();
    }

    fn end(&self) {
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r{:60}\r", "");
        }
    }
}
