//! The visits of a group as a table (RFC 4180).

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use model::fact::{Peer, Role};
use model::number::Number;
use model::record::{CallRecord, LegRecord, VisitRecord};
use model::time::Utc;

use crate::ApiState;
use crate::calls::names_of;
use crate::gateway::{Ask, Depth};
use crate::problem::Problem;
use crate::request::{OnceGroup, Query};
use crate::shape::{CallHead, Names, iso, visit_word};
use crate::statistics::WindowQuery;
use crate::window;

/// The visits of a group as CSV, one line each.
#[utoipa::path(get, path = "/api/v1/groups/{number}/calls.csv", tag = "Statistics",
    params(("number" = String, Path, description = "The group's number"), WindowQuery),
    responses((status = 200, content_type = "text/csv", body = String),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn calls_csv(
    State(state): State<ApiState>,
    OnceGroup { scope, group }: OnceGroup,
    Query(query): Query<WindowQuery>,
) -> Result<Response, Problem> {
    let window = window::read(&state, &scope, (query.from.as_deref(), query.to.as_deref())).await?;
    let tenant = scope.tenant.clone();
    let depth = Depth::Own;
    let gathered = state.gateway.ask(|answer| Ask::Gather { tenant, group, window, depth, answer }).await?;
    let gathered = gathered.ok_or_else(Problem::not_found)?;
    let names = names_of(&state, &scope.tenant, &gathered.visited).await?;
    let mut csv =
        "call,from,group,entered,position,answered_by,answered,left,outcome,wait_s,talk_s\n".to_owned();
    for record in &gathered.visited {
        for visit in gathered.visits(record) {
            csv.push_str(&line(record, visit, group, &names));
        }
    }
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response())
}

fn line(record: &CallRecord, visit: &VisitRecord, group: Number, names: &Names) -> String {
    let head = CallHead::of(record, names);
    let served = served(record, visit);
    let who = visit.served_by.and_then(|member| names.get(&member)).and_then(|view| view.user.clone());
    let answered = served.and_then(|leg| leg.answered);
    let left = if served.is_some() { served.and_then(|leg| leg.ended) } else { visit.to };
    let wait = visit.to.map(|to| (to - visit.from).nearest_second());
    let talk = answered.and_then(|from| left.map(|to| (to - from).nearest_second()));
    let number = |seconds: Option<u64>| seconds.map_or_else(String::new, |seconds| seconds.to_string());
    let time = |at: Option<Utc>| at.map_or_else(String::new, iso);
    format!(
        "{},{},{},{},{},{},{},{},{},{},{}\n",
        record.call,
        cell(&head.from),
        group,
        iso(visit.from),
        visit.position.map_or_else(String::new, |position| position.to_string()),
        cell(&who.unwrap_or_default()),
        time(answered),
        time(left),
        visit.outcome.map_or("", visit_word),
        number(wait),
        number(talk),
    )
}

/// The leg on which a member took the call of this visit.
fn served<'a>(record: &'a CallRecord, visit: &VisitRecord) -> Option<&'a LegRecord> {
    let (member, to) = (visit.served_by?, visit.to?);
    record.legs.iter().rev().find(|leg| {
        leg.group == Some(visit.group)
            && leg.role == Role::Member
            && leg.peer == Peer::Party(member)
            && leg.answered.is_some_and(|answered| answered >= visit.from && answered <= to)
    })
}

/// A cell that no spreadsheet takes for a formula and no reader splits. Telephone numbers may begin with `+`.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '-', '@', '\t', '\r'])
        || (text.starts_with('+') && !text[1..].bytes().all(|b| b.is_ascii_digit()));
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_be_a_formula() {
        assert_eq!(cell("=cmd"), "'=cmd");
        assert_eq!(cell("+3725551234"), "+3725551234");
        assert_eq!(cell("+1+2"), "'+1+2");
        assert_eq!(cell("a,\"b"), "\"a,\"\"b\"");
    }
}
