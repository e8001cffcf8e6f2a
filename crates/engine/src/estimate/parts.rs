//! Which part of what was seen each future takes: 16 futures are played side by side, and that once, twice or four
//! times. Whatever is drawn is cut in 64 equally likely parts; the futures take different ones, in an order that
//! differs from one thing drawn to the next.

use super::samples::Millis;

/// Futures played side by side.
pub(super) const LANES: usize = 16;

/// Parts of whatever is drawn.
pub(super) const PARTS: usize = 64;

/// One of each future.
pub(super) type Lanes = [Millis; LANES];

/// The part that each future takes.
pub(super) type Parts = [u8; LANES];

/// Orders of the futures.
const ORDERS: [Parts; 512] = orders();

/// One of the times that futures are played.
#[derive(Debug, Clone, Copy)]
pub(super) struct Round {
    pub(super) at: usize,
    pub(super) of: usize,
}

impl Round {
    /// The parts for one thing drawn. Four rounds take each part once; fewer take them evenly.
    pub(super) fn parts(self, what: usize) -> Parts {
        let order = &ORDERS[(what * self.of + self.at) % ORDERS.len()];
        let odd = (what.count_ones() % 2) as usize;
        let within = match self.of {
            1 => 1 + odd,
            2 => 2 * self.at + odd,
            _ => self.at,
        };
        order.map(|part| part * 4 + within as u8)
    }
}

const fn orders() -> [Parts; 512] {
    let mut all = [[0; LANES]; 512];
    let mut seed: u64 = 0x6865_6c69_6e00;
    let mut row = 0;
    while row < all.len() {
        let mut at = 0;
        while at < LANES {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_rounds_take_each_part_once_and_fewer_take_them_evenly() {
        for of in [1, 2, 4] {
            for what in 0..600 {
                let mut taken: Vec<u8> = (0..of).flat_map(|at| Round { at, of }.parts(what)).collect();
                taken.sort_unstable();
                let each = PARTS / taken.len();
                let strata: Vec<usize> = taken.iter().map(|part| usize::from(*part) / each).collect();
                assert_eq!(strata, (0..LANES * of).collect::<Vec<usize>>());
            }
        }
    }
}
