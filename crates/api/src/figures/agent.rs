//! Figures of each member: offers, talk, times in each state, and whether calls were shared fairly (K-03, I-14).

use std::collections::BTreeMap;
use std::sync::Arc;

use model::id::PartyId;
use model::record::{AgentTime, Off};
use model::time::{Span, Utc};

use super::stretch::Stretch;
use super::{Gathered, Offer, Phones, handled, offer, talked};

/// Figures of one member over a time.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentFigures {
    /// Who.
    pub party: PartyId,
    /// Logged in.
    pub logged_in: Span,
    /// Offers.
    pub offered: u64,
    /// Offers he took.
    pub answered: u64,
    /// Offers that ended unanswered.
    pub no_answer: u64,
    /// Offers that met a busy phone.
    pub busy: u64,
    /// Offers that did not reach him.
    pub unreachable: u64,
    /// Offers he rejected.
    pub rejected: u64,
    /// Talking in calls of the group, to their ends.
    pub talk: Span,
    /// Working after calls of the group.
    pub wrap_up: Span,
    /// Paused while logged in, in no call and not working after one.
    pub paused: Span,
    /// Logged in, but without a phone to reach, or kept away by his presence.
    pub away: Span,
    /// Logged in, not paused, not away, and neither in calls that are not the group's nor working after one.
    pub offerable: Span,
    /// Share of the time logged in that he had or worked after calls of the group; `None`: never logged in.
    pub occupancy: Option<f64>,
    /// His share of the group's answered calls, 0 to 1.
    pub share: f64,
    /// Whether that was fair; `None`: nothing was answered, or nobody could be offered anything.
    pub fairness: Option<Fairness>,
}

/// A member's line in the ledger.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fairness {
    /// His offerable time over that of all.
    pub expected_share: f64,
    /// Share of the answered calls minus that.
    pub deviation: f64,
}

impl AgentFigures {
    fn new(party: PartyId) -> AgentFigures {
        AgentFigures {
            party,
            logged_in: Span(0),
            offered: 0,
            answered: 0,
            no_answer: 0,
            busy: 0,
            unreachable: 0,
            rejected: 0,
            talk: Span(0),
            wrap_up: Span(0),
            paused: Span(0),
            away: Span(0),
            offerable: Span(0),
            occupancy: None,
            share: 0.0,
            fairness: None,
        }
    }
}

/// All members' figures, in the order of the settings, then those of others who were offered calls.
pub(super) fn figures(gathered: &Gathered) -> Vec<AgentFigures> {
    let mut others: BTreeMap<PartyId, AgentFigures> = BTreeMap::new();
    let mut members: Vec<AgentFigures> =
        gathered.members.iter().map(|seat| AgentFigures::new(seat.party)).collect();
    let index: BTreeMap<PartyId, usize> = gathered.members.iter().map(|seat| seat.party).zip(0..).collect();
    let mut own: BTreeMap<PartyId, Own<'_>> = BTreeMap::new();
    for (party, record, leg) in gathered.offers() {
        let figures = match index.get(&party) {
            Some(at) => &mut members[*at],
            None => others.entry(party).or_insert_with(|| AgentFigures::new(party)),
        };
        figures.offered += 1;
        match offer(leg) {
            Offer::Answered => figures.answered += 1,
            Offer::NoAnswer => figures.no_answer += 1,
            Offer::Busy => figures.busy += 1,
            Offer::Unreachable => figures.unreachable += 1,
            Offer::Rejected => figures.rejected += 1,
            Offer::Ringing | Offer::Withdrawn => {}
        }
        if let Some((from, to)) = talked(record, leg, gathered.now) {
            figures.talk = Span(figures.talk.0 + (to - from).0);
        }
        own.entry(party).or_default().handled.extend(handled(leg, gathered.now));
    }
    when(gathered, &mut own);
    members.extend(others.into_values());
    for figures in &mut members {
        let own = own.remove(&figures.party).unwrap_or_default();
        let phones = phones(gathered, figures.party);
        times(gathered, figures, own, phones);
    }
    shares(&mut members);
    members
}

/// When one member did what.
#[derive(Default)]
struct Own<'a> {
    sessions: Vec<(Utc, Utc)>,
    /// Calls of the group that he took.
    handled: Vec<(Utc, Utc)>,
    elsewhere: Vec<(Utc, Utc)>,
    times: Vec<&'a AgentTime>,
}

fn when<'a>(gathered: &'a Gathered, own: &mut BTreeMap<PartyId, Own<'a>>) {
    for session in &gathered.sessions {
        own.entry(session.member).or_default().sessions.push((session.from, session.to));
    }
    for time in &gathered.times {
        own.entry(time.member).or_default().times.push(time);
    }
    for time in &gathered.elsewhere {
        own.entry(time.party).or_default().elsewhere.push((time.from, time.to));
    }
}

/// What a member does in a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimeKind {
    /// Logged in.
    LoggedIn,
    /// Paused while logged in.
    Paused,
    /// Logged in, and away.
    Away,
    /// Working after a call of the group.
    WrapUp,
}

