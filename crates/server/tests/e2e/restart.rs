//! Killed and started again, told to stop, started wrongly: nothing is lost, and the reason is told.

use serde_json::Value;

use crate::phone::Phone;
use crate::process::{Helin, member_state, order};
use crate::sound::Sound;

const INFO: &str = "+3726001000";

/// `kill -9` in the middle of a call.
#[test]
fn registrations_order_and_records_survive_a_kill() {
    let mut helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let mut carrier = Phone::carrier(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    helin.post(&format!("/api/v1/groups/{INFO}/members/kati/logout"));
    helin.post("/api/v1/groups/+3726002000/members/toomas/login");
    let mut call = carrier.dial_from("+3725551234", INFO, &outer);
    let mut offer = mari.incoming();
    offer.answer(&mut mari, &inner);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &outer);
    outer.hears(1_000.0);
    let second = Sound::silent();
    let mut ringing = carrier.dial_from("+3725551235", INFO, &second);
    juri.incoming().ring(&mut juri);
    ringing.expect_progress(&mut carrier, 180);
    // Whoever reads the reasons of a call waits until they are on disk.
    let newest = helin.get("/api/v1/calls")["items"][0]["id"].as_str().unwrap().to_owned();
    helin.get(&format!("/api/v1/calls/{newest}/explain"));

    helin.kill();
    helin.start();

    assert!(helin.metric("helin_registered_contacts") >= 2.0, "the figure counts who was registered before");
    // req K-53
    let live = helin.live(INFO);
    assert_eq!(order(&live)[..2], ["juri", "mari"]);
    assert_eq!(member_state(&live, "kati"), Some("logged_out"));
    for user in ["mari", "juri"] {
        assert_eq!(member_state(&live, user), Some("available"), "registered, and neither rings nor talks");
    }
    let calls = helin.ended_calls(2);
    let causes: Vec<&Value> = calls.iter().map(|call| &call["legs"][0]["end_cause"]).collect();
    assert_eq!(causes, ["restart", "restart"], "{calls:#?}");
    assert_eq!(calls[1]["outcome"], "answered");
    assert_eq!(live["calls_today"]["offered"], 2, "{live:#}");

    // A new call reaches a phone that has not registered again.
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551236", INFO, &outer);
    let mut offer = juri.incoming();
    offer.answer(&mut juri, &inner);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &outer);
    outer.hears(1_000.0);
    inner.hears(440.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut juri);
    helin.until_quiet();
}

/// New calls get 503, live ones may go on for the grace, then BYE.
#[test]
fn sigterm_lets_live_calls_finish_for_a_while() {
    let mut helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", INFO, &outer);
    let mut offer = mari.incoming();
    offer.answer(&mut mari, &inner);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &outer);
    helin.terminate();
    let silent = Sound::silent();
    // Until the signal has arrived calls may still be taken.
    let refused = loop {
        let mut late = carrier.dial_from("+3725551235", INFO, &silent);
        let first = late.expect_any(&mut carrier);
        if first.status() == Some(503) {
            break first;
        }
        late.cancel(&mut carrier);
        late.expect_refusal(&mut carrier, 487);
    };
    assert!(refused.header("Retry-After").is_some(), "{}", refused.to_text());
    outer.forget();
    outer.hears(1_000.0);
    offer.expect_bye(&mut mari);
    call.expect_bye(&mut carrier);
    assert!(helin.wait_end().success(), "{}", helin.log());
    helin.start();
    let calls = helin.get("/api/v1/calls");
    let answered = calls["items"].as_array().unwrap().last().unwrap();
    assert_eq!(answered["outcome"], "answered");
    let record = helin.get(&format!("/api/v1/calls/{}", answered["id"].as_str().unwrap()));
    assert_eq!(record["legs"][0]["end_cause"], "shutdown", "{record:#}");
}

fn fails_to_start(mut command: std::process::Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_taken_port_is_named_with_what_to_do() {
    let helin = Helin::demo();
    let mut command = helin.command();
    let other = tempfile::tempdir().unwrap();
    command.env("HELIN_DATA", other.path());
    let told = fails_to_start(command);
    assert!(told.contains(&helin.access().to_string()) || told.contains(&helin.web().to_string()), "{told}");
    assert!(told.contains("helin.toml") || told.contains("--"), "{told}");
}

#[test]
fn an_unusable_data_folder_is_named() {
    let mut helin = Helin::demo();
    helin.kill();
    let file = helin.folder().join("not-a-folder");
    std::fs::write(&file, "").unwrap();
    let mut command = helin.command();
    command.env("HELIN_DATA", &file);
    let told = fails_to_start(command);
    assert!(told.contains("not-a-folder"), "{told}");
}

#[test]
fn a_wrong_platform_file_is_named_with_its_line() {
    let mut helin = Helin::demo();
    helin.kill();
    let file = helin.folder().join("helin.toml");
    std::fs::write(&file, "web = \"127.0.0.1:1\"\n\n[[listenr]]\nbind = \"127.0.0.1:1\"\n").unwrap();
    let mut command = helin.command();
    command.env("HELIN_CONFIG", &file);
    let told = fails_to_start(command);
    assert!(told.contains("helin.toml") && told.contains("listenr") && told.contains('3'), "{told}");
}
