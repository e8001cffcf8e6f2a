//! Lengths that were seen, drawn from evenly: the 64 paths of an estimate take the 64 equal parts of a sample, each
//! part once, in an order that differs from one thing drawn to the next.

use model::saved::Handled;
use model::time::{Span, Utc};

/// Futures that are played.
pub(super) const PATHS: usize = 64;

/// Newer calls alone are looked at when there are so many.
const RECENT_MIN: usize = 40;

/// What counts as newer: longer ago the day was another.
const RECENT: Span = Span::seconds(2 * 3_600);

/// Orders of the 64 parts.
const ORDERS: [[u8; PATHS]; PATHS] = orders();

/// A length from now, milliseconds; longer ones than 49 days do not come up.
pub(super) type Millis = u32;

/// In which order the paths take the 64 parts for one thing drawn.
pub(super) struct Order(&'static [u8; PATHS], &'static [u8; PATHS]);

impl Order {
    /// One order after another gives as many as there are pairs.
    pub(super) fn of(what: usize) -> Order {
        Order(&ORDERS[what % PATHS], &ORDERS[(what / PATHS + what % 7 + 1) % PATHS])
    }

    pub(super) fn part(&self, path: usize) -> u32 {
        u32::from(self.0[usize::from(self.1[path % PATHS]) % PATHS])
    }
}

const fn orders() -> [[u8; PATHS]; PATHS] {
    let mut all = [[0; PATHS]; PATHS];
    let mut seed: u64 = 0x6865_6c69_6e00;
    let mut row = 0;
    while row < PATHS {
        let mut at = 0;
        while at < PATHS {
            all[row][at] = at as u8;
            at += 1;
        }
        while at > 1 {
            at -= 1;
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let other = ((seed >> 33) % (at as u64 + 1)) as usize;
            let kept = all[row][at];
            all[row][at] = all[row][other];
            all[row][other] = kept;
        }
        row += 1;
    }
    all
}

/// A sample in order.
#[derive(Debug, Default)]
pub(super) struct Sample(Vec<Millis>);

impl Sample {
    pub(super) fn of(lengths: impl Iterator<Item = Span>) -> Sample {
        let mut sorted: Vec<Millis> = lengths.map(millis).collect();
        sorted.sort_unstable();
        Sample(sorted)
    }

    /// Lengths of calls: those of the last two hours where there are enough.
    pub(super) fn of_calls(handled: &Handled, now: Utc) -> Sample {
        let recent = handled.calls.iter().rev().take_while(|(at, _)| now - *at < RECENT).count();
        let skip = if recent >= RECENT_MIN { handled.calls.len() - recent } else { 0 };
        Sample::of(handled.calls.iter().skip(skip).map(|(_, length)| *length))
    }

    /// The length in the middle of one of 64 equal parts; 0 where nothing was seen.
    pub(super) fn draw(&self, part: u32) -> Millis {
        pick(&self.0, part).unwrap_or(0)
    }

    /// Those longer than `elapsed`, to be drawn from more than once.
    pub(super) fn beyond(&self, elapsed: Millis) -> Beyond<'_> {
        let first = self.0.partition_point(|length| *length <= elapsed);
        Beyond { longer: &self.0[first..], elapsed }
    }
}

/// What is left of a length of which `elapsed` is over.
#[derive(Debug)]
pub(super) struct Beyond<'a> {
    longer: &'a [Millis],
    elapsed: Millis,
}

/// With fewer examples of so long a length the past says little.
const LONGER_MIN: usize = 3;

impl Beyond<'_> {
    pub(super) fn is_known(&self) -> bool {
        self.longer.len() >= LONGER_MIN
    }

    pub(super) fn draw(&self, part: u32) -> Millis {
        match pick(self.longer, part) {
            Some(length) if self.is_known() => length - self.elapsed,
            // What has lasted very long goes on for about as long again.
            Some(_) | None => {
                u32::try_from(u64::from(self.elapsed) * u64::from(2 * part + 1) / 64).unwrap_or(u32::MAX)
            }
        }
    }
}

fn pick(sorted: &[Millis], part: u32) -> Option<Millis> {
    sorted.get((part as usize * sorted.len() + sorted.len() / 2) / PATHS).copied()
}

pub(super) fn millis(span: Span) -> Millis {
    // Sums of a few of them must not overflow.
    u32::try_from(span.0).unwrap_or(u32::MAX).min(1 << 28)
}

/// Stretches of a wait in which callers are equally likely to give up: up to 10 s, then each twice as long as those
/// before it together; the last one has no end.
const STRETCHES: usize = 9;

/// Length of the first.
const FIRST: Millis = 10_000;

/// Hurry is counted in parts of a thousandth, so small that none is lost.
const FINE: u64 = 1 << 20;

fn stretch(waited: Millis) -> usize {
    ((Millis::BITS - (waited / FIRST).leading_zeros()) as usize).min(STRETCHES - 1)
}

fn begin(stretch: usize) -> Millis {
    if stretch == 0 { 0 } else { FIRST << (stretch - 1) }
}

/// -ln of the middle of each 64th, thousandths: how much of a patience of mean length 1 is used up.
const USED_UP: [u64; PATHS] = [
    4852, 3754, 3243, 2906, 2655, 2455, 2288, 2144, 2019, 1908, 1808, 1717, 1633, 1556, 1485, 1418, 1356,
    1297, 1241, 1189, 1139, 1091, 1045, 1002, 960, 920, 882, 845, 809, 775, 741, 709, 678, 647, 618, 589,
    561, 534, 508, 482, 457, 432, 408, 385, 362, 340, 318, 297, 276, 256, 236, 216, 197, 178, 160, 142, 124,
    106, 89, 72, 56, 40, 24, 8,
];

/// How soon callers of a group give up.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// Patience used up within each stretch, a millisecond.
    pace: [u64; STRETCHES],
    /// Used up before it.
    before: [u64; STRETCHES],
    any: bool,
}

impl Patience {
    pub(super) fn of(handled: &Handled) -> Patience {
        let (mut exposed, mut gave_up) = ([0_u64; STRETCHES], [0_u64; STRETCHES]);
        for (stay, left) in &handled.stays {
            let stay = millis(*stay);
            let last = stretch(stay);
            for (at, exposed) in exposed.iter_mut().enumerate().take(last) {
                *exposed += u64::from(begin(at + 1) - begin(at));
            }
            exposed[last] += u64::from(stay - begin(last));
            gave_up[last] += u64::from(*left);
        }
        let mut patience = Patience::default();
        for at in 0..STRETCHES {
            patience.pace[at] = gave_up[at] * 1_000 * FINE / exposed[at].max(1_000);
            patience.any |= gave_up[at] > 0;
            if at > 0 {
                let length = u64::from(begin(at) - begin(at - 1));
                patience.before[at] = patience.before[at - 1] + patience.pace[at - 1] * length;
            }
        }
        patience
    }

    /// How much of a patience a wait uses up.
    pub(super) fn used_up(&self, waited: Millis) -> u64 {
        let at = stretch(waited);
        self.before[at] + self.pace[at] * u64::from(waited - begin(at))
    }

    pub(super) fn anybody_gives_up(&self) -> bool {
        self.any
    }

    /// When the patience of somebody who has waited is used up, in the measure of `used_up`.
    pub(super) fn draw(&self, waited: Millis, part: u32) -> u64 {
        self.used_up(waited) + USED_UP[part as usize % PATHS] * FINE
    }
}
