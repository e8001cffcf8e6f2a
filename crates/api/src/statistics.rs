//! Figures of a group over a time. Every number of calls has a link to the list of those calls.

use axum::Json;
use axum::extract::State;
use model::number::Number;
use model::time::{Span, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::ApiState;
use crate::calls::{OfferFilter, VisitFilter};
use crate::figures::agent::ratio;
use crate::figures::{AgentFigures, Figures, Spread};
use crate::gateway::{Ask, Depth};
use crate::problem::Problem;
use crate::request::{OnceGroup, Query};
use crate::shape::{Names, iso, shown};
use crate::times::TimeState;
use crate::window;

/// From when to when; today in the company's time zone when both are left out.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WindowQuery {
    /// The company's id; only needed with an operator's token.
    pub company: Option<String>,
    /// ISO 8601, as `2026-03-02T00:00:00Z`, or `2026-03-02` as the company's clocks show it.
    pub from: Option<String>,
    /// ISO 8601, not included.
    pub to: Option<String>,
}

/// Figures of a group: of the calls that entered it in the window, and of its members' time within it.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupStatistics {
    /// From then on.
    pub from: String,
    /// Before then.
    pub to: String,
    /// Calls that reached the group's number: the sum of the next five.
    pub offered: u64,
    /// Taken by a member.
    pub answered: u64,
    /// The caller gave up, or his callback expired or was cancelled.
    pub abandoned: u64,
    /// Went on by the fallback list or a limit of the queue.
    pub overflowed: u64,
    /// Both ends of a callback talked.
    pub called_back: u64,
    /// Not yet decided, with callbacks that last.
    pub inside: u64,
    /// The lists of the calls counted above. A call that entered twice is listed once.
    pub calls: TotalLinks,
    /// How long callers waited.
    pub waits: Waits,
    /// How long members talked in the group's calls.
    pub talk: SpreadShape,
    /// How many were answered in time.
    pub service_level: ServiceLevelShape,
    /// Per member; others who were offered calls of the group are last.
    pub members: Vec<MemberStatistics>,
}

/// Lists of calls.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotalLinks {
    /// Calls that reached the group's number.
    pub offered: String,
    /// Taken by a member.
    pub answered: String,
    /// Given up.
    pub abandoned: String,
    /// Went on.
    pub overflowed: String,
    /// Called back.
    pub called_back: String,
    /// Not yet decided.
    pub inside: String,
}

/// How long callers waited.
#[derive(Debug, Serialize, ToSchema)]
pub struct Waits {
    /// Those who were answered; `calls.answered` lists them.
    pub answered: SpreadShape,
    /// Those who gave up; `calls.abandoned` lists them.
    pub abandoned: SpreadShape,
}

/// How lengths of time spread. Null when there is none.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpreadShape {
    /// How many.
    pub count: u64,
    /// Of all.
    pub average_s: Option<f64>,
    /// Half are at most so long.
    pub p50_s: Option<f64>,
    /// Nine in ten.
    pub p90_s: Option<f64>,
    /// Nineteen in twenty.
    pub p95_s: Option<f64>,
    /// The longest.
    pub max_s: Option<f64>,
}

/// How many were answered in time, by both usual formulas. Null where there is nothing to take a share of.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceLevelShape {
    /// The group's `service_level`.
    pub within_s: f64,
    /// Answered within it.
    pub answered_in_time: u64,
    /// Given up within it.
    pub abandoned_in_time: u64,
    /// `answered_in_time / offered`.
    pub share_of_offered: Option<f64>,
    /// `answered_in_time / (offered - abandoned_in_time)`.
    pub share_without_abandoned_in_time: Option<f64>,
    /// The lists of these calls.
    pub calls: ServiceLevelLinks,
}

/// Lists of calls.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceLevelLinks {
    /// Answered within the threshold.
    pub answered_in_time: String,
    /// Given up within it.
    pub abandoned_in_time: String,
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
    /// Seconds talking in calls of the group; in a callback from the customer's answer on.
    pub talk_s: u64,
    /// Seconds working after calls of the group.
    pub wrap_up_s: u64,
    /// Seconds paused while logged in; a pause taken in a call or at work after one counts from its end.
    pub paused_s: u64,
    /// Seconds logged in without a phone to reach, or kept away by presence.
    pub away_s: u64,
    /// Share of the time logged in that he had or worked after calls of the group, 0..1; null: never logged in.
    pub occupancy: Option<f64>,
    /// Share of the group's answered calls, 0..1.
    pub share: f64,
    /// Whether that was fair; null: nothing was answered, or nobody could be offered anything.
    pub fairness: Option<FairnessShape>,
    /// The lists of the calls counted above.
    pub calls: MemberLinks,
    /// The lists of the times counted above.
    pub times: TimeLinks,
}

