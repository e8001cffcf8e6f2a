//! Sound: UDP ports for RTP, relayed, played and heard by shards.
//!
//! A shard is one plain thread with its own ports; the packet path has no locks and no allocations. One call
//! lives on one shard. Commands come over a channel and a wake-up, events go back over a channel. A port comes to its
//! shard with the first command for it: of fifty members who ring, one will speak. Invariants: a port belongs to one
//! leg from `open` to `close`; every `close` is followed by exactly one `Closed`.

mod beat;
mod intake;
mod leg;
mod ports;
mod shard;

use std::collections::HashMap;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use media::clip::{Clip, Player};
use media::g711::Law;
use media::tone::{self, Tone};
use model::leg::MediaFigures;

pub(crate) use ports::RangeFull;
use ports::{Pair, Ports};

/// What a shard shall do.
#[derive(Debug)]
pub(crate) enum Command {
    Open(PortId, std::net::UdpSocket, std::net::UdpSocket, Setup),
    Remote(PortId, Remote),
    /// Its far end is there, though silent.
    Alive(PortId),
    Connect(PortId, PortId),
    Play(PortId, Player, u16),
    Music(PortId, Arc<Clip>),
    Tone(PortId, Arc<Clip>),
    Echo(PortId),
    /// The far end of this one is sent a key.
    Press(PortId, char),
    /// The first no longer hears the second, if it does.
    Part(PortId, PortId),
    Close(PortId),
    /// A leg will come from another shard: what is meant for it waits.
    Expect(PortId),
    /// Hand a leg over to the shard its new name says.
    Give(PortId, shard::ShardHandle),
    Take(PortId, Box<leg::Leg>),
    Stop,
}

/// Names a leg's ports by `n`, which is never used again; where they are can change.
#[derive(Debug, Clone, Copy, Eq)]
pub(crate) struct PortId {
    pub(crate) shard: u16,
    pub(crate) n: u64,
}

impl PartialEq for PortId {
    fn eq(&self, other: &PortId) -> bool {
        self.n == other.n
    }
}

impl Hash for PortId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.n.hash(state);
    }
}

/// What a stream begins with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
    /// No packet for this long is told, milliseconds.
    pub(crate) timeout: u64,
}

/// What the far side's description says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remote {
    /// Where its sound goes; `None`: it wants none now.
    pub(crate) send_to: Option<SocketAddr>,
    /// Address of its signalling: what comes from there is taken even from another port (design section 6).
    pub(crate) trusted: IpAddr,
    /// Formats by payload type: what it sends, each with the name that both legs share.
    pub(crate) formats: Vec<Format>,
    /// What it takes, by the payload types that it wants.
    pub(crate) sends_as: Vec<Format>,
    /// For prompts.
    pub(crate) law: Option<Law>,
    /// It is heard and hears: nobody holds the call.
    pub(crate) talks: bool,
    /// Milliseconds of sound per packet.
    pub(crate) ptime: u32,
}

/// A format and the payload type by which the far side knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Format {
    pub(crate) payload_type: u8,
    pub(crate) name: Arc<str>,
    pub(crate) clock_rate: u32,
    /// Which law, if it is G.711.
    pub(crate) law: Option<Law>,
}

impl Format {
    /// Not keys, nor the noise of a silence (RFC 3389): of these few come, and each tells something.
    fn is_sound(&self) -> bool {
        !self.is_telephone_event() && !self.name.starts_with("cn")
    }

    fn is_telephone_event(&self) -> bool {
        self.name.starts_with("telephone-event")
    }
}

/// What a shard tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SoundEvent {
    Key(PortId, char),
    PlayEnded(PortId, u16),
    Timeout(PortId),
    Closed(PortId, MediaFigures),
}

/// All shards.
#[derive(Debug)]
pub(crate) struct Sound {
    shards: Vec<shard::ShardHandle>,
    ports: Ports,
    /// Ports of legs that neither hear nor are heard yet, by `PortId::n`: no shard knows them.
    early: HashMap<u64, (Pair, Setup)>,
    /// Such that were closed.
    unused: Vec<PortId>,
    next: u64,
    timeout: u64,
    packets: Arc<AtomicUsize>,
    ringing: Arc<Clip>,
    busy: Arc<Clip>,
}

/// From where ports are taken.
#[derive(Debug, Clone, Copy)]
pub struct RtpRange {
    /// Address to bind.
    pub bind: IpAddr,
    /// First port.
    pub first: u16,
    /// Last port.
    pub last: u16,
}

impl Sound {
    /// Starts `count` shards. `tell` is called from their threads.
    pub(crate) fn start(
        range: RtpRange,
        count: u16,
        timeout: u64,
        tell: impl Fn(Vec<SoundEvent>) + Send + Clone + 'static,
    ) -> std::io::Result<Sound> {
        let packets = Arc::new(AtomicUsize::new(0));
        // One clock for all, so that a leg can move and music is at the same place everywhere.
        let origin = Instant::now();
        let shards = (0..count.max(1))
            .map(|n| shard::start(n, origin, tell.clone(), packets.clone()))
            .collect::<std::io::Result<Vec<_>>>()?;
        Ok(Sound {
            shards,
            ports: Ports::new(range),
            early: HashMap::new(),
            unused: Vec::new(),
            next: 1,
            timeout,
            packets,
            ringing: Arc::new(tone::clip(Tone::Ringing)),
            busy: Arc::new(tone::clip(Tone::Busy)),
        })
    }

