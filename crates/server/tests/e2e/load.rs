//! Load: a company with many members whose phones answer at once, and callers from the trunk.

use std::collections::BTreeSet;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::call::description;
use crate::message::Message;
use crate::phone::{Phone, fresh, response_to};
use crate::process::Helin;

/// Number of the group under load.
pub(crate) const GROUP: &str = "+3726009000";

/// Makes a company `load` with this many members, all logged in and registered at one address.
pub(crate) fn company(helin: &Helin, members: usize, contact: SocketAddr) {
    let mut text = String::from("[company]\nid = \"load\"\nname = \"Load\"\n\n");
    for n in 0..members {
        text.push_str(&format!("[[user]]\nname = \"load{n}\"\nsip_password = \"demo-load{n}\"\n\n"));
    }
    text.push_str(&format!(
        "[[group]]\nnumber = \"{GROUP}\"\nname = \"Load\"\npreset = \"ring_even\"\nmembers_max = 1000\n"
    ));
    for n in 0..members {
        text.push_str(&format!("[[group.member]]\nuser = \"load{n}\"\nlogged_in = true\n"));
    }
    let file = helin.folder().join("load.toml");
    std::fs::write(&file, text).unwrap();
    let applied = helin.run("demo-operator-token", &["apply", file.to_str().unwrap()]);
    assert!(applied.status.success(), "{}", String::from_utf8_lossy(&applied.stderr));
    for n in 0..members {
        register(helin, &format!("load{n}"), contact);
    }
}

/// Registers a user at an address that is not this test's.
pub(crate) fn register(helin: &Helin, user: &str, contact: SocketAddr) {
    let mut phone = Phone::of(helin, user);
    let address = format!("<sip:{user}@{}>", helin.access());
    let request = Message::new(format!("REGISTER sip:{} SIP/2.0", helin.access()))
        .with("From", format!("{address};tag=r{}", fresh()))
        .with("To", address)
        .with("Call-ID", format!("load-{}", fresh()))
        .with("CSeq", "1 REGISTER")
        .with("Contact", format!("<sip:{user}@{contact}>"))
        .with("Expires", "3600");
    let answer = phone.ask(request);
    assert_eq!(answer.status(), Some(200), "{}", answer.to_text());
}

/// Phones that answer every call at once, all behind one port.
pub(crate) struct Members {
    at: SocketAddr,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Members {
    pub(crate) fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let (at, stop) = (socket.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let ended = stop.clone();
        let thread = std::thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while !ended.load(Ordering::Relaxed) {
                let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
                let Some(request) = Message::parse(&buffer[..length]) else { continue };
                if let Some(answer) = member_answers(&request, at) {
                    socket.send_to(answer.to_text().as_bytes(), from).unwrap();
                }
            }
        });
        Self { at, stop, thread: Some(thread) }
    }

    pub(crate) fn at(&self) -> SocketAddr {
        self.at
    }
}

impl Drop for Members {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn member_answers(request: &Message, at: SocketAddr) -> Option<Message> {
    let mut answer = response_to(request, 200, "OK");
    match request.method() {
        "INVITE" => {
            let to = answer.headers.iter_mut().find(|(name, _)| name == "To")?;
            to.1 = format!("{};tag={}", to.1, request.call_id());
            let answer = answer.with("Contact", format!("<sip:member@{at}>"));
            Some(answer.with_body("application/sdp", description(at.port(), 1, "sendrecv")))
        }
        "BYE" | "CANCEL" => Some(answer),
        _ => None,
    }
}

/// Callers from the trunk at a steady rate, each with a number of his own, who hang up when they are answered.
pub(crate) struct Callers {
    socket: UdpSocket,
    trunk: SocketAddr,
    /// The first one's number is `+372` and this.
    first: u32,
    answered: BTreeSet<String>,
}

impl Callers {
    pub(crate) fn new(helin: &Helin, first: u32) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(2))).unwrap();
        Self { socket, trunk: helin.trunk(), first, answered: BTreeSet::new() }
    }

    /// Lets `count` callers come, `rate` a second, and hears out what comes within `patience` after the last.
    /// Gives the numbers of those who got a 200.
    pub(crate) fn run(mut self, count: u32, rate: u32, patience: Duration) -> BTreeSet<String> {
        let began = Instant::now();
        let gap = Duration::from_secs(1) / rate;
        let until = began + gap * count + patience;
        let mut sent = 0;
        let mut buffer = vec![0; 65_536];
        while Instant::now() < until {
            while sent < count && Instant::now() >= began + gap * sent {
                self.invite(self.first + sent);
                sent += 1;
            }
            if let Ok(length) = self.socket.recv(&mut buffer)
                && let Some(response) = Message::parse(&buffer[..length])
                && response.is_response("INVITE")
                && response.status() >= Some(200)
            {
                self.finish(&response);
            }
        }
        self.answered
    }

    /// A port that is closed, because Helin was killed, loses the message as the network may.
    fn send(&self, message: &Message) {
        let _ = self.socket.send_to(message.to_text().as_bytes(), self.trunk);
    }

    fn request(&self, method: &str, (caller, to, id): (&str, &str, &str)) -> Message {
        let local = self.socket.local_addr().unwrap();
        Message::new(format!("{method} sip:{GROUP}@{} SIP/2.0", self.trunk))
            .with("Via", format!("SIP/2.0/UDP {local};branch=z9hG4bK-load-{}-{method}", fresh()))
            .with("Max-Forwards", "70")
            .with("From", format!("<sip:{caller}@{local}>;tag={id}"))
            .with("To", to)
            .with("Call-ID", id)
            .with("CSeq", format!("{} {method}", if method == "BYE" { 2 } else { 1 }))
            .with("Contact", format!("<sip:caller@{local}>"))
    }

    fn invite(&self, number: u32) {
        let (caller, id) = (format!("+372{number}"), format!("load-{number}-{}", self.trunk.port()));
        let invite = self.request("INVITE", (&caller, &format!("<sip:{GROUP}@{}>", self.trunk), &id));
        self.send(&invite.with_body("application/sdp", description(9, 1, "sendrecv")));
    }

    fn finish(&mut self, response: &Message) {
        let (caller, to, id) = (response.user_in("From"), response.must("To"), response.call_id());
        let mut ack = self.request("ACK", (&caller, to, id));
        if response.status() == Some(200) {
            self.send(&ack);
            self.send(&self.request("BYE", (&caller, to, id)));
            self.answered.insert(caller);
        } else {
            ack.headers[0].1 = response.must("Via").to_owned();
            self.send(&ack);
        }
    }
}
