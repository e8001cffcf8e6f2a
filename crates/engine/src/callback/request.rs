//! Requests: when they are offered again, expire, are withdrawn, and taken up after a restart.

use model::fact::{CallbackState, EndCause, Outcome, Rank, What};
use model::id::{CallId, PartyId, RequestId};
use model::number::Number;
use model::output::{Refusal, Reply};
use model::saved::SavedCallback;
use model::time::Span;

use super::Ghost;
use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// Whether a request has not ended.
fn is_open(request: &SavedCallback) -> bool {
    request.ended.is_none()
}

impl Switchboard {
    pub(super) fn request(&self, group: Number, callback: CallId) -> Option<&SavedCallback> {
        self.saved.groups.get(&group)?.callbacks.get(&callback)
    }

    /// The call that asked has ended: from now on the request is offered.
    pub(crate) fn ghost_begins(&mut self, callback: CallId) {
        self.offer_ghost(callback);
    }

    /// The pause between attempts is over.
    pub(crate) fn callback_rested(&mut self, callback: CallId) {
        let Some(ghost) = self.ghosts.get_mut(&callback) else { return };
        ghost.round += 1;
        let group = ghost.group;
        // The wall clock may have been set back meanwhile, or go slower than the timers: the pause is over all the same.
        if let Some(request) = self.request(group, callback)
            && request.not_before.is_some_and(|at| at > self.now.utc)
        {
            let (state, attempts) = (request.state, request.attempts);
            self.step_on(group, callback, (state, attempts), None);
        }
        self.offer_ghost(callback);
    }

    /// The validity is over (V-52). An attempt under way may still succeed.
    pub(crate) fn callback_expired(&mut self, callback: CallId) {
        let Some(group) = self.ghosts.get(&callback).map(|ghost| ghost.group) else { return };
        if self.request(group, callback).is_some_and(|request| request.state == CallbackState::Pending) {
            self.end_request(group, callback, CallbackState::Expired);
        }
    }

    /// A request goes a step on; `attempts` to the customer have ended.
    pub(super) fn step_on(
        &mut self,
        group: Number,
        callback: CallId,
        (state, attempts): (CallbackState, u32),
        call: Option<CallId>,
    ) {
        self.fact(What::CallbackStep { callback, group, state, attempts, not_before: None, call });
    }

    /// A request ends for good: its place is given up.
    pub(super) fn end_request(&mut self, group: Number, callback: CallId, state: CallbackState) {
        let Some(request) = self.request(group, callback) else { return };
        let attempts = request.attempts;
        self.want_none(group, callback);
        self.forget_ghost(callback);
        self.step_on(group, callback, (state, attempts), None);
    }

    /// Nothing of a request goes off or is offered any more.
    pub(crate) fn forget_ghost(&mut self, callback: CallId) {
        self.ghosts.remove(&callback);
        for timer in [Timer::CallbackRest(callback), Timer::CallbackValid(callback), Timer::Round(callback)] {
            self.timers.cancel(timer);
        }
    }

    /// The request waits again: after a pause where the customer was not reached, at once where the agent did not
    /// answer. With its attempts or its validity used up it has expired.
    pub(super) fn wait_again(&mut self, group: Number, callback: CallId, attempts: u32, pause: Option<Span>) {
        let settings = self.settings.group(group);
        let most = settings.as_ref().map_or(0, |group| group.callback.attempts);
        let Some(request) = self.request(group, callback) else { return };
        let over = attempts >= most || request.valid_until <= self.now.utc;
        let not_before = pause.map(|pause| self.now.utc + pause);
        let state = CallbackState::Pending;
        self.fact(What::CallbackStep { callback, group, state, attempts, not_before, call: None });
        if over {
            return self.end_request(group, callback, CallbackState::Expired);
        }
        if let Some(pause) = pause {
            self.timers.set(Timer::CallbackRest(callback), self.now.tick + pause);
        }
    }

