//! One call of a scripted far end: its dialog, its session description, its sound.

use std::net::SocketAddr;

use crate::message::{Message, address, parameter};
use crate::phone::{Phone, branch_of, fresh, response_to};
use crate::sound::Sound;

/// A dialog as one side sees it. The phone stands beside it, because a phone can have several.
pub(crate) struct Call {
    /// The INVITE that came or went.
    pub(crate) invite: Message,
    id: String,
    local: String,
    remote: String,
    target: String,
    routes: Vec<String>,
    cseq: u32,
    version: u32,
    /// What this phone makes of a plain description.
    pub(crate) writes: fn(String) -> String,
}

/// How the caller's INVITE shall differ from a plain one.
#[derive(Default)]
pub(crate) struct Dial<'a> {
    /// User part of From; the phone's own without.
    pub(crate) from: Option<&'a str>,
    /// Further headers.
    pub(crate) headers: Vec<(&'a str, String)>,
    /// Request-URI in place of `sip:` and the number at the server.
    pub(crate) uri: Option<String>,
    /// Session description in place of PCMA with DTMF.
    pub(crate) body: Option<String>,
}

impl Phone {
    /// Calls a number with a plain offer, answering the challenge if there is one.
    #[track_caller]
    pub(crate) fn dial(&mut self, number: &str, sound: &Sound) -> Call {
        self.dial_as(number, sound, Dial::default())
    }

    /// Calls from a trunk showing a number.
    #[track_caller]
    pub(crate) fn dial_from(&mut self, from: &str, number: &str, sound: &Sound) -> Call {
        self.dial_as(number, sound, Dial { from: Some(from), ..Dial::default() })
    }

    #[track_caller]
    pub(crate) fn dial_as(&mut self, number: &str, sound: &Sound, how: Dial<'_>) -> Call {
        let from = how.from.unwrap_or(&self.user).to_owned();
        let uri = how.uri.clone().unwrap_or_else(|| format!("sip:{number}@{}", self.server));
        let local = format!("<sip:{from}@{}>;tag=c{}", self.server, fresh());
        let id = format!("call-{}-{}", fresh(), self.local.port());
        let mut invite = Message::new(format!("INVITE {uri} SIP/2.0"))
            .with("Via", self.via())
            .with("Max-Forwards", "70")
            .with("From", &local)
            .with("To", format!("<{uri}>"))
            .with("Call-ID", &id)
            .with("CSeq", "1 INVITE")
            .with("Contact", self.contact());
        for (name, value) in &how.headers {
            invite = invite.with(name, value);
        }
        let body = how.body.unwrap_or_else(|| description(sound.port(), 1, "sendrecv"));
        if !body.is_empty() {
            invite = invite.with_body("application/sdp", body);
        }
        self.send(&invite);
        let mut call = Call {
            remote: invite.must("To").to_owned(),
            invite,
            id,
            local,
            target: uri,
            routes: Vec::new(),
            cseq: 1,
            version: 1,
            writes: std::convert::identity,
        };
        if self.challenged {
            let challenge = call.expect_refusal(self, 401);
            let mut again = self.authorised(call.invite.clone(), &challenge);
            again.headers[0].1 = self.via();
            self.send(&again);
            call.cseq = 2;
            call.invite = again;
        }
        call
    }
}

impl Call {
    pub(crate) fn incoming(phone: &Phone, invite: Message) -> Self {
        let local = format!("{};tag=m{}", invite.must("To"), fresh());
        Self {
            id: invite.call_id().to_owned(),
            remote: invite.must("From").to_owned(),
            target: address(invite.must("Contact")).to_owned(),
            routes: invite.all("Record-Route").map(str::to_owned).collect(),
            local,
            cseq: phone.local.port().into(),
            version: 1,
            writes: std::convert::identity,
            invite,
        }
    }

    // ---- as the caller

    #[track_caller]
    fn response(&self, phone: &mut Phone, fits: impl Fn(&Message) -> bool) -> Message {
        let branch = branch_of(self.invite.must("Via")).to_owned();
        phone.expect("an answer to INVITE", |message| {
            message.status().is_some_and(|status| status > 100)
                && message.is_response("INVITE")
                && message.header("Via").is_some_and(|via| branch_of(via) == branch)
                && fits(message)
        })
    }

