//! Nobody can take the call now: it waits, begins another round, or leaves by a limit (V-21..V-26, I-24).

use model::config::Group;
use model::fact::{OverflowCause, VisitOutcome, What};
use model::id::{CallId, PartyId};
use model::number::Number;
use model::time::Span;

use crate::call::fallback::TargetList;
use crate::call::{Call, LegRun, Phase};
use crate::callback::Ghost;
use crate::fold::position;
use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// Before all who missed a call are offered it again (behaviour, "Queues").
const ROUND_PAUSE: Span = Span::seconds(1);

impl Switchboard {
    /// Nobody rings and nobody can be offered the call now.
    pub(crate) fn wait_in_line(&mut self, call: &mut Call, group: &Group) {
        let number = group.number;
        let Phase::Offering(offering) = &call.phase else { return };
        let (Some(line), Some(queue)) = (&offering.line, &group.queue) else { return };
        let over = if line.overdue {
            Some(OverflowCause::Wait)
        } else if !self.ready.is_staffed(number) {
            Some(OverflowCause::Nobody)
        } else if group.offers_max.is_some_and(|most| line.rounds >= most) {
            Some(OverflowCause::Attempts)
        } else if queue.size_max == Some(0) {
            Some(OverflowCause::Full)
        } else {
            None
        };
        if let Some(why) = over {
            return self.overflow(call, why);
        }
        let missed = offering.has_tried();
        let Some(rank) = self.rank_of(number, call.id) else { return };
        self.wanting.want(number, rank, call.id);
        let position = self.saved.groups.get(&number).map_or(1, |saved| position(saved, rank));
        self.fact(What::Waits { call: call.id, group: number, position });
        if missed {
            self.round_after_pause(call.id);
        }
        self.waits_now(call, group);
    }

    /// All who could be offered the call have missed it: the next round begins after a pause.
    pub(crate) fn round_after_pause(&mut self, id: CallId) {
        if !self.timers.is_set(Timer::Round(id)) {
            self.timers.set(Timer::Round(id), self.now.tick + ROUND_PAUSE);
        }
    }

    /// The next round of a waiting call or callback.
    pub(crate) fn next_round(&mut self, id: CallId) {
        if let Some(ghost) = self.ghosts.get_mut(&id) {
            ghost.round += 1;
            return self.offer_ghost(id);
        }
        self.with_call(id, |board, call| {
            let Phase::Offering(offering) = &mut call.phase else { return };
            offering.begin_round();
            // Nobody free: who comes free next asks for it.
            if board.ready.free(offering.group).is_some() {
                board.offer_on(call);
            }
        });
    }

    /// `wait_max` is over. A ring under way may end, unless the group is strict (V-26).
    pub(crate) fn waited_long_enough(&mut self, call: &mut Call) {
        let ringing = call.legs.values().any(|leg| leg.state != LegRun::Closing);
        let Phase::Offering(offering) = &mut call.phase else { return };
        let number = offering.group;
        let strict = self
            .settings
            .group(number)
            .and_then(|group| group.queue.as_ref().map(|queue| queue.wait_strict))
            .unwrap_or(false);
        if ringing && !strict {
            if let Some(line) = &mut offering.line {
                line.overdue = true;
            }
            return;
        }
        self.overflow(call, OverflowCause::Wait);
    }

    /// The call leaves the group by one of its limits; its list of targets follows.
    pub(crate) fn overflow(&mut self, call: &mut Call, why: OverflowCause) {
        let Phase::Offering(offering) = &call.phase else { return };
        let number = offering.group;
        self.fact(What::Overflowed { call: call.id, group: number, why });
        self.withdraw_offers(call);
        self.leave_group(call, VisitOutcome::Overflowed);
        self.review_closing(number);
        self.try_list(call, number, TargetList::of(why));
    }

    /// Nobody is there any more: those who wait or are being welcomed leave at once (V-22); who is being rung for is
    /// seen to when that ends.
    pub(crate) fn desert(&mut self, number: Number) {
        if self.ready.is_staffed(number) {
            return;
        }
        let waiting: Vec<CallId> = self.wanting.hungry(number).map(|(_, id)| id).collect();
        for id in waiting.into_iter().chain(self.welcomed(number)) {
            self.with_call(id, |board, call| {
                if matches!(call.phase, Phase::Offering(_)) {
                    board.overflow(call, OverflowCause::Nobody);
                }
            });
        }
    }

