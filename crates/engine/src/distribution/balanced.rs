//! Balanced: who answered fewest calls in the last hour, by the time he was logged in for it; among equals the list
//! (I-14). The only order that looks at every free member, because the hour moves on for all of them.

use model::id::PartyId;
use model::lineup::Lineup;
use model::saved::SavedGroup;
use model::time::{Span, Utc};

use super::Standing;

/// What counts.
pub(crate) const WINDOW: Span = Span::seconds(3_600);

/// Who of the free is next.
pub(crate) fn pick(
    free: &Lineup<Standing, PartyId>,
    group: &SavedGroup,
    now: Utc,
    can: impl Fn(PartyId) -> bool,
) -> Option<PartyId> {
    let mut best: Option<(u128, PartyId)> = None;
    for party in free.values().copied().filter(|party| can(*party)) {
        let load = load(group, party, now);
        // The free stand in the order of the list, so that the first of equals is the one to keep.
        if best.is_none_or(|(least, _)| load < least) {
            best = Some((load, party));
        }
    }
    best.map(|(_, party)| party)
}

/// Calls answered per time logged in, within the window, times 10^12.
pub(crate) fn load(group: &SavedGroup, party: PartyId, now: Utc) -> u128 {
    let Some(member) = group.members.get(&party) else { return 0 };
    let from = Utc(now.0 - i64::try_from(WINDOW.0).unwrap_or(i64::MAX) * 1_000);
    let old = member.answered.partition_point(|at| *at <= from);
    let answered = (member.answered.len() - old) as u128;
    let logged_in = (now - member.since).0.clamp(1, WINDOW.0);
    answered * 1_000_000_000_000 / u128::from(logged_in)
}
