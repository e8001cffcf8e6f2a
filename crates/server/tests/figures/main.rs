//! Statistics against facts: random days of a group are folded into records, figures are made from the records, and
//! a second count that knows the facts alone has to come to the same. req K-03, V-36, V-37

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod count;
mod day;

use std::collections::BTreeMap;

use api::figures::{Figures, Gathered, Phones, Seat, elsewhere};
use engine::fold::fold;
use model::fact::{CallbackState, Called, Fact};
use model::id::{CallId, PartyId};
use model::input::Activity;
use model::number::Number;
use model::record::{AgentTime, CallRecord, DutySession, Folded};
use model::saved::SavedState;
use model::time::{Span, Utc};

use count::Count;
use day::Day;

/// Members are parties 1 to this.
const MEMBERS: u64 = 5;
const SERVICE_LEVEL: Span = Span::seconds(20);
/// The settings keep calls away from those in a meeting.
const BLOCKING: Activity = Activity::Meeting;

fn group() -> Number {
    "+3726001000".parse().unwrap()
}

/// Another group, for which the members work, too.
fn other_group() -> Number {
    "+3726001001".parse().unwrap()
}

/// What the store and the folded view hold.
#[derive(Default)]
struct Records {
    state: SavedState,
    calls: Vec<CallRecord>,
    callbacks: BTreeMap<CallId, CallbackState>,
    sessions: Vec<DutySession>,
    times: Vec<AgentTime>,
}

impl Records {
    fn of(facts: &[Fact]) -> Records {
        let mut records = Records::default();
        for fact in facts {
            match fold(&mut records.state, fact) {
                Some(Folded::Call(record)) => records.calls.push(*record),
                Some(Folded::Callback(record)) => {
                    records.callbacks.insert(record.callback, record.state);
                }
                Some(Folded::Session(session)) => records.sessions.push(session),
                Some(Folded::Time(time)) => records.times.push(time),
                None => {}
            }
        }
        records
    }

    fn figures(mut self, window: (Utc, Utc), now: Utc) -> Figures {
        self.calls.extend(self.state.calls.values().map(|record| CallRecord::clone(record)));
        for (party, member) in &self.state.groups[&group()].members {
            if member.place.is_some() {
                let (member, from) = (*party, member.since);
                self.sessions.push(DutySession { group: group(), member, from, to: now });
            }
        }
        for (member, agent) in self.state.agents.iter() {
            if let Some((what, from)) = agent.off.clone() {
                self.times.push(AgentTime { member: *member, what, from, to: now });
            }
        }
        let inside = |at: Utc| at >= window.0 && at < window.1;
        let visits = |record: &CallRecord| record.visits.iter().any(|visit| inside(visit.from));
        let ours = |record: &CallRecord| record.to == Called::Callback(group()) && inside(record.started);
        let gathered = Gathered {
            group: group(),
            window,
            now,
            service_level: SERVICE_LEVEL,
            blocking: vec![BLOCKING],
            members: (1..=MEMBERS)
                .map(|member| Seat { party: PartyId(member), phones: Phones::Registered })
                .collect(),
            visited: self.calls.iter().filter(|record| visits(record)).cloned().collect(),
            for_callbacks: self.calls.iter().filter(|record| ours(record)).cloned().collect(),
            callbacks: self.callbacks,
            sessions: self.sessions,
            times: self.times,
            elsewhere: self.calls.iter().flat_map(|record| elsewhere(record, group(), now)).collect(),
        };
        gathered.figures()
    }
}

#[test]
fn figures_made_from_records_are_those_counted_from_facts() {
    let mut seen = Count::default();
    for seed in 0..150 {
        let day = Day::live(seed);
        for window in [(day.begin, Utc(i64::MAX)), day.middle()] {
            let counted = Count::of(&day.facts, window, day.end);
            let figures = Records::of(&day.facts).figures(window, day.end);
            compare(&figures, &counted, &format!("seed {seed}, window {window:?}"));
            seen.add(&counted);
        }
    }
    seen.expect_all();
}

fn compare(figures: &Figures, counted: &Count, what: &str) {
    let totals = figures.totals;
    assert_eq!(
        [totals.offered, totals.answered, totals.abandoned, totals.overflowed, totals.called_back],
        [counted.offered, counted.answered, counted.abandoned, counted.overflowed, counted.called_back],
        "offered, answered, abandoned, overflowed, called back: {what}"
    );
    assert_eq!(
        totals.offered,
        totals.answered + totals.abandoned + totals.overflowed + totals.called_back + figures.inside,
        "{what}"
    );
    let level = figures.service_level;
    assert_eq!(
        (level.answered_in_time, level.abandoned_in_time),
        (counted.answered_in_time, counted.abandoned_in_time),
        "{what}"
    );
    let waited: u64 = counted.waits.iter().sum();
    assert_eq!(figures.waits.count, counted.waits.len() as u64, "{what}");
    assert_eq!(
        figures.waits.average.0,
        (waited * 1_000).checked_div(counted.waits.len() as u64).unwrap_or(0),
        "{what}"
    );
    assert_eq!(figures.waits.max.0, counted.waits.iter().max().unwrap_or(&0) * 1_000, "{what}");
    for member in &figures.members {
        let own = &counted.members[&member.party];
        let what = format!("{:?}: {what}", member.party);
        assert_eq!(
            [
                member.offered,
                member.answered,
                member.no_answer,
                member.busy,
                member.unreachable,
                member.rejected
            ],
            [own.offered, own.answered, own.no_answer, own.busy, own.unreachable, own.rejected],
            "offered, answered, no answer, busy, unreachable, rejected: {what}"
        );
        let seconds =
            [member.logged_in, member.talk, member.wrap_up, member.paused, member.away, member.offerable];
        assert_eq!(
            seconds.map(|span| span.0),
            [own.logged_in, own.talk, own.wrap_up, own.paused, own.away, own.offerable].map(|s| s * 1_000),
            "logged in, talk, wrap-up, paused, away, offerable: {what}"
        );
        let occupancy = (own.logged_in > 0).then(|| own.worked as f64 / own.logged_in as f64);
        assert_eq!(member.occupancy, occupancy, "{what}");
    }
    let answered: u64 = figures.members.iter().map(|member| member.answered).sum();
    let shares: f64 = figures.members.iter().map(|member| member.share).sum();
    assert!(answered == 0 || (shares - 1.0).abs() < 1e-9, "shares sum up to {shares}: {what}");
    let deviations: f64 =
        figures.members.iter().filter_map(|member| member.fairness).map(|fair| fair.deviation).sum();
    assert!(deviations.abs() < 1e-9, "what one took too much, others took too little: {deviations}: {what}");
}
