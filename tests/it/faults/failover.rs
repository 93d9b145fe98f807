//! Two gateways for texts: what goes by the second, what never does, and how the first comes back.

use super::rig::serve;
use crate::app::{On, PRACTICE, TestApp, phone};
use crate::fake_gateways::fault::{Fault, When};
use crate::fake_gateways::http::HttpFake;
use crate::fake_gateways::nhs_notify::NhsNotifyFake;
use crate::fake_gateways::{Hand, hex};
use crate::on_both;
use crate::scenarios::kit::all_out;
use between::clock::Clock;
use between::store::health::{self, MinuteRow};
use between::store::{self};
use hmac::{Hmac, KeyInit, Mac};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const MONDAY: &str = "2027-01-04T10:00:00Z";

/// Two fakes behind one installation; the first is ill while `ill` is set.
struct Pair {
    app: TestApp,
    first: HttpFake,
    second: HttpFake,
    ill: Arc<AtomicBool>,
}

fn gateway(name: &str, settings: &str, policy: &str) -> String {
    format!(
        "[gateways.{name}]\n{settings}[gateways.{name}.policy]\nrate_per_second = 100000.0\nin_flight = 64\n{policy}\n"
    )
}

impl Pair {
    async fn start(on: On, fault: (Fault, When), first: &str, second: &str, changes: &str) -> Option<Self> {
        let clock = Clock::manual(MONDAY.parse().unwrap());
        let ill = Arc::new(AtomicBool::new(false));
        let state = Arc::clone(&ill);
        let hand = Hand::of(&clock);
        let one = HttpFake::with_mood(&hand, move |_, _| state.load(Ordering::SeqCst).then_some(fault)).await;
        let two = HttpFake::with_mood(&hand, |_, _| None).await;
        let settings = format!(
            "{}{}{changes}",
            gateway("first", &one.settings(&format!("timeout_seconds = 1\n{first}")), "order = 1"),
            gateway(
                "second",
                &two.settings(&format!("timeout_seconds = 1\n{second}")),
                "order = 2\nsafety_gateway = \"first\""
            ),
        );
        let app = TestApp::start_on(on, clock, &settings).await?;
        Some(Self { app, first: one, second: two, ill })
    }

    async fn book(&self, numbers: std::ops::RangeInclusive<u32>) {
        for number in numbers {
            let id = self.app.person(number).await;
            self.app.appointment(&id, &format!("a{number}"), "2027-01-05T15:00:00Z", "booked").await;
        }
    }

    async fn state(&self, gateway: &str) -> String {
        let rows = health::list(&self.app.engine.db).await.unwrap();
        rows.into_iter().find(|r| r.gateway == gateway).map_or("closed".to_owned(), |r| r.state)
    }

    /// How often each number got a text, by whichever gateway.
    fn texts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for text in self.first.taken().into_iter().chain(self.second.taken()) {
            *counts.entry(text.to).or_default() += 1;
        }
        counts
    }
}

/// The exchange log of every message, as lines: for what a failed test prints.
async fn said(app: &TestApp) -> Vec<String> {
    let mut lines = Vec::new();
    for message in all_out(app).await {
        for row in store::exchanges::of_message(&app.engine.db, &message.id).await.unwrap() {
            lines.push(format!("{} {} {:?} {}", row.gateway, row.request, row.status, row.answer));
        }
    }
    lines
}

const NO_PROOF: (Fault, When) = (Fault::ServerError, When::BeforeTaking);