/// Lists of stretches of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimeLinks {
    /// Logged in.
    pub logged_in: String,
    /// Paused.
    pub paused: String,
    /// Away.
    pub away: String,
    /// At work after calls.
    pub wrap_up: String,
}

/// A member's line in the ledger of fairness.
#[derive(Debug, Serialize, ToSchema)]
pub struct FairnessShape {
    /// Seconds logged in, not paused, not away, and neither in calls that are not the group's nor working after one.
    pub offerable_s: u64,
    /// These over those of all members, 0..1.
    pub expected_share: f64,
    /// Of the answered calls, 0..1.
    pub actual_share: f64,
    /// Actual minus expected: above 0 he took more than his share.
    pub deviation: f64,
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

/// Lists of calls; one that he was offered twice is listed once.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberLinks {
    /// Offered to him.
    pub offered: String,
    /// Taken by him.
    pub answered: String,
    /// Rang its time.
    pub no_answer: String,
    /// Busy.
    pub busy: String,
    /// Could not be reached.
    pub unreachable: String,
    /// Rejected.
    pub rejected: String,
}

/// Figures of a group over a time.
#[utoipa::path(get, path = "/api/v1/groups/{number}/statistics", tag = "Statistics",
    params(("number" = String, Path, description = "The group's number"), WindowQuery),
    responses((status = 200, body = GroupStatistics),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 404, body = Problem)))]
pub async fn statistics(
    State(state): State<ApiState>,
    OnceGroup { scope, group }: OnceGroup,
    Query(query): Query<WindowQuery>,
) -> Result<Json<GroupStatistics>, Problem> {
    let window = window::read(&state, &scope, (query.from.as_deref(), query.to.as_deref())).await?;
    let tenant = scope.tenant.clone();
    let depth = Depth::Figures;
    let gathered = state.gateway.ask(|answer| Ask::Gather { tenant, group, window, depth, answer }).await?;
    let gathered = gathered.ok_or_else(Problem::not_found)?;
    let figures = gathered.figures();
    let tenant = scope.tenant;
    let parties = figures.members.iter().map(|member| member.party).collect();
    let names = state.gateway.ask(|answer| Ask::Names { tenant, parties, answer }).await?;
    let links = Links { group, window: gathered.window, company: query.company };
    Ok(Json(shape(&figures, &names, &links)))
}

fn shape(figures: &Figures, names: &Names, links: &Links) -> GroupStatistics {
    let totals = figures.totals;
    GroupStatistics {
        from: iso(links.window.0),
        to: iso(links.window.1.min(LATEST)),
        offered: totals.offered,
        answered: totals.answered,
        abandoned: totals.abandoned,
        overflowed: totals.overflowed,
        called_back: totals.called_back,
        inside: figures.inside,
        calls: TotalLinks {
            offered: links.visits(VisitFilter::Offered),
            answered: links.visits(VisitFilter::Answered),
            abandoned: links.visits(VisitFilter::Abandoned),
            overflowed: links.visits(VisitFilter::Overflowed),
            called_back: links.visits(VisitFilter::CalledBack),
            inside: links.visits(VisitFilter::Inside),
        },
        waits: Waits { answered: spread(figures.waits), abandoned: spread(figures.given_up) },
        talk: spread(figures.talk),
        service_level: service_level(figures, links),
        members: figures.members.iter().map(|member| member_statistics(member, names, links)).collect(),
    }
}

fn service_level(figures: &Figures, links: &Links) -> ServiceLevelShape {
    let level = figures.service_level;
    let link = |filter: VisitFilter| format!("{}&waited_max={}", links.visits(filter), level.within);
    ServiceLevelShape {
        within_s: seconds(level.within),
        answered_in_time: level.answered_in_time,
        abandoned_in_time: level.abandoned_in_time,
        share_of_offered: ratio(level.answered_in_time, level.offered),
        share_without_abandoned_in_time: ratio(
            level.answered_in_time,
            level.offered.saturating_sub(level.abandoned_in_time),
        ),
        calls: ServiceLevelLinks {
            answered_in_time: link(VisitFilter::Answered),
            abandoned_in_time: link(VisitFilter::Abandoned),
        },
    }
}

