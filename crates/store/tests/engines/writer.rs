//! Commits of switchboards: whole or not at all, in order, on disk when their ticket resolves.

use std::time::Duration;

use model::fact::Fact;
use model::id::{ConfigVersion, FactSeq};
use model::record::Folded;
use model::saved::SavedState;
use store::{Commit, Store, StoreError, Writer};

use crate::place::Place;
use crate::sample::{call_id, commit, fact, facts_commit, record, tenant};

on_both!(
    what_a_ticket_resolved_for_is_there_after_a_crash,
    facts_of_many_companies_stand_in_order_after_a_restart,
    a_part_of_the_facts_can_be_read,
    a_gap_in_the_facts_is_refused_whole,
    one_companys_fault_does_not_hold_up_the_others,
    a_second_writer_is_fenced_off,
    a_commit_outlives_a_database_that_fails_for_a_while,
    at_the_end_a_failing_database_is_given_up,
    the_last_state_before_a_fact_is_found,
    first_commits_and_registrations_at_once_do_not_collide,
    a_writer_of_a_closed_store_says_so,
);

async fn what_a_ticket_resolved_for_is_there_after_a_crash(place: &Place) {
    let store = place.open().await;
    let mut whole = facts_commit("sinilind", 1, 3);
    whole.folded = vec![Folded::Call(Box::new(record(1, 0)))];
    whole.checkpoint = Some(SavedState { version: FactSeq(3), ..SavedState::default() });
    Writer::start(store.clone()).submit(whole).await.unwrap();
    // Nothing is closed: another process sees what the first left on disk.
    let other = place.open().await;
    let sinilind = tenant("sinilind");
    assert_eq!(facts(&other, "sinilind").await, [fact(1), fact(2), fact(3)]);
    assert_eq!(other.journal(&sinilind).await.unwrap(), [b"inputs 1..3"]);
    assert_eq!(other.call(&sinilind, call_id(1)).await.unwrap(), Some(record(1, 0)));
    assert_eq!(other.checkpoint(&sinilind, FactSeq(3)).await.unwrap().version, FactSeq(3));
    if let Store::Lite(pool) = &store {
        let synchronous: i64 = sqlx::query_scalar("PRAGMA synchronous").fetch_one(pool).await.unwrap();
        let journal: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
        assert_eq!((synchronous, journal.as_str()), (2, "wal"), "a commit would not be durable");
    }
}

async fn facts_of_many_companies_stand_in_order_after_a_restart(place: &Place) {
    let store = place.open().await;
    let writer = Writer::start(store.clone());
    let mut tickets = Vec::new();
    for round in 0..20 {
        for company in 0..15 {
            let first = round * 3 + 1;
            tickets.push(writer.submit(facts_commit(&format!("company-{company}"), first, first + 2)));
        }
    }
    for ticket in tickets {
        ticket.await.unwrap();
    }
    let store = place.reopen(store).await;
    let all: Vec<Fact> = (1..=60).map(fact).collect();
    let inputs: Vec<Vec<u8>> =
        (0..20).map(|round| format!("inputs {}..{}", round * 3 + 1, round * 3 + 3).into_bytes()).collect();
    for company in 0..15 {
        let company = format!("company-{company}");
        assert_eq!(facts(&store, &company).await, all);
        assert_eq!(store.journal(&tenant(&company)).await.unwrap(), inputs);
    }
    // The next facts follow on.
    Writer::start(store.clone()).submit(facts_commit("company-3", 61, 61)).await.unwrap();
    assert_eq!(facts(&store, "company-3").await.len(), 61);
}

async fn a_part_of_the_facts_can_be_read(place: &Place) {
    let store = place.open().await;
    let writer = Writer::start(store.clone());
    for (first, last) in [(1, 4), (5, 5), (6, 9)] {
        writer.submit(facts_commit("sinilind", first, last)).await.unwrap();
    }
    for (from, to, expected) in [(1, 9, 1..10), (3, 6, 3..7), (5, 5, 5..6), (8, 20, 8..10), (10, 20, 0..0)] {
        let read = store.facts(&tenant("sinilind"), FactSeq(from), FactSeq(to)).await.unwrap();
        assert_eq!(read, expected.map(fact).collect::<Vec<_>>(), "{from} to {to}");
    }
}

