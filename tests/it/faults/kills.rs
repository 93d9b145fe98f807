//! kill -9 in the middle of sending and receiving, again and again: nothing is lost and nothing is doubled.

use super::rig::{WEBHOOK_KEY, gateway, inbound, post};
use super::workers::reminders_for;
use crate::app::{On, TestApp, full_size, phone};
use crate::fake_gateways::Hand;
use crate::fake_gateways::fault::{Fault, When};
use crate::fake_gateways::http::HttpFake;
use crate::on_both;
use crate::scenarios::kit::{all_out, execute};
use between::clock::Clock;
use between::store::Db;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Day and night, no limits, and a lease that ends soon after a kill.
const SETTINGS: &str = "[practice.window]\ndays = \"Mon-Sun\"\nfrom = \"00:00\"\nto = \"23:59\"\n\
    [practice.limits]\nsegments_per_day = 0\n[sending]\nlease_seconds = 35\n";

/// Of twenty-five numbers, four meet a gateway that misbehaves at their first try: before or after it took the text.
fn mood(to: &str, before: usize) -> Option<(Fault, When)> {
    let number: usize = to.strip_prefix("+4477009")?.parse().ok()?;
    Some(match (number % 25, before) {
        (1, 0) => (Fault::Drop, When::AfterTaking),
        (7, 0) => (Fault::ServerError, When::BeforeTaking),
        (13, 0) => (Fault::Empty200, When::AfterTaking),
        (19, 0) => (Fault::Html200, When::BeforeTaking),
        _ => return None,
    })
}

