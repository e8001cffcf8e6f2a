//! A call: its head in lists, and everything of it.

use model::fact::{Called, Charge, FallbackStep, Peer, Place, Role, VisitOutcome};
use model::id::PartyId;
use model::record::{CallRecord, FallbackRecord, HeardRecord, LegRecord, VisitRecord};
use serde::Serialize;
use utoipa::ToSchema;

use super::words::{EndCauseWord, OutcomeWord, RoleWord, VisitOutcomeWord};
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
    /// Null while under way.
    pub outcome: Option<OutcomeWord>,
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
    /// As what it takes part.
    pub role: RoleWord,
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
    pub end_cause: Option<EndCauseWord>,
    /// How its sound went.
    pub media: Option<MediaShape>,
    /// Who pays for it; null where it cannot leave the platform.
    pub charge: Option<ChargeShape>,
}

/// Who pays for a leg.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChargeShape {
    /// `group`, `user`, `company`.
    pub to: &'static str,
    /// The group.
    pub group: Option<String>,
    /// Its `billing_id` then; null: the company's own account.
    pub billing_id: Option<String>,
    /// The user who called or sent the call on.
    pub user: Option<String>,
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
    /// To whom: the leg.
    pub leg: String,
    /// Role and name, as `entry:bar_entry`, `music:built-in`. Roles: `fallback`, `code`, `confirm`, `welcome`, `entry`,
    /// `music`, `repeat`, `position`, `wait`, `callback`, `agent`, `camp`.
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
    /// Null while inside.
    pub outcome: Option<VisitOutcomeWord>,
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
    pub cause: Option<EndCauseWord>,
}

/// Whose number or name a party shows; `anonymous` for nobody known.
pub fn shown(names: &Names, party: PartyId) -> String {
    names
        .get(&party)
        .and_then(|view| view.number.clone().or_else(|| view.user.clone()))
        .unwrap_or_else(anonymous)
}

/// Who hides his number, or has none.
pub fn anonymous() -> String {
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
            Called::Callback(_) => shown(names, record.from),
            Called::PickUp => "pickup".to_owned(),
            Called::Nobody => "nobody".to_owned(),
        };
        // A callback is ours: the group calls the customer.
        let from = match record.to {
            Called::Callback(group) => group.to_string(),
            Called::Group(_)
            | Called::User(_)
            | Called::Outside(_)
            | Called::Emergency(_)
            | Called::Code
            | Called::Echo
            | Called::PickUp
            | Called::Nobody => {
                if record.hidden {
                    anonymous()
                } else {
                    shown(names, record.from)
                }
            }
        };
        CallHead {
            id: record.call.to_string(),
            from,
            to,
            started: iso(record.started),
            answered: record.answered.map(iso),
            ended: record.ended.map(iso),
            outcome: record.outcome.map(OutcomeWord::from),
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
    parties.extend(record.legs.iter().filter_map(|leg| match leg.charge {
        Some(Charge::User(party)) => Some(party),
        Some(Charge::Group { .. } | Charge::Company) | None => None,
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
        role: leg.role.into(),
        user: user.filter(|_| !hidden),
        number: number.filter(|_| !hidden),
        group: leg.group.map(|group| group.to_string()),
        started: iso(leg.started),
        alerting: leg.alerting.map(iso),
        answered: answered.map(iso),
        ended: leg.ended.map(iso),
        end_cause: leg.cause.map(EndCauseWord::from),
        media: leg.media.map(|media| MediaShape {
            packets_in: media.packets_in,
            packets_out: media.packets_out,
            lost_in: media.lost_in,
            jitter_in_ms: f64::from(media.jitter_in_us) / 1_000.0,
            lost_out: media.lost_out,
        }),
        charge: leg.charge.as_ref().map(|charge| charge_shape(charge, names)),
    }
}

fn charge_shape(charge: &Charge, names: &Names) -> ChargeShape {
    match charge {
        Charge::Group { number, billing_id } => ChargeShape {
            to: "group",
            group: Some(number.to_string()),
            billing_id: billing_id.as_deref().map(str::to_owned),
            user: None,
        },
        Charge::User(party) => {
            let user = names.get(party).and_then(|view| view.user.clone());
            ChargeShape { to: "user", group: None, billing_id: None, user }
        }
        Charge::Company => ChargeShape { to: "company", group: None, billing_id: None, user: None },
    }
}

impl From<&HeardRecord> for HeardShape {
    fn from(heard: &HeardRecord) -> Self {
        let place = match heard.place {
            Place::Fallback => "fallback",
            Place::Code => "code",
            Place::Confirm => "confirm",
            Place::Welcome => "welcome",
            Place::Entry => "entry",
            Place::Music => "music",
            Place::Repeat => "repeat",
            Place::Position => "position",
            Place::Wait => "wait",
            Place::Callback => "callback",
            Place::Agent => "agent",
            Place::Camp => "camp",
        };
        HeardShape {
            at: iso(heard.at),
            leg: heard.leg.to_string(),
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
            outcome: visit.outcome.map(VisitOutcomeWord::from),
            position: visit.position,
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
pub const fn visit_word(outcome: VisitOutcome) -> &'static str {
    match outcome {
        VisitOutcome::Served => "served",
        VisitOutcome::Abandoned => "abandoned",
        VisitOutcome::Overflowed => "overflowed",
        VisitOutcome::CalledBack => "called_back",
    }
}
