//! Who is next: the list and how it turns (K-01, K-05, K-16 to K-19).

use expect_test::expect;
use proptest::prelude::*;

use crate::company::even;
use crate::script::{check, live};

/// req K-01: offered to the members who are logged in; logged-out members never ring.
#[test]
fn a_call_is_offered_to_members_logged_in_and_to_nobody_else() {
    check(
        even("-mari juri -kati"),
        "call 1
         juri is unreachable
         live",
        expect![[r#"
            list: juri
            > call 1
                offered to juri (Rotation)
                dial juri
                caller 1: ringing
            > juri is unreachable
                juri ended: Unreachable
                juri to the tail (Unreachable)
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
            > live
                juri: available
                mari: logged_out
                kati: logged_out
        "#]],
    );
}

/// req K-05: a member at any address is treated alike; Madis has a mobile number over the trunk.
#[test]
fn an_outside_member_takes_his_turn_like_the_others() {
    check(
        even("Madis juri"),
        "call 1
         Madis rings
         Madis answers
         call 2
         juri rings
         15 s pass
         caller 2 hangs up",
        expect![[r#"
            list: Madis juri
            > call 1
                offered to Madis (Rotation)
                dial Madis
                caller 1: ringing
            > Madis rings
            > Madis answers
                Madis to the tail (Answered)
                caller 1: answer with Madis
                list: juri Madis
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
            > juri rings
            > 15 s pass
                juri ended: NoAnswer
                release juri: Normal
                juri to the tail (NoAnswer)
                screen of juri: "Info: the call from +3725557002 at hh:mm went on to the next. No need to call back."
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                list: Madis juri
            > caller 2 hangs up
                caller 2 ended: Cancelled
                line ended: Cancelled
                release line: Normal
                call 2 ended: Abandoned
        "#]],
    );
}

/// req K-16: to the tail at the moment of answer, not at the end of the call.
#[test]
fn who_answers_goes_to_the_tail_at_once() {
    check(
        even("mari juri kati"),
        "call 1
         mari rings
         mari answers
         mari hangs up",
        expect![[r#"
            list: mari juri kati
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri kati mari
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// req K-16: it matters when calls overlap: who answered first stands before who answered later, whoever ends
/// first.
#[test]
fn the_order_of_answers_counts_not_the_order_of_ends() {
    check(
        even("mari juri kati"),
        "call 1
         call 2
         juri answers
         mari answers
         mari hangs up
         juri hangs up",
        expect![[r#"
            list: mari juri kati
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
            > juri answers
                juri to the tail (Answered)
                caller 2: answer with juri
                list: mari kati juri
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: kati juri mari
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > juri hangs up
                juri ended: HangUp
                caller 2 ended: Answered
                release caller 2: Normal
                call 2 ended: Answered
        "#]],
    );
}

/// req K-17: list order wins: with A busy and B answering, A keeps the head and has the next call.
#[test]
fn the_next_call_starts_at_the_head_of_the_list() {
    check(
        even("mari juri kati"),
        "call 1
         mari is busy
         juri answers
         call 2",
        expect![[r#"
            list: mari juri kati
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari is busy
                mari ended: Busy
                offered to juri (Rotation)
                dial juri
            > juri answers
                juri to the tail (Answered)
                caller 1: answer with juri
                list: mari kati juri
            > call 2
                offered to mari (Rotation)
                dial mari
                caller 2: ringing
        "#]],
    );
}

/// req K-18: busy at the far end, in a call, or ringing for another call of the group: to the next, place kept.
#[test]
fn a_busy_member_keeps_the_place() {
    check(
        even("mari juri kati"),
        "call 1
         call 2
         juri is busy
         kati answers
         mari answers
         call 3
         juri is busy
         explain 3",
        expect![[r#"
            list: mari juri kati
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
            > juri is busy
                juri ended: Busy
                offered to kati (Rotation)
                dial kati
            > kati answers
                kati to the tail (Answered)
                caller 2: answer with kati
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri kati mari
            > call 3
                offered to juri (Rotation)
                dial juri
                caller 3: ringing
            > juri is busy
                juri ended: Busy
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
            > explain 3
                Offered to juri
                  kati is in another call [busy]
                  mari is in another call [busy]
                Nobody was left to offer it to
                  juri was offered this call already [tried]
                  kati is in another call [busy]
                  mari is in another call [busy]
                Went on to the group's own line
        "#]],
    );
}

/// req K-18: a reject (603) counts as no answer, unless the group says that it counts as busy.
#[test]
fn a_reject_counts_as_the_group_says() {
    check(
        even("mari juri"),
        "call 1
         mari rings
         mari rejects
         juri answers
         set reject_counts_as = \"busy\"
         call 2
         mari rejects",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > mari rejects
                mari ended: Rejected
                mari to the tail (Rejected)
                offered to juri (Rotation)
                dial juri
                list: juri mari
            > juri answers
                juri to the tail (Answered)
                caller 1: answer with juri
                list: mari juri
            > set reject_counts_as = "busy"
            > call 2
                offered to mari (Rotation)
                dial mari
                caller 2: ringing
            > mari rejects
                mari ended: Rejected
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
        "#]],
    );
}

/// req K-19: no answer and unreachable go to the tail, the call goes to the next.
#[test]
fn no_answer_and_unreachable_go_to_the_tail() {
    check(
        even("mari juri kati"),
        "call 1
         mari rings
         15 s pass
         juri is unreachable
         kati answers",
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
            > juri is unreachable
                juri ended: Unreachable
                juri to the tail (Unreachable)
                offered to kati (Rotation)
                dial kati
                list: kati mari juri
            > kati answers
                kati to the tail (Answered)
                caller 1: answer with kati
                list: mari juri kati
        "#]],
    );
}

/// req K-19: who has no phone at all is unreachable at once, without a wait.
#[test]
fn a_member_without_a_phone_goes_to_the_tail_at_once() {
    check(
        even("mari juri"),
        "mari has 0 phones
         call 1
         juri answers
         caller 1 hangs up
         mari has 1 phones
         call 2",
        expect![[r#"
            list: mari juri
            > mari has 0 phones
            > call 1
                offered to mari (Rotation)
                mari ended: Unreachable
                mari to the tail (Unreachable)
                offered to juri (Rotation)
                dial juri
                caller 1: ringing
                list: juri mari
            > juri answers
                juri to the tail (Answered)
                caller 1: answer with juri
                list: mari juri
            > caller 1 hangs up
                caller 1 ended: HangUp
                juri ended: Answered
                release juri: Normal
                call 1 ended: Answered
            > mari has 1 phones
            > call 2
                offered to mari (Rotation)
                dial mari
                caller 2: ringing
        "#]],
    );
}

/// What may become of an offer when nobody is busy.
const NOT_BUSY: [&str; 4] = ["answers", "is unreachable", "does not answer", "rejects"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// req K-17: with nobody busy both readings agree: the next call goes to him who stood behind the one who
    /// answered, and that is the head of the list.
    #[test]
    fn with_nobody_busy_both_readings_of_the_next_agree(
        ends in proptest::collection::vec(0..NOT_BUSY.len(), 1..40),
    ) {
        let (mut bed, _) = live(even("mari juri kati toomas liis"), "");
        let mut after_answer: Option<String> = None;
        let mut n = 0;
        for end in ends {
            let order: Vec<String> = bed.lists()["list: ".len()..].split(' ').map(str::to_owned).collect();
            let open = bed.board.calls_open() > 0;
            if !open {
                n += 1;
                bed.told.clear();
                bed.step(&format!("call {n}"));
                prop_assert_eq!(bed.told.first(), Some(&format!("offered to {} (Rotation)", order[0])));
                if let Some(next) = after_answer.take() {
                    prop_assert_eq!(&next, &order[0]);
                }
            }
            let rung = bed.legs.values().find(|leg| !leg.over && !leg.who.starts_with("caller")).unwrap();
            let rung = rung.who.clone();
            if rung == "line" {
                bed.step("line is busy");
                bed.step(&format!("caller {n} hangs up"));
                continue;
            }
            bed.step(&format!("{rung} {}", NOT_BUSY[end]));
            if NOT_BUSY[end] == "answers" {
                let order = if open { bed.lists()["list: ".len()..].split(' ').map(str::to_owned).collect() } else { order };
                let at = order.iter().position(|name| *name == rung).unwrap();
                after_answer = order.get((at + 1) % order.len()).cloned();
                bed.step(&format!("caller {n} hangs up"));
            }
        }
    }
}
