//! The duty member: who goes first, and how he comes to it (K-06, K-15, K-20 to K-22, K-43).

use expect_test::expect;

use crate::company::{duty_first, even};
use crate::script::check;

/// req K-06: without the permission `*961*2#` fails with a text and changes nothing.
#[test]
fn without_permission_nobody_becomes_first() {
    check(
        duty_first("mari! juri"),
        "text *961*2# by juri
         text *961*2# by mari",
        expect![[r#"
            list: mari juri
            > text *961*2# by juri
                juri used *961*2#, in vain
                reply: "Not allowed. Nothing was changed." (not done)
            > text *961*2# by mari
                duty: mari
                mari used *961*2#
                reply: "Info: you are logged in as the first."
                list: mari* juri
        "#]],
    );
}

/// req K-06: the permission is the member's, so it is asked for whoever logs him in.
#[test]
fn the_permission_is_asked_for_at_every_door() {
    check(
        duty_first("mari! -juri"),
        "log in juri first
         log in mari first
         code *961*2# by juri",
        expect![[r#"
            list: mari
            > log in juri first
                reply: Refused(DutyNotAllowed)
            > log in mari first
                duty: mari
                reply: Done
                list: mari*
            > code *961*2# by juri
                juri used *961*2#, in vain
                caller 90: answer
                screen of juri: "Not allowed. Nothing was changed."
                caller 90 hears (en): "This is not allowed."
                caller 90: play not_allowed in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
        "#]],
    );
}

/// req K-15: one algorithm with an optional duty member; the type only decides whether `*961*2#` is accepted.
#[test]
fn an_even_group_has_no_first_unless_its_settings_say_so() {
    check(
        even("mari! juri"),
        "text *961*2# by mari
         log in mari first
         set duty = true
         text *961*2# by mari
         call 1
         set duty = false",
        expect![[r#"
            list: mari juri
            > text *961*2# by mari
                mari used *961*2#, in vain
                reply: "Not allowed. Nothing was changed." (not done)
            > log in mari first
                reply: Refused(NoDutyHere)
            > set duty = true
            > text *961*2# by mari
                duty: mari
                mari used *961*2#
                reply: "Info: you are logged in as the first."
                list: mari* juri
            > call 1
                offered to mari (Duty)
                dial mari
                caller 1: ringing
            > set duty = false
                duty: nobody
                list: juri mari
        "#]],
    );
}

/// req K-15: a duty-first group in which nobody has the duty shares its calls like an even one.
#[test]
fn a_duty_first_group_without_a_first_is_even() {
    check(
        duty_first("mari! juri kati"),
        "call 1
         mari answers
         mari hangs up
         call 2",
        expect![[r#"
            list: mari juri kati
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri kati mari
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
        "#]],
    );
}

/// req K-20: every new call is offered first to the duty member, wherever he stands, if he is free.
#[test]
fn every_new_call_goes_to_the_duty_member_first() {
    check(
        duty_first("mari juri kati!"),
        "text *961*2# by kati
         call 1
         kati answers
         call 2
         kati hangs up
         mari answers
         call 3",
        expect![[r#"
            list: mari juri kati
            > text *961*2# by kati
                duty: kati
                kati used *961*2#
                reply: "Info: you are logged in as the first."
                list: mari juri kati*
            > call 1
                offered to kati (Duty)
                dial kati
                caller 1: ringing
            > kati answers
                caller 1: answer with kati
            > call 2
                offered to mari (Rotation)
                dial mari
                caller 2: ringing
            > kati hangs up
                kati ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > mari answers
                mari to the tail (Answered)
                caller 2: answer with mari
                list: juri kati* mari
            > call 3
                offered to kati (Duty)
                dial kati
                caller 3: ringing
        "#]],
    );
}

/// req K-20: two `*961*2#`: the last one becomes duty, the earlier one stays at the tail, both get a text.
#[test]
fn the_last_to_register_as_first_has_the_duty() {
    check(
        duty_first("mari! juri! kati"),
        "code *961*2# by mari
         code *961*2# by juri
         text *961*2# by juri",
        expect![[r#"
            list: mari juri kati
            > code *961*2# by mari
                duty: mari
                mari used *961*2#
                caller 90: answer
                screen of mari: "Info: you are logged in as the first."
                caller 90 hears (en): "You are logged in as the first."
                caller 90: play logged_in_first in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: mari* juri kati
            > code *961*2# by juri
                duty: juri
                screen of mari: "Info: juri is now the first. You stay at the end of the list."
                juri used *961*2#
                caller 91: answer
                screen of juri: "Info: you are logged in as the first."
                caller 91 hears (en): "You are logged in as the first."
                caller 91: play logged_in_first in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
                list: juri* kati mari
            > text *961*2# by juri
                juri used *961*2#
                reply: "Info: you are logged in as the first."
        "#]],
    );
}

/// req K-21: the duty member keeps the first place after answering and busy.
#[test]
fn the_duty_member_keeps_the_first_place_after_answer_and_busy() {
    check(
        duty_first("mari! juri kati"),
        "text *961*2# by mari
         call 1
         mari answers
         mari hangs up
         call 2
         mari is busy
         caller 2 hangs up
         call 3",
        expect![[r#"
            list: mari juri kati
            > text *961*2# by mari
                duty: mari
                mari used *961*2#
                reply: "Info: you are logged in as the first."
                list: mari* juri kati
            > call 1
                offered to mari (Duty)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > call 2
                offered to mari (Duty)
                dial mari
                caller 2: ringing
            > mari is busy
                mari ended: Busy
                offered to juri (Rotation)
                dial juri
            > caller 2 hangs up
                caller 2 ended: Cancelled
                juri ended: Cancelled
                release juri: Normal
                call 2 ended: Abandoned
            > call 3
                offered to mari (Duty)
                dial mari
                caller 3: ringing
        "#]],
    );
}

/// req K-21: and after no answer and unreachable.
#[test]
fn the_duty_member_keeps_the_first_place_after_any_miss() {
    check(
        duty_first("mari! juri kati").with("passed_on_notice = false"),
        "text *961*2# by mari
         call 1
         mari rings
         15 s pass
         caller 1 hangs up
         call 2
         mari is unreachable
         caller 2 hangs up
         call 3
         mari rejects
         caller 3 hangs up
         call 4",
        expect![[r#"
            list: mari juri kati
            > text *961*2# by mari
                duty: mari
                mari used *961*2#
                reply: "Info: you are logged in as the first."
                list: mari* juri kati
            > call 1
                offered to mari (Duty)
                dial mari
                caller 1: ringing
            > mari rings
            > 15 s pass
                mari ended: NoAnswer
                release mari: Normal
                offered to juri (Rotation)
                dial juri
            > caller 1 hangs up
                caller 1 ended: Cancelled
                juri ended: Cancelled
                release juri: Normal
                call 1 ended: Abandoned
            > call 2
                offered to mari (Duty)
                dial mari
                caller 2: ringing
            > mari is unreachable
                mari ended: Unreachable
                offered to juri (Rotation)
                dial juri
            > caller 2 hangs up
                caller 2 ended: Cancelled
                juri ended: Cancelled
                release juri: Normal
                call 2 ended: Abandoned
            > call 3
                offered to mari (Duty)
                dial mari
                caller 3: ringing
            > mari rejects
                mari ended: Rejected
                offered to juri (Rotation)
                dial juri
            > caller 3 hangs up
                caller 3 ended: Cancelled
                juri ended: Cancelled
                release juri: Normal
                call 3 ended: Abandoned
            > call 4
                offered to mari (Duty)
                dial mari
                caller 4: ringing
        "#]],
    );
}

/// req K-22: busy, unreachable or no answer: the others share the call by the rules of the even list.
#[test]
fn what_the_duty_member_does_not_take_the_others_share() {
    check(
        duty_first("mari! juri kati"),
        "text *961*2# by mari
         call 1
         mari rings
         15 s pass
         juri is busy
         kati answers
         call 2
         mari is unreachable
         juri does not answer
         call 3
         mari is busy",
        expect![[r#"
            list: mari juri kati
            > text *961*2# by mari
                duty: mari
                mari used *961*2#
                reply: "Info: you are logged in as the first."
                list: mari* juri kati
            > call 1
                offered to mari (Duty)
                dial mari
                caller 1: ringing
            > mari rings
            > 15 s pass
                mari ended: NoAnswer
                release mari: Normal
                screen of mari: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to juri (Rotation)
                dial juri
            > juri is busy
                juri ended: Busy
                offered to kati (Rotation)
                dial kati
            > kati answers
                kati to the tail (Answered)
                caller 1: answer with kati
            > call 2
                offered to mari (Duty)
                dial mari
                caller 2: ringing
            > mari is unreachable
                mari ended: Unreachable
                offered to juri (Rotation)
                dial juri
            > juri does not answer
                juri ended: NoAnswer
                juri to the tail (NoAnswer)
                screen of juri: "Info: the call from +3725557002 at hh:mm went on to the next. No need to call back."
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                list: mari* kati juri
            > call 3
                offered to mari (Duty)
                dial mari
                caller 3: ringing
            > mari is busy
                mari ended: Busy
                offered to juri (Rotation)
                dial juri
        "#]],
    );
}

/// req K-43: `*961*2#` logs in as the first, `*961*1#` by the duty member steps down to the tail.
#[test]
fn the_duty_is_taken_by_two_and_left_by_one() {
    check(
        duty_first("-mari! juri kati"),
        "code *961*2# by mari
         call 1
         caller 1 hangs up
         code *961*1# by mari
         call 2",
        expect![[r#"
            list: juri kati
            > code *961*2# by mari
                mari logged in by Party(PartyId(1))
                duty: mari
                mari used *961*2#
                caller 90: answer
                screen of mari: "Info: you are logged in as the first."
                caller 90 hears (en): "You are logged in as the first."
                caller 90: play logged_in_first in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: juri kati mari*
            > call 1
                offered to mari (Duty)
                dial mari
                caller 1: ringing
            > caller 1 hangs up
                caller 1 ended: Cancelled
                mari ended: Cancelled
                release mari: Normal
                call 1 ended: Abandoned
            > code *961*1# by mari
                duty: nobody
                mari used *961*1#
                caller 91: answer
                screen of mari: "Info: you are logged in, position 3."
                caller 91 hears (en): "You are logged in."
                caller 91: play logged_in in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
                list: juri kati mari
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
        "#]],
    );
}

/// req K-44: who logs out has no duty any more.
#[test]
fn the_duty_ends_with_the_log_in() {
    check(
        duty_first("mari! juri"),
        "text *961*2# by mari
         text *961*0# by mari
         call 1
         text *961*1# by mari",
        expect![[r#"
            list: mari juri
            > text *961*2# by mari
                duty: mari
                mari used *961*2#
                reply: "Info: you are logged in as the first."
                list: mari* juri
            > text *961*0# by mari
                mari logged out by Party(PartyId(1))
                mari used *961*0#
                reply: "Info: you are logged out."
                list: juri
            > call 1
                offered to juri (Rotation)
                dial juri
                caller 1: ringing
            > text *961*1# by mari
                mari logged in by Party(PartyId(1))
                mari used *961*1#
                reply: "Info: you are logged in, position 2."
                list: juri mari
        "#]],
    );
}
