//! Several calls at once, misses in a row, and what outlives a restart (K-39, K-40, K-49, K-53, X-02, X-16).

use expect_test::expect;

use crate::company::{duty_first, even};
use crate::script::check;

/// req K-39: as many calls at once as active members, never two for one; one more follows K-23.
/// req K-49: no queue, no announcement: the main line rings at once.
/// req X-16: a ring group has no waiting line.
#[test]
fn as_many_calls_as_members_and_no_more() {
    check(
        even("mari juri -kati"),
        "call 1
         call 2
         call 3
         line rings
         live",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
            > call 3
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                caller 3: ringing
            > line rings
            > live
                mari: ringing
                juri: ringing
                kati: logged_out
                1. call 1
                2. call 2
        "#]],
    );
}

/// req K-40, X-05: in a call, no second ring call is offered, call waiting or not; in the engine, whatever the
/// phone would do.
#[test]
fn a_member_in_a_call_is_not_offered_a_second() {
    check(
        even("mari").person("mari", "call_waiting = true").person("mari", "calls_max = 5"),
        "call 1
         mari answers
         call 2
         line answers
         mari hangs up
         call 3",
        expect![[r#"
            list: mari
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
            > call 2
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                caller 2: ringing
            > line answers
                caller 2: answer with line
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > call 3
                offered to mari (Rotation)
                dial mari
                caller 3: ringing
        "#]],
    );
}

/// req K-40: the call that ends frees him for the next one.
#[test]
fn who_becomes_free_during_a_call_can_be_offered_it() {
    check(
        even("mari juri"),
        "call 1
         mari answers
         call 2
         mari hangs up
         juri is busy",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri mari
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > juri is busy
                juri ended: Busy
                offered to mari (Rotation)
                dial mari
        "#]],
    );
}

/// req K-53: log-in, order and duty survive a restart; the calls of before are ended with cause `restart`.
#[test]
fn a_restart_keeps_the_list() {
    check(
        even("mari juri -kati"),
        "log in kati
         call 1
         mari rings
         15 s pass
         call 2
         restart
         live
         call 3",
        expect![[r#"
            list: mari juri
            > log in kati
                kati logged in by Api
                reply: Done
                list: mari juri kati
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > 15 s pass
                mari ended: NoAnswer
                release mari: Normal
                mari to the tail (NoAnswer)
                screen of mari: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to juri (Rotation)
                dial juri
                list: juri kati mari
            > call 2
                offered to kati (Rotation)
                dial kati
                caller 2: ringing
            > restart
                caller 1 ended: Restart
                juri ended: Restart
                call 1 ended: Failed
                caller 2 ended: Restart
                kati ended: Restart
                call 2 ended: Failed
            > live
                juri: available
                kati: available
                mari: available
            > call 3
                offered to juri (Rotation)
                dial juri
                caller 3: ringing
        "#]],
    );
}

/// req K-53: the duty survives a restart.
#[test]
fn a_restart_keeps_the_duty() {
    check(
        duty_first("mari juri! kati"),
        "text *961*2# by juri
         restart
         live
         call 1",
        expect![[r#"
            list: mari juri kati
            > text *961*2# by juri
                duty: juri
                juri used *961*2#
                reply: "Info: you are logged in as the first."
                list: mari juri* kati
            > restart
            > live
                juri: available, first
                mari: available
                kati: available
            > call 1
                offered to juri (Duty)
                dial juri
                caller 1: ringing
        "#]],
    );
}

/// req X-02: a missed offer moves to the tail, and a group may log out who missed too many; busy does not count.
#[test]
fn too_many_misses_log_a_member_out() {
    check(
        even("mari juri").with("misses_before_logout = 2").with("fallback = \"hangup\""),
        "call 1
         mari rings
         15 s pass
         juri answers
         call 2
         mari is busy
         caller 1 hangs up
         call 3
         mari is unreachable
         caller 3 hangs up",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > 15 s pass
                mari ended: NoAnswer
                release mari: Normal
                mari to the tail (NoAnswer)
                screen of mari: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to juri (Rotation)
                dial juri
                list: juri mari
            > juri answers
                juri to the tail (Answered)
                caller 1: answer with juri
                list: mari juri
            > call 2
                offered to mari (Rotation)
                dial mari
                caller 2: ringing
            > mari is busy
                mari ended: Busy
                offered to nobody (Nobody)
                fallback hangup: Tried
                caller 2 ended: Unreachable
                release caller 2: Unavailable
                call 2 ended: Unanswered
            > caller 1 hangs up
                caller 1 ended: HangUp
                juri ended: Answered
                release juri: Normal
                call 1 ended: Answered
            > call 3
                offered to mari (Rotation)
                dial mari
                caller 3: ringing
            > mari is unreachable
                mari ended: Unreachable
                mari to the tail (Unreachable)
                mari logged out by Rule
                screen of mari: "Info: you were logged out because of missed calls."
                offered to juri (Rotation)
                dial juri
                list: juri
            > caller 3 hangs up
                caller 3 ended: Cancelled
                juri ended: Cancelled
                release juri: Normal
                call 3 ended: Abandoned
        "#]],
    );
}

/// req X-02: an answer begins the count anew.
#[test]
fn an_answer_begins_the_count_of_misses_anew() {
    check(
        even("mari").with("misses_before_logout = 2").with("fallback = \"hangup\""),
        "call 1
         mari is unreachable
         call 2
         mari answers
         mari hangs up
         call 3
         mari is unreachable",
        expect![[r#"
            list: mari
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari is unreachable
                mari ended: Unreachable
                mari to the tail (Unreachable)
                offered to nobody (Nobody)
                fallback hangup: Tried
                caller 1 ended: Unreachable
                release caller 1: Unavailable
                call 1 ended: Unanswered
            > call 2
                offered to mari (Rotation)
                dial mari
                caller 2: ringing
            > mari answers
                mari to the tail (Answered)
                caller 2: answer with mari
            > mari hangs up
                mari ended: HangUp
                caller 2 ended: Answered
                release caller 2: Normal
                call 2 ended: Answered
            > call 3
                offered to mari (Rotation)
                dial mari
                caller 3: ringing
            > mari is unreachable
                mari ended: Unreachable
                mari to the tail (Unreachable)
                offered to nobody (Nobody)
                fallback hangup: Tried
                caller 3 ended: Unreachable
                release caller 3: Unavailable
                call 3 ended: Unanswered
        "#]],
    );
}

/// req X-02: without the setting nobody is logged out.
#[test]
fn without_the_setting_misses_only_move() {
    check(
        even("mari juri").with("fallback = \"hangup\""),
        "call 1
         mari is unreachable
         juri is unreachable
         call 2
         mari is unreachable
         juri is unreachable
         live",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari is unreachable
                mari ended: Unreachable
                mari to the tail (Unreachable)
                offered to juri (Rotation)
                dial juri
                list: juri mari
            > juri is unreachable
                juri ended: Unreachable
                juri to the tail (Unreachable)
                offered to nobody (Nobody)
                fallback hangup: Tried
                caller 1 ended: Unreachable
                release caller 1: Unavailable
                call 1 ended: Unanswered
                list: mari juri
            > call 2
                offered to mari (Rotation)
                dial mari
                caller 2: ringing
            > mari is unreachable
                mari ended: Unreachable
                mari to the tail (Unreachable)
                offered to juri (Rotation)
                dial juri
                list: juri mari
            > juri is unreachable
                juri ended: Unreachable
                juri to the tail (Unreachable)
                offered to nobody (Nobody)
                fallback hangup: Tried
                caller 2 ended: Unreachable
                release caller 2: Unavailable
                call 2 ended: Unanswered
                list: mari juri
            > live
                mari: available
                juri: available
        "#]],
    );
}
