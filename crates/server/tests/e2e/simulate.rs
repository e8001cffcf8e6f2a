//! A recorded day with a `kill -9` and other settings in its middle: replayed bit for bit, simulated from the command
//! line and by API, and tried with a change.

use serde_json::{Value, json};

use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

const GROUP: &str = "+35810200010";
const PATH: &str = "/api/v1/companies/sinilind/simulations";
const ADMIN: &str = "demo-admin-token";

#[test]
fn a_day_with_a_crash_and_other_settings_is_replayed_and_simulated() {
    let mut helin = Helin::demo();
    apply(&helin, "wrap_up = \"1s\"");
    let mut aino = Phone::registered(&helin, "aino");
    let mut carrier = Phone::carrier(&helin);
    served(&helin, &mut carrier, &mut aino, "+3725551001");

    // She is in a call of her own, and somebody waits, when the settings change and then the power fails.
    let (sound, waits) = (Sound::tone(1_000.0), Sound::tone(440.0));
    let mut echo = aino.dial("8099", &sound);
    echo.expect_answer(&mut aino, &sound);
    let mut waiting = carrier.dial_from("+3725551002", GROUP, &waits);
    waiting.expect_answer(&mut carrier, &waits);
    apply(&helin, "wrap_up = \"none\"\nparallel = 2");
    let newest = helin.get("/api/v1/calls")["items"][0]["id"].as_str().unwrap().to_owned();
    helin.get(&format!("/api/v1/calls/{newest}/explain"));
    helin.kill();
    helin.start();
    served(&helin, &mut carrier, &mut aino, "+3725551003");
    let calls = helin.ended_calls(4);
    // Time off that begins now is on disk before the log-out that follows.
    helin.until_member(GROUP, "aino", "available");

    let data = helin.data().display().to_string();
    let unknown = helin.run("", &["replay", "sinilint", "--data", &data]);
    assert!(!unknown.status.success());
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("there is kuukivi, sinilind"));
    let told = said(&helin.run("", &["replay", "sinilind", "--data", &data]));
    assert!(told.contains("in 2 stretches give the same"), "{told}");

    let day = local_day(calls.last().unwrap());
    let file = helin.folder().join("now.toml");
    std::fs::write(&file, said(&helin.run(ADMIN, &["export", "sinilind"]))).unwrap();
    let picture = helin.folder().join("day.svg");
    let change = format!("group[{GROUP}].wrap_up=2min");
    let flags =
        ["simulate", file.to_str().unwrap(), "--day", &day, "--data", &data, "--change", &change, "--svg"];
    let shown = said(&helin.run("", &[&flags[..], &[picture.to_str().unwrap()]].concat()));
    assert!(shown.contains("3 recorded calls, 1 agents\n"), "{shown}");
    assert!(shown.contains("times at work (1)") && shown.contains("+35810200010 Asiakaspalvelu"), "{shown}");
    assert!(
        shown.lines().any(|line| line.split_whitespace().collect::<Vec<_>>() == ["calls", "3", "3", "="]),
        "{shown}"
    );
    let picture = std::fs::read_to_string(picture).unwrap();
    assert!(picture.starts_with("<svg") && picture.contains("Asiakaspalvelu") && picture.contains("aino"));
    by_api(&helin, &day, &change);
    refused(&helin, &day, &file.display().to_string(), &data);
    helin.until_quiet();
}

