//! The fold: what the facts of a tenant add up to. The switchboard, the live views, the explanations, the
//! records and a restart all stand on this one function.
//!
//! Invariants: facts come in order without gaps; folding a fact costs the same however many members, calls or
//! facts there are (removing a group costs its members).

mod members;
mod off;
mod queue;

pub(crate) use queue::position;

use model::fact::{EndCause, Fact, Outcome, Peer, Role, TailCause, VisitOutcome, What};
use model::id::{CallId, LegId, PartyId};
use model::number::Number;
use model::record::{CallRecord, FallbackRecord, Folded, HeardRecord, LegRecord, VisitRecord};
use model::saved::{LegState, SavedAgent, SavedPause, SavedState};
use model::time::{Span, Utc};

/// Answers remembered per member and hour.
const ANSWERED_MAX: usize = 256;

/// Folds one fact in. Gives what it completed: the record of a call or callback, a member's time logged in or off.
pub fn fold(state: &mut SavedState, fact: &Fact) -> Option<Folded> {
    let ended = take(state, fact);
    let off = off::follow(state, fact);
    // No fact ends both: log-ins end with log-outs and with the settings, times off with neither.
    ended.or(off)
}

fn take(state: &mut SavedState, fact: &Fact) -> Option<Folded> {
    state.version = fact.seq;
    let at = fact.at;
    if let Some(call) = call_of(&fact.what)
        && let Some(record) = state.calls.get_mut(&call)
    {
        record.last = fact.seq;
    }
    match &fact.what {
        What::Started { config, .. } | What::ConfigTaken { config } => state.config = *config,
        What::Reached { party, reach } => {
            let agent = agent(state, *party, at);
            if agent.reach != *reach {
                agent.reach = *reach;
                agent.since = at;
            }
            tidy(state, *party);
        }
        What::MemberAdded { .. }
        | What::MemberRemoved { .. }
        | What::GroupRemoved { .. }
        | What::LoggedIn { .. }
        | What::LoggedOut { .. }
        | What::DutyChanged { .. }
        | What::MovedToTail { .. }
        | What::Delivered { .. }
        | What::LicenceBegan { .. }
        | What::LicenceEnded { .. } => return members::take(state, fact),
        What::Paused { member, reason } => {
            pause(state, *member, Some(SavedPause { since: at, reason: reason.clone() }), at);
        }
        What::Resumed { member } => pause(state, *member, None, at),
        What::CallArrived { .. }
        | What::CallAnswered { .. }
        | What::CallEnded { .. }
        | What::VisitStarted { .. }
        | What::VisitEnded { .. }
        | What::Fallback { .. }
        | What::LegStarted { .. }
        | What::LegAlerting { .. }
        | What::LegAnswered { .. }
        | What::LegEnded { .. }
        | What::LegMoved { .. }
        | What::LegMedia { .. }
        | What::Heard { .. } => return fold_call(state, fact),
        What::Queued { .. }
        | What::Closed { .. }
        | What::PlaceHeld { .. }
        | What::WrapUpStarted { .. }
        | What::WrapUpEnded { .. }
        | What::Resting { .. }
        | What::Rested { .. }
        | What::IdleReset { .. }
        | What::Presence { .. }
        | What::CallbackRequested { .. } => queue::take(state, fact),
        What::CallbackStep { .. } => return queue::step(state, fact),
        What::Waits { call, group, .. } => crate::estimate::foretell(state, *call, *group, at),
        What::Overflowed { .. }
        | What::CallbackOffered { .. }
        | What::Camped { .. }
        | What::Recalled { .. }
        | What::Parked { .. }
        | What::Transferred { .. } => {}
        What::Offered { .. } | What::CodeUsed { .. } | What::NoticeSent { .. } => {}
    }
    None
}

