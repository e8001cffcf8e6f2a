//! Figures of a group, the calls behind each of them, and the group's table of visits.

use model::fact::{CallbackState, Called, EndCause, VisitOutcome};
use model::id::PartyId;
use model::input::Activity;
use model::record::{AgentTime, CallRecord, CallbackRecord, DutySession, Folded, Off};
use model::time::Utc;
use serde_json::Value;

use crate::house::{CUSTOMER, GROUP, House, JURI, MARI, NINE, SINILIND, SUPERVISOR, call_id, record};

/// So many seconds after nine.
fn at(seconds: i64) -> Utc {
    Utc(NINE.0 + seconds * 1_000_000)
}

/// A call after ten o'clock that `member` took after `wait` seconds and spoke on for `talk`.
fn served(nth: u64, member: PartyId, wait: i64, talk: i64) -> CallRecord {
    let mut call = waited(nth, wait, VisitOutcome::Served);
    call.legs[1].peer = model::fact::Peer::Party(member);
    call.visits[0].served_by = Some(member);
    call.legs[1].answered = call.visits[0].to;
    call.legs[1].ended = Some(Utc(call.visits[0].to.unwrap().0 + talk * 1_000_000));
    call.ended = call.legs[1].ended;
    call
}

/// A call after ten that left after `wait` seconds; Mari was offered it in vain.
fn waited(nth: u64, wait: i64, outcome: VisitOutcome) -> CallRecord {
    let mut call = record(nth, CUSTOMER, GROUP);
    let shift = at(3_600).0 - NINE.0;
    call.started.0 += shift;
    call.visits[0].from = call.started;
    let left = Some(Utc(call.started.0 + wait * 1_000_000));
    call.visits[0].to = left;
    call.visits[0].outcome = Some(outcome);
    call.visits[0].served_by = None;
    call.visits[0].position = Some(3);
    call.legs[1].peer = model::fact::Peer::Party(MARI);
    call.legs[1].started = call.started;
    (call.legs[1].answered, call.legs[1].ended) = (None, left);
    call.legs[1].cause = Some(EndCause::Cancelled);
    call
}

fn callback(nth: u64, state: CallbackState) -> Folded {
    Folded::Callback(Box::new(CallbackRecord {
        callback: call_id(nth),
        group: GROUP.parse().unwrap(),
        caller: CUSTOMER,
        number: CUSTOMER,
        since: at(3_700),
        ended: at(4_000),
        state,
        attempts: 1,
        call: None,
    }))
}

/// A busy hour after ten: five served, two given up, one overflowed, three asked to be called back (one was, one
/// expired, one waits), one is inside. Mari is logged in for the hour, Juri for half of it.
async fn busy_hour() -> House {
    let house = House::build().await;
    let missed = |nth: u64, cause: EndCause| {
        let mut call = waited(nth, 30, VisitOutcome::Overflowed);
        call.legs[1].cause = Some(cause);
        call
    };
    let mut calls = vec![
        served(11, MARI, 5, 50),
        served(12, MARI, 10, 60),
        served(13, MARI, 20, 40),
        served(14, JURI, 25, 30),
        served(15, JURI, 90, 70),
        waited(16, 15, VisitOutcome::Abandoned),
        waited(17, 40, VisitOutcome::Abandoned),
        missed(18, EndCause::NoAnswer),
    ];
    calls.extend((21..=23).map(|nth| waited(nth, 12, VisitOutcome::CalledBack)));
    // The call to the customer that was called back: he answered 5 seconds after Mari, who spoke for 20 seconds.
    let mut outgoing = served(24, MARI, 0, 25);
    outgoing.answered = Some(Utc(outgoing.legs[1].answered.unwrap().0 + 5_000_000));
    outgoing.to = Called::Callback(GROUP.parse().unwrap());
    outgoing.visits.clear();
    calls.push(outgoing);
    // Juri talked for another group for 100 seconds; he is rung for it 10 seconds longer.
    let mut other = served(26, JURI, 10, 100);
    other.visits[0].group = "101".parse().unwrap();
    other.legs[1].group = Some("101".parse().unwrap());
    calls.push(other);
    let mut folded: Vec<Folded> = calls.into_iter().map(|call| Folded::Call(Box::new(call))).collect();
    folded.extend([callback(21, CallbackState::Done), callback(22, CallbackState::Expired)]);
    let session = |member, from, to| DutySession { group: GROUP.parse().unwrap(), member, from, to };
    folded
        .extend([session(MARI, at(3_600), at(7_200)), session(JURI, at(0), at(5_400))].map(Folded::Session));
    let time = |member, what, from, to| Folded::Time(AgentTime { member, what, from: at(from), to: at(to) });
    folded.extend([
        time(MARI, Off::WrapUp(GROUP.parse().unwrap()), 4_500, 4_530),
        time(MARI, Off::WrapUp("101".parse().unwrap()), 4_600, 4_700),
        time(MARI, Off::Paused(Some("lunch".into())), 6_600, 7_800),
        time(MARI, Off::Presence(Activity::Meeting), 5_000, 5_100),
        time(MARI, Off::Presence(Activity::Dnd), 5_200, 5_300),
        time(JURI, Off::Unreachable, 4_200, 4_700),
    ]);
    house.add("sinilind", folded).await;
    let inside = house.waiting_call(30);
    let mut heard = house.heard.lock().unwrap();
    let open = heard.open.iter_mut().find(|record| record.call == inside).unwrap();
    open.visits[0].from = at(7_000);
    open.started = at(7_000);
    drop(heard);
    house
}

