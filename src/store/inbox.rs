//! What came in and waits to be understood.

use super::rows::ids_json;
use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;

const INSERT: Sql = Sql {
    sqlite: "INSERT INTO inbox (message_id, received_at, lease_until, tries)
        SELECT m.id, m.created_at, 0, 0 FROM message m WHERE m.id IN (SELECT value->>'id' FROM jsonb_each($1)) ON CONFLICT DO NOTHING",
    postgres: "INSERT INTO inbox (message_id, received_at, lease_until, tries)
        SELECT m.id, m.created_at, 0, 0 FROM message m
        WHERE m.id IN (SELECT r.id FROM json_to_recordset(CAST($1 AS json)) AS r(id text)) ON CONFLICT DO NOTHING",
};

/// Lets received messages wait for the reader.
pub async fn insert(tx: &mut Tx, ids: &[String]) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    tx.run(&INSERT, &[ids_json(ids)]).await
}

/// A received message that is ours to read until the lease ends.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Claim {
    /// Which message.
    pub message_id: String,
    /// How often reading it was begun, this time included.
    pub tries: i64,
}

/// Claims up to `limit` received messages, oldest first.
pub async fn claim(tx: &mut Tx, now: i64, lease_until: i64, limit: i64) -> Result<Vec<Claim>, StoreError> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE inbox SET tries = tries + 1, lease_until = $2 WHERE message_id IN
            (SELECT message_id FROM inbox WHERE lease_until <= $1 ORDER BY received_at LIMIT $3) RETURNING message_id, tries",
        postgres: "WITH next AS MATERIALIZED
            (SELECT message_id FROM inbox WHERE lease_until <= $1 ORDER BY received_at LIMIT $3 FOR UPDATE SKIP LOCKED)
            UPDATE inbox SET tries = tries + 1, lease_until = $2 FROM next WHERE inbox.message_id = next.message_id
            RETURNING inbox.message_id, inbox.tries",
    };
    tx.fetch(&SQL, &[now.into(), lease_until.into(), limit.into()]).await
}

/// Takes a message out of the wait. Returns whether it was still there: a message is filed only by whoever takes it out.
pub async fn finish(tx: &mut Tx, message_id: &str) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same("DELETE FROM inbox WHERE message_id = $1");
    Ok(tx.run(&SQL, &[message_id.into()]).await? == 1)
}

/// How many wait, and since when the oldest does.
pub async fn backlog(db: &Db) -> Result<(i64, Option<i64>), StoreError> {
    const SQL: Sql = Sql::same("SELECT CAST(COUNT(*) AS BIGINT), MIN(received_at) FROM inbox");
    Ok(db.fetch_optional(&SQL, &[]).await?.unwrap_or((0, None)))
}
