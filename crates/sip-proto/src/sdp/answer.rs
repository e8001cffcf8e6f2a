//! Offers and answers of our own for one audio stream (RFC 3264): prompts, echo, calls without a first offer.
//!
//! Invariants: an answer has as many media sections as its offer, in the same order; codecs stand in the
//! offerer's order under the offerer's payload types; what is not answered has port 0.

use std::net::SocketAddr;

use super::session::unsigned;
use super::{Codec, Connection, Direction, Formats, Media, MediaKind, RtcpMux, SessionDescription};

/// What we accept and where.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// Formats we can take; their order does not matter, their `fmtp` goes into the answer.
    pub codecs: &'a [Codec],
    /// Our address and port for RTP.
    pub place: SocketAddr,
    /// What we want at most, seen from us.
    pub direction: Direction,
}

/// What both sides settled on for the audio stream, seen from us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Position of the stream among the media sections.
    pub index: usize,
    /// Where to send. `None`: old-style hold, or a name instead of an address.
    pub remote: Option<SocketAddr>,
    /// What we may send, under the far side's payload types, best first.
    pub send: Vec<Codec>,
    /// The same formats under our payload types, in the same order.
    pub receive: Vec<Codec>,
    /// What we may do.
    pub direction: Direction,
    /// Packet length the far side wants, in milliseconds.
    pub packet_ms: u32,
}

/// Why two sides share no media. The caller of the offer gets 488 (RFC 3264 6), the record the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Nothing we can carry was offered.
    #[error("no audio offered")]
    NoAudio,
    /// Audio only under a profile we do not speak, such as `RTP/SAVP`.
    #[error("audio under another profile than RTP/AVP")]
    Profile,
    /// Audio, but no codec of ours.
    #[error("no codec in common")]
    NoCommonCodec,
    /// The answer switched off everything.
    #[error("all media refused by the answer")]
    Refused,
    /// The answer's media sections are not those of the offer.
    #[error("answer does not fit its offer")]
    AnswerShape,
}

/// Answers the first audio stream that fits `terms`; every other one gets port 0.
///
/// # Errors
/// Why none fits.
pub fn answer_audio(offer: &SessionDescription, terms: &Terms<'_>) -> Result<SessionDescription, Mismatch> {
    let fitting =
        offer.media.iter().position(|media| usable_audio(media) && !common(media, terms).is_empty());
    let index = fitting.ok_or_else(|| why_none(offer))?;
    let media = offer.media.iter().enumerate().map(|(position, offered)| {
        if position != index {
            return offered.refused();
        }
        Media {
            direction: Some(terms.direction.and(offer.direction_of(offered).reversed())),
            // Packets of the wanted length are what we send; we ask for the same (RFC 3264 6.1).
            ptime_ms: offered.ptime_ms,
            ..audio(common(offered, terms), terms.place)
        }
    });
    Ok(compose(media.collect()))
}

/// An offer of one audio stream with `terms.codecs` in their order.
#[must_use]
pub fn offer_audio(terms: &Terms<'_>) -> SessionDescription {
    let media = Media { direction: Some(terms.direction), ..audio(terms.codecs.to_vec(), terms.place) };
    compose(vec![media])
}

/// What our description and the far side's agree on, whichever of them was the offer.
///
/// # Errors
/// Why they agree on nothing.
pub fn agreed_audio(local: &SessionDescription, remote: &SessionDescription) -> Result<Agreed, Mismatch> {
    let pairs = local.media.iter().zip(&remote.media);
    let both = |(ours, theirs): &(&Media, &Media)| usable_audio(ours) && usable_audio(theirs);
    let (index, (ours, theirs)) = pairs.enumerate().find(|(_, pair)| both(pair)).ok_or(Mismatch::Refused)?;
    let mut send = Vec::new();
    let mut receive = Vec::new();
    for codec in theirs.codecs() {
        if let Some(our) = ours.codecs().iter().find(|our| our.is_same(codec)) {
            send.push(codec.clone());
            receive.push(our.clone());
        }
    }
    if !send.iter().any(Codec::is_voice) {
        return Err(Mismatch::NoCommonCodec);
    }
    Ok(Agreed {
        index,
        remote: remote.remote_of(theirs),
        send,
        receive,
        direction: local.direction_of(ours).and(remote.direction_of(theirs).reversed()),
        packet_ms: theirs.packet_ms(),
    })
}

impl Agreed {
    /// The codec to send with.
    #[must_use]
    pub fn voice(&self) -> &Codec {
        self.send
            .iter()
            .find(|codec| codec.is_voice())
            .expect("an agreement without a voice codec is an error")
    }

    /// How to send key presses, on the voice codec's clock where there is a choice (RFC 4733 2.1).
    #[must_use]
    pub fn telephone_event(&self) -> Option<&Codec> {
        let clock_rate = self.voice().clock_rate;
        let mut events = self.send.iter().filter(|codec| codec.is_telephone_event());
        events.clone().find(|codec| codec.clock_rate == clock_rate).or_else(|| events.next())
    }
}

fn usable_audio(media: &Media) -> bool {
    media.kind == MediaKind::Audio && media.port != 0 && media.is_plain_rtp()
}

/// The offered formats we accept, as the offer numbers and orders them; empty without a voice among them.
fn common(offered: &Media, terms: &Terms<'_>) -> Vec<Codec> {
    let formats = offered.codecs().iter().filter_map(|codec| {
        let ours = terms.codecs.iter().find(|ours| ours.is_same(codec))?;
        Some(Codec { fmtp: ours.fmtp.clone().or_else(|| codec.fmtp.clone()), ..codec.clone() })
    });
    let formats: Vec<Codec> = formats.collect();
    if formats.iter().any(Codec::is_voice) { formats } else { Vec::new() }
}

/// Why nothing of `offer` can be used, when nothing can.
#[must_use]
pub fn why_none(offer: &SessionDescription) -> Mismatch {
    let audio = || offer.media.iter().filter(|media| media.kind == MediaKind::Audio && media.port != 0);
    if audio().any(usable_audio) {
        Mismatch::NoCommonCodec
    } else if audio().next().is_some() {
        Mismatch::Profile
    } else {
        Mismatch::NoAudio
    }
}

fn audio(codecs: Vec<Codec>, place: SocketAddr) -> Media {
    Media {
        kind: MediaKind::Audio,
        port: place.port(),
        port_count: 1,
        protocol: "RTP/AVP".to_owned(),
        formats: Formats::Rtp(codecs),
        connection: Some(Connection::from_ip(place.ip())),
        direction: None,
        ptime_ms: None,
        ptime_max_ms: None,
        rtcp: None,
        rtcp_mux: RtcpMux::Separate,
        crypto: Vec::new(),
        attributes: Vec::new(),
        lines: Vec::new(),
    }
}

/// A description of ours; the address all streams share goes to session level, where old phones look for it.
pub(super) fn compose(mut media: Vec<Media>) -> SessionDescription {
    let shared = media.iter().find_map(|media| media.connection.clone());
    for section in &mut media {
        if section.connection == shared {
            section.connection = None;
        }
    }
    SessionDescription { connection: shared, ..unsigned(media) }
}
