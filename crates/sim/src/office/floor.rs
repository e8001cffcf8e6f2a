//! The floor of the office: phones that ring, callers who wait and give up, agents who come and go.

use std::collections::BTreeMap;

use engine::switchboard::Switchboard;
use model::fact::{EndCause, Fact, Peer, Role, VisitOutcome, What};
use model::id::{CallId, LegId, PartyId, RequestId, Seed};
use model::input::{Actor, Command, Duty, Input, Reachability};
use model::leg::{Arrival, Caller, Dialled, Ingress, Key, LegCommand, LegEvent, Party};
use model::number::Number;
use model::output::Output;
use model::saved::SavedState;
use model::time::{Now, Tick, Utc};

use super::{Lived, Moment, Plan, Worked};
use crate::chance::Chance;

/// Callers are parties from here on.
const CALLERS: u64 = 1_000_000;

/// A message lasts so long.
const MESSAGE: u64 = 4_000;

/// A talk with somebody called back.
const CALLED_BACK: u64 = 120_000;

/// Something that is going to happen.
#[derive(Debug)]
enum Coming {
    Call(usize),
    GivesUp(CallId),
    Leg(LegId, LegEvent),
    Comes(usize),
    Goes(usize),
    Pauses(usize),
    Back(usize),
}

/// A leg of somebody at work.
#[derive(Debug, Clone, Copy)]
struct Offered {
    agent: usize,
    answered: Option<u64>,
}

/// An office at a moment.
pub struct Office<'a> {
    plan: &'a Plan,
    board: Switchboard,
    now: u64,
    coming: BTreeMap<(u64, u64), Coming>,
    order: u64,
    /// Open legs; `true`: being released.
    legs: BTreeMap<LegId, bool>,
    /// Calls inside, by id: which planned one.
    calls: BTreeMap<CallId, usize>,
    /// Where each call inside stands in `lived`.
    inside: BTreeMap<CallId, usize>,
    offers: BTreeMap<LegId, Offered>,
    agents: BTreeMap<PartyId, usize>,
    groups_of: Vec<Vec<Number>>,
    /// Since when each is at work.
    since: Vec<Option<u64>>,
    begun_waiting: Vec<(CallId, Number)>,
    /// Planned calls, as they went.
    pub lived: Vec<Lived>,
    /// Planned agents, as they worked.
    pub worked: Vec<Worked>,
    /// Facts so far.
    pub facts: u64,
    /// Every input, from now on.
    pub inputs: Option<Vec<(Now, Input)>>,
    /// Sees every fact, from now on.
    pub fact_seen: Option<FactSeen<'a>>,
}

/// Who looks at facts as they happen.
pub type FactSeen<'a> = Box<dyn FnMut(&Fact) + 'a>;

