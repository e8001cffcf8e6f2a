//! The talk with a caller about being called back: the offer, his own number or another, read back and confirmed
//! (V-55; behaviour, "Callback").

use model::config::{Group, PromptChoice};
use model::fact::{Outcome, Place, VisitOutcome, What};
use model::id::PartyId;
use model::leg::{Key, Party};
use model::number::Number;
use model::output::Output;
use model::time::Span;

use super::Ghost;
use crate::call::{Call, LegRun, Phase};
use crate::estimate;
use crate::queue::hear::Saying;
use crate::speech::Phrase;
use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// Without a key for so long he goes on waiting.
const KEYS_MAX: Span = Span::seconds(15);

/// Digits of a number at most.
const DIGITS_MAX: usize = 20;

/// Numbers that cannot be called, before he goes on waiting.
const WRONG_MAX: u8 = 3;

/// Where the talk stands.
#[derive(Debug)]
pub(crate) enum Asking {
    /// He types a number, ended by `#`.
    Typing { digits: String, wrong: u8 },
    /// The number is looked up.
    Checking { digits: String, wrong: u8 },
    /// The number is read to him; `1` confirms.
    Confirming { number: PartyId, asked: bool, wrong: u8 },
}

impl Switchboard {
    /// Whether a caller is offered to be called back now: once, when one of the conditions holds (V-57..V-59).
    pub(crate) fn callback_is_offered(&self, call: &Call, group: &Group) -> bool {
        let settings = &group.callback;
        let Some(line) = call.line() else { return false };
        let Some(saved) = self.saved.groups.get(&group.number) else { return false };
        let pending = saved.callbacks.values().filter(|request| request.ended.is_none()).count();
        if !settings.enabled || line.offered_callback || pending >= settings.pending_max as usize {
            return false;
        }
        let waiting_over = settings.offer_waiting_over.map(|over| saved.visiting.len() > over as usize);
        let longest = settings
            .offer_longest_wait
            .map(|least| self.oldest_entry(group.number).is_some_and(|since| self.now.utc - since >= least));
        let estimate = settings.offer_estimate_over.map(|over| {
            let (state, config) = (&self.saved, &self.settings.config);
            let estimate = estimate::of_call(state, config, group.number, call.id, self.now.utc);
            estimate.is_some_and(|estimate| estimate.p50 > over)
        });
        let rules = [waiting_over, longest, estimate];
        rules.iter().all(Option::is_none) || rules.contains(&Some(true))
    }

    /// The offer: the company's prompt, or the built-in one with the key in it.
    pub(crate) fn callback_offer(&self, call: &Call, group: &Group) -> Option<Saying> {
        let key = group.callback.key;
        match &group.callback.offer_prompt {
            PromptChoice::BuiltIn if self.must_type(call) => {
                self.spoken(&Phrase::CallbackOfferHidden(key), group.language, Place::Callback)
            }
            PromptChoice::BuiltIn => {
                self.spoken(&Phrase::CallbackOffer(key), group.language, Place::Callback)
            }
            choice @ (PromptChoice::Silent | PromptChoice::Named(_)) => {
                self.chosen(choice, "", group.language, Place::Callback)
            }
        }
    }

    /// After the built-in offer: which key asks for another number (V-55). Not once an agent rings.
    pub(crate) fn other_number_offer(&self, call: &Call, group: &Group) -> Option<Saying> {
        let built_in = matches!(group.callback.offer_prompt, PromptChoice::BuiltIn);
        let ringing = call.legs.values().any(|leg| leg.state != LegRun::Closing);
        if !built_in || ringing || self.must_type(call) {
            return None;
        }
        self.chosen(&PromptChoice::BuiltIn, "callback_other_number", group.language, Place::Callback)
    }

    /// A hidden caller, or one without a number that may be called, must type where to call him. What a carrier says
    /// of who calls may be anything: a number that costs, or one of the company's own lines.
    fn must_type(&self, call: &Call) -> bool {
        let config = &self.settings.config;
        if call.from.hidden {
            return true;
        }
        match call.from.party.number {
            Some(number) => {
                config.country.is_premium(number) || config.groups.contains_key(&Number::E164(number))
            }
            None => !config.users.contains_key(&call.from.party.id),
        }
    }

    /// The offer plays: from now on its key counts.
    pub(crate) fn callback_offered(&mut self, call: &mut Call) {
        let Some(group) = call.group_now() else { return };
        if let Some(line) = call.line_mut() {
            line.offered_callback = true;
        }
        self.fact(What::CallbackOffered { call: call.id, group });
    }

