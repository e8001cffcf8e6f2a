//! Random: every free agent has the same chance.

use super::{Candidate, Standing};

pub(super) fn standing(candidate: &Candidate<'_>) -> Standing {
    Standing { first: 0, then: 0, party: candidate.party }
}
