//! A call: its head in lists, and everything of it.

use model::fact::{Called, EndCause, FallbackStep, Outcome, Peer, Place, Role, VisitOutcome};
use model::id::PartyId;
use model::record::{CallRecord, FallbackRecord, HeardRecord, LegRecord, VisitRecord};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Names, iso};

/// A call in lists.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallHead {
    /// Its id.
    pub id: String,
    /// E.164, extension, or `anonymous`.
    pub from: String,
    /// E.164, extension, or what was dialled.
    pub to: String,
    /// Arrival.
    pub started: String,
    /// The caller was answered.
    pub answered: Option<String>,
    /// All over.
    pub ended: Option<String>,
    /// `answered`, `abandoned`, `busy`, `unanswered`, `rejected`, `failed`; null while under way.
    pub outcome: Option<&'static str>,
}

/// A call with everything of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct CallFull {
    /// As in lists.
    #[serde(flatten)]
    pub head: CallHead,
    /// Connections, in the order in which they were begun.
    pub legs: Vec<LegShape>,
    /// Prompts played.
    pub heard: Vec<HeardShape>,
    /// Stays in groups.
    pub visits: Vec<VisitShape>,
    /// Entries of fallback lists reached.
    pub fallback: Vec<FallbackShape>,
}

/// One connection.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegShape {
    /// Its id.
    pub leg: String,
    /// `caller`, `callee`, `member`, `own_line`, `outside`.
    pub role: &'static str,
    /// Name of a user or outside person.
    pub user: Option<String>,
    /// Number of the far end; null when hidden or erased.
    pub number: Option<String>,
    /// On whose behalf.
    pub group: Option<String>,
    /// Begun.
    pub started: String,
    /// Rang.
    pub alerting: Option<String>,
    /// Was answered.
    pub answered: Option<String>,
    /// Over.
    pub ended: Option<String>,
    /// Why.
    pub end_cause: Option<EndCauseShape>,
    /// How its sound went.
    pub media: Option<MediaShape>,
}

/// Why a leg ended.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndCauseShape {
    /// Was answered and ended with the call, the other side hanging up first.
    Answered,
    /// Another took the call.
    AnsweredElsewhere,
    /// Rang its time.
    NoAnswer,
    /// Busy.
    Busy,
    /// Could not be reached.
    Unreachable,
    /// Rejected.
    Rejected,
    /// The caller gave up first.
    Cancelled,
    /// This party hung up.
    Hangup,
    /// No sound came for the set time.
    MediaTimeout,
    /// Nothing in common to speak with (488).
    NotAcceptable,
    /// Refused by the far network (403).
    Forbidden,
    /// Forwarded elsewhere by a foreign network.
    Diverted,
    /// Answered, but "press 1" was not pressed.
    NotConfirmed,
    /// A limit stood in the way.
    LimitReached,
    /// What was called does not exist.
    NotFound,
    /// Helin was restarted.
    Restart,
    /// Helin was stopped on purpose.
    Shutdown,
}

impl From<EndCause> for EndCauseShape {
    fn from(cause: EndCause) -> Self {
        match cause {
            EndCause::Answered => EndCauseShape::Answered,
            EndCause::AnsweredElsewhere => EndCauseShape::AnsweredElsewhere,
            EndCause::NoAnswer => EndCauseShape::NoAnswer,
            EndCause::Busy => EndCauseShape::Busy,
            EndCause::Unreachable => EndCauseShape::Unreachable,
            EndCause::Rejected => EndCauseShape::Rejected,
            EndCause::Cancelled => EndCauseShape::Cancelled,
            EndCause::HangUp => EndCauseShape::Hangup,
            EndCause::MediaTimeout => EndCauseShape::MediaTimeout,
            EndCause::NotAcceptable => EndCauseShape::NotAcceptable,
            EndCause::Forbidden => EndCauseShape::Forbidden,
            EndCause::Diverted => EndCauseShape::Diverted,
            EndCause::NotConfirmed => EndCauseShape::NotConfirmed,
            EndCause::LimitReached => EndCauseShape::LimitReached,
            EndCause::NotFound => EndCauseShape::NotFound,
            EndCause::Restart => EndCauseShape::Restart,
            EndCause::Shutdown => EndCauseShape::Shutdown,
        }
    }
}

/// How the sound of a leg went.
#[derive(Debug, Serialize, ToSchema)]
pub struct MediaShape {
    /// Packets received.
    pub packets_in: u64,
    /// Packets sent.
    pub packets_out: u64,
    /// Packets that never came.
    pub lost_in: u64,
    /// Jitter, milliseconds.
    pub jitter_in_ms: f64,
    /// Lost of ours, as the far end reported.
    pub lost_out: Option<u64>,
}

/// A prompt played.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeardShape {
    /// Its start.
    pub at: String,
    /// Place and name, as `fallback:unreachable`.
    pub prompt: String,
    /// The whole sentence as spoken.
    pub text: String,
}

/// A stay in a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct VisitShape {
    /// The group's number.
    pub group: String,
    /// Entered.
    pub from: String,
    /// Left.
    pub to: Option<String>,
    /// `served`, `abandoned`, `overflowed`; null while inside.
    pub outcome: Option<&'static str>,
    /// Place on entry; null where there is no waiting line.
    pub position: Option<u32>,
}

