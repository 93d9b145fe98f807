//! A practice's own programmes; the shipped ones stand in `config/programmes`.

use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;

/// One row of `programme`; `definition` is the TOML text.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of programme")]
pub struct ProgrammeRow {
    pub id: String,
    pub practice_id: String,
    pub name: String,
    pub definition: String,
    pub version: i64,
    pub updated_at: i64,
}

/// Adds or replaces a programme of a practice; the version counts up.
pub async fn upsert(tx: &mut Tx, row: &ProgrammeRow) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same(
        "INSERT INTO programme (id, practice_id, name, definition, version, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (practice_id, name) DO UPDATE SET definition = excluded.definition,
         version = programme.version + 1, updated_at = excluded.updated_at",
    );
    let args = [
        (&row.id).into(),
        (&row.practice_id).into(),
        (&row.name).into(),
        (&row.definition).into(),
        row.version.into(),
        row.updated_at.into(),
    ];
    tx.ensure_one("programme", &SQL, &args).await
}

/// Every practice's own programmes.
pub async fn all(db: &Db) -> Result<Vec<ProgrammeRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM programme ORDER BY practice_id, name");
    db.fetch(&SQL, &[]).await
}
