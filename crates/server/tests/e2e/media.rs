//! Sound: codecs, unknown media, our own sounds, dead calls, a full port range.

use crate::call::{Dial, sound_address};
use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

const INFO: &str = "+3726001000";

fn offer(port: u16, formats: &str, attributes: &[&str]) -> String {
    let lines: String = attributes.iter().map(|line| format!("a={line}\r\n")).collect();
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP {formats}\r\n{lines}"
    )
}

fn dial(phone: &mut Phone, number: &str, sound: &Sound, body: String) -> crate::call::Call {
    phone.dial_as(number, sound, Dial { body: Some(body), ..Dial::default() })
}

/// A codec that we do not know goes through untouched when both sides share it; the offerer's order is kept.
#[test]
fn a_shared_codec_passes_through_in_the_offerers_order() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let (one, two) = (Sound::silent(), Sound::silent());
    let body = offer(
        one.port(),
        "9 98 8 13",
        &["rtpmap:9 G722/8000", "rtpmap:98 AMR-WB/16000", "fmtp:98 octet-align=1"],
    );
    let mut call = dial(&mut mari, "102", &one, body);
    let mut leg = juri.incoming();
    let offered = leg.invite.body.lines().find(|line| line.starts_with("m=audio")).unwrap().to_owned();
    assert!(offered.ends_with("RTP/AVP 9 98 8 0 13"), "{offered}");
    assert!(leg.invite.body.contains("a=fmtp:98 octet-align=1"));
    two.connect(sound_address(&leg.invite.body));
    let answer = offer(two.port(), "98", &["rtpmap:98 AMR-WB/16000", "fmtp:98 octet-align=1"]);
    leg.respond(&mut juri, 200, "OK", Some(answer));
    leg.expect_ack(&mut juri);
    let accepted = call.expect_answer(&mut mari, &one);
    assert!(accepted.body.contains("RTP/AVP 98"), "{}", accepted.body);
    let mut packet = vec![0x80, 98, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4];
    packet.extend_from_slice(b"not for us to read");
    for sequence in 1..=10 {
        packet[3] = sequence;
        one.send_raw(&packet, sound_address(&accepted.body));
        two.send_raw(&packet, sound_address(&leg.invite.body));
    }
    let heard = two.until("AMR-WB", |heard| heard.packets >= 10);
    assert_eq!(heard.payloads, [98]);
    assert_eq!(heard.alaw[..18], *b"not for us to read");
    one.until("AMR-WB", |heard| heard.packets >= 10);
    call.hang_up(&mut mari);
    leg.expect_bye(&mut juri);
    helin.until_quiet();
}

/// A carrier that knows PCMU alone, a phone that knows PCMA alone.
#[test]
fn a_carrier_and_a_phone_of_one_law_each_talk() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    outer.speaks(media::g711::Law::Mu, 101);
    let body = offer(outer.port(), "0", &["rtpmap:0 PCMU/8000"]);
    let from = Some("+3725551234");
    let how = Dial { from, body: Some(body), ..Dial::default() };
    let mut call = carrier.dial_as("+3725550101", &outer, how);
    let mut leg = mari.incoming();
    leg.answer(&mut mari, &inner);
    call.expect_answer(&mut carrier, &outer);
    outer.hears(1_000.0);
    inner.hears(440.0);
    assert_eq!((outer.heard().payloads, inner.heard().payloads), (vec![0], vec![8]));
    call.hang_up(&mut carrier);
    leg.expect_bye(&mut mari);
    helin.until_quiet();
}

#[test]
fn unknown_media_is_answered_with_port_0() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let sound = Sound::tone(440.0);
    let mut body = offer(sound.port(), "8", &["rtpmap:8 PCMA/8000"]);
    body.push_str("m=x-holo 4000 RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n");
    let mut call = dial(&mut mari, "8099", &sound, body);
    let answer = call.expect_answer(&mut mari, &sound);
    assert!(answer.body.contains("m=x-holo 0 "), "{}", answer.body);
    sound.hears(440.0);
    call.hang_up(&mut mari);
    helin.until_quiet();
}

/// What we end ourselves speaks G.711 only; the reason stands in the record.
#[test]
fn nothing_shared_is_488_with_the_reason_in_the_record() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let sound = Sound::silent();
    let body = offer(sound.port(), "98", &["rtpmap:98 AMR-WB/16000"]);
    let mut call = dial(&mut mari, "8099", &sound, body);
    let refusal = call.expect_refusal(&mut mari, 488);
    assert!(refusal.must("Warning").starts_with("305 "), "{}", refusal.to_text());
    let record = helin.ended_call();
    assert_eq!(record["outcome"], "failed", "{record:#}");
    assert_eq!(record["legs"][0]["end_cause"], "not_acceptable", "{record:#}");
    helin.until_quiet();
}

