//! A shard: one thread, its legs, its sockets, a tick of 5 ms.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use media::endless::Endless;
use media::rtp::Packet;
use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token, Waker};

use super::beat::Beat;
use super::leg::{Feed, Heard, Leg};
use super::{Command, PortId, SoundEvent};

const WAKE: Token = Token(usize::MAX);
const TICK: Duration = Duration::from_millis(TICK_MS);
pub(super) const TICK_MS: u64 = 5;
/// Between two looks at which legs are dead or owe a report.
const SURVEY_EVERY: u64 = 250;
/// A datagram of sound at most.
const DATAGRAM_MAX: usize = 2_048;

#[derive(Debug, Clone)]
pub(crate) struct ShardHandle {
    commands: Sender<Command>,
    waker: Arc<Waker>,
    /// Something was sent that the shard was not woken for.
    waits: Cell<bool>,
}

impl ShardHandle {
    /// Hands a command over; the shard takes it at the latest when it is woken.
    pub(super) fn send(&self, command: Command) {
        // A shard that has stopped takes nothing more: the process is ending.
        if self.commands.send(command).is_ok() {
            self.waits.set(true);
        }
    }

    /// Wakes the shard for all that was sent. A wake-up costs more than what a command asks for.
    pub(super) fn wake(&self) {
        if self.waits.replace(false) {
            let _ = self.waker.wake();
        }
    }
}

pub(super) fn start(
    n: u16,
    origin: Instant,
    tell: impl Fn(Vec<SoundEvent>) + Send + 'static,
    packets: Arc<AtomicUsize>,
) -> io::Result<ShardHandle> {
    let poll = Poll::new()?;
    let waker = Arc::new(Waker::new(poll.registry(), WAKE)?);
    let (commands, inbox) = channel();
    let shard = Shard {
        number: n,
        poll,
        inbox,
        legs: HashMap::new(),
        players: 0,
        beat: Beat::default(),
        due: Vec::new(),
        origin,
        expected: HashSet::new(),
        held: Vec::new(),
        events: Vec::new(),
        packet: vec![0; DATAGRAM_MAX],
        payload: Vec::with_capacity(DATAGRAM_MAX),
        buffer: Vec::with_capacity(DATAGRAM_MAX),
        survey_at: 0,
        packets,
    };
    std::thread::Builder::new().name(format!("rtp-{n}")).spawn(move || shard.run(&tell))?;
    Ok(ShardHandle { commands, waker, waits: Cell::new(false) })
}

struct Shard {
    number: u16,
    poll: Poll,
    inbox: Receiver<Command>,
    legs: HashMap<u64, Leg>,
    /// Legs that send by the clock.
    players: usize,
    /// When they are looked at.
    beat: Beat,
    /// Those of this tick.
    due: Vec<u64>,
    origin: Instant,
    /// Legs that are on their way here from another shard.
    expected: HashSet<u64>,
    /// What is meant for them.
    held: Vec<Command>,
    events: Vec<SoundEvent>,
    packet: Vec<u8>,
    payload: Vec<u8>,
    buffer: Vec<u8>,
    survey_at: u64,
    packets: Arc<AtomicUsize>,
}