on_both! {
    async fn while_the_first_rests_texts_go_by_the_second_and_come_back_after_one_try(on) {
        let pair = Pair::start(on, NO_PROOF, "", "", "").await?;
        pair.ill.store(true, Ordering::SeqCst);
        pair.book(1..=12).await;
        pair.app.advance_to("2027-01-04T10:25:00Z").await;
        assert_eq!(pair.state("first").await, "open");
        assert_eq!((pair.first.taken().len(), pair.second.taken().len()), (0, 12));
        assert!(pair.texts().values().all(|n| *n == 1), "{:?}", pair.texts());
        let rested = pair.first.server.counts.requests.load(Ordering::SeqCst);
        assert!(pair.app.open_alerts().await.contains(&"routine gateway_down".to_owned()));
        pair.book(13..=20).await;
        pair.app.advance_to("2027-01-04T10:45:00Z").await;
        let tried = pair.first.server.counts.requests.load(Ordering::SeqCst) - rested;
        assert!(tried <= 4, "after its rest one text tries it, and is asked about: {tried}");
        assert_eq!(pair.second.taken().len(), 20, "{:?}", pair.state("first").await);
        pair.ill.store(false, Ordering::SeqCst);
        pair.book(21..=21).await;
        pair.app.advance_to("2027-01-04T11:10:00Z").await;
        assert_eq!(pair.state("first").await, "closed", "one text tried it and was taken");
        pair.book(22..=26).await;
        pair.app.advance_to("2027-01-04T11:30:00Z").await;
        assert_eq!((pair.first.taken().len(), pair.second.taken().len()), (6, 20));
        assert!(pair.texts().values().all(|n| *n == 1), "{:?}", pair.texts());
        assert_eq!(pair.first.refused(), Vec::<String>::new());
    }

    async fn what_the_first_may_have_is_never_sent_by_the_second(on) {
        // It takes every text and proves nothing; it can be asked: the answer settles it.
        let pair = Pair::start(on, (Fault::Html200, When::AfterTaking), "", "", "").await?;
        pair.ill.store(true, Ordering::SeqCst);
        pair.book(1..=8).await;
        pair.app.advance_to("2027-01-04T10:30:00Z").await;
        assert_eq!(pair.state("first").await, "open");
        assert_eq!((pair.first.taken().len(), pair.second.taken().len()), (8, 0));
        // It cannot be asked: a person decides.
        let mute = Pair::start(on, (Fault::Html200, When::AfterTaking), "can_be_asked = false", "", "").await?;
        mute.ill.store(true, Ordering::SeqCst);
        mute.book(1..=8).await;
        mute.app.advance_to("2027-01-04T17:00:00Z").await;
        assert_eq!((mute.first.taken().len(), mute.second.taken().len()), (8, 0));
        assert!(all_out(&mute.app).await.iter().all(|m| m.status == "unknown"), "none of them is repeated");
    }

    async fn a_gateway_that_only_recognises_repeats_keeps_its_texts(on) {
        // NHS Notify says "not found" because a repeat is harmless there. By another gateway it would be a second text.
        let clock = Clock::manual(MONDAY.parse().unwrap());
        let hand = Hand::of(&clock);
        let (nhs, http) = (NhsNotifyFake::start(&hand).await, HttpFake::start(&hand).await);
        let notify = nhs.settings("text = \"text\"\ntimeout_seconds = 1").replace("policy = { safety_gateway = \"spare\" }\n", "");
        let settings = format!(
            "{}{}[failover]\nopen_after = 1\nrest_seconds = 7200\nlongest_rest_seconds = 7200\n",
            gateway("notify", &notify, "order = 1\nsafety_gateway = \"http\""),
            gateway("http", &http.settings("timeout_seconds = 1"), "order = 2"),
        );
        let app = TestApp::start_on(on, clock, &settings).await?;
        let number: u32 = Fault::ServerError.number(When::AfterTaking)[10..].parse().unwrap();
        // A welcome: it asks nothing, so it may go by a sender that nobody can answer.
        let id = app.person(number).await;
        let goal = app.goal(&id).await;
        app.enrol(&id, "goal", &goal).await;
        app.advance_to("2027-01-04T17:00:00Z").await;
        assert_eq!((nhs.messages().len(), http.taken().len()), (1, 0), "{:?} {:?} {:?}", app.ledger(&id).await, nhs.refused(), said(&app).await);
        assert!(app.ledger(&id).await.iter().any(|row| row.ends_with(" accepted")), "{:?}", app.ledger(&id).await);
    }

    async fn a_question_waits_for_a_gateway_that_can_be_answered(on) {
        let pair = Pair::start(on, NO_PROOF, "", "sender = \"OakSurgery\"", "").await?;
        let id = pair.app.person(1).await;
        let goal = pair.app.goal(&id).await;
        pair.ill.store(true, Ordering::SeqCst);
        // Reminders ask whether the person comes; a welcome asks nothing.
        pair.book(2..=8).await;
        pair.app.advance_to("2027-01-04T10:20:00Z").await;
        assert_eq!(pair.state("first").await, "open");
        pair.app.enrol(&id, "goal", &goal).await;
        pair.app.advance_to("2027-01-04T10:45:00Z").await;
        let by_second: Vec<String> = pair.second.taken().into_iter().map(|t| t.to).collect();
        assert_eq!(by_second, [phone(1)], "nobody can answer a name");
        pair.ill.store(false, Ordering::SeqCst);
        pair.app.advance_to("2027-01-04T13:00:00Z").await;
        assert_eq!((pair.first.taken().len(), pair.second.taken().len()), (7, 1), "they went when the first was back");
        assert_eq!(pair.state("first").await, "closed");
    }

    async fn an_answer_to_danger_has_a_way_out_when_its_gateway_is_down(on) {
        let pair = Pair::start(on, NO_PROOF, "", "", "").await?;
        pair.app.person(1).await;
        pair.ill.store(true, Ordering::SeqCst);
        let url = serve(&pair.app.engine).await;
        let body = serde_json::json!({"type": "inbound", "id": "in-1", "from": phone(1), "to": "60006", "text": "I have crushing chest pain"}).to_string();
        let at = (pair.app.now() / 1_000).to_string();
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(crate::fake_gateways::http::KEY.as_bytes()).unwrap();
        mac.update(format!("{at}.{body}").as_bytes());
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("{url}/webhooks/first")).header("x-timestamp", at);
        let answer = request.header("x-signature", hex(mac.finalize().into_bytes())).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        pair.app.advance_to("2027-01-04T10:02:00Z").await;
        let (first, second) = (pair.first.taken(), pair.second.taken());
        assert_eq!((first.len(), second.len()), (0, 1), "{:?}", pair.app.ledger("patient-0001").await);
        assert!(second[0].text.contains("999"), "{}", second[0].text);
    }

    async fn a_practice_names_its_own_first_gateway(on) {
        let pair = Pair::start(on, NO_PROOF, "", "", "").await?;
        pair.app.add_practice(PRACTICE, "Elmbrook Surgery", r#"{"sms_gateways": ["second", "first"]}"#).await;
        pair.book(1..=3).await;
        pair.app.advance_to("2027-01-04T10:25:00Z").await;
        assert_eq!((pair.first.taken().len(), pair.second.taken().len()), (0, 3));
    }

    async fn a_share_falls_while_texts_are_bad_and_drifts_back(on) {
        let pair = Pair::start(on, NO_PROOF, "", "", "[failover]\nshare_from_texts = 100\n").await?;
        let db = &pair.app.engine.db;
        let minute = between::outreach::minute(pair.app.now());
        let bad = MinuteRow { gateway: "first".to_owned(), minute, sent: 200, failed: 10, slow: 20 };
        let mut tx = db.begin().await.unwrap();
        health::add_minutes(&mut tx, &[bad]).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..5 {
            pair.app.engine.judge_gateways().await.unwrap();
        }
        let row = health::list(db).await.unwrap().remove(0);
        assert_eq!((row.gateway.as_str(), row.state.as_str(), row.share, row.judged_sent, row.judged_bad), ("first", "closed", 50, 200, 30));
        pair.book(1..=80).await;
        pair.app.advance_to_ms(pair.app.now() + 15 * 60_000 + 5_000).await;
        let (first, second) = (pair.first.taken().len(), pair.second.taken().len());
        assert_eq!(first + second, 80);
        assert!((20..=60).contains(&first), "about half: {first}");
        assert!(pair.texts().values().all(|n| *n == 1));
        // A quarter of an hour later nothing bad is left to see.
        for _ in 0..20 {
            pair.app.engine.judge_gateways().await.unwrap();
        }
        assert_eq!(health::list(db).await.unwrap()[0].share, 100);
    }

    async fn receipts_count_in_the_minute_of_their_text(on) {
        let pair = Pair::start(on, NO_PROOF, "", "", "").await?;
        pair.book(1..=3).await;
        pair.app.advance_to("2027-01-04T10:16:00Z").await;
        let ids: Vec<String> = pair.first.taken().into_iter().map(|t| t.id).collect();
        let report = |id: &str, status, late: i64| between::intake::Report {
            gateway: "first".to_owned(), reference: id.to_owned(), status, occurred_at: pair.app.now() + late,
        };
        use between::domain::delivery::DeliveryStatus as D;
        let failed = D::Failed { code: "9".to_owned(), permanent: false };
        let reports = [report(&ids[0], D::Delivered, 300_000), report(&ids[1], failed.clone(), 0), report(&ids[1], failed, 0), report(&ids[2], D::Delivered, 1_000)];
        for _ in 0..2 {
            between::intake::take_reports(&pair.app.engine, &reports).await.unwrap();
        }
        let traffic = pair.app.engine.traffic(pair.app.now()).await.unwrap()["first"];
        assert_eq!((traffic.sent, traffic.failed, traffic.slow), (3, 1, 1), "each once, whatever is repeated");
    }

    async fn the_exchange_log_stands_beside_each_try(on) {
        let pair = Pair::start(on, NO_PROOF, "", "", "[sending]\nexchange_log_days = 2\n").await?;
        pair.ill.store(true, Ordering::SeqCst);
        pair.book(1..=1).await;
        pair.app.advance_to("2027-01-04T10:15:20Z").await;
        pair.ill.store(false, Ordering::SeqCst);
        pair.app.advance_to("2027-01-04T10:30:00Z").await;
        let id = all_out(&pair.app).await.remove(0).id;
        let rows = store::exchanges::of_message(&pair.app.engine.db, &id).await.unwrap();
        let said: Vec<(i64, &str, Option<i64>)> = rows.iter().map(|r| (r.attempt, r.ask.as_str(), r.status)).collect();
        assert_eq!(said, [(1, "send", Some(500)), (1, "look_up", Some(404)), (2, "send", Some(202))]);
        assert!(rows[2].answer.contains("accepted") && rows[0].request.starts_with("POST 127.0.0.1:"), "{rows:?}");
        assert!(!rows.iter().any(|r| format!("{}{}", r.request, r.answer).contains("7700900")));
        pair.app.advance_to("2027-01-06T18:00:00Z").await;
        let left = store::exchanges::of_message(&pair.app.engine.db, &id).await.unwrap();
        assert!(left.is_empty(), "forgotten after two days: {left:?}");
    }
}
