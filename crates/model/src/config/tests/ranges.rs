//! Every key: values at the edges of its range are taken, those beyond it are refused, and each is read.

use std::collections::BTreeSet;

use super::super::kind::Kind;
use super::super::resolve::read;
use super::super::schema::{COMPANY, GROUP, Key, OUTSIDE, PROMPT, USER};
use super::{File, built_in};

/// Table, key, good values, bad values.
type Row = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const LANGUAGE: [&[&str]; 2] =
    [&["\"et\"", "\"fi\"", "\"sv\"", "\"en\"", "\"ru\""], &["\"de\"", "\"ET\"", "1"]];
const TRUTH: [&[&str]; 2] = [&["true", "false"], &["\"true\"", "1", "\"none\""]];
const PROMPT_NAME: [&[&str]; 2] =
    [&["\"hello\"", "\"closed\"", "\"none\""], &["\"no such\"", "\"helo\"", "true", "\"\"", "0"]];
const TARGETS: [&[&str]; 2] = [
    &[
        "\"busy\"",
        "\"hangup\"",
        "[]",
        "[\"own_line\", \"user:juri\", \"group:+3726001000\", \"number:+3725551234\"]",
        "[\"voicemail:+3726001000\", \"flow:menu\", \"announcement:hello\", \"announcement:closed\"]",
    ],
    &[
        "\"bussy\"",
        "[\"user:jury\"]",
        "\"group:8000\"",
        "\"announcement:helo\"",
        "0",
        "[1]",
        "\"user:madis\"",
    ],
];
const SECONDS_5_120: [&[&str]; 2] =
    [&["\"5s\"", "\"120s\"", "\"2min\""], &["\"4999ms\"", "\"121s\"", "5", "\"5\""]];
const SECOND_TO_DAY: [&[&str]; 2] =
    [&["\"1s\"", "\"24h\"", "\"1d\""], &["\"0s\"", "\"999ms\"", "\"86401s\"", "60", "\"never\""]];
const SECOND_TO_DAY_OR_NONE: [&[&str]; 2] =
    [&["\"1s\"", "\"24h\"", "\"none\""], &["\"0s\"", "\"999ms\"", "\"86401s\"", "0", "\"never\""]];

