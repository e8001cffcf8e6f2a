//! The reference model of waiting lines: who may be offered whom, written down as plainly as can be, from the
//! requirements and the behaviour. It sees facts and settings and says what the engine must not have done.
//!
//! Slow on purpose: lists and searches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::config::{Distribution, Group, TenantConfig, Ties};
use model::fact::{CallbackState, Called, OfferRule, OverflowCause, Peer, QueuedWhy, Rank, Role, What};
use model::id::{CallId, LegId, PartyId};
use model::number::Number;
use model::time::{Span, Utc};

use super::people::People;

/// An entry of a line: a caller, or a callback.
#[derive(Debug, Clone)]
struct Entry {
    group: Number,
    rank: Rank,
    entered: Utc,
    /// Which round each agent was offered it in last.
    tried: BTreeMap<PartyId, u32>,
    round: u32,
    callback: Option<Request>,
    /// `wait_max` was over while somebody rang.
    overdue: bool,
    settings_changed: bool,
}

#[derive(Debug, Clone)]
struct Request {
    state: CallbackState,
    not_before: Utc,
}

/// Lines, people and calls as the facts give them.
#[derive(Debug, Default)]
pub(super) struct Rules {
    config: Option<Arc<TenantConfig>>,
    people: People,
    line: BTreeMap<CallId, Entry>,
    /// Calls that have begun and not ended.
    open: BTreeSet<CallId>,
    ended: BTreeSet<CallId>,
    /// Live legs that ring or talk for a call: whose.
    legs: BTreeMap<LegId, PartyId>,
    open_legs: BTreeSet<LegId>,
    pub(super) offers: u64,
}

impl Rules {
    /// New settings act from the next fact on.
    pub(super) fn settings(&mut self, config: Arc<TenantConfig>) {
        self.config = Some(config);
        for entry in self.line.values_mut() {
            entry.settings_changed = true;
        }
    }

    fn group(&self, number: Number) -> Option<Arc<Group>> {
        self.config.as_ref()?.groups.get(&number).cloned()
    }

    /// Takes one fact, and panics when it is not what the rules ask for.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the model looks only at what its rules are about")]
    pub(super) fn take(&mut self, what: &What, at: Utc) {
        self.people.take(what, at);
        match what {
            What::Started { .. } => self.restarted(at),
            What::CallArrived { call, to, .. } => {
                assert!(!self.ended.contains(call) && self.open.insert(*call), "{call:?} begins twice");
                if let Called::Callback(group) = to {
                    assert!(
                        self.group(*group)
                            .is_some_and(|group| group.callback.enabled || group.queue.is_some())
                    );
                }
            }
            What::CallEnded { call, .. } => {
                assert!(self.open.remove(call) && self.ended.insert(*call), "{call:?} ends twice");
                assert!(
                    !self.open_legs.iter().any(|leg| leg.call == *call),
                    "{call:?} ended before its legs"
                );
                let caller = self.line.get(call).is_some_and(|entry| entry.callback.is_none());
                assert!(!caller, "{call:?} ended in line");
            }
            What::Queued { call, group, rank, why } => self.queued(*call, *group, (*rank, *why), at),
            What::Waits { call, group, position } => {
                let ahead = self.in_line(*group).iter().position(|id| id == call).map(|at| at as u32 + 1);
                assert_eq!(ahead, Some(*position), "{call:?} waits at another position");
            }
            What::Offered { call, group, offered, rule, round, .. } => {
                for (n, (member, _)) in offered.iter().enumerate() {
                    self.offered(*call, *group, (*member, *rule, *round), n);
                }
            }
            What::LegStarted { leg, role, peer, .. } => self.leg_started(*leg, *role, *peer),
            What::LegEnded { leg, .. } => {
                assert!(self.open_legs.remove(leg), "{leg:?} ends twice or never began");
                self.legs.remove(leg);
            }
            What::LegMoved { from, to } => {
                if let Some(party) = self.legs.remove(from) {
                    self.legs.insert(*to, party);
                }
            }
            What::Overflowed { call, group, why } => self.overflowed(*call, *group, *why, at),
            What::VisitEnded { call, .. } => {
                self.line.remove(call);
            }
            What::CallbackRequested { callback, group, rank, .. } => {
                let callback_state = Request { state: CallbackState::Pending, not_before: at };
                let entry = Entry {
                    group: *group,
                    rank: *rank,
                    entered: at,
                    tried: BTreeMap::new(),
                    round: 1,
                    callback: Some(callback_state),
                    overdue: false,
                    settings_changed: false,
                };
                assert!(self.line.insert(*callback, entry).is_none(), "a callback takes the caller's place");
            }
            What::CallbackStep { callback, state, not_before, .. } => {
                self.step(*callback, *state, *not_before)
            }
            _ => {}
        }
    }

