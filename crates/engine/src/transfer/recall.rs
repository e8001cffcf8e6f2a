//! A call comes back to who sent it, showing who and why; if he is busy or gone, to the head of the queue (I-18).

use std::sync::Arc;

use model::fact::{EndCause, Peer, QueuedWhy, Role, What};
use model::id::PartyId;
use model::leg::{DialTo, RecallReason, Show};
use model::time::Span;

use super::{Kind, Transferring};
use crate::call::direct::{ALERTING_MAX, Dialling, FarEnd};
use crate::call::{Call, Phase};
use crate::switchboard::Switchboard;
use crate::texts;

/// Where no group says otherwise.
const RING_MAX: Span = Span::seconds(20);

impl Switchboard {
    pub(super) fn transfer_ring_time(&self, call: &Call) -> Span {
        let group = call.through().and_then(|number| self.settings.group(number));
        group.map_or(RING_MAX, |group| group.transfer.ring_max)
    }

    /// Rings the sender again.
    pub(super) fn recall(
        &mut self,
        call: &mut Call,
        by: Option<PartyId>,
        target: Option<PartyId>,
        why: RecallReason,
    ) {
        let by = by.filter(|by| self.takes_recalls(call, *by));
        self.fact(What::Recalled { call: call.id, to: by, why });
        let Some(by) = by else {
            return self.enter_head_of_line(call);
        };
        let language = self.settings.config.language_of(by);
        let name = target.map(|target| self.display_name(target)).unwrap_or_default();
        let text = texts::recall(language, &name, why);
        let show = Show { name: Some(Arc::from(text)), ..self.shown_inside(call) };
        self.ring_back(call, by, show, (Kind::Recall, Some(why)));
    }

    /// Rings somebody for a call that comes back.
    pub(super) fn ring_back(
        &mut self,
        call: &mut Call,
        by: PartyId,
        show: Show,
        (kind, recall): (Kind, Option<RecallReason>),
    ) {
        let ring_time = self.transfer_ring_time(call);
        call.phase = Phase::Transferring(Transferring {
            sender: None,
            refer: None,
            by: Some(by),
            target: Some(by),
            ring_time,
            kind,
        });
        let far_end = FarEnd { peer: Peer::Party(by), role: Role::Callee, group: None };
        let (to, media_of) = (DialTo::User(by), Some(call.served));
        self.dial(call, Dialling { to, far_end, show, alerting_max: ALERTING_MAX, media_of, recall });
        self.ringing_tone(call);
    }

    /// Free, with a phone, and not logged out of the group that the call came through.
    fn takes_recalls(&self, call: &Call, by: PartyId) -> bool {
        let logged_out = call.through().is_some_and(|number| {
            let member = self.saved.groups.get(&number).and_then(|saved| saved.members.get(&by));
            member.is_some_and(|member| member.place.is_none())
        });
        !logged_out && self.legs_of(by) == 0 && self.can_ring(by).is_ok()
    }

    fn display_name(&self, party: PartyId) -> String {
        let user = self.settings.config.users.get(&party).map(|user| user.display_name.clone());
        user.or_else(|| self.settings.config.party_name(party).map(ToString::to_string)).unwrap_or_default()
    }

    /// Nobody takes it back: to the head of the queue of the group through which it came; a call that came through
    /// none ends.
    pub(super) fn enter_head_of_line(&mut self, call: &mut Call) {
        let group = call.through().and_then(|number| self.settings.group(number));
        match group {
            Some(group) if group.queue.is_some() => self.enter_at_head(call, &group, QueuedWhy::Recalled),
            Some(_) | None => self.end_call(call, EndCause::Unreachable),
        }
    }
}
