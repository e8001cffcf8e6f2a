//! Sound files of companies as telephone sound: WAV, MP3, Ogg and FLAC of any rate become mono at 8,000 Hz, of even
//! loudness (behaviour, "Every call"). Neither trimmed nor faded.

use std::io::Cursor;

use symphonia::core::audio::SampleBuffer;
use symphonia::core::codecs::{CODEC_TYPE_NULL, DecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::FormatOptions;
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::probe::Hint;

use crate::clip::{CLIP_SECONDS_MAX, Clip, RATE};
use crate::resample::Resampler;

/// Why a file cannot be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// None of the formats.
    #[error("no WAV, MP3, Ogg or FLAC file")]
    Unknown,
    /// It begins well and cannot be read to its end.
    #[error("the file is damaged")]
    Damaged,
    /// Longer than `CLIP_SECONDS_MAX`.
    #[error("longer than 10 minutes")]
    TooLong,
    /// No sound in it.
    #[error("the file has no sound in it")]
    Empty,
}

/// Sampling rates of a file that make sense, Hz.
const RATES: std::ops::RangeInclusive<u32> = 4_000..=192_000;

/// Reads a sound file.
///
/// # Errors
/// What is wrong with it.
pub fn decode(octets: &[u8]) -> Result<Clip, DecodeError> {
    let mut samples = telephone(octets)?;
    even(&mut samples);
    let whole: Vec<i16> = samples.iter().map(|sample| (sample * 32_767.0).round() as i16).collect();
    if whole.is_empty() { Err(DecodeError::Empty) } else { Ok(Clip::of_samples(&whole)) }
}

/// All channels as one, -1 to 1, at 8,000 Hz. The file's own rate is held for a moment only: ten minutes of it are many
/// megabytes.
fn telephone(octets: &[u8]) -> Result<Vec<f32>, DecodeError> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(octets.to_vec())), Default::default());
    let probed = symphonia::default::get_probe()
        .format(&Hint::new(), source, &FormatOptions::default(), &MetadataOptions::default())
        .map_err(|_| DecodeError::Unknown)?;
    let mut format = probed.format;
    let track = format
        .tracks()
        .iter()
        .find(|track| track.codec_params.codec != CODEC_TYPE_NULL)
        .ok_or(DecodeError::Unknown)?;
    let id = track.id;
    let mut decoder = symphonia::default::get_codecs()
        .make(&track.codec_params, &DecoderOptions::default())
        .map_err(|_| DecodeError::Unknown)?;
    let mut resampler: Option<Resampler> = None;
    loop {
        let packet = match format.next_packet() {
            Ok(packet) => packet,
            Err(Error::IoError(end)) if end.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(_) => return Err(DecodeError::Damaged),
        };
        if packet.track_id() != id {
            continue;
        }
        let decoded = match decoder.decode(&packet) {
            Ok(decoded) => decoded,
            // One bad packet is a click, not the end of the prompt.
            Err(Error::DecodeError(_)) => continue,
            Err(_) => return Err(DecodeError::Damaged),
        };
        let spec = *decoded.spec();
        if !RATES.contains(&spec.rate) {
            return Err(DecodeError::Damaged);
        }
        let resampler = resampler.get_or_insert_with(|| Resampler::from(spec.rate));
        let channels = spec.channels.count().max(1);
        let mut buffer = SampleBuffer::<f32>::new(decoded.capacity() as u64, spec);
        buffer.copy_interleaved_ref(decoded);
        let frames = buffer.samples().chunks_exact(channels);
        resampler.take(frames.map(|frame| frame.iter().sum::<f32>() / channels as f32));
        if resampler.out.len() > CLIP_SECONDS_MAX * RATE {
            return Err(DecodeError::TooLong);
        }
    }
    let samples = resampler.map(Resampler::end).unwrap_or_default();
    if samples.is_empty() { Err(DecodeError::Empty) } else { Ok(samples) }
}

/// Loudness at which all prompts play: root mean square of what is not silence, of full scale (-24 dB).
const LOUDNESS: f64 = 0.063;
/// No sample is louder (-1 dB).
const PEAK: f64 = 0.891;
/// What is so much quieter than the loudest part is silence and does not count (-30 dB).
const SILENCE: f64 = 0.032;
/// A recording whose loudest part is quieter holds nothing but noise (-70 dB).
const NOISE: f64 = 0.000_32;
/// Length of what is judged as one, samples: 20 ms.
const FRAME: usize = 160;

/// Evens the loudness by one gain for all of it, however quiet it was recorded.
fn even(samples: &mut [f32]) {
    let powers: Vec<f64> = samples.chunks(FRAME).map(power).collect();
    let loudest = powers.iter().copied().fold(0.0_f64, f64::max);
    if loudest < NOISE * NOISE {
        return;
    }
    let sounding: Vec<f64> =
        powers.into_iter().filter(|power| *power > loudest * SILENCE * SILENCE).collect();
    let loudness = (sounding.iter().sum::<f64>() / sounding.len() as f64).sqrt();
    let peak = samples.iter().fold(0.0_f64, |peak, sample| peak.max(f64::from(sample.abs())));
    let gain = (LOUDNESS / loudness).min(PEAK / peak);
    for sample in samples {
        *sample = (f64::from(*sample) * gain) as f32;
    }
}

