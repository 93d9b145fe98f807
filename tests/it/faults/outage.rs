//! R6: the gateway is away for six hours, then answers "not now" to everything, then is well again.

use super::rig::gateway;
use super::workers::reminders_for;
use crate::app::{On, TestApp, full_size};
use crate::fake_gateways::Hand;
use crate::fake_gateways::fault::{Fault, When};
use crate::fake_gateways::http::HttpFake;
use crate::on_both;
use crate::scenarios::kit::{all_out, ms};
use between::clock::Clock;
use between::worker;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A gateway that takes nothing before it is said to be well.
async fn ill(clock: &Clock, fault: Fault) -> (HttpFake, Arc<AtomicBool>) {
    let well = Arc::new(AtomicBool::new(false));
    let mood = Arc::clone(&well);
    let fake = HttpFake::with_mood(&Hand::of(clock), move |_, _| {
        (!mood.load(Ordering::SeqCst)).then_some((fault, When::BeforeTaking))
    })
    .await;
    (fake, well)
}

on_both! {
    async fn r6_after_six_hours_and_a_storm_the_backlog_goes_in_order_and_nothing_too_late(on) {
        // In the small size the gateway is away for an hour and a quarter only.
        let (began, backlog, rate) = if full_size() { ("2027-01-04T09:30:00Z", 10_000, 10.0) } else { ("2027-01-04T14:20:00Z", 60, 0.1) };
        let clock = Clock::manual(began.parse().unwrap());
        let state = Arc::new(AtomicUsize::new(0));
        let mood = Arc::clone(&state);
        let fake = HttpFake::with_mood(&Hand::of(&clock), move |_, _| match mood.load(Ordering::SeqCst) {
            0 => Some((Fault::ServerError, When::BeforeTaking)),
            1 => Some((Fault::TooMany, When::BeforeTaking)),
            _ => None,
        })
        .await;
        let settings = format!(
            "{}[practice.limits]\nsegments_per_day = 0\n",
            gateway(&fake).replace("100000.0", &format!("{rate:.1}"))
        );
        let app = TestApp::start_on(on, clock, &settings).await?;
        reminders_for(&app, backlog, ms("2027-01-05T11:00:00Z")).await;
        // Ten have their visit at half past five today, and a reminder is of use until half past three, when the gateway is still
        // away; one person has four visits tomorrow.
        for number in 1..=10 {
            let id = app.person_with(number, |p| p.nhs_number = None).await;
            app.appointment(&id, &format!("today{number}"), "2027-01-04T17:30:00Z", "booked").await;
        }
        let often = app.person_with(11, |p| p.nhs_number = None).await;
        for visit in 0..4 {
            app.appointment(&often, &format!("often{visit}"), &format!("2027-01-05T1{visit}:30:00Z"), "booked").await;
        }
        app.advance_to("2027-01-04T15:05:00Z").await;
        assert!(fake.taken().is_empty());
        state.store(1, Ordering::SeqCst);
        app.advance_to("2027-01-04T15:45:00Z").await;
        assert!(fake.taken().is_empty());
        state.store(2, Ordering::SeqCst);
        if full_size() {
            // The clock is moved by seconds: in the steps of a simulation a fast gateway's rate could not be used.
            for _ in 0..40 * 60 {
                app.engine.clock.set_ms(app.now() + 1_000);
                worker::settle_now(&app.engine).await.unwrap();
                app.fresh_feeds().await;
            }
        }
        app.advance_to("2027-01-05T12:00:00Z").await;
        let mut per_person: BTreeMap<String, usize> = BTreeMap::new();
        let mut sent = Vec::new();
        for message in all_out(&app).await {
            let person = message.patient_id.clone().unwrap();
            if message.status == "accepted" {
                *per_person.entry(person).or_default() += 1;
                sent.push(message.sent_at.unwrap());
            } else {
                assert!(person.starts_with("patient-"), "{person}: {} {}", message.status, message.reason);
                assert!(["failed", "skipped", "held", "cancelled"].contains(&message.status.as_str()) && !message.reason.is_empty());
            }
        }
        assert!((1..=10).all(|n| !per_person.contains_key(&format!("patient-{n:04}"))), "after the visit: {per_person:?}");
        assert_eq!(per_person.keys().filter(|p| p.starts_with("load-")).count(), backlog, "the others all went");
        assert!(per_person.iter().all(|(who, n)| *n == 1 || (*who == often && *n <= 2)), "caps hold");
        sent.sort_unstable();
        let well = ms("2027-01-04T15:45:00Z");
        let gone = (sent[backlog - 1] - well) / 60_000;
        println!("{backlog} gone {gone} minutes after it was well, the first after {} s", (sent[0] - well) / 1_000);
        assert!(gone <= 30, "{gone} minutes");
        // In January the clock in the practice shows UTC.
        let hour = |at: &i64| (at / 3_600_000) % 24;
        assert!(sent.iter().all(|at| *at >= well && (9..18).contains(&hour(at))), "in quiet hours");
    }

    async fn r6_what_waits_for_its_next_try_goes_when_the_gateway_is_well_again(on) {
        let clock = Clock::manual("2027-01-04T10:00:00Z".parse().unwrap());
        let (fake, well) = ill(&clock, Fault::ServerError).await;
        let app = TestApp::start_on(on, clock, &format!("{}[practice.limits]\nsegments_per_day = 0\n", gateway(&fake))).await?;
        reminders_for(&app, 60, ms("2027-01-05T11:00:00Z")).await;
        // After four hours the waits between the tries have grown to an hour.
        app.advance_to("2027-01-04T14:20:00Z").await;
        assert!(fake.taken().is_empty());
        well.store(true, Ordering::SeqCst);
        // It is tried again at the latest after its longest rest, ten minutes; then all go.
        app.advance_to("2027-01-04T14:32:00Z").await;
        let left: Vec<_> = all_out(&app).await.into_iter().filter(|m| m.status != "accepted").map(|m| m.due_at).collect();
        assert_eq!((fake.taken().len(), left), (60, Vec::new()));
    }

    async fn r6_a_gateway_that_cannot_be_asked_gets_one_message_at_a_time_while_it_does_not_work(on) {
        let clock = Clock::manual("2027-01-04T10:00:00Z".parse().unwrap());
        let (fake, well) = ill(&clock, Fault::Html200).await;
        let settings = format!(
            "[gateways.sms]\n{}[gateways.sms.policy]\nrate_per_second = 2.0\n[sending]\nbatch = 4\n",
            fake.settings("timeout_seconds = 1\ncan_be_asked = false")
        );
        let app = TestApp::start_on(on, clock, &settings).await?;
        reminders_for(&app, 60, ms("2027-01-05T11:00:00Z")).await;
        let states = async || {
            let mut states: BTreeMap<String, usize> = BTreeMap::new();
            for message in all_out(&app).await {
                *states.entry(format!("{} {}", message.status, message.reason)).or_default() += 1;
            }
            states
        };
        app.advance_to("2027-01-04T11:30:00Z").await;
        let ill = states().await;
        // What it got before that was known, and one at each end of a rest: nobody can tell, so a person must.
        let lost = ill["unknown outcome_unknown"];
        assert!((5..=25).contains(&lost), "{ill:?}");
        assert_eq!(ill.get("held gateway_rests"), Some(&(60 - lost)), "{ill:?}");
        well.store(true, Ordering::SeqCst);
        app.advance_to("2027-01-04T12:00:00Z").await;
        let after = states().await;
        assert_eq!(after.get("accepted "), Some(&(60 - lost)), "{after:?}");
        assert_eq!(fake.taken().len(), 60 - lost);
    }
}
