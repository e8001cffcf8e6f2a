//! What if: the same callers and agents under two sets of settings, side by side (issue of queues, section 6).

mod check;
pub mod erlang;
mod profile;

use std::collections::BTreeMap;
use std::sync::Arc;

use model::config::TenantConfig;
use model::fact::VisitOutcome;
use model::id::PartyId;
use model::number::Number;
use model::saved::SavedState;

use crate::office::{Lived, Office, Plan, Worked};

pub use check::{Check, check};
pub use profile::{Agents, Profile, rate_calls, staff, usual_staff};

/// What is tried.
#[derive(Debug, Clone)]
pub struct Question {
    /// The people, and the settings as they are.
    pub plan: Plan,
    /// The settings as they could be.
    pub changed: Option<Arc<TenantConfig>>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Report {
    /// With the settings as they are.
    pub base: Side,
    /// As they could be.
    pub changed: Option<Side>,
}

/// How a day went under one set of settings.
#[derive(Debug, Clone, Default)]
pub struct Side {
    /// By group.
    pub groups: BTreeMap<Number, GroupDay>,
    /// By agent, in the order of the plan.
    pub agents: Vec<AgentDay>,
    /// Facts the day was made of.
    pub facts: u64,
}

/// A group's day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GroupDay {
    /// Calls that entered.
    pub offered: u64,
    /// Taken by an agent.
    pub served: u64,
    /// Gave up.
    pub abandoned: u64,
    /// Left by a limit.
    pub overflowed: u64,
    /// Asked to be called back.
    pub called_back: u64,
    /// Served within the group's `service_level`.
    pub in_time: u64,
    /// Gave up within the group's `service_level`.
    pub abandoned_in_time: u64,
    /// Waits of those served, milliseconds, in order.
    pub waits: Vec<u64>,
    /// By quarter of an hour from the begin, by when calls entered.
    pub quarters: BTreeMap<u64, Quarter>,
}

/// A quarter of an hour of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Quarter {
    /// Calls that entered.
    pub offered: u64,
    /// Taken by an agent.
    pub served: u64,
    /// Gave up.
    pub abandoned: u64,
    /// What those served waited in all, milliseconds.
    pub served_waited: u64,
    /// What all waited, whatever became of them.
    pub waited: u64,
}

impl Quarter {
    /// Mean wait of those served, milliseconds; `None`: nobody was.
    pub fn wait_mean(&self) -> Option<u64> {
        self.served_waited.checked_div(self.served)
    }
}

impl GroupDay {
    /// The wait that `percent` of those served did not exceed, milliseconds.
    pub fn wait_at(&self, percent: usize) -> u64 {
        let at = (self.waits.len() * percent).div_ceil(100).clamp(1, self.waits.len().max(1));
        self.waits.get(at - 1).copied().unwrap_or(0)
    }

    /// Mean wait of those served, milliseconds.
    pub fn wait_mean(&self) -> u64 {
        self.waits.iter().sum::<u64>() / (self.waits.len() as u64).max(1)
    }

    /// Percent of the offered calls that were served in time.
    pub fn service_level(&self) -> f64 {
        percent(self.in_time, self.offered)
    }

    /// The same of those who did not give up within it themselves.
    pub fn service_level_without_early(&self) -> f64 {
        percent(self.in_time, self.offered - self.abandoned_in_time)
    }

    /// Percent of all calls that were served within this time, milliseconds.
    pub fn served_within(&self, wait: u64) -> f64 {
        percent(self.waits.partition_point(|waited| *waited <= wait) as u64, self.offered)
    }

    /// Percent that gave up.
    pub fn abandonment(&self) -> f64 {
        percent(self.abandoned, self.offered)
    }
}

/// An agent's day.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentDay {
    /// Who.
    pub party: PartyId,
    /// What he did.
    pub worked: Worked,
    /// Percent of all calls of the day that he took.
    pub share: f64,
    /// Percent he would have taken by his time at work.
    pub fair_share: f64,
}

impl AgentDay {
    /// Percent of his time at work in which he was rung, talked or worked after a call.
    pub fn occupancy(&self) -> f64 {
        percent(self.worked.busy, self.worked.at_work)
    }
}

fn percent(part: u64, of: u64) -> f64 {
    if of == 0 { 0.0 } else { 100.0 * part as f64 / of as f64 }
}

/// Lives through the day once for each set of settings. `progress` sees which of the two runs and how far it is, in
/// thousandths.
pub fn whatif(question: &Question, progress: &mut dyn FnMut(usize, u64)) -> Report {
    let told = whatif_while(question, &mut |side, done| {
        progress(side, done);
        true
    });
    told.expect("nobody stops it")
}

/// As `whatif`, for as long as `goes_on` says so; it is asked a thousand times a side. `None`: it was stopped.
pub fn whatif_while(question: &Question, goes_on: &mut dyn FnMut(usize, u64) -> bool) -> Option<Report> {
    let base = side(&question.plan, &mut |done| goes_on(0, done))?;
    let changed = match &question.changed {
        Some(config) => {
            let plan = Plan { config: config.clone(), ..question.plan.clone() };
            Some(side(&plan, &mut |done| goes_on(1, done))?)
        }
        None => None,
    };
    Some(Report { base, changed })
}

fn side(plan: &Plan, goes_on: &mut dyn FnMut(u64) -> bool) -> Option<Side> {
    let last = plan.calls.last().map_or(1, |call| call.at.max(1));
    let mut office = Office::open(plan, SavedState::default());
    let mut shown = 0;
    let lived_out = office.live_while(&mut |_| {}, &mut |now| {
        let done = (now.saturating_mul(1_000) / last).min(1_000);
        if done <= shown {
            return true;
        }
        shown = done;
        goes_on(done)
    });
    if !lived_out {
        return None;
    }
    let mut groups: BTreeMap<Number, GroupDay> = BTreeMap::new();
    for lived in &office.lived {
        count(plan, groups.entry(lived.group).or_default(), lived);
    }
    for day in groups.values_mut() {
        day.waits.sort_unstable();
    }
    Some(Side { groups, agents: agents(plan, &office.worked), facts: office.facts })
}

fn count(plan: &Plan, day: &mut GroupDay, lived: &Lived) {
    day.offered += 1;
    let waited = lived.waited();
    let level = plan.config.groups.get(&lived.group).map_or(0, |group| group.service_level.0);
    let in_time = u64::from(waited <= level);
    let quarter = day.quarters.entry((lived.from - plan.begin).0 / 900_000).or_default();
    quarter.offered += 1;
    quarter.waited += waited;
    match lived.outcome {
        Some(VisitOutcome::Served) => {
            day.served += 1;
            day.waits.push(waited);
            day.in_time += in_time;
            quarter.served += 1;
            quarter.served_waited += waited;
        }
        Some(VisitOutcome::Abandoned) => {
            day.abandoned += 1;
            day.abandoned_in_time += in_time;
            quarter.abandoned += 1;
        }
        Some(VisitOutcome::Overflowed) => day.overflowed += 1,
        Some(VisitOutcome::CalledBack) => day.called_back += 1,
        None => {}
    }
}

fn agents(plan: &Plan, worked: &[Worked]) -> Vec<AgentDay> {
    let (calls, time) =
        worked.iter().fold((0, 0), |(calls, time), one| (calls + one.calls, time + one.at_work));
    plan.agents
        .iter()
        .zip(worked)
        .map(|(agent, worked)| AgentDay {
            party: agent.party,
            worked: worked.clone(),
            share: percent(worked.calls, calls),
            fair_share: percent(worked.at_work, time),
        })
        .collect()
}
