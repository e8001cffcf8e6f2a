//! Attended transfer with linphonec and with SIPp as every one of the three parties, within the company and over the
//! trunk (RFC 3515, RFC 3891, RFC 3892; I-18).

use serde_json::Value;

use super::linphonec::Linphonec;
use super::sipp::{Joining, Sipp};
use super::{INFO, VAXEL};
use crate::call::Call;
use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

/// Number of a person outside.
const OUTSIDE: &str = "+3725559999";

/// The record of the call that was transferred, of two calls that have ended.
#[track_caller]
fn whole(helin: &Helin, to: &str) -> Value {
    let records = helin.ended_calls(2);
    records.iter().find(|record| record["to"] == to).unwrap_or_else(|| panic!("{records:#?}")).clone()
}

/// Jüri calls Astrid, who holds him, asks Mari, and joins the two: all three are linphonec.
#[test]
fn linphonec_joins_linphonec_with_linphonec() {
    let helin = Helin::demo();
    let mut astrid = Linphonec::user(&helin, "astrid", 1_000.0);
    let mut juri = Linphonec::user(&helin, "juri", 440.0);
    let mut mari = Linphonec::user(&helin, "mari", 1_300.0);
    juri.says("call 301");
    astrid.until("Media streams established");
    astrid.hears(440.0);
    juri.hears(1_000.0);
    astrid.says("pause");
    astrid.until("is now paused");
    astrid.says("call 101");
    mari.until("Media streams established");
    mari.hears(1_000.0);
    astrid.hears(1_300.0);
    astrid.says("transfer 1 --to-call 2");
    astrid.until("you can safely close the call");
    mari.hears(440.0);
    juri.hears(1_300.0);
    astrid.until("Call 2");
    astrid.until("ended");
    juri.says("terminate");
    mari.until("ended");
    let record = whole(&helin, "+3725550301");
    assert_eq!(record["legs"].as_array().map(Vec::len), Some(3), "{record:#}");
    assert_eq!(record["legs"][2]["user"], "mari", "{record:#}");
    helin.until_quiet();
}

/// Astrid joins the carrier's caller with a number outside.
#[test]
fn linphonec_joins_two_sides_of_the_trunk() {
    let helin = Helin::demo();
    let mut astrid = Linphonec::user(&helin, "astrid", 1_000.0);
    let mut caller = Linphonec::outside(&helin, "+46855512345", helin.spare_ports(1), 440.0);
    let mut target = Linphonec::outside(&helin, OUTSIDE, helin.carrier().port(), 1_300.0);
    caller.says(&format!("call sip:{VAXEL}@{}", helin.trunk()));
    astrid.until("Media streams established");
    astrid.hears(440.0);
    caller.hears(1_000.0);
    astrid.says("pause");
    astrid.until("is now paused");
    astrid.says(&format!("call {OUTSIDE}"));
    target.until("Media streams established");
    target.hears(1_000.0);
    astrid.hears(1_300.0);
    astrid.says("transfer 1 --to-call 2");
    astrid.until("you can safely close the call");
    target.hears(440.0);
    caller.hears(1_300.0);
    caller.says("terminate");
    target.until("ended");
    let record = whole(&helin, VAXEL);
    assert_eq!(record["legs"].as_array().map(Vec::len), Some(3), "{record:#}");
    helin.until_quiet();
}

/// A caller of the carrier's joins the two people of the company whom he called, by REFER over the trunk; and he joins
/// a friend of his with one of them, who then comes by INVITE with Replaces over the trunk.
#[test]
fn linphonec_joins_from_the_trunk() {
    let helin = Helin::demo();
    let (mut mari, mut astrid) = (Phone::registered(&helin, "mari"), Phone::registered(&helin, "astrid"));
    let (mari_sound, astrid_sound) = (Sound::tone(1_300.0), Sound::tone(1_000.0));
    let friend_port = helin.spare_ports(1);
    let mut caller = Linphonec::outside(&helin, "+46855512345", helin.spare_ports(1), 440.0);
    let mut friend = Linphonec::behind_the_trunk(&helin, "+46855512346", friend_port, 700.0);

    caller.says(&format!("call sip:{VAXEL}@{}", helin.trunk()));
    let mut first = astrid.incoming();
    first.answer(&mut astrid, &astrid_sound);
    caller.hears(1_000.0);
    std::thread::scope(|scope| {
        scope.spawn(|| first.expect_reinvite(&mut astrid, &astrid_sound));
        caller.says("pause");
        caller.until("is now paused");
    });
    caller.says(&format!("call sip:{INFO}@{}", helin.trunk()));
    let mut second = mari.incoming();
    second.answer(&mut mari, &mari_sound);
    mari_sound.hears(440.0);
    caller.hears(1_300.0);
    std::thread::scope(|scope| {
        scope.spawn(|| first.expect_reinvite(&mut astrid, &astrid_sound));
        caller.says("transfer 1 --to-call 2");
        caller.until("you can safely close the call");
    });
    mari_sound.hears(1_000.0);
    astrid_sound.hears(1_300.0);
    first.hang_up(&mut astrid);
    second.expect_bye(&mut mari);
    let record = whole(&helin, VAXEL);
    assert_eq!(record["legs"].as_array().map(Vec::len), Some(3), "{record:#}");

    caller.says(&format!("call sip:{VAXEL}@{}", helin.trunk()));
    let mut third = astrid.incoming();
    third.answer(&mut astrid, &astrid_sound);
    caller.hears(1_000.0);
    std::thread::scope(|scope| {
        scope.spawn(|| third.expect_reinvite(&mut astrid, &astrid_sound));
        caller.says("pause");
        caller.until("is now paused");
    });
    caller.says(&format!("call sip:friend@127.0.0.1:{friend_port}"));
    friend.until("Media streams established");
    caller.until("for call 4 (audio)");
    std::thread::scope(|scope| {
        scope.spawn(|| third.expect_reinvite(&mut astrid, &astrid_sound));
        caller.says("transfer 4 --to-call 3");
        caller.until("you can safely close the call");
    });
    astrid_sound.hears(700.0);
    friend.hears(1_000.0);
    third.hang_up(&mut astrid);
    friend.until("ended");
    let records = helin.ended_calls(3);
    assert_eq!(records[0]["legs"].as_array().map(Vec::len), Some(3), "{:#}", records[0]);
    helin.until_quiet();
}

