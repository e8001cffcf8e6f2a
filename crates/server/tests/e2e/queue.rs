//! The waiting line on the wire: music, position, the agent who comes free, work after the call.

use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

/// Applies a company file with the demo's administrator.
fn apply(helin: &Helin, text: &str) {
    let output = crate::companies::apply(helin, "demo-admin-token", text);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

const ASIAKASPALVELU: &str = "+35810200010";

/// A caller waits with music for the only agent, who is in a call of her own; when she is free, she is rung, and both
/// hear one another. req V-04, V-42, V-43, V-46, V-36
#[test]
fn a_caller_waits_with_music_until_the_agent_is_free() {
    let helin = Helin::demo();
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, aino_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));

    let mut echo = aino.dial("8099", &aino_sound);
    echo.expect_answer(&mut aino, &aino_sound);
    helin.until_member(ASIAKASPALVELU, "aino", "talking");

    let mut call = carrier.dial_from("+3725551234", ASIAKASPALVELU, &caller_sound);
    call.expect_answer(&mut carrier, &caller_sound);
    let live = helin.until(&format!("/api/v1/groups/{ASIAKASPALVELU}/live"), |live| {
        live["waiting"].as_array().is_some_and(|waiting| waiting.len() == 1)
    });
    assert_eq!(live["waiting"][0]["position"], 1, "{live:#}");
    assert_eq!(live["waiting"][0]["caller"], "+3725551234");
    assert_eq!(live["waiting"][0]["state"], "waiting");
    assert_eq!(live["waiting"][0]["kind"], "call");
    caller_sound.hears_packets(50);

    echo.hang_up(&mut aino);
    let mut offer = aino.incoming();
    offer.ring(&mut aino);
    caller_sound.hears(425.0);
    offer.answer(&mut aino, &aino_sound);
    aino_sound.hears(440.0);
    caller_sound.hears(1_000.0);
    let heard = caller_sound.heard();
    assert_eq!(heard.sources.len(), 1, "one source for music, tone and agent");
    assert_eq!(heard.breaks, 0, "no gap in the sequence");

    call.hang_up(&mut carrier);
    offer.expect_bye(&mut aino);
    helin.until_member(ASIAKASPALVELU, "aino", "wrap_up");
    let record = helin.ended_calls(2).remove(0);
    assert_eq!(record["outcome"], "answered", "{record:#}");
    assert_eq!(record["visits"][0]["outcome"], "served");
    assert_eq!(record["visits"][0]["position"], 1);
    let heard: Vec<&str> =
        record["heard"].as_array().unwrap().iter().filter_map(|item| item["prompt"].as_str()).collect();
    assert_eq!(heard, ["entry:built-in", "callback:built-in"], "{record:#}");
    helin.until_member(ASIAKASPALVELU, "aino", "available");
    helin.until_quiet();
}

/// With an agent free the caller is not answered before the agent does. req V-42
#[test]
fn with_a_free_agent_the_caller_hears_ringing_until_the_answer() {
    let helin = Helin::demo();
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, aino_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", ASIAKASPALVELU, &caller_sound);
    let mut offer = aino.incoming();
    offer.ring(&mut aino);
    call.expect_progress(&mut carrier, 180);
    offer.answer(&mut aino, &aino_sound);
    call.expect_answer(&mut carrier, &caller_sound);
    aino_sound.hears(440.0);
    caller_sound.hears(1_000.0);
    offer.hang_up(&mut aino);
    call.expect_bye(&mut carrier);
    let record = helin.ended_call();
    assert_eq!(record["heard"].as_array().map(Vec::len), Some(0), "{record:#}");
    helin.until_quiet();
}

/// Nobody has a phone: the announcement, before the answer. req V-22
#[test]
fn nobody_there_is_told_at_once() {
    let helin = Helin::demo();
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::tone(440.0);
    let mut call = carrier.dial_from("+3725551234", ASIAKASPALVELU, &sound);
    call.expect_progress(&mut carrier, 183);
    call.expect_refusal(&mut carrier, 480);
    let record = helin.ended_call();
    assert_eq!(record["heard"][0]["prompt"], "fallback:nobody_here", "{record:#}");
    assert_eq!(record["visits"][0]["outcome"], "overflowed");
    helin.until_quiet();
}

