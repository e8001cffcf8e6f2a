//! Who has asked to be called back and calls again (V-49; behaviour, "Callback").

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-49, V-54: he stands just before his own request, so that no agent calls him who waits; others keep theirs.
#[test]
fn who_calls_again_has_his_place_before_his_request() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only in_line offered callback_of join hears 1. 2. 3.
         pause mari
         asked 1
         call 2
         call 3 as 1
         live
         resume mari
         mari answers",
        expect![[r#"
            list: mari
            > only in_line offered callback_of join hears 1. 2. 3.
            > pause mari
            > asked 1
            > call 2
                call 2 in line (Entered)
                callback offered to call 2
                caller 2 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
            > call 3 as 1
                call 3 in line (Held)
                caller 3 hears (en): "Welcome back. You have kept your place in the queue."
            > live
                1. call 3
                2. call 1, callback
                3. call 2
            > resume mari
                offered to mari (Ordered)
            > mari answers
                callback of call 1: Cancelled, 0 attempts
                caller 3: join with mari
        "#]],
    );
}

/// req V-49: he hangs up again: the request stands where it stood, and comes next.
#[test]
fn the_request_waits_on_when_he_gives_up_again() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only in_line offered callback_of 1. 2. 3.
         pause mari
         asked 1
         call 2
         call 3 as 1
         caller 3 hangs up
         live
         resume mari",
        expect![[r#"
            list: mari
            > only in_line offered callback_of 1. 2. 3.
            > pause mari
            > asked 1
            > call 2
                call 2 in line (Entered)
                callback offered to call 2
            > call 3 as 1
                call 3 in line (Held)
            > caller 3 hangs up
            > live
                1. call 1, callback
                2. call 2
            > resume mari
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
        "#]],
    );
}

/// req V-49: the newer request to the same number takes over the place of the older, and he is called back once.
#[test]
fn a_second_request_takes_the_place_of_the_first() {
    check(
        service("mari juri")
            .with("announcements.repeat_every = \"60s\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only offered callback
         pause mari
         pause juri
         asked 1
         asked 2
         live
         call 3 as 1
         60 s pass
         caller 3 heard it
         caller 3 presses 1
         caller 3 hangs up
         live
         resume mari
         resume juri",
        expect![[r#"
            list: mari juri
            > only offered callback
            > pause mari
            > pause juri
            > asked 1
            > asked 2
            > live
                1. call 1, callback
                2. call 2, callback
            > call 3 as 1
            > 60 s pass
            > caller 3 heard it
                callback offered to call 3
                caller 3: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 3 presses 1
                callback of call 1: Cancelled, 0 attempts
                callback for call 3 to stranger 1
                caller 3: play callback_accepted in en
            > caller 3 hangs up
            > live
                1. call 3, callback
                2. call 2, callback
            > resume mari
                offered to mari (Ordered)
                callback of call 3: RingingAgent, 0 attempts
            > resume juri
                offered to juri (Ordered)
                callback of call 2: RingingAgent, 0 attempts
        "#]],
    );
}

/// req V-49: while the first is tried the second waits; with the customer reached it is withdrawn.
#[test]
fn who_is_reached_is_not_called_again() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"60s\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.ring_time = \"120s\""),
        "only offered callback join
         pause mari
         asked 1
         resume mari
         mari answers
         mari heard it
         stranger 1 rings
         call 3 as 1
         60 s pass
         caller 3 heard it
         caller 3 presses 1
         caller 3 hangs up
         stranger 1 answers
         live",
        expect![[r#"
            list: mari
            > only offered callback join
            > pause mari
            > asked 1
            > resume mari
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
            > stranger 1 rings
            > call 3 as 1
            > 60 s pass
            > caller 3 heard it
                callback offered to call 3
                caller 3: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 3 presses 1
                callback for call 3 to stranger 1
                caller 3: play callback_accepted in en
            > caller 3 hangs up
            > stranger 1 answers
                stranger 1: join with mari
                callback of call 1: RingingCaller, 1 attempts
                callback of call 1: Done, 1 attempts
                callback of call 3: Cancelled, 0 attempts
            > live
        "#]],
    );
}
