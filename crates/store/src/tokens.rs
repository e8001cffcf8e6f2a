//! API tokens: kept as hashes, with what they open and until when.

use model::id::{PartyName, TenantId};
use model::time::Utc;
use sha2::{Digest, Sha256};

use crate::error::unreadable;
use crate::{Store, StoreError, on, sql};

/// What a token opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenScope {
    /// All companies.
    Operator,
    /// One company.
    Company(TenantId),
    /// A person's rights.
    Person(TenantId, PartyName),
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// The token itself; only its hash is kept.
    pub token: String,
    /// What it opens.
    pub scope: TokenScope,
    /// Ends by itself.
    pub expires: Option<Utc>,
}

/// A token as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// For lists and revocation.
    pub id: i64,
    /// SHA-256 of the token.
    pub hash: Vec<u8>,
    /// What it opens.
    pub scope: TokenScope,
    /// Ends by itself.
    pub expires: Option<Utc>,
    /// Was ended.
    pub revoked: Option<Utc>,
}

/// SHA-256 of a token. A token is 256 bits of chance, so a plain hash does.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

impl TokenRow {
    /// Whether `token` is this one, and holds at `now`.
    pub fn opens(&self, token: &str, now: Utc) -> bool {
        self.hash == hash(token) && self.revoked.is_none() && self.expires.is_none_or(|expires| now < expires)
    }
}

type Columns = (i64, Vec<u8>, String, Option<String>, Option<String>, Option<i64>, Option<i64>);

impl Store {
    /// Keeps a token. One that is kept already stays as it is.
    ///
    /// # Errors
    /// The database fails.
    pub async fn put_token(&self, new: &NewToken) -> Result<(), StoreError> {
        let (scope, tenant, person) = match &new.scope {
            TokenScope::Operator => ("operator", None, None),
            TokenScope::Company(tenant) => ("company", Some(tenant.to_string()), None),
            TokenScope::Person(tenant, name) => ("person", Some(tenant.to_string()), Some(name.to_string())),
        };
        on!(self, pool => sqlx::query(sql::PUT_TOKEN).bind(hash(&new.token)).bind(scope).bind(tenant)
            .bind(person).bind(new.expires.map(|at| at.0)).execute(pool).await.map(|_| ())?);
        Ok(())
    }

    /// All tokens, without their texts.
    ///
    /// # Errors
    /// The database fails.
    pub async fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        let rows: Vec<Columns> = on!(self, pool => sqlx::query_as(sql::TOKENS).fetch_all(pool).await?);
        rows.into_iter().map(row).collect()
    }

    /// Ends a token; `false`: there is none, or it was ended before.
    ///
    /// # Errors
    /// The database fails.
    pub async fn revoke_token(&self, id: i64, at: Utc) -> Result<bool, StoreError> {
        let rows = on!(self, pool => sqlx::query(sql::REVOKE_TOKEN).bind(id).bind(at.0)
            .execute(pool).await?.rows_affected());
        Ok(rows == 1)
    }
}

fn row((id, hash, scope, tenant, person, expires, revoked): Columns) -> Result<TokenRow, StoreError> {
    let tenant =
        tenant.map(|tenant| tenant.parse()).transpose().map_err(|fault| unreadable("a token", fault))?;
    let person = person.map(|name| name.parse()).transpose().map_err(|fault| unreadable("a token", fault))?;
    let scope = match (scope.as_str(), tenant, person) {
        ("operator", _, _) => TokenScope::Operator,
        ("company", Some(tenant), _) => TokenScope::Company(tenant),
        ("person", Some(tenant), Some(name)) => TokenScope::Person(tenant, name),
        (_, _, _) => return Err(unreadable("a token", "its scope is unknown")),
    };
    Ok(TokenRow { id, hash, scope, expires: expires.map(Utc), revoked: revoked.map(Utc) })
}
