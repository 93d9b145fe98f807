//! Alerts, and the proof that somebody gets them.

use super::{MINUTE, PRACTICE, Store, T0, rows, within};
use crate::app::On;
use crate::on_both;
use between::store::alerts::{AlertRow, RouteTestRow, UrgentOpen};
use between::store::{alerts, practices};

fn names(rows: &[AlertRow]) -> Vec<&str> {
    rows.iter().map(|a| a.id.as_str()).collect()
}

on_both! {
    async fn a_cause_raises_one_alert(on) {
        let store = Store::start(on).await?;
        let full = AlertRow {
            patient_id: Some("p1".to_owned()), message_id: Some("i1".to_owned()), escalations: 2, notified_at: Some(T0),
            acknowledged_by: Some("jo".to_owned()), acknowledged_at: Some(T0 + 1), note: "seen".to_owned(),
            ..rows::alert("a1", "urgent", T0)
        };
        let repeat = AlertRow { id: "a2".to_owned(), ..full.clone() };
        let earlier = AlertRow { patient_id: Some("p1".to_owned()), ..rows::alert("a3", "routine", T0 - 1) };
        assert_eq!(within!(store.db, tx => alerts::raise(tx, &[full.clone(), repeat.clone(), earlier.clone()])), 2);
        assert_eq!(within!(store.db, tx => alerts::raise(tx, &[repeat])), 0);
        assert_eq!(within!(store.db, tx => alerts::raise(tx, &[])), 0);
        assert_eq!(alerts::of_patient(&store.db, "p1").await.unwrap(), [earlier, full]);
        assert!(alerts::of_patient(&store.db, "p2").await.unwrap().is_empty());
    }

    async fn the_most_urgent_and_oldest_come_first(on) {
        let store = Store::start(on).await?;
        let all = [
            rows::alert("1", "routine", T0), rows::alert("2", "asap", T0), rows::alert("3", "urgent", T0 + 1),
            rows::alert("4", "stat", T0 + 9), rows::alert("5", "urgent", T0),
        ];
        within!(store.db, tx => alerts::raise(tx, &all));
        assert_eq!(names(&alerts::list(&store.db, PRACTICE, "open", 9).await.unwrap()), ["4", "5", "3", "2", "1"]);
        assert_eq!(names(&alerts::list(&store.db, PRACTICE, "open", 2).await.unwrap()), ["4", "5"]);
        assert!(within!(store.db, tx => alerts::acknowledge(tx, "5", "jo", "rang her", T0 + 3)));
        assert!(!within!(store.db, tx => alerts::acknowledge(tx, "5", "sam", "", T0 + 4)), "once");
        assert!(!within!(store.db, tx => alerts::acknowledge(tx, "x", "sam", "", T0 + 4)));
        let seen = alerts::list(&store.db, PRACTICE, "acknowledged", 9).await.unwrap();
        let row = AlertRow {
            status: "acknowledged".to_owned(), acknowledged_by: Some("jo".to_owned()), acknowledged_at: Some(T0 + 3),
            note: "rang her".to_owned(), ..all[4].clone()
        };
        assert_eq!(seen, [row]);
        assert!(alerts::list(&store.db, "ashdown", "open", 9).await.unwrap().is_empty());
    }

    async fn open_urgent_alerts_are_summed_up_by_practice(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => practices::upsert(tx, &rows::practice("ashdown")));
        assert_eq!(alerts::oldest_urgent(&store.db).await.unwrap(), None);
        assert!(within!(store.db, tx => alerts::urgent_open(tx)).is_empty());
        let theirs = AlertRow { practice_id: "ashdown".to_owned(), ..rows::alert("9", "urgent", T0 + 50) };
        let all = [rows::alert("1", "urgent", T0 + 2), rows::alert("2", "stat", T0 + 1), rows::alert("3", "asap", T0), theirs];
        within!(store.db, tx => alerts::raise(tx, &all));
        assert_eq!(within!(store.db, tx => alerts::notified(tx, PRACTICE, false, T0 + 5)), 2, "the urgent ones");
        within!(store.db, tx => alerts::raise(tx, &[rows::alert("4", "urgent", T0 + 7)]));
        let mut open = within!(store.db, tx => alerts::urgent_open(tx));
        open.sort_by(|a, b| a.practice_id.cmp(&b.practice_id));
        let row = |practice: &str, open, unnotified, oldest, last_notified| UrgentOpen {
            oldest_not_escalated: Some(oldest),
            practice_id: practice.to_owned(), open, unnotified, oldest, last_notified, escalations: 0,
        };
        assert_eq!(open, [row("ashdown", 1, 1, T0 + 50, None), row(PRACTICE, 3, 1, T0 + 1, Some(T0 + 5))]);
        within!(store.db, tx => alerts::notified(tx, PRACTICE, true, T0 + MINUTE));
        within!(store.db, tx => alerts::acknowledge(tx, "2", "jo", "", T0 + MINUTE));
        let open = within!(store.db, tx => alerts::urgent_open(tx));
        let ours = open.iter().find(|o| o.practice_id == PRACTICE).unwrap();
        assert_eq!((ours.open, ours.unnotified, ours.escalations, ours.last_notified), (2, 0, 1, Some(T0 + MINUTE)));
        assert_eq!(ours.oldest_not_escalated, None);
        let mut since = alerts::urgent_since(&store.db).await.unwrap();
        since.sort();
        assert_eq!(since, [
            ("ashdown".to_owned(), T0 + 50, T0 + 50, false), (PRACTICE.to_owned(), T0 + MINUTE, T0 + 2, true),
        ]);
        assert_eq!(alerts::oldest_urgent(&store.db).await.unwrap(), Some(T0 + 2));
    }

    async fn replies_unread_in_time_become_urgent(on) {
        let store = Store::start(on).await?;
        within!(store.db, tx => practices::upsert(tx, &rows::practice("ashdown")));
        let reply = |id: &str, kind: &str, due_at| AlertRow {
            kind: kind.to_owned(), due_at, ..rows::alert(id, "routine", T0)
        };
        let theirs = AlertRow { practice_id: "ashdown".to_owned(), ..reply("4", "reply_to_read", T0 + 5) };
        let all = [
            reply("1", "reply_to_read", T0 + 5), reply("2", "reply_to_read", T0 + 6), reply("3", "stop", T0 + 5), theirs,
            AlertRow { priority: "stat".to_owned(), ..reply("5", "unknown_sender", T0 + 5) },
            reply("6", "appointment_change", T0 + 5),
        ];
        within!(store.db, tx => alerts::raise(tx, &all));
        within!(store.db, tx => alerts::acknowledge(tx, "6", "jo", "", T0 + 1));
        let ours = [PRACTICE.to_owned()];
        assert_eq!(within!(store.db, tx => alerts::raise_unread(tx, &[], T0 + 5)), 0);
        assert_eq!(within!(store.db, tx => alerts::raise_unread(tx, &ours, T0 + 5)), 1);
        assert_eq!(within!(store.db, tx => alerts::raise_unread(tx, &ours, T0 + 5)), 0, "once");
        let open = alerts::list(&store.db, PRACTICE, "open", 9).await.unwrap();
        let seen: Vec<_> = open.iter().map(|a| (a.id.as_str(), a.priority.as_str())).collect();
        assert_eq!(seen, [("5", "stat"), ("1", "urgent"), ("2", "routine"), ("3", "routine")]);
    }

    async fn a_route_is_proven_by_typing_its_code_back(on) {
        let store = Store::start(on).await?;
        let test = |id: &str, route: &str, code: &str| RouteTestRow {
            id: id.to_owned(), practice_id: PRACTICE.to_owned(), route: route.to_owned(), code: code.to_owned(),
            sent_at: T0, acknowledged_at: None, acknowledged_by: None,
        };
        for row in [test("1", "sms", "1111"), test("2", "sms", "2222"), test("3", "email", "3333")] {
            within!(store.db, tx => alerts::add_route_test(tx, &row));
        }
        assert!(alerts::proven_routes(&store.db).await.unwrap().is_empty(), "sent is not proven");
        assert!(!within!(store.db, tx => alerts::acknowledge_route_test(tx, PRACTICE, "9999", "jo", T0 + 1)));
        assert!(!within!(store.db, tx => alerts::acknowledge_route_test(tx, "ashdown", "1111", "jo", T0 + 1)));
        assert!(within!(store.db, tx => alerts::acknowledge_route_test(tx, PRACTICE, "1111", "jo", T0 + 1)));
        assert!(!within!(store.db, tx => alerts::acknowledge_route_test(tx, PRACTICE, "1111", "sam", T0 + 2)), "once");
        assert!(within!(store.db, tx => alerts::acknowledge_route_test(tx, PRACTICE, "2222", "jo", T0 + 3)));
        assert_eq!(alerts::proven_routes(&store.db).await.unwrap(), [(PRACTICE.to_owned(), "sms".to_owned(), T0 + 3)]);
    }
}
