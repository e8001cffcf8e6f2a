//! Those who stand one behind the other: a map in the order of its keys, whose entries come at the end and leave at the
//! front.
//!
//! Those two cost the same however many there are. Elsewhere a place is found by halves, and the shorter side moves up:
//! cheap for the thousands that can stand in a line, and all lie beside each other.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::collections::vec_deque::Iter;
use std::fmt;
use std::iter::{Map, Take};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A map in the order of its keys.
#[derive(Clone, PartialEq, Eq)]
pub struct Lineup<K, V> {
    entries: VecDeque<(K, V)>,
}

type Pairs<'a, K, V> = Map<Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;

impl<K, V> Default for Lineup<K, V> {
    fn default() -> Self {
        Lineup { entries: VecDeque::new() }
    }
}

impl<K: Ord + Copy, V> Lineup<K, V> {
    /// Where a key stands, or would stand.
    fn place(&self, key: &K) -> Result<usize, usize> {
        let Some((last, _)) = self.entries.back() else { return Err(0) };
        match key.cmp(last) {
            Ordering::Greater => return Err(self.entries.len()),
            Ordering::Equal => return Ok(self.entries.len() - 1),
            Ordering::Less => {}
        }
        match key.cmp(&self.entries[0].0) {
            Ordering::Less => Err(0),
            Ordering::Equal => Ok(0),
            Ordering::Greater => self.entries.binary_search_by_key(key, |(known, _)| *known),
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.place(key).ok().map(|at| &self.entries[at].1)
    }

    /// Whether somebody stands there.
    pub fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// Gives a key a value; the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.entries[at].1, value)),
            Err(at) if at == self.entries.len() => {
                self.entries.push_back((key, value));
                None
            }
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    /// Removes a key; the value it had.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        match self.place(key).ok()? {
            0 => self.entries.pop_front(),
            at => self.entries.remove(at),
        }
        .map(|(_, value)| value)
    }

    /// How many stand before a key, whether it is there or not.
    pub fn before(&self, key: &K) -> usize {
        match self.place(key) {
            Ok(at) | Err(at) => at,
        }
    }

    /// Those up to a key and itself.
    pub fn through(&self, key: &K) -> Take<Pairs<'_, K, V>> {
        let count = match self.place(key) {
            Ok(at) => at + 1,
            Err(at) => at,
        };
        self.iter().take(count)
    }

    /// Who stands first.
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.entries.front().map(|(key, value)| (key, value))
    }

    /// Who stands last.
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.entries.back().map(|(key, value)| (key, value))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All, in the order of their keys.
    pub fn iter(&self) -> Pairs<'_, K, V> {
        self.entries.iter().map(|(key, value)| (key, value))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.iter().map(|(key, _)| key)
    }

    /// The values, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.iter().map(|(_, value)| value)
    }
}

impl<'a, K: Ord + Copy, V> IntoIterator for &'a Lineup<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Pairs<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<K: Ord + Copy, V> FromIterator<(K, V)> for Lineup<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut lineup = Lineup::default();
        for (key, value) in pairs {
            lineup.insert(key, value);
        }
        lineup
    }
}

impl<K: Ord + Copy + fmt::Debug, V: fmt::Debug> fmt::Debug for Lineup<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

// As the maps beside it in saved state: a list of pairs, in order.
impl<K: Ord + Copy + Serialize, V: Serialize> Serialize for Lineup<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, K: Ord + Copy + Deserialize<'de>, V: Deserialize<'de>> Deserialize<'de> for Lineup<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_reads_as_a_map(steps in proptest::collection::vec((any::<bool>(), 0..24_u8, any::<u32>()), 0..200)) {
            let (mut lineup, mut map) = (Lineup::default(), BTreeMap::new());
            for (comes, key, value) in steps {
                if comes {
                    prop_assert_eq!(lineup.insert(key, value), map.insert(key, value));
                } else {
                    prop_assert_eq!(lineup.remove(&key), map.remove(&key));
                }
                prop_assert_eq!(lineup.len(), map.len());
                prop_assert!(lineup.iter().eq(map.iter()));
                prop_assert_eq!(lineup.first_key_value(), map.first_key_value());
                prop_assert_eq!(lineup.last_key_value(), map.last_key_value());
                for key in 0..24 {
                    prop_assert_eq!(lineup.get(&key), map.get(&key));
                    prop_assert_eq!(lineup.before(&key), map.range(..key).count());
                    prop_assert!(lineup.through(&key).eq(map.range(..=key)));
                }
            }
        }
    }
}
