//! Writes a session description in the order of RFC 8866 9, lines ended by CR LF.

use std::fmt;

use super::parse::rank;
use super::{
    Attribute, Codec, Connection, Formats, Line, Media, MediaKind, Origin, RtcpMux, SessionDescription,
};

impl fmt::Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v=0\r\no={}\r\ns={}\r\n", self.origin, self.name)?;
        write_lines(f, &self.lines, self.connection.as_ref())?;
        if let Some(direction) = self.direction {
            write!(f, "a={}\r\n", direction.as_str())?;
        }
        write_attributes(f, &self.attributes)?;
        self.media.iter().try_for_each(|media| media.fmt(f))
    }
}

impl fmt::Display for Media {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "m={} {}", self.kind, self.port)?;
        if self.port_count != 1 {
            write!(f, "/{}", self.port_count)?;
        }
        write!(f, " {}", self.protocol)?;
        match &self.formats {
            Formats::Rtp(codecs) => {
                codecs.iter().try_for_each(|codec| write!(f, " {}", codec.payload_type))?
            }
            Formats::Other(formats) => formats.iter().try_for_each(|format| write!(f, " {format}"))?,
        }
        f.write_str("\r\n")?;
        write_lines(f, &self.lines, self.connection.as_ref())?;
        self.codecs().iter().try_for_each(|codec| write_codec(f, codec))?;
        if let Some(ptime) = self.ptime_ms {
            write!(f, "a=ptime:{ptime}\r\n")?;
        }
        if let Some(ptime) = self.ptime_max_ms {
            write!(f, "a=maxptime:{ptime}\r\n")?;
        }
        if let Some(direction) = self.direction {
            write!(f, "a={}\r\n", direction.as_str())?;
        }
        if let Some(rtcp) = &self.rtcp {
            write!(f, "a=rtcp:{}", rtcp.port)?;
            if let Some(connection) = &rtcp.connection {
                write!(f, " {connection}")?;
            }
            f.write_str("\r\n")?;
        }
        if self.rtcp_mux == RtcpMux::Shared {
            f.write_str("a=rtcp-mux\r\n")?;
        }
        for crypto in &self.crypto {
            write!(f, "a=crypto:{} {} {}\r\n", crypto.tag, crypto.suite, crypto.parameters)?;
        }
        write_attributes(f, &self.attributes)
    }
}

impl fmt::Display for MediaKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Image => "image",
            Self::Other(other) => other,
        })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.user, self.session_id, self.version, self.host)
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.network, self.address_type, self.address)
    }
}

/// The lines kept as they came, with `c=` in its place among them.
fn write_lines(f: &mut fmt::Formatter<'_>, lines: &[Line], connection: Option<&Connection>) -> fmt::Result {
    let before = lines.partition_point(|line| rank(line.letter) < rank('c'));
    let (before, after) = lines.split_at(before);
    before.iter().try_for_each(|line| write!(f, "{}={}\r\n", line.letter, line.value))?;
    if let Some(connection) = connection {
        write!(f, "c={connection}\r\n")?;
    }
    after.iter().try_for_each(|line| write!(f, "{}={}\r\n", line.letter, line.value))
}

fn write_codec(f: &mut fmt::Formatter<'_>, codec: &Codec) -> fmt::Result {
    let payload_type = codec.payload_type;
    if !codec.name.is_empty() {
        write!(f, "a=rtpmap:{payload_type} {}/{}", codec.name, codec.clock_rate)?;
        if codec.channels != 1 {
            write!(f, "/{}", codec.channels)?;
        }
        f.write_str("\r\n")?;
    }
    match &codec.fmtp {
        Some(fmtp) => write!(f, "a=fmtp:{payload_type} {fmtp}\r\n"),
        None => Ok(()),
    }
}

fn write_attributes(f: &mut fmt::Formatter<'_>, attributes: &[Attribute]) -> fmt::Result {
    attributes.iter().try_for_each(|attribute| match &attribute.value {
        Some(value) => write!(f, "a={}:{value}\r\n", attribute.name),
        None => write!(f, "a={}\r\n", attribute.name),
    })
}
