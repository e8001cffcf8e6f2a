//! Reads a session description line by line.
//!
//! Invariants: every line is kept, in a field or as it came; of a line that may stand once, the first counts;
//! a damaged attribute is kept as text and never makes the whole description unreadable.

use super::codec::{Codec, Direction};
use super::{
    Attribute, BODY_MAX, Connection, Crypto, FORMATS_MAX, Formats, Line, MEDIA_MAX, Media, MediaKind, Origin,
    RtcpMux, RtcpPlace, SdpError, SessionDescription,
};

pub(super) fn parse(body: &[u8]) -> Result<SessionDescription, SdpError> {
    if body.len() > BODY_MAX {
        return Err(SdpError::TooLong);
    }
    let text = String::from_utf8_lossy(body);
    let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).enumerate();
    if lines.next().is_none_or(|(_, first)| first.trim_end() != "v=0") {
        return Err(SdpError::NoVersion);
    }
    let mut reader = Reader::default();
    for (index, line) in lines {
        if line.is_empty() {
            continue;
        }
        reader.line(line).map_err(|problem| problem.at(index + 1))?;
    }
    reader.finish()
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    origin: Option<Origin>,
    name: Option<String>,
    connection: Option<Connection>,
    direction: Option<Direction>,
    attributes: Vec<Attribute>,
    lines: Vec<Line>,
    media: Vec<MediaReader>,
}

/// A media section and which of its codecs had their `rtpmap` already.
struct MediaReader {
    media: Media,
    mapped: Vec<u8>,
}

enum Problem {
    Limit(SdpError),
    Unreadable,
}

impl Problem {
    fn at(self, line: usize) -> SdpError {
        match self {
            Self::Limit(error) => error,
            Self::Unreadable => SdpError::BadLine(line),
        }
    }
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), Problem> {
        let mut chars = line.chars();
        let (Some(letter), Some('=')) = (chars.next(), chars.next()) else { return Err(Problem::Unreadable) };
        let value = chars.as_str();
        if !letter.is_ascii_graphic() || letter == '=' || value.contains(['\r', '\0']) {
            return Err(Problem::Unreadable);
        }
        if letter == 'm' {
            return self.open_media(value);
        }
        match self.media.last_mut() {
            Some(section) => section.line(letter, value),
            None => self.session_line(letter, value),
        }
    }

    fn session_line(&mut self, letter: char, value: &str) -> Result<(), Problem> {
        match letter {
            'v' => return Err(Problem::Unreadable),
            'o' if self.origin.is_none() => self.origin = Some(origin(value).ok_or(Problem::Unreadable)?),
            'o' => return Err(Problem::Unreadable),
            's' if self.name.is_none() => self.name = Some(value.to_owned()),
            's' => return Err(Problem::Unreadable),
            'c' if self.connection.is_none() => {
                self.connection = Some(connection(value).ok_or(Problem::Unreadable)?);
            }
            'a' => {
                let attribute = attribute(value);
                match direction(&attribute) {
                    Some(direction) if self.direction.is_none() => self.direction = Some(direction),
                    Some(_) | None => self.attributes.push(attribute),
                }
            }
            _ => self.lines.push(Line { letter, value: value.to_owned() }),
        }
        Ok(())
    }

    fn open_media(&mut self, value: &str) -> Result<(), Problem> {
        if self.media.len() == MEDIA_MAX {
            return Err(Problem::Limit(SdpError::TooManyMedia));
        }
        self.media.push(MediaReader { media: media_line(value)?, mapped: Vec::new() });
        Ok(())
    }

    fn finish(self) -> Result<SessionDescription, SdpError> {
        let mut lines = self.lines;
        if !lines.iter().any(|line| line.letter == 't') {
            lines.push(Line { letter: 't', value: "0 0".to_owned() });
        }
        lines.sort_by_key(|line| rank(line.letter));
        Ok(SessionDescription {
            origin: self.origin.ok_or(SdpError::NoOrigin)?,
            name: self.name.unwrap_or_else(|| "-".to_owned()),
            connection: self.connection,
            direction: self.direction,
            attributes: self.attributes,
            lines,
            media: self.media.into_iter().map(MediaReader::finish).collect(),
        })
    }
}

