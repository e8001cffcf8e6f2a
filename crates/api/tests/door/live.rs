//! A group as it is now: its line with positions and estimates, why it is closed, how many are at work.

use model::fact::ClosedReason;
use model::live::{AgentState, LiveGroup, LiveMember, LiveWaiting, StateReason};
use model::time::Utc;
use serde_json::Value;

use crate::house::{CALLER, GROUP, House, NINE, SINILIND, SUPERVISOR, call_id};

#[tokio::test]
async fn groups_are_listed_in_pages() {
    let house = House::build().await;
    let page = house.get("/api/v1/groups?limit=1", SINILIND).await.json();
    assert_eq!(
        (&page["items"][0]["number"], page["items"].as_array().map(Vec::len)),
        (&GROUP.into(), Some(1))
    );
    let next = page["next"].as_str().unwrap().to_owned();
    let page = house.get(&format!("/api/v1/groups?limit=1&cursor={next}"), SINILIND).await.json();
    assert_eq!((&page["items"][0]["number"], &page["next"]), (&"101".into(), &Value::Null));
}

// req V-28, I-13
#[tokio::test]
async fn a_queue_shows_its_line_and_how_many_are_at_work() {
    let house = House::build().await;
    let member = |user: &str, state: AgentState, logged_in: bool| LiveMember {
        user: user.to_owned(),
        state,
        since: NINE,
        logged_in,
        duty: false,
        missed: 2,
        reason: (user == "taavi").then_some(StateReason::Missed),
    };
    let waiting = |nth: u64, position: u32| LiveWaiting {
        call: call_id(nth),
        callback: false,
        estimated_wait_s: Some(40),
        estimated_wait_p90_s: Some(75),
        caller: CALLER.to_owned(),
        position,
        ringing: false,
        since: Utc(NINE.0 + nth.cast_signed() * 1_000_000),
    };
    house.heard.lock().unwrap().live = Some(LiveGroup {
        number: GROUP.parse().unwrap(),
        name: "Klienditugi".to_owned(),
        open: false,
        closed_reason: Some(ClosedReason::Wait),
        members: vec![
            member("mari", AgentState::Available, true),
            member("juri", AgentState::WrapUp, true),
            member("viivi", AgentState::Talking, false),
            member("taavi", AgentState::LoggedOut, false),
        ],
        waiting: vec![
            LiveWaiting {
                callback: true,
                estimated_wait_s: None,
                estimated_wait_p90_s: None,
                ..waiting(1, 1)
            },
            LiveWaiting { ringing: true, ..waiting(3, 2) },
            waiting(2, 3),
        ],
    });
    let live = house.get(&format!("/api/v1/groups/{GROUP}/live"), SUPERVISOR).await.json();
    assert_eq!((&live["open"], &live["closed_reason"]), (&false.into(), &"wait".into()));
    let states: Vec<_> = live["members"].as_array().unwrap().iter().map(|member| &member["state"]).collect();
    assert_eq!(states, ["available", "wrap_up", "talking", "logged_out"]);
    // req V-40: the supervisor sees why.
    assert_eq!(
        (&live["members"][3]["reason"], &live["members"][0]["reason"]),
        (&"missed_calls".into(), &Value::Null)
    );
    assert_eq!(
        live["waiting"][0],
        serde_json::json!({"call": call_id(1).to_string(), "kind": "callback", "caller": CALLER, "position": 1,
            "state": "waiting", "since": "2026-03-02T09:00:01.000Z", "estimated_wait_s": null,
            "estimated_wait_p90_s": null})
    );
    let second = &live["waiting"][1];
    assert_eq!((&second["kind"], &second["state"]), (&"call".into(), &"ringing".into()));
    assert_eq!((&second["estimated_wait_s"], &second["estimated_wait_p90_s"]), (&40.into(), &75.into()));
    assert_eq!(
        live["now"],
        serde_json::json!({"logged_in": 2, "available": 1, "waiting": 2,
            "longest_wait_since": "2026-03-02T09:00:02.000Z"})
    );
}
