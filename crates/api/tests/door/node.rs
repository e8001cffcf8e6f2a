//! The node behind the door: answers from the store and a short list of groups, and writes down what it heard.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use api::figures::{Gathered, Phones, Seat};
use api::gateway::{
    Applied, ApplyFault, ApplyFile, ApplyMode, ApplyRefusal, Ask, CallbackView, CallsToday, DirectoryEntry,
    Exported, Format, GroupHead, LiveView, PartyView, Ties,
};
use api::principal::Principal;
use api::simulations::{Simulation, SimulationRefusal, SimulationReport};
use model::config::Preset;
use model::id::{PartyId, TenantId};
use model::input::{Activity, Command, Duty};
use model::language::Language;
use model::leg::{Dialled, Party};
use model::live::{AgentState, Decision, DecisionKind, LiveGroup, LiveMember, PassReason, PassedOver};
use model::number::Number;
use model::output::{Refusal, Reply};
use model::record::CallRecord;
use model::time::{Span, Utc};
use store::{NewVersion, PartyKey, Store, StoreError, TokenScope};
use tokio::sync::mpsc;

use crate::house::{GROUP, JURI, MIDNIGHT, NINE, OTHER_GROUP};

/// What reached the node.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Questions: what, and about whom.
    pub(crate) asked: Vec<String>,
    /// Commands.
    pub(crate) commands: Vec<Command>,
    /// Accepted files.
    pub(crate) applied: Vec<ApplyFile>,
    /// What the switchboard says to the next commands; then it does what it is told.
    pub(crate) replies: VecDeque<Reply>,
    /// Sinilind's calls under way.
    pub(crate) open: Vec<CallRecord>,
    /// Sinilind's callbacks.
    pub(crate) callbacks: Vec<CallbackView>,
    /// Sinilind's directory.
    pub(crate) directory: Vec<DirectoryEntry>,
    /// Days that were asked for.
    pub(crate) simulations: Vec<Simulation>,
    /// What comes of the next one.
    pub(crate) simulated: Option<Result<Box<SimulationReport>, SimulationRefusal>>,
    /// What Sinilind's `GROUP` looks like instead of the usual.
    pub(crate) live: Option<LiveGroup>,
    /// Why the platform is not ready.
    pub(crate) trouble: Option<String>,
}

/// What a company has under way.
fn open(heard: &Mutex<Heard>, tenant: &TenantId) -> Vec<CallRecord> {
    if tenant.as_str() == "sinilind" { heard.lock().unwrap().open.clone() } else { Vec::new() }
}

pub(crate) async fn run(store: Store, mut asks: mpsc::Receiver<Ask>, heard: Arc<Mutex<Heard>>) {
    while let Some(ask) = asks.recv().await {
        let note = note(&ask);
        heard.lock().unwrap().asked.push(note);
        answer(&store, ask, &heard).await;
    }
}

/// As `Live sinilind`.
fn note(ask: &Ask) -> String {
    match ask {
        Ask::Who { .. } => "Who".to_owned(),
        Ask::Companies { .. } => "Companies".to_owned(),
        Ask::Ready { .. } => "Ready".to_owned(),
        Ask::Metrics { .. } => "Metrics".to_owned(),
        Ask::Ties { tenant, .. } => format!("Ties {tenant}"),
        Ask::Groups { tenant, .. } => format!("Groups {tenant}"),
        Ask::Live { tenant, .. } => format!("Live {tenant}"),
        Ask::Call { tenant, .. } => format!("Call {tenant}"),
        Ask::Calls { tenant, .. } => format!("Calls {tenant}"),
        Ask::Gather { tenant, .. } => format!("Gather {tenant}"),
        Ask::OwnTime { tenant, .. } => format!("OwnTime {tenant}"),
        Ask::Dialled { tenant, .. } => format!("Dialled {tenant}"),
        Ask::Callbacks { tenant, .. } => format!("Callbacks {tenant}"),
        Ask::Directory { tenant, .. } => format!("Directory {tenant}"),
        Ask::OpenCalls { tenant, .. } => format!("OpenCalls {tenant}"),
        Ask::Explain { tenant, .. } => format!("Explain {tenant}"),
        Ask::Person { tenant, .. } => format!("Person {tenant}"),
        Ask::Names { tenant, .. } => format!("Names {tenant}"),
        Ask::Command { tenant, .. } => format!("Command {tenant}"),
        Ask::Apply { tenant, .. } => format!("Apply {tenant}"),
        Ask::Export { tenant, .. } => format!("Export {tenant}"),
        Ask::Simulate { tenant, .. } => format!("Simulate {tenant}"),
        Ask::StorePrompt { tenant, .. } => format!("StorePrompt {tenant}"),
    }
}

