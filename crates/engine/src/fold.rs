//! The fold: what the facts of a tenant add up to. The switchboard, the live views, the explanations, the
//! records and a restart all stand on this one function.
//!
//! Invariants: facts come in order without gaps; folding a fact costs the same however many members, calls or
//! facts there are (removing a group costs its members).

use model::fact::{EndCause, Fact, Outcome, Peer, Role, TailCause, VisitOutcome, What};
use model::id::{CallId, LegId, PartyId};
use model::number::Number;
use model::record::{CallRecord, DutySession, FallbackRecord, Folded, HeardRecord, LegRecord, VisitRecord};
use model::saved::{LegState, Place, SavedAgent, SavedGroup, SavedPause, SavedState};
use model::time::Utc;

/// Folds one fact in. Gives what it completed: a call's record, a member's time logged in.
pub fn fold(state: &mut SavedState, fact: &Fact) -> Option<Folded> {
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
        What::MemberAdded { group, member } => add_member(state, *group, *member, at),
        What::MemberRemoved { group, member } => {
            let session = leave(state, *group, *member, at);
            forget_member(state, *group, *member);
            return session;
        }
        What::GroupRemoved { group } => remove_group(state, *group),
        What::LoggedIn { group, member, .. } => log_in(state, *group, *member, at),
        What::LoggedOut { group, member, .. } => return leave(state, *group, *member, at),
        What::DutyChanged { group, duty } => change_duty(state, *group, *duty),
        What::Paused { member, reason } => {
            let agent = agent(state, *member, at);
            agent.paused = Some(SavedPause { since: at, reason: reason.clone() });
            agent.since = at;
        }
        What::Resumed { member } => {
            let agent = agent(state, *member, at);
            agent.paused = None;
            agent.since = at;
            tidy(state, *member);
        }
        What::MovedToTail { group, member, .. } => {
            if let Some(entry) = state.groups.get_mut(group) {
                to_tail(entry, *member);
            }
        }
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
        | What::LegMedia { .. }
        | What::Heard { .. } => return fold_call(state, fact),
        What::Offered { .. } | What::CodeUsed { .. } | What::NoticeSent { .. } => {}
    }
    None
}

/// What a fact of a call changes in its record and in the state of those on its legs.
fn fold_call(state: &mut SavedState, fact: &Fact) -> Option<Folded> {
    let at = fact.at;
    match &fact.what {
        What::CallArrived { .. } => arrive(state, fact),
        What::CallAnswered { call, with } => {
            with_record(state, *call, |record| record.answered = Some(at));
            if let Some(leg) = with {
                taken(state, *leg);
            }
        }
        What::CallEnded { call, outcome } => {
            let mut record = state.calls.remove(call)?;
            record.ended = Some(at);
            record.outcome = Some(*outcome);
            if *outcome != Outcome::Answered {
                // Answered by us, but the answer could not leave.
                record.answered = None;
            }
            return Some(Folded::Call(Box::new(record)));
        }
        What::VisitStarted { call, group } => start_visit(state, *call, *group, at),
        What::VisitEnded { call, group, outcome } => end_visit(state, *call, *group, *outcome, at),
        What::Fallback { call, group, target, step } => with_record(state, *call, |record| {
            record.fallback.push(FallbackRecord { at, group: *group, target: target.clone(), step: *step });
        }),
        What::LegStarted { leg, role, peer, group } => {
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
            };
            start_leg(state, record);
        }
        What::LegAlerting { leg } => with_leg(state, *leg, |known| known.alerting = Some(at)),
        What::LegAnswered { leg } => answer_leg(state, *leg, at),
        What::LegEnded { leg, cause } => end_leg(state, *leg, *cause, at),
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
        What::Started { .. }
        | What::ConfigTaken { .. }
        | What::Reached { .. }
        | What::MemberAdded { .. }
        | What::MemberRemoved { .. }
        | What::GroupRemoved { .. }
        | What::LoggedIn { .. }
        | What::LoggedOut { .. }
        | What::DutyChanged { .. }
        | What::Paused { .. }
        | What::Resumed { .. }
        | What::MovedToTail { .. }
        | What::Offered { .. }
        | What::CodeUsed { .. }
        | What::NoticeSent { .. } => {}
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
        | What::NoticeSent { call, .. } => Some(*call),
        What::LegStarted { leg, .. }
        | What::LegAlerting { leg }
        | What::LegAnswered { leg }
        | What::LegEnded { leg, .. }
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
        | What::Paused { .. }
        | What::Resumed { .. }
        | What::CodeUsed { .. } => None,
    }
}

fn agent(state: &mut SavedState, party: PartyId, at: Utc) -> &mut SavedAgent {
    state.agents.entry(party).or_insert_with(|| SavedAgent { since: at, ..SavedAgent::default() })
}

