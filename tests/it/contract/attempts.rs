//! Every try of a send, and what became of it.

use super::{MINUTE, Store, T0, ids, refused, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::ledger::{AttemptRow, MessageRow, SettledMessage};
use between::store::{StoreError, ledger, reports};

on_both! {
    async fn tries_are_written_before_they_are_made_and_never_twice(on) {
        let store = Store::start(on).await?;
        let full = AttemptRow {
            subject: Some("Subject".to_owned()),
            finished_at: Some(T0 + 50),
            outcome: Some("retry".to_owned()),
            code: Some("throttled".to_owned()),
            provider_id: Some("prov".to_owned()),
            ..rows::attempt("m1", 1)
        };
        let all = [full.clone(), rows::attempt("m2", 1), rows::attempt("m1", 2)];
        assert_eq!(within!(store.db, tx => ledger::insert_attempts(tx, &all)), 3);
        assert_eq!(ledger::attempts_of(&store.db, "m1").await.unwrap(), [full, rows::attempt("m1", 2)]);
        assert!(ledger::attempts_of(&store.db, "m9").await.unwrap().is_empty());
        let error = refused!(store.db, tx => ledger::insert_attempts(tx, &[rows::attempt("m3", 1), rows::attempt("m2", 1)]));
        assert!(matches!(&error, StoreError::Database(sqlx::Error::Database(e)) if e.is_unique_violation()), "{error}");
        assert!(!error.is_outage(), "trying again would not help");
        assert!(ledger::attempts_of(&store.db, "m3").await.unwrap().is_empty(), "all or nothing");
        let last = within!(store.db, tx => ledger::last_attempts(tx, &ids(&["m2", "m1", "m9"])));
        let mut last: Vec<_> = last.into_iter().map(|a| (a.message_id, a.number)).collect();
        last.sort();
        assert_eq!(last, [("m1".to_owned(), 2), ("m2".to_owned(), 1)]);
        assert!(within!(store.db, tx => ledger::last_attempts(tx, &[])).is_empty());
        assert_eq!(within!(store.db, tx => ledger::insert_attempts(tx, &[])), 0);
    }

    async fn how_a_try_ended_is_noted_on_that_try(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => ledger::insert_attempts(tx, &[rows::attempt("m1", 1), rows::attempt("m1", 2), rows::attempt("m2", 1)]));
        let mut refused_one = rows::outcome("m1", 2, "refused", None);
        refused_one.code = Some("bad_address".to_owned());
        let outcomes = [refused_one, rows::outcome("m2", 1, "accepted", Some("prov-2")), rows::outcome("m9", 1, "retry", None)];
        assert_eq!(within!(store.db, tx => ledger::finish_attempts(tx, &outcomes)), 2);
        assert_eq!(within!(store.db, tx => ledger::finish_attempts(tx, &[])), 0);
        let second = AttemptRow {
            finished_at: Some(T0 + 102),
            outcome: Some("refused".to_owned()),
            code: Some("bad_address".to_owned()),
            ..rows::attempt("m1", 2)
        };
        let address = second.address.clone();
        assert_eq!(ledger::attempts_of(&store.db, "m1").await.unwrap(), [rows::attempt("m1", 1), second]);
        let refused = within!(store.db, tx => ledger::refused(tx, &ids(&["m1", "m2", "m9"])));
        assert_eq!(refused, [("m1".to_owned(), address)]);
        assert!(within!(store.db, tx => ledger::refused(tx, &[])).is_empty());
        let other = ledger::attempts_of(&store.db, "m2").await.unwrap();
        assert_eq!((other[0].provider_id.as_deref(), other[0].code.as_deref()), (Some("prov-2"), None));
    }

    async fn an_outcome_is_settled_on_its_message(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => ledger::insert(tx, &[rows::planned("m1", "p1"), rows::planned("m2", "p1")]));
        assert_eq!(within!(store.db, tx => ledger::settle(tx, &[rows::settled("m1", "accepted"), rows::settled("m9", "failed")])), 1);
        let expected = MessageRow {
            status: "accepted".to_owned(),
            reason: "because_accepted".to_owned(),
            channel: Some("sms".to_owned()),
            address: Some("+447700900001".to_owned()),
            gateway: Some("sandbox".to_owned()),
            attempts: 1,
            segments: Some(2),
            updated_at: T0 + MINUTE,
            ..rows::planned("m1", "p1")
        };
        assert_eq!(ledger::get(&store.db, "m1").await.unwrap(), Some(expected));
        assert_eq!(ledger::get(&store.db, "m2").await.unwrap(), Some(rows::planned("m2", "p1")));
        assert_eq!(within!(store.db, tx => ledger::settle(tx, &[])), 0);
    }

    async fn an_outcome_never_sets_a_delivery_report_back(on) {
        let store = Store::start(on).await?;
        let rank = |status: &str| ["accepted", "undelivered", "failed", "delivered"].iter().position(|s| *s == status).map_or(0, |n| n + 1);
        for reported in ["accepted", "undelivered", "failed", "delivered"] {
            for outcome in ["queued", "unknown", "skipped", "accepted", "undelivered", "failed", "delivered"] {
                let id = format!("{reported}-{outcome}");
                let sending = MessageRow { status: "sending".to_owned(), ..rows::planned(&id, "p1") };
                within!(store.db, tx => ledger::insert(tx, &[sending]));
                assert_eq!(within!(store.db, tx => reports::advance(tx, &[rows::step(&id, reported)])), std::slice::from_ref(&id));
                let row = SettledMessage { attempts: 7, ..rows::settled(&id, outcome) };
                within!(store.db, tx => ledger::settle(tx, &[row]));
                let now = ledger::get(&store.db, &id).await.unwrap().unwrap();
                let overtaken = rank(reported) > rank(outcome);
                let expected = if overtaken { (reported, String::new()) } else { (outcome, format!("because_{outcome}")) };
                assert_eq!((now.status.as_str(), now.reason), expected, "{id}");
                assert_eq!(now.attempts, 7, "{id}: the try is noted all the same");
            }
        }
    }
}
