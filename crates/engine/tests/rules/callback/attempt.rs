//! Calling back: the agent first, then the customer (V-50 to V-54; behaviour, "Callback").

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-50, V-53, V-54: the agent rings, seeing customer and group; he hears the prompt; then the customer rings, seeing
/// the group's number; on his answer both talk.
#[test]
fn the_agent_rings_first_then_the_customer() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("callback.ring_time = \"30s\""),
        "details
         pause mari
         asked 1
         resume mari
         mari rings
         mari answers
         mari heard it
         stranger 1 rings
         stranger 1 answers
         stranger 1 hangs up",
        expect![[r#"
            list: mari
            > details
            > pause mari
                mari paused
                reply: Done
            > asked 1
            > resume mari
                mari resumed
                reply: Done
                attempt 1 from stranger 1 to Callback(E164(PhoneNumber(3726001000)))
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
                mari begun as Member
                dial mari, showing no number "Info Callback", diverted by +3726001000, no diversion
            > mari rings
                mari alerting
            > mari answers
                mari answered
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
                stranger 1 begun as Outside, charged to +3726001000
                dial stranger 1, showing +3726001000 "Info"
                mari: Ringing tone
            > stranger 1 rings
                stranger 1 alerting
            > stranger 1 answers
                stranger 1 answered
                attempt 1 answered
                stranger 1: join with mari
                callback of call 1: RingingCaller, 1 attempts
                callback of call 1: Done, 1 attempts
            > stranger 1 hangs up
                stranger 1 ended: HangUp
                mari ended: Answered
                release mari: Normal
                attempt 1 ended: Answered
        "#]],
    );
}

