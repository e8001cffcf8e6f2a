//! One leg's sound on a shard: what it receives, what it sends, and how that goes.

use std::net::SocketAddr;

use media::clip::Player;
use media::dtmf::{self, Keys};
use media::endless::Endless;
use media::g711::Law;
use media::inband::Inband;
use media::rtcp;
use media::rtp::{self, Packet};
use media::stats::Received;
use media::stream::OutStream;
use mio::net::UdpSocket;
use model::leg::MediaFigures;

use super::{Format, PortId, Remote, Setup, intake};

/// Between two RTCP reports, milliseconds.
const REPORT_EVERY: u64 = 5_000;
/// A leg of whose sound only a sample comes, and that was not heard for this long, is listened to again: it may send
/// little.
const SAMPLED_MAX: u64 = 2_000;
/// A source that was silent for this long may have moved to another port: some packets' time.
const MOVED_AFTER: u64 = 200;
/// Behind a translation of addresses, where even the first port had to be learnt, any stream may follow one that was
/// silent for this long.
const REPLACED_AFTER: u64 = 2_000;
/// So many times longer may be silent who holds a call or is held (RFC 3264 8.4).
const HELD_PATIENCE: u64 = 4;
/// What is due for longer is not sent all at once: no phone's buffer of late packets reaches that far.
const LATE_MAX: u64 = 200;

/// Where what a leg sends comes from.
#[derive(Debug)]
pub(super) enum Feed {
    /// Nothing.
    Silent,
    /// Another leg's packets.
    Leg(PortId),
    /// Its own packets.
    Echo,
    /// A prompt.
    Player(Player, u16),
    /// Music or a tone.
    Endless(Endless),
}

impl Feed {
    /// It sends by the clock, not when packets come.
    pub(super) fn is_paced(&self) -> bool {
        matches!(self, Feed::Player(..) | Feed::Endless(_))
    }
}

#[derive(Debug)]
pub(crate) struct Leg {
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: UdpSocket,
    pub(super) remote: Option<Remote>,
    pub(super) feed: Feed,
    /// To whom its packets go, if that one listens.
    peer: Option<u64>,
    /// Only a sample of its sound comes: nobody hears it.
    sampled: bool,
    /// The socket is tied to the far end: nothing comes from elsewhere, and sending costs a sixth less.
    tied: Option<SocketAddr>,
    /// When the next packet of a player is due.
    pub(super) due: u64,
    /// The tick at which the shard looks whether it is.
    pub(super) looked_at: Option<u64>,
    /// Its ports are on the loopback, where only this machine's own phones can send.
    loopback: bool,
    /// Where its packets come from, once known for sure.
    latched: Option<SocketAddr>,
    out: OutStream,
    received: Received,
    keys: Keys,
    /// Hears keys in the sound of a far side that knows no telephone events.
    inband: Option<Box<Inband>>,
    heard_at: u64,
    /// When they last reported what they hear.
    reported_at: u64,
    timeout: u64,
    timed_out: bool,
    report_at: u64,
    lost_out: Option<u64>,
}

/// What a received packet was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// Sound, to be passed on.
    Sound,
    /// A key; its packets are passed on, too.
    Key(char),
    /// Nothing of this leg's.
    Stranger,
}

impl Leg {
    pub(super) fn new(rtp: UdpSocket, rtcp: UdpSocket, setup: Setup, now: u64) -> Leg {
        let loopback = rtp.local_addr().is_ok_and(|address| address.ip().is_loopback());
        Leg {
            rtp,
            rtcp,
            remote: None,
            feed: Feed::Silent,
            peer: None,
            sampled: false,
            tied: None,
            due: 0,
            looked_at: None,
            loopback,
            latched: None,
            out: OutStream::new(setup.ssrc, setup.sequence, setup.timestamp, 8_000),
            received: Received::new(8_000),
            keys: Keys::default(),
            inband: None,
            heard_at: now,
            reported_at: now,
            timeout: setup.timeout,
            timed_out: false,
            report_at: now + REPORT_EVERY,
            lost_out: None,
        }
    }

