//! How things look in the API: the JSON of `api.md`, made from the platform's own types.

use std::collections::BTreeMap;

use model::fact::{Called, EndCause, FallbackStep, Outcome, Peer, Place, Role, VisitOutcome};
use model::id::PartyId;
use model::live::{Decision, LiveMember, LiveWaiting};
use model::record::{CallRecord, FallbackRecord, HeardRecord, LegRecord, VisitRecord};
use model::time::Utc;
use serde::Serialize;
use utoipa::ToSchema;

use crate::gateway::{CallsToday, LiveView, PartyView};

/// Names and numbers of the parties of what is shown.
pub type Names = BTreeMap<PartyId, PartyView>;

/// A list of newest first, in pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// One page.
    pub items: Vec<T>,
    /// `cursor` of the next page; null at the end.
    pub next: Option<String>,
}

/// ISO 8601 UTC with milliseconds and `Z`.
pub fn iso(at: Utc) -> String {
    let days = at.0.div_euclid(86_400_000_000);
    let micros = at.0.rem_euclid(86_400_000_000);
    // Civil date from days since 1970-01-01, after Howard Hinnant's public-domain algorithm.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (seconds, millis) = (micros / 1_000_000, micros % 1_000_000 / 1_000);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// A group as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupLive {
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Takes calls.
    pub open: bool,
    /// Why not: null, `waiting`, `wait`, `hours`, `by_hand`.
    pub closed_reason: Option<String>,
    /// In the order in which they would be offered the next call.
    pub members: Vec<MemberLive>,
    /// Calls inside, not yet answered.
    pub waiting: Vec<WaitingLive>,
    /// Since midnight in the company's time zone.
    pub calls_today: TodayLive,
}

/// A member as he is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberLive {
    /// Name.
    pub user: String,
    /// `talking`, `ringing`, `logged_out`, `paused`, `away`, `available`.
    pub state: &'static str,
    /// Since when.
    pub since: String,
    /// Has the duty.
    pub duty: bool,
    /// Consecutive offers missed or rejected.
    pub missed: u32,
}

/// A call inside a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingLive {
    /// Its id.
    pub call: String,
    /// `call`.
    pub kind: &'static str,
    /// E.164, extension or `anonymous`.
    pub caller: String,
    /// From 1.
    pub position: u32,
    /// `waiting` or `ringing`.
    pub state: &'static str,
    /// Entered the group.
    pub since: String,
    /// Null: Helin does not know.
    pub estimated_wait_s: Option<u64>,
    /// Null: Helin does not know.
    pub estimated_wait_p90_s: Option<u64>,
}

/// Counts of the day.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayLive {
    /// Calls that reached the group's number.
    pub offered: u64,
    /// Taken by a member.
    pub answered: u64,
    /// The caller gave up.
    pub abandoned: u64,
    /// Went on by the fallback list.
    pub overflowed: u64,
    /// Both ends of a callback talked.
    pub called_back: u64,
}

impl From<CallsToday> for TodayLive {
    fn from(today: CallsToday) -> Self {
        TodayLive {
            offered: today.offered,
            answered: today.answered,
            abandoned: today.abandoned,
            overflowed: today.overflowed,
            called_back: today.called_back,
        }
    }
}

impl From<&LiveMember> for MemberLive {
    fn from(member: &LiveMember) -> Self {
        MemberLive {
            user: member.user.clone(),
            state: member.state.word(),
            since: iso(member.since),
            duty: member.duty,
            missed: member.missed,
        }
    }
}

impl From<&LiveWaiting> for WaitingLive {
    fn from(waiting: &LiveWaiting) -> Self {
        WaitingLive {
            call: waiting.call.to_string(),
            kind: "call",
            caller: waiting.caller.clone(),
            position: waiting.position,
            state: if waiting.ringing { "ringing" } else { "waiting" },
            since: iso(waiting.since),
            estimated_wait_s: None,
            estimated_wait_p90_s: None,
        }
    }
}

impl From<&LiveView> for GroupLive {
    fn from(view: &LiveView) -> Self {
        GroupLive {
            number: view.group.number.to_string(),
            name: view.group.name.clone(),
            open: view.group.open,
            closed_reason: None,
            members: view.group.members.iter().map(MemberLive::from).collect(),
            waiting: view.group.waiting.iter().map(WaitingLive::from).collect(),
            calls_today: view.today.into(),
        }
    }
}

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
    LegShape {
        leg: leg.leg.to_string(),
        role: role_word(leg.role),
        user: user.filter(|_| !hidden),
        number: number.filter(|_| !hidden),
        group: leg.group.map(|group| group.to_string()),
        started: iso(leg.started),
        alerting: leg.alerting.map(iso),
        answered: leg.answered.map(iso),
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
pub const fn outcome_word(outcome: Outcome) -> &'static str {
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

/// Why a call went as it went.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// The call.
    pub call: String,
    /// In order.
    pub decisions: Vec<DecisionShape>,
}

/// One decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionShape {
    /// When.
    pub at: String,
    /// `offer`, `move`, `fallback`.
    pub kind: &'static str,
    /// A sentence, in the language of `Accept-Language`.
    pub text: String,
    /// Who was offered the call.
    pub offered: Vec<String>,
    /// Every other member, each with one reason.
    pub passed_over: Vec<PassedOverShape>,
}

/// Who was not offered.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassedOverShape {
    /// Name.
    pub user: String,
    /// `logged_out`, `tried`, `busy`, `ringing`, `paused`, `away`, `later_in_order`.
    pub reason: &'static str,
    /// A sentence.
    pub text: String,
}

impl From<&Decision> for DecisionShape {
    fn from(decision: &Decision) -> Self {
        DecisionShape {
            at: iso(decision.at),
            kind: decision.kind.word(),
            text: decision.text.clone(),
            offered: decision.offered.clone(),
            passed_over: decision
                .passed_over
                .iter()
                .map(|passed| PassedOverShape {
                    user: passed.user.clone(),
                    reason: passed.reason.word(),
                    text: passed.text.clone(),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_iso_8601_utc() {
        for (micros, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000Z"),
            (1_767_225_599_999_000, "2025-12-31T23:59:59.999Z"),
            (1_772_409_600_123_456, "2026-03-02T00:00:00.123Z"),
            (-1_000, "1969-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(iso(Utc(micros)), text);
        }
    }
}
