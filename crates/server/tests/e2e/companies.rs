//! Company files applied and exported, and companies that never see each other.

use std::process::Output;

use crate::phone::Phone;
use crate::process::{Helin, order};
use crate::sound::Sound;

const INFO: &str = "+3726001000";

pub(crate) fn apply(helin: &Helin, token: &str, text: &str) -> Output {
    let file = helin.folder().join("company.toml");
    std::fs::write(&file, text).unwrap();
    helin.run(token, &["apply", file.to_str().unwrap()])
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn what_is_exported_applies_without_a_change() {
    let helin = Helin::demo();
    let exported = helin.run("demo-admin-token", &["export", "sinilind"]);
    assert!(exported.status.success(), "{}", told(&exported));
    let text = String::from_utf8(exported.stdout).unwrap();
    assert!(text.contains("[[group]]") && !text.contains("password"), "{text}");
    let applied = apply(&helin, "demo-admin-token", &text);
    assert!(applied.status.success(), "{}", told(&applied));
    assert_eq!(String::from_utf8_lossy(&applied.stdout), "nothing to change\n");
    let all = helin.run("demo-admin-token", &["export", "sinilind", "--all"]);
    let all = String::from_utf8(all.stdout).unwrap();
    assert!(all.contains("alerting_max = \"8s\""), "{all}");
    let applied = apply(&helin, "demo-admin-token", &all);
    assert_eq!(String::from_utf8_lossy(&applied.stdout), "nothing to change\n", "{}", told(&applied));
}

/// Every fault at once, with file, line, path, what is allowed and the nearest spelling; nothing half applied.
/// req V-61
#[test]
fn a_wrong_file_is_refused_with_every_fault() {
    let helin = Helin::demo();
    let before = helin.get("/api/v1/companies/sinilind/document");
    let text = "[company]\nid = \"sinilind\"\nlanguage = \"xx\"\n\n[[group]]\nnumber = \"+3726001000\"\n\
                name = \"Infotelefon\"\npreset = \"ring_even\"\nring_tme = \"5s\"\nring_time = \"4s\"\n\
                own_line = \"nobody\"\n[[group.member]]\nuser = \"mary\"\nskill = \"high\"\n";
    let refused = apply(&helin, "demo-admin-token", text);
    assert!(!refused.status.success());
    let told = told(&refused);
    // What is wrong in form and names that lead nowhere are told together.
    for part in ["toml:3:", "toml:9:", "ring_time", "toml:10:", "toml:11:", "toml:13:", "mari", "toml:14:"] {
        assert!(told.contains(part), "{part} is missing in\n{told}");
    }
    assert_eq!(helin.get("/api/v1/companies/sinilind/document"), before);
}

/// A change acts on the next offer, without a restart; who was logged in stays so.
#[test]
fn a_new_ring_time_and_a_new_prompt_act_on_the_next_call() {
    let helin = Helin::demo();
    let tone: Vec<i16> = (0..8_000)
        .map(|n| ((f64::from(n) * 700.0 * std::f64::consts::TAU / 8_000.0).sin() * 8_000.0) as i16)
        .collect();
    std::fs::write(helin.folder().join("tone.wav"), wav(&tone)).unwrap();
    helin.post(&format!("/api/v1/groups/{INFO}/members/juri/logout"));
    let text = "[company]\nid = \"sinilind\"\n\n[[prompt]]\nname = \"unreachable\"\nlanguage = \"et\"\n\
                file = \"tone.wav\"\ntext = \"Piiks\"\n\n[[group]]\nnumber = \"+3726001000\"\n\
                name = \"Infotelefon\"\npreset = \"ring_even\"\nring_time = \"6s\"\nfallback = [\"announcement:unreachable\"]\n\
                [[group.member]]\nuser = \"mari\"\n[[group.member]]\nuser = \"juri\"\n";
    let applied = apply(&helin, "demo-admin-token", text);
    assert!(applied.status.success(), "{}", told(&applied));
    let live = helin.live(INFO);
    assert_eq!(order(&live), ["mari", "juri"]);
    assert_eq!(live["members"][1]["state"], "logged_out");
    let mut carrier = Phone::carrier(&helin);
    let sound = Sound::silent();
    let mut call = carrier.dial_from("+3725551234", INFO, &sound);
    let progress = call.expect_progress(&mut carrier, 183);
    sound.connect(crate::call::sound_address(&progress.body));
    sound.hears(700.0);
    call.expect_refusal(&mut carrier, 480);
    let record = helin.ended_call();
    assert_eq!(record["heard"][0]["text"], "Piiks");
    // Applying it again changes nothing.
    let again = apply(&helin, "demo-admin-token", text);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "nothing to change\n", "{}", told(&again));
    helin.until_quiet();
}

