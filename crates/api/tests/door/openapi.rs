//! The OpenAPI document is a contract: what is served is what is committed.

use std::path::Path;

use crate::endpoints::guarded;
use crate::house::House;

#[tokio::test]
async fn the_served_document_is_the_committed_one() {
    let house = House::build().await;
    let served = house.get("/api/v1/openapi.json", "").await.json();
    let served = format!("{}\n", serde_json::to_string_pretty(&served).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    if std::env::var_os("HELIN_BLESS").is_some() {
        std::fs::write(&path, &served).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    if committed != served {
        let differs = committed.lines().zip(served.lines()).position(|(was, is)| was != is);
        let line = differs.unwrap_or_else(|| committed.lines().count().min(served.lines().count()));
        panic!(
            "the API is not as crates/api/openapi.json says, from line {} on. If that is meant, write the file \
             anew with `HELIN_BLESS=1 cargo test -p api --test door openapi` and commit it: fields may be added, \
             not renamed.",
            line + 1
        );
    }
}

#[tokio::test]
async fn the_document_says_what_each_endpoint_answers_to_strangers() {
    let house = House::build().await;
    let document = house.get("/api/v1/openapi.json", "").await.json();
    for endpoint in guarded() {
        let answers = &document["paths"][endpoint.path][endpoint.method.to_lowercase()]["responses"];
        let strangers = &answers["401"]["content"]["application/problem+json"]["schema"]["$ref"];
        assert_eq!(*strangers, "#/components/schemas/Problem", "{} {}", endpoint.method, endpoint.path);
        assert!(answers["404"].is_object(), "{} {} has no 404", endpoint.method, endpoint.path);
    }
}

#[tokio::test]
async fn every_parameter_stands_where_the_document_says() {
    let house = House::build().await;
    let document = house.get("/api/v1/openapi.json", "").await.json();
    for endpoint in guarded() {
        let operation = &document["paths"][endpoint.path][endpoint.method.to_lowercase()];
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            let in_path = endpoint.path.contains(&format!("{{{name}}}"));
            let place = if in_path { "path" } else { "query" };
            let what = format!("{name} of {} {}", endpoint.method, endpoint.path);
            assert_eq!(
                (&parameter["in"], &parameter["required"]),
                (&place.into(), &in_path.into()),
                "{what}"
            );
        }
        for name in endpoint.path.split('{').skip(1).map(|part| part.split('}').next().unwrap()) {
            let parameters = operation["parameters"].as_array().unwrap();
            assert!(
                parameters.iter().any(|parameter| parameter["name"] == name),
                "{name} of {}",
                endpoint.path
            );
        }
    }
}
