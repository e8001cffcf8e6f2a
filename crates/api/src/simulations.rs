//! A day of the company lived through by the very engine, and once more with changed settings: what would be if.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ApiState;
use crate::gateway::{ApplyFault, Ask};
use crate::problem::Problem;
use crate::request::{Administered, Body};

/// What to live through. Of `rates` and `calls` at most one is given; with neither, the calls of the recorded day come
/// again.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Simulation {
    /// Which day, in the company's time zone; of today there are the calls until now.
    #[schema(example = "2026-03-02")]
    pub day: String,
    /// Calls by chance: by group, how many come in the busiest hour.
    #[schema(example = json!({"+35810200010": 60.0}))]
    pub rates: Option<BTreeMap<String, f64>>,
    /// Calls one by one, as lines of `time,group,talk in seconds`; the last two may be left out.
    #[schema(example = "09:30:15,+35810200010,120")]
    pub calls: Option<String>,
    /// Changes to try on the company's present settings, as paths into the company file with values as in TOML.
    #[serde(default)]
    #[schema(example = json!(["group[+35810200010].parallel=2"]))]
    pub changes: Vec<String>,
    /// When agents are at work: `08:00-17:00` for all, `aino=09:00-15:00` for one, `aino=none`: not at all; several for
    /// one are several stretches. When left out, and for whoever is not named: as recorded on that day, else
    /// 08:00-17:00.
    #[serde(default)]
    pub shifts: Vec<String>,
    /// Half of the talks are shorter than this. When left out these are as recorded, else 150.
    pub talk_s: Option<f64>,
    /// Half of the answers come within it. When left out these are as recorded, else 4.
    pub answer_s: Option<f64>,
    /// Callers wait this long on the mean before they give up. When left out as recorded, else 300.
    pub patience_s: Option<f64>,
    /// Percent of the offers that ring in vain. When left out as recorded, else 3.
    #[schema(maximum = 100)]
    pub misses: Option<u64>,
    /// Percent of the calls after which an agent takes a break; 0 when left out.
    #[serde(default)]
    #[schema(maximum = 100)]
    pub breaks: u64,
    /// Half of the breaks are shorter than this; 300 when left out.
    pub rest_s: Option<f64>,
    /// Percent of the callers who take an offer to be called back; 50 when left out.
    #[schema(maximum = 100)]
    pub accepts: Option<u64>,
    /// The same seed, the same people; 1 when left out.
    pub seed: Option<u64>,
    /// Of the words in the pictures: et, fi, sv, en, ru. The company's when left out.
    pub language: Option<String>,
}

/// How the day went, as the settings are and as they could be.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SimulationReport {
    /// Which day.
    pub day: String,
    /// Whose clock the times of day are of.
    pub time_zone: String,
    /// Who called and how people are.
    pub people: People,
    /// What was tried.
    pub changes: Vec<String>,
    /// Groups that calls entered, in order of number.
    pub groups: Vec<SimulatedGroup>,
    /// Their members who were at work.
    pub agents: Vec<SimulatedAgent>,
    /// All groups and agents as one picture (SVG).
    pub svg: String,
}

/// Where callers and agents come from.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct People {
    /// `recorded`, `rates` or `calls`.
    pub source: &'static str,
    /// How many calls.
    pub calls: u64,
    /// How many agents were at work in the groups that were called.
    pub agents: u64,
    /// Talks that were looked at; 0: their length is given or assumed.
    pub talks_seen: u64,
    /// Offers that were looked at; 0: answers are given or assumed.
    pub offers_seen: u64,
    /// Callers who gave up that were looked at; 0: patience is given or assumed.
    pub given_up_seen: u64,
    /// Agents whose time at work is as recorded.
    pub shifts_seen: u64,
}

/// A group's day, side by side.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SimulatedGroup {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// As the settings are.
    pub base: GroupFigures,
    /// As they could be; null without changes.
    pub changed: Option<GroupFigures>,
    /// The busiest hour by Erlang's formulas, where the group is one that they can tell of: a check of `base`.
    pub formulas: Option<Formulas>,
    /// Waits by time of day, and how many are answered within which time (SVG).
    pub svg: String,
}

/// How a group's day went.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GroupFigures {
    /// Calls that entered the group: the sum of the next five.
    pub offered: u64,
    /// Taken by a member.
    pub answered: u64,
    /// Gave up.
    pub abandoned: u64,
    /// Left by a limit.
    pub overflowed: u64,
    /// Were called back.
    pub called_back: u64,
    /// Not yet decided at the end of the day.
    pub inside: u64,
    /// The group's `service_level`.
    pub within_s: f64,
    /// Answered within it.
    pub answered_in_time: u64,
    /// Percent of all who entered.
    pub service_level: f64,
    /// Percent of those who did not give up within it themselves.
    pub service_level_without_abandoned_in_time: f64,
    /// Percent who gave up.
    pub abandonment: f64,
    /// Waits of those who were answered.
    pub wait: WaitFigures,
    /// By quarter of an hour; one in which nobody called is left out.
    pub quarters: Vec<QuarterFigures>,
    /// Percent of all who entered that were answered within which time.
    pub answered_within: Vec<Within>,
}

