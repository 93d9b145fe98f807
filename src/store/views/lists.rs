//! Lists with the people's names beside what is about them, and the counts beside the menu.

use super::MessageView;
use crate::store::alerts::AlertRow;
use crate::store::rows::begins;
use crate::store::{Db, Sql, StoreError};
use serde::Serialize;
use sqlx::FromRow;

/// A message with the name of the person it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
#[allow(missing_docs, reason = "columns of message, its newest attempt and the patient")]
pub struct NamedMessage {
    #[sqlx(flatten)]
    pub message: MessageView,
    /// What was understood of a received message (JSON), or the facts of an outbound one.
    pub facts: String,
    pub family_name: Option<String>,
    pub given_name: Option<String>,
}

macro_rules! named {
    ($tail:literal) => {
        Sql::same(concat!(
            "SELECT m.id, m.practice_id, m.patient_id, m.direction, m.kind, m.template, m.purpose, m.step, m.status, m.reason,
               COALESCE(a.channel, m.channel) AS channel, COALESCE(a.address, m.address) AS address,
               COALESCE(a.gateway, m.gateway) AS gateway, COALESCE(a.subject, m.subject) AS subject,
               COALESCE(a.body, m.body) AS body, a.template_version, m.due_at, m.attempts, m.segments, m.in_reply_to,
               m.appointment_id, COALESCE(a.finished_at, a.started_at) AS sent_at, m.created_at, m.updated_at,
               m.facts, p.family_name, p.given_name
             FROM message m LEFT JOIN attempt a ON a.message_id = m.id
               AND a.number = (SELECT MAX(b.number) FROM attempt b WHERE b.message_id = m.id)
             LEFT JOIN patient p ON p.id = m.patient_id ",
            $tail
        ))
    };
}

/// Which part of the ledger a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Still to come: planned, queued, sending.
    Waiting,
    /// Taken by a gateway.
    Sent,
    /// Everything else: each has a reason.
    NotSent,
}

/// Outbound messages due in `from..until` of one part of the ledger, in order.
pub async fn ledger(
    db: &Db,
    practice_id: &str,
    part: Part,
    from: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<NamedMessage>, StoreError> {
    const WAITING: Sql = named!(
        "WHERE m.practice_id = $1 AND m.direction = 'out' AND m.due_at >= $2 AND m.due_at < $3
         AND m.status IN ('planned', 'queued', 'sending') ORDER BY m.due_at, m.id LIMIT $4"
    );
    const SENT: Sql = named!(
        "WHERE m.practice_id = $1 AND m.direction = 'out' AND m.due_at >= $2 AND m.due_at < $3
         AND m.status IN ('accepted', 'delivered') ORDER BY m.due_at, m.id LIMIT $4"
    );
    const NOT_SENT: Sql = named!(
        "WHERE m.practice_id = $1 AND m.direction = 'out' AND m.due_at >= $2 AND m.due_at < $3
         AND m.status IN ('held', 'skipped', 'cancelled', 'failed', 'undelivered', 'unknown') ORDER BY m.due_at, m.id LIMIT $4"
    );
    let sql = match part {
        Part::Waiting => &WAITING,
        Part::Sent => &SENT,
        Part::NotSent => &NOT_SENT,
    };
    db.fetch(sql, &[practice_id.into(), from.into(), until.into(), limit.into()]).await
}

/// Every message of one person, in and out, in the order it happened or will happen.
pub async fn timeline(db: &Db, patient_id: &str) -> Result<Vec<NamedMessage>, StoreError> {
    const SQL: Sql = named!(
        "WHERE m.patient_id = $1 ORDER BY CASE WHEN m.direction = 'in' THEN m.created_at
         ELSE COALESCE(a.finished_at, a.started_at, m.due_at) END, m.created_at, m.id"
    );
    db.fetch(&SQL, &[patient_id.into()]).await
}

/// One message.
pub async fn message(db: &Db, id: &str) -> Result<Option<NamedMessage>, StoreError> {
    const SQL: Sql = named!("WHERE m.id = $1");
    db.fetch_optional(&SQL, &[id.into()]).await
}

/// Received messages that a person must read, oldest first.
pub async fn inbox(db: &Db, practice_id: &str, limit: i64) -> Result<Vec<NamedMessage>, StoreError> {
    const SQL: Sql = named!("WHERE m.practice_id = $1 AND m.for_staff ORDER BY m.created_at, m.id LIMIT $2");
    db.fetch(&SQL, &[practice_id.into(), limit.into()]).await
}

/// What lies on one phone or in one mailbox: everything a gateway took for this address and everything that came from it,
/// whoever it was about. Used by the demo's phones; there is no index for it.
pub async fn at_address(db: &Db, channel: &str, address: &str, limit: i64) -> Result<Vec<NamedMessage>, StoreError> {
    const SQL: Sql = named!(
        "WHERE (m.direction = 'in' AND m.channel = $1 AND m.address = $2)
         OR (m.direction = 'out' AND a.channel = $1 AND a.address = $2 AND m.status IN ('accepted', 'delivered'))
         ORDER BY CASE WHEN m.direction = 'in' THEN m.created_at ELSE COALESCE(a.finished_at, a.started_at) END DESC,
         m.id DESC LIMIT $3"
    );
    db.fetch(&SQL, &[channel.into(), address.into(), limit.into()]).await
}

/// An alert with the name of the person it is about, and their message if there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
#[allow(missing_docs, reason = "columns of alert, patient and message")]
pub struct NamedAlert {
    #[sqlx(flatten)]
    pub alert: AlertRow,
    pub family_name: Option<String>,
    pub given_name: Option<String>,
    pub words: Option<String>,
}

/// Alerts of a practice in a status, most urgent and oldest first.
pub async fn alerts(db: &Db, practice_id: &str, status: &str, limit: i64) -> Result<Vec<NamedAlert>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT al.*, p.family_name, p.given_name, CASE WHEN m.direction = 'in' THEN m.body END AS words
         FROM alert al LEFT JOIN patient p ON p.id = al.patient_id LEFT JOIN message m ON m.id = al.message_id
         WHERE al.practice_id = $1 AND al.status = $2
         ORDER BY CASE al.priority WHEN 'stat' THEN 0 WHEN 'urgent' THEN 1 WHEN 'asap' THEN 2 ELSE 3 END, al.created_at, al.id
         LIMIT $3",
    );
    db.fetch(&SQL, &[practice_id.into(), status.into(), limit.into()]).await
}

