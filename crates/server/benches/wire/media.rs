//! Many calls at once with sound both ways: what a relayed packet costs, whether one is lost, what a call holds.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::Measure;
use crate::callers::{Callers, EndsOnDrop, caller_of, hear, rtp_port};
use crate::message::Message;
use crate::phones::Phones;
use crate::usage;

/// Sockets that the far ends share for their sound; a leg is known by Helin's port.
const SOCKETS: usize = 32;
/// The first caller's number is `+372` and this.
const FIRST: u32 = 6_000_000;
const PACKET_EVERY: Duration = Duration::from_millis(20);
/// Longest wait for calls to begin or end beyond their rate.
const PATIENCE: Duration = Duration::from_secs(10);
/// After the last packet everything has arrived by then.
const SETTLED: Duration = Duration::from_millis(500);

/// One leg's sound: from which socket to which port of Helin's.
struct Leg {
    socket: usize,
    helin: SocketAddr,
}

/// Sets `count` calls up, sends 50 packets a second on each of their legs, and counts at the far ends.
pub(crate) fn relayed(measure: &Measure) {
    let sockets: Vec<UdpSocket> = (0..SOCKETS).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    for socket in &sockets {
        socket.set_nonblocking(true).unwrap();
    }
    let (callers, phones) = (Callers::new(measure), Phones::new(measure));
    let ended = AtomicBool::new(false);
    let before_kb = usage::memory_kb(measure.pid);
    std::thread::scope(|scope| {
        let end_phones = EndsOnDrop(&ended);
        let answering = scope.spawn(|| members(&phones, &sockets, &ended));
        let answers = begin(measure, &callers, &|caller| port(&sockets[caller as usize % SOCKETS]));
        let mut legs: Vec<Leg> = answers.values().map(leg).collect();
        let flow = Flow { measure, sockets: &sockets };
        let established_kb = usage::memory_kb(measure.pid);
        legs.extend(std::mem::take(&mut *OFFERED.lock().unwrap()).into_values());
        assert_eq!(legs.len(), measure.count as usize * 2, "every call has two legs");
        let figures = flow.run(&legs);
        let held_kb = usage::memory_kb(measure.pid);
        end(measure, &callers, &answers);
        drop(end_phones);
        answering.join().unwrap();
        println!(
            "{{\"what\":\"media\",\"legs\":{},\"sent\":{},\"received\":{},\"short_legs\":{},\"late_ms\":{:.1},\
             \"cpu_us_per_packet\":{:.2},\"before_kb\":{before_kb},\"established_kb\":{established_kb},\
             \"held_kb\":{held_kb}}}",
            legs.len(),
            figures.sent,
            figures.received,
            figures.short_legs,
            figures.late.as_secs_f64() * 1e3,
            figures.cpu.as_secs_f64() * 1e6 / figures.received.max(1) as f64
        );
    });
}

/// Legs of the members' side, as their phones are offered them.
static OFFERED: Mutex<BTreeMap<String, Leg>> = Mutex::new(BTreeMap::new());

fn port(socket: &UdpSocket) -> u16 {
    socket.local_addr().unwrap().port()
}

/// A call's sound goes by this socket on both of its sides.
fn socket_of(message: &Message) -> usize {
    caller_of(message).parse::<usize>().unwrap() % SOCKETS
}

fn leg(message: &Message) -> Leg {
    Leg { socket: socket_of(message), helin: SocketAddr::from(([127, 0, 0, 1], rtp_port(message))) }
}

fn members(phones: &Phones, sockets: &[UdpSocket], ended: &AtomicBool) {
    while !ended.load(Ordering::Relaxed) {
        let Some((request, from)) = hear(&phones.socket, Duration::from_millis(20)) else { continue };
        if request.is_request("INVITE") {
            OFFERED.lock().unwrap().insert(caller_of(&request), leg(&request));
            phones.answer(&request, from, 200, port(&sockets[socket_of(&request)]));
        } else if request.is_request("BYE") {
            phones.answer(&request, from, 200, 9);
        }
    }
}

