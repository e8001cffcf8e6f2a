//! A group as it is now: members in order, calls inside, counts of the day.

use model::live::{AgentState, LiveGroup, LiveMember, LiveWaiting};
use serde::Serialize;
use utoipa::ToSchema;

use super::iso;
use super::words::{AgentStateWord, ClosedBy};
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
    /// Why not; null while it is open.
    pub closed_reason: Option<ClosedBy>,
    /// In the order in which they would be offered the next call.
    pub members: Vec<MemberLive>,
    /// Calls and callbacks inside, not yet answered, first in line first.
    pub waiting: Vec<WaitingLive>,
    /// How many are at work, and how many wait (V-28, I-13).
    pub now: NowLive,
    /// Since midnight in the company's time zone.
    pub calls_today: TodayLive,
}

/// A member as he is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberLive {
    /// Name.
    pub user: String,
    /// The first that holds.
    pub state: AgentStateWord,
    /// Since when.
    pub since: String,
    /// Logged in to the group, whatever he does.
    pub logged_in: bool,
    /// Has the duty.
    pub duty: bool,
    /// Consecutive offers missed or rejected.
    pub missed: u32,
    /// Why, where there is more to say: what he gave for his pause; `missed_calls` (the group's rule logged him out);
    /// the presence that keeps him away, or `no_device`. Else null.
    pub reason: Option<String>,
}

/// A call inside a group.
#[derive(Debug, Serialize, ToSchema)]
pub struct WaitingLive {
    /// Its id.
    pub call: String,
    /// A caller, or a callback in his place.
    pub kind: WaitingKind,
    /// E.164, extension or `anonymous`.
    pub caller: String,
    /// From 1, after priority.
    pub position: u32,
    /// Whether somebody is being rung for it.
    pub state: WaitingState,
    /// Entered the group.
    pub since: String,
    /// Seconds until he is served, with even odds; never rises for a caller. Null: Helin does not know.
    pub estimated_wait_s: Option<u32>,
    /// With odds of nine in ten. Null: Helin does not know.
    pub estimated_wait_p90_s: Option<u32>,
}

/// What holds a place in the line.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitingKind {
    /// A caller.
    Call,
    /// A callback.
    Callback,
}

/// Whether somebody is being rung.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitingState {
    /// Nobody yet.
    Waiting,
    /// A member.
    Ringing,
}

/// How many are at work, and how many wait.
#[derive(Debug, Serialize, ToSchema)]
pub struct NowLive {
    /// Members logged in.
    pub logged_in: usize,
    /// Members who can be offered a call now.
    pub available: usize,
    /// Callers inside and not yet answered, without callbacks.
    pub waiting: usize,
    /// Since when the one waits who has waited longest.
    pub longest_wait_since: Option<String>,
}

impl From<&LiveGroup> for NowLive {
    fn from(group: &LiveGroup) -> Self {
        let count =
            |keep: fn(&LiveMember) -> bool| group.members.iter().filter(|member| keep(member)).count();
        let callers = group.waiting.iter().filter(|waiting| !waiting.callback);
        NowLive {
            logged_in: count(|member| member.logged_in),
            available: count(|member| member.state == AgentState::Available),
            waiting: callers.clone().count(),
            longest_wait_since: callers.map(|waiting| waiting.since).min().map(iso),
        }
    }
}

/// Counts of the day.
#[derive(Debug, Serialize, ToSchema)]
pub struct TodayLive {
    /// Calls that reached the group's number.
    pub offered: u64,
    /// Taken by a member.
    pub answered: u64,
    /// The caller gave up, or his callback expired or was cancelled.
    pub abandoned: u64,
    /// Went on by the fallback list or a limit of the queue.
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
            state: member.state.into(),
            since: iso(member.since),
            logged_in: member.logged_in,
            duty: member.duty,
            missed: member.missed,
            reason: member.reason.as_ref().map(|reason| reason.word().to_owned()),
        }
    }
}

impl From<&LiveWaiting> for WaitingLive {
    fn from(waiting: &LiveWaiting) -> Self {
        WaitingLive {
            call: waiting.call.to_string(),
            kind: if waiting.callback { WaitingKind::Callback } else { WaitingKind::Call },
            caller: waiting.caller.clone(),
            position: waiting.position,
            state: if waiting.ringing { WaitingState::Ringing } else { WaitingState::Waiting },
            since: iso(waiting.since),
            estimated_wait_s: waiting.estimated_wait_s,
            estimated_wait_p90_s: waiting.estimated_wait_p90_s,
        }
    }
}

impl From<&LiveView> for GroupLive {
    fn from(view: &LiveView) -> Self {
        GroupLive {
            number: view.group.number.to_string(),
            name: view.group.name.clone(),
            open: view.group.open,
            closed_reason: view.group.closed_reason.map(ClosedBy::from),
            members: view.group.members.iter().map(MemberLive::from).collect(),
            waiting: view.group.waiting.iter().map(WaitingLive::from).collect(),
            now: NowLive::from(&view.group),
            calls_today: view.today.into(),
        }
    }
}