    /// A key about a callback. `false`: it was none.
    pub(crate) fn callback_key(&mut self, call: &mut Call, Key(key): Key) -> bool {
        let Some(group) = call.group_now().and_then(|number| self.settings.group(number)) else {
            return false;
        };
        let must_type = self.must_type(call);
        let Some(line) = call.line_mut() else { return false };
        match &mut line.asking {
            None => {
                if !(line.offered_callback && group.callback.enabled) {
                    return false;
                }
                if key == char::from(b'0' + group.callback.key.min(9)) {
                    if must_type {
                        self.ask_number(call, 0);
                    } else {
                        let number = call.from.party.id;
                        self.accept_callback(call, &group, number);
                    }
                    return true;
                }
                if key == '2' {
                    self.ask_number(call, 0);
                    return true;
                }
                false
            }
            Some(Asking::Typing { digits, wrong }) => {
                let (typed, wrong) = (digits.clone(), *wrong);
                match key {
                    '#' if !typed.is_empty() => {
                        line.asking = Some(Asking::Checking { digits: typed.clone(), wrong });
                        // Should no answer come, he goes on waiting.
                        self.timers.set(Timer::Keys(call.id), self.now.tick + KEYS_MAX);
                        self.out(Output::Identify { call: call.id, digits: typed });
                    }
                    '0'..='9' if typed.len() < DIGITS_MAX => {
                        digits.push(key);
                        self.timers.set(Timer::Keys(call.id), self.now.tick + KEYS_MAX);
                    }
                    _ => {}
                }
                true
            }
            Some(Asking::Checking { .. }) => true,
            Some(Asking::Confirming { number, wrong, .. }) => {
                let (number, wrong) = (*number, *wrong);
                if key == '1' {
                    self.accept_callback(call, &group, number);
                } else {
                    self.ask_number(call, wrong);
                }
                true
            }
        }
    }

    fn ask_number(&mut self, call: &mut Call, wrong: u8) {
        if let Some(line) = call.line_mut() {
            line.asking = Some(Asking::Typing { digits: String::new(), wrong });
        }
        self.timers.set(Timer::Keys(call.id), self.now.tick + KEYS_MAX);
        self.say_built_in(call, "callback_enter");
    }

    fn say_built_in(&mut self, call: &mut Call, name: &str) {
        let Some(group) = call.group_now().and_then(|number| self.settings.group(number)) else { return };
        if let Some(saying) = self.chosen(&PromptChoice::BuiltIn, name, group.language, Place::Callback) {
            self.say(call, saying);
        }
    }

    /// The number he typed has been looked up.
    pub(crate) fn number_identified(&mut self, call: &mut Call, found: Option<Party>) {
        let Some(group) = call.group_now().and_then(|number| self.settings.group(number)) else { return };
        let Some(line) = call.line_mut() else { return };
        let Some(Asking::Checking { digits, wrong }) = &line.asking else { return };
        let (digits, wrong) = (digits.clone(), *wrong);
        match found {
            Some(party) => {
                line.asking = Some(Asking::Confirming { number: party.id, asked: false, wrong });
                self.timers.set(Timer::Keys(call.id), self.now.tick + KEYS_MAX);
                match self.spoken(&Phrase::CallbackReadBack(digits), group.language, Place::Callback) {
                    Some(saying) => self.say(call, saying),
                    None => self.asked(call),
                }
            }
            None if wrong + 1 >= WRONG_MAX => self.stop_asking(call),
            None => {
                line.asking = Some(Asking::Typing { digits: String::new(), wrong: wrong + 1 });
                self.timers.set(Timer::Keys(call.id), self.now.tick + KEYS_MAX);
                self.say_built_in(call, "callback_wrong_number");
            }
        }
    }

    /// What was said to him in this talk is over: the question follows the number read back, else keys are awaited.
    pub(crate) fn asked(&mut self, call: &mut Call) {
        let Some(line) = call.line_mut() else { return };
        if let Some(Asking::Confirming { asked, .. }) = &mut line.asking
            && !*asked
        {
            *asked = true;
            self.timers.set(Timer::Keys(call.id), self.now.tick + KEYS_MAX);
            self.say_built_in(call, "callback_confirm");
        }
    }

    /// No key came: he goes on waiting.
    pub(crate) fn keys_over(&mut self, call: &mut Call) {
        self.stop_asking(call);
    }

    fn stop_asking(&mut self, call: &mut Call) {
        self.timers.cancel(Timer::Keys(call.id));
        self.timers.cancel(Timer::Prompt(call.id));
        if let Some(line) = call.line_mut() {
            line.asking = None;
            line.hearing.is_silent();
        }
        self.next_message(call);
    }

    /// The request takes the caller's place in the line; he is thanked and released (V-49).
    fn accept_callback(&mut self, call: &mut Call, group: &Group, number: PartyId) {
        let Some(rank) = self.rank_of(group.number, call.id) else { return };
        self.withdraw_offers(call);
        self.leave_group(call, VisitOutcome::CalledBack);
        let rank = self.take_over(group.number, number, rank);
        let valid = group.callback.valid;
        let request = What::CallbackRequested {
            callback: call.id,
            group: group.number,
            caller: call.from.party.id,
            hidden: call.from.hidden,
            number,
            valid_until: self.now.utc + valid,
            rank,
        };
        self.fact(request);
        self.ghosts.insert(call.id, Ghost::new(group.number));
        self.timers.set(Timer::CallbackValid(call.id), self.now.tick + valid);
        call.phase = Phase::Ending;
        call.outcome = Some(Outcome::Answered);
        self.last_prompt(call, Place::Callback, "callback_accepted", group.language);
    }
}
