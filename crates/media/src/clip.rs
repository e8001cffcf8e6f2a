//! Clips: audio decoded once, held once, shared by all listeners; and players that hand it out packet by packet.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use crate::g711::Law;

/// Longest clip, seconds.
pub const CLIP_SECONDS_MAX: usize = 600;

/// Samples a second of everything here.
pub const RATE: usize = 8_000;

/// Why a WAV file is no clip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WavError {
    /// No RIFF/WAVE file.
    NotWav,
    /// Ends in the middle.
    CutOff,
    /// Not 16-bit PCM.
    NotPcm16,
    /// Not mono at 8,000 Hz.
    NotTelephone,
    /// Longer than `CLIP_SECONDS_MAX`.
    TooLong,
    /// No sound in it.
    Empty,
}

impl std::fmt::Display for WavError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            WavError::NotWav => "no WAV file",
            WavError::CutOff => "the WAV file ends in the middle",
            WavError::NotPcm16 => "the WAV file is not 16-bit PCM",
            WavError::NotTelephone => "the WAV file is not mono at 8000 Hz",
            WavError::TooLong => "longer than 10 minutes",
            WavError::Empty => "the WAV file has no sound in it",
        })
    }
}

impl std::error::Error for WavError {}

/// Audio in A-law. In mu-law it is written once somebody hears it so: most clips are never heard in that law, and
/// holding both would double what an idle Helin needs.
#[derive(Debug, Clone)]
pub struct Clip {
    a: Cow<'static, [u8]>,
    mu: OnceLock<Box<[u8]>>,
}

impl Clip {
    /// From samples at 8,000 Hz.
    pub fn of_samples(samples: &[i16]) -> Clip {
        Clip::of_octets(samples.iter().map(|sample| Law::A.encode(*sample)).collect::<Vec<u8>>())
    }

    /// From octets of A-law; those that stand in the program cost no memory until they are played.
    pub fn of_octets(a: impl Into<Cow<'static, [u8]>>) -> Clip {
        Clip { a: a.into(), mu: OnceLock::new() }
    }

    /// From a WAV file: 8,000 Hz, 16 bits, mono.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of_wav(octets: &[u8]) -> Result<Clip, WavError> {
        Ok(Clip::of_samples(&samples_of_wav(octets)?))
    }

    /// Its octets in a law.
    pub fn octets(&self, law: Law) -> &[u8] {
        match law {
            Law::A => &self.a,
            Law::Mu => self.mu.get_or_init(|| {
                let mut mu = Vec::with_capacity(self.a.len());
                Law::A.recode(&self.a, &mut mu);
                mu.into()
            }),
        }
    }

    /// Length in milliseconds.
    pub fn milliseconds(&self) -> usize {
        self.a.len() * 1_000 / RATE
    }
}

fn samples_of_wav(octets: &[u8]) -> Result<Vec<i16>, WavError> {
    let head = octets.get(..12).ok_or(WavError::NotWav)?;
    if &head[..4] != b"RIFF" || &head[8..] != b"WAVE" {
        return Err(WavError::NotWav);
    }
    let mut rest = &octets[12..];
    let mut format_seen = false;
    while let Some((head, body)) = rest.split_first_chunk::<8>() {
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let kind = &head[..4];
        if kind == b"fmt " {
            check_format(body.get(..size).ok_or(WavError::CutOff)?)?;
            format_seen = true;
        }
        if kind == b"data" {
            if !format_seen {
                return Err(WavError::NotWav);
            }
            // Programs that write to a pipe do not know the size: what is there counts.
            let data = &body[..size.min(body.len())];
            return samples(data);
        }
        rest = body.get(size + size % 2..).ok_or(WavError::CutOff)?;
    }
    Err(WavError::CutOff)
}

