//! A leg that came in: rung, shown progress, answered, refused, cancelled.

use model::id::{LegId, PartyId, TenantId};
use model::leg::{FailCause, LegEvent, Release};
use model::number::PhoneNumber;
use sip_proto::dialog::Flow;
use sip_proto::endpoint::{Body, DialogId, Reply, ServerId};
use sip_proto::message::{HeaderName, Request};
use sip_proto::sdp::{
    Direction, LocalSession, Mismatch, SessionDescription, Terms, answer_audio, relay_answer, why_none,
};

use super::diverted::{CameBy, came_by};
use super::{Final, Kind, Leg};
use crate::Incoming;
use crate::core::Core;
use crate::dispatch::{ALLOW, Proved, SUPPORTED};
use crate::screen::Channel;

/// The SIP side of a caller's leg.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) server: ServerId,
    pub(crate) stage: Stage,
    /// Max-Forwards of its INVITE.
    pub(crate) max_forwards: u8,
    /// Who sent it on before it came to us; phones say nothing of that.
    came_by: CameBy,
    /// What a carrier's call was to.
    pub(super) called: Option<PhoneNumber>,
    /// It wants the place of another leg (RFC 3891).
    replaces: bool,
    /// Where a text can be sent, if it takes texts.
    message: Option<Channel>,
    /// Address of its signalling.
    pub(crate) flow: Flow,
}

/// How far a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nothing or 180 was sent.
    Calling,
    /// 183 with a description was sent.
    Early,
    /// 200 was sent, its ACK is awaited.
    Answered,
    /// The ACK came.
    Talking,
}

/// What a new caller's leg is made from.
pub(crate) struct NewCaller {
    pub(crate) flow: Flow,
    pub(crate) offer: Option<SessionDescription>,
    pub(crate) trunk: Option<usize>,
    pub(crate) account: Option<Proved>,
    pub(crate) incoming: Incoming,
}

impl Caller {
    pub(crate) fn message_channel(&self) -> Option<Channel> {
        self.message.clone()
    }

    pub(crate) fn came_by(&self) -> &CameBy {
        &self.came_by
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Calling | Stage::Early)
    }
}

impl Core {
    pub(crate) fn begin_caller(&mut self, server: ServerId, request: &Request, new: NewCaller) -> Incoming {
        let id = LegId::caller(new.incoming.call);
        let headers = request.headers();
        let takes = headers.lists(HeaderName::Allow, "MESSAGE");
        let contact = headers.contact().map(|contact| contact.uri.as_str().to_owned());
        let message = contact
            .filter(|_| takes && new.account.is_none())
            .map(|uri| Channel::Message { uri, flow: new.flow });
        let session = LocalSession::new(self.tokens.next_u64() >> 2, self.config.rtp_advertise);
        let whose: Option<(TenantId, PartyId)> = new.account.map(|proved| (proved.tenant, proved.party));
        let came_by = match (&whose, new.trunk.and_then(|at| self.trunks.get(at))) {
            (Some(_), _) => CameBy::default(),
            (None, Some(trunk)) => came_by(request, |text| trunk.read(text)),
            (None, None) => came_by(request, |text| text.parse().ok()),
        };
        let caller = Caller {
            server,
            stage: Stage::Calling,
            max_forwards: request.max_forwards().unwrap_or(70),
            came_by,
            called: new.incoming.dialled.parse().ok().filter(|_| whose.is_none()),
            replaces: new.incoming.replaces.is_some(),
            message,
            flow: new.flow,
        };
        let tenant = whose.map(|(tenant, _)| tenant);
        let leg =
            Leg { theirs: new.offer, trunk: new.trunk, ..Leg::new(tenant, Kind::Caller(caller), session) };
        if let Some(trunk) = new.trunk.and_then(|at| self.trunks.get_mut(at)) {
            trunk.calls += 1;
        }
        self.legs.insert(id, leg);
        self.servers.insert(server, id);
        new.incoming
    }

    fn caller(&self, id: LegId) -> Option<&Caller> {
        match &self.legs.get(&id)?.kind {
            Kind::Caller(caller) => Some(caller),
            Kind::Callee(_) => None,
        }
    }

    pub(crate) fn is_unanswered_caller(&self, id: LegId) -> bool {
        self.caller(id).is_some_and(Caller::is_open)
    }

    pub(crate) fn set_stage(&mut self, id: LegId, stage: Stage) {
        if let Some(Leg { kind: Kind::Caller(caller), .. }) = self.legs.get_mut(&id) {
            caller.stage = stage;
        }
    }

