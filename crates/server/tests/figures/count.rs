//! The second count: facts alone, second by second; nothing of the fold and nothing of the figures is used.

#![expect(clippy::wildcard_enum_match_arm, reason = "few facts are counted")]

use std::collections::{BTreeMap, BTreeSet};

use model::fact::{CallbackState, EndCause, Fact, Peer, Role, VisitOutcome, What};
use model::id::{CallId, LegId, PartyId};
use model::input::Activity;
use model::number::Number;
use model::time::Utc;

use crate::{BLOCKING, MEMBERS, group};

/// What facts add up to.
#[derive(Default)]
pub(crate) struct Count {
    pub(crate) offered: u64,
    pub(crate) answered: u64,
    pub(crate) abandoned: u64,
    pub(crate) overflowed: u64,
    pub(crate) called_back: u64,
    pub(crate) answered_in_time: u64,
    pub(crate) abandoned_in_time: u64,
    /// Seconds, of those answered.
    pub(crate) waits: Vec<u64>,
    pub(crate) members: BTreeMap<PartyId, Own>,
}

/// Of one member; times in seconds.
#[derive(Default, Clone, Copy)]
pub(crate) struct Own {
    pub(crate) offered: u64,
    pub(crate) answered: u64,
    pub(crate) no_answer: u64,
    pub(crate) busy: u64,
    pub(crate) unreachable: u64,
    pub(crate) rejected: u64,
    pub(crate) logged_in: u64,
    pub(crate) talk: u64,
    pub(crate) wrap_up: u64,
    pub(crate) paused: u64,
    pub(crate) away: u64,
    pub(crate) offerable: u64,
    /// In calls that were not the group's, or working after one.
    pub(crate) elsewhere: u64,
    pub(crate) worked: u64,
}

/// What a member does at one moment.
#[derive(Default)]
struct Doing {
    logged_in: bool,
    legs: BTreeSet<LegId>,
    /// Of these, those on which he has taken a call of the group that counts.
    handles: BTreeSet<LegId>,
    /// Of these, those on which he is rung or talks for the group.
    ours: BTreeSet<LegId>,
    wraps_up: Option<Number>,
    paused: bool,
    phones: u8,
    presence: Activity,
}

/// A member's leg of a call of the group.
struct Offer {
    member: PartyId,
    answered: Option<Utc>,
    /// He and the caller are joined.
    joined: Option<Utc>,
    counts: bool,
}

impl Count {
    pub(crate) fn of(facts: &[Fact], (from, to): (Utc, Utc), now: Utc) -> Count {
        let mut count = Count::default();
        let mut doing: BTreeMap<PartyId, Doing> = BTreeMap::new();
        for member in (1..=MEMBERS).map(PartyId) {
            count.members.insert(member, Own::default());
            doing.insert(member, Doing::default());
        }
        let counts = |at: Utc| at >= from && at < to;
        // Calls that count for the group, with when they entered or, for callbacks' calls, began.
        let mut entered: BTreeMap<CallId, Utc> = BTreeMap::new();
        let mut offers: BTreeMap<LegId, Offer> = BTreeMap::new();
        let mut whose: BTreeMap<LegId, PartyId> = BTreeMap::new();
        let (mut at, mut next) = (facts[0].at, facts.iter().peekable());
        while at < now {
            while let Some(fact) = next.next_if(|fact| fact.at <= at) {
                count.visit(fact, &mut entered, counts);
                count.offer(fact, &mut offers, &entered);
                follow(fact, &mut doing, &mut whose, &offers);
            }
            if counts(at) {
                count.second(&doing);
            }
            at = Utc(at.0 + 1_000_000);
        }
        for fact in next {
            count.visit(fact, &mut entered, counts);
            count.offer(fact, &mut offers, &entered);
        }
        // Those who still talk.
        for offer in offers.values().filter(|offer| offer.counts) {
            if let (Some(joined), Some(own)) = (offer.joined, count.members.get_mut(&offer.member)) {
                own.talk += seconds(joined, now);
            }
        }
        count
    }

