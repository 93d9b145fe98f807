//! Consent history: append-only.

use super::batch::{Batch, insert_sql, packed_sql};
use super::rows::{self, in_order};
use super::{Sql, StoreError, Tx};
use serde::Deserialize;
use sqlx::FromRow;

/// One row of `consent`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of consent")]
pub struct ConsentRow {
    pub id: String,
    pub patient_id: String,
    pub channel: String,
    pub purpose: String,
    pub decision: String,
    pub source: String,
    pub actor: String,
    pub message_id: Option<String>,
    pub at: i64,
}

const INSERT: Batch<ConsentRow> = insert_sql!(
    "consent",
    [
        id text, patient_id text, channel text, purpose text, decision text, source text, actor text, message_id text,
        at bigint
    ],
    "ON CONFLICT DO NOTHING"
);

/// Appends to the history.
pub async fn append(tx: &mut Tx, rows: &[ConsentRow]) -> Result<u64, StoreError> {
    tx.run_batch(&INSERT, &in_order(rows, |r| &r.id)).await
}

const OF_PATIENTS: Sql = packed_sql!(
    "c" [id, patient_id, channel, purpose, decision, source, actor, message_id, at],
    "consent c JOIN ", ids, " AS r ON c.patient_id = r.id", "c.patient_id, c.at, c.id"
);

/// The history of these patients, oldest first.
pub async fn of_patients(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<ConsentRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_packed(&OF_PATIENTS, &[rows::ids(patient_ids)]).await
}