/// Forgets a party of whom nothing needs to be known: a caller who has gone.
fn tidy(state: &mut SavedState, party: PartyId) {
    let idle = state
        .agents
        .get(&party)
        .is_some_and(|agent| agent.busy.is_empty() && agent.paused.is_none() && agent.reach.contacts == 0);
    if idle && !state.memberships.contains_key(&party) {
        state.agents.remove(&party);
    }
}

fn add_member(state: &mut SavedState, group: Number, member: PartyId, at: Utc) {
    let entry = state.groups.entry(group).or_default();
    entry.members.entry(member).or_default().since = at;
    state.memberships.entry(member).or_default().insert(group);
    agent(state, member, at);
}

fn forget_member(state: &mut SavedState, group: Number, member: PartyId) {
    if let Some(entry) = state.groups.get_mut(&group) {
        entry.members.remove(&member);
    }
    if let Some(groups) = state.memberships.get_mut(&member) {
        groups.remove(&group);
        if groups.is_empty() {
            state.memberships.remove(&member);
        }
    }
    tidy(state, member);
}

fn remove_group(state: &mut SavedState, group: Number) {
    let members: Vec<PartyId> =
        state.groups.get(&group).map(|entry| entry.members.keys().copied().collect()).unwrap_or_default();
    for member in members {
        forget_member(state, group, member);
    }
    state.groups.remove(&group);
}

fn take_place(entry: &mut SavedGroup) -> Place {
    let place = entry.next_place;
    entry.next_place = Place(place.0 + 1);
    place
}

fn log_in(state: &mut SavedState, group: Number, member: PartyId, at: Utc) {
    let Some(entry) = state.groups.get_mut(&group) else { return };
    let place = take_place(entry);
    let Some(saved) = entry.members.get_mut(&member) else { return };
    saved.place = Some(place);
    saved.since = at;
    saved.missed = 0;
    entry.order.insert(place, member);
}

/// A member's log-in ends, and his duty with it.
fn leave(state: &mut SavedState, group: Number, member: PartyId, at: Utc) -> Option<Folded> {
    let entry = state.groups.get_mut(&group)?;
    if entry.duty == Some(member) {
        entry.duty = None;
    }
    let saved = entry.members.get_mut(&member)?;
    let place = saved.place.take()?;
    let from = saved.since;
    saved.since = at;
    saved.missed = 0;
    entry.order.remove(&place);
    Some(Folded::Session(DutySession { group, member, from, to: at }))
}

/// Who had the duty before stays logged in, as an ordinary member at the tail (K-20, K-43).
fn change_duty(state: &mut SavedState, group: Number, duty: Option<PartyId>) {
    let Some(entry) = state.groups.get_mut(&group) else { return };
    let before = std::mem::replace(&mut entry.duty, duty);
    if let Some(before) = before.filter(|before| Some(*before) != duty) {
        to_tail(entry, before);
    }
}

fn to_tail(entry: &mut SavedGroup, member: PartyId) {
    let place = take_place(entry);
    let Some(saved) = entry.members.get_mut(&member) else { return };
    if let Some(old) = saved.place.replace(place) {
        entry.order.remove(&old);
        entry.order.insert(place, member);
    } else {
        // Logged out meanwhile: there is no place to move.
        saved.place = None;
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
    state.calls.insert(*call, record);
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
        record.visits.push(VisitRecord { group, from: at, to: None, outcome: None, served_by: None });
    });
    if let Some(entry) = state.groups.get_mut(&group) {
        entry.visiting.insert(call);
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
    if let Some(entry) = state.groups.get_mut(&group) {
        entry.visiting.remove(&call);
    }
}

fn start_leg(state: &mut SavedState, record: LegRecord) {
    let (leg, at) = (record.leg, record.started);
    if let Peer::Party(party) = record.peer {
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
fn taken(state: &mut SavedState, leg: LegId) {
    let record = state.calls.get(&leg.call).and_then(|record| record.legs.get(usize::from(leg.n)));
    let Some(LegRecord { role: Role::Member, peer: Peer::Party(party), group, .. }) = record else { return };
    let (party, group) = (*party, *group);
    if let Some(saved) = member(state, group, party) {
        saved.missed = 0;
    }
}

fn end_leg(state: &mut SavedState, leg: LegId, cause: EndCause, at: Utc) {
    let mut whose = None;
    with_leg(state, leg, |known| {
        known.ended = Some(at);
        known.cause = Some(cause);
        whose = Some((known.peer, known.role, known.group));
    });
    let Some((Peer::Party(party), role, group)) = whose else { return };
    let agent = agent(state, party, at);
    agent.busy.remove(&leg);
    agent.since = at;
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
        | EndCause::Shutdown => None,
    }
}
