//! Calls between people: by extension, by personal number, out over the trunk; limits, hidden numbers, 112.

use crate::call::{Dial, description, reason_of, sound_address};
use crate::phone::Phone;
use crate::process::{Helin, member_state};
use crate::sound::Sound;

#[test]
fn a_user_calls_a_colleague_by_extension() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = mari.dial("102", &mari_sound);
    let mut offer = juri.incoming();
    assert_eq!(offer.invite.user_in("From"), "101", "colleagues show their extension");
    offer.ring(&mut juri);
    call.expect_progress(&mut mari, 180);
    offer.answer(&mut juri, &juri_sound);
    call.expect_answer(&mut mari, &mari_sound);
    mari_sound.hears(1_000.0);
    juri_sound.hears(440.0);
    // req K-37: a personal call makes a member busy for the ring.
    let live = helin.until_member("+3726001000", "juri", "talking");
    assert_eq!(member_state(&live, "mari"), Some("talking"));
    offer.hang_up(&mut juri);
    call.expect_bye(&mut mari);
    let record = helin.ended_call();
    assert_eq!((record["from"].as_str(), record["to"].as_str()), (Some("+3725550101"), Some("+3725550102")));
    assert_eq!(record["legs"][1]["role"], "callee");
    helin.until_quiet();
}

/// Early media of a person called directly is passed on.
#[test]
fn early_media_of_a_callee_reaches_the_caller() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = mari.dial("102", &mari_sound);
    let mut offer = juri.incoming();
    juri_sound.connect(sound_address(&offer.invite.body));
    offer.respond(&mut juri, 183, "Session Progress", Some(description(juri_sound.port(), 1, "sendrecv")));
    let progress = call.expect_progress(&mut mari, 183);
    mari_sound.connect(sound_address(&progress.body));
    mari_sound.hears(1_000.0);
    offer.reject(&mut juri, 486, "Busy Here");
    call.expect_refusal(&mut mari, 486);
    assert_eq!(helin.ended_call()["outcome"], "busy");
    helin.until_quiet();
}

/// All phones of a user ring; the first answer wins, the others are told.
#[test]
fn the_first_phone_to_answer_wins() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut desk = Phone::registered(&helin, "juri");
    let mut soft = Phone::registered(&helin, "juri");
    let (mari_sound, soft_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = mari.dial("102", &mari_sound);
    let (mut at_desk, mut at_soft) = (desk.incoming(), soft.incoming());
    at_desk.ring(&mut desk);
    at_soft.ring(&mut soft);
    call.expect_progress(&mut mari, 180);
    at_soft.answer(&mut soft, &soft_sound);
    call.expect_answer(&mut mari, &mari_sound);
    let cancel = at_desk.expect_cancel(&mut desk);
    assert_eq!(reason_of(&cancel), Some((200, "answered elsewhere".to_owned())));
    mari_sound.hears(1_000.0);
    soft_sound.hears(440.0);
    call.hang_up(&mut mari);
    at_soft.expect_bye(&mut soft);
    helin.until_quiet();
}

/// Two phones answer at once: one is taken, the other is acknowledged and ended with the reason.
#[test]
fn two_answers_at_once_leave_one_call() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut desk = Phone::registered(&helin, "juri");
    let mut soft = Phone::registered(&helin, "juri");
    let (mari_sound, desk_sound, soft_sound) = (Sound::tone(440.0), Sound::tone(800.0), Sound::tone(1_000.0));
    let mut call = mari.dial("102", &mari_sound);
    let (mut at_desk, mut at_soft) = (desk.incoming(), soft.incoming());
    at_desk.send_answer(&mut desk, &desk_sound);
    at_soft.send_answer(&mut soft, &soft_sound);
    at_desk.expect_ack(&mut desk);
    at_soft.expect_ack(&mut soft);
    call.expect_answer(&mut mari, &mari_sound);
    let bye = at_soft.expect_bye(&mut soft);
    assert_eq!(reason_of(&bye), Some((200, "answered elsewhere".to_owned())));
    mari_sound.hears(800.0);
    desk_sound.hears(440.0);
    call.hang_up(&mut mari);
    at_desk.expect_bye(&mut desk);
    helin.until_quiet();
}

