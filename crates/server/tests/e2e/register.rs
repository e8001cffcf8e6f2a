//! The registrar: several contacts, expiry, queries, wrong passwords, restarts.

use crate::message::Message;
use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

fn contacts(answer: &Message) -> Vec<String> {
    answer.all("Contact").map(str::to_owned).collect()
}

#[test]
fn contacts_are_kept_listed_and_removed() {
    let helin = Helin::demo();
    let mut desk = Phone::of(&helin, "mari");
    let mut soft = Phone::of(&helin, "mari");
    assert_eq!(contacts(&desk.register()).len(), 1);
    let both = soft.register();
    assert_eq!(contacts(&both).len(), 2, "{}", both.to_text());
    // A query has no Contact.
    assert_eq!(contacts(&desk.register_with(&[])).len(), 2);
    // Registering again from the same phone renews.
    assert_eq!(contacts(&desk.register()).len(), 2);
    // Unregister one, then all.
    assert_eq!(contacts(&desk.register_for(0)).len(), 1);
    let none = soft.register_with(&[("Contact", "*"), ("Expires", "0")]);
    assert_eq!(contacts(&none).len(), 0);
    let live = helin.until_member("+3726001000", "mari", "away");
    assert_eq!(live["members"][0]["user"], "mari");
}

#[test]
fn expiry_is_bounded() {
    let helin = Helin::demo();
    let mut mari = Phone::of(&helin, "mari");
    let brief = mari.register_for(30);
    assert_eq!(brief.status(), Some(423));
    assert_eq!(brief.must("Min-Expires"), "60");
    let long = mari.register_for(1_000_000);
    assert_eq!(long.status(), Some(200));
    let contact = contacts(&long).remove(0);
    assert_eq!(crate::message::parameter(&contact, "expires"), Some("3600"), "{contact}");
}

#[test]
fn ten_phones_are_taken_and_the_eleventh_refused() {
    let helin = Helin::demo();
    let mut phones: Vec<Phone> = (0..10).map(|_| Phone::registered(&helin, "juri")).collect();
    let mut eleventh = Phone::of(&helin, "juri");
    let refused = eleventh.register_for(3_600);
    assert_eq!(refused.status(), Some(403), "{}", refused.to_text());
    // All ten ring, and the caller's end stops them all.
    let mut mari = Phone::registered(&helin, "mari");
    let sound = Sound::silent();
    let mut call = mari.dial("102", &sound);
    let mut offers: Vec<_> = phones.iter_mut().map(Phone::incoming).collect();
    for (offer, phone) in offers.iter().zip(&mut phones) {
        offer.ring(phone);
    }
    call.expect_progress(&mut mari, 180);
    call.cancel(&mut mari);
    call.expect_refusal(&mut mari, 487);
    for (offer, phone) in offers.iter_mut().zip(&mut phones) {
        offer.expect_cancel(phone);
    }
    helin.until_quiet();
}

/// Whoever guesses cannot tell a wrong password from a name that does not exist.
#[test]
fn wrong_password_and_unknown_user_look_alike() {
    let helin = Helin::demo();
    let refuse = |user: &str, password: &str| {
        let mut phone = Phone::of(&helin, user).with_password(password);
        let answer = phone.register_for(3_600);
        assert_eq!(answer.status(), Some(401));
        let mut names: Vec<String> = answer.headers.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        let challenge = answer.must("WWW-Authenticate");
        let shape: Vec<&str> =
            challenge.split(',').map(|part| part.split('=').next().unwrap().trim()).collect();
        (answer.start.clone(), names, shape.join(","))
    };
    assert_eq!(refuse("mari", "wrong"), refuse("nobody", "demo-nobody"));
}

/// Calls need the password as much as registration does.
#[test]
fn a_call_with_a_wrong_password_goes_nowhere() {
    let helin = Helin::demo();
    let mut juri = Phone::registered(&helin, "juri");
    let mut thief = Phone::of(&helin, "mari").with_password("wrong");
    let sound = Sound::silent();
    let mut call = thief.dial("102", &sound);
    call.expect_refusal(&mut thief, 401);
    juri.expect_no_call();
    assert_eq!(helin.get("/api/v1/calls")["items"], serde_json::json!([]));
}

/// A bare user name is sought in the company of the domain; the full one always works.
#[test]
fn a_user_is_named_with_or_without_his_company() {
    let helin = Helin::demo();
    let mut full = Phone::of(&helin, "mari@sinilind").with_password("demo-mari");
    let address = format!("<sip:mari@{}>", helin.access());
    let request = Message::new(format!("REGISTER sip:{} SIP/2.0", helin.access()))
        .with("From", format!("{address};tag=1"))
        .with("To", address)
        .with("Call-ID", "full-name")
        .with("CSeq", "1 REGISTER")
        .with("Contact", format!("<sip:mari@{}>", full.local));
    let answer = full.ask(request);
    assert_eq!(answer.status(), Some(200), "{}", answer.to_text());
}

#[test]
fn options_and_keep_alives_are_answered() {
    let helin = Helin::demo();
    let mut mari = Phone::over_tcp(&helin, "mari");
    mari.send_bytes(b"\r\n\r\n");
    let options = Message::new(format!("OPTIONS sip:{} SIP/2.0", helin.access()))
        .with("From", "<sip:mari@x>;tag=1")
        .with("To", format!("<sip:{}>", helin.access()))
        .with("Call-ID", "options")
        .with("CSeq", "1 OPTIONS");
    let answer = mari.ask(options);
    assert_eq!(answer.status(), Some(200));
    assert!(answer.must("Allow").contains("INVITE"));
}
