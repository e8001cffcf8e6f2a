//! Who is offered the next call: the distributions (V-05, V-29 to V-33, I-15, I-17).

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-29, V-31: the ranked in their order, however long the others are idle; the unranked last, by longest idle.
#[test]
fn ordered_goes_by_rank() {
    check(
        service("toomas mari,order=2 juri kati,order=1").with("distribution = \"ordered\""),
        "only offered waits
         call 1
         kati answers
         call 2
         mari answers
         call 3
         juri answers
         call 4
         toomas answers
         toomas hangs up
         1 s pass
         juri hangs up
         call 5
         kati hangs up
         call 6",
        expect![[r#"
            list: toomas mari juri kati
            > only offered waits
            > call 1
                offered to kati (Ordered)
            > kati answers
            > call 2
                offered to mari (Ordered)
            > mari answers
            > call 3
                offered to juri (Ordered)
            > juri answers
            > call 4
                offered to toomas (Ordered)
            > toomas answers
            > toomas hangs up
            > 1 s pass
            > juri hangs up
            > call 5
                offered to toomas (Ordered)
            > kati hangs up
            > call 6
                offered to kati (Ordered)
        "#]],
    );
}

/// req V-05, V-30, I-17: level 1 before all others; the default is 3; a better agent who came free later is still first.
#[test]
fn skill_offers_the_best_first() {
    check(
        service("mari juri,skill=1 kati,skill=9 toomas,skill=2").with("distribution = \"skill\""),
        "only offered waits
         call 1
         juri answers
         call 2
         toomas answers
         call 3
         mari answers
         call 4
         kati answers
         call 5
         juri hangs up",
        expect![[r#"
            list: mari juri kati toomas
            > only offered waits
            > call 1
                offered to juri (Skill)
            > juri answers
            > call 2
                offered to toomas (Skill)
            > toomas answers
            > call 3
                offered to mari (Skill)
            > mari answers
            > call 4
                offered to kati (Skill)
            > kati answers
            > call 5
                call 5 waits at 1
            > juri hangs up
                offered to juri (Skill)
        "#]],
    );
}

/// req V-33: among equals who has been idle longest since his last call or log-in; a missed offer changes nothing.
#[test]
fn skill_ties_go_by_longest_idle() {
    check(
        service("-mari -juri -kati")
            .with("distribution = \"skill\"")
            .with("ring_time = \"5s\"")
            .with("announcements.repeat_every = \"none\""),
        "only offered waits
         log in kati
         1 s pass
         log in juri
         1 s pass
         log in mari
         call 1
         kati rings
         5 s pass
         caller 1 hangs up
         call 2
         kati answers
         kati hangs up
         call 3",
        expect![[r#"
            list:
            > only offered waits
            > log in kati
                list: kati
            > 1 s pass
            > log in juri
                list: kati juri
            > 1 s pass
            > log in mari
                list: kati juri mari
            > call 1
                offered to kati (Skill)
            > kati rings
            > 5 s pass
                offered to juri (Skill)
            > caller 1 hangs up
            > call 2
                offered to kati (Skill)
            > kati answers
            > kati hangs up
            > call 3
                offered to juri (Skill)
        "#]],
    );
}

/// req V-33: with `miss_resets_idle` who misses a call goes behind the others.
#[test]
fn a_miss_resets_the_idle_time_where_the_group_says_so() {
    check(
        service("-mari -juri")
            .with("distribution = \"longest_idle\"")
            .with("ring_time = \"5s\"")
            .with("miss_resets_idle = true")
            .with("announcements.repeat_every = \"none\""),
        "only offered idle
         log in juri
         1 s pass
         log in mari
         call 1
         juri rings
         5 s pass
         caller 1 hangs up
         call 2",
        expect![[r#"
            list:
            > only offered idle
            > log in juri
                list: juri
            > 1 s pass
            > log in mari
                list: juri mari
            > call 1
                offered to juri (LongestIdle)
            > juri rings
            > 5 s pass
                juri is idle anew
                offered to mari (LongestIdle)
            > caller 1 hangs up
            > call 2
                offered to mari (LongestIdle)
        "#]],
    );
}

/// req V-33: idle since the end of the last wrap-up.
#[test]
fn the_idle_time_begins_after_the_wrap_up() {
    check(
        service("mari juri")
            .with("distribution = \"longest_idle\"")
            .with("wrap_up = \"10s\"")
            .with("announcements.repeat_every = \"none\""),
        "only offered wraps wrapped
         call 1
         mari answers
         call 2
         juri answers
         juri hangs up
         2 s pass
         mari hangs up
         20 s pass
         call 3",
        expect![[r#"
            list: mari juri
            > only offered wraps wrapped
            > call 1
                offered to mari (LongestIdle)
            > mari answers
            > call 2
                offered to juri (LongestIdle)
            > juri answers
            > juri hangs up
                juri wraps up
            > 2 s pass
            > mari hangs up
                mari wraps up
            > 20 s pass
                juri has wrapped up
                mari has wrapped up
            > call 3
                offered to juri (LongestIdle)
        "#]],
    );
}

/// req X-15: the rotation of the ring groups is one of the distributions.
#[test]
fn rotation_serves_a_queue_too() {
    check(
        service("mari juri kati").with("distribution = \"rotation\""),
        "only offered tail
         call 1
         mari answers
         mari hangs up
         call 2
         juri is busy
         kati answers
         kati hangs up
         call 3",
        expect![[r#"
            list: mari juri kati
            > only offered tail
            > call 1
                offered to mari (Rotation)
            > mari answers
                mari to the tail (Answered)
                list: juri kati mari
            > mari hangs up
            > call 2
                offered to juri (Rotation)
            > juri is busy
                offered to kati (Rotation)
            > kati answers
                kati to the tail (Answered)
                list: juri mari kati
            > kati hangs up
            > call 3
                offered to mari (Rotation)
        "#]],
    );
}

/// req V-04: first come, first served.
#[test]
fn an_agent_who_comes_free_takes_who_waited_longest() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only offered waits
         call 1
         mari answers
         call 2
         1 s pass
         call 3
         1 s pass
         call 4
         caller 3 hangs up
         mari hangs up
         mari answers
         mari hangs up",
        expect![[r#"
            list: mari
            > only offered waits
            > call 1
                offered to mari (Ordered)
            > mari answers
            > call 2
                call 2 waits at 1
            > 1 s pass
            > call 3
                call 3 waits at 2
            > 1 s pass
            > call 4
                call 4 waits at 3
            > caller 3 hangs up
            > mari hangs up
                offered to mari (Ordered)
            > mari answers
            > mari hangs up
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-19: by level, then by the longest wait over all his groups, whatever group asked first.
#[test]
fn an_agent_of_several_groups_takes_the_longest_wait_over_all() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("queue.priority = [{ caller = \"+3725557005\", level = 2 }]")
            .beside("mari", &["preset = \"customer_service\"", "announcements.repeat_every = \"none\""]),
        "only offered waits
         pause mari
         call 1
         1 s pass
         call 2 to +3726002000
         1 s pass
         call 3
         1 s pass
         call 4 to +3726002000
         call 5
         resume mari
         mari answers
         mari hangs up
         mari answers
         mari hangs up
         mari answers
         mari hangs up
         mari answers
         mari hangs up",
        expect![[r#"
            list: mari; list of +3726002000: mari
            > only offered waits
            > pause mari
            > call 1
                call 1 waits at 1
            > 1 s pass
            > call 2 to +3726002000
                call 2 waits at 1 of +3726002000
            > 1 s pass
            > call 3
                call 3 waits at 2
            > 1 s pass
            > call 4 to +3726002000
                call 4 waits at 2 of +3726002000
            > call 5
                call 5 waits at 1
            > resume mari
                offered to mari (Ordered)
            > mari answers
            > mari hangs up
                offered to mari (Ordered)
            > mari answers
            > mari hangs up
                offered to mari (Ordered) of +3726002000
            > mari answers
            > mari hangs up
                offered to mari (Ordered)
            > mari answers
            > mari hangs up
                offered to mari (Ordered) of +3726002000
        "#]],
    );
}
