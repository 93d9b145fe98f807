//! Calling off what waits, and nothing else.

use super::{Store, T0, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::ledger::{MessageRow, Waiting};
use between::store::{due, enrolments, ledger};
use std::time::Duration;

const STATUSES: [&str; 11] = [
    "planned",
    "queued",
    "held",
    "sending",
    "accepted",
    "delivered",
    "undelivered",
    "failed",
    "skipped",
    "cancelled",
    "unknown",
];

async fn waiting(store: &Store, rows: &[MessageRow]) {
    within!(store.db, tx => ledger::insert(tx, rows));
    let due: Vec<_> = rows.iter().map(|m| rows::waits(&m.id, T0)).collect();
    within!(store.db, tx => due::insert(tx, &due));
}

async fn cancelled(store: &Store) -> Vec<String> {
    store
        .column(
            "SELECT id FROM message WHERE status = 'cancelled' AND reason = 'opted_out' AND updated_at = 7 ORDER BY id",
        )
        .await
}

on_both! {
    async fn only_what_waits_is_called_off(on) {
        let store = Store::start(on).await?;
        let mut all: Vec<_> = STATUSES.iter().map(|s| MessageRow { status: (*s).to_owned(), ..rows::planned(s, "p1") }).collect();
        all.push(MessageRow { kind: "auto_reply".to_owned(), ..rows::planned("answer", "p1") });
        all.push(rows::planned("other-person", "p2"));
        waiting(&store, &all).await;
        let n = within!(store.db, tx => ledger::call_off(tx, Waiting::OfPatient("p1"), "cancelled", "opted_out", 7));
        assert_eq!(n, 3);
        assert_eq!(cancelled(&store).await, ["held", "planned", "queued"]);
        let gone = store.column("SELECT id FROM message WHERE id NOT IN (SELECT message_id FROM due) ORDER BY id").await;
        assert_eq!(gone, ["held", "planned", "queued"], "what is on its way, and an automatic answer, still goes");
        assert_eq!(ledger::get(&store.db, "answer").await.unwrap().unwrap().status, "planned");
        assert_eq!(within!(store.db, tx => ledger::call_off(tx, Waiting::OfPatient("p1"), "cancelled", "opted_out", 8)), 0);
    }

    async fn each_way_to_name_what_waits(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        within!(store.db, tx => enrolments::enrol(tx, &[rows::enrolment("e1", "p1", "goal"), rows::enrolment("e2", "p2", "goal")]));
        let results = MessageRow { purpose: "results".to_owned(), ..rows::planned("topic", "p1") };
        let other = MessageRow { purpose: "results".to_owned(), ..rows::planned("topic-other", "p2") };
        let enrolled = MessageRow { enrolment_id: Some("e1".to_owned()), ..rows::planned("enrolled", "p1") };
        let enrolled_2 = MessageRow { enrolment_id: Some("e2".to_owned()), ..rows::planned("enrolled-2", "p2") };
        let visit = MessageRow { appointment_id: Some("a1".to_owned()), ..rows::planned("visit", "p1") };
        let visit_2 = MessageRow { appointment_id: Some("a2".to_owned()), ..rows::planned("visit-2", "p1") };
        waiting(&store, &[results, other, enrolled, enrolled_2, visit, visit_2, rows::planned("one", "p1"), rows::planned("two", "p1")]).await;
        for (what, id) in [
            (Waiting::OfPurpose("p1", "results"), "topic"), (Waiting::OfEnrolment("e1"), "enrolled"),
            (Waiting::OfAppointment("a1"), "visit"), (Waiting::One("one"), "one"),
        ] {
            let before = store.count("due").await;
            assert_eq!(within!(store.db, tx => ledger::call_off(tx, what, "cancelled", "opted_out", 7)), 1, "{what:?}");
            assert!(cancelled(&store).await.contains(&id.to_owned()), "{what:?}");
            assert_eq!(store.count("due").await, before - 1, "{what:?}");
        }
        for nothing in [Waiting::OfPatient("p9"), Waiting::OfEnrolment("e9"), Waiting::OfAppointment("a9"), Waiting::One("x")] {
            assert_eq!(within!(store.db, tx => ledger::call_off(tx, nothing, "cancelled", "", 7)), 0);
        }
    }
}

/// A STOP arrives while a worker has the person's message in its turn: neither may fail, and the message that is on its
/// way by then is not called off.
#[tokio::test]
async fn a_stop_during_a_turn_waits_for_the_turn() {
    for what in [
        Waiting::OfPatient("p1"),
        Waiting::OfPurpose("p1", "goals"),
        Waiting::One("m1"),
        Waiting::OfEnrolment("e1"),
        Waiting::OfAppointment("a1"),
    ] {
        let Some(store) = Store::with_people(On::Postgres, &["p1"]).await else {
            return;
        };
        within!(store.db, tx => enrolments::enrol(tx, &[rows::enrolment("e1", "p1", "goal")]));
        let row = |id: &str| MessageRow {
            enrolment_id: Some("e1".to_owned()),
            appointment_id: Some("a1".to_owned()),
            ..rows::planned(id, "p1")
        };
        waiting(&store, &[row("m1"), row("m2")]).await;
        let mut turn = store.db.begin().await.unwrap();
        assert_eq!(due::claim(&mut turn, 2, T0, T0 + 9, 1).await.unwrap().len(), 1);
        let db = store.db.clone();
        let stop = tokio::spawn(async move {
            let mut tx = db.begin().await?;
            let n = ledger::call_off(&mut tx, what, "cancelled", "opted_out", 7).await?;
            tx.commit().await?;
            Ok::<_, between::store::StoreError>(n)
        });
        // Long enough to stand at the lock: were the order wrong, the turn's next write would meet it there.
        wait_until_blocked(&store).await;
        let claimed = "m1";
        ledger::set_status(
            &mut turn,
            &[rows::change(claimed, "sending", "", T0), rows::change("m2", "planned", "", T0)],
        )
        .await
        .unwrap();
        turn.commit().await.unwrap();
        let n = stop.await.unwrap().unwrap();
        assert_eq!(n, if matches!(what, Waiting::One(_)) { 0 } else { 1 }, "{what:?}");
        assert_eq!(ledger::get(&store.db, claimed).await.unwrap().unwrap().status, "sending", "{what:?}");
    }
}

/// Until another connection of this store stands at a lock.
async fn wait_until_blocked(store: &Store) {
    let schema = store.column("SELECT current_schema()").await.remove(0);
    let waiting = format!(
        "SELECT pid::text FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid IN
         (SELECT l.pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = '{schema}')"
    );
    for _ in 0..500 {
        if !store.column(&waiting).await.is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the stop did not wait for the turn");
}
