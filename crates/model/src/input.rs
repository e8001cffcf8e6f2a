//! What comes into a switchboard.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::TenantConfig;
use crate::id::{CallId, LegId, PartyId, RequestId};
use crate::leg::{Dialled, LegEvent, Party};
use crate::number::Number;

/// One input; handled whole before the next.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// Something is happening on a leg.
    Leg(LegId, LegEvent),
    /// Somebody wants something.
    Command(RequestId, Command),
    /// How a user can be reached has changed.
    Reach(PartyId, Reachability),
    /// New settings; act on the next decision. The journal keeps the version only.
    #[serde(skip)]
    Config(Arc<TenantConfig>),
    /// What came of `Output::Identify`: the row of the number a caller typed; `None`: it cannot be called.
    Identified(CallId, Option<Party>),
    /// The time of `Switchboard::next_deadline` has come.
    Timeout,
}

/// Whether a user has a phone to ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Reachability {
    /// Registered contacts, 0-10.
    pub contacts: u8,
    /// Of these, app and browser; the others are desk phones (V-34).
    #[serde(default)]
    pub apps: u8,
}

/// What a person asks of the switchboard, from a phone, the app or the API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Log a member in.
    LogIn {
        /// Where.
        group: Number,
        /// Whom.
        member: PartyId,
        /// As the first (K-43), else at the tail (K-42).
        duty: Duty,
        /// Who asks.
        by: Actor,
    },
    /// Log a member out (K-44).
    LogOut {
        /// Where.
        group: Number,
        /// Whom.
        member: PartyId,
        /// Who asks.
        by: Actor,
    },
    /// Pause an agent in all his groups.
    Pause {
        /// Whom.
        member: PartyId,
        /// As he or his supervisor named it.
        reason: Option<String>,
        /// Who asks.
        by: Actor,
    },
    /// Lift the pause.
    Resume {
        /// Whom.
        member: PartyId,
        /// Who asks.
        by: Actor,
    },
    /// A service code that came as text (MESSAGE to the code's number); the reply holds the answer.
    Code {
        /// Proved identity.
        party: PartyId,
        /// As typed: `*961*1#`.
        code: String,
    },
    /// What a person does now (V-32).
    Presence {
        /// Whose.
        party: PartyId,
        /// What.
        activity: Activity,
    },
    /// Send a call's caller elsewhere; the present agent is released at once.
    Transfer {
        /// Which call.
        call: CallId,
        /// Where to, as if the caller had dialled it.
        to: Dialled,
        /// How.
        mode: TransferMode,
        /// Who asks.
        by: Actor,
    },
    /// Give a waiting call to a user; rings him whatever his pause, wrap-up or log-in.
    Take {
        /// Which call.
        call: CallId,
        /// Whom.
        user: PartyId,
    },
    /// Put a waiting call at a position, from 1; beats priority.
    Move {
        /// Which call.
        call: CallId,
        /// Where.
        position: u32,
    },
    /// Park a call's caller; the reply tells the slot.
    Park {
        /// Which call.
        call: CallId,
        /// Who asks: rings when nobody takes it back.
        by: Actor,
    },
    /// Bring a ringing or parked call to a user's phones.
    PickUp {
        /// Which call.
        call: CallId,
        /// Whose phones.
        user: PartyId,
    },
    /// Withdraw a callback.
    CancelCallback {
        /// Of which group.
        group: Number,
        /// Its id: that of the call which asked for it.
        callback: CallId,
    },
    /// No new calls from now on (SIGTERM): they get 503. Live ones go on.
    Drain,
    /// End every live call now.
    EndAll,
}

/// How a transfer by command goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferMode {
    /// The target rings.
    Blind,
    /// The target rings; where he is busy, the caller waits for him with music (I-18).
    Camp,
}

/// What a person does, as he or his calendar says (V-32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Can be called.
    #[default]
    Available,
    /// Busy.
    Busy,
    /// Wants no calls.
    Dnd,
    /// In a meeting.
    Meeting,
    /// Not at the desk.
    Away,
}

impl Activity {
    /// All of them.
    pub const ALL: [Activity; 5] =
        [Activity::Available, Activity::Busy, Activity::Dnd, Activity::Meeting, Activity::Away];

    /// As API and settings write it.
    pub const fn word(self) -> &'static str {
        match self {
            Activity::Available => "available",
            Activity::Busy => "busy",
            Activity::Dnd => "dnd",
            Activity::Meeting => "meeting",
            Activity::Away => "away",
        }
    }

    /// The activity of a word.
    pub fn of(word: &str) -> Option<Activity> {
        Activity::ALL.into_iter().find(|activity| activity.word() == word)
    }
}

/// Whether a log-in asks for the duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// An ordinary place.
    No,
    /// The first place.
    Take,
}

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A user or outside person himself or for another, by his party.
    Party(PartyId),
    /// The API, by a token of the company or the operator.
    Api,
    /// A rule of the group (missed too many, first state of a new member).
    Rule,
}
