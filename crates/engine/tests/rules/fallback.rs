//! When no member takes the call: the main line, the targets, the announcement (K-23 to K-25, K-31, K-49).

use expect_test::expect;

use crate::company::even;
use crate::script::check;

/// req K-23, K-31: no active member: the main line rings.
#[test]
fn with_nobody_logged_in_the_main_line_rings() {
    check(
        even("-mari -juri"),
        "call 1
         line rings
         line answers",
        expect![[r#"
            list:
            > call 1
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                caller 1: ringing
            > line rings
            > line answers
                caller 1: answer with line
        "#]],
    );
}

/// req K-23: each active member is tried once and none takes the call: the main line rings; nobody twice.
#[test]
fn each_member_is_tried_once_and_then_the_main_line_rings() {
    check(
        even("mari juri kati"),
        "call 1
         mari is busy
         juri is unreachable
         kati rings
         15 s pass
         line rings",
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
            > juri is unreachable
                juri ended: Unreachable
                juri to the tail (Unreachable)
                offered to kati (Rotation)
                dial kati
                list: mari kati juri
            > kati rings
            > 15 s pass
                kati ended: NoAnswer
                release kati: Normal
                kati to the tail (NoAnswer)
                screen of kati: "Info: the call from +3725557001 at hh:mm went on to the next. No need to call back."
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                list: mari juri kati
            > line rings
        "#]],
    );
}

/// req K-23: `passes` sets how often each member is tried.
#[test]
fn a_second_pass_tries_everybody_again() {
    check(
        even("mari juri").with("passes = 2"),
        "call 1
         mari is unreachable
         juri is busy
         juri is busy
         mari is busy",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari is unreachable
                mari ended: Unreachable
                mari to the tail (Unreachable)
                offered to juri (Rotation)
                dial juri
                list: juri mari
            > juri is busy
                juri ended: Busy
                offered to juri (Rotation)
                dial juri
            > juri is busy
                juri ended: Busy
                offered to mari (Rotation)
                dial mari
            > mari is busy
                mari ended: Busy
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
        "#]],
    );
}

/// req K-24: the main line does not answer in 20 s: the configured target, here another number.
#[test]
fn after_the_main_line_the_configured_target_is_called() {
    check(
        even("-mari").with("fallback = [\"own_line\", \"number:+3725557777\"]"),
        "details
         call 1
         line rings
         19.9 s pass
         0.1 s pass
         +3725557777 rings
         +3725557777 answers",
        expect![[r#"
            list:
            > details
            > call 1
                call 1 from stranger 1 to Group(E164(PhoneNumber(3726001000)))
                caller 1 begun as Caller
                visit of +3726001000
                offered to nobody (Nobody)
                visit of +3726001000 ended: Overflowed
                fallback own_line: Tried
                line begun as OwnLine
                dial line, showing +3725557001 "no name", diverted by +3726001000
                caller 1: ringing
            > line rings
                line alerting
            > 19.9 s pass
            > 0.1 s pass
                line ended: NoAnswer
                release line: Normal
                fallback own_line: Failed(NoAnswer)
                fallback number:+3725557777: Tried
                +3725557777 begun as Outside, charged to +3726001000
                dial +3725557777, showing +3725557001 "no name", diverted by +3726001000
            > +3725557777 rings
                +3725557777 alerting
            > +3725557777 answers
                +3725557777 answered
                call 1 answered
                caller 1: answer with +3725557777
        "#]],
    );
}

/// req K-24: the main line's ring time can be set; a busy or unplugged main line is the same as no answer.
#[test]
fn a_main_line_that_is_busy_or_off_is_the_same_as_no_answer() {
    check(
        even("-mari").with("own_line_ring_time = \"5s\"").with("fallback = [\"own_line\", \"hangup\"]"),
        "call 1
         line rings
         5 s pass
         call 2
         line is busy
         line has 0 phones
         call 3",
        expect![[r#"
            list:
            > call 1
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                caller 1: ringing
            > line rings
            > 5 s pass
                line ended: NoAnswer
                release line: Normal
                fallback own_line: Failed(NoAnswer)
                fallback hangup: Tried
                caller 1 ended: Unreachable
                release caller 1: Unavailable
                call 1 ended: Unanswered
            > call 2
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                caller 2: ringing
            > line is busy
                line ended: Busy
                fallback own_line: Failed(Busy)
                fallback hangup: Tried
                caller 2 ended: Unreachable
                release caller 2: Unavailable
                call 2 ended: Unanswered
            > line has 0 phones
            > call 3
                offered to nobody (Nobody)
                fallback own_line: Tried
                line ended: Unreachable
                fallback own_line: Failed(Unreachable)
                fallback hangup: Tried
                caller 3 ended: Unreachable
                release caller 3: Unavailable
                call 3 ended: Unanswered
        "#]],
    );
}

/// req K-24: the target may be the main voicemail; until it exists it is passed over, and the record says so.
#[test]
fn voicemail_is_passed_over_until_it_exists() {
    check(
        even("-mari").with("fallback = [\"own_line\", \"voicemail:+3726001000\"]"),
        "call 1
         line is busy
         explain 1",
        expect![[r#"
            list:
            > call 1
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                caller 1: ringing
            > line is busy
                line ended: Busy
                fallback own_line: Failed(Busy)
                fallback voicemail:+3726001000: PassedOver
                fallback announcement:unreachable: Tried
                caller 1 hears (en): "The mobile phone you are calling is switched off or out of the coverage area"
                caller 1: play unreachable in en
            > explain 1
                Nobody was left to offer it to
                  mari is logged out [logged_out]
                Went on to the group's own line
                the group's own line did not take the call
                the voicemail of +3726001000 was passed over: it cannot be used now
                Went on to the announcement “unreachable”
        "#]],
    );
}

/// req K-25: with neither voicemail nor forwarding the announcement, as early media, then 480: no answer, no
/// charge. In Estonian letter for letter.
#[test]
fn the_announcement_is_early_media_then_unavailable() {
    check(
        even("-mari").company("language = \"et\"").with("own_line ="),
        "call 1
         caller 1 heard it",
        expect![[r#"
            list:
            > call 1
                offered to nobody (Nobody)
                fallback own_line: PassedOver
                fallback announcement:unreachable: Tried
                caller 1 hears (et): "Mobiiltelefon, millele te helistate, on välja lülitatud, või asub väljaspool võrgu teeninduspiirkonda"
                caller 1: play unreachable in et
            > caller 1 heard it
                caller 1 ended: Unreachable
                release caller 1: Unavailable
                call 1 ended: Unanswered
        "#]],
    );
}

/// req K-25: in the language of the group.
#[test]
fn the_announcement_speaks_the_groups_language() {
    for (language, text) in [
        ("fi", "Matkapuhelin, johon soitatte, on suljettu tai verkon kuuluvuusalueen ulkopuolella"),
        ("sv", "Mobiltelefonen du ringer är avstängd eller utanför nätets täckningsområde"),
        ("en", "The mobile phone you are calling is switched off or out of the coverage area"),
        ("ru", "Мобильный телефон, на который вы звоните, выключен или находится вне зоны действия сети"),
    ] {
        let company = even("").with(&format!("language = \"{language}\"")).with("own_line =");
        let (bed, _) = crate::script::live(company, "call 1");
        let heard = format!("caller 1 hears ({language}): \"{text}\"");
        assert!(bed.told.contains(&heard), "{language}: {:#?}", bed.told);
        assert!(bed.told.contains(&format!("caller 1: play unreachable in {language}")));
    }
}

/// req K-31: while members can be offered the call, the main line does not ring; a call to the main number is a
/// call to the group.
#[test]
fn the_main_line_rings_for_nothing_else() {
    check(
        even("mari juri"),
        "call 1
         call 2 from kati
         juri answers",
        expect![[r#"
            list: mari juri
            > call 1
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > call 2 from kati
                offered to juri (Rotation)
                dial juri
                caller 2: ringing
            > juri answers
                juri to the tail (Answered)
                caller 2: answer with juri
        "#]],
    );
}

/// req K-31: the extension of a main line that has no number of its own is the group's, dialled or sent to; the line
/// rings when nobody else takes the call.
#[test]
fn the_extension_of_the_main_line_is_the_groups() {
    check(
        even("mari").person("line", "number = \"none\""),
        "call 1 from juri to line
         mari answers
         call 2 from kati to line",
        expect![[r#"
            list: mari
            > call 1 from juri to line
                offered to mari (Rotation)
                dial mari
                caller 1: ringing
            > mari answers
                mari to the tail (Answered)
                caller 1: answer with mari
            > call 2 from kati to line
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                caller 2: ringing
        "#]],
    );
}

/// req K-49: all busy on arrival: the main line at once, no queue, no announcement.
#[test]
fn with_everybody_busy_the_main_line_rings_at_once() {
    check(
        even("mari juri"),
        "call 1
         mari answers
         call 2 from juri to +3725557777
         call 3
         explain 3",
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
            > call 2 from juri to +3725557777
                dial +3725557777
            > call 3
                offered to nobody (Nobody)
                fallback own_line: Tried
                dial line
                caller 3: ringing
            > explain 3
                Nobody was left to offer it to
                  juri is in another call [busy]
                  mari is in another call [busy]
                Went on to the group's own line
        "#]],
    );
}

/// req X-08: one ordered list: each kind of target in turn; what cannot be used is passed over, and an exhausted
/// list ends in the announcement.
#[test]
fn the_list_is_tried_in_order() {
    let list = "fallback = [\"voicemail:+3726001000\", \"user:toomas\", \"group:+3726002000\", \"own_line\", \
                \"number:+3725557777\"]";
    check(
        even("-mari").with(list).beside("liis", &["fallback = [\"group:+3726001000\", \"user:kati\"]"]),
        "call 1
         toomas is busy
         liis is busy
         kati rejects
         caller 1 heard it",
        expect![[r#"
            list:; list of +3726002000: liis
            > call 1
                offered to nobody (Nobody)
                fallback voicemail:+3726001000: PassedOver
                fallback user:toomas: Tried
                dial toomas
                caller 1: ringing
            > toomas is busy
                toomas ended: Busy
                fallback user:toomas: Failed(Busy)
                fallback group:+3726002000: Tried
                offered to liis (Rotation) of +3726002000
                dial liis
            > liis is busy
                liis ended: Busy
                offered to nobody (Nobody) of +3726002000
                fallback group:+3726001000: PassedOver of +3726002000
                fallback user:kati: Tried of +3726002000
                dial kati
            > kati rejects
                kati ended: Rejected
                fallback user:kati: Failed(Rejected) of +3726002000
                fallback announcement:unreachable: Tried of +3726002000
                caller 1 hears (en): "The mobile phone you are calling is switched off or out of the coverage area"
                caller 1: play unreachable in en
            > caller 1 heard it
                caller 1 ended: Unreachable
                release caller 1: Unavailable
                call 1 ended: Unanswered
        "#]],
    );
}

/// req X-08: targets that end the call do so at once.
#[test]
fn busy_and_hangup_end_the_call() {
    check(
        even("").with("fallback = \"busy\""),
        "call 1
         set fallback = \"hangup\"
         call 2
         set fallback = [\"announcement:closed\", \"own_line\"]
         call 3
         caller 3 heard it",
        expect![[r#"
            list:
            > call 1
                offered to nobody (Nobody)
                fallback busy: Tried
                caller 1 ended: Busy
                release caller 1: Busy
                call 1 ended: Busy
            > set fallback = "hangup"
            > call 2
                offered to nobody (Nobody)
                fallback hangup: Tried
                caller 2 ended: Unreachable
                release caller 2: Unavailable
                call 2 ended: Unanswered
            > set fallback = ["announcement:closed", "own_line"]
            > call 3
                offered to nobody (Nobody)
                fallback announcement:closed: Tried
                caller 3 hears (en): "We are closed now. Please call again later."
                caller 3: play closed in en
            > caller 3 heard it
                caller 3 ended: Unreachable
                release caller 3: Unavailable
                call 3 ended: Unanswered
        "#]],
    );
}

/// req X-09: nobody there, nobody left and everybody busy all lead to the same list.
#[test]
fn every_way_out_leads_to_the_same_list() {
    let company = |members| even(members).with("fallback = \"number:+3725557777\"");
    let nobody = crate::script::live(company("-mari"), "call 1").1;
    let left = crate::script::live(company("mari"), "call 1\nmari is busy").1;
    let busy = crate::script::live(company("mari"), "call 1\nmari answers\ncall 2").1;
    for text in [&nobody, &left, &busy] {
        let tail: Vec<&str> = text.lines().rev().take(3).collect();
        assert!(text.contains("offered to nobody (Nobody)"), "{text}");
        assert!(tail.iter().any(|line| line.contains("fallback number:+3725557777: Tried")), "{text}");
        assert!(tail.iter().any(|line| line.contains("dial +3725557777")), "{text}");
    }
}
