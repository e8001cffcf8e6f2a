//! Who stands where: levels, ageing, moves, and places kept for those who were cut off.

use model::config::Queue;
use model::fact::{QueuedWhy, Rank, What};
use model::id::{CallId, FactSeq, PartyId};
use model::number::Number;
use model::time::Utc;

use crate::call::{Call, Phase};
use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// Of a caller whom the priority list does not name.
const NORMAL: u8 = 5;

impl Switchboard {
    /// The place of a call that comes in now: by the longest prefix of the priority list, then by arrival.
    pub(super) fn rank_on_entry(&self, call: &Call, queue: &Queue) -> Rank {
        let number = call.from.party.number.map(|number| number.to_string()).or_else(|| {
            let user = self.settings.config.users.get(&call.from.party.id)?;
            user.extension.map(|extension| extension.to_string())
        });
        let level = number.and_then(|number| {
            let fits = queue.priority.iter().filter(|rule| number.starts_with(&rule.caller));
            fits.max_by_key(|rule| rule.caller.len()).map(|rule| rule.level)
        });
        let level = level.unwrap_or(NORMAL);
        let rank = Rank { level, since: self.now.utc, sub: 0, seq: FactSeq(0) };
        // A clock that was set back lets nobody pass those who came before.
        let end = Rank { level, since: Utc(i64::MAX), sub: i32::MAX, seq: FactSeq(u64::MAX) };
        let line =
            call.group_now().and_then(|number| self.saved.groups.get(&number)).map(|saved| &saved.line);
        let last = line.and_then(|line| line.through(&end).next_back()).map(|(last, _)| *last);
        let behind = last.filter(|last| last.level == level && last.since > rank.since);
        self.fresh(behind.unwrap_or(rank))
    }

    /// The same place, told apart from all others.
    pub(crate) fn fresh(&self, rank: Rank) -> Rank {
        Rank { seq: FactSeq(self.saved.version.0 + 1), ..rank }
    }

    /// Stands a call or callback at a place of a line.
    pub(crate) fn stand(&mut self, call: CallId, group: Number, rank: Rank, why: QueuedWhy) {
        if let Some(old) = self.rank_of(group, call) {
            self.wanting.re_rank(group, old, rank);
        }
        self.fact(What::Queued { call, group, rank, why });
    }

    /// Sets the time at which a waiting caller gains a level, where levels differ at all.
    pub(super) fn watch_age(&mut self, call: CallId, number: Number) {
        let Some(group) = self.settings.group(number) else { return };
        let Some(queue) = group.queue.as_ref().filter(|queue| !queue.priority.is_empty()) else { return };
        let Some(rank) = self.rank_of(number, call).filter(|rank| rank.level > 1) else { return };
        let waited = self.now.utc - rank.since;
        let step = queue.priority_ageing.0.max(1);
        let next = model::time::Span(step - waited.0 % step);
        self.timers.set(Timer::Age(call), self.now.tick + next);
    }

    /// A waiting caller gains a level, so that nobody waits for ever.
    pub(crate) fn grow_older(&mut self, call: &mut Call) {
        let Phase::Offering(offering) = &call.phase else { return };
        let number = offering.group;
        let Some(rank) = self.rank_of(number, call.id).filter(|rank| rank.level > 1) else { return };
        let older = self.fresh(Rank { level: rank.level - 1, ..rank });
        self.stand(call.id, number, older, QueuedWhy::Aged);
        // By the timers' clock: by the other one the step may not be over quite yet.
        let step = self.settings.group(number).and_then(|group| Some(group.queue.as_ref()?.priority_ageing));
        if let (Some(step), true) = (step, older.level > 1) {
            self.timers.set(Timer::Age(call.id), self.now.tick + step);
        }
    }

    /// Puts a call or callback at a position, from 1, whatever its level: it takes the level and the time of whom it
    /// stands behind, so that only who may pass him may pass it.
    pub(super) fn move_to(&mut self, id: CallId, number: Number, position: u32, why: QueuedWhy) {
        let Some(saved) = self.saved.groups.get(&number) else { return };
        let others: Vec<Rank> =
            saved.line.iter().filter(|(_, other)| **other != id).map(|(rank, _)| *rank).collect();
        let at = (position.max(1) as usize - 1).min(others.len());
        let rank = match at.checked_sub(1).and_then(|ahead| others.get(ahead)) {
            Some(ahead) => Rank { sub: ahead.sub.saturating_add(1), ..*ahead },
            None => self.head(&others),
        };
        let rank = self.fresh(rank);
        self.stand(id, number, rank, why);
        if self.calls.contains_key(&id) {
            self.watch_age(id, number);
        }
    }

    /// Before everybody else.
    fn head(&self, others: &[Rank]) -> Rank {
        match others.first() {
            Some(first) if first.level == 0 => Rank { sub: first.sub.saturating_sub(1), ..*first },
            Some(_) | None => Rank { level: 0, since: self.now.utc, sub: 0, seq: FactSeq(0) },
        }
    }

    /// Keeps the place of a caller who was cut off, by his number (`recall_hold`). Who hides it cannot be known again.
    pub(crate) fn hold_place(&mut self, call: CallId, caller: PartyId, hidden: bool, number: Number) {
        let Some(group) = self.settings.group(number) else { return };
        let (Some(queue), Some(rank)) = (&group.queue, self.rank_of(number, call)) else { return };
        if hidden {
            return;
        }
        let until = self.now.utc + queue.recall_hold;
        self.fact(What::PlaceHeld { caller, group: number, rank, until });
    }

    /// As `hold_place`, for a live call that loses its caller now.
    pub(crate) fn hold_place_of(&mut self, call: &Call) {
        if let Phase::Offering(offering) = &call.phase {
            let number = offering.group;
            self.hold_place(call.id, call.from.party.id, call.from.hidden, number);
        }
    }
}
