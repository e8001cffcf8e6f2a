//! Why a call went as it went: derived on reading, by folding the facts up to each decision.
//!
//! Nothing is stored for it and nothing is paid for it while calls run (design section 3). Invariant: in each
//! round every member of the group is either offered the call or has exactly one reason why not.

use model::config::TenantConfig;
use model::fact::{Fact, FallbackStep, OfferRule, TailCause, What};
use model::fact::{Peer, Role};
use model::id::{CallId, PartyId};
use model::language::Language;
use model::live::{Decision, DecisionKind, PassReason, PassedOver};
use model::number::Number;
use model::saved::{LegState, SavedState};

use crate::fold::fold;
use crate::reasons as say;

/// The decisions about `call`. `state` is the saved state before the first of `facts`; the facts are those that
/// follow it, at least up to the call's last.
pub fn decisions(
    mut state: SavedState,
    facts: &[Fact],
    call: CallId,
    config: &TenantConfig,
    language: Language,
) -> Vec<Decision> {
    let reader = Reader { config, language };
    let mut decisions = Vec::new();
    for fact in facts {
        if let Some(decision) = reader.read(&state, fact, call) {
            decisions.push(decision);
        }
        fold(&mut state, fact);
    }
    decisions
}

struct Reader<'a> {
    config: &'a TenantConfig,
    language: Language,
}

impl Reader<'_> {
    fn read(&self, state: &SavedState, fact: &Fact, about: CallId) -> Option<Decision> {
        if crate::fold::call_of(&fact.what) != Some(about) {
            return None;
        }
        let (kind, text, offered, passed_over) = match &fact.what {
            What::Offered { group, offered, rule, .. } => {
                let members: Vec<PartyId> = offered.iter().map(|(member, _)| *member).collect();
                let names: Vec<String> = members.iter().map(|member| self.name(*member)).collect();
                let text = match rule {
                    OfferRule::Nobody => say::nobody(self.language).to_owned(),
                    OfferRule::Duty => say::offered_duty(self.language, &names.join(", ")),
                    OfferRule::Rotation => say::offered(self.language, &names.join(", ")),
                };
                (DecisionKind::Offer, text, names, self.passed_over(state, *group, about, &members))
            }
            What::MovedToTail { member, why, .. } => {
                (DecisionKind::Move, self.moved(*member, *why), Vec::new(), Vec::new())
            }
            What::Fallback { target, step, .. } => {
                let target = target.to_string();
                let text = match step {
                    FallbackStep::Tried => say::fallback_tried(self.language, &target),
                    FallbackStep::Failed(_) => say::fallback_failed(self.language, &target),
                    FallbackStep::PassedOver => say::fallback_passed_over(self.language, &target),
                };
                (DecisionKind::Fallback, text, Vec::new(), Vec::new())
            }
            What::Started { .. }
            | What::ConfigTaken { .. }
            | What::Reached { .. }
            | What::MemberAdded { .. }
            | What::MemberRemoved { .. }
            | What::GroupRemoved { .. }
            | What::LoggedIn { .. }
            | What::LoggedOut { .. }
            | What::DutyChanged { .. }
            | What::Paused { .. }
            | What::Resumed { .. }
            | What::CallArrived { .. }
            | What::CallAnswered { .. }
            | What::CallEnded { .. }
            | What::VisitStarted { .. }
            | What::VisitEnded { .. }
            | What::LegStarted { .. }
            | What::LegAlerting { .. }
            | What::LegAnswered { .. }
            | What::LegEnded { .. }
            | What::LegMedia { .. }
            | What::Heard { .. }
            | What::CodeUsed { .. }
            | What::NoticeSent { .. } => return None,
        };
        Some(Decision { at: fact.at, kind, text, offered, passed_over })
    }

    fn name(&self, party: PartyId) -> String {
        self.config.party_name(party).map_or_else(|| "?".to_owned(), ToString::to_string)
    }

    fn moved(&self, member: PartyId, why: TailCause) -> String {
        let name = self.name(member);
        match why {
            TailCause::Answered => say::moved_answered(self.language, &name),
            TailCause::NoAnswer => say::moved_no_answer(self.language, &name),
            TailCause::Unreachable => say::moved_unreachable(self.language, &name),
            TailCause::Rejected => say::moved_rejected(self.language, &name),
        }
    }

    /// Everybody else of the group, in the order of the list, those logged out last.
    fn passed_over(
        &self,
        state: &SavedState,
        group: Number,
        call: CallId,
        offered: &[PartyId],
    ) -> Vec<PassedOver> {
        let Some(saved) = state.groups.get(&group) else { return Vec::new() };
        let listed = saved.order.values().copied();
        let out = saved.members.iter().filter(|(_, member)| member.place.is_none()).map(|(party, _)| *party);
        listed
            .chain(out)
            .filter(|party| !offered.contains(party))
            .map(|party| {
                let reason = reason(state, group, call, party);
                let name = self.name(party);
                let text = say::reason(self.language, reason, &name);
                PassedOver { user: name, reason, text }
            })
            .collect()
    }
}

/// The first reason that holds.
fn reason(state: &SavedState, group: Number, call: CallId, party: PartyId) -> PassReason {
    let logged_in = state
        .groups
        .get(&group)
        .and_then(|saved| saved.members.get(&party))
        .is_some_and(|member| member.place.is_some());
    if !logged_in {
        return PassReason::LoggedOut;
    }
    let tried = state.calls.get(&call).is_some_and(|record| {
        record
            .legs
            .iter()
            .any(|leg| leg.role == Role::Member && leg.group == Some(group) && leg.peer == Peer::Party(party))
    });
    if tried {
        return PassReason::Tried;
    }
    let Some(agent) = state.agents.get(&party) else { return PassReason::LaterInOrder };
    if agent.busy.values().any(|leg| *leg == LegState::Talking) {
        return PassReason::Busy;
    }
    if !agent.busy.is_empty() {
        return PassReason::Ringing;
    }
    if agent.paused.is_some() {
        return PassReason::Paused;
    }
    PassReason::LaterInOrder
}
