//! The engine in a virtual world: random days of one ring group, held against a reference model that shares no
//! code with it.
//!
//! Same seed, same day, byte for byte. Time is a number here; nothing waits and nothing is random but by the seed.

mod chance;
mod day;
mod reference;

pub use day::{Day, Told, live};