/// What a fact of a call changes in its record and in the state of those on its legs.
#[expect(clippy::wildcard_enum_match_arm, reason = "the fold sends only these facts here")]
fn fold_call(state: &mut SavedState, fact: &Fact) -> Option<Folded> {
    let at = fact.at;
    match &fact.what {
        What::CallArrived { .. } => arrive(state, fact),
        What::CallAnswered { call, with } => {
            with_record(state, *call, |record| {
                record.answered.get_or_insert(at);
            });
            if let Some(leg) = with {
                taken(state, *leg, at);
            }
        }
        What::CallEnded { call, outcome } => {
            let mut record = state.calls.remove(call)?;
            record.ended = Some(at);
            record.outcome = Some(*outcome);
            if *outcome == Outcome::Failed {
                // Answered by us, but the answer could not leave.
                record.answered = None;
            }
            return Some(Folded::Call(record));
        }
        What::VisitStarted { call, group } => start_visit(state, *call, *group, at),
        What::VisitEnded { call, group, outcome } => end_visit(state, *call, *group, *outcome, at),
        What::Fallback { call, group, target, step } => with_record(state, *call, |record| {
            record.fallback.push(FallbackRecord { at, group: *group, target: target.clone(), step: *step });
        }),
        What::LegStarted { leg, role, peer, group, charge } => {
            let record = LegRecord {
                leg: *leg,
                role: *role,
                peer: *peer,
                group: *group,
                started: at,
                alerting: None,
                answered: None,
                ended: None,
                cause: None,
                media: None,
                charge: charge.clone(),
            };
            start_leg(state, record);
        }
        What::LegAlerting { leg } => with_leg(state, *leg, |known| known.alerting = Some(at)),
        What::LegAnswered { leg } => answer_leg(state, *leg, at),
        What::LegEnded { leg, cause } => end_leg(state, *leg, *cause, at),
        What::LegMoved { to, .. } => move_leg(state, *to, at),
        What::LegMedia { leg, media } => with_leg(state, *leg, |known| known.media = Some(*media)),
        What::Heard { leg, place, prompt, language, text } => with_record(state, leg.call, |record| {
            record.heard.push(HeardRecord {
                at,
                leg: *leg,
                place: *place,
                prompt: prompt.clone(),
                language: *language,
                text: text.clone(),
            });
        }),
        _ => {}
    }
    None
}

/// The call a fact is about.
pub(crate) fn call_of(what: &What) -> Option<CallId> {
    match what {
        What::CallArrived { call, .. }
        | What::CallAnswered { call, .. }
        | What::CallEnded { call, .. }
        | What::VisitStarted { call, .. }
        | What::VisitEnded { call, .. }
        | What::Offered { call, .. }
        | What::Fallback { call, .. }
        | What::MovedToTail { call, .. }
        | What::Queued { call, .. }
        | What::Waits { call, .. }
        | What::Overflowed { call, .. }
        | What::CallbackOffered { call, .. }
        | What::CallbackRequested { callback: call, .. }
        | What::CallbackStep { callback: call, .. }
        | What::Camped { call, .. }
        | What::Recalled { call, .. }
        | What::Parked { call, .. }
        | What::Transferred { call, .. }
        | What::NoticeSent { call, .. } => Some(*call),
        What::LegStarted { leg, .. }
        | What::LegAlerting { leg }
        | What::LegAnswered { leg }
        | What::LegEnded { leg, .. }
        | What::LegMoved { to: leg, .. }
        | What::LegMedia { leg, .. }
        | What::Heard { leg, .. } => Some(leg.call),
        What::Started { .. }
        | What::ConfigTaken { .. }
        | What::Reached { .. }
        | What::MemberAdded { .. }
        | What::MemberRemoved { .. }
        | What::GroupRemoved { .. }
        | What::LoggedIn { .. }
        | What::LoggedOut { .. }
        | What::DutyChanged { .. }
        | What::Delivered { .. }
        | What::LicenceBegan { .. }
        | What::LicenceEnded { .. }
        | What::Paused { .. }
        | What::Resumed { .. }
        | What::Closed { .. }
        | What::PlaceHeld { .. }
        | What::WrapUpStarted { .. }
        | What::WrapUpEnded { .. }
        | What::Resting { .. }
        | What::Rested { .. }
        | What::IdleReset { .. }
        | What::Presence { .. }
        | What::CodeUsed { .. } => None,
    }
}

fn pause(state: &mut SavedState, member: PartyId, paused: Option<SavedPause>, at: Utc) {
    let agent = agent(state, member, at);
    if let (Some(away), Some(over), None) = (&mut agent.away, &agent.paused, &paused) {
        away.0 += (at - over.since.max(agent.idle_since)).0;
    }
    agent.paused = paused;
    agent.since = at;
    tidy(state, member);
}

