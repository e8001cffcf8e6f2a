//! Everything that a group's figures are made from: records from the store, and what lasts from the folded view.

use std::collections::{BTreeMap, BTreeSet};

use api::figures::{Elsewhere, Gathered, Phones, Seat, elsewhere};
use api::gateway::Depth;
use model::fact::{CallbackState, Called};
use model::id::{CallId, PartyId, TenantId};
use model::number::Number;
use model::record::{AgentTime, CallRecord, DutySession};
use model::time::{Span, Utc};
use store::Store;

use super::{open_calls, or_log};
use crate::node::clock::utc_now;
use crate::platform::{Company, Platform};

/// Calls that began so long before a window may reach into it.
const CALL_MAX: Span = Span::seconds(4 * 3_600);

/// Where a group that the settings have no more counted as answered in time.
const SERVICE_LEVEL: Span = Span::seconds(20);

/// `None`: there never was such a group, or the database does not answer.
pub(super) async fn gather(
    platform: &Platform,
    tenant: &TenantId,
    number: Number,
    (asked, depth): (Option<(Utc, Utc)>, Depth),
) -> Option<Gathered> {
    let company = platform.company(tenant)?;
    // A group that was deleted keeps what happened in it (V-63).
    let group = company.config.groups.get(&number).cloned();
    let now = utc_now();
    let window = asked.unwrap_or_else(|| (company.node.view().day_start(), Utc(i64::MAX)));
    // What lasts is looked at first and then, when it is on disk, what has ended: nothing falls between the two, and
    // what is found twice counts once.
    let open = open_calls(platform, tenant);
    let (mut sessions, mut times) = lasting(&company, number, now);
    let just_ended = just_ended(&company, number);
    let last = company.node.view().state.version;
    company.node.written(last).await;
    let store = &platform.store;
    let visited = or_log(store.visited(tenant, number, window).await)?;
    let for_callbacks = or_log(store.callback_calls(tenant, number, window).await)?;
    let ended = or_log(store.callbacks(tenant, number, window).await)?;
    sessions.extend(or_log(store.sessions(tenant, number, window).await)?);
    times.extend(or_log(store.times(tenant, window).await)?);
    let of_settings = group.iter().flat_map(|group| &group.members).map(|member| member.party);
    let mut parties: Vec<PartyId> = of_settings.collect();
    if group.is_none() {
        parties.extend(sessions.iter().map(|session| session.member).collect::<BTreeSet<_>>());
        let nothing = visited.is_empty() && sessions.is_empty();
        if nothing && !was_there(platform, tenant, number).await? {
            return None;
        }
    }
    let members: BTreeSet<PartyId> = parties.iter().copied().collect();
    let mut away = Vec::new();
    if depth == Depth::Figures {
        away = elsewhere_ended(store, tenant, (number, &members), window).await?;
        away.extend(open.iter().flat_map(|record| elsewhere(record, number, now)));
        away.retain(|time| members.contains(&time.party));
    }
    let visits = |record: &CallRecord| {
        record
            .visits
            .iter()
            .any(|visit| visit.group == number && visit.from >= window.0 && visit.from < window.1)
    };
    let ours = |record: &CallRecord| {
        record.to == Called::Callback(number) && record.started >= window.0 && record.started < window.1
    };
    let mut callbacks: BTreeMap<CallId, CallbackState> =
        ended.into_iter().map(|request| (request.callback, request.state)).collect();
    callbacks.extend(just_ended);
    let phones = |party| match company.config.users.get(&party) {
        // His mobile is tried whether or not a phone of ours is registered (V-34).
        Some(user) if group.as_ref().is_some_and(|group| group.devices.mobile) && user.mobile.is_some() => {
            Phones::Outside
        }
        Some(_) => Phones::Registered,
        None => Phones::Outside,
    };
    Some(Gathered {
        group: number,
        window,
        now,
        service_level: group.as_ref().map_or(SERVICE_LEVEL, |group| group.service_level),
        blocking: if group.as_ref().is_some_and(|group| group.presence_blocks) {
            company.config.presence_red.clone()
        } else {
            Vec::new()
        },
        members: parties.into_iter().map(|party| Seat { party, phones: phones(party) }).collect(),
        visited: with_open(visited, &open, visits),
        for_callbacks: with_open(for_callbacks, &open, ours),
        callbacks,
        sessions,
        times,
        elsewhere: away,
    })
}

