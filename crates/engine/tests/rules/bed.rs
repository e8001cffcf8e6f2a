//! The test bed: a switchboard in virtual time that follows a script and tells what came out.
//!
//! After every input the engine's own invariants hold, and its state is the fold of the facts it gave. A leg
//! that is released closes at once, unless the script says `hold closings`.

use std::collections::BTreeMap;

use engine::fold::fold;
use engine::switchboard::Switchboard;
use model::fact::{Called, Peer, Role, What};
use model::id::{CallId, LegId, PartyId, RequestId, Seed};
use model::input::{Command, Input, Reachability};
use model::leg::{Arrival, Caller, DialTo, Dialled, Ingress, LegCommand, LegEvent, Party, PlayId};
use model::output::Output;
use model::saved::SavedState;
use model::time::{Now, Tick, Utc};

use crate::company::{Company, MAIN, caller, name, party};

/// A leg the bed knows.
#[derive(Debug)]
pub(crate) struct Known {
    /// Whose, as the script says it.
    pub(crate) who: String,
    /// Had its final event.
    pub(crate) over: bool,
    /// Released by the engine.
    pub(crate) releasing: bool,
    /// What plays.
    pub(crate) play: Option<PlayId>,
}

/// The world of one case.
pub(crate) struct Bed {
    pub(crate) company: Company,
    pub(crate) board: Switchboard,
    pub(crate) saved: SavedState,
    pub(crate) facts: Vec<model::fact::Fact>,
    pub(crate) legs: BTreeMap<LegId, Known>,
    /// Every fact and every command whole.
    pub(crate) details: bool,
    pub(crate) told: Vec<String>,
    /// Only lines with one of these words are told; none: all.
    pub(crate) only: Vec<String>,
    /// Calls of the engine's own: callbacks' attempts.
    attempts: Vec<CallId>,
    pub(crate) version: u64,
    hold_closings: bool,
    now: u64,
    /// How far the wall clock was set, milliseconds.
    clock: i64,
}

/// Call number `n` of a case.
pub(crate) fn call_id(n: u64) -> CallId {
    CallId(uuid::Uuid::from_u128(u128::from(n)))
}

impl Bed {
    /// The company on its first morning: every user has one phone.
    pub(crate) fn new(company: Company) -> Bed {
        let config = company.config(1);
        let users: Vec<PartyId> = config.users.keys().copied().collect();
        let saved = SavedState::default();
        let board = Switchboard::new(config, saved.clone(), Seed(1), Now { tick: Tick(0), utc: Utc(0) });
        let mut bed = Bed {
            company,
            board,
            saved,
            facts: Vec::new(),
            legs: BTreeMap::new(),
            details: false,
            told: Vec::new(),
            only: Vec::new(),
            attempts: Vec::new(),
            version: 1,
            hold_closings: false,
            now: 0,
            clock: 0,
        };
        bed.drain();
        for user in users {
            bed.give(Input::Reach(user, Reachability { contacts: 1, apps: 0 }));
        }
        bed.told.clear();
        bed
    }

    fn moment(&self) -> Now {
        let shown = i64::try_from(self.now).unwrap_or(i64::MAX) + self.clock;
        Now { tick: Tick(self.now), utc: Utc(shown * 1_000) }
    }

    /// The wall clock is set by that many seconds; timers do not care.
    pub(crate) fn set_clock(&mut self, seconds: i64) {
        self.clock += seconds * 1_000;
    }

    /// One input, and all that comes of it.
    pub(crate) fn give(&mut self, input: Input) {
        let now = self.moment();
        self.board.handle(now, input);
        self.drain();
        while !self.hold_closings
            && let Some(leg) = self.legs.iter().find(|(_, leg)| leg.releasing && !leg.over).map(|(id, _)| *id)
        {
            self.leg(leg, LegEvent::Closed { media: None });
        }
    }

    /// Something happens on a leg.
    pub(crate) fn leg(&mut self, leg: LegId, event: LegEvent) {
        let last =
            matches!(event, LegEvent::Failed { .. } | LegEvent::HungUp { .. } | LegEvent::Closed { .. });
        if last && let Some(known) = self.legs.get_mut(&leg) {
            known.over = true;
        }
        self.give(Input::Leg(leg, event));
    }

