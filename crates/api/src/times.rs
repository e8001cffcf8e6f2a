//! When members were logged in, paused, away or at work after calls: the times that a group's figures add up.

use axum::Json;
use axum::extract::State;
use model::time::Utc;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::figures::{MemberTime, TimeKind};
use crate::gateway::{Ask, Depth};
use crate::problem::Problem;
use crate::request::{OnceGroup, Query};
use crate::shape::{Names, Page, iso, shown};
use crate::window;

/// Which times.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TimesQuery {
    /// The company's id; only needed with an operator's token.
    pub company: Option<String>,
    /// ISO 8601, as `2026-03-02T00:00:00Z`, or `2026-03-02` as the company's clocks show it; today when both are left out.
    pub from: Option<String>,
    /// ISO 8601, not included.
    pub to: Option<String>,
    /// Name or number of one member.
    pub member: Option<String>,
    /// One state.
    pub state: Option<TimeState>,
    /// Items on a page; 50 when left out.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// What he did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeState {
    /// Logged in.
    LoggedIn,
    /// Paused while logged in.
    Paused,
    /// Logged in, but without a phone to reach, or kept away by his presence.
    Away,
    /// Working after a call of the group.
    WrapUp,
}

impl From<TimeKind> for TimeState {
    fn from(kind: TimeKind) -> Self {
        match kind {
            TimeKind::LoggedIn => TimeState::LoggedIn,
            TimeKind::Paused => TimeState::Paused,
            TimeKind::Away => TimeState::Away,
            TimeKind::WrapUp => TimeState::WrapUp,
        }
    }
}

/// One stretch of a member's time, as far as it lies in the window.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeItem {
    /// Name.
    pub user: String,
    /// What he did.
    pub state: TimeState,
    /// Why, where it is known: what he gave for his pause, the presence that kept him away, `no_device`.
    pub reason: Option<String>,
    /// Began.
    pub from: String,
    /// Ended, or the end of the window; null: it lasts.
    pub to: Option<String>,
    /// Seconds, to the thousandth; their sum is the figure.
    pub seconds: f64,
}

/// The stretches of time behind a group's figures, newest first.
#[utoipa::path(get, path = "/api/v1/groups/{number}/times", tag = "Statistics",
    params(("number" = String, Path, description = "The group's number"), TimesQuery),
    responses((status = 200, body = Page<TimeItem>),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn times(
    State(state): State<ApiState>,
    OnceGroup { scope, group }: OnceGroup,
    Query(query): Query<TimesQuery>,
) -> Result<Json<Page<TimeItem>>, Problem> {
    let window = window::read(&state, &scope, (query.from.as_deref(), query.to.as_deref())).await?;
    let member = match query.member.as_deref() {
        // `+` of a query means a space, where it was not written as `%2B`.
        Some(name) => Some(scope.party(&state, &name.replace(' ', "+")).await?),
        None => None,
    };
    let tenant = scope.tenant.clone();
    let depth = Depth::Own;
    let gathered = state.gateway.ask(|answer| Ask::Gather { tenant, group, window, depth, answer }).await?;
    let gathered = gathered.ok_or_else(Problem::not_found)?;
    let mut found: Vec<MemberTime> = gathered.times_of_members();
    found.retain(|time| {
        member.is_none_or(|member| member == time.party)
            && query.state.is_none_or(|state| state == time.kind.into())
    });
    found.sort_by_key(|time| std::cmp::Reverse((time.from, time.party, time.kind)));
    let parties = found.iter().map(|time| time.party).collect();
    let tenant = scope.tenant;
    let names = state.gateway.ask(|answer| Ask::Names { tenant, parties, answer }).await?;
    let items = found.iter().map(|time| item(time, gathered.now, &names)).collect();
    let key = |item: &TimeItem| format!("{} {} {:?}", item.from, item.user, item.state);
    Page::of(items, query.limit, query.cursor.as_deref(), key).map(Json)
}

fn item(time: &MemberTime, now: Utc, names: &Names) -> TimeItem {
    let user = names.get(&time.party).and_then(|view| view.user.clone());
    TimeItem {
        user: user.unwrap_or_else(|| shown(names, time.party)),
        state: time.kind.into(),
        reason: time.reason.as_deref().map(str::to_owned),
        from: iso(time.from),
        to: (time.to < now).then(|| iso(time.to)),
        seconds: crate::statistics::seconds(time.to - time.from),
    }
}
