//! Telephony: sockets, registrar, trunks, SIP legs and their sound. No rule of any service.
//!
//! One thread owns everything of SIP; sound has its own threads (`rtp`). The server speaks to it through
//! `Handle`, which never blocks, and hears of it through batches of `TelephonyEvent`. The contract of legs is
//! that of `model::leg`.

mod accounts;
mod core;
mod dispatch;
mod leg;
mod prompts;
mod registrar;
mod rtp;
mod screen;
mod transport;
mod trunk;

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;

use crate::core::Alarm;
use model::id::{CallId, LegId, PartyId, TenantId, TrunkName};
use model::leg::{LegCommand, LegEvent, ReferId, Release};
use model::number::{Country, PhoneNumber};
use model::output::Notice;

pub use accounts::{Account, Accounts};
pub use prompts::Prompts;
pub use registrar::{Binding, Device};
pub use rtp::RtpRange;
pub use sip_proto::auth::{Algorithm, Secret};
pub use transport::StartError;

/// What telephony is made from.
#[derive(Debug, Clone)]
pub struct Config {
    /// SIP listeners.
    pub listeners: Vec<ListenerConfig>,
    /// Carriers.
    pub trunks: Vec<TrunkConfig>,
    /// Ports for sound.
    pub rtp: RtpRange,
    /// Address written into session descriptions.
    pub rtp_advertise: IpAddr,
    /// Sound threads.
    pub shards: u16,
    /// No sound for this long is told, milliseconds.
    pub media_timeout: u64,
    /// Secret chance, new at each start.
    pub seed: u128,
    /// Secret key of digest nonces.
    pub nonce_key: [u8; 32],
    /// Realm of digest challenges.
    pub realm: String,
}

/// One listener: UDP and TCP on one address.
#[derive(Debug, Clone)]
pub struct ListenerConfig {
    /// Address and port to bind.
    pub bind: SocketAddr,
    /// Address written into messages.
    pub advertise: IpAddr,
    /// UDP is spoken.
    pub udp: bool,
    /// TCP is spoken.
    pub tcp: bool,
    /// Digest algorithms offered, in this order.
    pub digest: Vec<Algorithm>,
    /// Who is there.
    pub side: Side,
}

/// Who is on a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Phones: challenged.
    Access,
    /// Carriers: known by their address.
    Trunk,
}

/// A carrier.
#[derive(Debug, Clone)]
pub struct TrunkConfig {
    /// Its name.
    pub name: TrunkName,
    /// Networks its calls come from: address and bits.
    pub accept_from: Vec<(IpAddr, u8)>,
    /// Where calls to it go, in order.
    pub send_to: Vec<SocketAddr>,
    /// National numbers by this country's rules; `None`: E.164 only.
    pub national: Option<Country>,
    /// Its P-Asserted-Identity proves the caller.
    pub trusted: bool,
    /// It takes a group's prefix or suffix around a shown number (V-18).
    pub affix: bool,
    /// It takes numbers in From that are not ours; else our own stands there and the caller beside it.
    pub foreign_from: bool,
    /// Simultaneous calls; over it 503.
    pub calls_max: Option<u32>,
}

/// Something for the server.
#[derive(Debug)]
pub enum TelephonyEvent {
    /// A call came in; the server gives it to a company or rejects it.
    Incoming(Incoming),
    /// Something happened on a leg.
    Leg(LegId, LegEvent),
    /// A leg asks to send the other side to what stands here, as if that side had dialled it; the server makes
    /// `LegEvent::Refer` of it.
    Refer {
        /// Which.
        leg: LegId,
        /// For `LegCommand::Referred`.
        refer: ReferId,
        /// Escapes resolved.
        dialled: String,
    },
    /// Contacts of a user have changed: to be written down, then `Handle::registered`.
    Registration {
        /// Whose company.
        tenant: TenantId,
        /// Whose.
        party: PartyId,
        /// All that hold now.
        bindings: Vec<Binding>,
        /// For `Handle::registered`; 0 when nobody waits.
        ticket: u64,
    },
    /// A text to a service code; the answer goes through `Handle::text_reply`.
    Text {
        /// Whose company.
        tenant: TenantId,
        /// Who is proved by digest.
        party: PartyId,
        /// The code.
        code: String,
    },
}

/// A call as it came in.
#[derive(Debug)]
pub struct Incoming {
    /// Its id, made here.
    pub call: CallId,
    /// The phone's owner, proved by digest, or the trunk.
    pub door: Door,
    /// Network-asserted number from a trusted trunk.
    pub asserted: Option<PhoneNumber>,
    /// Number the caller shows.
    pub shown: Option<PhoneNumber>,
    /// Name the caller shows.
    pub name: Option<String>,
    /// Wants to stay hidden.
    pub hidden: bool,
    /// What was dialled, escapes resolved.
    pub dialled: String,
    /// The leg whose place it takes: one of the same company (RFC 3891).
    pub replaces: Option<LegId>,
    /// How often it was sent on, on its way to us (Diversion, History-Info).
    pub diversions: u8,
}

