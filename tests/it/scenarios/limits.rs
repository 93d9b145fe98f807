//! Limits of a whole practice: a day's spending, and a rise that a person must confirm (T6).

use crate::app::{On, PRACTICE, TestApp};
use crate::on_both;
use between::store::counters::{self, CounterRow};

const MONDAY: &str = "2027-02-01T10:00:00Z";

pub async fn book(app: &TestApp, numbers: std::ops::RangeInclusive<u32>) {
    for number in numbers {
        let id = app.person(number).await;
        app.appointment(&id, &format!("a{number}"), "2027-02-03T15:00:00Z", "booked").await;
    }
}

/// How many reminders went, and the reasons of those that did not.
async fn reminders(app: &TestApp, numbers: std::ops::RangeInclusive<u32>) -> (usize, Vec<String>) {
    let mut sent = 0;
    let mut held = Vec::new();
    for number in numbers {
        for row in app.ledger(&format!("patient-{number:04}")).await {
            if row.ends_with("delivered") {
                sent += 1;
            } else {
                held.push(row);
            }
        }
    }
    held.dedup();
    (sent, held)
}

fn alerts(open: &[String], kind: &str) -> usize {
    open.iter().filter(|a| a.ends_with(kind)).count()
}

/// Twenty days on which so many planned messages went.
pub async fn history(app: &TestApp, a_day: i64) {
    let rows: Vec<CounterRow> = (5..25)
        .map(|day| CounterRow {
            subject: format!("messages:{PRACTICE}"),
            period: format!("d:2027-01-{day:02}"),
            used: a_day,
        })
        .collect();
    let mut tx = app.engine.db.begin().await.unwrap();
    counters::add(&mut tx, &rows).await.unwrap();
    tx.commit().await.unwrap();
    app.engine.forget_practices();
}

on_both! {
    async fn t6_a_days_spending_is_capped_told_once_and_raising_it_releases(on) {
        let app = TestApp::start(on, MONDAY).await?;
        app.add_practice(PRACTICE, "Elmbrook Surgery", r#"{"limits": {"segments_per_day": 6}}"#).await;
        book(&app, 1..=16).await;
        app.advance_to("2027-02-01T12:30:00Z").await;
        let (sent, held) = reminders(&app, 1..=16).await;
        assert!((3..=6).contains(&sent), "{sent}");
        assert_eq!(held, ["appointment_reminder held spend_cap"]);
        assert_eq!(alerts(&app.open_alerts().await, "asap spend_cap"), 1, "told once: {:?}", app.open_alerts().await);
        // Another day, another budget; and it is told again if that is used up too.
        app.advance_to("2027-02-02T12:30:00Z").await;
        assert_eq!(reminders(&app, 1..=16).await.0, sent * 2);
        assert_eq!(alerts(&app.open_alerts().await, "asap spend_cap"), 2);
        app.add_practice(PRACTICE, "Elmbrook Surgery", r#"{"limits": {"segments_per_day": 100}}"#).await;
        let mut tx = app.engine.db.begin().await.unwrap();
        assert!(app.engine.wake_held(&mut tx, PRACTICE, between::domain::reason::Reason::SpendCap).await.unwrap() > 0);
        tx.commit().await.unwrap();
        app.advance_to("2027-02-02T12:31:00Z").await;
        assert_eq!(reminders(&app, 1..=16).await, (16, vec![]), "released at once");
    }

    async fn t6_a_sudden_rise_stops_asks_once_and_goes_on_when_a_person_says_so(on) {
        let changes = "[practice.limits]\nsudden_rise_factor = 3\nsudden_rise_minimum = 5\n";
        let app = TestApp::start_with(on, MONDAY, changes).await?;
        history(&app, 2).await;
        book(&app, 1..=15).await;
        app.advance_to("2027-02-01T12:30:00Z").await;
        assert_eq!(reminders(&app, 1..=15).await, (6, vec!["appointment_reminder held sudden_rise".to_owned()]));
        assert_eq!(alerts(&app.open_alerts().await, "asap sudden_rise"), 1);
        let rise = app.engine.rise(PRACTICE).await.unwrap().unwrap();
        assert_eq!((rise.sent, rise.limit, rise.stopped()), (6, 6, true));
        // Answers still go.
        app.reply(1, "STOP").await;
        assert!(app.ledger("patient-0001").await.contains(&"stop_confirmation delivered".to_owned()));
        let mut tx = app.engine.db.begin().await.unwrap();
        assert_eq!(app.engine.release_rise(&mut tx, PRACTICE).await.unwrap(), 9);
        tx.commit().await.unwrap();
        app.advance_to("2027-02-01T12:31:00Z").await;
        assert_eq!(reminders(&app, 2..=15).await, (14, vec![]));
        assert!(!app.engine.rise(PRACTICE).await.unwrap().unwrap().stopped());
    }

    async fn a_young_practice_and_a_usual_day_are_not_stopped(on) {
        let changes = "[practice.limits]\nsudden_rise_factor = 3\nsudden_rise_minimum = 5\n";
        let app = TestApp::start_with(on, MONDAY, changes).await?;
        book(&app, 1..=15).await;
        app.advance_to("2027-02-01T12:30:00Z").await;
        assert_eq!(reminders(&app, 1..=15).await, (15, vec![]), "nothing to compare with");
        let usual = TestApp::start_with(on, MONDAY, changes).await?;
        history(&usual, 20).await;
        book(&usual, 1..=15).await;
        usual.advance_to("2027-02-01T12:30:00Z").await;
        assert_eq!(reminders(&usual, 1..=15).await, (15, vec![]));
    }
}
