//! Parking, taking back and pick-up (behaviour, "Every call").

use expect_test::expect;

use crate::company::attendant;
use crate::script::check;

/// behaviour, "Every call": `*7` parks in the first free slot, told by MESSAGE; `*7SLOT` takes him back.
#[test]
fn parked_and_taken_back() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari answers
         mari refers 1 to park
         call 2 from juri to slot:1
         caller 2 hangs up
         call 3 from juri to slot:1
         explain 1",
        expect![[r#"
            list: mari juri
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > mari refers 1 to park
                call 1 transferred by mari
                mari: transfer 1 is Done
                mari ended: Transferred
                release mari: Normal
                screen of mari: "The call waits in slot 1. Take it back with *71"
                call 1 parked in 1
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > call 2 from juri to slot:1
                caller 2: goes on as leg 2 (was 0)
                caller 2: answer with caller 1
            > caller 2 hangs up
                caller 2 ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > call 3 from juri to slot:1
                caller 3 ended: NotFound
                release caller 3: NotFound
                call 3 ended: Failed
            > explain 1
                Offered to mari
                  juri is later in order [later_in_order]
                Transferred by mari
                Parked in slot 1
        "#]],
    );
}

/// behaviour, "Every call": after 60 s he rings who parked him; not answered, he stays parked.
#[test]
fn parked_too_long() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only parked dial answer join release
         call 1
         mari answers
         park 1
         59.9 s pass
         0.1 s pass
         mari rings
         20 s pass
         60 s pass
         mari rings
         call 2 from juri to slot:1",
        expect![[r#"
            list: mari juri
            > only parked dial answer join release
            > call 1
                dial mari
            > mari answers
                caller 1: answer with mari
            > park 1
                release mari: Normal
                call 1 parked in 1
            > 59.9 s pass
            > 0.1 s pass
                dial mari
            > mari rings
            > 20 s pass
                release mari: Normal
                call 1 parked in 1
            > 60 s pass
                dial mari
            > mari rings
            > call 2 from juri to slot:1
                release mari: Normal
                caller 2: answer with caller 1
        "#]],
    );
}

/// his slot is free again.
#[test]
fn a_parked_caller_hangs_up() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only parked ended reply
         call 1
         mari answers
         park 1
         caller 1 hangs up
         call 2
         mari answers
         park 2",
        expect![[r#"
            list: mari juri
            > only parked ended reply
            > call 1
            > mari answers
            > park 1
                mari ended: Transferred
                call 1 parked in 1
                reply: Parked(1)
            > caller 1 hangs up
                caller 1 ended: HangUp
                call 1 ended: Answered
            > call 2
            > mari answers
            > park 2
                mari ended: Transferred
                call 2 parked in 1
                reply: Parked(1)
        "#]],
    );
}

/// api: pick-up of a parked call.
#[test]
fn a_parked_call_is_brought_to_a_phone() {
    check(
        attendant("mari juri")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only parked dial reply join
         call 1
         mari answers
         park 1
         pick up 1 by kati
         kati rings
         kati answers",
        expect![[r#"
            list: mari juri
            > only parked dial reply join
            > call 1
                dial mari
            > mari answers
            > park 1
                call 1 parked in 1
                reply: Parked(1)
            > pick up 1 by kati
                dial kati
                reply: Done
            > kati rings
            > kati answers
                caller 1: join with kati
        "#]],
    );
}

/// behaviour, "Every call": `*8EXT`: the call that rings there; `*8`: the one of one's own groups.
#[test]
fn a_ringing_call_is_picked_up() {
    check(
        attendant("mari juri toomas")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1
         mari rings
         call 2 from kati to pick-up:mari
         caller 1 hangs up
         call 3
         mari rings
         call 4 from juri to pick-up
         caller 3 hangs up
         call 5 from kati to pick-up",
        expect![[r#"
            list: mari juri toomas
            > call 1
                call 1 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 1: ringing
            > mari rings
            > call 2 from kati to pick-up:mari
                mari ended: AnsweredElsewhere
                release mari: AnsweredElsewhere
                caller 2: goes on as leg 2 (was 0)
                caller 2: answer
                caller 1: answer with caller 2
            > caller 1 hangs up
                caller 1 ended: HangUp
                caller 2 ended: Answered
                release caller 2: Normal
                call 1 ended: Answered
            > call 3
                call 3 in line (Entered)
                offered to mari (LongestIdle)
                dial mari
                caller 3: ringing
            > mari rings
            > call 4 from juri to pick-up
                mari ended: AnsweredElsewhere
                release mari: AnsweredElsewhere
                caller 4: goes on as leg 2 (was 0)
                caller 4: answer
                caller 3: answer with caller 4
            > caller 3 hangs up
                caller 3 ended: HangUp
                caller 4 ended: Answered
                release caller 4: Normal
                call 3 ended: Answered
            > call 5 from kati to pick-up
                caller 5 ended: NotFound
                release caller 5: NotFound
                call 5 ended: Failed
        "#]],
    );
}

/// behaviour, "Every call": any call that rings at that extension.
#[test]
fn a_direct_call_is_picked_up() {
    check(
        attendant("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "call 1 to juri
         juri rings
         call 2 from kati to pick-up:juri
         caller 2 hangs up",
        expect![[r#"
            list: mari
            > call 1 to juri
                dial juri
            > juri rings
                caller 1: ringing
            > call 2 from kati to pick-up:juri
                juri ended: AnsweredElsewhere
                release juri: AnsweredElsewhere
                caller 2: goes on as leg 2 (was 0)
                caller 2: answer
                caller 1: answer with caller 2
            > caller 2 hangs up
                caller 2 ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
        "#]],
    );
}
