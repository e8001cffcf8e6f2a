//! When members took no calls although they were in none, and why: what statistics of agents' time are made from.
//!
//! Invariant: an agent is off for one reason at a time, the first of `Off` that holds, and never in a call; who is
//! no member of any group is not counted, and what he was last off for ends with the next fact about him.

use model::fact::{Fact, Peer, What};
use model::id::{LegId, PartyId};
use model::record::{AgentTime, Folded, Off};
use model::saved::{SavedAgent, SavedState};

/// Follows a fact that has been folded in. Gives the time that it ended.
pub(super) fn follow(state: &mut SavedState, fact: &Fact) -> Option<Folded> {
    let party = about(state, &fact.what)?;
    let is_member = state.memberships.contains_key(&party);
    let presence = state.presence.get(&party).copied();
    let agent = state.agents.get_mut(&party)?;
    if let What::WrapUpStarted { group, .. } = fact.what {
        agent.wrap_up_of = Some(group);
    } else if let What::WrapUpEnded { .. } = fact.what {
        agent.wrap_up_of = None;
    }
    let now = is_member.then(|| reason(agent)).flatten();
    let free = is_member && now.is_none() && agent.busy.is_empty();
    let now = now.or_else(|| presence.filter(|_| free).map(Off::Presence));
    if now.as_ref() == agent.off.as_ref().map(|(what, _)| what) {
        return None;
    }
    let before = std::mem::replace(&mut agent.off, now.map(|what| (what, fact.at)));
    before.map(|(what, from)| Folded::Time(AgentTime { member: party, what, from, to: fact.at }))
}

fn reason(agent: &SavedAgent) -> Option<Off> {
    if !agent.busy.is_empty() {
        return None;
    }
    if let (Some(_), Some(group)) = (agent.wrap_up, agent.wrap_up_of) {
        return Some(Off::WrapUp(group));
    }
    if let Some(pause) = &agent.paused {
        return Some(Off::Paused(pause.reason.clone()));
    }
    (agent.reach.contacts == 0).then_some(Off::Unreachable)
}

/// Whose time a fact may change.
#[expect(clippy::wildcard_enum_match_arm, reason = "few facts are about what an agent does")]
fn about(state: &SavedState, what: &What) -> Option<PartyId> {
    match what {
        What::Reached { party, .. } | What::Presence { party, .. } => Some(*party),
        What::MemberAdded { member, .. }
        | What::Paused { member, .. }
        | What::Resumed { member }
        | What::WrapUpStarted { member, .. }
        | What::WrapUpEnded { member } => Some(*member),
        What::LegStarted { leg, .. }
        | What::LegAnswered { leg }
        | What::LegEnded { leg, .. }
        | What::LegMoved { to: leg, .. } => on_leg(state, *leg),
        _ => None,
    }
}

fn on_leg(state: &SavedState, leg: LegId) -> Option<PartyId> {
    let record = state.calls.get(&leg.call)?;
    match record.legs.get(usize::from(leg.n))?.peer {
        Peer::Party(party) => Some(party),
        Peer::Set(_) | Peer::Emergency(_) => None,
    }
}
