//! Secrets at rest: SIP passwords, sealed under a master key because digest needs them whole (design section 10).

use std::collections::BTreeMap;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit, Nonce};
use model::id::TenantId;

use crate::error::unreadable;
use crate::{Store, StoreError, on, sql};

/// The key all secrets are sealed under. Never printed.
#[derive(Clone)]
pub struct MasterKey([u8; 32]);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// Kinds of secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretKind {
    /// The password of a user's phones.
    SipPassword,
    /// The password of a user's log-in, to be checked once log-in by password exists.
    Password,
}

impl SecretKind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            SecretKind::SipPassword => "sip_password",
            SecretKind::Password => "password",
        }
    }
}

impl MasterKey {
    /// From 32 octets of chance.
    pub fn new(octets: [u8; 32]) -> MasterKey {
        MasterKey(octets)
    }

    /// Seals a secret of a person. `nonce`: chance, never used twice.
    pub fn seal(&self, tenant: &TenantId, name: &str, secret: &str, nonce: [u8; 12]) -> Vec<u8> {
        let bound = format!("{tenant}\0{name}");
        let payload = Payload { msg: secret.as_bytes(), aad: bound.as_bytes() };
        let cipher = ChaCha20Poly1305::new(&Key::from(self.0));
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).expect("a short text can be sealed");
        [nonce.as_slice(), sealed.as_slice()].concat()
    }

    fn open(&self, tenant: &TenantId, name: &str, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.split_first_chunk::<12>()?;
        let bound = format!("{tenant}\0{name}");
        let cipher = ChaCha20Poly1305::new(&Key::from(self.0));
        let payload = Payload { msg: sealed, aad: bound.as_bytes() };
        let opened = cipher.decrypt(&Nonce::from(*nonce), payload).ok()?;
        String::from_utf8(opened).ok()
    }
}

impl Store {
    /// A company's secrets of a kind, by person.
    ///
    /// # Errors
    /// The database fails, or the master key is not the one they were sealed under.
    pub async fn secrets(
        &self,
        tenant: &TenantId,
        kind: SecretKind,
        key: &MasterKey,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let rows: Vec<(String, Vec<u8>)> = on!(self, pool => sqlx::query_as(sql::SECRETS)
            .bind(tenant.as_str()).bind(kind.word()).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(name, sealed)| {
                let secret = key.open(tenant, &name, &sealed);
                let wrong =
                    || unreadable("a secret", "the master key in the data folder is not the right one");
                secret.map(|secret| (name, secret)).ok_or_else(wrong)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_for_its_person_and_key() {
        let key = MasterKey::new([7; 32]);
        let tenant: TenantId = "sinilind".parse().unwrap();
        let sealed = key.seal(&tenant, "mari", "demo-mari", [1; 12]);
        assert_eq!(key.open(&tenant, "mari", &sealed).as_deref(), Some("demo-mari"));
        assert_eq!(key.open(&tenant, "juri", &sealed), None);
        assert_eq!(MasterKey::new([8; 32]).open(&tenant, "mari", &sealed), None);
        assert!(!format!("{key:?}").contains('7'));
    }
}
