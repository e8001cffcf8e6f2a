//! A leg of one call goes on in another: attended transfer, Replaces, pick-up, taking back a parked call.

use model::fact::{EndCause, Peer, Role, VisitOutcome, What};
use model::id::{LegId, PartyId};
use model::leg::{Arrival, Dialled, LegCommand, Release};
use model::number::Number;
use model::time::Utc;

use crate::call::{Call, CallerLeg, Leg, LegRun, Phase};
use crate::switchboard::Switchboard;

impl Switchboard {
    /// Begins a leg whose far end was that of `from`; it talks.
    pub(super) fn adopt(&mut self, call: &mut Call, from: LegId, role: Role) -> u16 {
        let peer = self
            .saved
            .calls
            .get(&from.call)
            .and_then(|record| record.legs.get(usize::from(from.n)))
            .map_or(Peer::Party(PartyId(0)), |record| record.peer);
        self.adopt_as(call, from, (role, peer, None))
    }

    fn adopt_as(
        &mut self,
        call: &mut Call,
        from: LegId,
        (role, peer, group): (Role, Peer, Option<Number>),
    ) -> u16 {
        let n = call.next_leg;
        call.next_leg += 1;
        let leg = call.leg_id(n);
        let party = match peer {
            Peer::Party(party) => Some(party),
            Peer::Set(_) | Peer::Emergency(_) => None,
        };
        // Who paid for it goes on paying.
        let before = self.saved.calls.get(&from.call).and_then(|record| record.legs.get(usize::from(from.n)));
        let charge = before.and_then(|leg| leg.charge.clone());
        self.fact(What::LegStarted { leg, role, peer, group, charge });
        self.fact(What::LegMoved { from, to: leg });
        call.legs.insert(n, Leg { role, party, state: LegRun::Joined });
        if self.calls.get(&from.call).is_some_and(|left| left.held.contains(&from.n)) {
            call.held.insert(n);
        }
        self.command_leg(leg, LegCommand::Adopt { from });
        n
    }

    /// A leg that goes on elsewhere is none of this call's any more; it has no final event.
    pub(super) fn leg_moved_away(&mut self, call: &mut Call, leg: LegId) {
        self.fact(What::LegEnded { leg, cause: EndCause::Transferred });
        if leg.n == call.served {
            call.caller = CallerLeg::Closed;
            call.phase = Phase::Ending;
        } else {
            call.legs.remove(&leg.n);
        }
    }

    /// An arriving call that takes a place in another: Replaces, pick-up, a parked call. `false`: there is no such
    /// place, and it goes its own way.
    pub(crate) fn takes_a_place(&mut self, leg: LegId, arrival: &Arrival) -> bool {
        if let Some(replaced) = arrival.replaces {
            return self.replace(leg, replaced, arrival.from.party.id);
        }
        let party = arrival.from.party.id;
        match &arrival.to {
            Dialled::Unpark(slot) => self.take_back(leg, *slot, party),
            Dialled::PickUp(whose) => self.pick_up(leg, *whose, party),
            Dialled::Group(_)
            | Dialled::User(_)
            | Dialled::Outside(_)
            | Dialled::Emergency(_)
            | Dialled::Code(_)
            | Dialled::Echo
            | Dialled::Park
            | Dialled::Nobody => false,
        }
    }

    /// INVITE with Replaces (RFC 3891): the new leg stands in for the old one. Where the old one still rings, the call
    /// is picked up (RFC 3891 3: an early dialog that we began).
    fn replace(&mut self, new: LegId, old: LegId, party: PartyId) -> bool {
        if self.rings_since(old).is_some() {
            self.take_ringing(new, old, party);
            return true;
        }
        let fits = self.calls.get(&old.call).is_some_and(|call| {
            matches!(call.phase, Phase::Talking)
                && (old.n == call.served || call.joined() == Some(old.n))
                && call.caller == CallerLeg::Answered
        });
        if !fits {
            return false;
        }
        self.with_call(old.call, |board, call| {
            if old.n == call.served && call.swap_sides().is_none() {
                return;
            }
            let record =
                board.saved.calls.get(&old.call).and_then(|record| record.legs.get(usize::from(old.n)));
            let role = record.map_or(Role::Callee, |record| record.role);
            let role = if role == Role::Caller { Role::Callee } else { role };
            let n = board.adopt_as(call, new, (role, Peer::Party(party), None));
            board.transferred(call, Some(party), true);
            board.end_dialled(call, old.n, EndCause::Transferred, Release::Normal);
            board.answer_adopted(call, n);
        });
        true
    }

