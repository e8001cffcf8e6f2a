//! SIP messages: one parser, typed headers on demand, one writer.
//!
//! Invariants: a [`Request`] or [`Response`] that exists has well-formed and unrepeated Via, From, To,
//! Call-ID and CSeq, so their accessors cannot fail; what could not be made one is a [`Refusal`] (to be
//! answered) or a [`Dropped`] (never to be answered). The head is one text, the headers spans in it.

mod check;
mod headers;
mod lists;
mod method;
mod name;
mod params;
mod parse;
mod stream;
mod values;
mod write;

pub use headers::{Header, Headers};
pub use lists::{Values, split_outside_quotes};
pub use method::Method;
pub use name::HeaderName;
pub use params::{Param, Params};
pub use parse::parse_datagram;
pub use stream::{Framed, StreamBuffer};
pub use values::{CSeq, NameAddr, Via};
pub use write::{Answer, Writer, reason_phrase};

use std::borrow::Cow;

use crate::uri::Uri;
use headers::Span;

/// Octets one message may have, head and body together.
pub const MESSAGE_SIZE_MAX: usize = 65_536;
/// Header lines one message may have.
pub const HEADERS_MAX: usize = 128;
/// Values one listed header (Via, Route, Record-Route, Contact) may have over all its lines.
pub const LISTED_MAX: usize = 64;

/// A well-formed request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    method: Method,
    uri: Span,
    headers: Headers,
    body: Vec<u8>,
}

/// A well-formed response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Response {
    status: u16,
    reason: Span,
    headers: Headers,
    body: Vec<u8>,
}

/// A request that is refused before anybody looks at its meaning, with what an answer needs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Method as written.
    pub method: Method,
    /// What could be read; Via is there, everything else may be missing or malformed.
    pub headers: Headers,
    /// 400, 416, 505 or 513.
    pub status: u16,
    /// Reason phrase; for 400 it names the header at fault.
    pub reason: Cow<'static, str>,
}

/// Why octets are dropped without an answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Dropped {
    /// Nothing but line ends: a keep-alive (RFC 5626 3.5.1).
    KeepAlive,
    /// No SIP start line.
    Garbage,
    /// A response with a fault.
    BadResponse,
    /// An ACK with a fault; an ACK is never answered (RFC 3261 17).
    BadAck,
    /// A faulty request without a Via to send the answer by.
    Unanswerable,
}

/// What came of some octets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Parsed {
    /// A good request.
    Request(Request),
    /// A good response.
    Response(Response),
    /// A request to be answered with an error.
    Refused(Refusal),
    /// Nothing to be done.
    Dropped(Dropped),
}

impl Request {
    /// Method of the start line.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Request-URI; its scheme is SIP, SIPS or TEL.
    pub fn uri(&self) -> Uri<'_> {
        Uri::parse(self.uri.of(self.headers.text())).expect("the Request-URI was checked")
    }

    /// All headers in order.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Octets of the body; empty if there is none.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether the body calls itself a session description.
    pub fn has_sdp(&self) -> bool {
        !self.body.is_empty() && self.headers.is_sdp()
    }

    /// Topmost Via.
    pub fn via(&self) -> Via<'_> {
        self.headers.via().expect("Via was checked")
    }

    /// From.
    pub fn from(&self) -> NameAddr<'_> {
        self.headers.from().expect("From was checked")
    }

    /// To.
    pub fn to(&self) -> NameAddr<'_> {
        self.headers.to().expect("To was checked")
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        self.headers.call_id().expect("Call-ID was checked")
    }

    /// CSeq; its method is that of the start line.
    pub fn cseq(&self) -> CSeq<'_> {
        self.headers.cseq().expect("CSeq was checked")
    }

    /// Max-Forwards if written, 0 to 255.
    pub fn max_forwards(&self) -> Option<u8> {
        self.headers.get(HeaderName::MaxForwards)?.parse().ok()
    }
}

impl Response {
    /// Status code, 100 to 699.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Reason phrase as written, possibly empty.
    pub fn reason(&self) -> &str {
        self.reason.of(self.headers.text())
    }

    /// All headers in order.
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// Octets of the body; empty if there is none.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether the body calls itself a session description.
    pub fn has_sdp(&self) -> bool {
        !self.body.is_empty() && self.headers.is_sdp()
    }

    /// Topmost Via.
    pub fn via(&self) -> Via<'_> {
        self.headers.via().expect("Via was checked")
    }

    /// From.
    pub fn from(&self) -> NameAddr<'_> {
        self.headers.from().expect("From was checked")
    }

    /// To.
    pub fn to(&self) -> NameAddr<'_> {
        self.headers.to().expect("To was checked")
    }

    /// Call-ID.
    pub fn call_id(&self) -> &str {
        self.headers.call_id().expect("Call-ID was checked")
    }

    /// CSeq.
    pub fn cseq(&self) -> CSeq<'_> {
        self.headers.cseq().expect("CSeq was checked")
    }
}
