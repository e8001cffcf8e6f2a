//! Sound without end: music while somebody waits, a tone. Its position is the clock's, so all listeners of one
//! piece hear the same at the same time, and a listener costs no more than a pointer.

use std::sync::Arc;

use crate::clip::{Clip, RATE};
use crate::g711::Law;

/// A clip over and over.
#[derive(Debug, Clone)]
pub struct Endless {
    clip: Arc<Clip>,
    begins_ms: u64,
}

impl Endless {
    /// `clip` from its beginning at `begins_ms` of the clock; music that all share begins at 0.
    pub fn new(clip: Arc<Clip>, begins_ms: u64) -> Endless {
        Endless { clip, begins_ms }
    }

    /// Fills `out` with the `size` octets of `law` that are due at `at_ms`; `false`: there is no sound in it.
    pub fn at(&self, at_ms: u64, law: Law, size: usize, out: &mut Vec<u8>) -> bool {
        out.clear();
        let octets = self.clip.octets(law);
        if octets.is_empty() {
            return false;
        }
        let passed = at_ms.saturating_sub(self.begins_ms).wrapping_mul(RATE as u64 / 1_000);
        let mut from = usize::try_from(passed % octets.len() as u64).unwrap_or(0);
        while out.len() < size {
            let end = octets.len().min(from + size - out.len());
            out.extend_from_slice(&octets[from..end]);
            from = 0;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counting() -> Arc<Clip> {
        let samples: Vec<i16> = (0..1_000).map(|n| n * 8).collect();
        Arc::new(Clip::of_samples(&samples))
    }

    #[test]
    fn packets_follow_one_another_without_gaps_over_the_end() {
        let music = Endless::new(counting(), 0);
        let (mut packet, mut all) = (Vec::new(), Vec::new());
        for n in 0..50 {
            assert!(music.at(n * 20, Law::A, 160, &mut packet));
            all.extend_from_slice(&packet);
        }
        let clip = counting();
        let whole: Vec<u8> = clip.octets(Law::A).iter().copied().cycle().take(8_000).collect();
        assert_eq!(all, whole);
    }

    #[test]
    fn who_comes_later_hears_what_the_others_hear() {
        let clip = counting();
        let (early, late) = (Endless::new(clip.clone(), 0), Endless::new(clip, 0));
        let (mut one, mut other) = (Vec::new(), Vec::new());
        early.at(0, Law::Mu, 160, &mut one);
        early.at(123_460, Law::Mu, 160, &mut one);
        late.at(123_460, Law::Mu, 160, &mut other);
        assert_eq!(one, other);
    }

    #[test]
    fn a_tone_begins_when_it_is_asked_for() {
        let clip = counting();
        let mut out = Vec::new();
        Endless::new(clip.clone(), 777).at(777, Law::A, 80, &mut out);
        assert_eq!(out, clip.octets(Law::A)[..80]);
    }
}
