//! A leg we dial: over all contacts of a user, or over a trunk. One leg may have several branches; the first
//! answer wins, the others are told so (V-34).

mod mobile;

use std::net::IpAddr;

use model::id::{LegId, PartyId, TenantId};
use model::leg::{Dial, DialTo, FailCause, LegEvent, Release};
use sip_proto::dialog::Flow;
use sip_proto::endpoint::{Body, ClientId, DialogId, OutRequest};
use sip_proto::headers::HistoryEntry;
use sip_proto::message::{HeaderName, Method, Response};
use sip_proto::sdp::{
    Direction, LocalSession, SessionDescription, Terms, offer_audio, relay_offer, with_both_laws,
};

use super::failure::{self, Alerted};
use super::invitation::{Invitation, Invitations};
use super::{ClientUse, Final, Kind, Leg, reason_of};
use crate::core::Core;
use crate::dispatch::{ALLOW, SUPPORTED};

/// The SIP side of a dialled leg.
#[derive(Debug)]
pub(crate) struct Callee {
    branches: Vec<Branch>,
    stage: Stage,
    /// The branch that answered.
    winner: Option<usize>,
    /// No foreign forwarding is to be followed (K-33).
    no_diversion: bool,
    /// A user's own devices are rung: what answers over a trunk is his mobile.
    own_devices: bool,
    /// Trunk addresses not tried yet, with the invitation for them.
    next: Vec<Invitation>,
    /// The caller whose offer was passed on: his answer is made of this leg's.
    pub(super) offer_of: Option<LegId>,
    /// What was asked for; kept while it rings.
    dial: Option<Box<Dial>>,
}

/// How far a dialled leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Dialling,
    Alerting,
    /// His mobile answered, where a mailbox may have: his other devices ring on (K-34).
    Confirming,
    Answered,
}

/// By which way a branch goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Contact,
    Trunk,
}

#[derive(Debug)]
struct Branch {
    client: ClientId,
    uri: String,
    flow: Flow,
    /// Final status, once it has failed.
    failed: Option<u16>,
    /// Over a trunk.
    trunk: bool,
    /// Its early dialog.
    early: Option<DialogId>,
}

impl Callee {
    /// Its INVITEs.
    pub(crate) fn clients(&self) -> impl Iterator<Item = ClientId> + '_ {
        self.branches.iter().map(|branch| branch.client)
    }

    /// It was answered.
    pub(crate) fn is_answered(&self) -> bool {
        matches!(self.stage, Stage::Confirming | Stage::Answered)
    }

    /// An early dialog of this leg.
    pub(crate) fn has_early(&self, dialog: DialogId) -> bool {
        self.stage != Stage::Answered && self.branches.iter().any(|branch| branch.early == Some(dialog))
    }

    /// Address of its signalling.
    pub(crate) fn source(&self) -> IpAddr {
        let answered = match self.winner {
            Some(winner) => self.branches.get(winner),
            None => self.branches.iter().find(|branch| branch.failed.is_none()),
        };
        answered.map_or(IpAddr::from([0, 0, 0, 0]), |branch| branch.flow.remote.ip())
    }
}

impl Core {
    /// Calls somebody. What cannot be called has failed at once.
    pub(crate) fn dial(&mut self, tenant: &TenantId, id: LegId, dial: Dial) {
        let session = LocalSession::new(self.tokens.next_u64() >> 2, self.config.rtp_advertise);
        let callee = Callee {
            branches: Vec::new(),
            stage: Stage::Dialling,
            winner: None,
            no_diversion: dial.no_diversion,
            own_devices: matches!(dial.to, DialTo::Devices { .. }),
            next: Vec::new(),
            offer_of: None,
            dial: None,
        };
        let leg = Leg::new(Some(tenant.clone()), Kind::Callee(callee), session);
        self.legs.insert(id, leg);
        let body = match self.offer_for(id, dial.caller) {
            Ok(body) => body,
            Err(cause) => return self.finish(id, Final::Failed(cause)),
        };
        match self.invitations(tenant, id, &dial, &body) {
            Ok(invitations) => self.invite_all(id, invitations),
            Err(cause) => return self.finish(id, Final::Failed(cause)),
        }
        if let Some(callee) = self.callee_mut(id) {
            callee.dial = Some(Box::new(dial));
        }
    }

