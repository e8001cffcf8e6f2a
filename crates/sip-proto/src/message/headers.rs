//! The head of a message: one text and spans in it, in the order in which they came.

use super::lists::Values;
use super::name::HeaderName;
use super::values::{CSeq, NameAddr, Via};

/// A stretch of the head.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Span {
    /// From byte offsets below [`super::MESSAGE_SIZE_MAX`] (three times that after repair of bad UTF-8).
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Span { start: start as u32, end: end as u32 }
    }

    pub(crate) fn of(self, text: &str) -> &str {
        &text[self.start as usize..self.end as usize]
    }
}

/// One header line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header<'a> {
    /// Which one it is.
    pub name: HeaderName,
    /// Its name as written.
    pub written: &'a str,
    /// Its value, trimmed; folded lines are joined by spaces.
    pub value: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Entry {
    pub(super) name: HeaderName,
    pub(super) written: Span,
    pub(super) value: Span,
}

/// All headers of a message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Headers {
    pub(super) text: Box<str>,
    pub(super) entries: Vec<Entry>,
}

impl Headers {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Every header line in order.
    pub fn iter(&self) -> impl Iterator<Item = Header<'_>> {
        (0..self.entries.len()).filter_map(|line| self.at(line))
    }

    pub(super) fn at(&self, line: usize) -> Option<Header<'_>> {
        let entry = self.entries.get(line)?;
        Some(Header {
            name: entry.name,
            written: entry.written.of(&self.text),
            value: entry.value.of(&self.text),
        })
    }

    /// Value of the first line of that name. Not for [`HeaderName::Other`]: see [`Headers::named`].
    pub fn get(&self, name: HeaderName) -> Option<&str> {
        self.entries.iter().find(|entry| entry.name == name).map(|entry| entry.value.of(&self.text))
    }

    /// Values of every line of that name, lists not taken apart.
    pub fn lines(&self, name: HeaderName) -> impl Iterator<Item = &str> {
        self.entries.iter().filter(move |entry| entry.name == name).map(|entry| entry.value.of(&self.text))
    }

    /// Values of every line with that spelling in any case; for headers we do not know by name.
    pub fn named<'a>(&'a self, written: &'a str) -> impl Iterator<Item = &'a str> {
        self.iter()
            .filter(move |header| header.written.eq_ignore_ascii_case(written))
            .map(|header| header.value)
    }

    /// Single values of a listed header, over all its lines.
    pub fn values(&self, name: HeaderName) -> Values<'_> {
        Values::new(self, name)
    }

    /// Whether a listed header (Supported, Require, Allow) has this token, in any case.
    pub fn lists(&self, name: HeaderName, token: &str) -> bool {
        self.values(name).any(|value| value.eq_ignore_ascii_case(token))
    }

    /// Topmost Via, if well formed.
    pub fn via(&self) -> Option<Via<'_>> {
        Via::parse(self.values(HeaderName::Via).next()?)
    }

    /// From, if well formed.
    pub fn from(&self) -> Option<NameAddr<'_>> {
        NameAddr::parse(self.get(HeaderName::From)?)
    }

    /// To, if well formed.
    pub fn to(&self) -> Option<NameAddr<'_>> {
        NameAddr::parse(self.get(HeaderName::To)?)
    }

    /// Call-ID, if not empty.
    pub fn call_id(&self) -> Option<&str> {
        self.get(HeaderName::CallId).filter(|call_id| !call_id.is_empty())
    }

    /// CSeq, if well formed.
    pub fn cseq(&self) -> Option<CSeq<'_>> {
        CSeq::parse(self.get(HeaderName::CSeq)?)
    }

    /// First Contact, if there is one and it is an address (not `*`).
    pub fn contact(&self) -> Option<NameAddr<'_>> {
        NameAddr::parse(self.values(HeaderName::Contact).next()?)
    }

    /// Expires in seconds; a number too great for 32 bits is the greatest.
    pub fn expires(&self) -> Option<u32> {
        delta_seconds(self.get(HeaderName::Expires)?)
    }

    /// Whether Content-Type is `application/sdp`.
    pub fn is_sdp(&self) -> bool {
        let media_type = self.get(HeaderName::ContentType).unwrap_or_default();
        media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/sdp")
    }
}

/// RFC 3261 25.1 `delta-seconds`, saturating.
pub(super) fn delta_seconds(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().unwrap_or(u32::MAX))
}
