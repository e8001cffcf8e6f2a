//! Hold: who is held hears music, whichever side holds and whatever became of a transfer meanwhile.

use expect_test::expect;

use crate::company::attendant;
use crate::script::check;

/// issue 4: hold: the other side hears the group's music, then both talk again.
#[test]
fn hold_is_music() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("announcements.music = \"jazz\""),
        "call 1
         mari answers
         mari holds
         mari unholds
         caller 1 holds
         caller 1 unholds
         mari holds
         mari hangs up",
        expect![[r#"
            list: mari juri
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > mari holds
                caller 1 hears (en): "(jazz)"
                caller 1: music jazz in en
            > mari unholds
                caller 1: join with mari
            > caller 1 holds
                mari hears (en): "(jazz)"
                mari: music jazz in en
            > caller 1 unholds
                caller 1: join with mari
            > mari holds
                caller 1 hears (en): "(jazz)"
                caller 1: music jazz in en
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// issue 4: each waits for who holds him, whoever takes the other back first.
#[test]
fn both_hold() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only music join
         call 1
         mari answers
         mari holds
         caller 1 holds
         mari unholds
         caller 1 unholds
         caller 1 holds
         mari holds
         mari unholds",
        expect![[r#"
            list: mari juri
            > only music join
            > call 1
            > mari answers
            > mari holds
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > caller 1 holds
            > mari unholds
                caller 1: join with mari
                mari hears (en): "(music)"
                mari: music music in en
            > caller 1 unholds
                caller 1: join with mari
            > caller 1 holds
                mari hears (en): "(music)"
                mari: music music in en
            > mari holds
            > mari unholds
                caller 1: join with mari
                mari hears (en): "(music)"
                mari: music music in en
        "#]],
    );
}

/// behaviour: after a failure both are as before: the sender's phone still holds, and the caller hears music again.
#[test]
fn a_failure_leaves_the_caller_on_hold() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only music transfer tone join
         call 1
         mari answers
         mari holds
         mari refers 1 to kati
         kati rings
         kati rejects
         mari unholds",
        expect![[r#"
            list: mari juri
            > only music transfer tone join
            > call 1
            > mari answers
            > mari holds
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > mari refers 1 to kati
                call 1 transferred by mari
                caller 1: Ringing tone
            > kati rings
                mari: transfer 1 is Ringing
            > kati rejects
                mari: transfer 1 is Unavailable
                caller 1: join with mari
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > mari unholds
                caller 1: join with mari
        "#]],
    );
}

/// issue 4: the caller holds while the target rings: the target hears music until he comes back.
#[test]
fn the_caller_holds_while_the_target_rings() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only music transfer tone join
         call 1
         mari answers
         mari refers 1 to kati
         kati rings
         caller 1 holds
         kati answers
         caller 1 unholds",
        expect![[r#"
            list: mari juri
            > only music transfer tone join
            > call 1
            > mari answers
            > mari refers 1 to kati
                call 1 transferred by mari
                caller 1: Ringing tone
            > kati rings
                mari: transfer 1 is Ringing
            > caller 1 holds
            > kati answers
                mari: transfer 1 is Done
                caller 1: join with kati
                kati hears (en): "(music)"
                kati: music music in en
            > caller 1 unholds
                caller 1: join with kati
        "#]],
    );
}

/// phones hold before they transfer.
#[test]
fn a_held_caller_is_sent_on() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only music transfer tone join
         call 1
         mari answers
         mari holds
         mari refers 1 to kati
         kati answers",
        expect![[r#"
            list: mari juri
            > only music transfer tone join
            > call 1
            > mari answers
            > mari holds
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > mari refers 1 to kati
                call 1 transferred by mari
                caller 1: Ringing tone
            > kati answers
                mari: transfer 1 is Done
                caller 1: join with kati
        "#]],
    );
}
