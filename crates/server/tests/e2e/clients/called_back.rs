//! Being called back instead of waiting, with baresip as the caller and as the agent. (V-49, V-54, V-55)

use super::baresip::Baresip;
use crate::companies::apply;
use crate::heard::{prompt, tone};
use crate::process::Helin;

const GROUP: &str = "+3726009002";
const CALLER: &str = "+3725559998";

const MUSIC: f64 = 850.0;
const AINO: f64 = 1_300.0;
const CUSTOMER: f64 = 440.0;

/// The group, with `aino` as its only agent and short tones for what is said.
fn group(helin: &Helin) {
    let mut text = "[company]\nid = \"sinilind\"\n".to_owned();
    for (name, hertz) in
        [("t_music", MUSIC), ("t_offer", 600.0), ("t_agent", 1_000.0), ("callback_accepted", 700.0)]
    {
        tone(helin, &format!("{name}.wav"), hertz, 400);
        text.push_str(&prompt(name, &format!("{name}.wav")));
    }
    text.push_str(&format!(
        "[[group]]\nnumber = \"{GROUP}\"\nname = \"Again\"\npreset = \"customer_service\"\nlanguage = \"en\"\n\
         [group.announcements]\nentry = \"none\"\nmusic = \"t_music\"\n\
         [group.callback]\nenabled = true\noffer_prompt = \"t_offer\"\nagent_prompt = \"t_agent\"\n\
         [[group.member]]\nuser = \"aino\"\nlogged_in = true\n"
    ));
    let applied = apply(helin, "demo-admin-token", &text);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
}

/// req V-49, V-54, V-55: he presses the key, is thanked and released; once the agent is free she is rung first, told what it is about, and
/// then he rings; both hear each other.
#[test]
fn baresip_asks_to_be_called_back_and_baresip_serves_it() {
    let helin = Helin::demo();
    group(&helin);
    let mut aino = Baresip::user(&helin, "aino", AINO);
    let mut customer = Baresip::outside(&helin, CALLER, helin.carrier(), CUSTOMER);
    aino.says("dial", &format!("sip:8099@{}", helin.access()));
    aino.until("CALL_ESTABLISHED");
    customer.says("dial", &format!("sip:{GROUP}@{}", helin.trunk()));
    customer.until("CALL_ESTABLISHED");
    customer.hears(MUSIC);
    customer.says("sndcode", "1");
    customer.until("CALL_CLOSED");
    let path = format!("/api/v1/groups/{GROUP}/callbacks");
    let list = helin.get(&path);
    assert_eq!(
        (&list["items"][0]["state"], &list["items"][0]["number"]),
        (&"pending".into(), &CALLER.into())
    );
    aino.says("hangup", "");
    for phone in [&mut aino, &mut customer] {
        phone.until("CALL_ESTABLISHED");
    }
    customer.hears(AINO);
    aino.hears(CUSTOMER);
    customer.says("hangup", "");
    aino.until("CALL_CLOSED");
    let list = helin.until(&path, |list| list["items"][0]["state"] == "done");
    assert_eq!(list["items"][0]["attempts"], 1, "{list:#}");
    let calls = helin.ended_calls(3);
    let attempt = calls.iter().find(|call| call["to"] == CALLER).expect("the attempt is a call of its own");
    assert_eq!(attempt["legs"][0]["user"], "aino", "the agent rings first: {attempt:#}");
    assert_eq!(attempt["heard"][0]["prompt"], "agent:t_agent", "{attempt:#}");
    let request = calls.iter().find(|call| call["to"] == GROUP).expect("the call that asked");
    let told = helin.get(&format!("/api/v1/calls/{}/explain", request["id"].as_str().unwrap()));
    let last = told["decisions"].as_array().and_then(|decisions| decisions.last());
    assert_eq!(last.map(|last| &last["text"]), Some(&"The callback succeeded".into()), "{told:#}");
    assert_eq!(helin.live(GROUP)["calls_today"]["called_back"], 1);
    helin.until_quiet();
}
