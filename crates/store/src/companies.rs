//! Companies: their settings version by version, and what they claim of the platform's names.

use std::collections::BTreeSet;

use model::id::TenantId;
use model::time::Utc;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::secrets::SecretKind;
use crate::{NewParty, Store, StoreError, on, sql};

/// A company with its newest settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyRow {
    /// Which.
    pub tenant: TenantId,
    /// Its version.
    pub version: u64,
    /// Settings as JSON, without secrets.
    pub document: String,
}

/// Something that only one company of the platform can have.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// What kind.
    pub kind: ClaimKind,
    /// Which.
    pub label: String,
}

/// Kinds of claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKind {
    /// A telephone number.
    Number,
    /// A SIP domain.
    Domain,
    /// A place in an exclusive group, by the member's telephone number (K-35).
    Membership,
}

impl ClaimKind {
    const fn word(self) -> &'static str {
        match self {
            ClaimKind::Number => "number",
            ClaimKind::Domain => "domain",
            ClaimKind::Membership => "group member",
        }
    }
}

/// Settings to be written.
#[derive(Debug, Clone)]
pub struct NewVersion {
    /// Whose.
    pub tenant: TenantId,
    /// The version they were made from; 0 for a new company.
    pub from: u64,
    /// As JSON, without secrets.
    pub document: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: Utc,
    /// Everything the company claims now.
    pub claims: Vec<Claim>,
    /// Sealed secrets that were given: name, kind, sealed.
    pub secrets: Vec<(String, SecretKind, Vec<u8>)>,
    /// People of the settings seen for the first time.
    pub parties: Vec<NewParty>,
}

impl Store {
    /// All companies.
    ///
    /// # Errors
    /// The database fails.
    pub async fn companies(&self) -> Result<Vec<CompanyRow>, StoreError> {
        let rows: Vec<(String, i64, String)> =
            on!(self, pool => sqlx::query_as(sql::COMPANIES).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(tenant, version, document)| {
                let tenant = tenant.parse().map_err(|fault| crate::error::unreadable("a company", fault))?;
                Ok(CompanyRow { tenant, version: version.cast_unsigned(), document })
            })
            .collect()
    }

    /// Asks the database anything, to see whether it answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let _: Option<i64> =
            on!(self, pool => sqlx::query_scalar(sql::ANY_COMPANY).fetch_optional(pool).await?);
        Ok(())
    }

    /// Those of a company's claims that another company has.
    ///
    /// # Errors
    /// The database fails.
    pub async fn taken<'a>(
        &self,
        tenant: &TenantId,
        claims: impl Iterator<Item = &'a Claim>,
    ) -> Result<BTreeSet<&'a Claim>, StoreError> {
        let mut taken = BTreeSet::new();
        for claim in claims {
            let other: Option<String> = on!(self, pool => sqlx::query_scalar(sql::CLAIMED)
                .bind(claim.kind.word()).bind(&claim.label).bind(tenant.as_str())
                .fetch_optional(pool).await?);
            if other.is_some() {
                taken.insert(claim);
            }
        }
        Ok(taken)
    }

    /// The settings of one version.
    ///
    /// # Errors
    /// The database fails.
    pub async fn company_version(
        &self,
        tenant: &TenantId,
        version: u64,
    ) -> Result<Option<String>, StoreError> {
        Ok(on!(self, pool => sqlx::query_scalar(sql::COMPANY_VERSION)
            .bind(tenant.as_str()).bind(version.cast_signed()).fetch_optional(pool).await?))
    }

    /// Writes the next version whole, with its claims and secrets. Gives the version.
    ///
    /// # Errors
    /// Another version came between (`Conflict`), a claim is another company's (`Taken`), or the database fails.
    pub async fn put_version(&self, new: NewVersion) -> Result<u64, StoreError> {
        match self {
            Store::Lite(pool) => put_lite(pool.begin_with("BEGIN IMMEDIATE").await?, new).await,
            Store::Pg(pool) => put_pg(pool.begin().await?, new).await,
        }
    }
}

macro_rules! put_on {
    ($name:ident, $engine:ty) => {
        async fn $name(
            mut transaction: Transaction<'static, $engine>,
            new: NewVersion,
        ) -> Result<u64, StoreError> {
            let tenant = new.tenant.as_str();
            let (from, version) = (new.from.cast_signed(), new.from.cast_signed() + 1);
            let written = if new.from == 0 {
                sqlx::query(sql::NEW_COMPANY).bind(tenant).bind(version).execute(&mut *transaction).await?
            } else {
                sqlx::query(sql::NEXT_VERSION)
                    .bind(tenant)
                    .bind(version)
                    .bind(from)
                    .execute(&mut *transaction)
                    .await?
            };
            if written.rows_affected() != 1 {
                return Err(StoreError::Conflict);
            }
            sqlx::query(sql::PUT_VERSION)
                .bind(tenant)
                .bind(version)
                .bind(&new.document)
                .bind(&new.by)
                .bind(new.at.0)
                .execute(&mut *transaction)
                .await?;
            sqlx::query(sql::CLEAR_DIRECTORY).bind(tenant).execute(&mut *transaction).await?;
            for claim in &new.claims {
                let done = sqlx::query(sql::CLAIM)
                    .bind(claim.kind.word())
                    .bind(&claim.label)
                    .bind(tenant)
                    .execute(&mut *transaction)
                    .await?;
                if done.rows_affected() != 1 {
                    return Err(StoreError::Taken { kind: claim.kind.word(), label: claim.label.clone() });
                }
            }
            for (name, kind, sealed) in &new.secrets {
                sqlx::query(sql::PUT_SECRET)
                    .bind(tenant)
                    .bind(name)
                    .bind(kind.word())
                    .bind(sealed.as_slice())
                    .execute(&mut *transaction)
                    .await?;
            }
            for party in &new.parties {
                let (kind, label) = party.key.columns();
                sqlx::query(sql::PUT_PARTY)
                    .bind(tenant)
                    .bind(party.id.0.cast_signed())
                    .bind(kind)
                    .bind(label)
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            Ok(version.cast_unsigned())
        }
    };
}
put_on!(put_lite, Sqlite);
put_on!(put_pg, Postgres);