const HOUR: &str = "from=2026-03-02T10:00:00Z&to=2026-03-02T11:00:00Z";

async fn figures(house: &House) -> Value {
    let path = format!("/api/v1/groups/{GROUP}/statistics?{HOUR}");
    house.get(&path, SINILIND).await.json()
}

// req K-03
#[tokio::test]
async fn the_totals_sum_up_and_callbacks_count_by_how_they_ended() {
    let figures = figures(&busy_hour().await).await;
    let totals = ["answered", "abandoned", "overflowed", "called_back", "inside"];
    let totals = totals.map(|name| figures[name].as_u64().unwrap());
    assert_eq!(totals, [5, 3, 1, 1, 2], "{figures}");
    assert_eq!(figures["offered"], totals.iter().sum::<u64>());
    assert_eq!((&figures["from"], &figures["to"]), (&iso("10"), &iso("11")));
}

fn iso(hour: &str) -> Value {
    format!("2026-03-02T{hour}:00:00.000Z").into()
}

#[tokio::test]
async fn waits_and_talk_are_told_by_average_and_percentiles() {
    let figures = figures(&busy_hour().await).await;
    let spread = |count: u64, lengths: [f64; 5]| {
        let [average, p50, p90, p95, max] = lengths;
        serde_json::json!({"count": count, "average_s": average, "p50_s": p50, "p90_s": p90, "p95_s": p95,
            "max_s": max})
    };
    assert_eq!(figures["waits"]["answered"], spread(5, [30.0, 20.0, 90.0, 90.0, 90.0]));
    // The callback that expired is abandoned, but nobody gave up waiting for it.
    assert_eq!(figures["waits"]["abandoned"], spread(2, [27.5, 15.0, 40.0, 40.0, 40.0]));
    assert_eq!(figures["talk"], spread(6, [45.0, 40.0, 70.0, 70.0, 70.0]));
    let path = format!("/api/v1/groups/{GROUP}/statistics?from=2026-03-01&to=2026-03-02");
    let empty = House::build().await.get(&path, SINILIND).await.json();
    assert_eq!((&empty["talk"]["count"], &empty["talk"]["p95_s"]), (&0.into(), &Value::Null));
    assert_eq!(empty["service_level"]["share_of_offered"], Value::Null);
}

#[tokio::test]
async fn the_service_level_is_told_by_both_formulas() {
    let level = figures(&busy_hour().await).await["service_level"].clone();
    assert_eq!(level["within_s"], 20.0);
    assert_eq!((&level["answered_in_time"], &level["abandoned_in_time"]), (&3.into(), &1.into()));
    assert_eq!(level["share_of_offered"], 3.0 / 12.0);
    assert_eq!(level["share_without_abandoned_in_time"], 3.0 / 11.0);
}

