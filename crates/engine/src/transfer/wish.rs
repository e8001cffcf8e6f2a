//! Transfer, parking and pick-up by command: on the caller's side, the present agent released at once.

use model::fact::{EndCause, What};
use model::id::{CallId, PartyId, RequestId};
use model::input::{Activity, TransferMode};
use model::leg::Dialled;
use model::leg::Release;
use model::output::{Refusal, Reply};

use super::Kind;
use super::blind::Sender;
use crate::call::direct::CannotRing;
use crate::call::{Call, CallerLeg, Phase};
use crate::switchboard::Switchboard;

impl Switchboard {
    pub(crate) fn wish_transfer(&mut self, request: RequestId, id: CallId, to: Dialled, mode: TransferMode) {
        let Err(refusal) = self.may_transfer(id, &to, mode) else {
            self.with_call(id, |board, call| {
                let sender = board.dismiss_agent(call);
                board.send(call, sender, to, mode == TransferMode::Camp);
            });
            return self.reply(request, Reply::Done);
        };
        self.reply(request, Reply::Refused(refusal));
    }

    fn may_transfer(&self, id: CallId, to: &Dialled, mode: TransferMode) -> Result<(), Refusal> {
        self.may_send(id)?;
        match to {
            Dialled::User(party) => match self.can_ring(*party) {
                Ok(()) => Ok(()),
                Err(CannotRing::Busy) if mode == TransferMode::Camp => Ok(()),
                Err(CannotRing::Busy) => Err(Refusal::UserBusy),
                Err(CannotRing::Unreachable) => Err(Refusal::UserUnreachable),
            },
            Dialled::Group(number) => {
                if self.settings.group(*number).is_some() {
                    Ok(())
                } else {
                    Err(Refusal::NoTarget)
                }
            }
            Dialled::Outside(_) => Ok(()),
            Dialled::Park => {
                if self.free_slot().is_some() {
                    Ok(())
                } else {
                    Err(Refusal::NoSlot)
                }
            }
            Dialled::Emergency(_)
            | Dialled::Code(_)
            | Dialled::Echo
            | Dialled::Unpark(_)
            | Dialled::PickUp(_)
            | Dialled::Nobody => Err(Refusal::NoTarget),
        }
    }

    /// Whether both sides talk, so that the served one can be sent elsewhere.
    fn may_send(&self, id: CallId) -> Result<(), Refusal> {
        let call = self.calls.get(&id).ok_or(Refusal::NoCall)?;
        let talking = matches!(call.phase, Phase::Talking)
            && call.caller == CallerLeg::Answered
            && call.joined().is_some();
        if talking { Ok(()) } else { Err(Refusal::NotNow) }
    }

    /// The present agent is released; whatever comes of it comes back to him.
    fn dismiss_agent(&mut self, call: &mut Call) -> Sender {
        let Some(agent) = call.joined() else { return Sender { leg: None, refer: None, by: None } };
        let by = self.party_on(call.leg_id(agent));
        self.end_dialled(call, agent, EndCause::Transferred, Release::Normal);
        Sender { leg: None, refer: None, by }
    }

    pub(crate) fn wish_park(&mut self, request: RequestId, id: CallId) {
        let slot = match (self.may_send(id), self.free_slot()) {
            (Err(refusal), _) => return self.reply(request, Reply::Refused(refusal)),
            (Ok(()), None) => return self.reply(request, Reply::Refused(Refusal::NoSlot)),
            (Ok(()), Some(slot)) => slot,
        };
        self.with_call(id, |board, call| {
            let sender = board.dismiss_agent(call);
            board.park(call, sender);
        });
        self.reply(request, Reply::Parked(slot));
    }

    /// Brings a ringing or parked call to a user's phones.
    pub(crate) fn wish_pick_up(&mut self, request: RequestId, id: CallId, user: PartyId) {
        let Some(call) = self.calls.get(&id) else {
            return self.reply(request, Reply::Refused(Refusal::NoCall));
        };
        if call.offering().is_some() {
            return self.wish_take(request, id, user);
        }
        let Phase::Parked(parked) = &call.phase else {
            return self.reply(request, Reply::Refused(Refusal::NotNow));
        };
        let parked = parked.slot;
        if !self.settings.config.users.contains_key(&user) {
            return self.reply(request, Reply::Refused(Refusal::NoUser));
        }
        match self.can_ring(user) {
            Ok(()) => {}
            Err(CannotRing::Busy) => return self.reply(request, Reply::Refused(Refusal::UserBusy)),
            Err(CannotRing::Unreachable) => {
                return self.reply(request, Reply::Refused(Refusal::UserUnreachable));
            }
        }
        self.with_call(id, |board, call| {
            board.timers.cancel(crate::timers::Timer::Park(call.id));
            let show = board.shown_inside(call);
            let by = if let Phase::Parked(parked) = &call.phase { parked.by } else { None };
            board.ring_back(call, user, show, (Kind::Parked(parked), None));
            // Whoever parked it is rung again, not the user to whom it was brought in vain.
            if let Phase::Transferring(transferring) = &mut call.phase {
                transferring.by = by;
            }
        });
        self.reply(request, Reply::Done);
    }

    pub(crate) fn wish_presence(&mut self, request: RequestId, party: PartyId, activity: Activity) {
        if !self.settings.config.users.contains_key(&party) {
            return self.reply(request, Reply::Refused(Refusal::NoUser));
        }
        if self.saved.presence.get(&party).copied().unwrap_or_default() != activity {
            self.fact(What::Presence { party, activity });
        }
        self.reply(request, Reply::Done);
    }
}
