//! The door between HTTP and the node: what the API may ask of the running platform, and what it is told.
//!
//! The node answers each `Ask` through its own reply channel; a dropped channel means that the platform is
//! shutting down (503). Live changes come through `Hub`. Nothing here decides anything.

mod hub;
mod views;

use std::collections::BTreeMap;

use model::id::{CallId, PartyId, TenantId};
use model::input::Command;
use model::language::Language;
use model::leg::Dialled;
use model::live::Decision;
use model::number::Number;
use model::output::Reply;
use model::record::CallRecord;
use model::time::Utc;
use tokio::sync::{mpsc, oneshot};

use crate::figures::Gathered;
use crate::principal::Principal;
use crate::simulations::{Simulation, SimulationRefusal, SimulationReport};

pub use hub::{Change, Changed, Hub, Listening};
pub use views::{
    Applied, ApplyFault, ApplyFile, ApplyMode, ApplyRefusal, CallbackView, CallsToday, DirectoryEntry,
    EntryKind, Exported, Format, GroupHead, LiveView, PartyView, Prune, Ties,
};

/// Asks waiting for the node at most; more are refused with 503.
pub const ASKS_MAX: usize = 1_024;

/// Where an answer goes.
pub type Answer<T> = oneshot::Sender<T>;

/// How much of a group's past is gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Its calls, and its members' times.
    Own,
    /// Also when its members were in calls that were not the group's.
    Figures,
}