/// req V-49: in his turn: behind who came before, before who came after.
#[test]
fn the_place_is_kept() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only offered waits ._ callback
         pause mari
         call 1
         1 s pass
         asked 2
         1 s pass
         call 3
         live
         resume mari
         mari answers
         caller 1 hangs up
         mari answers
         mari heard it
         stranger 2 rings
         stranger 2 answers
         stranger 2 hangs up",
        expect![[r#"
            list: mari
            > only offered waits ._ callback
            > pause mari
            > call 1
                call 1 waits at 1
                callback offered to call 1
                caller 1 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > 1 s pass
            > asked 2
            > 1 s pass
            > call 3
                call 3 waits at 3
                callback offered to call 3
                caller 3 hears (en): "Press 1 and we will call you back. You keep your place in the queue."
                caller 3: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > live
                1. call 1
                2. call 2, callback
                3. call 3
            > resume mari
                offered to mari (Ordered)
            > mari answers
            > caller 1 hangs up
                offered to mari (Ordered)
                callback of call 2: RingingAgent, 0 attempts
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 2: RingingCaller, 0 attempts
            > stranger 2 rings
            > stranger 2 answers
                callback of call 2: RingingCaller, 1 attempts
                callback of call 2: Done, 1 attempts
            > stranger 2 hangs up
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-50: is no attempt: the next agent is offered it; all missed: another round after a second.
#[test]
fn an_agent_who_does_not_answer() {
    check(
        service("mari juri")
            .with("callback.enabled = true")
            .with("ring_time = \"5s\"")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only callback offered ended
         pause mari
         pause juri
         asked 1
         resume mari
         resume juri
         mari rings
         5 s pass
         juri rings
         juri rejects
         1 s pass",
        expect![[r#"
            list: mari juri
            > only callback offered ended
            > pause mari
            > pause juri
            > asked 1
            > resume mari
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
            > resume juri
            > mari rings
            > 5 s pass
                mari ended: NoAnswer
                callback of call 1: Pending, 0 attempts
                offered to juri (Ordered)
                callback of call 1: RingingAgent, 0 attempts
                attempt 1 ended: Unanswered
            > juri rings
            > juri rejects
                juri ended: Rejected
                callback of call 1: Pending, 0 attempts
                attempt 2 ended: Unanswered
            > 1 s pass
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
        "#]],
    );
}

/// req V-51: the attempt ends; the customer stops ringing; the request rests.
#[test]
fn an_agent_who_hangs_up_while_the_customer_rings() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only callback ended release
         pause mari
         asked 1
         resume mari
         mari answers
         mari heard it
         stranger 1 rings
         mari hangs up",
        expect![[r#"
            list: mari
            > only callback ended release
            > pause mari
            > asked 1
            > resume mari
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
            > stranger 1 rings
            > mari hangs up
                mari ended: HangUp
                callback of call 1: Pending, 1 attempts, rests 120 s
                stranger 1 ended: Cancelled
                release stranger 1: Normal
                attempt 1 ended: Unanswered
        "#]],
    );
}

/// req V-51: the customer was not tried: it rests all the same, so that nobody is called at once again.
#[test]
fn an_agent_who_hangs_up_during_the_prompt() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only callback ended release offered
         pause mari
         asked 1
         resume mari
         mari answers
         mari hangs up",
        expect![[r#"
            list: mari
            > only callback ended release offered
            > pause mari
            > asked 1
            > resume mari
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari hangs up
                mari ended: HangUp
                callback of call 1: Pending, 0 attempts, rests 120 s
                attempt 1 ended: Unanswered
        "#]],
    );
}

/// req V-50: a user of the company is rung by his phones.
#[test]
fn the_customer_is_a_colleague() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "only callback offered dial join
         pause mari
         asked 1 from juri
         resume mari
         mari answers
         mari heard it
         juri answers",
        expect![[r#"
            list: mari
            > only callback offered dial join
            > pause mari
            > asked 1 from juri
            > resume mari
                offered to mari (Ordered)
                callback of call 1: RingingAgent, 0 attempts
                dial mari
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
                dial juri
            > juri answers
                juri: join with mari
                callback of call 1: RingingCaller, 1 attempts
                callback of call 1: Done, 1 attempts
        "#]],
    );
}

/// req V-36: a talk is a talk.
#[test]
fn wrap_up_after_a_callback() {
    check(
        service("mari")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true")
            .with("wrap_up = \"10s\""),
        "only callback wraps ended
         pause mari
         asked 1
         resume mari
         mari answers
         mari heard it
         stranger 1 answers
         stranger 1 hangs up",
        expect![[r#"
            list: mari
            > only callback wraps ended
            > pause mari
            > asked 1
            > resume mari
                callback of call 1: RingingAgent, 0 attempts
            > mari answers
                mari hears (en): "A callback. Connecting the customer."
                mari: play callback_agent in en
            > mari heard it
                callback of call 1: RingingCaller, 0 attempts
            > stranger 1 answers
                callback of call 1: RingingCaller, 1 attempts
                callback of call 1: Done, 1 attempts
            > stranger 1 hangs up
                stranger 1 ended: HangUp
                mari ended: Answered
                mari wraps up
                attempt 1 ended: Answered
        "#]],
    );
}

/// req K-34, V-50: a mailbox that picks up for an outside agent has no customer rung; who presses 1 has.
#[test]
fn an_agent_outside_presses_1_before_the_customer_is_rung() {
    check(
        service("Madis")
            .with("confirm_outside = true")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("callback.enabled = true"),
        "pause Madis
         asked 1
         resume Madis
         Madis rings
         Madis answers
         10 s pass
         Madis closes
         1 s pass
         Madis rings
         Madis answers
         Madis heard it
         Madis presses 1
         Madis heard it
         stranger 1 answers",
        expect![[r#"
            list: Madis
            > pause Madis
                Madis paused
                reply: Done
            > asked 1
            > resume Madis
                Madis resumed
                reply: Done
                offered to Madis (Ordered)
                callback of call 1: RingingAgent, 0 attempts
                dial Madis
            > Madis rings
            > Madis answers
                Madis hears (en): "Company call. Press one to accept."
                Madis: play press_1_to_accept in en
            > 10 s pass
                Madis ended: NotConfirmed
                release Madis: Normal
                callback of call 1: Pending, 0 attempts
                attempt 1 ended: Unanswered
            > Madis closes
            > 1 s pass
                offered to Madis (Ordered)
                callback of call 1: RingingAgent, 0 attempts
                dial Madis
            > Madis rings
            > Madis answers
                Madis hears (en): "Company call. Press one to accept."
                Madis: play press_1_to_accept in en
            > Madis heard it
            > Madis presses 1
                Madis hears (en): "A callback. Connecting the customer."
                Madis: play callback_agent in en
            > Madis heard it
                callback of call 1: RingingCaller, 0 attempts
                dial stranger 1
                Madis: Ringing tone
            > stranger 1 answers
                stranger 1: join with Madis
                callback of call 1: RingingCaller, 1 attempts
                callback of call 1: Done, 1 attempts
        "#]],
    );
}
