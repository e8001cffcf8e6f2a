//! Names of headers, long and compact. A name is compared without regard to case.

/// A header we know by name, or [`HeaderName::Other`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum HeaderName {
    /// `Via`, compact `v`.
    Via,
    /// `From`, compact `f`.
    From,
    /// `To`, compact `t`.
    To,
    /// `Call-ID`, compact `i`.
    CallId,
    /// `CSeq`.
    CSeq,
    /// `Max-Forwards`.
    MaxForwards,
    /// `Contact`, compact `m`.
    Contact,
    /// `Content-Length`, compact `l`.
    ContentLength,
    /// `Content-Type`, compact `c`.
    ContentType,
    /// `Content-Encoding`, compact `e`.
    ContentEncoding,
    /// `Content-Disposition`.
    ContentDisposition,
    /// `Route`.
    Route,
    /// `Record-Route`.
    RecordRoute,
    /// `Expires`.
    Expires,
    /// `Min-Expires`.
    MinExpires,
    /// `Allow`.
    Allow,
    /// `Supported`, compact `k`.
    Supported,
    /// `Require`.
    Require,
    /// `Proxy-Require`.
    ProxyRequire,
    /// `Unsupported`.
    Unsupported,
    /// `Accept`.
    Accept,
    /// `Authorization`.
    Authorization,
    /// `Proxy-Authorization`.
    ProxyAuthorization,
    /// `WWW-Authenticate`.
    WwwAuthenticate,
    /// `Proxy-Authenticate`.
    ProxyAuthenticate,
    /// `User-Agent`.
    UserAgent,
    /// `Server`.
    Server,
    /// `Reason`.
    Reason,
    /// `Diversion`.
    Diversion,
    /// `History-Info`.
    HistoryInfo,
    /// `P-Asserted-Identity`.
    PAssertedIdentity,
    /// `P-Preferred-Identity`.
    PPreferredIdentity,
    /// `Privacy`.
    Privacy,
    /// `Retry-After`.
    RetryAfter,
    /// `Subject`, compact `s`.
    Subject,
    /// `Date`.
    Date,
    /// `Timestamp`.
    Timestamp,
    /// `Warning`.
    Warning,
    /// `Alert-Info`.
    AlertInfo,
    /// `Event`, compact `o`.
    Event,
    /// `Refer-To`, compact `r`.
    ReferTo,
    /// `Referred-By`, compact `b`.
    ReferredBy,
    /// `Replaces`.
    Replaces,
    /// `Session-Expires`, compact `x`.
    SessionExpires,
    /// `Min-SE`.
    MinSe,
    /// `RSeq`.
    RSeq,
    /// `RAck`.
    RAck,
    /// Any other; its spelling is kept in the message.
    Other,
}

impl HeaderName {
    /// Reads a name in any case and either form.
    pub fn parse(text: &str) -> HeaderName {
        if let [letter] = text.as_bytes() {
            let letter = letter.to_ascii_lowercase();
            let compact = NAMES.iter().find(|(_, _, compact)| *compact == Some(letter));
            return compact.map_or(HeaderName::Other, |(name, _, _)| *name);
        }
        let long = NAMES.iter().find(|(_, long, _)| long.eq_ignore_ascii_case(text));
        long.map_or(HeaderName::Other, |(name, _, _)| *name)
    }

    /// The long form; empty for [`HeaderName::Other`].
    pub fn as_str(self) -> &'static str {
        NAMES.get(self as usize).map_or("", |(_, long, _)| *long)
    }
}

/// In the order of the enum.
const NAMES: &[(HeaderName, &str, Option<u8>)] = &[
    (HeaderName::Via, "Via", Some(b'v')),
    (HeaderName::From, "From", Some(b'f')),
    (HeaderName::To, "To", Some(b't')),
    (HeaderName::CallId, "Call-ID", Some(b'i')),
    (HeaderName::CSeq, "CSeq", None),
    (HeaderName::MaxForwards, "Max-Forwards", None),
    (HeaderName::Contact, "Contact", Some(b'm')),
    (HeaderName::ContentLength, "Content-Length", Some(b'l')),
    (HeaderName::ContentType, "Content-Type", Some(b'c')),
    (HeaderName::ContentEncoding, "Content-Encoding", Some(b'e')),
    (HeaderName::ContentDisposition, "Content-Disposition", None),
    (HeaderName::Route, "Route", None),
    (HeaderName::RecordRoute, "Record-Route", None),
    (HeaderName::Expires, "Expires", None),
    (HeaderName::MinExpires, "Min-Expires", None),
    (HeaderName::Allow, "Allow", None),
    (HeaderName::Supported, "Supported", Some(b'k')),
    (HeaderName::Require, "Require", None),
    (HeaderName::ProxyRequire, "Proxy-Require", None),
    (HeaderName::Unsupported, "Unsupported", None),
    (HeaderName::Accept, "Accept", None),
    (HeaderName::Authorization, "Authorization", None),
    (HeaderName::ProxyAuthorization, "Proxy-Authorization", None),
    (HeaderName::WwwAuthenticate, "WWW-Authenticate", None),
    (HeaderName::ProxyAuthenticate, "Proxy-Authenticate", None),
    (HeaderName::UserAgent, "User-Agent", None),
    (HeaderName::Server, "Server", None),
    (HeaderName::Reason, "Reason", None),
    (HeaderName::Diversion, "Diversion", None),
    (HeaderName::HistoryInfo, "History-Info", None),
    (HeaderName::PAssertedIdentity, "P-Asserted-Identity", None),
    (HeaderName::PPreferredIdentity, "P-Preferred-Identity", None),
    (HeaderName::Privacy, "Privacy", None),
    (HeaderName::RetryAfter, "Retry-After", None),
    (HeaderName::Subject, "Subject", Some(b's')),
    (HeaderName::Date, "Date", None),
    (HeaderName::Timestamp, "Timestamp", None),
    (HeaderName::Warning, "Warning", None),
    (HeaderName::AlertInfo, "Alert-Info", None),
    (HeaderName::Event, "Event", Some(b'o')),
    (HeaderName::ReferTo, "Refer-To", Some(b'r')),
    (HeaderName::ReferredBy, "Referred-By", Some(b'b')),
    (HeaderName::Replaces, "Replaces", None),
    (HeaderName::SessionExpires, "Session-Expires", Some(b'x')),
    (HeaderName::MinSe, "Min-SE", None),
    (HeaderName::RSeq, "RSeq", None),
    (HeaderName::RAck, "RAck", None),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (at, (name, long, _)) in NAMES.iter().enumerate() {
            assert_eq!(*name as usize, at, "{long}");
            assert_eq!(HeaderName::parse(&long.to_uppercase()), *name);
        }
        assert_eq!(HeaderName::parse("M"), HeaderName::Contact);
        assert_eq!(HeaderName::parse("q"), HeaderName::Other);
        assert_eq!(HeaderName::Other.as_str(), "");
    }
}
