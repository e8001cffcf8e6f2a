//! Any body: limits hold, writing reads back to the same, and neither answering nor relaying panics.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_proto::sdp::{
    BODY_MAX, Codec, Direction, FORMATS_MAX, Formats, MEDIA_MAX, SessionDescription, Terms, agreed_audio,
    answer_audio, relay_answer, relay_offer,
};

fuzz_target!(|body: &[u8]| {
    let Ok(description) = SessionDescription::parse(body) else { return };
    assert!(description.media.len() <= MEDIA_MAX);
    for media in &description.media {
        let formats = match &media.formats {
            Formats::Rtp(codecs) => codecs.len(),
            Formats::Other(formats) => formats.len(),
        };
        assert!(formats <= FORMATS_MAX);
    }
    check_round_trip(&description);

    let place = "198.51.100.1:10000".parse().expect("an address");
    let codecs = [Codec::pcma(), Codec::pcmu(), Codec::telephone_event(101)];
    let terms = Terms { codecs: &codecs, place, direction: Direction::SendRecv };
    if let Ok(answer) = answer_audio(&description, &terms) {
        assert_eq!(answer.media.len(), description.media.len());
        let agreed = agreed_audio(&answer, &description).expect("our own answer fits");
        assert!(agreed.voice().is_voice());
        check_round_trip_of_meaning(&answer);
    }
    let places = vec![Some(place); description.media.len()];
    if let Ok(offer) = relay_offer(&description, &places, 0) {
        assert!(offer.media.len() <= description.media.len());
        check_round_trip_of_meaning(&offer);
        let answer = relay_answer(&description, &offer, &places).unwrap_or(offer);
        check_round_trip_of_meaning(&answer);
    }
});

/// Replaced octets make a text longer, so what is written may exceed the limit of what is read.
fn check_round_trip(description: &SessionDescription) {
    let written = description.to_string();
    if written.len() <= BODY_MAX {
        assert_eq!(SessionDescription::parse(written.as_bytes()).as_ref(), Ok(description));
    }
}

/// A refused section of ours reads back with its codecs explained, but its text stays the same.
fn check_round_trip_of_meaning(description: &SessionDescription) {
    let written = description.to_string();
    if written.len() <= BODY_MAX {
        let read = SessionDescription::parse(written.as_bytes()).expect("what we write can be read");
        assert_eq!(read.media.len(), description.media.len());
        assert_eq!(read.connection, description.connection);
    }
}
