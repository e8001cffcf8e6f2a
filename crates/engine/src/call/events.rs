//! What happens on the legs of a call, and how legs and calls end.

use model::fact::{EndCause, Outcome, OverflowCause, Peer, Role, VisitOutcome, What};
use model::id::LegId;
use model::leg::{FailCause, Key, LegCommand, LegEvent, MediaFigures, PlayId, Release};

use super::offer::AnsweredBy;
use super::{Call, CallerLeg, LegRun, Phase, direct};
use crate::switchboard::Switchboard;
use crate::timers::Timer;

impl Switchboard {
    /// An event on any leg of a call that has arrived.
    pub(crate) fn leg_event(&mut self, call: &mut Call, leg: LegId, event: LegEvent) {
        if leg.n == call.served {
            self.caller_event(call, event);
        } else {
            self.dialled_event(call, leg.n, event);
        }
    }

    fn caller_event(&mut self, call: &mut Call, event: LegEvent) {
        match event {
            LegEvent::HungUp { media } => self.caller_gone(call, None, media),
            LegEvent::Failed { cause, media } => self.caller_gone(call, Some(end_cause(cause)), media),
            LegEvent::Closed { media } => self.caller_gone(call, None, media),
            LegEvent::PlayEnded(play) => self.play_ended(call, play),
            LegEvent::MediaTimeout => {
                self.hold_place_of(call);
                self.end_call(call, EndCause::MediaTimeout);
            }
            LegEvent::Dtmf(key) => self.caller_key(call, key),
            LegEvent::Held => self.held(call, call.served),
            LegEvent::Unheld => self.unheld(call, call.served),
            LegEvent::Refer { refer, to } => self.refer(call, call.served, refer, to),
            // The rest belongs to dialled legs or has been seen already.
            LegEvent::Arrived(_)
            | LegEvent::Alerting { .. }
            | LegEvent::Answered
            | LegEvent::AnsweredByMobile
            | LegEvent::Diverted => {}
        }
    }

    /// The caller's leg has its final event. `cause`: what went wrong, if it was not he who hung up.
    fn caller_gone(&mut self, call: &mut Call, cause: Option<EndCause>, media: Option<MediaFigures>) {
        let leg = call.caller_leg();
        if cause.is_some() {
            self.hold_place_of(call);
        }
        let before = std::mem::replace(&mut call.caller, CallerLeg::Closed);
        match before {
            CallerLeg::Closed => return,
            CallerLeg::Closing => {}
            CallerLeg::Calling => {
                self.fact(What::LegEnded { leg, cause: cause.unwrap_or(EndCause::Cancelled) });
                self.leave_group(call, VisitOutcome::Abandoned);
                let outcome = if cause.is_some() { Outcome::Failed } else { Outcome::Abandoned };
                call.outcome.get_or_insert(outcome);
            }
            CallerLeg::Answered => {
                self.fact(What::LegEnded { leg, cause: cause.unwrap_or(EndCause::HangUp) });
                let waited = matches!(call.phase, Phase::Offering(_));
                self.leave_group(call, VisitOutcome::Abandoned);
                if waited {
                    call.outcome.get_or_insert(Outcome::Abandoned);
                }
                match cause {
                    // The answer found no codec or no port: it never left.
                    Some(EndCause::NotAcceptable | EndCause::LimitReached) => {
                        call.outcome = Some(Outcome::Failed);
                    }
                    Some(_) | None => {
                        call.outcome.get_or_insert(Outcome::Answered);
                    }
                }
            }
        }
        self.media(leg, media);
        self.leave_phase(call);
        self.close_dialled(call, EndCause::Cancelled, Release::Normal);
        call.phase = Phase::Ending;
    }

    /// What the call was doing is over: nothing of it may go off or be found any more.
    pub(crate) fn leave_phase(&mut self, call: &Call) {
        let id = call.id;
        let timers = [Timer::Prompt(id), Timer::Keys(id), Timer::Camp(id), Timer::Park(id)];
        self.timers.cancel_of(id, &timers);
        match &call.phase {
            Phase::Parked(parked) => {
                self.parked.remove(&parked.slot);
            }
            Phase::Camped(camped) => self.no_longer_camped(call.id, camped.on),
            Phase::Transferring(transferring) => {
                if let Some(slot) = transferring.slot() {
                    self.parked.remove(&slot);
                }
            }
            Phase::Callback(attempt) => self.attempt_over(attempt.group, attempt.callback),
            Phase::Offering(_)
            | Phase::Falling(_)
            | Phase::Direct
            | Phase::Announcing(_)
            | Phase::Talking
            | Phase::Echo
            | Phase::Ending => {}
        }
    }

