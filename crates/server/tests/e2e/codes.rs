//! Service codes: dialled as a call, answered by a spoken text and a MESSAGE.

use crate::call::Dial;
use crate::phone::Phone;
use crate::process::{Helin, member_state, order};
use crate::sound::Sound;

const INFO: &str = "+3726001000";
const DUTY: &str = "+3726002000";

/// Dials a code; the 200, what is spoken, the BYE; returns the text on the screen.
#[track_caller]
fn dial_code(phone: &mut Phone, code: &str) -> String {
    let sound = Sound::tone(440.0);
    let mut call = phone.dial(code, &sound);
    call.expect_answer(phone, &sound);
    let text = phone.text();
    // req K-45: short and spoken besides.
    sound.hears_packets(10);
    call.expect_bye(phone);
    text
}

#[test]
fn a_member_logs_out_and_in_by_code_and_stands_at_the_tail() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    // req K-44, K-45
    let out = dial_code(&mut mari, "*961*0%23");
    assert_eq!(out, "Infotelefon: oled välja logitud.");
    let live = helin.live(INFO);
    assert_eq!(member_state(&live, "mari"), Some("logged_out"));
    // req K-42: also with a bare #, as some phones send it.
    let text = dial_code(&mut mari, "*961*1#");
    assert_eq!(text, "Infotelefon: oled sisse logitud, koht nimekirjas 3.");
    assert_eq!(order(&helin.live(INFO)), ["juri", "kati", "mari", "Madis"]);
    // Already in: success, the place is kept.
    let again = dial_code(&mut mari, "*961*1%23");
    assert_eq!(again, "Infotelefon: oled juba sisse logitud, koht nimekirjas 3.");
    assert_eq!(order(&helin.live(INFO)), ["juri", "kati", "mari", "Madis"]);
    // A code's call is no call of the group.
    assert_eq!(helin.live(INFO)["calls_today"]["offered"], 0);
    helin.until_quiet();
}

#[test]
fn the_duty_is_taken_by_permission_and_handed_over() {
    let helin = Helin::demo();
    let mut toomas = Phone::registered(&helin, "toomas");
    let mut liis = Phone::registered(&helin, "liis");
    let mut peeter = Phone::registered(&helin, "peeter");
    // req K-06
    let refused = dial_code(&mut liis, "*961*2%23");
    assert_eq!(member_state(&helin.live(DUTY), "liis"), Some("logged_out"), "{refused}");
    dial_code(&mut liis, "*961*1%23");
    // req K-43
    dial_code(&mut toomas, "*961*2%23");
    let live = helin.live(DUTY);
    assert_eq!(order(&live)[..2], ["toomas", "liis"]);
    assert_eq!(live["members"][0]["duty"], true);
    // req K-20: the last one becomes duty, the earlier stays as an ordinary member at the tail; both get a text.
    let taken = dial_code(&mut peeter, "*961*2%23");
    let relieved = toomas.text();
    assert_ne!(taken, relieved);
    let live = helin.live(DUTY);
    assert_eq!(order(&live), ["peeter", "liis", "toomas"]);
    assert_eq!(live["members"][0]["duty"], true);
    assert_eq!(live["members"][2]["duty"], false);

    // req K-21: the duty member keeps the first place after answering.
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", DUTY, &caller_sound);
    let mut offer = peeter.incoming();
    offer.answer(&mut peeter, &sound);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &caller_sound);
    caller_sound.hears(1_000.0);
    sound.hears(440.0);
    assert_eq!(order(&helin.live(DUTY)), ["peeter", "liis", "toomas"]);
    // req K-22: with him busy, the others by rotation.
    let second_sound = Sound::tone(600.0);
    let mut second = carrier.dial_from("+3725551235", DUTY, &second_sound);
    let mut offered = liis.incoming();
    offered.ring(&mut liis);
    second.expect_progress(&mut carrier, 180);
    second.cancel(&mut carrier);
    second.expect_refusal(&mut carrier, 487);
    offered.expect_cancel(&mut liis);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut peeter);
    helin.until_quiet();
}

/// Exactly this text, nothing spoken, nothing changed.
#[test]
fn a_phone_in_no_group_gets_unknown_application() {
    let helin = Helin::demo();
    let mut sirje = Phone::registered(&helin, "sirje");
    let sound = Sound::silent();
    // req K-47
    for code in ["*961*1%23", "*961*0#", "*961*7%23"] {
        let mut call = sirje.dial(code, &sound);
        call.expect_refusal(&mut sirje, 404);
        assert_eq!(sirje.text(), "UNKNOWN APPLICATION");
    }
    // req X-20: forwarding codes are somebody's and refused until they exist.
    let text = dial_code(&mut sirje, "**61*5551234%23");
    assert!(!text.is_empty());
    assert_eq!(sound.heard().packets, 0);
    helin.until_quiet();
}

