//! The INVITEs of a dialled leg: to whom, by which way, and what they say about the call.

use std::sync::Arc;

use model::id::{LegId, TenantId};
use model::leg::{Devices, Dial, DialTo, FailCause, RecallReason, Show};
use model::number::{Number, PhoneNumber};
use sip_proto::dialog::{Flow, Transport};
use sip_proto::headers::Reason;
use sip_proto::uri::escape_user;

use super::Kind;
use super::diverted::{CameBy, Seen};
use crate::Side;
use crate::core::Core;
use crate::dispatch::PLATFORM_HEADER;
use crate::registrar::{Binding, Device};

/// A carrier that gives no sign within this time is taken to be down, milliseconds.
const TRUNK_PATIENCE: u64 = 4_000;
/// A phone that gives no sign within this time is gone, milliseconds.
const PHONE_PATIENCE: u64 = 8_000;

/// One INVITE to be sent.
#[derive(Debug, Clone)]
pub(super) struct Invitation {
    pub(super) uri: String,
    pub(super) flow: Flow,
    pub(super) from: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    pub(super) max_forwards: u8,
    pub(super) patience: u64,
}

/// All INVITEs of a leg.
#[derive(Debug, Default)]
pub(super) struct Invitations {
    /// To contacts: at once.
    pub(super) contacts: Vec<Invitation>,
    /// To the addresses of one trunk: the first at once, too, each further one when that before it is down.
    pub(super) trunk: Vec<Invitation>,
}

/// What all INVITEs of a leg have in common.
#[derive(Clone, Copy)]
struct Common<'a> {
    dial: &'a Dial,
    body: &'a str,
    max_forwards: u8,
    referred_by: Option<&'a str>,
    came_by: &'a CameBy,
    /// The number of ours by which the call came.
    came_to: Option<PhoneNumber>,
}

impl Core {
    pub(super) fn invitations(
        &mut self,
        tenant: &TenantId,
        id: LegId,
        dial: &Dial,
        body: &str,
    ) -> Result<Invitations, FailCause> {
        let (max_forwards, came_by, came_to) = self.carried_on(dial);
        if max_forwards == 0 {
            tracing::warn!(leg = %id, "a call that goes in circles was stopped");
            return Err(FailCause::Unreachable);
        }
        if dial.diverted_by.is_some() && came_by.is_worn_out() {
            tracing::warn!(leg = %id, "a call that was diverted too often is not sent on");
            return Err(FailCause::Unreachable);
        }
        let caller = dial.caller.and_then(|caller| self.legs.get_mut(&caller));
        let referred_by = caller.and_then(|leg| leg.referred_by.take());
        let referred_by = referred_by.as_deref();
        let common = Common { dial, body, max_forwards, referred_by, came_by: &came_by, came_to };
        let mut all = Invitations::default();
        match &dial.to {
            DialTo::User(user) => {
                all.contacts = self.contact_invitations(
                    self.registrar.contacts(tenant, *user),
                    Devices::CONTACTS,
                    common,
                );
            }
            DialTo::Devices { user, devices, mobile } => {
                all.contacts =
                    self.contact_invitations(self.registrar.contacts(tenant, *user), *devices, common);
                if let Some(mobile) = mobile {
                    match self.number_invitations(id, *mobile, common) {
                        Ok(trunk) => all.trunk = trunk,
                        Err(cause) if all.contacts.is_empty() => return Err(cause),
                        Err(_) => tracing::info!(leg = %id, "a mobile is not rung: no trunk has room"),
                    }
                }
            }
            DialTo::Outside(number) => all.trunk = self.number_invitations(id, *number, common)?,
            // Looked up by whoever carries commands here; a row that nobody knows has no number to call.
            DialTo::Row(_) => return Err(FailCause::Unreachable),
            DialTo::Emergency(short) => {
                all.trunk = self.trunk_invitations(id, &short.to_string(), None, common)?;
            }
        }
        if all.contacts.is_empty() && all.trunk.is_empty() {
            return Err(FailCause::Unreachable);
        }
        Ok(all)
    }

    /// What an INVITE carries on of the one that came: its Max-Forwards, less one, who sent it on before, and the number
    /// of ours that it was to.
    fn carried_on(&self, dial: &Dial) -> (u8, CameBy, Option<PhoneNumber>) {
        let group = match dial.diverted_by {
            Some(Number::E164(group)) => Some(group),
            Some(Number::Short(_)) | None => None,
        };
        match dial.caller.and_then(|caller| self.legs.get(&caller)).map(|leg| &leg.kind) {
            Some(Kind::Caller(caller)) => {
                let left = caller.max_forwards.saturating_sub(1);
                (left, caller.came_by().clone(), group.or(caller.called))
            }
            Some(Kind::Callee(_)) | None => (69, CameBy::default(), group),
        }
    }

