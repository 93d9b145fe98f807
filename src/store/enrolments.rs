//! Who is in which programme.

use super::batch::{Batch, batch_sql, ids_sql, insert_sql, packed_sql};
use super::rows::{self, last_of_each};
use super::{Sql, StoreError, Tx};
use serde::Deserialize;
use sqlx::FromRow;

/// One row of `enrolment`. `goal_id` is empty for programmes without a goal; `next_at` is when the recurring steps are
/// planned next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of enrolment")]
pub struct EnrolmentRow {
    pub id: String,
    pub practice_id: String,
    pub patient_id: String,
    pub programme: String,
    pub goal_id: String,
    pub status: String,
    pub reason: String,
    pub source: String,
    pub started_at: i64,
    pub silent: i64,
    pub next_at: Option<i64>,
    pub updated_at: i64,
}

const UPSERT: Batch<EnrolmentRow> = insert_sql!(
    "enrolment",
    [
        id text, practice_id text, patient_id text, programme text, goal_id text, status text, reason text, source text,
        started_at bigint, silent bigint, next_at bigint, updated_at bigint
    ],
    "ON CONFLICT (patient_id, programme, goal_id) DO UPDATE SET status = excluded.status, reason = excluded.reason,
     source = excluded.source, silent = 0, next_at = excluded.next_at, updated_at = excluded.updated_at
     WHERE enrolment.status <> 'active'
     RETURNING id"
);

/// Enrols people. Somebody already in the programme stays as they are; somebody who left comes back. Returns the ids that
/// are new or back.
pub async fn enrol(tx: &mut Tx, rows: &[EnrolmentRow]) -> Result<Vec<String>, StoreError> {
    let ids: Vec<(String,)> =
        tx.fetch_batch(&UPSERT, &last_of_each(rows, |r| (&r.patient_id, &r.programme, &r.goal_id))).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

const BY_IDS: Sql = packed_sql!(
    "e" [
        id, practice_id, patient_id, programme, goal_id, status, reason, source, started_at, silent, next_at, updated_at
    ],
    "enrolment e JOIN ", ids, " AS r ON e.id = r.id", "e.id"
);

/// The enrolments with these ids.
pub async fn by_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<EnrolmentRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_packed(&BY_IDS, &[rows::ids(ids)]).await
}

const OF_PATIENTS: Sql =
    ids_sql!("SELECT e.* FROM enrolment e JOIN ", " AS r ON e.patient_id = r.id ORDER BY e.started_at, e.id");

/// The enrolments of these patients, ended ones included.
pub async fn of_patients(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<EnrolmentRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&OF_PATIENTS, &[rows::ids(patient_ids)]).await
}

/// Takes up to `limit` enrolments whose recurring steps are to be planned by `until`, earliest first, and locks them for
/// this transaction. The caller sets their next time.
pub async fn take_due(tx: &mut Tx, until: i64, limit: i64) -> Result<Vec<EnrolmentRow>, StoreError> {
    const SQL: Sql = Sql {
        sqlite: "SELECT json_array(id, practice_id, patient_id, programme, goal_id, status, reason, source, started_at, silent,
            next_at, updated_at) FROM enrolment WHERE next_at IS NOT NULL AND next_at <= $1 ORDER BY next_at LIMIT $2",
        postgres: "SELECT * FROM enrolment WHERE next_at IS NOT NULL AND next_at <= $1 ORDER BY next_at LIMIT $2
            FOR UPDATE SKIP LOCKED",
    };
    tx.fetch_packed_each(&SQL, &[until.into(), limit.into()]).await
}

/// The next planning time of an enrolment, and how it stands.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "columns of enrolment")]
pub struct Progress {
    pub id: String,
    pub status: String,
    pub reason: String,
    pub silent: i64,
    pub next_at: Option<i64>,
    pub updated_at: i64,
}

const SET_PROGRESS: Batch<Progress> = batch_sql!(
    "UPDATE enrolment SET status = r.status, reason = r.reason, silent = r.silent, next_at = r.next_at,
     updated_at = r.updated_at FROM ",
    [id text, status text, reason text, silent bigint, next_at bigint, updated_at bigint],
    " AS r WHERE enrolment.id = r.id"
);

/// Moves enrolments on.
pub async fn set_progress(tx: &mut Tx, rows: &[Progress]) -> Result<u64, StoreError> {
    tx.run_batch(&SET_PROGRESS, &last_of_each(rows, |r| &r.id)).await
}

/// Ends every active enrolment of a person, or those of one programme. Returns the ids.
pub async fn end(
    tx: &mut Tx,
    patient_id: &str,
    programme: Option<&str>,
    reason: &str,
    now: i64,
) -> Result<Vec<String>, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE enrolment SET status = 'stopped', reason = $3, next_at = NULL, updated_at = $4
         WHERE patient_id = $1 AND status = 'active' AND ($2 = '' OR programme = $2) RETURNING id",
    );
    let args = [patient_id.into(), programme.unwrap_or_default().into(), reason.into(), now.into()];
    let ids: Vec<(String,)> = tx.fetch(&SQL, &args).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

/// Notes an answer: the count of silences begins again.
pub async fn heard(tx: &mut Tx, id: &str, now: i64) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same("UPDATE enrolment SET silent = 0, updated_at = $2 WHERE id = $1");
    tx.run(&SQL, &[id.into(), now.into()]).await
}

const SILENT: Sql = ids_sql!("UPDATE enrolment SET silent = silent + 1 WHERE id IN (SELECT r.id FROM ", " AS r)");

/// Notes that a question of these enrolments ended without an answer.
pub async fn silent(tx: &mut Tx, ids: &[String]) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    tx.run(&SILENT, &[rows::ids(ids)]).await
}
