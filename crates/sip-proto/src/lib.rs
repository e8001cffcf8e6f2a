//! SIP without sockets: messages, transactions, dialogs and the endpoint that ties them.
//!
//! Invariants: no clock, no chance and no I/O of its own. Time comes in as [`Millis`], chance as a seed,
//! octets as slices; what shall happen is polled. Same inputs and same seed give the same octets.

pub mod message;
mod millis;
pub mod token;
pub mod uri;

pub use millis::Millis;
