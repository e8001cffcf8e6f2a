//! The reference model: the rules of the ring group written down as plainly as can be, from the requirements.
//!
//! It sees what happens to people (log-ins, legs that start, answer and end) and says what the engine must have
//! decided: whom a call is offered, and who goes to the tail. Slow on purpose: lists and searches.

use std::collections::{BTreeMap, BTreeSet};

use model::fact::{EndCause, Peer, Role, What};
use model::id::{CallId, LegId, PartyId};

/// One ring group and its people.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    /// Members logged in, the head first; the duty member stands in it, too.
    list: Vec<PartyId>,
    duty: Option<PartyId>,
    paused: BTreeSet<PartyId>,
    /// Legs in which a person rings or talks.
    busy: BTreeMap<PartyId, BTreeSet<LegId>>,
    /// Whom each call was offered.
    tried: BTreeMap<CallId, BTreeSet<PartyId>>,
    /// Member legs: whose, of which call.
    member_legs: BTreeMap<LegId, PartyId>,
    /// Legs that have not ended.
    open: BTreeSet<LegId>,
    /// Who must be moved to the tail by the next facts, in order.
    to_move: Vec<PartyId>,
}

impl Reference {
    /// Takes one fact, and panics when it is not what the rules ask for.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the model looks only at what moves people")]
    pub(crate) fn take(&mut self, what: &What) {
        match what {
            What::MovedToTail { member, .. } => {
                assert_eq!(self.to_move.first(), Some(member), "moved to the tail without a reason");
                self.to_move.remove(0);
                self.move_to_tail(*member);
                return;
            }
            What::LegMedia { .. } | What::NoticeSent { .. } | What::CallAnswered { .. } => return,
            _ => {}
        }
        if !matches!(what, What::LegEnded { .. } | What::VisitEnded { .. } | What::LoggedOut { .. }) {
            assert!(self.to_move.is_empty(), "{:?} keep a place they lost before {what:?}", self.to_move);
        }
        self.take_other(what);
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the model looks only at what moves people")]
    fn take_other(&mut self, what: &What) {
        match what {
            // req K-42: a new one stands at the tail.
            What::LoggedIn { member, .. } => self.list.push(*member),
            What::LoggedOut { member, .. } | What::MemberRemoved { member, .. } => self.leave(*member),
            // req K-20: the last one has the duty; who had it before goes to the tail.
            What::DutyChanged { duty, .. } => {
                if let Some(before) = std::mem::replace(&mut self.duty, *duty).filter(|b| Some(*b) != *duty) {
                    self.move_to_tail(before);
                }
            }
            What::Paused { member, .. } => {
                self.paused.insert(*member);
            }
            What::Resumed { member } => {
                self.paused.remove(member);
            }
            What::Offered { call, offered, .. } => {
                let next = self.next(*call);
                let given = offered.first().map(|(member, _)| *member);
                assert_eq!(given, next, "offered to {given:?}; by the list {:?} it is {next:?}", self.list);
                self.tried.entry(*call).or_default().extend(given);
            }
            What::LegStarted { leg, role, peer, .. } => self.started(*leg, *role, *peer),
            What::LegAnswered { leg } => {
                // req K-16: to the tail at the moment of answer.
                if let Some(member) = self.member_legs.get(leg).copied() {
                    self.must_move(member);
                }
            }
            What::LegEnded { leg, cause } => self.ended(*leg, *cause),
            What::CallEnded { call, .. } => {
                assert!(!self.open.iter().any(|leg| leg.call == *call), "a call ended before its legs");
                self.tried.remove(call);
            }
            _ => {}
        }
    }

    /// The duty member if he is free, else the first of the list who is free and was not offered this call
    /// (K-17, K-18, K-20, K-23, K-40).
    fn next(&self, call: CallId) -> Option<PartyId> {
        let free = |member: &PartyId| {
            self.list.contains(member)
                && !self.paused.contains(member)
                && self.busy.get(member).is_none_or(BTreeSet::is_empty)
                && !self.tried.get(&call).is_some_and(|tried| tried.contains(member))
        };
        self.duty.filter(free).or_else(|| self.list.iter().copied().find(free))
    }

    fn started(&mut self, leg: LegId, role: Role, peer: Peer) {
        assert!(self.open.insert(leg), "{leg:?} began twice");
        if let Peer::Party(party) = peer {
            let legs = self.busy.entry(party).or_default();
            if role == Role::Member {
                assert!(legs.is_empty(), "{party:?} is offered a call while he has another (K-40)");
                self.member_legs.insert(leg, party);
            }
            legs.insert(leg);
        }
    }

    fn ended(&mut self, leg: LegId, cause: EndCause) {
        assert!(self.open.remove(&leg), "{leg:?} ended twice or never began");
        for legs in self.busy.values_mut() {
            legs.remove(&leg);
        }
        let Some(member) = self.member_legs.remove(&leg) else { return };
        // req K-18, K-19, K-33, K-48
        if matches!(
            cause,
            EndCause::NoAnswer
                | EndCause::Unreachable
                | EndCause::Rejected
                | EndCause::Diverted
                | EndCause::NotConfirmed
                | EndCause::Forbidden
                | EndCause::NotAcceptable
        ) {
            self.must_move(member);
        }
    }

    /// req K-21: the duty member keeps his place whatever happens; who has logged out has none.
    fn must_move(&mut self, member: PartyId) {
        if self.list.contains(&member) && self.duty != Some(member) {
            self.to_move.push(member);
        }
    }

    fn move_to_tail(&mut self, member: PartyId) {
        if self.list.contains(&member) {
            self.list.retain(|other| *other != member);
            self.list.push(member);
        }
    }

    fn leave(&mut self, member: PartyId) {
        self.list.retain(|other| *other != member);
        if self.duty == Some(member) {
            self.duty = None;
        }
        self.to_move.retain(|other| *other != member);
    }

    /// The list as the live view must show it: the duty member first.
    pub(crate) fn order(&self) -> Vec<PartyId> {
        let rest = self.list.iter().copied().filter(|member| Some(*member) != self.duty);
        self.duty.into_iter().chain(rest).collect()
    }
}