    fn dialled_event(&mut self, call: &mut Call, n: u16, event: LegEvent) {
        let Some(state) = call.legs.get(&n).map(|leg| leg.state) else { return };
        match event {
            LegEvent::Failed { cause, media } => self.dialled_gone(call, n, end_cause(cause), media),
            LegEvent::HungUp { media } => self.dialled_gone(call, n, EndCause::HangUp, media),
            LegEvent::Closed { media } => self.dialled_gone(call, n, EndCause::Answered, media),
            LegEvent::Alerting { audio } => {
                if state == LegRun::Dialling {
                    self.alerting(call, n, audio);
                }
            }
            LegEvent::Answered => {
                if matches!(state, LegRun::Dialling | LegRun::Alerting) {
                    self.answered(call, n, AnsweredBy::Phone);
                } else if state == LegRun::Confirming && self.has_other_devices(call, n) {
                    // His desk phone, which rang on beside the mobile.
                    self.confirmed(call, n);
                }
            }
            LegEvent::AnsweredByMobile => {
                if matches!(state, LegRun::Dialling | LegRun::Alerting) {
                    self.answered(call, n, AnsweredBy::Mobile);
                }
            }
            LegEvent::Diverted => {
                if matches!(state, LegRun::Dialling | LegRun::Alerting) {
                    self.diverted(call, n);
                }
            }
            LegEvent::Dtmf(key) => {
                if state == LegRun::Confirming && key == Key('1') {
                    if self.has_other_devices(call, n) {
                        self.command_leg(call.leg_id(n), LegCommand::Accept);
                    }
                    self.confirmed(call, n);
                }
            }
            LegEvent::MediaTimeout => {
                if state == LegRun::Joined && !self.sender_silent(call, n) {
                    self.end_call(call, EndCause::MediaTimeout);
                }
            }
            LegEvent::Held => self.held(call, n),
            LegEvent::Unheld => self.unheld(call, n),
            LegEvent::Refer { refer, to } => self.refer(call, n, refer, to),
            // The prompt that asks for 1 has ended; the key is still awaited.
            LegEvent::PlayEnded(play) => self.agent_prompt_ended(call, n, play),
            // No call arrives on a dialled leg.
            LegEvent::Arrived(_) => {}
        }
    }

    /// It rings at the far end.
    fn alerting(&mut self, call: &mut Call, n: u16, audio: bool) {
        let leg = call.leg_id(n);
        self.timers.cancel(Timer::Alerting(leg));
        self.fact(What::LegAlerting { leg });
        if let Some(run) = call.legs.get_mut(&n) {
            run.state = LegRun::Alerting;
        }
        match &call.phase {
            Phase::Offering(offering) => {
                // req K-28: the ring time begins when it rings.
                self.timers.set(Timer::Ring(leg), self.now.tick + offering.ring_time);
            }
            Phase::Falling(falling) => self.timers.set(Timer::Ring(leg), self.now.tick + falling.ring_time),
            Phase::Direct => {
                self.timers.set(Timer::Ring(leg), self.now.tick + direct::RING_TIME);
                if audio {
                    self.command_leg(call.caller_leg(), LegCommand::Progress { from: leg });
                } else {
                    self.ring(call);
                }
            }
            Phase::Transferring(transferring) => {
                self.timers.set(Timer::Ring(leg), self.now.tick + transferring.ring_time);
                self.target_rings(call);
            }
            Phase::Callback(attempt) => {
                self.timers.set(Timer::Ring(leg), self.now.tick + attempt.ring_time);
            }
            Phase::Announcing(_)
            | Phase::Talking
            | Phase::Echo
            | Phase::Parked(_)
            | Phase::Camped(_)
            | Phase::Ending => {}
        }
    }

    /// Tells the caller that it rings, once.
    pub(crate) fn ring(&mut self, call: &mut Call) {
        if !call.rang && call.caller == CallerLeg::Calling {
            call.rang = true;
            self.command_leg(call.caller_leg(), LegCommand::Ring);
        }
    }

    fn answered(&mut self, call: &mut Call, n: u16, by: AnsweredBy) {
        let leg = call.leg_id(n);
        self.timers.cancel(Timer::Alerting(leg));
        match call.phase {
            Phase::Offering(_) => self.offer_answered(call, n, by),
            Phase::Falling(_) | Phase::Direct => {
                self.timers.cancel(Timer::Ring(leg));
                self.fact(What::LegAnswered { leg });
                self.join(call, n);
            }
            Phase::Transferring(_) => {
                self.timers.cancel(Timer::Ring(leg));
                self.fact(What::LegAnswered { leg });
                self.transfer_answered(call, n);
            }
            Phase::Callback(ref attempt) => {
                let of_agent = attempt.agent_leg == n;
                let group = attempt.group;
                self.fact(What::LegAnswered { leg });
                let asks = of_agent && self.asks_to_confirm(call, n, by, group);
                self.timers.cancel(Timer::Ring(leg));
                if !asks {
                    self.callback_leg_answered(call, n);
                }
            }
            Phase::Announcing(_)
            | Phase::Talking
            | Phase::Echo
            | Phase::Parked(_)
            | Phase::Camped(_)
            | Phase::Ending => {}
        }
    }

