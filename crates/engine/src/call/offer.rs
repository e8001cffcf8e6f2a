//! A call in a group: members are offered it, one round after the other, until one takes it or nobody is left.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::config::{Group, ShowOnOffer};
use model::fact::{EndCause, NoticeKind, OfferRule, Peer, Place, Role, TailCause, VisitOutcome, What};
use model::id::{LegId, PartyId};
use model::leg::{Affix, Devices, DialTo, LegCommand, PromptRef, Release, Show, Tone};
use model::number::Number;
use model::output::NoticeTo;
use model::time::Span;

use super::direct::{Dialling, FarEnd};
use super::{Call, CallerLeg, Leg, LegRun, Phase};
use crate::fold::missed;
use crate::queue::InLine;
use crate::switchboard::Switchboard;
use crate::texts;
use crate::timers::Timer;

/// Who answers outside has this long to press 1 (K-34).
const CONFIRM_MAX: Span = Span::seconds(10);

/// An offer that fails within it has failed at once (behaviour, "Queues").
const AT_ONCE: Span = Span::seconds(1);

/// The prompt that asks for it.
const CONFIRM_PROMPT: &str = "press_1_to_accept";

/// With what a user answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnsweredBy {
    /// A phone of the company, or one of somebody outside.
    Phone,
    /// His own mobile, over a trunk.
    Mobile,
}

/// A call that members are offered.
#[derive(Debug)]
pub(crate) struct Offering {
    pub(crate) group: Number,
    /// Of the group, when its last round began.
    pub(crate) ring_time: Span,
    /// From 1 to the group's `passes`.
    pass: u32,
    /// How often each member was offered this call here; in a line: in which round last.
    tries: BTreeMap<PartyId, u32>,
    /// Where the group has a waiting line.
    pub(crate) line: Option<InLine>,
}

impl Offering {
    /// A call that stands in a line again.
    pub(crate) fn in_line(group: Number, ring_time: Span) -> Offering {
        Offering { group, ring_time, pass: 1, tries: BTreeMap::new(), line: Some(InLine::default()) }
    }

    /// Whether a member may be offered the call: once a pass, or once a round of a line.
    pub(crate) fn can_offer(&self, member: PartyId) -> bool {
        self.tries.get(&member).copied().unwrap_or_default() < self.pass
    }

    /// A member has been offered the call.
    pub(crate) fn tried(&mut self, member: PartyId) {
        self.tries.insert(member, self.pass);
    }

    /// Whether somebody was offered the call in this round.
    pub(crate) fn has_tried(&self) -> bool {
        self.tries.values().any(|round| *round == self.pass)
    }

    /// Which round it is, from 1.
    pub(crate) fn round(&self) -> u32 {
        self.pass
    }

    /// All who missed the call may be offered it again.
    pub(crate) fn begin_round(&mut self) {
        self.pass += 1;
    }
}

impl Switchboard {
    /// The call enters a group (K-01).
    pub(crate) fn enter_group(&mut self, call: &mut Call, number: Number) {
        self.fact(What::VisitStarted { call: call.id, group: number });
        call.groups.push(number);
        let ring_time = self.settings.group(number).map_or(Span(0), |group| group.ring_time);
        call.phase = Phase::Offering(Offering {
            group: number,
            ring_time,
            pass: 1,
            tries: BTreeMap::new(),
            line: None,
        });
        match self.settings.group(number) {
            Some(group) if group.queue.is_some() => self.enter_queue(call, &group),
            Some(_) | None => self.offer_on(call),
        }
    }

