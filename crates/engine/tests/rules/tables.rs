//! The whole tables of state and event, each cell with all that comes out of it. An empty cell (`-`) is an
//! answer: the event is late or means nothing there.

use std::fmt::Write;

use engine::timers::Timer;
use expect_test::expect_file;

use crate::bed::Bed;
use crate::company::{Company, attendant, duty_first, even};

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

/// As for calls of ring groups: waiting in line, camped, parked, on the way elsewhere, called back.
#[test]
fn every_state_of_a_call_in_a_queue_answers_every_event() {
    let mut text = String::new();
    for state in queue_states() {
        let bed = arrive_at(&state);
        let _ = writeln!(text, "== {}{}", state.0, waits(&bed));
        let legs: Vec<(String, bool)> = bed.legs.values().map(|leg| (leg.who.clone(), leg.over)).collect();
        for (who, _) in legs.iter().filter(|(_, over)| !over) {
            for event in LEG_EVENTS {
                cell(&mut text, &state, &format!("{who} {event}"));
            }
        }
        if let Some((milliseconds, _)) = bed.deadline() {
            cell(&mut text, &state, &format!("{} s pass", milliseconds.div_ceil(1_000)));
        }
        for wish in CALL_WISHES {
            cell(&mut text, &state, wish);
        }
        text.push('\n');
    }
    expect_file!["tables/queue.txt"].assert_eq(&text);
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

const LEG_EVENTS: [&str; 25] = [
    "arrives",
    "rings",
    "rings with audio",
    "answers",
    "answers by mobile",
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
    "holds",
    "unholds",
    "refers 1 to toomas",
    "refers 1 to park",
    "refers 1 to nowhere",
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

const CALL_WISHES: [&str; 14] = [
    "log out mari",
    "mari has 0 phones",
    "take 1 by kati",
    "move 1 to 1",
    "send 1 to kati",
    "send 1 to mari camp",
    "park 1",
    "pick up 1 by kati",
    "withdraw callback 1",
    "typed 1 is +3725557555",
    "call 9 from kati to slot:1",
    "call 9 from kati to pick-up:mari",
    "restart",
    "end all",
];

fn queue_states() -> Vec<State> {
    let quiet = |company: Company| {
        company.with("announcements.repeat_every = \"none\"").with("announcements.entry = \"none\"")
    };
    let one = || quiet(attendant("mari")).with("wrap_up = \"5s\"");
    let asked = || one().with("callback.enabled = true");
    let welcome = || one().with("announcements.welcome = \"tervetuloa\"");
    let busy = "call 7 from liis to toomas\ntoomas answers\ncall 1\nmari answers\n";
    let camped: &'static str = Box::leak(format!("{busy}mari refers 1 to toomas\nmari closes").into());
    let free: &'static str = Box::leak(format!("{camped}\ntoomas hangs up\ncaller 7 closes").into());
    vec![
        ("hears the welcome", welcome(), "call 1"),
        ("waits, mari is paused", one(), "pause mari\ncall 1"),
        ("waits, mari talks", one(), "call 2\nmari answers\ncall 1"),
        ("mari is dialled", one(), "call 1"),
        ("mari rings, the caller was answered", one(), "pause mari\ncall 1\nresume mari\nmari rings"),
        ("all have missed it", one(), "call 1\nmari rings\n20 s pass\nmari closes"),
        ("mari rests", one(), "call 1\nmari is unreachable"),
        ("talks with mari", one(), "call 1\nmari answers"),
        ("talks, mari holds", one(), "call 1\nmari answers\nmari holds"),
        ("was offered a callback", asked(), "pause mari\ncall 1"),
        ("types a number", asked(), "pause mari\ncall 1\ncaller 1 presses 2\ncaller 1 presses 5"),
        (
            "its number is looked up",
            asked(),
            "pause mari\ncall 1\ncaller 1 presses 2\ncaller 1 presses 5\ncaller 1 presses #",
        ),
        ("thanks for the callback", asked(), "pause mari\ncall 1\ncaller 1 presses 1"),
        ("callback, mari rings", asked(), "pause mari\nasked 1\ncaller 1 closes\nresume mari\nmari rings"),
        (
            "callback, mari hears what it is about",
            asked(),
            "pause mari\nasked 1\ncaller 1 closes\nresume mari\nmari answers",
        ),
        (
            "callback, the customer rings",
            asked(),
            "pause mari\nasked 1\ncaller 1 closes\nresume mari\nmari answers\nmari heard it\nstranger 1 rings",
        ),
        (
            "callback, the customer was not reached",
            asked(),
            "pause mari\nasked 1\ncaller 1 closes\nresume mari\nmari answers\nmari heard it\nstranger 1 is busy",
        ),
        ("kati rings for a transfer", one(), "call 1\nmari answers\nmari refers 1 to kati\nkati rings"),
        (
            "kati rings for a transfer, mari has gone",
            one(),
            "call 1\nmari answers\nmari refers 1 to kati\nkati rings\nmari hangs up",
        ),
        ("camps on toomas", one(), camped),
        ("camped, toomas rings", one(), free),
        (
            "comes back to mari",
            one(),
            "call 1\nmari answers\nmari refers 1 to kati\nmari hangs up\nkati is busy\nmari rings",
        ),
        ("is parked", one(), "call 1\nmari answers\nmari refers 1 to park\nmari closes"),
        (
            "is parked and rings mari",
            one(),
            "call 1\nmari answers\nmari refers 1 to park\nmari closes\n60 s pass\nmari rings",
        ),
        ("hears the busy tone", one().with("queue.on_nobody = \"busy\""), "pause mari\ncall 1\nlog out mari"),
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
