//! A company's settings as a document, and the audio of its prompts.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::gateway::{ApplyFile, ApplyMode, Ask, Format, Prune};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::request::{Administered, Body, Path, Query};

/// How to write a document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WriteQuery {
    /// Only tell what would change.
    #[serde(default)]
    pub dry_run: bool,
    /// Remove what the document does not mention.
    #[serde(default)]
    pub prune: bool,
    /// The file's name, for faults.
    pub file: Option<String>,
}

/// How to read a document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReadQuery {
    /// Also what has its default value.
    #[serde(default)]
    pub all: bool,
}

/// What became of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct Written {
    /// The version now in force.
    pub version: u64,
    /// One line per difference.
    pub changes: Vec<String>,
}

/// Writes settings: validated whole, then in force for the next decision.
#[utoipa::path(put, path = "/api/v1/companies/{id}/document", tag = "Company",
    params(("id" = String, Path, description = "The company's id"), WriteQuery),
    request_body(content((serde_json::Value = "application/json"), (String = "application/toml"))),
    responses((status = 200, body = Written),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 413, body = Problem),
              (status = 422, body = Problem)))]
pub async fn write(
    State(state): State<ApiState>,
    Administered(scope): Administered,
    Query(query): Query<WriteQuery>,
    headers: HeaderMap,
    Body(body): Body,
) -> Result<Json<Written>, Problem> {
    let text = String::from_utf8(body.into()).map_err(|_| Problem::bad_field("body", "not UTF-8"))?;
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = if content_type.contains("json") { Format::Json } else { Format::Toml };
    let file = ApplyFile {
        text,
        format,
        name: query.file,
        prune: if query.prune { Prune::Remove } else { Prune::Keep },
        mode: if query.dry_run { ApplyMode::DryRun } else { ApplyMode::Write },
        made_from: None,
        by: scope.by(),
    };
    let tenant = scope.tenant;
    // Only an operator makes companies.
    if scope.principal != Principal::Operator {
        let known = state.gateway.ask(|answer| Ask::Companies { answer }).await?;
        if !known.contains(&tenant) {
            return Err(Problem::not_found());
        }
    }
    let applied = state.gateway.ask(|answer| Ask::Apply { tenant, file, answer }).await??;
    Ok(Json(Written { version: applied.version, changes: applied.changes }))
}

/// Reads settings, as JSON, or as TOML with `Accept: application/toml`.
#[utoipa::path(get, path = "/api/v1/companies/{id}/document", tag = "Company",
    params(("id" = String, Path, description = "The company's id"), ReadQuery),
    responses((status = 200, content((serde_json::Value = "application/json"), (String = "application/toml"))),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn read(
    State(state): State<ApiState>,
    Administered(scope): Administered,
    Query(query): Query<ReadQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (format, content_type) = if accept.contains("toml") {
        (Format::Toml, "application/toml; charset=utf-8")
    } else {
        (Format::Json, "application/json")
    };
    let (tenant, all) = (scope.tenant, query.all);
    let exported = state.gateway.ask(|answer| Ask::Export { tenant, format, all, answer }).await?;
    let exported = exported.ok_or_else(Problem::not_found)?;
    Ok(([(CONTENT_TYPE, content_type)], exported.text).into_response())
}

/// The audio of a prompt, kept until a document names it by its hash.
#[derive(Debug, Serialize, ToSchema)]
pub struct Stored {
    /// To be named in the document's `[[prompt]]`.
    pub hash: String,
}

/// Which prompt of the company.
#[derive(Debug, Deserialize)]
pub struct PromptPath {
    /// Its name.
    name: String,
}

/// Sends the audio of a prompt (WAV).
#[utoipa::path(put, path = "/api/v1/companies/{id}/prompts/{name}", tag = "Company",
    params(("id" = String, Path, description = "The company's id"),
           ("name" = String, Path, description = "The prompt's name")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Stored),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 413, body = Problem)))]
pub async fn prompt(
    State(state): State<ApiState>,
    Administered(scope): Administered,
    Path(PromptPath { name }): Path<PromptPath>,
    Body(body): Body,
) -> Result<Json<Stored>, Problem> {
    let (tenant, audio) = (scope.tenant, body.to_vec());
    let stored = state.gateway.ask(|answer| Ask::StorePrompt { tenant, name, audio, answer }).await?;
    match stored {
        Ok(hash) => Ok(Json(Stored { hash })),
        Err(fault) => Err(Problem::bad_field("body", fault)),
    }
}
