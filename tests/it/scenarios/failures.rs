//! Failures that others had in planning and sending: F02 to F20, each named after its number.

use super::kit::{all_out, last_received, ms, sent_count, templates, unaccounted};
use crate::app::{On, PRACTICE, TestApp, config, phone};
use crate::on_both;
use between::clock::{Clock, instant};
use between::worker;

const MONDAY: &str = "2027-01-04T10:00:00Z";

/// The worker is away from Monday 10:00 for so many days; then it comes back at noon.
async fn away_for(app: &TestApp, days: i64) {
    let goal_of = app.person(1).await;
    let goal = app.goal(&goal_of).await;
    app.enrol(&goal_of, "goal", &goal).await;
    let visit_soon = app.person(2).await;
    app.appointment(&visit_soon, "soon", "2027-01-08T10:00:00Z", "booked").await;
    let review = app.person(3).await;
    app.enrol(&review, "annual-review", "").await;
    app.result(&review, "r", "released").await;
    app.appointment(&review, "review", "2027-01-20T10:00:00Z", "booked").await;
    worker::settle_now(&app.engine).await.unwrap();
    app.engine.clock.set_ms(ms("2027-01-04T12:00:00Z") + days * 86_400_000);
    app.fresh_feeds().await;
    worker::settle_now(&app.engine).await.unwrap();
    assert_eq!(unaccounted(app).await, Vec::<String>::new());
}

