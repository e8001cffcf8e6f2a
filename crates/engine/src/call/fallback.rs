//! When no member takes the call: the group's own line, then its targets in order, then the announcement
//! (K-23..K-25, X-08).

use model::config::Group;
use model::fact::{EndCause, FallbackStep, Outcome, OverflowCause, Peer, Role, What};
use model::id::PartyId;
use model::leg::{DialTo, LegCommand, Release, Tone};
use model::number::Number;
use model::target::Target;
use model::time::Span;

use super::announce::Announcing;
use super::direct::{CannotRing, Dialling, FarEnd};
use super::{Call, CallerLeg, Phase};
use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// Targets of a list ring this long (behaviour, "Every call").
const TARGET_RING_TIME: Span = Span::seconds(20);

/// A target that gives no sign for this long is unreachable, as a member is (K-28).
const ALERTING_MAX: Span = Span::seconds(8);

/// The busy tone of an answered caller.
const BUSY_TONE: Span = Span::seconds(3);

/// Groups one call may pass through.
const GROUPS_MAX: usize = 5;

/// What ends an exhausted list.
pub(crate) const LAST: &str = "unreachable";

/// What those hear who were inside a group that is deleted (V-63).
const GONE: &str = "closed";

/// A call whose fallback list is being tried; one leg rings.
#[derive(Debug)]
pub(crate) struct Falling {
    pub(crate) group: Number,
    list: TargetList,
    /// Of the leg that rings.
    pub(crate) ring_time: Span,
    at: usize,
    target: Target,
}

/// Which of a group's target lists is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TargetList {
    /// A ring group's.
    Fallback,
    /// A queue's, by the limit that was reached.
    Limit(OverflowCause),
}

impl TargetList {
    pub(crate) const fn of(why: OverflowCause) -> TargetList {
        TargetList::Limit(why)
    }

    pub(crate) fn targets(self, group: &Group) -> &[Target] {
        let TargetList::Limit(why) = self else { return &group.fallback };
        let Some(queue) = &group.queue else { return &[] };
        match why {
            OverflowCause::Full => &queue.on_full,
            OverflowCause::Wait => &queue.on_wait,
            OverflowCause::Nobody => &queue.on_nobody,
            OverflowCause::Attempts => &queue.on_attempts,
            OverflowCause::Closed => &queue.on_closed,
            OverflowCause::Exit => &queue.on_exit,
        }
    }
}

/// What one entry did.
enum Tried {
    /// It rings, plays or has ended the call: nothing more to do now.
    Under,
    /// It cannot be used; the next one is.
    Next,
}

impl Switchboard {
    /// Begins the fallback list of a group.
    pub(crate) fn fall_back(&mut self, call: &mut Call, group: Number) {
        self.try_list(call, group, TargetList::Fallback);
    }

    /// Begins one of a group's target lists.
    pub(crate) fn try_list(&mut self, call: &mut Call, group: Number, list: TargetList) {
        self.fall_from(call, group, list, 0);
    }

    /// Tries the entries from `at` on. The list is the newest one at each step.
    fn fall_from(&mut self, call: &mut Call, number: Number, list: TargetList, from: usize) {
        let mut at = from;
        loop {
            let group = self.settings.group(number);
            let target = group.as_ref().and_then(|group| list.targets(group).get(at)).cloned();
            let Some(target) = target else {
                return self.end_of_list(call, number);
            };
            match self.try_target(call, (number, list, at), &target) {
                Tried::Under => return,
                Tried::Next => at += 1,
            }
        }
    }

    fn end_of_list(&mut self, call: &mut Call, group: Number) {
        let last = if self.settings.group(group).is_some() { LAST } else { GONE };
        let (target, step) =
            (Target::Announcement(last.parse().expect("a prompt name")), FallbackStep::Tried);
        self.fact(What::Fallback { call: call.id, group, target, step });
        self.announce(call, group, last);
    }

    fn step(&mut self, call: &Call, group: Number, target: &Target, step: FallbackStep) {
        self.fact(What::Fallback { call: call.id, group, target: target.clone(), step });
    }

