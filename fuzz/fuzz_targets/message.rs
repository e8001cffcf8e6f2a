//! Any datagram, and the same octets as a stream in two pieces: no panic, limits hold, both ways agree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_proto::message::{
    Framed, HEADERS_MAX, Headers, MESSAGE_SIZE_MAX, Parsed, Request, Response, StreamBuffer, parse_datagram,
};

fuzz_target!(|input: &[u8]| {
    match parse_datagram(input) {
        Parsed::Request(request) => check_request(&request),
        Parsed::Response(response) => check_response(&response),
        Parsed::Refused(refusal) => {
            check_headers(&refusal.headers);
            assert!(matches!(refusal.status, 400 | 416 | 505 | 513));
            assert!(!refusal.reason.contains(['\r', '\n']));
        }
        Parsed::Dropped(_) => {}
    }
    let whole = frames(&[input]);
    let (one, other) =
        input.split_at(usize::from(input.first().copied().unwrap_or_default()).min(input.len()));
    assert_eq!(frames(&[one, other]), whole, "the split of a stream changed its messages");
});

fn frames(pieces: &[&[u8]]) -> Vec<Framed> {
    let mut stream = StreamBuffer::default();
    let mut frames = Vec::new();
    for piece in pieces {
        stream.push(piece);
        while let Some(frame) = stream.next_frame() {
            frames.push(frame);
        }
        assert!(stream.waiting() <= MESSAGE_SIZE_MAX);
    }
    frames
}

/// Everything the accessors promise can be asked for.
fn check_request(request: &Request) {
    check_headers(request.headers());
    let _ = (
        request.method(),
        request.uri(),
        request.via(),
        request.cseq(),
        request.call_id(),
        request.max_forwards(),
    );
    let _ = (request.from().tag(), request.to().display(), request.has_sdp());
}

fn check_response(response: &Response) {
    check_headers(response.headers());
    assert!((100..700).contains(&response.status()));
    let _ = (response.reason(), response.via(), response.cseq(), response.call_id());
    let _ = (response.from().tag(), response.to().display(), response.has_sdp());
}

fn check_headers(headers: &Headers) {
    assert!(headers.iter().count() <= HEADERS_MAX);
    for header in headers.iter() {
        assert!(!header.value.contains(['\r', '\n']), "a value holds a line end");
    }
    let _ = (headers.contact(), headers.expires(), headers.is_sdp());
}
