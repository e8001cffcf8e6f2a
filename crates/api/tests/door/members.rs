//! Commands about members: who may give them, to whom, and what reaches the switchboard.

use model::input::{Actor, Command, Duty};
use model::number::Number;
use model::output::{Refusal, Reply};

use crate::house::{
    ADMIN, BLIND, GROUP, House, JURI, KATI, MARI, MEMBER, ONLOOKER, OPERATOR, SINILIND, SUPERVISOR, TAAVI,
};

#[tokio::test]
async fn each_command_reaches_the_switchboard() {
    let house = House::build().await;
    let (group, member, by): (Number, _, _) = (GROUP.parse().unwrap(), MARI, Actor::Api);
    let lunch = Some("lunch".into());
    for (verb, body, command) in [
        ("login", "", Command::LogIn { group, member, duty: Duty::No, by }),
        ("login", "{}", Command::LogIn { group, member, duty: Duty::No, by }),
        ("logout", "", Command::LogOut { group, member, by }),
        ("pause", "", Command::Pause { member, reason: None, by }),
        ("pause", "{\"reason\":\"lunch\"}", Command::Pause { member, reason: lunch, by }),
        ("resume", "", Command::Resume { member, by }),
    ] {
        let answer = steer(&house, SINILIND, "mari", verb, body).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""), "{verb}");
        assert_eq!(house.commands(), [command]);
    }
}

#[tokio::test]
async fn a_number_may_be_written_with_a_plus_or_percent_encoded() {
    let house = House::build().await;
    let plain = house.get("/api/v1/groups/+3726001000/live", SINILIND).await;
    assert_eq!(plain.status, 200);
    assert_eq!(plain, house.get("/api/v1/groups/%2B3726001000/live", SINILIND).await);
    assert_eq!(plain, house.get("/api/v1/groups/%2b3726001000/live", SINILIND).await);
    let path = "/api/v1/groups/%2B3726001000/members/mari/login";
    assert_eq!(house.ask("POST", path, SINILIND, "").await.status, 204);
}

// req K-06: the switchboard's refusal is the answer.
#[tokio::test]
async fn a_refused_command_is_a_conflict_with_its_reason() {
    let house = House::build().await;
    let answer = steer(&house, SINILIND, "mari", "login", "{\"duty\":true}").await;
    let problem = answer.problem(409, "duty_not_allowed");
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("duty")), "{problem}");
}

#[tokio::test]
async fn who_may_steer_whom() {
    let house = House::build().await;
    for (token, user, status, by) in [
        (OPERATOR, "mari", 204, Some(Actor::Api)),
        (SINILIND, "mari", 204, Some(Actor::Api)),
        (ADMIN, "mari", 204, Some(Actor::Api)),
        (SUPERVISOR, "mari", 204, Some(Actor::Party(KATI))),
        (MEMBER, "mari", 204, Some(Actor::Party(MARI))),
        // A member steers himself only, and does not learn who else there is.
        (MEMBER, "juri", 403, None),
        (MEMBER, "nobody", 403, None),
        (SUPERVISOR, "nobody", 404, None),
        (SINILIND, "nobody", 404, None),
    ] {
        for verb in ["login", "logout", "pause", "resume"] {
            let answer = steer(&house, token, user, verb, "").await;
            assert_eq!(answer.status.as_u16(), status, "{token} {verb} {user}: {}", answer.text);
            let actors: Vec<Actor> = house.commands().iter().map(actor).collect();
            assert_eq!(actors, by.into_iter().collect::<Vec<_>>(), "{token} {verb} {user}");
        }
    }
}

