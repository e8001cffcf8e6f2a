//! Who calls and how people are: as recorded, listed one by one, or by chance at a rate.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::simulations::{People, Simulation};
use model::config::TenantConfig;
use model::id::PartyId;
use model::number::Number;
use sim::chance::{Chance, Lengths};
use sim::office::{Plan, PlannedCall};
use sim::whatif::{Agents, Profile, rate_calls, staff, usual_staff};

use super::day::Day;
use super::fault::{Fault, Field};
use super::recorded::{Recorded, RecordedCall};

/// With fewer examples what is given counts, not what was seen.
const SEEN_MIN: usize = 20;

/// Calls of one group in its busiest hour at most.
const RATE_MAX: f64 = 100_000.0;

/// Hours that the busiest one would make of a day.
const HOURS_FULL: f64 = 7.75;

const DAY_S: f64 = 86_400.0;

/// When nothing is said or recorded.
const SHIFT: &str = "08:00-17:00";
/// Instead of a shift: not at work.
const ABSENT: &str = "none";

/// What a day is made from.
pub(crate) struct Around<'a> {
    pub(crate) wish: &'a Simulation,
    pub(crate) config: &'a Arc<TenantConfig>,
    pub(crate) day: &'a Day,
    pub(crate) recorded: Option<&'a Recorded>,
    /// More calls are refused.
    pub(crate) calls_max: usize,
}

/// The day's callers and agents, and where they come from.
pub(crate) fn plan(around: &Around<'_>) -> Result<(Plan, People), Fault> {
    let Around { wish, config, day, recorded, calls_max } = around;
    check_percents(wish)?;
    let nothing = Recorded::default();
    let recorded = recorded.unwrap_or(&nothing);
    let seed = wish.seed.unwrap_or(1);
    let (profile, agents, mut people) = how_people_are(wish, recorded)?;
    let mut calls = match (&wish.rates, &wish.calls) {
        (Some(_), Some(_)) => {
            return Err(Fault::of(
                Field::Rates,
                "rates and listed calls exclude one another: give one of them",
            ));
        }
        (Some(rates), None) => {
            people.source = "rates";
            by_rates(rates, around, &profile, seed)?
        }
        (None, Some(list)) => {
            people.source = "calls";
            listed(list, around, &profile, seed)?
        }
        (None, None) => {
            people.source = "recorded";
            let mut chance = chance(seed, 77);
            recorded.calls.iter().map(|call| again(call, wish, &profile, &mut chance)).collect()
        }
    };
    if calls.len() > *calls_max {
        return Err(Fault::of(
            source_field(wish),
            format!("{} calls; at most {calls_max} are simulated", calls.len()),
        ));
    }
    if calls.is_empty() && wish.calls.is_some() {
        return Err(Fault::of(Field::Calls, "there is no call in it".to_owned()));
    }
    calls.sort_by_key(|call| call.at);
    people.calls = calls.len() as u64;
    let shifts = shifts(wish, config, day, recorded)?;
    let seen = |(party, stretches): &(&PartyId, &Vec<(u64, u64)>)| shifts.get(party) == Some(*stretches);
    people.shifts_seen = recorded.shifts.iter().filter(seen).count() as u64;
    let agents = staff(config, &|party| shifts.get(&party).cloned().unwrap_or_default(), &agents);
    let config = Arc::clone(config);
    Ok((Plan { seed, config, begin: day.begin, calls, agents }, people))
}

/// Where the calls of a wish come from.
pub(crate) fn source_field(wish: &Simulation) -> Field {
    match (&wish.rates, &wish.calls) {
        (Some(_), _) => Field::Rates,
        (None, Some(_)) => Field::Calls,
        (None, None) => Field::Day,
    }
}

fn check_percents(wish: &Simulation) -> Result<(), Fault> {
    let percents = [
        (Field::Misses, wish.misses.unwrap_or(0)),
        (Field::Breaks, wish.breaks),
        (Field::Accepts, wish.accepts.unwrap_or(0)),
    ];
    match percents.into_iter().find(|(_, percent)| *percent > 100) {
        Some((field, percent)) => Err(Fault::of(field, format!("{percent} is no percentage, 0 to 100"))),
        None => Ok(()),
    }
}

/// Seconds as milliseconds.
fn length(field: Field, given: Option<f64>, usual: f64) -> Result<u64, Fault> {
    let seconds = given.unwrap_or(usual);
    if (0.0..=DAY_S).contains(&seconds) {
        Ok((seconds * 1_000.0).round() as u64)
    } else {
        Err(Fault::of(field, format!("{seconds} seconds are less than none or more than a day")))
    }
}

