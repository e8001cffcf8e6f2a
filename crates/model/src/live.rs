//! What is shown: live views and explanations, with people's names filled in. Made on reading, never stored.

use std::sync::Arc;

use crate::fact::ClosedReason;
use crate::id::CallId;
use crate::input::Activity;
use crate::number::Number;
use crate::time::Utc;

/// A group as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveGroup {
    /// Which.
    pub number: Number,
    /// Its name.
    pub name: String,
    /// Takes calls.
    pub open: bool,
    /// Why it does not.
    pub closed_reason: Option<ClosedReason>,
    /// In the order in which they would be offered the next call; those who cannot be offered now stand where
    /// they would if they were free, logged-out ones last.
    pub members: Vec<LiveMember>,
    /// Calls inside that are not yet answered, first in line first.
    pub waiting: Vec<LiveWaiting>,
}

/// A member as he is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveMember {
    /// Name of the user or outside person.
    pub user: String,
    /// The first that holds.
    pub state: AgentState,
    /// Since when.
    pub since: Utc,
    /// Logged in to the group, whatever he does.
    pub logged_in: bool,
    /// Has the duty.
    pub duty: bool,
    /// Consecutive offers missed or rejected.
    pub missed: u32,
    /// Why he is in this state.
    pub reason: Option<StateReason>,
}

/// Why a member is in his state, where there is more to say than the state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateReason {
    /// What he gave for his pause (V-37).
    Pause(Arc<str>),
    /// Logged out by the group's rule: missed too many in a row (V-40).
    Missed,
    /// Kept away by what he does (V-32).
    Presence(Activity),
    /// Has no device that the group rings.
    NoDevice,
}

impl StateReason {
    /// As the API writes it.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            StateReason::Pause(text) => text,
            StateReason::Missed => "missed_calls",
            StateReason::Presence(activity) => activity.word(),
            StateReason::NoDevice => "no_device",
        }
    }
}

/// What an agent does; when several hold, the first of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgentState {
    /// In a call.
    Talking,
    /// Being rung.
    Ringing,
    /// Works after a call.
    WrapUp,
    /// Logged out of the group.
    LoggedOut,
    /// Paused.
    Paused,
    /// Logged in, but no device to reach.
    Away,
    /// Can be offered.
    Available,
}

impl AgentState {
    /// As the API writes it.
    pub const fn word(self) -> &'static str {
        match self {
            AgentState::Talking => "talking",
            AgentState::Ringing => "ringing",
            AgentState::WrapUp => "wrap_up",
            AgentState::LoggedOut => "logged_out",
            AgentState::Paused => "paused",
            AgentState::Away => "away",
            AgentState::Available => "available",
        }
    }
}

/// A call inside a group, not yet answered by a member, or a callback in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveWaiting {
    /// Which.
    pub call: CallId,
    /// A callback holds the place.
    pub callback: bool,
    /// Seconds until he is served, with even odds; `None`: not known.
    pub estimated_wait_s: Option<u32>,
    /// With odds of nine in ten.
    pub estimated_wait_p90_s: Option<u32>,
    /// E.164, extension, or `anonymous`.
    pub caller: String,
    /// From 1.
    pub position: u32,
    /// Somebody is being rung for it.
    pub ringing: bool,
    /// Entered the group.
    pub since: Utc,
}

/// One decision about a call, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// When.
    pub at: Utc,
    /// What kind.
    pub kind: DecisionKind,
    /// A sentence a supervisor understands.
    pub text: String,
    /// Names of those offered.
    pub offered: Vec<String>,
    /// Every other member of the group, each with one reason.
    pub passed_over: Vec<PassedOver>,
}

/// What kind of decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DecisionKind {
    /// Members were offered the call.
    Offer,
    /// Duty, position or order changed.
    Move,
    /// It went on by the fallback list.
    Fallback,
    /// Nobody can take it now: it waits at a position.
    Wait,
    /// It left by a limit.
    Overflow,
    /// The group was closed.
    Closed,
    /// It waits for a busy colleague.
    Camp,
    /// It came back to who sent it.
    Recall,
    /// The caller was offered to be called back.
    CallbackOffered,
    /// A callback was asked for or went a step on.
    Callback,
}

impl DecisionKind {
    /// As the API writes it.
    pub const fn word(self) -> &'static str {
        match self {
            DecisionKind::Offer => "offer",
            DecisionKind::Move => "move",
            DecisionKind::Fallback => "fallback",
            DecisionKind::Wait => "wait",
            DecisionKind::Overflow => "overflow",
            DecisionKind::Closed => "closed",
            DecisionKind::Camp => "camp",
            DecisionKind::Recall => "recall",
            DecisionKind::CallbackOffered => "callback_offered",
            DecisionKind::Callback => "callback",
        }
    }
}

/// Who was not offered, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassedOver {
    /// His name.
    pub user: String,
    /// Why.
    pub reason: PassReason,
    /// A sentence.
    pub text: String,
}

/// Why a member was not offered a call; when several hold, the first of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PassReason {
    /// Not logged in to the group.
    LoggedOut,
    /// Was offered this call already.
    Tried,
    /// In another call.
    Busy,
    /// Being rung for another call.
    Ringing,
    /// Paused.
    Paused,
    /// Works after a call.
    WrapUp,
    /// Failed an offer at once a moment ago.
    Resting,
    /// Logged in, but no device to reach; a ring group offers him all the same.
    Away,
    /// Can take it, but another stands before him.
    LaterInOrder,
}

impl PassReason {
    /// As the API writes it.
    pub const fn word(self) -> &'static str {
        match self {
            PassReason::LoggedOut => "logged_out",
            PassReason::Tried => "tried",
            PassReason::Busy => "busy",
            PassReason::Ringing => "ringing",
            PassReason::Paused => "paused",
            PassReason::WrapUp => "wrap_up",
            PassReason::Resting => "resting",
            PassReason::Away => "away",
            PassReason::LaterInOrder => "later_in_order",
        }
    }
}
