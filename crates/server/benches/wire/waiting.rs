//! Many callers in a line, with music and messages: what each costs, what he holds, and whether he hears all of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::Measure;
use crate::callers::{Callers, EndsOnDrop, caller_of, hear, rtp_port};
use crate::media::{begin, end};
use crate::phones::Phones;
use crate::sound::Sound;
use crate::usage;

/// After the last caller has come everybody hears music or a message by then.
const SETTLED: Duration = Duration::from_secs(3);
/// Callers who send nothing count as dead after 30 s.
const SILENT_MAX: u64 = 20;

/// `count` callers come; the group's members take the first of them and talk on, the rest wait. First all send, as
/// phones do, then none.
pub(crate) fn with_music(measure: &Measure) {
    let (callers, phones, sound) = (Callers::new(measure), Phones::new(measure), Sound::start());
    let ended = AtomicBool::new(false);
    let before_kb = usage::memory_kb(measure.pid);
    std::thread::scope(|scope| {
        let end_phones = EndsOnDrop(&ended);
        let members = scope.spawn(|| answer_all(&phones, &sound, &ended));
        let n = |caller: &str| caller.parse::<usize>().unwrap();
        let answers = begin(measure, &callers, &|caller| sound.port(caller as usize));
        for (caller, answer) in &answers {
            sound.begin(n(caller), rtp_port(answer));
        }
        listen(&callers, SETTLED);
        drop(end_phones);
        let served = members.join().unwrap();
        for caller in &served {
            sound.ignore(rtp_port(&answers[caller]));
        }
        let waiting = answers.len() - served.len();
        let window = |seconds: u64| {
            sound.restart();
            let spent = usage::cpu(measure.pid);
            let began = Instant::now();
            listen(&callers, Duration::from_secs(seconds));
            let spent = usage::cpu(measure.pid) - spent;
            (spent.as_secs_f64() * 1e3 / (began.elapsed().as_secs_f64() * waiting as f64), sound.heard())
        };
        let sending = window(measure.seconds);
        let held_kb = usage::memory_kb(measure.pid);
        sound.send(false);
        let silent = window(measure.seconds.min(SILENT_MAX));
        sound.send(true);
        println!(
            "{{\"what\":\"waiting\",\"waiting\":{waiting},\"before_kb\":{before_kb},\"held_kb\":{held_kb},\
             \"sending\":{{\"cpu_ms_per_caller_second\":{:.4},{}}},\
             \"silent\":{{\"cpu_ms_per_caller_second\":{:.4},{}}}}}",
            sending.0,
            sending.1.as_json(),
            silent.0,
            silent.1.as_json()
        );
        end(measure, &callers, &answers);
    });
}

/// Nothing may happen to those who wait.
fn listen(callers: &Callers, time: Duration) {
    let until = Instant::now() + time;
    while Instant::now() < until {
        if let Some(message) = callers.hear(Duration::from_millis(100)) {
            assert!(!message.is_request("BYE"), "a waiting caller is let go: {}", message.to_text());
        }
    }
}

/// Members take what they are offered; gives whose calls.
fn answer_all(phones: &Phones, sound: &Sound, ended: &AtomicBool) -> Vec<String> {
    let mut served = Vec::new();
    while !ended.load(Ordering::Relaxed) {
        let Some((request, from)) = hear(&phones.socket, Duration::from_millis(20)) else { continue };
        if request.is_request("INVITE") {
            served.push(caller_of(&request));
            phones.answer(&request, from, 200, sound.port(served.len()));
            // A member who sends nothing counts as dead in the end.
            sound.begin(served.len(), rtp_port(&request));
            sound.ignore(rtp_port(&request));
        }
    }
    served
}
