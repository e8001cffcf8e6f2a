//! Hold by re-INVITE, with music for the other side.

use model::id::LegId;
use model::leg::{LegCommand, LegEvent};

use crate::call::{Call, description, direction_of};
use crate::phone::Phone;
use crate::process::{Helin, MUSIC, dial, prompt, user};
use crate::sound::Sound;

/// mari (leg 0) speaks with juri (leg 1), whose phone is registered.
pub(crate) fn talking(
    helin: &Helin,
    (mari, mari_sound): (&mut Phone, &Sound),
    (juri, juri_sound): (&mut Phone, &Sound),
) -> (LegId, Call, Call) {
    let mut call = mari.dial("102", mari_sound);
    let leg = LegId::caller(helin.incoming().call);
    let other = LegId { n: 1, ..leg };
    helin.command(other, dial(user(2), Some(leg)));
    let mut ringing = juri.incoming();
    ringing.answer(juri, juri_sound);
    helin.until(other, "the answer", |event| *event == LegEvent::Answered);
    helin.command(leg, LegCommand::Answer { with: Some(other) });
    call.expect_answer(mari, mari_sound);
    mari_sound.hears(1_000.0);
    juri_sound.hears(440.0);
    (leg, call, ringing)
}

fn hold_and_resume(hold: &str) {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let (leg, mut call, mut ringing) = talking(&helin, (&mut mari, &mari_sound), (&mut juri, &juri_sound));
    let other = LegId { n: 1, ..leg };
    std::thread::scope(|scope| {
        let passed = scope.spawn(|| ringing.expect_reinvite(&mut juri, &juri_sound));
        let answer = call.reinvite(&mut mari, &mari_sound, hold);
        assert_eq!(answer.status(), Some(200));
        assert_eq!(direction_of(&passed.join().unwrap().body), "sendonly", "he can hear our music");
    });
    helin.until(leg, "hold", |event| *event == LegEvent::Held);
    helin.command(other, LegCommand::Music { prompt: prompt("music") });
    juri_sound.hears(MUSIC);
    mari_sound.forget();
    juri_sound.hears_packets(30);
    assert_eq!(mari_sound.heard().packets, 0, "who holds hears nothing");
    std::thread::scope(|scope| {
        scope.spawn(|| ringing.expect_reinvite(&mut juri, &juri_sound));
        call.reinvite(&mut mari, &mari_sound, "sendrecv");
    });
    helin.until(leg, "resume", |event| *event == LegEvent::Unheld);
    helin.command(leg, LegCommand::Join { with: other });
    mari_sound.hears(1_000.0);
    juri_sound.hears(440.0);
    assert_eq!(juri_sound.heard().sources.len(), 1);
    helin.release(leg);
    helin.release(other);
}

#[test]
fn the_held_party_hears_music_and_the_holder_nothing() {
    hold_and_resume("sendonly");
}

#[test]
fn hold_by_inactive_leaves_the_other_able_to_hear() {
    hold_and_resume("inactive");
}

/// A re-INVITE without a description: the 200 holds the offer, which is returned, and the ACK the answer.
fn reinvite_for_offer(call: &mut Call, phone: &mut Phone, sound: &Sound) -> String {
    let invite = call.request(phone, "INVITE");
    phone.send(&invite);
    let number = invite.cseq();
    let response = phone.expect("an answer to re-INVITE", |message| {
        message.is_response("INVITE") && message.status() >= Some(200) && message.cseq() == number
    });
    assert_eq!(response.status(), Some(200), "{}", response.to_text());
    let mut ack = call.request(phone, "ACK");
    ack.headers.retain(|(name, _)| name != "CSeq");
    let answer = description(sound.port(), 9, "sendrecv");
    phone.send(&ack.with("CSeq", format!("{number} ACK")).with_body("application/sdp", answer));
    response.body
}