/// The caller presses 1, keeps his place and hangs up; the agent rings first, hears what it is about, then the
/// customer rings, and both talk. req V-07, V-49, V-50, V-53, V-54, V-55
#[test]
fn a_caller_is_called_back_in_his_turn() {
    let helin = Helin::demo();
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, aino_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut echo = aino.dial("8099", &aino_sound);
    echo.expect_answer(&mut aino, &aino_sound);
    let mut call = carrier.dial_from("+3725551234", ASIAKASPALVELU, &caller_sound);
    call.expect_answer(&mut carrier, &caller_sound);
    let calls =
        helin.until("/api/v1/calls", |list| list["items"].as_array().is_some_and(|items| items.len() == 2));
    let id = calls["items"][0]["id"].as_str().unwrap().to_owned();
    helin.until(&format!("/api/v1/calls/{id}"), |call| {
        call["heard"]
            .as_array()
            .is_some_and(|heard| heard.iter().any(|item| item["prompt"] == "callback:built-in"))
    });
    caller_sound.press('1');
    call.expect_bye(&mut carrier);
    let path = format!("/api/v1/groups/{ASIAKASPALVELU}/callbacks");
    let list = helin.until(&path, |list| list["items"].as_array().is_some_and(|items| items.len() == 1));
    assert_eq!(list["items"][0]["state"], "pending", "{list:#}");
    assert_eq!(list["items"][0]["number"], "+3725551234");
    let live = helin.live(ASIAKASPALVELU);
    assert_eq!(live["waiting"][0]["kind"], "callback", "{live:#}");

    echo.hang_up(&mut aino);
    let mut offer = aino.incoming();
    assert_eq!(offer.invite.user_in("From"), "+3725551234");
    offer.answer(&mut aino, &aino_sound);
    let mut customer = carrier.incoming();
    assert_eq!(customer.invite.user_in("From"), ASIAKASPALVELU);
    assert!(customer.invite.request_uri().contains("3725551234"), "{}", customer.invite.to_text());
    customer.ring(&mut carrier);
    customer.answer(&mut carrier, &caller_sound);
    aino_sound.hears(440.0);
    caller_sound.hears(1_000.0);
    helin.until(&path, |list| list["items"][0]["state"] == "done");
    assert_eq!(helin.live(ASIAKASPALVELU)["calls_today"]["called_back"], 1);
    customer.hang_up(&mut carrier);
    offer.expect_bye(&mut aino);
    helin.until_member(ASIAKASPALVELU, "aino", "wrap_up");
    helin.until_quiet();
}

/// The group's suffix stands behind the caller's number, and is stripped when the member calls back from the list of
/// calls of her phone. req V-18, V-20
#[test]
fn a_suffix_marks_the_group_and_is_stripped_when_dialled_back() {
    let helin = Helin::demo();
    let file = format!(
        "[company]\nid = \"sinilind\"\n[[group]]\nnumber = \"{ASIAKASPALVELU}\"\nname = \"Asiakaspalvelu\"\n\
         preset = \"customer_service\"\nshow_suffix = \"*1\"\n[[group.member]]\nuser = \"aino\"\n"
    );
    apply(&helin, &file);
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, aino_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", ASIAKASPALVELU, &caller_sound);
    let mut offer = aino.incoming();
    assert_eq!(offer.invite.user_in("From"), "+3725551234*1");
    offer.answer(&mut aino, &aino_sound);
    call.expect_answer(&mut carrier, &caller_sound);
    aino_sound.hears(440.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut aino);

    let mut back = aino.dial("+3725551234*1", &aino_sound);
    let mut called = carrier.incoming();
    assert!(called.invite.request_uri().contains("+3725551234@"), "{}", called.invite.to_text());
    called.answer(&mut carrier, &caller_sound);
    back.expect_answer(&mut aino, &aino_sound);
    caller_sound.hears(1_000.0);
    aino_sound.hears(440.0);
    back.hang_up(&mut aino);
    called.expect_bye(&mut carrier);
    helin.until_quiet();
}

