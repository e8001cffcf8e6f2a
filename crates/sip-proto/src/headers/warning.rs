//! Warning (RFC 3261 20.43), mostly 399: text that tells the other side's staff what was wrong.

use std::fmt;

use super::HeaderError;
use super::scan;

/// One warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// 300..=399; 399 is any other.
    pub code: u16,
    /// Host or name of the one who warns, without spaces.
    pub agent: String,
    /// Text for people.
    pub text: String,
}

impl Warning {
    /// A warning without a code of its own. Characters of `agent` that cannot stand there become `-`.
    #[must_use]
    pub fn miscellaneous(agent: &str, text: &str) -> Self {
        let agent: String =
            agent.chars().map(|letter| if is_agent_letter(letter) { letter } else { '-' }).collect();
        Self {
            code: 399,
            agent: if agent.is_empty() { "-".to_owned() } else { agent },
            text: text.to_owned(),
        }
    }

    /// Reads the header's list.
    ///
    /// # Errors
    /// What is wrong with it; no message is refused for it.
    pub fn parse(value: &str) -> Result<Vec<Self>, HeaderError> {
        scan::list(value)?.into_iter().map(Self::entry).collect()
    }

    fn entry(entry: &str) -> Result<Self, HeaderError> {
        let (code, rest) = entry.split_once(scan::is_space).ok_or(HeaderError::BadValue)?;
        let (agent, rest) = scan::trim(rest).split_once(scan::is_space).ok_or(HeaderError::BadValue)?;
        let quoted = scan::trim(rest).strip_prefix('"').ok_or(HeaderError::BadValue)?;
        let (text, rest) = scan::unquote(quoted)?;
        let readable = code.len() == 3 && agent.chars().all(is_agent_letter) && rest.is_empty();
        if !readable {
            return Err(HeaderError::BadValue);
        }
        Ok(Self { code: scan::number(code)?, agent: agent.to_owned(), text })
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {} {}", self.code, self.agent, scan::quoted(&self.text))
    }
}

/// Letters of hosts, host lists and pseudonyms.
fn is_agent_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "-.!%*_+`'~:[]".contains(letter)
}
