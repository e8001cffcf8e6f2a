//! Groups as they are now, their members' log-ins, and the live stream.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_core::Stream;
use model::id::{PartyId, TenantId};
use model::input::{Actor, Command, Duty};
use model::number::Number;
use model::output::{Refusal, Reply};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::ToSchema;

use crate::ApiState;
use crate::calls::names_of;
use crate::gateway::{Ask, Change, Changed};
use crate::principal::Scope;
use crate::problem::Problem;
use crate::request::{Body, CompanyQuery, InCompany, InGroup, Path};
use crate::shape::{CallFull, GroupLive};

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

/// The groups of the company.
#[utoipa::path(get, path = "/api/v1/groups", params(CompanyQuery), tag = "Live",
    responses((status = 200, body = GroupList),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn groups(
    State(state): State<ApiState>,
    InCompany(scope): InCompany,
) -> Result<Json<GroupList>, Problem> {
    let tenant = scope.tenant.clone();
    let heads = state.gateway.ask(|answer| Ask::Groups { tenant, answer }).await?;
    let mut items = Vec::new();
    for head in heads {
        if scope.may_see_group(&state, head.number).await? {
            items.push(GroupItem { number: head.number.to_string(), name: head.name });
        }
    }
    Ok(Json(GroupList { items, next: None }))
}

/// A group as it is now.
#[utoipa::path(get, path = "/api/v1/groups/{number}/live", tag = "Live",
    params(("number" = String, Path, description = "The group's number"), CompanyQuery),
    responses((status = 200, body = GroupLive),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn live(
    State(state): State<ApiState>,
    InGroup { scope, group }: InGroup,
) -> Result<Json<GroupLive>, Problem> {
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

/// Which member of the group.
#[derive(Debug, Deserialize)]
pub struct MemberPath {
    /// Name or number.
    user: String,
}

async fn steer(
    state: &ApiState,
    InGroup { scope, group }: InGroup,
    user: &str,
    wish: Wish,
    body: &[u8],
) -> Result<StatusCode, Problem> {
    let member = person(state, &scope.tenant, user).await;
    let by = allowed(state, &scope, group, member.as_ref().ok().copied()).await?;
    let member = member?;
    let said = said(body)?;
    let command = match wish {
        Wish::LogIn => {
            let duty = if said.duty { Duty::Take } else { Duty::No };
            Command::LogIn { group, member, duty, by }
        }
        Wish::LogOut => Command::LogOut { group, member, by },
        Wish::Pause => {
            in_group(state, &scope.tenant, group, member).await?;
            Command::Pause { member, reason: said.reason, by }
        }
        Wish::Resume => {
            in_group(state, &scope.tenant, group, member).await?;
            Command::Resume { member, by }
        }
    };
    let tenant = scope.tenant;
    match state.gateway.ask(|answer| Ask::Command { tenant, command, answer }).await? {
        Reply::Done | Reply::Code { .. } => Ok(StatusCode::NO_CONTENT),
        Reply::Refused(refusal) => Err(Problem::refused(refusal)),
    }
}

fn said(body: &[u8]) -> Result<MemberWish, Problem> {
    if body.is_empty() {
        return Ok(MemberWish::default());
    }
    let said: MemberWish =
        serde_json::from_slice(body).map_err(|fault| Problem::bad_field("body", fault.to_string()))?;
    if said.reason.as_ref().is_some_and(|reason| reason.is_empty() || reason.chars().count() > 80) {
        return Err(Problem::bad_field("reason", "1 to 80 characters"));
    }
    Ok(said)
}

/// Administrators and the group's supervisors steer everybody; a person himself.
async fn allowed(
    state: &ApiState,
    scope: &Scope,
    group: Number,
    member: Option<PartyId>,
) -> Result<Actor, Problem> {
    let Some(asker) = scope.person().cloned() else { return Ok(Actor::Api) };
    let party = person(state, &scope.tenant, asker.as_str()).await?;
    let tenant = scope.tenant.clone();
    let name = asker.to_string();
    let ties = state.gateway.ask(|answer| Ask::Ties { tenant, group, person: name, answer }).await?;
    if ties.supervises || member == Some(party) {
        return Ok(Actor::Party(party));
    }
    Err(Problem::forbidden())
}

/// A pause acts in all groups, so who steers one group may not reach those who are not in it.
async fn in_group(
    state: &ApiState,
    tenant: &TenantId,
    group: Number,
    member: PartyId,
) -> Result<(), Problem> {
    let (asked, parties) = (tenant.clone(), vec![member]);
    let names = state.gateway.ask(|answer| Ask::Names { tenant: asked, parties, answer }).await?;
    let person = names.get(&member).and_then(|view| view.user.clone());
    let person = person.ok_or_else(|| Problem::refused(Refusal::NoMember))?;
    let tenant = tenant.clone();
    let ties = state.gateway.ask(|answer| Ask::Ties { tenant, group, person, answer }).await?;
    if ties.member { Ok(()) } else { Err(Problem::refused(Refusal::NoMember)) }
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
            responses((status = 204),
                      (status = 400, body = Problem), (status = 401, body = Problem),
                      (status = 403, body = Problem), (status = 404, body = Problem),
                      (status = 409, body = Problem), (status = 413, body = Problem)))]
        pub async fn $name(
            State(state): State<ApiState>,
            group: InGroup,
            Path(MemberPath { user }): Path<MemberPath>,
            Body(body): Body,
        ) -> Result<StatusCode, Problem> {
            steer(&state, group, &user, $wish, &body).await
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
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn events(
    State(state): State<ApiState>,
    InCompany(scope): InCompany,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
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
    // Each has its own id, and the last one's is the newest change's: from there on nothing is missed.
    for (change, before) in first.iter_mut().rev().zip(0..) {
        change.id = newest.saturating_sub(before);
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
    loop {
        let change = tokio::select! {
            change = changes.recv() => change,
            // A listener that has gone is let go at once, also where nothing changes.
            () = sender.closed() => return,
        };
        // One that falls too far behind is cut off; it comes again with `Last-Event-ID`.
        let Ok(change) = change else { return };
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
            if !scope.may_see_group(state, view.group.number).await.unwrap_or(false) {
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
