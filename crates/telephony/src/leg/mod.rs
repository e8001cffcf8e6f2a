//! SIP legs: what the engine calls a leg, as transactions, dialogs and sound ports.
//!
//! `caller` is a leg that came in, `callee` one we dial by `invitation`s, `bridge` what happens in a dialog,
//! `negotiate` what brings two legs together, `refer` and `adopt` how a far end goes from one call to another,
//! `sound` the glue to descriptions and ports. Invariant: each leg ends by exactly one final event (`model::leg`), told once its
//! sound port has given its figures.

mod adopt;
pub(crate) mod bridge;
pub(crate) mod callee;
pub(crate) mod caller;
pub(crate) mod diverted;
mod failure;
mod invitation;
mod negotiate;
pub(crate) mod refer;
mod silence;
pub(crate) mod sound;

use model::id::{LegId, TenantId};
use model::leg::{FailCause, LegCommand, LegEvent, MediaFigures, Release};
use sip_proto::endpoint::{ClientId, DialogId};
use sip_proto::headers::Reason;
use sip_proto::message::{Method, Response};
use sip_proto::sdp::{Codec, LocalSession, SessionDescription};

use crate::TelephonyEvent;
use crate::core::Core;
use crate::rtp::PortId;
use crate::screen::Channel;
use bridge::Asker;
use callee::Callee;
use caller::Caller;
use refer::Asked;

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
    /// Its far end put us on hold.
    pub(crate) held: bool,
    /// Formats that we want to offer it as soon as its dialog is free.
    pub(crate) wanted: Option<Vec<Codec>>,
    /// Transfers it asked for, of which it has not heard yet what came.
    pub(crate) refers: Vec<Asked>,
    /// How many it asked for.
    pub(crate) refer_count: u16,
    /// Who sends it elsewhere, for the INVITE that comes of it (RFC 3892).
    pub(crate) referred_by: Option<String>,
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

/// What became of a leg that was given back.
#[derive(PartialEq, Eq)]
enum GivenBack {
    /// There was none.
    Nothing,
    /// It had no port: nobody will tell its end.
    Silently,
    /// Its port will.
    PortCloses,
}

/// What a request of ours is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClientUse {
    /// An INVITE of a dialled leg: which branch.
    Invite(LegId, usize),
    /// An INVITE within a dialog, asked for by the other leg's.
    Reinvite { leg: LegId, asked: Asker, before: Option<Box<SessionDescription>> },
    /// An INVITE within a dialog, of our own: what was offered, and our description before.
    Renegotiate { leg: LegId, codecs: Vec<Codec>, before: Option<Box<SessionDescription>> },
    /// An INVITE that nobody waits for any more: a success is acknowledged and ended, with this reason.
    Orphan(Release),
    /// Whether a far end of whom no sound is expected is still there.
    Probe(LegId),
    /// A text.
    Text,
    /// Anything whose answer changes nothing.
    Other,
}

impl Leg {
    /// A leg of which nothing is known but whose it is.
    pub(crate) fn new(tenant: Option<TenantId>, kind: Kind, session: LocalSession) -> Leg {
        Leg {
            tenant,
            kind,
            port: None,
            session,
            ours: None,
            theirs: None,
            dialog: None,
            joined: None,
            trunk: None,
            held: false,
            wanted: None,
            refers: Vec::new(),
            refer_count: 0,
            referred_by: None,
        }
    }

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
            return self.dial(tenant, id, dial);
        }
        if let LegCommand::Adopt { from } = command {
            return self.adopt(tenant, id, from);
        }
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.tenant = Some(tenant.clone());
        match command {
            LegCommand::Dial(_) | LegCommand::Adopt { .. } => {}
            LegCommand::Ring => self.ring(id),
            LegCommand::Progress { from } => self.progress(id, from),
            LegCommand::Answer { with } => self.answer_caller(id, with),
            LegCommand::Accept => self.accept_callee(id),
            LegCommand::Join { with } => self.join(id, with),
            LegCommand::Play { id: play, prompts } => self.play(id, play, &prompts),
            LegCommand::Music { prompt } => self.music(id, &prompt),
            LegCommand::Tone(tone) => self.tone(id, tone),
            LegCommand::Echo => self.echo(id),
            LegCommand::Referred { refer, result } => self.referred(id, refer, result),
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
        if self.give_back(id, Some(how)) == GivenBack::Silently {
            self.tell(id, how.event(None));
        }
    }

    /// Gives back everything of a leg. Its port tells `how` it ended, if that is to be told, when it has closed.
    fn give_back(&mut self, id: LegId, how: Option<Final>) -> GivenBack {
        self.leave_trunk(id);
        let Some(leg) = self.legs.remove(&id) else { return GivenBack::Nothing };
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
            if let (Some(theirs), Some(port)) = (other.port, leg.port) {
                self.sound.part(theirs.id, port.id);
            }
        }
        let Some(port) = leg.port else { return GivenBack::Silently };
        if let Some(used) = self.ports.get_mut(&port.id) {
            used.ending = how;
        }
        if how.is_none() {
            self.ports.remove(&port.id);
        }
        self.sound.close(port.id, port.number);
        GivenBack::PortCloses
    }

    /// A sound port has closed: the leg's final event, with its figures if there was anything to hear or to say.
    pub(crate) fn port_closed(&mut self, port: PortId, media: Option<MediaFigures>) {
        if let Some(used) = self.ports.remove(&port)
            && let Some(how) = used.ending
        {
            self.tell(used.leg, how.event(media));
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
            ClientUse::Reinvite { leg, asked, before } => {
                if is_final {
                    self.clients.remove(&client);
                    self.reinvited(leg, asked, before, (dialog, response));
                }
            }
            ClientUse::Renegotiate { leg, codecs, before } => {
                if is_final {
                    self.clients.remove(&client);
                    self.renegotiated(leg, (codecs, before), dialog, response);
                }
            }
            ClientUse::Orphan(why) => self.orphaned(dialog, response, why),
            ClientUse::Probe(leg) => {
                if is_final {
                    self.probed(leg, response.status());
                }
            }
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
            Some(ClientUse::Reinvite { leg, asked, before }) => {
                if let Some(leg) = self.legs.get_mut(&leg) {
                    leg.ours = before.map(|before| *before);
                }
                self.refused_by_other(asked, 408);
            }
            Some(ClientUse::Renegotiate { leg, before, .. }) => {
                if let Some(leg) = self.legs.get_mut(&leg) {
                    leg.ours = before.map(|before| *before);
                }
            }
            Some(ClientUse::Probe(leg)) => self.probed(leg, 408),
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
