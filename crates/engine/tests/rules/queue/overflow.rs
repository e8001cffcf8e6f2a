//! Where a call goes that leaves the line by a limit (V-26, X-08, I-23).

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-26, X-08, X-09: what is behind a limit is a list of targets, tried in order.
#[test]
fn overflow_goes_to_a_user_a_group_a_number_an_announcement_or_the_end() {
    check(
        service("-mari")
            .with("queue.on_nobody = [\"user:liis\", \"number:+3725557777\", \"group:+3726002000\"]")
            .beside("juri", &["own_line = \"line\"", "fallback = \"busy\""]),
        "call 1
         liis is busy
         +3725557777 rings
         20 s pass
         juri is busy",
        expect![[r#"
            list:; list of +3726002000: juri
            > call 1
                call 1 overflows (Nobody)
                fallback user:liis: Tried
                dial liis
                caller 1: ringing
            > liis is busy
                liis ended: Busy
                fallback user:liis: Failed(Busy)
                fallback number:+3725557777: Tried
                dial +3725557777
            > +3725557777 rings
            > 20 s pass
                +3725557777 ended: NoAnswer
                release +3725557777: Normal
                fallback number:+3725557777: Failed(NoAnswer)
                fallback group:+3726002000: Tried
                offered to juri (Rotation) of +3726002000
                dial juri
            > juri is busy
                juri ended: Busy
                offered to nobody (Nobody) of +3726002000
                fallback busy: Tried of +3726002000
                caller 1 ended: Busy
                release caller 1: Busy
                call 1 ended: Busy
        "#]],
    );
}

/// req V-26, I-23: `busy` to a caller who was answered: busy tone for 3 s, then the end.
#[test]
fn an_answered_caller_hears_the_busy_tone() {
    check(
        service("mari")
            .with("queue.on_nobody = [\"user:liis\", \"busy\"]")
            .with("announcements.repeat_every = \"none\""),
        "pause mari
         call 1
         log out mari
         liis rings
         20 s pass
         3 s pass",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
                caller 1: answer
                caller 1 hears (en): "Your call has been placed in the queue."
                caller 1: play entry in en
            > log out mari
                mari logged out by Api
                reply: Done
                call 1 overflows (Nobody)
                fallback user:liis: Tried
                dial liis
                caller 1: Ringing tone
                list:
            > liis rings
            > 20 s pass
                liis ended: NoAnswer
                release liis: Normal
                fallback user:liis: Failed(NoAnswer)
                fallback busy: Tried
                caller 1: Busy tone
            > 3 s pass
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Busy
        "#]],
    );
}

/// req V-26: an announcement after the answer is played, then he is released.
#[test]
fn an_answered_caller_hears_an_announcement_then_the_end() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only play hears overflows release ended
         pause mari
         call 1
         log out mari
         caller 1 heard it",
        expect![[r#"
            list: mari
            > only play hears overflows release ended
            > pause mari
            > call 1
                caller 1 hears (en): "Your call has been placed in the queue."
                caller 1: play entry in en
            > log out mari
                call 1 overflows (Nobody)
                caller 1 hears (en): "Nobody can answer now. Please call again later."
                caller 1: play nobody_here in en
                list:
            > caller 1 heard it
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Unanswered
        "#]],
    );
}

/// req V-26: the ringing tone while a target rings, then both talk.
#[test]
fn an_answered_caller_talks_with_a_target() {
    check(
        service("mari")
            .with("queue.on_nobody = [\"user:liis\"]")
            .with("announcements.repeat_every = \"none\""),
        "pause mari
         call 1
         log out mari
         liis rings
         liis answers
         caller 1 hangs up",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
                caller 1: answer
                caller 1 hears (en): "Your call has been placed in the queue."
                caller 1: play entry in en
            > log out mari
                mari logged out by Api
                reply: Done
                call 1 overflows (Nobody)
                fallback user:liis: Tried
                dial liis
                caller 1: Ringing tone
                list:
            > liis rings
            > liis answers
                caller 1: join with liis
            > caller 1 hangs up
                caller 1 ended: HangUp
                liis ended: Answered
                release liis: Normal
                call 1 ended: Answered
        "#]],
    );
}
