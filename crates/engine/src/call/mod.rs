//! One call: the caller's leg, the legs dialled for it, and what it is doing now.
//!
//! `mod` holds the state and dispatches; each thing a call can do stands in its own file. Invariants: a leg's
//! state holds only what exists then; a call is over when every leg had its final event.

mod announce;
mod arrival;
mod code;
mod direct;
mod fallback;
mod offer;

use std::collections::BTreeMap;

use model::fact::{EndCause, Outcome, Role, VisitOutcome, What};
use model::id::{CallId, LegId, PartyId};
use model::leg::{Caller, FailCause, Key, LegCommand, LegEvent, MediaFigures, PlayId, Release};
use model::number::Number;

use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// A live call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) id: CallId,
    pub(crate) from: Caller,
    pub(crate) caller: CallerLeg,
    pub(crate) phase: Phase,
    /// Dialled legs that are not closed.
    pub(crate) legs: BTreeMap<u16, Leg>,
    /// Number of the next leg.
    pub(crate) next_leg: u16,
    /// Number of the next playing.
    pub(crate) next_play: u16,
    /// The caller has been told that it rings.
    pub(crate) rang: bool,
    /// Groups entered, the present one last.
    pub(crate) groups: Vec<Number>,
    /// How the call will have gone, once it is decided.
    pub(crate) outcome: Option<Outcome>,
}

/// The caller's leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CallerLeg {
    /// He waits for an answer.
    Calling,
    /// He was answered.
    Answered,
    /// We released it and wait for its final event.
    Closing,
    /// Gone.
    Closed,
}

/// What a call is doing.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Members of a group are offered it.
    Offering(offer::Offering),
    /// A fallback list is tried.
    Falling(fallback::Falling),
    /// Somebody was called directly.
    Direct,
    /// A last prompt plays, then the caller is released.
    Announcing(announce::Announcing),
    /// Joined with a dialled leg.
    Talking,
    /// Hears himself.
    Echo,
    /// Over; legs are closing.
    Ending,
}

/// A dialled leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leg {
    pub(crate) role: Role,
    /// Whose phone it is, if it is a user's or outside person's.
    pub(crate) party: Option<PartyId>,
    pub(crate) state: LegRun,
}

/// How far a dialled leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LegRun {
    /// No sign from the far end yet.
    Dialling,
    /// It rings there.
    Alerting,
    /// Answered, to be confirmed by pressing 1 (K-34).
    Confirming,
    /// Answered and joined.
    Joined,
    /// We released it and wait for its final event.
    Closing,
}

impl Call {
    pub(crate) fn leg_id(&self, n: u16) -> LegId {
        LegId { call: self.id, n }
    }

    pub(crate) fn caller_leg(&self) -> LegId {
        LegId::caller(self.id)
    }

    /// The outcome, once everything is closed.
    pub(crate) fn finished(&self) -> Option<Outcome> {
        let over =
            matches!(self.phase, Phase::Ending) && self.caller == CallerLeg::Closed && self.legs.is_empty();
        over.then(|| self.outcome.unwrap_or(Outcome::Failed))
    }

    /// Offers of this call that `party` is being rung for.
    pub(crate) fn offers_to(&self, party: PartyId) -> usize {
        let rings = |leg: &&Leg| {
            leg.role == Role::Member
                && leg.party == Some(party)
                && matches!(leg.state, LegRun::Dialling | LegRun::Alerting | LegRun::Confirming)
        };
        self.legs.values().filter(rings).count()
    }

    pub(crate) fn check(&self) {
        let live = self.legs.values().filter(|leg| leg.state != LegRun::Closing).count();
        match &self.phase {
            Phase::Offering(_) => assert!(live >= 1, "an offered call rings somebody"),
            Phase::Falling(_) | Phase::Direct | Phase::Talking => {
                assert_eq!(live, 1, "{:?} has one live leg", self.phase);
            }
            Phase::Announcing(_) | Phase::Echo | Phase::Ending => {
                assert_eq!(live, 0, "{:?} has no live leg", self.phase);
            }
        }
        if matches!(self.phase, Phase::Ending) {
            assert!(self.finished().is_none(), "a finished call is gone");
        }
    }
}

