//! A map for the path of a call: asking for a value costs the same however many there are.
//!
//! Invariants: it reads, compares and is written down as a map in the order of its keys; where a value lies says
//! nothing. Nothing is left to chance: the same steps always do the same.

use std::fmt;
use std::ops::Index as At;

use hashbrown::HashTable;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A key of a [`Table`].
pub trait Key: Ord + Copy {
    /// A number that differs between keys in as many of its bits as can be.
    fn spread(&self) -> u32;
}

/// Spreads keys that are numbers, those that follow each other, too: by the golden ratio (Knuth, TAOCP 6.4).
pub const fn spread(number: u64) -> u32 {
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

/// `HashTable` goes by the lowest and by the highest bits.
fn hash(key: &impl Key) -> u64 {
    let spread = u64::from(key.spread());
    spread << 32 | spread
}

/// A map from ids to what is kept of them.
#[derive(Clone)]
pub struct Table<K, V> {
    entries: HashTable<(K, V)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Table { entries: HashTable::new() }
    }
}

impl<K: Key, V> Table<K, V> {
    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.entries.find(hash(key), |(known, _)| known == key).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.entries.find_mut(hash(key), |(known, _)| known == key).map(|(_, value)| value)
    }

    /// Whether it has a value.
    pub fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// Gives a key a value; the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(known) = self.get_mut(&key) {
            return Some(std::mem::replace(known, value));
        }
        self.entries.insert_unique(hash(&key), (key, value), |(key, _)| hash(key));
        None
    }

    /// The value of a key, made if there is none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let entry = self.entries.entry(hash(&key), |(known, _)| *known == key, |(key, _)| hash(key));
        let (_, value) = entry.or_insert_with(|| (key, make())).into_mut();
        value
    }

    /// Removes a key; the value it had.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let entry = self.entries.find_entry(hash(key), |(known, _)| known == key).ok()?;
        let ((_, value), _) = entry.remove();
        Some(value)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All, in the order of their keys, which costs a sort: not for the path of a call.
    pub fn iter(&self) -> std::vec::IntoIter<(&K, &V)> {
        let mut all: Vec<(&K, &V)> = self.entries.iter().map(|(key, value)| (key, value)).collect();
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
        self.len() == other.len() && self.entries.iter().all(|(key, value)| other.get(key) == Some(value))
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

    // Many keys share a spread, so that they stand behind each other.
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
    }

    fn step() -> impl Strategy<Value = Step> {
        let key = 0..24_u8;
        prop_oneof![
            (key.clone(), any::<u32>()).prop_map(|(key, value)| Step::Insert(key, value)),
            key.clone().prop_map(Step::Remove),
            (key.clone(), any::<u32>()).prop_map(|(key, value)| Step::Change(key, value)),
            (key, any::<u32>()).prop_map(|(key, value)| Step::Make(key, value)),
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
