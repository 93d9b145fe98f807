//! A gateway's rate in every second: a call that misses its slot does not go beside those that kept theirs.

use super::rig::Rig;
use crate::app::{On, TestApp, phone};
use crate::fake_gateways::Hand;
use crate::fake_gateways::http::HttpFake;
use crate::on_both;
use between::clock::Clock;
use between::domain::delivery::Channel;
use between::gateways::OutboundMessage;
use between::outreach::{About, Ask, Call};
use between::store::due::Held;
use std::sync::Arc;

/// An installation on the real clock, with a rate.
async fn rig(on: On, rate: f64) -> Option<Rig> {
    let clock = Clock::system();
    let fake = HttpFake::with_mood(&Hand::of(&clock), |_, _| None).await;
    let settings = fake.settings("timeout_seconds = 5");
    let changes =
        format!("[gateways.sms]\n{settings}[gateways.sms.policy]\nrate_per_second = {rate:.1}\nin_flight = 64\n");
    let app = TestApp::start_on(on, clock, &changes).await?;
    Some(Rig { app, fake })
}

fn call(rig: &Rig, id: &str, late_ms: i64, urgent: bool) -> Call {
    let now = rig.app.engine.clock.now_ms();
    Call {
        held: Held { message_id: id.to_owned(), lease: 1 },
        number: 1,
        gateway: Arc::clone(rig.app.engine.gateways.get("sms").unwrap()),
        message: OutboundMessage {
            reference: id.to_owned(),
            channel: Channel::Sms,
            to: phone(1),
            subject: None,
            text: "How did the week go?".to_owned(),
            html: None,
            reply_to: None,
            sender: None,
            unsubscribe_url: None,
            follows: Vec::new(),
            nhs_number: None,
            valid_until_ms: None,
        },
        ask: Ask::Send,
        not_before: now - late_ms,
        lease_until: now + 60_000,
        about: About {
            practice_id: crate::app::PRACTICE.to_owned(),
            patient_id: None,
            template: "goal_check_in".to_owned(),
            urgent,
            expires_at: now + 600_000,
            segments: 1,
            asks: false,
        },
    }
}

on_both! {
    async fn late_calls_take_slots_of_their_own_and_answers_do_not_wait(on) {
        let rig = rig(on, 50.0).await?;
        let engine = &rig.app.engine;
        let started = engine.clock.now_ms();
        let late = ["m1", "m2", "m3"].map(|id| engine.make(call(&rig, id, 1_000, false)));
        let mut began: Vec<i64> = futures_util::future::join_all(late).await.iter().map(|o| o.began_at).collect();
        began.sort_unstable();
        assert!(began[0] > started + 100, "another slot, ahead of now: {began:?} after {started}");
        assert!(began.windows(2).all(|w| w[1] - w[0] >= 17), "a fiftieth of a second apart, but for the timer: {began:?}");

        let asked = engine.clock.now_ms();
        let answer = engine.make(call(&rig, "m4", 1_000, true)).await;
        assert!(answer.began_at < asked + 100, "an answer goes at once");
    }
}
