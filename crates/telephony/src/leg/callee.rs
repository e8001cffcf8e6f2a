//! A leg we dial: over all contacts of a user, or over a trunk. One leg may have several branches; the first
//! answer wins, the others are told so (V-34).

use std::net::IpAddr;

use model::id::{LegId, TenantId};
use model::leg::{Dial, DialTo, FailCause, LegEvent, Release, Show};
use model::number::{Number, PhoneNumber};
use sip_proto::dialog::{Flow, Transport};
use sip_proto::endpoint::{Body, ClientId, DialogId, OutRequest};
use sip_proto::headers::{Diversion, Diverted, HistoryEntry, add_history, join};
use sip_proto::message::{HeaderName, Method, Response};
use sip_proto::sdp::{LocalSession, SessionDescription, relay_offer};
use sip_proto::uri::{Uri, escape_user};

use super::failure::{self, Alerted};
use super::{ClientUse, Final, Kind, Leg, reason_of};
use crate::Side;
use crate::core::Core;
use crate::dispatch::PLATFORM_HEADER;

/// A carrier that gives no sign within this time is taken to be down, milliseconds.
const TRUNK_PATIENCE: u64 = 4_000;
/// A phone that gives no sign within this time is gone, milliseconds.
const PHONE_PATIENCE: u64 = 8_000;

/// The SIP side of a dialled leg.
#[derive(Debug)]
pub(crate) struct Callee {
    branches: Vec<Branch>,
    stage: Stage,
    /// No foreign forwarding is to be followed (K-33).
    no_diversion: bool,
    /// Trunk addresses not tried yet, with the invitation for them.
    next: Vec<Invitation>,
}

/// How far a dialled leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Dialling,
    Alerting,
    Answered,
}

#[derive(Debug)]
struct Branch {
    client: ClientId,
    flow: Flow,
    /// Final status, once it has failed.
    failed: Option<u16>,
    /// It gave a provisional answer.
    alive: bool,
}

/// One INVITE to be sent.
#[derive(Debug, Clone)]
struct Invitation {
    uri: String,
    flow: Flow,
    from: String,
    headers: Vec<(String, String)>,
    body: String,
    max_forwards: u8,
    patience: u64,
}

impl Callee {
    /// Its INVITEs.
    pub(crate) fn clients(&self) -> impl Iterator<Item = ClientId> + '_ {
        self.branches.iter().map(|branch| branch.client)
    }

    /// Address of its signalling.
    pub(crate) fn source(&self) -> IpAddr {
        let answered = self.branches.iter().find(|branch| branch.failed.is_none());
        answered.map_or(IpAddr::from([0, 0, 0, 0]), |branch| branch.flow.remote.ip())
    }
}

impl Core {
    /// Calls somebody. What cannot be called has failed at once.
    pub(crate) fn dial(&mut self, tenant: &TenantId, id: LegId, dial: &Dial) {
        let session = LocalSession::new(self.tokens.next_u64() >> 2, self.config.rtp_advertise);
        let callee = Callee {
            branches: Vec::new(),
            stage: Stage::Dialling,
            no_diversion: dial.no_diversion,
            next: Vec::new(),
        };
        let leg = Leg {
            tenant: Some(tenant.clone()),
            kind: Kind::Callee(callee),
            port: None,
            session,
            ours: None,
            theirs: None,
            dialog: None,
            joined: None,
            trunk: None,
        };
        self.legs.insert(id, leg);
        let body = match self.offer_for(id, dial.caller) {
            Ok(body) => body,
            Err(cause) => return self.finish(id, Final::Failed(cause)),
        };
        match self.invitations(tenant, id, dial, &body) {
            Ok(invitations) => self.invite_all(id, dial, invitations),
            Err(cause) => self.finish(id, Final::Failed(cause)),
        }
    }

    /// The offer for a dialled leg, out of the caller's; our own where he made none. The caller gets his port now,
    /// so that nobody answers a call that has no room for its sound.
    fn offer_for(&mut self, id: LegId, caller: LegId) -> Result<String, FailCause> {
        let theirs = self.legs.get(&caller).ok_or(FailCause::Unreachable)?.theirs.clone();
        self.place(caller, None)?;
        let place = self.place(id, Some(caller))?;
        let offer = match theirs {
            Some(offer) => match relay_offer(&offer, &super::sound::places(&offer, place), 0) {
                Ok(offer) => offer,
                Err(mismatch) => {
                    tracing::info!(leg = %id, %mismatch, "a call could not be offered on");
                    return Err(FailCause::NotAcceptable);
                }
            },
            None => self.our_offer(id, None)?,
        };
        let leg = self.legs.get_mut(&id).ok_or(FailCause::Unreachable)?;
        let published = leg.session.publish(offer);
        leg.ours = Some(published.clone());
        Ok(published.to_string())
    }

