//! One call: the caller's leg, the legs dialled for it, and what it is doing now.
//!
//! `mod` holds the state and dispatches; each thing a call can do stands in its own file. Invariants: a leg's
//! state holds only what exists then; a call is over when every leg had its final event.

mod announce;
mod arrival;
mod code;
pub(crate) mod direct;
mod events;
pub(crate) mod fallback;
pub(crate) mod offer;

use std::collections::{BTreeMap, BTreeSet};

use model::fact::{Outcome, Role};
use model::id::{CallId, LegId, PartyId};
use model::leg::{Caller, PlayId};
use model::number::Number;

use crate::queue::InLine;

/// A live call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) from: Caller,
    /// The leg of the side that is served: 0, the caller's, until he himself sends the other side elsewhere or another
    /// takes his place.
    pub(crate) served: u16,
    /// How far that leg is.
    pub(crate) caller: CallerLeg,
    pub(crate) phase: Phase,
    /// Dialled legs that are not closed.
    pub(crate) legs: BTreeMap<u16, Leg>,
    /// Number of the next leg.
    pub(crate) next_leg: u16,
    /// Number of the next playing.
    pub(crate) next_play: u16,
    /// The caller has been told that it rings.
    pub(crate) rang: bool,
    /// Groups entered, the present one last.
    pub(crate) groups: Vec<Number>,
    /// Legs whose far ends want to hear nothing now: they hold the call.
    pub(crate) held: BTreeSet<u16>,
    /// How the call will have gone, once it is decided.
    pub(crate) outcome: Option<Outcome>,
}

/// The caller's leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CallerLeg {
    /// He waits for an answer.
    Calling,
    /// He was answered.
    Answered,
    /// We released it and wait for its final event.
    Closing,
    /// Gone.
    Closed,
}

/// What a call is doing.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Members of a group are offered it.
    Offering(offer::Offering),
    /// A fallback list is tried.
    Falling(fallback::Falling),
    /// Somebody was called directly.
    Direct,
    /// A last prompt plays, then the caller is released.
    Announcing(announce::Announcing),
    /// Joined with a dialled leg.
    Talking,
    /// Hears himself.
    Echo,
    /// Waits in a slot to be taken back.
    Parked(crate::transfer::Parked),
    /// Waits for a busy person (I-18).
    Camped(crate::transfer::Camped),
    /// The served side goes elsewhere: a target rings.
    Transferring(crate::transfer::Transferring),
    /// A callback: the agent, then the customer.
    Callback(crate::callback::Attempt),
    /// Over; legs are closing.
    Ending,
}

/// A dialled leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leg {
    pub(crate) role: Role,
    /// Whose phone it is, if it is a user's or outside person's.
    pub(crate) party: Option<PartyId>,
    pub(crate) state: LegRun,
}

/// How far a dialled leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LegRun {
    /// No sign from the far end yet.
    Dialling,
    /// It rings there.
    Alerting,
    /// Answered, to be confirmed by pressing 1 (K-34).
    Confirming,
    /// Answered and joined.
    Joined,
    /// We released it and wait for its final event.
    Closing,
}

impl Call {
    pub(crate) fn leg_id(&self, n: u16) -> LegId {
        LegId { call: self.id, n }
    }

    /// The leg of the side that is served.
    pub(crate) fn caller_leg(&self) -> LegId {
        self.leg_id(self.served)
    }

    /// How it is offered to the members of a group, if it is.
    pub(crate) fn offering(&self) -> Option<&offer::Offering> {
        match &self.phase {
            Phase::Offering(offering) => Some(offering),
            Phase::Falling(_)
            | Phase::Direct
            | Phase::Announcing(_)
            | Phase::Talking
            | Phase::Echo
            | Phase::Parked(_)
            | Phase::Camped(_)
            | Phase::Transferring(_)
            | Phase::Callback(_)
            | Phase::Ending => None,
        }
    }

    /// The line it stands in.
    pub(crate) fn line(&self) -> Option<&InLine> {
        self.offering()?.line.as_ref()
    }

    /// The line it stands in, to be changed.
    pub(crate) fn line_mut(&mut self) -> Option<&mut InLine> {
        if let Phase::Offering(offering) = &mut self.phase { offering.line.as_mut() } else { None }
    }

    /// The group that offers it now.
    pub(crate) fn group_now(&self) -> Option<Number> {
        self.offering().map(|offering| offering.group)
    }

    /// A name for the next playing.
    pub(crate) fn new_play(&mut self) -> PlayId {
        let play = PlayId(self.next_play);
        self.next_play = self.next_play.wrapping_add(1);
        play
    }

    /// The dialled leg that is joined with the served side.
    pub(crate) fn joined(&self) -> Option<u16> {
        self.legs.iter().find(|(_, leg)| leg.state == LegRun::Joined).map(|(n, _)| *n)
    }

    /// The outcome, once everything is closed.
    pub(crate) fn finished(&self) -> Option<Outcome> {
        let over =
            matches!(self.phase, Phase::Ending) && self.caller == CallerLeg::Closed && self.legs.is_empty();
        over.then(|| self.outcome.unwrap_or(Outcome::Failed))
    }

    /// Offers of this call that `party` is being rung for.
    pub(crate) fn offers_to(&self, party: PartyId) -> usize {
        let rings = |leg: &&Leg| {
            leg.role == Role::Member
                && leg.party == Some(party)
                && matches!(leg.state, LegRun::Dialling | LegRun::Alerting | LegRun::Confirming)
        };
        self.legs.values().filter(rings).count()
    }

    pub(crate) fn check(&self) {
        let live = self.legs.values().filter(|leg| leg.state != LegRun::Closing).count();
        match &self.phase {
            Phase::Offering(offering) if offering.line.is_some() => {}
            Phase::Offering(_) => assert!(live >= 1, "an offered call rings somebody"),
            Phase::Transferring(transferring) => {
                let sender = usize::from(transferring.sender.is_some());
                assert_eq!(live, 1 + sender, "a target rings, and the sender may still be there");
            }
            Phase::Callback(_) => assert!(live >= 1, "a callback has its agent"),

            Phase::Falling(_) | Phase::Direct | Phase::Talking => {
                assert_eq!(live, 1, "{:?} has one live leg", self.phase);
            }
            Phase::Announcing(_) | Phase::Echo | Phase::Parked(_) | Phase::Camped(_) | Phase::Ending => {
                assert_eq!(live, 0, "{:?} has no live leg", self.phase);
            }
        }
        if matches!(self.phase, Phase::Ending) {
            assert!(self.finished().is_none(), "a finished call is gone");
        }
    }
}
