//! What comes in: matched to transactions and dialogs, refused, or dropped.

use std::net::SocketAddr;
use std::sync::Arc;

use super::deadlines::Due;
use super::server::State;
use super::{DialogId, Endpoint, Event, ServerId};
use crate::Millis;
use crate::dialog::{Flow, Transport};
use crate::message::{
    Answer, HeaderName, Method, Parsed, Refusal, Request, Response, Writer, parse_datagram,
};
use crate::transaction::{invite_server, non_invite_server};

impl Endpoint {
    /// One datagram.
    pub fn handle_datagram(&mut self, now: Millis, listener: u16, remote: SocketAddr, octets: &[u8]) {
        let flow = Flow { listener, transport: Transport::Udp, remote };
        self.handle_parsed(now, flow, parse_datagram(octets));
    }

    /// One message, already cut out of a stream (`message::StreamBuffer`).
    pub fn handle_parsed(&mut self, now: Millis, flow: Flow, parsed: Parsed) {
        match parsed {
            Parsed::Request(request) => self.handle_request(now, flow, request),
            Parsed::Response(response) => self.handle_response(now, response),
            Parsed::Refused(refusal) => self.refuse(flow, &refusal),
            Parsed::Dropped(_) => self.counters.dropped += 1,
        }
    }

    /// What is due now.
    pub fn handle_timeout(&mut self, now: Millis) {
        while let Some((at, due)) = self.deadlines.take(now) {
            match due {
                Due::Server(id, timer) => self.server_timer(now, at, id, timer),
                Due::Client(id, timer) => self.client_timer(now, at, id, timer),
                Due::Trying(id) => self.trying(now, id),
                Due::RepeatSuccess(id) => self.repeat_success(now, id),
            }
        }
    }

    fn handle_response(&mut self, now: Millis, response: Response) {
        let via = response.via();
        let cseq = response.cseq();
        let Some(branch) = via.cookie_branch() else {
            self.counters.unmatched += 1;
            return;
        };
        let key = self.tokens.hash_of(&["client", branch, cseq.method]);
        match self.client_keys.get(&key).copied() {
            Some(id) => self.client_response(now, id, response),
            None => self.repeat_ack(&response),
        }
    }

    /// A success that comes again after its transaction is over gets the same ACK again (RFC 3261 13.2.2.4).
    fn repeat_ack(&mut self, response: &Response) {
        self.counters.unmatched += 1;
        if response.cseq().method != "INVITE" || !(200..300).contains(&response.status()) {
            return;
        }
        let (Some(local), Some(remote)) = (response.from().tag(), response.to().tag()) else { return };
        let dialog = self.find_dialog(response.call_id(), local, remote);
        let ack = dialog.and_then(|id| self.dialogs.get(&id.0)).and_then(|entry| entry.ack.clone());
        if let Some(ack) = ack {
            self.transmits.push_back(ack);
        }
    }

    /// RFC 3261 17.2.3; without the cookie the rule of RFC 2543. The listener and the Call-ID, which no
    /// repetition, ACK or CANCEL changes, keep apart those whose branches are no good chance.
    fn server_key(&self, flow: Flow, request: &Request, method: &str) -> u64 {
        let via = request.via();
        let listener = flow.listener.to_string();
        match via.cookie_branch() {
            Some(branch) => {
                self.tokens.hash_of(&["server", &listener, branch, via.sent_by, request.call_id(), method])
            }
            None => {
                let number = request.cseq().number.to_string();
                let from = request.from().tag().unwrap_or_default().to_owned();
                let branch = via.branch().unwrap_or_default();
                self.tokens.hash_of(&[
                    "server-2543",
                    &listener,
                    request.uri().as_str(),
                    request.call_id(),
                    &from,
                    &number,
                    via.sent_by,
                    branch,
                    method,
                ])
            }
        }
    }

    fn handle_request(&mut self, now: Millis, flow: Flow, request: Request) {
        if *request.method() == Method::Ack {
            return self.handle_ack(now, flow, request);
        }
        if *request.method() == Method::Cancel {
            return self.handle_cancel(flow, request);
        }
        let key = self.server_key(flow, &request, request.method().as_str());
        if let Some(id) = self.server_keys.get(&key).copied() {
            self.counters.repeated += 1;
            return match self.servers.get(&id).map(|server| server.state) {
                Some(State::Invite(_)) => self.step_invite_server(now, id, invite_server::Event::Repeated),
                Some(State::Other(_)) => self.step_other_server(now, id, non_invite_server::Event::Repeated),
                None => {}
            };
        }
        if self.servers.len() >= self.config.limits.servers_max {
            return self.answer_stateless(flow, &request, 503, &[("Retry-After", "5")]);
        }
        if request.to().tag().is_some() {
            return self.handle_in_dialog(now, flow, request, key);
        }
        if self.merged.contains_key(&self.merge_key(flow, &request)) {
            return self.answer_stateless(flow, &request, 482, &[]);
        }
        let server = self.open_server(now, &request, flow, key);
        self.events.push_back(Event::Request { server, request, flow });
    }

