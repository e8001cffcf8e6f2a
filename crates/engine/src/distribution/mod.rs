//! In which order free members are offered a call: one file per order. Each gives a member's place among those who
//! are free; the least place goes first. What is left to chance is drawn among equal places.

pub(crate) mod balanced;
mod longest_idle;
mod ordered;
mod random;
mod rotation;
mod skill;

use model::config::{Distribution, Group, Member, Ties};
use model::fact::OfferRule;
use model::id::PartyId;
use model::lineup::Lineup;
use model::saved::{SavedAgent, SavedMember};
use model::time::Utc;

/// A member's place among the free ones of a group. Fields compare from first to last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Standing {
    /// What counts first: skill or rank.
    pub(crate) first: u64,
    /// What counts then: idle since, or the place in the list.
    pub(crate) then: i64,
    /// So that no two are alike.
    pub(crate) party: PartyId,
}

/// What a member's place is made from.
pub(crate) struct Candidate<'a> {
    pub(crate) party: PartyId,
    /// As the settings have him, where they count.
    pub(crate) set: Option<&'a Member>,
    pub(crate) member: &'a SavedMember,
    pub(crate) agent: Option<&'a SavedAgent>,
}

impl Candidate<'_> {
    /// Since when he is idle: the end of his last call and of the work after it, or his log-in (V-33).
    fn idle_since(&self) -> Utc {
        self.agent.map_or(self.member.since, |agent| agent.idle_since.max(self.member.since))
    }
}

/// Where a free member stands.
pub(crate) fn standing(group: &Group, candidate: &Candidate<'_>) -> Standing {
    match group.distribution {
        Distribution::Rotation => rotation::standing(candidate),
        Distribution::Ordered => ordered::standing(candidate),
        Distribution::Skill => skill::standing(candidate, group.ties),
        Distribution::LongestIdle => longest_idle::standing(candidate),
        // Who answered least changes with the clock, so it is looked up when one is picked.
        Distribution::Balanced => rotation::standing(candidate),
        Distribution::Random => random::standing(candidate),
    }
}

/// The rule's name in facts.
pub(crate) const fn rule(distribution: Distribution) -> OfferRule {
    match distribution {
        Distribution::Rotation => OfferRule::Rotation,
        Distribution::Ordered => OfferRule::Ordered,
        Distribution::Skill => OfferRule::Skill,
        Distribution::LongestIdle => OfferRule::LongestIdle,
        Distribution::Balanced => OfferRule::Balanced,
        Distribution::Random => OfferRule::Random,
    }
}

/// Whether a member's own settings count: rank or skill.
pub(crate) const fn reads_settings(group: &Group) -> bool {
    match group.distribution {
        Distribution::Ordered | Distribution::Skill => true,
        Distribution::Rotation
        | Distribution::LongestIdle
        | Distribution::Balanced
        | Distribution::Random => false,
    }
}

/// Whether equal places are left to chance.
pub(crate) const fn draws(group: &Group) -> bool {
    match group.distribution {
        Distribution::Random => true,
        Distribution::Skill => matches!(group.ties, Ties::Random),
        Distribution::Rotation
        | Distribution::Ordered
        | Distribution::LongestIdle
        | Distribution::Balanced => false,
    }
}

/// Those of the free who stand first and are left to chance, if anybody `can` take the call.
pub(crate) fn equals(free: &Lineup<Standing, PartyId>, can: impl Fn(PartyId) -> bool) -> Vec<PartyId> {
    let mut first = None;
    let mut equal = Vec::new();
    for (standing, party) in free {
        if first.is_some_and(|first| first != standing.first) {
            break;
        }
        if can(*party) {
            first = Some(standing.first);
            equal.push(*party);
        }
    }
    equal
}