#[test]
fn the_packet_time_asked_for_is_kept() {
    let helin = Helin::demo();
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    for user in ["mari", "juri", "kati"] {
        helin.post(&format!("/api/v1/groups/{INFO}/members/{user}/logout"));
    }
    let body = offer(sound.port(), "0 8", &["rtpmap:0 PCMU/8000", "rtpmap:8 PCMA/8000", "ptime:40"]);
    let mut call = carrier.dial_as(
        INFO,
        &sound,
        Dial { from: Some("+3725551234"), body: Some(body), ..Dial::default() },
    );
    let progress = call.expect_progress(&mut carrier, 183);
    assert!(progress.body.contains("a=ptime:40"), "{}", progress.body);
    let heard = sound.until("the announcement", |heard| heard.packets >= 20);
    assert_eq!(heard.payloads, [0], "the first codec of the offer");
    assert_eq!(heard.alaw.len() / heard.packets, 320);
    call.cancel(&mut carrier);
    call.expect_refusal(&mut carrier, 487);
    helin.until_quiet();
}

/// Keys are heard on our own legs, too: the code's spoken answer does not mind them.
#[test]
fn one_stream_over_every_source() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = mari.dial("102", &mari_sound);
    let mut leg = juri.incoming();
    juri_sound.connect(sound_address(&leg.invite.body));
    leg.respond(
        &mut juri,
        183,
        "Session Progress",
        Some(crate::call::description(juri_sound.port(), 1, "sendrecv")),
    );
    let progress = call.expect_progress(&mut mari, 183);
    mari_sound.connect(sound_address(&progress.body));
    mari_sound.hears(1_000.0);
    // From another port, as when a phone moves its sound at the answer.
    let moved = Sound::tone(800.0);
    leg.answer(&mut juri, &moved);
    call.expect_answer(&mut mari, &mari_sound);
    mari_sound.hears(800.0);
    let heard = mari_sound.heard();
    assert_eq!(heard.sources.len(), 1);
    assert_eq!((heard.breaks, heard.jumps), (0, 0));
    call.hang_up(&mut mari);
    leg.expect_bye(&mut juri);
    helin.until_quiet();
}

/// A phone that answers and sends nothing, or vanishes, ends with its cause named; a held side may be silent.
#[test]
fn a_dead_call_ends_and_a_held_one_does_not() {
    let helin = Helin::demo_with(&["--media-timeout", "2s"]);
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = mari.dial("102", &mari_sound);
    let mut leg = juri.incoming();
    leg.answer(&mut juri, &juri_sound);
    call.expect_answer(&mut mari, &mari_sound);
    mari_sound.hears(1_000.0);
    std::thread::scope(|scope| {
        scope.spawn(|| leg.expect_reinvite(&mut juri, &juri_sound));
        call.reinvite(&mut mari, &mari_sound, "sendonly");
    });
    // The held side is silent for longer than the time; the other's music goes on.
    juri_sound.mute();
    juri_sound.forget();
    juri_sound.hears_packets(150);
    assert!(juri.pending().is_empty(), "the timer rests while a side is held");
    std::thread::scope(|scope| {
        scope.spawn(|| leg.expect_reinvite(&mut juri, &juri_sound));
        call.reinvite(&mut mari, &mari_sound, "sendrecv");
    });
    leg.expect_bye(&mut juri);
    call.expect_bye(&mut mari);
    let record = helin.ended_call();
    assert_eq!(record["legs"][1]["end_cause"], "media_timeout", "{record:#}");
    helin.until_quiet();
}

/// No port for sound: the caller is told to come back, and those inside go on.
#[test]
fn a_full_port_range_refuses_new_calls_only() {
    let helin = Helin::demo_with(&["--rtp", "9900-9903"]);
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", "+3725550101", &outer);
    let mut leg = mari.incoming();
    leg.answer(&mut mari, &inner);
    call.expect_answer(&mut carrier, &outer);
    let mut second = carrier.dial_from("+3725551235", "+3725550101", &outer);
    second.expect_refusal(&mut carrier, 503);
    outer.hears(1_000.0);
    inner.hears(440.0);
    call.hang_up(&mut carrier);
    leg.expect_bye(&mut mari);
    helin.until_quiet();
    // The ports come back.
    let mut third = carrier.dial_from("+3725551236", "+3725550101", &outer);
    let mut leg = mari.incoming();
    leg.answer(&mut mari, &inner);
    third.expect_answer(&mut carrier, &outer);
    third.hang_up(&mut carrier);
    leg.expect_bye(&mut mari);
    helin.until_quiet();
    assert!(helin.log().contains("rtp"), "the log says what to do:\n{}", helin.log());
}
