//! The busiest hour of a simple group beside Erlang's formulas: whether what was simulated is in reason.
//!
//! The formulas know one group whose agents serve nobody else, calls that come by chance, and talks whose length does
//! not depend on anything; so only such a group is held against them, and only by the hour.

use model::number::Number;

use super::erlang::{Steady, erlang_a, erlang_c};
use super::{GroupDay, percent};
use crate::office::Plan;

const HOUR: u64 = 3_600_000;

/// The formulas beside the simulator.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Check {
    /// Where the hour begins, milliseconds from the begin of the day.
    pub at: u64,
    /// Calls that came in it.
    pub calls: u64,
    /// Agents at work through all of it.
    pub agents: u32,
    /// From the offer to the end of the work after the call, on the mean, seconds.
    pub handle_s: f64,
    /// Until callers give up, on the mean, seconds.
    pub patience_s: f64,
    /// If nobody gave up; `None`: the line would grow for ever.
    pub without_hurry: Option<Steady>,
    /// With those who give up.
    pub with_hurry: Steady,
    /// Simulated: mean wait of all callers of the hour until a phone rang for good, seconds.
    pub wait_s: f64,
    /// Simulated: percent of them who gave up.
    pub gave_up: f64,
}

/// `None`: the group is none for the formulas, or nobody called it.
pub fn check(plan: &Plan, number: Number, day: &GroupDay) -> Option<Check> {
    let group = plan.config.groups.get(&number)?;
    let hour = busiest(plan, number)?;
    let (from, to) = (hour * HOUR, (hour + 1) * HOUR);
    let members = || group.members.iter().map(|member| member.party);
    let elsewhere = plan.config.groups.values().any(|other| {
        let called = plan.calls.iter().any(|call| call.group == other.number);
        other.number != number
            && called
            && members().any(|party| other.members.iter().any(|m| m.party == party))
    });
    let staff: Vec<_> =
        plan.agents.iter().filter(|agent| members().any(|party| party == agent.party)).collect();
    let there =
        staff.iter().filter(|agent| agent.shifts.iter().any(|shift| shift.0 <= from && shift.1 >= to));
    let agents = u32::try_from(there.count()).unwrap_or(0);
    // They do not know limits and callbacks either.
    let otherwise = day.overflowed + day.called_back;
    if elsewhere || agents == 0 || otherwise * 100 > day.offered {
        return None;
    }
    let calls: Vec<_> =
        plan.calls.iter().filter(|call| call.group == number && (from..to).contains(&call.at)).collect();
    let count = calls.len() as f64;
    let mean = |length: &dyn Fn(usize) -> f64| (0..calls.len()).map(length).sum::<f64>() / count / 1_000.0;
    let answer = staff.iter().map(|agent| agent.answers.mean()).sum::<f64>() / staff.len() as f64 / 1_000.0;
    let wrap_up = group.wrap_up.map_or(0.0, |wrap_up| wrap_up.0 as f64 / 1_000.0);
    let handle_s = mean(&|at| calls[at].talk as f64) + answer + wrap_up;
    let patience_s = mean(&|at| calls[at].patience.min(24 * HOUR) as f64).max(1.0);
    let per_s = count / 3_600.0;
    let (mut offered, mut abandoned, mut waited, mut served) = (0, 0, 0, 0);
    for (_, quarter) in day.quarters.range(hour * 4..(hour + 1) * 4) {
        offered += quarter.offered;
        abandoned += quarter.abandoned;
        waited += quarter.waited;
        served += quarter.served;
    }
    // The formulas do not know that a phone rings before it is answered.
    let waited = (waited as f64 / 1_000.0 - served as f64 * answer).max(0.0);
    Some(Check {
        at: from,
        calls: calls.len() as u64,
        agents,
        handle_s,
        patience_s,
        without_hurry: erlang_c(agents, per_s, handle_s),
        with_hurry: erlang_a(agents, per_s, handle_s, patience_s),
        wait_s: waited / offered.max(1) as f64,
        gave_up: percent(abandoned, offered),
    })
}

/// The hour with the most calls; the first of several.
fn busiest(plan: &Plan, number: Number) -> Option<u64> {
    let mut hours = std::collections::BTreeMap::<u64, u64>::new();
    for call in plan.calls.iter().filter(|call| call.group == number) {
        *hours.entry(call.at / HOUR).or_default() += 1;
    }
    hours.into_iter().rev().max_by_key(|(_, calls)| *calls).map(|(hour, _)| hour)
}
