//! A busy company with a crash and other settings in the middle, written into a real database and lived through again:
//! every fact is the same, and one that is not is found.
//!
//! `HELIN_TEST_FACTS` says how many facts at least; `make bench` takes a million.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use model::config::tree;
use model::fact::Fact;
use model::id::{ConfigVersion, FactSeq, PartyId, Seed, TenantId};
use model::saved::SavedState;
use model::time::{Now, Tick, Utc};
use sim::chance::{Chance, Lengths};
use sim::office::{Office, Plan};
use sim::whatif::{Agents, Profile, rate_calls, staff};
use store::{Commit, NewParty, NewVersion, PartyKey, Store, Writer};

use super::replay_company;
use crate::builtin;
use crate::node::journal::{Entry, pack};
use crate::platform::document::settings_of;

const TENANT: &str = "busy";
const GROUP: &str = "+3726001001";
const AGENTS: u64 = 200;

/// Callers are parties from here on, as an office numbers them.
const CALLERS: u64 = 1_000_000;

/// Facts that a call makes at least.
const FACTS_PER_CALL: usize = 14;

/// As inputs and facts come to the disk together.
const COMMIT: usize = 500;

const HOUR: u64 = 3_600_000;

fn document(agents: u64, group: &str) -> String {
    let mut text = format!(
        "[company]\nid = \"{TENANT}\"\n[[group]]\nnumber = \"{GROUP}\"\nname = \"G\"\npreset = \"customer_service\"\n{group}\n"
    );
    for agent in 1..=agents {
        text.push_str(&format!("[[group.member]]\nuser = \"m{agent}\"\n"));
    }
    for agent in 1..=agents {
        text.push_str(&format!("[[user]]\nname = \"m{agent}\"\n"));
    }
    tree::of_toml(&text).unwrap().json().to_string()
}

async fn put_settings(store: &Store, from: u64, document: String, parties: Vec<NewParty>) {
    let (tenant, by) = (TENANT.parse().unwrap(), "operator".to_owned());
    let (claims, secrets) = (Vec::new(), Vec::new());
    store
        .put_version(NewVersion { tenant, from, document, by, at: Utc(0), claims, secrets, parties })
        .await
        .unwrap();
}

/// A stretch of the company's life.
struct Stretch {
    entries: Vec<Entry>,
    facts: Vec<Fact>,
    saved: SavedState,
}

/// Lives for `hours`, then the power fails: calls are under way.
fn live(plan: &Plan, saved: SavedState, hours: u64) -> Stretch {
    let now = Now { tick: Tick(0), utc: plan.begin };
    let begin = Entry::begin(now, saved.version, plan.config.version, Seed(plan.seed));
    let facts = Rc::new(RefCell::new(Vec::new()));
    let mut office = Office::open(plan, saved);
    let seen = facts.clone();
    office.fact_seen = Some(Box::new(move |fact| seen.borrow_mut().push(fact.clone())));
    office.inputs = Some(Vec::new());
    office.live_while(&mut |_| {}, &mut |now| now < hours * HOUR);
    let inputs = office.inputs.take().unwrap_or_default();
    let entries =
        std::iter::once(begin).chain(inputs.into_iter().map(|(now, input)| Entry::Input { now, input }));
    let saved = office.saved().clone();
    drop(office);
    Stretch { entries: entries.collect(), facts: facts.take(), saved }
}

async fn write(writer: &Writer, stretch: &Stretch, mut parties: Vec<NewParty>) {
    let tenant: TenantId = TENANT.parse().unwrap();
    let commits = stretch.entries.len().max(stretch.facts.len()).div_ceil(COMMIT);
    let mut last = None;
    for n in 0..commits {
        let entries = stretch.entries.chunks(COMMIT).nth(n);
        let commit = Commit {
            tenant: tenant.clone(),
            facts: stretch.facts.chunks(COMMIT).nth(n).unwrap_or_default().to_vec(),
            journal: entries.map(pack),
            folded: Vec::new(),
            checkpoint: None,
            parties: std::mem::take(&mut parties),
        };
        last = Some(writer.submit(commit));
    }
    last.expect("something happened").await.unwrap();
}

/// Who calls as the nth of a stretch, and from where.
fn caller(nth: u64) -> NewParty {
    let number = format!("+3725{nth:07}").parse().unwrap();
    NewParty { id: PartyId(CALLERS + nth), key: PartyKey::Number(number) }
}

