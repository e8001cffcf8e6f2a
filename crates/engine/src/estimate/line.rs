//! What an estimate looks at: who stands ahead in this line and in those that share its agents, and when each agent
//! can come free.
//!
//! A long line and many agents are looked at coarsely: every so-many-th caller and agent stand for the others.

use std::collections::BTreeSet;

use model::fact::{CallbackState, Rank, Role};
use model::id::{CallId, LegId, PartyId};
use model::number::Number;
use model::record::CallRecord;
use model::saved::{LegState, SavedGroup, SavedState};
use model::time::{Span, Utc};

use super::patience::Patience;
use super::samples::{Beyond, Millis, Sample, millis};

/// So many agents and callers are played each for himself.
const EACH_MAX: usize = 64;

/// With more of them so many are played, who stand for the others.
const STAND_FOR: usize = 32;

/// Lines that are looked at at most, the own one first.
const LINES_MAX: usize = 16;

/// One group whose line competes for the agents.
#[derive(Debug)]
pub(super) struct Group {
    number: Number,
    /// Length of talk and work after it.
    pub(super) calls: Sample,
    pub(super) rings: Sample,
    pub(super) gaps: Sample,
    pub(super) patience: Patience,
    wrap_up: Millis,
}

/// One who waits.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) group: usize,
    pub(super) call: CallId,
    pub(super) waited: Millis,
    /// A callback does not give up.
    pub(super) gives_up: bool,
    /// Rings for so long already.
    pub(super) ringing: Option<Millis>,
}

/// One agent.
#[derive(Debug)]
pub(super) struct Desk {
    /// The lines he serves: a bit each.
    pub(super) serves: u32,
    pub(super) does: Does,
    /// Pauses, for so long after his last call; before its end that is none.
    pub(super) pauses: Option<Millis>,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Does {
    /// He can take a call now, but for a pause.
    Free,
    /// Talks in a call of this line, for so long.
    Talks(usize, Millis),
    /// Is being rung for a call of this line, for so long, and will take it.
    Rings(usize, Millis),
    /// Is being rung for a call that another takes, or works after a call: free after this.
    Until(Millis),
}

/// Everything an estimate looks at.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) groups: Vec<Group>,
    /// By rank over all lines.
    pub(super) entries: Vec<Entry>,
    pub(super) desks: Vec<Desk>,
    /// For how many a played caller stands.
    pub(super) coarse: usize,
    /// A played agent comes free in this part of the time.
    pub(super) comes_free: Part,
    /// A played caller, who stands for others, keeps him for this part of a call.
    pub(super) keeps: Part,
}

/// A part of a length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    times: u64,
    of: u64,
}

impl Part {
    pub(super) fn take(self, length: Millis) -> Millis {
        if self.times == self.of {
            return length;
        }
        u32::try_from(u64::from(length) * self.times / self.of).unwrap_or(Millis::MAX)
    }

    /// What is more than the whole.
    pub(super) fn more(self, length: Millis) -> Millis {
        self.take(length).saturating_sub(length)
    }
}

/// Who is ahead of `last` and himself.
pub(super) fn look(state: &SavedState, number: Number, last: CallId, now: Utc) -> Option<Line> {
    let own = state.groups.get(&number)?;
    let rank = *own.ranks.get(&last)?;
    let numbers = competing(state, number, own);
    let parties = agents(state, &numbers);
    let mut ahead: Vec<(Rank, usize, CallId)> = Vec::new();
    for (at, other) in numbers.iter().enumerate() {
        let line = state.groups.get(other).map(|saved| &saved.line)?;
        ahead.extend(line.through(&rank).map(|(rank, id)| (*rank, at, *id)));
    }
    if numbers.len() > 1 {
        ahead.sort_unstable();
    }
    // An agent stands for so many agents; a caller for as many callers, or more where the line is longer.
    let agents_each = each(parties.len());
    let coarse = each(ahead.len()).max(agents_each);
    let groups: Vec<Group> = numbers.iter().filter_map(|number| group(state, *number, now)).collect();
    let desks = desks(state, &groups, &parties, agents_each, now);
    let entries = entries(state, &groups, &ahead, coarse, now);
    let played = parties.iter().skip(agents_each / 2).step_by(agents_each).count() as u64;
    let all = parties.len().max(1) as u64;
    let comes_free = Part { times: played * agents_each as u64, of: all };
    let keeps = Part { times: played * coarse as u64, of: all };
    Some(Line { groups, entries, desks, coarse, comes_free, keeps })
}

/// For how many of so many one stands.
fn each(all: usize) -> usize {
    if all <= EACH_MAX { 1 } else { all.div_ceil(STAND_FOR) }
}

/// The group, and the others with callers in line for whom its agents work, too.
fn competing(state: &SavedState, number: Number, own: &SavedGroup) -> Vec<Number> {
    let mut numbers = vec![number];
    let each = each(own.order.len());
    let others = state.groups.iter().filter(|(other, group)| **other != number && !group.line.is_empty());
    let shares = |group: &SavedGroup| {
        let here = |party| group.members.get(party).is_some_and(|member| member.place.is_some());
        own.order.values().step_by(each).any(here)
    };
    numbers.extend(others.filter(|(_, group)| shares(group)).map(|(other, _)| *other).take(LINES_MAX - 1));
    numbers
}

/// Those logged in to any of the lines; of one line in its order.
fn agents(state: &SavedState, numbers: &[Number]) -> Vec<PartyId> {
    let saved = numbers.iter().filter_map(|number| state.groups.get(number));
    let mut all: Vec<PartyId> = saved.flat_map(|group| group.order.values().copied()).collect();
    if numbers.len() > 1 {
        all.sort_unstable();
        all.dedup();
    }
    all
}

