//! What must survive: the state that folding all facts of a tenant gives. The fold itself is the engine's.
//!
//! It restores a switchboard after a restart, feeds the live views and, folded up to an earlier version, tells
//! who was passed over and why. Invariants: a place in a group's list belongs to one member; the duty member
//! is logged in; every open call has a caller's leg.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::fact::{CallbackState, ClosedReason, Rank};
use crate::id::{CallId, ConfigVersion, FactSeq, LegId, PartyId};
use crate::input::{Activity, Reachability};
use crate::lineup::Lineup;
use crate::number::Number;
use crate::record::{CallRecord, Off};
use crate::table::Table;
use crate::time::{Span, Utc};

/// The state of a tenant at one version.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SavedState {
    /// The last fact folded in.
    pub version: FactSeq,
    /// The settings in force.
    pub config: ConfigVersion,
    /// Groups by number.
    #[serde(with = "pairs")]
    pub groups: BTreeMap<Number, SavedGroup>,
    /// Those who are members, have a contact, pause, or are in a call.
    pub agents: Table<PartyId, SavedAgent>,
    /// The groups each party is a member of.
    pub memberships: Table<PartyId, BTreeSet<Number>>,
    /// Calls under way.
    pub calls: Table<CallId, Box<CallRecord>>,
    /// What those who are no longer available by default do now.
    #[serde(default, with = "pairs")]
    pub presence: BTreeMap<PartyId, Activity>,
    /// Users who have a licence for groups with a waiting line (I-28).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub licensed: BTreeSet<PartyId>,
}

/// A group's members and their order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SavedGroup {
    /// Listed members.
    pub members: Table<PartyId, SavedMember>,
    /// Those logged in, by place; the lowest is the head.
    pub order: Lineup<Place, PartyId>,
    /// The next free place at the tail.
    pub next_place: Place,
    /// Who goes first (K-20).
    pub duty: Option<PartyId>,
    /// Calls inside the group now.
    #[serde(with = "keys")]
    pub visiting: Table<CallId, ()>,
    /// The same by when they came in.
    #[serde(default)]
    pub entered: Lineup<(Utc, CallId), ()>,
    /// The waiting line: calls and callbacks, first in line first (V-04).
    #[serde(default)]
    pub line: Lineup<Rank, CallId>,
    /// Where each stands.
    #[serde(default)]
    pub ranks: Table<CallId, Rank>,
    /// Why it is closed to new calls, if it is.
    #[serde(default)]
    pub closed: Option<ClosedReason>,
    /// Places kept for those who were cut off.
    #[serde(default, with = "pairs")]
    pub held: BTreeMap<PartyId, HeldPlace>,
    /// Requests to be called back that have not ended, and those that ended within the last 24 hours.
    #[serde(default, with = "pairs")]
    pub callbacks: BTreeMap<CallId, SavedCallback>,
    /// How long the group's latest calls took.
    #[serde(default)]
    pub handled: Handled,
    /// Since when it counts as delivered (I-27).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered: Option<Utc>,
}

/// A place kept for a caller who was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPlace {
    /// The place.
    pub rank: Rank,
    /// Until when.
    pub until: Utc,
}

/// A request to be called back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedCallback {
    /// Who asked.
    pub caller: PartyId,
    /// He wanted to stay hidden.
    #[serde(default)]
    pub hidden: bool,
    /// Whom to call.
    pub number: PartyId,
    /// Asked at.
    pub since: Utc,
    /// Expires at.
    pub valid_until: Utc,
    /// What it does.
    pub state: CallbackState,
    /// Attempts to the customer that ended.
    pub attempts: u32,
    /// Not before then.
    pub not_before: Option<Utc>,
    /// The call under way for it.
    pub call: Option<CallId>,
    /// When it ended.
    pub ended: Option<Utc>,
}

/// How long a request that has ended stays listed (api, "Callbacks").
const ENDED_LISTED: Span = Span::seconds(24 * 60 * 60);

impl SavedCallback {
    /// Whether it is still shown.
    pub fn is_listed(&self, now: Utc) -> bool {
        self.ended.is_none_or(|ended| now - ended < ENDED_LISTED)
    }
}

/// How a group's latest calls went, oldest first; what waits are estimated from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Handled {
    /// End, and length of talk and wrap-up together; at most 256.
    pub calls: VecDeque<(Utc, Span)>,
    /// End, and length of the wait of those served; at most 256.
    pub waits: VecDeque<(Utc, Span)>,
    /// How long phones rang until those served were answered; at most 128.
    #[serde(default)]
    pub rings: VecDeque<Span>,
    /// How long agents were not to be had after a call and the work after it; at most 256.
    #[serde(default)]
    pub gaps: VecDeque<Span>,
    /// How long callers stayed, and whether they gave up; at most 256.
    #[serde(default)]
    pub stays: VecDeque<(Span, bool)>,
    /// Work after the latest call.
    #[serde(default)]
    pub wrap_up: Span,
    /// Waits foretold for some of those in line, to be held against what comes; at most 8.
    #[serde(default)]
    pub foretold: VecDeque<Foretold>,
    /// When the last one was made.
    #[serde(default)]
    pub foretold_last: Option<Utc>,
    /// Where foretold waits ended: thousandths of the way from P50 (0) to P90 (1000); at most 96.
    #[serde(default)]
    pub landed: VecDeque<i32>,
}

