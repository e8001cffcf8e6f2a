//! Who can be offered a call right now, per group, in the order of its distribution; and how many are there at all.
//!
//! Derived from saved state and settings and kept beside them so that a pick looks only at those it may offer.
//! Invariant: a member stands here exactly when he is logged in, in no call, not being rung, not paused, not working
//! after a call, and not kept away by his presence (K-18, K-40, V-32, V-36); in a group with a queue also only when
//! he has a device to reach and is not left alone after a failed offer (V-22, V-35).

use std::collections::BTreeMap;

use model::config::Group;
use model::id::PartyId;
use model::lineup::Lineup;
use model::number::Number;
use model::saved::{SavedAgent, SavedState};
use model::table::Table;
use model::time::Utc;
use smallvec::SmallVec;

use crate::distribution::{Candidate, Standing, reads_settings, standing};
use crate::settings::Settings;

/// Offerable members of all groups.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Ready {
    groups: BTreeMap<Number, Lineup<Standing, PartyId>>,
    /// What each member is in his groups, in their order; groups in which he is nothing are left out.
    seats: Table<PartyId, SmallVec<[Seat; 2]>>,
    /// How many members of groups with a queue are there: able to take a call now or when they come free (V-22).
    there: BTreeMap<Number, usize>,
}

/// What a member is in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seat {
    group: Number,
    /// Where he stands among those who can be offered a call, if he can.
    standing: Option<Standing>,
    /// In a group with a queue: he is there.
    there: bool,
}

impl Seat {
    fn nothing(group: Number) -> Seat {
        Seat { group, standing: None, there: false }
    }
}

/// What looking at a party again has brought.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// He can be offered calls of some group now, and could not before.
    pub(crate) freed: bool,
    /// Groups in which nobody is there any more.
    pub(crate) deserted: Vec<Number>,
}

impl Ready {
    /// From the state as a whole.
    pub(crate) fn of(state: &SavedState, settings: &Settings, now: Utc) -> Ready {
        let mut ready = Ready::default();
        for party in state.memberships.keys() {
            ready.refresh(state, settings, *party, now);
        }
        ready
    }

    /// Looks at one party again in all his groups.
    pub(crate) fn refresh(
        &mut self,
        state: &SavedState,
        settings: &Settings,
        party: PartyId,
        now: Utc,
    ) -> Changed {
        let mut changed = Changed::default();
        let Some(numbers) = state.memberships.get(&party) else { return changed };
        let look = Look { state, settings, party, agent: state.agents.get(&party), now };
        for number in numbers {
            let group = settings.config.groups.get(number);
            let seat = group.map_or(Seat::nothing(*number), |group| look.seat(group));
            let before = self.sit(party, seat);
            changed.freed |= before.standing.is_none() && seat.standing.is_some();
            // Of a group that is gone, or has no line any more, nobody needs to be told.
            let in_queue = group.is_some_and(|group| group.queue.is_some());
            if in_queue && before.there && !self.is_staffed(*number) {
                changed.deserted.push(*number);
            }
        }
        changed
    }

    /// Takes a party out of one group for good. `true`: he was the last who was there.
    pub(crate) fn remove(&mut self, party: PartyId, group: Number) -> bool {
        self.sit(party, Seat::nothing(group)).there && !self.is_staffed(group)
    }

    /// Gives a member what he is in a group now; what he was.
    fn sit(&mut self, party: PartyId, seat: Seat) -> Seat {
        let before = self.seat(party, seat.group);
        if before == seat {
            return before;
        }
        self.note(party, seat);
        if before.standing != seat.standing {
            let list = self.groups.entry(seat.group).or_default();
            if let Some(old) = before.standing {
                list.remove(&old);
            }
            if let Some(new) = seat.standing {
                list.insert(new, party);
            }
            if list.is_empty() {
                self.groups.remove(&seat.group);
            }
        }
        if before.there != seat.there {
            let there = self.there.entry(seat.group).or_default();
            *there = if seat.there { *there + 1 } else { *there - 1 };
            if *there == 0 {
                self.there.remove(&seat.group);
            }
        }
        before
    }

