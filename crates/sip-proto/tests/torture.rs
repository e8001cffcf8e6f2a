//! The 49 messages of RFC 4475: what the parser makes of each, as a datagram and as a stream in random pieces,
//! and that the next good message is served.
//!
//! What depends on who asks and what is served (401, 405, 406, 415, 420, who is registered) is decided above
//! the endpoint and asserted on the real listener; here such a request has to reach it, read right.

use std::net::SocketAddr;

use proptest::prelude::*;
use sip_proto::Millis;
use sip_proto::endpoint::{Config, Endpoint, Event, Limits, Listener, Transmit};
use sip_proto::message::{
    Dropped, Framed, HeaderName, Method, NameAddr, Parsed, Request, Response, StreamBuffer, parse_datagram,
};

/// What must come of a message.
enum Must {
    /// A request that is passed on, with what has to be read right in it.
    Accept(fn(&Request)),
    /// A response that is passed on, with what has to be read right in it.
    AcceptResponse(fn(&Response)),
    /// Refused with that status; the phrase names the header at fault.
    Refuse(u16, &'static str),
    /// Never answered.
    Drop(Dropped),
}

use Must::{Accept, AcceptResponse, Drop, Refuse};

/// One row for each section of the RFC: file, what must come of it.
const ROWS: [(&str, Must); 49] = [
    ("wsinv", Accept(odd_spaces_are_read)),
    ("intmeth", Accept(method_is_of_every_token_character)),
    ("esc01", Accept(escapes_compare_after_decoding)),
    ("escnull", Accept(contacts_differ_by_an_escaped_null)),
    ("esc02", Accept(method_is_taken_literally)),
    ("lwsdisp", Accept(display_name_needs_no_space)),
    ("longreq", Accept(long_values_are_whole)),
    ("dblreq", Accept(first_of_two_is_read)),
    ("semiuri", Accept(semicolon_belongs_to_the_user)),
    ("transports", Accept(five_vias_of_any_transport)),
    ("mpart01", Accept(body_is_binary)),
    ("unreason", AcceptResponse(reason_is_utf_8)),
    ("noreason", AcceptResponse(reason_is_empty)),
    ("badinv01", Refuse(400, "Via")),
    ("clerr", Refuse(400, "Content-Length")),
    ("ncl", Refuse(400, "Content-Length")),
    ("scalar02", Refuse(400, "CSeq")),
    ("scalarlg", Drop(Dropped::BadResponse)),
    ("quotbal", Refuse(400, "To")),
    ("ltgtruri", Refuse(400, "Request-URI")),
    ("lwsruri", Refuse(400, "Request-URI")),
    ("lwsstart", Refuse(400, "Request-URI")),
    ("trws", Accept(nothing_more)),
    ("escruri", Refuse(400, "Request-URI")),
    ("baddate", Accept(nothing_more)),
    ("regbadct", Refuse(400, "Contact")),
    ("badaspec", Refuse(400, "To")),
    ("baddn", Accept(comma_in_a_bare_name_harms_nobody)),
    ("badvers", Refuse(505, "Version")),
    ("mismatch01", Refuse(400, "CSeq")),
    ("mismatch02", Refuse(400, "CSeq")),
    ("bigcode", Drop(Dropped::BadResponse)),
    ("badbranch", Accept(cookie_alone_is_no_branch)),
    ("insuf", Refuse(400, "From")),
    ("unkscm", Refuse(416, "Scheme")),
    ("novelsc", Refuse(416, "Scheme")),
    ("unksm2", Accept(nobody_can_be_reached_by_these_addresses)),
    ("bext01", Accept(required_options_are_listed)),
    ("invut", Accept(body_is_of_an_unknown_type)),
    ("regaut01", Accept(authorization_is_no_digest)),
    ("multi01", Refuse(400, "Repeated")),
    ("mcl01", Refuse(400, "Repeated Content-Length")),
    ("bcast", AcceptResponse(second_via_is_a_broadcast)),
    ("zeromf", Accept(max_forwards_is_zero)),
    ("cparam01", Accept(parameter_belongs_to_the_contact)),
    ("cparam02", Accept(parameter_belongs_to_the_address)),
    ("regescrt", Accept(hidden_header_stays_in_the_address)),
    ("sdp01", Accept(accept_has_no_sdp)),
    ("inv2543", Accept(body_ends_with_the_datagram)),
];

const GOOD: &[u8] =
    b"OPTIONS sip:helin@example.net SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKgood\r\n\
From: <sip:mari@example.net>;tag=1\r\nTo: <sip:helin@example.net>\r\nCall-ID: good\r\nCSeq: 1 OPTIONS\r\n\
Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n";

const NOW: Millis = Millis(1_000);

fn octets(file: &str) -> Vec<u8> {
    let path = format!("{}/tests/data/rfc4475/{file}.dat", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn every_message_as_a_datagram() {
    for (file, must) in &ROWS {
        check(file, must, &parse_datagram(&octets(file)));
        assert!(matches!(parse_datagram(GOOD), Parsed::Request(_)), "{file}: the next message");
    }
}

#[test]
fn every_message_at_an_endpoint() {
    for (file, must) in &ROWS {
        // One each: some of the messages share a branch and would be repetitions of each other.
        let mut endpoint = endpoint();
        endpoint.handle_datagram(NOW, 0, source(), &octets(file));
        let sent: Vec<Transmit> = std::iter::from_fn(|| endpoint.poll_transmit()).collect();
        let event = endpoint.poll_event();
        match must {
            // Its To has a tag: it belongs to a dialog that nobody here has (RFC 3261 12.2.2).
            Accept(_) if *file == "wsinv" => {
                assert!(event.is_none() && sent.len() == 1);
                assert!(sent[0].octets.starts_with(b"SIP/2.0 481 "));
            }
            Accept(detail) => {
                // The final answer is given by whoever serves it; 100 only stops the repeating.
                assert!(sent.iter().all(|answer| answer.octets.starts_with(b"SIP/2.0 100 ")), "{file}");
                match event {
                    Some(Event::Request { request, .. }) => detail(&request),
                    other => panic!("{file}: {other:?}"),
                }
            }
            Refuse(status, fault) => {
                assert!(event.is_none(), "{file} went further");
                let [answer] = sent.as_slice() else { panic!("{file}: {} answers", sent.len()) };
                assert_eq!(
                    answer.flow.remote,
                    source(),
                    "{file}: an answer goes where the request came from"
                );
                let text = String::from_utf8_lossy(&answer.octets);
                let line = text.lines().next().unwrap_or_default();
                assert!(
                    line.starts_with(&format!("SIP/2.0 {status} ")) && line.contains(fault),
                    "{file}: {line}"
                );
            }
            // No request of ours waits for these responses.
            AcceptResponse(_) | Drop(_) => {
                assert!(sent.is_empty() && event.is_none(), "{file} has to be dropped")
            }
        }
        endpoint.handle_datagram(NOW, 0, source(), GOOD);
        assert!(matches!(endpoint.poll_event(), Some(Event::Request { .. })), "{file}: the next message");
    }
}

#[test]
fn every_message_as_a_stream() {
    for (file, must) in &ROWS {
        let mut frames = frames(&[&octets(file)]).into_iter();
        match frames.next() {
            // Framing hangs on Content-Length alone: without a sound one nobody knows where the next message
            // begins (RFC 3261 18.3).
            Some(Framed::Broken(parsed)) => {
                assert!(["ncl", "mcl01", "inv2543"].contains(file), "{file} broke the stream");
                assert!(matches!(parsed, Parsed::Refused(refusal) if refusal.status == 400), "{file}");
                assert_eq!(frames.next(), None, "{file}: nothing is read after a break");
            }
            Some(Framed::Message(parsed)) => check(file, must, &parsed),
            Some(Framed::Ping) => panic!("{file} is no ping"),
            // One lacks octets of its body, the other the empty line behind its head.
            None => assert!(["clerr", "baddn"].contains(file), "{file} waits for octets that never come"),
        }
    }
}

#[test]
fn the_second_of_two_messages_in_a_stream_is_served() {
    let frames = frames(&[&octets("dblreq")]);
    let methods: Vec<&Method> = frames.iter().filter_map(request).map(Request::method).collect();
    assert_eq!(methods, [&Method::Register, &Method::Invite]);
}

#[test]
fn a_content_length_beyond_all_bounds_breaks_the_stream() {
    for length in ["65536", "18446744073709551615", "18446744073709551616"] {
        let message = String::from_utf8_lossy(GOOD).replace("Length: 0", &format!("Length: {length}"));
        let frames = frames(&[message.as_bytes(), GOOD]);
        assert!(matches!(frames.as_slice(), [Framed::Broken(Parsed::Refused(_))]), "{length}: {frames:?}");
    }
}

#[test]
fn too_many_headers_in_a_stream_are_called_so() {
    let many = "X-Fill: x\r\n".repeat(200);
    let text = format!(
        "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKa\r\n{many}Content-Length: 0\r\n\r\n"
    );
    let mut stream = StreamBuffer::default();
    stream.push(text.as_bytes());
    let frame = stream.next_frame();
    assert!(format!("{frame:?}").contains("Too Large"), "{frame:?}");
}

#[test]
fn a_good_message_is_served_behind_every_message_that_does_not_break_the_stream() {
    // The second message of dblreq is five octets longer than it says; they are no beginning of a message.
    let no_successor = ["clerr", "baddn", "ncl", "mcl01", "inv2543", "dblreq"];
    for (file, _) in ROWS.iter().filter(|(file, _)| !no_successor.contains(file)) {
        let before = frames(&[&octets(file)]).len();
        let frames = frames(&[&octets(file), GOOD]);
        assert!(frames.len() > before, "{file}");
        let call_id = frames.last().and_then(request).map(Request::call_id);
        assert_eq!(call_id, Some("good"), "{file}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn how_a_stream_is_cut_changes_nothing(cuts in proptest::collection::vec(0.0..1.0f64, 0..8)) {
        for (file, _) in &ROWS {
            let octets = octets(file);
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| (cut * octets.len() as f64) as usize).collect();
            cuts.extend([0, octets.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &octets[cut[0]..cut[1]]).collect();
            prop_assert_eq!(frames(&pieces), frames(&[&octets]), "{}", file);
        }
    }
}

fn check(file: &str, must: &Must, parsed: &Parsed) {
    match (must, parsed) {
        (Accept(detail), Parsed::Request(request)) => detail(request),
        (AcceptResponse(detail), Parsed::Response(response)) => detail(response),
        (Refuse(status, fault), Parsed::Refused(refusal)) => {
            assert_eq!(refusal.status, *status, "{file}: {}", refusal.reason);
            assert!(refusal.reason.contains(fault), "{file}: {:?} does not name {fault}", refusal.reason);
        }
        (Drop(why), Parsed::Dropped(dropped)) => assert_eq!(dropped, why, "{file}"),
        (Accept(_) | AcceptResponse(_) | Refuse(..) | Drop(_), other) => panic!("{file}: {other:?}"),
    }
}

fn endpoint() -> Endpoint {
    Endpoint::new(Config {
        seed: 7,
        listeners: vec![Listener { address: "192.0.2.1:5060".to_owned(), symmetric: true }],
        limits: Limits::default(),
        product: "helin".to_owned(),
    })
}

fn source() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 99], 5070))
}

