//! Steering a queue over HTTP while phones ring: take, move, transfer, park, pick up, presence; then what the figures
//! say about it.

use serde_json::{Value, json};

use crate::phone::Phone;
use crate::process::Helin;
use crate::sound::Sound;

const ASIAKASPALVELU: &str = "+35810200010";
const TOKEN: &str = "demo-admin-token";

/// Status and body of a command as the administrator.
fn give(helin: &Helin, method: &str, path: &str, body: Value) -> (u16, Value) {
    helin.request(method, path, TOKEN, Some(&body))
}

fn waiting(helin: &Helin, count: usize) -> Vec<Value> {
    let live = helin.until(&format!("/api/v1/groups/{ASIAKASPALVELU}/live"), |live| {
        live["waiting"].as_array().is_some_and(|waiting| waiting.len() == count)
    });
    live["waiting"].as_array().unwrap().clone()
}

fn id(waiting: &Value) -> String {
    waiting["call"].as_str().unwrap().to_owned()
}

/// Two callers wait for the only agent, who talks. A supervisor puts the second first, cannot give a call to who
/// talks, and gives it to a user who is no member; she parks it, and it is picked up again. req V-28
#[test]
fn a_supervisor_moves_and_gives_away_those_who_wait() {
    let helin = Helin::demo();
    let mut aino = Phone::registered(&helin, "aino");
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, other_sound) = (Sound::tone(440.0), Sound::tone(660.0));
    let (aino_sound, mari_sound) = (Sound::tone(1_000.0), Sound::tone(1_300.0));
    let mut echo = aino.dial("8099", &aino_sound);
    echo.expect_answer(&mut aino, &aino_sound);
    helin.until_member(ASIAKASPALVELU, "aino", "talking");
    let mut first = carrier.dial_from("+3725551234", ASIAKASPALVELU, &caller_sound);
    first.expect_answer(&mut carrier, &caller_sound);
    waiting(&helin, 1);
    let mut second = carrier.dial_from("+3725554321", ASIAKASPALVELU, &other_sound);
    second.expect_answer(&mut carrier, &other_sound);
    let line = waiting(&helin, 2);
    assert_eq!((&line[0]["caller"], &line[1]["caller"]), (&"+3725551234".into(), &"+3725554321".into()));
    let (one, two) = (id(&line[0]), id(&line[1]));

    let moved = give(&helin, "POST", &format!("/api/v1/calls/{two}/move"), json!({"position": 1}));
    assert_eq!(moved, (204, Value::String(String::new())));
    let line = waiting(&helin, 2);
    assert_eq!((&line[0]["caller"], &line[0]["position"]), (&"+3725554321".into(), &1.into()), "{line:?}");

    let (status, problem) =
        give(&helin, "POST", &format!("/api/v1/calls/{two}/take"), json!({"user": "aino"}));
    assert_eq!((status, &problem["type"]), (409, &"user_busy".into()), "{problem}");
    let (status, _) = give(&helin, "POST", &format!("/api/v1/calls/{two}/take"), json!({"user": "nobody"}));
    assert_eq!(status, 404);
    let given = give(&helin, "POST", &format!("/api/v1/calls/{two}/take"), json!({"user": "mari"}));
    assert_eq!(given.0, 204, "{}", given.1);
    let mut offer = mari.incoming();
    offer.answer(&mut mari, &mari_sound);
    mari_sound.hears(660.0);
    other_sound.hears(1_300.0);

    // Who waits cannot be parked, who talks can.
    let (status, problem) = give(&helin, "POST", &format!("/api/v1/calls/{one}/park"), Value::Null);
    assert_eq!((status, &problem["type"]), (409, &"not_now".into()), "{problem}");
    let (status, parked) = give(&helin, "POST", &format!("/api/v1/calls/{two}/park"), Value::Null);
    assert_eq!((status, &parked), (200, &json!({"slot": 1})));
    offer.expect_bye(&mut mari);
    let picked = give(&helin, "POST", &format!("/api/v1/calls/{two}/pickup"), json!({"user": "mari"}));
    assert_eq!(picked.0, 204, "{}", picked.1);
    let mut offer = mari.incoming();
    offer.answer(&mut mari, &mari_sound);
    mari_sound.hears(660.0);
    offer.hang_up(&mut mari);
    second.expect_bye(&mut carrier);

    first.hang_up(&mut carrier);
    waiting(&helin, 0);
    echo.hang_up(&mut aino);
    helin.until_quiet();
    let over = give(&helin, "POST", &format!("/api/v1/calls/{one}/move"), json!({"position": 1}));
    assert_eq!((over.0, &over.1["type"]), (409, &"call_over".into()));

    let figures = helin.get(&format!("/api/v1/groups/{ASIAKASPALVELU}/statistics"));
    let totals = ["offered", "answered", "abandoned", "inside"].map(|name| figures[name].as_u64().unwrap());
    assert_eq!(totals, [2, 1, 1, 0], "{figures:#}");
    let members = figures["members"].as_array().unwrap();
    let given = members.iter().find(|member| member["user"] == "mari");
    assert!(given.is_some_and(|mari| mari["answered"] == 1), "{figures:#}");
}