    fn seat(&self, party: PartyId, group: Number) -> Seat {
        let seats = self.seats.get(&party);
        let known = seats.and_then(|seats| seats.iter().find(|seat| seat.group == group));
        known.copied().unwrap_or(Seat::nothing(group))
    }

    fn note(&mut self, party: PartyId, seat: Seat) {
        let seats = self.seats.get_or_insert_with(party, SmallVec::new);
        let at = seats.binary_search_by_key(&seat.group, |known| known.group);
        match (at, seat == Seat::nothing(seat.group)) {
            (Ok(at), false) => seats[at] = seat,
            (Ok(at), true) => drop(seats.remove(at)),
            (Err(at), false) => seats.insert(at, seat),
            (Err(_), true) => {}
        }
        if seats.is_empty() {
            self.seats.remove(&party);
        }
    }

    /// Those who can be offered calls of a group, the first first.
    pub(crate) fn free(&self, group: Number) -> Option<&Lineup<Standing, PartyId>> {
        self.groups.get(&group)
    }

    /// Whether he can be offered a call of the group.
    pub(crate) fn contains(&self, party: PartyId, group: Number) -> bool {
        self.seat(party, group).standing.is_some()
    }

    /// Whether anybody is there to answer, now or later (V-22).
    pub(crate) fn is_staffed(&self, group: Number) -> bool {
        self.there.contains_key(&group)
    }
}

/// At whom it looks: what is the same in all his groups is looked up once.
struct Look<'a> {
    state: &'a SavedState,
    settings: &'a Settings,
    party: PartyId,
    agent: Option<&'a SavedAgent>,
    now: Utc,
}

impl Look<'_> {
    fn seat(&self, group: &Group) -> Seat {
        let nothing = Seat::nothing(group.number);
        let in_queue = group.queue.is_some();
        let member = self.state.groups.get(&group.number).and_then(|entry| entry.members.get(&self.party));
        let Some(member) = member.filter(|member| member.place.is_some()) else { return nothing };
        // Busy, ringing and wrap-up count as there, whatever his phone or presence says meanwhile: a registration
        // that lapses in a talk, a presence that follows it, must not send the line away. What they say counts when
        // it ends.
        if self.agent.is_some_and(|agent| !agent.busy.is_empty() || agent.wrap_up.is_some()) {
            return Seat { there: in_queue, ..nothing };
        }
        if self.settings.is_red(self.state, group, self.party) || (in_queue && !self.is_reachable(group)) {
            return nothing;
        }
        let paused = self.agent.is_some_and(|agent| agent.paused.is_some());
        let resting = self.agent.is_some_and(|agent| agent.resting.is_some());
        let free = !(paused || in_queue && resting);
        let standing = free.then(|| {
            // Looked up only where it counts: this is the path of every call.
            let set = reads_settings(group).then(|| self.settings.member(group.number, self.party)).flatten();
            standing(group, &Candidate { party: self.party, set, member, agent: self.agent })
        });
        Seat { standing, there: in_queue && !self.pauses_too_long(group), ..nothing }
    }

    fn is_reachable(&self, group: &Group) -> bool {
        let reach = self.agent.map(|agent| agent.reach).unwrap_or_default();
        self.settings.rings(group, self.party, reach)
    }

    /// A pause counts as there unless it has lasted longer than callers may wait (V-22).
    fn pauses_too_long(&self, group: &Group) -> bool {
        let wait_max = group.queue.as_ref().and_then(|queue| queue.wait_max);
        let paused = self.agent.and_then(|agent| agent.paused.as_ref());
        match (paused, wait_max) {
            (Some(pause), Some(wait_max)) => self.now - pause.since >= wait_max,
            (_, _) => false,
        }
    }
}
