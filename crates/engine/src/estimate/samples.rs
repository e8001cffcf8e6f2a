//! Lengths that were seen, drawn from evenly.

use model::saved::Handled;
use model::time::{Span, Utc};

use super::parts::{Lanes, PARTS, Parts};

/// Newer calls alone are looked at when there are so many.
const RECENT_MIN: usize = 40;

/// What counts as newer: longer ago the day was another.
const RECENT: Span = Span::seconds(2 * 3_600);

/// With fewer examples of so long a length the past says little.
const LONGER_MIN: usize = 3;

/// A length from now, milliseconds.
pub(super) type Millis = u32;

/// Nothing lies so far ahead; sums of two still fit.
pub(super) const NEVER: Millis = 1 << 30;

pub(super) fn millis(span: Span) -> Millis {
    // Sums of a few of them must not overflow.
    u32::try_from(span.0).unwrap_or(u32::MAX).min(1 << 28)
}

/// A sample in order, and the middle of each of its parts.
#[derive(Debug)]
pub(super) struct Sample {
    sorted: Vec<Millis>,
    parts: [Millis; PARTS],
}

impl Sample {
    pub(super) fn of(lengths: impl Iterator<Item = Span>) -> Sample {
        let mut sorted: Vec<Millis> = lengths.map(millis).collect();
        sorted.sort_unstable();
        let parts = std::array::from_fn(|part| pick(&sorted, part).unwrap_or(0));
        Sample { sorted, parts }
    }

    /// Lengths of calls: those of the last two hours where there are enough.
    pub(super) fn of_calls(handled: &Handled, now: Utc) -> Sample {
        let recent = handled.calls.iter().rev().take_while(|(at, _)| now - *at < RECENT).count();
        let skip = if recent >= RECENT_MIN { handled.calls.len() - recent } else { 0 };
        Sample::of(handled.calls.iter().skip(skip).map(|(_, length)| *length))
    }

    /// Nothing but 0 where nothing was seen.
    pub(super) fn draw(&self, parts: &Parts) -> Lanes {
        parts.map(|part| self.parts[usize::from(part) % PARTS])
    }

    pub(super) fn middle(&self) -> Millis {
        self.parts[PARTS / 2]
    }

    /// Those longer than `elapsed`.
    pub(super) fn beyond(&self, elapsed: Millis) -> Beyond<'_> {
        let first = self.sorted.partition_point(|length| *length <= elapsed);
        Beyond { longer: &self.sorted[first..], elapsed }
    }
}

/// What is left of a length of which `elapsed` is over.
#[derive(Debug)]
pub(super) struct Beyond<'a> {
    longer: &'a [Millis],
    elapsed: Millis,
}

impl Beyond<'_> {
    pub(super) fn is_known(&self) -> bool {
        self.longer.len() >= LONGER_MIN
    }

    pub(super) fn draw(&self, parts: &Parts) -> Lanes {
        parts.map(|part| self.part(usize::from(part)))
    }

    pub(super) fn middle(&self) -> Millis {
        self.part(PARTS / 2)
    }

    fn part(&self, part: usize) -> Millis {
        match pick(self.longer, part) {
            Some(length) if self.is_known() => length - self.elapsed,
            // What has lasted very long goes on for about as long again.
            Some(_) | None => {
                let part = part as u64;
                u32::try_from(u64::from(self.elapsed) * (2 * part + 1) / PARTS as u64).unwrap_or(NEVER)
            }
        }
    }
}

fn pick(sorted: &[Millis], part: usize) -> Option<Millis> {
    sorted.get((2 * part + 1) * sorted.len() / (2 * PARTS)).copied()
}
