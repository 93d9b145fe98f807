//! What staff do on the pages, and that it is written down.

use super::{Server, words};
use crate::app::{On, PRACTICE, TestApp};
use crate::scenarios::limits;
use between::store::health::{self, HealthRow};
use between::store::{audit, results};
use std::sync::Arc;

async fn audit_actions(server: &Server, subject_id: &str) -> Vec<String> {
    let events = audit::latest(&server.engine.db, Some(subject_id), 10).await.unwrap();
    assert!(events.iter().all(|e| !e.actor.is_empty()), "every act has an actor");
    events.into_iter().map(|e| e.action).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_acknowledged_with_a_note() {
    let server = Server::demo().await;
    server.text_as_guest("chest pain since this morning").await;
    let page = server.get("/alerts").await.text;
    let id = page.split("action=\"/alerts/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    assert_eq!(server.post(&format!("/alerts/{id}"), &[("note", "Rang her, ambulance sent")]).await.status, 303);
    let page = words(&server.get("/alerts").await.text);
    assert!(page.contains("Rang her, ambulance sent"));
    assert_eq!(audit_actions(&server, &id).await, ["alert_acknowledged"]);
    // Once is enough: a second press changes and records nothing.
    server.post(&format!("/alerts/{id}"), &[("note", "again")]).await;
    assert_eq!(audit_actions(&server, &id).await.len(), 1);
    assert!(!words(&server.get("/alerts").await.text).contains("again"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_is_released_only_in_the_name_of_a_clinician() {
    let server = Server::demo().await;
    let practice = server.demo.as_ref().unwrap().practice_id().to_owned();
    let held = results::list(&server.engine.db, &practice, "held", 10).await.unwrap();
    // One with nothing wrong in its data: those nobody may release.
    let id =
        held.iter().find(|r| r.hold_reasons == r#"["unfiled"]"#).expect("a held result without a fault").id.clone();
    let path = format!("/results/{id}");
    assert_eq!(server.post(&path, &[("to", "release"), ("by", "  ")]).await.status, 422);
    assert_eq!(results::get(&server.engine.db, &id).await.unwrap().unwrap().state, "held");
    let named = [("to", "release"), ("by", "Dr Test"), ("second", "Dr Second")];
    assert_eq!(server.post(&path, &named).await.status, 303);
    let row = results::get(&server.engine.db, &id).await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.released_by.as_deref()), ("released", Some("Dr Test and Dr Second")));
    assert_eq!(server.post(&path, &[("to", "withdraw"), ("by", "Dr Test")]).await.status, 303);
    // What was withdrawn cannot be released again.
    server.post(&path, &[("to", "release"), ("by", "Dr Test")]).await;
    assert_eq!(results::get(&server.engine.db, &id).await.unwrap().unwrap().state, "withdrawn");
    assert_eq!(audit_actions(&server, &id).await, ["result_withdrawn", "result_released"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_paused_and_goes_on() {
    let server = Server::demo().await;
    let path = format!("/people/{}", server.guest());
    let past = server.post(&format!("{path}/pause"), &[("until", "2027-01-01"), ("reason", "x")]).await;
    assert_eq!(past.status, 422);
    assert_eq!(server.post(&format!("{path}/pause"), &[("until", "2027-02-01"), ("reason", "Away")]).await.status, 303);
    assert!(words(&server.get(&path).await.text).contains("Paused until Tue 2 Feb, midnight . Away"));
    assert_eq!(server.post(&format!("{path}/resume"), &[]).await.status, 303);
    assert!(!words(&server.get(&path).await.text).contains("Paused until"));
    let actions = audit_actions(&server, &server.guest()).await;
    assert_eq!(actions[..2], ["patient_resumed", "patient_paused"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_and_enrolment_have_a_source() {
    let server = Server::demo().await;
    let path = format!("/people/{}", server.guest());
    let form = [("purpose", "readings"), ("channel", "any"), ("decision", "granted"), ("source", "")];
    assert_eq!(server.post(&format!("{path}/consent"), &form).await.status, 422, "no source, no consent");
    let form = [("purpose", "readings"), ("channel", "any"), ("decision", "granted"), ("source", "at the desk")];
    assert_eq!(server.post(&format!("{path}/consent"), &form).await.status, 303);
    assert!(words(&server.get(&path).await.text).contains("Home readings Text and email Yes at the desk"));
    let goal_needed = server.post(&format!("{path}/enrol"), &[("programme", "goal"), ("source", "by phone")]).await;
    assert_eq!(goal_needed.status, 422);
    let enrolled =
        server.post(&format!("{path}/enrol"), &[("programme", "blood-pressure"), ("source", "by phone")]).await;
    assert_eq!(enrolled.status, 303);
    let page = words(&server.get(&path).await.text);
    assert!(page.contains("Home blood pressure readings Active Since 13 January 2027. Consent: by phone."), "{page}");
    assert_eq!(server.post(&format!("{path}/leave"), &[("programme", "blood-pressure")]).await.status, 303);
    assert!(words(&server.get(&path).await.text).contains("Home blood pressure readings Ended"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reading_page_uses_the_real_reader_and_files_nothing() {
    let server = Server::demo().await;
    // Somebody in the demo's story may have written words of danger: what counts is that no more are filed.
    let filed = async || words(&server.get("/alerts").await.text).matches("Words of danger").count();
    let before = filed().await;
    let read = server.post("/explain", &[("text", "4 days"), ("question", "count"), ("channel", "sms")]).await;
    assert!(words(&read.text).contains("A number: 4"), "{}", words(&read.text));
    assert!(read.text.contains("<mark>4"), "the place is marked");
    let danger = server.post("/explain", &[("text", "chest pain"), ("question", "none"), ("channel", "sms")]).await;
    assert!(words(&danger.text).contains("Danger: chest pain"));
    assert_eq!(filed().await, before, "nothing is filed");
}

#[tokio::test(flavor = "multi_thread")]
async fn today_says_what_is_wrong_and_a_sudden_rise_is_released_with_a_button() {
    let changes = "[practice.limits]\nsudden_rise_factor = 3\nsudden_rise_minimum = 5\n";
    let app = TestApp::start_with(On::Sqlite, "2027-02-01T10:00:00Z", changes).await.unwrap();
    let server = Server::plain(Arc::clone(&app.engine)).await;
    assert!(!words(&server.get("/").await.text).contains("more messages than usual"));
    limits::history(&app, 2).await;
    limits::book(&app, 1..=9).await;
    app.advance_to("2027-02-01T11:01:00Z").await;
    let mut tx = app.engine.db.begin().await.unwrap();
    let whole = health::lock(&mut tx, &["sandbox".to_owned()]).await.unwrap().remove(0);
    let judged = HealthRow { share: 60, judged_sent: 200, judged_bad: 40, ..whole };
    health::set_shares(&mut tx, &[judged]).await.unwrap();
    tx.commit().await.unwrap();
    let page = words(&server.get("/").await.text);
    assert!(page.contains("Far more messages than usual: sending stopped. 6 planned messages went today"), "{page}");
    assert!(page.contains("of its texts: 40 of 200 in 15 minutes failed or were slow"), "{page}");
    assert_eq!(server.post("/rise", &[]).await.status, 303);
    assert_eq!(server.post("/rise", &[]).await.status, 303, "a second press does nothing");
    assert_eq!(audit_actions(&server, PRACTICE).await, ["sudden_rise_released"]);
    app.advance_to("2027-02-01T11:03:00Z").await;
    assert_eq!(app.ledger("patient-0009").await, ["appointment_reminder delivered"]);
    assert!(!words(&server.get("/").await.text).contains("more messages than usual"));
}
