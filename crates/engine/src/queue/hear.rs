//! What a caller in a line hears: welcome; entry message; music; repeated messages with position and wait; the ringing
//! tone while an agent rings (V-42..V-48, I-07..I-11; behaviour, "Queues").
//!
//! Messages are played one after the other and never cut by music; an agent's answer cuts everything.

use std::collections::VecDeque;
use std::sync::Arc;

use model::config::{Announcements, Group, PromptChoice};
use model::fact::{Place, What};
use model::id::{LegId, PromptName};
use model::language::Language;
use model::leg::{LegCommand, PlayId, PromptRef, Tone};
use model::time::Span;

use crate::call::{Call, CallerLeg, LegRun, Phase};
use crate::estimate;
use crate::fold::position;
use crate::speech::{Phrase, speak_with};
use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// A message that has not ended by then is taken to have ended.
const MESSAGE_MAX: Span = Span::seconds(600);

/// What the settings' default prompt is called in records.
pub(crate) const BUILT_IN: &str = "built-in";

/// What a waiting caller hears now, and what comes next.
#[derive(Debug, Default)]
pub(crate) struct Hearing {
    now: Sounding,
    play: Option<PlayId>,
    next: VecDeque<Message>,
    /// The best position he was told (V-47).
    said_position: Option<u32>,
    /// The shortest wait he was told, minutes (V-48).
    said_wait: Option<u32>,
}

impl Hearing {
    /// A repeated message is longer than its period: the next is left out.
    fn is_repeating(&self) -> bool {
        let repeat = |message: Message| match message {
            Message::Welcome | Message::Entry | Message::PlaceAgain => false,
            Message::Repeat | Message::Position | Message::Wait => true,
            Message::CallbackOffer | Message::OtherNumberOffer => true,
        };
        let now = if let Sounding::Message(message) = self.now { repeat(message) } else { false };
        now || self.next.iter().copied().any(repeat)
    }

    /// What played has been cut off.
    pub(crate) fn is_silent(&mut self) {
        self.now = Sounding::Nothing;
        self.play = None;
    }
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Sounding {
    /// Nothing of ours: his own network's ringing tone, before the answer.
    #[default]
    Nothing,
    Message(Message),
    Music,
    Ringing,
}

/// One message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    Welcome,
    Entry,
    /// To who has the place again that he was cut off from (`recall_hold`).
    PlaceAgain,
    Repeat,
    Position,
    Wait,
    /// The offer to be called back (V-55).
    CallbackOffer,
    /// How to be called back on another number.
    OtherNumberOffer,
}

/// One playing: which prompts, what they say, under which name it is recorded.
pub(crate) struct Saying {
    pub(crate) place: Place,
    pub(crate) name: Arc<str>,
    pub(crate) language: Language,
    pub(crate) text: Arc<str>,
    pub(crate) prompts: Vec<PromptRef>,
}

impl Switchboard {
    /// Plays the welcome, if there is one. `true`: agents wait until it is over.
    pub(super) fn welcome(&mut self, call: &mut Call, group: &Group) -> bool {
        let announcements = &group.announcements;
        if self.chosen(&announcements.welcome, "welcome", group.language, Place::Welcome).is_none() {
            return false;
        }
        if let Some(line) = call.line_mut() {
            line.welcome = announcements.welcome_whole;
        }
        self.say_next(call, &[Message::Welcome]);
        announcements.welcome_whole
    }

    /// On entering the line: for all, or for those for whom nobody rings at once (V-42).
    pub(super) fn entry_message(&mut self, call: &mut Call, group: &Group) {
        // A call that left at once may be in another group by now, which has seen to its own message.
        let inside = call.group_now() == Some(group.number);
        let ringing = call.legs.values().any(|leg| leg.state != LegRun::Closing);
        let Some(line) = call.line_mut().filter(|line| inside && line.entering) else { return };
        line.entering = false;
        if ringing && !group.announcements.entry_always {
            line.entry_owed = true;
            return self.sound(call);
        }
        self.say_entry(call, group, ringing);
    }

    /// Nobody rings for him any more: who was not told on entering that he waits is told now (V-42).
    pub(super) fn waits_now(&mut self, call: &mut Call, group: &Group) {
        let owed = call.line_mut().is_some_and(|line| std::mem::take(&mut line.entry_owed));
        if owed { self.say_entry(call, group, false) } else { self.sound(call) }
    }

    fn say_entry(&mut self, call: &mut Call, group: &Group, ringing: bool) {
        let again = call.line().is_some_and(|line| line.place_again);
        let mut messages = vec![if again { Message::PlaceAgain } else { Message::Entry }];
        if !ringing && self.callback_is_offered(call, group) {
            messages.extend([Message::CallbackOffer, Message::OtherNumberOffer]);
        }
        self.say_next(call, &messages);
    }

