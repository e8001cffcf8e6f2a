//! SIP without sockets: messages, transactions, dialogs and the endpoint that ties them; digest and session
//! descriptions beside them.
//!
//! Invariants: no clock, no chance and no I/O of its own. Time comes in as [`Millis`], chance as a seed,
//! octets as slices; what shall happen is polled. Same inputs and same seed give the same octets. Input from
//! outside never panics and never grows what is kept beyond a named limit.

pub mod auth;
pub mod dialog;
pub mod endpoint;
pub mod headers;
pub mod message;
mod millis;
pub mod sdp;
pub mod token;
pub mod transaction;
pub mod uri;

pub use millis::Millis;
