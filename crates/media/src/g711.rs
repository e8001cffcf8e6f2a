//! G.711 A-law and mu-law (ITU-T G.711), both ways.

/// One of the two laws.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Law {
    /// PCMA, payload type 8.
    A,
    /// PCMU, payload type 0.
    Mu,
}

impl Law {
    /// Static payload type (RFC 3551 6).
    pub const fn payload_type(self) -> u8 {
        match self {
            Law::A => 8,
            Law::Mu => 0,
        }
    }

    /// One sample of 16 bits to an octet.
    pub const fn encode(self, sample: i16) -> u8 {
        match self {
            Law::A => encode_a(sample),
            Law::Mu => encode_mu(sample),
        }
    }

    /// An octet to a sample of 16 bits.
    pub const fn decode(self, octet: u8) -> i16 {
        match self {
            Law::A => decode_a(octet),
            Law::Mu => decode_mu(octet),
        }
    }

    /// Rewrites octets of this law as those of the other, for two phones that share neither.
    pub fn recode(self, octets: &[u8], out: &mut Vec<u8>) {
        let table = match self {
            Law::A => &A_TO_MU,
            Law::Mu => &MU_TO_A,
        };
        out.clear();
        out.extend(octets.iter().map(|octet| table[usize::from(*octet)]));
    }

    /// Silence.
    pub const fn silence(self) -> u8 {
        self.encode(0)
    }
}

const A_TO_MU: [u8; 256] = table(Law::A, Law::Mu);
const MU_TO_A: [u8; 256] = table(Law::Mu, Law::A);

const fn table(from: Law, to: Law) -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = to.encode(from.decode(octet as u8));
        octet += 1;
    }
    table
}

const fn encode_a(sample: i16) -> u8 {
    // 13 bits, sign and magnitude; negative values are moved by one so that both halves are alike.
    let (sign, magnitude) = if sample >= 0 { (0x80, sample >> 3) } else { (0, !sample >> 3) };
    let magnitude = magnitude as u16;
    let segment = if magnitude < 32 { 0 } else { 11 - magnitude.leading_zeros() as u16 };
    let shift = if segment == 0 { 1 } else { segment };
    let low = (magnitude >> shift) & 0x0f;
    (((segment as u8) << 4) | low as u8 | sign) ^ 0x55
}

const fn decode_a(octet: u8) -> i16 {
    let code = octet ^ 0x55;
    let segment = (code >> 4) & 0x07;
    let low = (code & 0x0f) as i16;
    let magnitude = if segment == 0 { (low << 4) + 8 } else { ((low << 4) + 0x108) << (segment - 1) };
    if code & 0x80 != 0 { magnitude } else { -magnitude }
}

const BIAS: i32 = 0x84;
const CLIP: i32 = 32_635;

const fn encode_mu(sample: i16) -> u8 {
    let sample = sample as i32;
    let (sign, mut magnitude) = if sample < 0 { (0x80u8, -sample) } else { (0, sample) };
    if magnitude > CLIP {
        magnitude = CLIP;
    }
    magnitude += BIAS;
    let segment = 24 - (magnitude as u32).leading_zeros() as i32;
    let low = (magnitude >> (segment + 3)) & 0x0f;
    !(sign | ((segment as u8) << 4) | low as u8)
}

const fn decode_mu(octet: u8) -> i16 {
    let code = !octet;
    let segment = (code >> 4) & 0x07;
    let magnitude = ((((code & 0x0f) as i32) << 3) + BIAS) << segment;
    let value = (magnitude - BIAS) as i16;
    if code & 0x80 != 0 { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_survives_a_round_trip() {
        for octet in 0..=255u8 {
            assert_eq!(encode_a(decode_a(octet)), octet, "A-law {octet:#x}");
            // Mu-law has two zeros; they decode alike.
            let mu = encode_mu(decode_mu(octet));
            assert!(mu == octet || (octet == 0x7f && mu == 0xff), "mu-law {octet:#x} {mu:#x}");
        }
    }

    #[test]
    fn recoding_keeps_the_sound() {
        let all: Vec<u8> = (0..=255).collect();
        for (from, to) in [(Law::A, Law::Mu), (Law::Mu, Law::A)] {
            let mut out = Vec::new();
            from.recode(&all, &mut out);
            for (octet, recoded) in all.iter().zip(&out) {
                let (before, after) = (i32::from(from.decode(*octet)), i32::from(to.decode(*recoded)));
                // Half a step of the coarser law.
                assert!((before - after).abs() <= 16 + before.abs() / 16, "{octet}: {before} {after}");
            }
        }
    }

    /// ITU-T G.711 tables 1a and 2a: values at the ends of the segments.
    #[test]
    fn known_values() {
        assert_eq!(decode_a(0xd5), 8);
        assert_eq!(decode_a(0xaa), 32_256);
        assert_eq!(decode_a(0x2a), -32_256);
        assert_eq!(encode_a(0), 0xd5);
        assert_eq!(decode_mu(0x80), 32_124);
        assert_eq!(decode_mu(0xff), 0);
        assert_eq!(encode_mu(0), 0xff);
        assert_eq!(encode_mu(i16::MIN), 0x00);
    }

    #[test]
    fn the_error_of_every_sample_is_below_a_step() {
        for sample in i16::MIN..=i16::MAX {
            for law in [Law::A, Law::Mu] {
                let back = i32::from(law.decode(law.encode(sample)));
                let error = (back - i32::from(sample)).abs();
                let allowed = i32::from(sample).abs() / 16 + 16;
                assert!(error <= allowed.max(16) + 520, "{law:?} {sample}: {back}");
            }
        }
    }
}
