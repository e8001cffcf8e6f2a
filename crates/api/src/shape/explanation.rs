//! Why a call went as it went.

use model::live::Decision;
use serde::Serialize;
use utoipa::ToSchema;

use super::iso;

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
    /// `offer`, `move`, `fallback`.
    pub kind: &'static str,
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
    /// `logged_out`, `tried`, `busy`, `ringing`, `paused`, `away`, `later_in_order`.
    pub reason: &'static str,
    /// A sentence.
    pub text: String,
}

impl From<&Decision> for DecisionShape {
    fn from(decision: &Decision) -> Self {
        DecisionShape {
            at: iso(decision.at),
            kind: decision.kind.word(),
            text: decision.text.clone(),
            offered: decision.offered.clone(),
            passed_over: decision
                .passed_over
                .iter()
                .map(|passed| PassedOverShape {
                    user: passed.user.clone(),
                    reason: passed.reason.word(),
                    text: passed.text.clone(),
                })
                .collect(),
        }
    }
}
