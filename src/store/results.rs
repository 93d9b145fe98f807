//! Test results: held until released.

use super::batch::{Batch, batch_sql, ids_sql, insert_sql};
use super::rows::{self, in_order};
use super::{Db, Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// One row of `test_result`. The value as it came stands beside the converted one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of test_result")]
pub struct TestResultRow {
    pub id: String,
    pub practice_id: String,
    pub patient_id: String,
    pub source_id: String,
    pub test: String,
    pub display: String,
    pub value: String,
    pub value_number: Option<f64>,
    pub unit: String,
    pub original_value: String,
    pub original_unit: String,
    pub source_record: String,
    pub reference_low: Option<f64>,
    pub reference_high: Option<f64>,
    pub flag: String,
    pub report_status: String,
    pub taken_at: i64,
    pub state: String,
    pub hold_reasons: String,
    pub hold_owner: String,
    pub hold_due_at: Option<i64>,
    pub released_by: Option<String>,
    pub released_at: Option<i64>,
    pub imported_at: i64,
    pub updated_at: i64,
}

const INSERT: Batch<TestResultRow> = insert_sql!(
    "test_result",
    [
        id text, practice_id text, patient_id text, source_id text, test text, display text, value text,
        value_number float8, unit text, original_value text, original_unit text, source_record text, reference_low float8,
        reference_high float8, flag text, report_status text, taken_at bigint, state text, hold_reasons text,
        hold_owner text, hold_due_at bigint, released_by text, released_at bigint, imported_at bigint, updated_at bigint
    ],
    "ON CONFLICT DO NOTHING RETURNING id"
);

/// Adds results. One whose source id is known is left alone: compare with `by_sources` to see a correction.
pub async fn insert(tx: &mut Tx, rows: &[TestResultRow]) -> Result<Vec<String>, StoreError> {
    let ids: Vec<(String,)> = tx.fetch_batch(&INSERT, &in_order(rows, |r| (&r.practice_id, &r.source_id))).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

const BY_SOURCES: Sql = Sql {
    sqlite: "SELECT * FROM test_result WHERE practice_id = $2 AND source_id IN (SELECT value FROM jsonb_each($1))",
    postgres: "SELECT * FROM test_result WHERE practice_id = $2 AND source_id IN
        (SELECT r.id FROM unnest(CAST($1 AS text[])) AS r(id))",
};

/// The results of a practice that came under these source ids.
pub async fn by_sources(
    tx: &mut Tx,
    practice_id: &str,
    source_ids: &[String],
) -> Result<Vec<TestResultRow>, StoreError> {
    if source_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&BY_SOURCES, &[rows::ids(source_ids), practice_id.into()]).await
}

/// Replaces what a corrected result says and where it stands.
pub async fn correct(tx: &mut Tx, row: &TestResultRow) -> Result<(), StoreError> {
    const SQL: Batch<TestResultRow> = batch_sql!(
        "UPDATE test_result SET display = r.display, value = r.value, value_number = r.value_number, unit = r.unit,
         original_value = r.original_value, original_unit = r.original_unit, source_record = r.source_record,
         reference_low = r.reference_low, reference_high = r.reference_high, flag = r.flag,
         report_status = r.report_status, taken_at = r.taken_at, state = r.state, hold_reasons = r.hold_reasons,
         hold_owner = r.hold_owner, hold_due_at = r.hold_due_at, released_by = r.released_by,
         released_at = r.released_at, updated_at = r.updated_at FROM ",
        [
            id text, display text, value text, value_number float8, unit text, original_value text, original_unit text,
            source_record text, reference_low float8, reference_high float8, flag text, report_status text, taken_at bigint,
            state text, hold_reasons text, hold_owner text, hold_due_at bigint, released_by text, released_at bigint,
            updated_at bigint
        ],
        " AS r WHERE test_result.id = r.id"
    );
    match tx.run_batch(&SQL, std::slice::from_ref(row)).await? {
        1 => Ok(()),
        found => Err(StoreError::NotOne { what: "test_result", found }),
    }
}

/// Moves a result to a state, only from one of the states named. Returns whether it moved.
pub async fn set_state(tx: &mut Tx, id: &str, from: &[&str], to: &str, by: &str, now: i64) -> Result<bool, StoreError> {
    const SQL: Sql = ids_sql!(
        "UPDATE test_result SET state = $3, released_by = CASE WHEN $3 = 'released' THEN $4 ELSE released_by END,
         released_at = CASE WHEN $3 = 'released' THEN $5 ELSE released_at END, updated_at = $5
         WHERE id = $2 AND state IN (SELECT r.id FROM ",
        " AS r)"
    );
    let args = [rows::ids(from), id.into(), to.into(), by.into(), now.into()];
    Ok(tx.run(&SQL, &args).await? == 1)
}

/// One result.
pub async fn get(db: &Db, id: &str) -> Result<Option<TestResultRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM test_result WHERE id = $1");
    db.fetch_optional(&SQL, &[id.into()]).await
}

/// A practice's results in a state, newest first.
pub async fn list(db: &Db, practice_id: &str, state: &str, limit: i64) -> Result<Vec<TestResultRow>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT * FROM test_result WHERE practice_id = $1 AND state = $2 ORDER BY taken_at DESC, id LIMIT $3",
    );
    db.fetch(&SQL, &[practice_id.into(), state.into(), limit.into()]).await
}

