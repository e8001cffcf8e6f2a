//! The value of Authorization and Proxy-Authorization.

use std::fmt;

use super::parameters::{Parameters, write_quoted};
use super::{Algorithm, AuthError};

/// Digest credentials. All texts are as they stand between their quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Who says so; unproven until verified.
    pub username: String,
    /// Realm they are meant for.
    pub realm: String,
    /// The nonce of the challenge.
    pub nonce: String,
    /// The Request-URI as the sender wrote it.
    pub uri: String,
    /// The proof, lower-case hexadecimal.
    pub response: String,
    /// Hash; `None` when the header does not say, which means MD5.
    pub algorithm: Option<Algorithm>,
    /// The challenge's opaque value.
    pub opaque: Option<String>,
    /// Client nonce and count, with `qop=auth`; `None` is the old form without `qop`.
    pub counted: Option<Counted>,
}

/// What `qop=auth` adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The client's own nonce.
    pub cnonce: String,
    /// How often the client used the server's nonce, beginning with 1.
    pub nonce_count: u32,
}

impl Credentials {
    /// Reads the header's value.
    ///
    /// # Errors
    /// What is wrong with it. [`AuthError::NotDigest`] belongs to somebody else's scheme; the others are 400.
    pub fn parse(value: &str) -> Result<Self, AuthError> {
        let parameters = Parameters::parse(value)?;
        let text = |name| parameters.required(name).map(str::to_owned);
        let counted = match parameters.optional("qop")? {
            None => None,
            Some(qop) if qop.eq_ignore_ascii_case("auth") => {
                let count = parameters.required("nc")?;
                // Digits only: `from_str_radix` alone would take a plus sign.
                let hexadecimal =
                    (1..=8).contains(&count.len()) && count.bytes().all(|b| b.is_ascii_hexdigit());
                let nonce_count = u32::from_str_radix(count, 16).ok().filter(|_| hexadecimal);
                Some(Counted {
                    cnonce: text("cnonce")?,
                    nonce_count: nonce_count.ok_or(AuthError::Malformed)?,
                })
            }
            Some(_) => return Err(AuthError::UnsupportedQop),
        };
        Ok(Self {
            username: text("username")?,
            realm: text("realm")?,
            nonce: text("nonce")?,
            uri: text("uri")?,
            response: parameters.required("response")?.to_ascii_lowercase(),
            algorithm: parameters.optional("algorithm")?.map(Algorithm::from_name).transpose()?,
            opaque: parameters.optional("opaque")?.map(str::to_owned),
            counted,
        })
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest username=\"{}\"", self.username)?;
        let quoted = [
            ("realm", &self.realm),
            ("nonce", &self.nonce),
            ("uri", &self.uri),
            ("response", &self.response),
        ];
        quoted.iter().try_for_each(|(name, value)| write_quoted(f, name, Some(value)))?;
        if let Some(algorithm) = self.algorithm {
            write!(f, ", algorithm={}", algorithm.as_str())?;
        }
        write_quoted(f, "opaque", self.opaque.as_deref())?;
        match &self.counted {
            Some(Counted { cnonce, nonce_count }) => {
                write!(f, ", qop=auth, nc={nonce_count:08x}, cnonce=\"{cnonce}\"")
            }
            None => Ok(()),
        }
    }
}
