//! Records of calls: found by id, listed in pages, and by the groups they entered.

use model::fact::{CallbackState, Called};
use model::id::CallId;
use model::id::PartyId;
use model::number::Number;
use model::record::{AgentTime, CallRecord, CallbackRecord, DutySession, Folded, Off};
use model::time::Utc;
use store::{Commit, Store, Writer};

use crate::place::Place;
use crate::sample::{DAY, call_id, commit, group, record, tenant};

on_both!(
    a_record_is_found_by_its_id_as_it_was_written,
    pages_go_from_the_newest_to_the_oldest_without_gap_or_repeat,
    calls_of_a_group_are_found_by_when_they_entered,
    a_call_that_entered_twice_is_listed_once,
    a_call_is_written_once,
    times_on_duty_that_touch_a_window_are_found,
    times_without_calls_that_touch_a_window_are_found,
    ended_callbacks_are_found_by_when_their_callers_entered,
    calls_for_callbacks_are_found_by_group_and_begin,
    calls_between_two_moments_go_in_pages,
);

async fn a_record_is_found_by_its_id_as_it_was_written(place: &Place) {
    let store = place.open().await;
    write(&store, "sinilind", &[record(1, 0), record(2, 5)]).await;
    let store = place.reopen(store).await;
    assert_eq!(store.call(&tenant("sinilind"), call_id(2)).await.unwrap(), Some(record(2, 5)));
    assert_eq!(store.call(&tenant("sinilind"), call_id(3)).await.unwrap(), None);
    assert_eq!(store.call(&tenant("kuldnokk"), call_id(2)).await.unwrap(), None);
}

async fn pages_go_from_the_newest_to_the_oldest_without_gap_or_repeat(place: &Place) {
    let store = place.open().await;
    let all: Vec<CallRecord> = (1..=23).map(|nth| record(nth, 0)).collect();
    // Calls end in another order than they begin.
    let (early, late) = all.split_at(10);
    write(&store, "sinilind", late).await;
    write(&store, "sinilind", early).await;
    write(&store, "kuldnokk", &[record(100, 0)]).await;

    let mut seen: Vec<CallId> = Vec::new();
    loop {
        let page = store.calls(&tenant("sinilind"), seen.last().copied(), 5).await.unwrap();
        assert!(page.len() <= 5);
        if page.is_empty() {
            break;
        }
        seen.extend(page.iter().map(|record| record.call));
    }
    assert_eq!(seen, (1..=23).rev().map(call_id).collect::<Vec<_>>());
}

async fn calls_of_a_group_are_found_by_when_they_entered(place: &Place) {
    let store = place.open().await;
    write(&store, "sinilind", &[record(3, 30), record(1, 10), record(2, 20)]).await;
    write(&store, "kuldnokk", &[record(4, 20)]).await;
    let minute = |minute: i64| Utc(DAY + minute * 60_000_000);
    for (from, to, expected) in [
        (minute(0), minute(60), vec![1, 2, 3]),
        // The beginning is inside, the end is not.
        (minute(10), minute(30), vec![1, 2]),
        (Utc(minute(10).0 + 1), minute(30), vec![2]),
        (minute(40), minute(50), vec![]),
        (Utc(0), Utc(i64::MAX), vec![1, 2, 3]),
    ] {
        let found = visited(&store, group(), (from, to)).await;
        assert_eq!(found, expected.into_iter().map(call_id).collect::<Vec<_>>(), "{from:?} to {to:?}");
    }
    assert_eq!(visited(&store, "101".parse().unwrap(), (Utc(0), Utc(i64::MAX))).await, []);
}

async fn a_call_that_entered_twice_is_listed_once(place: &Place) {
    let store = place.open().await;
    let mut twice = record(1, 10);
    twice.visits.push(twice.visits[0].clone());
    write(&store, "sinilind", &[twice]).await;
    assert_eq!(visited(&store, group(), (Utc(0), Utc(i64::MAX))).await, [call_id(1)]);
}

async fn a_call_is_written_once(place: &Place) {
    let store = place.open().await;
    write(&store, "sinilind", &[record(1, 0)]).await;
    Writer::start(store.clone()).submit(folded("sinilind", &[record(1, 7)])).await.unwrap_err();
    assert_eq!(store.call(&tenant("sinilind"), call_id(1)).await.unwrap(), Some(record(1, 0)));
}

// req K-03: time logged in is counted from these.
async fn times_on_duty_that_touch_a_window_are_found(place: &Place) {
    let store = place.open().await;
    let session = |member: u64, from: i64, to: i64| DutySession {
        group: group(),
        member: model::id::PartyId(member),
        from: Utc(DAY + from),
        to: Utc(DAY + to),
    };
    let mut new = commit("sinilind");
    new.folded = [session(1, 0, 100), session(2, 50, 150), session(1, 200, 300)].map(Folded::Session).into();
    Writer::start(store.clone()).submit(new).await.unwrap();
    let store = place.reopen(store).await;
    let sinilind = tenant("sinilind");
    for (from, to, expected) in [
        (0, 1_000, vec![session(1, 0, 100), session(2, 50, 150), session(1, 200, 300)]),
        (100, 200, vec![session(2, 50, 150)]),
        (150, 200, vec![]),
        (299, 300, vec![session(1, 200, 300)]),
    ] {
        let window = (Utc(DAY + from), Utc(DAY + to));
        assert_eq!(store.sessions(&sinilind, group(), window).await.unwrap(), expected, "{from} to {to}");
    }
    let all = (Utc(0), Utc(i64::MAX));
    assert_eq!(store.sessions(&sinilind, "101".parse().unwrap(), all).await.unwrap(), []);
    assert_eq!(store.sessions(&tenant("kuldnokk"), group(), all).await.unwrap(), []);
}

