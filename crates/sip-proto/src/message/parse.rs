//! From octets to a message, in two steps: the head alone, then head and body.
//!
//! A stream needs the first step before the body is there; a datagram takes both at once.

use std::borrow::Cow;

use super::check::check_request;
use super::headers::{Entry, Headers, Span};
use super::method::{Method, is_token};
use super::name::HeaderName;
use super::{Dropped, HEADERS_MAX, MESSAGE_SIZE_MAX, Parsed, Refusal, Request, Response};

/// What is wrong with a message: the answer if it is a request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) reason: Cow<'static, str>,
}

impl Fault {
    pub(super) fn bad(reason: impl Into<Cow<'static, str>>) -> Self {
        Fault { status: 400, reason: reason.into() }
    }

    pub(super) fn too_large() -> Self {
        Fault { status: 513, reason: Cow::Borrowed("Message Too Large") }
    }
}

/// The first line, its parts not yet judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum StartLine {
    Request { method: Method, uri: Span, version: Span },
    Response { status: u16, reason: Span },
}

/// A head that was read. `fault` is what the lines themselves show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Head {
    pub(super) start: StartLine,
    pub(super) headers: Headers,
    pub(super) fault: Option<Fault>,
}

/// Reads one datagram. What stands behind Content-Length octets of body is ignored
/// (RFC 3261 18.3); a missing Content-Length means the rest of the datagram.
pub fn parse_datagram(bytes: &[u8]) -> Parsed {
    let Some(first) = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')) else {
        return Parsed::Dropped(Dropped::KeepAlive);
    };
    let bytes = &bytes[first..];
    let (head, rest) = match end_of_head(bytes, 0) {
        Some(end) => bytes.split_at(end),
        None => (bytes, &[][..]),
    };
    let Some(mut head) = read_head(head) else {
        return Parsed::Dropped(Dropped::Garbage);
    };
    if bytes.len() > MESSAGE_SIZE_MAX {
        head.fault = Some(Fault::too_large());
    }
    let body = match content_length(&head.headers) {
        Ok(None) => rest,
        Ok(Some(length)) if length <= rest.len() => &rest[..length],
        Ok(Some(_)) | Err(()) => {
            head.fault.get_or_insert(Fault::bad("Bad Content-Length"));
            &[]
        }
    };
    finish(head, body)
}

/// Where the body begins: behind the first empty line, looking from `from` on.
pub(super) fn end_of_head(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = bytes[at..].iter().position(|b| *b == b'\n') {
        at += found + 1;
        if bytes[..at].ends_with(b"\r\n\r\n") {
            return Some(at);
        }
    }
    None
}

/// Content-Length, if written; an error if it is malformed. Repetition is judged elsewhere.
pub(super) fn content_length(headers: &Headers) -> Result<Option<usize>, ()> {
    match headers.get(HeaderName::ContentLength) {
        None => Ok(None),
        Some(value) if value.is_empty() || value.bytes().any(|b| !b.is_ascii_digit()) => Err(()),
        Some(value) => value.parse().map(Some).map_err(|_| ()),
    }
}

/// Reads start line and header lines; `None` if it is no SIP at all.
pub(super) fn read_head(bytes: &[u8]) -> Option<Head> {
    let mut bytes = bytes.to_vec();
    unfold(&mut bytes);
    // Only display names and unknown headers may hold such octets; a replaced character harms none of them.
    let text =
        String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    let first_end = line_end(&text, 0);
    let start = read_start_line(&text[..first_end])?;
    let mut entries = Vec::with_capacity(16);
    let mut fault = None;
    let mut at = first_end + 2;
    while at < text.len() {
        let end = line_end(&text, at);
        if end == at {
            break;
        }
        match read_header(&text, at, end) {
            _ if entries.len() == HEADERS_MAX => {
                fault = Some(Fault::too_large());
                break;
            }
            Some(entry) => entries.push(entry),
            None => {
                fault.get_or_insert(Fault::bad("Bad Header Line"));
            }
        }
        at = end + 2;
    }
    entries.shrink_to_fit();
    Some(Head { start, headers: Headers { text: text.into_boxed_str(), entries }, fault })
}

/// Where the line ends that begins at `at`. Heads are short: a search prepared for long texts takes longer.
fn line_end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut from = at;
    while let Some(found) = bytes[from..].iter().position(|b| *b == b'\r') {
        from += found + 1;
        if bytes.get(from) == Some(&b'\n') {
            return from - 1;
        }
    }
    bytes.len()
}

