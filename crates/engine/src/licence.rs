//! What is delivered and who has a licence: facts for the bill, on which no call depends (I-27, I-28).

use std::collections::BTreeSet;

use model::fact::What;
use model::id::PartyId;

use crate::switchboard::Switchboard;

impl Switchboard {
    /// Brings deliveries and licences into line with the members. Only users count, and only groups with a waiting line.
    pub(crate) fn review_licences(&mut self) {
        let config = self.settings.config.clone();
        let mut users: BTreeSet<PartyId> = BTreeSet::new();
        for (number, group) in config.groups.iter().filter(|(_, group)| group.queue.is_some()) {
            let members = group.members.iter().map(|member| member.party);
            let mut members = members.filter(|party| config.users.contains_key(party)).peekable();
            let delivered = self.saved.groups.get(number).is_some_and(|saved| saved.delivered.is_some());
            if let (Some(first), false) = (members.peek(), delivered) {
                self.fact(What::Delivered { group: *number, member: *first });
            }
            users.extend(members);
        }
        let began: Vec<PartyId> = users.difference(&self.saved.licensed).copied().collect();
        let ended: Vec<PartyId> = self.saved.licensed.difference(&users).copied().collect();
        for member in ended {
            self.fact(What::LicenceEnded { member });
        }
        for member in began {
            self.fact(What::LicenceBegan { member });
        }
    }
}
