//! Which people a commit's calls were about: the rows by which a person's calls are found without reading everybody's.
//!
//! Most legs are offers of groups, and a row for each would cost as much as the record itself (a group that rings
//! fifty touches fifty places of the table). Offers are found through their group instead: a row says on which day a
//! group offered somebody calls, and it is written once a day.

use std::collections::{BTreeMap, BTreeSet};

use model::fact::{Called, Fact, Peer, Role, What};
use model::id::{CallId, PartyId, TenantId};
use model::number::Number;
use model::record::{CallRecord, Folded, LegRecord};
use model::time::Utc;

use crate::Commit;

/// Who was offered calls by whom on which day.
pub(crate) type OfferedDay = (PartyId, i64, Number);

/// Those rows that are on disk already, of those written last.
#[derive(Debug, Default)]
pub(crate) struct Offered {
    known: BTreeMap<TenantId, BTreeSet<OfferedDay>>,
    count: usize,
}

/// So many are remembered; the rest is written again, which changes nothing.
const KNOWN_MAX: usize = 100_000;

impl Offered {
    /// What the commits' calls add to them.
    pub(crate) fn new_of<'a>(&self, commits: &'a [Commit]) -> BTreeSet<(&'a TenantId, OfferedDay)> {
        let mut new = BTreeSet::new();
        for (tenant, record) in calls(commits) {
            let known = self.known.get(tenant);
            for leg in &record.legs {
                let Some((party, group)) = offer_of_group(record, leg) else { continue };
                let row = (party, day(leg.started), group);
                if known.is_none_or(|known| !known.contains(&row)) {
                    new.insert((tenant, row));
                }
            }
        }
        new
    }

    /// They are on disk.
    pub(crate) fn keep(&mut self, new: BTreeSet<(&TenantId, OfferedDay)>) {
        if self.count + new.len() > KNOWN_MAX {
            self.forget();
        }
        self.count += new.len();
        for (tenant, row) in new {
            self.known.entry(tenant.clone()).or_default().insert(row);
        }
    }

    pub(crate) fn forget(&mut self) {
        *self = Offered::default();
    }
}

/// The people of each call who are not found through a group.
pub(crate) fn parties(commits: &[Commit]) -> Vec<(&TenantId, &CallRecord, PartyId)> {
    let mut rows = Vec::new();
    for (tenant, record) in calls(commits) {
        let others = record.legs.iter().filter_map(|leg| match leg.peer {
            Peer::Party(party) if offer_of_group(record, leg).is_none() => Some(party),
            Peer::Party(_) | Peer::Set(_) | Peer::Emergency(_) => None,
        });
        let others: BTreeSet<PartyId> = others.collect();
        rows.extend(others.into_iter().map(|party| (tenant, record, party)));
    }
    rows
}

/// The steps of callbacks among the facts.
pub(crate) fn callback_steps(facts: &[Fact]) -> impl Iterator<Item = (CallId, &Fact)> {
    facts.iter().filter_map(|fact| {
        if let What::CallbackStep { callback, .. } = &fact.what { Some((*callback, fact)) } else { None }
    })
}

/// The day of UTC, counted from 1970.
pub(crate) const fn day(at: Utc) -> i64 {
    at.0.div_euclid(86_400_000_000)
}

/// Whom a leg rang for a group among whose calls this one stands.
fn offer_of_group(record: &CallRecord, leg: &LegRecord) -> Option<(PartyId, Number)> {
    let (Peer::Party(party), Role::Member, Some(group)) = (leg.peer, leg.role, leg.group) else {
        return None;
    };
    let of_group = record.to == Called::Callback(group)
        || record.visits.iter().any(|visit| visit.group == group && visit.from <= leg.started);
    of_group.then_some((party, group))
}

fn calls(commits: &[Commit]) -> impl Iterator<Item = (&TenantId, &CallRecord)> {
    commits.iter().flat_map(|commit| {
        commit.folded.iter().filter_map(|folded| match folded {
            Folded::Call(record) => Some((&commit.tenant, &**record)),
            Folded::Session(_) | Folded::Time(_) | Folded::Callback(_) => None,
        })
    })
}
