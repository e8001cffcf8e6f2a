//! The glue between descriptions and sound ports.

use std::net::SocketAddr;
use std::sync::Arc;

use media::g711::Law;
use model::id::LegId;
use model::leg::{FailCause, LegEvent, PlayId, PromptRef};
use sip_proto::sdp::{Codec, Direction, Media, SessionDescription, Terms, answer_audio, offer_audio};

use super::{Kind, Port, PortUse};
use crate::core::Core;
use crate::rtp::{Chance, Format, Remote, SoundEvent};

/// Our address for the first stream that we carry; the others are not.
pub(crate) fn places(description: &SessionDescription, place: SocketAddr) -> Vec<Option<SocketAddr>> {
    let first = description.media.iter().position(Media::is_carried);
    (0..description.media.len()).map(|at| (Some(at) == first).then_some(place)).collect()
}

/// What we end ourselves.
pub(crate) fn our_codecs() -> [Codec; 3] {
    [Codec::pcma(), Codec::pcmu(), Codec::telephone_event(101)]
}

fn carried(description: &SessionDescription) -> Option<&Media> {
    description.media.iter().find(|media| media.is_carried())
}

fn name_of(codec: &Codec) -> Arc<str> {
    Arc::from(format!("{}/{}", codec.name.to_ascii_lowercase(), codec.clock_rate))
}

fn law_of(codecs: &[Codec]) -> Option<Law> {
    codecs.iter().find_map(|codec| match (codec.name.to_ascii_uppercase().as_str(), codec.clock_rate) {
        ("PCMA", 8_000) => Some(Law::A),
        ("PCMU", 8_000) => Some(Law::Mu),
        _ => None,
    })
}

impl Core {
    /// A leg's own address for sound; its port is opened when it has none.
    ///
    /// # Errors
    /// No port is free, or the leg is gone.
    pub(crate) fn place(&mut self, id: LegId, beside: Option<LegId>) -> Result<SocketAddr, FailCause> {
        let near =
            beside.and_then(|other| self.legs.get(&other)).and_then(|leg| leg.port).map(|port| port.id);
        let leg = self.legs.get_mut(&id).ok_or(FailCause::Unreachable)?;
        if let Some(port) = leg.port {
            return Ok(SocketAddr::new(self.config.rtp_advertise, port.number));
        }
        let (high, low) = (self.tokens.next_u64(), self.tokens.next_u64());
        #[expect(clippy::cast_possible_truncation, reason = "chance is cut to size")]
        let chance =
            Chance { ssrc: high as u32, sequence: low as u16 & 0x7fff, timestamp: (low >> 32) as u32 };
        match self.sound.open(near, chance) {
            Ok((port, number)) => {
                leg.port = Some(Port { id: port, number });
                self.ports.insert(port, PortUse { leg: id, ending: None });
                Ok(SocketAddr::new(self.config.rtp_advertise, number))
            }
            Err(full) => {
                tracing::error!(leg = %id, "{full}");
                Err(FailCause::LimitReached)
            }
        }
    }

    /// Our own answer to a leg's offer, in the codecs that we end ourselves.
    ///
    /// # Errors
    /// Nothing is shared, or no port is free.
    pub(crate) fn our_answer(&mut self, id: LegId) -> Result<SessionDescription, FailCause> {
        let offer = self.legs.get(&id).and_then(|leg| leg.theirs.clone()).ok_or(FailCause::NotAcceptable)?;
        let place = self.place(id, None)?;
        let codecs = our_codecs();
        answer_audio(&offer, &Terms { codecs: &codecs, place, direction: Direction::SendRecv })
            .map_err(|_| FailCause::NotAcceptable)
    }

