//! Opening: twice is harmless, and what cannot be opened says what to do.

use store::{Store, StoreError};

use crate::place::Place;

on_both!(a_database_opens_again_and_again, a_database_of_a_newer_helin_is_left_alone);

async fn a_database_opens_again_and_again(place: &Place) {
    let mut store = place.open().await;
    store.put_audio("hash", b"audio").await.unwrap();
    for _ in 0..3 {
        store = place.reopen(store).await;
    }
    // Two at once: the command line looks in while the platform runs.
    let second = place.open().await;
    assert_eq!(second.audio("hash").await.unwrap().as_deref(), Some(b"audio".as_slice()));
}

async fn a_database_of_a_newer_helin_is_left_alone(place: &Place) {
    place.open().await.close().await;
    place.tamper("UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)").await;
    let refused = match place {
        Place::Lite(folder) => Store::open_folder(folder.path()).await,
        Place::Pg(url) => Store::open_postgres(url).await,
    };
    let refused = refused.unwrap_err();
    assert!(matches!(refused, StoreError::Migrate(_)), "{refused:?}");
    assert!(refused.to_string().contains("newer Helin"), "{refused}");
}

#[tokio::test]
async fn a_folder_that_is_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    std::fs::write(&file, "").unwrap();
    let refused = Store::open_folder(&file).await.unwrap_err();
    assert!(matches!(refused, StoreError::Folder { .. }), "{refused:?}");
    assert!(refused.to_string().contains(file.to_str().unwrap()), "{refused}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("helin.sqlite"), "not a database at all, but long enough").unwrap();
    let refused = Store::open_folder(folder.path()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Open { .. }), "{refused:?}");
    assert!(refused.to_string().contains("helin.sqlite"), "{refused}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    for url in ["postgres://helin@%2Fnowhere/helin", "nonsense"] {
        let refused = Store::open_postgres(url).await.unwrap_err();
        assert!(matches!(refused, StoreError::Open { .. }), "{url}: {refused:?}");
    }
}
