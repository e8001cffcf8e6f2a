//! Real clients: SIPp as the carrier, baresip and linphonec as phones, each a process of its own. What they say to
//! each other is asserted by the figures of the record and by what linphonec writes down.

use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use super::INFO;
use super::baresip::Baresip;
use super::linphonec::Linphonec;
use super::tape::holds_tone;
use crate::call::Dial;
use crate::phone::Phone;
use crate::process::{Helin, PATIENCE};
use crate::sound::Sound;

fn legs(call: &Value) -> &Vec<Value> {
    call["legs"].as_array().unwrap()
}

fn packets(leg: &Value, way: &str) -> u64 {
    leg["media"][way].as_u64().unwrap_or(0)
}

/// The README's call from the carrier, as it stands there.
#[test]
fn sipp_as_the_carrier_reaches_baresip() {
    let helin = Helin::demo();
    let _mari = Baresip::user(&helin, "mari", 1_000.0);
    let sipp = Command::new("sipp")
        .args(["-sn", "uac", "-s", INFO, "-i", "127.0.0.1", "-m", "1", "-d", "2000"])
        .arg(helin.trunk().to_string())
        .current_dir(helin.folder())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null())
        .status();
    assert!(sipp.expect("sipp is installed by scripts/install-tools.sh test").success());
    let call = helin.ended_call();
    assert_eq!(call["outcome"], "answered", "{call:#}");
    let (caller, member) = (&legs(&call)[0], &legs(&call)[1]);
    assert_eq!((&member["user"], &member["end_cause"]), (&"mari".into(), &"answered".into()), "{call:#}");
    assert!(packets(member, "packets_in") > 25, "Mari is heard: {call:#}");
    assert!(packets(caller, "packets_out") > 25, "the caller hears her: {call:#}");
    helin.until_quiet();
}

/// Sound both ways with a phone whose every packet is looked at, before and after it holds.
#[test]
fn baresip_speaks_and_hears() {
    let helin = Helin::demo();
    let _mari = Baresip::user(&helin, "mari", 1_000.0);
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::tone(440.0);
    let mut call = carrier.dial_as(INFO, &sound, Dial { from: Some("+3725551234"), ..Dial::default() });
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &sound);
    sound.hears(1_000.0);
    assert_eq!(call.reinvite(&mut carrier, &sound, "sendonly").status(), Some(200));
    assert_eq!(call.reinvite(&mut carrier, &sound, "sendrecv").status(), Some(200));
    sound.forget();
    sound.hears(1_000.0);
    call.hang_up(&mut carrier);
    let call = helin.ended_call();
    assert!(packets(&legs(&call)[1], "packets_out") > 5, "{call:#}");
    helin.until_quiet();
}

/// The README's first call: linphonec calls baresip by extension, holds, takes back, and dials a code.
#[test]
fn linphonec_calls_baresip_holds_and_leaves_the_group_by_code() {
    let helin = Helin::demo();
    let _mari = Baresip::user(&helin, "mari", 1_000.0);
    let mut juri = Linphonec::user(&helin, "juri", 440.0);
    helin.until_member(INFO, "juri", "available");
    let heard = helin.folder().join("heard.wav");
    juri.says(&format!("record {}", heard.display()));
    juri.says("call 101");
    let open = |call: &Value| call["answered"].is_string() && call["ended"].is_null();
    let list = helin.until("/api/v1/calls", |list| open(&list["items"][0]));
    assert_eq!(list["items"][0]["to"], "+3725550101");
    until_sound_flows(&helin);
    juri.says("pause");
    juri.until("is now paused");
    let after = helin.folder().join("after.wav");
    juri.says(&format!("record {}", after.display()));
    juri.says("resume");
    juri.until("Media streams established");
    until_sound_flows(&helin);
    juri.says("terminate");
    let call = helin.ended_call();
    juri.until("ended");
    assert!(holds_tone(&heard, 1_000.0), "before the hold");
    assert!(holds_tone(&after, 1_000.0), "after the hold");
    for (leg, way) in [(0, "packets_in"), (0, "packets_out"), (1, "packets_in"), (1, "packets_out")] {
        assert!(packets(&legs(&call)[leg], way) > 25, "{leg} {way}: {call:#}");
    }
    assert_eq!(legs(&call)[0]["end_cause"], "hangup", "{call:#}");

    juri.says("call *961*0#");
    juri.until("Infotelefon: oled välja logitud.");
    helin.until_member(INFO, "juri", "logged_out");
    helin.ended_calls(2);
    juri.says("call *961*1#");
    juri.until("Infotelefon: oled sisse logitud, koht nimekirjas 3.");
    helin.until_member(INFO, "juri", "available");
    juri.says("quit");
    helin.until_quiet();
}

/// A second of sound goes both ways: the figure that counts packets has no event.
#[track_caller]
fn until_sound_flows(helin: &Helin) {
    let enough = helin.metric("helin_rtp_packets_total") + 100.0;
    let deadline = Instant::now() + PATIENCE;
    while helin.metric("helin_rtp_packets_total") < enough {
        assert!(Instant::now() < deadline, "no sound flows:\n{}", helin.log());
        std::thread::yield_now();
    }
}
