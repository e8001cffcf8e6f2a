//! What a waiting caller hears, in order (V-42 to V-46, I-07 to I-09; behaviour, "Queues").

use expect_test::expect;

use crate::company::service;
use crate::script::check;

/// req V-42, V-43, V-44, V-45, I-08, I-09: entry message; music; the repeat one period after entering, then start to
/// start, however long it is; music goes on after a message. heard[] has them in this order.
#[test]
fn entry_message_then_music_then_repeats_start_to_start() {
    check(
        service("mari").with("announcements.repeat_every = \"20s\""),
        "pause mari
         call 1
         4 s pass
         caller 1 heard it
         15.9 s pass
         0.1 s pass
         5 s pass
         caller 1 heard it
         14.9 s pass
         0.1 s pass",
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
            > 4 s pass
            > caller 1 heard it
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > 15.9 s pass
            > 0.1 s pass
                caller 1 hears (en): "We will take your call as soon as we can."
                caller 1: play repeat in en
            > 5 s pass
            > caller 1 heard it
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > 14.9 s pass
            > 0.1 s pass
                caller 1 hears (en): "We will take your call as soon as we can."
                caller 1: play repeat in en
        "#]],
    );
}

/// req V-42, V-46: somebody is free at once: no entry message, 180 until the agent answers; he answers the call.
#[test]
fn the_call_is_answered_by_the_agent_when_nothing_plays() {
    check(
        service("mari"),
        "call 1
         mari rings
         5 s pass
         mari answers",
        expect![[r#"
            list: mari
            > call 1
                call 1 in line (Entered)
                offered to mari (Ordered)
                dial mari
                caller 1: ringing
            > mari rings
            > 5 s pass
            > mari answers
                caller 1: answer with mari
        "#]],
    );
}

/// req V-42: an agent rang at once and did not answer: the caller waits now, and is told so before the music; once.
#[test]
fn the_entry_message_is_said_when_he_waits_after_all() {
    check(
        service("mari").with("ring_time = \"5s\""),
        "call 1
         mari rings
         5 s pass
         1 s pass
         caller 1 heard it
         mari rings
         5 s pass",
        expect![[r#"
            list: mari
            > call 1
                call 1 in line (Entered)
                offered to mari (Ordered)
                dial mari
                caller 1: ringing
            > mari rings
            > 5 s pass
                mari ended: NoAnswer
                release mari: Normal
                call 1 waits at 1
                caller 1: answer
                caller 1 hears (en): "Your call has been placed in the queue."
                caller 1: play entry in en
            > 1 s pass
                offered to mari (Ordered)
                dial mari
            > caller 1 heard it
                caller 1: Ringing tone
            > mari rings
            > 5 s pass
                mari ended: NoAnswer
                release mari: Normal
                call 1 waits at 1
                caller 1 hears (en): "(music)"
                caller 1: music music in en
        "#]],
    );
}

/// req V-42: `entry_when = "always"`: also where an agent rings at once; then the ringing tone until he answers.
#[test]
fn the_entry_message_always() {
    check(
        service("mari").with("announcements.entry_when = \"always\""),
        "call 1
         mari rings
         caller 1 heard it
         mari answers",
        expect![[r#"
            list: mari
            > call 1
                call 1 in line (Entered)
                offered to mari (Ordered)
                dial mari
                caller 1: answer
                caller 1 hears (en): "Your call has been placed in the queue."
                caller 1: play entry in en
            > mari rings
            > caller 1 heard it
                caller 1: Ringing tone
            > mari answers
                caller 1: join with mari
        "#]],
    );
}

/// req I-07: no agent rings before the welcome is over; the repeat counts from its end.
#[test]
fn the_welcome_is_played_whole() {
    check(
        service("mari")
            .with("announcements.welcome = \"tervetuloa\"")
            .with("announcements.repeat_every = \"20s\""),
        "call 1
         6 s pass
         caller 1 heard it
         mari rings
         mari answers",
        expect![[r#"
            list: mari
            > call 1
                call 1 in line (Entered)
                caller 1: answer
                caller 1 hears (en): "Welcome!"
                caller 1: play tervetuloa in en
            > 6 s pass
            > caller 1 heard it
                offered to mari (Ordered)
                dial mari
                caller 1: Ringing tone
            > mari rings
            > mari answers
                caller 1: join with mari
        "#]],
    );
}

/// req I-07: with `welcome_whole = false` the agent rings at once and his answer cuts it.
#[test]
fn the_welcome_may_be_cut_by_the_agent() {
    check(
        service("mari")
            .with("announcements.welcome = \"tervetuloa\"")
            .with("announcements.welcome_whole = false"),
        "call 1
         mari rings
         2 s pass
         mari answers",
        expect![[r#"
            list: mari
            > call 1
                call 1 in line (Entered)
                caller 1: answer
                caller 1 hears (en): "Welcome!"
                caller 1: play tervetuloa in en
                offered to mari (Ordered)
                dial mari
            > mari rings
            > 2 s pass
            > mari answers
                caller 1: join with mari
        "#]],
    );
}

/// req I-07, I-08: welcome, entry message, music.
#[test]
fn the_welcome_goes_before_the_entry_message() {
    check(
        service("mari")
            .with("announcements.welcome = \"tervetuloa\"")
            .with("announcements.welcome_whole = false")
            .with("announcements.repeat_every = \"none\""),
        "only play music tone dial answer
         pause mari
         call 1
         caller 1 heard it
         caller 1 heard it
         resume mari
         mari rings
         mari answers",
        expect![[r#"
            list: mari
            > only play music tone dial answer
            > pause mari
            > call 1
                caller 1: answer
                caller 1: play tervetuloa in en
            > caller 1 heard it
                caller 1: play entry in en
            > caller 1 heard it
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > resume mari
                dial mari
                caller 1: Ringing tone
            > mari rings
            > mari answers
        "#]],
    );
}

/// req V-46: from the agent's INVITE the ringing tone instead of music; music again when the offer has ended.
#[test]
fn ringback_while_an_agent_rings() {
    check(
        service("mari")
            .with("ring_time = \"5s\"")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only music tone dial play
         pause mari
         call 1
         resume mari
         mari rings
         5 s pass",
        expect![[r#"
            list: mari
            > only music tone dial play
            > pause mari
            > call 1
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > resume mari
                dial mari
                caller 1: Ringing tone
            > mari rings
            > 5 s pass
                caller 1 hears (en): "(music)"
                caller 1: music music in en
        "#]],
    );
}

/// req V-46: switched off, the music goes on while the agent rings.
#[test]
fn music_all_the_time_without_ringback() {
    check(
        service("mari")
            .with("announcements.ringback = false")
            .with("announcements.repeat_every = \"none\"")
            .with("announcements.entry = \"none\""),
        "only music tone dial play join answer
         pause mari
         call 1
         resume mari
         mari rings
         mari answers",
        expect![[r#"
            list: mari
            > only music tone dial play join answer
            > pause mari
            > call 1
                caller 1: answer
                caller 1 hears (en): "(music)"
                caller 1: music music in en
            > resume mari
                dial mari
            > mari rings
            > mari answers
                caller 1: join with mari
        "#]],
    );
}

/// req V-42, V-43: neither message nor music: 180 until the agent answers.
#[test]
fn nothing_to_hear_is_a_ringing_call() {
    check(
        service("mari")
            .with("announcements.music = \"none\"")
            .with("announcements.entry = \"none\"")
            .with("announcements.repeat_every = \"none\""),
        "pause mari
         call 1
         resume mari
         mari answers",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
                caller 1: ringing
            > resume mari
                mari resumed
                reply: Done
                offered to mari (Ordered)
                dial mari
            > mari answers
                caller 1: answer with mari
        "#]],
    );
}

/// req V-43, V-44: prompts of the company instead of the built-in ones.
#[test]
fn own_prompts_have_their_names() {
    check(
        service("mari")
            .with("announcements.music = \"jazz\"")
            .with("announcements.repeat = \"tervetuloa\"")
            .with("announcements.entry = \"none\"")
            .with("announcements.repeat_every = \"10s\""),
        "pause mari
         call 1
         10 s pass
         caller 1 heard it",
        expect![[r#"
            list: mari
            > pause mari
                mari paused
                reply: Done
            > call 1
                call 1 in line (Entered)
                call 1 waits at 1
                caller 1: answer
                caller 1 hears (en): "(jazz)"
                caller 1: music jazz in en
            > 10 s pass
                caller 1 hears (en): "Welcome!"
                caller 1: play tervetuloa in en
            > caller 1 heard it
                caller 1 hears (en): "(jazz)"
                caller 1: music jazz in en
        "#]],
    );
}

/// req V-46: a message under way is played to its end, then the ringing tone.
#[test]
fn a_message_is_not_cut_by_the_offer() {
    check(
        service("mari").with("announcements.repeat_every = \"none\""),
        "only music tone dial play
         pause mari
         call 1
         resume mari
         caller 1 heard it",
        expect![[r#"
            list: mari
            > only music tone dial play
            > pause mari
            > call 1
                caller 1: play entry in en
            > resume mari
                dial mari
            > caller 1 heard it
                caller 1: Ringing tone
        "#]],
    );
}

/// behaviour, "Queues": the agent's answer cuts message and music.
#[test]
fn the_answer_cuts_everything() {
    check(
        service("mari").with("announcements.repeat_every = \"10s\""),
        "pause mari
         call 1
         resume mari
         mari rings
         mari answers
         30 s pass",
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
            > resume mari
                mari resumed
                reply: Done
                offered to mari (Ordered)
                dial mari
            > mari rings
            > mari answers
                caller 1: join with mari
            > 30 s pass
        "#]],
    );
}

/// req K-34: the caller goes on hearing the ringing tone until 1 is pressed.
#[test]
fn a_member_outside_confirms_while_the_caller_waits() {
    check(
        service("Madis").with("confirm_outside = true").with("announcements.repeat_every = \"none\""),
        "call 1
         Madis rings
         Madis answers
         Madis presses 1",
        expect![[r#"
            list: Madis
            > call 1
                call 1 in line (Entered)
                offered to Madis (Ordered)
                dial Madis
                caller 1: ringing
            > Madis rings
            > Madis answers
                Madis hears (en): "Company call. Press one to accept."
                Madis: play press_1_to_accept in en
            > Madis presses 1
                caller 1: answer with Madis
        "#]],
    );
}
