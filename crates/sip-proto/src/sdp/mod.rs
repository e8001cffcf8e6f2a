//! Session descriptions (RFC 8866) and their offer/answer rules (RFC 3264).
//!
//! Invariants: what was parsed writes back to a text that parses to the same value; unknown lines and
//! attributes are kept in their order; no list grows beyond [`BODY_MAX`], [`MEDIA_MAX`] and [`FORMATS_MAX`].

mod answer;
mod codec;
mod parse;
mod relay;
mod session;
mod write;

use std::fmt;
use std::net::{IpAddr, SocketAddr};

pub use answer::{Agreed, Mismatch, Terms, agreed_audio, answer_audio, offer_audio, why_none};
pub use codec::{Codec, Direction};
pub use relay::{relay_answer, relay_offer, with_both_laws};
pub use session::LocalSession;

/// Longest body that is read, in octets.
pub const BODY_MAX: usize = 65_536;
/// Most media sections in one description.
pub const MEDIA_MAX: usize = 32;
/// Most formats in one media section.
pub const FORMATS_MAX: usize = 64;

/// A whole session description: one `o=` owner, its session-level lines and its media sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionDescription {
    /// `o=`: who made it, and which version of it this is.
    pub origin: Origin,
    /// `s=`, usually `-`.
    pub name: String,
    /// `c=` at session level; a media section may have its own.
    pub connection: Option<Connection>,
    /// Direction at session level, the default of all media sections.
    pub direction: Option<Direction>,
    /// Attributes at session level that have no field of their own, in their order.
    pub attributes: Vec<Attribute>,
    /// All other lines at session level (`t=`, `b=`, `i=`, unknown ones), in the order of the grammar.
    pub lines: Vec<Line>,
    /// `m=` sections in their order; at most [`MEDIA_MAX`].
    pub media: Vec<Media>,
}

/// One `m=` section with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// What it carries.
    pub kind: MediaKind,
    /// Port; 0 means refused or switched off (RFC 3264 6).
    pub port: u16,
    /// Number of ports, nearly always 1.
    pub port_count: u16,
    /// `RTP/AVP`, `RTP/SAVP`, `udptl`, ... as written.
    pub protocol: String,
    /// Codecs or other formats; at most [`FORMATS_MAX`].
    pub formats: Formats,
    /// `c=` of this section, which takes the place of the session's.
    pub connection: Option<Connection>,
    /// Direction of this section; see [`SessionDescription::direction_of`].
    pub direction: Option<Direction>,
    /// Wanted packet length in milliseconds (`a=ptime`).
    pub ptime_ms: Option<u32>,
    /// Longest packet length in milliseconds (`a=maxptime`).
    pub ptime_max_ms: Option<u32>,
    /// Where RTCP goes when it is not the next port (RFC 3605).
    pub rtcp: Option<RtcpPlace>,
    /// RTP and RTCP share one port (RFC 5761).
    pub rtcp_mux: RtcpMux,
    /// SDES keys (RFC 4568).
    pub crypto: Vec<Crypto>,
    /// Attributes without a field of their own, in their order.
    pub attributes: Vec<Attribute>,
    /// All other lines of the section (`i=`, `b=`, `k=`, unknown ones), in the order of the grammar.
    pub lines: Vec<Line>,
}

/// What a media section carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaKind {
    /// `audio`
    Audio,
    /// `video`
    Video,
    /// `image`: T.38 fax (ITU-T T.38 annex D)
    Image,
    /// Any other word.
    Other(String),
}

/// The format list of a media section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Formats {
    /// RTP: payload types with what `rtpmap` and `fmtp` say of them, in order of preference.
    Rtp(Vec<Codec>),
    /// Anything else: `t38`, or RTP with formats that are no payload types.
    Other(Vec<String>),
}

/// The owner of a description (`o=`). Foreign ids are kept as text: devices send more digits than fit a `u64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// User name, `-` for none.
    pub user: String,
    /// Session id, digits.
    pub session_id: String,
    /// Version, digits; +1 with each change (RFC 3264 8).
    pub version: String,
    /// The owner's own address.
    pub host: Connection,
}

/// An address as SDP writes it: `IN IP4 192.0.2.1`, possibly a name or a multicast group with suffixes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Network type, `IN`.
    pub network: String,
    /// Address type, `IP4` or `IP6`.
    pub address_type: String,
    /// Address, possibly with `/ttl/count`.
    pub address: String,
}

/// `a=name` or `a=name:value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// What stands before the colon.
    pub name: String,
    /// What stands behind it, if there is a colon.
    pub value: Option<String>,
}

/// A line that is kept as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The letter before `=`.
    pub letter: char,
    /// What follows it.
    pub value: String,
}

/// Where RTCP goes (RFC 3605).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RtcpPlace {
    /// Port.
    pub port: u16,
    /// Address, when it differs from that of the media.
    pub connection: Option<Connection>,
}

/// Whether RTP and RTCP share one port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RtcpMux {
    /// Two ports.
    Separate,
    /// One port (`a=rtcp-mux`).
    Shared,
}

/// One SDES offer of keys (RFC 4568). The key does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Crypto {
    /// Tag that the answer repeats.
    pub tag: u32,
    /// Suite, such as `AES_CM_128_HMAC_SHA1_80`.
    pub suite: String,
    /// `inline:` key and session parameters, as written.
    pub parameters: String,
}

