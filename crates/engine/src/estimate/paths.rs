//! The near future, played 64 times: those ahead give up or take the agents who come free, one after the other.
//!
//! Whoever stands further ahead takes, of the agents who serve him, the one who comes free first: that is what an
//! agent does who takes the longest wait of all his groups.

use model::id::CallId;
use model::number::Number;
use model::saved::SavedState;
use model::time::{Span, Utc};

use super::Estimate;
use super::line::{Desk, Does, Entry, Line, look};
use super::samples::{Millis, PATHS, part};

/// The middle and the ninth tenth of 64.
const MIDDLE: usize = 31;
const NINE_TENTHS: usize = 57;

/// Nobody comes free so late.
const NEVER: Millis = 1 << 30;

/// The estimate of every caller of this group's line, up to `last`, in order.
pub(super) fn play(state: &SavedState, number: Number, last: CallId, now: Utc) -> Vec<(CallId, Estimate)> {
    let Some(line) = look(state, number, last, now) else { return Vec::new() };
    if line.desks.is_empty() {
        return Vec::new();
    }
    let own = line.entries.iter().filter(|entry| entry.group == 0).count();
    let mut waits = vec![[0 as Millis; PATHS]; own];
    let starts: Vec<[Millis; PATHS]> =
        line.desks.iter().enumerate().map(|(at, desk)| starts(&line, at, desk)).collect();
    let mut free = vec![0 as Millis; line.desks.len()];
    for path in 0..PATHS {
        for (free, starts) in free.iter_mut().zip(&starts) {
            *free = starts[path];
        }
        let mut mine = 0;
        for (at, entry) in line.entries.iter().enumerate() {
            let wait = serve(&line, (at, entry), path, &mut free);
            if entry.group == 0 {
                waits[mine][path] = wait;
                mine += 1;
            }
        }
    }
    let entries = line.entries.iter().filter(|entry| entry.group == 0);
    entries.zip(&mut waits).filter_map(|(entry, waits)| Some((entry.call, told(&line, waits)?))).collect()
}

/// When an agent comes free, in each of the futures.
fn starts(line: &Line, at: usize, desk: &Desk) -> [Millis; PATHS] {
    let mut starts = [0; PATHS];
    for (path, start) in starts.iter_mut().enumerate() {
        let part = part(at, path);
        *start = match desk.does {
            Does::Free => 0,
            Does::Until(rest) => rest,
            Does::Talks(group, elapsed) => {
                let group = &line.groups[group];
                let gap = group.gaps.draw(super::samples::part(at + 17, path));
                group.rest_of_call(elapsed).draw(part).saturating_add(group.wrap_up()).saturating_add(gap)
            }
            Does::Rings(group, elapsed) => {
                let group = &line.groups[group];
                group.rings.beyond(elapsed).draw(part) + group.calls.draw(super::samples::part(at + 31, path))
            }
            Does::Away(elapsed) => {
                let rest = line.groups[0].gaps.beyond(elapsed.max(1_000));
                if rest.is_known() { rest.draw(part) } else { NEVER }
            }
        };
        *start = slower(line, *start);
    }
    starts
}

fn slower(line: &Line, length: Millis) -> Millis {
    let (times, of) = line.slower;
    if times == of { length } else { u32::try_from(u64::from(length) * times / of).unwrap_or(NEVER) }
}

/// One caller's turn in one future: how long he waits until he is answered, if he waits.
fn serve(line: &Line, (at, entry): (usize, &Entry), path: usize, free: &mut [Millis]) -> Millis {
    let group = &line.groups[entry.group];
    let dice = |n: usize| part(PATHS + at * 4 + n, path);
    if let Some(rung) = entry.ringing {
        return group.rings.beyond(rung).draw(dice(0));
    }
    let bit = 1_u32 << entry.group;
    let mut first = (NEVER, usize::MAX);
    for (at, (time, desk)) in free.iter().zip(&line.desks).enumerate() {
        if *time < first.0 && desk.serves & bit != 0 {
            first = (*time, at);
        }
    }
    let (time, desk) = first;
    let ring = group.rings.draw(dice(0));
    let last = at + 1 == line.entries.len();
    if !last {
        let gives_up = entry.gives_up && group.patience.draw(entry.waited, dice(1)) < time;
        if !gives_up && let Some(free) = free.get_mut(desk) {
            let cycle = group.calls.draw(dice(2)) + ring + group.gaps.draw(dice(3));
            *free = time.saturating_add(slower(line, cycle)).min(NEVER);
        }
    }
    time.saturating_add(ring)
}

/// Middle and ninth tenth of what the futures gave.
fn told(line: &Line, waits: &mut [Millis; PATHS]) -> Option<Estimate> {
    waits.sort_unstable();
    let p50 = u64::from(waits[MIDDLE]).midpoint(u64::from(waits[MIDDLE + 1]));
    let mut p90 = u64::from(waits[NINE_TENTHS]);
    if p50 >= u64::from(NEVER) {
        return None;
    }
    if line.coarse > 1 {
        // What stands for many varies more than they do together.
        p90 = p50 + (p90 - p50) / (line.coarse as u64).isqrt().max(1);
    }
    Some(Estimate { p50: Span(p50), p90: Span(p90) })
}
