//! Stories of one call or request in a network that loses nothing.

use sip_proto::endpoint::{ClientId, DialogId, Event, ServerId};
use sip_proto::message::Method;

use crate::bed::{Bed, CALLEE, CALLER};

#[test]
fn call_is_set_up_and_ended_by_either_side() {
    for ending in [CALLER, CALLEE] {
        let mut bed = Bed::calm();
        let dialogs = set_up(&mut bed);
        bye(&mut bed, ending, dialogs[ending]);
        bed.ends_empty();
        let bye = format!("{ending}>{} BYE", 1 - ending);
        let answer = format!("{}>{ending} 200 BYE", 1 - ending);
        assert_eq!(
            bed.log(),
            ["0>1 INVITE", "1>0 180 INVITE", "1>0 200 INVITE", "0>1 ACK", bye.as_str(), answer.as_str()]
        );
    }
}

#[test]
fn rejected_call_is_acknowledged_and_leaves_no_early_dialog() {
    let mut bed = Bed::calm();
    bed.request(&Method::Invite);
    let server = asked(&mut bed);
    bed.reply(CALLEE, server, 180);
    answered(&mut bed, 180);
    bed.reply(CALLEE, server, 486);
    answered(&mut bed, 486);
    bed.ends_empty();
    assert_eq!(bed.log(), ["0>1 INVITE", "1>0 180 INVITE", "1>0 486 INVITE", "0>1 ACK"]);
}

#[test]
fn options_and_message_are_answered() {
    for method in [Method::Options, Method::Message] {
        let mut bed = Bed::calm();
        bed.request(&method);
        let server = asked(&mut bed);
        bed.reply(CALLEE, server, 200);
        answered(&mut bed, 200);
        bed.ends_empty();
    }
}

#[test]
fn cancel_before_any_answer_waits_for_the_100() {
    let mut bed = Bed::calm();
    let client = bed.request(&Method::Invite);
    let server = asked(&mut bed);
    bed.sides[CALLER].cancel(bed.now, client, None);
    answered(&mut bed, 100);
    cancelled(&mut bed, server);
    bed.ends_empty();
    let cancel = bed.log().iter().position(|line| *line == "0>1 CANCEL").unwrap();
    assert!(bed.log()[..cancel].contains(&"1>0 100 INVITE"), "{:?}", bed.log());
}

#[test]
fn cancel_after_180_ends_with_487() {
    let mut bed = Bed::calm();
    let client = bed.request(&Method::Invite);
    let server = asked(&mut bed);
    bed.reply(CALLEE, server, 180);
    answered(&mut bed, 180);
    bed.sides[CALLER].cancel(bed.now, client, None);
    cancelled(&mut bed, server);
    bed.ends_empty();
}

/// RFC 3261 9.1: the CANCEL was too late, so the call is taken and ended.
#[test]
fn success_that_crosses_a_cancel_is_acknowledged_and_ended() {
    let mut bed = Bed::calm();
    let client = bed.request(&Method::Invite);
    let server = asked(&mut bed);
    bed.reply(CALLEE, server, 180);
    answered(&mut bed, 180);
    bed.sides[CALLER].cancel(bed.now, client, None);
    bed.reply(CALLEE, server, 200);
    let mut dialog = None;
    for _ in 0..2 {
        let (side, Event::Response { dialog: made, response, .. }) = bed.next_event().unwrap() else {
            panic!("a response is due")
        };
        assert_eq!((side, response.status()), (CALLER, 200));
        dialog = dialog.or(made);
    }
    let dialog = dialog.unwrap();
    bed.sides[CALLER].acknowledge_success(dialog, None);
    assert!(matches!(bed.next_event(), Some((CALLEE, Event::Acknowledged { .. }))));
    bye(&mut bed, CALLER, dialog);
    bed.ends_empty();
}

/// A whole call up to the ACK; the dialog of each side.
pub(crate) fn set_up(bed: &mut Bed) -> [DialogId; 2] {
    bed.request(&Method::Invite);
    let server = asked(bed);
    bed.reply(CALLEE, server, 180);
    answered(bed, 180);
    bed.reply(CALLEE, server, 200);
    let (_, dialog) = answered(bed, 200);
    let caller = dialog.expect("a success makes a dialog");
    bed.sides[CALLER].acknowledge_success(caller, None);
    let Some((CALLEE, Event::Acknowledged { dialog: callee, .. })) = bed.next_event() else {
        panic!("the ACK is due")
    };
    [caller, callee]
}

pub(crate) fn asked(bed: &mut Bed) -> ServerId {
    let Some((CALLEE, Event::Request { server, .. })) = bed.next_event() else { panic!("a request is due") };
    server
}

pub(crate) fn answered(bed: &mut Bed, status: u16) -> (ClientId, Option<DialogId>) {
    let Some((CALLER, Event::Response { client, dialog, response })) = bed.next_event() else {
        panic!("{status} is due")
    };
    assert_eq!(response.status(), status);
    (client, dialog)
}

/// Ends a call; both sides are told.
pub(crate) fn bye(bed: &mut Bed, side: usize, dialog: DialogId) {
    bed.sides[side].request_in(bed.now, dialog, &Method::Bye, &[], None).expect("the dialog is there");
    let Some((other, Event::InDialog { server, request, .. })) = bed.next_event() else {
        panic!("the BYE is due")
    };
    assert_eq!((other, request.method()), (1 - side, &Method::Bye));
    bed.reply(other, server, 200);
    let Some((told, Event::Response { response, .. })) = bed.next_event() else { panic!("200 is due") };
    assert_eq!((told, response.status()), (side, 200));
}

/// The CANCEL comes, the INVITE ends with 487, and the caller hears of both.
fn cancelled(bed: &mut Bed, invite: ServerId) {
    let mut statuses = Vec::new();
    while let Some((side, event)) = bed.next_event() {
        if let Event::Response { response, .. } = event {
            statuses.push((response.cseq().method.to_owned(), response.status()));
        } else {
            assert_eq!(side, CALLEE);
            assert!(matches!(&event, Event::Cancelled { server, .. } if *server == invite), "{event:?}");
            bed.reply(CALLEE, invite, 487);
        }
    }
    statuses.sort();
    assert_eq!(statuses, [("CANCEL".to_owned(), 200), ("INVITE".to_owned(), 487)]);
}
