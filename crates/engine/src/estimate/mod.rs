//! How long a waiting caller still has to wait (V-48, I-11, X-03; design section 4).
//!
//! `predicted` looks at who stands ahead, which agents can come free and how far their calls are (`line`), plays the
//! near future 64 times with lengths seen in this group (`paths`), and corrects what comes out by how its earlier
//! forecasts ended (`trust`). All of it is whole numbers, read from the saved state alone; the same state at the same
//! time gives the same estimate. It says nothing while it knows too little.

mod line;
mod parts;
mod paths;
mod patience;
mod samples;
mod trust;

use std::collections::{BTreeMap, VecDeque};

use model::config::{TenantConfig, WaitMethod};
use model::id::CallId;
use model::number::Number;
use model::saved::{SavedGroup, SavedState};
use model::time::{Span, Utc};

use crate::fold::position;
use paths::Whose;
pub(crate) use trust::{foretell, landed};

/// With fewer calls behind it an estimate says nothing.
const SAMPLES_MIN: usize = 10;

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
    let rank = *saved.ranks.get(&call)?;
    match method(config, number)? {
        WaitMethod::LegacyTalk => legacy_talk(saved, position(saved, rank)),
        WaitMethod::LegacyAvg => legacy_avg(saved),
        WaitMethod::Predicted => trust::corrected(saved, raw(state, number, call, now)?),
    }
}

/// The estimates for all who stand in a group's line, at the cost of one.
pub fn of_line(
    state: &SavedState,
    config: &TenantConfig,
    number: Number,
    now: Utc,
) -> BTreeMap<CallId, Estimate> {
    let (Some(saved), Some(method)) = (state.groups.get(&number), method(config, number)) else {
        return BTreeMap::new();
    };
    let legacy = |of: &dyn Fn(u32) -> Option<Estimate>| {
        let entry = |(position, id): (u32, &CallId)| Some((*id, of(position)?));
        (1..).zip(saved.line.values()).filter_map(entry).collect()
    };
    match method {
        WaitMethod::LegacyTalk => legacy(&|position| legacy_talk(saved, position)),
        WaitMethod::LegacyAvg => legacy(&|_| legacy_avg(saved)),
        WaitMethod::Predicted => {
            let Some(last) = saved.line.values().next_back() else { return BTreeMap::new() };
            let all =
                if knows(saved) { paths::play(state, number, *last, now, Whose::All) } else { Vec::new() };
            fill(saved, &all)
        }
    }
}

/// In a long line only some are played; who stands between two of them is told what the one behind him is.
fn fill(saved: &SavedGroup, played: &[(CallId, Estimate)]) -> BTreeMap<CallId, Estimate> {
    let mut estimates = BTreeMap::new();
    let mut played = played.iter().peekable();
    for call in saved.line.values() {
        let Some((id, raw)) = played.peek() else { break };
        if let Some(estimate) = trust::corrected(saved, *raw) {
            estimates.insert(*call, estimate);
        }
        if id == call {
            played.next();
        }
    }
    estimates
}

fn method(config: &TenantConfig, number: Number) -> Option<WaitMethod> {
    config.groups.get(&number).map(|group| group.announcements.wait_method)
}

/// Whether enough calls have been seen.
fn knows(saved: &SavedGroup) -> bool {
    saved.handled.calls.len() >= SAMPLES_MIN
}

/// What the near future gives, before it is corrected.
fn raw(state: &SavedState, number: Number, call: CallId, now: Utc) -> Option<Estimate> {
    let saved = state.groups.get(&number)?;
    if !knows(saved) {
        return None;
    }
    paths::play(state, number, call, now, Whose::Last).pop().map(|(_, found)| found)
}

fn mean(lengths: &VecDeque<(Utc, Span)>) -> Option<Span> {
    if lengths.len() < SAMPLES_MIN {
        return None;
    }
    let sum: u64 = lengths.iter().map(|(_, length)| length.0).sum();
    Some(Span(sum / lengths.len() as u64))
}

/// Mean length of talks by the calls ahead (V-48).
fn legacy_talk(saved: &SavedGroup, position: u32) -> Option<Estimate> {
    let wait = Span(mean(&saved.handled.calls)?.0 * u64::from(position));
    Some(Estimate { p50: wait, p90: wait })
}

/// Mean wait of those served (I-11).
fn legacy_avg(saved: &SavedGroup) -> Option<Estimate> {
    let wait = mean(&saved.handled.waits)?;
    Some(Estimate { p50: wait, p90: wait })
}
