//! What came in and waits to be understood.

use super::batch::ids_sql;
use super::rows;
use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;

/// How far apart, in milliseconds, the turns of one sender's messages are.
pub const SPACING_MS: i64 = 1_000;
/// By how much, in milliseconds, senders that are on nobody's record stand behind.
pub const STRANGER_MS: i64 = 600_000;

// In two steps: while PostgreSQL knows nothing of how full its tables are, it would look at every message.
const INSERT: Sql = ids_sql!(
    "WITH new AS MATERIALIZED (SELECT m.id, m.created_at, COALESCE(m.channel, '') || ':' || COALESCE(m.address, '') AS sender,
         CASE WHEN m.in_reply_to IS NOT NULL OR EXISTS (SELECT 1 FROM contact_point c
           WHERE c.channel = m.channel AND c.address = m.address) THEN 0 ELSE $2 END AS later
       FROM message m JOIN ", " AS r ON m.id = r.id),
     placed AS (SELECT n.*, (SELECT MAX(i.turn) FROM inbox i WHERE i.sender = n.sender) AS last,
         ROW_NUMBER() OVER (PARTITION BY n.sender ORDER BY n.created_at, n.id) - 1 AS place
       FROM new n WHERE NOT EXISTS (SELECT 1 FROM inbox i WHERE i.message_id = n.id))
     INSERT INTO inbox (message_id, received_at, lease_until, tries, sender, turn)
     SELECT id, created_at, 0, 0, sender,
       CASE WHEN last + $3 > created_at + later THEN last + $3 ELSE created_at + later END + place * $3
     FROM placed WHERE true ON CONFLICT DO NOTHING");

/// Lets received messages wait for the reader. Each gets its turn: a sender's own messages stay in their order and stand
/// [`SPACING_MS`] apart, so that a flood from one holds up nobody else; strangers stand [`STRANGER_MS`] behind.
pub async fn insert(tx: &mut Tx, ids: &[String]) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    tx.run(&INSERT, &[rows::ids(ids), STRANGER_MS.into(), SPACING_MS.into()]).await
}

/// A received message that is ours to read until the lease ends.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Claim {
    /// Which message.
    pub message_id: String,
    /// Its turn: the lowest first.
    pub turn: i64,
    /// How often reading it was begun, this time included, and what [`blame`] added.
    pub tries: i64,
}

/// Claims up to `limit` received messages whose turn comes before `before`, and gives them in the order of their turns.
pub async fn claim(tx: &mut Tx, now: i64, lease_until: i64, limit: i64, before: i64) -> Result<Vec<Claim>, StoreError> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE inbox SET tries = tries + 1, lease_until = $2 WHERE message_id IN
            (SELECT message_id FROM inbox WHERE lease_until <= $1 AND turn < $4 ORDER BY turn, message_id LIMIT $3)
            RETURNING message_id, turn, tries",
        postgres: "WITH next AS MATERIALIZED
            (SELECT message_id FROM inbox WHERE lease_until <= $1 AND turn < $4 ORDER BY turn, message_id LIMIT $3
             FOR UPDATE SKIP LOCKED)
            UPDATE inbox SET tries = tries + 1, lease_until = $2 FROM next WHERE inbox.message_id = next.message_id
            RETURNING inbox.message_id, inbox.turn, inbox.tries",
    };
    let mut found: Vec<Claim> = tx.fetch(&SQL, &[now.into(), lease_until.into(), limit.into(), before.into()]).await?;
    found.sort_by(|a, b| (a.turn, &a.message_id).cmp(&(b.turn, &b.message_id)));
    Ok(found)
}

/// Adds to what speaks against a message that waits: the program failed at it.
pub async fn blame(tx: &mut Tx, message_id: &str, by: i64) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same("UPDATE inbox SET tries = tries + $2 WHERE message_id = $1");
    Ok(tx.run(&SQL, &[message_id.into(), by.into()]).await? == 1)
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