// req K-03, I-14
#[tokio::test]
async fn each_member_has_his_time_in_each_state_his_share_and_whether_it_was_fair() {
    let figures = figures(&busy_hour().await).await;
    let (mari, juri) = (&figures["members"][0], &figures["members"][1]);
    assert_eq!((&mari["user"], &juri["user"]), (&"mari".into(), &"juri".into()));
    let numbers = |member: &Value| {
        ["logged_in_s", "offered", "answered", "talk_s", "wrap_up_s", "paused_s", "away_s"]
            .map(|name| member[name].as_u64().unwrap())
    };
    // Paused up to the log-out only; a meeting does not keep this group's calls away.
    assert_eq!(numbers(mari), [3_600, 10, 4, 170, 30, 600, 100]);
    assert_eq!(numbers(juri), [1_800, 2, 2, 100, 0, 0, 500]);
    assert_eq!(
        mari["missed"],
        serde_json::json!({"no_answer": 1, "busy": 0, "unreachable": 0, "rejected": 0})
    );
    let near = |value: &Value, expected: f64| {
        let value = value.as_f64().unwrap();
        assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
    };
    near(&mari["share"], 4.0 / 6.0);
    near(&mari["occupancy"], 205.0 / 3_600.0);
    near(&juri["occupancy"], 100.0 / 1_800.0);
    let (hers, his) = (&mari["fairness"], &juri["fairness"]);
    // Neither talk for another group nor the work after it is time in which this one could have offered calls.
    assert_eq!((&hers["offerable_s"], &his["offerable_s"]), (&2_800.into(), &1_190.into()));
    near(&hers["expected_share"], 2_800.0 / 3_990.0);
    near(&hers["actual_share"], 4.0 / 6.0);
    near(&hers["deviation"], 4.0 / 6.0 - 2_800.0 / 3_990.0);
    near(&his["deviation"], 2.0 / 6.0 - 1_190.0 / 3_990.0);
    let none = House::build().await.get(&format!("/api/v1/groups/{GROUP}/statistics"), SINILIND).await.json();
    assert_eq!((&none["members"][1]["share"], &none["members"][1]["occupancy"]), (&1.0.into(), &Value::Null));
    assert_eq!(none["members"][1]["fairness"], Value::Null, "nobody was logged in");
}

#[tokio::test]
async fn every_number_opens_the_calls_that_make_it() {
    let house = busy_hour().await;
    let figures = figures(&house).await;
    let mut numbers: Vec<(&Value, &Value)> =
        ["offered", "answered", "abandoned", "overflowed", "called_back", "inside"]
            .iter()
            .map(|name| (&figures[*name], &figures["calls"][*name]))
            .collect();
    for name in ["answered_in_time", "abandoned_in_time"] {
        numbers.push((&figures["service_level"][name], &figures["service_level"]["calls"][name]));
    }
    for member in figures["members"].as_array().unwrap() {
        numbers.extend(["offered", "answered"].map(|name| (&member[name], &member["calls"][name])));
        for name in ["no_answer", "busy", "unreachable", "rejected"] {
            numbers.push((&member["missed"][name], &member["calls"][name]));
        }
    }
    assert_eq!(numbers.len(), 6 + 2 + 2 * 6);
    for (number, link) in numbers {
        let link = link.as_str().unwrap();
        for token in [SINILIND, SUPERVISOR] {
            let listed = house.get(&format!("{link}&limit=500"), token).await.json();
            let count = listed["items"].as_array().unwrap().len();
            assert_eq!(number.as_u64(), Some(count as u64), "{link}: {listed}");
        }
    }
    let called_back = figures["calls"]["called_back"].as_str().unwrap();
    let listed = house.get(called_back, SINILIND).await.json();
    assert_eq!(listed["items"][0]["id"], call_id(21).to_string());
    // An operator's links name the company, too.
    let path = format!("/api/v1/groups/{GROUP}/statistics?{HOUR}&company=sinilind");
    let operators = house.get(&path, "operator").await.json();
    let listed = house.get(operators["calls"]["answered"].as_str().unwrap(), "operator").await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn a_call_that_was_given_to_somebody_else_is_his() {
    let house = House::build().await;
    let given = served(11, PartyId(5), 5, 100);
    house.add("sinilind", vec![Folded::Call(Box::new(given))]).await;
    let figures = figures(&house).await;
    let last = figures["members"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["user"], &last["answered"], &last["share"]), (&"liis".into(), &1.into(), &1.0.into()));
}

#[tokio::test]
async fn a_time_without_a_zone_is_the_companys_own() {
    let house = House::build().await;
    for (query, from, to) in [
        ("from=2026-03-02&to=2026-03-03", "2026-03-01T22:00:00.000Z", "2026-03-02T22:00:00.000Z"),
        (
            "from=2026-03-02T09:00:00Z&to=2026-03-02T09:30:00.500Z",
            "2026-03-02T09:00:00.000Z",
            "2026-03-02T09:30:00.500Z",
        ),
        (
            "from=2026-03-02T09:00&to=2026-03-02T09:00:00%2B00:00",
            "2026-03-02T07:00:00.000Z",
            "2026-03-02T09:00:00.000Z",
        ),
        ("from=2026-03-02", "2026-03-01T22:00:00.000Z", "9999-12-31T23:59:59.999Z"),
    ] {
        let path = format!("/api/v1/groups/{GROUP}/statistics?{query}");
        let figures = house.get(&path, SINILIND).await.json();
        assert_eq!((&figures["from"], &figures["to"]), (&from.into(), &to.into()), "{query}");
    }
}

