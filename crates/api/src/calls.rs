//! Calls: lists, one call with everything of it, and why it went as it went.

mod wanted;

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use model::fact::{Called, Peer};
use model::id::{CallId, TenantId};
use model::language::Language;
use model::number::Number;
use model::record::CallRecord;

use crate::ApiState;
use crate::gateway::Ask;
use crate::principal::{Principal, Scope};
use crate::problem::Problem;
use crate::request::{CompanyQuery, InCompany, Path, Query};
use crate::shape::{CallFull, CallHead, Explanation, Names, Page, limit_of, parties};

use wanted::Slice;
pub use wanted::{CallsQuery, OfferFilter, VisitFilter};

/// Calls, newest first; also those under way. With `group`, the calls that make a number of its statistics.
#[utoipa::path(get, path = "/api/v1/calls", params(CallsQuery), tag = "Calls",
    responses((status = 200, body = Page<CallHead>),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn list(
    State(state): State<ApiState>,
    InCompany(scope): InCompany,
    Query(query): Query<CallsQuery>,
) -> Result<Json<Page<CallHead>>, Problem> {
    let limit = limit_of(query.limit)?;
    let before = match query.cursor.as_deref() {
        Some(cursor) => {
            Some(cursor.parse().map_err(|_| Problem::bad_field("cursor", "the `next` of the page before"))?)
        }
        None => None,
    };
    let wanted = query.wanted(&state, &scope).await?;
    let (page, next) = wanted.page(&state, &scope, Slice { before, limit }).await?;
    let names = names_of(&state, &scope.tenant, &page).await?;
    Ok(Json(Page { items: page.iter().map(|record| CallHead::of(record, &names)).collect(), next }))
}

/// One call with its legs, what was heard, and its stays in groups.
#[utoipa::path(get, path = "/api/v1/calls/{id}", tag = "Calls",
    params(("id" = String, Path, description = "The call's id"), CompanyQuery),
    responses((status = 200, body = CallFull),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn one(
    State(state): State<ApiState>,
    principal: Principal,
    Path(id): Path<String>,
    Query(query): Query<CompanyQuery>,
) -> Result<Json<CallFull>, Problem> {
    let (scope, record) = find(&state, principal, &id, query.company.as_deref()).await?;
    let names = names_of(&state, &scope.tenant, [&record]).await?;
    Ok(Json(CallFull::of(&record, &names)))
}

/// Why a call went as it went: who was offered it, who was passed over and why.
#[utoipa::path(get, path = "/api/v1/calls/{id}/explain", tag = "Calls",
    params(("id" = String, Path, description = "The call's id"), CompanyQuery),
    responses((status = 200, body = Explanation),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn explain(
    State(state): State<ApiState>,
    principal: Principal,
    Path(id): Path<String>,
    Query(query): Query<CompanyQuery>,
    headers: HeaderMap,
) -> Result<Json<Explanation>, Problem> {
    let (scope, record) = find(&state, principal, &id, query.company.as_deref()).await?;
    let language = language(&headers);
    let (tenant, call) = (scope.tenant, record.call);
    let decisions = state.gateway.ask(|answer| Ask::Explain { tenant, call, language, answer }).await?;
    let decisions = decisions.ok_or_else(Problem::not_found)?;
    Ok(Json(Explanation {
        call: call.to_string(),
        decisions: decisions.iter().map(crate::shape::DecisionShape::from).collect(),
    }))
}

/// A call anywhere the asker may look. An operator need not name the company.
async fn find(
    state: &ApiState,
    principal: Principal,
    id: &str,
    company: Option<&str>,
) -> Result<(Scope, CallRecord), Problem> {
    let (scope, record, rights) = reach(state, principal, id, company).await?;
    if rights.sees { Ok((scope, record)) } else { Err(Problem::not_found()) }
}

/// A call, and what the asker may do with it.
pub(crate) async fn reach(
    state: &ApiState,
    principal: Principal,
    id: &str,
    company: Option<&str>,
) -> Result<(Scope, CallRecord, CallRights), Problem> {
    let call: Option<CallId> = id.parse().ok();
    let scopes = if principal == Principal::Operator && company.is_none() {
        let tenants = state.gateway.ask(|answer| Ask::Companies { answer }).await?;
        tenants.into_iter().map(|tenant| Scope { tenant, principal: Principal::Operator }).collect()
    } else {
        vec![principal.company(state, company).await?]
    };
    let call = call.ok_or_else(Problem::not_found)?;
    for scope in scopes {
        let tenant = scope.tenant.clone();
        if let Some(record) = state.gateway.ask(|answer| Ask::Call { tenant, call, answer }).await? {
            let rights = rights(state, &scope, &record).await?;
            return Ok((scope, record, rights));
        }
    }
    Err(Problem::not_found())
}

/// What the asker may do with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CallRights {
    /// May look at it.
    pub(crate) sees: bool,
    /// May steer it: an administrator, or a supervisor of a group it is or was in.
    pub(crate) steers: bool,
    /// Is on a leg of it that has not ended.
    pub(crate) is_on_it: bool,
    /// Is a member of a group it is or was in.
    pub(crate) is_near: bool,
}

/// Administrators see and steer every call; a person sees his own, and both with those of groups he supervises.
pub(crate) async fn rights(
    state: &ApiState,
    scope: &Scope,
    record: &CallRecord,
) -> Result<CallRights, Problem> {
    let Some(own) = scope.own_party(state).await? else {
        return Ok(CallRights { sees: true, steers: true, ..CallRights::default() });
    };
    let mut rights = CallRights::default();
    for leg in &record.legs {
        if leg.peer == Peer::Party(own) {
            rights.sees = true;
            rights.is_on_it |= leg.ended.is_none();
        }
    }
    for group in groups_of(record) {
        let ties = scope.ties(state, group).await?.unwrap_or_default();
        rights.sees |= ties.supervises;
        rights.steers |= ties.supervises;
        rights.is_near |= ties.member;
    }
    Ok(rights)
}

/// The groups a call has to do with, each once.
fn groups_of(record: &CallRecord) -> BTreeSet<Number> {
    let mut groups: BTreeSet<Number> = record.visits.iter().map(|visit| visit.group).collect();
    if let Called::Callback(group) = record.to {
        groups.insert(group);
    }
    groups
}

/// Whether the asker may look at a call.
pub(crate) async fn may_see(state: &ApiState, scope: &Scope, record: &CallRecord) -> Result<bool, Problem> {
    Ok(rights(state, scope, record).await?.sees)
}

/// Names and numbers of everybody in some records.
pub(crate) async fn names_of<'a>(
    state: &ApiState,
    tenant: &TenantId,
    records: impl IntoIterator<Item = &'a CallRecord>,
) -> Result<Names, Problem> {
    let mut wanted: Vec<_> = records.into_iter().flat_map(parties).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let tenant = tenant.clone();
    Ok(state.gateway.ask(|answer| Ask::Names { tenant, parties: wanted, answer }).await?)
}

/// The language we have that `Accept-Language` likes best (RFC 9110 12.5.4); English when there is none.
fn language(headers: &HeaderMap) -> Language {
    let wanted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (0.0, Language::default());
    for item in wanted.split(',') {
        let (tag, parameter) = item.split_once(';').unwrap_or((item, "q=1"));
        let code = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
        let weight: f32 =
            parameter.trim().strip_prefix("q=").and_then(|weight| weight.parse().ok()).unwrap_or(0.0);
        if let Some(language) = Language::from_code(&code)
            && weight > best.0
        {
            best = (weight, language);
        }
    }
    best.1
}