// req V-36, V-37: time paused and at work after calls is counted from these.
async fn times_without_calls_that_touch_a_window_are_found(place: &Place) {
    let store = place.open().await;
    let time = |member: u64, what: Off, from: i64, to: i64| AgentTime {
        member: PartyId(member),
        what,
        from: Utc(DAY + from),
        to: Utc(DAY + to),
    };
    let times = [
        time(1, Off::WrapUp(group()), 0, 100),
        time(2, Off::Paused(Some("lunch".into())), 50, 150),
        time(1, Off::Unreachable, 200, 300),
    ];
    let mut new = commit("sinilind");
    // Writing one again changes nothing.
    new.folded = times.iter().chain([&times[0]]).cloned().map(Folded::Time).collect();
    Writer::start(store.clone()).submit(new).await.unwrap();
    let store = place.reopen(store).await;
    for (from, to, expected) in
        [(0, 1_000, vec![0, 1, 2]), (100, 200, vec![1]), (150, 200, vec![]), (299, 300, vec![2])]
    {
        let window = (Utc(DAY + from), Utc(DAY + to));
        let found = store.times(&tenant("sinilind"), window).await.unwrap();
        let expected: Vec<AgentTime> = expected.into_iter().map(|at: usize| times[at].clone()).collect();
        assert_eq!(found, expected, "{from} to {to}");
    }
    assert_eq!(store.times(&tenant("kuldnokk"), (Utc(0), Utc(i64::MAX))).await.unwrap(), []);
}

async fn ended_callbacks_are_found_by_when_their_callers_entered(place: &Place) {
    let store = place.open().await;
    let callback = |nth: u64, state: CallbackState| CallbackRecord {
        callback: call_id(nth),
        group: group(),
        caller: PartyId(9),
        number: PartyId(8),
        since: Utc(DAY),
        ended: Utc(DAY + 86_400_000_000),
        state,
        attempts: 2,
        call: (state == CallbackState::Done).then(|| call_id(50)),
    };
    let ended = [callback(1, CallbackState::Done), callback(2, CallbackState::Expired)];
    let mut new = folded("sinilind", &[record(1, 10), record(2, 20), record(3, 20)]);
    new.folded.extend(ended.iter().cloned().map(|callback| Folded::Callback(Box::new(callback))));
    Writer::start(store.clone()).submit(new).await.unwrap();
    let store = place.reopen(store).await;
    let minute = |minute: i64| Utc(DAY + minute * 60_000_000);
    let sinilind = tenant("sinilind");
    for (from, to, expected) in [
        (minute(0), minute(60), &ended[..]),
        (minute(10), minute(20), &ended[..1]),
        (minute(20), minute(21), &ended[1..]),
        (minute(30), minute(60), &[]),
    ] {
        assert_eq!(store.callbacks(&sinilind, group(), (from, to)).await.unwrap(), expected);
    }
    let all = (Utc(0), Utc(i64::MAX));
    assert_eq!(store.callbacks(&sinilind, "101".parse().unwrap(), all).await.unwrap(), []);
    assert_eq!(store.callbacks(&tenant("kuldnokk"), group(), all).await.unwrap(), []);
}

async fn calls_for_callbacks_are_found_by_group_and_begin(place: &Place) {
    let store = place.open().await;
    let outgoing = |nth: u64, minute: i64| CallRecord {
        to: Called::Callback(group()),
        visits: Vec::new(),
        ..record(nth, minute)
    };
    write(&store, "sinilind", &[record(1, 10), outgoing(2, 20), outgoing(3, 30)]).await;
    let minute = |minute: i64| Utc(DAY + minute * 60_000_000);
    let sinilind = tenant("sinilind");
    let found = store.callback_calls(&sinilind, group(), (minute(20), minute(30))).await.unwrap();
    assert_eq!(found, [outgoing(2, 20)]);
    let all = (Utc(0), Utc(i64::MAX));
    let both = store.callback_calls(&sinilind, group(), all).await.unwrap();
    assert_eq!(both, [outgoing(2, 20), outgoing(3, 30)]);
    assert_eq!(store.callback_calls(&sinilind, "101".parse().unwrap(), all).await.unwrap(), []);
    assert_eq!(store.callback_calls(&tenant("kuldnokk"), group(), all).await.unwrap(), []);
}

async fn calls_between_two_moments_go_in_pages(place: &Place) {
    let store = place.open().await;
    let all: Vec<CallRecord> = (1..=9).map(|nth| record(nth, nth.cast_signed() * 10)).collect();
    write(&store, "sinilind", &all).await;
    let minute = |minute: i64| Utc(DAY + minute * 60_000_000);
    let (sinilind, window) = (tenant("sinilind"), (minute(20), minute(70)));
    let mut seen: Vec<CallId> = Vec::new();
    loop {
        let page = store.calls_between(&sinilind, seen.last().copied(), window, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        seen.extend(page.iter().map(|record| record.call));
    }
    assert_eq!(seen, (2..=6).rev().map(call_id).collect::<Vec<_>>());
}

async fn visited(store: &Store, group: Number, window: (Utc, Utc)) -> Vec<CallId> {
    let records = store.visited(&tenant("sinilind"), group, window).await.unwrap();
    records.into_iter().map(|record| record.call).collect()
}

fn folded(company: &str, records: &[CallRecord]) -> Commit {
    let folded = records.iter().map(|record| Folded::Call(Box::new(record.clone()))).collect();
    Commit { folded, ..commit(company) }
}

async fn write(store: &Store, company: &str, records: &[CallRecord]) {
    Writer::start(store.clone()).submit(folded(company, records)).await.unwrap();
}
