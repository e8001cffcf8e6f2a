//! Whether a member can be reached at all: his presence, and the devices that a group rings (V-22, V-32, V-34).

use model::config::{Group, TenantConfig};
use model::id::PartyId;
use model::input::Reachability;
use model::number::PhoneNumber;
use model::saved::SavedState;

/// Whether a person's presence keeps offers of the group away (V-32).
pub(crate) fn is_red(state: &SavedState, config: &TenantConfig, group: &Group, party: PartyId) -> bool {
    group.presence_blocks
        && state.presence.get(&party).is_some_and(|activity| config.presence_red.contains(activity))
}

/// Whether a member has a device of those that the group rings (V-34). Numbers outside are always tried.
pub(crate) fn is_reachable(state: &SavedState, config: &TenantConfig, group: &Group, party: PartyId) -> bool {
    let Some(user) = config.users.get(&party) else { return config.outside.contains_key(&party) };
    let reach = state.agents.get(&party).map(|agent| agent.reach).unwrap_or_default();
    rings(group, reach, user.mobile)
}

/// Whether a user has a device of those that the group rings: what is registered, or his mobile.
pub(crate) fn rings(group: &Group, reach: Reachability, mobile: Option<PhoneNumber>) -> bool {
    let desks = reach.contacts.saturating_sub(reach.apps);
    (group.devices.app && reach.apps > 0)
        || (group.devices.desk && desks > 0)
        || (group.devices.mobile && mobile.is_some())
}

/// Whether a member cannot be offered calls of the group even when he is free.
pub(crate) fn is_away(state: &SavedState, config: &TenantConfig, group: &Group, party: PartyId) -> bool {
    is_red(state, config, group, party) || !is_reachable(state, config, group, party)
}
