//! What people ask for: log-in, log-out, duty and pause, by code, app or API. Everything is idempotent; a
//! refusal changes nothing.

use std::sync::Arc;

use model::fact::What;
use model::id::{PartyId, RequestId};
use model::input::{Actor, Duty};
use model::number::Number;
use model::output::{NoticeTo, Refusal, Reply};

use crate::switchboard::Switchboard;
use crate::texts;

/// What came of a wish about a log-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogInDone {
    /// Logged in, at this position of the list.
    In { position: usize },
    /// Was logged in already; keeps this position (K-42).
    Already { position: usize },
    /// Logged in as the first (K-43).
    First,
    /// Was the first already.
    AlreadyFirst,
    /// Was the first, is now ordinary at the tail (K-43).
    SteppedDown { position: usize },
}

impl Switchboard {
    /// Logs a member in (K-42, K-43).
    pub(crate) fn log_in(
        &mut self,
        number: Number,
        member: PartyId,
        duty: Duty,
        by: Actor,
    ) -> Result<LogInDone, Refusal> {
        let group = self.settings.group(number).ok_or(Refusal::NoGroup)?;
        let entry = self.saved.groups.get(&number).ok_or(Refusal::NoGroup)?;
        let saved = entry.members.get(&member).ok_or(Refusal::NoMember)?;
        let (inside, first) = (saved.place.is_some(), entry.duty == Some(member));
        match duty {
            Duty::No if first => {
                self.fact(What::DutyChanged { group: number, duty: None });
                Ok(LogInDone::SteppedDown { position: self.position(number, member) })
            }
            Duty::No if inside => Ok(LogInDone::Already { position: self.position(number, member) }),
            Duty::No => {
                self.fact(What::LoggedIn { group: number, member, by });
                Ok(LogInDone::In { position: self.position(number, member) })
            }
            Duty::Take if !group.duty => Err(Refusal::NoDutyHere),
            Duty::Take if !self.settings.may_take_duty(number, member) => Err(Refusal::DutyNotAllowed),
            Duty::Take if first => Ok(LogInDone::AlreadyFirst),
            Duty::Take => {
                self.take_duty(number, member, inside, by);
                Ok(LogInDone::First)
            }
        }
    }

    /// The last to register as the first has the duty; who had it before stays, at the tail, and is told (K-20).
    fn take_duty(&mut self, number: Number, member: PartyId, inside: bool, by: Actor) {
        let before = self.saved.groups.get(&number).and_then(|entry| entry.duty);
        if !inside {
            self.fact(What::LoggedIn { group: number, member, by });
        }
        self.fact(What::DutyChanged { group: number, duty: Some(member) });
        if let Some(before) = before
            && let Some(group) = self.settings.group(number)
            && self.settings.config.users.contains_key(&before)
        {
            let name = self.settings.config.party_name(member).map(ToString::to_string).unwrap_or_default();
            let language = self.settings.config.language_of(before);
            self.notice(NoticeTo::User(before), texts::duty_taken(language, &group.name, &name));
        }
    }

    /// Logs a member out (K-44): a call of his goes on, no new offer comes. `false`: was out already.
    pub(crate) fn log_out(&mut self, number: Number, member: PartyId, by: Actor) -> Result<bool, Refusal> {
        let entry = self.saved.groups.get(&number).ok_or(Refusal::NoGroup)?;
        let saved = entry.members.get(&member).ok_or(Refusal::NoMember)?;
        if saved.place.is_none() {
            return Ok(false);
        }
        self.fact(What::LoggedOut { group: number, member, by });
        Ok(true)
    }

    /// Place in the list as people count: from 1, the head first.
    pub(crate) fn position(&self, number: Number, member: PartyId) -> usize {
        let order = self.saved.groups.get(&number).map(|entry| &entry.order);
        order.and_then(|order| order.values().position(|other| *other == member)).map_or(0, |at| at + 1)
    }

    /// Whether a wish was granted; that it was so already is no difference to who asked.
    pub(crate) fn reply_done<T>(&mut self, request: RequestId, result: Result<T, Refusal>) {
        self.reply(request, result.map_or_else(Reply::Refused, |_| Reply::Done));
    }

    pub(crate) fn wish_pause(&mut self, request: RequestId, member: PartyId, reason: Option<String>) {
        let groups = self.saved.memberships.get(&member);
        let Some(groups) = groups else { return self.reply(request, Reply::Refused(Refusal::NoMember)) };
        let inside = groups.iter().any(|number| {
            let entry = self.saved.groups.get(number).and_then(|entry| entry.members.get(&member));
            entry.is_some_and(|saved| saved.place.is_some())
        });
        if !inside {
            return self.reply(request, Reply::Refused(Refusal::NotLoggedIn));
        }
        let known = &self.settings.config.pause_reasons;
        if reason.as_ref().is_some_and(|reason| !known.is_empty() && !known.contains(reason)) {
            return self.reply(request, Reply::Refused(Refusal::UnknownReason));
        }
        let reason: Option<Arc<str>> = reason.map(Arc::from);
        let paused = self.saved.agents.get(&member).and_then(|agent| agent.paused.clone());
        if paused.is_none_or(|pause| pause.reason != reason) {
            self.fact(What::Paused { member, reason });
            self.watch_pause(member);
        }
        self.reply(request, Reply::Done);
    }

    pub(crate) fn wish_resume(&mut self, request: RequestId, member: PartyId) {
        if !self.saved.memberships.contains_key(&member) {
            return self.reply(request, Reply::Refused(Refusal::NoMember));
        }
        if self.saved.agents.get(&member).is_some_and(|agent| agent.paused.is_some()) {
            self.fact(What::Resumed { member });
        }
        self.reply(request, Reply::Done);
    }
}
