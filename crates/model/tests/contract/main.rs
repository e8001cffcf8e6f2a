//! What others hold us to: the ranges of the settings, and the written form of what is kept. A change to a
//! file in `golden/` is a change of contract.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod export;
mod facts;
mod inputs;
mod ranges;

use std::collections::BTreeSet;

/// One line of JSON per value; each reads back as what it was.
fn lines<T>(values: &[T]) -> String
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let mut text = String::new();
    for value in values {
        let line = serde_json::to_string(value).unwrap();
        assert_eq!(serde_json::from_str::<T>(&line).unwrap(), *value, "{line}");
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// Each of `0..all` is there: no variant is forgotten.
fn complete(numbers: impl Iterator<Item = usize>, all: usize) {
    assert_eq!(numbers.collect::<BTreeSet<usize>>(), (0..all).collect());
}
