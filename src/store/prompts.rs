//! Questions that wait for their answer: at most one open a person.

use super::batch::{Batch, ids_sql, insert_sql};
use super::rows::{self, in_order};
use super::{Sql, StoreError, Tx};
use serde::Deserialize;
use sqlx::FromRow;

/// One row of `prompt`; `expects` is the JSON of `domain::reply::Expects`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of prompt")]
pub struct PromptRow {
    pub id: String,
    pub patient_id: String,
    pub message_id: String,
    pub kind: String,
    pub body: String,
    pub expects: String,
    pub status: String,
    pub asked_again: i64,
    pub opened_at: i64,
    pub expires_at: i64,
    pub answered_by: Option<String>,
    pub goal_id: Option<String>,
    pub appointment_id: Option<String>,
    pub enrolment_id: Option<String>,
}

const INSERT: Batch<PromptRow> = insert_sql!(
    "prompt",
    [
        id text, patient_id text, message_id text, kind text, body text, expects text, status text, asked_again bigint,
        opened_at bigint, expires_at bigint, answered_by text, goal_id text, appointment_id text, enrolment_id text
    ],
    "ON CONFLICT DO NOTHING RETURNING message_id"
);

/// Opens questions. Where the person already has an open one, the new one is left out: returns the messages whose
/// question is now open.
pub async fn open(tx: &mut Tx, rows: &[PromptRow]) -> Result<Vec<String>, StoreError> {
    let ids: Vec<(String,)> = tx.fetch_batch(&INSERT, &in_order(rows, |r| &r.patient_id)).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

const OPEN_OF: Sql = ids_sql!("SELECT p.* FROM prompt p JOIN ", " AS r ON p.patient_id = r.id WHERE p.status = 'open'");

/// The open questions of these patients.
pub async fn open_of(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<PromptRow>, StoreError> {
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&OPEN_OF, &[rows::ids(patient_ids)]).await
}

const OF_MESSAGES: Sql = ids_sql!("SELECT p.* FROM prompt p JOIN ", " AS r ON p.message_id = r.id");

/// The questions that these messages asked.
pub async fn of_messages(tx: &mut Tx, message_ids: &[String]) -> Result<Vec<PromptRow>, StoreError> {
    if message_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&OF_MESSAGES, &[rows::ids(message_ids)]).await
}

/// The newest question of a person that is no longer open, if any.
pub async fn latest_closed(tx: &mut Tx, patient_id: &str) -> Result<Option<PromptRow>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT * FROM prompt WHERE patient_id = $1 AND status <> 'open' ORDER BY opened_at DESC, id DESC LIMIT 1",
    );
    Ok(tx.fetch(&SQL, &[patient_id.into()]).await?.into_iter().next())
}

/// Ends an open question: `answered` by a message, `expired` or `closed`. Returns whether it was still open.
pub async fn end(tx: &mut Tx, id: &str, status: &str, answered_by: Option<&str>) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same("UPDATE prompt SET status = $2, answered_by = $3 WHERE id = $1 AND status = 'open'");
    Ok(tx.run(&SQL, &[id.into(), status.into(), answered_by.into()]).await? == 1)
}

const END_OF_MESSAGES: Sql = ids_sql!(
    "UPDATE prompt SET status = 'closed' WHERE status = 'open' AND message_id IN (SELECT r.id FROM ",
    " AS r) RETURNING patient_id"
);

/// Closes the questions of messages that did not go out after all. Returns whose they were.
pub async fn close_of_messages(tx: &mut Tx, message_ids: &[String]) -> Result<Vec<String>, StoreError> {
    if message_ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<(String,)> = tx.fetch(&END_OF_MESSAGES, &[rows::ids(message_ids)]).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}

/// Closes every open question of a person.
pub async fn close_of_patient(tx: &mut Tx, patient_id: &str) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same("UPDATE prompt SET status = 'closed' WHERE patient_id = $1 AND status = 'open'");
    tx.run(&SQL, &[patient_id.into()]).await
}

/// Notes that the person was asked again.
pub async fn asked_again(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same("UPDATE prompt SET asked_again = asked_again + 1 WHERE id = $1");
    tx.ensure_one("prompt", &SQL, &[id.into()]).await
}

/// Ends up to `limit` open questions whose time has passed, and returns them.
pub async fn expire(tx: &mut Tx, now: i64, limit: i64) -> Result<Vec<PromptRow>, StoreError> {
    const SQL: Sql = Sql {
        sqlite:
            "UPDATE prompt SET status = 'expired' WHERE id IN
            (SELECT id FROM prompt WHERE status = 'open' AND expires_at <= $1 ORDER BY expires_at LIMIT $2) RETURNING *",
        postgres: "WITH next AS MATERIALIZED
            (SELECT id FROM prompt WHERE status = 'open' AND expires_at <= $1 ORDER BY expires_at LIMIT $2
             FOR UPDATE SKIP LOCKED)
            UPDATE prompt SET status = 'expired' FROM next WHERE prompt.id = next.id RETURNING prompt.*",
    };
    tx.fetch(&SQL, &[now.into(), limit.into()]).await
}
