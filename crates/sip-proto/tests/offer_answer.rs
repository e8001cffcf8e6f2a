//! Offer and answer: our own answers, relaying between two legs, holds, versions, and named refusals.

use std::net::SocketAddr;

use sip_proto::sdp::{
    Codec, Direction, LocalSession, Mismatch, SessionDescription, Terms, agreed_audio, answer_audio,
    offer_audio, relay_answer, relay_offer,
};

const US_TO_A: &str = "198.51.100.1:10000";
const US_TO_B: &str = "198.51.100.2:20000";

const OFFER: &str = "m=audio 4000 RTP/AVP 18 8 0 13 101\na=rtpmap:101 telephone-event/8000\n\
a=fmtp:101 0-16\na=ptime:30\na=candidate:1 1 UDP 1 192.0.2.1 4000 typ host\na=silenceSupp:off - - - -\n\
m=video 4002 RTP/AVP 99\na=rtpmap:99 H264/90000\n";

fn parse(body: &str) -> SessionDescription {
    let text = format!("v=0\no=alice 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n{body}");
    SessionDescription::parse(text.as_bytes()).expect("a description that reads")
}

fn place(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

fn g711() -> Vec<Codec> {
    vec![Codec::pcmu(), Codec::pcma(), Codec::telephone_event(101)]
}

fn terms(codecs: &[Codec]) -> Terms<'_> {
    Terms { codecs, place: place(US_TO_A), direction: Direction::SendRecv }
}

fn media_lines(description: &SessionDescription) -> Vec<String> {
    let text = description.to_string();
    text.lines().filter(|line| line.starts_with("m=")).map(str::to_owned).collect()
}

fn answered(offer: &str) -> Result<Vec<String>, Mismatch> {
    answer_audio(&parse(offer), &terms(&g711())).map(|answer| media_lines(&answer))
}

#[test]
fn answer_keeps_the_offerer_s_order_and_refuses_what_is_unknown() {
    let answer = answer_audio(&parse(OFFER), &terms(&g711())).unwrap();
    assert_eq!(media_lines(&answer), ["m=audio 10000 RTP/AVP 8 0 101", "m=video 0 RTP/AVP 99"]);
    assert_eq!(answer.media[0].ptime_ms, Some(30));
    assert_eq!(answer.media[0].codecs()[2].fmtp.as_deref(), Some("0-15"));
    assert_eq!(answer.connection.as_ref().unwrap().address, "198.51.100.1");
}

#[test]
fn answer_uses_the_offerer_s_payload_numbers() {
    let lines = answered("m=audio 4000 RTP/AVP 8 97\na=rtpmap:97 TELEPHONE-EVENT/8000\n").unwrap();
    assert_eq!(lines, ["m=audio 10000 RTP/AVP 8 97"]);
}

#[test]
fn key_presses_are_agreed_on_the_clock_of_the_voice() {
    // As Linphone 5.1 offers: one telephone-event for each clock.
    let offer = parse(
        "m=audio 7078 RTP/AVP 96 8 99 100 101\na=rtpmap:96 opus/48000/2\na=rtpmap:99 telephone-event/48000\n\
         a=rtpmap:100 telephone-event/16000\na=rtpmap:101 telephone-event/8000\n",
    );
    let answer = answer_audio(&offer, &terms(&g711())).unwrap();
    assert_eq!(media_lines(&answer), ["m=audio 10000 RTP/AVP 8 101"]);
    let relayed = relay_answer(&offer, &offer, &[Some(place(US_TO_A))]).unwrap();
    let agreed = agreed_audio(&relayed, &offer).unwrap();
    assert_eq!(agreed.voice().name, "opus");
    assert_eq!(agreed.telephone_event().map(|codec| codec.payload_type), Some(99));
}

#[test]
fn refusals_name_their_reason() {
    assert_eq!(answered(""), Err(Mismatch::NoAudio));
    assert_eq!(answered("m=video 1 RTP/AVP 34\n"), Err(Mismatch::NoAudio));
    assert_eq!(answered("m=audio 0 RTP/AVP 8\n"), Err(Mismatch::NoAudio));
    assert_eq!(answered("m=audio 1 RTP/SAVP 8\n"), Err(Mismatch::Profile));
    assert_eq!(answered("m=audio 1 RTP/AVP 18\n"), Err(Mismatch::NoCommonCodec));
    let only_keys = "m=audio 1 RTP/AVP 18 101\na=rtpmap:101 telephone-event/8000\n";
    assert_eq!(answered(only_keys), Err(Mismatch::NoCommonCodec));
}

