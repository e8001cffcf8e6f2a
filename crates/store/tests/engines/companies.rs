//! Settings version by version, and what only one company of the platform can have.

use model::id::TenantId;
use model::time::Utc;
use store::{Claim, ClaimKind, NewParty, NewVersion, PartyKey, SecretKind, Store, StoreError};

use crate::place::Place;
use crate::sample::tenant;

on_both!(
    settings_are_kept_version_by_version,
    who_writes_from_an_old_version_is_refused,
    of_two_writers_at_once_one_is_refused,
    a_claim_belongs_to_one_company,
    what_others_have_is_known_before_it_is_claimed,
    a_claim_given_up_is_free_for_others,
    a_refused_version_leaves_nothing_behind,
);

async fn settings_are_kept_version_by_version(place: &Place) {
    let store = place.open().await;
    assert_eq!(store.companies().await.unwrap(), []);
    assert_eq!(store.put_version(version("sinilind", 0)).await.unwrap(), 1);
    assert_eq!(store.put_version(version("kuldnokk", 0)).await.unwrap(), 1);
    assert_eq!(store.put_version(version("sinilind", 1)).await.unwrap(), 2);

    let store = place.reopen(store).await;
    let companies = store.companies().await.unwrap();
    let short: Vec<_> =
        companies.iter().map(|row| (row.tenant.as_str(), row.version, row.document.as_str())).collect();
    assert_eq!(
        short,
        [("kuldnokk", 1, r#"{"from":0,"name":"Õ"}"#), ("sinilind", 2, r#"{"from":1,"name":"Õ"}"#)]
    );
    let sinilind = tenant("sinilind");
    assert_eq!(
        store.company_version(&sinilind, 1).await.unwrap().as_deref(),
        Some(r#"{"from":0,"name":"Õ"}"#)
    );
    assert_eq!(store.company_version(&sinilind, 3).await.unwrap(), None);
    assert_eq!(store.company_version(&tenant("none"), 1).await.unwrap(), None);
}

async fn who_writes_from_an_old_version_is_refused(place: &Place) {
    let store = place.open().await;
    store.put_version(version("sinilind", 0)).await.unwrap();
    store.put_version(version("sinilind", 1)).await.unwrap();
    for from in [0, 1, 3] {
        let refused = store.put_version(version("sinilind", from)).await;
        assert!(matches!(refused, Err(StoreError::Conflict)), "from {from}: {refused:?}");
    }
    assert_eq!(store.companies().await.unwrap()[0].version, 2);
}

async fn of_two_writers_at_once_one_is_refused(place: &Place) {
    let store = place.open().await;
    store.put_version(version("sinilind", 0)).await.unwrap();
    let (one, other) =
        tokio::join!(store.put_version(version("sinilind", 1)), store.put_version(version("sinilind", 1)));
    let (written, refused) = if one.is_ok() { (one, other) } else { (other, one) };
    assert_eq!(written.unwrap(), 2);
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
}

// req K-35: the same for numbers, SIP domains and exclusive membership.
async fn a_claim_belongs_to_one_company(place: &Place) {
    let store = place.open().await;
    for kind in [ClaimKind::Number, ClaimKind::Domain, ClaimKind::Membership] {
        let label = format!("label of {kind:?}");
        let (holder, other) = (format!("a-{kind:?}"), format!("b-{kind:?}"));
        store.put_version(claiming(&holder, 0, kind, &label)).await.unwrap();
        let refused = store.put_version(claiming(&other, 0, kind, &label)).await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::Taken { label: taken, .. } if *taken == label),
            "{kind:?}: {refused:?}"
        );
        assert!(!refused.to_string().contains(&holder), "names the other company: {refused}");
        assert_eq!(store.put_version(claiming(&holder, 1, kind, &label)).await.unwrap(), 2);
    }
    // The same text as another kind of claim is free.
    let free = claiming("third", 0, ClaimKind::Domain, "label of Number");
    assert_eq!(store.put_version(free).await.unwrap(), 1);
}

async fn what_others_have_is_known_before_it_is_claimed(place: &Place) {
    let store = place.open().await;
    store.put_version(claiming("sinilind", 0, ClaimKind::Number, "+3726001000")).await.unwrap();
    store.put_version(claiming("kuldnokk", 0, ClaimKind::Domain, "kuldnokk.demo")).await.unwrap();
    let claim = |kind, label: &str| Claim { kind, label: label.to_owned() };
    let claims = [
        claim(ClaimKind::Number, "+3726001000"),
        claim(ClaimKind::Domain, "+3726001000"),
        claim(ClaimKind::Number, "+3726009999"),
        claim(ClaimKind::Domain, "kuldnokk.demo"),
    ];
    for (asker, expected) in [("sinilind", vec![3]), ("kuldnokk", vec![0]), ("third", vec![0, 3])] {
        let taken = store.taken(&tenant(asker), claims.iter()).await.unwrap();
        let expected: Vec<&Claim> = expected.into_iter().map(|at: usize| &claims[at]).collect();
        assert_eq!(taken.into_iter().collect::<Vec<_>>(), expected, "{asker}");
    }
}

async fn a_claim_given_up_is_free_for_others(place: &Place) {
    let store = place.open().await;
    let number = "+3726001000";
    store.put_version(claiming("sinilind", 0, ClaimKind::Number, number)).await.unwrap();
    store.put_version(version("sinilind", 1)).await.unwrap();
    assert_eq!(store.put_version(claiming("kuldnokk", 0, ClaimKind::Number, number)).await.unwrap(), 1);
    let back = store.put_version(claiming("sinilind", 2, ClaimKind::Number, number)).await;
    assert!(matches!(back, Err(StoreError::Taken { .. })), "{back:?}");
}

async fn a_refused_version_leaves_nothing_behind(place: &Place) {
    let store = place.open().await;
    store.put_version(claiming("kuldnokk", 0, ClaimKind::Number, "+3726001000")).await.unwrap();
    store.put_version(claiming("sinilind", 0, ClaimKind::Number, "+3726001001")).await.unwrap();

    let mut refused = claiming("sinilind", 1, ClaimKind::Number, "+3726001002");
    refused.claims.push(Claim { kind: ClaimKind::Number, label: "+3726001000".to_owned() });
    refused.secrets.push(("mari".to_owned(), SecretKind::SipPassword, vec![0; 40]));
    refused.parties.push(NewParty { id: model::id::PartyId(1), key: mari() });
    store.put_version(refused).await.unwrap_err();

    let sinilind = tenant("sinilind");
    assert_eq!(store.companies().await.unwrap()[1].version, 1);
    assert_eq!(store.company_version(&sinilind, 2).await.unwrap(), None);
    assert_eq!(store.find_party(&sinilind, &mari()).await.unwrap(), None);
    assert!(place.octets("SELECT sealed FROM secret").await.is_empty());
    // What it had is still its own, what it wanted is free.
    assert!(taken(&store, "+3726001001").await);
    assert!(!taken(&store, "+3726001002").await);
}

async fn taken(store: &Store, number: &str) -> bool {
    store
        .put_version(claiming(&format!("new{number}").replace('+', "-"), 0, ClaimKind::Number, number))
        .await
        .is_err()
}

fn mari() -> PartyKey {
    PartyKey::Person("mari".parse().unwrap())
}

fn version(company: &str, from: u64) -> NewVersion {
    let tenant: TenantId = tenant(company);
    NewVersion {
        tenant,
        from,
        document: format!(r#"{{"from":{from},"name":"Õ"}}"#),
        by: "operator".to_owned(),
        at: Utc(1_772_409_600_000_000),
        claims: Vec::new(),
        secrets: Vec::new(),
        parties: Vec::new(),
    }
}

fn claiming(company: &str, from: u64, kind: ClaimKind, label: &str) -> NewVersion {
    let claims = vec![Claim { kind, label: label.to_owned() }];
    NewVersion { claims, ..version(company, from) }
}
