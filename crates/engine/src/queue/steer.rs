//! A supervisor gives a waiting call to somebody, or puts it elsewhere in the line.

use model::config::Group;
use model::fact::{EndCause, OfferRule, QueuedWhy, What};
use model::id::{CallId, PartyId, RequestId};
use model::leg::Release;
use model::output::{Refusal, Reply};

use crate::call::{Call, Phase};
use crate::switchboard::Switchboard;

impl Switchboard {
    /// Puts a waiting call at a position; beats priority.
    pub(crate) fn wish_move(&mut self, request: RequestId, id: CallId, position: u32) {
        let inside = self.saved.groups.iter().find(|(_, saved)| saved.ranks.contains_key(&id));
        let Some(number) = inside.map(|(number, _)| *number) else {
            let known = self.calls.contains_key(&id);
            let why = if known { Refusal::NotWaiting } else { Refusal::NoCall };
            return self.reply(request, Reply::Refused(why));
        };
        self.move_to(id, number, position, QueuedWhy::Moved);
        self.reply(request, Reply::Done);
    }

    /// Gives a waiting call to a user, whatever his pause, work after a call or log-in.
    pub(crate) fn wish_take(&mut self, request: RequestId, id: CallId, user: PartyId) {
        let Some(call) = self.calls.get(&id) else {
            return self.reply(request, Reply::Refused(Refusal::NoCall));
        };
        let Some(number) = call.group_now() else {
            return self.reply(request, Reply::Refused(Refusal::NotWaiting));
        };
        let refusal = if !self.settings.config.users.contains_key(&user) {
            Some(Refusal::NoUser)
        } else if self.legs_of(user) > 0 {
            Some(Refusal::UserBusy)
        } else if self.saved.agents.get(&user).is_none_or(|agent| agent.reach.contacts == 0) {
            Some(Refusal::UserUnreachable)
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return self.reply(request, Reply::Refused(refusal));
        }
        let Some(group) = self.settings.group(number) else {
            return self.reply(request, Reply::Refused(Refusal::NoGroup));
        };
        self.with_call(id, |board, call| board.give(call, &group, user));
        self.reply(request, Reply::Done);
    }

    fn give(&mut self, call: &mut Call, group: &Group, user: PartyId) {
        self.withdraw_offers(call);
        self.want_none(group.number, call.id);
        let offered = [(user, call.leg_id(call.next_leg))].into_iter().collect();
        let (rule, config) = (OfferRule::Taken, self.settings.config.version);
        let round = if let Phase::Offering(offering) = &call.phase { offering.round() } else { 1 };
        self.fact(What::Offered { call: call.id, group: group.number, offered, rule, config, round });
        if let Phase::Offering(offering) = &mut call.phase {
            offering.ring_time = group.ring_time;
            offering.tried(user);
        }
        self.offer(call, group, user);
        self.sound(call);
    }

    /// Offers that ring are taken back.
    pub(crate) fn withdraw_offers(&mut self, call: &mut Call) {
        self.close_dialled(call, EndCause::Cancelled, Release::Normal);
    }
}
