//! Legs in a dialog: hang-up, hold and resume told and passed through to the other side, small requests answered.

use model::id::LegId;
use model::leg::LegEvent;
use sip_proto::endpoint::{Body, DialogId, Reply, ServerId};
use sip_proto::message::{Method, Request, Response};
use sip_proto::sdp::{Direction, Media, SessionDescription, Terms, answer_audio, relay_answer, relay_offer};

use super::sound::carried;
use super::{ClientUse, Final};
use crate::core::Core;
use crate::dispatch::{ALLOW, SUPPORTED};

/// Who asked for a new description, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asker {
    pub(crate) leg: LegId,
    pub(crate) server: ServerId,
    pub(crate) offer: Box<SessionDescription>,
}

impl Core {
    /// A request within a dialog.
    pub(crate) fn in_dialog(&mut self, dialog: DialogId, server: ServerId, request: &Request) {
        let leg = self.dialogs.get(&dialog).copied();
        match request.method() {
            Method::Bye => {
                self.answer(server, 200, &[]);
                if let Some(id) = leg.filter(|id| !self.rings_on(*id)) {
                    self.finish(id, Final::HungUp);
                }
            }
            Method::Invite => match leg {
                Some(id) => self.reinvite(id, server, request),
                None => self.answer(server, 481, &[]),
            },
            Method::Info => {
                self.answer(server, 200, &[]);
                if let (Some(id), Some(key)) = (leg, key_of_info(request)) {
                    self.key(id, key);
                    self.pass_on_key(id, key);
                }
            }
            Method::Refer => match leg {
                Some(id) => self.refer(id, server, request),
                None => self.answer(server, 481, &[]),
            },
            Method::Options => self.answer(server, 200, &[("Allow", ALLOW), ("Supported", SUPPORTED)]),
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Message
            | Method::Prack
            | Method::Update
            | Method::Subscribe
            | Method::Notify
            | Method::Publish
            | Method::Other(_) => self.answer(server, 405, &[("Allow", ALLOW)]),
        }
    }

    /// A key that came by signalling is one of the talk, too: whom it goes to may be a machine that waits for keys.
    fn pass_on_key(&mut self, id: LegId, key: char) {
        let other = self.legs.get(&id).and_then(|leg| leg.joined);
        if let Some(port) = other.and_then(|other| self.legs.get(&other)).and_then(|leg| leg.port) {
            self.sound.press(port.id, key);
        }
    }

    /// A new description in a call: hold, resume, another codec. Passed through to the other side, if there is
    /// one; it decides. Where the asker wants to hear nothing, the other side is left able to hear our music.
    fn reinvite(&mut self, id: LegId, server: ServerId, request: &Request) {
        let offer = if request.has_sdp() { SessionDescription::parse(request.body()).ok() } else { None };
        let Some(offer) = offer else { return self.repeat_ours(id, server, request) };
        let other = self.legs.get(&id).and_then(|leg| leg.joined);
        let Some(other) = other else { return self.reanswer(id, server, offer) };
        let Some((place, dialog)) = self
            .legs
            .get(&other)
            .and_then(|leg| leg.dialog)
            .and_then(|dialog| Some((self.place(other, Some(id)).ok()?, dialog)))
        else {
            return self.answer(server, 491, &[]);
        };
        let sections =
            self.legs.get(&other).and_then(|leg| leg.ours.as_ref()).map_or(0, |ours| ours.media.len());
        let relayed = relay_offer(&offer, &super::sound::places(&offer, place), sections);
        let Ok(mut relayed) = relayed else { return self.answer(server, 488, &[]) };
        for stream in relayed.media.iter_mut().filter(|media| Media::is_carried(media)) {
            if stream.direction == Some(Direction::Inactive) {
                stream.direction = Some(Direction::SendOnly);
            }
        }
        let Some(leg) = self.legs.get_mut(&other) else { return };
        let body = leg.session.publish(relayed);
        let text = body.to_string();
        let sent = self.endpoint.request_in(
            self.now,
            dialog,
            &Method::Invite,
            &[("Allow", ALLOW)],
            Some(Body { content_type: "application/sdp", octets: text.as_bytes() }),
        );
        let Some(client) = sent else {
            // Both sides at once (RFC 3261 14.1): who asked tries again.
            return self.answer(server, 491, &[]);
        };
        let before = self.legs.get_mut(&other).and_then(|leg| leg.ours.replace(body)).map(Box::new);
        let asked = Asker { leg: id, server, offer: Box::new(offer) };
        self.clients.insert(client, ClientUse::Reinvite { leg: other, asked, before });
    }

    /// Without a description the other side asks for ours: it stays as it is, but that we would talk. Whether it holds
    /// the call or takes it back in this way, it says in its ACK (RFC 6337 5.3).
    fn repeat_ours(&mut self, id: LegId, server: ServerId, request: &Request) {
        if !request.body().is_empty() {
            return self.answer(server, 400, &[]);
        }
        let Some(leg) = self.legs.get(&id) else { return };
        let Some(mut ours) = leg.ours.clone() else { return self.answer(server, 488, &[]) };
        if leg.held {
            let other_holds =
                leg.joined.and_then(|other| self.legs.get(&other)).is_some_and(|other| other.held);
            let direction = if other_holds { Direction::SendOnly } else { Direction::SendRecv };
            for stream in ours.media.iter_mut().filter(|media| Media::is_carried(media)) {
                stream.direction = Some(direction);
            }
        }
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let ours = leg.session.publish(ours);
        let text = ours.to_string();
        leg.ours = Some(ours);
        self.respond_with(server, 200, &text);
    }

