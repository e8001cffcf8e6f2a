//! One attempt: the agent rings first, is told what it is about, then the customer rings (V-50, V-53, V-54).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::config::Group;
use model::fact::{CallbackState, Called, EndCause, Outcome, Peer, Place, Role, TailCause, What};
use model::id::{CallId, PartyId};
use model::leg::{Affix, Caller, DialTo, Ingress, LegCommand, Party, PlayId, Release, Show, Tone};
use model::number::Number;
use model::time::Span;

use super::{Attempt, Stage};
use crate::call::direct::{Dialling, FarEnd};
use crate::call::offer::labelled;
use crate::call::{Call, CallerLeg, LegRun, Phase};
use crate::queue::hear::Saying;
use crate::switchboard::Switchboard;
use crate::texts;
use crate::timers::Timer;

/// Without any sign from the customer's network he is not reached.
const ALERTING_MAX: Span = Span::seconds(30);

/// What the agent is told has ended by then.
const AGENT_PROMPT_MAX: Span = Span::seconds(30);

/// No leg: the served side of an attempt is the customer, once he has answered.
const NOBODY: u16 = u16::MAX;

impl Switchboard {
    /// Offers a pending request to the next agent, or lets it wait for one.
    pub(crate) fn offer_ghost(&mut self, callback: CallId) {
        let Some(number) = self.ghosts.get(&callback).map(|ghost| ghost.group) else { return };
        let Some(request) = self.request(number, callback).cloned() else { return };
        let rests = request.not_before.is_some_and(|at| at > self.now.utc);
        if request.state != CallbackState::Pending || rests || self.calls.contains_key(&callback) {
            return;
        }
        let (Some(group), Some(rank)) = (self.settings.group(number), self.rank_of(number, callback)) else {
            return;
        };
        let Some(mut ghost) = self.ghosts.remove(&callback) else { return };
        let picked = self.pick(&group, |member| ghost.can_offer(member));
        if let Some((agent, _)) = picked {
            ghost.tried(agent);
        }
        let (round, missed) = (ghost.round, ghost.has_tried());
        self.ghosts.insert(callback, ghost);
        let Some((agent, rule)) = picked else {
            self.wanting.want(number, rank, callback);
            if missed {
                self.round_after_pause(callback);
            }
            return;
        };
        self.wanting.want_none(number, rank);
        let id = self.new_call_id();
        let from = Party { id: request.number, number: None, name: None };
        self.fact(What::CallArrived {
            call: id,
            from: from.id,
            hidden: false,
            to: Called::Callback(number),
            via: Ingress::Own,
        });
        let mut call = attempt_call(
            id,
            from,
            Attempt {
                callback,
                group: number,
                agent,
                agent_leg: 0,
                stage: Stage::Agent,
                ring_time: group.ring_time,
            },
        );
        let config = self.settings.config.version;
        let offered = [(agent, call.leg_id(0))].into_iter().collect();
        self.fact(What::Offered { call: id, group: number, offered, rule, config, round });
        self.step_on(number, callback, (CallbackState::RingingAgent, request.attempts), Some(id));
        self.ring_agent(&mut call, &group, agent);
        self.calls.insert(id, Box::new(call));
    }

    fn ring_agent(&mut self, call: &mut Call, group: &Group, agent: PartyId) {
        let language = self.settings.config.language_of(agent);
        let text = group.callback.agent_text.clone().unwrap_or_else(|| texts::callback(language).to_owned());
        let inside = self.shown_inside(call);
        let row = inside.number.is_none().then_some(call.from.party.id);
        let show = labelled(Show { name: Some(Arc::from(text)), row, ..inside }, &group.label);
        let to = match self.settings.config.outside.get(&agent) {
            Some(outside) => DialTo::Outside(outside.number),
            None => self.devices_of(group, agent),
        };
        let far_end = FarEnd { peer: Peer::Party(agent), role: Role::Member, group: Some(group.number) };
        let alerting_max = group.alerting_max;
        self.dial(call, Dialling { to, far_end, show, alerting_max, media_of: None, recall: None });
    }

