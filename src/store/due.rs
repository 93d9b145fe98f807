//! What waits to be sent: claims with numbered leases, and what ends them.

use super::batch::{Batch, batch_sql, column, ids_sql, postgres_rows, sqlite_rows};
use super::rows::{self, in_order, last_of_each};
use super::{Db, Sql, StoreError, Tx};
use serde::Deserialize;
use sqlx::FromRow;

/// A message that waits.
#[derive(Clone, Debug)]
pub struct NewDue {
    /// Which message; the ledger row must exist.
    pub message_id: String,
    /// `domain::message::Lane::number`.
    pub lane: i64,
    /// The earliest moment.
    pub due_at: i64,
}

const INSERT: Batch<NewDue> = batch_sql!(
    "INSERT INTO due (message_id, lane, due_at, lease_until, lease, crashes) SELECT r.message_id, r.lane, r.due_at, 0, 0, 0 FROM ",
    [message_id text, lane bigint, due_at bigint],
    " AS r WHERE true ON CONFLICT DO NOTHING"
);

/// Lets messages wait for their moment.
pub async fn insert(tx: &mut Tx, rows: &[NewDue]) -> Result<u64, StoreError> {
    tx.run_batch(&INSERT, &in_order(rows, |r| &r.message_id)).await
}

/// A claimed message: ours until the lease ends.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, FromRow)]
pub struct Claim {
    /// Which message.
    pub message_id: String,
    /// The number of this lease: what an older lease reports moves nothing.
    pub lease: i64,
    /// How often a lease of this message ended without an outcome, and what [`blame`] added.
    pub crashes: i64,
    /// The lane it waited in.
    pub lane: i64,
}

/// Claims up to `limit` messages of one lane that are due at `now`, until `lease_until`.
pub async fn claim(tx: &mut Tx, lane: i64, now: i64, lease_until: i64, limit: i64) -> Result<Vec<Claim>, StoreError> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE due SET lease = lease + 1, crashes = crashes + (lease_until > 0), lease_until = $3 WHERE message_id IN
            (SELECT message_id FROM due WHERE lane = $1 AND due_at <= $2 AND lease_until <= $2 ORDER BY due_at LIMIT $4)
            RETURNING json_array(message_id, lease, crashes, lane)",
        postgres: "WITH next AS MATERIALIZED
            (SELECT message_id FROM due WHERE lane = $1 AND due_at <= $2 AND lease_until <= $2 ORDER BY due_at LIMIT $4
             FOR UPDATE SKIP LOCKED)
            UPDATE due SET lease = lease + 1, crashes = crashes + CASE WHEN lease_until > 0 THEN 1 ELSE 0 END, lease_until = $3
            FROM next WHERE due.message_id = next.message_id
            RETURNING due.message_id, due.lease, due.crashes, due.lane",
    };
    tx.fetch_packed_each(&SQL, &[lane.into(), now.into(), lease_until.into(), limit.into()]).await
}

/// Adds to what speaks against a message whose claim is still ours: the program failed at it.
pub async fn blame(tx: &mut Tx, held: &Held, by: i64) -> Result<bool, StoreError> {
    const SQL: Sql = Sql::same("UPDATE due SET crashes = crashes + $3 WHERE message_id = $1 AND lease = $2");
    Ok(tx.run(&SQL, &[(&held.message_id).into(), held.lease.into(), by.into()]).await? == 1)
}

/// A claim by its message and lease number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which message.
    pub message_id: String,
    /// The lease it was claimed under.
    pub lease: i64,
}

// A join on PostgreSQL, so that the rows are locked in the order of the batch: IN would hash them first.
const FINISH: Batch<Held> = Batch {
    sql: Sql {
        sqlite: concat!(
            "DELETE FROM due WHERE (message_id, lease) IN ",
            sqlite_rows!(message_id lease),
            " RETURNING message_id"
        ),
        postgres: concat!(
            "DELETE FROM due USING ",
            postgres_rows!(message_id text lease bigint),
            " AS r WHERE due.message_id = r.message_id AND due.lease = r.lease RETURNING due.message_id"
        ),
    },
    columns: &[column!(message_id text), column!(lease bigint)],
};

/// Ends claims for good. Returns the messages whose lease was still ours: only those may be moved.
pub async fn finish(tx: &mut Tx, claims: &[Held]) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = tx.fetch_batch(&FINISH, &in_order(claims, |c| (&c.message_id, c.lease))).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A claim given back for a later moment.
#[derive(Clone, Debug)]
pub struct Deferred {
    /// Which message.
    pub message_id: String,
    /// The lease it was claimed under.
    pub lease: i64,
    /// When to look again.
    pub due_at: i64,
}