async fn answer(store: &Store, ask: Ask, heard: &Mutex<Heard>) {
    match ask {
        Ask::Who { token, answer } => answer.send(who(store, &token).await).unwrap(),
        Ask::Ties { tenant, group, person, answer } => answer.send(ties(&tenant, group, &person)).unwrap(),
        Ask::Companies { answer } => {
            let companies = store.companies().await.unwrap();
            answer.send(companies.into_iter().map(|row| row.tenant).collect()).unwrap();
        }
        Ask::Groups { tenant, answer } => {
            let head = |number: &&str| GroupHead {
                number: number.parse().unwrap(),
                name: format!("{tenant} {number}"),
                preset: Preset::RingEven,
            };
            answer.send(numbers(&tenant).iter().map(head).collect()).unwrap();
        }
        Ask::Live { tenant, group, answer } => {
            let scripted = heard.lock().unwrap().live.clone().filter(|live| live.number == group);
            let view = live(&tenant, group);
            let view = view.map(|view| LiveView { group: scripted.unwrap_or(view.group), ..view });
            answer.send(view).unwrap();
        }
        Ask::Call { tenant, call, answer } => {
            let open = open(heard, &tenant).into_iter().find(|record| record.call == call);
            let record = match open {
                Some(record) => Some(record),
                None => store.call(&tenant, call).await.unwrap(),
            };
            answer.send(record).unwrap();
        }
        Ask::Calls { tenant, before, window, limit, answer } => {
            let all = (Utc(0), Utc(i64::MAX));
            let (from, to) = window.unwrap_or(all);
            let mut records = store.calls_between(&tenant, before, (from, to), limit).await.unwrap();
            records.extend(open(heard, &tenant).into_iter().filter(|record| {
                before.is_none_or(|before| record.call < before)
                    && record.started >= from
                    && record.started < to
            }));
            records.sort_by_key(|record| std::cmp::Reverse(record.call));
            records.truncate(limit as usize);
            answer.send(records).unwrap();
        }
        Ask::OwnTime { wall, answer, .. } => {
            // Its clocks are two hours ahead.
            answer.send(Utc(wall.0 - 7_200_000_000)).unwrap();
        }
        Ask::Gather { tenant, group, window, answer, .. } => {
            let gathered = gather(store, &tenant, group, window, open(heard, &tenant)).await;
            let known = numbers(&tenant).iter().any(|number| number.parse() == Ok(group));
            let there = known || !gathered.visited.is_empty();
            answer.send(there.then(|| Box::new(gathered))).unwrap();
        }
        Ask::Dialled { text, answer, .. } => answer.send(dialled(&text)).unwrap(),
        Ask::Callbacks { tenant, answer, .. } => {
            let sinilind = tenant.as_str() == "sinilind";
            let all = heard.lock().unwrap().callbacks.clone();
            answer.send(Some(if sinilind { all } else { Vec::new() })).unwrap();
        }
        Ask::Directory { tenant, answer } => {
            let sinilind = tenant.as_str() == "sinilind";
            let all = heard.lock().unwrap().directory.clone();
            answer.send(if sinilind { all } else { Vec::new() }).unwrap();
        }
        Ask::OpenCalls { tenant, answer } => answer.send(open(heard, &tenant)).unwrap(),
        Ask::Explain { language, answer, .. } => answer.send(Some(vec![decision(language)])).unwrap(),
        Ask::Person { tenant, name, answer } => answer.send(person(store, &tenant, &name).await).unwrap(),
        Ask::Names { tenant, parties, answer } => {
            answer.send(names(store, &tenant, parties).await).unwrap();
        }
        Ask::Command { command, answer, .. } => answer.send(told_to(heard, command)).unwrap(),
        Ask::Apply { tenant, file, answer } => {
            let result = apply(store, tenant, &file).await;
            heard.lock().unwrap().applied.push(file);
            answer.send(result).unwrap();
        }
        Ask::Export { tenant, format, all, answer } => {
            answer.send(export(store, &tenant, format, all).await).unwrap();
        }
        Ask::StorePrompt { audio, answer, .. } => {
            let result = if audio.starts_with(b"RIFF") {
                store.put_audio("hash", &audio).await.unwrap();
                Ok("hash".to_owned())
            } else {
                Err("no WAV file".to_owned())
            };
            answer.send(result).unwrap();
        }
        Ask::Simulate { wish, answer, .. } => {
            let mut heard = heard.lock().unwrap();
            heard.simulations.push(*wish);
            answer.send(heard.simulated.take().expect("what comes of it is scripted")).unwrap();
        }
        Ask::Ready { answer } => {
            let trouble = heard.lock().unwrap().trouble.clone();
            answer.send(trouble.map_or(Ok(()), Err)).unwrap();
        }
        Ask::Metrics { answer } => answer.send("helin_calls 0\n".to_owned()).unwrap(),
    }
}

