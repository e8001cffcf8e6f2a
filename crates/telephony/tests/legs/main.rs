//! Legs as the engine commands them, without an engine: telephony with real sockets between scripted far ends.
//!
//! The far ends are those of the end-to-end tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../../server/tests/e2e/call.rs"]
#[allow(dead_code, reason = "the end-to-end tests use more of it")]
mod call;
#[path = "../../../server/tests/e2e/message.rs"]
#[allow(dead_code, reason = "the end-to-end tests use more of it")]
mod message;
#[path = "../../../server/tests/e2e/phone.rs"]
#[allow(dead_code, reason = "the end-to-end tests use more of it")]
mod phone;
mod process;
#[path = "../../../server/tests/e2e/sound.rs"]
#[allow(dead_code, reason = "the end-to-end tests use more of it")]
mod sound;

mod begin;
mod devices;
mod diverted;
mod hold;
mod laws;
mod offers;
mod transfer;
mod waiting;
