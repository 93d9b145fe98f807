//! The only SQL. One text per query where both databases allow it; it decides nothing.

mod rows;

pub mod alerts;
pub mod appointments;
pub mod audit;
mod batch;
pub mod consents;
pub mod contacts;
pub mod copy;
pub mod counters;
pub mod due;
pub mod enrolments;
pub mod exchanges;
pub mod goals;
pub mod health;
pub mod imports;
pub mod inbox;
pub mod ledger;
pub mod mailboxes;
pub mod mails;
pub mod own_keys;
pub mod patients;
pub mod practices;
pub mod programmes;
pub mod prompts;
pub mod record;
pub mod reports;
pub mod results;
pub mod schedules;
pub mod scratch;
pub mod views;
mod writer;

use batch::Batch;
use rows::Arg;
pub use rows::Sql;
use serde::de::DeserializeOwned;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Executor, FromRow, Postgres, Row as _, Transaction};
use std::borrow::Borrow;
use std::str::FromStr;
use std::time::Duration;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or could not be reached.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The database was written by a newer program.
    #[error(
        "this database was written by a newer version of between (schema {found}; this program knows {known}): install that version"
    )]
    NewerSchema {
        /// The schema in the database.
        found: i64,
        /// The newest one this program knows.
        known: i64,
    },
    /// A row that must be there, once, was not.
    #[error("expected one {what} row, found {found}")]
    NotOne {
        /// Which row.
        what: &'static str,
        /// How many were touched.
        found: u64,
    },
    /// A value could not be written as JSON.
    #[error("value cannot be stored: {0}")]
    Json(#[from] serde_json::Error),
}

impl StoreError {
    /// Is the database away or full, rather than the request wrong? Then the same call may succeed later.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Database(error) => match error {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::Protocol(_) => true,
                // 57: operator intervention, 53: insufficient resources, 08: connection, 40: rolled back in favour of another
                // transaction (PostgreSQL appendix A); 5 busy, 10 I/O, 13 full (SQLite result codes).
                sqlx::Error::Database(inner) => inner.code().is_some_and(|code| {
                    ["57", "53", "08", "40"].iter().any(|class| code.len() == 5 && code.starts_with(class))
                        || ["5", "10", "13", "261", "517", "778", "1034", "4874"].contains(&code.as_ref())
                }),
                _ => false,
            },
            _ => false,
        }
    }
}

static SQLITE_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// The database: SQLite inside, or PostgreSQL.
#[derive(Clone, Debug)]
pub enum Db {
    /// One file, one writing connection, a few reading ones.
    Sqlite {
        /// Reading connections.
        read: SqlitePool,
        /// For whole-file duties: migrations, copies.
        write: SqlitePool,
        /// The one connection of all transactions.
        writer: writer::Writer,
    },
    /// Connections to a PostgreSQL server.
    Postgres {
        /// For what is read outside transactions.
        read: PgPool,
        /// For transactions.
        write: PgPool,
    },
}

/// Every statement of a transaction looks its rows up by the keys of a batch. A planner whose statistics are from when the tables
/// were small, as after an import, would read whole tables for that: measured, ten times the cost of the look-ups. JIT would
/// cost more than the statements themselves.
const LOOK_UP_BY_KEY: &str =
    "SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