async fn plan_of(store: &Store, version: u64, begin: Utc, calls_per_hour: f64) -> Plan {
    let (built_in, _) = builtin::load().unwrap();
    let tenant: TenantId = TENANT.parse().unwrap();
    let config = settings_of(store, &built_in, &tenant, ConfigVersion(version)).await.unwrap();
    let profile =
        Profile { talk: Lengths::Exponential(180_000), patience: Lengths::Exponential(240_000), accepts: 30 };
    let people = Agents {
        answers: Lengths::Lognormal(4_000, 0.5),
        misses: 4,
        breaks: 5,
        rests: Lengths::Lognormal(300_000, 0.5),
    };
    let group = GROUP.parse().unwrap();
    let mut calls = rate_calls(group, calls_per_hour, &|_| 1.0, &profile, &mut Chance::new(version));
    for (nth, call) in calls.iter_mut().enumerate() {
        let PartyKey::Number(number) = caller(nth as u64).key else { continue };
        call.number = Some(number);
    }
    let agents = staff(&config, &|_| vec![(0, 24 * HOUR)], &people);
    Plan { seed: version, config: std::sync::Arc::new(config), begin, calls, agents }
}

#[tokio::test]
async fn a_journal_with_a_crash_and_other_settings_gives_the_same_facts_again() {
    let wanted = std::env::var("HELIN_TEST_FACTS").map_or(50_000, |text| text.parse::<usize>().unwrap());
    // Two stretches of as many hours as it takes, of nearly as many calls as the agents can take.
    let per_hour = (wanted as f64 / FACTS_PER_CALL as f64 / 2.0).min(3_600.0);
    let hours = (wanted as f64 / FACTS_PER_CALL as f64 / 2.0 / per_hour).ceil() as u64;
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open_folder(folder.path()).await.unwrap();
    let people = (1..=AGENTS)
        .map(|id| NewParty { id: PartyId(id), key: PartyKey::Person(format!("m{id}").parse().unwrap()) });
    let first = "distribution = \"longest_idle\"\n[group.callback]\nenabled = true\n";
    let other =
        "distribution = \"skill\"\nparallel = 3\nwrap_up = \"20s\"\n[group.queue]\nwait_max = \"2min\"\n";
    put_settings(&store, 0, document(AGENTS, first), people.collect()).await;
    put_settings(&store, 1, document(AGENTS, other), Vec::new()).await;
    let writer = Writer::start(store.clone());

    let before = plan_of(&store, 1, Utc(1_772_409_600_000_000), per_hour).await;
    let calls = before.calls.len().max(100_000) as u64;
    let stretch = live(&before, SavedState::default(), hours);
    write(&writer, &stretch, (0..calls).map(caller).collect()).await;
    assert!(!stretch.saved.calls.is_empty(), "the power fails in the middle of calls");
    let begin = Utc(before.begin.0 + i64::try_from(hours * HOUR * 1_000).unwrap() + 5_000_000);
    let after = plan_of(&store, 2, begin, per_hour).await;
    let second = live(&after, stretch.saved.clone(), hours);
    write(&writer, &second, Vec::new()).await;
    let facts = stretch.facts.len() + second.facts.len();
    assert!(facts >= wanted, "only {facts} facts");

    let since = Instant::now();
    let told = replay_company(&store, TENANT).await.unwrap();
    let took = since.elapsed().as_secs_f64();
    assert_eq!((told.stretches, told.facts), (2, facts as u64));
    assert_eq!(told.inputs as usize, stretch.entries.len() + second.entries.len() - 2);
    println!("facts: {facts}, inputs: {}, differ: 0, replayed in {took:.1} s", told.inputs);
    a_fact_that_differs_is_found(&store, &writer, &second).await;
}

/// As if something else had been decided then, or something that no input led to.
async fn a_fact_that_differs_is_found(store: &Store, writer: &Writer, last: &Stretch) {
    let tenant: TenantId = TENANT.parse().unwrap();
    let mut more = last.facts.last().unwrap().clone();
    more.seq = FactSeq(more.seq.0 + 1);
    let commit = Commit {
        tenant: tenant.clone(),
        facts: vec![more.clone()],
        journal: None,
        folded: Vec::new(),
        checkpoint: None,
        parties: Vec::new(),
    };
    writer.submit(commit).await.unwrap();
    let fault = replay_company(store, TENANT).await.unwrap_err().to_string();
    assert!(
        fault.contains(&format!("fact {} was written, and the journal does not lead to it", more.seq.0)),
        "{fault}"
    );
    // Further inputs give another fact than the one that stands there now.
    let entries = [last.entries.first().cloned()].into_iter().flatten();
    let entries: Vec<Entry> = entries
        .map(|entry| match entry {
            Entry::Begin { now, config, seed, engine, .. } => {
                Entry::Begin { now, saved: FactSeq(more.seq.0 - 1), config, seed, engine }
            }
            other @ (Entry::Input { .. } | Entry::Config { .. }) => other,
        })
        .collect();
    let commit = Commit {
        tenant,
        facts: Vec::new(),
        journal: Some(pack(&entries)),
        folded: Vec::new(),
        checkpoint: None,
        parties: Vec::new(),
    };
    writer.submit(commit).await.unwrap();
    let fault = replay_company(store, TENANT).await.unwrap_err().to_string();
    assert!(fault.contains(&format!("fact {} differs", more.seq.0)), "{fault}");
}
