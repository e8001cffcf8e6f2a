//! Answers what the API asks, from folded views and the store; only commands go to a switchboard.

use std::collections::BTreeMap;
use std::sync::Arc;

use api::gateway::{Ask, CallsToday, GroupHead, LiveView, MemberFigures, PartyView, Statistics, Ties};
use api::principal::Principal;
use model::fact::{EndCause, Peer, Role, VisitOutcome};
use model::id::{CallId, FactSeq, PartyId, TenantId};
use model::language::Language;
use model::live::Decision;
use model::number::{Number, PhoneNumber};
use model::output::{Refusal, Reply};
use model::record::CallRecord;
use model::time::{Span, Utc};
use store::TokenScope;
use tokio::sync::mpsc;

use crate::node::clock::utc_now;
use crate::platform::{Company, Platform};

/// Runs until the API ends. Each question has its own task, so that a slow one holds up no other.
pub(crate) async fn run(platform: Arc<Platform>, mut questions: mpsc::Receiver<Ask>) {
    while let Some(ask) = questions.recv().await {
        let platform = platform.clone();
        tokio::spawn(async move { answer(&platform, ask).await });
    }
}

/// Who asked may have gone; then nobody minds.
macro_rules! say {
    ($answer:expr, $value:expr) => {{
        let _ = $answer.send($value);
    }};
}

async fn answer(platform: &Platform, ask: Ask) {
    match ask {
        Ask::Who { token, answer } => say!(answer, who(platform, &token).await),
        Ask::Ties { tenant, group, person, answer } => say!(answer, ties(platform, &tenant, group, &person)),
        Ask::Companies { answer } => {
            say!(answer, platform.companies().iter().map(|company| company.config.id.clone()).collect());
        }
        Ask::Groups { tenant, answer } => say!(answer, groups(platform, &tenant)),
        Ask::Live { tenant, group, answer } => say!(answer, live(platform, &tenant, group).await),
        Ask::Call { tenant, call, answer } => say!(answer, call_record(platform, &tenant, call).await),
        Ask::Calls { tenant, before, limit, answer } => {
            say!(answer, calls(platform, &tenant, before, limit).await);
        }
        Ask::Statistics { tenant, group, window, answer } => {
            say!(answer, statistics(platform, &tenant, group, window).await);
        }
        Ask::Visits { tenant, group, window, answer } => {
            say!(answer, visits(platform, &tenant, group, window).await);
        }
        Ask::OpenCalls { tenant, answer } => say!(answer, open_calls(platform, &tenant)),
        Ask::Explain { tenant, call, language, answer } => {
            say!(answer, explain(platform, &tenant, call, language).await);
        }
        Ask::Person { tenant, name, answer } => {
            say!(answer, platform.company(&tenant).and_then(|company| person(&company, &name)));
        }
        Ask::Names { tenant, parties, answer } => say!(answer, names(platform, &tenant, parties).await),
        Ask::Command { tenant, command, answer } => {
            let reply = match platform.company(&tenant) {
                Some(company) => company.node.command(command).await.ok(),
                None => Some(Reply::Refused(Refusal::NoGroup)),
            };
            if let Some(reply) = reply {
                say!(answer, reply);
            }
        }
        Ask::Apply { tenant, file, answer } => say!(answer, platform.apply(&tenant, &file).await),
        Ask::Export { tenant, format, all, answer } => say!(answer, platform.export(&tenant, format, all)),
        Ask::StorePrompt { audio, answer, .. } => say!(answer, platform.store_prompt(&audio).await),
        Ask::Ready { answer } => say!(answer, platform.is_ready().await),
        Ask::Metrics { answer } => say!(answer, platform.metrics()),
    }
}

async fn who(platform: &Platform, token: &str) -> Option<Principal> {
    let row = platform.token(token).await?;
    Some(match row.scope {
        TokenScope::Operator => Principal::Operator,
        TokenScope::Company(tenant) => Principal::Company(tenant),
        TokenScope::Person(tenant, name) => {
            let company = platform.company(&tenant)?;
            let party = company.config.party_by_name(name.as_str())?;
            let user = company.config.users.get(&party)?;
            Principal::Person { tenant, name, admin: user.admin, supervisor: user.supervisor }
        }
    })
}

