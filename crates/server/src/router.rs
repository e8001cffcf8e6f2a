//! Gives what telephony tells to the companies it belongs to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::config::Owner;
use model::id::{CallId, LegId, PartyId, TenantId};
use model::input::{Command, Input, Reachability};
use model::leg::{Arrival, Caller, Dialled, Ingress, LegEvent, Party, ReferId, ReferTo, Release};
use model::number::PhoneNumber;
use model::output::{Notice, NoticeTo, Reply};
use store::{BindingRow, Contacts, NewParty, PartyKey, StoreError};
use telephony::{Binding, Device, Door, Durable, Incoming, TelephonyEvent};
use tokio::sync::mpsc;

use crate::node::{Mail, Node};
use crate::platform::{Company, Platform};
use crate::routing::{Meaning, Reading};

/// Which company's each live call is.
#[derive(Debug, Clone, Default)]
pub(crate) struct CallMap(Arc<Mutex<HashMap<CallId, Node>>>);

impl CallMap {
    fn lock(&self) -> MutexGuard<'_, HashMap<CallId, Node>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call that Helin itself has begun.
    pub(crate) fn ours(&self, call: CallId, node: &Node) {
        self.lock().insert(call, node.clone());
    }

    pub(crate) fn forget(&self, call: CallId) {
        self.lock().remove(&call);
    }

    fn node(&self, call: CallId) -> Option<Node> {
        self.lock().get(&call).cloned()
    }
}

/// A user's contacts, to be written down.
struct Registered {
    tenant: TenantId,
    party: PartyId,
    bindings: Vec<Binding>,
    ticket: u64,
}

/// Users whose contacts are written together at most.
const REGISTRATIONS_MAX: usize = 256;

/// A number that a caller typed.
#[derive(Debug)]
pub(crate) struct Typed {
    pub(crate) tenant: TenantId,
    pub(crate) call: CallId,
    /// Digits only.
    pub(crate) digits: String,
}

/// Looks typed numbers up, until Helin ends.
pub(crate) async fn look_up(platform: Arc<Platform>, mut typed: mpsc::UnboundedReceiver<Typed>) {
    while let Some(Typed { tenant, call, digits }) = typed.recv().await {
        let Some(company) = platform.company(&tenant) else { continue };
        let Reading { meaning, .. } = platform.routing.load_full().read(&tenant, &digits);
        let mut parties = Vec::new();
        let found = match dialled(&platform, &company, meaning, &mut parties).await {
            // A stranger shall not make the company ring a number that it pays for (F-01).
            Ok(Dialled::Outside(party)) => {
                let premium = |number| company.config.country.is_premium(number);
                (!party.number.is_some_and(premium)).then_some(party)
            }
            Ok(Dialled::User(id)) => Some(Party { id, number: None, name: None }),
            Ok(
                Dialled::Group(_)
                | Dialled::Emergency(_)
                | Dialled::Code(_)
                | Dialled::Echo
                | Dialled::Park
                | Dialled::Unpark(_)
                | Dialled::PickUp(_)
                | Dialled::Nobody,
            ) => None,
            Err(error) => {
                tracing::error!(%error, "a typed number could not be looked up: the database does not answer");
                None
            }
        };
        // A node that is gone has ended its calls.
        let _ = company.node.post(Mail::Identified(call, found, parties));
    }
}

/// Runs until telephony ends.
pub(crate) async fn run(platform: Arc<Platform>, mut events: mpsc::UnboundedReceiver<Vec<TelephonyEvent>>) {
    let (registered, to_write) = mpsc::unbounded_channel();
    tokio::spawn(write_registrations(platform.clone(), to_write));
    while let Some(batch) = events.recv().await {
        for event in batch {
            match event {
                TelephonyEvent::Leg(leg, event) => {
                    if let Some(node) = platform.calls.node(leg.call) {
                        // A node that is gone has ended its calls.
                        let _ = node.post(Mail::Input(Input::Leg(leg, event)));
                    }
                }
                TelephonyEvent::Refer { leg, refer, dialled } => {
                    refer_dialled(&platform, leg, refer, &dialled).await;
                }
                TelephonyEvent::Incoming(incoming) => route(&platform, incoming).await,
                TelephonyEvent::Registration { tenant, party, bindings, ticket } => {
                    let _ = registered.send(Registered { tenant, party, bindings, ticket });
                }
                TelephonyEvent::Text { tenant, party, code } => {
                    tokio::spawn(text(platform.clone(), tenant, party, code));
                }
            }
        }
    }
}

