//! What is measured: how near the middle comes, how many waits stay below the ninth tenth, and the mean error beside
//! that of others.

/// One caller who waited to the end.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub(crate) actual: u64,
    /// What the estimate took, nanoseconds.
    pub(crate) cost: u64,
    pub(crate) told: Option<(u64, u64)>,
    pub(crate) oracle: (u64, u64),
    pub(crate) legacy_talk: u64,
    pub(crate) legacy_avg: u64,
    pub(crate) exponential: u64,
    pub(crate) last_week: u64,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Figures {
    pub(crate) callers: usize,
    pub(crate) told: f64,
    /// Microseconds.
    pub(crate) cost: f64,
    pub(crate) near: f64,
    pub(crate) near_oracle: f64,
    pub(crate) below_p90: f64,
    pub(crate) below_p90_oracle: f64,
    pub(crate) errors: [f64; 6],
}

/// Whose errors, seconds: the estimate's, the oracle's, the two formulas of X-03, Asterisk's, last week's.
pub(crate) const ERRORS: [&str; 6] = ["helin", "oracle", "leg.talk", "leg.avg", "expon.", "lastweek"];

impl Figures {
    /// By how many points fewer callers are told a near middle than by the oracle.
    pub(crate) fn behind_oracle(&self) -> f64 {
        self.near_oracle - self.near
    }
}

/// Within 25 % or 30 s.
fn is_near(said: u64, actual: u64) -> bool {
    said.abs_diff(actual) <= (actual / 4).max(30_000)
}

fn share(all: &[&Judged], holds: impl Fn(&Judged) -> bool) -> f64 {
    let count = all.iter().filter(|judged| holds(judged)).count();
    100.0 * count as f64 / all.len().max(1) as f64
}

pub(crate) fn figures(judged: &[Judged]) -> Figures {
    let told: Vec<&Judged> = judged.iter().filter(|judged| judged.told.is_some()).collect();
    let said = |judged: &Judged| judged.told.unwrap_or_default();
    let error = |of: &dyn Fn(&Judged) -> u64| {
        let sum: u64 = told.iter().map(|judged| of(judged).min(86_400_000).abs_diff(judged.actual)).sum();
        sum as f64 / told.len().max(1) as f64 / 1_000.0
    };
    Figures {
        callers: judged.len(),
        cost: judged.iter().map(|judged| judged.cost).sum::<u64>() as f64
            / judged.len().max(1) as f64
            / 1_000.0,
        told: 100.0 * told.len() as f64 / judged.len().max(1) as f64,
        near: share(&told, |judged| is_near(said(judged).0, judged.actual)),
        near_oracle: share(&told, |judged| is_near(judged.oracle.0, judged.actual)),
        below_p90: share(&told, |judged| judged.actual <= said(judged).1),
        below_p90_oracle: share(&told, |judged| judged.actual <= judged.oracle.1),
        errors: [
            error(&|judged| said(judged).0),
            error(&|judged| judged.oracle.0),
            error(&|judged| judged.legacy_talk),
            error(&|judged| judged.legacy_avg),
            error(&|judged| judged.exponential),
            error(&|judged| judged.last_week),
        ],
    }
}
