//! A group's requests to be called back.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use model::input::Command;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiState;
use crate::commands::give;
use crate::gateway::{Ask, CallbackView};
use crate::problem::Problem;
use crate::request::{CompanyQuery, InGroup, PageQuery, Path, Query};
use crate::shape::{CallbackStateWord, Names, Page, anonymous, iso, shown};

/// A request to be called back.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallbackItem {
    /// Its id: that of the call which asked for it.
    pub id: String,
    /// Who asked: E.164, extension or `anonymous`.
    pub caller: String,
    /// Whom to call.
    pub number: String,
    /// Asked at.
    pub since: String,
    /// Expires at.
    pub valid_until: String,
    /// Attempts to the customer that ended.
    pub attempts: u32,
    /// What it does.
    pub state: CallbackStateWord,
}

fn item(view: &CallbackView, names: &Names) -> CallbackItem {
    CallbackItem {
        id: view.id.to_string(),
        caller: if view.callback.hidden { anonymous() } else { shown(names, view.callback.caller) },
        number: shown(names, view.callback.number),
        since: iso(view.callback.since),
        valid_until: iso(view.callback.valid_until),
        attempts: view.callback.attempts,
        state: view.callback.state.into(),
    }
}

/// The requests of a group, newest first; ended ones stay listed for 24 hours.
#[utoipa::path(get, path = "/api/v1/groups/{number}/callbacks", tag = "Callbacks",
    params(("number" = String, Path, description = "The group's number"), PageQuery),
    responses((status = 200, body = Page<CallbackItem>),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn list(
    State(state): State<ApiState>,
    InGroup { scope, group }: InGroup,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<CallbackItem>>, Problem> {
    let tenant = scope.tenant.clone();
    let views = state.gateway.ask(|answer| Ask::Callbacks { tenant, group, answer }).await?;
    let mut views = views.ok_or_else(Problem::not_found)?;
    views.sort_unstable_by_key(|view| std::cmp::Reverse((view.callback.since, view.id)));
    let tenant = scope.tenant;
    let parties = views.iter().flat_map(|view| [view.callback.caller, view.callback.number]).collect();
    let names = state.gateway.ask(|answer| Ask::Names { tenant, parties, answer }).await?;
    let items = views.iter().map(|view| item(view, &names)).collect();
    Page::of(items, query.limit, query.cursor.as_deref(), |item| item.id.clone()).map(Json)
}

/// Which of them.
#[derive(Debug, Deserialize)]
pub struct CallbackPath {
    /// Its id.
    id: String,
}

/// Withdraws a request: nobody calls the customer.
#[utoipa::path(delete, path = "/api/v1/groups/{number}/callbacks/{id}", tag = "Callbacks",
    params(("number" = String, Path, description = "The group's number"),
           ("id" = String, Path, description = "The callback's id"), CompanyQuery),
    responses((status = 204),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem)))]
pub async fn cancel(
    State(state): State<ApiState>,
    InGroup { scope, group }: InGroup,
    Path(CallbackPath { id }): Path<CallbackPath>,
) -> Result<StatusCode, Problem> {
    if scope.ties(&state, group).await?.is_some_and(|ties| !ties.supervises) {
        return Err(Problem::forbidden());
    }
    let callback = id.parse().map_err(|_| Problem::not_found())?;
    give(&state, &scope, Command::CancelCallback { group, callback }).await
}
