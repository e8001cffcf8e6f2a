//! Who is who: the parties of one company, users and outside persons by the settings, callers by their number.
//!
//! Callers are kept for as long as they are likely to be asked for; the store knows all of them. Invariant: one
//! number has one party, also after a restart.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use api::gateway::PartyView;
use model::config::TenantConfig;
use model::id::{PartyId, TenantId};
use model::number::PhoneNumber;
use store::{NewParty, PartyKey, Store, StoreError};

/// Callers remembered per company.
const CALLERS_MAX: usize = 50_000;

/// The parties of one company.
#[derive(Debug)]
pub(crate) struct Names {
    tenant: TenantId,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    people: BTreeMap<PartyId, PartyView>,
    numbers: HashMap<PhoneNumber, PartyId>,
    callers: HashMap<PartyId, PhoneNumber>,
    oldest: VecDeque<PartyId>,
    next: u64,
}

impl Names {
    /// `next`: the first party id never used.
    pub(crate) fn new(tenant: TenantId, next: u64) -> Names {
        Names { tenant, inner: Mutex::new(Inner { next, ..Inner::default() }) }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the people of new settings.
    pub(crate) fn take_config(&self, config: &TenantConfig) {
        let mut people = BTreeMap::new();
        for (id, user) in &config.users {
            let number = user.number.map(|number| number.to_string());
            let number = number.or_else(|| user.extension.map(|extension| extension.to_string()));
            people.insert(*id, PartyView { user: Some(user.name.to_string()), number });
        }
        for (id, outside) in &config.outside {
            let view =
                PartyView { user: Some(outside.name.to_string()), number: Some(outside.number.to_string()) };
            people.insert(*id, view);
        }
        self.lock().people = people;
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
        if let Some(id) = self.lock().numbers.get(&number) {
            return Ok((*id, None));
        }
        let key = PartyKey::Number(number);
        if let Some(id) = store.find_party(&self.tenant, &key).await? {
            self.lock().remember(id, number);
            return Ok((id, None));
        }
        let id = self.allot();
        self.lock().remember(id, number);
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
        if let Some(view) = inner.people.get(&party) {
            return view.clone();
        }
        let number = inner.callers.get(&party).map(|number| number.to_string());
        PartyView { user: None, number }
    }

    /// Whether `view` can say anything about the party.
    pub(crate) fn knows(&self, party: PartyId) -> bool {
        let inner = self.lock();
        inner.people.contains_key(&party) || inner.callers.contains_key(&party)
    }
}

impl Inner {
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
        }
    }
}
