//! Names of things: tenants, parties, calls, legs, requests, versions. All are cheap to copy or to share.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::table::{Key, spread};

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}: {allowed}")]
pub struct IdError {
    /// What was asked for, as `company id`.
    pub what: &'static str,
    /// The offending text, cut to 64 characters.
    pub text: String,
    /// What is allowed.
    pub allowed: &'static str,
}

fn slug(text: &str, what: &'static str) -> Result<Arc<str>, IdError> {
    const ALLOWED: &str = "1 to 64 of a-z A-Z 0-9 . _ - and letters of other alphabets, no spaces";
    let good = !text.is_empty()
        && text.chars().count() <= 64
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if good {
        Ok(Arc::from(text))
    } else {
        Err(IdError { what, text: text.chars().take(64).collect(), allowed: ALLOWED })
    }
}

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                slug(text, $what).map(Self)
            }
        }
        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.to_string()
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug_id!(
    /// A company served by the platform, as `sinilind`.
    TenantId,
    "company id"
);
slug_id!(
    /// The name of a user or of a person reached over a trunk; one name space within a company.
    PartyName,
    "name of a person"
);
slug_id!(
    /// A trunk's name in `helin.toml`.
    TrunkName,
    "trunk name"
);
slug_id!(
    /// A prompt's name: one of the company's or a built-in.
    PromptName,
    "prompt name"
);

/// A person or a telephone number that took part: user, outside person or caller. Facts and journal name
/// people only by this; the name and the number stand in one row that can be erased (design section 3).
/// Unique within a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PartyId(pub u64);

/// One caller's attempt to its end. A UUIDv7 made where the call enters the platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub Uuid);

// The order of the octets, compared as one number: maps of calls ask for it more often than for anything else.
impl Ord for CallId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.as_u128().cmp(&other.0.as_u128())
    }
}

impl PartialOrd for CallId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Key for CallId {
    fn spread(&self) -> u32 {
        // The chance is in the lower half; ids that were counted have nothing else.
        let (time, chance) = self.0.as_u64_pair();
        spread(time ^ chance)
    }
}

impl Key for PartyId {
    fn spread(&self) -> u32 {
        spread(self.0)
    }
}

impl CallId {
    /// An id of the form of UUIDv7, so that ids keep the order of time: milliseconds since 1970 and chance.
    pub fn at(milliseconds: u64, chance: (u64, u64)) -> CallId {
        let time = u128::from(milliseconds) & 0xffff_ffff_ffff;
        let high = u128::from(chance.0) & 0xfff;
        let low = u128::from(chance.1) & 0x3fff_ffff_ffff_ffff;
        CallId(Uuid::from_u128(time << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for CallId {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(CallId)
    }
}

/// Our connection with one party of a call. Number 0 is the caller's; the engine numbers those it dials
/// from 1. Printed as `CALL.N`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LegId {
    /// The call it belongs to.
    pub call: CallId,
    /// Its place among the call's legs.
    pub n: u16,
}

impl LegId {
    /// The leg by which a call came in.
    pub fn caller(call: CallId) -> Self {
        LegId { call, n: 0 }
    }
}

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.call, self.n)
    }
}

/// Ties a reply to the command that asked for it. Chosen by the asker; 0 asks for no reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestId(pub u64);

/// A company's settings have one version per accepted change, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigVersion(pub u64);

/// Place of a fact in a tenant's history, counted from 1 without gaps. Also the version of the state that
/// folding up to and including it gives; 0 is the empty state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FactSeq(pub u64);

/// All that chance may decide comes from this; same seed, same choices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seed(pub u64);