/// What the switchboard says to a command.
fn told_to(heard: &Mutex<Heard>, command: Command) -> Reply {
    let usual = if matches!(&command, Command::LogIn { duty: Duty::Take, .. }) {
        Reply::Refused(Refusal::DutyNotAllowed)
    } else if matches!(&command, Command::Park { .. }) {
        Reply::Parked(7)
    } else {
        Reply::Done
    };
    let mut heard = heard.lock().unwrap();
    heard.commands.push(command);
    heard.replies.pop_front().unwrap_or(usual)
}

async fn who(store: &Store, token: &str) -> Option<Principal> {
    let now = Utc(NINE.0 + 1);
    let row = store.tokens().await.unwrap().into_iter().find(|row| row.opens(token, now))?;
    Some(match row.scope {
        TokenScope::Operator => Principal::Operator,
        TokenScope::Company(tenant) => Principal::Company(tenant),
        TokenScope::Person(tenant, name) => {
            let admin =
                matches!((tenant.as_str(), name.as_str()), ("sinilind", "ants") | ("kuldnokk", "mari"));
            Principal::Person { tenant, name, admin, supervisor: false }
        }
    })
}

fn numbers(tenant: &TenantId) -> &'static [&'static str] {
    match tenant.as_str() {
        "sinilind" => &[GROUP, "101"],
        "kuldnokk" => &[OTHER_GROUP, "101"],
        _ => &[],
    }
}

fn ties(tenant: &TenantId, group: Number, person: &str) -> Ties {
    let main = group == GROUP.parse().unwrap();
    let supervises = tenant.as_str() == "sinilind" && main && person == "kati";
    let members: &[&str] = match (tenant.as_str(), main) {
        ("sinilind", true) => &["mari", "juri", "viivi", "taavi"],
        ("sinilind", false) => &["liis"],
        _ => &["ülo"],
    };
    let member = members.contains(&person);
    Ties { member, sees: member && person != "taavi", logs_in: member && person != "viivi", supervises }
}

fn live(tenant: &TenantId, group: Number) -> Option<LiveView> {
    let member = LiveMember {
        user: format!("member-of-{tenant}"),
        state: AgentState::Available,
        since: NINE,
        logged_in: true,
        duty: false,
        missed: 0,
        reason: None,
    };
    let number = numbers(tenant).iter().find(|number| number.parse() == Ok(group))?;
    Some(LiveView {
        group: LiveGroup {
            number: group,
            name: format!("{tenant} {number}"),
            open: true,
            closed_reason: None,
            members: vec![member],
            waiting: Vec::new(),
        },
        today: CallsToday { offered: 7, answered: 7, ..CallsToday::default() },
    })
}

