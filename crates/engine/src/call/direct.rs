//! A person called directly: a user by extension or personal number, a number outside, help in need.

use std::sync::Arc;

use model::fact::{Charge, EndCause, Outcome, Peer, Role, What};
use model::id::PartyId;
use model::leg::{Dial, DialTo, LegCommand, Party, RecallReason, Release, Show};
use model::number::{Number, ShortNumber};
use model::time::Span;

use super::{Call, Leg, LegRun, Phase};
use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// A direct call rings this long at most, counted from alerting.
pub(crate) const RING_TIME: Span = Span::seconds(120);

/// Without any sign from the far end it is unreachable.
pub(crate) const ALERTING_MAX: Span = Span::seconds(30);

/// One leg to be dialled.
pub(crate) struct Dialling {
    pub(crate) to: DialTo,
    pub(crate) far_end: FarEnd,
    pub(crate) show: Show,
    /// Without any sign from the far end it is unreachable.
    pub(crate) alerting_max: Span,
    /// The leg whose sound is offered to it; `None`: nobody is there yet.
    pub(crate) media_of: Option<u16>,
    /// Why the call comes back to whom it rings.
    pub(crate) recall: Option<RecallReason>,
}

/// Whom a leg is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FarEnd {
    pub(crate) peer: Peer,
    pub(crate) role: Role,
    /// On whose behalf.
    pub(crate) group: Option<Number>,
}

impl FarEnd {
    pub(crate) fn callee(peer: Peer) -> FarEnd {
        FarEnd { peer, role: Role::Callee, group: None }
    }
}

/// Why a user cannot be rung at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CannotRing {
    /// In a call, and wants no second one, or has all he may.
    Busy,
    /// No contact.
    Unreachable,
}

impl Switchboard {
    /// Begins a leg and dials it.
    pub(crate) fn dial(&mut self, call: &mut Call, dialling: Dialling) -> u16 {
        let charge = self.charge(call, &dialling);
        // req K-34
        let with_mobile = matches!(dialling.to, DialTo::Devices { mobile: Some(_), .. });
        let group = dialling.far_end.group.filter(|_| with_mobile);
        let confirm =
            group.and_then(|number| self.settings.group(number)).is_some_and(|group| group.confirm_outside);
        let n = self.begin_leg(call, dialling.far_end, charge);
        let leg = call.leg_id(n);
        self.command_leg(
            leg,
            LegCommand::Dial(Dial {
                to: dialling.to,
                caller: dialling.media_of.map(|n| call.leg_id(n)),
                show: dialling.show,
                diverted_by: dialling.far_end.group,
                no_diversion: dialling.far_end.role == Role::Member,
                confirm,
                recall: dialling.recall,
            }),
        );
        self.timers.set(Timer::Alerting(leg), self.now.tick + dialling.alerting_max);
        n
    }

    /// Who pays for a leg, if it can leave the platform: the group that it serves (V-12), else who sent the call on, else
    /// the user who calls.
    fn charge(&self, call: &Call, dialling: &Dialling) -> Option<Charge> {
        let leaves = match dialling.to {
            DialTo::User(_) | DialTo::Devices { mobile: None, .. } => false,
            DialTo::Devices { mobile: Some(_), .. }
            | DialTo::Outside(_)
            | DialTo::Row(_)
            | DialTo::Emergency(_) => true,
        };
        if !leaves {
            return None;
        }
        let back = if let Phase::Callback(attempt) = &call.phase { Some(attempt.group) } else { None };
        if let Some(number) = dialling.far_end.group.or(back) {
            let group = self.settings.group(number);
            let billing_id = group.and_then(|group| group.billing_id.as_deref().map(Arc::from));
            return Some(Charge::Group { number, billing_id });
        }
        let user = |party: &PartyId| self.settings.is_user(*party);
        let sent_by =
            if let Phase::Transferring(transferring) = &call.phase { transferring.by } else { None };
        let payer = sent_by.filter(user).or(Some(call.from.party.id).filter(user));
        Some(payer.map_or(Charge::Company, Charge::User))
    }