    /// Whoever asked to be called back has called again and is served: his requests are withdrawn.
    pub(crate) fn cancel_callbacks_of(&mut self, group: Number, caller: PartyId) {
        for callback in self.requests_of(group, caller) {
            self.withdraw(group, callback);
        }
    }

    /// The open requests of somebody: those he made and those to his number.
    pub(crate) fn requests_of(&self, group: Number, party: PartyId) -> Vec<CallId> {
        let Some(saved) = self.saved.groups.get(&group) else { return Vec::new() };
        let his = |request: &SavedCallback| {
            is_open(request) && (request.caller == party || request.number == party)
        };
        saved.callbacks.iter().filter(|(_, request)| his(request)).map(|(id, _)| *id).collect()
    }

    /// A newer request to a number takes over the places of older ones that wait: nobody is called back twice.
    pub(super) fn take_over(&mut self, group: Number, number: PartyId, rank: Rank) -> Rank {
        let mut best = rank;
        for older in self.requests_of(group, number) {
            let waits = self.request(group, older).filter(|request| {
                request.number == number && request.state == CallbackState::Pending && request.call.is_none()
            });
            if waits.is_some() {
                best = self.rank_of(group, older).map_or(best, |place| place.min(best));
                self.withdraw(group, older);
            }
        }
        if best == rank { rank } else { self.fresh(best) }
    }

    /// A group goes: nobody will be called back for it (V-63).
    pub(crate) fn cancel_callbacks_in(&mut self, group: Number) {
        let Some(saved) = self.saved.groups.get(&group) else { return };
        let open: Vec<CallId> =
            saved.callbacks.iter().filter(|(_, request)| is_open(request)).map(|(id, _)| *id).collect();
        for callback in open {
            self.withdraw(group, callback);
        }
    }

    /// Withdraws a request; an attempt under way is broken off.
    fn withdraw(&mut self, group: Number, callback: CallId) {
        let call = self.request(group, callback).and_then(|request| request.call);
        self.end_request(group, callback, CallbackState::Cancelled);
        if let Some(call) = call {
            self.with_call(call, |board, call| {
                call.outcome.get_or_insert(Outcome::Unanswered);
                board.end_call(call, EndCause::Cancelled);
            });
        }
    }

    pub(crate) fn wish_cancel(&mut self, request: RequestId, group: Number, callback: CallId) {
        if !self.request(group, callback).is_some_and(is_open) {
            return self.reply(request, Reply::Refused(Refusal::NoCallback));
        }
        self.withdraw(group, callback);
        self.reply(request, Reply::Done);
    }

    /// After a restart: requests wait on in their places; what was under way with them is gone.
    pub(crate) fn take_up_callbacks(&mut self) {
        let open: Vec<(Number, CallId, SavedCallback)> = self
            .saved
            .groups
            .iter()
            .flat_map(|(number, saved)| {
                let open = saved.callbacks.iter().filter(|(_, request)| is_open(request));
                open.map(|(id, request)| (*number, *id, request.clone()))
            })
            .collect();
        for (group, callback, request) in open {
            self.ghosts.insert(callback, Ghost::new(group));
            let left = request.valid_until - self.now.utc;
            self.timers.set(Timer::CallbackValid(callback), self.now.tick + Span(left.0.max(1)));
            let rest = match request.state {
                // The customer's phone rang: that was an attempt, and he is not rung again at once.
                CallbackState::RingingCaller => {
                    let pause = self.settings.group(group).map(|group| group.callback.pause);
                    self.wait_again(group, callback, request.attempts + 1, pause);
                    continue;
                }
                CallbackState::RingingAgent => {
                    self.step_on(group, callback, (CallbackState::Pending, request.attempts), None);
                    Span(0)
                }
                CallbackState::Pending
                | CallbackState::Done
                | CallbackState::Expired
                | CallbackState::Cancelled => request.not_before.map_or(Span(0), |at| at - self.now.utc),
            };
            self.timers.set(Timer::CallbackRest(callback), self.now.tick + Span(rest.0.max(1)));
        }
    }
}
