//! People of the reference model: who is logged in, busy, paused, working after a call, and who of them is the best
//! by a group's distribution.

use std::collections::{BTreeMap, BTreeSet};

use model::config::{Distribution, Group, TenantConfig, Ties};
use model::fact::{EndCause, Peer, Role, What};
use model::id::{LegId, PartyId};
use model::number::Number;
use model::time::{Span, Utc};

use super::rules::is_certain;

#[derive(Debug, Default, Clone)]
struct Person {
    contacts: u8,
    activity: Option<model::input::Activity>,
    paused: Option<Utc>,
    wrap_up: bool,
    resting: bool,
    idle_since: Utc,
    legs: BTreeSet<LegId>,
    /// Offered a call a moment ago; the leg follows.
    promised: bool,
}

#[derive(Debug, Default, Clone)]
struct Member {
    since: Utc,
    answered: Vec<Utc>,
}

/// A leg of a member.
#[derive(Debug, Clone, Copy)]
struct Talk {
    party: PartyId,
    group: Option<Number>,
    role: Role,
    answered: bool,
}

/// Everybody.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) now: Utc,
    persons: BTreeMap<PartyId, Person>,
    /// Those logged in to a group, in the order of its list.
    lists: BTreeMap<Number, Vec<PartyId>>,
    members: BTreeMap<(Number, PartyId), Member>,
    legs: BTreeMap<LegId, Talk>,
    /// Calls in which a caller was answered.
    answered: BTreeSet<model::id::CallId>,
}

