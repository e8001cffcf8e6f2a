//! How good estimated waits are, in offices whose chance the predictor never sees, beside an oracle that knows it.
//! Prints a table and lines of JSON. `--tune` takes the days on which constants were chosen instead of those judged.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod days;
mod figures;
mod oracle;

use std::collections::BTreeMap;

use days::{HOUR, Kind, kinds};
use figures::{ERRORS, Figures, Judged, figures};
use model::fact::VisitOutcome;
use model::number::Number;
use model::saved::SavedState;
use model::time::Utc;
use oracle::Oracle;
use sim::office::{Moment, Office, Plan};

/// Days judged of each kind.
const DAYS: u64 = 4;

fn main() {
    let first = if std::env::args().any(|word| word == "--tune") { 100 } else { 1 };
    let mut all = Vec::new();
    println!(
        "{:<16}{:>8}{:>7}{:>7}{:>8}{:>7}{:>8}   mean error, s: {}",
        "days",
        "callers",
        "told %",
        "near %",
        "oracle",
        "<=P90",
        "oracle",
        ERRORS.join(" ")
    );
    for kind in kinds() {
        let judged: Vec<Judged> = (first..first + DAYS).flat_map(|seed| judge(&kind, seed)).collect();
        show(kind.name, &figures(&judged));
        all.extend(judged);
    }
    show("all", &figures(&all));
}

fn show(name: &str, figures: &Figures) {
    let errors: Vec<String> = figures.errors.iter().map(|error| format!("{error:.0}")).collect();
    println!(
        "{:<16}{:>8}{:>7.1}{:>7.1}{:>8.1}{:>7.1}{:>8.1}   {}",
        name,
        figures.callers,
        figures.told,
        figures.near,
        figures.near_oracle,
        figures.below_p90,
        figures.below_p90_oracle,
        errors.join(" ")
    );
    let errors: Vec<String> = ERRORS
        .iter()
        .zip(&figures.errors)
        .map(|(name, error)| format!("\"mae_{name}_s\":{error:.1}"))
        .collect();
    println!(
        "{{\"bench\":\"wait_estimate\",\"days\":\"{name}\",\"callers\":{},\"told_percent\":{:.1},\
         \"near_percent\":{:.1},\"oracle_near_percent\":{:.1},\"below_p90_percent\":{:.1},\
         \"oracle_below_p90_percent\":{:.1},{}}}",
        figures.callers,
        figures.told,
        figures.near,
        figures.near_oracle,
        figures.below_p90,
        figures.below_p90_oracle,
        errors.join(",")
    );
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
    let position = saved.line.range(..saved.ranks[&moment.call]).count() as u64 + 1;
    let mean = |lengths: Vec<u64>| lengths.iter().sum::<u64>() / (lengths.len() as u64).max(1);
    let talk = mean(saved.handled.calls.iter().map(|(_, length)| length.0).collect());
    let wait = mean(saved.handled.waits.iter().map(|(_, length)| length.0).collect());
    let told =
        engine::estimate::of_call(moment.state, moment.config, moment.group, moment.call, moment.now.utc);
    Judged {
        actual: 0,
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