on_both! {
    async fn f02_a_stopped_person_who_says_thanks_stays_stopped_and_staff_see_it(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.advance_to("2027-01-06T12:00:00Z").await;
        app.reply(1, "STOP").await;
        let before = sent_count(&app, &joan).await;
        for text in ["thanks", "4", "yes please"] {
            app.reply(1, text).await;
            assert_eq!(last_received(&app, &joan).await, "for_staff for_staff", "{text}");
        }
        app.advance_to("2027-01-27T12:00:00Z").await;
        assert_eq!(sent_count(&app, &joan).await, before, "{:?}", app.ledger(&joan).await);
        let ledger = app.ledger(&joan).await;
        assert!(ledger.iter().filter(|l| *l == "goal_check_in skipped opted_out").count() >= 2, "{ledger:?}");
        assert!(app.open_alerts().await.iter().any(|alert| alert.ends_with(" reply_to_read")));
    }

    async fn f03_three_days_away_leaves_an_outcome_for_each_missed_send(on) {
        let app = TestApp::start(on, MONDAY).await?;
        away_for(&app, 3).await;
        assert_eq!(app.ledger("patient-0001").await, ["welcome delivered", "goal_check_in skipped past_due"]);
        assert_eq!(templates(&app, "patient-0002").await, ["appointment_reminder"], "late but still useful");
        assert_eq!(sent_count(&app, "patient-0003").await, 0, "nothing of the review was due yet");
    }

    async fn f04_ten_days_away_loses_nothing_either(on) {
        let app = TestApp::start(on, MONDAY).await?;
        away_for(&app, 10).await;
        let ledger = app.ledger("patient-0001").await;
        assert_eq!(ledger.iter().filter(|l| *l == "goal_check_in skipped past_due").count(), 2, "{ledger:?}");
        assert_eq!(sent_count(&app, "patient-0002").await, 0, "the appointment is over");
        let ledger = app.ledger("patient-0002").await;
        assert!(ledger.iter().all(|l| l.contains("cancelled") || l.contains("skipped")) && !ledger.is_empty(), "{ledger:?}");
        let sent = templates(&app, "patient-0003").await;
        assert_eq!(sent, ["results_notice", "agenda_prompt"], "both are late by less than their use: {:?}", app.ledger("patient-0003").await);
    }

    async fn f05_the_guard_against_copies_survives_a_restart(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-05T15:00:00Z", "booked").await;
        app.enrol(&joan, "annual-review", "").await;
        for _ in 0..3 {
            // Each round is a new process that is told the same again: the same rows imported, everything planned anew.
            let other = TestApp::open(config(&app.url, ""), Clock::manual(instant(app.now()))).await.unwrap();
            app.appointment(&joan, "a", "2027-01-05T15:00:00Z", "booked").await;
            let mut tx = other.db.begin().await.unwrap();
            between::store::appointments::queue_planning(&mut tx, "patient", std::slice::from_ref(&joan), app.now()).await.unwrap();
            tx.commit().await.unwrap();
            other.plan().await.unwrap();
            app.engine.clock.set_ms(app.now() + 1_200_000);
            other.clock.set_ms(app.now());
            other.plan().await.unwrap();
            other.send_due().await.unwrap();
            other.db.close().await;
        }
        app.advance_to("2027-01-05T16:00:00Z").await;
        let mut sent = templates(&app, &joan).await;
        sent.sort();
        let mut once = sent.clone();
        once.dedup();
        assert_eq!(sent, once);
        assert!(sent.contains(&"appointment_reminder".to_owned()), "{:?}", app.ledger(&joan).await);
    }

    async fn f06_a_text_that_is_too_long_is_held_and_never_cut(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person_with(1, |p| p.given_name = "Wilhelmina ".repeat(100)).await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.advance_to("2027-01-07T12:00:00Z").await;
        assert_eq!(app.sent(&joan).await, []);
        let ledger = app.ledger(&joan).await;
        assert!(ledger.contains(&"goal_check_in held too_long".to_owned()), "{ledger:?}");
        for row in all_out(&app).await {
            assert_eq!(between::store::ledger::attempts_of(&app.engine.db, &row.id).await.unwrap(), []);
        }
        assert!(app.open_alerts().await.contains(&"routine too_long".to_owned()));
    }

    async fn f10_the_second_question_waits_and_the_reply_goes_to_the_first(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.consent(&joan, "sms", "readings", "granted").await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.enrol(&joan, "blood-pressure", "").await;
        app.advance_to("2027-01-06T12:00:00Z").await;
        let ledger = app.ledger(&joan).await;
        assert!(ledger.contains(&"reading_request delivered".to_owned()), "{ledger:?}");
        assert!(ledger.contains(&"goal_check_in held question_open".to_owned()), "{ledger:?}");
        app.reply(1, "142/86").await;
        assert_eq!(app.entries(&joan).await, ["reading bp 142/86 auto"]);
        assert_eq!(templates(&app, &joan).await.iter().filter(|t| *t == "goal_check_in").count(), 1, "its turn has come");
        app.reply(1, "4").await;
        assert_eq!(app.entries(&joan).await, ["reading bp 142/86 auto", "check_in count 4 auto"]);
    }

    async fn f12_a_result_value_never_stands_in_a_text(on) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("en")).unwrap();
        let shipped = include_str!("../../../messages/en/results_notice.toml");
        let leaky = shipped
            .replace("((practice)): Your test results are ready to read:", "((practice)): Your HbA1c is ((value)). Read more:")
            + "\n[[placeholder]]\nname = \"value\"\ntype = \"result\"\nexample = \"52 mmol/mol\"\nlongest = \"120 mmol/mol\"\nrequired = true\n";
        assert_ne!(leaky, shipped);
        std::fs::write(folder.path().join("en/results_notice.toml"), leaky).unwrap();
        let changes = format!("[messages]\nfolder = \"{}\"\n", folder.path().display());
        let Ok(app) = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(TestApp::start_with(on, MONDAY, &changes))).await else {
            // Refused when the wording was read: the strongest form.
            return Some(());
        };
        let app = app?;
        let joan = app.person(1).await;
        app.enrol(&joan, "annual-review", "").await;
        app.result(&joan, "r", "released").await;
        app.appointment(&joan, "a", "2027-01-12T10:00:00Z", "booked").await;
        app.advance_to("2027-01-11T12:00:00Z").await;
        assert!(!templates(&app, &joan).await.contains(&"results_notice".to_owned()));
        assert!(app.ledger(&joan).await.iter().any(|l| l.starts_with("results_notice held")), "{:?}", app.ledger(&joan).await);
    }

    async fn f13_cancelled_one_second_before_is_not_sent(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let (joan, ann) = (app.person(1).await, app.person(2).await);
        app.appointment(&joan, "a", "2027-01-21T10:30:00Z", "booked").await;
        app.appointment(&ann, "b", "2027-01-21T10:30:00Z", "booked").await;
        app.advance_to("2027-01-19T10:59:59Z").await;
        app.appointment(&joan, "a", "2027-01-21T10:30:00Z", "cancelled").await;
        // The sender runs before the planner has seen the change.
        app.engine.clock.set_ms(ms("2027-01-19T11:00:00Z"));
        app.engine.send_due().await.unwrap();
        app.advance_to("2027-01-22T11:00:00Z").await;
        assert_eq!(app.ledger(&joan).await, ["appointment_reminder cancelled appointment_cancelled"]);
        assert_eq!(templates(&app, &ann).await, ["appointment_reminder"], "the other one did go");
    }

    async fn f14_a_booking_changed_136_times_in_an_hour_sends_the_last_state(on) {
        let app = TestApp::start(on, "2027-01-05T10:00:00Z").await?;
        let joan = app.person(1).await;
        let mut last = String::new();
        for change in 0..136 {
            last = format!("2027-01-06T{:02}:{:02}:00Z", 13 + change % 4, (change * 7) % 60);
            app.appointment(&joan, "a", &last, "booked").await;
            app.advance_to_ms(app.now() + 26_000).await;
        }
        app.advance_to("2027-01-05T18:00:00Z").await;
        let sent = app.sent(&joan).await;
        assert!((1..=2).contains(&sent.len()), "{}: {:?}", sent.len(), app.ledger(&joan).await);
        let at = instant(ms(&last)).format("%-I:%M").to_string();
        assert!(sent.last().unwrap().1.contains(&at), "{last}: {}", sent.last().unwrap().1);
    }

    async fn f15_booked_20_hours_ahead_is_reminded_at_once(on) {
        let app = TestApp::start(on, "2027-01-05T13:00:00Z").await?;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-06T09:00:00Z", "booked").await;
        app.advance_to("2027-01-05T14:00:00Z").await;
        let sent = app.sent(&joan).await;
        assert_eq!(sent.len(), 1, "{:?}", app.ledger(&joan).await);
        assert!(sent[0].1.contains("9am"), "{}", sent[0].1);
    }

    async fn f15_moved_30_hours_ahead_tells_the_new_time(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-08T09:00:00Z", "booked").await;
        app.advance_to("2027-01-07T10:00:00Z").await;
        assert_eq!(templates(&app, &joan).await, ["appointment_reminder"]);
        app.appointment(&joan, "a", "2027-01-08T16:00:00Z", "booked").await;
        app.advance_to("2027-01-07T11:00:00Z").await;
        let sent = app.sent(&joan).await;
        assert_eq!(sent.len(), 2, "{:?}", app.ledger(&joan).await);
        assert!(sent[1].1.contains("4pm") && sent[1].1.contains("8 January"), "{}", sent[1].1);
        // A YES now is about the new time.
        app.reply(1, "YES").await;
        assert!(app.sent(&joan).await[2].1.contains("4pm"), "{:?}", app.sent(&joan).await);
    }

    async fn f19_two_programmes_with_one_question_chase_once(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let shipped = include_str!("../../../config/programmes/annual-review.toml");
        let second = shipped.replace("name = \"annual-review\"", "name = \"second-review\"");
        app.add_programme("second-review", second).await;
        let joan = app.person(1).await;
        app.enrol(&joan, "annual-review", "").await;
        app.enrol(&joan, "second-review", "").await;
        app.appointment(&joan, "a", "2027-01-21T10:30:00Z", "booked").await;
        app.advance_to("2027-01-18T12:00:00Z").await;
        let sent = templates(&app, &joan).await;
        assert_eq!(sent, ["agenda_prompt", "agenda_nudge"], "{:?}", app.ledger(&joan).await);
    }

    async fn f20_old_data_holds_messages_with_the_reason(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-08T10:00:00Z", "booked").await;
        worker::settle_now(&app.engine).await.unwrap();
        // The practice's computer is off: nothing is imported for two days.
        app.engine.clock.set_ms(ms("2027-01-06T11:00:00Z"));
        worker::settle_now(&app.engine).await.unwrap();
        assert_eq!(app.ledger(&joan).await, ["appointment_reminder held feed_stale"]);
        assert!(app.open_alerts().await.contains(&"asap feed_stale".to_owned()), "{:?}", app.open_alerts().await);
        app.advance_to("2027-01-06T13:00:00Z").await;
        assert_eq!(templates(&app, &joan).await, ["appointment_reminder"], "fresh data let it go");
    }
}

