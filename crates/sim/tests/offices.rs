//! Offices: what they come to beside Erlang's formulas, what a change does to the same people, and a million facts
//! lived twice and read back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::switchboard::Switchboard;
use model::config::resolve::{Around, resolve};
use model::config::{PromptText, Prompts, TenantConfig, tree};
use model::fact::Fact;
use model::id::{ConfigVersion, PartyId, Seed};
use model::input::Input;
use model::language::Language;
use model::number::Number;
use model::output::Output;
use model::saved::SavedState;
use model::time::Utc;
use model::time::{Now, Tick};
use sim::chance::{Chance, Lengths};
use sim::office::{Office, Plan};
use sim::whatif::erlang::{Steady, erlang_a, erlang_c};
use sim::whatif::{Agents, GroupDay, Profile, Question, check, rate_calls, staff, whatif};

const GROUP: &str = "+3726001001";

fn config(agents: u64, more: &str) -> Arc<TenantConfig> {
    let mut text = format!(
        "[company]\nid = \"office\"\n[[group]]\nnumber = \"{GROUP}\"\nname = \"G\"\npreset = \"customer_service\"\n\
         distribution = \"longest_idle\"\nring_time = \"20s\"\n{more}\n"
    );
    for agent in 1..=agents {
        text.push_str(&format!("[[group.member]]\nuser = \"m{agent}\"\n"));
    }
    for agent in 1..=agents {
        text.push_str(&format!("[[user]]\nname = \"m{agent}\"\n"));
    }
    let mut prompts = Prompts::default();
    let said = BTreeMap::from([(Language::En, PromptText { text: Arc::from("Spoken.") })]);
    for name in ["queue_full", "nobody_here", "unreachable", "music", "repeat"] {
        prompts.0.insert(name.parse().unwrap(), said.clone());
    }
    let party = |name: &model::id::PartyName| PartyId(name.as_str()[1..].parse().unwrap());
    let around = Around { party: &party, prompts: &prompts, time_zone: &|_| true };
    Arc::new(resolve(&tree::of_toml(&text).unwrap(), ConfigVersion(1), around).unwrap())
}

/// A day on which calls of `talk_s` come all day at `per_hour`, agents answer at once and are always there.
fn plan(agents: u64, per_hour: f64, talk_s: u64, patience: Lengths, seed: u64) -> Plan {
    let config = config(agents, "");
    let group: Number = GROUP.parse().unwrap();
    let profile = Profile { talk: Lengths::Exponential(talk_s * 1_000), patience, accepts: 0 };
    let people = Agents { answers: Lengths::Fixed(101), misses: 0, breaks: 0, rests: Lengths::Fixed(0) };
    let calls = rate_calls(group, per_hour, &|_| 1.0, &profile, &mut Chance::new(seed));
    let agents = staff(&config, &|_| vec![(0, 26 * 3_600_000)], &people);
    Plan { seed, config, begin: Utc(1_772_409_600_000_000), calls, agents }
}

/// Over several days: mean wait over all callers (those who give up included) in seconds, the part who wait at all, and
/// the part who give up.
fn steady(days: impl Iterator<Item = Plan>) -> Steady {
    let (mut waited, mut wait_at_all, mut gave_up, mut all) = (0_u64, 0_u64, 0_u64, 0_u64);
    for plan in days {
        let mut office = Office::open(&plan, SavedState::default());
        office.live(&mut |_| {}, &mut |_| {});
        for lived in &office.lived {
            // From the offer to the answer is the phone's time, not the line's.
            let in_line = lived.waited().saturating_sub(101);
            waited += in_line;
            wait_at_all += u64::from(in_line > 0);
            gave_up += u64::from(lived.outcome == Some(model::fact::VisitOutcome::Abandoned));
            all += 1;
        }
    }
    let all = all as f64;
    Steady {
        waits: wait_at_all as f64 / all,
        mean_wait_s: waited as f64 / all / 1_000.0,
        gives_up: gave_up as f64 / all,
    }
}

fn assert_near(told: f64, by_formula: f64, tolerance: f64, what: &str) {
    let off = (told - by_formula).abs() / by_formula;
    assert!(
        off < tolerance,
        "{what}: {told:.3} simulated, {by_formula:.3} by the formula, {:.1} % off",
        off * 100.0
    );
}

#[test]
fn a_simple_office_comes_to_what_erlang_c_says() {
    // Agents and calls of 180 s an hour: half an Erlang, three and a half, eight.
    for (agents, per_hour, days) in [(1, 10.0, 250), (5, 70.0, 36), (10, 160.0, 24)] {
        let days = (1..=days).map(|seed| plan(agents, per_hour, 180, Lengths::Fixed(u64::MAX), seed));
        let told = steady(days);
        let formula = erlang_c(u32::try_from(agents).unwrap(), per_hour / 3_600.0, 180.101).unwrap();
        assert_near(told.mean_wait_s, formula.mean_wait_s, 0.06, &format!("mean wait with {agents}"));
        assert_near(told.waits, formula.waits, 0.03, &format!("those who wait, with {agents}"));
        assert!(told.gives_up.abs() < f64::EPSILON);
    }
}

