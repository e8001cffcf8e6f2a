//! The door between HTTP and the node: what the API may ask of the running platform, and what it is told.
//!
//! The node answers each `Ask` through its own reply channel; a dropped channel means that the platform is
//! shutting down (503). Live changes come through `Hub`. Nothing here decides anything.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use model::config::Preset;
use model::id::{CallId, PartyId, TenantId};
use model::input::Command;
use model::language::Language;
use model::live::{Decision, LiveGroup};
use model::number::Number;
use model::output::Reply;
use model::record::CallRecord;
use model::time::{Span, Utc};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::principal::Principal;

/// Asks waiting for the node at most; more are refused with 503.
pub const ASKS_MAX: usize = 1_024;

/// Changes kept per company for those who come back with `Last-Event-ID`.
const CHANGES_KEPT: usize = 1_024;

/// Where an answer goes.
pub type Answer<T> = oneshot::Sender<T>;

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
        /// At most, 1-500.
        limit: u32,
        /// In order.
        answer: Answer<Vec<CallRecord>>,
    },
    /// Figures of a group between two moments; `None`: no such group.
    Statistics {
        /// Whose.
        tenant: TenantId,
        /// Which.
        group: Number,
        /// Between; the company's today when `None`.
        window: Option<(Utc, Utc)>,
        /// The figures.
        answer: Answer<Option<Statistics>>,
    },
    /// The visits of a group between two moments, with their calls; `None`: no such group.
    Visits {
        /// Whose.
        tenant: TenantId,
        /// Which.
        group: Number,
        /// Between; the company's today when `None`.
        window: Option<(Utc, Utc)>,
        /// Records of the calls, oldest first.
        answer: Answer<Option<Vec<CallRecord>>>,
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
        /// The document.
        answer: Answer<Option<String>>,
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

/// How a person is tied to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ties {
    /// One of its members.
    pub member: bool,
    /// May see and steer it.
    pub supervises: bool,
}

impl Ties {
    /// Whether he may see it.
    pub fn is_tied(self) -> bool {
        self.member || self.supervises
    }
}

/// A group in lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupHead {
    /// Its number.
    pub number: Number,
    /// Its name.
    pub name: String,
    /// Where its defaults come from.
    pub preset: Preset,
}

/// A group as it is now, with today's counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveView {
    /// Members and calls.
    pub group: LiveGroup,
    /// Since midnight in the company's time zone; also calls still inside count as offered.
    pub today: CallsToday,
}

/// `offered = answered + abandoned + overflowed + called_back + still inside`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CallsToday {
    /// Calls that reached the group's number.
    pub offered: u64,
    /// Taken by a member.
    pub answered: u64,
    /// The caller gave up.
    pub abandoned: u64,
    /// Went on by the fallback list.
    pub overflowed: u64,
    /// Both ends of a callback talked.
    pub called_back: u64,
}

/// Figures of a group over a time (K-03).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Totals of the visits that began in it.
    pub totals: CallsToday,
    /// Per member, in the order of the settings.
    pub members: Vec<MemberFigures>,
}

/// Figures of one member over a time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberFigures {
    /// Name.
    pub user: String,
    /// Logged in.
    pub logged_in: Span,
    /// Offers.
    pub offered: u64,
    /// Offers he took.
    pub answered: u64,
    /// Offers that ended unanswered.
    pub no_answer: u64,
    /// Offers that met a busy phone.
    pub busy: u64,
    /// Offers that did not reach him.
    pub unreachable: u64,
    /// Offers he rejected.
    pub rejected: u64,
    /// Talking in calls of the group.
    pub talk: Span,
}

/// A party for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartyView {
    /// Name of a user or outside person.
    pub user: Option<String>,
    /// E.164, else extension.
    pub number: Option<String>,
}

