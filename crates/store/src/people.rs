//! Parties: the one place where the names and numbers of people stand, and can be erased.

use model::id::{PartyId, PartyName, TenantId};
use model::number::PhoneNumber;

use crate::error::unreadable;
use crate::{Store, StoreError, on, sql};

/// By what a party is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartyKey {
    /// A user or outside person of the settings.
    Person(PartyName),
    /// A number that called or was called.
    Number(PhoneNumber),
    /// A caller without any number; each such call has its own.
    Nobody,
}

impl PartyKey {
    pub(crate) fn columns(&self) -> (&'static str, Option<String>) {
        match self {
            PartyKey::Person(name) => ("person", Some(name.to_string())),
            PartyKey::Number(number) => ("number", Some(number.to_string())),
            PartyKey::Nobody => ("nobody", None),
        }
    }
}

/// A party seen for the first time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParty {
    /// Its id, never used before in the company.
    pub id: PartyId,
    /// Who it is.
    pub key: PartyKey,
}

/// A party as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRow {
    /// Name of a user or outside person.
    pub person: Option<String>,
    /// Number of a caller.
    pub number: Option<String>,
}

impl Store {
    /// The party of a name or number, if it was ever seen.
    ///
    /// # Errors
    /// The database fails.
    pub async fn find_party(&self, tenant: &TenantId, key: &PartyKey) -> Result<Option<PartyId>, StoreError> {
        let (kind, label) = key.columns();
        let id: Option<i64> = on!(self, pool => sqlx::query_scalar(sql::FIND_PARTY)
            .bind(tenant.as_str()).bind(kind).bind(label).fetch_optional(pool).await?);
        Ok(id.map(|id| PartyId(id.cast_unsigned())))
    }

    /// The parties of numbers that called or were called, the newest `max` of them, oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn callers(
        &self,
        tenant: &TenantId,
        max: usize,
    ) -> Result<Vec<(PartyId, PhoneNumber)>, StoreError> {
        let max = i64::try_from(max).unwrap_or(i64::MAX);
        let rows: Vec<(i64, String)> = on!(self, pool => sqlx::query_as(sql::CALLERS)
            .bind(tenant.as_str()).bind(max).fetch_all(pool).await?);
        rows.into_iter()
            .rev()
            .map(|(id, label)| {
                let number = label.parse().map_err(|_| unreadable("a number", "it is none"))?;
                Ok((PartyId(id.cast_unsigned()), number))
            })
            .collect()
    }

    /// The first party id never used.
    ///
    /// # Errors
    /// The database fails.
    pub async fn next_party(&self, tenant: &TenantId) -> Result<u64, StoreError> {
        let last: i64 = on!(self, pool => sqlx::query_scalar(sql::LAST_PARTY)
            .bind(tenant.as_str()).fetch_one(pool).await?);
        Ok(last.cast_unsigned() + 1)
    }

    /// A party's name or number; both `None` once erased.
    ///
    /// # Errors
    /// The database fails.
    pub async fn party(&self, tenant: &TenantId, party: PartyId) -> Result<Option<PartyRow>, StoreError> {
        let row: Option<(String, Option<String>)> = on!(self, pool => sqlx::query_as(sql::PARTY)
            .bind(tenant.as_str()).bind(party.0.cast_signed()).fetch_optional(pool).await?);
        Ok(row.map(|(kind, label)| {
            let (person, number) = if kind == "person" { (label, None) } else { (None, label) };
            PartyRow { person, number }
        }))
    }

    /// Forgets who a party is; facts and records keep the bare id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn erase_party(&self, tenant: &TenantId, party: PartyId) -> Result<(), StoreError> {
        on!(self, pool => sqlx::query(sql::ERASE_PARTY)
            .bind(tenant.as_str()).bind(party.0.cast_signed()).execute(pool).await.map(|_| ())?);
        Ok(())
    }
}
