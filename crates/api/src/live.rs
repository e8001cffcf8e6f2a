//! Groups as they are now, their members' log-ins, and the live stream.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_core::Stream;
use model::id::{PartyId, TenantId};
use model::input::{Actor, Command, Duty};
use model::number::Number;
use model::output::Reply;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::calls::names_of;
use crate::gateway::{Ask, Change, Changed};
use crate::principal::{Principal, Scope};
use crate::problem::Problem;
use crate::shape::{CallFull, GroupLive};

/// Which company, where a number or name alone is ambiguous.
#[derive(Debug, Deserialize, IntoParams)]
pub struct CompanyQuery {
    /// The company's id; only needed with an operator's token.
    pub company: Option<String>,
}

/// A group in lists.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupItem {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
}

/// All groups of a company.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupList {
    /// In order of number.
    pub items: Vec<GroupItem>,
    /// Always null: one page.
    pub next: Option<String>,
}

/// Reads a number of a path.
///
/// # Errors
/// It is none: 404, as for a group that does not exist.
pub fn number(text: &str) -> Result<Number, Problem> {
    text.trim().parse().map_err(|_| Problem::not_found())
}

/// The asker's company and the group of the path, which he may see.
///
/// # Errors
/// 404 when either does not exist for him.
pub async fn group_scope(
    state: &ApiState,
    principal: Principal,
    company: Option<&str>,
    group: &str,
) -> Result<(Scope, Number), Problem> {
    let group = number(group);
    if let (Principal::Operator, Err(problem)) = (&principal, &group) {
        return Err(problem.clone());
    }
    let group = group?;
    let scope = principal.company_of_group(state, company, group).await?;
    let tenant = scope.tenant.clone();
    let groups = state.gateway.ask(|answer| Ask::Groups { tenant, answer }).await?;
    let known = groups.iter().any(|head| head.number == group);
    if !known || !may_see(state, &scope, group).await? {
        return Err(Problem::not_found());
    }
    Ok((scope, group))
}

/// Administrators see every group; a person those he supervises or is a member of.
async fn may_see(state: &ApiState, scope: &Scope, group: Number) -> Result<bool, Problem> {
    let Some(person) = scope.person() else { return Ok(true) };
    let (tenant, person) = (scope.tenant.clone(), person.to_string());
    Ok(state.gateway.ask(|answer| Ask::Ties { tenant, group, person, answer }).await?.is_tied())
}

/// The groups of the company.
#[utoipa::path(get, path = "/api/v1/groups", params(CompanyQuery), tag = "Live",
    responses((status = 200, body = GroupList), (status = 401, body = Problem)))]
pub async fn groups(
    State(state): State<ApiState>,
    principal: Principal,
    Query(query): Query<CompanyQuery>,
) -> Result<Json<GroupList>, Problem> {
    let scope = principal.company(&state, query.company.as_deref()).await?;
    let tenant = scope.tenant.clone();
    let heads = state.gateway.ask(|answer| Ask::Groups { tenant, answer }).await?;
    let mut items = Vec::new();
    for head in heads {
        if may_see(&state, &scope, head.number).await? {
            items.push(GroupItem { number: head.number.to_string(), name: head.name });
        }
    }
    Ok(Json(GroupList { items, next: None }))
}

/// A group as it is now.
#[utoipa::path(get, path = "/api/v1/groups/{number}/live", tag = "Live",
    params(("number" = String, Path, description = "The group's number"), CompanyQuery),
    responses((status = 200, body = GroupLive), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn live(
    State(state): State<ApiState>,
    principal: Principal,
    Path(group): Path<String>,
    Query(query): Query<CompanyQuery>,
) -> Result<Json<GroupLive>, Problem> {
    let (scope, group) = group_scope(&state, principal, query.company.as_deref(), &group).await?;
    let tenant = scope.tenant;
    let view = state.gateway.ask(|answer| Ask::Live { tenant, group, answer }).await?;
    Ok(Json(GroupLive::from(&view.ok_or_else(Problem::not_found)?)))
}

/// What a member command may say.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct MemberWish {
    /// Why, for a pause; 1-80 characters.
    pub reason: Option<String>,
    /// Log in as the first (K-43), where the group has a duty member and this member may take it.
    #[serde(default)]
    pub duty: bool,
}

