//! Alerts: somebody must be told.

use super::batch::{Batch, insert_sql};
use super::rows::{self, in_order};
use super::{Db, Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// One row of `alert`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of alert")]
pub struct AlertRow {
    pub id: String,
    pub practice_id: String,
    pub patient_id: Option<String>,
    pub message_id: Option<String>,
    pub dedupe_key: String,
    pub kind: String,
    pub priority: String,
    pub reason: String,
    pub status: String,
    pub owner: String,
    pub due_at: i64,
    pub escalations: i64,
    pub notified_at: Option<i64>,
    pub acknowledged_by: Option<String>,
    pub acknowledged_at: Option<i64>,
    pub note: String,
    pub created_at: i64,
}

const INSERT: Batch<AlertRow> = insert_sql!(
    "alert",
    [
        id text, practice_id text, patient_id text, message_id text, dedupe_key text, kind text, priority text, reason text,
        status text, owner text, due_at bigint, escalations bigint, notified_at bigint, acknowledged_by text,
        acknowledged_at bigint, note text, created_at bigint
    ],
    "ON CONFLICT DO NOTHING"
);

/// Raises alerts; the same cause (dedupe key) raises one.
pub async fn raise(tx: &mut Tx, rows: &[AlertRow]) -> Result<u64, StoreError> {
    let rows = in_order(rows, |r| (&r.practice_id, &r.dedupe_key));
    tx.run_batch(&INSERT, &rows).await
}

/// Alerts of a practice in a status, most urgent and oldest first.
pub async fn list(db: &Db, practice_id: &str, status: &str, limit: i64) -> Result<Vec<AlertRow>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT * FROM alert WHERE practice_id = $1 AND status = $2
         ORDER BY CASE priority WHEN 'stat' THEN 0 WHEN 'urgent' THEN 1 WHEN 'asap' THEN 2 ELSE 3 END, created_at, id LIMIT $3",
    );
    db.fetch(&SQL, &[practice_id.into(), status.into(), limit.into()]).await
}

/// Every alert about one patient, oldest first.
pub async fn of_patient(db: &Db, patient_id: &str) -> Result<Vec<AlertRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM alert WHERE patient_id = $1 ORDER BY created_at, id");
    db.fetch(&SQL, &[patient_id.into()]).await
}

/// Acknowledges an open alert. Returns whether it was open.
pub async fn acknowledge(tx: &mut Tx, id: &str, by: &str, note: &str, now: i64) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE alert SET status = 'acknowledged', acknowledged_by = $2, acknowledged_at = $3, note = $4
         WHERE id = $1 AND status = 'open'",
    );
    Ok(tx.run(&SQL, &[id.into(), by.into(), now.into(), note.into()]).await? == 1)
}

/// How many urgent alerts of a practice are open, and since when.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "counts of alert rows")]
pub struct UrgentOpen {
    pub practice_id: String,
    pub open: i64,
    pub unnotified: i64,
    pub oldest: i64,
    pub oldest_not_escalated: Option<i64>,
    pub last_notified: Option<i64>,
    pub escalations: i64,
}

/// Open urgent alerts by practice.
pub async fn urgent_open(tx: &mut Tx) -> Result<Vec<UrgentOpen>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT practice_id, CAST(COUNT(*) AS BIGINT) AS open,
         CAST(SUM(CASE WHEN notified_at IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unnotified,
         MIN(created_at) AS oldest, MIN(CASE WHEN escalations = 0 THEN created_at END) AS oldest_not_escalated,
         MAX(notified_at) AS last_notified, MAX(escalations) AS escalations
         FROM alert WHERE status = 'open' AND priority IN ('urgent', 'stat') GROUP BY practice_id",
    );
    tx.fetch(&SQL, &[]).await
}

/// When the oldest urgent alert was raised that nobody acknowledged.
pub async fn oldest_urgent(db: &Db) -> Result<Option<i64>, StoreError> {
    const SQL: Sql =
        Sql::same("SELECT MIN(created_at) FROM alert WHERE status = 'open' AND priority IN ('urgent', 'stat')");
    let row: Option<(Option<i64>,)> = db.fetch_optional(&SQL, &[]).await?;
    Ok(row.and_then(|(at,)| at))
}

