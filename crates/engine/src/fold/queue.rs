//! Facts about waiting lines: who stands where, who is closed, what agents do after a call, callbacks.

use model::fact::{CallbackState, Fact, Rank, VisitOutcome, What};
use model::id::{CallId, PartyId};
use model::number::Number;
use model::record::{CallbackRecord, Folded};
use model::saved::{HeldPlace, SavedCallback, SavedGroup, SavedState};
use model::time::{Span, Utc};

use super::{agent, tidy, with_record};

/// Calls whose length is remembered.
const HANDLED_MAX: usize = 256;

/// An ended callback is listed for this long.
const ENDED_KEPT: Span = Span::seconds(86_400);

#[expect(clippy::wildcard_enum_match_arm, reason = "the fold sends only these facts here")]
pub(super) fn take(state: &mut SavedState, fact: &Fact) {
    let at = fact.at;
    match &fact.what {
        What::Queued { call, group, rank, .. } => stand(state, *call, *group, *rank),
        What::Closed { group, reason } => {
            if let Some(entry) = state.groups.get_mut(group) {
                entry.closed = *reason;
            }
        }
        What::PlaceHeld { caller, group, rank, until } => {
            if let Some(entry) = state.groups.get_mut(group) {
                entry.held.retain(|_, held| held.until > at);
                entry.held.insert(*caller, HeldPlace { rank: *rank, until: *until });
            }
        }
        What::WrapUpStarted { member, group, until } => {
            let agent = agent(state, *member, at);
            agent.wrap_up = Some(*until);
            agent.since = at;
            if let Some(entry) = state.groups.get_mut(group)
                && let Some((_, length)) = entry.handled.calls.back_mut()
            {
                *length = Span(length.0 + (*until - at).0);
            }
        }
        What::WrapUpEnded { member } => {
            let agent = agent(state, *member, at);
            agent.wrap_up = None;
            agent.idle_since = at;
            agent.since = at;
            tidy(state, *member);
        }
        What::Resting { member, until } => agent(state, *member, at).resting = Some(*until),
        What::Rested { member } => {
            agent(state, *member, at).resting = None;
            tidy(state, *member);
        }
        What::IdleReset { member } => agent(state, *member, at).idle_since = at,
        What::Presence { party, activity } => {
            if *activity == model::input::Activity::Available {
                state.presence.remove(party);
            } else {
                state.presence.insert(*party, *activity);
            }
        }
        What::CallbackRequested { callback, group, caller, number, valid_until, rank } => {
            let request = SavedCallback {
                caller: *caller,
                number: *number,
                since: at,
                valid_until: *valid_until,
                state: CallbackState::Pending,
                attempts: 0,
                not_before: None,
                call: None,
                ended: None,
            };
            let entry = state.groups.entry(*group).or_default();
            entry.callbacks.retain(|_, kept| kept.ended.is_none_or(|ended| at - ended < ENDED_KEPT));
            entry.callbacks.insert(*callback, request);
            put(entry, *callback, *rank);
        }
        _ => {}
    }
}

/// A callback goes a step on; the record of one that has ended.
pub(super) fn step(state: &mut SavedState, fact: &Fact) -> Option<Folded> {
    let What::CallbackStep { callback, group, state: now, attempts, not_before, call } = &fact.what else {
        return None;
    };
    let entry = state.groups.get_mut(group)?;
    let request = entry.callbacks.get_mut(callback)?;
    let under_way = std::mem::replace(&mut request.call, *call);
    request.state = *now;
    request.attempts = *attempts;
    request.not_before = *not_before;
    match now {
        CallbackState::Pending | CallbackState::RingingAgent | CallbackState::RingingCaller => return None,
        CallbackState::Done | CallbackState::Expired | CallbackState::Cancelled => {}
    }
    request.ended = Some(fact.at);
    let record = CallbackRecord {
        callback: *callback,
        group: *group,
        caller: request.caller,
        number: request.number,
        since: request.since,
        ended: fact.at,
        state: *now,
        attempts: *attempts,
        call: under_way.filter(|_| *now == CallbackState::Done),
    };
    if let Some(rank) = entry.ranks.remove(callback) {
        entry.line.remove(&rank);
    }
    Some(Folded::Callback(Box::new(record)))
}

fn put(entry: &mut SavedGroup, id: CallId, rank: Rank) {
    if let Some(old) = entry.ranks.insert(id, rank) {
        entry.line.remove(&old);
    }
    entry.line.insert(rank, id);
}

/// A call stands in the line from here on; the first time its position is written into its visit.
fn stand(state: &mut SavedState, call: CallId, group: Number, rank: Rank) {
    let Some(entry) = state.groups.get_mut(&group) else { return };
    put(entry, call, rank);
    let position = position(entry, rank);
    with_record(state, call, |record| {
        let open = record.visits.iter_mut().rev().find(|visit| visit.group == group && visit.to.is_none());
        if let Some(visit) = open {
            visit.position.get_or_insert(position);
        }
    });
}

/// From 1. Costs nothing at the tail, where most enter.
pub(crate) fn position(entry: &SavedGroup, rank: Rank) -> u32 {
    let last = entry.line.last_key_value().is_some_and(|(last, _)| *last == rank);
    let ahead = if last { entry.line.len() - 1 } else { entry.line.range(..rank).count() };
    u32::try_from(ahead).unwrap_or(u32::MAX).saturating_add(1)
}

/// A call has left the group: its place is free, and how long it waited is remembered.
pub(super) fn leave(state: &mut SavedState, call: CallId, group: Number, outcome: VisitOutcome, at: Utc) {
    let waited = state
        .calls
        .get(&call)
        .and_then(|record| record.visits.iter().rev().find(|visit| visit.group == group))
        .map(|visit| at - visit.from);
    let Some(entry) = state.groups.get_mut(&group) else { return };
    entry.visiting.remove(&call);
    if let Some(rank) = entry.ranks.remove(&call) {
        entry.line.remove(&rank);
    }
    if outcome == VisitOutcome::Served
        && let Some(waited) = waited
    {
        remember(&mut entry.handled.waits, at, waited);
    }
}

/// A member's talk has ended.
pub(super) fn talked(state: &mut SavedState, group: Number, member: PartyId, answered: Utc, at: Utc) {
    agent(state, member, at).idle_since = at;
    if let Some(entry) = state.groups.get_mut(&group) {
        remember(&mut entry.handled.calls, at, at - answered);
    }
}

fn remember(list: &mut std::collections::VecDeque<(Utc, Span)>, at: Utc, length: Span) {
    if list.len() >= HANDLED_MAX {
        list.pop_front();
    }
    list.push_back((at, length));
}
