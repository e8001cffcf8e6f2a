//! Stories within a call: new offers, and a call that outlives its endpoint.

use sip_proto::dialog::{Dialog, Flow, Stage, Transport};
use sip_proto::endpoint::{DialogId, Event};
use sip_proto::message::Method;

use crate::bed::{Bed, CALLEE, CALLER};
use crate::calls::{bye, set_up};

#[test]
fn new_offer_is_answered_in_both_directions() {
    let mut bed = Bed::calm();
    let dialogs = set_up(&mut bed);
    for side in [CALLER, CALLEE] {
        offer_again(&mut bed, side, dialogs[side]);
    }
    bye(&mut bed, CALLEE, dialogs[CALLEE]);
    bed.ends_empty();
}

/// RFC 3261 14.2
#[test]
fn offers_that_cross_are_both_refused_with_491() {
    let mut bed = Bed::calm();
    let dialogs = set_up(&mut bed);
    for side in [CALLER, CALLEE] {
        bed.sides[side].request_in(bed.now, dialogs[side], &Method::Invite, &[], None).unwrap();
    }
    for _ in 0..2 {
        let Some((_, Event::Response { response, .. })) = bed.next_event() else { panic!("491 is due") };
        assert_eq!(response.status(), 491);
    }
    offer_again(&mut bed, CALLER, dialogs[CALLER]);
    bye(&mut bed, CALLER, dialogs[CALLER]);
    bed.ends_empty();
}

/// RFC 3261 12.2.2
#[test]
fn request_of_an_unknown_dialog_gets_481() {
    let mut bed = Bed::calm();
    let dialogs = set_up(&mut bed);
    bed.sides[CALLEE].forget(dialogs[CALLEE]);
    bed.sides[CALLER].request_in(bed.now, dialogs[CALLER], &Method::Bye, &[], None).unwrap();
    let Some((CALLER, Event::Response { response, .. })) = bed.next_event() else { panic!("481 is due") };
    assert_eq!(response.status(), 481);
    bed.ends_empty();
}

#[test]
fn call_goes_on_when_its_dialog_is_restored_on_a_new_endpoint() {
    for (restarted, ending) in [(CALLER, CALLER), (CALLER, CALLEE), (CALLEE, CALLER), (CALLEE, CALLEE)] {
        let mut bed = Bed::calm();
        let mut dialogs = set_up(&mut bed);
        let kept = serde_json::to_string(bed.sides[restarted].dialog(dialogs[restarted]).unwrap()).unwrap();
        bed.restart(restarted);
        let dialog: Dialog = serde_json::from_str(&kept).unwrap();
        dialogs[restarted] = bed.sides[restarted].restore(dialog);
        for side in [CALLER, CALLEE] {
            offer_again(&mut bed, side, dialogs[side]);
        }
        bye(&mut bed, ending, dialogs[ending]);
        bed.ends_empty();
    }
}

fn offer_again(bed: &mut Bed, side: usize, dialog: DialogId) {
    bed.sides[side]
        .request_in(bed.now, dialog, &Method::Invite, &[], None)
        .expect("the dialog is there and free");
    let Some((other, Event::InDialog { server, request, .. })) = bed.next_event() else {
        panic!("the offer is due")
    };
    assert_eq!((other, request.method()), (1 - side, &Method::Invite));
    bed.reply(other, server, 200);
    let Some((told, Event::Response { response, .. })) = bed.next_event() else { panic!("200 is due") };
    assert_eq!((told, response.status()), (side, 200));
    bed.sides[side].acknowledge_success(dialog, None);
    let event = bed.next_event();
    assert!(matches!(&event, Some((at, Event::Acknowledged { .. })) if *at == other), "{event:?}");
}

/// A dialog as it is kept over a restart; a change to the file is a change of contract.
#[test]
fn dialog_keeps_its_written_form() {
    let flow = Flow {
        listener: 1,
        transport: Transport::Tcp,
        remote: "192.0.2.7:5062".parse().expect("an address"),
    };
    let early = Dialog {
        call_id: "f81d4fae@192.0.2.7".into(),
        local_tag: "ours".into(),
        remote_tag: "theirs".into(),
        local: "<sip:info@sinilind.demo>".into(),
        remote: "\"Mari Mets\" <sip:mari@sinilind.demo>".into(),
        remote_target: "sip:mari@192.0.2.7:5062;transport=tcp".into(),
        route_set: vec!["<sip:192.0.2.1;lr>".into(), "<sip:192.0.2.2;lr>".into()],
        local_cseq: 1,
        remote_cseq: None,
        flow,
        stage: Stage::Early,
    };
    let udp = Flow { transport: Transport::Udp, ..flow };
    let confirmed = Dialog { remote_cseq: Some(7), flow: udp, stage: Stage::Confirmed, ..early.clone() };
    let mut text = String::new();
    for dialog in [early, confirmed] {
        let written = serde_json::to_string_pretty(&dialog).unwrap();
        assert_eq!(serde_json::from_str::<Dialog>(&written).unwrap(), dialog);
        text.push_str(&written);
        text.push('\n');
    }
    expect_test::expect_file!["../data/golden/dialog.json"].assert_eq(&text);
}
