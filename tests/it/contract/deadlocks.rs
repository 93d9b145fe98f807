//! Batches that name the same rows in different orders never deadlock on PostgreSQL; where two transactions do, because
//! they hold several statements, the error says that trying again helps.

use super::{PRACTICE, Store, T0, ids, rows, within};
use crate::app::On;
use between::store::appointments::AppointmentRow;
use between::store::contacts::ContactPointRow;
use between::store::counters::CounterRow;
use between::store::due::{Deferred, Held};
use between::store::enrolments::{EnrolmentRow, Progress};
use between::store::patients::{IdentifierRow, PatientRow, RelatedPersonRow, TagRow};
use between::store::{
    StoreError, Tx, alerts, appointments, consents, contacts, counters, due, enrolments, goals, inbox, ledger,
    patients, prompts, record, reports, results,
};
use std::pin::Pin;

const ROWS: usize = 250;
const ROUNDS: usize = 12;

type Work<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// A call of a batch function over all rows, given as their numbers in some order.
type Call = for<'a> fn(&'a mut Tx, &'a [usize]) -> Work<'a>;

fn id(prefix: &str, n: usize) -> String {
    format!("{prefix}{n:03}")
}

fn all<T>(numbers: &[usize], row: impl Fn(usize) -> T) -> Vec<T> {
    numbers.iter().map(|n| row(*n)).collect()
}

macro_rules! calls {
    ($(($module:ident :: $name:ident, $n:ident => $row:expr))+) => {
        &[$((
            concat!(stringify!($module), "::", stringify!($name)),
            |tx, numbers| Box::pin(async move {
                let rows = all(numbers, |$n| $row);
                $module::$name(tx, &rows).await.map(|_| ())
            }),
        )),+]
    };
}

/// Every function that writes a batch. `n` is the number of a row; patient, message and so on of that number exist.
const CALLS: &[(&str, Call)] = calls! {
    (patients::upsert, n => PatientRow { known_as: Some("x".to_owned()), ..rows::patient(&id("p", n)) })
    (patients::add_identifiers, n => IdentifierRow { practice_id: PRACTICE.to_owned(), system: "s".to_owned(), value: id("v", n), patient_id: id("p", n) })
    (patients::add_tags, n => TagRow { patient_id: id("p", n), tag: "t".to_owned(), source: "s".to_owned(), since: T0 })
    (patients::upsert_related, n => RelatedPersonRow { id: id("x", n), patient_id: id("p", n), source_id: "s".to_owned(), relationship: "r".to_owned(), name: "n".to_owned(), updated_at: T0 })
    (contacts::upsert, n => ContactPointRow { rank: 2, ..rows::contact(&id("p", n), "+447700900001") })
    (contacts::retire_unnamed, n => (id("p", n), T0 + 1))
    (consents::append, n => rows::consent(&id("c", n), &id("p", n), "granted", T0))
    (goals::upsert, n => rows::goal(&id("g", n), &id("p", n)))
    (appointments::upsert, n => AppointmentRow { clinician: format!("{:?}", std::thread::current().id()), ..rows::appointment(&id("a", n), &id("p", n), T0) })
    (enrolments::enrol, n => EnrolmentRow { source: "again".to_owned(), ..rows::enrolment(&id("e", n), &id("p", n), "goal") })
    (enrolments::set_progress, n => Progress { id: id("e", n), status: "stopped".to_owned(), reason: String::new(), silent: 0, next_at: None, updated_at: T0 })
    (enrolments::silent, n => id("e", n))
    (counters::add, n => CounterRow { subject: id("p", n), period: "d:1".to_owned(), used: 1 })
    (ledger::insert, n => rows::planned(&id("n", n), &id("p", n)))
    (ledger::set_status, n => rows::change(&id("m", n), "queued", "", T0))
    (ledger::settle, n => rows::settled(&id("m", n), "queued"))
    (ledger::finish_attempts, n => rows::outcome(&id("m", n), 1, "retry", None))
    (due::insert, n => rows::waits(&id("w", n), T0))
    (due::reschedule, n => (id("m", n), T0 + 5))
    (due::defer, n => Deferred { message_id: id("m", n), lease: 0, due_at: T0 })
    (due::finish, n => Held { message_id: id("m", n), lease: 0 })
    (due::remove, n => id("m", n))
    (inbox::insert, n => id("i", n))
    (reports::insert, n => rows::report(&id("d", n), &id("m", n), "failed", T0))
    (reports::advance, n => rows::step(&id("m", n), "delivered"))
    (prompts::open, n => rows::prompt(&id("q", n), &id("p", n)))
    (prompts::close_of_messages, n => id("message-of-o", n))
    (results::insert, n => rows::result(&id("r", n), &id("p", n), "held"))
    (record::file, n => rows::entry(&id("f", n), &id("p", n), &id("m", n)))
    (alerts::raise, n => rows::alert(&id("l", n), "urgent", T0))
};

