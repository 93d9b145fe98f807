//! Counters that only add, and the pace of each gateway.

use super::{Store, T0, ids, within};
use crate::app::On;
use crate::on_both;
use between::store::counters;
use between::store::counters::CounterRow;

fn count(subject: &str, period: &str, used: i64) -> CounterRow {
    CounterRow { subject: subject.to_owned(), period: period.to_owned(), used }
}

fn by_key(mut rows: Vec<CounterRow>) -> Vec<CounterRow> {
    rows.sort_by(|a, b| (&a.subject, &a.period).cmp(&(&b.subject, &b.period)));
    rows
}

on_both! {
    async fn counters_add_up(on) {
        let store = Store::start(on).await?;
        let batch = [count("p1", "d:2027-01-01", 1), count("p2", "d:2027-01-01", 2), count("p1", "d:2027-01-01", 4)];
        assert_eq!(within!(store.db, tx => counters::add(tx, &batch)), 2, "the same counter twice in a batch is added twice");
        within!(store.db, tx => counters::add(tx, &[count("p1", "d:2027-01-01", 10), count("p1", "w:2027-01", 1)]));
        assert_eq!(within!(store.db, tx => counters::add(tx, &[])), 0);
        let keys = [count("p1", "d:2027-01-01", 0), count("p1", "w:2027-01", 0), count("p2", "w:2027-01", 0), count("p2", "d:2027-01-01", 9)];
        let read = by_key(within!(store.db, tx => counters::get(tx, &keys)));
        assert_eq!(read, [count("p1", "d:2027-01-01", 15), count("p1", "w:2027-01", 1), count("p2", "d:2027-01-01", 2)]);
        assert!(within!(store.db, tx => counters::get(tx, &[])).is_empty());
    }

    async fn counters_that_were_added_to_are_told_as_they_stand(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => counters::add(tx, &[count("p1", "d:2027-01-01", 10), count("p3", "d:2027-01-01", 1)]));
        let batch = [count("p1", "d:2027-01-01", 1), count("p2", "d:2027-01-01", 2), count("p1", "d:2027-01-01", 4)];
        let told = by_key(within!(store.db, tx => counters::add_and_tell(tx, &batch)));
        assert_eq!(told, [count("p1", "d:2027-01-01", 15), count("p2", "d:2027-01-01", 2)]);
        assert!(within!(store.db, tx => counters::add_and_tell(tx, &[])).is_empty());
    }

    async fn counters_are_summed_over_days(on) {
        let store = Store::start(on).await?;
        let rows = [count("s1", "d:2027-01-01", 5), count("s1", "d:2027-01-02", 7), count("s1", "d:2027-01-03", 9), count("s2", "d:2027-01-02", 1), count("s1", "w:2027-01", 50)];
        within!(store.db, tx => counters::add(tx, &rows));
        let mut sums = counters::sums(&store.db, &ids(&["s1", "s2", "s3"]), &ids(&["d:2027-01-01", "d:2027-01-02"])).await.unwrap();
        sums.sort();
        assert_eq!(sums, [("s1".to_owned(), 12, 2), ("s2".to_owned(), 1, 1)]);
        assert!(counters::sums(&store.db, &[], &ids(&["d:2027-01-01"])).await.unwrap().is_empty());
        assert_eq!(counters::of(&store.db, "s1", "d:2027-01-02").await.unwrap(), 7);
        assert_eq!(counters::of(&store.db, "s3", "d:2027-01-02").await.unwrap(), 0);
    }

    async fn what_is_rolled_back_was_not_counted(on) {
        let store = Store::start(on).await?;
        let mut tx = store.db.begin().await.unwrap();
        counters::add(&mut tx, &[count("p1", "d:1", 5)]).await.unwrap();
        drop(tx);
        assert_eq!(store.count("counter").await, 0);
    }

    async fn only_old_periods_of_one_kind_are_forgotten(on) {
        let store = Store::start(on).await?;
        let rows = ["d:2026-12-31", "d:2027-01-01", "d:2027-01-02", "c:2026-12-31", "w:2026-53", "e:1"].map(|p| count("p1", p, 1));
        within!(store.db, tx => counters::add(tx, &rows));
        assert_eq!(within!(store.db, tx => counters::forget_before(tx, "d:", "d:2027-01-02")), 2);
        let left = store.column("SELECT period FROM counter ORDER BY period").await;
        assert_eq!(left, ["c:2026-12-31", "d:2027-01-02", "e:1", "w:2026-53"]);
    }

    async fn a_gateways_slots_follow_each_other(on) {
        let store = Store::start(on).await?;
        let now = T0 * 1000;
        assert_eq!(within!(store.db, tx => counters::reserve_pace(tx, "sandbox", 3, 20_000, now)), now, "free: at once");
        assert_eq!(within!(store.db, tx => counters::reserve_pace(tx, "sandbox", 2, 20_000, now)), now + 60_000);
        assert_eq!(within!(store.db, tx => counters::reserve_pace(tx, "sandbox", 1, 10_000, now + 50_000)), now + 100_000);
        assert_eq!(within!(store.db, tx => counters::reserve_pace(tx, "sandbox", 1, 10_000, now + 900_000)), now + 900_000, "idle time is not saved up");
        assert_eq!(within!(store.db, tx => counters::reserve_pace(tx, "other", 1, 10_000, now)), now, "each gateway has its own");
        assert_eq!(within!(store.db, tx => counters::reserve_pace(tx, "sandbox", 0, 10_000, now)), now + 910_000, "none is none");
        let mut paces = within!(store.db, tx => counters::paces(tx, &ids(&["sandbox", "other", "unused"])));
        paces.sort();
        assert_eq!(paces, [("other".to_owned(), now + 10_000), ("sandbox".to_owned(), now + 910_000)]);
        assert!(within!(store.db, tx => counters::paces(tx, &[])).is_empty());
    }
}
