//! Delivery reports: in any order, any number of times, forward only.

use super::rows::{batch_sql, insert_sql};
use super::{Db, Sql, StoreError, Tx};
use serde::Serialize;
use sqlx::FromRow;

/// A report as it came. `reference` is our message id, or the provider's id where the provider knows no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
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

const INSERT: Sql = insert_sql!(
    "delivery_report",
    [
        id text, gateway text, reference text, status text, code text, occurred_at bigint, received_at bigint,
        message_id text
    ],
    "ON CONFLICT DO NOTHING RETURNING id"
);

/// Stores reports; a repeat is left out. Returns the ids that are new.
pub async fn insert(tx: &mut Tx, rows: &[DeliveryReportRow]) -> Result<Vec<String>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<(String,)> = tx
        .fetch(&INSERT, &[serde_json::to_string(rows)?.into()])
        .await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

const MATCH: Sql = batch_sql!(
    "SELECT r.reference, a.message_id, a.channel, a.address, m.patient_id, m.practice_id FROM ",
    [gateway text, reference text],
    " AS r JOIN attempt a ON (a.message_id = r.reference AND a.gateway = r.gateway)
        OR (a.gateway = r.gateway AND a.provider_id = r.reference)
      JOIN message m ON m.id = a.message_id"
);

/// Which message a reference belongs to.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "columns of attempt and message")]
pub struct Matched {
    pub reference: String,
    pub message_id: String,
    pub channel: String,
    pub address: String,
    pub patient_id: Option<String>,
    pub practice_id: String,
}

/// Finds the messages of (gateway, reference) pairs. References nobody knows give nothing.
pub async fn find_messages(
    tx: &mut Tx,
    pairs: &[(String, String)],
) -> Result<Vec<Matched>, StoreError> {
    #[derive(Serialize)]
    struct Pair<'a> {
        gateway: &'a str,
        reference: &'a str,
    }
    if pairs.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = pairs
        .iter()
        .map(|(gateway, reference)| Pair { gateway, reference })
        .collect();
    tx.fetch(&MATCH, &[serde_json::to_string(&rows)?.into()])
        .await
}

/// A step forward that a report asks for; `rank` counts accepted 1, undelivered 2, failed 3, delivered 4.
#[derive(Clone, Debug, Serialize)]
#[allow(missing_docs, reason = "columns of message")]
pub struct Advance {
    pub id: String,
    pub status: String,
    pub reason: String,
    pub rank: i64,
    pub at: i64,
}

const ADVANCE: Sql = batch_sql!(
    "UPDATE message SET status = r.status, reason = r.reason, updated_at = r.at FROM ",
    [id text, status text, reason text, rank bigint, at bigint],
    " AS r WHERE message.id = r.id AND message.direction = 'out' AND r.rank >
      CASE message.status WHEN 'delivered' THEN 4 WHEN 'failed' THEN 3 WHEN 'undelivered' THEN 2 WHEN 'accepted' THEN 1 ELSE 0 END
      AND message.status IN ('queued', 'sending', 'accepted', 'undelivered', 'failed', 'unknown', 'delivered')
      RETURNING id"
);

/// Moves messages forward: accepted, undelivered, failed, delivered; never back. Returns those that moved.
pub async fn advance(tx: &mut Tx, rows: &[Advance]) -> Result<Vec<String>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<(String,)> = tx
        .fetch(&ADVANCE, &[serde_json::to_string(rows)?.into()])
        .await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

/// The reports of one message, in the order they happened.
pub async fn of_message(db: &Db, message_id: &str) -> Result<Vec<DeliveryReportRow>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT * FROM delivery_report WHERE message_id = $1 ORDER BY occurred_at, received_at, id",
    );
    db.fetch(&SQL, &[message_id.into()]).await
}