/// An entry of a fallback list.
#[derive(Debug, Serialize, ToSchema)]
pub struct FallbackShape {
    /// When.
    pub at: String,
    /// Whose list.
    pub group: String,
    /// Which entry.
    pub target: String,
    /// `tried`, `failed`, `passed_over`.
    pub step: &'static str,
    /// Why it failed.
    pub cause: Option<EndCauseShape>,
}

/// Whose number or name a party shows; `anonymous` for nobody known.
fn shown(names: &Names, party: PartyId) -> String {
    names
        .get(&party)
        .and_then(|view| view.number.clone().or_else(|| view.user.clone()))
        .unwrap_or_else(anonymous)
}

fn anonymous() -> String {
    "anonymous".to_owned()
}

impl CallHead {
    /// From a record.
    pub fn of(record: &CallRecord, names: &Names) -> CallHead {
        let to = match &record.to {
            Called::Group(number) => number.to_string(),
            Called::User(party) | Called::Outside(party) => shown(names, *party),
            Called::Emergency(number) => number.to_string(),
            Called::Code => "service code".to_owned(),
            Called::Echo => "8099".to_owned(),
            Called::Nobody => "nobody".to_owned(),
        };
        CallHead {
            id: record.call.to_string(),
            from: if record.hidden { anonymous() } else { shown(names, record.from) },
            to,
            started: iso(record.started),
            answered: record.answered.map(iso),
            ended: record.ended.map(iso),
            outcome: record.outcome.map(outcome_word),
        }
    }
}

/// Every party of a record.
pub fn parties(record: &CallRecord) -> Vec<PartyId> {
    let mut parties = vec![record.from];
    if let Called::User(party) | Called::Outside(party) = record.to {
        parties.push(party);
    }
    parties.extend(record.legs.iter().filter_map(|leg| match leg.peer {
        Peer::Party(party) => Some(party),
        Peer::Set(_) | Peer::Emergency(_) => None,
    }));
    parties
}

impl CallFull {
    /// From a record.
    pub fn of(record: &CallRecord, names: &Names) -> CallFull {
        CallFull {
            head: CallHead::of(record, names),
            legs: record.legs.iter().map(|leg| leg_shape(leg, record, names)).collect(),
            heard: record.heard.iter().map(HeardShape::from).collect(),
            visits: record.visits.iter().map(VisitShape::from).collect(),
            fallback: record.fallback.iter().map(FallbackShape::from).collect(),
        }
    }
}

fn leg_shape(leg: &LegRecord, record: &CallRecord, names: &Names) -> LegShape {
    let (user, number) = match leg.peer {
        Peer::Party(party) => {
            let view = names.get(&party).cloned().unwrap_or_default();
            (view.user, view.number)
        }
        Peer::Set(number) => (None, Some(number.to_string())),
        Peer::Emergency(number) => (None, Some(number.to_string())),
    };
    let hidden = leg.role == Role::Caller && record.hidden;
    let answered = if leg.role == Role::Caller { record.answered } else { leg.answered };
    LegShape {
        leg: leg.leg.to_string(),
        role: role_word(leg.role),
        user: user.filter(|_| !hidden),
        number: number.filter(|_| !hidden),
        group: leg.group.map(|group| group.to_string()),
        started: iso(leg.started),
        alerting: leg.alerting.map(iso),
        answered: answered.map(iso),
        ended: leg.ended.map(iso),
        end_cause: leg.cause.map(EndCauseShape::from),
        media: leg.media.map(|media| MediaShape {
            packets_in: media.packets_in,
            packets_out: media.packets_out,
            lost_in: media.lost_in,
            jitter_in_ms: f64::from(media.jitter_in_us) / 1_000.0,
            lost_out: media.lost_out,
        }),
    }
}

impl From<&HeardRecord> for HeardShape {
    fn from(heard: &HeardRecord) -> Self {
        let place = match heard.place {
            Place::Fallback => "fallback",
            Place::Code => "code",
            Place::Confirm => "confirm",
        };
        HeardShape {
            at: iso(heard.at),
            prompt: format!("{place}:{}", heard.prompt),
            text: heard.text.to_string(),
        }
    }
}

impl From<&VisitRecord> for VisitShape {
    fn from(visit: &VisitRecord) -> Self {
        VisitShape {
            group: visit.group.to_string(),
            from: iso(visit.from),
            to: visit.to.map(iso),
            outcome: visit.outcome.map(visit_word),
            position: None,
        }
    }
}

impl From<&FallbackRecord> for FallbackShape {
    fn from(entry: &FallbackRecord) -> Self {
        let (step, cause) = match entry.step {
            FallbackStep::Tried => ("tried", None),
            FallbackStep::Failed(cause) => ("failed", Some(cause.into())),
            FallbackStep::PassedOver => ("passed_over", None),
        };
        FallbackShape {
            at: iso(entry.at),
            group: entry.group.to_string(),
            target: entry.target.to_string(),
            step,
            cause,
        }
    }
}

/// As the API writes it.
const fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Abandoned => "abandoned",
        Outcome::Busy => "busy",
        Outcome::Unanswered => "unanswered",
        Outcome::Rejected => "rejected",
        Outcome::Failed => "failed",
    }
}

/// As the API writes it.
pub const fn visit_word(outcome: VisitOutcome) -> &'static str {
    match outcome {
        VisitOutcome::Served => "served",
        VisitOutcome::Abandoned => "abandoned",
        VisitOutcome::Overflowed => "overflowed",
    }
}

const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Caller => "caller",
        Role::Callee => "callee",
        Role::Member => "member",
        Role::OwnLine => "own_line",
        Role::Outside => "outside",
    }
}
