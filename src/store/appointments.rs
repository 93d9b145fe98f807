//! Appointments, and the queue of those that must be planned again.

use super::batch::{Batch, ids_sql, insert_sql};
use super::rows::{self, last_of_each};
use super::{Db, Sql, StoreError, Tx};
use serde::Deserialize;
use sqlx::FromRow;

/// One row of `appointment`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, FromRow)]
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

const UPSERT: Batch<AppointmentRow> = insert_sql!(
    "appointment",
    [
        id text, practice_id text, patient_id text, source_id text, kind text, clinician text, starts_at bigint,
        ends_at bigint, status text, booked_at bigint, updated_at bigint
    ],
    "ON CONFLICT (practice_id, source_id) DO UPDATE SET kind = excluded.kind, clinician = excluded.clinician,
     starts_at = excluded.starts_at, ends_at = excluded.ends_at, status = excluded.status, updated_at = excluded.updated_at
     WHERE appointment.patient_id = excluded.patient_id AND
       (appointment.starts_at <> excluded.starts_at OR appointment.status <> excluded.status
        OR appointment.kind <> excluded.kind OR appointment.clinician <> excluded.clinician
        OR appointment.ends_at IS DISTINCT FROM excluded.ends_at)
     RETURNING id"
);

/// Adds appointments or takes over what changed. Returns the ids that are new or changed.
pub async fn upsert(tx: &mut Tx, rows: &[AppointmentRow]) -> Result<Vec<String>, StoreError> {
    let ids: Vec<(String,)> = tx.fetch_batch(&UPSERT, &last_of_each(rows, |r| (&r.practice_id, &r.source_id))).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

const BY_IDS: Sql = ids_sql!("SELECT a.* FROM appointment a JOIN ", " AS r ON a.id = r.id");

/// The appointments with these ids.
pub async fn by_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<AppointmentRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&BY_IDS, &[rows::ids(ids)]).await
}

const OF_PATIENTS: Sql =
    ids_sql!("SELECT a.* FROM appointment a JOIN ", " AS r ON a.patient_id = r.id ORDER BY a.starts_at, a.id");

/// Every appointment of these patients, in order.
pub async fn of_patients(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<AppointmentRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&OF_PATIENTS, &[rows::ids(patient_ids)]).await
}

const UPCOMING: Sql = Sql {
    sqlite: "SELECT * FROM appointment WHERE patient_id IN (SELECT value FROM jsonb_each($1)) AND starts_at >= $2
        AND starts_at < $3 AND status = 'booked' ORDER BY starts_at",
    postgres: "SELECT * FROM appointment WHERE patient_id IN
        (SELECT r.id FROM unnest(CAST($1 AS text[])) AS r(id)) AND starts_at >= $2
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
    tx.fetch(&UPCOMING, &[rows::ids(patient_ids), from.into(), until.into()]).await
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
    tx.fetch(&SQL, &[practice_id.into(), from.into(), until.into()]).await
}

const QUEUE: Sql = Sql {
    sqlite: "INSERT INTO plan_queue (subject, subject_id, queued_at)
        SELECT $2, value, $3 FROM jsonb_each($1) WHERE true
        ON CONFLICT (subject, subject_id) DO UPDATE SET queued_at = excluded.queued_at",
    postgres: "INSERT INTO plan_queue (subject, subject_id, queued_at)
        SELECT $2, r.id, $3 FROM unnest(CAST($1 AS text[])) AS r(id)
        ON CONFLICT (subject, subject_id) DO UPDATE SET queued_at = excluded.queued_at",
};

/// Asks for these appointments (subject `appointment`) or everything of these people (`patient`) to be planned again.
///
/// A subject that is queued already is touched all the same: the lock keeps a planner from taking it before this
/// transaction's changes can be seen. Left untouched, it could be taken, planned by the old facts, and be gone.
pub async fn queue_planning(tx: &mut Tx, subject: &str, ids: &[String], now: i64) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    tx.run(&QUEUE, &[rows::ids(ids), subject.into(), now.into()]).await
}

/// Takes up to `limit` subjects out of the planning queue: (subject, id). The caller plans them in the same transaction.
pub async fn take_planning(tx: &mut Tx, limit: i64) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: Sql = Sql {
        sqlite: "DELETE FROM plan_queue WHERE (subject, subject_id) IN
            (SELECT subject, subject_id FROM plan_queue ORDER BY subject, subject_id LIMIT $1) RETURNING subject, subject_id",
        postgres: "WITH next AS MATERIALIZED
            (SELECT subject, subject_id FROM plan_queue ORDER BY subject, subject_id LIMIT $1 FOR UPDATE SKIP LOCKED)
            DELETE FROM plan_queue USING next WHERE plan_queue.subject = next.subject
            AND plan_queue.subject_id = next.subject_id RETURNING plan_queue.subject, plan_queue.subject_id",
    };
    tx.fetch(&SQL, &[limit.into()]).await
}

/// What waits to be planned, without taking it: (subject, id).
pub async fn waiting_for_planning(db: &Db, limit: i64) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: Sql = Sql::same("SELECT subject, subject_id FROM plan_queue ORDER BY subject, subject_id LIMIT $1");
    db.fetch(&SQL, &[limit.into()]).await
}

/// Takes one subject out of the planning queue. Returns how many were there.
pub async fn take_out(tx: &mut Tx, subjects: &[(String, String)]) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same("DELETE FROM plan_queue WHERE subject = $1 AND subject_id = $2");
    let mut taken = 0;
    for (subject, id) in subjects {
        taken += tx.run(&SQL, &[subject.into(), id.into()]).await?;
    }
    Ok(taken)
}