/// Every result of one patient, newest first.
pub async fn of_patient(db: &Db, patient_id: &str) -> Result<Vec<TestResultRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM test_result WHERE patient_id = $1 ORDER BY taken_at DESC, id");
    db.fetch(&SQL, &[patient_id.into()]).await
}

/// How many released results each patient has that were taken in the year before `now`: (patient, how many).
pub async fn released_counts(
    tx: &mut Tx,
    patient_ids: &[String],
    since: i64,
) -> Result<Vec<(String, i64)>, StoreError> {
    const SQL: Sql = Sql {
        sqlite: "SELECT patient_id, COUNT(*) FROM test_result WHERE state = 'released' AND released_at >= $2
            AND patient_id IN (SELECT value FROM jsonb_each($1)) GROUP BY patient_id",
        postgres: "SELECT patient_id, COUNT(*) FROM test_result WHERE state = 'released' AND released_at >= $2
            AND patient_id IN (SELECT r.id FROM unnest(CAST($1 AS text[])) AS r(id)) GROUP BY patient_id",
    };
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&SQL, &[rows::ids(patient_ids), since.into()]).await
}

/// Was a result of this test ever released in this practice?
pub async fn ever_released(db: &Db, practice_id: &str, test: &str) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT id FROM test_result WHERE practice_id = $1 AND test = $2 AND released_at IS NOT NULL LIMIT 1",
    );
    let row: Option<(String,)> = db.fetch_optional(&SQL, &[practice_id.into(), test.into()]).await?;
    Ok(row.is_some())
}

/// Held results whose due date has passed (H28).
pub async fn overdue_holds(db: &Db, now: i64, limit: i64) -> Result<Vec<TestResultRow>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT * FROM test_result WHERE state = 'held' AND hold_due_at IS NOT NULL AND hold_due_at <= $1
         ORDER BY hold_due_at, id LIMIT $2",
    );
    db.fetch(&SQL, &[now.into(), limit.into()]).await
}

/// A standing rule that a named clinician switched on: which tests are released on import when nothing else holds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
#[allow(missing_docs, reason = "columns of standing_rule; tests is a JSON list of test names")]
pub struct StandingRuleRow {
    pub id: String,
    pub practice_id: String,
    pub tests: String,
    pub clinician: String,
    pub switched_on_at: i64,
    pub switched_off_at: Option<i64>,
}

/// Switches a standing rule on.
pub async fn add_rule(tx: &mut Tx, row: &StandingRuleRow) -> Result<(), StoreError> {
    const SQL: Batch<StandingRuleRow> = insert_sql!(
        "standing_rule",
        [id text, practice_id text, tests text, clinician text, switched_on_at bigint, switched_off_at bigint],
        ""
    );
    tx.run_batch(&SQL, std::slice::from_ref(row)).await?;
    Ok(())
}

/// Switches a standing rule off.
pub async fn end_rule(tx: &mut Tx, id: &str, now: i64) -> Result<(), StoreError> {
    const SQL: Sql =
        Sql::same("UPDATE standing_rule SET switched_off_at = $2 WHERE id = $1 AND switched_off_at IS NULL");
    tx.ensure_one("standing_rule", &SQL, &[id.into(), now.into()]).await
}

const RULES: Sql = Sql::same(
    "SELECT * FROM standing_rule WHERE practice_id = $1 AND switched_off_at IS NULL ORDER BY switched_on_at, id",
);

/// The rules in force in a practice.
pub async fn rules(db: &Db, practice_id: &str) -> Result<Vec<StandingRuleRow>, StoreError> {
    db.fetch(&RULES, &[practice_id.into()]).await
}

/// The rules in force in a practice, seen inside a transaction.
pub async fn rules_in(tx: &mut Tx, practice_id: &str) -> Result<Vec<StandingRuleRow>, StoreError> {
    tx.fetch(&RULES, &[practice_id.into()]).await
}
