//! History-Info (RFC 7044) with the cause parameter of RFC 4458: every target a call had, the oldest first.
//!
//! Invariant: headers hidden in an entry's URI (`?Reason=...`) are kept decoded beside it and never acted on
//! as headers of the message.

use std::fmt::{self, Write as _};

use crate::uri::decode;

use super::scan;
use super::{Address, Diverted, HeaderError, Parameter, Reason, cut};

/// Most levels of an index.
const INDEX_LEVELS_MAX: usize = 32;

/// One target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The target; its URI without hidden headers, with its `cause`.
    pub address: Address,
    /// Headers hidden in the URI, decoded.
    pub hidden: Vec<(String, String)>,
    /// Its place in the tree.
    pub index: HistoryIndex,
    /// How it came out of an earlier entry.
    pub retargeted: Option<Retargeted>,
    /// All other parameters.
    pub parameters: Vec<Parameter>,
}

/// A place in the tree of targets: 1, 1.1, 1.2, 1.2.1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryIndex(Vec<u16>);

/// How a target came out of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retargeted {
    /// `rc`: the same user, resolved to a contact.
    Contact(HistoryIndex),
    /// `mp`: mapped to another user.
    Mapped(HistoryIndex),
    /// `np`: not changed.
    Unchanged(HistoryIndex),
}

impl HistoryEntry {
    /// An entry without anything but target and index.
    #[must_use]
    pub fn new(uri: impl Into<String>, index: HistoryIndex) -> Self {
        Self {
            address: Address::new(uri),
            hidden: Vec::new(),
            index,
            retargeted: None,
            parameters: Vec::new(),
        }
    }

    /// Reads the header's list.
    ///
    /// # Errors
    /// What is wrong with it; a call is not refused for it, the history is left out.
    pub fn parse(value: &str) -> Result<Vec<Self>, HeaderError> {
        scan::list(value)?.into_iter().map(Self::entry).collect()
    }

    /// Why the call came to this target (RFC 4458). `None` without a readable cause.
    #[must_use]
    pub fn cause(&self) -> Option<u16> {
        let causes = cut(&self.address.uri).1.split(';').filter(|parameter| is_cause(parameter));
        causes
            .filter_map(|parameter| parameter.split_once('='))
            .find_map(|(_, value)| scan::number(value).ok())
    }

    /// The target without the `cause`, as the call was to be sent there for itself.
    #[must_use]
    pub fn uri_without_cause(&self) -> String {
        let (core, params, _) = cut(&self.address.uri);
        let mut uri = core.to_owned();
        for piece in params.split(';').skip(1).filter(|piece| !is_cause(piece)) {
            uri.push(';');
            uri.push_str(piece);
        }
        uri
    }

    /// Sets the cause, in place of one that is there.
    pub fn set_cause(&mut self, diverted: Diverted) {
        self.address.uri = format!("{};cause={}", self.uri_without_cause(), diverted.cause());
    }

