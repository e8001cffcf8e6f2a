//! End to end: the built Helin as a process, real sockets, scripted and real far ends. One file per capability.
//!
//! Every call test asserts signalling, sound both ways, and that everything is torn down.

#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed and says why"
)]

mod call;
mod companies;
mod message;
mod phone;
mod process;
mod sound;

mod agents;
mod camp;
mod clients;
mod codes;
mod crash;
mod direct;
mod first_start;
mod heard;
mod limits;
mod load;
mod media;
mod outside;
mod queue;
mod refer;
mod register;
mod restart;
mod ring_group;
mod simulate;
mod steer;
mod torture;
mod transfer;
