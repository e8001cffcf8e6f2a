//! A caller who is sent to a group that would let him go at once stays with who sends him (behaviour, "Transfer, camp,
//! recall").

use expect_test::expect;

use crate::company::{Company, attendant};
use crate::script::check;

/// Mari, who talks, and a second group with a line and nobody but Toomas.
fn sends_to(toomas: &str, queue: &[&str]) -> Company {
    let keys = ["preset = \"customer_service\"", "announcements.repeat_every = \"none\""];
    attendant("mari")
        .with("announcements.repeat_every = \"none\"")
        .with("announcements.entry = \"none\"")
        .beside(toomas, &[&keys, queue].concat())
}

/// The line is full: NOTIFY 486; when a place is free, the transfer succeeds.
#[test]
fn by_a_full_line() {
    check(
        sends_to("toomas", &["queue.size_max = 1"]),
        "call 1 to +3726002000
         toomas answers
         call 2 to +3726002000
         call 3
         mari answers
         mari refers 1 to +3726002000
         caller 2 hangs up
         mari refers 2 to +3726002000",
        expect![[r#"
            list: mari; list of +3726002000: toomas
            > call 1 to +3726002000
                call 1 in line (Entered) of +3726002000
                offered to toomas (Ordered) of +3726002000
                dial toomas
                caller 1: ringing
            > toomas answers
                caller 1: answer with toomas
            > call 2 to +3726002000
                call 2 in line (Entered) of +3726002000
                call 2 waits at 1 of +3726002000
                caller 2: answer
                caller 2 hears (en): "Your call has been placed in the queue."
                caller 2: play entry in en
            > call 3
                call 3 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 3: ringing
            > mari answers
                caller 3: answer with mari
            > mari refers 1 to +3726002000
                mari: transfer 1 is Busy
            > caller 2 hangs up
                caller 2 ended: HangUp
                call 2 ended: Abandoned
            > mari refers 2 to +3726002000
                call 3 transferred by mari
                mari: transfer 2 is Done
                mari ended: Transferred
                release mari: Normal
                call 3 in line (Entered) of +3726002000
                call 3 waits at 1 of +3726002000
                caller 3 hears (en): "Your call has been placed in the queue."
                caller 3: play entry in en
        "#]],
    );
}

/// Nobody is there: NOTIFY 480.
#[test]
fn where_nobody_is_there() {
    check(
        sends_to("-toomas", &[]),
        "call 1
         mari answers
         mari refers 1 to +3726002000",
        expect![[r#"
            list: mari; list of +3726002000:
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > mari refers 1 to +3726002000
                mari: transfer 1 is Unavailable
        "#]],
    );
}

/// Whoever would take the caller instead, takes him.
#[test]
fn where_somebody_else_takes_the_caller() {
    check(
        sends_to("-toomas", &["queue.on_nobody = [\"user:liis\", \"busy\"]"]),
        "call 1
         mari answers
         mari refers 1 to +3726002000
         liis rings",
        expect![[r#"
            list: mari; list of +3726002000:
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > mari refers 1 to +3726002000
                call 1 transferred by mari
                mari: transfer 1 is Done
                mari ended: Transferred
                release mari: Normal
                call 1 overflows (Nobody) of +3726002000
                fallback user:liis: Tried of +3726002000
                dial liis
                caller 1: Ringing tone
            > liis rings
        "#]],
    );
}
