//! A call from the carrier to the ring group of the demo, from the first INVITE to the last record.

use crate::call::reason_of;
use crate::message::parameter;
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

/// Without an answer it goes on to the next after the ring time, and all members hear the reason.
#[test]
fn nobody_answers_so_the_caller_hears_the_announcement_and_480() {
    let helin = Helin::demo();
    let mut phones: Vec<Phone> =
        ["mari", "juri", "kati", "info"].into_iter().map(|user| Phone::registered(&helin, user)).collect();
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::tone(440.0);
    let mut call = carrier.dial_from("+3725551234", INFO, &sound);
    call.expect_progress(&mut carrier, 180);
    for phone in &mut phones {
        let mut offer = phone.incoming();
        offer.ring(phone);
        let cancel = offer.expect_cancel(phone);
        assert_eq!(reason_of(&cancel).map(|reason| reason.0), None, "{}", cancel.to_text());
    }
    let progress = call.expect_progress(&mut carrier, 183);
    sound.connect(crate::call::sound_address(&progress.body));
    // req K-25
    sound.until("the whole announcement", |heard| heard.packets > 100);
    call.expect_refusal(&mut carrier, 480);
    let record = helin.ended_call();
    assert_eq!(record["outcome"], "unanswered", "{record:#}");
    assert_eq!(record["heard"][0]["prompt"], "fallback:unreachable");
    let explained = helin.get(&format!("/api/v1/calls/{}/explain", record["id"].as_str().unwrap()));
    let decisions = explained["decisions"].as_array().unwrap();
    assert_eq!(decisions[0]["offered"][0], "mari", "{explained:#}");
    assert!(decisions.iter().any(|decision| decision["kind"] == "fallback"));
    // req K-18: each went to the tail in turn.
    assert_eq!(order(&helin.live(INFO)), ["mari", "juri", "kati", "Madis"]);
    helin.until_quiet();
    let _ = parameter("", "");
}
