//! What a waiting caller is told about his position and his wait (V-47, V-48, I-10, I-11, X-03).

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-47, I-10: the position with each repeat; where it became worse nothing is said.
#[test]
fn the_position_is_never_worse() {
    check(
        service("mari")
            .with("announcements.position = true")
            .with("announcements.repeat_every = \"10s\"")
            .with("announcements.entry = \"none\"")
            .with("announcements.repeat = \"none\"")
            .with("queue.priority = [{ caller = \"+3725557004\", level = 1 }]"),
        "only hears waits
         pause mari
         call 1
         call 2
         call 3
         10 s pass
         caller 3 heard it
         call 4
         10 s pass
         caller 1 hangs up
         10 s pass
         caller 3 heard it
         caller 4 hangs up
         10 s pass",
        expect![[r#"
            list: mari
            > only hears waits
            > pause mari
            > call 1
                call 1 waits at 1
                caller 1 hears (en): "(music)"
            > call 2
                call 2 waits at 2
                caller 2 hears (en): "(music)"
            > call 3
                call 3 waits at 3
                caller 3 hears (en): "(music)"
            > 10 s pass
                caller 1 hears (en): "You are number 1 in the queue"
                caller 2 hears (en): "You are number 2 in the queue"
                caller 3 hears (en): "You are number 3 in the queue"
            > caller 3 heard it
                caller 3 hears (en): "(music)"
            > call 4
                call 4 waits at 1
                caller 4 hears (en): "(music)"
            > 10 s pass
                caller 4 hears (en): "You are number 1 in the queue"
            > caller 1 hangs up
            > 10 s pass
                caller 3 hears (en): "You are number 3 in the queue"
            > caller 3 heard it
                caller 3 hears (en): "(music)"
            > caller 4 hangs up
            > 10 s pass
                caller 3 hears (en): "You are number 2 in the queue"
        "#]],
    );
}

/// req V-48: below a sample minimum nothing is said.
#[test]
fn no_wait_is_said_before_it_is_known() {
    check(
        service("mari")
            .with("announcements.wait = true")
            .with("announcements.repeat_every = \"10s\"")
            .with("announcements.entry = \"none\"")
            .with("announcements.repeat = \"none\"")
            .with("announcements.music = \"none\""),
        "pause mari
         call 1
         10 s pass",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
                caller 1: ringing
            > 10 s pass
        "#]],
    );
}

/// req V-48, X-03, I-11: the estimate in minutes by the mean talk time times the calls ahead; never longer than before.
#[test]
fn the_longest_wait_is_never_said_longer() {
    check(
        service("mari")
            .with("announcements.wait = true")
            .with("announcements.repeat_every = \"10s\"")
            .with("announcements.entry = \"none\"")
            .with("announcements.repeat = \"none\"")
            .with("announcements.wait_method = \"legacy_talk\"")
            .with("queue.priority = [{ caller = \"+3725557023\", level = 1 }]"),
        "only hears waits
         talk 1 of 120 s
         talk 2 of 120 s
         talk 3 of 120 s
         talk 4 of 120 s
         talk 5 of 120 s
         talk 6 of 120 s
         talk 7 of 120 s
         talk 8 of 120 s
         talk 9 of 120 s
         talk 10 of 120 s
         call 20
         mari answers
         call 21
         call 22
         10 s pass
         caller 21 heard it
         caller 22 heard it
         call 23
         10 s pass
         caller 23 hangs up
         10 s pass",
        expect![[r#"
            list: mari
            > only hears waits
            > talk 1 of 120 s
            > talk 2 of 120 s
            > talk 3 of 120 s
            > talk 4 of 120 s
            > talk 5 of 120 s
            > talk 6 of 120 s
            > talk 7 of 120 s
            > talk 8 of 120 s
            > talk 9 of 120 s
            > talk 10 of 120 s
            > call 20
            > mari answers
            > call 21
                call 21 waits at 1
                caller 21 hears (en): "(music)"
            > call 22
                call 22 waits at 2
                caller 22 hears (en): "(music)"
            > 10 s pass
                caller 21 hears (en): "The estimated waiting time is 2 minutes"
                caller 22 hears (en): "The estimated waiting time is 4 minutes"
            > caller 21 heard it
                caller 21 hears (en): "(music)"
            > caller 22 heard it
                caller 22 hears (en): "(music)"
            > call 23
                call 23 waits at 1
                caller 23 hears (en): "(music)"
            > 10 s pass
                caller 23 hears (en): "The estimated waiting time is 2 minutes"
            > caller 23 hangs up
            > 10 s pass
                caller 21 hears (en): "The estimated waiting time is 2 minutes"
                caller 22 hears (en): "The estimated waiting time is 4 minutes"
        "#]],
    );
}

/// req V-48: a wait of 20 s is no minute.
#[test]
fn a_short_wait_is_said_to_be_under_a_minute() {
    check(
        service("mari")
            .with("announcements.wait = true")
            .with("announcements.repeat_every = \"10s\"")
            .with("announcements.entry = \"none\"")
            .with("announcements.repeat = \"none\"")
            .with("announcements.wait_method = \"legacy_talk\""),
        "only hears
         talk 1 of 20 s
         talk 2 of 20 s
         talk 3 of 20 s
         talk 4 of 20 s
         talk 5 of 20 s
         talk 6 of 20 s
         talk 7 of 20 s
         talk 8 of 20 s
         talk 9 of 20 s
         talk 10 of 20 s
         call 20
         mari answers
         call 21
         10 s pass",
        expect![[r#"
            list: mari
            > only hears
            > talk 1 of 20 s
            > talk 2 of 20 s
            > talk 3 of 20 s
            > talk 4 of 20 s
            > talk 5 of 20 s
            > talk 6 of 20 s
            > talk 7 of 20 s
            > talk 8 of 20 s
            > talk 9 of 20 s
            > talk 10 of 20 s
            > call 20
            > mari answers
            > call 21
                caller 21 hears (en): "(music)"
            > 10 s pass
                caller 21 hears (en): "The estimated waiting time is less than a minute"
        "#]],
    );
}