fn group(state: &SavedState, number: Number, now: Utc) -> Option<Group> {
    let handled = &state.groups.get(&number)?.handled;
    Some(Group {
        number,
        calls: Sample::of_calls(handled, now),
        rings: Sample::of(handled.rings.iter().copied()),
        gaps: Sample::of(handled.gaps.iter().copied()),
        patience: Patience::of(handled),
        wrap_up: millis(handled.wrap_up),
    })
}

fn desks(state: &SavedState, groups: &[Group], parties: &[PartyId], each: usize, now: Utc) -> Vec<Desk> {
    let mut taken = BTreeSet::new();
    let mut desks = Vec::new();
    for party in parties.iter().skip(each / 2).step_by(each) {
        let serves = groups.iter().enumerate().fold(0_u32, |bits, (at, group)| {
            let member = state.groups.get(&group.number).and_then(|saved| saved.members.get(party));
            bits | u32::from(member.is_some_and(|member| member.place.is_some())) << at
        });
        if let Some((does, pauses)) = does(state, groups, *party, now, &mut taken) {
            desks.push(Desk { serves, does, pauses });
        }
    }
    desks
}

/// What an agent does now, and for how long he has paused. `None`: nobody knows when he can take a call.
fn does(
    state: &SavedState,
    groups: &[Group],
    party: PartyId,
    now: Utc,
    taken: &mut BTreeSet<CallId>,
) -> Option<(Does, Option<Millis>)> {
    let agent = state.agents.get(&party)?;
    if agent.reach.contacts == 0 && agent.busy.is_empty() {
        return None;
    }
    let does = match agent.busy.last() {
        Some((leg, LegState::Talking)) => talks(state, groups, leg, now),
        Some((leg, LegState::Ringing)) => rings(state, groups, leg, now, taken),
        None => {
            let until = agent.wrap_up.max(agent.resting).map(|until| millis(until - now));
            until.map_or(Does::Free, Does::Until)
        }
    };
    let since = |since: Utc| match does {
        Does::Free => millis(now - since.max(agent.idle_since)),
        Does::Talks(..) | Does::Rings(..) | Does::Until(_) => 0,
    };
    Some((does, agent.paused.as_ref().map(|paused| since(paused.since))))
}

fn leg_of(state: &SavedState, leg: LegId) -> Option<&model::record::LegRecord> {
    state.calls.get(&leg.call)?.legs.get(usize::from(leg.n))
}

fn index_of(groups: &[Group], number: Option<Number>) -> usize {
    groups.iter().position(|group| Some(group.number) == number).unwrap_or(0)
}

fn talks(state: &SavedState, groups: &[Group], leg: LegId, now: Utc) -> Does {
    let Some(record) = leg_of(state, leg) else { return Does::Free };
    let since = record.answered.unwrap_or(record.started);
    let group = index_of(groups, record.group);
    Does::Talks(group, millis(now - since))
}

fn rings(state: &SavedState, groups: &[Group], leg: LegId, now: Utc, taken: &mut BTreeSet<CallId>) -> Does {
    let Some(record) = leg_of(state, leg) else { return Does::Free };
    let group = index_of(groups, record.group);
    let rung = millis(now - record.started);
    if record.role == Role::Member && taken.insert(leg.call) {
        Does::Rings(group, rung)
    } else {
        Does::Until(groups.get(group).map_or(0, |group| group.rings.beyond(rung).middle()))
    }
}

fn entries(
    state: &SavedState,
    groups: &[Group],
    ahead: &[(Rank, usize, CallId)],
    coarse: usize,
    now: Utc,
) -> Vec<Entry> {
    let lines: Vec<(Number, Option<&SavedGroup>)> =
        groups.iter().map(|group| (group.number, state.groups.get(&group.number))).collect();
    // Counted from the last, so that he is among those played.
    let skip = ahead.len().saturating_sub(1) % coarse;
    let played = ahead.iter().skip(skip).step_by(coarse);
    played.filter_map(|(rank, group, id)| entry(state, &lines, (*rank, *group, *id), now)).collect()
}

/// One who waits. `None`: he waits for no agent now.
fn entry(
    state: &SavedState,
    lines: &[(Number, Option<&SavedGroup>)],
    (rank, group, call): (Rank, usize, CallId),
    now: Utc,
) -> Option<Entry> {
    let (number, saved) = *lines.get(group)?;
    let request = saved?.callbacks.get(&call).filter(|request| request.ended.is_none());
    let waited = millis(now - rank.since);
    let entry = Entry { group, call, waited, gives_up: request.is_none(), ringing: None };
    match request {
        // Who is being called back has his agent already; who rests between attempts passes nobody.
        Some(request)
            if request.state != CallbackState::Pending
                || request.not_before.is_some_and(|at| at - now > Span::seconds(20)) =>
        {
            None
        }
        Some(_) => Some(entry),
        None => {
            let ringing = state.calls.get(&call).and_then(|record| rings_since(record, number));
            Some(Entry { ringing: ringing.map(|since| millis(now - since)), ..entry })
        }
    }
}

/// Since when somebody is being rung for a call.
fn rings_since(record: &CallRecord, number: Number) -> Option<Utc> {
    let rings = |leg: &&model::record::LegRecord| {
        leg.role == Role::Member && leg.group == Some(number) && leg.answered.is_none() && leg.ended.is_none()
    };
    record.legs.iter().skip(1).find(rings).map(|leg| leg.started)
}

impl Group {
    /// What is left of a call that has lasted `elapsed`, with the work after it.
    pub(super) fn rest_of_call(&self, elapsed: Millis) -> Beyond<'_> {
        self.calls.beyond(elapsed + self.wrap_up)
    }

    /// The work after a call.
    pub(super) fn wrap_up(&self) -> Millis {
        self.wrap_up
    }
}