/// Writes contacts down, then tells the phones and the companies' switchboards. When many phones come at once, as
/// after a power cut, those that wait go together.
async fn write_registrations(platform: Arc<Platform>, mut inbox: mpsc::UnboundedReceiver<Registered>) {
    let mut items = Vec::new();
    while inbox.recv_many(&mut items, REGISTRATIONS_MAX).await > 0 {
        let users: Vec<Contacts> = items.iter().map(contacts).collect();
        let durable = match platform.store.put_registrations(&users).await {
            Ok(()) => Durable::Yes,
            Err(error) => {
                tracing::error!(count = users.len(), %error, "registrations could not be written; the phones are told to try again");
                Durable::No
            }
        };
        for item in items.drain(..) {
            if durable == Durable::Yes
                && let Some(company) = platform.company(&item.tenant)
            {
                let reach = reach_of(item.bindings.iter());
                let _ = company.node.post(Mail::Input(Input::Reach(item.party, reach)));
            }
            platform.telephony.registered(item.ticket, durable);
        }
    }
}

/// What contacts make of a user's reachability.
pub(crate) fn reach_of<'a>(bindings: impl Iterator<Item = &'a Binding>) -> Reachability {
    let mut reach = Reachability::default();
    for binding in bindings {
        reach.contacts = reach.contacts.saturating_add(1);
        reach.apps = reach.apps.saturating_add(u8::from(binding.device == Device::App));
    }
    reach
}

fn contacts(item: &Registered) -> Contacts {
    let row = |binding: &Binding| {
        Some(BindingRow {
            contact: binding.contact.to_string(),
            expires: model::time::Utc(binding.expires),
            binding: serde_json::to_vec(binding).ok()?,
        })
    };
    let bindings = item.bindings.iter().filter_map(row).collect();
    Contacts { tenant: item.tenant.clone(), party: item.party, bindings }
}

/// A code that came as text: the answer goes back as text.
async fn text(platform: Arc<Platform>, tenant: TenantId, party: PartyId, code: String) {
    let Some(company) = platform.company(&tenant) else { return };
    if let Ok(Reply::Code { text, .. }) = company.node.command(Command::Code { party, code }).await {
        platform.telephony.text_reply(&tenant, party, text);
    }
}

/// A transfer to something dialled: read as if a user of the call's company had dialled it.
async fn refer_dialled(platform: &Arc<Platform>, leg: LegId, refer: ReferId, text: &str) {
    let Some(node) = platform.calls.node(leg.call) else { return };
    let Some(company) = platform.company(node.tenant()) else { return };
    let Reading { meaning, .. } = platform.routing.load_full().read(node.tenant(), text);
    let mut parties = Vec::new();
    let to = match dialled(platform, &company, meaning, &mut parties).await {
        Ok(to) => ReferTo::Dialled(to),
        Err(error) => {
            tracing::error!(%error, "a transfer could not be routed: the database does not answer");
            ReferTo::Nowhere
        }
    };
    // A node that is gone has ended its calls.
    let _ = node.post(Mail::Arrival(leg, LegEvent::Refer { refer, to }, parties));
}

async fn route(platform: &Arc<Platform>, incoming: Incoming) {
    let leg = LegId::caller(incoming.call);
    let routed = match incoming.door.clone() {
        Door::Account(tenant, party) => from_phone(platform, &incoming, tenant, party).await,
        Door::Trunk(_) => from_trunk(platform, &incoming).await,
    };
    match routed {
        Ok(Some((company, arrival, parties))) => {
            platform.calls.lock().insert(incoming.call, company.node.clone());
            if company.node.arrive(leg, LegEvent::Arrived(arrival), parties).is_err() {
                platform.calls.forget(incoming.call);
                tracing::warn!(tenant = %company.node.tenant(), "too many events wait for this company; a call got 503");
                platform.telephony.reject(leg, Release::LimitReached);
            }
        }
        Ok(None) => platform.telephony.reject(leg, Release::NotFound),
        Err(error) => {
            tracing::error!(%error, "a call could not be routed: the database does not answer");
            platform.telephony.reject(leg, Release::Fault);
        }
    }
}

type Routed = Option<(Arc<Company>, Arrival, Vec<NewParty>)>;

async fn from_phone(
    platform: &Arc<Platform>,
    incoming: &Incoming,
    tenant: TenantId,
    party: PartyId,
) -> Result<Routed, StoreError> {
    let Some(company) = platform.company(&tenant) else { return Ok(None) };
    let routing = platform.routing.load_full();
    let Reading { meaning, hidden } = routing.read(&tenant, &incoming.dialled);
    let mut parties = Vec::new();
    let to = dialled(platform, &company, meaning, &mut parties).await?;
    let number = company.config.users.get(&party).and_then(|user| user.number);
    let from = Caller {
        party: Party { id: party, number, name: incoming.name.as_deref().map(Arc::from) },
        proved: true,
        hidden: hidden.unwrap_or(incoming.hidden),
    };
    let (replaces, diversions) = (incoming.replaces, incoming.diversions);
    Ok(Some((company, Arrival { from, to, via: Ingress::User(party), replaces, diversions }, parties)))
}

