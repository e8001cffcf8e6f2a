//! What happens on a leg, and what shall happen: the words between telephony and engine. No SIP in them.
//!
//! The contract: a caller's leg begins with `Arrived`, a dialled one with `LegCommand::Dial`. Each leg ends by
//! exactly one final event: `HungUp` or `Failed` when its far end did it, `Closed` after
//! `LegCommand::Release`. When both cross, the first to be seen counts and telephony sends no second.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{LegId, PartyId, PromptName, TrunkName};
use crate::language::Language;
use crate::number::{Number, PhoneNumber, ShortNumber};

/// Something is happening on a leg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegEvent {
    /// A call came in.
    Arrived(Arrival),
    /// The far end rings (18x). `audio`: with early media. Repeats are not reported.
    Alerting {
        /// The far end sends audio already.
        audio: bool,
    },
    /// The far end answered; audio can flow to and from us.
    Answered,
    /// As `Answered`: of a user's devices his mobile took it, over a trunk. With `Dial::confirm` the others ring on, and
    /// `Answered` may follow.
    AnsweredByMobile,
    /// The far end was seen to forward the call elsewhere (181, History-Info): K-33.
    Diverted,
    /// A dialled leg failed before it was answered. Final.
    Failed {
        /// Why.
        cause: FailCause,
        /// Sound figures.
        media: Option<MediaFigures>,
    },
    /// The far end hung up, or the caller cancelled. Final.
    HungUp {
        /// Sound figures.
        media: Option<MediaFigures>,
    },
    /// Our `Release` has been carried out. Final.
    Closed {
        /// Sound figures.
        media: Option<MediaFigures>,
    },
    /// A key was pressed.
    Dtmf(Key),
    /// A playing asked for by `LegCommand::Play` has ended by itself.
    PlayEnded(PlayId),
    /// No sound came for the set time.
    MediaTimeout,
    /// The far end put us on hold by re-INVITE: it wants to hear nothing now.
    Held,
    /// It took us back.
    Unheld,
    /// The far end asks to send the other side elsewhere (REFER, RFC 3515); answered 202 already.
    /// `LegCommand::Referred` says what came of it.
    Refer {
        /// Comes back in `LegCommand::Referred`.
        refer: ReferId,
        /// Where to.
        to: ReferTo,
    },
}

/// A request to transfer; unique within the leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReferId(pub u16);

/// Where a transfer leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferTo {
    /// Blind: as if the party that is sent had dialled it.
    Dialled(Dialled),
    /// Attended: the far end of this leg, which the sender talks with (Replaces, RFC 3891).
    Leg(LegId),
    /// Replaces names no dialog of ours, or the target can be read by nobody.
    Nowhere,
}

/// A call as it comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Who calls.
    pub from: Caller,
    /// What he called.
    pub to: Dialled,
    /// By which door.
    pub via: Ingress,
    /// The leg whose place it takes (INVITE with Replaces, RFC 3891): the same company's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<LegId>,
    /// How often it was sent on, on its way to us (Diversion, History-Info).
    #[serde(default, skip_serializing_if = "is_none")]
    pub diversions: u8,
}

/// A call that was sent on this often is not sent on again (F-26).
pub const DIVERSIONS_MAX: u8 = 5;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_none(diversions: &u8) -> bool {
    *diversions == 0
}

/// Who calls, and how sure that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The person or number.
    pub party: Party,
    /// Proved by digest or by a trusted trunk; only then it opens codes and rights (K-04, K-36).
    pub proved: bool,
    /// Wants to stay hidden from the called.
    pub hidden: bool,
}

/// A party with its number while the call lives. Journals keep only `id`; the rest stands in the party's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// A user's, an outside person's or an outside number's row.
    pub id: PartyId,
    /// E.164, if known.
    #[serde(skip)]
    pub number: Option<PhoneNumber>,
    /// Display name as the far end gave it; control characters removed, at most 64 characters.
    #[serde(skip)]
    pub name: Option<Arc<str>>,
}

