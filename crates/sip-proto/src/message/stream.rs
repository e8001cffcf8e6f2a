//! Framing on TCP and its relatives: octets in, messages out, by Content-Length alone.
//!
//! Invariant: no more than [`super::MESSAGE_SIZE_MAX`] octets and what one read brought are kept. After
//! [`Framed::Broken`] nobody knows where the next message begins: the connection must be closed.

use super::parse::{Fault, Head, StartLine, content_length, end_of_head, finish, read_head};
use super::{MESSAGE_SIZE_MAX, Parsed};

/// What stands next in a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Framed {
    /// A message, good or to be refused; the stream goes on.
    Message(Parsed),
    /// A double line end: answer with one line end (RFC 5626 4.4.1).
    Ping,
    /// The stream cannot be read on: answer with what is inside, then close.
    Broken(Parsed),
}

/// Octets of one stream that are not yet a message.
#[derive(Debug, Default)]
pub struct StreamBuffer {
    octets: Vec<u8>,
    /// How far the end of the head was looked for.
    searched: usize,
    /// The head, read once, with the sizes of head and body.
    head: Option<(Head, usize, usize)>,
    broken: bool,
}

impl StreamBuffer {
    /// Adds what was read. After a break everything is thrown away.
    pub fn push(&mut self, octets: &[u8]) {
        if !self.broken {
            self.octets.extend_from_slice(octets);
        }
    }

    /// Octets waiting.
    pub fn waiting(&self) -> usize {
        self.octets.len()
    }

    /// The next message, ping or break; `None` until more octets come.
    pub fn next_frame(&mut self) -> Option<Framed> {
        if self.broken {
            return None;
        }
        if self.head.is_none() {
            if let Some(ping) = self.skip_line_ends() {
                return Some(ping);
            }
            let Some(end) = end_of_head(&self.octets, self.searched) else {
                self.searched = self.octets.len();
                let endless = self.octets.len() > MESSAGE_SIZE_MAX;
                return endless.then(|| self.break_off(self.octets.len(), Some(Fault::too_large())));
            };
            match self.open(end) {
                Ok(head) => self.head = Some(head),
                Err(fault) => return Some(self.break_off(end, fault)),
            }
        }
        let (_, head_size, body_size) = self.head.as_ref()?;
        let (start, end) = (*head_size, head_size + body_size);
        if self.octets.len() < end {
            return None;
        }
        let (head, _, _) = self.head.take()?;
        let parsed = finish(head, &self.octets[start..end]);
        self.consume(end);
        Some(Framed::Message(parsed))
    }

    /// Line ends between messages: two in a row are a ping, a single one is the rest of a pong.
    fn skip_line_ends(&mut self) -> Option<Framed> {
        if self.octets.starts_with(b"\r\n\r\n") {
            self.consume(4);
            return Some(Framed::Ping);
        }
        // One line end may be the first half of a ping that is still on its way.
        while self.octets.len() > 2
            && self.octets.starts_with(b"\r\n")
            && !b"\r\n\r".starts_with(&self.octets)
        {
            self.consume(2);
        }
        None
    }

    /// Reads the head whose end was found; an error if the body's size is not certain.
    fn open(&self, end: usize) -> Result<(Head, usize, usize), Option<Fault>> {
        let head = read_head(&self.octets[..end]).ok_or(None)?;
        let body = body_size(&head)?;
        // Not by their sum: a Content-Length may be as large as a number can be.
        if body > MESSAGE_SIZE_MAX.saturating_sub(end) {
            return Err(Some(Fault::too_large()));
        }
        Ok((head, end, body))
    }

    fn break_off(&mut self, end: usize, fault: Option<Fault>) -> Framed {
        self.broken = true;
        let parsed = match (read_head(&self.octets[..end]), fault) {
            (Some(head), Some(fault)) => finish(Head { fault: Some(fault), ..head }, &[]),
            (Some(Head { start: StartLine::Request { .. } | StartLine::Response { .. }, .. }), None)
            | (None, _) => Parsed::Dropped(super::Dropped::Garbage),
        };
        self.octets = Vec::new();
        Framed::Broken(parsed)
    }

    fn consume(&mut self, count: usize) {
        self.octets.drain(..count);
        self.searched = 0;
    }
}

/// RFC 3261 18.3: over a stream Content-Length must be there, once and sound.
fn body_size(head: &Head) -> Result<usize, Option<Fault>> {
    let headers = &head.headers;
    if headers.lines(super::HeaderName::ContentLength).nth(1).is_some() {
        return Err(Some(Fault::bad("Repeated Content-Length")));
    }
    match content_length(headers) {
        Ok(Some(size)) => Ok(size),
        // What else is wrong may be why it was not read, as where there are too many headers before it.
        Ok(None) => Err(Some(head.fault.clone().unwrap_or_else(|| Fault::bad("Missing Content-Length")))),
        Err(()) => Err(Some(Fault::bad("Bad Content-Length"))),
    }
}