    /// Takes what comes out; checks what must hold after every input.
    pub(crate) fn drain(&mut self) {
        while let Some(output) = self.board.poll_output() {
            self.note(&output);
            if let Some(line) = self.line(&output) {
                self.told.push(line);
            }
            if let Output::Fact(fact) = output {
                fold(&mut self.saved, &fact);
                self.facts.push(fact);
            }
        }
        self.board.check();
        assert_eq!(*self.board.saved(), self.saved, "the state is the fold of the facts");
    }

    /// Keeps track of the legs.
    fn note(&mut self, output: &Output) {
        if let Output::Fact(fact) = output
            && let What::CallArrived { call, to: Called::Callback(_), .. } = &fact.what
        {
            self.attempts.push(*call);
        }
        if let Output::Fact(fact) = output
            && let What::LegStarted { leg, peer, role, .. } = &fact.what
        {
            let who = match peer {
                _ if *role == Role::Caller => format!("caller {}", leg.call.0.as_u128()),
                Peer::Party(party) => name(*party),
                Peer::Set(number) => number.to_string(),
                Peer::Emergency(number) => number.to_string(),
            };
            // A leg counts from its Dial on; one that is never dialled has no far end.
            self.legs.insert(*leg, Known { who, over: leg.n > 0, releasing: false, play: None });
        }
        if let Output::Leg(leg, LegCommand::Adopt { from }) = output {
            let moved = self.legs.get_mut(from).expect("what is adopted was a leg");
            moved.over = true;
            let who = moved.who.clone();
            let known = self.legs.get_mut(leg).expect("a command is for a leg that was begun");
            (known.who, known.over) = (who, false);
        } else if let Output::Leg(leg, command) = output {
            let known = self.legs.get_mut(leg).expect("a command is for a leg that was begun");
            match command {
                LegCommand::Dial(dial) => {
                    known.over = false;
                    if let (DialTo::Outside(number), true) = (&dial.to, known.who.starts_with("stranger")) {
                        known.who = number.to_string();
                    }
                }
                LegCommand::Release(_) => known.releasing = true,
                LegCommand::Play { id, .. } => known.play = Some(*id),
                LegCommand::Ring
                | LegCommand::Progress { .. }
                | LegCommand::Answer { .. }
                | LegCommand::Accept
                | LegCommand::Join { .. }
                | LegCommand::Music { .. }
                | LegCommand::Tone(_)
                | LegCommand::Adopt { .. }
                | LegCommand::Referred { .. }
                | LegCommand::Echo => {}
            }
        }
    }

    /// The newest leg of `who` that is not over; else the newest at all.
    pub(crate) fn leg_of(&self, who: &str) -> LegId {
        let mut legs: Vec<(&LegId, &Known)> = self.legs.iter().filter(|(_, leg)| leg.who == who).collect();
        legs.sort_by_key(|(id, leg)| (!leg.over && !leg.releasing, !leg.over, **id));
        *legs.last().unwrap_or_else(|| panic!("{who} has no leg")).0
    }

    /// Lets time pass, with every deadline on its way.
    pub(crate) fn pass(&mut self, milliseconds: u64) {
        let until = self.now + milliseconds;
        while let Some((due, _)) = self.board.next_deadline().filter(|(due, _)| due.0 <= until) {
            self.now = due.0;
            self.give(Input::Timeout);
        }
        self.now = until;
    }

    /// What the clock shows.
    pub(crate) fn utc(&self) -> Utc {
        self.moment().utc
    }

    /// Milliseconds to the next deadline, and why.
    pub(crate) fn deadline(&self) -> Option<(u64, engine::timers::Timer)> {
        self.board.next_deadline().map(|(due, timer)| (due.0 - self.now, timer))
    }

    /// What a case calls a call: its number; attempts of callbacks are counted for themselves.
    pub(crate) fn call_name(&self, call: CallId) -> String {
        match self.attempts.iter().position(|attempt| *attempt == call) {
            Some(at) => format!("attempt {}", at + 1),
            None => format!("call {}", call.0.as_u128()),
        }
    }

