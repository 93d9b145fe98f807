//! Several workers on one PostgreSQL (R7), a worker that overslept (R8), a worker told to stop under load (R14).

use super::rig::gateway;
use crate::app::{On, PRACTICE, TestApp, config, contact_row, full_size, patient_row};
use crate::fake_gateways::Hand;
use crate::fake_gateways::http::HttpFake;
use crate::on_both;
use crate::scenarios::kit::{all_out, ms};
use between::clock::{Clock, instant};
use between::outreach::Engine;
use between::store::appointments::{self, AppointmentRow};
use between::store::contacts;
use between::store::ledger::{self, StatusChange};
use between::store::patients;
use between::worker;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

const START: &str = "2027-01-04T10:00:00Z";

/// So many reminders due at once, written in a few statements. Each person has a number: people who share one are asked one
/// after the other. The gateway here is a fake: nothing leaves the machine.
pub async fn reminders(app: &TestApp, count: usize) {
    reminders_for(app, count, ms("2027-01-06T15:00:00Z")).await;
}

/// The same for appointments at a moment.
pub async fn reminders_for(app: &TestApp, count: usize, starts_at: i64) {
    let now = app.now();
    let mut people = Vec::new();
    let mut numbers = Vec::new();
    let mut visits = Vec::new();
    for index in 0..count {
        let id = format!("load-{index:05}");
        people.push(patient_row(&id, index, now));
        let address = format!("+4477009{:05}", 50_000 + index);
        numbers.push(contact_row(&format!("c-{id}"), &id, "sms", &address, now));
        visits.push(AppointmentRow {
            id: format!("v-{id}"),
            practice_id: PRACTICE.to_owned(),
            patient_id: id,
            source_id: format!("v-{index}"),
            kind: "other".to_owned(),
            clinician: "Nurse Cole".to_owned(),
            starts_at,
            ends_at: None,
            status: "booked".to_owned(),
            booked_at: now,
            updated_at: now,
        });
    }
    let mut tx = app.engine.db.begin().await.unwrap();
    patients::upsert(&mut tx, &people).await.unwrap();
    contacts::upsert(&mut tx, &numbers).await.unwrap();
    let ids = appointments::upsert(&mut tx, &visits).await.unwrap();
    appointments::queue_planning(&mut tx, "appointment", &ids, now).await.unwrap();
    tx.commit().await.unwrap();
    app.engine.plan().await.unwrap();
}

/// A practice with so many reminders that are due now.
async fn with_due(on: On, settings: &str, count: usize) -> Option<TestApp> {
    let app = TestApp::start_with(on, START, settings).await?;
    reminders(&app, count).await;
    app.engine.clock.set_ms(ms("2027-01-04T11:10:00Z"));
    app.fresh_feeds().await;
    Some(app)
}

/// A worker of its own on the app's database, with a gateway of its own that counts what it takes.
async fn worker(app: &TestApp, clock: Clock, more: &str) -> (Arc<Engine>, HttpFake) {
    let fake = HttpFake::with_mood(&Hand::of(&clock), |_, _| None).await;
    let engine = TestApp::open(config(&app.url, &format!("{}{more}", gateway(&fake))), clock).await.unwrap();
    (Arc::new(engine), fake)
}

/// No spending limit: thousands go out in a day here.
const NO_LIMIT: &str = "[practice.limits]\nsegments_per_day = 0\n";

/// Waits until nothing is due any more.
async fn all_gone(app: &TestApp) {
    for _ in 0..600 {
        if between::store::due::backlog(&app.engine.db, i64::MAX / 2).await.unwrap().due == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mut left: Vec<_> = all_out(app)
        .await
        .into_iter()
        .filter(|m| m.status != "accepted")
        .map(|m| format!("{} {} {}", m.status, m.reason, m.attempts))
        .collect();
    left.sort_unstable();
    left.dedup();
    panic!("still waiting: {:?} {left:?}", between::store::due::backlog(&app.engine.db, i64::MAX / 2).await);
}

fn times_taken(fakes: &[&HttpFake]) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for taken in fakes.iter().flat_map(|f| f.taken()) {
        *times.entry(taken.id).or_default() += 1;
    }
    times
}

