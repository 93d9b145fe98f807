//! A PostgreSQL schema of its own for a measurement, and the server's processes: nothing of a practice is touched.

use super::{Db, StoreError};
use sqlx::AssertSqlSafe;

/// Makes a schema called `name`, which must consist of ASCII letters, digits and `_`. Nothing on SQLite, where a file is enough.
pub async fn create(db: &Db, name: &str) -> Result<(), StoreError> {
    run(db, format!("CREATE SCHEMA \"{}\"", safe(name))).await
}

/// Drops the schema with all that is in it.
pub async fn drop(db: &Db, name: &str) -> Result<(), StoreError> {
    run(db, format!("DROP SCHEMA IF EXISTS \"{}\" CASCADE", safe(name))).await
}

/// The address of the same database with `name` as the schema in which tables are found.
pub fn address(url: &str, name: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    format!("{url}{joint}options[search_path]={}", safe(name))
}

/// The process id of the server's end of a connection; `None` on SQLite, which has no server.
pub async fn server_process(db: &Db) -> Result<Option<i64>, StoreError> {
    match db {
        Db::Sqlite { .. } => Ok(None),
        Db::Postgres { read: pool, .. } => {
            let (pid,): (i32,) = sqlx::query_as("SELECT pg_backend_pid()").fetch_one(pool).await?;
            Ok(Some(i64::from(pid)))
        }
    }
}

/// A batch of tables filled in one go leaves the planner without statistics: they are gathered now, not at some time during the
/// measurement.
pub async fn analyze(db: &Db) -> Result<(), StoreError> {
    match db {
        Db::Sqlite { write, .. } => {
            sqlx::query("ANALYZE").execute(write).await?;
        }
        Db::Postgres { .. } => run(db, "ANALYZE".to_owned()).await?,
    }
    Ok(())
}

async fn run(db: &Db, sql: String) -> Result<(), StoreError> {
    if let Db::Postgres { read: pool, .. } = db {
        sqlx::query(AssertSqlSafe(sql)).execute(pool).await?;
    }
    Ok(())
}

fn safe(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}
