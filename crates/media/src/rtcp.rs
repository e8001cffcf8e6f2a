//! RTCP: our reports, and what we need of theirs (RFC 3550 6).

use crate::stats::Received;

/// What we say about what we sent and received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Ours.
    pub ssrc: u32,
    /// NTP time, 64 bits (RFC 3550 4).
    pub ntp: u64,
    /// RTP time of the same moment.
    pub timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Payload octets sent.
    pub octets: u32,
}

/// A report of theirs about our stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feedback {
    /// Packets of ours they never got.
    pub lost: u32,
    /// Their jitter, in timestamp units.
    pub jitter: u32,
}

/// Writes a sender report with one block about `received`, and our name.
pub fn write(out: &mut Vec<u8>, report: Report, received: Option<&Received>) {
    out.clear();
    let blocks = u8::from(received.is_some());
    out.extend_from_slice(&[0x80 | blocks, 200]);
    out.extend_from_slice(&(6 + u16::from(blocks) * 6).to_be_bytes());
    out.extend_from_slice(&report.ssrc.to_be_bytes());
    out.extend_from_slice(&report.ntp.to_be_bytes());
    out.extend_from_slice(&report.timestamp.to_be_bytes());
    out.extend_from_slice(&report.packets.to_be_bytes());
    out.extend_from_slice(&report.octets.to_be_bytes());
    if let Some(received) = received {
        out.extend_from_slice(&received.ssrc().to_be_bytes());
        let lost = u32::try_from(received.lost()).unwrap_or(u32::MAX).min(0x007f_ffff);
        out.extend_from_slice(&lost.to_be_bytes());
        out.extend_from_slice(&received.highest().to_be_bytes());
        out.extend_from_slice(&received.jitter_units().to_be_bytes());
        out.extend_from_slice(&[0; 8]);
    }
    // SDES with a CNAME that tells nothing about anybody.
    let name = format!("{:08x}", report.ssrc);
    let items = 2 + name.len() + 1;
    let padded = items.next_multiple_of(4);
    out.extend_from_slice(&[0x81, 202]);
    let words = u16::try_from(1 + padded / 4).unwrap_or(u16::MAX);
    out.extend_from_slice(&words.to_be_bytes());
    out.extend_from_slice(&report.ssrc.to_be_bytes());
    out.push(1);
    out.push(u8::try_from(name.len()).unwrap_or(0));
    out.extend_from_slice(name.as_bytes());
    out.resize(out.len() + padded - items + 1, 0);
}

/// Reads what a compound packet says about the stream `ssrc`.
pub fn feedback(octets: &[u8], ssrc: u32) -> Option<Feedback> {
    let mut rest = octets;
    while let Some((head, _)) = rest.split_first_chunk::<4>() {
        let size = (usize::from(u16::from_be_bytes([head[2], head[3]])) + 1) * 4;
        let packet = rest.get(..size)?;
        let first = match head[1] {
            200 => 28,
            201 => 8,
            _ => size,
        };
        for at in (0..usize::from(head[0] & 0x1f)).map(|block| first + block * 24) {
            let Some(block) = packet.get(at..at + 24) else { break };
            let word =
                |at: usize| u32::from_be_bytes([block[at], block[at + 1], block[at + 2], block[at + 3]]);
            if word(0) == ssrc {
                return Some(Feedback { lost: word(4) & 0x00ff_ffff, jitter: word(12) });
            }
        }
        rest = &rest[size..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_ours_is_feedback_to_them() {
        let mut received = Received::new(8_000);
        for (sequence, at) in [(1u16, 0u64), (2, 20), (5, 80)] {
            received.packet(77, sequence, u32::from(sequence) * 160, at);
        }
        let mut out = Vec::new();
        let report = Report { ssrc: 5, ntp: 1, timestamp: 2, packets: 3, octets: 4 };
        write(&mut out, report, Some(&received));
        assert_eq!(out.len() % 4, 0);
        assert_eq!(feedback(&out, 77), Some(Feedback { lost: 2, jitter: 0 }));
        assert_eq!(feedback(&out, 78), None);
        for cut in 0..out.len() {
            let _ = feedback(&out[..cut], 77);
        }
    }
}
