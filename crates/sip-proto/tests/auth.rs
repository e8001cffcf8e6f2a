//! Digest: the vectors of the RFCs, both sides against each other, and what a stranger can tell.

use expect_test::expect;
use proptest::prelude::*;
use sip_proto::auth::{
    Algorithm, Attempt, AuthError, Challenge, Challenger, Credentials, Denied, Login, NONCE_VALIDITY_S,
    Secret, Staleness, Verified, choose,
};

const NOW_S: u64 = 1_790_000_000;
const PHONE: &str = "192.0.2.10";
const URI: &str = "sip:+3726001000@example.net";

fn challenger(algorithms: &[Algorithm]) -> Challenger {
    Challenger::new("helin", [7; 32], algorithms)
}

fn login<'a>(password: &'a Secret, nonce_count: u32) -> Login<'a> {
    Login { username: "mari", password, method: "INVITE", uri: URI, cnonce: "c0ffee", nonce_count }
}

fn attempt(credentials: &Credentials) -> Attempt<'_> {
    Attempt { credentials, method: "INVITE", request_uri: URI, source: PHONE, now_s: NOW_S + 1 }
}

fn answer(password: &str) -> Credentials {
    let challenge = challenger(&[Algorithm::Md5]).challenges(PHONE, NOW_S, Staleness::Fresh).remove(0);
    challenge.answer(&login(&Secret::new(password), 1))
}