impl<'a> Office<'a> {
    /// An office that goes on from `saved`.
    pub fn open(plan: &'a Plan, saved: SavedState) -> Office<'a> {
        let now = Now { tick: Tick(0), utc: plan.begin };
        let board = Switchboard::new(plan.config.clone(), saved, Seed(plan.seed), now);
        let groups_of = |party: PartyId| {
            let groups = plan.config.groups.iter();
            let his = groups.filter(|(_, group)| group.members.iter().any(|member| member.party == party));
            his.map(|(number, _)| *number).collect::<Vec<Number>>()
        };
        let mut office = Office {
            plan,
            board,
            now: 0,
            coming: BTreeMap::new(),
            order: 0,
            legs: BTreeMap::new(),
            calls: BTreeMap::new(),
            inside: BTreeMap::new(),
            offers: BTreeMap::new(),
            agents: plan.agents.iter().enumerate().map(|(at, agent)| (agent.party, at)).collect(),
            groups_of: plan.agents.iter().map(|agent| groups_of(agent.party)).collect(),
            since: vec![None; plan.agents.len()],
            begun_waiting: Vec::new(),
            lived: Vec::new(),
            worked: vec![Worked::default(); plan.agents.len()],
            facts: 0,
            inputs: None,
            fact_seen: None,
        };
        for (at, agent) in plan.agents.iter().enumerate() {
            for (from, to) in &agent.shifts {
                office.at(*from, Coming::Comes(at));
                office.at(*to, Coming::Goes(at));
            }
        }
        for (at, call) in plan.calls.iter().enumerate() {
            office.at(call.at, Coming::Call(at));
        }
        office
    }

    /// Nobody is there before his shift, whatever the settings say about new members.
    fn everybody_out(&mut self) {
        self.outputs();
        let inside: Vec<(Number, PartyId)> = self
            .board
            .saved()
            .groups
            .iter()
            .flat_map(|(number, group)| group.order.values().map(|party| (*number, *party)))
            .collect();
        for (group, member) in inside {
            self.wish(Command::LogOut { group, member, by: Actor::Api });
        }
    }

    /// The state.
    pub fn saved(&self) -> &SavedState {
        self.board.saved()
    }

    /// Lives until nothing is left to happen; `waits` sees every caller who begins to wait, `progress` the time
    /// reached, in milliseconds.
    pub fn live(&mut self, waits: &mut dyn FnMut(&Moment<'_>), progress: &mut dyn FnMut(u64)) {
        self.live_while(waits, &mut |now| {
            progress(now);
            true
        });
    }

    /// As `live`, for as long as `goes_on` says so; whether the day came to its end.
    pub fn live_while(
        &mut self,
        waits: &mut dyn FnMut(&Moment<'_>),
        goes_on: &mut dyn FnMut(u64) -> bool,
    ) -> bool {
        self.everybody_out();
        loop {
            let next = self.coming.first_key_value().map(|((tick, _), _)| *tick);
            let deadline = self.board.next_deadline().map(|(tick, _)| tick.0);
            let Some(tick) = next.into_iter().chain(deadline).min() else { break };
            if next.is_none() && self.legs.is_empty() {
                break;
            }
            self.now = self.now.max(tick);
            if !goes_on(self.now) {
                return false;
            }
            if deadline.is_some_and(|deadline| deadline <= tick) {
                self.give(Input::Timeout);
            } else if let Some((_, what)) = self.coming.pop_first() {
                self.happen(what);
            }
            for (call, group) in std::mem::take(&mut self.begun_waiting) {
                let Some(planned) = self.calls.get(&call).copied() else { continue };
                let (state, config) = (self.board.saved(), &*self.plan.config);
                waits(&Moment { state, config, now: self.moment(), call, group, planned });
            }
        }
        self.count_until_now();
        true
    }

    fn count_until_now(&mut self) {
        for (since, worked) in self.since.iter_mut().zip(&mut self.worked) {
            if let Some(since) = since.take() {
                worked.at_work += self.now - since;
            }
        }
    }

    fn moment(&self) -> Now {
        let micros = i64::try_from(self.now).unwrap_or(i64::MAX).saturating_mul(1_000);
        Now { tick: Tick(self.now), utc: Utc(self.plan.begin.0.saturating_add(micros)) }
    }

    fn at(&mut self, tick: u64, what: Coming) {
        self.order += 1;
        self.coming.insert((tick, self.order), what);
    }

    fn leg_in(&mut self, after: u64, leg: LegId, event: LegEvent) {
        self.at(self.now.saturating_add(after), Coming::Leg(leg, event));
    }

    fn give(&mut self, input: Input) {
        let now = self.moment();
        if let Some(inputs) = &mut self.inputs {
            inputs.push((now, input.clone()));
        }
        self.board.handle(now, input);
        self.outputs();
    }

    fn wish(&mut self, command: Command) {
        self.give(Input::Command(RequestId(0), command));
    }

    fn happen(&mut self, what: Coming) {
        match what {
            Coming::Call(planned) => self.arrive(planned),
            Coming::GivesUp(call) => {
                if self.lived_of(call).is_some_and(|lived| lived.to.is_none()) {
                    self.leg(LegId::caller(call), LegEvent::HungUp { media: None });
                }
            }
            Coming::Leg(leg, event) => self.leg(leg, event),
            Coming::Comes(at) => {
                let party = self.plan.agents[at].party;
                self.since[at] = Some(self.now);
                self.give(Input::Reach(party, Reachability { contacts: 1, apps: 0 }));
                for group in self.groups_of[at].clone() {
                    self.wish(Command::LogIn { group, member: party, duty: Duty::No, by: Actor::Api });
                }
            }
            Coming::Goes(at) => {
                let party = self.plan.agents[at].party;
                self.rest(at);
                for group in self.groups_of[at].clone() {
                    self.wish(Command::LogOut { group, member: party, by: Actor::Api });
                }
            }
            Coming::Pauses(at) => {
                self.rest(at);
                let (member, by) = (self.plan.agents[at].party, Actor::Api);
                self.wish(Command::Pause { member, reason: None, by });
            }
            Coming::Back(at) => {
                if self.plan.agents[at].shifts.iter().any(|(from, to)| (*from..*to).contains(&self.now)) {
                    self.since[at].get_or_insert(self.now);
                }
                self.wish(Command::Resume { member: self.plan.agents[at].party, by: Actor::Api });
            }
        }
    }

    fn rest(&mut self, at: usize) {
        if let Some(since) = self.since[at].take() {
            self.worked[at].at_work += self.now - since;
        }
    }

    fn arrive(&mut self, planned: usize) {
        let plan = &self.plan.calls[planned];
        let milliseconds = u64::try_from(self.moment().utc.0 / 1_000).unwrap_or(0);
        let call = CallId::at(milliseconds, (planned as u64, planned as u64));
        let leg = LegId::caller(call);
        self.legs.insert(leg, false);
        self.calls.insert(call, planned);
        let id = PartyId(CALLERS + planned as u64);
        let from =
            Caller { party: Party { id, number: plan.number, name: None }, proved: true, hidden: false };
        let via = Ingress::Trunk("office".parse().expect("a trunk's name"));
        if plan.patience < u64::MAX {
            self.at(self.now.saturating_add(plan.patience), Coming::GivesUp(call));
        }
        let arrival = Arrival { from, to: Dialled::Group(plan.group), via, replaces: None, diversions: 0 };
        self.give(Input::Leg(leg, LegEvent::Arrived(arrival)));
    }

    /// Something happens on a leg, unless the leg has gone or is going meanwhile.
    fn leg(&mut self, leg: LegId, event: LegEvent) {
        let last =
            matches!(event, LegEvent::Failed { .. } | LegEvent::HungUp { .. } | LegEvent::Closed { .. });
        let closes = matches!(event, LegEvent::Closed { .. });
        if self.legs.get(&leg).is_none_or(|releasing| *releasing != closes) {
            return;
        }
        if last {
            self.legs.remove(&leg);
        }
        self.give(Input::Leg(leg, event));
    }

    fn outputs(&mut self) {
        while let Some(output) = self.board.poll_output() {
            match output {
                Output::Leg(leg, command) => self.command(leg, &command),
                Output::Fact(fact) => {
                    self.facts += 1;
                    if let Some(seen) = &mut self.fact_seen {
                        seen(&fact);
                    }
                    self.fact(&fact.what, fact.at);
                }
                Output::Reply(..) | Output::Notice(_) | Output::Identify { .. } => {}
            }
        }
    }

    fn command(&mut self, leg: LegId, command: &LegCommand) {
        match command {
            LegCommand::Dial(_) => {
                self.legs.insert(leg, false);
                self.phone(leg);
            }
            LegCommand::Release(_) => {
                if let Some(releasing) = self.legs.get_mut(&leg) {
                    *releasing = true;
                    self.leg_in(20, leg, LegEvent::Closed { media: None });
                }
            }
            LegCommand::Play { id, .. } => self.leg_in(MESSAGE, leg, LegEvent::PlayEnded(*id)),
            LegCommand::Answer { .. }
            | LegCommand::Ring
            | LegCommand::Progress { .. }
            | LegCommand::Accept
            | LegCommand::Join { .. }
            | LegCommand::Music { .. }
            | LegCommand::Tone(_)
            | LegCommand::Adopt { .. }
            | LegCommand::Referred { .. }
            | LegCommand::Echo => {}
        }
    }

    /// What the phone behind a dialled leg does: an agent's as he is, a customer's answers.
    fn phone(&mut self, leg: LegId) {
        let mixed = leg.call.0.as_u64_pair().1 ^ u64::from(leg.n) << 40;
        let answers = match self.offers.get(&leg) {
            Some(offered) => {
                let agent = &self.plan.agents[offered.agent];
                let mut chance = Chance::new(self.plan.seed ^ mixed ^ agent.party.0 << 50);
                let misses = chance.percent(agent.misses);
                let length = agent.answers.draw(&mut chance);
                (!misses).then_some(length)
            }
            None => Some(6_000),
        };
        self.leg_in(100, leg, LegEvent::Alerting { audio: false });
        if let Some(after) = answers {
            self.leg_in(after.max(101), leg, LegEvent::Answered);
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "an office looks only at what it counts")]
    fn fact(&mut self, what: &What, at: Utc) {
        match what {
            What::LegStarted { leg, role: Role::Member, peer: Peer::Party(party), .. } => {
                if let Some(agent) = self.agents.get(party).copied() {
                    self.offers.insert(*leg, Offered { agent, answered: None });
                }
            }
            What::LegAnswered { leg } => self.leg_answered(*leg),
            What::LegEnded { leg, cause } => self.leg_ended(*leg, *cause),
            What::WrapUpStarted { member, until, .. } => {
                if let Some(agent) = self.agents.get(member) {
                    self.worked[*agent].busy += (*until - at).0;
                }
            }
            What::Waits { call, group, .. } => self.begun_waiting.push((*call, *group)),
            What::VisitStarted { call, group } => {
                let Some(planned) = self.calls.get(call).copied() else { return };
                let (to, outcome, overflow, agent) = (None, None, None, None);
                self.inside.insert(*call, self.lived.len());
                self.lived.push(Lived { planned, group: *group, from: at, to, outcome, overflow, agent });
            }
            What::Overflowed { call, why, .. } => {
                if let Some(lived) = self.lived_of(*call) {
                    lived.overflow = Some(*why);
                }
            }
            What::VisitEnded { call, outcome, .. } => self.visit_ended(*call, *outcome, at),
            What::CallbackOffered { call, .. } => {
                let accepts = self.calls.get(call).is_some_and(|planned| self.plan.calls[*planned].accepts);
                let group = self.lived_of(*call).map(|lived| lived.group);
                let group = group.and_then(|number| self.plan.config.groups.get(&number));
                let key = group.and_then(|group| char::from_digit(u32::from(group.callback.key), 10));
                if let Some(key) = key.filter(|_| accepts) {
                    self.leg_in(1_000, LegId::caller(*call), LegEvent::Dtmf(Key(key)));
                }
            }
            What::CallAnswered { call, with: Some(agent) } if !self.calls.contains_key(call) => {
                self.leg_in(CALLED_BACK, *agent, LegEvent::HungUp { media: None });
            }
            What::CallEnded { call, .. } => {
                self.calls.remove(call);
                self.inside.remove(call);
            }
            _ => {}
        }
    }

    fn lived_of(&mut self, call: CallId) -> Option<&mut Lived> {
        self.lived.get_mut(*self.inside.get(&call)?)
    }

    fn visit_ended(&mut self, call: CallId, outcome: VisitOutcome, at: Utc) {
        let agent = self.taken_by(call).filter(|_| outcome == VisitOutcome::Served);
        let party = agent.map(|agent| self.plan.agents[agent].party);
        if let Some(lived) = self.lived_of(call) {
            lived.to = Some(at);
            lived.outcome = Some(outcome);
            lived.agent = party;
        }
        let (Some(at), Some(planned)) = (agent, self.calls.get(&call).copied()) else { return };
        self.worked[at].calls += 1;
        let talk = self.plan.calls[planned].talk;
        self.leg_in(talk, LegId::caller(call), LegEvent::HungUp { media: None });
        let agent = &self.plan.agents[at];
        let mut chance = Chance::new(self.plan.seed ^ planned as u64 ^ 0x62_7265_616b);
        if chance.percent(agent.breaks) {
            let rest = agent.rests.draw(&mut chance);
            self.at(self.now + talk.saturating_sub(1), Coming::Pauses(at));
            self.at(self.now + talk + rest, Coming::Back(at));
        }
    }

    /// The agent who has answered a call.
    fn taken_by(&self, call: CallId) -> Option<usize> {
        let legs = self.offers.range(LegId::caller(call)..=LegId { call, n: u16::MAX });
        legs.rev().find(|(_, offered)| offered.answered.is_some()).map(|(_, offered)| offered.agent)
    }

    fn leg_answered(&mut self, leg: LegId) {
        if let Some(offered) = self.offers.get_mut(&leg) {
            offered.answered = Some(self.now);
            return;
        }
        // Somebody outside the group takes a call that left it: they talk as long as the caller would have.
        let caller = LegId::caller(leg.call);
        let planned = self.calls.get(&leg.call).copied().filter(|_| leg != caller);
        if let Some(planned) = planned {
            self.leg_in(self.plan.calls[planned].talk, caller, LegEvent::HungUp { media: None });
        }
    }

    fn leg_ended(&mut self, leg: LegId, cause: EndCause) {
        let Some(offered) = self.offers.remove(&leg) else { return };
        let at = offered.agent;
        let Some(answered) = offered.answered else {
            // Where another took the call, or the caller gave up, nobody missed it.
            self.worked[at].missed += u64::from(cause == EndCause::NoAnswer);
            return;
        };
        self.worked[at].talked += self.now - answered;
        self.worked[at].busy += self.now - answered;
    }
}
