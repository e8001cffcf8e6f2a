//! Writes the built-in hold music as a WAV file: an electric piano's arpeggios under a music box, sixteen bars in
//! D major, 38.4 s. Tails of notes and the reverb's run over the end into the beginning, so the loop has no seam;
//! partials beyond what a telephone carries are left out, so nothing folds back.

use std::f64::consts::TAU;
use std::io::Write;

const RATE: usize = 8_000;
/// 100 beats a minute.
const EIGHTH: usize = RATE * 3 / 10;
const BAR: usize = 8 * EIGHTH;
const LOOP: usize = 16 * BAR;
/// Highest partial, Hz.
const PARTIAL_MAX: f64 = 3_300.0;
/// Highest sample: 10 dB below full scale, which makes it as loud as the prompts.
const PEAK: f64 = 32_767.0 * 0.316;

/// Bass note and four notes of the chord of each bar, as MIDI keys.
const CHORDS: [(u8, [u8; 4]); 16] = [
    (50, [57, 62, 66, 69]), // D
    (49, [57, 61, 64, 69]), // A over C sharp
    (47, [57, 62, 66, 69]), // B minor 7
    (43, [59, 62, 66, 71]), // G major 7
    (54, [57, 62, 66, 69]), // D over F sharp
    (52, [55, 59, 62, 67]), // E minor 7
    (45, [57, 62, 64, 69]), // A 7 sus 4
    (45, [55, 61, 64, 67]), // A 7
    (47, [57, 62, 66, 69]), // B minor 7
    (43, [59, 62, 66, 71]), // G major 7
    (50, [57, 62, 66, 69]), // D
    (49, [57, 61, 64, 69]), // A over C sharp
    (43, [59, 62, 66, 71]), // G major 7
    (54, [57, 61, 64, 69]), // F sharp minor 7
    (52, [55, 59, 62, 67]), // E minor 7
    (45, [57, 62, 64, 67]), // A 7 sus 4
];

/// Which note of the chord each eighth plays, and how strongly.
const ARPEGGIO: [(usize, f64); 8] =
    [(0, 0.9), (1, 0.6), (2, 0.7), (3, 0.75), (2, 0.65), (1, 0.55), (2, 0.6), (1, 0.5)];

/// The tune: the eighth of each bar, and the key.
const TUNE: [&[(usize, u8)]; 16] = [
    &[(0, 78), (4, 81)],
    &[(0, 76), (3, 78), (4, 76)],
    &[(0, 74), (4, 78)],
    &[(0, 83), (3, 81), (6, 79)],
    &[(0, 81), (4, 78)],
    &[(0, 79), (3, 78), (4, 76)],
    &[(0, 74), (4, 76)],
    &[(0, 76)],
    &[(0, 78), (2, 81), (4, 83)],
    &[(0, 86), (4, 83)],
    &[(0, 81), (3, 83), (4, 81), (6, 78)],
    &[(0, 76), (4, 73)],
    &[(0, 79), (4, 83)],
    &[(0, 81), (4, 78)],
    &[(0, 79), (2, 78), (4, 76)],
    &[(0, 74), (4, 76)],
];

/// A struck thing: its partials (multiple, strength, seconds until a third is left) and its attack in seconds.
struct Instrument {
    partials: &'static [(f64, f64, f64)],
    attack: f64,
}

/// Two slightly detuned voices, warm, the upper partials soon gone.
const PIANO: Instrument = Instrument {
    partials: &[
        (0.9988, 0.5, 1.3),
        (1.0012, 0.5, 1.1),
        (2.0, 0.32, 0.7),
        (3.0, 0.12, 0.4),
        (4.0, 0.07, 0.25),
    ],
    attack: 0.012,
};

const BASS: Instrument = Instrument {
    partials: &[(1.0, 0.7, 1.4), (2.0, 0.5, 1.0), (3.0, 0.25, 0.6), (4.0, 0.1, 0.4)],
    attack: 0.02,
};

const MUSIC_BOX: Instrument =
    Instrument { partials: &[(1.0, 0.8, 0.9), (2.003, 0.14, 0.4), (3.01, 0.1, 0.18)], attack: 0.006 };

fn seconds(samples: usize) -> f64 {
    f64::from(u32::try_from(samples).unwrap_or(u32::MAX)) / 8_000.0
}

fn hertz(key: u8) -> f64 {
    440.0 * ((f64::from(key) - 69.0) / 12.0).exp2()
}

