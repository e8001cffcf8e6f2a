//! The directory (V-15), and requests to be called back.

use api::gateway::{CallbackView, DirectoryEntry, EntryKind};
use model::id::{PartyId, TenantId};
use model::input::Activity;
use model::number::Number;
use model::saved::{LegState, SavedState};

use crate::platform::Platform;

/// A group's requests: those that last, and those that ended within the last 24 hours.
pub(super) fn callbacks(platform: &Platform, tenant: &TenantId, number: Number) -> Option<Vec<CallbackView>> {
    let company = platform.company(tenant)?;
    company.config.groups.get(&number)?;
    let view = company.node.view();
    let requests = view.state.groups.get(&number).into_iter().flat_map(|saved| &saved.callbacks);
    Some(requests.map(|(id, callback)| CallbackView { id: *id, callback: callback.clone() }).collect())
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
        state: state_of(&view.state, *party),
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
        state: state_of(&view.state, *party),
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

/// What a colleague sees of somebody: a call first, then his presence, then whether he has a phone.
fn state_of(state: &SavedState, party: PartyId) -> &'static str {
    let agent = state.agents.get(&party);
    let busy = |what| agent.is_some_and(|agent| agent.busy.values().any(|leg| *leg == what));
    if busy(LegState::Talking) {
        return "talking";
    }
    if busy(LegState::Ringing) {
        return "ringing";
    }
    match state.presence.get(&party).copied().unwrap_or_default() {
        Activity::Available => {}
        activity @ (Activity::Busy | Activity::Dnd | Activity::Meeting | Activity::Away) => {
            return activity.word();
        }
    }
    if agent.is_some_and(|agent| agent.reach.contacts > 0) { "available" } else { "away" }
}
