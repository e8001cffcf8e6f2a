//! A group as it is now, from the saved state and the settings.

use std::collections::BTreeMap;

use model::config::{Distribution, Group, Member, TenantConfig};
use model::fact::{CallbackState, Rank};
use model::id::{CallId, PartyId};
use model::live::{AgentState, LiveGroup, LiveMember, LiveWaiting, StateReason};
use model::number::Number;
use model::record::CallRecord;
use model::saved::{LegState, SavedAgent, SavedGroup, SavedMember, SavedState};
use model::time::{Span, Utc};

use crate::distribution::{self, Candidate, Standing};
use crate::{estimate, presence};

/// Of a caller who hides his number.
const ANONYMOUS: &str = "anonymous";

/// The view of a group. `number_of` gives the number to show for a party. `None`: the settings have no such group.
pub fn group(
    state: &SavedState,
    config: &TenantConfig,
    number: Number,
    now: Utc,
    number_of: &dyn Fn(PartyId) -> Option<String>,
) -> Option<LiveGroup> {
    let settings = config.groups.get(&number)?;
    let empty = SavedGroup::default();
    let saved = state.groups.get(&number).unwrap_or(&empty);
    let member = |party: PartyId| live_member(state, config, settings, saved, party);
    let first = saved.duty.into_iter();
    let others = in_order(state, settings, saved, now).into_iter().filter(|party| Some(*party) != saved.duty);
    let logged_out = settings
        .members
        .iter()
        .map(|member| member.party)
        .filter(|party| saved.members.get(party).is_none_or(|saved| saved.place.is_none()));
    let waiting = if settings.queue.is_some() {
        line((state, config), number, now, number_of)
    } else {
        offered(state, number, saved, number_of)
    };
    Some(LiveGroup {
        number,
        name: settings.name.clone(),
        open: saved.closed.is_none(),
        closed_reason: saved.closed,
        members: first.chain(others).chain(logged_out).map(member).collect(),
        waiting,
    })
}

/// The shortest estimates shown to those who wait in a group's line: with even odds, with nine in ten.
#[derive(Debug, Default)]
pub struct Shown(BTreeMap<CallId, [Option<u32>; 2]>);

impl Shown {
    /// An estimate never rises for a caller who waits: what was shown once is the most that is shown after.
    pub fn never_longer(&mut self, line: &mut [LiveWaiting]) {
        self.0.retain(|call, _| line.iter().any(|waiting| waiting.call == *call));
        for waiting in line {
            let estimates = [&mut waiting.estimated_wait_s, &mut waiting.estimated_wait_p90_s];
            let least = self.0.entry(waiting.call).or_default();
            for (estimate, least) in estimates.into_iter().zip(least) {
                let best = estimate.iter().chain(least.iter()).min().copied();
                *estimate = best;
                *least = best;
            }
        }
    }
}

/// Those logged in, in the order in which they would be offered the next call if they were free.
fn in_order(state: &SavedState, group: &Group, saved: &SavedGroup, now: Utc) -> Vec<PartyId> {
    let set: BTreeMap<PartyId, &Member> = group.members.iter().map(|member| (member.party, member)).collect();
    let mut listed: Vec<(u128, Standing)> = saved
        .order
        .values()
        .filter_map(|party| {
            let member = saved.members.get(party)?;
            let agent = state.agents.get(party);
            let candidate = Candidate { party: *party, set: set.get(party).copied(), member, agent };
            let load = match group.distribution {
                Distribution::Balanced => distribution::balanced::load(saved, *party, now),
                Distribution::Rotation
                | Distribution::Ordered
                | Distribution::Skill
                | Distribution::LongestIdle
                | Distribution::Random => 0,
            };
            Some((load, distribution::standing(group, &candidate)))
        })
        .collect();
    listed.sort();
    listed.into_iter().map(|(_, standing)| standing.party).collect()
}

/// The waiting line: calls and callbacks by their places.
fn line(
    (state, config): (&SavedState, &TenantConfig),
    number: Number,
    now: Utc,
    number_of: &dyn Fn(PartyId) -> Option<String>,
) -> Vec<LiveWaiting> {
    let Some(saved) = state.groups.get(&number) else { return Vec::new() };
    let estimates = estimate::of_line(state, config, number, now);
    let entry = |(position, (_, id)): (u32, (&Rank, &CallId))| {
        let estimate = estimates.get(id);
        let seconds = |span: Span| u32::try_from(span.0.div_ceil(1_000)).unwrap_or(u32::MAX);
        let request = saved.callbacks.get(id);
        let (caller, ringing, since) = match (request, state.calls.get(id)) {
            (Some(request), _) => {
                let number = number_of(request.number).unwrap_or_else(|| ANONYMOUS.to_owned());
                (number, request.state != CallbackState::Pending, request.since)
            }
            (None, Some(record)) => (caller(record, number_of), rings(record), entered(record, number)),
            (None, None) => return None,
        };
        Some(LiveWaiting {
            call: *id,
            callback: request.is_some(),
            estimated_wait_s: estimate.map(|estimate| seconds(estimate.p50)),
            estimated_wait_p90_s: estimate.map(|estimate| seconds(estimate.p90)),
            caller,
            position,
            ringing,
            since,
        })
    };
    (1..).zip(&saved.line).filter_map(entry).collect()
}