    /// A new description for a leg that speaks with us alone.
    fn reanswer(&mut self, id: LegId, server: ServerId, offer: SessionDescription) {
        let before = self.legs.get_mut(&id).and_then(|leg| leg.theirs.replace(offer));
        match self.our_answer(id) {
            Ok(answer) => self.accept(id, server, answer),
            Err(_) => {
                if let Some(leg) = self.legs.get_mut(&id) {
                    leg.theirs = before;
                }
                self.answer(server, 488, &[]);
            }
        }
    }

    /// Answers a new description.
    fn accept(&mut self, id: LegId, server: ServerId, answer: SessionDescription) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let published = leg.session.publish(answer);
        let text = published.to_string();
        leg.ours = Some(published);
        leg.wanted = None;
        self.respond_with(server, 200, &text);
        self.described(id);
    }

    /// A far end has described itself anew: its sound goes by that, and it is told when it thereby holds the call or
    /// takes it back.
    pub(crate) fn described(&mut self, id: LegId) {
        self.apply_remote(id);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let theirs = leg.theirs.as_ref();
        let held = theirs
            .and_then(|theirs| Some(theirs.direction_of(carried(theirs)?)))
            .is_some_and(|direction| !direction.receives());
        if std::mem::replace(&mut leg.held, held) != held {
            self.tell(id, if held { LegEvent::Held } else { LegEvent::Unheld });
        }
    }

    fn respond_with(&mut self, server: ServerId, status: u16, text: &str) {
        let body = Some(Body { content_type: "application/sdp", octets: text.as_bytes() });
        let headers = &[("Allow", ALLOW), ("Supported", SUPPORTED)];
        self.endpoint.respond(self.now, server, Reply { status, headers, body, ..Reply::default() });
    }

    /// The other side has decided about a new description.
    pub(crate) fn reinvited(
        &mut self,
        leg: LegId,
        asked: Asker,
        before: Option<Box<SessionDescription>>,
        (dialog, response): (Option<DialogId>, &Response),
    ) {
        let success = (200..300).contains(&response.status());
        if let Some(dialog) = dialog.filter(|_| success) {
            self.endpoint.acknowledge_success(dialog, None);
        }
        let answer = if success { SessionDescription::parse(response.body()).ok() } else { None };
        let Some(answer) = answer else {
            if let Some(known) = self.legs.get_mut(&leg) {
                known.ours = before.map(|before| *before);
            }
            return self.refused_by_other(asked, if success { 488 } else { response.status() });
        };
        if let Some(known) = self.legs.get_mut(&leg) {
            known.theirs = Some(answer.clone());
        }
        self.apply_remote(leg);
        let Ok(place) = self.place(asked.leg, Some(leg)) else { return self.answer(asked.server, 488, &[]) };
        match relay_answer(&asked.offer, &answer, &super::sound::places(&asked.offer, place)) {
            Ok(relayed) => {
                if let Some(asker) = self.legs.get_mut(&asked.leg) {
                    asker.theirs = Some(*asked.offer);
                }
                self.accept(asked.leg, asked.server, relayed);
            }
            Err(_) => self.answer(asked.server, 488, &[]),
        }
        self.renegotiate_now(leg);
    }

    /// The other side refused a new description, or gave no answer. Who only holds the call or takes it back is
    /// answered by us: nothing of that needs the other side.
    pub(crate) fn refused_by_other(&mut self, asked: Asker, status: u16) {
        let Some(leg) = self.legs.get(&asked.leg) else { return };
        let holds = |description: &SessionDescription| {
            carried(description).map(|media| description.direction_of(media).receives())
        };
        let now = leg.theirs.as_ref().and_then(holds);
        let spoken = leg.spoken();
        if status == 491 || now == holds(&asked.offer) {
            return self.answer(asked.server, status, &[]);
        }
        let Ok(place) = self.place(asked.leg, None) else { return self.answer(asked.server, status, &[]) };
        let terms = Terms { codecs: &spoken, place, direction: Direction::SendRecv };
        match answer_audio(&asked.offer, &terms) {
            Ok(answer) => {
                if let Some(leg) = self.legs.get_mut(&asked.leg) {
                    leg.theirs = Some(*asked.offer);
                }
                self.accept(asked.leg, asked.server, answer);
            }
            Err(_) => self.answer(asked.server, status, &[]),
        }
    }
}

/// A key sent by INFO, as some phones do: `Signal=5` or the bare key.
fn key_of_info(request: &Request) -> Option<char> {
    let body = std::str::from_utf8(request.body()).ok()?;
    let signal = body.lines().find_map(|line| line.trim().strip_prefix("Signal=")).unwrap_or(body);
    let key = signal.trim().chars().next()?;
    "0123456789*#ABCD".contains(key).then_some(key)
}
