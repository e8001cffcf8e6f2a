//! What a served call costs, with many in line or few: callers are silent and hear nothing while they wait, so that the
//! calls alone are counted. An agent hangs up, is offered the next in line and takes him, and a new caller comes.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::Measure;
use crate::callers::{Callers, EndsOnDrop, hear};
use crate::message::Message;
use crate::phones::Phones;
use crate::usage;

/// The first caller's number is `+372` and this.
const FIRST: u32 = 5_000_000;
/// Callers of the line come this far apart.
const APART: Duration = Duration::from_millis(4);
/// Calls end this far apart.
const TURN_EVERY: Duration = Duration::from_millis(10);
/// When nothing happens, for what it costs that people are there.
const IDLE: Duration = Duration::from_secs(4);
/// Nobody sends sound: this is where it would be received.
const RTP: u16 = 9;

/// Talks, oldest first: the INVITE that an agent took, and where it came from.
type Talks = Mutex<VecDeque<(Message, SocketAddr)>>;

/// `count` agents talk, `rate` callers wait, and for `seconds` a hundred calls a second are served.
pub(crate) fn of_the_line(measure: &Measure) {
    let (callers, phones) = (Callers::new(measure), Phones::new(measure));
    let (ended, taken, talks) = (AtomicBool::new(false), AtomicU32::new(0), Talks::default());
    std::thread::scope(|scope| {
        let _end_phones = EndsOnDrop(&ended);
        scope.spawn(|| take(&phones, &ended, &taken, &talks));
        let mut sent = 0;
        for _ in 0..measure.count + measure.rate {
            callers.invite(FIRST + sent, RTP);
            sent += 1;
            serve(&callers, APART);
        }
        serve(&callers, Duration::from_secs(1));
        assert_eq!(taken.load(Ordering::Relaxed), measure.count, "all agents talk and the rest wait");
        let idle = spent(measure, || serve(&callers, IDLE)) / IDLE.as_secs_f64();
        let began = Instant::now();
        let busy = spent(measure, || {
            let mut next = began;
            while began.elapsed() < Duration::from_secs(measure.seconds) {
                next += TURN_EVERY;
                if let Some((invite, from)) = lock(&talks).pop_front() {
                    phones.hang_up(&invite, from);
                    callers.invite(FIRST + sent, RTP);
                    sent += 1;
                }
                serve(&callers, next.saturating_duration_since(Instant::now()));
            }
            serve(&callers, Duration::from_millis(200));
        });
        let served = taken.load(Ordering::Relaxed) - measure.count;
        let cost = busy - idle * began.elapsed().as_secs_f64();
        println!(
            "{{\"what\":\"turnover\",\"agents\":{},\"waiting\":{},\"calls\":{served},\"cpu_ms_per_call\":{:.4},\
             \"idle_cpu_percent\":{:.2}}}",
            measure.count,
            measure.rate,
            cost * 1e3 / f64::from(served),
            idle * 100.0
        );
    });
}

/// Processor seconds that Helin uses meanwhile.
fn spent(measure: &Measure, meanwhile: impl FnOnce()) -> f64 {
    let before = usage::cpu(measure.pid);
    meanwhile();
    (usage::cpu(measure.pid) - before).as_secs_f64()
}

/// Callers acknowledge what they are answered and let go whoever hung up.
fn serve(callers: &Callers, time: Duration) {
    let until = Instant::now() + time;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        let Some(message) = callers.hear(left.min(Duration::from_millis(20))) else {
            if left.is_zero() {
                return;
            }
            continue;
        };
        if message.is_request("BYE") {
            callers.let_go(&message);
        } else if message.is_response("INVITE") && message.status() >= Some(200) {
            assert_eq!(message.status(), Some(200), "{}", message.to_text());
            callers.acknowledge(&message);
        }
    }
}

/// Agents take whatever they are offered.
fn take(phones: &Phones, ended: &AtomicBool, taken: &AtomicU32, talks: &Talks) {
    while !ended.load(Ordering::Relaxed) {
        let Some((request, from)) = hear(&phones.socket, Duration::from_millis(20)) else { continue };
        if request.is_request("BYE") || request.is_request("CANCEL") {
            phones.answer(&request, from, 200, RTP);
        } else if request.is_request("INVITE") {
            phones.answer(&request, from, 200, RTP);
            taken.fetch_add(1, Ordering::Relaxed);
            lock(talks).push_back((request, from));
        }
    }
}

fn lock(talks: &Talks) -> MutexGuard<'_, VecDeque<(Message, SocketAddr)>> {
    talks.lock().unwrap_or_else(PoisonError::into_inner)
}
