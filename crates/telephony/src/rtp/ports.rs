//! Which UDP ports are free. A port given back is taken again as late as possible, so that late packets of one
//! call do not reach the next.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr, UdpSocket};

use super::RtpRange;

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
}

impl Ports {
    pub(super) fn new(range: RtpRange) -> Ports {
        let first = range.first.next_multiple_of(2);
        let free = (first..range.last).step_by(2).collect();
        Ports { bind: range.bind, first: range.first, last: range.last, free }
    }

    /// Binds the next free pair: RTP on the even port, RTCP on the odd one above. A port that another program
    /// has is passed over and tried again later.
    pub(super) fn take(&mut self) -> Result<(u16, UdpSocket, UdpSocket), RangeFull> {
        for _ in 0..self.free.len() {
            let Some(port) = self.free.pop_front() else { break };
            match (self.open(port), self.open(port + 1)) {
                (Ok(rtp), Ok(rtcp)) => return Ok((port, rtp, rtcp)),
                (Ok(_) | Err(_), _) => self.free.push_back(port),
            }
        }
        Err(RangeFull { first: self.first, last: self.last })
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
        let probe = UdpSocket::bind("127.0.0.1:0").unwrap();
        let first = (probe.local_addr().unwrap().port() % 20_000 + 40_000).next_multiple_of(2);
        drop(probe);
        let mut ports = Ports::new(RtpRange { bind: [127, 0, 0, 1].into(), first, last: first + 3 });
        let one = ports.take().unwrap();
        let two = ports.take().unwrap();
        assert_ne!(one.0, two.0);
        let full = ports.take().unwrap_err();
        assert!(full.to_string().contains("helin.toml"), "{full}");
        let port = one.0;
        drop(one);
        ports.give_back(port);
        assert_eq!(ports.take().unwrap().0, port);
    }
}
