//! REFER, Replaces, and far ends that go over to another call.

use model::id::LegId;
use model::leg::{LegCommand, LegEvent, ReferResult, ReferTo};
use telephony::TelephonyEvent;

use crate::call::{Call, Dial};
use crate::hold::talking;
use crate::message::{Message, parameter};
use crate::phone::{Phone, branch_of};
use crate::process::{Helin, MUSIC, dial, prompt, user};
use crate::sound::Sound;
use crate::waiting::waiting;

/// REFER, its answer, and the first NOTIFY, answered.
fn refer(call: &mut Call, phone: &mut Phone, to: &str) -> (u16, Option<Message>) {
    let refer = call.request(phone, "REFER").with("Refer-To", to);
    phone.send(&refer);
    let branch = branch_of(refer.must("Via")).to_owned();
    let answer = phone.expect("an answer to REFER", |message| {
        message.is_response("REFER") && branch_of(message.must("Via")) == branch
    });
    let status = answer.status().unwrap();
    let first = (status == 202).then(|| notified(phone));
    (status, first)
}

fn notified(phone: &mut Phone) -> Message {
    let notify = phone.expect_request("NOTIFY");
    phone.reply(&notify, 200, "OK");
    notify
}

/// A dialog as the phone that calls sees it, for Replaces.
fn replaces(answer: &Message) -> String {
    let tag = |name: &str| parameter(answer.must(name), "tag").unwrap().to_owned();
    format!("{};to-tag={};from-tag={}", answer.call_id(), tag("To"), tag("From"))
}

fn escaped(text: &str) -> String {
    text.replace('@', "%40").replace(';', "%3B").replace('=', "%3D")
}

#[test]
fn a_blind_transfer_is_told_and_answered_by_notify() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    helin.registers(|| drop(juri.register()));
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let (leg, mut call, mut ringing) = talking(&helin, (&mut mari, &mari_sound), (&mut juri, &juri_sound));
    let other = LegId { n: 1, ..leg };
    // The called one asks, by its phone.
    let (status, first) = refer(&mut ringing, &mut juri, &format!("<sip:%2A7@{}>", helin.access()));
    assert_eq!(status, 202);
    let first = first.unwrap();
    assert_eq!(first.body, "SIP/2.0 100 Trying\r\n");
    assert!(first.must("Subscription-State").starts_with("active"));
    assert!(first.must("Content-Type").starts_with("message/sipfrag"));
    assert!(first.header("Contact").is_some());
    let cseq = first.must("Event").strip_prefix("refer;id=").unwrap().to_owned();
    let event = helin.event("the transfer", |event| matches!(event, TelephonyEvent::Refer { .. }));
    let TelephonyEvent::Refer { leg: of, refer: asked, dialled } = event else { panic!("{event:?}") };
    assert_eq!((of, dialled.as_str()), (other, "*7"));
    helin.command(other, LegCommand::Referred { refer: asked, result: ReferResult::Busy });
    let last = notified(&mut juri);
    assert_eq!(last.body, "SIP/2.0 486 Busy Here\r\n");
    assert_eq!(last.must("Subscription-State"), "terminated;reason=noresource");
    assert_eq!(last.must("Event"), format!("refer;id={cseq}"));
    // The caller asks, too; he hangs up before it is known what comes of it.
    assert_eq!(refer(&mut call, &mut mari, "sip:103@example.com").0, 202);
    let event = helin.event("the transfer", |event| matches!(event, TelephonyEvent::Refer { .. }));
    let TelephonyEvent::Refer { leg: of, refer: asked, dialled } = event else { panic!("{event:?}") };
    assert_eq!((of, dialled.as_str()), (leg, "103"));
    call.hang_up(&mut mari);
    helin.until(leg, "the end", |event| matches!(event, LegEvent::HungUp { .. }));
    helin.command(leg, LegCommand::Referred { refer: asked, result: ReferResult::Done });
    // A REFER to what nobody can read, and one without a target.
    assert_eq!(refer(&mut ringing, &mut juri, "<http://example.com>").0, 202);
    let nowhere = |event: &LegEvent| matches!(event, LegEvent::Refer { to: ReferTo::Nowhere, .. });
    helin.until(other, "a transfer to nowhere", nowhere);
    assert_eq!(refer(&mut ringing, &mut juri, "<").0, 400);
    helin.release(other);
    let left = mari.pending();
    assert!(left.iter().all(|message| !message.is_request("NOTIFY")), "nothing after BYE");
}

