//! A thousand days from different seeds, and the same day twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::config::resolve::{Around, resolve};
use model::config::{PromptText, Prompts, TenantConfig, tree};
use model::id::{ConfigVersion, PartyId};
use model::language::Language;
use sim::{Day, Told, live};

const GROUP: &str = "+3726001000";
const DAYS: u64 = 1_000;

/// Settings of a version: ring time, the own line and the duty differ from one to the next.
fn settings(members: u64, version: ConfigVersion) -> Arc<TenantConfig> {
    let n = version.0;
    let mut text = format!(
        "[company]\nid = \"sim\"\n\n[[user]]\nname = \"own\"\nextension = \"100\"\n\n[[group]]\nnumber = \"{GROUP}\"\n\
         name = \"Sim\"\npreset = \"ring_duty\"\nduty = {}\nring_time = \"{}s\"\n",
        !n.is_multiple_of(3),
        5 + n % 11
    );
    if n % 2 == 1 {
        text.push_str("own_line = \"own\"\nown_line_ring_time = \"6s\"\n");
    }
    for member in 1..=members {
        text.push_str(&format!(
            "[[group.member]]\nuser = \"m{member}\"\nmay_take_duty = true\nlogged_in = true\n"
        ));
    }
    for member in 1..=members {
        text.push_str(&format!("[[user]]\nname = \"m{member}\"\n"));
    }
    let document = tree::of_toml(&text).unwrap();
    let mut prompts = Prompts::default();
    let said = BTreeMap::from([(Language::En, PromptText { text: Arc::from("Nobody can be reached.") })]);
    prompts.0.insert("unreachable".parse().unwrap(), said);
    let party = |name: &model::id::PartyName| match name.as_str().strip_prefix('m') {
        Some(number) => PartyId(number.parse().unwrap()),
        None => PartyId(99),
    };
    let around = Around { party: &party, prompts: &prompts, time_zone: &|_| true };
    Arc::new(resolve(&document, version, around).unwrap())
}

fn day(seed: u64) -> Told {
    let members = 2 + seed % 29;
    // Reading settings costs more than deciding by them: each version is read once.
    let known: Vec<Arc<TenantConfig>> =
        (0..8).map(|version| settings(members, ConfigVersion(version))).collect();
    let by_version = |version: ConfigVersion| known[usize::try_from(version.0).unwrap()].clone();
    live(&Day { seed, members, calls: 300, group: GROUP.parse().unwrap(), settings: &by_version })
}

#[test]
fn a_thousand_days_go_by_the_rules() {
    let next = AtomicU64::new(0);
    let records = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= DAYS {
                        break;
                    }
                    let told = std::panic::catch_unwind(|| day(seed))
                        .unwrap_or_else(|_| panic!("the day of seed {seed} went wrong"));
                    assert!(told.answered > 0 && told.crashes == 3, "seed {seed}: {told:?}");
                    records.fetch_add(told.records, Ordering::Relaxed);
                }
            });
        }
    });
    assert!(records.load(Ordering::Relaxed) >= DAYS * 290, "{records:?}");
}

#[test]
fn the_same_seed_gives_the_same_day() {
    for seed in [1, 77, 4_711] {
        assert_eq!(day(seed), day(seed));
    }
    assert_ne!(day(1).print, day(2).print);
}
