//! Figures of a group over a time, added up from records alone: visits, offers, talk, times on duty and off.
//!
//! Pure. Invariants: every visit that began in the window is counted once as answered, abandoned, overflowed,
//! called back or still inside, so these sum up to `offered`; every count is that of the calls which
//! `calls::Wanted` lists for it.

pub(crate) mod agent;
mod spread;
mod stretch;

use std::collections::BTreeMap;

use model::fact::{CallbackState, EndCause, Peer, Role, VisitOutcome};
use model::id::{CallId, PartyId};
use model::input::Activity;
use model::number::Number;
use model::record::{AgentTime, CallRecord, DutySession, LegRecord, VisitRecord};
use model::time::{Span, Utc};

use crate::gateway::CallsToday;

pub use agent::{AgentFigures, Fairness, MemberTime, TimeKind};
pub use spread::Spread;

/// Everything that a group's figures are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gathered {
    /// Which group.
    pub group: Number,
    /// From the first on and before the second.
    pub window: (Utc, Utc),
    /// What lasts is counted up to now.
    pub now: Utc,
    /// Answered within it counts as in time.
    pub service_level: Span,
    /// Activities that keep the group's calls away (V-32); none where presence does not block.
    pub blocking: Vec<Activity>,
    /// In the order of the settings.
    pub members: Vec<Seat>,
    /// Calls with a visit that began in the window; also those under way.
    pub visited: Vec<CallRecord>,
    /// Calls for callbacks of the group that began in the window; also those under way.
    pub for_callbacks: Vec<CallRecord>,
    /// How callbacks of the visiting calls ended; those that last are not in it.
    pub callbacks: BTreeMap<CallId, CallbackState>,
    /// Times logged in that overlap the window; those that last end now.
    pub sessions: Vec<DutySession>,
    /// Times without calls that overlap the window; those that last end now.
    pub times: Vec<AgentTime>,
    /// When people were in calls that were not the group's; those that last end now.
    pub elsewhere: Vec<Elsewhere>,
}

/// A time in which somebody was rung for or in a call that was not the group's: another group's, or one of his own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Elsewhere {
    /// Who.
    pub party: PartyId,
    /// Began.
    pub from: Utc,
    /// Ended.
    pub to: Utc,
}

/// A member in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Who.
    pub party: PartyId,
    /// By what he is reached.
    pub phones: Phones,
}

/// By what a member is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phones {
    /// He registers; without a contact he is away.
    Registered,
    /// Over a trunk, always.
    Outside,
}

/// Figures of a group over a time.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Of the visits that began in it.
    pub totals: CallsToday,
    /// Offered and not yet decided, with callbacks that last.
    pub inside: u64,
    /// How long those waited who were answered.
    pub waits: Spread,
    /// How long those waited who gave up.
    pub given_up: Spread,
    /// How long members talked.
    pub talk: Spread,
    /// Answered in time.
    pub service_level: ServiceLevel,
    /// Per member in the order of the settings, then others who were offered calls.
    pub members: Vec<AgentFigures>,
}

/// How many were answered in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceLevel {
    /// The threshold.
    pub within: Span,
    /// Answered within it.
    pub answered_in_time: u64,
    /// Given up within it.
    pub abandoned_in_time: u64,
    /// All.
    pub offered: u64,
}

/// How a visit was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Went {
    /// Not yet, or a callback that lasts.
    Inside,
    /// A member took the call.
    Answered,
    /// The caller gave up, or his callback expired or was cancelled.
    Abandoned,
    /// It went on by the fallback list or a limit of the queue.
    Overflowed,
    /// Both ends of a callback talked.
    CalledBack,
}

/// How an offer was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Offer {
    /// He rings.
    Ringing,
    /// Taken.
    Answered,
    /// Rang its time.
    NoAnswer,
    /// Busy.
    Busy,
    /// Could not be reached.
    Unreachable,
    /// Rejected.
    Rejected,
    /// Another took the call, or it was withdrawn.
    Withdrawn,
}

/// How a visit was decided, as the counters of the day have it.
pub fn went(visit: &VisitRecord, call: CallId, callbacks: &BTreeMap<CallId, CallbackState>) -> Went {
    match visit.outcome {
        None => Went::Inside,
        Some(VisitOutcome::Served) => Went::Answered,
        Some(VisitOutcome::Abandoned) => Went::Abandoned,
        Some(VisitOutcome::Overflowed) => Went::Overflowed,
        Some(VisitOutcome::CalledBack) => match callbacks.get(&call) {
            Some(CallbackState::Done) => Went::CalledBack,
            Some(CallbackState::Expired | CallbackState::Cancelled) => Went::Abandoned,
            Some(CallbackState::Pending | CallbackState::RingingAgent | CallbackState::RingingCaller)
            | None => Went::Inside,
        },
    }
}

/// How long a caller waited in a group until he was answered, gave up or went on. `None`: he still waits, or left
/// with a callback and did not wait on the line.
pub fn waited(visit: &VisitRecord) -> Option<Span> {
    match visit.outcome? {
        VisitOutcome::Served | VisitOutcome::Abandoned | VisitOutcome::Overflowed => {
            visit.to.map(|to| to - visit.from)
        }
        VisitOutcome::CalledBack => None,
    }
}

