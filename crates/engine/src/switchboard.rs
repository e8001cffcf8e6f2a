//! One tenant's switchboard: takes inputs, gives outputs, and only dispatches.
//!
//! Invariants: every change of `saved` is a fact that has been given out; `ready` is derived from `saved`; a
//! call stands in `calls` from its arrival until all its legs are closed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use model::config::TenantConfig;
use model::fact::{EndCause, Fact, Outcome, Peer, VisitOutcome, What};
use model::id::{CallId, FactSeq, LegId, PartyId, RequestId, Seed};
use model::input::{Command, Input};
use model::leg::{LegCommand, LegEvent, Release};
use model::number::Number;
use model::output::{Notice, NoticeTo, Output, Reply};
use model::saved::SavedState;
use model::table::Table;
use model::time::{Now, Span, Tick, Utc};

use crate::call::Call;
use crate::callback::Ghost;
use crate::chance::Chance;
use crate::fold::fold;
use crate::queue::Wanting;
use crate::ready::Ready;
use crate::settings::Settings;
use crate::timers::{Timer, Timers};

/// All live calls and agents of one tenant.
#[derive(Debug)]
pub struct Switchboard {
    pub(crate) settings: Settings,
    pub(crate) saved: SavedState,
    pub(crate) ready: Ready,
    pub(crate) calls: Table<CallId, Box<Call>>,
    pub(crate) timers: Timers,
    pub(crate) now: Now,
    pub(crate) draining: bool,
    pub(crate) chance: Chance,
    /// Calls and callbacks that want an agent.
    pub(crate) wanting: Wanting,
    /// How far pending callbacks have been offered.
    pub(crate) ghosts: BTreeMap<CallId, Ghost>,
    /// Parked calls by slot.
    pub(crate) parked: BTreeMap<u8, CallId>,
    /// Calls that wait for a busy person, first come first.
    pub(crate) camped: BTreeMap<PartyId, Vec<CallId>>,
    /// Since when closed groups are below their limits (I-22).
    pub(crate) calm_since: BTreeMap<Number, Now>,
    /// What else the present input has brought about, to be seen to before it is done.
    pub(crate) pending: Pending,
    outputs: VecDeque<Output>,
}

/// What an input has brought about besides its own effects.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    /// Agents who can be offered calls now and could not before.
    pub(crate) freed: VecDeque<PartyId>,
    /// Groups in which nobody is there any more (V-22).
    pub(crate) deserted: BTreeSet<Number>,
    /// People whose last call has ended, where somebody is camped on them (I-18).
    pub(crate) idle: VecDeque<PartyId>,
}

