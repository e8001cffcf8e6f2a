//! What the records know of a day: who called, who was at work, and how people talked, answered and gave up.

use std::collections::{BTreeMap, BTreeSet};

use model::config::TenantConfig;
use model::fact::{EndCause, Peer, Role, VisitOutcome};
use model::id::{CallId, FactSeq, PartyId};
use model::number::{Number, PhoneNumber};
use model::record::{CallRecord, Off, VisitRecord};
use model::saved::SavedState;
use model::time::{Span, Utc};
use store::{Store, StoreError};

use super::day::Day;

/// With fewer talks on the day, those of the weeks before it are looked at, too.
const TALKS_MIN: usize = 100;

/// How far back.
const BEFORE: Span = Span(28 * 86_400_000);

/// What the records show.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Recorded {
    /// Calls that entered a group on the day, in order.
    pub(crate) calls: Vec<RecordedCall>,
    /// When each agent was at work on the day, milliseconds from its begin.
    pub(crate) shifts: BTreeMap<PartyId, Vec<(u64, u64)>>,
    pub(crate) seen: Seen,
}

/// How people were, on the day or in the weeks before it; milliseconds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) talks: Vec<u64>,
    /// From the offer to the answer.
    pub(crate) answers: Vec<u64>,
    /// Offers that rang in vain.
    pub(crate) missed: u64,
    pub(crate) gave_up: u64,
    /// What all waited in all.
    pub(crate) waited: u64,
}

/// A call as it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordedCall {
    /// Milliseconds from the begin of the day.
    pub(crate) at: u64,
    /// The first group it entered.
    pub(crate) group: Number,
    pub(crate) number: Option<PhoneNumber>,
    /// Until it left the last group.
    pub(crate) waited: u64,
    pub(crate) gave_up: bool,
    /// It asked to be called back.
    pub(crate) asked: bool,
    pub(crate) talk: Option<u64>,
}

/// Reads a day. `config` need not be the settings of then, nor number its people as the store does.
pub(crate) async fn read(
    store: &Store,
    config: &TenantConfig,
    day: &Day,
    now: Utc,
) -> Result<Recorded, StoreError> {
    let mut recorded = Recorded::default();
    let records = visited(store, config, (day.begin, day.end)).await?;
    let mut callers: BTreeMap<PartyId, Option<PhoneNumber>> = BTreeMap::new();
    for record in records.values() {
        look(&mut recorded.seen, record);
        let Some(mut call) = call(record, day) else { continue };
        call.number = match callers.get(&record.from) {
            Some(number) => *number,
            None => {
                let row = store.party(&config.id, record.from).await?;
                let number = row.and_then(|row| row.number).and_then(|number| number.parse().ok());
                callers.insert(record.from, number);
                number
            }
        };
        recorded.calls.push(call);
    }
    recorded.calls.sort_by_key(|call| call.at);
    if recorded.seen.talks.len() < TALKS_MIN {
        let end = day.begin.min(now);
        let begin = Utc(end.0.saturating_sub(i64::try_from(BEFORE.0 * 1_000).unwrap_or(0)));
        for record in visited(store, config, (begin, end)).await?.values() {
            look(&mut recorded.seen, record);
        }
    }
    // Who is logged in now says nothing of a day to come.
    if day.begin <= now {
        recorded.shifts = shifts(store, config, day, now).await?;
    }
    Ok(recorded)
}

/// Calls that entered any group of the settings, once each.
async fn visited(
    store: &Store,
    config: &TenantConfig,
    window: (Utc, Utc),
) -> Result<BTreeMap<CallId, CallRecord>, StoreError> {
    let mut records = BTreeMap::new();
    for group in config.groups.keys() {
        let entered = store.visited(&config.id, *group, window).await?;
        records.extend(entered.into_iter().map(|record| (record.call, record)));
    }
    Ok(records)
}

/// Where it went on from the first group the simulated one goes by itself.
fn call(record: &CallRecord, day: &Day) -> Option<RecordedCall> {
    let first = record.visits.first()?;
    if first.from < day.begin || first.from >= day.end {
        return None;
    }
    let last = record.visits.last()?;
    Some(RecordedCall {
        at: (first.from - day.begin).0,
        group: first.group,
        number: None,
        waited: last.to.map_or(0, |to| (to - first.from).0),
        gave_up: last.outcome == Some(VisitOutcome::Abandoned),
        asked: last.outcome == Some(VisitOutcome::CalledBack),
        talk: record.visits.iter().find_map(|visit| talk(record, visit)),
    })
}

/// How long the member who served a visit talked.
fn talk(record: &CallRecord, visit: &VisitRecord) -> Option<u64> {
    let served = visit.outcome == Some(VisitOutcome::Served);
    let member = visit.served_by.filter(|_| served)?;
    let leg = record.legs.iter().find(|leg| {
        let his = leg.role == Role::Member && leg.peer == Peer::Party(member);
        his && leg.group == Some(visit.group) && leg.answered.is_some()
    })?;
    Some((leg.ended? - leg.answered?).0)
}

fn look(seen: &mut Seen, record: &CallRecord) {
    for visit in &record.visits {
        seen.waited += visit.to.map_or(0, |to| (to - visit.from).0);
        seen.gave_up += u64::from(visit.outcome == Some(VisitOutcome::Abandoned));
        seen.talks.extend(talk(record, visit));
    }
    for leg in record.legs.iter().filter(|leg| leg.role == Role::Member) {
        match leg.answered {
            Some(answered) => seen.answers.push((answered - leg.started).0),
            None => seen.missed += u64::from(leg.cause == Some(EndCause::NoAnswer)),
        }
    }
}