    /// Begins a leg without dialling it: also for those who have no contact to ring.
    fn begin_leg(
        &mut self,
        call: &mut Call,
        FarEnd { peer, role, group }: FarEnd,
        charge: Option<Charge>,
    ) -> u16 {
        let n = call.next_leg;
        call.next_leg += 1;
        let party = match peer {
            Peer::Party(party) => Some(party),
            Peer::Set(_) | Peer::Emergency(_) => None,
        };
        self.fact(What::LegStarted { leg: call.leg_id(n), role, peer, group, charge });
        call.legs.insert(n, Leg { role, party, state: LegRun::Dialling });
        n
    }

    /// A leg that ended before anything was dialled.
    pub(crate) fn stillborn_leg(&mut self, call: &mut Call, far_end: FarEnd, cause: EndCause) {
        let n = self.begin_leg(call, far_end, None);
        self.fact(What::LegEnded { leg: call.leg_id(n), cause });
        call.legs.remove(&n);
    }

    /// Whether a user's phones may ring for a call that is no group's offer.
    pub(crate) fn can_ring(&self, party: PartyId) -> Result<(), CannotRing> {
        let user = self.settings.config.users.get(&party).ok_or(CannotRing::Unreachable)?;
        let agent = self.saved.agents.get(&party);
        let legs = agent.map_or(0, |agent| agent.busy.len());
        if legs >= user.calls_max as usize || (legs > 0 && !user.call_waiting) {
            return Err(CannotRing::Busy);
        }
        if agent.is_none_or(|agent| agent.reach.contacts == 0) {
            return Err(CannotRing::Unreachable);
        }
        Ok(())
    }

    pub(crate) fn call_user(&mut self, call: &mut Call, party: PartyId) {
        let peer = Peer::Party(party);
        match self.can_ring(party) {
            Ok(()) => {
                let show = self.shown_inside(call);
                self.dial_direct(call, DialTo::User(party), peer, show);
            }
            Err(CannotRing::Busy) => {
                self.stillborn_leg(call, FarEnd::callee(peer), EndCause::Busy);
                self.refuse(call, Release::Busy, Outcome::Busy);
            }
            Err(CannotRing::Unreachable) => {
                self.stillborn_leg(call, FarEnd::callee(peer), EndCause::Unreachable);
                self.refuse(call, Release::Unavailable, Outcome::Unanswered);
            }
        }
    }

    pub(crate) fn call_outside(&mut self, call: &mut Call, party: &Party) {
        let Some(number) = party.number else {
            return self.refuse(call, Release::NotFound, Outcome::Failed);
        };
        let show = self.shown_outside(call);
        self.dial_direct(call, DialTo::Outside(number), Peer::Party(party.id), show);
    }

    pub(crate) fn call_emergency(&mut self, call: &mut Call, number: ShortNumber) {
        // Who asks for help is never hidden from those who come.
        let show = Show { hidden: false, ..self.shown_outside(call) };
        self.dial_direct(call, DialTo::Emergency(number), Peer::Emergency(number), show);
    }

    fn dial_direct(&mut self, call: &mut Call, to: DialTo, peer: Peer, show: Show) {
        let far_end = FarEnd::callee(peer);
        let media_of = Some(call.served);
        let dialling = Dialling { to, far_end, show, alerting_max: ALERTING_MAX, media_of, recall: None };
        self.dial(call, dialling);
        call.phase = Phase::Direct;
    }

    /// The called did not take it: the caller hears why.
    pub(crate) fn direct_failed(&mut self, call: &mut Call, cause: EndCause) {
        let (how, outcome) = match cause {
            EndCause::Busy => (Release::Busy, Outcome::Busy),
            EndCause::Rejected => (Release::Rejected, Outcome::Rejected),
            EndCause::NotAcceptable => (Release::NotAcceptable, Outcome::Failed),
            EndCause::Forbidden => (Release::Forbidden, Outcome::Failed),
            EndCause::LimitReached => (Release::LimitReached, Outcome::Failed),
            EndCause::NotFound => (Release::NotFound, Outcome::Failed),
            EndCause::NoAnswer
            | EndCause::Unreachable
            | EndCause::Answered
            | EndCause::AnsweredElsewhere
            | EndCause::Cancelled
            | EndCause::HangUp
            | EndCause::MediaTimeout
            | EndCause::Diverted
            | EndCause::NotConfirmed
            | EndCause::Restart
            | EndCause::Transferred
            | EndCause::Shutdown => (Release::Unavailable, Outcome::Unanswered),
        };
        call.outcome.get_or_insert(outcome);
        self.end_caller(call, cause, how);
    }
}