/// Some phones take a held call back by asking for an offer (RFC 6337 5.3).
#[test]
fn who_holds_comes_back_by_a_reinvite_without_an_offer() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let (leg, mut call, mut ringing) = talking(&helin, (&mut mari, &mari_sound), (&mut juri, &juri_sound));
    let other = LegId { n: 1, ..leg };
    std::thread::scope(|scope| {
        scope.spawn(|| ringing.expect_reinvite(&mut juri, &juri_sound));
        call.reinvite(&mut mari, &mari_sound, "sendonly");
    });
    helin.until(leg, "hold", |event| *event == LegEvent::Held);
    helin.command(other, LegCommand::Music { prompt: prompt("music") });
    juri_sound.hears(MUSIC);
    let offer = reinvite_for_offer(&mut call, &mut mari, &mari_sound);
    assert_eq!(direction_of(&offer), "sendrecv", "{offer}");
    helin.until(leg, "resume", |event| *event == LegEvent::Unheld);
    helin.command(leg, LegCommand::Join { with: other });
    // Who was held is told that he may speak again.
    assert_eq!(direction_of(&ringing.expect_reinvite(&mut juri, &juri_sound).body), "sendrecv");
    mari_sound.hears(1_000.0);
    juri_sound.hears(440.0);
    helin.release(leg);
    helin.release(other);
}

#[test]
fn hold_does_not_need_the_other_phone() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let (leg, mut call, mut ringing) = talking(&helin, (&mut mari, &mari_sound), (&mut juri, &juri_sound));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let invite = juri.expect("a re-INVITE", |message| {
                message.is_request("INVITE") && message.must("To").contains(";tag=")
            });
            juri.reply(&invite, 488, "Not Acceptable Here");
            ringing.expect_ack(&mut juri);
        });
        let answer = call.reinvite(&mut mari, &mari_sound, "sendonly");
        assert_eq!(answer.status(), Some(200), "{}", answer.to_text());
        assert_eq!(direction_of(&answer.body), "recvonly");
    });
    helin.until(leg, "hold", |event| *event == LegEvent::Held);
    helin.command(LegId { n: 1, ..leg }, LegCommand::Music { prompt: prompt("music") });
    juri_sound.hears(MUSIC);
    helin.release(leg);
    helin.release(LegId { n: 1, ..leg });
}

#[test]
fn a_waiting_caller_can_hold_us() {
    let helin = Helin::new();
    let mut mari = Phone::of(&helin, "mari");
    let sound = Sound::silent();
    let (leg, mut call) = crate::waiting::waiting(&helin, &mut mari, &sound);
    helin.command(leg, LegCommand::Music { prompt: prompt("music") });
    sound.hears(MUSIC);
    assert_eq!(direction_of(&call.reinvite(&mut mari, &sound, "sendonly").body), "recvonly");
    helin.until(leg, "hold", |event| *event == LegEvent::Held);
    call.reinvite(&mut mari, &sound, "sendrecv");
    helin.until(leg, "resume", |event| *event == LegEvent::Unheld);
    sound.forget();
    sound.hears(MUSIC);
    assert!(description(1, 1, "sendrecv").contains("PCMA"));
    helin.release(leg);
}

/// RFC 3264 8.4: who holds need not send anything. He is asked in his dialog, and is let go when he is not there.
#[test]
fn a_holder_who_sends_nothing_is_asked_before_he_is_let_go() {
    let helin = Helin::waiting_for_sound(400);
    let mut mari = Phone::of(&helin, "mari");
    let sound = Sound::tone(440.0);
    let (leg, mut call) = crate::waiting::waiting(&helin, &mut mari, &sound);
    call.reinvite(&mut mari, &sound, "sendonly");
    helin.until(leg, "hold", |event| *event == LegEvent::Held);
    sound.mute();
    for _ in 0..2 {
        let question = mari.expect_request("OPTIONS");
        helin.nothing_of(leg);
        mari.reply(&question, 200, "OK");
    }
    let question = mari.expect_request("OPTIONS");
    mari.reply(&question, 481, "Call/Transaction Does Not Exist");
    helin.until(leg, "its end", |event| *event == LegEvent::MediaTimeout);
    helin.release(leg);
}
