//! R1 through each gateway: killed while it sends, by kill -9, again and again. What can be asked loses and doubles nothing;
//! what cannot be asked leaves to a person, or sends twice, no more than was under way at the kills.

use super::kills::{start, until_it_answers};
use super::workers::reminders_for;
use crate::app::{On, TestApp, full_size};
use crate::fake_gateways::Hand;
use crate::fake_gateways::govuk_notify::GovukNotifyFake;
use crate::fake_gateways::nhs_notify::NhsNotifyFake;
use crate::fake_gateways::server::{FakeServer, Reply, Request};
use crate::fake_gateways::smtp::ScriptedSmtp;
use crate::fake_gateways::twilio::TwilioFake;
use crate::scenarios::kit::{all_out, execute};
use between::clock::Clock;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Tries under way at once, at most: calls, and those prepared to follow them (`sending.in_flight` and `sending.batch`).
const IN_FLIGHT: usize = 8;

/// Day and night, no limits, few ahead, and a lease that ends soon after a kill. A mail server cannot be asked: here its
/// mails are sent again.
const AROUND: &str = "[server]\npublic_url = \"https://between.elmbrook.test\"\n\
    [practice.window]\ndays = \"Mon-Sun\"\nfrom = \"00:00\"\nto = \"23:59\"\n[practice.limits]\nsegments_per_day = 0\n\
    [sending]\nlease_seconds = 35\nin_flight = 4\nbatch = 4\n";

/// What a gateway promises after a kill.
#[derive(Clone, Copy, PartialEq)]
enum After {
    /// It is asked: each exactly once.
    Asked,
    /// It cannot be asked, and nothing is repeated: what was under way is a person's matter.
    Left,
    /// It cannot be asked, and what was under way is sent again.
    Repeated,
}

struct Far {
    name: &'static str,
    settings: String,
    /// Every address that something was taken for, as often as it was.
    taken: Box<dyn Fn() -> Vec<String> + Send + Sync>,
    after: After,
}

/// How fast each sends: slow enough that the kills fall into the sending.
fn policy() -> String {
    format!("rate_per_second = {}\nin_flight = 4\n", if full_size() { "12.0" } else { "60.0" })
}

async fn twilio(hand: &Hand) -> Far {
    let fake = TwilioFake::start(hand).await;
    let own = fake.settings("sender = \"+447700900900\"\ntimeout_seconds = 5");
    let settings = format!("[gateways.far]\n{own}[gateways.far.policy]\n{}", policy());
    let taken = Box::new(move || fake.messages().iter().map(|m| m["To"].clone()).collect());
    Far { name: "twilio", settings, taken, after: After::Asked }
}

async fn govuk_notify(hand: &Hand) -> Far {
    let fake = GovukNotifyFake::start(hand).await;
    let settings =
        format!("[gateways.far]\n{}[gateways.far.policy]\n{}", fake.settings("timeout_seconds = 5"), policy());
    let number = |m: &serde_json::Value| m["phone_number"].as_str().unwrap().to_owned();
    let taken = Box::new(move || fake.messages().iter().map(number).collect());
    Far { name: "govuk_notify", settings, taken, after: After::Asked }
}

async fn nhs_notify(hand: &Hand) -> Far {
    let fake = NhsNotifyFake::start(hand).await;
    let own = fake.settings("text = \"text\"\ntimeout_seconds = 5");
    let own = own.replace("policy = { safety_gateway = \"spare\" }\n", "");
    // Whatever the hour of the test: these texts ask nothing back here.
    let hours = "two_way = true\nhours = { from = \"00:00\", to = \"24:00\" }\nsafety_gateway = \"spare\"\n";
    let spare = "[gateways.spare]\nkind = \"sandbox\"\npolicy = { order = 900 }\n";
    let settings = format!("[gateways.far]\n{own}[gateways.far.policy]\n{}{hours}{spare}", policy());
    let number = |m: &serde_json::Value| m["recipient"]["contactDetails"]["sms"].as_str().unwrap().to_owned();
    let taken = Box::new(move || fake.messages().iter().map(number).collect());
    Far { name: "nhs_notify", settings, taken, after: After::Asked }
}

async fn generic() -> Far {
    let taken: Arc<Mutex<Vec<String>>> = Arc::default();
    let inner = Arc::clone(&taken);
    let fake = FakeServer::start(move |request| {
        let form = Request::pairs(std::str::from_utf8(&request.body).unwrap());
        let to = form.into_iter().find(|(name, _)| name == "to").unwrap().1;
        inner.lock().unwrap().push(format!("+{to}"));
        Reply::json(200, &serde_json::json!({"code": 0}))
    })
    .await;
    let settings = format!(
        "[gateways.far]\nkind = \"generic\"\nsender = \"447700900901\"\nsecrets = {{ hook = \"a-secret-of-a-test-01\" }}\n\
         [gateways.far.policy]\n{}[gateways.far.send]\nurl = \"{}\"\nencoding = \"form\"\n\
         body = \"to={{to_digits}}&text={{text}}\"\nsuccess = {{ pointer = \"/code\", equals = \"0\" }}\n\
         [gateways.far.webhook]\nauth = \"bearer\"\nkeys = [\"hook\"]\n\
         [gateways.far.inbound]\nfrom = \"from\"\nto = \"to\"\ntext = \"text\"\n",
        policy(),
        fake.url("/send")
    );
    // The server lives as long as its list is looked at.
    let list = Box::new(move || {
        let _ = &fake;
        taken.lock().unwrap().clone()
    });
    Far { name: "generic", settings, taken: list, after: After::Left }
}

