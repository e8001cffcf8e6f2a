//! What a refusal of the far end means for the leg (K-48), and which of several refusals counts.

use model::id::LegId;
use model::leg::FailCause;

/// Whether it had rung before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alerted {
    Yes,
    No,
}

/// Why a leg failed; what somebody has to look into is logged.
pub(super) fn of(leg: LegId, status: u16, alerted: Alerted) -> FailCause {
    let cause = cause_of(status, alerted);
    match cause {
        FailCause::Forbidden => {
            tracing::warn!(%leg, status, "the far end forbids our calls: check the account and rights there");
        }
        FailCause::NotAcceptable => {
            tracing::warn!(%leg, status, "nothing in common to speak with: check the far end's codecs");
        }
        FailCause::Busy
        | FailCause::Rejected
        | FailCause::Unreachable
        | FailCause::NoAnswer
        | FailCause::LimitReached => {}
    }
    cause
}

/// req K-48
const fn cause_of(status: u16, alerted: Alerted) -> FailCause {
    match (status, alerted) {
        (486 | 600, _) => FailCause::Busy,
        (603, _) => FailCause::Rejected,
        (403, _) => FailCause::Forbidden,
        (415 | 488 | 606, _) => FailCause::NotAcceptable,
        (408, Alerted::Yes) => FailCause::NoAnswer,
        _ => FailCause::Unreachable,
    }
}

/// The refusal that tells most, where several phones of one person refused.
pub(super) fn most_telling(refusals: impl Iterator<Item = u16>) -> Option<u16> {
    refusals.min_by_key(|status| match status {
        600.. => 0,
        486 => 1,
        488 | 415 | 403 => 2,
        408 | 480 => 3,
        _ => 4,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// req K-48
    #[test]
    fn refusals_count_as_the_table_says() {
        let table: [(FailCause, &[u16]); 5] = [
            (FailCause::Unreachable, &[404, 408, 410, 430, 480, 484, 500, 503, 504, 604]),
            (FailCause::Busy, &[486, 600]),
            (FailCause::Rejected, &[603]),
            (FailCause::Forbidden, &[403]),
            (FailCause::NotAcceptable, &[415, 488, 606]),
        ];
        for (cause, statuses) in table {
            for status in statuses {
                assert_eq!(cause_of(*status, Alerted::No), cause, "{status}");
            }
        }
        assert_eq!(cause_of(408, Alerted::Yes), FailCause::NoAnswer);
        assert_eq!(cause_of(480, Alerted::Yes), FailCause::Unreachable);
    }

    /// RFC 3261 16.7: a 6xx wins; of the others the one that tells most.
    #[test]
    fn the_most_telling_refusal_counts() {
        assert_eq!(most_telling([480, 603, 486].into_iter()), Some(603));
        assert_eq!(most_telling([404, 480, 486].into_iter()), Some(486));
        assert_eq!(most_telling([404, 480, 488].into_iter()), Some(488));
        assert_eq!(most_telling(std::iter::empty()), None);
    }
}
