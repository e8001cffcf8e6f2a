//! Skill: the best free agent first; among equals who has been idle longest, or chance (V-30, V-33).

use model::config::Ties;

use super::{Candidate, Standing};

/// A member's skill where the settings no longer know him.
const SKILL: u8 = 3;

pub(super) fn standing(candidate: &Candidate<'_>, ties: Ties) -> Standing {
    let skill = candidate.set.map_or(SKILL, |member| member.skill);
    let then = match ties {
        Ties::LongestIdle => candidate.idle_since().0,
        Ties::Random => 0,
    };
    Standing { first: u64::from(skill), then, party: candidate.party }
}
