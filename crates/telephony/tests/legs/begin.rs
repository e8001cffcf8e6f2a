//! Calls that come while companies are still being read.

use std::net::UdpSocket;

use crate::process::{Helin, PATIENCE};

/// Says OPTIONS to the carrier's port; gives the socket on which the answer comes.
fn ask(helin: &Helin, branch: &str) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let (own, to) = (socket.local_addr().unwrap(), helin.trunk());
    let text = format!(
        "OPTIONS sip:{to} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bK{branch}\r\nMax-Forwards: 70\r\n\
         From: <sip:carrier@{own}>;tag=1\r\nTo: <sip:{to}>\r\nCall-ID: {branch}\r\nCSeq: 1 OPTIONS\r\n\
         Content-Length: 0\r\n\r\n"
    );
    socket.send_to(text.as_bytes(), to).unwrap();
    socket
}

fn answer(socket: &UdpSocket) -> String {
    let mut octets = [0; 2_048];
    let size = socket.recv(&mut octets).unwrap();
    String::from_utf8(octets[..size].to_vec()).unwrap()
}

#[test]
fn what_comes_a_moment_too_early_is_served_a_moment_later() {
    let helin = Helin::not_begun();
    let socket = ask(&helin, "early");
    helin.begin();
    let answer = answer(&socket);
    assert!(answer.starts_with("SIP/2.0 200 "), "{answer}");
}

#[test]
fn who_would_wait_too_long_is_told_when_to_come_again() {
    let helin = Helin::not_begun();
    let refused = answer(&ask(&helin, "first"));
    assert!(refused.starts_with("SIP/2.0 503 ") && refused.contains("\r\nRetry-After: "), "{refused}");
    helin.begin();
    // `begin` is on its way to the thread, as the question is.
    let served = || answer(&ask(&helin, "second")).starts_with("SIP/2.0 200 ");
    assert!((0..100).any(|_| served()));
}