    /// A user has a phone somewhere new. Where he is rung, it rings there, too, for the time that is left: the phone
    /// that was called where it no longer is will not answer.
    pub(crate) fn ring_at_new_contacts(&mut self, tenant: &TenantId, party: PartyId) {
        let rings = |leg: &Leg| match &leg.kind {
            Kind::Callee(callee) if leg.tenant.as_ref() == Some(tenant) => {
                callee.dial.as_ref().is_some_and(|dial| match dial.to {
                    DialTo::User(user) | DialTo::Devices { user, .. } => user == party,
                    DialTo::Outside(_) | DialTo::Row(_) | DialTo::Emergency(_) => false,
                })
            }
            Kind::Callee(_) | Kind::Caller(_) => false,
        };
        let rung: Vec<LegId> = self.legs.iter().filter(|(_, leg)| rings(leg)).map(|(id, _)| *id).collect();
        for id in rung {
            let Some(leg) = self.legs.get(&id) else { continue };
            let Kind::Callee(callee) = &leg.kind else { continue };
            let (Some(dial), Some(offer)) = (&callee.dial, &leg.ours) else { continue };
            let called = |invitation: &Invitation| {
                callee
                    .branches
                    .iter()
                    .any(|branch| branch.uri == invitation.uri && branch.flow == invitation.flow)
            };
            let all = self.contacts_again(tenant, dial, &offer.to_string());
            for invitation in all.into_iter().filter(|invitation| !called(invitation)).collect::<Vec<_>>() {
                self.invite_one(id, invitation, Way::Contact);
            }
        }
    }

    /// The offer for a dialled leg: the caller's own passed on; where he speaks already, what he speaks; with one law of
    /// G.711 always the other, too, for we translate; where nobody is there yet or he made no offer, ours. The caller gets
    /// his port now, so that nobody answers a call that has no room for its sound.
    fn offer_for(&mut self, id: LegId, caller: Option<LegId>) -> Result<String, FailCause> {
        let Some(caller) = caller else {
            let offer = self.our_offer(id, None)?;
            return self.publish_offer(id, offer);
        };
        let with = self.legs.get(&caller).ok_or(FailCause::Unreachable)?;
        let speaks = (with.ours.is_some() && with.theirs.is_some()).then(|| with.spoken());
        let theirs = with.theirs.clone();
        self.place(caller, None)?;
        let place = self.place(id, Some(caller))?;
        let offer = match (speaks.filter(|codecs| !codecs.is_empty()), theirs) {
            (Some(codecs), _) => {
                let codecs = with_both_laws(codecs);
                offer_audio(&Terms { codecs: &codecs, place, direction: Direction::SendRecv })
            }
            (None, Some(offer)) => match relay_offer(&offer, &super::sound::places(&offer, place), 0) {
                Ok(offer) => {
                    if let Some(callee) = self.callee_mut(id) {
                        callee.offer_of = Some(caller);
                    }
                    offer
                }
                Err(mismatch) => {
                    tracing::info!(leg = %id, %mismatch, "a call could not be offered on");
                    return Err(FailCause::NotAcceptable);
                }
            },
            (None, None) => self.our_offer(id, None)?,
        };
        self.publish_offer(id, offer)
    }

    fn publish_offer(&mut self, id: LegId, offer: SessionDescription) -> Result<String, FailCause> {
        let leg = self.legs.get_mut(&id).ok_or(FailCause::Unreachable)?;
        let published = leg.session.publish(offer);
        leg.ours = Some(published.clone());
        Ok(published.to_string())
    }

    /// Contacts are called at once (req V-66), trunk addresses one after the other.
    fn invite_all(&mut self, id: LegId, mut invitations: Invitations) {
        let trunk = (!invitations.trunk.is_empty()).then(|| invitations.trunk.remove(0));
        if let Some(callee) = self.callee_mut(id) {
            callee.next = invitations.trunk;
        }
        for invitation in invitations.contacts {
            self.invite_one(id, invitation, Way::Contact);
        }
        if let Some(first) = trunk {
            self.invite_one(id, first, Way::Trunk);
        }
    }

