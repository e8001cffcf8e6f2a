//! What cannot be read or carried out is a problem document (RFC 9457) that names the field at fault.

use crate::house::{House, OPERATOR, SINILIND};

#[tokio::test]
async fn a_wrong_field_is_named() {
    let house = House::build().await;
    let live = "/api/v1/groups/+3726001000";
    for (method, path, body, field) in [
        ("GET", "/api/v1/calls?limit=0".to_owned(), "", "limit"),
        ("GET", "/api/v1/calls?limit=501".to_owned(), "", "limit"),
        ("GET", "/api/v1/calls?limit=-1".to_owned(), "", "limit"),
        ("GET", "/api/v1/calls?limit=ten".to_owned(), "", "limit"),
        ("GET", "/api/v1/calls?limit=99999999999".to_owned(), "", "limit"),
        ("GET", "/api/v1/calls?cursor=yesterday".to_owned(), "", "cursor"),
        ("GET", "/api/v1/calls?cursor=".to_owned(), "", "cursor"),
        ("GET", "/api/v1/calls?from=yesterday".to_owned(), "", "from"),
        ("GET", "/api/v1/calls?visit=answered".to_owned(), "", "visit"),
        ("GET", "/api/v1/calls?group=101&visit=lost".to_owned(), "", "visit"),
        ("GET", "/api/v1/calls?group=101&waited_max=20s".to_owned(), "", "waited_max"),
        ("GET", "/api/v1/calls?group=101&visit=answered&waited_max=20".to_owned(), "", "waited_max"),
        ("GET", "/api/v1/calls?offer=busy".to_owned(), "", "offer"),
        ("GET", "/api/v1/directory?limit=0".to_owned(), "", "limit"),
        ("GET", "/api/v1/directory?cursor=x".to_owned(), "", "cursor"),
        ("GET", format!("{live}/callbacks?limit=501"), "", "limit"),
        ("GET", format!("{live}/statistics?from=yesterday"), "", "from"),
        ("GET", format!("{live}/statistics?to=2026-02-30"), "", "to"),
        ("GET", format!("{live}/statistics?from=2026-03-02&to=2026-03-01"), "", "to"),
        ("GET", format!("{live}/calls.csv?from=2026-13-01"), "", "from"),
        ("POST", format!("{live}/members/mari/pause"), "{\"reason\":", "body"),
        ("POST", format!("{live}/members/mari/pause"), "[]", "body"),
        ("POST", format!("{live}/members/mari/pause"), "{\"reasn\":\"lunch\"}", "reasn"),
        ("POST", format!("{live}/members/mari/pause"), "{\"reason\":5}", "reason"),
        ("PUT", "/api/v1/users/mari/presence".to_owned(), "{\"activity\":\"dnd\",\"until\":1}", "until"),
        ("PUT", "/api/v1/users/mari/presence".to_owned(), "{\"activity\":\"gone\"}", "activity"),
        ("PUT", "/api/v1/users/mari/presence".to_owned(), "{}", "activity"),
        ("POST", format!("{live}/members/mari/login"), "{\"duty\":\"yes\"}", "duty"),
        ("GET", "/api/v1/groups?limit=0".to_owned(), "", "limit"),
        ("GET", "/api/v1/groups?cursor=x".to_owned(), "", "cursor"),
        ("POST", format!("{live}/members/mari/pause"), "{\"reason\":\"\"}", "reason"),
        ("GET", "/api/v1/companies/sinilind/document?all=x".to_owned(), "", "all"),
        ("PUT", "/api/v1/companies/sinilind/document?dry_run=x".to_owned(), "", "dry_run"),
        ("PUT", "/api/v1/companies/sinilind/prompts/welcome".to_owned(), "no sound", "body"),
    ] {
        let problem = house.ask(method, &path, SINILIND, body).await.problem(400, "bad_request");
        assert_eq!(problem["faults"][0]["path"], field, "{method} {path} {body}: {problem}");
        assert!(problem["faults"][0]["text"].as_str().is_some_and(|text| !text.is_empty()), "{problem}");
    }
    assert!(house.commands().is_empty());
}

#[tokio::test]
async fn an_operator_who_must_say_the_company_is_told_so() {
    let house = House::build().await;
    for path in ["/api/v1/calls", "/api/v1/groups", "/api/v1/events"] {
        let problem = house.get(path, OPERATOR).await.problem(400, "bad_request");
        assert_eq!(problem["faults"][0]["path"], "company", "{path}");
        house.get(&format!("{path}?company=nobody"), OPERATOR).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn what_does_not_exist_is_not_found() {
    let house = House::build().await;
    for path in [
        "/api/v1/groups/+3726009999/live",
        "/api/v1/groups/mari/live",
        "/api/v1/groups/+/live",
        "/api/v1/groups/%2B/statistics",
        "/api/v1/groups/%FF/live",
        "/api/v1/groups/+0/calls.csv",
        "/api/v1/calls/019cab00-0000-7000-8000-0000000003e7",
        "/api/v1/calls/1/explain",
        "/api/v1/calls/%FF",
        "/api/v1/companies/nobody/document",
        "/api/v1/companies/a%20b/document",
        "/api/v1/nothing",
        "/nothing",
    ] {
        for token in [SINILIND, OPERATOR] {
            house.get(path, token).await.problem(404, "not_found");
        }
    }
    house.get("/api/v1/groups/999/live", SINILIND).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_method_that_a_path_does_not_have_is_named() {
    let house = House::build().await;
    for (method, path) in [
        ("DELETE", "/api/v1/calls"),
        ("GET", "/api/v1/groups/+3726001000/members/mari/login"),
        ("POST", "/api/v1/companies/sinilind/document"),
    ] {
        house.ask(method, path, SINILIND, "").await.problem(405, "method_not_allowed");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused() {
    let house = House::build().await;
    let body = "R".repeat(16 * 1024 * 1024 + 1);
    let path = "/api/v1/companies/sinilind/prompts/welcome";
    house.ask("PUT", path, SINILIND, &body).await.problem(413, "too_large");
}

#[tokio::test]
async fn a_platform_that_does_not_answer_is_unavailable() {
    let (gateway, asks) = api::gateway::Gateway::new(api::gateway::Hub::default());
    drop(asks);
    let house = House::build().await.with_router(api::router(gateway));
    for path in ["/api/v1/groups", "/api/v1/calls/1"] {
        house.get(path, SINILIND).await.problem(503, "unavailable");
    }
    assert_eq!(house.get("/readyz", "").await.status, 503);
    assert_eq!(house.get("/healthz", "").await.status, 200);
}

#[tokio::test]
async fn who_asks_whether_calls_can_be_taken_is_told_why_not_and_when_again() {
    let house = House::build().await;
    assert_eq!(house.get("/readyz", "").await.status, 200);
    house.heard.lock().unwrap().trouble = Some("the database does not take facts".to_owned());
    let answer = house.get("/readyz", "").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.text, "the database does not take facts\n");
    house.heard.lock().unwrap().trouble = None;
    assert_eq!(house.get("/readyz", "").await.status, 200);
}
