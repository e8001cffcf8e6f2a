//! Camping: the caller waits with music for a busy colleague, who rings when he is free (I-18).

use model::fact::{Peer, Role};
use model::fact::{Place, What};
use model::id::{CallId, PartyId};
use model::leg::{DialTo, PlayId, RecallReason};
use model::time::Span;

use super::blind::Sender;
use super::{Camped, Kind, Transferring};
use crate::call::direct::{ALERTING_MAX, Dialling, FarEnd};
use crate::call::{Call, Phase};
use crate::queue::hear::Saying;
use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// Where no group says otherwise.
const CAMP_MAX: Span = Span::seconds(60);

impl Switchboard {
    /// Whether a blind transfer by this person to a busy user camps the caller: he is a member of the group through
    /// which the call came, and the group says so.
    pub(super) fn camps_on_busy(&self, call: &Call, by: PartyId) -> bool {
        let Some(number) = call.through().filter(|number| self.settings.is_member(*number, by)) else {
            return false;
        };
        self.settings.group(number).is_some_and(|group| group.transfer.camp_on_busy)
    }

    pub(super) fn camp(&mut self, call: &mut Call, sender: Sender, on: PartyId) {
        let group = call.through().and_then(|number| self.settings.group(number));
        self.transferred(call, sender.by, false);
        self.fact(What::Camped { call: call.id, on, by: sender.by });
        self.release_sender(call, sender.leg, sender.refer);
        let camp_max = group.as_ref().map_or(CAMP_MAX, |group| group.transfer.camp_max);
        self.timers.set(Timer::Camp(call.id), self.now.tick + camp_max);
        self.camped.entry(on).or_default().push(call.id);
        let saying = group
            .as_ref()
            .and_then(|group| self.chosen(&group.transfer.message, "camped", group.language, Place::Camp));
        let message = saying.map(|saying| self.say_to_camped(call, saying));
        if message.is_none() {
            self.hold_music(call, call.served);
        }
        call.phase = Phase::Camped(Camped { on, by: sender.by, message });
        // He may have come free while the sender spoke.
        self.pending.idle.push_back(on);
    }

    fn say_to_camped(&mut self, call: &mut Call, saying: Saying) -> PlayId {
        let (leg, id) = (call.caller_leg(), call.new_play());
        self.play_on(leg, id, saying);
        id
    }

    /// After the message, music.
    pub(crate) fn camp_message_ended(&mut self, call: &mut Call, play: PlayId) {
        let Phase::Camped(camped) = &mut call.phase else { return };
        if camped.message == Some(play) {
            camped.message = None;
            self.hold_music(call, call.served);
        }
    }

    pub(crate) fn no_longer_camped(&mut self, id: CallId, on: PartyId) {
        if let Some(calls) = self.camped.get_mut(&on) {
            calls.retain(|other| *other != id);
            if calls.is_empty() {
                self.camped.remove(&on);
            }
        }
    }

    /// Somebody's state has changed, and somebody is camped on him: is he free now?
    pub(crate) fn camp_target_idle(&mut self, party: PartyId) {
        if self.legs_of(party) > 0 || self.can_ring(party).is_err() {
            return;
        }
        let Some(id) = self.camped.get(&party).and_then(|calls| calls.first()).copied() else { return };
        self.with_call(id, |board, call| board.ring_camped(call, party));
    }

    fn ring_camped(&mut self, call: &mut Call, party: PartyId) {
        let Phase::Camped(camped) = &call.phase else { return };
        let by = camped.by;
        self.no_longer_camped(call.id, party);
        self.timers.cancel(Timer::Camp(call.id));
        call.phase = Phase::Transferring(Transferring {
            sender: None,
            refer: None,
            by,
            target: Some(party),
            ring_time: self.transfer_ring_time(call),
            kind: Kind::Camped,
        });
        let far_end = FarEnd { peer: Peer::Party(party), role: Role::Callee, group: None };
        let (to, show) = (DialTo::User(party), self.shown_inside(call));
        let media_of = Some(call.served);
        self.dial(call, Dialling { to, far_end, show, alerting_max: ALERTING_MAX, media_of, recall: None });
        self.ringing_tone(call);
    }

    /// The colleague was busy all the time (I-18).
    pub(crate) fn camped_long_enough(&mut self, call: &mut Call) {
        let Phase::Camped(camped) = &call.phase else { return };
        let (on, by) = (camped.on, camped.by);
        self.no_longer_camped(call.id, on);
        self.recall(call, by, Some(on), RecallReason::Busy);
    }
}
