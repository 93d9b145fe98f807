//! Appointments, and the queue of those that must be planned again.

use super::rows::{batch_sql, ids_json, insert_sql};
use super::{Sql, StoreError, Tx};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// One row of `appointment`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of appointment")]
pub struct AppointmentRow {
    pub id: String,
    pub practice_id: String,
    pub patient_id: String,
    pub source_id: String,
    pub kind: String,
    pub clinician: String,
    pub starts_at: i64,
    pub ends_at: Option<i64>,
    pub status: String,
    pub booked_at: i64,
    pub updated_at: i64,
}

const UPSERT: Sql = insert_sql!(
    "appointment",
    [
        id text, practice_id text, patient_id text, source_id text, kind text, clinician text, starts_at bigint,
        ends_at bigint, status text, booked_at bigint, updated_at bigint
    ],
    "ON CONFLICT (practice_id, source_id) DO UPDATE SET kind = excluded.kind, clinician = excluded.clinician,
     starts_at = excluded.starts_at, ends_at = excluded.ends_at, status = excluded.status, updated_at = excluded.updated_at
     WHERE appointment.patient_id = excluded.patient_id AND
       (appointment.starts_at <> excluded.starts_at OR appointment.status <> excluded.status
        OR appointment.kind <> excluded.kind OR appointment.clinician <> excluded.clinician)
     RETURNING id"
);

/// Adds appointments or takes over what changed. Returns the ids that are new or changed.
pub async fn upsert(tx: &mut Tx, rows: &[AppointmentRow]) -> Result<Vec<String>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<(String,)> = tx
        .fetch(&UPSERT, &[serde_json::to_string(rows)?.into()])
        .await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

const BY_IDS: Sql =
    batch_sql!("SELECT a.* FROM appointment a JOIN ", [id text], " AS r ON a.id = r.id");

/// The appointments with these ids.
pub async fn by_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<AppointmentRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&BY_IDS, &[ids_json(ids)]).await
}

const OF_PATIENTS: Sql = batch_sql!(
    "SELECT a.* FROM appointment a JOIN ",
    [id text],
    " AS r ON a.patient_id = r.id ORDER BY a.starts_at, a.id"
);

/// Every appointment of these patients, in order.
pub async fn of_patients(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<AppointmentRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&OF_PATIENTS, &[ids_json(patient_ids)]).await
}

const UPCOMING: Sql = Sql {
    sqlite: "SELECT * FROM appointment WHERE patient_id IN (SELECT value->>'id' FROM json_each($1)) AND starts_at >= $2
        AND starts_at < $3 AND status = 'booked' ORDER BY starts_at",
    postgres: "SELECT * FROM appointment WHERE patient_id IN
        (SELECT r.id FROM json_to_recordset(CAST($1 AS json)) AS r(id text)) AND starts_at >= $2
        AND starts_at < $3 AND status = 'booked' ORDER BY starts_at",
};

/// The booked appointments of these patients with a start in `from..until`.
pub async fn upcoming(
    tx: &mut Tx,
    patient_ids: &[String],
    from: i64,
    until: i64,
) -> Result<Vec<AppointmentRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(
        &UPCOMING,
        &[ids_json(patient_ids), from.into(), until.into()],
    )
    .await
}

/// The appointments of a practice that start in `from..until`, in order.
pub async fn starting_between(
    tx: &mut Tx,
    practice_id: &str,
    from: i64,
    until: i64,
) -> Result<Vec<AppointmentRow>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT * FROM appointment WHERE practice_id = $1 AND starts_at >= $2 AND starts_at < $3 ORDER BY starts_at, id",
    );
    tx.fetch(&SQL, &[practice_id.into(), from.into(), until.into()])
        .await
}

const QUEUE: Sql = Sql {
    sqlite: "INSERT INTO plan_queue (subject, subject_id, queued_at)
        SELECT $2, value->>'id', $3 FROM json_each($1) WHERE true ON CONFLICT DO NOTHING",
    postgres: "INSERT INTO plan_queue (subject, subject_id, queued_at)
        SELECT $2, r.id, $3 FROM json_to_recordset(CAST($1 AS json)) AS r(id text) ON CONFLICT DO NOTHING",
};

/// Asks for these appointments (subject `appointment`) or everything of these people (`patient`) to be planned again.
pub async fn queue_planning(
    tx: &mut Tx,
    subject: &str,
    ids: &[String],
    now: i64,
) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    tx.run(&QUEUE, &[ids_json(ids), subject.into(), now.into()])
        .await
}

/// Takes up to `limit` subjects out of the planning queue: (subject, id). The caller plans them in the same transaction.
pub async fn take_planning(tx: &mut Tx, limit: i64) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: Sql = Sql {
        sqlite: "DELETE FROM plan_queue WHERE (subject, subject_id) IN
            (SELECT subject, subject_id FROM plan_queue ORDER BY subject, subject_id LIMIT $1) RETURNING subject, subject_id",
        postgres: "DELETE FROM plan_queue WHERE (subject, subject_id) IN
            (SELECT subject, subject_id FROM plan_queue ORDER BY subject, subject_id LIMIT $1 FOR UPDATE SKIP LOCKED)
            RETURNING subject, subject_id",
    };
    tx.fetch(&SQL, &[limit.into()]).await
}
