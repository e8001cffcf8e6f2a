//! Who calls and how people are: from the records of a day, from a file of times, or by chance at a rate.

use std::path::Path;

use anyhow::{Context, bail};
use model::config::TenantConfig;
use model::fact::{Peer, Role, VisitOutcome};
use model::number::Number;
use model::record::{CallRecord, VisitRecord};
use model::time::{Span, Utc};
use sim::chance::Lengths;
use sim::office::PlannedCall;
use sim::whatif::{Agents, Profile, rate_calls};
use store::Store;

use super::chance;
use crate::cli::Simulate;

/// A day.
const DAY: Span = Span::seconds(86_400);

/// With fewer examples what is given counts, not what was seen.
const SEEN_MIN: usize = 20;

/// Callers and agents of the day.
pub(crate) struct People {
    pub(crate) calls: Vec<PlannedCall>,
    pub(crate) agents: Agents,
    /// Where they come from, for the reader.
    pub(crate) told: String,
}

/// What the records show.
#[derive(Default)]
struct Seen {
    talks: Vec<u64>,
    answers: Vec<u64>,
    missed: u64,
    gave_up: u64,
    stayed: u64,
    calls: Vec<(u64, Number, Option<u64>)>,
}

/// The people of a simulation.
pub(crate) fn of(simulate: &Simulate, config: &TenantConfig, begin: Utc) -> anyhow::Result<People> {
    let seen = match &simulate.data {
        Some(folder) => recorded(folder, config, begin)?,
        None => Seen::default(),
    };
    let profile = profile(simulate, &seen);
    let agents = agents(simulate, &seen);
    let mut calls = Vec::new();
    let told = if let Some(file) = &simulate.calls {
        calls = from_file(file, config, &profile, simulate.seed)?;
        format!("{} calls of {}", calls.len(), file.display())
    } else if !simulate.rate.is_empty() {
        for rate in &simulate.rate {
            for (at, group) in rated(rate, config)?.into_iter().enumerate() {
                let mut chance = chance(simulate.seed, at as u64 + 1);
                calls.extend(rate_calls(group.0, group.1, &office_hours, &profile, &mut chance));
            }
        }
        format!("{} calls by chance at {} an hour", calls.len(), simulate.rate.join(", "))
    } else {
        let mut chance = chance(simulate.seed, 77);
        for (at, group, talk) in &seen.calls {
            let call = profile.call(*at, *group, &mut chance);
            calls.push(PlannedCall { talk: talk.unwrap_or(call.talk), ..call });
        }
        format!("{} recorded calls", calls.len())
    };
    calls.sort_by_key(|call| call.at);
    Ok(People { calls, agents, told })
}

fn profile(simulate: &Simulate, seen: &Seen) -> Profile {
    let talk = if seen.talks.len() >= SEEN_MIN && simulate.talk.is_none() {
        Lengths::Seen(seen.talks.clone())
    } else {
        Lengths::Lognormal(simulate.talk.unwrap_or(Span::seconds(150)).0, 0.8)
    };
    // How long they wait before they give up: all waiting by those who did (exponential, censored).
    let patience = match (simulate.patience, seen.gave_up) {
        (Some(patience), _) => patience.0,
        (None, gave_up) if gave_up as usize >= SEEN_MIN / 2 => seen.stayed / gave_up,
        (None, _) => 300_000,
    };
    Profile { talk, patience: Lengths::Exponential(patience), accepts: simulate.accepts }
}

fn agents(simulate: &Simulate, seen: &Seen) -> Agents {
    let answers = if seen.answers.len() >= SEEN_MIN && simulate.answer.is_none() {
        Lengths::Seen(seen.answers.clone())
    } else {
        Lengths::Lognormal(simulate.answer.unwrap_or(Span::seconds(4)).0, 0.5)
    };
    let offers = seen.answers.len() as u64 + seen.missed;
    let misses = match simulate.misses {
        Some(misses) => misses,
        None if offers >= SEEN_MIN as u64 => 100 * seen.missed / offers,
        None => 3,
    };
    Agents { answers, misses, breaks: simulate.breaks, rests: Lengths::Lognormal(simulate.rest.0, 0.5) }
}

/// The part of the busiest hour that each hour of the day brings.
fn office_hours(hour: u64) -> f64 {
    match hour {
        8 | 16 => 0.6,
        9 | 12 | 15 => 0.85,
        10 | 11 | 13 | 14 => 1.0,
        _ => 0.0,
    }
}

