//! An agent has come free: of all his groups, who is next (by level, then by the longest wait), whatever group asked
//! first.

use std::collections::BTreeSet;

use model::fact::Rank;
use model::id::{CallId, PartyId};
use model::number::Number;

use crate::switchboard::Switchboard;

impl Switchboard {
    /// Offers a free agent the next call or callback of his groups, until he has one or nobody wants him.
    pub(crate) fn serve(&mut self, party: PartyId) {
        self.serve_before(party, None);
    }

    /// Several came free by one input: those who wait in any of their groups are offered in the order of their places,
    /// so that nobody is given an agent whom another waits for longer.
    pub(crate) fn serve_in_order(&mut self) {
        let mut numbers = BTreeSet::new();
        for party in &self.pending.freed {
            numbers.extend(self.saved.memberships.get(party).into_iter().flatten().copied());
        }
        let hungry = numbers
            .into_iter()
            .flat_map(|number| self.wanting.hungry(number).map(move |(rank, id)| (rank, number, id)));
        let mut hungry: Vec<(Rank, Number, CallId)> = hungry.collect();
        hungry.sort_unstable();
        for (rank, number, id) in hungry {
            let takes = |party: &PartyId| self.would_take(number, id, *party);
            let free = self.ready.free(number).is_some_and(|free| free.values().any(takes));
            if !(free && self.wanting.is_hungry(number, rank)) {
                continue;
            }
            if self.ghosts.contains_key(&id) {
                self.offer_ghost(id);
            } else {
                self.with_call(id, Switchboard::offer_on);
            }
        }
    }

    /// Before a call that enters now may have those who came free by the same input, those who stand before it are
    /// served.
    pub(super) fn serve_those_before(&mut self, rank: Rank) {
        let freed = std::mem::take(&mut self.pending.freed);
        for party in &freed {
            self.serve_before(*party, Some(rank));
        }
        self.pending.freed.extend(freed);
    }

    fn serve_before(&mut self, party: PartyId, limit: Option<Rank>) {
        // Every turn takes one out of those who want somebody; a round of equals is bounded by the calls there are.
        while let Some((rank, number, id)) = self.next_for(party) {
            if limit.is_some_and(|limit| limit < rank) {
                return;
            }
            if self.ghosts.contains_key(&id) {
                self.offer_ghost(id);
            } else {
                self.with_call(id, Switchboard::offer_on);
            }
            let still = self.rank_of(number, id).is_some_and(|rank| self.wanting.is_hungry(number, rank));
            if still || !self.ready.contains(party, number) {
                return;
            }
        }
    }

    /// The first who would take this agent: those for whom nobody rings before those who could be rung by one more.
    fn next_for(&mut self, party: PartyId) -> Option<(Rank, Number, CallId)> {
        let groups: Vec<Number> = self
            .saved
            .memberships
            .get(&party)
            .into_iter()
            .flatten()
            .filter(|number| self.ready.contains(party, **number))
            .copied()
            .collect();
        let mut best: Option<(Rank, Number, CallId)> = None;
        for number in &groups {
            let mut missed = Vec::new();
            for (rank, id) in self.wanting.hungry(*number) {
                if best.is_some_and(|(first, ..)| first < rank) {
                    break;
                }
                if self.would_take(*number, id, party) {
                    best = Some((rank, *number, id));
                    break;
                }
                missed.push(id);
            }
            for id in missed {
                self.round_after_pause(id);
            }
        }
        if best.is_none() {
            let wider = |number: &Number| {
                let first = self.wanting.wider(*number).find(|(_, id)| self.would_take(*number, *id, party));
                first.map(|(rank, id)| (rank, *number, id))
            };
            best = groups.iter().filter_map(wider).min();
        }
        best
    }

    /// Whether a call or callback that wants somebody would be offered to this agent now.
    pub(crate) fn would_take(&self, number: Number, id: CallId, party: PartyId) -> bool {
        if let Some(ghost) = self.ghosts.get(&id) {
            return ghost.can_offer(party);
        }
        let offering = self.calls.get(&id).and_then(|call| call.offering());
        offering.is_some_and(|offering| offering.group == number && offering.can_offer(party))
    }
}
