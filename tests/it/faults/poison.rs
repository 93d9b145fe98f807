//! F01, R20: rows that make the program fail each time are set aside and shown, and everything else goes on.

use crate::app::{On, PRACTICE, TestApp, phone};
use crate::on_both;
use crate::scenarios::kit::{all_out, ms, poison, templates};
use between::{store, worker};

const MONDAY: &str = "2027-01-04T10:00:00Z";

/// People with a visit tomorrow: a reminder is due for each within the hour. Several people share a number; reminders
/// do not mind.
async fn people(app: &TestApp, count: u32) {
    for number in 1..=count {
        let id = app.person(number).await;
        app.appointment(&id, &format!("a{number}"), "2027-01-05T15:00:00Z", "booked").await;
    }
}

/// Moves on by a minute (a lease) so many times, doing what a worker does.
async fn minutes(app: &TestApp, count: i64) {
    for _ in 0..count {
        app.engine.clock.set_ms(app.now() + 61_000);
        app.fresh_feeds().await;
        worker::settle_now(&app.engine).await.unwrap();
    }
}

on_both! {
    async fn r20_ten_poisoned_of_a_thousand_are_set_aside_and_the_others_go(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let count = if std::env::var("BETWEEN_TEST_SCALE").as_deref() == Ok("full") { 999 } else { 200 };
        people(&app, count).await;
        poison(&app, on, "poison_try", "INSERT", "attempt",
            "NEW.message_id IN (SELECT id FROM message WHERE patient_id IN ('patient-0003', 'patient-0005', 'patient-0007', 'patient-0011', 'patient-0013', 'patient-0017', 'patient-0019', 'patient-0023', 'patient-0029', 'patient-0031'))").await;
        app.engine.plan().await.unwrap();
        app.engine.clock.set_ms(ms("2027-01-04T10:16:00Z"));
        worker::settle_now(&app.engine).await.unwrap();
        let status = |rows: &[between::store::views::MessageView], status: &str| rows.iter().filter(|m| m.status == status).count();
        let rows = all_out(&app).await;
        assert_eq!(status(&rows, "delivered"), count as usize - 10, "the good ones did not wait for the bad ones");
        minutes(&app, 6).await;
        let rows = all_out(&app).await;
        assert_eq!(status(&rows, "delivered"), count as usize - 10);
        let aside: Vec<_> = rows.iter().filter(|m| m.status == "held" && m.reason == "poison").collect();
        assert_eq!(aside.len(), 10, "set aside within five tries");
        assert_eq!(app.open_alerts().await.iter().filter(|a| *a == "routine poison").count(), 10);
    }

    async fn r1_what_a_program_had_in_hand_when_it_was_killed_is_no_poison(on) {
        let app = TestApp::start(on, MONDAY).await?;
        people(&app, 3).await;
        app.engine.plan().await.unwrap();
        app.engine.clock.set_ms(ms("2027-01-04T10:16:00Z"));
        let joan = app.person(9).await;
        app.text_in(&phone(9), "thanks").await;
        // Twelve programs in a row take it all in hand, and die.
        for _ in 0..12 {
            let (now, mut tx) = (app.now(), app.engine.db.begin().await.unwrap());
            assert_eq!(store::due::claim(&mut tx, 2, now, now + 60_000, 9).await.unwrap().len(), 3);
            assert_eq!(store::inbox::claim(&mut tx, now, now + 60_000, 9, i64::MAX).await.unwrap().len(), 1);
            tx.commit().await.unwrap();
            app.engine.clock.set_ms(now + 61_000);
        }
        app.fresh_feeds().await;
        worker::settle_now(&app.engine).await.unwrap();
        let rows = all_out(&app).await;
        assert!(rows.iter().filter(|m| m.template == "appointment_reminder").all(|m| m.status == "delivered"), "{rows:?}");
        let read = app.timeline(&joan).await.into_iter().find(|m| m.direction == "in").unwrap();
        assert_eq!((read.status.as_str(), read.reason.as_str()), ("handled", ""), "read as it should be");
        assert!(!app.open_alerts().await.iter().any(|a| a.ends_with(" poison")));
    }

    async fn f01_one_stuck_step_and_two_thousand_passes_send_the_others_once(on) {
        let app = TestApp::start(on, MONDAY).await?;
        people(&app, 20).await;
        poison(&app, on, "poison_try", "INSERT", "attempt", "NEW.message_id IN (SELECT id FROM message WHERE patient_id = 'patient-0001')").await;
        app.engine.plan().await.unwrap();
        app.engine.clock.set_ms(ms("2027-01-04T10:16:00Z"));
        let passes = if std::env::var("BETWEEN_TEST_SCALE").as_deref() == Ok("full") { 2_000 } else { 300 };
        for pass in 0..passes {
            app.engine.clock.set_ms(app.now() + 10_000);
            if pass % 100 == 0 {
                app.fresh_feeds().await;
            }
            app.engine.send_due().await.unwrap();
        }
        for number in 2..=20 {
            let id = format!("patient-{number:04}");
            assert_eq!(templates(&app, &id).await, ["appointment_reminder"]);
            let row = app.timeline(&id).await.remove(0);
            assert_eq!(between::store::ledger::attempts_of(&app.engine.db, &row.id).await.unwrap().len(), 1);
        }
        assert_eq!(app.ledger("patient-0001").await, ["appointment_reminder held poison"]);
    }

    async fn r20_an_outcome_that_cannot_be_recorded_stops_no_other(on) {
        let app = TestApp::start(on, MONDAY).await?;
        people(&app, 60).await;
        poison(&app, on, "poison_settle", "UPDATE", "attempt", "NEW.message_id IN (SELECT id FROM message WHERE patient_id = 'patient-0002')").await;
        app.engine.plan().await.unwrap();
        app.engine.clock.set_ms(ms("2027-01-04T10:16:00Z"));
        worker::settle_now(&app.engine).await.unwrap();
        minutes(&app, 7).await;
        let delivered = all_out(&app).await.iter().filter(|m| m.status == "delivered").count();
        assert_eq!(delivered, 59, "{:?}", app.open_alerts().await);
        assert_eq!(app.ledger("patient-0002").await, ["appointment_reminder held poison"]);
    }

    async fn r20_an_answer_that_cannot_go_takes_no_other_answer_with_it(on) {
        let app = TestApp::start(on, MONDAY).await?;
        for number in 1..=8 {
            app.person(number).await;
        }
        poison(&app, on, "poison_try", "INSERT", "attempt", "NEW.message_id IN (SELECT id FROM message WHERE patient_id = 'patient-0004')").await;
        for number in 1..=8 {
            app.text_in(&phone(number), "STOP").await;
        }
        worker::settle_now(&app.engine).await.unwrap();
        minutes(&app, 7).await;
        for number in (1..=8).filter(|n| *n != 4) {
            assert_eq!(templates(&app, &format!("patient-{number:04}")).await, ["stop_confirmation"]);
        }
        assert_eq!(app.ledger("patient-0004").await, ["stop_confirmation held poison"]);
    }

    async fn r20_a_text_that_cannot_be_read_goes_to_staff_and_stops_no_other(on) {
        let app = TestApp::start(on, MONDAY).await?;
        for number in 1..=30 {
            app.person(number).await;
        }
        poison(&app, on, "poison_read", "INSERT", "consent", "NEW.patient_id = 'patient-0009'").await;
        for number in 1..=30 {
            app.text_in(&phone(number), "STOP").await;
        }
        worker::settle_now(&app.engine).await.unwrap();
        minutes(&app, 7).await;
        for number in (1..=30).filter(|n| *n != 9) {
            assert_eq!(templates(&app, &format!("patient-{number:04}")).await, ["stop_confirmation"]);
        }
        let read = between::store::views::for_staff(&app.engine.db, PRACTICE, 100).await.unwrap();
        assert_eq!(read.iter().map(|m| (m.reason.as_str(), m.body.as_deref())).collect::<Vec<_>>(), [("poison", Some("STOP"))]);
        assert!(app.open_alerts().await.contains(&"urgent poison".to_owned()));
    }

    async fn f01_a_row_that_cannot_be_planned_stops_neither_planning_nor_alerts(on) {
        let routes = "[practice.alerts]\nroute = \"duty@elmbrook.example\"\n";
        let app = TestApp::start_with(on, MONDAY, routes).await?;
        poison(&app, on, "poison_plan", "INSERT", "message", "NEW.patient_id IN ('patient-0002', 'patient-0005') AND NEW.direction = 'out'").await;
        people(&app, 6).await;
        for number in [5, 6] {
            let id = format!("patient-{number:04}");
            let goal = app.goal(&id).await;
            app.enrol(&id, "goal", &goal).await;
        }
        app.reply(1, "i have crushing chest pain").await;
        app.engine.clock.set_ms(ms("2027-01-04T10:16:00Z"));
        worker::settle_now(&app.engine).await.unwrap();
        minutes(&app, 2).await;
        for number in [1, 3, 4, 6] {
            let id = format!("patient-{number:04}");
            let sent = templates(&app, &id).await;
            // Danger was answered; its person's other messages rest.
            let expected = if number == 1 { "danger" } else { "appointment_reminder" };
            assert!(sent.contains(&expected.to_owned()), "{id}: {:?}", app.ledger(&id).await);
        }
        let alerts = app.open_alerts().await;
        assert!(alerts.iter().filter(|a| *a == "asap poison").count() >= 2, "{alerts:?}");
        let told = all_out(&app).await.into_iter().filter(|m| m.template == "alert_route" && m.status == "delivered").count();
        assert!(told >= 1, "staff were told although planning failed");
    }
}