/// Adds one struck note; what rings beyond the end rings at the beginning.
fn strike(track: &mut [f64], at: usize, key: u8, strength: f64, instrument: &Instrument) {
    for (multiple, share, decay) in instrument.partials {
        let frequency = hertz(key) * multiple;
        if frequency > PARTIAL_MAX {
            continue;
        }
        for n in 0..5 * RATE {
            let time = seconds(n);
            let rise = if time < instrument.attack {
                0.5 - 0.5 * (TAU * 0.5 * time / instrument.attack).cos()
            } else {
                1.0
            };
            // The last second fades to nothing, so that no tail is cut.
            let fall = (-time / decay).exp() * (5.0 - time).min(1.0);
            track[(at + n) % track.len()] += strength * share * rise * fall * (TAU * frequency * time).sin();
        }
    }
}

fn notes() -> Vec<f64> {
    let mut track = vec![0.0; LOOP];
    for (bar, ((bass, chord), tune)) in CHORDS.iter().zip(TUNE).enumerate() {
        let start = bar * BAR;
        strike(&mut track, start, *bass, 0.35, &BASS);
        strike(&mut track, start + 4 * EIGHTH, *bass, 0.2, &BASS);
        for (eighth, (note, strength)) in ARPEGGIO.iter().enumerate() {
            strike(&mut track, start + eighth * EIGHTH, chord[*note], 0.5 * strength, &PIANO);
        }
        for (eighth, key) in tune {
            strike(&mut track, start + eighth * EIGHTH, *key, 0.7, &MUSIC_BOX);
        }
    }
    track
}

/// A delay that feeds itself, losing the high tones on the way.
struct Comb {
    line: Vec<f64>,
    at: usize,
    damped: f64,
}

impl Comb {
    fn pass(&mut self, sample: f64) -> f64 {
        let out = self.line[self.at];
        self.damped = out * 0.7 + self.damped * 0.3;
        // Sixty decibels quieter after about 1.4 s.
        self.line[self.at] = sample + self.damped * 0.82;
        self.at = (self.at + 1) % self.line.len();
        out
    }
}

/// A delay that blurs without colouring.
struct AllPass {
    line: Vec<f64>,
    at: usize,
}

impl AllPass {
    fn pass(&mut self, sample: f64) -> f64 {
        let delayed = self.line[self.at];
        let inner = sample + delayed * 0.5;
        self.line[self.at] = inner;
        self.at = (self.at + 1) % self.line.len();
        delayed - inner * 0.5
    }
}

/// A small room around the track. It is run through twice and the second time kept: by then the room holds the
/// end when the beginning comes.
fn room(dry: &[f64]) -> Vec<f64> {
    let comb = |length| Comb { line: vec![0.0; length], at: 0, damped: 0.0 };
    let mut combs = [comb(239), comb(293), comb(331), comb(353)];
    let mut blurs = [AllPass { line: vec![0.0; 41], at: 0 }, AllPass { line: vec![0.0; 13], at: 0 }];
    let mut wet = Vec::new();
    for _ in 0..2 {
        wet = dry
            .iter()
            .map(|sample| {
                let sum: f64 = combs.iter_mut().map(|comb| comb.pass(*sample)).sum();
                let blurred = blurs.iter_mut().fold(sum / 4.0, |sound, blur| blur.pass(sound));
                sample + blurred * 0.3
            })
            .collect();
    }
    wet
}

#[expect(clippy::cast_possible_truncation, reason = "normalised to the range of i16 before")]
fn samples(track: &[f64]) -> Vec<i16> {
    let peak = track.iter().fold(0.0_f64, |peak, sample| peak.max(sample.abs()));
    track.iter().map(|sample| (sample / peak * PEAK).round() as i16).collect()
}

fn wav(samples: &[i16]) -> Vec<u8> {
    let size = u32::try_from(samples.len() * 2).expect("the music is short");
    let mut out = b"RIFF".to_vec();
    out.extend((36 + size).to_le_bytes());
    out.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    out.extend(8_000_u32.to_le_bytes());
    out.extend(16_000_u32.to_le_bytes());
    out.extend([2, 0, 16, 0]);
    out.extend(b"data");
    out.extend(size.to_le_bytes());
    out.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    out
}

fn main() -> std::io::Result<()> {
    std::io::stdout().lock().write_all(&wav(&samples(&room(&notes()))))
}
