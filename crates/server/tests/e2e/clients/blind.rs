//! Blind transfer with baresip as every one of the three parties, within the company and over the trunk. (I-18)

use serde_json::Value;

use super::VAXEL;
use super::baresip::Baresip;
use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

/// Number of a person outside.
const OUTSIDE: &str = "+3725559999";

/// Cause of the end of each leg, in the order of their beginning.
fn ends(record: &Value) -> Vec<&str> {
    let legs = record["legs"].as_array().unwrap();
    legs.iter().map(|leg| leg["end_cause"].as_str().unwrap_or_default()).collect()
}

/// Jüri calls Astrid, who sends him to Mari: all three are baresip.
#[test]
fn baresip_sends_baresip_to_baresip() {
    let helin = Helin::demo();
    let mut astrid = Baresip::user(&helin, "astrid", 1_000.0);
    let mut juri = Baresip::user(&helin, "juri", 440.0);
    let mut mari = Baresip::user(&helin, "mari", 1_300.0);
    juri.says("dial", &format!("sip:301@{}", helin.access()));
    astrid.until("CALL_ESTABLISHED");
    astrid.hears(440.0);
    juri.hears(1_000.0);
    astrid.says("transfer", &format!("sip:101@{}", helin.access()));
    mari.until("CALL_ESTABLISHED");
    astrid.until("CALL_CLOSED");
    mari.hears(440.0);
    juri.hears(1_300.0);
    juri.says("hangup", "");
    mari.until("CALL_CLOSED");
    let record = helin.ended_call();
    assert_eq!(ends(&record), ["hangup", "transferred", "answered"], "{record:#}");
    assert_eq!(record["legs"][2]["user"], "mari");
    helin.until_quiet();
}

/// The carrier's caller reaches Astrid and is sent on to a number outside; there he, too, sends on, to Mari.
#[test]
fn baresip_sends_over_the_trunk_and_from_it() {
    let helin = Helin::demo();
    let here = |port: u16| std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let mut astrid = Baresip::user(&helin, "astrid", 1_000.0);
    let mut caller = Baresip::outside(&helin, "+46855512345", here(helin.spare_ports(2)), 440.0);
    let mut target = Baresip::outside(&helin, OUTSIDE, helin.carrier(), 1_300.0);
    let mut mari = Phone::registered(&helin, "mari");
    let mari_sound = Sound::tone(700.0);
    caller.says("dial", &format!("sip:{VAXEL}@{}", helin.trunk()));
    astrid.until("CALL_ESTABLISHED");
    astrid.hears(440.0);
    caller.hears(1_000.0);
    astrid.says("transfer", &format!("sip:{OUTSIDE}@{}", helin.access()));
    target.until("CALL_ESTABLISHED");
    astrid.until("CALL_CLOSED");
    target.hears(440.0);
    caller.hears(1_300.0);
    // REFER from the trunk: the other side, also there, goes to a number of the company's.
    caller.says("transfer", &format!("sip:+3725550101@{}", helin.trunk()));
    let mut offer = mari.incoming();
    offer.ring(&mut mari);
    target.hears(425.0);
    offer.answer(&mut mari, &mari_sound);
    caller.until("CALL_CLOSED");
    mari_sound.hears(1_300.0);
    target.hears(700.0);
    offer.hang_up(&mut mari);
    target.until("CALL_CLOSED");
    let record = helin.ended_call();
    assert_eq!(ends(&record), ["transferred", "transferred", "answered", "hangup"], "{record:#}");
    helin.until_quiet();
}
