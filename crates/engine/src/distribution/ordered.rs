//! Ordered: by the rank in the settings, the unranked last, by longest idle among equals (V-29).

use super::{Candidate, Standing};

pub(super) fn standing(candidate: &Candidate<'_>) -> Standing {
    let order = candidate.set.and_then(|member| member.order).map_or(u64::MAX, u64::from);
    Standing { first: order, then: candidate.idle_since().0, party: candidate.party }
}