    /// Who rang is cut off; callbacks wait on in their places, offered from the next millisecond on.
    fn restarted(&mut self, at: Utc) {
        for entry in self.line.values_mut() {
            entry.tried.clear();
            entry.round = 1;
            if let Some(request) = &mut entry.callback {
                request.not_before = request.not_before.max(at + Span(1));
            }
        }
    }

    fn queued(&mut self, call: CallId, group: Number, (rank, why): (Rank, QueuedWhy), at: Utc) {
        let before = self.line.get(&call).map(|entry| entry.rank);
        match why {
            QueuedWhy::Entered | QueuedWhy::Held => {
                assert!(before.is_none(), "{call:?} enters a line it stands in");
                if let Some(most) =
                    self.group(group).and_then(|g| g.queue.as_ref()?.size_max).filter(|m| *m > 0)
                {
                    let inside =
                        self.line.values().filter(|e| e.group == group && e.callback.is_none()).count();
                    let full = inside >= most as usize && why == QueuedWhy::Entered;
                    // A smaller limit throws nobody out, so the line may be longer than it.
                    assert!(!full, "{call:?} enters a full line");
                }
                let since = if why == QueuedWhy::Entered { rank.since == at } else { rank.since <= at };
                assert!(since, "a place counts from the entry");
            }
            QueuedWhy::Aged => {
                let before = before.expect("who ages stands in line");
                assert_eq!((rank.level + 1, rank.since), (before.level, before.since), "one level older");
            }
            QueuedWhy::Moved | QueuedWhy::Recalled => {}
        }
        match self.line.get_mut(&call) {
            Some(entry) => entry.rank = rank,
            None => {
                let (tried, callback) = (BTreeMap::new(), None);
                let entry = Entry {
                    group,
                    rank,
                    entered: at,
                    tried,
                    round: 1,
                    callback,
                    overdue: false,
                    settings_changed: false,
                };
                self.line.insert(call, entry);
            }
        }
    }

    fn in_line(&self, group: Number) -> Vec<CallId> {
        let mut line: Vec<(Rank, CallId)> =
            self.line.iter().filter(|(_, e)| e.group == group).map(|(id, e)| (e.rank, *id)).collect();
        line.sort();
        line.into_iter().map(|(_, id)| id).collect()
    }

    /// The entry an offered call stands for: itself, or the callback whose attempt it is.
    fn entry_of(&self, call: CallId, group: Number, member: PartyId) -> Option<CallId> {
        if self.line.contains_key(&call) {
            return Some(call);
        }
        // An attempt is a call of its own: it stands for the first callback that this agent could be offered.
        let could = |id: &CallId| {
            let entry = &self.line[id];
            entry.callback.is_some() && self.wants(*id) && tries(entry, member) < entry.round.max(1)
        };
        self.in_line(group).into_iter().find(could)
    }

