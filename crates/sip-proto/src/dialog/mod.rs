//! A dialog (RFC 3261 12): who speaks with whom, by which way, and how far both sides have counted.
//!
//! Holds identifiers and state, no octets and no timers. Invariants: the remote CSeq never falls; the route
//! set is fixed once the dialog is confirmed; at most one INVITE of each side is under way.

use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::message::{HeaderName, Headers, NameAddr};
use crate::uri::Uri;

/// Routes a dialog may have.
pub const ROUTES_MAX: usize = 16;

/// Everything about a dialog that must survive (design section 3): written and read as it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dialog {
    /// Call-ID.
    pub call_id: Arc<str>,
    /// Our tag.
    pub local_tag: Arc<str>,
    /// Theirs.
    pub remote_tag: Arc<str>,
    /// Our name-addr, without tag.
    pub local: Arc<str>,
    /// Theirs, without tag.
    pub remote: Arc<str>,
    /// Where their side wants requests: the Contact.
    pub remote_target: Arc<str>,
    /// Routes, first hop first.
    pub route_set: Vec<Arc<str>>,
    /// Our last CSeq.
    pub local_cseq: u32,
    /// Theirs, once they sent a request.
    pub remote_cseq: Option<u32>,
    /// By which way.
    pub flow: Flow,
    /// Early or confirmed.
    pub stage: Stage,
}

/// How far a dialog is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Made by a provisional response.
    Early,
    /// Made or confirmed by a success.
    Confirmed,
}

/// The way of messages: which listener of ours, which transport, which far address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Flow {
    /// Our listener, as the socket owner counts them. A name of a place, not of a machine.
    pub listener: u16,
    /// UDP or a connection.
    pub transport: Transport,
    /// The far address.
    pub remote: SocketAddr,
}

/// A transport.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// UDP.
    Udp,
    /// TCP; the owner of the sockets keeps one connection per flow and opens it when there is none.
    Tcp,
}

impl Transport {
    /// As Via writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Transport::Udp => "UDP",
            Transport::Tcp => "TCP",
        }
    }
}

/// What a request in a dialog is sent to and by which routes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Path {
    /// Request-URI.
    pub uri: Arc<str>,
    /// Route headers.
    pub routes: Vec<Arc<str>>,
}

/// What is wrong with a request in a dialog.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OutOfOrder {
    /// Its CSeq is lower than one seen (RFC 3261 12.2.2): 500.
    Late,
}

impl Dialog {
    /// Our side of a dialog that a request of theirs makes (RFC 3261 12.1.1). RFC 2543 did not ask for
    /// a Contact: without one the address in From is the target.
    pub fn of_request(headers: &Headers, local_tag: &str, flow: Flow) -> Option<Dialog> {
        let (from, to) = (headers.from()?, headers.to()?);
        let cseq = headers.cseq()?.number;
        Some(Dialog {
            call_id: Arc::from(headers.call_id()?),
            local_tag: Arc::from(local_tag),
            remote_tag: Arc::from(from.tag().unwrap_or_default()),
            local: Arc::from(bare(&to).as_str()),
            remote: Arc::from(bare(&from).as_str()),
            remote_target: match headers.contact() {
                Some(contact) => Arc::from(contact.uri.as_str()),
                None => Arc::from(from.uri.as_str()),
            },
            route_set: routes(headers, Order::AsWritten),
            local_cseq: 0,
            remote_cseq: Some(cseq),
            flow,
            stage: Stage::Early,
        })
    }

    /// Our side of a dialog that a response to our request makes (RFC 3261 12.1.2). `None` without To tag.
    pub fn of_response(headers: &Headers, target: &str, flow: Flow, stage: Stage) -> Option<Dialog> {
        let (from, to) = (headers.from()?, headers.to()?);
        let contact = headers.contact();
        Some(Dialog {
            call_id: Arc::from(headers.call_id()?),
            local_tag: Arc::from(from.tag().unwrap_or_default()),
            remote_tag: Arc::from(to.tag()?),
            local: Arc::from(bare(&from).as_str()),
            remote: Arc::from(bare(&to).as_str()),
            remote_target: Arc::from(contact.map_or(target, |contact| contact.uri.as_str())),
            route_set: routes(headers, Order::Reversed),
            local_cseq: headers.cseq()?.number,
            remote_cseq: None,
            flow,
            stage,
        })
    }

    /// A success confirms the dialog; route set and target are those of the success (RFC 3261 13.2.2.4).
    pub fn confirm_by(&mut self, headers: &Headers) {
        if self.stage == Stage::Early {
            self.route_set = routes(headers, Order::Reversed);
            self.stage = Stage::Confirmed;
        }
        self.refresh(headers);
    }

    /// Target refresh (RFC 3261 12.2).
    pub fn refresh(&mut self, headers: &Headers) {
        if let Some(contact) = headers.contact() {
            self.remote_target = Arc::from(contact.uri.as_str());
        }
    }

    /// Takes the CSeq of a request of theirs.
    ///
    /// # Errors
    /// It is lower than one seen before.
    pub fn take_cseq(&mut self, number: u32) -> Result<(), OutOfOrder> {
        if self.remote_cseq.is_some_and(|seen| number < seen) {
            return Err(OutOfOrder::Late);
        }
        self.remote_cseq = Some(number);
        Ok(())
    }

    /// The next CSeq of ours.
    pub fn next_cseq(&mut self) -> u32 {
        self.local_cseq = self.local_cseq.wrapping_add(1);
        self.local_cseq
    }

    /// Request-URI and routes of a request of ours; strict routers of RFC 2543 get theirs (RFC 3261 12.2.1.1).
    pub fn path(&self) -> Path {
        let strict = self
            .route_set
            .first()
            .filter(|route| NameAddr::parse(route).is_some_and(|route| !route.uri.is_loose_router()));
        let Some(first) = strict else {
            return Path { uri: self.remote_target.clone(), routes: self.route_set.clone() };
        };
        let uri = NameAddr::parse(first)
            .map_or_else(|| self.remote_target.clone(), |route| Arc::from(route.uri.as_str()));
        let mut routes: Vec<Arc<str>> = self.route_set[1..].to_vec();
        routes.push(Arc::from(format!("<{}>", self.remote_target)));
        Path { uri, routes }
    }

    /// The address of the first hop, where it is written as an address.
    pub fn next_hop(&self) -> Option<SocketAddr> {
        let route = self.route_set.first().and_then(|route| NameAddr::parse(route));
        let uri = route.map(|route| route.uri).or_else(|| Uri::parse(&self.remote_target).ok())?;
        Some(SocketAddr::new(uri.ip()?, uri.port.unwrap_or(5060)))
    }
}

/// A name-addr without its parameters.
fn bare(value: &NameAddr<'_>) -> String {
    let display = value.display();
    if display.is_empty() {
        format!("<{}>", value.uri.as_str())
    } else {
        format!("\"{}\" <{}>", display.replace('\\', "\\\\").replace('"', "\\\""), value.uri.as_str())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    AsWritten,
    Reversed,
}

fn routes(headers: &Headers, order: Order) -> Vec<Arc<str>> {
    let mut routes: Vec<Arc<str>> =
        headers.values(HeaderName::RecordRoute).take(ROUTES_MAX).map(Arc::from).collect();
    if order == Order::Reversed {
        routes.reverse();
    }
    routes
}
