//! How far an estimate can be trusted: forecasts for some of those who begin to wait are kept and held against what
//! came, and later estimates are corrected by where those ended.
//!
//! A wait ends when the caller is answered; for one who gave up, when the first who stood behind him is.

use model::fact::Rank;
use model::id::CallId;
use model::number::Number;
use model::saved::{Foretold, Handled, SavedGroup, SavedState};
use model::time::{Span, Utc};

use super::{Estimate, raw};

/// Forecasts under way.
const FORETOLD_MAX: usize = 8;

/// Between two of them: often enough to learn from, seldom enough to cost nothing.
const FORETOLD_EVERY: Span = Span::seconds(10);

/// Endings remembered.
const LANDED_MAX: usize = 96;

/// With fewer endings nothing is corrected.
const LANDED_MIN: usize = 16;

/// A forecast that has not ended by then is forgotten.
const FORGOTTEN: Span = Span::seconds(3 * 3_600);

/// P50 and P90 are taken to lie at least this far apart.
const SPREAD_MIN: u64 = 5_000;

/// An estimate of so wide a spread is none: P90 over P50 times this and a while.
const SPREAD_MAX: (u64, u64) = (3, 120_000);

/// A caller begins to wait: the forecast is kept, unless enough are.
pub(crate) fn foretell(state: &mut SavedState, call: CallId, number: Number, now: Utc) {
    let Some(saved) = state.groups.get(&number) else { return };
    let handled = &saved.handled;
    let early = handled.foretold_last.is_some_and(|last| now - last < FORETOLD_EVERY);
    if early
        || handled.foretold.len() >= FORETOLD_MAX
        || handled.foretold.iter().any(|foretold| foretold.call == call)
    {
        return;
    }
    let Some(rank) = saved.ranks.get(&call).copied() else { return };
    let Some(Estimate { p50, p90 }) = raw(state, number, call, now) else { return };
    if let Some(saved) = state.groups.get_mut(&number) {
        saved.handled.foretold_last = Some(now);
        saved.handled.foretold.push_back(Foretold { call, rank, at: now, p50, p90 });
    }
}

/// A caller of the line is answered: his forecast, and those of callers before him who gave up, have ended.
pub(crate) fn landed(saved: &mut SavedGroup, rank: Rank, now: Utc) {
    let Handled { foretold, landed, .. } = &mut saved.handled;
    foretold.retain(|kept| {
        let over = kept.rank <= rank && !saved.ranks.contains_key(&kept.call);
        if over {
            if landed.len() >= LANDED_MAX {
                landed.pop_front();
            }
            landed.push_back(place(kept, now - kept.at));
        }
        !over && now - kept.at < FORGOTTEN
    });
}

/// Where a wait lies: P50 is 0, P90 is 1000.
fn place(kept: &Foretold, wait: Span) -> i32 {
    let off = i128::from(wait.0) - i128::from(kept.p50.0);
    let place = off * 1_000 / i128::from(spread(kept.p50, kept.p90));
    i32::try_from(place.clamp(-100_000, 100_000)).unwrap_or(0)
}

fn spread(p50: Span, p90: Span) -> u64 {
    p90.0.saturating_sub(p50.0).max(SPREAD_MIN)
}

/// The estimate as earlier ones have taught; `None` where it says too little to be told.
pub(super) fn corrected(saved: &SavedGroup, raw: Estimate) -> Option<Estimate> {
    let landed = &saved.handled.landed;
    let spread = spread(raw.p50, raw.p90);
    let mut p90 = raw.p50.0 + spread;
    let mut p50 = raw.p50.0;
    if landed.len() >= LANDED_MIN {
        let mut sorted: Vec<i32> = landed.iter().copied().collect();
        sorted.sort_unstable();
        let (middle, nine_tenths) = (tenth(&sorted, 5), tenth(&sorted, 9));
        // The middle is drawn half-way to what was seen: one busy hour is not the next.
        p50 = along(raw.p50, spread, middle / 2);
        p90 = along(raw.p50, spread, nine_tenths);
    }
    let p90 = p90.max(p50);
    let (times, more) = SPREAD_MAX;
    (p90 <= p50 * times + more).then_some(Estimate { p50: Span(p50), p90: Span(p90) })
}

/// What so many tenths of all to come are taken to lie below.
fn tenth(sorted: &[i32], tenths: usize) -> i64 {
    let at = (sorted.len() + 1) * tenths;
    let last = sorted.len() - 1;
    let (low, high) = (sorted[(at / 10 - 1).min(last)], sorted[(at / 10).min(last)]);
    i64::from(low) + (i64::from(high) - i64::from(low)) * (at % 10) as i64 / 10
}

fn along(p50: Span, spread: u64, thousandths: i64) -> u64 {
    let moved = i128::from(p50.0) + i128::from(spread) * i128::from(thousandths) / 1_000;
    u64::try_from(moved.max(0)).unwrap_or(u64::MAX)
}
