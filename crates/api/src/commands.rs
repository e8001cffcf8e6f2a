//! Commands about calls: send a caller elsewhere, give his call to somebody, move, park, pick up.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use model::id::{CallId, PartyId};
use model::input::{Actor, Command, TransferMode};
use model::leg::Dialled;
use model::output::{Refusal, Reply};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiState;
use crate::calls::{CallRights, reach};
use crate::gateway::Ask;
use crate::principal::{Principal, Scope};
use crate::problem::Problem;
use crate::request::{Body, CompanyQuery, Path, Query};

/// Letters of a target at most.
const TARGET_MAX: usize = 64;

/// Gives a command and tells what came of it.
pub(crate) async fn give(state: &ApiState, scope: &Scope, command: Command) -> Result<StatusCode, Problem> {
    let tenant = scope.tenant.clone();
    match state.gateway.ask(|answer| Ask::Command { tenant, command, answer }).await? {
        Reply::Done | Reply::Code { .. } | Reply::Parked(_) => Ok(StatusCode::NO_CONTENT),
        Reply::Refused(refusal) => Err(Problem::refused(refusal)),
    }
}

/// A call under way that the asker may do something with.
struct Steered {
    scope: Scope,
    call: CallId,
    rights: CallRights,
    /// Waits in a group and nobody is rung for it.
    waits_unrung: bool,
    /// The asker, if he is a person without the whole company's rights.
    own: Option<PartyId>,
}

impl Steered {
    /// The call of `id`, if `enough` of the asker's rights to it hold. One he may not see does not exist for him.
    async fn find(
        state: &ApiState,
        principal: Principal,
        id: &str,
        company: Option<&str>,
        enough: fn(CallRights) -> bool,
    ) -> Result<Steered, Problem> {
        let (scope, record, rights) = reach(state, principal, id, company).await?;
        if !enough(rights) {
            return Err(if rights.sees { Problem::forbidden() } else { Problem::not_found() });
        }
        if record.ended.is_some() {
            return Err(Problem::refused(Refusal::NoCall));
        }
        let own = scope.own_party(state).await?;
        let waits_unrung = record.visits.iter().any(|visit| visit.to.is_none())
            && !record.legs.iter().skip(1).any(|leg| leg.answered.is_none() && leg.ended.is_none());
        Ok(Steered { scope, call: record.call, rights, waits_unrung, own })
    }

    fn by(&self) -> Actor {
        self.own.map_or(Actor::Api, Actor::Party)
    }
}

/// Where to send a caller.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferWish {
    /// As a user of the company dials it: an extension, a number, a group's number.
    pub to: String,
    /// `blind` when left out.
    #[serde(default)]
    pub mode: TransferWay,
}

/// How a transfer goes.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransferWay {
    /// The target rings.
    #[default]
    Blind,
    /// The target rings; where he is busy, the caller waits for him with music.
    Camp,
}

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserWish {
    /// Name or number of a user.
    pub user: String,
}

/// Where in the line.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveWish {
    /// From 1.
    #[schema(minimum = 1)]
    pub position: u32,
}

/// Where a caller was parked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ParkedIn {
    /// 1 to 99; `*7SLOT` takes him back.
    pub slot: u8,
}

/// Sends a call's caller elsewhere; the present agent is released at once.
#[utoipa::path(post, path = "/api/v1/calls/{id}/transfer", tag = "Commands", request_body = TransferWish,
    params(("id" = String, Path, description = "The call's id"), CompanyQuery),
    responses((status = 204),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 413, body = Problem)))]
pub async fn transfer(
    State(state): State<ApiState>,
    principal: Principal,
    Path(id): Path<String>,
    Query(query): Query<CompanyQuery>,
    body: Body,
) -> Result<StatusCode, Problem> {
    let own_or_steered = |rights: CallRights| rights.steers || rights.is_on_it;
    let steered = Steered::find(&state, principal, &id, query.company.as_deref(), own_or_steered).await?;
    let wish: TransferWish = body.json()?;
    let text = wish.to.trim().to_owned();
    if text.is_empty() || text.chars().count() > TARGET_MAX {
        return Err(Problem::bad_field("to", format!("1 to {TARGET_MAX} characters, as dialled")));
    }
    let tenant = steered.scope.tenant.clone();
    let to = state.gateway.ask(|answer| Ask::Dialled { tenant, text, answer }).await?;
    if to == Dialled::Nobody {
        return Err(Problem::refused(Refusal::NoTarget));
    }
    let mode = match wish.mode {
        TransferWay::Blind => TransferMode::Blind,
        TransferWay::Camp => TransferMode::Camp,
    };
    let command = Command::Transfer { call: steered.call, to, mode, by: steered.by() };
    give(&state, &steered.scope, command).await
}

