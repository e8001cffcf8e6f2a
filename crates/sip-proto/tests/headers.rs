//! Headers about the way of a call: the delivered INVITE, the mapping of marks, what is refused.

use proptest::prelude::*;
use sip_proto::headers::{
    Address, Diversion, DiversionPrivacy, DiversionReason, Diverted, ENTRIES_MAX, HeaderError, HistoryEntry,
    Privacy, Reason, Warning, add_history, diversion_count, diversions_from_history, history_from_diversions,
    join, parse_identities, received,
};

const MAIN: &str = "sip:+3726123456@us.example;user=phone";
const MEMBER: &str = "sip:+3725123456@operator.example;user=phone";

#[test]
fn delivered_group_call_carries_both_marks() {
    // req K-26
    let diversion = join(&[Diversion::ours(MAIN, Diverted::Unconditional)]);
    let history = join(&add_history(&[], MAIN, MEMBER, Diverted::Unconditional, 1));
    let caller = join(&[Address::new("sip:+37251234567@us.example;user=phone")]);
    assert_eq!(caller, "<sip:+37251234567@us.example;user=phone>");
    assert_eq!(
        diversion,
        "<sip:+3726123456@us.example;user=phone>;reason=unconditional;counter=1;privacy=off;screen=no"
    );
    assert_eq!(
        history,
        "<sip:+3726123456@us.example;user=phone>;index=1, \
         <sip:+3725123456@operator.example;user=phone;cause=302>;index=1.1;mp=1"
    );
}

#[test]
fn members_who_ring_at_once_are_branches() {
    let index = |branch| {
        let history = add_history(&[], MAIN, MEMBER, Diverted::Unconditional, branch);
        history[1].index.to_string()
    };
    assert_eq!([index(1), index(2), index(3)], ["1.1", "1.2", "1.3"]);
}

#[test]
fn history_that_came_with_the_call_is_continued() {
    let came =
        HistoryEntry::parse("<sip:a@x>;index=1, <sip:+3726123456@us.example;cause=486>;index=1.1;mp=1")
            .unwrap();
    assert_eq!(
        join(&add_history(&came, MAIN, MEMBER, Diverted::NoAnswer, 1)),
        "<sip:a@x>;index=1, <sip:+3726123456@us.example;cause=486>;index=1.1;mp=1, \
         <sip:+3725123456@operator.example;user=phone;cause=408>;index=1.1.1;mp=1.1"
    );
    let silent = HistoryEntry::parse("<sip:a@x>;index=1").unwrap();
    let indexes: Vec<String> = add_history(&silent, MAIN, MEMBER, Diverted::Busy, 1)
        .iter()
        .map(|entry| entry.index.to_string())
        .collect();
    assert_eq!(indexes, ["1", "1.1", "1.1.1"]);
}

#[test]
fn mapping_table_of_rfc_7544() {
    use Diverted::{
        Busy, DeflectedAtOnce, DeflectedRinging, NoAnswer, NotRegistered, Other, Unconditional, Unreachable,
    };
    for (diverted, cause, reason, isup) in [
        (Unconditional, 302, "unconditional", 3),
        (Busy, 486, "user-busy", 1),
        (NoAnswer, 408, "no-answer", 2),
        (Unreachable, 503, "unavailable", 6),
        (NotRegistered, 404, "unknown", 0),
        (DeflectedAtOnce, 480, "deflection", 5),
        (DeflectedRinging, 487, "deflection", 4),
        (Other, 404, "unknown", 0),
    ] {
        assert_eq!(diverted.cause(), cause);
        assert_eq!(diverted.diversion_reason().as_str(), reason);
        assert_eq!(diverted.isup_reason(), isup);
        assert_eq!(Diverted::from_cause(cause).cause(), cause);
        let back = Diverted::from_diversion_reason(&diverted.diversion_reason());
        assert_eq!(back.diversion_reason(), diverted.diversion_reason());
    }
    assert_eq!(Diverted::from_diversion_reason(&DiversionReason::TimeOfDay).cause(), 404);
}

#[test]
fn diversion_becomes_history_oldest_first() {
    let diversions = Diversion::parse(
        "<sip:c@x>;reason=no-answer;counter=1, <sip:b@x>;reason=user-busy;counter=3;privacy=full, \
         \"Ann\" <sip:a@x>;reason=unconditional",
    )
    .unwrap();
    assert_eq!(diversion_count(&diversions), 5);
    assert_eq!(
        join(&history_from_diversions(&diversions, "sip:d@x")),
        "\"Ann\" <sip:a@x>;index=1, <sip:unknown@unknown.invalid;cause=302>;index=1.1;mp=1, \
         <sip:unknown@unknown.invalid;cause=404>;index=1.1.1;mp=1.1, \
         <sip:b@x;cause=404?Privacy=history>;index=1.1.1.1;mp=1.1.1, \
         <sip:c@x;cause=486>;index=1.1.1.1.1;mp=1.1.1.1, <sip:d@x;cause=408>;index=1.1.1.1.1.1;mp=1.1.1.1.1"
    );
    assert_eq!(history_from_diversions(&[], "sip:d@x"), []);
}

