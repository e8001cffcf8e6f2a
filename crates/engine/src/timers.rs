//! What a switchboard waits for. Timers that fall on one tick go off in the order in which they were set.

use model::id::{CallId, LegId, PartyId};
use model::lineup::Lineup;
use model::number::Number;
use model::table::{Key, Table};
use model::time::Tick;
use smallvec::SmallVec;

/// Why a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The leg has not alerted yet; then it counts as unreachable (K-28).
    Alerting(LegId),
    /// The leg rings; then it counts as not answered.
    Ring(LegId),
    /// An outside member has not pressed 1 yet (K-34).
    Confirm(LegId),
    /// A prompt should have ended long ago; then the call goes on as if it had.
    Prompt(CallId),
    /// All who can be offered the call have missed it; the next round begins.
    Round(CallId),
    /// The call has waited as long as it may (V-21).
    WaitMax(CallId),
    /// The call has waited long enough to gain a level.
    Age(CallId),
    /// The next repeated message (V-45).
    Repeat(CallId),
    /// Work after a call is over (V-36).
    WrapUp(PartyId),
    /// An agent whose offer failed at once can be offered calls again (V-35).
    Rest(PartyId),
    /// A pause has lasted so long that in some group it no longer counts as there (V-22).
    LongPause(PartyId),
    /// The longest wait of a group reaches `close_at_wait` (I-22).
    CloseWait(Number),
    /// A closed group has been below its limits long enough (I-22).
    Reopen(Number),
    /// A callback may be tried again.
    CallbackRest(CallId),
    /// A callback's validity ends (V-52).
    CallbackValid(CallId),
    /// A caller types no further key.
    Keys(CallId),
    /// A camped caller has waited as long as he may (I-18).
    Camp(CallId),
    /// A parked caller has waited as long as he may.
    Park(CallId),
}

/// What a timer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    /// A call or callback, and its legs.
    Call(CallId),
    Party(PartyId),
    Group(Number),
}

impl Key for Owner {
    fn spread(&self) -> u32 {
        match self {
            Owner::Call(call) => call.spread(),
            Owner::Party(party) => party.spread(),
            Owner::Group(group) => group.spread(),
        }
    }
}

impl Timer {
    /// Which row it stands in.
    const fn kind(self) -> usize {
        match self {
            Timer::Alerting(_) => 0,
            Timer::Ring(_) => 1,
            Timer::Confirm(_) => 2,
            Timer::Prompt(_) => 3,
            Timer::Round(_) => 4,
            Timer::WaitMax(_) => 5,
            Timer::Age(_) => 6,
            Timer::Repeat(_) => 7,
            Timer::WrapUp(_) => 8,
            Timer::Rest(_) => 9,
            Timer::LongPause(_) => 10,
            Timer::CloseWait(_) => 11,
            Timer::Reopen(_) => 12,
            Timer::CallbackRest(_) => 13,
            Timer::CallbackValid(_) => 14,
            Timer::Keys(_) => 15,
            Timer::Camp(_) => 16,
            Timer::Park(_) => 17,
        }
    }

    const fn owner(self) -> Owner {
        match self {
            Timer::Alerting(leg) | Timer::Ring(leg) | Timer::Confirm(leg) => Owner::Call(leg.call),
            Timer::Prompt(call)
            | Timer::Round(call)
            | Timer::WaitMax(call)
            | Timer::Age(call)
            | Timer::Repeat(call)
            | Timer::CallbackRest(call)
            | Timer::CallbackValid(call)
            | Timer::Keys(call)
            | Timer::Camp(call)
            | Timer::Park(call) => Owner::Call(call),
            Timer::WrapUp(party) | Timer::Rest(party) | Timer::LongPause(party) => Owner::Party(party),
            Timer::CloseWait(group) | Timer::Reopen(group) => Owner::Group(group),
        }
    }
}

/// How many kinds of timers there are.
const KINDS: usize = 18;

/// When a timer goes off: at the same tick in the order in which they were set.
type Due = (Tick, u64);

/// Timers of one owner, with their places in the rows.
type Few = SmallVec<[(Timer, Due); 2]>;

/// All timers of a switchboard; each at most once.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    /// Those of one kind mostly last the same, so that they go off in the order in which they were set.
    rows: [Lineup<Due, Timer>; KINDS],
    /// Those of each owner: few, and asked for together.
    set: Table<Owner, Few>,
    count: u64,
}

impl Timers {
    /// Sets a timer, or sets it anew.
    pub(crate) fn set(&mut self, timer: Timer, at: Tick) {
        self.cancel(timer);
        self.count += 1;
        let due = (at, self.count);
        self.rows[timer.kind()].insert(due, timer);
        self.set.get_or_insert_with(timer.owner(), SmallVec::new).push((timer, due));
    }

    /// Takes a timer back; one that is not set is passed over.
    pub(crate) fn cancel(&mut self, timer: Timer) {
        self.cancel_all(timer.owner(), &[timer]);
    }

    /// Takes back some timers of a call.
    pub(crate) fn cancel_of(&mut self, call: CallId, timers: &[Timer]) {
        self.cancel_all(Owner::Call(call), timers);
    }

    /// Takes back all timers of a leg.
    pub(crate) fn cancel_leg(&mut self, leg: LegId) {
        self.cancel_of(leg.call, &[Timer::Alerting(leg), Timer::Ring(leg), Timer::Confirm(leg)]);
    }

    fn cancel_all(&mut self, owner: Owner, timers: &[Timer]) {
        let Some(set) = self.set.get_mut(&owner) else { return };
        let rows = &mut self.rows;
        set.retain(|(timer, due)| {
            let cancelled = timers.contains(timer);
            if cancelled {
                rows[timer.kind()].remove(due);
            }
            !cancelled
        });
        if set.is_empty() {
            self.set.remove(&owner);
        }
    }

    /// When it goes off, if it is set.
    pub(crate) fn at(&self, timer: Timer) -> Option<Tick> {
        let set = self.set.get(&timer.owner())?;
        set.iter().find(|(known, _)| *known == timer).map(|(_, (tick, _))| *tick)
    }

    /// Whether it is set.
    pub(crate) fn is_set(&self, timer: Timer) -> bool {
        self.at(timer).is_some()
    }

    /// The next timer.
    pub(crate) fn next(&self) -> Option<(Tick, Timer)> {
        let first = self.rows.iter().filter_map(Lineup::first_key_value).min_by_key(|(due, _)| **due);
        first.map(|((tick, _), timer)| (*tick, *timer))
    }

    /// Takes the next timer that is due at `now`.
    pub(crate) fn take_due(&mut self, now: Tick) -> Option<Timer> {
        let (tick, timer) = self.next()?;
        if tick > now {
            return None;
        }
        self.cancel(timer);
        Some(timer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_of_one_tick_go_off_in_the_order_set() {
        let call = CallId(uuid::Uuid::from_u128(1));
        let leg = |n| LegId { call, n };
        let mut timers = Timers::default();
        timers.set(Timer::Ring(leg(2)), Tick(5));
        timers.set(Timer::Ring(leg(1)), Tick(5));
        timers.set(Timer::Alerting(leg(3)), Tick(4));
        timers.cancel(Timer::Alerting(leg(3)));
        assert_eq!(timers.take_due(Tick(4)), None);
        assert_eq!(timers.take_due(Tick(9)), Some(Timer::Ring(leg(2))));
        assert_eq!(timers.take_due(Tick(9)), Some(Timer::Ring(leg(1))));
        assert_eq!(timers.take_due(Tick(9)), None);
    }
}