    /// 180 without description: the caller's own network rings for him.
    pub(crate) fn ring(&mut self, id: LegId) {
        let Some(server) = self.caller(id).filter(|caller| caller.stage == Stage::Calling).map(|c| c.server)
        else {
            return;
        };
        self.answer(server, 180, &[]);
        self.note_dialog(id, server);
    }

    /// The dialog that an answer has made.
    fn note_dialog(&mut self, id: LegId, server: ServerId) {
        let dialog = self.endpoint.dialog_of(server);
        if let (Some(dialog), Some(leg)) = (dialog, self.legs.get_mut(&id)) {
            leg.dialog = Some(dialog);
            self.dialogs.insert(dialog, id);
        }
    }

    /// Sends 183 or 200 with our description, if we have one.
    fn send_description(&mut self, id: LegId, status: u16, ours: Option<SessionDescription>) {
        let Some(server) = self.caller(id).map(|caller| caller.server) else { return };
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let text = ours.map(|ours| {
            let published = leg.session.publish(ours);
            leg.ours = Some(published.clone());
            published.to_string()
        });
        let body =
            text.as_ref().map(|text| Body { content_type: "application/sdp", octets: text.as_bytes() });
        let headers: &[(&str, &str)] =
            if status == 200 { &[("Allow", ALLOW), ("Supported", SUPPORTED)] } else { &[] };
        self.endpoint.respond(self.now, server, Reply { status, headers, body, ..Reply::default() });
        self.note_dialog(id, server);
        self.set_stage(id, if status == 200 { Stage::Answered } else { Stage::Early });
    }

    /// The caller hears us from now on: 183 if he is not answered. `false`: he cannot.
    pub(crate) fn open_early(&mut self, id: LegId) -> bool {
        let Some(stage) = self.caller(id).map(|caller| caller.stage) else { return true };
        match stage {
            Stage::Early | Stage::Answered | Stage::Talking => true,
            Stage::Calling => match self.our_answer(id) {
                Ok(answer) => {
                    self.send_description(id, 183, Some(answer));
                    self.apply_remote(id);
                    true
                }
                Err(_) => false,
            },
        }
    }

    /// Passes a called person's early media on.
    pub(crate) fn progress(&mut self, id: LegId, from: LegId) {
        if self.caller(id).is_none_or(|caller| caller.stage != Stage::Calling) {
            return;
        }
        match self.relayed_answer(id, from) {
            Ok(answer) => {
                self.send_description(id, 183, Some(answer));
                self.connect(id, from);
            }
            Err(_) => self.ring(id),
        }
    }

    /// The answer to a caller's offer that carries another leg's: its answer where it was made for this offer,
    /// else in what it speaks; where that is nothing of the offer, in ours.
    fn relayed_answer(&mut self, id: LegId, with: LegId) -> Result<SessionDescription, FailCause> {
        let place = self.place(id, Some(with))?;
        let other = self.legs.get(&with).ok_or(FailCause::NotAcceptable)?;
        let passed_on = match &other.kind {
            Kind::Callee(callee) => callee.offer_of == Some(id),
            Kind::Caller(_) => false,
        };
        if !passed_on {
            let offer = self.legs.get(&id).and_then(|leg| leg.theirs.as_ref());
            let offer = offer.ok_or(FailCause::NotAcceptable)?;
            let codecs = other.spoken();
            let terms = Terms { codecs: &codecs, place, direction: Direction::SendRecv };
            return match answer_audio(offer, &terms) {
                Ok(answer) => Ok(answer),
                Err(_) => self.our_answer(id),
            };
        }
        let theirs = |leg: LegId| self.legs.get(&leg).and_then(|leg| leg.theirs.clone());
        let (offer, answer) = theirs(id).zip(theirs(with)).ok_or(FailCause::NotAcceptable)?;
        relay_answer(&offer, &answer, &super::sound::places(&offer, place))
            .map_err(|_| FailCause::NotAcceptable)
    }