fn agent(state: &mut SavedState, party: PartyId, at: Utc) -> &mut SavedAgent {
    state.agents.get_or_insert_with(party, || SavedAgent { since: at, ..SavedAgent::default() })
}

/// Forgets a party of whom nothing needs to be known: a caller who has gone.
fn tidy(state: &mut SavedState, party: PartyId) {
    let idle = state.agents.get(&party).is_some_and(|agent| {
        agent.busy.is_empty()
            && agent.paused.is_none()
            && agent.reach.contacts == 0
            && agent.wrap_up.is_none()
            && agent.resting.is_none()
            && agent.off.is_none()
    });
    if idle && !state.memberships.contains_key(&party) {
        state.agents.remove(&party);
    }
}

fn arrive(state: &mut SavedState, fact: &Fact) {
    let What::CallArrived { call, from, hidden, to, via } = &fact.what else { return };
    let record = CallRecord {
        call: *call,
        first: fact.seq,
        last: fact.seq,
        from: *from,
        hidden: *hidden,
        to: *to,
        via: via.clone(),
        started: fact.at,
        answered: None,
        ended: None,
        outcome: None,
        legs: Vec::new(),
        heard: Vec::new(),
        visits: Vec::new(),
        fallback: Vec::new(),
    };
    state.calls.insert(*call, Box::new(record));
}

fn with_record(state: &mut SavedState, call: CallId, change: impl FnOnce(&mut CallRecord)) {
    if let Some(record) = state.calls.get_mut(&call) {
        change(record);
    }
}

/// Legs are numbered as they are begun, so a leg stands at its own number.
fn with_leg(state: &mut SavedState, leg: LegId, change: impl FnOnce(&mut LegRecord)) {
    with_record(state, leg.call, |record| {
        if let Some(known) = record.legs.get_mut(usize::from(leg.n)) {
            change(known);
        }
    });
}

fn start_visit(state: &mut SavedState, call: CallId, group: Number, at: Utc) {
    with_record(state, call, |record| {
        record.visits.push(VisitRecord {
            group,
            from: at,
            to: None,
            outcome: None,
            served_by: None,
            position: None,
        });
    });
    if let Some(entry) = state.groups.get_mut(&group) {
        entry.visiting.insert(call, ());
        entry.entered.insert((at, call), ());
    }
}

fn end_visit(state: &mut SavedState, call: CallId, group: Number, outcome: VisitOutcome, at: Utc) {
    with_record(state, call, |record| {
        let answered = record.legs.iter().rev().find(|leg| {
            leg.role == Role::Member
                && leg.group == Some(group)
                && leg.answered.is_some()
                && leg.ended.is_none()
        });
        let served_by = answered.and_then(|leg| match leg.peer {
            Peer::Party(party) => Some(party),
            Peer::Set(_) | Peer::Emergency(_) => None,
        });
        let open = record.visits.iter_mut().rev().find(|visit| visit.group == group && visit.to.is_none());
        if let Some(visit) = open {
            visit.to = Some(at);
            visit.outcome = Some(outcome);
            visit.served_by = served_by.filter(|_| outcome == VisitOutcome::Served);
        }
    });
    queue::leave(state, call, group, outcome, at);
}

fn start_leg(state: &mut SavedState, record: LegRecord) {
    let (leg, at) = (record.leg, record.started);
    if let Peer::Party(party) = record.peer {
        if let (Role::Member, Some(group)) = (record.role, record.group) {
            queue::offered(state, leg.call, group, party, at);
        }
        let what = if record.role == Role::Caller { LegState::Talking } else { LegState::Ringing };
        let agent = agent(state, party, at);
        agent.busy.insert(leg, what);
        agent.since = at;
    }
    with_record(state, leg.call, |known| known.legs.push(record));
}

fn answer_leg(state: &mut SavedState, leg: LegId, at: Utc) {
    let mut whose = None;
    with_leg(state, leg, |known| {
        known.answered = Some(at);
        whose = Some(known.peer);
    });
    let Some(Peer::Party(party)) = whose else { return };
    let agent = agent(state, party, at);
    agent.busy.insert(leg, LegState::Talking);
    agent.since = at;
}

