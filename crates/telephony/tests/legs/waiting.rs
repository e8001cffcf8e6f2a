//! Who waits: music, tones, messages, keys; then somebody to talk to.

use model::id::LegId;
use model::leg::{Key, LegCommand, LegEvent, PlayId, Tone};

use crate::call::{Dial, description};
use crate::phone::Phone;
use crate::process::{HELLO, Helin, MUSIC, dial, places, prompt, user};
use crate::sound::{Sound, is_tone};

/// A caller who is answered by us.
pub(crate) fn waiting(helin: &Helin, phone: &mut Phone, sound: &Sound) -> (LegId, crate::call::Call) {
    let mut call = phone.dial("8000", sound);
    let leg = LegId::caller(helin.incoming().call);
    helin.command(leg, LegCommand::Answer { with: None });
    call.expect_answer(phone, sound);
    (leg, call)
}

#[test]
fn a_caller_hears_message_music_and_his_agent_in_one_stream() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let (leg, mut call) = waiting(&helin, &mut mari, &outer);
    let hello = LegCommand::Play { id: PlayId(1), prompts: vec![prompt("hello")] };
    helin.command(leg, hello.clone());
    outer.hears(HELLO);
    helin.until(leg, "the end of the message", |event| *event == LegEvent::PlayEnded(PlayId(1)));
    helin.command(leg, LegCommand::Music { prompt: prompt("music") });
    outer.hears(MUSIC);
    outer.press('7');
    helin.until(leg, "a key", |event| *event == LegEvent::Dtmf(Key('7')));
    let agent = LegId { n: 1, ..leg };
    helin.command(agent, dial(user(2), Some(leg)));
    let mut ringing = juri.incoming();
    assert!(ringing.invite.body.contains("PCMA/8000"), "what the caller speaks already");
    ringing.answer(&mut juri, &inner);
    helin.until(agent, "the answer", |event| *event == LegEvent::Answered);
    outer.hears(MUSIC);
    helin.command(leg, LegCommand::Join { with: agent });
    outer.hears(1_000.0);
    inner.hears(440.0);
    assert_eq!(outer.heard().sources.len(), 1, "one stream for life");
    assert!(outer.heard().breaks <= 1, "no gap: {}", outer.heard().breaks);
    call.hang_up(&mut mari);
    helin.until(leg, "the end", |event| matches!(event, LegEvent::HungUp { .. }));
    helin.release(agent);
    ringing.expect_bye(&mut juri);
}

#[test]
fn listeners_share_the_place_in_the_music() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    let (one, other) = (Sound::silent(), Sound::silent());
    let (first, _call) = waiting(&helin, &mut mari, &one);
    helin.command(first, LegCommand::Music { prompt: prompt("places") });
    one.hears_packets(20);
    let (second, _other_call) = waiting(&helin, &mut juri, &other);
    helin.command(second, LegCommand::Music { prompt: prompt("places") });
    other.hears_packets(20);
    let whole = places();
    let place_of = |sound: &Sound| {
        let heard = sound.heard().alaw;
        let last = &heard[heard.len() - 12..];
        whole.windows(12).position(|window| window == last).unwrap_or_default()
    };
    let apart = place_of(&one).abs_diff(place_of(&other));
    // Two packets of each other, or one has begun anew meanwhile.
    assert!(apart <= 480 || apart >= whole.len() - 480, "{apart} samples apart");
    assert_eq!(one.heard().breaks + other.heard().breaks, 0);
    helin.release(first);
    helin.release(second);
}

#[test]
fn tones_have_their_cadence() {
    let helin = Helin::new();
    let mut mari = Phone::of(&helin, "mari");
    let sound = Sound::silent();
    let (leg, _call) = waiting(&helin, &mut mari, &sound);
    for (tone, on) in [(Tone::Busy, 4_000), (Tone::Ringing, 8_000)] {
        helin.command(leg, LegCommand::Tone(tone));
        let edge = sound.heard().alaw.len();
        let heard =
            sound.until("a tone and the silence after it", |heard| heard.alaw.len() > edge + on + 3_200).alaw;
        let loud = |at: usize| {
            heard[at..at + 80].iter().any(|octet| media::g711::Law::A.decode(*octet).abs() > 1_000)
        };
        let begins = (edge.saturating_sub(320)..).step_by(80).find(|at| loud(*at)).unwrap();
        assert!(is_tone(&heard[begins + 80..begins + 880], 425.0));
        let ends = (begins..).step_by(80).find(|at| !loud(*at)).unwrap();
        assert!((on - 80..=on + 80).contains(&(ends - begins)), "{tone:?} lasted {}", ends - begins);
        assert!((ends..ends + 2_400).step_by(80).all(|at| !loud(at)), "{tone:?}: then silence");
    }
    helin.release(leg);
}

#[test]
fn music_before_the_answer_is_early_media() {
    let helin = Helin::new();
    let mut mari = Phone::of(&helin, "mari");
    let sound = Sound::silent();
    let mut call = mari.dial("8000", &sound);
    let leg = LegId::caller(helin.incoming().call);
    helin.command(leg, LegCommand::Music { prompt: prompt("music") });
    let progress = call.expect_progress(&mut mari, 183);
    sound.connect(crate::call::sound_address(&progress.body));
    sound.hears(MUSIC);
    sound.press('5');
    helin.until(leg, "an early key", |event| *event == LegEvent::Dtmf(Key('5')));
    helin.command(leg, LegCommand::Answer { with: None });
    call.expect_answer(&mut mari, &sound);
    sound.forget();
    sound.hears(MUSIC);
    helin.release(leg);
}

