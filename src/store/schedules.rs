//! Periodic duties, shared by all workers: whoever claims one does it.

use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;

/// One row of `schedule`.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of schedule")]
pub struct ScheduleRow {
    pub name: String,
    pub next_at: i64,
    pub lease_until: i64,
    pub last_run_at: Option<i64>,
    pub last_result: String,
}

/// Makes sure a duty exists; one that does keeps its time.
pub async fn ensure(tx: &mut Tx, name: &str, next_at: i64) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same(
        "INSERT INTO schedule (name, next_at, lease_until, last_run_at, last_result) VALUES ($1, $2, 0, NULL, '')
         ON CONFLICT DO NOTHING",
    );
    tx.run(&SQL, &[name.into(), next_at.into()]).await?;
    Ok(())
}

/// Claims a duty whose time has come. Returns whether it is ours until `lease_until`.
pub async fn claim(tx: &mut Tx, name: &str, now: i64, lease_until: i64) -> Result<bool, StoreError> {
    const SQL: Sql =
        Sql::same("UPDATE schedule SET lease_until = $3 WHERE name = $1 AND next_at <= $2 AND lease_until <= $2");
    Ok(tx.run(&SQL, &[name.into(), now.into(), lease_until.into()]).await? == 1)
}

/// Notes what a duty did and when it is next.
pub async fn finish(tx: &mut Tx, name: &str, next_at: i64, result: &str, now: i64) -> Result<(), StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE schedule SET next_at = $2, lease_until = 0, last_run_at = $4, last_result = $3 WHERE name = $1",
    );
    tx.ensure_one("schedule", &SQL, &[name.into(), next_at.into(), result.into(), now.into()]).await
}

/// All duties, for operators.
pub async fn all(db: &Db) -> Result<Vec<ScheduleRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM schedule ORDER BY name");
    db.fetch(&SQL, &[]).await
}
