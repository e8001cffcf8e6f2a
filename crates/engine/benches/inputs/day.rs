//! A day of eight hours in virtual time: callers come by chance, members are busy, let it ring, or answer.

use std::collections::BTreeMap;

use model::id::LegId;
use model::input::Input;
use model::leg::{FailCause, LegCommand, LegEvent, PlayId};

use crate::board::Board;

/// Calls of the day.
pub(crate) const CALLS: u64 = 10_000;
/// Members.
const MEMBERS: u64 = 100;
/// Milliseconds.
const DAY: u64 = 8 * 3_600_000;

/// What the day was.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) records: u64,
    pub(crate) answered: u64,
}

enum Coming {
    Call(u64),
    Leg(LegId, LegEvent),
}

struct World {
    board: Board,
    coming: BTreeMap<(u64, u64), Coming>,
    /// Open legs; `true`: being released.
    legs: BTreeMap<LegId, bool>,
    order: u64,
    chance: u64,
}

pub(crate) fn live() -> Told {
    let mut world = World {
        board: Board::new(MEMBERS),
        coming: BTreeMap::new(),
        legs: BTreeMap::new(),
        order: 0,
        chance: 0x9e37_79b9_7f4a_7c15,
    };
    for n in 0..CALLS {
        let at = world.within(1, DAY);
        world.at(at, Coming::Call(n));
    }
    world.run();
    Told { records: world.board.records, answered: world.board.answered }
}

impl World {
    /// From `low` to `high`, the same every time the day is lived.
    fn within(&mut self, low: u64, high: u64) -> u64 {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        low + (self.chance >> 33) % (high - low + 1)
    }

    fn at(&mut self, tick: u64, what: Coming) {
        self.order += 1;
        self.coming.insert((tick, self.order), what);
    }

    fn soon(&mut self, (low, high): (u64, u64), leg: LegId, event: LegEvent) {
        let at = self.board.tick + self.within(low, high);
        self.at(at, Coming::Leg(leg, event));
    }

    fn run(&mut self) {
        loop {
            let next = self.coming.first_key_value().map(|((tick, _), _)| *tick);
            let deadline = self.board.switchboard.next_deadline().map(|(tick, _)| tick.0);
            let Some(tick) = next.into_iter().chain(deadline).min() else { return };
            self.board.tick = self.board.tick.max(tick);
            self.board.commands.clear();
            if deadline.is_some_and(|deadline| deadline <= tick) {
                self.board.give(Input::Timeout);
            } else if let Some((_, what)) = self.coming.pop_first() {
                match what {
                    Coming::Call(n) => self.board.arrive(n),
                    Coming::Leg(leg, event) => self.leg(leg, event),
                }
            }
            for (leg, command) in std::mem::take(&mut self.board.commands) {
                self.command(leg, &command);
            }
        }
    }

    /// Something happens on a leg, unless it has gone or is going meanwhile.
    fn leg(&mut self, leg: LegId, event: LegEvent) {
        let closes = matches!(event, LegEvent::Closed { .. });
        if self.legs.get(&leg).copied().unwrap_or(false) != closes {
            return;
        }
        self.board.leg(leg, event);
    }

    fn command(&mut self, leg: LegId, command: &LegCommand) {
        match command {
            LegCommand::Dial(_) => self.phone(leg),
            LegCommand::Release(_) => {
                self.legs.insert(leg, true);
                self.soon((1, 30), leg, LegEvent::Closed { media: None });
            }
            LegCommand::Answer { .. } => {
                self.soon((30_000, 300_000), leg, LegEvent::HungUp { media: None });
            }
            LegCommand::Play { id: PlayId(play), .. } => {
                self.soon((1_000, 6_000), leg, LegEvent::PlayEnded(PlayId(*play)));
            }
            LegCommand::Ring
            | LegCommand::Progress { .. }
            | LegCommand::Accept
            | LegCommand::Join { .. }
            | LegCommand::Music { .. }
            | LegCommand::Tone(_)
            | LegCommand::Adopt { .. }
            | LegCommand::Referred { .. }
            | LegCommand::Echo => {}
        }
    }

    /// What the phone behind a dialled leg does: busy, rings for ever, or is answered.
    fn phone(&mut self, leg: LegId) {
        match self.within(0, 9) {
            0 => self.soon((20, 500), leg, LegEvent::Failed { cause: FailCause::Busy, media: None }),
            1 | 2 => self.soon((20, 300), leg, LegEvent::Alerting { audio: false }),
            _ => {
                self.soon((20, 300), leg, LegEvent::Alerting { audio: false });
                self.soon((301, 9_000), leg, LegEvent::Answered);
            }
        }
    }
}
