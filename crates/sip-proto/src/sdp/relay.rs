//! Carries an offer and its answer between two legs of a call: our addresses, their codecs.
//!
//! Invariants: media sections keep their positions on both sides for the life of the call; codecs stand in
//! the offerer's order and under the offerer's payload types; no address, key or name of one side reaches the other.
//! A relay writes G.711 of one law anew in the other and each payload type in the receiver's number, so sides that
//! differ in either understand each other.

use std::net::SocketAddr;

use super::answer::{Mismatch, compose, why_none};
use super::{
    Attribute, Codec, Connection, Direction, FORMATS_MAX, Formats, Line, Media, MediaKind, RtcpMux,
    SessionDescription,
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
/// Whoever offers one law of G.711 is offered on with both: his phone's law need not be the called phone's.
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
                let formats = match &offered.formats {
                    Formats::Rtp(codecs) => Formats::Rtp(with_both_laws(codecs.clone())),
                    Formats::Other(_) => offered.formats.clone(),
                };
                media.push(carried(offered, place, formats, offer.direction_of(offered)));
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
/// Formats are those of B that A offered, in A's order and under A's payload types (RFC 3264 6.1); where B speaks only
/// the law of G.711 that A did not offer, A's own law stands for it.
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
            let laws = |codecs: &[Codec]| codecs.iter().filter(|codec| codec.is_g711()).cloned().collect();
            let (theirs, own): (Vec<Codec>, Vec<Codec>) = (laws(answered), laws(offered));
            let other_law =
                !theirs.is_empty() && !own.iter().any(|law| theirs.iter().any(|b| b.is_same(law)));
            let own_law = |codec: &Codec| (other_law && codec.is_g711()).then(|| codec.clone());
            let shared: Vec<Codec> = offered
                .iter()
                .filter_map(|codec| taken(codec, answered).or_else(|| own_law(codec)))
                .collect();
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
        return Some(Codec { payload_type: offered.payload_type, ..codec.clone() });
    }
    let bare =
        answered.iter().find(|codec| codec.name.is_empty() && codec.payload_type == offered.payload_type)?;
    Some(Codec { fmtp: bare.fmtp.clone(), ..offered.clone() })
}

/// The other law of G.711 behind the voices that are there already, if one law is.
#[must_use]
pub fn with_both_laws(mut codecs: Vec<Codec>) -> Vec<Codec> {
    let other = [Codec::pcma(), Codec::pcmu()]
        .into_iter()
        .find(|law| !codecs.iter().any(|had| had.is_same(law) || had.payload_type == law.payload_type));
    let behind = codecs.iter().rposition(Codec::is_voice).map_or(0, |last| last + 1);
    if let Some(other) = other.filter(|_| codecs.len() < FORMATS_MAX && codecs.iter().any(Codec::is_g711)) {
        codecs.insert(behind, other);
    }
    codecs
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