/// From the store, and what is under way; Mari and Juri are the members. Now is the next day's midnight.
async fn gather(
    store: &Store,
    tenant: &TenantId,
    group: Number,
    window: Option<(Utc, Utc)>,
    open: Vec<CallRecord>,
) -> Gathered {
    let window = window.unwrap_or((NINE, Utc(i64::MAX)));
    let mut visited = store.visited(tenant, group, window).await.unwrap();
    visited.extend(open.into_iter().filter(|record| record.visits.iter().any(|visit| visit.group == group)));
    let callbacks = store.callbacks(tenant, group, window).await.unwrap();
    let seat = |party: u64| Seat { party: PartyId(party), phones: Phones::Registered };
    Gathered {
        group,
        window,
        now: MIDNIGHT,
        service_level: Span::seconds(20),
        blocking: vec![Activity::Dnd],
        members: vec![seat(1), seat(2)],
        visited,
        for_callbacks: store.callback_calls(tenant, group, window).await.unwrap(),
        callbacks: callbacks.iter().map(|callback| (callback.callback, callback.state)).collect(),
        sessions: store.sessions(tenant, group, window).await.unwrap(),
        times: store.times(tenant, window).await.unwrap(),
        elsewhere: store
            .calls_between(tenant, None, window, 500)
            .await
            .unwrap()
            .iter()
            .flat_map(|record| api::figures::elsewhere(record, group, MIDNIGHT))
            .collect(),
    }
}

/// 102 is Juri's, +35850555000 is outside, everything else is nobody's.
fn dialled(text: &str) -> Dialled {
    match text {
        "102" => Dialled::User(JURI),
        "+35850555000" => {
            Dialled::Outside(Party { id: PartyId(9), number: Some(text.parse().unwrap()), name: None })
        }
        _ => Dialled::Nobody,
    }
}

fn decision(language: Language) -> Decision {
    Decision {
        at: NINE,
        kind: DecisionKind::Offer,
        text: language.code().to_owned(),
        offered: vec!["juri".to_owned()],
        passed_over: vec![PassedOver {
            user: "mari".to_owned(),
            reason: PassReason::Busy,
            text: language.code().to_owned(),
        }],
    }
}

async fn person(store: &Store, tenant: &TenantId, name: &str) -> Option<PartyId> {
    store.find_party(tenant, &PartyKey::Person(name.parse().ok()?)).await.unwrap()
}

async fn names(store: &Store, tenant: &TenantId, parties: Vec<PartyId>) -> BTreeMap<PartyId, PartyView> {
    let mut known = BTreeMap::new();
    for party in parties {
        if let Some(row) = store.party(tenant, party).await.unwrap() {
            known.insert(party, PartyView { user: row.person, number: row.number });
        }
    }
    known
}

async fn apply(store: &Store, tenant: TenantId, file: &ApplyFile) -> Result<Applied, ApplyRefusal> {
    if file.text.contains("fautly") {
        let fault = ApplyFault {
            line: Some(3),
            path: "group[+3726001000].fautly".to_owned(),
            text: "unknown; did you mean `faulty`?".to_owned(),
        };
        return Err(ApplyRefusal::Faults(vec![fault]));
    }
    let changes = vec!["name: Sinilind".to_owned()];
    let companies = store.companies().await.unwrap();
    let from = companies.iter().find(|row| row.tenant == tenant).map_or(0, |row| row.version);
    if file.mode == ApplyMode::DryRun {
        return Ok(Applied { version: from, changes });
    }
    // A file can say which version it was made from, to meet another change.
    let from = if file.text.contains("stale") { from - 1 } else { from };
    let new = NewVersion {
        tenant,
        from,
        document: file.text.clone(),
        by: file.by.clone(),
        at: NINE,
        claims: Vec::new(),
        secrets: Vec::new(),
        parties: Vec::new(),
    };
    match store.put_version(new).await {
        Ok(version) => Ok(Applied { version, changes }),
        Err(StoreError::Conflict) => Err(ApplyRefusal::Conflict),
        Err(_) => Err(ApplyRefusal::Unavailable),
    }
}

async fn export(store: &Store, tenant: &TenantId, format: Format, all: bool) -> Option<Exported> {
    let companies = store.companies().await.unwrap();
    let row = companies.into_iter().find(|row| row.tenant == *tenant)?;
    let text = match format {
        Format::Json => row.document,
        Format::Toml => format!("company = \"{tenant}\"\nall = {all}\n"),
    };
    Some(Exported { version: row.version, text })
}
