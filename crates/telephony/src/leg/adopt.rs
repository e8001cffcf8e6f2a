//! A far end goes over from one call to another: its leg gets another name, and nothing else of it changes.

use model::id::{LegId, TenantId};
use model::leg::{LegEvent, Release};

use super::{ClientUse, Kind};
use crate::core::Core;

impl Core {
    /// `id` is from here on the far end that was `from`'s. Had `id` a far end of its own, that one is released and
    /// nothing told of it: `id` lives on. Where `from` has ended meanwhile, `id` ends.
    pub(crate) fn adopt(&mut self, tenant: &TenantId, id: LegId, from: LegId) {
        if id == from {
            return;
        }
        if let Some(leg) = self.legs.get(&from)
            && leg.tenant.as_ref().is_some_and(|theirs| theirs != tenant)
        {
            tracing::error!(leg = %from, "a leg of another company cannot be taken over");
            return;
        }
        self.drop_far_end(id);
        let Some(mut leg) = self.legs.remove(&from) else { return self.adopt_ended(id, from) };
        leg.tenant = Some(tenant.clone());
        leg.refers.clear();
        if let Kind::Caller(caller) = &leg.kind
            && let Some(known) = self.servers.get_mut(&caller.server)
        {
            *known = id;
        }
        if let Some(known) = leg.dialog.and_then(|dialog| self.dialogs.get_mut(&dialog)) {
            *known = id;
        }
        if let Some(used) = leg.port.and_then(|port| self.ports.get_mut(&port.id)) {
            used.leg = id;
        }
        if let Some(other) = leg.joined.and_then(|other| self.legs.get_mut(&other)) {
            other.joined = Some(id);
        }
        self.legs.insert(id, leg);
        self.rename_uses(id, from);
    }

    fn rename_uses(&mut self, id: LegId, from: LegId) {
        let rename = |name: &mut LegId| {
            if *name == from {
                *name = id;
            }
        };
        for used in self.clients.values_mut() {
            match used {
                ClientUse::Invite(leg, _) | ClientUse::Renegotiate { leg, .. } | ClientUse::Probe(leg) => {
                    rename(leg);
                }
                ClientUse::Reinvite { leg, asked, .. } => {
                    rename(leg);
                    rename(&mut asked.leg);
                }
                ClientUse::Orphan(_) | ClientUse::Text | ClientUse::Other => {}
            }
        }
        for (_, leg) in &mut self.later {
            rename(leg);
        }
        for leg in self.legs.values_mut() {
            if let Kind::Callee(callee) = &mut leg.kind
                && let Some(caller) = &mut callee.offer_of
            {
                rename(caller);
            }
        }
    }

    /// The far end that a leg had so far goes away.
    fn drop_far_end(&mut self, id: LegId) {
        let Some(leg) = self.legs.get(&id) else { return };
        match &leg.kind {
            Kind::Caller(_) => self.release_caller(id, Release::Normal),
            Kind::Callee(_) => self.release_callee(id, Release::AnsweredElsewhere),
        }
        self.give_back(id, None);
    }

    /// The far end hung up while it was being taken over: the one end that follows is told by the new name.
    fn adopt_ended(&mut self, id: LegId, from: LegId) {
        let closing = self.ports.values_mut().find(|used| used.leg == from && used.ending.is_some());
        match closing {
            Some(used) => used.leg = id,
            None => self.tell(id, LegEvent::HungUp { media: None }),
        }
    }
}
