//! The send ledger and everything received: the `message` and `attempt` tables.

use super::batch::{Batch, batch_sql, ids_sql, insert_sql, packed_sql};
use super::rows::{self, Arg, in_order, last_of_each};
use super::{Db, Sql, StoreError, Tx};
use serde::Deserialize;
use sqlx::FromRow;

/// One row of `message`. Words in `status`, `kind`, `purpose` and `reason` are those of `domain::message` and `domain::reason`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns, described in the migration and in domain::message")]
pub struct MessageRow {
    pub id: String,
    pub practice_id: String,
    pub patient_id: Option<String>,
    pub direction: String,
    pub kind: String,
    pub template: String,
    pub purpose: String,
    pub anchor: String,
    pub step: String,
    pub status: String,
    pub reason: String,
    pub channel: Option<String>,
    pub address: Option<String>,
    pub gateway: Option<String>,
    pub provider_reference: Option<String>,
    pub subject: Option<String>,
    pub body: Option<String>,
    pub facts: String,
    pub due_at: i64,
    pub expires_at: Option<i64>,
    pub priority: i64,
    pub past_due: String,
    pub appointment_id: Option<String>,
    pub enrolment_id: Option<String>,
    pub goal_id: Option<String>,
    pub in_reply_to: Option<String>,
    pub attempts: i64,
    pub segments: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

impl MessageRow {
    /// What makes it the only one: for what we send, then for what we receive.
    fn key(&self) -> impl Ord + use<'_> {
        ((&self.patient_id, &self.purpose, &self.anchor, &self.step), (&self.gateway, &self.provider_reference))
    }
}

const INSERT: Batch<MessageRow> = insert_sql!(
    "message",
    [
        id text, practice_id text, patient_id text, direction text, kind text, template text, purpose text, anchor text,
        step text, status text, reason text, channel text, address text, gateway text, provider_reference text,
        subject text, body text, facts text, due_at bigint, expires_at bigint, priority bigint, past_due text,
        appointment_id text, enrolment_id text, goal_id text, in_reply_to text, attempts bigint, segments bigint,
        created_at bigint, updated_at bigint
    ],
    "ON CONFLICT DO NOTHING RETURNING id"
);

/// Inserts ledger rows or received messages. A row whose key (person, purpose, anchor, step; or gateway and provider
/// reference) is already there is left out. Returns the ids that are new.
pub async fn insert(tx: &mut Tx, rows: &[MessageRow]) -> Result<Vec<String>, StoreError> {
    let inserted: Vec<(String,)> = tx.fetch_batch(&INSERT, &in_order(rows, MessageRow::key)).await?;
    Ok(inserted.into_iter().map(|(id,)| id).collect())
}

const BY_IDS: Sql = packed_sql!(
    "m" [
        id, practice_id, patient_id, direction, kind, template, purpose, anchor, step, status, reason, channel, address,
        gateway, provider_reference, subject, body, facts, due_at, expires_at, priority, past_due, appointment_id,
        enrolment_id, goal_id, in_reply_to, attempts, segments, created_at, updated_at
    ],
    "message m JOIN ", ids, " AS r ON m.id = r.id", "m.id"
);

/// The messages with these ids.
pub async fn by_ids(tx: &mut Tx, ids: &[String]) -> Result<Vec<MessageRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch_packed(&BY_IDS, &[rows::ids(ids)]).await
}

/// One message, read outside a transaction.
pub async fn get(db: &Db, id: &str) -> Result<Option<MessageRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM message WHERE id = $1");
    db.fetch_optional(&SQL, &[id.into()]).await
}

const FOR_APPOINTMENTS: Sql =
    ids_sql!("SELECT m.* FROM message m JOIN ", " AS r ON m.appointment_id = r.id WHERE m.direction = 'out'");

/// Every ledger row of these appointments.
pub async fn for_appointments(tx: &mut Tx, ids: &[String]) -> Result<Vec<MessageRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&FOR_APPOINTMENTS, &[rows::ids(ids)]).await
}