#[test]
fn an_attended_transfer_joins_the_two_far_ends() {
    let helin = Helin::new();
    let mut mari = Phone::of(&helin, "mari");
    let (mut juri, mut kati) = (Phone::of(&helin, "juri"), Phone::of(&helin, "kati"));
    helin.registers(|| drop(juri.register()));
    helin.registers(|| drop(kati.register()));
    let (mari_sound, juri_sound, kati_sound) =
        (Sound::tone(440.0), Sound::tone(1_000.0), Sound::tone(1_900.0));
    let (leg, mut call, mut ringing) = talking(&helin, (&mut mari, &mari_sound), (&mut juri, &juri_sound));
    let juri_leg = LegId { n: 1, ..leg };
    // juri holds mari, who hears music, and calls kati.
    std::thread::scope(|scope| {
        scope.spawn(|| call.expect_reinvite(&mut mari, &mari_sound));
        ringing.reinvite(&mut juri, &juri_sound, "sendonly");
    });
    helin.until(juri_leg, "hold", |event| *event == LegEvent::Held);
    helin.command(leg, LegCommand::Music { prompt: prompt("music") });
    mari_sound.hears(MUSIC);
    let second_sound = Sound::tone(1_000.0);
    let mut second = juri.dial("103", &second_sound);
    let second_leg = LegId::caller(helin.incoming().call);
    let kati_leg = LegId { n: 1, ..second_leg };
    helin.command(kati_leg, dial(user(3), Some(second_leg)));
    let mut on_kati = kati.incoming();
    on_kati.answer(&mut kati, &kati_sound);
    helin.until(kati_leg, "the answer", |event| *event == LegEvent::Answered);
    helin.command(second_leg, LegCommand::Answer { with: Some(kati_leg) });
    let answer = second.expect_answer(&mut juri, &second_sound);
    kati_sound.hears(1_000.0);
    let target = format!("<sip:kati@{}?Replaces={}>", helin.access(), escaped(&replaces(&answer)));
    assert_eq!(refer(&mut ringing, &mut juri, &target).0, 202);
    let event = helin.until(juri_leg, "the transfer", |event| matches!(event, LegEvent::Refer { .. }));
    let LegEvent::Refer { refer: asked, to } = event else { panic!("{event:?}") };
    assert_eq!(to, ReferTo::Leg(second_leg));
    // As the engine does it: kati's far end becomes a leg of mari's call.
    let adopted = LegId { n: 2, ..leg };
    helin.command(adopted, LegCommand::Adopt { from: kati_leg });
    helin.command(leg, LegCommand::Join { with: adopted });
    // mari was told to send nothing while she was held: now she is asked to speak.
    let again = call.expect_reinvite(&mut mari, &mari_sound);
    assert_eq!(crate::call::direction_of(&again.body), "sendrecv");
    mari_sound.hears(1_900.0);
    kati_sound.hears(440.0);
    helin.command(juri_leg, LegCommand::Referred { refer: asked, result: ReferResult::Done });
    assert_eq!(notified(&mut juri).body, "SIP/2.0 200 OK\r\n");
    helin.release(juri_leg);
    helin.release(second_leg);
    ringing.expect_bye(&mut juri);
    second.expect_bye(&mut juri);
    mari_sound.hears(1_900.0);
    assert_eq!(kati_sound.heard().sources.len(), 1, "one stream, though its ports have moved");
    on_kati.hang_up(&mut kati);
    helin.until(adopted, "the end", |event| matches!(event, LegEvent::HungUp { media: Some(_) }));
    helin.nothing_of(kati_leg);
    helin.release(leg);
    call.expect_bye(&mut mari);
}

