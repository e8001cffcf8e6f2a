//! Tags, branches and Call-IDs from a seed.
//!
//! SipHash-2-4 over a counter: whoever sees some tokens cannot foretell the next, which a plain
//! generator would allow, and a tag is what keeps strangers out of a dialog (RFC 3261 19.3).

use std::fmt::Write;

/// A source of unforeseeable names. Same seed, same names.
#[derive(Clone, Debug)]
pub struct Tokens {
    key: (u64, u64),
    drawn: u64,
}

impl Tokens {
    /// A source from 128 bits of seed; the seed must be secret and differ from start to start.
    pub fn new(seed: u128) -> Self {
        Tokens { key: ((seed >> 64) as u64, seed as u64), drawn: 0 }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.drawn += 1;
        let mut text = *b"draw\0\0\0\0\0\0\0\0";
        text[4..].copy_from_slice(&self.drawn.to_le_bytes());
        sip_hash(self.key, &text)
    }

    /// A number from 0 to `bound - 1`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// A From or To tag: 13 letters and digits, 64 bits of chance (RFC 3261 19.3 asks for 32).
    pub fn tag(&mut self) -> String {
        text(self.next_u64())
    }

    /// A branch with the magic cookie (RFC 3261 8.1.1.7).
    pub fn branch(&mut self) -> String {
        let mut branch = String::with_capacity(20);
        branch.push_str("z9hG4bK");
        push(&mut branch, self.next_u64());
        branch
    }

    /// A Call-ID without a host part: 26 letters and digits (RFC 3261 8.1.1.4 lets the host out).
    pub fn call_id(&mut self) -> String {
        let mut call_id = String::with_capacity(26);
        push(&mut call_id, self.next_u64());
        push(&mut call_id, self.next_u64());
        call_id
    }

    /// A number that is the same for the same parts and that nobody outside can foretell.
    pub fn hash_of(&self, parts: &[&str]) -> u64 {
        let mut hashed = self.key.1;
        for part in parts {
            hashed = sip_hash((self.key.0, hashed), part.as_bytes());
        }
        hashed
    }

    /// A tag that is the same for the same parts, so that an answer given without state repeats
    /// its To tag (RFC 3261 8.2.7).
    pub fn tag_of(&self, parts: &[&str]) -> String {
        let key = (self.key.0 ^ 0x746f_2d74_6167, self.key.1);
        let mut joined = Vec::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
        for part in parts {
            joined.extend_from_slice(part.as_bytes());
            joined.push(0);
        }
        text(sip_hash(key, &joined))
    }
}

fn text(value: u64) -> String {
    let mut text = String::with_capacity(13);
    push(&mut text, value);
    text
}

/// Base 32 in lower case: 13 characters for 64 bits.
fn push(out: &mut String, value: u64) {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
    for place in (0..13).rev() {
        let digit = (value >> (place * 5)) & 31;
        out.write_char(char::from(DIGITS[digit as usize])).expect("a String takes every character");
    }
}

/// SipHash-2-4 (Aumasson and Bernstein, 2012) over a text.
fn sip_hash(key: (u64, u64), text: &[u8]) -> u64 {
    let mut v = [
        key.0 ^ 0x736f_6d65_7073_6575,
        key.1 ^ 0x646f_7261_6e64_6f6d,
        key.0 ^ 0x6c79_6765_6e65_7261,
        key.1 ^ 0x7465_6462_7974_6573,
    ];
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        absorb(&mut v, u64::from_le_bytes(*word));
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    // The eighth octet is the length, modulo 256.
    last[7] = text.len() as u8;
    absorb(&mut v, u64::from_le_bytes(last));
    v[2] ^= 0xff;
    for _ in 0..4 {
        round(&mut v);
    }
    v[0] ^ v[1] ^ v[2] ^ v[3]
}

fn absorb(v: &mut [u64; 4], word: u64) {
    v[3] ^= word;
    round(v);
    round(v);
    v[0] ^= word;
}

fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].wrapping_add(v[3]);
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].wrapping_add(v[1]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[2] = v[2].rotate_left(32);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siphash_gives_the_authors_vector() {
        let key = (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
        let input: Vec<u8> = (0..15).collect();
        assert_eq!(sip_hash(key, &input), 0xa129_ca61_49be_45e5);
    }

    #[test]
    fn names_repeat_with_the_seed_only() {
        let (mut one, mut same, mut other) = (Tokens::new(7), Tokens::new(7), Tokens::new(8));
        assert_eq!(one.branch(), same.branch());
        assert_ne!(one.tag(), other.tag());
        assert_eq!(one.tag_of(&["a", "b"]), same.tag_of(&["a", "b"]));
        assert_ne!(one.tag_of(&["a", "b"]), one.tag_of(&["ab", ""]));
    }
}
