//! Transfers that a far end asks for (REFER, RFC 3515), and what it is told of them; which dialog a Replaces
//! means (RFC 3891).

use model::id::{LegId, TenantId};
use model::leg::{LegEvent, ReferId, ReferResult, ReferTo};
use sip_proto::endpoint::{Body, DialogId, ServerId};
use sip_proto::headers::{ReferTarget, Replaces};
use sip_proto::message::{HeaderName, Method, NameAddr, Request, reason_phrase};
use sip_proto::uri::{Scheme, Uri};

use super::{ClientUse, Kind};
use crate::TelephonyEvent;
use crate::core::Core;
use crate::trunk::user_part;

/// Transfers of one leg of which nothing has come yet.
const PENDING_MAX: usize = 4;
/// How long we promise to tell of a transfer, seconds.
const TELLS_FOR: &str = "active;expires=180";
const OVER: &str = "terminated;reason=noresource";

/// A transfer that was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    refer: ReferId,
    /// CSeq of the REFER: names the subscription (RFC 3515 2.4.6).
    cseq: u32,
    tells: Tells,
}

/// Whether who asked for a transfer wants to hear of it (RFC 4488).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tells {
    Progress,
    Nothing,
}

/// What a Replaces names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Replaced {
    /// This leg.
    Leg(LegId),
    /// No dialog of this company: 481.
    Nobody,
    /// A confirmed dialog, where only an early one was meant: 486.
    NotEarly,
}

