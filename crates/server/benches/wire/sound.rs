//! Sound of the far ends: one thread sends on every leg and counts what each hears, from which port of Helin's.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Sockets that all legs share; a leg is known by Helin's port. So many that a burst fits into their buffers.
const SOCKETS: usize = 128;
/// The thread looks around this often. It does not wait in the kernel: who wakes a waiting receiver pays for it,
/// and on one machine that would be Helin.
const ROUND: Duration = Duration::from_millis(2);
/// Rounds between two packets of a leg: 20 ms.
const ROUNDS: u64 = 10;
/// Between two packets at most.
const GAP_MAX: Duration = Duration::from_millis(40);
/// Octets of a packet with 20 ms of G.711.
const PACKET: usize = 172;

/// What all legs heard.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Heard {
    pub(crate) legs: u64,
    /// Legs that heard nothing at all.
    pub(crate) silent: u64,
    pub(crate) packets: u64,
    /// Packets that should have come between the first and the last.
    pub(crate) expected: u64,
    /// Times of more than 40 ms without a packet.
    pub(crate) gaps: u64,
    pub(crate) longest: Duration,
    /// The longest time in which this thread did not look: figures with a large one are the machine's.
    pub(crate) pause: Duration,
}

impl Heard {
    pub(crate) fn as_json(&self) -> String {
        format!(
            "\"heard_legs\":{},\"silent_legs\":{},\"packets\":{},\"expected\":{},\"gaps\":{},\"longest_gap_ms\":{:.1},\
             \"receiver_pause_ms\":{:.1}",
            self.legs,
            self.silent,
            self.packets,
            self.expected,
            self.gaps,
            self.longest.as_secs_f64() * 1e3,
            self.pause.as_secs_f64() * 1e3
        )
    }
}

enum Order {
    Begin(u16, usize),
    End(u16),
    Ignore(u16),
    Send(bool),
    /// Counts anew, for a window of time.
    Restart,
    Tell(Sender<Heard>),
    Stop,
}

