//! Attended transfer: the sender talks with two parties and joins them (RFC 3891 in a Refer-To).

use model::fact::{Called, EndCause, Outcome, Role};
use model::id::LegId;
use model::leg::{Dialled, LegCommand, ReferId, ReferResult, Release};

use super::blind::Sender;
use crate::call::{Call, Phase};
use crate::switchboard::Switchboard;

/// The far end of the sender's other call.
struct FarEnd {
    leg: LegId,
    role: Role,
}

impl Switchboard {
    /// The far end of `other`, the sender's leg in another call, comes over into this one.
    pub(super) fn attended(&mut self, call: &mut Call, n: u16, refer: ReferId, other: LegId) {
        let Some(far) = self.far_end(other) else {
            return self.half_attended(call, n, refer, other);
        };
        if n == call.served && call.swap_sides().is_none() {
            return self.tell_sender(call, Some(n), Some(refer), ReferResult::Forbidden);
        }
        let by = self.party_on(call.leg_id(n));
        let moved = self.adopt(call, far.leg, far.role);
        self.transferred(call, by, true);
        self.release_sender(call, Some(n), Some(refer));
        call.phase = Phase::Talking;
        let with = call.leg_id(moved);
        self.command_leg(call.caller_leg(), LegCommand::Join { with });
        self.hold_goes_on(call);
        self.with_call(other.call, |board, left| board.end_left(left, far.leg));
    }

    /// The other side of a leg in a call where both talk.
    fn far_end(&self, leg: LegId) -> Option<FarEnd> {
        let call = self.calls.get(&leg.call)?;
        let joined = call.joined().filter(|_| matches!(call.phase, Phase::Talking))?;
        let n = if leg.n == call.served {
            joined
        } else if leg.n == joined {
            call.served
        } else {
            return None;
        };
        let record = self.saved.calls.get(&leg.call)?.legs.get(usize::from(n))?;
        let role = if record.role == Role::Caller { Role::Callee } else { record.role };
        Some(FarEnd { leg: call.leg_id(n), role })
    }

    /// The other call has not been answered yet: the sender's call for it ends, and its target is called for the
    /// served side, as in a blind transfer.
    fn half_attended(&mut self, call: &mut Call, n: u16, refer: ReferId, other: LegId) {
        let called = self.saved.calls.get(&other.call).map(|record| record.to);
        let ringing = self.calls.get(&other.call).is_some_and(|ringing| {
            other.n == ringing.served && matches!(ringing.phase, Phase::Direct | Phase::Offering(_))
        });
        let to = match called {
            Some(Called::User(party)) if ringing => Dialled::User(party),
            Some(Called::Group(number)) if ringing => Dialled::Group(number),
            Some(_) | None => {
                return self.tell_sender(call, Some(n), Some(refer), ReferResult::NotFound);
            }
        };
        if n == call.served && call.swap_sides().is_none() {
            return self.tell_sender(call, Some(n), Some(refer), ReferResult::Forbidden);
        }
        self.with_call(other.call, |board, ringing| {
            ringing.outcome.get_or_insert(Outcome::Unanswered);
            board.end_call(ringing, EndCause::Transferred);
        });
        let by = self.party_on(call.leg_id(n));
        self.send(call, Sender { leg: Some(n), refer: Some(refer), by }, to, false);
    }

    /// The call that a party has left: its far end goes, too.
    fn end_left(&mut self, left: &mut Call, gone: LegId) {
        self.leg_moved_away(left, gone);
        self.close_dialled(left, EndCause::Transferred, Release::Normal);
        self.end_caller(left, EndCause::Transferred, Release::Normal);
    }
}
