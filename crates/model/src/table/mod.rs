//! A map for the path of a call: asking for a value costs the same however many there are.
//!
//! Invariants: it reads, compares and is written down as a map in the order of its keys; where a value lies says
//! nothing.

mod index;

use std::fmt;
use std::ops::Index as At;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use index::Index;
pub use index::{Key, spread};

/// A map from ids to what is kept of them.
#[derive(Clone)]
pub struct Table<K, V> {
    index: Index,
    slots: Vec<Slot<K, V>>,
    vacant: Vec<usize>,
    taken: usize,
}

#[derive(Clone)]
struct Slot<K, V> {
    key: K,
    /// Empty where a value was removed, or taken for a while.
    value: Option<V>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table { index: Index::default(), slots: Vec::new(), vacant: Vec::new(), taken: 0 }
    }
}

impl<K: Key, V> Table<K, V> {
    fn place(&self, key: &K) -> Option<usize> {
        self.index.find(key.spread(), |place| self.slots[place].key == *key)
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.slots[self.place(key)?].value.as_ref()
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let place = self.place(key)?;
        self.slots[place].value.as_mut()
    }

    /// Whether it has a value.
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Gives a key a value, also one that was taken; the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let Some(place) = self.place(&key) else {
            let place = self.new_place(key);
            self.slots[place].value = Some(value);
            return None;
        };
        let before = self.slots[place].value.replace(value);
        self.taken -= usize::from(before.is_none());
        before
    }

    /// The value of a key, made if there is none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let place = match self.place(&key) {
            Some(place) => {
                self.taken -= usize::from(self.slots[place].value.is_none());
                place
            }
            None => self.new_place(key),
        };
        self.slots[place].value.get_or_insert_with(make)
    }

    /// Removes a key; the value it had.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let slots = &self.slots;
        let place = self.index.remove(key.spread(), |place| slots[place].key == *key)?;
        self.vacant.push(place);
        let value = self.slots[place].value.take();
        self.taken -= usize::from(value.is_none());
        value
    }

    /// Takes a value out for a while: nobody finds it until it is inserted again, or its key is removed.
    pub fn take(&mut self, key: &K) -> Option<V> {
        let place = self.place(key)?;
        let value = self.slots[place].value.take()?;
        self.taken += 1;
        Some(value)
    }

    /// An empty place for a key that has none.
    fn new_place(&mut self, key: K) -> usize {
        let place = match self.vacant.pop() {
            Some(place) => {
                self.slots[place].key = key;
                place
            }
            None => {
                self.slots.push(Slot { key, value: None });
                self.slots.len() - 1
            }
        };
        self.index.insert(key.spread(), place);
        place
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.index.len() - self.taken
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All, in no order that says anything: for what does not depend on one.
    fn unordered(&self) -> impl Iterator<Item = (&K, &V)> {
        self.slots.iter().filter_map(|slot| Some((&slot.key, slot.value.as_ref()?)))
    }

    /// All, in the order of their keys, which costs a sort: not for the path of a call.
    pub fn iter(&self) -> std::vec::IntoIter<(&K, &V)> {
        let mut all: Vec<(&K, &V)> = self.unordered().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all.into_iter()
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

impl<K: Key, V> At<&K> for Table<K, V> {
    type Output = V;

    fn index(&self, key: &K) -> &V {
        self.get(key).expect("the key is in the table")
    }
}

impl<'a, K: Key, V> IntoIterator for &'a Table<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = std::vec::IntoIter<(&'a K, &'a V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Key, V> FromIterator<(K, V)> for Table<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut table = Table::default();
        for (key, value) in pairs {
            table.insert(key, value);
        }
        table
    }
}

impl<K: Key, V: PartialEq> PartialEq for Table<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.unordered().all(|(key, value)| other.get(key) == Some(value))
    }
}

impl<K: Key, V: Eq> Eq for Table<K, V> {}

impl<K: Key + fmt::Debug, V: fmt::Debug> fmt::Debug for Table<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

// As the maps beside it in saved state: a list of pairs, in order.
impl<K: Key + Serialize, V: Serialize> Serialize for Table<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, K: Key + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Table<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    // Many keys share a home, so that they stand behind each other and round the end.
    impl Key for u8 {
        fn spread(&self) -> u32 {
            u32::from(*self / 4) << 30 | u32::from(*self % 2)
        }
    }

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
        let key = 0..24_u8;
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
            Step::Remove(key) => assert_eq!(table.remove(&key), map.remove(&key)),
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
                table.insert(key, value);
            }
            Step::TakeAndRemove(key) => {
                let value = table.take(&key);
                assert_eq!(value, map.remove(&key));
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
                for key in 0..24 {
                    prop_assert_eq!(table.get(&key), map.get(&key));
                }
            }
            let again: Table<u8, u32> = map.into_iter().collect();
            prop_assert_eq!(table, again);
        }
    }
}
