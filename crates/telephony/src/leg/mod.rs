//! SIP legs: what the engine calls a leg, as transactions, dialogs and sound ports.
//!
//! `caller` is a leg that came in, `callee` one we dial, `bridge` two that are joined, `sound` the glue to
//! descriptions and ports. Invariant: each leg ends by exactly one final event (`model::leg`), told once its
//! sound port has given its figures.

pub(crate) mod bridge;
pub(crate) mod callee;
pub(crate) mod caller;
mod failure;
pub(crate) mod sound;

use model::id::{LegId, TenantId};
use model::leg::{FailCause, LegCommand, LegEvent, MediaFigures, Release};
use sip_proto::endpoint::{ClientId, DialogId, ServerId};
use sip_proto::headers::Reason;
use sip_proto::message::{Method, Response};
use sip_proto::sdp::{LocalSession, SessionDescription};

use crate::TelephonyEvent;
use crate::core::Core;
use crate::rtp::PortId;
use crate::screen::Channel;
use callee::Callee;
use caller::Caller;

/// One leg.
#[derive(Debug)]
pub(crate) struct Leg {
    /// Whose company; known from the first command on.
    pub(crate) tenant: Option<TenantId>,
    pub(crate) kind: Kind,
    pub(crate) port: Option<Port>,
    /// Our side of its description.
    pub(crate) session: LocalSession,
    /// What we last said to it.
    pub(crate) ours: Option<SessionDescription>,
    /// What it last said to us.
    pub(crate) theirs: Option<SessionDescription>,
    pub(crate) dialog: Option<DialogId>,
    pub(crate) joined: Option<LegId>,
    /// Trunk it goes over.
    pub(crate) trunk: Option<usize>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Caller(Caller),
    Callee(Callee),
}

/// A leg's sound port.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Port {
    pub(crate) id: PortId,
    pub(crate) number: u16,
}

/// Whose port it is, and what is to be told when it has closed.
#[derive(Debug)]
pub(crate) struct PortUse {
    pub(crate) leg: LegId,
    pub(crate) ending: Option<Final>,
}

/// How a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Final {
    Closed,
    HungUp,
    Failed(FailCause),
}

impl Final {
    fn event(self, media: Option<MediaFigures>) -> LegEvent {
        match self {
            Final::Closed => LegEvent::Closed { media },
            Final::HungUp => LegEvent::HungUp { media },
            Final::Failed(cause) => LegEvent::Failed { cause, media },
        }
    }
}

/// What a request of ours is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClientUse {
    /// An INVITE of a dialled leg: which branch.
    Invite(LegId, usize),
    /// An INVITE within a dialog, asked for by the other leg's.
    Reinvite { leg: LegId, asked_by: Option<(LegId, ServerId)> },
    /// An INVITE that nobody waits for any more: a success is acknowledged and ended, with this reason.
    Orphan(Release),
    /// A text.
    Text,
    /// Anything whose answer changes nothing.
    Other,
}

impl Leg {
    pub(crate) fn message_channel(&self) -> Option<Channel> {
        match &self.kind {
            Kind::Caller(caller) => caller.message_channel(),
            Kind::Callee(_) => None,
        }
    }
}

impl Core {
    pub(crate) fn tell(&mut self, leg: LegId, event: LegEvent) {
        self.events.push(TelephonyEvent::Leg(leg, event));
    }

    /// Carries out what the engine decided.
    pub(crate) fn leg_command(&mut self, tenant: &TenantId, id: LegId, command: LegCommand) {
        if let LegCommand::Dial(dial) = command {
            return self.dial(tenant, id, &dial);
        }
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.tenant = Some(tenant.clone());
        match command {
            LegCommand::Dial(_) => {}
            LegCommand::Ring => self.ring(id),
            LegCommand::Progress { from } => self.progress(id, from),
            LegCommand::Answer { with } => self.answer_caller(id, with),
            LegCommand::Join { with } => self.join(id, with),
            LegCommand::Play { id: play, prompts } => self.play(id, play, &prompts),
            LegCommand::Echo => self.echo(id),
            LegCommand::Release(how) => self.release(id, how),
        }
    }

    /// Ends a leg as the engine wants; `Closed` follows. A leg that is gone already has told its end.
    pub(crate) fn release(&mut self, id: LegId, how: Release) {
        let Some(leg) = self.legs.get(&id) else { return };
        match &leg.kind {
            Kind::Caller(_) => self.release_caller(id, how),
            Kind::Callee(_) => self.release_callee(id, how),
        }
        self.finish(id, Final::Closed);
    }

