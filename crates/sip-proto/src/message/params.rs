//! Parameters: `;name`, `;name=token`, `;name="quoted"`, with white space wherever it may stand.

use super::lists::split_outside_quotes;
use super::method::is_token_byte;

/// One parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Param<'a> {
    /// Name as written.
    pub name: &'a str,
    /// Value without its quotes (escapes inside are left); empty if there is none.
    pub value: &'a str,
}

/// Parameters in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Params<'a> {
    /// Empty, or begins with `;`.
    rest: &'a str,
}

impl<'a> Params<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        Params { rest: text }
    }

    /// Value of the first parameter of that name in any case; `Some("")` if it has none.
    pub fn value(mut self, name: &str) -> Option<&'a str> {
        self.find(|param| param.name.eq_ignore_ascii_case(name)).map(|param| param.value)
    }

    /// The parameters as written, with their leading semicolon.
    pub fn as_str(self) -> &'a str {
        self.rest
    }

    /// Whether each parameter has a name of token characters and every quote is closed.
    pub(crate) fn are_well_formed(mut self) -> bool {
        let opened = self.rest.is_empty() || self.rest.starts_with(';');
        let mut sound = opened;
        while let Some((name, value)) = self.next_written() {
            let named = !name.is_empty() && name.bytes().all(|b| is_token_byte(b) || b"[]/:&$".contains(&b));
            let closed = match value.starts_with('"') {
                true => closes_at_its_end(value),
                false => !value.bytes().any(|b| matches!(b, b'"' | b';' | b'<' | b'>')),
            };
            sound &= named && closed;
        }
        sound
    }

    /// The next name and value as written, both trimmed.
    fn next_written(&mut self) -> Option<(&'a str, &'a str)> {
        let (param, rest) = split_outside_quotes(self.rest.strip_prefix(';')?, b';');
        let consumed = rest.map_or(self.rest.len(), |rest| self.rest.len() - rest.len() - 1);
        self.rest = &self.rest[consumed..];
        let (name, value) = split_outside_quotes(param, b'=');
        Some((name.trim(), value.unwrap_or_default().trim()))
    }
}

impl<'a> Iterator for Params<'a> {
    type Item = Param<'a>;

    fn next(&mut self) -> Option<Param<'a>> {
        let (name, value) = self.next_written()?;
        Some(Param { name, value: unquote(value) })
    }
}

fn unquote(value: &str) -> &str {
    value.strip_prefix('"').and_then(|inside| inside.strip_suffix('"')).unwrap_or(value)
}

/// For a text that begins with a quote: whether the closing one is its last character.
pub(super) fn closes_at_its_end(quoted: &str) -> bool {
    closing_quote(quoted) == Some(quoted.len() - 1)
}

/// For a text that begins with a quote: where the closing one stands.
pub(super) fn closing_quote(quoted: &str) -> Option<usize> {
    let bytes = quoted.as_bytes();
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return Some(at),
            _ => at += 1,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lose_quotes_and_white_space() {
        let params = Params::of(r#" ; tag = 1 ;text="a;\"b" ; lr"#.trim_start());
        let all: Vec<_> = params.map(|p| (p.name, p.value)).collect();
        assert_eq!(all, [("tag", "1"), ("text", r#"a;\"b"#), ("lr", "")]);
        assert_eq!(params.value("LR"), Some(""));
        assert!(params.are_well_formed());
    }

    #[test]
    fn empty_and_unclosed_parameters_are_not_well_formed() {
        for text in [";", ";;a", ";a;", ";a=\"b", ";=b", "a"] {
            assert!(!Params::of(text).are_well_formed(), "{text}");
        }
    }
}