fn ties(platform: &Platform, tenant: &TenantId, group: Number, name: &str) -> Ties {
    let Some(company) = platform.company(tenant) else { return Ties::default() };
    let (Some(party), Some(group)) = (company.config.party_by_name(name), company.config.groups.get(&group))
    else {
        return Ties::default();
    };
    let supervisor = company.config.users.get(&party).is_some_and(|user| user.supervisor);
    Ties {
        member: group.members.iter().any(|member| member.party == party),
        supervises: supervisor || group.supervisors.contains(&party),
    }
}

fn groups(platform: &Platform, tenant: &TenantId) -> Vec<GroupHead> {
    let Some(company) = platform.company(tenant) else { return Vec::new() };
    let groups = company.config.groups.values();
    groups
        .map(|group| GroupHead { number: group.number, name: group.name.clone(), preset: group.preset })
        .collect()
}

async fn live(platform: &Platform, tenant: &TenantId, group: Number) -> Option<LiveView> {
    let company = platform.company(tenant)?;
    let waiting: Vec<PartyId> = {
        let view = company.node.view();
        let saved = view.state.groups.get(&group);
        let calls = saved.into_iter().flat_map(|saved| &saved.visiting);
        calls.filter_map(|call| view.state.calls.get(call)).map(|record| record.from).collect()
    };
    let known = names(platform, tenant, waiting).await;
    let view = company.node.view();
    view.live(group, &|party| known.get(&party).cloned().unwrap_or_else(|| company.names.view(party)))
}

async fn call_record(platform: &Platform, tenant: &TenantId, call: CallId) -> Option<CallRecord> {
    let company = platform.company(tenant)?;
    let open = company.node.view().call(call);
    match open {
        Some(record) => Some(record),
        None => or_log(platform.store.call(tenant, call).await).flatten(),
    }
}

fn open_calls(platform: &Platform, tenant: &TenantId) -> Vec<CallRecord> {
    let Some(company) = platform.company(tenant) else { return Vec::new() };
    let mut calls = company.node.view().calls();
    calls.reverse();
    calls
}

/// Calls under way and ended ones, newest first: ids are in order of time.
async fn calls(
    platform: &Platform,
    tenant: &TenantId,
    before: Option<CallId>,
    limit: u32,
) -> Vec<CallRecord> {
    let mut records = open_calls(platform, tenant);
    records.retain(|record| before.is_none_or(|before| record.call < before));
    let ended = or_log(platform.store.calls(tenant, before, limit).await).unwrap_or_default();
    let open: Vec<CallId> = records.iter().map(|record| record.call).collect();
    records.extend(ended.into_iter().filter(|record| !open.contains(&record.call)));
    records.sort_by_key(|record| std::cmp::Reverse(record.call));
    records.truncate(limit as usize);
    records
}

fn or_log<T>(result: Result<T, store::StoreError>) -> Option<T> {
    result.inspect_err(|error| tracing::error!(%error, "the database could not be read")).ok()
}

fn person(company: &Company, name: &str) -> Option<PartyId> {
    let by_name = company.config.party_by_name(name);
    by_name.or_else(|| {
        name.parse::<PhoneNumber>().ok().and_then(|number| company.config.party_by_number(number))
    })
}

async fn names(
    platform: &Platform,
    tenant: &TenantId,
    parties: Vec<PartyId>,
) -> BTreeMap<PartyId, PartyView> {
    let mut known = BTreeMap::new();
    let Some(company) = platform.company(tenant) else { return known };
    for party in parties {
        if company.names.knows(party) {
            known.insert(party, company.names.view(party));
        } else if let Some(Some(row)) = or_log(platform.store.party(tenant, party).await) {
            known.insert(party, PartyView { user: row.person, number: row.number });
        }
    }
    known
}

async fn explain(
    platform: &Platform,
    tenant: &TenantId,
    call: CallId,
    language: Language,
) -> Option<Vec<Decision>> {
    let company = platform.company(tenant)?;
    let record = call_record(platform, tenant, call).await?;
    company.node.written(record.last).await;
    let before = FactSeq(record.first.0.saturating_sub(1));
    let saved = or_log(platform.store.checkpoint(tenant, before).await)?;
    let from = FactSeq(saved.version.0 + 1);
    let facts = or_log(platform.store.facts(tenant, from, record.last).await)?;
    Some(engine::explain::decisions(saved, &facts, call, &company.config, language))
}

/// The window asked for, else the company's today.
fn window(company: &Company, window: Option<(Utc, Utc)>) -> (Utc, Utc) {
    window.unwrap_or_else(|| (company.node.view().day_start(), Utc(i64::MAX)))
}

