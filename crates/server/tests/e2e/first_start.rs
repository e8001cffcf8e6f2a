//! A platform that is not the demo, from its first start: the one-time link, the first token, the first company; and
//! that its log names nobody.

use std::process::Command;

use crate::phone::Phone;
use crate::process::{Helin, binary, names_a_number};
use crate::sound::Sound;

/// A carrier whose word counts.
const SETTINGS: &str =
    "[[trunk]]\nname = \"carrier\"\naccept_from = [\"127.0.0.0/8\"]\nidentity = \"trusted\"\n";

const COMPANY: &str = "[company]\nid = \"haavik\"\n\
    [[user]]\nname = \"uku\"\nextension = \"11\"\nsip_password = \"demo-uku\"\n\
    [[group]]\nnumber = \"+3726660000\"\nname = \"Haavik\"\npreset = \"ring_even\"\n\
    [[group.member]]\nuser = \"uku\"\nlogged_in = true\n";

/// What a person sees who opens the link.
fn open(method: &str, link: &str, language: &str) -> (u16, String) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let request =
        ureq::http::Request::builder().method(method).uri(link).header("Accept-Language", language).body(());
    let response = agent.run(request.unwrap()).unwrap();
    let status = response.status().as_u16();
    assert!(status != 200 || response.headers()["cache-control"] == "no-store");
    (status, response.into_body().read_to_string().unwrap())
}

#[test]
fn the_link_of_the_first_start_makes_one_token() {
    let mut helin = Helin::bare(SETTINGS);
    let line = helin.says();
    let link = line.rsplit(' ').next().unwrap().to_owned();
    assert!(link.starts_with(&format!("http://{}/setup/", helin.web())), "{line}");
    let never = link.replace("/setup/", "/setup/0");
    assert_eq!(open("POST", &never, "en").0, 404, "a link that was never made opens nothing");
    for language in ["et", "fi", "sv", "en"] {
        let (status, page) = open("GET", &link, language);
        assert_eq!(status, 200, "looking does not use it up");
        assert!(page.contains(&format!("lang=\"{language}\"")) && page.contains("<button>"), "{page}");
    }
    let (status, page) = open("POST", &link, "et-EE, en;q=0.5");
    assert_eq!(status, 200, "{page}");
    let token = page.split("<pre>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(open("POST", &link, "en").0, 404, "it works once");
    assert_eq!(open("GET", &link, "en").0, 404);

    // The token is an operator's: it makes a company, whose phone can then be called.
    let file = helin.folder().join("haavik.toml");
    std::fs::write(&file, COMPANY).unwrap();
    let applied = helin.run(&token, &["apply", file.to_str().unwrap()]);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    let mut uku = Phone::registered(&helin, "uku");
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut carrier = Phone::carrier(&helin);
    let mut call = carrier.dial_from("+3725551234", "+3726660000", &outer);
    let mut offer = uku.incoming();
    offer.answer(&mut uku, &inner);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &outer);
    outer.hears(1_000.0);
    inner.hears(440.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut uku);

    // Once somebody has a token there is no link any more.
    helin.terminate();
    helin.wait_end();
    helin.start();
    assert!(!helin.says().contains("/setup/"));
    assert_eq!(open("GET", &link, "en").0, 404);
}

/// `helin token` works on the database that the settings file names, beside a running Helin.
#[test]
fn tokens_are_made_listed_and_revoked_on_the_settings_database() {
    let helin = Helin::bare(SETTINGS);
    let config = helin.folder().join("helin.toml");
    let settings = format!("data = \"{}\"\n{SETTINGS}", helin.data().display());
    std::fs::write(&config, settings).unwrap();
    let token = |arguments: &[&str]| {
        let output = Command::new(binary())
            .arg("token")
            .args(arguments)
            .arg("--config")
            .arg(&config)
            .output()
            .unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let (_, operator) = token(&["create", "--operator"]);
    let file = helin.folder().join("haavik.toml");
    std::fs::write(&file, COMPANY).unwrap();
    assert!(helin.run(&operator, &["apply", file.to_str().unwrap()]).status.success());
    let (_, person) = token(&["create", "--user", "uku@haavik", "--expires", "1h"]);
    let (_, short) = token(&["create", "--company", "haavik", "--expires", "0s"]);
    assert!(!token(&["create", "--company", "haavik", "--operator"]).0);
    let calls = |token: &str| helin.request("GET", "/api/v1/calls", token, None).0;
    assert_eq!(calls(&short), 401, "it ended as soon as it was made");
    assert_eq!(calls(&person), 200);
    let (_, list) = token(&["list"]);
    let row = list.lines().find(|line| line.contains("uku@haavik")).expect(&list);
    assert!(row.contains("valid") && row.contains('Z') && !list.contains(&person), "{list}");
    assert!(list.contains("expired") && list.contains("operator"), "{list}");
    let id = row.split('\t').next().unwrap();
    assert!(token(&["revoke", id]).0);
    assert!(!token(&["revoke", id]).0, "it was ended before");
    let deadline = std::time::Instant::now() + crate::process::PATIENCE;
    while calls(&person) != 401 {
        assert!(std::time::Instant::now() < deadline, "a revoked token still opens");
    }
}

/// Every test of this folder fails when a number appears in the log; this one looks at what only we would log.
#[test]
fn no_number_appears_in_a_log_however_loud() {
    for (line, found) in [
        ("in from=127.0.0.1:5060 message=INVITE sip:+3725551234@x", true),
        ("to 3725551234", true),
        ("+3725****34", false),
        ("call=01a21340-690e-71c8-9070-372019c81c00 at 2026-11-25T15:08:31.103777Z", false),
    ] {
        assert_eq!(names_a_number(line), found, "{line}");
    }
    let helin = Helin::loud();
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    let mut call = carrier.dial_from("+3725551234", "+3726001000", &sound);
    let mut offer = mari.incoming();
    offer.reject(&mut mari, 488, "Not Acceptable Here");
    call.expect_progress(&mut carrier, 180);
    call.cancel(&mut carrier);
    call.expect_refusal(&mut carrier, 487);
    let mut call = mari.dial("+3725559999", &sound);
    let invite = carrier.expect_request("INVITE");
    carrier.reply(&invite, 403, "Forbidden");
    call.expect_any(&mut mari);
    assert!(helin.log().contains("TRACE telephony"), "it was loud");
}
