//! Where things lie, found at the same cost however many there are: from the spread of a key to a place in a list.
//!
//! Nothing is left to chance: the same steps always give the same index. In which order places lie in it, nobody can
//! ask.

use hashbrown::HashTable;

/// A key of a [`super::Table`].
pub trait Key: Ord + Copy {
    /// A number that differs between keys in as many of its bits as can be.
    fn spread(&self) -> u32;
}

/// Spreads keys that are numbers, those that follow each other, too: by the golden ratio (Knuth, TAOCP 6.4).
pub const fn spread(number: u64) -> u32 {
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

#[derive(Debug, Clone, Copy)]
struct Place {
    spread: u32,
    at: u32,
}

/// Places by the spread of their keys. Whose place it is, the asker knows.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    places: HashTable<Place>,
}

/// The table goes by the lowest and by the highest bits.
fn hash(spread: u32) -> u64 {
    u64::from(spread) << 32 | u64::from(spread)
}

impl Index {
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The place of a key: one that `is` its place.
    pub(super) fn find(&self, spread: u32, is: impl Fn(usize) -> bool) -> Option<usize> {
        let place = self.places.find(hash(spread), |place| place.spread == spread && is(place.at as usize));
        place.map(|place| place.at as usize)
    }

    /// Gives a place to a key that has none.
    pub(super) fn insert(&mut self, spread: u32, place: usize) {
        let at = u32::try_from(place).expect("there are fewer calls and people than that");
        self.places.insert_unique(hash(spread), Place { spread, at }, |place| hash(place.spread));
    }

    /// Takes a key's place away; which it was.
    pub(super) fn remove(&mut self, spread: u32, is: impl Fn(usize) -> bool) -> Option<usize> {
        let found =
            self.places.find_entry(hash(spread), |place| place.spread == spread && is(place.at as usize));
        Some(found.ok()?.remove().0.at as usize)
    }
}
