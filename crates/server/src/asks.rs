//! Answers what the API asks, from folded views and the store; only commands go to a switchboard.

mod directory;
mod gather;

use std::collections::BTreeMap;
use std::sync::Arc;

use api::gateway::{Ask, GroupHead, LiveView, PartyView, Ties};
use api::principal::Principal;
use model::fact::VisitOutcome;
use model::id::{CallId, FactSeq, PartyId, TenantId};
use model::language::Language;
use model::leg::Dialled;
use model::live::Decision;
use model::number::{Number, PhoneNumber};
use model::output::{Refusal, Reply};
use model::record::CallRecord;
use model::time::Utc;
use store::TokenScope;
use tokio::sync::mpsc;

use crate::node::Mail;
use crate::node::clock::utc_now;
use crate::node::view::at_wall_time;
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

async fn answer(platform: &Arc<Platform>, ask: Ask) {
    match ask {
        Ask::Who { token, answer } => say!(answer, who(platform, &token).await),
        Ask::Ties { tenant, group, person, answer } => say!(answer, ties(platform, &tenant, group, &person)),
        Ask::Companies { answer } => {
            say!(answer, platform.companies().iter().map(|company| company.config.id.clone()).collect());
        }
        Ask::Groups { tenant, answer } => say!(answer, groups(platform, &tenant)),
        Ask::Live { tenant, group, answer } => say!(answer, live(platform, &tenant, group).await),
        Ask::Call { tenant, call, answer } => say!(answer, call_record(platform, &tenant, call).await),
        Ask::Calls { tenant, before, window, limit, answer } => {
            say!(answer, calls(platform, &tenant, (before, window), limit).await);
        }
        Ask::Gather { tenant, group, window, depth, answer } => {
            say!(answer, gather::gather(platform, &tenant, group, (window, depth)).await.map(Box::new));
        }
        Ask::OwnTime { tenant, wall, answer } => {
            let company = platform.company(&tenant);
            say!(answer, company.map_or(wall, |company| at_wall_time(&company.config.time_zone, wall)));
        }
        Ask::Dialled { tenant, text, answer } => say!(answer, dialled(platform, &tenant, &text).await),
        Ask::Callbacks { tenant, group, answer } => {
            say!(answer, directory::callbacks(platform, &tenant, group))
        }
        Ask::Directory { tenant, answer } => say!(answer, directory::directory(platform, &tenant)),
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
        Ask::Simulate { tenant, wish, answer } => {
            crate::simulate::answer::simulate(platform, &tenant, wish, answer).await;
        }
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
    let member = group.members.iter().find(|member| member.party == party);
    Ties {
        member: member.is_some(),
        sees: member.is_some_and(|member| member.may_see),
        logs_in: member.is_some_and(|member| member.may_log_in),
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
        let calls = saved.into_iter().flat_map(|saved| saved.visiting.keys());
        let callers = calls.filter_map(|call| view.state.calls.get(call)).map(|record| record.from);
        let requests = saved.into_iter().flat_map(|saved| saved.callbacks.values());
        callers.chain(requests.map(|request| request.number)).collect()
    };
    let known = names(platform, tenant, waiting).await;
    let mut view = company.node.view();
    view.live(group, utc_now(), &|party| {
        known.get(&party).cloned().unwrap_or_else(|| company.names.view(party))
    })
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
    (before, window): (Option<CallId>, Option<(Utc, Utc)>),
    limit: u32,
) -> Vec<CallRecord> {
    let mut records = open_calls(platform, tenant);
    records.retain(|record| {
        let inside = window.is_none_or(|(from, to)| record.started >= from && record.started < to);
        inside && before.is_none_or(|before| record.call < before)
    });
    let ended = match window {
        Some(window) => platform.store.calls_between(tenant, before, window, limit).await,
        None => platform.store.calls(tenant, before, limit).await,
    };
    let ended = or_log(ended).unwrap_or_default();
    let open: Vec<CallId> = records.iter().map(|record| record.call).collect();
    records.extend(ended.into_iter().filter(|record| !open.contains(&record.call)));
    records.sort_by_key(|record| std::cmp::Reverse(record.call));
    records.truncate(limit as usize);
    records
}

/// What a text means that a user of the company dials. A number never seen gets its row at once: the command that
/// follows names it.
async fn dialled(platform: &Arc<Platform>, tenant: &TenantId, text: &str) -> Dialled {
    let Some(company) = platform.company(tenant) else { return Dialled::Nobody };
    match crate::router::meant(platform, &company, text).await {
        Ok((to, parties)) => {
            if !parties.is_empty() {
                // A node that is gone takes no command either.
                let _ = company.node.post(Mail::Parties(parties));
            }
            to
        }
        Err(error) => {
            tracing::error!(%error, "a target could not be looked up: the database does not answer");
            Dialled::Nobody
        }
    }
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
    let mut facts = or_log(platform.store.facts(tenant, from, record.last).await)?;
    if record.visits.iter().any(|visit| visit.outcome == Some(VisitOutcome::CalledBack)) {
        // What became of the request after the call that made it (V-49).
        let steps = or_log(platform.store.callback_steps(tenant, call).await)?;
        facts.extend(steps.into_iter().filter(|step| step.seq > record.last));
    }
    Some(engine::explain::decisions(saved, &facts, call, &company.config, language))
}