    /// A call comes in. `words`: `from WHO`, `to WHAT`, `hidden`, `unproved`, `named NAME`, `replacing WHO`,
    /// `diverted TIMES`.
    pub(crate) fn call(&mut self, n: u64, words: &[&str]) {
        let after =
            |key| words.iter().position(|word| *word == key).and_then(|at| words.get(at + 1).copied());
        let who = after("from");
        // `as N`: the caller of call N calls again.
        let again = after("as").map_or(n, |first| first.parse().expect("a number of a call"));
        let user = who.and_then(party).filter(|_| who != Some("Madis"));
        let number = match who {
            Some("Madis") => "+3725559001".to_owned(),
            Some(number) if number.starts_with('+') => number.to_owned(),
            Some(_) | None => format!("+372555{:04}", 7_000 + again),
        };
        let from = Party {
            id: user.unwrap_or_else(|| caller(again)),
            number: user.is_none().then(|| number.parse().expect("a number")),
            name: after("named").map(std::sync::Arc::from),
        };
        let from =
            Caller { party: from, proved: !words.contains(&"unproved"), hidden: words.contains(&"hidden") };
        let via =
            user.map_or_else(|| Ingress::Trunk("carrier".parse().expect("a trunk's name")), Ingress::User);
        let to = dialled(n, after("to").unwrap_or(MAIN));
        let replaces = after("replacing").map(|who| self.leg_of(&who.replace('_', " ")));
        let diversions = after("diverted").map_or(0, |times| times.parse().expect("how often"));
        let arrival = Arrival { from, to, via, replaces, diversions };
        let leg = LegId::caller(call_id(n));
        // Who takes a place in another call is a leg of that one at once.
        let who = format!("caller {n}");
        self.legs.insert(leg, Known { who, over: false, releasing: false, play: None });
        self.give(Input::Leg(leg, LegEvent::Arrived(arrival)));
    }

    /// A call arrives on a leg that is there already: late, or a fault of who sends it.
    pub(crate) fn arrives(&mut self, leg: LegId) {
        let party = Party { id: caller(99), number: None, name: None };
        let from = Caller { party, proved: true, hidden: false };
        let via = Ingress::Trunk("carrier".parse().expect("a trunk's name"));
        self.leg(
            leg,
            LegEvent::Arrived(Arrival { from, to: Dialled::Echo, via, replaces: None, diversions: 0 }),
        );
    }

    /// Somebody asks for something.
    pub(crate) fn wish(&mut self, command: Command) {
        self.give(Input::Command(RequestId(1), command));
    }

    /// Legs that are released stay so until the script closes them.
    pub(crate) fn hold_closings(&mut self) {
        self.hold_closings = true;
    }

    /// The settings as they are now in the company act from here on.
    pub(crate) fn apply(&mut self) {
        self.version += 1;
        self.give(Input::Config(self.company.config(self.version)));
    }

    /// The process dies and comes back with what was on disk.
    pub(crate) fn restart(&mut self) {
        let disk = serde_json::to_string(&self.saved).expect("the state is plain data");
        self.saved = serde_json::from_str(&disk).expect("what was written can be read");
        self.legs.values_mut().for_each(|leg| leg.over = true);
        let config = self.company.config(self.version);
        self.board = Switchboard::new(config, self.saved.clone(), Seed(1), self.moment());
        self.drain();
    }
}

pub(crate) fn dialled(n: u64, what: &str) -> Dialled {
    if let Some(party) = party(what) {
        return Dialled::User(party);
    }
    match what {
        "echo" => Dialled::Echo,
        "nobody" => Dialled::Nobody,
        "park" => Dialled::Park,
        "pick-up" => Dialled::PickUp(None),
        whose if whose.starts_with("pick-up:") => Dialled::PickUp(party(&whose["pick-up:".len()..])),
        slot if slot.starts_with("slot:") => Dialled::Unpark(slot["slot:".len()..].parse().expect("a slot")),
        "112" => Dialled::Emergency("112".parse().expect("a short number")),
        code if code.starts_with(['*', '#']) => Dialled::Code(code.to_owned()),
        group if group.starts_with("+372600") => Dialled::Group(group.parse().expect("a number")),
        number => {
            let number = Some(number.parse().expect("a number"));
            Dialled::Outside(Party { id: caller(100 + n), number, name: None })
        }
    }
}
