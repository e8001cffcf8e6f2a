//! Offers that are odd or of no use, and keys that do not come with the sound.

use media::g711::Law;
use model::id::LegId;
use model::leg::{Key, LegCommand, LegEvent, Release};

use crate::call::{Dial, description, sound_address};
use crate::hold::talking;
use crate::phone::Phone;
use crate::process::{Helin, MUSIC, dial, prompt, user};
use crate::sound::Sound;

/// Helin's answer to an offer that cannot be passed on: the Warning of its 488.
fn refused(change: impl Fn(String) -> String) -> String {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let sound = Sound::silent();
    let offer = change(description(sound.port(), 1, "sendrecv"));
    let mut call = mari.dial_as("102", &sound, Dial { body: Some(offer), ..Dial::default() });
    let leg = LegId::caller(helin.incoming().call);
    let other = LegId { n: 1, ..leg };
    helin.command(other, dial(user(2), Some(leg)));
    helin.until(other, "the failure", |event| matches!(event, LegEvent::Failed { .. }));
    juri.expect_no_call();
    helin.command(leg, LegCommand::Release(Release::NotAcceptable));
    let warning = call.expect_refusal(&mut mari, 488).must("Warning").to_owned();
    helin.until(leg, "Closed", |event| matches!(event, LegEvent::Closed { .. }));
    assert!(warning.contains(&format!(" {} ", helin.access())), "{warning}");
    warning
}

#[test]
fn a_refusal_says_what_to_change() {
    let srtp = refused(|plain| plain.replace("RTP/AVP", "RTP/SAVP"));
    assert!(srtp.starts_with("302 ") && srtp.contains("SRTP"), "{srtp}");
    let video = refused(|plain| plain.replace("m=audio", "m=video"));
    assert!(video.starts_with("304 "), "{video}");
}

/// A name that nobody resolves, an address of the other family: sound goes where the signalling comes from.
#[test]
fn who_writes_no_address_that_can_be_reached_is_heard_and_hears() {
    for address in ["IN IP4 phone.invalid", "IN IP6 2001:db8::5"] {
        let helin = Helin::new();
        let mut mari = Phone::of(&helin, "mari");
        let sound = Sound::silent();
        let offer =
            description(sound.port(), 1, "sendrecv").replace("c=IN IP4 127.0.0.1", &format!("c={address}"));
        let mut call = mari.dial_as("8000", &sound, Dial { body: Some(offer), ..Dial::default() });
        let leg = LegId::caller(helin.incoming().call);
        helin.command(leg, LegCommand::Answer { with: None });
        call.expect_answer(&mut mari, &sound);
        helin.command(leg, LegCommand::Music { prompt: prompt("music") });
        sound.hears(MUSIC);
        sound.press('4');
        helin.until(leg, "the key", |event| *event == LegEvent::Dtmf(Key('4')));
        helin.release(leg);
    }
}

/// A line that knows no telephone events, while music plays: its keys are tones, and all of its sound is read.
#[test]
fn keys_are_heard_in_the_sound_of_who_knows_no_events() {
    let helin = Helin::new();
    let mut mari = Phone::of(&helin, "mari");
    let sound = Sound::silent();
    let plain = description(sound.port(), 1, "sendrecv");
    let offer = plain
        .replace("AVP 8 101", "AVP 8")
        .replace("a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n", "");
    let mut call = mari.dial_as("8000", &sound, Dial { body: Some(offer), ..Dial::default() });
    let leg = LegId::caller(helin.incoming().call);
    helin.command(leg, LegCommand::Answer { with: None });
    let answer = call.expect_answer(&mut mari, &sound);
    helin.command(leg, LegCommand::Music { prompt: prompt("music") });
    sound.hears(MUSIC);
    let at = sound_address(&answer.body);
    let mut sequence = 0;
    for (low, high, key) in [(770.0, 1_336.0, '5'), (941.0, 1_477.0, '#')] {
        for packet in 0..10_u8 {
            let mut octets = vec![0x80, 8, 0, sequence, 0, 0, sequence, 0, 0, 0, 0, 9];
            octets.extend((0..160).map(|n| {
                let phase = std::f64::consts::TAU * (f64::from(packet) * 160.0 + f64::from(n)) / 8_000.0;
                // Five packets of the key, then five of silence.
                let loud = if packet < 5 { 6_000.0 } else { 0.0 };
                Law::A.encode((((phase * low).sin() + (phase * high).sin()) * loud) as i16)
            }));
            sound.send_raw(&octets, at);
            sequence += 1;
        }
        helin.until(leg, "the key", |event| *event == LegEvent::Dtmf(Key(key)));
    }
    helin.nothing_of(leg);
    helin.release(leg);
}

/// Some phones send keys by INFO; a menu at the other end hears them with the sound.
#[test]
fn a_key_by_signalling_reaches_the_other_side_of_a_talk() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let (leg, mut call, _ringing) = talking(&helin, (&mut mari, &outer), (&mut juri, &inner));
    for (key, body) in [('5', "Signal=5\r\nDuration=160\r\n"), ('#', "Signal=#\r\nDuration=160\r\n")] {
        let info = call.request(&mari, "INFO").with_body("application/dtmf-relay", body.to_owned());
        mari.send(&info);
        let answer = mari.expect("an answer to INFO", |message| message.is_response("INFO"));
        assert_eq!(answer.status(), Some(200), "{}", answer.to_text());
        helin.until(leg, "the key", |event| *event == LegEvent::Dtmf(Key(key)));
    }
    let heard = inner.until("the keys", |heard| heard.keys == "5#");
    assert_eq!((heard.sources.len(), heard.jumps), (1, 0));
    inner.forget();
    inner.hears(440.0);
    helin.release(leg);
    helin.release(LegId { n: 1, ..leg });
}