    fn invitations(
        &mut self,
        tenant: &TenantId,
        id: LegId,
        dial: &Dial,
        body: &str,
    ) -> Result<Vec<Invitation>, FailCause> {
        let max_forwards = match self.legs.get(&dial.caller).map(|leg| &leg.kind) {
            Some(Kind::Caller(caller)) => caller.max_forwards.saturating_sub(1),
            Some(Kind::Callee(_)) | None => 69,
        };
        if max_forwards == 0 {
            tracing::warn!(leg = %id, "a call that goes in circles was stopped");
            return Err(FailCause::Unreachable);
        }
        match dial.to {
            DialTo::User(party) => {
                let bindings = self.registrar.contacts(tenant, party).to_vec();
                if bindings.is_empty() {
                    return Err(FailCause::Unreachable);
                }
                Ok(bindings
                    .into_iter()
                    .map(|binding| {
                        let own = self.own_address(binding.flow).to_string();
                        let (from, mut headers) = shown(&dial.show, &own);
                        headers.extend(marks(dial.diverted_by, &own, &binding.contact));
                        Invitation {
                            uri: binding.contact,
                            flow: binding.flow,
                            from,
                            headers,
                            body: body.to_owned(),
                            max_forwards,
                            patience: PHONE_PATIENCE,
                        }
                    })
                    .collect())
            }
            DialTo::Outside(number) if self.platform.contains(&number) => {
                self.platform_invitation(number, dial, body, max_forwards)
            }
            DialTo::Outside(number) => self.trunk_invitations(id, Some(number), dial, (body, max_forwards)),
            DialTo::Emergency(_) => self.trunk_invitations(id, None, dial, (body, max_forwards)),
        }
    }

    /// A number of another company of this platform: a call like any from a trunk, that never leaves us.
    fn platform_invitation(
        &mut self,
        number: PhoneNumber,
        dial: &Dial,
        body: &str,
        max_forwards: u8,
    ) -> Result<Vec<Invitation>, FailCause> {
        let listeners = &self.config.listeners;
        let at = listeners
            .iter()
            .position(|listener| listener.side == Side::Trunk)
            .ok_or(FailCause::Unreachable)?;
        let remote = std::net::SocketAddr::new(listeners[at].advertise, listeners[at].bind.port());
        let flow = Flow { listener: u16::try_from(at).unwrap_or(0), transport: Transport::Udp, remote };
        let (from, mut headers) = shown_with_identity(&dial.show, &remote.to_string());
        let uri = format!("sip:{number}@{remote}");
        headers.extend(marks(dial.diverted_by, &remote.to_string(), &uri));
        headers.push((PLATFORM_HEADER.to_owned(), self.platform_secret.clone()));
        let body = body.to_owned();
        Ok(vec![Invitation { uri, flow, from, headers, body, max_forwards, patience: TRUNK_PATIENCE }])
    }

