//! Facts and records as a switchboard makes them, small.

use model::fact::{Called, EndCause, Fact, Outcome, Peer, Role, VisitOutcome, What};
use model::id::{CallId, FactSeq, LegId, PartyId, TenantId};
use model::leg::Ingress;
use model::number::Number;
use model::record::{CallRecord, LegRecord, VisitRecord};
use model::time::Utc;
use store::Commit;
use uuid::Uuid;

/// 2026-03-02T00:00:00Z.
pub(crate) const DAY: i64 = 1_772_409_600_000_000;

pub(crate) fn tenant(text: &str) -> TenantId {
    text.parse().unwrap()
}

pub(crate) fn group() -> Number {
    "+3726001000".parse().unwrap()
}

/// A commit that wants nothing yet.
pub(crate) fn commit(company: &str) -> Commit {
    Commit {
        tenant: tenant(company),
        facts: Vec::new(),
        journal: None,
        folded: Vec::new(),
        checkpoint: None,
        parties: Vec::new(),
    }
}

/// A commit of the facts `first..=last` with their inputs.
pub(crate) fn facts_commit(company: &str, first: u64, last: u64) -> Commit {
    Commit {
        facts: (first..=last).map(fact).collect(),
        journal: Some(format!("inputs {first}..{last}").into_bytes()),
        ..commit(company)
    }
}

/// The fact of a place; each is different from its neighbours.
pub(crate) fn fact(seq: u64) -> Fact {
    let call = call_id(seq);
    let what = match seq % 3 {
        0 => What::CallArrived {
            call,
            from: PartyId(seq),
            hidden: false,
            to: Called::Group(group()),
            via: Ingress::Trunk("demo".parse().unwrap()),
        },
        1 => What::CodeUsed { party: PartyId(seq), code: "*961*1#".into(), done: true },
        _ => What::CallEnded { call, outcome: Outcome::Unanswered },
    };
    Fact { seq: FactSeq(seq), at: Utc(DAY + i64::try_from(seq).unwrap()), what }
}

/// Ids in order of `nth`, as UUIDv7 are in order of time.
pub(crate) fn call_id(nth: u64) -> CallId {
    CallId(Uuid::from_u64_pair(0x019c_ab00_0000_7000 + (nth << 16), 0x8000_0000_0000_0000 | nth))
}

/// A call that came to the group at `minute` of the day and was served.
pub(crate) fn record(nth: u64, minute: i64) -> CallRecord {
    let call = call_id(nth);
    let started = Utc(DAY + minute * 60_000_000);
    let ended = Utc(started.0 + 30_000_000);
    let leg = LegRecord {
        leg: LegId::caller(call),
        role: Role::Caller,
        peer: Peer::Party(PartyId(9)),
        group: None,
        started,
        alerting: None,
        answered: Some(started),
        ended: Some(ended),
        cause: Some(EndCause::HangUp),
        media: None,
        charge: None,
    };
    let visit = VisitRecord {
        group: group(),
        from: started,
        to: Some(ended),
        outcome: Some(VisitOutcome::Served),
        served_by: Some(PartyId(1)),
        position: None,
    };
    CallRecord {
        call,
        first: FactSeq(nth),
        last: FactSeq(nth),
        from: PartyId(9),
        hidden: false,
        to: Called::Group(group()),
        via: Ingress::Trunk("demo".parse().unwrap()),
        started,
        answered: Some(started),
        ended: Some(ended),
        outcome: Some(Outcome::Answered),
        legs: vec![leg],
        heard: Vec::new(),
        visits: vec![visit],
        fallback: Vec::new(),
    }
}