#[test]
fn the_second_audio_stream_is_taken_when_the_first_has_nothing_for_us() {
    let lines = answered("m=audio 4000 RTP/AVP 18\nm=audio 4002 RTP/AVP 8\n").unwrap();
    assert_eq!(lines, ["m=audio 0 RTP/AVP 18", "m=audio 10000 RTP/AVP 8"]);
}

#[test]
fn direction_is_answered_from_our_side() {
    let direction = |attributes: &str| {
        let offer = parse(&format!("m=audio 4000 RTP/AVP 8\n{attributes}"));
        answer_audio(&offer, &terms(&g711())).unwrap().media[0].direction.unwrap()
    };
    assert_eq!(direction(""), Direction::SendRecv);
    assert_eq!(direction("a=sendonly\n"), Direction::RecvOnly);
    assert_eq!(direction("a=recvonly\n"), Direction::SendOnly);
    assert_eq!(direction("a=inactive\n"), Direction::Inactive);
    assert_eq!(direction("c=IN IP4 0.0.0.0\n"), Direction::RecvOnly);
}

#[test]
fn agreement_reads_the_same_from_both_sides() {
    let offer = parse(OFFER);
    let answer = answer_audio(&offer, &terms(&g711())).unwrap();
    let ours = agreed_audio(&answer, &offer).unwrap();
    assert_eq!(ours.voice(), &Codec::pcma());
    assert_eq!(ours.remote, Some(place("192.0.2.1:4000")));
    assert_eq!(ours.packet_ms, 30);
    assert_eq!(ours.telephone_event().unwrap().payload_type, 101);
    let theirs = agreed_audio(&offer, &answer).unwrap();
    assert_eq!(theirs.voice(), &Codec::pcma());
    assert_eq!(theirs.remote, Some(place(US_TO_A)));
}

#[test]
fn our_own_offer_can_be_answered_with_other_payload_numbers() {
    let codecs = [Codec::pcma(), Codec::telephone_event(101)];
    let offer = offer_audio(&terms(&codecs));
    assert_eq!(media_lines(&offer), ["m=audio 10000 RTP/AVP 8 101"]);
    let answer = parse("m=audio 9 RTP/AVP 8 96\na=rtpmap:96 telephone-event/8000\na=recvonly\n");
    let agreed = agreed_audio(&offer, &answer).unwrap();
    assert_eq!(agreed.telephone_event().unwrap().payload_type, 96);
    assert_eq!(agreed.receive[1].payload_type, 101);
    assert_eq!(agreed.direction, Direction::SendOnly);
    assert_eq!(agreed_audio(&offer, &parse("m=audio 0 RTP/AVP 8\n")), Err(Mismatch::Refused));
    assert_eq!(agreed_audio(&offer, &parse("m=audio 9 RTP/AVP 0\n")), Err(Mismatch::NoCommonCodec));
}

#[test]
fn relayed_offer_has_our_place_and_the_same_codecs() {
    let offer = relay_offer(&parse(OFFER), &[Some(place(US_TO_B)), None], 0).unwrap();
    assert_eq!(
        offer.to_string().replace("\r\n", "\n"),
        "v=0\no=- 0 0 IN IP4 0.0.0.0\ns=-\nc=IN IP4 198.51.100.2\nt=0 0\nm=audio 20000 RTP/AVP 18 8 0 13 101\n\
         a=rtpmap:18 G729/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:0 PCMU/8000\na=rtpmap:13 CN/8000\n\
         a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\na=ptime:30\na=sendrecv\na=silenceSupp:off - - - -\n"
    );
}

