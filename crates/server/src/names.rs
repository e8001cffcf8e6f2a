//! Who is who: the parties of one company, users and outside persons by the settings, callers by their number.
//!
//! Callers are kept for as long as they are likely to be asked for; the store knows all of them, and is asked only
//! once there are more than are kept. Invariant: one number has one party, also after a restart.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use api::gateway::PartyView;
use model::config::TenantConfig;
use model::id::{PartyId, TenantId};
use model::number::PhoneNumber;
use store::{NewParty, PartyKey, Store, StoreError};

/// Callers remembered per company.
pub(crate) const CALLERS_MAX: usize = 50_000;

/// The parties of one company.
#[derive(Debug)]
pub(crate) struct Names {
    tenant: TenantId,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Users and outside persons stand in the settings.
    config: Option<Arc<TenantConfig>>,
    numbers: HashMap<PhoneNumber, PartyId>,
    callers: HashMap<PartyId, PhoneNumber>,
    oldest: VecDeque<PartyId>,
    next: u64,
    /// Some callers of the store are not remembered here.
    forgot: bool,
}

impl Names {
    /// `next`: the first party id never used. `callers`: the store's, the newest `CALLERS_MAX`, oldest first.
    pub(crate) fn new(tenant: TenantId, next: u64, callers: &[(PartyId, PhoneNumber)]) -> Names {
        let mut inner = Inner { next, forgot: callers.len() >= CALLERS_MAX, ..Inner::default() };
        for (id, number) in callers {
            inner.remember(*id, *number);
        }
        Names { tenant, inner: Mutex::new(inner) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the people of new settings.
    pub(crate) fn take_config(&self, config: &Arc<TenantConfig>) {
        self.lock().config = Some(config.clone());
    }

    /// An unused id.
    pub(crate) fn allot(&self) -> PartyId {
        let mut inner = self.lock();
        inner.next += 1;
        PartyId(inner.next - 1)
    }

    /// The party of a caller's number; a row to write when he was never seen before.
    pub(crate) async fn caller(
        &self,
        store: &Store,
        number: PhoneNumber,
    ) -> Result<(PartyId, Option<NewParty>), StoreError> {
        let key = PartyKey::Number(number);
        {
            let mut inner = self.lock();
            if let Some(id) = inner.numbers.get(&number) {
                return Ok((*id, None));
            }
            if !inner.forgot {
                let id = inner.allot(number);
                return Ok((id, Some(NewParty { id, key })));
            }
        }
        if let Some(id) = store.find_party(&self.tenant, &key).await? {
            self.lock().remember(id, number);
            return Ok((id, None));
        }
        let id = self.lock().allot(number);
        Ok((id, Some(NewParty { id, key })))
    }

    /// The number of a caller, as far as known here.
    pub(crate) fn number_of(&self, party: PartyId) -> Option<PhoneNumber> {
        self.lock().callers.get(&party).copied()
    }

    /// Reads the numbers of callers who will be called back.
    pub(crate) async fn learn(&self, store: &Store, parties: &[PartyId]) -> Result<(), StoreError> {
        for party in parties {
            let row = store.party(&self.tenant, *party).await?;
            let number = row.and_then(|row| row.number).and_then(|number| number.parse().ok());
            if let Some(number) = number {
                self.lock().remember(*party, number);
            }
        }
        Ok(())
    }

    /// For people, as far as known here.
    pub(crate) fn view(&self, party: PartyId) -> PartyView {
        let inner = self.lock();
        inner.person(party).unwrap_or_else(|| {
            let number = inner.callers.get(&party).map(|number| number.to_string());
            PartyView { user: None, number }
        })
    }

    /// Whether `view` can say anything about the party.
    pub(crate) fn knows(&self, party: PartyId) -> bool {
        let inner = self.lock();
        inner.person(party).is_some() || inner.callers.contains_key(&party)
    }
}

impl Inner {
    /// A user or an outside person.
    fn person(&self, party: PartyId) -> Option<PartyView> {
        let config = self.config.as_ref()?;
        if let Some(user) = config.users.get(&party) {
            let number = user.number.map(|number| number.to_string());
            let number = number.or_else(|| user.extension.map(|extension| extension.to_string()));
            return Some(PartyView { user: Some(user.name.to_string()), number });
        }
        let outside = config.outside.get(&party)?;
        Some(PartyView { user: Some(outside.name.to_string()), number: Some(outside.number.to_string()) })
    }

    fn allot(&mut self, number: PhoneNumber) -> PartyId {
        let id = PartyId(self.next);
        self.next += 1;
        self.remember(id, number);
        id
    }

    fn remember(&mut self, id: PartyId, number: PhoneNumber) {
        if self.callers.insert(id, number).is_none() {
            self.oldest.push_back(id);
        }
        self.numbers.insert(number, id);
        if self.oldest.len() > CALLERS_MAX
            && let Some(gone) = self.oldest.pop_front()
            && let Some(number) = self.callers.remove(&gone)
        {
            self.numbers.remove(&number);
            self.forgot = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(n: u64) -> PhoneNumber {
        format!("+3725{n:07}").parse().unwrap()
    }

    /// A caller who was forgotten here keeps his party; one who was never seen gets a new one.
    #[tokio::test]
    async fn one_number_has_one_party_however_many_call() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_folder(folder.path()).await.unwrap();
        let tenant: TenantId = "load".parse().unwrap();
        let kept = CALLERS_MAX as u64;
        let callers: Vec<(PartyId, PhoneNumber)> = (1..kept).map(|n| (PartyId(n), number(n))).collect();
        let names = Names::new(tenant.clone(), kept, &callers);
        let (id, new) = names.caller(&store, number(1)).await.unwrap();
        assert_eq!((id, new), (PartyId(1), None));
        let mut written = Vec::new();
        for n in [kept, kept + 1] {
            let (id, new) = names.caller(&store, number(n)).await.unwrap();
            assert_eq!(id, PartyId(n));
            written.extend(new);
        }
        assert_eq!(written.len(), 2, "both were never seen before");
        // The oldest was forgotten for the last; the store, which has him, is asked.
        written.push(NewParty { id: PartyId(1), key: PartyKey::Number(number(1)) });
        let writer = store::Writer::start(store.clone());
        let commit = store::Commit {
            tenant: tenant.clone(),
            facts: Vec::new(),
            journal: None,
            folded: Vec::new(),
            checkpoint: None,
            parties: written,
        };
        writer.submit(commit).await.unwrap();
        assert_eq!(names.caller(&store, number(1)).await.unwrap(), (PartyId(1), None));
        let read = store.callers(&tenant, 2).await.unwrap();
        assert_eq!(read, [(PartyId(kept), number(kept)), (PartyId(kept + 1), number(kept + 1))]);
    }
}