fn how_people_are(wish: &Simulation, recorded: &Recorded) -> Result<(Profile, Agents, People), Fault> {
    let seen = &recorded.seen;
    let mut people = People {
        source: "",
        calls: 0,
        agents: 0,
        talks_seen: 0,
        offers_seen: 0,
        given_up_seen: 0,
        shifts_seen: 0,
    };
    let given = length(Field::Talk, wish.talk_s, 150.0)?;
    let talk = if seen.talks.len() >= SEEN_MIN && wish.talk_s.is_none() {
        people.talks_seen = seen.talks.len() as u64;
        Lengths::Seen(seen.talks.clone())
    } else {
        Lengths::Lognormal(given, 0.8)
    };
    let given = length(Field::Patience, wish.patience_s, 300.0)?;
    // How long they wait before they give up: all waiting by those who did (exponential, censored).
    let patience = if seen.gave_up as usize >= SEEN_MIN / 2 && wish.patience_s.is_none() {
        people.given_up_seen = seen.gave_up;
        seen.waited / seen.gave_up
    } else {
        given
    };
    let given = length(Field::Answer, wish.answer_s, 4.0)?;
    let offers = seen.answers.len() as u64 + seen.missed;
    let enough = offers >= SEEN_MIN as u64;
    let answers = if enough && !seen.answers.is_empty() && wish.answer_s.is_none() {
        people.offers_seen = offers;
        Lengths::Seen(seen.answers.clone())
    } else {
        Lengths::Lognormal(given, 0.5)
    };
    let misses = match wish.misses {
        Some(misses) => misses,
        None if enough => {
            people.offers_seen = offers;
            100 * seen.missed / offers
        }
        None => 3,
    };
    let rest = length(Field::Rest, wish.rest_s, 300.0)?;
    let accepts = wish.accepts.unwrap_or(50);
    let profile = Profile { talk, patience: Lengths::Exponential(patience), accepts };
    let agents = Agents { answers, misses, breaks: wish.breaks, rests: Lengths::Lognormal(rest, 0.5) };
    Ok((profile, agents, people))
}

/// A recorded call comes again. Who gave up does so after the same time; who was served would have waited for longer,
/// nobody knows how long: as much longer as others do.
fn again(call: &RecordedCall, wish: &Simulation, profile: &Profile, chance: &mut Chance) -> PlannedCall {
    let drawn = profile.call(call.at, call.group, chance);
    let patience = match (wish.patience_s, call.gave_up) {
        (Some(_), _) => drawn.patience,
        (None, true) => call.waited,
        (None, false) => call.waited + drawn.patience,
    };
    let talk = match (wish.talk_s, call.talk) {
        (None, Some(talk)) => talk,
        (Some(_), _) | (None, None) => drawn.talk,
    };
    let accepts = if wish.accepts.is_none() && call.asked { true } else { drawn.accepts };
    PlannedCall { patience, talk, accepts, number: call.number.or(drawn.number), ..drawn }
}

/// The part of the busiest hour that each hour of the day brings.
fn office_hours(hour: i8) -> f64 {
    match hour {
        8 | 16 => 0.6,
        9 | 12 | 15 => 0.85,
        10 | 11 | 13 | 14 => 1.0,
        _ => 0.0,
    }
}

/// `*` stands for every group that has no rate of its own.
fn by_rates(
    rates: &BTreeMap<String, f64>,
    around: &Around<'_>,
    profile: &Profile,
    seed: u64,
) -> Result<Vec<PlannedCall>, Fault> {
    let mut per_group: BTreeMap<Number, f64> = BTreeMap::new();
    for (name, rate) in rates {
        if !(0.0..=RATE_MAX).contains(rate) {
            let text = format!("{rate} is no rate: calls in the busiest hour, 0 to {RATE_MAX}");
            return Err(Fault::of(Field::Rates, text));
        }
        if name != "*" {
            per_group
                .insert(group_of(name, around.config).map_err(|text| Fault::of(Field::Rates, text))?, *rate);
        }
    }
    if let Some(rate) = rates.get("*") {
        for group in around.config.groups.keys() {
            per_group.entry(*group).or_insert(*rate);
        }
    }
    let expected = per_group.values().sum::<f64>() * HOURS_FULL;
    if expected > around.calls_max as f64 {
        let text = format!("about {expected:.0} calls; at most {} are simulated", around.calls_max);
        return Err(Fault::of(Field::Rates, text));
    }
    let shape = |hour: u64| office_hours(around.day.hour(hour * 3_600_000));
    let mut calls = Vec::new();
    for (at, group) in around.config.groups.keys().enumerate() {
        let Some(rate) = per_group.get(group) else { continue };
        calls.extend(rate_calls(*group, *rate, &shape, profile, &mut chance(seed, at as u64 + 1)));
    }
    Ok(calls)
}

/// The group of a number or name.
fn group_of(text: &str, config: &TenantConfig) -> Result<Number, String> {
    let text = text.trim();
    let number: Option<Number> = text.parse().ok();
    let found = config.groups.iter().find(|(known, group)| Some(**known) == number || group.name == text);
    found.map(|(number, _)| *number).ok_or_else(|| {
        let known: Vec<String> = config.groups.keys().map(ToString::to_string).collect();
        let known = if known.is_empty() { "no group at all".to_owned() } else { known.join(", ") };
        format!("the company has no group `{text}`; it has {known}")
    })
}

