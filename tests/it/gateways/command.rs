//! `between gateways`: a test through a gateway, how gateways stand, and the exchange log, by the command line and below it.

use crate::app::{On, PRACTICE, TestApp, phone};
use crate::fake_gateways::{Hand, fault::Fault, http::HttpFake};
use crate::on_both;
use between::clock::Clock;
use between::domain::delivery::DeliveryStatus;
use between::intake::{Report, take_reports};
use between::outreach::{Step, TryError};
use between::store::{audit, ledger};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const MONDAY: &str = "2027-01-04T10:00:00Z";

on_both! {
    async fn a_test_stands_in_the_ledger_and_is_followed_to_its_receipt(on) {
        let clock = Clock::manual(MONDAY.parse().unwrap());
        let fake = HttpFake::start(&Hand::of(&clock)).await;
        let app = TestApp::start_on(on, clock, &format!("[gateways.sms]\n{}", fake.settings("timeout_seconds = 1"))).await?;
        let engine = &app.engine;
        app.person(1).await;
        let begin = async |gateway: &'static str, to: String| engine.begin_try(PRACTICE, gateway, &to, "os:tester").await.err().unwrap();
        assert!(matches!(begin("sms", phone(1)).await, TryError::OfAPatient));
        assert!(matches!(begin("sms", "07700 900001".to_owned()).await, TryError::OfAPatient), "however it is written");
        assert!(matches!(begin("sms", "someone@example.org".to_owned()).await, TryError::NotCarried(..)));
        assert!(matches!(begin("sms", "01632 960001".to_owned()).await, TryError::BadAddress(..)));
        assert!(matches!(begin("none", phone(9)).await, TryError::NoGateway(..)));
        assert!(fake.taken().is_empty(), "nothing left");
        let test = engine.begin_try(PRACTICE, "sms", &phone(9), "os:tester").await.unwrap();
        let (step, exchanges) = engine.send_try(&test).await.unwrap();
        assert_eq!((step, exchanges.len()), (Step::Taken(Some(format!("p-{}", test.message_id))), 1));
        assert!(fake.taken()[0].text.starts_with("TEST"), "{:?}", fake.taken());
        assert_eq!(engine.follow_try(&test, true).await.unwrap(), Step::Waiting, "sent is no delivery");
        let report = Report { gateway: "sms".to_owned(), reference: test.message_id.clone(), status: DeliveryStatus::Delivered, occurred_at: app.now() };
        take_reports(engine, &[report]).await.unwrap();
        assert_eq!(engine.follow_try(&test, true).await.unwrap(), Step::Delivered);
        let row = ledger::get(&engine.db, &test.message_id).await.unwrap().unwrap();
        assert_eq!((row.status.as_str(), row.attempts, row.template.as_str()), ("delivered", 1, "gateway_test"));
        let events = audit::latest(&engine.db, Some("sms"), 5).await.unwrap();
        assert_eq!((events[0].action.as_str(), events[0].actor.as_str()), ("gateway_tested", "os:tester"));
        // One that is refused ends there, and nobody tries it again.
        let refused = engine.begin_try(PRACTICE, "sms", &phone(303), "os:tester").await.unwrap();
        assert!(matches!(engine.send_try(&refused).await.unwrap().0, Step::Refused(_)));
        let number: u32 = Fault::ServerError.number(crate::fake_gateways::fault::When::AfterTaking)[10..].parse().unwrap();
        let unknown = engine.begin_try(PRACTICE, "sms", &phone(number), "os:tester").await.unwrap();
        assert!(matches!(engine.send_try(&unknown).await.unwrap().0, Step::Unknown(_)));
        app.advance_to("2027-01-04T12:00:00Z").await;
        assert_eq!((fake.tries_of(&refused.message_id), fake.tries_of(&unknown.message_id)), (1, 1));
    }

    async fn a_gateway_has_only_so_many_calls_under_way(on) {
        let clock = Clock::manual(MONDAY.parse().unwrap());
        let fake = HttpFake::with_mood(&Hand::of(&clock), |_, _| None).await;
        let policy = "[gateways.sms.policy]\nrate_per_second = 100000.0\nin_flight = 2\n";
        let app = TestApp::start_on(on, clock, &format!("[gateways.sms]\n{}{policy}", fake.settings("timeout_seconds = 5"))).await?;
        for number in 1..=30 {
            let id = app.person(number).await;
            app.appointment(&id, &format!("a{number}"), "2027-01-05T15:00:00Z", "booked").await;
        }
        app.advance_to("2027-01-04T10:30:00Z").await;
        let connections = fake.server.counts.connections.load(std::sync::atomic::Ordering::SeqCst);
        assert_eq!((fake.taken().len(), connections <= 2), (30, true), "{connections} connections");
    }
}

