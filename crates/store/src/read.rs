//! Reading facts, journal, checkpoints and records.

use model::fact::Fact;
use model::id::{CallId, FactSeq, PartyId, TenantId};
use model::number::Number;
use model::record::{AgentTime, CallRecord, CallbackRecord, DutySession};
use model::saved::SavedState;
use model::time::Utc;
use serde::de::DeserializeOwned;

use crate::error::unreadable;
use crate::ties::day;
use crate::{Store, StoreError, on, sql};

fn records<T: DeserializeOwned>(rows: Vec<Vec<u8>>) -> Result<Vec<T>, StoreError> {
    rows.iter()
        .map(|row| serde_json::from_slice(row).map_err(|fault| unreadable("a record", fault)))
        .collect()
}

impl Store {
    /// Facts `from..=to` of a company, in order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn facts(
        &self,
        tenant: &TenantId,
        from: FactSeq,
        to: FactSeq,
    ) -> Result<Vec<Fact>, StoreError> {
        let (first, last) = (from.0.cast_signed(), to.0.min(i64::MAX as u64).cast_signed());
        let rows: Vec<Vec<u8>> = on!(self, pool => sqlx::query_scalar(sql::FACTS)
            .bind(tenant.as_str()).bind(first).bind(last).fetch_all(pool).await?);
        let mut facts = Vec::new();
        for row in rows {
            let batch: Vec<Fact> =
                serde_json::from_slice(&row).map_err(|fault| unreadable("facts", fault))?;
            facts.extend(batch.into_iter().filter(|fact| (from..=to).contains(&fact.seq)));
        }
        Ok(facts)
    }

    /// The last state kept at or before a fact; the empty state when there is none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn checkpoint(&self, tenant: &TenantId, up_to: FactSeq) -> Result<SavedState, StoreError> {
        let up_to = up_to.0.min(i64::MAX as u64).cast_signed();
        let row: Option<Vec<u8>> = on!(self, pool => sqlx::query_scalar(sql::CHECKPOINT)
            .bind(tenant.as_str()).bind(up_to).fetch_optional(pool).await?);
        match row {
            Some(row) => serde_json::from_slice(&row).map_err(|fault| unreadable("a state", fault)),
            None => Ok(SavedState::default()),
        }
    }

    /// Batches of inputs, in order, as the host packed them.
    ///
    /// # Errors
    /// The database fails.
    pub async fn journal(&self, tenant: &TenantId) -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(on!(self, pool => sqlx::query_scalar(sql::JOURNAL).bind(tenant.as_str()).fetch_all(pool).await?))
    }

    /// A finished call.
    ///
    /// # Errors
    /// The database fails.
    pub async fn call(&self, tenant: &TenantId, call: CallId) -> Result<Option<CallRecord>, StoreError> {
        let row: Option<Vec<u8>> = on!(self, pool => sqlx::query_scalar(sql::CALL)
            .bind(tenant.as_str()).bind(call.to_string()).fetch_optional(pool).await?);
        Ok(records(row.into_iter().collect())?.pop())
    }

    /// Finished calls, newest first: ids are in order of time.
    ///
    /// # Errors
    /// The database fails.
    pub async fn calls(
        &self,
        tenant: &TenantId,
        before: Option<CallId>,
        limit: u32,
    ) -> Result<Vec<CallRecord>, StoreError> {
        let limit = i64::from(limit);
        let rows: Vec<Vec<u8>> = match before {
            Some(before) => on!(self, pool => sqlx::query_scalar(sql::CALLS_BEFORE)
                .bind(tenant.as_str()).bind(before.to_string()).bind(limit).fetch_all(pool).await?),
            None => on!(self, pool => sqlx::query_scalar(sql::CALLS)
                .bind(tenant.as_str()).bind(limit).fetch_all(pool).await?),
        };
        records(rows)
    }

    /// Finished calls that entered a group from `from` on and before `to`, oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn visited(
        &self,
        tenant: &TenantId,
        group: Number,
        (from, to): (Utc, Utc),
    ) -> Result<Vec<CallRecord>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, pool => sqlx::query_scalar(sql::VISITED)
            .bind(tenant.as_str()).bind(group.to_string()).bind(from.0).bind(to.0).fetch_all(pool).await?);
        records(rows)
    }

    /// Times logged in to a group that overlap a window; ended ones only.
    ///
    /// # Errors
    /// The database fails.
    pub async fn sessions(
        &self,
        tenant: &TenantId,
        group: Number,
        (from, to): (Utc, Utc),
    ) -> Result<Vec<DutySession>, StoreError> {
        let rows: Vec<(i64, i64, i64)> = on!(self, pool => sqlx::query_as(sql::SESSIONS)
            .bind(tenant.as_str()).bind(group.to_string()).bind(from.0).bind(to.0).fetch_all(pool).await?);
        let session = |(member, from, to): (i64, i64, i64)| DutySession {
            group,
            member: PartyId(member.cast_unsigned()),
            from: Utc(from),
            to: Utc(to),
        };
        Ok(rows.into_iter().map(session).collect())
    }

    /// Times in which agents took no calls that overlap a window; ended ones only.
    ///
    /// # Errors
    /// The database fails.
    pub async fn times(
        &self,
        tenant: &TenantId,
        (from, to): (Utc, Utc),
    ) -> Result<Vec<AgentTime>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, pool => sqlx::query_scalar(sql::TIMES)
            .bind(tenant.as_str()).bind(from.0).bind(to.0).fetch_all(pool).await?);
        records(rows)
    }

    /// Ended callbacks of those calls that entered a group from `from` on and before `to`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn callbacks(
        &self,
        tenant: &TenantId,
        group: Number,
        (from, to): (Utc, Utc),
    ) -> Result<Vec<CallbackRecord>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, pool => sqlx::query_scalar(sql::CALLBACKS)
            .bind(tenant.as_str()).bind(group.to_string()).bind(from.0).bind(to.0).fetch_all(pool).await?);
        records(rows)
    }

    /// Finished calls made for callbacks of a group that began from `from` on and before `to`, oldest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn callback_calls(
        &self,
        tenant: &TenantId,
        group: Number,
        (from, to): (Utc, Utc),
    ) -> Result<Vec<CallRecord>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, pool => sqlx::query_scalar(sql::CALLBACK_CALLS)
            .bind(tenant.as_str()).bind(group.to_string()).bind(from.0).bind(to.0).fetch_all(pool).await?);
        records(rows)
    }

    /// Finished calls on which somebody was, but for those that a group offered him, that began from `from` on and
    /// before `to`, oldest first. More of his may be in it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn calls_of_party(
        &self,
        tenant: &TenantId,
        party: PartyId,
        (from, to): (Utc, Utc),
    ) -> Result<Vec<CallRecord>, StoreError> {
        let rows: Vec<Vec<u8>> = on!(self, pool => sqlx::query_scalar(sql::CALLS_OF_PARTY)
            .bind(tenant.as_str()).bind(party.0.cast_signed()).bind(from.0).bind(to.0).fetch_all(pool).await?);
        records(rows)
    }

    /// The groups that offered somebody calls on the days from `from` to `to`.
    ///
    /// # Errors
    /// The database fails.
    pub async fn offering_groups(
        &self,
        tenant: &TenantId,
        party: PartyId,
        (from, to): (Utc, Utc),
    ) -> Result<Vec<Number>, StoreError> {
        let rows: Vec<String> = on!(self, pool => sqlx::query_scalar(sql::OFFERING_GROUPS)
            .bind(tenant.as_str()).bind(party.0.cast_signed()).bind(day(from)).bind(day(to))
            .fetch_all(pool).await?);
        rows.iter().map(|row| row.parse().map_err(|fault| unreadable("a group's number", fault))).collect()
    }

    /// The facts that tell what became of a request for a callback, in order.
    ///
    /// # Errors
    /// The database fails.
    pub async fn callback_steps(&self, tenant: &TenantId, callback: CallId) -> Result<Vec<Fact>, StoreError> {
        let places: Vec<i64> = on!(self, pool => sqlx::query_scalar(sql::CALLBACK_STEPS)
            .bind(tenant.as_str()).bind(callback.to_string()).fetch_all(pool).await?);
        let mut steps = Vec::new();
        for place in places {
            let seq = FactSeq(place.cast_unsigned());
            steps.extend(self.facts(tenant, seq, seq).await?);
        }
        Ok(steps)
    }

    /// Finished calls that began from `from` on and before `to`, newest first.
    ///
    /// # Errors
    /// The database fails.
    pub async fn calls_between(
        &self,
        tenant: &TenantId,
        before: Option<CallId>,
        (from, to): (Utc, Utc),
        limit: u32,
    ) -> Result<Vec<CallRecord>, StoreError> {
        // `g` stands behind every digit of an id.
        let before = before.map_or_else(|| "g".to_owned(), |before| before.to_string());
        let rows: Vec<Vec<u8>> = on!(self, pool => sqlx::query_scalar(sql::CALLS_BETWEEN)
            .bind(tenant.as_str()).bind(before).bind(from.0).bind(to.0).bind(i64::from(limit))
            .fetch_all(pool).await?);
        records(rows)
    }
}
