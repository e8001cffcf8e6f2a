//! The hashes of RFC 7616 3.4, in lower-case hexadecimal.

use std::fmt::Write as _;

use md5::Md5;
use sha2::{Digest as _, Sha256};

use super::{Algorithm, Counted, Secret};

/// What a response is computed over, besides the password.
pub(super) struct Question<'a> {
    pub(super) algorithm: Algorithm,
    pub(super) username: &'a str,
    pub(super) realm: &'a str,
    pub(super) nonce: &'a str,
    pub(super) method: &'a str,
    pub(super) uri: &'a str,
    /// `None`: the form without `qop`.
    pub(super) counted: Option<&'a Counted>,
}

impl Question<'_> {
    /// The response that proves the password.
    pub(super) fn response(&self, password: &Secret) -> String {
        let hash = |parts: &[&str]| hash(self.algorithm, parts);
        let secret = hash(&[self.username, self.realm, password.expose()]);
        let request = hash(&[self.method, self.uri]);
        match self.counted {
            Some(Counted { cnonce, nonce_count }) => {
                hash(&[&secret, self.nonce, &format!("{nonce_count:08x}"), cnonce, "auth", &request])
            }
            None => hash(&[&secret, self.nonce, &request]),
        }
    }
}

/// Octets as lower-case hexadecimal digits.
pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        write!(text, "{octet:02x}").expect("writing to a string cannot fail");
        text
    })
}

/// Hash of the parts with a colon between them.
fn hash(algorithm: Algorithm, parts: &[&str]) -> String {
    let text = parts.join(":");
    match algorithm {
        Algorithm::Md5 => hex(&Md5::digest(text.as_bytes())),
        Algorithm::Sha256 => hex(&Sha256::digest(text.as_bytes())),
    }
}
