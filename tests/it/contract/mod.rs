//! What the store promises, held to on both databases: one body a test, run on SQLite and on PostgreSQL.

mod addresses;
mod alerts;
mod attempts;
mod calling_off;
mod care;
mod claims;
mod concurrency;
mod counters;
mod coverage;
mod deadlocks;
mod exact;
mod exchanges;
mod health;
mod inbox;
mod ledger;
mod mail;
mod migrations;
mod office;
mod pages;
mod people;
mod plan_text;
mod planning;
mod plans;
mod prompts;
mod record;
mod refusals;
mod reports;
mod results;
mod rows;
mod schema;
mod scratch;
mod views;

use crate::app::{On, fresh_database};
use between::store::Db;

/// Runs one call in a transaction of its own and commits: `within!(db, tx => ledger::insert(tx, &rows))`.
macro_rules! within {
    ($db:expr, $tx:ident => $call:expr) => {{
        let mut open = $db.begin().await.unwrap();
        let out = {
            let $tx = &mut open;
            $call.await.unwrap()
        };
        open.commit().await.unwrap();
        out
    }};
}
/// The same for a call that is refused: its error, and nothing is kept.
macro_rules! refused {
    ($db:expr, $tx:ident => $call:expr) => {{
        let mut open = $db.begin().await.unwrap();
        let $tx = &mut open;
        $call.await.unwrap_err()
    }};
}
pub(crate) use {refused, within};

/// A moment, in 2027.
pub const T0: i64 = 1_800_000_000_000;
pub const MINUTE: i64 = 60_000;
pub const PRACTICE: &str = "elmbrook";

/// An empty database with its tables and one practice.
pub struct Store {
    pub db: Db,
    pub on: On,
    pub url: String,
    _folder: tempfile::TempDir,
}

impl Store {
    pub async fn start(on: On) -> Option<Self> {
        let store = Self::bare(on).await?;
        store.db.migrate().await.unwrap();
        within!(store.db, tx => between::store::practices::upsert(tx, &rows::practice(PRACTICE)));
        Some(store)
    }

    /// A database without tables.
    pub async fn bare(on: On) -> Option<Self> {
        let (url, folder) = fresh_database(on).await?;
        let db = Db::open(&url).await.unwrap();
        Some(Self { db, on, url, _folder: folder })
    }

    /// The same with these patients, each with nothing but a name.
    pub async fn with_people(on: On, ids: &[&str]) -> Option<Self> {
        let store = Self::start(on).await?;
        let rows: Vec<_> = ids.iter().map(|id| rows::patient(id)).collect();
        within!(store.db, tx => between::store::patients::upsert(tx, &rows));
        Some(store)
    }

    /// Another process on the same database.
    pub async fn other_process(&self) -> Db {
        Db::open(&self.url).await.unwrap()
    }

    /// Runs a statement of the test's own. Returns how many rows it touched.
    pub async fn sql(&self, text: &str) -> Result<u64, sqlx::Error> {
        let text = sqlx::AssertSqlSafe(text.to_owned());
        match &self.db {
            Db::Sqlite { write, .. } => sqlx::query(text).execute(write).await.map(|r| r.rows_affected()),
            Db::Postgres { read: pool, .. } => sqlx::query(text).execute(pool).await.map(|r| r.rows_affected()),
        }
    }

    /// The first column of a query of the test's own, as text; NULL is "NULL".
    pub async fn column(&self, text: &str) -> Vec<String> {
        let text = sqlx::AssertSqlSafe(text.to_owned());
        let rows: Vec<(Option<String>,)> = match &self.db {
            Db::Sqlite { write, .. } => sqlx::query_as(text).fetch_all(write).await.unwrap(),
            Db::Postgres { read: pool, .. } => sqlx::query_as(text).fetch_all(pool).await.unwrap(),
        };
        rows.into_iter().map(|(v,)| v.unwrap_or_else(|| "NULL".to_owned())).collect()
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &str) -> usize {
        let n = self.column(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await;
        n[0].parse().unwrap()
    }
}

/// Ids from literals.
pub fn ids(of: &[&str]) -> Vec<String> {
    of.iter().map(|id| (*id).to_owned()).collect()
}

/// The same in a fixed order: what a statement returns has none.
pub fn sorted<T: Ord>(mut of: Vec<T>) -> Vec<T> {
    of.sort();
    of
}
