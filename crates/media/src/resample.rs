//! Sound of any rate brought to 8,000 Hz while it is read, by a windowed sinc that lets through what a telephone does.
//!
//! Rates are whole numbers, so that samples fall between those of the file in few ways: each has its weights once.

use std::f64::consts::PI;

use crate::clip::RATE;

/// Zeros of the sinc on each side.
const ZEROS: f64 = 16.0;

/// Above this share of half the lower rate nothing remains; the rest is room for the filter's slope.
const PASSED: f64 = 0.94;

/// The weights of one way to fall between samples.
struct Phase {
    /// How many samples before the one at or before the place are weighed.
    before: usize,
    weights: Vec<f32>,
}

/// Takes samples of one rate and gives them at 8,000 Hz.
pub(crate) struct Resampler {
    /// Steps of the file's rate and of ours between two samples that fall together.
    down: usize,
    up: usize,
    phases: Vec<Phase>,
    /// Samples of the file that are still needed, from the one of number `first` on.
    held: Vec<f32>,
    first: usize,
    pub(crate) out: Vec<f32>,
}

impl Resampler {
    pub(crate) fn from(rate: u32) -> Resampler {
        let rate = rate as usize;
        let shared = divisor(rate, RATE);
        let (down, up) = (rate / shared, RATE / shared);
        let cutoff = PASSED * RATE.min(rate) as f64 / rate as f64;
        let phases = if rate == RATE {
            vec![Phase { before: 0, weights: vec![1.0] }]
        } else {
            (0..up).map(|phase| Phase::at(phase as f64 / up as f64, cutoff)).collect()
        };
        Resampler { down, up, phases, held: Vec::new(), first: 0, out: Vec::new() }
    }

    pub(crate) fn take(&mut self, samples: impl Iterator<Item = f32>) {
        self.held.extend(samples);
        let end = self.first + self.held.len();
        loop {
            let (at, phase) = self.next();
            if at + phase.weights.len() - phase.before > end {
                break;
            }
            let sample = self.weighed(at, phase);
            self.out.push(sample);
        }
        let (at, _) = self.next();
        // None needs more of what is before it than one that falls on a sample.
        let most = self.phases[0].before;
        let passed = at.saturating_sub(most).saturating_sub(self.first).min(self.held.len());
        self.held.drain(..passed);
        self.first += passed;
    }

    /// All of it, to the last sample.
    pub(crate) fn end(mut self) -> Vec<f32> {
        let count = (self.first + self.held.len()) * self.up / self.down;
        while self.out.len() < count {
            let (at, phase) = self.next();
            let sample = self.weighed(at, phase);
            self.out.push(sample);
        }
        self.out
    }

    /// Where the next sample falls: at or behind which one of the file, and how.
    fn next(&self) -> (usize, &Phase) {
        let steps = self.out.len() * self.down;
        (steps / self.up, &self.phases[steps % self.up])
    }

    fn weighed(&self, at: usize, phase: &Phase) -> f32 {
        let from = at.saturating_sub(phase.before).max(self.first);
        let skipped = from + phase.before - at;
        let held = self.held.get(from - self.first..).unwrap_or_default();
        let weights = phase.weights.get(skipped..).unwrap_or_default();
        let sum: f32 = held.iter().zip(weights).map(|(sample, weight)| sample * weight).sum();
        if skipped == 0 && held.len() >= weights.len() {
            return sum;
        }
        // At the ends some are missing: the others weigh more.
        let there: f32 = weights.iter().take(held.len()).sum();
        if there.abs() < 1e-9 { 0.0 } else { sum / there }
    }
}

impl Phase {
    /// For a place so far behind a sample.
    fn at(behind: f64, cutoff: f64) -> Phase {
        let half = (ZEROS / cutoff).ceil();
        let before = (half - behind).floor() as usize;
        let after = (half + behind).floor() as usize;
        let weight = |n: usize| {
            let distance = n as f64 - before as f64 - behind;
            sinc(cutoff * distance) * (0.5 + 0.5 * (PI * distance / half).cos())
        };
        let weights: Vec<f64> = (0..=before + after).map(weight).collect();
        let sum: f64 = weights.iter().sum();
        Phase { before, weights: weights.iter().map(|weight| (weight / sum) as f32).collect() }
    }
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, hertz: f64) -> Vec<f32> {
        (0..rate).map(|n| (2.0 * PI * hertz * f64::from(n) / f64::from(rate)).sin() as f32).collect()
    }

    /// Whatever packets it comes in, the sound is the tone sampled at 8,000 Hz.
    #[test]
    fn the_pieces_in_which_it_comes_are_not_heard() {
        for rate in [4_000, 8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 192_000] {
            let given = tone(rate, 700.0);
            let by = |size: usize| {
                let mut resampler = Resampler::from(rate);
                given.chunks(size).for_each(|piece| resampler.take(piece.iter().copied()));
                resampler.end()
            };
            let (small, whole) = (by(7), by(given.len()));
            assert_eq!(small, whole, "{rate} Hz");
            assert_eq!(whole.len(), RATE, "{rate} Hz");
            let right = tone(8_000, 700.0);
            let middle = 200..RATE - 200;
            let off = middle.map(|n| (whole[n] - right[n]).abs()).fold(0.0_f32, f32::max);
            assert!(off < 0.01, "{rate} Hz: off by {off}");
        }
    }
}
