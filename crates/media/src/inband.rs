//! Keys as tones in the sound (ITU-T Q.23), for phones and lines that know no telephone events.
//!
//! A key is a low and a high tone at once. It is told when two blocks of 12.75 ms after each other hold it, so a press of
//! 40 ms is heard and one of 20 ms is not (ITU-T Q.24); it ends with two blocks without it.

use crate::g711::Law;

/// Samples judged at once.
const BLOCK: usize = 102;
/// 697, 770, 852, 941, then 1,209, 1,336, 1,477 and 1,633 Hz, each as 2 cos(2 pi f / 8,000).
const TONES: [f64; 8] = [
    1.707_737_809_348_901_7,
    1.645_281_036_041_719_6,
    1.568_686_983_866_82,
    1.478_204_568_240_175_9,
    1.164_104_023_027_331_6,
    0.996_370_210_678_981_7,
    0.798_618_389_226_636_2,
    0.568_532_706_775_202,
];
const KEYS: [&[u8; 4]; 4] = [b"123A", b"456B", b"789C", b"*0#D"];
/// Mean square of the weakest key: -30 dBm0.
const POWER_MIN: f64 = 200_000.0;
/// Both tones together are at least this share of the sound: speech has other parts.
const SHARE_MIN: f64 = 0.7;
/// Neither tone is more than 8 dB above the other.
const TWIST_MAX: f64 = 6.3;
/// Each is 6 dB above the others of its kind.
const LEAD_MIN: f64 = 4.0;

/// Hears keys in G.711.
#[derive(Debug, Clone, Default)]
pub struct Inband {
    /// Goertzel's two values for each tone.
    filters: [(f64, f64); 8],
    square: f64,
    count: usize,
    /// Of the block before.
    before: Option<char>,
    /// The key that is being pressed, told already.
    told: Option<char>,
    /// Blocks without it.
    misses: u8,
}

impl Inband {
    /// Takes a packet's payload; the key whose press is heard in it for the first time.
    pub fn packet(&mut self, law: Law, payload: &[u8]) -> Option<char> {
        let mut heard = None;
        for octet in payload {
            let sample = f64::from(law.decode(*octet));
            self.square += sample * sample;
            for ((one, two), tone) in self.filters.iter_mut().zip(TONES) {
                (*one, *two) = (sample + tone * *one - *two, *one);
            }
            self.count += 1;
            if self.count == BLOCK {
                let key = self.judge();
                (self.filters, self.square, self.count) = Default::default();
                heard = heard.or(self.block(key));
            }
        }
        heard
    }

    /// The key in a whole block.
    #[expect(clippy::cast_precision_loss, reason = "a block is short")]
    fn judge(&self) -> Option<char> {
        let samples = BLOCK as f64;
        if self.square < POWER_MIN * samples {
            return None;
        }
        // Of the whole sound, the share of each tone.
        let mut shares = [0.0; 8];
        for ((share, (one, two)), tone) in shares.iter_mut().zip(self.filters).zip(TONES) {
            *share = (one * one + two * two - tone * one * two) * 2.0 / (samples * self.square);
        }
        let (low, high) = shares.split_at(4);
        let ((row, low), (column, high)) = (leader(low)?, leader(high)?);
        let clear = low + high >= SHARE_MIN && low <= high * TWIST_MAX && high <= low * TWIST_MAX;
        clear.then(|| char::from(KEYS[row][column]))
    }

    /// A block with this key, or with none; the key if its press has begun.
    fn block(&mut self, key: Option<char>) -> Option<char> {
        let twice = key.filter(|_| key == self.before && key != self.told);
        self.before = key;
        if twice.is_some() {
            (self.told, self.misses) = (twice, 0);
        } else if key == self.told {
            self.misses = 0;
        } else {
            self.misses = self.misses.saturating_add(1);
            if self.misses >= 2 {
                self.told = None;
            }
        }
        twice
    }
}

/// Which share is the greatest, and how great, if it leads the others.
fn leader(shares: &[f64]) -> Option<(usize, f64)> {
    let (at, most) = shares.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let leads = shares.iter().enumerate().all(|(n, share)| n == at || most >= share * LEAD_MIN);
    leads.then_some((at, most))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    /// Sound of some tones, each with its amplitude, for so many milliseconds.
    fn sound(law: Law, tones: &[(f64, f64)], ms: usize) -> Vec<u8> {
        let sample = |n: usize| {
            let at = |(hertz, amplitude): &(f64, f64)| amplitude * (TAU * hertz * n as f64 / 8_000.0).sin();
            law.encode(tones.iter().map(at).sum::<f64>() as i16)
        };
        (0..ms * 8).map(sample).collect()
    }

    fn keys(law: Law, octets: &[u8]) -> String {
        let mut inband = Inband::default();
        octets.chunks(160).filter_map(|payload| inband.packet(law, payload)).collect()
    }

    fn pair(key: char) -> (f64, f64) {
        let row = KEYS.iter().position(|row| row.contains(&(key as u8))).unwrap();
        let column = KEYS[row].iter().position(|known| *known == key as u8).unwrap();
        ([697.0, 770.0, 852.0, 941.0][row], [1_209.0, 1_336.0, 1_477.0, 1_633.0][column])
    }

    #[test]
    fn each_key_is_heard_once_loud_or_weak_and_a_little_off() {
        for law in [Law::A, Law::Mu] {
            for (loud, quiet) in [(8_000.0, 8_000.0), (9_000.0, 4_500.0), (600.0, 900.0)] {
                for off in [0.985, 1.0, 1.015] {
                    for key in "0123456789*#ABCD".chars() {
                        let (low, high) = pair(key);
                        let press = sound(law, &[(low * off, loud), (high * off, quiet)], 60);
                        let pause = sound(law, &[], 60);
                        let twice = [&pause[..], &press, &pause, &press, &pause].concat();
                        assert_eq!(keys(law, &twice), format!("{key}{key}"), "{law:?} {loud} {quiet} {off}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_long_press_is_one_key_and_keys_may_follow_each_other() {
        let press = |key| {
            let (low, high) = pair(key);
            sound(Law::A, &[(low, 6_000.0), (high, 6_000.0)], 500)
        };
        assert_eq!(keys(Law::A, &[press('1'), press('5'), press('9')].concat()), "159");
    }

    #[test]
    fn what_is_no_key_is_none() {
        let none =
            |tones: &[(f64, f64)], ms| assert_eq!(keys(Law::A, &sound(Law::A, tones, ms)), "", "{tones:?}");
        let (low, high) = pair('5');
        none(&[(low, 6_000.0), (high, 6_000.0)], 20);
        none(&[(425.0, 6_000.0)], 1_000);
        none(&[(low, 6_000.0)], 1_000);
        none(&[(low, 6_000.0), (high, 600.0)], 1_000);
        none(&[(low * 0.965, 6_000.0), (high * 1.035, 6_000.0)], 1_000);
        none(&[(low, 60.0), (high, 60.0)], 1_000);
        // A voice: many parts.
        let voice: Vec<(f64, f64)> = (1..16).map(|n| (150.0 * f64::from(n), 1_500.0)).collect();
        none(&voice, 2_000);
        none(&[(low, 4_000.0), (high, 4_000.0), (500.0, 4_000.0), (2_000.0, 4_000.0)], 1_000);
    }
}