    /// Invitations to all contacts that a dialled user has by now.
    pub(super) fn contacts_again(&self, tenant: &TenantId, dial: &Dial, body: &str) -> Vec<Invitation> {
        let (user, devices) = match &dial.to {
            DialTo::User(user) => (*user, Devices::CONTACTS),
            DialTo::Devices { user, devices, .. } => (*user, *devices),
            DialTo::Outside(_) | DialTo::Row(_) | DialTo::Emergency(_) => return Vec::new(),
        };
        let (max_forwards, came_by, came_to) = self.carried_on(dial);
        let common = Common { dial, body, max_forwards, referred_by: None, came_by: &came_by, came_to };
        self.contact_invitations(self.registrar.contacts(tenant, user), devices, common)
    }

    fn contact_invitations(
        &self,
        bindings: &[Binding],
        devices: Devices,
        common: Common<'_>,
    ) -> Vec<Invitation> {
        // req V-34
        let rung = |binding: &&Binding| match binding.device {
            Device::App => devices.app,
            Device::Desk => devices.desk,
        };
        let on_phones = on_phones(&common.dial.show);
        let invitation = |binding: &Binding| {
            let own = self.own_address(binding.flow).to_string();
            // Our app shows number and group apart (V-17).
            let (from, mut headers) = match binding.device {
                Device::App => shown(&common.dial.show, false, &own),
                Device::Desk => shown(&on_phones, true, &own),
            };
            headers.extend(common.marks(&own, &binding.contact, Seen::Others));
            if let Some(referred_by) = common.referred_by {
                headers.push(("Referred-By".to_owned(), referred_by.to_owned()));
            }
            Invitation {
                uri: binding.contact.to_string(),
                flow: binding.flow,
                from,
                headers,
                body: common.body.to_owned(),
                max_forwards: common.max_forwards,
                patience: PHONE_PATIENCE,
            }
        };
        bindings.iter().filter(rung).map(invitation).collect()
    }

    fn number_invitations(
        &mut self,
        id: LegId,
        number: PhoneNumber,
        common: Common<'_>,
    ) -> Result<Vec<Invitation>, FailCause> {
        if common.came_by.was_at(number) {
            tracing::warn!(leg = %id, "a call is not sent where it has been: that would be a loop");
            return Err(FailCause::Unreachable);
        }
        if self.platform.contains(&number) {
            return self.platform_invitation(number, common);
        }
        self.trunk_invitations(id, "", Some(number), common)
    }

    /// A number of another company of this platform: a call like any from a trunk, that never leaves us.
    fn platform_invitation(
        &mut self,
        number: PhoneNumber,
        common: Common<'_>,
    ) -> Result<Vec<Invitation>, FailCause> {
        let listeners = &self.config.listeners;
        let at = listeners
            .iter()
            .position(|listener| listener.side == Side::Trunk)
            .ok_or(FailCause::Unreachable)?;
        let remote = std::net::SocketAddr::new(listeners[at].advertise, listeners[at].bind.port());
        let flow = Flow { listener: u16::try_from(at).unwrap_or(0), transport: Transport::Udp, remote };
        let (from, mut headers) =
            shown_with_identity(&on_phones(&common.dial.show), false, &remote.to_string());
        let uri = format!("sip:{number}@{remote}");
        headers.extend(common.marks(&remote.to_string(), &uri, Seen::Trusted));
        headers.push((PLATFORM_HEADER.to_owned(), self.platform_secret.clone()));
        let (body, max_forwards) = (common.body.to_owned(), common.max_forwards);
        Ok(vec![Invitation { uri, flow, from, headers, body, max_forwards, patience: TRUNK_PATIENCE }])
    }

