//! Agents who are never without a caller: how soon whoever comes free is offered the next, and what share of the
//! calls that are possible at all are served.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::Measure;
use crate::callers::{Callers, EndsOnDrop, caller_of, hear, rtp_port};
use crate::latency::quantile_ms;
use crate::message::Message;
use crate::phones::Phones;
use crate::sound::Sound;

/// The first caller's number is `+372` and this.
const FIRST: u32 = 5_000_000;
/// So many callers wait at any time: one comes whenever one is offered to an agent.
const WAITING: u32 = 20;
/// An agent talks this long, from his 200 to his BYE.
const TALK: Duration = Duration::from_secs(2);
/// The group's `wrap_up`.
const WRAP_UP: Duration = Duration::from_secs(1);
/// Callers come this far apart, when several are wanted at once.
const APART: Duration = Duration::from_millis(2);
/// After the end everything is over by then.
const SETTLED: Duration = Duration::from_secs(2);

/// What an agent has done.
struct Agent {
    offers: u32,
    first: Instant,
    last: Instant,
    free: Option<Instant>,
}

/// All agents' phones.
struct Office<'a> {
    phones: &'a Phones,
    sound: &'a Sound,
    taken: &'a AtomicU32,
    agents: BTreeMap<String, Agent>,
    /// Talks and when they end, in order.
    talks: VecDeque<(Instant, Message, SocketAddr)>,
    waits: Vec<Duration>,
}

/// `count` agents and `seconds` of work.
pub(crate) fn from_the_line(measure: &Measure) {
    let (callers, phones, sound) = (Callers::new(measure), Phones::new(measure), Sound::start());
    let (ended, taken) = (AtomicBool::new(false), AtomicU32::new(0));
    std::thread::scope(|scope| {
        let end_phones = EndsOnDrop(&ended);
        let (agents, talks, waits) = (BTreeMap::new(), VecDeque::new(), Vec::new());
        let office = Office { phones: &phones, sound: &sound, taken: &taken, agents, talks, waits };
        let office = scope.spawn(|| office.work(&ended));
        call(measure, &callers, &sound, &taken);
        drop(end_phones);
        let mut office = office.join().unwrap();
        let heard = sound.heard();
        assert_eq!(office.agents.len(), measure.count as usize, "every agent is offered calls");
        // From his first offer to his last an agent has had `offers - 1` whole turns.
        let turns: u32 = office.agents.values().map(|agent| agent.offers - 1).sum();
        let time: Duration = office.agents.values().map(|agent| agent.last - agent.first).sum();
        println!(
            "{{\"what\":\"serving\",\"agents\":{},\"offers\":{},\"p50_ms\":{:.3},\"p99_ms\":{:.3},\"max_ms\":{:.3},\
             \"percent_of_ideal\":{:.2},{}}}",
            measure.count,
            office.waits.len(),
            quantile_ms(&mut office.waits, 500),
            quantile_ms(&mut office.waits, 990),
            quantile_ms(&mut office.waits, 1_000),
            f64::from(turns) * (TALK + WRAP_UP).as_secs_f64() * 100.0 / time.as_secs_f64(),
            heard.as_json()
        );
    });
}

/// Callers keep the line at its length for the time of the measurement, then all hang up.
fn call(measure: &Measure, callers: &Callers, sound: &Sound, taken: &AtomicU32) {
    let until = Instant::now() + Duration::from_secs(measure.seconds);
    let (mut sent, mut next_at) = (0, Instant::now());
    let mut answers: BTreeMap<String, Message> = BTreeMap::new();
    let hung_up_at = until + SETTLED;
    let mut hung_up = false;
    while Instant::now() < hung_up_at {
        let works = Instant::now() < until;
        if works && sent < WAITING + taken.load(Ordering::Relaxed) && Instant::now() >= next_at {
            callers.invite(FIRST + sent, sound.port((FIRST + sent) as usize));
            sent += 1;
            next_at = Instant::now() + APART;
        }
        if !works && !hung_up {
            hung_up = true;
            answers.values().for_each(|answer| {
                sound.end(rtp_port(answer));
                callers.hang_up(answer);
            });
        }
        let Some(message) = callers.hear(Duration::from_millis(1)) else { continue };
        let caller = caller_of(&message);
        if message.is_request("BYE") {
            callers.let_go(&message);
            // In Helin's request the caller is the one it is sent to.
            let caller = message.user_in("To").trim_start_matches("+372").to_owned();
            if let Some(answer) = answers.remove(&caller) {
                sound.end(rtp_port(&answer));
            }
        } else if message.is_response("INVITE") && message.status() >= Some(200) {
            assert_eq!(message.status(), Some(200), "{}", message.to_text());
            callers.acknowledge(&message);
            if works && !answers.contains_key(&caller) {
                sound.begin(caller.parse().unwrap(), rtp_port(&message));
                answers.insert(caller, message);
            }
        }
    }
}

impl Office<'_> {
    fn work(mut self, ended: &AtomicBool) -> Self {
        while !ended.load(Ordering::Relaxed) {
            let due = self.talks.front().map_or(Duration::from_millis(20), |(at, ..)| {
                at.saturating_duration_since(Instant::now()).min(Duration::from_millis(20))
            });
            let heard = hear(&self.phones.socket, due);
            if let Some((request, from)) = heard {
                self.take(request, from);
            }
            while self.talks.front().is_some_and(|(at, ..)| Instant::now() >= *at) {
                let (_, invite, from) = self.talks.pop_front().unwrap();
                self.sound.end(rtp_port(&invite));
                self.phones.hang_up(&invite, from);
                let free = Some(Instant::now() + WRAP_UP);
                self.agents.entry(name_of(&invite)).and_modify(|agent| agent.free = free);
            }
        }
        self
    }

    fn take(&mut self, request: Message, from: SocketAddr) {
        let now = Instant::now();
        if request.is_request("BYE") || request.is_request("CANCEL") {
            self.phones.answer(&request, from, 200, 9);
            self.talks.retain(|(_, invite, _)| invite.call_id() != request.call_id());
        }
        if !request.is_request("INVITE") {
            return;
        }
        let nth = self.agents.len();
        let fresh = Agent { offers: 0, first: now, last: now, free: None };
        let agent = self.agents.entry(name_of(&request)).or_insert(fresh);
        agent.offers += 1;
        agent.last = now;
        // Helin counts the wrap-up from when it has the BYE: never less than the phone does.
        self.waits.extend(agent.free.take().map(|free| now.saturating_duration_since(free)));
        self.taken.fetch_add(1, Ordering::Relaxed);
        self.phones.answer(&request, from, 200, self.sound.port(nth));
        self.sound.begin(nth, rtp_port(&request));
        self.talks.push_back((now + TALK, request, from));
    }
}

/// The agent whose phone a request is for.
fn name_of(invite: &Message) -> String {
    let uri = invite.request_uri().trim_start_matches("sip:");
    uri.split('@').next().unwrap_or_default().to_owned()
}
