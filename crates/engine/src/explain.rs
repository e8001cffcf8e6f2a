//! Why a call went as it went: derived on reading, by folding the facts up to each decision.
//!
//! Nothing is stored for it and nothing is paid for it while calls run (design section 3). Invariant: in each
//! round every member of the group is either offered the call or has exactly one reason why not.

use std::collections::BTreeMap;

use model::config::TenantConfig;
use model::fact::{CallbackState, Fact, FallbackStep, OfferRule, OverflowCause, QueuedWhy, TailCause, What};
use model::id::{CallId, PartyId};
use model::language::Language;
use model::leg::RecallReason;
use model::live::{Decision, DecisionKind, PassReason, PassedOver};
use model::number::Number;
use model::saved::{LegState, SavedState};
use model::target::Target;

use crate::fold::fold;
use crate::presence;
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
    let mut reader = Reader { config, language, tried: BTreeMap::new() };
    let mut decisions = Vec::new();
    for fact in facts {
        if let Some(decision) = reader.read(&state, fact, call) {
            decisions.push(decision);
        }
        fold(&mut state, fact);
    }
    decisions
}

/// The call by which a request is being seen to.
fn attempt_of(what: &What) -> Option<CallId> {
    if let What::CallbackStep { call, .. } = what { *call } else { None }
}

struct Reader<'a> {
    config: &'a TenantConfig,
    language: Language,
    /// In which round each member was last offered the call, by group.
    tried: BTreeMap<(Number, PartyId), u32>,
}