    fn try_target(
        &mut self,
        call: &mut Call,
        (number, list, at): (Number, TargetList, usize),
        target: &Target,
    ) -> Tried {
        match target {
            Target::OwnLine => self.try_own_line(call, number, at),
            Target::User(name) => match self.settings.config.party_by_name(name.as_str()) {
                Some(party) => {
                    let ring_time = TARGET_RING_TIME;
                    let falling = Falling { group: number, list, ring_time, at, target: target.clone() };
                    self.try_user(call, falling, party, Role::Callee)
                }
                None => self.pass_over(call, number, target),
            },
            Target::Outside(outside) => {
                self.step(call, number, target, FallbackStep::Tried);
                let show = self.shown_outside(call);
                let to = DialTo::Outside(*outside);
                let ring_time = TARGET_RING_TIME;
                let falling = Falling { group: number, list, ring_time, at, target: target.clone() };
                let far_end = FarEnd { peer: Peer::Set(*outside), role: Role::Outside, group: Some(number) };
                let alerting_max = ALERTING_MAX;
                self.dial_target(
                    call,
                    falling,
                    Dialling { to, far_end, show, alerting_max, media_of: Some(call.served), recall: None },
                )
            }
            Target::Group(next) => {
                let usable = self.settings.group(*next).is_some()
                    && !call.groups.contains(next)
                    && call.groups.len() < GROUPS_MAX;
                if !usable {
                    return self.pass_over(call, number, target);
                }
                self.step(call, number, target, FallbackStep::Tried);
                self.enter_group(call, *next);
                Tried::Under
            }
            Target::Voicemail(_) | Target::Flow(_) => self.pass_over(call, number, target),
            Target::Announcement(name) => {
                if self.settings.config.prompts.find(name, self.settings.config.language).is_none() {
                    return self.pass_over(call, number, target);
                }
                self.step(call, number, target, FallbackStep::Tried);
                self.announce(call, number, name.as_str());
                Tried::Under
            }
            Target::Busy => {
                self.step(call, number, target, FallbackStep::Tried);
                self.busy(call);
                Tried::Under
            }
            Target::HangUp => {
                self.step(call, number, target, FallbackStep::Tried);
                self.give_up(call);
                Tried::Under
            }
        }
    }

    /// What has no use yet, or names nothing any more, is passed over; the record says so.
    fn pass_over(&mut self, call: &Call, number: Number, target: &Target) -> Tried {
        self.step(call, number, target, FallbackStep::PassedOver);
        Tried::Next
    }

    /// The group's own line rings (K-23, K-31); busy counts as not answered (K-24).
    fn try_own_line(&mut self, call: &mut Call, number: Number, at: usize) -> Tried {
        let group = self.settings.group(number);
        let line = group.as_ref().and_then(|group| group.own_line);
        let (Some(group), Some(line)) = (group, line) else {
            return self.pass_over(call, number, &Target::OwnLine);
        };
        let (list, ring_time) = (TargetList::Fallback, group.own_line_ring_time);
        let falling = Falling { group: number, list, ring_time, at, target: Target::OwnLine };
        self.try_user(call, falling, line, Role::OwnLine)
    }

    fn try_user(&mut self, call: &mut Call, falling: Falling, party: PartyId, role: Role) -> Tried {
        let (number, target) = (falling.group, falling.target.clone());
        let far_end = FarEnd { peer: Peer::Party(party), role, group: Some(number) };
        self.step(call, number, &target, FallbackStep::Tried);
        let cause = match self.can_ring(party) {
            Ok(()) => {
                let show = self.shown_inside(call);
                let to = DialTo::User(party);
                let alerting_max = ALERTING_MAX;
                return self.dial_target(
                    call,
                    falling,
                    Dialling { to, far_end, show, alerting_max, media_of: Some(call.served), recall: None },
                );
            }
            Err(CannotRing::Busy) => EndCause::Busy,
            Err(CannotRing::Unreachable) => EndCause::Unreachable,
        };
        self.stillborn_leg(call, far_end, cause);
        self.step(call, number, &target, FallbackStep::Failed(cause));
        Tried::Next
    }

    fn dial_target(&mut self, call: &mut Call, falling: Falling, dialling: Dialling) -> Tried {
        self.dial(call, dialling);
        call.phase = Phase::Falling(falling);
        if call.caller == CallerLeg::Answered {
            self.command_leg(call.caller_leg(), LegCommand::Tone(Tone::Ringing));
        } else {
            self.ring(call);
        }
        Tried::Under
    }

    /// The target that rang did not take it: on to the next.
    pub(crate) fn fallback_failed(&mut self, call: &mut Call, cause: EndCause) {
        let Phase::Falling(falling) = &call.phase else { return };
        let (group, list, at, target) = (falling.group, falling.list, falling.at, falling.target.clone());
        self.step(call, group, &target, FallbackStep::Failed(cause));
        self.fall_from(call, group, list, at + 1);
    }

    /// Busy: 486 before the answer, the busy tone for a while after it.
    pub(crate) fn busy(&mut self, call: &mut Call) {
        if call.caller == CallerLeg::Calling {
            return self.refuse(call, Release::Busy, Outcome::Busy);
        }
        call.outcome.get_or_insert(Outcome::Busy);
        call.phase = Phase::Announcing(Announcing { play: call.new_play() });
        self.command_leg(call.caller_leg(), LegCommand::Tone(Tone::Busy));
        self.timers.set(Timer::Prompt(call.id), self.now.tick + BUSY_TONE);
    }

    /// The caller is released: nobody answered.
    pub(crate) fn give_up(&mut self, call: &mut Call) {
        call.outcome.get_or_insert(Outcome::Unanswered);
        let how = if call.caller == CallerLeg::Answered { Release::Normal } else { Release::Unavailable };
        self.end_caller(call, EndCause::Unreachable, how);
    }
}
