//! A schema of its own for a measurement: made, found under its address, and gone afterwards.

use super::Store;
use crate::app::{On, postgres_url};
use crate::on_both;
use between::store::{Db, scratch};

on_both! {
    async fn a_scratch_schema_holds_a_database_of_its_own_and_goes_without_a_trace(on) {
        let store = Store::start(on).await?;
        assert_eq!(scratch::server_process(&store.db).await.unwrap().is_some(), on == On::Postgres);
        scratch::analyze(&store.db).await.unwrap();
        let Some(server) = postgres_url().filter(|_| on == On::Postgres) else {
            // A file needs no schema: nothing happens, and nothing fails.
            scratch::create(&store.db, "nothing").await.unwrap();
            scratch::drop(&store.db, "nothing").await.unwrap();
            return Some(());
        };
        let name = format!("scratch_{}", uuid::Uuid::now_v7().simple());
        scratch::create(&store.db, &name).await.unwrap();
        let own = Db::open(&scratch::address(&server, &name)).await.unwrap();
        own.migrate().await.unwrap();
        assert!(between::store::practices::all(&own).await.unwrap().is_empty());
        own.close().await;
        scratch::drop(&store.db, &name).await.unwrap();
        let gone = Db::open(&scratch::address(&server, &name)).await.unwrap();
        assert!(between::store::practices::all(&gone).await.is_err(), "nothing is left");
    }
}
