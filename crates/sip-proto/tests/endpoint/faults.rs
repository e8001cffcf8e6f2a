//! Stories of a network that loses, doubles and reorders.

use proptest::prelude::*;
use sip_proto::endpoint::{Event, Failure};
use sip_proto::message::Method;

use crate::bed::{Bed, CALLEE, CALLER, Weather};
use crate::calls::{answered, asked, bye, set_up};

/// RFC 3261 17.1.1.2: timer A doubles from 500 ms, timer B ends it after 32 s.
#[test]
fn invite_that_nobody_answers_is_repeated_and_times_out() {
    let mut bed = Bed::calm();
    bed.weather.loss = 100;
    bed.request(&Method::Invite);
    let event = bed.next_event();
    assert!(matches!(event, Some((CALLER, Event::Failed { why: Failure::Timeout, .. }))), "{event:?}");
    bed.ends_empty();
    assert_eq!(bed.gaps("0>1 INVITE"), [500, 1_000, 2_000, 4_000, 8_000, 16_000]);
}

/// RFC 3261 17.1.2.2: timer E doubles up to 4 s, timer F ends it after 32 s.
#[test]
fn other_request_that_nobody_answers_is_repeated_and_times_out() {
    let mut bed = Bed::calm();
    bed.weather.loss = 100;
    bed.request(&Method::Options);
    assert!(matches!(bed.next_event(), Some((CALLER, Event::Failed { why: Failure::Timeout, .. }))));
    bed.ends_empty();
    assert_eq!(bed.gaps("0>1 OPTIONS")[..4], [500, 1_000, 2_000, 4_000]);
    assert_eq!(bed.gaps("0>1 OPTIONS").last(), Some(&4_000));
}

/// RFC 3261 17.2.1: timer G doubles up to 4 s, timer H gives up after 32 s.
#[test]
fn refusal_is_repeated_until_timer_h() {
    let mut bed = Bed::calm();
    bed.request(&Method::Invite);
    let server = asked(&mut bed);
    bed.weather.loss = 100;
    bed.reply(CALLEE, server, 486);
    let event = bed.next_event();
    assert!(matches!(event, Some((CALLER, Event::Failed { why: Failure::Timeout, .. }))), "{event:?}");
    bed.ends_empty();
    assert_eq!(bed.gaps("1>0 486 INVITE")[..4], [500, 1_000, 2_000, 4_000]);
}

#[test]
fn lost_invite_comes_by_its_repetition() {
    let mut bed = Bed::calm();
    bed.lose("0>1 INVITE");
    let dialogs = set_up(&mut bed);
    bye(&mut bed, CALLER, dialogs[CALLER]);
    bed.ends_empty();
    assert_eq!(bed.gaps("0>1 INVITE"), [500]);
}

/// RFC 3261 13.3.1.4, RFC 6026 7.1
#[test]
fn success_is_repeated_until_its_ack_comes() {
    let mut bed = Bed::calm();
    bed.request(&Method::Invite);
    let server = asked(&mut bed);
    bed.lose("1>0 200 INVITE");
    bed.lose("0>1 ACK");
    bed.reply(CALLEE, server, 200);
    let mut dialog = None;
    let acknowledged = loop {
        match bed.next_event().unwrap() {
            (CALLER, Event::Response { dialog: made, .. }) => {
                dialog = made;
                bed.sides[CALLER].acknowledge_success(made.unwrap(), None);
            }
            (CALLEE, Event::Acknowledged { .. }) => break true,
            (side, event) => panic!("side {side} is told of {event:?}"),
        }
    };
    assert!(acknowledged);
    bye(&mut bed, CALLER, dialog.unwrap());
    bed.ends_empty();
    assert_eq!(bed.gaps("1>0 200 INVITE"), [500, 1_000]);
}

/// RFC 3261 13.3.1.4: the call is of no use and is ended.
#[test]
fn success_that_is_never_acknowledged_is_told() {
    let mut bed = Bed::calm();
    bed.request(&Method::Invite);
    let server = asked(&mut bed);
    bed.reply(CALLEE, server, 180);
    answered(&mut bed, 180);
    bed.weather.loss = 100;
    bed.reply(CALLEE, server, 200);
    let event = bed.next_event();
    assert!(matches!(event, Some((CALLEE, Event::NotAcknowledged { .. }))), "{event:?}");
}

#[test]
fn repeated_request_is_told_once() {
    let mut bed = Bed::calm();
    bed.weather.doubling = 100;
    bed.request(&Method::Message);
    let server = asked(&mut bed);
    bed.reply(CALLEE, server, 200);
    answered(&mut bed, 200);
    bed.ends_empty();
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(256) })]

    /// Whatever the network does, the story ends on both sides and leaves nothing behind.
    #[test]
    fn any_weather_ends_in_agreement_or_a_timeout(
        seed: u64, loss in 0..=30u64, doubling in 0..=30u64, reordering in 0..=100u64,
    ) {
        let mut bed = Bed::new(seed, Weather { loss, doubling, reordering });
        bed.request(&Method::Invite);
        let (mut ended, mut failed, mut hung_up) = (false, false, false);
        while let Some((side, event)) = bed.next_event() {
            match event {
                Event::Request { server, .. } => {
                    bed.reply(side, server, 180);
                    bed.reply(side, server, 200);
                }
                Event::Response { dialog, response, .. } if response.status() == 200
                    && response.cseq().method == "INVITE" => {
                    bed.sides[side].acknowledge_success(dialog.unwrap(), None);
                }
                Event::Acknowledged { dialog, .. } => {
                    bed.sides[side].request_in(bed.now, dialog, &Method::Bye, &[], None).unwrap();
                    hung_up = true;
                }
                Event::InDialog { server, .. } => {
                    bed.reply(side, server, 200);
                    ended = true;
                }
                Event::NotAcknowledged { dialog } => {
                    bed.sides[side].request_in(bed.now, dialog, &Method::Bye, &[], None).unwrap();
                    hung_up = true;
                }
                Event::Failed { .. } => failed = true,
                Event::Response { .. } | Event::Cancelled { .. } => {}
            }
        }
        prop_assert!(ended || failed || hung_up, "{:?}", bed.sent);
        prop_assert!(!ended || hung_up);
        for endpoint in &bed.sides {
            prop_assert_eq!(endpoint.transaction_count(), 0);
            prop_assert_eq!(endpoint.next_deadline(), None);
            prop_assert_eq!(endpoint.dialog_count(), 0);
        }
    }
}
