//! Requests outside dialogs: who sends them, and what becomes of them.

use std::sync::atomic::Ordering;

use model::id::{CallId, LegId, PartyId, TenantId};
use sip_proto::auth::{Attempt, Credentials, Denied, Secret, Staleness};
use sip_proto::dialog::Flow;
use sip_proto::endpoint::{Reply, ServerId};
use sip_proto::headers::Replaces;
use sip_proto::message::{HeaderName, Method, Request};
use sip_proto::sdp::SessionDescription;
use uuid::Uuid;

use crate::core::Core;
use crate::leg::caller::NewCaller;
use crate::leg::diverted::came_by;
use crate::leg::refer::Replaced;
use crate::registrar::{MIN_EXPIRES, Outcome, Places};
use crate::trunk::{asserted, user_part, wants_hidden};
use crate::{Door, Incoming, Side, TelephonyEvent};

/// Methods we take.
pub(crate) const ALLOW: &str = "INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, MESSAGE, INFO, REFER";
/// Extensions we know.
pub(crate) const SUPPORTED: &str = "replaces, norefersub, histinfo";
/// The header by which a call from a company of ours to another proves itself.
pub(crate) const PLATFORM_HEADER: &str = "X-Helin-Platform";
/// The user part of the address of the ring-group codes.
const CODE_NUMBER: &str = "961";

/// An account that proved itself.
#[derive(Debug, Clone)]
pub(crate) struct Proved {
    pub(crate) tenant: TenantId,
    pub(crate) party: PartyId,
}

impl Core {
    pub(crate) fn answer(&mut self, server: ServerId, status: u16, headers: &[(&str, &str)]) {
        self.endpoint.respond(self.now, server, Reply { status, headers, ..Reply::default() });
    }

    fn answer_with(&mut self, server: ServerId, status: u16, reason: &str) {
        self.endpoint.respond(self.now, server, Reply { status, reason, ..Reply::default() });
    }

    /// A new request outside any dialog.
    pub(crate) fn dispatch(&mut self, server: ServerId, request: &Request, flow: Flow) {
        let Some(side) = self.config.listeners.get(usize::from(flow.listener)).map(|listener| listener.side)
        else {
            return;
        };
        if !self.begun {
            return self.endpoint.respond_stateless(server, request, 503, &[("Retry-After", "2")]);
        }
        if *request.method() == Method::Options {
            if !self.supports_required(server, request) {
                return;
            }
            let headers = [("Allow", ALLOW), ("Accept", "application/sdp"), ("Supported", SUPPORTED)];
            return self.answer(server, 200, &headers);
        }
        match side {
            Side::Access => self.dispatch_access(server, request, flow),
            Side::Trunk => self.dispatch_trunk(server, request, flow),
        }
    }

    fn dispatch_access(&mut self, server: ServerId, request: &Request, flow: Flow) {
        let Some(proved) = self.prove(server, request, flow) else { return };
        match request.method() {
            Method::Register => self.register(server, &proved, request, flow),
            Method::Invite => {
                let Some(offer) = self.check_invite(server, request) else { return };
                let Some(replaces) = self.replaces(server, request, Some(&proved.tenant)) else { return };
                let dialled = user_part(&request.uri());
                let hidden = wants_hidden(request.headers(), &request.from());
                let incoming = Incoming {
                    call: CallId(Uuid::now_v7()),
                    door: Door::Account(proved.tenant.clone(), proved.party),
                    asserted: None,
                    shown: None,
                    name: name_of(request),
                    hidden,
                    dialled,
                    replaces,
                    diversions: 0,
                };
                self.invite(
                    server,
                    request,
                    NewCaller { flow, offer, trunk: None, account: Some(proved), incoming },
                );
            }
            Method::Message => self.text(server, &proved, request),
            // A transfer is asked for within the call it concerns.
            Method::Refer => self.answer(server, 403, &[]),
            Method::Ack
            | Method::Bye
            | Method::Cancel
            | Method::Options
            | Method::Info
            | Method::Prack
            | Method::Update
            | Method::Subscribe
            | Method::Notify
            | Method::Publish
            | Method::Other(_) => self.answer(server, 405, &[("Allow", ALLOW)]),
        }
    }