async fn visits(
    platform: &Platform,
    tenant: &TenantId,
    group: Number,
    asked: Option<(Utc, Utc)>,
) -> Option<Vec<CallRecord>> {
    let company = platform.company(tenant)?;
    company.config.groups.get(&group)?;
    let (from, to) = window(&company, asked);
    let mut records = or_log(platform.store.visited(tenant, group, (from, to)).await)?;
    let inside = |record: &CallRecord| {
        record.visits.iter().any(|visit| visit.group == group && visit.from >= from && visit.from < to)
    };
    let known: Vec<CallId> = records.iter().map(|record| record.call).collect();
    let open = open_calls(platform, tenant);
    records.extend(open.into_iter().rev().filter(|record| inside(record) && !known.contains(&record.call)));
    Some(records)
}

/// Derived from records and log-in times alone (K-03).
async fn statistics(
    platform: &Platform,
    tenant: &TenantId,
    number: Number,
    asked: Option<(Utc, Utc)>,
) -> Option<Statistics> {
    let company = platform.company(tenant)?;
    let group = company.config.groups.get(&number)?.clone();
    let records = visits(platform, tenant, number, asked).await?;
    let (from, to) = window(&company, asked);
    let mut totals = CallsToday::default();
    let mut members: BTreeMap<PartyId, MemberFigures> = BTreeMap::new();
    for record in &records {
        for visit in record.visits.iter().filter(|visit| visit.group == number) {
            totals.offered += 1;
            match visit.outcome {
                Some(VisitOutcome::Served) => totals.answered += 1,
                Some(VisitOutcome::Abandoned) => totals.abandoned += 1,
                Some(VisitOutcome::Overflowed) => totals.overflowed += 1,
                None => {}
            }
        }
        count_offers(record, number, &mut members);
    }
    let sessions = or_log(platform.store.sessions(tenant, number, (from, to)).await)?;
    let now = utc_now();
    let mut times: Vec<(PartyId, Utc, Utc)> =
        sessions.iter().map(|session| (session.member, session.from, session.to)).collect();
    {
        let view = company.node.view();
        let saved = view.state.groups.get(&number);
        for (party, member) in saved.into_iter().flat_map(|saved| &saved.members) {
            if member.place.is_some() {
                times.push((*party, member.since, now));
            }
        }
    }
    for (party, since, until) in times {
        let inside = until.min(to).min(now) - since.max(from);
        let figures = members.entry(party).or_default();
        figures.logged_in = Span(figures.logged_in.0 + inside.0);
    }
    let members = group
        .members
        .iter()
        .map(|member| {
            let mut figures = members.remove(&member.party).unwrap_or_default();
            figures.user =
                company.config.party_name(member.party).map(ToString::to_string).unwrap_or_default();
            figures
        })
        .collect();
    Some(Statistics { totals, members })
}

fn count_offers(record: &CallRecord, group: Number, members: &mut BTreeMap<PartyId, MemberFigures>) {
    for leg in record.legs.iter().filter(|leg| leg.role == Role::Member && leg.group == Some(group)) {
        let Peer::Party(party) = leg.peer else { continue };
        let figures = members.entry(party).or_default();
        figures.offered += 1;
        match leg.cause {
            Some(EndCause::NoAnswer | EndCause::Diverted | EndCause::NotConfirmed) => figures.no_answer += 1,
            Some(EndCause::Busy) => figures.busy += 1,
            Some(
                EndCause::Unreachable
                | EndCause::NotAcceptable
                | EndCause::Forbidden
                | EndCause::LimitReached
                | EndCause::NotFound,
            ) => figures.unreachable += 1,
            Some(EndCause::Rejected) => figures.rejected += 1,
            Some(
                EndCause::Answered
                | EndCause::HangUp
                | EndCause::MediaTimeout
                | EndCause::AnsweredElsewhere
                | EndCause::Cancelled
                | EndCause::Restart
                | EndCause::Shutdown,
            )
            | None => {}
        }
        let talked = matches!(leg.cause, Some(EndCause::NotConfirmed)).then_some(()).is_none();
        if let Some(answered) = leg.answered.filter(|_| talked) {
            figures.answered += 1;
            let until = leg.ended.unwrap_or_else(utc_now);
            figures.talk = Span(figures.talk.0 + (until - answered).0);
        }
    }
}
