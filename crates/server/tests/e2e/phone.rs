//! A scripted far end: a phone or a carrier that does what the test says and nothing else.
//!
//! It repeats nothing by itself and answers nothing unasked, so a test sees every message that Helin sends.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use md5::{Digest, Md5};

use crate::call::Call;
use crate::message::Message;
use crate::process::{Helin, PATIENCE};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A number no other message of this process has.
pub(crate) fn fresh() -> u32 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

enum Line {
    Udp(UdpSocket),
    Tcp(TcpStream, Vec<u8>),
}

/// A far end with one SIP address.
pub(crate) struct Phone {
    pub(crate) user: String,
    password: String,
    pub(crate) server: SocketAddr,
    pub(crate) local: SocketAddr,
    /// Phones are challenged, carriers are not.
    pub(crate) challenged: bool,
    line: Line,
    inbox: Vec<Message>,
    seen: Vec<String>,
    nonce_count: u32,
}

impl Phone {
    /// A phone of a user, not registered.
    pub(crate) fn of(helin: &Helin, user: &str) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        Self { challenged: true, ..Self::at(helin.access(), user, socket) }
    }

    /// A phone of a user, registered.
    #[track_caller]
    pub(crate) fn registered(helin: &Helin, user: &str) -> Self {
        let mut phone = Self::of(helin, user);
        phone.register();
        phone
    }

    /// The same over TCP.
    #[track_caller]
    pub(crate) fn over_tcp(helin: &Helin, user: &str) -> Self {
        let stream = TcpStream::connect(helin.access()).unwrap();
        let local = stream.local_addr().unwrap();
        Self { local, line: Line::Tcp(stream, Vec::new()), ..Self::of(helin, user) }
    }

    /// The carrier beside the demo trunk: calls come from it and go to it.
    pub(crate) fn carrier(helin: &Helin) -> Self {
        Self::at(helin.trunk(), "carrier", UdpSocket::bind(helin.carrier()).unwrap())
    }

    /// Another address of the same carrier.
    pub(crate) fn caller(helin: &Helin) -> Self {
        Self::at(helin.trunk(), "caller", UdpSocket::bind("127.0.0.1:0").unwrap())
    }

    pub(crate) fn at(server: SocketAddr, user: &str, socket: UdpSocket) -> Self {
        Self {
            user: user.to_owned(),
            password: format!("demo-{user}"),
            server,
            local: socket.local_addr().unwrap(),
            challenged: false,
            line: Line::Udp(socket),
            inbox: Vec::new(),
            seen: Vec::new(),
            nonce_count: 0,
        }
    }

    pub(crate) fn with_password(mut self, password: &str) -> Self {
        password.clone_into(&mut self.password);
        self
    }

    pub(crate) fn transport(&self) -> &'static str {
        match self.line {
            Line::Udp(_) => "UDP",
            Line::Tcp(..) => "TCP",
        }
    }

    pub(crate) fn contact(&self) -> String {
        match self.line {
            Line::Udp(_) => format!("<sip:{}@{}>", self.user, self.local),
            Line::Tcp(..) => format!("<sip:{}@{};transport=tcp>", self.user, self.local),
        }
    }

    pub(crate) fn via(&self) -> String {
        format!("SIP/2.0/{} {};branch=z9hG4bK-e2e-{};rport", self.transport(), self.local, fresh())
    }

    /// Registers for an hour.
    #[track_caller]
    pub(crate) fn register(&mut self) -> Message {
        let answer = self.register_for(3_600);
        assert_eq!(answer.status(), Some(200), "{}", answer.to_text());
        answer
    }

    /// One REGISTER with its challenge; the final answer.
    #[track_caller]
    pub(crate) fn register_for(&mut self, seconds: u32) -> Message {
        let contact = self.contact();
        self.register_with(&[("Contact", &contact), ("Expires", &seconds.to_string())])
    }

    #[track_caller]
    pub(crate) fn register_with(&mut self, headers: &[(&str, &str)]) -> Message {
        let address = format!("<sip:{}@{}>", self.user, self.server);
        let mut request = Message::new(format!("REGISTER sip:{} SIP/2.0", self.server))
            .with("From", format!("{address};tag=r{}", fresh()))
            .with("To", address)
            .with("Call-ID", format!("register-{}-{}", self.user, fresh()))
            .with("CSeq", format!("{} REGISTER", fresh()));
        for (name, value) in headers {
            request = request.with(name, *value);
        }
        self.ask(request)
    }

    /// Sends a request outside a dialog, with Via and Max-Forwards added, answers a challenge, and returns the
    /// final answer.
    #[track_caller]
    pub(crate) fn ask(&mut self, request: Message) -> Message {
        let answer = self.ask_once(request.clone());
        match answer.status() {
            Some(401) => self.ask_once(self.authorised(request, &answer)),
            Some(_) | None => answer,
        }
    }

    #[track_caller]
    fn ask_once(&mut self, mut request: Message) -> Message {
        let via = self.via();
        request.headers.insert(0, ("Via".to_owned(), via.clone()));
        request.headers.push(("Max-Forwards".to_owned(), "70".to_owned()));
        self.send(&request);
        let branch = branch_of(&via).to_owned();
        self.expect("a final answer", |message| {
            message.status().is_some_and(|status| status >= 200)
                && message.header("Via").is_some_and(|via| branch_of(via) == branch)
        })
    }

    /// The request with the answer to a challenge, and the next CSeq.
    pub(crate) fn authorised(&self, mut request: Message, challenge: &Message) -> Message {
        let given = challenge.must("WWW-Authenticate");
        let realm = quoted(given, "realm");
        let nonce = quoted(given, "nonce");
        let uri = request.request_uri().to_owned();
        let ha1 = md5(&format!("{}:{realm}:{}", self.user, self.password));
        let ha2 = md5(&format!("{}:{uri}", request.method()));
        let nc = format!("{:08x}", self.nonce_count + 1);
        let response = md5(&format!("{ha1}:{nonce}:{nc}:c0ffee:auth:{ha2}"));
        let value = format!(
            "Digest username=\"{}\", realm=\"{realm}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", \
             algorithm=MD5, cnonce=\"c0ffee\", qop=auth, nc={nc}",
            self.user
        );
        request.headers.retain(|(name, _)| name != "Authorization");
        let cseq = request.headers.iter_mut().find(|(name, _)| name == "CSeq").expect("a CSeq");
        let (number, method) = cseq.1.split_once(' ').unwrap();
        cseq.1 = format!("{} {method}", number.parse::<u32>().unwrap() + 1);
        request.with("Authorization", value)
    }

    pub(crate) fn send(&mut self, message: &Message) {
        self.send_bytes(message.to_text().as_bytes());
    }

    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        match &mut self.line {
            Line::Udp(socket) => {
                socket.send_to(bytes, self.server).unwrap();
            }
            Line::Tcp(stream, _) => stream.write_all(bytes).unwrap(),
        }
    }

    /// The next message that fits, now or later; others wait for their turn.
    #[track_caller]
    pub(crate) fn expect(&mut self, what: &str, fits: impl Fn(&Message) -> bool) -> Message {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.inbox.iter().position(&fits) {
                return self.inbox.remove(at);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.receive(left) {
                let others: Vec<String> = self.inbox.iter().map(Message::to_text).collect();
                panic!("{}: {what} never came; there is:\n{}", self.user, others.join("\n"));
            }
        }
    }

    #[track_caller]
    pub(crate) fn expect_request(&mut self, method: &str) -> Message {
        self.expect(method, |message| message.is_request(method))
    }

    /// A call that rings here.
    #[track_caller]
    pub(crate) fn incoming(&mut self) -> Call {
        let invite = self.expect("an INVITE", |message| {
            message.is_request("INVITE") && !message.must("To").contains(";tag=")
        });
        Call::incoming(self, invite)
    }

    /// A text on the screen, answered 200.
    #[track_caller]
    pub(crate) fn text(&mut self) -> String {
        let message = self.expect_request("MESSAGE");
        self.reply(&message, 200, "OK");
        message.body
    }

    /// Answers a request outside a dialog without more.
    pub(crate) fn reply(&mut self, request: &Message, status: u16, reason: &str) {
        let mut response = response_to(request, status, reason);
        if !request.must("To").contains(";tag=") {
            let to = response.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("To")).unwrap();
            to.1 = format!("{};tag=x{}", to.1, fresh());
        }
        self.send(&response);
    }

    /// Everything that has come and was not yet taken. Whoever asks knows by another event that it has come.
    pub(crate) fn pending(&mut self) -> Vec<Message> {
        while self.receive(Duration::from_millis(1)) {}
        std::mem::take(&mut self.inbox)
    }

    /// Nothing new has rung here.
    #[track_caller]
    pub(crate) fn expect_no_call(&mut self) {
        let calls: Vec<Message> =
            self.pending().into_iter().filter(|message| message.is_request("INVITE")).collect();
        assert!(calls.is_empty(), "{} was rung:\n{}", self.user, calls[0].to_text());
    }

    /// Reads one message into the inbox; whether there was one in time.
    fn receive(&mut self, patience: Duration) -> bool {
        let patience = patience.max(Duration::from_millis(1));
        let bytes = match &mut self.line {
            Line::Udp(socket) => {
                socket.set_read_timeout(Some(patience)).unwrap();
                let mut buffer = vec![0; 65_536];
                match socket.recv(&mut buffer) {
                    Ok(length) => buffer[..length].to_vec(),
                    Err(_) => return false,
                }
            }
            Line::Tcp(stream, buffer) => {
                stream.set_read_timeout(Some(patience)).unwrap();
                match read_framed(stream, buffer) {
                    Some(bytes) => bytes,
                    None => return false,
                }
            }
        };
        let Some(message) = Message::parse(&bytes) else { return true };
        let id = format!(
            "{} {} {} {}",
            message.status().unwrap_or(0),
            message.must("CSeq"),
            message.header("Via").map_or("", branch_of),
            message.header("To").unwrap_or_default()
        );
        // What is sent again is taken once; a 200 comes again until its ACK.
        if !self.seen.contains(&id) {
            self.seen.push(id);
            self.inbox.push(message);
        }
        true
    }
}

