//! Diversion marks: what a carrier tells of the way of a call goes on to the member who rings, with the group in front;
//! and calls that go in circles are stopped. req F-26, K-26

use std::sync::Arc;

use model::id::LegId;
use model::leg::{Dial as LegDial, DialTo, FailCause, LegCommand, LegEvent, Show};

use crate::call::Dial;
use crate::phone::Phone;
use crate::process::{Helin, dialling, user};
use crate::sound::Sound;

const GROUP: &str = "+3726001000";
const MOBILE: &str = "+3725559001";

/// Both marks of an INVITE, with names for the addresses.
#[track_caller]
fn marks(phone: &mut Phone, helin: &Helin) -> [String; 2] {
    let mut call = phone.incoming();
    let names = [
        (helin.access().to_string(), "helin"),
        (helin.trunk().to_string(), "trunk"),
        (phone.local.to_string(), "phone"),
    ];
    let named = |name: &str| {
        let value = call.invite.header(name).unwrap_or_default().to_owned();
        names.iter().fold(value, |value, (address, name)| value.replace(address, name))
    };
    let marks = [named("Diversion"), named("History-Info")];
    call.respond(phone, 486, "Busy Here", None);
    call.expect_ack(phone);
    marks
}

fn for_the_group(to: DialTo, caller: LegId) -> LegCommand {
    let dial = LegDial { diverted_by: Some(GROUP.parse().unwrap()), ..dialling(to, Some(caller)) };
    LegCommand::Dial(dial)
}