/// An operator makes a company; its users call at once.
#[test]
fn an_operator_makes_a_company_by_its_file() {
    let helin = Helin::demo();
    let text = "[company]\nid = \"rohutirts\"\nname = \"Rohutirts\"\n\n[[user]]\nname = \"rein\"\nextension = \"101\"\n\
                number = \"+3725557001\"\nsip_password = \"demo-rein\"\n\n[[group]]\nnumber = \"+3726007000\"\n\
                name = \"Kontor\"\npreset = \"ring_even\"\n[[group.member]]\nuser = \"rein\"\nlogged_in = true\n";
    let refused = apply(&helin, "demo-admin-token", text);
    assert!(!refused.status.success(), "a company's token writes its own only");
    let applied = apply(&helin, "demo-operator-token", text);
    assert!(applied.status.success(), "{}", told(&applied));
    let mut rein = Phone::registered(&helin, "rein");
    let mut carrier = Phone::carrier(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", "+3726007000", &outer);
    let mut offer = rein.incoming();
    offer.answer(&mut rein, &inner);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &outer);
    outer.hears(1_000.0);
    inner.hears(440.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut rein);
    // A number that another company has is refused without saying whose.
    let text =
        text.replace("rohutirts", "varas").replace("+3726007000", INFO).replace("+3725557001", "+3725557002");
    let refused = apply(&helin, "demo-operator-token", &text);
    assert!(!refused.status.success());
    assert!(!told(&refused).contains("inilind"), "{}", told(&refused));
    assert!(told(&refused).contains("toml:12:"), "{}", told(&refused));
}

/// What others have is told with everything else, with line and path, and by a dry run, too. req K-35, V-61
#[test]
fn what_cannot_be_had_is_told_before_anything_is_written() {
    let helin = Helin::demo();
    let text = "[company]\nid = \"sinilind\"\ndomains = [\"kuukivi.demo\"]\n\n[[user]]\nname = \"uus\"\n\
                number = \"+3726004000\"\n\n[[group]]\nnumber = \"+3726005000\"\nname = \"Teine\"\n\
                preset = \"ring_even\"\n[[group.member]]\nuser = \"mari\"\n";
    let file = helin.folder().join("company.toml");
    std::fs::write(&file, text).unwrap();
    for arguments in
        [vec!["apply", "--dry-run", file.to_str().unwrap()], vec!["apply", file.to_str().unwrap()]]
    {
        let refused = helin.run("demo-admin-token", &arguments);
        assert!(!refused.status.success(), "{arguments:?}");
        let told = told(&refused);
        for part in [
            "toml:3: company.domains",
            "toml:7: user[uus].number",
            "toml:13: group[+3726005000].member[mari]",
            "group[+3726001000]",
        ] {
            assert!(told.contains(part), "{part} is missing in\n{told}");
        }
        assert!(!told.contains("Kuukivi"), "{told}");
    }
}

