//! Chance that comes again: splitmix64, and lengths of time drawn from it.

/// A stream of chance.
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The same seed, the same stream.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x6865_6c69_6e00)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` to `high`, both included.
    pub fn within(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// Whether something of this many percent happens.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.within(1, 100) <= percent
    }

    /// A number between 0 and 1, neither of them.
    pub fn unit(&mut self) -> f64 {
        ((self.next() >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// A draw of the normal distribution.
    fn normal(&mut self) -> f64 {
        let (radius, turn) = (self.unit(), self.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * turn).cos()
    }
}

/// How long something takes, in milliseconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Lengths {
    /// Always this.
    Fixed(u64),
    /// Exponential, of this mean.
    Exponential(u64),
    /// Lognormal: of this median, and of this standard deviation of the logarithm.
    Lognormal(u64, f64),
    /// Pareto: never shorter than this, with this exponent; the smaller, the heavier the tail.
    Pareto(u64, f64),
    /// One of those seen, each as likely as another.
    Seen(Vec<u64>),
}

impl Lengths {
    /// The mean of many draws, milliseconds.
    pub fn mean(&self) -> f64 {
        match self {
            Lengths::Fixed(length) | Lengths::Exponential(length) => *length as f64,
            Lengths::Lognormal(median, sigma) => *median as f64 * (sigma * sigma / 2.0).exp(),
            Lengths::Pareto(least, exponent) if *exponent > 1.0 => {
                *least as f64 * exponent / (exponent - 1.0)
            }
            Lengths::Pareto(..) => 86_400_000.0,
            Lengths::Seen(seen) => seen.iter().sum::<u64>() as f64 / (seen.len() as f64).max(1.0),
        }
    }

    /// Draws one; a day is the longest there is.
    pub fn draw(&self, chance: &mut Chance) -> u64 {
        let drawn = match self {
            Lengths::Fixed(length) => return *length,
            Lengths::Seen(seen) if seen.is_empty() => return 0,
            Lengths::Seen(seen) => {
                let at = chance.within(0, seen.len() as u64 - 1);
                return seen[usize::try_from(at).unwrap_or(0)];
            }
            Lengths::Exponential(mean) => -chance.unit().ln() * *mean as f64,
            Lengths::Lognormal(median, sigma) => *median as f64 * (sigma * chance.normal()).exp(),
            Lengths::Pareto(least, exponent) => *least as f64 * chance.unit().powf(-1.0 / exponent),
        };
        drawn.clamp(1.0, 86_400_000.0) as u64
    }
}