/// A carrier's call with these headers: how often it was diverted, and what a phone and the carrier see of it.
#[track_caller]
fn sent_on(headers: &[(&'static str, String)]) -> (u8, [String; 2], [String; 2]) {
    let helin = Helin::new();
    let mut juri = Phone::of(&helin, "juri");
    helin.registers(|| drop(juri.register()));
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::tone(440.0);
    let mut call = carrier.dial_as(GROUP, &sound, Dial { headers: headers.to_vec(), ..Dial::default() });
    let incoming = helin.incoming();
    let leg = LegId::caller(incoming.call);
    helin.command(LegId { n: 1, ..leg }, for_the_group(user(2), leg));
    let phone = marks(&mut juri, &helin);
    let outside = DialTo::Outside(MOBILE.parse().unwrap());
    helin.command(LegId { n: 2, ..leg }, for_the_group(outside, leg));
    let other = marks(&mut carrier, &helin);
    helin.release(leg);
    call.expect_refusal(&mut carrier, 480);
    (incoming.diversions, phone, other)
}

#[test]
fn a_call_that_nobody_sent_on() {
    let (count, [diversion, history], _) = sent_on(&[]);
    assert_eq!(count, 0);
    assert_eq!(
        diversion,
        "<sip:+3726001000@helin;user=phone>;reason=unconditional;counter=1;privacy=off;screen=no"
    );
    assert_eq!(
        history,
        "<sip:+3726001000@helin;user=phone>;index=1, <sip:juri@phone;cause=302>;index=1.1;mp=1"
    );
}

#[test]
fn diversion_alone_becomes_a_history() {
    // mobile-interfaces 7.3: a counter of 2 is one more that nobody told of.
    let came = "<sip:+3725550000@far.example>;reason=no-answer;counter=2;privacy=off";
    let (count, [diversion, history], [_, outside]) = sent_on(&[("Diversion", came.to_owned())]);
    assert_eq!(count, 2);
    assert_eq!(
        diversion,
        "<sip:+3726001000@trunk>;reason=unconditional;counter=1;privacy=off;screen=no, \
         <sip:+3725550000@far.example>;reason=no-answer;counter=2;privacy=off"
    );
    assert_eq!(
        history,
        "<sip:unknown@unknown.invalid>;index=1, \
         <sip:+3725550000@far.example;cause=404>;index=1.1;mp=1, \
         <sip:+3726001000@trunk;cause=408>;index=1.1.1;mp=1.1, \
         <sip:juri@phone;cause=302>;index=1.1.1.1;mp=1.1.1"
    );
    assert!(
        outside.ends_with("<sip:+3725559001@phone;user=phone;cause=302>;index=1.1.1.1;mp=1.1.1"),
        "{outside}"
    );
}

#[test]
fn history_counts_where_both_came() {
    let (count, [diversion, history], _) = sent_on(&[
        ("Diversion", "<sip:+3725550009@far.example>;reason=user-busy".to_owned()),
        (
            "History-Info",
            "<sip:+3725550000@far.example>;index=1, <sip:+3726001000@far.example;cause=486>;index=1.1;mp=1"
                .to_owned(),
        ),
    ]);
    assert_eq!(count, 1);
    assert_eq!(
        diversion,
        "<sip:+3726001000@far.example>;reason=unconditional;counter=1;privacy=off;screen=no, \
         <sip:+3725550000@far.example>;reason=user-busy;counter=1;privacy=off;screen=no"
    );
    assert_eq!(
        history,
        "<sip:+3725550000@far.example>;index=1, \
         <sip:+3726001000@far.example;cause=486>;index=1.1;mp=1, \
         <sip:juri@phone;cause=302>;index=1.1.1;mp=1.1"
    );
}

/// Who must not be shown is not shown to a phone; a trusted carrier keeps it to itself.
#[test]
fn who_hides_is_not_shown() {
    let came = "<sip:+3725550000@far.example>;reason=unconditional;privacy=full";
    let (_, [diversion, history], [other, _]) = sent_on(&[("Diversion", came.to_owned())]);
    assert!(
        diversion.ends_with("<sip:anonymous@anonymous.invalid>;reason=unconditional;counter=1;privacy=full")
    );
    assert!(!history.contains("+3725550000"), "{history}");
    assert!(history.starts_with("<sip:anonymous@anonymous.invalid?Privacy=history>;index=1, "), "{history}");
    assert!(other.contains("+3725550000"), "{other}");
}

/// A call that has been at a number is not sent there again, and after five diversions it is sent nowhere; what
/// cannot be read is no reason to refuse a call.
#[test]
fn calls_in_circles_are_stopped() {
    let helin = Helin::new();
    let mut juri = Phone::of(&helin, "juri");
    helin.registers(|| drop(juri.register()));
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::tone(440.0);
    let outside = || DialTo::Outside(MOBILE.parse().unwrap());
    for (marks, count, rings) in [
        (format!("<sip:{MOBILE}@far.example>;reason=unconditional, <sip:{GROUP}@us.example>"), 2, true),
        (format!("<sip:{MOBILE}@far.example>;counter=5"), 5, false),
        ("<sip:far.example>;counter=99".to_owned(), 99, false),
        ("<;;,\"".to_owned(), 0, true),
    ] {
        let headers = vec![("Diversion", marks.clone())];
        let mut call = carrier.dial_as(GROUP, &sound, Dial { headers, ..Dial::default() });
        let incoming = helin.incoming();
        assert_eq!(incoming.diversions, count, "{marks}");
        let leg = LegId::caller(incoming.call);
        let first = LegId { n: 1, ..leg };
        helin.command(first, for_the_group(user(2), leg));
        if rings {
            self::marks(&mut juri, &helin);
        } else {
            let unreachable =
                |event: &LegEvent| matches!(event, LegEvent::Failed { cause: FailCause::Unreachable, .. });
            helin.until(first, "no way on", unreachable);
        }
        if marks.contains(MOBILE) {
            let second = LegId { n: 2, ..leg };
            helin.command(second, for_the_group(outside(), leg));
            helin.until(second, "no way back", |event| {
                matches!(event, LegEvent::Failed { cause: FailCause::Unreachable, .. })
            });
        }
        helin.release(leg);
        call.expect_refusal(&mut carrier, 480);
    }
    carrier.expect_no_call();
    juri.expect_no_call();
}

/// Of an INVITE to the carrier that shows this caller: From without its tag, P-Asserted-Identity, Privacy.
#[track_caller]
fn shown_to_the_carrier(
    foreign_from: bool,
    (name, hidden): (Option<&str>, bool),
    to_group: bool,
) -> [String; 3] {
    let helin = Helin::beside(foreign_from);
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::tone(440.0);
    let mut call = carrier.dial(GROUP, &sound);
    let leg = LegId::caller(helin.incoming().call);
    let plain = dialling(DialTo::Outside(MOBILE.parse().unwrap()), Some(leg));
    let show = Show { name: name.map(Arc::from), hidden, ..plain.show.clone() };
    let diverted_by = to_group.then(|| "+3726001111".parse().unwrap());
    helin.command(LegId { n: 1, ..leg }, LegCommand::Dial(LegDial { show, diverted_by, ..plain }));
    let mut out = carrier.incoming();
    let at = helin.trunk().to_string();
    let value = |name: &str| out.invite.header(name).unwrap_or_default().replace(&at, "trunk");
    let from = value("From").split(";tag=").next().unwrap_or_default().to_owned();
    let seen = [from, value("P-Asserted-Identity"), value("Privacy")];
    out.respond(&mut carrier, 486, "Busy Here", None);
    out.expect_ack(&mut carrier);
    helin.release(leg);
    call.expect_refusal(&mut carrier, 480);
    seen
}

/// req X-07: a carrier that refuses the numbers of others in From is shown ours there, that of the group or the one
/// that was called; the caller stands in the name and in P-Asserted-Identity.
#[test]
fn a_carrier_that_refuses_foreign_numbers_sees_ours_in_from() {
    let asserted = "<sip:+3725551234@trunk;user=phone>";
    let [from, identity, privacy] = shown_to_the_carrier(true, (Some("Info Tamm"), false), true);
    assert_eq!((from.as_str(), identity.as_str()), ("\"Info Tamm\" <sip:+3725551234@trunk>", asserted));
    assert_eq!(privacy, "");

    let [from, identity, privacy] = shown_to_the_carrier(false, (Some("Info Tamm"), false), true);
    assert_eq!(from, "\"Info Tamm +3725551234\" <sip:+3726001111@trunk>");
    assert_eq!((identity.as_str(), privacy.as_str()), (asserted, ""));

    let [from, identity, _] = shown_to_the_carrier(false, (Some("Info +3725551234"), false), false);
    assert_eq!(from, "\"Info +3725551234\" <sip:+3726001000@trunk>");
    assert_eq!(identity, asserted);

    // Who hides is anonymous in any case.
    let [from, identity, privacy] = shown_to_the_carrier(false, (None, true), true);
    assert_eq!(from, "<sip:anonymous@anonymous.invalid>");
    assert_eq!((identity.as_str(), privacy.as_str()), (asserted, "id"));
}
