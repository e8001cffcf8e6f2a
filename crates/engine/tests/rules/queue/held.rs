//! A place that is kept for who was cut off, or whom a restart or a stop cost it (`recall_hold`).

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// settings, `recall_hold`: a caller whose sound broke off calls again: his place; new callers are served meanwhile.
#[test]
fn who_was_cut_off_gets_his_place_back() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only held line waits ._call
         pause mari
         call 1
         5 s pass
         call 2
         5 s pass
         caller 1 is silent
         call 3
         call 4 as 1
         live",
        expect![[r#"
            list: mari
            > only held line waits ._call
            > pause mari
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
            > 5 s pass
            > call 2
                call 2 in line (Entered)
                call 2 waits at 2
            > 5 s pass
            > caller 1 is silent
                place of stranger 1 held for 300 s
            > call 3
                call 3 in line (Entered)
                call 3 waits at 2
            > call 4 as 1
                place of stranger 1 held for 0 s
                call 4 in line (Held)
                call 4 waits at 1
            > live
                1. call 4
                2. call 2
                3. call 3
        "#]],
    );
}

/// settings, `recall_hold`: not for one who hung up himself.
#[test]
fn who_hung_up_begins_anew() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only held line waits
         pause mari
         call 1
         5 s pass
         call 2
         caller 1 hangs up
         call 3 as 1",
        expect![[r#"
            list: mari
            > only held line waits
            > pause mari
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
            > 5 s pass
            > call 2
                call 2 in line (Entered)
                call 2 waits at 2
            > caller 1 hangs up
            > call 3 as 1
                call 3 in line (Entered)
                call 3 waits at 2
        "#]],
    );
}

/// settings, `recall_hold`: later he begins anew.
#[test]
fn a_place_is_held_for_its_time() {
    check(
        service("mari").with("announcements.repeat_every = \"none\"").with("queue.recall_hold = \"60s\""),
        "only held line waits
         pause mari
         call 1
         call 2
         caller 1 is silent
         60 s pass
         call 3 as 1",
        expect![[r#"
            list: mari
            > only held line waits
            > pause mari
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
            > call 2
                call 2 in line (Entered)
                call 2 waits at 2
            > caller 1 is silent
                place of stranger 1 held for 60 s
            > 60 s pass
            > call 3 as 1
                call 3 in line (Entered)
                call 3 waits at 2
        "#]],
    );
}

/// settings, `recall_hold`: nor does a stop that is meant lose a place.
#[test]
fn a_stop_keeps_places() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only hears ._ held
         pause mari
         call 1
         call 2
         1 s pass
         end all
         restart
         call 3
         call 4 as 2
         call 5 as 1
         live",
        expect![[r#"
            list: mari
            > only hears ._ held
            > pause mari
            > call 1
                caller 1 hears (en): "Your call has been placed in the queue."
            > call 2
                caller 2 hears (en): "Your call has been placed in the queue."
            > 1 s pass
            > end all
                place of stranger 1 held for 300 s
                place of stranger 2 held for 300 s
            > restart
            > call 3
                caller 3 hears (en): "Your call has been placed in the queue."
            > call 4 as 2
                place of stranger 2 held for 0 s
                caller 4 hears (en): "Welcome back. You have kept your place in the queue."
            > call 5 as 1
                place of stranger 1 held for 0 s
                caller 5 hears (en): "Welcome back. You have kept your place in the queue."
            > live
                1. call 4
                2. call 5
                3. call 3
        "#]],
    );
}

/// settings, `recall_hold`: what a restart cut off is held, too; hidden callers cannot be known again.
#[test]
fn a_restart_keeps_places() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only held line waits hears
         pause mari
         call 1
         call 2 hidden
         restart
         call 3
         call 4 as 1
         call 5 as 2 hidden",
        expect![[r#"
            list: mari
            > only held line waits hears
            > pause mari
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
                caller 1 hears (en): "Your call has been placed in the queue."
            > call 2 hidden
                call 2 in line (Entered)
                call 2 waits at 2
                caller 2 hears (en): "Your call has been placed in the queue."
            > restart
                place of stranger 1 held for 300 s
            > call 3
                call 3 in line (Entered)
                call 3 waits at 1
                caller 3 hears (en): "Your call has been placed in the queue."
            > call 4 as 1
                place of stranger 1 held for 0 s
                call 4 in line (Held)
                call 4 waits at 2
                caller 4 hears (en): "Welcome back. You have kept your place in the queue."
            > call 5 as 2 hidden
                call 5 in line (Entered)
                call 5 waits at 3
                caller 5 hears (en): "Your call has been placed in the queue."
        "#]],
    );
}
