//! Commands about calls: what reaches the switchboard, who may give them, and what is refused.

use model::id::CallId;
use model::input::{Actor, Command, TransferMode};
use model::leg::Dialled;
use model::output::{Refusal, Reply};

use crate::house::{
    ADMIN, Answer, BLIND, House, JURI, KATI, KULDNOKK, LIIS, MARI, MEMBER, OPERATOR, SINILIND, SUPERVISOR,
    call_id,
};

#[tokio::test]
async fn each_command_reaches_the_switchboard() {
    let house = House::build().await;
    let call = house.waiting_call(20);
    let (to, by) = (Dialled::User(JURI), Actor::Api);
    let transfer = |mode| Command::Transfer { call, to: to.clone(), mode, by };
    for (verb, body, command) in [
        ("transfer", r#"{"to":"102"}"#, transfer(TransferMode::Blind)),
        ("transfer", r#"{"to":" 102 ","mode":"blind"}"#, transfer(TransferMode::Blind)),
        ("transfer", r#"{"to":"102","mode":"camp"}"#, transfer(TransferMode::Camp)),
        ("take", r#"{"user":"juri"}"#, Command::Take { call, user: JURI }),
        ("move", r#"{"position":1}"#, Command::Move { call, position: 1 }),
        ("pickup", r#"{"user":"juri"}"#, Command::PickUp { call, user: JURI }),
    ] {
        let answer = give(&house, SINILIND, call, verb, body).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""), "{verb} {body}");
        assert_eq!(house.commands(), [command]);
    }
    let parked = give(&house, SINILIND, call, "park", "").await;
    assert_eq!((parked.status.as_u16(), parked.text.as_str()), (200, r#"{"slot":7}"#));
    assert_eq!(house.commands(), [Command::Park { call, by }]);
}

#[tokio::test]
async fn a_target_is_read_as_a_user_of_the_company_dials_it() {
    let house = House::build().await;
    let call = house.waiting_call(20);
    give(&house, SINILIND, call, "transfer", r#"{"to":"+35850555000"}"#).await;
    let commands = house.commands();
    let [Command::Transfer { to: Dialled::Outside(party), .. }] = &commands[..] else {
        panic!("{commands:?}");
    };
    assert_eq!(party.number, Some("+35850555000".parse().unwrap()));
    let answer = give(&house, SINILIND, call, "transfer", r#"{"to":"999"}"#).await;
    answer.problem(409, "no_target");
    assert_eq!(house.commands(), []);
}

#[tokio::test]
async fn who_may_do_what_with_a_call() {
    let house = House::build().await;
    let (waiting, talking) = (house.waiting_call(20), house.talking_call(21));
    let ringing = house.ringing_call(22);
    let transfer = r#"{"to":"102"}"#;
    let (mari, juri) = (r#"{"user":"mari"}"#, r#"{"user":"juri"}"#);
    for (token, call, verb, body, status) in [
        (OPERATOR, waiting, "take", juri, 204),
        (ADMIN, waiting, "take", juri, 204),
        (SUPERVISOR, waiting, "take", juri, 204),
        (SUPERVISOR, waiting, "move", r#"{"position":2}"#, 204),
        (SUPERVISOR, talking, "transfer", transfer, 204),
        (SUPERVISOR, talking, "park", "", 200),
        (SUPERVISOR, waiting, "pickup", juri, 204),
        // Mari talks in the one; of the other she is a member of its group only.
        (MEMBER, talking, "transfer", transfer, 204),
        (MEMBER, talking, "park", "", 200),
        (MEMBER, talking, "take", mari, 403),
        (MEMBER, talking, "move", r#"{"position":1}"#, 403),
        (MEMBER, waiting, "transfer", transfer, 404),
        (MEMBER, waiting, "take", mari, 404),
        (MEMBER, waiting, "move", r#"{"position":1}"#, 404),
        (MEMBER, waiting, "park", "", 404),
        // A member may bring a call that rings in his group to his own phones, and to nobody else's; none out of the
        // line before its turn.
        (MEMBER, ringing, "pickup", mari, 204),
        (BLIND, ringing, "pickup", r#"{"user":"taavi"}"#, 204),
        (MEMBER, waiting, "pickup", mari, 409),
        (MEMBER, talking, "pickup", juri, 403),
        (MEMBER, ringing, "pickup", juri, 404),
        (LIIS, ringing, "pickup", r#"{"user":"liis"}"#, 404),
        (KULDNOKK, waiting, "take", mari, 404),
        (KULDNOKK, talking, "transfer", transfer, 404),
    ] {
        let answer = give(&house, token, call, verb, body).await;
        assert_eq!(answer.status.as_u16(), status, "{token} {verb} {body}: {}", answer.text);
        assert_eq!(house.commands().len(), usize::from(status < 300), "{token} {verb}");
    }
}

#[tokio::test]
async fn who_gave_a_command_is_told_to_the_switchboard() {
    let house = House::build().await;
    let call = house.talking_call(20);
    for (token, by) in [
        (SINILIND, Actor::Api),
        (ADMIN, Actor::Api),
        (SUPERVISOR, Actor::Party(KATI)),
        (MEMBER, Actor::Party(MARI)),
    ] {
        give(&house, token, call, "park", "").await;
        assert_eq!(house.commands(), [Command::Park { call, by }], "{token}");
    }
}

#[tokio::test]
async fn a_refused_command_is_a_conflict_with_its_reason() {
    let house = House::build().await;
    let call = house.waiting_call(20);
    for (verb, body, refusal, kind) in [
        ("take", r#"{"user":"juri"}"#, Refusal::UserBusy, "user_busy"),
        ("take", r#"{"user":"juri"}"#, Refusal::UserUnreachable, "user_unreachable"),
        ("take", r#"{"user":"juri"}"#, Refusal::NotWaiting, "not_waiting"),
        ("take", r#"{"user":"juri"}"#, Refusal::NoCall, "call_over"),
        ("move", r#"{"position":9}"#, Refusal::NotWaiting, "not_waiting"),
        ("transfer", r#"{"to":"102"}"#, Refusal::NotNow, "not_now"),
        ("pickup", r#"{"user":"juri"}"#, Refusal::NotNow, "not_now"),
        ("park", "", Refusal::NoSlot, "no_slot"),
    ] {
        house.reply_next(Reply::Refused(refusal));
        let problem = give(&house, SINILIND, call, verb, body).await.problem(409, kind);
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{problem}");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_found_and_what_is_over_is_a_conflict() {
    let house = House::build().await;
    let call = house.waiting_call(20);
    let nobody = r#"{"user":"nobody"}"#;
    for (verb, body) in [("take", nobody), ("pickup", nobody)] {
        give(&house, SINILIND, call, verb, body).await.problem(404, "not_found");
    }
    for (verb, body) in [
        ("transfer", r#"{"to":"102"}"#),
        ("take", r#"{"user":"juri"}"#),
        ("move", r#"{"position":1}"#),
        ("park", ""),
        ("pickup", r#"{"user":"juri"}"#),
    ] {
        for id in [call_id(999).to_string(), "1".to_owned(), "%FF".to_owned()] {
            let path = format!("/api/v1/calls/{id}/{verb}");
            house.ask("POST", &path, SINILIND, body).await.problem(404, "not_found");
        }
        // Call 1 has ended.
        give(&house, SINILIND, call_id(1), verb, body).await.problem(409, "call_over");
    }
    assert_eq!(house.commands(), []);
}

#[tokio::test]
async fn a_body_that_cannot_be_read_names_its_field() {
    let house = House::build().await;
    let call = house.waiting_call(20);
    let long = format!(r#"{{"to":"{}"}}"#, "1".repeat(65));
    for (verb, body, field) in [
        ("transfer", "", "body"),
        ("transfer", r#"{"mode":"blind"}"#, "to"),
        ("transfer", r#"{"to":"102","mode":"warm"}"#, "mode"),
        ("transfer", r#"{"to":" "}"#, "to"),
        ("transfer", long.as_str(), "to"),
        ("take", "{}", "user"),
        ("move", r#"{"position":0}"#, "position"),
        ("move", r#"{"position":-1}"#, "position"),
        ("pickup", "[]", "body"),
    ] {
        let problem = give(&house, SINILIND, call, verb, body).await.problem(400, "bad_request");
        assert_eq!(problem["faults"][0]["path"], field, "{verb} {body}: {problem}");
    }
    assert_eq!(house.commands(), []);
}

async fn give(house: &House, token: &str, call: CallId, verb: &str, body: &str) -> Answer {
    house.ask("POST", &format!("/api/v1/calls/{call}/{verb}"), token, body).await
}
