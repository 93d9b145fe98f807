//! Delivery reports: in any order, any number of times, forward only.

use super::batch::{Batch, batch_sql, insert_sql};
use super::rows::in_order;
use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// A report as it came. `reference` is our message id, or the provider's id where the provider knows no other.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of delivery_report")]
pub struct DeliveryReportRow {
    pub id: String,
    pub gateway: String,
    pub reference: String,
    pub status: String,
    pub code: String,
    pub occurred_at: i64,
    pub received_at: i64,
    pub message_id: Option<String>,
}

const INSERT: Batch<DeliveryReportRow> = insert_sql!(
    "delivery_report",
    [
        id text, gateway text, reference text, status text, code text, occurred_at bigint, received_at bigint,
        message_id text
    ],
    "ON CONFLICT DO NOTHING RETURNING id"
);

/// Stores reports; a repeat is left out. Returns the ids that are new.
pub async fn insert(tx: &mut Tx, rows: &[DeliveryReportRow]) -> Result<Vec<String>, StoreError> {
    let ids: Vec<(String,)> =
        tx.fetch_batch(&INSERT, &in_order(rows, |r| (&r.gateway, &r.reference, &r.status, r.occurred_at))).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

// Two joins, each on an index of its own: one join with OR reads every attempt there ever was on SQLite. CROSS tells
// SQLite the order of the last one; otherwise it reads every message.
struct Pair {
    gateway: String,
    reference: String,
}

const MATCH: Batch<Pair> = batch_sql!(
    "WITH r AS MATERIALIZED ",
    [gateway text, reference text],
    ", found AS (
        SELECT r.reference, a.message_id, a.number, a.gateway, a.started_at, a.channel, a.address FROM r
          JOIN attempt a ON a.message_id = r.reference AND a.gateway = r.gateway
        UNION
        SELECT r.reference, a.message_id, a.number, a.gateway, a.started_at, a.channel, a.address FROM r
          JOIN attempt a ON a.gateway = r.gateway AND a.provider_id = r.reference)
      SELECT found.reference, found.message_id, found.gateway, found.started_at, found.channel, found.address, m.patient_id, m.practice_id
      FROM found CROSS JOIN message m WHERE m.id = found.message_id ORDER BY found.message_id, found.number"
);

/// Which message a reference belongs to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "columns of attempt and message")]
pub struct Matched {
    pub reference: String,
    pub message_id: String,
    pub gateway: String,
    pub started_at: i64,
    pub channel: String,
    pub address: String,
    pub patient_id: Option<String>,
    pub practice_id: String,
}

/// Finds the messages of (gateway, reference) pairs, each with the address of every try there was, the newest last.
/// References nobody knows give nothing.
pub async fn find_messages(tx: &mut Tx, pairs: &[(String, String)]) -> Result<Vec<Matched>, StoreError> {
    let pair =
        |(gateway, reference): &(String, String)| Pair { gateway: gateway.clone(), reference: reference.clone() };
    let rows: Vec<_> = pairs.iter().map(pair).collect();
    tx.fetch_batch(&MATCH, &rows).await
}

/// A step forward that a report asks for; `rank` counts accepted 1, undelivered 2, failed 3, opted out 4, delivered 5.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "columns of message")]
pub struct Advance {
    pub id: String,
    pub status: String,
    pub reason: String,
    pub rank: i64,
    pub at: i64,
}

const ADVANCE: Batch<Advance> = batch_sql!(
    "UPDATE message SET status = r.status, reason = r.reason, updated_at = r.at FROM ",
    [id text, status text, reason text, rank bigint, at bigint],
    " AS r WHERE message.id = r.id AND message.direction = 'out' AND r.rank >
      CASE message.status WHEN 'delivered' THEN 5
        WHEN 'failed' THEN CASE message.reason WHEN 'opted_out' THEN 4 ELSE 3 END WHEN 'undelivered' THEN 2 WHEN 'accepted' THEN 1 ELSE 0 END
      AND message.status IN ('queued', 'sending', 'accepted', 'undelivered', 'failed', 'unknown', 'delivered')
      RETURNING message.id"
);

/// Moves messages forward: accepted, undelivered, failed, delivered; never back. Returns those that moved.
pub async fn advance(tx: &mut Tx, rows: &[Advance]) -> Result<Vec<String>, StoreError> {
    // Of several steps of one message the furthest counts.
    let furthest: BTreeMap<_, _> = in_order(rows, |r| r.rank).into_iter().map(|r| (&r.id, r)).collect();
    let furthest: Vec<_> = furthest.into_values().collect();
    let ids: Vec<(String,)> = tx.fetch_batch(&ADVANCE, &furthest).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

/// The reports of one message, in the order they happened.
pub async fn of_message(db: &Db, message_id: &str) -> Result<Vec<DeliveryReportRow>, StoreError> {
    const SQL: Sql =
        Sql::same("SELECT * FROM delivery_report WHERE message_id = $1 ORDER BY occurred_at, received_at, id");
    db.fetch(&SQL, &[message_id.into()]).await
}
