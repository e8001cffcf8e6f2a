//! Headers that say how a call came and who is in it: diversion marks, identities, privacy, reasons, warnings.
//!
//! Invariants: what was parsed writes back to a text that parses to the same value; no control character gets
//! into or out of a value; lists hold at most [`ENTRIES_MAX`] entries. A header that stands several times is
//! read by joining its values with commas (RFC 3261 7.3.1).

mod diversion;
mod history_info;
mod identity;
mod marks;
mod reason;
mod replaces;
mod scan;
mod warning;

use std::fmt;

use crate::uri::Uri;

pub use diversion::{Diversion, DiversionPrivacy, DiversionReason, Screening};
pub use history_info::{HistoryEntry, HistoryIndex, Retargeted};
pub use identity::{Privacy, PrivacyValue, parse_identities};
pub use marks::{
    Diverted, add_history, diversion_count, diversions_from_history, history_from_diversions, received,
};
pub use reason::Reason;
pub use replaces::{ReferTarget, Replaces};
pub use warning::Warning;

/// Longest value that is read, in octets; several headers joined count as one.
pub const VALUE_MAX: usize = 8_192;
/// Most entries in one list.
pub const ENTRIES_MAX: usize = 32;
/// Most parameters of one entry.
pub const PARAMETERS_MAX: usize = 32;

/// A party in a header: `"Name" <uri>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Display name, decoded.
    pub display: Option<String>,
    /// The URI as written: `sip:`, `sips:`, `tel:` or any other scheme; no spaces, no brackets.
    pub uri: String,
}

/// A parameter nobody here has a field for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Name as written.
    pub name: String,
    /// Value as written, with its quotes.
    pub value: Option<String>,
}

/// Why a value cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Longer than [`VALUE_MAX`].
    #[error("header value longer than 8192 octets")]
    TooLong,
    /// More than [`ENTRIES_MAX`] entries.
    #[error("more than 32 entries in a header")]
    TooManyEntries,
    /// More than [`PARAMETERS_MAX`] parameters.
    #[error("more than 32 parameters in a header entry")]
    TooManyParameters,
    /// No entry at all.
    #[error("header without entries")]
    Empty,
    /// A quote or bracket that is not closed, or one where none may stand.
    #[error("quotes or brackets in a header do not close")]
    Unbalanced,
    /// An address that is none.
    #[error("address in a header cannot be read")]
    BadAddress,
    /// A parameter that is none, or whose value cannot be meant.
    #[error("parameter in a header cannot be read")]
    BadParameter,
    /// Not what this header holds.
    #[error("header value cannot be read")]
    BadValue,
}

impl Address {
    /// An address without a display name.
    #[must_use]
    pub fn new(uri: impl Into<String>) -> Self {
        Self { display: None, uri: uri.into() }
    }

    /// Reads one address: `"Name" <uri>`, `Name <uri>`, `<uri>` or a bare URI. Parameters behind it are an error.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(value: &str) -> Result<Self, HeaderError> {
        let (address, rest) = scan::address(scan::checked(value)?)?;
        if rest.is_empty() { Ok(address) } else { Err(HeaderError::BadAddress) }
    }

    /// The part of the URI that names the party: what stands before its parameters and headers.
    #[must_use]
    pub fn core(&self) -> &str {
        cut(&self.uri).0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.display {
            write!(f, "{} ", scan::quoted(display))?;
        }
        write!(f, "<{}>", self.uri)
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, ";{}={value}", self.name),
            None => write!(f, ";{}", self.name),
        }
    }
}

/// One header value out of a list's entries.
#[must_use]
pub fn join<T: fmt::Display>(entries: &[T]) -> String {
    let mut value = String::new();
    for entry in entries {
        if !value.is_empty() {
            value.push_str(", ");
        }
        value.push_str(&entry.to_string());
    }
    value
}

/// A URI in three parts: what names the party, the parameters with their semicolons, the headers behind `?`.
/// A user part may hold semicolons and question marks of its own.
fn cut(uri: &str) -> (&str, &str, Option<&str>) {
    let Ok(parsed) = Uri::parse(uri) else { return (uri, "", None) };
    let (params, headers) = (parsed.params().as_str(), parsed.headers());
    let end = uri.len() - headers.map_or(0, |headers| headers.len() + 1);
    (&uri[..end - params.len()], params, headers)
}
