//! P-Asserted-Identity (RFC 3325) and Privacy (RFC 3323): who calls, and whether that may be shown.

use std::fmt;

use super::scan;
use super::{Address, HeaderError};

/// What a party asks to be hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Privacy(pub Vec<PrivacyValue>);

/// One wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivacyValue {
    /// `header`: Via, Contact and the like.
    Header,
    /// `session`: the addresses in SDP.
    Session,
    /// `user`: From and what else the user wrote.
    User,
    /// `none`: no network may hide anything.
    None,
    /// `critical`: refuse rather than show.
    Critical,
    /// `id`: P-Asserted-Identity (RFC 3325).
    Id,
    /// `history`: History-Info (RFC 7044).
    History,
    /// Any other word.
    Other(String),
}

/// Reads the addresses of P-Asserted-Identity, `sip:` and `tel:` alike. Believed only from trusted sides.
///
/// # Errors
/// What is wrong with the value; it is then left out.
pub fn parse_identities(value: &str) -> Result<Vec<Address>, HeaderError> {
    scan::list(value)?.into_iter().map(Address::parse).collect()
}

impl Privacy {
    /// Reads the header's value.
    ///
    /// # Errors
    /// What is wrong with it. Whoever cannot read it should hide the caller: that is the safe guess.
    pub fn parse(value: &str) -> Result<Self, HeaderError> {
        let mut values = Vec::new();
        // RFC 3323 separates by semicolons; commas come from headers that were joined.
        for word in scan::checked(value)?.split([';', ',']).map(scan::trim).filter(|word| !word.is_empty()) {
            if values.len() == super::ENTRIES_MAX {
                return Err(HeaderError::TooManyEntries);
            }
            if !scan::is_token(word) {
                return Err(HeaderError::BadValue);
            }
            values.push(PrivacyValue::from_word(word));
        }
        if values.is_empty() { Err(HeaderError::Empty) } else { Ok(Self(values)) }
    }

    /// The caller's number and name must not be shown to the called party or an untrusted side.
    #[must_use]
    pub fn hides_caller(&self) -> bool {
        let hiding = [PrivacyValue::Id, PrivacyValue::User, PrivacyValue::Header];
        self.0.iter().any(|value| hiding.contains(value))
    }
}

impl PrivacyValue {
    fn as_str(&self) -> &str {
        match self {
            Self::Header => "header",
            Self::Session => "session",
            Self::User => "user",
            Self::None => "none",
            Self::Critical => "critical",
            Self::Id => "id",
            Self::History => "history",
            Self::Other(word) => word,
        }
    }

    fn from_word(word: &str) -> Self {
        let known =
            [Self::Header, Self::Session, Self::User, Self::None, Self::Critical, Self::Id, Self::History];
        let known = known.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(word));
        known.unwrap_or_else(|| Self::Other(word.to_owned()))
    }
}

impl fmt::Display for Privacy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, value) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_str(";")?;
            }
            f.write_str(value.as_str())?;
        }
        Ok(())
    }
}
