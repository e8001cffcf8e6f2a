//! A member reached over the trunk: Madis, by his mobile number.

use crate::call::{Dial, description};
use crate::message::Message;
use crate::phone::Phone;
use crate::process::{Helin, order};
use crate::sound::Sound;

const INFO: &str = "+3726001000";

fn only_madis(helin: &Helin) {
    for user in ["mari", "juri", "kati"] {
        helin.post(&format!("/api/v1/groups/{INFO}/members/{user}/logout"));
    }
    helin.post(&format!("/api/v1/groups/{INFO}/members/Madis/login"));
}

#[test]
fn an_outside_member_is_called_over_the_trunk_with_the_callers_number() {
    let helin = Helin::demo();
    only_madis(&helin);
    let mut carrier = Phone::carrier(&helin);
    let mut caller = Phone::caller(&helin);
    let (outer, mobile) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = caller.dial_from("+3725551234", INFO, &outer);
    call.expect_progress(&mut caller, 180);
    // req K-05, K-26
    let mut offer = carrier.incoming();
    assert!(offer.invite.request_uri().starts_with("sip:+3725559001@"), "{}", offer.invite.request_uri());
    assert_eq!(offer.invite.user_in("From"), "+3725551234");
    assert!(offer.invite.must("Diversion").contains("+3726001000"));
    // Audio before the answer is never passed on.
    offer.respond(&mut carrier, 183, "Session Progress", Some(description(mobile.port(), 1, "sendrecv")));
    helin.until_member(INFO, "Madis", "ringing");
    offer.answer(&mut carrier, &mobile);
    call.expect_answer(&mut caller, &outer);
    outer.hears(1_000.0);
    mobile.hears(440.0);
    call.hang_up(&mut caller);
    offer.expect_bye(&mut carrier);
    let record = helin.ended_call();
    assert_eq!(record["legs"][1]["role"], "member");
    assert_eq!(record["legs"][1]["number"], "+3725559001");
    helin.until_quiet();
}