async fn a_gap_in_the_facts_is_refused_whole(place: &Place) {
    let store = place.open().await;
    let writer = Writer::start(store.clone());
    writer.submit(facts_commit("sinilind", 1, 3)).await.unwrap();
    for (first, last) in [(5, 6), (3, 4), (1, 3)] {
        let mut wrong = facts_commit("sinilind", first, last);
        wrong.folded = vec![Folded::Call(Box::new(record(1, 0)))];
        let refused = writer.submit(wrong).await;
        assert!(
            matches!(&refused, Err(StoreError::Fenced { tenant }) if tenant == "sinilind"),
            "{refused:?}"
        );
    }
    assert_eq!(facts(&store, "sinilind").await, [fact(1), fact(2), fact(3)]);
    assert_eq!(store.journal(&tenant("sinilind")).await.unwrap().len(), 1);
    assert_eq!(store.call(&tenant("sinilind"), call_id(1)).await.unwrap(), None);
    writer.submit(facts_commit("sinilind", 4, 4)).await.unwrap();
}

async fn one_companys_fault_does_not_hold_up_the_others(place: &Place) {
    let store = place.open().await;
    let writer = Writer::start(store.clone());
    let tickets = [
        writer.submit(facts_commit("before", 1, 2)),
        writer.submit(facts_commit("sinilind", 7, 8)),
        writer.submit(facts_commit("after", 1, 2)),
    ];
    let [before, wrong, after] = tickets;
    before.await.unwrap();
    assert!(matches!(wrong.await, Err(StoreError::Fenced { .. })));
    after.await.unwrap();
    for company in ["before", "after"] {
        assert_eq!(facts(&store, company).await, [fact(1), fact(2)]);
        assert_eq!(store.journal(&tenant(company)).await.unwrap().len(), 1);
    }
    assert_eq!(facts(&store, "sinilind").await, []);
}

async fn a_second_writer_is_fenced_off(place: &Place) {
    let (store, second) = (place.open().await, place.open().await);
    let (writer, intruder) = (Writer::start(store.clone()), Writer::start(second));
    writer.submit(facts_commit("sinilind", 1, 3)).await.unwrap();
    intruder.submit(facts_commit("sinilind", 4, 4)).await.unwrap();
    writer.submit(facts_commit("sinilind", 4, 5)).await.unwrap_err();
    assert_eq!(facts(&store, "sinilind").await, [fact(1), fact(2), fact(3), fact(4)]);
}

async fn a_commit_outlives_a_database_that_fails_for_a_while(place: &Place) {
    let store = place.open().await;
    let writer = Writer::start(store.clone());
    writer.submit(facts_commit("sinilind", 1, 1)).await.unwrap();
    place.tamper("ALTER TABLE fact_batch RENAME TO taken_away").await;
    let mut ticket = writer.submit(facts_commit("sinilind", 2, 2));
    let early = tokio::time::timeout(Duration::from_millis(100), &mut ticket).await;
    assert!(early.is_err(), "resolved although nothing could be written: {early:?}");
    // Whoever asks is told so, soon after the last facts that were taken, and told when they are taken again.
    until(|| writer.trouble().is_some_and(|trouble| trouble.contains("fact_batch"))).await;
    place.tamper("ALTER TABLE taken_away RENAME TO fact_batch").await;
    ticket.await.unwrap();
    until(|| writer.trouble().is_none()).await;
    assert_eq!(facts(&store, "sinilind").await, [fact(1), fact(2)]);
    assert_eq!(store.journal(&tenant("sinilind")).await.unwrap().len(), 2);
}

async fn at_the_end_a_failing_database_is_given_up(place: &Place) {
    let store = place.open().await;
    let writer = Writer::start(store.clone());
    place.tamper("ALTER TABLE fact_batch RENAME TO taken_away").await;
    let ticket = writer.submit(facts_commit("sinilind", 1, 1));
    writer.end_within(Duration::ZERO);
    assert!(matches!(ticket.await, Err(StoreError::Database(_))), "a platform that ends waits for ever");
    place.tamper("ALTER TABLE taken_away RENAME TO fact_batch").await;
    assert_eq!(facts(&store, "sinilind").await, []);
}

async fn the_last_state_before_a_fact_is_found(place: &Place) {
    let store = place.open().await;
    let writer = Writer::start(store.clone());
    for (seq, config) in [(1, 1), (2, 2), (3, 3)] {
        let state =
            SavedState { version: FactSeq(seq), config: ConfigVersion(config), ..SavedState::default() };
        let commit = Commit { checkpoint: Some(state), ..facts_commit("sinilind", seq, seq) };
        writer.submit(commit).await.unwrap();
    }
    let store = place.reopen(store).await;
    for (up_to, expected) in [(0, 0), (1, 1), (2, 2), (3, 3), (u64::MAX, 3)] {
        let state = store.checkpoint(&tenant("sinilind"), FactSeq(up_to)).await.unwrap();
        assert_eq!((state.version.0, state.config.0), (expected, expected), "up to {up_to}");
    }
    assert_eq!(store.checkpoint(&tenant("kuldnokk"), FactSeq(9)).await.unwrap(), SavedState::default());
}

