//! The state of each gateway as all workers share it: its breaker, its share, and what became of its texts by the minute.

use super::batch::{Batch, insert_sql};
use super::rows::in_order;
use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// One row of `gateway_health`; a gateway without one is closed and has its whole share.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of gateway_health")]
pub struct HealthRow {
    pub gateway: String,
    pub state: String,
    pub failures: i64,
    pub first_failed_at: i64,
    pub last_failed: String,
    pub code: String,
    pub since: i64,
    pub probe_at: i64,
    pub openings: i64,
    pub share: i64,
    pub judged_sent: i64,
    pub judged_bad: i64,
    pub judged_at: i64,
}

const ALL: &str = "SELECT * FROM gateway_health ORDER BY gateway";

/// Every gateway that has a row, inside a transaction.
pub async fn all(tx: &mut Tx) -> Result<Vec<HealthRow>, StoreError> {
    const SQL: Sql = Sql::same(ALL);
    tx.fetch(&SQL, &[]).await
}

/// The same outside one.
pub async fn list(db: &Db) -> Result<Vec<HealthRow>, StoreError> {
    const SQL: Sql = Sql::same(ALL);
    db.fetch(&SQL, &[]).await
}

/// The same, and no other transaction changes a breaker before this one ends. Rows of `gateways` are made where there are
/// none. Lock before anything else is written: what all workers wait for comes first.
pub async fn lock(tx: &mut Tx, gateways: &[String]) -> Result<Vec<HealthRow>, StoreError> {
    const MAKE: Sql = Sql {
        sqlite: "INSERT INTO gateway_health (gateway, state, failures, first_failed_at, last_failed, code, since, probe_at, openings,
            share, judged_sent, judged_bad, judged_at)
          SELECT value, 'closed', 0, 0, '', '', 0, 0, 0, 100, 0, 0, 0 FROM jsonb_each($1) WHERE true ON CONFLICT DO NOTHING",
        postgres: "INSERT INTO gateway_health (gateway, state, failures, first_failed_at, last_failed, code, since, probe_at, openings,
            share, judged_sent, judged_bad, judged_at)
          SELECT r.id, 'closed', 0, 0, '', '', 0, 0, 0, 100, 0, 0, 0 FROM unnest(CAST($1 AS text[])) AS r(id)
          ON CONFLICT DO NOTHING",
    };
    const LOCK: Sql = Sql {
        sqlite: "SELECT * FROM gateway_health ORDER BY gateway",
        postgres: "SELECT * FROM gateway_health ORDER BY gateway FOR UPDATE",
    };
    if !gateways.is_empty() {
        tx.run(&MAKE, &[super::rows::ids(gateways)]).await?;
    }
    tx.fetch(&LOCK, &[]).await
}

const SAVE: Batch<HealthRow> = insert_sql!(
    "gateway_health",
    [
        gateway text, state text, failures bigint, first_failed_at bigint, last_failed text, code text, since bigint,
        probe_at bigint, openings bigint, share bigint, judged_sent bigint, judged_bad bigint, judged_at bigint
    ],
    "ON CONFLICT (gateway) DO UPDATE SET state = excluded.state, failures = excluded.failures,
     first_failed_at = excluded.first_failed_at, last_failed = excluded.last_failed, code = excluded.code, since = excluded.since,
     probe_at = excluded.probe_at, openings = excluded.openings"
);

/// Saves breakers; the shares stay as they are.
pub async fn save(tx: &mut Tx, rows: &[HealthRow]) -> Result<u64, StoreError> {
    tx.run_batch(&SAVE, &in_order(rows, |r| &r.gateway)).await
}

const SET_SHARE: Batch<HealthRow> = insert_sql!(
    "gateway_health",
    [
        gateway text, state text, failures bigint, first_failed_at bigint, last_failed text, code text, since bigint,
        probe_at bigint, openings bigint, share bigint, judged_sent bigint, judged_bad bigint, judged_at bigint
    ],
    "ON CONFLICT (gateway) DO UPDATE SET share = excluded.share, judged_sent = excluded.judged_sent,
     judged_bad = excluded.judged_bad, judged_at = excluded.judged_at"
);

/// Saves shares and what they were judged by; the breakers stay as they are.
pub async fn set_shares(tx: &mut Tx, rows: &[HealthRow]) -> Result<u64, StoreError> {
    tx.run_batch(&SET_SHARE, &in_order(rows, |r| &r.gateway)).await
}

/// What became of texts of a gateway that were handed over in a minute (minutes since 1970).
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of gateway_minute")]
pub struct MinuteRow {
    pub gateway: String,
    pub minute: i64,
    pub sent: i64,
    pub failed: i64,
    pub slow: i64,
}

const ADD: Batch<MinuteRow> = insert_sql!(
    "gateway_minute",
    [gateway text, minute bigint, sent bigint, failed bigint, slow bigint],
    "ON CONFLICT (gateway, minute) DO UPDATE SET sent = gateway_minute.sent + excluded.sent,
     failed = gateway_minute.failed + excluded.failed, slow = gateway_minute.slow + excluded.slow"
);

/// Adds to minutes. The last thing a transaction does: others wait for these rows.
pub async fn add_minutes(tx: &mut Tx, rows: &[MinuteRow]) -> Result<u64, StoreError> {
    let mut sums: BTreeMap<(&str, i64), MinuteRow> = BTreeMap::new();
    for row in rows {
        let sum = sums.entry((&row.gateway, row.minute)).or_insert_with(|| MinuteRow {
            gateway: row.gateway.clone(),
            minute: row.minute,
            ..MinuteRow::default()
        });
        sum.sent += row.sent;
        sum.failed += row.failed;
        sum.slow += row.slow;
    }
    tx.run_batch(&ADD, &sums.into_values().collect::<Vec<_>>()).await
}

/// The sums of each gateway since a minute; `minute` is the newest of them.
pub async fn traffic(db: &Db, since: i64) -> Result<Vec<MinuteRow>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT gateway, MAX(minute) AS minute, CAST(SUM(sent) AS BIGINT) AS sent, CAST(SUM(failed) AS BIGINT) AS failed,
         CAST(SUM(slow) AS BIGINT) AS slow FROM gateway_minute WHERE minute >= $1 GROUP BY gateway ORDER BY gateway",
    );
    db.fetch(&SQL, &[since.into()]).await
}

/// Forgets minutes before this one.
pub async fn forget_minutes(tx: &mut Tx, before: i64) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same("DELETE FROM gateway_minute WHERE minute < $1");
    tx.run(&SQL, &[before.into()]).await
}
