//! Counters that only add, and the pace of each gateway, shared by every worker.

use super::batch::{Batch, batch_sql, ids_sql, insert_sql};
use super::rows;
use super::{Db, Sql, StoreError, Tx};
use sqlx::FromRow;
use std::collections::BTreeMap;

/// So many more of a subject in a period.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
#[allow(missing_docs, reason = "the fields are the columns of counter")]
pub struct CounterRow {
    pub subject: String,
    pub period: String,
    pub used: i64,
}

const ADD: Batch<CounterRow> = insert_sql!(
    "counter",
    [subject text, period text, used bigint],
    "ON CONFLICT (subject, period) DO UPDATE SET used = counter.used + excluded.used"
);

/// Adds to counters. Returns how many counters were touched.
pub async fn add(tx: &mut Tx, rows: &[CounterRow]) -> Result<u64, StoreError> {
    tx.run_batch(&ADD, &summed(rows)).await
}

const ADD_AND_TELL: Batch<CounterRow> = insert_sql!(
    "counter",
    [subject text, period text, used bigint],
    "ON CONFLICT (subject, period) DO UPDATE SET used = counter.used + excluded.used RETURNING subject, period, used"
);

/// The same; returns the counters as they stand now. Until the transaction ends nobody else adds to them.
pub async fn add_and_tell(tx: &mut Tx, rows: &[CounterRow]) -> Result<Vec<CounterRow>, StoreError> {
    tx.fetch_batch(&ADD_AND_TELL, &summed(rows)).await
}

/// One row for each counter, in their order.
fn summed(rows: &[CounterRow]) -> Vec<CounterRow> {
    let mut sums: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    for row in rows {
        *sums.entry((&row.subject, &row.period)).or_default() += row.used;
    }
    let row = |((subject, period), used): ((&str, &str), i64)| CounterRow {
        subject: subject.to_owned(),
        period: period.to_owned(),
        used,
    };
    sums.into_iter().map(row).collect()
}

const GET: Batch<CounterRow> = batch_sql!(
    "SELECT c.* FROM counter c JOIN ",
    [subject text, period text, used bigint],
    " AS r ON c.subject = r.subject AND c.period = r.period"
);

/// The counters with these keys (`used` of the arguments is not looked at); one never added to is absent.
pub async fn get(tx: &mut Tx, keys: &[CounterRow]) -> Result<Vec<CounterRow>, StoreError> {
    tx.fetch_batch(&GET, keys).await
}

/// One counter, read outside a transaction; 0 when it was never added to.
pub async fn of(db: &Db, subject: &str, period: &str) -> Result<i64, StoreError> {
    const SQL: Sql = Sql::same("SELECT used FROM counter WHERE subject = $1 AND period = $2");
    let row: Option<(i64,)> = db.fetch_optional(&SQL, &[subject.into(), period.into()]).await?;
    Ok(row.map_or(0, |(used,)| used))
}

/// The sum and the number of counters of each subject in these periods: (subject, sum, how many).
pub async fn sums(db: &Db, subjects: &[String], periods: &[String]) -> Result<Vec<(String, i64, i64)>, StoreError> {
    // One look-up for each pair, whatever the planner thinks of joins: the table holds a row a person and day.
    macro_rules! sums {
        ($subjects:literal, $periods:literal) => {
            concat!(
                "SELECT subject, CAST(SUM(used) AS BIGINT), CAST(COUNT(*) AS BIGINT) FROM (SELECT s.id AS subject,
                   (SELECT c.used FROM counter c WHERE c.period = p.id AND c.subject = s.id) AS used FROM ",
                $subjects,
                " CROSS JOIN ",
                $periods,
                ") AS found WHERE used IS NOT NULL GROUP BY subject"
            )
        };
    }
    const SQL: Sql = Sql {
        sqlite: sums!("(SELECT value AS id FROM jsonb_each($1)) AS s", "(SELECT value AS id FROM jsonb_each($2)) AS p"),
        postgres: sums!("unnest(CAST($1 AS text[])) AS s(id)", "unnest(CAST($2 AS text[])) AS p(id)"),
    };
    if subjects.is_empty() || periods.is_empty() {
        return Ok(Vec::new());
    }
    db.fetch(&SQL, &[rows::ids(subjects), rows::ids(periods)]).await
}

/// Deletes counters of periods with this prefix that come before `period`, which has it too. Periods sort by time.
pub async fn forget_before(tx: &mut Tx, period_prefix: &str, period: &str) -> Result<u64, StoreError> {
    const SQL: Sql = Sql::same("DELETE FROM counter WHERE period >= $1 AND period < $2");
    tx.run(&SQL, &[period_prefix.into(), period.into()]).await
}

/// Reserves `count` slots of a gateway's rate, `interval_us` apart, none earlier than `now_us`. Returns the first slot, in
/// microseconds since 1970: the caller sends one message at each slot, so that all workers together keep the rate.
pub async fn reserve_pace(
    tx: &mut Tx,
    gateway: &str,
    count: i64,
    interval_us: i64,
    now_us: i64,
) -> Result<i64, StoreError> {
    const SQL: Sql = Sql::same(
        "INSERT INTO gateway_pace (gateway, next_free_us) VALUES ($1, $4 + $2 * $3)
         ON CONFLICT (gateway) DO UPDATE SET next_free_us =
         CASE WHEN gateway_pace.next_free_us > $4 THEN gateway_pace.next_free_us ELSE $4 END + $2 * $3
         RETURNING next_free_us",
    );
    let rows: Vec<(i64,)> = tx.fetch(&SQL, &[gateway.into(), count.into(), interval_us.into(), now_us.into()]).await?;
    let next_free = rows.first().map_or(now_us, |(at,)| *at);
    Ok(next_free - count * interval_us)
}

const PACES: Sql = ids_sql!("SELECT p.gateway, p.next_free_us FROM gateway_pace p JOIN ", " AS r ON p.gateway = r.id");

/// The next free moment of each gateway's rate, microseconds since 1970; one never used is absent.
pub async fn paces(tx: &mut Tx, gateways: &[String]) -> Result<Vec<(String, i64)>, StoreError> {
    if gateways.is_empty() {
        return Ok(Vec::new());
    }
    tx.fetch(&PACES, &[rows::ids(gateways)]).await
}
