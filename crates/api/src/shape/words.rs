//! The words of the API, each list as a type, so that the OpenAPI document names them all.

use model::fact::{CallbackState, ClosedReason, EndCause, Outcome, Role, VisitOutcome};
use model::input::Activity;
use model::live::{AgentState, DecisionKind, PassReason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A word of the API for each variant of a type of the platform's, written in snake case.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident for $of:ty { $($(#[$about:meta])* $from:ident => $word:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$about])* $word,)* }

        impl From<$of> for $name {
            fn from(of: $of) -> Self {
                match of { $(<$of>::$from => $name::$word,)* }
            }
        }
    };
}

words! {
    /// Why a leg ended.
    EndCauseWord for EndCause {
        /// Was answered and ended with the call, the other side hanging up first.
        Answered => Answered,
        /// Another took the call.
        AnsweredElsewhere => AnsweredElsewhere,
        /// Rang its time.
        NoAnswer => NoAnswer,
        /// Busy.
        Busy => Busy,
        /// Could not be reached.
        Unreachable => Unreachable,
        /// Rejected.
        Rejected => Rejected,
        /// The caller gave up first, or the offer was withdrawn.
        Cancelled => Cancelled,
        /// This party hung up.
        HangUp => Hangup,
        /// No sound came for the set time.
        MediaTimeout => MediaTimeout,
        /// Nothing in common to speak with (488).
        NotAcceptable => NotAcceptable,
        /// Refused by the far network (403).
        Forbidden => Forbidden,
        /// Forwarded elsewhere by a foreign network.
        Diverted => Diverted,
        /// Answered, but "press 1" was not pressed.
        NotConfirmed => NotConfirmed,
        /// A limit stood in the way.
        LimitReached => LimitReached,
        /// What was called does not exist.
        NotFound => NotFound,
        /// Helin was restarted.
        Restart => Restart,
        /// Helin was stopped on purpose.
        Shutdown => Shutdown,
        /// Sent elsewhere, or its place was taken by another leg.
        Transferred => Transferred,
    }
}

words! {
    /// How a call went.
    OutcomeWord for Outcome {
        /// The caller spoke with somebody.
        Answered => Answered,
        /// The caller gave up.
        Abandoned => Abandoned,
        /// Busy.
        Busy => Busy,
        /// Nobody answered.
        Unanswered => Unanswered,
        /// Refused.
        Rejected => Rejected,
        /// A fault or a restart.
        Failed => Failed,
    }
}

words! {
    /// How a visit went.
    VisitOutcomeWord for VisitOutcome {
        /// A member took the call.
        Served => Served,
        /// The caller gave up.
        Abandoned => Abandoned,
        /// It went on by the fallback list or by a limit of the queue.
        Overflowed => Overflowed,
        /// The caller asked to be called back.
        CalledBack => CalledBack,
    }
}

words! {
    /// As what somebody takes part in a call.
    RoleWord for Role {
        /// Who called.
        Caller => Caller,
        /// Called directly.
        Callee => Callee,
        /// A member of a group, by an offer.
        Member => Member,
        /// A group's own line.
        OwnLine => OwnLine,
        /// A fallback or other target outside the group.
        Outside => Outside,
    }
}

words! {
    /// What an agent does; when several hold, the first of this list.
    AgentStateWord for AgentState {
        /// In a call.
        Talking => Talking,
        /// Being rung.
        Ringing => Ringing,
        /// Works after a call.
        WrapUp => WrapUp,
        /// Logged out of the group.
        LoggedOut => LoggedOut,
        /// Paused.
        Paused => Paused,
        /// Logged in, but away by his presence, or no phone to reach.
        Away => Away,
        /// Can be offered.
        Available => Available,
    }
}

words! {
    /// What kind of decision.
    DecisionWord for DecisionKind {
        /// Members were offered the call.
        Offer => Offer,
        /// Duty, position or order changed.
        Move => Move,
        /// It went on by the fallback list.
        Fallback => Fallback,
        /// Nobody can take it now: it waits at a position.
        Wait => Wait,
        /// It left by a limit.
        Overflow => Overflow,
        /// The group was closed.
        Closed => Closed,
        /// It waits for a busy colleague.
        Camp => Camp,
        /// It came back to who sent it.
        Recall => Recall,
        /// The caller was offered to be called back.
        CallbackOffered => CallbackOffered,
        /// A callback was asked for or went a step on.
        Callback => Callback,
    }
}

words! {
    /// Why a member was not offered a call; when several hold, the first of this list.
    PassReasonWord for PassReason {
        /// Not logged in to the group.
        LoggedOut => LoggedOut,
        /// Was offered this call already.
        Tried => Tried,
        /// In another call.
        Busy => Busy,
        /// Being rung for another call.
        Ringing => Ringing,
        /// Paused.
        Paused => Paused,
        /// Works after a call.
        WrapUp => WrapUp,
        /// Failed an offer at once a moment ago.
        Resting => Resting,
        /// Away by his presence, or no phone to reach.
        Away => Away,
        /// Can take it, but another stands before him.
        LaterInOrder => LaterInOrder,
    }
}

words! {
    /// What a callback does.
    CallbackStateWord for CallbackState {
        /// Waits for its turn, or for the pause between attempts.
        Pending => Pending,
        /// An agent rings for it.
        RingingAgent => RingingAgent,
        /// The customer rings.
        RingingCaller => RingingCaller,
        /// Both talked.
        Done => Done,
        /// Validity or attempts used up.
        Expired => Expired,
        /// Withdrawn, or the caller was served meanwhile.
        Cancelled => Cancelled,
    }
}

/// Why a group takes no calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosedBy {
    /// Too many wait.
    Waiting,
    /// One waits too long.
    Wait,
    /// Outside its hours.
    Hours,
    /// By a person.
    ByHand,
}

impl From<ClosedReason> for ClosedBy {
    fn from(reason: ClosedReason) -> Self {
        match reason {
            ClosedReason::Waiting => ClosedBy::Waiting,
            ClosedReason::Wait => ClosedBy::Wait,
        }
    }
}

/// What a person does (V-32).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActivityWord {
    /// Can be called.
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

impl From<ActivityWord> for Activity {
    fn from(word: ActivityWord) -> Self {
        match word {
            ActivityWord::Available => Activity::Available,
            ActivityWord::Busy => Activity::Busy,
            ActivityWord::Dnd => Activity::Dnd,
            ActivityWord::Meeting => Activity::Meeting,
            ActivityWord::Away => Activity::Away,
        }
    }
}