#[tokio::test]
async fn the_table_has_one_line_per_visit() {
    let house = House::build().await;
    let mut queued = waited(11, 40, VisitOutcome::CalledBack);
    queued.visits.push(queued.visits[0].clone());
    queued.visits[1].outcome = Some(VisitOutcome::Abandoned);
    house.add("sinilind", vec![Folded::Call(Box::new(queued))]).await;
    let query = "from=2026-03-02T09:06:00Z&to=2026-03-02T10:30:00Z";
    let answer = house.get(&format!("/api/v1/groups/{GROUP}/calls.csv?{query}"), SINILIND).await;
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    let lines: Vec<&str> = answer.text.lines().collect();
    assert_eq!(
        lines,
        [
            "call,from,group,entered,position,answered_by,answered,left,outcome,wait_s,talk_s",
            "019cab00-0006-7000-8000-000000000006,+3725551234,+3726001000,2026-03-02T09:06:00.000Z,,juri,2026-03-02T09:06:10.000Z,2026-03-02T09:07:00.000Z,served,10,50",
            "019cab00-0007-7000-8000-000000000007,+3725551234,+3726001000,2026-03-02T09:07:00.000Z,,juri,2026-03-02T09:07:10.000Z,2026-03-02T09:08:00.000Z,served,10,50",
            "019cab00-000b-7000-8000-00000000000b,+3725551234,+3726001000,2026-03-02T10:11:00.000Z,3,,,2026-03-02T10:11:40.000Z,called_back,40,",
            "019cab00-000b-7000-8000-00000000000b,+3725551234,+3726001000,2026-03-02T10:11:00.000Z,3,,,2026-03-02T10:11:40.000Z,abandoned,40,",
        ]
    );
}

/// Every figure of time has a list behind it, whose stretches add up to it.
#[tokio::test]
async fn the_times_of_a_member_open_their_stretches() {
    let house = busy_hour().await;
    let figures = figures(&house).await;
    for member in figures["members"].as_array().unwrap() {
        for (figure, link) in [
            ("logged_in_s", "logged_in"),
            ("paused_s", "paused"),
            ("away_s", "away"),
            ("wrap_up_s", "wrap_up"),
        ] {
            let list = house.get(member["times"][link].as_str().unwrap(), SINILIND).await.json();
            let items = list["items"].as_array().unwrap();
            let sum: f64 = items.iter().map(|item| item["seconds"].as_f64().unwrap()).sum();
            assert_eq!(member[figure].as_f64().unwrap(), sum, "{link}: {member} {list}");
            assert!(
                items.iter().all(|item| item["user"] == member["user"] && item["state"] == link),
                "{list}"
            );
        }
    }
    let path = format!("/api/v1/groups/{GROUP}/times?{HOUR}&state=paused");
    let list = house.get(&path, SINILIND).await.json();
    let expected = serde_json::json!([{"user": "mari", "state": "paused", "reason": "lunch",
        "from": "2026-03-02T10:50:00.000Z", "to": iso("11"), "seconds": 600.0}]);
    assert_eq!(list["items"], expected);
}

/// A group that was deleted keeps its figures, for those who administer the company. req V-63
#[tokio::test]
async fn a_deleted_group_keeps_its_figures() {
    const GONE: &str = "+3726007777";
    let house = House::build().await;
    let mut call = served(40, MARI, 5, 50);
    call.visits[0].group = GONE.parse().unwrap();
    call.legs[1].group = Some(GONE.parse().unwrap());
    house.add("sinilind", vec![Folded::Call(Box::new(call))]).await;
    let path = |of: &str| format!("/api/v1/groups/{GONE}/{of}?{HOUR}");
    let figures = house.get(&path("statistics"), SINILIND).await.json();
    assert_eq!((&figures["offered"], &figures["answered"]), (&1.into(), &1.into()), "{figures}");
    let list = house.get(figures["calls"]["answered"].as_str().unwrap(), SINILIND).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(house.get(&path("calls.csv"), SINILIND).await.status, 200);
    house.get(&path("statistics"), SUPERVISOR).await.problem(404, "not_found");
    house.get(&path("live"), SINILIND).await.problem(404, "not_found");
}
