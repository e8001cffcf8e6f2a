//! Time as the stack sees it: monotonic milliseconds from a start the caller chose.

use std::ops::{Add, Sub};

/// A moment, in milliseconds since some fixed start. Only differences mean anything.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default, Hash)]
pub struct Millis(pub u64);

impl Add<u64> for Millis {
    type Output = Millis;

    /// The moment `span_ms` later; the end of time is never passed.
    fn add(self, span_ms: u64) -> Millis {
        Millis(self.0.saturating_add(span_ms))
    }
}

impl Sub for Millis {
    type Output = u64;

    /// Milliseconds from `earlier` to here, 0 if `earlier` is later.
    fn sub(self, earlier: Millis) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}
