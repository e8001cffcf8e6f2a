//! Sound of one phone: sends a tone, hears what comes, and can say which tone it was.

use std::f64::consts::TAU;
use std::net::{SocketAddr, UdpSocket};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use media::g711::Law;

use crate::process::PATIENCE;

const RATE: f64 = 8_000.0;
/// Samples in a packet of 20 ms.
const PACKET: usize = 160;
/// Samples that are judged together: 100 ms.
const WINDOW: usize = 800;

#[derive(Debug)]
struct State {
    remote: Option<SocketAddr>,
    /// Payload types of the voice it sends, of one law, and of its keys.
    law: Law,
    keys_as: u8,
    tone: Option<f64>,
    keys: Vec<char>,
    closed: bool,
    heard: Heard,
}

impl Default for State {
    fn default() -> Self {
        let heard = Heard::default();
        Self { remote: None, law: Law::A, keys_as: 101, tone: None, keys: Vec::new(), closed: false, heard }
    }
}

/// What has come so far.
#[derive(Debug, Default, Clone)]
pub(crate) struct Heard {
    /// Packets of sound.
    pub(crate) packets: usize,
    /// A-law bytes of all, in the order of coming; what came in the other law is written anew.
    pub(crate) alaw: Vec<u8>,
    /// Synchronisation sources.
    pub(crate) sources: Vec<u32>,
    /// Sequence numbers that did not follow the one before.
    pub(crate) breaks: usize,
    /// Packets whose timestamp did not rise by their length.
    pub(crate) jumps: usize,
    /// Keys, each once.
    pub(crate) keys: String,
    /// Payload types seen.
    pub(crate) payloads: Vec<u8>,
    last: Option<(u16, u32)>,
    last_key_at: Option<u32>,
}

/// The sound side of a phone: one RTP port, a thread that sends and one that hears.
pub(crate) struct Sound {
    shared: Arc<(Mutex<State>, Condvar)>,
    port: u16,
    socket: UdpSocket,
    threads: Vec<JoinHandle<()>>,
}

impl Sound {
    /// Sends a tone of `hertz` once `connect` has told where to.
    pub(crate) fn tone(hertz: f64) -> Self {
        let sound = Self::silent();
        sound.state().tone = Some(hertz);
        sound
    }

    /// Hears only.
    pub(crate) fn silent() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let shared = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let hears = (socket.try_clone().unwrap(), shared.clone());
        let sends = (socket.try_clone().unwrap(), shared.clone());
        Self {
            port: socket.local_addr().unwrap().port(),
            socket,
            shared,
            threads: vec![
                std::thread::spawn(move || hear(&hears.0, &hears.1)),
                std::thread::spawn(move || send(&sends.0, &sends.1)),
            ],
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// It speaks another law, and knows keys by another number.
    pub(crate) fn speaks(&self, law: Law, keys_as: u8) {
        let mut state = self.state();
        (state.law, state.keys_as) = (law, keys_as);
    }

    pub(crate) fn connect(&self, remote: SocketAddr) {
        self.state().remote = Some(remote);
    }

    /// No more packets leave.
    pub(crate) fn mute(&self) {
        self.state().tone = None;
    }

    pub(crate) fn set_tone(&self, hertz: f64) {
        self.state().tone = Some(hertz);
    }

    /// Presses a key (RFC 4733, payload type 101).
    pub(crate) fn press(&self, key: char) {
        self.state().keys.push(key);
    }

    /// Sends something that is no RTP from the same port.
    pub(crate) fn send_raw(&self, bytes: &[u8], to: SocketAddr) {
        self.socket.send_to(bytes, to).unwrap();
    }

    pub(crate) fn heard(&self) -> Heard {
        self.state().heard.clone()
    }

    /// Forgets what was heard, so that only what comes from now on counts.
    pub(crate) fn forget(&self) {
        let heard = &mut self.state().heard;
        *heard = Heard { last: heard.last, sources: heard.sources.clone(), ..Heard::default() };
    }

    /// Waits until `good`.
    #[track_caller]
    pub(crate) fn until(&self, what: &str, good: impl Fn(&Heard) -> bool) -> Heard {
        let deadline = Instant::now() + PATIENCE;
        let told = &self.shared.1;
        let mut state = self.state();
        while !good(&state.heard) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "never heard {what}; {} packets came", state.heard.packets);
            state = told.wait_timeout(state, left).unwrap().0;
        }
        state.heard.clone()
    }

    /// Waits until the last 100 ms are this tone.
    #[track_caller]
    pub(crate) fn hears(&self, hertz: f64) {
        self.until(&format!("{hertz} Hz"), |heard| {
            heard.alaw.len() >= WINDOW && is_tone(&heard.alaw[heard.alaw.len() - WINDOW..], hertz)
        });
    }

    /// Waits until that many more packets have come.
    #[track_caller]
    pub(crate) fn hears_packets(&self, count: usize) -> Heard {
        let from = self.heard().packets;
        self.until(&format!("{count} packets"), |heard| heard.packets >= from + count)
    }
}

