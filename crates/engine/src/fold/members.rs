//! Facts about members of groups: who is listed, who is logged in, in which order, who has the duty, who has a licence.

use std::collections::BTreeSet;

use model::fact::{Fact, What};
use model::id::PartyId;
use model::input::Actor;
use model::number::Number;
use model::record::{DutySession, Folded};
use model::saved::{Place, SavedGroup, SavedMember, SavedState};
use model::time::Utc;

use super::{agent, tidy};

/// Folds one of them in. Gives the time logged in that it ended.
#[expect(clippy::wildcard_enum_match_arm, reason = "the fold sends only these facts here")]
pub(super) fn take(state: &mut SavedState, fact: &Fact) -> Option<Folded> {
    let at = fact.at;
    match &fact.what {
        What::MemberAdded { group, member } => add_member(state, *group, *member, at),
        What::MemberRemoved { group, member } => {
            let session = leave(state, *group, *member, at);
            forget_member(state, *group, *member);
            return session;
        }
        What::GroupRemoved { group } => remove_group(state, *group),
        What::LoggedIn { group, member, .. } => log_in(state, *group, *member, at),
        What::LoggedOut { group, member, by } => {
            let session = leave(state, *group, *member, at);
            say_why(state, *group, *member, *by);
            return session;
        }
        What::DutyChanged { group, duty } => change_duty(state, *group, *duty),
        What::MovedToTail { group, member, .. } => {
            if let Some(entry) = state.groups.get_mut(group) {
                to_tail(entry, *member);
            }
        }
        What::Delivered { group, .. } => {
            if let Some(entry) = state.groups.get_mut(group) {
                entry.delivered = Some(at);
            }
        }
        What::LicenceBegan { member } => {
            state.licensed.insert(*member);
        }
        What::LicenceEnded { member } => {
            state.licensed.remove(member);
        }
        _ => {}
    }
    None
}

fn add_member(state: &mut SavedState, group: Number, member: PartyId, at: Utc) {
    let entry = state.groups.entry(group).or_default();
    entry.members.get_or_insert_with(member, SavedMember::default).since = at;
    state.memberships.get_or_insert_with(member, BTreeSet::new).insert(group);
    agent(state, member, at);
}

fn forget_member(state: &mut SavedState, group: Number, member: PartyId) {
    if let Some(entry) = state.groups.get_mut(&group) {
        entry.members.remove(&member);
    }
    if let Some(groups) = state.memberships.get_mut(&member) {
        groups.remove(&group);
        if groups.is_empty() {
            state.memberships.remove(&member);
        }
    }
    tidy(state, member);
}

fn remove_group(state: &mut SavedState, group: Number) {
    let members: Vec<PartyId> =
        state.groups.get(&group).map(|entry| entry.members.keys().copied().collect()).unwrap_or_default();
    for member in members {
        forget_member(state, group, member);
    }
    state.groups.remove(&group);
}

fn take_place(entry: &mut SavedGroup) -> Place {
    let place = entry.next_place;
    entry.next_place = Place(place.0 + 1);
    place
}

fn log_in(state: &mut SavedState, group: Number, member: PartyId, at: Utc) {
    let Some(entry) = state.groups.get_mut(&group) else { return };
    let place = take_place(entry);
    let Some(saved) = entry.members.get_mut(&member) else { return };
    saved.place = Some(place);
    saved.since = at;
    saved.missed = 0;
    saved.missed_out = false;
    entry.order.insert(place, member);
}

/// A member's log-in ends, and his duty with it.
fn leave(state: &mut SavedState, group: Number, member: PartyId, at: Utc) -> Option<Folded> {
    let entry = state.groups.get_mut(&group)?;
    if entry.duty == Some(member) {
        entry.duty = None;
    }
    let saved = entry.members.get_mut(&member)?;
    let place = saved.place.take()?;
    let from = saved.since;
    saved.since = at;
    saved.missed = 0;
    entry.order.remove(&place);
    Some(Folded::Session(DutySession { group, member, from, to: at }))
}

/// Whether a rule logged him out, which supervisors are told (V-40).
fn say_why(state: &mut SavedState, group: Number, member: PartyId, by: Actor) {
    let saved = state.groups.get_mut(&group).and_then(|entry| entry.members.get_mut(&member));
    if let Some(saved) = saved.filter(|saved| saved.place.is_none()) {
        saved.missed_out = by == Actor::Rule;
    }
}

/// Who had the duty before stays logged in, as an ordinary member at the tail (K-20, K-43).
fn change_duty(state: &mut SavedState, group: Number, duty: Option<PartyId>) {
    let Some(entry) = state.groups.get_mut(&group) else { return };
    let before = std::mem::replace(&mut entry.duty, duty);
    if let Some(before) = before.filter(|before| Some(*before) != duty) {
        to_tail(entry, before);
    }
}

fn to_tail(entry: &mut SavedGroup, member: PartyId) {
    let place = take_place(entry);
    let Some(saved) = entry.members.get_mut(&member) else { return };
    if let Some(old) = saved.place.replace(place) {
        entry.order.remove(&old);
        entry.order.insert(place, member);
    } else {
        // Logged out meanwhile: there is no place to move.
        saved.place = None;
    }
}
