//! Digest authentication (RFC 7616 as RFC 8760 brings it to SIP): MD5 and SHA-256, `qop=auth`.
//!
//! Invariants: a password never prints; the server side keeps no state; an unknown user and a wrong password
//! take the same path and look the same. Chance and time come in as arguments.

mod challenge;
mod challenger;
mod credentials;
mod digest;
mod parameters;

use std::fmt;
use std::sync::Arc;

pub use challenge::{Challenge, Login, Staleness, choose};
pub use challenger::{Attempt, Challenger, Denied, NONCE_VALIDITY_S, Verified};
pub use credentials::{Counted, Credentials};

/// Longest header value that is read, in octets.
pub const VALUE_MAX: usize = 4_096;
/// Most parameters in one header value.
pub const PARAMETERS_MAX: usize = 32;

/// Hash of a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// RFC 2617's, which every phone knows.
    Md5,
    /// RFC 8760.
    Sha256,
}

/// A password. It does not print and is not compared except through a digest.
#[derive(Clone)]
pub struct Secret(Arc<str>);

/// Why a challenge or credentials cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Longer than [`VALUE_MAX`].
    #[error("authentication header longer than 4096 octets")]
    TooLong,
    /// More than [`PARAMETERS_MAX`] parameters.
    #[error("more than 32 authentication parameters")]
    TooManyParameters,
    /// Another scheme than Digest.
    #[error("authentication scheme is not Digest")]
    NotDigest,
    /// Not a list of parameters.
    #[error("authentication parameters cannot be read")]
    Malformed,
    /// The same parameter twice.
    #[error("authentication parameter {0} stands twice")]
    Repeated(&'static str),
    /// A parameter is missing.
    #[error("authentication parameter {0} is missing")]
    Missing(&'static str),
    /// An algorithm other than MD5 and SHA-256.
    #[error("digest algorithm is not supported")]
    UnsupportedAlgorithm,
    /// A quality of protection other than `auth`.
    #[error("quality of protection is not supported")]
    UnsupportedQop,
}

impl Algorithm {
    /// The name in headers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    fn from_name(name: &str) -> Result<Self, AuthError> {
        [Self::Md5, Self::Sha256]
            .into_iter()
            .find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(name))
            .ok_or(AuthError::UnsupportedAlgorithm)
    }
}

impl Secret {
    /// Wraps a password.
    #[must_use]
    pub fn new(password: impl Into<Arc<str>>) -> Self {
        Self(password.into())
    }

    fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}
