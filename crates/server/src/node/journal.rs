//! The journal of inputs: everything a switchboard was told, so that any day can be replayed bit for bit.
//!
//! A stretch begins with `Begin` (what the switchboard was made from) and goes on with inputs in order.
//! Telephone numbers are not in it: parties keep only their ids (design section 3).

use model::fact::Fact;
use model::id::{ConfigVersion, FactSeq, Seed};
use model::input::Input;
use model::time::Now;
use serde::{Deserialize, Serialize};

/// One thing a switchboard was told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entry {
    /// A switchboard was made from the state at `saved`, with these settings and this seed.
    Begin {
        /// When.
        now: Now,
        /// Version of the saved state.
        saved: FactSeq,
        /// Settings.
        config: ConfigVersion,
        /// For chance.
        seed: Seed,
        /// Of the engine: a journal replays within one version.
        engine: u32,
    },
    /// An input.
    Input {
        /// When.
        now: Now,
        /// What.
        input: Input,
    },
    /// New settings.
    Config {
        /// When.
        now: Now,
        /// Which.
        config: ConfigVersion,
    },
}

impl Entry {
    pub(crate) fn begin(now: Now, saved: FactSeq, config: ConfigVersion, seed: Seed) -> Entry {
        Entry::Begin { now, saved, config, seed, engine: engine::VERSION }
    }
}

/// An entry as written, about.
const ENTRY_OCTETS: usize = 320;

/// A batch of entries as the store keeps it.
pub(crate) fn pack(entries: &[Entry]) -> Vec<u8> {
    // A batch is a few hundred octets an entry: growing to that step by step costs more than the writing.
    let mut batch = Vec::with_capacity(entries.len() * ENTRY_OCTETS);
    serde_json::to_writer(&mut batch, entries).expect("entries are plain data");
    batch
}

/// A kept batch, read.
///
/// # Errors
/// It was written by another version.
pub(crate) fn unpack(batch: &[u8]) -> Result<Vec<Entry>, serde_json::Error> {
    serde_json::from_slice(batch)
}

/// What one commit takes with it.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) entries: Vec<Entry>,
    pub(crate) facts: Vec<Fact>,
}

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.facts.is_empty()
    }
}
