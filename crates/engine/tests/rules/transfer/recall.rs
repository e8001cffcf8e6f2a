//! A transfer that fails comes back to who sent it, or to the head of the queue (I-18).

use expect_test::expect;

use crate::company::attendant;
use crate::script::check;

/// behaviour: NOTIFY with the failure; both talk on.
#[test]
fn a_failure_with_the_sender_there() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari answers
         mari refers 1 to kati
         kati is busy
         mari refers 2 to kati
         kati rings
         kati rejects
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
            > mari refers 1 to kati
                call 1 transferred by mari
                dial kati
                caller 1: Ringing tone
            > kati is busy
                kati ended: Busy
                mari: transfer 1 is Busy
                caller 1: join with mari
            > mari refers 2 to kati
                call 1 transferred by mari
                dial kati
                caller 1: Ringing tone
            > kati rings
                mari: transfer 2 is Ringing
            > kati rejects
                kati ended: Rejected
                mari: transfer 2 is Unavailable
                caller 1: join with mari
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// I-18: he is rung, seeing who and why.
#[test]
fn a_failure_with_the_sender_gone_is_a_recall() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "details
         call 1
         mari answers
         mari refers 1 to kati
         mari hangs up
         kati rings
         kati rejects
         mari rings
         mari answers
         explain 1",
        expect![[r#"
            list: mari juri
            > details
            > call 1
                call 1 from stranger 1 to Group(E164(PhoneNumber(3726001000)))
                caller 1 begun as Caller
                visit of +3726001000
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                mari begun as Member
                dial mari, showing +3725557001 "Info +3725557001", diverted by +3726001000, no diversion
                caller 1: ringing
            > mari answers
                mari answered
                visit of +3726001000 ended: Served
                call 1 answered
                caller 1: answer with mari
            > mari refers 1 to kati
                call 1 transferred by mari
                kati begun as Callee
                dial kati, showing +3725557001 "no name"
                caller 1: Ringing tone
            > mari hangs up
                mari ended: HangUp
            > kati rings
                kati alerting
            > kati rejects
                kati ended: Rejected
                call 1 comes back to mari (NoAnswer)
                mari begun as Callee
                dial mari, showing +3725557001 "kati: does not answer", recall NoAnswer
                caller 1: Ringing tone
            > mari rings
                mari alerting
            > mari answers
                mari answered
                call 1 answered
                caller 1: join with mari
            > explain 1
                Offered to mari
                  juri is later in order [later_in_order]
                Transferred by mari
                Came back to mari: the colleague did not answer
        "#]],
    );
}

/// I-18: that attendant is busy: to the head of the queue.
#[test]
fn a_recall_to_a_busy_sender_goes_to_the_head() {
    check(
        attendant("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only offered line back waits
         call 1
         mari answers
         mari refers 1 to kati
         mari hangs up
         call 2
         mari answers
         call 3
         kati rejects
         live
         mari hangs up",
        expect![[r#"
            list: mari
            > only offered line back waits
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
            > mari answers
            > mari refers 1 to kati
            > mari hangs up
            > call 2
                call 2 in line (Entered)
                offered to mari (LongestIdle)
            > mari answers
            > call 3
                call 3 in line (Entered)
                call 3 waits at 1
            > kati rejects
                call 1 comes back to nobody (NoAnswer)
                call 1 in line (Recalled, level 0)
                call 1 waits at 1
            > live
            > mari hangs up
                offered to mari (LongestIdle)
        "#]],
    );
}

/// I-18: nor answered: to the head of the queue.
#[test]
fn a_recall_that_is_not_answered_goes_to_the_head() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("transfer.ring_max = \"10s\""),
        "only offered line back waits ended
         call 1
         mari answers
         mari refers 1 to kati
         mari hangs up
         kati is unreachable
         mari rings
         10 s pass",
        expect![[r#"
            list: mari juri
            > only offered line back waits ended
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
            > mari answers
            > mari refers 1 to kati
            > mari hangs up
                mari ended: HangUp
            > kati is unreachable
                kati ended: Unreachable
                call 1 comes back to mari (NoAnswer)
            > mari rings
            > 10 s pass
                mari ended: NoAnswer
                call 1 in line (Recalled, level 0)
                offered to mari (LongestIdle)
        "#]],
    );
}

/// I-18: attendant logged out: head of the queue.
#[test]
fn a_recall_to_who_logged_out_goes_to_the_head() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only offered line back waits
         call 1
         mari answers
         log out mari
         mari refers 1 to kati
         mari hangs up
         kati is busy",
        expect![[r#"
            list: mari juri
            > only offered line back waits
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
            > mari answers
            > log out mari
                list: juri
            > mari refers 1 to kati
            > mari hangs up
            > kati is busy
                call 1 comes back to nobody (Busy)
                call 1 in line (Recalled, level 0)
                offered to juri (LongestIdle)
        "#]],
    );
}

/// behaviour: through no group: recalled; nobody takes it: the call ends.
#[test]
fn a_direct_call_is_sent_on_and_fails() {
    check(
        attendant("mari"),
        "only transfer dial back release ended Busy
         call 1 to kati
         kati answers
         kati refers 1 to toomas
         kati hangs up
         toomas is busy
         kati rings
         kati rejects",
        expect![[r#"
            list: mari
            > only transfer dial back release ended Busy
            > call 1 to kati
                dial kati
            > kati answers
            > kati refers 1 to toomas
                call 1 transferred by kati
                dial toomas
            > kati hangs up
                kati ended: HangUp
            > toomas is busy
                toomas ended: Busy
                call 1 comes back to kati (Busy)
                dial kati
            > kati rings
            > kati rejects
                kati ended: Rejected
                caller 1 ended: Unreachable
                release caller 1: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// req I-18: a target that vanishes: it gives no sign; it rings and is gone; it rings for ever.
#[test]
fn a_target_that_vanishes() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari answers
         mari refers 1 to kati
         30 s pass
         mari refers 2 to kati
         kati rings
         kati is unreachable
         mari refers 3 to kati
         kati rings
         19.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari juri
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > mari refers 1 to kati
                call 1 transferred by mari
                dial kati
                caller 1: Ringing tone
            > 30 s pass
                kati ended: Unreachable
                release kati: Normal
                mari: transfer 1 is Unavailable
                caller 1: join with mari
            > mari refers 2 to kati
                call 1 transferred by mari
                dial kati
                caller 1: Ringing tone
            > kati rings
                mari: transfer 2 is Ringing
            > kati is unreachable
                kati ended: Unreachable
                mari: transfer 2 is Unavailable
                caller 1: join with mari
            > mari refers 3 to kati
                call 1 transferred by mari
                dial kati
                caller 1: Ringing tone
            > kati rings
                mari: transfer 3 is Ringing
            > 19.9 s pass
            > 0.1 s pass
                kati ended: NoAnswer
                release kati: Normal
                mari: transfer 3 is Unavailable
                caller 1: join with mari
        "#]],
    );
}

/// When the target has answered, the call ends with it.
#[test]
fn a_target_that_vanishes_after_its_answer() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari answers
         mari refers 1 to kati
         kati answers
         kati hangs up",
        expect![[r#"
            list: mari juri
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > mari refers 1 to kati
                call 1 transferred by mari
                dial kati
                caller 1: Ringing tone
            > kati answers
                mari: transfer 1 is Done
                mari ended: Transferred
                release mari: Normal
                caller 1: join with kati
            > kati hangs up
                kati ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
        "#]],
    );
}
