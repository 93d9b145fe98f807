//! What pages read.

use super::{PRACTICE, Store, T0, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::ledger::{AttemptRow, MessageRow};
use between::store::views::MessageView;
use between::store::{due, ledger, views};

fn names(rows: &[MessageView]) -> Vec<&str> {
    rows.iter().map(|m| m.id.as_str()).collect()
}

on_both! {
    async fn a_message_is_shown_as_it_went_out_last(on) {
        let store = Store::start(on).await?;
        let row = MessageRow { body: Some("as planned".to_owned()), in_reply_to: Some("i0".to_owned()), ..rows::planned("m1", "p1") };
        within!(store.db, tx => ledger::insert(tx, &[row, rows::planned("m2", "p1")]));
        let second = AttemptRow {
            channel: "email".to_owned(), address: "joan@example.org".to_owned(), gateway: "smtp".to_owned(),
            subject: Some("Your goal".to_owned()), finished_at: Some(T0 + 77), ..rows::attempt("m1", 2)
        };
        within!(store.db, tx => ledger::insert_attempts(tx, &[rows::attempt("m1", 1), second]));
        let view = views::message(&store.db, "m1").await.unwrap().unwrap();
        let expected = MessageView {
            id: "m1".to_owned(),
            practice_id: PRACTICE.to_owned(),
            patient_id: Some("p1".to_owned()),
            direction: "out".to_owned(),
            kind: "goal_reminder".to_owned(),
            template: "goal_check_in".to_owned(),
            purpose: "goals".to_owned(),
            step: "1".to_owned(),
            status: "planned".to_owned(),
            reason: String::new(),
            channel: Some("email".to_owned()),
            address: Some("joan@example.org".to_owned()),
            gateway: Some("smtp".to_owned()),
            subject: Some("Your goal".to_owned()),
            body: Some("text 2".to_owned()),
            template_version: Some("goal_check_in@1".to_owned()),
            due_at: T0,
            attempts: 0,
            segments: None,
            in_reply_to: Some("i0".to_owned()),
            appointment_id: None,
            sent_at: Some(T0 + 77),
            created_at: T0,
            updated_at: T0,
        };
        assert_eq!(view, expected);
        let untried = views::message(&store.db, "m2").await.unwrap().unwrap();
        assert_eq!((untried.body, untried.sent_at, untried.template_version), (None, None, None));
        assert_eq!(views::message(&store.db, "m9").await.unwrap(), None);
    }

    async fn a_timeline_is_in_the_order_it_happens(on) {
        let store = Store::start(on).await?;
        let out = |id: &str, due_at| MessageRow { due_at, ..rows::planned(id, "p1") };
        let came = MessageRow { patient_id: Some("p1".to_owned()), created_at: T0 + 20, ..rows::received("in", "sandbox", "1") };
        let other = rows::planned("other", "p2");
        within!(store.db, tx => ledger::insert(tx, &[out("future", T0 + 500), out("sent", T0 + 90), came, other]));
        let tried = AttemptRow { started_at: T0 + 10, ..rows::attempt("sent", 1) };
        within!(store.db, tx => ledger::insert_attempts(tx, &[tried]));
        assert_eq!(names(&views::timeline(&store.db, "p1").await.unwrap()), ["sent", "in", "future"]);
        assert!(views::timeline(&store.db, "p9").await.unwrap().is_empty());
    }

    async fn lists_and_counts_are_bounded_by_practice_and_time(on) {
        let store = Store::start(on).await?;
        let row = |id: &str, status: &str, due_at| MessageRow {
            status: status.to_owned(), due_at, reason: if status == "held" { "paused" } else { "" }.to_owned(),
            updated_at: due_at, ..rows::planned(id, "p1")
        };
        let elsewhere = MessageRow { practice_id: "ashdown".to_owned(), ..row("m9", "planned", T0) };
        let inbound = |id: &str, status: &str, created_at| MessageRow {
            practice_id: PRACTICE.to_owned(), status: status.to_owned(), created_at, ..rows::received(id, "sandbox", id)
        };
        let all = [
            row("m1", "planned", T0 + 1), row("m2", "held", T0), row("m3", "held", T0 + 2), row("m4", "accepted", T0),
            row("m5", "delivered", T0 + 1), elsewhere, inbound("i1", "for_staff", T0 + 5), inbound("i2", "handled", T0),
            inbound("i3", "for_staff", T0 + 4), row("m6", "queued", T0 + 2),
        ];
        within!(store.db, tx => ledger::insert(tx, &all));
        let between = async |from, until, limit| {
            let rows = views::due_between(&store.db, PRACTICE, from, until, limit).await.unwrap();
            rows.into_iter().map(|m| m.id).collect::<Vec<_>>()
        };
        assert_eq!(between(T0, T0 + 2, 9).await, ["m2", "m4", "m1", "m5"]);
        assert_eq!(between(T0, T0 + 3, 2).await, ["m2", "m4"]);
        assert_eq!(names(&views::for_staff(&store.db, PRACTICE, 9).await.unwrap()), ["i3", "i1"], "oldest first");
        assert_eq!(names(&views::for_staff(&store.db, PRACTICE, 1).await.unwrap()), ["i3"]);
        assert!(views::for_staff(&store.db, "ashdown", 9).await.unwrap().is_empty());
        let counts = views::counts(&store.db, PRACTICE, T0, T0 + 3).await.unwrap();
        let told: Vec<_> = counts.iter().map(|(s, r, n)| format!("{s} {r} {n}")).collect();
        assert_eq!(told, ["accepted  1", "delivered  1", "held paused 2", "planned  1", "queued  1"]);
        assert_eq!(views::sent_count(&store.db, PRACTICE, T0, T0 + 1).await.unwrap(), 1);
        assert_eq!(views::sent_count(&store.db, PRACTICE, T0, T0 + 2).await.unwrap(), 2);
        assert_eq!(views::sent_count(&store.db, "nowhere", T0, T0 + 2).await.unwrap(), 0);
        within!(store.db, tx => due::insert(tx, &["m1", "m2", "m6"].map(|id| rows::waits(id, T0 + 1))));
        assert_eq!(views::overdue(&store.db, PRACTICE, T0 + 2).await.unwrap(), 2, "held ones have their reason");
        assert_eq!(views::overdue(&store.db, PRACTICE, T0 + 1).await.unwrap(), 0);
        assert_eq!(views::overdue(&store.db, "ashdown", T0 + 9).await.unwrap(), 0);
    }
}
