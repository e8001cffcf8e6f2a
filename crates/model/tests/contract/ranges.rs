//! What can be set, and what is refused with which words (K-13, K-23, K-24, K-27, K-28, X-04, X-10, X-11).

use std::sync::Arc;

use expect_test::{Expect, expect};
use model::config::resolve::{Around, resolve};
use model::config::{Group, Prompts, TenantConfig, document, tree};
use model::id::{ConfigVersion, PartyId, PartyName};

/// A company of 40 users with one group; `lines` stand in the group's table.
fn company(preset: &str, lines: &str, members: usize) -> String {
    let mut text = String::from("[company]\nid = \"ranges\"\n");
    for n in 1..=40 {
        text.push_str(&format!("[[user]]\nname = \"u{n}\"\n"));
    }
    text.push_str(&format!(
        "[[group]]\nnumber = \"+3726001000\"\nname = \"Info\"\npreset = \"{preset}\"\n{lines}\n"
    ));
    for n in 1..=members {
        text.push_str(&format!("[[group.member]]\nuser = \"u{n}\"\n"));
    }
    text
}

/// The settings, or every fault.
fn read(text: &str) -> Result<TenantConfig, String> {
    let tree = tree::of_toml(text).unwrap();
    let faults = document::check(&tree);
    let party = |name: &PartyName| PartyId(name.as_str().trim_start_matches('u').parse().unwrap());
    let around = Around { party: &party, prompts: &Prompts::default(), time_zone: &|_| true };
    let resolved = if faults.is_empty() { resolve(&tree, ConfigVersion(1), around) } else { Err(faults) };
    resolved.map_err(|faults| {
        // Lines depend on the users above; the path says enough here.
        faults.iter().map(|fault| format!("{}: {}\n", fault.path, fault.text)).collect()
    })
}

fn group(lines: &str) -> Result<Arc<Group>, String> {
    let lines = format!("fallback = \"hangup\"\n{lines}");
    read(&company("ring_even", &lines, 1)).map(|config| config.groups.values().next().unwrap().clone())
}

fn refused(lines: &str, expected: Expect) {
    expected.assert_eq(&group(lines).expect_err(lines));
}

