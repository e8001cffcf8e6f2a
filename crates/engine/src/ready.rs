//! Who can be offered a call right now, per group, in the order of its distribution; and how many are there at all.
//!
//! Derived from saved state and settings and kept beside them so that a pick looks only at those it may offer.
//! Invariant: a member stands here exactly when he is logged in, in no call, not being rung, not paused, not working
//! after a call, and not kept away by his presence (K-18, K-40, V-32, V-36); in a group with a queue also only when
//! he has a device to reach and is not left alone after a failed offer (V-22, V-35).

use std::collections::{BTreeMap, BTreeSet};

use model::config::Group;
use model::id::PartyId;
use model::number::Number;
use model::saved::SavedState;
use model::time::Utc;

use crate::distribution::{Candidate, Standing, reads_settings, standing};
use crate::settings::Settings;

/// Offerable members of all groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ready {
    groups: BTreeMap<Number, BTreeMap<Standing, PartyId>>,
    /// Where each stands, to take him out again.
    places: BTreeMap<(PartyId, Number), Standing>,
    /// Members of groups with a queue who are there: able to take a call now or when they come free (V-22).
    there: BTreeMap<Number, BTreeSet<PartyId>>,
}

/// What looking at a party again has brought.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// He can be offered calls of some group now, and could not before.
    pub(crate) freed: bool,
    /// Groups in which nobody is there any more.
    pub(crate) deserted: Vec<Number>,
}

impl Ready {
    /// From the state as a whole.
    pub(crate) fn of(state: &SavedState, settings: &Settings, now: Utc) -> Ready {
        let mut ready = Ready::default();
        for party in state.memberships.keys() {
            ready.refresh(state, settings, *party, now);
        }
        ready
    }

    /// Looks at one party again in all his groups.
    pub(crate) fn refresh(
        &mut self,
        state: &SavedState,
        settings: &Settings,
        party: PartyId,
        now: Utc,
    ) -> Changed {
        let mut changed = Changed::default();
        for number in state.memberships.get(&party).into_iter().flatten() {
            let Some(group) = settings.group(*number) else {
                self.remove(party, *number);
                continue;
            };
            changed.freed |= self.refresh_in(state, settings, party, &group);
            if group.queue.is_none() {
                continue;
            }
            if is_there(state, settings, &group, party, now) {
                self.there.entry(*number).or_default().insert(party);
            } else if self.no_longer_there(party, *number) {
                changed.deserted.push(*number);
            }
        }
        changed
    }

    /// `true`: he can be offered calls of the group now, and could not before.
    fn refresh_in(&mut self, state: &SavedState, settings: &Settings, party: PartyId, group: &Group) -> bool {
        let member = state.groups.get(&group.number).and_then(|entry| entry.members.get(&party));
        let agent = state.agents.get(&party);
        let can = is_free(state, party)
            && !settings.is_red(state, group, party)
            && (group.queue.is_none()
                || (settings.is_reachable(state, group, party)
                    && agent.is_none_or(|agent| agent.resting.is_none())));
        let place = member.filter(|member| member.place.is_some() && can).map(|member| {
            // Looked up only where it counts: this is the path of every call.
            let set = reads_settings(group).then(|| settings.member(group.number, party)).flatten();
            standing(group, &Candidate { party, set, member, agent })
        });
        let before = self.places.get(&(party, group.number)).copied();
        if before == place {
            return false;
        }
        self.take_out(party, group.number);
        if let Some(place) = place {
            self.places.insert((party, group.number), place);
            self.groups.entry(group.number).or_default().insert(place, party);
        }
        before.is_none() && place.is_some()
    }

    /// Takes a party out of one group for good. `true`: he was the last who was there.
    pub(crate) fn remove(&mut self, party: PartyId, group: Number) -> bool {
        self.take_out(party, group);
        self.no_longer_there(party, group)
    }

    /// He is not there any more. `true`: he was the last who was.
    fn no_longer_there(&mut self, party: PartyId, group: Number) -> bool {
        let Some(set) = self.there.get_mut(&group) else { return false };
        let left = set.remove(&party) && set.is_empty();
        if set.is_empty() {
            self.there.remove(&group);
        }
        left
    }

    fn take_out(&mut self, party: PartyId, group: Number) {
        if let Some(old) = self.places.remove(&(party, group))
            && let Some(list) = self.groups.get_mut(&group)
        {
            list.remove(&old);
            if list.is_empty() {
                self.groups.remove(&group);
            }
        }
    }

    /// Those who can be offered calls of a group, the first first.
    pub(crate) fn free(&self, group: Number) -> Option<&BTreeMap<Standing, PartyId>> {
        self.groups.get(&group)
    }

    /// Whether he can be offered a call of the group.
    pub(crate) fn contains(&self, party: PartyId, group: Number) -> bool {
        self.places.contains_key(&(party, group))
    }

    /// Whether anybody is there to answer, now or later (V-22).
    pub(crate) fn is_staffed(&self, group: Number) -> bool {
        self.there.contains_key(&group)
    }
}

/// In no call, not being rung, not paused, not working after a call.
pub(crate) fn is_free(state: &SavedState, party: PartyId) -> bool {
    state
        .agents
        .get(&party)
        .is_none_or(|agent| agent.busy.is_empty() && agent.paused.is_none() && agent.wrap_up.is_none())
}

/// Logged in, and at work on a call or not away; a pause counts as there unless it has lasted longer than callers may
/// wait (V-22).
fn is_there(state: &SavedState, settings: &Settings, group: &Group, party: PartyId, now: Utc) -> bool {
    let member = state.groups.get(&group.number).and_then(|entry| entry.members.get(&party));
    if member.is_none_or(|member| member.place.is_none()) {
        return false;
    }
    let agent = state.agents.get(&party);
    // Busy, ringing and wrap-up count as there, whatever his phone or presence says meanwhile: a registration that
    // lapses in a talk, a presence that follows it, must not send the line away. What they say counts when it ends.
    if agent.is_some_and(|agent| !agent.busy.is_empty() || agent.wrap_up.is_some()) {
        return true;
    }
    if settings.is_away(state, group, party) {
        return false;
    }
    let wait_max = group.queue.as_ref().and_then(|queue| queue.wait_max);
    let paused = agent.and_then(|agent| agent.paused.as_ref());
    match (paused, wait_max) {
        (Some(pause), Some(wait_max)) => now - pause.since < wait_max,
        (_, _) => true,
    }
}