/// What the server says to `credentials` of user mari, whose password is "right".
fn verdict(change: impl FnOnce(&mut Attempt<'_>), credentials: &Credentials) -> Result<Verified, Denied> {
    let mut attempt = attempt(credentials);
    change(&mut attempt);
    challenger(&[Algorithm::Md5]).verify(&attempt, Some(&Secret::new("right")))
}

#[test]
fn vectors_of_rfc_7616_3_9_1() {
    let response = |algorithm: &str| {
        let challenge = format!(
            "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
             nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
        );
        let login = Login {
            username: "Mufasa",
            password: &Secret::new("Circle of Life"),
            method: "GET",
            uri: "/dir/index.html",
            cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            nonce_count: 1,
        };
        Challenge::parse(&challenge).unwrap().answer(&login).response
    };
    assert_eq!(response("MD5"), "8ca523f5e9506fed4657c9700eebdbec");
    assert_eq!(response("SHA-256"), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

#[test]
fn vector_of_rfc_2617_3_5_and_the_old_form_without_qop() {
    let challenge = |qop: &str| {
        let nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
        Challenge::parse(&format!("Digest realm=\"testrealm@host.com\",{qop}nonce=\"{nonce}\"")).unwrap()
    };
    let password = Secret::new("Circle Of Life");
    let login = Login {
        username: "Mufasa",
        password: &password,
        method: "GET",
        uri: "/dir/index.html",
        cnonce: "0a4f113b",
        nonce_count: 1,
    };
    let counted = challenge("qop=\"auth,auth-int\",").answer(&login);
    assert_eq!(counted.response, "6629fae49393a05397450978507c4ef1");
    let old = challenge("").answer(&login);
    // MD5 of "939e7578ed9e3c518a452acee763bce9:<nonce>:39aff3a2bab6126f332b942af96d3366" (RFC 2617 3.5's HA1, HA2).
    assert_eq!(old.response, "670fd8c2df070c60b045671b8b24ff02");
    assert!(!old.to_string().contains("qop"));
}

/// What baresip 1.0.0, Linphone 5.1 and SIPp 3.6 sent for user mari with password "right".
const FROM_PHONES: [(&str, &str); 3] = [
    (
        "INVITE",
        r#"Digest username="mari", realm="helin", nonce="000000006ab13b8068911a15c2662d35", uri="sip:+3726001000@127.0.0.1:25060", response="127a603eb0d4045f02eb98d6f633ca81", cnonce="e2e8f38694d5fcfd", qop=auth, nc=00000001"#,
    ),
    (
        "REGISTER",
        r#"Digest realm="helin", nonce="000000006ab13b8068911a15c2662d35", algorithm=MD5, username="mari",  uri="sip:127.0.0.1", response="5b1f40f46bddd451a7a2cace8771b7cf", cnonce="Hp-05W2lL87Sss5f", nc=00000001, qop=auth"#,
    ),
    (
        "INVITE",
        r#"Digest username="mari",realm="helin",cnonce="6b8b4567",nc=00000001,qop=auth,uri="sip:127.0.0.1:25062",nonce="000000006ab13b8068911a15c2662d35",response="1f93cd92c2f60244992acff4e2479e01",algorithm=MD5"#,
    ),
];

#[test]
fn real_phones_compute_what_we_compute() {
    for (method, value) in FROM_PHONES {
        let credentials = Credentials::parse(value).unwrap();
        let counted = credentials.counted.clone().unwrap();
        let challenge = Challenge {
            realm: credentials.realm.clone(),
            nonce: credentials.nonce.clone(),
            algorithm: credentials.algorithm,
            opaque: credentials.opaque.clone(),
            qop_auth: true,
            staleness: Staleness::Fresh,
        };
        let login = Login {
            username: "mari",
            password: &Secret::new("right"),
            method,
            uri: &credentials.uri,
            cnonce: &counted.cnonce,
            nonce_count: counted.nonce_count,
        };
        assert_eq!(challenge.answer(&login), credentials, "{value}");
    }
}

#[test]
fn a_client_answers_the_first_challenge_it_supports() {
    // RFC 8760 2.4: strongest first, each in its own header.
    let offered = [
        "Digest realm=\"a\", nonce=\"1\", qop=\"auth\", algorithm=SHA-512-256",
        "Basic realm=\"a\"",
        "Digest realm=\"a\", nonce=\"2\", qop=\"auth-int\", algorithm=SHA-256",
        "Digest realm=\"a\", nonce=\"3\", qop=\"auth\", algorithm=SHA-256",
        "Digest realm=\"a\", nonce=\"4\", qop=\"auth\", algorithm=MD5",
    ];
    assert_eq!(choose(offered).unwrap().nonce, "3");
    assert_eq!(choose(offered[..3].iter().copied()), None);
}

#[test]
fn both_sides_agree_with_either_algorithm() {
    let both = challenger(&[Algorithm::Sha256, Algorithm::Md5]);
    let password = Secret::new("right");
    for challenge in both.challenges(PHONE, NOW_S, Staleness::Fresh) {
        let header =
            Challenge::parse(&challenge.to_string()).unwrap().answer(&login(&password, 3)).to_string();
        let credentials = Credentials::parse(&header).unwrap();
        assert_eq!(both.verify(&attempt(&credentials), Some(&password)), Ok(Verified { nonce_count: 3 }));
    }
}

#[test]
fn a_wrong_password_an_unknown_user_and_foreign_credentials_look_the_same() {
    assert_eq!(verdict(|_| {}, &answer("right")), Ok(Verified { nonce_count: 1 }));
    assert_eq!(verdict(|_| {}, &answer("wrong")), Err(Denied::Wrong));
    assert_eq!(verdict(|attempt| attempt.method = "REGISTER", &answer("right")), Err(Denied::Wrong));
    let unknown = challenger(&[Algorithm::Md5]).verify(&attempt(&answer("right")), None);
    assert_eq!(unknown, Err(Denied::Wrong));
    let other_realm = Credentials { realm: "elsewhere".to_owned(), ..answer("right") };
    assert_eq!(verdict(|_| {}, &other_realm), Err(Denied::Wrong));
    let uncounted = Credentials { counted: None, ..answer("right") };
    assert_eq!(verdict(|_| {}, &uncounted), Err(Denied::Wrong));
    let not_offered =
        challenger(&[Algorithm::Sha256]).verify(&attempt(&answer("right")), Some(&Secret::new("right")));
    assert_eq!(not_offered, Err(Denied::Wrong));
}

#[test]
fn an_old_or_moved_nonce_is_stale_only_for_who_knows_the_password() {
    let late = |attempt: &mut Attempt<'_>| attempt.now_s = NOW_S + NONCE_VALIDITY_S + 1;
    assert_eq!(
        verdict(|attempt| attempt.now_s = NOW_S + NONCE_VALIDITY_S, &answer("right")).map(|_| ()),
        Ok(())
    );
    assert_eq!(verdict(late, &answer("right")), Err(Denied::Stale));
    assert_eq!(verdict(late, &answer("wrong")), Err(Denied::Wrong));
    assert_eq!(verdict(|attempt| attempt.source = "192.0.2.11", &answer("right")), Err(Denied::Stale));
    assert_eq!(verdict(|attempt| attempt.now_s = NOW_S - 1, &answer("right")), Err(Denied::Stale));
    let stale = challenger(&[Algorithm::Md5]).challenges(PHONE, NOW_S, Denied::Stale.staleness());
    assert!(stale[0].to_string().ends_with("stale=true"));
    assert_eq!(Denied::Wrong.staleness(), Staleness::Fresh);
}

#[test]
fn a_forged_nonce_is_never_accepted() {
    let password = Secret::new("right");
    for nonce in [
        "",
        "0",
        "zzzzzzzzzzzzzzzz",
        "000000006ab13c80ffffffffffffffffffffffffffffffff",
        "ä".repeat(30).as_str(),
    ] {
        let challenge = Challenge {
            nonce: nonce.to_owned(),
            ..challenger(&[Algorithm::Md5]).challenges(PHONE, NOW_S, Staleness::Fresh).remove(0)
        };
        assert_eq!(verdict(|_| {}, &challenge.answer(&login(&password, 1))), Err(Denied::Stale), "{nonce}");
    }
}

#[test]
fn the_digest_is_bound_to_the_called_user_but_not_to_the_host() {
    let called = |uri| verdict(|attempt| attempt.request_uri = uri, &answer("right")).is_ok();
    assert!(called("sip:%2B3726001000@198.51.100.1:5080;transport=udp"));
    assert!(called("tel:+3726001000"));
    assert!(!called("sip:+3729001000@example.net"));
    assert!(!called("sip:example.net"));
    // SIPp 3.6 signs the host alone.
    let challenge = challenger(&[Algorithm::Md5]).challenges(PHONE, NOW_S, Staleness::Fresh).remove(0);
    let password = Secret::new("right");
    let host_alone = challenge.answer(&Login { uri: "sip:192.0.2.1:5060", ..login(&password, 1) });
    assert!(verdict(|_| {}, &host_alone).is_ok());
}

#[test]
fn challenge_header_is_written_for_old_phones_too() {
    let challenge = challenger(&[Algorithm::Md5]).challenges(PHONE, NOW_S, Staleness::Fresh).remove(0);
    expect![[r#"Digest realm="helin", nonce="000000006ab13b8068911a15c2662d35e1ee2491058edff3", algorithm=MD5, qop="auth""#]]
        .assert_eq(&challenge.to_string());
}

#[test]
fn credentials_as_phones_write_them_are_read() {
    let value = "Digest username=\"mari\",realm=helin, nonce=\"n==\" ,\r\n uri=\"sip:a@b;x=\\\"y\\\"\",\
                 response=\"0AF0\",algorithm=\"md5\",qop=\"auth\",nc=0000000a,cnonce=abc==,auts=\"\",";
    expect![[r#"Digest username="mari", realm="helin", nonce="n==", uri="sip:a@b;x=\"y\"", response="0af0", algorithm=MD5, qop=auth, nc=0000000a, cnonce="abc==""#]]
        .assert_eq(&Credentials::parse(value).unwrap().to_string());
}

#[test]
fn unreadable_credentials_name_their_fault() {
    let fault = |value: &str| Credentials::parse(value).unwrap_err();
    let whole = "Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"u\", response=\"0\"";
    assert_eq!(fault(""), AuthError::NotDigest);
    assert_eq!(fault("Basic abc"), AuthError::NotDigest);
    assert_eq!(fault("Digest username=\"a\""), AuthError::Missing("realm"));
    assert_eq!(fault(&format!("{whole}, nonce=\"m\"")), AuthError::Repeated("nonce"));
    assert_eq!(fault(&format!("{whole}, algorithm=MD5-sess")), AuthError::UnsupportedAlgorithm);
    assert_eq!(fault(&format!("{whole}, qop=auth-int")), AuthError::UnsupportedQop);
    assert_eq!(fault(&format!("{whole}, qop=auth")), AuthError::Missing("nc"));
    assert_eq!(fault(&format!("{whole}, qop=auth, nc=+1, cnonce=c")), AuthError::Malformed);
    assert_eq!(fault(&format!("{whole}, x=\"open")), AuthError::Malformed);
    assert_eq!(fault(&format!("{whole}, x=\"a\"b")), AuthError::Malformed);
    assert_eq!(fault(&format!("{whole}{}", ", x=1".repeat(33))), AuthError::TooManyParameters);
    assert_eq!(fault(&format!("{whole}, x=\"{}\"", "x".repeat(4_096))), AuthError::TooLong);
}

#[test]
fn passwords_do_not_print() {
    assert_eq!(format!("{:?}", Secret::new("right")), "Secret(***)");
}

proptest! {
    #[test]
    fn what_a_client_writes_a_server_reads(username in ".{0,20}", cnonce in "[ -~]{0,20}", password in ".{0,20}") {
        let challenge = challenger(&[Algorithm::Sha256]).challenges(PHONE, NOW_S, Staleness::Fresh).remove(0);
        let password = Secret::new(password);
        let login = Login { username: &username, cnonce: &cnonce, ..login(&password, 1) };
        let credentials = Credentials::parse(&challenge.answer(&login).to_string()).unwrap();
        prop_assert!(challenger(&[Algorithm::Sha256]).verify(&attempt(&credentials), Some(&password)).is_ok());
    }
}