/// A company file as it came.
#[derive(Debug, Clone)]
pub struct ApplyFile {
    /// TOML or JSON text.
    pub text: String,
    /// Which of them.
    pub format: Format,
    /// File name for faults, if any.
    pub name: Option<String>,
    /// Remove what the file does not mention.
    pub prune: Prune,
    /// Only tell what would change.
    pub mode: ApplyMode,
    /// Who applies, for the version's record.
    pub by: String,
}

/// A document's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// TOML.
    Toml,
    /// JSON.
    Json,
}

/// What happens to what the file does not mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prune {
    /// It stays.
    Keep,
    /// It goes.
    Remove,
}

/// Whether to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplyMode {
    /// Write.
    Write,
    /// Tell the differences only.
    DryRun,
}

/// Accepted settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The version now in force.
    pub version: u64,
    /// One line per difference; empty when nothing changed. Secrets appear as `(secret)`.
    pub changes: Vec<String>,
}

/// Why settings were refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplyRefusal {
    /// Every fault found.
    Faults(Vec<ApplyFault>),
    /// No such company, or one that the asker may not write.
    NoCompany,
    /// Another change came between; try again.
    Conflict,
    /// The disk or the database failed.
    Unavailable,
}

/// One fault of a company file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyFault {
    /// Line in the file, from 1.
    pub line: Option<u32>,
    /// `group[+3726001000].ring_time`.
    pub path: String,
    /// What is wrong, what is allowed, the nearest right spelling.
    pub text: String,
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

/// One change, to be streamed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Rises by one within a company, and over restarts.
    pub id: u64,
    /// What changed.
    pub what: Changed,
}

/// What changed; its present state is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// A group.
    Group(Arc<LiveView>),
    /// A call, under way or just ended.
    Call(Arc<CallRecord>),
}

/// Live changes of all companies, for streams.
#[derive(Debug, Clone, Default)]
pub struct Hub {
    companies: Arc<Mutex<BTreeMap<TenantId, Channel>>>,
}

#[derive(Debug)]
struct Channel {
    next: u64,
    kept: VecDeque<Change>,
    sender: broadcast::Sender<Change>,
}

impl Hub {
    /// Tells the company's listeners. Cheap when there are none.
    pub fn publish(&self, tenant: &TenantId, what: Changed) {
        let mut companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        let channel = companies.entry(tenant.clone()).or_insert_with(Channel::new);
        let change = Change { id: channel.next, what };
        channel.next += 1;
        if channel.kept.len() == CHANGES_KEPT {
            channel.kept.pop_front();
        }
        channel.kept.push_back(change.clone());
        // Nobody listening is no fault.
        let _ = channel.sender.send(change);
    }

    /// Whether anybody listens.
    pub fn has_listeners(&self, tenant: &TenantId) -> bool {
        let companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        companies.get(tenant).is_some_and(|channel| channel.sender.receiver_count() > 0)
    }

    /// Listens from now on. `after`: the last id seen; what came since is given first if all of it is still
    /// kept, else `None` and the listener takes a snapshot. The last value is the id of the newest change.
    pub fn listen(
        &self,
        tenant: &TenantId,
        after: Option<u64>,
    ) -> (Option<Vec<Change>>, broadcast::Receiver<Change>, u64) {
        let mut companies = self.companies.lock().unwrap_or_else(PoisonError::into_inner);
        let channel = companies.entry(tenant.clone()).or_insert_with(Channel::new);
        let newest = channel.next - 1;
        let missed = after.filter(|seen| *seen <= newest).and_then(|seen| {
            let first_kept = channel.kept.front().map_or(channel.next, |change| change.id);
            (seen + 1 >= first_kept)
                .then(|| channel.kept.iter().filter(|change| change.id > seen).cloned().collect())
        });
        (missed, channel.sender.subscribe(), newest)
    }
}

impl Channel {
    fn new() -> Channel {
        // Above every id of an earlier run, so that who resumes from one of those gets a snapshot.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let next = u64::try_from(since.as_micros()).unwrap_or(u64::MAX / 2);
        Channel { next, kept: VecDeque::new(), sender: broadcast::Sender::new(256) }
    }
}
