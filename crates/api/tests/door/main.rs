//! Through the door: the real router, with a scripted node behind it that answers from a real SQLite file.
//!
//! The node decides nothing and writes down every question, so that a test can say what was never asked.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod callbacks;
mod calls;
mod commands;
mod directory;
mod document;
mod endpoints;
mod events;
mod house;
mod live;
mod members;
mod no_login;
mod node;
mod openapi;
mod presence;
mod problems;
mod simulations;
mod statistics;
mod wrong_company;
