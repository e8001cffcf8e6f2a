//! Who will call and who will work.

use std::sync::Arc;

use model::config::TenantConfig;
use model::id::PartyId;
use model::number::{Number, PhoneNumber};
use model::time::Utc;

use crate::chance::Lengths;

/// What an office is made from.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Chance for what agents do.
    pub seed: u64,
    /// Settings.
    pub config: Arc<TenantConfig>,
    /// Times count from here.
    pub begin: Utc,
    /// In order of time.
    pub calls: Vec<PlannedCall>,
    /// Members who are not named here are never there.
    pub agents: Vec<PlannedAgent>,
}

/// A call that will come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedCall {
    /// When, milliseconds.
    pub at: u64,
    /// Whom it calls.
    pub group: Number,
    /// From which number.
    pub number: Option<PhoneNumber>,
    /// He gives up after it, milliseconds.
    pub patience: u64,
    /// He talks so long, milliseconds.
    pub talk: u64,
    /// He takes an offer to be called back.
    pub accepts: bool,
}

/// Somebody who will work.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedAgent {
    /// Who.
    pub party: PartyId,
    /// From and to, milliseconds, in order.
    pub shifts: Vec<(u64, u64)>,
    /// From the offer to his answer.
    pub answers: Lengths,
    /// Percent of the offers that he lets ring.
    pub misses: u64,
    /// Percent of his calls after which he takes a break.
    pub breaks: u64,
    /// How long it lasts.
    pub rests: Lengths,
}
