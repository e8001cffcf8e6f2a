//! A switchboard with one ring group, told what callers and phones do.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::switchboard::Switchboard;
use model::config::resolve::{Around, resolve};
use model::config::{PromptText, Prompts, TenantConfig, tree};
use model::fact::What;
use model::id::{CallId, ConfigVersion, LegId, PartyId, Seed};
use model::input::{Input, Reachability};
use model::language::Language;
use model::leg::{Arrival, Caller, Dialled, Ingress, LegCommand, LegEvent, Party};
use model::output::Output;
use model::saved::SavedState;
use model::time::{Now, Tick, Utc};

const GROUP: &str = "+3726001000";
/// Callers are parties from here on.
const CALLERS: u64 = 100_000;

/// A switchboard and what came of its calls.
pub(crate) struct Board {
    pub(crate) switchboard: Switchboard,
    pub(crate) tick: u64,
    pub(crate) inputs: u64,
    pub(crate) answered: u64,
    pub(crate) records: u64,
    /// Commands given since they were last taken.
    pub(crate) commands: Vec<(LegId, LegCommand)>,
    /// The leg that rings or talks for each call, the caller's not among them.
    member: BTreeMap<CallId, LegId>,
}

fn settings(members: u64) -> Arc<TenantConfig> {
    let mut text = format!(
        "[company]\nid = \"bench\"\n\n[[group]]\nnumber = \"{GROUP}\"\nname = \"Bench\"\npreset = \"ring_even\"\n\
         members_max = 1000\nring_time = \"20s\"\n"
    );
    for member in 1..=members {
        text.push_str(&format!("[[group.member]]\nuser = \"m{member}\"\nlogged_in = true\n"));
    }
    for member in 1..=members {
        text.push_str(&format!("[[user]]\nname = \"m{member}\"\n"));
    }
    let party = |name: &model::id::PartyName| PartyId(name.as_str()[1..].parse().unwrap());
    let mut prompts = Prompts::default();
    let said = BTreeMap::from([(Language::En, PromptText { text: Arc::from("Nobody can be reached.") })]);
    prompts.0.insert("unreachable".parse().unwrap(), said);
    let around = Around { party: &party, prompts: &prompts, time_zone: &|_| true };
    Arc::new(resolve(&tree::of_toml(&text).unwrap(), ConfigVersion(1), around).unwrap())
}

impl Board {
    pub(crate) fn new(members: u64) -> Self {
        let now = Now { tick: Tick(0), utc: Utc(0) };
        let mut board = Board {
            switchboard: Switchboard::new(settings(members), SavedState::default(), Seed(1), now),
            tick: 0,
            inputs: 0,
            answered: 0,
            records: 0,
            commands: Vec::new(),
            member: BTreeMap::new(),
        };
        for member in 1..=members {
            board.give(Input::Reach(PartyId(member), Reachability { contacts: 1, apps: 0 }));
        }
        board
    }

    /// Gives an input and takes everything that comes of it.
    pub(crate) fn give(&mut self, input: Input) {
        self.inputs += 1;
        let now = Now { tick: Tick(self.tick), utc: Utc(i64::try_from(self.tick).unwrap() * 1_000) };
        self.switchboard.handle(now, input);
        while let Some(output) = self.switchboard.poll_output() {
            match output {
                Output::Leg(leg, command) => {
                    match &command {
                        LegCommand::Dial(_) => {
                            self.member.insert(leg.call, leg);
                        }
                        LegCommand::Answer { .. } => self.answered += 1,
                        LegCommand::Ring
                        | LegCommand::Progress { .. }
                        | LegCommand::Accept
                        | LegCommand::Join { .. }
                        | LegCommand::Play { .. }
                        | LegCommand::Music { .. }
                        | LegCommand::Tone(_)
                        | LegCommand::Adopt { .. }
                        | LegCommand::Referred { .. }
                        | LegCommand::Echo
                        | LegCommand::Release(_) => {}
                    }
                    self.commands.push((leg, command));
                }
                Output::Fact(fact) => self.records += u64::from(matches!(fact.what, What::CallEnded { .. })),
                Output::Reply(..) | Output::Identify { .. } | Output::Notice(_) => {}
            }
        }
    }

    pub(crate) fn leg(&mut self, leg: LegId, event: LegEvent) {
        self.give(Input::Leg(leg, event));
    }

    /// The `n`th caller of the day.
    pub(crate) fn arrive(&mut self, n: u64) {
        let party = Party { id: PartyId(CALLERS + n), number: None, name: None };
        let arrival = Arrival {
            from: Caller { party, proved: true, hidden: false },
            to: Dialled::Group(GROUP.parse().unwrap()),
            via: Ingress::Trunk("bench".parse().unwrap()),
            replaces: None,
            diversions: 0,
        };
        self.commands.clear();
        self.leg(LegId::caller(call_id(n)), LegEvent::Arrived(arrival));
    }
}

fn call_id(n: u64) -> CallId {
    CallId(uuid::Uuid::from_u128(u128::from(n) + 1))
}

pub(crate) fn member_answers(board: &mut Board, n: u64) {
    let leg = board.member[&call_id(n)];
    board.leg(leg, LegEvent::Alerting { audio: false });
    board.leg(leg, LegEvent::Answered);
}

pub(crate) fn caller_hangs_up(board: &mut Board, n: u64) {
    let member = board.member.remove(&call_id(n)).unwrap();
    board.leg(LegId::caller(call_id(n)), LegEvent::HungUp { media: None });
    board.leg(member, LegEvent::Closed { media: None });
}
