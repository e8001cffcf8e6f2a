//! Members of a group: log-in, log-out, pause.

use axum::extract::State;
use axum::http::StatusCode;
use model::id::{PartyId, TenantId};
use model::input::{Actor, Command, Duty};
use model::number::Number;
use model::output::Refusal;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ApiState;
use crate::commands::give;
use crate::gateway::Ask;
use crate::principal::Scope;
use crate::problem::Problem;
use crate::request::{AtGroup, Body, CompanyQuery, Path};

/// What a member command may say.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
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
    AtGroup { scope, group }: AtGroup,
    user: &str,
    wish: Wish,
    body: &Body,
) -> Result<StatusCode, Problem> {
    let member = scope.party(state, user).await;
    let by = allowed(state, &scope, group, member.as_ref().ok().copied(), wish).await?;
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
    give(state, &scope, command).await
}

fn said(body: &Body) -> Result<MemberWish, Problem> {
    if body.0.is_empty() {
        return Ok(MemberWish::default());
    }
    let said: MemberWish = body.json()?;
    if said.reason.as_ref().is_some_and(|reason| reason.is_empty() || reason.chars().count() > 80) {
        return Err(Problem::bad_field("reason", "1 to 80 characters"));
    }
    Ok(said)
}

/// Administrators and the group's supervisors steer everybody; a person himself, and logs himself in and out where he
/// has the right to (I-20).
async fn allowed(
    state: &ApiState,
    scope: &Scope,
    group: Number,
    member: Option<PartyId>,
    wish: Wish,
) -> Result<Actor, Problem> {
    let Some(party) = scope.own_party(state).await? else { return Ok(Actor::Api) };
    let ties = scope.ties(state, group).await?.unwrap_or_default();
    let himself = member == Some(party)
        && match wish {
            Wish::LogIn | Wish::LogOut => ties.logs_in,
            Wish::Pause | Wish::Resume => true,
        };
    if ties.supervises || himself { Ok(Actor::Party(party)) } else { Err(Problem::forbidden()) }
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
            group: AtGroup,
            Path(MemberPath { user }): Path<MemberPath>,
            body: Body,
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
