//! Contacts of users (RFC 3261 10): at most ten each, kept from 60 to 3,600 seconds, on disk before the phone
//! is told.

use std::collections::{BTreeSet, HashMap};

use model::id::{PartyId, TenantId};
use serde::{Deserialize, Serialize};
use sip_proto::dialog::{Flow, Transport};
use sip_proto::message::{HeaderName, NameAddr, Request};
use sip_proto::uri::Uri;

/// Contacts of one user.
pub(crate) const CONTACTS_MAX: usize = 10;
/// Shortest and longest registration, and the one for phones that do not say, seconds.
const EXPIRES: (u32, u32, u32) = (60, 3_600, 3_600);

/// One contact of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// Whose company.
    pub tenant: TenantId,
    /// Whose.
    pub party: PartyId,
    /// Address, as the phone gave it.
    pub contact: Box<str>,
    /// By which way it is reached.
    pub flow: Flow,
    /// Until when, microseconds UTC.
    pub expires: i64,
    /// Of the REGISTER that made it.
    pub call_id: Box<str>,
    /// Of the REGISTER that made it.
    pub cseq: u32,
    /// It takes MESSAGE: it said so, or said nothing about methods.
    pub messages: bool,
    /// What it is.
    #[serde(default)]
    pub device: Device,
}

/// What kind of phone a contact is (V-34).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A desk phone or any other softphone.
    #[default]
    Desk,
    /// Our app or the browser: it says so by `+helin.device="app"` in its Contact.
    App,
}

/// The Contact parameter by which our app says what it is (RFC 3840).
const DEVICE: &str = "+helin.device";

impl Device {
    fn of(contact: &NameAddr<'_>) -> Device {
        match contact.params.value(DEVICE) {
            Some(value) if value.eq_ignore_ascii_case("app") => Device::App,
            Some(_) | None => Device::Desk,
        }
    }

    /// As the answer to a REGISTER repeats it.
    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Device::Desk => "",
            Device::App => ";+helin.device=\"app\"",
        }
    }
}

/// What is to be answered to a REGISTER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing changed: a query.
    Listed,
    /// Contacts changed.
    Changed(Places),
    /// 423 with Min-Expires.
    TooBrief,
    /// 500: a request out of order (RFC 3261 10.3 step 7).
    OutOfOrder,
    /// 400: `*` with something else, or with another expiry than 0.
    BadStar,
    /// 403: more contacts than a user may have.
    TooMany,
    /// 400: a contact that is no SIP address.
    BadContact,
}

/// Whether a REGISTER led to somewhere new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    /// The same for longer, or fewer.
    Known,
    /// A user can be reached where he could not before.
    New,
}

/// All contacts.
#[derive(Debug, Default)]
pub(crate) struct Registrar {
    /// Those who have a contact. Most have one: a list with room for more would cost four times as much.
    users: HashMap<(TenantId, PartyId), Box<[Binding]>>,
    /// When contacts end, and whose.
    ends: BTreeSet<(i64, TenantId, PartyId)>,
    /// Contacts of all users.
    count: usize,
}

impl Registrar {
    /// Takes contacts that survived a restart.
    pub(crate) fn restore(&mut self, bindings: Vec<Binding>) {
        let mut users: HashMap<_, Vec<Binding>> = HashMap::new();
        for binding in bindings {
            users.entry((binding.tenant.clone(), binding.party)).or_default().push(binding);
        }
        for (whose, bindings) in users {
            self.set(whose, bindings);
        }
    }

    /// From now on these are all contacts of a user.
    fn set(&mut self, whose: (TenantId, PartyId), bindings: Vec<Binding>) {
        let end = |binding: &Binding| (binding.expires, whose.0.clone(), whose.1);
        let old = self.users.remove(&whose).unwrap_or_default();
        for binding in &old {
            self.ends.remove(&end(binding));
        }
        self.ends.extend(bindings.iter().map(end));
        self.count = self.count + bindings.len() - old.len();
        if !bindings.is_empty() {
            self.users.insert(whose, bindings.into());
        }
    }

