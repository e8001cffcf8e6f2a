//! A last prompt, then the caller is released: the announcement of a fallback list, the answer to a code.

use std::sync::Arc;

use model::fact::{EndCause, Outcome, Place, What};
use model::language::Language;
use model::leg::{LegCommand, PlayId, PromptRef, Release};
use model::number::Number;
use model::time::Span;

use super::{Call, CallerLeg, Phase};
use crate::switchboard::Switchboard;
use crate::timers::Timer;

/// A prompt that has not ended by then is taken to have ended; prompts are shorter.
const PROMPT_MAX: Span = Span::seconds(120);

/// A call that hears its last prompt.
#[derive(Debug)]
pub(crate) struct Announcing {
    pub(crate) play: PlayId,
}

impl Switchboard {
    /// Plays an announcement of a group; as early media to a caller not yet answered, so that he pays nothing
    /// (K-25).
    pub(crate) fn announce(&mut self, call: &mut Call, group: Number, name: &str) {
        let language =
            self.settings.group(group).map_or(self.settings.config.language, |group| group.language);
        call.outcome.get_or_insert(Outcome::Unanswered);
        self.last_prompt(call, Place::Fallback, name, language);
    }

    /// Plays a prompt, after which the call ends. A missing prompt never ends more than itself.
    pub(crate) fn last_prompt(&mut self, call: &mut Call, place: Place, name: &str, language: Language) {
        let leg = call.caller_leg();
        let found = name.parse().ok().and_then(|name| {
            let (language, text) = self.settings.config.prompts.find(&name, language)?;
            Some((name, language, text))
        });
        let play = call.new_play();
        call.phase = Phase::Announcing(Announcing { play });
        let Some((prompt, language, text)) = found else { return self.prompt_over(call) };
        self.fact(What::Heard { leg, place, prompt: Arc::from(prompt.as_str()), language, text });
        self.command_leg(
            leg,
            LegCommand::Play { id: play, prompts: vec![PromptRef { name: prompt, language }] },
        );
        self.timers.set(Timer::Prompt(call.id), self.now.tick + PROMPT_MAX);
    }

    /// The last prompt is over.
    pub(crate) fn prompt_over(&mut self, call: &mut Call) {
        if Switchboard::plays(call, None) {
            return self.message_over(call);
        }
        if !matches!(call.phase, Phase::Announcing(_)) {
            return self.agent_prompt_over(call);
        }
        self.timers.cancel(Timer::Prompt(call.id));
        let (cause, how) = match call.caller {
            CallerLeg::Answered => (EndCause::Answered, Release::Normal),
            CallerLeg::Calling | CallerLeg::Closing | CallerLeg::Closed => {
                (EndCause::Unreachable, Release::Unavailable)
            }
        };
        self.end_caller(call, cause, how);
    }
}