impl MediaReader {
    fn line(&mut self, letter: char, value: &str) -> Result<(), Problem> {
        match letter {
            // These belong to the session; inside a section they would read back as something else.
            'v' | 'o' | 's' => return Err(Problem::Unreadable),
            'c' if self.media.connection.is_none() => {
                self.media.connection = Some(connection(value).ok_or(Problem::Unreadable)?);
            }
            'a' => {
                let attribute = attribute(value);
                if !self.take(&attribute) {
                    self.media.attributes.push(attribute);
                }
            }
            _ => self.media.lines.push(Line { letter, value: value.to_owned() }),
        }
        Ok(())
    }

    /// Puts an attribute into its field. `false`: it has none, or the field is taken.
    fn take(&mut self, attribute: &Attribute) -> bool {
        if let Some(direction) = direction(attribute) {
            return fill(&mut self.media.direction, Some(direction));
        }
        let media = &mut self.media;
        match (attribute.name.as_str(), attribute.value.as_deref()) {
            ("rtpmap", Some(value)) => self.rtpmap(value).is_some(),
            ("fmtp", Some(value)) => self.fmtp(value).is_some(),
            ("ptime", Some(value)) => fill(&mut media.ptime_ms, number(value)),
            ("maxptime", Some(value)) => fill(&mut media.ptime_max_ms, number(value)),
            ("rtcp", Some(value)) => fill(&mut media.rtcp, rtcp(value)),
            ("rtcp-mux", None) if media.rtcp_mux == RtcpMux::Separate => {
                media.rtcp_mux = RtcpMux::Shared;
                true
            }
            ("crypto", Some(value)) => crypto(value).map(|crypto| media.crypto.push(crypto)).is_some(),
            _ => false,
        }
    }

    fn rtpmap(&mut self, value: &str) -> Option<()> {
        let (payload, rest) = value.split_once(' ')?;
        let payload: u8 = number(payload)?;
        if self.mapped.contains(&payload) {
            return None;
        }
        let mut parts = rest.trim_matches(' ').split('/');
        let name = parts.next().filter(|name| is_token(name))?;
        let clock_rate = number(parts.next()?)?;
        let channels = parts.next().map_or(Some(1), number)?;
        if channels == 0 || parts.next().is_some() {
            return None;
        }
        let codec = self.codec(payload)?;
        *codec = Codec { fmtp: codec.fmtp.take(), ..Codec::new(payload, name, clock_rate, channels) };
        self.mapped.push(payload);
        Some(())
    }

    fn fmtp(&mut self, value: &str) -> Option<()> {
        let (payload, parameters) = value.split_once(' ')?;
        let codec = self.codec(number(payload)?)?;
        if codec.fmtp.is_some() {
            return None;
        }
        codec.fmtp = Some(parameters.to_owned());
        Some(())
    }

    fn codec(&mut self, payload_type: u8) -> Option<&mut Codec> {
        match &mut self.media.formats {
            Formats::Rtp(codecs) => codecs.iter_mut().find(|codec| codec.payload_type == payload_type),
            Formats::Other(_) => None,
        }
    }

    fn finish(self) -> Media {
        let mut media = self.media;
        media.lines.sort_by_key(|line| rank(line.letter));
        media
    }
}

/// Place of a line in the grammar of RFC 8866 9; unknown letters go last, before the attributes.
pub(super) fn rank(letter: char) -> usize {
    match letter {
        'i' => 0,
        'u' => 1,
        'e' => 2,
        'p' => 3,
        'c' => 4,
        'b' => 5,
        't' | 'r' => 6,
        'z' => 7,
        'k' => 8,
        _ => 9,
    }
}

