//! What was asked of gateways and what they said: only ever added to, forgotten by age.

use super::batch::{Batch, insert_sql};
use super::{Db, Sql, StoreError, Tx};
use serde::Serialize;
use sqlx::FromRow;

/// One row of `exchange`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of exchange")]
pub struct ExchangeRow {
    pub message_id: String,
    pub attempt: i64,
    pub at: i64,
    pub part: i64,
    pub ask: String,
    pub gateway: String,
    pub request: String,
    pub status: Option<i64>,
    pub answer: String,
    pub took_ms: i64,
}

const INSERT: Batch<ExchangeRow> = insert_sql!(
    "exchange",
    [
        message_id text, attempt bigint, at bigint, part bigint, ask text, gateway text, request text, status bigint,
        answer text, took_ms bigint
    ],
    "ON CONFLICT DO NOTHING"
);

/// Adds exchanges; one that is there already is left out.
pub async fn insert(tx: &mut Tx, rows: &[ExchangeRow]) -> Result<u64, StoreError> {
    tx.run_batch(&INSERT, rows).await
}

/// Every exchange about one message, oldest first.
pub async fn of_message(db: &Db, message_id: &str) -> Result<Vec<ExchangeRow>, StoreError> {
    const SQL: Sql = Sql::same("SELECT * FROM exchange WHERE message_id = $1 ORDER BY attempt, at, part");
    db.fetch(&SQL, &[message_id.into()]).await
}

/// Forgets exchanges from before a moment, at most about `limit` of them: a pass is short, and the next goes on. Returns how many.
pub async fn forget_before(tx: &mut Tx, before: i64, limit: i64) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same(
        "DELETE FROM exchange WHERE at < $1 AND at <= (SELECT MAX(at) FROM
           (SELECT at FROM exchange WHERE at < $1 ORDER BY at LIMIT $2) AS oldest)",
    );
    tx.run(&SQL, &[before.into(), limit.into()]).await
}
