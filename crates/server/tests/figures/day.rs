//! A random day of one group, whose members work for another one, too, as facts: what a switchboard could have seen, not what it would have decided.

use std::collections::BTreeMap;

use model::fact::{
    CallbackState, Called, EndCause, Fact, Outcome, Peer, QueuedWhy, Rank, Role, VisitOutcome, What,
};
use model::id::{CallId, FactSeq, LegId, PartyId};
use model::input::{Activity, Actor, Reachability};
use model::leg::Ingress;
use model::number::Number;
use model::time::Utc;

use crate::{MEMBERS, group, other_group};

/// Seconds of a day.
const LENGTH: i64 = 2_000;
/// 2026-03-02T09:00:00Z.
const NINE: i64 = 1_772_442_000_000_000;
/// Who calls.
const CALLER: PartyId = PartyId(100);

/// A day that was.
pub(crate) struct Day {
    pub(crate) facts: Vec<Fact>,
    pub(crate) begin: Utc,
    pub(crate) end: Utc,
    now: Utc,
    chance: u64,
    calls: u64,
    agents: BTreeMap<PartyId, Agent>,
    /// Callers who wait.
    waiting: Vec<Waiting>,
    /// Who talks, with how many legs the call has.
    talking: Vec<(CallId, PartyId, Vec<LegId>)>,
    requests: Vec<CallId>,
    /// Requests with the call under way for each, in which the agent waits for the customer.
    calling: Vec<(CallId, CallId, PartyId)>,
}

/// A caller, the number of his next leg, and the agent who is rung for him.
type Waiting = (CallId, u16, Option<(PartyId, LegId)>);

#[derive(Default)]
struct Agent {
    logged_in: bool,
    paused: bool,
    in_call: bool,
    wrap_up: Option<Utc>,
}

