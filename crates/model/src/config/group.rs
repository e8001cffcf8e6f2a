//! A group's settings: whom it rings in which order, how its callers wait, what they hear, how they are called
//! back and put through.

use serde::{Deserialize, Serialize};

use crate::id::{PartyId, PromptName};
use crate::language::Language;
use crate::leg::Devices;
use crate::number::Number;
use crate::target::Target;
use crate::time::Span;

/// Agents and the rule by which they share calls (design section 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Published number.
    pub number: Number,
    /// For people; unique in the company (V-11).
    pub name: String,
    /// Of announcements to its callers.
    pub language: Language,
    /// Where its defaults come from. The engine never asks.
    pub preset: Preset,
    /// Order of offers.
    pub distribution: Distribution,
    /// Whether a member may make himself the first by `*961*2#` (K-15).
    pub duty: bool,
    /// Members ringing at once for one call, 1-50.
    pub parallel: u32,
    /// Ring time from alerting, 5-15 s for ring groups (K-28).
    pub ring_time: Span,
    /// A leg that does not alert within it counts as unreachable (K-28).
    pub alerting_max: Span,
    /// How often each member may be offered the same call, 1-3 (K-23).
    pub passes: u32,
    /// What an explicit reject (603) does to the place in the list (K-18).
    pub reject_counts_as: RejectCountsAs,
    /// Members may be in no other exclusive group of the platform (K-35).
    pub exclusive: bool,
    /// Consecutive missed offers that log a member out; `None`: never.
    pub misses_before_logout: Option<u32>,
    /// Outside members press 1 to accept (K-34).
    pub confirm_outside: bool,
    /// Tell a member whose offer passed on (K-29).
    pub passed_on_notice: bool,
    /// Before the caller's name on members' displays; empty for none (K-26).
    pub label: String,
    /// The line of the group's own number (K-23).
    pub own_line: Option<PartyId>,
    /// 5-60 s (K-24).
    pub own_line_ring_time: Span,
    /// Tried in order when no member takes the call.
    pub fallback: Vec<Target>,
    /// Listed members at most (K-13).
    pub members_max: u32,
    /// In the order of the settings; at most `members_max`.
    pub members: Vec<Member>,
    /// Users who may see and steer the group.
    pub supervisors: Vec<PartyId>,
    /// How members of one rank are ordered (V-33).
    pub ties: Ties,
    /// Rounds of offers one call gets; `None`: unlimited (V-23).
    pub offers_max: Option<u32>,
    /// An agent whose offer failed or was rejected at once rests this long (V-35).
    pub retry_after: Option<Span>,
    /// Answered within it counts as in time.
    pub service_level: Span,
    /// After a call of the group, no offer for this long, in any group (V-36).
    pub wrap_up: Option<Span>,
    /// A missed offer begins the idle time anew (V-33).
    pub miss_resets_idle: bool,
    /// A red presence blocks offers (V-32).
    pub presence_blocks: bool,
    /// Which of an agent's devices ring (V-34).
    pub devices: Devices,
    /// Which number a member's phone shows (V-17).
    pub show: ShowOnOffer,
    /// Before the shown caller's number (V-18); 0-8 of `0-9*#`. At most one of the two affixes is set.
    pub show_prefix: String,
    /// After it.
    pub show_suffix: String,
    /// Found in the directory (V-15).
    pub in_directory: bool,
    /// Members may show the group's number on their own calls (V-16).
    pub members_may_show: bool,
    /// To whom legs that leave the platform for the group are charged (V-12).
    pub billing_id: Option<String>,
    /// The waiting line; `None`: a ring group.
    pub queue: Option<Queue>,
    /// What its callers hear while they wait.
    pub announcements: Announcements,
    /// Calling back instead of waiting.
    pub callback: Callback,
    /// Putting callers through to colleagues.
    pub transfer: Transfer,
}

/// A group's waiting line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// Calls waiting or ringing at most; 0: no waiting; `None`: unlimited (V-24).
    pub size_max: Option<u32>,
    /// Longest wait (V-21).
    pub wait_max: Option<Span>,
    /// At the deadline a ring under way is broken off (V-26).
    pub wait_strict: bool,
    /// When the line is full.
    pub on_full: Vec<Target>,
    /// When `wait_max` is over.
    pub on_wait: Vec<Target>,
    /// When nobody is there to answer (V-22, I-24).
    pub on_nobody: Vec<Target>,
    /// When `offers_max` rounds were missed (V-22).
    pub on_attempts: Vec<Target>,
    /// So many calls close the group to new ones (I-22).
    pub close_at_waiting: Option<u32>,
    /// So long a wait closes it (I-22).
    pub close_at_wait: Option<Span>,
    /// Percent of the limit below which it opens again.
    pub reopen_below: u32,
    /// It must stay below for so long.
    pub reopen_after: Span,
    /// For calls that find it closed (I-23).
    pub on_closed: Vec<Target>,
    /// Callers who go before others.
    pub priority: Vec<PriorityRule>,
    /// A waiting caller gains one level each.
    pub priority_ageing: Span,
    /// Pressed by a caller who wants to leave; 0-9.
    pub exit_key: Option<u8>,
    /// Where he goes.
    pub on_exit: Vec<Target>,
    /// A caller who was cut off gets his place back within it.
    pub recall_hold: Span,
}

