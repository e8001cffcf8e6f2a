//! Our own side of a leg's session: whose description it is and which version.
//!
//! Invariants: id and owner never change while the leg lives; the version grows by one with each change of
//! the description and stays where nothing changed (RFC 3264 8).

use super::{Connection, Media, Origin, SessionDescription};
use std::net::IpAddr;

/// Our side of one leg's session. Saved with the dialog as the text of [`LocalSession::last`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalSession {
    id: u64,
    version: u64,
    address: IpAddr,
    last: Option<SessionDescription>,
}

impl LocalSession {
    /// A new session. `id` is unique to the leg; `address` is the one we advertise.
    #[must_use]
    pub fn new(id: u64, address: IpAddr) -> Self {
        // Two sessions of one leg name must differ in id, so the version may begin anywhere: 1.
        Self { id, version: 1, address, last: None }
    }

    /// The session that once published `last`, after a restart. `None` if `last` is not one of ours.
    #[must_use]
    pub fn resume(last: SessionDescription) -> Option<Self> {
        Some(Self {
            id: last.origin.session_id.parse().ok()?,
            version: last.origin.version.parse().ok()?,
            address: last.origin.host.ip()?,
            last: Some(last),
        })
    }

    /// What was sent last on this leg.
    #[must_use]
    pub fn last(&self) -> Option<&SessionDescription> {
        self.last.as_ref()
    }

    /// Makes `description` ours: sets `o=`, and counts the version when it differs from the last one sent.
    pub fn publish(&mut self, mut description: SessionDescription) -> SessionDescription {
        description.origin = self.origin();
        // As text: a section that was refused reads back after a restart as another value of the same meaning.
        if self.last.as_ref().is_some_and(|last| last.to_string() != description.to_string()) {
            self.version += 1;
            description.origin = self.origin();
        }
        self.last = Some(description.clone());
        description
    }

    fn origin(&self) -> Origin {
        Origin {
            user: "helin".to_owned(),
            session_id: self.id.to_string(),
            version: self.version.to_string(),
            host: Connection::from_ip(self.address),
        }
    }
}

/// A description of ours before [`LocalSession::publish`] puts our name on it.
pub(super) fn unsigned(media: Vec<Media>) -> SessionDescription {
    SessionDescription {
        origin: Origin {
            user: "-".to_owned(),
            session_id: "0".to_owned(),
            version: "0".to_owned(),
            host: Connection::from_ip(IpAddr::from([0, 0, 0, 0])),
        },
        name: "-".to_owned(),
        connection: None,
        direction: None,
        attributes: Vec::new(),
        lines: vec![super::Line { letter: 't', value: "0 0".to_owned() }],
        media,
    }
}