/// req K-13: 30 members are taken, the 31st is refused with a clear message; the limit is a setting.
#[test]
fn the_31st_member_is_refused() {
    let members = |lines: &str, n| read(&company("ring_even", &format!("fallback = \"hangup\"\n{lines}"), n));
    assert_eq!(members("", 30).unwrap().groups.values().next().unwrap().members.len(), 30);
    expect![[r#"
        group[+3726001000].member: 31 members, at most 30 are allowed (members_max)
    "#]]
    .assert_eq(&members("", 31).unwrap_err());
    assert!(members("members_max = 31", 31).is_ok());
    expect![[r#"
        group[+3726001000].member: 6 members, at most 5 are allowed (members_max)
    "#]]
    .assert_eq(&members("members_max = 5", 6).unwrap_err());
}

/// req K-27, K-28: whole seconds from 5 to 15 are taken; 4 and 16 are refused; 15 is the default.
#[test]
fn ring_time_is_five_to_fifteen_seconds() {
    for seconds in 5..=15 {
        let group = group(&format!("ring_time = \"{seconds}s\"")).unwrap();
        assert_eq!(group.ring_time.whole_seconds(), seconds);
    }
    assert_eq!(group("").unwrap().ring_time.to_string(), "15s");
    refused(
        "ring_time = \"4s\"",
        expect![[r#"
            group[+3726001000].ring_time: "4s" is not allowed: a duration in whole seconds from "5s" to "15s"
        "#]],
    );
    for (key, value) in
        [("ring_time", "5500ms"), ("own_line_ring_time", "20001ms"), ("alerting_max", "1500ms")]
    {
        assert!(group(&format!("{key} = \"{value}\"")).is_err(), "{key} = {value}");
    }
    assert_eq!(group("ring_time = \"7000ms\"").unwrap().ring_time.to_string(), "7s");
    refused(
        "ring_time = \"16s\"",
        expect![[r#"
            group[+3726001000].ring_time: "16s" is not allowed: a duration in whole seconds from "5s" to "15s"
        "#]],
    );
}

/// req K-28: 8 s to the first ringing, unless set otherwise.
#[test]
fn alerting_may_take_eight_seconds() {
    assert_eq!(group("").unwrap().alerting_max.to_string(), "8s");
}

/// req K-23: one pass by default, at most three.
#[test]
fn passes_are_one_to_three() {
    assert_eq!(group("").unwrap().passes, 1);
    assert_eq!(group("passes = 3").unwrap().passes, 3);
    refused(
        "passes = 0",
        expect![[r#"
        group[+3726001000].passes: 0 is not allowed: a whole number from 1 to 3
    "#]],
    );
    refused(
        "passes = 4",
        expect![[r#"
        group[+3726001000].passes: 4 is not allowed: a whole number from 1 to 3
    "#]],
    );
}

/// req K-24: the main line rings 20 s by default, 5 to 60 s as set.
#[test]
fn the_main_line_rings_five_to_sixty_seconds() {
    assert_eq!(group("").unwrap().own_line_ring_time.to_string(), "20s");
    for text in ["5s", "60s", "1min"] {
        assert!(group(&format!("own_line_ring_time = \"{text}\"")).is_ok(), "{text}");
    }
    refused(
        "own_line_ring_time = \"4s\"",
        expect![[r#"
            group[+3726001000].own_line_ring_time: "4s" is not allowed: a duration in whole seconds from "5s" to "1min"
        "#]],
    );
    refused(
        "own_line_ring_time = \"61s\"",
        expect![[r#"
            group[+3726001000].own_line_ring_time: "61s" is not allowed: a duration in whole seconds from "5s" to "1min"
        "#]],
    );
}

/// req K-15: the type says whether a first is taken by default, and nothing else.
#[test]
fn the_two_types_differ_in_the_duty_alone() {
    let of = |preset| {
        let config = read(&company(preset, "fallback = \"hangup\"", 1)).unwrap();
        config.groups.values().next().unwrap().as_ref().clone()
    };
    let (even, duty) = (of("ring_even"), of("ring_duty"));
    assert!(!even.duty && duty.duty);
    assert_eq!(Group { duty: false, preset: even.preset, ..duty }, even);
}

/// req X-04: one group only is an attribute of the group, true for ring groups.
#[test]
fn membership_of_one_group_is_an_attribute() {
    assert!(group("").unwrap().exclusive);
    assert!(!group("exclusive = false").unwrap().exclusive);
}

/// req X-10: no number stands for "off": a word does, and 0 is refused.
#[test]
fn off_is_a_word_and_not_zero() {
    assert_eq!(group("misses_before_logout = \"never\"").unwrap().misses_before_logout, None);
    assert_eq!(group("misses_before_logout = 3").unwrap().misses_before_logout, Some(3));
    refused(
        "misses_before_logout = 0",
        expect![[r#"
        group[+3726001000].misses_before_logout: 0 is not allowed: a whole number from 1 to 100, or "never"
    "#]],
    );
    let calls = |value: &str| {
        let text = company("ring_even", "fallback = \"hangup\"", 1);
        read(&text.replace("id = \"ranges\"", &format!("id = \"ranges\"\ncalls_max = {value}")))
    };
    assert_eq!(calls("\"unlimited\"").unwrap().calls_max, None);
    assert_eq!(calls("7").unwrap().calls_max, Some(7));
    expect![[r#"
        company.calls_max: 0 is not allowed: a whole number from 1 to 1000000, or "unlimited"
    "#]]
    .assert_eq(&calls("0").unwrap_err());
}

/// req X-11: a duration has a unit; it is kept in milliseconds and shown in the unit of its description.
#[test]
fn durations_have_units() {
    let kept = |text: &str| group(&format!("ring_time = \"{text}\"")).unwrap().ring_time;
    for (text, milliseconds, shown) in [("5s", 5_000, "5s"), ("5000ms", 5_000, "5s"), ("15s", 15_000, "15s")]
    {
        assert_eq!((kept(text).0, kept(text).to_string().as_str()), (milliseconds, shown));
    }
    refused(
        "ring_time = 5",
        expect![[r#"
            group[+3726001000].ring_time: 5 is not allowed: a duration in whole seconds from "5s" to "15s"
        "#]],
    );
    refused(
        "ring_time = \"5\"",
        expect![[r#"
            group[+3726001000].ring_time: "5" is not allowed: a duration in whole seconds from "5s" to "15s"
        "#]],
    );
    refused(
        "ring_time = \"0.2min\"",
        expect![[r#"
            group[+3726001000].ring_time: "0.2min" is not allowed: a duration in whole seconds from "5s" to "15s"
        "#]],
    );
}
