//! The tones a caller knows (behaviour, "Every call"): 425 Hz, with pauses.

use crate::clip::Clip;
use crate::g711::Law;

/// Samples a second.
const RATE: usize = 8_000;

/// A tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// 1 s on, 4 s off, beginning with sound.
    Ringing,
    /// 0.5 s on, 0.5 s off.
    Busy,
}

/// One period of a tone, to be repeated. 425 Hz fits whole into half a second only as 212.5 periods, so the
/// phase begins anew with each sound, as in the network.
pub fn clip(tone: Tone) -> Clip {
    Clip::of_octets(period(tone))
}

fn period(tone: Tone) -> Vec<u8> {
    let (on, off) = match tone {
        Tone::Ringing => (RATE, 4 * RATE),
        Tone::Busy => (RATE / 2, RATE / 2),
    };
    let sound = (0..on).map(|n| Law::A.encode(sample(n)));
    sound.chain(std::iter::repeat_n(Law::A.silence(), off)).collect()
}

/// -13 dBm0: full scale is +3.14 dBm0, so the amplitude is 10^(-16.14/20) of it.
fn sample(n: usize) -> i16 {
    #[expect(clippy::cast_precision_loss, reason = "below 8,000")]
    let phase = 425.0 * std::f64::consts::TAU * n as f64 / 8_000.0;
    #[expect(clippy::cast_possible_truncation, reason = "at most 5,110")]
    let value = (phase.sin() * 32_767.0 * 0.156).round() as i16;
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_begin_with_sound_and_have_their_cadence() {
        let ringing = period(Tone::Ringing);
        assert_eq!(ringing.len(), 5 * RATE);
        let loud = |part: &[u8]| part.iter().any(|octet| Law::A.decode(*octet).abs() > 1_000);
        assert!(loud(&ringing[..80]));
        assert!(loud(&ringing[RATE - 80..RATE]));
        assert!(!loud(&ringing[RATE..]));
        assert_eq!(period(Tone::Busy).len(), RATE);
    }
}
