//! To which number a caller is called back (V-55; behaviour, "Callback").

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-55: `2`, digits, `#`; what he typed is read back, `1` confirms.
#[test]
fn another_number_is_read_back_and_confirmed() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "pause mari
         call 1
         caller 1 heard it
         caller 1 presses 2
         caller 1 presses 5
         caller 1 presses 5
         caller 1 presses 7
         caller 1 presses #
         typed 1 is +3725557555
         caller 1 heard it
         caller 1 presses 1
         caller 1 heard it",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
                callback offered to call 1
                caller 1: answer
                caller 1 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 heard it
                caller 1 hears (en): "To be called back on another number, press two."
                caller 1: play callback_other_number in en
            > caller 1 presses 2
                caller 1 hears (en): "Enter the number and end with hash."
                caller 1: play callback_enter in en
            > caller 1 presses 5
            > caller 1 presses 5
            > caller 1 presses 7
            > caller 1 presses #
                who is 557, for call 1?
            > typed 1 is +3725557555
                caller 1 hears (en): "You entered 557"
                caller 1: play callback_read_back in en, number_5 in en, number_5 in en, number_7 in en
            > caller 1 heard it
                caller 1 hears (en): "Press one to confirm."
                caller 1: play callback_confirm in en
            > caller 1 presses 1
                callback for call 1 to stranger 201
                caller 1 hears (en): "Thank you. We will call you back when it is your turn."
                caller 1: play callback_accepted in en
            > caller 1 heard it
                caller 1 ended: Answered
                release caller 1: Normal
                call 1 ended: Answered
        "#]],
    );
}

/// req V-55: what is not confirmed is asked for again.
#[test]
fn a_number_may_be_typed_again() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only hears callback who
         pause mari
         call 1
         caller 1 presses 2
         caller 1 presses 5
         caller 1 presses #
         typed 1 is +3725557555
         caller 1 presses 3
         caller 1 presses 6
         caller 1 presses #
         typed 1 is +3725557666
         caller 1 presses 1",
        expect![[r#"
            list: mari
            > only hears callback who
            > pause mari
            > call 1
                callback offered to call 1
                caller 1 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 presses 2
                caller 1 hears (en): "Enter the number and end with hash."
                caller 1: play callback_enter in en
            > caller 1 presses 5
            > caller 1 presses #
                who is 5, for call 1?
            > typed 1 is +3725557555
                caller 1 hears (en): "You entered 5"
                caller 1: play callback_read_back in en, number_5 in en
            > caller 1 presses 3
                caller 1 hears (en): "Enter the number and end with hash."
                caller 1: play callback_enter in en
            > caller 1 presses 6
            > caller 1 presses #
                who is 6, for call 1?
            > typed 1 is +3725557666
                caller 1 hears (en): "You entered 6"
                caller 1: play callback_read_back in en, number_6 in en
            > caller 1 presses 1
                callback for call 1 to stranger 201
                caller 1 hears (en): "Thank you. We will call you back when it is your turn."
                caller 1: play callback_accepted in en
        "#]],
    );
}

/// req V-55: checked like any dialled number; after three he waits on.
#[test]
fn a_number_that_cannot_be_called() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only hears callback who music
         pause mari
         call 1
         caller 1 presses 2
         caller 1 presses 5
         caller 1 presses #
         typed 1 is wrong
         caller 1 presses 6
         caller 1 presses #
         typed 1 is wrong
         caller 1 presses 7
         caller 1 presses #
         typed 1 is wrong
         caller 1 presses 1",
        expect![[r#"
            list: mari
            > only hears callback who music
            > pause mari
            > call 1
                callback offered to call 1
                caller 1 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 presses 2
                caller 1 hears (en): "Enter the number and end with hash."
                caller 1: play callback_enter in en
            > caller 1 presses 5
            > caller 1 presses #
                who is 5, for call 1?
            > typed 1 is wrong
                caller 1 hears (en): "This number cannot be called."
                caller 1: play callback_wrong_number in en
            > caller 1 presses 6
            > caller 1 presses #
                who is 6, for call 1?
            > typed 1 is wrong
                caller 1 hears (en): "This number cannot be called."
                caller 1: play callback_wrong_number in en
            > caller 1 presses 7
            > caller 1 presses #
                who is 7, for call 1?
            > typed 1 is wrong
                caller 1 hears (en): "To be called back on another number, press two."
                caller 1: play callback_other_number in en
            > caller 1 presses 1
                callback for call 1 to stranger 1
                caller 1 hears (en): "Thank you. We will call you back when it is your turn."
                caller 1: play callback_accepted in en
        "#]],
    );
}

