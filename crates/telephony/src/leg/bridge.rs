//! Legs in a dialog: hang-up, hold and resume passed through to the other side, small requests answered.

use model::id::LegId;
use sip_proto::endpoint::{Body, DialogId, Reply, ServerId};
use sip_proto::message::{Method, Request, Response};
use sip_proto::sdp::{SessionDescription, relay_answer, relay_offer};

use super::{ClientUse, Final};
use crate::core::Core;
use crate::dispatch::ALLOW;

impl Core {
    /// A request within a dialog.
    pub(crate) fn in_dialog(&mut self, dialog: DialogId, server: ServerId, request: &Request) {
        let leg = self.dialogs.get(&dialog).copied();
        match request.method() {
            Method::Bye => {
                self.answer(server, 200, &[]);
                if let Some(id) = leg {
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
                }
            }
            Method::Options => self.answer(server, 200, &[("Allow", ALLOW)]),
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Message
            | Method::Prack
            | Method::Update
            | Method::Refer
            | Method::Subscribe
            | Method::Notify
            | Method::Publish
            | Method::Other(_) => self.answer(server, 405, &[("Allow", ALLOW)]),
        }
    }

    /// A new description in a call: hold, resume, another codec. Passed through to the other side, if there is
    /// one; it decides.
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
        let Ok(relayed) = relayed else { return self.answer(server, 488, &[]) };
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
        if let Some(leg) = self.legs.get_mut(&other) {
            leg.ours = Some(body);
        }
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.theirs = Some(offer);
        }
        self.clients.insert(client, ClientUse::Reinvite { leg: other, asked_by: Some((id, server)) });
    }

    /// Without a description the other side asks for ours: it stays as it is.
    fn repeat_ours(&mut self, id: LegId, server: ServerId, request: &Request) {
        if !request.body().is_empty() {
            return self.answer(server, 400, &[]);
        }
        let Some(text) = self.legs.get(&id).and_then(|leg| leg.ours.as_ref()).map(ToString::to_string) else {
            return self.answer(server, 488, &[]);
        };
        self.respond_with(server, 200, &text);
    }

    /// A new description for a leg that speaks with us alone.
    fn reanswer(&mut self, id: LegId, server: ServerId, offer: SessionDescription) {
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.theirs = Some(offer);
        }
        let Ok(answer) = self.our_answer(id) else { return self.answer(server, 488, &[]) };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let published = leg.session.publish(answer);
        let text = published.to_string();
        leg.ours = Some(published);
        self.apply_remote(id);
        self.respond_with(server, 200, &text);
    }

    fn respond_with(&mut self, server: ServerId, status: u16, text: &str) {
        let body = Some(Body { content_type: "application/sdp", octets: text.as_bytes() });
        let headers = &[("Allow", ALLOW)];
        self.endpoint.respond(self.now, server, Reply { status, headers, body, ..Reply::default() });
    }

    /// The other side has decided about a new description.
    pub(crate) fn reinvited(
        &mut self,
        leg: LegId,
        asked_by: Option<(LegId, ServerId)>,
        dialog: Option<DialogId>,
        response: &Response,
    ) {
        let success = (200..300).contains(&response.status());
        if let Some(dialog) = dialog.filter(|_| success) {
            self.endpoint.acknowledge_success(dialog, None);
        }
        let Some((asker, server)) = asked_by else { return };
        if !success {
            return self.answer(server, response.status(), &[]);
        }
        let Ok(answer) = SessionDescription::parse(response.body()) else {
            return self.answer(server, 488, &[]);
        };
        if let Some(known) = self.legs.get_mut(&leg) {
            known.theirs = Some(answer.clone());
        }
        let offer = self.legs.get(&asker).and_then(|leg| leg.theirs.clone());
        let place = self.place(asker, Some(leg));
        let (Some(offer), Ok(place)) = (offer, place) else { return self.answer(server, 488, &[]) };
        match relay_answer(&offer, &answer, &super::sound::places(&offer, place)) {
            Ok(relayed) => {
                let Some(known) = self.legs.get_mut(&asker) else { return };
                let published = known.session.publish(relayed);
                let text = published.to_string();
                known.ours = Some(published);
                self.apply_remote(leg);
                self.apply_remote(asker);
                self.respond_with(server, 200, &text);
            }
            Err(_) => self.answer(server, 488, &[]),
        }
    }

    /// The other side gave no answer to a new description.
    pub(crate) fn reinvite_lost(&mut self, _leg: LegId, asked_by: Option<(LegId, ServerId)>) {
        if let Some((_, server)) = asked_by {
            self.answer(server, 408, &[]);
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