#[test]
fn a_simple_office_comes_to_what_erlang_a_says() {
    // Nearly full, more than full, and far too few for the calls.
    for (agents, per_hour, patience_s, days) in
        [(10, 190.0, 300, 16), (10, 220.0, 120, 16), (3, 90.0, 60, 36)]
    {
        let patience = Lengths::Exponential(patience_s * 1_000);
        let days = (1..=days).map(|seed| plan(agents, per_hour, 180, patience.clone(), seed));
        let told = steady(days);
        let formula =
            erlang_a(u32::try_from(agents).unwrap(), per_hour / 3_600.0, 180.101, patience_s as f64);
        let what = format!("with {agents} agents and {per_hour} calls an hour");
        assert_near(told.mean_wait_s, formula.mean_wait_s, 0.05, &format!("mean wait {what}"));
        assert_near(told.waits, formula.waits, 0.03, &format!("those who wait {what}"));
        assert_near(told.gives_up, formula.gives_up, 0.05, &format!("those who give up {what}"));
    }
}

#[test]
fn only_a_simple_group_is_held_against_the_formulas() {
    let group: Number = GROUP.parse().unwrap();
    let plan = plan(10, 190.0, 180, Lengths::Exponential(300_000), 5);
    let report = whatif(&Question { plan: plan.clone(), changed: None }, &mut |_, _| {});
    let told = check(&plan, group, &report.base.groups[&group]).unwrap();
    let in_hour = |call: &&sim::office::PlannedCall| call.at / 3_600_000 == told.at / 3_600_000;
    let calls = plan.calls.iter().filter(in_hour).count() as u64;
    assert_eq!((told.agents, told.calls), (10, calls));
    assert!((told.handle_s - 180.0).abs() < 40.0 && (told.patience_s - 300.0).abs() < 60.0, "{told:?}");
    assert_eq!(told.without_hurry, erlang_c(10, calls as f64 / 3_600.0, told.handle_s));
    assert!(told.with_hurry.gives_up > 0.02 && told.wait_s > 1.0 && told.gave_up > 0.0, "{told:?}");
    // Where callers leave by a limit the formulas tell nothing.
    let limited = Plan { config: config(10, "[group.queue]\nwait_max = \"10s\""), ..plan };
    let report = whatif(&Question { plan: limited.clone(), changed: None }, &mut |_, _| {});
    assert_eq!(check(&limited, group, &report.base.groups[&group]), None);
}

#[test]
fn a_change_meets_the_same_people() {
    let plan = plan(6, 130.0, 150, Lengths::Exponential(300_000), 3);
    let group: Number = GROUP.parse().unwrap();
    let same = whatif(&Question { plan: plan.clone(), changed: Some(plan.config.clone()) }, &mut |_, _| {});
    let changed = same.changed.unwrap();
    assert_eq!(same.base.groups, changed.groups, "nothing was changed");
    assert_eq!(same.base.agents, changed.agents);
    let shorter = Question { plan, changed: Some(config(6, "[group.queue]\nwait_max = \"30s\"")) };
    let mut shown = Vec::new();
    let report = whatif(&shorter, &mut |side, done| shown.push((side, done)));
    let (base, changed): (&GroupDay, GroupDay) =
        (&report.base.groups[&group], report.changed.unwrap().groups[&group].clone());
    assert_eq!(base.offered, changed.offered);
    assert_eq!((base.overflowed, changed.overflowed > 0), (0, true));
    assert!(changed.wait_at(100) <= 50_000 && base.wait_at(100) > 50_000, "{}", changed.wait_at(100));
    assert_eq!(changed.offered, changed.served + changed.abandoned + changed.overflowed);
    let shares: f64 = report.base.agents.iter().map(|agent| agent.share).sum();
    assert!((shares - 100.0).abs() < 0.01, "{shares}");
    assert!(report.base.agents.iter().all(|agent| agent.occupancy() > 50.0 && agent.occupancy() <= 100.0));
    assert!(shown.contains(&(0, 1_000)) && shown.is_sorted());
}

#[test]
fn a_million_facts_come_again_bit_for_bit() {
    let busy = std::rc::Rc::new(std::cell::RefCell::new(Vec::<Fact>::new()));
    let plan = plan(200, 3_600.0, 190, Lengths::Exponential(240_000), 9);
    let mut office = Office::open(&plan, SavedState::default());
    let kept = busy.clone();
    office.fact_seen = Some(Box::new(move |fact| kept.borrow_mut().push(fact.clone())));
    office.inputs = Some(Vec::new());
    office.live(&mut |_| {}, &mut |_| {});
    let inputs = office.inputs.take().unwrap();
    let facts = busy.borrow();
    assert!(facts.len() >= 1_000_000, "{} facts", facts.len());

    let mut next = 0;
    let mut again = Office::open(&plan, SavedState::default());
    let expected = &*facts;
    again.fact_seen = Some(Box::new(move |fact| {
        assert_eq!(*fact, expected[next], "fact {next}");
        next += 1;
    }));
    again.live(&mut |_| {}, &mut |_| {});
    assert_eq!(again.facts, facts.len() as u64);

    // Once more from what a journal keeps: every input written and read back.
    let now = Now { tick: Tick(0), utc: plan.begin };
    let mut board = Switchboard::new(plan.config.clone(), SavedState::default(), Seed(plan.seed), now);
    let mut next = 0;
    let compare = |board: &mut Switchboard, next: &mut usize| {
        while let Some(output) = board.poll_output() {
            if let Output::Fact(fact) = output {
                assert_eq!(fact, facts[*next], "fact {next} of what was read back");
                *next += 1;
            }
        }
    };
    compare(&mut board, &mut next);
    for (now, input) in inputs {
        let written = serde_json::to_vec(&(now, input)).unwrap();
        let (now, input): (Now, Input) = serde_json::from_slice(&written).unwrap();
        board.handle(now, input);
        compare(&mut board, &mut next);
    }
    assert_eq!(next, facts.len());
}
