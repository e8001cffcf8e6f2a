//! The value of WWW-Authenticate and Proxy-Authenticate, and how a client answers it.

use std::fmt;

use super::digest::Question;
use super::parameters::{Parameters, escape, write_quoted};
use super::{Algorithm, AuthError, Counted, Credentials, Secret};

/// A digest challenge. All texts are as they stand between their quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Realm: whose passwords are meant.
    pub realm: String,
    /// The server's nonce.
    pub nonce: String,
    /// Hash; `None` when the header does not say, which means MD5.
    pub algorithm: Option<Algorithm>,
    /// To be repeated by the client.
    pub opaque: Option<String>,
    /// `qop` lists `auth`. Without it the answer takes the old form.
    pub qop_auth: bool,
    /// What it says about the credentials that were sent before.
    pub staleness: Staleness,
}

/// What a challenge says about earlier credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staleness {
    /// Nothing, or that they were wrong.
    Fresh,
    /// The password was right, only the nonce too old: try again without asking the user.
    Stale,
}

/// What a client answers a challenge with.
#[derive(Debug, Clone, Copy)]
pub struct Login<'a> {
    /// User name.
    pub username: &'a str,
    /// Password.
    pub password: &'a Secret,
    /// Method of the request that is sent again.
    pub method: &'a str,
    /// Its Request-URI as it will be written.
    pub uri: &'a str,
    /// Fresh chance, at least 64 bits as letters and digits.
    pub cnonce: &'a str,
    /// How often this nonce is used, beginning with 1.
    pub nonce_count: u32,
}

/// The challenge to answer: the first one we support, because the server orders them by preference
/// (RFC 8760 2.3). `values` are those of all challenge headers of one kind. `None`: none is for us.
#[must_use]
pub fn choose<'a>(values: impl IntoIterator<Item = &'a str>) -> Option<Challenge> {
    values.into_iter().find_map(|value| Challenge::parse(value).ok())
}

impl Challenge {
    /// Reads the header's value.
    ///
    /// # Errors
    /// What is wrong with it, or that it asks for something we cannot do.
    pub fn parse(value: &str) -> Result<Self, AuthError> {
        let parameters = Parameters::parse(value)?;
        let qop_auth = match parameters.optional("qop")? {
            None => false,
            Some(list) if list.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth")) => true,
            Some(_) => return Err(AuthError::UnsupportedQop),
        };
        let stale = parameters.optional("stale")?.is_some_and(|stale| stale.eq_ignore_ascii_case("true"));
        Ok(Self {
            realm: parameters.required("realm")?.to_owned(),
            nonce: parameters.required("nonce")?.to_owned(),
            algorithm: parameters.optional("algorithm")?.map(Algorithm::from_name).transpose()?,
            opaque: parameters.optional("opaque")?.map(str::to_owned),
            qop_auth,
            staleness: if stale { Staleness::Stale } else { Staleness::Fresh },
        })
    }

    /// The credentials that answer it.
    #[must_use]
    pub fn answer(&self, login: &Login<'_>) -> Credentials {
        let username = escape(login.username);
        let uri = escape(login.uri);
        let counted = Counted { cnonce: escape(login.cnonce), nonce_count: login.nonce_count };
        let counted = self.qop_auth.then_some(counted);
        let question = Question {
            algorithm: self.algorithm.unwrap_or(Algorithm::Md5),
            username: &username,
            realm: &self.realm,
            nonce: &self.nonce,
            method: login.method,
            uri: &uri,
            counted: counted.as_ref(),
        };
        Credentials {
            response: question.response(login.password),
            username,
            realm: self.realm.clone(),
            nonce: self.nonce.clone(),
            uri,
            algorithm: self.algorithm,
            opaque: self.opaque.clone(),
            counted,
        }
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest realm=\"{}\", nonce=\"{}\"", self.realm, self.nonce)?;
        if let Some(algorithm) = self.algorithm {
            write!(f, ", algorithm={}", algorithm.as_str())?;
        }
        write_quoted(f, "opaque", self.opaque.as_deref())?;
        write_quoted(f, "qop", self.qop_auth.then_some("auth"))?;
        match self.staleness {
            Staleness::Fresh => Ok(()),
            Staleness::Stale => f.write_str(", stale=true"),
        }
    }
}
