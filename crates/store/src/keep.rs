//! Registrations and the audio of prompts.

use model::id::{PartyId, TenantId};
use model::time::Utc;

use crate::error::unreadable;
use crate::{Store, StoreError, on, sql};

/// All contacts of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contacts {
    /// Whose company.
    pub tenant: TenantId,
    /// Whose.
    pub party: PartyId,
    /// Those that hold.
    pub bindings: Vec<BindingRow>,
}

/// A registered contact, as the registrar packed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingRow {
    /// Contact address.
    pub contact: String,
    /// Until when.
    pub expires: Utc,
    /// The rest, packed.
    pub binding: Vec<u8>,
}

impl Store {
    /// Writes all contacts of users anew, in order; all of them are on disk when it returns, or none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_registrations(&self, users: &[Contacts]) -> Result<(), StoreError> {
        on!(self, pool => {
            let mut transaction = pool.begin().await?;
            for Contacts { tenant, party, bindings } in users {
                let (tenant, party) = (tenant.as_str(), party.0.cast_signed());
                sqlx::query(sql::CLEAR_REGISTRATION).bind(tenant).bind(party).execute(&mut *transaction).await?;
                for row in bindings {
                    sqlx::query(sql::PUT_REGISTRATION)
                        .bind(tenant).bind(party).bind(&row.contact)
                        .bind(row.expires.0).bind(row.binding.as_slice()).execute(&mut *transaction).await?;
                }
            }
            transaction.commit().await?;
        });
        Ok(())
    }

    /// All contacts that hold after `now`: tenant, party, packed binding.
    ///
    /// # Errors
    /// The database fails.
    pub async fn registrations(&self, now: Utc) -> Result<Vec<(TenantId, PartyId, Vec<u8>)>, StoreError> {
        let rows: Vec<(String, i64, Vec<u8>)> =
            on!(self, pool => sqlx::query_as(sql::REGISTRATIONS).bind(now.0).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(tenant, party, binding)| {
                let tenant = tenant.parse().map_err(|fault| unreadable("a registration", fault))?;
                Ok((tenant, PartyId(party.cast_unsigned()), binding))
            })
            .collect()
    }

    /// Keeps audio under its hash.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_audio(&self, hash: &str, audio: &[u8]) -> Result<(), StoreError> {
        on!(self, pool => sqlx::query(sql::PUT_AUDIO).bind(hash).bind(audio).execute(pool).await.map(|_| ())?);
        Ok(())
    }

    /// Forgets audio.
    ///
    /// # Errors
    /// The database fails.
    pub async fn delete_audio(&self, hash: &str) -> Result<(), StoreError> {
        on!(self, pool => sqlx::query(sql::DELETE_AUDIO).bind(hash).execute(pool).await.map(|_| ())?);
        Ok(())
    }

    /// Audio by its hash.
    ///
    /// # Errors
    /// The database fails.
    pub async fn audio(&self, hash: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(on!(self, pool => sqlx::query_scalar(sql::AUDIO).bind(hash).fetch_optional(pool).await?))
    }
}
