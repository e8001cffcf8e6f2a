//! Calling back instead of waiting: a request keeps the caller's place in the line as a ghost; in its turn an agent is
//! rung, then the customer (V-49..V-59; behaviour, "Callback").
//!
//! Invariants: a ghost stands in the saved line of its group with the rank of the call that asked; one request has one
//! live attempt at most; a request is offered only after the call that asked for it has ended.

mod ask;
mod attempt;
mod request;

use std::collections::BTreeMap;

use model::id::{CallId, PartyId};
use model::leg::PlayId;
use model::number::Number;
use model::time::Span;

pub(crate) use ask::Asking;

/// How far a pending request has been offered.
#[derive(Debug)]
pub(crate) struct Ghost {
    pub(crate) group: Number,
    /// From 1; all who missed it may be offered it again in the next.
    pub(crate) round: u32,
    tries: BTreeMap<PartyId, u32>,
}

impl Ghost {
    fn new(group: Number) -> Ghost {
        Ghost { group, round: 1, tries: BTreeMap::new() }
    }

    /// Whether an agent may be offered the request in this round.
    pub(crate) fn can_offer(&self, party: PartyId) -> bool {
        self.tries.get(&party).copied().unwrap_or_default() < self.round
    }

    /// Whether somebody was offered the request in this round.
    fn has_tried(&self) -> bool {
        self.tries.values().any(|round| *round == self.round)
    }

    fn tried(&mut self, party: PartyId) {
        self.tries.insert(party, self.round);
    }
}

/// A live attempt.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) callback: CallId,
    pub(crate) group: Number,
    agent: PartyId,
    /// The agent's leg.
    pub(crate) agent_leg: u16,
    stage: Stage,
    /// Of the leg that rings.
    pub(crate) ring_time: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The agent rings.
    Agent,
    /// He hears what it is about.
    Telling(PlayId),
    /// The customer rings on this leg.
    Customer(u16),
    /// The agent hears that the customer was not reached.
    NotReached(PlayId),
}
