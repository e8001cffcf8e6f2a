//! Carries an offer and its answer between two legs of a call: our addresses, their codecs.
//!
//! Invariants: media sections keep their positions on both sides for the life of the call; codecs stand in
//! the offerer's order; no address, key or name of one side reaches the other.

use std::net::SocketAddr;

use super::answer::{Mismatch, compose, why_none};
use super::{
    Attribute, Codec, Connection, Direction, Formats, Line, Media, MediaKind, RtcpMux, SessionDescription,
};

/// Attributes that describe the media and not its sender. Everything else stays on its own side: addresses,
/// keys, stream names (RFC 3323: a hidden caller must not be seen in SDP either).
const PASSED: [&str; 6] = ["silencesupp", "framerate", "framesize", "imageattr", "quality", "content"];

impl Media {
    /// A stream that a relay carries: audio over plain RTP with whatever codecs, or T.38; not switched off.
    #[must_use]
    pub fn is_carried(&self) -> bool {
        let audio = self.kind == MediaKind::Audio && self.is_plain_rtp();
        self.port != 0 && (audio || self.is_t38())
    }
}

/// The offer for side B out of side A's. `places` has, for each media section of A's offer, our address
/// towards B, or `None` for a stream that is not carried.
///
/// Streams that are not carried get port 0; those at the end are left out, because many phones refuse a
/// first offer with dead streams, but never below `media_min`, the number of sections B has seen (0 at first):
/// their number must not shrink (RFC 3264 8).
///
/// # Errors
/// Why nothing is left to offer.
pub fn relay_offer(
    offer: &SessionDescription,
    places: &[Option<SocketAddr>],
    media_min: usize,
) -> Result<SessionDescription, Mismatch> {
    let mut media = Vec::with_capacity(offer.media.len());
    let mut wanted = 0;
    for (index, offered) in offer.media.iter().enumerate() {
        match places.get(index).copied().flatten().filter(|_| offered.is_carried()) {
            Some(place) => {
                media.push(carried(offered, place, offered.formats.clone(), offer.direction_of(offered)));
                wanted = index + 1;
            }
            None => media.push(offered.refused()),
        }
    }
    if wanted == 0 {
        return Err(why_none(offer));
    }
    media.truncate(wanted.max(media_min));
    Ok(compose(media))
}

/// The answer for side A out of its own `offer` and side B's `answer` to what [`relay_offer`] made of it.
/// `places` are our addresses towards A.
///
/// Formats are those of B that A offered, in A's order but under B's payload types: what A sends is
/// relayed as it is, so it has to be marked as B expects it (RFC 3264 5.1).
///
/// # Errors
/// [`Mismatch::AnswerShape`] when B answered something else, or why no stream is left.
pub fn relay_answer(
    offer: &SessionDescription,
    answer: &SessionDescription,
    places: &[Option<SocketAddr>],
) -> Result<SessionDescription, Mismatch> {
    if answer.media.len() > offer.media.len() {
        return Err(Mismatch::AnswerShape);
    }
    let mut media = Vec::with_capacity(offer.media.len());
    let mut reason = Mismatch::Refused;
    let mut live = false;
    for (index, offered) in offer.media.iter().enumerate() {
        let place = places.get(index).copied().flatten().filter(|_| offered.is_carried());
        let answered = answer.media.get(index);
        if answered.is_some_and(|answered| answered.kind != offered.kind) {
            return Err(Mismatch::AnswerShape);
        }
        let (Some(place), Some(answered)) = (place, answered.filter(|answered| answered.is_carried())) else {
            media.push(offered.refused());
            continue;
        };
        match shared_formats(offered, answered) {
            Some(formats) => {
                let direction = answer.direction_of(answered).and(offer.direction_of(offered).reversed());
                media.push(carried(answered, place, formats, direction));
                live = true;
            }
            None => {
                reason = Mismatch::NoCommonCodec;
                media.push(offered.refused());
            }
        }
    }
    if live { Ok(compose(media)) } else { Err(reason) }
}

/// What B took of A's formats. `None` when no voice is among them.
fn shared_formats(offered: &Media, answered: &Media) -> Option<Formats> {
    match (&offered.formats, &answered.formats) {
        (Formats::Rtp(offered), Formats::Rtp(answered)) => {
            let shared: Vec<Codec> = offered.iter().filter_map(|codec| taken(codec, answered)).collect();
            shared.iter().any(Codec::is_voice).then_some(Formats::Rtp(shared))
        }
        (Formats::Other(_), Formats::Other(answered)) => Some(Formats::Other(answered.clone())),
        (Formats::Rtp(_), Formats::Other(_)) | (Formats::Other(_), Formats::Rtp(_)) => None,
    }
}

/// The answer's word on one offered codec; an answer that repeats only the number means the offer's codec.
fn taken(offered: &Codec, answered: &[Codec]) -> Option<Codec> {
    let same = answered.iter().find(|codec| codec.is_same(offered));
    if let Some(codec) = same {
        return Some(codec.clone());
    }
    let bare =
        answered.iter().find(|codec| codec.name.is_empty() && codec.payload_type == offered.payload_type)?;
    Some(Codec { fmtp: bare.fmtp.clone(), ..offered.clone() })
}

fn carried(source: &Media, place: SocketAddr, formats: Formats, direction: Direction) -> Media {
    let audio = matches!(formats, Formats::Rtp(_));
    Media {
        kind: source.kind.clone(),
        port: place.port(),
        port_count: 1,
        protocol: source.protocol.clone(),
        formats,
        connection: Some(Connection::from_ip(place.ip())),
        // T.38 has no direction of its own; some gateways refuse a fax offer that carries one.
        direction: audio.then_some(direction),
        ptime_ms: source.ptime_ms,
        ptime_max_ms: source.ptime_max_ms,
        rtcp: None,
        rtcp_mux: RtcpMux::Separate,
        crypto: Vec::new(),
        attributes: source.attributes.iter().filter(|attribute| is_passed(attribute)).cloned().collect(),
        lines: source.lines.iter().filter(|line| is_bandwidth(line)).cloned().collect(),
    }
}

fn is_passed(attribute: &Attribute) -> bool {
    let name = attribute.name.to_ascii_lowercase();
    name.starts_with("t38") || PASSED.contains(&name.as_str())
}

fn is_bandwidth(line: &Line) -> bool {
    line.letter == 'b'
}
