//! Appointments, and the queue of what must be planned again.

use super::{MINUTE, PRACTICE, Store, T0, ids, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::appointments;
use between::store::appointments::AppointmentRow;

fn pair(subject: &str, id: &str) -> (String, String) {
    (subject.to_owned(), id.to_owned())
}

on_both! {
    async fn an_appointment_tells_when_it_changed(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let first = rows::appointment("a1", "p1", T0 + MINUTE);
        assert_eq!(within!(store.db, tx => appointments::upsert(tx, std::slice::from_ref(&first))), ["a1"]);
        let same = AppointmentRow { id: "x".to_owned(), updated_at: T0 + 9, source_id: first.source_id.clone(), ..first.clone() };
        assert!(within!(store.db, tx => appointments::upsert(tx, std::slice::from_ref(&same))).is_empty(), "nothing changed");
        for (n, changed) in [
            AppointmentRow { starts_at: T0 + 2 * MINUTE, ..same.clone() },
            AppointmentRow { starts_at: T0 + 2 * MINUTE, ends_at: Some(T0 + 3 * MINUTE), ..same.clone() },
            AppointmentRow { starts_at: T0 + 2 * MINUTE, ends_at: Some(T0 + 4 * MINUTE), ..same.clone() },
            AppointmentRow { starts_at: T0 + 2 * MINUTE, ends_at: None, ..same.clone() },
            AppointmentRow { starts_at: T0 + 2 * MINUTE, status: "cancelled".to_owned(), ..same.clone() },
            AppointmentRow { starts_at: T0 + 2 * MINUTE, kind: "asthma".to_owned(), ..same.clone() },
            AppointmentRow { starts_at: T0 + 2 * MINUTE, clinician: "Dr Anand".to_owned(), ..same.clone() },
        ].into_iter().enumerate() {
            let ids_changed = within!(store.db, tx => appointments::upsert(tx, std::slice::from_ref(&changed)));
            assert_eq!(ids_changed, ["a1"], "change {n}");
            let stored = within!(store.db, tx => appointments::by_ids(tx, &ids(&["a1"])));
            assert_eq!(stored, [AppointmentRow { id: "a1".to_owned(), ..changed }], "change {n}");
        }
        let theirs = AppointmentRow { patient_id: "p2".to_owned(), starts_at: T0, ..same };
        assert!(within!(store.db, tx => appointments::upsert(tx, &[theirs])).is_empty(), "never another person's");
        assert!(within!(store.db, tx => appointments::upsert(tx, &[])).is_empty());
        assert!(within!(store.db, tx => appointments::by_ids(tx, &[])).is_empty());
    }

    async fn appointments_are_found_by_their_start(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let cancelled = AppointmentRow { status: "cancelled".to_owned(), ..rows::appointment("a4", "p1", T0 + 1) };
        let all = [
            rows::appointment("a1", "p1", T0 + 2), rows::appointment("a2", "p1", T0), rows::appointment("a3", "p2", T0 + 1),
            cancelled, rows::appointment("a5", "p2", T0 + 3),
        ];
        within!(store.db, tx => appointments::upsert(tx, &all));
        let names = |rows: Vec<AppointmentRow>| rows.into_iter().map(|a| a.id).collect::<Vec<_>>();
        let both = ids(&["p1", "p2"]);
        let upcoming = within!(store.db, tx => appointments::upcoming(tx, &both, T0, T0 + 3));
        assert_eq!(names(upcoming), ["a2", "a3", "a1"], "booked, from and until before");
        assert_eq!(names(within!(store.db, tx => appointments::upcoming(tx, &ids(&["p2"]), i64::MIN, i64::MAX))), ["a3", "a5"]);
        assert!(within!(store.db, tx => appointments::upcoming(tx, &[], i64::MIN, i64::MAX)).is_empty());
        let starting = within!(store.db, tx => appointments::starting_between(tx, PRACTICE, T0 + 1, T0 + 3));
        assert_eq!(names(starting), ["a3", "a4", "a1"], "cancelled ones too");
        assert!(within!(store.db, tx => appointments::starting_between(tx, "ashdown", 0, i64::MAX)).is_empty());
    }

    async fn what_must_be_planned_is_taken_once(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => appointments::queue_planning(tx, "appointment", &ids(&["a2", "a1", "a2"]), T0));
        within!(store.db, tx => appointments::queue_planning(tx, "patient", &ids(&["a1"]), T0));
        within!(store.db, tx => appointments::queue_planning(tx, "appointment", &ids(&["a1"]), T0 + 5));
        assert_eq!(within!(store.db, tx => appointments::queue_planning(tx, "patient", &[], T0)), 0);
        assert_eq!(store.count("plan_queue").await, 3, "each subject waits once");
        let waiting = appointments::waiting_for_planning(&store.db, 2).await.unwrap();
        assert_eq!(waiting, [pair("appointment", "a1"), pair("appointment", "a2")], "a look takes nothing");
        let first = sorted(within!(store.db, tx => appointments::take_planning(tx, 2)));
        assert_eq!(first, [pair("appointment", "a1"), pair("appointment", "a2")]);
        assert_eq!(within!(store.db, tx => appointments::take_planning(tx, 9)), [pair("patient", "a1")]);
        assert!(within!(store.db, tx => appointments::take_planning(tx, 9)).is_empty());
    }

    async fn one_subject_is_taken_out_once(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => appointments::queue_planning(tx, "patient", &ids(&["p1", "p2"]), T0));
        let one = [pair("patient", "p2")];
        assert_eq!(within!(store.db, tx => appointments::take_out(tx, &one)), 1);
        assert_eq!(within!(store.db, tx => appointments::take_out(tx, &one)), 0);
        assert_eq!(within!(store.db, tx => appointments::take_planning(tx, 9)), [pair("patient", "p1")]);
    }

    async fn what_was_taken_and_not_planned_waits_again(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => appointments::queue_planning(tx, "patient", &ids(&["p1"]), T0));
        let mut crashed = store.db.begin().await.unwrap();
        assert_eq!(appointments::take_planning(&mut crashed, 9).await.unwrap().len(), 1);
        drop(crashed);
        // The connection undoes it in its own time; until then the row is locked, and skipped.
        let mut taken = Vec::new();
        for _ in 0..1_000 {
            taken = within!(store.db, tx => appointments::take_planning(tx, 9));
            if !taken.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        assert_eq!(taken, [pair("patient", "p1")]);
    }
}

/// A change that is being written when a planner comes by must be planned by the new facts, not lost.
#[tokio::test]
async fn a_change_not_yet_committed_keeps_its_place_in_the_queue() {
    let Some(store) = Store::with_people(On::Postgres, &["p1"]).await else {
        return;
    };
    let first = rows::appointment("a1", "p1", T0);
    within!(store.db, tx => appointments::upsert(tx, std::slice::from_ref(&first)));
    within!(store.db, tx => appointments::queue_planning(tx, "appointment", &ids(&["a1"]), T0));
    // The queue holds it already when an import moves the appointment.
    let mut import = store.db.begin().await.unwrap();
    let moved = AppointmentRow { starts_at: T0 + MINUTE, ..first };
    appointments::upsert(&mut import, &[moved]).await.unwrap();
    appointments::queue_planning(&mut import, "appointment", &ids(&["a1"]), T0 + 1).await.unwrap();
    let early = within!(store.db, tx => appointments::take_planning(tx, 9));
    import.commit().await.unwrap();
    let late = within!(store.db, tx => appointments::take_planning(tx, 9));
    assert_eq!((early, late), (vec![], vec![pair("appointment", "a1")]));
}