    /// The caller and an answered leg talk from now on.
    pub(crate) fn join(&mut self, call: &mut Call, n: u16) {
        let leg = call.leg_id(n);
        if let Some(run) = call.legs.get_mut(&n) {
            run.state = LegRun::Joined;
        }
        call.phase = Phase::Talking;
        call.outcome = Some(Outcome::Answered);
        self.fact(What::CallAnswered { call: call.id, with: Some(leg) });
        if call.caller == CallerLeg::Calling {
            call.caller = CallerLeg::Answered;
            self.command_leg(call.caller_leg(), LegCommand::Answer { with: Some(leg) });
        } else {
            self.command_leg(call.caller_leg(), LegCommand::Join { with: leg });
            self.hold_goes_on(call);
        }
    }

    /// A foreign network was seen to forward the call (K-33). Only a member's phone must not.
    fn diverted(&mut self, call: &mut Call, n: u16) {
        if matches!(call.phase, Phase::Offering(_)) {
            self.member_diverted(call, n);
        }
    }

    /// A leg's time is up.
    pub(crate) fn leg_gave_up(&mut self, call: &mut Call, leg: LegId, cause: EndCause) {
        if call.legs.get(&leg.n).is_none_or(|run| run.state == LegRun::Closing) {
            return;
        }
        self.end_dialled(call, leg.n, cause, Release::Normal);
        self.leg_failed(call, leg.n, cause);
    }

    /// A dialled leg has its final event.
    fn dialled_gone(&mut self, call: &mut Call, n: u16, cause: EndCause, media: Option<MediaFigures>) {
        let leg = call.leg_id(n);
        let Some(run) = call.legs.get(&n).cloned() else { return };
        self.timers.cancel_leg(leg);
        if run.state == LegRun::Closing {
            self.media(leg, media);
            call.legs.remove(&n);
            return;
        }
        // A leg that hangs up before it was confirmed did not take the call.
        let cause = match (run.state, cause) {
            (LegRun::Confirming, EndCause::HangUp) => EndCause::NotConfirmed,
            (_, cause) => cause,
        };
        self.leg_over(leg, cause);
        self.media(leg, media);
        if self.sender_gone(call, n) || self.callback_leg_gone(call, n) {
            return;
        }
        if run.state == LegRun::Joined {
            call.legs.remove(&n);
            self.end_call(call, EndCause::Answered);
        } else {
            self.leg_failed(call, n, cause);
            call.legs.remove(&n);
        }
    }

    /// A leg that was being called has ended without an answer; the call goes on without it.
    fn leg_failed(&mut self, call: &mut Call, n: u16, cause: EndCause) {
        if let Some(run) = call.legs.get_mut(&n) {
            run.state = LegRun::Closing;
        }
        match call.phase {
            Phase::Offering(_) => self.offer_failed(call, n, cause),
            Phase::Falling(_) => self.fallback_failed(call, cause),
            Phase::Direct => self.direct_failed(call, cause),
            Phase::Transferring(_) => self.transfer_failed(call, cause),
            Phase::Callback(_) => self.callback_leg_failed(call, n, cause),
            Phase::Announcing(_)
            | Phase::Talking
            | Phase::Echo
            | Phase::Parked(_)
            | Phase::Camped(_)
            | Phase::Ending => {}
        }
    }

    /// A dialled leg has ended. An agent who has talked works on for a while (V-36).
    pub(crate) fn leg_over(&mut self, leg: LegId, cause: EndCause) {
        self.fact(What::LegEnded { leg, cause });
        let Some(record) = self.saved.calls.get(&leg.call) else { return };
        let Some(known) = record.legs.get(usize::from(leg.n)) else { return };
        let talked = record.answered.is_some() && known.answered.is_some() && cause != EndCause::NotConfirmed;
        let (Role::Member, Peer::Party(member), Some(number), true) =
            (known.role, known.peer, known.group, talked)
        else {
            return;
        };
        if let Some(wrap_up) = self.settings.group(number).and_then(|group| group.wrap_up) {
            let until = self.now.utc + wrap_up;
            self.fact(What::WrapUpStarted { member, group: number, until });
            self.timers.set(Timer::WrapUp(member), self.now.tick + wrap_up);
        }
    }

    /// Ends a dialled leg ourselves; its final event is still to come.
    pub(crate) fn end_dialled(&mut self, call: &mut Call, n: u16, cause: EndCause, how: Release) {
        let leg = call.leg_id(n);
        let Some(run) = call.legs.get_mut(&n) else { return };
        if run.state == LegRun::Closing {
            return;
        }
        run.state = LegRun::Closing;
        self.timers.cancel_leg(leg);
        self.leg_over(leg, cause);
        self.release(leg, how);
    }