/// The counts beside the menu.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "counts of alert, message and record_entry rows")]
pub struct DeskCounts {
    pub alerts_open: i64,
    pub alerts_urgent: i64,
    pub inbox: i64,
    pub to_confirm: i64,
}

/// How much waits for a person at the practice.
pub async fn desk_counts(db: &Db, practice_id: &str) -> Result<DeskCounts, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT
         (SELECT CAST(COUNT(*) AS BIGINT) FROM alert WHERE practice_id = $1 AND status = 'open') AS alerts_open,
         (SELECT CAST(COUNT(*) AS BIGINT) FROM alert WHERE practice_id = $1 AND status = 'open'
          AND priority IN ('stat', 'urgent')) AS alerts_urgent,
         (SELECT CAST(COUNT(*) AS BIGINT) FROM message WHERE practice_id = $1 AND for_staff) AS inbox,
         (SELECT CAST(COUNT(*) AS BIGINT) FROM record_entry WHERE practice_id = $1 AND filed = 'to_confirm') AS to_confirm",
    );
    Ok(db.fetch_optional(&SQL, &[practice_id.into()]).await?.unwrap_or_default())
}

/// A person in a list: how many messages went to and came from them, and when the last came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, FromRow)]
#[allow(missing_docs, reason = "columns of patient and counts of their messages")]
pub struct PersonLine {
    pub id: String,
    pub nhs_number: Option<String>,
    pub family_name: String,
    pub given_name: String,
    pub birth_date: Option<String>,
    pub registered: bool,
    pub deceased: bool,
    pub sensitive: bool,
    pub unsafe_contact: bool,
    pub textable: bool,
    pub paused_until: Option<i64>,
    pub sent: i64,
    pub received: i64,
    pub last_heard: Option<i64>,
    pub next_due: Option<i64>,
}

