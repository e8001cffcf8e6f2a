//! What the kernel hands on of what a leg receives. While a leg is played something and nobody hears what it sends,
//! as everybody who waits in a line, its sound would be read only to be dropped; a socket filter drops it before it
//! wakes a thread. What tells something still comes: keys, comfort noise, and of the sound one packet of sixteen,
//! from which loss is no longer known but that the far side lives, and how many it has sent.

use mio::net::UdpSocket;
use socket2::{SockFilter, SockRef};

/// A packet of sound comes if its sequence number has none of these bits.
const SAMPLE: u32 = 0x0f;
/// Formats of sound that are told apart; what comes in a further one is taken whole.
const SOUNDS_MAX: usize = 16;
/// A filter begins at the UDP header; these are the octet with the payload type and the sequence number (RFC 3550 5.1).
const PAYLOAD_TYPE_AT: u32 = 8 + 1;
const SEQUENCE_AT: u32 = 8 + 2;

/// Instructions of classic BPF: load an octet or two, AND, jump if equal or if bits are set, return.
const LOAD_OCTET: u16 = 0x30;
const LOAD_TWO: u16 = 0x28;
const AND: u16 = 0x54;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_SET: u16 = 0x45;
const RETURN: u16 = 0x06;
/// What is returned is how much of the packet comes.
const WHOLE: u32 = u32::MAX;

/// Of sound in these payload types a sample comes from now on. A kernel that has no filters hands on all, as before.
pub(super) fn thin(socket: &UdpSocket, sounds: impl Iterator<Item = u8>) -> bool {
    SockRef::from(socket).attach_filter(&program(sounds)).is_ok()
}

/// All comes from now on.
pub(super) fn open(socket: &UdpSocket) {
    let _ = SockRef::from(socket).detach_filter();
}

fn program(sounds: impl Iterator<Item = u8>) -> Vec<SockFilter> {
    let sounds: Vec<u8> = sounds.take(SOUNDS_MAX).collect();
    let mut program = vec![
        SockFilter::new(LOAD_OCTET, 0, 0, PAYLOAD_TYPE_AT),
        // Without the marker.
        SockFilter::new(AND, 0, 0, 0x7f),
    ];
    // Each jumps over those after it and the return.
    let left = (1..=u8::try_from(sounds.len()).unwrap_or(u8::MAX)).rev();
    program.extend(
        left.zip(&sounds).map(|(over, sound)| SockFilter::new(JUMP_IF_EQUAL, over, 0, u32::from(*sound))),
    );
    program.extend([
        SockFilter::new(RETURN, 0, 0, WHOLE),
        SockFilter::new(LOAD_TWO, 0, 0, SEQUENCE_AT),
        SockFilter::new(JUMP_IF_SET, 1, 0, SAMPLE),
        SockFilter::new(RETURN, 0, 0, WHOLE),
        SockFilter::new(RETURN, 0, 0, 0),
    ]);
    program
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Sequence numbers that come of 64 packets of each payload type, sent through a real socket.
    fn comes(thinned: Option<&[u8]>, payload_types: &[u8]) -> Vec<(u8, u8)> {
        let theirs = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let ours = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = ours.local_addr().unwrap();
        ours.set_nonblocking(true).unwrap();
        let ours = UdpSocket::from_std(ours);
        assert!(thin(&ours, [8, 0].into_iter()));
        match thinned {
            Some(sounds) => assert!(thin(&ours, sounds.iter().copied())),
            None => open(&ours),
        }
        for sequence in 1..=64 {
            for payload_type in payload_types {
                let packet = [0x80, 0x80 | payload_type, 0, sequence, 0, 0, 0, 0, 0, 0, 0, 9, 0xd5];
                theirs.send_to(&packet, at).unwrap();
            }
        }
        let last = [0x80, 127, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
        theirs.send_to(&last, at).unwrap();
        let mut buffer = [0; 64];
        let mut came = Vec::new();
        let until = std::time::Instant::now() + Duration::from_secs(30);
        loop {
            assert!(std::time::Instant::now() < until, "a packet of an unknown type always comes");
            let Ok(size) = ours.recv(&mut buffer) else { continue };
            if buffer[..size] == last {
                return came;
            }
            came.push((buffer[1] & 0x7f, buffer[3]));
        }
    }

    #[test]
    fn of_sound_a_sample_comes_and_of_keys_all() {
        let sample = [16, 32, 48, 64];
        let came = comes(Some(&[8, 0, 96]), &[101, 96]);
        let of = |kind: u8| came.iter().filter(|(at, _)| *at == kind).map(|(_, n)| *n).collect::<Vec<_>>();
        assert_eq!(of(96), sample);
        assert_eq!(of(101), (1..=64).collect::<Vec<_>>());
        assert_eq!(comes(Some(&[8]), &[8]).len(), sample.len());
        assert_eq!(comes(Some(&[]), &[8]).len(), 64);
    }

    #[test]
    fn an_open_leg_hears_all() {
        assert_eq!(comes(None, &[8, 0]).len(), 128);
    }
}
