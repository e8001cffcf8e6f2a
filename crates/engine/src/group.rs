//! A group's members, and who of them is offered a call next: the duty member if there is one, then the first by the
//! group's distribution (K-15).

use model::config::{Distribution, Group};
use model::fact::{OfferRule, What};
use model::id::{CallId, PartyId};
use model::input::Actor;
use model::number::Number;

use crate::distribution;
use crate::fold::tail_cause;
use crate::switchboard::Switchboard;
use model::config::RejectCountsAs;
use model::fact::{EndCause, TailCause};

impl Switchboard {
    /// Brings members and groups into line with the settings: what is new is added, what is gone is removed,
    /// everyone else keeps his place and his log-in.
    pub(crate) fn take_members(&mut self) {
        let gone: Vec<Number> = self
            .saved
            .groups
            .keys()
            .filter(|number| !self.settings.config.groups.contains_key(number))
            .copied()
            .collect();
        for group in gone {
            self.cancel_callbacks_in(group);
            // Everybody leaves it first, so that the time he was logged in is on record (V-63).
            let members: Vec<PartyId> = self
                .saved
                .groups
                .get(&group)
                .into_iter()
                .flat_map(|entry| entry.members.keys().copied())
                .collect();
            for member in members {
                self.fact(What::MemberRemoved { group, member });
            }
            self.fact(What::GroupRemoved { group });
        }
        let config = self.settings.config.clone();
        for (number, group) in &config.groups {
            self.take_members_of(*number, group);
        }
        self.review_licences();
    }

    fn take_members_of(&mut self, number: Number, group: &Group) {
        let known = self.saved.groups.get(&number);
        let gone: Vec<PartyId> = known
            .into_iter()
            .flat_map(|entry| entry.members.keys().copied())
            .filter(|member| !self.settings.is_member(number, *member))
            .collect();
        for member in gone {
            self.fact(What::MemberRemoved { group: number, member });
        }
        for member in &group.members {
            let known = self.saved.groups.get(&number);
            if known.is_some_and(|entry| entry.members.contains_key(&member.party)) {
                continue;
            }
            self.fact(What::MemberAdded { group: number, member: member.party });
            if member.logged_in {
                self.fact(What::LoggedIn { group: number, member: member.party, by: Actor::Rule });
            }
        }
        let duty = self.saved.groups.get(&number).and_then(|entry| entry.duty);
        if duty.is_some() && !group.duty {
            self.fact(What::DutyChanged { group: number, duty: None });
        }
    }

    /// Who is offered the call next, and by which rule. Looks at no more members than were tried, but where chance or
    /// the last hour decides (design section 3).
    pub(crate) fn pick(
        &mut self,
        group: &Group,
        can: impl Fn(PartyId) -> bool,
    ) -> Option<(PartyId, OfferRule)> {
        let saved = self.saved.groups.get(&group.number)?;
        if let Some(duty) = saved.duty
            && self.ready.contains(duty, group.number)
            && can(duty)
        {
            return Some((duty, OfferRule::Duty));
        }
        let free = self.ready.free(group.number)?;
        let rule = distribution::rule(group.distribution);
        let next = if group.distribution == Distribution::Balanced {
            distribution::balanced::pick(free, saved, self.now.utc, can)?
        } else if distribution::draws(group) {
            let equal = distribution::equals(free, can);
            *equal.get(self.chance.below(equal.len()))?
        } else {
            // Who was tried and keeps his place (K-18) stands before the others; there are never more of them than
            // were offered this call.
            free.values().copied().find(|member| can(*member))?
        };
        Some((next, rule))
    }

    /// Moves a member as the end of his offer asks for (K-16, K-18, K-19); the duty member keeps the first
    /// place whatever happens (K-21).
    pub(crate) fn move_after(&mut self, group: &Group, member: PartyId, call: CallId, why: TailCause) {
        if !matches!(group.distribution, Distribution::Rotation | Distribution::Balanced) {
            return;
        }
        let Some(entry) = self.saved.groups.get(&group.number) else { return };
        let listed = entry.members.get(&member).is_some_and(|saved| saved.place.is_some());
        if listed && entry.duty != Some(member) {
            self.fact(What::MovedToTail { group: group.number, member, call, why });
        }
    }

    /// As `move_after`, for an offer that was not taken.
    pub(crate) fn move_after_miss(&mut self, group: &Group, member: PartyId, call: CallId, cause: EndCause) {
        let Some(why) = tail_cause(cause) else { return };
        let keeps = why == TailCause::Rejected && group.reject_counts_as == RejectCountsAs::Busy;
        if !keeps {
            self.move_after(group, member, call, why);
        }
    }

    /// Logs a member out who missed too many offers in a row.
    pub(crate) fn log_out_after_misses(&mut self, group: &Group, member: PartyId) -> bool {
        let Some(limit) = group.misses_before_logout else { return false };
        let saved = self.saved.groups.get(&group.number).and_then(|entry| entry.members.get(&member));
        let over = saved.is_some_and(|saved| saved.place.is_some() && saved.missed >= limit);
        if over {
            self.fact(What::LoggedOut { group: group.number, member, by: Actor::Rule });
        }
        over
    }
}