/// A foreign forwarding that shows itself counts as not answered.
#[test]
fn a_diverting_mobile_counts_as_not_answered() {
    let helin = Helin::demo();
    only_madis(&helin);
    helin.post(&format!("/api/v1/groups/{INFO}/members/kati/login"));
    let mut kati = Phone::registered(&helin, "kati");
    let mut carrier = Phone::carrier(&helin);
    let mut caller = Phone::caller(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = caller.dial_from("+3725551234", INFO, &outer);
    call.expect_progress(&mut caller, 180);
    // req K-33
    let mut offer = carrier.incoming();
    offer.respond(&mut carrier, 181, "Call Is Being Forwarded", None);
    offer.expect_cancel(&mut carrier);
    let mut next = kati.incoming();
    next.answer(&mut kati, &inner);
    call.expect_answer(&mut caller, &outer);
    outer.hears(1_000.0);
    call.hang_up(&mut caller);
    next.expect_bye(&mut kati);
    assert_eq!(order(&helin.live(INFO))[..2], ["Madis", "kati"]);
    let record = helin.ended_call();
    assert_eq!(record["legs"][1]["end_cause"], "diverted", "{record:#}");
    helin.until_quiet();
}

/// A carrier that says nothing is unreachable after the alerting time.
#[test]
fn a_trunk_that_is_down_makes_the_member_unreachable() {
    let helin = Helin::demo();
    only_madis(&helin);
    helin.post(&format!("/api/v1/groups/{INFO}/members/kati/login"));
    let mut kati = Phone::registered(&helin, "kati");
    let mut caller = Phone::caller(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = caller.dial_from("+3725551234", INFO, &outer);
    call.expect_progress(&mut caller, 180);
    let mut offer = kati.incoming();
    offer.answer(&mut kati, &inner);
    call.expect_answer(&mut caller, &outer);
    outer.hears(1_000.0);
    inner.hears(440.0);
    offer.hang_up(&mut kati);
    call.expect_bye(&mut caller);
    let record = helin.ended_call();
    assert_eq!(record["legs"][1]["end_cause"], "unreachable", "{record:#}");
    helin.until_quiet();
}

/// With `confirm_outside` the mobile must press 1; a mailbox that answers does not.
#[test]
fn press_1_to_accept() {
    let helin = Helin::demo();
    let file = helin.folder().join("confirm.toml");
    std::fs::write(
        &file,
        "[company]\nid = \"sinilind\"\n\n[[group]]\nnumber = \"+3726001000\"\nname = \"Infotelefon\"\n\
         preset = \"ring_even\"\nring_time = \"6s\"\nconfirm_outside = true\nown_line = \"info\"\n\
         own_line_ring_time = \"5s\"\n[[group.member]]\noutside = \"Madis\"\nlogged_in = true\n",
    )
    .unwrap();
    let applied = helin.run("demo-admin-token", &["apply", file.to_str().unwrap()]);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    helin.post(&format!("/api/v1/groups/{INFO}/members/Madis/login"));
    let mut carrier = Phone::carrier(&helin);
    let mut caller = Phone::caller(&helin);
    let (outer, mobile) = (Sound::tone(440.0), Sound::tone(1_000.0));
    // req K-34
    let mut call = caller.dial_from("+3725551234", INFO, &outer);
    call.expect_progress(&mut caller, 180);
    let mut offer = carrier.incoming();
    offer.answer(&mut carrier, &mobile);
    mobile.hears_packets(20);
    mobile.press('1');
    call.expect_answer(&mut caller, &outer);
    outer.hears(1_000.0);
    mobile.hears(440.0);
    call.hang_up(&mut caller);
    offer.expect_bye(&mut carrier);

    // A mailbox answers and presses nothing: not answered, on to the fallback.
    let mut call = caller.dial_from("+3725551234", INFO, &outer);
    call.expect_progress(&mut caller, 180);
    let mut offer = carrier.incoming();
    offer.answer(&mut carrier, &mobile);
    offer.expect_bye(&mut carrier);
    let progress = call.expect_progress(&mut caller, 183);
    assert!(!progress.body.is_empty());
    call.expect_refusal(&mut caller, 480);
    helin.until_quiet();
}

/// Nothing but INVITE and OPTIONS is taken from a carrier, and nothing at all from a stranger's address.
#[test]
fn a_carrier_cannot_register() {
    let helin = Helin::demo();
    let mut carrier = Phone::carrier(&helin);
    let request = Message::new(format!("REGISTER sip:{} SIP/2.0", helin.trunk()))
        .with("From", "<sip:mari@x>;tag=1")
        .with("To", "<sip:mari@x>")
        .with("Call-ID", "thief")
        .with("CSeq", "1 REGISTER")
        .with("Contact", carrier.contact());
    assert_eq!(carrier.ask(request).status(), Some(405));
}

/// A carrier's call that was sent on already: who did so stands on the member's screen, too; after five times it hears
/// that nobody can be reached, as early media, and nobody is rung. req F-26, K-26
#[test]
fn diversions_go_on_and_come_to_an_end() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut caller = Phone::caller(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let with = |counter: u8| {
        let diversion = format!("<sip:+3725550000@far.example>;reason=user-busy;counter={counter}");
        Dial { from: Some("+3725551234"), headers: vec![("Diversion", diversion)], ..Dial::default() }
    };
    let mut call = caller.dial_as(INFO, &outer, with(4));
    let mut offer = mari.incoming();
    let diversion = offer.invite.must("Diversion");
    assert!(diversion.starts_with(&format!("<sip:{INFO}@")), "{diversion}");
    assert!(diversion.ends_with("<sip:+3725550000@far.example>;reason=user-busy;counter=4"), "{diversion}");
    assert!(offer.invite.must("History-Info").contains(";cause=486>;index=1.1.1.1.1;mp=1.1.1.1, "));
    offer.answer(&mut mari, &inner);
    call.expect_answer(&mut caller, &outer);
    inner.hears(440.0);
    outer.hears(1_000.0);
    call.hang_up(&mut caller);
    offer.expect_bye(&mut mari);

    let mut call = caller.dial_as(INFO, &outer, with(5));
    let early = call.expect_progress(&mut caller, 183);
    outer.connect(crate::call::sound_address(&early.body));
    outer.hears_packets(25);
    call.cancel(&mut caller);
    call.expect_refusal(&mut caller, 487);
    mari.expect_no_call();
    let record = &helin.ended_calls(2)[0];
    assert_eq!(record["legs"].as_array().map(Vec::len), Some(1), "{record:#}");
    assert_eq!(record["heard"][0]["prompt"], "fallback:unreachable", "{record:#}");
    assert_eq!(record["outcome"], "failed", "{record:#}");
    helin.until_quiet();
}
