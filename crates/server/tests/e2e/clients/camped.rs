//! Camping and recall with baresip as all three parties, and phones that die in a call. (I-18)

use std::net::SocketAddr;

use serde_json::Value;

use super::baresip::Baresip;
use super::{INFO, VAXEL};
use crate::camp::{MESSAGE, MUSIC, switchboard};
use crate::process::Helin;

/// From the carrier, with an address of its own.
fn caller(helin: &Helin) -> Baresip {
    let here = SocketAddr::from(([127, 0, 0, 1], helin.spare_ports(2)));
    Baresip::outside(helin, "+46855512345", here, 440.0)
}

/// Kinds of decision about the call, in order.
fn decided(helin: &Helin, record: &Value) -> Vec<String> {
    let why = helin.get(&format!("/api/v1/calls/{}/explain", record["id"].as_str().unwrap()));
    let kinds = why["decisions"].as_array().unwrap().iter();
    kinds.map(|decision| decision["kind"].as_str().unwrap().to_owned()).collect()
}

/// Mari talks with the echo; Astrid sends her the caller and is gone.
fn camped(helin: &Helin, astrid: &mut Baresip, mari: &mut Baresip, caller: &mut Baresip) {
    mari.says("dial", &format!("sip:8099@{}", helin.access()));
    mari.until("CALL_ESTABLISHED");
    caller.says("dial", &format!("sip:{VAXEL}@{}", helin.trunk()));
    astrid.until("CALL_ESTABLISHED");
    astrid.hears(440.0);
    caller.hears(1_000.0);
    astrid.says("transfer", &format!("sip:101@{}", helin.access()));
    astrid.until("CALL_CLOSED");
    caller.hears(MESSAGE);
    caller.hears(MUSIC);
}

#[test]
fn baresip_camps_until_its_colleague_is_free() {
    let helin = switchboard();
    let mut astrid = Baresip::user(&helin, "astrid", 1_000.0);
    let mut mari = Baresip::user(&helin, "mari", 1_300.0);
    let mut caller = caller(&helin);
    camped(&helin, &mut astrid, &mut mari, &mut caller);
    mari.says("hangup", "");
    mari.until("CALL_CLOSED");
    mari.until("CALL_ESTABLISHED");
    mari.hears(440.0);
    caller.hears(1_300.0);
    caller.says("hangup", "");
    mari.until("CALL_CLOSED");
    let record = helin.ended_calls(2).remove(0);
    assert_eq!(decided(&helin, &record), ["offer", "move", "camp"], "{record:#}");
    helin.until_quiet();
}

#[test]
fn baresip_gets_back_whom_it_sent_to_a_busy_colleague() {
    let helin = switchboard();
    let mut astrid = Baresip::user(&helin, "astrid", 1_000.0);
    let mut mari = Baresip::user(&helin, "mari", 1_300.0);
    let mut caller = caller(&helin);
    camped(&helin, &mut astrid, &mut mari, &mut caller);
    astrid.until("CALL_ESTABLISHED");
    astrid.hears(440.0);
    caller.hears(1_000.0);
    caller.says("hangup", "");
    astrid.until("CALL_CLOSED");
    mari.says("hangup", "");
    let records = helin.ended_calls(2);
    let record = records.iter().find(|record| record["to"] == VAXEL).unwrap();
    assert_eq!(decided(&helin, record), ["offer", "move", "camp", "recall"], "{record:#}");
    helin.until_quiet();
}

/// Nothing is heard of it any more: the caller is let go, and the record says why.
#[test]
fn a_baresip_that_dies_in_a_talk_ends_it() {
    let helin = Helin::demo_with(&["--media-timeout", "2s"]);
    let mut astrid = Baresip::user(&helin, "astrid", 1_000.0);
    let mut caller = caller(&helin);
    caller.says("dial", &format!("sip:{VAXEL}@{}", helin.trunk()));
    astrid.until("CALL_ESTABLISHED");
    caller.hears(1_000.0);
    drop(astrid);
    caller.until("CALL_CLOSED");
    let record = helin.ended_call();
    assert_eq!(record["legs"][1]["end_cause"], "media_timeout", "{record:#}");
    helin.until_quiet();
}

/// It dies while it rings: the next member is rung when its time is over.
#[test]
fn a_baresip_that_dies_while_it_rings_is_passed_over() {
    let helin = Helin::demo();
    let mari = Baresip::user_who_lets_it_ring(&helin, "mari", 1_300.0);
    let mut juri = Baresip::user(&helin, "juri", 700.0);
    let mut caller = caller(&helin);
    caller.says("dial", &format!("sip:{INFO}@{}", helin.trunk()));
    helin.until_member(INFO, "mari", "ringing");
    caller.until("CALL_RINGING");
    drop(mari);
    juri.until("CALL_ESTABLISHED");
    juri.hears(440.0);
    caller.hears(700.0);
    caller.says("hangup", "");
    juri.until("CALL_CLOSED");
    let record = helin.ended_call();
    assert_eq!(record["legs"][1]["end_cause"], "no_answer", "{record:#}");
    helin.until_quiet();
}
