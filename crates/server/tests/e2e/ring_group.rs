//! A call from the carrier to the ring group of the demo, from the first INVITE to the last record.

use crate::call::{Dial, reason_of, sound_address};
use crate::phone::Phone;
use crate::process::{Helin, order};
use crate::sound::Sound;

const INFO: &str = "+3726001000";

/// One established call from the trunk to mari.
#[test]
fn a_call_from_the_carrier_reaches_the_first_member_with_sound_both_ways() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, mari_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));

    let mut call = carrier.dial_from("+3725551234", INFO, &caller_sound);
    let ringing = call.expect_progress(&mut carrier, 180);
    assert_eq!(ringing.body, "", "180 to a caller of a group has no SDP");
    let mut offer = mari.incoming();
    // req K-26
    assert!(offer.invite.must("Diversion").contains("3726001000"), "{}", offer.invite.to_text());
    assert!(offer.invite.must("History-Info").contains("3726001000"));
    assert_eq!(offer.invite.user_in("From"), "+3725551234");
    offer.ring(&mut mari);
    helin.until_member(INFO, "mari", "ringing");
    offer.answer(&mut mari, &mari_sound);
    call.expect_answer(&mut carrier, &caller_sound);
    mari_sound.hears(440.0);
    caller_sound.hears(1_000.0);

    // Hold and resume by the caller; the request passes through.
    let hold = std::thread::scope(|scope| {
        let held = scope.spawn(|| offer.expect_reinvite(&mut mari, &mari_sound));
        call.reinvite(&mut carrier, &caller_sound, "sendonly");
        held.join().unwrap()
    });
    assert!(hold.body.contains("a=sendonly"), "{}", hold.body);
    std::thread::scope(|scope| {
        scope.spawn(|| offer.expect_reinvite(&mut mari, &mari_sound));
        call.reinvite(&mut carrier, &caller_sound, "sendrecv");
    });
    mari_sound.forget();
    caller_sound.forget();
    mari_sound.hears(440.0);
    caller_sound.hears(1_000.0);

    // DTMF passes through.
    caller_sound.press('5');
    mari_sound.until("the key 5", |heard| heard.keys == "5");

    let heard = caller_sound.heard();
    assert_eq!(heard.sources.len(), 1, "one source for the whole call");
    assert_eq!(heard.breaks, 0, "no gap in the sequence");

    call.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);
    let record = helin.ended_call();
    assert_eq!(record["outcome"], "answered", "{record:#}");
    assert_eq!(record["from"], "+3725551234");
    assert_eq!(record["to"], INFO);
    let legs = record["legs"].as_array().unwrap();
    assert_eq!(legs.len(), 2);
    assert_eq!(legs[1]["user"], "mari");
    assert_eq!(legs[1]["role"], "member");
    // req K-16
    assert_eq!(order(&helin.live(INFO)), ["juri", "kati", "mari", "Madis"]);
    helin.until_quiet();
}