/// The four commands about a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    LogIn,
    LogOut,
    Pause,
    Resume,
}

struct MemberPath {
    group: String,
    user: String,
    company: Option<String>,
}

async fn steer(
    state: &ApiState,
    principal: Principal,
    path: MemberPath,
    wish: Wish,
    body: MemberWish,
) -> Result<StatusCode, Problem> {
    let (scope, group) = group_scope(state, principal, path.company.as_deref(), &path.group).await?;
    let member = person(state, &scope.tenant, &path.user).await?;
    let by = allowed(state, &scope, group, &path.user).await?;
    if body.reason.as_ref().is_some_and(|reason| reason.is_empty() || reason.chars().count() > 80) {
        return Err(Problem::bad_field("reason", "1 to 80 characters"));
    }
    let command = match wish {
        Wish::LogIn => {
            let duty = if body.duty { Duty::Take } else { Duty::No };
            Command::LogIn { group, member, duty, by }
        }
        Wish::LogOut => Command::LogOut { group, member, by },
        Wish::Pause => Command::Pause { member, reason: body.reason, by },
        Wish::Resume => Command::Resume { member, by },
    };
    let tenant = scope.tenant;
    match state.gateway.ask(|answer| Ask::Command { tenant, command, answer }).await? {
        Reply::Done | Reply::Code { .. } => Ok(StatusCode::NO_CONTENT),
        Reply::Refused(refusal) => Err(Problem::refused(refusal)),
    }
}

/// Administrators and the group's supervisors steer everybody; a person himself.
async fn allowed(state: &ApiState, scope: &Scope, group: Number, user: &str) -> Result<Actor, Problem> {
    let Some(asker) = scope.person().cloned() else { return Ok(Actor::Api) };
    let party = person(state, &scope.tenant, asker.as_str()).await?;
    let tenant = scope.tenant.clone();
    let name = asker.to_string();
    let ties = state.gateway.ask(|answer| Ask::Ties { tenant, group, person: name, answer }).await?;
    if ties.supervises || asker.as_str() == user {
        return Ok(Actor::Party(party));
    }
    Err(Problem::forbidden())
}

async fn person(state: &ApiState, tenant: &TenantId, name: &str) -> Result<PartyId, Problem> {
    let (tenant, name) = (tenant.clone(), name.to_owned());
    let party = state.gateway.ask(|answer| Ask::Person { tenant, name, answer }).await?;
    party.ok_or_else(Problem::not_found)
}

macro_rules! member_command {
    ($(#[$doc:meta])* $name:ident, $path:literal, $wish:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "Members", request_body = inline(Option<MemberWish>),
            params(("number" = String, Path, description = "The group's number"),
                   ("user" = String, Path, description = "Name or number of the member"), CompanyQuery),
            responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
                      (status = 404, body = Problem), (status = 409, body = Problem)))]
        pub async fn $name(
            State(state): State<ApiState>,
            principal: Principal,
            Path((group, user)): Path<(String, String)>,
            Query(query): Query<CompanyQuery>,
            body: axum::body::Bytes,
        ) -> Result<StatusCode, Problem> {
            let path = MemberPath { group, user, company: query.company };
            let wish = if body.is_empty() {
                MemberWish::default()
            } else {
                serde_json::from_slice(&body).map_err(|fault| Problem::bad_field("body", fault.to_string()))?
            };
            steer(&state, principal, path, $wish, wish).await
        }
    };
}