    /// Whatever answer comes first, acknowledged if it is a refusal.
    #[track_caller]
    pub(crate) fn expect_any(&mut self, phone: &mut Phone) -> Message {
        let response = self.response(phone, |_| true);
        if response.status() >= Some(300) {
            self.ack(phone, &response);
        }
        response
    }

    /// A provisional answer of this status.
    #[track_caller]
    pub(crate) fn expect_progress(&mut self, phone: &mut Phone, status: u16) -> Message {
        let response = self.response(phone, |_| true);
        assert_eq!(response.status(), Some(status), "{}", response.to_text());
        response
    }

    /// The 200, acknowledged; the sound is connected.
    #[track_caller]
    pub(crate) fn expect_answer(&mut self, phone: &mut Phone, sound: &Sound) -> Message {
        let response = self.response(phone, |message| message.status() >= Some(200));
        assert_eq!(response.status(), Some(200), "{}", response.to_text());
        response.must("To").clone_into(&mut self.remote);
        address(response.must("Contact")).clone_into(&mut self.target);
        if !response.body.is_empty() {
            sound.connect(sound_address(&response.body));
        }
        self.ack(phone, &response);
        response
    }

    /// A 200 that holds the offer; the ACK holds the answer.
    #[track_caller]
    pub(crate) fn expect_offer_in_answer(&mut self, phone: &mut Phone, sound: &Sound) {
        let response = self.response(phone, |message| message.status() >= Some(200));
        assert_eq!(response.status(), Some(200), "{}", response.to_text());
        response.must("To").clone_into(&mut self.remote);
        address(response.must("Contact")).clone_into(&mut self.target);
        sound.connect(sound_address(&response.body));
        let ack = self.ack_of(phone, &response);
        phone.send(&ack.with_body("application/sdp", self.description(sound, "sendrecv")));
    }

    fn description(&self, sound: &Sound, direction: &str) -> String {
        (self.writes)(description(sound.port(), self.version, direction))
    }

    /// A final refusal, acknowledged.
    #[track_caller]
    pub(crate) fn expect_refusal(&mut self, phone: &mut Phone, status: u16) -> Message {
        let response = self.response(phone, |message| message.status() >= Some(200));
        assert_eq!(response.status(), Some(status), "{}", response.to_text());
        self.ack(phone, &response);
        response
    }

    fn ack(&self, phone: &mut Phone, response: &Message) {
        let ack = self.ack_of(phone, response);
        phone.send(&ack);
    }

    fn ack_of(&self, phone: &Phone, response: &Message) -> Message {
        let success = response.status() == Some(200);
        let uri = if success { &self.target } else { self.invite.request_uri() };
        let via = if success { phone.via() } else { self.invite.must("Via").to_owned() };
        Message::new(format!("ACK {uri} SIP/2.0"))
            .with("Via", via)
            .with("Max-Forwards", "70")
            .with("From", self.invite.must("From"))
            .with("To", response.must("To"))
            .with("Call-ID", &self.id)
            .with("CSeq", format!("{} ACK", response.cseq()))
    }

    /// CANCEL, and its 200.
    #[track_caller]
    pub(crate) fn cancel(&mut self, phone: &mut Phone) {
        let cancel = Message::new(format!("CANCEL {} SIP/2.0", self.invite.request_uri()))
            .with("Via", self.invite.must("Via"))
            .with("Max-Forwards", "70")
            .with("From", self.invite.must("From"))
            .with("To", self.invite.must("To"))
            .with("Call-ID", &self.id)
            .with("CSeq", format!("{} CANCEL", self.cseq));
        phone.send(&cancel);
        let answer = phone.expect("an answer to CANCEL", |message| message.is_response("CANCEL"));
        assert_eq!(answer.status(), Some(200), "{}", answer.to_text());
    }

    // ---- as the called one

