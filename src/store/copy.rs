//! A copy of a database as a SQLite file: for trials, and for backups of SQLite.

use super::{Db, StoreError};
use futures_util::TryStreamExt;
use sqlx::AssertSqlSafe;

/// Copies every table into a new SQLite file at `path`, each as one consistent whole.
pub async fn to_sqlite(db: &Db, path: &str) -> Result<(), StoreError> {
    let pool = match db {
        Db::Sqlite { .. } => {
            db.backup_to(path).await?;
            return Ok(());
        }
        Db::Postgres { read: pool, .. } => pool,
    };
    let copy = Db::open(path).await?;
    copy.migrate().await?;
    let Db::Sqlite { write, .. } = &copy else { return Ok(()) };
    let mut from = pool.begin().await?;
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *from).await?;
    // Parents are not sorted before children: the references are those of a database that holds them already.
    sqlx::query("PRAGMA foreign_keys = OFF").execute(write).await?;
    let tables: Vec<(String,)> = sqlx::query_as(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx%'",
    )
    .fetch_all(write)
    .await?;
    for (table,) in tables {
        let columns: Vec<(String,)> =
            sqlx::query_as("SELECT name FROM pragma_table_info($1)").bind(&table).fetch_all(write).await?;
        let names: Vec<&str> = columns.iter().map(|(name,)| name.as_str()).collect();
        let picks: Vec<String> = names.iter().map(|name| format!("value->>'{name}'")).collect();
        let insert =
            format!("INSERT INTO {table} ({}) SELECT {} FROM jsonb_each($1)", names.join(", "), picks.join(", "));
        let read = AssertSqlSafe(format!("SELECT CAST(row_to_json(t) AS TEXT) FROM {table} AS t"));
        let mut tx = write.begin_with("BEGIN IMMEDIATE").await?;
        // Some rows at a time: a table need not fit into memory.
        let mut parts = sqlx::query_as::<_, (String,)>(read).fetch(&mut *from).try_chunks(1_000);
        while let Some(part) = parts.try_next().await.map_err(|error| error.1)? {
            let rows: Vec<String> = part.into_iter().map(|(row,)| row).collect();
            let rows = format!("[{}]", rows.join(","));
            sqlx::query(AssertSqlSafe(insert.clone())).bind(rows).execute(&mut *tx).await?;
        }
        drop(parts);
        tx.commit().await?;
    }
    copy.close().await;
    Ok(())
}

/// Marks every practice of a copied SQLite file so that it sends nothing before a person says so (H24).
pub async fn hold_sending(path: &str) -> Result<(), StoreError> {
    let copy = Db::open(path).await?;
    if let Db::Sqlite { write, .. } = &copy {
        sqlx::query("UPDATE practice SET sending_allowed_at = NULL").execute(write).await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(write).await?;
    }
    copy.close().await;
    Ok(())
}