impl Switchboard {
    /// A switchboard that goes on from `saved`. Its first facts end the calls that were open (cause `restart`)
    /// and bring the members into line with the settings.
    pub fn new(config: Arc<TenantConfig>, saved: SavedState, seed: Seed, now: Now) -> Self {
        let version = config.version;
        let settings = Settings::new(config);
        let ready = Ready::of(&saved, &settings, now.utc);
        let mut switchboard = Switchboard {
            settings,
            saved,
            ready,
            calls: Table::default(),
            timers: Timers::default(),
            now,
            draining: false,
            chance: Chance::new(seed),
            wanting: Wanting::default(),
            ghosts: BTreeMap::new(),
            parked: BTreeMap::new(),
            camped: BTreeMap::new(),
            calm_since: BTreeMap::new(),
            pending: Pending::default(),
            outputs: VecDeque::new(),
        };
        switchboard.fact(What::Started { engine: crate::VERSION, config: version });
        switchboard.end_interrupted_calls();
        switchboard.take_members();
        switchboard.take_up_again();
        switchboard.settle();
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
                self.ready = Ready::of(&self.saved, &self.settings, now.utc);
                self.settings_changed();
            }
            Input::Identified(call, found) => {
                self.with_call(call, |board, call| board.number_identified(call, found));
            }
            Input::Timeout => {
                while let Some(timer) = self.timers.take_due(now.tick) {
                    self.expired(timer);
                    self.settle();
                }
            }
        }
        self.settle();
    }

    /// Sees to what the input has brought about: those who came free serve those who wait.
    fn settle(&mut self) {
        // Once is enough: who comes free by what it brings about is one at a time.
        let mut in_order = false;
        loop {
            if let Some(party) = self.pending.idle.pop_front() {
                self.camp_target_idle(party);
            } else if self.pending.freed.len() > 1 && !in_order {
                self.serve_in_order();
                in_order = true;
            } else if let Some(party) = self.pending.freed.pop_front() {
                self.serve(party);
            } else if let Some(group) = self.pending.deserted.pop_first() {
                self.desert(group);
            } else {
                return;
            }
        }
    }

    /// The next output, in the order of the decisions.
    pub fn poll_output(&mut self) -> Option<Output> {
        let next = self.outputs.pop_front();
        if next.is_none() {
            // The next ones begin where these did, in memory that was just worked on: a ring that has grown with the
            // members on starting would be walked all round.
            self.outputs.clear();
        }
        next
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
        let ready = Ready::of(&self.saved, &self.settings, self.now.utc);
        assert_eq!(self.ready, ready, "who is ready follows from the saved state");
        self.check_lines();
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
        for (party, agent) in self.saved.agents.iter() {
            let offers = self.calls.values().map(|call| call.offers_to(*party)).sum::<usize>();
            assert!(offers <= 1, "{party:?} is offered {offers} calls at once (K-40)");
            for leg in agent.busy.legs() {
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
            self.look_at(party);
        }
        self.outputs.push_back(Output::Fact(fact));
    }

    /// Looks at a person again: whether he can be offered calls, and whether somebody waits for just him.
    pub(crate) fn look_at(&mut self, party: PartyId) {
        let changed = self.ready.refresh(&self.saved, &self.settings, party, self.now.utc);
        if changed.freed {
            self.pending.freed.push_back(party);
        }
        self.pending.deserted.extend(changed.deserted);
        if self.camped.contains_key(&party) {
            self.pending.idle.push_back(party);
        }
    }

    /// Whose readiness a fact may change. Called before it is folded in.
    fn touched(&mut self, what: &What) -> Option<PartyId> {
        match what {
            What::LoggedIn { member, .. }
            | What::LoggedOut { member, .. }
            | What::Paused { member, .. }
            | What::Resumed { member }
            | What::WrapUpStarted { member, .. }
            | What::WrapUpEnded { member }
            | What::Resting { member, .. }
            | What::Rested { member }
            | What::IdleReset { member }
            | What::Presence { party: member, .. }
            | What::Reached { party: member, .. }
            | What::MovedToTail { member, .. } => Some(*member),
            What::DutyChanged { group, .. } => self.saved.groups.get(group).and_then(|entry| entry.duty),
            What::MemberRemoved { group, member } => {
                if self.ready.remove(*member, *group) {
                    self.pending.deserted.insert(*group);
                }
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
            What::LegMoved { to, .. } => self.party_on(*to),
            What::LegStarted { peer: Peer::Set(_) | Peer::Emergency(_), .. } => None,
            What::LegEnded { leg, .. } => self.party_on(*leg),
            What::Started { .. }
            | What::ConfigTaken { .. }
            | What::MemberAdded { .. }
            | What::Delivered { .. }
            | What::LicenceBegan { .. }
            | What::LicenceEnded { .. }
            | What::CallArrived { .. }
            | What::CallAnswered { .. }
            | What::CallEnded { .. }
            | What::Queued { .. }
            | What::Waits { .. }
            | What::Closed { .. }
            | What::Overflowed { .. }
            | What::PlaceHeld { .. }
            | What::CallbackRequested { .. }
            | What::CallbackStep { .. }
            | What::CallbackOffered { .. }
            | What::Camped { .. }
            | What::Recalled { .. }
            | What::Parked { .. }
            | What::Transferred { .. }
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

    /// Whose phone a leg is.
    pub(crate) fn party_on(&self, leg: LegId) -> Option<PartyId> {
        match self.saved.calls.get(&leg.call)?.legs.get(usize::from(leg.n))?.peer {
            Peer::Party(party) => Some(party),
            Peer::Set(_) | Peer::Emergency(_) => None,
        }
    }

    /// Takes a call out, lets it be worked on, and puts it back unless it is over. A call that is not there has
    /// ended: what still comes for it is late and is passed over.
    pub(crate) fn with_call(&mut self, id: CallId, work: impl FnOnce(&mut Self, &mut Call)) {
        let Some(mut call) = self.calls.remove(&id) else { return };
        work(self, &mut call);
        if let Some(outcome) = call.finished() {
            self.fact(What::CallEnded { call: id, outcome });
            if self.ghosts.contains_key(&id) {
                self.ghost_begins(id);
            }
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
            Timer::Round(id) => self.next_round(id),
            Timer::WaitMax(id) => self.with_call(id, Switchboard::waited_long_enough),
            Timer::Age(id) => self.with_call(id, |board, call| board.grow_older(call)),
            Timer::Repeat(id) => self.with_call(id, |board, call| board.repeat_message(call)),
            Timer::WrapUp(member) => self.fact(What::WrapUpEnded { member }),
            Timer::Rest(member) => self.fact(What::Rested { member }),
            Timer::LongPause(member) => self.watch_pause(member),
            Timer::CloseWait(group) | Timer::Reopen(group) => self.review_closing(group),
            Timer::CallbackRest(id) => self.callback_rested(id),
            Timer::CallbackValid(id) => self.callback_expired(id),
            Timer::Keys(id) => self.with_call(id, |board, call| board.keys_over(call)),
            Timer::Camp(id) => self.with_call(id, |board, call| board.camped_long_enough(call)),
            Timer::Park(id) => self.with_call(id, |board, call| board.parked_long_enough(call)),
        }
    }

    /// What was under way when the process ended goes on: work after calls, rests, pauses, requests to be called back.
    fn take_up_again(&mut self) {
        let agents: Vec<(PartyId, Option<Utc>, Option<Utc>, bool)> = self
            .saved
            .agents
            .iter()
            .map(|(party, agent)| (*party, agent.wrap_up, agent.resting, agent.paused.is_some()))
            .collect();
        for (party, wrap_up, resting, paused) in agents {
            let due = |until: Utc| self.now.tick + Span((until - self.now.utc).0.max(1));
            let timers = [
                wrap_up.map(|until| (Timer::WrapUp(party), due(until))),
                resting.map(|until| (Timer::Rest(party), due(until))),
            ];
            for (timer, at) in timers.into_iter().flatten() {
                self.timers.set(timer, at);
            }
            if paused {
                self.watch_pause(party);
            }
        }
        self.take_up_callbacks();
        let groups: Vec<Number> = self.saved.groups.keys().copied().collect();
        for group in groups {
            self.review_closing(group);
        }
    }

    /// Looks at a paused agent again when his pause has lasted as long as callers of one of his groups may wait:
    /// from then on he is not there (V-22).
    pub(crate) fn watch_pause(&mut self, party: PartyId) {
        self.look_at(party);
        let Some(paused) = self.saved.agents.get(&party).and_then(|agent| agent.paused.as_ref()) else {
            return;
        };
        let lasted = self.now.utc - paused.since;
        let groups = self.saved.memberships.get(&party).into_iter().flatten();
        let next = groups
            .filter_map(|number| self.settings.group(*number)?.queue.as_ref()?.wait_max)
            .filter(|wait_max| *wait_max > lasted)
            .min();
        if let Some(next) = next {
            self.timers.set(Timer::LongPause(party), self.now.tick + Span(next.0 - lasted.0));
        }
    }

    /// Calls that a restart cut off end with cause `restart`; their legs are gone with the process.
    fn end_interrupted_calls(&mut self) {
        let open: Vec<CallId> = self.saved.calls.keys().copied().collect();
        for id in open {
            let Some(record) = self.saved.calls.get(&id).cloned() else { continue };
            for visit in record.visits.iter().filter(|visit| visit.to.is_none()) {
                self.hold_place(id, record.from, record.hidden, visit.group);
                let outcome = VisitOutcome::Abandoned;
                self.fact(What::VisitEnded { call: id, group: visit.group, outcome });
            }
            for leg in record.legs.iter().filter(|leg| leg.ended.is_none()) {
                self.fact(What::LegEnded { leg: leg.leg, cause: EndCause::Restart });
            }
            let waited = record.visits.iter().any(|visit| visit.to.is_none());
            // Who was answered by us alone and waited was not answered by anybody.
            let outcome = match record.answered {
                Some(_) if waited => Outcome::Abandoned,
                Some(_) => Outcome::Answered,
                None => Outcome::Failed,
            };
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
            Command::Presence { party, activity } => self.wish_presence(request, party, activity),
            Command::Transfer { call, to, mode, .. } => self.wish_transfer(request, call, to, mode),
            Command::Take { call, user } => self.wish_take(request, call, user),
            Command::Move { call, position } => self.wish_move(request, call, position),
            Command::Park { call, .. } => self.wish_park(request, call),
            Command::PickUp { call, user } => self.wish_pick_up(request, call, user),
            Command::CancelCallback { group, callback } => self.wish_cancel(request, group, callback),
            Command::Drain => {
                self.draining = true;
                self.reply(request, Reply::Done);
            }
            Command::EndAll => {
                let open: Vec<CallId> = self.calls.keys().copied().collect();
                for id in open {
                    self.with_call(id, |board, call| {
                        board.hold_place_of(call);
                        board.end_call(call, EndCause::Shutdown);
                    });
                }
                self.reply(request, Reply::Done);
            }
        }
    }
}
