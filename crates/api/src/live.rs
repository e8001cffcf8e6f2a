//! Groups as they are now, and the live stream.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_core::Stream;
use serde::Serialize;
use tokio::sync::broadcast;
use tokio_stream::wrappers::ReceiverStream;
use utoipa::ToSchema;

use crate::ApiState;
use crate::calls::names_of;
use crate::gateway::{Ask, Change, Changed, Listening};
use crate::principal::Scope;
use crate::problem::Problem;
use crate::request::{CompanyQuery, InCompany, InGroup, PageQuery, Query};
use crate::shape::{CallFull, GroupLive, Page};

/// A group in lists.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupItem {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
}

/// The groups of the company that the asker may see, in order of number.
#[utoipa::path(get, path = "/api/v1/groups", params(PageQuery), tag = "Live",
    responses((status = 200, body = Page<GroupItem>),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn groups(
    State(state): State<ApiState>,
    InCompany(scope): InCompany,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<GroupItem>>, Problem> {
    let tenant = scope.tenant.clone();
    let heads = state.gateway.ask(|answer| Ask::Groups { tenant, answer }).await?;
    let mut items = Vec::new();
    for head in heads {
        if scope.may_see_group(&state, head.number).await? {
            items.push(GroupItem { number: head.number.to_string(), name: head.name });
        }
    }
    // `+` of a query means a space, where it was not written as `%2B`.
    let cursor = query.cursor.map(|cursor| cursor.replace(' ', "+"));
    Page::of(items, query.limit, cursor.as_deref(), |item| item.number.clone()).map(Json)
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
    let Listening { missed, changes, newest, first_kept } = state.gateway.hub().listen(&scope.tenant, after);
    let first: VecDeque<Change> = match missed {
        Some(missed) => missed.into(),
        None => snapshot(&state, &scope, (first_kept, newest)).await?,
    };
    let (sender, receiver) = tokio::sync::mpsc::channel(BEHIND_MAX);
    tokio::spawn(forward(state, scope, first, changes, sender));
    Ok(Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

async fn snapshot(
    state: &ApiState,
    scope: &Scope,
    (first_kept, newest): (u64, u64),
) -> Result<VecDeque<Change>, Problem> {
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
    // The last one's id is the newest change's: from there on nothing is missed. The others' are so low that nobody
    // can resume from them: who was cut off in the middle of a snapshot gets another.
    for (change, before) in first.iter_mut().rev().zip(0..) {
        change.id = if before == 0 { newest } else { first_kept.saturating_sub(before + 1) };
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
