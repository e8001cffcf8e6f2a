//! Estimated waits over whole days with people of all kinds: what must hold whatever they do (V-48, I-11, X-03).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use engine::estimate::{of_call, of_line};
use engine::live::{self, Shown};
use engine::speech;
use model::config::resolve::{Around, resolve};
use model::config::{PromptText, Prompts, TenantConfig, tree};
use model::fact::{Fact, Place, What};
use model::id::{CallId, ConfigVersion, PartyId};
use model::language::Language;
use model::number::Number;
use model::saved::SavedState;
use model::time::Utc;
use sim::chance::{Chance, Lengths};
use sim::office::{Moment, Office, Plan, PlannedAgent};
use sim::whatif::{Profile, rate_calls};

const GROUPS: [&str; 2] = ["+3726001001", "+3726001002"];
const HOUR: u64 = 3_600_000;
/// With fewer calls behind it an estimate must be silent.
const SAMPLES_MIN: usize = 10;

/// What was shown last: P50 and P90, seconds.
type Before = BTreeMap<CallId, (u32, u32)>;

/// What a day has shown.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    began_to_wait: usize,
    told: usize,
    silent_early: usize,
    /// The line as it was shown was held against what was shown before.
    shown_again: usize,
    /// Minutes as they were said to each caller.
    said: BTreeMap<CallId, Vec<u32>>,
}

/// req V-48, X-03, I-11: an estimate is silent before enough is known, its middle is not above its ninth tenth, it
/// comes from the saved state alone, and neither what is said nor what is shown ever rises for a caller who waits.
#[test]
fn an_estimate_keeps_its_promises_whatever_people_do() {
    let (mut told, mut began, mut again, mut early, mut shown_again) = (0, 0, 0, 0, 0);
    for seed in 1..=6 {
        let seen = live_day(seed);
        told += seen.told;
        began += seen.began_to_wait;
        for (call, minutes) in &seen.said {
            assert!(minutes.is_sorted_by(|said, next| said >= next), "{call:?} heard {minutes:?}");
        }
        again += seen.said.values().filter(|minutes| minutes.len() > 1).count();
        early += seen.silent_early;
        shown_again += seen.shown_again;
    }
    assert!(told * 2 > began, "only {told} of {began} were told something");
    assert!(again > 100, "only {again} heard their wait more than once");
    assert!(early > 10, "only {early} came before enough was known");
    assert!(shown_again > 1_000, "only {shown_again} were shown more than once");
}

/// req X-03: the same day gives the same estimates.
#[test]
fn the_same_day_gives_the_same_estimates() {
    assert_eq!(live_day(7), live_day(7));
}

fn live_day(seed: u64) -> Seen {
    let plan = plan(seed);
    let seen = Rc::new(RefCell::new(Seen::default()));
    let mut shown: BTreeMap<Number, (Shown, Before)> = BTreeMap::new();
    let mut office = Office::open(&plan, SavedState::default());
    let heard = seen.clone();
    office.fact_seen = Some(Box::new(move |fact| hear(&mut heard.borrow_mut(), fact)));
    office.live(
        &mut |moment| {
            let mut seen = seen.borrow_mut();
            judge(moment, &mut seen);
            let (cap, before) = shown.entry(moment.group).or_default();
            seen.shown_again += show(moment, cap, before);
        },
        &mut |_| {},
    );
    drop(office);
    Rc::into_inner(seen).unwrap().into_inner()
}

fn judge(moment: &Moment<'_>, seen: &mut Seen) {
    let Moment { state, config, now, call, group, .. } = *moment;
    seen.began_to_wait += 1;
    let told = of_call(state, config, group, call, now.utc);
    if state.groups[&group].handled.calls.len() < SAMPLES_MIN {
        assert_eq!(told, None, "nothing is known yet");
        seen.silent_early += 1;
    }
    seen.told += usize::from(told.is_some());
    let all = of_line(state, config, group, now.utc);
    for (call, estimate) in &all {
        assert!(estimate.p50 <= estimate.p90, "{call:?}: {estimate:?}");
    }
    let last = state.groups[&group].line.values().next_back();
    if last == Some(&call) {
        assert_eq!(all.get(&call), told.as_ref(), "of the whole line as of one");
    }
    if seen.began_to_wait.is_multiple_of(50) {
        let text = serde_json::to_string(state).unwrap();
        let read: SavedState = serde_json::from_str(&text).unwrap();
        assert_eq!(of_call(&read, config, group, call, now.utc), told, "read back from its saved form");
    }
}

