//! API tokens: only their hashes are kept; they end by themselves or by revocation.

use model::time::Utc;
use store::{NewToken, Store, TokenRow, TokenScope};

use crate::place::{Place, holds};
use crate::sample::tenant;

on_both!(
    a_token_is_kept_as_its_hash,
    scopes_survive_a_restart,
    a_revoked_token_opens_nothing,
    an_expired_token_opens_nothing,
    a_token_given_twice_is_one,
    tokens_made_at_once_are_all_kept,
);

const NOW: Utc = Utc(1_772_409_600_000_000);

async fn a_token_is_kept_as_its_hash(place: &Place) {
    let store = place.open().await;
    put(&store, "the-token-itself", TokenScope::Operator, None).await;
    let kept = place.octets("SELECT hash FROM token").await;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].len(), 32);
    assert!(!holds(&kept[0], "the-token-itself"));
    let row = &store.tokens().await.unwrap()[0];
    assert!(row.opens("the-token-itself", NOW));
    assert!(!row.opens("the-token-itsel", NOW));
    assert!(!row.opens("", NOW));
}

async fn scopes_survive_a_restart(place: &Place) {
    let store = place.open().await;
    let sinilind = tenant("sinilind");
    let scopes = [
        TokenScope::Operator,
        TokenScope::Company(sinilind.clone()),
        TokenScope::Person(sinilind, "mari".parse().unwrap()),
    ];
    for (nth, scope) in scopes.iter().enumerate() {
        put(&store, &format!("token {nth}"), scope.clone(), None).await;
    }
    let store = place.reopen(store).await;
    let rows = store.tokens().await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2, 3]);
    for (nth, (row, scope)) in rows.iter().zip(&scopes).enumerate() {
        assert_eq!(row.scope, *scope);
        assert!(row.opens(&format!("token {nth}"), NOW));
    }
}

async fn a_revoked_token_opens_nothing(place: &Place) {
    let store = place.open().await;
    put(&store, "one", TokenScope::Operator, None).await;
    put(&store, "two", TokenScope::Operator, None).await;
    assert!(store.revoke_token(1, NOW).await.unwrap());
    assert!(!store.revoke_token(1, NOW).await.unwrap(), "revoked twice");
    assert!(!store.revoke_token(3, NOW).await.unwrap(), "revoked what is not there");
    let store = place.reopen(store).await;
    let rows: Vec<TokenRow> = store.tokens().await.unwrap();
    assert_eq!(rows[0].revoked, Some(NOW));
    assert!(!rows[0].opens("one", NOW));
    assert!(rows[1].opens("two", NOW));
}

async fn an_expired_token_opens_nothing(place: &Place) {
    let store = place.open().await;
    put(&store, "one", TokenScope::Operator, Some(NOW)).await;
    let row = &store.tokens().await.unwrap()[0];
    assert!(row.opens("one", Utc(NOW.0 - 1)));
    assert!(!row.opens("one", NOW));
}

async fn a_token_given_twice_is_one(place: &Place) {
    let store = place.open().await;
    put(&store, "one", TokenScope::Operator, None).await;
    put(&store, "one", TokenScope::Company(tenant("sinilind")), Some(NOW)).await;
    let rows = store.tokens().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0].scope, rows[0].expires), (&TokenScope::Operator, None));
}

async fn tokens_made_at_once_are_all_kept(place: &Place) {
    let store = place.open().await;
    let mut tasks = tokio::task::JoinSet::new();
    for nth in 0..16 {
        let store = store.clone();
        tasks.spawn(async move { put(&store, &format!("token {nth}"), TokenScope::Operator, None).await });
    }
    tasks.join_all().await;
    assert_eq!(store.tokens().await.unwrap().len(), 16);
}

async fn put(store: &Store, token: &str, scope: TokenScope, expires: Option<Utc>) {
    store.put_token(&NewToken { token: token.to_owned(), scope, expires }).await.unwrap();
}
