//! INVITE client transaction (RFC 3261 17.1.1, RFC 6026 8.4).

use super::Action::{Pass, SendAck, SendRequest, Start, Stop, Timeout};
use super::{Action, Timer};

/// Where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Sent, no answer yet.
    Calling,
    /// A provisional answer came.
    Proceeding,
    /// A failure came and was acknowledged.
    Completed,
    /// A success came; further ones of forks may follow.
    Accepted,
    /// Over.
    Terminated,
}

/// What may happen to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// 100-199 came.
    Provisional,
    /// 200-299 came.
    Success,
    /// 300-699 came.
    Failure,
    /// Time to repeat.
    TimerA,
    /// Nobody answered.
    TimerB,
    /// Absorbed long enough.
    TimerD,
    /// Forks had their time.
    TimerM,
}

/// What to do at the beginning.
pub const START: &[Action] = &[SendRequest, Start(Timer::A), Start(Timer::B)];

impl State {
    /// The next state, and what to do.
    pub fn on(self, event: Event) -> (State, &'static [Action]) {
        match self {
            State::Calling => match event {
                Event::Provisional => (State::Proceeding, &[Stop(Timer::A), Stop(Timer::B), Pass]),
                Event::Success => (State::Accepted, &[Stop(Timer::A), Stop(Timer::B), Start(Timer::M), Pass]),
                Event::Failure => {
                    (State::Completed, &[Stop(Timer::A), Stop(Timer::B), SendAck, Start(Timer::D), Pass])
                }
                Event::TimerA => (State::Calling, &[SendRequest, Start(Timer::A)]),
                Event::TimerB => (State::Terminated, &[Timeout]),
                Event::TimerD | Event::TimerM => (self, &[]),
            },
            State::Proceeding => match event {
                Event::Provisional => (self, &[Pass]),
                Event::Success => (State::Accepted, &[Start(Timer::M), Pass]),
                Event::Failure => (State::Completed, &[SendAck, Start(Timer::D), Pass]),
                Event::TimerA | Event::TimerB | Event::TimerD | Event::TimerM => (self, &[]),
            },
            State::Completed => match event {
                Event::Failure => (self, &[SendAck]),
                Event::TimerD => (State::Terminated, &[]),
                Event::Provisional | Event::Success | Event::TimerA | Event::TimerB | Event::TimerM => {
                    (self, &[])
                }
            },
            State::Accepted => match event {
                Event::Success => (self, &[Pass]),
                Event::TimerM => (State::Terminated, &[]),
                Event::Provisional | Event::Failure | Event::TimerA | Event::TimerB | Event::TimerD => {
                    (self, &[])
                }
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

    /// RFC 3261 figure 5, RFC 6026 figure 1
    #[test]
    fn the_whole_matrix() {
        let states =
            [State::Calling, State::Proceeding, State::Completed, State::Accepted, State::Terminated];
        let events = [
            Event::Provisional,
            Event::Success,
            Event::Failure,
            Event::TimerA,
            Event::TimerB,
            Event::TimerD,
            Event::TimerM,
        ];
        let mut matrix = String::new();
        for state in states {
            for event in events {
                let (next, actions) = state.on(event);
                writeln!(matrix, "{state:?} {event:?} -> {next:?} {actions:?}").unwrap();
            }
        }
        expect![[r#"
            Calling Provisional -> Proceeding [Stop(A), Stop(B), Pass]
            Calling Success -> Accepted [Stop(A), Stop(B), Start(M), Pass]
            Calling Failure -> Completed [Stop(A), Stop(B), SendAck, Start(D), Pass]
            Calling TimerA -> Calling [SendRequest, Start(A)]
            Calling TimerB -> Terminated [Timeout]
            Calling TimerD -> Calling []
            Calling TimerM -> Calling []
            Proceeding Provisional -> Proceeding [Pass]
            Proceeding Success -> Accepted [Start(M), Pass]
            Proceeding Failure -> Completed [SendAck, Start(D), Pass]
            Proceeding TimerA -> Proceeding []
            Proceeding TimerB -> Proceeding []
            Proceeding TimerD -> Proceeding []
            Proceeding TimerM -> Proceeding []
            Completed Provisional -> Completed []
            Completed Success -> Completed []
            Completed Failure -> Completed [SendAck]
            Completed TimerA -> Completed []
            Completed TimerB -> Completed []
            Completed TimerD -> Terminated []
            Completed TimerM -> Completed []
            Accepted Provisional -> Accepted []
            Accepted Success -> Accepted [Pass]
            Accepted Failure -> Accepted []
            Accepted TimerA -> Accepted []
            Accepted TimerB -> Accepted []
            Accepted TimerD -> Accepted []
            Accepted TimerM -> Terminated []
            Terminated Provisional -> Terminated []
            Terminated Success -> Terminated []
            Terminated Failure -> Terminated []
            Terminated TimerA -> Terminated []
            Terminated TimerB -> Terminated []
            Terminated TimerD -> Terminated []
            Terminated TimerM -> Terminated []
        "#]].assert_eq(&matrix);
    }
}