/// How long callers waited who were answered. Null when nobody was.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct WaitFigures {
    /// Of all.
    pub average_s: Option<f64>,
    /// Half are at most so long.
    pub p50_s: Option<f64>,
    /// Nine in ten.
    pub p90_s: Option<f64>,
    /// 95 in a hundred.
    pub p95_s: Option<f64>,
    /// The longest.
    pub longest_s: Option<f64>,
}

/// A quarter of an hour.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuarterFigures {
    /// Where it begins, by the company's clock.
    #[schema(example = "09:15")]
    pub at: String,
    /// Calls that entered.
    pub offered: u64,
    /// Of these, taken by a member.
    pub answered: u64,
    /// Of these, gave up.
    pub abandoned: u64,
    /// Mean wait of those answered; null when nobody was.
    pub wait_s: Option<f64>,
}

/// A point of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Within {
    /// Within it.
    pub s: u64,
    /// Percent.
    pub percent: f64,
}

/// The busiest hour by formulas, beside the same hour simulated.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Formulas {
    /// Where it begins, by the company's clock.
    pub at: String,
    /// Calls that came.
    pub calls: u64,
    /// Agents at work.
    pub agents: u32,
    /// How long a call keeps an agent, on the mean.
    pub handle_s: f64,
    /// How long callers wait before they give up, on the mean.
    pub patience_s: f64,
    /// Mean wait by Erlang C, where nobody gives up; null: the line would grow for ever.
    pub erlang_c_wait_s: Option<f64>,
    /// Mean wait by Erlang A.
    pub erlang_a_wait_s: f64,
    /// Percent who give up by Erlang A.
    pub erlang_a_abandonment: f64,
    /// Simulated: mean wait of all callers, without the ringing before the answer.
    pub simulated_wait_s: f64,
    /// Simulated: percent who gave up.
    pub simulated_abandonment: f64,
}

/// An agent's day, side by side.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SimulatedAgent {
    /// Name.
    pub user: String,
    /// As the settings are.
    pub base: AgentFigures,
    /// As they could be; null without changes.
    pub changed: Option<AgentFigures>,
}

/// How an agent's day went.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgentFigures {
    /// Seconds at work.
    pub at_work_s: u64,
    /// Calls taken.
    pub answered: u64,
    /// Offers missed.
    pub missed: u64,
    /// Seconds talking.
    pub talk_s: u64,
    /// Percent of the time at work in which he was rung, talked, or worked after a call.
    pub occupancy: f64,
    /// Percent of all calls that he took.
    pub share: f64,
    /// Percent he would have taken by his time at work.
    pub fair_share: f64,
}

/// Why nothing was simulated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SimulationRefusal {
    /// No such company.
    NoCompany,
    /// Fields that cannot be used, or changes with which the settings make no sense.
    Faults(Vec<ApplyFault>),
    /// Others are being simulated; later there is room.
    Busy,
    /// It took too long, and was stopped.
    TooLong,
    /// The database does not answer.
    Unavailable,
}

/// Lives through a day of the company with its present settings, and with changes. Nothing is changed anywhere.
///
/// At most 20,000 calls and 60 seconds; one at a time for a company, few at a time for the platform (429).
#[utoipa::path(post, path = "/api/v1/companies/{id}/simulations", tag = "Company",
    params(("id" = String, Path, description = "The company's id")),
    request_body(content = Simulation, content_type = "application/json"),
    responses((status = 200, body = SimulationReport),
              (status = 400, body = Problem), (status = 401, body = Problem),
              (status = 403, body = Problem), (status = 404, body = Problem),
              (status = 413, body = Problem), (status = 422, body = Problem),
              (status = 429, body = Problem)))]
pub async fn simulate(
    State(state): State<ApiState>,
    Administered(scope): Administered,
    body: Body,
) -> Result<Json<SimulationReport>, Problem> {
    let tenant = scope.tenant;
    let known = state.gateway.ask(|answer| Ask::Companies { answer }).await?;
    if !known.contains(&tenant) {
        return Err(Problem::not_found());
    }
    let wish: Box<Simulation> = Box::new(body.json()?);
    let told = state.gateway.ask(|answer| Ask::Simulate { tenant, wish, answer }).await?;
    Ok(Json(*told?))
}
