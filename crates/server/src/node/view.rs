//! The folded view of one company, from which all reads are served; the switchboard is never asked.
//!
//! Invariant: `state` is the fold of every fact the node has seen, and the counts of the day are those of the
//! visits that began since the company's midnight.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use api::gateway::{CallsToday, LiveView, PartyView};
use engine::live::Shown;
use jiff::tz::TimeZone;
use model::config::TenantConfig;
use model::fact::{CallbackState, Fact, VisitOutcome, What};
use model::id::{CallId, PartyId};
use model::number::Number;
use model::record::{CallRecord, Folded, VisitRecord};
use model::saved::SavedState;
use model::time::Utc;

/// A company's view.
#[derive(Debug)]
pub(crate) struct View {
    config: Arc<TenantConfig>,
    groups_of: BTreeMap<PartyId, Vec<Number>>,
    pub(crate) state: SavedState,
    day: Day,
    today: BTreeMap<Number, CallsToday>,
    touched: Touched,
    shown: BTreeMap<Number, Shown>,
    /// Calls that have ended and whose records are not on disk yet.
    unwritten: BTreeMap<CallId, Arc<CallRecord>>,
}

/// What changed since the last look.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    pub(crate) groups: BTreeSet<Number>,
    pub(crate) calls: BTreeSet<CallId>,
    pub(crate) ended: Vec<Arc<CallRecord>>,
}

/// The company's present day.
#[derive(Debug, Clone)]
struct Day {
    zone: TimeZone,
    from: Utc,
    to: Utc,
}

impl Day {
    fn of(zone: TimeZone, at: Utc) -> Day {
        let stamp = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
        let date = zone.to_datetime(stamp).date();
        let midnight = |date: jiff::civil::Date| {
            let start = date.at(0, 0, 0, 0);
            zone.to_timestamp(start).map_or(at, |start| Utc(start.as_microsecond()))
        };
        let from = midnight(date);
        let to = date.tomorrow().map_or(Utc(i64::MAX), midnight);
        Day { zone, from, to }
    }
}

fn groups_of(config: &TenantConfig) -> BTreeMap<PartyId, Vec<Number>> {
    let mut index: BTreeMap<PartyId, Vec<Number>> = BTreeMap::new();
    for (number, group) in &config.groups {
        for member in &group.members {
            index.entry(member.party).or_default().push(*number);
        }
    }
    index
}

/// The zone of an IANA name; UTC when the name is unknown (the settings refuse such a name).
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// When the clocks of a zone show what `wall` is in UTC. What they show twice is taken the first time; what they
/// pass over, as long after the gap begins.
pub(crate) fn at_wall_time(name: &str, wall: Utc) -> Utc {
    let Ok(stamp) = jiff::Timestamp::from_microsecond(wall.0) else { return wall };
    let shown = TimeZone::UTC.to_datetime(stamp);
    zone(name).to_timestamp(shown).map_or(wall, |at| Utc(at.as_microsecond()))
}

impl View {
    pub(crate) fn new(config: Arc<TenantConfig>, state: SavedState, now: Utc) -> View {
        let day = Day::of(zone(&config.time_zone), now);
        let groups_of = groups_of(&config);
        View {
            config,
            groups_of,
            state,
            day,
            today: BTreeMap::new(),
            touched: Touched::default(),
            shown: BTreeMap::new(),
            unwritten: BTreeMap::new(),
        }
    }

    /// What a clock at the company shows: `14:05`.
    pub(crate) fn time_of_day(&self, at: Utc) -> String {
        let stamp = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
        let time = self.day.zone.to_datetime(stamp).time();
        format!("{:02}:{:02}", time.hour(), time.minute())
    }

    /// Takes new settings; the facts they cause come after it.
    pub(crate) fn take_config(&mut self, config: Arc<TenantConfig>, now: Utc) {
        if config.time_zone != self.config.time_zone {
            self.day = Day::of(zone(&config.time_zone), now);
            self.today.clear();
        }
        self.groups_of = groups_of(&config);
        self.config = config;
    }

    /// A call that is under way, or has ended and is not on disk yet.
    pub(crate) fn call(&self, call: CallId) -> Option<CallRecord> {
        let open = self.state.calls.get(&call).map(|record| CallRecord::clone(record));
        open.or_else(|| self.unwritten.get(&call).map(|record| (**record).clone()))
    }

