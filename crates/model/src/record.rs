//! What was: the folded record of a call, of a callback, and of an agent's time. Made from facts alone, once.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fact::{
    CallbackState, Called, Charge, EndCause, FallbackStep, Outcome, Peer, Place, Role, VisitOutcome,
};
use crate::id::{CallId, FactSeq, LegId, PartyId};
use crate::input::Activity;
use crate::language::Language;
use crate::leg::{Ingress, MediaFigures};
use crate::number::Number;
use crate::target::Target;
use crate::time::Utc;

/// One call, from arrival to end; also while it is under way (`ended` and `outcome` are `None` then).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Which.
    pub call: CallId,
    /// Its first fact.
    pub first: FactSeq,
    /// Its last fact so far.
    pub last: FactSeq,
    /// Who called.
    pub from: PartyId,
    /// Wanted to stay hidden.
    pub hidden: bool,
    /// What was called.
    pub to: Called,
    /// By which door.
    pub via: Ingress,
    /// Arrival.
    pub started: Utc,
    /// The caller was answered.
    pub answered: Option<Utc>,
    /// All over.
    pub ended: Option<Utc>,
    /// How it went.
    pub outcome: Option<Outcome>,
    /// The caller's first, then in the order in which they were begun.
    pub legs: Vec<LegRecord>,
    /// Prompts played, in order.
    pub heard: Vec<HeardRecord>,
    /// Stays in groups, in order.
    pub visits: Vec<VisitRecord>,
    /// Entries of fallback lists reached, in order.
    pub fallback: Vec<FallbackRecord>,
}

/// One leg of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegRecord {
    /// Which.
    pub leg: LegId,
    /// As what.
    pub role: Role,
    /// Whom.
    pub peer: Peer,
    /// On whose behalf.
    pub group: Option<Number>,
    /// Begun.
    pub started: Utc,
    /// Rang.
    pub alerting: Option<Utc>,
    /// Was answered.
    pub answered: Option<Utc>,
    /// Over.
    pub ended: Option<Utc>,
    /// Why.
    pub cause: Option<EndCause>,
    /// How its sound went.
    pub media: Option<MediaFigures>,
    /// Who pays for it, where it can leave the platform (V-12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<Charge>,
}

/// A prompt played to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeardRecord {
    /// Its start.
    pub at: Utc,
    /// To whom.
    pub leg: LegId,
    /// At which place of the service.
    pub place: Place,
    /// Which prompt.
    pub prompt: Arc<str>,
    /// In which language.
    pub language: Language,
    /// The whole sentence.
    pub text: Arc<str>,
}

/// One stay in a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRecord {
    /// Which group.
    pub group: Number,
    /// Entered.
    pub from: Utc,
    /// Left, or was taken.
    pub to: Option<Utc>,
    /// How; `None` while inside.
    pub outcome: Option<VisitOutcome>,
    /// The member who took it.
    pub served_by: Option<PartyId>,
    /// Position on entering the line, from 1; `None` where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u32>,
}

/// One entry of a fallback list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FallbackRecord {
    /// When.
    pub at: Utc,
    /// Whose list.
    pub group: Number,
    /// Which entry.
    pub target: Target,
    /// What became of it.
    pub step: FallbackStep,
}

/// A member's time logged in to a group (K-03).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutySession {
    /// Where.
    pub group: Number,
    /// Who.
    pub member: PartyId,
    /// Logged in.
    pub from: Utc,
    /// Logged out.
    pub to: Utc,
}

/// A time in which an agent was neither in a call nor free to take one (V-32, V-36, V-37). Ended ones are records;
/// the one that lasts is in the saved state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentTime {
    /// Who.
    pub member: PartyId,
    /// Why.
    pub what: Off,
    /// Began.
    pub from: Utc,
    /// Ended.
    pub to: Utc,
}

/// Why an agent takes no calls; when several hold, the first of this list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// He works after a call of this group.
    WrapUp(Number),
    /// He pauses.
    Paused(Option<Arc<str>>),
    /// He has no phone to reach.
    Unreachable,
    /// His presence is not `available`; whether it keeps calls away is the group's setting.
    Presence(Activity),
}

/// A request to be called back that has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallbackRecord {
    /// Its id: that of the call which asked.
    pub callback: CallId,
    /// Of which group.
    pub group: Number,
    /// Who asked.
    pub caller: PartyId,
    /// Whom to call.
    pub number: PartyId,
    /// Asked at.
    pub since: Utc,
    /// Ended at.
    pub ended: Utc,
    /// How: `Done`, `Expired` or `Cancelled`.
    pub state: CallbackState,
    /// Attempts to the customer that ended.
    pub attempts: u32,
    /// The call in which both talked.
    pub call: Option<CallId>,
}

/// What folding one fact may complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folded {
    /// A call has ended.
    Call(Box<CallRecord>),
    /// A member's time logged in has ended.
    Session(DutySession),
    /// A time in which an agent took no calls has ended.
    Time(AgentTime),
    /// A callback has ended.
    Callback(Box<CallbackRecord>),
}