    pub(crate) fn respond(&self, phone: &mut Phone, status: u16, reason: &str, body: Option<String>) {
        let mut response = response_to(&self.invite, status, reason);
        for (name, value) in &mut response.headers {
            if name.eq_ignore_ascii_case("To") && status > 100 {
                self.local.clone_into(value);
            }
        }
        response = response.with("Contact", phone.contact());
        if let Some(body) = body {
            response = response.with_body("application/sdp", body);
        }
        phone.send(&response);
    }

    pub(crate) fn ring(&self, phone: &mut Phone) {
        self.respond(phone, 180, "Ringing", None);
    }

    /// 200 and its ACK; the sound is connected.
    #[track_caller]
    pub(crate) fn answer(&mut self, phone: &mut Phone, sound: &Sound) {
        self.send_answer(phone, sound);
        self.expect_ack(phone);
    }

    pub(crate) fn send_answer(&mut self, phone: &mut Phone, sound: &Sound) {
        if !self.invite.body.is_empty() {
            sound.connect(sound_address(&self.invite.body));
        }
        self.respond(phone, 200, "OK", Some(self.description(sound, "sendrecv")));
    }

    #[track_caller]
    pub(crate) fn expect_ack(&mut self, phone: &mut Phone) -> Message {
        let id = self.id.clone();
        phone.expect("ACK", |message| message.is_request("ACK") && message.call_id() == id)
    }

    #[track_caller]
    pub(crate) fn reject(&mut self, phone: &mut Phone, status: u16, reason: &str) {
        self.respond(phone, status, reason, None);
        self.expect_ack(phone);
    }

    /// CANCEL from Helin: answered, then 487 and its ACK. Returns the CANCEL.
    #[track_caller]
    pub(crate) fn expect_cancel(&mut self, phone: &mut Phone) -> Message {
        let id = self.id.clone();
        let cancel =
            phone.expect("CANCEL", |message| message.is_request("CANCEL") && message.call_id() == id);
        phone.send(&response_to(&cancel, 200, "OK"));
        self.reject(phone, 487, "Request Terminated");
        cancel
    }

    // ---- inside the dialog

    /// A request inside the dialog, not yet sent.
    pub(crate) fn request(&mut self, phone: &Phone, method: &str) -> Message {
        self.cseq += 1;
        let mut request = Message::new(format!("{method} {} SIP/2.0", self.target))
            .with("Via", phone.via())
            .with("Max-Forwards", "70");
        for route in &self.routes {
            request = request.with("Route", route);
        }
        request
            .with("From", &self.local)
            .with("To", &self.remote)
            .with("Call-ID", &self.id)
            .with("CSeq", format!("{} {method}", self.cseq))
            .with("Contact", phone.contact())
    }

    /// BYE, and its 200.
    #[track_caller]
    pub(crate) fn hang_up(&mut self, phone: &mut Phone) {
        let bye = self.request(phone, "BYE");
        phone.send(&bye);
        let id = self.id.clone();
        let answer =
            phone.expect("an answer to BYE", |message| message.is_response("BYE") && message.call_id() == id);
        assert_eq!(answer.status(), Some(200), "{}", answer.to_text());
    }

    /// REFER within the call, taken with 202 (RFC 3515).
    #[track_caller]
    pub(crate) fn refer(&mut self, phone: &mut Phone, to: &str) {
        let refer = self.request(phone, "REFER").with("Refer-To", to);
        phone.send(&refer);
        let id = self.id.clone();
        let answer = phone
            .expect("an answer to REFER", |message| message.is_response("REFER") && message.call_id() == id);
        assert_eq!(answer.status(), Some(202), "{}", answer.to_text());
    }

    /// NOTIFYs about a transfer until the final one: its status line.
    #[track_caller]
    pub(crate) fn expect_notified(&mut self, phone: &mut Phone) -> String {
        loop {
            let id = self.id.clone();
            let notify =
                phone.expect("NOTIFY", |message| message.is_request("NOTIFY") && message.call_id() == id);
            phone.send(&response_to(&notify, 200, "OK"));
            if notify.must("Subscription-State").starts_with("terminated") {
                return notify.body.trim().to_owned();
            }
        }
    }

