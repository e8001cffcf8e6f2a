//! What goes out: answers to their requests, requests of ours in and outside dialogs.

use std::sync::Arc;

use super::client::{CancelWish, Opening, State as ClientState};
use super::ours::OurInvite;
use super::server::State;
use super::{ClientId, DialogId, Endpoint, ServerId, Transmit};
use crate::Millis;
use crate::dialog::{Dialog, Flow, Stage, Transport};
use crate::message::{Answer, HeaderName, Method, Writer};
use crate::transaction::{T1, invite_client, invite_server, non_invite_server};

/// A request of more octets than this goes by TCP (RFC 3261 18.1.1).
const UDP_REQUEST_MAX: usize = 1_300;

/// A body with its type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Body<'a> {
    /// `application/sdp` and the like.
    pub content_type: &'a str,
    /// Its octets.
    pub octets: &'a [u8],
}

/// An answer.
#[derive(Clone, Copy, Default, Debug)]
pub struct Reply<'a> {
    /// Status code, 101 to 699.
    pub status: u16,
    /// Reason phrase; the usual one when empty.
    pub reason: &'a str,
    /// Further headers by written name.
    pub headers: &'a [(&'a str, &'a str)],
    /// Body.
    pub body: Option<Body<'a>>,
}

/// A request outside any dialog.
#[derive(Clone, Copy, Debug)]
pub struct OutRequest<'a> {
    /// What is asked.
    pub method: &'a Method,
    /// Request-URI.
    pub uri: &'a str,
    /// By which way.
    pub flow: Flow,
    /// From, without tag.
    pub from: &'a str,
    /// To.
    pub to: &'a str,
    /// Max-Forwards.
    pub max_forwards: u8,
    /// Further headers by written name.
    pub headers: &'a [(&'a str, &'a str)],
    /// Body.
    pub body: Option<Body<'a>>,
    /// Without any answer it fails after this long, milliseconds; `None`: 64 T1.
    pub patience: Option<u64>,
}

/// What a request of ours is written from.
struct Draft<'a> {
    method: &'a Method,
    uri: &'a str,
    flow: Flow,
    routes: &'a [Arc<str>],
    from: String,
    to: String,
    call_id: &'a str,
    cseq: u32,
    max_forwards: u8,
    headers: &'a [(&'a str, &'a str)],
    body: Option<Body<'a>>,
}

impl Endpoint {
    /// Answers a request of theirs. A provisional answer above 100 or a success to an INVITE makes its dialog.
    /// An answer to what is answered for good already is passed over.
    pub fn respond(&mut self, now: Millis, id: ServerId, reply: Reply<'_>) {
        let Some(server) = self.servers.get(&id.0) else { return };
        if !server.is_open() {
            return;
        }
        let invite = server.method == Method::Invite;
        if invite && server.dialog.is_none() && (101..300).contains(&reply.status) {
            self.make_dialog(id);
        }
        let Some(server) = self.servers.get(&id.0) else { return };
        let Some(headers) = server.headers.as_deref() else { return };
        let (flow, tag, dialog) = (server.flow, server.tag.clone(), server.dialog);
        let bye = server.method == Method::Bye;
        let answer = Answer {
            status: reply.status,
            reason: reply.reason,
            to_tag: Some(&tag),
            source: Some(flow.remote),
        };
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut writer = Writer::response_to(&mut buffer, headers, answer);
        writer.header(HeaderName::Server, &self.config.product);
        if invite && (101..300).contains(&reply.status) {
            writer.header(HeaderName::Contact, &self.contact(&flow));
        }
        finish(writer, reply.headers, reply.body);
        let octets: Arc<[u8]> = Arc::from(buffer.as_slice());
        self.buffer = buffer;
        self.step_response(now, id.0, reply.status, octets);
        if invite
            && (200..300).contains(&reply.status)
            && let Some(entry) = dialog.and_then(|dialog| self.dialogs.get_mut(&dialog.0))
        {
            entry.dialog.stage = Stage::Confirmed;
            entry.invited = Some(id.0);
        }
        if invite && reply.status >= 300 {
            self.invite_refused(dialog);
        }
        if bye
            && reply.status >= 200
            && let Some(dialog) = dialog
        {
            self.forget(dialog);
        }
    }

    /// An INVITE of theirs was refused: within a dialog this frees it for the next, outside it ends the dialog.
    fn invite_refused(&mut self, dialog: Option<DialogId>) {
        let Some(dialog) = dialog else { return };
        let Some(entry) = self.dialogs.get_mut(&dialog.0) else { return };
        entry.invited = None;
        if entry.dialog.stage == Stage::Early {
            self.forget(dialog);
        }
    }

