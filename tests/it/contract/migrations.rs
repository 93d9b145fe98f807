//! A database is brought up to date once, whatever happens meanwhile, and a newer one is left alone.

use super::schema::tables;
use super::{Store, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::{Db, StoreError, patients, practices};
use std::time::Duration;

on_both! {
    async fn migrating_again_changes_nothing(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        let (before, versions) = (tables(&store).await, store.count("_sqlx_migrations").await);
        store.db.migrate().await.unwrap();
        store.other_process().await.migrate().await.unwrap();
        assert_eq!(tables(&store).await, before);
        assert_eq!(store.count("_sqlx_migrations").await, versions);
        assert_eq!(patients::get(&store.db, "p1").await.unwrap(), Some(rows::patient("p1")));
    }

    async fn a_newer_schema_is_refused_with_a_plain_sentence(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        let known = store.column("SELECT CAST(MAX(version) AS TEXT) FROM _sqlx_migrations").await.remove(0);
        store.sql(
            "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
             SELECT 9001, 'later', installed_on, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1",
        ).await.unwrap();
        let before = tables(&store).await;
        let error = store.other_process().await.migrate().await.unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 9001, .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!("this database was written by a newer version of between (schema 9001; this program knows {known}): install that version"),
        );
        assert!(!error.is_outage(), "waiting does not help");
        assert_eq!(tables(&store).await, before);
        assert_eq!(patients::get(&store.db, "p1").await.unwrap(), Some(rows::patient("p1")), "nothing was touched");
    }

    async fn two_programs_may_migrate_at_once(on) {
        for _ in 0..5 {
            let store = Store::bare(on).await?;
            let other = store.other_process().await;
            let (one, two) = tokio::join!(store.db.migrate(), other.migrate());
            one.unwrap();
            two.unwrap();
            let known = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite")).unwrap().count();
            assert_eq!(store.count("_sqlx_migrations").await, known);
            within!(other, tx => practices::upsert(tx, &rows::practice("ashdown")));
            assert_eq!(practices::all(&store.db).await.unwrap().len(), 1);
        }
    }

    async fn a_caller_that_goes_away_leaves_a_database_that_can_be_migrated(on) {
        for turns in 0..25_u64 {
            let store = Store::bare(on).await?;
            let db = store.other_process().await;
            let task = tokio::spawn({
                let db = db.clone();
                async move { db.migrate().await }
            });
            tokio::time::sleep(Duration::from_micros(turns * 700)).await;
            task.abort();
            let _ = task.await;
            db.close().await;
            store.db.migrate().await.unwrap_or_else(|e| panic!("after {turns}: {e}"));
            within!(store.db, tx => practices::upsert(tx, &rows::practice("ashdown")));
        }
    }
}

/// The server ends the connection in the middle of the migration: nothing of it stays, and the next start does it all.
#[tokio::test]
async fn a_migration_whose_connection_is_cut_is_done_by_the_next_start() {
    let Some(store) = Store::bare(On::Postgres).await else {
        return;
    };
    let Db::Postgres { read: pool, .. } = &store.db else {
        return;
    };
    // A table of that name, not yet committed, holds the migration up when it comes to its last one.
    let mut hold = pool.begin().await.unwrap();
    sqlx::query("CREATE TABLE audit_event (id TEXT)").execute(&mut *hold).await.unwrap();
    let other = store.other_process().await;
    let migration = tokio::spawn(async move { other.migrate().await });
    let cut = "SELECT CAST(pg_terminate_backend(pid) AS TEXT) FROM pg_stat_activity
        WHERE wait_event_type = 'Lock' AND wait_event = 'transactionid' AND query LIKE '%CREATE TABLE practice%'";
    let mut gone = Vec::new();
    for _ in 0..1_000 {
        gone = store.column(cut).await;
        if !gone.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(gone, ["true"], "the migration came to its last table");
    let error = migration.await.unwrap().unwrap_err();
    assert!(matches!(error, StoreError::Migration(_)), "{error}");
    hold.rollback().await.unwrap();
    assert!(tables(&store).await.is_empty(), "nothing of it stays");
    store.db.migrate().await.unwrap();
    let whole = Store::start(On::Postgres).await.unwrap();
    assert_eq!(tables(&store).await, tables(&whole).await);
}

/// The power fails at some moment of the migration: the files as they stand then are opened and migrated.
#[tokio::test]
async fn sqlite_files_of_any_moment_of_a_migration_can_be_migrated() {
    let store = Store::bare(On::Sqlite).await.unwrap();
    let db = store.db.clone();
    let migration = tokio::spawn(async move { db.migrate().await });
    let folder = tempfile::tempdir().unwrap();
    let mut copies = Vec::new();
    loop {
        let last = migration.is_finished();
        let copy = folder.path().join(format!("{}.sqlite", copies.len()));
        // The file first: what the log then holds in addition is what came later.
        std::fs::copy(&store.url, &copy).unwrap();
        let _ = std::fs::copy(format!("{}-wal", store.url), copy.with_extension("sqlite-wal"));
        copies.push(copy);
        if last {
            break;
        }
        tokio::task::yield_now().await;
    }
    migration.await.unwrap().unwrap();
    let step = copies.len().div_ceil(40);
    for copy in copies.iter().rev().step_by(step) {
        let db = Db::open(&copy.display().to_string()).await.unwrap();
        db.migrate().await.unwrap();
        let Db::Sqlite { write, .. } = &db else { unreachable!() };
        let (sound,): (String,) = sqlx::query_as("PRAGMA integrity_check").fetch_one(write).await.unwrap();
        assert_eq!(sound, "ok");
        within!(db, tx => practices::upsert(tx, &rows::practice("ashdown")));
        db.close().await;
    }
}
