//! Practices and the age of the data they gave us.

use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;

/// One practice.
#[derive(Clone, Debug, FromRow)]
pub struct PracticeRow {
    /// Our id.
    pub id: String,
    /// The name patients see.
    pub name: String,
    /// The organisation code, when known.
    pub ods_code: Option<String>,
    /// Settings that differ from the configuration, as JSON.
    pub settings: String,
    /// Since when sending is allowed; NULL keeps everything held (after a restore).
    pub sending_allowed_at: Option<i64>,
    /// When it was added.
    pub created_at: i64,
    /// When it was last changed.
    pub updated_at: i64,
}

/// Adds a practice or changes its name and settings.
pub async fn upsert(tx: &mut Tx, row: &PracticeRow) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same(
        "INSERT INTO practice (id, name, ods_code, settings, sending_allowed_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, ods_code = excluded.ods_code, settings = excluded.settings,
         updated_at = excluded.updated_at",
    );
    let args = [
        (&row.id).into(),
        (&row.name).into(),
        row.ods_code.clone().into(),
        (&row.settings).into(),
        row.sending_allowed_at.into(),
        row.created_at.into(),
        row.updated_at.into(),
    ];
    tx.ensure_one("practice", &SQL, &args).await
}

/// All practices, oldest first.
pub async fn all(db: &Db) -> Result<Vec<PracticeRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM practice ORDER BY created_at, id");
    db.fetch(&SQL, &[]).await
}

/// Switches sending on (a time) or off (None) for a practice.
pub async fn set_sending_allowed(tx: &mut Tx, practice_id: &str, at: Option<i64>) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same("UPDATE practice SET sending_allowed_at = $2 WHERE id = $1");
    tx.ensure_one("practice", &SQL, &[practice_id.into(), at.into()]).await
}

/// Notes that data of this kind is fresh as of `at`; an older time never replaces a newer one.
pub async fn feed_refreshed(tx: &mut Tx, practice_id: &str, kind: &str, at: i64) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same(
        "INSERT INTO feed (practice_id, kind, refreshed_at) VALUES ($1, $2, $3)
         ON CONFLICT (practice_id, kind) DO UPDATE SET refreshed_at =
         CASE WHEN excluded.refreshed_at > feed.refreshed_at THEN excluded.refreshed_at ELSE feed.refreshed_at END",
    );
    tx.run(&SQL, &[practice_id.into(), kind.into(), at.into()]).await?;
    Ok(())
}

/// When each kind of data of each practice was last refreshed: (practice, kind, time).
pub async fn feeds(db: &Db) -> Result<Vec<(String, String, i64)>, StoreError> {
    const SQL: Sql = Sql::same("SELECT practice_id, kind, refreshed_at FROM feed ORDER BY practice_id, kind");
    db.fetch(&SQL, &[]).await
}
