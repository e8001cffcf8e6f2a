//! Requests of ours: their transactions, and falling back to UDP when a connection cannot be opened.

use std::sync::Arc;

use super::deadlines::Due;
use super::ours::OurInvite;
use super::{ClientId, DialogId, Endpoint, Event, Failure, Transmit};
use crate::Millis;
use crate::dialog::{Dialog, Flow, Stage, Transport};
use crate::message::{HeaderName, Method, Response, Writer};
use crate::transaction::{Action, T1, T2, T4, Timer, invite_client, non_invite_client};

/// Dialogs one INVITE of ours may make by its forks.
const FORKS_MAX: usize = 64;

/// One request of ours.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) state: State,
    pub(super) flow: Flow,
    pub(super) key: u64,
    pub(super) request: Arc<[u8]>,
    pub(super) method: Method,
    /// Request-URI.
    pub(super) target: Arc<str>,
    /// The dialog it is in.
    pub(super) dialog: Option<DialogId>,
    /// Wants to be cancelled as soon as a provisional answer is there (RFC 3261 9.1).
    pub(super) cancel: CancelWish,
    /// It went by TCP only for its size: UDP is tried when the connection fails (RFC 3261 18.1.1).
    pub(super) for_size: bool,
    /// Without any answer it fails after this long, milliseconds.
    pub(super) patience: u64,
    /// Key and id of each dialog it made, those that are over too: a late answer makes none of them again.
    made: Vec<(u64, DialogId)>,
    interval: u64,
    armed: [(Option<Timer>, Millis); 2],
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum CancelWish {
    No,
    /// With this Reason, if any.
    Waiting(Option<String>),
    Sent,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Invite(invite_client::State),
    Other(non_invite_client::State),
}

impl Client {
    fn arm(&mut self, timer: Timer, at: Millis) {
        let slot = usize::from(matches!(timer, Timer::A | Timer::E));
        self.armed[slot] = (Some(timer), at);
    }

    fn disarm(&mut self, timer: Timer) {
        for slot in &mut self.armed {
            if slot.0 == Some(timer) {
                slot.0 = None;
            }
        }
    }

    fn is_over(&self) -> bool {
        matches!(
            self.state,
            State::Invite(invite_client::State::Terminated)
                | State::Other(non_invite_client::State::Terminated)
        )
    }
}

/// What opens a transaction.
pub(super) struct Opening {
    pub(super) flow: Flow,
    pub(super) key: u64,
    pub(super) request: Arc<[u8]>,
    pub(super) method: Method,
    pub(super) target: Arc<str>,
    pub(super) dialog: Option<DialogId>,
    pub(super) for_size: bool,
    pub(super) patience: u64,
}

impl Endpoint {
    pub(super) fn open_client(&mut self, now: Millis, opening: Opening) -> ClientId {
        let id = self.fresh();
        let invite = opening.method == Method::Invite;
        let (state, actions) = if invite {
            (State::Invite(invite_client::State::Calling), invite_client::START)
        } else {
            (State::Other(non_invite_client::State::Trying), non_invite_client::START)
        };
        let client = Client {
            state,
            flow: opening.flow,
            key: opening.key,
            request: opening.request,
            method: opening.method,
            target: opening.target,
            dialog: opening.dialog,
            cancel: CancelWish::No,
            for_size: opening.for_size,
            patience: opening.patience,
            made: Vec::new(),
            interval: T1,
            armed: [(None, Millis(0)); 2],
        };
        self.client_keys.insert(client.key, id);
        self.clients.insert(id, client);
        self.act_client(now, id, actions, None);
        ClientId(id)
    }

