//! The rows of commits, written in one transaction on either engine.

use std::collections::BTreeMap;

use model::fact::{Called, Fact, VisitOutcome};
use model::id::TenantId;
use model::record::{AgentTime, CallRecord, CallbackRecord, DutySession, Folded, VisitRecord};
use model::saved::SavedState;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection, Postgres, Sqlite, Transaction};

use crate::error::unreadable;
use crate::ties::{self, Offered, OfferedDay};
use crate::{Commit, NewParty, Store, StoreError, sql};

/// What is known to be on disk, so that it need not be read or written each time.
#[derive(Debug, Default)]
pub(crate) struct OnDisk {
    /// The last fact of each company that has written.
    last: BTreeMap<TenantId, i64>,
    offered: Offered,
}

/// The writer's own connection. Taking one from the pool asks the database whether it is still there, and giving it
/// back asks again: for a writer that writes two hundred times a second that costs more than the writing.
#[derive(Debug)]
pub(crate) enum Line {
    Lite(PoolConnection<Sqlite>),
    Pg(PoolConnection<Postgres>),
}

impl Line {
    pub(crate) async fn open(store: &Store) -> Result<Line, StoreError> {
        Ok(match store {
            Store::Lite(pool) => Line::Lite(pool.acquire().await?),
            Store::Pg(pool) => Line::Pg(pool.acquire().await?),
        })
    }
}

/// Writes commits together: all of them, or none. A connection on which that failed is not used again.
pub(crate) async fn write(
    store: &Store,
    line: &mut Option<Line>,
    commits: &[Commit],
    on_disk: &mut OnDisk,
) -> Result<(), StoreError> {
    let mut taken = match line.take() {
        Some(taken) => taken,
        None => Line::open(store).await?,
    };
    let written = match &mut taken {
        // The first statement may be a read; a transaction that begins with one could not write once somebody
        // else has written.
        Line::Lite(connection) => match connection.begin_with("BEGIN IMMEDIATE").await {
            Ok(transaction) => lite::write(transaction, commits, on_disk).await,
            Err(fault) => Err(fault.into()),
        },
        Line::Pg(connection) => match connection.begin().await {
            Ok(transaction) => pg::write(transaction, commits, on_disk).await,
            Err(fault) => Err(fault.into()),
        },
    };
    if written.is_ok() {
        *line = Some(taken);
    } else {
        // It is found out anew before the next commit.
        *on_disk = OnDisk::default();
    }
    written
}

/// Rows that one statement writes at most: few texts are worth keeping prepared.
const ROWS_MAX: usize = 16;

