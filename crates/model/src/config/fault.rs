//! What is wrong with a company file: every fault, each with its place and what is allowed.

use std::fmt;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Line in the file, from 1; `None` for JSON.
    pub line: Option<u32>,
    /// `group[+3726001000].ring_time`.
    pub path: String,
    /// What is wrong, what is allowed, the nearest right spelling.
    pub text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: {}", self.path, self.text)
    }
}

/// The right word nearest to a wrong one, if any is near.
pub(crate) fn nearest<'a>(wrong: &str, right: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = right.into_iter().map(|word| (strsim::damerau_levenshtein(wrong, word), word));
    near.min().filter(|(distance, word)| *distance <= word.len().max(3) / 3).map(|(_, word)| word)
}