fn member_statistics(member: &AgentFigures, names: &Names, links: &Links) -> MemberStatistics {
    let user = names.get(&member.party).and_then(|view| view.user.clone());
    let user = user.unwrap_or_else(|| shown(names, member.party));
    let link = |filter: OfferFilter| links.offers(&user, filter);
    MemberStatistics {
        logged_in_s: member.logged_in.nearest_second(),
        offered: member.offered,
        answered: member.answered,
        missed: Missed {
            no_answer: member.no_answer,
            busy: member.busy,
            unreachable: member.unreachable,
            rejected: member.rejected,
        },
        talk_s: member.talk.nearest_second(),
        wrap_up_s: member.wrap_up.nearest_second(),
        paused_s: member.paused.nearest_second(),
        away_s: member.away.nearest_second(),
        occupancy: member.occupancy,
        share: member.share,
        fairness: member.fairness.map(|fairness| FairnessShape {
            offerable_s: member.offerable.nearest_second(),
            expected_share: fairness.expected_share,
            actual_share: member.share,
            deviation: fairness.deviation,
        }),
        calls: MemberLinks {
            offered: link(OfferFilter::Any),
            answered: link(OfferFilter::Answered),
            no_answer: link(OfferFilter::NoAnswer),
            busy: link(OfferFilter::Busy),
            unreachable: link(OfferFilter::Unreachable),
            rejected: link(OfferFilter::Rejected),
        },
        times: TimeLinks {
            logged_in: links.times(&user, TimeState::LoggedIn),
            paused: links.times(&user, TimeState::Paused),
            away: links.times(&user, TimeState::Away),
            wrap_up: links.times(&user, TimeState::WrapUp),
        },
        user,
    }
}

fn spread(of: Spread) -> SpreadShape {
    let some = |length: Span| (of.count > 0).then(|| seconds(length));
    SpreadShape {
        count: of.count,
        average_s: some(of.average),
        p50_s: some(of.p50),
        p90_s: some(of.p90),
        p95_s: some(of.p95),
        max_s: some(of.max),
    }
}

pub(crate) fn seconds(length: Span) -> f64 {
    // Lengths of calls stay far below 2^52 milliseconds.
    #[expect(clippy::cast_precision_loss, reason = "a length for people")]
    let milliseconds = length.0 as f64;
    milliseconds / 1_000.0
}

/// The last moment that has four digits for its year: an open end is written so.
const LATEST: Utc = Utc(253_402_300_799_999_000);

/// Where the calls of a group and window are listed.
struct Links {
    group: Number,
    window: (Utc, Utc),
    /// As the asker named it.
    company: Option<String>,
}

impl Links {
    fn base(&self) -> String {
        let group = escape(&self.group.to_string());
        format!("/api/v1/calls?{}group={group}&{}", self.company(), self.time())
    }

    fn company(&self) -> String {
        let company = self.company.as_deref().map(|id| format!("company={}&", escape(id)));
        company.unwrap_or_default()
    }

    fn time(&self) -> String {
        format!("from={}&to={}", iso(self.window.0), iso(self.window.1.min(LATEST)))
    }

    fn times(&self, member: &str, state: TimeState) -> String {
        let (group, member) = (escape(&self.group.to_string()), escape(member));
        let (company, time, state) = (self.company(), self.time(), word(state));
        format!("/api/v1/groups/{group}/times?{company}{time}&member={member}&state={state}")
    }

    fn visits(&self, filter: VisitFilter) -> String {
        format!("{}&visit={}", self.base(), word(filter))
    }

    fn offers(&self, member: &str, filter: OfferFilter) -> String {
        format!("{}&member={}&offer={}", self.base(), escape(member), word(filter))
    }
}

/// The word that the query reads back.
fn word(filter: impl Serialize) -> String {
    serde_json::to_value(filter).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Percent-encodes what has a meaning in a query (RFC 3986 2.3).
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for octet in text.bytes() {
        if octet.is_ascii_alphanumeric() || b"-._~".contains(&octet) {
            escaped.push(char::from(octet));
        } else {
            escaped.push_str(&format!("%{octet:02X}"));
        }
    }
    escaped
}
