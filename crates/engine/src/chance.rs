//! Chance from a seed: the same seed, the same draws (splitmix64).

use model::id::Seed;

/// A stream of chance.
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: Seed) -> Self {
        Self(seed.0)
    }

    /// Any number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `count`; 0 when there is none.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let count = (count as u64).max(1);
        // The widening product maps the draw onto the range without a bias worth speaking of.
        let wide = u128::from(self.next()) * u128::from(count);
        usize::try_from(wide >> 64).unwrap_or(0)
    }
}
