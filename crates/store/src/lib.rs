//! What is kept: facts, journal, records, settings, secrets, registrations, on SQLite or PostgreSQL.
//!
//! Every statement stands once, in `sql`, and runs on both engines. Invariants: a company's facts are a row
//! without gaps; a record stands exactly when its last fact does; names and numbers of callers stand only in
//! `party`.

mod commit;
mod companies;
mod error;
mod keep;
mod people;
mod read;
mod secrets;
pub mod sql;
mod ties;
mod tokens;
mod writer;

use std::path::Path;
use std::str::FromStr;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgPool, SqliteConnection, SqlitePool};

pub use companies::{Claim, ClaimKind, CompanyRow, NewVersion};
pub use error::StoreError;
pub use keep::{BindingRow, Contacts};
pub use people::{NewParty, PartyKey, PartyRow};
pub use secrets::{MasterKey, SecretKind};
pub use tokens::{NewToken, TokenRow, TokenScope};
pub use writer::{Commit, CommitTicket, Writer};

/// A database.
#[derive(Debug, Clone)]
pub enum Store {
    /// One file, one writer.
    Lite(SqlitePool),
    /// For clusters.
    Pg(PgPool),
}

/// Runs one piece of code on whichever engine it is.
macro_rules! on {
    ($store:expr, $pool:ident => $body:expr) => {
        match $store {
            $crate::Store::Lite($pool) => $body,
            $crate::Store::Pg($pool) => $body,
        }
    };
}
pub(crate) use on;

impl Store {
    /// Opens the file `helin.sqlite` in a folder, which is made if it is missing.
    ///
    /// # Errors
    /// The folder or file cannot be used; the message says what to do.
    pub async fn open_folder(folder: &Path) -> Result<Store, StoreError> {
        std::fs::create_dir_all(folder)
            .map_err(|fault| StoreError::Folder { folder: folder.to_owned(), fault })?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join("helin.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(std::time::Duration::from_secs(5));
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .after_release(|connection, _| Box::pin(is_whole(connection)))
            .connect_with(options)
            .await
            .map_err(|fault| StoreError::Open {
                place: folder.join("helin.sqlite").display().to_string(),
                fault,
            })?;
        sqlx::migrate!("migrations/lite").run(&pool).await.map_err(StoreError::Migrate)?;
        Ok(Store::Lite(pool))
    }

    /// Opens a PostgreSQL database by its URL.
    ///
    /// # Errors
    /// It cannot be reached or used; the message says what to do.
    pub async fn open_postgres(url: &str) -> Result<Store, StoreError> {
        let options = sqlx::postgres::PgConnectOptions::from_str(url)
            .map_err(|fault| StoreError::Open { place: "the database URL".to_owned(), fault })?;
        let pool = PgPoolOptions::new()
            .max_connections(8)
            .connect_with(options)
            .await
            .map_err(|fault| StoreError::Open { place: "PostgreSQL".to_owned(), fault })?;
        sqlx::migrate!("migrations/pg").run(&pool).await.map_err(StoreError::Migrate)?;
        Ok(Store::Pg(pool))
    }

    /// Resolves once the store is being closed.
    pub(crate) async fn closing(&self) {
        on!(self, pool => pool.close_event().await);
    }

    /// Closes all connections; what was committed is on disk.
    pub async fn close(&self) {
        on!(self, pool => pool.close().await);
    }
}

/// Whether a connection may be used again. A full disk makes SQLite roll back by itself; the driver, whose own rollback
/// then fails, counts the transaction as open for ever and refuses the next.
async fn is_whole(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    // Whatever is still on its way is done before this is answered.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}
