//! Cuts header values into entries, addresses and parameters.
//!
//! Invariant: whatever passes [`checked`] holds no control character but tabs and line folding, and each
//! piece that is cut out holds neither.

use crate::message::NameAddr;

use super::{Address, ENTRIES_MAX, HeaderError, PARAMETERS_MAX, Parameter, VALUE_MAX};

/// The value, if its length and characters may be read at all.
pub(super) fn checked(value: &str) -> Result<&str, HeaderError> {
    if value.len() > VALUE_MAX {
        return Err(HeaderError::TooLong);
    }
    if value.chars().any(|letter| letter.is_control() && !is_space(letter)) {
        return Err(HeaderError::BadValue);
    }
    Ok(trim(value))
}

/// The entries of a comma-separated list; commas in quotes and brackets do not count. Never empty.
pub(super) fn list(value: &str) -> Result<Vec<&str>, HeaderError> {
    let mut entries = Vec::new();
    for entry in split(checked(value)?, ',')? {
        let entry = trim(entry);
        // Empty elements come from headers that were joined (RFC 3261 7.3.1 does not allow them, devices do).
        if entry.is_empty() {
            continue;
        }
        if entries.len() == ENTRIES_MAX {
            return Err(HeaderError::TooManyEntries);
        }
        entries.push(entry);
    }
    if entries.is_empty() { Err(HeaderError::Empty) } else { Ok(entries) }
}

/// The address an entry begins with, and what follows it: nothing, or `;` and parameters.
pub(super) fn address(entry: &str) -> Result<(Address, &str), HeaderError> {
    let parsed = NameAddr::parse(entry).ok_or(HeaderError::BadAddress)?;
    let display = parsed.display();
    // What is left of folding and tabs between quotes.
    let display = (!display.is_empty()).then(|| display.replace(|letter: char| letter.is_control(), " "));
    Ok((Address { display, uri: parsed.uri.as_str().to_owned() }, parsed.params.as_str()))
}

/// The parameters of `;name=value;name`.
pub(super) fn parameters(text: &str) -> Result<Vec<Parameter>, HeaderError> {
    let mut parameters = Vec::new();
    let Some(text) = trim(text).strip_prefix(';') else {
        return if trim(text).is_empty() { Ok(parameters) } else { Err(HeaderError::BadParameter) };
    };
    for piece in split(text, ';')? {
        let piece = trim(piece);
        if piece.is_empty() {
            continue;
        }
        if parameters.len() == PARAMETERS_MAX {
            return Err(HeaderError::TooManyParameters);
        }
        let (name, value) = match piece.split_once('=') {
            Some((name, value)) => (trim(name), Some(trim(value))),
            None => (piece, None),
        };
        if !is_token(name) || !value.is_none_or(is_value) {
            return Err(HeaderError::BadParameter);
        }
        parameters.push(Parameter { name: name.to_owned(), value: value.map(str::to_owned) });
    }
    Ok(parameters)
}

/// Takes the parameter of that name out of the list, its value without quotes.
pub(super) fn take(parameters: &mut Vec<Parameter>, name: &str) -> Result<Option<String>, HeaderError> {
    let Some(index) = parameters.iter().position(|parameter| parameter.name.eq_ignore_ascii_case(name))
    else {
        return Ok(None);
    };
    let value = parameters.remove(index).value.ok_or(HeaderError::BadParameter)?;
    match value.strip_prefix('"') {
        Some(quoted) => unquote(quoted).map(|(text, _)| Some(text)),
        None => Ok(Some(value)),
    }
}

/// A number of digits only, within its type.
pub(super) fn number<T: std::str::FromStr>(text: &str) -> Result<T, HeaderError> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map_err(|_| HeaderError::BadParameter);
    }
    Err(HeaderError::BadParameter)
}

/// A token (RFC 3261 25.1).
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte))
}

/// The text between quotes, escaped; control characters, which no header may hold, are left out.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        if matches!(letter, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}

/// As a token where it is one, else between quotes.
pub(super) fn token_or_quoted(text: &str) -> String {
    if is_token(text) { text.to_owned() } else { quoted(text) }
}

/// The decoded text of what follows an opening quote, and what follows the closing one. Folding and tabs
/// become spaces.
pub(super) fn unquote(text: &str) -> Result<(String, &str), HeaderError> {
    let mut decoded = String::new();
    let mut escaped = false;
    for (index, letter) in text.char_indices() {
        match letter {
            '\\' if !escaped => {
                escaped = true;
                continue;
            }
            '"' if !escaped => return Ok((decoded, &text[index + 1..])),
            _ if letter.is_control() => decoded.push(' '),
            _ => decoded.push(letter),
        }
        escaped = false;
    }
    Err(HeaderError::Unbalanced)
}

pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

pub(super) fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

/// The pieces between separators that stand in neither quotes nor brackets.
pub(super) fn split(text: &str, separator: char) -> Result<Vec<&str>, HeaderError> {
    let mut pieces = Vec::new();
    let (mut quotes, mut brackets, mut escaped, mut begin) = (false, false, false, 0);
    for (index, letter) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if quotes {
            escaped = letter == '\\';
            quotes = letter != '"';
        } else if brackets {
            brackets = letter != '>';
        } else if letter == separator {
            pieces.push(&text[begin..index]);
            begin = index + letter.len_utf8();
        } else {
            quotes = letter == '"';
            brackets = letter == '<';
        }
    }
    if quotes || brackets {
        return Err(HeaderError::Unbalanced);
    }
    pieces.push(&text[begin..]);
    Ok(pieces)
}

/// A token, host or quoted string, whole.
fn is_value(text: &str) -> bool {
    match text.strip_prefix('"') {
        Some(quoted) => {
            unquote(quoted).is_ok_and(|(_, rest)| rest.is_empty()) && !text.contains(['\r', '\n'])
        }
        None => {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"<>;,\\".contains(&byte))
        }
    }
}
