//! SIP messages as text, written and read without the product's own parser, so that both cannot share a fault.

use std::fmt::Write;

/// One message as it stood on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) start: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Message {
    pub(crate) fn new(start: impl Into<String>) -> Self {
        Self { start: start.into(), headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn with_body(mut self, kind: &str, body: impl Into<String>) -> Self {
        self.headers.push(("Content-Type".to_owned(), kind.to_owned()));
        self.body = body.into();
        self
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let start = lines.next()?.to_owned();
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
            .collect();
        Some(Self { start, headers, body: body.to_owned() })
    }

    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{}\r\n", self.start);
        for (name, value) in &self.headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        write!(text, "Content-Length: {}\r\n\r\n{}", self.body.len(), self.body).unwrap();
        text
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// A header that must be there.
    #[track_caller]
    pub(crate) fn must(&self, name: &str) -> &str {
        self.header(name).unwrap_or_else(|| panic!("no {name} in\n{}", self.to_text()))
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.start.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()
    }

    /// Of a request its method, of a response that of its CSeq.
    pub(crate) fn method(&self) -> &str {
        match self.status() {
            Some(_) => self.header("CSeq").and_then(|cseq| cseq.split(' ').nth(1)).unwrap_or_default(),
            None => self.start.split(' ').next().unwrap_or_default(),
        }
    }

    pub(crate) fn is_request(&self, method: &str) -> bool {
        self.status().is_none() && self.method() == method
    }

    pub(crate) fn is_response(&self, method: &str) -> bool {
        self.status().is_some() && self.method() == method
    }

    pub(crate) fn call_id(&self) -> &str {
        self.header("Call-ID").unwrap_or_default()
    }

    pub(crate) fn request_uri(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    pub(crate) fn cseq(&self) -> u32 {
        self.header("CSeq").and_then(|cseq| cseq.split(' ').next()?.parse().ok()).unwrap_or(0)
    }

    /// The user part of the address in a header: `sip:USER@`.
    pub(crate) fn user_in(&self, name: &str) -> String {
        let value = self.header(name).unwrap_or_default();
        let from = value.find("sip:").map_or("", |at| &value[at + 4..]);
        from.split(['@', '>', ';']).next().unwrap_or_default().to_owned()
    }
}

/// `NAME=value` among parameters after `;`.
pub(crate) fn parameter<'a>(value: &'a str, name: &str) -> Option<&'a str> {
    value
        .split(';')
        .skip(1)
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().trim_end_matches('>'))
}

/// The address between `<` and `>`, or the whole.
pub(crate) fn address(value: &str) -> &str {
    match (value.find('<'), value.find('>')) {
        (Some(open), Some(close)) if open < close => &value[open + 1..close],
        _ => value.split(';').next().unwrap_or(value),
    }
}
