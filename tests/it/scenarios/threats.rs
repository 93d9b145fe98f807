//! Threats that come by text: shared numbers (T2), machines on the other side (T3, F29), late and crossed answers (T9).

use super::kit::{all_out, last_received, sent_count, templates};
use crate::app::{On, TestApp, phone};
use crate::on_both;
use between::worker;

const MONDAY: &str = "2027-01-04T10:00:00Z";

/// What a machine answers in a round to the last text it got.
type Answer = fn(usize, &str) -> String;

/// Plays a machine at a number: it answers every text that reaches it, for twenty rounds. Returns the texts it got, after
/// the one that started it.
async fn play(app: &TestApp, number: u32, first: &str, answer: impl Fn(usize, &str) -> String) -> Vec<String> {
    let address = phone(number);
    let heard = async || -> Vec<String> {
        let mut rows = all_out(app).await;
        rows.retain(|m| m.address.as_deref() == Some(address.as_str()) && m.status == "delivered");
        rows.sort_by(|a, b| (a.sent_at, &a.id).cmp(&(b.sent_at, &b.id)));
        rows.into_iter().filter_map(|m| m.body).collect()
    };
    let before = heard().await.len();
    app.reply(number, first).await;
    for round in 0..20 {
        let texts = heard().await;
        let Some(last) = texts.get(before + round) else {
            break;
        };
        app.engine.clock.set_ms(app.now() + 2_000);
        app.reply(number, &answer(round, last)).await;
    }
    heard().await.split_off(before)
}

