//! A call comes in: limits, and where it goes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::config::ShowNumber;
use model::fact::{Called, EndCause, Outcome, Peer, Role, What};
use model::id::{LegId, PartyId};
use model::leg::{Affix, Arrival, DIVERSIONS_MAX, Dialled, Ingress, LegCommand, Release, Show};
use model::number::Number;

use super::{Call, CallerLeg, Phase};
use crate::switchboard::Switchboard;

impl Switchboard {
    /// A call has arrived on `leg`. A second arrival of one call is late and passed over.
    pub(crate) fn arrive(&mut self, leg: LegId, arrival: Arrival) {
        if self.calls.contains_key(&leg.call) || leg.n != 0 {
            return;
        }
        if self.takes_a_place(leg, &arrival) {
            return;
        }
        let Arrival { from, to, via, replaces, diversions } = arrival;
        // RFC 3891 3: whoever wants a place that is not there calls nobody else.
        let to = if replaces.is_some() { Dialled::Nobody } else { self.settings.by_its_group(to) };
        let called = called(&to);
        let caller_legs = self.legs_of(from.party.id);
        self.fact(What::CallArrived {
            call: leg.call,
            from: from.party.id,
            hidden: from.hidden,
            to: called,
            via: via.clone(),
        });
        self.fact(What::LegStarted {
            leg,
            role: Role::Caller,
            peer: Peer::Party(from.party.id),
            group: None,
            charge: None,
        });
        let mut call = Call {
            id: leg.call,
            from,
            served: 0,
            caller: CallerLeg::Calling,
            phase: Phase::Ending,
            legs: BTreeMap::new(),
            next_leg: 1,
            next_play: 1,
            rang: false,
            groups: Vec::new(),
            held: BTreeSet::new(),
            outcome: None,
        };
        if let Dialled::Group(group) = to
            && diversions >= DIVERSIONS_MAX
        {
            // req F-26: a group sends the call on once more, and that would be once too often.
            call.outcome = Some(Outcome::Failed);
            self.announce(&mut call, group, super::fallback::LAST);
        } else {
            self.dispatch(&mut call, to, &via, caller_legs);
        }
        // Every leg waits for its final event, so no call is over on arrival.
        self.calls.insert(leg.call, Box::new(call));
    }

    fn dispatch(&mut self, call: &mut Call, to: Dialled, via: &Ingress, caller_legs: usize) {
        let emergency = matches!(to, Dialled::Emergency(_));
        if !emergency && let Some((how, outcome)) = self.over_limit(via, caller_legs) {
            return self.refuse(call, how, outcome);
        }
        match to {
            Dialled::Group(group) => self.enter_group(call, group),
            Dialled::User(party) => self.call_user(call, party),
            Dialled::Outside(party) => self.call_outside(call, &party),
            Dialled::Emergency(number) => self.call_emergency(call, number),
            Dialled::Code(code) => self.code_by_call(call, via, &code),
            Dialled::Echo => self.echo(call),
            // What could be taken was taken before the call began; a call that nothing can be parked of goes nowhere.
            Dialled::Park | Dialled::Unpark(_) | Dialled::PickUp(_) | Dialled::Nobody => {
                self.refuse(call, Release::NotFound, Outcome::Failed)
            }
        }
    }

    /// Limits of the company and of the calling user; help in need is asked for past all of them.
    fn over_limit(&self, via: &Ingress, caller_legs: usize) -> Option<(Release, Outcome)> {
        let full = self.settings.config.calls_max.is_some_and(|max| self.calls.len() >= max as usize);
        if self.draining || full {
            return Some((Release::LimitReached, Outcome::Rejected));
        }
        let Ingress::User(party) = via else { return None };
        let max = self.settings.config.users.get(party).map_or(u32::MAX, |user| user.calls_max);
        (caller_legs >= max as usize).then_some((Release::Busy, Outcome::Busy))
    }

    /// Legs a person has in calls now.
    pub(crate) fn legs_of(&self, party: PartyId) -> usize {
        self.saved.agents.get(&party).map_or(0, |agent| agent.busy.len())
    }

    /// Ends a call that got nowhere.
    pub(crate) fn refuse(&mut self, call: &mut Call, how: Release, outcome: Outcome) {
        let cause = match how {
            Release::Busy => EndCause::Busy,
            Release::NotFound => EndCause::NotFound,
            Release::LimitReached => EndCause::LimitReached,
            Release::Rejected => EndCause::Rejected,
            Release::NotAcceptable => EndCause::NotAcceptable,
            Release::Forbidden => EndCause::Forbidden,
            Release::Unavailable | Release::Normal | Release::AnsweredElsewhere | Release::Fault => {
                EndCause::Unreachable
            }
        };
        call.outcome.get_or_insert(outcome);
        self.end_caller(call, cause, how);
    }

    fn echo(&mut self, call: &mut Call) {
        call.phase = Phase::Echo;
        call.caller = CallerLeg::Answered;
        call.outcome = Some(Outcome::Answered);
        self.fact(What::CallAnswered { call: call.id, with: None });
        self.command_leg(call.caller_leg(), LegCommand::Answer { with: None });
        self.command_leg(call.caller_leg(), LegCommand::Echo);
    }

    /// The caller as somebody within the company sees him: a colleague by his extension.
    pub(crate) fn shown_inside(&self, call: &Call) -> Show {
        let user = Some(call.from.party.id).filter(|party| self.settings.is_user(*party));
        let (number, name) = match user.and_then(|party| self.settings.config.users.get(&party)) {
            Some(user) => {
                let line = self.settings.own_line_of(call.from.party.id);
                let own = user.extension.map(Number::Short).or(user.number.map(Number::E164));
                (line.or(own), Some(Arc::from(user.display_name.as_str())))
            }
            None => (call.from.party.number.map(Number::E164), call.from.party.name.clone()),
        };
        // The name would tell who hides (RFC 3323, section 4.1).
        let name = name.filter(|_| !call.from.hidden);
        Show { number, name, hidden: call.from.hidden, row: None, affix: Affix::default(), instead: None }
    }

    /// The caller as somebody outside sees him: a user by his own number, a group's line by the group's.
    pub(crate) fn shown_outside(&self, call: &Call) -> Show {
        let number = match self.settings.config.users.get(&call.from.party.id) {
            Some(user) => {
                let line = self.settings.own_line_of(call.from.party.id);
                let shown = match user.show_number {
                    ShowNumber::Own => None,
                    ShowNumber::Group(number) => Some(number),
                    ShowNumber::Company => self.settings.config.number.map(Number::E164),
                };
                let e164 = |number: &Number| matches!(number, Number::E164(_));
                line.filter(e164).or(shown.filter(e164)).or(user.number.map(Number::E164))
            }
            None => call.from.party.number.map(Number::E164),
        };
        Show {
            number,
            name: call.from.party.name.clone().filter(|_| !call.from.hidden),
            hidden: call.from.hidden,
            row: None,
            affix: Affix::default(),
            instead: None,
        }
    }
}

fn called(to: &Dialled) -> Called {
    match to {
        Dialled::Group(number) => Called::Group(*number),
        Dialled::User(party) => Called::User(*party),
        Dialled::Outside(party) => Called::Outside(party.id),
        Dialled::Emergency(number) => Called::Emergency(*number),
        Dialled::Code(_) => Called::Code,
        Dialled::Echo => Called::Echo,
        Dialled::Park | Dialled::Unpark(_) | Dialled::PickUp(_) => Called::PickUp,
        Dialled::Nobody => Called::Nobody,
    }
}