    fn step_response(&mut self, now: Millis, id: u64, status: u16, octets: Arc<[u8]>) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        server.response = Some(octets);
        if status >= 200 {
            server.headers = None;
        }
        match server.state {
            State::Invite(_) => {
                let event = match status {
                    0..=199 => invite_server::Event::Provisional,
                    200..=299 => invite_server::Event::Success,
                    300.. => invite_server::Event::Failure,
                };
                self.step_invite_server(now, id, event);
            }
            State::Other(_) => {
                let event = match status {
                    0..=199 => non_invite_server::Event::Provisional,
                    200.. => non_invite_server::Event::Final,
                };
                self.step_other_server(now, id, event);
            }
        }
    }

    fn make_dialog(&mut self, id: ServerId) {
        if self.dialogs.len() >= self.config.limits.dialogs_max {
            return;
        }
        let Some(server) = self.servers.get(&id.0) else { return };
        let Some(headers) = server.headers.as_deref() else { return };
        let Some(dialog) = Dialog::of_request(headers, &server.tag, server.flow) else { return };
        let dialog = self.keep_dialog(dialog);
        if let Some(server) = self.servers.get_mut(&id.0) {
            server.dialog = Some(dialog);
        }
    }

    /// Sends a request outside any dialog.
    pub fn request(&mut self, now: Millis, out: OutRequest<'_>) -> ClientId {
        let tag = self.tokens.tag();
        let call_id = self.tokens.call_id();
        let cseq = u32::try_from(self.tokens.below(10_000)).unwrap_or(0) + 1;
        let draft = Draft {
            method: out.method,
            uri: out.uri,
            flow: out.flow,
            routes: &[],
            from: format!("{};tag={tag}", out.from),
            to: out.to.to_owned(),
            call_id: &call_id,
            cseq,
            max_forwards: out.max_forwards,
            headers: out.headers,
            body: out.body,
        };
        self.launch(now, &draft, None, out.patience)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one request")]
    /// Sends a request within a dialog; `None` when there is no such dialog, or an INVITE is under way in it
    /// (RFC 3261 14.1). A BYE ends the dialog: later messages of it get 481.
    pub fn request_in(
        &mut self,
        now: Millis,
        id: DialogId,
        method: &Method,
        headers: &[(&str, &str)],
        body: Option<Body<'_>>,
    ) -> Option<ClientId> {
        let entry = self.dialogs.get_mut(&id.0)?;
        let invite = *method == Method::Invite;
        if invite && (entry.inviting || entry.invited.is_some()) {
            return None;
        }
        let cseq = entry.dialog.next_cseq();
        if invite {
            entry.inviting = true;
            entry.invite_cseq = cseq;
            entry.ack = None;
        }
        let dialog = entry.dialog.clone();
        let client = self.launch_in(now, id, &dialog, (method, cseq), headers, body);
        if *method == Method::Bye {
            self.forget(id);
        }
        Some(client)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one request")]
    fn launch_in(
        &mut self,
        now: Millis,
        id: DialogId,
        dialog: &Dialog,
        (method, cseq): (&Method, u32),
        headers: &[(&str, &str)],
        body: Option<Body<'_>>,
    ) -> ClientId {
        let path = dialog.path();
        let draft = Draft {
            method,
            uri: &path.uri,
            flow: self.dialog_flow(dialog),
            routes: &path.routes,
            from: format!("{};tag={}", dialog.local, dialog.local_tag),
            to: to_of(dialog),
            call_id: &dialog.call_id,
            cseq,
            max_forwards: 70,
            headers,
            body,
        };
        self.launch(now, &draft, Some(id), None)
    }

    /// Acknowledges a success to an INVITE of ours; is sent again by itself when the success comes again.
    pub fn acknowledge_success(&mut self, id: DialogId, body: Option<Body<'_>>) {
        let Some(entry) = self.dialogs.get(&id.0) else { return };
        let (dialog, cseq) = (entry.dialog.clone(), entry.invite_cseq);
        let path = dialog.path();
        let draft = Draft {
            method: &Method::Ack,
            uri: &path.uri,
            flow: self.dialog_flow(&dialog),
            routes: &path.routes,
            from: format!("{};tag={}", dialog.local, dialog.local_tag),
            to: to_of(&dialog),
            call_id: &dialog.call_id,
            cseq,
            max_forwards: 70,
            headers: &[],
            body,
        };
        let branch = self.tokens.branch();
        let octets = self.write(&draft, &branch, draft.flow.transport);
        let transmit = Transmit { flow: draft.flow, octets };
        if let Some(entry) = self.dialogs.get_mut(&id.0) {
            entry.ack = Some(transmit.clone());
        }
        self.transmits.push_back(transmit);
    }

    /// Gives up an INVITE of ours: at once if a provisional answer came, else as soon as one comes (RFC 3261
    /// 9.1). A success may still come; it is to be acknowledged and ended with BYE.
    pub fn cancel(&mut self, now: Millis, id: ClientId, reason: Option<&str>) {
        let Some(client) = self.clients.get_mut(&id.0) else { return };
        if client.cancel != CancelWish::No {
            return;
        }
        match client.state {
            ClientState::Invite(invite_client::State::Calling) => {
                client.cancel = CancelWish::Waiting(reason.map(str::to_owned));
            }
            ClientState::Invite(invite_client::State::Proceeding) => {
                client.cancel = CancelWish::Waiting(reason.map(str::to_owned));
                self.send_waiting_cancel(now, id.0);
            }
            ClientState::Invite(_) | ClientState::Other(_) => {}
        }
    }

    pub(super) fn send_waiting_cancel(&mut self, now: Millis, id: u64) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        let CancelWish::Waiting(reason) = &client.cancel else { return };
        let reason = reason.clone();
        client.cancel = CancelWish::Sent;
        let (flow, target) = (client.flow, client.target.clone());
        let Some(invite) = OurInvite::read(&client.request) else { return };
        let branch = invite.branch();
        let mut writer = Writer::request(&mut self.buffer, &Method::Cancel, &target);
        invite.repeat(&mut writer, "CANCEL", None);
        if let Some(reason) = &reason {
            writer.header(HeaderName::Reason, reason);
        }
        writer.no_body();
        let request: Arc<[u8]> = Arc::from(self.buffer.as_slice());
        let key = self.tokens.hash_of(&["client", branch, "CANCEL"]);
        let opening = Opening {
            flow,
            key,
            request,
            method: Method::Cancel,
            target,
            dialog: None,
            for_size: false,
            patience: 64 * T1,
        };
        self.open_client(now, opening);
    }

    fn launch(
        &mut self,
        now: Millis,
        draft: &Draft<'_>,
        dialog: Option<DialogId>,
        patience: Option<u64>,
    ) -> ClientId {
        let branch = self.tokens.branch();
        let mut flow = draft.flow;
        let mut request = self.write(draft, &branch, flow.transport);
        let for_size = flow.transport == Transport::Udp && request.len() > UDP_REQUEST_MAX;
        if for_size {
            flow.transport = Transport::Tcp;
            request = self.write(draft, &branch, flow.transport);
        }
        let key = self.tokens.hash_of(&["client", &branch, draft.method.as_str()]);
        let opening = Opening {
            flow,
            key,
            request,
            method: draft.method.clone(),
            target: Arc::from(draft.uri),
            dialog,
            for_size,
            patience: patience.unwrap_or(64 * T1),
        };
        self.open_client(now, opening)
    }

    fn write(&mut self, draft: &Draft<'_>, branch: &str, transport: Transport) -> Arc<[u8]> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let mut writer = Writer::request(&mut buffer, draft.method, draft.uri);
        let address = self.address(&draft.flow);
        writer.header_args(
            HeaderName::Via,
            format_args!("SIP/2.0/{} {address};rport;branch={branch}", transport.as_str()),
        );
        writer.header_args(HeaderName::MaxForwards, format_args!("{}", draft.max_forwards));
        for route in draft.routes {
            writer.header(HeaderName::Route, route);
        }
        writer.header(HeaderName::From, &draft.from);
        writer.header(HeaderName::To, &draft.to);
        writer.header(HeaderName::CallId, draft.call_id);
        writer.header_args(HeaderName::CSeq, format_args!("{} {}", draft.cseq, draft.method));
        // A NOTIFY refreshes the target, as an INVITE does (RFC 6665 4.2.1).
        if matches!(draft.method, Method::Invite | Method::Notify) {
            let mut flow = draft.flow;
            flow.transport = transport;
            writer.header(HeaderName::Contact, &self.contact(&flow));
        }
        writer.header(HeaderName::UserAgent, &self.config.product);
        finish(writer, draft.headers, draft.body);
        let octets: Arc<[u8]> = Arc::from(buffer.as_slice());
        self.buffer = buffer;
        octets
    }

    fn contact(&self, flow: &Flow) -> String {
        let address = self.address(flow);
        match flow.transport {
            Transport::Udp => format!("<sip:{address}>"),
            Transport::Tcp => format!("<sip:{address};transport=tcp>"),
        }
    }
}

fn to_of(dialog: &Dialog) -> String {
    if dialog.remote_tag.is_empty() {
        dialog.remote.to_string()
    } else {
        format!("{};tag={}", dialog.remote, dialog.remote_tag)
    }
}

fn finish(mut writer: Writer<'_>, headers: &[(&str, &str)], body: Option<Body<'_>>) {
    for (name, value) in headers {
        writer.header_named(name, value);
    }
    match body {
        Some(body) => writer.body(body.content_type, body.octets),
        None => writer.no_body(),
    }
}
