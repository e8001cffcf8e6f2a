//! A group's requests to be called back: listed newest first, withdrawn by who steers the group.

use api::gateway::CallbackView;
use model::fact::CallbackState;
use model::input::Command;
use model::output::{Refusal, Reply};
use model::saved::SavedCallback;
use model::time::Utc;

use crate::house::{CALLER, CUSTOMER, GROUP, House, MEMBER, NINE, SINILIND, SUPERVISOR, call_id};

fn callback(nth: u64, state: CallbackState) -> CallbackView {
    let since = Utc(NINE.0 + nth.cast_signed() * 1_000_000);
    let callback = SavedCallback {
        caller: CUSTOMER,
        hidden: false,
        number: CUSTOMER,
        since,
        valid_until: Utc(since.0 + 3_600_000_000),
        state,
        attempts: 2,
        not_before: None,
        call: None,
        ended: None,
    };
    CallbackView { id: call_id(nth), callback }
}

#[tokio::test]
async fn callbacks_are_listed_newest_first_in_pages() {
    let house = House::build().await;
    let states = [
        (CallbackState::Pending, "pending"),
        (CallbackState::RingingAgent, "ringing_agent"),
        (CallbackState::RingingCaller, "ringing_caller"),
        (CallbackState::Done, "done"),
        (CallbackState::Expired, "expired"),
        (CallbackState::Cancelled, "cancelled"),
    ];
    house.heard.lock().unwrap().callbacks =
        states.iter().zip(31..).map(|((state, _), nth)| callback(nth, *state)).collect();
    let path = format!("/api/v1/groups/{GROUP}/callbacks");
    let first = house.get(&path, SUPERVISOR).await.json()["items"][5].clone();
    assert_eq!(
        first,
        serde_json::json!({"id": call_id(31).to_string(), "caller": CALLER, "number": CALLER,
            "since": "2026-03-02T09:00:31.000Z", "valid_until": "2026-03-02T10:00:31.000Z",
            "attempts": 2, "state": "pending"})
    );
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = house.get(&format!("{path}?limit=4{cursor}"), SINILIND).await.json();
        let items = page["items"].as_array().unwrap();
        assert!(items.len() <= 4);
        seen.extend(items.iter().map(|item| item["state"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, states.iter().rev().map(|(_, word)| *word).collect::<Vec<_>>());
    house.get(&format!("{path}?cursor=x"), SINILIND).await.problem(400, "bad_request");
    house.get(&format!("{path}?limit=0"), SINILIND).await.problem(400, "bad_request");
}

/// Who hides his number stays hidden; the number he typed is whom to call. req V-55
#[tokio::test]
async fn a_hidden_caller_is_not_named() {
    let house = House::build().await;
    let mut hidden = callback(31, CallbackState::Pending);
    hidden.callback.hidden = true;
    house.heard.lock().unwrap().callbacks = vec![hidden];
    let list = house.get(&format!("/api/v1/groups/{GROUP}/callbacks"), SUPERVISOR).await.json();
    assert_eq!(list["items"][0]["caller"], "anonymous");
    assert_eq!(list["items"][0]["number"], CALLER);
}

#[tokio::test]
async fn a_callback_is_withdrawn_by_who_steers_the_group() {
    let house = House::build().await;
    let path = format!("/api/v1/groups/{GROUP}/callbacks/{}", call_id(31));
    let command = Command::CancelCallback { group: GROUP.parse().unwrap(), callback: call_id(31) };
    for token in [SINILIND, SUPERVISOR] {
        let answer = house.ask("DELETE", &path, token, "").await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
        assert_eq!(house.commands(), std::slice::from_ref(&command), "{token}");
    }
    house.ask("DELETE", &path, MEMBER, "").await.problem(403, "forbidden");
    let no_id = format!("/api/v1/groups/{GROUP}/callbacks/one");
    house.ask("DELETE", &no_id, SINILIND, "").await.problem(404, "not_found");
    assert_eq!(house.commands(), []);
    house.reply_next(Reply::Refused(Refusal::NoCallback));
    house.ask("DELETE", &path, SINILIND, "").await.problem(404, "not_found");
}
