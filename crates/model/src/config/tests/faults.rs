//! What is wrong with a file: all of it at once, each with its line and the nearest right spelling.

use super::super::document::check;
use super::super::fault::Fault;
use super::super::resolve::read;
use super::super::tree::{of_json, of_toml};
use super::{File, built_in};
use crate::language::Language;

fn faults(text: &str) -> Vec<Fault> {
    read(text, &built_in()).expect_err(text)
}

fn one(file: &File, path: &str, words: &[&str]) {
    let faults = faults(&file.text());
    let [fault] = faults.as_slice() else { panic!("{faults:?}") };
    assert_eq!(fault.path, path);
    for word in words {
        assert!(fault.text.contains(word), "{word}: {}", fault.text);
    }
}

/// Form and meaning in one answer.
#[test]
fn every_fault_is_told_at_once() {
    let text = "[company]\nid = \"sinilind\"\nlanguage = \"xx\"\n\n[[user]]\nname = \"mari\"\n\n[[group]]\n\
                number = \"+3726001000\"\nname = \"Abi\"\npreset = \"customer_service\"\nring_tme = \"5s\"\n\
                passes = 2\n[group.queue]\nsize_max = 5000\non_full = [\n  \"busy\",\n  \"user:mary\",\n]\n\
                [group.announcements]\nwelcome = \"unreachabel\"\n[group.hours]\nschedule = \"x\"\n\
                [[group.member]]\nuser = \"marri\"\nskill = 10\n";
    let mut told: Vec<String> = faults(text).iter().map(Fault::to_string).collect();
    told.sort();
    expect_test::expect![[r#"
        line 12: group[+3726001000].ring_tme: unknown key; did you mean `ring_time`?
        line 13: group[+3726001000].passes: is not available with this preset of the group; only with ring_even, ring_duty
        line 15: group[+3726001000].queue.size_max: 5000 is not allowed: a whole number from 0 to 1000, or "unlimited"
        line 18: group[+3726001000].queue.on_full[1]: `user:mary` names nothing that exists; did you mean user:mari?
        line 21: group[+3726001000].announcements.welcome: there is no prompt unreachabel; did you mean unreachable?
        line 22: group[+3726001000].hours: comes with a later version of Helin and cannot be set yet
        line 25: group[+3726001000].member[marri].user: there is no marri; did you mean mari?
        line 26: group[+3726001000].member[marri].skill: 10 is not allowed: a whole number from 1 to 9
        line 3: company.language: "xx" is not allowed: one of et, fi, sv, en, ru"#]]
    .assert_eq(&told.join("\n"));
}

/// req V-18
#[test]
fn a_prefix_and_a_suffix_do_not_go_together() {
    let file = File::with("customer_service");
    let file = file.set("[[group]]", "show_prefix", "\"1*\"").set("[[group]]", "show_suffix", "\"*1\"");
    one(&file, "group[+3726001000].show_suffix", &["not both"]);
}

/// req V-55
#[test]
fn one_key_does_one_thing() {
    let on = || {
        let file = File::with("attendant").set("[group.callback]", "enabled", "true");
        file.set("[group.queue]", "on_exit", "\"hangup\"")
    };
    one(&on().set("[group.queue]", "exit_key", "1"), "group[+3726001000].queue.exit_key", &["callback.key"]);
    one(
        &on().set("[group.queue]", "exit_key", "2"),
        "group[+3726001000].queue.exit_key",
        &["another number"],
    );
    one(&on().set("[group.callback]", "key", "2"), "group[+3726001000].callback.key", &["another number"]);
    assert!(read(&on().set("[group.queue]", "exit_key", "3").text(), &built_in()).is_ok());
    let off = on().set("[group.callback]", "enabled", "false").set("[group.queue]", "exit_key", "1");
    assert!(read(&off.text(), &built_in()).is_ok());
    let nowhere = File::with("attendant").set("[group.queue]", "exit_key", "0");
    one(&nowhere, "group[+3726001000].queue.exit_key", &["on_exit"]);
}

/// req V-16
#[test]
fn a_user_shows_only_what_he_is_entitled_to() {
    let show = |file: File| file.set("[[user]]", "show_number", "\"group:+3726001000\"");
    assert!(read(&show(File::with("ring_even")).text(), &built_in()).is_ok());
    let not_allowed = show(File::with("ring_even")).set("[[group]]", "members_may_show", "false");
    one(&not_allowed, "user[mari].show_number", &["members_may_show"]);
    let no_member = show(File::with("ring_even")).set("[[group.member]]", "user", "\"juri\"");
    one(&no_member, "user[mari].show_number", &["no member"]);
}

/// req V-16: the company's number is one of its own, and who shows it is told when there is none.
#[test]
fn the_company_shows_one_of_its_own_numbers() {
    let show = |file: File| file.set("[[user]]", "show_number", "\"company\"");
    one(&show(File::with("ring_even")), "user[mari].show_number", &["no number", "[company]"]);
    let given = |number| File::with("ring_even").set("[company]", "number", number);
    assert!(read(&show(given("\"+3726001000\"")).text(), &built_in()).is_ok());
    one(&given("\"+3726009999\""), "company.number", &["none of its groups and users"]);
}

/// req V-11: a group has a name of 1 to 80 characters that no other group of the company has.
#[test]
fn a_group_has_a_name_of_its_own() {
    let more = |name: &str| {
        let group = format!("[[group]]\nnumber = \"8000\"\nname = \"{name}\"\npreset = \"attendant\"\n");
        format!("{}{group}", File::with("ring_even").set("[[group]]", "name", "\"Abi\"").text())
    };
    let faults = |text: &str| read(text, &built_in()).err().unwrap_or_default();
    assert!(faults(&more("Abi 2")).is_empty());
    assert!(faults(&more(&"a".repeat(80))).is_empty());
    for wrong in ["Abi", "", "a".repeat(81).as_str()] {
        let found = faults(&more(wrong));
        assert!(found.iter().any(|fault| fault.path == "group[8000].name"), "{wrong}: {found:?}");
    }
}

#[test]
fn a_group_may_name_one_that_stands_behind_it() {
    let file = File::with("ring_even").set("[[group]]", "fallback", "[\"group:8000\"]");
    let more = "[[group]]\nnumber = \"8000\"\nname = \"Test\"\npreset = \"attendant\"\n";
    assert!(read(&format!("{}{more}", file.text()), &built_in()).is_ok());
    let wrong = File::with("ring_even").set("[[group]]", "fallback", "\"group:+3726001001\"");
    one(&wrong, "group[+3726001000].fallback", &["did you mean group:+3726001000?"]);
}

/// req T-04
#[test]
fn a_prompt_has_a_file_or_a_text_that_is_spoken() {
    let file = File::with("ring_even").without("[[prompt]]", "hash");
    one(&file, "prompt[hello].file", &["no sound", "`text` to be spoken"]);
    let spoken = file.set("[[prompt]]", "text", "\"Tere\"");
    assert!(read(&spoken.text(), &built_in()).is_ok());
    one(&spoken.set("[[prompt]]", "kind", "\"music\""), "prompt[hello].file", &["cannot be spoken"]);
}

/// settings, `kind`: music has no words and is heard in every language that has none of its own.
#[test]
fn music_is_heard_in_every_language() {
    let file = File::with("ring_even").set("[[prompt]]", "kind", "\"music\"").text();
    let words = "[[prompt]]\nname = \"hello\"\nlanguage = \"sv\"\ntext = \"Hej\"\n";
    let config = read(&format!("{file}{words}"), &built_in()).unwrap();
    let says = |language| config.prompts.find(&"hello".parse().unwrap(), language).unwrap();
    assert_eq!(says(Language::Sv), (Language::Sv, "Hej".into()));
    assert_eq!(says(Language::Fi), (Language::Fi, "".into()));
    assert_eq!(says(Language::En), (Language::En, "".into()));
}

#[test]
fn what_comes_later_is_named_so() {
    for table in ["[[schedule]]", "[[flow]]", "[[voicemail]]", "[recording]"] {
        let faults = faults(&format!("[company]\nid = \"a\"\n{table}\nname = \"x\"\n"));
        assert!(faults[0].text.contains("later version"), "{table}: {faults:?}");
    }
}

#[test]
fn json_says_the_same_as_toml() {
    let toml = File::with("customer_service")
        .set("[group.queue]", "size_max", "50")
        .set("[group.queue]", "priority", "[{ caller = \"+372555\", level = 1 }]")
        .text();
    let toml = of_toml(&toml).unwrap();
    let json = of_json(&toml.json().to_string()).unwrap();
    assert_eq!(check(&json), []);
    assert_eq!(json.json(), toml.json());
    assert_eq!(json.json()["group"][0]["queue"]["priority"][0]["level"], 1);
}
