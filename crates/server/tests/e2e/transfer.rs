//! Sending calls elsewhere, from phones: blind, attended, camped on a busy colleague, parked, held. req I-18

use crate::call::reason_of;
use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

pub(crate) const VAXEL: &str = "+4681001000";

/// A carrier's call that an attendant has answered.
pub(crate) struct Answered {
    pub(crate) caller: crate::call::Call,
    pub(crate) agent: crate::call::Call,
}

#[track_caller]
pub(crate) fn answered(
    carrier: &mut Phone,
    agent: &mut Phone,
    number: &str,
    sounds: (&Sound, &Sound),
) -> Answered {
    let mut caller = carrier.dial_from("+46855512345", number, sounds.0);
    let mut offer = agent.incoming();
    offer.ring(agent);
    offer.answer(agent, sounds.1);
    caller.expect_answer(carrier, sounds.0);
    sounds.1.hears(440.0);
    sounds.0.hears(1_000.0);
    Answered { caller, agent: offer }
}

/// The attendant sends the caller to a colleague: tone while it rings, NOTIFY 200 and BYE when she answers, sound
/// both ways, one record.
#[test]
fn a_blind_transfer_reaches_the_colleague() {
    let helin = Helin::demo();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mari_sound = Sound::tone(1_500.0);
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));

    agent.refer(&mut astrid, &format!("<sip:101@{}>", helin.access()));
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    caller_sound.hears(425.0);
    offer.answer(&mut mari, &mari_sound);
    assert_eq!(agent.expect_notified(&mut astrid), "SIP/2.0 200 OK");
    agent.expect_bye(&mut astrid);
    mari_sound.hears(440.0);
    caller_sound.hears(1_500.0);
    assert_eq!(caller_sound.heard().sources.len(), 1, "one source whoever speaks");

    caller.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);
    let record = helin.ended_call();
    let legs = record["legs"].as_array().unwrap();
    assert_eq!(legs.len(), 3, "{record:#}");
    assert_eq!(legs[1]["end_cause"], "transferred");
    assert_eq!(legs[2]["user"], "mari");
    helin.until_quiet();
}

/// The colleague does not want it: NOTIFY tells, and the caller is still there.
#[test]
fn a_transfer_that_fails_leaves_the_caller_with_the_sender() {
    let helin = Helin::demo();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));

    agent.refer(&mut astrid, &format!("<sip:101@{}>", helin.access()));
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    caller_sound.hears(425.0);
    offer.reject(&mut mari, 603, "Decline");
    assert_eq!(agent.expect_notified(&mut astrid), "SIP/2.0 480 Temporarily Unavailable");
    caller_sound.hears(1_000.0);
    astrid_sound.hears(440.0);
    agent.hang_up(&mut astrid);
    caller.expect_bye(&mut carrier);
    helin.until_quiet();
}

/// The attendant talks with the colleague first and joins the two.
#[test]
fn an_attended_transfer_joins_both() {
    let helin = Helin::demo();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let (second_sound, mari_sound) = (Sound::tone(700.0), Sound::tone(1_500.0));
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));

    let mut asks = astrid.dial("101", &second_sound);
    let mut offer = mari.incoming();
    offer.answer(&mut mari, &mari_sound);
    asks.expect_answer(&mut astrid, &second_sound);
    mari_sound.hears(700.0);
    agent.refer(&mut astrid, &format!("<sip:101@{}?Replaces={}>", helin.access(), asks.replaces()));
    assert_eq!(agent.expect_notified(&mut astrid), "SIP/2.0 200 OK");
    agent.expect_bye(&mut astrid);
    asks.expect_bye(&mut astrid);
    mari_sound.hears(440.0);
    caller_sound.hears(1_500.0);

    offer.hang_up(&mut mari);
    caller.expect_bye(&mut carrier);
    let records = helin.ended_calls(2);
    let whole = records.iter().find(|record| record["to"] == VAXEL).unwrap();
    assert_eq!(whole["legs"].as_array().map(Vec::len), Some(3), "{whole:#}");
    assert_eq!(whole["legs"][2]["user"], "mari");
    helin.until_quiet();
}

/// The colleague is in a call: the caller waits with music, and she rings when she is free.
#[test]
fn a_caller_camps_on_a_busy_colleague() {
    let helin = Helin::demo();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mari_sound = Sound::tone(1_500.0);
    let mut echo = mari.dial("8099", &mari_sound);
    echo.expect_answer(&mut mari, &mari_sound);
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));

    agent.refer(&mut astrid, &format!("<sip:101@{}>", helin.access()));
    assert_eq!(agent.expect_notified(&mut astrid), "SIP/2.0 200 OK", "camped");
    agent.expect_bye(&mut astrid);
    caller_sound.hears_packets(50);
    echo.hang_up(&mut mari);
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    caller_sound.hears(425.0);
    // She declines: it comes back to the attendant, who sees who and why.
    offer.reject(&mut mari, 486, "Busy Here");
    let mut back = astrid.incoming();
    assert!(back.invite.must("From").contains("upptagen"), "{}", back.invite.to_text());
    assert_eq!(reason_of(&back.invite).map(|(cause, _)| cause), Some(486));
    back.answer(&mut astrid, &astrid_sound);
    astrid_sound.hears(440.0);
    caller_sound.hears(1_000.0);
    caller.hang_up(&mut carrier);
    back.expect_bye(&mut astrid);
    helin.until_quiet();
}

