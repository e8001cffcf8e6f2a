//! Values that stand in comma-separated lists, over one or many lines of the same header.
//!
//! A comma inside quotes or angle brackets separates nothing.

use super::headers::Headers;
use super::name::HeaderName;

/// Where `separator` first stands outside quotes and angle brackets; the halves without it.
/// An unclosed quote or bracket swallows the rest.
pub fn split_outside_quotes(text: &str, separator: u8) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let (mut quoted, mut bracketed, mut at) = (false, false, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            b'<' if !quoted => bracketed = true,
            b'>' if !quoted => bracketed = false,
            _ if byte == separator && !quoted && !bracketed => {
                return (&text[..at], Some(&text[at + 1..]));
            }
            _ => {}
        }
        at += 1;
    }
    (text, None)
}

/// The values of one header name, in order; each trimmed.
#[derive(Clone, Debug)]
pub struct Values<'a> {
    headers: &'a Headers,
    name: HeaderName,
    next_line: usize,
    rest: Option<&'a str>,
}

impl<'a> Values<'a> {
    pub(super) fn new(headers: &'a Headers, name: HeaderName) -> Self {
        Values { headers, name, next_line: 0, rest: None }
    }
}

impl<'a> Iterator for Values<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        while self.rest.is_none() {
            let left = self.headers.entries.get(self.next_line..)?;
            let found = left.iter().position(|entry| entry.name == self.name)?;
            self.next_line += found + 1;
            self.rest = Some(left[found].value.of(&self.headers.text)).filter(|value| !value.is_empty());
        }
        let (value, rest) = split_outside_quotes(self.rest?, b',');
        self.rest = rest;
        Some(value.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_brackets_hide_separators() {
        assert_eq!(
            split_outside_quotes(r#""a,\",b" <sip:x,y>,c"#, b','),
            (r#""a,\",b" <sip:x,y>"#, Some("c"))
        );
        assert_eq!(split_outside_quotes("\"open, c", b','), ("\"open, c", None));
    }
}
