//! Limits on simultaneous calls: of the company, of a user, of a trunk; and that help in need goes past them.

use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

const INFO: &str = "+3726001000";

fn apply(helin: &Helin, token: &str, text: &str) {
    let file = helin.folder().join("change.toml");
    std::fs::write(&file, text).unwrap();
    let output = helin.run(token, &["apply", file.to_str().unwrap()]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Over the company's limit 503 with the time after which to try again; the call under way goes on.
#[test]
fn a_full_company_refuses_new_calls_but_not_112() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", INFO, &outer);
    let mut offer = mari.incoming();
    offer.answer(&mut mari, &inner);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &outer);
    apply(&helin, "demo-admin-token", "[company]\nid = \"sinilind\"\ncalls_max = 1\n");
    let silent = Sound::silent();
    carrier.dial_from("+3725551235", INFO, &silent).expect_refusal(&mut carrier, 503);
    let mut juri = Phone::of(&helin, "juri");
    juri.dial("101", &silent).expect_refusal(&mut juri, 503);
    let mut help = juri.dial("112", &silent);
    let mut out = carrier.incoming();
    assert!(out.invite.request_uri().starts_with("sip:112@"), "{}", out.invite.request_uri());
    out.reject(&mut carrier, 486, "Busy Here");
    help.expect_refusal(&mut juri, 486);
    outer.forget();
    outer.hears(1_000.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);
    helin.until_quiet();
}

#[test]
fn a_user_over_his_limit_is_busy_both_ways() {
    let helin = Helin::demo();
    apply(
        &helin,
        "demo-admin-token",
        "[company]\nid = \"sinilind\"\n[[user]]\nname = \"mari\"\ncalls_max = 1\n",
    );
    let mut mari = Phone::registered(&helin, "mari");
    let mut juri = Phone::registered(&helin, "juri");
    let silent = Sound::silent();
    let mut call = mari.dial("102", &silent);
    let mut offer = juri.incoming();
    offer.ring(&mut juri);
    call.expect_progress(&mut mari, 180);
    mari.dial("103", &silent).expect_refusal(&mut mari, 486);
    let mut kati = Phone::of(&helin, "kati");
    kati.dial("101", &silent).expect_refusal(&mut kati, 486);
    call.cancel(&mut mari);
    call.expect_refusal(&mut mari, 487);
    offer.expect_cancel(&mut juri);
    helin.until_quiet();
}

/// A trunk with room for one call, whose word does not count.
#[test]
fn a_full_trunk_takes_no_more_either_way_but_112() {
    let helin = Helin::bare("[[trunk]]\nname = \"one\"\naccept_from = [\"127.0.0.0/8\"]\ncalls_max = 1\n");
    let token = helin.operator();
    apply(
        &helin,
        &token,
        "[company]\nid = \"haavik\"\n[[user]]\nname = \"uku\"\nextension = \"11\"\nnumber = \"+3725560011\"\n\
         sip_password = \"demo-uku\"\ncalls_max = 5\n",
    );
    let mut uku = Phone::registered(&helin, "uku");
    let mut carrier = Phone::carrier(&helin);
    let silent = Sound::silent();
    // An untrusted carrier does not learn who hides.
    let mut call = uku.dial("%2331%23+3725551234", &silent);
    let mut out = carrier.incoming();
    assert!(!out.invite.to_text().contains("5560011"), "{}", out.invite.to_text());
    out.ring(&mut carrier);
    call.expect_progress(&mut uku, 180);
    uku.dial("+3725551235", &silent).expect_refusal(&mut uku, 503);
    carrier.dial_from("+3725551236", "+3725560011", &silent).expect_refusal(&mut carrier, 503);
    // Who calls for help is known to who comes.
    let mut help = uku.dial("112", &silent);
    let mut out_for_help = carrier.incoming();
    assert!(out_for_help.invite.must("P-Asserted-Identity").contains("+3725560011"));
    out_for_help.reject(&mut carrier, 486, "Busy Here");
    help.expect_refusal(&mut uku, 486);
    call.cancel(&mut uku);
    call.expect_refusal(&mut uku, 487);
    out.expect_cancel(&mut carrier);
    let mut next = carrier.dial_from("+3725551236", "+3725560011", &silent);
    let mut offer = uku.incoming();
    offer.ring(&mut uku);
    next.expect_progress(&mut carrier, 180);
    next.cancel(&mut carrier);
    next.expect_refusal(&mut carrier, 487);
    offer.expect_cancel(&mut uku);
}