    /// Takes a new description; where packets come from is learnt anew, and the dead-call timer begins again.
    pub(super) fn set_remote(&mut self, remote: Remote, now: u64) {
        self.latched = None;
        self.heard_at = now;
        self.timed_out = false;
        let events = remote.sends_as.iter().any(Format::is_telephone_event);
        self.inband = remote.law.filter(|_| !events).map(|_| Box::default());
        self.remote = Some(remote);
        // Its payload types may be others.
        self.listen();
        self.choose_intake();
    }

    pub(super) fn set_feed(&mut self, feed: Feed, now: u64) {
        self.out.change_source();
        // What follows on another sound keeps its beat.
        if self.looked_at.is_none() {
            self.due = now;
        }
        self.feed = feed;
        self.choose_intake();
    }

    /// Who shall hear it; `None`: nobody does.
    pub(super) fn set_peer(&mut self, peer: Option<u64>) {
        self.peer = peer;
        self.choose_intake();
    }

    pub(super) fn peer(&self) -> Option<u64> {
        self.peer
    }

    /// Reads of what nobody hears only a sample, unless its keys are to be found there. Between two pieces that are played
    /// it stays as it is.
    fn choose_intake(&mut self) {
        if self.peer.is_some() || matches!(self.feed, Feed::Echo) {
            return self.listen();
        }
        let samples = self.feed.is_paced() && !self.sampled && self.inband.is_none();
        let Some(remote) = self.remote.as_ref().filter(|_| samples) else { return };
        let sounds = remote.formats.iter().filter(|format| format.is_sound());
        self.sampled = intake::thin(&self.rtp, sounds.map(|format| format.payload_type));
        if self.sampled {
            self.received.sample();
        }
    }

    /// Reads all that comes, from wherever.
    fn listen(&mut self) {
        if std::mem::take(&mut self.sampled) {
            intake::open(&self.rtp);
        }
        if self.tied.take().is_some() {
            // A socket that stays tied hears its far end as before.
            let _ = rustix::net::connect_unspec(&self.rtp);
        }
    }

    /// Ties the socket to the far end, which is known for sure and of which no more than a sample is wanted. Should it go
    /// on from another port, nothing is heard, and it is listened to again.
    fn tie(&mut self, from: SocketAddr) {
        if self.sampled
            && self.tied.is_none()
            && self.target() == Some(from)
            && self.rtp.connect(from).is_ok()
        {
            self.tied = Some(from);
        }
    }

    /// Whether packets from there are this leg's (design section 6).
    ///
    /// Where the described address is the signalling's, packets go where the description says, and come from there;
    /// another port of that address counts only until the described one is heard. Where they differ (a translation of
    /// addresses between), the signalling's address is learnt with its port. A port that is known gives way to another
    /// of its address when its stream goes on from there.
    fn admit(&mut self, packet: &Packet<'_>, from: SocketAddr, now: u64) -> bool {
        let Some(remote) = &self.remote else { return false };
        let described = remote.send_to;
        let same_address = described.is_some_and(|address| address.ip() == from.ip());
        let untranslated = described.is_some_and(|address| address.ip() == remote.trusted);
        let trusted = from.ip() == remote.trusted;
        match self.latched {
            Some(known) if known == from => true,
            Some(_) if trusted => {
                let silent = now.saturating_sub(self.heard_at);
                let moved = self.moved(packet, silent) || (!untranslated && silent >= REPLACED_AFTER);
                if moved {
                    self.latched = Some(from);
                }
                moved
            }
            None if untranslated && described != Some(from) => same_address,
            None if trusted => {
                self.latched = Some(from);
                true
            }
            Some(_) | None => same_address,
        }
    }

    /// The known source is silent, and its very stream comes from another port: a translation of addresses was renewed
    /// under way. Who does not know the stream's name and numbers moves nothing.
    fn moved(&self, packet: &Packet<'_>, silent: u64) -> bool {
        let after = if self.sampled { SAMPLED_MAX } else { MOVED_AFTER };
        silent >= after && self.received.goes_on(packet.ssrc, packet.sequence)
    }

