//! The one writer of what switchboards decide: commits of all companies go together, one disk write for many.
//!
//! Invariants: a commit is on disk whole or not at all; a company's facts follow on without a gap; commits of
//! one company are written in the order in which they were submitted.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use model::fact::Fact;
use model::id::TenantId;
use model::record::{CallRecord, Folded};
use model::saved::SavedState;
use sqlx::{Postgres, Sqlite, Transaction};
use tokio::sync::{mpsc, oneshot};

use crate::error::unreadable;
use crate::{NewParty, Store, StoreError, sql};

/// Commits that may wait.
const WAITING_MAX: usize = 4_096;

/// What one company wants on disk, together.
#[derive(Debug)]
pub struct Commit {
    /// Whose.
    pub tenant: TenantId,
    /// In order, following on from the last commit's.
    pub facts: Vec<Fact>,
    /// A batch of inputs as the host packed it.
    pub journal: Option<Vec<u8>>,
    /// What the facts completed.
    pub folded: Vec<Folded>,
    /// The state after the facts.
    pub checkpoint: Option<SavedState>,
    /// People seen for the first time.
    pub parties: Vec<NewParty>,
}

/// Resolves when a commit is on disk, or has failed.
#[derive(Debug)]
pub struct CommitTicket(oneshot::Receiver<Result<(), StoreError>>);

impl Future for CommitTicket {
    type Output = Result<(), StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|result| result.unwrap_or(Err(StoreError::Closed)))
    }
}

type Waiting = (Commit, oneshot::Sender<Result<(), StoreError>>);

/// Takes commits.
#[derive(Debug, Clone)]
pub struct Writer {
    commits: mpsc::UnboundedSender<Waiting>,
}

impl Writer {
    /// Starts the writer's task.
    pub fn start(store: Store) -> Writer {
        let (commits, inbox) = mpsc::unbounded_channel();
        tokio::spawn(run(store, inbox));
        Writer { commits }
    }

    /// Hands over a commit. Each company has at most one under way, so what waits is bounded by companies.
    pub fn submit(&self, commit: Commit) -> CommitTicket {
        let (done, ticket) = oneshot::channel();
        if let Err(refused) = self.commits.send((commit, done)) {
            let _ = refused.0.1.send(Err(StoreError::Closed));
        }
        CommitTicket(ticket)
    }
}

async fn run(store: Store, mut inbox: mpsc::UnboundedReceiver<Waiting>) {
    let mut last: BTreeMap<TenantId, i64> = BTreeMap::new();
    let mut batch: Vec<Waiting> = Vec::new();
    while inbox.recv_many(&mut batch, WAITING_MAX).await > 0 {
        let (commits, tickets): (Vec<Commit>, Vec<_>) = batch.drain(..).unzip();
        let written = match &store {
            Store::Lite(pool) => match pool.begin().await {
                Ok(transaction) => write_lite(transaction, &commits, &mut last).await,
                Err(fault) => Err(fault.into()),
            },
            Store::Pg(pool) => match pool.begin().await {
                Ok(transaction) => write_pg(transaction, &commits, &mut last).await,
                Err(fault) => Err(fault.into()),
            },
        };
        if let Err(fault) = &written {
            tracing::error!(%fault, commits = commits.len(), "a commit could not be written");
            // What is on disk is read anew before the next commit.
            last.clear();
        }
        for ticket in tickets {
            // Who waited may have gone.
            let _ = ticket.send(match &written {
                Ok(()) => Ok(()),
                Err(fault) => Err(unreadable("a commit that failed", fault)),
            });
        }
    }
}

