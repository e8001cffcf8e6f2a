//! The four transaction machines of RFC 3261 section 17 with RFC 6026, as pure functions.
//!
//! A machine takes its state and an event and gives the next state and what is to be done; it holds no octets
//! and no clock. The endpoint owns those. Every event is answered in every state: one that comes too late is
//! passed over on purpose, and the tests print the whole matrix.

pub mod invite_client;
pub mod invite_server;
pub mod non_invite_client;
pub mod non_invite_server;

/// Estimate of the round-trip time, milliseconds (RFC 3261 17.1.1.1).
pub const T1: u64 = 500;
/// Longest time between retransmissions of a non-INVITE request or an INVITE response, milliseconds.
pub const T2: u64 = 4_000;
/// How long a message may stay in the network, milliseconds.
pub const T4: u64 = 5_000;

/// Timers of all machines; the letters of RFC 3261 appendix A and RFC 6026.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Timer {
    /// A: repeat the INVITE (UDP), doubling from T1.
    A,
    /// B: nobody answered the INVITE: 64 T1.
    B,
    /// D: absorb repeated failures of an INVITE: 32 s over UDP.
    D,
    /// E: repeat the request (UDP), doubling from T1 up to T2.
    E,
    /// F: nobody answered the request: 64 T1.
    F,
    /// G: repeat the failure of an INVITE (UDP), doubling from T1 up to T2.
    G,
    /// H: no ACK came for the failure of an INVITE: 64 T1.
    H,
    /// I: absorb repeated ACKs: T4 over UDP.
    I,
    /// J: absorb repeated requests: 64 T1 over UDP.
    J,
    /// K: absorb repeated responses: T4 over UDP.
    K,
    /// L: absorb repeated INVITEs after a 2xx: 64 T1 (RFC 6026).
    L,
    /// M: take further 2xx of forks: 64 T1 (RFC 6026).
    M,
}

/// What a machine wants done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Send the request, or send it again.
    SendRequest,
    /// Send the newest response, or send it again.
    SendResponse,
    /// Acknowledge a failure of an INVITE (RFC 3261 17.1.1.3).
    SendAck,
    /// Pass the response up.
    Pass,
    /// Tell that nobody answered in time.
    Timeout,
    /// Start a timer.
    Start(Timer),
    /// Stop a timer.
    Stop(Timer),
}

/// Whether the transport delivers by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reliability {
    /// UDP.
    Unreliable,
    /// TCP.
    Reliable,
}
