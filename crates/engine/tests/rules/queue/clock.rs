//! The wall clock is set while callers wait (issue 4, "Bad luck").

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// issue 4, "Bad luck": a clock that is set back lets nobody pass those who came before; set forward it ends no wait.
#[test]
fn a_clock_that_is_set_leaves_the_line_as_it_is() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("queue.wait_max = \"300s\""),
        "only ._ overflows
         call 9 from mari to echo
         call 1
         10 s pass
         clock goes -3600 s
         call 2
         move 2 to 1
         call 3
         live
         clock goes 7200 s
         call 4
         live
         289.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari
            > only ._ overflows
            > call 9 from mari to echo
            > call 1
            > 10 s pass
            > clock goes -3600 s
            > call 2
            > move 2 to 1
            > call 3
            > live
                1. call 2
                2. call 1
                3. call 3
            > clock goes 7200 s
            > call 4
            > live
                1. call 2
                2. call 1
                3. call 3
                4. call 4
            > 289.9 s pass
            > 0.1 s pass
                call 1 overflows (Wait)
                caller 1 hears (en): "All lines are busy now. Please call again later."
        "#]],
    );
}
