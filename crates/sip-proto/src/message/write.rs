//! Writing messages into a buffer that is used again and again.
//!
//! Invariant: no value can begin a new line; CR, LF and NUL in a value become spaces.

use std::fmt::{self, Write};
use std::net::SocketAddr;

use super::headers::Headers;
use super::method::Method;
use super::name::HeaderName;

/// A message being written: start line first, then headers, then the body, which ends it.
#[derive(Debug)]
pub struct Writer<'b> {
    out: &'b mut Vec<u8>,
}

/// How a request is answered.
#[derive(Clone, Copy, Debug)]
pub struct Answer<'a> {
    /// Status code, 100 to 699.
    pub status: u16,
    /// Reason phrase; empty takes the usual one.
    pub reason: &'a str,
    /// Added to To if it has no tag yet.
    pub to_tag: Option<&'a str>,
    /// Where the request came from: `received` and `rport` of the topmost Via (RFC 3581 4).
    pub source: Option<SocketAddr>,
}

impl<'b> Writer<'b> {
    /// Empties the buffer and begins a request.
    pub fn request(out: &'b mut Vec<u8>, method: &Method, uri: &str) -> Self {
        out.clear();
        let mut writer = Writer { out };
        writer.put(method.as_str());
        writer.put(" ");
        writer.put(uri);
        writer.put_raw(" SIP/2.0\r\n");
        writer
    }

    /// Empties the buffer and begins a response without any header.
    pub fn response(out: &'b mut Vec<u8>, status: u16, reason: &str) -> Self {
        out.clear();
        let mut writer = Writer { out };
        let reason = if reason.is_empty() { reason_phrase(status) } else { reason };
        writer.put_args(format_args!("SIP/2.0 {status} {reason}"));
        writer.put_raw("\r\n");
        writer
    }

    /// Begins the response to a request: Via, From, To, Call-ID, CSeq, and Record-Route where a dialog may
    /// come of it (RFC 3261 8.2.6, 12.1.1). Headers that are missing in a bad request stay missing.
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other headers are not part of an answer")]
    pub fn response_to(out: &'b mut Vec<u8>, request: &Headers, answer: Answer<'_>) -> Self {
        let mut writer = Writer::response(out, answer.status, answer.reason);
        let mut topmost = true;
        for line in request.lines(HeaderName::Via) {
            match answer.source.filter(|_| topmost) {
                Some(source) => writer.via_with_source(line, source),
                None => writer.put_header("Via", line),
            }
            topmost = false;
        }
        for header in request.iter() {
            match header.name {
                HeaderName::From => writer.put_header("From", header.value),
                HeaderName::CallId => writer.put_header("Call-ID", header.value),
                HeaderName::CSeq => writer.put_header("CSeq", header.value),
                HeaderName::To => {
                    let missing = request.to().is_some_and(|to| to.tag().is_none());
                    writer.put_raw("To: ");
                    writer.put(header.value);
                    if let Some(tag) = answer.to_tag.filter(|_| missing) {
                        writer.put_raw(";tag=");
                        writer.put(tag);
                    }
                    writer.put_raw("\r\n");
                }
                HeaderName::RecordRoute if (101..300).contains(&answer.status) => {
                    writer.put_header("Record-Route", header.value);
                }
                // RFC 3261 8.2.6.1.
                HeaderName::Timestamp if answer.status == 100 => writer.put_header("Timestamp", header.value),
                _ => {}
            }
        }
        writer
    }

    /// One header line.
    pub fn header(&mut self, name: HeaderName, value: &str) -> &mut Self {
        self.put_header(name.as_str(), value);
        self
    }

    /// One header line, its value put together on the spot.
    pub fn header_args(&mut self, name: HeaderName, value: fmt::Arguments<'_>) -> &mut Self {
        self.put_raw(name.as_str());
        self.put_raw(": ");
        self.put_args(value);
        self.put_raw("\r\n");
        self
    }

    /// One header line by its written name, which must be a token.
    pub fn header_named(&mut self, name: &str, value: &str) -> &mut Self {
        debug_assert!(super::method::is_token(name), "{name} is no header name");
        self.put_header(name, value);
        self
    }

    /// Ends the message with a body of this type.
    pub fn body(mut self, content_type: &str, body: &[u8]) {
        self.put_header("Content-Type", content_type);
        self.put_args(format_args!("Content-Length: {}", body.len()));
        self.put_raw("\r\n\r\n");
        self.out.extend_from_slice(body);
    }