    /// Offers the call to as many members as shall ring at once, by the newest settings. With nobody left and
    /// nobody ringing the fallback list begins (K-23, K-49).
    pub(crate) fn offer_on(&mut self, call: &mut Call) {
        loop {
            let Phase::Offering(offering) = &mut call.phase else { return };
            let number = offering.group;
            let Some(group) = self.settings.group(number) else { return self.group_gone(call) };
            if offering.line.as_ref().is_some_and(|line| line.welcome) {
                return;
            }
            offering.ring_time = group.ring_time;
            let ringing = call.legs.values().filter(|leg| leg.state != LegRun::Closing).count();
            let wanted =
                if may_begin(offering, &group, ringing) { group.parallel as usize - ringing } else { 0 };
            let Phase::Offering(offering) = &mut call.phase else { return };
            let chosen = self.choose(offering, &group, wanted);
            if chosen.is_empty() {
                return self.nobody_chosen(call, &group, ringing);
            }
            if let Some(line) = &mut offering.line {
                line.rings(call.next_leg, ringing);
            }
            if self.offer_round(call, &group, &chosen) {
                return self.offered(call, &group);
            }
        }
    }

    /// Nobody more could be chosen: who rings goes on ringing; else the call waits, or the fallback list begins.
    fn nobody_chosen(&mut self, call: &mut Call, group: &Group, ringing: usize) {
        let in_line = call.line().is_some();
        match (ringing, in_line) {
            (0, true) if group.queue.is_some() => self.wait_in_line(call, group),
            (0, _) => self.nobody_left(call, group.number),
            (_, true) => self.offered(call, group),
            (_, false) => {}
        }
    }

    /// Somebody rings: a call in a line wants nobody now, or more of those who ring at once.
    fn offered(&mut self, call: &mut Call, group: &Group) {
        let Phase::Offering(offering) = &call.phase else { return };
        if offering.line.is_none() {
            return;
        }
        let ringing = call.legs.values().filter(|leg| leg.state != LegRun::Closing).count();
        // A call that has waited too long gets nobody more, though who rings may still take it.
        let more = may_begin(offering, group, ringing);
        self.want_none(group.number, call.id);
        self.timers.cancel(Timer::Round(call.id));
        if more && let Some(rank) = self.rank_of(group.number, call.id) {
            self.wanting.want_more(group.number, rank, call.id);
        }
        self.sound(call);
    }

