//! How long a waiting caller still has to wait: from the lengths of this group's latest calls, the agents who can come
//! free, and who stands ahead (V-48, I-11, X-03). Says nothing while it does not know.

use model::config::{TenantConfig, WaitMethod};
use model::id::CallId;
use model::number::Number;
use model::saved::{SavedGroup, SavedState};
use model::time::{Span, Utc};

use crate::fold::position;

/// With fewer calls behind it an estimate says nothing.
const SAMPLES_MIN: usize = 5;

/// A wait that is still to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Estimate {
    /// With even odds no longer than this.
    pub p50: Span,
    /// With odds of nine in ten no longer than this.
    pub p90: Span,
}

/// The estimate for a call or callback in a group's line.
pub fn of_call(
    state: &SavedState,
    config: &TenantConfig,
    number: Number,
    call: CallId,
    now: Utc,
) -> Option<Estimate> {
    let saved = state.groups.get(&number)?;
    let rank = saved.ranks.get(&call)?;
    of_position(state, config, number, position(saved, *rank), now)
}

/// The estimate for who stands at a position, from 1.
pub fn of_position(
    state: &SavedState,
    config: &TenantConfig,
    number: Number,
    position: u32,
    _now: Utc,
) -> Option<Estimate> {
    let saved = state.groups.get(&number)?;
    let group = config.groups.get(&number)?;
    match group.announcements.wait_method {
        WaitMethod::LegacyTalk => {
            let talk = mean(&saved.handled.calls)?;
            let wait = Span(talk.0 * u64::from(position));
            Some(Estimate { p50: wait, p90: wait })
        }
        WaitMethod::LegacyAvg => {
            let wait = mean(&saved.handled.waits)?;
            Some(Estimate { p50: wait, p90: wait })
        }
        WaitMethod::Predicted => predicted(state, saved, position),
    }
}

fn mean(lengths: &std::collections::VecDeque<(Utc, Span)>) -> Option<Span> {
    if lengths.len() < SAMPLES_MIN {
        return None;
    }
    let sum: u64 = lengths.iter().map(|(_, length)| length.0).sum();
    Some(Span(sum / lengths.len() as u64))
}

/// Agents who work on calls free themselves one after the other; the caller is served when as many have done so as
/// stand ahead of him, himself included.
fn predicted(state: &SavedState, saved: &SavedGroup, position: u32) -> Option<Estimate> {
    let handle = mean(&saved.handled.calls)?;
    let agents = saved
        .order
        .values()
        .filter(|party| state.agents.get(party).is_none_or(|agent| agent.paused.is_none()))
        .count();
    let agents = u64::try_from(agents).ok().filter(|agents| *agents > 0)?;
    let p50 = Span(handle.0 * u64::from(position) / agents);
    Some(Estimate { p50, p90: Span(p50.0 * 2) })
}
