//! Camping on a busy colleague, and coming back (I-18; behaviour, "Transfer, camp, recall").

use expect_test::expect;

use crate::company::attendant;
use crate::script::check;

/// I-18: NOTIFY 200 when camped; music; he rings when he is free.
#[test]
fn a_busy_colleague_is_camped_on() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1 from kati to toomas
         toomas answers
         call 2
         mari answers
         mari refers 1 to toomas
         toomas hangs up
         toomas rings
         toomas answers",
        expect![[r#"
            list: mari juri
            > call 1 from kati to toomas
                dial toomas
            > toomas answers
                caller 1: answer with toomas
            > call 2
                call 2 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 2: ringing
            > mari answers
                caller 2: answer with mari
            > mari refers 1 to toomas
                call 2 transferred by mari
                call 2 camps on toomas
                mari: transfer 1 is Done
                mari ended: Transferred
                release mari: Normal
                caller 2 hears (en): "(music)"
                caller 2: music music in en
            > toomas hangs up
                toomas ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                dial toomas
                caller 2: Ringing tone
                call 1 ended: Answered
            > toomas rings
            > toomas answers
                caller 2: join with toomas
        "#]],
    );
}

/// I-18: music and optional message.
#[test]
fn the_message_goes_before_the_music() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("transfer.message = \"tervetuloa\""),
        "only play music hears camps
         call 1 from kati to toomas
         toomas answers
         call 2
         mari answers
         mari refers 1 to toomas
         caller 2 heard it",
        expect![[r#"
            list: mari juri
            > only play music hears camps
            > call 1 from kati to toomas
            > toomas answers
            > call 2
            > mari answers
            > mari refers 1 to toomas
                call 2 camps on toomas
                caller 2 hears (en): "Welcome!"
                caller 2: play tervetuloa in en
            > caller 2 heard it
                caller 2 hears (en): "(music)"
                caller 2: music music in en
        "#]],
    );
}

/// I-18: after `camp_max` from the acceptance he comes back: busy.
#[test]
fn camping_ends() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("transfer.camp_max = \"30s\""),
        "details
         only camps dial back notice
         call 1 from kati to toomas
         toomas answers
         call 2
         mari answers
         mari refers 1 to toomas
         29.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari juri
            > details
            > only camps dial back notice
            > call 1 from kati to toomas
                dial toomas, showing 102 "kati"
            > toomas answers
            > call 2
                dial mari, showing +3725557002 "Info +3725557002", diverted by +3726001000, no diversion
            > mari answers
            > mari refers 1 to toomas
                call 2 camps on toomas
            > 29.9 s pass
            > 0.1 s pass
                call 2 comes back to mari (Busy)
                dial mari, showing +3725557002 "toomas: busy", recall Busy
        "#]],
    );
}

/// I-18: `ring_max` from alerting: he comes back: no answer.
#[test]
fn no_answer_after_camping() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("transfer.ring_max = \"10s\""),
        "details
         only dial back
         call 1 from kati to toomas
         toomas answers
         call 2
         mari answers
         mari refers 1 to toomas
         toomas hangs up
         3 s pass
         toomas rings
         10 s pass",
        expect![[r#"
            list: mari juri
            > details
            > only dial back
            > call 1 from kati to toomas
                dial toomas, showing 102 "kati"
            > toomas answers
            > call 2
                dial mari, showing +3725557002 "Info +3725557002", diverted by +3726001000, no diversion
            > mari answers
            > mari refers 1 to toomas
            > toomas hangs up
                dial toomas, showing +3725557002 "no name"
            > 3 s pass
            > toomas rings
            > 10 s pass
                call 2 comes back to mari (NoAnswer)
                dial mari, showing +3725557002 "toomas: does not answer", recall NoAnswer
        "#]],
    );
}