macro_rules! write_on {
    ($name:ident, $engine:ty) => {
        mod $name {
            use super::*;

            pub(super) async fn write(
                mut transaction: Transaction<'_, $engine>,
                commits: &[Commit],
                on_disk: &mut OnDisk,
            ) -> Result<(), StoreError> {
                put_parties(&mut transaction, commits).await?;
                for commit in commits {
                    let tenant = commit.tenant.as_str();
                    put_facts(&mut transaction, &commit.tenant, &commit.facts, on_disk).await?;
                    if let Some(entries) = &commit.journal {
                        sqlx::query(sql::PUT_JOURNAL)
                            .bind(tenant)
                            .bind(entries.as_slice())
                            .execute(&mut *transaction)
                            .await?;
                    }
                    if let Some(state) = &commit.checkpoint {
                        put_checkpoint(&mut transaction, tenant, state).await?;
                    }
                }
                put_calls(&mut transaction, commits).await?;
                put_call_parties(&mut transaction, commits).await?;
                let offered = on_disk.offered.new_of(commits);
                for (tenant, row) in &offered {
                    put_offered_day(&mut transaction, tenant, *row).await?;
                }
                for (tenant, folded) in folded(commits) {
                    match folded {
                        Folded::Call(record) => put_callback_call(&mut transaction, tenant, record).await?,
                        Folded::Session(session) => put_session(&mut transaction, tenant, session).await?,
                        Folded::Time(time) => put_time(&mut transaction, tenant, time).await?,
                        Folded::Callback(callback) => {
                            put_callback(&mut transaction, tenant, callback).await?
                        }
                    }
                }
                transaction.commit().await?;
                on_disk.offered.keep(offered);
                Ok(())
            }

            async fn put_parties(
                transaction: &mut Transaction<'_, $engine>,
                commits: &[Commit],
            ) -> Result<(), StoreError> {
                let parties: Vec<(&str, &NewParty)> = commits
                    .iter()
                    .flat_map(|commit| commit.parties.iter().map(|party| (commit.tenant.as_str(), party)))
                    .collect();
                for rows in parties.chunks(ROWS_MAX) {
                    let text = sql::rows(sql::PUT_PARTY, rows.len());
                    let mut query = sqlx::query(AssertSqlSafe(text));
                    for (tenant, party) in rows {
                        let (kind, label) = party.key.columns();
                        query = query.bind(*tenant).bind(party.id.0.cast_signed()).bind(kind).bind(label);
                    }
                    query.execute(&mut **transaction).await?;
                }
                Ok(())
            }

            async fn put_facts(
                transaction: &mut Transaction<'_, $engine>,
                tenant: &TenantId,
                facts: &[Fact],
                on_disk: &mut OnDisk,
            ) -> Result<(), StoreError> {
                let (Some(first), Some(last)) = (facts.first(), facts.last()) else { return Ok(()) };
                let (first_seq, last_seq) = (first.seq.0.cast_signed(), last.seq.0.cast_signed());
                let before = match on_disk.last.get(tenant) {
                    Some(before) => *before,
                    None => {
                        sqlx::query_scalar(sql::LAST_SEQ)
                            .bind(tenant.as_str())
                            .fetch_one(&mut **transaction)
                            .await?
                    }
                };
                if first_seq != before + 1 {
                    return Err(StoreError::Fenced { tenant: tenant.to_string() });
                }
                sqlx::query(sql::PUT_FACTS)
                    .bind(tenant.as_str())
                    .bind(first_seq)
                    .bind(last_seq)
                    .bind(first.at.0)
                    .bind(serde_json::to_vec(facts).map_err(|fault| unreadable("facts", fault))?)
                    .execute(&mut **transaction)
                    .await?;
                on_disk.last.insert(tenant.clone(), last_seq);
                for (callback, fact) in ties::callback_steps(facts) {
                    sqlx::query(sql::PUT_CALLBACK_STEP)
                        .bind(tenant.as_str())
                        .bind(callback.to_string())
                        .bind(fact.seq.0.cast_signed())
                        .execute(&mut **transaction)
                        .await?;
                }
                Ok(())
            }

            /// Records of calls and their visits.
            async fn put_calls(
                transaction: &mut Transaction<'_, $engine>,
                commits: &[Commit],
            ) -> Result<(), StoreError> {
                let calls: Vec<(&str, &CallRecord, String)> = folded(commits)
                    .filter_map(|(tenant, folded)| match folded {
                        Folded::Call(record) => Some((tenant, &**record, record.call.to_string())),
                        Folded::Session(_) | Folded::Time(_) | Folded::Callback(_) => None,
                    })
                    .collect();
                for rows in calls.chunks(ROWS_MAX) {
                    let text = sql::rows(sql::PUT_CALL, rows.len());
                    let mut query = sqlx::query(AssertSqlSafe(text));
                    for (tenant, record, call) in rows {
                        let octets =
                            serde_json::to_vec(record).map_err(|fault| unreadable("a record", fault))?;
                        query = query.bind(*tenant).bind(call).bind(record.started.0).bind(octets);
                    }
                    query.execute(&mut **transaction).await?;
                }
                let visits: Vec<(&str, &str, i64, &VisitRecord)> = calls
                    .iter()
                    .flat_map(|(tenant, record, call)| {
                        record.visits.iter().zip(1_i64..).map(|(visit, nth)| (*tenant, &**call, nth, visit))
                    })
                    .collect();
                for rows in visits.chunks(ROWS_MAX) {
                    let text = sql::rows(sql::PUT_VISIT, rows.len());
                    let mut query = sqlx::query(AssertSqlSafe(text));
                    for (tenant, call, nth, visit) in rows {
                        query = query
                            .bind(*tenant)
                            .bind(visit.group.to_string())
                            .bind(*call)
                            .bind(*nth)
                            .bind(visit.from.0)
                            .bind(visit.outcome.map(word));
                    }
                    query.execute(&mut **transaction).await?;
                }
                Ok(())
            }

            async fn put_call_parties(
                transaction: &mut Transaction<'_, $engine>,
                commits: &[Commit],
            ) -> Result<(), StoreError> {
                for rows in ties::parties(commits).chunks(ROWS_MAX) {
                    let text = sql::rows(sql::PUT_CALL_PARTY, rows.len());
                    let mut query = sqlx::query(AssertSqlSafe(text));
                    for (tenant, record, party) in rows {
                        query = query
                            .bind(tenant.as_str())
                            .bind(party.0.cast_signed())
                            .bind(record.started.0)
                            .bind(record.call.to_string());
                    }
                    query.execute(&mut **transaction).await?;
                }
                Ok(())
            }

            async fn put_offered_day(
                transaction: &mut Transaction<'_, $engine>,
                tenant: &TenantId,
                (party, day, group): OfferedDay,
            ) -> Result<(), StoreError> {
                sqlx::query(sql::PUT_OFFERED_DAY)
                    .bind(tenant.as_str())
                    .bind(party.0.cast_signed())
                    .bind(day)
                    .bind(group.to_string())
                    .execute(&mut **transaction)
                    .await?;
                Ok(())
            }

            /// A call that was made to call somebody back stands beside its group.
            async fn put_callback_call(
                transaction: &mut Transaction<'_, $engine>,
                tenant: &str,
                record: &CallRecord,
            ) -> Result<(), StoreError> {
                if let Called::Callback(group) = record.to {
                    sqlx::query(sql::PUT_CALLBACK_CALL)
                        .bind(tenant)
                        .bind(group.to_string())
                        .bind(record.call.to_string())
                        .bind(record.started.0)
                        .execute(&mut **transaction)
                        .await?;
                }
                Ok(())
            }

            async fn put_time(
                transaction: &mut Transaction<'_, $engine>,
                tenant: &str,
                time: &AgentTime,
            ) -> Result<(), StoreError> {
                sqlx::query(sql::PUT_TIME)
                    .bind(tenant)
                    .bind(time.member.0.cast_signed())
                    .bind(time.from.0)
                    .bind(time.to.0)
                    .bind(serde_json::to_vec(time).map_err(|fault| unreadable("an agent's time", fault))?)
                    .execute(&mut **transaction)
                    .await?;
                Ok(())
            }

            async fn put_callback(
                transaction: &mut Transaction<'_, $engine>,
                tenant: &str,
                callback: &CallbackRecord,
            ) -> Result<(), StoreError> {
                sqlx::query(sql::PUT_CALLBACK)
                    .bind(tenant)
                    .bind(callback.group.to_string())
                    .bind(callback.callback.to_string())
                    .bind(callback.ended.0)
                    .bind(serde_json::to_vec(callback).map_err(|fault| unreadable("a callback", fault))?)
                    .execute(&mut **transaction)
                    .await?;
                Ok(())
            }

            async fn put_session(
                transaction: &mut Transaction<'_, $engine>,
                tenant: &str,
                session: &DutySession,
            ) -> Result<(), StoreError> {
                sqlx::query(sql::PUT_SESSION)
                    .bind(tenant)
                    .bind(session.group.to_string())
                    .bind(session.member.0.cast_signed())
                    .bind(session.from.0)
                    .bind(session.to.0)
                    .execute(&mut **transaction)
                    .await?;
                Ok(())
            }

            async fn put_checkpoint(
                transaction: &mut Transaction<'_, $engine>,
                tenant: &str,
                state: &SavedState,
            ) -> Result<(), StoreError> {
                sqlx::query(sql::PUT_CHECKPOINT)
                    .bind(tenant)
                    .bind(state.version.0.cast_signed())
                    .bind(serde_json::to_vec(state).map_err(|fault| unreadable("a state", fault))?)
                    .execute(&mut **transaction)
                    .await?;
                Ok(())
            }
        }
    };
}
write_on!(lite, Sqlite);
write_on!(pg, Postgres);

/// What the facts of all commits completed, with its company.
fn folded(commits: &[Commit]) -> impl Iterator<Item = (&str, &Folded)> {
    commits.iter().flat_map(|commit| commit.folded.iter().map(|folded| (commit.tenant.as_str(), folded)))
}

const fn word(outcome: VisitOutcome) -> &'static str {
    match outcome {
        VisitOutcome::Served => "served",
        VisitOutcome::Abandoned => "abandoned",
        VisitOutcome::Overflowed => "overflowed",
        VisitOutcome::CalledBack => "called_back",
    }
}
