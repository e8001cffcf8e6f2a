//! Two legs hear each other: brought to one shard, given a codec in common, connected. And descriptions that we
//! make anew ourselves: after hold, for another far end, for music where no codec of ours was spoken.

use model::id::LegId;
use sip_proto::endpoint::{Body, DialogId};
use sip_proto::message::{Method, Response};
use sip_proto::sdp::{Codec, Direction, Media, SessionDescription, Terms, offer_audio, with_both_laws};

use super::sound::{carried, law_of, shared};
use super::{ClientUse, Kind, Leg};
use crate::core::Core;
use crate::dispatch::{ALLOW, SUPPORTED};

/// After this long a description that met another one under way is sent again, milliseconds (RFC 3261 14.1).
const AGAIN_AFTER: u64 = 700;

impl Leg {
    /// The formats that both sides have agreed on, as the far side numbers them; before there is an answer those
    /// that one side offered.
    pub(crate) fn spoken(&self) -> Vec<Codec> {
        let of = |description: &Option<SessionDescription>| {
            description.as_ref().and_then(carried).map(|media| media.codecs().to_vec())
        };
        match (of(&self.ours), of(&self.theirs)) {
            (Some(ours), Some(theirs)) => shared(&ours, &theirs),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Vec::new(),
        }
    }

    /// We once told it to send nothing, for somebody who held the call.
    fn is_muted_by_us(&self) -> bool {
        let ours = self.ours.as_ref();
        ours.and_then(|ours| Some(ours.direction_of(carried(ours)?)))
            .is_some_and(|direction| direction != Direction::SendRecv)
            && !self.held
    }
}

/// Whether two sides can be relayed: a voice in common, or G.711 on both, whichever law.
pub(super) fn agree(a: &[Codec], b: &[Codec]) -> bool {
    shared(a, b).iter().any(Codec::is_voice) || (law_of(a).is_some() && law_of(b).is_some())
}

impl Core {
    /// Joins two answered legs; what is missing between them is negotiated on the way.
    pub(crate) fn join(&mut self, a: LegId, b: LegId) {
        if a == b || !self.legs.contains_key(&a) || !self.legs.contains_key(&b) {
            return;
        }
        self.connect(a, b);
        let spoken = |id: LegId| self.legs.get(&id).map(Leg::spoken).unwrap_or_default();
        let (of_a, of_b) = (spoken(a), spoken(b));
        let dialled = |id: LegId| self.legs.get(&id).is_some_and(|leg| matches!(leg.kind, Kind::Callee(_)));
        let odd = if agree(&of_a, &of_b) { None } else { Some(if dialled(b) { b } else { a }) };
        for (id, own, others) in [(a, &of_a, &of_b), (b, &of_b, &of_a)] {
            let muted = self.legs.get(&id).is_some_and(Leg::is_muted_by_us);
            if odd == Some(id) {
                self.renegotiate(id, with_both_laws(others.clone()));
            } else if muted {
                self.renegotiate(id, own.clone());
            }
        }
    }

    /// Relays between two legs. Whom they heard before hears nothing more.
    pub(crate) fn connect(&mut self, a: LegId, b: LegId) {
        for (one, other) in [(a, b), (b, a)] {
            self.accept_callee(one);
            self.part(one, other);
        }
        self.bring_together(a, b);
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

    /// A leg leaves whom it was joined with, unless that is `keep`.
    fn part(&mut self, id: LegId, keep: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        let (before, port) = (leg.joined.filter(|before| *before != keep), leg.port);
        let Some(other) = before.and_then(|before| self.legs.get_mut(&before)) else { return };
        other.joined = None;
        if let (Some(theirs), Some(port)) = (other.port, port) {
            self.sound.part(theirs.id, port.id);
        }
    }

    /// One call lives on one shard: `b` follows `a` (design section 6).
    fn bring_together(&mut self, a: LegId, b: LegId) {
        let port = |id: LegId| self.legs.get(&id).and_then(|leg| leg.port);
        let (Some(first), Some(second)) = (port(a), port(b)) else { return };
        if first.id.shard == second.id.shard {
            return;
        }
        let moved = self.sound.bring(second.id, first.id);
        if let Some(used) = self.ports.remove(&second.id) {
            self.ports.insert(moved, used);
        }
        if let Some(port) = self.legs.get_mut(&b).and_then(|leg| leg.port.as_mut()) {
            port.id = moved;
        }
    }

    /// Offers a leg these formats, both ways; now, or as soon as nothing else is under way in its dialog.
    pub(crate) fn renegotiate(&mut self, id: LegId, codecs: Vec<Codec>) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.wanted = Some(codecs);
        self.renegotiate_now(id);
    }

    /// Sends the offer that a leg waits for, if it does.
    pub(crate) fn renegotiate_now(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        let (Some(codecs), Some(dialog)) = (leg.wanted.clone(), leg.dialog) else { return };
        if leg.held || codecs.is_empty() {
            return;
        }
        let Ok(place) = self.place(id, leg.joined) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let offer = offer_audio(&Terms { codecs: &codecs, place, direction: Direction::SendRecv });
        let offer = leg.session.publish(in_its_place(offer, leg.ours.as_ref()));
        let text = offer.to_string();
        let sent = self.endpoint.request_in(
            self.now,
            dialog,
            &Method::Invite,
            &[("Allow", ALLOW), ("Supported", SUPPORTED)],
            Some(Body { content_type: "application/sdp", octets: text.as_bytes() }),
        );
        let Some(client) = sent else {
            return self.later.push((self.now + AGAIN_AFTER, id));
        };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.wanted = None;
        let before = leg.ours.replace(offer).map(Box::new);
        self.clients.insert(client, ClientUse::Renegotiate { leg: id, codecs, before });
    }

    /// The far side's word on an offer that we made of ourselves.
    pub(crate) fn renegotiated(
        &mut self,
        id: LegId,
        (codecs, before): (Vec<Codec>, Option<Box<SessionDescription>>),
        dialog: Option<DialogId>,
        response: &Response,
    ) {
        let success = (200..300).contains(&response.status());
        if let Some(dialog) = dialog.filter(|_| success) {
            self.endpoint.acknowledge_success(dialog, None);
        }
        let answer = if success && response.has_sdp() {
            SessionDescription::parse(response.body()).ok()
        } else {
            None
        };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        match answer {
            Some(answer) => {
                leg.theirs = Some(answer);
                self.apply_remote(id);
                self.renegotiate_now(id);
            }
            None => {
                leg.ours = before.map(|before| *before);
                if response.status() == 491 {
                    leg.wanted.get_or_insert(codecs);
                    self.later.push((self.now + AGAIN_AFTER, id));
                } else {
                    tracing::info!(leg = %id, status = response.status(), "a new session description was refused; the call goes on by the one before");
                }
            }
        }
    }
}

/// An offer of one stream, at the place among the media sections where that stream is; their number must not
/// shrink (RFC 3264 8).
fn in_its_place(mut offer: SessionDescription, last: Option<&SessionDescription>) -> SessionDescription {
    let Some(last) = last else { return offer };
    let at = last.media.iter().position(Media::is_carried).unwrap_or(0);
    if let Some(stream) = offer.media.pop() {
        let mut stream = Some(stream);
        offer.media = last
            .media
            .iter()
            .enumerate()
            .map(|(n, media)| stream.take_if(|_| n == at).unwrap_or_else(|| media.refused()))
            .collect();
        offer.media.extend(stream);
    }
    offer
}