    /// Challenges whoever has not proved himself. Wrong password and unknown user look and cost alike.
    fn prove(&mut self, server: ServerId, request: &Request, flow: Flow) -> Option<Proved> {
        let source = flow.remote.ip();
        let listener = usize::from(flow.listener);
        let given: Vec<Credentials> = request
            .headers()
            .lines(HeaderName::Authorization)
            .chain(request.headers().lines(HeaderName::ProxyAuthorization))
            .filter_map(|value| Credentials::parse(value).ok())
            .filter(|credentials| self.challengers[listener].is_for_us(credentials))
            .collect();
        let mut staleness = Staleness::Fresh;
        if let Some(credentials) = given.first() {
            let host = request.from().uri.host.to_owned();
            let account = self.accounts.find(&credentials.username, &host);
            let password: Option<&Secret> = account.map(|account| &account.password);
            let source_text = source.to_string();
            let uri = request.uri();
            let attempt = Attempt {
                credentials,
                method: request.method().as_str(),
                request_uri: uri.as_str(),
                source: &source_text,
                now_s: self.now.0 / 1_000,
            };
            match self.challengers[listener].verify(&attempt, password) {
                Ok(_) => {
                    return account
                        .map(|account| Proved { tenant: account.tenant.clone(), party: account.party });
                }
                Err(denied) => {
                    staleness = denied.staleness();
                    if denied == Denied::Wrong {
                        self.figures.refused.fetch_add(1, Ordering::Relaxed);
                        if self.too_many_failures(source) {
                            tracing::warn!(%source, "too many failed log-ins; this address is refused for a while");
                            self.answer(server, 403, &[]);
                            return None;
                        }
                    }
                }
            }
        }
        let challenges =
            self.challengers[listener].challenges(&source.to_string(), self.now.0 / 1_000, staleness);
        let values: Vec<String> = challenges.iter().map(ToString::to_string).collect();
        let headers: Vec<(&str, &str)> =
            values.iter().map(|value| ("WWW-Authenticate", value.as_str())).collect();
        self.endpoint.respond_stateless(server, request, 401, &headers);
        None
    }

    fn dispatch_trunk(&mut self, server: ServerId, request: &Request, flow: Flow) {
        let secret = request.headers().named(PLATFORM_HEADER).next().map(str::to_owned);
        let platform = secret.is_some_and(|secret| secret == self.platform_secret);
        let trunk = self.trunks.iter().position(|trunk| trunk.accepts(flow.remote.ip()));
        if !platform && trunk.is_none() {
            self.figures.refused.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(source = %flow.remote.ip(), "a request from an address of no trunk was refused; add it to `accept_from` if it is a carrier's");
            return self.answer(server, 403, &[]);
        }
        match request.method() {
            Method::Invite => {}
            // A transfer is asked for within the call it concerns.
            Method::Refer => return self.answer(server, 403, &[]),
            Method::Ack
            | Method::Bye
            | Method::Cancel
            | Method::Options
            | Method::Register
            | Method::Message
            | Method::Info
            | Method::Prack
            | Method::Update
            | Method::Subscribe
            | Method::Notify
            | Method::Publish
            | Method::Other(_) => {
                return self.answer(server, 405, &[("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, REFER")]);
            }
        }
        let Some(offer) = self.check_invite(server, request) else { return };
        let trunk = if platform { None } else { trunk };
        if trunk.is_some_and(|at| self.trunks[at].is_full()) {
            return self.answer(server, 503, &[("Retry-After", "5")]);
        }
        let Some(replaces) = self.replaces(server, request, None) else { return };
        if let Some(leg) = replaces
            && self.legs.get(&leg).and_then(|leg| leg.trunk) != trunk
        {
            return self.answer(server, 481, &[]);
        }
        let incoming = Incoming { replaces, ..self.read_trunk_call(request, trunk) };
        self.invite(server, request, NewCaller { flow, offer, trunk, account: None, incoming });
    }

