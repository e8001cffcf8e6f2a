//! Facts: what the engine decided and what it saw, in order, for ever. Everything shown, counted or restored
//! is folded from them. People appear only as `PartyId`; numbers that stand in the settings may appear.
//!
//! A change to the serialised form is a change of contract; variants and fields may be added.

mod words;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::id::{CallId, ConfigVersion, FactSeq, LegId, PartyId};
use crate::input::{Activity, Actor, Reachability};
use crate::language::Language;
use crate::leg::{Ingress, MediaFigures, RecallReason};
use crate::number::Number;
use crate::target::Target;
use crate::time::Utc;

pub use words::{
    CallbackState, Called, Charge, ClosedReason, EndCause, FallbackStep, NoticeKind, OfferRule, Outcome,
    OverflowCause, Peer, Place, QueuedWhy, Rank, Role, TailCause, VisitOutcome,
};

/// One thing that has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// Place in the tenant's history.
    pub seq: FactSeq,
    /// When.
    pub at: Utc,
    /// What.
    pub what: What,
}

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum What {
    /// The switchboard began (again): calls that were open are ended by the facts after this one.
    Started {
        /// Of the engine.
        engine: u32,
        /// With which settings.
        config: ConfigVersion,
    },
    /// New settings act from here on.
    ConfigTaken {
        /// Which.
        config: ConfigVersion,
    },
    /// A user can be reached differently.
    Reached {
        /// Who.
        party: PartyId,
        /// How.
        reach: Reachability,
    },
    /// The settings added a member; logged out until a `LoggedIn` follows.
    MemberAdded {
        /// Where.
        group: Number,
        /// Whom.
        member: PartyId,
    },
    /// The settings removed a member.
    MemberRemoved {
        /// Where.
        group: Number,
        /// Whom.
        member: PartyId,
    },
    /// The settings removed a group with all its members.
    GroupRemoved {
        /// Which.
        group: Number,
    },
    /// A member logged in, at the tail of the list.
    LoggedIn {
        /// Where.
        group: Number,
        /// Whom.
        member: PartyId,
        /// Who did it.
        by: Actor,
    },
    /// A member logged out; his duty ends with it.
    LoggedOut {
        /// Where.
        group: Number,
        /// Whom.
        member: PartyId,
        /// Who did it.
        by: Actor,
    },
    /// The duty member changed: `None` when he stepped down (K-20, K-43). Who had the duty before and stays
    /// logged in goes to the tail.
    DutyChanged {
        /// Where.
        group: Number,
        /// Who has it now.
        duty: Option<PartyId>,
    },
    /// An agent paused.
    Paused {
        /// Who.
        member: PartyId,
        /// Why.
        reason: Option<Arc<str>>,
    },
    /// The pause is over.
    Resumed {
        /// Who.
        member: PartyId,
    },
    /// A group with a waiting line got its first user as a member: it counts as delivered (I-27).
    Delivered {
        /// Which.
        group: Number,
        /// The first.
        member: PartyId,
    },
    /// A user is a member of some group with a waiting line, and was of none before: one licence, however many such
    /// groups there are (I-28).
    LicenceBegan {
        /// Who.
        member: PartyId,
    },
    /// He is a member of none any more.
    LicenceEnded {
        /// Who.
        member: PartyId,
    },
    /// A member went to the tail of the list.
    MovedToTail {
        /// Where.
        group: Number,
        /// Whom.
        member: PartyId,
        /// For which call.
        call: CallId,
        /// Why.
        why: TailCause,
    },
    /// A call came in.
    CallArrived {
        /// Which.
        call: CallId,
        /// Who called.
        from: PartyId,
        /// Wanted to stay hidden.
        hidden: bool,
        /// What was called.
        to: Called,
        /// By which door.
        via: Ingress,
    },
    /// The caller was answered (200), by us or with a leg.
    CallAnswered {
        /// Which.
        call: CallId,
        /// Joined with.
        with: Option<LegId>,
    },
    /// The call is over and all its legs are closed.
    CallEnded {
        /// Which.
        call: CallId,
        /// How.
        outcome: Outcome,
    },
    /// A call entered a group.
    VisitStarted {
        /// Which call.
        call: CallId,
        /// Which group.
        group: Number,
    },
    /// A call stands in a group's line from here on (or stands elsewhere in it now).
    Queued {
        /// Which call, or callback.
        call: CallId,
        /// Which group.
        group: Number,
        /// Where: entries stand by it.
        rank: Rank,
        /// Why.
        why: QueuedWhy,
    },
    /// Nobody can take the call now: it waits. Its position was this.
    Waits {
        /// Which call.
        call: CallId,
        /// Which group.
        group: Number,
        /// From 1.
        position: u32,
    },
    /// A group closed by itself to new calls, or opened again (I-22).
    Closed {
        /// Which.
        group: Number,
        /// Why; `None`: it is open again.
        reason: Option<ClosedReason>,
    },
    /// A call left a group by one of its limits, or found it closed or full.
    Overflowed {
        /// Which call.
        call: CallId,
        /// Which group.
        group: Number,
        /// Why.
        why: OverflowCause,
    },
    /// A caller who was cut off may take this place again until then.
    PlaceHeld {
        /// Who.
        caller: PartyId,
        /// Where.
        group: Number,
        /// The place.
        rank: Rank,
        /// Until when.
        until: Utc,
    },
    /// An agent's work after a call began, in all groups (V-36).
    WrapUpStarted {
        /// Who.
        member: PartyId,
        /// After a call of which group.
        group: Number,
        /// Until when.
        until: Utc,
    },
    /// It is over.
    WrapUpEnded {
        /// Who.
        member: PartyId,
    },
    /// An agent whose offer failed at once is left alone until then (V-35).
    Resting {
        /// Who.
        member: PartyId,
        /// Until when.
        until: Utc,
    },
    /// He can be offered calls again.
    Rested {
        /// Who.
        member: PartyId,
    },
    /// An agent's idle time begins anew though he had no call (`miss_resets_idle`, V-33).
    IdleReset {
        /// Who.
        member: PartyId,
    },
    /// A person's presence changed (V-32).
    Presence {
        /// Whose.
        party: PartyId,
        /// Now.
        activity: Activity,
    },
    /// A caller asked to be called back; his place is kept (V-49).
    CallbackRequested {
        /// Its id: that of the call which asked.
        callback: CallId,
        /// Which group.
        group: Number,
        /// Who asked.
        caller: PartyId,
        /// He wanted to stay hidden.
        #[serde(default)]
        hidden: bool,
        /// Whom to call; the row of the number.
        number: PartyId,
        /// It expires then.
        valid_until: Utc,
        /// The place.
        rank: Rank,
    },
    /// A callback went a step on.
    CallbackStep {
        /// Which.
        callback: CallId,
        /// Which group.
        group: Number,
        /// What it does now.
        state: CallbackState,
        /// Attempts ended so far.
        attempts: u32,
        /// Not before then.
        not_before: Option<Utc>,
        /// The call under way for it.
        call: Option<CallId>,
    },
    /// A caller was offered to be called back.
    CallbackOffered {
        /// Which call.
        call: CallId,
        /// Which group.
        group: Number,
    },
    /// A caller waits for a busy colleague (I-18).
    Camped {
        /// Which call.
        call: CallId,
        /// On whom.
        on: PartyId,
        /// Who sent it.
        by: Option<PartyId>,
    },
    /// A caller comes back to who sent him (I-18).
    Recalled {
        /// Which call.
        call: CallId,
        /// To whom; nobody: who sent him cannot take him now.
        to: Option<PartyId>,
        /// Why.
        why: RecallReason,
    },
    /// A caller was parked.
    Parked {
        /// Which call.
        call: CallId,
        /// Where, 1-99.
        slot: u8,
        /// By whom.
        by: Option<PartyId>,
    },
    /// A call was sent elsewhere, by REFER or by command.
    Transferred {
        /// Which call.
        call: CallId,
        /// By whom.
        by: Option<PartyId>,
        /// Attended: both sides had talked.
        attended: bool,
    },
    /// A leg went over to another call with its far end (attended transfer); there it has a new number.
    LegMoved {
        /// As it was.
        from: LegId,
        /// As it is now.
        to: LegId,
    },
    /// A call left a group.
    VisitEnded {
        /// Which call.
        call: CallId,
        /// Which group.
        group: Number,
        /// How.
        outcome: VisitOutcome,
    },
    /// A round of offers: who was offered, by which rule. Who was passed over and why is derived by folding
    /// the facts before this one (design section 3).
    Offered {
        /// Which call.
        call: CallId,
        /// Which group.
        group: Number,
        /// Who, on which leg; empty when nobody could be offered.
        offered: SmallVec<[(PartyId, LegId); 2]>,
        /// By which rule.
        rule: OfferRule,
        /// Under which settings.
        config: ConfigVersion,
        /// From 1: the pass through a ring group's list, the round of a waiting call. Each member is offered a call
        /// once in each.
        #[serde(default = "first_round")]
        round: u32,
    },
    /// One entry of a fallback list was reached.
    Fallback {
        /// Which call.
        call: CallId,
        /// Whose list.
        group: Number,
        /// Which entry; the `announcement:unreachable` that ends an exhausted list is the last.
        target: Target,
        /// What became of it.
        step: FallbackStep,
    },
    /// A leg was begun. An attempt that had no contact to ring is a leg, too.
    LegStarted {
        /// Which.
        leg: LegId,
        /// As what.
        role: Role,
        /// Whom.
        peer: Peer,
        /// On whose behalf.
        group: Option<Number>,
        /// Who pays for it, where it can leave the platform (V-12).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        charge: Option<Charge>,
    },
    /// It rings there.
    LegAlerting {
        /// Which.
        leg: LegId,
    },
    /// It was answered there.
    LegAnswered {
        /// Which.
        leg: LegId,
    },
    /// It is over.
    LegEnded {
        /// Which.
        leg: LegId,
        /// Why.
        cause: EndCause,
    },
    /// How its sound went; after `LegEnded`, before `CallEnded`.
    LegMedia {
        /// Which.
        leg: LegId,
        /// The figures.
        media: MediaFigures,
    },
    /// A prompt began to play.
    Heard {
        /// To whom.
        leg: LegId,
        /// At which place in the service, as `fallback` or `code`.
        place: Place,
        /// Which prompt.
        prompt: Arc<str>,
        /// In which language.
        language: Language,
        /// The whole sentence.
        text: Arc<str>,
    },
    /// A service code was used; `*961*1#` and the like, never one with a telephone number in it.
    CodeUsed {
        /// By whom.
        party: PartyId,
        /// Which procedure.
        code: Arc<str>,
        /// Whether it was carried out.
        done: bool,
    },
    /// A screen was told that a call passed on (K-29).
    NoticeSent {
        /// Whose.
        to: PartyId,
        /// For which call.
        call: CallId,
        /// Why.
        kind: NoticeKind,
    },
}

const fn first_round() -> u32 {
    1
}