    fn invite_one(&mut self, id: LegId, invitation: Invitation, way: Way) {
        let headers: Vec<(&str, &str)> = invitation
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain([("Allow", ALLOW), ("Supported", SUPPORTED)])
            .collect();
        let to = format!("<{}>", invitation.uri);
        let client = self.endpoint.request(
            self.now,
            OutRequest {
                method: &Method::Invite,
                uri: &invitation.uri,
                flow: invitation.flow,
                from: &invitation.from,
                to: &to,
                max_forwards: invitation.max_forwards,
                headers: &headers,
                body: Some(Body { content_type: "application/sdp", octets: invitation.body.as_bytes() }),
                patience: Some(invitation.patience),
            },
        );
        let Some(Leg { kind: Kind::Callee(callee), .. }) = self.legs.get_mut(&id) else { return };
        let trunk = way == Way::Trunk;
        let Invitation { uri, flow, .. } = invitation;
        callee.branches.push(Branch { client, uri, flow, failed: None, trunk, early: None });
        self.clients.insert(client, ClientUse::Invite(id, callee.branches.len() - 1));
    }

    fn callee_mut(&mut self, id: LegId) -> Option<&mut Callee> {
        match &mut self.legs.get_mut(&id)?.kind {
            Kind::Callee(callee) => Some(callee),
            Kind::Caller(_) => None,
        }
    }

    pub(crate) fn branch_response(
        &mut self,
        id: LegId,
        branch: usize,
        dialog: Option<DialogId>,
        response: &Response,
    ) {
        let Some(callee) = self.callee_mut(id) else { return };
        let (stage, winner) = (callee.stage, callee.winner);
        if callee.branches.get(branch).is_none_or(|branch| branch.failed.is_some())
            && stage != Stage::Answered
        {
            // It was given up; a success is ended.
            return self.late_answer(dialog, response);
        }
        if let Some(branch) = callee.branches.get_mut(branch) {
            branch.early = dialog.or(branch.early);
        }
        match response.status() {
            0..=100 => {}
            101..=199 => self.branch_progress(id, branch, response),
            200..=299 if stage == Stage::Answered || winner == Some(branch) => {
                self.late_answer(dialog, response);
            }
            200..=299 => self.branch_answered(id, branch, dialog, response),
            300.. => {
                let seen = (300..400).contains(&response.status());
                let only = self.is_only_branch(id, branch);
                if seen && only && self.callee_mut(id).is_some_and(|callee| callee.no_diversion) {
                    self.tell(id, LegEvent::Diverted);
                }
                self.branch_failed(id, branch, response.status());
            }
        }
    }

    /// Another branch or fork answered too late.
    fn late_answer(&mut self, dialog: Option<DialogId>, response: &Response) {
        let new = dialog.filter(|dialog| !self.dialogs.contains_key(dialog));
        if let Some(dialog) = new.filter(|_| (200..300).contains(&response.status())) {
            self.endpoint.acknowledge_success(dialog, None);
            self.bye(dialog, Release::AnsweredElsewhere);
        }
    }

    /// No other branch is still open.
    fn is_only_branch(&mut self, id: LegId, branch: usize) -> bool {
        self.callee_mut(id).is_some_and(|callee| {
            let others = callee.branches.iter().enumerate().filter(|(at, _)| *at != branch);
            !others.into_iter().any(|(_, other)| other.failed.is_none())
        })
    }

    /// 18x: it rings, or the far network forwards.
    fn branch_progress(&mut self, id: LegId, branch: usize, response: &Response) {
        let only = self.is_only_branch(id, branch);
        let Some(callee) = self.callee_mut(id) else { return };
        let diverted = callee.no_diversion && (response.status() == 181 || is_forwarded(response));
        if diverted && !only {
            // His mobile's network forwards: only that branch is given up, his phones go on ringing.
            return self.give_up(id, branch);
        }
        if callee.stage != Stage::Dialling {
            return;
        }
        if diverted {
            return self.tell(id, LegEvent::Diverted);
        }
        callee.stage = Stage::Alerting;
        let early = if response.has_sdp() { SessionDescription::parse(response.body()).ok() } else { None };
        let audio = early.is_some();
        if let (Some(early), Some(leg)) = (early, self.legs.get_mut(&id)) {
            leg.theirs = Some(early);
        }
        self.tell(id, LegEvent::Alerting { audio });
    }

