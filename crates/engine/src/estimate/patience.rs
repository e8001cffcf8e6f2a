//! How soon callers of a group give up: seen from all who stayed, those included who were served before they would
//! have.

use model::saved::Handled;

use super::parts::{Lanes, PARTS, Parts};
use super::samples::{Millis, NEVER, millis};

/// Stretches of a wait in which callers are equally likely to give up: up to 10 s, then each twice as long as those
/// before it together; the last one has no end.
const STRETCHES: usize = 9;

/// Length of the first.
const FIRST: Millis = 10_000;

/// Hurry is counted in parts of a thousandth, so small that none is lost.
const FINE: u64 = 1 << 20;

/// See `Patience::inverse`, and what is left away to multiply by it.
const INVERSE: u64 = 1 << 40;
const COARSE: u64 = 1 << 10;

/// -ln of the middle of each 64th, thousandths: how much of a patience of mean length 1 is used up.
const USED_UP: [u64; PARTS] = [
    4852, 3754, 3243, 2906, 2655, 2455, 2288, 2144, 2019, 1908, 1808, 1717, 1633, 1556, 1485, 1418, 1356,
    1297, 1241, 1189, 1139, 1091, 1045, 1002, 960, 920, 882, 845, 809, 775, 741, 709, 678, 647, 618, 589,
    561, 534, 508, 482, 457, 432, 408, 385, 362, 340, 318, 297, 276, 256, 236, 216, 197, 178, 160, 142, 124,
    106, 89, 72, 56, 40, 24, 8,
];

fn stretch(waited: Millis) -> usize {
    ((Millis::BITS - (waited / FIRST).leading_zeros()) as usize).min(STRETCHES - 1)
}

fn begin(stretch: usize) -> Millis {
    if stretch == 0 { 0 } else { FIRST << (stretch - 1) }
}

/// A group's.
#[derive(Debug, Default)]
pub(super) struct Patience {
    /// Used up within each stretch, a millisecond.
    pace: [u64; STRETCHES],
    /// Used up before it.
    before: [u64; STRETCHES],
    /// One by the pace, times `INVERSE`: dividing is slow.
    inverse: [u64; STRETCHES],
    any: bool,
}

impl Patience {
    pub(super) fn of(handled: &Handled) -> Patience {
        let (mut stays, mut gave_up) = ([(0_u64, 0_u64); STRETCHES], [0_u64; STRETCHES]);
        for (stay, left) in &handled.stays {
            let stay = millis(*stay);
            let last = stretch(stay);
            stays[last].0 += 1;
            stays[last].1 += u64::from(stay - begin(last));
            gave_up[last] += u64::from(*left);
        }
        // Who stayed into a later stretch was there for all of the earlier ones.
        let mut longer = 0;
        let mut exposed = [0_u64; STRETCHES];
        for at in (0..STRETCHES).rev() {
            exposed[at] = stays[at].1;
            if at + 1 < STRETCHES {
                exposed[at] += longer * u64::from(begin(at + 1) - begin(at));
            }
            longer += stays[at].0;
        }
        let mut patience = Patience::default();
        for at in 0..STRETCHES {
            patience.pace[at] = gave_up[at] * 1_000 * FINE / exposed[at].max(1_000);
            patience.inverse[at] = INVERSE.checked_div(patience.pace[at]).unwrap_or(INVERSE);
            patience.any |= gave_up[at] > 0;
            if at > 0 {
                let length = u64::from(begin(at) - begin(at - 1));
                patience.before[at] = patience.before[at - 1] + patience.pace[at - 1] * length;
            }
        }
        patience
    }

    pub(super) fn anybody_gives_up(&self) -> bool {
        self.any
    }

    /// After how long somebody gives up who has waited.
    pub(super) fn draw(&self, waited: Millis, parts: &Parts) -> Lanes {
        let now = stretch(waited);
        let used_up = self.before[now] + self.pace[now] * u64::from(waited - begin(now));
        parts.map(|part| self.after(waited, now, used_up + USED_UP[usize::from(part) % PARTS] * FINE))
    }

    fn after(&self, waited: Millis, now: usize, used_up: u64) -> Millis {
        let mut at = now;
        while at + 1 < STRETCHES && self.before[at + 1] <= used_up {
            at += 1;
        }
        // At most 4852 * FINE, so that nothing is lost at the upper end; a millisecond at the lower.
        let rest = (used_up - self.before[at]) / COARSE * self.inverse[at] / (INVERSE / COARSE);
        let end = u64::from(begin(at)) + rest;
        u32::try_from(end.saturating_sub(u64::from(waited))).unwrap_or(NEVER).min(NEVER)
    }
}

#[cfg(test)]
mod tests {
    use model::time::Span;

    use super::*;

    /// Stays of 1 s, 2 s .. 250 s; every second ends by giving up: half of the hurry that the ends alone would show.
    fn seen() -> Patience {
        let stays = (1..=250).map(|second| (Span::seconds(second), second % 2 == 0)).collect();
        Patience::of(&Handled { stays, ..Handled::default() })
    }

    fn ends(patience: &Patience, waited: Millis) -> Vec<Millis> {
        let parts: Vec<u8> = (0..PARTS as u8).collect();
        parts.chunks(16).flat_map(|parts| patience.draw(waited, &parts.try_into().unwrap())).collect()
    }

    #[test]
    fn as_many_give_up_in_time_as_were_seen_to() {
        let ends = ends(&seen(), 0);
        assert!(ends.is_sorted_by(|one, next| one >= next), "the first part has the most patience");
        // Of those at risk, half a person a second: the product-limit for 100 s is about sqrt(150 / 250).
        let longer = ends.iter().filter(|end| **end > 100_000).count();
        assert!((45..=54).contains(&longer), "{longer} of 64 wait longer than 100 s");
    }

    #[test]
    fn who_has_waited_gives_up_as_soon_as_those_did_who_waited_so_long() {
        let patience = seen();
        let soon = |waited: Millis| ends(&patience, waited).iter().filter(|end| **end <= 30_000).count();
        assert!(soon(200_000) > 2 * soon(0), "of those who wait 200 s half give up before 250 s");
        let nobody = ends(&Patience::of(&Handled::default()), 5_000);
        assert!(nobody.iter().all(|end| *end > 2 * 3_600_000), "where nobody gave up nobody will");
    }
}