impl People {
    fn person(&mut self, party: PartyId) -> &mut Person {
        self.persons.entry(party).or_default()
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the model looks only at what changes people")]
    pub(super) fn take(&mut self, what: &What, at: Utc) {
        self.now = at;
        match what {
            What::LoggedIn { group, member, .. } => {
                self.lists.entry(*group).or_default().push(*member);
                self.members.entry((*group, *member)).or_default().since = at;
            }
            What::LoggedOut { group, member, .. } | What::MemberRemoved { group, member } => {
                self.lists.entry(*group).or_default().retain(|other| other != member);
            }
            What::MemberAdded { group, member } => {
                self.members.insert((*group, *member), Member { since: at, answered: Vec::new() });
            }
            What::GroupRemoved { group } => {
                self.lists.remove(group);
                self.members.retain(|(number, _), _| number != group);
            }
            What::MovedToTail { group, member, .. } => {
                let list = self.lists.entry(*group).or_default();
                if let Some(at) = list.iter().position(|other| other == member) {
                    let member = list.remove(at);
                    list.push(member);
                }
            }
            What::Reached { party, reach } => self.person(*party).contacts = reach.contacts,
            What::Presence { party, activity } => self.person(*party).activity = Some(*activity),
            What::Paused { member, .. } => self.person(*member).paused = Some(at),
            What::Resumed { member } => self.person(*member).paused = None,
            What::WrapUpStarted { member, .. } => self.person(*member).wrap_up = true,
            What::WrapUpEnded { member } => {
                let person = self.person(*member);
                person.wrap_up = false;
                person.idle_since = at;
            }
            What::Resting { member, .. } => self.person(*member).resting = true,
            What::Rested { member } => self.person(*member).resting = false,
            What::IdleReset { member } => self.person(*member).idle_since = at,
            What::LegStarted { leg, role, peer: Peer::Party(party), group, .. } => {
                let (party, group, role) = (*party, *group, *role);
                self.legs.insert(*leg, Talk { party, group, role, answered: false });
                let person = self.person(party);
                person.promised = false;
                person.legs.insert(*leg);
            }
            What::LegAnswered { leg } => {
                if let Some(talk) = self.legs.get_mut(leg) {
                    talk.answered = true;
                }
            }
            What::LegMoved { to, .. } => {
                if let Some(talk) = self.legs.get_mut(to) {
                    talk.answered = true;
                }
            }
            What::CallAnswered { call, with } => {
                self.answered.insert(*call);
                let talk = with.and_then(|leg| self.legs.get(&leg).copied());
                if let Some(Talk { party, group: Some(group), role: Role::Member, .. }) = talk {
                    self.members.entry((group, party)).or_default().answered.push(at);
                }
            }
            What::LegEnded { leg, cause } => self.ended(*leg, *cause, at),
            _ => {}
        }
    }

    fn ended(&mut self, leg: LegId, cause: EndCause, at: Utc) {
        let Some(talk) = self.legs.remove(&leg) else { return };
        let talked = talk.answered && self.answered.contains(&leg.call) && cause != EndCause::NotConfirmed;
        let person = self.person(talk.party);
        person.legs.remove(&leg);
        if talk.role == Role::Member && talk.group.is_some() && talked {
            person.idle_since = at;
        }
    }

    /// A person is offered a call; until its leg begins he can take no other.
    pub(super) fn promise(&mut self, party: PartyId) {
        self.person(party).promised = true;
    }

    /// Logged in, in no call, not rung, not paused, not working after a call, not left alone, with a phone, and not
    /// kept away by his presence.
    pub(super) fn can_take(&self, group: &Group, config: Option<&TenantConfig>, party: PartyId) -> bool {
        let Some(person) = self.persons.get(&party) else { return false };
        let listed = || self.lists.get(&group.number).is_some_and(|list| list.contains(&party));
        person.legs.is_empty()
            && !person.promised
            && person.paused.is_none()
            && !person.wrap_up
            && !person.resting
            && person.contacts > 0
            && !is_red(group, config, person)
            && listed()
    }

    /// Able to answer now or later: logged in, and in a call or after one, or with a phone and not away; a pause counts
    /// unless it has lasted as long as callers may wait (V-22).
    pub(super) fn is_there(&self, group: &Group, config: Option<&TenantConfig>, party: PartyId) -> bool {
        let listed = self.lists.get(&group.number).is_some_and(|list| list.contains(&party));
        let Some(person) = self.persons.get(&party) else { return false };
        let wait_max = group.queue.as_ref().and_then(|queue| queue.wait_max);
        let long = person.paused.zip(wait_max).is_some_and(|(since, most)| self.now - since >= most);
        let at_work = !person.legs.is_empty() || person.wrap_up;
        listed && (at_work || (person.contacts > 0 && !is_red(group, config, person) && !long))
    }

    /// Whoever was chosen stands first among those who could be.
    pub(super) fn assert_best(&self, group: &Group, candidates: &[PartyId], chosen: PartyId) {
        let of = |party: PartyId| self.standing(group, party);
        let best = candidates.iter().copied().map(of).min().expect("somebody was chosen");
        let given = of(chosen);
        let fits = if is_certain(group) { given == best } else { given.0 == best.0 };
        assert!(
            fits,
            "{} offers to {chosen:?} {given:?} by {:?}; the best stands at {best:?}",
            group.number, group.distribution
        );
    }

    fn standing(&self, group: &Group, party: PartyId) -> (u128, i64, PartyId) {
        let set = group.members.iter().find(|member| member.party == party);
        let member = self.members.get(&(group.number, party)).cloned().unwrap_or_default();
        let idle =
            self.persons.get(&party).map_or(member.since, |person| person.idle_since.max(member.since)).0;
        let list = self.lists.get(&group.number);
        let place = list.and_then(|list| list.iter().position(|other| *other == party)).unwrap_or(usize::MAX);
        let place = i64::try_from(place).unwrap_or(i64::MAX);
        match group.distribution {
            Distribution::Rotation => (0, place, party),
            Distribution::Ordered => {
                (set.and_then(|member| member.order).map_or(u128::MAX, u128::from), idle, party)
            }
            Distribution::Skill => {
                let then = if group.ties == Ties::LongestIdle { idle } else { 0 };
                (set.map_or(3, |member| u128::from(member.skill)), then, party)
            }
            Distribution::LongestIdle => (0, idle, party),
            Distribution::Balanced => {
                let hour = Span::seconds(3_600);
                let calls = member.answered.iter().filter(|at| self.now - **at < hour).count() as u128;
                let logged_in = u128::from((self.now - member.since).0.min(hour.0).max(1));
                (calls * 1_000_000_000_000 / logged_in, place, party)
            }
            Distribution::Random => (0, 0, party),
        }
    }
}

fn is_red(group: &Group, config: Option<&TenantConfig>, person: &Person) -> bool {
    let red = config.is_some_and(|config| {
        person.activity.is_some_and(|activity| config.presence_red.contains(&activity))
    });
    group.presence_blocks && red
}