    fn handle_in_dialog(&mut self, now: Millis, flow: Flow, request: Request, key: u64) {
        let (local, remote) =
            (request.to().tag().unwrap_or_default(), request.from().tag().unwrap_or_default());
        let found = self.find_dialog(request.call_id(), local, remote);
        let Some(id) = found else {
            return self.answer_stateless(flow, &request, 481, &[]);
        };
        let Some(entry) = self.dialogs.get_mut(&id.0) else { return };
        // The dialog and its source are the proof of who speaks (design section 5).
        if entry.dialog.flow.remote.ip() != flow.remote.ip() {
            return self.answer_stateless(flow, &request, 481, &[]);
        }
        if entry.dialog.take_cseq(request.cseq().number).is_err() {
            return self.answer_stateless(flow, &request, 500, &[]);
        }
        let invite = *request.method() == Method::Invite;
        // RFC 3261 14.2: one INVITE of each side at a time.
        if invite && entry.invited.is_some() {
            return self.answer_stateless(flow, &request, 500, &[("Retry-After", "1")]);
        }
        if invite && entry.inviting {
            return self.answer_stateless(flow, &request, 491, &[]);
        }
        if invite {
            entry.dialog.refresh(request.headers());
            entry.dialog.flow = Flow { listener: flow.listener, ..flow };
        }
        let server = self.open_server(now, &request, flow, key);
        if let Some(opened) = self.servers.get_mut(&server.0) {
            opened.dialog = Some(id);
        }
        if invite && let Some(entry) = self.dialogs.get_mut(&id.0) {
            entry.invited = Some(server.0);
        }
        self.events.push_back(Event::InDialog { dialog: id, server, request });
    }

    fn handle_ack(&mut self, now: Millis, flow: Flow, request: Request) {
        let key = self.server_key(flow, &request, "INVITE");
        if let Some(id) = self.server_keys.get(&key).copied()
            && !matches!(
                self.servers.get(&id).map(|server| server.state),
                Some(State::Invite(invite_server::State::Accepted))
            )
        {
            return self.step_invite_server(now, id, invite_server::Event::Ack);
        }
        let (local, remote) =
            (request.to().tag().unwrap_or_default(), request.from().tag().unwrap_or_default());
        match self.find_dialog(request.call_id(), local, remote) {
            Some(dialog) if self.acknowledge(dialog) => {
                self.events.push_back(Event::Acknowledged { dialog, request });
            }
            Some(_) | None => self.counters.unmatched += 1,
        }
    }

    fn handle_cancel(&mut self, flow: Flow, request: Request) {
        let key = self.server_key(flow, &request, "INVITE");
        let Some(id) = self.server_keys.get(&key).copied() else {
            return self.answer_stateless(flow, &request, 481, &[]);
        };
        let Some(server) = self.servers.get(&id) else { return };
        if server.flow.remote.ip() != flow.remote.ip() {
            return self.answer_stateless(flow, &request, 481, &[]);
        }
        let (tag, open) = (server.tag.clone(), server.is_open());
        let answer = Answer { status: 200, reason: "", to_tag: Some(&tag), source: Some(flow.remote) };
        Writer::response_to(&mut self.buffer, request.headers(), answer).no_body();
        let octets: Arc<[u8]> = Arc::from(self.buffer.as_slice());
        self.send(flow, octets);
        if open {
            self.events.push_back(Event::Cancelled { server: ServerId(id), request });
        }
    }

    /// Answers a request and forgets it: when it comes again, it is answered again. For whoever has not proved
    /// himself yet: his requests cost no memory (RFC 3261 8.2.7).
    pub fn respond_stateless(
        &mut self,
        id: ServerId,
        request: &Request,
        status: u16,
        headers: &[(&str, &str)],
    ) {
        let Some(server) = self.servers.get(&id.0) else { return };
        let flow = server.flow;
        self.close_server(id.0);
        self.answer_stateless(flow, request, status, headers);
    }

    /// Answers a request that gets no transaction; the tag is the same each time (RFC 3261 8.2.7).
    pub(super) fn answer_stateless(
        &mut self,
        flow: Flow,
        request: &Request,
        status: u16,
        extra: &[(&str, &str)],
    ) {
        let tag = self.tokens.tag_of(&[request.call_id(), request.from().tag().unwrap_or_default()]);
        let answer = Answer { status, reason: "", to_tag: Some(&tag), source: Some(flow.remote) };
        let mut writer = Writer::response_to(&mut self.buffer, request.headers(), answer);
        for (name, value) in extra {
            writer.header_named(name, value);
        }
        writer.no_body();
        let octets: Arc<[u8]> = Arc::from(self.buffer.as_slice());
        self.send(flow, octets);
    }

    fn refuse(&mut self, flow: Flow, refusal: &Refusal) {
        self.counters.refused += 1;
        let call_id = refusal.headers.call_id().unwrap_or_default().to_owned();
        let tag = self.tokens.tag_of(&[&call_id]);
        let answer = Answer {
            status: refusal.status,
            reason: &refusal.reason,
            to_tag: Some(&tag),
            source: Some(flow.remote),
        };
        let mut writer = Writer::response_to(&mut self.buffer, &refusal.headers, answer);
        writer.header(HeaderName::Server, &self.config.product);
        writer.no_body();
        let octets: Arc<[u8]> = Arc::from(self.buffer.as_slice());
        self.send(flow, octets);
    }

    /// The dialog that a request of theirs is in or has made.
    pub fn dialog_of(&self, server: ServerId) -> Option<DialogId> {
        self.servers.get(&server.0).and_then(|server| server.dialog)
    }
}
