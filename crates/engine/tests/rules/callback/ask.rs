//! The talk with a caller about being called back (V-49, V-55, V-57 to V-59; behaviour, "Callback").

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-49, V-55, V-59: no condition set: offered to every waiting caller, after the entry message, once; the key
/// accepts his own number; he is thanked and released; his place is kept.
#[test]
fn with_no_condition_everybody_is_offered_it() {
    check(
        service("mari").with("callback.enabled = true").with("announcements.repeat_every = \"20s\""),
        "pause mari
         call 1
         caller 1 presses 1
         caller 1 heard it
         20 s pass
         caller 1 heard it
         caller 1 heard it
         20 s pass
         caller 1 presses 1
         caller 1 heard it
         live",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
                caller 1: answer
                caller 1 hears (en): "Your call has been placed in the queue."
                caller 1: play entry in en
            > caller 1 presses 1
            > caller 1 heard it
                callback offered to call 1
                caller 1 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > 20 s pass
            > caller 1 heard it
                caller 1 hears (en): "To be called back on another number, press two."
                caller 1: play callback_other_number in en
            > caller 1 heard it
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > 20 s pass
                caller 1 hears (en): "We will take your call as soon as we can."
                caller 1: play repeat in en
            > caller 1 presses 1
                callback for call 1 to stranger 1
                caller 1 hears (en): "Thank you. We will call you back when it is your turn."
                caller 1: play callback_accepted in en
            > caller 1 heard it
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
            > live
                mari: paused
                1. call 1, callback
        "#]],
    );
}

/// req V-57: strictly more calls than set; looked at with each repeat.
#[test]
fn it_is_offered_when_more_wait_than_set() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.offer_waiting_over = 1")
            .with("announcements.repeat_every = \"10s\"")
            .with("announcements.repeat = \"none\""),
        "only callback_offered
         pause mari
         call 1
         10 s pass
         call 2
         10 s pass",
        expect![[r#"
            list: mari
            > only callback_offered
            > pause mari
            > call 1
            > 10 s pass
            > call 2
                callback offered to call 2
            > 10 s pass
                callback offered to call 1
        "#]],
    );
}

/// req V-58: the longest wait has reached it.
#[test]
fn it_is_offered_when_the_longest_has_waited_so_long() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.offer_longest_wait = \"60s\"")
            .with("announcements.repeat_every = \"20s\"")
            .with("announcements.repeat = \"none\""),
        "only callback_offered
         pause mari
         call 1
         40 s pass
         call 2
         20 s pass",
        expect![[r#"
            list: mari
            > only callback_offered
            > pause mari
            > call 1
            > 40 s pass
            > call 2
            > 20 s pass
                callback offered to call 1
                callback offered to call 2
        "#]],
    );
}

/// req V-59: offered to whom an estimate is told that is over it, and to nobody else. Ten talks of a minute make a
/// minute for each place.
#[test]
fn it_is_offered_by_an_estimate_over_the_limit() {
    let talks: String = (1..=10).map(|n| format!("talk {n} of 60 s\n")).collect();
    check(
        service("mari")
            .with("announcements.wait_method = \"legacy_talk\"")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.offer_estimate_over = \"1min\""),
        &format!(
            "only callback_offered waits
             {talks}
             call 20
             mari answers
             call 21
             call 22"
        ),
        expect![[r#"
            list: mari
            > only callback_offered waits
            > talk 1 of 60 s
            > talk 2 of 60 s
            > talk 3 of 60 s
            > talk 4 of 60 s
            > talk 5 of 60 s
            > talk 6 of 60 s
            > talk 7 of 60 s
            > talk 8 of 60 s
            > talk 9 of 60 s
            > talk 10 of 60 s
            > call 20
            > mari answers
            > call 21
                call 21 waits at 1
            > call 22
                call 22 waits at 2
                callback offered to call 22
        "#]],
    );
}

/// req V-59: the estimate must be known and over it.
#[test]
fn it_is_not_offered_by_an_estimate_that_is_not_known() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.offer_estimate_over = \"60s\"")
            .with("announcements.repeat_every = \"20s\"")
            .with("announcements.repeat = \"none\""),
        "only callback_offered
         pause mari
         call 1
         20 s pass",
        expect![[r#"
            list: mari
            > only callback_offered
            > pause mari
            > call 1
            > 20 s pass
        "#]],
    );
}

/// req V-49: the switch.
#[test]
fn it_is_off_by_default() {
    check(
        service("mari").with("announcements.repeat_every = \"none\"").with("announcements.entry = \"none\""),
        "only callback hears
         pause mari
         call 1
         caller 1 presses 1",
        expect![[r#"
            list: mari
            > only callback hears
            > pause mari
            > call 1
                caller 1 hears (en): "(music)"
            > caller 1 presses 1
        "#]],
    );
}

/// behaviour, "Callback": it is offered to who waits.
#[test]
fn nobody_is_offered_it_while_an_agent_rings() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("announcements.entry_when = \"always\""),
        "only callback
         call 1
         mari rings",
        expect![[r#"
            list: mari
            > only callback
            > call 1
            > mari rings
        "#]],
    );
}

/// req V-55: `key`; the exit key beside it.
#[test]
fn another_key_may_be_set() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.key = 5")
            .with("queue.exit_key = 1")
            .with("queue.on_exit = \"hangup\""),
        "only hears callback overflows
         pause mari
         call 1
         caller 1 presses 4
         caller 1 presses 5
         call 2
         caller 2 presses 1",
        expect![[r#"
            list: mari
            > only hears callback overflows
            > pause mari
            > call 1
                callback offered to call 1
                caller 1 hears (en): "Press 5 and we will call you back. You keep your place in the queue."
                caller 1: play callback_offer_before in en, number_5 in en, callback_offer_after in en
            > caller 1 presses 4
            > caller 1 presses 5
                callback for call 1 to stranger 1
                caller 1 hears (en): "Thank you. We will call you back when it is your turn."
                caller 1: play callback_accepted in en
            > call 2
                callback offered to call 2
                caller 2 hears (en): "Press 5 and we will call you back. You keep your place in the queue."
                caller 2: play callback_offer_before in en, number_5 in en, callback_offer_after in en
            > caller 2 presses 1
                call 2 overflows (Exit)
        "#]],
    );
}

/// req V-24: callbacks have a limit of their own.
#[test]
fn so_many_may_be_pending() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.pending_max = 1"),
        "only callback
         pause mari
         call 1
         caller 1 presses 1
         caller 1 heard it
         call 2",
        expect![[r#"
            list: mari
            > only callback
            > pause mari
            > call 1
                callback offered to call 1
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 presses 1
                callback for call 1 to stranger 1
                caller 1: play callback_accepted in en
            > caller 1 heard it
            > call 2
        "#]],
    );
}

/// req V-49: he need not hear the thanks.
#[test]
fn who_hangs_up_after_the_key_is_called_back() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only callback ended dial
         pause mari
         call 1
         caller 1 presses 1
         caller 1 hangs up
         resume mari",
        expect![[r#"
            list: mari
            > only callback ended dial
            > pause mari
            > call 1
                callback offered to call 1
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 presses 1
                callback for call 1 to stranger 1
                caller 1: play callback_accepted in en
            > caller 1 hangs up
                caller 1 ended: HangUp
                call 1 ended: Answered
            > resume mari
                callback of call 1: RingingAgent, 0 attempts
                dial mari
        "#]],
    );
}