/// The rows that the calls change; what they add is not there yet.
async fn furnish(store: &Store, numbers: &[usize]) {
    within!(store.db, tx => patients::upsert(tx, &all(numbers, |n| rows::patient(&id("p", n)))));
    within!(store.db, tx => contacts::upsert(tx, &all(numbers, |n| rows::contact(&id("p", n), "+447700900001"))));
    within!(store.db, tx => goals::upsert(tx, &all(numbers, |n| rows::goal(&id("g", n), &id("p", n)))));
    within!(store.db, tx => appointments::upsert(tx, &all(numbers, |n| rows::appointment(&id("a", n), &id("p", n), T0))));
    let stopped =
        |n| EnrolmentRow { status: "stopped".to_owned(), ..rows::enrolment(&id("e", n), &id("p", n), "goal") };
    within!(store.db, tx => enrolments::enrol(tx, &all(numbers, stopped)));
    within!(store.db, tx => ledger::insert(tx, &all(numbers, |n| rows::planned(&id("m", n), &id("p", n)))));
    within!(store.db, tx => ledger::set_status(tx, &all(numbers, |n| rows::change(&id("m", n), "queued", "", T0))));
    within!(store.db, tx => ledger::insert(tx, &all(numbers, |n| rows::received(&id("i", n), "sandbox", &id("i", n)))));
    within!(store.db, tx => ledger::insert_attempts(tx, &all(numbers, |n| rows::attempt(&id("m", n), 1))));
    within!(store.db, tx => due::insert(tx, &all(numbers, |n| rows::waits(&id("m", n), T0))));
}

/// Runs a call in its own transaction, which is then undone so that the next round finds the same rows.
async fn once(db: &between::store::Db, call: Call, numbers: Vec<usize>) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    call(&mut tx, &numbers).await
}

#[tokio::test]
async fn no_batch_deadlocks_with_itself() {
    let Some(store) = Store::start(On::Postgres).await else {
        return;
    };
    let up: Vec<usize> = (0..ROWS).collect();
    furnish(&store, &up).await;
    let down: Vec<usize> = up.iter().rev().copied().collect();
    // Neighbours exchanged: a third order.
    let mixed: Vec<usize> = up.iter().map(|n| (n * 97) % ROWS).collect();
    let mut failed = Vec::new();
    for (name, call) in CALLS {
        for round in 0..ROUNDS {
            let (one, two, three) = tokio::join!(
                once(&store.db, *call, up.clone()),
                once(&store.db, *call, down.clone()),
                once(&store.db, *call, mixed.clone()),
            );
            for error in [one, two, three].into_iter().filter_map(Result::err) {
                failed.push(format!("{name} in round {round}: {error}"));
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// `queue_planning` has its own arguments.
#[tokio::test]
async fn the_planning_queue_does_not_deadlock() {
    let Some(store) = Store::start(On::Postgres).await else {
        return;
    };
    let up: Vec<String> = (0..ROWS).map(|n| id("a", n)).collect();
    let down: Vec<String> = up.iter().rev().cloned().collect();
    within!(store.db, tx => appointments::queue_planning(tx, "patient", &up, T0));
    for _ in 0..ROUNDS {
        let queue = async |ids: &[String]| {
            let mut tx = store.db.begin().await?;
            appointments::queue_planning(&mut tx, "patient", ids, T0).await?;
            tx.commit().await
        };
        let (one, two) = tokio::join!(queue(&up), queue(&down));
        one.unwrap();
        two.unwrap();
    }
}

#[tokio::test]
async fn a_deadlock_of_whole_transactions_is_worth_trying_again() {
    let Some(store) = Store::with_people(On::Postgres, &["p1", "p2"]).await else {
        return;
    };
    let both = tokio::sync::Barrier::new(2);
    let cross = async |first: &str, second: &str| {
        let mut tx = store.db.begin().await?;
        patients::set_window(&mut tx, first, None, T0).await?;
        // Until the other has its first row too.
        both.wait().await;
        patients::set_window(&mut tx, second, None, T0).await?;
        tx.commit().await
    };
    let (one, two) = tokio::join!(cross("p1", "p2"), cross("p2", "p1"));
    let errors: Vec<StoreError> = [one, two].into_iter().filter_map(Result::err).collect();
    assert_eq!(errors.len(), 1, "one of the two gives way: {errors:?}");
    let StoreError::Database(sqlx::Error::Database(inner)) = &errors[0] else { panic!("{}", errors[0]) };
    assert_eq!(inner.code().as_deref(), Some("40P01"));
    assert!(errors[0].is_outage(), "the same call may succeed later");
    let (again, _) = tokio::join!(cross("p1", "p2"), both.wait());
    again.unwrap();
    assert!(!within!(store.db, tx => patients::by_ids(tx, &ids(&["p1"]))).is_empty());
}