impl Core {
    /// A far end asks to send the other one elsewhere.
    pub(crate) fn refer(&mut self, id: LegId, server: ServerId, request: &Request) {
        let values: Vec<&str> = request.headers().values(HeaderName::ReferTo).collect();
        // RFC 3515 2.4.1: exactly one.
        let [value] = values.as_slice() else { return self.answer(server, 400, &[]) };
        let Some(address) = NameAddr::parse(value) else { return self.answer(server, 400, &[]) };
        let Some(leg) = self.legs.get(&id) else { return };
        let answered = match &leg.kind {
            Kind::Caller(caller) => !caller.is_open(),
            Kind::Callee(callee) => callee.is_answered(),
        };
        let (Some(dialog), Some(tenant), true) = (leg.dialog, leg.tenant.clone(), answered) else {
            return self.answer(server, 403, &[]);
        };
        if leg.refers.len() >= PENDING_MAX {
            return self.answer(server, 503, &[("Retry-After", "5")]);
        }
        let to = self.refer_to(id, &tenant, &address.uri);
        let other = leg.joined;
        let goes_on = !matches!(to, Target::Gone(_));
        let referred_by = request.headers().get(HeaderName::ReferredBy).filter(|_| goes_on);
        if let (Some(referred_by), Some(other)) =
            (referred_by, other.and_then(|other| self.legs.get_mut(&other)))
        {
            other.referred_by = Some(referred_by.to_owned());
        }
        let Some(leg) = self.legs.get_mut(&id) else { return };
        leg.refer_count = leg.refer_count.wrapping_add(1);
        let quiet =
            request.headers().named("Refer-Sub").any(|value| value.trim().eq_ignore_ascii_case("false"));
        let tells = if quiet { Tells::Nothing } else { Tells::Progress };
        let refer = ReferId(leg.refer_count);
        let asked = Asked { refer, cseq: request.cseq().number, tells };
        self.answer(server, 202, if quiet { &[("Refer-Sub", "false")] } else { &[] });
        self.notify(dialog, asked, 100, TELLS_FOR);
        let event = match to {
            Target::Known(to) => TelephonyEvent::Leg(id, LegEvent::Refer { refer, to }),
            Target::Dialled(dialled) => TelephonyEvent::Refer { leg: id, refer, dialled },
            Target::Gone(status) => return self.notify(dialog, asked, status, OVER),
        };
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.refers.push(asked);
        }
        self.events.push(event);
    }

    /// Where a Refer-To leads. What was dialled is for the server to read.
    fn refer_to(&self, id: LegId, tenant: &TenantId, uri: &Uri<'_>) -> Target {
        let Ok(target) = ReferTarget::of(uri) else { return Target::Known(ReferTo::Nowhere) };
        if let Some(replaces) = target.replaces {
            // RFC 3891: the tags are those that the one sees who is sent there; to us he comes.
            return match self.replaced(Some(tenant), &replaces) {
                Replaced::Leg(leg) if leg != id => Target::Known(ReferTo::Leg(leg)),
                Replaced::Leg(_) | Replaced::Nobody => Target::Gone(481),
                Replaced::NotEarly => Target::Gone(486),
            };
        }
        let Ok(uri) = Uri::parse(&target.uri) else { return Target::Known(ReferTo::Nowhere) };
        let user = user_part(&uri);
        if uri.scheme == Scheme::Other || user.is_empty() {
            return Target::Known(ReferTo::Nowhere);
        }
        let trunk = self.legs.get(&id).and_then(|leg| leg.trunk).and_then(|at| self.trunks.get(at));
        let number = trunk.and_then(|trunk| trunk.read(&user));
        Target::Dialled(number.map_or(user, |number| number.to_string()))
    }

    /// The leg whose dialog a Replaces names: of a company, or (`None`) of any.
    pub(crate) fn replaced(&self, tenant: Option<&TenantId>, replaces: &Replaces) -> Replaced {
        let dialog = self.endpoint.find_dialog(&replaces.call_id, &replaces.to_tag, &replaces.from_tag);
        let Some(dialog) = dialog else { return Replaced::Nobody };
        let known = self.dialogs.get(&dialog).copied().or_else(|| self.ringing(dialog));
        let Some(id) = known else { return Replaced::Nobody };
        let of_tenant = |theirs: Option<&TenantId>| tenant.is_none() || theirs == tenant;
        let Some(leg) = self.legs.get(&id).filter(|leg| of_tenant(leg.tenant.as_ref())) else {
            return Replaced::Nobody;
        };
        let early = match &leg.kind {
            Kind::Caller(caller) => caller.is_open(),
            Kind::Callee(callee) => !callee.is_answered(),
        };
        if replaces.early_only && !early { Replaced::NotEarly } else { Replaced::Leg(id) }
    }

    /// The dialled leg of an early dialog.
    fn ringing(&self, dialog: DialogId) -> Option<LegId> {
        let rings = |kind: &Kind| matches!(kind, Kind::Callee(callee) if callee.has_early(dialog));
        self.legs.iter().find(|(_, leg)| rings(&leg.kind)).map(|(id, _)| *id)
    }

    /// How far a transfer is, or what came of it. Who has hung up meanwhile is told nothing.
    pub(crate) fn referred(&mut self, id: LegId, refer: ReferId, result: ReferResult) {
        let Some(leg) = self.legs.get_mut(&id) else { return };
        let Some(at) = leg.refers.iter().position(|asked| asked.refer == refer) else { return };
        let asked = leg.refers[at];
        if result == ReferResult::Ringing {
            let Some(dialog) = leg.dialog else { return };
            return self.notify(dialog, asked, 180, TELLS_FOR);
        }
        leg.refers.remove(at);
        let (dialog, other) = (leg.dialog, leg.joined);
        if let Some(other) = other.and_then(|other| self.legs.get_mut(&other)) {
            other.referred_by = None;
        }
        let Some(dialog) = dialog else { return };
        let status = match result {
            ReferResult::Ringing => 180,
            ReferResult::Done => 200,
            ReferResult::Busy => 486,
            ReferResult::Unavailable => 480,
            ReferResult::NotFound => 404,
            ReferResult::Forbidden => 403,
        };
        self.notify(dialog, asked, status, OVER);
    }

    fn notify(&mut self, dialog: DialogId, asked: Asked, status: u16, state: &str) {
        if asked.tells == Tells::Nothing {
            return;
        }
        let event = format!("refer;id={}", asked.cseq);
        let fragment = format!("SIP/2.0 {status} {}\r\n", reason_phrase(status));
        let headers = [("Event", event.as_str()), ("Subscription-State", state)];
        let body = Body { content_type: "message/sipfrag;version=2.0", octets: fragment.as_bytes() };
        let sent = self.endpoint.request_in(self.now, dialog, &Method::Notify, &headers, Some(body));
        if let Some(client) = sent {
            self.clients.insert(client, ClientUse::Other);
        }
    }
}

enum Target {
    Known(ReferTo),
    Dialled(String),
    /// Replaces names no dialog that could be taken: what an INVITE with it would have got (RFC 3891 3).
    Gone(u16),
}