/// A supervisor moves a caller to the head of the line, and gives another to a user. req V-28
#[test]
fn a_supervisor_moves_and_gives_waiting_calls() {
    let helin = Helin::demo();
    let (mut aino, mut mari) = (Phone::registered(&helin, "aino"), Phone::registered(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    let sounds = [Sound::tone(440.0), Sound::tone(500.0), Sound::tone(600.0), Sound::tone(1_000.0)];
    let [first_sound, second_sound, mari_sound, aino_sound] = &sounds;
    let mut echo = aino.dial("8099", aino_sound);
    echo.expect_answer(&mut aino, aino_sound);
    let live = format!("/api/v1/groups/{ASIAKASPALVELU}/live");
    let waiting = |count: usize| {
        helin.until(&live, |live| live["waiting"].as_array().is_some_and(|waiting| waiting.len() == count))
    };
    let mut first = carrier.dial_from("+3725551111", ASIAKASPALVELU, first_sound);
    first.expect_answer(&mut carrier, first_sound);
    waiting(1);
    let mut second = carrier.dial_from("+3725552222", ASIAKASPALVELU, second_sound);
    second.expect_answer(&mut carrier, second_sound);
    let line = waiting(2);
    assert_eq!(line["waiting"][0]["caller"], "+3725551111");
    let id = |at: usize| line["waiting"][at]["call"].as_str().unwrap().to_owned();
    let post = |path: String, body: serde_json::Value| {
        let (status, answer) = helin.request("POST", &path, "demo-sirje-token", Some(&body));
        assert_eq!(status, 204, "{answer}");
    };
    post(format!("/api/v1/calls/{}/move", id(1)), serde_json::json!({"position": 1}));
    helin.until(&live, |live| live["waiting"][0]["caller"] == "+3725552222");

    // Mari is no member; she is given the call all the same.
    post(format!("/api/v1/calls/{}/take", id(0)), serde_json::json!({"user": "mari"}));
    let mut given = mari.incoming();
    given.answer(&mut mari, mari_sound);
    mari_sound.hears(440.0);
    first_sound.hears(600.0);

    echo.hang_up(&mut aino);
    let mut offer = aino.incoming();
    offer.answer(&mut aino, aino_sound);
    second_sound.hears(1_000.0);
    for call in [&mut first, &mut second] {
        call.hang_up(&mut carrier);
    }
    given.expect_bye(&mut mari);
    offer.expect_bye(&mut aino);
    helin.until_quiet();
}

/// Killed while a callback waits: it is made after the start. req V-52
#[test]
fn a_callback_survives_a_kill() {
    let mut helin = Helin::demo();
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, aino_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut echo = aino.dial("8099", &aino_sound);
    echo.expect_answer(&mut aino, &aino_sound);
    let mut call = carrier.dial_from("+3725551234", ASIAKASPALVELU, &caller_sound);
    call.expect_answer(&mut carrier, &caller_sound);
    let list = "/api/v1/calls";
    helin.until(list, |calls| {
        let id = calls["items"][0]["id"].as_str().unwrap_or_default().to_owned();
        let heard = &helin.get(&format!("/api/v1/calls/{id}"))["heard"];
        heard.as_array().is_some_and(|heard| heard.iter().any(|item| item["prompt"] == "callback:built-in"))
    });
    caller_sound.press('1');
    call.expect_bye(&mut carrier);
    let path = format!("/api/v1/groups/{ASIAKASPALVELU}/callbacks");
    helin.until(&path, |list| list["items"][0]["state"] == "pending");
    helin.kill();
    helin.start();
    let mut offer = aino.incoming();
    assert_eq!(offer.invite.user_in("From"), "+3725551234");
    offer.answer(&mut aino, &aino_sound);
    let mut customer = carrier.incoming();
    customer.answer(&mut carrier, &caller_sound);
    aino_sound.hears(440.0);
    caller_sound.hears(1_000.0);
    customer.hang_up(&mut carrier);
    offer.expect_bye(&mut aino);
    helin.until(&path, |list| list["items"][0]["state"] == "done");
    helin.until_quiet();
}
