//! An office: a company's callers and agents live through a stretch of time with the very engine.
//!
//! Everything chance decides about a call (when it comes, how long its caller waits and talks) is drawn before, and
//! what an agent does with an offer depends only on agent and call: two sets of settings meet the same people.

mod floor;
mod plan;

use model::config::TenantConfig;
use model::fact::{OverflowCause, VisitOutcome};
use model::id::{CallId, PartyId};
use model::number::Number;
use model::saved::SavedState;
use model::time::{Now, Utc};

pub use floor::{FactSeen, Office};
pub use plan::{Plan, PlannedAgent, PlannedCall};

/// A caller begins to wait.
pub struct Moment<'a> {
    /// The engine's state.
    pub state: &'a SavedState,
    /// The settings.
    pub config: &'a TenantConfig,
    /// When.
    pub now: Now,
    /// Who.
    pub call: CallId,
    /// In which line.
    pub group: Number,
    /// Which of the planned calls.
    pub planned: usize,
}

/// What became of a planned call in the group it called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lived {
    /// Which of the planned calls.
    pub planned: usize,
    /// Its group.
    pub group: Number,
    /// It entered.
    pub from: Utc,
    /// It left, or was taken.
    pub to: Option<Utc>,
    /// How.
    pub outcome: Option<VisitOutcome>,
    /// By which limit it left, if it did.
    pub overflow: Option<OverflowCause>,
    /// Who took it.
    pub agent: Option<PartyId>,
}

impl Lived {
    /// How long it waited, milliseconds.
    pub fn waited(&self) -> u64 {
        self.to.map_or(0, |to| (to - self.from).0)
    }
}

/// What an agent did, milliseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Worked {
    /// At work: in a shift, and not at a break.
    pub at_work: u64,
    /// Rung, talking, or working after a call.
    pub busy: u64,
    /// Talking.
    pub talked: u64,
    /// Calls taken.
    pub calls: u64,
    /// Offers missed.
    pub missed: u64,
}
