//! When a request is tried again, and how it ends (V-51, V-52; behaviour, "Callback").

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// What becomes of a request is told of the call that made it, and of the attempt what it was for. (api, "Calls")
#[test]
fn it_is_told_what_became_of_a_request() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.attempts = 1"),
        "pause mari
         asked 1
         resume mari
         mari answers
         mari heard it
         stranger 1 rings
         stranger 1 is busy
         explain 1",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > asked 1
            > resume mari
                mari resumed
                reply: Done
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
                dial mari
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
                dial stranger 1
                mari: Ringing tone
            > stranger 1 rings
            > stranger 1 is busy
                stranger 1 ended: Busy
                callback of call 1: Pending, 1 attempts, rests 120 s
                callback of call 1: Expired, 1 attempts
                mari hears (en): "The customer could not be reached."
                mari: play callback_not_reached in en
            > explain 1
                Nobody can take it now: waits at position 1
                  mari is on a pause [paused]
                A callback was offered
                Asked for a callback; the place is kept
                Callback: the agent rings
                Callback: the customer rings
                The customer was not reached
                The callback expired
        "#]],
    );
}

/// req V-50, V-51: not reached in the ring time: the agent hears so and is released within a second, no wrap-up; the
/// request rests for `pause`, counted from the end of the attempt; after `attempts` it has expired.
#[test]
fn not_reached_rests_and_is_tried_again() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.ring_time = \"10s\"")
            .with("callback.attempts = 2")
            .with("callback.pause = \"60s\"")
            .with("wrap_up = \"30s\""),
        "only callback_of offered release wraps
         pause mari
         asked 1
         resume mari
         mari answers
         mari heard it
         stranger 1 rings
         10 s pass
         mari heard it
         live
         59.9 s pass
         0.1 s pass
         mari answers
         mari heard it
         stranger 1 is busy
         mari heard it
         60 s pass",
        expect![[r#"
            list: mari
            > only callback_of offered release wraps
            > pause mari
            > asked 1
            > resume mari
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
            > stranger 1 rings
            > 10 s pass
                release stranger 1: Normal
                callback of call 1: Pending, 1 attempts, rests 60 s
            > mari heard it
                release mari: Normal
            > live
            > 59.9 s pass
            > 0.1 s pass
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 1 attempts
            > mari answers
            > mari heard it
                callback of call 1: RingingCaller, 1 attempts
            > stranger 1 is busy
                callback of call 1: Pending, 2 attempts, rests 60 s
                callback of call 1: Expired, 2 attempts
            > mari heard it
                release mari: Normal
            > 60 s pass
        "#]],
    );
}

/// behaviour, "Callback": even when the sound never ends.
#[test]
fn an_agent_whose_sound_never_ends_is_released() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only callback hears release ended
         pause mari
         asked 1
         resume mari
         mari answers
         mari heard it
         stranger 1 is unreachable
         30 s pass",
        expect![[r#"
            list: mari
            > only callback hears release ended
            > pause mari
            > asked 1
            > resume mari
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
            > stranger 1 is unreachable
                stranger 1 ended: Unreachable
                callback of call 1: Pending, 1 attempts, rests 120 s
                mari hears (en): "The customer could not be reached."
                mari: play callback_not_reached in en
            > 30 s pass
                mari ended: Answered
                release mari: Normal
                attempt 1 ended: Unanswered
        "#]],
    );
}

/// req V-52: its validity is over: it ends as expired.
#[test]
fn a_request_expires() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.valid = \"5min\""),
        "only callback
         pause mari
         asked 1
         299.9 s pass
         0.1 s pass
         live",
        expect![[r#"
            list: mari
            > only callback
            > pause mari
            > asked 1
            > 299.9 s pass
            > 0.1 s pass
                callback of call 1: Expired, 0 attempts
            > live
        "#]],
    );
}

/// req V-52: who rings when it is over may still be reached; not reached, it has expired.
#[test]
fn an_attempt_under_way_may_succeed_after_the_validity() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.valid = \"5min\""),
        "only callback ended
         pause mari
         asked 1
         295 s pass
         resume mari
         mari answers
         mari heard it
         stranger 1 rings
         10 s pass
         stranger 1 answers",
        expect![[r#"
            list: mari
            > only callback ended
            > pause mari
            > asked 1
            > 295 s pass
            > resume mari
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
            > stranger 1 rings
            > 10 s pass
            > stranger 1 answers
                callback of call 1: RingingCaller, 1 attempts
                callback of call 1: Done, 1 attempts
        "#]],
    );
}