/// SIPp calls two people, holds the first, and joins them: within the company, and from the trunk.
#[test]
fn sipp_joins_the_two_whom_it_called() {
    let helin = Helin::demo();
    let (mut mari, mut juri) = (Phone::registered(&helin, "mari"), Phone::registered(&helin, "juri"));
    let (mari_sound, juri_sound) = (Sound::tone(1_300.0), Sound::tone(700.0));
    let company = Joining { user: "astrid", secret: Some("demo-astrid"), first: "102", second: "101" };
    let outside = Joining { user: "+46855512345", secret: None, first: "+3725550102", second: "+3725550101" };
    for (calls, server, joining) in [(2, helin.access(), company), (4, helin.trunk(), outside)] {
        let sipp = Sipp::joins(&helin, server, &joining);
        let mut first = juri.incoming();
        first.answer(&mut juri, &juri_sound);
        juri_sound.hears(700.0);
        sipp.go_on();
        first.expect_reinvite(&mut juri, &juri_sound);
        let mut second = mari.incoming();
        second.answer(&mut mari, &mari_sound);
        mari_sound.hears(1_300.0);
        sipp.go_on();
        first.expect_reinvite(&mut juri, &juri_sound);
        sipp.succeeds();
        juri_sound.hears(1_300.0);
        mari_sound.hears(700.0);
        first.hang_up(&mut juri);
        second.expect_bye(&mut mari);
        let records = helin.ended_calls(calls);
        let whole = records.iter().take(2).find(|record| record["to"] == "+3725550102");
        let whole = whole.unwrap_or_else(|| panic!("{records:#?}"));
        assert_eq!(whole["legs"].as_array().map(Vec::len), Some(3), "{whole:#}");
        assert_eq!(whole["legs"][2]["user"], "mari", "{whole:#}");
    }
    helin.until_quiet();
}

/// SIPp, which gives back what it hears, is joined with somebody: as the one who was held and as the one who was asked,
/// within the company and over the trunk.
#[test]
fn sipp_is_joined_with_others() {
    let helin = Helin::demo();
    let (mut mari, mut astrid) = (Phone::registered(&helin, "mari"), Phone::registered(&helin, "astrid"));
    let (mari_sound, first_sound, second_sound) =
        (Sound::tone(1_300.0), Sound::tone(1_000.0), Sound::tone(1_000.0));
    // Held: a caller on the trunk. Asked: Mari.
    let held = Sipp::calls(&helin, helin.trunk(), VAXEL);
    let mut first = astrid.incoming();
    first.answer(&mut astrid, &first_sound);
    first_sound.hears(1_000.0);
    let mut second = astrid.dial("101", &second_sound);
    let mut offer = mari.incoming();
    offer.answer(&mut mari, &mari_sound);
    second.expect_answer(&mut astrid, &second_sound);
    second_sound.hears(1_300.0);
    join(&helin, &mut astrid, (&mut first, &mut second));
    mari_sound.forget();
    mari_sound.hears(1_300.0);
    offer.hang_up(&mut mari);
    held.succeeds();
    assert_eq!(whole(&helin, VAXEL)["legs"].as_array().map(Vec::len), Some(3));

    // Held: Mari. Asked: Jüri's phone, and a number outside.
    let answering = Sipp::answers(&helin, helin.spare_ports(2));
    let contact = format!("<sip:juri@{}>", answering.address());
    Phone::of(&helin, "juri").register_with(&[("Contact", &contact), ("Expires", "3600")]);
    let carrier = Sipp::answers(&helin, helin.carrier().port());
    for (calls, asked, sipp) in [(4, "102", answering), (6, OUTSIDE, carrier)] {
        let mut caller = mari.dial("301", &mari_sound);
        let mut first = astrid.incoming();
        first.answer(&mut astrid, &first_sound);
        caller.expect_answer(&mut mari, &mari_sound);
        mari_sound.hears(1_000.0);
        let mut second = astrid.dial(asked, &second_sound);
        second.expect_answer(&mut astrid, &second_sound);
        second_sound.hears(1_000.0);
        join(&helin, &mut astrid, (&mut first, &mut second));
        mari_sound.hears(1_300.0);
        caller.hang_up(&mut mari);
        sipp.succeeds();
        let records = helin.ended_calls(calls);
        let whole = records.iter().take(2).find(|record| record["to"] == "+3725550301");
        assert_eq!(whole.map(|whole| whole["legs"].as_array().map(Vec::len)), Some(Some(3)), "{records:#?}");
    }
    helin.until_quiet();
}

/// Sends the far end of the first call to that of the second.
#[track_caller]
fn join(helin: &Helin, phone: &mut Phone, (first, second): (&mut Call, &mut Call)) {
    let target = format!("<sip:second@{}?Replaces={}>", helin.access(), second.replaces());
    first.refer(phone, &target);
    assert_eq!(first.expect_notified(phone), "SIP/2.0 200 OK");
    first.expect_bye(phone);
    second.expect_bye(phone);
}
