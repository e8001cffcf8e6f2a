//! A company with several queues lives through a day: callers with and without patience, agents in several groups,
//! pauses, presence, callbacks, transfers, supervisors, changes of settings and crashes; then all heals.
//!
//! After every input the engine's own invariants are checked, and every fact is shown to the reference model.

mod people;
mod phones;
mod plan;
mod rules;

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::fold::fold;
use engine::switchboard::Switchboard;
use model::config::TenantConfig;
use model::fact::What;
use model::id::{CallId, ConfigVersion, LegId, PartyId, RequestId, Seed};
use model::input::{Command, Input, Reachability};
use model::leg::{Arrival, Caller, Dialled, Ingress, LegEvent, Party};
use model::number::Number;
use model::output::Output;
use model::record::Folded;
use model::saved::SavedState;
use model::time::{Now, Tick, Utc};

use crate::chance::Chance;
use crate::day::Told;
use rules::Rules;

/// Two hours, milliseconds.
const DAY: u64 = 2 * 3_600_000;
/// Of a rush, inputs between two comparisons of the whole state: it is large.
const COMPARE_EVERY: u64 = 500;
/// People who call are numbered from here.
const CALLERS: u64 = 10_000;

/// What a day with queues is made from.
pub struct QueueDay<'a> {
    /// Chance.
    pub seed: u64,
    /// Agents, parties 1 to this.
    pub agents: u64,
    /// Calls that come.
    pub calls: u64,
    /// They come before this moment, in milliseconds, at which all phones come; settings stay and nothing crashes.
    pub rush: Option<u64>,
    /// The groups.
    pub groups: &'a [Number],
    /// Settings of a version; agents are named `m` and their party.
    pub settings: &'a dyn Fn(ConfigVersion) -> Arc<TenantConfig>,
}

/// Something that is going to happen.
#[derive(Debug)]
enum Coming {
    Call,
    Personal(PartyId),
    Leg(LegId, LegEvent),
    Wish(Command),
    Steer(u64),
    Identified(CallId, Option<Party>),
    Reach(PartyId, u8),
    Settings,
    Crash,
}

struct World<'a> {
    day: &'a QueueDay<'a>,
    chance: Chance,
    board: Switchboard,
    saved: SavedState,
    rules: Rules,
    now: u64,
    version: u64,
    coming: BTreeMap<(u64, u64), Coming>,
    order: u64,
    /// Open legs; `true`: being released.
    legs: BTreeMap<LegId, bool>,
    next_call: u128,
    told: Told,
    inputs: u64,
    /// What happened last, for who looks for a fault.
    last: Vec<String>,
}

/// Lives through a day with queues. Panics at the first thing that is not as the rules say.
pub fn live_queues(day: &QueueDay<'_>) -> Told {
    let saved = SavedState::default();
    let config = (day.settings)(ConfigVersion(1));
    let board = Switchboard::new(config.clone(), saved.clone(), Seed(day.seed), moment(0));
    let mut rules = Rules::default();
    rules.settings(config);
    let mut world = World {
        day,
        chance: Chance::new(day.seed),
        board,
        saved,
        rules,
        now: 0,
        version: 1,
        coming: BTreeMap::new(),
        order: 0,
        legs: BTreeMap::new(),
        next_call: 1,
        told: Told::default(),
        inputs: 0,
        last: Vec::new(),
    };
    world.plan();
    let lived = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        world.outputs();
        world.run();
    }));
    if let Err(why) = lived {
        let said = why.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| why.downcast_ref::<&str>().copied()).unwrap_or("a rule is broken");
        panic!("{said}\n{}", world.last.join("\n"));
    }
    assert_eq!(world.board.calls_open(), 0, "all faults have healed and a call has not ended");
    assert!(world.legs.is_empty(), "legs are left over: {:?}", world.legs);
    for group in day.groups {
        assert!(world.rules.line_of(*group).is_empty(), "{group} has somebody in line at the end");
    }
    world.told
}

fn moment(tick: u64) -> Now {
    Now { tick: Tick(tick), utc: Utc(i64::try_from(tick).unwrap_or(i64::MAX) * 1_000) }
}

