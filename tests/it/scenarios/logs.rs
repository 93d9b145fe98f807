//! H23, S13: whole scenarios with canary words, and a log in which none of them stands.

use crate::app::{On, TestApp, phone};
use crate::faults::rig::{Rig, WEBHOOK_KEY, inbound, post, serve};
use crate::on_both;
use std::io::Write;
use std::sync::{Arc, Mutex};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

const CANARIES: [&str; 9] = [
    "Zebedina",
    "Quartermaine",
    "9990000001",
    "7700900",
    "xylophone",
    "zb@canary.example",
    "1960-02-03",
    "walk for 20",
    WEBHOOK_KEY,
];

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Everything our own code says at any level, and what the libraries say in normal running.
fn listen() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new("warn,between=trace"))
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

fn assert_silent(log: &Log) {
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(!text.is_empty(), "nothing was logged at all: the listener is deaf");
    for canary in CANARIES {
        if let Some(line) = text.lines().find(|line| line.contains(canary)) {
            panic!("{canary} in the log: {line}");
        }
    }
}

async fn canary_person(app: &TestApp, number: u32) -> String {
    let id = app
        .person_with(number, |p| {
            p.given_name = "Zebedina".to_owned();
            p.family_name = "Quartermaine".to_owned();
        })
        .await;
    app.contact(&id, "email", "zb@canary.example").await;
    id
}

on_both! {
    async fn h23_s13_no_name_number_or_text_in_the_log_of_a_month(on) {
        let (log, _guard) = listen();
        let app = TestApp::start(on, "2027-01-04T10:00:00Z").await?;
        let joan = canary_person(&app, 1).await;
        let goal = app.goal(&joan).await;
        app.enrol(&joan, "goal", &goal).await;
        app.enrol(&joan, "annual-review", "").await;
        app.result(&joan, "r", "released").await;
        app.appointment(&joan, "a", "2027-01-28T10:30:00Z", "booked").await;
        app.advance_to("2027-01-06T12:00:00Z").await;
        for text in ["4 xylophone", "xylophone", "i have crushing chest pain xylophone", "he reads my phone xylophone"] {
            app.reply(1, text).await;
        }
        app.reply(700, "xylophone from an unknown number").await;
        for _ in 0..4 {
            app.reply(700, "STOP xylophone").await;
        }
        app.advance_to("2027-01-30T12:00:00Z").await;
        // Something must have been said, so that silence means something.
        tracing::info!(target: "between::test", "end of scenario");
        assert_silent(&log);
    }

    async fn h23_s13_no_canary_when_the_gateway_and_the_database_fail(on) {
        let (log, _guard) = listen();
        let rig = Rig::start(on, "2027-01-04T10:00:00Z", "").await?;
        let app = &rig.app;
        // Numbers that time out, answer HTML, refuse; a webhook that is forged, unreadable and true.
        for number in [1, 101, 105, 106, 108, 201, 301, 302, 303, 304] {
            let id = canary_person(app, number).await;
            app.appointment(&id, &format!("a{number}"), "2027-01-05T15:00:00Z", "booked").await;
        }
        crate::scenarios::kit::poison(app, on, "poisoned_entry", "INSERT", "record_entry", "NEW.original_text = '5 xylophone'").await;
        let goal = app.goal("patient-0001").await;
        app.enrol("patient-0001", "goal", &goal).await;
        app.advance_to("2027-01-06T12:00:00Z").await;
        let url = serve(&app.engine).await;
        let client = reqwest::Client::new();
        let body = inbound("i", &phone(1), "5 xylophone");
        assert_eq!(post(&client, &url, "wrong-key-0123456789", &body, app.now()).await, 403);
        assert_eq!(post(&client, &url, WEBHOOK_KEY, "xylophone", app.now()).await, 400);
        assert_eq!(post(&client, &url, WEBHOOK_KEY, &body, app.now()).await, 200);
        app.advance_to("2027-01-06T12:10:00Z").await;
        assert!(String::from_utf8_lossy(&log.0.lock().unwrap()).contains("webhook_refused"));
        assert_silent(&log);
        let metrics = client.get(format!("{url}/metrics")).send().await.unwrap().text().await.unwrap();
        assert!(CANARIES.iter().all(|c| !metrics.contains(c)), "{metrics}");
    }
}