async fn share(workers: usize) {
    // A tenth of the messages, and a tenth of what a worker takes ahead.
    let (count, settings) = if full_size() {
        (20_000, NO_LIMIT.to_owned())
    } else {
        (2_000, format!("{NO_LIMIT}[sending]\nbatch = 10\nin_flight = 8\n"))
    };
    let Some(app) = with_due(On::Postgres, &settings, count).await else {
        return;
    };
    let stop = CancellationToken::new();
    let mut engines = Vec::new();
    let mut fakes = Vec::new();
    for _ in 0..workers {
        let (engine, fake) = worker(&app, app.engine.clock.clone(), &settings).await;
        engines.push(engine);
        fakes.push(fake);
    }
    let running: Vec<_> = engines.into_iter().map(|engine| tokio::spawn(worker::run(engine, stop.clone()))).collect();
    all_gone(&app).await;
    stop.cancel();
    for task in running {
        task.await.unwrap();
    }
    let times = times_taken(&fakes.iter().collect::<Vec<_>>());
    assert_eq!(times.len(), count, "lost");
    assert!(times.values().all(|n| *n == 1), "doubled");
    let shares: Vec<usize> = fakes.iter().map(|f| f.taken().len()).collect();
    assert!(shares.iter().all(|n| *n * 10 >= count), "each does at least a tenth: {shares:?}");
    assert!(all_out(&app).await.iter().all(|m| m.status == "accepted" && m.attempts == 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_two_workers_share_the_work_and_double_nothing() {
    share(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_four_workers_share_the_work_and_double_nothing() {
    share(4).await;
}

/// While one turn of a worker stands at a lock that somebody else holds, another goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r7_a_turn_that_waits_for_the_database_does_not_hold_up_the_next() {
    let settings = format!("{NO_LIMIT}[sending]\nbatch = 1\nin_flight = 2\n");
    let Some(app) = with_due(On::Postgres, &settings, 6).await else {
        return;
    };
    // What is claimed first.
    let first = all_out(&app).await.into_iter().find(|m| m.patient_id.as_deref() == Some("load-00000")).unwrap();
    let unchanged =
        StatusChange { id: first.id.clone(), status: first.status, reason: first.reason, at: first.updated_at };
    let mut other = app.engine.db.begin().await.unwrap();
    ledger::set_status(&mut other, &[unchanged]).await.unwrap();
    let (engine, fake) = worker(&app, app.engine.clock.clone(), &settings).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(worker::run(engine, stop.clone()));
    for _ in 0..100 {
        if fake.taken().len() == 5 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let gone = times_taken(&[&fake]);
    assert!(gone.len() == 5 && !gone.contains_key(&first.id), "{gone:?}");
    other.commit().await.unwrap();
    all_gone(&app).await;
    stop.cancel();
    running.await.unwrap();
    let times = times_taken(&[&fake]);
    assert_eq!((times.len(), times.values().max()), (6, Some(&1)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn t6_four_workers_together_keep_to_the_day_s_spending() {
    // Fewer than one worker takes in one turn: each would use it up alone.
    const LIMIT: usize = 30;
    let count = if full_size() { 4_000 } else { 400 };
    let settings = format!("[practice.limits]\nsegments_per_day = {LIMIT}\n[sending]\nbatch = 40\nin_flight = 40\n");
    let Some(app) = with_due(On::Postgres, &settings, count).await else {
        return;
    };
    let all_there = Arc::new(tokio::sync::Barrier::new(4));
    let mut running = Vec::new();
    let mut fakes = Vec::new();
    for _ in 0..4 {
        let (engine, fake) = worker(&app, app.engine.clock.clone(), &settings).await;
        let all_there = Arc::clone(&all_there);
        running.push(tokio::spawn(async move {
            // It has read what it reads once, so that the turns fall together.
            engine.turn(&[], 0).await.unwrap();
            all_there.wait().await;
            engine.send_due().await.unwrap();
        }));
        fakes.push(fake);
    }
    for task in running {
        task.await.unwrap();
    }
    let texts: usize =
        fakes.iter().flat_map(HttpFake::taken).map(|t| between::domain::sms::measure(&t.text).segments).sum();
    let longest = 3;
    assert!(texts >= LIMIT && texts < LIMIT + longest, "{texts} text parts left, {LIMIT} were allowed");
    let held = all_out(&app).await.into_iter().filter(|m| m.status == "held" && m.reason == "spend_cap").count();
    assert_eq!(held + fakes.iter().map(|f| f.taken().len()).sum::<usize>(), count);
}

on_both! {
    async fn r1_less_is_in_hand_where_nobody_could_say_what_became_of_it(on) {
        let app = with_due(on, NO_LIMIT, 60).await?;
        let mut in_hand = Vec::new();
        for can_be_asked in [false, true] {
            let fake = HttpFake::with_mood(&Hand::of(&app.engine.clock), |_, _| None).await;
            let own = fake.settings(&format!("can_be_asked = {can_be_asked}"));
            let settings = format!("[gateways.sms]\n{own}[gateways.sms.policy]\nrate_per_second = 20.0\n{NO_LIMIT}");
            let engine = TestApp::open(config(&app.url, &settings), app.engine.clock.clone()).await.unwrap();
            in_hand.push(engine.turn(&[], 64).await.unwrap().calls.len());
            app.engine.clock.set_ms(app.now() + 1_000);
        }
        assert_eq!(in_hand, [8, 20], "of 20 a second: 0.4 seconds' worth, and a second's");
    }
}

on_both! {
    async fn r8_a_worker_that_overslept_its_lease_moves_nothing(on) {
        let app = with_due(on, NO_LIMIT, 20).await?;
        let (sleeper, slept) = worker(&app, Clock::manual(instant(app.now())), NO_LIMIT).await;
        let (other, awake) = worker(&app, Clock::manual(instant(app.now())), NO_LIMIT).await;
        // It claimed and wrote its tries, and fell asleep before and after its calls: half of each.
        let mut calls = sleeper.turn(&[], 64).await.unwrap().calls;
        assert_eq!(calls.len(), 20);
        let late = calls.split_off(10);
        let mut outcomes = Vec::new();
        for call in calls {
            outcomes.push(sleeper.make(call).await);
        }
        assert_eq!(slept.taken().len(), 10);
        // Three leases later another worker has looked. Its gateway does not know what the other took: it asks its own and
        // is told that nothing was; here both are the same provider, so it is told of the ten.
        let later = app.now() + 3 * 60_000;
        app.engine.clock.set_ms(later);
        other.clock.set_ms(later);
        for taken in slept.taken() {
            awake.know(taken);
        }
        // It asks what became of them, and tries those that were never taken after a wait.
        other.send_due().await.unwrap();
        other.clock.set_ms(later + 60_000);
        other.send_due().await.unwrap();
        let settled: Vec<_> = all_out(&app).await.into_iter().map(|m| (m.id, m.status, m.attempts)).collect();
        assert!(settled.iter().all(|(_, status, _)| status == "accepted"), "{:?}", settled.iter().filter(|(_, s, _)| s != "accepted").collect::<Vec<_>>());
        // It wakes.
        sleeper.clock.set_ms(later);
        for call in late {
            outcomes.push(sleeper.make(call).await);
        }
        sleeper.record(&outcomes).await.unwrap();
        sleeper.send_due().await.unwrap();
        let after: Vec<_> = all_out(&app).await.into_iter().map(|m| (m.id, m.status, m.attempts)).collect();
        assert_eq!(after, settled, "what came after the lease moved nothing");
        assert_eq!(slept.taken().len(), 10, "no call was begun after the lease");
        let times = times_taken(&[&awake]);
        assert_eq!((times.len(), times.values().max()), (20, Some(&1)));
    }

    async fn r14_told_to_stop_under_load_it_ends_in_time_and_loses_and_doubles_nothing(on) {
        let count = 600;
        let app = with_due(on, NO_LIMIT, count).await?;
        let (first, fake) = worker(&app, app.engine.clock.clone(), NO_LIMIT).await;
        let stops = if full_size() { 100 } else { 6 };
        for round in 0..stops {
            let stop = CancellationToken::new();
            let running = tokio::spawn(worker::run(Arc::clone(&first), stop.clone()));
            tokio::time::sleep(Duration::from_millis(40 + 37 * (round % 5))).await;
            let told = Instant::now();
            stop.cancel();
            running.await.unwrap();
            assert!(told.elapsed() < Duration::from_secs(10), "{:?}", told.elapsed());
            let left: Vec<_> = all_out(&app).await.into_iter().filter(|m| m.status == "sending").collect();
            assert_eq!(left, [], "what was under way was recorded before it ended");
        }
        let stop = CancellationToken::new();
        let running = tokio::spawn(worker::run(first, stop.clone()));
        all_gone(&app).await;
        stop.cancel();
        running.await.unwrap();
        let times = times_taken(&[&fake]);
        assert_eq!((times.len(), times.values().max()), (count, Some(&1)));
        assert!(all_out(&app).await.iter().all(|m| m.status == "accepted" && m.attempts == 1));
    }
}
