//! Time as it comes in from outside: a monotonic tick for timers, UTC for facts, spans for settings.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Monotonic milliseconds since an origin of the host's choice. Drives timers, never printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tick(pub u64);

/// Microseconds since 1970-01-01T00:00:00Z. Stamps facts and feeds calendars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Utc(pub i64);

/// The moment of an input, as the host saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Now {
    /// For timers.
    pub tick: Tick,
    /// For facts.
    pub utc: Utc,
}

impl Add<Span> for Tick {
    type Output = Tick;
    fn add(self, span: Span) -> Tick {
        Tick(self.0.saturating_add(span.0))
    }
}

impl Sub<Utc> for Utc {
    type Output = Span;
    /// The time from `earlier` to `self`; zero when `earlier` is later.
    fn sub(self, earlier: Utc) -> Span {
        Span(u64::try_from((self.0 - earlier.0) / 1_000).unwrap_or(0))
    }
}

impl Add<Span> for Utc {
    type Output = Utc;
    fn add(self, span: Span) -> Utc {
        Utc(self.0.saturating_add(i64::try_from(span.0.saturating_mul(1_000)).unwrap_or(i64::MAX)))
    }
}

/// A length of time in milliseconds, written as `"500ms"`, `"15s"`, `"5min"`, `"2h"`, `"30d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(pub u64);

impl Span {
    /// `n` seconds.
    pub const fn seconds(n: u64) -> Span {
        Span(n * 1_000)
    }
    /// Whole seconds, rounded down.
    pub const fn whole_seconds(self) -> u64 {
        self.0 / 1_000
    }
    /// The nearest second, half a second up: what is measured between two readings of the wall clock is a hair more
    /// or less than what a timer was set to.
    pub const fn nearest_second(self) -> u64 {
        self.0.saturating_add(500) / 1_000
    }
}

/// Why a text is no span.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no duration: a whole number and one of ms, s, min, h, d, as \"15s\"")]
pub struct SpanError(pub String);

const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("ms", 1), ("s", 1_000)];

impl FromStr for Span {
    type Err = SpanError;
    fn from_str(text: &str) -> Result<Span, SpanError> {
        let fault = || SpanError(text.chars().take(32).collect());
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let number: u64 = number.parse().map_err(|_| fault())?;
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(fault)?;
        number.checked_mul(*factor).map(Span).ok_or_else(fault)
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;
    fn try_from(text: String) -> Result<Span, SpanError> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> String {
        span.to_string()
    }
}

impl fmt::Display for Span {
    /// In the largest unit that divides it, up to minutes as people write them (`90s`, not `1.5min`).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, factor) in UNITS {
            if factor != 1 && self.0 != 0 && self.0.is_multiple_of(factor) {
                return write!(f, "{}{name}", self.0 / factor);
            }
        }
        if self.0 == 0 { f.write_str("0s") } else { write!(f, "{}ms", self.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_and_print_with_a_unit() {
        for (text, ms) in [("500ms", 500), ("15s", 15_000), ("5min", 300_000), ("2h", 7_200_000), ("0s", 0)] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.0, ms);
            assert_eq!(span.to_string(), text);
        }
        for bad in ["", "15", "s", "-1s", "1.5s", "15 s", "99999999999999999999s", "18446744073709551615d"] {
            assert!(bad.parse::<Span>().is_err(), "{bad}");
        }
    }

    #[test]
    fn utc_difference_is_never_negative() {
        assert_eq!(Utc(1_000) - Utc(5_000), Span(0));
        assert_eq!(Utc(5_000) - Utc(1_000), Span(4));
    }
}
