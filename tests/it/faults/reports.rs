//! Delivery reports: R17, F22, F28, F30.

use super::rig::{Rig, WEBHOOK_KEY, post, serve};
use crate::app::{On, PRACTICE};
use crate::on_both;
use crate::scenarios::kit::{all_out, ms};
use between::domain::delivery::DeliveryStatus as D;
use between::intake::{Report, take_reports};
use between::store;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

const MONDAY: &str = "2027-01-04T10:00:00Z";

/// So many people whose reminder the gateway has taken. Returns the messages' ids, in order of the people.
async fn accepted(rig: &Rig, count: u32) -> Vec<String> {
    for number in 1..=count {
        let id = rig.app.person(number).await;
        rig.app.appointment(&id, &format!("a{number}"), "2027-01-05T15:00:00Z", "booked").await;
    }
    rig.app.advance_to("2027-01-04T10:20:00Z").await;
    let mut rows = all_out(&rig.app).await;
    rows.sort_by(|a, b| a.patient_id.cmp(&b.patient_id));
    assert_eq!(rows.iter().filter(|m| m.status == "accepted").count(), count as usize);
    rows.into_iter().map(|m| m.id).collect()
}

fn report(reference: &str, status: D, occurred_at: i64) -> Report {
    Report { gateway: "sms".to_owned(), reference: reference.to_owned(), status, occurred_at }
}

fn failed(permanent: bool) -> D {
    D::Failed { code: "9".to_owned(), permanent }
}

fn undelivered(permanent: bool) -> D {
    D::Undelivered { code: "5".to_owned(), permanent }
}

/// The rule, told another way: of everything reported, the furthest word in this order.
fn expected(reports: &[D]) -> (&'static str, &'static str) {
    let any = |wanted: fn(&D) -> bool| reports.iter().any(wanted);
    if any(|d| matches!(d, D::Delivered)) {
        ("delivered", "")
    } else if any(|d| matches!(d, D::OptedOut)) {
        ("failed", "opted_out")
    } else if any(|d| matches!(d, D::Failed { .. })) {
        ("failed", "gateway_refused")
    } else if any(|d| matches!(d, D::Undelivered { .. })) {
        ("undelivered", "network_undelivered")
    } else {
        ("accepted", "")
    }
}

