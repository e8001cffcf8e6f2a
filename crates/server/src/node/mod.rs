//! The node: host of the switchboards. One company = one switchboard = one task with a mailbox.
//!
//! The task takes inputs one at a time, sends legs their commands at once, and keeps what must wait for the
//! disk behind the gate. One commit per company is under way at a time; what is decided meanwhile goes with
//! the next. Invariants: facts reach the store in order and without gaps; nothing behind the gate leaves
//! before its facts are on disk, unless the disk stalls for longer than `STALL`.

pub(crate) mod clock;
mod gate;
pub(crate) mod journal;
mod task;
pub(crate) mod view;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::config::TenantConfig;
use model::id::{CallId, FactSeq, LegId, TenantId};
use model::input::{Command, Input};
use model::leg::{LegEvent, Party};
use model::output::Reply;
use store::NewParty;
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) use task::{Around, Begin, start};
use view::View;

/// Inputs waiting at most before new calls are refused with 503. Answers, hang-ups and timers always enter.
const MAILBOX_MAX: usize = 20_000;

/// What a switchboard's task is sent.
#[derive(Debug)]
pub(crate) enum Mail {
    /// An input as it is.
    Input(Input),
    /// A new call, with parties seen for the first time.
    Arrival(LegId, LegEvent, Vec<NewParty>),
    /// A command and where its reply goes.
    Ask(Command, oneshot::Sender<Reply>),
    /// What came of a number that a caller typed, with a party seen for the first time.
    Identified(CallId, Option<Party>, Vec<NewParty>),
    /// Parties seen for the first time, which a command is about to name.
    Parties(Vec<NewParty>),
    /// New settings; told when they hold.
    Config(Arc<TenantConfig>, oneshot::Sender<()>),
    /// End: write everything, then tell.
    Stop(oneshot::Sender<()>),
}

/// A company's node, for those who speak to it.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    tenant: TenantId,
    mail: mpsc::UnboundedSender<Mail>,
    waiting: Arc<AtomicUsize>,
    view: Arc<Mutex<View>>,
    facts: watch::Receiver<FactSeq>,
}

/// The mailbox is full or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refused;

impl Node {
    pub(crate) fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// A new call; refused when the mailbox is full.
    pub(crate) fn arrive(&self, leg: LegId, event: LegEvent, parties: Vec<NewParty>) -> Result<(), Refused> {
        if self.waiting.load(Ordering::Relaxed) >= MAILBOX_MAX {
            return Err(Refused);
        }
        self.post(Mail::Arrival(leg, event, parties))
    }

    /// Anything else; always enters.
    pub(crate) fn post(&self, mail: Mail) -> Result<(), Refused> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.mail.send(mail).map_err(|_| Refused)
    }

    /// Sends a command and awaits its reply.
    pub(crate) async fn command(&self, command: Command) -> Result<Reply, Refused> {
        let (answer, wait) = oneshot::channel();
        self.post(Mail::Ask(command, answer))?;
        wait.await.map_err(|_| Refused)
    }

    /// Waits until a fact of the view is on disk.
    pub(crate) async fn written(&self, fact: FactSeq) {
        // A node that has stopped has written all it will.
        let _ = self.facts.clone().wait_for(|last| *last >= fact).await;
    }

    /// The folded view, for a short look.
    pub(crate) fn view(&self) -> MutexGuard<'_, View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