    /// A parked call is taken back by its slot.
    fn take_back(&mut self, new: LegId, slot: u8, party: PartyId) -> bool {
        let Some(id) = self.parked.get(&slot).copied() else { return false };
        if self.calls.get(&id).is_none_or(|call| call.caller != CallerLeg::Answered) {
            return false;
        }
        self.with_call(id, |board, call| {
            board.leave_phase(call);
            board.parked.remove(&slot);
            board.withdraw_offers(call);
            let n = board.adopt_as(call, new, (Role::Callee, Peer::Party(party), None));
            call.phase = Phase::Talking;
            board.answer_adopted(call, n);
        });
        true
    }

    /// The call that rings at a user, or the one that has rung longest in one's own groups (behaviour, "Every call").
    fn pick_up(&mut self, new: LegId, whose: Option<PartyId>, party: PartyId) -> bool {
        let Some(ringing) = self.ringing_leg(whose, party) else { return false };
        self.take_ringing(new, ringing, party);
        true
    }

    /// Answers a call in the place of a leg that rings.
    fn take_ringing(&mut self, new: LegId, ringing: LegId, party: PartyId) {
        self.with_call(ringing.call, |board, call| {
            let record = board
                .saved
                .calls
                .get(&ringing.call)
                .and_then(|record| record.legs.get(usize::from(ringing.n)));
            let (role, group) = record.map_or((Role::Callee, None), |record| (record.role, record.group));
            // Those that ring end because another took the call.
            board.close_dialled(call, EndCause::AnsweredElsewhere, Release::AnsweredElsewhere);
            let n = board.adopt_as(call, new, (role, Peer::Party(party), group));
            board.leave_group(call, VisitOutcome::Served);
            board.leave_phase(call);
            if call.caller == CallerLeg::Answered {
                call.phase = Phase::Talking;
                board.answer_adopted(call, n);
            } else {
                board.command_leg(call.leg_id(n), LegCommand::Answer { with: None });
                board.join(call, n);
            }
        });
    }

    /// Since when a leg has been ringing that another may answer.
    fn rings_since(&self, leg: LegId) -> Option<Utc> {
        let call = self.calls.get(&leg.call)?;
        let phase = matches!(call.phase, Phase::Offering(_) | Phase::Falling(_) | Phase::Direct);
        let run = call.legs.get(&leg.n).filter(|_| phase)?;
        let ringing = matches!(run.state, LegRun::Dialling | LegRun::Alerting);
        let record = self.saved.calls.get(&leg.call)?;
        ringing.then_some(record.started)
    }

    fn ringing_leg(&self, whose: Option<PartyId>, party: PartyId) -> Option<LegId> {
        let rings = |leg: &LegId| Some((self.rings_since(*leg)?, *leg));
        let of = |party: PartyId| {
            let legs = self.saved.agents.get(&party).map(|agent| agent.busy.legs().collect::<Vec<_>>());
            legs.unwrap_or_default()
        };
        let legs: Vec<LegId> = match whose {
            Some(whose) => of(whose),
            None => {
                let groups = self.saved.memberships.get(&party).into_iter().flatten();
                let calls = groups
                    .filter_map(|number| self.saved.groups.get(number))
                    .flat_map(|saved| saved.visiting.keys());
                calls
                    .filter_map(|id| self.calls.get(id))
                    .flat_map(|call| call.legs.keys().map(|n| call.leg_id(*n)))
                    .collect()
            }
        };
        legs.iter().filter_map(rings).min().map(|(_, leg)| leg)
    }

    /// Answers a leg that has come in and joins it with the served side.
    fn answer_adopted(&mut self, call: &Call, n: u16) {
        let with = Some(call.caller_leg());
        self.command_leg(call.leg_id(n), LegCommand::Answer { with });
    }
}
