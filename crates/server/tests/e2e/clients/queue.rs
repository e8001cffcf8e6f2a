//! A waiting line with real clients at both ends: SIPp calls from the carrier's side, baresip are the agents.

use super::baresip::Baresip;
use super::sipp::Sipp;
use crate::process::Helin;

const QUEUE: &str = "+3726005000";
const COMPANY: &str = "[company]\nid = \"sinilind\"\n[[group]]\nnumber = \"+3726005000\"\nname = \"Abi\"\n\
    preset = \"customer_service\"\n[group.announcements]\nentry = \"none\"\n\
    [[group.member]]\nuser = \"astrid\"\norder = 1\nlogged_in = true\n\
    [[group.member]]\nuser = \"bjorn\"\norder = 2\nlogged_in = true\n";

/// Two callers talk, the third waits with music; who comes free first takes him.
/// req V-01, V-04, V-29
#[test]
fn sipp_waits_in_line_for_baresip() {
    let helin = Helin::demo();
    let mut astrid = Baresip::user(&helin, "astrid", 1_000.0);
    let mut bjorn = Baresip::user(&helin, "bjorn", 1_300.0);
    let output = crate::companies::apply(&helin, "demo-admin-token", COMPANY);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    helin.until_member(QUEUE, "bjorn", "available");

    let first = Sipp::calls(&helin, helin.trunk(), QUEUE);
    astrid.until("CALL_ESTABLISHED");
    helin.until_member(QUEUE, "astrid", "talking");
    let second = Sipp::calls(&helin, helin.trunk(), QUEUE);
    bjorn.until("CALL_ESTABLISHED");
    // SIPp gives back what it gets: each agent hears himself.
    astrid.hears(1_000.0);
    bjorn.hears(1_300.0);

    let third = Sipp::calls(&helin, helin.trunk(), QUEUE);
    let music = "music:built-in";
    let waits = |call: &serde_json::Value| call["heard"].to_string().contains(music);
    let live = helin.until(&format!("/api/v1/groups/{QUEUE}/live"), |live| !live["waiting"][0].is_null());
    assert_eq!(
        (&live["waiting"][0]["state"], &live["waiting"][0]["position"]),
        (&"waiting".into(), &1.into())
    );
    let call = live["waiting"][0]["call"].as_str().unwrap().to_owned();
    helin.until(&format!("/api/v1/calls/{call}"), waits);
    astrid.says("hangup", "");
    first.succeeds();
    astrid.until("CALL_ESTABLISHED");
    astrid.hears(1_000.0);

    astrid.says("hangup", "");
    third.succeeds();
    bjorn.says("hangup", "");
    second.succeeds();
    helin.ended_calls(3);
    let record = helin.get(&format!("/api/v1/calls/{call}"));
    assert_eq!((&record["outcome"], &record["visits"][0]["outcome"]), (&"answered".into(), &"served".into()));
    assert_eq!(record["legs"][1]["user"], "astrid", "{record:#}");
    helin.until_quiet();
}