#[test]
fn an_agent_is_called_for_nobody_then_the_customer_for_the_agent() {
    // req V-50
    let helin = Helin::new();
    let mut mari = Phone::of(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    helin.registers(|| drop(mari.register()));
    let (inner, outer) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let agent = LegId { call: model::id::CallId(uuid::Uuid::from_u128(9)), n: 1 };
    helin.command(agent, dial(user(1), None));
    let mut ringing = mari.incoming();
    for codec in ["m=audio", " 8 0 101", "telephone-event"] {
        assert!(ringing.invite.body.contains(codec), "{}", ringing.invite.body);
    }
    ringing.answer(&mut mari, &inner);
    helin.until(agent, "the answer", |event| *event == LegEvent::Answered);
    helin.command(agent, LegCommand::Play { id: PlayId(3), prompts: vec![prompt("hello")] });
    inner.hears(HELLO);
    helin.until(agent, "the end of the prompt", |event| *event == LegEvent::PlayEnded(PlayId(3)));
    let customer = LegId { n: 2, ..agent };
    helin.command(customer, dial(model::leg::DialTo::Outside("+3725551234".parse().unwrap()), Some(agent)));
    let mut outside = carrier.incoming();
    assert!(
        outside.invite.body.contains("RTP/AVP 8 0 101"),
        "the agent's law first: {}",
        outside.invite.body
    );
    outside.answer(&mut carrier, &outer);
    helin.until(customer, "the answer", |event| *event == LegEvent::Answered);
    helin.command(agent, LegCommand::Join { with: customer });
    inner.hears(1_000.0);
    outer.hears(440.0);
    helin.release(agent);
    helin.release(customer);
    ringing.expect_bye(&mut mari);
    outside.expect_bye(&mut carrier);
}

/// Each knows one law only.
#[test]
fn phones_of_two_laws_hear_each_other() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = mari.dial("8000", &outer);
    let leg = LegId::caller(helin.incoming().call);
    helin.command(leg, LegCommand::Answer { with: None });
    call.expect_answer(&mut mari, &outer);
    let agent = LegId { n: 1, ..leg };
    helin.command(agent, dial(user(2), Some(leg)));
    let mut ringing = juri.incoming();
    let mu = description(inner.port(), 1, "sendrecv").replace("8 101", "0 101").replace("8 PCMA", "0 PCMU");
    inner.connect(crate::call::sound_address(&ringing.invite.body));
    ringing.respond(&mut juri, 200, "OK", Some(mu));
    ringing.expect_ack(&mut juri);
    helin.until(agent, "the answer", |event| *event == LegEvent::Answered);
    helin.command(leg, LegCommand::Join { with: agent });
    inner.hears(440.0);
    assert_eq!(inner.heard().payloads, [0], "his own law");
    outer.hears(1_000.0);
    helin.release(leg);
    helin.release(agent);
}

/// G.722 alone, as some phones agree on it.
fn wide(port: u16) -> String {
    description(port, 1, "sendrecv").replace("8 101", "9 101").replace("8 PCMA", "9 G722")
}

#[test]
fn who_speaks_another_codec_is_asked_for_ours_then_for_his_partners() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    // Two phones that agree on G.722 are relayed.
    let offer =
        wide(outer.port()).replace("9 101", "9 8 101").replace("a=ptime", "a=rtpmap:8 PCMA/8000\r\na=ptime");
    let mut call = mari.dial_as("102", &outer, Dial { body: Some(offer), ..Dial::default() });
    let leg = LegId::caller(helin.incoming().call);
    let agent = LegId { n: 1, ..leg };
    helin.command(agent, dial(user(2), Some(leg)));
    let mut ringing = juri.incoming();
    inner.connect(crate::call::sound_address(&ringing.invite.body));
    ringing.respond(&mut juri, 200, "OK", Some(wide(inner.port())));
    ringing.expect_ack(&mut juri);
    helin.until(agent, "the answer", |event| *event == LegEvent::Answered);
    helin.command(leg, LegCommand::Answer { with: Some(agent) });
    let answer = call.expect_answer(&mut mari, &outer);
    assert!(answer.body.contains("G722") && !answer.body.contains("PCMA"), "{}", answer.body);
    // Music for the caller: he is asked for G.711.
    helin.command(leg, LegCommand::Music { prompt: prompt("music") });
    let asked = call.expect_reinvite(&mut mari, &outer);
    assert!(asked.body.contains("PCMA") && !asked.body.contains("G722"), "{}", asked.body);
    outer.forget();
    outer.hears(MUSIC);
    // Joined again, there is nothing in common: the one we dialled is asked for what the caller speaks.
    helin.command(leg, LegCommand::Join { with: agent });
    let asked = ringing.expect_reinvite(&mut juri, &inner);
    assert!(asked.body.contains("PCMA") && !asked.body.contains("G722"), "{}", asked.body);
    inner.hears(440.0);
    outer.hears(1_000.0);
    helin.release(leg);
    helin.release(agent);
}

/// The caller's answer waits for the disk; who took the call may hang up before it leaves.
#[test]
fn who_hangs_up_before_the_caller_is_answered_has_taken_the_call() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (outer, inner) = (Sound::silent(), Sound::silent());
    let mut call = mari.dial("102", &outer);
    let leg = LegId::caller(helin.incoming().call);
    let other = LegId { n: 1, ..leg };
    helin.command(other, dial(user(2), Some(leg)));
    let mut ringing = juri.incoming();
    ringing.answer(&mut juri, &inner);
    helin.until(other, "the answer", |event| *event == LegEvent::Answered);
    ringing.hang_up(&mut juri);
    helin.until(other, "its end", |event| matches!(event, LegEvent::HungUp { .. }));
    helin.command(leg, LegCommand::Answer { with: Some(other) });
    call.expect_answer(&mut mari, &outer);
    helin.release(leg);
    call.expect_bye(&mut mari);
}