/// What was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialled {
    /// A group of this company.
    Group(Number),
    /// A user of this company, by extension or personal number.
    User(PartyId),
    /// A number outside the company.
    Outside(Party),
    /// An emergency number of the company's country.
    Emergency(ShortNumber),
    /// A service code, as dialled, `%23` decoded: `*961*1#`.
    Code(String),
    /// The echo service (8099).
    Echo,
    /// Parking: `*7` as a target of a transfer (behaviour, "Every call").
    Park,
    /// A parked call's slot, taken back by `*7SLOT`.
    Unpark(u8),
    /// Pick-up: the call that rings at a user (`*8EXT`), or the one that has rung longest in one's own groups.
    PickUp(Option<PartyId>),
    /// Nobody has it.
    Nobody,
}

/// The door by which a call came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ingress {
    /// A phone of a user of this company.
    User(PartyId),
    /// A trunk.
    Trunk(TrunkName),
    /// Ours: a callback.
    Own,
}

/// Why a dialled leg failed (K-48).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailCause {
    /// 486, 600.
    Busy,
    /// 603.
    Rejected,
    /// 480, 404, 410, 430, 408 before alerting, 503, no contact, no route.
    Unreachable,
    /// 408 after alerting, or the far end's own no-answer.
    NoAnswer,
    /// No codec or no media in common (488): unreachable, with an alarm.
    NotAcceptable,
    /// 403: unreachable, with an alarm.
    Forbidden,
    /// The trunk's or the platform's own limit stands in the way.
    LimitReached,
}

/// A key of the keypad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key(pub char);

/// A playing on a leg; unique within the leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlayId(pub u16);

/// How the sound of one leg went, as we received it and as the far end reported it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct MediaFigures {
    /// Packets received.
    pub packets_in: u64,
    /// Packets sent.
    pub packets_out: u64,
    /// Packets that never came.
    pub lost_in: u64,
    /// Interarrival jitter at the end, microseconds (RFC 3550 6.4.1).
    pub jitter_in_us: u32,
    /// Lost of ours, as the far end's last RTCP report says.
    pub lost_out: Option<u64>,
}

/// Something shall happen on a leg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegCommand {
    /// Create this leg and call someone.
    Dial(Dial),
    /// Tell the caller that it rings (180).
    Ring,
    /// Pass the early media of another leg to this caller (183).
    Progress {
        /// The leg that sends it.
        from: LegId,
    },
    /// Answer the caller (200). Leaves only when its facts are on disk.
    Answer {
        /// Joined with this leg; `None`: with us.
        with: Option<LegId>,
    },
    /// Whoever answered on this leg has it: of a user's devices the others ring no longer.
    Accept,
    /// Join this leg, answered, with another, answered.
    Join {
        /// The other.
        with: LegId,
    },
    /// Play prompts one after the other: as early media (183) to a caller not yet answered.
    Play {
        /// Comes back in `PlayEnded`.
        id: PlayId,
        /// At least one.
        prompts: Vec<PromptRef>,
    },
    /// Play a prompt over and over, until something else is played or the leg is joined. Listeners of one prompt
    /// share its sound; who comes later joins where it is.
    Music {
        /// Which.
        prompt: PromptRef,
    },
    /// A tone until something else is played or the leg is joined.
    Tone(Tone),
    /// This leg is, from here on, the far end that was `from`'s: of another call of the company (attended transfer,
    /// Replaces, pick-up, taking back a parked call). `from` is no leg any more and has no final event.
    Adopt {
        /// As it was.
        from: LegId,
    },
    /// Send back what is heard.
    Echo,
    /// What becomes of a transfer this leg asked for: NOTIFY; after a final status the subscription ends.
    Referred {
        /// Which.
        refer: ReferId,
        /// How it went.
        result: ReferResult,
    },
    /// End the leg.
    Release(Release),
}

/// A call-progress tone (behaviour, "Every call").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// 425 Hz, 1 s on, 4 s off, beginning with sound.
    Ringing,
    /// 425 Hz, 0.5 s on and off.
    Busy,
}

/// How far a transfer is, or what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferResult {
    /// The target rings: NOTIFY 180, and more to come.
    Ringing,
    /// The target answered, or the party is camped or parked: NOTIFY 200.
    Done,
    /// NOTIFY 486.
    Busy,
    /// NOTIFY 480.
    Unavailable,
    /// NOTIFY 404.
    NotFound,
    /// NOTIFY 403.
    Forbidden,
}

