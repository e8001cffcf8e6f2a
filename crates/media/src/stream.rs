//! The stream a leg sends: ours, and one for life. A change of source (ringing, prompt, the other leg) only
//! changes what is fed in; SSRC, sequence and timestamp go on.

use crate::rtp::{Header, Packet};

/// An outgoing stream.
#[derive(Debug, Clone)]
pub struct OutStream {
    ssrc: u32,
    clock_rate: u32,
    /// Last packet sent.
    sequence: u16,
    timestamp: u32,
    sent_at: Option<u64>,
    source: Source,
    packets: u64,
    octets: u64,
}

/// Where the payload comes from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// Nothing yet, or a change has been announced.
    None,
    /// Payload of our own making.
    Own,
    /// A key press of our own.
    Event,
    /// A received stream, moved to ours by these offsets.
    Relay { ssrc: u32, sequence: u16, timestamp: u32 },
}

impl OutStream {
    /// A stream that begins at these values, which should be hard to guess (RFC 3550 5.1).
    pub fn new(ssrc: u32, sequence: u16, timestamp: u32, clock_rate: u32) -> OutStream {
        OutStream {
            ssrc,
            clock_rate,
            sequence,
            timestamp,
            sent_at: None,
            source: Source::None,
            packets: 0,
            octets: 0,
        }
    }

    /// Its SSRC.
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Packets and payload octets sent.
    pub fn sent(&self) -> (u64, u64) {
        (self.packets, self.octets)
    }

    /// Timestamp of the last packet.
    pub fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// The next packet comes from another source: a talk spurt begins.
    pub fn change_source(&mut self) {
        self.source = Source::None;
    }

    /// The header for payload of our own, `samples` after the last one of ours. `at` in milliseconds.
    pub fn own(&mut self, payload_type: u8, samples: u32, size: usize, at: u64) -> Header {
        let begins = self.source != Source::Own;
        self.timestamp =
            if begins { self.timestamp_at(at, samples) } else { self.timestamp.wrapping_add(samples) };
        self.source = Source::Own;
        self.sequence = self.sequence.wrapping_add(1);
        self.count(at, size);
        self.header(begins, payload_type)
    }

    /// The header for a packet of a key press; all until the next change of source are of one press and have its
    /// timestamp (RFC 4733 2.1).
    pub fn event(&mut self, payload_type: u8, size: usize, at: u64) -> Header {
        let begins = self.source != Source::Event;
        if begins {
            self.timestamp = self.timestamp_at(at, self.clock_rate / 50);
        }
        self.source = Source::Event;
        self.sequence = self.sequence.wrapping_add(1);
        self.count(at, size);
        self.header(begins, payload_type)
    }

    /// The header for a received packet that is passed on. Gaps and order of the sender stay visible.
    pub fn relay(&mut self, packet: &Packet<'_>, payload_type: u8, at: u64) -> Header {
        let (sequence, timestamp, begins) = match self.source {
            Source::Relay { ssrc, sequence, timestamp } if ssrc == packet.ssrc => {
                (packet.sequence.wrapping_add(sequence), packet.timestamp.wrapping_add(timestamp), false)
            }
            Source::Relay { .. } | Source::Own | Source::Event | Source::None => {
                let sequence = self.sequence.wrapping_add(1);
                let timestamp = self.timestamp_at(at, self.clock_rate / 50);
                self.source = Source::Relay {
                    ssrc: packet.ssrc,
                    sequence: sequence.wrapping_sub(packet.sequence),
                    timestamp: timestamp.wrapping_sub(packet.timestamp),
                };
                (sequence, timestamp, true)
            }
        };
        // A packet that comes late keeps its own place and does not turn the stream back.
        if sequence.wrapping_sub(self.sequence) < 0x8000 {
            self.sequence = sequence;
            self.timestamp = timestamp;
        }
        self.count(at, packet.payload.len());
        Header { marker: packet.marker || begins, payload_type, sequence, timestamp, ssrc: self.ssrc }
    }

    fn header(&self, marker: bool, payload_type: u8) -> Header {
        Header { marker, payload_type, sequence: self.sequence, timestamp: self.timestamp, ssrc: self.ssrc }
    }

    fn count(&mut self, at: u64, size: usize) {
        self.sent_at = Some(at);
        self.packets += 1;
        self.octets += size as u64;
    }

    /// The timestamp of now: after a silence it has gone on with the clock, and never less than one packet.
    fn timestamp_at(&self, at: u64, least: u32) -> u32 {
        let Some(before) = self.sent_at else { return self.timestamp };
        let passed = at.saturating_sub(before) * u64::from(self.clock_rate) / 1_000;
        self.timestamp.wrapping_add(u32::try_from(passed).unwrap_or(u32::MAX).max(least))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Own,
        Relay(u32),
        Change,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![Just(Step::Own), (0u32..3).prop_map(Step::Relay), Just(Step::Change)]
    }

    proptest! {
        /// One SSRC, sequence without gaps, timestamps that only rise, under any change of source.
        #[test]
        fn the_stream_is_continuous(steps in proptest::collection::vec(step(), 1..200), sequence: u16, timestamp: u32) {
            let mut out = OutStream::new(9, sequence, timestamp, 8_000);
            let mut theirs = [(65_530u16, u32::MAX - 300); 3];
            let mut last: Option<Header> = None;
            let mut at = 1_000;
            for step in steps {
                at += 20;
                let header = match step {
                    Step::Own => out.own(8, 160, 160, at),
                    Step::Relay(which) => {
                        let (sequence, timestamp) = &mut theirs[which as usize];
                        *sequence = sequence.wrapping_add(1);
                        *timestamp = timestamp.wrapping_add(160);
                        let packet = Packet { marker: false, payload_type: 8, sequence: *sequence,
                            timestamp: *timestamp, ssrc: which, payload: &[0; 160] };
                        out.change_source_if(which, &packet);
                        out.relay(&packet, 8, at)
                    }
                    Step::Change => { out.change_source(); continue; }
                };
                prop_assert_eq!(header.ssrc, 9);
                if let Some(last) = last {
                    prop_assert_eq!(header.sequence, last.sequence.wrapping_add(1));
                    let advance = header.timestamp.wrapping_sub(last.timestamp);
                    prop_assert!((160..1 << 31).contains(&advance), "advance {}", advance);
                }
                last = Some(header);
            }
        }
    }

    #[test]
    fn a_press_has_one_timestamp_and_the_sound_goes_on_behind_it() {
        let mut out = OutStream::new(9, 10, 1_000, 8_000);
        out.own(8, 160, 160, 0);
        out.change_source();
        let press: Vec<Header> = (0..3).map(|_| out.event(101, 4, 20)).collect();
        out.change_source();
        let after = out.own(8, 160, 160, 20);
        let brief = |header: &Header| (header.marker, header.sequence, header.timestamp);
        assert_eq!(
            press.iter().map(brief).collect::<Vec<_>>(),
            [(true, 12, 1_160), (false, 13, 1_160), (false, 14, 1_160)]
        );
        assert_eq!(brief(&after), (true, 15, 1_320));
    }

    impl OutStream {
        /// In the test a stream that was not heard for a while is a new source, as it is in a call.
        fn change_source_if(&mut self, which: u32, packet: &Packet<'_>) {
            if let Source::Relay { ssrc, sequence, .. } = self.source
                && (ssrc != which || packet.sequence.wrapping_add(sequence) != self.sequence.wrapping_add(1))
            {
                self.change_source();
            }
        }
    }
}
