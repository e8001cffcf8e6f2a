//! `helin simulate`: a day of a company with the very engine, and with a change tried on the same people.
//!
//! Callers come from a recorded day of the data folder, from a file of times, or by chance at a rate; talks, answers
//! and patience are those seen in the records where there are any, else those given. Nothing is changed anywhere.

mod change;
mod people;
mod picture;
mod svg;

use std::io::{IsTerminal, Write};
use std::sync::Arc;

use anyhow::{Context, bail};
use jiff::civil::Date;
use model::config::TenantConfig;
use model::config::resolve::read_tree;
use model::config::tree::{self, Node};
use model::time::Utc;
use sim::chance::Chance;
use sim::office::Plan;
use sim::whatif::{Question, staff, whatif};

use crate::builtin;
use crate::cli::Simulate;

/// Simulates a day and prints what came of it.
///
/// # Errors
/// A file cannot be read or used, the data folder has no such day, or a change names nothing.
pub(crate) fn run(simulate: &Simulate) -> anyhow::Result<()> {
    let text = std::fs::read_to_string(&simulate.file)
        .with_context(|| format!("{} cannot be read", simulate.file.display()))?;
    let document = tree::of_toml(&text).map_err(|fault| anyhow::anyhow!("{fault}"))?;
    let mut changed = document.clone();
    for wish in &simulate.change {
        change::apply(&mut changed, wish)?;
    }
    let config = meaning(&document)?;
    let changed = if simulate.change.is_empty() { None } else { Some(meaning(&changed)?) };
    let date: Date =
        simulate.day.parse().with_context(|| format!("`{}` is no day, as 2026-03-02", simulate.day))?;
    let begin = midnight(&config, date)?;
    let people = people::of(simulate, &config, begin)?;
    let shift = shift(&simulate.shift)?;
    let agents = staff(&config, &people.calls, &|_| vec![shift], &people.agents);
    if people.calls.is_empty() {
        bail!("nobody calls: give --rate, --calls with times, or --data with a recorded {date}");
    }
    let plan = Plan { seed: simulate.seed, config, begin, calls: people.calls, agents };
    let question = Question { plan, changed };
    let report = whatif(&question, &mut progress);
    let mut out = std::io::stdout().lock();
    if std::io::stderr().is_terminal() {
        write!(std::io::stderr(), "\r{:60}\r", "")?;
    }
    write!(out, "{}", picture::of(&question, &report, &people.told))?;
    if let Some(path) = &simulate.svg {
        std::fs::write(path, svg::of(&question, &report))
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok(())
}

fn meaning(document: &Node) -> anyhow::Result<Arc<TenantConfig>> {
    let (built_in, _) = builtin::load()?;
    let config = read_tree(document, &built_in).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the settings cannot be used: {}", faults.join("; "))
    })?;
    Ok(Arc::new(config))
}

/// Where the company's day begins.
fn midnight(config: &TenantConfig, date: Date) -> anyhow::Result<Utc> {
    let zone = jiff::tz::TimeZone::get(&config.time_zone)?;
    let midnight = zone.to_ambiguous_timestamp(date.at(0, 0, 0, 0)).compatible()?;
    Ok(Utc(midnight.as_microsecond()))
}

/// `08:00-17:00` in milliseconds from midnight.
fn shift(text: &str) -> anyhow::Result<(u64, u64)> {
    let fault = || format!("`{text}` is no shift, as 08:00-17:00");
    let (from, to) = text.split_once('-').with_context(fault)?;
    let (from, to) = (people::time_of_day(from), people::time_of_day(to));
    let shift = from.zip(to).filter(|(from, to)| from < to);
    shift.with_context(fault)
}

/// How far it is, for who waits for it.
fn progress(side: usize, thousandths: u64) {
    let mut err = std::io::stderr();
    if !err.is_terminal() {
        return;
    }
    let name = if side == 0 { "as it is" } else { "changed" };
    let full = usize::try_from(thousandths / 25).unwrap_or(0);
    // A bar that cannot be drawn is no reason to stop.
    let _ = write!(err, "\r{name:<9}[{:<40}] {:>3} %", "#".repeat(full), thousandths / 10);
    let _ = err.flush();
}

/// Streams of chance that do not disturb one another.
fn chance(seed: u64, what: u64) -> Chance {
    Chance::new(seed ^ what.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}
