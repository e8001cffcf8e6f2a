//! Replaces (RFC 3891), as a header and within the address of a Refer-To (RFC 3515): which dialog is meant.

use std::fmt;

use super::scan;
use super::{HeaderError, Parameter};
use crate::uri::{Uri, decode};

/// Headers that one address may carry.
const URI_HEADERS_MAX: usize = 16;

/// A dialog, named from the side of whoever reads it: `to_tag` is the reader's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaces {
    /// Call-ID of the dialog.
    pub call_id: String,
    /// The reader's tag.
    pub to_tag: String,
    /// The other side's.
    pub from_tag: String,
    /// Only a dialog that is not confirmed is meant.
    pub early_only: bool,
    /// All other parameters.
    pub parameters: Vec<Parameter>,
}

/// What a Refer-To asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferTarget {
    /// The address, without the headers in it.
    pub uri: String,
    /// The dialog whose place the new call is to take.
    pub replaces: Option<Replaces>,
}

impl Replaces {
    /// Reads the one value that a message may have.
    ///
    /// # Errors
    /// What is wrong with it: 400.
    pub fn parse(value: &str) -> Result<Self, HeaderError> {
        let value = scan::checked(value)?;
        let end = value.find(';').unwrap_or(value.len());
        let call_id = scan::trim(&value[..end]);
        let readable = |byte: u8| byte.is_ascii_graphic() && byte != b',' && byte != b';';
        if call_id.is_empty() || !call_id.bytes().all(readable) {
            return Err(HeaderError::BadValue);
        }
        let mut parameters = scan::parameters(&value[end..])?;
        let mut tag = |name: &str| -> Result<String, HeaderError> {
            let tag = scan::take(&mut parameters, name)?.ok_or(HeaderError::BadParameter)?;
            if scan::is_token(&tag) { Ok(tag) } else { Err(HeaderError::BadParameter) }
        };
        let (to_tag, from_tag) = (tag("to-tag")?, tag("from-tag")?);
        let early = |parameter: &Parameter| parameter.name.eq_ignore_ascii_case("early-only");
        let early_only = parameters.iter().any(early);
        parameters.retain(|parameter| !early(parameter));
        Ok(Self { call_id: call_id.to_owned(), to_tag, from_tag, early_only, parameters })
    }
}

impl fmt::Display for Replaces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};to-tag={};from-tag={}", self.call_id, self.to_tag, self.from_tag)?;
        if self.early_only {
            f.write_str(";early-only")?;
        }
        self.parameters.iter().try_for_each(|parameter| parameter.fmt(f))
    }
}

impl ReferTarget {
    /// Reads the address of a Refer-To, as it stands between its brackets.
    ///
    /// # Errors
    /// What is wrong with it; an address that asks for another method than INVITE is `BadValue`.
    pub fn of(uri: &Uri<'_>) -> Result<Self, HeaderError> {
        if uri.param("method").is_some_and(|method| !method.eq_ignore_ascii_case("INVITE")) {
            return Err(HeaderError::BadValue);
        }
        let Some(headers) = uri.headers() else {
            return Ok(Self { uri: uri.as_str().to_owned(), replaces: None });
        };
        let end = uri.as_str().len() - headers.len() - 1;
        let mut replaces = None;
        for (count, header) in headers.split('&').enumerate() {
            if count == URI_HEADERS_MAX {
                return Err(HeaderError::TooManyParameters);
            }
            let (name, value) = header.split_once('=').unwrap_or((header, ""));
            if decode(name).eq_ignore_ascii_case("Replaces") {
                if replaces.is_some() {
                    return Err(HeaderError::BadValue);
                }
                replaces = Some(Replaces::parse(&decode(value))?);
            }
        }
        Ok(Self { uri: uri.as_str()[..end].to_owned(), replaces })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialog_is_named_by_call_id_and_both_tags() {
        // RFC 3891 6.1
        let text = "425928@bobster.example.org;to-tag=7743;from-tag=6472";
        let replaces = Replaces::parse(text).unwrap();
        assert_eq!((replaces.call_id.as_str(), replaces.early_only), ("425928@bobster.example.org", false));
        assert_eq!((replaces.to_tag.as_str(), replaces.from_tag.as_str()), ("7743", "6472"));
        assert_eq!(replaces.to_string(), text);
        let early = Replaces::parse("1@x; early-only ;from-tag=0;to-tag=a;foo=bar").unwrap();
        assert!(early.early_only);
        assert_eq!(early.to_string(), "1@x;to-tag=a;from-tag=0;early-only;foo=bar");
        for broken in [
            "",
            "1@x",
            "1@x;to-tag=a",
            "1@x;to-tag;from-tag=b",
            ";to-tag=a;from-tag=b",
            "1 2;to-tag=a;from-tag=b",
        ] {
            assert!(Replaces::parse(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn refer_to_carries_the_dialog_escaped() {
        // RFC 5589 7.1
        let text = "sip:482n4z24kdg@example.com;gr=8594?Replaces=090459243588173445%3Bto-tag%3D7553452%3Bfrom-tag%3D31431&Accept-Contact=x";
        let target = ReferTarget::of(&Uri::parse(text).unwrap()).unwrap();
        assert_eq!(target.uri, "sip:482n4z24kdg@example.com;gr=8594");
        let replaces = target.replaces.unwrap();
        assert_eq!((replaces.call_id.as_str(), replaces.to_tag.as_str()), ("090459243588173445", "7553452"));
        let plain = ReferTarget::of(&Uri::parse("sip:*7@10.0.0.1").unwrap()).unwrap();
        assert_eq!((plain.uri.as_str(), plain.replaces), ("sip:*7@10.0.0.1", None));
        for broken in [
            "sip:a@b;method=BYE",
            "sip:a@b?Replaces=1",
            "sip:a@b?Replaces=1%3Bto-tag%3Da%3Bfrom-tag%3Db&Replaces=1%3Bto-tag%3Da%3Bfrom-tag%3Db",
        ] {
            assert!(ReferTarget::of(&Uri::parse(broken).unwrap()).is_err(), "{broken}");
        }
    }
}
