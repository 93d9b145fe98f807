//! What was imported, from which file, by whom.

use super::batch::{Batch, insert_sql};
use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;

/// One row of `import_run`; `summary` is the JSON of the report staff saw.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of import_run")]
pub struct ImportRunRow {
    pub id: String,
    pub practice_id: String,
    pub kind: String,
    pub file_name: String,
    pub sha256: String,
    pub summary: String,
    pub actor: String,
    pub at: i64,
}

const INSERT: Batch<ImportRunRow> = insert_sql!(
    "import_run",
    [id text, practice_id text, kind text, file_name text, sha256 text, summary text, actor text, at bigint],
    ""
);

/// Notes an import.
pub async fn add(tx: &mut Tx, row: &ImportRunRow) -> Result<(), StoreError> {
    tx.run_batch(&INSERT, std::slice::from_ref(row)).await?;
    Ok(())
}

/// The newest imports of a practice.
pub async fn latest(db: &Db, practice_id: &str, limit: i64) -> Result<Vec<ImportRunRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM import_run WHERE practice_id = $1 ORDER BY at DESC, id DESC LIMIT $2");
    db.fetch(&SQL, &[practice_id.into(), limit.into()]).await
}