    /// All such calls, in order of time.
    pub(crate) fn calls(&self) -> Vec<CallRecord> {
        let mut calls: Vec<CallRecord> =
            self.state.calls.values().map(|record| CallRecord::clone(record)).collect();
        calls.extend(self.unwritten.values().map(|record| (**record).clone()));
        calls.sort_by_key(|record| record.call);
        calls
    }

    /// Their records are on disk.
    pub(crate) fn written(&mut self, calls: &[CallId]) {
        for call in calls {
            self.unwritten.remove(call);
        }
    }

    /// Midnight of the company's present day.
    pub(crate) fn day_start(&self) -> Utc {
        self.day.from
    }

    /// Counts a visit read from the store at start.
    pub(crate) fn count_past(&mut self, call: CallId, visit: &VisitRecord) {
        if visit.from >= self.day.from {
            self.today.entry(visit.group).or_default().offered += 1;
            self.count_outcome(visit.group, visit.outcome);
            if visit.outcome == Some(VisitOutcome::CalledBack) {
                let saved = self.state.groups.get(&visit.group);
                let request = saved.and_then(|saved| saved.callbacks.get(&call));
                if let Some(state) = request.map(|request| request.state) {
                    self.count_callback(visit.group, state);
                }
            }
        }
    }

    /// Begins another day when `now` is not in this one: midnight has passed, or the clock was set.
    fn turn_day(&mut self, now: Utc) {
        if now < self.day.from || now >= self.day.to {
            self.day = Day::of(self.day.zone.clone(), now);
            self.today.clear();
        }
    }

    /// Folds one fact in.
    pub(crate) fn apply(&mut self, fact: &Fact) -> Option<Folded> {
        self.turn_day(fact.at);
        self.count(&fact.what);
        self.touch_before(&fact.what);
        let folded = engine::fold::fold(&mut self.state, fact);
        if let Some(Folded::Call(record)) = &folded {
            self.touched.calls.remove(&record.call);
            let record = Arc::new((**record).clone());
            self.unwritten.insert(record.call, record.clone());
            self.touched.ended.push(record);
        }
        folded
    }

    fn count(&mut self, what: &What) {
        if let What::VisitStarted { group, .. } = what {
            self.today.entry(*group).or_default().offered += 1;
        }
        if let What::VisitEnded { call, group, outcome } = what {
            let began = self.state.calls.get(call).and_then(|record| {
                record.visits.iter().rev().find(|visit| visit.group == *group).map(|visit| visit.from)
            });
            if began.is_some_and(|began| began >= self.day.from) {
                self.count_outcome(*group, Some(*outcome));
            }
        }
        if let What::CallbackStep { callback, group, state, .. } = what {
            let saved = self.state.groups.get(group);
            let request = saved.and_then(|saved| saved.callbacks.get(callback));
            if request.is_some_and(|request| request.since >= self.day.from) {
                self.count_callback(*group, *state);
            }
        }
    }

    /// A request to be called back is inside until both ends talk; one that came to nothing counts as abandoned.
    fn count_callback(&mut self, group: Number, state: CallbackState) {
        let counts = self.today.entry(group).or_default();
        match state {
            CallbackState::Done => counts.called_back += 1,
            CallbackState::Expired | CallbackState::Cancelled => counts.abandoned += 1,
            CallbackState::Pending | CallbackState::RingingAgent | CallbackState::RingingCaller => {}
        }
    }

    fn count_outcome(&mut self, group: Number, outcome: Option<VisitOutcome>) {
        let counts = self.today.entry(group).or_default();
        match outcome {
            Some(VisitOutcome::Served) => counts.answered += 1,
            Some(VisitOutcome::Abandoned) => counts.abandoned += 1,
            Some(VisitOutcome::Overflowed) => counts.overflowed += 1,
            // Counted when the request ends.
            Some(VisitOutcome::CalledBack) | None => {}
        }
    }

