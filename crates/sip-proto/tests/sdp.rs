//! Session descriptions: what is read, what is kept, what is refused, and that writing reads back the same.

use expect_test::{Expect, expect};
use proptest::prelude::*;
use sip_proto::sdp::{Codec, Direction, Formats, MediaKind, RtcpMux, SdpError, SessionDescription};

const BARESIP: &str = "v=0\r\no=- 3943020915 1021414243 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\n\
t=0 0\r\na=tool:baresip 1.0.0\r\nm=audio 20418 RTP/AVP 96 0 8 101\r\na=rtpmap:96 opus/48000/2\r\n\
a=fmtp:96 stereo=1;sprop-stereo=1\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n\
a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtcp:20419\r\na=sendrecv\r\na=label:1\r\n\
a=rtcp-rsize\r\na=ptime:20\r\n";

fn parse(text: &str) -> SessionDescription {
    SessionDescription::parse(text.as_bytes()).expect("a description that reads")
}

fn check(text: &str, expected: Expect) {
    let description = parse(text);
    let written = description.to_string();
    assert_eq!(parse(&written), description, "writing changed the meaning");
    expected.assert_eq(&written.replace("\r\n", "\n"));
}

fn section(body: &str) -> String {
    format!("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n{body}")
}

#[test]
fn a_phone_s_description_keeps_all_it_says() {
    check(
        BARESIP,
        expect![[r#"
            v=0
            o=- 3943020915 1021414243 IN IP4 192.0.2.10
            s=-
            c=IN IP4 192.0.2.10
            t=0 0
            a=tool:baresip 1.0.0
            m=audio 20418 RTP/AVP 96 0 8 101
            a=rtpmap:96 opus/48000/2
            a=fmtp:96 stereo=1;sprop-stereo=1
            a=rtpmap:0 PCMU/8000
            a=rtpmap:8 PCMA/8000
            a=rtpmap:101 telephone-event/8000
            a=fmtp:101 0-15
            a=ptime:20
            a=sendrecv
            a=rtcp:20419
            a=label:1
            a=rtcp-rsize
        "#]],
    );
    let description = parse(BARESIP);
    let audio = &description.media[0];
    assert_eq!(audio.codecs()[0].channels, 2);
    assert!(audio.codecs()[3].is_telephone_event());
    assert_eq!(description.remote_of(audio), Some("192.0.2.10:20418".parse().unwrap()));
    assert_eq!(audio.packet_ms(), 20);
}

#[test]
fn static_payload_types_need_no_rtpmap() {
    let description = parse(&section("m=audio 4000 RTP/AVP 0 3 8 9 13 18 35\n"));
    let names: Vec<&str> = description.media[0].codecs().iter().map(|codec| codec.name.as_str()).collect();
    assert_eq!(names, ["PCMU", "GSM", "PCMA", "G722", "CN", "G729", ""]);
    assert!(description.media[0].codecs()[4].is_comfort_noise());
}

#[test]
fn lines_and_attributes_nobody_knows_are_kept() {
    check(
        "v=0\no=someone 1 2 IN IP6 2001:db8::1\ns=A talk\nq=what\nt=1 2\nr=7d 1h 0 25h\nb=AS:64\ni=info\n\
         e=me@example.net\nc=IN IP6 2001:db8::1\na=recvonly\na=x-mine\n\
         m=message 5060 TCP/MSRP *\ni=chat\na=path:msrp://192.0.2.1:5060/a;tcp\ny=odd\n",
        expect![[r#"
            v=0
            o=someone 1 2 IN IP6 2001:db8::1
            s=A talk
            i=info
            e=me@example.net
            c=IN IP6 2001:db8::1
            b=AS:64
            t=1 2
            r=7d 1h 0 25h
            q=what
            a=recvonly
            a=x-mine
            m=message 5060 TCP/MSRP *
            i=chat
            y=odd
            a=path:msrp://192.0.2.1:5060/a;tcp
        "#]],
    );
}

#[test]
fn damaged_attributes_stay_text_and_the_first_of_two_counts() {
    check(
        &section(
            "m=audio 4000/2 RTP/AVP 0 0 96 97\na=rtpmap:96\na=rtpmap:97 iLBC/8000/1/9\na=rtpmap:0 X/0x10\n\
             a=rtpmap:96 AMR/8000\na=rtpmap:96 AMR/16000\na=rtpmap:99 lost/8000\na=ptime:abc\na=ptime:30\na=ptime:40\n\
             a=inactive\na=sendrecv\na=crypto:1 short\na=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\n\
             a=rtcp:5 IN IP4 192.0.2.9\na=rtcp-mux\na=rtcp-mux\n",
        ),
        expect![[r#"
            v=0
            o=- 1 1 IN IP4 192.0.2.1
            s=-
            c=IN IP4 192.0.2.1
            t=0 0
            m=audio 4000/2 RTP/AVP 0 96 97
            a=rtpmap:0 PCMU/8000
            a=rtpmap:96 AMR/8000
            a=ptime:30
            a=inactive
            a=rtcp:5 IN IP4 192.0.2.9
            a=rtcp-mux
            a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0
            a=rtpmap:96
            a=rtpmap:97 iLBC/8000/1/9
            a=rtpmap:0 X/0x10
            a=rtpmap:96 AMR/16000
            a=rtpmap:99 lost/8000
            a=ptime:abc
            a=ptime:40
            a=sendrecv
            a=crypto:1 short
            a=rtcp-mux
        "#]],
    );
}

#[test]
fn keys_do_not_print() {
    let description =
        parse(&section("m=audio 1 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\n"));
    assert!(!format!("{description:?}").contains("c2VjcmV0"));
    assert!(description.to_string().contains("c2VjcmV0"));
}

#[test]
fn fax_is_recognised() {
    let description = parse(&section("m=image 5000 udptl t38\na=T38FaxVersion:0\n"));
    assert_eq!(description.media[0].kind, MediaKind::Image);
    assert!(description.media[0].is_t38());
    assert_eq!(description.media[0].rtcp_mux, RtcpMux::Separate);
    assert_eq!(description.media[0].formats, Formats::Other(vec!["t38".to_owned()]));
}

#[test]
fn packet_length_follows_ptime_up_to_maxptime() {
    let packet_ms = |attributes: &str| {
        parse(&section(&format!("m=audio 1 RTP/AVP 0\n{attributes}"))).media[0].packet_ms()
    };
    assert_eq!(packet_ms(""), 20);
    assert_eq!(packet_ms("a=ptime:30\n"), 30);
    assert_eq!(packet_ms("a=ptime:40\na=maxptime:30\n"), 30);
    assert_eq!(packet_ms("a=maxptime:150\n"), 20);
    assert_eq!(packet_ms("a=ptime:0\n"), 1);
}

#[test]
fn both_kinds_of_hold_are_seen() {
    let direction = |body: &str| {
        let description = parse(&section(body));
        description.direction_of(&description.media[0])
    };
    assert_eq!(direction("m=audio 1 RTP/AVP 0\n"), Direction::SendRecv);
    assert_eq!(direction("m=audio 1 RTP/AVP 0\na=sendonly\n"), Direction::SendOnly);
    assert_eq!(direction("a=inactive\nm=audio 1 RTP/AVP 0\n"), Direction::Inactive);
    assert_eq!(direction("a=inactive\nm=audio 1 RTP/AVP 0\na=recvonly\n"), Direction::RecvOnly);
    assert_eq!(direction("m=audio 1 RTP/AVP 0\nc=IN IP4 0.0.0.0\n"), Direction::SendOnly);
    assert_eq!(direction("m=audio 1 RTP/AVP 0\nc=IN IP4 0.0.0.0\na=recvonly\n"), Direction::Inactive);
}

#[test]
fn what_is_no_description_is_refused_with_its_line() {
    let refused = |text: &str| SessionDescription::parse(text.as_bytes()).unwrap_err();
    assert_eq!(refused(""), SdpError::NoVersion);
    assert_eq!(refused("v=1\n"), SdpError::NoVersion);
    assert_eq!(refused("v=0\ns=-\n"), SdpError::NoOrigin);
    assert_eq!(refused("v=0\no=- 1 IN IP4 192.0.2.1\n"), SdpError::BadLine(2));
    assert_eq!(refused(&section("m=audio 70000 RTP/AVP 0\n")), SdpError::BadLine(6));
    assert_eq!(refused(&section("m=audio 1\n")), SdpError::BadLine(6));
    assert_eq!(refused(&section("m=audio 1 RTP/AVP 0\nc=IN IP4\n")), SdpError::BadLine(7));
    assert_eq!(refused(&section("nonsense\n")), SdpError::BadLine(6));
    assert_eq!(refused(&section("a=x\ry\n")), SdpError::BadLine(6));
}

#[test]
fn limits_have_names() {
    let formats = |count: usize| "0 ".repeat(count);
    let media = |count: usize| section(&"m=audio 1 RTP/AVP 0\n".repeat(count));
    let outcome = |text: &str| SessionDescription::parse(text.as_bytes()).map(|_| ());
    assert_eq!(outcome(&media(32)), Ok(()));
    assert_eq!(outcome(&media(33)), Err(SdpError::TooManyMedia));
    assert_eq!(outcome(&section(&format!("m=audio 1 RTP/AVP {}\n", formats(64)))), Ok(()));
    assert_eq!(
        outcome(&section(&format!("m=audio 1 RTP/AVP {}\n", formats(65)))),
        Err(SdpError::TooManyFormats)
    );
    assert_eq!(outcome(&section(&format!("a={}\n", "x".repeat(65_536)))), Err(SdpError::TooLong));
}

#[test]
fn formats_that_are_no_payload_types_do_not_spoil_the_rest() {
    let description = parse(&section("m=audio 1 RTP/AVP 200\nm=audio 2 RTP/AVP 8\n"));
    assert_eq!(description.media[0].codecs(), []);
    assert_eq!(description.media[1].codecs(), [Codec::pcma()]);
}

proptest! {
    #[test]
    fn any_text_that_reads_writes_back_to_the_same(
        lines in proptest::collection::vec(
            prop_oneof![
                "[a-z]=[ -~]{0,20}",
                "a=(rtpmap|fmtp):[0-9]{1,3} [A-Za-z]{1,5}/[0-9]{1,5}(/[0-9])?",
                "a=(sendrecv|sendonly|ptime:[0-9]{1,3}|rtcp-mux|rtcp:[0-9]{1,5}|crypto:1 A B)",
                "m=(audio|video|image|x) [0-9]{1,5} (RTP/AVP|udptl)( [0-9]{1,3}){0,4}",
                "c=IN IP4 192.0.2.[0-9]{1,2}",
            ],
            0..12,
        )
    ) {
        let text = section(&lines.join("\n"));
        if let Ok(description) = SessionDescription::parse(text.as_bytes()) {
            prop_assert_eq!(SessionDescription::parse(description.to_string().as_bytes()), Ok(description));
        }
    }
}
