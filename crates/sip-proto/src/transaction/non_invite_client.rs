//! Non-INVITE client transaction (RFC 3261 17.1.2).

use super::Action::{Pass, SendRequest, Start, Stop, Timeout};
use super::{Action, Timer};

/// Where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Sent, no answer yet.
    Trying,
    /// A provisional answer came.
    Proceeding,
    /// The final answer came; repeated ones are absorbed.
    Completed,
    /// Over.
    Terminated,
}

/// What may happen to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// 100-199 came.
    Provisional,
    /// 200-699 came.
    Final,
    /// Time to repeat.
    TimerE,
    /// Nobody answered.
    TimerF,
    /// Absorbed long enough.
    TimerK,
}

/// What to do at the beginning.
pub const START: &[Action] = &[SendRequest, Start(Timer::E), Start(Timer::F)];

impl State {
    /// The next state, and what to do.
    pub fn on(self, event: Event) -> (State, &'static [Action]) {
        match self {
            State::Trying | State::Proceeding => match event {
                Event::Provisional => (State::Proceeding, &[Pass]),
                Event::Final => (State::Completed, &[Stop(Timer::E), Stop(Timer::F), Start(Timer::K), Pass]),
                Event::TimerE => (self, &[SendRequest, Start(Timer::E)]),
                Event::TimerF => (State::Terminated, &[Timeout]),
                Event::TimerK => (self, &[]),
            },
            State::Completed => match event {
                Event::TimerK => (State::Terminated, &[]),
                Event::Provisional | Event::Final | Event::TimerE | Event::TimerF => (self, &[]),
            },
            State::Terminated => (self, &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use expect_test::expect;

    use super::*;

    /// RFC 3261 figure 6
    #[test]
    fn the_whole_matrix() {
        let states = [State::Trying, State::Proceeding, State::Completed, State::Terminated];
        let events = [Event::Provisional, Event::Final, Event::TimerE, Event::TimerF, Event::TimerK];
        let mut matrix = String::new();
        for state in states {
            for event in events {
                let (next, actions) = state.on(event);
                writeln!(matrix, "{state:?} {event:?} -> {next:?} {actions:?}").unwrap();
            }
        }
        expect![[r#"
            Trying Provisional -> Proceeding [Pass]
            Trying Final -> Completed [Stop(E), Stop(F), Start(K), Pass]
            Trying TimerE -> Trying [SendRequest, Start(E)]
            Trying TimerF -> Terminated [Timeout]
            Trying TimerK -> Trying []
            Proceeding Provisional -> Proceeding [Pass]
            Proceeding Final -> Completed [Stop(E), Stop(F), Start(K), Pass]
            Proceeding TimerE -> Proceeding [SendRequest, Start(E)]
            Proceeding TimerF -> Terminated [Timeout]
            Proceeding TimerK -> Proceeding []
            Completed Provisional -> Completed []
            Completed Final -> Completed []
            Completed TimerE -> Completed []
            Completed TimerF -> Completed []
            Completed TimerK -> Terminated []
            Terminated Provisional -> Terminated []
            Terminated Final -> Terminated []
            Terminated TimerE -> Terminated []
            Terminated TimerF -> Terminated []
            Terminated TimerK -> Terminated []
        "#]].assert_eq(&matrix);
    }
}