#[test]
fn a_counter_of_99_stays_within_the_limit() {
    let diversions = Diversion::parse(&join(&vec!["<sip:a@x>;counter=99"; 32])).unwrap();
    assert_eq!(history_from_diversions(&diversions, "sip:d@x").len(), ENTRIES_MAX);
}

#[test]
fn history_becomes_diversion_newest_first() {
    let history = HistoryEntry::parse(
        "<sip:a@x>;index=1, <sip:a@192.0.2.1>;index=1.1;rc=1, <sip:b@x;cause=302?Privacy=history>;index=1.2;mp=1, \
         <sip:c@x;cause=503>;index=1.2.1;mp=1.2",
    )
    .unwrap();
    let diversions = diversions_from_history(&history);
    assert_eq!(
        join(&diversions),
        "<sip:b@x>;reason=unavailable;counter=1;privacy=full;screen=no, \
         <sip:a@x>;reason=unconditional;counter=1;privacy=off;screen=no"
    );
    let other = Diversion::parse("<sip:z@x>;reason=away").unwrap();
    assert_eq!(received(&history, &other), diversions);
    assert_eq!(received(&history[..1], &other), other);
}

#[test]
fn a_failed_attempt_keeps_its_reason_in_its_entry() {
    let mut history = add_history(&[], MAIN, MEMBER, Diverted::Unconditional, 1);
    let entry = &mut history[1];
    entry.set_reason(&Reason { text: None, ..Reason::sip(408, "") });
    assert_eq!(
        entry.to_string(),
        "<sip:+3725123456@operator.example;user=phone;cause=302?Reason=SIP%3Bcause%3D408>;index=1.1;mp=1"
    );
    let read = HistoryEntry::parse(&entry.to_string()).unwrap().remove(0);
    assert_eq!(read.reason().unwrap().cause, Some(408));
    assert_eq!(read.cause(), Some(302));
    assert_eq!(&read, entry);
}

#[test]
fn line_breaks_hidden_in_a_uri_never_become_headers() {
    let entry = HistoryEntry::parse("<sip:a@x?Reason=SIP%0D%0AVia:%20x>;index=1").unwrap().remove(0);
    assert_eq!(entry.reason(), None);
    assert_eq!(entry.to_string(), "<sip:a@x?Reason=SIP%0D%0AVia%3A%20x>;index=1");
}

#[test]
fn semicolons_and_question_marks_of_a_user_are_no_parameters() {
    let entry =
        HistoryEntry::parse("<sip:a;cause=1?b@x;cause=486?Privacy=history>;index=1").unwrap().remove(0);
    assert_eq!((entry.cause(), entry.uri_without_cause()), (Some(486), "sip:a;cause=1?b@x".to_owned()));
    assert!(entry.is_private());
    assert_eq!(entry.address.core(), "sip:a;cause=1?b@x");
}

#[test]
fn diversion_as_carriers_write_it() {
    let value = "Main office <sip:+3726000@x>;privacy=\"full\" ; reason=\"follow-me\";counter=07;screen=yes;limit=5;x-y, \
                 <tel:+3726001>;reason=do-not-disturb,sip:bare@x;reason=night";
    let diversions = Diversion::parse(value).unwrap();
    assert_eq!(diversions[0].address.display.as_deref(), Some("Main office"));
    assert_eq!(diversions[0].privacy, Some(DiversionPrivacy::Full));
    assert_eq!(diversions[0].counter, 7);
    assert_eq!(diversions[2].reason, DiversionReason::Other("night".to_owned()));
    assert_eq!(
        join(&diversions),
        "\"Main office\" <sip:+3726000@x>;reason=follow-me;counter=7;limit=5;privacy=full;screen=yes;x-y, \
         <tel:+3726001>;reason=do-not-disturb;counter=1, <sip:bare@x>;reason=night;counter=1"
    );
}

#[test]
fn folded_values_are_read() {
    let history = HistoryEntry::parse("<sip:a@x>;index=1,\r\n <sip:b@x;cause=302>;index=1.1;mp=1").unwrap();
    assert_eq!(history.len(), 2);
}

#[test]
fn identities_are_names_numbers_or_both() {
    let identities =
        parse_identities("\"O\\\"Neill, A\" <sip:+37251234567@us.example;user=phone>, tel:+37251234567")
            .unwrap();
    assert_eq!(identities[0].display.as_deref(), Some("O\"Neill, A"));
    assert_eq!(identities[0].core(), "sip:+37251234567@us.example");
    assert_eq!(identities[1], Address::new("tel:+37251234567"));
    assert_eq!(
        join(&identities),
        "\"O\\\"Neill, A\" <sip:+37251234567@us.example;user=phone>, <tel:+37251234567>"
    );
}

