//! What phones and callers do in a day with queues.

use model::fact::What;
use model::id::{CallId, LegId, PartyId};
use model::input::Input;
use model::leg::{FailCause, Key, LegCommand, LegEvent, MediaFigures, Party};

use super::{CALLERS, World};

impl World<'_> {
    pub(super) fn command(&mut self, leg: LegId, command: &LegCommand) {
        match command {
            LegCommand::Dial(_) => {
                self.legs.insert(leg, false);
                self.phone(leg);
            }
            LegCommand::Release(_) => {
                if let Some(releasing) = self.legs.get_mut(&leg) {
                    *releasing = true;
                    let media = Some(MediaFigures::default());
                    self.soon((1, 30), leg, LegEvent::Closed { media });
                }
            }
            LegCommand::Join { .. } | LegCommand::Answer { with: Some(_) } => {
                self.soon((500, 200_000), leg, LegEvent::HungUp { media: None });
            }
            LegCommand::Play { id, .. } => self.soon((500, 4_000), leg, LegEvent::PlayEnded(*id)),
            LegCommand::Adopt { from } => {
                self.legs.remove(from);
                self.legs.insert(leg, false);
                self.soon((500, 200_000), leg, LegEvent::HungUp { media: None });
            }
            LegCommand::Echo => self.soon((500, 60_000), leg, LegEvent::HungUp { media: None }),
            LegCommand::Answer { with: None }
            | LegCommand::Ring
            | LegCommand::Accept
            | LegCommand::Progress { .. }
            | LegCommand::Music { .. }
            | LegCommand::Tone(_)
            | LegCommand::Referred { .. } => {}
        }
    }

    /// What the phone behind a dialled leg does.
    fn phone(&mut self, leg: LegId) {
        let failed = |cause| LegEvent::Failed { cause, media: None };
        let kind = if self.is_healing() { 60 } else { self.chance.within(0, 99) };
        match kind {
            0..=4 => self.soon((20, 500), leg, failed(FailCause::Busy)),
            5..=9 => self.soon((20, 500), leg, failed(FailCause::Unreachable)),
            10..=15 => self.soon((500, 4_000), leg, failed(FailCause::Rejected)),
            // No sign at all.
            16..=18 => {}
            19..=20 => {
                self.soon((20, 300), leg, LegEvent::Alerting { audio: false });
                self.soon((400, 900), leg, LegEvent::Diverted);
            }
            // It rings for ever.
            21..=34 => self.soon((20, 300), leg, LegEvent::Alerting { audio: false }),
            _ => {
                self.soon((20, 300), leg, LegEvent::Alerting { audio: false });
                self.soon((301, 9_000), leg, LegEvent::Answered);
                self.soon((20_000, 300_000), leg, LegEvent::HungUp { media: None });
            }
        }
    }

    /// A caller who is offered to be called back may want that, or leave by a key.
    #[expect(clippy::wildcard_enum_match_arm, reason = "callers react to little")]
    pub(super) fn react(&mut self, what: &What) {
        match what {
            What::CallbackOffered { call, .. } if self.chance.percent(60) => {
                let leg = LegId::caller(*call);
                if self.chance.percent(75) {
                    self.soon((300, 3_000), leg, LegEvent::Dtmf(Key('1')));
                } else {
                    self.soon((300, 3_000), leg, LegEvent::Dtmf(Key('2')));
                    for (at, key) in "5551234#1".chars().enumerate() {
                        let at = 3_500 + at as u64 * 900;
                        self.soon((at, at), leg, LegEvent::Dtmf(Key(key)));
                    }
                }
            }
            What::Waits { call, .. } if self.chance.percent(3) => {
                self.soon((1_000, 60_000), LegId::caller(*call), LegEvent::Dtmf(Key('9')));
            }
            _ => {}
        }
    }

    pub(super) fn identify(&mut self, call: CallId, digits: &str) {
        let id = PartyId(CALLERS + 500 + digits.len() as u64);
        let found = self.chance.percent(80).then_some(Party { id, number: None, name: None });
        self.give_later(call, found);
    }

    fn give_later(&mut self, call: CallId, found: Option<Party>) {
        let at = self.now + self.chance.within(1, 50);
        self.at(at, super::Coming::Identified(call, found));
    }

    pub(super) fn identified(&mut self, call: CallId, found: Option<Party>) {
        self.give(Input::Identified(call, found));
    }
}
