//! The settings in force, with what the path of a call looks up in them ready at hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::config::{Group, Member, TenantConfig};
use model::id::PartyId;
use model::input::Reachability;
use model::leg::Dialled;
use model::number::{Number, PhoneNumber};
use model::saved::SavedState;
use model::table::Table;

use crate::presence;

/// Settings and indexes over them; made anew when settings are taken.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) config: Arc<TenantConfig>,
    proved: BTreeMap<PhoneNumber, PartyId>,
    own_line_of: BTreeMap<PartyId, Number>,
    /// Where each member stands in his group's list.
    members: BTreeMap<Number, Table<PartyId, usize>>,
    /// All users, with the mobile that groups may ring.
    mobiles: Table<PartyId, Option<PhoneNumber>>,
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
            let listed = group.members.iter().enumerate().map(|(at, member)| (member.party, at));
            members.insert(*number, listed.collect());
        }
        let mobiles = config.users.iter().map(|(party, user)| (*party, user.mobile)).collect();
        Settings { config, proved, own_line_of, members, mobiles }
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
        let at = self.members.get(&group)?.get(&party)?;
        self.config.groups.get(&group)?.members.get(*at)
    }

    /// As `presence::is_red`.
    pub(crate) fn is_red(&self, state: &SavedState, group: &Group, party: PartyId) -> bool {
        presence::is_red(state, &self.config, group, party)
    }

    /// As `presence::is_reachable`.
    pub(crate) fn is_reachable(&self, state: &SavedState, group: &Group, party: PartyId) -> bool {
        let reach = state.agents.get(&party).map(|agent| agent.reach).unwrap_or_default();
        self.rings(group, party, reach)
    }

    /// As `presence::is_reachable`, of whom it is known what he has registered.
    pub(crate) fn rings(&self, group: &Group, party: PartyId, reach: Reachability) -> bool {
        match self.mobiles.get(&party) {
            Some(mobile) => presence::rings(group, reach, *mobile),
            None => self.config.outside.contains_key(&party),
        }
    }

    pub(crate) fn is_user(&self, party: PartyId) -> bool {
        self.mobiles.contains_key(&party)
    }

    pub(crate) fn mobile_of(&self, party: PartyId) -> Option<PhoneNumber> {
        self.mobiles.get(&party).copied().flatten()
    }

    pub(crate) fn is_member(&self, group: Number, party: PartyId) -> bool {
        self.members.get(&group).is_some_and(|members| members.contains_key(&party))
    }

    pub(crate) fn may_take_duty(&self, group: Number, party: PartyId) -> bool {
        self.member(group, party).is_some_and(|member| member.may_take_duty)
    }
}
