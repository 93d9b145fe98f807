//! From a text to an email and back: each step is decided anew (F07, F16, F18), and what an address learns from failures.

use super::rig::Rig;
use crate::app::{On, TestApp};
use crate::fake_gateways::Hand;
use crate::fake_gateways::fault::{Fault, When};
use crate::fake_gateways::govuk_notify::GovukNotifyFake;
use crate::on_both;
use crate::scenarios::kit::{all_out, count, execute};
use between::clock::Clock;
use between::domain::delivery::DeliveryStatus as D;
use between::intake::{Report, take_reports};
use between::store::{self, contacts};

const MONDAY: &str = "2027-01-04T10:00:00Z";

/// Emails go by the sandbox, texts by the rig's fake.
const EMAIL: &str = "[gateways.mail]\nkind = \"sandbox\"\npolicy = { order = 900 }\n";

async fn prefers(app: &TestApp, patient: &str, channel: &str) {
    execute(&app.engine.db, format!("UPDATE patient SET preferred_channel = '{channel}' WHERE id = '{patient}'")).await;
}

async fn contact_status(app: &TestApp, patient: &str) -> String {
    let mut tx = app.engine.db.begin().await.unwrap();
    contacts::of_patients(&mut tx, &[patient.to_owned()]).await.unwrap().remove(0).status
}

