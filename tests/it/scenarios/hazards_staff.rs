//! The hazard log's controls that protect against outsiders, leaks, and a practice that does not notice: H17, H22 to H28.

use super::kit::{all_out, all_texts, execute, last_received, ms, sent_count, templates};
use crate::app::{On, PRACTICE, TestApp, config, phone};
use crate::faults::rig::{Rig, WEBHOOK_KEY, inbound, post, serve};
use crate::on_both;
use between::clock::{Clock, instant};
use between::store;
use between::worker;

const MONDAY: &str = "2027-01-04T10:00:00Z";

on_both! {
    async fn h17_what_should_have_gone_and_did_not_is_told_within_two_hours(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-08T10:00:00Z", "booked").await;
        app.engine.do_duties().await.unwrap();
        // The sender is dead, the duties go on.
        for minutes in (0..=120).step_by(10) {
            app.engine.clock.set_ms(ms("2027-01-06T11:00:00Z") + minutes * 60_000);
            app.fresh_feeds().await;
            app.engine.do_duties().await.unwrap();
        }
        assert!(app.open_alerts().await.contains(&"asap not_sent".to_owned()), "{:?}", app.open_alerts().await);
    }

    async fn h17_a_wording_that_lacks_a_fact_is_told(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person_with(1, |p| p.given_name = String::new()).await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.advance_to("2027-01-07T12:00:00Z").await;
        assert_eq!(sent_count(&app, &joan).await, 0, "no gap is sent: {:?}", app.sent(&joan).await);
        assert!(app.open_alerts().await.iter().any(|a| a.ends_with("missing_fact")), "{:?}", app.open_alerts().await);
    }

    async fn h17_refused_for_want_of_credit_is_told(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let joan = rig.app.person(303).await;
        rig.app.appointment(&joan, "a", "2027-01-05T10:00:00Z", "booked").await;
        rig.app.advance_to("2027-01-04T12:00:00Z").await;
        assert_eq!(rig.app.ledger(&joan).await, ["appointment_reminder failed gateway_refused"]);
        assert_eq!(rig.app.open_alerts().await, ["routine gateway_refused"]);
    }

    async fn h10_the_age_of_the_oldest_urgent_alert_is_a_metric(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let url = serve(&app.engine).await;
        let age = async || {
            let text = reqwest::get(format!("{url}/metrics")).await.unwrap().text().await.unwrap();
            let line = text.lines().find(|l| l.starts_with("between_oldest_urgent_alert_seconds ")).unwrap().to_owned();
            line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as i64
        };
        app.person(1).await;
        assert_eq!(age().await, 0, "none is open");
        app.reply(1, "i have crushing chest pain").await;
        app.engine.clock.set_ms(app.now() + 240_000);
        app.reply(1, "and my arm is numb").await;
        assert_eq!(age().await, 240);
    }

    async fn h22_forged_webhooks_leave_no_row_and_true_ones_one(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let app = &rig.app;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-20T10:00:00Z", "booked").await;
        let url = serve(&app.engine).await;
        let client = reqwest::Client::new();
        let rows = async || app.timeline(&joan).await.iter().filter(|m| m.direction == "in").count() as i64
            + store::inbox::backlog(&app.engine.db).await.unwrap().0;
        let body = inbound("in-1", &phone(1), "STOP");
        let now = app.now();
        // Another key, none, an old time, a changed body, another gateway.
        assert_eq!(post(&client, &url, "another-key-0123456789", &body, now).await, 403);
        assert_eq!(post(&client, &url, WEBHOOK_KEY, &body, now - 301_000).await, 403);
        let unsigned = client.post(format!("{url}/webhooks/sms")).body(body.clone()).send().await.unwrap();
        assert_eq!(unsigned.status().as_u16(), 401);
        let (timestamp, signature) = crate::faults::rig::sign(WEBHOOK_KEY, &body, now);
        let changed = client.post(format!("{url}/webhooks/sms")).header("x-timestamp", timestamp).header("x-signature", signature)
            .body(body.replace("STOP", "cancel my appointment")).send().await.unwrap();
        assert_eq!(changed.status().as_u16(), 403);
        assert_eq!(client.post(format!("{url}/webhooks/none")).body(body.clone()).send().await.unwrap().status().as_u16(), 404);
        assert_eq!(post(&client, &url, WEBHOOK_KEY, "{\"type\":\"inbound\"", now).await, 400);
        assert_eq!(rows().await, 0);
        // A true one, a thousand times at once in the full size: one row.
        let mut all = Vec::new();
        for _ in 0..50 {
            all.push(post(&client, &url, WEBHOOK_KEY, &body, now));
        }
        let codes = futures_util::future::join_all(all).await;
        assert!(codes.iter().all(|c| *c == 200), "{codes:?}");
        worker::settle_now(&app.engine).await.unwrap();
        assert_eq!(rows().await, 1);
        assert_eq!(rig.texts_to(&phone(1)).len(), 1, "one confirmation");
    }

    async fn h22_t1_what_a_text_asks_for_never_changes_contact_data(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.result(&joan, "r", "released").await;
        for text in ["my new number is 07700 900999", "send my results", "please cancel my appointment"] {
            app.reply(1, text).await;
            assert!(last_received(&app, &joan).await.starts_with("for_staff"), "{text}");
        }
        let mut tx = app.engine.db.begin().await.unwrap();
        let contacts = store::contacts::of_patients(&mut tx, std::slice::from_ref(&joan)).await.unwrap();
        assert_eq!(contacts.iter().map(|c| c.address.as_str()).collect::<Vec<_>>(), [phone(1)]);
        drop(tx);
        assert!(!templates(&app, &joan).await.iter().any(|t| t.starts_with("results")));
    }

    async fn h24_after_a_restore_nothing_is_sent_until_a_person_says_so(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let (joan, ann) = (app.person(1).await, app.person(2).await);
        app.appointment(&joan, "a", "2027-01-05T15:00:00Z", "booked").await;
        app.appointment(&ann, "b", "2027-01-08T10:00:00Z", "booked").await;
        app.reply(3, "hello").await;
        app.advance_to("2027-01-04T12:00:00Z").await;
        assert_eq!(templates(&app, &joan).await, ["appointment_reminder"]);
        // The backup: a copy that holds its sending. PostgreSQL's own tools copy it; here the state after them.
        let folder = tempfile::tempdir().unwrap();
        let url = if on == On::Sqlite {
            let path = folder.path().join("copy.sqlite").display().to_string();
            app.engine.db.backup_to(&path).await.unwrap();
            store::copy::hold_sending(&path).await.unwrap();
            path
        } else {
            execute(&app.engine.db, "UPDATE practice SET sending_allowed_at = NULL".to_owned()).await;
            app.url.clone()
        };
        let restored = TestApp::open(config(&url, ""), Clock::manual(instant(ms("2027-01-06T11:00:00Z")))).await.unwrap();
        let mut tx = restored.db.begin().await.unwrap();
        for kind in ["patients", "appointments"] {
            store::practices::feed_refreshed(&mut tx, PRACTICE, kind, restored.clock.now_ms()).await.unwrap();
        }
        tx.commit().await.unwrap();
        worker::settle_now(&restored).await.unwrap();
        let sent = async |id: &str| store::views::timeline(&restored.db, id).await.unwrap().into_iter().filter(|m| m.status == "delivered").count();
        let reason = async |id: &str| store::views::timeline(&restored.db, id).await.unwrap().pop().map(|m| m.reason);
        assert_eq!((sent(&joan).await, sent(&ann).await), (1, 0), "what went out before is not repeated");
        assert_eq!(reason(&ann).await.as_deref(), Some("sending_off"));
        let mut tx = restored.db.begin().await.unwrap();
        store::practices::set_sending_allowed(&mut tx, PRACTICE, Some(restored.clock.now_ms())).await.unwrap();
        tx.commit().await.unwrap();
        restored.forget_practices();
        restored.clock.set_ms(restored.clock.now_ms() + 600_000);
        worker::settle_now(&restored).await.unwrap();
        assert_eq!((sent(&joan).await, sent(&ann).await), (1, 1));
        restored.db.close().await;
    }

    async fn h25_live_sends_nothing_until_the_alert_route_is_proven(on) {
        let live = "environment = \"live\"\n[gateways.sms]\nkind = \"http\"\nurl = \"https://127.0.0.1:9/messages\"\nkey = \"a-key-of-sixteen-0\"\nwebhook_key = \"a-key-of-sixteen-1\"\ntimeout_seconds = 1\n[practice.alerts]\nroute = \"+447700900999\"\n[practice.alerts.cover_hours]\n\"Mon-Fri\" = \"08:00-18:30\"\n";
        let app = TestApp::start_with(on, MONDAY, live).await?;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-05T15:00:00Z", "booked").await;
        app.advance_to("2027-01-04T12:00:00Z").await;
        assert_eq!(app.ledger(&joan).await, ["appointment_reminder held route_untested"]);
        let prove = async |route: &str, at: i64| {
            let row = store::alerts::RouteTestRow {
                id: app.engine.clock.id(), practice_id: PRACTICE.to_owned(), route: route.to_owned(), code: "4711".to_owned(),
                sent_at: at, acknowledged_at: Some(at), acknowledged_by: Some("nurse".to_owned()),
            };
            let mut tx = app.engine.db.begin().await.unwrap();
            store::alerts::add_route_test(&mut tx, &row).await.unwrap();
            tx.commit().await.unwrap();
            app.engine.forget_practices();
        };
        // Another route, or one proven 31 days ago, proves nothing.
        prove("+447700900998", app.now()).await;
        prove("+447700900999", app.now() - 31 * 86_400_000).await;
        app.advance_to("2027-01-04T12:30:00Z").await;
        assert_eq!(app.ledger(&joan).await, ["appointment_reminder held route_untested"]);
        prove("+447700900999", app.now()).await;
        app.advance_to("2027-01-04T12:45:00Z").await;
        // Nobody listens at that address: what matters is that it is tried now.
        let row = all_out(&app).await.into_iter().find(|m| m.patient_id.is_some()).unwrap();
        assert!(row.attempts > 0, "{:?}", app.ledger(&joan).await);
    }

    async fn h26_no_text_holds_agenda_words_a_condition_or_a_value(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.consent(&joan, "sms", "readings", "granted").await;
        app.enrol(&joan, "annual-review", "").await;
        app.result(&joan, "r", "released").await;
        app.appointment(&joan, "a", "2027-01-21T10:30:00Z", "booked").await;
        app.advance_to("2027-01-15T12:00:00Z").await;
        app.reply(1, "my haemorrhoids, the gliclazide and my son Zebedee").await;
        app.advance_to("2027-01-20T18:00:00Z").await;
        app.enrol(&joan, "blood-pressure", "").await;
        app.advance_to("2027-01-26T12:00:00Z").await;
        app.reply(1, "161/97").await;
        let sent = templates(&app, &joan).await;
        for kind in ["results_notice", "agenda_prompt", "agenda_echo", "reading_request", "reading_answer"] {
            assert!(sent.contains(&kind.to_owned()), "{kind} is part of what is tried: {sent:?} {:?}", app.ledger(&joan).await);
        }
        for (channel, text) in all_texts(&app).await {
            let lower = text.to_lowercase();
            for private in ["haemorrhoid", "gliclazide", "zebedee", "diabet", "hba1c", "52", "mmol", "161", "97", "review"] {
                assert!(!lower.contains(private), "{channel}: {private} in {text}");
            }
        }
    }

    async fn h27_the_stop_confirmation_says_what_stopped_and_staff_have_a_task(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.reply(1, "STOP").await;
        let (_, text) = app.sent(&joan).await.pop().unwrap();
        assert!(text.contains("appointment reminders") && text.contains("START"), "{text}");
        assert_eq!(app.open_alerts().await, ["routine stop"]);
    }

    async fn h27_stop_by_topic_leaves_the_reminders(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.advance_to("2027-01-06T12:00:00Z").await;
        app.reply(1, "please stop the goal texts").await;
        app.appointment(&joan, "a", "2027-01-22T10:00:00Z", "booked").await;
        app.advance_to("2027-01-21T12:00:00Z").await;
        let sent = templates(&app, &joan).await;
        assert!(sent.contains(&"appointment_reminder".to_owned()), "{:?}", app.ledger(&joan).await);
        assert_eq!(sent.iter().filter(|t| *t == "goal_check_in").count(), 1, "{sent:?}");
    }

    async fn h28_a_held_result_without_a_decision_is_told_when_it_is_overdue(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.enrol(&joan, "annual-review", "").await;
        app.result(&joan, "r", "held").await;
        app.appointment(&joan, "a", "2027-01-21T10:00:00Z", "booked").await;
        app.advance_to("2027-01-11T09:00:00Z").await;
        assert!(!app.open_alerts().await.contains(&"asap hold_overdue".to_owned()));
        app.advance_to("2027-01-11T10:30:00Z").await;
        assert!(app.open_alerts().await.contains(&"asap hold_overdue".to_owned()), "{:?}", app.open_alerts().await);
        app.advance_to("2027-01-22T10:00:00Z").await;
        assert!(!templates(&app, &joan).await.contains(&"results_notice".to_owned()), "silence, but not a notice without a result");
        assert!(app.ledger(&joan).await.contains(&"results_notice skipped no_released_result".to_owned()), "{:?}", app.ledger(&joan).await);
    }
}
