//! Longest idle: who has waited longest since his last call or log-in (I-15, V-33).

use super::{Candidate, Standing};

pub(super) fn standing(candidate: &Candidate<'_>) -> Standing {
    Standing { first: 0, then: candidate.idle_since().0, party: candidate.party }
}