macro_rules! people {
    ($($tail:literal),+) => {
        concat!(
            "SELECT p.id, p.nhs_number, p.family_name, p.given_name, p.birth_date, p.registered, p.deceased, p.sensitive,
             p.unsafe_contact, p.textable, p.paused_until,
             (SELECT CAST(COUNT(*) AS BIGINT) FROM message m WHERE m.patient_id = p.id AND m.direction = 'out'
              AND m.status IN ('accepted', 'delivered')) AS sent,
             (SELECT CAST(COUNT(*) AS BIGINT) FROM message m WHERE m.patient_id = p.id AND m.direction = 'in') AS received,
             (SELECT MAX(m.created_at) FROM message m WHERE m.patient_id = p.id AND m.direction = 'in') AS last_heard,
             (SELECT MIN(m.due_at) FROM message m WHERE m.patient_id = p.id AND m.direction = 'out'
              AND m.status IN ('planned', 'queued')) AS next_due
             FROM patient p WHERE p.practice_id = $1 "
            $(, $tail)+
        )
    };
}

/// People whose name begins with `name` or whose NHS number is `digits`; everybody when `name` is empty. By name, a page
/// at a time.
pub async fn people(
    db: &Db,
    practice_id: &str,
    name: &str,
    digits: &str,
    skip: i64,
    limit: i64,
) -> Result<Vec<PersonLine>, StoreError> {
    macro_rules! named {
        ($like:literal) => {
            people!(
                "AND (p.nhs_number = $3 OR LOWER(p.family_name) ",
                $like,
                " $2 OR LOWER(p.given_name) ",
                $like,
                " $2 OR LOWER(p.given_name || ' ' || p.family_name) ",
                $like,
                " $2) ORDER BY LOWER(p.family_name), LOWER(p.given_name), p.id LIMIT $4 OFFSET $5"
            )
        };
    }
    const SQL: Sql = Sql { sqlite: named!("GLOB"), postgres: named!("LIKE") };
    let args = [practice_id.into(), begins(db, name.trim()), digits.into(), limit.into(), skip.into()];
    db.fetch(&SQL, &args).await
}

/// People by when something last went to or came from them, latest first: for choosing a phone.
pub async fn recently_heard(db: &Db, practice_id: &str, limit: i64) -> Result<Vec<PersonLine>, StoreError> {
    const SQL: Sql = Sql::same(people!(
        "ORDER BY COALESCE((SELECT MAX(m.updated_at) FROM message m WHERE m.patient_id = p.id
         AND (m.direction = 'in' OR m.status IN ('accepted', 'delivered'))), 0) DESC, LOWER(p.family_name), p.id LIMIT $2"
    ));
    db.fetch(&SQL, &[practice_id.into(), limit.into()]).await
}

/// A message that somebody just got, and the question in it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "columns of attempt, message and prompt")]
pub struct Asked {
    pub message_id: String,
    pub patient_id: String,
    pub gateway: String,
    pub channel: String,
    pub address: String,
    pub prompt_id: Option<String>,
    pub expects: Option<String>,
}

/// Planned messages that reached people after `since` and up to `until`, with the question they asked if it is still open.
/// Used by the demo's people.
pub async fn asked_since(db: &Db, practice_id: &str, since: i64, until: i64) -> Result<Vec<Asked>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT m.id AS message_id, m.patient_id, a.gateway, a.channel, a.address, q.id AS prompt_id, q.expects
         FROM attempt a JOIN message m ON m.id = a.message_id LEFT JOIN prompt q ON q.message_id = m.id AND q.status = 'open'
         WHERE m.practice_id = $1 AND a.started_at > $2 AND a.started_at <= $3 AND m.patient_id IS NOT NULL
         AND m.direction = 'out' AND m.status IN ('accepted', 'delivered')
         AND (q.id IS NOT NULL OR m.template = 'results_notice') ORDER BY a.started_at, m.id",
    );
    db.fetch(&SQL, &[practice_id.into(), since.into(), until.into()]).await
}

/// When the next open question ends, if one is open.
pub async fn next_question_end(db: &Db) -> Result<Option<i64>, StoreError> {
    const SQL: Sql = Sql::same("SELECT MIN(expires_at) FROM prompt WHERE status = 'open'");
    let row: Option<(Option<i64>,)> = db.fetch_optional(&SQL, &[]).await?;
    Ok(row.and_then(|(at,)| at))
}

/// How many urgent alerts are open.
pub async fn urgent_open_count(db: &Db, practice_id: &str) -> Result<i64, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT CAST(COUNT(*) AS BIGINT) FROM alert WHERE practice_id = $1 AND status = 'open' AND priority IN ('stat', 'urgent')",
    );
    let row: Option<(i64,)> = db.fetch_optional(&SQL, &[practice_id.into()]).await?;
    Ok(row.map_or(0, |(n,)| n))
}
