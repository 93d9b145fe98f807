//! A gateway that fails: F16, F17, R3 in small, and what is unknown stays unknown once.

use super::rig::Rig;
use crate::app::{On, phone};
use crate::fake_gateways::fault::{Fault, When};
use crate::on_both;
use crate::scenarios::kit::all_out;

const MONDAY: &str = "2027-01-04T10:00:00Z";

on_both! {
    async fn f16_a_retry_never_leaves_the_window_and_is_the_same_day_or_held_with_a_reason(on) {
        // A window of one hour, and a gateway that is down for a while.
        let window = "[practice.window]\ndays = \"Mon-Fri\"\nfrom = \"10:00\"\nto = \"11:00\"\n";
        let rig = Rig::with_mood(on, MONDAY, window, |to, tries| match to {
            "+447700900001" if tries < 2 => Some((Fault::ServerError, When::BeforeTaking)),
            "+447700900002" => Some((Fault::ServerError, When::BeforeTaking)),
            _ => None,
        })
        .await?;
        for number in [1, 2, 3] {
            let id = rig.app.person(number).await;
            rig.app.appointment(&id, &format!("a{number}"), "2027-01-06T15:00:00Z", "booked").await;
        }
        rig.app.advance_to("2027-01-04T11:05:00Z").await;
        assert_eq!(rig.texts_to(&phone(1)).len(), 1, "back within the window: {:?}", rig.app.ledger("patient-0001").await);
        let held = rig.app.ledger("patient-0002").await;
        assert!(held[0].contains("held waits_for_window") || held[0].contains("queued retrying"), "{held:?}");
        rig.app.advance_to("2027-01-04T20:00:00Z").await;
        assert_eq!(rig.app.ledger("patient-0002").await, ["appointment_reminder held waits_for_window"]);
        let at_night = rig.fake.tries_of(&all_out(&rig.app).await.iter().find(|m| m.patient_id.as_deref() == Some("patient-0002")).unwrap().id);
        rig.app.advance_to("2027-01-05T09:59:00Z").await;
        let tries = rig.fake.tries_of(&all_out(&rig.app).await.iter().find(|m| m.patient_id.as_deref() == Some("patient-0002")).unwrap().id);
        assert_eq!(at_night, tries, "no try outside the window");
        rig.app.advance_to("2027-01-07T12:00:00Z").await;
        let end = rig.app.ledger("patient-0002").await;
        assert!(end[0].contains("failed") || end[0].contains("skipped"), "it ends, with a reason: {end:?}");
        assert_eq!(rig.texts_to(&phone(2)).len(), 0);
    }

    async fn f17_a_permanent_failure_ends_the_step(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        // 301: not a number; 303: blocked for good; 302: opted out there.
        for number in [301, 302, 303] {
            let id = rig.app.person(number).await;
            rig.app.appointment(&id, &format!("a{number}"), "2027-01-12T15:00:00Z", "booked").await;
        }
        rig.app.advance_to("2027-01-12T12:00:00Z").await;
        for row in all_out(&rig.app).await {
            assert_eq!((row.attempts, rig.fake.tries_of(&row.id)), (1, 1), "{} {}", row.status, row.reason);
        }
        assert_eq!(rig.app.ledger("patient-0301").await, ["appointment_reminder failed bad_address"]);
        assert_eq!(rig.app.ledger("patient-0302").await, ["appointment_reminder failed opted_out"]);
        assert_eq!(rig.app.ledger("patient-0303").await, ["appointment_reminder failed gateway_refused"]);
        let mut alerts = rig.app.open_alerts().await;
        alerts.sort();
        assert!(alerts.len() >= 2, "shown: {alerts:?}");
    }

    async fn f17_two_refused_addresses_are_tried_once_each(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let id = rig.app.person(303).await;
        rig.app.contact(&id, "sms", "+447700900305").await;
        rig.app.appointment(&id, "a", "2027-01-05T15:00:00Z", "booked").await;
        rig.app.advance_to("2027-01-04T12:00:00Z").await;
        let row = all_out(&rig.app).await.remove(0);
        assert_eq!((row.status.as_str(), row.reason.as_str(), row.attempts), ("failed", "gateway_refused", 2));
    }

    async fn f18_a_changed_preference_and_address_hold_for_the_next_try(on) {
        let rig = Rig::with_mood(on, MONDAY, "", |to, _| (to == "+447700900001").then_some((Fault::ServerError, When::BeforeTaking))).await?;
        let id = rig.app.person(1).await;
        rig.app.appointment(&id, "a", "2027-01-06T15:00:00Z", "booked").await;
        rig.app.advance_to("2027-01-04T10:17:00Z").await;
        assert_eq!(rig.texts_to(&phone(1)).len(), 0);
        // A new number comes with the next import, the old one is gone.
        let mut tx = rig.app.engine.db.begin().await.unwrap();
        between::store::contacts::set_status(&mut tx, "sms", &phone(1), "old", "[]", rig.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        rig.app.contact(&id, "sms", &phone(2)).await;
        rig.app.advance_to("2027-01-04T17:00:00Z").await;
        assert_eq!((rig.texts_to(&phone(1)).len(), rig.texts_to(&phone(2)).len()), (0, 1), "{:?}", rig.app.ledger(&id).await);
    }

    async fn r3_a_gateway_with_every_fault_loses_and_doubles_nothing(on) {
        // Each fault, before and after the gateway took the message; it is well at the third try, and can be asked.
        let rig = Rig::with_mood(on, MONDAY, "", |to, tries| if tries < 2 { quick(to) } else { None }).await?;
        for fault in Fault::ALL {
            if slow(fault) {
                continue;
            }
            for when in [When::BeforeTaking, When::AfterTaking] {
                let number: u32 = fault.number(when)[10..].parse().unwrap();
                let id = rig.app.person(number).await;
                rig.app.appointment(&id, &format!("a{number}"), "2027-01-06T15:00:00Z", "booked").await;
            }
        }
        rig.app.advance_to("2027-01-04T17:50:00Z").await;
        let rows = all_out(&rig.app).await;
        assert_eq!(rig.fake.refused(), Vec::<String>::new());
        for row in &rows {
            assert_eq!(rig.fake.taken_of(&row.id), 1, "{} {} {:?}", row.status, row.reason, row.address);
            assert_eq!(row.status, "accepted", "{} {:?}", row.reason, row.address);
        }
        assert!(rows.len() >= 18, "{}", rows.len());
    }
}

/// Faults that keep a connection open cost the test a second each; the gateways' own tests try them.
const fn slow(fault: Fault) -> bool {
    matches!(fault, Fault::Timeout | Fault::Endless | Fault::Slow | Fault::Huge)
}

fn quick(to: &str) -> Option<(Fault, When)> {
    Fault::of_number(to).filter(|(fault, _)| !slow(*fault))
}