    /// Why the attempt at this target failed. `None` without a readable Reason.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        let (_, value) = self.hidden.iter().find(|(name, _)| name.eq_ignore_ascii_case("Reason"))?;
        Reason::parse(value).ok()?.into_iter().next()
    }

    /// Notes why the attempt at this target failed.
    pub fn set_reason(&mut self, reason: &Reason) {
        self.hidden.retain(|(name, _)| !name.eq_ignore_ascii_case("Reason"));
        self.hidden.push(("Reason".to_owned(), reason.to_string()));
    }

    /// Must not be shown to untrusted sides: its own Privacy says so (RFC 7044 10.1.2).
    #[must_use]
    pub fn is_private(&self) -> bool {
        let mut values = self.hidden.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Privacy"));
        values.any(|(_, value)| !value.eq_ignore_ascii_case("none"))
    }

    /// Asks not to show this entry to untrusted sides.
    pub fn set_private(&mut self) {
        self.hidden.retain(|(name, _)| !name.eq_ignore_ascii_case("Privacy"));
        self.hidden.push(("Privacy".to_owned(), "history".to_owned()));
    }

    fn entry(entry: &str) -> Result<Self, HeaderError> {
        let (mut address, rest) = scan::address(entry)?;
        let (core, params, headers) = cut(&address.uri);
        let headers = headers.unwrap_or_default().split('&').filter(|header| !header.is_empty());
        let hidden = headers.map(hidden_header).collect();
        address.uri = format!("{core}{params}");
        let mut parameters = scan::parameters(rest)?;
        let index = scan::take(&mut parameters, "index")?.ok_or(HeaderError::BadParameter)?;
        let retargeted = [
            ("rc", Retargeted::Contact as fn(HistoryIndex) -> Retargeted),
            ("mp", Retargeted::Mapped),
            ("np", Retargeted::Unchanged),
        ];
        let mut found = None;
        for (name, make) in retargeted {
            if let Some(parent) = scan::take(&mut parameters, name)? {
                found = found.or(Some(make(HistoryIndex::parse(&parent)?)));
            }
        }
        Ok(Self { address, hidden, index: HistoryIndex::parse(&index)?, retargeted: found, parameters })
    }
}

impl HistoryIndex {
    /// The first target of a call: 1.
    #[must_use]
    pub fn first() -> Self {
        Self(vec![1])
    }

    /// The target that came out of this one; parallel branches count 1, 2, 3. `None` beyond 32 levels.
    #[must_use]
    pub fn child(&self, branch: u16) -> Option<Self> {
        let mut levels = self.0.clone();
        levels.push(branch);
        (levels.len() <= INDEX_LEVELS_MAX).then_some(Self(levels))
    }

    fn parse(text: &str) -> Result<Self, HeaderError> {
        let levels: Vec<u16> =
            text.split('.').take(INDEX_LEVELS_MAX + 1).map(scan::number).collect::<Result<_, _>>()?;
        if levels.len() > INDEX_LEVELS_MAX { Err(HeaderError::BadParameter) } else { Ok(Self(levels)) }
    }
}

impl Retargeted {
    /// The entry it came out of.
    #[must_use]
    pub fn parent(&self) -> &HistoryIndex {
        match self {
            Self::Contact(parent) | Self::Mapped(parent) | Self::Unchanged(parent) => parent,
        }
    }
}

impl fmt::Display for HistoryEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(display) = &self.address.display {
            write!(f, "{} ", scan::quoted(display))?;
        }
        write!(f, "<{}", self.address.uri)?;
        for (position, (name, value)) in self.hidden.iter().enumerate() {
            f.write_char(if position == 0 { '?' } else { '&' })?;
            write!(f, "{}={}", Escaped(name), Escaped(value))?;
        }
        write!(f, ">;index={}", self.index)?;
        match &self.retargeted {
            Some(Retargeted::Contact(parent)) => write!(f, ";rc={parent}")?,
            Some(Retargeted::Mapped(parent)) => write!(f, ";mp={parent}")?,
            Some(Retargeted::Unchanged(parent)) => write!(f, ";np={parent}")?,
            None => {}
        }
        self.parameters.iter().try_for_each(|parameter| parameter.fmt(f))
    }
}

impl fmt::Display for HistoryIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, level) in self.0.iter().enumerate() {
            if position > 0 {
                f.write_char('.')?;
            }
            write!(f, "{level}")?;
        }
        Ok(())
    }
}

/// Text as a header hidden in a URI (RFC 3261 25.1, `hvalue`).
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.bytes().try_for_each(|byte| {
            if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
                f.write_char(char::from(byte))
            } else {
                write!(f, "%{byte:02X}")
            }
        })
    }
}

fn hidden_header(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    // What is no UTF-8 is replaced: such a header is not one we read.
    (decode(name).into_owned(), decode(value).into_owned())
}

fn is_cause(parameter: &str) -> bool {
    parameter.split('=').next().is_some_and(|name| name.eq_ignore_ascii_case("cause"))
}