/// The portal asks the running Helin; what is in force is tried, and nothing of it changes.
fn by_api(helin: &Helin, day: &str, change: &str) {
    let ask = |token: &str, body: Value| helin.request("POST", PATH, token, Some(&body));
    let document = helin.get("/api/v1/companies/sinilind/document");
    let (status, told) = ask(ADMIN, json!({ "day": day, "changes": [change] }));
    assert_eq!(status, 200, "{told:#}");
    assert_eq!(told["people"]["source"], "recorded");
    assert_eq!(
        (&told["people"]["calls"], &told["groups"][0]["number"]),
        (&json!(3), &json!(GROUP)),
        "{told:#}"
    );
    assert_eq!(told["groups"][0]["changed"]["offered"], 3, "{told:#}");
    let (status, told) = ask(
        "demo-operator-token",
        json!({ "day": "2031-01-01", "rates": { GROUP: 8 }, "changes": [change] }),
    );
    assert_eq!(status, 200, "{told:#}");
    assert_eq!(
        (&told["people"]["shifts_seen"], &told["agents"][0]["base"]["at_work_s"]),
        (&json!(0), &json!(9 * 3_600))
    );
    let occupied = |side: &str| told["agents"][0][side]["occupancy"].as_f64().unwrap();
    assert!(occupied("changed") > occupied("base") + 10.0, "two minutes after each call are work: {told:#}");
    assert!(told["svg"].as_str().unwrap().starts_with("<svg") && told["groups"][0]["svg"].is_string());
    assert_eq!(helin.get("/api/v1/companies/sinilind/document"), document);

    let (status, told) = ask(ADMIN, json!({ "day": day, "changes": ["group[8001].parallel=2"] }));
    assert_eq!((status, &told["faults"][0]["path"]), (400, &json!("changes")), "{told}");
    let (status, told) = ask(ADMIN, json!({ "day": day, "changes": [format!("group[{GROUP}].paralel=2")] }));
    assert!(status == 400 && told.to_string().contains("paralel"), "{told}");
    let (status, told) = ask(ADMIN, json!({ "day": day, "rates": { "*": 100_000 } }));
    assert!(status == 400 && told.to_string().contains("at most 20000"), "{told}");
    assert_eq!(ask("demo-aino-token", json!({ "day": day })).0, 403);
    assert_eq!(ask("demo-sirje-token", json!({ "day": day })).0, 403, "a supervisor of groups only");
    assert_eq!(ask("demo-kuukivi-token", json!({ "day": day })).0, 404);
}

/// What cannot be simulated says where it is wrong.
fn refused(helin: &Helin, day: &str, file: &str, data: &str) {
    let list = helin.folder().join("calls.csv");
    std::fs::write(&list, "time,group\n09:00,8000\nnine,8000\n").unwrap();
    let list = list.to_str().unwrap();
    for (flags, told) in [
        (vec!["--day", "2020-02-30", "--rate", "10"], "--day: `2020-02-30` is no day"),
        (
            vec!["--day", "2020-03-02", "--data", data],
            "--day: no call to a group of the company file is recorded on 2020-03-02; there is",
        ),
        (vec!["--day", "2999-03-02", "--data", data], "--day: 2999-03-02 has not begun"),
        (vec!["--day", day], "nobody calls"),
        (vec!["--day", day, "--data", file], "--data: there is no data of Helin in"),
        (vec!["--day", day, "--rate", "many"], "--rate: `many` is no rate"),
        (vec!["--day", day, "--rate", "8001=5"], "--rate: the company has no group `8001`; it has"),
        (vec!["--day", day, "--calls", list], "calls.csv: --calls, line 3: `nine` is no time of day"),
        (vec!["--day", day, "--calls", "/nowhere.csv"], "--calls: /nowhere.csv cannot be read"),
        (
            vec!["--day", day, "--rate", "5", "--change", "group[8001].parallel=2"],
            "--change: `group[8001].parallel=2`: there is no group 8001",
        ),
        (vec!["--day", day, "--rate", "5", "--change", "group[8000].paralel=2"], "paralel"),
        (
            vec!["--day", day, "--rate", "5", "--change", "group[8000].parallel=900"],
            "--change: group[8000].parallel",
        ),
    ] {
        let output = helin.run("", &[&["simulate", file], &flags[..]].concat());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(told), "{flags:?}: {error}");
    }
}

/// A call that she takes.
fn served(helin: &Helin, carrier: &mut Phone, aino: &mut Phone, from: &str) {
    helin.until_member(GROUP, "aino", "available");
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from(from, GROUP, &outer);
    let mut offer = aino.incoming();
    offer.answer(aino, &inner);
    call.expect_answer(carrier, &outer);
    outer.hears(1_000.0);
    inner.hears(440.0);
    call.hang_up(carrier);
    offer.expect_bye(aino);
}

fn apply(helin: &Helin, settings: &str) {
    let text = format!(
        "[company]\nid = \"sinilind\"\n[[group]]\nnumber = \"{GROUP}\"\nname = \"Asiakaspalvelu\"\n\
         preset = \"customer_service\"\n{settings}\n[[group.member]]\nuser = \"aino\"\nlogged_in = true\n"
    );
    let output = crate::companies::apply(helin, ADMIN, &text);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn said(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The day of a call by the company's clock.
fn local_day(call: &Value) -> String {
    let started: jiff::Timestamp = call["started"].as_str().unwrap().parse().unwrap();
    jiff::tz::TimeZone::get("Europe/Tallinn").unwrap().to_datetime(started).date().to_string()
}
