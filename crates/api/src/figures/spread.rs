//! How lengths of time spread: average, percentiles, longest.

use model::time::Span;

/// How lengths of time spread. All zero when there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// Of all.
    pub average: Span,
    /// Half are at most so long.
    pub p50: Span,
    /// Nine in ten.
    pub p90: Span,
    /// Nineteen in twenty.
    pub p95: Span,
    /// The longest.
    pub max: Span,
}

impl Spread {
    pub(super) fn of(mut lengths: Vec<Span>) -> Spread {
        lengths.sort_unstable();
        let Some(max) = lengths.last().copied() else { return Spread::default() };
        let count = lengths.len();
        // By nearest rank: the shortest length that so many percent do not exceed.
        let rank = |percent: usize| lengths[(count * percent).div_ceil(100).max(1) - 1];
        let sum: u64 = lengths.iter().map(|length| length.0).sum();
        Spread {
            count: count as u64,
            average: Span(sum / count as u64),
            p50: rank(50),
            p90: rank(90),
            p95: rank(95),
            max,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_lengths_that_occurred() {
        assert_eq!(Spread::of(Vec::new()), Spread::default());
        let one = Spread::of(vec![Span(7)]);
        assert_eq!((one.average, one.p50, one.p95, one.max), (Span(7), Span(7), Span(7), Span(7)));
        let hundred = Spread::of((1..=100).rev().map(Span).collect());
        assert_eq!((hundred.p50, hundred.p90, hundred.p95), (Span(50), Span(90), Span(95)));
        assert_eq!((hundred.count, hundred.average, hundred.max), (100, Span(50), Span(100)));
        let ten = Spread::of((1..=10).map(Span).collect());
        assert_eq!((ten.p50, ten.p90, ten.p95), (Span(5), Span(9), Span(10)));
    }
}