/// req V-55: a withheld caller must enter one.
#[test]
fn a_hidden_caller_types_his_number() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only hears callback who
         pause mari
         call 1 hidden
         caller 1 presses 1
         caller 1 presses 5
         caller 1 presses #
         typed 1 is +3725557555
         caller 1 presses 1",
        expect![[r#"
            list: mari
            > only hears callback who
            > pause mari
            > call 1 hidden
                callback offered to call 1
                caller 1 hears (en): "We cannot call back the number you are calling from. Press 1 and enter the number we should call back."
                caller 1: play callback_hidden_before in en, number_1 in en, callback_hidden_after in en
            > caller 1 presses 1
                caller 1 hears (en): "Enter the number and end with hash."
                caller 1: play callback_enter in en
            > caller 1 presses 5
            > caller 1 presses #
                who is 5, for call 1?
            > typed 1 is +3725557555
                caller 1 hears (en): "You entered 5"
                caller 1: play callback_read_back in en, number_5 in en
            > caller 1 presses 1
                callback for call 1 to stranger 201
                caller 1 hears (en): "Thank you. We will call you back when it is your turn."
                caller 1: play callback_accepted in en
        "#]],
    );
}

/// behaviour, "Callback": no key for 15 s: music goes on, he has his place.
#[test]
fn without_a_key_he_waits_on() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only hears music callback
         pause mari
         call 1
         caller 1 heard it
         caller 1 presses 2
         14.9 s pass
         0.1 s pass
         live",
        expect![[r#"
            list: mari
            > only hears music callback
            > pause mari
            > call 1
                callback offered to call 1
                caller 1 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 heard it
                caller 1 hears (en): "To be called back on another number, press two."
                caller 1: play callback_other_number in en
            > caller 1 presses 2
                caller 1 hears (en): "Enter the number and end with hash."
                caller 1: play callback_enter in en
            > 14.9 s pass
            > 0.1 s pass
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > live
        "#]],
    );
}

/// behaviour, "Queues": the answer cuts everything.
#[test]
fn an_agent_comes_free_while_he_types() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "pause mari
         call 1
         caller 1 presses 2
         resume mari
         mari rings
         mari answers
         caller 1 presses 1
         20 s pass",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
                callback offered to call 1
                caller 1: answer
                caller 1 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 presses 2
                caller 1 hears (en): "Enter the number and end with hash."
                caller 1: play callback_enter in en
            > resume mari
                mari resumed
                reply: Done
                offered to mari (Ordered)
                dial mari
            > mari rings
            > mari answers
                caller 1: join with mari
            > caller 1 presses 1
            > 20 s pass
        "#]],
    );
}

/// req V-49: only a confirmed wish is one.
#[test]
fn who_hangs_up_in_the_talk_asked_for_nothing() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only callback ended
         pause mari
         call 1
         caller 1 presses 2
         caller 1 hangs up",
        expect![[r#"
            list: mari
            > only callback ended
            > pause mari
            > call 1
                callback offered to call 1
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 presses 2
                caller 1: play callback_enter in en
            > caller 1 hangs up
                caller 1 ended: HangUp
                call 1 ended: Abandoned
        "#]],
    );
}

/// req V-55, F-01: a carrier may say anything of who calls: nobody is called back on a number that costs; he types one.
#[test]
fn a_number_that_costs_is_not_called_back() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only hears callback_for
         pause mari
         call 1 from +3729001234
         caller 1 presses 1",
        expect![[r#"
            list: mari
            > only hears callback_for
            > pause mari
            > call 1 from +3729001234
                caller 1 hears (en): "We cannot call back the number you are calling from. Press 1 and enter the number we should call back."
            > caller 1 presses 1
                caller 1 hears (en): "Enter the number and end with hash."
        "#]],
    );
}

/// req V-55: nor on a line of the company's own.
#[test]
fn a_line_of_the_company_is_not_called_back() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only hears callback_for
         pause mari
         call 1 from +3726001000
         caller 1 presses 1",
        expect![[r#"
            list: mari
            > only hears callback_for
            > pause mari
            > call 1 from +3726001000
                caller 1 hears (en): "We cannot call back the number you are calling from. Press 1 and enter the number we should call back."
            > caller 1 presses 1
                caller 1 hears (en): "Enter the number and end with hash."
        "#]],
    );
}
