//! Finding calls by the people on them, and callbacks' steps by their request: as written, and as filled in for what
//! an older Helin has written.

use model::fact::{CallbackState, Called, Fact, Peer, Role, VisitOutcome, What};
use model::id::{CallId, LegId, PartyId};
use model::number::Number;
use model::record::{CallRecord, Folded, LegRecord};
use model::time::Utc;
use store::{Commit, Store, Writer};

use crate::place::Place;
use crate::sample::{DAY, call_id, commit, fact, facts_commit, group, record, tenant};

on_both!(
    calls_are_found_by_who_was_on_them,
    offers_are_found_by_their_group,
    an_offer_of_a_group_that_the_call_never_visited_is_found_by_the_person,
    steps_of_a_callback_are_found_among_many_facts,
    what_an_older_helin_wrote_is_found_too,
);

const MARI: PartyId = PartyId(1);
const JURI: PartyId = PartyId(2);
const ALL: (Utc, Utc) = (Utc(0), Utc(i64::MAX));

fn other_group() -> Number {
    "+3726002000".parse().unwrap()
}

fn leg(record: &CallRecord, n: u16, role: Role, party: PartyId, group: Option<Number>) -> LegRecord {
    let leg = LegId { call: record.call, n };
    LegRecord { leg, role, peer: Peer::Party(party), group, ..record.legs[0].clone() }
}

/// A call that Mari was offered by `group()`, and Juri was called in.
fn talk(nth: u64, minute: i64) -> CallRecord {
    let mut record = record(nth, minute);
    record.legs.push(leg(&record, 1, Role::Member, MARI, Some(group())));
    record.legs.push(leg(&record, 2, Role::Callee, JURI, None));
    record
}

async fn calls_are_found_by_who_was_on_them(place: &Place) {
    let store = place.open().await;
    write(&store, "sinilind", &[talk(3, 30), talk(1, 10), talk(2, 20)]).await;
    write(&store, "kuldnokk", &[talk(4, 20)]).await;
    let minute = |minute: i64| Utc(DAY + minute * 60_000_000);
    for (window, expected) in [
        (ALL, vec![1, 2, 3]),
        ((minute(10), minute(30)), vec![1, 2]),
        ((Utc(minute(10).0 + 1), minute(31)), vec![2, 3]),
    ] {
        let expected: Vec<CallId> = expected.into_iter().map(call_id).collect();
        assert_eq!(found(&store, JURI, window).await, expected, "{window:?}");
        // The caller is one of them.
        assert_eq!(found(&store, PartyId(9), window).await, expected, "{window:?}");
    }
    assert_eq!(found(&store, PartyId(77), ALL).await, []);
}

async fn offers_are_found_by_their_group(place: &Place) {
    let store = place.open().await;
    let writer = Writer::start(store.clone());
    // Twice on the same day, by one writer and by the next, and on the next day.
    for (nth, minute) in [(1, 10), (2, 20), (3, 24 * 60)] {
        writer.submit(folded("sinilind", &[talk(nth, minute)])).await.unwrap();
    }
    write(&store, "sinilind", &[talk(4, 40)]).await;
    let sinilind = tenant("sinilind");
    assert_eq!(found(&store, MARI, ALL).await, [], "an offer has a row of its own");
    let day = |day: i64| Utc(DAY + day * 86_400_000_000);
    for (from, to, expected) in [
        (day(0), day(9), vec![group()]),
        (day(1), day(1), vec![group()]),
        (day(2), day(9), vec![]),
        (day(-9), Utc(day(0).0 - 1), vec![]),
        (ALL.0, ALL.1, vec![group()]),
    ] {
        let groups = store.offering_groups(&sinilind, MARI, (from, to)).await.unwrap();
        assert_eq!(groups, expected, "{from:?} to {to:?}");
    }
    assert_eq!(store.offering_groups(&sinilind, JURI, ALL).await.unwrap(), []);
    assert_eq!(store.offering_groups(&tenant("kuldnokk"), MARI, ALL).await.unwrap(), []);
    if let Place::Lite(_) = place {
        assert_eq!(place.octets("SELECT grp FROM offered_day").await.len(), 2, "one row a day");
    }
}