    /// Ends the message without a body.
    pub fn no_body(mut self) {
        self.put_raw("Content-Length: 0\r\n\r\n");
    }

    fn put_header(&mut self, name: &str, value: &str) {
        self.put_raw(name);
        self.put_raw(": ");
        self.put(value);
        self.put_raw("\r\n");
    }

    /// The first line of Via; only its first value learns where it came from.
    fn via_with_source(&mut self, line: &str, source: SocketAddr) {
        let (first, rest) = super::split_outside_quotes(line, b',');
        self.put_raw("Via: ");
        let via = super::Via::parse(first.trim());
        let asked = via.is_some_and(|via| via.params.value("rport") == Some(""));
        let elsewhere = via.is_none_or(|via| via.ip() != Some(source.ip()));
        let (head, params) = first.split_at(first.find(';').unwrap_or(first.len()));
        self.put(head.trim());
        for param in super::Params::of(params) {
            let name = param.name;
            if (asked && name.eq_ignore_ascii_case("rport")) || name.eq_ignore_ascii_case("received") {
                continue;
            }
            match param.value {
                "" => self.put_args(format_args!(";{name}")),
                value if value.bytes().all(super::method::is_token_byte) => {
                    self.put_args(format_args!(";{name}={value}"))
                }
                value
                    if super::Via::parse(first.trim()).is_some_and(|via| via.ip().is_some())
                        && value.contains(':') =>
                {
                    self.put_args(format_args!(";{name}={value}"));
                }
                value => self.put_args(format_args!(";{name}=\"{value}\"")),
            }
        }
        if asked || elsewhere {
            self.put_args(format_args!(";received={}", source.ip()));
        }
        if asked {
            self.put_args(format_args!(";rport={}", source.port()));
        }
        if let Some(rest) = rest {
            self.put_raw(",");
            self.put(rest);
        }
        self.put_raw("\r\n");
    }

    fn put_args(&mut self, text: fmt::Arguments<'_>) {
        OneLine(self.out).write_fmt(text).expect("a Vec takes every octet");
    }

    fn put(&mut self, text: &str) {
        OneLine(self.out).write_str(text).expect("a Vec takes every octet");
    }

    fn put_raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }
}

struct OneLine<'b>(&'b mut Vec<u8>);

impl fmt::Write for OneLine<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let start = self.0.len();
        self.0.extend_from_slice(text.as_bytes());
        for byte in &mut self.0[start..] {
            if matches!(byte, b'\r' | b'\n' | 0) {
                *byte = b' ';
            }
        }
        Ok(())
    }
}

/// The usual phrase for a status (RFC 3261 21 and its extensions); by class for unknown ones.
#[expect(clippy::match_overlapping_arm, reason = "the classes are what is left of the known ones")]
pub fn reason_phrase(status: u16) -> &'static str {
    match status {
        100 => "Trying",
        180 => "Ringing",
        181 => "Call Is Being Forwarded",
        182 => "Queued",
        183 => "Session Progress",
        200 => "OK",
        202 => "Accepted",
        300 => "Multiple Choices",
        301 => "Moved Permanently",
        302 => "Moved Temporarily",
        305 => "Use Proxy",
        380 => "Alternative Service",
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        407 => "Proxy Authentication Required",
        408 => "Request Timeout",
        410 => "Gone",
        413 => "Request Entity Too Large",
        414 => "Request-URI Too Long",
        415 => "Unsupported Media Type",
        416 => "Unsupported URI Scheme",
        420 => "Bad Extension",
        421 => "Extension Required",
        422 => "Session Interval Too Small",
        423 => "Interval Too Brief",
        433 => "Anonymity Disallowed",
        480 => "Temporarily Unavailable",
        481 => "Call/Transaction Does Not Exist",
        482 => "Loop Detected",
        483 => "Too Many Hops",
        484 => "Address Incomplete",
        485 => "Ambiguous",
        486 => "Busy Here",
        487 => "Request Terminated",
        488 => "Not Acceptable Here",
        491 => "Request Pending",
        493 => "Undecipherable",
        500 => "Server Internal Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Server Time-out",
        505 => "Version Not Supported",
        513 => "Message Too Large",
        600 => "Busy Everywhere",
        603 => "Decline",
        604 => "Does Not Exist Anywhere",
        606 => "Not Acceptable",
        0..=199 => "Progress",
        200..=299 => "Success",
        300..=399 => "Redirection",
        400..=499 => "Request Failure",
        500..=599 => "Server Failure",
        600.. => "Global Failure",
    }
}