impl fmt::Debug for Crypto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Crypto({} {} ***)", self.tag, self.suite)
    }
}

/// Why a body is no session description. The line number counts from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// Longer than [`BODY_MAX`].
    #[error("session description longer than 64 KiB")]
    TooLong,
    /// More than [`MEDIA_MAX`] `m=` lines.
    #[error("more than 32 media sections")]
    TooManyMedia,
    /// More than [`FORMATS_MAX`] formats in a media line.
    #[error("more than 64 formats in one media section")]
    TooManyFormats,
    /// The first line is not `v=0`.
    #[error("not a session description: v=0 missing")]
    NoVersion,
    /// No `o=` line.
    #[error("o= missing")]
    NoOrigin,
    /// A line that cannot be read.
    #[error("line {0} of the session description cannot be read")]
    BadLine(usize),
}

impl SessionDescription {
    /// Reads a body. Octets that are not UTF-8 are replaced: they can only stand in texts for people.
    ///
    /// # Errors
    /// What is wrong with it; the caller answers 400, or 488 in an answer that can no longer be refused.
    pub fn parse(body: &[u8]) -> Result<Self, SdpError> {
        parse::parse(body)
    }

    /// The address of a media section: its own, else the session's.
    #[must_use]
    pub fn connection_of<'a>(&'a self, media: &'a Media) -> Option<&'a Connection> {
        media.connection.as_ref().or(self.connection.as_ref())
    }

    /// Where to send RTP of a section. `None` when it is refused, on old-style hold, or has a name for address.
    #[must_use]
    pub fn remote_of(&self, media: &Media) -> Option<SocketAddr> {
        let ip = self.connection_of(media)?.ip()?;
        (media.port != 0 && !ip.is_unspecified()).then(|| SocketAddr::new(ip, media.port))
    }

    /// The direction a section really asks for: its own, else the session's, else both ways; without the
    /// way towards its sender when the address is 0.0.0.0 (RFC 2543's hold, RFC 3264 8.4).
    #[must_use]
    pub fn direction_of(&self, media: &Media) -> Direction {
        let said = media.direction.or(self.direction).unwrap_or(Direction::SendRecv);
        let held = self.connection_of(media).and_then(Connection::ip).is_some_and(|ip| ip.is_unspecified());
        if held { said.and(Direction::SendOnly) } else { said }
    }
}

impl Media {
    /// The codecs, empty for what is not RTP.
    #[must_use]
    pub fn codecs(&self) -> &[Codec] {
        match &self.formats {
            Formats::Rtp(codecs) => codecs,
            Formats::Other(_) => &[],
        }
    }

    /// Length of the packets to send to the one who wrote this section, in milliseconds: what it asks for,
    /// never beyond its maximum, 20 when it says nothing (RFC 3551 4.2).
    #[must_use]
    pub fn packet_ms(&self) -> u32 {
        let wanted = self.ptime_ms.unwrap_or(20);
        self.ptime_max_ms.map_or(wanted, |most| wanted.min(most)).max(1)
    }

    /// Plain RTP (`RTP/AVP`), the only RTP profile that is carried without keys.
    #[must_use]
    pub fn is_plain_rtp(&self) -> bool {
        self.protocol.eq_ignore_ascii_case("RTP/AVP") && matches!(self.formats, Formats::Rtp(_))
    }

    /// T.38 fax over UDPTL.
    #[must_use]
    pub fn is_t38(&self) -> bool {
        let t38 = match &self.formats {
            Formats::Other(formats) => formats.iter().any(|format| format.eq_ignore_ascii_case("t38")),
            Formats::Rtp(_) => false,
        };
        self.kind == MediaKind::Image && self.protocol.eq_ignore_ascii_case("udptl") && t38
    }

    /// The same section, refused: port 0 and nothing but its media line (RFC 3264 6).
    #[must_use]
    pub fn refused(&self) -> Self {
        Self {
            kind: self.kind.clone(),
            port: 0,
            port_count: 1,
            protocol: self.protocol.clone(),
            formats: match &self.formats {
                Formats::Rtp(codecs) => {
                    Formats::Other(codecs.iter().map(|codec| codec.payload_type.to_string()).collect())
                }
                Formats::Other(formats) => Formats::Other(formats.clone()),
            },
            connection: None,
            direction: None,
            ptime_ms: None,
            ptime_max_ms: None,
            rtcp: None,
            rtcp_mux: RtcpMux::Separate,
            crypto: Vec::new(),
            attributes: Vec::new(),
            lines: Vec::new(),
        }
    }
}

impl Connection {
    /// The address line of one of our own addresses.
    #[must_use]
    pub fn from_ip(ip: IpAddr) -> Self {
        let address_type = if ip.is_ipv4() { "IP4" } else { "IP6" };
        Self { network: "IN".to_owned(), address_type: address_type.to_owned(), address: ip.to_string() }
    }

    /// The address as a number; `None` for names and other networks.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        if !self.network.eq_ignore_ascii_case("IN") {
            return None;
        }
        self.address.split('/').next().and_then(|address| address.parse().ok())
    }
}

impl Attribute {
    /// `a=name:value`
    #[must_use]
    pub fn new(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: Some(value.to_owned()) }
    }
}