/// By which door a call came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// A phone.
    Account(TenantId, PartyId),
    /// A trunk; for calls from a company of this platform to another the trunk is called `platform`.
    Trunk(TrunkName),
}

/// What the server asks of the core.
#[derive(Debug)]
pub(crate) enum Wish {
    Leg(TenantId, LegId, LegCommand),
    Reject(LegId, Release),
    Notice(TenantId, Notice),
    Registered(u64, Durable),
    TextReply(TenantId, PartyId, String),
    Accounts(Arc<Accounts>),
    Prompts(Arc<Prompts>),
    Platform(Arc<BTreeSet<PhoneNumber>>),
    Begin,
    Drain,
    Stop,
}

/// Whether something is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durable {
    /// It is.
    Yes,
    /// The disk failed.
    No,
}

/// Figures for metrics.
#[derive(Debug, Default)]
pub struct Figures {
    /// Contacts registered now.
    pub contacts: AtomicU64,
    /// Legs open now.
    pub legs: AtomicU64,
    /// Calls that came in.
    pub calls: AtomicU64,
    /// Requests refused for lack of right or form.
    pub refused: AtomicU64,
    /// Packets of sound sent.
    pub packets: AtomicU64,
    /// Messages sent again for lack of an answer, and received again.
    pub repeated: AtomicU64,
}

impl Figures {
    fn set(&self, which: &AtomicU64, value: usize) {
        which.store(value as u64, Ordering::Relaxed);
    }
}

/// The server's end. Cheap to clone; nothing blocks.
#[derive(Debug, Clone)]
pub struct Handle {
    wishes: Sender<Wish>,
    waker: Alarm,
    figures: Arc<Figures>,
}

/// Starts telephony: its ports are taken, and calls wait for `Handle::begin`. `tell` is called from its thread with
/// what happened, in order.
///
/// # Errors
/// A port is taken or an address is not this machine's; the message says which setting to change.
pub fn start(
    config: Config,
    accounts: Arc<Accounts>,
    prompts: Arc<Prompts>,
    bindings: Vec<Binding>,
    tell: impl Fn(Vec<TelephonyEvent>) + Send + 'static,
) -> Result<Handle, StartError> {
    core::start(config, accounts, prompts, bindings, Box::new(tell))
}

impl Handle {
    fn wish(&self, wish: Wish) {
        // A core that has stopped takes nothing more: the process is ending.
        if self.wishes.send(wish).is_ok() {
            self.waker.wake();
        }
    }

    /// Something shall happen on a leg of a company.
    pub fn leg(&self, tenant: &TenantId, leg: LegId, command: LegCommand) {
        self.wish(Wish::Leg(tenant.clone(), leg, command));
    }

    /// Ends a call that belongs to nobody.
    pub fn reject(&self, leg: LegId, how: Release) {
        self.wish(Wish::Reject(leg, how));
    }

    /// Shows a text on somebody's screen.
    pub fn notice(&self, tenant: &TenantId, notice: Notice) {
        self.wish(Wish::Notice(tenant.clone(), notice));
    }

    /// Contacts are on disk, or could not be written: the phone gets its answer.
    pub fn registered(&self, ticket: u64, durable: Durable) {
        self.wish(Wish::Registered(ticket, durable));
    }

    /// Answers a text with a text.
    pub fn text_reply(&self, tenant: &TenantId, party: PartyId, text: String) {
        self.wish(Wish::TextReply(tenant.clone(), party, text));
    }

    /// Takes new accounts.
    pub fn set_accounts(&self, accounts: Arc<Accounts>) {
        self.wish(Wish::Accounts(accounts));
    }

    /// Takes new prompts.
    pub fn set_prompts(&self, prompts: Arc<Prompts>) {
        self.wish(Wish::Prompts(prompts));
    }

    /// Numbers of companies of this platform: calls to them do not leave it.
    pub fn set_platform(&self, numbers: Arc<BTreeSet<PhoneNumber>>) {
        self.wish(Wish::Platform(numbers));
    }

    /// All that calls and phones need is there: from now on they are served.
    pub fn begin(&self) {
        self.wish(Wish::Begin);
    }

    /// From now on new calls get 503 with Retry-After.
    pub fn drain(&self) {
        self.wish(Wish::Drain);
    }

    /// Ends the thread.
    pub fn stop(&self) {
        self.wish(Wish::Stop);
    }

    /// Figures for metrics.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }
}
