//! How long callers and offers wait for Helin.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::time::{Duration, Instant};

use crate::Measure;
use crate::callers::{Callers, EndsOnDrop, caller_of, hear};
use crate::message::Message;
use crate::phones::Phones;

/// The first caller's number is `+372` and this.
const FIRST: u32 = 5_000_000;
/// After the last call everything is over by then.
const SETTLED: Duration = Duration::from_secs(2);
/// Longest wait for one message.
const PATIENCE: Duration = Duration::from_secs(5);

/// Something that a phone saw: a caller's number and when.
struct Seen {
    caller: String,
    at: Instant,
    /// When the phone had refused the same call, if it had.
    refused: Option<Instant>,
}

/// From sending the caller's INVITE to receiving the member's.
pub(crate) fn first_offer(measure: &Measure) {
    let (sent, seen) = load(measure, Answers::AtOnce);
    let waits = seen.iter().map(|seen| seen.at - sent[&seen.caller]).collect();
    report("first_offer", measure, waits);
}

/// From sending one member's 486 to receiving the next member's INVITE.
pub(crate) fn next_offer(measure: &Measure) {
    let (_, seen) = load(measure, Answers::FirstIsBusy);
    let waits = seen.iter().filter_map(|seen| Some(seen.at - seen.refused?)).collect();
    report("next_offer", measure, waits);
}

/// From sending the BYE of a group's only member to receiving the next caller's INVITE at his phone. The next
/// caller comes when the first is told that the call is over: before that the member counts as busy.
pub(crate) fn freed(measure: &Measure) {
    let (callers, phones) = (Callers::new(measure), Phones::new(measure));
    let mut waits = Vec::new();
    let mut freed: Option<Instant> = None;
    for caller in FIRST..FIRST + measure.count {
        callers.invite(caller, 9);
        let (invite, from) = loop {
            let (message, from) = hear(&phones.socket, PATIENCE).expect("the call is offered");
            if message.is_request("INVITE") && caller_of(&message) == caller.to_string() {
                break (message, from);
            }
        };
        waits.extend(freed.map(|freed| freed.elapsed()));
        phones.answer(&invite, from, 200, 9);
        let answer =
            await_message(&callers, |message| message.is_response("INVITE") && message.status() == Some(200));
        callers.acknowledge(&answer);
        freed = Some(Instant::now());
        phones.hang_up(&invite, from);
        let bye = await_message(&callers, |message| message.is_request("BYE"));
        callers.let_go(&bye);
    }
    report("freed", measure, waits);
}

fn await_message(callers: &Callers, fits: impl Fn(&Message) -> bool) -> Message {
    loop {
        let message = callers.hear(PATIENCE).expect("Helin goes on with the call");
        if fits(&message) {
            return message;
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answers {
    AtOnce,
    FirstIsBusy,
}

/// Callers at a steady rate who hang up when they are answered. Gives when each called, and what phones saw.
fn load(measure: &Measure, answers: Answers) -> (BTreeMap<String, Instant>, Vec<Seen>) {
    let (callers, phones) = (Callers::new(measure), Phones::new(measure));
    let ended = AtomicBool::new(false);
    let (tell, told) = channel();
    let mut sent = BTreeMap::new();
    let mut answered = 0;
    std::thread::scope(|scope| {
        let _end_phones = EndsOnDrop(&ended);
        scope.spawn(|| members(&phones, answers, &ended, &tell));
        let gap = Duration::from_secs(1) / measure.rate;
        let began = Instant::now();
        let until = began + gap * measure.count + SETTLED;
        let mut next = 0;
        while Instant::now() < until && answered < measure.count {
            if next < measure.count && Instant::now() >= began + gap * next {
                sent.insert((FIRST + next).to_string(), Instant::now());
                callers.invite(FIRST + next, 9);
                next += 1;
            }
            let due = if next < measure.count { began + gap * next } else { until };
            let Some(message) = callers.hear(due.saturating_duration_since(Instant::now())) else { continue };
            if message.is_response("INVITE") && message.status() >= Some(200) {
                callers.acknowledge(&message);
                if message.status() == Some(200) {
                    callers.hang_up(&message);
                }
            }
            answered += u32::from(message.is_response("BYE"));
        }
    });
    assert_eq!(answered, measure.count, "every call is answered and ended");
    (sent, told.try_iter().collect())
}

fn members(phones: &Phones, answers: Answers, ended: &AtomicBool, tell: &Sender<Seen>) {
    let mut refused: BTreeMap<String, Instant> = BTreeMap::new();
    while !ended.load(Ordering::Relaxed) {
        let Some((request, from)) = hear(&phones.socket, Duration::from_millis(20)) else { continue };
        let at = Instant::now();
        if request.is_request("INVITE") {
            let caller = caller_of(&request);
            let before = refused.get(&caller).copied();
            if answers == Answers::FirstIsBusy && before.is_none() {
                refused.insert(caller, Instant::now());
                phones.answer(&request, from, 486, 9);
            } else {
                tell.send(Seen { caller, at, refused: before }).unwrap();
                phones.answer(&request, from, 200, 9);
            }
        } else if request.is_request("BYE") || request.is_request("CANCEL") {
            phones.answer(&request, from, 200, 9);
        }
    }
}

fn report(name: &str, measure: &Measure, mut waits: Vec<Duration>) {
    assert!(waits.len() + 1 >= measure.count as usize, "{} of {} were seen", waits.len(), measure.count);
    println!(
        "{{\"what\":\"{name}\",\"calls\":{},\"p50_ms\":{:.3},\"p99_ms\":{:.3},\"max_ms\":{:.3}}}",
        measure.count,
        quantile_ms(&mut waits, 500),
        quantile_ms(&mut waits, 990),
        quantile_ms(&mut waits, 1_000)
    );
}

/// What so many thousandths of the waits do not exceed.
pub(crate) fn quantile_ms(waits: &mut [Duration], thousandths: usize) -> f64 {
    waits.sort();
    waits[(waits.len() * thousandths / 1_000).min(waits.len() - 1)].as_secs_f64() * 1e3
}
