//! SIPp by scenarios of its own. It gives back the sound that it gets, so that who speaks with it hears himself.

use std::fmt::Write;
use std::net::{SocketAddr, UdpSocket};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};

use super::Client;
use crate::process::{Helin, PATIENCE};

/// The two calls of one who joins those whom he called.
pub(super) struct Joining<'a> {
    pub(super) user: &'a str,
    /// Password; the carrier's phones are not asked for any.
    pub(super) secret: Option<&'a str>,
    pub(super) first: &'a str,
    pub(super) second: &'a str,
}

/// A SIPp that plays one scenario once.
pub(super) struct Sipp {
    client: Client,
    address: SocketAddr,
    /// Told when its output ends.
    ended: Receiver<()>,
}

impl Sipp {
    /// Calls twice and joins the two; goes on from each to the next when it is told.
    pub(super) fn joins(helin: &Helin, server: SocketAddr, joining: &Joining<'_>) -> Self {
        let mut scenario = Scenario::new();
        let (one, two) = (
            Dialog { user: joining.user, id: "[call_id]", tag: "one", to: joining.first, remote: (1, 2, 3) },
            Dialog {
                user: joining.user,
                id: "two///[call_id]",
                tag: "two",
                to: joining.second,
                remote: (4, 5, 6),
            },
        );
        scenario.call(joining, &one);
        scenario.wait_for_word();
        scenario.request(("INVITE", 3), &one, "", "sendonly");
        scenario.optional(&[100]);
        scenario.xml.push_str("<recv response=\"200\"/>\n");
        scenario.request(("ACK", 3), &one, "", "");
        scenario.call(joining, &two);
        scenario.wait_for_word();
        let refer = format!(
            "Refer-To: <sip:{}@[remote_ip]:[remote_port]?Replaces=two///[call_id]%3Bto-tag%3D[$5]%3Bfrom-tag%3Dtwo>\n\
             Referred-By: <sip:{}@[remote_ip]>\n",
            two.to, joining.user
        );
        scenario.request(("REFER", 4), &one, &refer, "");
        scenario.xml.push_str("<recv response=\"202\"/>\n");
        for status in ["100", "200"] {
            let found = format!(
                "<recv request=\"NOTIFY\"><action><ereg regexp=\"SIP/2.0 {status}\" search_in=\"body\" \
                 check_it=\"true\" assign_to=\"7\"/></action></recv>"
            );
            scenario.xml.push_str(&found);
            scenario.reply("200 OK", "");
        }
        for _ in 0..2 {
            scenario.xml.push_str("<recv request=\"BYE\"/>\n");
            scenario.reply("200 OK", "");
        }
        scenario.xml.push_str("<Reference variables=\"1,4,7\"/>\n");
        scenario.start(helin, Some(server), helin.spare_ports(2))
    }

    /// Calls a number over the trunk, and stays until the other side hangs up.
    pub(super) fn calls(helin: &Helin, server: SocketAddr, number: &str) -> Self {
        let mut scenario = Scenario::new();
        let joining = Joining { user: "+46855512345", secret: None, first: number, second: "" };
        let dialog =
            Dialog { user: joining.user, id: "[call_id]", tag: "one", to: number, remote: (1, 2, 3) };
        scenario.call(&joining, &dialog);
        scenario.stays();
        scenario.xml.push_str("<Reference variables=\"1,2,3\"/>\n");
        scenario.start(helin, Some(server), helin.spare_ports(2))
    }

    /// Answers one call, and stays until the other side hangs up.
    pub(super) fn answers(helin: &Helin, port: u16) -> Self {
        let mut scenario = Scenario::new();
        scenario.xml.push_str("<recv request=\"INVITE\"/>\n");
        scenario.reply("180 Ringing", "");
        scenario.reply("200 OK", SOUND);
        scenario.xml.push_str("<recv request=\"ACK\"/>\n");
        scenario.stays();
        scenario.start(helin, None, port)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets a scenario that waits for a word go on.
    pub(super) fn go_on(&self) {
        let word = format!(
            "INFO sip:sipp SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-word-{}\r\nFrom: <sip:test>;tag=w\r\n\
             To: <sip:sipp>\r\nCall-ID: {}\r\nCSeq: 1 INFO\r\nContent-Length: 0\r\n\r\n",
            crate::phone::fresh(),
            call_id(self.address.port()).replace("%u", "1")
        );
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(word.as_bytes(), self.address).unwrap();
    }

    /// It comes to the end of its scenario, and all was as it stands there.
    #[track_caller]
    pub(super) fn succeeds(mut self) {
        self.ended.recv_timeout(PATIENCE).expect("SIPp comes to the end of its scenario");
        let status = self.client.0.wait().unwrap();
        assert!(status.success(), "SIPp saw something else than its scenario: {status}");
    }
}

/// One dialog of a scenario.
struct Dialog<'a> {
    user: &'a str,
    id: &'a str,
    tag: &'a str,
    to: &'a str,
    /// Numbers of the variables that hold what the other side said of itself: its tag (in front of it with its name),
    /// and its contact.
    remote: (u8, u8, u8),
}

/// PCMA, echoed.
const SOUND: &str = "sendrecv";

/// What SIPp is told to do, as it reads it.
struct Scenario {
    xml: String,
}

impl Scenario {
    fn new() -> Self {
        Self { xml: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scenario name=\"test\">\n".to_owned() }
    }

