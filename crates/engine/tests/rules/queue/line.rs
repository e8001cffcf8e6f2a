//! Who stands where: priority, ageing, leaving by key, what supervisors do.

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// X, settings: level, then arrival; the longest prefix counts; who matches nothing has 5.
#[test]
fn priority_goes_by_level_then_arrival() {
    check(
        service("mari").with("announcements.repeat_every = \"none\"").with("queue.priority = [{ caller = \"+37255\", level = 7 }, { caller = \"+3725557003\", level = 2 }, { caller = \"+3725557005\", level = 2 }]"),
        "only waits ._call
         pause mari
         call 1
         call 2 from +3585551234
         call 3
         call 4 from juri
         call 5
         live",
        expect![[r#"
            list: mari
            > only waits ._call
            > pause mari
            > call 1
                call 1 waits at 1
            > call 2 from +3585551234
                call 2 waits at 1
            > call 3
                call 3 waits at 1
            > call 4 from juri
                call 4 waits at 3
            > call 5
                call 5 waits at 2
            > live
                1. call 3
                2. call 5
                3. call 2
                4. call 4
                5. call 1
        "#]],
    );
}

/// settings, `priority_ageing`: nobody waits for ever behind newer callers of a better level.
#[test]
fn who_waits_gains_a_level() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("queue.priority = [{ caller = \"+372\", level = 3 }]")
            .with("queue.priority_ageing = \"60s\""),
        "only line level ._call
         pause mari
         call 1 from +3585551234
         59 s pass
         call 2
         1 s pass
         60 s pass
         live
         call 3
         live",
        expect![[r#"
            list: mari
            > only line level ._call
            > pause mari
            > call 1 from +3585551234
                call 1 in line (Entered)
            > 59 s pass
            > call 2
                call 2 in line (Entered, level 3)
            > 1 s pass
                call 1 in line (Aged, level 4)
            > 60 s pass
                call 2 in line (Aged, level 2)
                call 1 in line (Aged, level 3)
            > live
                1. call 2
                2. call 1
            > call 3
                call 3 in line (Entered, level 3)
            > live
                1. call 2
                2. call 1
                3. call 3
        "#]],
    );
}

/// settings, `exit_key`: a caller leaves the line by a key; other keys do nothing; keys count from the first prompt.
#[test]
fn the_exit_key() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("queue.exit_key = 9")
            .with("queue.on_exit = [\"user:liis\"]"),
        "only overflows fallback dial tone join
         call 1
         caller 1 presses 9
         mari is busy
         caller 1 presses 8
         caller 1 presses 9
         liis rings
         liis answers",
        expect![[r#"
            list: mari
            > only overflows fallback dial tone join
            > call 1
                dial mari
            > caller 1 presses 9
            > mari is busy
            > caller 1 presses 8
            > caller 1 presses 9
                call 1 overflows (Exit)
                fallback user:liis: Tried
                dial liis
                caller 1: Ringing tone
            > liis rings
            > liis answers
                caller 1: join with liis
        "#]],
    );
}

/// V-28, api: a supervisor gives a call to somebody, whatever his pause, wrap-up or log-in.
#[test]
fn take_rings_whoever_is_named() {
    check(
        service("mari juri -kati").with("announcements.repeat_every = \"none\""),
        "only offered ended dial reply waits answer join
         pause mari
         call 1
         juri rings
         take 1 by mari
         mari rings
         take 1 by kati
         kati answers
         take 1 by juri",
        expect![[r#"
            list: mari juri
            > only offered ended dial reply waits answer join
            > pause mari
                reply: Done
            > call 1
                offered to juri (Ordered)
                dial juri
            > juri rings
            > take 1 by mari
                juri ended: Cancelled
                offered to mari (Taken)
                dial mari
                reply: Done
            > mari rings
            > take 1 by kati
                mari ended: Cancelled
                offered to kati (Taken)
                dial kati
                reply: Done
            > kati answers
                caller 1: answer with kati
            > take 1 by juri
                reply: Refused(NotWaiting)
        "#]],
    );
}

/// api: any user with a phone who is in no call.
#[test]
fn take_of_a_stranger_to_the_group_or_a_busy_user() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only offered dial reply waits
         pause mari
         call 1
         call 2 to juri
         take 1 by juri
         liis has 0 phones
         take 1 by liis
         take 9 by mari
         take 1 by toomas
         toomas rings
         20 s pass",
        expect![[r#"
            list: mari
            > only offered dial reply waits
            > pause mari
                reply: Done
            > call 1
                call 1 waits at 1
            > call 2 to juri
                dial juri
            > take 1 by juri
                reply: Refused(UserBusy)
            > liis has 0 phones
            > take 1 by liis
                reply: Refused(UserUnreachable)
            > take 9 by mari
                reply: Refused(NoCall)
            > take 1 by toomas
                offered to toomas (Taken)
                dial toomas
                reply: Done
            > toomas rings
            > 20 s pass
                call 1 waits at 1
        "#]],
    );
}

/// V-28, api: a call is put at a position, whatever its level.
#[test]
fn move_beats_priority() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("queue.priority = [{ caller = \"+3725557001\", level = 1 }]"),
        "only reply line waits offered ._call
         pause mari
         call 1
         call 2
         call 3
         move 3 to 1
         live
         move 1 to 3
         live
         move 9 to 1
         move 2 to 99
         live
         resume mari",
        expect![[r#"
            list: mari
            > only reply line waits offered ._call
            > pause mari
                reply: Done
            > call 1
                call 1 in line (Entered, level 1)
                call 1 waits at 1
            > call 2
                call 2 in line (Entered)
                call 2 waits at 2
            > call 3
                call 3 in line (Entered)
                call 3 waits at 3
            > move 3 to 1
                call 3 in line (Moved, level 0)
                reply: Done
            > live
                1. call 3
                2. call 1
                3. call 2
            > move 1 to 3
                call 1 in line (Moved)
                reply: Done
            > live
                1. call 3
                2. call 2
                3. call 1
            > move 9 to 1
                reply: Refused(NoCall)
            > move 2 to 99
                call 2 in line (Moved)
                reply: Done
            > live
                1. call 3
                2. call 1
                3. call 2
            > resume mari
                reply: Done
                offered to mari (Ordered)
        "#]],
    );
}

/// V-28: who was moved keeps what he was given.
#[test]
fn moved_calls_age_on() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("queue.priority = [{ caller = \"+3725557001\", level = 2 }]")
            .with("queue.priority_ageing = \"60s\""),
        "only line ._call
         pause mari
         call 1
         call 2
         call 3
         move 3 to 1
         120 s pass
         live",
        expect![[r#"
            list: mari
            > only line ._call
            > pause mari
            > call 1
                call 1 in line (Entered, level 2)
            > call 2
                call 2 in line (Entered)
            > call 3
                call 3 in line (Entered)
            > move 3 to 1
                call 3 in line (Moved, level 0)
            > 120 s pass
                call 1 in line (Aged, level 1)
                call 2 in line (Aged, level 4)
                call 2 in line (Aged, level 3)
            > live
                1. call 3
                2. call 1
                3. call 2
        "#]],
    );
}
