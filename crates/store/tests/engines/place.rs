//! Where a test's database lives, so that it can be closed and opened again.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::{Connection, PgConnection, SqliteConnection};
use store::Store;
use tempfile::TempDir;

/// A database of one test's own.
pub(crate) enum Place {
    /// A folder; it goes with the test.
    Lite(TempDir),
    /// The URL of a fresh database; it goes with the server.
    Pg(String),
}

impl Place {
    pub(crate) fn sqlite() -> Place {
        Place::Lite(tempfile::tempdir().unwrap())
    }

    pub(crate) async fn postgres() -> Place {
        let server = std::env::var("HELIN_TEST_POSTGRES").unwrap_or_else(|_| {
            panic!(
                "HELIN_TEST_POSTGRES names no PostgreSQL to test on: run `make test`, or \
                 `scripts/with-postgres.sh cargo test -p store`"
            )
        });
        let database = fresh_name();
        let mut connection = PgConnection::connect(&server).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {database}"));
        sqlx::raw_sql(create).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let (base, _) = server.rsplit_once('/').expect("a PostgreSQL URL names a database");
        Place::Pg(format!("{base}/{database}"))
    }

    /// Opens it, as a Helin does that starts.
    pub(crate) async fn open(&self) -> Store {
        match self {
            Place::Lite(folder) => Store::open_folder(folder.path()).await.unwrap(),
            Place::Pg(url) => Store::open_postgres(url).await.unwrap(),
        }
    }

    /// Ends `store` as a restart does and opens the place again.
    pub(crate) async fn reopen(&self, store: Store) -> Store {
        store.close().await;
        drop(store);
        self.open().await
    }

    /// Does something behind the store's back.
    pub(crate) async fn tamper(&self, statement: &'static str) {
        match self {
            Place::Lite(folder) => {
                let file = format!("sqlite://{}", folder.path().join("helin.sqlite").display());
                let mut connection = SqliteConnection::connect(&file).await.unwrap();
                sqlx::query(statement).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
            Place::Pg(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query(statement).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    /// One column of octets or text, as it lies in the database.
    pub(crate) async fn octets(&self, statement: &'static str) -> Vec<Vec<u8>> {
        match self {
            Place::Lite(folder) => {
                let file = format!("sqlite://{}", folder.path().join("helin.sqlite").display());
                let mut connection = SqliteConnection::connect(&file).await.unwrap();
                sqlx::query_scalar(statement).fetch_all(&mut connection).await.unwrap()
            }
            Place::Pg(url) => {
                let mut connection = PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(statement).fetch_all(&mut connection).await.unwrap()
            }
        }
    }
}

/// A name that no other test has, not even one of an earlier run on the same server.
fn fresh_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let nth = COUNT.fetch_add(1, Ordering::Relaxed);
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    format!("helin_test_{}_{}_{nth}", since.as_micros(), std::process::id())
}

/// Whether `needle` stands anywhere in `hay`.
pub(crate) fn holds(hay: &[u8], needle: &str) -> bool {
    hay.windows(needle.len()).any(|window| window == needle.as_bytes())
}