    /// The time of a repeated message has come; its period runs from start to start (V-45).
    pub(crate) fn repeat_message(&mut self, call: &mut Call) {
        let Phase::Offering(offering) = &call.phase else { return };
        let Some(group) = self.settings.group(offering.group) else { return };
        let Some(every) = group.announcements.repeat_every else { return };
        self.timers.set(Timer::Repeat(call.id), self.now.tick + every);
        let ringing = call.legs.values().any(|leg| leg.state != LegRun::Closing);
        if (ringing && group.announcements.ringback)
            || offering.line.as_ref().is_none_or(|line| line.asking.is_some() || line.hearing.is_repeating())
        {
            return;
        }
        let mut messages = vec![Message::Repeat];
        messages.extend(group.announcements.position.then_some(Message::Position));
        messages.extend(group.announcements.wait.then_some(Message::Wait));
        if self.callback_is_offered(call, &group) {
            messages.extend([Message::CallbackOffer, Message::OtherNumberOffer]);
        }
        self.say_next(call, &messages);
    }

    /// Says messages as soon as the one that plays now is over.
    pub(crate) fn say_next(&mut self, call: &mut Call, messages: &[Message]) {
        let Some(line) = call.line_mut() else { return };
        line.hearing.next.extend(messages);
        if !matches!(line.hearing.now, Sounding::Message(_)) {
            self.next_message(call);
        }
    }

    /// Begins the next message that has something to say; with none left, music or the ringing tone.
    pub(crate) fn next_message(&mut self, call: &mut Call) {
        loop {
            let Some(line) = call.line_mut() else { return };
            if line.asking.is_some() {
                return;
            }
            let Some(message) = line.hearing.next.pop_front() else {
                // Music that plays already goes on as it is.
                if matches!(line.hearing.now, Sounding::Message(_)) {
                    line.hearing.now = Sounding::Nothing;
                }
                return self.sound(call);
            };
            let Some(saying) = self.saying(call, message) else { continue };
            if let Some(line) = call.line_mut() {
                line.hearing.now = Sounding::Message(message);
            }
            if message == Message::CallbackOffer {
                self.callback_offered(call);
            }
            return self.say(call, saying);
        }
    }

    /// Plays something to the caller, answering him if that has not been done.
    pub(crate) fn say(&mut self, call: &mut Call, saying: Saying) {
        self.answer_by_us(call);
        let leg = call.caller_leg();
        let id = call.new_play();
        if let Some(line) = call.line_mut() {
            line.hearing.play = Some(id);
        }
        self.play_on(leg, id, saying);
        self.timers.set(Timer::Prompt(call.id), self.now.tick + MESSAGE_MAX);
    }

    /// Whether a playing that ended, or should have, is the one that plays.
    pub(crate) fn plays(call: &Call, play: Option<PlayId>) -> bool {
        call.line()
            .is_some_and(|line| line.hearing.play.is_some() && (play.is_none() || line.hearing.play == play))
    }

    /// A message is over.
    pub(crate) fn message_over(&mut self, call: &mut Call) {
        self.timers.cancel(Timer::Prompt(call.id));
        let Some(line) = call.line_mut() else { return };
        line.hearing.play = None;
        if line.asking.is_some() {
            return self.asked(call);
        }
        let welcome = line.hearing.now == Sounding::Message(Message::Welcome);
        line.hearing.now = Sounding::Nothing;
        if welcome && line.welcome {
            return self.welcome_over(call);
        }
        self.next_message(call);
    }

    /// Between messages: the ringing tone while an agent rings, else music; before the answer his own network's tone.
    pub(crate) fn sound(&mut self, call: &mut Call) {
        let ringing = call.legs.values().any(|leg| leg.state != LegRun::Closing);
        let Phase::Offering(offering) = &call.phase else { return };
        let Some(line) = &offering.line else { return };
        let message = matches!(line.hearing.now, Sounding::Message(_));
        if message || line.asking.is_some() || line.welcome || line.entering {
            return;
        }
        let now = line.hearing.now;
        let Some(group) = self.settings.group(offering.group) else { return };
        if ringing && call.caller == CallerLeg::Calling {
            return self.ring(call);
        }
        if ringing && group.announcements.ringback {
            if now != Sounding::Ringing {
                self.set_sounding(call, Sounding::Ringing);
                self.command_leg(call.caller_leg(), LegCommand::Tone(Tone::Ringing));
            }
            return;
        }
        if now == Sounding::Music {
            return;
        }
        match self.chosen(&group.announcements.music, "music", group.language, Place::Music) {
            Some(saying) => {
                self.answer_by_us(call);
                self.set_sounding(call, Sounding::Music);
                self.music_on(call.caller_leg(), saying);
            }
            None => self.ring(call),
        }
    }

    /// Plays something on a leg, written down as heard.
    pub(crate) fn play_on(&mut self, leg: LegId, id: PlayId, saying: Saying) {
        let Saying { place, name, language, text, prompts } = saying;
        self.fact(What::Heard { leg, place, prompt: name, language, text });
        self.command_leg(leg, LegCommand::Play { id, prompts });
    }