    fn visit(&mut self, fact: &Fact, entered: &mut BTreeMap<CallId, Utc>, counts: impl Fn(Utc) -> bool) {
        match &fact.what {
            What::CallArrived { call, to: model::fact::Called::Callback(_), .. } if counts(fact.at) => {
                entered.insert(*call, fact.at);
            }
            What::VisitStarted { call, group: number } if *number == group() && counts(fact.at) => {
                entered.insert(*call, fact.at);
                self.offered += 1;
            }
            What::VisitEnded { call, outcome, .. } => {
                let Some(began) = entered.get(call) else { return };
                let waited = seconds(*began, fact.at);
                match outcome {
                    VisitOutcome::Served => {
                        self.answered += 1;
                        self.answered_in_time += u64::from(waited <= 20);
                        self.waits.push(waited);
                    }
                    VisitOutcome::Abandoned => {
                        self.abandoned += 1;
                        self.abandoned_in_time += u64::from(waited <= 20);
                    }
                    VisitOutcome::Overflowed => self.overflowed += 1,
                    VisitOutcome::CalledBack => {}
                }
            }
            What::CallbackStep { callback, state, .. } if entered.contains_key(callback) => match state {
                CallbackState::Done => self.called_back += 1,
                CallbackState::Expired | CallbackState::Cancelled => self.abandoned += 1,
                CallbackState::Pending | CallbackState::RingingAgent | CallbackState::RingingCaller => {}
            },
            _ => {}
        }
    }

    fn offer(&mut self, fact: &Fact, offers: &mut BTreeMap<LegId, Offer>, entered: &BTreeMap<CallId, Utc>) {
        match &fact.what {
            What::LegStarted { leg, role: Role::Member, peer: Peer::Party(member), .. } => {
                let counts = entered.contains_key(&leg.call);
                offers.insert(*leg, Offer { member: *member, answered: None, joined: None, counts });
                if counts {
                    self.members.get_mut(member).unwrap().offered += 1;
                }
            }
            What::LegAnswered { leg } => {
                let Some(offer) = offers.get_mut(leg) else { return };
                offer.answered = Some(fact.at);
                if offer.counts {
                    self.members.get_mut(&offer.member).unwrap().answered += 1;
                }
            }
            What::CallAnswered { with: Some(leg), .. } => {
                if let Some(offer) = offers.get_mut(leg) {
                    offer.joined = Some(fact.at);
                }
            }
            What::LegEnded { leg, cause } => {
                let Some(offer) = offers.remove(leg).filter(|offer| offer.counts) else { return };
                let own = self.members.get_mut(&offer.member).unwrap();
                own.talk += offer.joined.map_or(0, |joined| seconds(joined, fact.at));
                match (offer.answered, cause) {
                    (Some(_), _) => {}
                    (None, EndCause::NoAnswer) => own.no_answer += 1,
                    (None, EndCause::Busy) => own.busy += 1,
                    (None, EndCause::Unreachable) => own.unreachable += 1,
                    (None, EndCause::Rejected) => own.rejected += 1,
                    (None, _) => {}
                }
            }
            _ => {}
        }
    }

    /// One second of everybody.
    fn second(&mut self, doing: &BTreeMap<PartyId, Doing>) {
        for (party, doing) in doing {
            let own = self.members.get_mut(party).unwrap();
            let free = doing.legs.is_empty();
            let wraps_up = free && doing.wraps_up.is_some();
            let for_us = wraps_up && doing.wraps_up == Some(group());
            own.wrap_up += u64::from(for_us);
            if !doing.logged_in {
                continue;
            }
            let paused = free && !wraps_up && doing.paused;
            let off = free && !wraps_up && !paused;
            let away = off && (doing.phones == 0 || doing.presence == BLOCKING);
            own.logged_in += 1;
            own.paused += u64::from(paused);
            own.away += u64::from(away);
            let elsewhere = if free { wraps_up && !for_us } else { doing.ours.is_empty() };
            own.elsewhere += u64::from(elsewhere);
            own.offerable += u64::from(!paused && !away && !elsewhere);
            own.worked += u64::from(for_us || !doing.handles.is_empty());
        }
    }