/// req V-49: the request is cancelled when the caller has called again meanwhile and been served.
#[test]
fn who_called_again_and_was_served_is_not_called_back() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only callback answer join ended
         pause mari
         asked 1
         call 2 as 1
         take 2 by mari
         mari answers
         live",
        expect![[r#"
            list: mari
            > only callback answer join ended
            > pause mari
            > asked 1
            > call 2 as 1
                caller 2: answer
            > take 2 by mari
            > mari answers
                callback of call 1: Cancelled, 0 attempts
                caller 2: join with mari
            > live
        "#]],
    );
}

/// api: withdrawn by a supervisor: an attempt under way is broken off.
#[test]
fn a_request_is_withdrawn() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only callback reply ended release
         pause mari
         asked 1
         resume mari
         mari answers
         mari heard it
         stranger 1 rings
         withdraw callback 1
         withdraw callback 1",
        expect![[r#"
            list: mari
            > only callback reply ended release
            > pause mari
                reply: Done
            > asked 1
            > resume mari
                reply: Done
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
            > stranger 1 rings
            > withdraw callback 1
                callback of call 1: Cancelled, 0 attempts
                mari ended: Answered
                release mari: Normal
                stranger 1 ended: Cancelled
                release stranger 1: Normal
                reply: Done
                attempt 1 ended: Unanswered
            > withdraw callback 1
                reply: Refused(NoCallback)
        "#]],
    );
}

/// req V-49: one live attempt a request, and none without a free agent.
#[test]
fn never_more_attempts_than_free_agents() {
    check(
        service("mari juri")
            .with("callback.enabled = true")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only callback offered
         pause mari
         pause juri
         call 1
         caller 1 presses 1
         call 2
         caller 2 presses 1
         call 3
         caller 3 presses 1
         caller 1 hangs up
         caller 2 hangs up
         caller 3 hangs up
         resume mari
         resume juri",
        expect![[r#"
            list: mari juri
            > only callback offered
            > pause mari
            > pause juri
            > call 1
                callback offered to call 1
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 presses 1
                callback for call 1 to stranger 1
                caller 1: play callback_accepted in en
            > call 2
                callback offered to call 2
                caller 2: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 2 presses 1
                callback for call 2 to stranger 2
                caller 2: play callback_accepted in en
            > call 3
                callback offered to call 3
                caller 3: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 3 presses 1
                callback for call 3 to stranger 3
                caller 3: play callback_accepted in en
            > caller 1 hangs up
            > caller 2 hangs up
            > caller 3 hangs up
            > resume mari
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
            > resume juri
                offered to juri (Ordered)
                callback of call 2: RingingAgent, 0 attempts
        "#]],
    );
}

/// req V-49: pending requests keep their places; an attempt that was cut off is over.
#[test]
fn requests_survive_a_restart() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only callback offered ._
         pause mari
         asked 1
         asked 2
         resume mari
         mari answers
         mari heard it
         stranger 1 rings
         restart
         live
         0.1 s pass",
        expect![[r#"
            list: mari
            > only callback offered ._
            > pause mari
            > asked 1
            > asked 2
            > resume mari
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
            > stranger 1 rings
            > restart
                callback of call 1: Pending, 1 attempts, rests 120 s
            > live
                1. call 1, callback
                2. call 2, callback
            > 0.1 s pass
                offered to mari (Ordered)
                callback of call 2: RingingAgent, 0 attempts
        "#]],
    );
}

/// api: a request is moved as a call is.
#[test]
fn a_move_reaches_a_request() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only reply ._
         pause mari
         call 1
         asked 2
         move 2 to 1
         live",
        expect![[r#"
            list: mari
            > only reply ._
            > pause mari
                reply: Done
            > call 1
                caller 1 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
            > asked 2
            > move 2 to 1
                reply: Done
            > live
                1. call 2, callback
                2. call 1
        "#]],
    );
}

/// issue 4, "Bad luck": a clock that is set back while a request rests makes no difference to when it is tried again.
#[test]
fn a_clock_set_back_does_not_forget_a_request() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.pause = \"60s\""),
        "only callback_of offered
         pause mari
         asked 1
         resume mari
         mari answers
         mari heard it
         stranger 1 is busy
         mari heard it
         clock goes -3600 s
         59.9 s pass
         0.1 s pass",
        expect![[r#"
            list: mari
            > only callback_of offered
            > pause mari
            > asked 1
            > resume mari
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
            > stranger 1 is busy
                callback of call 1: Pending, 1 attempts, rests 60 s
            > mari heard it
            > clock goes -3600 s
            > 59.9 s pass
            > 0.1 s pass
                callback of call 1: Pending, 1 attempts
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 1 attempts
        "#]],
    );
}