on_both! {
    async fn f29_t3_two_machines_end_within_three_texts(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let scripts: [(&str, Answer); 9] = [
            ("Sorry, I can't talk right now", |_, _| "Sorry, I can't talk right now".to_owned()),
            ("I am out of the office until Monday.", |_, _| "I am out of the office until Monday.".to_owned()),
            ("hello", |_, last| last.to_owned()),
            ("STOP", |_, _| "STOP".to_owned()),
            ("STOP", |round, _| if round % 2 == 0 { "START" } else { "STOP" }.to_owned()),
            ("I have chest pain", |_, _| "I have chest pain".to_owned()),
            ("HELP", |_, _| "HELP".to_owned()),
            ("7", |round, _| format!("{round}")),
            ("Your message has been received. A member of our team will reply shortly.", |round, _| format!("Your message has been received. Ticket {round}.")),
        ];
        for (index, (first, script)) in scripts.into_iter().enumerate() {
            let number = u32::try_from(index).unwrap() + 1;
            app.person(number).await;
            let texts = play(&app, number, first, script).await;
            assert!(texts.len() <= 3, "known number, {first}: {texts:#?}");
            let texts = play(&app, 500 + number, first, script).await;
            assert!(texts.len() <= 3, "unknown number, {first}: {texts:#?}");
            let (a, b) = (app.person(100 + number).await, app.person(200 + number).await);
            app.contact(&a, "sms", &phone(300 + number)).await;
            app.contact(&b, "sms", &phone(300 + number)).await;
            let texts = play(&app, 300 + number, first, script).await;
            assert!(texts.len() <= 3, "shared number, {first}: {texts:#?}");
        }
    }

    async fn f29_our_own_words_coming_back_end_within_three_texts(on) {
        // Whatever we say, an echo of it must not keep us talking.
        let app = TestApp::start(on, MONDAY).await?;
        for (index, programme) in ["goal", "blood-pressure", "annual-review"].into_iter().enumerate() {
            let number = u32::try_from(index).unwrap() + 1;
            let person = app.person(number).await;
            app.consent(&person, "sms", "readings", "granted").await;
            let goal = if programme == "goal" { app.goal(&person).await } else { String::new() };
            app.enrol(&person, programme, &goal).await;
            app.result(&person, &format!("r{number}"), "released").await;
            app.appointment(&person, &format!("a{number}"), "2027-02-10T10:00:00Z", "booked").await;
        }
        app.advance_to("2027-01-06T12:00:00Z").await;
        for number in 1..=3 {
            let person = format!("patient-{number:04}");
            let Some((_, last)) = app.sent(&person).await.pop() else { continue };
            let texts = play(&app, number, &last, |_, last| last.to_owned()).await;
            assert!(texts.len() <= 3, "{last}: {texts:#?}");
        }
    }

    async fn t3_one_automatic_answer_a_day_outside_a_conversation(on) {
        // Sunday: nobody is there, and people are told so. Once.
        let app = TestApp::start(on, "2027-01-03T10:00:00Z").await?;
        let joan = app.person(1).await;
        for text in ["can I have a repeat prescription", "hello are you there", "I need to see somebody about my knee"] {
            app.reply(1, text).await;
        }
        assert_eq!(sent_count(&app, &joan).await, 1, "{:?}", app.sent(&joan).await);
        app.advance_to("2027-01-04T07:00:00Z").await;
        app.reply(1, "I still need my prescription").await;
        assert_eq!(sent_count(&app, &joan).await, 2, "a new day");
    }

    async fn t2_a_reply_from_a_shared_number_is_filed_for_nobody(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let (joan, ann) = (app.person(1).await, app.person(2).await);
        app.contact(&ann, "sms", &phone(1)).await;
        for (person, visit) in [(&joan, "a"), (&ann, "b")] {
            app.appointment(person, visit, "2027-01-08T10:00:00Z", "booked").await;
        }
        app.advance_to("2027-01-06T12:00:00Z").await;
        assert!(sent_count(&app, &joan).await + sent_count(&app, &ann).await >= 2, "both were reminded");
        app.reply(1, "YES").await;
        assert_eq!(app.entries(&joan).await.len() + app.entries(&ann).await.len(), 0);
        assert!(app.open_alerts().await.iter().any(|a| a.contains("unknown_sender")), "{:?}", app.open_alerts().await);
        // Danger is shown for both.
        app.reply(1, "i have crushing chest pain").await;
        let mut flagged = std::collections::BTreeSet::new();
        for alert in between::store::alerts::list(&app.engine.db, crate::app::PRACTICE, "open", 100).await.unwrap() {
            if alert.kind == "red_flag" {
                flagged.extend(alert.patient_id);
            }
        }
        assert_eq!(flagged.len(), 2, "{flagged:?}");
    }

    async fn t2_private_topics_do_not_go_to_a_shared_number(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let (joan, ann) = (app.person(1).await, app.person(2).await);
        app.contact(&ann, "sms", &phone(1)).await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.advance_to("2027-01-07T12:00:00Z").await;
        assert!(app.ledger(&joan).await.contains(&"goal_check_in skipped shared_number".to_owned()), "{:?}", app.ledger(&joan).await);
        assert!(app.open_alerts().await.contains(&"routine shared_number".to_owned()));
    }

    async fn t9_yes_after_the_visit_goes_to_a_person(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-08T08:30:00Z", "booked").await;
        app.advance_to("2027-01-08T08:45:00Z").await;
        assert_eq!(templates(&app, &joan).await, ["appointment_reminder"]);
        app.reply(1, "YES").await;
        assert_eq!(app.entries(&joan).await, Vec::<String>::new());
        assert!(last_received(&app, &joan).await.starts_with("for_staff"), "{}", last_received(&app, &joan).await);
    }

    async fn t9_an_agenda_after_the_freeze_is_not_filed(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.enrol(&joan, "annual-review", "").await;
        app.appointment(&joan, "a", "2027-01-14T09:30:00Z", "booked").await;
        app.advance_to("2027-01-14T06:30:00Z").await;
        assert!(templates(&app, &joan).await.contains(&"agenda_prompt".to_owned()), "{:?}", app.ledger(&joan).await);
        app.reply(1, "my knees and the new tablets").await;
        let mut tx = app.engine.db.begin().await.unwrap();
        assert_eq!(between::store::record::agenda(&mut tx, &["appointment-a".to_owned()]).await.unwrap().len(), 0);
        drop(tx);
        assert!(last_received(&app, &joan).await.starts_with("for_staff"));
    }

    async fn t9_a_number_to_the_wrong_question_is_not_filed(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-08T10:00:00Z", "booked").await;
        app.advance_to("2027-01-06T12:00:00Z").await;
        app.reply(1, "4").await;
        assert!(app.entries(&joan).await.iter().all(|e| !e.ends_with("auto")), "{:?}", app.entries(&joan).await);
        // And after a cancellation the old question takes no answer.
        app.appointment(&joan, "a", "2027-01-08T10:00:00Z", "cancelled").await;
        app.advance_to("2027-01-06T12:10:00Z").await;
        app.reply(1, "YES").await;
        assert!(app.entries(&joan).await.iter().all(|e| !e.contains("coming")), "{:?}", app.entries(&joan).await);
        assert!(last_received(&app, &joan).await.starts_with("for_staff"));
        let _ = worker::settle_now(&app.engine).await;
    }
}
