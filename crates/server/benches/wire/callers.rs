//! Callers on the trunk, each with a number of his own, all behind one socket.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::Measure;
use crate::message::Message;

/// All callers.
pub(crate) struct Callers {
    pub(crate) socket: UdpSocket,
    trunk: SocketAddr,
    local: SocketAddr,
    group: String,
}

impl Callers {
    pub(crate) fn new(measure: &Measure) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let local = socket.local_addr().unwrap();
        Self { socket, trunk: measure.trunk, local, group: measure.group.clone() }
    }

    fn request(&self, method: &str, caller: &str, to: &str) -> Message {
        let cseq = if method == "BYE" { 2 } else { 1 };
        Message::new(format!("{method} sip:{}@{} SIP/2.0", self.group, self.trunk))
            .with("Via", format!("SIP/2.0/UDP {};branch=z9hG4bK-{caller}-{method}", self.local))
            .with("Max-Forwards", "70")
            .with("From", format!("<sip:+372{caller}@{}>;tag=f{caller}", self.local))
            .with("To", to)
            .with("Call-ID", format!("wire-{caller}-{}", self.local.port()))
            .with("CSeq", format!("{cseq} {method}"))
            .with("Contact", format!("<sip:caller@{}>", self.local))
    }

    pub(crate) fn invite(&self, caller: u32, rtp: u16) {
        let to = format!("<sip:{}@{}>", self.group, self.trunk);
        let invite = self.request("INVITE", &caller.to_string(), &to);
        self.send(&invite.with_body("application/sdp", description(rtp)));
    }

    /// Acknowledges a final answer to an INVITE.
    pub(crate) fn acknowledge(&self, answer: &Message) {
        let mut ack = self.request("ACK", &caller_of(answer), answer.must("To"));
        if answer.status() != Some(200) {
            // RFC 3261 17.1.1.3: the ACK of a failure belongs to the INVITE's transaction.
            answer.must("Via").clone_into(&mut ack.headers[0].1);
        }
        self.send(&ack);
    }

    pub(crate) fn hang_up(&self, answer: &Message) {
        self.send(&self.request("BYE", &caller_of(answer), answer.must("To")));
    }

    /// The caller takes Helin's BYE.
    pub(crate) fn let_go(&self, bye: &Message) {
        let mut answer = Message::new("SIP/2.0 200 OK");
        for name in ["Via", "From", "To", "Call-ID", "CSeq"] {
            for value in bye.all(name) {
                answer = answer.with(name, value);
            }
        }
        self.send(&answer);
    }

    pub(crate) fn send(&self, message: &Message) {
        self.socket.send_to(message.to_text().as_bytes(), self.trunk).unwrap();
    }

    /// The next message, if one comes in time.
    pub(crate) fn hear(&self, patience: Duration) -> Option<Message> {
        hear(&self.socket, patience).map(|(message, _)| message)
    }
}

/// Lets the phones' thread end, also when a measurement fails.
pub(crate) struct EndsOnDrop<'a>(pub(crate) &'a AtomicBool);

impl Drop for EndsOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The next message of a socket and where it came from, if one comes in time.
pub(crate) fn hear(socket: &UdpSocket, patience: Duration) -> Option<(Message, SocketAddr)> {
    let mut buffer = [0; 4_096];
    socket.set_read_timeout(Some(patience.max(Duration::from_micros(50)))).unwrap();
    let (size, from) = socket.recv_from(&mut buffer).ok()?;
    Some((Message::parse(&buffer[..size])?, from))
}

/// A caller by his number without `+372`.
pub(crate) fn caller_of(message: &Message) -> String {
    message.user_in("From").trim_start_matches("+372").to_owned()
}

/// PCMA at a port of this machine.
pub(crate) fn description(rtp: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {rtp} RTP/AVP 8 101\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\n"
    )
}

/// The port in a description.
pub(crate) fn rtp_port(message: &Message) -> u16 {
    let line = message.body.lines().find_map(|line| line.strip_prefix("m=audio ")).unwrap();
    line.split(' ').next().unwrap().parse().unwrap()
}
