//! A group is deleted with callers inside: it is drained, nobody is forgotten (V-63).

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-63: who talks goes on talking, who rings may still be answered, who waits leaves at once and hears so; the
/// members' log-ins end on record.
#[test]
fn a_deleted_group_is_drained() {
    check(
        service("mari juri").beside("kati", &[]),
        "call 1
         mari answers
         call 2
         call 3
         the group is deleted
         caller 3 heard it
         juri answers
         caller 2 hangs up
         caller 1 hangs up",
        expect![[r#"
            list: mari juri; list of +3726002000: kati
            > call 1
                call 1 in line (Entered)
                offered to mari (Ordered)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > call 2
                call 2 in line (Entered)
                offered to juri (Ordered)
                dial juri
                caller 2: ringing
            > call 3
                call 3 in line (Entered)
                call 3 waits at 2
                caller 3: answer
                caller 3 hears (en): "Your call has been placed in the queue."
                caller 3: play entry in en
            > the group is deleted
                mari is no member any more
                juri is no member any more
                +3726001000 is gone
                fallback announcement:closed: Tried
                caller 3 hears (en): "We are closed now. Please call again later."
                caller 3: play closed in en
                list of +3726002000: kati
            > caller 3 heard it
                caller 3 ended: Answered
                release caller 3: Normal
                call 3 ended: Unanswered
            > juri answers
                caller 2: answer with juri
            > caller 2 hangs up
                caller 2 ended: HangUp
                juri ended: Answered
                release juri: Normal
                call 2 ended: Answered
            > caller 1 hangs up
                caller 1 ended: HangUp
                mari ended: Answered
                release mari: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// req V-63: a phone that rings for a deleted group and is not answered: the caller leaves as from an exhausted list.
#[test]
fn who_rings_for_a_deleted_group_is_not_followed_by_another() {
    check(
        service("mari juri").beside("kati", &[]),
        "call 1
         mari rings
         the group is deleted
         20 s pass
         caller 1 heard it",
        expect![[r#"
            list: mari juri; list of +3726002000: kati
            > call 1
                call 1 in line (Entered)
                offered to mari (Ordered)
                dial mari
                caller 1: ringing
            > mari rings
            > the group is deleted
                mari is no member any more
                juri is no member any more
                +3726001000 is gone
                list of +3726002000: kati
            > 20 s pass
                mari ended: NoAnswer
                release mari: Normal
                fallback announcement:closed: Tried
                caller 1 hears (en): "We are closed now. Please call again later."
                caller 1: play closed in en
            > caller 1 heard it
                caller 1 ended: Unreachable
                release caller 1: Unavailable
                call 1 ended: Unanswered
        "#]],
    );
}

/// req V-63: a callback of a deleted group is never made.
#[test]
fn a_callback_of_a_deleted_group_is_never_made() {
    check(
        service("mari")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .beside("kati", &[]),
        "pause mari
         asked 1
         only callback dial
         the group is deleted
         resume mari
         120 s pass",
        expect![[r#"
            list: mari; list of +3726002000: kati
            > pause mari
                mari paused
                reply: Done
            > asked 1
            > only callback dial
            > the group is deleted
                callback of call 1: Cancelled, 0 attempts
                list of +3726002000: kati
            > resume mari
            > 120 s pass
        "#]],
    );
}

/// req V-63, I-07: who hears the welcome leaves at once, too.
#[test]
fn a_caller_who_is_being_welcomed_leaves_at_once() {
    check(
        service("mari").with("announcements.welcome = \"tervetuloa\"").beside("kati", &[]),
        "only visit play release overflows
         call 1
         2 s pass
         the group is deleted
         caller 1 heard it",
        expect![[r#"
            list: mari; list of +3726002000: kati
            > only visit play release overflows
            > call 1
                caller 1: play tervetuloa in en
            > 2 s pass
            > the group is deleted
                caller 1: play closed in en
                list of +3726002000: kati
            > caller 1 heard it
                release caller 1: Normal
        "#]],
    );
}