fn frames(pieces: &[&[u8]]) -> Vec<Framed> {
    let mut stream = StreamBuffer::default();
    let mut frames = Vec::new();
    for piece in pieces {
        stream.push(piece);
        while let Some(frame) = stream.next_frame() {
            frames.push(frame);
        }
    }
    frames
}

fn request(frame: &Framed) -> Option<&Request> {
    match frame {
        Framed::Message(Parsed::Request(request)) => Some(request),
        Framed::Message(_) | Framed::Ping | Framed::Broken(_) => None,
    }
}

fn contacts(request: &Request) -> Vec<NameAddr<'_>> {
    request
        .headers()
        .values(HeaderName::Contact)
        .map(|value| NameAddr::parse(value).expect("a contact"))
        .collect()
}

fn header(request: &Request, name: HeaderName) -> &str {
    request.headers().get(name).expect("the header is there")
}

// 3.1.1.1
fn odd_spaces_are_read(request: &Request) {
    assert_eq!(request.uri().as_str(), "sip:vivekg@chair-dnrc.example.com;unknownparam");
    assert_eq!(request.to().tag(), Some("1918181833n"));
    assert_eq!(request.from().display(), "J Rosenberg \\\"");
    assert_eq!(request.from().tag(), Some("98asjd8"));
    assert_eq!(request.max_forwards(), Some(68));
    assert_eq!((request.cseq().number, request.cseq().method), (9, "INVITE"));
    let vias: Vec<&str> = request.headers().values(HeaderName::Via).collect();
    assert_eq!(vias.len(), 3);
    assert_eq!((request.via().transport, request.via().sent_by), ("UDP", "192.0.2.2"));
    assert_eq!(request.via().branch(), Some("390skdjuw"));
    assert_eq!(header(request, HeaderName::Subject), "");
    let contacts = contacts(request);
    assert_eq!(contacts[0].display(), "Quoted string \"\"");
    assert_eq!(contacts[0].params.value("q"), Some("0.33"));
    assert_eq!(contacts[0].params.value("secondparam"), Some(""));
    assert_eq!(request.headers().named("newfangledheader").count(), 1);
    assert_eq!(request.body().len(), 150);
}

