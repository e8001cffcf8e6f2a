//! A measuring far end: callers on the trunk and members' phones in one process, so that one clock sees both.
//!
//! Run by `benches/run`, which has started a Helin and registered the members at `phones`:
//! `wire WHAT TRUNK PHONES GROUP PID COUNT RATE SECONDS`. Prints one line of JSON.
#![expect(clippy::unwrap_used, reason = "a measurement that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod arrivals;
mod callers;
mod latency;
mod media;
#[path = "../../tests/e2e/message.rs"]
#[allow(dead_code, reason = "the end-to-end tests use the rest")]
mod message;
mod phones;
mod ringing;
mod serving;
mod sound;
mod turnover;
mod usage;
mod waiting;

use std::net::SocketAddr;

/// What is measured, and where.
pub(crate) struct Measure {
    /// Helin's address for carriers.
    pub(crate) trunk: SocketAddr,
    /// Where the members are registered.
    pub(crate) phones: SocketAddr,
    /// The group that is called.
    pub(crate) group: String,
    /// Helin's process.
    pub(crate) pid: u32,
    /// Calls.
    pub(crate) count: u32,
    /// Calls a second.
    pub(crate) rate: u32,
    /// How long sound flows.
    pub(crate) seconds: u64,
}

fn main() {
    // Cargo adds `--bench` to what it hands on.
    let given: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [what, trunk, phones, group, pid, count, rate, seconds] = given.as_slice() else {
        println!("run by benches/run: wire WHAT TRUNK PHONES GROUP PID COUNT RATE SECONDS");
        return;
    };
    let measure = Measure {
        trunk: trunk.parse().unwrap(),
        phones: phones.parse().unwrap(),
        group: group.clone(),
        pid: pid.parse().unwrap(),
        count: count.parse().unwrap(),
        rate: rate.parse().unwrap(),
        seconds: seconds.parse().unwrap(),
    };
    match what.as_str() {
        "first_offer" => latency::first_offer(&measure),
        "next_offer" => latency::next_offer(&measure),
        "freed" => latency::freed(&measure),
        "media" => media::relayed(&measure),
        "ringing" => ringing::all_at_once(&measure),
        "serving" => serving::from_the_line(&measure),
        "waiting" => waiting::with_music(&measure),
        "turnover" => turnover::of_the_line(&measure),
        "arrivals" => arrivals::announced(&measure),
        other => panic!("nothing is measured by the name {other}"),
    }
}
