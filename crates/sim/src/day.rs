//! One company's day: callers, phones, log-ins, changes of settings, crashes, and then a time in which all heals.
//!
//! After every input the engine's own invariants are checked and every fact is shown to the reference model.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::fold::fold;
use engine::switchboard::Switchboard;
use model::config::TenantConfig;
use model::fact::What;
use model::id::{CallId, ConfigVersion, LegId, PartyId, RequestId, Seed};
use model::input::{Actor, Command, Duty, Input, Reachability};
use model::leg::{
    Arrival, Caller, Dialled, FailCause, Ingress, LegCommand, LegEvent, MediaFigures, Party, PlayId,
};
use model::number::Number;
use model::output::Output;
use model::record::Folded;
use model::saved::SavedState;
use model::time::{Now, Tick, Utc};

use crate::chance::Chance;
use crate::reference::Reference;

/// Eight hours, milliseconds.
const DAY: u64 = 8 * 3_600_000;
/// People who call are numbered from here.
const CALLERS: u64 = 10_000;

/// What a day is made from.
pub struct Day<'a> {
    /// Chance.
    pub seed: u64,
    /// Members, parties 1 to this, 2-30.
    pub members: u64,
    /// Calls that come, at least.
    pub calls: u64,
    /// The group.
    pub group: Number,
    /// Settings of a version; members are named `m` and their party. All versions have the same members.
    pub settings: &'a dyn Fn(ConfigVersion) -> Arc<TenantConfig>,
}

/// What a day was.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Told {
    /// Calls recorded.
    pub records: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Facts.
    pub facts: u64,
    /// Crashes lived through.
    pub crashes: u64,
    /// A fingerprint of every output in order.
    pub print: u64,
    /// Most who stood in one line at once.
    pub longest_line: usize,
}

/// Something that is going to happen.
#[derive(Debug)]
enum Coming {
    Call,
    Personal(PartyId),
    Leg(LegId, LegEvent),
    Wish(Command),
    Reach(PartyId, u8),
    Settings,
    Crash,
}

struct World<'a> {
    day: &'a Day<'a>,
    chance: Chance,
    board: Switchboard,
    saved: SavedState,
    reference: Reference,
    now: u64,
    version: u64,
    coming: BTreeMap<(u64, u64), Coming>,
    order: u64,
    /// Open legs; `true`: being released.
    legs: BTreeMap<LegId, bool>,
    next_call: u128,
    healing: bool,
    told: Told,
}

/// Lives through a day. Panics at the first thing that is not as the rules say.
pub fn live(day: &Day<'_>) -> Told {
    let saved = SavedState::default();
    let config = (day.settings)(ConfigVersion(1));
    let board = Switchboard::new(config, saved.clone(), Seed(day.seed), moment(0));
    let mut world = World {
        day,
        chance: Chance::new(day.seed),
        board,
        saved,
        reference: Reference::default(),
        now: 0,
        version: 1,
        coming: BTreeMap::new(),
        order: 0,
        legs: BTreeMap::new(),
        next_call: 1,
        healing: false,
        told: Told::default(),
    };
    world.plan();
    world.outputs();
    world.run();
    assert_eq!(world.board.calls_open(), 0, "all faults have healed and a call has not ended");
    assert!(world.legs.is_empty(), "legs are left over: {:?}", world.legs);
    world.told
}

fn moment(tick: u64) -> Now {
    Now { tick: Tick(tick), utc: Utc(i64::try_from(tick).unwrap_or(i64::MAX) * 1_000) }
}