/// Call someone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dial {
    /// Whom.
    pub to: DialTo,
    /// For whom: this leg's media is offered. `None`: nobody is there yet, we offer G.711 of our own.
    pub caller: Option<LegId>,
    /// What the called sees.
    pub show: Show,
    /// The group on whose behalf: Diversion and History-Info name it (K-26).
    pub diverted_by: Option<Number>,
    /// Follow nothing, and hint the far network not to divert either (K-33).
    pub no_diversion: bool,
    /// What a user's mobile says counts once `LegCommand::Accept` comes: until then his other devices ring on, and one
    /// of them may answer in its place (K-34).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confirm: bool,
    /// Why the call comes back to who sent it: `Reason: SIP;cause=486` or `480` (behaviour, "Transfer").
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall: Option<RecallReason>,
}

/// Why a transferred call comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecallReason {
    /// The colleague was busy all the time: 486.
    Busy,
    /// He did not answer or could not be reached: 480.
    NoAnswer,
}

/// Kinds of phone a group rings (V-34). A contact's kind comes from its `+helin.device` parameter, else it is a desk
/// phone; a mobile is a user's mobile number over a trunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Devices {
    /// Our app and the browser.
    pub app: bool,
    /// His mobile number.
    pub mobile: bool,
    /// Desk phones and other softphones.
    pub desk: bool,
}

impl Devices {
    /// All contacts, and no trunk: what rings for a call that is no group's.
    pub const CONTACTS: Devices = Devices { app: true, mobile: false, desk: true };
}

/// Whom to call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DialTo {
    /// All registered contacts of a user; the first answer wins, the others are told so (V-34).
    User(PartyId),
    /// Those of a user's devices that a group rings, all at once; the first answer wins (V-34).
    Devices {
        /// Whose.
        user: PartyId,
        /// Which kinds of his contacts.
        devices: Devices,
        /// His mobile number, where it shall ring, too; over a trunk.
        mobile: Option<PhoneNumber>,
    },
    /// A number over a trunk.
    Outside(PhoneNumber),
    /// Somebody known by his row alone: the customer of a callback. Whoever carries the command out looks the number
    /// up.
    Row(PartyId),
    /// An emergency number over a trunk, past every limit.
    Emergency(ShortNumber),
}

/// What the called sees of the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Show {
    /// Number to show; `None`: none is known.
    pub number: Option<Number>,
    /// Name to show, the group's label before it.
    pub name: Option<Arc<str>>,
    /// Anonymous to the called; the label in `name` stays.
    pub hidden: bool,
    /// Somebody known by his row alone, whose number stands in for `number`: whoever carries the command out looks it
    /// up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<PartyId>,
    /// Around the number on all phones but our own app's (V-18).
    #[serde(default, skip_serializing_if = "Affix::is_none")]
    pub affix: Affix,
    /// The group's number, shown instead of the caller's on all phones but our own app's (V-17).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<Number>,
}

/// What stands around a shown number, of `0-9*#` (V-18).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Affix {
    /// Before it.
    pub prefix: String,
    /// After it.
    pub suffix: String,
}

impl Affix {
    /// Nothing stands around the number.
    pub fn is_none(&self) -> bool {
        self.prefix.is_empty() && self.suffix.is_empty()
    }
}

/// A prompt to play.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PromptRef {
    /// Which.
    pub name: PromptName,
    /// In a language in which it exists.
    pub language: Language,
}

/// Why we end a leg; telephony makes the right answer of it for the leg's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Release {
    /// The call is over: BYE; before the answer 480 to a caller, CANCEL to a called.
    Normal,
    /// Another took the call: CANCEL or BYE with `Reason: SIP;cause=200;text="answered elsewhere"`.
    AnsweredElsewhere,
    /// 486.
    Busy,
    /// 480.
    Unavailable,
    /// 404.
    NotFound,
    /// 403.
    Forbidden,
    /// 603.
    Rejected,
    /// 488.
    NotAcceptable,
    /// 503 with Retry-After: a limit of ours.
    LimitReached,
    /// 500: a fault of ours.
    Fault,
}
