//! The engine in a virtual world: random days held against reference models that share no code with it, and offices
//! in which settings are tried before they are made.
//!
//! Same seed, same day, byte for byte. Time is a number here; nothing waits and nothing is random but by the seed.

pub mod chance;
mod day;
pub mod office;
mod queues;
mod reference;
pub mod whatif;

pub use day::{Day, Told, live};
pub use queues::{QueueDay, live_queues};