/// The thread, from outside.
pub(crate) struct Sound {
    ports: Vec<u16>,
    orders: Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Sound {
    pub(crate) fn start() -> Self {
        let sockets: Vec<UdpSocket> = (0..SOCKETS).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
        for socket in &sockets {
            socket.set_nonblocking(true).unwrap();
        }
        let ports = sockets.iter().map(|socket| socket.local_addr().unwrap().port()).collect();
        let (orders, inbox) = channel();
        let thread = std::thread::spawn(move || Rounds::new(sockets, inbox).run());
        Self { ports, orders, thread: Some(thread) }
    }

    /// The port to describe for the leg with this number.
    pub(crate) fn port(&self, n: usize) -> u16 {
        self.ports[n % SOCKETS]
    }

    /// The leg with this number has Helin's port: sound goes there, and what comes from there is counted.
    pub(crate) fn begin(&self, n: usize, helin: u16) {
        self.orders.send(Order::Begin(helin, n % SOCKETS)).unwrap();
    }

    /// The leg goes on to send, but what it hears is not counted.
    pub(crate) fn ignore(&self, helin: u16) {
        self.orders.send(Order::Ignore(helin)).unwrap();
    }

    /// The leg is over; what it heard counts.
    pub(crate) fn end(&self, helin: u16) {
        self.orders.send(Order::End(helin)).unwrap();
    }

    pub(crate) fn send(&self, sends: bool) {
        self.orders.send(Order::Send(sends)).unwrap();
    }

    pub(crate) fn restart(&self) {
        self.orders.send(Order::Restart).unwrap();
    }

    /// What was heard since the last `restart`, by legs that have ended and by those that have not.
    pub(crate) fn heard(&self) -> Heard {
        let (tell, told) = channel();
        self.orders.send(Order::Tell(tell)).unwrap();
        told.recv().unwrap()
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        let _ = self.orders.send(Order::Stop);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// A leg of the far end.
struct Leg {
    counts: bool,
    socket: usize,
    sequence: u16,
    packets: u64,
    first: Option<Instant>,
    last: Option<Instant>,
    gaps: u64,
    longest: Duration,
}

impl Leg {
    fn fresh(&mut self) {
        (self.packets, self.first, self.last, self.gaps, self.longest) = (0, None, None, 0, Duration::ZERO);
    }

    /// A packet is here; it was not at `before`. So a gap is what lies surely between the two packets.
    fn hear(&mut self, before: Instant, now: Instant) {
        if let Some(last) = self.last {
            let gap = before.saturating_duration_since(last);
            self.longest = self.longest.max(gap);
            self.gaps += u64::from(gap > GAP_MAX);
        }
        self.first.get_or_insert(now);
        self.last = Some(now);
        self.packets += 1;
    }

    fn add_to(&self, sum: &mut Heard) {
        if !self.counts {
            return;
        }
        sum.legs += 1;
        sum.packets += self.packets;
        sum.gaps += self.gaps;
        sum.longest = sum.longest.max(self.longest);
        match (self.first, self.last) {
            (Some(first), Some(last)) => sum.expected += ((last - first).as_millis() / 20) as u64 + 1,
            (Some(_) | None, _) => sum.silent += 1,
        }
    }
}

struct Rounds {
    sockets: Vec<UdpSocket>,
    inbox: Receiver<Order>,
    legs: BTreeMap<u16, Leg>,
    /// Legs that have ended.
    past: Heard,
    sends: bool,
    looked: Instant,
}

impl Rounds {
    fn new(sockets: Vec<UdpSocket>, inbox: Receiver<Order>) -> Self {
        let (legs, past) = (BTreeMap::new(), Heard::default());
        Self { sockets, inbox, legs, past, sends: true, looked: Instant::now() }
    }

    fn run(mut self) {
        let began = Instant::now();
        let mut round = 0_u64;
        loop {
            round += 1;
            std::thread::sleep((began + ROUND * round as u32).saturating_duration_since(Instant::now()));
            if !self.obey() {
                return;
            }
            self.receive();
            if self.sends {
                self.transmit(round % ROUNDS);
            }
        }
    }

    fn obey(&mut self) -> bool {
        while let Ok(order) = self.inbox.try_recv() {
            match order {
                Order::Begin(port, socket) => {
                    let (packets, gaps, longest) = (0, 0, Duration::ZERO);
                    let counts = true;
                    let leg =
                        Leg { counts, socket, sequence: 0, packets, first: None, last: None, gaps, longest };
                    self.legs.insert(port, leg);
                }
                Order::End(port) => {
                    if let Some(leg) = self.legs.remove(&port) {
                        leg.add_to(&mut self.past);
                    }
                }
                Order::Ignore(port) => {
                    if let Some(leg) = self.legs.get_mut(&port) {
                        leg.counts = false;
                    }
                }
                Order::Send(sends) => self.sends = sends,
                Order::Restart => {
                    self.past = Heard::default();
                    self.legs.values_mut().for_each(Leg::fresh);
                }
                Order::Tell(tell) => {
                    let mut heard = self.past;
                    self.legs.values().for_each(|leg| leg.add_to(&mut heard));
                    tell.send(heard).unwrap();
                }
                Order::Stop => return false,
            }
        }
        true
    }

    fn receive(&mut self) {
        let (before, now) = (self.looked, Instant::now());
        self.past.pause = self.past.pause.max(now - before);
        let mut buffer = [0; 2_048];
        for socket in &self.sockets {
            while let Ok((size, from)) = socket.recv_from(&mut buffer) {
                // RTCP comes from other ports to other ports.
                if let Some(leg) = self.legs.get_mut(&from.port()).filter(|_| size == PACKET) {
                    leg.hear(before, now);
                }
            }
        }
        self.looked = now;
    }

    /// One packet on each leg whose turn it is.
    fn transmit(&mut self, turn: u64) {
        let mut packet = [0xd5; PACKET];
        for (port, leg) in &mut self.legs {
            if u64::from(*port / 2) % ROUNDS != turn {
                continue;
            }
            leg.sequence = leg.sequence.wrapping_add(1);
            packet[..4].copy_from_slice(&[0x80, 8, (leg.sequence >> 8) as u8, leg.sequence as u8]);
            packet[4..8].copy_from_slice(&(u32::from(leg.sequence) * 160).to_be_bytes());
            packet[8..12].copy_from_slice(&u32::from(*port).to_be_bytes());
            let helin = SocketAddr::from((Ipv4Addr::LOCALHOST, *port));
            let _ = self.sockets[leg.socket].send_to(&packet, helin);
        }
    }
}
