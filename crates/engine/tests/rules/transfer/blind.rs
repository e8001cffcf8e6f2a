//! Blind transfer, hold, camping and recall (RFC 3515; I-18; behaviour, "Transfer, camp, recall").

use expect_test::expect;

use crate::company::attendant;
use crate::script::check;

/// I-18, behaviour: NOTIFY 200 when the target answers; one record with all legs.
#[test]
fn a_member_sends_the_caller_to_a_colleague() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari answers
         mari refers 1 to kati
         kati rings
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
            > kati rings
                mari: transfer 1 is Ringing
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

/// behaviour: the sender hangs up at once: the transfer goes on.
#[test]
fn a_bye_after_the_202_does_not_end_it() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari answers
         mari refers 1 to kati
         mari hangs up
         kati rings
         kati answers
         caller 1 hangs up",
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
            > mari hangs up
                mari ended: HangUp
            > kati rings
            > kati answers
                caller 1: join with kati
            > caller 1 hangs up
                caller 1 ended: HangUp
                kati ended: Answered
                release kati: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// behaviour: entering a group is accepting it; a number outside; a target that does not exist.
#[test]
fn to_a_group_outside_and_nobody() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .beside("toomas", &["own_line = \"line\""]),
        "call 1
         mari answers
         mari refers 1 to nobody
         mari refers 2 to nowhere
         mari refers 3 to +3725557777
         +3725557777 rings
         +3725557777 answers
         caller 1 hangs up
         call 2
         mari answers
         mari refers 4 to +3726002000
         toomas answers",
        expect![[r#"
            list: mari juri; list of +3726002000: toomas
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > mari refers 1 to nobody
                mari: transfer 1 is NotFound
            > mari refers 2 to nowhere
                mari: transfer 2 is NotFound
            > mari refers 3 to +3725557777
                call 1 transferred by mari
                dial +3725557777
                caller 1: Ringing tone
            > +3725557777 rings
                mari: transfer 3 is Ringing
            > +3725557777 answers
                mari: transfer 3 is Done
                mari ended: Transferred
                release mari: Normal
                caller 1: join with +3725557777
            > caller 1 hangs up
                caller 1 ended: HangUp
                +3725557777 ended: Answered
                release +3725557777: Normal
                call 1 ended: Answered
            > call 2
                call 2 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 2: ringing
            > mari answers
                caller 2: answer with mari
            > mari refers 4 to +3726002000
                call 2 transferred by mari
                mari: transfer 4 is Done
                mari ended: Transferred
                release mari: Normal
                offered to toomas (Rotation) of +3726002000
                dial toomas
                caller 2: Ringing tone
            > toomas answers
                toomas to the tail (Answered) of +3726002000
                caller 2: join with toomas
        "#]],
    );
}

/// behaviour: each party may; the member is then the one who is sent.
#[test]
fn the_caller_sends_the_member_elsewhere() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1 from kati
         mari answers
         caller 1 refers 1 to toomas
         toomas rings
         toomas answers
         mari hangs up",
        expect![[r#"
            list: mari juri
            > call 1 from kati
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > caller 1 refers 1 to toomas
                call 1 transferred by kati
                dial toomas
                mari: Ringing tone
            > toomas rings
                caller 1: transfer 1 is Ringing
            > toomas answers
                caller 1: transfer 1 is Done
                caller 1 ended: Transferred
                release caller 1: Normal
                mari: join with toomas
            > mari hangs up
                mari ended: HangUp
                toomas ended: Answered
                release toomas: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// behaviour: the target may send on.
#[test]
fn the_third_sends_on() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only transfer dial join release ended
         call 1
         mari answers
         mari refers 1 to kati
         kati answers
         kati refers 1 to toomas
         toomas answers
         caller 1 hangs up",
        expect![[r#"
            list: mari juri
            > only transfer dial join release ended
            > call 1
                dial mari
            > mari answers
            > mari refers 1 to kati
                call 1 transferred by mari
                dial kati
            > kati answers
                mari: transfer 1 is Done
                mari ended: Transferred
                release mari: Normal
                caller 1: join with kati
            > kati refers 1 to toomas
                call 1 transferred by kati
                dial toomas
            > toomas answers
                kati: transfer 1 is Done
                kati ended: Transferred
                release kati: Normal
                caller 1: join with toomas
            > caller 1 hangs up
                caller 1 ended: HangUp
                toomas ended: Answered
                release toomas: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// behaviour: everything ends.
#[test]
fn the_caller_hangs_up_while_the_target_rings() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only transfer release ended
         call 1
         mari answers
         mari refers 1 to kati
         kati rings
         caller 1 hangs up",
        expect![[r#"
            list: mari juri
            > only transfer release ended
            > call 1
            > mari answers
            > mari refers 1 to kati
                call 1 transferred by mari
            > kati rings
                mari: transfer 1 is Ringing
            > caller 1 hangs up
                caller 1 ended: HangUp
                mari ended: Answered
                release mari: Normal
                kati ended: Cancelled
                release kati: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// api: sent by command: the present agent is released at once; a failure comes back to him.
#[test]
fn by_command() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only reply transfer dial release back join
         call 1
         mari answers
         send 1 to kati
         kati rings
         kati rejects
         mari answers
         send 1 to nobody
         kati has 0 phones
         send 1 to kati
         call 2 to toomas
         toomas answers
         send 1 to +3725557777
         +3725557777 answers
         send 9 to kati",
        expect![[r#"
            list: mari juri
            > only reply transfer dial release back join
            > call 1
                dial mari
            > mari answers
            > send 1 to kati
                release mari: Normal
                call 1 transferred by mari
                dial kati
                reply: Done
            > kati rings
            > kati rejects
                call 1 comes back to mari (NoAnswer)
                dial mari
            > mari answers
                caller 1: join with mari
            > send 1 to nobody
                reply: Refused(NoTarget)
            > kati has 0 phones
            > send 1 to kati
                reply: Refused(UserUnreachable)
            > call 2 to toomas
                dial toomas
            > toomas answers
            > send 1 to +3725557777
                release mari: Normal
                call 1 transferred by mari
                dial +3725557777
                reply: Done
            > +3725557777 answers
                caller 1: join with +3725557777
            > send 9 to kati
                reply: Refused(NoCall)
        "#]],
    );
}
