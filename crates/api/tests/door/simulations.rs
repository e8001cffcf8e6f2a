//! Simulations: who may ask for one, what is handed on, what comes back, and how refusals look.

use std::collections::BTreeMap;

use api::gateway::ApplyFault;
use api::simulations::{
    AgentFigures, GroupFigures, People, QuarterFigures, SimulatedAgent, SimulatedGroup, Simulation,
    SimulationRefusal, SimulationReport, WaitFigures, Within,
};

use crate::house::{ADMIN, BLIND, FOREIGN_ADMIN, House, KULDNOKK, MEMBER, OPERATOR, SINILIND, SUPERVISOR};

const PATH: &str = "/api/v1/companies/sinilind/simulations";
const DAY: &str = r#"{"day":"2026-03-02"}"#;

#[tokio::test]
async fn a_day_is_simulated_for_who_administers_the_company() {
    let house = House::build().await;
    for token in [SINILIND, ADMIN, OPERATOR] {
        house.heard.lock().unwrap().simulated = Some(Ok(Box::new(report())));
        let told = house.ask("POST", PATH, token, DAY).await;
        assert_eq!(told.status, 200, "{}", told.text);
        let told = told.json();
        assert_eq!(told["day"], "2026-03-02");
        assert_eq!(told["people"]["source"], "rates");
        assert_eq!(told["groups"][0]["base"]["wait"]["p90_s"], 12.5);
        assert_eq!(told["groups"][0]["changed"]["wait"]["p90_s"], 8.0);
        assert_eq!(told["groups"][0]["base"]["quarters"][0]["at"], "09:15");
        assert_eq!(told["groups"][0]["formulas"], serde_json::Value::Null);
        assert_eq!(told["agents"][0]["base"]["occupancy"], 71.5);
        assert_eq!(told["svg"], "<svg/>");
    }
    house.asked();
    // What is not his is refused before anything of it is read.
    for token in [MEMBER, SUPERVISOR, BLIND] {
        house.ask("POST", PATH, token, "{").await.problem(403, "forbidden");
    }
    for token in [KULDNOKK, FOREIGN_ADMIN] {
        house.ask("POST", PATH, token, DAY).await.problem(404, "not_found");
    }
    house.ask("POST", "/api/v1/companies/nobody/simulations", OPERATOR, DAY).await.problem(404, "not_found");
    assert!(!house.asked().iter().any(|ask| ask.starts_with("Simulate")));
}

#[tokio::test]
async fn everything_that_is_wished_is_handed_on() {
    let house = House::build().await;
    house.heard.lock().unwrap().simulated = Some(Ok(Box::new(report())));
    let body = r#"{"day":"2026-03-02","rates":{"+3726001000":60.5},"changes":["group[+3726001000].parallel=2"],
        "shifts":["08:00-16:00","mari=09:00-12:00"],"talk_s":90,"answer_s":2.5,"patience_s":60,"misses":5,"breaks":10,
        "rest_s":120,"accepts":30,"seed":7,"language":"et"}"#;
    assert_eq!(house.ask("POST", PATH, SINILIND, body).await.status, 200);
    let wished = house.heard.lock().unwrap().simulations.remove(0);
    assert_eq!(
        wished,
        Simulation {
            day: "2026-03-02".to_owned(),
            rates: Some(BTreeMap::from([("+3726001000".to_owned(), 60.5)])),
            calls: None,
            changes: vec!["group[+3726001000].parallel=2".to_owned()],
            shifts: vec!["08:00-16:00".to_owned(), "mari=09:00-12:00".to_owned()],
            talk_s: Some(90.0),
            answer_s: Some(2.5),
            patience_s: Some(60.0),
            misses: Some(5),
            breaks: 10,
            rest_s: Some(120.0),
            accepts: Some(30),
            seed: Some(7),
            language: Some("et".to_owned()),
        }
    );
}

#[tokio::test]
async fn what_is_no_wish_is_refused_without_asking() {
    let house = House::build().await;
    for (body, field) in [
        ("", "body"),
        ("[]", "body"),
        ("{}", "day"),
        (r#"{"day":20260302}"#, "day"),
        (r#"{"day":"2026-03-02","rate":{"8000":60}}"#, "rate"),
        (r#"{"day":"2026-03-02","misses":-1}"#, "misses"),
        (r#"{"day":"2026-03-02","changes":"x"}"#, "changes"),
    ] {
        let problem = house.ask("POST", PATH, SINILIND, body).await.problem(400, "bad_request");
        assert_eq!(problem["faults"][0]["path"], field, "{body}");
    }
    assert!(house.heard.lock().unwrap().simulations.is_empty());
}

#[tokio::test]
async fn each_refusal_says_what_to_do() {
    let house = House::build().await;
    let fault = ApplyFault { line: Some(2), path: "calls".to_owned(), text: "no time of day".to_owned() };
    for (refusal, status, kind) in [
        (SimulationRefusal::Faults(vec![fault]), 400, "bad_request"),
        (SimulationRefusal::NoCompany, 404, "not_found"),
        (SimulationRefusal::Busy, 429, "busy"),
        (SimulationRefusal::TooLong, 422, "too_long"),
        (SimulationRefusal::Unavailable, 503, "unavailable"),
    ] {
        house.heard.lock().unwrap().simulated = Some(Err(refusal));
        let problem = house.ask("POST", PATH, SINILIND, DAY).await.problem(status, kind);
        if status == 400 {
            assert_eq!(problem["faults"][0]["line"], 2);
            assert_eq!(problem["faults"][0]["path"], "calls");
        }
    }
}

fn report() -> SimulationReport {
    let figures = |p90_s: f64| GroupFigures {
        offered: 10,
        answered: 9,
        abandoned: 1,
        overflowed: 0,
        called_back: 0,
        inside: 0,
        within_s: 20.0,
        answered_in_time: 8,
        service_level: 80.0,
        service_level_without_abandoned_in_time: 88.9,
        abandonment: 10.0,
        wait: WaitFigures {
            average_s: Some(5.0),
            p50_s: Some(4.0),
            p90_s: Some(p90_s),
            p95_s: Some(p90_s),
            longest_s: Some(30.0),
        },
        quarters: vec![QuarterFigures {
            at: "09:15".to_owned(),
            offered: 10,
            answered: 9,
            abandoned: 1,
            wait_s: Some(5.0),
        }],
        answered_within: vec![Within { s: 20, percent: 80.0 }],
    };
    let day = AgentFigures {
        at_work_s: 3_600,
        answered: 9,
        missed: 0,
        talk_s: 900,
        occupancy: 71.5,
        share: 100.0,
        fair_share: 100.0,
    };
    let group = SimulatedGroup {
        number: "+3726001000".to_owned(),
        name: "Infotelefon".to_owned(),
        base: figures(12.5),
        changed: Some(figures(8.0)),
        formulas: None,
        svg: "<svg/>".to_owned(),
    };
    SimulationReport {
        day: "2026-03-02".to_owned(),
        time_zone: "Europe/Tallinn".to_owned(),
        people: People {
            source: "rates",
            calls: 10,
            agents: 1,
            talks_seen: 0,
            offers_seen: 0,
            given_up_seen: 0,
            shifts_seen: 0,
        },
        changes: Vec::new(),
        groups: vec![group],
        agents: vec![SimulatedAgent { user: "mari".to_owned(), base: day, changed: None }],
        svg: "<svg/>".to_owned(),
    }
}