impl Day {
    pub(crate) fn live(seed: u64) -> Day {
        let begin = Utc(NINE);
        let mut day = Day {
            facts: Vec::new(),
            begin,
            end: Utc(NINE + LENGTH * 1_000_000),
            now: begin,
            chance: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1),
            calls: 0,
            agents: BTreeMap::new(),
            waiting: Vec::new(),
            talking: Vec::new(),
            requests: Vec::new(),
            calling: Vec::new(),
        };
        for member in (1..=MEMBERS).map(PartyId) {
            day.agents.insert(member, Agent::default());
            day.fact(What::MemberAdded { group: group(), member });
        }
        while day.now < day.end {
            day.second();
            day.now.0 += 1_000_000;
        }
        day
    }

    /// Part of the day, from second to second.
    pub(crate) fn middle(&self) -> (Utc, Utc) {
        let part = |of: i64| Utc(self.begin.0 + LENGTH / 4 * of * 1_000_000);
        (part(1), part(3))
    }

    fn fact(&mut self, what: What) {
        let seq = FactSeq(self.facts.len() as u64 + 1);
        self.facts.push(Fact { seq, at: self.now, what });
    }

    /// Below `n`. Marsaglia's xorshift.
    fn roll(&mut self, n: u64) -> u64 {
        for (left, shift) in [(true, 13), (false, 7), (true, 17)] {
            self.chance ^= if left { self.chance << shift } else { self.chance >> shift };
        }
        self.chance % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.roll(n) == 0
    }

    fn pick<T>(&mut self, list: &mut Vec<T>) -> Option<T> {
        if list.is_empty() {
            return None;
        }
        let at = usize::try_from(self.roll(list.len() as u64)).unwrap();
        Some(list.swap_remove(at))
    }

    fn second(&mut self) {
        self.wrap_ups_end();
        for member in (1..=MEMBERS).map(PartyId) {
            self.agent(member);
        }
        if self.one_in(12) {
            self.arrive();
        }
        if self.one_in(4) {
            self.offer();
        }
        if self.one_in(6) {
            self.offer_ends();
        }
        if self.one_in(30) {
            self.leave();
        }
        if self.one_in(14) {
            self.talk_ends();
        }
        if self.one_in(60) {
            self.callback();
        }
        if self.one_in(6) {
            self.customer_decides();
        }
        if self.one_in(40) {
            self.personal();
        }
    }

    fn wrap_ups_end(&mut self) {
        let now = self.now;
        let over = |agent: &Agent| agent.wrap_up.is_some_and(|until| until <= now);
        let over: Vec<PartyId> =
            self.agents.iter().filter(|(_, agent)| over(agent)).map(|(party, _)| *party).collect();
        for member in over {
            self.agents.get_mut(&member).unwrap().wrap_up = None;
            self.fact(What::WrapUpEnded { member });
        }
    }

    fn agent(&mut self, member: PartyId) {
        let (group, by) = (group(), Actor::Api);
        if self.one_in(150) {
            let agent = self.agents.get_mut(&member).unwrap();
            agent.logged_in = !agent.logged_in;
            let what = if agent.logged_in {
                What::LoggedIn { group, member, by }
            } else {
                What::LoggedOut { group, member, by }
            };
            self.fact(what);
        }
        if self.one_in(200) {
            let agent = self.agents.get_mut(&member).unwrap();
            agent.paused = !agent.paused;
            let what = if agent.paused {
                What::Paused { member, reason: Some("lunch".into()) }
            } else {
                What::Resumed { member }
            };
            self.fact(what);
        }
        if self.one_in(250) {
            let contacts = u8::from(!self.one_in(3));
            self.fact(What::Reached { party: member, reach: Reachability { contacts, apps: 0 } });
        }
        if self.one_in(250) {
            let at = usize::try_from(self.roll(5)).unwrap();
            self.fact(What::Presence { party: member, activity: Activity::ALL[at] });
        }
    }

    fn call_id(&mut self) -> CallId {
        self.calls += 1;
        CallId::at(u64::try_from(self.now.0 / 1_000).unwrap(), (0, self.calls))
    }

    fn begin(&mut self, call: CallId, from: PartyId, to: Called) {
        let via = if matches!(to, Called::Callback(_)) { Ingress::Own } else { Ingress::User(from) };
        self.fact(What::CallArrived { call, from, hidden: false, to, via });
    }

    fn leg(&mut self, leg: LegId, role: Role, party: PartyId) {
        let member = (role == Role::Member).then(group);
        self.fact(What::LegStarted { leg, role, peer: Peer::Party(party), group: member, charge: None });
    }

    fn arrive(&mut self) {
        let call = self.call_id();
        self.begin(call, CALLER, Called::Group(group()));
        self.leg(LegId::caller(call), Role::Caller, CALLER);
        self.fact(What::VisitStarted { call, group: group() });
        let seq = FactSeq(self.facts.len() as u64 + 1);
        let rank = Rank { level: 5, since: self.now, sub: 0, seq };
        self.fact(What::Queued { call, group: group(), rank, why: QueuedWhy::Entered });
        self.waiting.push((call, 1, None));
    }

    fn free_agent(&mut self) -> Option<PartyId> {
        let free =
            |agent: &Agent| agent.logged_in && !agent.in_call && agent.wrap_up.is_none() && !agent.paused;
        let mut free: Vec<PartyId> =
            self.agents.iter().filter(|(_, agent)| free(agent)).map(|(party, _)| *party).collect();
        self.pick(&mut free)
    }

    /// Somebody is rung for who has waited longest and is rung by nobody.
    fn offer(&mut self) {
        let Some(at) = self.waiting.iter().position(|(.., rung)| rung.is_none()) else { return };
        let Some(member) = self.free_agent() else { return };
        let (call, n, rung) = &mut self.waiting[at];
        let leg = LegId { call: *call, n: *n };
        *n += 1;
        *rung = Some((member, leg));
        self.agents.get_mut(&member).unwrap().in_call = true;
        self.leg(leg, Role::Member, member);
        self.fact(What::LegAlerting { leg });
    }

    /// One who is rung answers, or does not.
    fn offer_ends(&mut self) {
        let Some(at) = self.waiting.iter().position(|(.., rung)| rung.is_some()) else { return };
        let (call, _, rung) = &mut self.waiting[at];
        let call = *call;
        let Some((member, leg)) = rung.take() else { return };
        if !self.one_in(3) {
            self.waiting.remove(at);
            self.fact(What::LegAnswered { leg });
            self.fact(What::LegAnswered { leg: LegId::caller(call) });
            self.fact(What::CallAnswered { call, with: Some(leg) });
            self.fact(What::VisitEnded { call, group: group(), outcome: VisitOutcome::Served });
            self.talking.push((call, member, vec![leg, LegId::caller(call)]));
            return;
        }
        let causes = [EndCause::NoAnswer, EndCause::Busy, EndCause::Unreachable, EndCause::Rejected];
        let cause = causes[usize::try_from(self.roll(4)).unwrap()];
        self.fact(What::LegEnded { leg, cause });
        self.agents.get_mut(&member).unwrap().in_call = false;
    }

    /// One who waits gives up, goes on, or asks to be called back.
    fn leave(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        let left = self.pick(&mut waiting);
        self.waiting = waiting;
        let Some((call, _, rung)) = left else { return };
        if let Some((member, leg)) = rung {
            self.fact(What::LegEnded { leg, cause: EndCause::Cancelled });
            self.agents.get_mut(&member).unwrap().in_call = false;
        }
        let outcome = match self.roll(3) {
            0 => VisitOutcome::Abandoned,
            1 => VisitOutcome::Overflowed,
            _ => VisitOutcome::CalledBack,
        };
        if outcome == VisitOutcome::CalledBack {
            let seq = FactSeq(self.facts.len() as u64 + 1);
            let rank = Rank { level: 5, since: self.now, sub: 0, seq };
            let valid_until = self.end;
            let (callback, group) = (call, group());
            let (caller, number) = (CALLER, CALLER);
            self.fact(What::CallbackRequested {
                callback,
                group,
                caller,
                hidden: false,
                number,
                valid_until,
                rank,
            });
            self.requests.push(call);
        }
        self.fact(What::VisitEnded { call, group: group(), outcome });
        self.fact(What::LegEnded { leg: LegId::caller(call), cause: EndCause::HangUp });
        self.fact(What::CallEnded { call, outcome: Outcome::Abandoned });
    }

    fn talk_ends(&mut self) {
        let mut talking = std::mem::take(&mut self.talking);
        let ended = self.pick(&mut talking);
        self.talking = talking;
        let Some((call, member, legs)) = ended else { return };
        for leg in legs {
            self.fact(What::LegEnded { leg, cause: EndCause::HangUp });
        }
        self.fact(What::CallEnded { call, outcome: Outcome::Answered });
        self.agents.get_mut(&member).unwrap().in_call = false;
        // Who has been logged out meanwhile may well have work left.
        let Some(group) = group_of(&self.facts, call) else { return };
        if !self.one_in(4) && self.agents[&member].wrap_up.is_none() {
            let until = Utc(self.now.0 + i64::try_from(1 + self.roll(40)).unwrap() * 1_000_000);
            self.agents.get_mut(&member).unwrap().wrap_up = Some(until);
            self.fact(What::WrapUpStarted { member, group, until });
        }
    }

    /// A request goes to its end: both talk, or not.
    fn callback(&mut self) {
        let mut requests = std::mem::take(&mut self.requests);
        let request = self.pick(&mut requests);
        self.requests = requests;
        let Some(callback) = request else { return };
        let agent = if self.one_in(3) { None } else { self.free_agent() };
        let Some(member) = agent else {
            let state = if self.one_in(2) { CallbackState::Expired } else { CallbackState::Cancelled };
            return self.step(callback, state, None);
        };
        let call = self.call_id();
        self.begin(call, CALLER, Called::Callback(group()));
        let (own, customer) = (LegId { call, n: 0 }, LegId { call, n: 1 });
        self.step(callback, CallbackState::RingingAgent, Some(call));
        self.leg(own, Role::Member, member);
        self.fact(What::LegAnswered { leg: own });
        self.leg(customer, Role::Outside, CALLER);
        self.step(callback, CallbackState::RingingCaller, Some(call));
        self.agents.get_mut(&member).unwrap().in_call = true;
        self.calling.push((callback, call, member));
    }

    /// A customer who is called back answers, later than the agent, or does not.
    fn customer_decides(&mut self) {
        let mut calling = std::mem::take(&mut self.calling);
        let decided = self.pick(&mut calling);
        self.calling = calling;
        let Some((callback, call, member)) = decided else { return };
        let (own, customer) = (LegId { call, n: 0 }, LegId { call, n: 1 });
        if self.one_in(3) {
            self.step(callback, CallbackState::Expired, None);
            self.fact(What::LegEnded { leg: customer, cause: EndCause::NoAnswer });
            self.fact(What::LegEnded { leg: own, cause: EndCause::Answered });
            self.fact(What::CallEnded { call, outcome: Outcome::Unanswered });
            self.agents.get_mut(&member).unwrap().in_call = false;
            return;
        }
        self.fact(What::LegAnswered { leg: customer });
        self.fact(What::CallAnswered { call, with: Some(own) });
        self.step(callback, CallbackState::Done, None);
        self.talking.push((call, member, vec![own, customer]));
    }

    fn step(&mut self, callback: CallId, state: CallbackState, call: Option<CallId>) {
        let group = group();
        self.fact(What::CallbackStep { callback, group, state, attempts: 0, not_before: None, call });
    }

    /// An agent calls somebody himself, whatever he was doing, if he is in no call.
    fn personal(&mut self) {
        let mut idle: Vec<PartyId> =
            self.agents.iter().filter(|(_, agent)| !agent.in_call).map(|(party, _)| *party).collect();
        let Some(member) = self.pick(&mut idle) else { return };
        if self.one_in(2) {
            return self.for_another_group(member);
        }
        let call = self.call_id();
        self.begin(call, member, Called::Echo);
        self.leg(LegId::caller(call), Role::Caller, member);
        self.fact(What::CallAnswered { call, with: None });
        self.agents.get_mut(&member).unwrap().in_call = true;
        self.talking.push((call, member, vec![LegId::caller(call)]));
    }

    /// An agent takes a call of another group.
    fn for_another_group(&mut self, member: PartyId) {
        let (call, group) = (self.call_id(), other_group());
        self.begin(call, CALLER, Called::Group(group));
        self.leg(LegId::caller(call), Role::Caller, CALLER);
        self.fact(What::VisitStarted { call, group });
        let leg = LegId { call, n: 1 };
        let (role, peer) = (Role::Member, Peer::Party(member));
        self.fact(What::LegStarted { leg, role, peer, group: Some(group), charge: None });
        self.fact(What::LegAnswered { leg });
        self.fact(What::CallAnswered { call, with: Some(leg) });
        self.fact(What::VisitEnded { call, group, outcome: VisitOutcome::Served });
        self.agents.get_mut(&member).unwrap().in_call = true;
        self.talking.push((call, member, vec![leg, LegId::caller(call)]));
    }
}

/// For which group a call was; `None`: for none.
fn group_of(facts: &[Fact], ended: CallId) -> Option<Number> {
    facts.iter().find_map(|fact| {
        if let What::CallArrived { call, to: Called::Group(number) | Called::Callback(number), .. } =
            &fact.what
            && *call == ended
        {
            Some(*number)
        } else {
            None
        }
    })
}
