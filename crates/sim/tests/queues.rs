//! Hundreds of days of a company with three queues, from different seeds; and the same day twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::config::resolve::{Around, resolve};
use model::config::{PromptText, Prompts, TenantConfig, tree};
use model::id::{ConfigVersion, PartyId};
use model::language::Language;
use model::number::Number;
use sim::{QueueDay, Told, live_queues};

const GROUPS: [&str; 3] = ["+3726001001", "+3726001002", "+3726001003"];
const DAYS: u64 = 400;

/// One group's settings: nearly everything differs from seed to seed, and much from version to version.
fn group(text: &mut String, at: usize, agents: u64, dice: u64, version: u64) {
    let pick = |shift: u64, of: &[&'static str]| of[((dice >> shift) as usize + version as usize) % of.len()];
    let attendant = (dice >> 3).is_multiple_of(3);
    let preset = if attendant { "attendant" } else { "customer_service" };
    let distribution =
        pick(5, &["skill", "longest_idle", "ordered", "balanced", "rotation", "random", "skill"]);
    text.push_str(&format!(
        "[[group]]\nnumber = \"{}\"\nname = \"Q{at}\"\npreset = \"{preset}\"\ndistribution = \"{distribution}\"\n\
         ring_time = \"{}s\"\nparallel = {}\nretry_after = \"{}s\"\npresence_blocks = {}\nmiss_resets_idle = {}\n",
        GROUPS[at],
        5 + (dice >> 9) % 15,
        pick(13, &["1", "2", "1", "4"]),
        1 + (dice >> 17) % 9,
        (dice >> 21).is_multiple_of(2),
        (dice >> 22).is_multiple_of(2),
    ));
    text.push_str(pick(24, &["", "wrap_up = \"10s\"\n", "wrap_up = \"45s\"\n"]));
    text.push_str(pick(28, &["", "", "offers_max = 3\n", "misses_before_logout = 2\n"]));
    text.push_str(pick(32, &["", "ties = \"random\"\n"]));
    text.push_str("[group.queue]\nrecall_hold = \"5min\"\n");
    text.push_str(pick(34, &["", "wait_max = \"60s\"\n", "wait_max = \"3min\"\nwait_strict = true\n", ""]));
    text.push_str(pick(38, &["", "size_max = 6\n", "", "size_max = 0\n"]));
    text.push_str(pick(
        42,
        &["", "close_at_waiting = 5\nreopen_after = \"10s\"\n", "close_at_wait = \"90s\"\n"],
    ));
    text.push_str(pick(46, &["", "exit_key = 9\non_exit = [\"hangup\"]\n"]));
    text.push_str(pick(
        48,
        &["", "priority = [{ caller = \"+37250\", level = 2 }, { caller = \"+372500\", level = 8 }]\npriority_ageing = \"20s\"\n"],
    ));
    text.push_str("[group.announcements]\nposition = true\nwait = true\nrepeat_every = \"20s\"\n");
    if (dice >> 50).is_multiple_of(2) {
        text.push_str(
            "[group.callback]\nenabled = true\nvalid = \"20min\"\npause = \"20s\"\nattempts = 2\nring_time = \"10s\"\n",
        );
    }
    for agent in 1..=agents {
        // Every agent is in one group at least, many in more.
        if (agent as usize) % GROUPS.len() == at
            || (dice ^ (agent * 0x9e37_79b9)).count_ones().is_multiple_of(2)
        {
            text.push_str(&format!(
                "[[group.member]]\nuser = \"m{agent}\"\nskill = {}\nlogged_in = true\n",
                1 + (agent + dice) % 4
            ));
            if distribution == "ordered" && agent % 3 != 0 {
                text.push_str(&format!("order = {}\n", 1 + agent % 4));
            }
        }
    }
}

fn settings(seed: u64, agents: u64, version: ConfigVersion) -> Arc<TenantConfig> {
    let mut text = String::from("[company]\nid = \"sim\"\npresence_red = [\"busy\", \"dnd\"]\n");
    for at in 0..GROUPS.len() {
        let dice = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17 * at as u32 + 5);
        group(&mut text, at, agents, dice, version.0 / 2);
    }
    resolved(text, agents, version)
}

