//! Typed values of the headers that routing and matching need.

use std::borrow::Cow;
use std::net::IpAddr;

use super::lists::split_outside_quotes;
use super::method::{Method, is_token};
use super::params::{Params, closing_quote};
use crate::uri::{Uri, host_ip, parse_hostport};

/// CSeq (RFC 3261 20.16).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CSeq<'a> {
    /// Below 2^31.
    pub number: u32,
    /// Method as written.
    pub method: &'a str,
}

impl<'a> CSeq<'a> {
    /// Reads `number method`; `None` if it is malformed or the number is 2^31 or more.
    pub fn parse(value: &'a str) -> Option<Self> {
        let (number, method) = value.split_at(value.find([' ', '\t'])?);
        let method = method.trim();
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        let number = number.parse().ok().filter(|number: &u32| digits && *number < 1 << 31)?;
        is_token(method).then_some(CSeq { number, method })
    }

    /// The method as a value.
    pub fn method(&self) -> Method {
        Method::parse(self.method).unwrap_or_else(|| Method::Other(self.method.into()))
    }
}

/// Via (RFC 3261 20.42).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Via<'a> {
    /// `UDP`, `TCP`, `TLS`, `WS`, ... as written.
    pub transport: &'a str,
    /// `host[:port]` as written: with the branch it names the transaction (RFC 3261 17.2.3).
    pub sent_by: &'a str,
    /// Host of `sent_by`.
    pub host: &'a str,
    /// Port of `sent_by` if written.
    pub port: Option<u16>,
    /// Parameters.
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one value; `None` if malformed. White space around the slashes is allowed.
    pub fn parse(value: &'a str) -> Option<Self> {
        let (head, params) = value.split_at(value.find(';').unwrap_or(value.len()));
        let mut parts = head.splitn(3, '/');
        let (name, version, rest) = (parts.next()?.trim(), parts.next()?.trim(), parts.next()?.trim());
        let (transport, sent_by) = rest.split_at(rest.find([' ', '\t'])?);
        let sent_by = sent_by.trim();
        let (host, port) = parse_hostport(sent_by).ok()?;
        let params = Params::of(params);
        let sound = name.eq_ignore_ascii_case("SIP") && is_token(version) && is_token(transport);
        (sound && params.are_well_formed()).then_some(Via { transport, sent_by, host, port, params })
    }

    /// The branch, if there is one.
    pub fn branch(&self) -> Option<&'a str> {
        self.params.value("branch")
    }

    /// The branch if it is unique by RFC 3261: the cookie and something behind it.
    pub fn cookie_branch(&self) -> Option<&'a str> {
        self.branch().filter(|branch| branch.len() > 7 && branch.starts_with("z9hG4bK"))
    }

    /// The host as a number, if it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        host_ip(self.host)
    }
}

/// From, To, Contact, Route, Record-Route: `name-addr` or `addr-spec` with parameters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NameAddr<'a> {
    display: &'a str,
    /// The address.
    pub uri: Uri<'a>,
    /// Parameters of the header, not of the address.
    pub params: Params<'a>,
}

impl<'a> NameAddr<'a> {
    /// Reads one value; `None` if malformed.
    pub fn parse(value: &'a str) -> Option<Self> {
        let value = value.trim();
        let open = match value.starts_with('"') {
            true => {
                let after = closing_quote(value)? + 1;
                after + value[after..].find('<').filter(|gap| value[after..after + gap].trim().is_empty())?
            }
            false => match value.find('<') {
                Some(open) => open,
                None => return Self::parse_bare(value),
            },
        };
        let display = value[..open].trim();
        let inside = &value[open + 1..];
        let close = inside.find('>')?;
        let params = Params::of(inside[close + 1..].trim_start());
        let named = display.starts_with('"') || !display.contains('"');
        let uri = Uri::parse(&inside[..close]).ok()?;
        (named && params.are_well_formed()).then_some(NameAddr { display, uri, params })
    }

    /// Without brackets the parameters are the header's, and `?` and `,` may not stand in the address
    /// (RFC 3261 20).
    fn parse_bare(value: &'a str) -> Option<Self> {
        let (address, _) = split_outside_quotes(value, b';');
        let params = Params::of(&value[address.len()..]);
        let uri = Uri::parse(address.trim_end()).ok()?;
        (!address.contains(['?', ',']) && params.are_well_formed()).then_some(NameAddr {
            display: "",
            uri,
            params,
        })
    }

    /// Display name without quotes and escapes; empty if there is none.
    pub fn display(&self) -> Cow<'a, str> {
        let Some(inside) = self.display.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else {
            return Cow::Borrowed(self.display);
        };
        if !inside.contains('\\') {
            return Cow::Borrowed(inside);
        }
        let mut plain = String::with_capacity(inside.len());
        let mut characters = inside.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => plain.extend(characters.next()),
                other => plain.push(other),
            }
        }
        Cow::Owned(plain)
    }

    /// The tag, if there is one.
    pub fn tag(&self) -> Option<&'a str> {
        self.params.value("tag").filter(|tag| !tag.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_addr_takes_every_form() {
        let quoted = NameAddr::parse(r#""J Rosenberg \\\"" <sip:j@example.com>  ; tag = 98"#).unwrap();
        assert_eq!(quoted.display(), r#"J Rosenberg \""#);
        assert_eq!(quoted.tag(), Some("98"));
        let tight = NameAddr::parse("caller<sip:caller@example.com>").unwrap();
        assert_eq!((tight.display().as_ref(), tight.uri.user), ("caller", Some("caller")));
        let bare = NameAddr::parse("sip:a@b;user=phone;tag=7").unwrap();
        assert_eq!((bare.uri.as_str(), bare.tag()), ("sip:a@b", Some("7")));
        for broken in
            ["\"open <sip:a@b>", "<sip:a@b", "< sip:a@b >", "sip:a@b?Route=x", "<sip:a@b>x", "", "*"]
        {
            assert_eq!(NameAddr::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn via_allows_white_space_and_needs_well_formed_parameters() {
        let via = Via::parse("SIP  / 2.0  / TCP     spindle.example.com:5061   ;  branch  =   z9hG4bK9ikj8")
            .unwrap();
        assert_eq!((via.transport, via.host, via.port), ("TCP", "spindle.example.com", Some(5061)));
        assert_eq!(via.cookie_branch(), Some("z9hG4bK9ikj8"));
        assert_eq!(Via::parse("SIP/2.0/UDP 192.0.2.15;;"), None);
        assert_eq!(Via::parse("SIP/2.0/UDP"), None);
        let v6 = Via::parse("SIP/2.0/UDP [::1]:5060;rport;branch=z9hG4bK").unwrap();
        assert_eq!(
            (v6.sent_by, v6.cookie_branch(), v6.params.value("rport")),
            ("[::1]:5060", None, Some(""))
        );
    }

    #[test]
    fn cseq_has_its_bounds() {
        assert_eq!(CSeq::parse("0009   INVITE").map(|c| c.number), Some(9));
        assert_eq!(CSeq::parse("2147483648 INVITE"), None);
        assert_eq!(CSeq::parse("+1 INVITE"), None);
        assert_eq!(CSeq::parse("1"), None);
    }
}
