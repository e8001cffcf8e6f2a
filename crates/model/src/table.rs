//! A map for the path of a call: its values stay where they are, and it remembers the one that was worked on last.
//!
//! One input is about few calls and people, and each of its facts asks for them several times; only the first time
//! costs a search. Invariants: it reads, compares and is written down as a map in the order of its keys; where a
//! value lies says nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Index;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A map from ids to what is kept of them.
#[derive(Clone)]
pub struct Table<K, V> {
    places: BTreeMap<K, u32>,
    /// Empty where a value was removed, or taken for a while.
    slots: Vec<Option<Box<V>>>,
    vacant: Vec<u32>,
    taken: usize,
    last: Option<(K, u32)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table { places: BTreeMap::new(), slots: Vec::new(), vacant: Vec::new(), taken: 0, last: None }
    }
}

impl<K: Ord + Copy, V> Table<K, V> {
    /// Where a value lies, found without a search if it was the last one.
    fn place(&self, key: &K) -> Option<usize> {
        match self.last {
            Some((last, place)) if last == *key => Some(place as usize),
            Some(_) | None => self.places.get(key).map(|place| *place as usize),
        }
    }

    fn place_mut(&mut self, key: &K) -> Option<usize> {
        let place = self.place(key)?;
        self.last = Some((*key, u32::try_from(place).ok()?));
        Some(place)
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.slots[self.place(key)?].as_deref()
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place_mut(key)?;
        self.slots[place].as_deref_mut()
    }

    /// Whether it has a value.
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Gives a key a value; the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.put(key, Box::new(value)).map(|old| *old)
    }

    /// The value of a key, made if there is none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let place = match self.place_mut(&key) {
            Some(place) => {
                self.taken -= usize::from(self.slots[place].is_none());
                place
            }
            None => self.new_place(key),
        };
        self.slots[place].get_or_insert_with(|| Box::new(make()))
    }

    /// Removes a key; the value it had.
    pub fn remove(&mut self, key: &K) -> Option<Box<V>> {
        let place = self.places.remove(key)?;
        if self.last.is_some_and(|(last, _)| last == *key) {
            self.last = None;
        }
        self.vacant.push(place);
        let value = self.slots[place as usize].take();
        self.taken -= usize::from(value.is_none());
        value
    }

    /// Takes a value out for a while: nobody finds it until it is `put` back, or its key is removed.
    pub fn take(&mut self, key: &K) -> Option<Box<V>> {
        let place = self.place_mut(key)?;
        let value = self.slots[place].take()?;
        self.taken += 1;
        Some(value)
    }

    /// Puts a value in; the one that the key had.
    pub fn put(&mut self, key: K, value: Box<V>) -> Option<Box<V>> {
        let Some(place) = self.place_mut(&key) else {
            let place = self.new_place(key);
            self.slots[place] = Some(value);
            return None;
        };
        let before = self.slots[place].replace(value);
        self.taken -= usize::from(before.is_none());
        before
    }

    /// An empty place for a key that has none.
    fn new_place(&mut self, key: K) -> usize {
        let place = self.vacant.pop().unwrap_or_else(|| {
            self.slots.push(None);
            u32::try_from(self.slots.len() - 1).expect("there are fewer calls and people than that")
        });
        self.places.insert(key, place);
        self.last = Some((key, place));
        place as usize
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len() - self.taken
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All, in the order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        self.places.iter().filter_map(|(key, place)| Some((key, self.slots[*place as usize].as_deref()?)))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.iter().map(|(_, value)| value)
    }
}

impl<K: Ord + Copy, V> Index<&K> for Table<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("the key is in the table")
    }
}

impl<K: Ord + Copy, V> FromIterator<(K, V)> for Table<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut table = Table::default();
        for (key, value) in pairs {
            table.insert(key, value);
        }
        table.last = None;
        table
    }
}

impl<K: Ord + Copy, V: PartialEq> PartialEq for Table<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Ord + Copy, V: Eq> Eq for Table<K, V> {}

impl<K: Ord + Copy + fmt::Debug, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

// As the maps beside it in saved state: a list of pairs, in order.
impl<K: Ord + Copy + Serialize, V: Serialize> Serialize for Table<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // The length comes first in some forms.
        let pairs: Vec<(&K, &V)> = self.iter().collect();
        serializer.collect_seq(pairs)
    }
}

impl<'de, K: Ord + Copy + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Table<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone, Copy)]
    enum Step {
        Insert(u8, u32),
        Remove(u8),
        Change(u8, u32),
        Make(u8, u32),
        TakeAndPut(u8),
        TakeAndRemove(u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        let key = 0..12_u8;
        prop_oneof![
            (key.clone(), any::<u32>()).prop_map(|(key, value)| Step::Insert(key, value)),
            key.clone().prop_map(Step::Remove),
            (key.clone(), any::<u32>()).prop_map(|(key, value)| Step::Change(key, value)),
            (key.clone(), any::<u32>()).prop_map(|(key, value)| Step::Make(key, value)),
            key.clone().prop_map(Step::TakeAndPut),
            key.prop_map(Step::TakeAndRemove),
        ]
    }

    fn apply(table: &mut Table<u8, u32>, map: &mut BTreeMap<u8, u32>, step: Step) {
        match step {
            Step::Insert(key, value) => assert_eq!(table.insert(key, value), map.insert(key, value)),
            Step::Remove(key) => assert_eq!(table.remove(&key).map(|value| *value), map.remove(&key)),
            Step::Change(key, value) => {
                assert_eq!(table.get_mut(&key).is_some(), map.contains_key(&key));
                for change in table.get_mut(&key).into_iter().chain(map.get_mut(&key)) {
                    *change = value;
                }
            }
            Step::Make(key, value) => {
                assert_eq!(table.get_or_insert_with(key, || value), map.entry(key).or_insert(value));
            }
            Step::TakeAndPut(key) => {
                let Some(value) = table.take(&key) else { return assert!(!map.contains_key(&key)) };
                assert!(table.take(&key).is_none() && !table.contains_key(&key), "it is out");
                assert_eq!((table.len(), table.values().count()), (map.len() - 1, map.len() - 1));
                table.put(key, value);
            }
            Step::TakeAndRemove(key) => {
                let value = table.take(&key);
                assert_eq!(value.map(|value| *value), map.remove(&key));
                assert_eq!(table.remove(&key), None);
            }
        }
    }

    proptest! {
        #[test]
        fn it_reads_as_a_map(steps in proptest::collection::vec(step(), 0..200)) {
            let (mut table, mut map) = (Table::default(), BTreeMap::new());
            for step in steps {
                apply(&mut table, &mut map, step);
                prop_assert_eq!(table.len(), map.len());
                prop_assert!(table.iter().eq(map.iter()));
                for key in 0..12 {
                    prop_assert_eq!(table.get(&key), map.get(&key));
                }
            }
            let again: Table<u8, u32> = map.into_iter().collect();
            prop_assert_eq!(table, again);
        }
    }
}
