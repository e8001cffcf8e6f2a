//! The settings in force, with what the path of a call looks up in them ready at hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::config::{Group, Member, TenantConfig};
use model::id::PartyId;
use model::leg::Dialled;
use model::number::{Number, PhoneNumber};
use model::saved::SavedState;

use crate::presence;

/// Settings and indexes over them; made anew when settings are taken.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Arc<TenantConfig>,
    proved: BTreeMap<PhoneNumber, PartyId>,
    own_line_of: BTreeMap<PartyId, Number>,
    members: BTreeMap<(Number, PartyId), usize>,
}

impl Settings {
    pub(crate) fn new(config: Arc<TenantConfig>) -> Settings {
        let mut proved = BTreeMap::new();
        for (party, user) in &config.users {
            for number in [user.mobile, user.number].into_iter().flatten() {
                proved.entry(number).or_insert(*party);
            }
        }
        for (party, outside) in &config.outside {
            proved.insert(outside.number, *party);
        }
        let mut own_line_of = BTreeMap::new();
        let mut members = BTreeMap::new();
        for (number, group) in &config.groups {
            if let Some(line) = group.own_line {
                own_line_of.entry(line).or_insert(*number);
            }
            for (at, member) in group.members.iter().enumerate() {
                members.insert((*number, member.party), at);
            }
        }
        Settings { config, proved, own_line_of, members }
    }

    pub(crate) fn group(&self, number: Number) -> Option<Arc<Group>> {
        self.config.groups.get(&number).cloned()
    }

    /// Who is proved by a network-asserted number (K-04).
    pub(crate) fn proved_by(&self, number: PhoneNumber) -> Option<PartyId> {
        self.proved.get(&number).copied()
    }

    /// The group whose own line a user is.
    pub(crate) fn own_line_of(&self, party: PartyId) -> Option<Number> {
        self.own_line_of.get(&party).copied()
    }

    /// A line that has no number but its group's rings by the group's rules alone, also when its extension is dialled
    /// (K-31); a person who is a group's line beside his own number stays reachable by himself.
    pub(crate) fn by_its_group(&self, to: Dialled) -> Dialled {
        let Dialled::User(party) = to else { return to };
        let own = self.config.users.get(&party).is_some_and(|user| user.number.is_some());
        match self.own_line_of(party).filter(|_| !own) {
            Some(group) => Dialled::Group(group),
            None => Dialled::User(party),
        }
    }

    /// A member as the settings have him.
    pub(crate) fn member(&self, group: Number, party: PartyId) -> Option<&Member> {
        let at = self.members.get(&(group, party))?;
        self.config.groups.get(&group)?.members.get(*at)
    }

    /// As `presence::is_red`.
    pub(crate) fn is_red(&self, state: &SavedState, group: &Group, party: PartyId) -> bool {
        presence::is_red(state, &self.config, group, party)
    }

    /// As `presence::is_reachable`.
    pub(crate) fn is_reachable(&self, state: &SavedState, group: &Group, party: PartyId) -> bool {
        presence::is_reachable(state, &self.config, group, party)
    }

    /// As `presence::is_away`.
    pub(crate) fn is_away(&self, state: &SavedState, group: &Group, party: PartyId) -> bool {
        presence::is_away(state, &self.config, group, party)
    }

    pub(crate) fn is_member(&self, group: Number, party: PartyId) -> bool {
        self.members.contains_key(&(group, party))
    }

    pub(crate) fn may_take_duty(&self, group: Number, party: PartyId) -> bool {
        self.member(group, party).is_some_and(|member| member.may_take_duty)
    }
}