    /// Remembers what the fact is about to change, for the live stream.
    fn touch_before(&mut self, what: &What) {
        match what {
            What::MemberAdded { group, .. }
            | What::MemberRemoved { group, .. }
            | What::GroupRemoved { group }
            | What::LoggedIn { group, .. }
            | What::LoggedOut { group, .. }
            | What::DutyChanged { group, .. }
            | What::Closed { group, .. }
            | What::PlaceHeld { group, .. }
            | What::CallbackRequested { group, .. }
            | What::CallbackStep { group, .. }
            | What::MovedToTail { group, .. } => {
                self.touched.groups.insert(*group);
            }
            What::VisitStarted { call, group }
            | What::VisitEnded { call, group, .. }
            | What::Queued { call, group, .. }
            | What::Waits { call, group, .. }
            | What::Overflowed { call, group, .. }
            | What::CallbackOffered { call, group }
            | What::Offered { call, group, .. }
            | What::Fallback { call, group, .. } => {
                self.touched.groups.insert(*group);
                self.touched.calls.insert(*call);
            }
            What::CallArrived { call, from, .. } => {
                self.touched.calls.insert(*call);
                self.touch_party(*from);
            }
            What::CallAnswered { call, .. }
            | What::CallEnded { call, .. }
            | What::Camped { call, .. }
            | What::Recalled { call, .. }
            | What::Parked { call, .. }
            | What::Transferred { call, .. } => {
                self.touched.calls.insert(*call);
            }
            What::LegStarted { leg, peer, .. } => {
                self.touched.calls.insert(leg.call);
                if let model::fact::Peer::Party(party) = peer {
                    self.touch_party(*party);
                }
            }
            What::LegAlerting { leg }
            | What::LegAnswered { leg }
            | What::LegMoved { to: leg, .. }
            | What::LegEnded { leg, .. } => {
                self.touched.calls.insert(leg.call);
                self.touch_leg(*leg);
            }
            What::Reached { party, .. } | What::Presence { party, .. } => self.touch_party(*party),
            What::Paused { member, .. }
            | What::Resumed { member }
            | What::WrapUpStarted { member, .. }
            | What::WrapUpEnded { member }
            | What::Resting { member, .. }
            | What::Rested { member }
            | What::IdleReset { member } => self.touch_party(*member),
            What::ConfigTaken { .. } | What::Started { .. } => {
                self.touched.groups.extend(self.config.groups.keys());
            }
            What::LegMedia { .. }
            | What::Heard { .. }
            | What::CodeUsed { .. }
            | What::NoticeSent { .. }
            | What::Delivered { .. }
            | What::LicenceBegan { .. }
            | What::LicenceEnded { .. } => {}
        }
    }

    fn touch_leg(&mut self, leg: model::id::LegId) {
        let party = self.state.calls.get(&leg.call).and_then(|record| {
            record.legs.iter().find(|known| known.leg == leg).and_then(|known| match known.peer {
                model::fact::Peer::Party(party) => Some(party),
                model::fact::Peer::Set(_) | model::fact::Peer::Emergency(_) => None,
            })
        });
        if let Some(party) = party {
            self.touch_party(party);
        }
    }

    /// A person's groups show his state.
    fn touch_party(&mut self, party: PartyId) {
        if let Some(groups) = self.groups_of.get(&party) {
            self.touched.groups.extend(groups);
        }
    }

    pub(crate) fn is_touched(&self) -> bool {
        !self.touched.groups.is_empty() || !self.touched.calls.is_empty() || !self.touched.ended.is_empty()
    }

    /// Hands over what changed, leaving nothing.
    pub(crate) fn take_touched(&mut self) -> Touched {
        std::mem::take(&mut self.touched)
    }

    /// A group as it is now.
    pub(crate) fn live(
        &mut self,
        group: Number,
        now: Utc,
        names: &dyn Fn(PartyId) -> PartyView,
    ) -> Option<LiveView> {
        self.turn_day(now);
        let shown = |party: PartyId| names(party).number;
        let mut live = engine::live::group(&self.state, &self.config, group, now, &shown)?;
        self.shown.entry(group).or_default().never_longer(&mut live.waiting);
        Some(LiveView { group: live, today: self.today.get(&group).copied().unwrap_or_default() })
    }
}

#[cfg(test)]
mod tests {
    use model::config::{Prompts, resolve};
    use model::fact::{Called, Fact};
    use model::id::FactSeq;
    use model::leg::Ingress;

