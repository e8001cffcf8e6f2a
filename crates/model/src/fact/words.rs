//! The words that facts are made of: who, as what, how and why.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::FactSeq;
use crate::id::PartyId;
use crate::number::Number;
use crate::number::PhoneNumber;
use crate::number::ShortNumber;
use crate::time::Utc;

/// A place in a group's line: by level, then by arrival. `sub` and `seq` put entries of one moment in order and let
/// a supervisor place a call between two others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rank {
    /// 1-9, 1 first, by the group's priority list and ageing; 0: put at the head.
    pub level: u8,
    /// Entered.
    pub since: Utc,
    /// Before or behind the entry whose place was copied.
    pub sub: i32,
    /// Of the fact that made it, so that no two are alike.
    pub seq: FactSeq,
}

/// Why an entry stands where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueuedWhy {
    /// It came.
    Entered,
    /// It had been cut off and got its place again.
    Held,
    /// It has waited long enough to gain a level.
    Aged,
    /// A supervisor moved it.
    Moved,
    /// It came back from a transfer, to the head (I-18).
    Recalled,
}

/// Why a group is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedReason {
    /// Too many wait (`close_at_waiting`).
    Waiting,
    /// One waits too long (`close_at_wait`).
    Wait,
}

/// By which limit a call left a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverflowCause {
    /// `on_full`.
    Full,
    /// `on_wait`.
    Wait,
    /// `on_nobody`.
    Nobody,
    /// `on_attempts`.
    Attempts,
    /// `on_closed`.
    Closed,
    /// `on_exit`.
    Exit,
}

/// What a callback does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackState {
    /// Waits for its turn, or for the pause between attempts.
    Pending,
    /// An agent rings for it.
    RingingAgent,
    /// The customer rings.
    RingingCaller,
    /// Both talked.
    Done,
    /// Validity or attempts used up.
    Expired,
    /// Withdrawn, or the caller called again meanwhile and was served.
    Cancelled,
}

/// What was called, in facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Called {
    /// A group.
    Group(Number),
    /// A user.
    User(PartyId),
    /// A number outside.
    Outside(PartyId),
    /// An emergency number.
    Emergency(ShortNumber),
    /// A service code.
    Code,
    /// The echo service.
    Echo,
    /// A callback's attempt: the call is ours, to a customer of this group.
    Callback(Number),
    /// A parked or ringing call, brought here.
    PickUp,
    /// Nobody has it.
    Nobody,
}

/// Who pays for a leg that can leave the platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// The group for which it left: overflow, a member outside, a callback (V-12).
    Group {
        /// Which.
        number: Number,
        /// Its billing id then; `None`: the company's own account.
        billing_id: Option<Arc<str>>,
    },
    /// The user who called or sent the call on.
    User(PartyId),
    /// The company: none of its groups and users asked for it.
    Company,
}

/// The far end of a leg, in facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Peer {
    /// A user, an outside person or an outside number.
    Party(PartyId),
    /// A number that stands in the settings.
    Set(PhoneNumber),
    /// An emergency number.
    Emergency(ShortNumber),
}

/// As what somebody takes part in a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who called.
    Caller,
    /// Called directly.
    Callee,
    /// A member of a group, by an offer.
    Member,
    /// A group's own line.
    OwnLine,
    /// A fallback or other target outside the group.
    Outside,
}

/// Why a member went to the tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TailCause {
    /// Answered (K-16).
    Answered,
    /// Did not answer in time (K-19).
    NoAnswer,
    /// Could not be reached (K-19).
    Unreachable,
    /// Rejected, where that counts as no answer (K-18).
    Rejected,
}

/// Which rule chose a round of offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferRule {
    /// The duty member goes first (K-20).
    Duty,
    /// The head of the list (K-17).
    Rotation,
    /// By `order` (V-29).
    Ordered,
    /// By `skill` (V-30).
    Skill,
    /// Idle longest (I-15).
    LongestIdle,
    /// Fewest answered (I-14).
    Balanced,
    /// By chance.
    Random,
    /// A supervisor gave him the call.
    Taken,
    /// Nobody is left or free: the fallback list follows (K-23, K-49).
    Nobody,
}

/// What became of one entry of a fallback list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FallbackStep {
    /// It is being tried.
    Tried,
    /// It was busy, did not answer or could not be reached.
    Failed(EndCause),
    /// It cannot be used yet (voicemail, flow), or no longer names anything.
    PassedOver,
}

/// Why a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndCause {
    /// It was answered and ended with the call, the other side hanging up first.
    Answered,
    /// Another took the call.
    AnsweredElsewhere,
    /// It rang its time.
    NoAnswer,
    /// Busy.
    Busy,
    /// Could not be reached.
    Unreachable,
    /// Rejected.
    Rejected,
    /// The caller gave up first, or its offer was withdrawn.
    Cancelled,
    /// This party hung up.
    HangUp,
    /// No sound came for the set time.
    MediaTimeout,
    /// Nothing in common to speak with.
    NotAcceptable,
    /// Refused by the far network (403).
    Forbidden,
    /// Forwarded elsewhere by a foreign network: counts as not answered (K-33).
    Diverted,
    /// Answered, but "press 1" was not pressed (K-34).
    NotConfirmed,
    /// A limit of ours stood in the way.
    LimitReached,
    /// What was called does not exist.
    NotFound,
    /// Helin was restarted.
    Restart,
    /// Helin was stopped on purpose.
    Shutdown,
    /// Sent elsewhere, or its place was taken by another leg.
    Transferred,
}

/// How a call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The caller spoke with somebody (or something that answers, as the echo).
    Answered,
    /// The caller gave up.
    Abandoned,
    /// Busy.
    Busy,
    /// Nobody answered.
    Unanswered,
    /// Refused.
    Rejected,
    /// A fault or a restart.
    Failed,
}

/// How a visit went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitOutcome {
    /// A member took the call.
    Served,
    /// The caller gave up.
    Abandoned,
    /// It went on by the fallback list or by a limit of the queue.
    Overflowed,
    /// He asked to be called back.
    CalledBack,
}

/// At which place of the service a prompt played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A target list.
    Fallback,
    /// The answer to a service code.
    Code,
    /// To an outside member: press 1 to accept.
    Confirm,
    /// Before the queue (I-07).
    Welcome,
    /// On entering it (V-42).
    Entry,
    /// While waiting (V-43).
    Music,
    /// The repeated message (V-44).
    Repeat,
    /// The position (V-47).
    Position,
    /// The wait (V-48).
    Wait,
    /// The offer to be called back, and the talk about it (V-55).
    Callback,
    /// To the agent of a callback (V-54).
    Agent,
    /// To a camped caller, before the music (I-18).
    Camp,
}

/// Why a screen was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// The call passed on to the next (K-29).
    PassedOn,
    /// A foreign diversion was seen on his phone (K-33).
    DiversionSeen,
    /// Logged out after too many misses (V-40).
    LoggedOut,
    /// Duty passed to another or from another (K-20).
    Duty,
    /// The slot of a parked call.
    Parked,
    /// What a callback is about (V-53).
    Callback,
}
