//! Who can be offered a call right now, per group, in the order of the list.
//!
//! Derived from the saved state and kept beside it so that a pick looks only at those it may offer. Invariant:
//! a member stands here exactly when he is logged in, in no call, not being rung and not paused (K-18, K-40).

use std::collections::BTreeMap;

use model::id::PartyId;
use model::number::Number;
use model::saved::{Place, SavedState};

/// Offerable members of all groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ready {
    groups: BTreeMap<Number, BTreeMap<Place, PartyId>>,
    /// Where each stands, to take him out again.
    places: BTreeMap<(PartyId, Number), Place>,
}

impl Ready {
    /// From the state as a whole.
    pub(crate) fn of(state: &SavedState) -> Ready {
        let mut ready = Ready::default();
        for party in state.memberships.keys() {
            ready.refresh(state, *party);
        }
        ready
    }

    /// Looks at one party again in all his groups.
    pub(crate) fn refresh(&mut self, state: &SavedState, party: PartyId) {
        let free = is_free(state, party);
        for group in state.memberships.get(&party).into_iter().flatten() {
            self.refresh_in(state, party, *group, free);
        }
    }

    fn refresh_in(&mut self, state: &SavedState, party: PartyId, group: Number, free: bool) {
        let member = state.groups.get(&group).and_then(|entry| entry.members.get(&party));
        let place = member.and_then(|member| member.place).filter(|_| free);
        if self.places.get(&(party, group)).copied() == place {
            return;
        }
        self.remove(party, group);
        if let Some(place) = place {
            self.places.insert((party, group), place);
            self.groups.entry(group).or_default().insert(place, party);
        }
    }

    /// Takes a party out of one group for good.
    pub(crate) fn remove(&mut self, party: PartyId, group: Number) {
        if let Some(old) = self.places.remove(&(party, group))
            && let Some(list) = self.groups.get_mut(&group)
        {
            list.remove(&old);
            if list.is_empty() {
                self.groups.remove(&group);
            }
        }
    }

    /// In order, head first.
    pub(crate) fn in_order(&self, group: Number) -> impl Iterator<Item = PartyId> + '_ {
        self.groups.get(&group).into_iter().flat_map(|list| list.values().copied())
    }

    /// Whether he can be offered a call of the group.
    pub(crate) fn contains(&self, party: PartyId, group: Number) -> bool {
        self.places.contains_key(&(party, group))
    }
}

/// In no call, not being rung, not paused.
pub(crate) fn is_free(state: &SavedState, party: PartyId) -> bool {
    state.agents.get(&party).is_none_or(|agent| agent.busy.is_empty() && agent.paused.is_none())
}
