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
use super::samples::{Millis, Order, PATHS, Patience};

/// The middle and the ninth tenth of 64.
const MIDDLE: usize = 31;
const NINE_TENTHS: usize = 57;

/// Nobody comes free so late.
const NEVER: Millis = 1 << 30;

/// One of each future.
type Each = [Millis; PATHS];

/// What chance says about one who waits.
struct Fate<'a> {
    own: bool,
    /// The lines of which he is one: a bit.
    line: u32,
    /// Rings already: it is the answer alone that he waits for.
    rings: bool,
    /// From the offer to the answer.
    ring: Each,
    /// How long he keeps an agent.
    cycle: Each,
    /// How much patience he has; `None`: he does not give up.
    patience: Option<(&'a Patience, [u64; PATHS])>,
    waited: Millis,
}

/// The estimate of every caller of this group's line, up to `last`, in order.
pub(super) fn play(state: &SavedState, number: Number, last: CallId, now: Utc) -> Vec<(CallId, Estimate)> {
    let Some(line) = look(state, number, last, now) else { return Vec::new() };
    if line.desks.is_empty() {
        return Vec::new();
    }
    let fates: Vec<Fate<'_>> =
        line.entries.iter().enumerate().map(|(at, entry)| fate(&line, at, entry)).collect();
    let starts: Vec<Each> = line.desks.iter().enumerate().map(|(at, desk)| starts(&line, at, desk)).collect();
    let serves: Vec<u32> = line.desks.iter().map(|desk| desk.serves).collect();
    let own = fates.iter().filter(|fate| fate.own).count();
    let mut waits = vec![[0 as Millis; PATHS]; own];
    let mut free = vec![0 as Millis; line.desks.len()];
    for path in 0..PATHS {
        for (free, starts) in free.iter_mut().zip(&starts) {
            *free = starts[path];
        }
        let mut mine = 0;
        for fate in &fates {
            let wait = serve(fate, path, &mut free, &serves);
            if fate.own {
                waits[mine][path] = wait;
                mine += 1;
            }
        }
    }
    let entries = line.entries.iter().filter(|entry| entry.group == 0);
    entries.zip(&mut waits).filter_map(|(entry, waits)| Some((entry.call, told(&line, waits)?))).collect()
}

fn each(what: usize, of: impl Fn(u32) -> Millis) -> Each {
    let order = Order::of(what);
    std::array::from_fn(|path| of(order.part(path)))
}

fn fate<'a>(line: &'a Line, at: usize, entry: &Entry) -> Fate<'a> {
    let group = &line.groups[entry.group];
    let dice = |n: usize| 64 + at * 4 + n;
    let ring = match entry.ringing {
        Some(rung) => {
            let rest = group.rings.beyond(rung);
            each(dice(0), |part| rest.draw(part))
        }
        None => each(dice(0), |part| group.rings.draw(part)),
    };
    let talk = each(dice(2), |part| group.calls.draw(part));
    let gap = each(dice(3), |part| group.gaps.draw(part));
    let cycle = std::array::from_fn(|path| line.keeps.take(talk[path] + ring[path] + gap[path]).min(NEVER));
    let last = at + 1 == line.entries.len();
    let patience = (entry.gives_up && !last && group.patience.anybody_gives_up()).then(|| {
        let order = Order::of(dice(1));
        (&group.patience, std::array::from_fn(|path| group.patience.draw(entry.waited, order.part(path))))
    });
    Fate {
        own: entry.group == 0,
        line: 1 << entry.group,
        rings: entry.ringing.is_some(),
        ring,
        cycle,
        patience,
        waited: entry.waited,
    }
}

/// When an agent comes free, in each of the futures.
fn starts(line: &Line, at: usize, desk: &Desk) -> Each {
    let own = match desk.does {
        Does::Free => [0; PATHS],
        Does::Until(rest) => [rest; PATHS],
        Does::Talks(group, elapsed) => {
            let group = &line.groups[group];
            let (rest, more) = (group.rest_of_call(elapsed), group.wrap_up());
            let rest = each(at, |part| rest.draw(part).saturating_add(more));
            let gap = each(at + 17, |part| group.gaps.draw(part));
            std::array::from_fn(|path| rest[path].saturating_add(gap[path]))
        }
        Does::Rings(group, elapsed) => {
            let group = &line.groups[group];
            let rest = group.rings.beyond(elapsed);
            let rest = each(at, |part| rest.draw(part));
            let talk = each(at + 31, |part| group.calls.draw(part));
            std::array::from_fn(|path| rest[path].saturating_add(talk[path]))
        }
        Does::Away(elapsed) => {
            let rest = line.groups[0].gaps.beyond(elapsed.max(1_000));
            if rest.is_known() { each(at, |part| rest.draw(part)) } else { [NEVER; PATHS] }
        }
    };
    own.map(|start| line.comes_free.take(start).min(NEVER))
}

/// One caller's turn in one future: how long he waits until he is answered, if he waits.
fn serve(fate: &Fate<'_>, path: usize, free: &mut [Millis], serves: &[u32]) -> Millis {
    if fate.rings {
        return fate.ring[path];
    }
    let mut first = u64::MAX;
    for (at, (time, serves)) in free.iter().zip(serves).enumerate() {
        // Time before place: the least of both in one comparison.
        let key = u64::from(*time) << 32 | at as u64;
        first = first.min(if serves & fate.line == 0 { u64::MAX } else { key });
    }
    let time = u32::try_from(first >> 32).unwrap_or(NEVER).min(NEVER);
    if time < NEVER {
        let gives_up = fate
            .patience
            .as_ref()
            .is_some_and(|(patience, of)| patience.used_up(fate.waited.saturating_add(time)) > of[path]);
        if !gives_up && let Some(free) = free.get_mut((first & u64::from(u32::MAX)) as usize) {
            *free = time.saturating_add(fate.cycle[path]).min(NEVER);
        }
    }
    time.saturating_add(fate.ring[path])
}

/// Middle and ninth tenth of what the futures gave.
fn told(line: &Line, waits: &mut Each) -> Option<Estimate> {
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
