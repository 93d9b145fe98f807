//! Keys that this installation makes for itself and shares among its processes.

use super::{Db, Sql, StoreError, Tx};

/// Keeps a key under a name, unless there is one already: the first one stays.
pub async fn keep_first(tx: &mut Tx, name: &str, value: &str, now: i64) -> Result<(), StoreError> {
    const SQL: Sql =
        Sql::same("INSERT INTO own_key (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING");
    tx.run(&SQL, &[name.into(), value.into(), now.into()]).await?;
    Ok(())
}

/// The key of that name.
pub async fn get(db: &Db, name: &str) -> Result<Option<String>, StoreError> {
    const SQL: Sql = Sql::same("SELECT value FROM own_key WHERE name = $1");
    let row: Option<(String,)> = db.fetch_optional(&SQL, &[name.into()]).await?;
    Ok(row.map(|(value,)| value))
}
