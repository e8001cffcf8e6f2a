//! Sending a call elsewhere: blind and attended transfer, camping on a busy colleague and coming back, parking and
//! pick-up, hold (RFC 3515, RFC 3891; I-18; behaviour, "Transfer, camp, recall").
//!
//! The side that goes elsewhere is the call's served side; the one who sends it is the sender. One call keeps one
//! record with all its legs, whatever happens to it.

mod adopt;
mod attended;
mod blind;
mod camp;
mod hold;
mod park;
mod recall;
mod wish;

use model::fact::{EndCause, Role, What};
use model::id::PartyId;
use model::leg::{LegCommand, PlayId, ReferId, ReferResult, Release, Tone};
use model::number::Number;
use model::time::Span;

use crate::call::{Call, CallerLeg, Leg, LegRun, Phase};
use crate::switchboard::Switchboard;

/// A target rings for the served side.
#[derive(Debug, Clone)]
pub(crate) struct Transferring {
    /// The sender's leg while he is still there.
    pub(crate) sender: Option<u16>,
    /// His wish, to be answered.
    refer: Option<ReferId>,
    /// Who gets the call back when it fails.
    pub(crate) by: Option<PartyId>,
    /// Whom it rings, for the text of a recall.
    target: Option<PartyId>,
    /// From alerting.
    pub(crate) ring_time: Span,
    kind: Kind,
}

/// Why a target rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A blind transfer.
    Blind,
    /// The colleague whom the caller was camped on has come free.
    Camped,
    /// The call comes back to who sent it.
    Recall,
    /// A parked call rings who parked it, or a user it was brought to; not answered, it is parked again.
    Parked(u8),
}

/// The served side waits for a busy person.
#[derive(Debug, Clone)]
pub(crate) struct Camped {
    pub(crate) on: PartyId,
    by: Option<PartyId>,
    /// What it hears before the music.
    message: Option<PlayId>,
}

/// The served side waits in a slot.
#[derive(Debug, Clone)]
pub(crate) struct Parked {
    pub(crate) slot: u8,
    by: Option<PartyId>,
}

impl Transferring {
    /// The slot that a parked call keeps while it rings somebody.
    pub(crate) fn slot(&self) -> Option<u8> {
        match self.kind {
            Kind::Parked(slot) => Some(slot),
            Kind::Blind | Kind::Camped | Kind::Recall => None,
        }
    }
}

impl Call {
    /// The group through which the call came.
    pub(crate) fn through(&self) -> Option<Number> {
        self.groups.last().copied()
    }

    /// The other side becomes the served one, so that who was served can send it elsewhere. Both are joined.
    fn swap_sides(&mut self) -> Option<u16> {
        let other = self.joined()?;
        self.legs.remove(&other);
        // Nobody offers it anything any more: what it was stands in the record.
        self.legs.insert(self.served, Leg { role: Role::Caller, party: None, state: LegRun::Joined });
        self.served = other;
        Some(other)
    }
}

impl Switchboard {
    /// The sender is released: the call has gone on.
    fn release_sender(&mut self, call: &mut Call, sender: Option<u16>, refer: Option<ReferId>) {
        let Some(sender) = sender else { return };
        self.tell_sender(call, Some(sender), refer, ReferResult::Done);
        self.end_dialled(call, sender, EndCause::Transferred, Release::Normal);
    }

    /// What came of the sender's wish.
    fn tell_sender(&mut self, call: &Call, sender: Option<u16>, refer: Option<ReferId>, result: ReferResult) {
        if let (Some(sender), Some(refer)) = (sender, refer) {
            self.command_leg(call.leg_id(sender), LegCommand::Referred { refer, result });
        }
    }

    /// The served side hears that a target rings.
    fn ringing_tone(&mut self, call: &Call) {
        if call.caller == CallerLeg::Answered {
            self.command_leg(call.caller_leg(), LegCommand::Tone(Tone::Ringing));
        }
    }

    fn transferred(&mut self, call: &Call, by: Option<PartyId>, attended: bool) {
        self.fact(What::Transferred { call: call.id, by, attended });
    }

    /// The served side and the sender talk on.
    fn back_to_sender(&mut self, call: &mut Call, sender: u16) {
        call.phase = Phase::Talking;
        let with = call.leg_id(sender);
        self.command_leg(call.caller_leg(), LegCommand::Join { with });
        self.hold_goes_on(call);
    }
}