const DEFER: Batch<Deferred> = batch_sql!(
    "UPDATE due SET due_at = r.due_at, lease_until = 0 FROM ",
    [message_id text, lease bigint, due_at bigint],
    " AS r WHERE due.message_id = r.message_id AND due.lease = r.lease RETURNING due.message_id"
);

/// Gives claims back for later. Returns the messages whose lease was still ours.
pub async fn defer(tx: &mut Tx, claims: &[Deferred]) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = tx.fetch_batch(&DEFER, &in_order(claims, |c| (&c.message_id, c.lease))).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

const REMOVE: Sql = Sql {
    sqlite: "DELETE FROM due WHERE message_id IN (SELECT value FROM jsonb_each($1))",
    postgres: "DELETE FROM due USING unnest(CAST($1 AS text[])) AS r(id) WHERE due.message_id = r.id",
};

/// Takes messages out of the wait, whoever holds them.
pub async fn remove(tx: &mut Tx, ids: &[String]) -> Result<u64, StoreError> {
    if ids.is_empty() {
        return Ok(0);
    }
    tx.run(&REMOVE, &[rows::ids(ids)]).await
}

struct Moved {
    message_id: String,
    due_at: i64,
}

const MOVE: Batch<Moved> = batch_sql!(
    "UPDATE due SET due_at = r.due_at FROM ",
    [message_id text, due_at bigint],
    " AS r WHERE due.message_id = r.message_id AND due.lease_until = 0"
);

/// Moves messages that nobody holds to another moment.
pub async fn reschedule(tx: &mut Tx, rows: &[(String, i64)]) -> Result<u64, StoreError> {
    let moved = |(message_id, due_at): &(String, i64)| Moved { message_id: message_id.clone(), due_at: *due_at };
    let rows: Vec<_> = last_of_each(rows, |(message_id, _)| message_id).into_iter().map(moved).collect();
    tx.run_batch(&MOVE, &rows).await
}

/// Wakes what waits for a person's open question to be answered or to end, and what waits for a released result.
pub async fn wake(tx: &mut Tx, patient_id: &str, reason: &str, now: i64) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE due SET due_at = $3 WHERE lease_until = 0 AND due_at > $3 AND message_id IN
         (SELECT id FROM message WHERE patient_id = $1 AND status = 'held' AND reason = $2)",
    );
    tx.run(&SQL, &[patient_id.into(), reason.into(), now.into()]).await
}

/// Wakes what of a practice waits for this reason, and would be looked at again within `ahead_ms` by itself. Returns how many.
pub async fn wake_practice(
    tx: &mut Tx,
    practice_id: &str,
    reason: &str,
    now: i64,
    ahead_ms: i64,
) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same(
        "UPDATE due SET due_at = $3 WHERE lane = 2 AND due_at > $3 AND due_at <= $4 AND lease_until = 0 AND EXISTS
         (SELECT 1 FROM message m WHERE m.id = due.message_id AND m.practice_id = $1 AND m.status = 'held' AND m.reason = $2)",
    );
    let until = now.saturating_add(ahead_ms);
    tx.run(&SQL, &[practice_id.into(), reason.into(), now.into(), until.into()]).await
}

/// Wakes what was tried by a gateway that did not work, and would be looked at again within `ahead_ms` by itself. What it said
/// itself to wait for keeps waiting. Waits for nobody: what others hold is theirs. Returns how many.
pub async fn wake_gateway(tx: &mut Tx, gateway: &str, now: i64, ahead_ms: i64) -> Result<u64, StoreError> {
    const SQL: Sql = Sql {
        sqlite: "UPDATE due SET due_at = $2 WHERE lane IN (0, 1, 2) AND due_at > $2 AND due_at <= $3 AND lease_until = 0 AND EXISTS
            (SELECT 1 FROM attempt a WHERE a.message_id = due.message_id AND a.gateway = $1 AND COALESCE(a.code, '') <> 'throttled'
             AND a.outcome IN ('retry', 'unknown', 'resolved_not_sent')
             AND a.number = (SELECT MAX(l.number) FROM attempt l WHERE l.message_id = due.message_id))",
        postgres: "UPDATE due SET due_at = $2 WHERE message_id IN
            (SELECT d.message_id FROM due d JOIN attempt a ON a.message_id = d.message_id
             WHERE d.lane IN (0, 1, 2) AND d.due_at > $2 AND d.due_at <= $3 AND d.lease_until = 0 AND a.gateway = $1
             AND COALESCE(a.code, '') <> 'throttled' AND a.outcome IN ('retry', 'unknown', 'resolved_not_sent')
             AND a.number = (SELECT MAX(l.number) FROM attempt l WHERE l.message_id = d.message_id)
             FOR UPDATE OF d SKIP LOCKED)",
    };
    let until = now.saturating_add(ahead_ms);
    tx.run(&SQL, &[gateway.into(), now.into(), until.into()]).await
}