const TOP: &[Row] = &[
    ("[company]", "id", &["\"a\"", "\"sinilind-2\""], &["\"\"", "\"two words\"", "1"]),
    ("[company]", "name", &["\"A\"", "\"Sinilind OÜ\""], &["\"\"", "\"a\\u0007b\"", "1"]),
    (
        "[company]",
        "number",
        &["\"+3726001000\"", "\"none\""],
        &["\"+3725559999\"", "\"6001000\"", "\"8000\"", "372"],
    ),
    (
        "[company]",
        "domains",
        &["[]", "[\"Sinilind.demo\"]", "[\"192.0.2.1\", \"[2001:db8::1]\"]"],
        &[
            "\"sinilind.demo\"",
            "[\"\"]",
            "[1]",
            "[\"a b\"]",
            "[\"sip:a.demo\"]",
            "[\"-a.demo\"]",
            "[\"a..demo\"]",
        ],
    ),
    ("[company]", "time_zone", &["\"Europe/Helsinki\""], &["\"\"", "2"]),
    ("[company]", "language", LANGUAGE[0], LANGUAGE[1]),
    ("[company]", "country", &["\"EE\"", "\"FI\"", "\"GB\""], &["\"ee\"", "\"US\"", "372"]),
    (
        "[company]",
        "calls_max",
        &["1", "1000000", "\"unlimited\""],
        &["0", "1000001", "-1", "\"none\"", "1.5"],
    ),
    (
        "[company]",
        "presence_red",
        &["[]", "[\"away\", \"busy\", \"dnd\", \"meeting\"]"],
        &["\"busy\"", "[\"available\"]", "[\"red\"]", "[\"busy\", \"busy\"]"],
    ),
    ("[company]", "pause_reasons", &["[]", "[\"Lõuna\", \"Koolitus\"]"], &["\"Lõuna\"", "[\"\"]", "[2]"]),
    (
        "[[user]]",
        "name",
        &["\"a\"", "\"jüri.j-2_\""],
        &["\"\"", "\"two words\"", "1", "\"none\"", "\"juri\""],
    ),
    ("[[user]]", "display_name", &["\"M\""], &["\"\"", "1"]),
    (
        "[[user]]",
        "extension",
        &["\"1\"", "\"99999999\"", "\"none\""],
        &["\"\"", "\"123456789\"", "101", "\"112\""],
    ),
    (
        "[[user]]",
        "number",
        &["\"+1234\"", "\"+123456789012345\"", "\"none\""],
        &["\"123\"", "\"+123\"", "\"+0123\""],
    ),
    ("[[user]]", "mobile", &["\"+3725551234\"", "\"none\""], &["\"5551234\"", "5551234"]),
    ("[[user]]", "password", &["\"x\""], &["\"\"", "1"]),
    ("[[user]]", "sip_password", &["\"x\""], &["\"\"", "1"]),
    ("[[user]]", "language", LANGUAGE[0], LANGUAGE[1]),
    ("[[user]]", "title", &["\"\"", "\"Müügijuht\""], &["1", "[]"]),
    ("[[user]]", "department", &["\"\"", "\"Müük\""], &["1", "[]"]),
    ("[[user]]", "keywords", &["[]", "[\"arved\", \"lepingud\"]"], &["\"arved\"", "[\"\"]"]),
    ("[[user]]", "roles", &["[]", "[\"admin\", \"supervisor\"]"], &["\"admin\"", "[\"boss\"]"]),
    (
        "[[user]]",
        "show_number",
        &["\"own\"", "\"group:+3726001000\""],
        &["\"company\"", "\"group:+3726001001\"", "\"group:8000\"", "\"none\"", "true"],
    ),
    ("[[user]]", "call_waiting", TRUTH[0], TRUTH[1]),
    ("[[user]]", "calls_max", &["1", "100"], &["0", "101", "\"unlimited\""]),
    ("[[outside]]", "name", &["\"a\""], &["\"\"", "\"mari\"", "\"none\""]),
    ("[[outside]]", "number", &["\"+3725551234\""], &["\"none\"", "\"101\"", "1"]),
    ("[[outside]]", "language", LANGUAGE[0], LANGUAGE[1]),
    ("[[prompt]]", "name", &["\"tere\""], &["\"\"", "\"two words\"", "\"none\""]),
    ("[[prompt]]", "language", LANGUAGE[0], LANGUAGE[1]),
    ("[[prompt]]", "file", &["\"tere.wav\"", "\"tere.ogg\""], &["\"\"", "1"]),
    (
        "[[prompt]]",
        "hash",
        &["\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\""],
        &["\"b\"", "1"],
    ),
    ("[[prompt]]", "text", &["\"Tere\""], &["\"\"", "1"]),
    ("[[prompt]]", "kind", &["\"speech\"", "\"music\""], &["\"noise\"", "true"]),
];