/// Notes that staff were told of every open urgent alert of a practice; `escalated` counts one more step.
pub async fn notified(tx: &mut Tx, practice_id: &str, escalated: bool, now: i64) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE alert SET notified_at = $2, escalations = escalations + $3
         WHERE practice_id = $1 AND status = 'open' AND priority IN ('urgent', 'stat')",
    );
    tx.run(&SQL, &[practice_id.into(), now.into(), i64::from(escalated).into()]).await
}

/// Makes urgent what waits at these practices to be read and was due by now: replies, also of unknown senders and about
/// appointments. Returns how many.
pub async fn raise_unread(tx: &mut Tx, practice_ids: &[String], now: i64) -> Result<u64, StoreError> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE alert SET priority = 'urgent'
         WHERE practice_id IN (SELECT value FROM jsonb_each($1)) AND status = 'open' AND due_at <= $2
         AND priority IN ('routine', 'asap') AND kind IN ('reply_to_read', 'unknown_sender', 'appointment_change')",
        postgres: "UPDATE alert SET priority = 'urgent'
         FROM unnest(CAST($1 AS text[])) AS r(id) WHERE practice_id = r.id AND status = 'open' AND due_at <= $2
         AND priority IN ('routine', 'asap') AND kind IN ('reply_to_read', 'unknown_sender', 'appointment_change')",
    };
    tx.run(&SQL, &[rows::ids(practice_ids), now.into()]).await
}

/// A test of the alert route: sent, and acknowledged by typing its code back.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of alert_route_test")]
pub struct RouteTestRow {
    pub id: String,
    pub practice_id: String,
    pub route: String,
    pub code: String,
    pub sent_at: i64,
    pub acknowledged_at: Option<i64>,
    pub acknowledged_by: Option<String>,
}

/// Notes that a test of the route was sent.
pub async fn add_route_test(tx: &mut Tx, row: &RouteTestRow) -> Result<(), StoreError> {
    const SQL: Batch<RouteTestRow> = insert_sql!(
        "alert_route_test",
        [
            id text, practice_id text, route text, code text, sent_at bigint, acknowledged_at bigint,
            acknowledged_by text
        ],
        ""
    );
    tx.run_batch(&SQL, std::slice::from_ref(row)).await?;
    Ok(())
}

/// Acknowledges the newest route test with this code. Returns whether there was one that waited.
pub async fn acknowledge_route_test(
    tx: &mut Tx,
    practice_id: &str,
    code: &str,
    by: &str,
    now: i64,
) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE alert_route_test SET acknowledged_at = $4, acknowledged_by = $3
         WHERE practice_id = $1 AND code = $2 AND acknowledged_at IS NULL",
    );
    Ok(tx.run(&SQL, &[practice_id.into(), code.into(), by.into(), now.into()]).await? >= 1)
}

/// When the alert route of each practice was last proven: (practice, route, time of acknowledgement).
pub async fn proven_routes(db: &Db) -> Result<Vec<(String, String, i64)>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT practice_id, route, MAX(acknowledged_at) FROM alert_route_test WHERE acknowledged_at IS NOT NULL
         GROUP BY practice_id, route",
    );
    db.fetch(&SQL, &[]).await
}

/// Open urgent alerts by practice: (practice, when staff were last told or the oldest was raised, when the oldest was raised,
/// told of all).
pub async fn urgent_since(db: &Db) -> Result<Vec<(String, i64, i64, bool)>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT practice_id, MIN(COALESCE(notified_at, created_at)), MIN(created_at),
         SUM(CASE WHEN notified_at IS NULL THEN 1 ELSE 0 END) = 0
         FROM alert WHERE status = 'open' AND priority IN ('urgent', 'stat') GROUP BY practice_id",
    );
    db.fetch(&SQL, &[]).await
}