    /// Our own offer to a leg that made none; in the codecs of the leg it will be joined with.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) fn our_offer(
        &mut self,
        id: LegId,
        with: Option<LegId>,
    ) -> Result<SessionDescription, FailCause> {
        let place = self.place(id, with)?;
        let theirs = with.and_then(|with| self.legs.get(&with)).and_then(|leg| leg.theirs.as_ref());
        let shared = theirs.and_then(carried).map(|media| media.codecs().to_vec());
        let codecs = shared.unwrap_or_else(|| our_codecs().to_vec());
        Ok(offer_audio(&Terms { codecs: &codecs, place, direction: Direction::SendRecv }))
    }

    /// Tells a leg's port what both descriptions say.
    pub(crate) fn apply_remote(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        let (Some(ours), Some(theirs), Some(port)) = (&leg.ours, &leg.theirs, leg.port) else { return };
        let (Some(own), Some(media)) = (carried(ours), carried(theirs)) else { return };
        let direction = theirs.direction_of(media);
        let signalling = match &leg.kind {
            Kind::Caller(caller) => caller.flow.remote.ip(),
            Kind::Callee(callee) => callee.source(),
        };
        let formats = |codecs: &[Codec]| -> Vec<Format> {
            codecs
                .iter()
                .map(|codec| Format {
                    payload_type: codec.payload_type,
                    name: name_of(codec),
                    clock_rate: codec.clock_rate,
                })
                .collect()
        };
        let mut known = formats(own.codecs());
        for format in formats(media.codecs()) {
            if !known
                .iter()
                .any(|other| other.payload_type == format.payload_type || other.name == format.name)
            {
                known.push(format);
            }
        }
        let remote = Remote {
            send_to: theirs.remote_of(media).filter(|_| direction.receives()),
            trusted: signalling,
            formats: known,
            law: law_of(own.codecs()).or_else(|| law_of(media.codecs())),
            sends: direction.sends() && ours.direction_of(own).receives(),
            ptime: media.packet_ms().clamp(10, 60),
        };
        self.sound.remote(port.id, remote);
    }

    /// Relays between two legs.
    pub(crate) fn connect(&mut self, a: LegId, b: LegId) {
        self.apply_remote(a);
        self.apply_remote(b);
        let port = |id: LegId| self.legs.get(&id).and_then(|leg| leg.port);
        if let (Some(first), Some(second)) = (port(a), port(b)) {
            self.sound.connect(first.id, second.id);
        }
        for (one, other) in [(a, b), (b, a)] {
            if let Some(leg) = self.legs.get_mut(&one) {
                leg.joined = Some(other);
            }
        }
    }

    /// Joins two answered legs.
    pub(crate) fn join(&mut self, a: LegId, b: LegId) {
        self.connect(a, b);
    }

    /// Plays prompts; as early media to a caller not yet answered. What cannot be played has ended at once.
    pub(crate) fn play(&mut self, id: LegId, play: PlayId, prompts: &[PromptRef]) {
        let ended = LegEvent::PlayEnded(play);
        if !self.open_early(id) {
            tracing::warn!(leg = %id, "a prompt could not be played: the caller shares no codec with us, or no port is free");
            return self.tell(id, ended);
        }
        let Some(leg) = self.legs.get(&id) else { return };
        let (Some(port), Some(tenant)) = (leg.port, leg.tenant.clone()) else { return self.tell(id, ended) };
        let law =
            leg.ours.as_ref().and_then(carried).and_then(|media| law_of(media.codecs())).unwrap_or(Law::A);
        let mut clips = Vec::new();
        for prompt in prompts {
            match self.prompts.find(&tenant, prompt) {
                Some(clip) => clips.push(clip.octets(law).clone()),
                None => {
                    tracing::warn!(leg = %id, prompt = prompt.name.as_str(), "a prompt has no audio and is passed over")
                }
            }
        }
        if clips.is_empty() {
            return self.tell(id, ended);
        }
        self.sound.play(port.id, clips, law, play.0);
    }

    pub(crate) fn echo(&mut self, id: LegId) {
        if let Some(port) = self.legs.get(&id).and_then(|leg| leg.port) {
            self.sound.echo(port.id);
        }
    }

    pub(crate) fn sound_event(&mut self, event: SoundEvent) {
        let leg = |core: &Core, port| {
            core.ports.get(&port).filter(|used| used.ending.is_none()).map(|used| used.leg)
        };
        match event {
            SoundEvent::Key(port, key) => {
                if let Some(id) = leg(self, port) {
                    self.key(id, key);
                }
            }
            SoundEvent::PlayEnded(port, play) => {
                if let Some(id) = leg(self, port) {
                    self.tell(id, LegEvent::PlayEnded(PlayId(play)));
                }
            }
            SoundEvent::Timeout(port) => {
                if let Some(id) = leg(self, port) {
                    self.tell(id, LegEvent::MediaTimeout);
                }
            }
            SoundEvent::Closed(port, figures) => self.port_closed(port, figures),
        }
    }
}
