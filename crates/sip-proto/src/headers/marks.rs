//! Diversion marks of both kinds: what to write when a call is sent on, and how one kind becomes the other.
//!
//! Source: RFC 7544 with erratum 3071 of RFC 6044 (not reachable is 503, not 404).

use super::{
    Diversion, DiversionPrivacy, DiversionReason, ENTRIES_MAX, HistoryEntry, HistoryIndex, Retargeted, cut,
};

/// Stands for a diverter nobody told us of (RFC 7544 7.1).
const UNKNOWN_DIVERTER: &str = "sip:unknown@unknown.invalid";

/// Why a call was sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Diverted {
    /// Without condition; also each delivery of a group or queue.
    Unconditional,
    /// The served user was busy.
    Busy,
    /// The served user did not answer.
    NoAnswer,
    /// The served user's device could not be reached.
    Unreachable,
    /// The served user had no registered device.
    NotRegistered,
    /// The device sent the call on before it rang.
    DeflectedAtOnce,
    /// The device sent the call on while it rang.
    DeflectedRinging,
    /// Time of day, away, do not disturb and all else.
    Other,
}

impl Diverted {
    /// The cause in History-Info (RFC 4458).
    #[must_use]
    pub fn cause(self) -> u16 {
        match self {
            Self::Unconditional => 302,
            Self::Busy => 486,
            Self::NoAnswer => 408,
            Self::Unreachable => 503,
            Self::NotRegistered | Self::Other => 404,
            Self::DeflectedAtOnce => 480,
            Self::DeflectedRinging => 487,
        }
    }

    /// The reason in Diversion (RFC 5806).
    #[must_use]
    pub fn diversion_reason(self) -> DiversionReason {
        match self {
            Self::Unconditional => DiversionReason::Unconditional,
            Self::Busy => DiversionReason::UserBusy,
            Self::NoAnswer => DiversionReason::NoAnswer,
            Self::Unreachable => DiversionReason::Unavailable,
            Self::NotRegistered | Self::Other => DiversionReason::Unknown,
            Self::DeflectedAtOnce | Self::DeflectedRinging => DiversionReason::Deflection,
        }
    }

    /// The redirecting reason of ISUP (Q.763 3.44).
    #[must_use]
    pub fn isup_reason(self) -> u8 {
        match self {
            Self::Unconditional => 3,
            Self::Busy => 1,
            Self::NoAnswer => 2,
            Self::Unreachable => 6,
            Self::NotRegistered | Self::Other => 0,
            Self::DeflectedAtOnce => 5,
            Self::DeflectedRinging => 4,
        }
    }

    /// Reads a cause; 404 and what the table does not know is [`Diverted::Other`].
    #[must_use]
    pub fn from_cause(cause: u16) -> Self {
        match cause {
            302 => Self::Unconditional,
            486 => Self::Busy,
            408 => Self::NoAnswer,
            503 => Self::Unreachable,
            480 => Self::DeflectedAtOnce,
            487 => Self::DeflectedRinging,
            _ => Self::Other,
        }
    }

    /// Reads a Diversion reason; words without a cause of their own are [`Diverted::Other`].
    #[must_use]
    pub fn from_diversion_reason(reason: &DiversionReason) -> Self {
        match reason {
            DiversionReason::Unconditional => Self::Unconditional,
            DiversionReason::UserBusy => Self::Busy,
            DiversionReason::NoAnswer => Self::NoAnswer,
            DiversionReason::Unavailable => Self::Unreachable,
            DiversionReason::Deflection => Self::DeflectedAtOnce,
            DiversionReason::Unknown
            | DiversionReason::TimeOfDay
            | DiversionReason::DoNotDisturb
            | DiversionReason::FollowMe
            | DiversionReason::OutOfService
            | DiversionReason::Away
            | DiversionReason::Other(_) => Self::Other,
        }
    }
}

