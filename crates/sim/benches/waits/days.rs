//! The days on which estimates are judged: six kinds of office, each with chance of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::config::resolve::{Around, resolve};
use model::config::{PromptText, Prompts, TenantConfig, tree};
use model::id::{ConfigVersion, PartyId};
use model::language::Language;
use model::number::Number;
use model::time::Utc;
use sim::chance::{Chance, Lengths};
use sim::office::{Plan, PlannedAgent, PlannedCall};

/// 2026-03-02, 00:00 UTC.
const MONDAY: i64 = 1_772_409_600_000_000;
const WEEK: i64 = 7 * 86_400 * 1_000_000;
pub(crate) const HOUR: u64 = 3_600_000;
const MINUTE: u64 = 60_000;
/// Percent of the callers who wait to the end whatever happens: those are judged, so that no wait is cut off.
const PATIENT: u64 = 25;

/// One kind of office. What stands here the predictor never sees.
#[derive(Clone)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) talk: Lengths,
    pub(crate) patience: Lengths,
    pub(crate) answers: Lengths,
    pub(crate) misses: u64,
    pub(crate) breaks: u64,
    pub(crate) rests: Lengths,
    pub(crate) wrap_up: u64,
    /// Of each group: its own agents; then those who work in all groups.
    pub(crate) own: Vec<u64>,
    pub(crate) shared: u64,
    /// Agents come and go in the course of the day.
    pub(crate) shifts: bool,
    /// Percent of what the agents can do, at the busiest hour.
    pub(crate) load: u64,
}

pub(crate) fn kinds() -> Vec<Kind> {
    let plain = Kind {
        name: "lognormal",
        talk: Lengths::Lognormal(150_000, 0.8),
        patience: Lengths::Exponential(10 * MINUTE),
        answers: Lengths::Lognormal(3_500, 0.4),
        misses: 3,
        breaks: 0,
        rests: Lengths::Fixed(0),
        wrap_up: 20,
        own: vec![8],
        shared: 0,
        shifts: false,
        load: 108,
    };
    let breaks = Lengths::Lognormal(5 * MINUTE, 0.6);
    vec![
        Kind { name: "heavy tails", talk: Lengths::Pareto(70_000, 1.7), ..plain.clone() },
        Kind {
            name: "breaks, shifts",
            breaks: 8,
            rests: breaks.clone(),
            shifts: true,
            own: vec![12],
            ..plain.clone()
        },
        Kind {
            name: "shared agents",
            own: vec![4, 3, 0],
            shared: 5,
            breaks: 3,
            rests: breaks,
            ..plain.clone()
        },
        Kind { name: "two agents", own: vec![2], load: 95, ..plain.clone() },
        Kind {
            name: "forty agents",
            own: vec![40],
            talk: Lengths::Lognormal(180_000, 1.0),
            load: 112,
            ..plain.clone()
        },
        plain,
    ]
}

pub(crate) fn number(group: usize) -> Number {
    format!("+37260010{group:02}").parse().unwrap()
}

impl Kind {
    fn agents(&self) -> u64 {
        self.own.iter().sum::<u64>() + self.shared
    }

    /// The groups an agent works in.
    fn groups_of(&self, agent: u64) -> Vec<usize> {
        let mut first = 0;
        for (group, own) in self.own.iter().enumerate() {
            if agent < first + own {
                return vec![group];
            }
            first += own;
        }
        (0..self.own.len()).collect()
    }