#[test]
fn relayed_offer_never_loses_a_section_the_far_side_has_seen() {
    let lines =
        |media_min| media_lines(&relay_offer(&parse(OFFER), &[Some(place(US_TO_B))], media_min).unwrap());
    assert_eq!(lines(0).len(), 1);
    assert_eq!(lines(2), ["m=audio 20000 RTP/AVP 18 8 0 13 101", "m=video 0 RTP/AVP 99"]);
}

#[test]
fn relayed_answer_keeps_a_s_order_and_a_s_numbers() {
    let offer = parse(OFFER);
    let answer = parse("m=audio 9000 RTP/AVP 0 8 96 3\na=rtpmap:96 telephone-event/8000\na=ptime:20\n");
    let answer = relay_answer(&offer, &answer, &[Some(place(US_TO_A)), None]).unwrap();
    assert_eq!(media_lines(&answer), ["m=audio 10000 RTP/AVP 8 0 101", "m=video 0 RTP/AVP 99"]);
    assert_eq!(answer.media[0].ptime_ms, Some(20));
}

/// The relay writes one law of G.711 anew in the other: each side is offered and answered what it speaks.
#[test]
fn sides_of_one_law_each_agree_through_the_relay() {
    let relayed = |body: &str| {
        let offer = relay_offer(&parse(body), &[Some(place(US_TO_B))], 0).unwrap();
        media_lines(&offer).remove(0)
    };
    let mu_only = "m=audio 4000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\n";
    assert_eq!(relayed(mu_only), "m=audio 20000 RTP/AVP 0 8 101");
    assert_eq!(relayed("m=audio 4000 RTP/AVP 8 13\n"), "m=audio 20000 RTP/AVP 8 0 13");
    assert_eq!(relayed("m=audio 4000 RTP/AVP 8 0\n"), "m=audio 20000 RTP/AVP 8 0");
    assert_eq!(
        relayed("m=audio 4000 RTP/AVP 9\n"),
        "m=audio 20000 RTP/AVP 9",
        "G.722 alone cannot be translated"
    );
    let taken = "m=audio 4000 RTP/AVP 0 8\na=rtpmap:8 AMR/8000\n";
    assert_eq!(relayed(taken), "m=audio 20000 RTP/AVP 0 8", "the number is in use");
    let answered = |offer: &str, answer: &str| {
        relay_answer(&parse(offer), &parse(answer), &[Some(place(US_TO_A))])
            .map(|answer| media_lines(&answer).remove(0))
    };
    let a_and_keys = "m=audio 9000 RTP/AVP 8 96\na=rtpmap:96 telephone-event/8000\n";
    assert_eq!(answered(mu_only, a_and_keys).unwrap(), "m=audio 10000 RTP/AVP 0 101");
    // What B may send must all reach A: his law, too, beside a codec in common.
    let wide = "m=audio 4000 RTP/AVP 9 0\n";
    assert_eq!(answered(wide, "m=audio 9000 RTP/AVP 8 9\n").unwrap(), "m=audio 10000 RTP/AVP 9 0");
    assert_eq!(answered(wide, "m=audio 9000 RTP/AVP 9\n").unwrap(), "m=audio 10000 RTP/AVP 9");
    // A law in common is never translated.
    assert_eq!(
        answered("m=audio 4000 RTP/AVP 0 8\n", "m=audio 9000 RTP/AVP 8\n").unwrap(),
        "m=audio 10000 RTP/AVP 8"
    );
    assert_eq!(
        answered("m=audio 4000 RTP/AVP 18\n", "m=audio 9000 RTP/AVP 0\n"),
        Err(Mismatch::NoCommonCodec)
    );
}

#[test]
fn any_codec_is_relayed() {
    let body = "m=audio 1 RTP/AVP 96 97 98\na=rtpmap:96 AMR-WB/16000\na=fmtp:96 octet-align=1\n\
                a=rtpmap:97 opus/48000/2\n";
    let offer = relay_offer(&parse(body), &[Some(place(US_TO_B))], 0).unwrap();
    assert_eq!(offer.media[0].codecs()[0].fmtp.as_deref(), Some("octet-align=1"));
    let bare_answer = parse("m=audio 1 RTP/AVP 96\n");
    let answer = relay_answer(&parse(body), &bare_answer, &[Some(place(US_TO_A))]).unwrap();
    assert_eq!(answer.media[0].codecs()[0].name, "AMR-WB");
}

