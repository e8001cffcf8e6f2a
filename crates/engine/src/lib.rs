//! The group engine: every decision about a tenant's calls, pure and deterministic.
//!
//! `Switchboard` takes inputs one at a time with the time at which they came, and gives commands for legs,
//! facts, replies and notices. Same settings, same saved state, same seed, same inputs: same outputs, byte for
//! byte. The state it decides on is the fold of the facts it gives, so what is on disk can always go on.

mod call;
mod callback;
mod chance;
mod commands;
mod distribution;
pub mod estimate;
pub mod explain;
pub mod fold;
mod group;
mod licence;
pub mod live;
mod presence;
mod queue;
mod ready;
mod reasons;
pub mod service_code;
mod settings;
pub mod speech;
pub mod switchboard;
mod texts;
pub mod timers;
mod transfer;

/// Rises when the same inputs may give other outputs; a journal replays within one version only.
pub const VERSION: u32 = 5;