/// A row that both databases can give.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl Db {
    /// Opens a database. `postgres://…` is a server; anything else is the path of a SQLite file, with or without `sqlite:`.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?.application_name("between");
            let pool = PgPoolOptions::new().acquire_timeout(Duration::from_secs(5));
            let write = pool
                .clone()
                .max_connections(MOST_TRANSACTIONS)
                // A connection is proven by the BEGIN it is taken for.
                .test_before_acquire(false)
                .after_connect(|connection, _| {
                    Box::pin(async move { connection.execute(LOOK_UP_BY_KEY).await.map(|_| ()) })
                });
            return Ok(Self::Postgres {
                read: pool.max_connections(4).connect_lazy_with(options.clone()),
                write: write.connect_lazy_with(options),
            });
        }
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What a statement over many rows would undo with, and sorts: a turn's worth fits into memory.
            .pragma("temp_store", "MEMORY")
            // KiB: the pages that a turn changes are written once, at its end.
            .pragma("cache_size", "-6000")
            // Rows are handed over by a thread of SQLite's own: a longer line means fewer waits for each other.
            .row_buffer_size(1_024)
            .busy_timeout(Duration::from_secs(10));
        let write = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        let read = SqlitePoolOptions::new().max_connections(4).connect_lazy_with(options.clone());
        Ok(Self::Sqlite { read, write, writer: writer::Writer::new(options) })
    }

    /// Brings the tables up to date. Refuses a database that a newer program wrote.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let (migrator, ran) = match self {
            Self::Sqlite { write, .. } => {
                let mut ran = SQLITE_MIGRATIONS.run(write).await;
                // On PostgreSQL a lock keeps two programs from migrating at once. On SQLite the later one fails, finding the
                // tables or the step's mark there, and looks again: at most once for each step that the other was quicker with.
                for _ in 0..SQLITE_MIGRATIONS.iter().count() {
                    use sqlx::migrate::MigrateError;
                    if !matches!(ran, Err(MigrateError::ExecuteMigration(..) | MigrateError::Execute(..))) {
                        break;
                    }
                    ran = SQLITE_MIGRATIONS.run(write).await;
                }
                (&SQLITE_MIGRATIONS, ran)
            }
            Self::Postgres { read, .. } => (&POSTGRES_MIGRATIONS, POSTGRES_MIGRATIONS.run(read).await),
        };
        match ran {
            Err(sqlx::migrate::MigrateError::VersionMissing(found)) => {
                Err(StoreError::NewerSchema { found, known: migrator.iter().map(|m| m.version).max().unwrap_or(0) })
            }
            other => Ok(other?),
        }
    }

    /// `sqlite` or `postgres`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "sqlite",
            Self::Postgres { .. } => "postgres",
        }
    }

    /// How many transactions of one program make headway at a time.
    pub const fn transactions_at_once(&self) -> usize {
        match self {
            // A transaction that writes is alone.
            Self::Sqlite { .. } => 1,
            Self::Postgres { .. } => 2,
        }
    }

    /// Begins a transaction that may write. On SQLite it waits for the one before to end.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { read, .. } if read.is_closed() => return Err(sqlx::Error::PoolClosed.into()),
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin().await?),
            Self::Postgres { write, .. } => Tx::Postgres(begin(write).await?),
        })
    }

    /// Is the database there and writable in principle?
    pub async fn ping(&self) -> Result<(), StoreError> {
        const PING: Sql = Sql::same("SELECT CAST(1 AS BIGINT)");
        let _: Vec<(i64,)> = self.fetch(&PING, &[]).await?;
        Ok(())
    }

    /// Writes a consistent copy of a SQLite file while it is in use.
    pub async fn backup_to(&self, path: &str) -> Result<bool, StoreError> {
        match self {
            Self::Sqlite { read, .. } => {
                sqlx::query("VACUUM INTO $1").bind(path.to_owned()).execute(read).await?;
                Ok(true)
            }
            Self::Postgres { .. } => Ok(false),
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match self {
            Self::Sqlite { read, write, writer } => {
                read.close().await;
                write.close().await;
                writer.close().await;
            }
            Self::Postgres { read, write } => {
                read.close().await;
                write.close().await;
            }
        }
    }

    async fn fetch<T: Row>(&self, sql: &Sql, args: &[Arg]) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Self::Sqlite { read, .. } => rows::bind_sqlite_as::<T>(sql.sqlite, args).fetch_all(read).await?,
            Self::Postgres { read, .. } => rows::bind_postgres_as::<T>(sql.postgres, args).fetch_all(read).await?,
        })
    }

    async fn fetch_optional<T: Row>(&self, sql: &Sql, args: &[Arg]) -> Result<Option<T>, StoreError> {
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }
}

/// How many transactions a process has open on PostgreSQL at once; others wait.
const MOST_TRANSACTIONS: u32 = 6;

/// Begins a transaction. The server may have closed connections that were idle, as when it was started anew: then the next is
/// taken, in the end a fresh one.
async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    for _ in 0..MOST_TRANSACTIONS {
        match pool.begin().await {
            Err(sqlx::Error::Io(_) | sqlx::Error::Protocol(_)) => {}
            Err(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code.starts_with("57P")) => {}
            other => return other,
        }
    }
    pool.begin().await
}

