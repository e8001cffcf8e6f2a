//! A token of one company sees nothing of another: the answer is the same as if the thing did not exist, the
//! node is never asked about the other company, and nothing else of the request is read before that.

use crate::endpoints::{Endpoint, Ids, guarded};
use crate::house::{CALLER, FOREIGN_ADMIN, FOREIGN_PERSON, GROUP, House, KULDNOKK, call_id};

const FOREIGN: [&str; 3] = [KULDNOKK, FOREIGN_ADMIN, FOREIGN_PERSON];

/// Queries and bodies that are wrong, or name the other company's things.
const QUERIES: [&str; 4] =
    ["", "?company=kuldnokk", "?limit=x&cursor=x&from=x&dry_run=x&all=x", "?user=mari"];
const BODIES: [&str; 4] = ["", "{\"reason\":", "{\"company\":\"sinilind\",\"user\":\"mari\"}", "\u{0}\u{1}"];

#[tokio::test]
async fn what_a_path_names_of_another_company_does_not_exist() {
    let house = House::build().await;
    let call = call_id(1).to_string();
    let theirs = Ids { company: "sinilind", group: GROUP, user: "juri", call: &call };
    let none = call_id(999).to_string();
    let nobodys = Ids { company: "nobody", group: "+3726009999", user: "nobody", call: &none };
    for endpoint in guarded().filter(|endpoint| endpoint.names_something()) {
        for token in FOREIGN {
            for (query, body) in QUERIES.into_iter().flat_map(|query| BODIES.map(|body| (query, body))) {
                let path = format!("{}{query}", endpoint.filled(&theirs));
                let answer = house.ask(endpoint.method, &path, token, body).await;
                let path_of_none = format!("{}{query}", endpoint.filled(&nobodys));
                refused(&house, endpoint, token, &path, &answer);
                let missing = house.ask(endpoint.method, &path_of_none, token, body).await;
                house.asked();
                assert_eq!(
                    answer, missing,
                    "{} {path} {token} differs from what does not exist",
                    endpoint.method
                );
            }
        }
    }
}

#[tokio::test]
async fn another_company_cannot_be_named_in_the_query() {
    let house = House::build().await;
    // What the path names is the asker's own, or nobody's.
    let call = call_id(100).to_string();
    let own = Ids { company: "sinilind", group: "+35810200010", user: "mari", call: &call };
    for endpoint in guarded() {
        for token in FOREIGN {
            for query in ["?company=sinilind", "?limit=x&from=x&company=sinilind", "?company=nobody"] {
                let path = format!("{}{query}", endpoint.filled(&own));
                let answer = house.ask(endpoint.method, &path, token, "{\"reason\":").await;
                refused(&house, endpoint, token, &path, &answer);
            }
        }
    }
}

#[tokio::test]
async fn a_user_of_another_company_is_nobody_here() {
    let house = House::build().await;
    for (endpoint, token) in guarded().flat_map(|endpoint| FOREIGN.map(|token| (endpoint, token))) {
        if !endpoint.path.contains("{user}") {
            continue;
        }
        let call = call_id(100).to_string();
        let ids = Ids { company: "kuldnokk", group: "+35810200010", user: "juri", call: &call };
        let path = endpoint.filled(&ids);
        let answer = house.ask(endpoint.method, &path, token, "").await;
        refused(&house, endpoint, token, &path, &answer);
    }
}

#[tokio::test]
async fn lists_hold_only_the_tokens_own_company() {
    let house = House::build().await;
    for (token, own, others) in [
        (KULDNOKK, ["+35810200010", "+35850555000"], [GROUP, CALLER]),
        ("sinilind", [GROUP, CALLER], ["+35810200010", "+35850555000"]),
    ] {
        let lists = format!(
            "{}{}",
            house.get("/api/v1/groups", token).await.text,
            house.get("/api/v1/calls?limit=500", token).await.text
        );
        assert!(own.iter().all(|text| lists.contains(text)), "{token}: {lists}");
        assert!(!others.iter().any(|text| lists.contains(text)), "{token}: {lists}");
    }
}

#[tokio::test]
async fn a_short_number_is_the_tokens_own() {
    let house = House::build().await;
    for (token, name) in [(KULDNOKK, "kuldnokk 101"), ("sinilind", "sinilind 101")] {
        assert_eq!(house.get("/api/v1/groups/101/live", token).await.json()["name"], name);
    }
    // An operator has no own company: he has to say which.
    house.get("/api/v1/groups/101/live", "operator").await.problem(400, "bad_request");
    let named = house.get("/api/v1/groups/101/live?company=kuldnokk", "operator").await;
    assert_eq!(named.json()["name"], "kuldnokk 101");
}

#[tokio::test]
async fn an_operator_finds_a_number_and_a_call_in_any_company() {
    let house = House::build().await;
    let live = house.get("/api/v1/groups/+3726001000/live", "operator").await;
    assert_eq!(live.json()["number"], GROUP);
    for nth in [1, 100] {
        let id = call_id(nth).to_string();
        assert_eq!(house.get(&format!("/api/v1/calls/{id}"), "operator").await.json()["id"], id);
    }
    let id = call_id(1);
    house.get(&format!("/api/v1/calls/{id}?company=kuldnokk"), "operator").await.problem(404, "not_found");
    house.get("/api/v1/groups/+3726001000/live?company=kuldnokk", "operator").await.problem(404, "not_found");
}

/// 404 or 403, and no word was said about Sinilind behind the door.
fn refused(house: &House, endpoint: Endpoint, token: &str, path: &str, answer: &crate::house::Answer) {
    let what = format!("{} {path} with {token}: {} {}", endpoint.method, answer.status, answer.text);
    assert!([403, 404].contains(&answer.status.as_u16()), "{what}");
    let asked = house.asked();
    assert!(!asked.iter().any(|ask| ask.ends_with("sinilind")), "{what}: {asked:?}");
    assert!(house.commands().is_empty(), "{what}");
}
