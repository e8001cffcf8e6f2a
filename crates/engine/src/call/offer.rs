//! A call in a group: members are offered it, one round after the other, until one takes it or nobody is left.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::config::Group;
use model::fact::{EndCause, NoticeKind, OfferRule, Peer, Place, Role, TailCause, VisitOutcome, What};
use model::id::PartyId;
use model::leg::{DialTo, LegCommand, PlayId, PromptRef, Release, Show};
use model::number::Number;
use model::output::NoticeTo;
use model::time::Span;

use super::direct::{Dialling, FarEnd};
use super::{Call, Leg, LegRun, Phase};
use crate::fold::missed;
use crate::switchboard::Switchboard;
use crate::texts;
use crate::timers::Timer;

/// An outside member has this long to press 1 (K-34).
const CONFIRM_MAX: Span = Span::seconds(10);

/// The prompt that asks for it.
const CONFIRM_PROMPT: &str = "press_1_to_accept";

/// A call that members are offered.
#[derive(Debug)]
pub(crate) struct Offering {
    pub(crate) group: Number,
    /// Of the group, when its last round began.
    pub(crate) ring_time: Span,
    /// From 1 to the group's `passes`.
    pass: u32,
    /// How often each member was offered this call here.
    tries: BTreeMap<PartyId, u32>,
}

impl Switchboard {
    /// The call enters a group (K-01).
    pub(crate) fn enter_group(&mut self, call: &mut Call, number: Number) {
        self.fact(What::VisitStarted { call: call.id, group: number });
        call.groups.push(number);
        let ring_time = self.settings.group(number).map_or(Span(0), |group| group.ring_time);
        call.phase = Phase::Offering(Offering { group: number, ring_time, pass: 1, tries: BTreeMap::new() });
        self.offer_on(call);
    }

    /// Offers the call to as many members as shall ring at once, by the newest settings. With nobody left and
    /// nobody ringing the fallback list begins (K-23, K-49).
    fn offer_on(&mut self, call: &mut Call) {
        loop {
            let Phase::Offering(offering) = &mut call.phase else { return };
            let number = offering.group;
            let Some(group) = self.settings.group(number) else { return self.group_gone(call) };
            offering.ring_time = group.ring_time;
            let ringing = call.legs.values().filter(|leg| leg.state != LegRun::Closing).count();
            let wanted = (group.parallel as usize).saturating_sub(ringing);
            let Phase::Offering(offering) = &mut call.phase else { return };
            let chosen = self.choose(offering, &group, wanted);
            if chosen.is_empty() {
                if ringing == 0 {
                    self.nobody_left(call, number);
                }
                return;
            }
            if self.offer_round(call, &group, &chosen) {
                return;
            }
        }
    }

    /// Picks members for one round; who is picked counts as tried.
    fn choose(&self, offering: &mut Offering, group: &Group, wanted: usize) -> Vec<(PartyId, OfferRule)> {
        let mut chosen: Vec<(PartyId, OfferRule)> = Vec::new();
        while chosen.len() < wanted {
            let tries = |member| offering.tries.get(&member).copied().unwrap_or_default();
            match self.pick(group, offering.pass, tries) {
                Some((member, rule)) => {
                    *offering.tries.entry(member).or_default() = offering.pass;
                    chosen.push((member, rule));
                }
                None if chosen.is_empty() && offering.pass < group.passes => offering.pass += 1,
                None => break,
            }
        }
        chosen
    }

    /// Rings those chosen. `false`: none of them could be rung, so the next round follows at once.
    fn offer_round(&mut self, call: &mut Call, group: &Group, chosen: &[(PartyId, OfferRule)]) -> bool {
        let first = call.next_leg;
        let rule = chosen.first().map_or(OfferRule::Nobody, |(_, rule)| *rule);
        let offered = chosen.iter().zip(first..).map(|((member, _), n)| (*member, call.leg_id(n))).collect();
        let config = self.settings.config.version;
        self.fact(What::Offered { call: call.id, group: group.number, offered, rule, config });
        let mut any = false;
        for (member, _) in chosen {
            any |= self.offer(call, group, *member);
        }
        any
    }

    /// Offers the call to one member. `false`: he has no contact; he goes to the tail without a wait (K-19).
    fn offer(&mut self, call: &mut Call, group: &Group, member: PartyId) -> bool {
        let far_end = FarEnd { peer: Peer::Party(member), role: Role::Member, group: Some(group.number) };
        let (to, show) = match self.settings.config.outside.get(&member) {
            Some(outside) => (DialTo::Outside(outside.number), self.shown_outside(call)),
            None => {
                let reachable = self.saved.agents.get(&member).is_some_and(|agent| agent.reach.contacts > 0);
                if !reachable {
                    self.stillborn_leg(call, far_end, EndCause::Unreachable);
                    self.missed(call, group, member, EndCause::Unreachable);
                    return false;
                }
                (DialTo::User(member), self.shown_inside(call))
            }
        };
        let show = labelled(show, &group.label);
        let alerting_max = group.alerting_max;
        self.dial(call, Dialling { to, far_end, show, alerting_max });
        self.ring(call);
        true
    }

    /// A member did not take the call: his place, his count of misses, and the notice about it.
    fn missed(&mut self, call: &Call, group: &Group, member: PartyId, cause: EndCause) {
        self.move_after_miss(group, member, call.id, cause);
        let user = self.settings.config.users.contains_key(&member);
        let language = self.settings.config.language_of(member);
        // req K-29: told when he let it ring, not when he was busy.
        if cause == EndCause::NoAnswer && group.passed_on_notice && user {
            let from = self.whence(call, language);
            let text = texts::passed_on(language, &group.name, &from);
            self.tell(call, member, NoticeKind::PassedOn, text);
        }
        if cause == EndCause::Diverted && user {
            let text = texts::diversion_seen(language, &group.name);
            self.tell(call, member, NoticeKind::DiversionSeen, text);
        }
        if missed(cause) && self.log_out_after_misses(group, member) && user {
            let text = texts::logged_out_by_rule(language, &group.name);
            self.tell(call, member, NoticeKind::LoggedOut, text);
        }
    }