/// Times logged in to any group, without pauses, red presence and times without a phone.
async fn shifts(
    store: &Store,
    config: &TenantConfig,
    day: &Day,
    now: Utc,
) -> Result<BTreeMap<PartyId, Vec<(u64, u64)>>, StoreError> {
    let state = state(store, config).await?;
    let window = (day.begin, day.end);
    // What lasts now lasts for the rest of today.
    let lasts = if now < day.end { day.end } else { now };
    let mut at_work: BTreeMap<PartyId, Vec<(Utc, Utc)>> = BTreeMap::new();
    for group in config.groups.keys() {
        for session in store.sessions(&config.id, *group, window).await? {
            at_work.entry(session.member).or_default().push((session.from, session.to));
        }
        let saved = state.groups.get(group).into_iter().flat_map(|saved| &saved.members);
        for (party, member) in saved.filter(|(_, member)| member.place.is_some()) {
            at_work.entry(*party).or_default().push((member.since, lasts));
        }
    }
    let mut off: BTreeMap<PartyId, Vec<(Utc, Utc)>> = BTreeMap::new();
    let keeps_away = |what: &Off| match what {
        Off::Paused(_) | Off::Unreachable => true,
        Off::Presence(activity) => config.presence_red.contains(activity),
        // The simulated agent works after his own calls.
        Off::WrapUp(_) => false,
    };
    for time in store.times(&config.id, window).await?.into_iter().filter(|time| keeps_away(&time.what)) {
        off.entry(time.member).or_default().push((time.from, time.to));
    }
    for (party, agent) in state.agents.iter() {
        if let Some((_, since)) = agent.off.as_ref().filter(|(what, _)| keeps_away(what)) {
            off.entry(*party).or_default().push((*since, lasts));
        }
    }
    let mut shifts = BTreeMap::new();
    for (party, stretches) in at_work {
        let row = store.party(&config.id, party).await?;
        let name = row.and_then(|row| row.person);
        let Some(party_now) = name.and_then(|name| config.party_by_name(&name)) else { continue };
        let there = without(joined(stretches, window), off.remove(&party).unwrap_or_default());
        let there: Vec<(u64, u64)> = there
            .into_iter()
            .map(|(from, to)| ((from - day.begin).0, (to - day.begin).0))
            .filter(|(from, to)| from < to)
            .collect();
        if !there.is_empty() {
            shifts.insert(party_now, there);
        }
    }
    Ok(shifts)
}

/// The newest state: who is logged in and off now.
async fn state(store: &Store, config: &TenantConfig) -> Result<SavedState, StoreError> {
    let mut state = store.checkpoint(&config.id, FactSeq(u64::MAX)).await?;
    let after = FactSeq(state.version.0 + 1);
    for fact in store.facts(&config.id, after, FactSeq(u64::MAX)).await? {
        engine::fold::fold(&mut state, &fact);
    }
    Ok(state)
}

/// Stretches within a window, in order, those that touch as one.
fn joined(mut stretches: Vec<(Utc, Utc)>, window: (Utc, Utc)) -> Vec<(Utc, Utc)> {
    stretches.sort_unstable();
    let mut joined: Vec<(Utc, Utc)> = Vec::new();
    for (from, to) in stretches {
        let (from, to) = (from.max(window.0), to.min(window.1));
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ if from < to => joined.push((from, to)),
            _ => {}
        }
    }
    joined
}

/// What is left of the first when the second is cut out.
fn without(stretches: Vec<(Utc, Utc)>, mut off: Vec<(Utc, Utc)>) -> Vec<(Utc, Utc)> {
    off.sort_unstable();
    let mut left = Vec::new();
    for (mut from, to) in stretches {
        for (gone, back) in &off {
            if *back <= from || *gone >= to {
                continue;
            }
            if *gone > from {
                left.push((from, *gone));
            }
            from = *back;
        }
        if from < to {
            left.push((from, to));
        }
    }
    left
}

/// The first and the last day with a call of a group, for who asked for another.
pub(crate) async fn days_known(
    store: &Store,
    config: &TenantConfig,
    day: &Day,
) -> Result<Option<String>, StoreError> {
    let all = visited(store, config, (Utc(0), Utc(i64::MAX))).await?;
    let dates: BTreeSet<String> = all
        .values()
        .filter_map(|record| jiff::Timestamp::from_microsecond(record.started.0).ok())
        .map(|started| day.zone.to_datetime(started).date().to_string())
        .collect();
    Ok(match (dates.first(), dates.last()) {
        (Some(first), Some(last)) if first == last => Some(first.clone()),
        (Some(first), Some(last)) => Some(format!("{first} to {last}")),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(stretches: &[(i64, i64)]) -> Vec<(Utc, Utc)> {
        stretches.iter().map(|(from, to)| (Utc(*from), Utc(*to))).collect()
    }

    #[test]
    fn times_at_work_are_those_logged_in_without_those_off() {
        let window = (Utc(10), Utc(100));
        assert_eq!(joined(at(&[(50, 60), (0, 20), (20, 30), (55, 120)]), window), at(&[(10, 30), (50, 100)]));
        assert_eq!(joined(at(&[(0, 10), (100, 200)]), window), at(&[]));
        assert_eq!(
            without(at(&[(10, 100)]), at(&[(40, 50), (20, 30)])),
            at(&[(10, 20), (30, 40), (50, 100)])
        );
        assert_eq!(without(at(&[(10, 20), (30, 40)]), at(&[(0, 35)])), at(&[(35, 40)]));
        assert_eq!(without(at(&[(10, 20)]), at(&[(0, 50), (12, 15)])), at(&[]));
    }
}
