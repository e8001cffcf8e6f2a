//! Requests of theirs: their transactions, and the repeating of our success until its ACK comes.

use std::sync::Arc;

use super::deadlines::Due;
use super::{DialogId, Endpoint, Event, ServerId};
use crate::Millis;
use crate::dialog::{Flow, Transport};
use crate::message::{Headers, Method, Request};
use crate::transaction::{Action, T1, T2, T4, Timer, invite_server, non_invite_server};

/// After this long without an answer an INVITE gets 100, milliseconds (RFC 3261 17.2.1).
const TRYING_AFTER: u64 = 200;

/// One request of theirs.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) state: State,
    pub(super) flow: Flow,
    pub(super) key: u64,
    /// Key under which a merged request would be found.
    pub(super) merge: Option<u64>,
    /// What an answer needs of the request; empty once it is no longer needed.
    pub(super) headers: Option<Box<Headers>>,
    pub(super) tag: Arc<str>,
    /// The newest response.
    pub(super) response: Option<Arc<[u8]>>,
    /// The dialog the request is in or made.
    pub(super) dialog: Option<DialogId>,
    pub(super) method: Method,
    /// Time until the next repetition, milliseconds.
    interval: u64,
    /// Deadlines that count.
    armed: [(Option<Timer>, Millis); 2],
    /// Our success is repeated until the ACK comes.
    unacknowledged: Option<Millis>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Invite(invite_server::State),
    Other(non_invite_server::State),
}

impl Server {
    fn is_over(&self) -> bool {
        matches!(
            self.state,
            State::Invite(invite_server::State::Terminated)
                | State::Other(non_invite_server::State::Terminated)
        )
    }

    /// No final answer was given yet.
    pub(super) fn is_open(&self) -> bool {
        match self.state {
            State::Invite(state) => state == invite_server::State::Proceeding,
            State::Other(state) => {
                matches!(state, non_invite_server::State::Trying | non_invite_server::State::Proceeding)
            }
        }
    }

    fn arm(&mut self, timer: Timer, at: Millis) {
        let slot = usize::from(timer == Timer::G);
        self.armed[slot] = (Some(timer), at);
    }

    fn disarm(&mut self, timer: Timer) {
        for slot in &mut self.armed {
            if slot.0 == Some(timer) {
                slot.0 = None;
            }
        }
    }
}

impl Endpoint {
    /// Opens the transaction of a new request.
    pub(super) fn open_server(&mut self, now: Millis, request: &Request, flow: Flow, key: u64) -> ServerId {
        let id = self.fresh();
        let tag = match request.to().tag() {
            Some(tag) => Arc::from(tag),
            None => Arc::from(self.tokens.tag().as_str()),
        };
        let invite = *request.method() == Method::Invite;
        let state = if invite {
            self.deadlines.add(now + TRYING_AFTER, Due::Trying(id));
            State::Invite(invite_server::State::Proceeding)
        } else {
            State::Other(non_invite_server::State::Trying)
        };
        let merge = request.to().tag().is_none().then(|| self.merge_key(flow, request));
        if let Some(merge) = merge {
            self.merged.insert(merge, id);
        }
        let server = Server {
            state,
            flow,
            key,
            merge,
            headers: Some(Box::new(request.headers().clone())),
            tag,
            response: None,
            dialog: None,
            method: request.method().clone(),
            interval: T1,
            armed: [(None, Millis(0)); 2],
            unacknowledged: None,
        };
        self.servers.insert(id, Box::new(server));
        self.server_keys.insert(key, id);
        ServerId(id)
    }

    /// RFC 3261 8.2.2.2, on each listener by itself: a call may leave by one and come back by another.
    pub(super) fn merge_key(&self, flow: Flow, request: &Request) -> u64 {
        let cseq = request.cseq();
        let number = cseq.number.to_string();
        let tag = request.from().tag().unwrap_or_default().to_owned();
        let listener = flow.listener.to_string();
        self.tokens.hash_of(&["merge", &listener, request.call_id(), &tag, &number, cseq.method])
    }

