//! How a received stream goes: loss, order and jitter (RFC 3550 A.1, A.3, A.8).

/// Packets that a stream may lack and still be the same (RFC 3550 A.1).
const DROPOUT_MAX: u16 = 3_000;

/// Figures of one received stream. A new SSRC begins anew, keeping the counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    clock_rate: u32,
    ssrc: u32,
    packets: u64,
    /// Packets of this stream alone.
    own: u64,
    base: u32,
    cycles: u32,
    last: u16,
    /// What follows the last packet was not all shown.
    sampled: bool,
    lost_before: u64,
    transit: Option<i64>,
    /// In 1/16 timestamp units.
    jitter: u64,
}

impl Received {
    /// Nothing received yet. `clock_rate` in Hz.
    pub fn new(clock_rate: u32) -> Received {
        Received {
            clock_rate,
            ssrc: 0,
            packets: 0,
            own: 0,
            base: 0,
            cycles: 0,
            last: 0,
            sampled: false,
            lost_before: 0,
            transit: None,
            jitter: 0,
        }
    }

    /// A packet came at `at` milliseconds.
    pub fn packet(&mut self, ssrc: u32, sequence: u16, timestamp: u32, at: u64) {
        if self.own == 0 || ssrc != self.ssrc {
            self.lost_before = self.lost();
            self.ssrc = ssrc;
            self.own = 0;
            self.cycles = 0;
            self.base = u32::from(sequence);
            self.last = sequence;
            self.transit = None;
            self.sampled = false;
        }
        self.packets += 1;
        self.own += 1;
        let ahead = sequence.wrapping_sub(self.last);
        if std::mem::take(&mut self.sampled) && ahead < 0x8000 {
            let unseen = u64::from(ahead.saturating_sub(1));
            self.packets += unseen;
            self.own += unseen;
            self.transit = None;
        }
        if ahead < 0x8000 {
            if sequence < self.last {
                self.cycles = self.cycles.wrapping_add(0x1_0000);
            }
            self.last = sequence;
        }
        let arrival = i64::try_from(at * u64::from(self.clock_rate) / 1_000).unwrap_or(i64::MAX);
        let transit = arrival.wrapping_sub(i64::from(timestamp));
        if let Some(before) = self.transit {
            let difference = transit.wrapping_sub(before).unsigned_abs();
            // A jump of the sender's clock is no jitter.
            if difference < u64::from(self.clock_rate) * 2 {
                self.jitter = self.jitter + difference - ((self.jitter + 8) >> 4);
            }
        }
        self.transit = Some(transit);
    }

    /// Only a sample of what comes is shown from here on: what lies before the next packet counts as received.
    pub fn sample(&mut self) {
        self.sampled = true;
    }

    /// Whether a packet can be the next of the stream received last, some of which may have been lost.
    pub fn goes_on(&self, ssrc: u32, sequence: u16) -> bool {
        let ahead = sequence.wrapping_sub(self.last);
        self.own > 0 && ssrc == self.ssrc && (1..DROPOUT_MAX).contains(&ahead)
    }

    /// Packets received.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Packets that never came.
    pub fn lost(&self) -> u64 {
        if self.own == 0 {
            return self.lost_before;
        }
        let expected = u64::from(self.highest().wrapping_sub(self.base)) + 1;
        self.lost_before + expected.saturating_sub(self.own)
    }

    /// Extended highest sequence number.
    pub fn highest(&self) -> u32 {
        self.cycles.wrapping_add(u32::from(self.last))
    }

    /// Interarrival jitter in timestamp units.
    pub fn jitter_units(&self) -> u32 {
        u32::try_from(self.jitter >> 4).unwrap_or(u32::MAX)
    }

    /// Interarrival jitter in microseconds.
    pub fn jitter_us(&self) -> u32 {
        let us = (self.jitter >> 4) * 1_000_000 / u64::from(self.clock_rate.max(1));
        u32::try_from(us).unwrap_or(u32::MAX)
    }

    /// The stream received last.
    pub fn ssrc(&self) -> u32 {
        self.ssrc
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_counts_over_the_wrap_and_not_for_late_packets() {
        let mut received = Received::new(8_000);
        for sequence in [65_534u16, 65_535, 1, 0, 3] {
            received.packet(1, sequence, 0, 0);
        }
        assert_eq!((received.packets(), received.lost()), (5, 1));
        received.packet(2, 500, 0, 0);
        received.packet(2, 502, 0, 0);
        assert_eq!((received.packets(), received.lost()), (7, 2), "a new stream keeps the counts");
    }

    #[test]
    fn what_lies_between_samples_counts_as_received_and_what_is_lost_before_and_after_as_lost() {
        let mut received = Received::new(8_000);
        received.packet(1, 65_530, 0, 0);
        received.packet(1, 65_532, 0, 0);
        received.sample();
        for sequence in [0, 16, 32] {
            received.packet(1, sequence, 0, 0);
            received.sample();
        }
        // All is shown from here on; the first packet after the last sample is 40.
        received.packet(1, 40, 0, 0);
        received.packet(1, 42, 0, 0);
        assert_eq!((received.packets(), received.lost()), (47, 2));
        received.sample();
        received.packet(2, 5, 0, 0);
        assert_eq!((received.packets(), received.lost()), (48, 2), "a new stream begins anew");
    }

    #[test]
    fn a_stream_goes_on_by_its_source_and_its_numbers() {
        let mut received = Received::new(8_000);
        assert!(!received.goes_on(1, 65_535), "nothing has begun");
        received.packet(1, 65_530, 0, 0);
        assert!(received.goes_on(1, 65_531) && received.goes_on(1, 20));
        assert!(!received.goes_on(1, 65_530) && !received.goes_on(1, 65_000) && !received.goes_on(1, 9_000));
        assert!(!received.goes_on(2, 65_531));
    }

    #[test]
    fn even_arrival_has_no_jitter_and_uneven_has() {
        let mut even = Received::new(8_000);
        let mut uneven = Received::new(8_000);
        for n in 0u16..200 {
            let at = u64::from(n) * 20;
            even.packet(1, n, u32::from(n) * 160, at);
            uneven.packet(1, n, u32::from(n) * 160, at + u64::from(n % 2) * 10);
        }
        assert_eq!(even.jitter_us(), 0);
        assert!((9_000..=10_000).contains(&uneven.jitter_us()), "{}", uneven.jitter_us());
    }
}
