//! An endpoint as a plain answering side: time per call (INVITE, 180, 200, ACK, BYE) and memory per live dialog.
//! Time is wall time of one thread that only computes; the caller's messages are written beforehand.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::alloc::System;
use std::net::SocketAddr;
use std::time::Instant;

use cap::Cap;
use sip_proto::Millis;
use sip_proto::endpoint::{Config, Endpoint, Event, Limits, Listener, Reply};
use sip_proto::message::{Parsed, parse_datagram};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Calls of each measurement.
const CALLS: u64 = 20_000;
/// Milliseconds between calls: 500 calls a second.
const CALL_EVERY: u64 = 2;
/// After this long every transaction of a call is over, milliseconds.
const SETTLED_AFTER: u64 = 70_000;

fn main() {
    let mut endpoint = answering();
    let invites: Vec<String> = (0..CALLS).map(invite).collect();
    let began = Instant::now();
    for (call, invite) in (0..).zip(&invites) {
        let now = Millis(call * CALL_EVERY);
        endpoint.handle_timeout(now);
        let tag = take_call(&mut endpoint, now, call, invite);
        end_call(&mut endpoint, now, call, &tag);
    }
    endpoint.handle_timeout(Millis(CALLS * CALL_EVERY + SETTLED_AFTER));
    let spent = began.elapsed();
    assert_eq!((endpoint.dialog_count(), endpoint.transaction_count()), (0, 0));
    println!("time per call: {:.1} us (goal 100)", spent.as_secs_f64() * 1e6 / CALLS as f64);

    let mut endpoint = answering();
    let before = ALLOCATOR.allocated();
    for (call, invite) in (0..).zip(&invites) {
        take_call(&mut endpoint, Millis(0), call, invite);
    }
    endpoint.handle_timeout(Millis(SETTLED_AFTER));
    while endpoint.poll_event().is_some() || endpoint.poll_transmit().is_some() {}
    let grown = ALLOCATOR.allocated() - before;
    assert_eq!((endpoint.dialog_count(), endpoint.transaction_count()), (CALLS as usize, 0));
    println!("memory per live dialog: {} octets (goal 1024)", grown / CALLS as usize);
}

fn answering() -> Endpoint {
    let listeners = vec![Listener { address: "10.0.0.2:5060".to_owned(), symmetric: false }];
    Endpoint::new(Config { seed: 1, listeners, limits: Limits::default(), product: "bench".to_owned() })
}

/// INVITE, 180, 200, ACK; gives the tag of our side.
fn take_call(endpoint: &mut Endpoint, now: Millis, call: u64, invite: &str) -> String {
    endpoint.handle_datagram(now, 0, source(), invite.as_bytes());
    let Some(Event::Request { server, .. }) = endpoint.poll_event() else { panic!("an INVITE is due") };
    for status in [180, 200] {
        endpoint.respond(now, server, Reply { status, ..Reply::default() });
    }
    let mut tag = String::new();
    while let Some(transmit) = endpoint.poll_transmit() {
        if let Parsed::Response(response) = parse_datagram(&transmit.octets) {
            tag = response.to().tag().expect("a dialog has a tag").to_owned();
        }
    }
    endpoint.handle_datagram(now, 0, source(), request("ACK", 1, call, &tag).as_bytes());
    assert!(matches!(endpoint.poll_event(), Some(Event::Acknowledged { .. })));
    tag
}

fn end_call(endpoint: &mut Endpoint, now: Millis, call: u64, tag: &str) {
    endpoint.handle_datagram(now, 0, source(), request("BYE", 2, call, tag).as_bytes());
    let Some(Event::InDialog { server, .. }) = endpoint.poll_event() else { panic!("a BYE is due") };
    endpoint.respond(now, server, Reply { status: 200, ..Reply::default() });
    while endpoint.poll_transmit().is_some() {}
}

fn source() -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], 5060))
}

fn invite(call: u64) -> String {
    request("INVITE", 1, call, "")
}

fn request(method: &str, cseq: u32, call: u64, tag: &str) -> String {
    let tag = if tag.is_empty() { String::new() } else { format!(";tag={tag}") };
    format!(
        "{method} sip:b@10.0.0.2 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bK{method}{call}\r\n\
         Max-Forwards: 70\r\nFrom: <sip:a@10.0.0.1>;tag=a{call}\r\nTo: <sip:b@10.0.0.2>{tag}\r\n\
         Call-ID: {call}@10.0.0.1\r\nCSeq: {cseq} {method}\r\nContact: <sip:a@10.0.0.1:5060>\r\n\
         Content-Length: 0\r\n\r\n"
    )
}