/// The program itself, as a practice runs it.
pub fn start(app: &TestApp, settings: &str, port: u16) -> Child {
    Command::new(env!("CARGO_BIN_EXE_between"))
        .args(["--config", settings, "serve", "--listen", &format!("127.0.0.1:{port}")])
        .env("DATABASE_URL", &app.url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Returns how long it took.
pub async fn until_it_answers(port: u16) -> Duration {
    let began = Instant::now();
    for _ in 0..1_000 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return began.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the program did not start");
}

/// How many of the reminders the gateway has.
fn reminded(fake: &HttpFake, wanted: &BTreeSet<String>) -> usize {
    fake.taken().iter().map(|text| &text.id).filter(|id| wanted.contains(*id)).collect::<BTreeSet<_>>().len()
}

/// Until the gateway gets another reminder: on a busy machine a kill at a fixed time would come before there is anything to
/// lose, and one at the first confirmation of a STOP before any reminder. Later on everything may be in the hands of those
/// killed before, and nothing comes.
async fn until_it_sends(fake: &HttpFake, wanted: &BTreeSet<String>) {
    let before = reminded(fake, wanted);
    let patience = if before == 0 { 2_000 } else { 50 };
    for _ in 0..patience {
        if reminded(fake, wanted) > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What comes in: courtesies of those who are reminded, and between them one STOP of each other person.
struct Replies {
    count: usize,
    /// How many are reminded.
    reminded: usize,
    /// How many say STOP.
    stops: usize,
}

/// Whose numbers no fake gives a meaning of its own.
const FIRST_STOP: u32 = 400;

impl Replies {
    fn one(&self, number: usize) -> (String, &'static str) {
        let every = self.count / self.stops;
        if number.is_multiple_of(every) && number / every < self.stops {
            return (phone(FIRST_STOP + (number / every) as u32), "STOP");
        }
        (format!("+4477009{:05}", 50_000 + number % self.reminded), "thanks")
    }
}

/// Posts texts as a provider does: each until it is taken, and its id is kept then.
async fn provider(url: String, replies: Replies, done: Arc<AtomicBool>, taken: Arc<Mutex<BTreeSet<String>>>) {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    for number in 0..replies.count {
        let id = format!("in-{number:05}");
        let (from, words) = replies.one(number);
        let body = inbound(&id, &from, words);
        loop {
            if post(&client, &url, WEBHOOK_KEY, &body, Clock::system().now_ms()).await == 200 {
                taken.lock().unwrap().insert(id);
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // Spread over the whole time of the kills.
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    done.store(true, Ordering::SeqCst);
}

/// What came in: (the provider's id, status).
async fn received(app: &TestApp) -> Vec<(String, String)> {
    const ALL: &str = "SELECT COALESCE(provider_reference, ''), status FROM message WHERE direction = 'in'";
    match &app.engine.db {
        Db::Sqlite { write, .. } => sqlx::query_as(ALL).fetch_all(write).await.unwrap(),
        Db::Postgres { read: pool, .. } => sqlx::query_as(ALL).fetch_all(pool).await.unwrap(),
    }
}

/// How many messages said no for each person: (how many people, the most messages of one).
async fn opt_outs(app: &TestApp) -> (i64, i64) {
    const ALL: &str = "SELECT COUNT(*), CAST(COALESCE(MAX(n), 0) AS BIGINT) FROM
        (SELECT COUNT(DISTINCT message_id) AS n FROM consent WHERE decision = 'refused' GROUP BY patient_id) AS each_one";
    match &app.engine.db {
        Db::Sqlite { write, .. } => sqlx::query_as(ALL).fetch_one(write).await.unwrap(),
        Db::Postgres { read: pool, .. } => sqlx::query_as(ALL).fetch_one(pool).await.unwrap(),
    }
}

on_both! {
    async fn r1_r2_kills_lose_and_double_nothing(on) {
        let clock = Clock::system();
        let fake = HttpFake::with_mood(&Hand::of(&clock), mood).await;
        // So slow that the kills fall into the sending.
        let rate = gateway(&fake).replace("100000.0", if full_size() { "12.0" } else { "100.0" });
        let settings = format!("{rate}{SETTINGS}");
        let app = TestApp::start_on(on, clock, &settings).await?;
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &settings).unwrap();
        let (messages, replies, stops, kills) = if full_size() { (5_000, 20_000, 500, 200) } else { (600, 600, 20, 15) };
        for number in 0..stops {
            app.person_with(FIRST_STOP + number as u32, |p| p.nhs_number = None).await;
        }
        reminders_for(&app, messages, app.now() + 30 * 3_600_000).await;
        execute(&app.engine.db, format!("UPDATE due SET due_at = {}", app.now())).await;
        let wanted: BTreeSet<String> = all_out(&app).await.into_iter().map(|m| m.id).collect();
        assert_eq!(wanted.len(), messages);
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let (done, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(BTreeSet::new())));
        let replies = Replies { count: replies, reminded: messages, stops };
        let posting = tokio::spawn(provider(format!("http://127.0.0.1:{port}"), replies, Arc::clone(&done), Arc::clone(&taken)));
        let mut rng = StdRng::seed_from_u64(9);
        let path = file.path().display().to_string();
        let mut slowest = Duration::ZERO;
        for _ in 0..kills {
            let mut child = start(&app, &path, port);
            slowest = slowest.max(until_it_answers(port).await);
            until_it_sends(&fake, &wanted).await;
            tokio::time::sleep(Duration::from_millis(if full_size() { rng.random_range(200..3_000) } else { rng.random_range(0..400) })).await;
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let at_last_kill = (reminded(&fake, &wanted), taken.lock().unwrap().len());
        let mut child = start(&app, &path, port);
        for _ in 0..6_000 {
            let waiting = between::store::due::backlog(&app.engine.db, i64::MAX / 2).await.unwrap().due;
            if waiting == 0 && done.load(Ordering::SeqCst) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        // What came in is read, too: what a killed process had begun to read, when its claim has ended.
        for _ in 0..900 {
            if received(&app).await.iter().all(|(_, status)| status != "received") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        posting.await.unwrap();
        let mut times: BTreeMap<String, usize> = BTreeMap::new();
        let mut confirmed: BTreeMap<String, usize> = BTreeMap::new();
        for text in fake.taken() {
            *times.entry(text.id).or_default() += 1;
            *confirmed.entry(text.to).or_default() += 1;
        }
        println!("{kills} kills, at the last (reminders, replies) {at_last_kill:?}; answers again after {slowest:?} at most");
        let lost: Vec<_> = wanted.iter().filter(|id| !times.contains_key(*id)).collect();
        let states: BTreeSet<_> =
            all_out(&app).await.into_iter().map(|m| format!("{} {} {}", m.status, m.reason, m.due_at - app.now())).collect();
        assert!(lost.is_empty(), "{states:?} {} lost; at the last kill {at_last_kill:?}", lost.len());
        assert!(times.values().all(|n| *n == 1), "doubled: {:?}", times.iter().filter(|(_, n)| **n > 1).collect::<Vec<_>>());
        assert!(at_last_kill.0 > 0 && at_last_kill.0 < messages, "the kills fell into the sending: {at_last_kill:?}");
        let rows = all_out(&app).await;
        assert!(rows.iter().filter(|m| wanted.contains(&m.id)).all(|m| m.status == "accepted"), "as the gateway knows it");
        let came = received(&app).await;
        let references: BTreeSet<String> = came.iter().map(|(reference, _)| reference.clone()).collect();
        assert_eq!(references, *taken.lock().unwrap(), "what was answered with 200 is there");
        assert_eq!(came.len(), references.len(), "and once");
        assert!(came.iter().all(|(_, status)| status != "received"), "and was read");
        assert_eq!(opt_outs(&app).await, (stops as i64, 1), "each STOP was applied once");
        assert!((0..stops).all(|n| confirmed.get(&phone(FIRST_STOP + n as u32)) == Some(&1)), "and confirmed once");
        assert!(!full_size() || slowest < Duration::from_secs(5), "{slowest:?}");
    }
}