/// Where a message stands now.
#[derive(Clone, Debug)]
pub struct StatusChange {
    /// Which message.
    pub id: String,
    /// The new status word.
    pub status: String,
    /// The reason word; empty when there is none.
    pub reason: String,
    /// When.
    pub at: i64,
}

const SET_STATUS: Batch<StatusChange> = batch_sql!(
    "UPDATE message SET status = r.status, reason = r.reason, updated_at = r.at FROM ",
    [id text, status text, reason text, at bigint],
    " AS r WHERE message.id = r.id"
);

/// Moves messages to a new status.
pub async fn set_status(tx: &mut Tx, changes: &[StatusChange]) -> Result<u64, StoreError> {
    tx.run_batch(&SET_STATUS, &last_of_each(changes, |c| &c.id)).await
}

/// What became of a try, for the ledger.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "columns of message")]
pub struct SettledMessage {
    pub id: String,
    pub status: String,
    pub reason: String,
    pub attempts: i64,
    pub segments: i64,
    pub at: i64,
    /// Channel, address and gateway it went out by. Empty when it is looked at again: the next try decides afresh (F18).
    pub channel: Option<String>,
    pub address: Option<String>,
    pub gateway: Option<String>,
}

const SETTLE: Batch<SettledMessage> = batch_sql!(
    "UPDATE message SET
       status = CASE WHEN r.rank >= CASE message.status WHEN 'delivered' THEN 4 WHEN 'failed' THEN 3 WHEN 'undelivered' THEN 2
         WHEN 'accepted' THEN 1 ELSE 0 END THEN r.status ELSE message.status END,
       reason = CASE WHEN r.rank >= CASE message.status WHEN 'delivered' THEN 4 WHEN 'failed' THEN 3 WHEN 'undelivered' THEN 2
         WHEN 'accepted' THEN 1 ELSE 0 END THEN r.reason ELSE message.reason END,
       channel = COALESCE(r.channel, message.channel), address = COALESCE(r.address, message.address),
       gateway = COALESCE(r.gateway, message.gateway), attempts = r.attempts, segments = r.segments, updated_at = r.at
     FROM (SELECT b.*, CASE b.status WHEN 'delivered' THEN 4 WHEN 'failed' THEN 3 WHEN 'undelivered' THEN 2
       WHEN 'accepted' THEN 1 ELSE 0 END AS rank FROM ",
    [
        id text, status text, reason text, channel text, address text, gateway text, attempts bigint, segments bigint,
        at bigint
    ],
    " AS b) AS r WHERE message.id = r.id"
);

/// Records outcomes of tries. Where a delivery report has overtaken the outcome and got further, its status stands
/// (accepted, undelivered, failed, delivered: `reports::advance`); the try itself is noted all the same.
pub async fn settle(tx: &mut Tx, rows: &[SettledMessage]) -> Result<u64, StoreError> {
    tx.run_batch(&SETTLE, &last_of_each(rows, |r| &r.id)).await
}

/// A try about to be made, or made.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of attempt")]
pub struct AttemptRow {
    pub message_id: String,
    pub number: i64,
    pub gateway: String,
    pub channel: String,
    pub address: String,
    pub subject: Option<String>,
    pub body: String,
    pub template_version: String,
    pub language: String,
    pub segments: i64,
    pub lease: i64,
    pub started_at: i64,
    pub finished_at: Option<i64>,
    pub outcome: Option<String>,
    pub code: Option<String>,
    pub provider_id: Option<String>,
}

const INSERT_ATTEMPT: Batch<AttemptRow> = insert_sql!(
    "attempt",
    [
        message_id text, number bigint, gateway text, channel text, address text, subject text, body text,
        template_version text, language text, segments bigint, lease bigint, started_at bigint, finished_at bigint,
        outcome text, code text, provider_id text
    ],
    ""
);

/// Writes the tries that are about to be made. It fails as a whole when one of them was already written: two workers
/// then believe they hold the same message.
pub async fn insert_attempts(tx: &mut Tx, rows: &[AttemptRow]) -> Result<u64, StoreError> {
    tx.run_batch(&INSERT_ATTEMPT, rows).await
}

/// How a try ended.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "columns of attempt")]
pub struct AttemptOutcome {
    pub message_id: String,
    pub number: i64,
    pub finished_at: i64,
    pub outcome: String,
    pub code: Option<String>,
    pub provider_id: Option<String>,
}

const FINISH_ATTEMPT: Batch<AttemptOutcome> = batch_sql!(
    "UPDATE attempt SET finished_at = r.finished_at, outcome = r.outcome, code = r.code, provider_id = r.provider_id FROM ",
    [message_id text, number bigint, finished_at bigint, outcome text, code text, provider_id text],
    " AS r WHERE attempt.message_id = r.message_id AND attempt.number = r.number"
);

/// Records how tries ended.
pub async fn finish_attempts(tx: &mut Tx, rows: &[AttemptOutcome]) -> Result<u64, StoreError> {
    let rows = last_of_each(rows, |r| (&r.message_id, r.number));
    tx.run_batch(&FINISH_ATTEMPT, &rows).await
}

const LAST_ATTEMPTS: Sql = ids_sql!(
    "SELECT a.* FROM attempt a JOIN ",
    " AS r ON a.message_id = r.id WHERE a.number = (SELECT MAX(b.number) FROM attempt b WHERE b.message_id = a.message_id)"
);

/// The newest try of each of these messages that has one.
pub async fn last_attempts(tx: &mut Tx, ids: &[String]) -> Result<Vec<AttemptRow>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&LAST_ATTEMPTS, &[rows::ids(ids)]).await
}