/// A transaction that may write. Dropped without `commit` it leaves nothing behind.
pub enum Tx {
    /// On SQLite.
    Sqlite(writer::Alone),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Makes everything in the transaction durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => Ok(tx.commit().await?),
        }
    }

    async fn run(&mut self, sql: &Sql, args: &[Arg]) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => rows::bind_sqlite(sql.sqlite, args).execute(tx.connection()?).await?.rows_affected(),
            Self::Postgres(tx) => rows::bind_postgres(sql.postgres, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    /// The rows of a statement that `packed_sql!` made. From SQLite they come as one JSON text: handing them over one by one, each
    /// value allocated by one thread and freed by another, cost more than finding them.
    async fn fetch_packed<T: Row + DeserializeOwned>(&mut self, sql: &Sql, args: &[Arg]) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Sqlite(tx) => {
                let row = rows::bind_sqlite(sql.sqlite, args).fetch_one(tx.connection()?).await?;
                Ok(serde_json::from_str(row.try_get(0)?)?)
            }
            Self::Postgres(_) => self.fetch(sql, args).await,
        }
    }

    /// The same for a statement that gives each row as a JSON array of its own on SQLite.
    async fn fetch_packed_each<T: Row + DeserializeOwned>(
        &mut self,
        sql: &Sql,
        args: &[Arg],
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Sqlite(tx) => {
                let rows = rows::bind_sqlite(sql.sqlite, args).fetch_all(tx.connection()?).await?;
                rows.iter().map(|row| Ok(serde_json::from_str(row.try_get(0)?)?)).collect()
            }
            Self::Postgres(_) => self.fetch(sql, args).await,
        }
    }

    /// Whether nobody else can write before this transaction ends.
    pub const fn is_alone(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    async fn fetch<T: Row>(&mut self, sql: &Sql, args: &[Arg]) -> Result<Vec<T>, StoreError> {
        Ok(match self {
            Self::Sqlite(tx) => rows::bind_sqlite_as::<T>(sql.sqlite, args).fetch_all(tx.connection()?).await?,
            Self::Postgres(tx) => rows::bind_postgres_as::<T>(sql.postgres, args).fetch_all(&mut **tx).await?,
        })
    }

    /// Runs a statement over rows; none is no work.
    async fn run_batch<T>(&mut self, batch: &Batch<T>, rows: &[impl Borrow<T>]) -> Result<u64, StoreError> {
        if rows.is_empty() {
            return Ok(0);
        }
        Ok(match self {
            Self::Sqlite(tx) => {
                let json = batch.json(rows)?;
                sqlx::query(batch.sql.sqlite).bind(json).execute(tx.connection()?).await?.rows_affected()
            }
            Self::Postgres(tx) => {
                let arrays = batch.arrays(rows)?;
                sqlx::query_with(batch.sql.postgres, arrays).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// What a statement over rows gives; none is no work.
    async fn fetch_batch<T, R: Row>(
        &mut self,
        batch: &Batch<T>,
        rows: &[impl Borrow<T>],
    ) -> Result<Vec<R>, StoreError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        Ok(match self {
            Self::Sqlite(tx) => {
                let json = batch.json(rows)?;
                sqlx::query_as(batch.sql.sqlite).bind(json).fetch_all(tx.connection()?).await?
            }
            Self::Postgres(tx) => {
                let arrays = batch.arrays(rows)?;
                sqlx::query_as_with(batch.sql.postgres, arrays).fetch_all(&mut **tx).await?
            }
        })
    }

    /// The same for a statement of `packed_sql!`.
    async fn fetch_packed_batch<T, R: Row + DeserializeOwned>(
        &mut self,
        batch: &Batch<T>,
        rows: &[impl Borrow<T>],
    ) -> Result<Vec<R>, StoreError> {
        match self {
            Self::Sqlite(tx) if !rows.is_empty() => {
                let json = batch.json(rows)?;
                let row = sqlx::query(batch.sql.sqlite).bind(json).fetch_one(tx.connection()?).await?;
                Ok(serde_json::from_str(row.try_get(0)?)?)
            }
            _ => self.fetch_batch(batch, rows).await,
        }
    }

    async fn ensure_one(&mut self, what: &'static str, sql: &Sql, args: &[Arg]) -> Result<(), StoreError> {
        match self.run(sql, args).await? {
            1 => Ok(()),
            found => Err(StoreError::NotOne { what, found }),
        }
    }
}