const IN_GROUP: &[Row] = &[
    ("[[group]]", "number", &["\"+3726001001\"", "\"8000\""], &["\"\"", "\"123456789\"", "8000", "\"none\""]),
    ("[[group]]", "name", &["\"G\""], &["\"\"", "1"]),
    ("[[group]]", "preset", &["\"customer_service\"", "\"attendant\""], &["\"queue\"", "\"none\"", "1"]),
    ("[[group]]", "language", LANGUAGE[0], LANGUAGE[1]),
    (
        "[[group]]",
        "distribution",
        &["\"rotation\"", "\"ordered\"", "\"skill\"", "\"longest_idle\"", "\"balanced\"", "\"random\""],
        &["\"fair\"", "\"skil\"", "1"],
    ),
    ("[[group]]", "ties", &["\"longest_idle\"", "\"random\""], &["\"idle\"", "true"]),
    ("[[group]]", "parallel", &["1", "50"], &["0", "51", "\"all\"", "\"1\""]),
    ("[[group]]", "members_max", &["1", "1000"], &["0", "1001", "\"unlimited\""]),
    ("[[group]]", "retry_after", &["\"1s\"", "\"60s\""], &["\"999ms\"", "\"61s\"", "\"none\"", "5"]),
    ("[[group]]", "service_level", &["\"1s\"", "\"1h\""], &["\"0s\"", "\"3601s\"", "20", "\"none\""]),
    ("[[group]]", "ring_time", SECONDS_5_120[0], SECONDS_5_120[1]),
    ("[[group]]", "alerting_max", &["\"1s\"", "\"30s\""], &["\"0s\"", "\"31s\"", "\"none\""]),
    ("[[group]]", "offers_max", &["1", "1000", "\"unlimited\""], &["0", "1001", "\"none\"", "\"5\""]),
    ("[[group]]", "reject_counts_as", &["\"no_answer\"", "\"busy\""], &["\"miss\"", "1"]),
    ("[[group]]", "exclusive", TRUTH[0], TRUTH[1]),
    ("[[group]]", "wrap_up", &["\"none\"", "\"1s\"", "\"1h\""], &["\"0s\"", "\"3601s\"", "0", "\"never\""]),
    ("[[group]]", "misses_before_logout", &["\"never\"", "1", "100"], &["0", "101", "\"none\""]),
    ("[[group]]", "miss_resets_idle", TRUTH[0], TRUTH[1]),
    ("[[group]]", "presence_blocks", TRUTH[0], TRUTH[1]),
    (
        "[[group]]",
        "devices",
        &["[\"app\"]", "[\"mobile\"]", "[\"desk\"]", "[\"desk\", \"mobile\", \"app\"]"],
        &["[]", "\"app\"", "[\"pbx\"]", "[\"app\", \"app\"]", "\"none\""],
    ),
    ("[[group]]", "confirm_outside", TRUTH[0], TRUTH[1]),
    ("[[group]]", "passed_on_notice", TRUTH[0], TRUTH[1]),
    ("[[group]]", "label", &["\"\"", "\"12345678901234567890\""], &["\"123456789012345678901\"", "1"]),
    ("[[group]]", "show", &["\"caller\"", "\"group\""], &["\"both\"", "true"]),
    ("[[group]]", "show_prefix", &["\"\"", "\"0123*#89\""], &["\"123456789\"", "\"1+\"", "1"]),
    ("[[group]]", "show_suffix", &["\"\"", "\"*1\""], &["\"123456789\"", "\"a\"", "1"]),
    ("[[group]]", "in_directory", TRUTH[0], TRUTH[1]),
    ("[[group]]", "members_may_show", TRUTH[0], TRUTH[1]),
    ("[[group]]", "billing_id", &["\"\"", "\"Osakond 7\""], &["7"]),
    ("[[group]]", "own_line", &["\"none\"", "\"juri\""], &["\"jury\"", "\"madis\"", "true"]),
    ("[[group]]", "own_line_ring_time", &["\"5s\"", "\"60s\""], &["\"4s\"", "\"61s\"", "\"none\""]),
    (
        "[[group]]",
        "supervisors",
        &["[]", "[\"juri\", \"mari\"]"],
        &["\"juri\"", "[\"jury\"]", "[\"madis\"]", "[\"juri\", \"juri\"]"],
    ),
    ("[group.queue]", "size_max", &["0", "1000", "\"unlimited\""], &["-1", "1001", "\"none\""]),
    (
        "[group.queue]",
        "wait_max",
        &["\"none\"", "\"10s\"", "\"24h\""],
        &["\"9s\"", "\"86401s\"", "0", "\"unlimited\""],
    ),
    ("[group.queue]", "wait_strict", TRUTH[0], TRUTH[1]),
    ("[group.queue]", "on_full", TARGETS[0], TARGETS[1]),
    ("[group.queue]", "on_wait", TARGETS[0], TARGETS[1]),
    ("[group.queue]", "on_nobody", TARGETS[0], TARGETS[1]),
    ("[group.queue]", "on_attempts", TARGETS[0], TARGETS[1]),
    ("[group.queue]", "close_at_waiting", &["\"none\"", "1", "1000"], &["0", "1001", "\"unlimited\""]),
    ("[group.queue]", "close_at_wait", SECOND_TO_DAY_OR_NONE[0], SECOND_TO_DAY_OR_NONE[1]),
    ("[group.queue]", "reopen_below", &["1", "100"], &["0", "101", "\"80%\""]),
    ("[group.queue]", "reopen_after", &["\"0s\"", "\"24h\""], &["\"86401s\"", "60", "\"none\""]),
    ("[group.queue]", "on_closed", TARGETS[0], TARGETS[1]),
    (
        "[group.queue]",
        "priority",
        &["[]", "[{ caller = \"+372555\", level = 1 }, { caller = \"1\", level = 9 }]"],
        &[
            "\"+372\"",
            "[\"+372\"]",
            "[{ caller = \"+372\" }]",
            "[{ caller = \"+372\", level = 0 }]",
            "[{ caller = \"+372\", level = 10 }]",
            "[{ caller = \"+\", level = 1 }]",
            "[{ caller = \"+372\", levl = 1 }]",
            "[{ caller = \"+372\", level = 1 }, { caller = \"+372\", level = 2 }]",
        ],
    ),
    ("[group.queue]", "priority_ageing", SECOND_TO_DAY[0], SECOND_TO_DAY[1]),
    ("[group.queue]", "exit_key", &["\"none\"", "0", "9"], &["-1", "10", "\"1\"", "\"*\""]),
    (
        "[group.queue]",
        "on_exit",
        &["\"none\"", "\"hangup\"", "[\"user:juri\"]"],
        &["\"user:jury\"", "[\"none\"]", "1"],
    ),
    ("[group.queue]", "recall_hold", SECOND_TO_DAY_OR_NONE[0], SECOND_TO_DAY_OR_NONE[1]),
    ("[group.announcements]", "welcome", PROMPT_NAME[0], PROMPT_NAME[1]),
    ("[group.announcements]", "welcome_whole", TRUTH[0], TRUTH[1]),
    ("[group.announcements]", "entry", PROMPT_NAME[0], PROMPT_NAME[1]),
    ("[group.announcements]", "entry_when", &["\"always\"", "\"only_if_waiting\""], &["\"never\"", "true"]),
    ("[group.announcements]", "music", PROMPT_NAME[0], PROMPT_NAME[1]),
    ("[group.announcements]", "repeat", PROMPT_NAME[0], PROMPT_NAME[1]),
    (
        "[group.announcements]",
        "repeat_every",
        &["\"none\"", "\"1s\"", "\"1h\""],
        &["\"0s\"", "\"3601s\"", "0", "30"],
    ),
    ("[group.announcements]", "position", TRUTH[0], TRUTH[1]),
    ("[group.announcements]", "wait", TRUTH[0], TRUTH[1]),
    (
        "[group.announcements]",
        "wait_method",
        &["\"predicted\"", "\"legacy_talk\"", "\"legacy_avg\""],
        &["\"average\"", "1"],
    ),
    ("[group.announcements]", "ringback", TRUTH[0], TRUTH[1]),
    ("[group.callback]", "enabled", TRUTH[0], TRUTH[1]),
    ("[group.callback]", "ring_time", SECONDS_5_120[0], SECONDS_5_120[1]),
    ("[group.callback]", "attempts", &["1", "10"], &["0", "11", "\"unlimited\""]),
    ("[group.callback]", "pause", &["\"10s\"", "\"24h\""], &["\"9s\"", "\"86401s\"", "\"none\""]),
    ("[group.callback]", "valid", &["\"5min\"", "\"30d\""], &["\"299s\"", "\"31d\"", "\"none\"", "120"]),
    ("[group.callback]", "agent_text", &["\"Tagasihelistamine\""], &["\"\"", "1"]),
    ("[group.callback]", "agent_prompt", PROMPT_NAME[0], PROMPT_NAME[1]),
    ("[group.callback]", "offer_prompt", PROMPT_NAME[0], PROMPT_NAME[1]),
    ("[group.callback]", "key", &["0", "2", "9"], &["-1", "10", "\"1\"", "\"none\""]),
    ("[group.callback]", "offer_after_open", &["\"0min\"", "\"1440min\""], &["\"1441min\"", "0", "\"none\""]),
    ("[group.callback]", "offer_waiting_over", &["\"none\"", "1", "1000"], &["0", "1001", "\"3\""]),
    ("[group.callback]", "offer_longest_wait", SECOND_TO_DAY_OR_NONE[0], SECOND_TO_DAY_OR_NONE[1]),
    ("[group.callback]", "offer_estimate_over", SECOND_TO_DAY_OR_NONE[0], SECOND_TO_DAY_OR_NONE[1]),
    (
        "[group.callback]",
        "stop_before_closing",
        &["\"0min\"", "\"1440min\""],
        &["\"1441min\"", "0", "\"none\""],
    ),
    ("[group.callback]", "pending_max", &["1", "1000"], &["0", "1001", "\"unlimited\""]),
    ("[group.transfer]", "camp_on_busy", TRUTH[0], TRUTH[1]),
    ("[group.transfer]", "camp_max", &["\"5s\"", "\"1h\""], &["\"4s\"", "\"3601s\"", "\"none\""]),
    ("[group.transfer]", "ring_max", SECONDS_5_120[0], SECONDS_5_120[1]),
    ("[group.transfer]", "message", PROMPT_NAME[0], PROMPT_NAME[1]),
    ("[[group.member]]", "user", &["\"juri\""], &["\"jury\"", "\"madiss\"", "1"]),
    ("[[group.member]]", "outside", &["\"madis\""], &["\"madiss\"", "1"]),
    ("[[group.member]]", "order", &["1", "1000"], &["0", "1001", "\"none\""]),
    ("[[group.member]]", "skill", &["1", "9"], &["0", "10", "\"3\""]),
    ("[[group.member]]", "may_take_duty", TRUTH[0], TRUTH[1]),
    ("[[group.member]]", "logged_in", TRUTH[0], TRUTH[1]),
    ("[[group.member]]", "rights", &["[]", "[\"see\"]", "[\"log_in\", \"see\"]"], &["\"see\"", "[\"all\"]"]),
];