impl Reader<'_> {
    fn read(&mut self, state: &SavedState, fact: &Fact, about: CallId) -> Option<Decision> {
        if crate::fold::call_of(&fact.what) != Some(about) && attempt_of(&fact.what) != Some(about) {
            return None;
        }
        if let What::Offered { .. } = &fact.what {
            return self.offered(state, fact);
        }
        if let What::VisitStarted { group, .. } = &fact.what {
            // In a visit anew nobody has been tried yet.
            self.tried.retain(|(of, _), _| of != group);
        }
        if let What::Waits { group, position, .. } = &fact.what {
            let round = self.tried.iter().filter(|((of, _), _)| of == group).map(|(_, round)| *round).max();
            let passed_over = self.passed_over(state, *group, round.unwrap_or(1), &[]);
            let text = say::waits(self.language, &position.to_string());
            return Some(Decision {
                at: fact.at,
                kind: DecisionKind::Wait,
                text,
                offered: Vec::new(),
                passed_over,
            });
        }
        let (kind, text) = self.plain(state, &fact.what, about)?;
        Some(Decision { at: fact.at, kind, text, offered: Vec::new(), passed_over: Vec::new() })
    }

    /// A round of offers.
    fn offered(&mut self, state: &SavedState, fact: &Fact) -> Option<Decision> {
        let What::Offered { group, offered, rule, round, .. } = &fact.what else { return None };
        let members: Vec<PartyId> = offered.iter().map(|(member, _)| *member).collect();
        let names: Vec<String> = members.iter().map(|member| self.name(*member)).collect();
        let text = match rule {
            OfferRule::Nobody => say::nobody(self.language).to_owned(),
            OfferRule::Duty => say::offered_duty(self.language, &names.join(", ")),
            OfferRule::Taken => say::offered_taken(self.language, &names.join(", ")),
            OfferRule::Rotation
            | OfferRule::Ordered
            | OfferRule::Skill
            | OfferRule::LongestIdle
            | OfferRule::Balanced
            | OfferRule::Random => say::offered(self.language, &names.join(", ")),
        };
        let passed_over = self.passed_over(state, *group, *round, &members);
        for member in members {
            self.tried.insert((*group, member), *round);
        }
        Some(Decision { at: fact.at, kind: DecisionKind::Offer, text, offered: names, passed_over })
    }

    /// Decisions that choose among no members.
    #[expect(clippy::wildcard_enum_match_arm, reason = "few facts are decisions")]
    fn plain(&self, state: &SavedState, what: &What, about: CallId) -> Option<(DecisionKind, String)> {
        let language = self.language;
        Some(match what {
            What::Queued { why, rank, group, .. } => {
                let text = match why {
                    QueuedWhy::Entered | QueuedWhy::Recalled => return None,
                    QueuedWhy::Held => say::place_again(language).to_owned(),
                    QueuedWhy::Aged => say::aged(language, &rank.level.to_string()),
                    QueuedWhy::Moved => {
                        let saved = state.groups.get(group);
                        let ahead = saved.map_or(0, |saved| {
                            saved.line.through(rank).filter(|(_, other)| **other != about).count()
                        });
                        say::put_at(language, &(ahead + 1).to_string())
                    }
                };
                (DecisionKind::Move, text)
            }
            What::Overflowed { why, .. } => {
                let kind = match why {
                    OverflowCause::Closed => DecisionKind::Closed,
                    OverflowCause::Full
                    | OverflowCause::Wait
                    | OverflowCause::Nobody
                    | OverflowCause::Attempts
                    | OverflowCause::Exit => DecisionKind::Overflow,
                };
                (kind, say::overflow(language, *why).to_owned())
            }
            What::Camped { on, .. } => (DecisionKind::Camp, say::camped(language, &self.name(*on))),
            What::Recalled { to, why, .. } => {
                let name = to.map(|to| self.name(to));
                let text = match (why, name) {
                    (RecallReason::Busy, Some(name)) => say::recalled_busy(language, &name),
                    (RecallReason::NoAnswer, Some(name)) => say::recalled_no_answer(language, &name),
                    (RecallReason::Busy, None) => say::recalled_busy_to_nobody(language).to_owned(),
                    (RecallReason::NoAnswer, None) => say::recalled_no_answer_to_nobody(language).to_owned(),
                };
                (DecisionKind::Recall, text)
            }
            What::Transferred { by, .. } => {
                let by = by.map(|by| say::transferred(language, &self.name(by)));
                let text = by.unwrap_or_else(|| say::transferred_by_supervisor(language).to_owned());
                (DecisionKind::Move, text)
            }
            What::Parked { slot, .. } => (DecisionKind::Move, say::parked(language, &slot.to_string())),
            What::CallbackOffered { .. } => {
                (DecisionKind::CallbackOffered, say::callback_offered(language).to_owned())
            }
            What::CallbackRequested { .. } => {
                (DecisionKind::Callback, say::callback_requested(language).to_owned())
            }
            What::CallbackStep { .. } => {
                (DecisionKind::Callback, self.callback_step(state, what)?.to_owned())
            }
            What::MovedToTail { member, why, .. } => (DecisionKind::Move, self.moved(*member, *why)),
            What::Fallback { target, step, .. } => {
                let target = self.target(target);
                let text = match step {
                    FallbackStep::Tried => say::fallback_tried(language, &target),
                    FallbackStep::Failed(_) => say::fallback_failed(language, &target),
                    FallbackStep::PassedOver => say::fallback_passed_over(language, &target),
                };
                (DecisionKind::Fallback, text)
            }
            _ => return None,
        })
    }

    /// A callback went a step on: to the next state, or the customer was not reached.
    fn callback_step(&self, saved: &SavedState, what: &What) -> Option<&'static str> {
        let What::CallbackStep { callback, group, state, attempts, .. } = what else { return None };
        let before = saved.groups.get(group).and_then(|group| group.callbacks.get(callback));
        let tried = before.is_some_and(|before| before.attempts < *attempts);
        if *state == CallbackState::Pending && tried {
            return Some(say::callback_not_reached(self.language));
        }
        let same = before.is_some_and(|before| before.state == *state);
        (!same).then(|| say::callback_step(self.language, *state))
    }

    /// A target in words: people and groups by their names.
    fn target(&self, target: &Target) -> String {
        match target {
            Target::Group(number) => {
                let group = self.config.groups.get(number);
                group.map_or_else(|| number.to_string(), |group| group.name.clone())
            }
            Target::User(name) => name.to_string(),
            Target::Outside(number) => number.to_string(),
            Target::OwnLine => say::own_line(self.language).to_owned(),
            Target::Voicemail(number) => say::voicemail(self.language, &number.to_string()),
            Target::Flow(name) => say::flow(self.language, name),
            Target::Announcement(name) => say::announcement(self.language, name.as_str()),
            Target::Busy => say::busy_tone(self.language).to_owned(),
            Target::HangUp => say::hang_up(self.language).to_owned(),
        }
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
        round: u32,
        offered: &[PartyId],
    ) -> Vec<PassedOver> {
        let Some(saved) = state.groups.get(&group) else { return Vec::new() };
        let listed = saved.order.values().copied();
        let out = saved.members.iter().filter(|(_, member)| member.place.is_none()).map(|(party, _)| *party);
        listed
            .chain(out)
            .filter(|party| !offered.contains(party))
            .map(|party| {
                let reason = self.reason(state, group, round, party);
                let name = self.name(party);
                let settings = self.config.groups.get(&group);
                let red = settings.is_some_and(|group| presence::is_red(state, self.config, group, party));
                let text = if reason == PassReason::Away && red {
                    say::kept_away(self.language, &name)
                } else {
                    say::reason(self.language, reason, &name)
                };
                PassedOver { user: name, reason, text }
            })
            .collect()
    }

    /// The first reason that holds.
    fn reason(&self, state: &SavedState, number: Number, round: u32, party: PartyId) -> PassReason {
        let member = state.groups.get(&number).and_then(|saved| saved.members.get(&party));
        if member.is_none_or(|member| member.place.is_none()) {
            return PassReason::LoggedOut;
        }
        if self.tried.get(&(number, party)) == Some(&round) {
            return PassReason::Tried;
        }
        let group = self.config.groups.get(&number);
        let queue = group.filter(|group| group.queue.is_some());
        let red = group.is_some_and(|group| presence::is_red(state, self.config, group, party));
        let unreachable =
            queue.is_some_and(|group| !presence::is_reachable(state, self.config, group, party));
        let Some(agent) = state.agents.get(&party) else {
            return if red || unreachable { PassReason::Away } else { PassReason::LaterInOrder };
        };
        if agent.busy.any(LegState::Talking) {
            PassReason::Busy
        } else if !agent.busy.is_empty() {
            PassReason::Ringing
        } else if agent.wrap_up.is_some() {
            PassReason::WrapUp
        } else if agent.paused.is_some() {
            PassReason::Paused
        } else if red || unreachable {
            PassReason::Away
        } else if queue.is_some() && agent.resting.is_some() {
            PassReason::Resting
        } else {
            PassReason::LaterInOrder
        }
    }
}