fn read_framed(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        while buffer.starts_with(b"\r\n") {
            buffer.drain(..2);
        }
        if let Some(head) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            let message = Message::parse(&buffer[..head + 4])?;
            let length: usize = message.must("Content-Length").parse().unwrap();
            if buffer.len() >= head + 4 + length {
                return Some(buffer.drain(..head + 4 + length).collect());
            }
        }
        let mut chunk = [0; 4_096];
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(count) => buffer.extend_from_slice(&chunk[..count]),
        }
    }
}

/// A response with what RFC 3261 8.2.6.2 copies.
pub(crate) fn response_to(request: &Message, status: u16, reason: &str) -> Message {
    let mut response = Message::new(format!("SIP/2.0 {status} {reason}"));
    for name in ["Via", "Record-Route", "From", "To", "Call-ID", "CSeq"] {
        for value in request.all(name) {
            response = response.with(name, value);
        }
    }
    response
}

pub(crate) fn branch_of(via: &str) -> &str {
    crate::message::parameter(via, "branch").unwrap_or_default()
}

fn quoted<'a>(header: &'a str, name: &str) -> &'a str {
    let at = header.find(&format!("{name}=\"")).unwrap_or_else(|| panic!("no {name} in {header}"));
    header[at + name.len() + 2..].split('"').next().unwrap()
}

fn md5(text: &str) -> String {
    Md5::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
