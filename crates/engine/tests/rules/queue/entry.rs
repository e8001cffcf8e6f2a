//! Who may enter a waiting line (V-22, V-24, I-24), and what waits there.

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-22, I-24: no member logged in: the caller goes where `on_nobody` says, before the answer as early media.
#[test]
fn nobody_logged_in_is_on_nobody() {
    check(
        service("-mari"),
        "call 1
         caller 1 heard it",
        expect![[r#"
            list:
            > call 1
                call 1 overflows (Nobody)
                fallback announcement:nobody_here: Tried
                caller 1 hears (en): "Nobody can answer now. Please call again later."
                caller 1: play nobody_here in en
            > caller 1 heard it
                caller 1 ended: Unreachable
                release caller 1: Unavailable
                call 1 ended: Unanswered
        "#]],
    );
}

/// req V-22: logged in without a phone to reach is not there.
#[test]
fn all_who_are_logged_in_are_away() {
    check(
        service("mari -juri").with("queue.on_nobody = [\"user:liis\"]"),
        "mari has 0 phones
         call 1
         liis rings
         liis answers",
        expect![[r#"
            list: mari
            > mari has 0 phones
            > call 1
                call 1 overflows (Nobody)
                fallback user:liis: Tried
                dial liis
                caller 1: ringing
            > liis rings
            > liis answers
                caller 1: answer with liis
        "#]],
    );
}

/// req V-22: an agent who talks, rings or works after a call counts as there: callers wait.
#[test]
fn busy_ringing_and_wrap_up_count_as_there() {
    check(
        service("mari").with("wrap_up = \"5s\"").with("announcements.repeat_every = \"none\""),
        "only waits overflows wraps offered
         call 1
         call 2
         mari rings
         mari answers
         call 3
         mari hangs up
         call 4
         5 s pass",
        expect![[r#"
            list: mari
            > only waits overflows wraps offered
            > call 1
                offered to mari (Ordered)
            > call 2
                call 2 waits at 2
            > mari rings
            > mari answers
            > call 3
                call 3 waits at 2
            > mari hangs up
                mari wraps up
            > call 4
                call 4 waits at 3
            > 5 s pass
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-22: a pause counts as there.
#[test]
fn a_pause_counts_as_there_without_a_longest_wait() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only waits overflows offered
         pause mari
         3600 s pass
         call 1
         resume mari",
        expect![[r#"
            list: mari
            > only waits overflows offered
            > pause mari
            > 3600 s pass
            > call 1
                call 1 waits at 1
            > resume mari
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-22: a pause that has lasted as long as a caller may wait does not count as there; on entry and at once.
#[test]
fn a_pause_longer_than_the_longest_wait_does_not() {
    check(
        service("mari").with("announcements.repeat_every = \"none\"").with("queue.wait_max = \"60s\""),
        "only waits overflows offered
         pause mari
         59 s pass
         call 1
         1 s pass
         call 2
         resume mari
         call 3",
        expect![[r#"
            list: mari
            > only waits overflows offered
            > pause mari
            > 59 s pass
            > call 1
                call 1 waits at 1
            > 1 s pass
                call 1 overflows (Nobody)
            > call 2
                call 2 overflows (Nobody)
            > resume mari
            > call 3
                offered to mari (Ordered)
        "#]],
    );
}

/// req V-22: the last one logs out: those who wait leave at once.
#[test]
fn waiting_callers_leave_when_the_last_agent_logs_out() {
    check(
        service("mari").with("queue.on_nobody = [\"hangup\"]").with("announcements.repeat_every = \"none\""),
        "pause mari
         call 1
         call 2
         log out mari",
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
            > call 2
                call 2 in line (Entered)
                call 2 waits at 2
                caller 2: answer
                caller 2 hears (en): "Your call has been placed in the queue."
                caller 2: play entry in en
            > log out mari
                mari logged out by Api
                reply: Done
                call 1 overflows (Nobody)
                fallback hangup: Tried
                caller 1 ended: Unreachable
                release caller 1: Normal
                call 2 overflows (Nobody)
                fallback hangup: Tried
                caller 2 ended: Unreachable
                release caller 2: Normal
                call 1 ended: Unanswered
                call 2 ended: Unanswered
                list:
        "#]],
    );
}

/// req V-22, I-07: the last one logs out while a caller hears the welcome: he leaves at once, not when it ends.
#[test]
fn a_caller_who_is_being_welcomed_leaves_when_the_last_agent_logs_out() {
    check(
        service("mari")
            .with("announcements.welcome = \"tervetuloa\"")
            .with("queue.on_nobody = [\"user:liis\"]"),
        "call 1
         2 s pass
         log out mari
         liis rings
         liis answers
         700 s pass",
        expect![[r#"
            list: mari
            > call 1
                call 1 in line (Entered)
                caller 1: answer
                caller 1 hears (en): "Welcome!"
                caller 1: play tervetuloa in en
            > 2 s pass
            > log out mari
                mari logged out by Api
                reply: Done
                call 1 overflows (Nobody)
                fallback user:liis: Tried
                dial liis
                caller 1: Ringing tone
                list:
            > liis rings
            > liis answers
                caller 1: join with liis
            > 700 s pass
        "#]],
    );
}

/// req V-22, V-32: the same when new settings make the last agent one who is away.
#[test]
fn a_caller_who_is_being_welcomed_leaves_when_new_settings_leave_nobody_there() {
    check(
        service("mari").with("announcements.welcome = \"tervetuloa\""),
        "only overflows play
         mari is dnd
         call 1
         2 s pass
         set presence_blocks = true",
        expect![[r#"
            list: mari
            > only overflows play
            > mari is dnd
            > call 1
                caller 1: play tervetuloa in en
            > 2 s pass
            > set presence_blocks = true
                call 1 overflows (Nobody)
                caller 1: play nobody_here in en
        "#]],
    );
}

/// req V-22, K-44: the talk goes on, the waiting caller leaves at once.
#[test]
fn an_agent_who_logs_out_while_he_talks_no_longer_counts() {
    check(
        service("mari").with("queue.on_nobody = [\"hangup\"]").with("announcements.repeat_every = \"none\""),
        "only waits overflows offered ended
         call 1
         mari answers
         call 2
         log out mari
         mari hangs up",
        expect![[r#"
            list: mari
            > only waits overflows offered ended
            > call 1
                offered to mari (Ordered)
            > mari answers
            > call 2
                call 2 waits at 1
            > log out mari
                call 2 overflows (Nobody)
                caller 2 ended: Unreachable
                call 2 ended: Unanswered
                list:
            > mari hangs up
                mari ended: HangUp
                caller 1 ended: Answered
                call 1 ended: Answered
        "#]],
    );
}

/// req V-22, V-32: a phone whose registration lapses in a talk, or a presence that follows the talk, sends nobody away;
/// when the talk ends, who is still away is away.
#[test]
fn an_agent_who_talks_counts_as_there_without_a_phone_and_in_red() {
    check(
        service("mari")
            .with("presence_blocks = true")
            .with("wrap_up = \"5s\"")
            .with("queue.on_nobody = [\"hangup\"]")
            .with("announcements.repeat_every = \"none\""),
        "only waits overflows offered wraps
         call 1
         mari answers
         mari is meeting
         call 2
         mari has 0 phones
         call 3
         mari has 1 phones
         caller 1 hangs up
         5 s pass",
        expect![[r#"
            list: mari
            > only waits overflows offered wraps
            > call 1
                offered to mari (Ordered)
            > mari answers
            > mari is meeting
            > call 2
                call 2 waits at 1
            > mari has 0 phones
            > call 3
                call 3 waits at 2
            > mari has 1 phones
            > caller 1 hangs up
                mari wraps up
            > 5 s pass
                call 2 overflows (Nobody)
                call 3 overflows (Nobody)
        "#]],
    );
}

/// req V-22, K-44: who rings goes on ringing; then nobody is there.
#[test]
fn a_call_that_rings_at_who_logged_out_goes_when_he_misses_it() {
    check(
        service("mari").with("queue.on_nobody = [\"hangup\"]").with("announcements.repeat_every = \"none\""),
        "only waits overflows offered ended
         call 1
         mari rings
         log out mari
         20 s pass",
        expect![[r#"
            list: mari
            > only waits overflows offered ended
            > call 1
                offered to mari (Ordered)
            > mari rings
            > log out mari
                list:
            > 20 s pass
                mari ended: NoAnswer
                call 1 overflows (Nobody)
                caller 1 ended: Unreachable
                call 1 ended: Unanswered
        "#]],
    );
}

/// req V-24, V-26: waiting and ringing calls count until they are answered.
#[test]
fn a_full_line_overflows() {
    check(
        service("mari").with("queue.size_max = 2").with("queue.on_full = \"busy\""),
        "only waits overflows offered ended release
         call 1
         mari rings
         call 2
         call 3
         mari answers
         call 4
         call 5",
        expect![[r#"
            list: mari
            > only waits overflows offered ended release
            > call 1
                offered to mari (Ordered)
            > mari rings
            > call 2
                call 2 waits at 2
            > call 3
                call 3 overflows (Full)
                caller 3 ended: Busy
                release caller 3: Busy
                call 3 ended: Busy
            > mari answers
            > call 4
                call 4 waits at 2
            > call 5
                call 5 overflows (Full)
                caller 5 ended: Busy
                release caller 5: Busy
                call 5 ended: Busy
        "#]],
    );
}

/// req V-24, X-16: size 0: a free agent is offered the call, nobody waits for one.
#[test]
fn size_0_means_no_waiting() {
    check(
        service("mari juri")
            .with("queue.size_max = 0")
            .with("queue.on_full = \"busy\"")
            .with("ring_time = \"5s\""),
        "only waits overflows offered ended release
         call 1
         call 2
         call 3
         juri rejects
         mari answers
         call 4",
        expect![[r#"
            list: mari juri
            > only waits overflows offered ended release
            > call 1
                offered to mari (Ordered)
            > call 2
                offered to juri (Ordered)
            > call 3
                call 3 overflows (Full)
                caller 3 ended: Busy
                release caller 3: Busy
                call 3 ended: Busy
            > juri rejects
                juri ended: Rejected
                call 2 overflows (Full)
                caller 2 ended: Busy
                release caller 2: Busy
                call 2 ended: Busy
            > mari answers
            > call 4
                call 4 overflows (Full)
                caller 4 ended: Busy
                release caller 4: Busy
                call 4 ended: Busy
        "#]],
    );
}

/// req V-24: a callback holds a place in the line, but none of those that `size_max` counts.
#[test]
fn the_limit_counts_no_callbacks() {
    check(
        service("mari")
            .with("queue.size_max = 1")
            .with("callback.enabled = true")
            .with("announcements.repeat_every = \"none\""),
        "only waits overflows offered callback
         pause mari
         call 1
         caller 1 heard it
         caller 1 presses 1
         caller 1 heard it
         call 2
         call 3",
        expect![[r#"
            list: mari
            > only waits overflows offered callback
            > pause mari
            > call 1
                call 1 waits at 1
            > caller 1 heard it
                callback offered to call 1
                caller 1: play callback_offer_before in en, number_1 in en, callback_offer_after in en
            > caller 1 presses 1
                callback for call 1 to stranger 1
                caller 1: play callback_accepted in en
            > caller 1 heard it
            > call 2
                call 2 waits at 2
            > call 3
                call 3 overflows (Full)
        "#]],
    );
}
