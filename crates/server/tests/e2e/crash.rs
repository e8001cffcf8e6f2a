//! `kill -9` under load, again and again: every call that got a 200 has exactly one record.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::Value;

use crate::load::{GROUP, Sipp, company, free_port};
use crate::process::{Helin, PATIENCE};

/// Kills in one run.
const KILLS: u32 = 10;
const MEMBERS: usize = 30;

#[test]
fn every_answered_call_has_one_record_however_often_helin_is_killed() {
    let mut helin = Helin::demo_with(&["--rtp", "20000-29999"]);
    let members_at = free_port();
    company(&helin, MEMBERS, members_at);
    let folder = helin.folder().to_owned();
    let _members = Sipp::members(&folder, members_at);
    let mut answered = Vec::new();
    // Chance that comes again: where in the load each kill falls.
    let mut chance = 0x9e37_79b9_u64;
    for _ in 0..KILLS {
        let mut callers = Sipp::callers(&helin, &folder, (150, 100, 100));
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let after = (chance >> 33) % 120 + 10;
        let deadline = Instant::now() + PATIENCE;
        while helin.metric("helin_calls_total") < after as f64 {
            assert!(Instant::now() < deadline, "SIPp's calls do not arrive:\n{}", callers.faults());
            std::thread::yield_now();
        }
        helin.kill();
        helin.start();
        // The load goes on; phones need not register again.
        callers.wait();
        let numbers = callers.answered();
        assert!(!numbers.is_empty());
        answered.push(numbers);
    }

    let token = "demo-operator-token";
    let path = format!("/api/v1/groups/{GROUP}/live?company=load");
    let live = helin.request("GET", &path, token, None).1;
    for member in live["members"].as_array().unwrap() {
        assert_eq!(member["state"], "available", "{member}");
    }
    let mut records: BTreeMap<String, u32> = BTreeMap::new();
    for record in all_calls(&helin) {
        assert!(!record["ended"].is_null() && !record["outcome"].is_null(), "{record:#}");
        if record["outcome"] == "answered" {
            *records.entry(record["from"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    // Each run of SIPp counts its callers from 1: a number answered in three runs has three records.
    let mut expected: BTreeMap<&str, u32> = BTreeMap::new();
    for number in answered.iter().flatten() {
        *expected.entry(number).or_default() += 1;
    }
    for (number, count) in &expected {
        let found = records.get(*number).copied().unwrap_or(0);
        assert!(found >= *count, "{number} got a 200 {count} times and has {found} records");
    }
    // A record may stand for a 200 that the kill kept from leaving; at most those that were open at a kill.
    let surplus: u32 =
        records.iter().map(|(number, found)| found - expected.get(number.as_str()).unwrap_or(&0)).sum();
    assert!(surplus <= KILLS * MEMBERS as u32, "{surplus} records too many");

    // The whole day, with its crashes, gives the same facts again.
    let replayed = helin.run(token, &["replay", "load", "--data", helin.data().to_str().unwrap()]);
    assert!(replayed.status.success(), "{}", String::from_utf8_lossy(&replayed.stderr));
}

fn all_calls(helin: &Helin) -> Vec<Value> {
    let mut calls = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/calls?company=load&limit=500{cursor}");
        let (status, page) = helin.request("GET", &path, "demo-operator-token", None);
        assert_eq!(status, 200, "{page}");
        calls.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return calls,
        }
    }
}