    /// 200: joined with a leg, or with us.
    pub(crate) fn answer_caller(&mut self, id: LegId, with: Option<LegId>) {
        let Some(caller) = self.caller(id) else { return };
        if !caller.is_open() {
            return;
        }
        // An answer waits for the disk: who was to be heard may have hung up meanwhile. The call has been taken all the
        // same; its end follows.
        let with = with.filter(|with| self.legs.contains_key(with));
        let offered = self.legs.get(&id).is_some_and(|leg| leg.theirs.is_some());
        let ours = match (offered, with) {
            (true, Some(with)) => self.relayed_answer(id, with),
            (true, None) => match self.legs.get(&id).and_then(|leg| leg.ours.clone()) {
                Some(ours) => Ok(ours),
                None => self.our_answer(id),
            },
            (false, with) => self.our_offer(id, with),
        };
        let ours = match ours {
            Ok(ours) => ours,
            Err(cause) => {
                // Nothing to speak with or through: the leg fails with the reason named.
                let refusal = if cause == FailCause::LimitReached {
                    Release::LimitReached
                } else {
                    Release::NotAcceptable
                };
                self.release_caller(id, refusal);
                return self.finish(id, Final::Failed(cause));
            }
        };
        self.send_description(id, 200, Some(ours));
        if offered {
            self.apply_remote(id);
        }
        if let Some(with) = with {
            self.join(id, with);
        }
    }

    /// Ends a caller's leg by the answer that fits its state.
    pub(crate) fn release_caller(&mut self, id: LegId, how: Release) {
        let Some(caller) = self.caller(id) else { return };
        let (server, stage, replaces) = (caller.server, caller.stage, caller.replaces);
        let dialog = self.legs.get(&id).and_then(|leg| leg.dialog);
        match stage {
            Stage::Calling | Stage::Early => {
                let status = match how {
                    Release::Busy => 486,
                    Release::NotFound if replaces => 481,
                    Release::NotFound => 404,
                    Release::Forbidden => 403,
                    Release::Rejected => 603,
                    Release::NotAcceptable => 488,
                    Release::LimitReached => 503,
                    Release::Fault => 500,
                    Release::Normal | Release::AnsweredElsewhere | Release::Unavailable => 480,
                };
                let warning = (status == 488).then(|| self.warning(id)).flatten();
                let mut headers: Vec<(&str, &str)> = Vec::new();
                headers.extend((status == 503).then_some(("Retry-After", "5")));
                headers.extend(warning.as_deref().map(|warning| ("Warning", warning)));
                self.answer(server, status, &headers);
            }
            Stage::Answered | Stage::Talking => {
                if let Some(dialog) = dialog {
                    self.bye(dialog, how);
                }
            }
        }
    }

    /// What of a caller's offer cannot be used, for whoever looks after his phone (RFC 3261 20.43).
    fn warning(&self, id: LegId) -> Option<String> {
        let own = self.own_address(self.caller(id)?.flow);
        let (code, text) = match why_none(self.legs.get(&id)?.theirs.as_ref()?) {
            Mismatch::Profile => {
                (302, "Sound is taken as RTP/AVP alone: switch SRTP and AVPF off, or make them optional")
            }
            Mismatch::NoAudio | Mismatch::Refused => (304, "No audio was offered"),
            Mismatch::NoCommonCodec | Mismatch::AnswerShape => {
                (305, "No codec in common: switch PCMA or PCMU on")
            }
        };
        Some(format!("{code} {own} \"{text}\""))
    }

    /// The caller gave up before the answer.
    pub(crate) fn caller_cancelled(&mut self, server: ServerId, _cancel: &Request) {
        self.answer(server, 487, &[]);
        if let Some(id) = self.servers.get(&server).copied() {
            self.finish(id, Final::HungUp);
        }
    }

    /// The ACK of our 200.
    pub(crate) fn acknowledged(&mut self, dialog: DialogId, ack: &Request) {
        let Some(id) = self.dialogs.get(&dialog).copied() else { return };
        if self.caller(id).is_some_and(|caller| caller.stage == Stage::Answered) {
            self.set_stage(id, Stage::Talking);
        }
        // An INVITE without offer is answered in its ACK (RFC 3261 13.2.2.4).
        if ack.has_sdp()
            && let Ok(answer) = SessionDescription::parse(ack.body())
        {
            if let Some(leg) = self.legs.get_mut(&id) {
                leg.theirs = Some(answer);
            }
            self.described(id);
        }
        self.renegotiate_now(id);
    }

    /// No ACK came: the caller is not there any more.
    pub(crate) fn not_acknowledged(&mut self, dialog: DialogId) {
        let Some(id) = self.dialogs.get(&dialog).copied() else { return };
        self.bye(dialog, Release::Normal);
        self.finish(id, Final::HungUp);
    }

    /// A key that was heard.
    pub(crate) fn key(&mut self, id: LegId, key: char) {
        self.tell(id, LegEvent::Dtmf(model::leg::Key(key)));
    }
}
