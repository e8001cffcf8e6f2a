//! What a client has written down of its sound: which tone it hears now, told from WAV files that grow.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use media::g711::Law;

use crate::process::PATIENCE;
use crate::sound::is_tone;

const HEADER: usize = 44;
/// Samples that are judged together, at 8,000 a second: 100 ms.
const WINDOW: usize = 800;
/// What must have come since the question, in windows.
const FRESH: usize = 2;
/// Pause between two looks at the files, which no event tells of.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Folder into which a client writes what it hears.
pub(super) struct Tape {
    pub(super) folder: PathBuf,
    /// End of the names of the files that count.
    pub(super) ending: &'static str,
}

impl Tape {
    /// Waits until what comes in from now on is this tone. `client` looks after itself between two looks.
    #[track_caller]
    pub(super) fn hears(&self, hertz: f64, mut client: impl FnMut(Duration)) {
        let before: BTreeMap<PathBuf, usize> = self
            .files()
            .into_iter()
            .map(|file| (file.clone(), Recording::read(&file).samples.len()))
            .collect();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let heard = self.files().into_iter().any(|file| {
                let recording = Recording::read(&file);
                let length = recording.samples.len();
                // A file that was begun anew is shorter than it was.
                let old = before.get(&file).copied().filter(|old| *old <= length).unwrap_or(0);
                recording.at_steps(|alaw, step| {
                    (length - old) / step >= FRESH * WINDOW && is_tone(&alaw[alaw.len() - WINDOW..], hertz)
                })
            });
            if heard {
                return;
            }
            assert!(Instant::now() < deadline, "{hertz} Hz never came to {}", self.folder.display());
            client(LOOK_AGAIN);
        }
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&self.folder).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.to_string_lossy().ends_with(self.ending)).collect()
    }
}

/// Whether a recording holds a fifth of a second of the tone.
pub(super) fn holds_tone(file: &Path, hertz: f64) -> bool {
    Recording::read(file).at_steps(|alaw, _| alaw.chunks_exact(2 * WINDOW).any(|piece| is_tone(piece, hertz)))
}

/// A minute of a tone as a WAV file: baresip hangs up when its file ends.
pub(super) fn wav(hertz: f64) -> Vec<u8> {
    let samples = (0..480_000).map(|n| {
        let value = (f64::from(n) * hertz * std::f64::consts::TAU / 8_000.0).sin() * 12_000.0;
        #[expect(clippy::cast_possible_truncation, reason = "within 16 bits by its factor")]
        let value = value as i16;
        value
    });
    crate::companies::wav(&samples.collect::<Vec<i16>>())
}

/// A WAV file as far as it is written.
struct Recording {
    samples: Vec<i16>,
}

impl Recording {
    fn read(file: &Path) -> Self {
        let octets = std::fs::read(file).unwrap();
        let samples = octets.get(HEADER..).unwrap_or_default().chunks_exact(2);
        Self { samples: samples.map(|two| i16::from_le_bytes([two[0], two[1]])).collect() }
    }

    /// Whether it is so at one of the rates that it may have: asks with A-law at 8,000 a second, and each how manieth
    /// sample that is. The header is of no help: linphonec writes it last, and goes on in the file at another rate. So
    /// no tone of a test may look like another one when the rate is mistaken, as 1,500 Hz looks like 1,000.
    fn at_steps(&self, is_so: impl Fn(&[u8], usize) -> bool) -> bool {
        [1, 2, 6].into_iter().any(|step| {
            let alaw: Vec<u8> =
                self.samples.iter().step_by(step).map(|sample| Law::A.encode(*sample)).collect();
            is_so(&alaw, step)
        })
    }
}