/// Parked with `*7`, taken back with `*7` and the slot.
#[test]
fn a_parked_call_is_taken_back_by_its_slot() {
    let helin = Helin::demo();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mari_sound = Sound::tone(1_500.0);
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));

    agent.refer(&mut astrid, &format!("<sip:*7@{}>", helin.access()));
    assert_eq!(agent.expect_notified(&mut astrid), "SIP/2.0 200 OK");
    agent.expect_bye(&mut astrid);
    let text = astrid.text();
    assert!(text.contains("*71"), "{text}");
    let mut takes = mari.dial("*71", &mari_sound);
    takes.expect_answer(&mut mari, &mari_sound);
    mari_sound.hears(440.0);
    caller_sound.hears(1_500.0);
    takes.hang_up(&mut mari);
    caller.expect_bye(&mut carrier);
    helin.until_quiet();
}

/// Picked up by code: the call that rings at a colleague, and the one that has rung longest in one's own groups.
#[test]
fn a_ringing_call_is_picked_up_by_code() {
    let helin = Helin::demo();
    let (mut mari, mut kati) = (Phone::registered(&helin, "mari"), Phone::registered(&helin, "kati"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, kati_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    for (called, code) in [("+3725550101", "*8101"), ("+3726001000", "*8")] {
        let mut caller = carrier.dial_from("+46855512345", called, &caller_sound);
        let mut offer = mari.incoming();
        offer.ring(&mut mari);
        caller.expect_progress(&mut carrier, 180);
        let mut takes = kati.dial(code, &kati_sound);
        takes.expect_answer(&mut kati, &kati_sound);
        caller.expect_answer(&mut carrier, &caller_sound);
        offer.expect_cancel(&mut mari);
        kati_sound.hears(440.0);
        caller_sound.hears(1_000.0);
        caller.hang_up(&mut carrier);
        takes.expect_bye(&mut kati);
    }
    let records = helin.ended_calls(2);
    assert!(records.iter().all(|record| record["legs"][2]["user"] == "kati"), "{records:#?}");
    helin.until_quiet();
}

/// Whoever is put on hold hears music; taken back, both talk on.
#[test]
fn who_is_held_hears_music() {
    let helin = Helin::demo();
    let mut astrid = Phone::registered(&helin, "astrid");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));
    std::thread::scope(|scope| {
        scope.spawn(|| caller.expect_reinvite(&mut carrier, &caller_sound));
        agent.reinvite(&mut astrid, &astrid_sound, "sendonly");
    });
    helin.until("/api/v1/calls", |list| {
        let id = list["items"][0]["id"].as_str().unwrap_or_default().to_owned();
        let heard = &helin.get(&format!("/api/v1/calls/{id}"))["heard"];
        heard.as_array().is_some_and(|heard| heard.iter().any(|item| item["prompt"] == "music:built-in"))
    });
    caller_sound.until("music instead of the attendant", |heard| {
        heard.alaw.len() >= 1_600 && !crate::sound::is_tone(&heard.alaw[heard.alaw.len() - 800..], 1_000.0)
    });
    caller_sound.hears_packets(25);
    std::thread::scope(|scope| {
        scope.spawn(|| caller.expect_reinvite(&mut carrier, &caller_sound));
        agent.reinvite(&mut astrid, &astrid_sound, "sendrecv");
    });
    caller_sound.hears(1_000.0);
    astrid_sound.hears(440.0);
    caller.hang_up(&mut carrier);
    agent.expect_bye(&mut astrid);
    helin.until_quiet();
}

/// By API: the agent is released at once, the target rings.
#[test]
fn a_call_is_transferred_by_command() {
    let helin = Helin::demo();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mari_sound = Sound::tone(1_500.0);
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));
    let calls = helin.get("/api/v1/calls");
    let id = calls["items"][0]["id"].as_str().unwrap();
    let body = serde_json::json!({"to": "101", "mode": "blind"});
    let path = format!("/api/v1/calls/{id}/transfer");
    let (status, answer) = helin.request("POST", &path, "demo-admin-token", Some(&body));
    assert_eq!(status, 204, "{answer}");
    agent.expect_bye(&mut astrid);
    let mut offer = mari.incoming();
    offer.answer(&mut mari, &mari_sound);
    mari_sound.hears(440.0);
    caller_sound.hears(1_500.0);
    caller.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);
    helin.until_quiet();
}