/// What else waits for these people: (patient, priority, when). Planned messages of which no try was made: what was tried
/// is in the counters already.
pub async fn waiting_of(tx: &mut Tx, patient_ids: &[String]) -> Result<Vec<(String, i64, i64)>, StoreError> {
    const SQL: Sql = ids_sql!(
        "SELECT m.patient_id, m.priority, d.due_at FROM ",
        " AS r JOIN message m ON m.patient_id = r.id JOIN due d ON d.message_id = m.id
           WHERE d.lane = 2 AND m.attempts = 0 AND m.status IN ('planned', 'queued', 'held')"
    );
    if patient_ids.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&SQL, &[rows::ids(patient_ids)]).await
}

/// How much waits and since when.
#[derive(Clone, Debug, FromRow)]
pub struct Backlog {
    /// Messages due by now.
    pub due: i64,
    /// The due time of the oldest, if any.
    pub oldest: Option<i64>,
    /// When the next one is due.
    pub next: Option<i64>,
}

/// The backlog at `now`. By lane, as the index is: a health check must not read everything that is planned for later.
pub async fn backlog(db: &Db, now: i64) -> Result<Backlog, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT CAST(COUNT(*) AS BIGINT) AS due, MIN(due_at) AS oldest,
         (SELECT MIN(n.at) FROM (SELECT MIN(due_at) AS at FROM due WHERE lane = 0 AND due_at > $1
           UNION ALL SELECT MIN(due_at) FROM due WHERE lane = 1 AND due_at > $1
           UNION ALL SELECT MIN(due_at) FROM due WHERE lane = 2 AND due_at > $1) AS n) AS next
         FROM due WHERE lane IN (0, 1, 2) AND due_at <= $1",
    );
    Ok(db.fetch_optional(&SQL, &[now.into()]).await?.unwrap_or(Backlog { due: 0, oldest: None, next: None }))
}

/// What waits and was tried before: (gateway of the last try, how many, since when the oldest should have gone). Looks at what
/// is due before `until`: what was tried waits for its next try, not for long.
pub async fn tried(db: &Db, until: i64) -> Result<Vec<(String, i64, i64)>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT a.gateway, CAST(COUNT(*) AS BIGINT), MIN(m.due_at) FROM due d
         JOIN attempt a ON a.message_id = d.message_id
           AND a.number = (SELECT MAX(l.number) FROM attempt l WHERE l.message_id = d.message_id)
         JOIN message m ON m.id = d.message_id
         WHERE d.lane IN (0, 1, 2) AND d.due_at <= $1 GROUP BY a.gateway ORDER BY a.gateway",
    );
    db.fetch(&SQL, &[until.into()]).await
}

/// The next moment at which something happens: a message is due, a question ends, an enrolment is planned `ahead_ms` before
/// its next moment, or something waits already. `None` when nothing does.
pub async fn next_moment(db: &Db, ahead_ms: i64) -> Result<Option<i64>, StoreError> {
    const SQL: Sql = Sql::same(
        "SELECT MIN(at) FROM (
           SELECT MIN(CASE WHEN lease_until > due_at THEN lease_until ELSE due_at END) AS at FROM due
           UNION ALL SELECT MIN(expires_at) FROM prompt WHERE status = 'open'
           UNION ALL SELECT MIN(next_at) - $1 FROM enrolment WHERE next_at IS NOT NULL
           UNION ALL SELECT MIN(queued_at) FROM plan_queue
           UNION ALL SELECT MIN(CASE WHEN lease_until > received_at THEN lease_until ELSE received_at END) FROM inbox
         ) AS moments",
    );
    let row: Option<(Option<i64>,)> = db.fetch_optional(&SQL, &[ahead_ms.into()]).await?;
    Ok(row.and_then(|(at,)| at))
}
