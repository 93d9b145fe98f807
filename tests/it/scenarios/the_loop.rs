//! The main job: goal, check-in, reply, record; results and agenda ahead of a visit; STOP.

use crate::app::{On, TestApp};
use crate::on_both;

on_both! {
    async fn a_goal_is_kept_up_with_and_the_answer_stands_in_the_record(on) {
        let app = TestApp::start(on, "2027-01-04T10:00:00Z").await?;
        let joan = app.person(1).await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.advance_to("2027-01-06T12:00:00Z").await;
        let sent = app.sent(&joan).await;
        assert_eq!(sent.iter().map(|(t, _)| t.as_str()).collect::<Vec<_>>(), ["welcome", "goal_check_in"], "{:?}", app.ledger(&joan).await);
        assert!(sent[1].1.contains("walk for 20 minutes"), "{}", sent[1].1);
        app.reply(1, "4 days").await;
        assert_eq!(app.entries(&joan).await, ["check_in count 4 auto"]);
        let sent = app.sent(&joan).await;
        assert!(sent[2].1.contains("We noted 4 days"), "{}", sent[2].1);
    }

    async fn results_and_agenda_come_before_the_visit_and_stop_ends_everything(on) {
        let app = TestApp::start(on, "2027-01-04T10:00:00Z").await?;
        let joan = app.person(1).await;
        app.enrol(&joan, "annual-review", "").await;
        app.result(&joan, "r1", "released").await;
        app.appointment(&joan, "a1", "2027-01-21T10:30:00Z", "booked").await;
        app.advance_to("2027-01-15T12:00:00Z").await;
        let kinds = |sent: &[(String, String)]| sent.iter().map(|(t, _)| t.clone()).collect::<Vec<_>>();
        assert_eq!(kinds(&app.sent(&joan).await), ["results_notice", "agenda_prompt"], "{:?}", app.ledger(&joan).await);
        app.reply(1, "my knees, the new tablets and sleeping badly").await;
        app.advance_to("2027-01-19T12:00:00Z").await;
        let sent = kinds(&app.sent(&joan).await);
        assert_eq!(sent.last().map(String::as_str), Some("appointment_reminder"), "{:?}", app.ledger(&joan).await);
        app.reply(1, "STOP").await;
        app.advance_to("2027-01-22T12:00:00Z").await;
        let sent = kinds(&app.sent(&joan).await);
        assert_eq!(sent.iter().filter(|t| *t == "stop_confirmation").count(), 1);
        assert_eq!(sent.last().map(String::as_str), Some("stop_confirmation"), "{:?}", app.ledger(&joan).await);
    }
}