    fn read_trunk_call(&self, request: &Request, trunk: Option<usize>) -> Incoming {
        let read = |text: &str| match trunk {
            Some(at) => self.trunks[at].read(text),
            None => text.parse().ok(),
        };
        let trusted = trunk.is_none_or(|at| self.trunks[at].config.trusted);
        let headers = request.headers();
        let user = user_part(&request.uri());
        let dialled = match read(&user) {
            Some(number) => number.to_string(),
            None => user,
        };
        let asserted = if trusted { asserted(headers).iter().find_map(|text| read(text)) } else { None };
        let from = request.from();
        let shown = read(&user_part(&from.uri));
        let name = match trunk {
            Some(at) => self.trunks[at].config.name.clone(),
            None => "platform".parse().expect("a trunk name"),
        };
        Incoming {
            call: CallId(Uuid::now_v7()),
            door: Door::Trunk(name),
            asserted,
            shown,
            name: name_of(request),
            hidden: wants_hidden(headers, &from),
            dialled,
            replaces: None,
            diversions: came_by(request, read).count(),
        }
    }

    /// The leg whose place an INVITE takes (RFC 3891 3): `tenant`'s, or with a carrier anybody's. `None`: it was
    /// answered.
    #[expect(clippy::option_option, reason = "most INVITEs replace nothing")]
    fn replaces(
        &mut self,
        server: ServerId,
        request: &Request,
        tenant: Option<&TenantId>,
    ) -> Option<Option<LegId>> {
        let mut lines = request.headers().lines(HeaderName::Replaces);
        let Some(line) = lines.next() else { return Some(None) };
        let parsed = if lines.next().is_some() { None } else { Replaces::parse(line).ok() };
        let Some(replaces) = parsed else {
            self.answer_with(server, 400, "Bad Replaces");
            return None;
        };
        match self.replaced(tenant, &replaces) {
            // An early dialog is replaced only where we are the one who calls (RFC 3891 3): where it rings.
            Replaced::Leg(leg) if !self.is_unanswered_caller(leg) => return Some(Some(leg)),
            Replaced::Leg(_) => self.answer(server, 481, &[]),
            Replaced::NotEarly => self.answer(server, 486, &[]),
            Replaced::Nobody => self.answer(server, 481, &[]),
        }
        None
    }

    /// What is required of us must be what we know (RFC 3261 8.2.2.3).
    fn supports_required(&mut self, server: ServerId, request: &Request) -> bool {
        let known = |name: &&str| SUPPORTED.split(", ").any(|ours| ours.eq_ignore_ascii_case(name));
        let values = request.headers().values(HeaderName::Require);
        let required: Vec<&str> = values.filter(|name| !known(name)).collect();
        if required.is_empty() {
            return true;
        }
        let unsupported = required.join(", ");
        self.answer(server, 420, &[("Unsupported", &unsupported)]);
        false
    }

    /// What an INVITE must be before anybody looks at whom it calls. `None`: it was answered.
    #[expect(clippy::option_option, reason = "an INVITE may come without an offer")]
    fn check_invite(&mut self, server: ServerId, request: &Request) -> Option<Option<SessionDescription>> {
        let headers = request.headers();
        if self.draining {
            self.answer(server, 503, &[("Retry-After", "10")]);
            return None;
        }
        if !self.supports_required(server, request) {
            return None;
        }
        let accepts: Vec<&str> = headers.values(HeaderName::Accept).collect();
        let takes = |value: &&str| {
            let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            matches!(kind.as_str(), "application/sdp" | "application/*" | "*/*")
        };
        if !accepts.is_empty() && !accepts.iter().any(takes) {
            self.answer(server, 406, &[]);
            return None;
        }
        if request.body().is_empty() {
            return Some(None);
        }
        if !request.has_sdp() {
            self.answer(server, 415, &[("Accept", "application/sdp")]);
            return None;
        }
        match SessionDescription::parse(request.body()) {
            Ok(offer) => Some(Some(offer)),
            Err(fault) => {
                tracing::debug!(%fault, "an unreadable session description was refused");
                self.answer_with(server, 400, "Bad Session Description");
                None
            }
        }
    }

