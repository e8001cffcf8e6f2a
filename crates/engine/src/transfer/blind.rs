//! Blind transfer: the target rings while the sender may already have hung up; a failure brings the call back.

use model::fact::{EndCause, OverflowCause, Peer, Role};
use model::id::{LegId, PartyId};
use model::leg::{DialTo, Dialled, RecallReason, ReferId, ReferResult, ReferTo, Release};
use model::number::Number;

use super::{Kind, Transferring};
use crate::call::direct::{ALERTING_MAX, CannotRing, Dialling, FarEnd};
use crate::call::{Call, CallerLeg, LegRun, Phase};
use crate::switchboard::Switchboard;

/// Who sends a call elsewhere, and how he is to be answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sender {
    pub(super) leg: Option<u16>,
    pub(super) refer: Option<ReferId>,
    pub(super) by: Option<PartyId>,
}

impl Switchboard {
    /// A far end asks to send the other side elsewhere (RFC 3515).
    pub(crate) fn refer(&mut self, call: &mut Call, n: u16, refer: ReferId, to: ReferTo) {
        let talking = matches!(call.phase, Phase::Talking)
            && call.caller == CallerLeg::Answered
            && (n == call.served || call.legs.get(&n).is_some_and(|leg| leg.state == LegRun::Joined));
        if !talking {
            return self.tell_sender(call, Some(n), Some(refer), ReferResult::Forbidden);
        }
        match to {
            ReferTo::Nowhere => self.tell_sender(call, Some(n), Some(refer), ReferResult::NotFound),
            ReferTo::Leg(other) => self.attended(call, n, refer, other),
            ReferTo::Dialled(to) => {
                if !self.may_send_to(call, n, &to) {
                    return self.tell_sender(call, Some(n), Some(refer), ReferResult::Forbidden);
                }
                if n == call.served && call.swap_sides().is_none() {
                    return self.tell_sender(call, Some(n), Some(refer), ReferResult::Forbidden);
                }
                let by = self.party_on(call.leg_id(n));
                let camp = by.is_some_and(|by| self.camps_on_busy(call, by));
                self.send(call, Sender { leg: Some(n), refer: Some(refer), by }, to, camp);
            }
        }
    }

    /// Who is none of the company's people sends nobody but to those he could have called himself: the company pays
    /// for what goes out.
    fn may_send_to(&self, call: &Call, n: u16, to: &Dialled) -> bool {
        let by = self.party_on(call.leg_id(n));
        let config = &self.settings.config;
        let ours = by.is_some_and(|by| config.users.contains_key(&by) || config.outside.contains_key(&by));
        let proved = LegId::caller(call.id) != call.leg_id(n) || call.from.proved;
        match to {
            Dialled::Group(_) | Dialled::User(_) => true,
            Dialled::Outside(_)
            | Dialled::Emergency(_)
            | Dialled::Code(_)
            | Dialled::Echo
            | Dialled::Park
            | Dialled::Unpark(_)
            | Dialled::PickUp(_)
            | Dialled::Nobody => ours && proved,
        }
    }

    /// Sends the served side to a target.
    pub(super) fn send(&mut self, call: &mut Call, sender: Sender, to: Dialled, camp: bool) {
        match self.settings.by_its_group(to) {
            Dialled::User(party) => self.send_to_user(call, sender, party, camp),
            Dialled::Outside(party) => match party.number {
                Some(number) => {
                    let to = DialTo::Outside(number);
                    self.ring_target(call, sender, to, Peer::Party(party.id));
                }
                None => self.not_sent(call, sender, ReferResult::NotFound, EndCause::NotFound),
            },
            Dialled::Group(number) => self.send_to_group(call, sender, number),
            Dialled::Park => self.park(call, sender),
            Dialled::Emergency(_)
            | Dialled::Code(_)
            | Dialled::Echo
            | Dialled::Unpark(_)
            | Dialled::PickUp(_)
            | Dialled::Nobody => self.not_sent(call, sender, ReferResult::NotFound, EndCause::NotFound),
        }
    }

    fn send_to_user(&mut self, call: &mut Call, sender: Sender, party: PartyId, camp: bool) {
        // For camping, a user in any call is busy, whatever his `call_waiting`.
        let busy = self.legs_of(party) > 0 && sender.by != Some(party);
        if busy && camp {
            return self.camp(call, sender, party);
        }
        match self.can_ring(party) {
            Ok(()) => self.ring_target(call, sender, DialTo::User(party), Peer::Party(party)),
            Err(CannotRing::Busy) => self.not_sent(call, sender, ReferResult::Busy, EndCause::Busy),
            Err(CannotRing::Unreachable) => {
                self.not_sent(call, sender, ReferResult::Unavailable, EndCause::Unreachable);
            }
        }
    }