    /// A Replaces value that names this dialog as the far side of it sees it, for a URI's header part.
    pub(crate) fn replaces(&self) -> String {
        let tag = |value: &str| value.split(";tag=").nth(1).unwrap_or_default().to_owned();
        format!("{}%3Bto-tag%3D{}%3Bfrom-tag%3D{}", self.id, tag(&self.remote), tag(&self.local))
    }

    /// A Replaces value that names this dialog, rung here, for an INVITE to Helin.
    pub(crate) fn replaces_here(&self) -> String {
        let tag = |value: &str| value.split(";tag=").nth(1).unwrap_or_default().to_owned();
        format!("{};to-tag={};from-tag={}", self.id, tag(&self.remote), tag(&self.local))
    }

    /// BYE from Helin, answered 200.
    #[track_caller]
    pub(crate) fn expect_bye(&mut self, phone: &mut Phone) -> Message {
        let id = self.id.clone();
        let bye = phone.expect("BYE", |message| message.is_request("BYE") && message.call_id() == id);
        phone.send(&response_to(&bye, 200, "OK"));
        bye
    }

    /// A re-INVITE with a direction; its 200 is acknowledged and returned.
    #[track_caller]
    pub(crate) fn reinvite(&mut self, phone: &mut Phone, sound: &Sound, direction: &str) -> Message {
        self.version += 1;
        let invite =
            self.request(phone, "INVITE").with_body("application/sdp", self.description(sound, direction));
        phone.send(&invite);
        let branch = branch_of(invite.must("Via")).to_owned();
        let response = phone.expect("an answer to re-INVITE", |message| {
            message.status() >= Some(200)
                && message.is_response("INVITE")
                && message.header("Via").is_some_and(|via| branch_of(via) == branch)
        });
        let ack = Message::new(format!("ACK {} SIP/2.0", self.target))
            .with(
                "Via",
                if response.status() == Some(200) { phone.via() } else { invite.must("Via").to_owned() },
            )
            .with("Max-Forwards", "70")
            .with("From", &self.local)
            .with("To", &self.remote)
            .with("Call-ID", &self.id)
            .with("CSeq", format!("{} ACK", response.cseq()));
        phone.send(&ack);
        response
    }

    /// A re-INVITE from Helin, answered with the direction that fits. Returns the re-INVITE.
    #[track_caller]
    pub(crate) fn expect_reinvite(&mut self, phone: &mut Phone, sound: &Sound) -> Message {
        let id = self.id.clone();
        let invite =
            phone.expect("a re-INVITE", |message| message.is_request("INVITE") && message.call_id() == id);
        let direction = match direction_of(&invite.body) {
            "sendonly" => "recvonly",
            "recvonly" => "sendonly",
            "inactive" => "inactive",
            _ => "sendrecv",
        };
        self.version += 1;
        let response = response_to(&invite, 200, "OK")
            .with("Contact", phone.contact())
            .with_body("application/sdp", self.description(sound, direction));
        phone.send(&response);
        self.expect_ack(phone);
        invite
    }
}

/// PCMA and telephone events on a port.
pub(crate) fn description(port: u16, version: u32, direction: &str) -> String {
    format!(
        "v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
         m=audio {port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n\
         a=fmtp:101 0-16\r\na=ptime:20\r\na={direction}\r\n"
    )
}

/// Where the first audio of a description wants its packets.
#[track_caller]
pub(crate) fn sound_address(body: &str) -> SocketAddr {
    let host = body.lines().find_map(|line| line.strip_prefix("c=IN IP4 ")).expect("a c= line").trim();
    let port = body.lines().find_map(|line| line.strip_prefix("m=audio ")).expect("an audio line");
    format!("{host}:{}", port.split(' ').next().unwrap()).parse().unwrap()
}

pub(crate) fn direction_of(body: &str) -> &str {
    ["sendonly", "recvonly", "inactive"]
        .into_iter()
        .find(|direction| body.lines().any(|line| line.trim() == format!("a={direction}")))
        .unwrap_or("sendrecv")
}

/// The `cause` of a Reason header.
pub(crate) fn reason_of(message: &Message) -> Option<(u16, String)> {
    let value = message.header("Reason")?;
    let text = parameter(value, "text").unwrap_or_default().trim_matches('"').to_owned();
    Some((parameter(value, "cause")?.parse().ok()?, text))
}