// 3.1.1.2
fn method_is_of_every_token_character(request: &Request) {
    assert_eq!(request.method().as_str(), "!interesting-Method0123456789_*+`.%indeed'~");
    assert_eq!(request.from().tag(), Some("_token~1'+`*%!-."));
    assert_eq!(request.to().display(), "BEL:\u{7} NUL:\0 DEL:\u{7f}");
}

// 3.1.1.3
fn escapes_compare_after_decoding(request: &Request) {
    assert_eq!(request.uri().user_decoded().as_deref(), Some("sips:user@example.com"));
    assert_eq!(request.to().uri.user_decoded().as_deref(), Some("user"));
    assert_eq!(request.from().uri.user_decoded().as_deref(), Some("I have spaces"));
    assert_eq!(contacts(request)[0].uri.user_decoded().as_deref(), Some("caller"));
}

// 3.1.1.4
fn contacts_differ_by_an_escaped_null(request: &Request) {
    let contacts = contacts(request);
    assert_eq!(contacts.len(), 2);
    assert!(!contacts[0].uri.matches(&contacts[1].uri));
    assert_eq!(contacts[1].uri.user_decoded().as_deref(), Some("\0\0"));
}

// 3.1.1.5
fn method_is_taken_literally(request: &Request) {
    assert_eq!(request.method(), &Method::Other("RE%47IST%45R".into()));
}