/// The history of a call that `served` sends on to `target`, after the `history` with which it came.
/// `branch` counts the legs that ring at once, from 1. A history that is already full stays as it is.
#[must_use]
pub fn add_history(
    history: &[HistoryEntry],
    served: &str,
    target: &str,
    diverted: Diverted,
    branch: u16,
) -> Vec<HistoryEntry> {
    let mut history = history.to_vec();
    let is_served = |entry: &HistoryEntry| entry.address.core().eq_ignore_ascii_case(cut(served).0);
    if !history.last().is_some_and(is_served) {
        // The side before us wrote no entry for the target it sent the call to, so we do (RFC 7044 9.1).
        let index = history.last().map_or(Some(HistoryIndex::first()), |parent| parent.index.child(1));
        history.extend(index.map(|index| HistoryEntry::new(served, index)));
    }
    let parent = history.last().map(|entry| entry.index.clone());
    if let Some((parent, index)) = parent.and_then(|parent| parent.child(branch).map(|index| (parent, index)))
    {
        let mut entry = HistoryEntry::new(target, index);
        entry.set_cause(diverted);
        entry.retargeted = Some(Retargeted::Mapped(parent));
        history.push(entry);
    }
    history.truncate(ENTRIES_MAX);
    history
}

/// How often a call was diverted on its way to us.
#[must_use]
pub fn diversion_count(diversions: &[Diversion]) -> u32 {
    diversions.iter().map(|diversion| u32::from(diversion.counter)).sum()
}

/// The diversions of a call that came with both marks: History-Info counts where it tells of any
/// (RFC 7544 3.2).
#[must_use]
pub fn received(history: &[HistoryEntry], diversions: &[Diversion]) -> Vec<Diversion> {
    let told = diversions_from_history(history);
    if told.is_empty() { diversions.to_vec() } else { told }
}

/// Diversion out of History-Info: each target with a cause was reached because its parent diverted.
#[must_use]
pub fn diversions_from_history(history: &[HistoryEntry]) -> Vec<Diversion> {
    let mut diversions = Vec::new();
    for (position, entry) in history.iter().enumerate().rev() {
        let named = entry.retargeted.as_ref().map(Retargeted::parent);
        let named = named.and_then(|parent| history.iter().find(|earlier| earlier.index == *parent));
        let before = position.checked_sub(1).and_then(|before| history.get(before));
        let (Some(cause), Some(diverter)) = (entry.cause(), named.or(before)) else { continue };
        let mut diversion = Diversion::ours(&diverter.uri_without_cause(), Diverted::from_cause(cause));
        diversion.address.display.clone_from(&diverter.address.display);
        if diverter.is_private() {
            diversion.privacy = Some(DiversionPrivacy::Full);
        }
        diversions.push(diversion);
    }
    diversions
}

/// History-Info out of Diversion, for a call on its way to `target`. A counter above 1 becomes entries of
/// unknown diverters before its own.
#[must_use]
pub fn history_from_diversions(diversions: &[Diversion], target: &str) -> Vec<HistoryEntry> {
    let mut history: Vec<HistoryEntry> = Vec::new();
    let mut cause = None;
    for diversion in diversions.iter().rev() {
        for _ in 1..diversion.counter {
            extend(&mut history, HistoryEntry::new(UNKNOWN_DIVERTER, HistoryIndex::first()), cause);
            cause = Some(Diverted::Other);
        }
        let mut entry = HistoryEntry::new(diversion.address.uri.clone(), HistoryIndex::first());
        entry.address.display.clone_from(&diversion.address.display);
        if diversion.is_private() {
            entry.set_private();
        }
        extend(&mut history, entry, cause);
        cause = Some(Diverted::from_diversion_reason(&diversion.reason));
    }
    if cause.is_some() {
        extend(&mut history, HistoryEntry::new(target, HistoryIndex::first()), cause);
    }
    history
}

/// Puts an entry below the last one.
fn extend(history: &mut Vec<HistoryEntry>, mut entry: HistoryEntry, cause: Option<Diverted>) {
    if history.len() == ENTRIES_MAX {
        return;
    }
    if let Some(parent) = history.last().map(|last| last.index.clone()) {
        let Some(index) = parent.child(1) else { return };
        entry.index = index;
        entry.retargeted = Some(Retargeted::Mapped(parent));
    }
    if let Some(cause) = cause {
        entry.set_cause(cause);
    }
    history.push(entry);
}
