//! Which of a user's devices ring, and what their INVITEs say.

use model::id::{CallId, LegId, PartyId};
use model::leg::{Devices, Dial, DialTo, LegCommand, LegEvent, PlayId, RecallReason, Show};

use crate::call::{Call, reason_of};
use crate::phone::Phone;
use crate::process::{HELLO, Helin, MUSIC, dial, dialling, prompt, user};
use crate::sound::Sound;

fn new_leg(n: u16) -> LegId {
    LegId { call: CallId(uuid::Uuid::from_u128(77)), n }
}

#[test]
fn devices_of_the_group_ring_at_once_and_the_others_do_not() {
    // req V-34
    let helin = Helin::new();
    let mut desk = Phone::of(&helin, "mari");
    let mut app = Phone::of(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    helin.registers(|| drop(desk.register()));
    let contact = format!("{};+helin.device=\"app\"", app.contact());
    helin.registers(|| {
        let answer = app.register_with(&[("Contact", &contact), ("Expires", "3600")]);
        assert_eq!(answer.status(), Some(200));
        let listed = answer.all("Contact").find(|value| value.contains("helin")).unwrap();
        assert!(listed.contains(";+helin.device=\"app\""), "{listed}");
    });
    let mobile = Some("+3725559001".parse().unwrap());
    let devices = Devices { app: true, mobile: true, desk: false };
    let leg = new_leg(1);
    let to = DialTo::Devices { user: PartyId(1), devices, mobile };
    helin.command(leg, LegCommand::Dial(Dial { no_diversion: true, ..dialling(to, None) }));
    let (mut on_app, mut on_mobile) = (app.incoming(), carrier.incoming());
    assert_eq!(on_mobile.invite.user_in("To"), "+3725559001");
    desk.expect_no_call();
    // The mobile's network forwards: that branch ends, the app rings on.
    on_mobile.respond(&mut carrier, 181, "Call Is Being Forwarded", None);
    on_mobile.expect_cancel(&mut carrier);
    on_app.ring(&mut app);
    helin.until(leg, "ringing", |event| matches!(event, LegEvent::Alerting { .. }));
    helin.nothing_of(leg);
    let sound = Sound::silent();
    on_app.answer(&mut app, &sound);
    helin.until(leg, "the answer", |event| *event == LegEvent::Answered);
    helin.release(leg);
    on_app.expect_bye(&mut app);
}

/// req V-17: the group's number instead of the caller's stands on all phones but our app's, which shows both: the caller
/// in From, the group in Diversion.
#[test]
fn our_app_shows_the_caller_and_the_group() {
    let helin = Helin::new();
    let (mut desk, mut app) = (Phone::of(&helin, "mari"), Phone::of(&helin, "mari"));
    let mut carrier = Phone::carrier(&helin);
    helin.registers(|| drop(desk.register()));
    let contact = format!("{};+helin.device=\"app\"", app.contact());
    helin.registers(|| drop(app.register_with(&[("Contact", &contact), ("Expires", "3600")])));
    let group = Some("+3726001000".parse().unwrap());
    for hidden in [false, true] {
        let leg = new_leg(1 + u16::from(hidden));
        let to = DialTo::Devices {
            user: PartyId(1),
            devices: Devices { app: true, mobile: true, desk: true },
            mobile: Some("+3725559001".parse().unwrap()),
        };
        let plain = dialling(to, None);
        let show = Show { hidden, instead: group, ..plain.show.clone() };
        helin.command(leg, LegCommand::Dial(Dial { show, diverted_by: group, ..plain }));
        for (phone, number) in [
            (&mut desk, "+3726001000"),
            (&mut carrier, "+3726001000"),
            (&mut app, if hidden { "anonymous" } else { "+3725551234" }),
        ] {
            let mut call = phone.incoming();
            assert_eq!(call.invite.user_in("From"), number);
            assert!(call.invite.header("Diversion").unwrap().contains("+3726001000"));
            call.respond(phone, 486, "Busy Here", None);
            call.expect_ack(phone);
        }
    }
}

/// A user's desk phone and his mobile.
fn both_ring(helin: &Helin, desk: &mut Phone, carrier: &mut Phone) -> (LegId, Call, Call) {
    helin.registers(|| drop(desk.register()));
    let devices = Devices { app: false, mobile: true, desk: true };
    let mobile = Some("+3725559001".parse().unwrap());
    let leg = new_leg(2);
    helin.command(leg, dial(DialTo::Devices { user: PartyId(1), devices, mobile }, None));
    (leg, desk.incoming(), carrier.incoming())
}

#[test]
fn the_first_answer_wins_and_the_mobile_is_told_so() {
    let helin = Helin::new();
    let mut desk = Phone::of(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (leg, mut on_desk, mut on_mobile) = both_ring(&helin, &mut desk, &mut carrier);
    on_mobile.ring(&mut carrier);
    helin.until(leg, "ringing", |event| matches!(event, LegEvent::Alerting { .. }));
    let sound = Sound::silent();
    on_desk.answer(&mut desk, &sound);
    let cancel = on_mobile.expect_cancel(&mut carrier);
    assert_eq!(reason_of(&cancel), Some((200, "answered elsewhere".to_owned())));
    helin.until(leg, "the answer", |event| *event == LegEvent::Answered);
    helin.release(leg);
    on_desk.expect_bye(&mut desk);
}

#[test]
fn the_mobile_answers_and_is_told_apart() {
    // req V-34, K-34
    let helin = Helin::new();
    let mut desk = Phone::of(&helin, "mari");
    let mut carrier = Phone::carrier(&helin);
    let (leg, mut on_desk, mut on_mobile) = both_ring(&helin, &mut desk, &mut carrier);
    on_desk.ring(&mut desk);
    helin.until(leg, "ringing", |event| matches!(event, LegEvent::Alerting { .. }));
    let sound = Sound::silent();
    on_mobile.answer(&mut carrier, &sound);
    let cancel = on_desk.expect_cancel(&mut desk);
    assert_eq!(reason_of(&cancel), Some((200, "answered elsewhere".to_owned())));
    helin.until(leg, "the answer", |event| *event == LegEvent::AnsweredByMobile);
    helin.release(leg);
    on_mobile.expect_bye(&mut carrier);
}

/// As `both_ring`; the mobile has answered and is to press 1, the desk phone rings.
fn mobile_is_asked(helin: &Helin, desk: &mut Phone, carrier: &mut Phone) -> (LegId, Call, Call, Sound) {
    helin.registers(|| drop(desk.register()));
    let devices = Devices { app: false, mobile: true, desk: true };
    let mobile = Some("+3725559001".parse().unwrap());
    let leg = new_leg(7);
    let to = DialTo::Devices { user: PartyId(1), devices, mobile };
    helin.command(leg, LegCommand::Dial(Dial { confirm: true, ..dialling(to, None) }));
    let (on_desk, mut on_mobile) = (desk.incoming(), carrier.incoming());
    on_desk.ring(desk);
    let sound = Sound::silent();
    on_mobile.answer(carrier, &sound);
    helin.until(leg, "the mobile's answer", |event| *event == LegEvent::AnsweredByMobile);
    helin.command(leg, LegCommand::Play { id: PlayId(1), prompts: vec![prompt("hello")] });
    sound.hears(HELLO);
    (leg, on_desk, on_mobile, sound)
}

#[test]
fn the_desk_phone_takes_a_call_from_the_mobiles_mailbox() {
    // req K-34
    let helin = Helin::new();
    let (mut desk, mut carrier) = (Phone::of(&helin, "mari"), Phone::carrier(&helin));
    let (leg, mut on_desk, mut on_mobile, _) = mobile_is_asked(&helin, &mut desk, &mut carrier);
    let sound = Sound::silent();
    on_desk.answer(&mut desk, &sound);
    helin.until(leg, "the answer", |event| *event == LegEvent::Answered);
    let bye = on_mobile.expect_bye(&mut carrier);
    assert_eq!(reason_of(&bye), Some((200, "answered elsewhere".to_owned())));
    helin.command(leg, LegCommand::Music { prompt: prompt("music") });
    sound.hears(MUSIC);
    helin.release(leg);
    on_desk.expect_bye(&mut desk);
}

#[test]
fn who_presses_1_on_his_mobile_has_the_call_and_his_desk_phone_stops() {
    let helin = Helin::new();
    let (mut desk, mut carrier) = (Phone::of(&helin, "mari"), Phone::carrier(&helin));
    let (leg, mut on_desk, mut on_mobile, _) = mobile_is_asked(&helin, &mut desk, &mut carrier);
    helin.command(leg, LegCommand::Accept);
    let cancel = on_desk.expect_cancel(&mut desk);
    assert_eq!(reason_of(&cancel), Some((200, "answered elsewhere".to_owned())));
    helin.release(leg);
    on_mobile.expect_bye(&mut carrier);
}

#[test]
fn a_mailbox_that_hangs_up_leaves_the_desk_phone_ringing() {
    let helin = Helin::new();
    let (mut desk, mut carrier) = (Phone::of(&helin, "mari"), Phone::carrier(&helin));
    let (leg, mut on_desk, mut on_mobile, _) = mobile_is_asked(&helin, &mut desk, &mut carrier);
    on_mobile.hang_up(&mut carrier);
    let sound = Sound::silent();
    on_desk.answer(&mut desk, &sound);
    helin.until(leg, "the answer", |event| *event == LegEvent::Answered);
    helin.release(leg);
    on_desk.expect_bye(&mut desk);
}

#[test]
fn an_offer_that_ends_while_the_mobile_is_asked_ends_on_all_devices() {
    let helin = Helin::new();
    let (mut desk, mut carrier) = (Phone::of(&helin, "mari"), Phone::carrier(&helin));
    let (leg, mut on_desk, mut on_mobile, _) = mobile_is_asked(&helin, &mut desk, &mut carrier);
    helin.command(leg, LegCommand::Release(model::leg::Release::Normal));
    on_mobile.expect_bye(&mut carrier);
    on_desk.expect_cancel(&mut desk);
    helin.until(leg, "Closed", |event| matches!(event, LegEvent::Closed { .. }));
}

/// A phone that comes back from another address while its user is rung.
#[test]
fn who_registers_elsewhere_is_rung_there_at_once() {
    let helin = Helin::new();
    let (mut before, mut now) = (Phone::of(&helin, "mari"), Phone::of(&helin, "mari"));
    let mut app = Phone::of(&helin, "mari");
    helin.registers(|| drop(before.register()));
    let leg = new_leg(6);
    let devices = Devices { app: false, mobile: false, desk: true };
    helin.command(leg, dial(DialTo::Devices { user: PartyId(1), devices, mobile: None }, None));
    let mut lost = before.incoming();
    lost.ring(&mut before);
    helin.until(leg, "ringing", |event| matches!(event, LegEvent::Alerting { .. }));
    helin.registers(|| drop(before.register()));
    let contact = format!("{};+helin.device=\"app\"", app.contact());
    helin.registers(|| drop(app.register_with(&[("Contact", &contact), ("Expires", "3600")])));
    helin.registers(|| drop(now.register()));
    let mut ringing = now.incoming();
    assert_eq!(ringing.invite.must("From").split(';').next(), lost.invite.must("From").split(';').next());
    ringing.ring(&mut now);
    before.expect_no_call();
    app.expect_no_call();
    let sound = Sound::silent();
    ringing.answer(&mut now, &sound);
    helin.until(leg, "the answer", |event| *event == LegEvent::Answered);
    let cancel = lost.expect_cancel(&mut before);
    assert_eq!(reason_of(&cancel), Some((200, "answered elsewhere".to_owned())));
    helin.nothing_of(leg);
    helin.release(leg);
    ringing.expect_bye(&mut now);
}

#[test]
fn a_forwarded_mobile_alone_is_told_as_diverted() {
    // req K-33
    let helin = Helin::new();
    let mut carrier = Phone::carrier(&helin);
    let leg = new_leg(3);
    let devices = Devices { app: true, mobile: true, desk: true };
    let to = DialTo::Devices { user: PartyId(1), devices, mobile: Some("+3725559001".parse().unwrap()) };
    helin.command(leg, LegCommand::Dial(Dial { no_diversion: true, ..dialling(to, None) }));
    let mut ringing = carrier.incoming();
    ringing.respond(&mut carrier, 181, "Call Is Being Forwarded", None);
    helin.until(leg, "the diversion", |event| *event == LegEvent::Diverted);
    helin.command(leg, LegCommand::Release(model::leg::Release::Normal));
    ringing.expect_cancel(&mut carrier);
}

#[test]
fn a_recall_says_why() {
    // req I-18
    let helin = Helin::new();
    let mut mari = Phone::of(&helin, "mari");
    helin.registers(|| drop(mari.register()));
    for (n, recall, cause) in [(4, RecallReason::Busy, "486"), (5, RecallReason::NoAnswer, "480")] {
        let leg = new_leg(n);
        helin.command(leg, LegCommand::Dial(Dial { recall: Some(recall), ..dialling(user(1), None) }));
        let mut ringing = mari.incoming();
        assert_eq!(ringing.invite.must("Reason"), format!("SIP;cause={cause}"));
        helin.command(leg, LegCommand::Release(model::leg::Release::Normal));
        ringing.ring(&mut mari);
        ringing.expect_cancel(&mut mari);
        helin.until(leg, "Closed", |event| matches!(event, LegEvent::Closed { .. }));
    }
}
