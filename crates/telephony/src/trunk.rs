//! Carriers: who they are, and how numbers are written to and by them.

use std::net::IpAddr;

use model::number::{Number, PhoneNumber};
use sip_proto::headers::{Privacy, parse_identities};
use sip_proto::message::{HeaderName, Headers, NameAddr};
use sip_proto::uri::Uri;

use crate::TrunkConfig;

/// A carrier with what is under way on it.
#[derive(Debug)]
pub(crate) struct Trunk {
    pub(crate) config: TrunkConfig,
    /// Calls under way, both ways.
    pub(crate) calls: u32,
}

impl Trunk {
    pub(crate) fn new(config: TrunkConfig) -> Trunk {
        Trunk { config, calls: 0 }
    }

    pub(crate) fn accepts(&self, source: IpAddr) -> bool {
        self.config.accept_from.iter().any(|(network, bits)| contains(*network, *bits, source))
    }

    pub(crate) fn is_full(&self) -> bool {
        self.config.calls_max.is_some_and(|max| self.calls >= max)
    }

    /// A number as the carrier writes it, read.
    pub(crate) fn read(&self, text: &str) -> Option<PhoneNumber> {
        match &self.config.national {
            Some(country) => match country.read(text)? {
                Number::E164(number) => Some(number),
                Number::Short(_) => None,
            },
            None => text.parse().ok().or_else(|| format!("+{}", text.strip_prefix("00")?).parse().ok()),
        }
    }

    /// A number as the carrier wants it.
    pub(crate) fn write(&self, number: PhoneNumber) -> String {
        match &self.config.national {
            Some(country) => country.national(number),
            None => number.to_string(),
        }
    }
}

fn contains(network: IpAddr, bits: u8, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let shift = 32 - u32::from(bits.min(32));
            let cut = |ip: std::net::Ipv4Addr| u32::from(ip).checked_shr(shift).unwrap_or(0);
            cut(network) == cut(address)
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let shift = 128 - u32::from(bits.min(128));
            let cut = |ip: std::net::Ipv6Addr| u128::from(ip).checked_shr(shift).unwrap_or(0);
            cut(network) == cut(address)
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

/// The user part of an address, escapes resolved, cut at the parameters that RFC 4967 puts into it.
pub(crate) fn user_part(uri: &Uri<'_>) -> String {
    let user = uri.user_decoded().unwrap_or_default();
    user.split(';').next().unwrap_or_default().to_owned()
}

/// Asserted numbers of a message (RFC 3325).
pub(crate) fn asserted(headers: &Headers) -> Vec<String> {
    let lines: Vec<&str> = headers.lines(HeaderName::PAssertedIdentity).collect();
    let identities = parse_identities(&lines.join(",")).unwrap_or_default();
    let user =
        |address: &sip_proto::headers::Address| Uri::parse(&address.uri).ok().map(|uri| user_part(&uri));
    identities.iter().filter_map(user).collect()
}

/// Whether the caller wants to stay hidden: Privacy, or an anonymous From.
pub(crate) fn wants_hidden(headers: &Headers, from: &NameAddr<'_>) -> bool {
    let private = headers
        .get(HeaderName::Privacy)
        .and_then(|value| Privacy::parse(value).ok())
        .is_some_and(|privacy| privacy.hides_caller());
    private || from.uri.host.eq_ignore_ascii_case("anonymous.invalid") || from.uri.user == Some("anonymous")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        assert!(contains(ip("127.0.0.0"), 8, ip("127.9.9.9")));
        assert!(!contains(ip("127.0.0.0"), 8, ip("128.0.0.1")));
        assert!(contains(ip("0.0.0.0"), 0, ip("9.9.9.9")));
        assert!(contains(ip("192.0.2.7"), 32, ip("192.0.2.7")));
        assert!(!contains(ip("192.0.2.7"), 32, ip("::1")));
    }
}