/// Calls inside a ring group.
fn offered(
    state: &SavedState,
    number: Number,
    saved: &SavedGroup,
    number_of: &dyn Fn(PartyId) -> Option<String>,
) -> Vec<LiveWaiting> {
    let mut inside: Vec<&CallRecord> =
        saved.visiting.keys().filter_map(|call| Some(&**state.calls.get(call)?)).collect();
    inside.sort_by_key(|record| (entered(record, number), record.call));
    let entry = |(record, position): (&CallRecord, u32)| LiveWaiting {
        call: record.call,
        callback: false,
        estimated_wait_s: None,
        estimated_wait_p90_s: None,
        caller: caller(record, number_of),
        position,
        ringing: rings(record),
        since: entered(record, number),
    };
    inside.into_iter().zip(1..).map(entry).collect()
}

/// Somebody is being rung for it.
fn rings(record: &CallRecord) -> bool {
    record
        .legs
        .iter()
        .skip(1)
        .any(|leg| leg.alerting.is_some() && leg.answered.is_none() && leg.ended.is_none())
}

fn entered(record: &CallRecord, number: Number) -> Utc {
    let visit = record.visits.iter().rev().find(|visit| visit.group == number);
    visit.map_or(record.started, |visit| visit.from)
}

fn caller(record: &CallRecord, number_of: &dyn Fn(PartyId) -> Option<String>) -> String {
    let shown = if record.hidden { None } else { number_of(record.from) };
    shown.unwrap_or_else(|| ANONYMOUS.to_owned())
}

fn live_member(
    state: &SavedState,
    config: &TenantConfig,
    settings: &Group,
    group: &SavedGroup,
    party: PartyId,
) -> LiveMember {
    let unknown = SavedMember::default();
    let member = group.members.get(&party).unwrap_or(&unknown);
    let agent = state.agents.get(&party);
    let away = presence::is_away(state, config, settings, party);
    let shown = agent_state(member, agent, away);
    let agent_since = agent.map_or(Utc(0), |agent| agent.since);
    let since = match shown {
        AgentState::LoggedOut => member.since,
        AgentState::Paused => {
            agent.and_then(|agent| agent.paused.as_ref()).map_or(agent_since, |pause| pause.since)
        }
        AgentState::Talking | AgentState::Ringing | AgentState::WrapUp => agent_since,
        AgentState::Away | AgentState::Available => member.since.max(agent_since),
    };
    LiveMember {
        user: config.party_name(party).map(ToString::to_string).unwrap_or_default(),
        state: shown,
        since,
        logged_in: member.place.is_some(),
        duty: group.duty == Some(party),
        missed: member.missed,
        reason: match shown {
            AgentState::LoggedOut => member.missed_out.then_some(StateReason::Missed),
            AgentState::Paused => {
                agent.and_then(|agent| agent.paused.as_ref()?.reason.clone()).map(StateReason::Pause)
            }
            AgentState::Away if presence::is_red(state, config, settings, party) => {
                state.presence.get(&party).copied().map(StateReason::Presence)
            }
            AgentState::Away => Some(StateReason::NoDevice),
            AgentState::Talking | AgentState::Ringing | AgentState::WrapUp | AgentState::Available => None,
        },
    }
}

/// The first state that holds.
fn agent_state(member: &SavedMember, agent: Option<&SavedAgent>, away: bool) -> AgentState {
    let busy = |what: LegState| agent.is_some_and(|agent| agent.busy.any(what));
    if busy(LegState::Talking) {
        return AgentState::Talking;
    }
    if busy(LegState::Ringing) {
        return AgentState::Ringing;
    }
    if agent.is_some_and(|agent| agent.wrap_up.is_some()) {
        return AgentState::WrapUp;
    }
    if member.place.is_none() {
        return AgentState::LoggedOut;
    }
    if agent.is_some_and(|agent| agent.paused.is_some()) {
        return AgentState::Paused;
    }
    if away { AgentState::Away } else { AgentState::Available }
}
