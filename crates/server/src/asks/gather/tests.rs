//! When members were in other calls: read by their names, it is what all the company's calls tell.

use std::collections::BTreeSet;

use api::figures::{Elsewhere, elsewhere};
use model::fact::{Called, EndCause, Outcome, Peer, Role, VisitOutcome};
use model::id::{CallId, FactSeq, LegId, PartyId, TenantId};
use model::leg::Ingress;
use model::number::Number;
use model::record::{CallRecord, Folded, LegRecord, VisitRecord};
use model::time::Utc;
use sim::chance::Chance;
use store::{Commit, Store, Writer};
use uuid::Uuid;

use super::{CALL_MAX, elsewhere_ended};

/// 2026-03-02T00:00:00Z.
const DAY: i64 = 1_772_409_600_000_000;
const MINUTE: i64 = 60_000_000;
const CALLS: u64 = 400;
/// Members, users and callers; the first five are the members.
const PEOPLE: u64 = 12;

fn groups() -> [Number; 3] {
    ["+3726001000", "+3726002000", "8000"].map(|number| number.parse().unwrap())
}

fn tenant() -> TenantId {
    "sinilind".parse().unwrap()
}

fn below(chance: &mut Chance, end: u64) -> u64 {
    chance.within(0, end - 1)
}

/// A call of three days that went through groups, colleagues and callbacks by chance.
fn call(chance: &mut Chance, nth: u64) -> CallRecord {
    let started = Utc(DAY + below(chance, 3 * 24 * 60).cast_signed() * MINUTE);
    let call = CallId(Uuid::from_u64_pair((started.0.cast_unsigned() / 1_000) << 16 | 0x7000, 1 << 63 | nth));
    let (mut legs, mut visits) = (Vec::new(), Vec::new());
    let mut now = started;
    let mut leg = |legs: &mut Vec<LegRecord>, role: Role, group: Option<Number>, from: Utc, length: u64| {
        let n = u16::try_from(legs.len()).unwrap();
        let peer = match below(chance, 20) {
            0 => Peer::Set("+3725557777".parse().unwrap()),
            _ => Peer::Party(PartyId(1 + below(chance, PEOPLE))),
        };
        let ended = Utc(from.0 + length.cast_signed() * MINUTE / 7);
        let answered = (length > 20).then_some(from);
        let cause = Some(if answered.is_some() { EndCause::HangUp } else { EndCause::NoAnswer });
        let leg = LegId { call, n };
        let (alerting, media, charge) = (None, None, None);
        legs.push(LegRecord {
            leg,
            role,
            peer,
            group,
            started: from,
            alerting,
            answered,
            ended: Some(ended),
            cause,
            media,
            charge,
        });
        ended
    };
    leg(&mut legs, Role::Caller, None, started, 900);
    let kind = nth % 4;
    let to = match kind {
        0 => {
            let length = nth % 2_000;
            leg(&mut legs, Role::Callee, None, started, length);
            Called::User(PartyId(1 + nth % PEOPLE))
        }
        1 => {
            let group = groups()[(nth / 4 % 3) as usize];
            now = leg(&mut legs, Role::Member, Some(group), now, 40);
            leg(&mut legs, Role::Outside, None, now, 400);
            Called::Callback(group)
        }
        _ => {
            for visit in 0..=nth % 2 {
                let group = groups()[((nth / 4 + visit) % 3) as usize];
                let from = now;
                for offer in 0..3 {
                    now = leg(&mut legs, Role::Member, Some(group), now, 7 + offer * nth % 300);
                }
                let (to, outcome) = (Some(now), Some(VisitOutcome::Served));
                visits.push(VisitRecord { group, from, to, outcome, served_by: None, position: None });
            }
            leg(&mut legs, Role::Callee, None, now, 70);
            Called::Group(groups()[(nth / 4 % 3) as usize])
        }
    };
    let ended = legs.iter().filter_map(|leg| leg.ended).max();
    CallRecord {
        call,
        first: FactSeq(nth),
        last: FactSeq(nth),
        from: PartyId(9),
        hidden: false,
        to,
        via: Ingress::Trunk("demo".parse().unwrap()),
        started,
        answered: Some(started),
        ended,
        outcome: Some(Outcome::Answered),
        legs,
        heard: Vec::new(),
        visits,
        fallback: Vec::new(),
    }
}

/// As it was added up before there was an index: from every call of the company.
fn of_all_calls(
    calls: &[CallRecord],
    (group, members): (Number, &BTreeSet<PartyId>),
    (from, to): (Utc, Utc),
) -> Vec<Elsewhere> {
    let begin = Utc(from.0.saturating_sub_unsigned(CALL_MAX.0 * 1_000));
    let near = calls.iter().filter(|record| record.started >= begin && record.started < to);
    let times = near.flat_map(|record| elsewhere(record, group, from));
    times.filter(|time| members.contains(&time.party) && time.to > from && time.from < to).collect()
}

fn in_order(mut times: Vec<Elsewhere>) -> Vec<(u64, i64, i64)> {
    times.sort_by_key(|time| (time.party, time.from, time.to));
    times.into_iter().map(|time| (time.party.0, time.from.0, time.to.0)).collect()
}

// req K-03: what a member did elsewhere is not time in which he could be offered calls of the group.
#[tokio::test]
async fn members_other_calls_are_those_that_all_calls_tell() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_folder(folder.path()).await.unwrap();
    let mut chance = Chance::new(4);
    let calls: Vec<CallRecord> = (1..=CALLS).map(|nth| call(&mut chance, nth)).collect();
    let writer = Writer::start(store.clone());
    for some in calls.chunks(7) {
        let folded = some.iter().map(|record| Folded::Call(Box::new(record.clone()))).collect();
        let (facts, journal, checkpoint, parties) = (Vec::new(), None, None, Vec::new());
        writer
            .submit(Commit { tenant: tenant(), facts, journal, folded, checkpoint, parties })
            .await
            .unwrap();
    }
    let members: BTreeSet<PartyId> = (1..=5).map(PartyId).collect();
    let minute = |minute: i64| Utc(DAY + minute * MINUTE);
    let mut counted = 0;
    for group in groups() {
        for (from, to) in [
            (Utc(0), Utc(i64::MAX)),
            (minute(0), minute(24 * 60)),
            (minute(23 * 60), minute(25 * 60)),
            (minute(600), minute(601)),
            (minute(40 * 60), Utc(i64::MAX)),
        ] {
            let found = elsewhere_ended(&store, &tenant(), (group, &members), (from, to)).await.unwrap();
            let found = found.into_iter().filter(|time| time.from < to).collect();
            let expected = in_order(of_all_calls(&calls, (group, &members), (from, to)));
            counted += expected.len();
            assert_eq!(in_order(found), expected, "{group}, {from:?} to {to:?}");
        }
    }
    assert!(counted > 1_000, "too little happens: {counted}");
}
