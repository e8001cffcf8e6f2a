//! Calls: pages, one call, and the explanation in the asker's language.

use axum::body::Body;
use axum::http::Request;
use model::fact::Charge;
use model::record::{Folded, LegRecord};
use serde_json::{Value, json};

use crate::house::{
    CALLER, CUSTOMER, GROUP, House, LIIS, MARI, MEMBER, SINILIND, SUPERVISOR, call_id, record,
};

#[tokio::test]
async fn pages_go_from_the_newest_to_the_oldest_and_end() {
    let house = House::build().await;
    for (limit, sizes) in [(3, vec![3, 3, 1]), (7, vec![7]), (500, vec![7])] {
        let (mut seen, mut got, mut cursor) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = house.get(&format!("/api/v1/calls?limit={limit}{cursor}"), SINILIND).await.json();
            let items = page["items"].as_array().unwrap();
            got.push(items.len());
            seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(got, sizes, "limit {limit}");
        assert_eq!(seen, (1..=7).rev().map(|nth| call_id(nth).to_string()).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn a_call_shows_its_legs_and_visits() {
    let house = House::build().await;
    let call = house.get(&format!("/api/v1/calls/{}", call_id(1)), SINILIND).await.json();
    assert_eq!(call["from"], CALLER);
    assert_eq!(call["to"], GROUP);
    assert_eq!(call["started"], "2026-03-02T09:01:00.000Z");
    assert_eq!(call["outcome"], "answered");
    assert_eq!(call["legs"][0]["role"], "caller");
    assert_eq!(call["legs"][1]["role"], "member");
    assert_eq!(call["legs"][1]["user"], "juri");
    assert_eq!(call["visits"][0]["group"], GROUP);
    assert_eq!(call["visits"][0]["outcome"], "served");
}

/// req V-12: who pays for a leg, by the billing id of the group, by name, or the company.
#[tokio::test]
async fn a_call_tells_who_pays_for_its_legs() {
    let house = House::build().await;
    let mut call = record(31, CUSTOMER, GROUP);
    let number = GROUP.parse().unwrap();
    call.legs[1].charge = Some(Charge::Group { number, billing_id: Some("Osakond 7".into()) });
    for charge in [Charge::Group { number, billing_id: None }, Charge::User(MARI), Charge::Company] {
        let leg = call.legs[1].clone();
        call.legs.push(LegRecord { charge: Some(charge), ..leg });
    }
    house.add("sinilind", vec![Folded::Call(Box::new(call))]).await;
    let call = house.get(&format!("/api/v1/calls/{}", call_id(31)), SINILIND).await.json();
    let charges: Vec<&Value> = call["legs"].as_array().unwrap().iter().map(|leg| &leg["charge"]).collect();
    let none = Value::Null;
    let group = |billing_id: Option<&str>| json!({"to": "group", "group": GROUP, "billing_id": billing_id, "user": null});
    let user = json!({"to": "user", "group": null, "billing_id": null, "user": "mari"});
    let company = json!({"to": "company", "group": null, "billing_id": null, "user": null});
    assert_eq!(charges, [&none, &group(Some("Osakond 7")), &group(None), &user, &company]);
}

#[tokio::test]
async fn calls_are_listed_by_when_they_began_and_who_was_on_them() {
    let house = House::build().await;
    house.waiting_call(9);
    for (query, nths) in [
        ("", vec![9, 7, 6, 5, 4, 3, 2, 1]),
        ("from=2026-03-02T09:03:00Z&to=2026-03-02T09:06:00Z", vec![5, 4, 3]),
        ("from=2026-03-02T09:07:00Z", vec![9, 7]),
        ("member=juri&to=2026-03-02T09:03:00Z", vec![2, 1]),
        ("member=juri&offer=answered&to=2026-03-02T09:02:00Z", vec![1]),
        ("member=juri&offer=busy", vec![]),
        ("member=mari", vec![]),
        ("group=%2B3726001000&from=2026-03-02T09:06:00Z&visit=answered", vec![7, 6]),
        ("group=+3726001000&visit=inside", vec![9]),
        ("group=101", vec![]),
    ] {
        let page = house.get(&format!("/api/v1/calls?{query}"), SINILIND).await.json();
        let ids: Vec<_> = page["items"].as_array().unwrap().iter().map(|item| item["id"].clone()).collect();
        assert_eq!(ids, nths.iter().map(|nth| call_id(*nth).to_string()).collect::<Vec<_>>(), "{query}");
    }
}

#[tokio::test]
async fn a_group_that_the_asker_may_not_see_cannot_be_asked_about() {
    let house = House::build().await;
    for (token, group) in [(SINILIND, "999"), (SINILIND, "+35810200010"), (MEMBER, "101"), (LIIS, GROUP)] {
        let path = format!("/api/v1/calls?group={}", group.replace('+', "%2B"));
        house.get(&path, token).await.problem(404, "not_found");
    }
    house.get("/api/v1/calls?member=nobody", SINILIND).await.problem(404, "not_found");
    let seen = house.get("/api/v1/calls?group=%2B3726001000&limit=3", SUPERVISOR).await.json();
    assert_eq!(seen["items"].as_array().unwrap().len(), 3);
    let next = seen["next"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/calls?group=%2B3726001000&limit=4&cursor={next}");
    let rest = house.get(&path, SUPERVISOR).await.json();
    assert_eq!((rest["items"].as_array().unwrap().len(), rest["next"].as_str()), (4, None));
}

#[tokio::test]
async fn a_person_sees_calls_he_took_part_in_or_supervises() {
    let house = House::build().await;
    let path = format!("/api/v1/calls/{}", call_id(1));
    assert_eq!(house.get(&path, SUPERVISOR).await.status, 200);
    // Juri took it, Mari is a member only.
    house.get(&path, MEMBER).await.problem(404, "not_found");
    house.get(&format!("{path}/explain"), MEMBER).await.problem(404, "not_found");
    assert_eq!(house.get("/api/v1/calls", MEMBER).await.json()["items"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn the_explanation_speaks_the_language_liked_best() {
    let house = House::build().await;
    let path = format!("/api/v1/calls/{}/explain", call_id(1));
    for (header, code) in [
        (None, "en"),
        (Some("et"), "et"),
        (Some("et-EE,en;q=0.8"), "et"),
        (Some("FI"), "fi"),
        (Some("de, sv"), "sv"),
        (Some("en;q=0.1, ru;q=0.9, et;q=0.5"), "ru"),
        (Some("et;q=0, fi;q=0.2"), "fi"),
        (Some("et;q=much"), "en"),
        (Some("*"), "en"),
        (Some("de-AT, fr"), "en"),
        (Some(""), "en"),
    ] {
        let mut request = Request::builder().uri(&path).header("authorization", "Bearer sinilind");
        if let Some(header) = header {
            request = request.header("accept-language", header);
        }
        let answer = house.read(request.body(Body::empty()).unwrap()).await.json();
        assert_eq!(answer["call"], call_id(1).to_string());
        let decision = &answer["decisions"][0];
        assert_eq!((&decision["text"], &decision["kind"]), (&code.into(), &"offer".into()), "{header:?}");
        assert_eq!(decision["passed_over"][0]["reason"], "busy");
        assert_eq!(decision["passed_over"][0]["text"], code);
    }
}
