//! Every endpoint, as the OpenAPI document that the router serves lists them. One that is missing here has not
//! been tried without a token and with a foreign one.

use axum::http::StatusCode;

use crate::house::House;

/// Who may use an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// Everybody.
    ToAll,
    /// Whoever has a token.
    ToTokens,
}

/// One method on one path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) open: Open,
}

const fn on(method: &'static str, path: &'static str) -> Endpoint {
    Endpoint { method, path, open: Open::ToTokens }
}

const fn for_all(path: &'static str) -> Endpoint {
    Endpoint { method: "GET", path, open: Open::ToAll }
}

/// In order of path and method.
pub(crate) const ENDPOINTS: [Endpoint; 30] = [
    on("GET", "/api/v1/calls"),
    on("GET", "/api/v1/calls/{id}"),
    on("GET", "/api/v1/calls/{id}/explain"),
    on("POST", "/api/v1/calls/{id}/move"),
    on("POST", "/api/v1/calls/{id}/park"),
    on("POST", "/api/v1/calls/{id}/pickup"),
    on("POST", "/api/v1/calls/{id}/take"),
    on("POST", "/api/v1/calls/{id}/transfer"),
    on("GET", "/api/v1/companies/{id}/document"),
    on("PUT", "/api/v1/companies/{id}/document"),
    on("PUT", "/api/v1/companies/{id}/prompts/{name}"),
    on("POST", "/api/v1/companies/{id}/simulations"),
    on("GET", "/api/v1/directory"),
    on("GET", "/api/v1/events"),
    on("GET", "/api/v1/groups"),
    on("GET", "/api/v1/groups/{number}/callbacks"),
    on("DELETE", "/api/v1/groups/{number}/callbacks/{id}"),
    on("GET", "/api/v1/groups/{number}/calls.csv"),
    on("GET", "/api/v1/groups/{number}/live"),
    on("GET", "/api/v1/groups/{number}/members.csv"),
    on("PUT", "/api/v1/groups/{number}/members.csv"),
    on("POST", "/api/v1/groups/{number}/members/{user}/login"),
    on("POST", "/api/v1/groups/{number}/members/{user}/logout"),
    on("POST", "/api/v1/groups/{number}/members/{user}/pause"),
    on("POST", "/api/v1/groups/{number}/members/{user}/resume"),
    on("GET", "/api/v1/groups/{number}/statistics"),
    on("GET", "/api/v1/groups/{number}/times"),
    on("PUT", "/api/v1/users/{user}/presence"),
    for_all("/healthz"),
    for_all("/metrics"),
];

/// `/readyz` stands apart: its answer may be an error although it is open to all.
pub(crate) const READY: Endpoint = for_all("/readyz");

/// Those that need a token.
pub(crate) fn guarded() -> impl Iterator<Item = Endpoint> {
    ENDPOINTS.into_iter().filter(|endpoint| endpoint.open == Open::ToTokens)
}

/// Names for the parts of a path.
pub(crate) struct Ids<'a> {
    pub(crate) company: &'a str,
    pub(crate) group: &'a str,
    pub(crate) user: &'a str,
    pub(crate) call: &'a str,
}

impl Endpoint {
    /// Whether the path names something of a company.
    pub(crate) fn names_something(self) -> bool {
        self.path.contains('{')
    }

    /// The path with names filled in.
    pub(crate) fn filled(self, ids: &Ids<'_>) -> String {
        let id = if self.path.contains("/companies/") { ids.company } else { ids.call };
        let filled = self.path.replace("{id}", id).replace("{number}", ids.group);
        let filled = filled.replace("{user}", ids.user).replace("{name}", "welcome");
        assert!(!filled.contains('{'), "nothing to fill into {filled}");
        filled
    }
}

#[tokio::test]
async fn every_endpoint_of_the_served_document_stands_in_the_list() {
    let house = House::build().await;
    let document = house.get("/api/v1/openapi.json", "").await.json();
    let mut served: Vec<(String, String, Open)> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            // `security: [{}]` in an operation lifts what the document asks of all.
            let open = if operation.get("security").is_some() { Open::ToAll } else { Open::ToTokens };
            served.push((path.clone(), method.to_uppercase(), open));
        }
    }
    served.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    let mut listed: Vec<_> = ENDPOINTS.into_iter().chain([READY]).collect();
    listed.sort_by_key(|endpoint| (endpoint.path, endpoint.method));
    let listed: Vec<_> = listed
        .into_iter()
        .map(|endpoint| (endpoint.path.to_owned(), endpoint.method.to_owned(), endpoint.open))
        .collect();
    assert_eq!(
        listed, served,
        "write the new endpoint into ENDPOINTS, so that it is tried without its token"
    );
}

#[tokio::test]
async fn what_is_open_to_all_answers_without_a_token() {
    let house = House::build().await;
    for endpoint in ENDPOINTS.into_iter().chain([READY]).filter(|endpoint| endpoint.open == Open::ToAll) {
        let answer = house.get(endpoint.path, "").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", endpoint.path);
    }
    assert_eq!(house.get("/", "").await.status, StatusCode::TEMPORARY_REDIRECT);
    assert_eq!(house.get("/reference/", "").await.status, StatusCode::OK);
}