impl Drop for Sound {
    fn drop(&mut self) {
        self.state().closed = true;
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Whether A-law samples are mostly one tone: its share of the power, by Goertzel.
pub(crate) fn is_tone(alaw: &[u8], hertz: f64) -> bool {
    let samples: Vec<f64> = alaw.iter().map(|&byte| f64::from(Law::A.decode(byte))).collect();
    let power: f64 = samples.iter().map(|sample| sample * sample).sum();
    if power < 1e6 {
        return false;
    }
    let coefficient = 2.0 * (TAU * hertz / RATE).cos();
    let (mut one, mut two) = (0.0, 0.0);
    for sample in &samples {
        (one, two) = (sample + coefficient * one - two, one);
    }
    let tone = one * one + two * two - coefficient * one * two;
    // A pure tone of this frequency has power * N / 2.
    tone > 0.7 * power * samples.len() as f64 / 2.0
}

fn hear(socket: &UdpSocket, shared: &(Mutex<State>, Condvar)) {
    let mut buffer = [0_u8; 2_048];
    loop {
        let got = socket.recv(&mut buffer);
        let mut state = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return;
        }
        let Ok(length) = got else { continue };
        let keys_as = state.keys_as;
        take(&mut state.heard, &buffer[..length], keys_as);
        shared.1.notify_all();
    }
}

fn take(heard: &mut Heard, packet: &[u8], keys_as: u8) {
    // Version 2 and no RTCP (types 200-204 look like payload 72-76 with the marker).
    if packet.len() < 12 || packet[0] >> 6 != 2 || (200..=204).contains(&packet[1]) {
        return;
    }
    let payload = packet[1] & 0x7f;
    let sequence = u16::from_be_bytes([packet[2], packet[3]]);
    let timestamp = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
    let source = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
    if heard.sources.last() != Some(&source) {
        heard.sources.push(source);
    }
    if !heard.payloads.contains(&payload) {
        heard.payloads.push(payload);
    }
    if let Some((last_sequence, last_timestamp)) = heard.last {
        heard.breaks += usize::from(sequence != last_sequence.wrapping_add(1));
        let event = payload == keys_as;
        heard.jumps += usize::from(!event && timestamp.wrapping_sub(last_timestamp) > 8_000 * 2);
    }
    heard.last = Some((sequence, timestamp));
    if payload == keys_as {
        if packet.len() >= 16 && heard.last_key_at != Some(timestamp) {
            heard.last_key_at = Some(timestamp);
            heard.keys.push(char::from(b"0123456789*#ABCD"[usize::from(packet[12] & 0x0f)]));
        }
        return;
    }
    heard.packets += 1;
    if payload == Law::Mu.payload_type() {
        let mut alaw = Vec::new();
        Law::Mu.recode(&packet[12..], &mut alaw);
        return heard.alaw.append(&mut alaw);
    }
    heard.alaw.extend_from_slice(&packet[12..]);
}

fn send(socket: &UdpSocket, shared: &(Mutex<State>, Condvar)) {
    let (mut sequence, mut timestamp, mut position) = (1_000_u16, 50_000_u32, 0_usize);
    let source = 0x4865_0000 | u32::from(socket.local_addr().unwrap().port());
    let mut next = Instant::now();
    loop {
        next += Duration::from_millis(20);
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
        let (remote, tone, key, (law, keys_as)) = {
            let mut state = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
            if state.closed {
                return;
            }
            let key = if state.keys.is_empty() { None } else { Some(state.keys.remove(0)) };
            (state.remote, state.tone, key, (state.law, state.keys_as))
        };
        let Some(remote) = remote else { continue };
        if let Some(key) = key {
            press(socket, remote, (&mut sequence, timestamp, source), (key, keys_as));
        }
        if let Some(hertz) = tone {
            let mut packet = header(law.payload_type(), sequence, timestamp, source);
            for offset in 0..PACKET {
                let angle = TAU * hertz * (position + offset) as f64 / RATE;
                packet.push(law.encode((angle.sin() * 8_000.0) as i16));
            }
            // A port that is closed already answers with ICMP; that is the far side's matter.
            let _ = socket.send_to(&packet, remote);
            sequence = sequence.wrapping_add(1);
        }
        timestamp = timestamp.wrapping_add(PACKET as u32);
        position += PACKET;
    }
}

/// One event: three packets that grow, then the end three times (RFC 4733 2.5.1).
fn press(
    socket: &UdpSocket,
    remote: SocketAddr,
    (sequence, timestamp, source): (&mut u16, u32, u32),
    (key, keys_as): (char, u8),
) {
    let code = "0123456789*#ABCD".find(key).expect("a key") as u8;
    for step in 1..=6_u16 {
        let mut packet = header(keys_as, *sequence, timestamp, source);
        let length = step.min(4) * 160;
        packet.extend_from_slice(&[code, if step > 3 { 0x8a } else { 0x0a }]);
        packet.extend_from_slice(&length.to_be_bytes());
        let _ = socket.send_to(&packet, remote);
        *sequence = sequence.wrapping_add(1);
    }
}

fn header(payload: u8, sequence: u16, timestamp: u32, source: u32) -> Vec<u8> {
    let mut packet = vec![0x80, payload];
    packet.extend_from_slice(&sequence.to_be_bytes());
    packet.extend_from_slice(&timestamp.to_be_bytes());
    packet.extend_from_slice(&source.to_be_bytes());
    packet
}
