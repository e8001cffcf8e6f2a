//! SIP, SIPS and TEL addresses, borrowed from the text they stand in.
//!
//! Invariants: a parsed address holds no white space, quotes or angle brackets; every `%` is followed
//! by two hexadecimal digits; the host of a SIP address is a name or a numeric address.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::message::Params;

/// What stands before the colon.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    /// `sip:` (RFC 3261 19.1).
    Sip,
    /// `sips:`; the meaning of the `s` is the transport's affair.
    Sips,
    /// `tel:` (RFC 3966).
    Tel,
    /// Anything else. The whole rest is in [`Uri::user`].
    Other,
}

/// Parameters one address may have: comparing two of them takes time by the square.
pub const PARAMS_MAX: usize = 64;

/// Why a text is no address.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UriError {
    /// No `scheme:` at the front, or nothing behind it.
    NoScheme,
    /// A character that may stand only in escaped form.
    BadCharacter,
    /// `%` without two hexadecimal digits.
    BadEscape,
    /// Empty or malformed host.
    BadHost,
    /// Not a number from 0 to 65,535.
    BadPort,
    /// `@` with nothing before it.
    EmptyUser,
    /// More than [`PARAMS_MAX`] parameters.
    TooManyParams,
}

/// An address. Parts are as written, with their escapes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Uri<'a> {
    text: &'a str,
    /// What stands before the colon.
    pub scheme: Scheme,
    /// User part (SIP), number (TEL), everything (other schemes).
    pub user: Option<&'a str>,
    /// Password; allowed by RFC 3261, of no use to us.
    pub password: Option<&'a str>,
    /// Host; IPv6 in brackets. Empty for TEL and other schemes.
    pub host: &'a str,
    /// Port if written.
    pub port: Option<u16>,
    params: &'a str,
    headers: Option<&'a str>,
}

impl<'a> Uri<'a> {
    /// Reads one address; the whole text must belong to it.
    pub fn parse(text: &'a str) -> Result<Self, UriError> {
        let colon = text.find(':').ok_or(UriError::NoScheme)?;
        let (scheme, rest) = (&text[..colon], &text[colon + 1..]);
        let well_named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        if !well_named || rest.is_empty() {
            return Err(UriError::NoScheme);
        }
        check_characters(rest)?;
        if scheme.eq_ignore_ascii_case("sip") {
            Self::parse_sip(text, Scheme::Sip, rest)
        } else if scheme.eq_ignore_ascii_case("sips") {
            Self::parse_sip(text, Scheme::Sips, rest)
        } else if scheme.eq_ignore_ascii_case("tel") {
            Self::parse_tel(text, rest)
        } else {
            Ok(Self::bare(text, Scheme::Other, Some(rest)))
        }
    }

