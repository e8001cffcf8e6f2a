//! Phones that differ in the law of G.711, in the numbers of their formats and in the length of their packets.

use media::g711::Law;
use model::id::LegId;
use model::leg::{LegCommand, LegEvent};

use crate::call::{Dial, description, direction_of, sound_address};
use crate::phone::Phone;
use crate::process::{Helin, dial, user};
use crate::sound::Sound;

/// PCMU alone in packets of 30 ms, keys as 97.
fn mu_law(plain: String) -> String {
    plain
        .replace("AVP 8 101", "AVP 0 97")
        .replace("8 PCMA", "0 PCMU")
        .replace("101 telephone", "97 telephone")
        .replace("fmtp:101", "fmtp:97")
        .replace("ptime:20", "ptime:30")
}

/// PCMA alone, keys as 96.
fn a_law(plain: String) -> String {
    plain
        .replace("AVP 8 101", "AVP 8 96")
        .replace("101 telephone", "96 telephone")
        .replace("fmtp:101", "fmtp:96")
}

fn formats(body: &str) -> &str {
    let line = body.lines().find_map(|line| line.strip_prefix("m=audio "));
    line.and_then(|line| line.split_once("RTP/AVP ")).map_or("", |(_, formats)| formats)
}

/// A caller, his sound (440 Hz in mu-law), the called one and his (1,000 Hz in A-law), who is registered.
fn two_laws(helin: &Helin) -> ((Phone, Sound), (Phone, Sound)) {
    let (mari, mut juri) = (Phone::of(helin, "mari"), Phone::of(helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    outer.speaks(Law::Mu, 97);
    inner.speaks(Law::A, 96);
    ((mari, outer), (juri, inner))
}

#[test]
fn two_laws_talk_from_early_media_to_the_end_of_a_hold() {
    let helin = Helin::new();
    let ((mut mari, outer), (mut juri, inner)) = two_laws(&helin);
    let offer = mu_law(description(outer.port(), 1, "sendrecv"));
    let mut call = mari.dial_as("102", &outer, Dial { body: Some(offer), ..Dial::default() });
    call.writes = mu_law;
    let leg = LegId::caller(helin.incoming().call);
    let other = LegId { n: 1, ..leg };
    helin.command(other, dial(user(2), Some(leg)));
    let mut ringing = juri.incoming();
    ringing.writes = a_law;
    assert_eq!(formats(&ringing.invite.body), "0 8 97", "both laws, the caller's first");
    inner.connect(sound_address(&ringing.invite.body));
    let early = a_law(description(inner.port(), 1, "sendrecv"));
    ringing.respond(&mut juri, 183, "Session Progress", Some(early));
    helin.until(other, "early media", |event| *event == LegEvent::Alerting { audio: true });
    helin.command(leg, LegCommand::Progress { from: other });
    let early = call.expect_progress(&mut mari, 183);
    assert_eq!(formats(&early.body), "0 97", "he is answered in his own law and numbers");
    outer.connect(sound_address(&early.body));
    outer.hears(1_000.0);
    ringing.answer(&mut juri, &inner);
    helin.until(other, "the answer", |event| *event == LegEvent::Answered);
    helin.command(leg, LegCommand::Answer { with: Some(other) });
    assert_eq!(formats(&call.expect_answer(&mut mari, &outer).body), "0 97");
    inner.hears(440.0);
    outer.press('5');
    inner.until("the caller's key", |heard| heard.keys == "5");
    inner.press('7');
    outer.until("the called one's key", |heard| heard.keys == "7");
    let mut payloads = [outer.heard().payloads, inner.heard().payloads];
    payloads.iter_mut().for_each(|seen| seen.sort_unstable());
    assert_eq!(payloads, [vec![0, 97], vec![8, 96]]);
    for (direction, passed_on) in [("sendonly", "sendonly"), ("sendrecv", "sendrecv")] {
        std::thread::scope(|scope| {
            let passed = scope.spawn(|| ringing.expect_reinvite(&mut juri, &inner));
            let answer = call.reinvite(&mut mari, &outer, direction);
            assert_eq!((answer.status(), formats(&answer.body)), (Some(200), "0 97"), "{}", answer.to_text());
            let offer = passed.join().unwrap().body;
            assert_eq!((direction_of(&offer), formats(&offer)), (passed_on, "0 8 97"));
        });
    }
    helin.until(leg, "resume", |event| *event == LegEvent::Unheld);
    helin.command(leg, LegCommand::Join { with: other });
    outer.forget();
    inner.forget();
    outer.hears(1_000.0);
    inner.hears(440.0);
    helin.release(leg);
    helin.release(other);
}

/// The answer in the ACK is in the caller's law, whatever the called one speaks.
#[test]
fn who_calls_without_an_offer_may_speak_the_other_law() {
    let helin = Helin::new();
    let ((mut mari, outer), (mut juri, inner)) = two_laws(&helin);
    let mut call = mari.dial_as("102", &outer, Dial { body: Some(String::new()), ..Dial::default() });
    call.writes = mu_law;
    let leg = LegId::caller(helin.incoming().call);
    let other = LegId { n: 1, ..leg };
    helin.command(other, dial(user(2), Some(leg)));
    let mut ringing = juri.incoming();
    ringing.writes = a_law;
    ringing.answer(&mut juri, &inner);
    helin.until(other, "the answer", |event| *event == LegEvent::Answered);
    helin.command(leg, LegCommand::Answer { with: Some(other) });
    call.expect_offer_in_answer(&mut mari, &outer);
    outer.hears(1_000.0);
    inner.hears(440.0);
    helin.release(leg);
    helin.release(other);
}
