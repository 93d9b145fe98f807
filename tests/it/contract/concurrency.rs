//! Several tasks and several processes on one database: nothing is lost, nothing is done twice.

use super::{Store, T0, ids, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::counters::CounterRow;
use between::store::enrolments::Progress;
use between::store::ledger::MessageRow;
use between::store::prompts::PromptRow;
use between::store::{Db, StoreError, counters, due, enrolments, ledger, prompts};
use std::collections::BTreeMap;

const TASKS: usize = 4;
const TURNS: i64 = 200;

/// Runs `work` in four tasks, two of them in another process of the same database, and gives what each returned.
async fn at_once<T, F>(store: &Store, work: impl Fn(Db, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = Result<T, StoreError>> + Send + 'static,
{
    let other = store.other_process().await;
    let tasks: Vec<_> =
        (0..TASKS).map(|n| tokio::spawn(work(if n % 2 == 0 { store.db.clone() } else { other.clone() }, n))).collect();
    let mut out = Vec::new();
    for task in tasks {
        out.push(task.await.unwrap().expect("no transaction fails"));
    }
    out
}

/// Reads how often an enrolment was silent and writes one more, in one transaction. Whether it was there to be taken.
async fn one_more(db: &Db) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let Some(row) = enrolments::take_due(&mut tx, T0, 1).await?.pop() else {
        return Ok(false);
    };
    let next = Progress {
        id: row.id,
        status: row.status,
        reason: row.reason,
        silent: row.silent + 1,
        next_at: row.next_at,
        updated_at: T0,
    };
    enrolments::set_progress(&mut tx, &[next]).await?;
    tx.commit().await?;
    Ok(true)
}

on_both! {
    async fn no_update_of_what_was_read_is_lost(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        within!(store.db, tx => enrolments::enrol(tx, &[rows::enrolment("e1", "p1", "goal")]));
        at_once(&store, |db, _| async move {
            let mut done = 0;
            while done < TURNS {
                if one_more(&db).await? {
                    done += 1;
                }
            }
            Ok(())
        }).await;
        let row = within!(store.db, tx => enrolments::by_ids(tx, &ids(&["e1"])));
        assert_eq!(row[0].silent, TURNS * TASKS as i64);
    }

    async fn counters_lose_nothing(on) {
        let store = Store::start(on).await?;
        let seen = at_once(&store, |db, _| async move {
            let one = [CounterRow { subject: "p1".to_owned(), period: "d:1".to_owned(), used: 1 }];
            let mut seen = Vec::new();
            for _ in 0..TURNS {
                let mut tx = db.begin().await?;
                let before = counters::get(&mut tx, &one).await?.pop().map_or(0, |c| c.used);
                counters::add(&mut tx, &one).await?;
                let after = counters::get(&mut tx, &one).await?[0].used;
                assert!(after > before);
                // On SQLite a transaction that writes is alone from its beginning.
                assert!(after == before + 1 || db.kind() == "postgres");
                seen.push(after);
                tx.commit().await?;
            }
            Ok(seen)
        }).await;
        let mut seen: Vec<i64> = seen.into_iter().flatten().collect();
        seen.sort_unstable();
        assert_eq!(seen, (1..=TURNS * TASKS as i64).collect::<Vec<_>>(), "each addition was seen once");
    }

    async fn every_due_row_is_claimed_by_one(on) {
        let store = Store::start(on).await?;
        let waits: Vec<_> = (0..2_000).map(|n| rows::waits(&format!("m{n:04}"), T0 + n % 10)).collect();
        within!(store.db, tx => due::insert(tx, &waits));
        let claims = at_once(&store, |db, _| async move {
            let mut mine = Vec::new();
            let mut idle = 0;
            // Empty-handed is not the end while others hold what they have not committed.
            while idle < 20 {
                let mut tx = db.begin().await?;
                let claims = due::claim(&mut tx, 2, T0 + 10, T0 + 99, 37).await?;
                tx.commit().await?;
                idle = if claims.is_empty() { idle + 1 } else { 0 };
                assert!(claims.len() <= 37);
                mine.extend(claims);
            }
            Ok(mine)
        }).await;
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        for claim in claims.iter().flatten() {
            *times.entry(claim.message_id.clone()).or_default() += 1;
            assert_eq!((claim.lease, claim.crashes), (1, 0));
        }
        assert_eq!(times.len(), 2_000, "none was left");
        assert!(times.values().all(|n| *n == 1), "none was claimed twice");
        if on == On::Postgres {
            assert!(claims.iter().filter(|c| !c.is_empty()).count() > 1, "the work was shared");
        }
    }

    async fn slots_of_a_gateway_never_overlap_and_none_is_lost(on) {
        let store = Store::start(on).await?;
        let now = T0 * 1000;
        let taken = at_once(&store, |db, task| async move {
            let mut mine = Vec::new();
            for turn in 0..100 {
                let count = 1 + (turn + task as i64) % 5;
                let mut tx = db.begin().await?;
                let first = counters::reserve_pace(&mut tx, "sandbox", count, 20_000, now).await?;
                tx.commit().await?;
                mine.extend((0..count).map(|n| first + n * 20_000));
            }
            Ok(mine)
        }).await;
        let mut slots: Vec<i64> = taken.into_iter().flatten().collect();
        slots.sort_unstable();
        let expected: Vec<i64> = (0..slots.len() as i64).map(|n| now + n * 20_000).collect();
        assert_eq!(slots, expected, "one after the other, without a gap");
        let pace = within!(store.db, tx => counters::paces(tx, &ids(&["sandbox"])));
        assert_eq!(pace[0].1, now + expected.len() as i64 * 20_000);
    }

    async fn the_same_send_planned_by_four_is_one(on) {
        let store = Store::start(on).await?;
        let new = at_once(&store, |db, task| async move {
            let mut new = 0;
            for n in 0..50 {
                let rows: Vec<_> = (0..10).map(|k| {
                    // The tasks come from both ends.
                    let k = if task % 2 == 0 { k } else { 9 - k };
                    MessageRow { id: format!("m{task}-{n}-{k}"), anchor: format!("{n}-{k}"), ..rows::planned("", "p1") }
                }).collect();
                let mut tx = db.begin().await?;
                new += ledger::insert(&mut tx, &rows).await?.len();
                tx.commit().await?;
            }
            Ok(new)
        }).await;
        assert_eq!(new.iter().sum::<usize>(), 500);
        assert_eq!(store.count("message").await, 500);
    }

    async fn a_person_is_asked_by_one_of_four(on) {
        let people: Vec<String> = (0..20).map(|n| format!("p{n:02}")).collect();
        let store = Store::with_people(on, &people.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        let opened = at_once(&store, move |db, task| {
            let people = people.clone();
            async move {
                let mut rows: Vec<_> = people.iter().map(|p| PromptRow { id: format!("q{task}-{p}"), ..rows::prompt("", p) }).collect();
                if task % 2 == 1 {
                    rows.reverse();
                }
                let mut tx = db.begin().await?;
                let opened = prompts::open(&mut tx, &rows).await?.len();
                tx.commit().await?;
                Ok(opened)
            }
        }).await;
        assert_eq!(opened.iter().sum::<usize>(), 20);
        assert_eq!(store.count("prompt WHERE status = 'open'").await, 20);
    }
}