// 3.1.1.6
fn display_name_needs_no_space(request: &Request) {
    assert_eq!(request.from().display(), "caller");
    assert_eq!(request.from().uri.as_str(), "sip:caller@example.com");
}

// 3.1.1.7
fn long_values_are_whole(request: &Request) {
    assert_eq!(request.to().display().len(), 103);
    assert_eq!(request.from().uri.user.map(str::len), Some(115));
    assert_eq!(request.headers().values(HeaderName::Via).count(), 34);
    assert!(request.call_id().len() > 100);
}

// 3.1.1.8
fn first_of_two_is_read(request: &Request) {
    assert_eq!(request.method(), &Method::Register);
    assert_eq!(request.body(), b"");
}

// 3.1.1.9
fn semicolon_belongs_to_the_user(request: &Request) {
    assert_eq!(request.uri().user, Some("user;par=u%40example.net"));
    assert_eq!(request.uri().host, "example.com");
}

// 3.1.1.10
fn five_vias_of_any_transport(request: &Request) {
    assert_eq!(request.headers().values(HeaderName::Via).count(), 5);
}

// 3.1.1.11
fn body_is_binary(request: &Request) {
    assert_eq!(request.body().len(), 553);
    assert!(std::str::from_utf8(request.body()).is_err());
}