    /// Calls of a group that hear its welcome to the end: they want nobody yet.
    fn welcomed(&self, number: Number) -> Vec<CallId> {
        let Some(saved) = self.saved.groups.get(&number) else { return Vec::new() };
        let inside = saved.line.values().filter_map(|id| self.calls.get(id));
        inside.filter(|call| call.line().is_some_and(|line| line.welcome)).map(|call| call.id).collect()
    }

    /// Calls that hear the welcome of a group which has no line any more.
    fn welcomed_in_vain(&self) -> Vec<CallId> {
        let gone = |number| self.settings.group(number).is_none_or(|group| group.queue.is_none());
        let welcomed = self.calls.values().filter(|call| call.line().is_some_and(|line| line.welcome));
        welcomed.filter(|call| call.group_now().is_some_and(gone)).map(|call| call.id).collect()
    }

    /// New settings: groups that are gone let their callers go; who has become free takes who waits; limits are
    /// looked at again.
    pub(crate) fn settings_changed(&mut self) {
        self.watch_waits_anew();
        let paused: Vec<PartyId> = self
            .saved
            .agents
            .iter()
            .filter(|(_, agent)| agent.paused.is_some())
            .map(|(party, _)| *party)
            .collect();
        for party in paused {
            self.watch_pause(party);
        }
        for number in self.wanting.groups() {
            if self.settings.group(number).is_none_or(|group| group.queue.is_none()) {
                let waiting: Vec<CallId> = self.wanting.hungry(number).map(|(_, id)| id).collect();
                self.wanting.forget(number);
                for id in waiting {
                    self.with_call(id, Switchboard::offer_on);
                }
                continue;
            }
            let free: Vec<PartyId> =
                self.ready.free(number).map(|free| free.values().copied().collect()).unwrap_or_default();
            self.pending.freed.extend(free);
            if !self.ready.is_staffed(number) {
                self.pending.deserted.insert(number);
            }
        }
        for id in self.welcomed_in_vain() {
            self.with_call(id, Switchboard::welcome_over);
        }
        let groups: Vec<Number> = self.saved.groups.keys().copied().collect();
        for number in groups {
            if !self.ready.is_staffed(number) && !self.welcomed(number).is_empty() {
                self.pending.deserted.insert(number);
            }
            self.review_closing(number);
        }
        let gone = |ghost: &Ghost| !self.saved.groups.contains_key(&ghost.group);
        let gone: Vec<CallId> =
            self.ghosts.iter().filter(|(_, ghost)| gone(ghost)).map(|(id, _)| *id).collect();
        for callback in gone {
            self.forget_ghost(callback);
        }
    }

    /// A new `wait_max` holds for those who wait already, counted from their entry: who is past it leaves at once.
    fn watch_waits_anew(&mut self) {
        let inside: Vec<(Number, CallId)> = self
            .saved
            .groups
            .iter()
            .flat_map(|(number, saved)| saved.visiting.keys().map(|call| (*number, *call)))
            .filter(|(number, call)| self.rank_of(*number, *call).is_some())
            .collect();
        for (number, call) in inside {
            let Some(group) = self.settings.group(number) else { continue };
            let entered = self.saved.calls.get(&call).and_then(|record| {
                record.visits.iter().rev().find(|visit| visit.group == number).map(|visit| visit.from)
            });
            let (Some(entered), wait_max) = (entered, group.queue.as_ref().and_then(|queue| queue.wait_max))
            else {
                continue;
            };
            self.timers.cancel(Timer::WaitMax(call));
            let waited = self.now.utc - entered;
            match wait_max {
                None => {}
                Some(most) if most > waited => {
                    self.timers.set(Timer::WaitMax(call), self.now.tick + Span(most.0 - waited.0));
                }
                Some(_) => self.with_call(call, Switchboard::waited_long_enough),
            }
        }
    }
}
