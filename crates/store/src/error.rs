//! What can go wrong with the store, and what to do about it.

use std::path::PathBuf;

use sqlx::error::ErrorKind;

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be used.
    #[error(
        "the data folder {} cannot be used ({fault}): check that it exists and belongs to the user that runs Helin",
        folder.display()
    )]
    Folder {
        /// Which.
        folder: PathBuf,
        /// Why.
        fault: std::io::Error,
    },
    /// The database cannot be opened.
    #[error("cannot open {place} ({fault}): check its permissions and that no other Helin uses it")]
    Open {
        /// Which.
        place: String,
        /// Why.
        fault: sqlx::Error,
    },
    /// The database is of another version.
    #[error("the database cannot be brought to this version ({0}): was it written by a newer Helin?")]
    Migrate(sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("the database refused: {0}")]
    Database(sqlx::Error),
    /// What was read is not what was written.
    #[error("the database holds {what} that cannot be read: {fault}")]
    Unreadable {
        /// What.
        what: &'static str,
        /// Why.
        fault: String,
    },
    /// Another writer wrote this company's facts.
    #[error("facts of {tenant} do not follow on: another Helin writes to this database")]
    Fenced {
        /// Whose.
        tenant: String,
    },
    /// Something that must be unique over the platform is taken. Names no other company.
    #[error("{kind} {label} is taken")]
    Taken {
        /// What.
        kind: &'static str,
        /// Which.
        label: String,
    },
    /// The settings were changed meanwhile.
    #[error("the settings were changed meanwhile")]
    Conflict,
    /// The writer has ended.
    #[error("the store is shutting down")]
    Closed,
}

impl StoreError {
    /// Whether the same would fail again, however often it is tried.
    pub(crate) fn is_lasting(&self) -> bool {
        match self {
            // What breaks a rule of the tables will break it again; a full disk or a lost connection may heal.
            StoreError::Database(fault) => {
                fault.as_database_error().is_some_and(|fault| !matches!(fault.kind(), ErrorKind::Other))
            }
            StoreError::Folder { .. }
            | StoreError::Open { .. }
            | StoreError::Migrate(_)
            | StoreError::Unreadable { .. }
            | StoreError::Fenced { .. }
            | StoreError::Taken { .. }
            | StoreError::Conflict
            | StoreError::Closed => true,
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(fault: sqlx::Error) -> StoreError {
        if matches!(fault, sqlx::Error::PoolClosed) {
            StoreError::Closed
        } else {
            StoreError::Database(fault)
        }
    }
}

pub(crate) fn unreadable(what: &'static str, fault: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what, fault: fault.to_string() }
}
