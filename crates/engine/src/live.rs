//! A group as it is now, from the saved state and the settings.

use model::config::TenantConfig;
use model::id::PartyId;
use model::live::{AgentState, LiveGroup, LiveMember, LiveWaiting};
use model::number::Number;
use model::record::CallRecord;
use model::saved::{LegState, SavedAgent, SavedGroup, SavedMember, SavedState};
use model::time::Utc;

/// The view of a group. `number_of` gives the number to show for a party. `None`: the settings have no such group.
pub fn group(
    state: &SavedState,
    config: &TenantConfig,
    number: Number,
    number_of: &dyn Fn(PartyId) -> Option<String>,
) -> Option<LiveGroup> {
    let settings = config.groups.get(&number)?;
    let empty = SavedGroup::default();
    let saved = state.groups.get(&number).unwrap_or(&empty);
    let member = |party: PartyId| live_member(state, config, saved, party);
    let first = saved.duty.into_iter();
    let others = saved.order.values().copied().filter(|party| Some(*party) != saved.duty);
    let logged_out = settings
        .members
        .iter()
        .map(|member| member.party)
        .filter(|party| saved.members.get(party).is_none_or(|saved| saved.place.is_none()));
    let mut waiting: Vec<&CallRecord> =
        saved.visiting.iter().filter_map(|call| state.calls.get(call)).collect();
    waiting.sort_by_key(|record| (entered(record, number), record.call));
    let waiting = waiting.into_iter().zip(1..).map(|(record, position)| LiveWaiting {
        call: record.call,
        caller: caller(record, number_of),
        position,
        ringing: record.legs.iter().skip(1).any(|leg| leg.alerting.is_some() && leg.ended.is_none()),
        since: entered(record, number),
    });
    Some(LiveGroup {
        number,
        name: settings.name.clone(),
        open: true,
        members: first.chain(others).chain(logged_out).map(member).collect(),
        waiting: waiting.collect(),
    })
}

fn entered(record: &CallRecord, number: Number) -> Utc {
    let visit = record.visits.iter().rev().find(|visit| visit.group == number);
    visit.map_or(record.started, |visit| visit.from)
}

fn caller(record: &CallRecord, number_of: &dyn Fn(PartyId) -> Option<String>) -> String {
    let shown = if record.hidden { None } else { number_of(record.from) };
    shown.unwrap_or_else(|| "anonymous".to_owned())
}

fn live_member(state: &SavedState, config: &TenantConfig, group: &SavedGroup, party: PartyId) -> LiveMember {
    let unknown = SavedMember::default();
    let member = group.members.get(&party).unwrap_or(&unknown);
    let agent = state.agents.get(&party);
    let shown = agent_state(config, member, agent, party);
    let agent_since = agent.map_or(Utc(0), |agent| agent.since);
    let since = match shown {
        AgentState::LoggedOut => member.since,
        AgentState::Paused => {
            agent.and_then(|agent| agent.paused.as_ref()).map_or(agent_since, |pause| pause.since)
        }
        AgentState::Talking | AgentState::Ringing => agent_since,
        AgentState::Away | AgentState::Available => member.since.max(agent_since),
    };
    LiveMember {
        user: config.party_name(party).map(ToString::to_string).unwrap_or_default(),
        state: shown,
        since,
        duty: group.duty == Some(party),
        missed: member.missed,
    }
}

/// The first state that holds.
fn agent_state(
    config: &TenantConfig,
    member: &SavedMember,
    agent: Option<&SavedAgent>,
    party: PartyId,
) -> AgentState {
    let busy = |what: LegState| agent.is_some_and(|agent| agent.busy.values().any(|leg| *leg == what));
    if busy(LegState::Talking) {
        return AgentState::Talking;
    }
    if busy(LegState::Ringing) {
        return AgentState::Ringing;
    }
    if member.place.is_none() {
        return AgentState::LoggedOut;
    }
    if agent.is_some_and(|agent| agent.paused.is_some()) {
        return AgentState::Paused;
    }
    let reachable =
        config.outside.contains_key(&party) || agent.is_some_and(|agent| agent.reach.contacts > 0);
    if reachable { AgentState::Available } else { AgentState::Away }
}
