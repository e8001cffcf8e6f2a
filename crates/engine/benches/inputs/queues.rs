//! What a call costs a group with a waiting line, and how long the choice of the next pair takes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use engine::switchboard::Switchboard;
use model::config::TenantConfig;
use model::config::resolve::{Around, resolve};
use model::config::{PromptText, Prompts, tree};
use model::id::{CallId, ConfigVersion, LegId, PartyId, Seed};
use model::input::{Input, Reachability};
use model::language::Language;
use model::leg::{Arrival, Caller, Dialled, Ingress, LegCommand, LegEvent, Party};
use model::output::Output;
use model::saved::SavedState;
use model::time::{Now, Tick, Utc};

const GROUP: &str = "+3726001001";
/// Callers are parties from here on.
const CALLERS: u64 = 100_000;
/// Calls of a measurement.
pub(crate) const CALLS: u64 = 20_000;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    /// Of a call, from arrival to end.
    pub(crate) us_per_call: f64,
    /// From an agent coming free to the offer of the next call, the worst.
    pub(crate) pair_us_max: f64,
    /// The same, the mean.
    pub(crate) pair_us: f64,
    /// One estimate of the last in line.
    pub(crate) estimate_us: f64,
}

struct Line {
    config: Arc<TenantConfig>,
    switchboard: Switchboard,
    tick: u64,
    /// Calls that were offered: the first to come is the next.
    offered: u64,
    /// Legs that ring or talk, oldest first.
    dialled: std::collections::VecDeque<LegId>,
}

fn settings(members: u64) -> Arc<TenantConfig> {
    let mut text = format!(
        "[company]\nid = \"bench\"\n\n[[group]]\nnumber = \"{GROUP}\"\nname = \"Bench\"\n\
         preset = \"customer_service\"\ndistribution = \"longest_idle\"\nmembers_max = 500\n"
    );
    for member in 1..=members {
        text.push_str(&format!("[[group.member]]\nuser = \"m{member}\"\nlogged_in = true\n"));
    }
    for member in 1..=members {
        text.push_str(&format!("[[user]]\nname = \"m{member}\"\n"));
    }
    let party = |name: &model::id::PartyName| PartyId(name.as_str()[1..].parse().unwrap());
    let mut prompts = Prompts::default();
    for name in ["unreachable", "queue_full", "nobody_here", "music"] {
        let said = BTreeMap::from([(Language::En, PromptText { text: Arc::from("Spoken.") })]);
        prompts.0.insert(name.parse().unwrap(), said);
    }
    let around = Around { party: &party, prompts: &prompts, time_zone: &|_| true };
    Arc::new(resolve(&tree::of_toml(&text).unwrap(), ConfigVersion(1), around).unwrap())
}

fn call_id(n: u64) -> CallId {
    CallId(uuid::Uuid::from_u128(u128::from(n) + 1))
}

impl Line {
    fn new(members: u64) -> Line {
        let config = settings(members);
        let now = Now { tick: Tick(0), utc: Utc(0) };
        let switchboard = Switchboard::new(config.clone(), SavedState::default(), Seed(1), now);
        let mut line = Line {
            config,
            switchboard,
            tick: 1,
            offered: members,
            dialled: std::collections::VecDeque::new(),
        };
        for member in 1..=members {
            line.give(Input::Reach(PartyId(member), Reachability { contacts: 1, apps: 0 }));
        }
        line
    }

    fn now(&self) -> Now {
        Now { tick: Tick(self.tick), utc: Utc(i64::try_from(self.tick).unwrap() * 1_000) }
    }

    fn give(&mut self, input: Input) {
        self.switchboard.handle(self.now(), input);
        while let Some(output) = self.switchboard.poll_output() {
            if let Output::Leg(leg, LegCommand::Dial(_)) = output {
                self.dialled.push_back(leg);
            }
        }
    }

    fn arrive(&mut self, n: u64) {
        let party = Party { id: PartyId(CALLERS + n), number: None, name: None };
        let from = Caller { party, proved: true, hidden: false };
        let to = Dialled::Group(GROUP.parse().unwrap());
        let via = Ingress::Trunk("bench".parse().unwrap());
        let arrival = Arrival { from, to, via, replaces: None, diversions: 0 };
        self.give(Input::Leg(LegId::caller(call_id(n)), LegEvent::Arrived(arrival)));
    }

    fn answer(&mut self, leg: LegId) {
        self.give(Input::Leg(leg, LegEvent::Alerting { audio: false }));
        self.give(Input::Leg(leg, LegEvent::Answered));
    }

    /// The oldest call ends; its agent is offered the next one, which he answers. Gives how long the choice took.
    fn turn(&mut self) -> f64 {
        let leg = self.dialled.pop_front().unwrap();
        let before = self.dialled.len();
        let began = Instant::now();
        self.give(Input::Leg(LegId::caller(leg.call), LegEvent::HungUp { media: None }));
        let spent = began.elapsed().as_secs_f64() * 1e6;
        assert_eq!(self.dialled.len(), before + 1, "the agent is offered the next call");
        self.give(Input::Leg(leg, LegEvent::Closed { media: None }));
        let next = *self.dialled.back().unwrap();
        assert_eq!(next.call, call_id(self.offered), "who has waited longest is offered");
        self.offered += 1;
        self.answer(next);
        spent
    }
}

/// All agents talk and `waiting` callers stand in line; calls end, come and are answered.
pub(crate) fn cost(waiting: u64, members: u64, calls: u64) -> Told {
    let mut line = Line::new(members);
    let mut next = 0;
    for _ in 0..members {
        line.tick += 5;
        line.arrive(next);
        next += 1;
        let leg = *line.dialled.back().unwrap();
        line.answer(leg);
    }
    for _ in 0..waiting {
        line.tick += 5;
        line.arrive(next);
        next += 1;
    }
    let (mut sum, mut max) = (0.0, 0.0_f64);
    // What was seen fills its bounds before it is measured.
    for _ in 0..1_000 {
        line.tick += 200;
        line.turn();
        line.arrive(next);
        next += 1;
    }
    let began = Instant::now();
    for _ in 0..calls {
        line.tick += 200;
        let spent = line.turn();
        sum += spent;
        max = max.max(spent);
        line.arrive(next);
        next += 1;
    }
    let us_per_call = began.elapsed().as_secs_f64() * 1e6 / calls as f64;
    let group = GROUP.parse().unwrap();
    let saved = line.switchboard.saved();
    assert_eq!(saved.groups[&group].line.len() as u64, waiting, "as many wait as at first");
    let last = *saved.groups[&group].line.values().next_back().unwrap();
    let began = Instant::now();
    for _ in 0..100 {
        let told = engine::estimate::of_call(saved, &line.config, group, last, line.now().utc);
        assert!(std::hint::black_box(told).is_some(), "the last in line is told his wait");
    }
    let estimate_us = began.elapsed().as_secs_f64() * 1e4;
    Told { us_per_call, pair_us_max: max, pair_us: sum / calls as f64, estimate_us }
}