    /// The address as written.
    pub fn as_str(&self) -> &'a str {
        self.text
    }

    /// User part or number with its escapes resolved; octets that are no UTF-8 become U+FFFD.
    pub fn user_decoded(&self) -> Option<Cow<'a, str>> {
        self.user.map(decode)
    }

    /// Parameters in order, as written.
    pub fn params(&self) -> Params<'a> {
        Params::of(self.params)
    }

    /// Value of a parameter; `Some("")` if it stands without one.
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params().value(name)
    }

    /// Whether `;lr` is there (RFC 3261 16.12).
    pub fn is_loose_router(&self) -> bool {
        self.param("lr").is_some()
    }

    /// What follows the question mark, as written.
    pub fn headers(&self) -> Option<&'a str> {
        self.headers
    }

    /// The host as a number, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        host_ip(self.host)
    }

    /// Whether both name the same thing by RFC 3261 19.1.4 (RFC 3966 4 for numbers).
    pub fn matches(&self, other: &Uri<'_>) -> bool {
        if self.scheme != other.scheme {
            return false;
        }
        match self.scheme {
            Scheme::Other => self.text == other.text,
            Scheme::Tel => {
                digits(self.user).eq(digits(other.user))
                    && params_agree(self, other, &["phone-context", "ext"])
            }
            Scheme::Sip | Scheme::Sips => {
                same_octets(self.user, other.user)
                    && same_octets(self.password, other.password)
                    && self.host.eq_ignore_ascii_case(other.host)
                    && self.port == other.port
                    && params_agree(self, other, &["user", "ttl", "method", "maddr", "transport"])
                    && same_headers(self.headers, other.headers)
            }
        }
    }

    fn parse_sip(text: &'a str, scheme: Scheme, rest: &'a str) -> Result<Self, UriError> {
        let (userinfo, rest) = match rest.find('@') {
            Some(at) => (Some(&rest[..at]), &rest[at + 1..]),
            None => (None, rest),
        };
        let (user, password) = match userinfo {
            None => (None, None),
            Some(info) => match info.find(':') {
                Some(colon) => (Some(&info[..colon]), Some(&info[colon + 1..])),
                None => (Some(info), None),
            },
        };
        if user == Some("") {
            return Err(UriError::EmptyUser);
        }
        let (rest, headers) = match rest.find('?') {
            Some(mark) => (&rest[..mark], Some(&rest[mark + 1..])),
            None => (rest, None),
        };
        let (hostport, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        check_count(params)?;
        let (host, port) = parse_hostport(hostport)?;
        Ok(Uri { text, scheme, user, password, host, port, params, headers })
    }

    fn parse_tel(text: &'a str, rest: &'a str) -> Result<Self, UriError> {
        let (number, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        // RFC 3966 has no escapes in a number, but phones dial codes: `tel:*961*1%23;phone-context=...`.
        let well_formed = number.bytes().all(|b| b.is_ascii_hexdigit() || b"+-.()*#%".contains(&b));
        if number.is_empty() || !well_formed {
            return Err(UriError::BadCharacter);
        }
        check_count(params)?;
        Ok(Uri { params, ..Self::bare(text, Scheme::Tel, Some(number)) })
    }

    fn bare(text: &'a str, scheme: Scheme, user: Option<&'a str>) -> Self {
        Uri { text, scheme, user, password: None, host: "", port: None, params: "", headers: None }
    }
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// Splits `host[:port]` with IPv6 in brackets; both parts checked.
pub(crate) fn parse_hostport(text: &str) -> Result<(&str, Option<u16>), UriError> {
    let end = match text.strip_prefix('[') {
        Some(inside) => {
            let close = inside.find(']').ok_or(UriError::BadHost)?;
            inside[..close].parse::<Ipv6Addr>().map_err(|_| UriError::BadHost)?;
            close + 2
        }
        None => text.find(':').unwrap_or(text.len()),
    };
    let (host, port) = text.split_at(end);
    let named = host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if host.is_empty() || !(named || host.starts_with('[')) {
        return Err(UriError::BadHost);
    }
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        None => return Err(UriError::BadHost),
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some(digits.parse().map_err(|_| UriError::BadPort)?)
        }
        Some(_) => return Err(UriError::BadPort),
    };
    Ok((host, port))
}

/// The numeric address of a host part, if it is numeric.
pub(crate) fn host_ip(host: &str) -> Option<IpAddr> {
    match host.strip_prefix('[') {
        Some(inside) => inside.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        None => host.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
    }
}

/// Writes `text` so that it may stand in the user part of an address (RFC 3261 25.1 `user`).
pub fn escape_user(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(
                    char::from_digit(u32::from(nibble), 16)
                        .expect("a nibble is below 16")
                        .to_ascii_uppercase(),
                );
            }
        }
    }
    out
}

/// Resolves `%` escapes; octets that are no UTF-8 become U+FFFD.
pub fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes: Vec<u8> = octets(text).collect();
    Cow::Owned(
        String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned()),
    )
}

fn check_characters(rest: &str) -> Result<(), UriError> {
    let bytes = rest.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            0..=b' ' | 127 | b'<' | b'>' | b'"' => return Err(UriError::BadCharacter),
            b'%' => {
                let escaped =
                    bytes.get(at + 1..at + 3).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
                if !escaped {
                    return Err(UriError::BadEscape);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn check_count(params: &str) -> Result<(), UriError> {
    let count = params.bytes().filter(|byte| *byte == b';').count();
    if count > PARAMS_MAX { Err(UriError::TooManyParams) } else { Ok(()) }
}

/// The octets behind a text with escapes; a stray `%` stands for itself.
fn octets(text: &str) -> impl Iterator<Item = u8> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let byte = *bytes.get(at)?;
        at += 1;
        if byte != b'%' {
            return Some(byte);
        }
        let hex = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
        match (bytes.get(at).copied().and_then(hex), bytes.get(at + 1).copied().and_then(hex)) {
            (Some(high), Some(low)) => {
                at += 2;
                Some(high << 4 | low)
            }
            (Some(_) | None, _) => Some(byte),
        }
    })
}

fn same_octets(one: Option<&str>, other: Option<&str>) -> bool {
    one.is_some() == other.is_some() && octets(one.unwrap_or_default()).eq(octets(other.unwrap_or_default()))
}