member_command!(
    /// Logs a member in, at the tail of the list.
    log_in, "/api/v1/groups/{number}/members/{user}/login", Wish::LogIn
);
member_command!(
    /// Logs a member out; a call of his goes on.
    log_out, "/api/v1/groups/{number}/members/{user}/logout", Wish::LogOut
);
member_command!(
    /// Pauses an agent in all his groups.
    pause, "/api/v1/groups/{number}/members/{user}/pause", Wish::Pause
);
member_command!(
    /// Lifts an agent's pause.
    resume, "/api/v1/groups/{number}/members/{user}/resume", Wish::Resume
);

/// Changes a slow listener may fall behind by before it is cut off and has to come again.
const BEHIND_MAX: usize = 256;

/// Live changes: `event: group` and `event: call`, a snapshot first. `Last-Event-ID` resumes.
#[utoipa::path(get, path = "/api/v1/events", params(CompanyQuery), tag = "Live",
    responses((status = 200, description = "Server-sent events", content_type = "text/event-stream", body = String),
              (status = 401, body = Problem)))]
pub async fn events(
    State(state): State<ApiState>,
    principal: Principal,
    Query(query): Query<CompanyQuery>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let scope = principal.company(&state, query.company.as_deref()).await?;
    let after = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let (missed, changes, newest) = state.gateway.hub().listen(&scope.tenant, after);
    let first: VecDeque<Change> = match missed {
        Some(missed) => missed.into(),
        None => snapshot(&state, &scope, newest).await?,
    };
    let (sender, receiver) = tokio::sync::mpsc::channel(BEHIND_MAX);
    tokio::spawn(forward(state, scope, first, changes, sender));
    Ok(Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

async fn snapshot(state: &ApiState, scope: &Scope, newest: u64) -> Result<VecDeque<Change>, Problem> {
    let mut first = VecDeque::new();
    let tenant = scope.tenant.clone();
    for head in state.gateway.ask(|answer| Ask::Groups { tenant, answer }).await? {
        let tenant = scope.tenant.clone();
        let group = head.number;
        if let Some(view) = state.gateway.ask(|answer| Ask::Live { tenant, group, answer }).await? {
            first.push_back(Change { id: newest, what: Changed::Group(Arc::new(view)) });
        }
    }
    let tenant = scope.tenant.clone();
    for record in state.gateway.ask(|answer| Ask::OpenCalls { tenant, answer }).await? {
        first.push_back(Change { id: newest, what: Changed::Call(Arc::new(record)) });
    }
    Ok(first)
}

async fn forward(
    state: ApiState,
    scope: Scope,
    first: VecDeque<Change>,
    mut changes: broadcast::Receiver<Change>,
    sender: tokio::sync::mpsc::Sender<Result<Event, Infallible>>,
) {
    for change in first {
        if send(&state, &scope, change, &sender).await.is_err() {
            return;
        }
    }
    // A listener that falls too far behind is cut off; it comes again with `Last-Event-ID`.
    while let Ok(change) = changes.recv().await {
        if send(&state, &scope, change, &sender).await.is_err() {
            return;
        }
    }
}

/// The listener has gone.
struct Gone;

async fn send(
    state: &ApiState,
    scope: &Scope,
    change: Change,
    sender: &tokio::sync::mpsc::Sender<Result<Event, Infallible>>,
) -> Result<(), Gone> {
    let event = Event::default().id(change.id.to_string());
    let event = match &change.what {
        Changed::Group(view) => {
            if !may_see(state, scope, view.group.number).await.unwrap_or(false) {
                return Ok(());
            }
            event.event("group").json_data(GroupLive::from(&**view))
        }
        Changed::Call(record) => {
            if scope.person().is_some() && !crate::calls::may_see(state, scope, record).await.unwrap_or(false)
            {
                return Ok(());
            }
            let names = names_of(state, &scope.tenant, [&**record]).await.map_err(|_| Gone)?;
            event.event("call").json_data(CallFull::of(record, &names))
        }
    };
    match event {
        Ok(event) => sender.send(Ok(event)).await.map_err(|_| Gone),
        Err(fault) => {
            tracing::error!(%fault, "a live change could not be written as JSON; please report it");
            Ok(())
        }
    }
}
