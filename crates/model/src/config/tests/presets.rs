//! What each preset has when nothing is said, and which keys it does not have.

use serde_json::{Value, json};

use super::super::document::check;
use super::super::export::{Defaults, shaped};
use super::super::resolve::read;
use super::super::tree::of_toml;
use super::super::{Distribution, PromptChoice};
use super::{File, built_in};
use crate::target::Target;

const PRESETS: [&str; 4] = ["ring_even", "ring_duty", "customer_service", "attendant"];

/// Key, then the columns; `null`: the preset does not have it.
fn columns() -> Vec<(&'static str, [Value; 4])> {
    let mut all = of_the_group();
    all.extend(of_its_tables());
    all
}

fn same(value: Value) -> [Value; 4] {
    two(value.clone(), value)
}

fn two(ring: Value, queue: Value) -> [Value; 4] {
    [ring.clone(), ring, queue.clone(), queue]
}

fn queue(value: Value) -> [Value; 4] {
    two(Value::Null, value)
}

fn of_the_group() -> Vec<(&'static str, [Value; 4])> {
    let fallback = json!(["own_line", "announcement:unreachable"]);
    vec![
        ("distribution", [json!("rotation"), json!("rotation"), json!("ordered"), json!("longest_idle")]),
        ("ties", same(json!("longest_idle"))),
        ("duty", [json!(false), json!(true), Value::Null, Value::Null]),
        ("parallel", same(json!(1))),
        ("members_max", two(json!(30), json!(500))),
        ("retry_after", queue(json!("5s"))),
        ("service_level", same(json!("20s"))),
        ("ring_time", two(json!("15s"), json!("20s"))),
        ("alerting_max", same(json!("8s"))),
        ("passes", two(json!(1), Value::Null)),
        ("offers_max", queue(json!("unlimited"))),
        ("reject_counts_as", same(json!("no_answer"))),
        ("exclusive", two(json!(true), json!(false))),
        ("wrap_up", same(json!("none"))),
        ("misses_before_logout", same(json!("never"))),
        ("miss_resets_idle", queue(json!(false))),
        ("presence_blocks", same(json!(false))),
        ("devices", same(json!(["app", "desk"]))),
        ("confirm_outside", same(json!(false))),
        ("passed_on_notice", two(json!(true), json!(false))),
        ("label", same(json!("Grupp"))),
        ("show", same(json!("caller"))),
        ("in_directory", same(json!(true))),
        ("own_line", same(json!("none"))),
        ("own_line_ring_time", same(json!("20s"))),
        ("fallback", two(fallback, Value::Null)),
    ]
}

fn of_its_tables() -> Vec<(&'static str, [Value; 4])> {
    let full = json!(["announcement:queue_full"]);
    let nobody = json!(["announcement:nobody_here"]);
    vec![
        ("queue/size_max", queue(json!("unlimited"))),
        ("queue/wait_max", queue(json!("none"))),
        ("queue/wait_strict", queue(json!(false))),
        ("queue/on_full", queue(full.clone())),
        ("queue/on_wait", queue(full)),
        ("queue/on_nobody", queue(nobody.clone())),
        ("queue/on_attempts", queue(nobody)),
        ("queue/close_at_waiting", queue(json!("none"))),
        ("queue/close_at_wait", queue(json!("none"))),
        ("queue/reopen_below", queue(json!(80))),
        ("queue/reopen_after", queue(json!("60s"))),
        ("queue/on_closed", queue(json!("busy"))),
        ("queue/priority", queue(json!([]))),
        ("queue/priority_ageing", queue(json!("60s"))),
        ("queue/exit_key", queue(json!("none"))),
        ("queue/on_exit", queue(json!("none"))),
        ("queue/recall_hold", queue(json!("5min"))),
        ("announcements/welcome", queue(json!("none"))),
        ("announcements/welcome_whole", queue(json!(true))),
        ("announcements/entry_when", queue(json!("only_if_waiting"))),
        ("announcements/repeat_every", queue(json!("30s"))),
        ("announcements/position", queue(json!(false))),
        ("announcements/wait", queue(json!(false))),
        ("announcements/wait_method", queue(json!("predicted"))),
        ("announcements/ringback", queue(json!(true))),
        ("callback/enabled", queue(json!(false))),
        ("callback/ring_time", queue(json!("30s"))),
        ("callback/attempts", queue(json!(3))),
        ("callback/pause", queue(json!("120s"))),
        ("callback/valid", queue(json!("120min"))),
        ("callback/key", queue(json!(1))),
        ("callback/offer_after_open", queue(json!("0min"))),
        ("callback/offer_waiting_over", queue(json!("none"))),
        ("callback/offer_longest_wait", queue(json!("none"))),
        ("callback/offer_estimate_over", queue(json!("none"))),
        ("callback/stop_before_closing", queue(json!("0min"))),
        ("callback/pending_max", queue(json!(200))),
        ("transfer/camp_on_busy", [json!(false), json!(false), json!(false), json!(true)]),
        ("transfer/camp_max", same(json!("60s"))),
        ("transfer/ring_max", same(json!("20s"))),
        ("transfer/message", same(json!("none"))),
    ]
}