    fn branch_answered(&mut self, id: LegId, winner: usize, dialog: Option<DialogId>, response: &Response) {
        let Some(dialog) = dialog else {
            tracing::warn!(leg = %id, "an answer without a To tag was passed over");
            return self.branch_failed(id, winner, 500);
        };
        self.endpoint.acknowledge_success(dialog, None);
        let answer = if response.has_sdp() { SessionDescription::parse(response.body()).ok() } else { None };
        let usable =
            answer.as_ref().is_some_and(|answer| answer.media.iter().any(sip_proto::sdp::Media::is_carried));
        if !usable {
            tracing::info!(leg = %id, "an answer had nothing to speak with");
            self.bye(dialog, Release::Normal);
            return self.branch_failed(id, winner, 488);
        }
        self.drop_mobile(id, Release::AnsweredElsewhere);
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.theirs = answer;
        leg.dialog = Some(dialog);
        self.dialogs.insert(dialog, id);
        let Some(callee) = self.callee_mut(id) else { return };
        callee.winner = Some(winner);
        callee.next.clear();
        let over_trunk = callee.branches.get(winner).is_none_or(|branch| branch.trunk);
        let by_mobile = over_trunk && callee.own_devices;
        callee.stage = Stage::Confirming;
        if !over_trunk {
            self.leave_trunk(id);
        }
        if !(by_mobile && self.is_to_confirm(id)) {
            self.accept_callee(id);
        }
        self.apply_remote(id);
        self.tell(id, if by_mobile { LegEvent::AnsweredByMobile } else { LegEvent::Answered });
    }

    /// Cancels all branches that are still open, except one.
    fn cancel_branches(&mut self, id: LegId, except: Option<usize>, how: Release) {
        let reason = reason_of(how);
        let Some(callee) = self.callee_mut(id) else { return };
        let open: Vec<ClientId> = callee
            .branches
            .iter()
            .enumerate()
            .filter(|(at, branch)| Some(*at) != except && branch.failed.is_none())
            .map(|(_, branch)| branch.client)
            .collect();
        for client in open {
            self.clients.insert(client, ClientUse::Orphan(how));
            self.endpoint.cancel(self.now, client, reason.as_deref());
        }
    }

    /// Cancels one branch of several.
    fn give_up(&mut self, id: LegId, branch: usize) {
        let Some(given) = self.callee_mut(id).and_then(|callee| callee.branches.get_mut(branch)) else {
            return;
        };
        given.failed = Some(480);
        let (client, trunk) = (given.client, given.trunk);
        self.clients.insert(client, ClientUse::Orphan(Release::Normal));
        self.endpoint.cancel(self.now, client, None);
        if trunk {
            self.leave_trunk(id);
        }
    }

    /// A branch has failed. With the last of them the leg has.
    pub(crate) fn branch_failed(&mut self, id: LegId, branch: usize, status: u16) {
        let Some(callee) = self.callee_mut(id) else { return };
        if let Some(branch) = callee.branches.get_mut(branch) {
            branch.failed = Some(status);
        }
        if callee.stage == Stage::Answered {
            return;
        }
        // RFC 3261 16.7: a 6xx ends the search.
        if status >= 600 {
            self.drop_mobile(id, Release::Normal);
            self.cancel_branches(id, None, Release::Normal);
            return self.finish(id, Final::Failed(failure::of(id, status, Alerted::No)));
        }
        let trunk = callee.branches.get(branch).is_some_and(|branch| branch.trunk);
        let next = if trunk && matches!(status, 408 | 500..=599) && !callee.next.is_empty() {
            Some(callee.next.remove(0))
        } else {
            None
        };
        if let Some(next) = next {
            return self.invite_one(id, next, Way::Trunk);
        }
        if callee.branches.iter().any(|branch| branch.failed.is_none()) {
            if trunk {
                self.leave_trunk(id);
            }
            return;
        }
        let alerted = if callee.stage == Stage::Alerting { Alerted::Yes } else { Alerted::No };
        let best = failure::most_telling(callee.branches.iter().filter_map(|branch| branch.failed));
        self.finish(id, Final::Failed(failure::of(id, best.unwrap_or(status), alerted)));
    }

    /// Ends a dialled leg: CANCEL before the answer, BYE after it.
    pub(crate) fn release_callee(&mut self, id: LegId, how: Release) {
        self.drop_mobile(id, how);
        let dialog = self.legs.get(&id).and_then(|leg| leg.dialog);
        match dialog {
            Some(dialog) => self.bye(dialog, how),
            None => self.cancel_branches(id, None, how),
        }
    }
}

/// The far network tells that it went further than where we sent it (RFC 7044).
fn is_forwarded(response: &Response) -> bool {
    let lines: Vec<&str> = response.headers().lines(HeaderName::HistoryInfo).collect();
    if lines.is_empty() {
        return false;
    }
    // Ours are the group and the member; a third is theirs.
    HistoryEntry::parse(&lines.join(",")).is_ok_and(|entries| entries.len() > 2)
}
