//! Scripts: one step a line, as a person would tell it; what came out stands below each step.

use expect_test::Expect;
use model::id::PartyId;
use model::input::{Activity, Actor, Command, Duty, Input, Reachability, TransferMode};
use model::language::Language;
use model::leg::{FailCause, Key, LegEvent, Party, PlayId, ReferId, ReferTo};
use model::number::Number;

use crate::bed::{Bed, call_id, dialled};
use crate::company::{Company, MAIN, caller, party};

/// Lives through the steps and compares everything told.
pub(crate) fn check(company: Company, steps: &str, expected: Expect) {
    expected.assert_eq(&tell(company, steps));
}

/// Lives through the steps; gives the world after them.
pub(crate) fn live(company: Company, steps: &str) -> (Bed, String) {
    let mut bed = Bed::new(company);
    let mut list = bed.lists();
    let mut text = format!("{list}\n");
    for step in steps.lines().map(str::trim).filter(|step| !step.is_empty()) {
        bed.told.clear();
        bed.step(step);
        text.push_str(&format!("> {step}\n"));
        let only = bed.only.clone();
        let told = |line: &&String| only.is_empty() || only.iter().any(|word| line.contains(word.as_str()));
        for line in bed.told.iter().filter(told) {
            text.push_str(&format!("    {line}\n"));
        }
        if bed.lists() != list {
            list = bed.lists();
            text.push_str(&format!("    {list}\n"));
        }
    }
    (bed, text)
}

fn tell(company: Company, steps: &str) -> String {
    live(company, steps).1
}

impl Bed {
    /// One step.
    pub(crate) fn step(&mut self, step: &str) {
        let words: Vec<&str> = step.split_whitespace().collect();
        match words.as_slice() {
            ["call", n, rest @ ..] => self.call(n.parse().expect("a number of a call"), rest),
            ["talk", n, "of", length, "s"] => {
                self.call(n.parse().expect("a number of a call"), &[]);
                self.step("mari answers");
                self.pass(seconds(length));
                self.step("mari hangs up");
            }
            // He calls, is offered to be called back and says yes; what comes of that is told elsewhere.
            ["asked", n, rest @ ..] => {
                self.call(n.parse().expect("a number of a call"), rest);
                self.step(&format!("caller {n} presses 1"));
                self.step(&format!("caller {n} heard it"));
                self.told.clear();
            }
            [n, "s", "pass"] => self.pass(seconds(n)),
            ["code", code, "by", who, rest @ ..] => self.code(code, who, rest),
            ["log" | "pause" | "resume" | "text", ..] => self.asks(&words),
            ["set", ..] => {
                self.company.set(&step["set ".len()..]);
                self.apply();
            }
            ["members", ..] => {
                self.company.set_members(&step["members ".len()..]);
                self.apply();
            }
            ["the", "group", "is", "deleted"] => {
                self.company.delete_first();
                self.apply();
            }
            ["restart"] => self.restart(),
            ["clock", "goes", n, "s"] => self.set_clock(n.parse().expect("seconds")),
            ["only", words @ ..] => self.only = words.iter().map(|word| word.replace('_', " ")).collect(),
            ["details"] => self.details = true,
            ["hold", "closings"] => self.hold_closings(),
            ["live"] => self.tell_live(),
            ["explain", n] => self.tell_why(n.parse().expect("a number of a call")),
            [who, "has", phones, "phones"] => {
                let contacts = phones.parse().expect("a number of phones");
                self.give(Input::Reach(someone(who), Reachability { contacts, apps: 0 }));
            }
            [who, "has", "an", "app"] => {
                self.give(Input::Reach(someone(who), Reachability { contacts: 1, apps: 1 }));
            }
            [
                what @ ("take" | "move" | "park" | "pick" | "send" | "withdraw" | "drain" | "end"),
                rest @ ..,
            ] => {
                self.wish(wish(what, rest));
            }
            [who, "is", word] if Activity::of(word).is_some() && *word != "busy" => {
                let (party, activity) = (someone(who), Activity::of(word).expect("an activity"));
                self.wish(Command::Presence { party, activity });
            }
            ["typed", n, "is", who] => {
                let n: u64 = n.parse().expect("a number of a call");
                let number = who.starts_with('+').then(|| who.parse().expect("a number"));
                let found = number.map(|_| Party { id: caller(200 + n), number, name: None });
                self.give(Input::Identified(call_id(n), found));
            }
            [kind @ ("caller" | "stranger"), n, what @ ..] => self.happens(&format!("{kind} {n}"), what),
            [who, what @ ..] => self.happens(who, what),
            [] => {}
        }
    }

    /// Somebody asks for something about his log-in or his pause.
    fn asks(&mut self, words: &[&str]) {
        match words {
            ["text", code, "by", who] => {
                let (party, code) = (someone(who), (*code).to_owned());
                self.wish(Command::Code { party, code });
            }
            ["log", "in", who, rest @ ..] => {
                let duty = if rest.contains(&"first") { Duty::Take } else { Duty::No };
                self.wish(Command::LogIn { group: main(), member: someone(who), duty, by: Actor::Api });
            }
            ["log", "out", who] => {
                self.wish(Command::LogOut { group: main(), member: someone(who), by: Actor::Api });
            }
            ["pause", who] => {
                self.wish(Command::Pause { member: someone(who), reason: None, by: Actor::Api });
            }
            ["resume", who] => self.wish(Command::Resume { member: someone(who), by: Actor::Api }),
            ["log", "into", second, who] => {
                let group = second.parse().expect("a number");
                self.wish(Command::LogIn { group, member: someone(who), duty: Duty::No, by: Actor::Api });
            }
            other => panic!("no wish: {other:?}"),
        }
    }

