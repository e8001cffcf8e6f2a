//! What the API is told: groups, people, callbacks and settings as the platform knows them.

use model::config::Preset;
use model::id::CallId;
use model::live::LiveGroup;
use model::number::Number;
use model::saved::SavedCallback;

/// How a person is tied to a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ties {
    /// One of its members.
    pub member: bool,
    /// A member with the right to see it (I-20).
    pub sees: bool,
    /// A member with the right to log himself in and out (I-20).
    pub logs_in: bool,
    /// May see and steer it (V-28).
    pub supervises: bool,
}

impl Ties {
    /// Whether he may see it.
    pub fn may_see(self) -> bool {
        self.sees || self.supervises
    }

    /// Whether he has anything to do with it.
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
    /// The caller gave up, or his callback expired or was cancelled.
    pub abandoned: u64,
    /// Went on by the fallback list or a limit of the queue.
    pub overflowed: u64,
    /// Both ends of a callback talked.
    pub called_back: u64,
}

/// A request to be called back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackView {
    /// Its id: that of the call which asked for it.
    pub id: CallId,
    /// Everything else of it.
    pub callback: SavedCallback,
}

/// Somebody or something of the company that can be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryEntry {
    /// Person or group.
    pub kind: EntryKind,
    /// Name of the person or of the group.
    pub name: String,
    /// For people.
    pub display_name: String,
    /// E.164, if it has one.
    pub number: Option<String>,
    /// Within the company, if it has one.
    pub extension: Option<String>,
    /// As set.
    pub title: String,
    /// As set.
    pub department: String,
    /// As set.
    pub keywords: Vec<String>,
    /// A person: the first that holds of `talking`, `ringing`, `wrap_up`, `paused`, his presence unless it is
    /// `available`, `away` (no phone to reach), `available`. A group: `open` or `closed`.
    pub state: &'static str,
}

/// What an entry of the directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// A user or outside person.
    User,
    /// A group.
    Group,
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
    /// The version it was made from, if it is good for no other; `None`: whatever stands.
    pub made_from: Option<u64>,
    /// Who applies, for the version's record.
    pub by: String,
}

/// A company's document as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Its version.
    pub version: u64,
    /// In the form that was asked for.
    pub text: String,
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