/// One question or wish.
#[derive(Debug)]
pub enum Ask {
    /// Whom a token proves; `None`: nobody, or no longer.
    Who {
        /// As it came.
        token: String,
        /// Who asks.
        answer: Answer<Option<Principal>>,
    },
    /// How a person is tied to a group.
    Ties {
        /// Whose.
        tenant: TenantId,
        /// Which group.
        group: Number,
        /// Whom.
        person: String,
        /// Member, supervisor, or neither.
        answer: Answer<Ties>,
    },
    /// Which companies there are.
    Companies {
        /// Their ids.
        answer: Answer<Vec<TenantId>>,
    },
    /// The groups of a company, in order of number.
    Groups {
        /// Whose.
        tenant: TenantId,
        /// Number, name, preset.
        answer: Answer<Vec<GroupHead>>,
    },
    /// A group as it is now; `None`: no such group.
    Live {
        /// Whose.
        tenant: TenantId,
        /// Which.
        group: Number,
        /// The view.
        answer: Answer<Option<LiveView>>,
    },
    /// A call under way or ended; `None`: no such call.
    Call {
        /// Whose.
        tenant: TenantId,
        /// Which.
        call: CallId,
        /// Its record so far.
        answer: Answer<Option<CallRecord>>,
    },
    /// Calls, newest first: those under way and those ended.
    Calls {
        /// Whose.
        tenant: TenantId,
        /// Begun before this call's; from the newest when `None`.
        before: Option<CallId>,
        /// Begun from the first on and before the second; at any time when `None`.
        window: Option<(Utc, Utc)>,
        /// At most, 1-501.
        limit: u32,
        /// In order.
        answer: Answer<Vec<CallRecord>>,
    },
    /// When the company's clocks show what `wall` is in UTC.
    OwnTime {
        /// Whose.
        tenant: TenantId,
        /// What they show.
        wall: Utc,
        /// When.
        answer: Answer<Utc>,
    },
    /// Everything that a group's figures between two moments are made from; `None`: no such group.
    Gather {
        /// Whose.
        tenant: TenantId,
        /// Which.
        group: Number,
        /// Between; the company's today when `None`.
        window: Option<(Utc, Utc)>,
        /// How much of it.
        depth: Depth,
        /// Records, ended and under way.
        answer: Answer<Option<Box<Gathered>>>,
    },
    /// Calls under way.
    OpenCalls {
        /// Whose.
        tenant: TenantId,
        /// Newest first.
        answer: Answer<Vec<CallRecord>>,
    },
    /// Why a call went as it went; `None`: no such call.
    Explain {
        /// Whose.
        tenant: TenantId,
        /// Which.
        call: CallId,
        /// Of the sentences.
        language: Language,
        /// In order.
        answer: Answer<Option<Vec<Decision>>>,
    },
    /// The user or outside person of a name or number; `None`: nobody.
    Person {
        /// Whose.
        tenant: TenantId,
        /// `mari`, `Madis`, `+3725559001`.
        name: String,
        /// Who.
        answer: Answer<Option<PartyId>>,
    },
    /// Names and numbers of parties, as far as they are not erased.
    Names {
        /// Whose.
        tenant: TenantId,
        /// Whom.
        parties: Vec<PartyId>,
        /// By party.
        answer: Answer<BTreeMap<PartyId, PartyView>>,
    },
    /// What a text means that a user of the company dials; a number outside has its row when the answer comes.
    Dialled {
        /// Whose.
        tenant: TenantId,
        /// `102`, `+3725551234`, `*7`.
        text: String,
        /// `Dialled::Nobody` when nobody has it.
        answer: Answer<Dialled>,
    },
    /// A group's requests to be called back: those that last, and those that ended within the last 24 hours. `None`:
    /// no such group.
    Callbacks {
        /// Whose.
        tenant: TenantId,
        /// Which.
        group: Number,
        /// In any order.
        answer: Answer<Option<Vec<CallbackView>>>,
    },
    /// Everybody who can be called, and every group that is not hidden (V-15).
    Directory {
        /// Whose.
        tenant: TenantId,
        /// In any order.
        answer: Answer<Vec<DirectoryEntry>>,
    },
    /// A command to the switchboard.
    Command {
        /// Whose.
        tenant: TenantId,
        /// What.
        command: Command,
        /// Its reply, when it is on disk.
        answer: Answer<Reply>,
    },
    /// Write settings.
    Apply {
        /// Whose; created when an operator asks.
        tenant: TenantId,
        /// The file.
        file: ApplyFile,
        /// Accepted, or every fault.
        answer: Answer<Result<Applied, ApplyRefusal>>,
    },
    /// Read settings; `None`: no such company.
    Export {
        /// Whose.
        tenant: TenantId,
        /// In which form.
        format: Format,
        /// Defaults too.
        all: bool,
        /// The document; `None`: no such company.
        answer: Answer<Option<Exported>>,
    },
    /// Keep the audio of a prompt until a document names it by its hash.
    StorePrompt {
        /// Whose.
        tenant: TenantId,
        /// Its name.
        name: String,
        /// The file as sent.
        audio: Vec<u8>,
        /// Its hash, or what is wrong with it.
        answer: Answer<Result<String, String>>,
    },
    /// Live through a day.
    Simulate {
        /// Whose.
        tenant: TenantId,
        /// Which day, which callers, which changes.
        wish: Box<Simulation>,
        /// How it went, or why not.
        answer: Answer<Result<Box<SimulationReport>, SimulationRefusal>>,
    },
    /// Whether everything needed to take calls is up; the reason if not.
    Ready {
        /// `Err` names what is missing.
        answer: Answer<Result<(), String>>,
    },
    /// Figures for Prometheus, in its text form.
    Metrics {
        /// The whole page.
        answer: Answer<String>,
    },
}

/// The API's end of the door.
#[derive(Debug, Clone)]
pub struct Gateway {
    asks: mpsc::Sender<Ask>,
    hub: Hub,
}

/// The platform does not answer: it is starting, overloaded or shutting down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away;

impl Gateway {
    /// A door, and the end at which the node answers.
    pub fn new(hub: Hub) -> (Gateway, mpsc::Receiver<Ask>) {
        let (asks, receiver) = mpsc::channel(ASKS_MAX);
        (Gateway { asks, hub }, receiver)
    }

    /// Asks and awaits the answer.
    ///
    /// # Errors
    /// `Away` when the platform's mailbox is full or closed, or it dropped the question.
    pub async fn ask<T>(&self, ask: impl FnOnce(Answer<T>) -> Ask) -> Result<T, Away> {
        let (answer, wait) = oneshot::channel();
        self.asks.try_send(ask(answer)).map_err(|_| Away)?;
        wait.await.map_err(|_| Away)
    }

    /// Where live changes come from.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }
}
