//! How service codes are written (X-20).

use expect_test::expect;

use crate::company::even;
use crate::script::check;

/// req X-20: the own codes are matched before the grammar of the mobile networks, of which `*961*1#` would be
/// the activation of a service; that grammar's own codes are refused until they exist, and change nothing.
#[test]
fn own_codes_come_before_the_grammar_of_mobile_networks() {
    check(
        even("-mari"),
        "code *961*1# by mari
         code **21*+3725557777# by mari
         text *21# by mari",
        expect![[r#"
            list:
            > code *961*1# by mari
                mari logged in by Party(PartyId(1))
                mari used *961*1#
                caller 90: answer
                screen of mari: "Info: you are logged in, position 1."
                caller 90 hears (en): "You are logged in."
                caller 90: play logged_in in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: mari
            > code **21*+3725557777# by mari
                caller 91: answer
                screen of mari: "This service is not available yet. Nothing was changed."
                caller 91 hears (en): "This service is not available yet."
                caller 91: play forwarding_not_available in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
            > text *21# by mari
                reply: "This service is not available yet. Nothing was changed." (not done)
        "#]],
    );
}

/// req X-20: written with %23 or without the last sign, as phones send it.
#[test]
fn a_code_is_read_as_phones_write_it() {
    check(
        even("-mari -juri"),
        "code *961*1%23 by mari
         code *961*1 by juri",
        expect![[r#"
            list:
            > code *961*1%23 by mari
                mari logged in by Party(PartyId(1))
                mari used *961*1#
                caller 90: answer
                screen of mari: "Info: you are logged in, position 1."
                caller 90 hears (en): "You are logged in."
                caller 90: play logged_in in en
                caller 90 ended: Answered
                release caller 90: Normal
                call 90 ended: Answered
                list: mari
            > code *961*1 by juri
                juri logged in by Party(PartyId(2))
                juri used *961*1#
                caller 91: answer
                screen of juri: "Info: you are logged in, position 2."
                caller 91 hears (en): "You are logged in."
                caller 91: play logged_in in en
                caller 91 ended: Answered
                release caller 91: Normal
                call 91 ended: Answered
                list: mari juri
        "#]],
    );
}
