//! Any value of the headers about a call's way: writing reads back to the same, marks map within their limits.
#![no_main]

use std::fmt::{Debug, Display};

use libfuzzer_sys::fuzz_target;
use sip_proto::uri::Uri;
use sip_proto::headers::{
    Address, Diversion, Diverted, ENTRIES_MAX, HeaderError, HistoryEntry, Privacy, Reason, ReferTarget, Replaces,
    VALUE_MAX, Warning, add_history, diversion_count, diversions_from_history, history_from_diversions, join,
    parse_identities,
};

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let diversions = check(text, Diversion::parse);
    let history = check(text, HistoryEntry::parse);
    check::<Address>(text, parse_identities);
    check(text, Reason::parse);
    check(text, Warning::parse);
    if let Ok(privacy) = Privacy::parse(text) {
        assert_eq!(Privacy::parse(&privacy.to_string()), Ok(privacy));
    }
    if let Ok(replaces) = Replaces::parse(text) {
        assert_eq!(Replaces::parse(&replaces.to_string()), Ok(replaces));
    }
    if let Ok(uri) = Uri::parse(text)
        && let Ok(target) = ReferTarget::of(&uri)
    {
        assert!(Uri::parse(&target.uri).is_ok());
    }
    assert!(diversion_count(&diversions) <= 99 * 32);
    assert!(history_from_diversions(&diversions, "sip:a@example.net").len() <= ENTRIES_MAX);
    assert!(diversions_from_history(&history).len() <= ENTRIES_MAX);
    let target = "sip:b@example.net";
    let grown = add_history(&history, "sip:a@example.net", target, Diverted::Unconditional, 1);
    assert!(grown.len() <= ENTRIES_MAX);
});

fn check<T: Debug + Display + PartialEq>(
    text: &str,
    parse: fn(&str) -> Result<Vec<T>, HeaderError>,
) -> Vec<T> {
    let Ok(read) = parse(text) else { return Vec::new() };
    assert!(!read.is_empty() && read.len() <= ENTRIES_MAX);
    let written = join(&read);
    assert!(!written.contains(['\r', '\n', '\0']));
    if written.len() <= VALUE_MAX {
        assert_eq!(parse(&written).as_ref(), Ok(&read));
    }
    read
}
