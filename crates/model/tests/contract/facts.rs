//! One fact of each kind, as it is kept for ever.

use std::sync::Arc;

use expect_test::expect_file;
use model::fact::{
    CallbackState, Called, Charge, ClosedReason, EndCause, Fact, FallbackStep, NoticeKind, OfferRule,
    Outcome, OverflowCause, Peer, Place, QueuedWhy, Rank, Role, TailCause, VisitOutcome, What,
};
use model::id::{CallId, ConfigVersion, FactSeq, LegId, PartyId};
use model::input::{Activity, Actor, Reachability};
use model::language::Language;
use model::leg::{Ingress, MediaFigures, RecallReason};
use model::number::Number;
use model::time::Utc;

/// 2026-01-05T07:00:00Z.
const MORNING: i64 = 1_767_596_400_000_000;

#[test]
fn facts_keep_their_form() {
    let facts: Vec<Fact> = (1..)
        .zip(
            of_groups()
                .into_iter()
                .chain(of_calls())
                .chain(of_legs())
                .chain(of_lines())
                .chain(of_callbacks())
                .chain(of_transfers()),
        )
        .map(|(n, what)| Fact {
            seq: FactSeq(n),
            at: Utc(MORNING + i64::try_from(n).unwrap() * 1_000_000),
            what,
        })
        .collect();
    crate::complete(facts.iter().map(|fact| number_of(&fact.what)), 49);
    expect_file!["golden/facts.jsonl"].assert_eq(&crate::lines(&facts));
}

fn ends() -> Vec<EndCause> {
    use EndCause as E;
    vec![
        E::Answered,
        E::AnsweredElsewhere,
        E::NoAnswer,
        E::Busy,
        E::Unreachable,
        E::Rejected,
        E::Cancelled,
        E::HangUp,
        E::MediaTimeout,
        E::NotAcceptable,
        E::Forbidden,
        E::Diverted,
        E::NotConfirmed,
        E::LimitReached,
        E::NotFound,
        E::Restart,
        E::Shutdown,
        E::Transferred,
    ]
}

/// The words inside facts, each once.
#[test]
fn words_in_facts_keep_their_form() {
    use EndCause as E;
    let outcomes = [
        Outcome::Answered,
        Outcome::Abandoned,
        Outcome::Busy,
        Outcome::Unanswered,
        Outcome::Rejected,
        Outcome::Failed,
    ];
    let roles = [Role::Caller, Role::Callee, Role::Member, Role::OwnLine, Role::Outside];
    let called = [
        Called::Group(group()),
        Called::User(PartyId(1)),
        Called::Outside(PartyId(1_001)),
        Called::Emergency("112".parse().unwrap()),
        Called::Code,
        Called::Echo,
        Called::Nobody,
        Called::Callback(group()),
        Called::PickUp,
    ];
    let text = [
        crate::lines(&ends()),
        crate::lines(&outcomes),
        crate::lines(&roles),
        crate::lines(&called),
        crate::lines(&[
            TailCause::Answered,
            TailCause::NoAnswer,
            TailCause::Unreachable,
            TailCause::Rejected,
        ]),
        crate::lines(&[
            OfferRule::Duty,
            OfferRule::Rotation,
            OfferRule::Nobody,
            OfferRule::Ordered,
            OfferRule::Skill,
            OfferRule::LongestIdle,
            OfferRule::Balanced,
            OfferRule::Random,
            OfferRule::Taken,
        ]),
        crate::lines(&[FallbackStep::Tried, FallbackStep::Failed(E::Busy), FallbackStep::PassedOver]),
        crate::lines(&[
            VisitOutcome::Served,
            VisitOutcome::Abandoned,
            VisitOutcome::Overflowed,
            VisitOutcome::CalledBack,
        ]),
        crate::lines(&[
            Place::Fallback,
            Place::Code,
            Place::Confirm,
            Place::Welcome,
            Place::Entry,
            Place::Music,
            Place::Repeat,
            Place::Position,
            Place::Wait,
            Place::Callback,
            Place::Agent,
            Place::Camp,
        ]),
        crate::lines(&[Actor::Party(PartyId(1)), Actor::Api, Actor::Rule]),
        words_of_queues(),
    ];
    expect_file!["golden/words.jsonl"].assert_eq(&text.concat());
}

