//! What foreign networks and mailboxes do with an offer, and what each failure counts for (K-33, K-34, K-48).

use expect_test::expect;

use crate::company::{Company, even};
use crate::script::check;

/// req K-33: hints against diversion go with the call; a diversion seen counts as not answered, with a warning.
#[test]
fn a_foreign_diversion_counts_as_not_answered() {
    check(
        even("mari Madis juri"),
        "details
         call 1
         mari rings
         mari is diverted
         Madis is diverted
         juri answers",
        expect![[r#"
            list: mari Madis juri
            > details
            > call 1
                call 1 from stranger 1 to Group(E164(PhoneNumber(3726001000)))
                caller 1 begun as Caller
                visit of +3726001000
                offered to mari (Rotation)
                mari begun as Member
                dial mari, showing +3725557001 "Info +3725557001", diverted by +3726001000, no diversion
                caller 1: ringing
            > mari rings
                mari alerting
            > mari is diverted
                mari ended: Diverted
                release mari: Normal
                mari to the tail (NoAnswer)
                notice to mari: DiversionSeen
                screen of mari: "Info: your phone forwards calls. Switch the forwarding off to get the group's calls."
                offered to Madis (Rotation)
                Madis begun as Member, charged to +3726001000
                dial Madis, showing +3725557001 "Info +3725557001", diverted by +3726001000, no diversion
                list: Madis juri mari
            > Madis is diverted
                Madis ended: Diverted
                release Madis: Normal
                Madis to the tail (NoAnswer)
                offered to juri (Rotation)
                juri begun as Member
                dial juri, showing +3725557001 "Info +3725557001", diverted by +3726001000, no diversion
                list: juri mari Madis
            > juri answers
                juri answered
                juri to the tail (Answered)
                visit of +3726001000 ended: Served
                call 1 answered
                caller 1: answer with juri
                list: mari Madis juri
        "#]],
    );
}

/// req K-34: an outside member presses 1 to accept; a mailbox that picks up counts as no answer.
#[test]
fn a_mailbox_does_not_take_the_call() {
    check(
        even("Madis juri").with("confirm_outside = true"),
        "call 1
         Madis rings
         Madis answers
         Madis presses 5
         9.9 s pass
         0.1 s pass
         juri answers",
        expect![[r#"
            list: Madis juri
            > call 1
                offered to Madis (Rotation)
                dial Madis
                caller 1: ringing
            > Madis rings
            > Madis answers
                Madis hears (en): "Company call. Press one to accept."
                Madis: play press_1_to_accept in en
            > Madis presses 5
            > 9.9 s pass
            > 0.1 s pass
                Madis ended: NotConfirmed
                release Madis: Normal
                Madis to the tail (NoAnswer)
                offered to juri (Rotation)
                dial juri
                list: juri Madis
            > juri answers
                juri to the tail (Answered)
                caller 1: answer with juri
                list: Madis juri
        "#]],
    );
}

/// mari has a mobile beside her desk phone, and must press 1 on it.
fn with_mobile() -> Company {
    even("mari juri")
        .with("confirm_outside = true")
        .with("devices = [\"desk\", \"mobile\"]")
        .person("mari", "mobile = \"+3725559101\"")
}

/// req K-34, V-34: so does a user on his mobile; at his desk he need not.
#[test]
fn a_user_presses_1_on_his_mobile_only() {
    check(
        with_mobile(),
        "call 1
         mari answers by mobile
         10 s pass
         juri answers",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers by mobile
                mari hears (en): "Company call. Press one to accept."
                mari: play press_1_to_accept in en
            > 10 s pass
                mari ended: NotConfirmed
                release mari: Normal
                mari to the tail (NoAnswer)
                offered to juri (Rotation)
                dial juri
                list: juri mari
            > juri answers
                juri to the tail (Answered)
                caller 1: answer with juri
                list: mari juri
        "#]],
    );
    check(
        with_mobile(),
        "call 1
         mari answers by mobile
         mari presses 1",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers by mobile
                mari hears (en): "Company call. Press one to accept."
                mari: play press_1_to_accept in en
            > mari presses 1
                mari: accepted
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri mari
        "#]],
    );
    check(
        with_mobile(),
        "call 1
         mari answers",
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
        "#]],
    );
}

/// req K-34, V-34: while his mobile is asked his desk phone rings on for its time, and may take the call.
#[test]
fn a_mailbox_of_the_mobile_does_not_end_the_desk_phones_ring() {
    check(
        with_mobile(),
        "call 1
         mari rings
         2 s pass
         mari answers by mobile
         12 s pass
         mari answers",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > 2 s pass
            > mari answers by mobile
                mari hears (en): "Company call. Press one to accept."
                mari: play press_1_to_accept in en
            > 12 s pass
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri mari
        "#]],
    );
    check(
        with_mobile(),
        "call 1
         mari rings
         2 s pass
         mari answers by mobile
         13 s pass",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari rings
            > 2 s pass
            > mari answers by mobile
                mari hears (en): "Company call. Press one to accept."
                mari: play press_1_to_accept in en
            > 13 s pass
                mari ended: NotConfirmed
                release mari: Normal
                mari to the tail (NoAnswer)
                offered to juri (Rotation)
                dial juri
                list: juri mari
        "#]],
    );
}

/// req K-34, X-02: a mailbox that picks up every time is a member who misses every time.
#[test]
fn a_mailbox_does_not_begin_the_count_of_misses_anew() {
    check(
        even("Madis").with("confirm_outside = true").with("misses_before_logout = 2").with("own_line ="),
        "call 1
         Madis answers
         10 s pass
         call 2
         Madis answers
         Madis hangs up",
        expect![[r#"
            list: Madis
            > call 1
                offered to Madis (Rotation)
                dial Madis
                caller 1: ringing
            > Madis answers
                Madis hears (en): "Company call. Press one to accept."
                Madis: play press_1_to_accept in en
            > 10 s pass
                Madis ended: NotConfirmed
                release Madis: Normal
                Madis to the tail (NoAnswer)
                offered to nobody (Nobody)
                fallback own_line: PassedOver
                fallback announcement:unreachable: Tried
                caller 1 hears (en): "The mobile phone you are calling is switched off or out of the coverage area"
                caller 1: play unreachable in en
            > call 2
                offered to Madis (Rotation)
                dial Madis
                caller 2: ringing
            > Madis answers
                Madis hears (en): "Company call. Press one to accept."
                Madis: play press_1_to_accept in en
            > Madis hangs up
                Madis ended: NotConfirmed
                Madis to the tail (NoAnswer)
                Madis logged out by Rule
                offered to nobody (Nobody)
                fallback own_line: PassedOver
                fallback announcement:unreachable: Tried
                caller 2 hears (en): "The mobile phone you are calling is switched off or out of the coverage area"
                caller 2: play unreachable in en
                list:
        "#]],
    );
}

/// req K-34: with 1 pressed he has the call; who hangs up before has not taken it.
#[test]
fn pressing_one_takes_the_call() {
    check(
        even("Madis juri").with("confirm_outside = true"),
        "call 1
         Madis answers
         Madis presses 1
         caller 1 hangs up
         call 2
         juri is busy
         Madis answers
         Madis hangs up",
        expect![[r#"
            list: Madis juri
            > call 1
                offered to Madis (Rotation)
                dial Madis
                caller 1: ringing
            > Madis answers
                Madis hears (en): "Company call. Press one to accept."
                Madis: play press_1_to_accept in en
            > Madis presses 1
                Madis to the tail (Answered)
                caller 1: answer with Madis
                list: juri Madis
            > caller 1 hangs up
                caller 1 ended: HangUp
                Madis ended: Answered
                release Madis: Normal
                call 1 ended: Answered
            > call 2
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
            > juri is busy
                juri ended: Busy
                offered to Madis (Rotation)
                dial Madis
            > Madis answers
                Madis hears (en): "Company call. Press one to accept."
                Madis: play press_1_to_accept in en
            > Madis hangs up
                Madis ended: NotConfirmed
                Madis to the tail (NoAnswer)
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
        "#]],
    );
}

/// req K-34: it is optional, and never asked of a phone of ours.
#[test]
fn without_the_setting_an_answer_is_an_answer() {
    check(
        even("mari Madis").with("confirm_outside = true"),
        "call 1
         mari answers
         set confirm_outside = false
         call 2
         Madis answers",
        expect![[r#"
            list: mari Madis
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: Madis mari
            > set confirm_outside = false
            > call 2
                offered to Madis (Rotation)
                dial Madis
                caller 2: ringing
            > Madis answers
                Madis to the tail (Answered)
                caller 2: answer with Madis
                list: mari Madis
        "#]],
    );
}

/// req K-48: each way in which a leg fails, as what it counts for the place in the list.
#[test]
fn each_failure_counts_as_the_table_says() {
    check(
        even("mari juri kati toomas liis Madis").with("own_line ="),
        "call 1
         mari is unreachable
         juri is busy
         kati is forbidden
         toomas is not acceptable
         liis does not answer
         Madis is over the limit",
        expect![[r#"
            list: mari juri kati toomas liis Madis
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari is unreachable
                mari ended: Unreachable
                mari to the tail (Unreachable)
                offered to juri (Rotation)
                dial juri
                list: juri kati toomas liis Madis mari
            > juri is busy
                juri ended: Busy
                offered to kati (Rotation)
                dial kati
            > kati is forbidden
                kati ended: Forbidden
                kati to the tail (Unreachable)
                offered to toomas (Rotation)
                dial toomas
                list: juri toomas liis Madis mari kati
            > toomas is not acceptable
                toomas ended: NotAcceptable
                toomas to the tail (Unreachable)
                offered to liis (Rotation)
                dial liis
                list: juri liis Madis mari kati toomas
            > liis does not answer
                liis ended: NoAnswer
                liis to the tail (NoAnswer)
                screen of liis: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to Madis (Rotation)
                dial Madis
                list: juri Madis mari kati toomas liis
            > Madis is over the limit
                Madis ended: LimitReached
                offered to nobody (Nobody)
                fallback own_line: PassedOver
                fallback announcement:unreachable: Tried
                caller 1 hears (en): "The mobile phone you are calling is switched off or out of the coverage area"
                caller 1: play unreachable in en
        "#]],
    );
}

/// req F-26: after five diversions a group does not send the call on once more; who is called himself is rung.
#[test]
fn a_call_diverted_five_times_is_not_sent_on() {
    check(
        even("mari juri"),
        "call 1 diverted 4
         mari answers
         call 2 diverted 5
         caller 2 heard it
         call 3 to toomas diverted 9",
        expect![[r#"
            list: mari juri
            > call 1 diverted 4
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
                list: juri mari
            > call 2 diverted 5
                caller 2 hears (en): "The mobile phone you are calling is switched off or out of the coverage area"
                caller 2: play unreachable in en
            > caller 2 heard it
                caller 2 ended: Unreachable
                release caller 2: Unavailable
                call 2 ended: Failed
            > call 3 to toomas diverted 9
                dial toomas
        "#]],
    );
}
