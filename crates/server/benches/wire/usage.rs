//! What a process has used so far: processor time and memory, as the kernel counts them.

use std::fs;
use std::time::Duration;

/// Ticks a second of the kernel's counts (`USER_HZ`; the same on every Linux that Helin runs on).
const TICKS: u64 = 100;

/// User and system time of all its threads.
pub(crate) fn cpu(pid: u32) -> Duration {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 1_000 / TICKS)
}

/// Resident memory, kilobytes.
pub(crate) fn memory_kb(pid: u32) -> u64 {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