    /// The agent or the customer has answered.
    pub(crate) fn callback_leg_answered(&mut self, call: &mut Call, n: u16) {
        let Phase::Callback(attempt) = &call.phase else { return };
        let (group, agent, stage) = (attempt.group, attempt.agent, attempt.stage);
        if let Some(run) = call.legs.get_mut(&n) {
            run.state = LegRun::Joined;
        }
        match stage {
            Stage::Agent => {
                let Some(group) = self.settings.group(group) else {
                    return self.end_call(call, EndCause::Cancelled);
                };
                self.move_after(&group, agent, call.id, TailCause::Answered);
                let language = self.settings.config.language_of(agent);
                let saying =
                    self.chosen(&group.callback.agent_prompt, "callback_agent", language, Place::Agent);
                match saying {
                    Some(saying) => {
                        let play = self.tell_agent(call, n, saying);
                        set_stage(call, Stage::Telling(play));
                    }
                    None => self.ring_customer(call),
                }
            }
            Stage::Customer(customer) if customer == n => self.connect(call, n),
            Stage::Customer(_) | Stage::Telling(_) | Stage::NotReached(_) => {}
        }
    }

    fn tell_agent(&mut self, call: &mut Call, n: u16, saying: Saying) -> PlayId {
        let (leg, id) = (call.leg_id(n), call.new_play());
        self.play_on(leg, id, saying);
        self.timers.set(Timer::Prompt(call.id), self.now.tick + AGENT_PROMPT_MAX);
        id
    }

    /// What the agent was told should be over: the attempt goes on as if it were.
    pub(crate) fn agent_prompt_over(&mut self, call: &mut Call) {
        let Phase::Callback(attempt) = &call.phase else { return };
        let agent_leg = attempt.agent_leg;
        match attempt.stage {
            Stage::Telling(play) | Stage::NotReached(play) => self.agent_prompt_ended(call, agent_leg, play),
            Stage::Agent | Stage::Customer(_) => {}
        }
    }

    /// What the agent was told is over.
    pub(crate) fn agent_prompt_ended(&mut self, call: &mut Call, n: u16, play: PlayId) {
        let Phase::Callback(attempt) = &call.phase else { return };
        if matches!(attempt.stage, Stage::Telling(telling) | Stage::NotReached(telling) if telling == play) {
            self.timers.cancel(Timer::Prompt(call.id));
        }
        match attempt.stage {
            Stage::Telling(telling) if telling == play => self.ring_customer(call),
            Stage::NotReached(telling) if telling == play => {
                self.end_dialled(call, n, EndCause::Answered, Release::Normal);
                call.phase = Phase::Ending;
            }
            Stage::Telling(_) | Stage::NotReached(_) | Stage::Agent | Stage::Customer(_) => {}
        }
    }

    fn ring_customer(&mut self, call: &mut Call) {
        let Phase::Callback(attempt) = &mut call.phase else { return };
        let (number, callback, agent_leg) = (attempt.group, attempt.callback, attempt.agent_leg);
        let customer = call.next_leg;
        attempt.stage = Stage::Customer(customer);
        let group = self.settings.group(number);
        if let Some(group) = &group {
            attempt.ring_time = group.callback.ring_time;
        }
        let Some(request) = self.request(number, callback).cloned() else {
            return self.end_call(call, EndCause::Cancelled);
        };
        self.step_on(number, callback, (CallbackState::RingingCaller, request.attempts), Some(call.id));
        let name = group.map(|group| Arc::from(group.name.as_str()));
        let show = Show {
            number: Some(number),
            name,
            hidden: false,
            row: None,
            affix: Affix::default(),
            instead: None,
        };
        let (to, role) = if self.settings.config.users.contains_key(&request.number) {
            (DialTo::User(request.number), Role::Callee)
        } else {
            (DialTo::Row(request.number), Role::Outside)
        };
        let far_end = FarEnd { peer: Peer::Party(request.number), role, group: None };
        let media_of = Some(agent_leg);
        self.dial(call, Dialling { to, far_end, show, alerting_max: ALERTING_MAX, media_of, recall: None });
        // Otherwise he would listen to silence until the customer answers.
        self.command_leg(call.leg_id(agent_leg), LegCommand::Tone(Tone::Ringing));
    }

    /// Both ends talk: the customer is the side that is served.
    fn connect(&mut self, call: &mut Call, customer: u16) {
        let Phase::Callback(attempt) = &call.phase else { return };
        let (group, callback, agent_leg) = (attempt.group, attempt.callback, attempt.agent_leg);
        call.legs.remove(&customer);
        call.served = customer;
        call.caller = CallerLeg::Answered;
        call.outcome = Some(Outcome::Answered);
        call.groups.push(group);
        call.phase = Phase::Talking;
        let with = call.leg_id(agent_leg);
        self.fact(What::CallAnswered { call: call.id, with: Some(with) });
        self.command_leg(call.caller_leg(), LegCommand::Join { with });
        if let Some(attempts) = self.request(group, callback).map(|request| request.attempts) {
            self.step_on(group, callback, (CallbackState::RingingCaller, attempts + 1), Some(call.id));
            self.end_request(group, callback, CallbackState::Done);
            self.cancel_callbacks_of(group, call.from.party.id);
        }
    }

