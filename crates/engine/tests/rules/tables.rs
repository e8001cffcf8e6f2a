//! The whole tables of state and event, each cell with all that comes out of it. An empty cell (`-`) is an
//! answer: the event is late or means nothing there.

use std::fmt::Write;

use engine::timers::Timer;
use expect_test::expect_file;

use crate::bed::Bed;
use crate::company::{Company, duty_first, even};

/// A state by the way to it: name, company, steps.
type State = (&'static str, Company, &'static str);

/// Every phase of a call and every state of its legs.
#[test]
fn every_state_of_a_call_answers_every_event() {
    let mut text = String::new();
    for state in call_states() {
        let bed = arrive_at(&state);
        let _ = writeln!(text, "== {}{}", state.0, waits(&bed));
        let legs: Vec<String> = bed.legs.values().map(|leg| leg.who.clone()).collect();
        for who in legs {
            for event in LEG_EVENTS {
                cell(&mut text, &state, &format!("{who} {event}"));
            }
        }
        if let Some((milliseconds, _)) = bed.deadline() {
            cell(&mut text, &state, &format!("{} s pass", milliseconds / 1_000));
        }
        text.push('\n');
    }
    expect_file!["tables/call.txt"].assert_eq(&text);
}

/// Every state of a member and everything that can be asked about it.
#[test]
fn every_state_of_a_member_answers_every_wish() {
    let mut text = String::new();
    for state in member_states() {
        let bed = arrive_at(&state);
        let _ = writeln!(text, "== {} ({})", state.0, bed.lists());
        for wish in WISHES {
            cell(&mut text, &state, wish);
        }
        text.push('\n');
    }
    expect_file!["tables/member.txt"].assert_eq(&text);
}

const LEG_EVENTS: [&str; 19] = [
    "arrives",
    "rings",
    "rings with audio",
    "answers",
    "is diverted",
    "is busy",
    "rejects",
    "is unreachable",
    "does not answer",
    "is not acceptable",
    "is forbidden",
    "is over the limit",
    "hangs up",
    "closes",
    "presses 1",
    "presses 2",
    "heard it",
    "heard another",
    "is silent",
];

const WISHES: [&str; 10] = [
    "text *961*1# by mari",
    "text *961*2# by mari",
    "text *961*0# by mari",
    "text *961*9# by mari",
    "text *21# by mari",
    "log in mari",
    "log in mari first",
    "log out mari",
    "pause mari",
    "resume mari",
];

fn call_states() -> Vec<State> {
    let two = || even("mari juri");
    let confirmed = || even("Madis juri").with("confirm_outside = true");
    let alone = || even("-mari");
    vec![
        ("offering, mari is dialled", two(), "call 1"),
        ("offering, mari rings", two(), "call 1\nmari rings"),
        ("offering, mari rings and has logged out", two(), "call 1\nmari rings\nlog out mari"),
        ("offering, mari is closing, juri is dialled", two(), "call 1\nmari rings\n15 s pass"),
        ("offering, Madis answered and is to press 1", confirmed(), "call 1\nMadis rings\nMadis answers"),
        ("falling back, the line is dialled", alone(), "call 1"),
        ("falling back, the line rings", alone(), "call 1\nline rings"),
        ("direct, mari is dialled", alone(), "call 1 to mari"),
        ("direct, mari rings", alone(), "call 1 to mari\nmari rings"),
        ("announcing, the caller is not answered", alone().with("own_line ="), "call 1"),
        ("announcing, the caller is answered", alone(), "call 1 from mari to *961*1#"),
        ("talking", two(), "call 1\nmari rings\nmari answers"),
        ("talking, mari is closing", two().with("parallel = 2"), "call 1\njuri answers"),
        ("echo", alone(), "call 1 to echo"),
        ("ending, the caller is closing", two(), "call 1\nmari answers\nmari hangs up"),
        ("ending, mari is closing", two(), "call 1\nmari rings\ncaller 1 hangs up"),
        ("ending, both are closing", two(), "call 1\nmari answers\nmari is silent"),
        ("over", two(), "call 1\nmari answers\nmari hangs up\ncaller 1 closes"),
    ]
}

