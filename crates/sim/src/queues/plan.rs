//! What happens in a day with queues besides calls: log-ins, pauses, presence, supervisors' wishes, settings, crashes.

use model::id::{CallId, PartyId};
use model::input::{Activity, Actor, Command, Duty, TransferMode};
use model::leg::Dialled;

use super::{Coming, DAY, World};

impl World<'_> {
    pub(super) fn plan(&mut self) {
        for _ in 0..self.day.calls {
            // Calls bunch: half of them come within a fifth of the day.
            let bunched = if self.chance.percent(50) { DAY / 5 } else { DAY };
            let until = self.day.rush.unwrap_or(bunched);
            let at = self.chance.within(1_000, until);
            self.at(at, Coming::Call);
        }
        for _ in 0..self.day.agents * 6 {
            let party = self.anybody();
            let at = self.chance.within(20, DAY);
            let what = self.whim(party);
            self.at(at, what);
        }
        for _ in 0..self.day.calls / 8 {
            let (at, dice) = (self.chance.within(1_000, DAY), self.chance.within(0, u64::MAX - 1));
            self.at(at, Coming::Steer(dice));
        }
        for party in 1..=self.day.agents {
            self.at(self.day.rush.unwrap_or(10), Coming::Reach(PartyId(party), 1));
        }
        if self.day.rush.is_none() {
            self.disturb();
        }
        self.heal();
    }

    fn disturb(&mut self) {
        for _ in 0..3 {
            let at = self.chance.within(0, DAY);
            self.at(at, Coming::Settings);
        }
        for _ in 0..2 {
            let at = self.chance.within(0, DAY);
            self.at(at, Coming::Crash);
        }
    }

    /// From the end of the day on everybody is at work and reachable.
    fn heal(&mut self) {
        for party in (1..=self.day.agents).map(PartyId) {
            self.at(DAY + 1, Coming::Reach(party, 1));
            self.at(DAY + 1, Coming::Wish(Command::Resume { member: party, by: Actor::Api }));
            let activity = Activity::Available;
            self.at(DAY + 1, Coming::Wish(Command::Presence { party, activity }));
            for group in self.day.groups {
                let (group, member, by) = (*group, party, Actor::Api);
                self.at(DAY + 2, Coming::Wish(Command::LogIn { group, member, duty: Duty::No, by }));
            }
        }
    }

    pub(super) fn anybody(&mut self) -> PartyId {
        PartyId(self.chance.within(1, self.day.agents))
    }

    fn whim(&mut self, party: PartyId) -> Coming {
        let at = self.chance.within(0, self.day.groups.len() as u64 - 1);
        let group = self.day.groups[usize::try_from(at).unwrap_or(0)];
        match self.chance.within(0, 11) {
            0 => Coming::Personal(party),
            1 => Coming::Reach(party, u8::from(self.chance.percent(75))),
            2 | 3 => Coming::Wish(Command::LogOut { group, member: party, by: Actor::Api }),
            4 | 5 => Coming::Wish(Command::Pause { member: party, reason: None, by: Actor::Api }),
            6 | 7 => Coming::Wish(Command::Resume { member: party, by: Actor::Api }),
            8 => {
                let at = usize::try_from(self.chance.within(0, 4)).unwrap_or(0);
                Coming::Wish(Command::Presence { party, activity: Activity::ALL[at] })
            }
            _ => {
                let (member, by) = (party, Actor::Api);
                Coming::Wish(Command::LogIn { group, member, duty: Duty::No, by })
            }
        }
    }

    /// A supervisor's wish about a call that is there now.
    pub(super) fn steer(&mut self, dice: u64) -> Option<Command> {
        let calls: Vec<CallId> = self.saved.calls.keys().copied().collect();
        let call = *calls.get(usize::try_from(dice >> 8).unwrap_or(0) % calls.len().max(1))?;
        let user = self.anybody();
        let waiting = self.saved.groups.iter().find_map(|(number, group)| {
            let first = group.callbacks.iter().find(|(_, request)| request.ended.is_none());
            first.map(|(id, _)| (*number, *id))
        });
        let group = self.day.groups[usize::try_from(dice >> 40).unwrap_or(0) % self.day.groups.len()];
        Some(match dice % 8 {
            0 => Command::Take { call, user },
            1 | 2 => Command::Move { call, position: u32::try_from(dice >> 32 & 7).unwrap_or(1) },
            3 => {
                let (group, callback) = waiting?;
                Command::CancelCallback { group, callback }
            }
            4 => {
                let mode = if dice & 16 == 0 { TransferMode::Blind } else { TransferMode::Camp };
                let by = Actor::Party(user);
                Command::Transfer { call, to: Dialled::User(self.anybody()), mode, by }
            }
            5 => {
                let (mode, by) = (TransferMode::Blind, Actor::Api);
                Command::Transfer { call, to: Dialled::Group(group), mode, by }
            }
            6 => Command::Park { call, by: Actor::Party(user) },
            _ => Command::PickUp { call, user },
        })
    }
}
