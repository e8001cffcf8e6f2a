//! Service codes, dialled as a call or sent as text (K-42..K-47, mobile-interfaces 1 and 2).

use std::sync::Arc;

use model::fact::{Outcome, Place, What};
use model::id::{PartyId, RequestId};
use model::input::{Actor, Duty};
use model::language::Language;
use model::leg::{Ingress, LegCommand, Release};
use model::number::Number;
use model::output::{NoticeTo, Refusal, Reply};

use super::{Call, CallerLeg};
use crate::commands::LogInDone;
use crate::service_code::{self, Dialled, OwnCode};
use crate::switchboard::Switchboard;
use crate::texts;

/// What a code came to.
struct Said {
    done: bool,
    /// Spoken.
    prompt: &'static str,
    text: String,
}

impl Switchboard {
    pub(crate) fn code_by_call(&mut self, call: &mut Call, via: &Ingress, code: &str) {
        let party = match via {
            Ingress::User(party) => Some(*party),
            // req K-04, K-36: the network's word, never what the caller shows.
            Ingress::Trunk(_) | Ingress::Own => call
                .from
                .party
                .number
                .filter(|_| call.from.proved)
                .and_then(|number| self.settings.proved_by(number)),
        };
        let screen = match via {
            Ingress::User(party) => NoticeTo::User(*party),
            Ingress::Trunk(_) | Ingress::Own => NoticeTo::Caller(call.caller_leg()),
        };
        let said = party.and_then(|party| self.run_code(party, code).map(|said| (party, said)));
        let Some((party, said)) = said else {
            // req K-47
            self.notice(screen, texts::UNKNOWN_APPLICATION.to_owned());
            return self.refuse(call, Release::NotFound, Outcome::Failed);
        };
        let language = self.settings.config.language_of(party);
        self.fact(What::CallAnswered { call: call.id, with: None });
        call.caller = CallerLeg::Answered;
        call.outcome = Some(Outcome::Answered);
        self.command_leg(call.caller_leg(), LegCommand::Answer { with: None });
        self.notice(screen, said.text);
        self.last_prompt(call, Place::Code, said.prompt, language);
    }

    pub(crate) fn code_by_text(&mut self, request: RequestId, party: PartyId, code: &str) {
        let reply = match self.run_code(party, code) {
            Some(said) => Reply::Code { done: said.done, text: said.text },
            None => Reply::Code { done: false, text: texts::UNKNOWN_APPLICATION.to_owned() },
        };
        self.reply(request, reply);
    }

    /// Runs a code for a proved party; `None`: it is nobody's code, or not his.
    fn run_code(&mut self, party: PartyId, code: &str) -> Option<Said> {
        let language = self.settings.config.language_of(party);
        match service_code::read(code) {
            Dialled::Own(own) => {
                let group = self.ring_group_of(party)?;
                let said = self.run_own(party, group, own, language);
                let code = Arc::from(own.text());
                self.fact(What::CodeUsed { party, code, done: said.done });
                Some(said)
            }
            // Forwarding comes with its own work; until then it is refused and nothing changes.
            Dialled::Supplementary(_) | Dialled::Fault(_) if service_code::is_supplementary(code) => {
                Some(Said {
                    done: false,
                    prompt: "forwarding_not_available",
                    text: texts::not_available(language).to_owned(),
                })
            }
            Dialled::Supplementary(_) | Dialled::Fault(_) | Dialled::Unknown | Dialled::Call { .. } => None,
        }
    }

    /// The ring group whose list the codes of a party work on: there is one at most where membership is
    /// exclusive (K-35); else the one of the lowest number. Queues have no codes (behaviour, "Every call").
    fn ring_group_of(&self, party: PartyId) -> Option<Number> {
        let is_ring =
            |number: &&Number| self.settings.group(**number).is_some_and(|group| group.queue.is_none());
        self.saved.memberships.get(&party)?.iter().find(is_ring).copied()
    }

    fn run_own(&mut self, party: PartyId, number: Number, own: OwnCode, language: Language) -> Said {
        // req I-20
        if self.settings.member(number, party).is_some_and(|member| !member.may_log_in) {
            return refused(language);
        }
        let name = self.settings.group(number).map(|group| group.name.clone()).unwrap_or_default();
        match own {
            OwnCode::LogOut => match self.log_out(number, party, Actor::Party(party)) {
                Ok(true) => {
                    Said { done: true, prompt: "logged_out", text: texts::logged_out(language, &name) }
                }
                Ok(false) => {
                    Said { done: true, prompt: "already_out", text: texts::already_out(language, &name) }
                }
                Err(_) => refused(language),
            },
            OwnCode::LogIn => said_in(self.log_in_by_code(number, party, Duty::No), language, &name),
            OwnCode::LogInFirst => said_in(self.log_in_by_code(number, party, Duty::Take), language, &name),
        }
    }

    /// Who logs in from his phone says that he takes calls: a pause, which the phone does not show, is over.
    fn log_in_by_code(&mut self, number: Number, party: PartyId, duty: Duty) -> Result<LogInDone, Refusal> {
        let done = self.log_in(number, party, duty, Actor::Party(party))?;
        if self.saved.agents.get(&party).is_some_and(|agent| agent.paused.is_some()) {
            self.fact(What::Resumed { member: party });
        }
        Ok(done)
    }
}

fn said_in(result: Result<LogInDone, Refusal>, language: Language, group: &str) -> Said {
    let (prompt, text) = match result {
        Ok(LogInDone::In { position }) => ("logged_in", texts::logged_in(language, group, position)),
        Ok(LogInDone::SteppedDown { position }) => ("logged_in", texts::logged_in(language, group, position)),
        Ok(LogInDone::Already { position }) => ("already_in", texts::already_in(language, group, position)),
        Ok(LogInDone::First | LogInDone::AlreadyFirst) => {
            ("logged_in_first", texts::logged_in_first(language, group))
        }
        Err(_) => return refused(language),
    };
    Said { done: true, prompt, text }
}

fn refused(language: Language) -> Said {
    Said { done: false, prompt: "not_allowed", text: texts::not_allowed(language).to_owned() }
}
