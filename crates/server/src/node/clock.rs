//! The one place where the platform reads the clocks for its switchboards.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use model::time::{Now, Tick, Utc};

/// Gives `Now`; the tick counts from the start of the process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    origin: Instant,
}

impl Clock {
    pub(crate) fn start() -> Clock {
        Clock { origin: Instant::now() }
    }

    pub(crate) fn now(&self) -> Now {
        let tick = Tick(u64::try_from(self.origin.elapsed().as_millis()).unwrap_or(u64::MAX));
        Now { tick, utc: utc_now() }
    }

    /// When `tick` will be.
    pub(crate) fn instant(&self, tick: Tick) -> Instant {
        self.origin + std::time::Duration::from_millis(tick.0)
    }
}

/// Wall-clock time.
pub(crate) fn utc_now() -> Utc {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Utc(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
