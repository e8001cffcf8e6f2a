//! What a person does now: free, busy, in a meeting (V-32).

use axum::extract::State;
use axum::http::StatusCode;
use model::input::Command;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::ApiState;
use crate::commands::give;
use crate::problem::Problem;
use crate::request::{Body, CompanyQuery, InCompany, Path};
use crate::shape::ActivityWord;

/// What he does now.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PresenceWish {
    /// Which of the company's `presence_red` keep calls of a group away is set there.
    pub activity: ActivityWord,
}

/// Says what a user does now. A person says it of himself only.
#[utoipa::path(put, path = "/api/v1/users/{user}/presence", tag = "Members", request_body = PresenceWish,
    params(("user" = String, Path, description = "Name or number of the user"), CompanyQuery),
    responses((status = 204),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 409, body = Problem), (status = 413, body = Problem)))]
pub async fn set(
    State(state): State<ApiState>,
    InCompany(scope): InCompany,
    Path(user): Path<String>,
    body: Body,
) -> Result<StatusCode, Problem> {
    let party = scope.party(&state, &user).await;
    let own = scope.own_party(&state).await?;
    if own.is_some() && own != party.as_ref().ok().copied() {
        return Err(Problem::forbidden());
    }
    let party = party?;
    let wish: PresenceWish = body.json()?;
    give(&state, &scope, Command::Presence { party, activity: wish.activity.into() }).await
}