/// A wait that was foretold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foretold {
    /// For whom.
    pub call: CallId,
    /// Where he stood.
    pub rank: Rank,
    /// When.
    pub at: Utc,
    /// With even odds no longer than this.
    pub p50: Span,
    /// With odds of nine in ten no longer than this.
    pub p90: Span,
}

/// A place in a group's list. Places only grow; the list is their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place(pub u64);

/// One member's state in one group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SavedMember {
    /// His place; `None` when logged out.
    pub place: Option<Place>,
    /// Since when he is logged in or out.
    pub since: Utc,
    /// Consecutive offers missed or rejected (V-40).
    pub missed: u32,
    /// He was logged out because he missed too many (V-40).
    #[serde(default)]
    pub missed_out: bool,
    /// When he answered calls of the group in the last hour, oldest first (I-14).
    #[serde(default)]
    pub answered: VecDeque<Utc>,
}

/// One person's state over all groups.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SavedAgent {
    /// How he can be reached.
    pub reach: Reachability,
    /// Since when, and why he pauses.
    pub paused: Option<SavedPause>,
    /// Calls that have a leg of his, with what it does.
    pub busy: Busy,
    /// Since when he is in his present state.
    pub since: Utc,
    /// Works after a call until then (V-36).
    #[serde(default)]
    pub wrap_up: Option<Utc>,
    /// Is left alone until then (V-35).
    #[serde(default)]
    pub resting: Option<Utc>,
    /// End of his last call of a group, or of the work after it (V-33).
    #[serde(default)]
    pub idle_since: Utc,
    /// How long he has paused since his last call of a group, or the work after it; `None` once he was offered another.
    #[serde(default)]
    pub away: Option<Span>,
    /// The group after whose call he works.
    #[serde(default)]
    pub wrap_up_of: Option<Number>,
    /// Why he takes no calls though he is in none, and since when.
    #[serde(default)]
    pub off: Option<(Off, Utc)>,
}

/// A pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedPause {
    /// Since when.
    pub since: Utc,
    /// Why.
    pub reason: Option<Arc<str>>,
}

/// What a person's leg does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegState {
    /// Being offered or rung.
    Ringing,
    /// In a call, as the caller or as the called.
    Talking,
}

/// What the legs of a person do: few at a time, so they stand beside each other, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Busy(SmallVec<[(LegId, LegState); 2]>);

impl Busy {
    /// A leg does this from here on.
    pub fn insert(&mut self, leg: LegId, state: LegState) {
        match self.0.binary_search_by_key(&leg, |(known, _)| *known) {
            Ok(at) => self.0[at].1 = state,
            Err(at) => self.0.insert(at, (leg, state)),
        }
    }

    /// A leg is over.
    pub fn remove(&mut self, leg: LegId) {
        self.0.retain(|(known, _)| *known != leg);
    }

    /// How many legs there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The legs, in order.
    pub fn legs(&self) -> impl Iterator<Item = LegId> + '_ {
        self.0.iter().map(|(leg, _)| *leg)
    }

    /// What the last of them does.
    pub fn last(&self) -> Option<(LegId, LegState)> {
        self.0.last().copied()
    }

    /// Whether any of them does this.
    pub fn any(&self, state: LegState) -> bool {
        self.0.iter().any(|(_, known)| *known == state)
    }
}

/// Maps whose keys are no plain strings, as lists of pairs, in order.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K: Serialize, V: Serialize, S: Serializer>(
        map: &BTreeMap<K, V>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// Tables that only say who is in them, as lists, in order.
mod keys {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::table::{Key, Table};

    pub(super) fn serialize<K: Key + Serialize, S: Serializer>(
        table: &Table<K, ()>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(table.keys())
    }

    pub(super) fn deserialize<'de, K, D>(deserializer: D) -> Result<Table<K, ()>, D::Error>
    where
        K: Key + Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<K>::deserialize(deserializer)?.into_iter().map(|key| (key, ())).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_has_ended_is_listed_for_a_day() {
        let request = SavedCallback {
            caller: PartyId(1),
            hidden: false,
            number: PartyId(1),
            since: Utc(0),
            valid_until: Utc(0),
            state: CallbackState::Done,
            attempts: 1,
            not_before: None,
            call: None,
            ended: Some(Utc(0)),
        };
        let day = 24 * 60 * 60 * 1_000_000;
        assert!(request.is_listed(Utc(day - 1_000)));
        assert!(!request.is_listed(Utc(day)));
        assert!(SavedCallback { ended: None, ..request }.is_listed(Utc(day * 30)));
    }
}