on_both! {
    async fn r17_reports_shuffled_repeated_late_and_unknown_end_in_the_state_of_the_rule(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let ids = accepted(&rig, 40).await;
        let mut rng = StdRng::seed_from_u64(17);
        let kinds = [D::Accepted, D::Sent, D::Delivered, undelivered(false), undelivered(true), failed(false), failed(true), D::OptedOut];
        let mut all = Vec::new();
        let mut wanted = Vec::new();
        for id in &ids {
            let own: Vec<D> = (0..rng.random_range(0..5)).map(|_| kinds[rng.random_range(0..kinds.len())].clone()).collect();
            wanted.push((id.clone(), expected(&own), own.contains(&D::OptedOut)));
            for status in own {
                // By our id or by the provider's; up to five days late; up to five times.
                let reference = if rng.random_bool(0.5) { id.clone() } else { format!("p-{id}") };
                let at = rig.app.now() + rng.random_range(0..5 * 86_400_000);
                for _ in 0..rng.random_range(1..=5) {
                    all.push(report(&reference, status.clone(), at));
                }
            }
        }
        for unknown in 0..50 {
            all.push(report(&format!("nobody-{unknown}"), failed(true), rig.app.now()));
        }
        all.shuffle(&mut rng);
        let people = store::patients::page(&rig.app.engine.db, PRACTICE, "", 1_000).await.unwrap().len();
        let mut rest = all.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(rng.random_range(1..=rest.len().min(40)));
            take_reports(&rig.app.engine, now).await.unwrap();
            rest = later;
        }
        let rows = all_out(&rig.app).await;
        for (id, state, opted_out) in &wanted {
            let row = rows.iter().find(|m| m.id == *id).unwrap();
            assert_eq!((row.status.as_str(), row.reason.as_str()), *state, "{id}");
            let patient = row.patient_id.clone().unwrap();
            let mut tx = rig.app.engine.db.begin().await.unwrap();
            let refused = store::consents::of_patients(&mut tx, &[patient]).await.unwrap().iter().any(|c| c.decision == "refused");
            assert_eq!(refused, *opted_out, "a no reported by the gateway is kept, whatever else was: {id}");
        }
        assert_eq!(rows.len(), ids.len(), "unknown ids made no message");
        assert_eq!(store::patients::page(&rig.app.engine.db, PRACTICE, "", 1_000).await.unwrap().len(), people);
    }

    async fn f30_delivered_then_sent_and_five_repeats_stay_delivered(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let ids = accepted(&rig, 1).await;
        let url = serve(&rig.app.engine).await;
        let client = reqwest::Client::new();
        let now = rig.app.now();
        let receipt = |status: &str| serde_json::json!({"type": "receipt", "id": format!("p-{}", ids[0]), "reference": ids[0], "status": status}).to_string();
        for status in ["delivered", "sent", "sent", "sent", "accepted", "sent", "delivered", "sent"] {
            assert_eq!(post(&client, &url, WEBHOOK_KEY, &receipt(status), now).await, 200, "{status}");
        }
        assert_eq!(all_out(&rig.app).await[0].status, "delivered");
    }

    async fn f28_taken_by_the_gateway_is_not_delivered_anywhere(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let ids = accepted(&rig, 2).await;
        take_reports(&rig.app.engine, &[report(&ids[0], D::Sent, rig.app.now())]).await.unwrap();
        take_reports(&rig.app.engine, &[report(&ids[1], D::Delivered, rig.app.now())]).await.unwrap();
        let counts = store::views::counts(&rig.app.engine.db, PRACTICE, 0, i64::MAX).await.unwrap();
        let mut found: Vec<_> = counts.iter().map(|(status, _, n)| (status.as_str(), *n)).collect();
        found.sort_unstable();
        assert_eq!(found, [("accepted", 1), ("delivered", 1)]);
        let view = store::views::message(&rig.app.engine.db, &ids[0]).await.unwrap().unwrap();
        assert_eq!(view.status, "accepted");
    }

    async fn f22_five_failures_over_five_days_are_unreachable_not_a_no_and_a_delivery_clears_it(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let app = &rig.app;
        let ids = accepted(&rig, 1).await;
        let joan = "patient-0001".to_owned();
        // Five days, one failed report each.
        for day in 0..5 {
            app.engine.clock.set_ms(ms(MONDAY) + day * 86_400_000 + 3_600_000);
            let status = if day % 2 == 0 { undelivered(false) } else { failed(false) };
            let id = if day == 0 { ids[0].clone() } else { send_one(&rig, &joan, day).await };
            // Twice on one day is one day.
            take_reports(&app.engine, &[report(&id, status.clone(), app.now())]).await.unwrap();
            take_reports(&app.engine, &[report(&id, status, app.now() + 1)]).await.unwrap();
            assert_eq!(contact_status(&rig, &joan).await, if day < 4 { "active" } else { "unreachable" }, "day {day}");
        }
        let mut tx = app.engine.db.begin().await.unwrap();
        assert_eq!(store::consents::of_patients(&mut tx, std::slice::from_ref(&joan)).await.unwrap(), [], "unreachable is no refusal");
        drop(tx);
        assert!(app.open_alerts().await.contains(&"routine unreachable".to_owned()), "{:?}", app.open_alerts().await);
        app.appointment(&joan, "later", "2027-01-14T15:00:00Z", "booked").await;
        app.advance_to("2027-01-12T12:00:00Z").await;
        assert!(app.ledger(&joan).await.contains(&"appointment_reminder skipped unreachable".to_owned()), "{:?}", app.ledger(&joan).await);
        take_reports(&app.engine, &[report(&ids[0], D::Delivered, app.now())]).await.unwrap();
        app.appointment(&joan, "again", "2027-01-15T15:00:00Z", "booked").await;
        app.advance_to("2027-01-13T12:00:00Z").await;
        assert!(
            app.ledger(&joan).await.last().is_some_and(|last| last == "appointment_reminder accepted"),
            "it works again: {:?}",
            app.ledger(&joan).await
        );
    }

    async fn t10_a_number_that_its_network_does_not_know_is_texted_no_more(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let app = &rig.app;
        let ids = accepted(&rig, 1).await;
        let joan = "patient-0001".to_owned();
        let before = rig.texts_to(&crate::app::phone(1));
        take_reports(&app.engine, &[report(&ids[0], undelivered(true), app.now())]).await.unwrap();
        assert_eq!(contact_status(&rig, &joan).await, "unreachable", "at once");
        assert_eq!(app.open_alerts().await.iter().filter(|a| *a == "routine unreachable").count(), 1);
        app.appointment(&joan, "later", "2027-01-14T15:00:00Z", "booked").await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.advance_to("2027-01-14T14:00:00Z").await;
        assert_eq!(rig.texts_to(&crate::app::phone(1)), before, "neither again nor anew");
        let ledger = app.ledger(&joan).await;
        assert_eq!(ledger[0], "appointment_reminder undelivered network_undelivered");
        assert!(ledger.contains(&"appointment_reminder skipped unreachable".to_owned()) && ledger.contains(&"welcome skipped unreachable".to_owned()), "{ledger:?}");
        let mut tx = app.engine.db.begin().await.unwrap();
        assert_eq!(store::consents::of_patients(&mut tx, &[joan]).await.unwrap(), [], "unreachable is no refusal");
    }
}

/// One more reminder to a person, taken by the gateway; returns its id.
async fn send_one(rig: &Rig, patient: &str, day: i64) -> String {
    let app = &rig.app;
    let before: std::collections::BTreeSet<String> = all_out(app).await.into_iter().map(|m| m.id).collect();
    let starts = between::clock::instant(app.now() + 30 * 3_600_000).to_rfc3339();
    app.appointment(patient, &format!("d{day}"), &starts, "booked").await;
    // What was asked before is answered, so that the next question may go out.
    app.reply(1, "yes").await;
    app.advance_to_ms(app.now() + 1_200_000).await;
    let fresh = all_out(app).await.into_iter().find(|m| !before.contains(&m.id) && m.status == "accepted");
    let before = app.ledger(patient).await;
    fresh.unwrap_or_else(|| panic!("nothing went out on day {day}: {before:?}")).id
}

async fn contact_status(rig: &Rig, patient: &str) -> String {
    let mut tx = rig.app.engine.db.begin().await.unwrap();
    store::contacts::of_patients(&mut tx, &[patient.to_owned()]).await.unwrap().remove(0).status
}
