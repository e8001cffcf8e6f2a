//! Transfers that go wrong or are asked for in odd ways, and places in calls that are not there (RFC 3515, RFC 3891,
//! RFC 4488).

use crate::call::{Call, Dial};
use crate::message::Message;
use crate::phone::{Phone, branch_of};
use crate::process::Helin;
use crate::sound::Sound;
use crate::transfer::{Answered, VAXEL, answered};

/// REFER with these headers; its answer.
#[track_caller]
fn refer(call: &mut Call, phone: &mut Phone, headers: &[(&str, &str)]) -> Message {
    let mut request = call.request(phone, "REFER");
    for (name, value) in headers {
        request = request.with(name, *value);
    }
    phone.send(&request);
    let branch = branch_of(request.must("Via")).to_owned();
    phone.expect("an answer to REFER", |message| {
        message.is_response("REFER") && branch_of(message.must("Via")) == branch
    })
}

/// The next NOTIFY, answered: whether more will come, and its status line.
#[track_caller]
fn notified(phone: &mut Phone) -> (bool, String) {
    let notify = phone.expect_request("NOTIFY");
    phone.reply(&notify, 200, "OK");
    (notify.must("Subscription-State").starts_with("active"), notify.body.trim().to_owned())
}

/// Whatever is asked for, the two talk on until it can be done; then the target rings, which is told, and answers.
#[test]
fn a_refer_to_nowhere_changes_nothing() {
    let helin = Helin::demo();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mari_sound = Sound::tone(1_500.0);
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));
    let mari_at = format!("<sip:101@{}>", helin.access());
    let unreadable: [&[(&str, &str)]; 4] = [
        &[],
        &[("Refer-To", "<")],
        &[("Refer-To", ", ,")],
        &[("Refer-To", &mari_at), ("Refer-To", &mari_at)],
    ];
    for headers in unreadable {
        assert_eq!(refer(&mut agent, &mut astrid, headers).status(), Some(400), "{headers:?}");
    }
    let own = agent.replaces();
    for (target, status) in [
        ("<sip:999@example.com>".to_owned(), "404 Not Found"),
        ("<http://example.com/>".to_owned(), "404 Not Found"),
        (format!("<sip:101@{}?Replaces=%00rubbish%3B>", helin.access()), "404 Not Found"),
        (
            format!("<sip:101@{}?Replaces=nothing%3Bto-tag%3Da%3Bfrom-tag%3Db>", helin.access()),
            "481 Call/Transaction Does Not Exist",
        ),
        // Its own dialog.
        (format!("<sip:101@{}?Replaces={own}>", helin.access()), "481 Call/Transaction Does Not Exist"),
    ] {
        let answer = refer(&mut agent, &mut astrid, &[("Refer-To", &target)]);
        assert_eq!(answer.status(), Some(202), "{target}");
        assert_eq!(notified(&mut astrid), (true, "SIP/2.0 100 Trying".to_owned()), "{target}");
        assert_eq!(notified(&mut astrid), (false, format!("SIP/2.0 {status}")), "{target}");
    }
    caller_sound.forget();
    astrid_sound.forget();
    caller_sound.hears(1_000.0);
    astrid_sound.hears(440.0);

    assert_eq!(refer(&mut agent, &mut astrid, &[("Refer-To", &mari_at)]).status(), Some(202));
    assert_eq!(notified(&mut astrid), (true, "SIP/2.0 100 Trying".to_owned()));
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    assert_eq!(notified(&mut astrid), (true, "SIP/2.0 180 Ringing".to_owned()));
    offer.answer(&mut mari, &mari_sound);
    assert_eq!(notified(&mut astrid), (false, "SIP/2.0 200 OK".to_owned()));
    agent.expect_bye(&mut astrid);
    caller_sound.hears(1_500.0);
    mari_sound.hears(440.0);
    caller.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);
    helin.until_quiet();
}

/// Who wants to hear nothing of it hears nothing (RFC 4488); and the target hangs up as soon as it has answered.
#[test]
fn a_target_that_vanishes_when_it_has_answered_ends_the_call() {
    let helin = Helin::demo();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mari_sound = Sound::tone(1_500.0);
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));
    let mari_at = format!("<sip:101@{}>", helin.access());
    let quiet = [("Refer-To", mari_at.as_str()), ("Refer-Sub", "false"), ("Require", "norefersub")];
    let answer = refer(&mut agent, &mut astrid, &quiet);
    assert_eq!((answer.status(), answer.header("Refer-Sub")), (Some(202), Some("false")));
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    caller_sound.hears(425.0);
    offer.send_answer(&mut mari, &mari_sound);
    offer.expect_ack(&mut mari);
    offer.hang_up(&mut mari);
    agent.expect_bye(&mut astrid);
    caller.expect_bye(&mut carrier);
    let left = astrid.pending();
    assert!(left.iter().all(|message| !message.is_request("NOTIFY")), "{left:?}");
    let record = helin.ended_call();
    assert_eq!(record["legs"].as_array().map(Vec::len), Some(3), "{record:#}");
    helin.until_quiet();
}