// req I-20: two rights, each by itself.
#[tokio::test]
async fn a_member_sees_the_group_or_logs_himself_in_as_his_rights_say() {
    let house = House::build().await;
    let live = format!("/api/v1/groups/{GROUP}/live");
    let statistics = format!("/api/v1/groups/{GROUP}/statistics");
    for (token, user, sees, logs_in) in
        [(MEMBER, "mari", 200, 204), (ONLOOKER, "viivi", 200, 403), (BLIND, "taavi", 404, 204)]
    {
        for path in [&live, &statistics] {
            assert_eq!(house.get(path, token).await.status, sees, "{token} {path}");
        }
        let listed = house.get("/api/v1/groups", token).await.json()["items"].as_array().unwrap().len();
        assert_eq!(listed, usize::from(sees == 200), "{token}");
        for (verb, status) in [("login", logs_in), ("logout", logs_in), ("pause", 204), ("resume", 204)] {
            assert_eq!(steer(&house, token, user, verb, "").await.status, status, "{token} {verb}");
            assert_eq!(house.commands().len(), usize::from(status == 204), "{token} {verb}");
        }
    }
    // Who may see only does not steer others either.
    assert_eq!(steer(&house, ONLOOKER, "mari", "login", "").await.status, 403);
    steer(&house, BLIND, "taavi", "login", "").await;
    let by = Actor::Party(TAAVI);
    let group = GROUP.parse().unwrap();
    assert_eq!(house.commands(), [Command::LogIn { group, member: TAAVI, duty: Duty::No, by }]);
}

// req V-37: the company's reasons are the switchboard's to know.
#[tokio::test]
async fn a_reason_that_the_company_does_not_have_is_refused() {
    let house = House::build().await;
    house.reply_next(Reply::Refused(Refusal::UnknownReason));
    let answer = steer(&house, SINILIND, "mari", "pause", "{\"reason\":\"nap\"}").await;
    answer.problem(409, "unknown_reason");
}

#[tokio::test]
async fn a_pause_reaches_only_members_of_the_group_it_names() {
    let house = House::build().await;
    for verb in ["pause", "resume"] {
        steer(&house, SUPERVISOR, "liis", verb, "").await.problem(409, "not_a_member");
        assert_eq!(steer(&house, SUPERVISOR, "juri", verb, "").await.status, 204);
        let commands = house.commands();
        assert!(
            matches!(
                &commands[..],
                [Command::Pause { member: JURI, .. } | Command::Resume { member: JURI, .. }]
            ),
            "{commands:?}"
        );
    }
}

#[tokio::test]
async fn a_person_sees_only_groups_he_is_tied_to() {
    let house = House::build().await;
    for (token, numbers) in [
        (SINILIND, vec![GROUP, "101"]),
        (ADMIN, vec![GROUP, "101"]),
        (SUPERVISOR, vec![GROUP]),
        (MEMBER, vec![GROUP]),
    ] {
        let list = house.get("/api/v1/groups", token).await.json();
        let seen: Vec<_> =
            list["items"].as_array().unwrap().iter().map(|item| item["number"].clone()).collect();
        assert_eq!(seen, numbers, "{token}");
        let expected = if numbers.contains(&"101") { 200 } else { 404 };
        assert_eq!(house.get("/api/v1/groups/101/live", token).await.status, expected, "{token}");
    }
}

#[tokio::test]
async fn the_longest_reason_counts_letters_not_octets() {
    let house = House::build().await;
    let reason = |letters: usize| format!("{{\"reason\":\"{}\"}}", "õ".repeat(letters));
    assert_eq!(steer(&house, SINILIND, "mari", "pause", &reason(80)).await.status, 204);
    steer(&house, SINILIND, "mari", "pause", &reason(81)).await.problem(400, "bad_request");
}

fn actor(command: &Command) -> Actor {
    let (Command::LogIn { by, .. }
    | Command::LogOut { by, .. }
    | Command::Pause { by, .. }
    | Command::Resume { by, .. }) = command
    else {
        panic!("{command:?} is no command about a member");
    };
    *by
}

async fn steer(house: &House, token: &str, user: &str, verb: &str, body: &str) -> crate::house::Answer {
    let path = format!("/api/v1/groups/{GROUP}/members/{user}/{verb}");
    house.ask("POST", &path, token, body).await
}
