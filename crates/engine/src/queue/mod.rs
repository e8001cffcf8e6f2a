//! The waiting line of a group: who enters, who is next, what a caller hears, when it closes (V, I).
//!
//! A call in a line is an offered call like any other (`call::offer`); what only a line needs stands here.
//! Invariants: whoever stands in `Wanting` stands in the saved line with the same rank; a call that hears its welcome
//! to the end wants nobody.

mod closing;
mod enter;
pub(crate) mod hear;
mod limits;
mod order;
mod serve;
mod steer;

use std::collections::BTreeMap;

use model::fact::Rank;
use model::id::CallId;
use model::lineup::Lineup;
use model::number::Number;

pub(crate) use hear::Hearing;

/// What a call in a line has, besides being offered.
#[derive(Debug, Default)]
pub(crate) struct InLine {
    /// No agent rings before the welcome is over.
    pub(crate) welcome: bool,
    /// What he hears on entering is not decided yet.
    pub(crate) entering: bool,
    /// An agent rang at once, so the entry message is left for when he waits after all.
    pub(crate) entry_owed: bool,
    /// He has the place again that he was cut off from.
    pub(crate) place_again: bool,
    /// Rounds of offers so far (V-23).
    pub(crate) rounds: u32,
    /// The first leg of the present round.
    pub(crate) round_from: u16,
    /// Somebody of the present round let it ring to the end: whoever rings next begins another.
    pub(crate) round_over: bool,
    /// `wait_max` was over while an agent rang (V-26).
    pub(crate) overdue: bool,
    /// What the caller hears.
    pub(crate) hearing: Hearing,
    /// He was offered to be called back; the key counts.
    pub(crate) offered_callback: bool,
    /// He talks with us about a callback.
    pub(crate) asking: Option<crate::callback::Asking>,
}

impl InLine {
    /// Members begin to ring, the first of them on leg `first`, while `ringing` others ring on.
    pub(crate) fn rings(&mut self, first: u16, ringing: usize) {
        if self.begins_round(ringing) {
            self.rounds += 1;
            self.round_from = first;
            self.round_over = false;
        }
    }

    /// Whoever rings next is of another round; one who steps in for a member who rejected or was busy is of the
    /// same (V-35).
    pub(crate) fn begins_round(&self, ringing: usize) -> bool {
        ringing == 0 || self.round_over
    }

    /// Leg `n` rang to the end in vain.
    pub(crate) fn not_answered(&mut self, n: u16) {
        self.round_over |= n >= self.round_from;
    }
}

/// Calls and callbacks that want an agent, by group, first in line first.
#[derive(Debug, Default)]
pub(crate) struct Wanting {
    /// Nobody rings for them.
    hungry: BTreeMap<Number, Lineup<Rank, CallId>>,
    /// Somebody rings, but fewer than could at once.
    wider: BTreeMap<Number, Lineup<Rank, CallId>>,
}

impl Wanting {
    pub(crate) fn want(&mut self, group: Number, rank: Rank, id: CallId) {
        self.hungry.entry(group).or_default().insert(rank, id);
    }

    pub(crate) fn want_more(&mut self, group: Number, rank: Rank, id: CallId) {
        self.wider.entry(group).or_default().insert(rank, id);
    }

    /// `id` wants nobody now.
    pub(crate) fn want_none(&mut self, group: Number, rank: Rank) {
        for lists in [&mut self.hungry, &mut self.wider] {
            if let Some(list) = lists.get_mut(&group) {
                list.remove(&rank);
                if list.is_empty() {
                    lists.remove(&group);
                }
            }
        }
    }

    /// The group has no line any more.
    pub(crate) fn forget(&mut self, group: Number) {
        self.hungry.remove(&group);
        self.wider.remove(&group);
    }

    /// Its place in the line has changed.
    pub(crate) fn re_rank(&mut self, group: Number, old: Rank, new: Rank) {
        for lists in [&mut self.hungry, &mut self.wider] {
            if let Some(list) = lists.get_mut(&group)
                && let Some(id) = list.remove(&old)
            {
                list.insert(new, id);
            }
        }
    }

    /// Whether nobody rings for who stands there.
    pub(crate) fn is_hungry(&self, group: Number, rank: Rank) -> bool {
        self.hungry.get(&group).is_some_and(|list| list.contains_key(&rank))
    }

    /// Those for whom nobody rings.
    pub(crate) fn hungry(&self, group: Number) -> impl Iterator<Item = (Rank, CallId)> + '_ {
        self.hungry.get(&group).into_iter().flatten().map(|(rank, id)| (*rank, *id))
    }

    /// Those who could be rung by one more.
    pub(crate) fn wider(&self, group: Number) -> impl Iterator<Item = (Rank, CallId)> + '_ {
        self.wider.get(&group).into_iter().flatten().map(|(rank, id)| (*rank, *id))
    }

    /// Groups with somebody for whom nobody rings.
    pub(crate) fn groups(&self) -> Vec<Number> {
        self.hungry.keys().copied().collect()
    }
}

impl crate::switchboard::Switchboard {
    /// Where a call or callback stands in a group's line.
    pub(crate) fn rank_of(&self, group: Number, id: CallId) -> Option<Rank> {
        self.saved.groups.get(&group)?.ranks.get(&id).copied()
    }

    /// A call or callback of a line wants nobody now.
    pub(crate) fn want_none(&mut self, group: Number, id: CallId) {
        if let Some(rank) = self.rank_of(group, id) {
            self.wanting.want_none(group, rank);
        }
    }

    /// Panics when lines and those who want an agent do not fit.
    pub(crate) fn check_lines(&self) {
        for (number, saved) in &self.saved.groups {
            assert_eq!(saved.line.len(), saved.ranks.len(), "{number}: one place each");
            let mut entered: Vec<CallId> = saved.entered.keys().map(|(_, id)| *id).collect();
            entered.sort_unstable();
            assert!(entered.iter().eq(saved.visiting.keys()), "{number}: who is inside came in once");
            for (rank, id) in &saved.line {
                assert_eq!(saved.ranks.get(id), Some(rank), "{number}: {id:?} stands where it stands");
                let known = saved.visiting.contains_key(id) || saved.callbacks.contains_key(id);
                assert!(known, "{number}: {id:?} stands in the line and is not inside");
            }
            for (rank, id) in self.wanting.hungry(*number).chain(self.wanting.wider(*number)) {
                assert_eq!(
                    saved.line.get(&rank),
                    Some(&id),
                    "{number}: {id:?} wants an agent and is in line"
                );
            }
            self.check_nobody_waits_in_vain(*number);
        }
    }

    /// Nobody waits while an agent could be offered his call (style, "Tests").
    fn check_nobody_waits_in_vain(&self, number: Number) {
        let Some(free) = self.ready.free(number) else { return };
        for (_, id) in self.wanting.hungry(number) {
            for party in free.values() {
                assert!(!self.would_take(number, id, *party), "{id:?} waits though {party:?} is free");
            }
        }
    }
}