/// Mean of the squares.
fn power(frame: &[f32]) -> f64 {
    frame.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum::<f64>() / frame.len() as f64
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;
    use crate::g711::Law;

    /// A WAV file with a tone.
    fn wav(rate: u32, channels: u16, seconds: f64, hertz: f64, loudness: f64) -> Vec<u8> {
        let count = (f64::from(rate) * seconds) as usize;
        let mut data = Vec::new();
        for n in 0..count {
            let sample = (2.0 * PI * hertz * n as f64 / f64::from(rate)).sin() * loudness * 32_767.0;
            for _ in 0..channels {
                data.extend((sample as i16).to_le_bytes());
            }
        }
        let mut file = b"RIFF".to_vec();
        file.extend(u32::try_from(36 + data.len()).unwrap().to_le_bytes());
        file.extend(b"WAVEfmt ");
        file.extend(16_u32.to_le_bytes());
        file.extend(1_u16.to_le_bytes());
        file.extend(channels.to_le_bytes());
        file.extend(rate.to_le_bytes());
        file.extend((rate * u32::from(channels) * 2).to_le_bytes());
        file.extend((channels * 2).to_le_bytes());
        file.extend(16_u16.to_le_bytes());
        file.extend(b"data");
        file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        file.extend(data);
        file
    }

    fn samples(clip: &Clip) -> Vec<f64> {
        clip.octets(Law::A).iter().map(|octet| f64::from(Law::A.decode(*octet)) / 32_768.0).collect()
    }

    /// Share of the power that is at a frequency.
    fn share_at(samples: &[f64], hertz: f64) -> f64 {
        let angle = |n: usize| 2.0 * PI * hertz * n as f64 / RATE as f64;
        let re: f64 = samples.iter().enumerate().map(|(n, sample)| sample * angle(n).cos()).sum();
        let im: f64 = samples.iter().enumerate().map(|(n, sample)| sample * angle(n).sin()).sum();
        let power: f64 = samples.iter().map(|sample| sample * sample).sum();
        2.0 * (re * re + im * im) / (power * samples.len() as f64)
    }

    #[test]
    fn any_rate_keeps_its_tone_and_its_length() {
        for (rate, channels) in [(8_000, 1), (11_025, 1), (16_000, 2), (44_100, 2), (48_000, 1)] {
            let clip = decode(&wav(rate, channels, 1.5, 440.0, 0.3)).unwrap();
            assert!(clip.milliseconds().abs_diff(1_500) <= 1, "{rate} Hz: {} ms", clip.milliseconds());
            assert!(share_at(&samples(&clip), 440.0) > 0.98, "{rate} Hz: the tone is another");
        }
    }

    #[test]
    fn what_a_telephone_cannot_carry_does_not_come_back_as_another_tone() {
        let loud = decode(&wav(48_000, 1, 1.0, 1_000.0, 0.5)).unwrap();
        let left = telephone(&wav(48_000, 1, 1.0, 7_000.0, 0.5)).unwrap();
        let power: f64 = left.iter().map(|sample| f64::from(*sample) * f64::from(*sample)).sum();
        assert!(power / (left.len() as f64) < 0.000_1, "7 kHz folds back");
        assert!(loud.milliseconds() > 0);
    }

    #[test]
    fn quiet_and_loud_recordings_play_alike() {
        let loudness = |given: f64| {
            let clip = decode(&wav(16_000, 1, 1.0, 500.0, given)).unwrap();
            let samples = samples(&clip);
            (samples.iter().map(|sample| sample * sample).sum::<f64>() / samples.len() as f64).sqrt()
        };
        let loud = loudness(0.9);
        for given in [0.02, 0.003] {
            let quiet = loudness(given);
            assert!((quiet / loud - 1.0).abs() < 0.05, "{given} becomes {quiet} beside {loud}");
        }
        assert!((loud / LOUDNESS - 1.0).abs() < 0.05);
        assert!(loudness(0.000_1) < 0.001, "nothing but noise stays quiet");
    }

    #[test]
    fn what_is_no_sound_is_refused() {
        assert_eq!(decode(b"").unwrap_err(), DecodeError::Unknown);
        assert_eq!(decode(&[7; 4_000]).unwrap_err(), DecodeError::Unknown);
        assert_eq!(decode(&wav(8_000, 1, 0.0, 440.0, 0.1)).unwrap_err(), DecodeError::Empty);
        assert_eq!(decode(&wav(8_000, 1, 601.0, 440.0, 0.1)).unwrap_err(), DecodeError::TooLong);
        let mut cut = wav(8_000, 1, 1.0, 440.0, 0.1);
        cut.truncate(5_000);
        // A file that ends early still plays what it has.
        assert!(decode(&cut).is_ok());
    }
}