impl Switchboard {
    /// An event on any leg of a call that has arrived.
    pub(crate) fn leg_event(&mut self, call: &mut Call, leg: LegId, event: LegEvent) {
        if leg.n == 0 {
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
            LegEvent::MediaTimeout => self.end_call(call, EndCause::MediaTimeout),
            // Keys mean nothing to a ring group; the rest belongs to dialled legs or has been seen already.
            LegEvent::Dtmf(_)
            | LegEvent::Arrived(_)
            | LegEvent::Alerting { .. }
            | LegEvent::Answered
            | LegEvent::Diverted => {}
        }
    }

    /// The caller's leg has its final event. `cause`: what went wrong, if it was not he who hung up.
    fn caller_gone(&mut self, call: &mut Call, cause: Option<EndCause>, media: Option<MediaFigures>) {
        let leg = call.caller_leg();
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
        self.timers.cancel(Timer::Prompt(call.id));
        self.close_dialled(call, EndCause::Cancelled, Release::Normal);
        call.phase = Phase::Ending;
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
                    self.answered(call, n);
                }
            }
            LegEvent::Diverted => {
                if matches!(state, LegRun::Dialling | LegRun::Alerting) {
                    self.diverted(call, n);
                }
            }
            LegEvent::Dtmf(key) => {
                if state == LegRun::Confirming && key == Key('1') {
                    self.confirmed(call, n);
                }
            }
            LegEvent::MediaTimeout => {
                if state == LegRun::Joined {
                    self.end_call(call, EndCause::MediaTimeout);
                }
            }
            // The prompt that asks for 1 has ended; the key is still awaited. No call arrives on a dialled leg.
            LegEvent::PlayEnded(_) | LegEvent::Arrived(_) => {}
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
            Phase::Announcing(_) | Phase::Talking | Phase::Echo | Phase::Ending => {}
        }
    }

    /// Tells the caller that it rings, once.
    pub(crate) fn ring(&mut self, call: &mut Call) {
        if !call.rang && call.caller == CallerLeg::Calling {
            call.rang = true;
            self.command_leg(call.caller_leg(), LegCommand::Ring);
        }
    }

    fn answered(&mut self, call: &mut Call, n: u16) {
        let leg = call.leg_id(n);
        self.timers.cancel(Timer::Alerting(leg));
        match call.phase {
            Phase::Offering(_) => self.offer_answered(call, n),
            Phase::Falling(_) | Phase::Direct => {
                self.timers.cancel(Timer::Ring(leg));
                self.fact(What::LegAnswered { leg });
                self.join(call, n);
            }
            Phase::Announcing(_) | Phase::Talking | Phase::Echo | Phase::Ending => {}
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
        self.fact(What::LegEnded { leg, cause });
        self.media(leg, media);
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
            Phase::Announcing(_) | Phase::Talking | Phase::Echo | Phase::Ending => {}
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
        self.fact(What::LegEnded { leg, cause });
        self.release(leg, how);
    }

    /// Ends all dialled legs. Those that were joined ended with the call; the others for `cause`.
    pub(crate) fn close_dialled(&mut self, call: &mut Call, cause: EndCause, how: Release) {
        let live: Vec<(u16, LegRun)> = call.legs.iter().map(|(n, leg)| (*n, leg.state)).collect();
        for (n, state) in live {
            let cause = match (state, cause) {
                (LegRun::Joined, EndCause::Cancelled) => EndCause::Answered,
                (_, cause) => cause,
            };
            self.end_dialled(call, n, cause, how);
        }
    }

    /// Ends the whole call for a cause of ours or because the other side has gone.
    pub(crate) fn end_call(&mut self, call: &mut Call, cause: EndCause) {
        self.timers.cancel(Timer::Prompt(call.id));
        self.leave_group(call, VisitOutcome::Abandoned);
        self.close_dialled(call, cause, Release::Normal);
        let outcome = if call.caller == CallerLeg::Answered { Outcome::Answered } else { Outcome::Failed };
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
            self.fact(What::VisitEnded { call: call.id, group, outcome });
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
            self.prompt_over(call);
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