#[test]
fn privacy_wishes() {
    let privacy = |value: &str| Privacy::parse(value).unwrap();
    assert!(privacy("id").hides_caller());
    assert!(privacy("User; critical").hides_caller());
    assert!(!privacy("none").hides_caller());
    assert!(!privacy("history").hides_caller());
    assert_eq!(privacy("ID ;session, new").to_string(), "id;session;new");
}

#[test]
fn reasons_of_cancel_and_bye() {
    assert_eq!(Reason::answered_elsewhere().to_string(), "SIP;cause=200;text=\"answered elsewhere\"");
    let reasons = Reason::parse("Q.850 ;cause=16 ;text=\"Terminated\", sip;cause=200;x=1").unwrap();
    assert_eq!(reasons[0].cause, Some(16));
    assert!(reasons[1].is_answered_elsewhere());
    assert_eq!(join(&reasons), "Q.850;cause=16;text=\"Terminated\", sip;cause=200;x=1");
}

#[test]
fn warnings_name_who_warns() {
    let warning = Warning::miscellaneous("helin", "no codec in common: \"G729\"");
    assert_eq!(warning.to_string(), "399 helin \"no codec in common: \\\"G729\\\"\"");
    assert_eq!(Warning::parse("305 isi.edu:5060 \"Incompatible\", 399 [::1] \"\"").unwrap().len(), 2);
    assert_eq!(Warning::parse(&warning.to_string()), Ok(vec![warning]));
    assert_eq!(Warning::miscellaneous("a b\r\n", "x").agent, "a-b--");
}

#[test]
fn faults_have_names() {
    let diversion = |value: &str| Diversion::parse(value).unwrap_err();
    assert_eq!(diversion(""), HeaderError::Empty);
    assert_eq!(diversion("<sip:a@x"), HeaderError::Unbalanced);
    assert_eq!(diversion("\"a <sip:a@x>"), HeaderError::Unbalanced);
    assert_eq!(diversion("a@x"), HeaderError::BadAddress);
    assert_eq!(diversion("<sip:a b@x>"), HeaderError::BadAddress);
    assert_eq!(diversion("<sip:a@x>reason=away"), HeaderError::BadAddress);
    assert_eq!(diversion("<sip:a@x>;counter=100"), HeaderError::BadParameter);
    assert_eq!(diversion("<sip:a@x>;counter=0"), HeaderError::BadParameter);
    assert_eq!(diversion("<sip:a@x>;reason"), HeaderError::BadParameter);
    assert_eq!(diversion(&join(&vec!["<sip:a@x>"; 33])), HeaderError::TooManyEntries);
    assert_eq!(diversion(&format!("<sip:a@x>{}", ";a=b".repeat(33))), HeaderError::TooManyParameters);
    assert_eq!(diversion(&format!("<sip:a@x>{}", ";a=b".repeat(28))), HeaderError::TooManyParameters);
    assert_eq!(diversion(&format!("<sip:{}@x>", "a".repeat(8_192))), HeaderError::TooLong);
    assert_eq!(diversion("<sip:a@x>\u{0}"), HeaderError::BadValue);
    assert_eq!(HistoryEntry::parse("<sip:a@x>").unwrap_err(), HeaderError::BadParameter);
    assert_eq!(HistoryEntry::parse("<sip:a@x>;index=1..2").unwrap_err(), HeaderError::BadParameter);
    assert_eq!(Warning::parse("399 x").unwrap_err(), HeaderError::BadValue);
    assert_eq!(Reason::parse("SIP;cause=-1").unwrap_err(), HeaderError::BadParameter);
}

proptest! {
    #[test]
    fn whatever_reads_writes_back_to_the_same(
        value in "((\"[ -~]{0,4}\"|[a-z]{0,3}) ?<?(sip|tel):[a-z%0-9;=?&@]{1,8}>?(;(index|reason|counter|mp|cause|text)=[0-9a-z.\"]{0,4}){0,3},?){1,3}"
    ) {
        if let Ok(read) = Diversion::parse(&value) {
            prop_assert_eq!(Diversion::parse(&join(&read)), Ok(read));
        }
        if let Ok(read) = HistoryEntry::parse(&value) {
            prop_assert_eq!(HistoryEntry::parse(&join(&read)), Ok(read));
        }
        if let Ok(read) = parse_identities(&value) {
            prop_assert_eq!(parse_identities(&join(&read)), Ok(read));
        }
    }

    #[test]
    fn no_text_of_ours_breaks_a_header(text in "\\PC{0,12}|[\\x00-\\x20\"\\\\]{0,6}") {
        let reason = Reason::sip(500, &text).to_string();
        prop_assert!(!reason.contains(['\r', '\n']));
        prop_assert!(Reason::parse(&reason).is_ok());
        prop_assert!(Warning::parse(&Warning::miscellaneous(&text, &text).to_string()).is_ok());
    }
}