impl Shard {
    fn run(mut self, tell: &dyn Fn(Vec<SoundEvent>)) {
        let mut ready = Events::with_capacity(1_024);
        let mut tick = Instant::now();
        loop {
            let wait = if self.players > 0 {
                tick.saturating_duration_since(Instant::now())
            } else {
                Duration::from_millis(SURVEY_EVERY)
            };
            if let Err(error) = self.poll.poll(&mut ready, Some(wait))
                && error.kind() != io::ErrorKind::Interrupted
            {
                tracing::error!(%error, "a sound thread cannot wait for packets and ends; calls have no sound");
                return;
            }
            // First what was asked for: a far end's first packet may be as quick as the wake-up that joins it.
            if self.commands() == Ended::Yes {
                return;
            }
            for event in &ready {
                if event.token() != WAKE {
                    let token = event.token().0;
                    self.readable((token >> 1) as u64, token & 1 == 1);
                }
            }
            let now = Instant::now();
            if now >= tick {
                tick += TICK;
                if tick < now {
                    tick = now + TICK;
                }
                self.tick();
            }
            if !self.events.is_empty() {
                tell(std::mem::take(&mut self.events));
            }
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn commands(&mut self) -> Ended {
        loop {
            match self.inbox.try_recv() {
                Ok(Command::Stop) => return Ended::Yes,
                Ok(command) => self.command(command),
                Err(_) => return Ended::No,
            }
        }
    }

    fn command(&mut self, command: Command) {
        if !self.expected.is_empty() && self.waits(&command) {
            return self.held.push(command);
        }
        let now = self.now();
        match command {
            Command::Open(id, rtp, rtcp, setup) => {
                let (rtp, rtcp) = (UdpSocket::from_std(rtp), UdpSocket::from_std(rtcp));
                self.watch(id, Leg::new(rtp, rtcp, setup, now));
            }
            Command::Remote(id, remote) => {
                if let Some(leg) = self.legs.get_mut(&id.n) {
                    leg.set_remote(remote, now);
                }
            }
            Command::Alive(id) => {
                if let Some(leg) = self.legs.get_mut(&id.n) {
                    leg.is_there(now);
                }
            }
            Command::Connect(a, b) => {
                for (one, other) in [(a, b), (b, a)] {
                    self.feed(one, Feed::Leg(other), now);
                    if let Some(leg) = self.legs.get_mut(&one.n) {
                        leg.set_peer(Some(other.n));
                    }
                }
            }
            Command::Play(id, player, play) => self.feed(id, Feed::Player(player, play), now),
            Command::Music(id, clip) => self.feed(id, Feed::Endless(Endless::new(clip, 0)), now),
            Command::Tone(id, clip) => self.feed(id, Feed::Endless(Endless::new(clip, now)), now),
            Command::Echo(id) => self.feed(id, Feed::Echo, now),
            Command::Press(id, key) => {
                if let Some(leg) = self.legs.get_mut(&id.n) {
                    leg.press(key, now, &mut self.buffer);
                }
            }
            Command::Part(id, of) => {
                let Some(leg) = self.legs.get_mut(&id.n) else { return };
                leg.set_peer(leg.peer().filter(|peer| *peer != of.n));
                if matches!(leg.feed, Feed::Leg(other) if other == of) {
                    self.feed(id, Feed::Silent, now);
                }
            }
            Command::Close(id) => self.close(id),
            Command::Expect(id) => {
                self.expected.insert(id.n);
            }
            Command::Give(id, to) => {
                if let Some(leg) = self.unwatch(id) {
                    to.send(Command::Take(id, Box::new(leg)));
                }
            }
            Command::Take(id, leg) => self.take(id, *leg),
            Command::Stop => {}
        }
    }

    /// Whether a command is for a leg that is still on its way here.
    fn waits(&self, command: &Command) -> bool {
        let expected = |id: &PortId| self.expected.contains(&id.n);
        match command {
            Command::Connect(a, b) | Command::Part(a, b) => expected(a) || expected(b),
            Command::Remote(id, _)
            | Command::Alive(id)
            | Command::Play(id, ..)
            | Command::Music(id, _)
            | Command::Tone(id, _)
            | Command::Echo(id)
            | Command::Press(id, _)
            | Command::Close(id)
            | Command::Give(id, _) => expected(id),
            Command::Open(..) | Command::Expect(_) | Command::Take(..) | Command::Stop => false,
        }
    }

    /// A leg has come from another shard; what waited for it is done now.
    fn take(&mut self, id: PortId, leg: Leg) {
        self.expected.remove(&id.n);
        self.watch(id, leg);
        for command in std::mem::take(&mut self.held) {
            self.command(command);
        }
    }

    fn watch(&mut self, id: PortId, mut leg: Leg) {
        let token = |odd: usize| Token((usize::try_from(id.n).unwrap_or(0) << 1) | odd);
        let registry = self.poll.registry();
        let registered = registry
            .register(&mut leg.rtp, token(0), Interest::READABLE)
            .and_then(|()| registry.register(&mut leg.rtcp, token(1), Interest::READABLE));
        if let Err(error) = registered {
            tracing::error!(%error, "a leg's sound ports cannot be watched; it has no sound");
        }
        self.players += usize::from(leg.feed.is_paced());
        leg.looked_at = leg.feed.is_paced().then(|| self.beat.put(id.n, leg.due));
        self.legs.insert(id.n, leg);
    }

    fn unwatch(&mut self, id: PortId) -> Option<Leg> {
        let mut leg = self.legs.remove(&id.n)?;
        self.players -= usize::from(leg.feed.is_paced());
        // What cannot be taken off the poll goes with its socket.
        let _ = self.poll.registry().deregister(&mut leg.rtp);
        let _ = self.poll.registry().deregister(&mut leg.rtcp);
        Some(leg)
    }

    fn feed(&mut self, id: PortId, feed: Feed, now: u64) {
        let Some(leg) = self.legs.get_mut(&id.n) else { return };
        let (before, after) = (usize::from(leg.feed.is_paced()), usize::from(feed.is_paced()));
        leg.set_feed(feed, now);
        self.players = self.players + after - before;
        if after == 1 && leg.looked_at.is_none() {
            leg.looked_at = Some(self.beat.put(id.n, leg.due));
        }
    }

    fn close(&mut self, id: PortId) {
        if let Some(leg) = self.unwatch(id) {
            self.events.push(SoundEvent::Closed(id, leg.figures()));
        }
    }

    /// A socket has packets: all of them are taken.
    fn readable(&mut self, n: u64, is_rtcp: bool) {
        let now = self.now();
        let mut octets = std::mem::take(&mut self.packet);
        while let Some(leg) = self.legs.get_mut(&n) {
            let socket = if is_rtcp { &leg.rtcp } else { &leg.rtp };
            match socket.recv_from(&mut octets) {
                Ok((size, _)) if is_rtcp => leg.take_report(&octets[..size], now),
                Ok((size, from)) => self.packet(n, &octets[..size], from, now),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // A far port that is closed answers by an error on ours; the next packet may be good.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(_) => break,
            }
        }
        self.packet = octets;
    }

    fn packet(&mut self, n: u64, octets: &[u8], from: SocketAddr, now: u64) {
        let Some(packet) = Packet::read(octets) else { return };
        let Some(leg) = self.legs.get_mut(&n) else { return };
        let heard = leg.hear(&packet, from, now);
        if heard == Heard::Stranger {
            return;
        }
        if let Heard::Key(key) = heard {
            self.events.push(SoundEvent::Key(PortId { shard: self.number, n }, key));
        }
        let echoes = matches!(leg.feed, Feed::Echo);
        let Some(to) = leg.peer().filter(|_| !echoes).or(echoes.then_some(n)) else { return };
        let Some(format) = leg.format(packet.payload_type).cloned() else { return };
        let Some(other) = self.legs.get_mut(&to) else { return };
        // What somebody hears is his own feed's matter: whoever is played music does not hear his peer.
        if !echoes && !matches!(other.feed, Feed::Leg(heard) if heard.n == n) {
            return;
        }
        if other.pass_on(&packet, &format, now, (&mut self.payload, &mut self.buffer)) {
            self.packets.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn tick(&mut self) {
        let now = self.now();
        self.play(now);
        if now >= self.survey_at {
            self.survey_at = now + SURVEY_EVERY;
            self.survey(now);
        }
    }

    /// Sends what is due of all that is played. Only those legs are looked at of which something can be due.
    fn play(&mut self, now: u64) {
        let mut due = std::mem::take(&mut self.due);
        while let Some(tick) = self.beat.next(now, &mut due) {
            for n in due.drain(..) {
                let Some(leg) = self.legs.get_mut(&n).filter(|leg| leg.looked_at == Some(tick)) else {
                    continue;
                };
                leg.looked_at = None;
                if let Some(play) = leg.play(now, &mut self.payload, &mut self.buffer) {
                    self.players -= 1;
                    self.events.push(SoundEvent::PlayEnded(PortId { shard: self.number, n }, play));
                }
                if leg.feed.is_paced() {
                    leg.looked_at = Some(self.beat.put(n, leg.due));
                }
            }
        }
        self.due = due;
    }

    fn survey(&mut self, now: u64) {
        let ntp = ntp_now();
        for (n, leg) in &mut self.legs {
            leg.report(now, ntp, &mut self.buffer);
            if leg.is_dead(now) {
                self.events.push(SoundEvent::Timeout(PortId { shard: self.number, n: *n }));
            }
        }
    }
}

#[derive(PartialEq, Eq)]
enum Ended {
    Yes,
    No,
}

/// Seconds since 1900 in the upper half, the fraction in the lower (RFC 3550 4).
fn ntp_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let fraction = (u64::from(since.subsec_nanos()) << 32) / 1_000_000_000;
    ((since.as_secs() + 2_208_988_800) << 32) | fraction
}
