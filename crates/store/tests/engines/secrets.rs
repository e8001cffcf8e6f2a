//! Secrets at rest: sealed in the database, opened by the master key for their company only.

use model::time::Utc;
use store::{MasterKey, NewVersion, SecretKind, Store, StoreError};

use crate::place::{Place, holds};
use crate::sample::tenant;

on_both!(
    a_secret_lies_sealed_and_survives_a_restart,
    the_wrong_master_key_is_named,
    a_new_secret_replaces_the_old_and_others_stay,
    a_secret_moved_to_another_company_does_not_open,
);

async fn a_secret_lies_sealed_and_survives_a_restart(place: &Place) {
    let store = place.open().await;
    put(&store, "sinilind", 0, &[("mari", SecretKind::SipPassword, "demo-mari")]).await;
    for sealed in place.octets("SELECT sealed FROM secret").await {
        assert!(!holds(&sealed, "demo-mari"), "the password can be read in the database");
    }
    let store = place.reopen(store).await;
    assert_eq!(sip(&store, "sinilind").await, [("mari".to_owned(), "demo-mari".to_owned())]);
    if let Place::Lite(folder) = place {
        for file in std::fs::read_dir(folder.path()).unwrap() {
            let octets = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!holds(&octets, "demo-mari"), "the password can be read in the file");
        }
    }
}

async fn the_wrong_master_key_is_named(place: &Place) {
    let store = place.open().await;
    put(&store, "sinilind", 0, &[("mari", SecretKind::SipPassword, "demo-mari")]).await;
    let wrong = MasterKey::new([8; 32]);
    let refused = store.secrets(&tenant("sinilind"), SecretKind::SipPassword, &wrong).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unreadable { .. }), "{refused:?}");
    assert!(refused.to_string().contains("master key"), "{refused}");
}

async fn a_new_secret_replaces_the_old_and_others_stay(place: &Place) {
    let store = place.open().await;
    let (sip_password, password) = (SecretKind::SipPassword, SecretKind::Password);
    put(&store, "sinilind", 0, &[("mari", sip_password, "one"), ("juri", sip_password, "two")]).await;
    put(&store, "sinilind", 1, &[("mari", sip_password, "three"), ("mari", password, "four")]).await;
    let kept = [("juri", "two"), ("mari", "three")].map(|(name, word)| (name.to_owned(), word.to_owned()));
    assert_eq!(sip(&store, "sinilind").await, kept);
    let log_ins = store.secrets(&tenant("sinilind"), password, &key()).await.unwrap();
    assert_eq!(log_ins.into_iter().collect::<Vec<_>>(), [("mari".to_owned(), "four".to_owned())]);
    assert_eq!(sip(&store, "kuldnokk").await, []);
}

async fn a_secret_moved_to_another_company_does_not_open(place: &Place) {
    let store = place.open().await;
    put(&store, "sinilind", 0, &[("mari", SecretKind::SipPassword, "demo-mari")]).await;
    place.tamper("UPDATE secret SET tenant = 'kuldnokk'").await;
    let moved = store.secrets(&tenant("kuldnokk"), SecretKind::SipPassword, &key()).await;
    assert!(matches!(moved, Err(StoreError::Unreadable { .. })), "{moved:?}");
}

fn key() -> MasterKey {
    MasterKey::new([7; 32])
}

async fn sip(store: &Store, company: &str) -> Vec<(String, String)> {
    let secrets = store.secrets(&tenant(company), SecretKind::SipPassword, &key()).await.unwrap();
    secrets.into_iter().collect()
}

async fn put(store: &Store, company: &str, from: u64, secrets: &[(&str, SecretKind, &str)]) {
    let tenant = tenant(company);
    let sealed = secrets
        .iter()
        .zip(1..)
        .map(|((name, kind, secret), nth)| {
            let sealed = key().seal(&tenant, name, secret, [nth; 12]);
            ((*name).to_owned(), *kind, sealed)
        })
        .collect();
    let new = NewVersion {
        tenant,
        from,
        document: "{}".to_owned(),
        by: "operator".to_owned(),
        at: Utc(0),
        claims: Vec::new(),
        secrets: sealed,
        parties: Vec::new(),
    };
    store.put_version(new).await.unwrap();
}