/// Without an answer it goes on to the next after the ring time; those who missed it are told, and the caller
/// hears the announcement.
#[test]
fn nobody_answers_so_the_caller_hears_the_announcement_and_480() {
    let helin = Helin::demo();
    let mut members: Vec<Phone> =
        ["mari", "juri", "kati"].into_iter().map(|user| Phone::registered(&helin, user)).collect();
    let mut own_line = Phone::registered(&helin, "info");
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::tone(440.0);
    let mut call = carrier.dial_from("+3725551234", INFO, &sound);
    call.expect_progress(&mut carrier, 180);
    for phone in &mut members {
        let mut offer = phone.incoming();
        offer.ring(phone);
        let cancel = offer.expect_cancel(phone);
        assert_eq!(reason_of(&cancel), None, "nobody took the call: {}", cancel.to_text());
        // req K-29, K-30
        let text = phone.text();
        assert!(text.contains("Infotelefon") && text.contains("+3725551234"), "{text}");
        assert!(named_time_is_now(&text, "Europe/Tallinn"), "{text}");
    }
    // req K-23
    let mut offer = own_line.incoming();
    offer.ring(&mut own_line);
    offer.expect_cancel(&mut own_line);
    let progress = call.expect_progress(&mut carrier, 183);
    sound.connect(sound_address(&progress.body));
    call.expect_refusal(&mut carrier, 480);
    // req K-25
    let announcement = built_in("et", "unreachable");
    let heard = sound.heard();
    assert_eq!(
        heard.alaw.len() / 160,
        announcement.len().div_ceil(160),
        "the whole announcement and no more"
    );
    assert_eq!(heard.alaw[..announcement.len()], announcement, "byte for byte");

    let record = helin.ended_call();
    assert_eq!(record["outcome"], "unanswered", "{record:#}");
    assert_eq!(record["answered"], serde_json::Value::Null);
    assert_eq!(record["heard"][0]["prompt"], "fallback:unreachable");
    assert_eq!(
        record["heard"][0]["text"],
        "Mobiiltelefon, millele te helistate, on välja lülitatud, või asub väljaspool võrgu teeninduspiirkonda"
    );
    let causes: Vec<&str> = record["legs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|leg| leg["end_cause"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(causes[1..], ["no_answer"; 4], "{record:#}");
    let explained = helin.get(&format!("/api/v1/calls/{}/explain", record["id"].as_str().unwrap()));
    let decisions = explained["decisions"].as_array().unwrap();
    assert_eq!(decisions[0]["offered"][0], "mari", "{explained:#}");
    let passed_over: Vec<(&str, &str)> = decisions[0]["passed_over"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["user"].as_str().unwrap(), one["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(
        passed_over,
        [("juri", "later_in_order"), ("kati", "later_in_order"), ("Madis", "logged_out")]
    );
    assert!(decisions.iter().any(|decision| decision["kind"] == "fallback"));
    // req K-19: each went to the tail in turn.
    assert_eq!(order(&helin.live(INFO)), ["mari", "juri", "kati", "Madis"]);
    helin.until_quiet();
}

#[test]
fn busy_keeps_the_place_and_a_reject_goes_to_the_tail() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let mut kati = Phone::registered(&helin, "kati");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, kati_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", INFO, &caller_sound);
    // req K-18
    mari.incoming().reject(&mut mari, 486, "Busy Here");
    juri.incoming().reject(&mut juri, 603, "Decline");
    let mut offer = kati.incoming();
    offer.ring(&mut kati);
    offer.answer(&mut kati, &kati_sound);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &caller_sound);
    kati_sound.hears(440.0);
    caller_sound.hears(1_000.0);
    offer.hang_up(&mut kati);
    call.expect_bye(&mut carrier);
    assert_eq!(order(&helin.live(INFO)), ["mari", "juri", "kati", "Madis"]);
    let record = helin.ended_call();
    let causes: Vec<&str> =
        record["legs"].as_array().unwrap().iter().map(|leg| leg["end_cause"].as_str().unwrap()).collect();
    assert_eq!(causes[1..3], ["busy", "rejected"], "{record:#}");
    helin.until_quiet();
    for phone in [&mut mari, &mut juri] {
        assert!(phone.pending().is_empty(), "a notice comes only after no answer");
    }
}

#[test]
fn a_member_without_a_phone_is_unreachable_at_once() {
    let helin = Helin::demo();
    let mut kati = Phone::registered(&helin, "kati");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, kati_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", INFO, &caller_sound);
    let mut offer = kati.incoming();
    offer.answer(&mut kati, &kati_sound);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &caller_sound);
    kati_sound.hears(440.0);
    caller_sound.hears(1_000.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut kati);
    let record = helin.ended_call();
    let legs = record["legs"].as_array().unwrap();
    assert_eq!(legs.len(), 4, "{record:#}");
    assert_eq!(legs[1]["end_cause"], "unreachable");
    assert_eq!(legs[2]["end_cause"], "unreachable");
    // req K-19
    assert_eq!(order(&helin.live(INFO)), ["mari", "juri", "kati", "Madis"]);
}

/// As many calls as active members; two calls never ring one member; the next goes to the own line.
#[test]
fn simultaneous_calls_ring_different_members_and_one_too_many_the_own_line() {
    let helin = Helin::demo();
    let users = ["mari", "juri", "kati", "info"];
    let mut phones: Vec<Phone> = users.iter().map(|user| Phone::registered(&helin, user)).collect();
    let mut carrier = Phone::carrier(&helin);
    let mut sounds: Vec<(Sound, Sound)> = Vec::new();
    let mut calls = Vec::new();
    for (at, phone) in phones.iter_mut().enumerate() {
        let pair = (Sound::tone(400.0 + 100.0 * at as f64), Sound::tone(1_000.0 + 100.0 * at as f64));
        let mut call = carrier.dial_from(&format!("+372555000{at}"), INFO, &pair.0);
        // req K-39, K-40, K-49
        let mut offer = phone.incoming();
        call.expect_progress(&mut carrier, 180);
        offer.answer(phone, &pair.1);
        call.expect_answer(&mut carrier, &pair.0);
        sounds.push(pair);
        calls.push((call, offer));
    }
    for (at, (caller, member)) in sounds.iter().enumerate() {
        member.hears(400.0 + 100.0 * at as f64);
        caller.hears(1_000.0 + 100.0 * at as f64);
    }
    let live = helin.live(INFO);
    assert_eq!(live["calls_today"]["answered"], 3, "{live:#}");
    assert_eq!(live["calls_today"]["overflowed"], 1, "{live:#}");
    for ((mut call, mut offer), phone) in calls.into_iter().zip(&mut phones) {
        call.hang_up(&mut carrier);
        offer.expect_bye(phone);
    }
    helin.until_quiet();
    for phone in &mut phones {
        phone.expect_no_call();
    }
}