    use super::*;

    const GROUP: &str = "+3726001000";

    fn at(text: &str) -> Utc {
        Utc(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    fn view(now: Utc) -> View {
        let file = format!(
            "[company]\nid = \"a\"\ntime_zone = \"Europe/Tallinn\"\n[[group]]\nnumber = \"{GROUP}\"\nname = \"A\"\n\
             preset = \"customer_service\"\n"
        );
        View::new(Arc::new(resolve::read(&file, &Prompts::default()).unwrap()), SavedState::default(), now)
    }

    #[test]
    fn a_day_begins_with_the_companys_clocks() {
        for (zone, wall, expected) in [
            ("Europe/Tallinn", "2026-03-02T00:00:00Z", "2026-03-01T22:00:00Z"),
            // The day on which they are put forward, and the day after.
            ("Europe/Tallinn", "2026-03-29T00:00:00Z", "2026-03-28T22:00:00Z"),
            ("Europe/Tallinn", "2026-03-30T00:00:00Z", "2026-03-29T21:00:00Z"),
            // What they show twice, and a midnight that they pass over.
            ("Europe/Tallinn", "2026-10-25T03:30:00Z", "2026-10-25T00:30:00Z"),
            ("Asia/Beirut", "2026-03-29T00:00:00Z", "2026-03-28T22:00:00Z"),
            ("UTC", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z"),
        ] {
            assert_eq!(at_wall_time(zone, at(wall)), at(expected), "{wall} in {zone}");
        }
        // Behind the last day that the calendar reckons with.
        let end = Utc(253_402_214_400_000_000);
        assert_eq!(at_wall_time("Europe/Tallinn", end), end);
    }

    fn call(view: &mut View, n: u64, now: Utc) {
        let (call, group) = (CallId::at(n, (1, 1)), GROUP.parse().unwrap());
        let (from, to) = (PartyId(9), Called::Group(group));
        let via = Ingress::Trunk("carrier".parse().unwrap());
        let arrived = What::CallArrived { call, from, hidden: false, to, via };
        for what in [arrived, What::VisitStarted { call, group }] {
            view.apply(&Fact { seq: FactSeq(view.state.version.0 + 1), at: now, what });
        }
    }

    fn offered(view: &mut View, now: Utc) -> u64 {
        let nobody = |_| PartyView::default();
        view.live(GROUP.parse().unwrap(), now, &nobody).unwrap().today.offered
    }

    /// api: "today" is the day in the company's time zone; it ends at midnight, also when nothing happens.
    #[test]
    fn figures_of_today_begin_anew_at_midnight() {
        let evening = at("2026-03-02T21:59:59Z");
        let mut view = view(evening);
        call(&mut view, 1, evening);
        assert_eq!(offered(&mut view, evening), 1);
        assert_eq!(offered(&mut view, at("2026-03-02T22:00:00Z")), 0);
    }

    /// A day of 23 hours and one of 25: each from midnight to midnight.
    #[test]
    fn a_day_on_which_the_clocks_change_is_one_day() {
        for (first, last, next) in [
            ("2026-03-28T22:00:00Z", "2026-03-29T20:59:59Z", "2026-03-29T21:00:00Z"),
            ("2026-10-24T21:00:00Z", "2026-10-25T21:59:59Z", "2026-10-25T22:00:00Z"),
        ] {
            let mut view = view(at(first));
            call(&mut view, 1, at(first));
            call(&mut view, 2, at(last));
            assert_eq!(offered(&mut view, at(last)), 2, "{last}");
            assert_eq!(offered(&mut view, at(next)), 0, "{next}");
        }
    }

    /// A machine that started with a wrong clock: the day is the right one once the clock is.
    #[test]
    fn a_clock_that_is_set_back_begins_its_own_day() {
        let mut view = view(at("2026-03-05T12:00:00Z"));
        call(&mut view, 1, at("2026-03-05T12:00:00Z"));
        let today = at("2026-03-02T12:00:00Z");
        assert_eq!(offered(&mut view, today), 0);
        call(&mut view, 2, today);
        assert_eq!(offered(&mut view, today), 1);
    }
}
