//! The rows of commits, written in one transaction on either engine.

use std::collections::BTreeMap;

use model::fact::{Called, Fact, VisitOutcome};
use model::id::TenantId;
use model::record::{AgentTime, CallRecord, CallbackRecord, DutySession, Folded};
use model::saved::SavedState;
use sqlx::{Postgres, Sqlite, Transaction};

use crate::error::unreadable;
use crate::{Commit, NewParty, Store, StoreError, sql};

/// The last fact on disk of each company that has written, so that it need not be read each time.
#[derive(Debug, Default)]
pub(crate) struct Ends(BTreeMap<TenantId, i64>);

/// Writes commits together: all of them, or none.
pub(crate) async fn write(store: &Store, commits: &[Commit], ends: &mut Ends) -> Result<(), StoreError> {
    let written = match store {
        // The first statement may be a read; a transaction that begins with one could not write once somebody
        // else has written.
        Store::Lite(pool) => match pool.begin_with("BEGIN IMMEDIATE").await {
            Ok(transaction) => lite::write(transaction, commits, ends).await,
            Err(fault) => Err(fault.into()),
        },
        Store::Pg(pool) => match pool.begin().await {
            Ok(transaction) => pg::write(transaction, commits, ends).await,
            Err(fault) => Err(fault.into()),
        },
    };
    if written.is_err() {
        // What is on disk is read anew before the next commit.
        ends.0.clear();
    }
    written
}

macro_rules! write_on {
    ($name:ident, $engine:ty) => {
        mod $name {
            use super::*;

            pub(super) async fn write(
                mut transaction: Transaction<'static, $engine>,
                commits: &[Commit],
                ends: &mut Ends,
            ) -> Result<(), StoreError> {
                for commit in commits {
                    let tenant = commit.tenant.as_str();
                    for party in &commit.parties {
                        put_party(&mut transaction, tenant, party).await?;
                    }
                    put_facts(&mut transaction, &commit.tenant, &commit.facts, ends).await?;
                    if let Some(entries) = &commit.journal {
                        sqlx::query(sql::PUT_JOURNAL)
                            .bind(tenant)
                            .bind(entries.as_slice())
                            .execute(&mut *transaction)
                            .await?;
                    }
                    for folded in &commit.folded {
                        match folded {
                            Folded::Call(record) => put_call(&mut transaction, tenant, record).await?,
                            Folded::Session(session) => {
                                put_session(&mut transaction, tenant, session).await?;
                            }
                            Folded::Time(time) => put_time(&mut transaction, tenant, time).await?,
                            Folded::Callback(callback) => {
                                put_callback(&mut transaction, tenant, callback).await?;
                            }
                        }
                    }
                    if let Some(state) = &commit.checkpoint {
                        put_checkpoint(&mut transaction, tenant, state).await?;
                    }
                }
                transaction.commit().await?;
                Ok(())
            }

            async fn put_party(
                transaction: &mut Transaction<'static, $engine>,
                tenant: &str,
                party: &NewParty,
            ) -> Result<(), StoreError> {
                let (kind, label) = party.key.columns();
                sqlx::query(sql::PUT_PARTY)
                    .bind(tenant)
                    .bind(party.id.0.cast_signed())
                    .bind(kind)
                    .bind(label)
                    .execute(&mut **transaction)
                    .await?;
                Ok(())
            }

            async fn put_facts(
                transaction: &mut Transaction<'static, $engine>,
                tenant: &TenantId,
                facts: &[Fact],
                ends: &mut Ends,
            ) -> Result<(), StoreError> {
                let (Some(first), Some(last)) = (facts.first(), facts.last()) else { return Ok(()) };
                let (first_seq, last_seq) = (first.seq.0.cast_signed(), last.seq.0.cast_signed());
                let before = match ends.0.get(tenant) {
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
                ends.0.insert(tenant.clone(), last_seq);
                Ok(())
            }

            async fn put_call(
                transaction: &mut Transaction<'static, $engine>,
                tenant: &str,
                record: &CallRecord,
            ) -> Result<(), StoreError> {
                let call = record.call.to_string();
                sqlx::query(sql::PUT_CALL)
                    .bind(tenant)
                    .bind(&call)
                    .bind(record.started.0)
                    .bind(serde_json::to_vec(record).map_err(|fault| unreadable("a record", fault))?)
                    .execute(&mut **transaction)
                    .await?;
                for (visit, nth) in record.visits.iter().zip(1_i64..) {
                    sqlx::query(sql::PUT_VISIT)
                        .bind(tenant)
                        .bind(visit.group.to_string())
                        .bind(&call)
                        .bind(nth)
                        .bind(visit.from.0)
                        .bind(visit.outcome.map(word))
                        .execute(&mut **transaction)
                        .await?;
                }
                if let Called::Callback(group) = record.to {
                    sqlx::query(sql::PUT_CALLBACK_CALL)
                        .bind(tenant)
                        .bind(group.to_string())
                        .bind(&call)
                        .bind(record.started.0)
                        .execute(&mut **transaction)
                        .await?;
                }
                Ok(())
            }

            async fn put_time(
                transaction: &mut Transaction<'static, $engine>,
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
                transaction: &mut Transaction<'static, $engine>,
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
                transaction: &mut Transaction<'static, $engine>,
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
                transaction: &mut Transaction<'static, $engine>,
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

const fn word(outcome: VisitOutcome) -> &'static str {
    match outcome {
        VisitOutcome::Served => "served",
        VisitOutcome::Abandoned => "abandoned",
        VisitOutcome::Overflowed => "overflowed",
        VisitOutcome::CalledBack => "called_back",
    }
}
