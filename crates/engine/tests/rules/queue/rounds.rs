//! Rounds of offers: how many at once, for how long, who is left out (V-23, V-35, V-38, V-39, V-66).

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-35, V-66, I-16: N agents ring at the same instant; the first to answer takes the call, the others are told.
#[test]
fn n_ring_at_once() {
    check(
        service("mari juri kati").with("parallel = 2"),
        "call 1
         mari rings
         juri rings
         juri answers",
        expect![[r#"
            list: mari juri kati
            > call 1
                call 1 in line (Entered)
                offered to mari and juri (Ordered)
                dial mari
                dial juri
                caller 1: ringing
            > mari rings
            > juri rings
            > juri answers
                mari ended: AnsweredElsewhere
                release mari: AnsweredElsewhere
                caller 1: answer with juri
        "#]],
    );
}

/// req V-35: fewer free than N: those ring; who comes free joins them.
#[test]
fn fewer_free_than_n_ring_all_the_same() {
    check(
        service("mari juri").with("parallel = 3").with("announcements.repeat_every = \"none\""),
        "only dial offered waits
         pause juri
         call 1
         resume juri",
        expect![[r#"
            list: mari juri
            > only dial offered waits
            > pause juri
            > call 1
                offered to mari (Ordered)
                dial mari
            > resume juri
                offered to juri (Ordered)
                dial juri
        "#]],
    );
}

/// req V-35: on one agent's reject the next free one is pulled in, while the others go on ringing.
#[test]
fn a_reject_pulls_in_the_next() {
    check(
        service("mari juri kati").with("parallel = 2"),
        "only dial offered ended rests
         call 1
         mari rings
         juri rings
         2 s pass
         mari rejects",
        expect![[r#"
            list: mari juri kati
            > only dial offered ended rests
            > call 1
                offered to mari and juri (Ordered)
                dial mari
                dial juri
            > mari rings
            > juri rings
            > 2 s pass
            > mari rejects
                mari ended: Rejected
                offered to kati (Ordered)
                dial kati
        "#]],
    );
}

/// req V-38, K-28: the ring time is each agent's own, from alerting.
#[test]
fn the_ring_time_counts_from_alerting() {
    check(
        service("mari juri").with("ring_time = \"30s\"").with("announcements.repeat_every = \"none\""),
        "only dial offered ended
         call 1
         5 s pass
         mari rings
         29 s pass
         1 s pass",
        expect![[r#"
            list: mari juri
            > only dial offered ended
            > call 1
                offered to mari (Ordered)
                dial mari
            > 5 s pass
            > mari rings
            > 29 s pass
            > 1 s pass
                mari ended: NoAnswer
                offered to juri (Ordered)
                dial juri
        "#]],
    );
}

/// req V-23, V-22: a round of N counts one; after `offers_max` rounds the caller goes where `on_attempts` says.
#[test]
fn rounds_are_limited() {
    check(
        service("mari juri kati")
            .with("parallel = 2")
            .with("offers_max = 3")
            .with("ring_time = \"5s\"")
            .with("queue.on_attempts = \"busy\"")
            .with("announcements.repeat_every = \"none\""),
        "only offered ended overflows waits
         call 1
         mari rings
         juri rings
         5 s pass
         kati rings
         5 s pass
         1 s pass
         mari rejects
         juri rejects
         kati rejects",
        expect![[r#"
            list: mari juri kati
            > only offered ended overflows waits
            > call 1
                offered to mari and juri (Ordered)
            > mari rings
            > juri rings
            > 5 s pass
                mari ended: NoAnswer
                offered to kati (Ordered)
                juri ended: NoAnswer
            > kati rings
            > 5 s pass
                kati ended: NoAnswer
                call 1 waits at 1
            > 1 s pass
                offered to mari and juri (Ordered)
            > mari rejects
                mari ended: Rejected
                offered to kati (Ordered)
            > juri rejects
                juri ended: Rejected
            > kati rejects
                kati ended: Rejected
                call 1 overflows (Attempts)
        "#]],
    );
}

/// req V-23: those who ring after others let it ring are of the next round, also when the others end one by one; who
/// steps in for a reject is of the same.
#[test]
fn who_rings_after_a_miss_is_of_the_next_round() {
    check(
        service("mari juri kati toomas liis")
            .with("parallel = 2")
            .with("offers_max = 2")
            .with("ring_time = \"5s\"")
            .with("queue.on_attempts = \"busy\"")
            .with("announcements.repeat_every = \"none\""),
        "only offered ended overflows waits
         call 1
         mari rings
         juri rejects
         kati rings
         5 s pass
         toomas rings
         liis rings
         3 s pass
         2 s pass
         1 s pass",
        expect![[r#"
            list: mari juri kati toomas liis
            > only offered ended overflows waits
            > call 1
                offered to mari and juri (Ordered)
            > mari rings
            > juri rejects
                juri ended: Rejected
                offered to kati (Ordered)
            > kati rings
            > 5 s pass
                mari ended: NoAnswer
                offered to toomas (Ordered)
                kati ended: NoAnswer
                offered to liis (Ordered)
            > toomas rings
            > liis rings
            > 3 s pass
            > 2 s pass
                toomas ended: NoAnswer
                liis ended: NoAnswer
                call 1 overflows (Attempts)
                caller 1 ended: Busy
                call 1 ended: Busy
            > 1 s pass
        "#]],
    );
}

/// req V-39: all have missed: the next round begins after 1 s; he keeps his place and nobody is offered twice a round.
#[test]
fn the_next_round_begins_after_a_second() {
    check(
        service("mari juri").with("ring_time = \"5s\"").with("announcements.repeat_every = \"none\""),
        "only offered waits in_line
         call 1
         mari rings
         5 s pass
         juri rings
         5 s pass
         0.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari juri
            > only offered waits in_line
            > call 1
                call 1 in line (Entered)
                offered to mari (Ordered)
            > mari rings
            > 5 s pass
                offered to juri (Ordered)
            > juri rings
            > 5 s pass
                call 1 waits at 1
            > 0.9 s pass
            > 0.1 s pass
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-39: the agents who missed the first caller are offered to those behind him, who keep their places.
#[test]
fn who_missed_is_offered_to_callers_behind_meanwhile() {
    check(
        service("mari").with("ring_time = \"5s\"").with("announcements.repeat_every = \"none\""),
        "only offered waits
         call 1
         mari rings
         call 2
         5 s pass
         live",
        expect![[r#"
            list: mari
            > only offered waits
            > call 1
                offered to mari (Ordered)
            > mari rings
            > call 2
                call 2 waits at 2
            > 5 s pass
                call 1 waits at 1
                offered to mari (Ordered)
            > live
        "#]],
    );
}

/// req V-35: one agent whose phone fails at once, one caller: the agent rests, the engine does not spin.
#[test]
fn a_failing_agent_rests() {
    check(
        service("mari").with("retry_after = \"7s\"").with("announcements.repeat_every = \"none\""),
        "only offered rests rested waits overflows
         call 1
         mari is unreachable
         6.9 s pass
         0.1 s pass
         mari rejects
         6.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari
            > only offered rests rested waits overflows
            > call 1
                offered to mari (Ordered)
            > mari is unreachable
                mari rests
                call 1 waits at 1
            > 6.9 s pass
            > 0.1 s pass
                mari has rested
                offered to mari (Ordered)
            > mari rejects
                mari rests
                call 1 waits at 1
            > 6.9 s pass
            > 0.1 s pass
                mari has rested
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-35: "at once" is within a second; later it is a miss like any other.
#[test]
fn a_reject_after_a_while_is_no_rest() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only offered rests rested waits
         call 1
         mari rings
         1 s pass
         mari rejects
         1 s pass",
        expect![[r#"
            list: mari
            > only offered rests rested waits
            > call 1
                offered to mari (Ordered)
            > mari rings
            > 1 s pass
            > mari rejects
                call 1 waits at 1
            > 1 s pass
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-35, V-40: busy from the far end is no miss, but is not tried again at once.
#[test]
fn a_busy_agent_rests_and_the_next_is_offered() {
    check(
        service("mari juri").with("misses_before_logout = 1").with("announcements.repeat_every = \"none\""),
        "only offered rests rested waits logged
         call 1
         mari is busy
         juri answers",
        expect![[r#"
            list: mari juri
            > only offered rests rested waits logged
            > call 1
                offered to mari (Ordered)
            > mari is busy
                mari rests
                offered to juri (Ordered)
            > juri answers
        "#]],
    );
}

/// req V-21, V-25, V-26: at the deadline a ring under way may end; then the caller leaves.
#[test]
fn the_longest_wait_lets_a_ring_finish() {
    check(
        service("mari")
            .with("queue.wait_max = \"30s\"")
            .with("ring_time = \"20s\"")
            .with("queue.on_wait = \"hangup\"")
            .with("announcements.repeat_every = \"none\""),
        "only offered ended overflows waits
         pause mari
         call 1
         20 s pass
         resume mari
         mari rings
         10 s pass
         10 s pass",
        expect![[r#"
            list: mari
            > only offered ended overflows waits
            > pause mari
            > call 1
                call 1 waits at 1
            > 20 s pass
            > resume mari
                offered to mari (Ordered)
            > mari rings
            > 10 s pass
            > 10 s pass
                mari ended: NoAnswer
                call 1 overflows (Wait)
                caller 1 ended: Unreachable
                call 1 ended: Unanswered
        "#]],
    );
}

/// req V-26: and is served, if it is answered.
#[test]
fn a_ring_over_the_deadline_may_be_answered() {
    check(
        service("mari")
            .with("queue.wait_max = \"10s\"")
            .with("queue.on_wait = \"hangup\"")
            .with("announcements.repeat_every = \"none\""),
        "only offered ended overflows join answer
         call 1
         mari rings
         10 s pass
         mari answers",
        expect![[r#"
            list: mari
            > only offered ended overflows join answer
            > call 1
                offered to mari (Ordered)
            > mari rings
            > 10 s pass
            > mari answers
                caller 1: answer with mari
        "#]],
    );
}

/// req V-26: `wait_strict`.
#[test]
fn a_strict_group_breaks_the_ring_off() {
    check(
        service("mari")
            .with("queue.wait_max = \"10s\"")
            .with("queue.wait_strict = true")
            .with("queue.on_wait = \"hangup\"")
            .with("announcements.repeat_every = \"none\""),
        "only offered ended overflows release
         call 1
         mari rings
         10 s pass",
        expect![[r#"
            list: mari
            > only offered ended overflows release
            > call 1
                offered to mari (Ordered)
            > mari rings
            > 10 s pass
                call 1 overflows (Wait)
                mari ended: Cancelled
                release mari: Normal
                caller 1 ended: Unreachable
                release caller 1: Unavailable
                call 1 ended: Unanswered
        "#]],
    );
}

/// req V-21, V-25: nobody rings: he leaves at the deadline.
#[test]
fn the_longest_wait_without_a_ring() {
    check(
        service("mari")
            .with("queue.wait_max = \"10s\"")
            .with("queue.on_wait = \"hangup\"")
            .with("announcements.repeat_every = \"none\""),
        "only offered ended overflows waits
         call 2
         mari answers
         call 1
         9.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari
            > only offered ended overflows waits
            > call 2
                offered to mari (Ordered)
            > mari answers
            > call 1
                call 1 waits at 1
            > 9.9 s pass
            > 0.1 s pass
                call 1 overflows (Wait)
                caller 1 ended: Unreachable
                call 1 ended: Unanswered
        "#]],
    );
}