/// Gives a waiting call to a user; it rings him whatever his pause, wrap-up or log-in.
#[utoipa::path(post, path = "/api/v1/calls/{id}/take", tag = "Commands", request_body = UserWish,
    params(("id" = String, Path, description = "The call's id"), CompanyQuery),
    responses((status = 204),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 413, body = Problem)))]
pub async fn take(
    State(state): State<ApiState>,
    principal: Principal,
    Path(id): Path<String>,
    Query(query): Query<CompanyQuery>,
    body: Body,
) -> Result<StatusCode, Problem> {
    let steered =
        Steered::find(&state, principal, &id, query.company.as_deref(), |rights| rights.steers).await?;
    let wish: UserWish = body.json()?;
    let user = steered.scope.party(&state, &wish.user).await?;
    give(&state, &steered.scope, Command::Take { call: steered.call, user }).await
}

/// Puts a waiting call at a position of its line; beats priority.
#[utoipa::path(post, path = "/api/v1/calls/{id}/move", tag = "Commands", request_body = MoveWish,
    params(("id" = String, Path, description = "The call's id"), CompanyQuery),
    responses((status = 204),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 413, body = Problem)))]
pub async fn move_to(
    State(state): State<ApiState>,
    principal: Principal,
    Path(id): Path<String>,
    Query(query): Query<CompanyQuery>,
    body: Body,
) -> Result<StatusCode, Problem> {
    let steered =
        Steered::find(&state, principal, &id, query.company.as_deref(), |rights| rights.steers).await?;
    let MoveWish { position } = body.json()?;
    if position == 0 {
        return Err(Problem::bad_field("position", "from 1"));
    }
    give(&state, &steered.scope, Command::Move { call: steered.call, position }).await
}

/// Parks a call's caller in the first free slot.
#[utoipa::path(post, path = "/api/v1/calls/{id}/park", tag = "Commands",
    params(("id" = String, Path, description = "The call's id"), CompanyQuery),
    responses((status = 200, body = ParkedIn),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem)))]
pub async fn park(
    State(state): State<ApiState>,
    principal: Principal,
    Path(id): Path<String>,
    Query(query): Query<CompanyQuery>,
) -> Result<Response, Problem> {
    let own_or_steered = |rights: CallRights| rights.steers || rights.is_on_it;
    let steered = Steered::find(&state, principal, &id, query.company.as_deref(), own_or_steered).await?;
    let command = Command::Park { call: steered.call, by: steered.by() };
    let tenant = steered.scope.tenant;
    match state.gateway.ask(|answer| Ask::Command { tenant, command, answer }).await? {
        Reply::Parked(slot) => Ok(Json(ParkedIn { slot }).into_response()),
        // Nothing but a slot answers a wish to park.
        Reply::Done | Reply::Code { .. } => Ok(StatusCode::NO_CONTENT.into_response()),
        Reply::Refused(refusal) => Err(Problem::refused(refusal)),
    }
}

/// Brings a ringing or parked call to a user's phones.
#[utoipa::path(post, path = "/api/v1/calls/{id}/pickup", tag = "Commands", request_body = UserWish,
    params(("id" = String, Path, description = "The call's id"), CompanyQuery),
    responses((status = 204),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 413, body = Problem)))]
pub async fn pick_up(
    State(state): State<ApiState>,
    principal: Principal,
    Path(id): Path<String>,
    Query(query): Query<CompanyQuery>,
    body: Body,
) -> Result<StatusCode, Problem> {
    let seen_or_near = |rights: CallRights| rights.sees || rights.is_near;
    let steered = Steered::find(&state, principal, &id, query.company.as_deref(), seen_or_near).await?;
    let wish: UserWish = body.json()?;
    let user = steered.scope.party(&state, &wish.user).await;
    // To other phones than his own only whoever steers the call brings it.
    if steered.own.is_some() && steered.own != user.as_ref().ok().copied() {
        let company = Some(steered.scope.tenant.as_str());
        let (principal, steers) = (steered.scope.principal.clone(), |rights: CallRights| rights.steers);
        Steered::find(&state, principal, &id, company, steers).await?;
    }
    // To take a call out of its line before its turn is the supervisors' (V-28).
    if steered.waits_unrung && !steered.rights.steers {
        return Err(Problem::refused(Refusal::NotNow));
    }
    give(&state, &steered.scope, Command::PickUp { call: steered.call, user: user? }).await
}