/// Lines of `time[,group[,talk in seconds]]`; lines that begin with `#` are passed over, and so is a first line without
/// a digit, a heading. Without a group the first one is called.
fn listed(list: &str, around: &Around<'_>, profile: &Profile, seed: u64) -> Result<Vec<PlannedCall>, Fault> {
    let mut chance = chance(seed, 78);
    let mut calls = Vec::new();
    let text = list.strip_prefix('\u{feff}').unwrap_or(list);
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        let heading = n == 0 && !line.bytes().any(|byte| byte.is_ascii_digit());
        if line.is_empty() || line.starts_with('#') || heading {
            continue;
        }
        let call = listed_call(line, around, profile, &mut chance);
        calls.push(call.map_err(|text| Fault {
            field: Field::Calls,
            line: u32::try_from(n + 1).ok(),
            text,
        })?);
        if calls.len() > around.calls_max {
            return Err(Fault::of(Field::Calls, format!("more than {} calls", around.calls_max)));
        }
    }
    Ok(calls)
}

fn listed_call(
    line: &str,
    around: &Around<'_>,
    profile: &Profile,
    chance: &mut Chance,
) -> Result<PlannedCall, String> {
    let fields: Vec<&str> =
        line.split([',', ';', '\t']).map(|field| field.trim().trim_matches('"')).collect();
    if fields.len() > 3 {
        return Err(format!(
            "{} fields; there are three at most: time, group, talk in seconds",
            fields.len()
        ));
    }
    let at = around.day.at(fields[0]);
    let at = at.filter(|at| *at < around.day.length());
    let at =
        at.ok_or_else(|| format!("`{}` is no time of day, as 09:30 or 09:30:15", shortened(fields[0])))?;
    let group = match fields.get(1).filter(|group| !group.is_empty()) {
        Some(group) => group_of(shortened(group), around.config)?,
        None => around.config.groups.keys().next().copied().ok_or("the company has no group to call")?,
    };
    let call = profile.call(at, group, chance);
    let talk = match fields.get(2).filter(|talk| !talk.is_empty()) {
        None => call.talk,
        Some(talk) => {
            let seconds = talk.parse::<f64>().ok().filter(|seconds| (0.0..=DAY_S).contains(seconds));
            let seconds = seconds
                .ok_or_else(|| format!("`{}` is no talk in seconds, 0 to 86400, as 120", shortened(talk)))?;
            (seconds * 1_000.0) as u64
        }
    };
    Ok(PlannedCall { talk, ..call })
}

/// What is shown of a field: a broken file may be one long line.
fn shortened(text: &str) -> &str {
    text.char_indices().nth(40).map_or(text, |(at, _)| &text[..at])
}

/// When each agent is at work.
fn shifts(
    wish: &Simulation,
    config: &TenantConfig,
    day: &Day,
    recorded: &Recorded,
) -> Result<BTreeMap<PartyId, Vec<(u64, u64)>>, Fault> {
    let mut for_all = Vec::new();
    let mut own: BTreeMap<PartyId, Vec<(u64, u64)>> = BTreeMap::new();
    for text in &wish.shifts {
        match text.split_once('=') {
            Some((name, stretch)) => {
                let party = config.party_by_name(name.trim()).ok_or_else(|| {
                    Fault::of(
                        Field::Shifts,
                        format!("the company has nobody called `{}`", shortened(name.trim())),
                    )
                })?;
                let stretches = own.entry(party).or_default();
                if stretch.trim() != ABSENT {
                    stretches.push(stretch_of(stretch, day)?);
                }
            }
            None => for_all.push(stretch_of(text, day)?),
        }
    }
    // Who is not named is at work as he would be without a word.
    let usual = |stretches: Vec<(u64, u64)>| {
        usual_staff(config).into_iter().map(|party| (party, stretches.clone())).collect::<BTreeMap<_, _>>()
    };
    let mut shifts = if !for_all.is_empty() {
        usual(for_all)
    } else if recorded.shifts.is_empty() {
        usual(vec![stretch_of(SHIFT, day)?])
    } else {
        recorded.shifts.clone()
    };
    shifts.extend(own);
    for (party, stretches) in &mut shifts {
        stretches.sort_unstable();
        if stretches.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            let name = config.party_name(*party).map(ToString::to_string).unwrap_or_default();
            return Err(Fault::of(Field::Shifts, format!("the stretches of {name} overlap")));
        }
    }
    Ok(shifts)
}

fn stretch_of(text: &str, day: &Day) -> Result<(u64, u64), Fault> {
    let read = text.split_once('-').and_then(|(from, to)| day.at(from).zip(day.at(to)));
    read.filter(|(from, to)| from < to).ok_or_else(|| {
        let text =
            format!("`{}` is no shift, as 08:00-17:00, aino=09:00-15:00 or aino=none", shortened(text));
        Fault::of(Field::Shifts, text)
    })
}

/// Streams of chance that do not disturb one another.
fn chance(seed: u64, what: u64) -> Chance {
    Chance::new(seed ^ what.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

#[cfg(test)]
mod tests;
