//! A line that closes itself, and opens again (I-22, I-23).

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req I-22, I-23: at X calls it closes to new ones; it opens again below the part of X, after it was there for the time.
#[test]
fn it_closes_at_so_many_calls() {
    check(
        service("mari")
            .with("queue.close_at_waiting = 3")
            .with("queue.reopen_below = 67")
            .with("queue.reopen_after = \"60s\"")
            .with("announcements.repeat_every = \"none\""),
        "only closed open overflows release
         pause mari
         call 1
         call 2
         call 3
         call 4
         caller 3 hangs up
         call 5
         59.9 s pass
         call 6
         0.1 s pass
         call 7",
        expect![[r#"
            list: mari
            > only closed open overflows release
            > pause mari
            > call 1
            > call 2
            > call 3
                closed (Waiting)
            > call 4
                call 4 overflows (Closed)
                release caller 4: Busy
            > caller 3 hangs up
            > call 5
                call 5 overflows (Closed)
                release caller 5: Busy
            > 59.9 s pass
            > call 6
                call 6 overflows (Closed)
                release caller 6: Busy
            > 0.1 s pass
                open again
            > call 7
                closed (Waiting)
        "#]],
    );
}

/// req I-22: `reopen_after` begins anew when it is above again.
#[test]
fn the_time_below_is_without_a_break() {
    check(
        service("mari")
            .with("queue.close_at_waiting = 2")
            .with("queue.reopen_below = 100")
            .with("queue.reopen_after = \"30s\"")
            .with("announcements.repeat_every = \"none\"")
            .beside("juri", &["preset = \"customer_service\"", "queue.on_nobody = [\"group:+3726001000\"]"]),
        "only closed open overflows
         pause mari
         call 1
         call 2
         caller 2 hangs up
         20 s pass
         live
         10 s pass
         call 3",
        expect![[r#"
            list: mari; list of +3726002000: juri
            > only closed open overflows
            > pause mari
            > call 1
            > call 2
                closed (Waiting)
            > caller 2 hangs up
            > 20 s pass
            > live
            > 10 s pass
                open again
            > call 3
                closed (Waiting)
        "#]],
    );
}

/// req I-22: it closes to new calls only.
#[test]
fn calls_inside_are_served_while_it_is_closed() {
    check(
        service("mari").with("queue.close_at_waiting = 1").with("announcements.repeat_every = \"none\""),
        "only closed open overflows offered answer
         call 1
         call 2
         mari answers
         60 s pass
         call 3",
        expect![[r#"
            list: mari
            > only closed open overflows offered answer
            > call 1
                closed (Waiting)
                offered to mari (Ordered)
            > call 2
                call 2 overflows (Closed)
            > mari answers
                caller 1: answer with mari
            > 60 s pass
                open again
            > call 3
                closed (Waiting)
                caller 3: answer
        "#]],
    );
}

/// req I-22: at Y minutes of the longest current wait; open again when the longest wait is below the part of Y.
#[test]
fn it_closes_at_so_long_a_wait() {
    check(
        service("mari")
            .with("queue.close_at_wait = \"5min\"")
            .with("queue.reopen_after = \"60s\"")
            .with("announcements.repeat_every = \"none\""),
        "only closed open overflows waits
         pause mari
         call 1
         200 s pass
         call 2
         99.9 s pass
         0.1 s pass
         call 3
         caller 1 hangs up
         59.9 s pass
         0.1 s pass
         call 4",
        expect![[r#"
            list: mari
            > only closed open overflows waits
            > pause mari
            > call 1
                call 1 waits at 1
            > 200 s pass
            > call 2
                call 2 waits at 2
            > 99.9 s pass
            > 0.1 s pass
                closed (Wait)
            > call 3
                call 3 overflows (Closed)
            > caller 1 hangs up
            > 59.9 s pass
            > 0.1 s pass
                open again
            > call 4
                call 4 waits at 2
        "#]],
    );
}

/// req I-22: who waits next crosses the line before the time is over: it stays closed.
#[test]
fn the_calm_ends_when_the_next_wait_grows() {
    check(
        service("mari")
            .with("queue.close_at_wait = \"100s\"")
            .with("queue.reopen_below = 80")
            .with("queue.reopen_after = \"60s\"")
            .with("announcements.repeat_every = \"none\""),
        "only closed open overflows waits
         pause mari
         call 1
         70 s pass
         call 2
         30 s pass
         caller 1 hangs up
         120 s pass
         caller 2 hangs up
         60 s pass",
        expect![[r#"
            list: mari
            > only closed open overflows waits
            > pause mari
            > call 1
                call 1 waits at 1
            > 70 s pass
            > call 2
                call 2 waits at 2
            > 30 s pass
                closed (Wait)
            > caller 1 hangs up
            > 120 s pass
            > caller 2 hangs up
            > 60 s pass
                open again
        "#]],
    );
}

/// req I-23: where new calls go while it is closed.
#[test]
fn closed_is_busy_or_another_number() {
    check(
        service("mari")
            .with("queue.close_at_waiting = 1")
            .with("queue.on_closed = [\"number:+3725557777\"]")
            .with("announcements.repeat_every = \"none\""),
        "pause mari
         call 1
         call 2",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > call 1
                call 1 in line (Entered)
                closed (Waiting)
                call 1 waits at 1
                caller 1: answer
                caller 1 hears (en): "Your call has been placed in the queue."
                caller 1: play entry in en
            > call 2
                call 2 overflows (Closed)
                fallback number:+3725557777: Tried
                dial +3725557777
                caller 2: ringing
        "#]],
    );
}
