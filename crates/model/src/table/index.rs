//! Where things lie, found at the same cost however many there are: from the spread of a key to a place in a list.
//!
//! Open addressing: a cell stands at its home, or at the first free place after it. Invariants: at least half of all
//! cells are empty; between a cell and its home none is. Nothing is left to chance, so the same steps always give the
//! same index, and nobody can learn from it in which order keys came.

/// Cells at first, a power of two.
const CELLS_MIN: usize = 8;

/// A key of a [`super::Table`].
pub trait Key: Ord + Copy {
    /// A number that differs between keys in as many of its high bits as can be.
    fn spread(&self) -> u32;
}

/// Spreads keys that are numbers, those that follow each other, too: by the golden ratio (Knuth, TAOCP 6.4).
pub const fn spread(number: u64) -> u32 {
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    spread: u32,
    /// `EMPTY`: there is nothing here.
    place: u32,
}

const EMPTY: u32 = u32::MAX;

/// Places by the spread of their keys. Whose place it is, the asker knows.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    cells: Vec<Cell>,
    full: usize,
}

impl Index {
    pub(super) fn len(&self) -> usize {
        self.full
    }

    fn home(&self, spread: u32) -> usize {
        // The high bits are spread best.
        ((u64::from(spread) * self.cells.len() as u64) >> 32) as usize
    }

    fn after(&self, at: usize) -> usize {
        (at + 1) & (self.cells.len() - 1)
    }

    /// The cell of a key: one that `is` its place.
    fn cell(&self, spread: u32, is: impl Fn(usize) -> bool) -> Option<usize> {
        if self.cells.is_empty() {
            return None;
        }
        let mut at = self.home(spread);
        loop {
            let cell = self.cells[at];
            if cell.place == EMPTY {
                return None;
            }
            if cell.spread == spread && is(cell.place as usize) {
                return Some(at);
            }
            at = self.after(at);
        }
    }

    /// The place of a key.
    pub(super) fn find(&self, spread: u32, is: impl Fn(usize) -> bool) -> Option<usize> {
        Some(self.cells[self.cell(spread, is)?].place as usize)
    }

    /// Gives a place to a key that has none.
    pub(super) fn insert(&mut self, spread: u32, place: usize) {
        if (self.full + 1) * 2 > self.cells.len() {
            self.grow();
        }
        let place = u32::try_from(place).ok().filter(|place| *place != EMPTY);
        self.stand(Cell { spread, place: place.expect("there are fewer calls and people than that") });
        self.full += 1;
    }

    fn stand(&mut self, cell: Cell) {
        let mut at = self.home(cell.spread);
        while self.cells[at].place != EMPTY {
            at = self.after(at);
        }
        self.cells[at] = cell;
    }

    fn grow(&mut self) {
        let cells = (self.cells.len() * 2).max(CELLS_MIN);
        let before = std::mem::replace(&mut self.cells, vec![Cell { spread: 0, place: EMPTY }; cells]);
        for cell in before.into_iter().filter(|cell| cell.place != EMPTY) {
            self.stand(cell);
        }
    }

    /// Takes a key's place away; which it was.
    pub(super) fn remove(&mut self, spread: u32, is: impl Fn(usize) -> bool) -> Option<usize> {
        let mut hole = self.cell(spread, is)?;
        let place = self.cells[hole].place;
        let mut at = hole;
        // Those behind it move up, as far as none comes to stand before its home.
        loop {
            at = self.after(at);
            let cell = self.cells[at];
            if cell.place == EMPTY {
                break;
            }
            let last = self.cells.len() - 1;
            let from_home = at.wrapping_sub(self.home(cell.spread)) & last;
            if from_home >= (at.wrapping_sub(hole) & last) {
                self.cells[hole] = cell;
                hole = at;
            }
        }
        self.cells[hole].place = EMPTY;
        self.full -= 1;
        Some(place as usize)
    }
}
