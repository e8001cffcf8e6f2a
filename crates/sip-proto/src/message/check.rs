//! What makes a message good: the rules behind 400 and 416.
//!
//! Strict where a wrong guess is dangerous: a repeated single header, a missing or malformed header
//! that routing, matching or the length of the body depend on.

use std::borrow::Cow;

use super::LISTED_MAX;
use super::headers::Headers;
use super::method::Method;
use super::name::HeaderName;
use super::parse::{Fault, content_length};
use super::values::{CSeq, NameAddr, Via};
use crate::uri::{Scheme, Uri};

/// Headers that may stand once. With two of them nobody knows which is meant.
const SINGLE: [HeaderName; 8] = [
    HeaderName::From,
    HeaderName::To,
    HeaderName::CallId,
    HeaderName::CSeq,
    HeaderName::MaxForwards,
    HeaderName::ContentLength,
    HeaderName::ContentType,
    HeaderName::Expires,
];

/// Headers without which there is no message. RFC 2543 did not ask for Max-Forwards.
const MANDATORY: [HeaderName; 5] =
    [HeaderName::Via, HeaderName::From, HeaderName::To, HeaderName::CallId, HeaderName::CSeq];

/// Judges a request.
pub(super) fn check_request(method: &Method, uri: &str, headers: &Headers) -> Result<(), Fault> {
    check_common(headers)?;
    if headers.cseq().is_none_or(|cseq| cseq.method != method.as_str()) {
        return Err(bad(HeaderName::CSeq));
    }
    check_request_uri(uri)?;
    if headers.get(HeaderName::MaxForwards).is_some_and(|value| !is_max_forwards(value)) {
        return Err(bad(HeaderName::MaxForwards));
    }
    if headers.get(HeaderName::Expires).is_some_and(str::is_empty) {
        return Err(bad(HeaderName::Expires));
    }
    check_contacts(headers)?;
    check_addresses(headers, HeaderName::Route)
}

/// What requests and responses have in common.
pub(super) fn check_common(headers: &Headers) -> Result<(), Fault> {
    let mut lines = [0u8; HeaderName::Other as usize + 1];
    for entry in &headers.entries {
        let count = &mut lines[entry.name as usize];
        *count = count.saturating_add(1);
    }
    for name in SINGLE {
        if lines[name as usize] > 1 {
            return Err(Fault::bad(format!("Repeated {}", name.as_str())));
        }
    }
    for name in MANDATORY {
        if lines[name as usize] == 0 {
            return Err(Fault::bad(format!("Missing {}", name.as_str())));
        }
    }
    let mut vias = 0;
    for via in headers.values(HeaderName::Via) {
        vias += 1;
        if Via::parse(via).is_none() || vias > LISTED_MAX {
            return Err(bad(HeaderName::Via));
        }
    }
    let addresses = [(HeaderName::From, headers.from()), (HeaderName::To, headers.to())];
    for (name, address) in addresses {
        if address.is_none() {
            return Err(bad(name));
        }
    }
    if vias == 0 {
        return Err(bad(HeaderName::Via));
    }
    if headers.call_id().is_none_or(|call_id| call_id.contains([' ', '\t'])) {
        return Err(bad(HeaderName::CallId));
    }
    if headers.get(HeaderName::CSeq).and_then(CSeq::parse).is_none() {
        return Err(bad(HeaderName::CSeq));
    }
    if content_length(headers).is_err() {
        return Err(bad(HeaderName::ContentLength));
    }
    check_addresses(headers, HeaderName::RecordRoute)
}

fn check_request_uri(text: &str) -> Result<(), Fault> {
    let uri = Uri::parse(text).map_err(|_| Fault::bad("Bad Request-URI"))?;
    match uri.scheme {
        Scheme::Other => Err(Fault { status: 416, reason: Cow::Borrowed("Unsupported URI Scheme") }),
        // Headers are for addresses a person follows, never for a Request-URI (RFC 3261 19.1.1).
        Scheme::Sip | Scheme::Sips if uri.headers().is_some() => Err(Fault::bad("Bad Request-URI")),
        Scheme::Sip | Scheme::Sips | Scheme::Tel => Ok(()),
    }
}

/// `*` alone, or addresses.
fn check_contacts(headers: &Headers) -> Result<(), Fault> {
    let mut contacts = headers.values(HeaderName::Contact);
    if contacts.clone().any(|value| value == "*") {
        return if contacts.count() == 1 { Ok(()) } else { Err(bad(HeaderName::Contact)) };
    }
    let sound =
        contacts.clone().count() <= LISTED_MAX && contacts.all(|value| NameAddr::parse(value).is_some());
    if sound { Ok(()) } else { Err(bad(HeaderName::Contact)) }
}

fn check_addresses(headers: &Headers, name: HeaderName) -> Result<(), Fault> {
    let mut values = headers.values(name);
    let sound = values.clone().count() <= LISTED_MAX && values.all(|value| NameAddr::parse(value).is_some());
    if sound { Ok(()) } else { Err(bad(name)) }
}

fn is_max_forwards(value: &str) -> bool {
    value.bytes().all(|b| b.is_ascii_digit()) && value.parse::<u8>().is_ok()
}

fn bad(name: HeaderName) -> Fault {
    Fault::bad(format!("Bad {}", name.as_str()))
}
