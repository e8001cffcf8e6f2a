//! The comma-separated parameters behind `Digest`, as text between their quotes.
//!
//! Invariants: values are kept raw, with their backslashes: the digest is taken over the text between the
//! quotes (RFC 7616 3.4, `unq`), and writing them back needs no escaping. They hold no control characters.

use std::fmt;

use super::{AuthError, PARAMETERS_MAX, VALUE_MAX};

/// Parameters in their order; names as written.
pub(super) struct Parameters<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parameters<'a> {
    /// Reads `Digest name=value, name="value", ...`.
    pub(super) fn parse(value: &'a str) -> Result<Self, AuthError> {
        if value.len() > VALUE_MAX {
            return Err(AuthError::TooLong);
        }
        let value = value.trim_matches(is_space);
        let (scheme, mut rest) = value.split_once(is_space).ok_or(AuthError::NotDigest)?;
        if !scheme.eq_ignore_ascii_case("Digest") {
            return Err(AuthError::NotDigest);
        }
        let mut parameters = Vec::new();
        loop {
            // Empty list elements are allowed (RFC 9110 5.6.1.2), some phones end with a comma.
            rest = rest.trim_start_matches(|letter| is_space(letter) || letter == ',');
            if rest.is_empty() {
                return Ok(Self(parameters));
            }
            if parameters.len() == PARAMETERS_MAX {
                return Err(AuthError::TooManyParameters);
            }
            let (name, behind) = rest.split_once('=').ok_or(AuthError::Malformed)?;
            let name = name.trim_end_matches(is_space);
            if name.is_empty() || !name.bytes().all(is_plain) {
                return Err(AuthError::Malformed);
            }
            let (text, behind) = read_value(behind.trim_start_matches(is_space))?;
            parameters.push((name, text));
            rest = behind.trim_start_matches(is_space);
            if !rest.is_empty() && !rest.starts_with(',') {
                return Err(AuthError::Malformed);
            }
        }
    }

    /// The one value of that name.
    pub(super) fn optional(&self, name: &'static str) -> Result<Option<&'a str>, AuthError> {
        let mut values = self.0.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        let first = values.next().map(|(_, value)| *value);
        if values.next().is_some() { Err(AuthError::Repeated(name)) } else { Ok(first) }
    }

    /// The one value of that name, which has to be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&'a str, AuthError> {
        self.optional(name)?.ok_or(AuthError::Missing(name))
    }
}

/// Writes `, name="value"` unless there is no value.
pub(super) fn write_quoted(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&str>) -> fmt::Result {
    value.map_or(Ok(()), |value| write!(f, ", {name}=\"{value}\""))
}

/// Makes any text fit between quotes. Control characters are left out; they have no place in a header.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        if matches!(letter, '"' | '\\') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

/// The value and what follows it.
fn read_value(text: &str) -> Result<(&str, &str), AuthError> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(|letter| is_space(letter) || letter == ',').unwrap_or(text.len());
        let (value, behind) = text.split_at(end);
        let plain = !value.is_empty() && value.bytes().all(|byte| is_plain(byte) || byte == b'=');
        return if plain { Ok((value, behind)) } else { Err(AuthError::Malformed) };
    };
    let mut escaped = false;
    for (index, letter) in quoted.char_indices() {
        match letter {
            _ if letter.is_control() && letter != '\t' => return Err(AuthError::Malformed),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Ok((&quoted[..index], &quoted[index + 1..])),
            _ => {}
        }
    }
    Err(AuthError::Malformed)
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

/// What may stand outside quotes; more than a token, because devices leave the quotes out around URIs.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b',' | b'\\' | b'=')
}
