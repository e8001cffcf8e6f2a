//! Why a call went as it went.

use model::live::Decision;
use serde::Serialize;
use utoipa::ToSchema;

use super::iso;
use super::words::{DecisionWord, PassReasonWord};

/// Why a call went as it went.
#[derive(Debug, Serialize, ToSchema)]
pub struct Explanation {
    /// The call.
    pub call: String,
    /// In order.
    pub decisions: Vec<DecisionShape>,
}

/// One decision.
#[derive(Debug, Serialize, ToSchema)]
pub struct DecisionShape {
    /// When.
    pub at: String,
    /// What kind of decision.
    pub kind: DecisionWord,
    /// A sentence, in the language of `Accept-Language`.
    pub text: String,
    /// Who was offered the call.
    pub offered: Vec<String>,
    /// Every other member, each with one reason.
    pub passed_over: Vec<PassedOverShape>,
}

/// Who was not offered.
#[derive(Debug, Serialize, ToSchema)]
pub struct PassedOverShape {
    /// Name.
    pub user: String,
    /// The first that holds.
    pub reason: PassReasonWord,
    /// A sentence.
    pub text: String,
}

impl From<&Decision> for DecisionShape {
    fn from(decision: &Decision) -> Self {
        DecisionShape {
            at: iso(decision.at),
            kind: decision.kind.into(),
            text: decision.text.clone(),
            offered: decision.offered.clone(),
            passed_over: decision
                .passed_over
                .iter()
                .map(|passed| PassedOverShape {
                    user: passed.user.clone(),
                    reason: passed.reason.into(),
                    text: passed.text.clone(),
                })
                .collect(),
        }
    }
}
