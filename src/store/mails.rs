//! Mail that came in: as it was, what it was read as, and the files that came along.

use super::batch::{Batch, ids_sql, insert_sql};
use super::rows;
use super::{Db, Sql, StoreError, Tx};
use serde::Deserialize;
use sqlx::FromRow;

/// One row of `mail`. `raw` is base64; `doubts` and `reading` are JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of mail")]
pub struct MailRow {
    pub message_id: String,
    pub raw: String,
    pub full_size: i64,
    pub whole: bool,
    pub class: String,
    pub doubts: String,
    pub reading: String,
    pub mail_id: Option<String>,
    pub received_at: i64,
}

/// One row of `attachment`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of attachment")]
pub struct AttachmentRow {
    pub message_id: String,
    pub position: i64,
    pub name: String,
    pub content_type: String,
    pub size: i64,
    pub sha256: String,
    pub inline: bool,
}

const INSERT: Batch<MailRow> = insert_sql!(
    "mail",
    [
        message_id text, raw text, full_size bigint, whole boolean, class text, doubts text, reading text, mail_id text,
        received_at bigint
    ],
    "ON CONFLICT DO NOTHING"
);

/// Keeps mails. Their messages must be there already.
pub async fn insert(tx: &mut Tx, rows: &[MailRow]) -> Result<u64, StoreError> {
    tx.run_batch(&INSERT, rows).await
}

const INSERT_ATTACHMENTS: Batch<AttachmentRow> = insert_sql!(
    "attachment",
    [message_id text, position bigint, name text, content_type text, size bigint, sha256 text, inline boolean],
    "ON CONFLICT DO NOTHING"
);

/// Notes the files of mails.
pub async fn insert_attachments(tx: &mut Tx, rows: &[AttachmentRow]) -> Result<u64, StoreError> {
    tx.run_batch(&INSERT_ATTACHMENTS, rows).await
}

/// A mail without its raw bytes: what reading it found.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "columns of mail")]
pub struct MailView {
    pub message_id: String,
    pub full_size: i64,
    pub whole: bool,
    pub class: String,
    pub doubts: String,
    pub reading: String,
    pub mail_id: Option<String>,
}

const VIEWS: Sql = ids_sql!(
    "SELECT m.message_id, m.full_size, m.whole, m.class, m.doubts, m.reading, m.mail_id FROM mail m JOIN ",
    " AS r ON m.message_id = r.id ORDER BY m.message_id"
);

/// What was read in the mails of these messages; a message that is no mail is left out.
pub async fn views(tx: &mut Tx, message_ids: &[String]) -> Result<Vec<MailView>, StoreError> {
    if message_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&VIEWS, &[rows::ids(message_ids)]).await
}

/// One mail with its raw bytes.
pub async fn get(db: &Db, message_id: &str) -> Result<Option<MailRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM mail WHERE message_id = $1");
    db.fetch_optional(&SQL, &[message_id.into()]).await
}

/// The files of one mail, in order.
pub async fn attachments_of(db: &Db, message_id: &str) -> Result<Vec<AttachmentRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM attachment WHERE message_id = $1 ORDER BY position");
    db.fetch(&SQL, &[message_id.into()]).await
}

/// The files that came with the mails of one person: (message, name), in order.
pub async fn attachments_of_patient(db: &Db, patient_id: &str) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT a.message_id, a.name FROM attachment a JOIN message m ON m.id = a.message_id
         WHERE m.patient_id = $1 ORDER BY a.message_id, a.position",
    );
    db.fetch(&SQL, &[patient_id.into()]).await
}