/// How an offer was decided.
pub fn offer(leg: &LegRecord) -> Offer {
    if leg.answered.is_some() && leg.cause != Some(EndCause::NotConfirmed) {
        return Offer::Answered;
    }
    match leg.cause {
        None => Offer::Ringing,
        Some(EndCause::NoAnswer | EndCause::Diverted | EndCause::NotConfirmed) => Offer::NoAnswer,
        Some(EndCause::Busy) => Offer::Busy,
        Some(
            EndCause::Unreachable
            | EndCause::NotAcceptable
            | EndCause::Forbidden
            | EndCause::LimitReached
            | EndCause::NotFound,
        ) => Offer::Unreachable,
        Some(EndCause::Rejected) => Offer::Rejected,
        Some(
            EndCause::Answered
            | EndCause::HangUp
            | EndCause::MediaTimeout
            | EndCause::AnsweredElsewhere
            | EndCause::Cancelled
            | EndCause::Transferred
            | EndCause::Restart
            | EndCause::Shutdown,
        ) => Offer::Withdrawn,
    }
}

/// Whom a member's leg of a call rang on behalf of a group; `None`: it is no offer of that group.
pub fn offered_to(leg: &LegRecord, group: Number) -> Option<PartyId> {
    match leg.peer {
        Peer::Party(party) if leg.role == Role::Member && leg.group == Some(group) => Some(party),
        Peer::Party(_) | Peer::Set(_) | Peer::Emergency(_) => None,
    }
}

/// Who was in a call for something other than a group, and when.
pub fn elsewhere(record: &CallRecord, group: Number, now: Utc) -> impl Iterator<Item = Elsewhere> {
    record.legs.iter().filter_map(move |leg| match leg.peer {
        Peer::Party(party) if offered_to(leg, group).is_none() => {
            Some(Elsewhere { party, from: leg.started, to: leg.ended.unwrap_or(now) })
        }
        Peer::Party(_) | Peer::Set(_) | Peer::Emergency(_) => None,
    })
}

impl Gathered {
    /// The visits of a call that count.
    pub fn visits<'a>(&self, record: &'a CallRecord) -> impl Iterator<Item = &'a VisitRecord> {
        let (group, (from, to)) = (self.group, self.window);
        record
            .visits
            .iter()
            .filter(move |visit| visit.group == group && visit.from >= from && visit.from < to)
    }

    /// Every visit that counts, with its call.
    fn all_visits(&self) -> impl Iterator<Item = (&CallRecord, &VisitRecord)> {
        self.visited.iter().flat_map(|record| self.visits(record).map(move |visit| (record, visit)))
    }

    /// Every offer that counts, with its call.
    fn offers(&self) -> impl Iterator<Item = (PartyId, &CallRecord, &LegRecord)> {
        let records = self.visited.iter().chain(&self.for_callbacks);
        let legs = records.flat_map(|record| record.legs.iter().map(move |leg| (record, leg)));
        legs.filter_map(|(record, leg)| offered_to(leg, self.group).map(|party| (party, record, leg)))
    }

    /// The stretches of time of which each member's times are the sums.
    pub fn times_of_members(&self) -> Vec<MemberTime> {
        agent::member_times(self)
    }

    /// All figures.
    pub fn figures(&self) -> Figures {
        let mut totals = CallsToday::default();
        let mut inside = 0;
        let (mut waits, mut given_up) = (Vec::new(), Vec::new());
        for (record, visit) in self.all_visits() {
            totals.offered += 1;
            match went(visit, record.call, &self.callbacks) {
                Went::Inside => inside += 1,
                Went::Answered => {
                    totals.answered += 1;
                    waits.extend(waited(visit));
                }
                Went::Abandoned => {
                    totals.abandoned += 1;
                    given_up.extend(waited(visit));
                }
                Went::Overflowed => totals.overflowed += 1,
                Went::CalledBack => totals.called_back += 1,
            }
        }
        let in_time =
            |waits: &[Span]| waits.iter().filter(|wait| **wait <= self.service_level).count() as u64;
        let service_level = ServiceLevel {
            within: self.service_level,
            answered_in_time: in_time(&waits),
            abandoned_in_time: in_time(&given_up),
            offered: totals.offered,
        };
        let talk = self.offers().filter_map(|(_, record, leg)| talked(record, leg, self.now));
        let talk = talk.map(|(from, to)| to - from);
        Figures {
            totals,
            inside,
            waits: Spread::of(waits),
            given_up: Spread::of(given_up),
            talk: Spread::of(talk.collect()),
            service_level,
            members: agent::figures(self),
        }
    }
}

/// From when to when a member had a call that he took.
fn handled(leg: &LegRecord, now: Utc) -> Option<(Utc, Utc)> {
    let from = leg.answered.filter(|_| offer(leg) == Offer::Answered)?;
    Some((from, leg.ended.unwrap_or(now)))
}

/// From when to when a member talked: in a call for a callback the customer answers after him, or never.
pub fn talked(record: &CallRecord, leg: &LegRecord, now: Utc) -> Option<(Utc, Utc)> {
    let (from, to) = handled(leg, now)?;
    Some((from.max(record.answered?), to))
}