#[test]
fn a_caller_who_gives_up_stops_the_ringing() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    let mut call = carrier.dial_from("+3725551234", INFO, &sound);
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    call.expect_progress(&mut carrier, 180);
    call.cancel(&mut carrier);
    call.expect_refusal(&mut carrier, 487);
    offer.expect_cancel(&mut mari);
    let record = helin.ended_call();
    assert_eq!(record["outcome"], "abandoned", "{record:#}");
    assert_eq!(record["legs"][1]["end_cause"], "cancelled");
    helin.until_quiet();
    // req K-29: whoever was ringing when the caller gave up gets no such notice, and keeps his place.
    assert!(mari.pending().is_empty());
    juri.expect_no_call();
    assert_eq!(order(&helin.live(INFO)), ["mari", "juri", "kati", "Madis"]);
}

/// The 200 of a phone crosses the CANCEL to it: acknowledged, then ended.
#[test]
fn an_answer_that_crosses_the_cancel_is_acknowledged_and_ended() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    let mut call = carrier.dial_from("+3725551234", INFO, &sound);
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    call.expect_progress(&mut carrier, 180);
    call.cancel(&mut carrier);
    call.expect_refusal(&mut carrier, 487);
    let cancel = mari.expect_request("CANCEL");
    offer.send_answer(&mut mari, &sound);
    mari.reply(&cancel, 200, "OK");
    offer.expect_ack(&mut mari);
    offer.expect_bye(&mut mari);
    helin.until_quiet();
    assert_eq!(helin.ended_call()["outcome"], "abandoned");
}

/// A member of the group who calls is a caller like others, and never rings himself.
#[test]
fn a_colleague_calls_the_group_by_its_number() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = mari.dial(INFO, &mari_sound);
    call.expect_progress(&mut mari, 180);
    let mut offer = juri.incoming();
    offer.answer(&mut juri, &juri_sound);
    call.expect_answer(&mut mari, &mari_sound);
    mari_sound.hears(1_000.0);
    juri_sound.hears(440.0);
    offer.hang_up(&mut juri);
    call.expect_bye(&mut mari);
    mari.expect_no_call();
    helin.until_quiet();
}

/// An INVITE without an offer is offered by us in the 200, and its answer comes in the ACK.
#[test]
fn a_caller_without_an_offer_is_offered_in_the_200() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, mari_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_as(
        INFO,
        &caller_sound,
        Dial { from: Some("+3725551234"), body: Some(String::new()), ..Dial::default() },
    );
    let mut offer = mari.incoming();
    offer.send_answer(&mut mari, &mari_sound);
    call.expect_progress(&mut carrier, 180);
    call.expect_offer_in_answer(&mut carrier, &caller_sound);
    offer.expect_ack(&mut mari);
    caller_sound.hears(1_000.0);
    mari_sound.hears(440.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);
    helin.until_quiet();
}

/// A-law of a built-in prompt.
/// A text names the present minute (or the one before) as clocks of that zone show it.
fn named_time_is_now(text: &str, zone: &str) -> bool {
    let zone = jiff::tz::TimeZone::get(zone).unwrap();
    let now = jiff::Timestamp::now();
    [0, 60].iter().any(|ago| {
        let at = zone.to_datetime(now - jiff::SignedDuration::from_secs(*ago)).time();
        text.contains(&format!(" {:02}:{:02} ", at.hour(), at.minute()))
    })
}

fn built_in(language: &str, name: &str) -> Vec<u8> {
    let path = format!("{}/../../prompts/{language}/{name}.wav", env!("CARGO_MANIFEST_DIR"));
    let clip = media::clip::Clip::of_wav(&std::fs::read(path).unwrap()).unwrap();
    clip.octets(media::g711::Law::A).to_vec()
}
