//! The hazard log's controls on what people write and where it goes: H07 to H16, each named after its number.

use super::kit::{all_out, all_texts, last_received, ms, sent_count, templates};
use crate::app::{On, PRACTICE, TestApp, phone};
use crate::on_both;
use between::store::{self, patients};
use between::worker;

const MONDAY: &str = "2027-01-04T10:00:00Z";
const ROUTES: &str =
    "[practice.alerts]\nroute = \"duty@elmbrook.example\"\nsecond_route = \"partner@elmbrook.example\"\n";

/// Notices to staff by where they went, in order.
async fn notices(app: &TestApp) -> Vec<(String, String)> {
    all_out(app)
        .await
        .into_iter()
        .filter(|m| m.template == "alert_route" && m.status == "delivered")
        .map(|m| (m.address.unwrap_or_default(), m.body.unwrap_or_default()))
        .collect()
}

on_both! {
    async fn h07_the_number_is_not_for_emergencies_and_danger_is_answered_at_night(on) {
        let app = TestApp::start_with(on, MONDAY, ROUTES).await?;
        let joan = app.person(1).await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.advance_to("2027-01-05T03:00:00Z").await;
        let welcome = app.sent(&joan).await;
        assert!(welcome[0].1.contains("Not for emergencies"), "{}", welcome[0].1);
        app.reply(1, "i have crushing chest pain").await;
        let sent = app.sent(&joan).await;
        assert_eq!(sent.len(), 2, "{:?}", app.ledger(&joan).await);
        assert_eq!(sent[1].0, "danger");
        assert!(sent[1].1.contains("999"), "{}", sent[1].1);
        assert_eq!(app.open_alerts().await, ["urgent red_flag"]);
        app.advance_to("2027-01-05T03:01:00Z").await;
        let told = notices(&app).await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, "duty@elmbrook.example");
        for private in ["chest", "Joan", "Test1", "7700"] {
            assert!(!told[0].1.contains(private), "{}", told[0].1);
        }
    }

    async fn h01_wrong_number_stops_the_number_at_once_and_tells_staff(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.appointment(&joan, "a", "2027-01-20T10:00:00Z", "booked").await;
        app.reply(1, "Wrong number, I am not her").await;
        assert!(app.open_alerts().await.iter().any(|a| a.ends_with("wrong_person")), "{:?}", app.open_alerts().await);
        app.advance_to("2027-01-20T09:00:00Z").await;
        assert_eq!(templates(&app, &joan).await, ["wrong_person_answer"], "{:?}", app.ledger(&joan).await);
        assert!(app.ledger(&joan).await.iter().any(|m| m.contains("wrong_person")), "{:?}", app.ledger(&joan).await);
    }

    async fn h03_news_of_a_result_does_not_arrive_when_the_practice_is_about_to_close(on) {
        let app = TestApp::start(on, "2027-01-08T16:45:00Z").await?;
        let joan = app.person(1).await;
        app.enrol(&joan, "annual-review", "").await;
        app.result(&joan, "r", "released").await;
        // A Friday afternoon: the notice would be due before the visit on Tuesday.
        app.appointment(&joan, "a", "2027-01-12T15:00:00Z", "booked").await;
        app.advance_to("2027-01-11T07:59:00Z").await;
        assert!(app.ledger(&joan).await.contains(&"results_notice held practice_closes".to_owned()), "{:?}", app.ledger(&joan).await);
        app.advance_to("2027-01-11T12:00:00Z").await;
        assert!(templates(&app, &joan).await.iter().any(|t| t.starts_with("results")), "{:?}", app.ledger(&joan).await);
    }

    async fn h07_after_words_of_danger_planned_messages_rest(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let (joan, ann) = (app.person(1).await, app.person(2).await);
        for person in [&joan, &ann] {
            let goal = app.goal(person).await;
            app.enrol(person, "goal", &goal).await;
        }
        app.advance_to("2027-01-04T12:00:00Z").await;
        app.reply(1, "i have crushing chest pain").await;
        app.advance_to("2027-01-07T12:00:00Z").await;
        assert_eq!(templates(&app, &ann).await.last().unwrap(), "goal_check_in", "who said nothing of danger is asked");
        assert_eq!(templates(&app, &joan).await.last().unwrap(), "danger", "{:?}", app.ledger(&joan).await);
        assert!(app.ledger(&joan).await.iter().any(|m| m.ends_with("skipped paused")), "{:?}", app.ledger(&joan).await);
    }

    async fn h07_outside_opening_hours_people_are_told_when_it_is_read(on) {
        let app = TestApp::start(on, "2027-01-09T11:00:00Z").await?;
        let joan = app.person(1).await;
        app.reply(1, "could somebody tell me about the clinic on the high street").await;
        let sent = app.sent(&joan).await;
        assert_eq!(sent.len(), 1, "{sent:?}");
        assert!(sent[0].0 == "closed" && sent[0].1.contains("Monday"), "{sent:?}");
        // In opening hours nobody is told so.
        app.advance_to("2027-01-12T11:00:00Z").await;
        app.reply(1, "and about the other one, in the market").await;
        assert_eq!(app.sent(&joan).await.len(), 1);
    }

    async fn h08_a_reply_that_nobody_reads_in_time_is_told_again(on) {
        let app = TestApp::start_with(on, "2027-01-08T19:00:00Z", ROUTES).await?;
        app.person(1).await;
        app.reply(1, "could somebody tell me about the clinic on the high street").await;
        // Friday night: it is read from Monday on, and late a day after that.
        app.advance_to("2027-01-12T07:55:00Z").await;
        assert_eq!(app.open_alerts().await, ["routine reply_to_read"]);
        assert!(notices(&app).await.is_empty());
        app.advance_to("2027-01-12T08:10:00Z").await;
        assert_eq!(app.open_alerts().await, ["urgent reply_to_read"]);
        let told = notices(&app).await;
        assert!(told.iter().all(|(_, body)| body.contains("1 urgent reply waiting, oldest 85 hours")), "{told:?}");
        assert_eq!(told.len(), 2, "both routes: it is long overdue. {told:?}");
    }

    async fn h10_what_nobody_acknowledges_is_told_ever_more_rarely_and_without_end(on) {
        let app = TestApp::start_with(on, MONDAY, ROUTES).await?;
        app.person(1).await;
        app.reply(1, "i have crushing chest pain").await;
        app.advance_to("2027-01-05T10:05:00Z").await;
        let at = |hours: i64| ms(MONDAY) + hours * 3_600_000;
        let told: Vec<i64> = all_out(&app)
            .await
            .iter()
            .filter(|m| m.template == "alert_route" && m.address.as_deref() == Some("duty@elmbrook.example"))
            .map(|m| m.due_at)
            .collect();
        let within = |from: i64, to: i64| told.iter().filter(|t| **t >= at(from) && **t < at(to)).count();
        assert!((5..=14).contains(&told.len()), "{told:?}");
        assert!(within(0, 2) >= 2 && within(12, 24) >= 2 && within(12, 24) <= 4, "{told:?}");
    }

    async fn h07_danger_is_answered_also_after_stop(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.reply(1, "STOP").await;
        app.reply(1, "I want to die").await;
        assert_eq!(templates(&app, &joan).await, ["stop_confirmation", "crisis"]);
        assert!(app.open_alerts().await.contains(&"stat crisis".to_owned()));
    }

    async fn h10_an_alert_nobody_acknowledges_reaches_the_second_route(on) {
        let app = TestApp::start_with(on, MONDAY, ROUTES).await?;
        app.person(1).await;
        app.reply(1, "i have crushing chest pain").await;
        app.advance_to("2027-01-04T10:29:00Z").await;
        let told = notices(&app).await;
        assert_eq!(told.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), ["duty@elmbrook.example"]);
        app.advance_to("2027-01-04T10:31:00Z").await;
        let told = notices(&app).await;
        assert!(told.iter().any(|(to, body)| to == "partner@elmbrook.example" && body.contains("30 minutes")), "{told:?}");
    }

    async fn h10_new_alerts_do_not_put_off_the_escalation_of_an_old_one(on) {
        let app = TestApp::start_with(on, MONDAY, ROUTES).await?;
        for number in 1..=3 {
            app.person(number).await;
            app.reply(number, "i have crushing chest pain").await;
            app.advance_to_ms(app.now() + 20 * 60_000).await;
        }
        let told = notices(&app).await;
        assert!(told.iter().any(|(to, _)| to == "partner@elmbrook.example"), "an hour without the second route: {told:?}");
    }

    async fn h10_an_acknowledged_alert_is_not_told_again(on) {
        let app = TestApp::start_with(on, MONDAY, ROUTES).await?;
        app.person(1).await;
        app.reply(1, "i have crushing chest pain").await;
        let open = store::alerts::list(&app.engine.db, PRACTICE, "open", 10).await.unwrap();
        let mut tx = app.engine.db.begin().await.unwrap();
        assert!(store::alerts::acknowledge(&mut tx, &open[0].id, "nurse", "rang", app.now()).await.unwrap());
        tx.commit().await.unwrap();
        app.advance_to("2027-01-04T14:00:00Z").await;
        assert!(notices(&app).await.len() <= 1, "{:?}", notices(&app).await);
    }

    async fn h11_an_implausible_or_late_value_is_not_filed(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.consent(&joan, "sms", "readings", "granted").await;
        app.enrol(&joan, "blood-pressure", "").await;
        app.advance_to("2027-01-05T10:00:00Z").await;
        app.reply(1, "1400/86").await;
        assert!(app.entries(&joan).await.iter().all(|e| !e.ends_with("auto")), "{:?}", app.entries(&joan).await);
        assert_eq!(templates(&app, &joan).await.last().unwrap(), "could_not_read");
        app.reply(1, "140/86").await;
        let rows = store::record::of_patient(&app.engine.db, &joan).await.unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!((rows[0].value.as_str(), rows[0].filed.as_str(), rows[0].original_text.as_str()), ("140/86", "auto", "140/86"));
        // Next week's question runs out after two days; what comes then is for a person.
        app.advance_to("2027-01-14T12:00:00Z").await;
        app.reply(1, "150/90").await;
        let filed: Vec<_> = app.entries(&joan).await.into_iter().filter(|e| e.ends_with("auto")).collect();
        assert_eq!(filed, ["reading bp 140/86 auto"]);
        assert!(last_received(&app, &joan).await.starts_with("for_staff"));
    }

    async fn h12_stop_in_its_variants_ends_the_channel_and_is_confirmed_once(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let words = ["STOP", "stop", "Stop.", "please stop texting me", "UNSUBSCRIBE", "STOP ALL", "s t o p", "stop!!"];
        for (index, word) in words.iter().enumerate() {
            let number = u32::try_from(index).unwrap() + 1;
            let person = app.person(number).await;
            app.appointment(&person, &format!("a{number}"), "2027-01-07T10:00:00Z", "booked").await;
            app.reply(number, word).await;
            app.reply(number, word).await;
        }
        app.advance_to("2027-01-08T12:00:00Z").await;
        for (index, word) in words.iter().enumerate() {
            let person = format!("patient-{:04}", index + 1);
            let sent = templates(&app, &person).await;
            assert_eq!(sent, ["stop_confirmation"], "{word}: {:?}", app.ledger(&person).await);
        }
    }

    /// What only reads like a wish to stop, like a death or like a stranger is no such thing: staff read it, nothing else follows.
    async fn h12_a_guess_stops_nothing(on) {
        let weights = tempfile::NamedTempFile::new().unwrap();
        let learned = "0 stop 0 bereavement 0 wrong_person 0 auto_reply\tbias\n90 stop\tw zeppelin\n90 bereavement\tw airship\n\
                       90 wrong_person\tw balloon\n90 auto_reply\tw blimp\n\
                       0 stop 0 bereavement 0 wrong_person 0 auto_reply 0 other 0 filed -9 urgent\tJ:bias\n\
                       3 stop\tJ:e stop\n3 bereavement\tJ:e bereavement\n3 wrong_person\tJ:e wrong_person\n\
                       3 auto_reply\tJ:e auto_reply\n";
        std::fs::write(weights.path(), learned).unwrap();
        let settings = format!("[receiving]\nsecond_reader = \"{}\"\n", weights.path().display());
        let app = TestApp::start_with(on, MONDAY, &settings).await?;
        for (number, guess) in [(1, "zeppelin"), (2, "airship"), (3, "balloon"), (4, "blimp")] {
            let person = app.person(number).await;
            app.appointment(&person, &format!("a{number}"), "2027-01-07T10:00:00Z", "booked").await;
            app.reply(number, &format!("so that {guess} then")).await;
        }
        assert_eq!(app.open_alerts().await, ["routine reply_to_read"; 4]);
        app.advance_to("2027-01-06T12:00:00Z").await;
        for number in 1..=4 {
            let sent = templates(&app, &format!("patient-000{number}")).await;
            assert!(sent.contains(&"appointment_reminder".to_owned()), "{number}: {sent:?}");
            assert!(!sent.contains(&"stop_confirmation".to_owned()), "{number}: {sent:?}");
        }
    }

    async fn h12_only_start_brings_messages_back(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        app.reply(1, "STOP").await;
        app.appointment(&joan, "a", "2027-01-07T10:00:00Z", "booked").await;
        app.reply(1, "hello?").await;
        app.advance_to("2027-01-05T12:00:00Z").await;
        assert_eq!(templates(&app, &joan).await, ["stop_confirmation"]);
        app.reply(1, "START").await;
        app.appointment(&joan, "b", "2027-01-14T10:00:00Z", "booked").await;
        app.advance_to("2027-01-13T12:00:00Z").await;
        let sent = templates(&app, &joan).await;
        assert!(sent.contains(&"start_confirmation".to_owned()) && sent.contains(&"appointment_reminder".to_owned()), "{sent:?}");
    }

    async fn h13_death_stops_everything_whoever_tells_it(on) {
        let app = TestApp::start(on, MONDAY).await?;
        for number in [1, 2, 3] {
            let person = app.person(number).await;
            app.appointment(&person, &format!("a{number}"), "2027-01-07T10:00:00Z", "booked").await;
        }
        app.advance_to("2027-01-04T12:00:00Z").await;
        // One is known from the practice's data, one from the family.
        let rows = {
            let mut tx = app.engine.db.begin().await.unwrap();
            let mut rows = patients::by_ids(&mut tx, &["patient-0001".to_owned()]).await.unwrap();
            rows[0].deceased = true;
            patients::upsert(&mut tx, &rows).await.unwrap();
            tx.commit().await.unwrap();
            rows
        };
        assert_eq!(rows.len(), 1);
        app.reply(2, "this is her daughter, mum died on sunday").await;
        app.advance_to("2027-01-08T12:00:00Z").await;
        assert_eq!(app.ledger("patient-0001").await, ["appointment_reminder cancelled deceased"]);
        assert_eq!(sent_count(&app, "patient-0002").await, 0, "{:?}", app.ledger("patient-0002").await);
        assert!(app.open_alerts().await.contains(&"urgent bereavement".to_owned()));
        assert_eq!(templates(&app, "patient-0003").await, ["appointment_reminder"]);
    }

    async fn h14_unsafe_contact_sends_nothing_at_all_and_tells_staff(on) {
        let app = TestApp::start_with(on, MONDAY, ROUTES).await?;
        let joan = app.person(1).await;
        app.contact(&joan, "email", "joan@example.org").await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.appointment(&joan, "a", "2027-01-21T10:00:00Z", "booked").await;
        app.advance_to("2027-01-06T12:00:00Z").await;
        let before = sent_count(&app, &joan).await;
        assert!(before > 0);
        // An answer is on its way when the warning arrives: it does not leave either.
        app.text_in(&phone(1), "4").await;
        app.text_in(&phone(1), "please stop, he reads my phone").await;
        worker::settle_now(&app.engine).await.unwrap();
        for text in ["STOP", "HELP", "START", "i have chest pain", "thanks", "4"] {
            app.reply(1, text).await;
        }
        app.advance_to("2027-01-28T12:00:00Z").await;
        assert_eq!(sent_count(&app, &joan).await, before, "{:?}", app.ledger(&joan).await);
        assert!(app.open_alerts().await.contains(&"stat unsafe_contact".to_owned()), "{:?}", app.open_alerts().await);
        assert!(!notices(&app).await.is_empty(), "staff were told");
    }

    async fn h14_unsafe_contact_from_a_shared_or_unknown_number_is_silent_too(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let (joan, ann) = (app.person(1).await, app.person(2).await);
        app.contact(&ann, "sms", &phone(1)).await;
        app.appointment(&ann, "a", "2027-01-07T10:00:00Z", "booked").await;
        app.reply(1, "please don't text, he reads my phone").await;
        app.reply(500, "please don't text, he reads my phone").await;
        app.advance_to("2027-01-08T12:00:00Z").await;
        assert_eq!(sent_count(&app, &joan).await + sent_count(&app, &ann).await, 0);
        assert_eq!(all_texts(&app).await, []);
        let alerts = app.open_alerts().await;
        assert!(alerts.iter().filter(|a| *a == "stat unsafe_contact").count() >= 2, "{alerts:?}");
    }

    async fn h15_a_backlog_waits_for_the_morning_and_admission_stops_it(on) {
        let app = TestApp::start(on, MONDAY).await?;
        for number in [1, 2] {
            let person = app.person(number).await;
            app.appointment(&person, &format!("a{number}"), "2027-01-08T10:00:00Z", "booked").await;
        }
        worker::settle_now(&app.engine).await.unwrap();
        let mut tx = app.engine.db.begin().await.unwrap();
        let tag = patients::TagRow { patient_id: "patient-0002".into(), tag: "admission".into(), source: "hospital".into(), since: app.now() };
        patients::add_tags(&mut tx, &[tag]).await.unwrap();
        tx.commit().await.unwrap();
        // The worker was away all day and is back at 23:00.
        app.engine.clock.set_ms(ms("2027-01-06T23:00:00Z"));
        app.fresh_feeds().await;
        worker::settle_now(&app.engine).await.unwrap();
        assert_eq!(app.ledger("patient-0001").await, ["appointment_reminder held waits_for_window"]);
        app.advance_to("2027-01-07T08:59:59Z").await;
        assert_eq!(sent_count(&app, "patient-0001").await, 0);
        app.advance_to("2027-01-07T09:00:00Z").await;
        assert_eq!(templates(&app, "patient-0001").await, ["appointment_reminder"]);
        assert_eq!(app.ledger("patient-0002").await, ["appointment_reminder cancelled excluded_by_tag"]);
    }

    async fn h16_no_flood_two_a_day_and_four_a_week(on) {
        let app = TestApp::start(on, MONDAY).await?;
        let joan = app.person(1).await;
        // Six reviews on six days: each would bring a notice and a prompt.
        app.enrol(&joan, "annual-review", "").await;
        app.result(&joan, "r", "released").await;
        for visit in 0..6 {
            app.appointment(&joan, &format!("a{visit}"), &format!("2027-01-13T{:02}:00:00Z", 9 + visit), "booked").await;
        }
        app.advance_to("2027-01-10T23:00:00Z").await;
        let mut days = std::collections::BTreeMap::<i64, usize>::new();
        for m in app.timeline(&joan).await.into_iter().filter(|m| m.status == "delivered" && m.purpose != "appointments") {
            *days.entry(m.sent_at.unwrap() / 86_400_000).or_default() += 1;
        }
        assert!(days.values().all(|n| *n <= 2), "{days:?}");
        assert_eq!(days.values().sum::<usize>(), 4, "one week, four messages: {:?}", app.ledger(&joan).await);
        assert!(app.ledger(&joan).await.iter().any(|l| l.ends_with("capped") || l.ends_with("question_open")));
    }
}
