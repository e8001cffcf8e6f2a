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

/// Faults of form and of meaning as one list. What a fault of form says about a place says it all: what was
/// concluded from it is left out.
pub fn together(form: Vec<Fault>, meaning: Vec<Fault>) -> Vec<Fault> {
    let told = |fault: &Fault| {
        form.iter().any(|other| {
            fault
                .path
                .strip_prefix(other.path.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    };
    let new: Vec<Fault> = meaning.into_iter().filter(|fault| !told(fault)).collect();
    form.into_iter().chain(new).collect()
}

/// The right word nearest to a wrong one, if any is near.
pub(crate) fn nearest<'a>(wrong: &str, right: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = right.into_iter().map(|word| (strsim::damerau_levenshtein(wrong, word), word));
    near.min().filter(|(distance, word)| *distance <= word.len().max(3) / 3).map(|(_, word)| word)
}