/// Runs the program; returns its exit code and what it printed.
fn between(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_between"))
        .current_dir(folder)
        .env_remove("DATABASE_URL")
        .args(["--config", "own.toml"])
        .args(arguments)
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), text)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_end_with_a_code_that_means_something() {
    let fake = HttpFake::start(&Hand::of(&Clock::system())).await;
    let folder = tempfile::tempdir().unwrap();
    let settings = format!(
        "[gateways.sms]\n{}[gateways.demo]\nkind = \"sandbox\"\npolicy = {{ order = 200 }}\n",
        fake.settings("timeout_seconds = 5")
    );
    std::fs::write(folder.path().join("own.toml"), settings).unwrap();
    let run = |arguments: &[&str]| between(folder.path(), arguments);
    assert_eq!(run(&["practice", "add", "oak", "--name", "Oak Surgery"]).0, 0);
    let (code, text) = run(&["gateways", "test", "demo", "--to", "07700 900009"]);
    assert!(code == 0 && text.contains("delivered"), "{code} {text}");
    let (code, text) = run(&["gateways", "test", "sms", "--to", "07700 900009", "--wait", "0"]);
    assert!(code == 1 && text.contains("taken by the gateway") && text.contains("POST 127.0.0.1"), "{code} {text}");
    assert!(!text.contains("7700900009"), "{text}");
    let (code, text) = run(&["gateways", "test", "sms", "--to", "07700 900303"]);
    assert!(code == 1 && text.contains("refused"), "{code} {text}");
    let (code, text) = run(&["gateways", "test", "smsx", "--to", "07700 900009"]);
    assert!(code == 1 && text.contains("there are: demo, sms"), "{code} {text}");
    let id = fake.taken()[0].id.clone();
    let (code, text) = run(&["gateways", "log", &id, "--json"]);
    let line: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!((code, &line["gateway"], &line["status"]), (0, &Value::from("sms"), &Value::from(202)));
    assert_eq!(run(&["gateways", "log", "nothing"]).0, 1);
    let (code, text) = run(&["gateways", "status", "--json"]);
    let status: Value = serde_json::from_str(text.trim()).unwrap();
    assert_eq!((code, &status["queue"]["due"]), (0, &Value::from(0)));
    let sms = status["gateways"].as_array().unwrap().iter().find(|g| g["gateway"] == "sms").unwrap();
    assert_eq!((&sms["share_percent"], &sms["breaker"]), (&Value::from(100), &Value::from("closed")));
    assert_eq!(
        (&sms["sent"], &sms["failed"], &sms["most_a_minute"]),
        (&Value::from(2), &Value::from(0), &Value::from(600))
    );
    let (code, text) = run(&["gateways", "status"]);
    assert!(code == 0 && text.contains("10 of 600") || text.contains("2 of 600"), "{text}");
    let (code, text) = run(&["gateways", "release"]);
    assert!(code == 1 && text.contains("nothing of practice oak is held"), "{code} {text}");
    std::fs::write(folder.path().join("practice.toml"), "sms_gateways = [\"demo\", \"gone\"]\n").unwrap();
    let (code, text) = run(&["practice", "add", "oak", "--name", "Oak Surgery", "--settings", "practice.toml"]);
    assert!(code == 1 && text.contains("practice.sms_gateways: gone is no gateway"), "{code} {text}");
}