    /// Entering a group is accepting the transfer: the sender is released. While he is there, a group that would let
    /// the caller go at once does not accept it (behaviour, "Transfer, camp, recall").
    fn send_to_group(&mut self, call: &mut Call, sender: Sender, number: Number) {
        let Some(group) = self.settings.group(number) else {
            return self.not_sent(call, sender, ReferResult::NotFound, EndCause::NotFound);
        };
        if sender.leg.is_some()
            && let Some(why) = self.would_let_go(&group)
        {
            let nobody = why == OverflowCause::Nobody;
            let (result, cause) = if nobody {
                (ReferResult::Unavailable, EndCause::Unreachable)
            } else {
                (ReferResult::Busy, EndCause::Busy)
            };
            return self.not_sent(call, sender, result, cause);
        }
        self.transferred(call, sender.by, false);
        self.release_sender(call, sender.leg, sender.refer);
        self.enter_group(call, number);
    }

    fn ring_target(&mut self, call: &mut Call, sender: Sender, to: DialTo, peer: Peer) {
        let target = match peer {
            Peer::Party(party) => Some(party),
            Peer::Set(_) | Peer::Emergency(_) => None,
        };
        let inside = matches!(to, DialTo::User(_));
        let role = if inside { Role::Callee } else { Role::Outside };
        let show = if inside { self.shown_inside(call) } else { self.shown_outside(call) };
        let Sender { leg, refer, by } = sender;
        let ring_time = self.transfer_ring_time(call);
        self.transferred(call, by, false);
        call.phase = Phase::Transferring(Transferring {
            sender: leg,
            refer,
            by,
            target,
            ring_time,
            kind: Kind::Blind,
        });
        let far_end = FarEnd { peer, role, group: None };
        let media_of = Some(call.served);
        self.dial(call, Dialling { to, far_end, show, alerting_max: ALERTING_MAX, media_of, recall: None });
        self.ringing_tone(call);
    }

    /// The target cannot even ring: the served side is still there, with the sender, or comes back to him.
    fn not_sent(&mut self, call: &mut Call, sender: Sender, result: ReferResult, cause: EndCause) {
        match sender.leg {
            Some(leg) => {
                self.tell_sender(call, Some(leg), sender.refer, result);
                call.phase = Phase::Talking;
            }
            None => self.recall(call, sender.by, None, why(cause)),
        }
    }

    /// The sender, while he is there, learns that the target rings.
    pub(crate) fn target_rings(&mut self, call: &Call) {
        let Phase::Transferring(Transferring { sender, refer, .. }) = &call.phase else { return };
        self.tell_sender(call, *sender, *refer, ReferResult::Ringing);
    }

    /// The target answered: the sender is released, both sides talk.
    pub(crate) fn transfer_answered(&mut self, call: &mut Call, n: u16) {
        let Phase::Transferring(transferring) = &call.phase else { return };
        let (sender, refer) = (transferring.sender, transferring.refer);
        if let Kind::Parked(slot) = transferring.kind {
            self.parked.remove(&slot);
        }
        self.release_sender(call, sender, refer);
        self.join(call, n);
    }

    /// The target did not take the call.
    pub(crate) fn transfer_failed(&mut self, call: &mut Call, cause: EndCause) {
        let Phase::Transferring(transferring) = &call.phase else { return };
        let Transferring { sender, refer, by, target, kind, .. } = transferring.clone();
        if let Some(sender) = sender {
            let result = if cause == EndCause::Busy { ReferResult::Busy } else { ReferResult::Unavailable };
            self.tell_sender(call, Some(sender), refer, result);
            return self.back_to_sender(call, sender);
        }
        match kind {
            Kind::Blind | Kind::Camped => self.recall(call, by, target, why(cause)),
            Kind::Recall => self.enter_head_of_line(call),
            Kind::Parked(slot) => self.park_again(call, slot, by),
        }
    }

    /// The sender sends no sound any more while the target rings: he is let go, the transfer goes on. `true`: that is
    /// what happened.
    pub(crate) fn sender_silent(&mut self, call: &mut Call, n: u16) -> bool {
        let Phase::Transferring(transferring) = &mut call.phase else { return false };
        if transferring.sender != Some(n) {
            return false;
        }
        transferring.sender = None;
        self.end_dialled(call, n, EndCause::MediaTimeout, Release::Normal);
        true
    }

    /// The sender has hung up after his wish was taken: the transfer goes on without him. `true`: that is what
    /// happened.
    pub(crate) fn sender_gone(&mut self, call: &mut Call, n: u16) -> bool {
        let Phase::Transferring(transferring) = &mut call.phase else { return false };
        if transferring.sender != Some(n) {
            return false;
        }
        transferring.sender = None;
        call.legs.remove(&n);
        true
    }
}

fn why(cause: EndCause) -> RecallReason {
    if cause == EndCause::Busy { RecallReason::Busy } else { RecallReason::NoAnswer }
}
