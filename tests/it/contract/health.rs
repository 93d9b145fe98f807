//! Gateways as all workers see them: breakers, shares, and what became of texts by the minute.

use super::{Store, T0, ids, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::health::{self, HealthRow, MinuteRow};
use between::store::ledger;

fn row(gateway: &str) -> HealthRow {
    HealthRow {
        gateway: gateway.to_owned(),
        state: "open".to_owned(),
        failures: 5,
        first_failed_at: T0,
        last_failed: "m5".to_owned(),
        code: "connect".to_owned(),
        since: T0 + 1,
        probe_at: T0 + 30_000,
        openings: 1,
        share: 70,
        judged_sent: 10,
        judged_bad: 3,
        judged_at: T0 + 2,
    }
}

fn minute(gateway: &str, minute: i64, sent: i64, failed: i64, slow: i64) -> MinuteRow {
    MinuteRow { gateway: gateway.to_owned(), minute, sent, failed, slow }
}

on_both! {
    async fn breakers_and_shares_are_saved_apart(on) {
        let store = Store::start(on).await?;
        assert!(within!(store.db, tx => health::all(tx)).is_empty());
        let made = within!(store.db, tx => health::lock(tx, &ids(&["b", "a", "b"])));
        let words: Vec<_> = made.iter().map(|r| (r.gateway.as_str(), r.state.as_str(), r.share)).collect();
        assert_eq!(words, [("a", "closed", 100), ("b", "closed", 100)]);
        assert_eq!(within!(store.db, tx => health::save(tx, &[row("b"), row("a")])), 2);
        let saved = health::list(&store.db).await.unwrap();
        assert_eq!((saved[0].state.as_str(), saved[0].probe_at, saved[0].share, saved[0].judged_sent), ("open", T0 + 30_000, 100, 0));
        within!(store.db, tx => health::set_shares(tx, &[HealthRow { state: "closed".to_owned(), failures: 0, ..row("a") }, row("c")]));
        assert_eq!(within!(store.db, tx => health::all(tx))[0], row("a"), "its share, and the breaker as it was");
        assert_eq!(within!(store.db, tx => health::lock(tx, &[])).len(), 3);
        assert_eq!(within!(store.db, tx => health::save(tx, &[])), 0);
        assert_eq!(within!(store.db, tx => health::set_shares(tx, &[])), 0);
    }

    async fn minutes_add_up_and_are_forgotten(on) {
        let store = Store::start(on).await?;
        let batch = [minute("a", 100, 1, 0, 1), minute("b", 100, 1, 1, 0), minute("a", 100, 2, 1, 0)];
        assert_eq!(within!(store.db, tx => health::add_minutes(tx, &batch)), 2);
        within!(store.db, tx => health::add_minutes(tx, &[minute("a", 101, 5, 0, 0), minute("a", 99, 7, 7, 7)]));
        assert_eq!(within!(store.db, tx => health::add_minutes(tx, &[])), 0);
        let sums = health::traffic(&store.db, 100).await.unwrap();
        assert_eq!(sums, [minute("a", 101, 8, 1, 1), minute("b", 100, 1, 1, 0)]);
        assert_eq!(within!(store.db, tx => health::forget_minutes(tx, 101)), 3);
        assert_eq!(health::traffic(&store.db, 0).await.unwrap(), [minute("a", 101, 5, 0, 0)]);
    }

    async fn who_said_that_it_does_not_have_a_message(on) {
        let store = Store::start(on).await?;
        let tries = [rows::attempt("m1", 1), rows::attempt("m2", 1)];
        within!(store.db, tx => ledger::insert_attempts(tx, &tries));
        within!(store.db, tx => ledger::finish_attempts(tx, &[rows::outcome("m1", 1, "resolved_not_sent", None), rows::outcome("m2", 1, "retry", None)]));
        let said = within!(store.db, tx => ledger::said_not_there(tx, &ids(&["m1", "m2", "m3"])));
        assert_eq!(said, [("m1".to_owned(), tries[0].gateway.clone())]);
        assert!(within!(store.db, tx => ledger::said_not_there(tx, &[])).is_empty());
    }
}