#[test]
fn busy_no_answer_unreachable_and_unknown_end_as_a_caller_expects() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let sound = Sound::silent();
    let mut call = mari.dial("102", &sound);
    juri.incoming().reject(&mut juri, 486, "Busy Here");
    call.expect_refusal(&mut mari, 486);
    let mut call = mari.dial("103", &sound);
    call.expect_refusal(&mut mari, 480);
    let mut call = mari.dial("199", &sound);
    call.expect_refusal(&mut mari, 404);
    let mut call = mari.dial("102", &sound);
    juri.incoming().reject(&mut juri, 603, "Decline");
    call.expect_refusal(&mut mari, 603);
    let calls = helin.ended_calls(4);
    let outcomes: Vec<&str> = calls.iter().map(|call| call["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["rejected", "failed", "unanswered", "busy"]);
    helin.until_quiet();
}

/// Calls come in on a personal number and go out with it.
#[test]
fn the_personal_number_works_both_ways_over_the_trunk() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", "+3725550101", &outer);
    let mut offer = mari.incoming();
    assert_eq!(offer.invite.user_in("From"), "+3725551234");
    offer.ring(&mut mari);
    call.expect_progress(&mut carrier, 180);
    offer.answer(&mut mari, &inner);
    call.expect_answer(&mut carrier, &outer);
    outer.hears(1_000.0);
    inner.hears(440.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);

    // Out, dialled in the national way.
    let mut call = mari.dial("5551234", &inner);
    let mut out = carrier.incoming();
    assert_eq!(out.invite.user_in("From"), "+3725550101", "{}", out.invite.to_text());
    assert!(out.invite.request_uri().starts_with("sip:+3725551234@"), "{}", out.invite.request_uri());
    assert!(out.invite.header("X-Helin-Platform").is_none(), "our own marks stay at home");
    out.respond(&mut carrier, 183, "Session Progress", Some(description(outer.port(), 1, "sendrecv")));
    outer.connect(sound_address(&out.invite.body));
    let progress = call.expect_progress(&mut mari, 183);
    inner.connect(sound_address(&progress.body));
    inner.hears(440.0);
    out.answer(&mut carrier, &outer);
    call.expect_answer(&mut mari, &inner);
    outer.hears(1_000.0);
    out.hang_up(&mut carrier);
    call.expect_bye(&mut mari);
    let record = &helin.ended_calls(2)[0];
    assert_eq!((record["from"].as_str(), record["to"].as_str()), (Some("+3725550101"), Some("+3725551234")));
    helin.until_quiet();
}

#[test]
fn a_hidden_caller_stays_hidden_from_people() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    let how = Dial {
        from: Some("anonymous"),
        headers: vec![
            ("P-Asserted-Identity", "<sip:+3725551234@carrier>".to_owned()),
            ("Privacy", "id".to_owned()),
        ],
        ..Dial::default()
    };
    let mut call = carrier.dial_as("+3726001000", &sound, how);
    let mut offer = mari.incoming();
    let text = offer.invite.to_text();
    assert!(!text.contains("5551234"), "{text}");
    assert_eq!(offer.invite.user_in("From"), "anonymous");
    offer.ring(&mut mari);
    call.expect_progress(&mut carrier, 180);
    call.cancel(&mut carrier);
    call.expect_refusal(&mut carrier, 487);
    offer.expect_cancel(&mut mari);
    assert_eq!(helin.ended_call()["from"], "anonymous");

    // #31# hides the number for one call.
    let mut call = mari.dial("%2331%235551234", &sound);
    let mut out = carrier.incoming();
    assert_eq!(out.invite.user_in("From"), "anonymous", "{}", out.invite.to_text());
    out.reject(&mut carrier, 486, "Busy Here");
    call.expect_refusal(&mut mari, 486);
    helin.until_quiet();
}