    fn tell(&mut self, call: &Call, member: PartyId, kind: NoticeKind, text: String) {
        self.fact(What::NoticeSent { to: member, call: call.id, kind });
        self.notice(NoticeTo::User(member), text);
    }

    /// From whom a call is, in a text: number, else name, else "hidden".
    fn whence(&self, call: &Call, language: model::language::Language) -> String {
        let show = self.shown_inside(call);
        let number = show.number.map(|number| number.to_string());
        let known = number.or_else(|| show.name.map(|name| name.to_string())).filter(|_| !show.hidden);
        known.map_or_else(
            || texts::from_hidden(language).to_owned(),
            |known| texts::from_number(language, &known),
        )
    }

    /// A member answered. An outside one may have to press 1 first (K-34).
    pub(crate) fn offer_answered(&mut self, call: &mut Call, n: u16) {
        let leg = call.leg_id(n);
        let Phase::Offering(offering) = &call.phase else { return };
        let group = self.settings.group(offering.group);
        let member = call.legs.get(&n).and_then(|run| run.party);
        let (Some(member), confirm) = (member, group.as_ref().is_some_and(|group| group.confirm_outside))
        else {
            return;
        };
        self.fact(What::LegAnswered { leg });
        if !(confirm && self.settings.config.outside.contains_key(&member)) {
            return self.take(call, n, member);
        }
        self.timers.cancel(Timer::Ring(leg));
        self.timers.set(Timer::Confirm(leg), self.now.tick + CONFIRM_MAX);
        if let Some(run) = call.legs.get_mut(&n) {
            run.state = LegRun::Confirming;
        }
        let language = self.settings.config.language_of(member);
        let name = CONFIRM_PROMPT.parse().expect("a prompt name");
        if let Some((language, text)) = self.settings.config.prompts.find(&name, language) {
            let prompt = Arc::from(CONFIRM_PROMPT);
            self.fact(What::Heard { leg, place: Place::Confirm, prompt, language, text });
            let prompts = vec![PromptRef { name, language }];
            self.command_leg(leg, LegCommand::Play { id: PlayId(0), prompts });
        }
    }

    /// An outside member pressed 1.
    pub(crate) fn confirmed(&mut self, call: &mut Call, n: u16) {
        let Some(Leg { party: Some(member), .. }) = call.legs.get(&n).cloned() else { return };
        self.take(call, n, member);
    }

    /// A member takes the call: the others stop ringing, he goes to the tail at this moment (K-16).
    fn take(&mut self, call: &mut Call, n: u16, member: PartyId) {
        let Phase::Offering(offering) = &call.phase else { return };
        let number = offering.group;
        self.timers.cancel_leg(call.leg_id(n));
        let others: Vec<u16> = call.legs.keys().copied().filter(|other| *other != n).collect();
        for other in others {
            self.end_dialled(call, other, EndCause::AnsweredElsewhere, Release::AnsweredElsewhere);
        }
        if let Some(group) = self.settings.group(number) {
            self.move_after(&group, member, call.id, TailCause::Answered);
        }
        self.leave_group(call, VisitOutcome::Served);
        self.join(call, n);
    }

    /// An offer ended without an answer; the call goes on.
    pub(crate) fn offer_failed(&mut self, call: &mut Call, n: u16, cause: EndCause) {
        let Phase::Offering(offering) = &call.phase else { return };
        let member = call.legs.get(&n).and_then(|run| run.party);
        if let (Some(group), Some(member)) = (self.settings.group(offering.group), member) {
            self.missed(call, &group, member, cause);
        }
        self.offer_on(call);
    }

    /// The far network forwards the member's phone: that must not take the call (K-33).
    pub(crate) fn member_diverted(&mut self, call: &mut Call, n: u16) {
        self.end_dialled(call, n, EndCause::Diverted, Release::Normal);
        self.offer_failed(call, n, EndCause::Diverted);
    }

    fn nobody_left(&mut self, call: &mut Call, number: Number) {
        let config = self.settings.config.version;
        let rule = OfferRule::Nobody;
        self.fact(What::Offered { call: call.id, group: number, offered: Vec::new().into(), rule, config });
        self.leave_group(call, VisitOutcome::Overflowed);
        self.fall_back(call, number);
    }

    /// The settings removed the group while the call was in it: who rings goes on ringing, then the call ends as
    /// at the end of an exhausted list.
    fn group_gone(&mut self, call: &mut Call) {
        let Phase::Offering(offering) = &call.phase else { return };
        let number = offering.group;
        if call.legs.values().any(|leg| leg.state != LegRun::Closing) {
            return;
        }
        self.leave_group(call, VisitOutcome::Overflowed);
        self.fall_back(call, number);
    }
}

/// The group's label before the caller's name, or before his number where he has none (K-26).
fn labelled(show: Show, label: &str) -> Show {
    if label.is_empty() {
        return show;
    }
    let caller = if show.hidden {
        None
    } else {
        show.name
            .clone()
            .map(|name| name.to_string())
            .or_else(|| show.number.map(|number| number.to_string()))
    };
    let name = caller.map_or_else(|| label.to_owned(), |caller| format!("{label} {caller}"));
    Show { name: Some(Arc::from(name)), ..show }
}