    /// Plays it, at a port of SIP; the sound is at another.
    fn start(mut self, helin: &Helin, server: Option<SocketAddr>, port: u16) -> Sipp {
        self.xml.push_str("</scenario>\n");
        let file = helin.folder().join(format!("sipp-{port}.xml"));
        std::fs::write(&file, self.xml).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut command = Command::new("sipp");
        command.arg("-sf").arg(&file);
        command.args(["-i", "127.0.0.1", "-m", "1", "-nostdin", "-rtp_echo", "-p", &port.to_string()]);
        command.args(["-mp", &helin.spare_ports(4).to_string(), "-cid_str", &call_id(port)]);
        command.args(server.map(|server| server.to_string()));
        command.current_dir(helin.folder()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("sipp is installed by scripts/install-tools.sh test");
        let mut screen = child.stdout.take().unwrap();
        let (tell, ended) = mpsc::channel();
        // What it shows is of no use, but its end is its own.
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut screen, &mut std::io::sink());
            let _ = tell.send(());
        });
        Sipp { client: Client(child), address, ended }
    }

    /// A call, answered.
    fn call(&mut self, joining: &Joining<'_>, dialog: &Dialog<'_>) {
        let mut cseq = 1;
        self.request(("INVITE", cseq), dialog, "", SOUND);
        if let Some(secret) = joining.secret {
            self.optional(&[100]);
            self.xml.push_str("<recv response=\"401\" auth=\"true\"/>\n");
            self.request(("ACK", cseq), dialog, "", "");
            cseq += 1;
            let authentication = format!("[authentication username={} password={secret}]\n", joining.user);
            self.request(("INVITE", cseq), dialog, &authentication, SOUND);
        }
        self.optional(&[100, 180, 183]);
        let (whole, tag, contact) = dialog.remote;
        writeln!(
            self.xml,
            "<recv response=\"200\"><action>\
             <ereg regexp=\"tag=([^;]*)\" search_in=\"hdr\" header=\"To:\" assign_to=\"{whole},{tag}\"/>\
             <ereg regexp=\"sip:[^>]*\" search_in=\"hdr\" header=\"Contact:\" assign_to=\"{contact}\"/>\
             </action></recv>"
        )
        .unwrap();
        self.request(("ACK", cseq), dialog, "", "");
    }

    fn optional(&mut self, responses: &[u16]) {
        for status in responses {
            writeln!(self.xml, "<recv response=\"{status}\" optional=\"true\"/>").unwrap();
        }
    }

    /// INFO from the test itself.
    fn wait_for_word(&mut self) {
        self.xml.push_str("<recv request=\"INFO\"/>\n");
    }

    /// Answers whatever descriptions come, until BYE.
    fn stays(&mut self) {
        self.xml.push_str("<label id=\"1\"/>\n<recv request=\"INVITE\" optional=\"true\" next=\"2\"/>\n");
        self.xml.push_str("<recv request=\"BYE\" next=\"3\"/>\n<label id=\"2\"/>\n");
        self.reply("200 OK", SOUND);
        self.xml.push_str("<recv request=\"ACK\" next=\"1\"/>\n<label id=\"3\"/>\n");
        self.reply("200 OK", "");
    }

    /// A request: the first INVITE and its refusal's ACK go to the number, all others to the contact.
    fn request(&mut self, (method, cseq): (&str, u8), dialog: &Dialog<'_>, headers: &str, direction: &str) {
        let user = dialog.user;
        let number = format!("sip:{}@[remote_ip]:[remote_port]", dialog.to);
        let (_, tag, contact) = dialog.remote;
        let known = self.xml.contains(&format!("assign_to=\"{contact}\""));
        let (uri, to) = if known {
            (format!("[${contact}]"), format!("<{number}>;tag=[${tag}]"))
        } else if method == "ACK" {
            (number.clone(), "[last_To:]".to_owned())
        } else {
            (number.clone(), format!("<{number}>"))
        };
        let to = if to.starts_with('[') { to } else { format!("To: {to}") };
        let via = if method == "ACK" && !known {
            "[last_Via:]".to_owned()
        } else {
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]".to_owned()
        };
        let head = format!(
            "{method} {uri} SIP/2.0\n{via}\nFrom: <sip:{user}@[local_ip]:[local_port]>;tag={}\n{to}\n\
             Call-ID: {}\nCSeq: {cseq} {method}\nContact: <sip:{user}@[local_ip]:[local_port]>\n\
             Max-Forwards: 70\n{headers}",
            dialog.tag, dialog.id
        );
        self.send(&head, direction);
    }

    /// An answer to the last request.
    fn reply(&mut self, status: &str, direction: &str) {
        let to = if self.xml.contains("assign_to") { "[last_To:]" } else { "[last_To:];tag=[call_number]" };
        let to = if self.xml.contains("<recv request=\"ACK\"/>") { "[last_To:]" } else { to };
        let head = format!(
            "SIP/2.0 {status}\n[last_Via:]\n[last_From:]\n{to}\n[last_Call-ID:]\n[last_CSeq:]\n\
             Contact: <sip:[local_ip]:[local_port]>\n"
        );
        self.send(&head, direction);
    }

    fn send(&mut self, head: &str, direction: &str) {
        let body = if direction.is_empty() {
            "Content-Length: 0\n\n".to_owned()
        } else {
            format!(
                "Content-Type: application/sdp\nContent-Length: [len]\n\nv=0\no=- 1 1 IN IP4 [local_ip]\ns=-\n\
                 c=IN IP4 [media_ip]\nt=0 0\nm=audio [media_port] RTP/AVP 8\na=rtpmap:8 PCMA/8000\na={direction}\n"
            )
        };
        writeln!(self.xml, "<send><![CDATA[\n{head}{body}\n]]></send>").unwrap();
    }
}

/// Call-ID of its first dialog, with the count of the call still open.
fn call_id(port: u16) -> String {
    format!("call-%u-{port}")
}