    /// A leg of an attempt ended before it was answered.
    pub(crate) fn callback_leg_failed(&mut self, call: &mut Call, n: u16, cause: EndCause) {
        let Phase::Callback(attempt) = &call.phase else { return };
        let (number, callback, agent, agent_leg) =
            (attempt.group, attempt.callback, attempt.agent, attempt.agent_leg);
        if n == agent_leg {
            if let Some(group) = self.settings.group(number) {
                self.rest_when_failed_at_once(&group, call.leg_id(n), agent, cause);
                self.missed(call, &group, agent, cause);
            }
            call.phase = Phase::Ending;
            call.outcome.get_or_insert(Outcome::Unanswered);
            let attempts = self.request(number, callback).map_or(0, |request| request.attempts);
            self.wait_again(number, callback, attempts, None);
            return self.offer_ghost(callback);
        }
        self.attempt_ended(number, callback);
        call.outcome.get_or_insert(Outcome::Unanswered);
        let language = self.settings.config.language_of(agent);
        let built_in = model::config::PromptChoice::BuiltIn;
        match self.chosen(&built_in, "callback_not_reached", language, Place::Agent) {
            Some(saying) => {
                let play = self.tell_agent(call, agent_leg, saying);
                set_stage(call, Stage::NotReached(play));
            }
            None => {
                self.end_dialled(call, agent_leg, EndCause::Answered, Release::Normal);
                call.phase = Phase::Ending;
            }
        }
    }

    /// The agent hung up before both ends talked. `true`: that is what happened.
    pub(crate) fn callback_leg_gone(&mut self, call: &mut Call, n: u16) -> bool {
        let Phase::Callback(attempt) = &call.phase else { return false };
        let (number, callback, stage) = (attempt.group, attempt.callback, attempt.stage);
        if n != attempt.agent_leg || call.legs.get(&n).is_none_or(|run| run.state != LegRun::Joined) {
            return false;
        }
        call.legs.remove(&n);
        match stage {
            Stage::NotReached(_) => {}
            // The customer was not tried: it rests, so that nobody is rung for it at once again.
            Stage::Agent | Stage::Telling(_) => self.attempt_over(number, callback),
            Stage::Customer(_) => self.attempt_ended(number, callback),
        }
        self.timers.cancel(Timer::Prompt(call.id));
        call.outcome.get_or_insert(Outcome::Unanswered);
        call.phase = Phase::Ending;
        self.close_dialled(call, EndCause::Cancelled, Release::Normal);
        true
    }

    /// An attempt at the customer has ended without him: the request rests.
    fn attempt_ended(&mut self, group: Number, callback: CallId) {
        let Some(attempts) = self.request(group, callback).map(|request| request.attempts) else { return };
        let pause = self.settings.group(group).map(|group| group.callback.pause);
        self.wait_again(group, callback, attempts + 1, pause);
    }

    /// The call of an attempt is ended from outside: its request waits on.
    pub(crate) fn attempt_over(&mut self, group: Number, callback: CallId) {
        let open = self.request(group, callback).is_some_and(|request| {
            matches!(request.state, CallbackState::RingingAgent | CallbackState::RingingCaller)
        });
        if open {
            let attempts = self.request(group, callback).map_or(0, |request| request.attempts);
            let pause = self.settings.group(group).map(|group| group.callback.pause);
            self.wait_again(group, callback, attempts, pause);
        }
    }

    /// The id of a call of ours: of the form of UUIDv7, so that ids keep the order of time.
    fn new_call_id(&mut self) -> CallId {
        let milliseconds = u64::try_from(self.now.utc.0 / 1_000).unwrap_or(0);
        CallId::at(milliseconds, (self.chance.next(), self.chance.next()))
    }
}

fn set_stage(call: &mut Call, stage: Stage) {
    if let Phase::Callback(attempt) = &mut call.phase {
        attempt.stage = stage;
    }
}

fn attempt_call(id: CallId, party: Party, attempt: Attempt) -> Call {
    Call {
        id,
        from: Caller { party, proved: false, hidden: false },
        served: NOBODY,
        caller: CallerLeg::Closed,
        phase: Phase::Callback(attempt),
        legs: BTreeMap::new(),
        next_leg: 0,
        next_play: 1,
        rang: false,
        groups: Vec::new(),
        held: BTreeSet::new(),
        outcome: None,
    }
}