fn words_of_queues() -> String {
    use CallbackState as C;
    use OverflowCause as O;
    let texts = [
        crate::lines(&[
            QueuedWhy::Entered,
            QueuedWhy::Held,
            QueuedWhy::Aged,
            QueuedWhy::Moved,
            QueuedWhy::Recalled,
        ]),
        crate::lines(&[O::Full, O::Wait, O::Nobody, O::Attempts, O::Closed, O::Exit]),
        crate::lines(&[ClosedReason::Waiting, ClosedReason::Wait]),
        crate::lines(&[C::Pending, C::RingingAgent, C::RingingCaller, C::Done, C::Expired, C::Cancelled]),
        crate::lines(&[RecallReason::Busy, RecallReason::NoAnswer]),
        crate::lines(&[
            NoticeKind::PassedOn,
            NoticeKind::DiversionSeen,
            NoticeKind::LoggedOut,
            NoticeKind::Duty,
            NoticeKind::Parked,
            NoticeKind::Callback,
        ]),
        crate::lines(&Activity::ALL),
    ];
    texts.concat()
}

fn group() -> Number {
    "+3726001000".parse().unwrap()
}

fn call() -> CallId {
    "019b8e5d-7f00-7000-8000-000000000001".parse().unwrap()
}

fn leg(n: u16) -> LegId {
    LegId { call: call(), n }
}

fn of_groups() -> Vec<What> {
    let (group, member) = (group(), PartyId(1));
    vec![
        What::Started { engine: 1, config: ConfigVersion(1) },
        What::ConfigTaken { config: ConfigVersion(2) },
        What::Reached { party: member, reach: Reachability { contacts: 2, apps: 1 } },
        What::MemberAdded { group, member },
        What::LoggedIn { group, member, by: Actor::Party(member) },
        What::DutyChanged { group, duty: Some(member) },
        What::DutyChanged { group, duty: None },
        What::Paused { member, reason: Some(Arc::from("lunch")) },
        What::Resumed { member },
        What::MovedToTail { group, member, call: call(), why: TailCause::Answered },
        What::LoggedOut { group, member, by: Actor::Rule },
        What::MemberRemoved { group, member },
        What::Delivered { group, member },
        What::LicenceBegan { member },
        What::LicenceEnded { member },
        What::GroupRemoved { group },
        What::CodeUsed { party: member, code: Arc::from("*961*1#"), done: true },
        What::NoticeSent { to: member, call: call(), kind: NoticeKind::PassedOn },
    ]
}

fn of_calls() -> Vec<What> {
    let (group, call) = (group(), call());
    vec![
        What::CallArrived {
            call,
            from: PartyId(1_001),
            hidden: true,
            to: Called::Group(group),
            via: Ingress::Trunk("carrier".parse().unwrap()),
        },
        What::CallArrived {
            call,
            from: PartyId(1),
            hidden: false,
            to: Called::User(PartyId(2)),
            via: Ingress::User(PartyId(1)),
        },
        What::VisitStarted { call, group },
        What::Offered {
            call,
            group,
            offered: [(PartyId(1), leg(1)), (PartyId(2), leg(2))].into_iter().collect(),
            rule: OfferRule::Rotation,
            config: ConfigVersion(2),
            round: 1,
        },
        What::VisitEnded { call, group, outcome: VisitOutcome::Overflowed },
        What::Fallback {
            call,
            group,
            target: "own_line".parse().unwrap(),
            step: FallbackStep::Failed(EndCause::NoAnswer),
        },
        What::CallAnswered { call, with: Some(leg(1)) },
        What::CallEnded { call, outcome: Outcome::Answered },
    ]
}

fn of_legs() -> Vec<What> {
    vec![
        What::LegStarted {
            leg: leg(1),
            role: Role::Member,
            peer: Peer::Party(PartyId(1)),
            group: Some(group()),
            charge: None,
        },
        What::LegStarted {
            leg: leg(2),
            role: Role::Outside,
            peer: Peer::Set("+3725557777".parse().unwrap()),
            group: None,
            charge: Some(Charge::Group { number: group(), billing_id: Some("Osakond 7".into()) }),
        },
        What::LegStarted {
            leg: leg(3),
            role: Role::Callee,
            peer: Peer::Emergency("112".parse().unwrap()),
            group: None,
            charge: Some(Charge::User(PartyId(1))),
        },
        What::LegStarted {
            leg: leg(4),
            role: Role::Outside,
            peer: Peer::Party(PartyId(9)),
            group: None,
            charge: Some(Charge::Company),
        },
        What::LegAlerting { leg: leg(1) },
        What::LegAnswered { leg: leg(1) },
        What::Heard {
            leg: leg(0),
            place: Place::Fallback,
            prompt: Arc::from("unreachable"),
            language: Language::Et,
            text: Arc::from("Mobiiltelefon, millele te helistate, on välja lülitatud"),
        },
        What::LegEnded { leg: leg(1), cause: EndCause::HangUp },
        What::LegMedia {
            leg: leg(1),
            media: MediaFigures {
                packets_in: 500,
                packets_out: 501,
                lost_in: 1,
                jitter_in_us: 250,
                lost_out: Some(2),
            },
        },
    ]
}