/// The identity is the one the trunk asserts; a code works with the number withheld.
#[test]
fn an_outside_member_logs_in_over_the_trusted_trunk() {
    let helin = Helin::demo();
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    // req K-04, K-10, K-36, K-46: a plain mobile phone, from wherever it can call.
    let asserted = vec![
        ("P-Asserted-Identity", "<sip:+3725559001@carrier>".to_owned()),
        ("Privacy", "id".to_owned()),
        ("Allow", "INVITE, ACK, BYE, CANCEL, MESSAGE".to_owned()),
    ];
    let dial = |code: &str, headers: &[(&'static str, String)], carrier: &mut Phone| {
        let how = Dial { from: Some("anonymous"), headers: headers.to_vec(), ..Dial::default() };
        carrier.dial_as(code, &sound, how)
    };
    let mut call = dial("*961*1%23", &asserted, &mut carrier);
    call.expect_answer(&mut carrier, &sound);
    let text = carrier.text();
    assert!(text.contains("Infotelefon"), "{text}");
    call.expect_bye(&mut carrier);
    let live = helin.live(INFO);
    assert_eq!(order(&live), ["mari", "juri", "kati", "Madis"]);
    assert_eq!(member_state(&live, "Madis"), Some("available"));

    // From alone proves nothing: no code, no change, and no MESSAGE to a trunk that did not say it takes one.
    let how = Dial { from: Some("+3725559001"), ..Dial::default() };
    let mut call = carrier.dial_as("*961*0%23", &sound, how);
    call.expect_refusal(&mut carrier, 404);
    assert_eq!(member_state(&helin.live(INFO), "Madis"), Some("available"));
    helin.until_quiet();
    assert!(carrier.pending().is_empty());
}

/// Logging out while ringing ends nothing, but there is no new offer after it.
#[test]
fn who_logs_out_while_ringing_may_still_answer() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, mari_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", INFO, &caller_sound);
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    call.expect_progress(&mut carrier, 180);
    // req K-44
    helin.post(&format!("/api/v1/groups/{INFO}/members/mari/logout"));
    offer.answer(&mut mari, &mari_sound);
    call.expect_answer(&mut carrier, &caller_sound);
    caller_sound.hears(1_000.0);
    mari_sound.hears(440.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);
    helin.until_member(INFO, "mari", "logged_out");

    let mut call = carrier.dial_from("+3725551234", INFO, &caller_sound);
    juri.incoming().reject(&mut juri, 486, "Busy Here");
    call.expect_progress(&mut carrier, 180);
    call.cancel(&mut carrier);
    call.expect_refusal(&mut carrier, 487);
    mari.expect_no_call();
    helin.until_quiet();
}

/// Codes as text: MESSAGE to the code's number.
#[test]
fn a_code_comes_as_a_text_too() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let address = format!("<sip:mari@{}>", helin.access());
    let message = crate::message::Message::new(format!("MESSAGE sip:961@{} SIP/2.0", helin.access()))
        .with("From", format!("{address};tag=1"))
        .with("To", format!("<sip:961@{}>", helin.access()))
        .with("Call-ID", "text-code")
        .with("CSeq", "1 MESSAGE")
        .with_body("text/plain", "*961*0#");
    let answer = mari.ask(message);
    assert_eq!(answer.status(), Some(202));
    assert_eq!(mari.text(), "Infotelefon: oled välja logitud.");
    assert_eq!(member_state(&helin.live(INFO), "mari"), Some("logged_out"));
    // A phone's note that the text was shown is taken and never answered, or the two would talk for ever.
    let note = crate::message::Message::new(format!("MESSAGE sip:961@{} SIP/2.0", helin.access()))
        .with("From", format!("{address};tag=2"))
        .with("To", format!("<sip:961@{}>", helin.access()))
        .with("Call-ID", "text-note")
        .with("CSeq", "1 MESSAGE")
        .with_body("message/imdn+xml", "<imdn/>");
    assert_eq!(mari.ask(note).status(), Some(202));
    mari.register();
    assert!(mari.pending().is_empty());
}

/// A code as phones write it (mobile-interfaces 2): with the `#` bare, escaped or left out, as SIP and tel URI, as dial
/// string of RFC 4967 with the context in the user part.
#[test]
fn a_code_is_understood_in_every_form_of_address() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let sound = Sound::silent();
    let at = helin.access();
    let mut forms = Vec::new();
    for code in ["*961*N%23", "*961*N#", "*961*N", "%2A961%2aN%23", "*961*N%23;phone-context=example.net"] {
        for host in [at.to_string(), "sinilind.demo".to_owned()] {
            for tail in ["", ";user=phone", ";user=dialstring", ";transport=udp"] {
                forms.push(format!("sip:{code}@{host}{tail}"));
            }
        }
    }
    forms.extend([
        "tel:*961*N%23;phone-context=example.net".to_owned(),
        "tel:*961*N;phone-context=+372".to_owned(),
    ]);
    for form in forms {
        for (digit, state) in [("0", "logged_out"), ("1", "available")] {
            let uri = form.replace('N', digit);
            let how = Dial { uri: Some(uri.clone()), ..Dial::default() };
            let mut call = mari.dial_as("code", &sound, how);
            call.expect_answer(&mut mari, &sound);
            assert!(mari.text().starts_with("Infotelefon: oled"), "{uri}");
            call.hang_up(&mut mari);
            helin.until_member(INFO, "mari", state);
        }
    }
    helin.until_quiet();
}
