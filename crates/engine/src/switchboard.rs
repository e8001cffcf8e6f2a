//! One tenant's switchboard: takes inputs, gives outputs, and only dispatches.
//!
//! Invariants: every change of `saved` is a fact that has been given out; `ready` is derived from `saved`; a
//! call stands in `calls` from its arrival until all its legs are closed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use model::config::TenantConfig;
use model::fact::{EndCause, Fact, Outcome, Peer, VisitOutcome, What};
use model::id::{CallId, FactSeq, LegId, PartyId, RequestId, Seed};
use model::input::{Command, Input};
use model::leg::{LegCommand, LegEvent, Release};
use model::output::{Notice, NoticeTo, Output, Reply};
use model::saved::SavedState;
use model::time::{Now, Tick};

use crate::call::Call;
use crate::fold::fold;
use crate::ready::Ready;
use crate::settings::Settings;
use crate::timers::{Timer, Timers};

/// All live calls and agents of one tenant.
#[derive(Debug)]
pub struct Switchboard {
    pub(crate) settings: Settings,
    pub(crate) saved: SavedState,
    pub(crate) ready: Ready,
    pub(crate) calls: BTreeMap<CallId, Call>,
    pub(crate) timers: Timers,
    pub(crate) now: Now,
    pub(crate) draining: bool,
    outputs: VecDeque<Output>,
    #[expect(dead_code, reason = "rotation leaves nothing to chance; random ties draw from it")]
    seed: Seed,
}

impl Switchboard {
    /// A switchboard that goes on from `saved`. Its first facts end the calls that were open (cause `restart`)
    /// and bring the members into line with the settings.
    pub fn new(config: Arc<TenantConfig>, saved: SavedState, seed: Seed, now: Now) -> Self {
        let version = config.version;
        let ready = Ready::of(&saved);
        let mut switchboard = Switchboard {
            settings: Settings::new(config),
            saved,
            ready,
            calls: BTreeMap::new(),
            timers: Timers::default(),
            now,
            draining: false,
            outputs: VecDeque::new(),
            seed,
        };
        switchboard.fact(What::Started { engine: crate::VERSION, config: version });
        switchboard.end_interrupted_calls();
        switchboard.take_members();
        switchboard
    }

    /// Handles one input whole.
    pub fn handle(&mut self, now: Now, input: Input) {
        self.now = now;
        match input {
            Input::Leg(leg, LegEvent::Arrived(arrival)) => self.arrive(leg, arrival),
            Input::Leg(leg, event) => {
                self.with_call(leg.call, |board, call| board.leg_event(call, leg, event))
            }
            Input::Command(request, command) => self.command(request, command),
            Input::Reach(party, reach) => {
                let known = self.saved.agents.get(&party).map(|agent| agent.reach).unwrap_or_default();
                if known != reach {
                    self.fact(What::Reached { party, reach });
                }
            }
            Input::Config(config) => {
                let version = config.version;
                self.settings = Settings::new(config);
                self.fact(What::ConfigTaken { config: version });
                self.take_members();
            }
            Input::Timeout => {
                while let Some(timer) = self.timers.take_due(now.tick) {
                    self.expired(timer);
                }
            }
        }
    }

    /// The next output, in the order of the decisions.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `Input::Timeout` is due, and why.
    pub fn next_deadline(&self) -> Option<(Tick, Timer)> {
        self.timers.next()
    }

    /// The state it decides on: the fold of all facts so far.
    pub fn saved(&self) -> &SavedState {
        &self.saved
    }

    /// Calls under way.
    pub fn calls_open(&self) -> usize {
        self.calls.len()
    }

    /// Panics when an invariant is broken. For tests and simulations; costs the whole state.
    pub fn check(&self) {
        assert_eq!(self.ready, Ready::of(&self.saved), "who is ready follows from the saved state");
        for (number, group) in &self.saved.groups {
            for (place, member) in &group.order {
                let saved = group.members.get(member).expect("who stands in the list is a member");
                assert_eq!(saved.place, Some(*place), "{number}: one member, one place");
            }
            let placed = group.members.values().filter(|member| member.place.is_some()).count();
            assert_eq!(placed, group.order.len(), "{number}: the list holds every member logged in");
            if let Some(duty) = group.duty {
                assert!(group.members[&duty].place.is_some(), "{number}: the duty member is logged in");
            }
        }
        for (party, agent) in &self.saved.agents {
            let offers = self.calls.values().map(|call| call.offers_to(*party)).sum::<usize>();
            assert!(offers <= 1, "{party:?} is offered {offers} calls at once (K-40)");
            for leg in agent.busy.keys() {
                assert!(self.calls.contains_key(&leg.call), "{party:?} is busy in a call that is over");
            }
        }
        assert_eq!(self.calls.len(), self.saved.calls.len(), "live calls and saved calls are the same");
        for call in self.calls.values() {
            call.check();
        }
        if let Some((due, timer)) = self.timers.next() {
            assert!(due > self.now.tick, "{timer:?} should have gone off");
        }
    }

