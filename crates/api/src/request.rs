//! Reading a request: who asks, then whose company it is about, and only then the rest of it.
//!
//! Invariant: `InCompany`, `InGroup`, `OnceGroup`, `AtGroup` and `Administered` come before every other extractor of a handler, so that
//! a foreign company's token learns nothing from whatever else it sent. What cannot be read is answered with a
//! problem document.

use axum::body::Bytes;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use model::id::TenantId;
use model::number::Number;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use crate::ApiState;
use crate::gateway::{Ask, Depth};
use crate::principal::{Principal, Scope};
use crate::problem::Problem;

/// Which company, where a number or name alone is ambiguous.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CompanyQuery {
    /// The company's id; only needed with an operator's token.
    pub company: Option<String>,
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// The company's id; only needed with an operator's token.
    pub company: Option<String>,
    /// Items on a page; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// A request about the company of the token, or for an operator the one he names by `?company=`.
#[derive(Debug)]
pub struct InCompany(pub Scope);

impl FromRequestParts<ApiState> for InCompany {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let principal = Principal::from_request_parts(parts, state).await?;
        let Query(CompanyQuery { company }) = Query::from_request_parts(parts, state).await?;
        principal.company(state, company.as_deref()).await.map(InCompany)
    }
}

/// A request about the group `{number}` of the path, which exists and which the asker may see.
#[derive(Debug)]
pub struct InGroup {
    /// Its company, and who asks.
    pub scope: Scope,
    /// Which.
    pub group: Number,
}

impl FromRequestParts<ApiState> for InGroup {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let (scope, group) = existing_group(parts, state).await?;
        if scope.may_see_group(state, group).await? {
            Ok(InGroup { scope, group })
        } else {
            Err(Problem::not_found())
        }
    }
}

/// As `InGroup`, for whoever has anything to do with the group: a member who may log in but not see it, too (I-20).
#[derive(Debug)]
pub struct AtGroup {
    /// Its company, and who asks.
    pub scope: Scope,
    /// Which.
    pub group: Number,
}

impl FromRequestParts<ApiState> for AtGroup {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let (scope, group) = existing_group(parts, state).await?;
        if scope.is_tied_to(state, group).await? {
            Ok(AtGroup { scope, group })
        } else {
            Err(Problem::not_found())
        }
    }
}

/// As `InGroup`, for a group that exists or once did: administrators read on what happened in it (V-63).
#[derive(Debug)]
pub struct OnceGroup {
    /// Its company, and who asks.
    pub scope: Scope,
    /// Which.
    pub group: Number,
}

impl FromRequestParts<ApiState> for OnceGroup {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let (scope, group) = named_group(parts, state).await?;
        if scope.may_see_group(state, group).await? && was_there(state, &scope, group).await? {
            Ok(OnceGroup { scope, group })
        } else {
            Err(Problem::not_found())
        }
    }
}

/// Whether a company has a group, or had one in which something happened.
///
/// # Errors
/// The platform does not answer: 503.
pub(crate) async fn was_there(state: &ApiState, scope: &Scope, group: Number) -> Result<bool, Problem> {
    let tenant = scope.tenant.clone();
    let groups = state.gateway.ask(|answer| Ask::Groups { tenant, answer }).await?;
    if groups.iter().any(|head| head.number == group) {
        return Ok(true);
    }
    let (tenant, window) = (scope.tenant.clone(), Some(crate::window::ALWAYS));
    let depth = Depth::Own;
    let gathered = state.gateway.ask(|answer| Ask::Gather { tenant, group, window, depth, answer }).await?;
    Ok(gathered.is_some())
}

/// The group that the path names, whether or not it exists.
async fn named_group(parts: &mut Parts, state: &ApiState) -> Result<(Scope, Number), Problem> {
    let principal = Principal::from_request_parts(parts, state).await?;
    let number = captured(parts, state, "number").await?;
    let group: Number = number.trim().parse().map_err(|_| Problem::not_found())?;
    let Query(CompanyQuery { company }) = Query::from_request_parts(parts, state).await?;
    let scope = principal.company_of_group(state, company.as_deref(), group).await?;
    Ok((scope, group))
}