async fn an_offer_of_a_group_that_the_call_never_visited_is_found_by_the_person(place: &Place) {
    let store = place.open().await;
    let mut given = record(1, 10);
    given.legs.push(leg(&given, 1, Role::Member, MARI, Some(other_group())));
    let mut back = record(2, 20);
    back.to = Called::Callback(other_group());
    back.visits.clear();
    back.legs.push(leg(&back, 1, Role::Member, MARI, Some(other_group())));
    write(&store, "sinilind", &[given, back]).await;
    assert_eq!(found(&store, MARI, ALL).await, [call_id(1)]);
    let groups = store.offering_groups(&tenant("sinilind"), MARI, ALL).await.unwrap();
    assert_eq!(groups, [other_group()], "a callback's call is found by its group");
}

fn step(seq: u64, callback: CallId, state: CallbackState) -> Fact {
    let what =
        What::CallbackStep { callback, group: group(), state, attempts: 0, not_before: None, call: None };
    Fact { what, ..fact(seq) }
}

/// Batches of facts with three steps of one callback and one of another; the steps.
async fn write_steps(writer: &Writer) -> Vec<Fact> {
    let steps = [
        step(2, call_id(7), CallbackState::Pending),
        step(5, call_id(7), CallbackState::RingingAgent),
        step(9, call_id(7), CallbackState::Done),
    ];
    let mut batches =
        [facts_commit("sinilind", 1, 3), facts_commit("sinilind", 4, 6), facts_commit("sinilind", 7, 9)];
    for (batch, step) in batches.iter_mut().zip(&steps) {
        let at = batch.facts.iter().position(|fact| fact.seq == step.seq).unwrap();
        batch.facts[at] = step.clone();
    }
    batches[1].facts[0] = step(4, call_id(8), CallbackState::Cancelled);
    for batch in batches {
        writer.submit(batch).await.unwrap();
    }
    steps.to_vec()
}

async fn steps_of_a_callback_are_found_among_many_facts(place: &Place) {
    let store = place.open().await;
    let steps = write_steps(&Writer::start(store.clone())).await;
    let sinilind = tenant("sinilind");
    assert_eq!(store.callback_steps(&sinilind, call_id(7)).await.unwrap(), steps);
    assert_eq!(store.callback_steps(&sinilind, call_id(9)).await.unwrap(), []);
    assert_eq!(store.callback_steps(&tenant("kuldnokk"), call_id(7)).await.unwrap(), []);
}

async fn what_an_older_helin_wrote_is_found_too(place: &Place) {
    let store = place.open().await;
    let mut emergency = record(3, 30);
    emergency.legs[0].peer = Peer::Emergency("112".parse().unwrap());
    let abandoned = |mut record: CallRecord| {
        record.visits[0].outcome = Some(VisitOutcome::Abandoned);
        record
    };
    write(&store, "sinilind", &[talk(1, 10), abandoned(talk(2, 20)), emergency]).await;
    let steps = write_steps(&Writer::start(store.clone())).await;
    store.close().await;
    // As it was before the third migration.
    for table in ["DROP TABLE call_party", "DROP TABLE offered_day", "DROP TABLE callback_step"] {
        place.tamper(table).await;
    }
    place.tamper("DELETE FROM _sqlx_migrations WHERE version = 3").await;
    let store = place.open().await;
    // Offers count, too: it is not known on which days there were some.
    for party in [MARI, JURI, PartyId(9)] {
        assert_eq!(found(&store, party, ALL).await, [call_id(1), call_id(2)], "{party:?}");
    }
    assert_eq!(store.callback_steps(&tenant("sinilind"), call_id(7)).await.unwrap(), steps);
    assert_eq!(store.callback_steps(&tenant("sinilind"), call_id(8)).await.unwrap().len(), 1);
    // What is new stands beside it.
    write(&store, "sinilind", &[talk(4, 40)]).await;
    assert_eq!(found(&store, JURI, ALL).await, [1, 2, 4].map(call_id));
}

async fn found(store: &Store, party: PartyId, window: (Utc, Utc)) -> Vec<CallId> {
    let records = store.calls_of_party(&tenant("sinilind"), party, window).await.unwrap();
    records.into_iter().map(|record| record.call).collect()
}

fn folded(company: &str, records: &[CallRecord]) -> Commit {
    let folded = records.iter().map(|record| Folded::Call(Box::new(record.clone()))).collect();
    Commit { folded, ..commit(company) }
}

async fn write(store: &Store, company: &str, records: &[CallRecord]) {
    Writer::start(store.clone()).submit(folded(company, records)).await.unwrap();
}
