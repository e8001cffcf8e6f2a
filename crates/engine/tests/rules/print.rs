//! Outputs as a reader of a case sees them: one line each, people by name. What says nothing about the rules
//! is left out unless the script asks for `details`.

use model::fact::What;
use model::id::{LegId, PartyId};
use model::leg::{Dial, LegCommand};
use model::number::Number;
use model::output::{NoticeTo, Output, Reply};

use crate::bed::Bed;
use crate::company::{MAIN, name};

impl Bed {
    /// One output; `None`: not told.
    pub(crate) fn line(&self, output: &Output) -> Option<String> {
        match output {
            Output::Leg(leg, command) => Some(self.command(*leg, command)),
            Output::Fact(fact) => {
                self.rule_fact(&fact.what).or_else(|| self.details.then(|| self.other_fact(&fact.what))?)
            }
            Output::Reply(_, Reply::Code { done, text }) => {
                Some(format!("reply: \"{text}\"{}", if *done { "" } else { " (not done)" }))
            }
            Output::Reply(_, reply) => Some(format!("reply: {reply:?}")),
            Output::Notice(notice) => {
                let whose = match notice.to {
                    NoticeTo::User(party) => name(party),
                    NoticeTo::Caller(leg) => self.who(leg),
                };
                let notice = notice.clone().at("hh:mm");
                Some(format!("screen of {whose}: \"{}\"", notice.text))
            }
        }
    }

    pub(crate) fn who(&self, leg: LegId) -> String {
        self.legs.get(&leg).map_or_else(|| leg.to_string(), |known| known.who.clone())
    }

    fn command(&self, leg: LegId, command: &LegCommand) -> String {
        let who = self.who(leg);
        match command {
            LegCommand::Dial(dial) if self.details => format!("dial {who}, {}", self.dial(dial)),
            LegCommand::Dial(_) => format!("dial {who}"),
            LegCommand::Ring => format!("{who}: ringing"),
            LegCommand::Progress { from } => format!("{who}: hears {}", self.who(*from)),
            LegCommand::Answer { with: Some(with) } => format!("{who}: answer with {}", self.who(*with)),
            LegCommand::Answer { with: None } => format!("{who}: answer"),
            LegCommand::Join { with } => format!("{who}: join with {}", self.who(*with)),
            LegCommand::Play { prompts, .. } => {
                let prompts: Vec<String> =
                    prompts.iter().map(|p| format!("{} in {}", p.name, p.language.code())).collect();
                format!("{who}: play {}", prompts.join(", "))
            }
            LegCommand::Echo => format!("{who}: echo"),
            LegCommand::Release(how) => format!("release {who}: {how:?}"),
        }
    }

    fn dial(&self, dial: &Dial) -> String {
        let number = dial.show.number.map_or_else(|| "no number".to_owned(), |number| number.to_string());
        let name = dial.show.name.as_deref().unwrap_or("no name");
        let hidden = if dial.show.hidden { ", hidden" } else { "" };
        let diverted = dial.diverted_by.map(|group| format!(", diverted by {group}")).unwrap_or_default();
        let hint = if dial.no_diversion { ", no diversion" } else { "" };
        format!("showing {number} \"{name}\"{hidden}{diverted}{hint}")
    }

