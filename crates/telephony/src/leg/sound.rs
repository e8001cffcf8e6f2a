//! The glue between descriptions and sound ports.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use media::clip::Clip;
use media::g711::Law;
use media::tone::Tone;
use model::id::{LegId, TenantId};
use model::leg::{FailCause, LegEvent, PlayId, PromptRef};
use sip_proto::sdp::{
    Codec, Direction, Media, SessionDescription, Terms, answer_audio, offer_audio, with_both_laws,
};

use super::{Kind, Port, PortUse};
use crate::core::Core;
use crate::rtp::{Chance, Format, PortId, Remote, SoundEvent};

/// Our address for the first stream that we carry; the others are not.
pub(crate) fn places(description: &SessionDescription, place: SocketAddr) -> Vec<Option<SocketAddr>> {
    let first = description.media.iter().position(Media::is_carried);
    (0..description.media.len()).map(|at| (Some(at) == first).then_some(place)).collect()
}

/// What we end ourselves.
pub(crate) fn our_codecs() -> [Codec; 3] {
    [Codec::pcma(), Codec::pcmu(), Codec::telephone_event(101)]
}

pub(super) fn carried(description: &SessionDescription) -> Option<&Media> {
    description.media.iter().find(|media| media.is_carried())
}

fn name_of(codec: &Codec) -> Arc<str> {
    Arc::from(format!("{}/{}", codec.name.to_ascii_lowercase(), codec.clock_rate))
}

pub(super) fn law_of(codecs: &[Codec]) -> Option<Law> {
    codecs.iter().find_map(|codec| match (codec.name.to_ascii_uppercase().as_str(), codec.clock_rate) {
        ("PCMA", 8_000) => Some(Law::A),
        ("PCMU", 8_000) => Some(Law::Mu),
        _ => None,
    })
}

/// What both lists hold, as the second numbers it.
pub(super) fn shared(ours: &[Codec], theirs: &[Codec]) -> Vec<Codec> {
    theirs.iter().filter(|codec| ours.iter().any(|our| our.is_same(codec))).cloned().collect()
}

fn formats(codecs: &[Codec]) -> Vec<Format> {
    codecs
        .iter()
        .map(|codec| Format {
            payload_type: codec.payload_type,
            name: name_of(codec),
            clock_rate: codec.clock_rate,
            law: law_of(std::slice::from_ref(codec)),
        })
        .collect()
}

/// Where a side wants its sound. A name in place of an address, or an address of the other family, leads nowhere: it goes
/// where the signalling comes from, to the port that was named.
fn wanted_at(theirs: &SessionDescription, media: &Media, signalling: IpAddr) -> Option<SocketAddr> {
    let address = theirs.connection_of(media).filter(|_| media.port != 0)?;
    match address.ip() {
        Some(ip) if ip.is_unspecified() => None,
        Some(ip) if ip.is_ipv4() == signalling.is_ipv4() => Some(SocketAddr::new(ip, media.port)),
        Some(_) | None => Some(SocketAddr::new(signalling, media.port)),
    }
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

    /// Our own offer to a leg that made none; in the codecs of the leg it will be joined with, G.711 in both laws.
    ///
    /// # Errors
    /// No port is free.
    pub(crate) fn our_offer(
        &mut self,
        id: LegId,
        with: Option<LegId>,
    ) -> Result<SessionDescription, FailCause> {
        let place = self.place(id, with)?;
        let spoken = with.and_then(|with| self.legs.get(&with)).map(super::Leg::spoken);
        let spoken = spoken.filter(|codecs| !codecs.is_empty()).map(with_both_laws);
        let codecs = spoken.unwrap_or_else(|| our_codecs().to_vec());
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
        let mut known = formats(own.codecs());
        // A phone that numbers a format otherwise than we do may send it under either number.
        for format in formats(media.codecs()) {
            if !known.iter().any(|other| other.payload_type == format.payload_type) {
                known.push(format);
            }
        }
        let agreed = shared(own.codecs(), media.codecs());
        let remote = Remote {
            send_to: wanted_at(theirs, media, signalling).filter(|_| direction.receives()),
            trusted: signalling,
            // An answer of bare numbers agrees on nothing by name: then all that is known is taken.
            sends_as: if agreed.is_empty() { known.clone() } else { formats(&agreed) },
            formats: known,
            law: law_of(if agreed.is_empty() { own.codecs() } else { &agreed }),
            talks: leg.talks(),
            ptime: media.packet_ms().clamp(10, 60),
        };
        self.sound.remote(port.id, remote);
    }

    /// Plays prompts; as early media to a caller not yet answered. What cannot be played has ended at once.
    pub(crate) fn play(&mut self, id: LegId, play: PlayId, prompts: &[PromptRef]) {
        let ended = LegEvent::PlayEnded(play);
        if !self.open_early(id) {
            tracing::warn!(leg = %id, "a prompt could not be played: the caller shares no codec with us, or no port is free");
            return self.tell(id, ended);
        }
        self.speak_g711(id);
        let Some(leg) = self.legs.get(&id) else { return };
        let (Some(port), Some(tenant)) = (leg.port, leg.tenant.clone()) else { return self.tell(id, ended) };
        let clips: Vec<Arc<Clip>> =
            prompts.iter().filter_map(|prompt| self.clip(id, &tenant, prompt)).collect();
        if clips.is_empty() {
            return self.tell(id, ended);
        }
        self.sound.play(port.id, clips, play.0);
    }

    fn clip(&self, id: LegId, tenant: &TenantId, prompt: &PromptRef) -> Option<Arc<Clip>> {
        let clip = self.prompts.find(tenant, prompt);
        if clip.is_none() {
            tracing::warn!(leg = %id, prompt = prompt.name.as_str(), "a prompt has no audio and is passed over");
        }
        clip.cloned()
    }

    /// Plays a prompt over and over. All who hear it share its octets and the place in it.
    pub(crate) fn music(&mut self, id: LegId, prompt: &PromptRef) {
        let Some(port) = self.heard_by(id) else { return };
        let Some(tenant) = self.legs.get(&id).and_then(|leg| leg.tenant.clone()) else { return };
        if let Some(clip) = self.clip(id, &tenant, prompt) {
            self.sound.music(port, clip);
        }
    }

    pub(crate) fn tone(&mut self, id: LegId, tone: model::leg::Tone) {
        let Some(port) = self.heard_by(id) else { return };
        let tone = match tone {
            model::leg::Tone::Ringing => Tone::Ringing,
            model::leg::Tone::Busy => Tone::Busy,
        };
        self.sound.tone(port, tone);
    }

    /// The port of a leg that can hear us from now on.
    fn heard_by(&mut self, id: LegId) -> Option<PortId> {
        if !self.open_early(id) {
            tracing::warn!(leg = %id, "a leg hears nothing of ours: it shares no codec with us, or no port is free");
            return None;
        }
        self.speak_g711(id);
        self.legs.get(&id)?.port.map(|port| port.id)
    }

    /// What we play is G.711: a leg that agreed on another codec with somebody else is asked for it.
    fn speak_g711(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        let answered = match &leg.kind {
            Kind::Caller(caller) => !caller.is_open(),
            Kind::Callee(callee) => callee.is_answered(),
        };
        if answered && leg.theirs.is_some() && law_of(&leg.spoken()).is_none() {
            self.renegotiate(id, our_codecs().to_vec());
        }
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
                    self.silent(id);
                }
            }
            SoundEvent::Closed(port, figures) => self.port_closed(port, Some(figures)),
        }
    }
}
