//! One fact of each kind, as it is kept for ever.

use std::sync::Arc;

use expect_test::expect_file;
use model::fact::{
    Called, EndCause, Fact, FallbackStep, NoticeKind, OfferRule, Outcome, Peer, Place, Role, TailCause,
    VisitOutcome, What,
};
use model::id::{CallId, ConfigVersion, FactSeq, LegId, PartyId};
use model::input::{Actor, Reachability};
use model::language::Language;
use model::leg::{Ingress, MediaFigures};
use model::number::Number;
use model::time::Utc;

/// 2026-01-05T07:00:00Z.
const MORNING: i64 = 1_767_596_400_000_000;

#[test]
fn facts_keep_their_form() {
    let facts: Vec<Fact> = (1..)
        .zip(of_groups().into_iter().chain(of_calls()).chain(of_legs()))
        .map(|(n, what)| Fact {
            seq: FactSeq(n),
            at: Utc(MORNING + i64::try_from(n).unwrap() * 1_000_000),
            what,
        })
        .collect();
    crate::complete(facts.iter().map(|fact| number_of(&fact.what)), 27);
    expect_file!["golden/facts.jsonl"].assert_eq(&crate::lines(&facts));
}

/// The words inside facts, each once.
#[test]
fn words_in_facts_keep_their_form() {
    use EndCause as E;
    let ends = [
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
    ];
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
    ];
    let text = [
        crate::lines(&ends),
        crate::lines(&outcomes),
        crate::lines(&roles),
        crate::lines(&called),
        crate::lines(&[
            TailCause::Answered,
            TailCause::NoAnswer,
            TailCause::Unreachable,
            TailCause::Rejected,
        ]),
        crate::lines(&[OfferRule::Duty, OfferRule::Rotation, OfferRule::Nobody]),
        crate::lines(&[FallbackStep::Tried, FallbackStep::Failed(E::Busy), FallbackStep::PassedOver]),
        crate::lines(&[VisitOutcome::Served, VisitOutcome::Abandoned, VisitOutcome::Overflowed]),
        crate::lines(&[Place::Fallback, Place::Code, Place::Confirm]),
        crate::lines(&[Actor::Party(PartyId(1)), Actor::Api, Actor::Rule]),
    ];
    expect_file!["golden/words.jsonl"].assert_eq(&text.concat());
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
        What::Reached { party: member, reach: Reachability { contacts: 1 } },
        What::MemberAdded { group, member },
        What::LoggedIn { group, member, by: Actor::Party(member) },
        What::DutyChanged { group, duty: Some(member) },
        What::DutyChanged { group, duty: None },
        What::Paused { member, reason: Some(Arc::from("lunch")) },
        What::Resumed { member },
        What::MovedToTail { group, member, call: call(), why: TailCause::Answered },
        What::LoggedOut { group, member, by: Actor::Rule },
        What::MemberRemoved { group, member },
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
        },
        What::LegStarted {
            leg: leg(2),
            role: Role::Outside,
            peer: Peer::Set("+3725557777".parse().unwrap()),
            group: None,
        },
        What::LegStarted {
            leg: leg(3),
            role: Role::Callee,
            peer: Peer::Emergency("112".parse().unwrap()),
            group: None,
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
    }
}