const REFUSED: Sql = ids_sql!(
    "SELECT DISTINCT a.message_id, a.address FROM attempt a JOIN ",
    " AS r ON a.message_id = r.id WHERE a.outcome = 'refused'"
);

/// The addresses that were refused for good for these messages: (message, address).
pub async fn refused(tx: &mut Tx, ids: &[String]) -> Result<Vec<(String, String)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&REFUSED, &[rows::ids(ids)]).await
}

const SAID_NOT_THERE: Sql = ids_sql!(
    "SELECT DISTINCT a.message_id, a.gateway FROM attempt a JOIN ",
    " AS r ON a.message_id = r.id WHERE a.outcome = 'resolved_not_sent'"
);

/// The gateways that were asked about these messages and said that they do not have them: (message, gateway).
pub async fn said_not_there(tx: &mut Tx, ids: &[String]) -> Result<Vec<(String, String)>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&SAID_NOT_THERE, &[rows::ids(ids)]).await
}

/// Every try of one message, oldest first.
pub async fn attempts_of(db: &Db, message_id: &str) -> Result<Vec<AttemptRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM attempt WHERE message_id = $1 ORDER BY number");
    db.fetch(&SQL, &[message_id.into()]).await
}

/// Which waiting ledger rows to call off.
#[derive(Clone, Copy, Debug)]
pub enum Waiting<'a> {
    /// Everything that waits for this person.
    OfPatient(&'a str),
    /// Everything on one topic.
    OfPurpose(&'a str, &'a str),
    /// Everything of one enrolment.
    OfEnrolment(&'a str),
    /// Everything planned around one appointment.
    OfAppointment(&'a str),
    /// One message.
    One(&'a str),
}

/// Calls off what waits: status and reason are set and the `due` rows go. Automatic answers that are already on their way
/// are left. Returns how many.
pub async fn call_off(tx: &mut Tx, what: Waiting<'_>, status: &str, reason: &str, now: i64) -> Result<u64, StoreError> {
    macro_rules! update {
        ($condition:literal) => {
            Sql::same(concat!(
                "UPDATE message SET status = $1, reason = $2, updated_at = $3 WHERE direction = 'out' AND kind <> 'auto_reply'
                 AND status IN ('planned', 'queued', 'held') AND ",
                $condition,
                " RETURNING id"
            ))
        };
    }
    const OF_PATIENT: Sql = update!("patient_id = $4");
    const OF_PURPOSE: Sql = update!("patient_id = $4 AND purpose = $5");
    // By the person first: that is what the ledger has an index on.
    const OF_ENROLMENT: Sql =
        update!("patient_id = (SELECT e.patient_id FROM enrolment e WHERE e.id = $4) AND enrolment_id = $4");
    const OF_APPOINTMENT: Sql = update!("appointment_id = $4");
    const ONE: Sql = update!("id = $4");
    let (sql, keys): (&Sql, Vec<Arg>) = match what {
        Waiting::OfPatient(id) => (&OF_PATIENT, vec![id.into()]),
        Waiting::OfPurpose(id, purpose) => (&OF_PURPOSE, vec![id.into(), purpose.into()]),
        Waiting::OfEnrolment(id) => (&OF_ENROLMENT, vec![id.into()]),
        Waiting::OfAppointment(id) => (&OF_APPOINTMENT, vec![id.into()]),
        Waiting::One(id) => (&ONE, vec![id.into()]),
    };
    lock_waiting(tx, what).await?;
    let mut args = vec![status.into(), reason.into(), now.into()];
    args.extend(keys);
    let ids: Vec<(String,)> = tx.fetch(sql, &args).await?;
    let ids: Vec<String> = ids.into_iter().map(|(id,)| id).collect();
    super::due::remove(tx, &ids).await?;
    Ok(ids.len() as u64)
}

/// Locks the `due` rows of what may be called off, on PostgreSQL. A worker locks what waits and then the ledger: the other
/// way round the two could wait for each other. On SQLite a transaction that writes is alone.
async fn lock_waiting(tx: &mut Tx, what: Waiting<'_>) -> Result<(), StoreError> {
    macro_rules! lock {
        ($condition:literal) => {
            Sql::same(concat!(
                "SELECT d.message_id FROM due d JOIN message m ON m.id = d.message_id WHERE ",
                $condition,
                " AND m.status IN ('planned', 'queued', 'held') ORDER BY d.message_id FOR UPDATE OF d"
            ))
        };
    }
    const OF_PATIENT: Sql = lock!("m.patient_id = $1");
    const OF_APPOINTMENT: Sql = lock!("m.appointment_id = $1");
    const OF_ENROLMENT: Sql = lock!("m.patient_id = (SELECT e.patient_id FROM enrolment e WHERE e.id = $1)");
    const ONE: Sql = lock!("m.id = $1");
    if matches!(tx, Tx::Sqlite(_)) {
        return Ok(());
    }
    let (sql, id) = match what {
        Waiting::OfPatient(id) | Waiting::OfPurpose(id, _) => (&OF_PATIENT, id),
        Waiting::OfEnrolment(id) => (&OF_ENROLMENT, id),
        Waiting::OfAppointment(id) => (&OF_APPOINTMENT, id),
        Waiting::One(id) => (&ONE, id),
    };
    tx.run(sql, &[id.into()]).await?;
    Ok(())
}

/// What was made of a received message.
pub async fn set_received(
    tx: &mut Tx,
    id: &str,
    practice_id: &str,
    patient_id: Option<&str>,
    understanding: &str,
    change: &StatusChange,
) -> Result<(), StoreError> {
    // Not `= 'in'`: before PostgreSQL knows how full its tables are, it would go through all that came in.
    const SQL: Sql = Sql::same(
        "UPDATE message SET practice_id = $2, patient_id = $3, facts = $4, status = $5, reason = $6, updated_at = $7
         WHERE id = $1 AND direction <> 'out'",
    );
    let args = [
        id.into(),
        practice_id.into(),
        patient_id.into(),
        understanding.into(),
        (&change.status).into(),
        (&change.reason).into(),
        change.at.into(),
    ];
    tx.ensure_one("message", &SQL, &args).await
}