    /// Invitations to the addresses of the first trunk that has room, in order. Help in need goes past limits.
    fn trunk_invitations(
        &mut self,
        id: LegId,
        number: Option<PhoneNumber>,
        dial: &Dial,
        (body, max_forwards): (&str, u8),
    ) -> Result<Vec<Invitation>, FailCause> {
        let usable = |trunk: &crate::trunk::Trunk| !trunk.config.send_to.is_empty();
        let emergency = number.is_none();
        let at =
            self.trunks.iter().position(|trunk| usable(trunk) && (emergency || !trunk.is_full())).ok_or(
                if self.trunks.iter().any(usable) { FailCause::LimitReached } else { FailCause::Unreachable },
            )?;
        let listener = self.config.listeners.iter().position(|listener| listener.side == Side::Trunk);
        let listener = listener.ok_or(FailCause::Unreachable)?;
        let trunk = &mut self.trunks[at];
        trunk.calls += 1;
        let user = match (number, &dial.to) {
            (Some(number), _) => trunk.write(number),
            (None, DialTo::Emergency(short)) => short.to_string(),
            (None, DialTo::User(_) | DialTo::Outside(_)) => return Err(FailCause::Unreachable),
        };
        let addresses = trunk.config.send_to.clone();
        // RFC 3325 7: who hides is named only to carriers we trust, and to those who help in need.
        let named = trunk.config.trusted || emergency || !dial.show.hidden;
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.trunk = Some(at);
        }
        let own = std::net::SocketAddr::new(
            self.config.listeners[listener].advertise,
            self.config.listeners[listener].bind.port(),
        )
        .to_string();
        Ok(addresses
            .into_iter()
            .map(|remote| {
                let listener = u16::try_from(listener).unwrap_or(0);
                let flow = Flow { listener, transport: Transport::Udp, remote };
                let uri = format!("sip:{}@{remote};user=phone", escape_user(&user));
                let (from, mut headers) =
                    if named { shown_with_identity(&dial.show, &own) } else { shown(&dial.show, &own) };
                headers.extend(marks(dial.diverted_by, &own, &uri));
                let body = body.to_owned();
                Invitation { uri, flow, from, headers, body, max_forwards, patience: TRUNK_PATIENCE }
            })
            .collect())
    }

    /// Contacts are called at once, trunk addresses one after the other.
    fn invite_all(&mut self, id: LegId, dial: &Dial, mut invitations: Vec<Invitation>) {
        if !matches!(dial.to, DialTo::User(_)) {
            let rest = invitations.split_off(1);
            if let Some(Leg { kind: Kind::Callee(callee), .. }) = self.legs.get_mut(&id) {
                callee.next = rest;
            }
        }
        for invitation in invitations {
            self.invite_one(id, &invitation);
        }
    }

    fn invite_one(&mut self, id: LegId, invitation: &Invitation) {
        let headers: Vec<(&str, &str)> = invitation
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .chain([("Allow", crate::dispatch::ALLOW), ("Supported", "histinfo")])
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
        callee.branches.push(Branch { client, flow: invitation.flow, failed: None, alive: false });
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
        let stage = callee.stage;
        if let Some(branch) = callee.branches.get_mut(branch) {
            branch.alive = true;
        }
        match response.status() {
            0..=100 => {}
            101..=199 => self.branch_progress(id, response),
            200..=299 if stage == Stage::Answered => {
                // Another branch or fork answered too late.
                if let Some(dialog) = dialog.filter(|dialog| !self.dialogs.contains_key(dialog)) {
                    self.endpoint.acknowledge_success(dialog, None);
                    self.bye(dialog, Release::AnsweredElsewhere);
                }
            }
            200..=299 => self.branch_answered(id, branch, dialog, response),
            300.. => {
                let seen = (300..400).contains(&response.status());
                if seen && self.callee_mut(id).is_some_and(|callee| callee.no_diversion) {
                    self.tell(id, LegEvent::Diverted);
                }
                self.branch_failed(id, branch, response.status());
            }
        }
    }

    /// 18x: it rings, or the far network forwards.
    fn branch_progress(&mut self, id: LegId, response: &Response) {
        let Some(callee) = self.callee_mut(id) else { return };
        if callee.stage != Stage::Dialling {
            return;
        }
        if callee.no_diversion && (response.status() == 181 || is_forwarded(response)) {
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
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.theirs = answer;
        leg.dialog = Some(dialog);
        self.dialogs.insert(dialog, id);
        if let Some(callee) = self.callee_mut(id) {
            callee.stage = Stage::Answered;
            callee.next.clear();
        }
        self.cancel_branches(id, Some(winner), Release::AnsweredElsewhere);
        self.apply_remote(id);
        self.tell(id, LegEvent::Answered);
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
            self.cancel_branches(id, None, Release::Normal);
            return self.finish(id, Final::Failed(failure::of(id, status, Alerted::No)));
        }
        if callee.branches.iter().any(|branch| branch.failed.is_none()) {
            return;
        }
        let next = if matches!(status, 408 | 500..=599) && !callee.next.is_empty() {
            Some(callee.next.remove(0))
        } else {
            None
        };
        if let Some(next) = next {
            return self.invite_one(id, &next);
        }
        let alerted = if callee.stage == Stage::Alerting { Alerted::Yes } else { Alerted::No };
        let best = failure::most_telling(callee.branches.iter().filter_map(|branch| branch.failed));
        self.finish(id, Final::Failed(failure::of(id, best.unwrap_or(status), alerted)));
    }

    /// Ends a dialled leg: CANCEL before the answer, BYE after it.
    pub(crate) fn release_callee(&mut self, id: LegId, how: Release) {
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

/// From and privacy headers for somebody within the platform.
fn shown(show: &Show, own: &str) -> (String, Vec<(String, String)>) {
    let quoted = |name: &str| format!("\"{}\" ", name.replace('\\', "\\\\").replace('"', "\\\""));
    let name = show.name.as_deref().map(quoted).unwrap_or_default();
    if show.hidden || show.number.is_none() {
        let headers = if show.hidden { vec![("Privacy".to_owned(), "id".to_owned())] } else { Vec::new() };
        return (format!("{name}<sip:anonymous@anonymous.invalid>"), headers);
    }
    let user = show.number.map(|number| number.to_string()).unwrap_or_default();
    (format!("{name}<sip:{user}@{own}>"), Vec::new())
}

/// As `shown`, for a trunk: the number stands in P-Asserted-Identity, too.
fn shown_with_identity(show: &Show, own: &str) -> (String, Vec<(String, String)>) {
    let (from, mut headers) = shown(show, own);
    if let Some(Number::E164(number)) = show.number {
        headers.push(("P-Asserted-Identity".to_owned(), format!("<sip:{number}@{own};user=phone>")));
    }
    (from, headers)
}

/// Diversion and History-Info naming the group (K-26, mobile-interfaces 7).
fn marks(group: Option<Number>, own: &str, target: &str) -> Vec<(String, String)> {
    let Some(group) = group else { return Vec::new() };
    let served = match group {
        Number::E164(number) => format!("sip:{number}@{own};user=phone"),
        Number::Short(number) => format!("sip:{number}@{own}"),
    };
    let diversion = Diversion::ours(&served, Diverted::Unconditional);
    let mut marks = vec![("Diversion".to_owned(), diversion.to_string())];
    let plain = Uri::parse(target).map_or(target, |uri| uri.as_str());
    let history = add_history(&[], &served, plain, Diverted::Unconditional, 1);
    marks.push(("History-Info".to_owned(), join(&history)));
    marks
}
