//! What comes into a switchboard.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::TenantConfig;
use crate::id::{LegId, PartyId, RequestId};
use crate::leg::LegEvent;
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
    /// The time of `Switchboard::next_deadline` has come.
    Timeout,
}

/// Whether a user has a phone to ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub struct Reachability {
    /// Registered contacts, 0-10.
    pub contacts: u8,
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
    /// No new calls from now on (SIGTERM): they get 503. Live ones go on.
    Drain,
    /// End every live call now.
    EndAll,
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
