//! Commands about members: who may give them, to whom, and what reaches the switchboard.

use model::id::PartyId;
use model::input::{Actor, Command, Duty};
use model::number::Number;

use crate::house::{ADMIN, GROUP, House, MEMBER, OPERATOR, SINILIND, SUPERVISOR};

const MARI: PartyId = PartyId(1);
const JURI: PartyId = PartyId(2);
const KATI: PartyId = PartyId(3);

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
    match command {
        Command::LogIn { by, .. }
        | Command::LogOut { by, .. }
        | Command::Pause { by, .. }
        | Command::Resume { by, .. } => *by,
        Command::Code { .. } | Command::Drain | Command::EndAll => {
            panic!("{command:?} is no command of the API")
        }
    }
}

async fn steer(house: &House, token: &str, user: &str, verb: &str, body: &str) -> crate::house::Answer {
    let path = format!("/api/v1/groups/{GROUP}/members/{user}/{verb}");
    house.ask("POST", &path, token, body).await
}