impl World<'_> {
    fn plan(&mut self) {
        for _ in 0..self.day.calls {
            // Calls bunch: a third of them come within a tenth of the day.
            let until = if self.chance.percent(33) { DAY / 10 } else { DAY };
            let at = self.chance.within(1_000, until);
            self.at(at, Coming::Call);
        }
        for _ in 0..self.day.members * 4 {
            let party = self.anybody();
            let at = self.chance.within(0, DAY);
            let what = match self.chance.within(0, 9) {
                0 => Coming::Personal(party),
                1 => Coming::Reach(party, u8::from(self.chance.percent(70))),
                2..=4 => {
                    Coming::Wish(Command::LogOut { group: self.day.group, member: party, by: Actor::Api })
                }
                5 => Coming::Wish(Command::Pause { member: party, reason: None, by: Actor::Api }),
                6 => Coming::Wish(Command::Resume { member: party, by: Actor::Api }),
                7 => {
                    let code = format!("*961*{}#", self.chance.within(0, 2));
                    Coming::Wish(Command::Code { party, code })
                }
                _ => {
                    let duty = if self.chance.percent(40) { Duty::Take } else { Duty::No };
                    let (group, by) = (self.day.group, Actor::Api);
                    Coming::Wish(Command::LogIn { group, member: party, duty, by })
                }
            };
            self.at(at, what);
        }
        for party in 1..=self.day.members {
            self.at(10, Coming::Reach(PartyId(party), 1));
        }
        for _ in 0..3 {
            let (settings, crash) = (self.chance.within(0, DAY), self.chance.within(0, DAY));
            self.at(settings, Coming::Settings);
            self.at(crash, Coming::Crash);
        }
    }

    fn anybody(&mut self) -> PartyId {
        PartyId(self.chance.within(1, self.day.members))
    }

    fn at(&mut self, tick: u64, what: Coming) {
        self.order += 1;
        self.coming.insert((tick, self.order), what);
    }

    fn soon(&mut self, (low, high): (u64, u64), leg: LegId, event: LegEvent) {
        let at = self.now + self.chance.within(low, high);
        self.at(at, Coming::Leg(leg, event));
    }

    fn run(&mut self) {
        loop {
            let next = self.coming.first_key_value().map(|((tick, _), _)| *tick);
            let deadline = self.board.next_deadline().map(|(tick, _)| tick.0);
            let Some(tick) = next.into_iter().chain(deadline).min() else { return };
            self.now = self.now.max(tick);
            self.healing = self.now > DAY;
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
                let caller = PartyId(CALLERS + self.chance.within(0, 500));
                let via = Ingress::Trunk("sim".parse().expect("a trunk's name"));
                self.arrive(caller, Dialled::Group(self.day.group), via);
            }
            Coming::Personal(party) => self.arrive(party, Dialled::Echo, Ingress::User(party)),
            Coming::Leg(leg, event) => self.leg(leg, event),
            Coming::Wish(command) => self.give(Input::Command(RequestId(1), command)),
            Coming::Reach(party, contacts) => {
                self.give(Input::Reach(party, Reachability { contacts, apps: 0 }))
            }
            Coming::Settings => {
                self.version += 1;
                let config = (self.day.settings)(ConfigVersion(self.version));
                self.give(Input::Config(config));
            }
            Coming::Crash => self.crash(),
        }
    }

    fn arrive(&mut self, party: PartyId, to: Dialled, via: Ingress) {
        let leg = LegId::caller(CallId(uuid::Uuid::from_u128(self.next_call)));
        self.next_call += 1;
        self.legs.insert(leg, false);
        // Patience: most wait to the end, some give up soon.
        if self.chance.percent(25) {
            self.soon((50, 20_000), leg, LegEvent::HungUp { media: None });
        }
        let party = Party { id: party, number: None, name: None };
        let from = Caller { party, proved: true, hidden: false };
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
        self.coming.retain(|_, what| !matches!(what, Coming::Leg(..)));
        let before = (self.reference.order(), self.saved.clone());
        let config = (self.day.settings)(ConfigVersion(self.version));
        self.board = Switchboard::new(config, self.saved.clone(), Seed(self.day.seed), moment(self.now));
        self.outputs();
        assert_eq!(self.reference.order(), before.0, "a restart keeps list and duty (K-53)");
    }

    fn give(&mut self, input: Input) {
        self.board.handle(moment(self.now), input);
        self.outputs();
    }

    fn outputs(&mut self) {
        while let Some(output) = self.board.poll_output() {
            let text = serde_json::to_string(&output).expect("outputs are plain data");
            for byte in text.bytes() {
                self.told.print = (self.told.print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
            match output {
                Output::Leg(leg, command) => self.command(leg, &command),
                Output::Fact(fact) => {
                    self.told.facts += 1;
                    self.reference.take(&fact.what);
                    let answered = matches!(fact.what, What::CallEnded { outcome, .. } if outcome == model::fact::Outcome::Answered);
                    if let Some(Folded::Call(record)) = fold(&mut self.saved, &fact) {
                        assert!(
                            record.legs.iter().all(|leg| leg.ended.is_some()),
                            "a record with an open leg"
                        );
                        self.told.records += 1;
                        self.told.answered += u64::from(answered);
                    }
                }
                Output::Reply(..) | Output::Notice(_) | Output::Identify { .. } => {}
            }
        }
        self.board.check();
        assert_eq!(*self.board.saved(), self.saved, "the state is the fold of the facts");
        self.check_live();
    }

    /// The live view shows the members as they would be offered the next call.
    fn check_live(&self) {
        let config = (self.day.settings)(ConfigVersion(self.version));
        let nobody = |_: PartyId| None;
        let Some(live) =
            engine::live::group(&self.saved, &config, self.day.group, moment(self.now).utc, &nobody)
        else {
            panic!("the group is gone");
        };
        let expected: Vec<String> =
            self.reference.order().iter().map(|PartyId(party)| format!("m{party}")).collect();
        let shown: Vec<String> =
            live.members.iter().take(expected.len()).map(|member| member.user.clone()).collect();
        assert_eq!(shown, expected, "the live view's order");
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
                    let media = Some(MediaFigures::default());
                    self.soon((1, 30), leg, LegEvent::Closed { media });
                }
            }
            LegCommand::Answer { .. } => {
                self.soon((500, 300_000), leg, LegEvent::HungUp { media: None });
            }
            LegCommand::Play { id, .. } => {
                let PlayId(play) = *id;
                self.soon((1_000, 6_000), leg, LegEvent::PlayEnded(PlayId(play)));
            }
            LegCommand::Ring
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

    /// What the phone behind a dialled leg does.
    fn phone(&mut self, leg: LegId) {
        let failed = |cause| LegEvent::Failed { cause, media: None };
        let kind = if self.healing { 50 } else { self.chance.within(0, 99) };
        match kind {
            0..=7 => self.soon((20, 500), leg, failed(FailCause::Busy)),
            8..=13 => self.soon((20, 500), leg, failed(FailCause::Unreachable)),
            14..=19 => self.soon((500, 4_000), leg, failed(FailCause::Rejected)),
            // No sign at all.
            20..=22 => {}
            23..=25 => {
                self.soon((20, 300), leg, LegEvent::Alerting { audio: false });
                self.soon((400, 900), leg, LegEvent::Diverted);
            }
            // It rings for ever.
            26..=44 => self.soon((20, 300), leg, LegEvent::Alerting { audio: false }),
            _ => {
                self.soon((20, 300), leg, LegEvent::Alerting { audio: false });
                self.soon((301, 9_000), leg, LegEvent::Answered);
                if self.chance.percent(50) {
                    self.soon((9_500, 200_000), leg, LegEvent::HungUp { media: None });
                }
            }
        }
    }
}