/// With agents `m1` to this as users.
fn resolved(mut text: String, agents: u64, version: ConfigVersion) -> Arc<TenantConfig> {
    for agent in 1..=agents {
        text.push_str(&format!("[[user]]\nname = \"m{agent}\"\nextension = \"{}\"\n", 200 + agent));
    }
    let document = tree::of_toml(&text).unwrap();
    let mut prompts = Prompts::default();
    for name in ["queue_full", "nobody_here", "unreachable", "music", "entry", "repeat", "callback_agent"] {
        let said = BTreeMap::from([(Language::En, PromptText { text: Arc::from("Spoken.") })]);
        prompts.0.insert(name.parse().unwrap(), said);
    }
    for name in ["callback_enter", "callback_confirm", "callback_accepted", "callback_not_reached"] {
        let said = BTreeMap::from([(Language::En, PromptText { text: Arc::from("Spoken.") })]);
        prompts.0.insert(name.parse().unwrap(), said);
    }
    let party = |name: &model::id::PartyName| PartyId(name.as_str()[1..].parse().unwrap());
    let around = Around { party: &party, prompts: &prompts, time_zone: &|_| true };
    Arc::new(resolve(&document, version, around).unwrap_or_else(|faults| panic!("{faults:?}\n{text}")))
}

fn day(seed: u64) -> Told {
    let agents = 2 + seed % 13;
    let known: Vec<Arc<TenantConfig>> =
        (0..8).map(|version| settings(seed, agents, ConfigVersion(version))).collect();
    let by_version = |version: ConfigVersion| known[usize::try_from(version.0).unwrap()].clone();
    let groups: Vec<Number> = GROUPS.iter().map(|number| number.parse().unwrap()).collect();
    let calls = 60 + seed % 7 * 20;
    live_queues(&QueueDay { seed, agents, calls, rush: None, groups: &groups, settings: &by_version })
}

#[test]
fn hundreds_of_days_with_queues_go_by_the_rules() {
    let next = AtomicU64::new(0);
    let last = next.load(Ordering::Relaxed) + DAYS;
    let (records, answered) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= last {
                        break;
                    }
                    let told = std::panic::catch_unwind(|| day(seed))
                        .unwrap_or_else(|_| panic!("the day of seed {seed} went wrong"));
                    assert_eq!(told.crashes, 2, "seed {seed}: {told:?}");
                    records.fetch_add(told.records, Ordering::Relaxed);
                    answered.fetch_add(told.answered, Ordering::Relaxed);
                }
            });
        }
    });
    let (records, answered) = (records.into_inner(), answered.into_inner());
    assert!(records > DAYS * 60 && answered * 3 > records, "{answered} of {records}");
}

#[test]
fn the_same_seed_gives_the_same_day_with_queues() {
    for seed in [1, 77, 4_711] {
        assert_eq!(day(seed), day(seed));
    }
    assert_ne!(day(1).print, day(2).print);
}

/// A thousand wait when five hundred agents come, in one group; by two distributions.
#[test]
fn a_thousand_waiting_callers_are_served_in_order() {
    for (seed, distribution) in [(1, "longest_idle"), (2, "skill")] {
        let config = large(distribution);
        let groups = [GROUPS[0].parse().unwrap()];
        let settings = |_| config.clone();
        let told = live_queues(&QueueDay {
            seed,
            agents: 500,
            calls: 2_200,
            rush: Some(300_000),
            groups: &groups,
            settings: &settings,
        });
        assert!(told.longest_line >= 1_000 && told.answered > 1_000, "{told:?}");
    }
}

fn large(distribution: &str) -> Arc<TenantConfig> {
    let mut text = format!(
        "[company]\nid = \"sim\"\n[[group]]\nnumber = \"{}\"\nname = \"Q\"\npreset = \"customer_service\"\n\
         distribution = \"{distribution}\"\nmembers_max = 500\nwrap_up = \"10s\"\n[group.queue]\n\
         priority = [{{ caller = \"+37250\", level = 2 }}, {{ caller = \"+372500\", level = 8 }}]\n\
         priority_ageing = \"60s\"\n",
        GROUPS[0]
    );
    for agent in 1..=500 {
        let skill = 1 + agent % 5;
        text.push_str(&format!("[[group.member]]\nuser = \"m{agent}\"\nskill = {skill}\nlogged_in = true\n"));
    }
    resolved(text, 500, ConfigVersion(1))
}