    /// Facts by which the rules are judged.
    fn rule_fact(&self, what: &What) -> Option<String> {
        Some(match what {
            What::Offered { group, offered, rule, .. } => {
                let names: Vec<String> = offered.iter().map(|(member, _)| name(*member)).collect();
                let names = if names.is_empty() { "nobody".to_owned() } else { names.join(" and ") };
                format!("offered to {names} ({rule:?}){}", of(*group))
            }
            What::MovedToTail { group, member, why, .. } => {
                format!("{} to the tail ({why:?}){}", name(*member), of(*group))
            }
            What::LoggedIn { group, member, by } => {
                format!("{} logged in by {by:?}{}", name(*member), of(*group))
            }
            What::LoggedOut { group, member, by } => {
                format!("{} logged out by {by:?}{}", name(*member), of(*group))
            }
            What::DutyChanged { group, duty } => {
                format!("duty: {}{}", duty.map_or_else(|| "nobody".to_owned(), name), of(*group))
            }
            What::Paused { member, .. } => format!("{} paused", name(*member)),
            What::Resumed { member } => format!("{} resumed", name(*member)),
            What::Fallback { group, target, step, .. } => {
                format!("fallback {target}: {step:?}{}", of(*group))
            }
            What::LegEnded { leg, cause } => format!("{} ended: {cause:?}", self.who(*leg)),
            What::CallEnded { call, outcome } => format!("call {} ended: {outcome:?}", call.0.as_u128()),
            What::Heard { leg, text, language, .. } => {
                format!("{} hears ({}): \"{text}\"", self.who(*leg), language.code())
            }
            What::MemberAdded { group, member } => format!("{} is a member{}", name(*member), of(*group)),
            What::MemberRemoved { group, member } => {
                format!("{} is no member any more{}", name(*member), of(*group))
            }
            What::GroupRemoved { group } => format!("{group} is gone"),
            What::CodeUsed { party, code, done } => {
                format!("{} used {code}{}", name(*party), if *done { "" } else { ", in vain" })
            }
            What::Started { .. }
            | What::ConfigTaken { .. }
            | What::Reached { .. }
            | What::CallArrived { .. }
            | What::CallAnswered { .. }
            | What::VisitStarted { .. }
            | What::VisitEnded { .. }
            | What::LegStarted { .. }
            | What::LegAlerting { .. }
            | What::LegAnswered { .. }
            | What::LegMedia { .. }
            | What::NoticeSent { .. } => return None,
        })
    }

    /// The others.
    fn other_fact(&self, what: &What) -> Option<String> {
        Some(match what {
            What::Started { engine, config } => format!("started, engine {engine}, settings {}", config.0),
            What::ConfigTaken { config } => format!("settings {}", config.0),
            What::Reached { party, reach } => format!("{} has {} phones", name(*party), reach.contacts),
            What::CallArrived { call, from, hidden, to, .. } => {
                let hidden = if *hidden { ", hidden" } else { "" };
                format!("call {} from {} to {to:?}{hidden}", call.0.as_u128(), name(*from))
            }
            What::CallAnswered { call, .. } => format!("call {} answered", call.0.as_u128()),
            What::VisitStarted { group, .. } => format!("visit of {group}"),
            What::VisitEnded { group, outcome, .. } => format!("visit of {group} ended: {outcome:?}"),
            What::LegStarted { leg, role, .. } => format!("{} begun as {role:?}", self.who(*leg)),
            What::LegAlerting { leg } => format!("{} alerting", self.who(*leg)),
            What::LegAnswered { leg } => format!("{} answered", self.who(*leg)),
            What::NoticeSent { to, kind, .. } => format!("notice to {}: {kind:?}", name(*to)),
            What::LegMedia { leg, .. } => format!("figures of {}", self.who(*leg)),
            What::Offered { .. }
            | What::MovedToTail { .. }
            | What::LoggedIn { .. }
            | What::LoggedOut { .. }
            | What::DutyChanged { .. }
            | What::Paused { .. }
            | What::Resumed { .. }
            | What::Fallback { .. }
            | What::LegEnded { .. }
            | What::CallEnded { .. }
            | What::Heard { .. }
            | What::MemberAdded { .. }
            | What::MemberRemoved { .. }
            | What::GroupRemoved { .. }
            | What::CodeUsed { .. } => return None,
        })
    }

    /// The lists of all groups, head first; who has the duty is marked `*`.
    pub(crate) fn lists(&self) -> String {
        let list = |number: &str| {
            let number: Number = number.parse().expect("a number");
            let group = self.saved.groups.get(&number);
            let duty: Option<PartyId> = group.and_then(|group| group.duty);
            let order = group.into_iter().flat_map(|group| group.order.values());
            let names: Vec<String> = order
                .map(|party| format!("{}{}", name(*party), if duty == Some(*party) { "*" } else { "" }))
                .collect();
            format!("list{}: {}", of(number), names.join(" ")).trim_end().to_owned()
        };
        self.company.groups().map(list).collect::<Vec<_>>().join("; ")
    }
}

/// Names the group unless it is the first.
fn of(group: Number) -> String {
    if group.to_string() == MAIN { String::new() } else { format!(" of {group}") }
}
