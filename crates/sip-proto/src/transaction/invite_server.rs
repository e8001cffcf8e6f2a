//! INVITE server transaction (RFC 3261 17.2.1, RFC 6026 8.5). A success is repeated by the endpoint until its
//! ACK comes (RFC 3261 13.3.1.4); here it only keeps repeated INVITEs away.

use super::Action::{SendResponse, Start, Stop, Timeout};
use super::{Action, Timer};

/// Where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    /// Not yet answered for good.
    Proceeding,
    /// A failure was sent, its ACK is awaited.
    Completed,
    /// The ACK came; repeated ones are absorbed.
    Confirmed,
    /// A success was sent.
    Accepted,
    /// Over.
    Terminated,
}

/// What may happen to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Event {
    /// The INVITE came again.
    Repeated,
    /// The user sends 101-199.
    Provisional,
    /// The user sends 200-299.
    Success,
    /// The user sends 300-699.
    Failure,
    /// The ACK of a failure came.
    Ack,
    /// Time to repeat.
    TimerG,
    /// No ACK came.
    TimerH,
    /// Absorbed long enough.
    TimerI,
    /// Absorbed long enough.
    TimerL,
}

impl State {
    /// The next state, and what to do.
    pub fn on(self, event: Event) -> (State, &'static [Action]) {
        match self {
            State::Proceeding => match event {
                Event::Repeated | Event::Provisional => (self, &[SendResponse]),
                Event::Success => (State::Accepted, &[SendResponse, Start(Timer::L)]),
                Event::Failure => (State::Completed, &[SendResponse, Start(Timer::G), Start(Timer::H)]),
                Event::Ack | Event::TimerG | Event::TimerH | Event::TimerI | Event::TimerL => (self, &[]),
            },
            State::Completed => match event {
                Event::Repeated => (self, &[SendResponse]),
                Event::TimerG => (self, &[SendResponse, Start(Timer::G)]),
                Event::Ack => (State::Confirmed, &[Stop(Timer::G), Stop(Timer::H), Start(Timer::I)]),
                Event::TimerH => (State::Terminated, &[Timeout]),
                Event::Provisional | Event::Success | Event::Failure | Event::TimerI | Event::TimerL => {
                    (self, &[])
                }
            },
            State::Confirmed => match event {
                Event::TimerI => (State::Terminated, &[]),
                Event::Repeated
                | Event::Provisional
                | Event::Success
                | Event::Failure
                | Event::Ack
                | Event::TimerG
                | Event::TimerH
                | Event::TimerL => (self, &[]),
            },
            State::Accepted => match event {
                Event::TimerL => (State::Terminated, &[]),
                // RFC 6026 7.1: a repeated INVITE is absorbed; the endpoint repeats the success itself.
                Event::Repeated
                | Event::Provisional
                | Event::Success
                | Event::Failure
                | Event::Ack
                | Event::TimerG
                | Event::TimerH
                | Event::TimerI => (self, &[]),
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

    /// RFC 3261 figure 7, RFC 6026 figure 2
    #[test]
    fn the_whole_matrix() {
        let states =
            [State::Proceeding, State::Completed, State::Confirmed, State::Accepted, State::Terminated];
        let events = [
            Event::Repeated,
            Event::Provisional,
            Event::Success,
            Event::Failure,
            Event::Ack,
            Event::TimerG,
            Event::TimerH,
            Event::TimerI,
            Event::TimerL,
        ];
        let mut matrix = String::new();
        for state in states {
            for event in events {
                let (next, actions) = state.on(event);
                writeln!(matrix, "{state:?} {event:?} -> {next:?} {actions:?}").unwrap();
            }
        }
        expect![[r#"
            Proceeding Repeated -> Proceeding [SendResponse]
            Proceeding Provisional -> Proceeding [SendResponse]
            Proceeding Success -> Accepted [SendResponse, Start(L)]
            Proceeding Failure -> Completed [SendResponse, Start(G), Start(H)]
            Proceeding Ack -> Proceeding []
            Proceeding TimerG -> Proceeding []
            Proceeding TimerH -> Proceeding []
            Proceeding TimerI -> Proceeding []
            Proceeding TimerL -> Proceeding []
            Completed Repeated -> Completed [SendResponse]
            Completed Provisional -> Completed []
            Completed Success -> Completed []
            Completed Failure -> Completed []
            Completed Ack -> Confirmed [Stop(G), Stop(H), Start(I)]
            Completed TimerG -> Completed [SendResponse, Start(G)]
            Completed TimerH -> Terminated [Timeout]
            Completed TimerI -> Completed []
            Completed TimerL -> Completed []
            Confirmed Repeated -> Confirmed []
            Confirmed Provisional -> Confirmed []
            Confirmed Success -> Confirmed []
            Confirmed Failure -> Confirmed []
            Confirmed Ack -> Confirmed []
            Confirmed TimerG -> Confirmed []
            Confirmed TimerH -> Confirmed []
            Confirmed TimerI -> Terminated []
            Confirmed TimerL -> Confirmed []
            Accepted Repeated -> Accepted []
            Accepted Provisional -> Accepted []
            Accepted Success -> Accepted []
            Accepted Failure -> Accepted []
            Accepted Ack -> Accepted []
            Accepted TimerG -> Accepted []
            Accepted TimerH -> Accepted []
            Accepted TimerI -> Accepted []
            Accepted TimerL -> Terminated []
            Terminated Repeated -> Terminated []
            Terminated Provisional -> Terminated []
            Terminated Success -> Terminated []
            Terminated Failure -> Terminated []
            Terminated Ack -> Terminated []
            Terminated TimerG -> Terminated []
            Terminated TimerH -> Terminated []
            Terminated TimerI -> Terminated []
            Terminated TimerL -> Terminated []
        "#]].assert_eq(&matrix);
    }
}
