//! The oracle: knows every distribution, every shift and who will wait to the end, sees the same state, and plays the
//! future many times. Nobody can do better without knowing what chance will bring.

use std::collections::BTreeMap;

use model::id::PartyId;
use model::saved::LegState;
use model::time::Utc;
use sim::chance::{Chance, Lengths};
use sim::office::{Moment, Plan};

use crate::days::{Kind, number};

const FUTURES: usize = 400;
const TABLE: usize = 20_000;
const NEVER: u64 = u64::MAX / 4;

/// Draws of a distribution in order, to be drawn from beyond a point.
struct Table(Vec<u64>);

impl Table {
    fn of(lengths: &Lengths) -> Table {
        let mut chance = Chance::new(11);
        let mut all: Vec<u64> = (0..TABLE).map(|_| lengths.draw(&mut chance)).collect();
        all.sort_unstable();
        Table(all)
    }

    fn beyond(&self, elapsed: u64, chance: &mut Chance) -> u64 {
        let first = self.0.partition_point(|length| *length <= elapsed);
        if first >= self.0.len() {
            return elapsed / 2;
        }
        let at = chance.within(first as u64, self.0.len() as u64 - 1);
        self.0[usize::try_from(at).unwrap()] - elapsed
    }
}

pub(crate) struct Oracle<'a> {
    kind: &'a Kind,
    plan: &'a Plan,
    /// Of each planned agent: his groups, a bit each.
    groups: Vec<u64>,
    talk: Table,
    ring: Table,
    rest: Table,
    patience: Table,
}

/// An agent in one future.
#[derive(Clone)]
struct Agent {
    party: PartyId,
    groups: u64,
    free: u64,
}

struct Waiting {
    group: usize,
    waited: u64,
    patient: bool,
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(kind: &'a Kind, plan: &'a Plan) -> Oracle<'a> {
        let talk = Table::of(&kind.talk);
        let (ring, rest) = (Table::of(&kind.answers), Table::of(&kind.rests));
        let groups_of = |party: PartyId| {
            (0..kind.own.len()).fold(0, |bits, group| {
                let members = &plan.config.groups[&number(group)].members;
                bits | u64::from(members.iter().any(|member| member.party == party)) << group
            })
        };
        let groups = plan.agents.iter().map(|agent| groups_of(agent.party)).collect();
        Oracle { kind, plan, groups, talk, ring, rest, patience: Table::of(&kind.patience) }
    }

    /// P50 and P90 of the wait of who begins to wait now.
    pub(crate) fn says(&self, moment: &Moment<'_>) -> (u64, u64) {
        let ahead = self.ahead(moment);
        let since = u64::try_from((moment.now.utc.0 - self.plan.begin.0) / 1_000).unwrap();
        let mut chance = Chance::new(moment.planned as u64);
        let mut waits: Vec<u64> =
            (0..FUTURES).map(|_| self.play(moment, &ahead, since, &mut chance)).collect();
        waits.sort_unstable();
        (waits[FUTURES / 2], waits[FUTURES * 9 / 10])
    }

    fn ahead(&self, moment: &Moment<'_>) -> Vec<Waiting> {
        let me = moment.state.groups[&moment.group].ranks[&moment.call];
        let mut all = BTreeMap::new();
        for group in 0..self.kind.own.len() {
            let Some(saved) = moment.state.groups.get(&number(group)) else { continue };
            for (rank, id) in saved.line.iter().take(saved.line.before(&me)) {
                let rings = moment.state.calls[id].legs.iter().skip(1).any(|leg| leg.ended.is_none());
                // The id holds the place in the plan.
                let planned = usize::try_from(id.0.as_u64_pair().1 & 0x3fff_ffff_ffff_ffff).unwrap();
                let patient = self.plan.calls[planned].patience == u64::MAX;
                if !rings {
                    all.insert(*rank, Waiting { group, waited: (moment.now.utc - rank.since).0, patient });
                }
            }
        }
        let mut all: Vec<Waiting> = all.into_values().collect();
        let group = (0..self.kind.own.len()).find(|group| number(*group) == moment.group).unwrap();
        all.push(Waiting { group, waited: 0, patient: true });
        all
    }

    fn agents(&self, moment: &Moment<'_>, since: u64, chance: &mut Chance) -> Vec<Agent> {
        let mut agents = Vec::new();
        for (planned, groups) in self.plan.agents.iter().zip(&self.groups) {
            let (party, groups) = (planned.party, *groups);
            let state = moment.state.agents.get(&party);
            let busy = state.and_then(|agent| agent.busy.last());
            let mut free = match (busy, state) {
                (Some((leg, what)), _) => {
                    let record = &moment.state.calls[&leg.call].legs[usize::from(leg.n)];
                    let for_ms = |at: Option<Utc>| (moment.now.utc - at.unwrap_or(moment.now.utc)).0;
                    let talk = match what {
                        LegState::Talking => self.talk.beyond(for_ms(record.answered), chance),
                        LegState::Ringing => {
                            self.ring.beyond(for_ms(Some(record.started)), chance)
                                + self.talk.beyond(0, chance)
                        }
                    };
                    talk + self.after_talk(chance)
                }
                (None, Some(agent)) => agent.wrap_up.map_or(0, |until| (until - moment.now.utc).0),
                (None, None) => 0,
            };
            if let (None, Some(paused)) = (busy, state.and_then(|agent| agent.paused.as_ref())) {
                free = free.max(self.rest.beyond((moment.now.utc - paused.since).0, chance));
            }
            agents.push(Agent { party, groups, free: self.in_shift(party, since, free) });
        }
        agents
    }

    /// Work after a call, and a break that begins with it.
    fn after_talk(&self, chance: &mut Chance) -> u64 {
        let rest = if chance.percent(self.kind.breaks) { self.rest.beyond(0, chance) } else { 0 };
        rest.max(self.kind.wrap_up * 1_000)
    }

    /// The first time from then on at which he is at work.
    fn in_shift(&self, party: PartyId, since: u64, free: u64) -> u64 {
        let at = since + free;
        let planned = self.plan.agents.iter().find(|agent| agent.party == party).unwrap();
        let shift = planned.shifts.iter().find(|(_, to)| *to > at);
        shift.map_or(NEVER, |(from, _)| (*from).max(at) - since)
    }

    fn play(&self, moment: &Moment<'_>, ahead: &[Waiting], since: u64, chance: &mut Chance) -> u64 {
        let mut agents = self.agents(moment, since, chance);
        for (at, waiting) in ahead.iter().enumerate() {
            let mut ready = 0;
            loop {
                let serves = |agent: &&mut Agent| agent.groups >> waiting.group & 1 == 1;
                let Some(agent) = agents.iter_mut().filter(serves).min_by_key(|agent| agent.free.max(ready))
                else {
                    return NEVER;
                };
                let time = agent.free.max(ready);
                let stays = waiting.patient || self.patience.beyond(waiting.waited, chance) > time;
                if !stays {
                    break;
                }
                if time >= NEVER {
                    return NEVER;
                }
                let ring = self.ring.beyond(0, chance);
                if chance.percent(self.kind.misses) {
                    agent.free = time + 15_100;
                    ready = agent.free;
                    continue;
                }
                if at + 1 == ahead.len() {
                    return time + ring;
                }
                let next = time + ring + self.talk.beyond(0, chance) + self.after_talk(chance);
                let party = agent.party;
                agent.free = self.in_shift(party, since, next);
                break;
            }
        }
        NEVER
    }
}