#[test]
fn fax_is_relayed_with_its_parameters() {
    let fax = parse("m=image 5000 udptl t38\na=T38FaxVersion:0\na=T38MaxBitRate:14400\na=fingerprint:x\n");
    let offer = relay_offer(&fax, &[Some(place(US_TO_B))], 0).unwrap();
    let names: Vec<&str> =
        offer.media[0].attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    assert_eq!(media_lines(&offer), ["m=image 20000 udptl t38"]);
    assert_eq!(names, ["T38FaxVersion", "T38MaxBitRate"]);
    let answer = relay_answer(&fax, &fax, &[Some(place(US_TO_A))]).unwrap();
    assert_eq!(media_lines(&answer), ["m=image 10000 udptl t38"]);
}

#[test]
fn hold_passes_through_in_todays_words() {
    let held = |body: &str| {
        let offer = relay_offer(&parse(body), &[Some(place(US_TO_B))], 1).unwrap();
        (offer.media[0].direction.unwrap(), offer.connection.unwrap().address)
    };
    let us = "198.51.100.2".to_owned();
    assert_eq!(held("m=audio 4000 RTP/AVP 8\na=sendonly\n"), (Direction::SendOnly, us.clone()));
    assert_eq!(held("m=audio 4000 RTP/AVP 8\na=inactive\n"), (Direction::Inactive, us.clone()));
    assert_eq!(held("m=audio 4000 RTP/AVP 8\nc=IN IP4 0.0.0.0\n"), (Direction::SendOnly, us));
    let offer = parse("m=audio 4000 RTP/AVP 8\na=sendonly\n");
    let careless = parse("m=audio 4000 RTP/AVP 8\na=sendrecv\n");
    let answer = relay_answer(&offer, &careless, &[Some(place(US_TO_A))]).unwrap();
    assert_eq!(answer.media[0].direction, Some(Direction::RecvOnly));
}

#[test]
fn relay_refusals_name_their_reason() {
    let to_b = [Some(place(US_TO_B)), Some(place(US_TO_B))];
    let refused = |body: &str| relay_offer(&parse(body), &to_b, 0).unwrap_err();
    assert_eq!(refused("m=video 1 RTP/AVP 34\n"), Mismatch::NoAudio);
    assert_eq!(refused("m=audio 1 RTP/SAVP 8\n"), Mismatch::Profile);
    let answer = |body: &str| relay_answer(&parse("m=audio 1 RTP/AVP 8\n"), &parse(body), &to_b).unwrap_err();
    assert_eq!(answer("m=audio 0 RTP/AVP 8\n"), Mismatch::Refused);
    assert_eq!(answer(""), Mismatch::Refused);
    assert_eq!(answer("m=audio 1 RTP/AVP 9\n"), Mismatch::NoCommonCodec);
    assert_eq!(answer("m=video 1 RTP/AVP 34\n"), Mismatch::AnswerShape);
    assert_eq!(answer("m=audio 1 RTP/AVP 8\nm=audio 1 RTP/AVP 8\n"), Mismatch::AnswerShape);
}

#[test]
fn a_leg_s_session_keeps_its_id_and_counts_changes() {
    let mut session = LocalSession::new(7, place(US_TO_A).ip());
    let codecs = g711();
    let offer = || offer_audio(&terms(&codecs));
    let version = |description: &SessionDescription| description.origin.to_string();
    assert_eq!(version(&session.publish(offer())), "helin 7 1 IN IP4 198.51.100.1");
    assert_eq!(version(&session.publish(offer())), "helin 7 1 IN IP4 198.51.100.1");
    let mut held = offer();
    held.media[0].direction = Some(Direction::SendOnly);
    assert_eq!(version(&session.publish(held)), "helin 7 2 IN IP4 198.51.100.1");
    let saved = session.last().unwrap().to_string();
    let mut resumed = LocalSession::resume(SessionDescription::parse(saved.as_bytes()).unwrap()).unwrap();
    assert_eq!(resumed, session);
    assert_eq!(version(&resumed.publish(offer())), "helin 7 3 IN IP4 198.51.100.1");
}