async fn smtp() -> Far {
    let server = ScriptedSmtp::start(None, |_, _| None).await;
    let own = server.settings("webhook_key = \"a-key-of-more-than-16\"\ntimeout_seconds = 5");
    let settings = format!("[gateways.far]\n{own}[gateways.far.policy]\n{}", policy());
    let taken = Box::new(move || {
        let mails = server.mails();
        let mut ids: BTreeMap<String, String> = BTreeMap::new();
        for mail in &mails {
            let id = mail.header("Message-ID").unwrap();
            let first = ids.entry(mail.to.clone()).or_insert_with(|| id.clone());
            assert_eq!(*first, id, "a repeat keeps its Message-ID");
        }
        mails.into_iter().map(|mail| mail.to).collect()
    });
    Far { name: "smtp", settings, taken, after: After::Repeated }
}

async fn killed(far: Far, on: On) -> Option<()> {
    let (messages, kills) = if full_size() { (5_000, 200) } else { (150, 5) };
    let repeat = if far.after == After::Repeated { "resend_when_unknown = [\"appointment_reminder\"]\n" } else { "" };
    let settings = format!("{}{AROUND}{repeat}", far.settings);
    let app = TestApp::start_on(on, Clock::system(), &settings).await?;
    reminders_for(&app, messages, app.now() + 30 * 3_600_000).await;
    if far.name == "smtp" {
        let mail = "UPDATE contact_point SET channel = 'email', address = 'p' || substr(address, 2) || '@patient.test'";
        execute(&app.engine.db, mail.to_owned()).await;
    }
    execute(&app.engine.db, format!("UPDATE due SET due_at = {}", app.now())).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &settings).unwrap();
    let path = file.path().display().to_string();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut rng = StdRng::seed_from_u64(far.name.len() as u64);
    for _ in 0..kills {
        let before = (far.taken)().len();
        let mut child = start(&app, &path, port);
        until_it_answers(port).await;
        for _ in 0..if before == 0 { 1_000 } else { 50 } {
            if (far.taken)().len() > before {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(if full_size() {
            rng.random_range(200..3_000)
        } else {
            rng.random_range(0..250)
        }))
        .await;
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let at_last_kill = (far.taken)().len();
    let mut child = start(&app, &path, port);
    for _ in 0..6_000 {
        if between::store::due::backlog(&app.engine.db, i64::MAX / 2).await.unwrap().due == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for to in (far.taken)() {
        *times.entry(to).or_default() += 1;
    }
    let rows = all_out(&app).await;
    assert_eq!(rows.len(), messages, "{}", far.name);
    let with = |status: &str| rows.iter().filter(|m| m.status == status).count();
    let doubled: usize = times.values().map(|n| n - 1).sum();
    let (accepted, unknown, under_way) = (with("accepted"), with("unknown"), kills * IN_FLIGHT);
    let said = format!(
        "{}: {messages} due, {kills} kills, {at_last_kill} taken at the last; {} taken, {doubled} doubled, {unknown} unknown",
        far.name,
        times.len()
    );
    println!("{said}");
    assert!(at_last_kill > 0 && at_last_kill < messages, "the kills fell into the sending: {said}");
    match far.after {
        After::Asked => assert_eq!((accepted, times.len(), doubled), (messages, messages, 0), "{said}"),
        After::Left => {
            assert_eq!((accepted + unknown, doubled), (messages, 0), "{said}");
            assert!(times.len() >= accepted && unknown <= under_way, "{said}");
        }
        After::Repeated => {
            assert_eq!((accepted, times.len()), (messages, messages), "{said}");
            assert!(doubled <= under_way, "{said}");
        }
    }
    Some(())
}

/// All five at once: most of their time is waiting for the claims of those killed to end.
async fn each(on: On) {
    let hand = Hand::of(&Clock::system());
    let fars = [twilio(&hand).await, govuk_notify(&hand).await, nhs_notify(&hand).await, generic().await, smtp().await];
    futures_util::future::join_all(fars.map(|far| killed(far, on))).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r1_killed_while_sending_through_each_gateway_sqlite() {
    each(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r1_killed_while_sending_through_each_gateway_postgres() {
    each(On::Postgres).await;
}
