//! How good estimated waits are (V-48, I-11, X-03), in offices whose chance the predictor never sees, beside an oracle
//! that knows it. Prints a table and, last, one line of JSON.
//!
//! `--tune` takes the days on which constants were chosen instead of those judged, `--days N` so many of each kind,
//! `--kind WORD` the kinds with that word in their names; QUICK=1 in the environment takes four days of each.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock and its environment")]

mod days;
mod figures;
mod oracle;
mod report;

use std::collections::BTreeMap;
use std::time::Instant;

use days::{HOUR, Kind, kinds};
use figures::{Figures, Judged, figures};
use model::fact::VisitOutcome;
use model::number::Number;
use model::saved::SavedState;
use model::time::Utc;
use oracle::Oracle;
use report::{head, json, row};
use sim::office::{Moment, Office, Plan};

/// Days judged of each kind.
const DAYS: u64 = 20;
const DAYS_QUICK: u64 = 4;

/// Seeds of the days judged and of those on which constants were chosen.
const JUDGED: u64 = 1;
const TUNED_ON: u64 = 100;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    let after = |flag: &str| words.iter().position(|word| word == flag).and_then(|at| words.get(at + 1));
    let quick = std::env::var("QUICK").is_ok_and(|quick| !quick.is_empty() && quick != "0");
    let usual = if quick { DAYS_QUICK } else { DAYS };
    let days = after("--days").map_or(usual, |days| days.parse().unwrap());
    let first = if words.iter().any(|word| word == "--tune") { TUNED_ON } else { JUDGED };
    let chosen = |kind: &Kind| after("--kind").is_none_or(|word| kind.name.contains(word));
    println!("{days} days of each kind, seeds {first} to {}", first + days - 1);
    println!("{}", head());
    let mut all = Vec::new();
    let mut each: Vec<(&str, Figures)> = Vec::new();
    for kind in kinds().into_iter().filter(chosen) {
        let judged: Vec<Judged> = (first..first + days).flat_map(|seed| judge(&kind, seed)).collect();
        let found = figures(&judged);
        println!("{}", row(kind.name, &found));
        each.push((kind.name, found));
        all.extend(judged);
    }
    let found = figures(&all);
    println!("{}", row("all", &found));
    println!("{}", json(&found, &each));
}

/// A day a week before is lived first; what was seen then is all the predictor begins with.
fn judge(kind: &Kind, seed: u64) -> Vec<Judged> {
    let before = kind.day(seed, 0);
    let mut office = Office::open(&before, SavedState::default());
    office.live(&mut |_| {}, &mut |_| {});
    let halves = half_hours(&before, &office);
    let saved = office.saved().clone();
    let plan = kind.day(seed, 1);
    let oracle = Oracle::new(kind, &plan);
    let mut office = Office::open(&plan, saved);
    let mut judged: BTreeMap<usize, Judged> = BTreeMap::new();
    let mut exponential = Exponential::default();
    office.live(
        &mut |moment| {
            let planned = &plan.calls[moment.planned];
            exponential.take(moment);
            if planned.patience < u64::MAX || judged.contains_key(&moment.planned) {
                return;
            }
            let half = planned.at / (HOUR / 2);
            let last_week = halves.get(&(moment.group, half)).copied().unwrap_or(0);
            judged.insert(moment.planned, look(moment, &oracle, exponential.of(moment.group), last_week));
        },
        &mut |_| {},
    );
    for lived in &office.lived {
        let served = lived.outcome == Some(VisitOutcome::Served);
        match judged.get_mut(&lived.planned) {
            Some(judged) if served => judged.actual = lived.waited(),
            Some(_) => {
                judged.remove(&lived.planned);
            }
            None => {}
        }
    }
    judged.into_values().collect()
}

fn look(moment: &Moment<'_>, oracle: &Oracle<'_>, exponential: u64, last_week: u64) -> Judged {
    let saved = &moment.state.groups[&moment.group];
    let position = saved.line.before(&saved.ranks[&moment.call]) as u64 + 1;
    let mean = |lengths: Vec<u64>| lengths.iter().sum::<u64>() / (lengths.len() as u64).max(1);
    let talk = mean(saved.handled.calls.iter().map(|(_, length)| length.0).collect());
    let wait = mean(saved.handled.waits.iter().map(|(_, length)| length.0).collect());
    let began = Instant::now();
    let told =
        engine::estimate::of_call(moment.state, moment.config, moment.group, moment.call, moment.now.utc);
    let cost = u64::try_from(began.elapsed().as_nanos()).unwrap();
    Judged {
        actual: 0,
        cost,
        told: told.map(|told| (told.p50.0, told.p90.0)),
        oracle: oracle.says(moment),
        legacy_talk: talk * position,
        legacy_avg: wait,
        exponential,
        last_week,
    }
}

/// Mean wait of those served, by half hour.
fn half_hours(plan: &Plan, office: &Office<'_>) -> BTreeMap<(Number, u64), u64> {
    let mut sums: BTreeMap<(Number, u64), (u64, u64)> = BTreeMap::new();
    for lived in office.lived.iter().filter(|lived| lived.outcome == Some(VisitOutcome::Served)) {
        let half = plan.calls[lived.planned].at / (HOUR / 2);
        let sum = sums.entry((lived.group, half)).or_default();
        sum.0 += lived.waited();
        sum.1 += 1;
    }
    sums.into_iter().map(|(key, (sum, count))| (key, sum / count)).collect()
}

/// The mean that Asterisk keeps: each new wait counts a quarter.
#[derive(Default)]
struct Exponential {
    means: BTreeMap<Number, (Utc, u64)>,
}

impl Exponential {
    fn take(&mut self, moment: &Moment<'_>) {
        for (number, saved) in &moment.state.groups {
            let (last, mean) = self.means.entry(*number).or_default();
            let known = *last;
            for (at, wait) in saved.handled.waits.iter().filter(|(at, _)| *at > known) {
                *mean = (*mean * 3 + wait.0) / 4;
                *last = *at;
            }
        }
    }

    fn of(&self, number: Number) -> u64 {
        self.means.get(&number).map_or(0, |(_, mean)| *mean)
    }
}