fn media_line(value: &str) -> Result<Media, Problem> {
    let mut words = value.split(' ').filter(|word| !word.is_empty());
    let (Some(kind), Some(port), Some(protocol)) = (words.next(), words.next(), words.next()) else {
        return Err(Problem::Unreadable);
    };
    let (port, port_count) = port.split_once('/').unwrap_or((port, "1"));
    let formats: Vec<&str> = words.take(FORMATS_MAX + 1).collect();
    if formats.len() > FORMATS_MAX {
        return Err(Problem::Limit(SdpError::TooManyFormats));
    }
    let kind = match kind {
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        "image" => MediaKind::Image,
        other => MediaKind::Other(other.to_owned()),
    };
    Ok(Media {
        kind,
        port: number(port).ok_or(Problem::Unreadable)?,
        port_count: number(port_count).ok_or(Problem::Unreadable)?,
        protocol: protocol.to_owned(),
        formats: read_formats(protocol, &formats),
        connection: None,
        direction: None,
        ptime_ms: None,
        ptime_max_ms: None,
        rtcp: None,
        rtcp_mux: RtcpMux::Separate,
        crypto: Vec::new(),
        attributes: Vec::new(),
        lines: Vec::new(),
    })
}

fn read_formats(protocol: &str, formats: &[&str]) -> Formats {
    let is_rtp = protocol.split('/').any(|part| part.eq_ignore_ascii_case("RTP"));
    let payloads: Option<Vec<u8>> =
        formats.iter().map(|format| number(format).filter(|payload| *payload <= 127)).collect();
    match payloads {
        Some(payloads) if is_rtp => {
            let mut codecs: Vec<Codec> = Vec::with_capacity(payloads.len());
            for payload in payloads {
                if !codecs.iter().any(|codec| codec.payload_type == payload) {
                    codecs.push(Codec::from_static(payload));
                }
            }
            Formats::Rtp(codecs)
        }
        Some(_) | None => Formats::Other(formats.iter().map(|format| (*format).to_owned()).collect()),
    }
}

fn origin(value: &str) -> Option<Origin> {
    // The user name is the only part that devices fill with spaces, so the rest is read from the right.
    let mut words = value.trim_end_matches(' ').rsplitn(6, ' ');
    let (address, address_type, network) = (words.next()?, words.next()?, words.next()?);
    let (version, session_id, user) = (words.next()?, words.next()?, words.next()?);
    let whole = [address, address_type, network, version, session_id].iter().all(|word| !word.is_empty());
    whole.then(|| Origin {
        user: user.to_owned(),
        session_id: session_id.to_owned(),
        version: version.to_owned(),
        host: Connection {
            network: network.to_owned(),
            address_type: address_type.to_owned(),
            address: address.to_owned(),
        },
    })
}

fn connection(value: &str) -> Option<Connection> {
    let mut words = value.split(' ').filter(|word| !word.is_empty());
    let connection = Connection {
        network: words.next()?.to_owned(),
        address_type: words.next()?.to_owned(),
        address: words.next()?.to_owned(),
    };
    words.next().is_none().then_some(connection)
}

fn attribute(value: &str) -> Attribute {
    match value.split_once(':') {
        Some((name, value)) => Attribute::new(name, value),
        None => Attribute { name: value.to_owned(), value: None },
    }
}

fn direction(attribute: &Attribute) -> Option<Direction> {
    if attribute.value.is_some() {
        return None;
    }
    Direction::from_name(attribute.name.trim_end_matches(' '))
}

fn rtcp(value: &str) -> Option<RtcpPlace> {
    match value.split_once(' ') {
        None => Some(RtcpPlace { port: number(value)?, connection: None }),
        Some((port, rest)) => Some(RtcpPlace { port: number(port)?, connection: Some(connection(rest)?) }),
    }
}

fn crypto(value: &str) -> Option<Crypto> {
    let mut words = value.splitn(3, ' ');
    let (tag, suite, parameters) = (number(words.next()?)?, words.next()?, words.next()?);
    is_token(suite).then(|| Crypto { tag, suite: suite.to_owned(), parameters: parameters.to_owned() })
}

/// Sets a field that is still empty. `false`: it was not, or there is nothing to set.
fn fill<T>(field: &mut Option<T>, value: Option<T>) -> bool {
    if field.is_some() || value.is_none() {
        return false;
    }
    *field = value;
    true
}

/// Digits only: `u8::from_str` alone would take a plus sign.
fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
