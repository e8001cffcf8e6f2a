//! Without a token that holds now, every endpoint that needs one answers 401 and asks the node nothing else.

use axum::body::Body;
use axum::http::Request;

use crate::endpoints::{Ids, guarded};
use crate::house::{EXPIRED, GROUP, House, REVOKED, call_id};

#[tokio::test]
async fn without_a_valid_token_every_endpoint_answers_401_whatever_else_was_sent() {
    let house = House::build().await;
    let call = call_id(1).to_string();
    let ids = Ids { company: "sinilind", group: GROUP, user: "mari", call: &call };
    let headers = [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some("Bearer nobodys".to_owned()),
        Some("Basic c2luaWxpbmQ6".to_owned()),
        Some("sinilind".to_owned()),
        Some("Bearer sinilind sinilind".to_owned()),
        Some(format!("Bearer {EXPIRED}")),
        Some(format!("Bearer {REVOKED}")),
    ];
    let mut tried = 0;
    for endpoint in guarded() {
        for header in &headers {
            for (query, body) in [("", ""), ("?company=sinilind&limit=x&dry_run=x", "{\"reason\":")] {
                let uri = format!("{}{query}", endpoint.filled(&ids));
                let mut request = Request::builder().method(endpoint.method).uri(&uri);
                if let Some(header) = header {
                    request = request.header("authorization", header);
                }
                let answer = house.read(request.body(Body::from(body)).unwrap()).await;
                answer.problem(401, "unauthorized");
                assert_eq!(answer.headers["www-authenticate"], "Bearer");
                let asked = house.asked();
                assert!(asked.iter().all(|ask| ask == "Who"), "{} {uri}: {asked:?}", endpoint.method);
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 28 * 10 * 2);
}

#[tokio::test]
async fn the_scheme_of_a_token_may_be_written_in_any_case() {
    let house = House::build().await;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request =
            Request::builder().uri("/api/v1/groups").header("authorization", format!("{scheme} sinilind"));
        assert_eq!(house.read(request.body(Body::empty()).unwrap()).await.status, 200, "{scheme}");
    }
}