fn check_format(format: &[u8]) -> Result<(), WavError> {
    let word = |at: usize| Some(u16::from_le_bytes([*format.get(at)?, *format.get(at + 1)?]));
    let rate = format.get(4..8).map(|rate| u32::from_le_bytes([rate[0], rate[1], rate[2], rate[3]]));
    if word(0) != Some(1) || word(14) != Some(16) {
        return Err(WavError::NotPcm16);
    }
    if word(2) != Some(1) || rate != Some(8_000) {
        return Err(WavError::NotTelephone);
    }
    Ok(())
}

fn samples(data: &[u8]) -> Result<Vec<i16>, WavError> {
    if data.len() / 2 > CLIP_SECONDS_MAX * RATE {
        return Err(WavError::TooLong);
    }
    let samples: Vec<i16> = data.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    if samples.is_empty() { Err(WavError::Empty) } else { Ok(samples) }
}

/// Hands out audio packet by packet.
#[derive(Debug, Clone)]
pub struct Player {
    items: Vec<Arc<Clip>>,
    item: usize,
    at: usize,
}

impl Player {
    /// Plays `items` one after the other without gaps.
    pub fn new(items: Vec<Arc<Clip>>) -> Player {
        Player { items, item: 0, at: 0 }
    }

    /// Fills `out` with the next `size` octets of `law`, with silence behind the end; `false` once there is
    /// nothing more.
    pub fn next(&mut self, law: Law, size: usize, out: &mut Vec<u8>) -> bool {
        out.clear();
        while out.len() < size {
            let Some(item) = self.items.get(self.item) else { break };
            let octets = item.octets(law);
            let end = octets.len().min(self.at + size - out.len());
            out.extend_from_slice(&octets[self.at..end]);
            self.at = end;
            if self.at == octets.len() {
                self.item += 1;
                self.at = 0;
            }
        }
        if out.is_empty() {
            return false;
        }
        out.resize(size, law.silence());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(rate: u32, data: &[u8]) -> Vec<u8> {
        let mut out = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        out.extend(rate.to_le_bytes());
        out.extend((rate * 2).to_le_bytes());
        out.extend([2, 0, 16, 0]);
        out.extend(b"data");
        out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        out.extend(data);
        out
    }

    #[test]
    fn faults_of_a_file_are_named() {
        assert!(Clip::of_wav(&wav(8_000, &[0; 320])).is_ok());
        let fault = |octets: &[u8]| Clip::of_wav(octets).unwrap_err();
        assert_eq!(fault(b"ID3"), WavError::NotWav);
        assert_eq!(fault(&wav(44_100, &[0; 8])), WavError::NotTelephone);
        assert_eq!(fault(&wav(8_000, &[])), WavError::Empty);
        let good = wav(8_000, &[1; 64]);
        for cut in 0..good.len() {
            let _ = Clip::of_wav(&good[..cut]);
        }
    }

    #[test]
    fn a_player_hands_out_everything_without_gaps() {
        let items = [(250, 1), (100, 2)].map(|(size, octet)| Arc::new(Clip::of_octets(vec![octet; size])));
        let mut player = Player::new(items.to_vec());
        let mut out = Vec::new();
        let mut all = Vec::new();
        while player.next(Law::A, 160, &mut out) {
            assert_eq!(out.len(), 160);
            all.extend_from_slice(&out);
        }
        assert_eq!(all.len(), 480);
        assert!(all[..250].iter().all(|octet| *octet == 1));
        assert!(all[250..350].iter().all(|octet| *octet == 2));
        assert!(all[350..].iter().all(|octet| *octet == Law::A.silence()));
        // A far end that changes its law in the middle hears on where it was.
        let mut player = Player::new(items.to_vec());
        player.next(Law::A, 160, &mut out);
        player.next(Law::Mu, 160, &mut out);
        let mu = |octet: u8| Law::Mu.encode(Law::A.decode(octet));
        assert!(
            out[..90].iter().all(|octet| *octet == mu(1)) && out[90..].iter().all(|octet| *octet == mu(2))
        );
        assert!(!Player::new(vec![]).next(Law::A, 160, &mut out));
    }
}
