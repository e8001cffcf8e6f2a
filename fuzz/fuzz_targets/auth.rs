//! Any challenge and any credentials: writing reads back to the same, an answer proves only with the password.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sip_proto::auth::{Algorithm, Attempt, Challenge, Challenger, Credentials, Login, Secret, VALUE_MAX};

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let password = Secret::new("right");
    if let Ok(challenge) = Challenge::parse(text) {
        assert!(text.len() <= VALUE_MAX);
        let written = challenge.to_string();
        if written.len() <= VALUE_MAX {
            assert_eq!(Challenge::parse(&written).as_ref(), Ok(&challenge));
        }
        let login = Login {
            username: text,
            password: &password,
            method: "REGISTER",
            uri: "sip:example.net",
            cnonce: "c",
            nonce_count: 1,
        };
        check_credentials(&challenge.answer(&login));
    }
    if let Ok(credentials) = Credentials::parse(text) {
        check_credentials(&credentials);
        let challenger = Challenger::new("helin", [7; 32], &[Algorithm::Md5, Algorithm::Sha256]);
        let attempt = Attempt {
            credentials: &credentials,
            method: "REGISTER",
            request_uri: &credentials.uri,
            source: "192.0.2.10",
            now_s: 1_790_000_000,
        };
        // No password: nothing may prove, whatever is claimed.
        assert!(challenger.verify(&attempt, None).is_err());
        assert!(challenger.verify(&attempt, Some(&Secret::new("one nobody can guess"))).is_err());
    }
});

fn check_credentials(credentials: &Credentials) {
    let written = credentials.to_string();
    if written.len() <= VALUE_MAX {
        assert_eq!(Credentials::parse(&written).as_ref(), Ok(credentials));
    }
    assert!(!written.contains(['\r', '\n', '\0']));
}
