//! Where a call can be sent (settings, "Targets"): one form in file, API and UI.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{PartyName, PromptName};
use crate::number::{Number, PhoneNumber};

/// One entry of a target list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Target {
    /// `own_line`: the group's own line.
    OwnLine,
    /// `user:mari`.
    User(PartyName),
    /// `group:+35810200010`.
    Group(Number),
    /// `number:+3725551234`, over a trunk.
    Outside(PhoneNumber),
    /// `voicemail:+3726002000`.
    Voicemail(Number),
    /// `flow:menu`.
    Flow(String),
    /// `announcement:closed`: played, then released.
    Announcement(PromptName),
    /// `busy`: 486 before the answer, busy tone after it.
    Busy,
    /// `hangup`: 480 before the answer, BYE after it.
    HangUp,
}

/// Why a text is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no target: own_line, user:NAME, group:NUMBER, number:+E164, voicemail:NUMBER, flow:NAME, announcement:NAME, busy or hangup"
)]
pub struct TargetError(pub String);

impl FromStr for Target {
    type Err = TargetError;
    fn from_str(text: &str) -> Result<Target, TargetError> {
        let fault = || TargetError(text.chars().take(64).collect());
        let target = match text.split_once(':') {
            None => match text {
                "own_line" => Target::OwnLine,
                "busy" => Target::Busy,
                "hangup" => Target::HangUp,
                _ => return Err(fault()),
            },
            Some((kind, rest)) => match kind {
                "user" => Target::User(rest.parse().map_err(|_| fault())?),
                "group" => Target::Group(rest.parse().map_err(|_| fault())?),
                "number" => Target::Outside(rest.parse().map_err(|_| fault())?),
                "voicemail" => Target::Voicemail(rest.parse().map_err(|_| fault())?),
                "flow" if !rest.is_empty() => Target::Flow(rest.to_owned()),
                "announcement" => Target::Announcement(rest.parse().map_err(|_| fault())?),
                _ => return Err(fault()),
            },
        };
        Ok(target)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::OwnLine => f.write_str("own_line"),
            Target::User(name) => write!(f, "user:{name}"),
            Target::Group(number) => write!(f, "group:{number}"),
            Target::Outside(number) => write!(f, "number:{number}"),
            Target::Voicemail(number) => write!(f, "voicemail:{number}"),
            Target::Flow(name) => write!(f, "flow:{name}"),
            Target::Announcement(name) => write!(f, "announcement:{name}"),
            Target::Busy => f.write_str("busy"),
            Target::HangUp => f.write_str("hangup"),
        }
    }
}

impl TryFrom<String> for Target {
    type Error = TargetError;
    fn try_from(text: String) -> Result<Target, TargetError> {
        text.parse()
    }
}

impl From<Target> for String {
    fn from(target: Target) -> String {
        target.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_read_and_print_alike() {
        for text in [
            "own_line",
            "user:mari",
            "group:+35810200010",
            "group:8000",
            "number:+3725551234",
            "voicemail:+3726002000",
            "flow:menu",
            "announcement:closed",
            "busy",
            "hangup",
        ] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
        for bad in ["", "user:", "number:123", "elsewhere", "flow:", "announcement:two words"] {
            assert!(bad.parse::<Target>().is_err(), "{bad}");
        }
    }
}