/// Calls at a steady rate until all are answered; the answers by caller. `rtp`: where a caller wants his sound.
pub(crate) fn begin(
    measure: &Measure,
    callers: &Callers,
    rtp: &dyn Fn(u32) -> u16,
) -> BTreeMap<String, Message> {
    let gap = Duration::from_secs(1) / measure.rate;
    let began = Instant::now();
    let until = began + gap * measure.count + PATIENCE;
    let (mut next, mut answers) = (0, BTreeMap::new());
    while answers.len() < measure.count as usize {
        assert!(Instant::now() < until, "{} of {} calls were answered", answers.len(), measure.count);
        if next < measure.count && Instant::now() >= began + gap * next {
            callers.invite(FIRST + next, rtp(FIRST + next));
            next += 1;
        }
        let Some(message) = callers.hear(Duration::from_millis(1)) else { continue };
        if message.is_response("INVITE") && message.status() >= Some(200) {
            assert_eq!(message.status(), Some(200), "{}", message.to_text());
            callers.acknowledge(&message);
            answers.insert(caller_of(&message), message);
        }
    }
    answers
}

/// Hangs up at the rate of the calls, and hears every answer to that.
pub(crate) fn end(measure: &Measure, callers: &Callers, answers: &BTreeMap<String, Message>) {
    let gap = Duration::from_secs(1) / measure.rate;
    let began = Instant::now();
    let until = began + gap * measure.count + PATIENCE;
    let (mut next, mut ended, mut waiting) = (0, 0, answers.values());
    while ended < measure.count {
        assert!(Instant::now() < until, "{ended} of {} calls were ended", measure.count);
        if Instant::now() >= began + gap * next
            && let Some(answer) = waiting.next()
        {
            callers.hang_up(answer);
            next += 1;
        }
        let Some(message) = callers.hear(Duration::from_millis(1)) else { continue };
        ended += u32::from(message.is_response("BYE"));
    }
}

struct Flow<'a> {
    measure: &'a Measure,
    sockets: &'a [UdpSocket],
}

struct Figures {
    sent: u64,
    received: u64,
    /// Legs that did not get every packet.
    short_legs: usize,
    /// How far the sender fell behind at most.
    late: Duration,
    cpu: Duration,
}

impl Flow<'_> {
    fn run(&self, legs: &[Leg]) -> Figures {
        let ended = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let counts = scope.spawn(|| receive(self.sockets, &ended));
            let before = usage::cpu(self.measure.pid);
            let (rounds, late) = self.send(legs);
            std::thread::sleep(SETTLED);
            let cpu = usage::cpu(self.measure.pid) - before;
            ended.store(true, Ordering::Relaxed);
            let by_port = counts.join().unwrap();
            let short = |leg: &&Leg| by_port.get(&leg.helin.port()).copied().unwrap_or(0) != rounds;
            Figures {
                sent: rounds * legs.len() as u64,
                received: by_port.values().sum(),
                short_legs: legs.iter().filter(short).count(),
                late,
                cpu,
            }
        })
    }

    /// One packet on each leg every 20 ms, spread evenly. Gives the rounds and how late a packet was at most.
    fn send(&self, legs: &[Leg]) -> (u64, Duration) {
        let mut packet = [0xd5; 172];
        packet[..12].copy_from_slice(&[0x80, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]);
        let began = Instant::now();
        let rounds = self.measure.seconds * 50;
        let mut late = Duration::ZERO;
        for round in 0..rounds {
            packet[2..4].copy_from_slice(&((round & 0xffff) as u16).to_be_bytes());
            packet[4..8].copy_from_slice(&((round * 160) as u32).to_be_bytes());
            for (nth, leg) in (0..).zip(legs) {
                let due = began + PACKET_EVERY * round as u32 + PACKET_EVERY * nth / legs.len() as u32;
                // A sleep a packet would cost more than the packet: sleep when a millisecond is left.
                let early = due.saturating_duration_since(Instant::now());
                if early > Duration::from_millis(1) {
                    std::thread::sleep(early);
                }
                late = late.max(due.elapsed());
                self.sockets[leg.socket].send_to(&packet, leg.helin).unwrap();
            }
        }
        (rounds, late)
    }
}

/// Packets that came, by Helin's port. Looks every two milliseconds and does not wait in the kernel: who wakes a
/// waiting receiver pays for it, and on one machine that would be Helin.
fn receive(sockets: &[UdpSocket], ended: &AtomicBool) -> BTreeMap<u16, u64> {
    let mut counts = BTreeMap::new();
    let mut buffer = [0; 2_048];
    while !ended.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(2));
        for socket in sockets {
            while let Ok((size, from)) = socket.recv_from(&mut buffer) {
                // RTCP comes from other ports to other ports.
                if size == 172 {
                    *counts.entry(from.port()).or_default() += 1;
                }
            }
        }
    }
    counts
}