/// behaviour: for camping a user in any call is busy; without camping his call waiting counts.
#[test]
fn a_colleague_with_call_waiting_is_busy_too() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("transfer.camp_on_busy = false"),
        "only dial transfer camps
         call 1 from kati to toomas
         toomas answers
         call 2
         mari answers
         mari refers 1 to toomas
         toomas is busy",
        expect![[r#"
            list: mari juri
            > only dial transfer camps
            > call 1 from kati to toomas
                dial toomas
            > toomas answers
            > call 2
                dial mari
            > mari answers
            > mari refers 1 to toomas
                call 2 transferred by mari
                dial toomas
            > toomas is busy
                mari: transfer 1 is Busy
        "#]],
    );
}

/// I-18: first come, first served.
#[test]
fn two_camp_on_one() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only camps dial join ended
         call 1 from kati to toomas
         toomas answers
         call 2
         mari answers
         mari refers 1 to toomas
         call 3
         mari answers
         mari refers 1 to toomas
         toomas hangs up
         toomas answers
         toomas hangs up",
        expect![[r#"
            list: mari juri
            > only camps dial join ended
            > call 1 from kati to toomas
                dial toomas
            > toomas answers
            > call 2
                dial mari
            > mari answers
            > mari refers 1 to toomas
                call 2 camps on toomas
                mari ended: Transferred
            > call 3
                dial mari
            > mari answers
            > mari refers 1 to toomas
                call 3 camps on toomas
                mari ended: Transferred
            > toomas hangs up
                toomas ended: HangUp
                caller 1 ended: Answered
                dial toomas
                call 1 ended: Answered
            > toomas answers
                caller 2: join with toomas
            > toomas hangs up
                toomas ended: HangUp
                caller 2 ended: Answered
                dial toomas
                call 2 ended: Answered
        "#]],
    );
}

/// I-18: nothing rings for him any more.
#[test]
fn a_camped_caller_hangs_up() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only camps dial ended
         call 1 from kati to toomas
         toomas answers
         call 2
         mari answers
         mari refers 1 to toomas
         caller 2 hangs up
         toomas hangs up
         60 s pass",
        expect![[r#"
            list: mari juri
            > only camps dial ended
            > call 1 from kati to toomas
                dial toomas
            > toomas answers
            > call 2
                dial mari
            > mari answers
            > mari refers 1 to toomas
                call 2 camps on toomas
                mari ended: Transferred
            > caller 2 hangs up
                caller 2 ended: HangUp
                call 2 ended: Answered
            > toomas hangs up
                toomas ended: HangUp
                caller 1 ended: Answered
                call 1 ended: Answered
            > 60 s pass
        "#]],
    );
}

/// I-18: his phone has gone when the call ends: back after `camp_max`.
#[test]
fn camped_on_who_is_gone() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("transfer.camp_max = \"30s\""),
        "only camps dial back
         call 1 from kati to toomas
         toomas answers
         call 2
         mari answers
         mari refers 1 to toomas
         toomas has 0 phones
         toomas hangs up
         30 s pass",
        expect![[r#"
            list: mari juri
            > only camps dial back
            > call 1 from kati to toomas
                dial toomas
            > toomas answers
            > call 2
                dial mari
            > mari answers
            > mari refers 1 to toomas
                call 2 camps on toomas
            > toomas has 0 phones
            > toomas hangs up
            > 30 s pass
                call 2 comes back to mari (Busy)
                dial mari
        "#]],
    );
}

/// api: mode `camp`.
#[test]
fn camped_by_command() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only camps dial reply release
         call 1 from kati to toomas
         toomas answers
         call 2
         mari answers
         send 2 to toomas camp
         toomas hangs up",
        expect![[r#"
            list: mari juri
            > only camps dial reply release
            > call 1 from kati to toomas
                dial toomas
            > toomas answers
            > call 2
                dial mari
            > mari answers
            > send 2 to toomas camp
                release mari: Normal
                call 2 camps on toomas
                reply: Done
            > toomas hangs up
                release caller 1: Normal
                dial toomas
        "#]],
    );
}
