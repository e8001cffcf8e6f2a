//! The members' phones, all behind one socket: each answers at once, or as it is told.

use std::net::{SocketAddr, UdpSocket};

use crate::Measure;
use crate::callers::description;
use crate::message::Message;

/// All phones.
pub(crate) struct Phones {
    pub(crate) socket: UdpSocket,
    local: SocketAddr,
}

impl Phones {
    pub(crate) fn new(measure: &Measure) -> Self {
        Self { socket: UdpSocket::bind(measure.phones).unwrap(), local: measure.phones }
    }

    /// Answers a request; an INVITE gets a dialog, and a description if it is taken.
    pub(crate) fn answer(&self, request: &Message, to: SocketAddr, status: u16, rtp: u16) {
        let mut answer = Message::new(format!("SIP/2.0 {status} Answer"));
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            for value in request.all(name) {
                let tagged = name == "To" && !value.contains(";tag=");
                let tag = if tagged { format!(";tag=m{}", request.call_id()) } else { String::new() };
                answer = answer.with(name, format!("{value}{tag}"));
            }
        }
        if request.is_request("INVITE") && status < 300 {
            answer = answer
                .with("Contact", format!("<sip:member@{}>", self.local))
                .with_body("application/sdp", description(rtp));
        }
        self.socket.send_to(answer.to_text().as_bytes(), to).unwrap();
    }

    /// The member of an INVITE hangs up.
    pub(crate) fn hang_up(&self, invite: &Message, to: SocketAddr) {
        let contact = crate::message::address(invite.must("Contact")).to_owned();
        let bye = Message::new(format!("BYE {contact} SIP/2.0"))
            .with("Via", format!("SIP/2.0/UDP {};branch=z9hG4bK-m{}", self.local, invite.call_id()))
            .with("Max-Forwards", "70")
            .with("From", format!("{};tag=m{}", invite.must("To"), invite.call_id()))
            .with("To", invite.must("From"))
            .with("Call-ID", invite.call_id())
            .with("CSeq", "1 BYE");
        self.socket.send_to(bye.to_text().as_bytes(), to).unwrap();
    }
}
