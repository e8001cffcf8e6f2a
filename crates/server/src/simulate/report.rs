//! What came of a day, as the API gives it; the pictures are drawn from the same.

use std::collections::BTreeSet;

use api::simulations::{
    AgentFigures, Formulas, GroupFigures, People, QuarterFigures, SimulatedAgent, SimulatedGroup, Simulation,
    SimulationReport, WaitFigures, Within,
};
use model::id::PartyId;
use model::language::Language;
use model::number::Number;
use sim::whatif::{AgentDay, GroupDay, Question, Report, Side, check};

use super::day::Day;
use super::svg;

/// Points of the curve of answers, seconds.
const WITHIN: [u64; 22] =
    [0, 2, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 120, 150, 180, 240, 300, 420, 600, 900, 1_800, 3_600];

/// The report of a day.
pub(crate) fn of(
    wish: &Simulation,
    day: &Day,
    people: People,
    (question, told): (&Question, &Report),
    language: Language,
) -> SimulationReport {
    let config = &question.plan.config;
    let mut groups = Vec::new();
    for (number, group) in &config.groups {
        let base = told.base.groups.get(number);
        let changed = told.changed.as_ref().map(|side| side.groups.get(number));
        if base.is_none() && changed.flatten().is_none() {
            continue;
        }
        let nobody = GroupDay::default();
        let base = base.unwrap_or(&nobody);
        let changed = question.changed.as_ref().zip(changed).map(|(config, group_day)| {
            let level = config.groups.get(number).map_or(0, |group| group.service_level.0);
            group_figures(group_day.unwrap_or(&nobody), level, day)
        });
        let mut shown = SimulatedGroup {
            number: number.to_string(),
            name: group.name.clone(),
            base: group_figures(base, group.service_level.0, day),
            changed,
            formulas: formulas(question, *number, base, day),
            svg: String::new(),
        };
        shown.svg = svg::of_group(&shown, language);
        groups.push(shown);
    }
    let agents = agents(question, told);
    let people = People { agents: agents.len() as u64, ..people };
    let mut report = SimulationReport {
        day: day.date.to_string(),
        time_zone: config.time_zone.clone(),
        people,
        changes: wish.changes.clone(),
        agents,
        groups,
        svg: String::new(),
    };
    report.svg = svg::of_report(&report, language);
    report
}

fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1_000.0
}

/// To a tenth of a per cent: more is not known.
fn tenths(percent: f64) -> f64 {
    (percent * 10.0).round() / 10.0
}

/// To a hundredth of a second.
fn hundredths(seconds: f64) -> f64 {
    (seconds * 100.0).round() / 100.0
}

fn group_figures(day: &GroupDay, level: u64, clock: &Day) -> GroupFigures {
    let known = |wait: u64| (!day.waits.is_empty()).then(|| seconds(wait));
    let decided = day.served + day.abandoned + day.overflowed + day.called_back;
    let quarter = |(at, quarter): (&u64, &sim::whatif::Quarter)| QuarterFigures {
        at: clock.clock(at * 900_000),
        offered: quarter.offered,
        answered: quarter.served,
        abandoned: quarter.abandoned,
        wait_s: quarter.wait_mean().map(seconds),
    };
    let longest = day.wait_at(100);
    // One point beyond the longest wait, where the curve stays.
    let points = WITHIN.partition_point(|s| s * 1_000 < longest) + 1;
    let within = WITHIN.iter().take(points.max(7));
    GroupFigures {
        offered: day.offered,
        answered: day.served,
        abandoned: day.abandoned,
        overflowed: day.overflowed,
        called_back: day.called_back,
        inside: day.offered - decided,
        within_s: seconds(level),
        answered_in_time: day.in_time,
        service_level: tenths(day.service_level()),
        service_level_without_abandoned_in_time: tenths(day.service_level_without_early()),
        abandonment: tenths(day.abandonment()),
        wait: WaitFigures {
            average_s: known(day.wait_mean()),
            p50_s: known(day.wait_at(50)),
            p90_s: known(day.wait_at(90)),
            p95_s: known(day.wait_at(95)),
            longest_s: known(longest),
        },
        quarters: day.quarters.iter().map(quarter).collect(),
        answered_within: within
            .map(|s| Within { s: *s, percent: tenths(day.served_within(s * 1_000)) })
            .collect(),
    }
}

fn formulas(question: &Question, number: Number, base: &GroupDay, day: &Day) -> Option<Formulas> {
    let told = check(&question.plan, number, base)?;
    Some(Formulas {
        at: day.clock(told.at),
        calls: told.calls,
        agents: told.agents,
        handle_s: hundredths(told.handle_s),
        patience_s: hundredths(told.patience_s),
        erlang_c_wait_s: told.without_hurry.map(|steady| hundredths(steady.mean_wait_s)),
        erlang_a_wait_s: hundredths(told.with_hurry.mean_wait_s),
        erlang_a_abandonment: tenths(told.with_hurry.gives_up * 100.0),
        simulated_wait_s: hundredths(told.wait_s),
        simulated_abandonment: tenths(told.gave_up),
    })
}

/// Members of groups that were called; calls are shared among them.
fn agents(question: &Question, told: &Report) -> Vec<SimulatedAgent> {
    let config = &question.plan.config;
    let called = |number: &Number| {
        let changed = told.changed.as_ref().is_some_and(|side| side.groups.contains_key(number));
        changed || told.base.groups.contains_key(number)
    };
    let groups =
        config.groups.values().chain(question.changed.iter().flat_map(|config| config.groups.values()));
    let concerned: BTreeSet<PartyId> = groups
        .filter(|group| called(&group.number))
        .flat_map(|group| group.members.iter().map(|member| member.party))
        .collect();
    let side = |side: &Side| {
        let days: Vec<&AgentDay> = side.agents.iter().filter(|day| concerned.contains(&day.party)).collect();
        let calls: u64 = days.iter().map(|day| day.worked.calls).sum();
        let at_work: u64 = days.iter().map(|day| day.worked.at_work).sum();
        days.into_iter().map(|day| (day.party, agent_figures(day, (calls, at_work)))).collect::<Vec<_>>()
    };
    let changed = told.changed.as_ref().map(side);
    let days = side(&told.base).into_iter().enumerate();
    days.map(|(at, (party, base))| SimulatedAgent {
        user: config.party_name(party).map(ToString::to_string).unwrap_or_default(),
        base,
        changed: changed.as_ref().and_then(|changed| changed.get(at)).map(|(_, day)| day.clone()),
    })
    .collect()
}

fn agent_figures(day: &AgentDay, (calls, at_work): (u64, u64)) -> AgentFigures {
    let percent = |part: u64, of: u64| if of == 0 { 0.0 } else { tenths(100.0 * part as f64 / of as f64) };
    AgentFigures {
        at_work_s: day.worked.at_work / 1_000,
        answered: day.worked.calls,
        missed: day.worked.missed,
        talk_s: day.worked.talked / 1_000,
        occupancy: tenths(day.occupancy()),
        share: percent(day.worked.calls, calls),
        fair_share: percent(day.worked.at_work, at_work),
    }
}