    /// Somebody is offered a call: he may be, he is the best, and nobody before it would have had him.
    fn offered(
        &mut self,
        call: CallId,
        group: Number,
        (member, rule, round): (PartyId, OfferRule, u32),
        n: usize,
    ) {
        let Some(settings) = self.group(group) else { panic!("{group} offers and does not exist") };
        self.offers += 1;
        if rule == OfferRule::Taken {
            // A supervisor's word beats every rule; he counts as tried all the same.
            if let Some(entry) = self.line.get_mut(&call) {
                entry.tried.insert(member, round);
            }
            return;
        }
        let attempt = !self.line.contains_key(&call);
        let Some(id) = self.entry_of_round(call, group, member, round) else {
            panic!("{call:?} is offered to {member:?} and stands in no line");
        };
        assert!(
            self.people.can_take(&settings, self.config.as_deref(), member),
            "{member:?} can take no call of {group}"
        );
        let entry = &self.line[&id];
        assert!(tries(entry, member) < round, "{member:?} is offered {id:?} twice in round {round}");
        assert!(round >= entry.round, "{id:?}: round {round} after {}", entry.round);
        // Best of those who could be offered it in this round.
        let candidates: Vec<PartyId> = settings
            .members
            .iter()
            .map(|member| member.party)
            .filter(|party| {
                tries(entry, *party) < round
                    && self.people.can_take(&settings, self.config.as_deref(), *party)
            })
            .collect();
        self.people.assert_best(&settings, &candidates, member);
        if n == 0 && self.ringing(id) == 0 {
            self.assert_nobody_before(id, member);
        }
        assert!(
            (self.ringing(id) as u32) < settings.parallel,
            "{id:?} rings more than {} at once",
            settings.parallel
        );
        let _ = attempt;
        let entry = self.line.get_mut(&id).expect("it stands in line");
        entry.round = round;
        entry.tried.insert(member, round);
        if let Some(request) = &mut entry.callback {
            assert_eq!(request.state, CallbackState::Pending, "two attempts of one request at a time");
        }
        self.people.promise(member);
    }

    fn entry_of_round(&self, call: CallId, group: Number, member: PartyId, round: u32) -> Option<CallId> {
        if self.line.contains_key(&call) {
            return Some(call);
        }
        let fits = |id: &CallId| {
            let entry = &self.line[id];
            entry.callback.is_some()
                && self.wants(*id)
                && tries(entry, member) < round
                && round >= entry.round
        };
        self.in_line(group).into_iter().find(fits).or_else(|| self.entry_of(call, group, member))
    }

    /// Of all his groups, nobody who waits longer or has a better level would have had this agent.
    fn assert_nobody_before(&self, id: CallId, member: PartyId) {
        let rank = self.line[&id].rank;
        for (other, entry) in &self.line {
            let Some(settings) = self.group(entry.group) else { continue };
            let before = entry.rank < rank
                && self.wants(*other)
                && tries(entry, member) < entry.round
                && self.people.can_take(&settings, self.config.as_deref(), member);
            assert!(
                !before,
                "{member:?} is offered {id:?} though {other:?} of {} waits before it",
                entry.group
            );
        }
    }

    /// Legs that ring for an entry.
    fn ringing(&self, id: CallId) -> usize {
        self.legs.keys().filter(|leg| leg.call == id && leg.n > 0).count()
    }

    /// Whether an entry waits for an agent: nobody rings for it, and it may be offered.
    fn wants(&self, id: CallId) -> bool {
        let entry = &self.line[&id];
        match &entry.callback {
            None => self.ringing(id) == 0 && !entry.overdue,
            Some(request) => {
                request.state == CallbackState::Pending
                    && !self.open.contains(&id)
                    && request.not_before <= self.people.now
            }
        }
    }

    fn leg_started(&mut self, leg: LegId, role: Role, peer: Peer) {
        assert!(self.open_legs.insert(leg), "{leg:?} began twice");
        if let (Role::Member, Peer::Party(party)) = (role, peer) {
            let other = self.legs.iter().find(|(_, whose)| **whose == party);
            assert!(
                other.is_none(),
                "{party:?} is offered {leg:?} while he has {other:?} (one agent, one call)"
            );
            self.legs.insert(leg, party);
        }
    }

