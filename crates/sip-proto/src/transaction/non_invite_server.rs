//! Non-INVITE server transaction (RFC 3261 17.2.2).

use super::Action::{SendResponse, Start};
use super::{Action, Timer};

/// Where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Nothing was sent yet.
    Trying,
    /// A provisional answer was sent.
    Proceeding,
    /// The final answer was sent.
    Completed,
    /// Over.
    Terminated,
}

/// What may happen to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The request came again.
    Repeated,
    /// The user sends 100-199.
    Provisional,
    /// The user sends 200-699.
    Final,
    /// Absorbed long enough.
    TimerJ,
}

impl State {
    /// The next state, and what to do.
    pub fn on(self, event: Event) -> (State, &'static [Action]) {
        match self {
            State::Trying => match event {
                Event::Provisional => (State::Proceeding, &[SendResponse]),
                Event::Final => (State::Completed, &[SendResponse, Start(Timer::J)]),
                Event::Repeated | Event::TimerJ => (self, &[]),
            },
            State::Proceeding => match event {
                Event::Repeated | Event::Provisional => (self, &[SendResponse]),
                Event::Final => (State::Completed, &[SendResponse, Start(Timer::J)]),
                Event::TimerJ => (self, &[]),
            },
            State::Completed => match event {
                Event::Repeated => (self, &[SendResponse]),
                Event::TimerJ => (State::Terminated, &[]),
                Event::Provisional | Event::Final => (self, &[]),
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

    /// RFC 3261 figure 8
    #[test]
    fn the_whole_matrix() {
        let states = [State::Trying, State::Proceeding, State::Completed, State::Terminated];
        let events = [Event::Repeated, Event::Provisional, Event::Final, Event::TimerJ];
        let mut matrix = String::new();
        for state in states {
            for event in events {
                let (next, actions) = state.on(event);
                writeln!(matrix, "{state:?} {event:?} -> {next:?} {actions:?}").unwrap();
            }
        }
        expect![[r#"
            Trying Repeated -> Trying []
            Trying Provisional -> Proceeding [SendResponse]
            Trying Final -> Completed [SendResponse, Start(J)]
            Trying TimerJ -> Trying []
            Proceeding Repeated -> Proceeding [SendResponse]
            Proceeding Provisional -> Proceeding [SendResponse]
            Proceeding Final -> Completed [SendResponse, Start(J)]
            Proceeding TimerJ -> Proceeding []
            Completed Repeated -> Completed [SendResponse]
            Completed Provisional -> Completed []
            Completed Final -> Completed []
            Completed TimerJ -> Terminated []
            Terminated Repeated -> Terminated []
            Terminated Provisional -> Terminated []
            Terminated Final -> Terminated []
            Terminated TimerJ -> Terminated []
        "#]].assert_eq(&matrix);
    }
}
