//! A group as it is now: members in order, calls inside, counts of the day.

use model::live::{LiveMember, LiveWaiting};
use serde::Serialize;
use utoipa::ToSchema;

use super::iso;
use crate::gateway::{CallsToday, LiveView};

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
