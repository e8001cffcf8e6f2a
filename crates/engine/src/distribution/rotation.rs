//! Rotation: the list, its head first (K-16..K-19).

use super::{Candidate, Standing};

pub(super) fn standing(candidate: &Candidate<'_>) -> Standing {
    let place = candidate.member.place.map_or(u64::MAX, |place| place.0);
    Standing { first: 0, then: i64::try_from(place).unwrap_or(i64::MAX), party: candidate.party }
}