    /// A leg is over: everything of it is given back, and the final event follows.
    pub(crate) fn finish(&mut self, id: LegId, how: Final) {
        let Some(leg) = self.legs.remove(&id) else { return };
        if let Some(at) = leg.trunk
            && let Some(trunk) = self.trunks.get_mut(at)
        {
            trunk.calls = trunk.calls.saturating_sub(1);
        }
        match &leg.kind {
            Kind::Caller(caller) => {
                self.servers.remove(&caller.server);
            }
            Kind::Callee(callee) => {
                for client in callee.clients() {
                    if matches!(self.clients.get(&client), Some(ClientUse::Invite(..))) {
                        self.clients.remove(&client);
                    }
                }
            }
        }
        if let Some(dialog) = leg.dialog {
            self.dialogs.remove(&dialog);
        }
        if let Some(other) = leg.joined.and_then(|other| self.legs.get_mut(&other)) {
            other.joined = None;
            if let Some(port) = other.port {
                self.sound.silence(port.id);
            }
        }
        match leg.port {
            Some(port) => {
                if let Some(used) = self.ports.get_mut(&port.id) {
                    used.ending = Some(how);
                }
                self.sound.close(port.id, port.number);
            }
            None => self.tell(id, how.event(None)),
        }
    }

    /// A sound port has closed: the leg's final event, with its figures.
    pub(crate) fn port_closed(&mut self, port: PortId, media: MediaFigures) {
        if let Some(used) = self.ports.remove(&port)
            && let Some(how) = used.ending
        {
            self.tell(used.leg, how.event(Some(media)));
        }
    }

    /// Ends a dialog by BYE.
    pub(crate) fn bye(&mut self, dialog: DialogId, how: Release) {
        let reason = reason_of(how);
        let headers: Vec<(&str, &str)> = reason.iter().map(|reason| ("Reason", reason.as_str())).collect();
        if let Some(client) = self.endpoint.request_in(self.now, dialog, &Method::Bye, &headers, None) {
            self.clients.insert(client, ClientUse::Other);
        }
    }

    pub(crate) fn response(&mut self, client: ClientId, dialog: Option<DialogId>, response: &Response) {
        let Some(what) = self.clients.get(&client).cloned() else {
            return self.orphaned(dialog, response, Release::Normal);
        };
        let is_final = response.status() >= 200;
        match what {
            ClientUse::Invite(leg, branch) => self.branch_response(leg, branch, dialog, response),
            ClientUse::Reinvite { leg, asked_by } => {
                if is_final {
                    self.clients.remove(&client);
                    self.reinvited(leg, asked_by, dialog, response);
                }
            }
            ClientUse::Orphan(why) => self.orphaned(dialog, response, why),
            ClientUse::Text | ClientUse::Other => {}
        }
        // Forks of an INVITE may answer after the first success: its use ends with its leg.
        let may_fork = matches!(self.clients.get(&client), Some(ClientUse::Invite(..)));
        if response.status() >= 300 || (is_final && !may_fork) {
            self.clients.remove(&client);
        }
    }

    /// An answer to a leg that is gone: a success is acknowledged and ended at once (200 after CANCEL).
    fn orphaned(&mut self, dialog: Option<DialogId>, response: &Response, why: Release) {
        let Some(dialog) = dialog.filter(|dialog| !self.dialogs.contains_key(dialog)) else { return };
        if (200..300).contains(&response.status()) && response.cseq().method == "INVITE" {
            self.endpoint.acknowledge_success(dialog, None);
            self.bye(dialog, why);
        } else if response.status() >= 300 {
            self.endpoint.forget(dialog);
        }
    }

    pub(crate) fn no_response(&mut self, client: ClientId) {
        match self.clients.remove(&client) {
            Some(ClientUse::Invite(leg, branch)) => self.branch_failed(leg, branch, 408),
            Some(ClientUse::Reinvite { leg, asked_by }) => self.reinvite_lost(leg, asked_by),
            Some(ClientUse::Orphan(_) | ClientUse::Text | ClientUse::Other) | None => {}
        }
    }
}

/// The Reason header of a CANCEL or BYE.
pub(crate) fn reason_of(how: Release) -> Option<String> {
    match how {
        Release::AnsweredElsewhere => Some(Reason::answered_elsewhere().to_string()),
        Release::Normal
        | Release::Busy
        | Release::Unavailable
        | Release::NotFound
        | Release::Forbidden
        | Release::Rejected
        | Release::NotAcceptable
        | Release::LimitReached
        | Release::Fault => None,
    }
}