    /// Packets relayed or played so far.
    pub(crate) fn packets(&self) -> usize {
        self.packets.load(Ordering::Relaxed)
    }

    /// Takes a pair of ports for a leg. `beside`: on the shard of this leg of the same call.
    pub(crate) fn open(&mut self, beside: Option<PortId>, setup: Chance) -> Result<(PortId, u16), RangeFull> {
        let pair = self.ports.take()?;
        let port = pair.port;
        let count = u64::try_from(self.shards.len()).unwrap_or(1);
        let shard = beside.map_or_else(|| u16::try_from(self.next % count).unwrap_or(0), |other| other.shard);
        let id = PortId { shard, n: self.next };
        self.next += 1;
        let setup = Setup {
            ssrc: setup.ssrc,
            sequence: setup.sequence,
            timestamp: setup.timestamp,
            timeout: self.timeout,
        };
        self.early.insert(id.n, (pair, setup));
        Ok((id, port))
    }

    /// From now on there is something to hear or to say by this port.
    fn begin(&mut self, id: PortId) {
        if let Some((pair, setup)) = self.early.remove(&id.n) {
            pair.empty();
            self.send(id.shard, Command::Open(id, pair.rtp, pair.rtcp, setup));
        }
    }

    pub(crate) fn remote(&mut self, id: PortId, remote: Remote) {
        self.begin(id);
        self.send(id.shard, Command::Remote(id, remote));
    }

    /// The dead-call timer of a leg begins again.
    pub(crate) fn alive(&self, id: PortId) {
        self.send(id.shard, Command::Alive(id));
    }

    /// Relays both ways between two legs of one shard.
    pub(crate) fn connect(&mut self, a: PortId, b: PortId) {
        self.begin(a);
        self.begin(b);
        self.send(a.shard, Command::Connect(a, b));
    }

    pub(crate) fn play(&mut self, id: PortId, clips: Vec<Arc<Clip>>, play: u16) {
        self.begin(id);
        self.send(id.shard, Command::Play(id, Player::new(clips), play));
    }

    /// Music from where it is now.
    pub(crate) fn music(&mut self, id: PortId, clip: Arc<Clip>) {
        self.begin(id);
        self.send(id.shard, Command::Music(id, clip));
    }

    pub(crate) fn tone(&mut self, id: PortId, tone: Tone) {
        self.begin(id);
        let clip = match tone {
            Tone::Ringing => self.ringing.clone(),
            Tone::Busy => self.busy.clone(),
        };
        self.send(id.shard, Command::Tone(id, clip));
    }

    /// Brings `id` to the shard of `beside`, with sockets, stream and all; gives its name from now on.
    pub(crate) fn bring(&self, id: PortId, beside: PortId) -> PortId {
        let moved = PortId { shard: beside.shard, n: id.n };
        if id.shard != beside.shard
            && !self.early.contains_key(&id.n)
            && let Some(handle) = self.shards.get(usize::from(beside.shard))
        {
            self.send(moved.shard, Command::Expect(moved));
            self.send(id.shard, Command::Give(moved, handle.clone()));
        }
        moved
    }

    /// `id` no longer hears `of`, if it does.
    pub(crate) fn part(&self, id: PortId, of: PortId) {
        self.send(id.shard, Command::Part(id, of));
    }

    pub(crate) fn echo(&mut self, id: PortId) {
        self.begin(id);
        self.send(id.shard, Command::Echo(id));
    }

    /// Sends the far end a key.
    pub(crate) fn press(&mut self, id: PortId, key: char) {
        self.begin(id);
        self.send(id.shard, Command::Press(id, key));
    }

    /// Closes a leg's ports; `Closed` follows with the figures, or the port is one of those `unused`. `port` may be
    /// taken again later.
    pub(crate) fn close(&mut self, id: PortId, port: u16) {
        if let Some((pair, _)) = self.early.remove(&id.n) {
            self.ports.rest(pair);
            return self.unused.push(id);
        }
        self.send(id.shard, Command::Close(id));
        self.ports.give_back(port);
    }

    /// Ports that were closed without ever having been of use; there are no figures to wait for.
    pub(crate) fn unused(&mut self) -> Vec<PortId> {
        std::mem::take(&mut self.unused)
    }

    /// Wakes the shards that were sent something. Called once after all that belongs together.
    pub(crate) fn wake(&self) {
        for shard in &self.shards {
            shard.wake();
        }
    }

    fn send(&self, shard: u16, command: Command) {
        if let Some(handle) = self.shards.get(usize::from(shard)) {
            handle.send(command);
        }
    }
}

/// Values that nobody may foretell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chance {
    pub(crate) ssrc: u32,
    pub(crate) sequence: u16,
    pub(crate) timestamp: u32,
}

impl Drop for Sound {
    fn drop(&mut self) {
        for shard in &self.shards {
            shard.send(Command::Stop);
            shard.wake();
        }
    }
}
