//! Service codes, dialled or sent as text (K-04, K-10, K-36, K-42 to K-47).

use expect_test::expect;

use crate::company::{duty_first, even};
use crate::script::check;

/// req K-04: by code from the phone he is listed with, no PIN; the identity is the network's.
/// req K-46: so it works over the trunk from anywhere.
#[test]
fn a_member_is_known_by_his_proved_number() {
    check(
        even("-mari -Madis"),
        "code *961*1# by mari
         code *961*1# by Madis
         code *961*0# by +3725550100",
        expect![[r#"
            list:
            > code *961*1# by mari
                mari logged in by Party(PartyId(1))
                mari used *961*1#
                caller 90: answer
                screen of mari: "Info: you are logged in, position 1."
                caller 90 hears (en): "You are logged in."
                caller 90: play logged_in in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: mari
            > code *961*1# by Madis
                Madis logged in by Party(PartyId(7))
                Madis used *961*1#
                caller 91: answer
                screen of caller 91: "Info: you are logged in, position 2."
                caller 91 hears (en): "You are logged in."
                caller 91: play logged_in in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
                list: mari Madis
            > code *961*0# by +3725550100
                mari logged out by Party(PartyId(1))
                mari used *961*0#
                caller 92: answer
                screen of caller 92: "Info: you are logged out."
                caller 92 hears (en): "You are logged out."
                caller 92: play logged_out in en
                caller 92 ended: Answered
                release caller 92: Normal
                call 92 ended: Answered
                list: Madis
        "#]],
    );
}

/// req K-04: a number that nobody vouches for opens nothing.
#[test]
fn an_unproved_number_opens_nothing() {
    check(
        even("-mari -Madis"),
        "code *961*1# by Madis unproved
         code *961*1# by +3725550100 unproved",
        expect![[r#"
            list:
            > code *961*1# by Madis unproved
                screen of caller 90: "UNKNOWN APPLICATION"
                caller 90 ended: NotFound
                release caller 90: NotFound
                call 90 ended: Failed
            > code *961*1# by +3725550100 unproved
                screen of caller 91: "UNKNOWN APPLICATION"
                caller 91 ended: NotFound
                release caller 91: NotFound
                call 91 ended: Failed
        "#]],
    );
}

/// req K-10: log in, become first, step down, log out, take calls: all with a phone that can only dial.
#[test]
fn a_plain_phone_does_everything() {
    check(
        duty_first("-Madis! juri"),
        "code *961*2# by Madis
         call 1
         Madis rings
         Madis answers
         Madis hangs up
         code *961*1# by Madis
         code *961*0# by Madis",
        expect![[r#"
            list: juri
            > code *961*2# by Madis
                Madis logged in by Party(PartyId(7))
                duty: Madis
                Madis used *961*2#
                caller 90: answer
                screen of caller 90: "Info: you are logged in as the first."
                caller 90 hears (en): "You are logged in as the first."
                caller 90: play logged_in_first in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: juri Madis*
            > call 1
                offered to Madis (Duty)
                dial Madis
                caller 1: ringing
            > Madis rings
            > Madis answers
                caller 1: answer with Madis
            > Madis hangs up
                Madis ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > code *961*1# by Madis
                duty: nobody
                Madis used *961*1#
                caller 91: answer
                screen of caller 91: "Info: you are logged in, position 2."
                caller 91 hears (en): "You are logged in."
                caller 91: play logged_in in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
                list: juri Madis
            > code *961*0# by Madis
                Madis logged out by Party(PartyId(7))
                Madis used *961*0#
                caller 92: answer
                screen of caller 92: "Info: you are logged out."
                caller 92 hears (en): "You are logged out."
                caller 92: play logged_out in en
                caller 92 ended: Answered
                release caller 92: Normal
                call 92 ended: Answered
                list: juri
        "#]],
    );
}

/// req K-36: codes work with the caller's identity withheld.
#[test]
fn a_withheld_number_does_not_stand_in_the_way() {
    check(
        even("-mari -Madis"),
        "code *961*1# by mari hidden
         code *961*1# by Madis hidden",
        expect![[r#"
            list:
            > code *961*1# by mari hidden
                mari logged in by Party(PartyId(1))
                mari used *961*1#
                caller 90: answer
                screen of mari: "Info: you are logged in, position 1."
                caller 90 hears (en): "You are logged in."
                caller 90: play logged_in in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: mari
            > code *961*1# by Madis hidden
                Madis logged in by Party(PartyId(7))
                Madis used *961*1#
                caller 91: answer
                screen of caller 91: "Info: you are logged in, position 2."
                caller 91 hears (en): "You are logged in."
                caller 91: play logged_in in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
                list: mari Madis
        "#]],
    );
}

/// req K-42: active, at the tail; already in: success text, place kept.
#[test]
fn who_logs_in_stands_at_the_tail() {
    check(
        even("-mari juri kati"),
        "code *961*1# by mari
         code *961*1# by juri",
        expect![[r#"
            list: juri kati
            > code *961*1# by mari
                mari logged in by Party(PartyId(1))
                mari used *961*1#
                caller 90: answer
                screen of mari: "Info: you are logged in, position 3."
                caller 90 hears (en): "You are logged in."
                caller 90: play logged_in in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: juri kati mari
            > code *961*1# by juri
                juri used *961*1#
                caller 91: answer
                screen of juri: "Info: you are logged in already, position 1."
                caller 91 hears (en): "You are logged in already."
                caller 91: play already_in in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
        "#]],
    );
}

/// req K-44: log out; already out: success text.
#[test]
fn who_logs_out_is_offered_nothing_more() {
    check(
        even("mari juri"),
        "code *961*0# by mari
         code *961*0# by mari
         call 1",
        expect![[r#"
            list: mari juri
            > code *961*0# by mari
                mari logged out by Party(PartyId(1))
                mari used *961*0#
                caller 90: answer
                screen of mari: "Info: you are logged out."
                caller 90 hears (en): "You are logged out."
                caller 90: play logged_out in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: juri
            > code *961*0# by mari
                mari used *961*0#
                caller 91: answer
                screen of mari: "Info: you are logged out already."
                caller 91 hears (en): "You are logged out already."
                caller 91: play already_out in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
            > call 1
                offered to juri (Rotation)
                dial juri
                caller 1: ringing
        "#]],
    );
}

/// req K-44: while it rings or he talks: that call goes on, no new offer.
#[test]
fn who_logs_out_in_a_call_finishes_it() {
    check(
        even("mari juri"),
        "call 1
         mari rings
         text *961*0# by mari
         mari answers
         call 2
         juri answers
         text *961*0# by juri
         juri hangs up
         mari hangs up
         call 3",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > text *961*0# by mari
                mari logged out by Party(PartyId(1))
                mari used *961*0#
                reply: "Info: you are logged out."
                list: juri
            > mari answers
                caller 1: answer with mari
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
            > juri answers
                juri to the tail (Answered)
                caller 2: answer with juri
            > text *961*0# by juri
                juri logged out by Party(PartyId(2))
                juri used *961*0#
                reply: "Info: you are logged out."
                list:
            > juri hangs up
                juri ended: HangUp
                caller 2 ended: Answered
                release caller 2: Normal
                call 2 ended: Answered
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > call 3
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                caller 3: ringing
        "#]],
    );
}

/// req K-45: every code yields a text, success or failure, and a short spoken answer; in the asker's language.
#[test]
fn every_code_is_answered_on_the_screen_and_by_voice() {
    check(
        duty_first("mari! juri").person("mari", "language = \"et\"").person("juri", "language = \"fi\""),
        "code *961*2# by mari
         code *961*2# by juri
         code *961*0# by juri",
        expect![[r#"
            list: mari juri
            > code *961*2# by mari
                duty: mari
                mari used *961*2#
                caller 90: answer
                screen of mari: "Info: oled sisse logitud esimesena."
                caller 90 hears (et): "Olete sisse logitud esimesena."
                caller 90: play logged_in_first in et
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: mari* juri
            > code *961*2# by juri
                juri used *961*2#, in vain
                caller 91: answer
                screen of juri: "Ei sallittu. Mitään ei muutettu."
                caller 91 hears (fi): "Tämä ei ole sallittua."
                caller 91: play not_allowed in fi
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
            > code *961*0# by juri
                juri logged out by Party(PartyId(2))
                juri used *961*0#
                caller 92: answer
                screen of juri: "Info: olet kirjautunut ulos."
                caller 92 hears (fi): "Olette kirjautunut ulos."
                caller 92: play logged_out in fi
                caller 92 ended: Answered
                release caller 92: Normal
                call 92 ended: Answered
                list: mari*
        "#]],
    );
}

/// req K-47: a phone that is in no group gets exactly this text, and nothing changes.
#[test]
fn a_phone_in_no_group_gets_unknown_application() {
    check(
        even("mari"),
        "code *961*1# by toomas
         text *961*2# by toomas
         code *961*0# by +3725558888",
        expect![[r#"
            list: mari
            > code *961*1# by toomas
                screen of toomas: "UNKNOWN APPLICATION"
                caller 90 ended: NotFound
                release caller 90: NotFound
                call 90 ended: Failed
            > text *961*2# by toomas
                reply: "UNKNOWN APPLICATION" (not done)
            > code *961*0# by +3725558888
                screen of caller 91: "UNKNOWN APPLICATION"
                caller 91 ended: NotFound
                release caller 91: NotFound
                call 91 ended: Failed
        "#]],
    );
}

/// req K-47: so does any other digit.
#[test]
fn other_digits_are_nobodys_code() {
    check(
        even("mari"),
        "code *961*3# by mari
         text *961# by mari
         code *100# by mari",
        expect![[r#"
            list: mari
            > code *961*3# by mari
                screen of mari: "UNKNOWN APPLICATION"
                caller 90 ended: NotFound
                release caller 90: NotFound
                call 90 ended: Failed
            > text *961# by mari
                reply: "UNKNOWN APPLICATION" (not done)
            > code *100# by mari
                screen of mari: "UNKNOWN APPLICATION"
                caller 91 ended: NotFound
                release caller 91: NotFound
                call 91 ended: Failed
        "#]],
    );
}

/// req K-47: queues have no codes; who is in queues alone dials nobody's code, and in a ring group, too, it is hers.
#[test]
fn codes_are_for_ring_groups_only() {
    let queue = ["preset = \"customer_service\""];
    check(
        crate::company::service("mari"),
        "code *961*0# by mari",
        expect![[r#"
            list: mari
            > code *961*0# by mari
                screen of mari: "UNKNOWN APPLICATION"
                caller 90 ended: NotFound
                release caller 90: NotFound
                call 90 ended: Failed
        "#]],
    );
    check(
        even("juri").beside("juri mari", &queue),
        "code *961*0# by juri",
        expect![[r#"
        list: juri; list of +3726002000: juri mari
        > code *961*0# by juri
            juri logged out by Party(PartyId(2))
            juri used *961*0#
            caller 90: answer
            screen of juri: "Info: you are logged out."
            caller 90 hears (en): "You are logged out."
            caller 90: play logged_out in en
            caller 90 ended: Answered
            release caller 90: Normal
            call 90 ended: Answered
            list:; list of +3726002000: juri mari
    "#]],
    );
}

/// req I-20: without the right to log in the code is refused, and nothing changes.
#[test]
fn codes_keep_to_the_right_to_log_in() {
    check(
        even("-mari,rights=[\"see\"] juri,rights=[\"see\"]"),
        "text *961*1# by mari
         text *961*0# by juri",
        expect![[r#"
            list: juri
            > text *961*1# by mari
                mari used *961*1#, in vain
                reply: "Not allowed. Nothing was changed." (not done)
            > text *961*0# by juri
                juri used *961*0#, in vain
                reply: "Not allowed. Nothing was changed." (not done)
        "#]],
    );
}
