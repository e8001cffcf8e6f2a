//! Helin's words: ids, numbers, time, the company's settings, what legs do, commands, facts and live views.
//!
//! Data only. Nothing here decides anything beyond parsing and validating, nothing knows SIP, and nothing
//! touches a clock, a socket or a file. What crosses a crate's wall is one of these types.

pub mod config;
pub mod fact;
pub mod id;
pub mod input;
pub mod language;
pub mod leg;
pub mod lineup;
pub mod live;
pub mod number;
pub mod output;
pub mod record;
pub mod saved;
pub mod table;
pub mod target;
pub mod time;
