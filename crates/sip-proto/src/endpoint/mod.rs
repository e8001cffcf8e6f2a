//! The endpoint: messages in, events up; requests and responses from above, octets out.
//!
//! It ties messages to transactions and dialogs and owns their timers. Invariants: what is kept is bounded by
//! `Limits`; a message that matches nothing changes nothing; a request is handed up once however often it
//! comes; both halves of a dialog may live here (a call that leaves and comes back), for their tags differ.

mod client;
mod deadlines;
mod incoming;
mod ours;
mod outgoing;
mod server;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use crate::Millis;
use crate::dialog::{Dialog, Flow, Transport};
use crate::message::{Request, Response};
use crate::token::Tokens;

pub use outgoing::{Body, OutRequest, Reply};

use client::Client;
use deadlines::Deadlines;
use server::Server;

/// A server transaction: a request of theirs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ServerId(u64);

/// A client transaction: a request of ours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClientId(u64);

/// A dialog.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DialogId(u64);

/// What an endpoint is made from.
#[derive(Clone, Debug)]
pub struct Config {
    /// Secret and different from start to start: tags and branches come from it.
    pub seed: u128,
    /// `host:port` written into Via and Contact, per listener.
    pub listeners: Vec<Listener>,
    /// Bounds.
    pub limits: Limits,
    /// `Server` and `User-Agent`.
    pub product: String,
}

/// One listener of the socket owner.
#[derive(Clone, Debug)]
pub struct Listener {
    /// `host:port` as others reach it.
    pub address: String,
    /// Requests in a dialog go back where its messages came from, whatever the Contact says: for phones, which
    /// may sit behind address translation.
    pub symmetric: bool,
}

/// Bounds of what is kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Requests of theirs under way or remembered; over it 503.
    pub servers_max: usize,
    /// Dialogs; over it 503.
    pub dialogs_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { servers_max: 400_000, dialogs_max: 200_000 }
    }
}

/// Octets to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transmit {
    /// By which way.
    pub flow: Flow,
    /// One whole message.
    pub octets: Arc<[u8]>,
}

/// What happened.
#[derive(Debug)]
pub enum Event {
    /// A request outside any dialog. CANCEL and ACK never come here.
    Request {
        /// To be answered.
        server: ServerId,
        /// The request.
        request: Request,
        /// Its way.
        flow: Flow,
    },
    /// A request within a dialog. BYE has not ended the dialog yet: the answer does.
    InDialog {
        /// The dialog.
        dialog: DialogId,
        /// To be answered.
        server: ServerId,
        /// The request.
        request: Request,
    },
    /// The caller gave up an INVITE that is not answered yet. The CANCEL is answered; the INVITE is to be, with
    /// 487.
    Cancelled {
        /// The INVITE.
        server: ServerId,
        /// The CANCEL.
        request: Request,
    },
    /// The ACK of our success to an INVITE.
    Acknowledged {
        /// The dialog.
        dialog: DialogId,
        /// The ACK, perhaps with a body.
        request: Request,
    },
    /// No ACK of our success came: the dialog is of no use (RFC 3261 13.3.1.4).
    NotAcknowledged {
        /// The dialog.
        dialog: DialogId,
    },
    /// An answer to a request of ours.
    Response {
        /// The request.
        client: ClientId,
        /// The dialog it is in, or makes.
        dialog: Option<DialogId>,
        /// The answer.
        response: Response,
    },
    /// A request of ours got no answer.
    Failed {
        /// The request.
        client: ClientId,
        /// Why.
        why: Failure,
    },
}

/// Why a request of ours got no answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Failure {
    /// Nobody answered in time.
    Timeout,
    /// It could not be sent.
    Transport,
}

/// How often what happened; read by metrics.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Counters {
    /// Octets that were no message, or a bad response.
    pub dropped: u64,
    /// Bad requests, answered.
    pub refused: u64,
    /// Responses and ACKs that match nothing.
    pub unmatched: u64,
    /// Requests and responses sent again.
    pub repeated: u64,
}

/// SIP for one owner of sockets.
#[derive(Debug)]
pub struct Endpoint {
    config: Config,
    tokens: Tokens,
    /// Boxed: the map is about half full, and most of what it holds only waits to be forgotten.
    servers: BTreeMap<u64, Box<Server>>,
    server_keys: BTreeMap<u64, u64>,
    /// INVITEs by Call-ID, From tag and CSeq: one that comes by another way is merged (RFC 3261 8.2.2.2).
    merged: BTreeMap<u64, u64>,
    clients: BTreeMap<u64, Client>,
    client_keys: BTreeMap<u64, u64>,
    dialogs: BTreeMap<u64, DialogEntry>,
    dialog_keys: BTreeMap<u64, u64>,
    next_id: u64,
    deadlines: Deadlines,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
    counters: Counters,
    buffer: Vec<u8>,
}