/// A stretch of a member's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberTime {
    /// Who.
    pub party: PartyId,
    /// What he did.
    pub kind: TimeKind,
    /// Why.
    pub reason: Option<Arc<str>>,
    /// Began.
    pub from: Utc,
    /// Ended.
    pub to: Utc,
}

/// Every stretch that `times` adds up, of those who are or were members.
pub(super) fn member_times(gathered: &Gathered) -> Vec<MemberTime> {
    let mut own: BTreeMap<PartyId, Own<'_>> = BTreeMap::new();
    when(gathered, &mut own);
    let window = now_window(gathered);
    let mut found = Vec::new();
    for (party, own) in own {
        let inside = Stretch::of(own.sessions).and(&window);
        let phones = phones(gathered, party);
        let mut push = |kind: TimeKind, reason: &Option<Arc<str>>, stretch: Stretch| {
            found.extend(stretch.intervals().map(|(from, to)| MemberTime {
                party,
                kind,
                reason: reason.clone(),
                from,
                to,
            }));
        };
        for time in own.times {
            let stretch = Stretch::of([(time.from, time.to)]);
            let (kind, reason, within) = match &time.what {
                Off::WrapUp(group) if *group == gathered.group => (TimeKind::WrapUp, None, &window),
                Off::WrapUp(_) => continue,
                Off::Paused(reason) => (TimeKind::Paused, reason.clone(), &inside),
                what if !is_away(gathered, what, phones) => continue,
                Off::Unreachable => (TimeKind::Away, Some(Arc::from("no_device")), &inside),
                Off::Presence(activity) => (TimeKind::Away, Some(Arc::from(activity.word())), &inside),
            };
            push(kind, &reason, stretch.and(within));
        }
        push(TimeKind::LoggedIn, &None, inside);
    }
    found
}

/// The window as far as it has passed.
fn now_window(gathered: &Gathered) -> Stretch {
    Stretch::of([(gathered.window.0, gathered.window.1.min(gathered.now))])
}

fn phones(gathered: &Gathered, party: PartyId) -> Phones {
    let seat = gathered.members.iter().find(|seat| seat.party == party);
    seat.map_or(Phones::Registered, |seat| seat.phones)
}

fn is_away(gathered: &Gathered, what: &Off, phones: Phones) -> bool {
    match what {
        Off::WrapUp(_) | Off::Paused(_) => false,
        // Who is reached over a trunk never registers.
        Off::Unreachable => phones == Phones::Registered,
        Off::Presence(activity) => gathered.blocking.contains(activity),
    }
}

/// What a member did while he was logged in.
fn times(gathered: &Gathered, figures: &mut AgentFigures, own: Own<'_>, phones: Phones) {
    let window = now_window(gathered);
    let inside = Stretch::of(own.sessions).and(&window);
    let of_his = |keep: &dyn Fn(&Off) -> bool| {
        Stretch::of(own.times.iter().filter(|time| keep(&time.what)).map(|time| (time.from, time.to)))
    };
    let after = |what: &Off| if let Off::WrapUp(group) = what { Some(*group) } else { None };
    let wrap_up = of_his(&|what| after(what) == Some(gathered.group)).and(&window);
    let wrap_up_elsewhere = of_his(&|what| after(what).is_some_and(|group| group != gathered.group));
    let paused = of_his(&|what| matches!(what, Off::Paused(_))).and(&inside);
    let away = of_his(&|what| is_away(gathered, what, phones)).and(&inside);
    let handled = Stretch::of(own.handled);
    // Whoever asks a colleague about a call of the group works for the group.
    let elsewhere = Stretch::of(own.elsewhere).without(&handled).or(&wrap_up_elsewhere);
    let worked = handled.or(&wrap_up).and(&inside);
    figures.logged_in = inside.length();
    figures.wrap_up = wrap_up.length();
    figures.paused = paused.length();
    figures.away = away.length();
    figures.offerable = inside.without(&paused).without(&away).without(&elsewhere).length();
    figures.occupancy = ratio(worked.length().0, figures.logged_in.0);
}

fn shares(members: &mut [AgentFigures]) {
    let answered: u64 = members.iter().map(|member| member.answered).sum();
    let offerable: u64 = members.iter().map(|member| member.offerable.0).sum();
    for member in members {
        member.share = ratio(member.answered, answered).unwrap_or(0.0);
        member.fairness = ratio(member.offerable.0, offerable)
            .filter(|_| answered > 0)
            .map(|expected_share| Fairness { expected_share, deviation: member.share - expected_share });
    }
}

/// `None` when there is nothing to take a share of.
pub(crate) fn ratio(part: u64, whole: u64) -> Option<f64> {
    // Counts of calls and milliseconds stay far below 2^52.
    #[expect(clippy::cast_precision_loss, reason = "a share, not a count")]
    (whole > 0).then(|| part as f64 / whole as f64)
}
