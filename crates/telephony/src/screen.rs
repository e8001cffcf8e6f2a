//! Texts on screens (mobile-interfaces 6). The channel is chosen by what the receiver has.

use std::net::SocketAddr;

use model::id::{LegId, PartyId, TenantId};
use model::output::{Notice, NoticeTo};
use sip_proto::dialog::Flow;
use sip_proto::endpoint::{Body, OutRequest};
use sip_proto::message::Method;

use crate::core::Core;
use crate::leg::ClientUse;

/// A way to somebody's screen. SMS and USSD join with their own work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Channel {
    /// SIP MESSAGE (RFC 3428) to a contact.
    Message {
        /// Where to.
        uri: String,
        /// By which way.
        flow: Flow,
    },
}

/// Without an answer for this long a text counts as lost, milliseconds.
const PATIENCE: u64 = 8_000;

impl Core {
    /// Shows a notice.
    pub(crate) fn show(&mut self, tenant: &TenantId, notice: &Notice) {
        match notice.to {
            NoticeTo::User(party) => self.show_to_user(tenant, party, &notice.text),
            NoticeTo::Caller(leg) => self.show_to_caller(leg, &notice.text),
        }
    }

    pub(crate) fn show_to_user(&mut self, tenant: &TenantId, party: PartyId, text: &str) {
        let channels: Vec<Channel> = self
            .registrar
            .contacts(tenant, party)
            .iter()
            .filter(|binding| binding.messages)
            .map(|binding| Channel::Message { uri: binding.contact.to_string(), flow: binding.flow })
            .collect();
        for channel in channels {
            self.write_to(&channel, text);
        }
    }

    /// The far end of a trunk call, if its INVITE listed MESSAGE.
    fn show_to_caller(&mut self, leg: LegId, text: &str) {
        let channel = self.legs.get(&leg).and_then(crate::leg::Leg::message_channel);
        if let Some(channel) = channel {
            self.write_to(&channel, text);
        }
    }

    pub(crate) fn write_to(&mut self, channel: &Channel, text: &str) {
        let Channel::Message { uri, flow } = channel;
        let from = format!("\"Helin\" <sip:961@{}>", self.own_address(*flow));
        let to = format!("<{uri}>");
        let body = Body { content_type: "text/plain;charset=UTF-8", octets: text.as_bytes() };
        let client = self.endpoint.request(
            self.now,
            OutRequest {
                method: &Method::Message,
                uri,
                flow: *flow,
                from: &from,
                to: &to,
                max_forwards: 70,
                headers: &[],
                body: Some(body),
                patience: Some(PATIENCE),
            },
        );
        self.clients.insert(client, ClientUse::Text);
    }

    /// Our address on the listener of a flow, as others see it.
    pub(crate) fn own_address(&self, flow: Flow) -> SocketAddr {
        let listener = self.config.listeners.get(usize::from(flow.listener));
        listener.map_or(flow.remote, |listener| SocketAddr::new(listener.advertise, listener.bind.port()))
    }
}
