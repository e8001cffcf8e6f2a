//! One offer: what the member sees, how long it rings, what he is told when it passed on (K-26 to K-30, X-07).

use expect_test::expect;

use crate::company::even;
use crate::script::check;

/// req K-26, X-07: every member leg is marked as diverted by the main number; the caller's number is unchanged,
/// the group's label stands before his name.
#[test]
fn a_member_sees_the_caller_and_the_group() {
    check(
        even("mari juri Madis"),
        "details
         call 1
         mari is busy
         call 2 named Tamm
         caller 2 hangs up
         call 3 hidden named Tamm
         juri is busy
         Madis is busy",
        expect![[r#"
            list: mari juri Madis
            > details
            > call 1
                call 1 from stranger 1 to Group(E164(PhoneNumber(3726001000)))
                caller 1 begun as Caller
                visit of +3726001000
                offered to mari (Rotation)
                mari begun as Member
                dial mari, showing +3725557001 "Info +3725557001", diverted by +3726001000, no diversion
                caller 1: ringing
            > mari is busy
                mari ended: Busy
                offered to juri (Rotation)
                juri begun as Member
                dial juri, showing +3725557001 "Info +3725557001", diverted by +3726001000, no diversion
            > call 2 named Tamm
                call 2 from stranger 2 to Group(E164(PhoneNumber(3726001000)))
                caller 2 begun as Caller
                visit of +3726001000
                offered to mari (Rotation)
                mari begun as Member
                dial mari, showing +3725557002 "Info Tamm", diverted by +3726001000, no diversion
                caller 2: ringing
            > caller 2 hangs up
                caller 2 ended: Cancelled
                visit of +3726001000 ended: Abandoned
                mari ended: Cancelled
                release mari: Normal
                call 2 ended: Abandoned
            > call 3 hidden named Tamm
                call 3 from stranger 3 to Group(E164(PhoneNumber(3726001000))), hidden
                caller 3 begun as Caller
                visit of +3726001000
                offered to mari (Rotation)
                mari begun as Member
                dial mari, showing +3725557003 "Info", hidden, diverted by +3726001000, no diversion
                caller 3: ringing
            > juri is busy
                juri ended: Busy
                offered to Madis (Rotation)
                Madis begun as Member, charged to +3726001000
                dial Madis, showing +3725557001 "Info +3725557001", diverted by +3726001000, no diversion
            > Madis is busy
                Madis ended: Busy
                offered to nobody (Nobody)
                visit of +3726001000 ended: Overflowed
                fallback own_line: Tried
                line begun as OwnLine
                dial line, showing +3725557001 "no name", diverted by +3726001000
        "#]],
    );
}

/// req K-26: the label is the group's setting and may be empty.
#[test]
fn the_label_is_the_groups_setting() {
    check(
        even("mari").with("label = \"Helpdesk\""),
        "details
         call 1
         caller 1 hangs up
         set label = \"\"
         call 2",
        expect![[r#"
            list: mari
            > details
            > call 1
                call 1 from stranger 1 to Group(E164(PhoneNumber(3726001000)))
                caller 1 begun as Caller
                visit of +3726001000
                offered to mari (Rotation)
                mari begun as Member
                dial mari, showing +3725557001 "Helpdesk +3725557001", diverted by +3726001000, no diversion
                caller 1: ringing
            > caller 1 hangs up
                caller 1 ended: Cancelled
                visit of +3726001000 ended: Abandoned
                mari ended: Cancelled
                release mari: Normal
                call 1 ended: Abandoned
            > set label = ""
                settings 2
            > call 2
                call 2 from stranger 2 to Group(E164(PhoneNumber(3726001000)))
                caller 2 begun as Caller
                visit of +3726001000
                offered to mari (Rotation)
                mari begun as Member
                dial mari, showing +3725557002 "no name", diverted by +3726001000, no diversion
                caller 2: ringing
        "#]],
    );
}

/// req K-27: the ring time is the group's setting; a change acts on the next offer.
#[test]
fn a_new_ring_time_acts_on_the_next_offer() {
    check(
        even("mari juri").with("ring_time = \"5s\""),
        "call 1
         mari rings
         set ring_time = \"7s\"
         4.9 s pass
         0.1 s pass
         juri rings
         6.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > set ring_time = "7s"
            > 4.9 s pass
            > 0.1 s pass
                mari ended: NoAnswer
                release mari: Normal
                mari to the tail (NoAnswer)
                screen of mari: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to juri (Rotation)
                dial juri
                list: juri mari
            > juri rings
            > 6.9 s pass
            > 0.1 s pass
                juri ended: NoAnswer
                release juri: Normal
                juri to the tail (NoAnswer)
                screen of juri: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                list: mari juri
        "#]],
    );
}

/// req K-28: the ring time begins when it rings; without a setting it is 15 s.
#[test]
fn the_ring_time_begins_with_the_ringing() {
    check(
        even("mari juri"),
        "call 1
         7.9 s pass
         mari rings
         14.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > 7.9 s pass
            > mari rings
            > 14.9 s pass
            > 0.1 s pass
                mari ended: NoAnswer
                release mari: Normal
                mari to the tail (NoAnswer)
                screen of mari: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to juri (Rotation)
                dial juri
                list: juri mari
        "#]],
    );
}

/// req K-28: a second ringing signal does not begin it anew.
#[test]
fn the_ring_time_begins_only_once() {
    check(
        even("mari juri").with("ring_time = \"5s\""),
        "call 1
         mari rings
         4 s pass
         mari rings
         1 s pass",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > 4 s pass
            > mari rings
            > 1 s pass
                mari ended: NoAnswer
                release mari: Normal
                mari to the tail (NoAnswer)
                screen of mari: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to juri (Rotation)
                dial juri
                list: juri mari
        "#]],
    );
}

/// req K-28: without alerting in 8 s the leg counts as unreachable.
#[test]
fn no_alerting_in_eight_seconds_is_unreachable() {
    check(
        even("mari juri"),
        "call 1
         7.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > 7.9 s pass
            > 0.1 s pass
                mari ended: Unreachable
                release mari: Normal
                mari to the tail (Unreachable)
                offered to juri (Rotation)
                dial juri
                list: juri mari
        "#]],
    );
}

/// req K-29, K-30: told at once on the screen, naming group and caller, so that he does not call back.
#[test]
fn who_let_it_ring_is_told_that_the_call_passed_on() {
    check(
        even("mari juri kati"),
        "call 1
         mari rings
         15 s pass
         juri rings
         juri does not answer",
        expect![[r#"
            list: mari juri kati
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > 15 s pass
                mari ended: NoAnswer
                release mari: Normal
                mari to the tail (NoAnswer)
                screen of mari: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to juri (Rotation)
                dial juri
                list: juri kati mari
            > juri rings
            > juri does not answer
                juri ended: NoAnswer
                juri to the tail (NoAnswer)
                screen of juri: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to kati (Rotation)
                dial kati
                list: kati mari juri
        "#]],
    );
}

/// req K-29: sent also if the next hop is the main number.
#[test]
fn the_notice_comes_also_when_the_main_line_is_next() {
    check(
        even("mari").person("mari", "language = \"et\""),
        "call 1 hidden
         mari rings
         15 s pass
         line answers",
        expect![[r#"
            list: mari
            > call 1 hidden
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > 15 s pass
                mari ended: NoAnswer
                release mari: Normal
                mari to the tail (NoAnswer)
                screen of mari: "Info: kõne peidetud numbrilt kell hh:mm suunati järgmisele. Tagasi helistada pole vaja."
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
            > line answers
                caller 1: answer with line
        "#]],
    );
}

/// req K-29: not sent on busy, unreachable or reject, nor when the caller hangs up while it rings.
#[test]
fn no_notice_where_the_call_did_not_pass_on_by_time() {
    check(
        even("mari juri kati toomas"),
        "call 1
         mari is busy
         juri is unreachable
         kati rejects
         toomas rings
         caller 1 hangs up",
        expect![[r#"
            list: mari juri kati toomas
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari is busy
                mari ended: Busy
                offered to juri (Rotation)
                dial juri
            > juri is unreachable
                juri ended: Unreachable
                juri to the tail (Unreachable)
                offered to kati (Rotation)
                dial kati
                list: mari kati toomas juri
            > kati rejects
                kati ended: Rejected
                kati to the tail (Rejected)
                offered to toomas (Rotation)
                dial toomas
                list: mari toomas juri kati
            > toomas rings
            > caller 1 hangs up
                caller 1 ended: Cancelled
                toomas ended: Cancelled
                release toomas: Normal
                call 1 ended: Abandoned
        "#]],
    );
}

/// req K-29: the group may do without, and an outside member has no screen of ours.
#[test]
fn no_notice_without_the_setting_or_without_a_screen() {
    check(
        even("mari Madis").with("passed_on_notice = false"),
        "call 1
         mari rings
         15 s pass
         set passed_on_notice = true
         Madis rings
         15 s pass",
        expect![[r#"
            list: mari Madis
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > 15 s pass
                mari ended: NoAnswer
                release mari: Normal
                mari to the tail (NoAnswer)
                offered to Madis (Rotation)
                dial Madis
                list: Madis mari
            > set passed_on_notice = true
            > Madis rings
            > 15 s pass
                Madis ended: NoAnswer
                release Madis: Normal
                Madis to the tail (NoAnswer)
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                list: mari Madis
        "#]],
    );
}

/// req K-30: where several ring, the others are told that the call was answered elsewhere; they keep their
/// places and get no notice.
#[test]
fn the_others_are_told_that_it_was_answered_elsewhere() {
    check(
        even("mari juri kati").with("parallel = 2"),
        "call 1
         mari rings
         juri rings
         juri answers
         call 2",
        expect![[r#"
            list: mari juri kati
            > call 1
                offered to mari and juri (Rotation)
                dial mari
                caller 1: ringing
                dial juri
            > mari rings
            > juri rings
            > juri answers
                mari ended: AnsweredElsewhere
                release mari: AnsweredElsewhere
                juri to the tail (Answered)
                caller 1: answer with juri
                list: mari kati juri
            > call 2
                offered to mari and kati (Rotation)
                dial mari
                caller 2: ringing
                dial kati
        "#]],
    );
}

/// req X-07: who hides is named to nobody, also where no label stands in front; to the outside neither.
#[test]
fn the_name_of_a_hidden_caller_is_not_shown() {
    check(
        even("mari Madis").with("label = \"\""),
        "details
         only dial
         call 1 hidden named Tamm
         mari is busy
         Madis is busy
         call 2 from juri to mari hidden",
        expect![[r#"
            list: mari Madis
            > details
            > only dial
            > call 1 hidden named Tamm
                dial mari, showing +3725557001 "no name", hidden, diverted by +3726001000, no diversion
            > mari is busy
                dial Madis, showing +3725557001 "no name", hidden, diverted by +3726001000, no diversion
            > Madis is busy
                dial line, showing +3725557001 "no name", hidden, diverted by +3726001000
            > call 2 from juri to mari hidden
                dial mari, showing 101 "no name", hidden
        "#]],
    );
}