    /// Takes a step of an INVITE's machine.
    pub(super) fn step_invite_server(&mut self, now: Millis, id: u64, event: invite_server::Event) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        let State::Invite(state) = server.state else { return };
        let (next, actions) = state.on(event);
        server.state = State::Invite(next);
        if event == invite_server::Event::Success {
            server.unacknowledged = Some(now + 64 * T1);
            server.interval = T1;
            self.deadlines.add(now + T1, Due::RepeatSuccess(id));
        }
        self.act_server(now, id, actions);
    }

    /// Takes a step of another request's machine.
    pub(super) fn step_other_server(&mut self, now: Millis, id: u64, event: non_invite_server::Event) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        let State::Other(state) = server.state else { return };
        let (next, actions) = state.on(event);
        server.state = State::Other(next);
        self.act_server(now, id, actions);
    }

    fn act_server(&mut self, now: Millis, id: u64, actions: &[Action]) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        let reliable = server.flow.transport == Transport::Tcp;
        for action in actions {
            match action {
                Action::SendResponse => {
                    if let Some(octets) = server.response.clone() {
                        self.transmits.push_back(super::Transmit { flow: server.flow, octets });
                    }
                }
                Action::Start(timer) => {
                    let after = match timer {
                        Timer::G if reliable => continue,
                        Timer::G => {
                            let after = server.interval;
                            server.interval = (after * 2).min(T2);
                            after
                        }
                        // Over a connection nothing comes twice.
                        Timer::I | Timer::J if reliable => 0,
                        Timer::I => T4,
                        Timer::H
                        | Timer::J
                        | Timer::L
                        | Timer::A
                        | Timer::B
                        | Timer::D
                        | Timer::E
                        | Timer::F
                        | Timer::K
                        | Timer::M => 64 * T1,
                    };
                    server.arm(*timer, now + after);
                    self.deadlines.add(now + after, Due::Server(id, *timer));
                }
                Action::Stop(timer) => server.disarm(*timer),
                // The user learns of a missing ACK to a failure by nothing: the failure was final.
                Action::Timeout | Action::SendRequest | Action::SendAck | Action::Pass => {}
            }
        }
        if server.is_over() {
            self.close_server(id);
        }
    }

    pub(super) fn server_timer(&mut self, now: Millis, at: Millis, id: u64, timer: Timer) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        if !server.armed.contains(&(Some(timer), at)) {
            return;
        }
        server.disarm(timer);
        match (server.state, timer) {
            (State::Invite(_), Timer::G) => {
                self.counters.repeated += 1;
                self.step_invite_server(now, id, invite_server::Event::TimerG);
            }
            (State::Invite(_), Timer::H) => self.step_invite_server(now, id, invite_server::Event::TimerH),
            (State::Invite(_), Timer::I) => self.step_invite_server(now, id, invite_server::Event::TimerI),
            (State::Invite(_), Timer::L) => self.step_invite_server(now, id, invite_server::Event::TimerL),
            (State::Other(_), Timer::J) => self.step_other_server(now, id, non_invite_server::Event::TimerJ),
            (State::Invite(_) | State::Other(_), _) => {}
        }
    }

    /// Our success is sent again, T1 doubling up to T2, until 64 T1 are over (RFC 3261 13.3.1.4).
    pub(super) fn repeat_success(&mut self, now: Millis, id: u64) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        let Some(until) = server.unacknowledged else { return };
        if now >= until {
            server.unacknowledged = None;
            if let Some(dialog) = server.dialog {
                self.invite_over(dialog);
                self.events.push_back(Event::NotAcknowledged { dialog });
            }
            return;
        }
        server.interval = (server.interval * 2).min(T2);
        self.deadlines.add(now + server.interval, Due::RepeatSuccess(id));
        if let Some(octets) = server.response.clone() {
            self.counters.repeated += 1;
            self.transmits.push_back(super::Transmit { flow: server.flow, octets });
        }
    }

    /// The ACK of our success came; `false`: it had come before.
    pub(super) fn acknowledge(&mut self, dialog: DialogId) -> bool {
        let Some(id) = self.dialogs.get(&dialog.0).and_then(|entry| entry.invited) else { return false };
        let Some(server) = self.servers.get_mut(&id) else { return false };
        let waited = server.unacknowledged.take().is_some();
        if waited {
            // Only the key is needed from now on, to absorb what was sent twice.
            server.response = None;
            self.invite_over(dialog);
        }
        waited
    }

    fn invite_over(&mut self, dialog: DialogId) {
        if let Some(entry) = self.dialogs.get_mut(&dialog.0) {
            entry.invited = None;
        }
    }

    pub(super) fn trying(&mut self, now: Millis, id: u64) {
        let Some(server) = self.servers.get(&id) else { return };
        if server.response.is_some() || !server.is_open() {
            return;
        }
        let Some(headers) = server.headers.as_deref() else { return };
        let answer = crate::message::Answer {
            status: 100,
            reason: "",
            to_tag: None,
            source: Some(server.flow.remote),
        };
        crate::message::Writer::response_to(&mut self.buffer, headers, answer).no_body();
        let octets: Arc<[u8]> = Arc::from(self.buffer.as_slice());
        if let Some(server) = self.servers.get_mut(&id) {
            server.response = Some(octets);
        }
        self.step_invite_server(now, id, invite_server::Event::Provisional);
    }

    pub(super) fn close_server(&mut self, id: u64) {
        let Some(server) = self.servers.remove(&id) else { return };
        // Timer L runs out before the next repetition would notice that no ACK came (RFC 3261 13.3.1.4).
        if server.unacknowledged.is_some()
            && let Some(dialog) = server.dialog.filter(|dialog| self.dialogs.contains_key(&dialog.0))
        {
            self.invite_over(dialog);
            self.events.push_back(Event::NotAcknowledged { dialog });
        }
        if self.server_keys.get(&server.key) == Some(&id) {
            self.server_keys.remove(&server.key);
        }
        if let Some(merge) = server.merge
            && self.merged.get(&merge) == Some(&id)
        {
            self.merged.remove(&merge);
        }
    }
}