impl World<'_> {
    fn at(&mut self, tick: u64, what: Coming) {
        self.order += 1;
        self.coming.insert((tick, self.order), what);
    }

    fn soon(&mut self, (low, high): (u64, u64), leg: LegId, event: LegEvent) {
        let at = self.now + self.chance.within(low, high);
        self.at(at, Coming::Leg(leg, event));
    }

    fn is_healing(&self) -> bool {
        self.now > DAY
    }

    fn run(&mut self) {
        let mut steps = 0_u64;
        loop {
            let next = self.coming.first_key_value().map(|((tick, _), _)| *tick);
            let deadline = self.board.next_deadline().map(|(tick, _)| tick.0);
            let Some(tick) = next.into_iter().chain(deadline).min() else { return };
            self.now = self.now.max(tick);
            assert!(self.now < 20 * DAY, "the day does not end: {:?}", self.board.next_deadline());
            steps += 1;
            assert!(steps < 1_000_000, "the day goes round and round");
            self.rules.watch_deadlines(moment(self.now).utc);
            if deadline.is_some_and(|deadline| deadline <= tick) {
                self.give(Input::Timeout);
            } else if let Some((_, what)) = self.coming.pop_first() {
                self.happen(what);
            }
        }
    }

    fn happen(&mut self, what: Coming) {
        match what {
            Coming::Call => {
                let caller = PartyId(CALLERS + self.chance.within(0, 200));
                let via = Ingress::Trunk("sim".parse().expect("a trunk's name"));
                let at = self.chance.within(0, self.day.groups.len() as u64 - 1);
                let group = self.day.groups[usize::try_from(at).unwrap_or(0)];
                self.arrive(caller, Dialled::Group(group), via);
            }
            Coming::Personal(party) => {
                let to = if self.chance.percent(50) { Dialled::Echo } else { Dialled::User(self.anybody()) };
                self.arrive(party, to, Ingress::User(party));
            }
            Coming::Leg(leg, event) => self.leg(leg, event),
            Coming::Wish(command) => self.give(Input::Command(RequestId(1), command)),
            Coming::Steer(dice) => {
                if let Some(command) = self.steer(dice) {
                    self.give(Input::Command(RequestId(1), command));
                }
            }
            Coming::Identified(call, found) => self.identified(call, found),
            Coming::Reach(party, contacts) => {
                self.give(Input::Reach(party, Reachability { contacts, apps: 0 }));
            }
            Coming::Settings => {
                self.version += 1;
                let config = (self.day.settings)(ConfigVersion(self.version));
                self.rules.settings(config.clone());
                self.give(Input::Config(config));
            }
            Coming::Crash => self.crash(),
        }
    }

    fn arrive(&mut self, id: PartyId, to: Dialled, via: Ingress) {
        let leg = LegId::caller(CallId(uuid::Uuid::from_u128(self.next_call << 64)));
        self.next_call += 1;
        self.legs.insert(leg, false);
        if self.chance.percent(40) {
            self.soon((50, 240_000), leg, LegEvent::HungUp { media: None });
        }
        let number = format!("+3725{:07}", id.0 * 37 % 9_999_999).parse().ok();
        let party = Party { id, number: if id.0 >= CALLERS { number } else { None }, name: None };
        let from = Caller { party, proved: true, hidden: self.chance.percent(10) };
        self.give(Input::Leg(
            leg,
            LegEvent::Arrived(Arrival { from, to, via, replaces: None, diversions: 0 }),
        ));
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

    /// The process dies: whatever was on its way is gone, and the state is what the facts add up to.
    fn crash(&mut self) {
        self.told.crashes += 1;
        self.legs.clear();
        self.coming.retain(|_, what| !matches!(what, Coming::Leg(..) | Coming::Identified(..)));
        let config = (self.day.settings)(ConfigVersion(self.version));
        self.board = Switchboard::new(config, self.saved.clone(), Seed(self.day.seed), moment(self.now));
        self.note("crash");
        self.outputs();
    }

    fn give(&mut self, input: Input) {
        self.note(&format!("{input:?}").chars().take(160).collect::<String>());
        self.board.handle(moment(self.now), input);
        self.outputs();
    }

    fn note(&mut self, what: &str) {
        if self.last.len() > 40 {
            self.last.remove(0);
        }
        self.last.push(format!("{} {what}", self.now));
    }

    fn outputs(&mut self) {
        let mut outputs = 0;
        while let Some(output) = self.board.poll_output() {
            outputs += 1;
            assert!(outputs < 100_000, "the engine spins");
            self.print(&output);
            match output {
                Output::Leg(leg, command) => self.command(leg, &command),
                Output::Fact(fact) => self.fact(&fact),
                Output::Identify { call, digits } => self.identify(call, &digits),
                Output::Reply(..) | Output::Notice(_) => {}
            }
        }
        if self.day.rush.is_none() || self.inputs.is_multiple_of(COMPARE_EVERY) {
            self.board.check();
            assert_eq!(*self.board.saved(), self.saved, "the state is the fold of the facts");
        }
        self.inputs += 1;
        let now = moment(self.now).utc;
        self.rules.settled(now);
        for group in self.day.groups {
            let saved = self.saved.groups.get(group);
            let line: Vec<CallId> =
                saved.map(|saved| saved.line.values().copied().collect()).unwrap_or_default();
            assert_eq!(line, self.rules.line_of(*group), "the line of {group}");
            self.told.longest_line = self.told.longest_line.max(line.len());
        }
    }

    fn print(&mut self, output: &Output) {
        let text = serde_json::to_string(output).expect("outputs are plain data");
        for byte in text.bytes() {
            self.told.print = (self.told.print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self.note(&text.chars().take(220).collect::<String>());
    }

    fn fact(&mut self, fact: &model::fact::Fact) {
        self.told.facts += 1;
        self.rules.take(&fact.what, fact.at);
        if let What::CallEnded { outcome: model::fact::Outcome::Answered, .. } = fact.what {
            self.told.answered += 1;
        }
        if let Some(Folded::Call(record)) = fold(&mut self.saved, fact) {
            assert!(record.legs.iter().all(|leg| leg.ended.is_some()), "a record with an open leg");
            assert!(record.visits.iter().all(|visit| visit.to.is_some()), "a record with an open visit");
            self.told.records += 1;
        }
        self.react(&fact.what);
    }
}
