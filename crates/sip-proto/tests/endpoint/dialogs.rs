//! Stories within a call: new offers, and a call that outlives its endpoint.

use sip_proto::dialog::Dialog;
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
