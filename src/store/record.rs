//! What people told us, as structured entries, each beside the text it came from; and the agenda.

use super::batch::{Batch, ids_sql, insert_sql};
use super::rows::{self, in_order};
use super::{Db, Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// One row of `record_entry`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of record_entry")]
pub struct RecordEntryRow {
    pub id: String,
    pub practice_id: String,
    pub patient_id: String,
    pub kind: String,
    pub code: String,
    pub value: String,
    pub value_number: Option<f64>,
    pub unit: String,
    pub detail: String,
    pub original_text: String,
    pub filed: String,
    pub message_id: Option<String>,
    pub prompt_id: Option<String>,
    pub goal_id: Option<String>,
    pub appointment_id: Option<String>,
    pub effective_at: i64,
    pub created_at: i64,
}

const INSERT: Batch<RecordEntryRow> = insert_sql!(
    "record_entry",
    [
        id text, practice_id text, patient_id text, kind text, code text, value text, value_number float8, unit text,
        detail text, original_text text, filed text, message_id text, prompt_id text, goal_id text, appointment_id text,
        effective_at bigint, created_at bigint
    ],
    "ON CONFLICT DO NOTHING"
);

/// Files entries; the same entry of the same message is filed once.
pub async fn file(tx: &mut Tx, rows: &[RecordEntryRow]) -> Result<u64, StoreError> {
    let rows = in_order(rows, |r| (&r.message_id, &r.kind, &r.code, &r.id));
    tx.run_batch(&INSERT, &rows).await
}

/// Every entry of one patient, oldest first.
pub async fn of_patient(db: &Db, patient_id: &str) -> Result<Vec<RecordEntryRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM record_entry WHERE patient_id = $1 ORDER BY effective_at, id");
    db.fetch(&SQL, &[patient_id.into()]).await
}

/// Confirms or rejects an entry that waited for a person. Returns whether it did.
pub async fn review(tx: &mut Tx, id: &str, filed: &str) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same("UPDATE record_entry SET filed = $2 WHERE id = $1 AND filed = 'to_confirm'");
    Ok(tx.run(&SQL, &[id.into(), filed.into()]).await? == 1)
}

/// One thing a person wants to talk about, in their words and order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of agenda_item")]
pub struct AgendaItemRow {
    pub id: String,
    pub patient_id: String,
    pub appointment_id: String,
    pub position: i64,
    pub words: String,
    pub message_id: String,
    pub created_at: i64,
    pub replaced_at: Option<i64>,
}

const INSERT_AGENDA: Batch<AgendaItemRow> = insert_sql!(
    "agenda_item",
    [
        id text, patient_id text, appointment_id text, position bigint, words text, message_id text, created_at bigint,
        replaced_at bigint
    ],
    "ON CONFLICT DO NOTHING"
);

/// Sets the agenda of an appointment: what stood there is kept as replaced.
pub async fn set_agenda(
    tx: &mut Tx,
    appointment_id: &str,
    rows: &[AgendaItemRow],
    now: i64,
) -> Result<u64, StoreError> {
    const REPLACE: Sql =
        Sql::same("UPDATE agenda_item SET replaced_at = $2 WHERE appointment_id = $1 AND replaced_at IS NULL");
    tx.run(&REPLACE, &[appointment_id.into(), now.into()]).await?;
    tx.run_batch(&INSERT_AGENDA, rows).await
}

const AGENDA: Sql = ids_sql!(
    "SELECT g.* FROM agenda_item g JOIN ",
    " AS r ON g.appointment_id = r.id WHERE g.replaced_at IS NULL ORDER BY g.appointment_id, g.position"
);

/// The agenda of these appointments as it stands.
pub async fn agenda(tx: &mut Tx, appointment_ids: &[String]) -> Result<Vec<AgendaItemRow>, StoreError> {
    if appointment_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&AGENDA, &[rows::ids(appointment_ids)]).await
}

/// A coordinator's correction of how a reply was read: a labelled example, never a change of the rules.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of correction")]
pub struct CorrectionRow {
    pub id: String,
    pub message_id: String,
    pub reader: String,
    pub understood: String,
    pub corrected: String,
    pub actor: String,
    pub at: i64,
}

const INSERT_CORRECTION: Batch<CorrectionRow> = insert_sql!(
    "correction",
    [id text, message_id text, reader text, understood text, corrected text, actor text, at bigint],
    ""
);

/// Stores a correction.
pub async fn correct(tx: &mut Tx, row: &CorrectionRow) -> Result<(), StoreError> {
    tx.run_batch(&INSERT_CORRECTION, std::slice::from_ref(row)).await?;
    Ok(())
}

/// All corrections, oldest first.
pub async fn corrections(db: &Db) -> Result<Vec<CorrectionRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM correction ORDER BY at, id");
    db.fetch(&SQL, &[]).await
}