/// The sender hangs up without waiting for an answer to his REFER; later another sender does while the target rings,
/// and the target goes: the call comes back to him.
#[test]
fn a_sender_who_hangs_up_early_or_late() {
    let helin = Helin::demo();
    let (mut astrid, mut mari) = (Phone::registered(&helin, "astrid"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mari_sound = Sound::tone(1_500.0);
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));
    let early = agent.request(&astrid, "REFER").with("Refer-To", format!("<sip:101@{}>", helin.access()));
    astrid.send(&early);
    agent.hang_up(&mut astrid);
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    caller_sound.hears(425.0);
    offer.answer(&mut mari, &mari_sound);
    caller_sound.hears(1_500.0);
    mari_sound.hears(440.0);

    // Mari sends him back to the switchboard's Astrid, hangs up while it rings, and Astrid's phone goes.
    offer.refer(&mut mari, &format!("<sip:301@{}>", helin.access()));
    let mut back = astrid.incoming();
    back.ring(&mut astrid);
    offer.hang_up(&mut mari);
    caller_sound.hears(425.0);
    back.reject(&mut astrid, 480, "Temporarily Unavailable");
    let mut recall = mari.incoming();
    recall.answer(&mut mari, &mari_sound);
    caller_sound.hears(1_500.0);
    mari_sound.forget();
    mari_sound.hears(440.0);
    recall.hang_up(&mut mari);
    caller.expect_bye(&mut carrier);
    let record = helin.ended_call();
    assert_eq!(record["legs"].as_array().map(Vec::len), Some(5), "{record:#}");
    helin.until_quiet();
}

/// A place in a call that is not there is refused, and nobody is rung; the place of a phone that rings picks its call
/// up.
#[test]
fn replaces_for_an_early_dialog_and_for_none() {
    let helin = Helin::demo();
    let (mut mari, mut kati) = (Phone::registered(&helin, "mari"), Phone::registered(&helin, "kati"));
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, kati_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut caller = carrier.dial_from("+46855512345", "+3725550101", &caller_sound);
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    caller.expect_progress(&mut carrier, 180);
    let with = |value: &str| Dial { headers: vec![("Replaces", value.to_owned())], ..Dial::default() };
    for value in ["nothing;to-tag=a;from-tag=b", "nothing;to-tag=a;from-tag=b;early-only"] {
        kati.dial_as("101", &kati_sound, with(value)).expect_refusal(&mut kati, 481);
    }
    kati.dial_as("101", &kati_sound, with("nothing")).expect_refusal(&mut kati, 400);
    // The caller's own early dialog is none that we began (RFC 3891 3).
    let early = caller_side(&caller);
    kati.dial_as("101", &kati_sound, with(&early)).expect_refusal(&mut kati, 481);
    let ringing = offer.replaces_here();
    let mut takes = kati.dial_as("101", &kati_sound, with(&format!("{ringing};early-only")));
    takes.expect_answer(&mut kati, &kati_sound);
    caller.expect_answer(&mut carrier, &caller_sound);
    offer.expect_cancel(&mut mari);
    kati_sound.hears(440.0);
    caller_sound.hears(1_000.0);
    caller.hang_up(&mut carrier);
    takes.expect_bye(&mut kati);
    mari.expect_no_call();
    let record = helin.ended_call();
    assert_eq!(record["legs"][2]["user"], "kati", "{record:#}");
    helin.until_quiet();
}

/// A dialog of the caller's, of which the far tag is not known yet.
fn caller_side(call: &Call) -> String {
    let tag = |name: &str| call.invite.must(name).split(";tag=").nth(1).unwrap_or("none").to_owned();
    format!("{};to-tag={};from-tag={}", call.invite.call_id(), tag("To"), tag("From"))
}

/// Outside a dialog nobody is sent anywhere; and who calls from outside sends nobody on to where it costs the company.
#[test]
fn what_a_stranger_may_not_ask_for() {
    let helin = Helin::demo();
    let mut astrid = Phone::registered(&helin, "astrid");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, astrid_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    for phone in [&mut astrid, &mut carrier] {
        let uri = format!("sip:101@{}", phone.server);
        let request = Message::new(format!("REFER {uri} SIP/2.0"))
            .with("From", format!("<sip:{}@{}>;tag=1", phone.user, phone.server))
            .with("To", format!("<{uri}>"))
            .with("Call-ID", format!("outside-{}", phone.user))
            .with("CSeq", "1 REFER")
            .with("Contact", phone.contact())
            .with("Refer-To", "<sip:102@example.com>");
        assert_eq!(phone.ask(request).status(), Some(403));
    }
    let Answered { mut caller, mut agent } =
        answered(&mut carrier, &mut astrid, VAXEL, (&caller_sound, &astrid_sound));
    for target in ["+3729001234", "*7"] {
        caller.refer(&mut carrier, &format!("<sip:{target}@{}>", helin.trunk()));
        assert_eq!(caller.expect_notified(&mut carrier), "SIP/2.0 403 Forbidden", "{target}");
    }
    carrier.expect_no_call();
    caller_sound.forget();
    caller_sound.hears(1_000.0);
    agent.hang_up(&mut astrid);
    caller.expect_bye(&mut carrier);
    helin.until_quiet();
}