/// Keys that ring groups alone have, or with a range of their own.
const RING_GROUPS: &[Row] = &[
    ("[[group]]", "duty", TRUTH[0], TRUTH[1]),
    ("[[group]]", "passes", &["1", "3"], &["0", "4", "\"unlimited\""]),
    ("[[group]]", "ring_time", &["\"5s\"", "\"15s\""], &["\"4999ms\"", "\"15001ms\"", "\"none\""]),
    ("[[group]]", "fallback", TARGETS[0], TARGETS[1]),
];

fn rows() -> impl Iterator<Item = (&'static str, Row)> {
    let queues = TOP.iter().chain(IN_GROUP).map(|row| ("customer_service", *row));
    queues.chain(RING_GROUPS.iter().map(|row| ("ring_even", *row)))
}

fn file(preset: &str, (table, key, ..): Row, value: &str) -> File {
    let file = match (table, key) {
        ("[group.queue]", "exit_key") => File::with(preset).set("[group.queue]", "on_exit", "\"hangup\""),
        ("[[group.member]]", "outside") => File::with(preset).without("[[group.member]]", "user"),
        // He is named nowhere else then.
        ("[[user]]", "name") => File::with(preset).set("[[group.member]]", "user", "\"juri\""),
        (_, _) => File::with(preset),
    };
    file.set(table, key, value)
}

