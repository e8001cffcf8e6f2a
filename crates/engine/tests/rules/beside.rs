//! The ring beside everything else: personal calls, the main line's own calls, other groups, changed settings
//! (K-02 as far as the engine goes, K-32, K-37, X-04, X-05).

use expect_test::expect;

use crate::company::even;
use crate::script::check;

/// req K-32: outgoing calls of the main line neither block nor reorder the ring.
#[test]
fn calls_of_the_main_line_do_not_touch_the_ring() {
    check(
        even("mari juri"),
        "details
         call 1 from line to +3725557777
         call 2
         mari is busy
         juri answers",
        expect![[r#"
            list: mari juri
            > details
            > call 1 from line to +3725557777
                call 1 from line to Outside(PartyId(1101))
                caller 1 begun as Caller
                stranger 101 begun as Callee, charged to line
                dial +3725557777, showing +3726001000 "no name"
            > call 2
                call 2 from stranger 2 to Group(E164(PhoneNumber(3726001000)))
                caller 2 begun as Caller
                visit of +3726001000
                offered to mari (Rotation)
                mari begun as Member
                dial mari, showing +3725557002 "Info +3725557002", diverted by +3726001000, no diversion
                caller 2: ringing
            > mari is busy
                mari ended: Busy
                offered to juri (Rotation)
                juri begun as Member
                dial juri, showing +3725557002 "Info +3725557002", diverted by +3726001000, no diversion
            > juri answers
                juri answered
                juri to the tail (Answered)
                visit of +3726001000 ended: Served
                call 2 answered
                caller 2: answer with juri
        "#]],
    );
}

/// req K-32: the main line may even call its own group.
#[test]
fn the_main_line_calls_the_group_like_anybody() {
    check(
        even("mari"),
        "call 1 from line
         mari answers
         mari hangs up",
        expect![[r#"
            list: mari
            > call 1 from line
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// req K-37: personal calls are untouched by the group, whatever its state, and move nobody in the list.
#[test]
fn personal_calls_come_and_go_as_without_the_group() {
    check(
        even("mari juri"),
        "call 1 to mari
         mari rings
         mari answers
         mari hangs up
         call 2 from juri to +3725557777
         +3725557777 answers
         caller 2 hangs up
         text *961*0# by mari
         call 3 to mari",
        expect![[r#"
            list: mari juri
            > call 1 to mari
                dial mari
            > mari rings
                caller 1: ringing
            > mari answers
                caller 1: answer with mari
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > call 2 from juri to +3725557777
                dial +3725557777
            > +3725557777 answers
                caller 2: answer with +3725557777
            > caller 2 hangs up
                caller 2 ended: HangUp
                +3725557777 ended: Answered
                release +3725557777: Normal
                call 2 ended: Answered
            > text *961*0# by mari
                mari logged out by Party(PartyId(1))
                mari used *961*0#
                reply: "Info: you are logged out."
                list: juri
            > call 3 to mari
                dial mari
        "#]],
    );
}

/// req K-37, K-18: a personal call, in or out, makes him busy for the ring; the place is kept.
#[test]
fn a_personal_call_makes_a_member_busy_for_the_ring() {
    check(
        even("mari juri kati"),
        "call 1 to mari
         call 2 from juri to +3725557777
         call 3
         explain 3
         mari is busy
         caller 2 hangs up
         kati is busy",
        expect![[r#"
            list: mari juri kati
            > call 1 to mari
                dial mari
            > call 2 from juri to +3725557777
                dial +3725557777
            > call 3
                offered to kati (Rotation)
                dial kati
                caller 3: ringing
            > explain 3
                Offered to kati
                  mari is being rung for another call [ringing]
                  juri is in another call [busy]
            > mari is busy
                mari ended: Busy
                caller 1 ended: Busy
                release caller 1: Busy
                call 1 ended: Busy
            > caller 2 hangs up
                caller 2 ended: Cancelled
                +3725557777 ended: Cancelled
                release +3725557777: Normal
                call 2 ended: Abandoned
            > kati is busy
                kati ended: Busy
                offered to mari (Rotation)
                dial mari
        "#]],
    );
}

/// req X-05: call waiting stays a setting for personal calls: with it a second one rings, without it not.
#[test]
fn call_waiting_is_for_personal_calls() {
    check(
        even("mari juri").person("juri", "call_waiting = false"),
        "call 1
         mari answers
         call 2
         juri answers
         call 3 to mari
         call 4 to juri",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri mari
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
            > juri answers
                juri to the tail (Answered)
                caller 2: answer with juri
                list: mari juri
            > call 3 to mari
                dial mari
            > call 4 to juri
                juri ended: Busy
                caller 4 ended: Busy
                release caller 4: Busy
                call 4 ended: Busy
        "#]],
    );
}

/// req X-04: membership of one group only is an attribute of the group. Where it is not set, a member of two
/// groups is still offered one call at a time, and each list keeps its own order.
#[test]
fn a_member_of_two_groups_has_one_offer_and_two_places() {
    check(
        even("mari juri").with("exclusive = false").beside("mari kati", &["exclusive = false"]),
        "call 1
         call 2 to +3726002000
         mari answers
         caller 1 hangs up
         caller 2 hangs up
         call 3 to +3726002000",
        expect![[r#"
            list: mari juri; list of +3726002000: mari kati
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > call 2 to +3726002000
                offered to kati (Rotation) of +3726002000
                dial kati
                caller 2: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri mari; list of +3726002000: mari kati
            > caller 1 hangs up
                caller 1 ended: HangUp
                mari ended: Answered
                release mari: Normal
                call 1 ended: Answered
            > caller 2 hangs up
                caller 2 ended: Cancelled
                kati ended: Cancelled
                release kati: Normal
                call 2 ended: Abandoned
            > call 3 to +3726002000
                offered to mari (Rotation) of +3726002000
                dial mari
                caller 3: ringing
        "#]],
    );
}

/// req K-53: settings are not state: a member added begins at the tail, one removed is gone, the others stay.
#[test]
fn changed_settings_keep_places_and_log_ins() {
    check(
        even("mari juri kati"),
        "call 1
         mari answers
         text *961*0# by juri
         members juri kati toomas mari
         members kati toomas",
        expect![[r#"
            list: mari juri kati
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri kati mari
            > text *961*0# by juri
                juri logged out by Party(PartyId(2))
                juri used *961*0#
                reply: "Info: you are logged out."
                list: kati mari
            > members juri kati toomas mari
                toomas is a member
                toomas logged in by Rule
                list: kati mari toomas
            > members kati toomas
                mari is no member any more
                juri is no member any more
                list: kati toomas
        "#]],
    );
}

/// A pause keeps the place and takes no offers.
#[test]
fn a_pause_keeps_the_place() {
    check(
        even("mari juri"),
        "pause mari
         call 1
         caller 1 hangs up
         resume mari
         call 2
         pause toomas",
        expect![[r#"
            list: mari juri
            > pause mari
                mari paused
                reply: Done
            > call 1
                offered to juri (Rotation)
                dial juri
                caller 1: ringing
            > caller 1 hangs up
                caller 1 ended: Cancelled
                juri ended: Cancelled
                release juri: Normal
                call 1 ended: Abandoned
            > resume mari
                mari resumed
                reply: Done
            > call 2
                offered to mari (Rotation)
                dial mari
                caller 2: ringing
            > pause toomas
                reply: Refused(NoMember)
        "#]],
    );
}

/// req K-42, K-43: who logs in by code takes calls: a pause that his phone does not show is over, whether he was
/// in the list or not. A log-out does not lift it, and nor does a refused log-in.
#[test]
fn a_log_in_by_code_lifts_a_pause() {
    check(
        even("mari juri"),
        "pause mari
         text *961*2# by mari
         live
         text *961*1# by mari
         live
         pause mari
         code *961*0# by mari
         code *961*1# by mari
         live",
        expect![[r#"
            list: mari juri
            > pause mari
                mari paused
                reply: Done
            > text *961*2# by mari
                mari used *961*2#, in vain
                reply: "Not allowed. Nothing was changed." (not done)
            > live
                mari: paused
                juri: available
            > text *961*1# by mari
                mari resumed
                mari used *961*1#
                reply: "Info: you are logged in already, position 1."
            > live
                mari: available
                juri: available
            > pause mari
                mari paused
                reply: Done
            > code *961*0# by mari
                mari logged out by Party(PartyId(1))
                mari used *961*0#
                caller 90: answer
                screen of mari: "Info: you are logged out."
                caller 90 hears (en): "You are logged out."
                caller 90: play logged_out in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: juri
            > code *961*1# by mari
                mari logged in by Party(PartyId(1))
                mari resumed
                mari used *961*1#
                caller 91: answer
                screen of mari: "Info: you are logged in, position 2."
                caller 91 hears (en): "You are logged in."
                caller 91: play logged_in in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
                list: juri mari
            > live
                juri: available
                mari: available
        "#]],
    );
}
