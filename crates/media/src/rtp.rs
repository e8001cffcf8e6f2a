//! RTP headers (RFC 3550 5.1), read in place and written in place.

/// Octets of a header without contributors and extension.
pub const HEADER_SIZE: usize = 12;

/// A packet, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Begins a talk spurt.
    pub marker: bool,
    /// 0-127.
    pub payload_type: u8,
    /// Rises by one per packet, with wrap.
    pub sequence: u16,
    /// In units of the codec's clock, with wrap.
    pub timestamp: u32,
    /// The sender's stream.
    pub ssrc: u32,
    /// Without padding.
    pub payload: &'a [u8],
}

impl<'a> Packet<'a> {
    /// Reads one packet; `None` when it is none. RTCP on the same port is told apart by its packet types
    /// (RFC 5761 4).
    pub fn read(octets: &'a [u8]) -> Option<Packet<'a>> {
        let (head, _) = octets.split_first_chunk::<HEADER_SIZE>()?;
        if head[0] >> 6 != 2 || (192..=223).contains(&head[1]) {
            return None;
        }
        let contributors = usize::from(head[0] & 0x0f);
        let mut start = HEADER_SIZE + contributors * 4;
        if head[0] & 0x10 != 0 {
            let extension = octets.get(start..start + 4)?;
            start += 4 + usize::from(u16::from_be_bytes([extension[2], extension[3]])) * 4;
        }
        let mut end = octets.len();
        if head[0] & 0x20 != 0 {
            end = end.checked_sub(usize::from(*octets.last()?))?;
        }
        Some(Packet {
            marker: head[1] & 0x80 != 0,
            payload_type: head[1] & 0x7f,
            sequence: u16::from_be_bytes([head[2], head[3]]),
            timestamp: u32::from_be_bytes([head[4], head[5], head[6], head[7]]),
            ssrc: u32::from_be_bytes([head[8], head[9], head[10], head[11]]),
            payload: octets.get(start..end)?,
        })
    }
}

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// Begins a talk spurt.
    pub marker: bool,
    /// 0-127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp.
    pub timestamp: u32,
    /// Stream.
    pub ssrc: u32,
}

/// Writes a packet into `out`, which is emptied first.
pub fn write(out: &mut Vec<u8>, header: Header, payload: &[u8]) {
    out.clear();
    out.push(0x80);
    out.push((u8::from(header.marker) << 7) | (header.payload_type & 0x7f));
    out.extend_from_slice(&header.sequence.to_be_bytes());
    out.extend_from_slice(&header.timestamp.to_be_bytes());
    out.extend_from_slice(&header.ssrc.to_be_bytes());
    out.extend_from_slice(payload);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(
            marker: bool, payload_type in 0u8..64, sequence: u16, timestamp: u32, ssrc: u32,
            payload in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            let mut out = Vec::new();
            write(&mut out, Header { marker, payload_type, sequence, timestamp, ssrc }, &payload);
            let packet = Packet::read(&out).unwrap();
            prop_assert_eq!(packet, Packet { marker, payload_type, sequence, timestamp, ssrc, payload: &payload });
        }

        #[test]
        fn any_octets_read_without_panic(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Packet::read(&octets);
        }
    }

    #[test]
    fn extension_and_padding_are_no_payload() {
        let mut octets = vec![0xb1, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        octets.extend([0, 0, 0, 9]);
        octets.extend([0xbe, 0xde, 0, 1, 1, 2, 3, 4]);
        octets.extend([7, 7, 7, 0, 2]);
        assert_eq!(Packet::read(&octets).unwrap().payload, [7, 7, 7]);
        assert_eq!(Packet::read(&octets[..20]), None);
    }
}
