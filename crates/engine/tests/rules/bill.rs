//! What the bill will need: who pays for a leg that leaves the platform, when a group counts as delivered, and who
//! has a licence.

use expect_test::expect;
use model::fact::Charge;

use crate::bed::call_id;
use crate::company::{party, service};
use crate::script::{check, live};

/// req V-12: overflow and a member outside are charged to the group's billing id; a user inside costs nothing.
#[test]
fn legs_that_leave_for_the_group_are_charged_to_its_billing_id() {
    check(
        service("mari Madis")
            .with("billing_id = \"Osakond 7\"")
            .with("offers_max = 2")
            .with("queue.on_attempts = [\"user:liis\", \"number:+3725557777\"]"),
        "only begun
         details
         call 1
         mari is busy
         Madis is busy
         2 s pass
         liis is busy
         +3725557777 answers",
        expect![[r#"
            list: mari Madis
            > only begun
            > details
            > call 1
                caller 1 begun as Caller
                mari begun as Member
            > mari is busy
                Madis begun as Member, charged to Osakond 7
            > Madis is busy
                liis begun as Callee
            > 2 s pass
            > liis is busy
                +3725557777 begun as Outside, charged to Osakond 7
            > +3725557777 answers
        "#]],
    );
}

/// req V-12: without a billing id the group is named, and the company's own account pays.
#[test]
fn without_a_billing_id_the_group_is_named() {
    let (bed, told) = live(service("-mari").with("queue.on_nobody = [\"number:+3725557777\"]"), "call 1");
    let leg = &bed.saved.calls[&call_id(1)].legs[1];
    let number = "+3726001000".parse().unwrap();
    assert_eq!(leg.charge, Some(Charge::Group { number, billing_id: None }), "{told}");
}

/// req V-12: a callback's customer is charged to the group, the agent inside to nobody.
#[test]
fn a_callback_is_charged_to_the_group() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("billing_id = \"Osakond 7\"")
            .with("callback.enabled = true"),
        "only begun
         details
         pause mari
         asked 1
         resume mari
         mari rings
         mari answers
         mari heard it
         stranger 1 answers",
        expect![[r#"
            list: mari
            > only begun
            > details
            > pause mari
            > asked 1
            > resume mari
                mari begun as Member
            > mari rings
            > mari answers
            > mari heard it
                stranger 1 begun as Outside, charged to Osakond 7
            > stranger 1 answers
        "#]],
    );
}

/// req V-12: the leg keeps what it was charged to, whatever the settings become.
#[test]
fn a_new_billing_id_holds_for_new_legs() {
    check(
        service("-mari")
            .with("billing_id = \"Osakond 7\"")
            .with("queue.on_nobody = [\"number:+3725557777\"]"),
        "only begun
         details
         call 1
         set billing_id = \"Osakond 8\"
         call 2",
        expect![[r#"
            list:
            > only begun
            > details
            > call 1
                caller 1 begun as Caller
                +3725557777 begun as Outside, charged to Osakond 7
            > set billing_id = "Osakond 8"
            > call 2
                caller 2 begun as Caller
                +3725557777 begun as Outside, charged to Osakond 8
        "#]],
    );
}

/// req V-12: a user's own call outside is his; a call that a user sends on outside is charged to who sent it.
#[test]
fn who_sends_a_call_outside_pays_for_it() {
    check(
        service("mari").with("billing_id = \"Osakond 7\""),
        "only begun transferred
         details
         call 1 from kati to +3725557777
         call 2
         mari answers
         mari refers 1 to +3725558888",
        expect![[r#"
            list: mari
            > only begun transferred
            > details
            > call 1 from kati to +3725557777
                caller 1 begun as Caller
                stranger 101 begun as Callee, charged to kati
            > call 2
                caller 2 begun as Caller
                mari begun as Member
            > mari answers
            > mari refers 1 to +3725558888
                call 2 transferred by mari
                stranger 150 begun as Outside, charged to mari
        "#]],
    );
}

/// req V-12: how long, how many: the record has the times of each leg that is charged.
#[test]
fn the_record_tells_how_long_each_charged_leg_was() {
    let (bed, told) = live(
        service("-mari").with("queue.on_nobody = [\"number:+3725557777\"]"),
        "call 1
         +3725557777 rings
         5 s pass
         +3725557777 answers
         65 s pass",
    );
    let record = &bed.saved.calls[&call_id(1)];
    let charged: Vec<_> = record.legs.iter().filter(|leg| leg.charge.is_some()).collect();
    let [leg] = charged[..] else { panic!("one leg left: {told}") };
    assert_eq!((leg.answered.unwrap() - leg.started).0, 5_000);
    assert_eq!((bed.saved.calls.len(), leg.ended), (1, None));
}

/// req I-27: a group counts as delivered when its first user becomes a member, once; nobody outside counts.
#[test]
fn a_group_is_delivered_when_its_first_user_becomes_a_member() {
    check(
        service("Madis"),
        "only delivered
         details
         members Madis juri mari
         members Madis
         members juri
         restart",
        expect![[r#"
            list: Madis
            > only delivered
            > details
            > members Madis juri mari
                delivered
                list: Madis juri mari
            > members Madis
                list: Madis
            > members juri
                list: juri
            > restart
        "#]],
    );
}

/// req I-27: a ring group has no line and is no queue.
#[test]
fn a_ring_group_is_not_delivered() {
    let (bed, told) = live(crate::company::even("mari juri"), "details");
    let group = &bed.saved.groups[&"+3726001000".parse().unwrap()];
    assert_eq!(group.delivered, None, "{told}");
    assert!(bed.saved.licensed.is_empty());
}

/// req I-28: one licence for each user, however many queues he is a member of; it ends with the last.
#[test]
fn a_user_has_one_licence_however_many_queues_he_is_in() {
    check(
        service("mari juri").beside("mari kati", &["preset = \"attendant\""]),
        "only licence
         details
         members mari juri Madis
         members juri
         members liis
         members mari liis",
        expect![[r#"
            list: mari juri; list of +3726002000: mari kati
            > only licence
            > details
            > members mari juri Madis
                list: mari juri Madis; list of +3726002000: mari kati
            > members juri
                list: juri; list of +3726002000: mari kati
            > members liis
                juri has no licence any more
                liis has a licence
                list: liis; list of +3726002000: mari kati
            > members mari liis
                list: liis mari; list of +3726002000: mari kati
        "#]],
    );
}

/// req I-28: who has a licence is known from the start and survives a restart.
#[test]
fn licences_stand_from_the_first_morning() {
    let (bed, told) = live(service("mari Madis").beside("mari juri", &[]), "restart");
    let licensed: Vec<_> = bed.saved.licensed.iter().copied().collect();
    assert_eq!(licensed, [party("mari").unwrap()], "juri is in a ring group only: {told}");
}

/// req V-27: members are added and removed in bulk; who stays keeps his log-in and his place.
#[test]
fn members_come_and_go_in_bulk() {
    check(
        service("mari juri kati -toomas"),
        "only member logged
         members kati -liis mari Madis",
        expect![[r#"
            list: mari juri kati
            > only member logged
            > members kati -liis mari Madis
                juri is no member any more
                toomas is no member any more
                liis is a member
                Madis is a member
                Madis logged in by Rule
                list: mari kati Madis
        "#]],
    );
}