/// What a text means that a user of the company dials, with a row to write for a number never seen.
pub(crate) async fn meant(
    platform: &Arc<Platform>,
    company: &Company,
    text: &str,
) -> Result<(Dialled, Vec<NewParty>), StoreError> {
    let Reading { meaning, .. } = platform.routing.load_full().read(company.node.tenant(), text);
    let mut parties = Vec::new();
    let to = dialled(platform, company, meaning, &mut parties).await?;
    Ok((to, parties))
}

async fn dialled(
    platform: &Arc<Platform>,
    company: &Company,
    meaning: Meaning,
    parties: &mut Vec<NewParty>,
) -> Result<Dialled, StoreError> {
    Ok(match meaning {
        Meaning::Own(Owner::Group(number)) => Dialled::Group(number),
        Meaning::Own(Owner::User(party)) => Dialled::User(party),
        Meaning::Emergency(number) => Dialled::Emergency(number),
        Meaning::Code(code) => Dialled::Code(code),
        Meaning::Echo => Dialled::Echo,
        Meaning::Park => Dialled::Park,
        Meaning::Unpark(slot) => Dialled::Unpark(slot),
        Meaning::PickUp(whose) => Dialled::PickUp(whose),
        Meaning::Nobody => Dialled::Nobody,
        Meaning::Outside(number) => Dialled::Outside(known(platform, company, number, None, parties).await?),
    })
}

/// The party of a number, with a row to write if it was never seen.
async fn known(
    platform: &Arc<Platform>,
    company: &Company,
    number: PhoneNumber,
    name: Option<&str>,
    parties: &mut Vec<NewParty>,
) -> Result<Party, StoreError> {
    let (id, new) = company.names.caller(&platform.store, number).await?;
    parties.extend(new);
    Ok(Party { id, number: Some(number), name: name.map(Arc::from) })
}

async fn from_trunk(platform: &Arc<Platform>, incoming: &Incoming) -> Result<Routed, StoreError> {
    let Door::Trunk(trunk) = &incoming.door else { return Ok(None) };
    let routing = platform.routing.load_full();
    let code = incoming.dialled.starts_with(['*', '#']);
    let found = if code {
        let proved = incoming.asserted.and_then(|number| routing.proved_by(number));
        proved.map(|(tenant, _)| (tenant.clone(), Dialled::Code(incoming.dialled.clone())))
    } else {
        let number: Option<PhoneNumber> = incoming.dialled.parse().ok();
        number.and_then(|number| routing.reached_by(number)).map(|(tenant, owner)| match owner {
            Owner::Group(number) => (tenant.clone(), Dialled::Group(*number)),
            Owner::User(party) => (tenant.clone(), Dialled::User(*party)),
        })
    };
    // A call that takes another's place is for the company of that one, whatever it calls.
    let replaced = incoming.replaces.and_then(|leg| platform.calls.node(leg.call));
    let found = match replaced {
        Some(node) => Some((node.tenant().clone(), Dialled::Nobody)),
        None => found,
    };
    let company = found.as_ref().and_then(|(tenant, _)| platform.company(tenant));
    let (Some((_, to)), Some(company)) = (found, company) else {
        if code {
            unknown_application(platform, incoming);
        }
        return Ok(None);
    };
    let mut parties = Vec::new();
    let from = match incoming.asserted.or(incoming.shown) {
        Some(number) => known(platform, &company, number, incoming.name.as_deref(), &mut parties).await?,
        None => {
            let id = company.names.allot();
            parties.push(NewParty { id, key: PartyKey::Nobody });
            Party { id, number: None, name: None }
        }
    };
    let from = Caller { party: from, proved: incoming.asserted.is_some(), hidden: incoming.hidden };
    let (replaces, diversions) = (incoming.replaces, incoming.diversions);
    let arrival = Arrival { from, to, via: Ingress::Trunk(trunk.clone()), replaces, diversions };
    Ok(Some((company, arrival, parties)))
}

/// A code from somebody who is in no group of any company (K-47).
fn unknown_application(platform: &Arc<Platform>, incoming: &Incoming) {
    let to = NoticeTo::Caller(LegId::caller(incoming.call));
    let notice = Notice { to, text: Arc::from("UNKNOWN APPLICATION") };
    let nobody: TenantId = "platform".parse().expect("a company id");
    platform.telephony.notice(&nobody, notice);
}