on_both! {
    async fn f27_courtesies_open_no_work(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let mut courtesies: Vec<String> = [
            "ok thanks", "Thank you", "ta", "👍", "cheers", "Thanks so much", "Great, thank you", "Thank you very much x",
            "many thanks", "thanks 😊", "Ok. Thank you.", "Lovely, thanks",
        ].map(str::to_owned).to_vec();
        courtesies.extend(corpus_courtesies());
        for (number, text) in courtesies.iter().enumerate() {
            let number = u32::try_from(number).unwrap() + 1;
            app.person(number).await;
            app.text_in(&phone(number), text).await;
        }
        worker::settle_now(&app.engine).await.unwrap();
        let waiting = between::store::views::for_staff(&app.engine.db, PRACTICE, 10_000).await.unwrap();
        let read: Vec<_> = waiting.into_iter().map(|m| m.body.unwrap_or_default()).collect();
        assert_eq!(read, Vec::<String>::new());
        assert_eq!(app.open_alerts().await, Vec::<String>::new());
        assert_eq!(all_out(&app).await.len(), 0, "thanks needs no answer");
    }
}

/// Replies of the shared corpus that are only thanks.
fn corpus_courtesies() -> Vec<String> {
    let folder = std::env::var_os("BETWEEN_SHARED_DATA")
        .map_or_else(|| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), Into::into);
    let Ok(text) = std::fs::read_to_string(folder.join("replies-dev.jsonl")) else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "the shared corpus is absent in CI");
        eprintln!("the shared corpus is not here: only this test's own courtesies were tried");
        return Vec::new();
    };
    text.lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|case| {
            let expected = &case["expected"];
            expected["intent"] == "thanks"
                && expected["route"] == "auto"
                && expected["also"].as_array().is_some_and(Vec::is_empty)
        })
        .filter(|case| case["channel"] == "sms")
        .map(|case| case["reply"].as_str().unwrap().to_owned())
        .collect()
}