/// Whether anything ever happened in a group that the settings do not have.
async fn was_there(platform: &Platform, tenant: &TenantId, number: Number) -> Option<bool> {
    const EVER: (Utc, Utc) = (Utc(0), Utc(i64::MAX));
    let store = &platform.store;
    let visited = or_log(store.visited(tenant, number, EVER).await)?;
    Some(!visited.is_empty() || !or_log(store.sessions(tenant, number, EVER).await)?.is_empty())
}

/// When members were in calls that were not the group's and have ended. Read by the members and by the groups that
/// offered them calls: a company has more calls than a group.
async fn elsewhere_ended(
    store: &Store,
    tenant: &TenantId,
    (group, members): (Number, &BTreeSet<PartyId>),
    (from, to): (Utc, Utc),
) -> Option<Vec<Elsewhere>> {
    let window = (Utc(from.0.saturating_sub_unsigned(CALL_MAX.0 * 1_000)), to);
    let (mut times, mut seen, mut groups) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut add = |records: Vec<CallRecord>| {
        for record in records {
            if record.started < window.0 || !seen.insert(record.call) {
                continue;
            }
            let theirs = elsewhere(&record, group, from);
            times.extend(theirs.filter(|time| members.contains(&time.party) && time.to > from));
        }
    };
    for member in members {
        add(or_log(store.calls_of_party(tenant, *member, window).await)?);
        groups.extend(or_log(store.offering_groups(tenant, *member, window).await)?);
    }
    groups.remove(&group);
    for other in groups {
        add(or_log(store.visited(tenant, other, window).await)?);
        add(or_log(store.callback_calls(tenant, other, window).await)?);
    }
    Some(times)
}

/// Ended calls, and those under way or not yet on disk, oldest first.
fn with_open(
    mut ended: Vec<CallRecord>,
    open: &[CallRecord],
    wanted: impl Fn(&CallRecord) -> bool,
) -> Vec<CallRecord> {
    let known: BTreeSet<CallId> = ended.iter().map(|record| record.call).collect();
    let more = open.iter().rev().filter(|record| wanted(record) && !known.contains(&record.call));
    ended.extend(more.cloned());
    ended
}

/// Log-ins and times off that last end now.
fn lasting(company: &Company, number: Number, now: Utc) -> (Vec<DutySession>, Vec<AgentTime>) {
    let (mut sessions, mut times) = (Vec::new(), Vec::new());
    let view = company.node.view();
    let members = view.state.groups.get(&number).into_iter().flat_map(|saved| &saved.members);
    for (party, member) in members {
        if member.place.is_some() {
            sessions.push(DutySession { group: number, member: *party, from: member.since, to: now });
        }
        let off = view.state.agents.get(party).and_then(|agent| agent.off.clone());
        if let Some((what, from)) = off {
            times.push(AgentTime { member: *party, what, from, to: now });
        }
    }
    (sessions, times)
}

/// How requests ended that may not be on disk yet.
fn just_ended(company: &Company, number: Number) -> Vec<(CallId, CallbackState)> {
    let view = company.node.view();
    let requests = view.state.groups.get(&number).into_iter().flat_map(|saved| &saved.callbacks);
    requests
        .filter(|(_, request)| request.ended.is_some())
        .map(|(callback, request)| (*callback, request.state))
        .collect()
}

#[cfg(test)]
mod tests;