macro_rules! write_on {
    ($name:ident, $engine:ty) => {
        async fn $name(
            mut transaction: Transaction<'static, $engine>,
            commits: &[Commit],
            last: &mut BTreeMap<TenantId, i64>,
        ) -> Result<(), StoreError> {
            for commit in commits {
                let tenant = commit.tenant.as_str();
                for party in &commit.parties {
                    let (kind, label) = party.key.columns();
                    sqlx::query(sql::PUT_PARTY)
                        .bind(tenant)
                        .bind(party.id.0.cast_signed())
                        .bind(kind)
                        .bind(label)
                        .execute(&mut *transaction)
                        .await?;
                }
                if let (Some(first), Some(end)) = (commit.facts.first(), commit.facts.last()) {
                    let before = match last.get(&commit.tenant) {
                        Some(before) => *before,
                        None => {
                            sqlx::query_scalar(sql::LAST_SEQ)
                                .bind(tenant)
                                .fetch_one(&mut *transaction)
                                .await?
                        }
                    };
                    if first.seq.0.cast_signed() != before + 1 {
                        return Err(StoreError::Fenced { tenant: tenant.to_owned() });
                    }
                    let facts =
                        serde_json::to_vec(&commit.facts).map_err(|fault| unreadable("facts", fault))?;
                    sqlx::query(sql::PUT_FACTS)
                        .bind(tenant)
                        .bind(first.seq.0.cast_signed())
                        .bind(end.seq.0.cast_signed())
                        .bind(first.at.0)
                        .bind(facts)
                        .execute(&mut *transaction)
                        .await?;
                    last.insert(commit.tenant.clone(), end.seq.0.cast_signed());
                }
                if let Some(entries) = &commit.journal {
                    sqlx::query(sql::PUT_JOURNAL)
                        .bind(tenant)
                        .bind(entries.as_slice())
                        .execute(&mut *transaction)
                        .await?;
                }
                for folded in &commit.folded {
                    match folded {
                        Folded::Call(record) => {
                            for statement in rows(tenant, record)? {
                                match statement {
                                    Row::Call(call, started, record) => {
                                        sqlx::query(sql::PUT_CALL)
                                            .bind(tenant)
                                            .bind(call)
                                            .bind(started)
                                            .bind(record)
                                            .execute(&mut *transaction)
                                            .await?;
                                    }
                                    Row::Visit(group, call, nth, entered, outcome) => {
                                        sqlx::query(sql::PUT_VISIT)
                                            .bind(tenant)
                                            .bind(group)
                                            .bind(call)
                                            .bind(nth)
                                            .bind(entered)
                                            .bind(outcome)
                                            .execute(&mut *transaction)
                                            .await?;
                                    }
                                }
                            }
                        }
                        Folded::Session(session) => {
                            sqlx::query(sql::PUT_SESSION)
                                .bind(tenant)
                                .bind(session.group.to_string())
                                .bind(session.member.0.cast_signed())
                                .bind(session.from.0)
                                .bind(session.to.0)
                                .execute(&mut *transaction)
                                .await?;
                        }
                    }
                }
                if let Some(state) = &commit.checkpoint {
                    let packed = serde_json::to_vec(state).map_err(|fault| unreadable("a state", fault))?;
                    sqlx::query(sql::PUT_CHECKPOINT)
                        .bind(tenant)
                        .bind(state.version.0.cast_signed())
                        .bind(packed)
                        .execute(&mut *transaction)
                        .await?;
                }
            }
            transaction.commit().await?;
            Ok(())
        }
    };
}
write_on!(write_lite, Sqlite);
write_on!(write_pg, Postgres);

/// One row of a finished call.
enum Row {
    Call(String, i64, Vec<u8>),
    Visit(String, String, i64, i64, Option<&'static str>),
}

fn rows(_tenant: &str, record: &CallRecord) -> Result<Vec<Row>, StoreError> {
    let packed = serde_json::to_vec(record).map_err(|fault| unreadable("a record", fault))?;
    let call = record.call.to_string();
    let mut rows = vec![Row::Call(call.clone(), record.started.0, packed)];
    for (visit, nth) in record.visits.iter().zip(1..) {
        let outcome = visit.outcome.map(|outcome| match outcome {
            model::fact::VisitOutcome::Served => "served",
            model::fact::VisitOutcome::Abandoned => "abandoned",
            model::fact::VisitOutcome::Overflowed => "overflowed",
        });
        rows.push(Row::Visit(visit.group.to_string(), call.clone(), nth, visit.from.0, outcome));
    }
    Ok(rows)
}