async fn existing_group(parts: &mut Parts, state: &ApiState) -> Result<(Scope, Number), Problem> {
    let (scope, group) = named_group(parts, state).await?;
    let tenant = scope.tenant.clone();
    let groups = state.gateway.ask(|answer| Ask::Groups { tenant, answer }).await?;
    if groups.iter().any(|head| head.number == group) {
        Ok((scope, group))
    } else {
        Err(Problem::not_found())
    }
}

/// A request about the company `{id}` of the path, which the asker administers; an operator's may not exist yet.
#[derive(Debug)]
pub struct Administered(pub Scope);

impl FromRequestParts<ApiState> for Administered {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let principal = Principal::from_request_parts(parts, state).await?;
        let id = captured(parts, state, "id").await?;
        let tenant: TenantId = id.parse().map_err(|_| Problem::not_found())?;
        match &principal {
            Principal::Operator => Ok(Administered(Scope { tenant, principal })),
            Principal::Company(own) | Principal::Person { tenant: own, admin: true, .. }
                if *own == tenant =>
            {
                Ok(Administered(Scope { tenant, principal }))
            }
            Principal::Person { tenant: own, .. } if *own == tenant => Err(Problem::forbidden()),
            Principal::Company(_) | Principal::Person { .. } => Err(Problem::not_found()),
        }
    }
}

/// A part of the path by its name in the route.
async fn captured(parts: &mut Parts, state: &ApiState, name: &str) -> Result<String, Problem> {
    let captured = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found())?;
    let part = captured.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned());
    Ok(part.expect("the extractor stands on a route with this part"))
}

/// The query; `axum`'s with our problem documents.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<ApiState> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let read = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        let axum::extract::Query(query) = read.map_err(|fault| unreadable(&fault, "query"))?;
        Ok(Query(query))
    }
}

/// The problem of a query or body that cannot be read, with the field that is at fault where one is.
fn unreadable(fault: &dyn std::error::Error, whole: &str) -> Problem {
    let cause = cause(fault);
    // The cause reads `field: what is wrong`, or names the field in its first words.
    let led = cause.split_once(": ").filter(|(field, _)| !field.contains([' ', '`']));
    let named = ["missing field `", "unknown field `"].iter().find_map(|start| {
        cause.strip_prefix(start).and_then(|rest| rest.split_once('`')).map(|(field, _)| (field, &*cause))
    });
    match led.or(named) {
        // What Rust says of a number tells nobody what is allowed.
        Some((field, text)) if text.contains("digit") || text.contains("number too") => {
            Problem::bad_field(field, "a whole number")
        }
        Some((field, text)) => Problem::bad_field(field, text),
        None => Problem::bad_field(whole, cause),
    }
}

fn cause(fault: &dyn std::error::Error) -> String {
    fault.source().map(ToString::to_string).unwrap_or_default()
}

/// Parts of the path; `axum`'s with our problem documents. What cannot be read names nothing that exists.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<ApiState> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(path)| Path(path)).map_err(|_| Problem::not_found())
    }
}

/// The body as octets; too long a one is answered with a problem document.
#[derive(Debug)]
pub struct Body(pub Bytes);

impl FromRequest<ApiState> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Problem> {
        let read = Bytes::from_request(request, state).await;
        read.map(Body).map_err(|fault| match fault.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
            _ => Problem::bad_field("body", "it ended before its end"),
        })
    }
}

impl Body {
    /// The body as JSON.
    ///
    /// # Errors
    /// It is none, or not as the document says: 400.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let read = axum::Json::<T>::from_bytes(&self.0);
        read.map(|axum::Json(wish)| wish).map_err(|fault| {
            if matches!(fault, JsonRejection::JsonDataError(_)) {
                unreadable(&fault, "body")
            } else {
                // What is no JSON has no fields.
                Problem::bad_field("body", cause(&fault))
            }
        })
    }
}
