//! The 49 messages of RFC 4475 through the real listeners: each gets its answer or none, and the next good
//! request is served.

use std::net::{SocketAddr, UdpSocket};

use crate::message::Message;
use crate::phone::{Phone, branch_of};
use crate::process::{Helin, PATIENCE};
use crate::sound::Sound;

/// File, status on the access side, status on the trunk side; 0: no answer.
/// Access: what is well formed is challenged. Trunk: nobody here has the numbers, and only calls are taken.
const ROWS: [(&str, u16, u16); 49] = [
    ("wsinv", 481, 481),
    ("intmeth", 401, 405),
    ("esc01", 401, 404),
    ("escnull", 401, 405),
    ("esc02", 401, 405),
    ("lwsdisp", 200, 200),
    ("longreq", 401, 404),
    ("dblreq", 401, 405),
    ("semiuri", 200, 200),
    ("transports", 200, 200),
    ("mpart01", 401, 405),
    ("unreason", 0, 0),
    ("noreason", 0, 0),
    ("badinv01", 400, 400),
    ("clerr", 400, 400),
    ("ncl", 400, 400),
    ("scalar02", 400, 400),
    ("scalarlg", 0, 0),
    ("quotbal", 400, 400),
    ("ltgtruri", 400, 400),
    ("lwsruri", 400, 400),
    ("lwsstart", 400, 400),
    ("trws", 200, 200),
    ("escruri", 400, 400),
    ("baddate", 401, 404),
    ("regbadct", 400, 400),
    ("badaspec", 400, 400),
    ("baddn", 200, 200),
    ("badvers", 505, 505),
    ("mismatch01", 400, 400),
    ("mismatch02", 400, 400),
    ("bigcode", 0, 0),
    ("badbranch", 200, 200),
    ("insuf", 400, 400),
    ("unkscm", 416, 416),
    ("novelsc", 416, 416),
    ("unksm2", 401, 405),
    ("bext01", 420, 420),
    ("invut", 401, 415),
    ("regaut01", 401, 405),
    ("multi01", 400, 400),
    ("mcl01", 400, 400),
    ("bcast", 0, 0),
    ("zeromf", 200, 200),
    ("cparam01", 401, 405),
    ("cparam02", 401, 405),
    ("regescrt", 401, 405),
    ("sdp01", 401, 406),
    ("inv2543", 401, 404),
];

#[test]
fn every_torture_message_gets_its_answer_and_a_good_call_follows() {
    let helin = Helin::demo();
    let mut wrong = Vec::new();
    for (file, access, trunk) in ROWS {
        for (listener, expected) in [(helin.access(), access), (helin.trunk(), trunk)] {
            let got = send(listener, file, expected);
            if got != expected {
                wrong.push(format!("{file} at {listener}: expected {expected}, got {got}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let mut mari = Phone::registered(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (outer, inner) = (Sound::tone(440.0), Sound::tone(1_000.0));
    let mut call = carrier.dial_from("+3725551234", "+3726001000", &outer);
    let mut offer = mari.incoming();
    offer.answer(&mut mari, &inner);
    call.expect_progress(&mut carrier, 180);
    call.expect_answer(&mut carrier, &outer);
    outer.hears(1_000.0);
    inner.hears(440.0);
    call.hang_up(&mut carrier);
    offer.expect_bye(&mut mari);
    helin.until_quiet();
}

/// The same as a stream: what breaks the stream ends the connection, and others go on.
#[test]
fn broken_streams_are_closed_and_others_go_on() {
    let helin = Helin::demo();
    for file in ["ncl", "mcl01", "inv2543"] {
        let mut stream = std::net::TcpStream::connect(helin.access()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        std::io::Write::write_all(&mut stream, &octets(file)).unwrap();
        let mut answer = Vec::new();
        std::io::Read::read_to_end(&mut stream, &mut answer)
            .unwrap_or_else(|error| panic!("{file}: {error}"));
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("SIP/2.0 400"), "{file}: {answer}");
    }
    let mut mari = Phone::over_tcp(&helin, "mari");
    mari.register();
}

/// Too large, too many headers, noise: refused or dropped, and the next is served.
#[test]
fn oversized_and_senseless_input_harms_nobody() {
    let helin = Helin::demo();
    let mut mari = Phone::of(&helin, "mari");
    let head = format!("OPTIONS sip:{} SIP/2.0\r\nVia: {}\r\n", helin.access(), mari.via());
    let many: String = (0..400).map(|n| format!("X-Header-{n}: {n}\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "x".repeat(60_000));
    for noise in [
        format!("{head}{many}\r\n"),
        format!("{head}{long}\r\n"),
        "\0\u{1}\u{2}".repeat(500),
        "\r\n\r\n".to_owned(),
    ] {
        mari.send_bytes(noise.as_bytes());
    }
    mari.register();
    // The answers to noise, if any, are refusals.
    for answer in mari.pending() {
        assert!(answer.status().is_some_and(|status| status >= 400), "{}", answer.to_text());
    }
}

fn octets(file: &str) -> Vec<u8> {
    let path = format!("{}/../sip-proto/tests/data/rfc4475/{file}.dat", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Sends one message from a port of its own, then a good request; its final answer, which must have come before
/// that of the good request where none is expected.
fn send(listener: SocketAddr, file: &str, expected: u16) -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut phone = Phone::at(listener, "nobody", socket.try_clone().unwrap());
    phone.send_bytes(&octets(file));
    let via = phone.via();
    let good = Message::new(format!("OPTIONS sip:{listener} SIP/2.0"))
        .with("Via", &via)
        .with("Max-Forwards", "70")
        .with("From", "<sip:nobody@example.org>;tag=1")
        .with("To", format!("<sip:{listener}>"))
        .with("Call-ID", format!("good-{file}-{}", listener.port()))
        .with("CSeq", "1 OPTIONS");
    phone.send(&good);
    let mut buffer = vec![0; 65_536];
    let (mut status, mut served) = (0, false);
    while !served || (status == 0 && expected != 0) {
        let length = socket.recv(&mut buffer).unwrap_or_else(|_| panic!("{file}: no answer"));
        let answer = Message::parse(&buffer[..length]).unwrap();
        if answer.header("Via").is_some_and(|at| branch_of(at) == branch_of(&via)) {
            assert_eq!(answer.status(), Some(200));
            served = true;
        } else if answer.status() > Some(199) {
            status = answer.status().unwrap();
        }
    }
    status
}
