//! What a terminal shows, to the column.

use api::simulations::{
    AgentFigures, Formulas, GroupFigures, People, QuarterFigures, SimulatedAgent, SimulatedGroup,
    SimulationReport, WaitFigures, Within,
};

use super::of;

fn figures(wait: f64, gave_up: u64) -> GroupFigures {
    let quarter = |at: &str, wait_s: Option<f64>| QuarterFigures {
        at: at.to_owned(),
        offered: 2,
        answered: u64::from(wait_s.is_some()) * 2,
        abandoned: 0,
        wait_s,
    };
    GroupFigures {
        offered: 100,
        answered: 100 - gave_up,
        abandoned: gave_up,
        overflowed: 0,
        called_back: 0,
        inside: 0,
        within_s: 20.0,
        answered_in_time: 80,
        service_level: 80.0,
        service_level_without_abandoned_in_time: 81.0,
        abandonment: gave_up as f64,
        wait: WaitFigures {
            average_s: Some(wait),
            p50_s: Some(wait / 2.0),
            p90_s: Some(wait * 2.0),
            p95_s: Some(wait * 3.0),
            longest_s: Some(wait * 100.0),
        },
        quarters: vec![
            quarter("09:00", Some(0.0)),
            quarter("09:15", Some(wait)),
            quarter("09:30", None),
            quarter("09:45", Some(wait * 4.0)),
            quarter("10:30", Some(wait * 2.0)),
        ],
        answered_within: vec![Within { s: 0, percent: 0.0 }, Within { s: 20, percent: 80.0 }],
    }
}

fn agent(user: &str, calls: u64) -> SimulatedAgent {
    let day = |answered: u64| AgentFigures {
        at_work_s: 29_700,
        answered,
        missed: 3,
        talk_s: 9_000,
        occupancy: 75.5,
        share: 50.0,
        fair_share: 49.9,
    };
    SimulatedAgent { user: user.to_owned(), base: day(calls), changed: Some(day(calls + 1)) }
}

fn report() -> SimulationReport {
    let people = People {
        source: "recorded",
        calls: 100,
        agents: 2,
        talks_seen: 95,
        offers_seen: 101,
        given_up_seen: 0,
        shifts_seen: 2,
    };
    let formulas = Formulas {
        at: "09:00".to_owned(),
        calls: 60,
        agents: 3,
        handle_s: 150.0,
        patience_s: 300.0,
        erlang_c_wait_s: None,
        erlang_a_wait_s: 11.0,
        erlang_a_abandonment: 4.0,
        simulated_wait_s: 12.0,
        simulated_abandonment: 5.0,
    };
    let group = SimulatedGroup {
        number: "+35810200010".to_owned(),
        name: "Asiakaspalvelu".to_owned(),
        base: figures(40.0, 10),
        changed: Some(figures(30.0, 10)),
        formulas: Some(formulas),
        svg: String::new(),
    };
    SimulationReport {
        day: "2026-03-02".to_owned(),
        time_zone: "Europe/Helsinki".to_owned(),
        people,
        changes: vec!["group[+35810200010].parallel=2".to_owned()],
        groups: vec![group],
        agents: vec![agent("aino", 48), agent("maximilian", 52)],
        svg: String::new(),
    }
}

const SHOWN: &str = include_str!("shown.txt");

#[test]
fn a_day_is_shown_side_by_side() {
    let shown = of(&report());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/src/simulate/picture/shown.txt"), &shown)
            .unwrap();
        return;
    }
    assert_eq!(shown, SHOWN, "\n{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80 && line.trim_end() == line));
}

#[test]
fn a_day_without_a_change_and_without_answers_is_shown_too() {
    let mut report = report();
    let nothing = WaitFigures { average_s: None, p50_s: None, p90_s: None, p95_s: None, longest_s: None };
    report.changes.clear();
    report.groups[0].changed = None;
    report.groups[0].base.wait = nothing;
    for at in &mut report.groups[0].base.quarters {
        at.wait_s = None;
    }
    for agent in &mut report.agents {
        agent.changed = None;
    }
    let shown = of(&report);
    assert!(!shown.contains("changed") && !shown.contains("difference") && !shown.contains("NaN"), "{shown}");
    assert!(shown.contains("mean wait                              -\n"), "{shown}");
    // A day and a night of calls fit, too.
    report.groups[0].base = figures(4_000.0, 1);
    report.groups[0].base.quarters[0].at = "00:00".to_owned();
    report.groups[0].base.quarters[4].at = "23:45".to_owned();
    let shown = of(&report);
    assert!(shown.contains("30 minutes a column") && shown.contains("1:06:40 h"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 80), "{shown}");
}