    /// A source as its descriptions name it. A phone on this machine writes the machine's address into its
    /// descriptions, but what it sends to the loopback comes from the loopback's address.
    fn named(&self, from: SocketAddr) -> SocketAddr {
        match &self.remote {
            Some(remote) if self.loopback && !remote.trusted.is_loopback() => {
                SocketAddr::new(remote.trusted, from.port())
            }
            Some(_) | None => from,
        }
    }

    /// A packet came.
    pub(super) fn hear(&mut self, packet: &Packet<'_>, from: SocketAddr, now: u64) -> Heard {
        if !self.admit(packet, self.named(from), now) {
            return Heard::Stranger;
        }
        self.tie(from);
        let Some(remote) = &self.remote else { return Heard::Stranger };
        self.heard_at = now;
        self.timed_out = false;
        self.received.packet(packet.ssrc, packet.sequence, packet.timestamp, now);
        if self.sampled {
            self.received.sample();
        }
        let event = remote.formats.iter().find(|format| format.payload_type == packet.payload_type);
        if event.is_some_and(Format::is_telephone_event)
            && let Some(key) = self.keys.packet(packet.timestamp, packet.payload)
        {
            return Heard::Key(key);
        }
        // Two people who talk are not listened to.
        if self.peer.is_none()
            && let Some((inband, law)) = self.inband.as_mut().zip(event.and_then(|format| format.law))
            && let Some(key) = inband.packet(law, packet.payload)
        {
            return Heard::Key(key);
        }
        Heard::Sound
    }

    /// The name of a payload type on this leg.
    pub(super) fn format(&self, payload_type: u8) -> Option<&Format> {
        self.remote.as_ref()?.formats.iter().find(|format| format.payload_type == payload_type)
    }

    /// Sends on a packet of another leg (or its own) in this leg's own stream; `format` is what it is in. What
    /// the far side does not take is rewritten where both are G.711, else passed over.
    pub(super) fn pass_on(
        &mut self,
        packet: &Packet<'_>,
        format: &Format,
        now: u64,
        (payload, buffer): (&mut Vec<u8>, &mut Vec<u8>),
    ) -> bool {
        let Some(remote) = &self.remote else { return false };
        let taken = remote.sends_as.iter().find(|taken| taken.name == format.name);
        match (taken, format.law, remote.law) {
            (Some(taken), _, _) => {
                let header = self.out.relay(packet, taken.payload_type, now);
                rtp::write(buffer, header, packet.payload);
            }
            (None, Some(from), Some(to)) if from != to => {
                from.recode(packet.payload, payload);
                let header = self.out.relay(packet, to.payload_type(), now);
                rtp::write(buffer, header, payload);
            }
            (None, _, _) => return false,
        }
        self.transmit(buffer)
    }

    /// Sends a key as a telephone event; a far side that knows none hears nothing of it.
    pub(super) fn press(&mut self, key: char, now: u64, buffer: &mut Vec<u8>) {
        let Some(remote) = &self.remote else { return };
        let known =
            remote.sends_as.iter().find(|format| format.is_telephone_event() && format.clock_rate == 8_000);
        let (Some(known), Some(payloads)) = (known, dtmf::press(key)) else { return };
        let payload_type = known.payload_type;
        self.out.change_source();
        for payload in payloads {
            let header = self.out.event(payload_type, payload.len(), now);
            rtp::write(buffer, header, &payload);
            self.transmit(buffer);
        }
        self.out.change_source();
    }

