//! Parking: the caller waits with music in a slot; `*7SLOT` takes him back, and after a while he rings who parked him
//! (behaviour, "Every call").

use model::fact::{NoticeKind, What};
use model::id::PartyId;
use model::leg::ReferResult;
use model::output::NoticeTo;
use model::time::Span;

use super::blind::Sender;
use super::{Kind, Parked};
use crate::call::{Call, Phase};
use crate::switchboard::Switchboard;
use crate::texts;
use crate::timers::Timer;

/// A parked caller waits this long.
const PARK_MAX: Span = Span::seconds(60);

/// The last slot.
const SLOT_MAX: u8 = 99;

impl Switchboard {
    pub(super) fn free_slot(&self) -> Option<u8> {
        (1..=SLOT_MAX).find(|slot| !self.parked.contains_key(slot))
    }

    /// Parks the served side in the first free slot, told to who parks it.
    pub(super) fn park(&mut self, call: &mut Call, sender: Sender) {
        let Some(slot) = self.free_slot() else {
            self.tell_sender(call, sender.leg, sender.refer, ReferResult::Unavailable);
            call.phase = Phase::Talking;
            return;
        };
        self.transferred(call, sender.by, false);
        self.release_sender(call, sender.leg, sender.refer);
        if let Some(by) = sender.by.filter(|by| self.settings.config.users.contains_key(by)) {
            let language = self.settings.config.language_of(by);
            self.fact(What::NoticeSent { to: by, call: call.id, kind: NoticeKind::Parked });
            self.notice(NoticeTo::User(by), texts::parked(language, slot));
        }
        self.park_again(call, slot, sender.by);
    }

    /// Waits in its slot, for the first time or again.
    pub(super) fn park_again(&mut self, call: &mut Call, slot: u8, by: Option<PartyId>) {
        self.fact(What::Parked { call: call.id, slot, by });
        self.parked.insert(slot, call.id);
        call.phase = Phase::Parked(Parked { slot, by });
        self.hold_music(call, call.served);
        self.timers.set(Timer::Park(call.id), self.now.tick + PARK_MAX);
    }

    /// Rings who parked the call; if he cannot be rung, it stays.
    pub(crate) fn parked_long_enough(&mut self, call: &mut Call) {
        let Phase::Parked(parked) = &call.phase else { return };
        let (slot, by) = (parked.slot, parked.by);
        match by.filter(|by| self.can_ring(*by).is_ok()) {
            Some(by) => {
                let show = self.shown_inside(call);
                self.ring_back(call, by, show, (Kind::Parked(slot), None));
            }
            None => self.timers.set(Timer::Park(call.id), self.now.tick + PARK_MAX),
        }
    }
}