/// How many were shown before; nothing rises for them.
fn show(moment: &Moment<'_>, cap: &mut Shown, before: &mut Before) -> usize {
    let Moment { state, config, now, group, .. } = *moment;
    let mut line = live::group(state, config, group, now.utc, &|_| None).unwrap().waiting;
    cap.never_longer(&mut line);
    let mut again = 0;
    let mut shown = Before::new();
    for waiting in &line {
        let now = waiting.estimated_wait_s.zip(waiting.estimated_wait_p90_s);
        if let Some((p50, p90)) = before.get(&waiting.call) {
            let (now50, now90) = now.expect("what was shown once is not taken back");
            assert!(now50 <= *p50 && now90 <= *p90, "{:?} was shown {p50}, then {now50}", waiting.call);
            again += 1;
        }
        if let Some((p50, p90)) = now {
            assert!(p50 <= p90);
            shown.insert(waiting.call, (p50, p90));
        }
    }
    *before = shown;
    again
}

fn hear(seen: &mut Seen, fact: &Fact) {
    if let What::Heard { leg, place: Place::Wait, text, .. } = &fact.what {
        seen.said.entry(leg.call).or_default().push(minutes(text));
    }
}

/// "The estimated waiting time is 1 hour 20 minutes" is 80; "less than a minute" is 0.
fn minutes(said: &str) -> u32 {
    let words: Vec<&str> = said.split_whitespace().collect();
    words.windows(2).fold(0, |sum, pair| match (pair[0].parse::<u32>(), pair[1]) {
        (Ok(hours), unit) if unit.starts_with("hour") => sum + hours * 60,
        (Ok(minutes), unit) if unit.starts_with("minute") => sum + minutes,
        (Ok(_) | Err(_), _) => sum,
    })
}

/// Two groups with an agent or more in both; what chance decides differs from day to day.
fn plan(seed: u64) -> Plan {
    let mut chance = Chance::new(seed);
    let (own, shared) = (chance.within(1, 6), chance.within(1, 3));
    let config = config(own, shared);
    let talk =
        if seed.is_multiple_of(2) { Lengths::Lognormal(120_000, 0.9) } else { Lengths::Pareto(50_000, 1.6) };
    let profile = Profile { talk, patience: Lengths::Exponential(8 * 60_000), accepts: 0 };
    let per_hour = (own * 2 + shared) as f64 * 9.0;
    let shape = |hour: u64| if (8..14).contains(&hour) { 1.0 } else { 0.0 };
    let mut calls: Vec<_> = GROUPS
        .iter()
        .flat_map(|group| rate_calls(group.parse().unwrap(), per_hour, &shape, &profile, &mut chance))
        .collect();
    // Some pass others: their estimates must not rise for it.
    for call in calls.iter_mut().step_by(9) {
        call.number = Some("+3725557000".parse().unwrap());
    }
    calls.sort_by_key(|call| call.at);
    let agents = (1..=own * 2 + shared).map(|agent| PlannedAgent {
        party: PartyId(agent),
        shifts: vec![(8 * HOUR, 11 * HOUR), (11 * HOUR + agent * 600_000, 15 * HOUR)],
        answers: Lengths::Lognormal(4_000, 0.5),
        misses: 5,
        breaks: 6,
        rests: Lengths::Exponential(240_000),
    });
    Plan { seed, config, begin: Utc(1_772_409_600_000_000), calls, agents: agents.collect() }
}

fn config(own: u64, shared: u64) -> Arc<TenantConfig> {
    let mut text = String::from("[company]\nid = \"office\"\n");
    for agent in 1..=own * 2 + shared {
        text.push_str(&format!("[[user]]\nname = \"m{agent}\"\n"));
    }
    for (at, group) in (0..).zip(GROUPS) {
        text.push_str(&format!(
            "[[group]]\nnumber = \"{group}\"\nname = \"G{at}\"\npreset = \"customer_service\"\nlanguage = \"en\"\n\
             distribution = \"longest_idle\"\nring_time = \"15s\"\nwrap_up = \"15s\"\n\
             announcements = {{ wait = true, repeat_every = \"20s\", entry = \"none\", repeat = \"none\" }}\n\
             queue = {{ priority = [{{ caller = \"+37255570\", level = 1 }}] }}\n"
        ));
        for agent in (at * own + 1..=(at + 1) * own).chain(own * 2 + 1..=own * 2 + shared) {
            text.push_str(&format!("[[group.member]]\nuser = \"m{agent}\"\n"));
        }
    }
    let mut prompts = Prompts::default();
    let mut put = |name: &str, text: &str| {
        let said = BTreeMap::from([(Language::En, PromptText { text: Arc::from(text) })]);
        prompts.0.insert(name.parse().unwrap(), said);
    };
    for name in ["queue_full", "nobody_here", "unreachable", "music"] {
        put(name, "Spoken.");
    }
    for piece in speech::pieces(Language::En) {
        put(piece.name.as_str(), &piece.text);
    }
    let party = |name: &model::id::PartyName| PartyId(name.as_str()[1..].parse().unwrap());
    let around = Around { party: &party, prompts: &prompts, time_zone: &|_| true };
    Arc::new(resolve(&tree::of_toml(&text).unwrap(), ConfigVersion(1), around).unwrap())
}
