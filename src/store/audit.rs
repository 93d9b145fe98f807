//! Who did what, and when: append-only.

use super::batch::{Batch, insert_sql};
use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;

/// One row of `audit_event`. `detail` is JSON and holds ids and codes, never a text or number of a person.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of audit_event")]
pub struct AuditEventRow {
    pub id: String,
    pub at: i64,
    pub actor: String,
    pub action: String,
    pub practice_id: Option<String>,
    pub subject: String,
    pub subject_id: String,
    pub detail: String,
}

const INSERT: Batch<AuditEventRow> = insert_sql!(
    "audit_event",
    [id text, at bigint, actor text, action text, practice_id text, subject text, subject_id text, detail text],
    ""
);

/// Appends events.
pub async fn append(tx: &mut Tx, rows: &[AuditEventRow]) -> Result<u64, StoreError> {
    tx.run_batch(&INSERT, rows).await
}

/// The newest events, optionally of one subject id.
pub async fn latest(db: &Db, subject_id: Option<&str>, limit: i64) -> Result<Vec<AuditEventRow>, StoreError> {
    const ALL: Sql = Sql::same("SELECT * FROM audit_event ORDER BY at DESC, id DESC LIMIT $1");
    const OF_ONE: Sql = Sql::same("SELECT * FROM audit_event WHERE subject_id = $2 ORDER BY at DESC, id DESC LIMIT $1");
    match subject_id {
        None => db.fetch(&ALL, &[limit.into()]).await,
        Some(id) => db.fetch(&OF_ONE, &[limit.into(), id.into()]).await,
    }
}