#[test]
fn each_preset_has_its_defaults() {
    for (column, preset) in PRESETS.into_iter().enumerate() {
        let document = of_toml(&File::with(preset).text()).unwrap();
        let all = shaped(&document, Defaults::Show).json();
        for (key, values) in columns() {
            let shown = all.pointer(&format!("/group/0/{key}")).cloned().unwrap_or(Value::Null);
            assert_eq!(shown, values[column], "{key} of {preset}");
        }
        // What is a default is not printed, however it is written.
        let text = format!("{}[group.transfer]\ncamp_max = \"1min\"\n", File::with(preset).text());
        let text = text.replace("[[group.member]]\nuser = \"mari\"\n", "");
        let short = shaped(&of_toml(&text).unwrap(), Defaults::Hide).json();
        assert_eq!(short.pointer("/group/0/transfer"), None);
    }
}

#[test]
fn a_key_the_preset_does_not_have_is_a_fault() {
    for (column, preset) in PRESETS.into_iter().enumerate() {
        for (key, values) in columns() {
            let Some(value) = values.iter().find(|value| !value.is_null()) else { panic!("{key}") };
            let (table, key) = match key.split_once('/') {
                Some((table, key)) => (format!("[group.{table}]"), key),
                None => ("[[group]]".to_owned(), key),
            };
            let file = File::with(preset).set(&table, key, &value.to_string());
            let faults = check(&of_toml(&file.text()).unwrap());
            let told = faults.iter().any(|fault| fault.text.contains("not available with this preset"));
            assert_eq!(told, values[column].is_null(), "{table} {key} with {preset}: {faults:?}");
        }
    }
}

/// req V-10, X-16
#[test]
fn the_engine_reads_the_same_defaults() {
    let group = |preset: &str| {
        let config = read(&File::with(preset).text(), &built_in()).unwrap();
        config.groups.values().next().unwrap().clone()
    };
    let ring = group("ring_duty");
    assert!(ring.duty && ring.exclusive && ring.passed_on_notice && ring.queue.is_none());
    assert_eq!((ring.retry_after, ring.offers_max, ring.passes), (None, None, 1));
    assert_eq!(ring.fallback.len(), 2);
    let service = group("customer_service");
    assert!(!service.duty && !service.exclusive && !service.transfer.camp_on_busy);
    assert_eq!(service.distribution, Distribution::Ordered);
    assert_eq!(service.retry_after.unwrap().0, 5_000);
    let queue = service.queue.as_ref().unwrap();
    assert_eq!((queue.size_max, queue.wait_max, queue.exit_key), (None, None, None));
    assert_eq!(queue.on_closed, [Target::Busy]);
    assert_eq!(queue.recall_hold.0, 300_000);
    assert_eq!(service.announcements.welcome, PromptChoice::Silent);
    assert_eq!(service.announcements.music, PromptChoice::BuiltIn);
    assert_eq!(service.callback.offer_after_open.0, 0);
    assert!(group("attendant").transfer.camp_on_busy);
}