// 3.1.1.12
fn reason_is_utf_8(response: &Response) {
    assert_eq!(response.status(), 200);
    assert!(response.reason().contains("но сто девяносто девять"));
}

// 3.1.1.13
fn reason_is_empty(response: &Response) {
    assert_eq!((response.status(), response.reason()), (100, ""));
}

// 3.1.2.10, 3.1.2.12
fn nothing_more(_: &Request) {}

// 3.1.2.15
fn comma_in_a_bare_name_harms_nobody(request: &Request) {
    assert_eq!(request.from().uri.as_str(), "sip:a.g.bell@example.com");
}

// 3.2.1: the old rule matches such a request, its branch says nothing.
fn cookie_alone_is_no_branch(request: &Request) {
    assert_eq!(request.via().cookie_branch().filter(|branch| branch.is_empty()), None);
}

// 3.3.4
fn nobody_can_be_reached_by_these_addresses(request: &Request) {
    use sip_proto::uri::Scheme::Other;
    assert_eq!([request.to().uri.scheme, request.from().uri.scheme], [Other, Other]);
    assert_eq!(contacts(request)[0].uri.scheme, Other);
}

// 3.3.5
fn required_options_are_listed(request: &Request) {
    let options: Vec<&str> = request.headers().values(HeaderName::Require).collect();
    assert_eq!(options, ["nothingSupportsThis", "nothingSupportsThisEither"]);
}

// 3.3.6
fn body_is_of_an_unknown_type(request: &Request) {
    assert!(!request.has_sdp() && !request.body().is_empty());
}

// 3.3.7
fn authorization_is_no_digest(request: &Request) {
    use sip_proto::auth::{AuthError, Credentials};
    let value = header(request, HeaderName::Authorization);
    assert_eq!(Credentials::parse(value), Err(AuthError::NotDigest));
}

// 3.3.10: whoever receives it drops it, because the second Via says it is not for him.
fn second_via_is_a_broadcast(response: &Response) {
    assert_eq!(response.headers().values(HeaderName::Via).count(), 2);
}

// 3.3.11
fn max_forwards_is_zero(request: &Request) {
    assert_eq!(request.max_forwards(), Some(0));
}

// 3.3.12
fn parameter_belongs_to_the_contact(request: &Request) {
    let contact = contacts(request)[0];
    assert_eq!(contact.uri.as_str(), "sip:+19725552222@gw1.example.net");
    assert_eq!(contact.params.value("unknownparam"), Some(""));
}

// 3.3.13
fn parameter_belongs_to_the_address(request: &Request) {
    let contact = contacts(request)[0];
    assert_eq!(contact.uri.param("unknownparam"), Some(""));
    assert_eq!(contact.params.value("unknownparam"), None);
}

// 3.3.14
fn hidden_header_stays_in_the_address(request: &Request) {
    assert_eq!(contacts(request)[0].uri.headers(), Some("Route=%3Csip:sip.example.com%3E"));
    assert_eq!(request.headers().get(HeaderName::Route), None);
}

// 3.3.15
fn accept_has_no_sdp(request: &Request) {
    assert_eq!(header(request, HeaderName::Accept), "text/nobodyKnowsThis");
}

// 3.4.1
fn body_ends_with_the_datagram(request: &Request) {
    assert!(request.body().ends_with(b"m=audio 49217 RTP/AVP 0\r\n"));
    assert_eq!(request.max_forwards(), None);
    assert_eq!(request.from().tag(), None);
}
