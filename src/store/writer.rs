//! The one connection that writes to a SQLite file: a second one would only wait for the first, or fail.
//!
//! It belongs to no pool. A pool tests a connection when it is given and when it comes back, by a task that waits behind all
//! others of a busy program: measured, a fifth of the time of sending.

use super::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::sync::Arc;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Where the connection is kept while nobody writes. Empty before the first use and after a failure.
type Place = Option<SqliteConnection>;

/// The connection, or the means to open it. Cheap to clone; clones share it.
#[derive(Clone, Debug)]
pub struct Writer {
    options: Arc<SqliteConnectOptions>,
    place: Arc<Mutex<Place>>,
}

impl Writer {
    pub(super) fn new(options: SqliteConnectOptions) -> Self {
        Self { options: Arc::new(options), place: Arc::default() }
    }

    /// Begins a transaction once no other is open. It takes the file's write lock at once: a plain BEGIN that turns into a write
    /// later fails when another program has written in the meantime.
    pub(super) async fn begin(&self) -> Result<Alone, StoreError> {
        let mut place = Arc::clone(&self.place).lock_owned().await;
        let mut connection = match place.take() {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        let began = sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await;
        let alone = Alone { held: Some((connection, place)) };
        began?;
        Ok(alone)
    }

    pub(super) async fn close(&self) {
        if let Some(connection) = self.place.lock().await.take() {
            // What was committed is in the file, whatever closing says.
            let _ = connection.close().await;
        }
    }
}

/// A transaction of the only writer. Dropped without `commit` it leaves nothing behind.
pub struct Alone {
    held: Option<(SqliteConnection, OwnedMutexGuard<Place>)>,
}

impl Alone {
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        self.held.as_mut().map(|(connection, _)| connection).ok_or(sqlx::Error::PoolClosed)
    }

    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        sqlx::query("COMMIT").execute(self.connection()?).await?;
        if let Some((connection, mut place)) = self.held.take() {
            *place = Some(connection);
        }
        Ok(())
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let Some((mut connection, mut place)) = self.held.take() else { return };
        // Without a runtime the connection is closed, which undoes what was not committed as well.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let undone = sqlx::query("ROLLBACK").execute(&mut connection).await;
                // A failed BEGIN left nothing to undo, and the connection is as good as before.
                let idle = undone.is_err_and(|error| error.as_database_error().is_none());
                if !idle {
                    *place = Some(connection);
                }
            });
        }
    }
}
