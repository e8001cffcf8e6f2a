//! Callers who come without a pause, hear an announcement, wait a little and go: how soon they are answered, and
//! whether each hears all of it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::Measure;
use crate::callers::{Callers, EndsOnDrop, caller_of, hear, rtp_port};
use crate::latency::quantile_ms;
use crate::message::Message;
use crate::phones::Phones;
use crate::sound::Sound;
use crate::usage;

/// The first caller's number is `+372` and this; he occupies the group's only member.
const FIRST: u32 = 5_000_000;
/// A caller stays this long.
const STAY: Duration = Duration::from_secs(5);
/// Longest wait for an answer; a call without one has failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// One caller's call.
enum Call {
    Invited(Instant),
    Hearing(Message),
    HungUp,
}

/// All of them.
struct Crowd<'a> {
    callers: &'a Callers,
    sound: &'a Sound,
    calls: BTreeMap<String, Call>,
    /// Who hangs up when, in order.
    stays: VecDeque<(Instant, String)>,
    waits: Vec<Duration>,
    refused: u32,
    ended: u32,
}

/// `count` callers at a rate; each must be answered, hear something, and be let go.
pub(crate) fn announced(measure: &Measure) {
    let (callers, phones, sound) = (Callers::new(measure), Phones::new(measure), Sound::start());
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _end_phones = EndsOnDrop(&ended);
        scope.spawn(|| member(&phones, &sound, &ended));
        let (calls, stays) = (BTreeMap::new(), VecDeque::new());
        let (callers, sound) = (&callers, &sound);
        let mut crowd = Crowd { callers, sound, calls, stays, waits: Vec::new(), refused: 0, ended: 0 };
        crowd.invite(FIRST);
        while crowd.stays.is_empty() {
            crowd.hear(PATIENCE);
        }
        let (_, first) = crowd.stays.pop_front().unwrap();
        if let Some(Call::Hearing(answer)) = crowd.calls.get(&first) {
            sound.ignore(rtp_port(answer));
        }
        crowd.waits.clear();
        let spent = usage::cpu(measure.pid);
        crowd.run(measure);
        let spent = usage::cpu(measure.pid) - spent;
        let failed = measure.count - crowd.ended;
        crowd.hang_up(&first);
        println!(
            "{{\"what\":\"arrivals\",\"calls\":{},\"failed\":{failed},\"refused\":{},\"p50_ms\":{:.3},\"p99_ms\":{:.3},\
             \"max_ms\":{:.3},\"cpu_ms_per_call\":{:.3},{}}}",
            measure.count,
            crowd.refused,
            quantile_ms(&mut crowd.waits, 500),
            quantile_ms(&mut crowd.waits, 990),
            quantile_ms(&mut crowd.waits, 1_000),
            spent.as_secs_f64() * 1e3 / f64::from(measure.count),
            sound.heard().as_json()
        );
    });
}

impl Crowd<'_> {
    fn run(&mut self, measure: &Measure) {
        let gap = Duration::from_secs(1) / measure.rate;
        let began = Instant::now();
        let until = began + gap * measure.count + STAY + PATIENCE;
        let mut next = 0;
        while self.ended + self.refused < measure.count && Instant::now() < until {
            if next < measure.count && Instant::now() >= began + gap * next {
                next += 1;
                self.invite(FIRST + next);
            }
            while self.stays.front().is_some_and(|(at, _)| Instant::now() >= *at) {
                let (_, caller) = self.stays.pop_front().unwrap();
                self.hang_up(&caller);
            }
            self.hear(Duration::from_millis(1));
        }
    }

    fn invite(&mut self, caller: u32) {
        self.calls.insert(caller.to_string(), Call::Invited(Instant::now()));
        self.callers.invite(caller, self.sound.port(caller as usize));
    }

    fn hang_up(&mut self, caller: &str) {
        let Some(Call::Hearing(answer)) = self.calls.insert(caller.to_owned(), Call::HungUp) else { return };
        self.sound.end(rtp_port(&answer));
        self.callers.hang_up(&answer);
    }

    fn hear(&mut self, patience: Duration) {
        let Some(message) = self.callers.hear(patience) else { return };
        let caller = caller_of(&message);
        if message.is_response("BYE") && message.status() == Some(200) {
            self.ended += u32::from(self.calls.remove(&caller).is_some());
        } else if message.is_response("INVITE") && message.status() >= Some(200) {
            self.callers.acknowledge(&message);
            let Some(Call::Invited(at)) = self.calls.get(&caller) else { return };
            if message.status() != Some(200) {
                self.refused += 1;
                self.calls.remove(&caller);
                return;
            }
            self.waits.push(at.elapsed());
            self.sound.begin(caller.parse().unwrap(), rtp_port(&message));
            self.stays.push_back((Instant::now() + STAY, caller.clone()));
            self.calls.insert(caller, Call::Hearing(message));
        }
    }
}

/// The only member takes the first call.
fn member(phones: &Phones, sound: &Sound, ended: &AtomicBool) {
    while !ended.load(Ordering::Relaxed) {
        let Some((request, from)) = hear(&phones.socket, Duration::from_millis(20)) else { continue };
        if request.is_request("INVITE") || request.is_request("BYE") {
            phones.answer(&request, from, 200, sound.port(0));
        }
        if request.is_request("INVITE") {
            // A member who sends nothing counts as dead in the end.
            sound.begin(0, rtp_port(&request));
            sound.ignore(rtp_port(&request));
        }
    }
}