    /// A response that matched a transaction.
    pub(super) fn client_response(&mut self, now: Millis, id: u64, response: Response) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        let status = response.status();
        let actions = match &mut client.state {
            State::Invite(state) => {
                let event = match status {
                    0..=199 => invite_client::Event::Provisional,
                    200..=299 => invite_client::Event::Success,
                    300.. => invite_client::Event::Failure,
                };
                let (next, actions) = state.on(event);
                *state = next;
                actions
            }
            State::Other(state) => {
                let event = match status {
                    0..=199 => non_invite_client::Event::Provisional,
                    200.. => non_invite_client::Event::Final,
                };
                let (next, actions) = state.on(event);
                *state = next;
                actions
            }
        };
        if (100..200).contains(&status) {
            self.send_waiting_cancel(now, id);
        }
        self.act_client(now, id, actions, Some(response));
    }

    fn act_client(&mut self, now: Millis, id: u64, actions: &[Action], response: Option<Response>) {
        let mut response = response;
        for action in actions {
            let Some(client) = self.clients.get_mut(&id) else { return };
            let reliable = client.flow.transport == Transport::Tcp;
            match action {
                Action::SendRequest => {
                    let transmit = Transmit { flow: client.flow, octets: client.request.clone() };
                    self.transmits.push_back(transmit);
                }
                Action::SendAck => {
                    if let Some(response) = &response {
                        self.ack_failure(id, response);
                    }
                }
                Action::Pass => {
                    if let Some(response) = response.take() {
                        self.pass(id, response);
                    }
                }
                Action::Timeout => self.fail(id, Failure::Timeout),
                Action::Start(timer) => {
                    let after = match timer {
                        Timer::A | Timer::E if reliable => continue,
                        Timer::A | Timer::E => {
                            let after = client.interval;
                            let most = if *timer == Timer::A { u64::MAX } else { T2 };
                            client.interval = (after * 2).min(most);
                            after
                        }
                        Timer::D | Timer::K if reliable => 0,
                        Timer::K => T4,
                        Timer::B | Timer::F => client.patience,
                        Timer::D | Timer::M | Timer::G | Timer::H | Timer::I | Timer::J | Timer::L => 64 * T1,
                    };
                    client.arm(*timer, now + after);
                    self.deadlines.add(now + after, Due::Client(id, *timer));
                }
                Action::Stop(timer) => client.disarm(*timer),
                Action::SendResponse => {}
            }
        }
        if self.clients.get(&id).is_some_and(Client::is_over) {
            self.close_client(id);
        }
    }

    pub(super) fn client_timer(&mut self, now: Millis, at: Millis, id: u64, timer: Timer) {
        let Some(client) = self.clients.get_mut(&id) else { return };
        if !client.armed.contains(&(Some(timer), at)) {
            return;
        }
        client.disarm(timer);
        if matches!(timer, Timer::A | Timer::E) {
            self.counters.repeated += 1;
        }
        let actions = match &mut client.state {
            State::Invite(state) => {
                let event = match timer {
                    Timer::A => invite_client::Event::TimerA,
                    Timer::B => invite_client::Event::TimerB,
                    Timer::D => invite_client::Event::TimerD,
                    Timer::M
                    | Timer::E
                    | Timer::F
                    | Timer::G
                    | Timer::H
                    | Timer::I
                    | Timer::J
                    | Timer::K
                    | Timer::L => invite_client::Event::TimerM,
                };
                let (next, actions) = state.on(event);
                *state = next;
                actions
            }
            State::Other(state) => {
                let event = match timer {
                    Timer::E => non_invite_client::Event::TimerE,
                    Timer::F => non_invite_client::Event::TimerF,
                    Timer::K
                    | Timer::A
                    | Timer::B
                    | Timer::D
                    | Timer::G
                    | Timer::H
                    | Timer::I
                    | Timer::J
                    | Timer::L
                    | Timer::M => non_invite_client::Event::TimerK,
                };
                let (next, actions) = state.on(event);
                *state = next;
                actions
            }
        };
        self.act_client(now, id, actions, None);
    }

    /// Hands a response up, with the dialog it is in or makes.
    fn pass(&mut self, id: u64, response: Response) {
        let Some(client) = self.clients.get(&id) else { return };
        let (flow, target, method, within) =
            (client.flow, client.target.clone(), client.method.clone(), client.dialog);
        let status = response.status();
        let dialog = match (within, method) {
            (Some(dialog), Method::Invite) => {
                if status >= 200
                    && let Some(entry) = self.dialogs.get_mut(&dialog.0)
                {
                    entry.inviting = false;
                    if status < 300 {
                        entry.dialog.refresh(response.headers());
                    }
                }
                Some(dialog)
            }
            (Some(dialog), _) => Some(dialog),
            (None, Method::Invite) if (101..300).contains(&status) => {
                if self.is_of_ended_dialog(id, &response) {
                    return;
                }
                self.dialog_of_response(id, &response, &target, flow)
            }
            (None, Method::Invite) if status >= 300 => {
                self.forget_early(id);
                None
            }
            (None, _) => None,
        };
        self.events.push_back(Event::Response { client: ClientId(id), dialog, response });
    }

    /// The dialog of a provisional answer or success to an INVITE of ours; each fork has its own.
    fn dialog_of_response(
        &mut self,
        client: u64,
        response: &Response,
        target: &str,
        flow: Flow,
    ) -> Option<DialogId> {
        let success = response.status() >= 200;
        let (from, to) = (response.from(), response.to());
        let known = self.find_dialog(response.call_id(), from.tag()?, to.tag()?);
        if let Some(id) = known {
            let entry = self.dialogs.get_mut(&id.0)?;
            if success {
                entry.dialog.confirm_by(response.headers());
            }
            return Some(id);
        }
        let forks = self.clients.get(&client)?.made.len();
        if self.dialogs.len() >= self.config.limits.dialogs_max || forks >= FORKS_MAX {
            return None;
        }
        let stage = if success { Stage::Confirmed } else { Stage::Early };
        let dialog = Dialog::of_response(response.headers(), target, flow, stage)?;
        let cseq = dialog.local_cseq;
        let id = self.keep_dialog(dialog);
        if let Some(entry) = self.dialogs.get_mut(&id.0) {
            entry.invite_cseq = cseq;
            let key = entry.key;
            self.clients.get_mut(&client)?.made.push((key, id));
        }
        Some(id)
    }

    /// Whether it comes again after the dialog it made was ended.
    fn is_of_ended_dialog(&self, client: u64, response: &Response) -> bool {
        let Some(client) = self.clients.get(&client).filter(|client| !client.made.is_empty()) else {
            return false;
        };
        let (from, to) = (response.from(), response.to());
        let (Some(local), Some(remote)) = (from.tag(), to.tag()) else { return false };
        let key = self.dialog_key(response.call_id(), local, remote);
        client.made.iter().any(|(made, id)| *made == key && !self.dialogs.contains_key(&id.0))
    }

    /// Ends the early dialogs of an INVITE that failed or whose forks had their time (RFC 3261 12.3, 13.2.2.4).
    fn forget_early(&mut self, client: u64) {
        let Some(client) = self.clients.get(&client) else { return };
        let early: Vec<DialogId> = client
            .made
            .iter()
            .map(|(_, dialog)| *dialog)
            .filter(|dialog| self.dialog(*dialog).is_some_and(|dialog| dialog.stage == Stage::Early))
            .collect();
        for dialog in early {
            self.forget(dialog);
        }
    }

    /// RFC 3261 17.1.1.3: the ACK of a failure has the branch and the headers of its INVITE.
    fn ack_failure(&mut self, id: u64, response: &Response) {
        let Some(client) = self.clients.get(&id) else { return };
        let Some(invite) = OurInvite::read(&client.request) else { return };
        let flow = client.flow;
        let mut writer = Writer::request(&mut self.buffer, &Method::Ack, &client.target);
        invite.repeat(&mut writer, Method::Ack.as_str(), response.headers().get(HeaderName::To));
        writer.no_body();
        let octets: Arc<[u8]> = Arc::from(self.buffer.as_slice());
        self.send(flow, octets);
    }

    /// A request of ours fails without an answer.
    pub(super) fn fail(&mut self, id: u64, why: Failure) {
        if let Some(client) = self.clients.get(&id)
            && client.method == Method::Invite
            && let Some(dialog) = client.dialog
            && let Some(entry) = self.dialogs.get_mut(&dialog.0)
        {
            entry.inviting = false;
        }
        self.events.push_back(Event::Failed { client: ClientId(id), why });
    }

    pub(super) fn close_client(&mut self, id: u64) {
        self.forget_early(id);
        if let Some(client) = self.clients.remove(&id)
            && self.client_keys.get(&client.key) == Some(&id)
        {
            self.client_keys.remove(&client.key);
        }
    }

    /// A message could not be sent by `flow`: no connection. What went by TCP for its size alone goes by UDP.
    pub fn transport_failed(&mut self, now: Millis, flow: Flow) {
        let open: Vec<u64> = self
            .clients
            .iter()
            .filter(|(_, client)| client.flow == flow && is_waiting(client.state))
            .map(|(id, _)| *id)
            .collect();
        for id in open {
            let Some(client) = self.clients.get_mut(&id) else { continue };
            if client.for_size {
                client.for_size = false;
                client.flow.transport = Transport::Udp;
                let text = String::from_utf8_lossy(&client.request).replacen("SIP/2.0/TCP", "SIP/2.0/UDP", 1);
                client.request = Arc::from(text.into_bytes());
                let actions = if client.method == Method::Invite {
                    invite_client::START
                } else {
                    non_invite_client::START
                };
                self.act_client(now, id, actions, None);
            } else {
                self.fail(id, Failure::Transport);
                self.close_client(id);
            }
        }
    }
}

fn is_waiting(state: State) -> bool {
    matches!(
        state,
        State::Invite(invite_client::State::Calling) | State::Other(non_invite_client::State::Trying)
    )
}