/// Every address of the API with another company's token: nothing is there.
#[test]
fn a_foreign_token_sees_nothing() {
    let helin = Helin::demo();
    let mut mari = Phone::registered(&helin, "mari");
    let sound = Sound::silent();
    let mut call = mari.dial("8099", &sound);
    call.expect_answer(&mut mari, &sound);
    call.hang_up(&mut mari);
    let id = helin.ended_call()["id"].as_str().unwrap().to_owned();
    let (_, document) = helin.request("GET", "/api/v1/openapi.json", "demo-kuukivi-token", None);
    let mut tried = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        if !path.contains('{') {
            continue;
        }
        let path = path
            .replace("{number}", INFO)
            .replace("{user}", "mari")
            .replace("{name}", "unreachable")
            .replace("{call}", &id)
            .replace("{id}", if path.contains("companies") { "sinilind" } else { &id });
        for method in methods.as_object().unwrap().keys() {
            for path in [path.clone(), format!("{path}?company=sinilind")] {
                let body = serde_json::json!({ "company": { "id": "sinilind" }, "reason": "lunch" });
                let method = method.to_uppercase();
                let (status, answer) = helin.request(&method, &path, "demo-kuukivi-token", Some(&body));
                assert!(matches!(status, 403 | 404), "{method} {path}: {status} {answer}");
                assert!(!answer.to_string().contains("Sinilind"), "{answer}");
                let (status, _) = helin.request(&method, &path, "", Some(&body));
                assert_eq!(status, 401, "{method} {path}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 20, "only {tried} addresses with a name or number in them");
    let (_, calls) = helin.request("GET", "/api/v1/calls", "demo-kuukivi-token", None);
    assert_eq!(calls["items"], serde_json::json!([]));
}

/// A WAV file: 8000 Hz, 16 bits, mono.
pub(crate) fn wav(samples: &[i16]) -> Vec<u8> {
    let size = u32::try_from(samples.len() * 2).unwrap();
    let mut file = b"RIFF".to_vec();
    file.extend_from_slice(&(36 + size).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&8_000_u32.to_le_bytes());
    file.extend_from_slice(&16_000_u32.to_le_bytes());
    file.extend_from_slice(b"\x02\0\x10\0data");
    file.extend_from_slice(&size.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

/// A table from a spreadsheet replaces a group's members, and the next call goes by it.
/// req V-27
#[test]
fn members_are_read_and_written_as_a_table() {
    let helin = Helin::demo();
    let path = format!("/api/v1/groups/{INFO}/members.csv");
    let columns = "user,outside,order,skill,may_take_duty,logged_in,rights";
    let before = helin.get(&path);
    assert_eq!(
        before.as_str().unwrap(),
        format!(
            "{columns}\nmari,,,3,false,true,see log_in\njuri,,,3,false,true,see log_in\n\
             kati,,,3,false,true,see log_in\n,Madis,,3,false,false,see log_in\n"
        )
    );
    let put = |text: &str| helin.send("PUT", &path, "demo-admin-token", text.to_owned());
    let (status, told) = put(before.as_str().unwrap());
    assert_eq!((status, &told["changes"]), (200, &serde_json::json!([])), "{told}");

    let (status, problem) = put("user;skill\r\nmari;2\r\n\r\nnobody;3\r\nkati;12\r\n");
    assert_eq!(status, 422, "{problem}");
    let faults = problem["faults"].as_array().unwrap();
    assert_eq!(faults.iter().map(|fault| &fault["line"]).collect::<Vec<_>>(), [4, 5], "{problem}");
    assert_eq!(helin.get(&path), before, "nothing is half written");

    let (status, told) = put("\u{feff}user;logged_in\r\naino;TRUE\r\njuri;\r\n");
    assert_eq!(status, 200, "{told}");
    assert!(!told["changes"].as_array().unwrap().is_empty(), "{told}");
    assert_eq!(order(&helin.live(INFO)), ["juri", "aino"], "who was logged in stays before who comes anew");
    let settings = helin.get("/api/v1/companies/sinilind/document?all=true");
    let group = settings["group"].as_array().unwrap().iter().find(|group| group["number"] == INFO).unwrap();
    assert_eq!(group["own_line"], "info", "the rest of the group stays: {group}");
    for (token, expected) in [("demo-sirje-token", 403), ("demo-mari-token", 404), ("", 401)] {
        let (status, _) = helin.send("PUT", &path, token, "user\nmari\n".to_owned());
        assert_eq!(status, expected, "mari is no longer in the group: {token}");
    }
}