/// After a restart each company's first commit reads where its facts ended while phones register.
async fn first_commits_and_registrations_at_once_do_not_collide(place: &Place) {
    let store = place.open().await;
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..40_u64 {
        let (store, tenant) = (store.clone(), tenant("sinilind"));
        tasks.spawn(async move {
            let row = store::BindingRow {
                contact: "sip:a@192.0.2.1".to_owned(),
                expires: model::time::Utc(1),
                binding: vec![0; 2_000],
            };
            let user = store::Contacts { tenant, party: model::id::PartyId(nth), bindings: vec![row] };
            store.put_registrations(&[user]).await.unwrap();
        });
    }
    for company in 0..40 {
        // A writer of its own each, so that none knows where the facts ended.
        let writer = Writer::start(store.clone());
        tasks.spawn(async move {
            writer.submit(facts_commit(&format!("company-{company}"), 1, 3)).await.unwrap();
        });
    }
    tasks.join_all().await;
    assert_eq!(store.registrations(model::time::Utc(0)).await.unwrap().len(), 40);
}

async fn a_writer_of_a_closed_store_says_so(place: &Place) {
    let store = place.open().await;
    let writer = Writer::start(store.clone());
    store.close().await;
    let refused = writer.submit(commit("sinilind")).await;
    assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
}

async fn until(happens: impl Fn() -> bool) {
    tokio::time::timeout(Duration::from_secs(30), async {
        while !happens() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("it happens");
}

async fn facts(store: &Store, company: &str) -> Vec<Fact> {
    store.facts(&tenant(company), FactSeq(1), FactSeq(u64::MAX)).await.unwrap()
}

/// SQLite takes no more pages than a connection is allowed, as on a full disk; new connections may have more.
#[tokio::test]
async fn a_commit_outlives_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_folder(folder.path()).await.unwrap();
    let Store::Lite(pool) = &store else { panic!("it is SQLite") };
    let mut connections = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        let mut connection = pool.acquire().await.unwrap();
        sqlx::query("PRAGMA max_page_count = 1").execute(&mut *connection).await.unwrap();
        connections.push(connection);
    }
    drop(connections);
    let writer = Writer::start(store.clone());
    for seq in 1..=3 {
        let large = Commit { journal: Some(vec![7; 1 << 20]), ..facts_commit("sinilind", seq, seq) };
        tokio::time::timeout(Duration::from_secs(30), writer.submit(large))
            .await
            .expect("it recovers")
            .unwrap();
    }
    assert_eq!(facts(&store, "sinilind").await, [fact(1), fact(2), fact(3)]);
}

/// A fault that may heal, but is one company's own, costs the others no time.
#[tokio::test]
async fn a_company_whose_facts_are_not_taken_holds_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_folder(folder.path()).await.unwrap();
    let Store::Lite(pool) = &store else { panic!("it is SQLite") };
    let trigger = "CREATE TRIGGER no BEFORE INSERT ON fact_batch WHEN NEW.tenant = 'sinilind' \
                   BEGIN SELECT RAISE(ABORT, 'not now'); END";
    sqlx::query(trigger).execute(pool).await.unwrap();
    let writer = Writer::start(store.clone());
    let held = writer.submit(facts_commit("sinilind", 1, 1));
    for seq in 1..=3 {
        let other = writer.submit(facts_commit("kuldnokk", seq, seq));
        tokio::time::timeout(Duration::from_secs(30), other).await.expect("it is not held up").unwrap();
        assert_eq!(writer.trouble(), None, "others' calls can be taken");
    }
    sqlx::query("DROP TRIGGER no").execute(pool).await.unwrap();
    tokio::time::timeout(Duration::from_secs(30), held).await.expect("it is written now").unwrap();
    assert_eq!(facts(&store, "sinilind").await, [fact(1)]);
}

/// Somebody else holds the database: each try waits and fails, and from the third second on it is told so all the time.
#[tokio::test]
async fn a_database_that_is_held_is_told_of_until_it_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_folder(folder.path()).await.unwrap();
    let Store::Lite(pool) = &store else { panic!("it is SQLite") };
    let mut connections = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        let mut connection = pool.acquire().await.unwrap();
        sqlx::query("PRAGMA busy_timeout = 1500").execute(&mut *connection).await.unwrap();
        connections.push(connection);
    }
    drop(connections);
    let writer = Writer::start(store.clone());
    let mut holder = pool.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *holder).await.unwrap();
    let ticket = writer.submit(facts_commit("sinilind", 1, 1));
    until(|| writer.trouble().is_some()).await;
    let refused = async {
        loop {
            let trouble = writer.trouble().expect("nothing was taken in between");
            if trouble.contains("locked") {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), refused).await.expect("it is refused in the end");
    sqlx::query("ROLLBACK").execute(&mut *holder).await.unwrap();
    ticket.await.unwrap();
    until(|| writer.trouble().is_none()).await;
}
