//! Callers and agents where no record says how they are: calls by chance at a rate over the day, agents in their
//! shifts, lengths given or seen.

use std::collections::BTreeSet;

use model::config::TenantConfig;
use model::id::PartyId;
use model::number::Number;

use crate::chance::{Chance, Lengths};
use crate::office::{PlannedAgent, PlannedCall};

/// How callers and talks are.
#[derive(Debug, Clone)]
pub struct Profile {
    /// How long callers talk.
    pub talk: Lengths,
    /// How long they wait before they give up.
    pub patience: Lengths,
    /// Percent who take an offer to be called back.
    pub accepts: u64,
}

/// How agents are.
#[derive(Debug, Clone)]
pub struct Agents {
    /// From the offer to the answer.
    pub answers: Lengths,
    /// Percent of the offers that ring in vain.
    pub misses: u64,
    /// Percent of the calls after which one takes a break.
    pub breaks: u64,
    /// How long it lasts.
    pub rests: Lengths,
}

/// Calls of one group: `per_hour` at the busiest, by chance; `shape` gives the part of it for each hour of the day.
pub fn rate_calls(
    group: Number,
    per_hour: f64,
    shape: &dyn Fn(u64) -> f64,
    profile: &Profile,
    chance: &mut Chance,
) -> Vec<PlannedCall> {
    let mut calls = Vec::new();
    if per_hour <= 0.0 {
        return calls;
    }
    let mean = 3_600_000.0 / per_hour;
    let mut at = 0.0;
    loop {
        at += -chance.unit().ln() * mean;
        if at >= 86_400_000.0 {
            return calls;
        }
        // Drawn whether or not the call comes, so that another shape leaves the others as they are.
        let kept = chance.unit() < shape(at as u64 / 3_600_000);
        let call = profile.call(at as u64, group, chance);
        if kept {
            calls.push(call);
        }
    }
}

impl Profile {
    /// A caller at a time.
    pub fn call(&self, at: u64, group: Number, chance: &mut Chance) -> PlannedCall {
        let patience = self.patience.draw(chance);
        let talk = self.talk.draw(chance);
        let number = format!("+3725{:07}", chance.within(0, 9_999_999)).parse().ok();
        PlannedCall { at, group, number, patience, talk, accepts: chance.percent(self.accepts) }
    }
}

/// Whom the settings log in; of a group that logs in nobody, all of its members.
pub fn usual_staff(config: &TenantConfig) -> BTreeSet<PartyId> {
    let mut parties = BTreeSet::new();
    for group in config.groups.values() {
        let somebody = group.members.iter().any(|member| member.logged_in);
        let there = group.members.iter().filter(|member| member.logged_in || !somebody);
        parties.extend(there.map(|member| member.party));
    }
    parties
}

/// The members of all groups who are at work, and when.
pub fn staff(
    config: &TenantConfig,
    shifts: &dyn Fn(PartyId) -> Vec<(u64, u64)>,
    agents: &Agents,
) -> Vec<PlannedAgent> {
    let members = config.groups.values().flat_map(|group| group.members.iter().map(|member| member.party));
    let parties: BTreeSet<PartyId> = members.collect();
    let at_work = parties.into_iter().map(|party| (party, shifts(party)));
    at_work
        .filter(|(_, shifts)| !shifts.is_empty())
        .map(|(party, shifts)| PlannedAgent {
            party,
            shifts,
            answers: agents.answers.clone(),
            misses: agents.misses,
            breaks: agents.breaks,
            rests: agents.rests.clone(),
        })
        .collect()
}
