//! What pages and reports read: joined, ordered, bounded.

pub mod lists;
pub mod person;

use super::{Db, Sql, StoreError};
use serde::Serialize;
use sqlx::FromRow;

/// A message as staff see it: with its text as it went out, or as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
#[allow(missing_docs, reason = "columns of message and of its newest attempt")]
pub struct MessageView {
    pub id: String,
    pub practice_id: String,
    pub patient_id: Option<String>,
    pub direction: String,
    pub kind: String,
    pub template: String,
    pub purpose: String,
    pub step: String,
    pub status: String,
    pub reason: String,
    pub channel: Option<String>,
    pub address: Option<String>,
    pub gateway: Option<String>,
    pub subject: Option<String>,
    pub body: Option<String>,
    pub template_version: Option<String>,
    pub due_at: i64,
    pub attempts: i64,
    pub segments: Option<i64>,
    pub in_reply_to: Option<String>,
    pub appointment_id: Option<String>,
    pub sent_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
}

macro_rules! message_view {
    ($tail:literal) => {
        Sql::same(concat!(
            "SELECT m.id, m.practice_id, m.patient_id, m.direction, m.kind, m.template, m.purpose, m.step, m.status, m.reason,
               COALESCE(a.channel, m.channel) AS channel, COALESCE(a.address, m.address) AS address,
               COALESCE(a.gateway, m.gateway) AS gateway, COALESCE(a.subject, m.subject) AS subject,
               COALESCE(a.body, m.body) AS body, a.template_version, m.due_at, m.attempts, m.segments, m.in_reply_to,
               m.appointment_id, COALESCE(a.finished_at, a.started_at) AS sent_at, m.created_at, m.updated_at
             FROM message m LEFT JOIN attempt a ON a.message_id = m.id
               AND a.number = (SELECT MAX(b.number) FROM attempt b WHERE b.message_id = m.id) ",
            $tail
        ))
    };
}

/// Every message of one person, in and out, in the order it happened or will happen.
pub async fn timeline(db: &Db, patient_id: &str) -> Result<Vec<MessageView>, StoreError> {
    const SQL: Sql = message_view!(
        "WHERE m.patient_id = $1 ORDER BY CASE WHEN m.direction = 'in' THEN m.created_at
         ELSE COALESCE(a.finished_at, a.started_at, m.due_at) END, m.created_at, m.id"
    );
    db.fetch(&SQL, &[patient_id.into()]).await
}

/// One message.
pub async fn message(db: &Db, id: &str) -> Result<Option<MessageView>, StoreError> {
    const SQL: Sql = message_view!("WHERE m.id = $1");
    db.fetch_optional(&SQL, &[id.into()]).await
}

/// What is, was or would have been due in `from..until`, outbound, in order.
pub async fn due_between(
    db: &Db,
    practice_id: &str,
    from: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<MessageView>, StoreError> {
    const SQL: Sql = message_view!(
        "WHERE m.practice_id = $1 AND m.direction = 'out' AND m.due_at >= $2 AND m.due_at < $3
         ORDER BY m.due_at, m.id LIMIT $4"
    );
    db.fetch(&SQL, &[practice_id.into(), from.into(), until.into(), limit.into()]).await
}

/// Received messages that a person must read, oldest first.
pub async fn for_staff(db: &Db, practice_id: &str, limit: i64) -> Result<Vec<MessageView>, StoreError> {
    const SQL: Sql = message_view!("WHERE m.practice_id = $1 AND m.for_staff ORDER BY m.created_at, m.id LIMIT $2");
    db.fetch(&SQL, &[practice_id.into(), limit.into()]).await
}

/// How many outbound messages stand where: (status, reason, how many).
pub async fn counts(
    db: &Db,
    practice_id: &str,
    from: i64,
    until: i64,
) -> Result<Vec<(String, String, i64)>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT status, reason, CAST(COUNT(*) AS BIGINT) FROM message WHERE practice_id = $1 AND direction = 'out'
         AND due_at >= $2 AND due_at < $3 GROUP BY status, reason ORDER BY status, reason",
    );
    db.fetch(&SQL, &[practice_id.into(), from.into(), until.into()]).await
}

/// How many messages one gateway took between two times.
pub async fn sent_count(db: &Db, practice_id: &str, from: i64, until: i64) -> Result<i64, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM message WHERE practice_id = $1 AND direction = 'out'
         AND status IN ('accepted', 'delivered', 'undelivered') AND updated_at >= $2 AND updated_at < $3",
    );
    let row: Option<(i64,)> = db.fetch_optional(&SQL, &[practice_id.into(), from.into(), until.into()]).await?;
    Ok(row.map_or(0, |(n,)| n))
}

/// How many messages of a practice were due before `before` and still wait without a reason.
pub async fn overdue(db: &Db, practice_id: &str, before: i64) -> Result<i64, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM due d JOIN message m ON m.id = d.message_id
         WHERE d.due_at < $2 AND m.practice_id = $1 AND m.status IN ('planned', 'queued')",
    );
    let row: Option<(i64,)> = db.fetch_optional(&SQL, &[practice_id.into(), before.into()]).await?;
    Ok(row.map_or(0, |(n,)| n))
}

/// How replies read as one intent fared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
#[allow(missing_docs, reason = "counts of received messages")]
pub struct ReplyReport {
    pub intent: String,
    pub read: i64,
    pub to_people: i64,
    pub corrected: i64,
}

/// Received messages of a practice by the intent they were read as.
pub async fn reply_report(db: &Db, practice_id: &str) -> Result<Vec<ReplyReport>, StoreError> {
    macro_rules! report {
        ($intent:literal) => {
            concat!(
                "SELECT read_as.intent, COUNT(*) AS read, CAST(SUM(read_as.to_people) AS BIGINT) AS to_people,
                 (SELECT COUNT(*) FROM correction c JOIN message x ON x.id = c.message_id
                  WHERE x.practice_id = $1 AND c.reader = read_as.intent) AS corrected
                 FROM (SELECT COALESCE(",
                $intent,
                ", 'not read') AS intent, CASE WHEN m.status = 'for_staff' THEN 1 ELSE 0 END AS to_people
                 FROM message m WHERE m.practice_id = $1 AND m.direction = 'in') AS read_as
                 GROUP BY read_as.intent ORDER BY 2 DESC, 1"
            )
        };
    }
    const SQL: Sql =
        Sql { sqlite: report!("m.facts->>'intent'"), postgres: report!("CAST(m.facts AS json)->>'intent'") };
    db.fetch(&SQL, &[practice_id.into()]).await
}