    pub(crate) fn out(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(crate) fn command_leg(&mut self, leg: LegId, command: LegCommand) {
        self.out(Output::Leg(leg, command));
    }

    pub(crate) fn release(&mut self, leg: LegId, how: Release) {
        self.command_leg(leg, LegCommand::Release(how));
    }

    pub(crate) fn notice(&mut self, to: NoticeTo, text: String) {
        self.out(Output::Notice(Notice { to, text: Arc::from(text) }));
    }

    pub(crate) fn reply(&mut self, request: RequestId, reply: Reply) {
        if request.0 != 0 {
            self.out(Output::Reply(request, reply));
        }
    }

    /// Gives out a fact and folds it in.
    pub(crate) fn fact(&mut self, what: What) {
        let fact = Fact { seq: FactSeq(self.saved.version.0 + 1), at: self.now.utc, what };
        let touched = self.touched(&fact.what);
        fold(&mut self.saved, &fact);
        if let Some(party) = touched {
            self.ready.refresh(&self.saved, party);
        }
        self.outputs.push_back(Output::Fact(fact));
    }

    /// Whose readiness a fact may change. Called before it is folded in.
    fn touched(&mut self, what: &What) -> Option<PartyId> {
        match what {
            What::LoggedIn { member, .. }
            | What::LoggedOut { member, .. }
            | What::Paused { member, .. }
            | What::Resumed { member }
            | What::MovedToTail { member, .. } => Some(*member),
            What::DutyChanged { group, .. } => self.saved.groups.get(group).and_then(|entry| entry.duty),
            What::MemberRemoved { group, member } => {
                self.ready.remove(*member, *group);
                None
            }
            What::GroupRemoved { group } => {
                if let Some(entry) = self.saved.groups.get(group) {
                    for member in entry.members.keys() {
                        self.ready.remove(*member, *group);
                    }
                }
                None
            }
            What::LegStarted { peer: Peer::Party(party), .. } => Some(*party),
            What::LegStarted { peer: Peer::Set(_) | Peer::Emergency(_), .. } => None,
            What::LegEnded { leg, .. } => {
                let record = self.saved.calls.get(&leg.call)?.legs.get(usize::from(leg.n))?;
                match record.peer {
                    Peer::Party(party) => Some(party),
                    Peer::Set(_) | Peer::Emergency(_) => None,
                }
            }
            What::Started { .. }
            | What::ConfigTaken { .. }
            | What::Reached { .. }
            | What::MemberAdded { .. }
            | What::CallArrived { .. }
            | What::CallAnswered { .. }
            | What::CallEnded { .. }
            | What::VisitStarted { .. }
            | What::VisitEnded { .. }
            | What::Offered { .. }
            | What::Fallback { .. }
            | What::LegAlerting { .. }
            | What::LegAnswered { .. }
            | What::LegMedia { .. }
            | What::Heard { .. }
            | What::CodeUsed { .. }
            | What::NoticeSent { .. } => None,
        }
    }

    /// Takes a call out, lets it be worked on, and puts it back unless it is over. A call that is not there has
    /// ended: what still comes for it is late and is passed over.
    pub(crate) fn with_call(&mut self, id: CallId, work: impl FnOnce(&mut Self, &mut Call)) {
        let Some(mut call) = self.calls.remove(&id) else { return };
        work(self, &mut call);
        if let Some(outcome) = call.finished() {
            self.fact(What::CallEnded { call: id, outcome });
        } else {
            self.calls.insert(id, call);
        }
    }

    fn expired(&mut self, timer: Timer) {
        match timer {
            Timer::Alerting(leg) => {
                self.with_call(leg.call, |board, call| board.leg_gave_up(call, leg, EndCause::Unreachable));
            }
            Timer::Ring(leg) => {
                self.with_call(leg.call, |board, call| board.leg_gave_up(call, leg, EndCause::NoAnswer));
            }
            Timer::Confirm(leg) => {
                self.with_call(leg.call, |board, call| board.leg_gave_up(call, leg, EndCause::NotConfirmed));
            }
            Timer::Prompt(id) => self.with_call(id, |board, call| board.prompt_over(call)),
        }
    }

    /// Calls that a restart cut off end with cause `restart`; their legs are gone with the process.
    fn end_interrupted_calls(&mut self) {
        let open: Vec<CallId> = self.saved.calls.keys().copied().collect();
        for id in open {
            let Some(record) = self.saved.calls.get(&id).cloned() else { continue };
            for visit in record.visits.iter().filter(|visit| visit.to.is_none()) {
                let outcome = VisitOutcome::Abandoned;
                self.fact(What::VisitEnded { call: id, group: visit.group, outcome });
            }
            for leg in record.legs.iter().filter(|leg| leg.ended.is_none()) {
                self.fact(What::LegEnded { leg: leg.leg, cause: EndCause::Restart });
            }
            let outcome = if record.answered.is_some() { Outcome::Answered } else { Outcome::Failed };
            self.fact(What::CallEnded { call: id, outcome });
        }
    }

    pub(crate) fn command(&mut self, request: RequestId, command: Command) {
        match command {
            Command::LogIn { group, member, duty, by } => {
                let result = self.log_in(group, member, duty, by);
                self.reply_done(request, result);
            }
            Command::LogOut { group, member, by } => {
                let result = self.log_out(group, member, by);
                self.reply_done(request, result);
            }
            Command::Pause { member, reason, .. } => self.wish_pause(request, member, reason),
            Command::Resume { member, .. } => self.wish_resume(request, member),
            Command::Code { party, code } => self.code_by_text(request, party, &code),
            Command::Drain => {
                self.draining = true;
                self.reply(request, Reply::Done);
            }
            Command::EndAll => {
                let open: Vec<CallId> = self.calls.keys().copied().collect();
                for id in open {
                    self.with_call(id, |board, call| board.end_call(call, EndCause::Shutdown));
                }
                self.reply(request, Reply::Done);
            }
        }
    }
}