    /// Sends the next packets of its player, music or tone that are due. `Some(play)`: the player has ended.
    pub(super) fn play(&mut self, now: u64, payload: &mut Vec<u8>, buffer: &mut Vec<u8>) -> Option<u16> {
        if self.due + LATE_MAX < now {
            // The machine stood still. Words go on where they were, music where it is by now; the timestamp says so.
            self.due = now;
            self.out.change_source();
        }
        while self.due <= now {
            let Some(remote) = &self.remote else {
                // Nobody hears it yet; it begins when somebody does.
                self.due = now;
                return None;
            };
            let (samples, law) = (remote.ptime * 8, remote.law);
            let size = samples as usize;
            // Without a law in common the sound goes on unheard until the descriptions are made anew.
            let taken = law.unwrap_or(Law::A);
            let sounds = match &mut self.feed {
                Feed::Player(player, play) => {
                    if !player.next(taken, size, payload) {
                        let play = *play;
                        self.set_feed(Feed::Silent, now);
                        return Some(play);
                    }
                    true
                }
                Feed::Endless(endless) => endless.at(self.due, taken, size, payload),
                Feed::Silent | Feed::Leg(_) | Feed::Echo => return None,
            };
            self.due += u64::from(remote.ptime);
            let Some(law) = law.filter(|_| sounds) else { continue };
            let header = self.out.own(law.payload_type(), samples, payload.len(), now);
            rtp::write(buffer, header, payload);
            self.transmit(buffer);
        }
        None
    }

    /// Where the far side wants its sound. A port of the same address learnt from its packets wins: it is what
    /// gets through a translation of addresses.
    fn target(&self) -> Option<SocketAddr> {
        let remote = self.remote.as_ref()?;
        let described = remote.send_to?;
        Some(self.latched.unwrap_or(described))
    }

    fn transmit(&self, buffer: &[u8]) -> bool {
        let Some(target) = self.target() else { return false };
        let sent = match self.tied {
            Some(tied) if tied == target => self.rtp.send(buffer),
            Some(_) | None => self.rtp.send_to(buffer, target),
        };
        // A packet that the network does not take is lost, as any may be.
        sent.is_ok()
    }

    /// Sends a report when one is due.
    pub(super) fn report(&mut self, now: u64, ntp: u64, buffer: &mut Vec<u8>) {
        if now < self.report_at {
            return;
        }
        self.report_at = now + REPORT_EVERY;
        let Some(mut target) = self.target() else { return };
        target.set_port(target.port().saturating_add(1));
        let (packets, octets) = self.out.sent();
        let small = |value: u64| u32::try_from(value & 0xffff_ffff).unwrap_or(u32::MAX);
        let report = rtcp::Report {
            ssrc: self.out.ssrc(),
            ntp,
            timestamp: self.out.timestamp(),
            packets: small(packets),
            octets: small(octets),
        };
        let received = (self.received.packets() > 0).then_some(&self.received);
        rtcp::write(buffer, report, received);
        let _ = self.rtcp.send_to(buffer, target);
    }

    /// Takes a report of theirs.
    pub(super) fn take_report(&mut self, octets: &[u8], now: u64) {
        if let Some(feedback) = rtcp::feedback(octets, self.out.ssrc()) {
            self.lost_out = Some(u64::from(feedback.lost));
            self.reported_at = now;
        }
    }

    /// The far side was asked otherwise, and answered.
    pub(super) fn is_there(&mut self, now: u64) {
        self.heard_at = now;
        self.timed_out = false;
    }

    /// Whether no sound came for too long; told once, until it is heard of again. Who is silent and reports what it
    /// hears is there (RFC 3550 6.3.5).
    pub(super) fn is_dead(&mut self, now: u64) -> bool {
        if self.sampled && now.saturating_sub(self.heard_at) > SAMPLED_MAX {
            self.listen();
        }
        let Some(remote) = &self.remote else { return false };
        let patience = if remote.talks { self.timeout } else { self.timeout.saturating_mul(HELD_PATIENCE) };
        let there_at = self.heard_at.max(self.reported_at);
        let dead = !self.timed_out && now.saturating_sub(there_at) > patience;
        self.timed_out |= dead;
        dead
    }

    pub(super) fn figures(&self) -> MediaFigures {
        MediaFigures {
            packets_in: self.received.packets(),
            packets_out: self.out.sent().0,
            lost_in: self.received.lost(),
            jitter_in_us: self.received.jitter_us(),
            lost_out: self.lost_out,
        }
    }
}

#[cfg(test)]
mod tests;
