//! A group all of whose members ring at once: what a call costs, and how far apart its offers leave.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::Measure;
use crate::callers::{Callers, hear, rtp_port};
use crate::latency::quantile_ms;
use crate::message::Message;
use crate::phones::Phones;
use crate::sound::Sound;
use crate::usage;

/// The first caller's number is `+372` and this.
const FIRST: u32 = 5_000_000;
/// Members, all of whom ring.
const MEMBERS: usize = 50;
/// A talk, with sound both ways.
const TALK: Duration = Duration::from_millis(300);
/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(5);

/// One call's ringing phones by Call-ID.
type Ringing = BTreeMap<String, (Message, SocketAddr)>;

/// `count` calls, one after the other. Each rings at all phones, the last to be reached answers, the caller hangs up.
pub(crate) fn all_at_once(measure: &Measure) {
    let (callers, phones, sound) = (Callers::new(measure), Phones::new(measure), Sound::start());
    let mut spreads = Vec::new();
    let mut spent = Duration::ZERO;
    for caller in FIRST..FIRST + measure.count {
        let before = usage::cpu(measure.pid);
        callers.invite(caller, sound.port(caller as usize));
        let (mut ringing, last, spread) = ring(&phones);
        spreads.push(spread);
        let (invite, from) = ringing.remove(&last).unwrap();
        phones.answer(&invite, from, 200, sound.port(0));
        let answer = answered(&callers);
        let legs = [(caller as usize, rtp_port(&answer)), (0, rtp_port(&invite))];
        legs.iter().for_each(|(n, port)| sound.begin(*n, *port));
        let until = Instant::now() + TALK;
        stop(&phones, &mut ringing);
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
        legs.iter().for_each(|(_, port)| sound.end(*port));
        callers.hang_up(&answer);
        part(&callers, &phones);
        spent += usage::cpu(measure.pid) - before;
    }
    println!(
        "{{\"what\":\"ringing\",\"calls\":{},\"cpu_ms_per_call\":{:.3},\"spread_p99_ms\":{:.3},\"spread_max_ms\":{:.3},{}}}",
        measure.count,
        spent.as_secs_f64() * 1e3 / f64::from(measure.count),
        quantile_ms(&mut spreads, 990),
        quantile_ms(&mut spreads, 1_000),
        sound.heard().as_json()
    );
}

/// Every phone is offered the call and rings; who was the last, and how long after the first.
fn ring(phones: &Phones) -> (Ringing, String, Duration) {
    let mut ringing = Ringing::new();
    let mut first = None;
    loop {
        let (request, from) = hear(&phones.socket, PATIENCE).expect("the call is offered to all members");
        if !request.is_request("INVITE") || ringing.contains_key(request.call_id()) {
            continue;
        }
        let first = *first.get_or_insert_with(Instant::now);
        phones.answer(&request, from, 180, 9);
        let last = request.call_id().to_owned();
        ringing.insert(last.clone(), (request, from));
        if ringing.len() == MEMBERS {
            return (ringing, last, first.elapsed());
        }
    }
}

fn answered(callers: &Callers) -> Message {
    loop {
        let message = callers.hear(PATIENCE).expect("the caller is answered");
        if message.is_response("INVITE") && message.status() >= Some(200) {
            assert_eq!(message.status(), Some(200), "{}", message.to_text());
            callers.acknowledge(&message);
            return message;
        }
    }
}

/// All others are told to stop, and their offers end by an ACK.
fn stop(phones: &Phones, ringing: &mut Ringing) {
    let mut acknowledged = 0;
    while acknowledged < MEMBERS {
        let (request, from) = hear(&phones.socket, PATIENCE).expect("the others stop to ring");
        if request.is_request("CANCEL") {
            phones.answer(&request, from, 200, 9);
            if let Some((invite, from)) = ringing.remove(request.call_id()) {
                phones.answer(&invite, from, 487, 9);
            }
        }
        acknowledged += usize::from(request.is_request("ACK"));
    }
}

/// The caller's BYE is answered, and the member gets one.
fn part(callers: &Callers, phones: &Phones) {
    while !callers.hear(PATIENCE).expect("the BYE is answered").is_response("BYE") {}
    loop {
        let (request, from) = hear(&phones.socket, PATIENCE).expect("the member's call ends");
        if request.is_request("BYE") {
            return phones.answer(&request, from, 200, 9);
        }
    }
}