fn member_states() -> Vec<State> {
    vec![
        ("no member", even("juri"), ""),
        ("logged out, no duty here", even("-mari! juri"), ""),
        ("logged out, may not take the duty", duty_first("-mari juri"), ""),
        ("logged out, may take the duty", duty_first("-mari! juri"), ""),
        ("logged in, no duty here", even("mari! juri"), ""),
        ("logged in, may not take the duty", duty_first("mari juri"), ""),
        ("logged in, may take the duty", duty_first("mari! juri"), ""),
        ("logged in, another has the duty", duty_first("mari! juri!"), "text *961*2# by juri"),
        ("first", duty_first("mari! juri"), "text *961*2# by mari"),
        ("first, rings", duty_first("mari! juri"), "text *961*2# by mari\ncall 1\nmari rings"),
        ("first, talks", duty_first("mari! juri"), "text *961*2# by mari\ncall 1\nmari answers"),
        ("logged in, rings", even("mari juri"), "call 1\nmari rings"),
        ("logged in, talks", even("mari juri"), "call 1\nmari answers"),
        ("paused", duty_first("mari! juri"), "pause mari"),
        ("first, paused", duty_first("mari! juri"), "text *961*2# by mari\npause mari"),
        ("no phone", duty_first("mari! juri"), "mari has 0 phones"),
    ]
}

fn arrive_at((_, company, steps): &State) -> Bed {
    let mut bed = Bed::new(company.clone());
    bed.details = true;
    bed.hold_closings();
    for step in steps.lines() {
        bed.step(step);
    }
    bed.told.clear();
    bed
}

/// What one step does in one state.
fn cell(text: &mut String, state: &State, step: &str) {
    let mut bed = arrive_at(state);
    let (list, before) = (bed.lists(), waits(&bed));
    bed.step(step);
    let mut told = bed.told.clone();
    if bed.lists() != list {
        told.push(bed.lists());
    }
    if waits(&bed) != before && bed.deadline().is_some() {
        told.push(waits(&bed).trim_start_matches(", ").to_owned());
    }
    if told.is_empty() {
        told.push("-".to_owned());
    }
    let _ = writeln!(text, "{step:<28} {}", told.join("; "));
}

/// The next deadline.
fn waits(bed: &Bed) -> String {
    let Some((milliseconds, timer)) = bed.deadline() else { return String::new() };
    let what = match timer {
        Timer::Alerting(leg) => format!("{} to ring", bed.who(leg)),
        Timer::Ring(leg) => format!("{} to answer", bed.who(leg)),
        Timer::Confirm(leg) => format!("{} to press 1", bed.who(leg)),
        Timer::Prompt(_) => "the end of the prompt".to_owned(),
        Timer::Round(_) => "the next round".to_owned(),
        Timer::WaitMax(_) => "the longest wait".to_owned(),
        Timer::Age(_) => "the next level".to_owned(),
        Timer::Repeat(_) => "the repeated message".to_owned(),
        Timer::WrapUp(_) => "the end of the wrap-up".to_owned(),
        Timer::Rest(_) => "the end of the rest".to_owned(),
        Timer::LongPause(_) => "a long pause".to_owned(),
        Timer::CloseWait(_) => "closing".to_owned(),
        Timer::Reopen(_) => "opening".to_owned(),
        Timer::CallbackRest(_) => "the next attempt".to_owned(),
        Timer::CallbackValid(_) => "the end of the callback".to_owned(),
        Timer::Keys(_) => "a key".to_owned(),
        Timer::Camp(_) => "the end of camping".to_owned(),
        Timer::Park(_) => "the end of parking".to_owned(),
    };
    format!(", waits {} s for {what}", milliseconds / 1_000)
}
