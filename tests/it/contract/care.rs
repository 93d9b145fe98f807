//! Goals and enrolments.

use super::{MINUTE, Store, T0, ids, refused, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::enrolments::{EnrolmentRow, Progress};
use between::store::goals::GoalRow;
use between::store::{StoreError, enrolments, goals};

fn progress(id: &str, status: &str, silent: i64, next_at: Option<i64>) -> Progress {
    Progress {
        id: id.to_owned(),
        status: status.to_owned(),
        reason: "because".to_owned(),
        silent,
        next_at,
        updated_at: T0 + 9,
    }
}

on_both! {
    async fn a_goal_is_one_of_its_source_and_keeps_how_sure_the_person_is(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let goal = GoalRow {
            agreed_on: Some("2027-01-01".to_owned()),
            review_on: Some("2027-03-01".to_owned()),
            ..rows::goal("g1", "p1")
        };
        let later = GoalRow { created_at: T0 + 1, target: None, confidence: None, ..rows::goal("g0", "p1") };
        within!(store.db, tx => goals::upsert(tx, &[later.clone(), goal.clone(), rows::goal("g2", "p2")]));
        let read = within!(store.db, tx => goals::of_patients(tx, &ids(&["p1"])));
        assert_eq!(read, [goal.clone(), later], "oldest first, and exactly as given");
        within!(store.db, tx => goals::set_confidence(tx, "g1", 3, T0 + 2));
        let new = GoalRow {
            id: "other".to_owned(),
            source_id: goal.source_id.clone(),
            label: "swim".to_owned(),
            confidence: None,
            status: "on_hold".to_owned(),
            updated_at: T0 + 4,
            ..rows::goal("g1", "p1")
        };
        within!(store.db, tx => goals::upsert(tx, std::slice::from_ref(&new)));
        let kept = GoalRow { id: "g1".to_owned(), confidence: Some(3), agreed_on: goal.agreed_on, ..new };
        assert_eq!(within!(store.db, tx => goals::by_ids(tx, &ids(&["g1"]))), [kept]);
        let error = refused!(store.db, tx => goals::set_confidence(tx, "nothing", 3, T0));
        assert!(matches!(error, StoreError::NotOne { what: "goal", found: 0 }), "{error}");
        assert!(within!(store.db, tx => goals::by_ids(tx, &[])).is_empty());
        assert!(within!(store.db, tx => goals::of_patients(tx, &[])).is_empty());
    }

    async fn somebody_enrolled_stays_and_somebody_who_left_comes_back(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let first = [rows::enrolment("e1", "p1", "goal"), rows::enrolment("e2", "p2", "goal")];
        assert_eq!(sorted(within!(store.db, tx => enrolments::enrol(tx, &first))), ["e1", "e2"]);
        let again = EnrolmentRow { next_at: Some(T0 + 77), ..rows::enrolment("e3", "p1", "goal") };
        assert!(within!(store.db, tx => enrolments::enrol(tx, std::slice::from_ref(&again))).is_empty());
        assert_eq!(within!(store.db, tx => enrolments::by_ids(tx, &ids(&["e1", "e3"]))), [first[0].clone()]);
        within!(store.db, tx => enrolments::set_progress(tx, &[progress("e1", "completed", 4, None)]));
        assert_eq!(within!(store.db, tx => enrolments::enrol(tx, std::slice::from_ref(&again))), ["e1"], "its own id");
        let back = EnrolmentRow { id: "e1".to_owned(), ..again };
        assert_eq!(within!(store.db, tx => enrolments::by_ids(tx, &ids(&["e1"]))), [back], "silences are forgotten");
        // The same programme for another goal is another enrolment.
        let other = EnrolmentRow { goal_id: "g9".to_owned(), started_at: T0 - 1, ..rows::enrolment("e4", "p1", "goal") };
        assert_eq!(within!(store.db, tx => enrolments::enrol(tx, &[other])), ["e4"]);
        let of = within!(store.db, tx => enrolments::of_patients(tx, &ids(&["p1"])));
        assert_eq!(of.iter().map(|e| e.id.as_str()).collect::<Vec<_>>(), ["e4", "e1"], "by their start");
        assert!(within!(store.db, tx => enrolments::enrol(tx, &[])).is_empty());
    }

    async fn enrolments_are_taken_when_their_time_has_come(on) {
        let store = Store::with_people(on, &["p1", "p2", "p3", "p4"]).await?;
        let at = |id: &str, patient: &str, next_at| EnrolmentRow { next_at, ..rows::enrolment(id, patient, "goal") };
        let all = [
            at("e1", "p1", Some(T0 + 2)), at("e2", "p2", Some(T0 + 1)), at("e3", "p3", None), at("e4", "p4", Some(T0 + 3)),
        ];
        within!(store.db, tx => enrolments::enrol(tx, &all));
        let taken = within!(store.db, tx => enrolments::take_due(tx, T0 + 2, 10));
        assert_eq!(taken, [all[1].clone(), all[0].clone()], "earliest first, up to and with the moment");
        assert_eq!(within!(store.db, tx => enrolments::take_due(tx, i64::MAX, 1)), [all[1].clone()]);
        assert!(within!(store.db, tx => enrolments::take_due(tx, T0, 10)).is_empty());
        // What one transaction has taken another does not get; on SQLite there is only one.
        if on == On::Postgres {
            let mut first = store.db.begin().await.unwrap();
            assert_eq!(enrolments::take_due(&mut first, T0 + 9, 2).await.unwrap().len(), 2);
            let rest = within!(store.db, tx => enrolments::take_due(tx, T0 + 9, 10));
            assert_eq!(rest, [all[3].clone()]);
            first.commit().await.unwrap();
        }
    }

    async fn progress_silence_and_end(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let all = [
            rows::enrolment("e1", "p1", "goal"), rows::enrolment("e2", "p1", "results"), rows::enrolment("e3", "p2", "goal"),
        ];
        within!(store.db, tx => enrolments::enrol(tx, &all));
        assert_eq!(within!(store.db, tx => enrolments::silent(tx, &ids(&["e1", "e3", "e1", "e9"]))), 2);
        assert_eq!(within!(store.db, tx => enrolments::silent(tx, &ids(&["e1"]))), 1);
        assert_eq!(within!(store.db, tx => enrolments::silent(tx, &[])), 0);
        let silences = "SELECT id || ' ' || CAST(silent AS TEXT) FROM enrolment ORDER BY id";
        assert_eq!(store.column(silences).await, ["e1 2", "e2 0", "e3 1"], "each once a call");
        assert_eq!(within!(store.db, tx => enrolments::heard(tx, "e1", T0 + MINUTE)), 1);
        assert_eq!(within!(store.db, tx => enrolments::heard(tx, "e9", T0)), 0);
        assert_eq!(store.column(silences).await, ["e1 0", "e2 0", "e3 1"]);
        let moved = [progress("e3", "active", 1, Some(T0 + 3)), progress("e3", "active", 2, Some(T0 + 5))];
        assert_eq!(within!(store.db, tx => enrolments::set_progress(tx, &moved)), 1);
        let e3 = EnrolmentRow {
            silent: 2, next_at: Some(T0 + 5), reason: "because".to_owned(), updated_at: T0 + 9, ..all[2].clone()
        };
        assert_eq!(within!(store.db, tx => enrolments::by_ids(tx, &ids(&["e3"]))), [e3]);
        assert_eq!(within!(store.db, tx => enrolments::end(tx, "p1", Some("results"), "no", T0 + 2)), ["e2"]);
        assert!(within!(store.db, tx => enrolments::end(tx, "p1", Some("results"), "no", T0 + 3)).is_empty(), "ended once");
        assert_eq!(within!(store.db, tx => enrolments::end(tx, "p1", None, "stop", T0 + 4)), ["e1"]);
        let ended = EnrolmentRow {
            status: "stopped".to_owned(), reason: "stop".to_owned(), next_at: None, updated_at: T0 + 4, ..all[0].clone()
        };
        assert_eq!(within!(store.db, tx => enrolments::by_ids(tx, &ids(&["e1"]))), [ended]);
    }
}