    /// Music on a leg, written down as heard.
    pub(crate) fn music_on(&mut self, leg: LegId, saying: Saying) {
        let Saying { place, name, language, text, mut prompts } = saying;
        let Some(prompt) = prompts.pop() else { return };
        self.fact(What::Heard { leg, place, prompt: name, language, text });
        self.command_leg(leg, LegCommand::Music { prompt });
    }

    fn set_sounding(&mut self, call: &mut Call, sounding: Sounding) {
        if let Some(line) = call.line_mut() {
            line.hearing.now = sounding;
        }
    }

    /// Answers the caller ourselves, so that he can be played something.
    pub(crate) fn answer_by_us(&mut self, call: &mut Call) {
        if call.caller == CallerLeg::Calling {
            call.caller = CallerLeg::Answered;
            self.fact(What::CallAnswered { call: call.id, with: None });
            self.command_leg(call.caller_leg(), LegCommand::Answer { with: None });
        }
    }

    fn saying(&mut self, call: &mut Call, message: Message) -> Option<Saying> {
        let Phase::Offering(offering) = &call.phase else { return None };
        let group = self.settings.group(offering.group)?;
        let Announcements { welcome, entry, repeat, .. } = &group.announcements;
        match message {
            Message::Welcome => self.chosen(welcome, "welcome", group.language, Place::Welcome),
            Message::Entry => self.chosen(entry, "entry", group.language, Place::Entry),
            Message::PlaceAgain => {
                self.chosen(&PromptChoice::BuiltIn, "welcome_back", group.language, Place::Entry)
            }
            Message::Repeat => self.chosen(repeat, "repeat", group.language, Place::Repeat),
            Message::Position => {
                let position = self.better_position(call)?;
                self.spoken(&Phrase::Position(position), group.language, Place::Position)
            }
            Message::Wait => {
                let minutes = self.shorter_wait(call)?;
                self.spoken(&Phrase::Wait(minutes), group.language, Place::Wait)
            }
            Message::CallbackOffer => self.callback_offer(call, &group),
            Message::OtherNumberOffer => self.other_number_offer(call, &group),
        }
    }

    /// His position, unless it is worse than what he was told before (V-47).
    fn better_position(&self, call: &mut Call) -> Option<u32> {
        let number = call.group_now()?;
        let rank = self.rank_of(number, call.id)?;
        let position = position(self.saved.groups.get(&number)?, rank);
        let hearing = &mut call.line_mut()?.hearing;
        if hearing.said_position.is_some_and(|said| position > said) {
            return None;
        }
        hearing.said_position = Some(position);
        Some(position)
    }

    /// His wait in minutes, unless nothing is known or he was told a shorter one before (V-48, X-03).
    fn shorter_wait(&self, call: &mut Call) -> Option<u32> {
        let number = call.group_now()?;
        let estimate = estimate::of_call(&self.saved, &self.settings.config, number, call.id, self.now.utc)?;
        // Whole minutes, rounded up; what is under one is said so.
        let minutes = match estimate.p50.0 {
            0..60_000 => 0,
            more => u32::try_from(more.div_ceil(60_000)).unwrap_or(u32::MAX),
        };
        let hearing = &mut call.line_mut()?.hearing;
        if hearing.said_wait.is_some_and(|said| minutes > said) {
            return None;
        }
        hearing.said_wait = Some(minutes);
        Some(minutes)
    }

    /// The prompt of a setting, in the group's language where it exists.
    pub(crate) fn chosen(
        &self,
        choice: &PromptChoice,
        built_in: &str,
        language: Language,
        place: Place,
    ) -> Option<Saying> {
        let (prompt, name): (PromptName, Arc<str>) = match choice {
            PromptChoice::Silent => return None,
            PromptChoice::BuiltIn => (built_in.parse().ok()?, Arc::from(BUILT_IN)),
            PromptChoice::Named(name) => (name.clone(), Arc::from(name.as_str())),
        };
        let (language, text) = self.settings.config.prompts.find(&prompt, language)?;
        Some(Saying { place, name, language, text, prompts: vec![PromptRef { name: prompt, language }] })
    }

    /// A sentence with a number in it, from recorded pieces; what cannot be said is left out.
    pub(crate) fn spoken(&self, phrase: &Phrase, language: Language, place: Place) -> Option<Saying> {
        let prompts = &self.settings.config.prompts.0;
        let exists = |name: &PromptName, language: Language| {
            prompts.get(name).is_some_and(|languages| languages.contains_key(&language))
        };
        let spoken = speak_with(language, phrase, &exists);
        if spoken.pieces.is_empty() {
            return None;
        }
        let language = spoken.language;
        let prompts = spoken.pieces.into_iter().map(|name| PromptRef { name, language }).collect();
        Some(Saying { place, name: Arc::from(BUILT_IN), language, text: Arc::from(spoken.written), prompts })
    }
}