/// How each try of the only message went: (channel, outcome).
async fn tries(app: &TestApp) -> Vec<(String, String)> {
    let id = all_out(app).await.remove(0).id;
    let attempts = store::ledger::attempts_of(&app.engine.db, &id).await.unwrap();
    attempts.into_iter().map(|a| (a.channel, a.outcome.unwrap_or_default())).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

on_both! {
    async fn f07_what_the_text_gateway_would_spoil_goes_by_email_or_not_at_all(on) {
        for with_email in [true, false] {
            let clock = Clock::manual(MONDAY.parse().unwrap());
            let fake = GovukNotifyFake::start(&Hand::of(&clock)).await;
            let settings = format!(
                "[gateways.notify]\n{}\n{EMAIL}",
                fake.settings("timeout_seconds = 1").replace("\"spare\"", "\"mail\"")
            );
            let app = TestApp::start_on(on, clock, &settings).await?;
            app.add_practice(crate::app::PRACTICE, "Przychodnia Łódź 👍", "{}").await;
            let id = app.person(1).await;
            prefers(&app, &id, "sms").await;
            if with_email {
                app.contact(&id, "email", "joan@example.org").await;
            }
            app.appointment(&id, "a", "2027-01-05T15:00:00Z", "booked").await;
            app.advance_to("2027-01-04T12:00:00Z").await;
            assert_eq!(fake.messages().len(), 0, "nothing with a question mark in place of a letter");
            let expected = if with_email { "appointment_reminder delivered" } else { "appointment_reminder failed gateway_refused" };
            assert_eq!(app.ledger(&id).await, [expected]);
            let email = if with_email { vec![("sms", "refused"), ("email", "accepted")] } else { vec![("sms", "refused")] };
            assert_eq!(tries(&app).await, pairs(&email));
        }
    }

    async fn f16_the_email_after_a_refused_text_keeps_the_window(on) {
        // The text is refused for good two seconds before the window closes.
        let window = "[practice.window]\ndays = \"Mon-Fri\"\nfrom = \"10:00\"\nto = \"11:00\"\n";
        let rig = Rig::start(on, MONDAY, &format!("{EMAIL}{window}")).await?;
        let id = rig.app.person(303).await;
        rig.app.contact(&id, "email", "joan@example.org").await;
        prefers(&rig.app, &id, "sms").await;
        rig.app.appointment(&id, "a", "2027-01-06T15:00:00Z", "booked").await;
        rig.app.advance_to("2027-01-04T10:14:00Z").await;
        rig.app.engine.clock.set_ms("2027-01-04T10:59:59.999Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis());
        rig.app.fresh_feeds().await;
        rig.app.engine.do_duties().await.unwrap();
        let turn = rig.app.engine.turn(&[], 64).await.unwrap();
        assert_eq!(turn.calls.len(), 1, "the text, in the window's last moment");
        let mut outcomes = Vec::new();
        for call in turn.calls {
            outcomes.push(rig.app.engine.make(call).await);
        }
        rig.app.engine.clock.set_ms(rig.app.now() + 2_000);
        rig.app.engine.record(&outcomes).await.unwrap();
        rig.app.advance_to("2027-01-04T18:00:00Z").await;
        assert_eq!(rig.app.ledger(&id).await, ["appointment_reminder held waits_for_window"], "not by email after hours");
        rig.app.advance_to("2027-01-05T10:05:00Z").await;
        assert_eq!(rig.app.ledger(&id).await, ["appointment_reminder delivered"]);
        assert_eq!(tries(&rig.app).await, pairs(&[("sms", "refused"), ("email", "accepted")]));
    }

    async fn f18_a_preference_changed_between_the_steps_is_honoured(on) {
        // The text cannot be taken for a while; meanwhile the person asks for email.
        let rig = Rig::with_mood(on, MONDAY, EMAIL, |_, _| Some((Fault::Unavailable, When::BeforeTaking))).await?;
        let id = rig.app.person(1).await;
        rig.app.contact(&id, "email", "joan@example.org").await;
        prefers(&rig.app, &id, "sms").await;
        rig.app.appointment(&id, "a", "2027-01-05T15:00:00Z", "booked").await;
        rig.app.advance_to("2027-01-04T10:16:00Z").await;
        assert_eq!(tries(&rig.app).await.len(), 1);
        prefers(&rig.app, &id, "email").await;
        rig.app.advance_to("2027-01-04T10:30:00Z").await;
        let went = tries(&rig.app).await;
        assert_eq!(went.last().unwrap(), &("email".to_owned(), "accepted".to_owned()), "{went:?}");
        assert_eq!(rig.app.ledger(&id).await, ["appointment_reminder delivered"]);
    }

    async fn f18_a_no_to_email_between_the_steps_is_honoured(on) {
        let rig = Rig::start(on, MONDAY, EMAIL).await?;
        let id = rig.app.person(303).await;
        rig.app.contact(&id, "email", "joan@example.org").await;
        prefers(&rig.app, &id, "sms").await;
        rig.app.consent(&id, "email", "all", "refused").await;
        rig.app.appointment(&id, "a", "2027-01-05T15:00:00Z", "booked").await;
        rig.app.advance_to("2027-01-04T12:00:00Z").await;
        assert_eq!(tries(&rig.app).await, pairs(&[("sms", "refused")]), "{:?}", rig.app.ledger(&id).await);
        assert!(rig.app.ledger(&id).await[0].starts_with("appointment_reminder failed"));
    }

    async fn f22_a_failure_for_good_is_unreachable_at_once_and_a_later_one_mends_nothing(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let app = &rig.app;
        // 301: the gateway knows at once that this is no number.
        let by_send = app.person(301).await;
        let by_report = app.person(2).await;
        for (n, id) in [&by_send, &by_report].into_iter().enumerate() {
            app.appointment(id, &format!("a{n}"), "2027-01-05T15:00:00Z", "booked").await;
        }
        app.advance_to("2027-01-04T10:30:00Z").await;
        assert_eq!(contact_status(app, &by_send).await, "unreachable");
        assert_eq!(contact_status(app, &by_report).await, "active");
        let message = all_out(app).await.into_iter().find(|m| m.patient_id.as_deref() == Some(&by_report)).unwrap().id;
        let report = |status, late| Report { gateway: "sms".to_owned(), reference: message.clone(), status, occurred_at: app.now() + late };
        let permanent = D::Undelivered { code: "5".to_owned(), permanent: true };
        take_reports(&app.engine, &[report(permanent, 1)]).await.unwrap();
        assert_eq!(contact_status(app, &by_report).await, "unreachable");
        assert_eq!(app.open_alerts().await.iter().filter(|a| *a == "routine unreachable").count(), 2, "a task for each");
        take_reports(&app.engine, &[report(D::Failed { code: "9".to_owned(), permanent: false }, 2)]).await.unwrap();
        assert_eq!(contact_status(app, &by_report).await, "unreachable", "a failure mends nothing");
        let mut tx = app.engine.db.begin().await.unwrap();
        let consents = store::consents::of_patients(&mut tx, &[by_send.clone(), by_report.clone()]).await.unwrap();
        assert_eq!(consents, [], "unreachable is no refusal");
        drop(tx);
        take_reports(&app.engine, &[report(D::Delivered, 3)]).await.unwrap();
        assert_eq!(contact_status(app, &by_report).await, "active", "any success does");
    }

    async fn an_opt_out_known_to_the_gateway_is_a_refusal_with_its_source(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let app = &rig.app;
        // 302: refused at the send; the other by a receipt.
        let (by_send, by_report) = (app.person(302).await, app.person(2).await);
        for (n, id) in [&by_send, &by_report].into_iter().enumerate() {
            app.appointment(id, &format!("a{n}"), "2027-01-05T15:00:00Z", "booked").await;
        }
        app.advance_to("2027-01-04T10:30:00Z").await;
        let message = all_out(app).await.into_iter().find(|m| m.patient_id.as_deref() == Some(&by_report)).unwrap().id;
        let report = Report { gateway: "sms".to_owned(), reference: message, status: D::OptedOut, occurred_at: app.now() };
        for _ in 0..3 {
            take_reports(&app.engine, std::slice::from_ref(&report)).await.unwrap();
        }
        for id in [&by_send, &by_report] {
            let mut tx = app.engine.db.begin().await.unwrap();
            let rows = store::consents::of_patients(&mut tx, std::slice::from_ref(id)).await.unwrap();
            drop(tx);
            let said: Vec<_> = rows.iter().map(|c| (c.channel.as_str(), c.purpose.as_str(), c.decision.as_str(), c.source.as_str())).collect();
            assert_eq!(said, [("sms", "all", "refused", "gateway sms")], "{id}");
            assert_eq!(contact_status(app, id).await, "active", "a no is not unreachable");
        }
    }

    async fn receipts_of_unknown_messages_leave_nothing(on) {
        let rig = Rig::start(on, MONDAY, "").await?;
        let status = D::Failed { code: "9".to_owned(), permanent: true };
        let report = Report { gateway: "sms".to_owned(), reference: "nobody".to_owned(), status, occurred_at: rig.app.now() };
        assert_eq!(take_reports(&rig.app.engine, &[report]).await.unwrap(), 0);
        assert!(all_out(&rig.app).await.is_empty() && rig.app.open_alerts().await.is_empty());
        assert_eq!(count(&rig.app.engine.db, "delivery_report").await, 0);
    }
}
