//! Questions that wait for their answer: at most one open a person.

use super::{MINUTE, Store, T0, ids, refused, rows, sorted, within};
use crate::app::On;
use crate::on_both;
use between::store::prompts::PromptRow;
use between::store::{StoreError, prompts};

async fn statuses(store: &Store) -> Vec<String> {
    store.column("SELECT id || ' ' || status FROM prompt ORDER BY id").await
}

on_both! {
    async fn a_person_has_one_open_question(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        let full = PromptRow {
            asked_again: 1,
            answered_by: Some("i1".to_owned()),
            goal_id: Some("g1".to_owned()),
            appointment_id: Some("a1".to_owned()),
            enrolment_id: Some("e1".to_owned()),
            ..rows::prompt("q1", "p1")
        };
        let all = [full.clone(), rows::prompt("q2", "p1"), rows::prompt("q3", "p2")];
        let opened = within!(store.db, tx => prompts::open(tx, &all));
        assert_eq!(sorted(opened), ["message-of-q1", "message-of-q3"], "the first of a batch");
        assert!(within!(store.db, tx => prompts::open(tx, &[rows::prompt("q4", "p2")])).is_empty());
        assert!(within!(store.db, tx => prompts::open(tx, &[])).is_empty());
        assert_eq!(within!(store.db, tx => prompts::open_of(tx, &ids(&["p1"]))), [full]);
        assert!(within!(store.db, tx => prompts::open_of(tx, &[])).is_empty());
        // A closed one makes room; closed ones do not count.
        assert!(within!(store.db, tx => prompts::end(tx, "q1", "answered", Some("i7"))));
        assert_eq!(within!(store.db, tx => prompts::open(tx, &[rows::prompt("q5", "p1")])), ["message-of-q5"]);
        let of = within!(store.db, tx => prompts::of_messages(tx, &ids(&["message-of-q1", "message-of-q9"])));
        assert_eq!((of.len(), of[0].answered_by.as_deref()), (1, Some("i7")));
        assert!(within!(store.db, tx => prompts::of_messages(tx, &[])).is_empty());
    }

    async fn a_question_ends_once(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        within!(store.db, tx => prompts::open(tx, &[rows::prompt("q1", "p1")]));
        assert!(within!(store.db, tx => prompts::end(tx, "q1", "closed", None)));
        assert!(!within!(store.db, tx => prompts::end(tx, "q1", "answered", Some("i1"))), "it was over");
        assert!(!within!(store.db, tx => prompts::end(tx, "q9", "closed", None)));
        let closed = PromptRow { status: "closed".to_owned(), ..rows::prompt("q1", "p1") };
        assert_eq!(within!(store.db, tx => prompts::latest_closed(tx, "p1")), Some(closed));
    }

    async fn the_newest_question_that_is_over(on) {
        let store = Store::with_people(on, &["p1", "p2"]).await?;
        assert_eq!(within!(store.db, tx => prompts::latest_closed(tx, "p1")), None);
        let at = |id: &str, status: &str, opened_at| PromptRow { status: status.to_owned(), opened_at, ..rows::prompt(id, "p1") };
        let all = [at("q3", "expired", T0), at("q1", "answered", T0 + 5), at("q2", "closed", T0 + 5), at("q4", "open", T0 + 9)];
        within!(store.db, tx => prompts::open(tx, &all));
        assert_eq!(within!(store.db, tx => prompts::latest_closed(tx, "p1")), Some(all[2].clone()));
        assert_eq!(within!(store.db, tx => prompts::latest_closed(tx, "p2")), None);
    }

    async fn questions_of_messages_that_did_not_go_are_closed(on) {
        let store = Store::with_people(on, &["p1", "p2", "p3"]).await?;
        within!(store.db, tx => prompts::open(tx, &[rows::prompt("q1", "p1"), rows::prompt("q2", "p2"), rows::prompt("q3", "p3")]));
        within!(store.db, tx => prompts::end(tx, "q3", "answered", None));
        let whose = within!(store.db, tx => prompts::close_of_messages(tx, &ids(&["message-of-q1", "message-of-q3", "x"])));
        assert_eq!(whose, ["p1"]);
        assert!(within!(store.db, tx => prompts::close_of_messages(tx, &[])).is_empty());
        assert_eq!(within!(store.db, tx => prompts::close_of_patient(tx, "p2")), 1);
        assert_eq!(within!(store.db, tx => prompts::close_of_patient(tx, "p3")), 0);
        assert_eq!(statuses(&store).await, ["q1 closed", "q2 closed", "q3 answered"]);
    }

    async fn asking_again_is_counted(on) {
        let store = Store::with_people(on, &["p1"]).await?;
        within!(store.db, tx => prompts::open(tx, &[rows::prompt("q1", "p1")]));
        for _ in 0..2 {
            within!(store.db, tx => prompts::asked_again(tx, "q1"));
        }
        assert_eq!(within!(store.db, tx => prompts::open_of(tx, &ids(&["p1"])))[0].asked_again, 2);
        let error = refused!(store.db, tx => prompts::asked_again(tx, "q9"));
        assert!(matches!(error, StoreError::NotOne { what: "prompt", found: 0 }), "{error}");
    }

    async fn questions_expire_the_oldest_first(on) {
        let store = Store::with_people(on, &["p1", "p2", "p3", "p4"]).await?;
        let until = |id: &str, patient: &str, expires_at| PromptRow { expires_at, ..rows::prompt(id, patient) };
        let all = [
            until("q1", "p1", T0 + 3), until("q2", "p2", T0 + 1), until("q3", "p3", T0 + 2), until("q4", "p4", T0 + MINUTE),
        ];
        within!(store.db, tx => prompts::open(tx, &all));
        within!(store.db, tx => prompts::end(tx, "q3", "answered", None));
        assert!(within!(store.db, tx => prompts::expire(tx, T0, 9)).is_empty());
        let first = within!(store.db, tx => prompts::expire(tx, T0 + 3, 1));
        assert_eq!(first, [PromptRow { status: "expired".to_owned(), ..all[1].clone() }]);
        let next = within!(store.db, tx => prompts::expire(tx, T0 + 3, 9));
        assert_eq!(next.iter().map(|q| q.id.as_str()).collect::<Vec<_>>(), ["q1"]);
        assert_eq!(statuses(&store).await, ["q1 expired", "q2 expired", "q3 answered", "q4 open"]);
    }
}