/// `60` for every group with a line, or `+35810200010=60` for one.
fn rated(rate: &str, config: &TenantConfig) -> anyhow::Result<Vec<(Number, f64)>> {
    let number = |text: &str| {
        let read: Option<f64> = text.trim().parse().ok();
        read.filter(|rate| (0.0..=100_000.0).contains(rate))
            .with_context(|| format!("`{rate}` is no rate, as 60 or 8000=60"))
    };
    match rate.split_once('=') {
        Some((group, rate)) => Ok(vec![(group_of(group.trim(), config)?, number(rate)?)]),
        None => {
            let per_hour = number(rate)?;
            Ok(config.groups.keys().map(|group| (*group, per_hour)).collect())
        }
    }
}

fn group_of(text: &str, config: &TenantConfig) -> anyhow::Result<Number> {
    let found = config.groups.iter().find(|(number, group)| number.to_string() == text || group.name == text);
    found.map(|(number, _)| *number).with_context(|| format!("the company has no group {text}"))
}

/// `HH:MM` or `HH:MM:SS` as milliseconds from midnight.
pub(crate) fn time_of_day(text: &str) -> Option<u64> {
    let mut parts = text.trim().split(':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = match parts.next() {
        Some(seconds) => seconds?,
        None => 0,
    };
    let fits = hours <= 24 && minutes < 60 && seconds < 60 && parts.next().is_none();
    fits.then_some(((hours * 60 + minutes) * 60 + seconds) * 1_000)
}

/// Lines of `time[,group[,talk in seconds]]`; a first line that is none is a heading. Without a group the first one is
/// called.
fn from_file(
    file: &Path,
    config: &TenantConfig,
    profile: &Profile,
    seed: u64,
) -> anyhow::Result<Vec<PlannedCall>> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let first = config.groups.keys().next().copied().context("the company has no group")?;
    let mut chance = chance(seed, 78);
    let mut calls = Vec::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fields: Vec<&str> = line.split([',', ';']).map(str::trim).collect();
        let Some(at) = fields.first().and_then(|time| time_of_day(time)) else {
            if n == 0 {
                continue;
            }
            bail!("{}, line {}: `{}` is no time of day, as 09:30:15", file.display(), n + 1, line.trim());
        };
        let group = match fields.get(1).filter(|group| !group.is_empty()) {
            Some(group) => {
                group_of(group, config).with_context(|| format!("{}, line {}", file.display(), n + 1))?
            }
            None => first,
        };
        let talk = fields.get(2).and_then(|talk| talk.parse::<u64>().ok()).map(|seconds| seconds * 1_000);
        let call = profile.call(at, group, &mut chance);
        calls.push(PlannedCall { talk: talk.unwrap_or(call.talk), ..call });
    }
    Ok(calls)
}

/// What the data folder knows of the day.
fn recorded(folder: &Path, config: &TenantConfig, begin: Utc) -> anyhow::Result<Seen> {
    if !folder.is_dir() {
        bail!("there is no data folder {}", folder.display());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = Store::open_folder(folder).await?;
        let mut seen = Seen::default();
        for group in config.groups.keys() {
            let records = store.visited(&config.id, *group, (begin, begin + DAY)).await?;
            for record in &records {
                look(&mut seen, record, *group, begin);
            }
        }
        store.close().await;
        Ok(seen)
    })
}

fn look(seen: &mut Seen, record: &CallRecord, group: Number, begin: Utc) {
    let inside =
        |visit: &&VisitRecord| visit.group == group && visit.from >= begin && visit.from < begin + DAY;
    for visit in record.visits.iter().filter(inside) {
        let stayed = visit.to.map_or(Span(0), |to| to - visit.from);
        seen.stayed += stayed.0;
        seen.gave_up += u64::from(visit.outcome == Some(VisitOutcome::Abandoned));
        let served = visit.outcome == Some(VisitOutcome::Served);
        let leg = record.legs.iter().find(|leg| {
            leg.role == Role::Member
                && leg.group == Some(group)
                && visit.served_by.is_some_and(|party| leg.peer == Peer::Party(party))
                && leg.answered.is_some()
        });
        let talk = leg.filter(|_| served).and_then(|leg| Some((leg.ended? - leg.answered?).0));
        seen.talks.extend(talk);
        seen.calls.push(((visit.from - begin).0, group, talk));
    }
    for leg in record.legs.iter().filter(|leg| leg.role == Role::Member && leg.group == Some(group)) {
        match leg.answered {
            Some(answered) => seen.answers.push((answered - leg.started).0),
            None => seen.missed += u64::from(leg.cause == Some(model::fact::EndCause::NoAnswer)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_are_read() {
        assert_eq!(time_of_day("09:30"), Some(34_200_000));
        assert_eq!(time_of_day(" 00:00:01"), Some(1_000));
        for bad in ["", "9", "25:00", "09:60", "09:00:00:00", "time"] {
            assert_eq!(time_of_day(bad), None, "{bad}");
        }
    }
}