    /// A call: its leg begins, and the server is told.
    fn invite(&mut self, server: ServerId, request: &Request, new: NewCaller) {
        let old = request.via().cookie_branch().is_none();
        if request.headers().contact().is_none() && !old {
            return self.answer_with(server, 400, "Missing Contact");
        }
        self.figures.calls.fetch_add(1, Ordering::Relaxed);
        let incoming = self.begin_caller(server, request, new);
        self.events.push(TelephonyEvent::Incoming(incoming));
    }

    fn register(&mut self, server: ServerId, proved: &Proved, request: &Request, flow: Flow) {
        let whose = (&proved.tenant, proved.party);
        match self.registrar.register(whose, request, flow, self.utc) {
            Outcome::Listed => self.list_contacts(server, proved),
            Outcome::Changed(places) => {
                let ticket = self.next_ticket;
                self.next_ticket += 1;
                self.waiting.insert(ticket, (server, proved.tenant.clone(), proved.party, places));
                self.tell_registration(&proved.tenant.clone(), proved.party, ticket);
            }
            Outcome::TooBrief => self.answer(server, 423, &[("Min-Expires", MIN_EXPIRES)]),
            Outcome::OutOfOrder => self.answer(server, 500, &[]),
            Outcome::BadStar => self.answer_with(server, 400, "Bad Contact *"),
            Outcome::TooMany => self.answer_with(server, 403, "Too Many Contacts"),
            Outcome::BadContact => self.answer_with(server, 400, "Bad Contact"),
        }
    }

    /// Tells the server which contacts of a user hold now.
    pub(crate) fn tell_registration(&mut self, tenant: &TenantId, party: PartyId, ticket: u64) {
        let bindings = self.registrar.contacts(tenant, party).to_vec();
        self.figures.set(&self.figures.contacts, self.registrar.count());
        self.events.push(TelephonyEvent::Registration { tenant: tenant.clone(), party, bindings, ticket });
    }

    /// The contacts are on disk: now the phone may be told.
    pub(crate) fn registered(&mut self, ticket: u64, durable: bool) {
        let Some((server, tenant, party, places)) = self.waiting.remove(&ticket) else { return };
        if !durable {
            return self.answer(server, 500, &[]);
        }
        let whose = Proved { tenant, party };
        self.list_contacts(server, &whose);
        if places == Places::New {
            self.ring_at_new_contacts(&whose.tenant, whose.party);
        }
    }

    fn list_contacts(&mut self, server: ServerId, proved: &Proved) {
        let utc = self.utc;
        let contacts: Vec<String> = self
            .registrar
            .contacts(&proved.tenant, proved.party)
            .iter()
            .map(|binding| {
                let seconds = (binding.expires - utc).max(0).saturating_add(999_999) / 1_000_000;
                format!("<{}>;expires={seconds}{}", binding.contact, binding.device.parameter())
            })
            .collect();
        let headers: Vec<(&str, &str)> =
            contacts.iter().map(|contact| ("Contact", contact.as_str())).collect();
        self.answer(server, 200, &headers);
    }

    /// A text to a service code (mobile-interfaces 6); texts between people come with their own work.
    fn text(&mut self, server: ServerId, proved: &Proved, request: &Request) {
        let user = user_part(&request.uri());
        let body = String::from_utf8_lossy(request.body()).trim().to_owned();
        let code = if user.starts_with('*') { user.clone() } else { body };
        if user != CODE_NUMBER && !user.starts_with('*') {
            return self.answer(server, 404, &[]);
        }
        self.answer(server, 202, &[]);
        // Phones answer a text with a note that it was shown (RFC 5438): that is no code, and an answer to it
        // would be shown, too, for ever.
        let kind = request.headers().values(HeaderName::ContentType).next().unwrap_or("text/plain");
        let plain = kind.trim().to_ascii_lowercase().starts_with("text/plain");
        if !plain || !code.starts_with(['*', '#']) {
            return;
        }
        self.events.push(TelephonyEvent::Text { tenant: proved.tenant.clone(), party: proved.party, code });
    }
}

fn name_of(request: &Request) -> Option<String> {
    let from = request.from();
    let display = from.display();
    let name: String = display.chars().filter(|c| !c.is_control()).take(64).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}
