//! Agents: wrap-up, pause, misses, presence, devices, what they see (V-17, V-18, V-32, V-34, V-36, V-37, V-40).

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-36, I-25: no offer of any group until it ends, even with calls waiting.
#[test]
fn wrap_up_is_agent_wide() {
    check(
        service("mari")
            .with("wrap_up = \"10s\"")
            .with("announcements.repeat_every = \"none\"")
            .beside("mari", &["preset = \"customer_service\"", "announcements.repeat_every = \"none\""]),
        "only offered waits wrap
         call 1
         mari answers
         call 2 to +3726002000
         mari hangs up
         9.9 s pass
         live
         0.1 s pass",
        expect![[r#"
            list: mari; list of +3726002000: mari
            > only offered waits wrap
            > call 1
                offered to mari (Ordered)
            > mari answers
            > call 2 to +3726002000
                call 2 waits at 1 of +3726002000
            > mari hangs up
                mari wraps up
            > 9.9 s pass
            > live
                mari: wrap_up
            > 0.1 s pass
                mari has wrapped up
                offered to mari (Ordered) of +3726002000
        "#]],
    );
}

/// req V-37: a pause keeps the calls of all his groups away, until it is lifted.
#[test]
fn a_pause_holds_in_all_groups() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .beside("mari", &["preset = \"customer_service\"", "announcements.repeat_every = \"none\""]),
        "only offered waits paused resumed
         pause mari
         call 1
         call 2 to +3726002000
         600 s pass
         resume mari",
        expect![[r#"
            list: mari; list of +3726002000: mari
            > only offered waits paused resumed
            > pause mari
                mari paused
            > call 1
                call 1 waits at 1
            > call 2 to +3726002000
                call 2 waits at 1 of +3726002000
            > 600 s pass
            > resume mari
                mari resumed
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-36: without a time the next call comes at once.
#[test]
fn no_wrap_up_is_the_next_call_at_once() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only offered waits wrap
         call 1
         mari answers
         call 2
         caller 1 hangs up",
        expect![[r#"
            list: mari
            > only offered waits wrap
            > call 1
                offered to mari (Ordered)
            > mari answers
            > call 2
                call 2 waits at 1
            > caller 1 hangs up
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-36: only work after a talk.
#[test]
fn a_missed_call_has_no_wrap_up() {
    check(
        service("mari").with("wrap_up = \"10s\"").with("announcements.repeat_every = \"none\""),
        "only offered wrap
         call 1
         mari rings
         20 s pass
         1 s pass",
        expect![[r#"
            list: mari
            > only offered wrap
            > call 1
                offered to mari (Ordered)
            > mari rings
            > 20 s pass
            > 1 s pass
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-37: paused during the wrap-up, he stays so until it is lifted.
#[test]
fn a_pause_in_the_wrap_up_persists() {
    check(
        service("mari").with("wrap_up = \"10s\"").with("announcements.repeat_every = \"none\""),
        "only offered waits wrap paused resumed
         call 1
         mari answers
         mari hangs up
         pause mari
         live
         10 s pass
         call 2
         live
         resume mari",
        expect![[r#"
            list: mari
            > only offered waits wrap paused resumed
            > call 1
                offered to mari (Ordered)
            > mari answers
            > mari hangs up
                mari wraps up
            > pause mari
                mari paused
            > live
                mari: wrap_up
            > 10 s pass
                mari has wrapped up
            > call 2
                call 2 waits at 1
            > live
                mari: paused
            > resume mari
                mari resumed
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-40, I-26: N misses in a row log out, he is told; a reject counts.
#[test]
fn too_many_misses_log_out() {
    check(
        service("mari")
            .with("misses_before_logout = 2")
            .with("ring_time = \"5s\"")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("queue.on_nobody = [\"hangup\"]"),
        "only offered logged screen ended
         call 1
         mari rings
         5 s pass
         1 s pass
         mari rings
         mari rejects",
        expect![[r#"
            list: mari
            > only offered logged screen ended
            > call 1
                offered to mari (Ordered)
            > mari rings
            > 5 s pass
                mari ended: NoAnswer
            > 1 s pass
                offered to mari (Ordered)
            > mari rings
            > mari rejects
                mari ended: Rejected
                mari logged out by Rule
                screen of mari: "Info: you were logged out because of missed calls."
                caller 1 ended: Unreachable
                call 1 ended: Unanswered
                list:
        "#]],
    );
}

/// req V-40: busy, answered by another, given up by the caller: none of them counts; the miss after them is the first.
#[test]
fn busy_and_withdrawn_offers_are_no_misses() {
    check(
        service("mari juri")
            .with("misses_before_logout = 2")
            .with("ring_time = \"20s\"")
            .with("parallel = 2")
            .with("announcements.repeat_every = \"none\""),
        "only offered logged ended mari:
         call 1
         mari rings
         juri answers
         juri hangs up
         call 2
         mari rings
         caller 2 hangs up
         call 3
         mari is busy
         live
         caller 3 hangs up
         60 s pass
         call 4
         mari rings
         20 s pass
         live",
        expect![[r#"
            list: mari juri
            > only offered logged ended mari:
            > call 1
                offered to mari and juri (Ordered)
            > mari rings
            > juri answers
                mari ended: AnsweredElsewhere
                release mari: AnsweredElsewhere
            > juri hangs up
                juri ended: HangUp
                caller 1 ended: Answered
                call 1 ended: Answered
            > call 2
                offered to mari and juri (Ordered)
            > mari rings
            > caller 2 hangs up
                caller 2 ended: Cancelled
                mari ended: Cancelled
                release mari: Normal
                juri ended: Cancelled
                call 2 ended: Abandoned
            > call 3
                offered to mari and juri (Ordered)
            > mari is busy
                mari ended: Busy
            > live
                mari: available
            > caller 3 hangs up
                caller 3 ended: Cancelled
                juri ended: Cancelled
                call 3 ended: Abandoned
            > 60 s pass
            > call 4
                offered to mari and juri (Ordered)
            > mari rings
            > 20 s pass
                juri ended: Unreachable
                mari ended: NoAnswer
                release mari: Normal
            > live
                mari: available
        "#]],
    );
}

/// req V-40: consecutive misses only.
#[test]
fn an_answer_begins_the_count_anew() {
    check(
        service("mari")
            .with("misses_before_logout = 2")
            .with("ring_time = \"5s\"")
            .with("announcements.repeat_every = \"none\""),
        "only offered logged
         call 1
         mari rings
         5 s pass
         1 s pass
         mari answers
         mari hangs up
         call 2
         mari rings
         5 s pass
         1 s pass",
        expect![[r#"
            list: mari
            > only offered logged
            > call 1
                offered to mari (Ordered)
            > mari rings
            > 5 s pass
            > 1 s pass
                offered to mari (Ordered)
            > mari answers
            > mari hangs up
            > call 2
                offered to mari (Ordered)
            > mari rings
            > 5 s pass
            > 1 s pass
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-32, X-14: only where the group says so; which are red is the company's table.
#[test]
fn a_red_presence_blocks_offers() {
    check(
        service("mari").with("presence_blocks = true").with("announcements.repeat_every = \"none\""),
        "only offered waits overflows
         call 1
         mari answers
         mari is meeting
         call 2
         mari is away
         caller 1 hangs up
         call 3
         mari answers",
        expect![[r#"
            list: mari
            > only offered waits overflows
            > call 1
                offered to mari (Ordered)
            > mari answers
            > mari is meeting
            > call 2
                call 2 waits at 1
            > mari is away
            > caller 1 hangs up
                offered to mari (Ordered)
            > call 3
                call 3 waits at 2
            > mari answers
        "#]],
    );
}

/// req V-32: a red agent is not offered the call though others wait with him; green again, he is.
#[test]
fn a_red_agent_is_passed_over_while_another_is_there() {
    check(
        service("mari juri").with("presence_blocks = true").with("announcements.repeat_every = \"none\""),
        "only offered waits
         mari is dnd
         call 1
         juri answers
         call 2
         mari is available",
        expect![[r#"
            list: mari juri
            > only offered waits
            > mari is dnd
            > call 1
                offered to juri (Ordered)
            > juri answers
            > call 2
                call 2 waits at 1
            > mari is available
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-32, X-14: off by default.
#[test]
fn presence_blocks_nothing_by_default() {
    check(
        service("mari"),
        "only offered
         mari is dnd
         call 1",
        expect![[r#"
            list: mari
            > only offered
            > mari is dnd
            > call 1
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-34: the group says which kinds of phone ring; a mobile is the user's own number over the trunk.
#[test]
fn device_classes() {
    check(
        service("mari juri")
            .with("devices = [\"mobile\", \"app\"]")
            .person("mari", "mobile = \"+3725550999\"")
            .with("announcements.repeat_every = \"none\""),
        "only dial waits overflows offered details
         details
         call 1
         caller 1 hangs up
         mari has 0 phones
         call 2
         caller 2 hangs up
         juri has an app
         pause mari
         call 3",
        expect![[r#"
            list: mari juri
            > only dial waits overflows offered details
            > details
            > call 1
                offered to mari (Ordered)
                dial mari, on app+mobile +3725550999, showing +3725557001 "Info +3725557001", diverted by +3726001000, no diversion
            > caller 1 hangs up
            > mari has 0 phones
            > call 2
                offered to mari (Ordered)
                dial mari, on app+mobile +3725550999, showing +3725557002 "Info +3725557002", diverted by +3726001000, no diversion
            > caller 2 hangs up
            > juri has an app
            > pause mari
            > call 3
                offered to juri (Ordered)
                dial juri, on app+mobile, showing +3725557003 "Info +3725557003", diverted by +3726001000, no diversion
        "#]],
    );
}

/// req V-34: who has none of the kinds is away.
#[test]
fn desk_phones_only() {
    check(
        service("mari").with("devices = [\"desk\"]").with("announcements.repeat_every = \"none\""),
        "only dial offered overflows
         details
         mari has an app
         call 1
         mari has 1 phones
         call 2",
        expect![[r#"
            list: mari
            > only dial offered overflows
            > details
            > mari has an app
            > call 1
                call 1 overflows (Nobody)
            > mari has 1 phones
            > call 2
                offered to mari (Ordered)
                dial mari, on desk, showing +3725557002 "Info +3725557002", diverted by +3726001000, no diversion
        "#]],
    );
}

/// req V-17: `show = "group"`: the group's number, marked as diverted as always; the caller stays in the label's place.
#[test]
fn the_groups_number_is_shown_where_it_says_so() {
    check(
        service("mari").with("show = \"group\""),
        "only dial
         details
         call 1 named Tamm
         caller 1 hangs up
         call 2 hidden",
        expect![[r#"
            list: mari
            > only dial
            > details
            > call 1 named Tamm
                dial mari, showing +3726001000 instead of +3725557001 "Info Tamm", diverted by +3726001000, no diversion
            > caller 1 hangs up
            > call 2 hidden
                dial mari, showing +3726001000 instead of +3725557002 "Info", hidden, diverted by +3726001000, no diversion
        "#]],
    );
}
