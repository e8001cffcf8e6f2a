//! Diversion (RFC 5806): who sent the call on, why, and how often; the newest first.

use std::fmt;

use super::scan::{self, token_or_quoted};
use super::{Address, Diverted, HeaderError, PARAMETERS_MAX, Parameter};

/// Parameters with a field of their own.
const KNOWN_PARAMETERS: usize = 5;

/// One diversion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diversion {
    /// Who diverted.
    pub address: Address,
    /// Why; unknown when the header does not say.
    pub reason: DiversionReason,
    /// How many diversions this entry stands for, 1..=99; 1 when the header does not say.
    pub counter: u8,
    /// How many diversions are allowed, 1..=99.
    pub limit: Option<u8>,
    /// What of the address must not be shown to untrusted sides.
    pub privacy: Option<DiversionPrivacy>,
    /// Whether the diverter checked the address.
    pub screening: Option<Screening>,
    /// All other parameters.
    pub parameters: Vec<Parameter>,
}

/// Why a call was diverted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiversionReason {
    /// `unknown`
    Unknown,
    /// `user-busy`
    UserBusy,
    /// `no-answer`
    NoAnswer,
    /// `unavailable`
    Unavailable,
    /// `unconditional`
    Unconditional,
    /// `time-of-day`
    TimeOfDay,
    /// `do-not-disturb`
    DoNotDisturb,
    /// `deflection`
    Deflection,
    /// `follow-me`
    FollowMe,
    /// `out-of-service`
    OutOfService,
    /// `away`
    Away,
    /// Any other word.
    Other(String),
}

/// What of a diverter must not be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiversionPrivacy {
    /// Nothing of it may be shown.
    Full,
    /// Not the name.
    Name,
    /// Not the address.
    Uri,
    /// All may be shown.
    Off,
    /// Any other word.
    Other(String),
}

/// Whether the diverter checked the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Screening {
    /// Checked.
    Yes,
    /// Not checked.
    No,
    /// Any other word.
    Other(String),
}

impl Diversion {
    /// Our own mark: `diverter` sent the call on, once, and may be shown. It goes in front of the list.
    #[must_use]
    pub fn ours(diverter: &str, diverted: Diverted) -> Self {
        Self {
            address: Address::new(diverter),
            reason: diverted.diversion_reason(),
            counter: 1,
            limit: None,
            privacy: Some(DiversionPrivacy::Off),
            screening: Some(Screening::No),
            parameters: Vec::new(),
        }
    }

    /// Reads the header's list.
    ///
    /// # Errors
    /// What is wrong with it; a call is not refused for it, the mark is left out.
    pub fn parse(value: &str) -> Result<Vec<Self>, HeaderError> {
        scan::list(value)?.into_iter().map(Self::entry).collect()
    }

    /// Nothing of the diverter may be shown to untrusted sides.
    #[must_use]
    pub fn is_private(&self) -> bool {
        matches!(self.privacy, Some(DiversionPrivacy::Full | DiversionPrivacy::Name | DiversionPrivacy::Uri))
    }

    fn entry(entry: &str) -> Result<Self, HeaderError> {
        let (address, rest) = scan::address(entry)?;
        let mut parameters = scan::parameters(rest)?;
        let mut text = |name| scan::take(&mut parameters, name);
        let reason = text("reason")?;
        let counter = text("counter")?;
        let limit = text("limit")?;
        let privacy = text("privacy")?;
        let screening = text("screen")?;
        // Reason and counter are written even where they were not said: there must be room for them.
        if parameters.len() > PARAMETERS_MAX - KNOWN_PARAMETERS {
            return Err(HeaderError::TooManyParameters);
        }
        Ok(Self {
            address,
            reason: reason.map_or(DiversionReason::Unknown, DiversionReason::from_word),
            counter: counter.as_deref().map_or(Ok(1), count)?,
            limit: limit.as_deref().map(count).transpose()?,
            privacy: privacy.map(DiversionPrivacy::from_word),
            screening: screening.map(Screening::from_word),
            parameters,
        })
    }
}

impl DiversionReason {
    const KNOWN: [Self; 11] = [
        Self::Unknown,
        Self::UserBusy,
        Self::NoAnswer,
        Self::Unavailable,
        Self::Unconditional,
        Self::TimeOfDay,
        Self::DoNotDisturb,
        Self::Deflection,
        Self::FollowMe,
        Self::OutOfService,
        Self::Away,
    ];

    /// The header's word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Unknown => "unknown",
            Self::UserBusy => "user-busy",
            Self::NoAnswer => "no-answer",
            Self::Unavailable => "unavailable",
            Self::Unconditional => "unconditional",
            Self::TimeOfDay => "time-of-day",
            Self::DoNotDisturb => "do-not-disturb",
            Self::Deflection => "deflection",
            Self::FollowMe => "follow-me",
            Self::OutOfService => "out-of-service",
            Self::Away => "away",
            Self::Other(word) => word,
        }
    }

    fn from_word(word: String) -> Self {
        let known = Self::KNOWN.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(&word));
        known.unwrap_or(Self::Other(word))
    }
}

impl DiversionPrivacy {
    fn as_str(&self) -> &str {
        match self {
            Self::Full => "full",
            Self::Name => "name",
            Self::Uri => "uri",
            Self::Off => "off",
            Self::Other(word) => word,
        }
    }

    fn from_word(word: String) -> Self {
        let known = [Self::Full, Self::Name, Self::Uri, Self::Off];
        let known = known.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(&word));
        known.unwrap_or(Self::Other(word))
    }
}

impl Screening {
    fn as_str(&self) -> &str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Other(word) => word,
        }
    }

    fn from_word(word: String) -> Self {
        let known =
            [Self::Yes, Self::No].into_iter().find(|known| known.as_str().eq_ignore_ascii_case(&word));
        known.unwrap_or(Self::Other(word))
    }
}

impl fmt::Display for Diversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};reason={}", self.address, token_or_quoted(self.reason.as_str()))?;
        write!(f, ";counter={}", self.counter)?;
        if let Some(limit) = self.limit {
            write!(f, ";limit={limit}")?;
        }
        if let Some(privacy) = &self.privacy {
            write!(f, ";privacy={}", token_or_quoted(privacy.as_str()))?;
        }
        if let Some(screening) = &self.screening {
            write!(f, ";screen={}", token_or_quoted(screening.as_str()))?;
        }
        self.parameters.iter().try_for_each(|parameter| parameter.fmt(f))
    }
}

/// One or two digits, not zero (RFC 5806 4).
fn count(text: &str) -> Result<u8, HeaderError> {
    let count = scan::number(text)?;
    if (1..=99).contains(&count) { Ok(count) } else { Err(HeaderError::BadParameter) }
}