    /// Somebody dials a code and hears the answer to its end.
    fn code(&mut self, code: &str, who: &str, rest: &[&str]) {
        let n = 90 + self.legs.keys().filter(|leg| leg.call >= call_id(90)).count() as u64;
        let words = [&["from", who, "to", code], rest].concat();
        self.call(n, &words);
        let caller = format!("caller {n}");
        if self.legs.values().any(|leg| leg.who == caller && leg.play.is_some() && !leg.over) {
            self.step(&format!("{caller} heard it"));
        }
    }

    /// Something happens at the far end of a leg.
    fn happens(&mut self, who: &str, what: &[&str]) {
        let failed = |cause| LegEvent::Failed { cause, media: None };
        let leg = self.leg_of(who);
        let event = match what {
            ["rings"] => LegEvent::Alerting { audio: false },
            ["rings", "with", "audio"] => LegEvent::Alerting { audio: true },
            ["answers"] => LegEvent::Answered,
            ["answers", "by", "mobile"] => LegEvent::AnsweredByMobile,
            ["is", "busy"] => failed(FailCause::Busy),
            ["rejects"] => failed(FailCause::Rejected),
            ["is", "unreachable"] => failed(FailCause::Unreachable),
            ["does", "not", "answer"] => failed(FailCause::NoAnswer),
            ["is", "not", "acceptable"] => failed(FailCause::NotAcceptable),
            ["is", "forbidden"] => failed(FailCause::Forbidden),
            ["is", "over", "the", "limit"] => failed(FailCause::LimitReached),
            ["is", "diverted"] => LegEvent::Diverted,
            ["holds"] => LegEvent::Held,
            ["unholds"] => LegEvent::Unheld,
            ["refers", n, "to", target @ ..] => {
                let refer = ReferId(n.parse().expect("a number"));
                let to = match target {
                    ["nowhere"] => ReferTo::Nowhere,
                    ["leg", "of", who @ ..] => ReferTo::Leg(self.leg_of(&who.join(" "))),
                    [other] => ReferTo::Dialled(dialled(50, other)),
                    other => panic!("no target: {other:?}"),
                };
                LegEvent::Refer { refer, to }
            }
            ["presses", key] => LegEvent::Dtmf(Key(key.chars().next().expect("a key"))),
            ["hangs", "up"] => LegEvent::HungUp { media: None },
            ["closes"] => LegEvent::Closed { media: None },
            ["is", "silent"] => LegEvent::MediaTimeout,
            ["heard", "it"] => LegEvent::PlayEnded(self.legs[&leg].play.unwrap_or(PlayId(0))),
            ["heard", "another"] => LegEvent::PlayEnded(PlayId(99)),
            ["arrives"] => return self.arrives(leg),
            other => panic!("no step: {who} {other:?}"),
        };
        self.leg(leg, event);
    }

    /// The first group as people see it.
    fn tell_live(&mut self) {
        let config = self.company.config(self.version);
        let nobody = |_: PartyId| None;
        let group = engine::live::group(&self.saved, &config, main(), self.utc(), &nobody)
            .expect("the group is there");
        for member in group.members {
            let duty = if member.duty { ", first" } else { "" };
            self.told.push(format!("{}: {}{duty}", member.user, member.state.word()));
        }
        for waiting in group.waiting {
            let rings = if waiting.ringing { ", rings" } else { "" };
            let callback = if waiting.callback { ", callback" } else { "" };
            let call = self.call_name(waiting.call);
            self.told.push(format!("{}. {call}{rings}{callback}", waiting.position));
        }
    }

    /// Why call `n` went as it went.
    fn tell_why(&mut self, n: u64) {
        let config = self.company.config(self.version);
        let empty = model::saved::SavedState::default();
        let told = engine::explain::decisions(empty, &self.facts, call_id(n), &config, Language::En);
        for decision in told {
            self.told.push(decision.text);
            for passed in decision.passed_over {
                self.told.push(format!("  {} [{}]", passed.text, passed.reason.word()));
            }
        }
    }
}

/// A command as a person would say it.
fn wish(what: &str, rest: &[&str]) -> Command {
    let call = |n: &str| call_id(n.parse().expect("a number of a call"));
    match (what, rest) {
        ("take", [n, "by", who]) => Command::Take { call: call(n), user: someone(who) },
        ("move", [n, "to", position]) => {
            Command::Move { call: call(n), position: position.parse().expect("a position") }
        }
        ("park", [n]) => Command::Park { call: call(n), by: Actor::Api },
        ("pick", ["up", n, "by", who]) => Command::PickUp { call: call(n), user: someone(who) },
        ("send", [n, "to", target, rest @ ..]) => {
            let mode = if rest == ["camp"] { TransferMode::Camp } else { TransferMode::Blind };
            Command::Transfer { call: call(n), to: dialled(50, target), mode, by: Actor::Api }
        }
        ("withdraw", ["callback", n]) => Command::CancelCallback { group: main(), callback: call(n) },
        ("drain", []) => Command::Drain,
        ("end", ["all"]) => Command::EndAll,
        other => panic!("no wish: {other:?}"),
    }
}

fn main() -> Number {
    MAIN.parse().expect("a number")
}

fn someone(name: &str) -> PartyId {
    party(name).unwrap_or_else(|| panic!("{name} is nobody"))
}

fn seconds(text: &str) -> u64 {
    let (whole, tenths) = text.split_once('.').unwrap_or((text, "0"));
    let number = |text: &str| text.parse::<u64>().expect("seconds");
    number(whole) * 1_000 + number(tenths) * 100
}
