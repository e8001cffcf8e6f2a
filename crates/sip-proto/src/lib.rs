//! SIP without sockets: messages, transactions, dialogs, digest and session descriptions.
//!
//! Invariants: time, chance and addresses come in as arguments; input from outside never panics and never
//! grows what is kept beyond a named limit.

pub mod auth;
pub mod headers;
pub mod sdp;