/// The agent serves a caller and sends him on over HTTP; the figures, the table and the links say so, and colleagues
/// see her state. req K-03, V-32
#[test]
fn what_was_served_is_in_the_figures_the_table_and_behind_the_links() {
    let helin = Helin::demo();
    let mut aino = Phone::registered(&helin, "aino");
    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (caller_sound, aino_sound) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mari_sound = Sound::tone(1_300.0);
    let state = |helin: &Helin, name: &str| {
        let list = helin.get(&format!("/api/v1/directory?q={name}"));
        list["items"][0]["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state(&helin, "aino"), "available");
    let set = give(&helin, "PUT", "/api/v1/users/aino/presence", json!({"activity": "meeting"}));
    assert_eq!((set.0, state(&helin, "aino").as_str()), (204, "meeting"));
    // The demo's queue does not mind a presence.
    let mut call = carrier.dial_from("+3725551234", ASIAKASPALVELU, &caller_sound);
    let mut offer = aino.incoming();
    offer.answer(&mut aino, &aino_sound);
    call.expect_answer(&mut carrier, &caller_sound);
    aino_sound.hears(440.0);
    assert_eq!(state(&helin, "aino"), "talking");

    let list = helin.get("/api/v1/calls?group=%2B35810200010&visit=answered&member=aino&offer=answered");
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/calls/{id}/transfer");
    let (status, problem) = give(&helin, "POST", &path, json!({"to": "999"}));
    assert_eq!((status, &problem["type"]), (409, &"no_target".into()), "{problem}");
    let sent = give(&helin, "POST", &path, json!({"to": "101", "mode": "blind"}));
    assert_eq!(sent.0, 204, "{}", sent.1);
    offer.expect_bye(&mut aino);
    let mut passed = mari.incoming();
    passed.answer(&mut mari, &mari_sound);
    mari_sound.hears(440.0);
    helin.until_member(ASIAKASPALVELU, "aino", "wrap_up");
    assert_eq!(state(&helin, "aino"), "wrap_up");
    passed.hang_up(&mut mari);
    call.expect_bye(&mut carrier);
    helin.until_member(ASIAKASPALVELU, "aino", "available");
    helin.until_quiet();

    let figures = helin.get(&format!("/api/v1/groups/{ASIAKASPALVELU}/statistics"));
    assert_eq!((&figures["offered"], &figures["answered"]), (&1.into(), &1.into()), "{figures:#}");
    assert_eq!(figures["service_level"]["share_of_offered"], 1.0);
    assert_eq!(figures["waits"]["answered"]["count"], 1);
    let own = &figures["members"][0];
    assert_eq!((&own["user"], &own["answered"], &own["share"]), (&"aino".into(), &1.into(), &1.0.into()));
    assert_eq!(own["wrap_up_s"], 5, "the demo's agents have five seconds after a call: {own:#}");
    for link in [&figures["calls"]["answered"], &own["calls"]["answered"]] {
        let list = helin.get(link.as_str().unwrap());
        assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "{link}: {list:#}");
        assert_eq!(list["items"][0]["id"], id.as_str());
    }
    let missed = helin.get(own["calls"]["no_answer"].as_str().unwrap());
    assert_eq!(missed["items"].as_array().map(Vec::len), Some(0));
    let Value::String(table) = helin.get(&format!("/api/v1/groups/{ASIAKASPALVELU}/calls.csv")) else {
        panic!("no text");
    };
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 2, "{table}");
    let cells: Vec<&str> = lines[1].split(',').collect();
    assert_eq!((cells[0], cells[1], cells[2]), (id.as_str(), "+3725551234", ASIAKASPALVELU), "{table}");
    assert_eq!((cells[4], cells[5], cells[8]), ("1", "aino", "served"), "{table}");
}