    pub(crate) fn config(&self) -> Arc<TenantConfig> {
        let mut text = String::from("[company]\nid = \"office\"\n");
        for agent in 0..self.agents() {
            text.push_str(&format!("[[user]]\nname = \"m{}\"\n", agent + 1));
        }
        for group in 0..self.own.len() {
            text.push_str(&format!(
                "[[group]]\nnumber = \"{}\"\nname = \"G{group}\"\npreset = \"customer_service\"\n\
                 distribution = \"longest_idle\"\nring_time = \"15s\"\nwrap_up = \"{}s\"\nmembers_max = 500\n",
                number(group),
                self.wrap_up
            ));
            for agent in (0..self.agents()).filter(|agent| self.groups_of(*agent).contains(&group)) {
                text.push_str(&format!("[[group.member]]\nuser = \"m{}\"\n", agent + 1));
            }
        }
        let mut prompts = Prompts::default();
        let said = BTreeMap::from([(Language::En, PromptText { text: Arc::from("Spoken.") })]);
        for name in ["queue_full", "nobody_here", "unreachable"] {
            prompts.0.insert(name.parse().unwrap(), said.clone());
        }
        let party = |name: &model::id::PartyName| PartyId(name.as_str()[1..].parse().unwrap());
        let around = Around { party: &party, prompts: &prompts, time_zone: &|_| true };
        Arc::new(resolve(&tree::of_toml(&text).unwrap(), ConfigVersion(1), around).unwrap())
    }

    /// A day of this kind; `week` counts from the first Monday.
    pub(crate) fn day(&self, seed: u64, week: i64) -> Plan {
        let mut chance = Chance::new(seed * 1_000 + u64::try_from(week).unwrap());
        let agents: Vec<PlannedAgent> = (0..self.agents()).map(|agent| self.agent(agent)).collect();
        let mut calls = Vec::new();
        for group in 0..self.own.len() {
            self.calls_of(group, &mut chance, &mut calls);
        }
        calls.sort_by_key(|call: &PlannedCall| call.at);
        Plan { seed, config: self.config(), begin: Utc(MONDAY + week * WEEK), calls, agents }
    }

    fn agent(&self, agent: u64) -> PlannedAgent {
        let (from, to) = (7 * HOUR + 50 * MINUTE, 17 * HOUR + 30 * MINUTE);
        let shifts = match agent % 4 {
            _ if !self.shifts => vec![(from, to)],
            0 => vec![(from, 12 * HOUR), (12 * HOUR + 40 * MINUTE, to)],
            1 => vec![(from, 13 * HOUR + 30 * MINUTE)],
            2 => vec![(10 * HOUR, to)],
            _ => vec![(from, 11 * HOUR + 20 * MINUTE), (12 * HOUR, to)],
        };
        PlannedAgent {
            party: PartyId(agent + 1),
            shifts,
            answers: self.answers.clone(),
            misses: self.misses,
            breaks: self.breaks,
            rests: self.rests.clone(),
        }
    }

    /// Calls from 8 to 17 in two humps; the busiest hour brings `load` percent of what the agents can do.
    fn calls_of(&self, group: usize, chance: &mut Chance, calls: &mut Vec<PlannedCall>) {
        let mut trial = Chance::new(7);
        let talk = (0..20_000).map(|_| self.talk.draw(&mut trial)).sum::<u64>() / 20_000;
        let shares = self.own.len() as f64;
        let hands = self.own[group] as f64 + self.shared as f64 / shares;
        let hands = if self.shifts { hands * 0.75 } else { hands };
        let away = self.breaks * (0..5_000).map(|_| self.rests.draw(&mut trial)).sum::<u64>() / 5_000 / 100;
        let per_call = (talk + self.wrap_up * 1_000 + 4_000 + away) as f64;
        let busiest = hands / per_call * self.load as f64 / 100.0;
        let hump = [0.7, 0.95, 1.0, 0.9, 0.75, 0.95, 1.0, 0.85, 0.6];
        let mut at = 8.0 * HOUR as f64;
        while at < 17.0 * HOUR as f64 {
            at += -chance.unit().ln() / busiest;
            let hour = (at / HOUR as f64) as usize;
            let keeps = hump.get(hour.saturating_sub(8)).copied().unwrap_or(0.0);
            let (kept, patient) = (chance.unit() < keeps, chance.percent(PATIENT));
            let patience = self.patience.draw(chance);
            let talk = self.talk.draw(chance);
            if kept {
                let patience = if patient { u64::MAX } else { patience };
                let (group, number) = (number(group), None);
                calls.push(PlannedCall { at: at as u64, group, number, patience, talk, accepts: false });
            }
        }
    }
}
