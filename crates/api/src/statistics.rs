//! Figures of a group over a time, and its calls as a table.

use axum::Json;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use model::fact::Role;
use model::number::Number;
use model::record::{CallRecord, VisitRecord};
use model::time::Utc;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::calls::names_of;
use crate::gateway::{Ask, MemberFigures, Statistics};
use crate::problem::Problem;
use crate::request::{InGroup, Query};
use crate::shape::{CallHead, Names, iso, visit_word};

/// From when to when; today in the company's time zone when both are left out.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WindowQuery {
    /// The company's id; only needed with an operator's token.
    pub company: Option<String>,
    /// ISO 8601, as `2026-03-02T00:00:00Z` or `2026-03-02`.
    pub from: Option<String>,
    /// ISO 8601, not included.
    pub to: Option<String>,
}

/// Figures of a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupStatistics {
    /// Calls that reached the group's number.
    pub offered: u64,
    /// Taken by a member.
    pub answered: u64,
    /// The caller gave up.
    pub abandoned: u64,
    /// Went on by the fallback list.
    pub overflowed: u64,
    /// Both ends of a callback talked.
    pub called_back: u64,
    /// Per member.
    pub members: Vec<MemberStatistics>,
}

/// Figures of a member (K-03).
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberStatistics {
    /// Name.
    pub user: String,
    /// Seconds logged in.
    pub logged_in_s: u64,
    /// Offers.
    pub offered: u64,
    /// Offers taken.
    pub answered: u64,
    /// Offers not taken, by cause.
    pub missed: Missed,
    /// Seconds talking in calls of the group.
    pub talk_s: u64,
    /// Share of the group's answered calls, 0..1.
    pub share: f64,
}

/// Offers not taken, by cause.
#[derive(Debug, Serialize, ToSchema)]
pub struct Missed {
    /// Rang its time.
    pub no_answer: u64,
    /// Busy.
    pub busy: u64,
    /// Could not be reached.
    pub unreachable: u64,
    /// Rejected.
    pub rejected: u64,
}

impl From<&Statistics> for GroupStatistics {
    fn from(figures: &Statistics) -> Self {
        let answered: u64 = figures.members.iter().map(|member| member.answered).sum();
        let members = figures.members.iter().map(|member| member_statistics(member, answered)).collect();
        GroupStatistics {
            offered: figures.totals.offered,
            answered: figures.totals.answered,
            abandoned: figures.totals.abandoned,
            overflowed: figures.totals.overflowed,
            called_back: figures.totals.called_back,
            members,
        }
    }
}

fn member_statistics(member: &MemberFigures, answered: u64) -> MemberStatistics {
    // Counts of calls stay far below 2^52.
    #[expect(clippy::cast_precision_loss, reason = "a share, not a count")]
    let share = if answered == 0 { 0.0 } else { member.answered as f64 / answered as f64 };
    MemberStatistics {
        user: member.user.clone(),
        logged_in_s: member.logged_in.whole_seconds(),
        offered: member.offered,
        answered: member.answered,
        missed: Missed {
            no_answer: member.no_answer,
            busy: member.busy,
            unreachable: member.unreachable,
            rejected: member.rejected,
        },
        talk_s: member.talk.whole_seconds(),
        share,
    }
}

