//! Outputs as a reader of a case sees them: one line each, people by name. What says nothing about the rules
//! is left out unless the script asks for `details`.

use model::fact::{Charge, What};
use model::id::{LegId, PartyId};
use model::leg::{Dial, DialTo, LegCommand};
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
            Output::Identify { call, digits } => {
                Some(format!("who is {digits}, for {}?", self.call_name(*call)))
            }
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
            LegCommand::Accept => format!("{who}: accepted"),
            LegCommand::Join { with } => format!("{who}: join with {}", self.who(*with)),
            LegCommand::Play { prompts, .. } => {
                let prompts: Vec<String> =
                    prompts.iter().map(|p| format!("{} in {}", p.name, p.language.code())).collect();
                format!("{who}: play {}", prompts.join(", "))
            }
            LegCommand::Music { prompt } => {
                format!("{who}: music {} in {}", prompt.name, prompt.language.code())
            }
            LegCommand::Tone(tone) => format!("{who}: {tone:?} tone"),
            LegCommand::Adopt { from } => format!("{who}: goes on as leg {} (was {})", leg.n, from.n),
            LegCommand::Referred { refer, result } => format!("{who}: transfer {} is {result:?}", refer.0),
            LegCommand::Echo => format!("{who}: echo"),
            LegCommand::Release(how) => format!("release {who}: {how:?}"),
        }
    }

    fn dial(&self, dial: &Dial) -> String {
        let number = dial.show.number.map_or_else(|| "no number".to_owned(), |number| number.to_string());
        let instead = dial.show.instead.map(|group| format!("{group} instead of ")).unwrap_or_default();
        let name = dial.show.name.as_deref().unwrap_or("no name");
        let hidden = if dial.show.hidden { ", hidden" } else { "" };
        let diverted = dial.diverted_by.map(|group| format!(", diverted by {group}")).unwrap_or_default();
        let hint = if dial.no_diversion { ", no diversion" } else { "" };
        let to = match &dial.to {
            DialTo::Devices { devices, mobile, .. } => {
                let mobile = mobile.map(|mobile| format!(" {mobile}")).unwrap_or_default();
                let kinds = [(devices.app, "app"), (devices.desk, "desk"), (devices.mobile, "mobile")];
                let kinds: Vec<&str> = kinds.iter().filter(|(on, _)| *on).map(|(_, kind)| *kind).collect();
                format!("on {}{mobile}, ", kinds.join("+"))
            }
            DialTo::User(_) | DialTo::Outside(_) | DialTo::Row(_) | DialTo::Emergency(_) => String::new(),
        };
        let recall = dial.recall.map(|why| format!(", recall {why:?}")).unwrap_or_default();
        format!("{to}showing {instead}{number} \"{name}\"{hidden}{diverted}{hint}{recall}")
    }

    /// Facts of waiting lines, transfers and callbacks.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are told by the next function")]
    fn line_fact(&self, what: &What) -> Option<String> {
        Some(match what {
            What::Queued { call, group, rank, why } => {
                let level = if rank.level == 5 { String::new() } else { format!(", level {}", rank.level) };
                format!("{} in line ({why:?}{level}){}", self.call_name(*call), of(*group))
            }
            What::Waits { call, group, position } => {
                format!("{} waits at {position}{}", self.call_name(*call), of(*group))
            }
            What::Closed { group, reason } => match reason {
                Some(reason) => format!("closed ({reason:?}){}", of(*group)),
                None => format!("open again{}", of(*group)),
            },
            What::Overflowed { call, group, why } => {
                format!("{} overflows ({why:?}){}", self.call_name(*call), of(*group))
            }
            What::PlaceHeld { caller, group, until, .. } => {
                let left = (until.0 - self.utc().0) / 1_000_000;
                format!("place of {} held for {left} s{}", name(*caller), of(*group))
            }
            What::WrapUpStarted { member, .. } => format!("{} wraps up", name(*member)),
            What::WrapUpEnded { member } => format!("{} has wrapped up", name(*member)),
            What::Resting { member, .. } => format!("{} rests", name(*member)),
            What::Rested { member } => format!("{} has rested", name(*member)),
            What::IdleReset { member } => format!("{} is idle anew", name(*member)),
            What::Presence { party, activity } => format!("{} is {}", name(*party), activity.word()),
            What::CallbackOffered { call, .. } => format!("callback offered to {}", self.call_name(*call)),
            What::CallbackRequested { callback, number, .. } => {
                format!("callback for {} to {}", self.call_name(*callback), name(*number))
            }
            What::CallbackStep { callback, state, attempts, not_before, .. } => {
                let rest = not_before.map(|at| format!(", rests {} s", (at.0 - self.utc().0) / 1_000_000));
                let rest = rest.unwrap_or_default();
                format!("callback of {}: {state:?}, {attempts} attempts{rest}", self.call_name(*callback))
            }
            What::Camped { call, on, .. } => format!("{} camps on {}", self.call_name(*call), name(*on)),
            What::Recalled { call, to, why } => {
                let to = to.map_or_else(|| "nobody".to_owned(), name);
                format!("{} comes back to {to} ({why:?})", self.call_name(*call))
            }
            What::Parked { call, slot, .. } => format!("{} parked in {slot}", self.call_name(*call)),
            What::Transferred { call, by, attended } => {
                let by = by.map_or_else(|| "nobody".to_owned(), name);
                let attended = if *attended { ", attended" } else { "" };
                format!("{} transferred by {by}{attended}", self.call_name(*call))
            }
            _ => return None,
        })
    }

    /// Facts by which the rules are judged.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are told by the next function")]
    fn rule_fact(&self, what: &What) -> Option<String> {
        if let Some(line) = self.line_fact(what) {
            return Some(line);
        }
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
            What::CallEnded { call, outcome } => format!("{} ended: {outcome:?}", self.call_name(*call)),
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
            _ => return None,
        })
    }

    /// The others.
    #[expect(clippy::wildcard_enum_match_arm, reason = "those told above")]
    fn other_fact(&self, what: &What) -> Option<String> {
        Some(match what {
            What::Started { engine, config } => format!("started, engine {engine}, settings {}", config.0),
            What::ConfigTaken { config } => format!("settings {}", config.0),
            What::Reached { party, reach } => format!("{} has {} phones", name(*party), reach.contacts),
            What::CallArrived { call, from, hidden, to, .. } => {
                let hidden = if *hidden { ", hidden" } else { "" };
                format!("{} from {} to {to:?}{hidden}", self.call_name(*call), name(*from))
            }
            What::CallAnswered { call, .. } => format!("{} answered", self.call_name(*call)),
            What::VisitStarted { group, .. } => format!("visit of {group}"),
            What::VisitEnded { group, outcome, .. } => format!("visit of {group} ended: {outcome:?}"),
            What::LegStarted { leg, role, charge, .. } => {
                let charge = charge.as_ref().map(|charge| format!(", {}", charged(charge)));
                format!("{} begun as {role:?}{}", self.who(*leg), charge.unwrap_or_default())
            }
            What::Delivered { group, .. } => format!("delivered{}", of(*group)),
            What::LicenceBegan { member } => format!("{} has a licence", name(*member)),
            What::LicenceEnded { member } => format!("{} has no licence any more", name(*member)),
            What::LegAlerting { leg } => format!("{} alerting", self.who(*leg)),
            What::LegAnswered { leg } => format!("{} answered", self.who(*leg)),
            What::NoticeSent { to, kind, .. } => format!("notice to {}: {kind:?}", name(*to)),
            What::LegMedia { leg, .. } => format!("figures of {}", self.who(*leg)),
            What::LegMoved { from, to } => {
                format!(
                    "leg {} of {} goes on in {}",
                    from.n,
                    self.call_name(from.call),
                    self.call_name(to.call)
                )
            }
            _ => return None,
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

/// Who pays.
fn charged(charge: &Charge) -> String {
    match charge {
        Charge::Group { number, billing_id } => {
            format!("charged to {}", billing_id.as_deref().map_or_else(|| number.to_string(), str::to_owned))
        }
        Charge::User(party) => format!("charged to {}", name(*party)),
        Charge::Company => "charged to the company".to_owned(),
    }
}

/// Names the group unless it is the first.
fn of(group: Number) -> String {
    if group.to_string() == MAIN { String::new() } else { format!(" of {group}") }
}