    fn overflowed(&mut self, call: CallId, group: Number, why: OverflowCause, at: Utc) {
        let (Some(entry), Some(settings)) = (self.line.get(&call), self.group(group)) else { return };
        let Some(queue) = &settings.queue else { return };
        match why {
            OverflowCause::Wait => {
                let waited = at - entry.entered;
                // Settings may have changed since the deadline was set.
                let in_vain = queue.wait_max.is_some_and(|most| waited < most) && !entry.overdue;
                assert!(!in_vain || entry.settings_changed, "{call:?} leaves after {waited:?}");
            }
            OverflowCause::Nobody => {
                let there = settings
                    .members
                    .iter()
                    .any(|member| self.people.is_there(&settings, self.config.as_deref(), member.party));
                assert!(!there, "{call:?} leaves because nobody is there, and somebody is");
            }
            OverflowCause::Attempts => {
                assert!(
                    settings.offers_max.is_some(),
                    "{call:?} leaves after too many rounds without a limit"
                );
            }
            OverflowCause::Full | OverflowCause::Closed | OverflowCause::Exit => {}
        }
    }

    fn step(&mut self, callback: CallId, state: CallbackState, not_before: Option<Utc>) {
        let now = self.people.now;
        let Some(entry) = self.line.get_mut(&callback) else {
            panic!("a callback goes on that is none: {callback:?}");
        };
        let request = entry.callback.as_mut().expect("a callback");
        match state {
            CallbackState::RingingAgent => {
                assert_eq!(request.state, CallbackState::Pending, "two live attempts of one request");
            }
            CallbackState::Pending | CallbackState::RingingCaller => {}
            CallbackState::Done | CallbackState::Expired | CallbackState::Cancelled => {
                self.line.remove(&callback);
                return;
            }
        }
        request.state = state;
        request.not_before = not_before.unwrap_or(now);
    }

    /// After every input: nobody waits while an agent is free who was not offered the call in this round, and lines
    /// hold those who stand in the saved ones.
    pub(super) fn settled(&self, now: Utc) {
        let mut free: BTreeMap<Number, Vec<PartyId>> = BTreeMap::new();
        for (id, entry) in &self.line {
            let free = free.entry(entry.group).or_insert_with(|| self.free_in(entry.group));
            let untried = free.iter().find(|party| tries(entry, **party) < entry.round);
            let resting = entry.callback.as_ref().is_some_and(|request| request.not_before >= now);
            let idle = untried.filter(|_| !resting && self.wants(*id));
            assert!(idle.is_none(), "{id:?} waits in {} though {idle:?} is free: {entry:?}", entry.group);
        }
    }

    fn free_in(&self, group: Number) -> Vec<PartyId> {
        let Some(settings) = self.group(group) else { return Vec::new() };
        let members = settings.members.iter().map(|member| member.party);
        members.filter(|party| self.people.can_take(&settings, self.config.as_deref(), *party)).collect()
    }

    /// The line of a group, first in line first.
    pub(super) fn line_of(&self, group: Number) -> Vec<CallId> {
        self.in_line(group)
    }

    /// `wait_max` of a call that rings is over.
    pub(super) fn watch_deadlines(&mut self, now: Utc) {
        let overdue: Vec<CallId> = self
            .line
            .iter()
            .filter(|(id, entry)| {
                let most = self.group(entry.group).and_then(|group| group.queue.as_ref()?.wait_max);
                entry.callback.is_none()
                    && most.is_some_and(|most| now - entry.entered >= most)
                    && self.ringing(**id) > 0
            })
            .map(|(id, _)| *id)
            .collect();
        for id in overdue {
            if let Some(entry) = self.line.get_mut(&id) {
                entry.overdue = true;
            }
        }
    }
}

fn tries(entry: &Entry, member: PartyId) -> u32 {
    entry.tried.get(&member).copied().unwrap_or(0)
}

/// Whether the best is not left to chance.
pub(super) fn is_certain(group: &Group) -> bool {
    match group.distribution {
        Distribution::Random => false,
        Distribution::Skill => group.ties == Ties::LongestIdle,
        Distribution::Rotation
        | Distribution::Ordered
        | Distribution::LongestIdle
        | Distribution::Balanced => true,
    }
}