#[test]
fn values_up_to_the_edges_are_taken() {
    for (preset, row) in rows() {
        for value in row.2 {
            let file = file(preset, row, value).text();
            if let Err(faults) = read(&file, &built_in()) {
                panic!("{}.{} = {value}: {faults:?}\n{file}", row.0, row.1);
            }
        }
    }
}

#[test]
fn values_beyond_the_edges_are_refused_in_their_place() {
    for (preset, row) in rows() {
        for value in row.3 {
            let file = file(preset, row, value).text();
            let faults = read(&file, &built_in()).expect_err(&format!("{}.{} = {value}", row.0, row.1));
            let wanted = file.lines().position(|line| line.starts_with(&format!("{} = {value}", row.1)));
            let line = u32::try_from(wanted.unwrap() + 1).unwrap();
            let told = faults.iter().any(|fault| fault.path.contains(row.1) && fault.line == Some(line));
            let of_entry = row.1 == "name"
                || row.1 == "number"
                || row.1 == "id"
                || row.1 == "user"
                || row.1 == "outside";
            assert!(told || of_entry, "{}.{} = {value}: {faults:?}\n{file}", row.0, row.1);
        }
    }
}

/// A key that nothing reads cannot exist: a value of each that is no default changes the settings.
#[test]
fn every_key_is_read() {
    // Secrets and audio are kept apart from the settings; the sound of a prompt by `hash`.
    let apart = ["password", "sip_password", "file", "hash"];
    for (preset, row) in rows().filter(|(_, row)| !apart.contains(&row.1)) {
        let without = match (row.0, row.1) {
            ("[[group.member]]", "outside") => File::with(preset),
            ("[group.queue]", "exit_key") => File::with(preset).set("[group.queue]", "on_exit", "\"hangup\""),
            ("[[user]]", "name") => File::with(preset).set("[[group.member]]", "user", "\"juri\""),
            (_, _) => File::with(preset),
        };
        let without = read(&without.text(), &built_in()).unwrap();
        let reads = |value: &&str| read(&file(preset, row, value).text(), &built_in()).unwrap() != without;
        assert!(row.2.iter().any(reads), "{}.{} changes nothing", row.0, row.1);
    }
}

#[test]
fn every_key_stands_in_the_table_of_ranges() {
    fn walk(table: &str, keys: &[Key], found: &mut BTreeSet<String>) {
        for key in keys {
            if let Kind::Table(inner) = key.kind(None) {
                walk(&format!("[group.{}]", key.name), inner, found);
            } else if let Kind::Tables(inner) = key.kind(None) {
                walk(&format!("[[group.{}]]", key.name), inner, found);
            } else {
                found.insert(format!("{table} {}", key.name));
            }
        }
    }
    let mut schema = BTreeSet::new();
    walk("[company]", COMPANY, &mut schema);
    walk("[[user]]", USER, &mut schema);
    walk("[[outside]]", OUTSIDE, &mut schema);
    walk("[[prompt]]", PROMPT, &mut schema);
    walk("[[group]]", GROUP, &mut schema);
    let tested: BTreeSet<String> = rows().map(|(_, row)| format!("{} {}", row.0, row.1)).collect();
    assert_eq!(tested, schema);
}