/// Emergency calls pass every limit.
#[test]
fn emergency_calls_pass_the_limits_of_the_user() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    let mut calls = Vec::new();
    for _ in 0..2 {
        let mut call = mari.dial("102", &sound);
        let offer = juri.incoming();
        offer.ring(&mut juri);
        call.expect_progress(&mut mari, 180);
        calls.push((call, offer));
    }
    let mut third = mari.dial("5551234", &sound);
    third.expect_refusal(&mut mari, 486);
    let mut emergency = mari.dial("112", &sound);
    let mut out = carrier.incoming();
    assert!(out.invite.request_uri().starts_with("sip:112@"), "{}", out.invite.request_uri());
    assert_eq!(out.invite.user_in("From"), "+3725550101");
    let (outer, inner) = (Sound::tone(440.0), &sound);
    out.answer(&mut carrier, &outer);
    emergency.expect_answer(&mut mari, inner);
    inner.hears(440.0);
    emergency.hang_up(&mut mari);
    out.expect_bye(&mut carrier);
    for (mut call, mut offer) in calls {
        call.cancel(&mut mari);
        call.expect_refusal(&mut mari, 487);
        offer.expect_cancel(&mut juri);
    }
    helin.until_quiet();
}

/// A call from one company to another's number: two calls, nothing shared.
#[test]
fn a_call_to_another_company_stays_on_the_platform() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut kuno = Phone::registered(&helin, "kuno");
    let (mari_sound, kuno_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = mari.dial("+3726004000", &mari_sound);
    let mut offer = kuno.incoming();
    assert_eq!(offer.invite.user_in("From"), "+3725550101", "{}", offer.invite.to_text());
    offer.ring(&mut kuno);
    call.expect_progress(&mut mari, 180);
    offer.answer(&mut kuno, &kuno_sound);
    call.expect_answer(&mut mari, &mari_sound);
    mari_sound.hears(1_000.0);
    kuno_sound.hears(440.0);
    call.hang_up(&mut mari);
    offer.expect_bye(&mut kuno);
    let ours = helin.ended_call();
    assert_eq!(ours["to"], "+3726004000");
    let (_, theirs) = helin.request("GET", "/api/v1/calls", "demo-kuukivi-token", None);
    assert_eq!(theirs["items"][0]["from"], "+3725550101", "{theirs:#}");
    assert_ne!(theirs["items"][0]["id"], ours["id"]);
    helin.until_quiet();
}

#[test]
fn a_number_nobody_has_gets_404_from_the_trunk() {
    let helin = Helin::demo();
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    let mut call = carrier.dial_from("+3725551234", "+3726009999", &sound);
    call.expect_refusal(&mut carrier, 404);
    helin.until_quiet();
}

/// Echo plays back what it hears.
#[test]
fn the_echo_number_plays_back() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let sound = Sound::tone(440.0);
    let mut call = mari.dial("8099", &sound);
    call.expect_answer(&mut mari, &sound);
    sound.hears(440.0);
    sound.set_tone(1_000.0);
    sound.hears(1_000.0);
    call.hang_up(&mut mari);
    helin.until_quiet();
}

/// The same over TCP.
#[test]
fn phones_on_tcp_call_and_are_called() {
    let helin = Helin::demo();
    let mut mari = Phone::over_tcp(&helin, "mari");
    mari.register();
    let mut juri = Phone::over_tcp(&helin, "juri");
    juri.register();
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = mari.dial("102", &mari_sound);
    let mut offer = juri.incoming();
    offer.ring(&mut juri);
    call.expect_progress(&mut mari, 180);
    offer.answer(&mut juri, &juri_sound);
    call.expect_answer(&mut mari, &mari_sound);
    mari_sound.hears(1_000.0);
    juri_sound.hears(440.0);
    call.hang_up(&mut mari);
    offer.expect_bye(&mut juri);
    helin.until_quiet();
}