/// A dialog with what is under way in it.
#[derive(Debug)]
struct DialogEntry {
    dialog: Dialog,
    key: u64,
    /// An INVITE of ours in it that has no final answer.
    inviting: bool,
    /// An INVITE of theirs in it that has no final answer or no ACK.
    invited: Option<u64>,
    /// CSeq of our INVITE, for its ACK.
    invite_cseq: u32,
    /// Our ACK of their success, to be repeated when the success is.
    ack: Option<Transmit>,
}

impl Endpoint {
    /// An endpoint without anything under way.
    pub fn new(config: Config) -> Endpoint {
        Endpoint {
            tokens: Tokens::new(config.seed),
            config,
            servers: BTreeMap::new(),
            server_keys: BTreeMap::new(),
            merged: BTreeMap::new(),
            clients: BTreeMap::new(),
            client_keys: BTreeMap::new(),
            dialogs: BTreeMap::new(),
            dialog_keys: BTreeMap::new(),
            next_id: 1,
            deadlines: Deadlines::default(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            counters: Counters::default(),
            buffer: Vec::with_capacity(4_096),
        }
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When `handle_timeout` is due.
    pub fn next_deadline(&self) -> Option<Millis> {
        self.deadlines.next()
    }

    /// How often what happened.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Dialogs kept now.
    pub fn dialog_count(&self) -> usize {
        self.dialogs.len()
    }

    /// Transactions kept now.
    pub fn transaction_count(&self) -> usize {
        self.servers.len() + self.clients.len()
    }

    /// A dialog as it stands; serialise it to restore it later.
    pub fn dialog(&self, id: DialogId) -> Option<&Dialog> {
        self.dialogs.get(&id.0).map(|entry| &entry.dialog)
    }

    /// Takes up a dialog that was kept from another endpoint's life.
    pub fn restore(&mut self, dialog: Dialog) -> DialogId {
        self.keep_dialog(dialog)
    }

    /// Forgets a dialog; late messages of it get 481.
    pub fn forget(&mut self, id: DialogId) {
        if let Some(entry) = self.dialogs.remove(&id.0)
            && self.dialog_keys.get(&entry.key) == Some(&id.0)
        {
            self.dialog_keys.remove(&entry.key);
        }
    }

    fn fresh(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id - 1
    }

    fn keep_dialog(&mut self, dialog: Dialog) -> DialogId {
        let key = self.dialog_key(&dialog.call_id, &dialog.local_tag, &dialog.remote_tag);
        let id = self.fresh();
        let entry = DialogEntry { dialog, key, inviting: false, invited: None, invite_cseq: 0, ack: None };
        self.dialogs.insert(id, entry);
        self.dialog_keys.insert(key, id);
        DialogId(id)
    }

    fn dialog_key(&self, call_id: &str, local: &str, remote: &str) -> u64 {
        self.tokens.hash_of(&["dialog", call_id, local, remote])
    }

    /// The dialog of these identifiers, `local` being our tag: what Replaces names (RFC 3891 3).
    pub fn find_dialog(&self, call_id: &str, local: &str, remote: &str) -> Option<DialogId> {
        self.dialog_keys.get(&self.dialog_key(call_id, local, remote)).copied().map(DialogId)
    }

    fn send(&mut self, flow: Flow, octets: Arc<[u8]>) {
        self.transmits.push_back(Transmit { flow, octets });
    }

    fn address(&self, flow: &Flow) -> &str {
        self.config.listeners.get(usize::from(flow.listener)).map_or("invalid", |listener| &listener.address)
    }

    /// The way of a request in a dialog.
    fn dialog_flow(&self, dialog: &Dialog) -> Flow {
        let symmetric = self
            .config
            .listeners
            .get(usize::from(dialog.flow.listener))
            .is_none_or(|listener| listener.symmetric);
        let hop: Option<SocketAddr> = if symmetric { None } else { dialog.next_hop() };
        match (dialog.flow.transport, hop) {
            (Transport::Udp, Some(remote)) => Flow { remote, ..dialog.flow },
            (Transport::Udp | Transport::Tcp, _) => dialog.flow,
        }
    }
}