/// Figures of a group over a time.
#[utoipa::path(get, path = "/api/v1/groups/{number}/statistics", tag = "Statistics",
    params(("number" = String, Path, description = "The group's number"), WindowQuery),
    responses((status = 200, body = GroupStatistics),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn statistics(
    State(state): State<ApiState>,
    InGroup { scope, group }: InGroup,
    Query(query): Query<WindowQuery>,
) -> Result<Json<GroupStatistics>, Problem> {
    let window = window(&query)?;
    let tenant = scope.tenant;
    let figures = state.gateway.ask(|answer| Ask::Statistics { tenant, group, window, answer }).await?;
    Ok(Json(GroupStatistics::from(&figures.ok_or_else(Problem::not_found)?)))
}

/// The visits of a group as CSV, one line each.
#[utoipa::path(get, path = "/api/v1/groups/{number}/calls.csv", tag = "Statistics",
    params(("number" = String, Path, description = "The group's number"), WindowQuery),
    responses((status = 200, content_type = "text/csv", body = String),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn calls_csv(
    State(state): State<ApiState>,
    InGroup { scope, group }: InGroup,
    Query(query): Query<WindowQuery>,
) -> Result<Response, Problem> {
    let window = window(&query)?;
    let tenant = scope.tenant.clone();
    let records = state.gateway.ask(|answer| Ask::Visits { tenant, group, window, answer }).await?;
    let records = records.ok_or_else(Problem::not_found)?;
    let names = names_of(&state, &scope.tenant, &records).await?;
    let mut csv =
        "call,from,group,entered,position,answered_by,answered,left,outcome,wait_s,talk_s\n".to_owned();
    for record in &records {
        for visit in record.visits.iter().filter(|visit| visit.group == group) {
            csv.push_str(&line(record, visit, group, &names));
        }
    }
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8")], csv).into_response())
}

fn line(record: &CallRecord, visit: &VisitRecord, group: Number, names: &Names) -> String {
    let head = CallHead::of(record, names);
    let served = visit.served_by.and_then(|member| {
        record.legs.iter().find(|leg| {
            leg.group == Some(group)
                && leg.role == Role::Member
                && leg.peer == model::fact::Peer::Party(member)
                && leg.answered.is_some()
        })
    });
    let who = visit.served_by.and_then(|member| names.get(&member)).and_then(|view| view.user.clone());
    let answered = served.and_then(|leg| leg.answered);
    let left = if served.is_some() { served.and_then(|leg| leg.ended) } else { visit.to };
    let wait = visit.to.map(|to| (to - visit.from).whole_seconds());
    let talk = answered.and_then(|from| left.map(|to| (to - from).whole_seconds()));
    let number = |seconds: Option<u64>| seconds.map_or_else(String::new, |seconds| seconds.to_string());
    let time = |at: Option<Utc>| at.map_or_else(String::new, iso);
    format!(
        "{},{},{},{},,{},{},{},{},{},{}\n",
        record.call,
        cell(&head.from),
        group,
        iso(visit.from),
        cell(&who.unwrap_or_default()),
        time(answered),
        time(left),
        visit.outcome.map_or("", visit_word),
        number(wait),
        number(talk),
    )
}

/// A cell that no spreadsheet takes for a formula and no reader splits. Telephone numbers may begin with `+`.
fn cell(text: &str) -> String {
    let formula = text.starts_with(['=', '-', '@', '\t', '\r'])
        || (text.starts_with('+') && !text[1..].bytes().all(|b| b.is_ascii_digit()));
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

fn window(query: &WindowQuery) -> Result<Option<(Utc, Utc)>, Problem> {
    let read = |name: &'static str, text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => read_iso(text)
            .map(Some)
            .ok_or_else(|| Problem::bad_field(name, "ISO 8601 UTC, as 2026-03-02T00:00:00Z or 2026-03-02")),
    };
    let (from, to) = (read("from", &query.from)?, read("to", &query.to)?);
    if from.is_none() && to.is_none() {
        return Ok(None);
    }
    Ok(Some((from.unwrap_or(Utc(0)), to.unwrap_or(Utc(i64::MAX)))))
}

/// Reads a date, or a date and time in UTC; the inverse of `iso`.
fn read_iso(text: &str) -> Option<Utc> {
    let (date_text, time) = text.trim().split_once(['T', ' ']).unwrap_or((text.trim(), "00:00:00Z"));
    let mut date = date_text.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let time = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00")).unwrap_or(time);
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut clock = clock.splitn(3, ':').map(str::parse::<i64>);
    let (hour, minute) = (clock.next()?.ok()?, clock.next()?.ok()?);
    let second = clock.next().unwrap_or(Ok(0)).ok()?;
    let sane = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second)
        && fraction.len() <= 9
        && fraction.bytes().all(|b| b.is_ascii_digit());
    if !sane {
        return None;
    }
    let micros: i64 = format!("{fraction:0<6}")[..6].parse().ok()?;
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let year_of_era = shifted_year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = shifted_year.div_euclid(400) * 146_097 + day_of_era - 719_468;
    let at = Utc(((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + micros);
    // The 31st of February would come out as another day.
    iso(Utc(days * 86_400_000_000)).starts_with(date_text).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iso_times_read_as_they_print() {
        for text in ["1970-01-01T00:00:00.000Z", "2000-02-29T12:34:56.789Z", "2026-12-31T23:59:59.000Z"] {
            assert_eq!(iso(read_iso(text).unwrap()), text);
        }
        assert_eq!(read_iso("2026-03-02"), read_iso("2026-03-02T00:00:00Z"));
        for bad in
            ["", "yesterday", "2026-13-01", "2026-02-30", "2026-3-2", "2026-03-02T25:00:00Z", "2026-03"]
        {
            assert_eq!(read_iso(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_name_cannot_be_a_formula() {
        assert_eq!(cell("=cmd"), "'=cmd");
        assert_eq!(cell("+3725551234"), "+3725551234");
        assert_eq!(cell("+1+2"), "'+1+2");
        assert_eq!(cell("a,\"b"), "\"a,\"\"b\"");
    }
}