fn digits(number: Option<&str>) -> impl Iterator<Item = u8> + '_ {
    number.unwrap_or_default().bytes().filter(|b| !b"-.()".contains(b)).map(|b| b.to_ascii_lowercase())
}

/// Parameters in both must agree; those in `binding` must be in both or in none.
fn params_agree(one: &Uri<'_>, other: &Uri<'_>, binding: &[&str]) -> bool {
    let same = |a: &str, b: &str| {
        octets(a).map(|o| o.to_ascii_lowercase()).eq(octets(b).map(|o| o.to_ascii_lowercase()))
    };
    // Of a repeated parameter the first counts on both sides, so that an address always matches itself.
    let shared = one.params().all(|param| match (one.param(param.name), other.param(param.name)) {
        (Some(ours), Some(theirs)) => same(ours, theirs),
        (None, _) | (_, None) => true,
    });
    shared && binding.iter().all(|name| one.param(name).is_some() == other.param(name).is_some())
}

/// Header components are compared as a set (RFC 3261 19.1.4).
fn same_headers(one: Option<&str>, other: Option<&str>) -> bool {
    let sorted = |text: Option<&str>| {
        let mut parts: Vec<Vec<u8>> = text
            .unwrap_or_default()
            .split('&')
            .filter(|p| !p.is_empty())
            .map(|p| octets(p).collect())
            .collect();
        parts.sort();
        parts
    };
    sorted(one) == sorted(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri<'_> {
        Uri::parse(text).unwrap()
    }

    #[test]
    fn parts_are_found() {
        let parsed = uri("sip:alice;day=tuesday:secret@[2001:db8::1]:5070;transport=tcp;lr?Subject=a&b=c");
        assert_eq!(parsed.user, Some("alice;day=tuesday"));
        assert_eq!(parsed.password, Some("secret"));
        assert_eq!((parsed.host, parsed.port), ("[2001:db8::1]", Some(5070)));
        assert_eq!(parsed.param("Transport"), Some("tcp"));
        assert!(parsed.is_loose_router());
        assert_eq!(parsed.headers(), Some("Subject=a&b=c"));
        assert_eq!(parsed.ip(), "2001:db8::1".parse().ok());
        let tel = uri("tel:+372-600-1000;phone-context=example.com");
        assert_eq!((tel.scheme, tel.user), (Scheme::Tel, Some("+372-600-1000")));
        assert_eq!(uri("tel:*961*1%23;phone-context=x").user_decoded().as_deref(), Some("*961*1#"));
        assert_eq!(uri("isbn:2983792873").scheme, Scheme::Other);
        assert_eq!(uri("sip:*961*1%23@helin").user_decoded().as_deref(), Some("*961*1#"));
    }

    #[test]
    fn broken_addresses_are_named() {
        for (text, error) in [
            ("alice", UriError::NoScheme),
            ("sip:", UriError::NoScheme),
            ("sip:a b@c", UriError::BadCharacter),
            ("sip:a%4@c", UriError::BadEscape),
            ("sip:@c", UriError::EmptyUser),
            ("sip:a@", UriError::BadHost),
            ("sip:a@c:99999", UriError::BadPort),
            ("sip:a@[::1", UriError::BadHost),
            ("sip:a@b/c", UriError::BadHost),
            (&format!("sip:a@b{}", ";x".repeat(65)), UriError::TooManyParams),
            (&format!("tel:1{}", ";x".repeat(65)), UriError::TooManyParams),
        ] {
            assert_eq!(Uri::parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn comparison_follows_the_examples_of_the_rfc() {
        let same = [
            ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"),
            ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
            (
                "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
            ),
            ("tel:+358-555-1234567", "tel:+3585551234567"),
        ];
        let repeated = uri("sip:a@b;x=1;x=2");
        assert!(repeated.matches(&repeated));
        let different = [
            ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
            ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
            ("sip:carol@chicago.com?Subject=next%20meeting", "sip:carol@chicago.com"),
            ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
            ("sip:%00@host5.example.com", "sip:%00%00@host5.example.com"),
        ];
        for (one, other) in same {
            assert!(uri(one).matches(&uri(other)) && uri(other).matches(&uri(one)), "{one} {other}");
        }
        for (one, other) in different {
            assert!(!uri(one).matches(&uri(other)), "{one} {other}");
        }
    }

    #[test]
    fn escaping_a_user_is_undone_by_decoding() {
        for user in ["*961*1#", "mari maasikas", "õ%", "+3726001000"] {
            let text = format!("sip:{}@helin", escape_user(user));
            assert_eq!(uri(&text).user_decoded().as_deref(), Some(user));
        }
    }
}
