//! Any address: its parts come from its text, it equals itself, its escapes resolve.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_proto::uri::{Scheme, Uri, decode, escape_user};

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let escaped = escape_user(text);
    assert_eq!(decode(&escaped), text);
    if !text.is_empty() {
        let address = format!("sip:{escaped}@example.net");
        let uri = Uri::parse(&address).expect("an escaped user fits an address");
        assert_eq!(uri.user_decoded().as_deref(), Some(text));
    }
    let Ok(uri) = Uri::parse(text) else { return };
    assert_eq!(uri.to_string(), text);
    assert!(uri.matches(&uri), "{text} differs from itself");
    assert!(text.contains(uri.host));
    assert_eq!(uri.host.is_empty(), matches!(uri.scheme, Scheme::Tel | Scheme::Other));
    for param in uri.params() {
        assert!(text.contains(param.name) && text.contains(param.value));
    }
});
