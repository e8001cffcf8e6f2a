//! Calls: lists, one call with everything of it, and why it went as it went.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use model::fact::Peer;
use model::id::{CallId, TenantId};
use model::language::Language;
use model::record::CallRecord;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::ApiState;
use crate::gateway::Ask;
use crate::principal::{Principal, Scope};
use crate::problem::Problem;
use crate::request::{CompanyQuery, InCompany, Path, Query};
use crate::shape::{CallFull, CallHead, Explanation, Names, Page, parties};

/// Which page of calls.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallsQuery {
    /// The company's id; only needed with an operator's token.
    pub company: Option<String>,
    /// Calls on a page; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Calls, newest first; also those under way.
#[utoipa::path(get, path = "/api/v1/calls", params(CallsQuery), tag = "Calls",
    responses((status = 200, body = Page<CallHead>),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn list(
    State(state): State<ApiState>,
    InCompany(scope): InCompany,
    Query(query): Query<CallsQuery>,
) -> Result<Json<Page<CallHead>>, Problem> {
    let limit = query.limit.unwrap_or(50);
    if !(1..=500).contains(&limit) {
        return Err(Problem::bad_field("limit", "1 to 500"));
    }
    let before = match query.cursor.as_deref() {
        Some(cursor) => {
            Some(cursor.parse().map_err(|_| Problem::bad_field("cursor", "the `next` of the page before"))?)
        }
        None => None,
    };
    let tenant = scope.tenant.clone();
    let records = state.gateway.ask(|answer| Ask::Calls { tenant, before, limit: limit + 1, answer }).await?;
    let more = records.len() > limit as usize;
    let page = &records[..records.len().min(limit as usize)];
    let next = page.last().filter(|_| more).map(|record| record.call.to_string());
    let names = names_of(&state, &scope.tenant, page).await?;
    let mut items = Vec::with_capacity(page.len());
    for record in page {
        if may_see(&state, &scope, record).await? {
            items.push(CallHead::of(record, &names));
        }
    }
    Ok(Json(Page { items, next }))
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
        let record = state.gateway.ask(|answer| Ask::Call { tenant, call, answer }).await?;
        if let Some(record) = record
            && may_see(state, &scope, &record).await?
        {
            return Ok((scope, record));
        }
    }
    Err(Problem::not_found())
}

/// Administrators see every call; a person his own and those of groups he supervises.
pub(crate) async fn may_see(state: &ApiState, scope: &Scope, record: &CallRecord) -> Result<bool, Problem> {
    let Some(person) = scope.person() else { return Ok(true) };
    let (tenant, name) = (scope.tenant.clone(), person.to_string());
    let own = state.gateway.ask(|answer| Ask::Person { tenant, name, answer }).await?;
    let took_part = record.legs.iter().any(|leg| match leg.peer {
        Peer::Party(party) => Some(party) == own,
        Peer::Set(_) | Peer::Emergency(_) => false,
    });
    if took_part {
        return Ok(true);
    }
    for visit in &record.visits {
        let (tenant, person, group) = (scope.tenant.clone(), person.to_string(), visit.group);
        let ties = state.gateway.ask(|answer| Ask::Ties { tenant, group, person, answer }).await?;
        if ties.supervises {
            return Ok(true);
        }
    }
    Ok(false)
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
