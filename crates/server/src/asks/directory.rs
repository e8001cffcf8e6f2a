//! The directory (V-15), and requests to be called back.

use api::figures::Phones;
use api::gateway::{CallbackView, DirectoryEntry, EntryKind};
use model::id::{PartyId, TenantId};
use model::input::Activity;
use model::number::Number;
use model::saved::{LegState, SavedState};

use crate::node::clock::utc_now;
use crate::platform::Platform;

/// A group's requests: those that last, and those that ended within the last 24 hours.
pub(super) fn callbacks(platform: &Platform, tenant: &TenantId, number: Number) -> Option<Vec<CallbackView>> {
    let company = platform.company(tenant)?;
    company.config.groups.get(&number)?;
    let view = company.node.view();
    let requests = view.state.groups.get(&number).into_iter().flat_map(|saved| &saved.callbacks);
    let now = utc_now();
    let listed = requests.filter(|(_, callback)| callback.is_listed(now));
    Some(listed.map(|(id, callback)| CallbackView { id: *id, callback: callback.clone() }).collect())
}

/// Everybody who can be called, and every group that is not hidden.
pub(super) fn directory(platform: &Platform, tenant: &TenantId) -> Vec<DirectoryEntry> {
    let Some(company) = platform.company(tenant) else { return Vec::new() };
    let view = company.node.view();
    let users = company.config.users.iter().map(|(party, user)| DirectoryEntry {
        kind: EntryKind::User,
        name: user.name.to_string(),
        display_name: user.display_name.clone(),
        number: user.number.map(|number| number.to_string()),
        extension: user.extension.map(|extension| extension.to_string()),
        title: user.title.clone(),
        department: user.department.clone(),
        keywords: user.keywords.clone(),
        state: state_of(&view.state, *party, Phones::Registered),
    });
    let outside = company.config.outside.iter().map(|(party, outside)| DirectoryEntry {
        kind: EntryKind::User,
        name: outside.name.to_string(),
        display_name: outside.name.to_string(),
        number: Some(outside.number.to_string()),
        extension: None,
        title: String::new(),
        department: String::new(),
        keywords: Vec::new(),
        state: state_of(&view.state, *party, Phones::Outside),
    });
    let groups = company.config.groups.values().filter(|group| group.in_directory).map(|group| {
        let closed = view.state.groups.get(&group.number).is_some_and(|saved| saved.closed.is_some());
        let (number, extension) = match group.number {
            Number::E164(number) => (Some(number.to_string()), None),
            Number::Short(short) => (None, Some(short.to_string())),
        };
        DirectoryEntry {
            kind: EntryKind::Group,
            name: group.name.clone(),
            display_name: group.name.clone(),
            number,
            extension,
            title: String::new(),
            department: String::new(),
            keywords: Vec::new(),
            state: if closed { "closed" } else { "open" },
        }
    });
    users.chain(outside).chain(groups).collect()
}

/// What a colleague sees of somebody: the first that holds.
fn state_of(state: &SavedState, party: PartyId, phones: Phones) -> &'static str {
    let agent = state.agents.get(&party);
    let busy = |what| agent.is_some_and(|agent| agent.busy.any(what));
    if busy(LegState::Talking) {
        return "talking";
    }
    if busy(LegState::Ringing) {
        return "ringing";
    }
    if agent.is_some_and(|agent| agent.wrap_up.is_some()) {
        return "wrap_up";
    }
    if agent.is_some_and(|agent| agent.paused.is_some()) {
        return "paused";
    }
    match state.presence.get(&party).copied().unwrap_or_default() {
        Activity::Available => {}
        activity @ (Activity::Busy | Activity::Dnd | Activity::Meeting | Activity::Away) => {
            return activity.word();
        }
    }
    let reachable = phones == Phones::Outside || agent.is_some_and(|agent| agent.reach.contacts > 0);
    if reachable { "available" } else { "away" }
}

#[cfg(test)]
mod tests {
    use model::id::{CallId, LegId};
    use model::input::Reachability;
    use model::saved::{SavedAgent, SavedPause};
    use model::time::Utc;

    use super::*;

    const MARI: PartyId = PartyId(1);

    #[test]
    fn the_first_state_that_holds_is_shown() {
        let mut state = SavedState::default();
        let shown = |state: &SavedState| state_of(state, MARI, Phones::Registered);
        assert_eq!(shown(&state), "away");
        assert_eq!(state_of(&state, MARI, Phones::Outside), "available", "a number outside needs no contact");
        let reach = Reachability { contacts: 1, apps: 0 };
        state.agents.insert(MARI, SavedAgent { reach, ..SavedAgent::default() });
        assert_eq!(shown(&state), "available");
        for activity in Activity::ALL {
            state.presence.insert(MARI, activity);
            assert_eq!(shown(&state), activity.word());
        }
        let change = |state: &mut SavedState, change: &dyn Fn(&mut SavedAgent)| {
            change(state.agents.get_mut(&MARI).expect("she is an agent"));
        };
        change(&mut state, &|agent| agent.paused = Some(SavedPause { since: Utc(0), reason: None }));
        assert_eq!(shown(&state), "paused");
        change(&mut state, &|agent| agent.wrap_up = Some(Utc(1)));
        assert_eq!(shown(&state), "wrap_up");
        let leg = |n| LegId { call: CallId::at(0, (0, 0)), n };
        change(&mut state, &|agent| {
            agent.busy.insert(leg(1), LegState::Ringing);
        });
        assert_eq!(shown(&state), "ringing");
        change(&mut state, &|agent| {
            agent.busy.insert(leg(2), LegState::Talking);
        });
        assert_eq!(shown(&state), "talking");
    }
}
