//! A company's document and prompts: who may write them, in which form, and what is refused.

use api::gateway::{ApplyMode, Format, Prune};
use axum::body::Body;
use axum::http::Request;

use crate::house::{ADMIN, Answer, House, MEMBER, OPERATOR, SINILIND, SUPERVISOR};

const PATH: &str = "/api/v1/companies/sinilind/document";

#[tokio::test]
async fn a_document_is_written_by_who_administers_the_company() {
    let house = House::build().await;
    for (version, token, by) in
        [(2, SINILIND, "company sinilind"), (3, ADMIN, "ants@sinilind"), (4, OPERATOR, "operator")]
    {
        let written = house.ask("PUT", PATH, token, "name = \"Sinilind\"").await.json();
        assert_eq!(written["version"], version);
        assert_eq!(written["changes"][0], "name: Sinilind");
        let applied = std::mem::take(&mut house.heard.lock().unwrap().applied);
        assert_eq!(
            (applied[0].by.as_str(), applied[0].mode, applied[0].prune),
            (by, ApplyMode::Write, Prune::Keep)
        );
    }
    for token in [MEMBER, SUPERVISOR] {
        for method in ["GET", "PUT"] {
            house.ask(method, PATH, token, "").await.problem(403, "forbidden");
        }
        let prompt = "/api/v1/companies/sinilind/prompts/welcome";
        house.ask("PUT", prompt, token, "RIFF").await.problem(403, "forbidden");
    }
    assert!(house.heard.lock().unwrap().applied.is_empty());
}

#[tokio::test]
async fn only_an_operator_makes_a_company() {
    let house = House::build().await;
    let path = "/api/v1/companies/tihane/document";
    house.ask("PUT", path, SINILIND, "").await.problem(404, "not_found");
    assert_eq!(house.store.companies().await.unwrap().len(), 2);
    assert_eq!(house.ask("PUT", path, OPERATOR, "{}").await.json()["version"], 1);
    assert_eq!(house.store.companies().await.unwrap().len(), 3);
}

#[tokio::test]
async fn the_form_of_a_document_is_its_content_type() {
    let house = House::build().await;
    for (content_type, format) in
        [("application/json", Format::Json), ("application/toml", Format::Toml), ("text/plain", Format::Toml)]
    {
        let request = Request::builder()
            .method("PUT")
            .uri(format!("{PATH}?dry_run=true&prune=true&file=sinilind.toml"))
            .header("authorization", "Bearer sinilind")
            .header("content-type", content_type);
        assert_eq!(house.read(request.body(Body::from("{}")).unwrap()).await.json()["version"], 1);
        let applied = std::mem::take(&mut house.heard.lock().unwrap().applied);
        let file = &applied[0];
        assert_eq!((file.format, file.mode, file.prune), (format, ApplyMode::DryRun, Prune::Remove));
        assert_eq!(file.name.as_deref(), Some("sinilind.toml"));
    }
    assert_eq!(house.get(PATH, SINILIND).await.json()["company"], "sinilind");
    let toml = read_as(&house, "application/toml").await;
    assert_eq!(toml.text, "company = \"sinilind\"\nall = true\n");
    assert_eq!(toml.headers["content-type"], "application/toml; charset=utf-8");
}

#[tokio::test]
async fn every_fault_of_a_document_is_named_with_its_line() {
    let house = House::build().await;
    let problem = house.ask("PUT", PATH, SINILIND, "fautly = 1").await.problem(422, "faults");
    assert_eq!(problem["faults"][0]["line"], 3);
    assert_eq!(problem["faults"][0]["path"], "group[+3726001000].fautly");
    assert_eq!(house.store.companies().await.unwrap()[1].version, 1);
}

#[tokio::test]
async fn a_change_that_came_between_is_a_conflict() {
    let house = House::build().await;
    house.ask("PUT", PATH, SINILIND, "").await.json();
    house.ask("PUT", PATH, SINILIND, "stale").await.problem(409, "conflict");
}

/// The rest of the group goes back as it was read, so that it is good for that version only.
#[tokio::test]
async fn a_table_of_members_is_made_from_one_version() {
    let house = House::build().await;
    let settings = r#"{"group":[{"number":"+3726001000","ring_time":"8s","member":[{"user":"juri"}]}]}"#;
    let version = house.ask("PUT", PATH, SINILIND, settings).await.json()["version"].as_u64();
    house.heard.lock().unwrap().applied.clear();
    let path = "/api/v1/groups/+3726001000/members.csv";
    house.ask("PUT", path, SINILIND, "user\nmari\n").await.json();
    let applied = std::mem::take(&mut house.heard.lock().unwrap().applied);
    assert_eq!(applied[0].made_from, version);
    let text = &applied[0].text;
    assert!(
        text.contains("8s") && text.contains("\n{\"user\" = \"mari\"}") && !text.contains("juri"),
        "{text}"
    );
}

#[tokio::test]
async fn a_document_that_is_no_text_is_refused() {
    let house = House::build().await;
    let request = Request::builder().method("PUT").uri(PATH).header("authorization", "Bearer sinilind");
    let answer = house.read(request.body(Body::from(vec![0xFF, 0xFE])).unwrap()).await;
    assert_eq!(answer.problem(400, "bad_request")["faults"][0]["path"], "body");
}

#[tokio::test]
async fn a_prompts_audio_is_kept_under_its_hash() {
    let house = House::build().await;
    let path = "/api/v1/companies/sinilind/prompts/welcome";
    assert_eq!(house.ask("PUT", path, SINILIND, "RIFF").await.json()["hash"], "hash");
    assert_eq!(house.store.audio("hash").await.unwrap().as_deref(), Some(b"RIFF".as_slice()));
}

async fn read_as(house: &House, accept: &str) -> Answer {
    let request = Request::builder()
        .uri(format!("{PATH}?all=true"))
        .header("authorization", "Bearer sinilind")
        .header("accept", accept);
    house.read(request.body(Body::empty()).unwrap()).await
}