#[test]
fn an_invite_takes_the_place_of_a_leg() {
    // RFC 3891
    let helin = Helin::new();
    let mut mari = Phone::of(&helin, "mari");
    let (mut juri, mut kati) = (Phone::of(&helin, "juri"), Phone::of(&helin, "kati"));
    helin.registers(|| drop(juri.register()));
    let (mari_sound, juri_sound, kati_sound) =
        (Sound::tone(440.0), Sound::tone(1_000.0), Sound::tone(1_900.0));
    let (leg, mut call, mut ringing) = talking(&helin, (&mut mari, &mari_sound), (&mut juri, &juri_sound));
    let juri_leg = LegId { n: 1, ..leg };
    // In juri's dialog our tag is in the From of the INVITE he got.
    let (ours, his) =
        (ringing.invite.must("From").to_owned(), ringing.request(&juri, "INFO").must("From").to_owned());
    let tag = |value: &str| parameter(value, "tag").unwrap().to_owned();
    let replaced = format!("{};to-tag={};from-tag={}", ringing.invite.call_id(), tag(&ours), tag(&his));
    let with = |value: &str, more: &str| Dial {
        headers: vec![("Replaces", format!("{value}{more}")), ("Require", "replaces".to_owned())],
        ..Dial::default()
    };
    for (value, more, status) in [
        ("nothing;to-tag=a;from-tag=b", "", 481),
        ("nothing", "", 400),
        (replaced.as_str(), ";early-only", 486),
    ] {
        kati.dial_as("whoever", &kati_sound, with(value, more)).expect_refusal(&mut kati, status);
    }
    let mut taking = kati.dial_as("whoever", &kati_sound, with(&replaced, ""));
    let incoming = helin.incoming();
    assert_eq!(incoming.replaces, Some(juri_leg));
    // The new leg takes the old one's name; the far end that had it is released.
    helin.command(juri_leg, LegCommand::Adopt { from: LegId::caller(incoming.call) });
    helin.command(juri_leg, LegCommand::Answer { with: Some(leg) });
    taking.expect_answer(&mut kati, &kati_sound);
    ringing.expect_bye(&mut juri);
    mari_sound.hears(1_900.0);
    kati_sound.hears(440.0);
    helin.nothing_of(juri_leg);
    helin.nothing_of(LegId::caller(incoming.call));
    helin.release(juri_leg);
    helin.release(leg);
    call.expect_bye(&mut mari);
    taking.expect_bye(&mut kati);
}

#[test]
fn a_parked_caller_is_taken_back_by_another_call() {
    let helin = Helin::new();
    let (mut mari, mut juri) = (Phone::of(&helin, "mari"), Phone::of(&helin, "juri"));
    let (mari_sound, juri_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let (parked, mut call) = waiting(&helin, &mut mari, &mari_sound);
    helin.command(parked, LegCommand::Music { prompt: prompt("music") });
    mari_sound.hears(MUSIC);
    let mut taking = juri.dial("*71", &juri_sound);
    let from = LegId::caller(helin.incoming().call);
    let taker = LegId { n: 5, ..parked };
    helin.command(taker, LegCommand::Adopt { from });
    helin.command(taker, LegCommand::Answer { with: Some(parked) });
    taking.expect_answer(&mut juri, &juri_sound);
    mari_sound.hears(1_000.0);
    juri_sound.hears(440.0);
    assert_eq!(mari_sound.heard().sources.len(), 1);
    taking.hang_up(&mut juri);
    helin.until(taker, "the end", |event| matches!(event, LegEvent::HungUp { .. }));
    // Who has gone meanwhile cannot be taken over: the new name has the one end.
    let gone = LegId { n: 6, ..parked };
    helin.command(gone, LegCommand::Adopt { from });
    helin.until(gone, "the end", |event| matches!(event, LegEvent::HungUp { .. }));
    helin.release(parked);
    call.expect_bye(&mut mari);
}

#[test]
fn a_refer_outside_a_call_is_forbidden() {
    let helin = Helin::new();
    let mut mari = Phone::of(&helin, "mari");
    let uri = format!("sip:101@{}", helin.access());
    let request = Message::new(format!("REFER {uri} SIP/2.0"))
        .with("From", format!("<{uri}>;tag=1"))
        .with("To", format!("<{uri}>"))
        .with("Call-ID", "outside")
        .with("CSeq", "1 REFER")
        .with("Contact", mari.contact())
        .with("Refer-To", "<sip:102@example.com>");
    assert_eq!(mari.ask(request).status(), Some(403));
}