/// A member who took a call begins to count his misses anew. A leg that was answered but not confirmed did not
/// take it (K-34).
fn taken(state: &mut SavedState, leg: LegId, at: Utc) {
    let record = state.calls.get(&leg.call).and_then(|record| record.legs.get(usize::from(leg.n)));
    let Some(LegRecord { role: Role::Member, peer: Peer::Party(party), group, .. }) = record else { return };
    let (party, group) = (*party, *group);
    if let Some(saved) = member(state, group, party) {
        saved.missed = 0;
        let hour = Span::seconds(3_600);
        while saved.answered.len() >= ANSWERED_MAX
            || saved.answered.front().is_some_and(|old| at - *old >= hour)
        {
            saved.answered.pop_front();
        }
        saved.answered.push_back(at);
    }
}

/// A leg goes on in another call, where it has begun already.
fn move_leg(state: &mut SavedState, to: LegId, at: Utc) {
    let mut whose = None;
    with_leg(state, to, |known| {
        known.alerting = Some(at);
        known.answered = Some(at);
        whose = Some(known.peer);
    });
    if let Some(Peer::Party(party)) = whose {
        agent(state, party, at).busy.insert(to, LegState::Talking);
    }
}

fn end_leg(state: &mut SavedState, leg: LegId, cause: EndCause, at: Utc) {
    let mut whose = None;
    with_leg(state, leg, |known| {
        known.ended = Some(at);
        known.cause = Some(cause);
        whose = Some((known.peer, known.role, known.group, known.answered));
    });
    let Some((Peer::Party(party), role, group, answered)) = whose else { return };
    let agent = agent(state, party, at);
    agent.busy.remove(leg);
    agent.since = at;
    let talked = cause != EndCause::NotConfirmed
        && state.calls.get(&leg.call).is_some_and(|record| record.answered.is_some());
    if let (Role::Member, Some(group), Some(answered), true) = (role, group, answered, talked) {
        queue::talked(state, group, party, answered, at);
    }
    if role == Role::Member
        && missed(cause)
        && let Some(saved) = member(state, group, party)
    {
        saved.missed += 1;
    }
    tidy(state, party);
}

fn member(
    state: &mut SavedState,
    group: Option<Number>,
    party: PartyId,
) -> Option<&mut model::saved::SavedMember> {
    state.groups.get_mut(&group?)?.members.get_mut(&party)
}

/// Whether an offer that ended so counts as missed (V-40). Busy, and offers withdrawn because another took the
/// call or the caller left, do not.
pub(crate) fn missed(cause: EndCause) -> bool {
    match cause {
        EndCause::NoAnswer
        | EndCause::Unreachable
        | EndCause::Rejected
        | EndCause::NotAcceptable
        | EndCause::Forbidden
        | EndCause::Diverted
        | EndCause::NotConfirmed => true,
        EndCause::Answered
        | EndCause::AnsweredElsewhere
        | EndCause::Busy
        | EndCause::Cancelled
        | EndCause::HangUp
        | EndCause::MediaTimeout
        | EndCause::LimitReached
        | EndCause::NotFound
        | EndCause::Restart
        | EndCause::Transferred
        | EndCause::Shutdown => false,
    }
}

/// How a miss moves a member, if it does (K-18, K-19, K-48).
pub(crate) const fn tail_cause(cause: EndCause) -> Option<TailCause> {
    match cause {
        EndCause::NoAnswer | EndCause::Diverted | EndCause::NotConfirmed => Some(TailCause::NoAnswer),
        EndCause::Unreachable | EndCause::NotAcceptable | EndCause::Forbidden => Some(TailCause::Unreachable),
        EndCause::Rejected => Some(TailCause::Rejected),
        EndCause::Answered
        | EndCause::AnsweredElsewhere
        | EndCause::Busy
        | EndCause::Cancelled
        | EndCause::HangUp
        | EndCause::MediaTimeout
        | EndCause::NotFound
        // Our own limit is not the member's fault.
        | EndCause::LimitReached
        | EndCause::Restart
        | EndCause::Transferred
        | EndCause::Shutdown => None,
    }
}