    /// Adds another day, to see that days are not dull.
    pub(crate) fn add(&mut self, other: &Count) {
        self.offered += other.offered;
        self.answered += other.answered;
        self.abandoned += other.abandoned;
        self.overflowed += other.overflowed;
        self.called_back += other.called_back;
        self.answered_in_time += other.answered_in_time;
        self.abandoned_in_time += other.abandoned_in_time;
        let sum = self.members.entry(PartyId(0)).or_default();
        for own in other.members.values() {
            sum.no_answer += own.no_answer;
            sum.busy += own.busy;
            sum.unreachable += own.unreachable;
            sum.rejected += own.rejected;
            sum.wrap_up += own.wrap_up;
            sum.paused += own.paused;
            sum.away += own.away;
            sum.elsewhere += own.elsewhere;
        }
    }

    /// Every kind of thing has happened in some day.
    pub(crate) fn expect_all(&self) {
        let sum = self.members[&PartyId(0)];
        for (what, number) in [
            ("answered", self.answered),
            ("abandoned", self.abandoned),
            ("overflowed", self.overflowed),
            ("called back", self.called_back),
            ("answered in time", self.answered_in_time),
            ("abandoned in time", self.abandoned_in_time),
            ("no answer", sum.no_answer),
            ("busy", sum.busy),
            ("unreachable", sum.unreachable),
            ("rejected", sum.rejected),
            ("wrap-up", sum.wrap_up),
            ("paused", sum.paused),
            ("away", sum.away),
            ("elsewhere", sum.elsewhere),
        ] {
            assert!(number > 100, "{what} happened {number} times only");
        }
        assert!(self.answered_in_time < self.answered && self.abandoned_in_time < self.abandoned);
    }
}

fn seconds(from: Utc, to: Utc) -> u64 {
    u64::try_from((to.0 - from.0) / 1_000_000).unwrap()
}

fn follow(
    fact: &Fact,
    all: &mut BTreeMap<PartyId, Doing>,
    whose: &mut BTreeMap<LegId, PartyId>,
    offers: &BTreeMap<LegId, Offer>,
) {
    match &fact.what {
        What::LoggedIn { member, .. } => all.get_mut(member).unwrap().logged_in = true,
        What::LoggedOut { member, .. } => all.get_mut(member).unwrap().logged_in = false,
        What::Paused { member, .. } => all.get_mut(member).unwrap().paused = true,
        What::Resumed { member } => all.get_mut(member).unwrap().paused = false,
        What::WrapUpStarted { member, group, .. } => all.get_mut(member).unwrap().wraps_up = Some(*group),
        What::WrapUpEnded { member } => all.get_mut(member).unwrap().wraps_up = None,
        What::Reached { party, reach } => all.get_mut(party).unwrap().phones = reach.contacts,
        What::Presence { party, activity } => all.get_mut(party).unwrap().presence = *activity,
        What::LegStarted { leg, role, peer: Peer::Party(party), group: number, .. } => {
            if let Some(doing) = all.get_mut(party) {
                doing.legs.insert(*leg);
                if (*role, *number) == (Role::Member, Some(group())) {
                    doing.ours.insert(*leg);
                }
                whose.insert(*leg, *party);
            }
        }
        What::LegAnswered { leg } => {
            if let Some(offer) = offers.get(leg).filter(|offer| offer.counts) {
                all.get_mut(&offer.member).unwrap().handles.insert(*leg);
            }
        }
        What::LegEnded { leg, .. } => {
            if let Some(doing) = whose.remove(leg).and_then(|party| all.get_mut(&party)) {
                doing.legs.remove(leg);
                doing.handles.remove(leg);
                doing.ours.remove(leg);
            }
        }
        _ => {}
    }
}
