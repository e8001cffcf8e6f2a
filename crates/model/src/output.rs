//! What leaves a switchboard, in the order of its decisions.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fact::Fact;
use crate::id::{CallId, LegId, PartyId, RequestId};
use crate::leg::LegCommand;

/// One output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// To telephony, at once; `LegCommand::Answer` only when the facts before it are on disk.
    Leg(LegId, LegCommand),
    /// To the store.
    Fact(Fact),
    /// To who asked, when the facts before it are on disk.
    Reply(RequestId, Reply),
    /// A caller typed a number: who is it? Answered by `Input::Identified`. Checked like any number dialled by a user
    /// of the company.
    Identify {
        /// In which call.
        call: CallId,
        /// As typed, digits only.
        digits: String,
    },
    /// To somebody's screen, when the facts before it are on disk.
    Notice(Notice),
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// Done, or it was so already.
    Done,
    /// Parked in this slot, 1-99.
    Parked(u8),
    /// Refused; nothing changed.
    Refused(Refusal),
    /// The answer text to a service code.
    Code {
        /// Whether it was carried out.
        done: bool,
        /// In the asker's language.
        text: String,
    },
}

/// Why a command was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// No such group.
    NoGroup,
    /// Not a member of the group.
    NoMember,
    /// Needs `may_take_duty` (K-06).
    DutyNotAllowed,
    /// The group has no duty member (`duty = false`).
    NoDutyHere,
    /// Only a member who is logged in somewhere can pause.
    NotLoggedIn,
    /// The pause reason is none of the company's `pause_reasons`.
    UnknownReason,
    /// No such call, or it is over.
    NoCall,
    /// No such user.
    NoUser,
    /// The call does not wait in a group.
    NotWaiting,
    /// The call is in no state in which it can be sent elsewhere, parked or picked up.
    NotNow,
    /// Nobody has the number.
    NoTarget,
    /// The user is in a call.
    UserBusy,
    /// The user has no phone to reach.
    UserUnreachable,
    /// All parking slots are taken.
    NoSlot,
    /// No such callback, or it has ended.
    NoCallback,
}

/// A text for a screen (K-29, K-45). Channels are chosen by telephony by what the receiver has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Whose screen.
    pub to: NoticeTo,
    /// In the receiver's language, at most 160 characters.
    pub text: Arc<str>,
}

impl Notice {
    /// Stands in `text` for the time of day where the company is, which only the host can tell. A control
    /// character, so that no name or number that is filled in can hold it.
    pub const CLOCK: char = '\u{1}';

    /// The same with the time of day in its place.
    #[must_use]
    pub fn at(self, time_of_day: &str) -> Notice {
        if !self.text.contains(Notice::CLOCK) {
            return self;
        }
        Notice { text: Arc::from(self.text.replace(Notice::CLOCK, time_of_day)), ..self }
    }
}

/// Whose screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeTo {
    /// All contacts of a user.
    User(PartyId),
    /// The far end of a caller's leg, if it takes messages.
    Caller(LegId),
}
