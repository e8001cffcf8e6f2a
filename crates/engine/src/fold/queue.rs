//! Facts about waiting lines: who stands where, who is closed, what agents do after a call, callbacks.

use std::collections::VecDeque;

use model::fact::{CallbackState, Fact, Rank, Role, VisitOutcome, What};
use model::id::{CallId, PartyId};
use model::number::Number;
use model::record::{CallRecord, CallbackRecord, Folded};
use model::saved::{HeldPlace, SavedCallback, SavedGroup, SavedState};
use model::time::{Span, Utc};

use super::{agent, tidy, with_record};

/// Calls whose length is remembered.
const HANDLED_MAX: usize = 256;

/// Rings that are remembered.
const RINGS_MAX: usize = 128;

/// Gaps that are remembered: most are none, and those that are some shall be enough to learn from.
const GAPS_MAX: usize = 256;

/// Between two offers of one call that belong together.
const ROUND: Span = Span(1_500);

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
            if let Some(entry) = state.groups.get_mut(group) {
                entry.handled.wrap_up = *until - at;
                if let Some((_, length)) = entry.handled.calls.back_mut() {
                    *length = Span(length.0 + (*until - at).0);
                }
            }
        }
        What::WrapUpEnded { member } => {
            let agent = agent(state, *member, at);
            agent.wrap_up = None;
            agent.idle_since = at;
            // A pause until now took nothing: he worked.
            agent.away = agent.away.map(|_| Span(0));
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
        What::CallbackRequested { callback, group, caller, hidden, number, valid_until, rank } => {
            let request = SavedCallback {
                caller: *caller,
                hidden: *hidden,
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
            entry.callbacks.retain(|_, kept| kept.is_listed(at));
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

/// From 1.
pub(crate) fn position(entry: &SavedGroup, rank: Rank) -> u32 {
    u32::try_from(entry.line.before(&rank)).unwrap_or(u32::MAX).saturating_add(1)
}

/// A call has left the group: its place is free, and how long it waited is remembered.
pub(super) fn leave(state: &mut SavedState, call: CallId, group: Number, outcome: VisitOutcome, at: Utc) {
    let record = state.calls.get(&call);
    let from = record
        .and_then(|record| record.visits.iter().rev().find(|visit| visit.group == group))
        .map(|visit| visit.from);
    let rang = record.zip(from).and_then(|(record, from)| rang(record, group, from, at));
    let Some(entry) = state.groups.get_mut(&group) else { return };
    entry.visiting.remove(&call);
    let rank = entry.ranks.remove(&call);
    if let Some(rank) = rank {
        entry.line.remove(&rank);
    }
    let Some(from) = from else { return };
    entry.entered.remove(&(from, call));
    let gave_up = outcome == VisitOutcome::Abandoned;
    push(&mut entry.handled.stays, (at - from, gave_up), HANDLED_MAX);
    if outcome == VisitOutcome::Served {
        push(&mut entry.handled.waits, (at, at - from), HANDLED_MAX);
        if let Some(rang) = rang {
            push(&mut entry.handled.rings, rang, RINGS_MAX);
        }
        if let Some(rank) = rank {
            crate::estimate::landed(entry, rank, at);
        }
    }
}

/// How long phones rang for a call until it was answered, those included that missed it just before.
fn rang(record: &CallRecord, group: Number, from: Utc, at: Utc) -> Option<Span> {
    let legs = record.legs.iter().rev();
    let mut since: Option<Utc> = None;
    for leg in legs.filter(|leg| leg.role == Role::Member && leg.group == Some(group) && leg.started >= from)
    {
        if since.is_some_and(|since| since - leg.ended.unwrap_or(at) > ROUND) {
            break;
        }
        since = Some(leg.started);
    }
    since.map(|since| at - since)
}

/// A member is offered the first call since his last one: how long he was away in between. Pauses count whether
/// anybody waited or not, or the longest would never be seen; the rest only while this call waited already.
pub(super) fn offered(state: &mut SavedState, call: CallId, group: Number, member: PartyId, at: Utc) {
    let Some(agent) = state.agents.get_mut(&member) else { return };
    let (Some(away), idle_since) = (agent.away.take(), agent.idle_since) else { return };
    let record = state.calls.get(&call);
    let visit = record.and_then(|record| record.visits.iter().rev().find(|visit| visit.group == group));
    let waited = visit.is_some_and(|visit| visit.from < idle_since);
    let gap = if waited { away.max(at - idle_since) } else { away };
    if let Some(entry) = state.groups.get_mut(&group) {
        push(&mut entry.handled.gaps, gap, GAPS_MAX);
    }
}

/// A member's talk has ended.
pub(super) fn talked(state: &mut SavedState, group: Number, member: PartyId, answered: Utc, at: Utc) {
    let agent = agent(state, member, at);
    agent.idle_since = at;
    agent.away = Some(Span(0));
    if let Some(entry) = state.groups.get_mut(&group) {
        push(&mut entry.handled.calls, (at, at - answered), HANDLED_MAX);
    }
}

fn push<T>(list: &mut VecDeque<T>, what: T, most: usize) {
    if list.len() >= most {
        list.pop_front();
    }
    list.push_back(what);
}
