//! Codecs and directions, the two words offer and answer are about.
//!
//! Invariant: two codecs are the same when name, clock rate and channels agree; payload numbers do not count
//! (RFC 3264 5.1), except for a payload type nobody named.

/// One RTP format: a payload type and what it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Codec {
    /// 0..=127.
    pub payload_type: u8,
    /// Encoding name as written; empty for a payload type that neither `rtpmap` nor RFC 3551 explains.
    pub name: String,
    /// Clock of the timestamps in hertz.
    pub clock_rate: u32,
    /// Audio channels, 1 when not said.
    pub channels: u8,
    /// Format parameters (`a=fmtp`), as written.
    pub fmtp: Option<String>,
}

/// Which way media flows, seen from the one who writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    SendRecv,
    /// I send, you listen: hold with music.
    SendOnly,
    /// You send, I listen.
    RecvOnly,
    /// Neither way: hold without music.
    Inactive,
}

impl Codec {
    /// A codec without format parameters. `channels` 1 for all telephone codecs.
    #[must_use]
    pub fn new(payload_type: u8, name: &str, clock_rate: u32, channels: u8) -> Self {
        Self { payload_type, name: name.to_owned(), clock_rate, channels, fmtp: None }
    }

    /// G.711 mu-law, payload type 0.
    #[must_use]
    pub fn pcmu() -> Self {
        Self::new(0, "PCMU", 8_000, 1)
    }

    /// G.711 A-law, payload type 8.
    #[must_use]
    pub fn pcma() -> Self {
        Self::new(8, "PCMA", 8_000, 1)
    }

    /// Telephone events 0-15 at 8 kHz (RFC 4733), under a dynamic payload type.
    #[must_use]
    pub fn telephone_event(payload_type: u8) -> Self {
        Self { fmtp: Some("0-15".to_owned()), ..Self::new(payload_type, "telephone-event", 8_000, 1) }
    }

    /// What RFC 3551 table 4 and 5 say of a payload type that has no `rtpmap`.
    #[must_use]
    pub fn from_static(payload_type: u8) -> Self {
        let (name, clock_rate, channels) = match payload_type {
            0 => ("PCMU", 8_000, 1),
            3 => ("GSM", 8_000, 1),
            4 => ("G723", 8_000, 1),
            5 => ("DVI4", 8_000, 1),
            6 => ("DVI4", 16_000, 1),
            7 => ("LPC", 8_000, 1),
            8 => ("PCMA", 8_000, 1),
            9 => ("G722", 8_000, 1),
            10 => ("L16", 44_100, 2),
            11 => ("L16", 44_100, 1),
            12 => ("QCELP", 8_000, 1),
            13 => ("CN", 8_000, 1),
            14 => ("MPA", 90_000, 1),
            15 => ("G728", 8_000, 1),
            16 => ("DVI4", 11_025, 1),
            17 => ("DVI4", 22_050, 1),
            18 => ("G729", 8_000, 1),
            25 => ("CelB", 90_000, 1),
            26 => ("JPEG", 90_000, 1),
            28 => ("nv", 90_000, 1),
            31 => ("H261", 90_000, 1),
            32 => ("MPV", 90_000, 1),
            33 => ("MP2T", 90_000, 1),
            34 => ("H263", 90_000, 1),
            _ => ("", 0, 1),
        };
        Self::new(payload_type, name, clock_rate, channels)
    }

    /// The same format, whatever its payload type is on either side.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        if self.name.is_empty() && other.name.is_empty() {
            return self.payload_type == other.payload_type;
        }
        self.name.eq_ignore_ascii_case(&other.name)
            && self.clock_rate == other.clock_rate
            && self.channels == other.channels
    }

    /// Named key presses (RFC 4733).
    #[must_use]
    pub fn is_telephone_event(&self) -> bool {
        self.name.eq_ignore_ascii_case("telephone-event")
    }

    /// Comfort noise (RFC 3389).
    #[must_use]
    pub fn is_comfort_noise(&self) -> bool {
        self.name.eq_ignore_ascii_case("CN")
    }

    /// G.711, whichever law: one can be written anew in the other, octet by octet.
    #[must_use]
    pub fn is_g711(&self) -> bool {
        [Self::pcma(), Self::pcmu()].iter().any(|law| law.is_same(self))
    }

    /// Carries a voice of its own, unlike telephone events and comfort noise.
    #[must_use]
    pub fn is_voice(&self) -> bool {
        !self.is_telephone_event() && !self.is_comfort_noise()
    }
}

impl Direction {
    /// The attribute's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// Seen from the other side: what an answer says at most (RFC 3264 6.1).
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            Self::SendRecv | Self::Inactive => self,
        }
    }

    /// What both allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::from_ways(self.sends() && other.sends(), self.receives() && other.receives())
    }

    /// The writer sends.
    #[must_use]
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// The writer listens.
    #[must_use]
    pub fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    pub(super) fn from_name(name: &str) -> Option<Self> {
        [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive]
            .into_iter()
            .find(|direction| direction.as_str() == name)
    }

    fn from_ways(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }
}
