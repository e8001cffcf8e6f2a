//! Reason (RFC 3326): why a request was sent, such as the CANCEL of a call another member answered.

use std::fmt;

use super::scan;
use super::{HeaderError, Parameter};

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Whose code it is: `SIP`, `Q.850`, `preemption` or another token.
    pub protocol: String,
    /// The code.
    pub cause: Option<u16>,
    /// Text for people.
    pub text: Option<String>,
    /// All other parameters.
    pub parameters: Vec<Parameter>,
}

impl Reason {
    /// A reason with a SIP status code.
    #[must_use]
    pub fn sip(cause: u16, text: &str) -> Self {
        Self {
            protocol: "SIP".to_owned(),
            cause: Some(cause),
            text: Some(text.to_owned()),
            parameters: Vec::new(),
        }
    }

    /// For the CANCEL and BYE of legs that another device took; keeps "missed call" off their lists (req V-34).
    #[must_use]
    pub fn answered_elsewhere() -> Self {
        Self::sip(200, "answered elsewhere")
    }

    /// The call was taken by another device, whatever words say so.
    #[must_use]
    pub fn is_answered_elsewhere(&self) -> bool {
        self.protocol.eq_ignore_ascii_case("SIP") && self.cause == Some(200)
    }

    /// Reads the header's list.
    ///
    /// # Errors
    /// What is wrong with it; no request is refused for it.
    pub fn parse(value: &str) -> Result<Vec<Self>, HeaderError> {
        scan::list(value)?.into_iter().map(Self::entry).collect()
    }

    fn entry(entry: &str) -> Result<Self, HeaderError> {
        let end = entry.find(';').unwrap_or(entry.len());
        let (protocol, rest) = entry.split_at(end);
        let protocol = scan::trim(protocol);
        if !scan::is_token(protocol) {
            return Err(HeaderError::BadValue);
        }
        let mut parameters = scan::parameters(rest)?;
        let cause = scan::take(&mut parameters, "cause")?;
        Ok(Self {
            protocol: protocol.to_owned(),
            cause: cause.as_deref().map(scan::number).transpose()?,
            text: scan::take(&mut parameters, "text")?,
            parameters,
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.protocol)?;
        if let Some(cause) = self.cause {
            write!(f, ";cause={cause}")?;
        }
        if let Some(text) = &self.text {
            write!(f, ";text={}", scan::quoted(text))?;
        }
        self.parameters.iter().try_for_each(|parameter| parameter.fmt(f))
    }
}
