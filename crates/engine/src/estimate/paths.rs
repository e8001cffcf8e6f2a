//! The near future, played many times: those ahead give up or take the agents who come free, one after the other.
//!
//! Whoever stands further ahead takes, of the agents who serve him, the one who comes free first: that is what an
//! agent does who takes the longest wait of all his groups. With many agents and callers chance evens out within one
//! future, so that fewer are played.

use model::id::CallId;
use model::number::Number;
use model::saved::SavedState;
use model::time::{Span, Utc};

use super::Estimate;
use super::line::{Desk, Does, Entry, Line, look};
use super::parts::{LANES, Lanes, PARTS, Round};
use super::samples::{Millis, NEVER};

/// With fewer turns of an agent and a caller in a future 64 are played, or 32.
const FOUR_ROUNDS: usize = 128;
const TWO_ROUNDS: usize = 512;

/// Things drawn for one agent or caller.
const DRAWN: usize = 4;

/// Whose estimate is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    All,
    Last,
}

/// The estimates of the callers of this group's line, up to `last`, in order; or his alone.
pub(super) fn play(
    state: &SavedState,
    number: Number,
    last: CallId,
    now: Utc,
    whose: Whose,
) -> Vec<(CallId, Estimate)> {
    let Some(line) = look(state, number, last, now) else { return Vec::new() };
    if line.desks.is_empty() {
        return Vec::new();
    }
    let of = match line.desks.len() * line.entries.len() {
        turns if turns <= FOUR_ROUNDS => 4,
        turns if turns <= TWO_ROUNDS => 2,
        _ => 1,
    };
    let wanted = |entry: &Entry| entry.group == 0 && (whose == Whose::All || entry.call == last);
    let mut told: Vec<(CallId, [Millis; PARTS])> =
        line.entries.iter().filter(|entry| wanted(entry)).map(|entry| (entry.call, [0; PARTS])).collect();
    for at in 0..of {
        let round = Round { at, of };
        let mut free: Vec<(u32, Lanes)> = line
            .desks
            .iter()
            .enumerate()
            .map(|(n, desk)| (desk.serves, starts(&line, n, desk, round)))
            .collect();
        let mut next = told.iter_mut();
        for (n, entry) in line.entries.iter().enumerate() {
            let waits = turn(&line, n, entry, round, &mut free);
            if wanted(entry)
                && let Some((_, all)) = next.next()
            {
                all[at * LANES..][..LANES].copy_from_slice(&waits);
            }
        }
    }
    told.iter_mut()
        .filter_map(|(call, waits)| Some((*call, middle(&line, &mut waits[..of * LANES])?)))
        .collect()
}

/// When an agent comes free, in each of the futures.
fn starts(line: &Line, at: usize, desk: &Desk, round: Round) -> Lanes {
    let parts = |what: usize| round.parts(at * DRAWN + what);
    let mut start = match desk.does {
        Does::Free => [0; LANES],
        Does::Until(rest) => [rest; LANES],
        Does::Talks(group, elapsed) => {
            let group = &line.groups[group];
            let rest = group.rest_of_call(elapsed).draw(&parts(0));
            rest.map(|rest| rest.saturating_add(group.wrap_up()))
        }
        Does::Rings(group, elapsed) => {
            let group = &line.groups[group];
            let rest = group.rings.beyond(elapsed).draw(&parts(0));
            sum(rest, group.calls.draw(&parts(1)))
        }
    };
    let own = line.groups.get(desk.serves.trailing_zeros() as usize).unwrap_or(&line.groups[0]);
    match (desk.pauses, desk.does) {
        (Some(elapsed), _) => {
            let rest = own.gaps.beyond(elapsed.max(1_000));
            start = if rest.is_known() { sum(start, rest.draw(&parts(2))) } else { [NEVER; LANES] };
        }
        (None, Does::Free | Does::Until(_)) => {}
        (None, Does::Talks(..) | Does::Rings(..)) => start = sum(start, own.gaps.draw(&parts(2))),
    }
    // Where a caller stands for more than one turn of an agent, the agents' first turns are spread over it.
    let spread = u64::from(line.keeps.more(line.groups[0].calls.middle()));
    let parts = parts(3);
    std::array::from_fn(|lane| {
        let later = spread * (2 * u64::from(parts[lane]) + 1) / (2 * PARTS as u64);
        let start = line.comes_free.take(start[lane]);
        start.saturating_add(u32::try_from(later).unwrap_or(NEVER)).min(NEVER)
    })
}

/// One caller's turn: how long he waits until he is answered, if he waits.
fn turn(line: &Line, at: usize, entry: &Entry, round: Round, free: &mut [(u32, Lanes)]) -> Lanes {
    let agents = free.len();
    let parts = |what: usize| round.parts((agents + at) * DRAWN + what);
    let group = &line.groups[entry.group];
    if let Some(rung) = entry.ringing {
        return group.rings.beyond(rung).draw(&parts(0));
    }
    let ring = group.rings.draw(&parts(0));
    let (first, who) = first(free, 1 << entry.group);
    if at + 1 < line.entries.len() {
        let cycle = sum(sum(ring, group.calls.draw(&parts(1))), group.gaps.draw(&parts(2)));
        let gives_up = if entry.gives_up && group.patience.anybody_gives_up() {
            group.patience.draw(entry.waited, &parts(3))
        } else {
            [NEVER; LANES]
        };
        for lane in 0..LANES {
            let time = first[lane];
            if time < NEVER
                && time <= gives_up[lane]
                && let Some((_, free)) = free.get_mut(who[lane] as usize)
            {
                free[lane] = time.saturating_add(line.keeps.take(cycle[lane])).min(NEVER);
            }
        }
    }
    sum(first, ring)
}

/// When the first agent who serves a line comes free, and who he is.
fn first(free: &[(u32, Lanes)], line: u32) -> (Lanes, Lanes) {
    let (mut first, mut who) = ([NEVER; LANES], [0; LANES]);
    for (at, (serves, times)) in (0_u32..).zip(free) {
        if serves & line == 0 {
            continue;
        }
        for lane in 0..LANES {
            let sooner = times[lane] < first[lane];
            first[lane] = if sooner { times[lane] } else { first[lane] };
            who[lane] = if sooner { at } else { who[lane] };
        }
    }
    (first, who)
}

fn sum(one: Lanes, other: Lanes) -> Lanes {
    std::array::from_fn(|lane| one[lane].saturating_add(other[lane]))
}

/// Middle and ninth tenth of what the futures gave.
fn middle(line: &Line, waits: &mut [Millis]) -> Option<Estimate> {
    waits.sort_unstable();
    let n = waits.len();
    let p50 = u64::from(waits[n / 2 - 1]).midpoint(u64::from(waits[n / 2]));
    let mut p90 = u64::from(waits[n * 9 / 10]);
    if p50 >= u64::from(NEVER) {
        return None;
    }
    if line.coarse > 1 {
        // What stands for many varies more than they do together.
        p90 = p50 + (p90 - p50) / (line.coarse as u64).isqrt().max(1);
    }
    Some(Estimate { p50: Span(p50), p90: Span(p90) })
}