    pub(crate) fn contacts(&self, tenant: &TenantId, party: PartyId) -> &[Binding] {
        self.users.get(&(tenant.clone(), party)).map_or(&[], |bindings| bindings)
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Microseconds UTC of the next end.
    pub(crate) fn next_end(&self) -> Option<i64> {
        self.ends.first().map(|(at, _, _)| *at)
    }

    /// Ends contacts whose time is up; gives the users concerned.
    pub(crate) fn end_due(&mut self, now: i64) -> Vec<(TenantId, PartyId)> {
        let mut concerned = Vec::new();
        while self.next_end().is_some_and(|at| at <= now)
            && let Some((_, tenant, party)) = self.ends.pop_first()
        {
            let all = self.contacts(&tenant, party);
            let lasting: Vec<Binding> = all.iter().filter(|binding| binding.expires > now).cloned().collect();
            if lasting.len() < all.len() {
                self.set((tenant.clone(), party), lasting);
                concerned.push((tenant, party));
            }
        }
        concerned
    }

    /// Takes a REGISTER whose sender is proved.
    pub(crate) fn register(
        &mut self,
        (tenant, party): (&TenantId, PartyId),
        request: &Request,
        flow: Flow,
        now: i64,
    ) -> Outcome {
        let headers = request.headers();
        let values: Vec<&str> = headers.values(HeaderName::Contact).collect();
        if values.is_empty() {
            return Outcome::Listed;
        }
        let general = headers.expires();
        let mut bindings = self.contacts(tenant, party).to_vec();
        let (call_id, cseq) = (request.call_id(), request.cseq().number);
        let stale = |binding: &Binding| *binding.call_id == *call_id && binding.cseq >= cseq;
        if values.contains(&"*") {
            if values.len() > 1 || general != Some(0) {
                return Outcome::BadStar;
            }
            if bindings.iter().any(stale) {
                return Outcome::OutOfOrder;
            }
            bindings.clear();
        }
        let messages =
            headers.lines(HeaderName::Allow).next().is_none() || headers.lists(HeaderName::Allow, "MESSAGE");
        let mut places = Places::Known;
        for value in values.into_iter().filter(|value| *value != "*") {
            let Some(contact) = NameAddr::parse(value) else { return Outcome::BadContact };
            let own = contact.params.value("expires").and_then(|text| text.parse::<u32>().ok());
            let seconds = own.or(general).unwrap_or(EXPIRES.2).min(EXPIRES.1);
            if seconds != 0 && seconds < EXPIRES.0 {
                return Outcome::TooBrief;
            }
            let known = bindings
                .iter()
                .position(|binding| Uri::parse(&binding.contact).is_ok_and(|uri| uri.matches(&contact.uri)));
            if known.is_some_and(|at| stale(&bindings[at])) {
                return Outcome::OutOfOrder;
            }
            let way = way_to(&contact.uri, request, flow);
            let before = known.map(|at| bindings.remove(at));
            if seconds == 0 {
                continue;
            }
            if before.is_none_or(|before| before.flow != way) {
                places = Places::New;
            }
            bindings.push(Binding {
                tenant: tenant.clone(),
                party,
                contact: contact.uri.as_str().into(),
                flow: way,
                expires: now + i64::from(seconds) * 1_000_000,
                call_id: call_id.into(),
                cseq,
                messages,
                device: Device::of(&contact),
            });
        }
        if bindings.len() > CONTACTS_MAX {
            return Outcome::TooMany;
        }
        self.set((tenant.clone(), party), bindings);
        Outcome::Changed(places)
    }
}

/// What a 423 names.
pub(crate) const MIN_EXPIRES: &str = "60";
/// How a contact is reached. Where addresses are translated between the phone and us (its Via names another address
/// than the one it sends from), and over a connection, only the way by which it registered leads back; else its
/// contact says where (RFC 3261 10.3, RFC 3581).
fn way_to(contact: &Uri<'_>, request: &Request, flow: Flow) -> Flow {
    let address = contact.host.parse::<std::net::IpAddr>();
    let translated = request.via().host.parse() != Ok(flow.remote.ip());
    match (address, flow.transport) {
        (Ok(address), Transport::Udp) if !translated => {
            let remote = std::net::SocketAddr::new(address, contact.port.unwrap_or(5060));
            Flow { remote, ..flow }
        }
        (_, _) => flow,
    }
}
