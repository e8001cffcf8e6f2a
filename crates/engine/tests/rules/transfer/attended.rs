//! Attended transfer and Replaces: a leg of one call goes on in another (RFC 3891).

use expect_test::expect;

use crate::company::attendant;
use crate::script::check;

/// the record of the queue call keeps all legs; the other call ends.
#[test]
fn a_member_joins_his_caller_with_whom_he_called() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "details
         call 1
         mari answers
         mari holds
         call 2 from mari to kati
         kati answers
         mari refers 1 to leg of caller 2
         caller 1 hangs up",
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
            > mari holds
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > call 2 from mari to kati
                call 2 from mari to User(PartyId(3))
                caller 2 begun as Caller
                kati begun as Callee
                dial kati, showing 100 "mari"
            > kati answers
                kati answered
                call 2 answered
                caller 2: answer with kati
            > mari refers 1 to leg of caller 2
                kati begun as Callee
                leg 1 of call 2 goes on in call 1
                kati: goes on as leg 2 (was 1)
                call 1 transferred by mari, attended
                mari: transfer 1 is Done
                mari ended: Transferred
                release mari: Normal
                caller 1: join with kati
                kati ended: Transferred
                caller 2 ended: Transferred
                release caller 2: Normal
                call 2 ended: Answered
            > caller 1 hangs up
                caller 1 ended: HangUp
                kati ended: Answered
                release kati: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// the REFER comes on the leg of the call that he made himself.
#[test]
fn the_other_way_round() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari answers
         call 2 from mari to kati
         kati answers
         caller 2 refers 1 to leg of mari
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
            > call 2 from mari to kati
                dial kati
            > kati answers
                caller 2: answer with kati
            > caller 2 refers 1 to leg of mari
                caller 1: goes on as leg 2 (was 0)
                call 2 transferred by mari, attended
                caller 2: transfer 1 is Done
                caller 2 ended: Transferred
                release caller 2: Normal
                kati: join with caller 1
                caller 1 ended: Transferred
                mari ended: Transferred
                release mari: Normal
                call 1 ended: Answered
            > kati hangs up
                kati ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 2 ended: Answered
        "#]],
    );
}

/// half attended: the target that rings is called for the caller.
#[test]
fn while_the_other_still_rings() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only transfer dial join release ended
         call 1
         mari answers
         call 2 from mari to kati
         kati rings
         mari refers 1 to leg of caller 2
         kati answers",
        expect![[r#"
            list: mari juri
            > only transfer dial join release ended
            > call 1
                dial mari
            > mari answers
            > call 2 from mari to kati
                dial kati
            > kati rings
            > mari refers 1 to leg of caller 2
                kati ended: Transferred
                release kati: Normal
                caller 2 ended: Transferred
                release caller 2: Normal
                call 1 transferred by mari
                dial kati
                call 2 ended: Unanswered
            > kati answers
                mari: transfer 1 is Done
                mari ended: Transferred
                release mari: Normal
                caller 1: join with kati
        "#]],
    );
}

/// a Refer-To that names a call that is over.
#[test]
fn a_leg_that_has_gone() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari answers
         call 2 from mari to kati
         kati answers
         caller 2 hangs up
         mari refers 1 to leg of caller 2",
        expect![[r#"
            list: mari juri
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > call 2 from mari to kati
                dial kati
            > kati answers
                caller 2: answer with kati
            > caller 2 hangs up
                caller 2 ended: HangUp
                kati ended: Answered
                release kati: Normal
                call 2 ended: Answered
            > mari refers 1 to leg of caller 2
                mari: transfer 1 is NotFound
        "#]],
    );
}

/// RFC 3891: INVITE with Replaces: a phone takes over the leg of another.
#[test]
fn replaces_takes_a_leg_over() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "details
         call 1
         mari answers
         call 2 from kati to nobody replacing mari
         caller 1 hangs up",
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
            > call 2 from kati to nobody replacing mari
                kati begun as Member
                leg 0 of call 2 goes on in call 1
                caller 2: goes on as leg 2 (was 0)
                call 1 transferred by kati, attended
                mari ended: Transferred
                release mari: Normal
                caller 2: answer with caller 1
            > caller 1 hangs up
                caller 1 ended: HangUp
                caller 2 ended: Answered
                release caller 2: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// the caller's own leg may be replaced, too.
#[test]
fn replaces_the_caller() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1 from kati
         mari answers
         call 2 from toomas to nobody replacing caller_1
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
            > call 2 from toomas to nobody replacing caller_1
                caller 2: goes on as leg 2 (was 0)
                call 1 transferred by toomas, attended
                caller 1 ended: Transferred
                release caller 1: Normal
                caller 2: answer with mari
            > mari hangs up
                mari ended: HangUp
                caller 2 ended: Answered
                release caller 2: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// RFC 3891 3: who takes the place of a phone that rings picks its call up.
#[test]
fn replaces_who_rings() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari rings
         call 2 from kati to nobody replacing mari",
        expect![[r#"
            list: mari juri
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari rings
            > call 2 from kati to nobody replacing mari
                mari ended: AnsweredElsewhere
                release mari: AnsweredElsewhere
                caller 2: goes on as leg 2 (was 0)
                caller 2: answer
                caller 1: answer with caller 2
        "#]],
    );
}

/// RFC 3891 3: a caller who is not answered is no place to take; whoever wants it calls nobody else instead.
#[test]
fn replaces_nothing() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari rings
         call 2 from kati to toomas replacing caller_1",
        expect![[r#"
            list: mari juri
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari rings
            > call 2 from kati to toomas replacing caller_1
                caller 2 ended: NotFound
                release caller 2: NotFound
                call 2 ended: Failed
        "#]],
    );
}
