//! When legs that send by the clock are looked at: a wheel of ticks, so that a tick costs what is due at it and not
//! what there is.
//!
//! Invariant: a leg put for a time is given at the first tick at or after it, or earlier, never later; whoever takes it
//! puts it again. What was put for a leg that has gone is given like any other.

use super::shard::TICK_MS;

/// Ticks ahead that can be told apart; what is due later is given too early.
const TICKS: u64 = 64;

#[derive(Debug)]
pub(super) struct Beat {
    slots: Vec<Vec<u64>>,
    /// The next tick to be given.
    next: u64,
}

impl Default for Beat {
    fn default() -> Beat {
        Beat { slots: (0..TICKS).map(|_| Vec::new()).collect(), next: 0 }
    }
}

impl Beat {
    /// Has the leg given at the tick of a time in milliseconds; gives that tick.
    pub(super) fn put(&mut self, n: u64, due: u64) -> u64 {
        let tick = due.div_ceil(TICK_MS).clamp(self.next, self.next + TICKS - 1);
        self.slots[slot(tick)].push(n);
        tick
    }

    /// Moves the legs of the next tick that has come by `now` into `due`, which is empty; gives the tick. `None`: none
    /// has come.
    pub(super) fn next(&mut self, now: u64, due: &mut Vec<u64>) -> Option<u64> {
        let tick = self.next;
        if tick > now / TICK_MS {
            return None;
        }
        std::mem::swap(&mut self.slots[slot(tick)], due);
        self.next = tick + 1;
        Some(tick)
    }
}

fn slot(tick: u64) -> usize {
    usize::try_from(tick % TICKS).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Nobody is given late, twice or never.
        #[test]
        fn each_is_given_once_and_in_time(rests in proptest::collection::vec(0..2_000_u64, 1..50),
                                          waits in proptest::collection::vec(0..500_u64, 1..50)) {
            let (mut beat, mut now, mut put, mut given) = (Beat::default(), 0, Vec::new(), Vec::new());
            let mut due = Vec::new();
            for (rest, wait) in rests.iter().zip(waits.iter().cycle()) {
                let n = put.len() as u64;
                put.push((now + wait, beat.put(n, now + wait)));
                now += rest;
                while let Some(tick) = beat.next(now, &mut due) {
                    given.extend(due.drain(..).map(|n| (n, tick)));
                }
                for (n, (at, tick)) in put.iter().enumerate() {
                    let times = given.iter().filter(|(leg, _)| *leg == n as u64).count();
                    prop_assert!(times <= 1);
                    prop_assert!(times == 1 || now / TICK_MS < at.div_ceil(TICK_MS), "{n} is late");
                    prop_assert!(times == 0 || given.contains(&(n as u64, *tick)), "{n} at another tick than told");
                }
            }
        }
    }
}
