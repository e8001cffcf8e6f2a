//! A call enters a group with a waiting line: closed, nobody there, full, or in line (V-22, V-24, I-22..I-24).

use model::config::Group;
use model::fact::{OverflowCause, QueuedWhy, Rank, What};
use model::id::PartyId;
use model::number::Number;
use model::saved::HeldPlace;
use model::target::Target;

use super::InLine;
use crate::call::fallback::TargetList;
use crate::call::offer::Offering;
use crate::call::{Call, Phase};
use crate::switchboard::Switchboard;
use crate::timers::Timer;

impl Switchboard {
    /// The call's visit has begun; `call.phase` offers it already.
    pub(crate) fn enter_queue(&mut self, call: &mut Call, group: &Group) {
        let number = group.number;
        let Some(queue) = &group.queue else { return };
        let held = self.held_place(call, number);
        // This call is inside already.
        let others = self.inside(number).saturating_sub(1);
        if let Some(why) =
            self.refusal(group, others).filter(|why| *why != OverflowCause::Full || held.is_none())
        {
            return self.overflow(call, why);
        }
        let kept = match held {
            Some(held) => {
                self.forget_held(number, call.from.party.id, held.rank);
                Some(self.fresh(held.rank))
            }
            None => self.before_his_callback(call, number),
        };
        let (rank, why) = match kept {
            Some(rank) => (rank, QueuedWhy::Held),
            None => (self.rank_on_entry(call, queue), QueuedWhy::Entered),
        };
        self.stand(call.id, number, rank, why);
        // Whoever fills the line is still inside: it closes to those after him (I-22).
        self.review_closing(number);
        if let Some(wait_max) = queue.wait_max {
            self.timers.set(Timer::WaitMax(call.id), self.now.tick + wait_max);
        }
        self.watch_age(call.id, number);
        if let Phase::Offering(offering) = &mut call.phase {
            offering.line = Some(InLine { place_again: kept.is_some(), ..InLine::default() });
        }
        if self.welcome(call, group) {
            return;
        }
        self.welcome_over(call);
    }

    /// Why a waiting line takes nobody now who has no place in it, with so many calls inside; callbacks have a limit of
    /// their own (V-22, V-24, I-22).
    fn refusal(&self, group: &Group, inside: usize) -> Option<OverflowCause> {
        let queue = group.queue.as_ref()?;
        let closed = self.saved.groups.get(&group.number).is_some_and(|saved| saved.closed.is_some());
        let full = queue.size_max.is_some_and(|most| most > 0 && inside >= most as usize);
        if closed {
            return Some(OverflowCause::Closed);
        }
        if !self.ready.is_staffed(group.number) {
            return Some(OverflowCause::Nobody);
        }
        full.then_some(OverflowCause::Full)
    }

    /// Why a group would let go of a call that came now: it would be refused, and nobody is named to take it instead.
    pub(crate) fn would_let_go(&self, group: &Group) -> Option<OverflowCause> {
        let why = self.refusal(group, self.inside(group.number))?;
        let ends = |target: &Target| match target {
            Target::Announcement(_) | Target::Busy | Target::HangUp => true,
            Target::OwnLine
            | Target::User(_)
            | Target::Group(_)
            | Target::Outside(_)
            | Target::Voicemail(_)
            | Target::Flow(_) => false,
        };
        TargetList::of(why).targets(group).iter().all(ends).then_some(why)
    }

    /// Calls inside a group; one without members has no state yet.
    fn inside(&self, number: Number) -> usize {
        self.saved.groups.get(&number).map_or(0, |saved| saved.visiting.len())
    }

    /// The place that is kept for who calls again.
    fn held_place(&self, call: &Call, number: Number) -> Option<HeldPlace> {
        let held = self.saved.groups.get(&number)?.held.get(&call.from.party.id)?;
        (held.until > self.now.utc && !call.from.hidden).then_some(*held)
    }

    /// Who has asked to be called back and calls again stands just before his request: the place is his, and no agent
    /// calls him who waits (V-49).
    fn before_his_callback(&self, call: &Call, number: Number) -> Option<Rank> {
        if call.from.hidden {
            return None;
        }
        let requests = self.requests_of(number, call.from.party.id);
        let first = requests.into_iter().filter_map(|id| self.rank_of(number, id)).min()?;
        Some(self.fresh(Rank { sub: first.sub.saturating_sub(1), ..first }))
    }

    /// A call comes back to the head of the line, whatever limits there are (I-18).
    pub(crate) fn enter_at_head(&mut self, call: &mut Call, group: &Group, why: QueuedWhy) {
        let number = group.number;
        self.fact(What::VisitStarted { call: call.id, group: number });
        call.phase = Phase::Offering(Offering::in_line(number, group.ring_time));
        self.move_to(call.id, number, 1, why);
        self.welcome_over(call);
    }

    /// After the welcome: agents are offered the call, and the caller hears what he shall.
    pub(crate) fn welcome_over(&mut self, call: &mut Call) {
        let Phase::Offering(offering) = &mut call.phase else { return };
        let number = offering.group;
        let Some(line) = &mut offering.line else { return };
        line.welcome = false;
        line.entering = true;
        let Some(group) = self.settings.group(number) else { return self.offer_on(call) };
        if let Some(every) = group.announcements.repeat_every {
            self.timers.set(Timer::Repeat(call.id), self.now.tick + every);
        }
        if let Some(rank) = self.rank_of(number, call.id) {
            self.serve_those_before(rank);
        }
        self.offer_on(call);
        self.entry_message(call, &group);
    }

    /// A place that was kept has been taken again.
    fn forget_held(&mut self, group: Number, caller: PartyId, rank: model::fact::Rank) {
        let until = self.now.utc;
        self.fact(What::PlaceHeld { caller, group, rank, until });
    }
}