fn rank() -> Rank {
    Rank { level: 5, since: Utc(MORNING), sub: 0, seq: FactSeq(40) }
}

fn of_lines() -> Vec<What> {
    let (group, call, member) = (group(), call(), PartyId(1));
    let until = Utc(MORNING + 300_000_000);
    vec![
        What::Queued { call, group, rank: rank(), why: QueuedWhy::Entered },
        What::Waits { call, group, position: 2 },
        What::Closed { group, reason: Some(ClosedReason::Waiting) },
        What::Closed { group, reason: None },
        What::Overflowed { call, group, why: OverflowCause::Full },
        What::PlaceHeld { caller: PartyId(1_001), group, rank: rank(), until },
        What::WrapUpStarted { member, group, until },
        What::WrapUpEnded { member },
        What::Resting { member, until },
        What::Rested { member },
        What::IdleReset { member },
        What::Presence { party: member, activity: Activity::Meeting },
    ]
}

fn of_callbacks() -> Vec<What> {
    let (group, callback) = (group(), call());
    vec![
        What::CallbackOffered { call: callback, group },
        What::CallbackRequested {
            callback,
            group,
            caller: PartyId(1_001),
            hidden: true,
            number: PartyId(1_002),
            valid_until: Utc(MORNING + 7_200_000_000),
            rank: rank(),
        },
        What::CallbackStep {
            callback,
            group,
            state: CallbackState::Pending,
            attempts: 1,
            not_before: Some(Utc(MORNING + 120_000_000)),
            call: None,
        },
        What::CallbackStep {
            callback,
            group,
            state: CallbackState::RingingAgent,
            attempts: 1,
            not_before: None,
            call: Some(call()),
        },
    ]
}

fn of_transfers() -> Vec<What> {
    let (call, by) = (call(), Some(PartyId(1)));
    let other = CallId::at(1_767_596_400_000, (1, 2));
    vec![
        What::Transferred { call, by, attended: true },
        What::LegMoved { from: leg(1), to: LegId { call: other, n: 2 } },
        What::Camped { call, on: PartyId(2), by },
        What::Recalled { call, to: by, why: RecallReason::NoAnswer },
        What::Parked { call, slot: 1, by },
    ]
}

/// A number for each kind; a new one needs a sample above and a higher count.
fn number_of(what: &What) -> usize {
    match what {
        What::Started { .. } => 0,
        What::ConfigTaken { .. } => 1,
        What::Reached { .. } => 2,
        What::MemberAdded { .. } => 3,
        What::MemberRemoved { .. } => 4,
        What::GroupRemoved { .. } => 5,
        What::LoggedIn { .. } => 6,
        What::LoggedOut { .. } => 7,
        What::DutyChanged { .. } => 8,
        What::Paused { .. } => 9,
        What::Resumed { .. } => 10,
        What::MovedToTail { .. } => 11,
        What::CallArrived { .. } => 12,
        What::CallAnswered { .. } => 13,
        What::CallEnded { .. } => 14,
        What::VisitStarted { .. } => 15,
        What::VisitEnded { .. } => 16,
        What::Offered { .. } => 17,
        What::Fallback { .. } => 18,
        What::LegStarted { .. } => 19,
        What::LegAlerting { .. } => 20,
        What::LegAnswered { .. } => 21,
        What::LegEnded { .. } => 22,
        What::LegMedia { .. } => 23,
        What::Heard { .. } => 24,
        What::CodeUsed { .. } => 25,
        What::NoticeSent { .. } => 26,
        What::Queued { .. } => 27,
        What::Waits { .. } => 28,
        What::Closed { .. } => 29,
        What::Overflowed { .. } => 30,
        What::PlaceHeld { .. } => 31,
        What::WrapUpStarted { .. } => 32,
        What::WrapUpEnded { .. } => 33,
        What::Resting { .. } => 34,
        What::Rested { .. } => 35,
        What::IdleReset { .. } => 36,
        What::Presence { .. } => 37,
        What::CallbackRequested { .. } => 38,
        What::CallbackStep { .. } => 39,
        What::CallbackOffered { .. } => 40,
        What::Camped { .. } => 41,
        What::Recalled { .. } => 42,
        What::Parked { .. } => 43,
        What::Transferred { .. } => 44,
        What::LegMoved { .. } => 45,
        What::Delivered { .. } => 46,
        What::LicenceBegan { .. } => 47,
        What::LicenceEnded { .. } => 48,
    }
}
