//! Goals that people chose.

use super::batch::{Batch, ids_sql, insert_sql};
use super::rows::{self, last_of_each};
use super::{Sql, StoreError, Tx};
use serde::Deserialize;
use sqlx::FromRow;

/// One row of `goal`. `words` are the person's own and never leave by text; `label` is what they agreed to see in one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of goal")]
pub struct GoalRow {
    pub id: String,
    pub practice_id: String,
    pub patient_id: String,
    pub source_id: String,
    pub words: String,
    pub label: String,
    pub plan: String,
    pub unit: String,
    pub target: Option<i64>,
    pub confidence: Option<i64>,
    pub status: String,
    pub agreed_on: Option<String>,
    pub review_on: Option<String>,
    pub created_at: i64,
    pub updated_at: i64,
}

const UPSERT: Batch<GoalRow> = insert_sql!(
    "goal",
    [
        id text, practice_id text, patient_id text, source_id text, words text, label text, plan text, unit text,
        target bigint, confidence bigint, status text, agreed_on text, review_on text, created_at bigint, updated_at bigint
    ],
    "ON CONFLICT (patient_id, source_id) DO UPDATE SET words = excluded.words, label = excluded.label, plan = excluded.plan,
     unit = excluded.unit, target = excluded.target, confidence = COALESCE(excluded.confidence, goal.confidence),
     status = excluded.status, review_on = excluded.review_on, updated_at = excluded.updated_at"
);

/// Adds goals or brings them up to date.
pub async fn upsert(tx: &mut Tx, rows: &[GoalRow]) -> Result<u64, StoreError> {
    let rows = last_of_each(rows, |r| (&r.patient_id, &r.source_id));
    tx.run_batch(&UPSERT, &rows).await
}

const BY_IDS: Sql = ids_sql!("SELECT g.* FROM goal g JOIN ", " AS r ON g.id = r.id");

/// The goals with these ids.
pub async fn by_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<GoalRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&BY_IDS, &[rows::ids(ids)]).await
}

const OF_PATIENTS: Sql =
    ids_sql!("SELECT g.* FROM goal g JOIN ", " AS r ON g.patient_id = r.id ORDER BY g.created_at, g.id");

/// The goals of these patients, oldest first.
pub async fn of_patients(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<GoalRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&OF_PATIENTS, &[rows::ids(patient_ids)]).await
}

/// Notes how sure the person is (0 to 10).
pub async fn set_confidence(tx: &mut Tx, goal_id: &str, confidence: i64, now: i64) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same("UPDATE goal SET confidence = $2, updated_at = $3 WHERE id = $1");
    tx.ensure_one("goal", &SQL, &[goal_id.into(), confidence.into(), now.into()]).await
}
