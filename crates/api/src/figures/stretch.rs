//! Stretches of time: sets of moments as ordered intervals that do not touch.

use model::time::{Span, Utc};

/// A set of moments. Invariant: its intervals are not empty, in order, and do not touch each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stretch(Vec<(Utc, Utc)>);

impl Stretch {
    /// All moments of some intervals; empty ones and those that end before they begin hold none.
    pub(super) fn of(intervals: impl IntoIterator<Item = (Utc, Utc)>) -> Stretch {
        let mut sorted: Vec<(Utc, Utc)> = intervals.into_iter().filter(|(from, to)| from < to).collect();
        sorted.sort_unstable();
        let mut joined: Vec<(Utc, Utc)> = Vec::with_capacity(sorted.len());
        for (from, to) in sorted {
            match joined.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                Some(_) | None => joined.push((from, to)),
            }
        }
        Stretch(joined)
    }

    /// Moments of either.
    pub(super) fn or(&self, other: &Stretch) -> Stretch {
        Stretch::of(self.0.iter().chain(&other.0).copied())
    }

    /// Moments of both.
    pub(super) fn and(&self, other: &Stretch) -> Stretch {
        let mut both = Vec::new();
        let (mut mine, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some(a), Some(b)) = (mine.peek(), theirs.peek()) {
            both.push((a.0.max(b.0), a.1.min(b.1)));
            if a.1 < b.1 {
                mine.next()
            } else {
                theirs.next()
            };
        }
        Stretch::of(both)
    }

    /// Moments of this one that are not in the other.
    pub(super) fn without(&self, other: &Stretch) -> Stretch {
        let mut rest = Vec::new();
        for (from, to) in &self.0 {
            let mut at = *from;
            for (gone, back) in other.0.iter().filter(|(gone, back)| gone < to && back > from) {
                rest.push((at, *gone));
                at = at.max(*back);
            }
            rest.push((at, *to));
        }
        Stretch::of(rest)
    }

    /// Its intervals, in order.
    pub(super) fn intervals(&self) -> impl Iterator<Item = (Utc, Utc)> + '_ {
        self.0.iter().copied()
    }

    /// How long all of it is.
    pub(super) fn length(&self) -> Span {
        Span(self.0.iter().map(|(from, to)| (*to - *from).0).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(intervals: &[(i64, i64)]) -> Stretch {
        Stretch::of(intervals.iter().map(|(from, to)| (Utc(*from), Utc(*to))))
    }

    /// The same by looking at each moment.
    fn moments(stretch: &Stretch) -> Vec<i64> {
        (0..40).filter(|at| stretch.0.iter().any(|(from, to)| from.0 <= *at && *at < to.0)).collect()
    }

    #[test]
    fn sets_of_moments_are_as_looking_at_each_moment_says() {
        let sets = [
            set(&[]),
            set(&[(5, 5), (9, 3)]),
            set(&[(0, 10)]),
            set(&[(20, 30), (0, 10), (10, 12)]),
            set(&[(3, 4), (5, 8), (7, 22), (29, 35)]),
            set(&[(0, 40)]),
        ];
        for a in &sets {
            for b in &sets {
                let (in_a, in_b) = (moments(a), moments(b));
                let expected = |keep: &dyn Fn(bool, bool) -> bool| -> Vec<i64> {
                    (0..40).filter(|at| keep(in_a.contains(at), in_b.contains(at))).collect()
                };
                assert_eq!(moments(&a.or(b)), expected(&|a, b| a || b), "{a:?} or {b:?}");
                assert_eq!(moments(&a.and(b)), expected(&|a, b| a && b), "{a:?} and {b:?}");
                assert_eq!(moments(&a.without(b)), expected(&|a, b| a && !b), "{a:?} without {b:?}");
            }
        }
    }

    #[test]
    fn the_length_is_in_milliseconds() {
        assert_eq!(set(&[(0, 1_500_000), (2_000_000, 2_500_000)]).length(), Span(2_000));
    }
}