    /// Picks members for one round; who is picked counts as tried.
    fn choose(&mut self, offering: &mut Offering, group: &Group, wanted: usize) -> Vec<(PartyId, OfferRule)> {
        let mut chosen: Vec<(PartyId, OfferRule)> = Vec::new();
        while chosen.len() < wanted {
            match self.pick(group, |member| offering.can_offer(member)) {
                Some((member, rule)) => {
                    offering.tried(member);
                    chosen.push((member, rule));
                }
                None if offering.line.is_none() && chosen.is_empty() && offering.pass < group.passes => {
                    offering.pass += 1;
                }
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
        let round = if let Phase::Offering(offering) = &call.phase { offering.pass } else { 1 };
        self.fact(What::Offered { call: call.id, group: group.number, offered, rule, config, round });
        let mut any = false;
        for (member, _) in chosen {
            any |= self.offer(call, group, *member);
        }
        any
    }

    /// Offers the call to one member. `false`: he has no contact; he goes to the tail without a wait (K-19).
    pub(crate) fn offer(&mut self, call: &mut Call, group: &Group, member: PartyId) -> bool {
        let far_end = FarEnd { peer: Peer::Party(member), role: Role::Member, group: Some(group.number) };
        let taken = !self.settings.is_member(group.number, member);
        let (to, show) = match self.settings.config.outside.get(&member) {
            Some(outside) => (DialTo::Outside(outside.number), self.shown_outside(call)),
            None => {
                let reachable = taken || self.settings.is_reachable(&self.saved, group, member);
                if !reachable {
                    self.stillborn_leg(call, far_end, EndCause::Unreachable);
                    self.missed(call, group, member, EndCause::Unreachable);
                    return false;
                }
                (self.devices_of(group, member), self.shown_inside(call))
            }
        };
        // The name tells who calls, whatever number stands beside it; a hidden caller has the label alone.
        let show = self.shown_for(group, labelled(show, &group.label));
        let alerting_max = group.alerting_max;
        self.dial(
            call,
            Dialling { to, far_end, show, alerting_max, media_of: Some(call.served), recall: None },
        );
        match call.line() {
            Some(_) => {}
            None if call.caller == CallerLeg::Answered => {
                self.command_leg(call.caller_leg(), LegCommand::Tone(Tone::Ringing));
            }
            None => self.ring(call),
        }
        true
    }

    /// Those of a user's devices that the group rings (V-34). Who is given a call without being a member has all his
    /// phones rung.
    pub(crate) fn devices_of(&self, group: &Group, member: PartyId) -> DialTo {
        if group.devices == Devices::CONTACTS || !self.settings.is_member(group.number, member) {
            return DialTo::User(member);
        }
        let mobile = self.settings.mobile_of(member).filter(|_| group.devices.mobile);
        DialTo::Devices { user: member, devices: group.devices, mobile }
    }

    /// The number that members see: the group's, or the caller's with the group's affix (V-17, V-18).
    fn shown_for(&self, group: &Group, show: Show) -> Show {
        match group.show {
            ShowOnOffer::Group => Show { instead: Some(group.number), ..show },
            ShowOnOffer::Caller => {
                let affix = Affix { prefix: group.show_prefix.clone(), suffix: group.show_suffix.clone() };
                Show { affix, ..show }
            }
        }
    }

    /// A member did not take the call: his place, his count of misses, and the notice about it.
    pub(crate) fn missed(&mut self, call: &Call, group: &Group, member: PartyId, cause: EndCause) {
        self.move_after_miss(group, member, call.id, cause);
        if group.miss_resets_idle && missed(cause) {
            self.fact(What::IdleReset { member });
        }
        let user = self.settings.is_user(member);
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

    /// A member answered.
    pub(crate) fn offer_answered(&mut self, call: &mut Call, n: u16, by: AnsweredBy) {
        let Phase::Offering(offering) = &call.phase else { return };
        let number = offering.group;
        let Some(member) = call.legs.get(&n).and_then(|run| run.party) else { return };
        self.fact(What::LegAnswered { leg: call.leg_id(n) });
        let asks = self.asks_to_confirm(call, n, by, number);
        self.timers.cancel(Timer::Ring(call.leg_id(n)));
        if !asks {
            self.take(call, n, member);
        }
    }

    /// An outside member, and a user on his mobile, may have to press 1 first: a mailbox of the network may have
    /// picked up (K-34, V-34). His other phones ring on meanwhile, so he has at least his ring time. `false`: this one
    /// need not.
    pub(crate) fn asks_to_confirm(
        &mut self,
        call: &mut Call,
        n: u16,
        by: AnsweredBy,
        number: Number,
    ) -> bool {
        let Some(member) = call.legs.get(&n).and_then(|run| run.party) else { return false };
        let confirm = self.settings.group(number).is_some_and(|group| group.confirm_outside);
        let over_trunk = by == AnsweredBy::Mobile || self.settings.config.outside.contains_key(&member);
        if !(confirm && over_trunk) {
            return false;
        }
        let leg = call.leg_id(n);
        let rings_until = self.timers.at(Timer::Ring(leg)).filter(|_| by == AnsweredBy::Mobile);
        let patience = self.now.tick + CONFIRM_MAX;
        self.timers.set(Timer::Confirm(leg), rings_until.map_or(patience, |until| until.max(patience)));
        if let Some(run) = call.legs.get_mut(&n) {
            run.state = LegRun::Confirming;
        }
        let language = self.settings.config.language_of(member);
        let name = CONFIRM_PROMPT.parse().expect("a prompt name");
        if let Some((language, text)) = self.settings.config.prompts.find(&name, language) {
            let prompt = Arc::from(CONFIRM_PROMPT);
            self.fact(What::Heard { leg, place: Place::Confirm, prompt, language, text });
            let (id, prompts) = (call.new_play(), vec![PromptRef { name, language }]);
            self.command_leg(leg, LegCommand::Play { id, prompts });
        }
        true
    }

    /// A user's mobile is to press 1, beside which his other phones ring.
    pub(crate) fn has_other_devices(&self, call: &Call, n: u16) -> bool {
        let party = call.legs.get(&n).and_then(|run| run.party);
        party.is_some_and(|party| self.settings.is_user(party))
    }

    /// Who answered outside pressed 1, or took another of his phones.
    pub(crate) fn confirmed(&mut self, call: &mut Call, n: u16) {
        let Some(Leg { party: Some(member), .. }) = call.legs.get(&n).cloned() else { return };
        if matches!(call.phase, Phase::Callback(_)) {
            self.timers.cancel_leg(call.leg_id(n));
            return self.callback_leg_answered(call, n);
        }
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
        self.cancel_callbacks_of(number, call.from.party.id);
        self.leave_group(call, VisitOutcome::Served);
        self.join(call, n);
    }

    /// An offer ended without an answer; the call goes on.
    pub(crate) fn offer_failed(&mut self, call: &mut Call, n: u16, cause: EndCause) {
        let Phase::Offering(offering) = &mut call.phase else { return };
        if let Some(line) = offering.line.as_mut().filter(|_| cause == EndCause::NoAnswer) {
            line.not_answered(n);
        }
        let member = call.legs.get(&n).and_then(|run| run.party);
        if let (Some(group), Some(member)) = (self.settings.group(offering.group), member) {
            self.rest_when_failed_at_once(&group, call.leg_id(n), member, cause);
            self.missed(call, &group, member, cause);
        }
        self.offer_on(call);
    }

    /// An agent whose offer failed or was rejected within a second is left alone for a while, so that the group never
    /// spins on him (V-35).
    pub(crate) fn rest_when_failed_at_once(
        &mut self,
        group: &Group,
        leg: LegId,
        member: PartyId,
        cause: EndCause,
    ) {
        let Some(retry_after) = group
            .retry_after
            .filter(|_| missed(cause) || matches!(cause, EndCause::Busy | EndCause::LimitReached))
        else {
            return;
        };
        let began = self.saved.calls.get(&leg.call).and_then(|record| record.legs.get(usize::from(leg.n)));
        let at_once = began.is_some_and(|record| self.now.utc - record.started < AT_ONCE);
        if at_once {
            let until = self.now.utc + retry_after;
            self.fact(What::Resting { member, until });
            self.timers.set(Timer::Rest(member), self.now.tick + retry_after);
        }
    }

    /// The far network forwards the member's phone: that must not take the call (K-33).
    pub(crate) fn member_diverted(&mut self, call: &mut Call, n: u16) {
        self.end_dialled(call, n, EndCause::Diverted, Release::Normal);
        self.offer_failed(call, n, EndCause::Diverted);
    }

    fn nobody_left(&mut self, call: &mut Call, number: Number) {
        let config = self.settings.config.version;
        let rule = OfferRule::Nobody;
        let round = if let Phase::Offering(offering) = &call.phase { offering.pass } else { 1 };
        let offered = Vec::new().into();
        self.fact(What::Offered { call: call.id, group: number, offered, rule, config, round });
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

/// Whether more members may be rung now: a line has no more than so many rounds (V-23), and a call that has waited too
/// long gets no more offers.
fn may_begin(offering: &Offering, group: &Group, ringing: usize) -> bool {
    let in_time = offering.line.as_ref().is_none_or(|line| {
        !line.overdue
            && (!line.begins_round(ringing) || group.offers_max.is_none_or(|most| line.rounds < most))
    });
    in_time && (group.parallel as usize) > ringing
}

/// The group's label before the caller's name, or before his number where he has none (K-26).
pub(crate) fn labelled(show: Show, label: &str) -> Show {
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