    /// Invitations to the addresses of the first trunk that has room, in order. Help in need (`short`, without a
    /// number) goes past limits.
    fn trunk_invitations(
        &mut self,
        id: LegId,
        short: &str,
        number: Option<PhoneNumber>,
        common: Common<'_>,
    ) -> Result<Vec<Invitation>, FailCause> {
        let usable = |trunk: &crate::trunk::Trunk| !trunk.config.send_to.is_empty();
        let emergency = number.is_none();
        let at =
            self.trunks.iter().position(|trunk| usable(trunk) && (emergency || !trunk.is_full())).ok_or(
                if self.trunks.iter().any(usable) { FailCause::LimitReached } else { FailCause::Unreachable },
            )?;
        let listener = self.config.listeners.iter().position(|listener| listener.side == Side::Trunk);
        let listener = listener.ok_or(FailCause::Unreachable)?;
        let show = &on_phones(&common.dial.show);
        let ours = self.is_ours(show);
        let trunk = &mut self.trunks[at];
        trunk.calls += 1;
        let user = number.map_or_else(|| short.to_owned(), |number| trunk.write(number));
        let addresses = trunk.config.send_to.clone();
        // RFC 3325 7: who hides is named only to carriers we trust, and to those who help in need.
        let affix = trunk.config.affix;
        let own_number = common.came_to.filter(|_| !trunk.config.foreign_from && !ours);
        let seen = if trunk.config.trusted { Seen::Trusted } else { Seen::Others };
        let named = trunk.config.trusted || emergency || !show.hidden;
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.trunk = Some(at);
        }
        let own = std::net::SocketAddr::new(
            self.config.listeners[listener].advertise,
            self.config.listeners[listener].bind.port(),
        )
        .to_string();
        let invitation = |remote: std::net::SocketAddr| {
            let listener = u16::try_from(listener).unwrap_or(0);
            let flow = Flow { listener, transport: Transport::Udp, remote };
            let uri = format!("sip:{}@{remote};user=phone", escape_user(&user));
            let (mut from, mut headers) =
                if named { shown_with_identity(show, affix, &own) } else { shown(show, affix, &own) };
            if let Some(number) = own_number {
                from = shown_by_own_number(show, number, &own);
            }
            headers.extend(common.marks(&own, &uri, seen));
            let (body, max_forwards) = (common.body.to_owned(), common.max_forwards);
            Invitation { uri, flow, from, headers, body, max_forwards, patience: TRUNK_PATIENCE }
        };
        Ok(addresses.into_iter().map(invitation).collect())
    }

    /// Whether a number of this platform is shown, or none.
    fn is_ours(&self, show: &Show) -> bool {
        match show.number {
            Some(Number::E164(number)) => show.hidden || self.platform.contains(&number),
            Some(Number::Short(_)) | None => true,
        }
    }

    /// A leg goes over no trunk any more.
    pub(super) fn leave_trunk(&mut self, id: LegId) {
        let at = self.legs.get_mut(&id).and_then(|leg| leg.trunk.take());
        if let Some(trunk) = at.and_then(|at| self.trunks.get_mut(at)) {
            trunk.calls = trunk.calls.saturating_sub(1);
        }
    }
}

impl Common<'_> {
    /// Diversion and History-Info: those with which the call came, and the group (K-26, mobile-interfaces 7); and why the call comes back
    /// (behaviour, "Transfer, camp, recall").
    fn marks(&self, own: &str, target: &str, seen: Seen) -> Vec<(String, String)> {
        let mut marks = Vec::new();
        if let Some(recall) = self.dial.recall {
            let cause = match recall {
                RecallReason::Busy => 486,
                RecallReason::NoAnswer => 480,
            };
            let reason = Reason { text: None, ..Reason::sip(cause, "") };
            marks.push(("Reason".to_owned(), reason.to_string()));
        }
        marks.extend(self.came_by.marks(self.dial.diverted_by, (own, target), seen));
        marks
    }
}

/// What all but our own app are shown: the group's number, where it stands instead of the caller's (V-17).
fn on_phones(show: &Show) -> Show {
    match show.instead {
        Some(group) => Show { number: Some(group), hidden: false, instead: None, ..show.clone() },
        None => show.clone(),
    }
}

/// From and privacy headers for somebody within the platform; `affix`: the group's prefix or suffix stands around the
/// number (V-18).
fn shown(show: &Show, affix: bool, own: &str) -> (String, Vec<(String, String)>) {
    let quoted = |name: &str| format!("\"{}\" ", name.replace('\\', "\\\\").replace('"', "\\\""));
    let name = show.name.as_deref().map(quoted).unwrap_or_default();
    if show.hidden || show.number.is_none() {
        let headers = if show.hidden { vec![("Privacy".to_owned(), "id".to_owned())] } else { Vec::new() };
        return (format!("{name}<sip:anonymous@anonymous.invalid>"), headers);
    }
    let number = show.number.map(|number| number.to_string()).unwrap_or_default();
    let user = if affix {
        escape_user(&format!("{}{number}{}", show.affix.prefix, show.affix.suffix))
    } else {
        number
    };
    (format!("{name}<sip:{user}@{own}>"), Vec::new())
}

/// From for a carrier that refuses the numbers of others there: ours, and the caller's in the name.
fn shown_by_own_number(show: &Show, number: PhoneNumber, own: &str) -> String {
    let caller = show.number.map(|number| number.to_string()).unwrap_or_default();
    let name = match show.name.as_deref() {
        Some(name) if name.contains(&caller) => name.to_owned(),
        Some(name) => format!("{name} {caller}"),
        None => caller,
    };
    let show = Show { number: Some(Number::E164(number)), name: Some(Arc::from(name)), ..show.clone() };
    shown(&show, false, own).0
}

/// As `shown`, for a trunk: the number stands in P-Asserted-Identity, too, hidden or not.
fn shown_with_identity(show: &Show, affix: bool, own: &str) -> (String, Vec<(String, String)>) {
    let (from, mut headers) = shown(show, affix, own);
    if let Some(Number::E164(number)) = show.number {
        headers.push(("P-Asserted-Identity".to_owned(), format!("<sip:{number}@{own};user=phone>")));
    }
    (from, headers)
}