/// Callers whose number begins so have this level; the longest prefix counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityRule {
    /// `+` and digits, or digits.
    pub caller: String,
    /// 1-9; 5 is normal, 1 first.
    pub level: u8,
}

/// One prompt setting: what plays at a moment of the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PromptChoice {
    /// Nothing.
    Silent,
    /// The built-in prompt of that moment.
    BuiltIn,
    /// This one.
    Named(PromptName),
}

/// What the callers of a queue hear.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcements {
    /// Before the queue (I-07).
    pub welcome: PromptChoice,
    /// No agent rings before the welcome is over.
    pub welcome_whole: bool,
    /// On entering (V-42).
    pub entry: PromptChoice,
    /// Also to those for whom an agent rings at once.
    pub entry_always: bool,
    /// While waiting (V-43).
    pub music: PromptChoice,
    /// The repeated message (V-44).
    pub repeat: PromptChoice,
    /// Its period, start to start; `None`: it is not played (V-45).
    pub repeat_every: Option<Span>,
    /// Speak the position with each repeat (V-47).
    pub position: bool,
    /// Speak the wait with each repeat (V-48).
    pub wait: bool,
    /// How the wait is estimated.
    pub wait_method: WaitMethod,
    /// Ringing tone instead of music while an agent rings (V-46).
    pub ringback: bool,
}

/// How a wait is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitMethod {
    /// The predictor.
    Predicted,
    /// Mean talk time by calls ahead (V-48).
    LegacyTalk,
    /// Mean wait (I-11).
    LegacyAvg,
}

/// Calling back (V-49..V-60).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    /// Offered at all.
    pub enabled: bool,
    /// The customer's phone rings this long (V-50).
    pub ring_time: Span,
    /// Attempts to reach him (V-51).
    pub attempts: u32,
    /// Between them.
    pub pause: Span,
    /// A request's life (V-52).
    pub valid: Span,
    /// Shown to the agent; `None`: the built-in text (V-53).
    pub agent_text: Option<String>,
    /// Played to the agent (V-54).
    pub agent_prompt: PromptChoice,
    /// The offer (V-55).
    pub offer_prompt: PromptChoice,
    /// Accepts it, 0-9.
    pub key: u8,
    /// Not before the group has been open for it (V-56); waits for schedules.
    pub offer_after_open: Span,
    /// Offered when more calls wait (V-57).
    pub offer_waiting_over: Option<u32>,
    /// Offered when the longest wait has reached it (V-58).
    pub offer_longest_wait: Option<Span>,
    /// Offered when the estimate is over it (V-59).
    pub offer_estimate_over: Option<Span>,
    /// Not within it before closing (V-60); waits for schedules.
    pub stop_before_closing: Span,
    /// Requests pending at most.
    pub pending_max: u32,
}

/// Putting callers through (I-18).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// A blind transfer by a member to a busy user camps the caller.
    pub camp_on_busy: bool,
    /// He waits this long, then comes back.
    pub camp_max: Span,
    /// The colleague rings this long, then the caller comes back.
    pub ring_max: Span,
    /// Said before the music.
    pub message: PromptChoice,
}

/// How members of one rank are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// Who has been idle longest.
    LongestIdle,
    /// By chance.
    Random,
}

/// Which number a member sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowOnOffer {
    /// The caller's.
    Caller,
    /// The group's.
    Group,
}

/// A person's place in one group, as set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// User or outside person.
    pub party: PartyId,
    /// May register himself as the first (K-06).
    pub may_take_duty: bool,
    /// With what a member new to the group begins; no state.
    pub logged_in: bool,
    /// Rank where the distribution is `ordered`; the unranked are last (V-29).
    pub order: Option<u32>,
    /// 1 is best, to 9 (V-30).
    pub skill: u8,
    /// May see the group (I-20).
    pub may_see: bool,
    /// May log himself in (I-20).
    pub may_log_in: bool,
}

/// The kinds of group a company can create (V-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Ring group, even (K, Infotelefon).
    RingEven,
    /// Ring group, duty-first (K, Valvetelefon).
    RingDuty,
    /// Customer-service queue (V).
    CustomerService,
    /// Attendant queue (I).
    Attendant,
}

impl Preset {
    /// Whether callers of such a group wait in line.
    pub const fn has_queue(self) -> bool {
        match self {
            Preset::RingEven | Preset::RingDuty => false,
            Preset::CustomerService | Preset::Attendant => true,
        }
    }
}

/// In which order free members are offered a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distribution {
    /// A list; who took or missed a call goes to its end (K-16..K-19).
    Rotation,
    /// By the members' `order`, the unranked last, by longest idle (V-29).
    Ordered,
    /// By the members' `skill`, then by `ties` (V-30).
    Skill,
    /// Who has been idle longest (I-15).
    LongestIdle,
    /// Fewest answered in the last hour by logged-in time, ties by rotation (I-14).
    Balanced,
    /// By chance.
    Random,
}

/// What a reject counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectCountsAs {
    /// To the end of the list.
    NoAnswer,
    /// Keeps the place.
    Busy,
}
