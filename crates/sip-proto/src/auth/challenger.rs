//! The server's side: challenges without state, and the proof of credentials.
//!
//! Invariants: a nonce is a time and a signature over it, so nothing is kept for strangers; every attempt
//! computes one signature and one response, whether the user exists or not.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq as _};

use crate::uri::Uri;

use super::digest::{Question, hex};
use super::parameters::escape;
use super::{Algorithm, Challenge, Credentials, Secret, Staleness};

/// How long a nonce may be used, in seconds.
pub const NONCE_VALIDITY_S: u64 = 60;
/// Hexadecimal digits of the time and of the signature in a nonce.
const NONCE_TIME_DIGITS: usize = 16;
const NONCE_SIGNATURE_DIGITS: usize = 32;

/// Challenges and verifies for one realm of one listener.
#[derive(Clone)]
pub struct Challenger {
    realm: String,
    key: [u8; 32],
    algorithms: Vec<Algorithm>,
}

/// One request with credentials.
#[derive(Debug, Clone, Copy)]
pub struct Attempt<'a> {
    /// Its credentials.
    pub credentials: &'a Credentials,
    /// Its method.
    pub method: &'a str,
    /// Its Request-URI.
    pub request_uri: &'a str,
    /// Where it came from: an address without port, as [`Challenger::challenges`] was told.
    pub source: &'a str,
    /// The time in seconds since 1970.
    pub now_s: u64,
}

/// A proven attempt.
///
/// The same nonce proves again until it is [`NONCE_VALIDITY_S`] old, but only from its source, for the same
/// method and, where the client signs it, the same called user. Who needs more keeps the highest `nonce_count` for each nonce and
/// user and refuses one that does not grow (RFC 7616 3.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// How often the client says it used its nonce; 1 with the first use.
    pub nonce_count: u32,
}

/// Why an attempt proves nothing. Both are answered with a new challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// Wrong password, unknown user, or credentials that answer no challenge of ours.
    #[error("credentials are wrong")]
    Wrong,
    /// The password is right but the nonce is too old, of another source, or signed with another key.
    #[error("nonce is stale")]
    Stale,
}

impl Denied {
    /// What the next challenge says.
    #[must_use]
    pub fn staleness(self) -> Staleness {
        match self {
            Self::Wrong => Staleness::Fresh,
            Self::Stale => Staleness::Stale,
        }
    }
}

impl Challenger {
    /// A challenger for `realm`. `key` is random and secret and should outlive a restart, so that phones do not
    /// see one more challenge. `algorithms` are offered in this order; they are a matter of the listener,
    /// never of the user, whose existence they would give away.
    #[must_use]
    pub fn new(realm: &str, key: [u8; 32], algorithms: &[Algorithm]) -> Self {
        Self { realm: escape(realm), key, algorithms: algorithms.to_vec() }
    }

    /// The challenges of one 401 or 407, one header each, best first. `source` is the address of the asker
    /// without port (a NAT may change it); `now_s` the time in seconds since 1970.
    #[must_use]
    pub fn challenges(&self, source: &str, now_s: u64, staleness: Staleness) -> Vec<Challenge> {
        let nonce = self.nonce(source, now_s);
        let challenge = |algorithm: &Algorithm| Challenge {
            realm: self.realm.clone(),
            nonce: nonce.clone(),
            algorithm: Some(*algorithm),
            opaque: None,
            qop_auth: true,
            staleness,
        };
        self.algorithms.iter().map(challenge).collect()
    }

    /// Whether credentials are meant for this realm; of several, only such are worth verifying.
    #[must_use]
    pub fn is_for_us(&self, credentials: &Credentials) -> bool {
        credentials.realm == self.realm
    }

    /// Proves an attempt against the password of its user. `None` for a user who does not exist: it takes
    /// the same way, against a password nobody has.
    ///
    /// # Errors
    /// Why it proves nothing.
    pub fn verify(&self, attempt: &Attempt<'_>, password: Option<&Secret>) -> Result<Verified, Denied> {
        let credentials = attempt.credentials;
        let algorithm = credentials.algorithm.unwrap_or(Algorithm::Md5);
        let dummy = Secret::new(self.signature(&["nobody", &credentials.username]));
        let question = Question {
            algorithm,
            username: &credentials.username,
            realm: &self.realm,
            nonce: &credentials.nonce,
            method: attempt.method,
            uri: &credentials.uri,
            counted: credentials.counted.as_ref(),
        };
        let response = question.response(password.unwrap_or(&dummy));
        let proven = response.as_bytes().ct_eq(credentials.response.as_bytes());
        let answers_us = self.is_for_us(credentials)
            && self.algorithms.contains(&algorithm)
            && is_same_user(&credentials.uri, attempt.request_uri);
        let known = Choice::from(u8::from(password.is_some() && answers_us));
        // The old form without a count is not accepted: we always ask for qop=auth.
        let counted = credentials.counted.as_ref().filter(|_| bool::from(proven & known));
        let fresh = self.is_fresh(&credentials.nonce, attempt.source, attempt.now_s);
        match counted {
            None => Err(Denied::Wrong),
            Some(_) if !fresh => Err(Denied::Stale),
            Some(counted) => Ok(Verified { nonce_count: counted.nonce_count }),
        }
    }

    fn nonce(&self, source: &str, time_s: u64) -> String {
        let time = format!("{time_s:0NONCE_TIME_DIGITS$x}");
        let signature = self.signature(&["nonce", &time, &self.realm, source]);
        time + &signature
    }

    /// Ours, for this source, and not older than [`NONCE_VALIDITY_S`].
    fn is_fresh(&self, nonce: &str, source: &str, now_s: u64) -> bool {
        let time_s = nonce.get(..NONCE_TIME_DIGITS).and_then(|digits| u64::from_str_radix(digits, 16).ok());
        let time_s = time_s.unwrap_or(0);
        let signed = self.nonce(source, time_s).as_bytes().ct_eq(nonce.as_bytes());
        // A clock that was set back makes nonces of the future; they get a new challenge like old ones.
        let young = now_s.checked_sub(time_s).is_some_and(|age_s| age_s <= NONCE_VALIDITY_S);
        bool::from(signed) && young
    }

    /// 128 bits of HMAC-SHA-256 over the parts, each of which is closed by an octet that stands in none.
    fn signature(&self, parts: &[&str]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        for part in parts {
            mac.update(part.as_bytes());
            mac.update(&[0]);
        }
        let mut signature = hex(&mac.finalize().into_bytes());
        signature.truncate(NONCE_SIGNATURE_DIGITS);
        signature
    }
}

/// Whether the digest covers the user that is called (RFC 7616 3.4.6). Hosts and parameters may differ: edge
/// proxies rewrite them on the way. A client that signs no user at all (SIPp) is bound by source and method.
fn is_same_user(signed: &str, requested: &str) -> bool {
    let (Ok(signed), Ok(requested)) = (Uri::parse(signed), Uri::parse(requested)) else {
        return signed == requested;
    };
    let user =
        |uri: &Uri<'_>| uri.user_decoded().map(|user| user.split(';').next().unwrap_or_default().to_owned());
    signed.user.is_none() || user(&signed) == user(&requested)
}
