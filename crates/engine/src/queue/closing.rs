//! A line that grows too long or too slow closes itself to new calls, and opens again below a part of the limit, once
//! it has been there for a while (I-22).

use model::config::Queue;
use model::fact::{ClosedReason, What};
use model::id::CallId;
use model::number::Number;
use model::time::{Span, Utc};

use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// How full a line is.
struct Load {
    waiting: usize,
    /// When the call that has waited longest came.
    oldest: Option<Utc>,
}

impl Switchboard {
    /// Looks at a group's limits again: after every change of its line and when a timer says so.
    pub(crate) fn review_closing(&mut self, number: Number) {
        let Some(group) = self.settings.group(number) else { return };
        let Some(queue) = &group.queue else { return };
        if queue.close_at_waiting.is_none() && queue.close_at_wait.is_none() {
            if self.saved.groups.get(&number).is_some_and(|saved| saved.closed.is_some()) {
                self.fact(What::Closed { group: number, reason: None });
            }
            return;
        }
        let load = self.load(number, queue);
        match self.saved.groups.get(&number).and_then(|saved| saved.closed) {
            None => self.review_open(number, queue, &load),
            Some(_) => self.review_closed(number, queue, &load),
        }
    }

    /// Callbacks do not count (behaviour, "Queues").
    fn load(&self, number: Number, queue: &Queue) -> Load {
        let Some(saved) = self.saved.groups.get(&number) else { return Load { waiting: 0, oldest: None } };
        let oldest = queue.close_at_wait.and_then(|_| self.oldest_entry(number));
        Load { waiting: saved.visiting.len(), oldest }
    }

    /// When the call that has waited longest entered; where it stands in the line now says nothing about that.
    pub(crate) fn oldest_entry(&self, number: Number) -> Option<Utc> {
        let saved = self.saved.groups.get(&number)?;
        let in_line = |(_, id): &&(Utc, CallId)| saved.ranks.contains_key(id);
        saved.entered.keys().find(in_line).map(|(since, _)| *since)
    }

    fn review_open(&mut self, number: Number, queue: &Queue, load: &Load) {
        let waited = load.oldest.map_or(Span(0), |oldest| self.now.utc - oldest);
        let reason = if queue.close_at_waiting.is_some_and(|most| load.waiting >= most as usize) {
            Some(ClosedReason::Waiting)
        } else if queue.close_at_wait.is_some_and(|most| load.oldest.is_some() && waited >= most) {
            Some(ClosedReason::Wait)
        } else {
            None
        };
        self.timers.cancel(Timer::CloseWait(number));
        if reason.is_some() {
            self.fact(What::Closed { group: number, reason });
            return self.review_closed(number, queue, load);
        }
        if let (Some(most), true) = (queue.close_at_wait, load.oldest.is_some()) {
            let left = Span(most.0.saturating_sub(waited.0).max(1));
            self.timers.set(Timer::CloseWait(number), self.now.tick + left);
        }
    }

    /// Closed: opens once it has been below without a break. When the longest wait will cross the line again is known
    /// beforehand, so one timer serves for both ends.
    fn review_closed(&mut self, number: Number, queue: &Queue, load: &Load) {
        let waited = load.oldest.map_or(Span(0), |oldest| self.now.utc - oldest);
        let part = u64::from(queue.reopen_below);
        let calm_count =
            queue.close_at_waiting.is_none_or(|most| (load.waiting as u64) * 100 < u64::from(most) * part);
        let line = queue.close_at_wait.map(|most| Span(most.0 * part / 100));
        let calm_wait = line.is_none_or(|line| load.oldest.is_none() || waited < line);
        let opens = Timer::Reopen(number);
        if !(calm_count && calm_wait) {
            self.timers.cancel(opens);
            self.calm_since.remove(&number);
            return;
        }
        let since = *self.calm_since.entry(number).or_insert(self.now);
        let calm = Span(self.now.tick.0.saturating_sub(since.tick.0));
        if calm >= queue.reopen_after {
            self.timers.cancel(opens);
            self.calm_since.remove(&number);
            self.fact(What::Closed { group: number, reason: None });
            return self.review_open(number, queue, load);
        }
        let rest = Span(queue.reopen_after.0 - calm.0);
        // The oldest call may reach the line before that: looked at then, it breaks the calm.
        let crossing = match (line, load.oldest) {
            (Some(line), Some(_)) => Span(line.0.saturating_sub(waited.0).max(1)),
            (_, _) => rest,
        };
        self.timers.set(opens, self.now.tick + rest.min(crossing));
    }
}
