//! Which UDP ports are free. A port given back is taken again as late as possible, so that late packets of one
//! call do not reach the next.
//!
//! Most members whom a group rings never speak: their ports come back with nothing ever said by them, and rest bound,
//! for to open and close sockets costs more than to send the INVITE.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use super::RtpRange;

/// How long a pair rests: who answered just when he was told to stop has heard by then that he is to be silent.
const REST: Duration = Duration::from_secs(1);
/// Pairs that rest at most.
const RESTING_MAX: usize = 256;
/// Packets thrown away at most before a port is used; more than a socket holds.
const STALE_MAX: usize = 1_024;

/// No pair of ports is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("every RTP port from {first} to {last} is taken: widen `rtp` in helin.toml")]
pub(crate) struct RangeFull {
    first: u16,
    last: u16,
}

#[derive(Debug)]
pub(super) struct Ports {
    bind: IpAddr,
    first: u16,
    last: u16,
    free: VecDeque<u16>,
    resting: VecDeque<(Instant, Pair)>,
}

/// RTP on the even port, RTCP on the odd one above.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) port: u16,
    pub(super) rtp: UdpSocket,
    pub(super) rtcp: UdpSocket,
}

impl Pair {
    /// Throws away what came before anybody was to hear it: it would be heard late, and all at once.
    pub(super) fn empty(&self) {
        for socket in [&self.rtp, &self.rtcp] {
            let refused = |error: &std::io::Error| error.kind() == std::io::ErrorKind::ConnectionRefused;
            for _ in 0..STALE_MAX {
                if socket.recv(&mut [0]).is_err_and(|error| !refused(&error)) {
                    break;
                }
            }
        }
    }
}

impl Ports {
    pub(super) fn new(range: RtpRange) -> Ports {
        let first = range.first.next_multiple_of(2);
        let free = (first..range.last).step_by(2).collect();
        Ports { bind: range.bind, first: range.first, last: range.last, free, resting: VecDeque::new() }
    }

    /// A pair that has rested, or the next free one, bound. A port that another program has is passed over and tried
    /// again later. Where none is free, one that still rests is taken.
    pub(super) fn take(&mut self) -> Result<Pair, RangeFull> {
        let rested = self.resting.front().is_some_and(|(since, _)| since.elapsed() >= REST);
        if rested && let Some((_, pair)) = self.resting.pop_front() {
            return Ok(pair);
        }
        for _ in 0..self.free.len() {
            let Some(port) = self.free.pop_front() else { break };
            match (self.open(port), self.open(port + 1)) {
                (Ok(rtp), Ok(rtcp)) => return Ok(Pair { port, rtp, rtcp }),
                (Ok(_) | Err(_), _) => self.free.push_back(port),
            }
        }
        let tired = self.resting.pop_front().map(|(_, pair)| pair);
        tired.ok_or(RangeFull { first: self.first, last: self.last })
    }

    /// A pair by which nothing was said rests; where enough do, it is closed.
    pub(super) fn rest(&mut self, pair: Pair) {
        if self.resting.len() < RESTING_MAX {
            self.resting.push_back((Instant::now(), pair));
        } else {
            self.free.push_back(pair.port);
        }
    }

    pub(super) fn give_back(&mut self, port: u16) {
        self.free.push_back(port);
    }

    fn open(&self, port: u16) -> std::io::Result<UdpSocket> {
        let address = SocketAddr::new(self.bind, port);
        let kind = socket2::Type::DGRAM.nonblocking();
        let socket = socket2::Socket::new(socket2::Domain::for_address(address), kind, None)?;
        socket.bind(&address.into())?;
        Ok(socket.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_range_is_named_and_ports_come_back() {
        let mut ports = two_pairs();
        let one = ports.take().unwrap();
        let two = ports.take().unwrap();
        assert_ne!(one.port, two.port);
        let full = ports.take().unwrap_err();
        assert!(full.to_string().contains("helin.toml"), "{full}");
        let port = one.port;
        drop(one);
        ports.give_back(port);
        assert_eq!(ports.take().unwrap().port, port);
    }

    #[test]
    fn a_pair_that_rests_is_taken_last() {
        let mut ports = two_pairs();
        let one = ports.take().unwrap();
        let port = one.port;
        ports.rest(one);
        let two = ports.take().unwrap();
        assert_ne!(two.port, port, "a free one goes first");
        assert_eq!(ports.take().unwrap().port, port);
        assert!(ports.take().is_err());
    }

    #[test]
    fn a_pair_is_empty_before_it_is_used() {
        let pair = two_pairs().take().unwrap();
        let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
        let rtp = ("127.0.0.1", pair.port);
        stranger.send_to(b"early", rtp).unwrap();
        stranger.send_to(b"early, too", rtp).unwrap();
        pair.empty();
        stranger.send_to(b"in time", rtp).unwrap();
        let mut octets = [0; 16];
        let size = pair.rtp.recv(&mut octets).unwrap();
        assert_eq!(&octets[..size], b"in time");
    }

    fn two_pairs() -> Ports {
        let probe = UdpSocket::bind("127.0.0.1:0").unwrap();
        let first = (probe.local_addr().unwrap().port() % 20_000 + 40_000).next_multiple_of(2);
        Ports::new(RtpRange { bind: [127, 0, 0, 1].into(), first, last: first + 3 })
    }
}