/// Judges the head and makes the message of it.
pub(super) fn finish(head: Head, body: &[u8]) -> Parsed {
    let Head { start, headers, fault } = head;
    match start {
        StartLine::Response { status, reason } => {
            let sound = fault.is_none() && super::check::check_common(&headers).is_ok();
            match sound && (100..700).contains(&status) {
                true => Parsed::Response(Response { status, reason, headers, body: body.to_vec() }),
                false => Parsed::Dropped(Dropped::BadResponse),
            }
        }
        StartLine::Request { method, uri, version } => {
            let version = version.of(headers.text());
            let checked = match fault {
                _ if !version.eq_ignore_ascii_case("SIP/2.0") && is_version(version) => {
                    Err(Fault { status: 505, reason: Cow::Borrowed("Version Not Supported") })
                }
                Some(fault) => Err(fault),
                None => check_request(&method, uri.of(headers.text()), &headers),
            };
            match checked {
                Ok(()) => Parsed::Request(Request { method, uri, headers, body: body.to_vec() }),
                Err(_) if method == Method::Ack => Parsed::Dropped(Dropped::BadAck),
                Err(_) if headers.get(HeaderName::Via).is_none() => Parsed::Dropped(Dropped::Unanswerable),
                Err(Fault { status, reason }) => Parsed::Refused(Refusal { method, headers, status, reason }),
            }
        }
    }
}

/// Joins folded lines in place: a line end before white space becomes white space (RFC 3261 7.3.1).
fn unfold(bytes: &mut [u8]) {
    for at in 2..bytes.len() {
        if matches!(bytes[at], b' ' | b'\t') && bytes[at - 1] == b'\n' && bytes[at - 2] == b'\r' {
            bytes[at - 1] = b' ';
            bytes[at - 2] = b' ';
        }
    }
}

fn read_start_line(line: &str) -> Option<StartLine> {
    if line.len() >= 4 && line.as_bytes()[..4].eq_ignore_ascii_case(b"SIP/") {
        let mut parts = line.splitn(3, ' ');
        let (version, code, reason) = (parts.next()?, parts.next()?, parts.next().unwrap_or_default());
        let digits = code.len() == 3 && code.bytes().all(|b| b.is_ascii_digit());
        // 0 is no status: such a response is dropped when it is judged.
        let known = digits && version.eq_ignore_ascii_case("SIP/2.0");
        let status = code.parse().ok().filter(|_| known).unwrap_or(0);
        return Some(StartLine::Response {
            status,
            reason: Span::new(line.len() - reason.len(), line.len()),
        });
    }
    // White space at the end is harmless (RFC 4475 3.1.2.10), elsewhere it is not.
    let line = line.trim_end_matches([' ', '\t']);
    let (method, rest) = line.split_once(' ')?;
    let (uri, version) = rest.rsplit_once(' ')?;
    if !is_version(version) {
        return None;
    }
    let uri_start = method.len() + 1;
    Some(StartLine::Request {
        method: Method::parse(method)?,
        uri: Span::new(uri_start, uri_start + uri.len()),
        version: Span::new(line.len() - version.len(), line.len()),
    })
}

fn is_version(text: &str) -> bool {
    let number = text.len() > 4 && text.is_char_boundary(4) && text[..4].eq_ignore_ascii_case("SIP/");
    number && text[4..].bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

fn read_header(text: &str, start: usize, end: usize) -> Option<Entry> {
    let line = &text[start..end];
    // A bare CR or LF is read as a line end by some and not by others: no guess.
    if line.bytes().any(|b| matches!(b, b'\r' | b'\n')) {
        return None;
    }
    let colon = line.bytes().position(|b| b == b':')?;
    let written = line[..colon].trim_end_matches([' ', '\t']);
    if !is_token(written) {
        return None;
    }
    let value = line[colon + 1..].trim_matches([' ', '\t']);
    let value_start = match value.is_empty() {
        true => end,
        false => {
            start
                + colon
                + 1
                + (line[colon + 1..].len() - line[colon + 1..].trim_start_matches([' ', '\t']).len())
        }
    };
    Some(Entry {
        name: HeaderName::parse(written),
        written: Span::new(start, start + written.len()),
        value: Span::new(value_start, value_start + value.len()),
    })
}