    /// Ends all dialled legs. Those that were joined ended with the call; the others for `cause`.
    pub(crate) fn close_dialled(&mut self, call: &mut Call, cause: EndCause, how: Release) {
        let live: Vec<(u16, LegRun)> = call.legs.iter().map(|(n, leg)| (*n, leg.state)).collect();
        for (n, state) in live {
            let cause = match (state, cause) {
                (LegRun::Joined, EndCause::Cancelled) => EndCause::Answered,
                // Whoever still rang has nothing to do with whose sound broke off.
                (LegRun::Dialling | LegRun::Alerting | LegRun::Confirming, EndCause::MediaTimeout) => {
                    EndCause::Cancelled
                }
                (_, cause) => cause,
            };
            self.end_dialled(call, n, cause, how);
        }
    }

    /// Ends the whole call for a cause of ours or because the other side has gone.
    pub(crate) fn end_call(&mut self, call: &mut Call, cause: EndCause) {
        // A call that was answered by us alone and waited was not answered by anybody.
        let waited = matches!(call.phase, Phase::Offering(_));
        self.leave_group(call, VisitOutcome::Abandoned);
        self.leave_phase(call);
        self.close_dialled(call, cause, Release::Normal);
        let outcome = match call.caller {
            CallerLeg::Answered if waited => Outcome::Abandoned,
            CallerLeg::Answered => Outcome::Answered,
            CallerLeg::Calling | CallerLeg::Closing | CallerLeg::Closed => Outcome::Failed,
        };
        call.outcome.get_or_insert(outcome);
        let how = if cause == EndCause::Shutdown { Release::LimitReached } else { Release::Normal };
        self.end_caller(call, cause, how);
    }

    /// Releases the caller; the call is over when everything is closed.
    pub(crate) fn end_caller(&mut self, call: &mut Call, cause: EndCause, how: Release) {
        let leg = call.caller_leg();
        call.phase = Phase::Ending;
        if matches!(call.caller, CallerLeg::Calling | CallerLeg::Answered) {
            call.caller = CallerLeg::Closing;
            self.fact(What::LegEnded { leg, cause });
            self.release(leg, how);
        }
    }

    /// Ends the visit of the group that the call is in, if it is still in one.
    pub(crate) fn leave_group(&mut self, call: &Call, outcome: VisitOutcome) {
        if let Phase::Offering(offering) = &call.phase {
            let group = offering.group;
            let id = call.id;
            self.want_none(group, id);
            let waits = [Timer::Round(id), Timer::WaitMax(id), Timer::Age(id), Timer::Repeat(id)];
            self.timers.cancel_of(id, &waits);
            self.timers.cancel_of(id, &[Timer::Prompt(id), Timer::Keys(id)]);
            self.fact(What::VisitEnded { call: call.id, group, outcome });
            self.review_closing(group);
        }
    }

    pub(crate) fn media(&mut self, leg: LegId, media: Option<MediaFigures>) {
        if let Some(media) = media {
            self.fact(What::LegMedia { leg, media });
        }
    }

    fn play_ended(&mut self, call: &mut Call, play: PlayId) {
        if let Phase::Announcing(announcing) = &call.phase
            && announcing.play == play
        {
            return self.prompt_over(call);
        }
        if Switchboard::plays(call, Some(play)) {
            return self.message_over(call);
        }
        self.camp_message_ended(call, play);
    }

    /// A key of the served side: to leave the line, or about a callback.
    fn caller_key(&mut self, call: &mut Call, key: Key) {
        // Keys count from the first prompt.
        if call.caller != CallerLeg::Answered || self.callback_key(call, key) {
            return;
        }
        let Some(number) = call.group_now().filter(|_| call.line().is_some()) else { return };
        let exit = self.settings.group(number).and_then(|group| group.queue.as_ref()?.exit_key);
        if exit.is_some_and(|exit| key == Key(char::from(b'0' + exit.min(9)))) {
            self.overflow(call, OverflowCause::Exit);
        }
    }
}

/// Why a leg ended, from why it failed (K-48).
pub(crate) const fn end_cause(cause: FailCause) -> EndCause {
    match cause {
        FailCause::Busy => EndCause::Busy,
        FailCause::Rejected => EndCause::Rejected,
        FailCause::Unreachable => EndCause::Unreachable,
        FailCause::NoAnswer => EndCause::NoAnswer,
        FailCause::NotAcceptable => EndCause::NotAcceptable,
        FailCause::Forbidden => EndCause::Forbidden,
        FailCause::LimitReached => EndCause::LimitReached,
    }
}
