//! A queue's agents on the wire: several rung at once, the group deleted under its callers, the number shown outside.

use std::time::{Duration, Instant};

use crate::call::reason_of;
use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

const QUEUE: &str = "+3726005000";
const TOKEN: &str = "demo-admin-token";

/// A company file with a queue of its own beside the demo's groups; further keys of company and group.
fn apply(helin: &Helin, company: &str, group: &str, members: &[&str]) {
    let mut text = format!(
        "[company]\nid = \"sinilind\"\n{company}\n[[group]]\nnumber = \"{QUEUE}\"\nname = \"Abi\"\n\
         preset = \"attendant\"\n{group}\n"
    );
    for (order, member) in (1..).zip(members) {
        text.push_str(&format!("[[group.member]]\nuser = \"{member}\"\norder = {order}\nlogged_in = true\n"));
    }
    let output = crate::companies::apply(helin, TOKEN, &text);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Three phones ring within 50 ms of each other; the reject of one pulls the fourth in; the answer of one is told to
/// the others. The machine may be slow, so the best of some calls counts. req V-66, V-35
#[test]
fn parallel_phones_ring_together() {
    let helin = Helin::demo();
    let names = ["astrid", "bjorn", "aino", "eero"];
    let [mut astrid, mut bjorn, mut aino, mut eero] = names.map(|name| Phone::registered(&helin, name));
    apply(&helin, "", "distribution = \"ordered\"\nparallel = 3\nretry_after = \"1s\"", &names);
    helin.until_member(QUEUE, "eero", "available");
    let mut caller = Phone::caller(&helin);
    let sounds = [Sound::tone(440.0), Sound::tone(1_000.0)];
    let mut nearest = Duration::MAX;
    for _ in 0..10 {
        let mut call = caller.dial_from("+3725551234", QUEUE, &sounds[0]);
        let mut rung: Vec<_> = std::thread::scope(|scope| {
            let wait = |phone: &mut Phone| {
                let (offer, at) = (phone.incoming(), Instant::now());
                offer.ring(phone);
                (offer, at)
            };
            let threads = [&mut astrid, &mut bjorn, &mut aino].map(|phone| scope.spawn(move || wait(phone)));
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let times = || rung.iter().map(|(_, at)| *at);
        nearest = nearest.min(times().max().unwrap() - times().min().unwrap());
        if nearest >= Duration::from_millis(50) {
            call.cancel(&mut caller);
            call.expect_refusal(&mut caller, 487);
            for ((offer, _), phone) in rung.iter_mut().zip([&mut astrid, &mut bjorn, &mut aino]) {
                offer.expect_cancel(phone);
            }
            continue;
        }
        eero.expect_no_call();
        let [(first, _), (second, _), (third, _)] = rung.as_mut_slice() else { panic!("three phones") };
        third.reject(&mut aino, 603, "Decline");
        let mut pulled_in = eero.incoming();
        pulled_in.answer(&mut eero, &sounds[1]);
        call.expect_answer(&mut caller, &sounds[0]);
        sounds[0].hears(1_000.0);
        sounds[1].hears(440.0);
        for (offer, phone) in [(first, &mut astrid), (second, &mut bjorn)] {
            let told = reason_of(&offer.expect_cancel(phone));
            assert_eq!(told.map(|(cause, _)| cause), Some(200));
        }
        call.hang_up(&mut caller);
        pulled_in.expect_bye(&mut eero);
        helin.until_quiet();
        return;
    }
    panic!("the phones never rang within 50 ms of each other; at best {nearest:?}");
}

/// The group is deleted while one caller talks and one waits: the first talks on, the second is told and leaves; the
/// number is nobody's, its figures stay. req V-63
#[test]
fn a_deleted_group_is_drained_and_keeps_its_figures() {
    let helin = Helin::demo();
    let mut astrid = Phone::registered(&helin, "astrid");
    apply(&helin, "", "", &["astrid"]);
    helin.until_member(QUEUE, "astrid", "available");
    let mut caller = Phone::caller(&helin);
    let sounds = [Sound::tone(440.0), Sound::tone(600.0), Sound::tone(1_000.0)];
    let mut talks = caller.dial_from("+3725551111", QUEUE, &sounds[0]);
    let mut offer = astrid.incoming();
    offer.answer(&mut astrid, &sounds[2]);
    talks.expect_answer(&mut caller, &sounds[0]);
    let mut waits = caller.dial_from("+3725552222", QUEUE, &sounds[1]);
    waits.expect_answer(&mut caller, &sounds[1]);
    helin
        .until(&format!("/api/v1/groups/{QUEUE}/live"), |live| live["waiting"][0]["caller"] == "+3725552222");

    let (status, mut document) = helin.request("GET", "/api/v1/companies/sinilind/document", TOKEN, None);
    assert_eq!(status, 200);
    document["group"].as_array_mut().unwrap().retain(|group| group["number"] != QUEUE);
    let path = "/api/v1/companies/sinilind/document?prune=true";
    let (status, answer) = helin.request("PUT", path, TOKEN, Some(&document));
    assert_eq!(status, 200, "{answer}");
    let calls = helin.until("/api/v1/calls", |list| {
        let id = list["items"][0]["id"].as_str().unwrap_or_default();
        let heard = &helin.get(&format!("/api/v1/calls/{id}"))["heard"];
        heard.as_array().is_some_and(|heard| heard.iter().any(|item| item["prompt"] == "fallback:closed"))
    });
    assert_eq!(calls["items"][0]["from"], "+3725552222");
    sounds[2].hears(440.0);
    sounds[0].hears(1_000.0);
    talks.hang_up(&mut caller);
    offer.expect_bye(&mut astrid);
    waits.hang_up(&mut caller);
    let mut late = caller.dial_from("+3725553333", QUEUE, &sounds[1]);
    late.expect_refusal(&mut caller, 404);
    let figures = helin.get(&format!("/api/v1/groups/{QUEUE}/statistics"));
    assert_eq!((&figures["offered"], &figures["answered"]), (&2.into(), &1.into()), "{figures:#}");
    assert_eq!(helin.request("GET", &format!("/api/v1/groups/{QUEUE}/live"), TOKEN, None).0, 404);
    helin.until_quiet();
}

/// A user who may shows the company's number outside, and her group's when she is entitled to it. req V-16
#[test]
fn a_user_shows_the_companys_or_her_groups_number() {
    let helin = Helin::demo();
    let mut astrid = Phone::registered(&helin, "astrid");
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    let shown = |show: &str| {
        format!("number = \"+3726001000\"\n[[user]]\nname = \"astrid\"\nshow_number = \"{show}\"")
    };
    for (show, expected) in [("company", "+3726001000"), ("group:+3726005000", QUEUE), ("own", "+3725550301")]
    {
        apply(&helin, &shown(show), "members_may_show = true", &["astrid"]);
        let mut call = astrid.dial("+3725551234", &sound);
        let mut outside = carrier.incoming();
        assert_eq!(outside.invite.user_in("From"), expected, "{}", outside.invite.to_text());
        outside.reject(&mut carrier, 486, "Busy Here");
        call.expect_refusal(&mut astrid, 486);
    }
    helin.until_quiet();
}

/// A test number is reached by the company's own users alone; a new group is open; who hides it finds it in no search,
/// others do. req V-01, V-14, V-15, V-62
#[test]
fn a_test_number_is_for_colleagues_only() {
    let helin = Helin::demo();
    let mut aino = Phone::registered(&helin, "aino");
    let mut mari = Phone::registered(&helin, "mari");
    let mut caller = Phone::caller(&helin);
    let sounds = [Sound::tone(440.0), Sound::tone(1_000.0)];
    let mut outside = caller.dial_from("+3725551234", "8000", &sounds[0]);
    outside.expect_refusal(&mut caller, 404);
    let live = helin.until_member("8000", "aino", "available");
    assert_eq!((&live["open"], &live["closed_reason"]), (&true.into(), &serde_json::Value::Null));
    let mut call = mari.dial("8000", &sounds[0]);
    let mut offer = aino.incoming();
    offer.answer(&mut aino, &sounds[1]);
    call.expect_answer(&mut mari, &sounds[0]);
    sounds[0].hears(1_000.0);
    sounds[1].hears(440.0);
    call.hang_up(&mut mari);
    offer.expect_bye(&mut aino);

    let found = |hidden: bool| {
        apply(&helin, "", &format!("in_directory = {}", !hidden), &["aino"]);
        let list = helin.get("/api/v1/directory?q=abi");
        list["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "group").count()
    };
    assert_eq!((found(false), found(true)), (1, 0));
    helin.until_quiet();
}
